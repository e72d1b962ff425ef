//! From a fact to the records that it changes.

use std::collections::HashMap;

use super::deadlines::{DateKey, GivenDate};
use super::key::{self, Key};
use super::{Entry, Store, StoreError, decode, encode};
use crate::domain::calendar::Holiday;
use crate::domain::deadline::{Deadline, DeadlineChange, DeadlineStep};
use crate::domain::fact::Fact;
use crate::domain::id::{AgendaNo, InboxId, ObligationId, SatkerCode, SmsId};
use crate::domain::inbox::{InboxMessage, InboxState, Rating};
use crate::domain::letter::{Letter, LetterState, Step, Stop};
use crate::domain::phone::PhoneNumber;
use crate::domain::satker::Satker;
use crate::domain::sms::{Hold, PartOutcome, PartState, Sms, SmsFault, SmsState, SmsStep};

/// A record that a fact changes, and what the index should know of it.
#[derive(Debug)]
pub struct Change {
    pub key: Vec<u8>,
    pub old: Option<Vec<u8>>,
    pub new: Option<Vec<u8>>,
    pub record: Record,
}

/// A record as it is now.
#[derive(Debug)]
pub enum Record {
    Satker(Box<Satker>),
    Letter(Box<Letter>),
    Sms(Box<Sms>),
    Inbox(Box<InboxMessage>),
    /// A phone that wants no notices, or wants them again.
    OptOut(PhoneNumber, bool),
    Rating(Box<Rating>),
    Override(chrono::NaiveDate, bool, String),
    Deadline(Box<Deadline>),
    Date(DateKey, Option<GivenDate>),
    Holidays(Vec<Holiday>),
    Run(chrono::NaiveDate),
    Demo(u64),
    Hold(Option<Hold>),
    /// Of no interest to the index.
    Other,
}

/// The store as it is with the changes of the facts before, which are not written yet.
#[derive(Debug)]
pub struct Pending<'a> {
    store: &'a Store,
    changed: HashMap<Vec<u8>, Option<Vec<u8>>>,
}

impl<'a> Pending<'a> {
    pub fn on(store: &'a Store) -> Self {
        Self {
            store,
            changed: HashMap::new(),
        }
    }

    fn raw(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        match self.changed.get(&key.bytes()) {
            Some(changed) => Ok(changed.clone()),
            None => self.store.raw(key),
        }
    }

    pub fn note(&mut self, changes: &[Change]) {
        for change in changes {
            self.changed.insert(change.key.clone(), change.new.clone());
        }
    }

    /// What is to be written; `None` for a record that goes.
    pub fn into_changed(self) -> HashMap<Vec<u8>, Option<Vec<u8>>> {
        self.changed
    }
}

/// The records that this entry changes.
pub fn changes(store: &Pending<'_>, entry: &Entry) -> Result<Vec<Change>, StoreError> {
    let put = |key: Key, new: Vec<u8>, record: Record| -> Result<Change, StoreError> {
        Ok(Change {
            key: key.bytes(),
            old: store.raw(&key)?,
            new: Some(new),
            record,
        })
    };
    let mut changes = match &entry.fact {
        Fact::DemoLoaded { seed } => vec![put(Key::Demo, encode(seed)?, Record::Demo(*seed))?],
        Fact::SatkerSaved { satker } => vec![put(
            Key::Satker(satker.code),
            encode(satker)?,
            Record::Satker(Box::new(satker.clone())),
        )?],
        Fact::StageReached { satker, .. } => vec![change_stage(store, entry, *satker)?],
        Fact::BudgetSaved { row } => {
            let key = Key::Budget(row.satker, row.year, key::expense_bytes(&row.expense));
            vec![put(key, encode(row)?, Record::Other)?]
        }
        Fact::LetterRegistered { letter } => vec![put(
            Key::Letter(letter.agenda),
            encode(letter)?,
            Record::Letter(letter.clone()),
        )?],
        Fact::LetterMoved { agenda, .. } | Fact::LetterEnded { agenda, .. } => {
            vec![change_letter(store, entry, *agenda)?]
        }
        Fact::SmsDrafted { sms } => vec![put(
            Key::Sms(sms.id),
            encode(sms)?,
            Record::Sms(sms.clone()),
        )?],
        Fact::SmsEdited { id, .. }
        | Fact::SmsConfirmed { id, .. }
        | Fact::SmsUndone { id, .. }
        | Fact::SmsDropped { id, .. }
        | Fact::SmsSending { id, .. }
        | Fact::SmsPartAccepted { id, .. }
        | Fact::SmsSent { id, .. }
        | Fact::SmsDeferred { id, .. }
        | Fact::SmsGivenBack { id, .. }
        | Fact::SmsFailed { id, .. }
        | Fact::SmsUncertain { id, .. }
        | Fact::SmsReported { id, .. }
        | Fact::SmsSettled { id, .. }
        | Fact::SmsResent { id, .. } => vec![change_sms(store, entry, *id)?],
        Fact::SendingHeld { at, by, reason } => {
            let hold = Hold {
                by: by.clone(),
                since: *at,
                reason: reason.clone(),
            };
            vec![put(
                Key::Hold,
                encode(&hold)?,
                Record::Hold(Some(hold.clone())),
            )?]
        }
        Fact::SendingResumed { .. } => vec![Change {
            key: Key::Hold.bytes(),
            old: store.raw(&Key::Hold)?,
            new: None,
            record: Record::Hold(None),
        }],
        Fact::InboxReceived { message } => {
            vec![put(
                Key::Inbox(message.id),
                encode(message)?,
                Record::Inbox(Box::new(message.clone())),
            )?]
        }
        Fact::InboxAnswered { ids, .. }
        | Fact::InboxDone { ids, .. }
        | Fact::InboxAssigned { ids, .. } => ids
            .iter()
            .map(|id| change_inbox(store, entry, *id))
            .collect::<Result<_, _>>()?,
        Fact::PhoneOptedOut { phone, out, .. } => {
            let key = Key::OptOut(super::digits(phone));
            let new = if *out { Some(encode(phone)?) } else { None };
            vec![Change {
                key: key.bytes(),
                old: store.raw(&key)?,
                new,
                record: Record::OptOut(phone.clone(), *out),
            }]
        }
        Fact::ServiceRated { rating } => vec![put(
            Key::Rating(rating.agenda, super::digits(&rating.phone)),
            encode(rating)?,
            Record::Rating(Box::new(rating.clone())),
        )?],
        Fact::CalendarOverridden { date, open, reason } => {
            use chrono::Datelike;
            let record = Record::Override(*date, *open, reason.clone());
            vec![put(
                Key::Override(date.num_days_from_ce()),
                encode(&(*open, reason))?,
                record,
            )?]
        }
        // What happened lives on in the deadlines that it started.
        Fact::EventRecorded { .. } => Vec::new(),
        Fact::DeadlinesOpened { .. } => open_deadlines(store, entry)?,
        Fact::DeadlineMet { id, .. }
        | Fact::DeadlineExempted { id, .. }
        | Fact::DeadlineReopened { id, .. } => vec![change_deadline(store, entry, *id)?],
        Fact::DeadlinesMoved { ids, .. } => ids
            .iter()
            .map(|id| change_deadline(store, entry, *id))
            .collect::<Result<_, _>>()?,
        Fact::DateGiven {
            obligation,
            period,
            item,
            date,
            note,
        } => {
            let digest = key::date_digest(obligation, &period.to_string(), item.as_deref());
            let key = Key::Date(digest);
            let name = (obligation.clone(), *period, item.clone());
            let given = date.map(|date| GivenDate {
                date,
                note: note.clone(),
            });
            vec![Change {
                key: key.bytes(),
                old: store.raw(&key)?,
                new: match &given {
                    Some(given) => Some(encode(&(&name, given.date, &given.note))?),
                    None => None,
                },
                record: Record::Date(name, given),
            }]
        }
        Fact::HolidaysReplaced { holidays } => vec![put(
            Key::Holidays,
            encode(holidays)?,
            Record::Holidays(holidays.clone()),
        )?],
        Fact::DayRun { day } => vec![put(Key::Run, encode(day)?, Record::Run(*day))?],
        Fact::DraftKept { user, form, values } => {
            vec![put(
                Key::Draft(key::draft_digest(user, form)),
                encode(values)?,
                Record::Other,
            )?]
        }
        Fact::DraftDropped { user, form } => {
            let key = Key::Draft(key::draft_digest(user, form));
            vec![Change {
                key: key.bytes(),
                old: store.raw(&key)?,
                new: None,
                record: Record::Other,
            }]
        }
    };
    if let Some(request) = &entry.key {
        changes.push(put(
            Key::Request(key::request_digest(request)),
            encode(&entry.fact.about())?,
            Record::Other,
        )?);
    }
    Ok(changes)
}

fn unknown(entry: &Entry) -> StoreError {
    StoreError::Unknown {
        seq: entry.seq,
        fact: entry.fact.name(),
        about: entry.fact.about(),
    }
}

/// A participant in its new stage.
fn change_stage(
    store: &Pending<'_>,
    entry: &Entry,
    code: SatkerCode,
) -> Result<Change, StoreError> {
    let key = Key::Satker(code);
    let old = store.raw(&key)?.ok_or_else(|| unknown(entry))?;
    let mut satker: Satker = decode(&old)?;
    if let (Fact::StageReached { stage, year, .. }, Some(progress)) =
        (&entry.fact, &mut satker.progress)
    {
        progress.stage.clone_from(stage);
        progress.year = *year;
    }
    Ok(Change {
        key: key.bytes(),
        old: Some(old),
        new: Some(encode(&satker)?),
        record: Record::Satker(Box::new(satker)),
    })
}

/// The records of deadlines that come into being, numbered in the order of their owners.
fn open_deadlines(store: &Pending<'_>, entry: &Entry) -> Result<Vec<Change>, StoreError> {
    let Fact::DeadlinesOpened {
        first,
        owners,
        terms,
        at,
        by,
    } = &entry.fact
    else {
        return Err(unknown(entry));
    };
    (first.0..)
        .map(ObligationId)
        .zip(owners)
        .map(|(id, owner)| {
            let deadline = Deadline::new(id, *owner, (**terms).clone(), *at, by.clone());
            let key = Key::Deadline(id);
            Ok(Change {
                key: key.bytes(),
                old: store.raw(&key)?,
                new: Some(encode(&deadline)?),
                record: Record::Deadline(Box::new(deadline)),
            })
        })
        .collect()
}

fn change_deadline(
    store: &Pending<'_>,
    entry: &Entry,
    id: ObligationId,
) -> Result<Change, StoreError> {
    let key = Key::Deadline(id);
    let old = store.raw(&key)?.ok_or_else(|| unknown(entry))?;
    let mut deadline: Deadline = decode(&old)?;
    deadline_after(&mut deadline, &entry.fact);
    Ok(Change {
        key: key.bytes(),
        old: Some(old),
        new: Some(encode(&deadline)?),
        record: Record::Deadline(Box::new(deadline)),
    })
}

fn deadline_after(deadline: &mut Deadline, fact: &Fact) {
    let (at, by, what) = match fact {
        Fact::DeadlineMet {
            on, letter, at, by, ..
        } => {
            let what = DeadlineChange::Met {
                on: *on,
                letter: *letter,
            };
            (at, by, what)
        }
        Fact::DeadlineExempted { reason, at, by, .. } => {
            let reason = reason.clone();
            (at, by, DeadlineChange::Exempted { reason })
        }
        Fact::DeadlineReopened { reason, at, by, .. } => {
            let reason = reason.clone();
            (at, by, DeadlineChange::Reopened { reason })
        }
        Fact::DeadlinesMoved {
            due,
            nominal,
            estimate,
            fixed,
            reason,
            at,
            by,
            ..
        } => {
            let what = DeadlineChange::Moved {
                from: deadline.terms.due,
                to: *due,
                reason: reason.clone(),
            };
            deadline.terms.nominal = *nominal;
            deadline.terms.estimate = *estimate;
            deadline.fixed |= fixed;
            (at, by, what)
        }
        _ => return,
    };
    deadline.apply(DeadlineStep {
        at: *at,
        by: by.clone(),
        what,
    });
}

fn change_letter(
    store: &Pending<'_>,
    entry: &Entry,
    agenda: AgendaNo,
) -> Result<Change, StoreError> {
    let key = Key::Letter(agenda);
    let old = store.raw(&key)?.ok_or_else(|| unknown(entry))?;
    let mut letter: Letter = decode(&old)?;
    letter_after(&mut letter, &entry.fact);
    Ok(Change {
        key: key.bytes(),
        old: Some(old),
        new: Some(encode(&letter)?),
        record: Record::Letter(Box::new(letter)),
    })
}

fn letter_after(letter: &mut Letter, fact: &Fact) {
    match fact {
        Fact::LetterMoved {
            state,
            at,
            by,
            note,
            section,
            target,
            ..
        } => {
            match state {
                LetterState::Waiting => letter.stops.push(Stop {
                    from: *at,
                    to: None,
                }),
                _ => close_stop(letter, *at),
            }
            if let Some(section) = section {
                letter.section.clone_from(section);
            }
            if target.is_some() {
                letter.target = *target;
            }
            letter.state = *state;
            letter.history.push(Step {
                state: *state,
                at: *at,
                by: by.clone(),
                note: note.clone(),
            });
        }
        Fact::LetterEnded {
            state,
            at,
            by,
            note,
            fields,
            ..
        } => {
            close_stop(letter, *at);
            letter
                .fields
                .extend(fields.iter().map(|(id, value)| (id.clone(), value.clone())));
            letter.state = *state;
            letter.completed = Some(*at);
            letter.history.push(Step {
                state: *state,
                at: *at,
                by: by.clone(),
                note: note.clone(),
            });
        }
        _ => {}
    }
}

fn close_stop(letter: &mut Letter, at: chrono::DateTime<chrono::Utc>) {
    if let Some(stop) = letter.stops.last_mut() {
        stop.to.get_or_insert(at);
    }
}

fn change_inbox(store: &Pending<'_>, entry: &Entry, id: InboxId) -> Result<Change, StoreError> {
    let key = Key::Inbox(id);
    let old = store.raw(&key)?.ok_or_else(|| unknown(entry))?;
    let mut message: InboxMessage = decode(&old)?;
    match &entry.fact {
        Fact::InboxAnswered { sms, at, by, .. } => {
            message.state = InboxState::Answered;
            message.answered_by = Some(*sms);
            message.handled_by = Some(by.clone());
            message.handled = Some(*at);
        }
        Fact::InboxDone { at, by, .. } => {
            message.state = InboxState::Done;
            message.handled_by = Some(by.clone());
            message.handled = Some(*at);
        }
        Fact::InboxAssigned { section, .. } => message.section = Some(section.clone()),
        _ => {}
    }
    Ok(Change {
        key: key.bytes(),
        old: Some(old),
        new: Some(encode(&message)?),
        record: Record::Inbox(Box::new(message)),
    })
}

fn change_sms(store: &Pending<'_>, entry: &Entry, id: SmsId) -> Result<Change, StoreError> {
    let key = Key::Sms(id);
    let old = store.raw(&key)?.ok_or_else(|| unknown(entry))?;
    let mut sms: Sms = decode(&old)?;
    sms_after(&mut sms, &entry.fact);
    Ok(Change {
        key: key.bytes(),
        old: Some(old),
        new: Some(encode(&sms)?),
        record: Record::Sms(Box::new(sms)),
    })
}

fn sms_after(sms: &mut Sms, fact: &Fact) {
    let (at, by, note) = match fact {
        Fact::SmsEdited {
            text,
            encoding,
            parts,
            at,
            by,
            ..
        } => {
            if sms.drafted_text.is_none() {
                sms.drafted_text = Some(sms.text.clone());
            }
            sms.text.clone_from(text);
            sms.encoding = *encoding;
            sms.parts = *parts;
            // Parts that the network took before were parts of the earlier text.
            sms.part_states.clear();
            // What was rejected and mended waits again for a yes.
            sms.state = SmsState::Waiting;
            // Whoever confirmed an earlier wording has not confirmed this one.
            sms.confirmed_by.clear();
            sms.confirmed = None;
            (at, Some(by), Some("edit".to_owned()))
        }
        Fact::SmsConfirmed {
            at, by, not_before, ..
        } => {
            sms.confirmed_by.push(by.clone());
            sms.confirmed = Some(*at);
            let note = if let Some(not_before) = not_before {
                sms.state = SmsState::Queued;
                sms.not_before = Some(*not_before);
                None
            } else {
                Some("confirm-1".to_owned())
            };
            (at, Some(by), note)
        }
        Fact::SmsUndone { at, by, .. } => {
            sms.state = SmsState::Waiting;
            sms.confirmed_by.clear();
            sms.confirmed = None;
            sms.not_before = None;
            (at, Some(by), Some("undo".to_owned()))
        }
        Fact::SmsDropped {
            state,
            at,
            by,
            reason,
            ..
        } => {
            sms.state = *state;
            (at, Some(by), Some(reason.clone()))
        }
        Fact::SmsSending { modem, at, .. } => {
            sms.state = SmsState::Sending;
            sms.attempts += 1;
            sms.modem = Some(modem.clone());
            // A retry after a refusal sends only what the network has not taken yet.
            if sms.part_states.len() != usize::from(sms.parts) {
                sms.part_states = vec![
                    PartState {
                        reference: None,
                        outcome: PartOutcome::Pending
                    };
                    usize::from(sms.parts)
                ];
            }
            (at, None, Some(modem.clone()))
        }
        Fact::SmsPartAccepted {
            part, reference, ..
        } => {
            // A gateway's report may have come before its answer.
            if let Some(state) = sms
                .part_states
                .get_mut(usize::from(part.saturating_sub(1)))
                .filter(|state| {
                    !matches!(
                        state.outcome,
                        PartOutcome::Delivered | PartOutcome::Undelivered
                    )
                })
            {
                *state = PartState {
                    reference: *reference,
                    outcome: PartOutcome::Accepted,
                };
            }
            return;
        }
        Fact::SmsSent { at, .. } => {
            sms.state = SmsState::Sent;
            sms.sent = Some(*at);
            sms.error = None;
            (at, None, None)
        }
        Fact::SmsDeferred {
            code,
            text,
            at,
            not_before,
            ..
        } => {
            sms.state = SmsState::Queued;
            sms.not_before = Some(*not_before);
            sms.error = Some(SmsFault {
                code: *code,
                text: text.clone(),
                at: *at,
            });
            (at, None, Some(text.clone()))
        }
        Fact::SmsGivenBack { at, .. } => {
            sms.state = SmsState::Queued;
            sms.attempts = sms.attempts.saturating_sub(1);
            sms.not_before = Some(*at);
            (at, None, Some("given-back".to_owned()))
        }
        Fact::SmsFailed { code, text, at, .. } => {
            sms.state = SmsState::Failed;
            sms.error = Some(SmsFault {
                code: *code,
                text: text.clone(),
                at: *at,
            });
            (at, None, Some(text.clone()))
        }
        Fact::SmsUncertain { text, at, .. } => {
            sms.state = SmsState::Uncertain;
            for part in sms
                .part_states
                .iter_mut()
                .filter(|part| part.outcome == PartOutcome::Pending)
            {
                part.outcome = PartOutcome::Unknown;
            }
            sms.error = Some(SmsFault {
                code: None,
                text: text.clone(),
                at: *at,
            });
            (at, None, Some(text.clone()))
        }
        Fact::SmsReported {
            part,
            outcome,
            status,
            words,
            at,
            ..
        } => {
            let before = sms.state;
            let said = words
                .as_ref()
                .map_or_else(|| format!("TP-ST {status}"), Clone::clone);
            if let Some(state) = sms.part_states.get_mut(usize::from(part.saturating_sub(1))) {
                state.outcome = *outcome;
            }
            if sms
                .part_states
                .iter()
                .all(|part| part.outcome == PartOutcome::Delivered)
            {
                sms.state = SmsState::Delivered;
                sms.sent.get_or_insert(*at);
                sms.delivered = Some(*at);
                sms.error = None;
            } else if *outcome == PartOutcome::Undelivered {
                sms.state = SmsState::Undelivered;
                sms.sent.get_or_insert(*at);
                sms.error = Some(SmsFault {
                    code: words.is_none().then_some(u16::from(*status)),
                    text: said.clone(),
                    at: *at,
                });
            }
            if sms.state == before {
                return;
            }
            (at, None, Some(said))
        }
        Fact::SmsSettled { state, at, by, .. } => {
            sms.state = *state;
            if *state == SmsState::Sent {
                sms.sent = Some(*at);
            }
            (at, Some(by), Some("settle".to_owned()))
        }
        Fact::SmsResent {
            at, by, not_before, ..
        } => {
            sms.state = SmsState::Queued;
            sms.not_before = Some(*not_before);
            // A fresh round of attempts: the limit counts from here, and all parts go again.
            sms.attempts = 0;
            sms.part_states.clear();
            (at, Some(by), Some("resend".to_owned()))
        }
        _ => return,
    };
    let by = by.cloned().unwrap_or_else(|| "sistem".to_owned());
    sms.history.push(SmsStep {
        state: sms.state,
        at: *at,
        by,
        note,
    });
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;

    use super::*;
    use crate::domain::sms::Encoding;

    #[test]
    fn a_changed_text_is_sent_whole_though_parts_of_the_earlier_one_were_taken() {
        let at = DateTime::UNIX_EPOCH;
        let mut sms: Sms = serde_json::from_value(json!({
            "id": "S-000001", "kind": "free", "to": "+6281234567890", "satker": null, "role": null,
            "text": "a", "drafted_text": null, "encoding": "gsm7", "parts": 2, "letter": null, "deadline": null,
            "created": at, "created_by": "sari", "policy": "manual", "confirmed_by": [], "confirmed": null,
            "not_before": null, "attempts": 1, "modem": null, "sent": null, "delivered": null, "error": null,
            "part_states": [], "state": "waiting", "history": []
        }))
        .unwrap();
        sms.part_states = vec![
            PartState {
                reference: Some(7),
                outcome: PartOutcome::Accepted,
            },
            PartState {
                reference: None,
                outcome: PartOutcome::Pending,
            },
        ];
        let edited = Fact::SmsEdited {
            id: sms.id,
            text: "b".to_owned(),
            encoding: Encoding::Gsm7,
            parts: 2,
            at,
            by: "sari".to_owned(),
        };
        sms_after(&mut sms, &edited);
        let sending = Fact::SmsSending {
            id: sms.id,
            modem: "m".to_owned(),
            at,
        };
        sms_after(&mut sms, &sending);
        assert!(
            sms.part_states
                .iter()
                .all(|part| part.outcome == PartOutcome::Pending),
            "{:?}",
            sms.part_states
        );
    }
}
