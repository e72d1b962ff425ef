//! What keeps messages from leaving beside the queue itself: somebody stopped all sending, they are too old, the day's budget is used up.

use std::fs;

use chrono::{DateTime, TimeDelta, Utc};

use super::office::{Office, clean_text};
use super::writer::Writer;
use crate::ask::{DayBudget, Done, HoldRow};
use crate::domain::access::{Actor, Role};
use crate::domain::fact::Fact;
use crate::domain::id::SmsId;
use crate::domain::refusal::Refusal;
use crate::domain::sms::{Hold, Sms, SmsState};
use crate::home::Home;
use crate::store::SmsEntry;

/// Messages that expire in one commit at the most.
const PIECE: usize = 500;

/// Why nothing is sent in a home that was restored.
const RESTORED: &str = "pemulihan cadangan: pesan yang menunggu mungkin sudah terkirim";

/// In a home that was restored no server has run yet: what waits there may have been sent since the backup, so that a person looks first.
///
/// # Errors
/// Those of the journal, and `file-bad`: then nothing must be sent.
pub fn hold_restored(writer: &Writer, home: &Home) -> Result<(), Refusal> {
    let mark = home.restored_mark();
    if fs::symlink_metadata(&mark).is_err() {
        return Ok(());
    }
    let held = writer.commit(Actor::SYSTEM, None, |office, now| {
        office.hold_sending(RESTORED, &Actor::system(), now)
    });
    match held {
        Err(refusal) if refusal.code != "already-held" => return Err(refusal),
        _ => {}
    }
    // Only now: a server that was killed in between holds once more.
    fs::remove_file(&mark).map_err(|error| {
        Refusal::new("file-bad")
            .with("file", mark.display())
            .with("line", "")
            .with("cause", error)
    })
}

impl Office {
    /// Stops all sending, replies too: the brake is for a wrong text, a wrong list or a SIM in trouble, and must not ask which.
    /// What a modem has already is not called back.
    ///
    /// # Errors
    /// `reason-missing`, `forbidden`, `already-held`.
    pub fn hold_sending(
        &self,
        reason: &str,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, Done), Refusal> {
        let reason = clean_text("reason", reason, 100)?
            .ok_or_else(|| Refusal::new("reason-missing").on("reason"))?;
        if let Some(held) = self.held() {
            return Err(Refusal::new("already-held").with("by", held.by));
        }
        let by = actor.user.clone();
        Ok((
            vec![Fact::SendingHeld {
                at: now,
                by,
                reason,
            }],
            Done {},
        ))
    }

    /// Lets sending go on. Whoever pulled the brake may release it, and every supervisor.
    ///
    /// # Errors
    /// `not-held`, `forbidden`.
    pub fn resume_sending(
        &self,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, Done), Refusal> {
        let held = self.held().ok_or_else(|| Refusal::new("not-held"))?;
        if held.by != actor.user {
            Self::require(actor, Role::Supervisor)?;
        }
        let by = actor.user.clone();
        Ok((vec![Fact::SendingResumed { at: now, by }], Done {}))
    }

    /// Who stopped all sending, if somebody did.
    pub fn held(&self) -> Option<Hold> {
        self.store.index().hold().cloned()
    }

    /// The same as a reason why nothing leaves.
    pub fn held_refusal(&self, held: &Hold) -> Refusal {
        Refusal::new("held")
            .with("by", &held.by)
            .with(
                "since",
                self.local(held.since).format("%d-%m-%Y %H.%M").to_string(),
            )
            .with("reason", &held.reason)
    }

    /// The same for a client.
    pub fn hold_row(&self, held: Hold) -> HoldRow {
        HoldRow {
            by: held.by,
            since: self.local(held.since),
            reason: held.reason,
        }
    }

    /// Messages of this user that were rejected and wait for them.
    pub fn handed_back(&self, user: &str) -> u64 {
        let index = self.store.index();
        let Some(user) = index.interned(user) else {
            return 0;
        };
        let rejected = index.messages().in_state(SmsState::Rejected);
        rejected
            .filter_map(|id| index.sms_entry(id))
            .filter(|entry| entry.drafter == user)
            .count() as u64
    }

    /// The budget of the day with so many SMS more; none where no limit is set.
    pub fn day_budget(&self, more: u64, now: DateTime<Utc>) -> Option<DayBudget> {
        let limit = u64::from(self.settings.sms.daily_budget);
        if limit == 0 {
            return None;
        }
        let index = self.store.index();
        let messages = index.messages();
        let used = messages.sent_parts(self.date(now)) + messages.queued_parts();
        Some(DayBudget {
            limit,
            used,
            after: used + more,
        })
    }

    /// The end of a message that is too old to be useful; none while it is.
    pub fn expired(&self, sms: &Sms, now: DateTime<Utc>) -> Option<Fact> {
        let hours = self.settings.sms.expiry(sms.kind);
        let by_kind = hours.map(|hours| sms.created + TimeDelta::hours(i64::from(hours)));
        let end = sms.expires.or(by_kind)?;
        (now >= end).then(|| Fact::SmsDropped {
            id: sms.id,
            state: SmsState::Expired,
            at: now,
            by: "sistem".to_owned(),
            reason: match (sms.expires, hours) {
                (None, Some(hours)) => format!("> {hours} jam"),
                _ => "too-late".to_owned(),
            },
        })
    }

    /// When a message is of no use any more, in seconds since 1970: what its text says goes before what its kind says.
    fn end_of(&self, entry: &SmsEntry) -> Option<i64> {
        let hours = self.settings.sms.expiry(entry.kind);
        entry
            .expires
            .or(hours.map(|hours| entry.created + i64::from(hours) * 3600))
    }

    /// Ends messages that wait or are queued and are too old, some at a time. True when there may be more.
    ///
    /// # Errors
    /// Those of the store.
    pub fn expire(&self, now: DateTime<Utc>) -> Result<(Vec<Fact>, bool), Refusal> {
        let old: Vec<SmsId> = {
            let index = self.store.index();
            let open = [SmsState::Waiting, SmsState::Queued]
                .into_iter()
                .flat_map(|state| index.messages().in_state(state));
            open.filter_map(|id| index.sms_entry(id))
                .filter(|entry| self.end_of(entry).is_some_and(|end| now.timestamp() > end))
                .map(|entry| entry.id)
                .take(PIECE)
                .collect()
        };
        let mut facts = Vec::with_capacity(old.len());
        for id in &old {
            facts.extend(self.expired(&self.sms(*id)?, now));
        }
        Ok((facts, old.len() == PIECE))
    }

    /// When to look again: the end of the next message that waits or is queued, and within the hour for those drafted meanwhile.
    pub fn next_expiry(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let index = self.store.index();
        let open = [SmsState::Waiting, SmsState::Queued]
            .into_iter()
            .flat_map(|state| index.messages().in_state(state));
        let next = open
            .filter_map(|id| index.sms_entry(id))
            .filter_map(|entry| DateTime::from_timestamp(self.end_of(entry)?, 0))
            // A moment later, so that the fraction of its second is over too.
            .map(|end| end + TimeDelta::seconds(1))
            .min();
        let fresh = now + TimeDelta::hours(1);
        next.map_or(fresh, |next| next.min(fresh))
    }
}
