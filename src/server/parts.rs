//! Parts of incoming messages. Each is on disk, and gone from the SIM, before the others come: a phone that sends only beginnings must
//! not fill it.
//!
//! What is not whole within a day is shown as it is; a part that comes later still completes it.

use chrono::{DateTime, Utc};

use super::answers::{clean_message, clean_sender};
use super::office::Office;
use crate::domain::fact::Fact;
use crate::domain::parts::{Fit, Gathered, PER_SENDER, Part, PartsKey};
use crate::domain::refusal::Refusal;
use crate::gsm::pdu::Concat;

impl Office {
    /// A part of a message as facts: it is kept; when it is the last one, the message came in.
    ///
    /// # Errors
    /// None: what fits nowhere begins a message of its own.
    pub fn incoming_part(
        &self,
        from: &str,
        concat: Concat,
        text: &str,
        sent: Option<DateTime<Utc>>,
        modem: &str,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, ()), Refusal> {
        let key = PartsKey {
            from: clean_sender(from),
            reference: concat.reference,
            total: concat.total,
        };
        let part = Part {
            seq: concat.seq,
            text: clean_message(text),
            sent,
            at: now,
        };
        let known = self.store.index().parts().get(&key).cloned();
        let fit = known.as_ref().map(|known| known.fit(&part));
        let kept = Fact::InboxPartKept {
            of: key.clone(),
            part: part.seq,
            text: part.text.clone(),
            sent,
            modem: modem.to_owned(),
            at: now,
        };
        let facts = match (known, fit) {
            (Some(_), Some(Fit::Twice)) => Vec::new(),
            (Some(mut known), Some(Fit::Missing)) => {
                known.take(part);
                let mut facts = vec![kept];
                facts.extend(self.grown(&known, now));
                facts
            }
            (known, _) => {
                let mut facts = match &known {
                    Some(old) => self.forgotten(old, now),
                    None => self.room_for(&key.from, now),
                };
                facts.push(kept);
                facts
            }
        };
        Ok((facts, ()))
    }

    /// What is due: parts that have waited for a day are shown, those shown long ago forgotten. One message at a time; whether more is due.
    ///
    /// # Errors
    /// None.
    pub fn give_up_parts(&self, now: DateTime<Utc>) -> Result<(Vec<Fact>, bool), Refusal> {
        let due = {
            let index = self.store.index();
            let parts = index.parts();
            let first = parts.first_due().filter(|(due, _)| *due <= now);
            first.and_then(|(_, key)| parts.get(key).cloned())
        };
        let Some(due) = due else {
            return Ok((Vec::new(), false));
        };
        let facts = if due.shown.is_some() {
            self.forgotten(&due, now)
        } else {
            self.shown(&due, now)
        };
        Ok((facts, true))
    }

    /// When something is due next.
    pub fn parts_due(&self) -> Option<DateTime<Utc>> {
        self.store.index().parts().first_due().map(|(due, _)| due)
    }

    /// After one more part: whole messages come in; what was shown with a gap is shown anew.
    fn grown(&self, parts: &Gathered, now: DateTime<Utc>) -> Vec<Fact> {
        let Some(id) = parts.shown else {
            return if parts.is_whole() {
                self.shown(parts, now)
            } else {
                Vec::new()
            };
        };
        let note = if parts.is_whole() {
            "completed"
        } else {
            "incomplete"
        };
        vec![Fact::InboxCompleted {
            id,
            text: clean_message(&parts.text()),
            note: note.to_owned(),
            at: now,
        }]
    }

    fn shown(&self, parts: &Gathered, now: DateTime<Utc>) -> Vec<Fact> {
        let (mut facts, id) = self.came(
            &parts.key.from,
            &parts.text(),
            parts.sent,
            &parts.modem,
            parts.is_whole(),
            now,
        );
        let of = parts.key.clone();
        facts.push(match id {
            Some(id) => Fact::InboxPartsShown { of, id },
            // It was brought before, as a whole.
            None => Fact::InboxPartsForgotten { of },
        });
        facts
    }

    fn forgotten(&self, parts: &Gathered, now: DateTime<Utc>) -> Vec<Fact> {
        let mut facts = if parts.shown.is_none() {
            self.shown(parts, now)
        } else {
            Vec::new()
        };
        let of = parts.key.clone();
        if !matches!(facts.last(), Some(Fact::InboxPartsForgotten { .. })) {
            facts.push(Fact::InboxPartsForgotten { of });
        }
        facts
    }

    /// Lets go of the oldest of a sender that has begun many messages.
    fn room_for(&self, from: &str, now: DateTime<Utc>) -> Vec<Fact> {
        let (waiting, shown): (Vec<Gathered>, Vec<Gathered>) = {
            let index = self.store.index();
            let of_sender = index.parts().of_sender(from).cloned();
            of_sender.partition(|parts| parts.shown.is_none())
        };
        let oldest = |all: &[Gathered]| {
            let oldest = all.iter().min_by_key(|parts| parts.since).cloned();
            oldest.filter(|_| all.len() >= PER_SENDER)
        };
        let mut facts = Vec::new();
        if let Some(parts) = oldest(&waiting) {
            facts.extend(self.shown(&parts, now));
        }
        if let Some(parts) = oldest(&shown) {
            facts.extend(self.forgotten(&parts, now));
        }
        facts
    }
}

#[cfg(test)]
mod tests;
