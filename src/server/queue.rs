//! What the outbox does with messages: taking the next one, and writing down what became of it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Timelike, Utc};

use super::office::Office;
use crate::domain::fact::Fact;
use crate::domain::id::SmsId;
use crate::domain::refusal::Refusal;
use crate::domain::sms::{PartOutcome, Sms, SmsKind, SmsState};
use crate::modem::{ErrorClass, SendJob, SendOptions};
use crate::store::Index;

/// How a job ended, as the modem told.
#[derive(Debug, Clone, Default)]
pub struct JobEnd {
    /// Accepted parts and their TP-MR.
    pub accepted: BTreeMap<u8, Option<u8>>,
    /// The refusal of a part, if one was refused.
    pub refused: Option<crate::modem::Refusal>,
    /// Why a part is unknown, if one is.
    pub unknown: Option<String>,
}

impl Office {
    /// The next message that may leave now by this modem, and, where there is none, when to look again.
    ///
    /// A modem takes what prefers it or what prefers none; what prefers another only when that one is away and there is nothing else.
    /// That another has sent enough for now is no reason: then its messages wait.
    pub fn next_in_queue(
        &self,
        modem: &str,
        now: DateTime<Utc>,
    ) -> (Option<SmsId>, Option<DateTime<Utc>>) {
        let index = self.store.index();
        if index.hold().is_some() {
            // Whoever lets sending go on tells the outbox.
            return (None, None);
        }
        let away = self.away();
        let own = |prefix| self.preference(prefix).is_none_or(|name| name == modem);
        let left_over = |prefix| {
            let preferred = self.preference(prefix);
            preferred.is_some_and(|name| name != modem && away.iter().any(|away| away == name))
        };
        let (next, soon) = self.first_of(index.queue().of(own), &index, modem, now);
        if next.is_some() {
            return (next, None);
        }
        let (next, later) = self.first_of(index.queue().of(left_over), &index, modem, now);
        if next.is_some() {
            return (next, None);
        }
        let opens = if self.window_open(now) || index.queue().is_empty() {
            None
        } else {
            Some(self.window_opens(now))
        };
        (None, [soon, later, opens].into_iter().flatten().min())
    }

    /// The first of these that may leave now by this modem, and, where there is none, when one may.
    fn first_of(
        &self,
        queued: impl Iterator<Item = (DateTime<Utc>, SmsId)>,
        index: &Index,
        modem: &str,
        now: DateTime<Utc>,
    ) -> (Option<SmsId>, Option<DateTime<Utc>>) {
        let open = self.window_open(now);
        let throttle = self.throttle();
        let limit = self.limit_of(modem);
        let per_number = self.settings.sms.per_number_per_minute;
        let mut later: Option<DateTime<Utc>> = None;
        let mut look_at = |at: DateTime<Utc>| later = Some(later.map_or(at, |other| other.min(at)));
        for (time, id) in queued {
            if time > now {
                look_at(time);
                break;
            }
            let Some(entry) = index.sms_entry(id) else {
                continue;
            };
            if !open && entry.kind != SmsKind::Reply {
                continue;
            }
            if let Some(free) = (per_number > 0)
                .then(|| throttle.number_free(entry.to, per_number, now))
                .flatten()
            {
                look_at(free);
                continue;
            }
            if let Some(free) =
                limit.and_then(|limit| throttle.modem_free(modem, limit, entry.parts, now))
            {
                // A shorter message must not overtake a long one for ever.
                look_at(free);
                break;
            }
            return (Some(id), None);
        }
        (None, later)
    }

    /// What a message waits for that could leave otherwise: `waits-modem`, `waits-throttle`.
    pub fn waits_for_modem(&self, sms: &Sms, now: DateTime<Utc>) -> Option<Refusal> {
        let index = self.store.index();
        let prefix = index.sms_entry(sms.id)?.prefix;
        let away = self.away();
        let preferred = self
            .preference(prefix)
            .filter(|name| !away.iter().any(|away| away == name));
        let modems = self.modems();
        let takers: Vec<&str> = modems
            .iter()
            .filter(|row| matches!(row.state.as_str(), "ready" | "storage-full"))
            .map(|row| row.name.as_str())
            .filter(|name| preferred.is_none_or(|preferred| preferred == *name))
            .collect();
        if takers.is_empty() {
            return Some(Refusal::new("waits-modem"));
        }
        let throttle = self.throttle();
        let per_number = self.settings.sms.per_number_per_minute;
        let number = (per_number > 0)
            .then(|| throttle.number_free(crate::store::digits(&sms.to), per_number, now))
            .flatten();
        // The first that may send it does.
        let modem = takers
            .into_iter()
            .map(|name| throttle.modem_free(name, self.limit_of(name)?, sms.parts, now))
            .min()
            .flatten();
        let free = number.max(modem)?;
        let at = self.local(free).format("%H.%M.%S").to_string();
        Some(Refusal::new("waits-throttle").with("until", at))
    }

    /// The modems that can send nothing for now. One that is starting is about to.
    fn away(&self) -> Vec<String> {
        let able = |state: &str| matches!(state, "ready" | "storage-full" | "starting");
        let away = self.modems().into_iter().filter(|row| !able(&row.state));
        away.map(|row| row.name).collect()
    }

    /// SMS that this modem may send in any minute, if there is a limit.
    pub fn limit_of(&self, modem: &str) -> Option<u32> {
        let mut modems = self.settings.modems.iter();
        modems.find(|other| other.name == modem)?.per_minute
    }

    /// The modem that numbers with this prefix prefer.
    fn preference(&self, prefix: [u8; 4]) -> Option<&str> {
        let modems = &self.settings.modems;
        let prefers = |modem: &&crate::settings::Modem| {
            modem
                .prefixes
                .iter()
                .any(|wanted| prefix.starts_with(wanted.as_bytes()))
        };
        modems.iter().find(prefers).map(|modem| modem.name.as_str())
    }

    /// Whether messages other than replies may leave now.
    pub fn window_open(&self, now: DateTime<Utc>) -> bool {
        let local = self.zone().local(now);
        let rules = &self.settings.sms;
        rules.window.contains(local.hour() * 60 + local.minute())
            && (!rules.working_days_only || self.calendar().is_working_day(local.date()))
    }

    /// When the sending window opens next, after `now`.
    pub fn window_opens(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let zone = self.zone();
        let local = zone.local(now);
        let rules = &self.settings.sms;
        let calendar = self.calendar();
        let from = TimeDelta::minutes(i64::from(rules.window.from));
        let mut day = local.date();
        for _ in 0..400 {
            let opens = day.and_time(chrono::NaiveTime::MIN) + from;
            if opens > local && (!rules.working_days_only || calendar.is_working_day(day)) {
                return zone.instant(opens);
            }
            day = day.succ_opt().unwrap_or(day);
        }
        now + TimeDelta::days(1)
    }

    /// Marks the next message as being sent by this modem. None when nothing may leave now.
    ///
    /// # Errors
    /// Those of the store.
    pub fn claim(
        &self,
        modem: &str,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, Option<Sms>), Refusal> {
        // A message whose end could not be written down must not start.
        if self.disk_free() < super::office::DISK_LOW {
            return Ok((Vec::new(), None));
        }
        let (Some(id), _) = self.next_in_queue(modem, now) else {
            return Ok((Vec::new(), None));
        };
        let sms = self.sms(id)?;
        if let Some(expired) = self.expired(&sms, now) {
            return Ok((vec![expired], None));
        }
        if self.check_wanted(sms.kind, &sms.to).is_err() {
            // BERHENTI came after it was confirmed.
            return Ok((
                vec![Fact::SmsDropped {
                    id,
                    state: SmsState::Withdrawn,
                    at: now,
                    by: "sistem".to_owned(),
                    reason: "opted-out".to_owned(),
                }],
                None,
            ));
        }
        if let Err(refusal) = self.check_recipient(&sms.to) {
            // Confirmed under other settings; the real gateway must not get it.
            return Ok((
                vec![Fact::SmsFailed {
                    id,
                    code: None,
                    text: refusal.to_string(),
                    at: now,
                }],
                None,
            ));
        }
        self.throttle()
            .note(modem, sms.parts, crate::store::digits(&sms.to), now);
        Ok((
            vec![Fact::SmsSending {
                id,
                modem: modem.to_owned(),
                at: now,
            }],
            Some(sms),
        ))
    }

    /// What became of a job, as facts.
    ///
    /// # Errors
    /// Those of the store.
    pub fn job_facts(
        &self,
        id: SmsId,
        end: &JobEnd,
        now: DateTime<Utc>,
    ) -> Result<Vec<Fact>, Refusal> {
        let sms = self.sms(id)?;
        if sms.state != SmsState::Sending {
            return Ok(Vec::new());
        }
        let mut facts: Vec<Fact> = end
            .accepted
            .iter()
            .map(|(part, reference)| Fact::SmsPartAccepted {
                id,
                part: *part,
                reference: *reference,
                at: now,
            })
            .collect();
        let taken = |part: u8| {
            end.accepted.contains_key(&part)
                || sms
                    .part_states
                    .get(usize::from(part - 1))
                    .is_some_and(|state| state.outcome != PartOutcome::Pending)
        };
        let all = (1..=sms.parts).all(taken);
        facts.push(match (&end.unknown, &end.refused) {
            (Some(why), _) => Fact::SmsUncertain {
                id,
                text: why.clone(),
                at: now,
            },
            (None, _) if all => Fact::SmsSent { id, at: now },
            (None, Some(refusal)) => self.refused(&sms, refusal, now),
            // Given back untouched: the modem went away before its turn. That is no attempt of the message.
            (None, None) => Fact::SmsGivenBack { id, at: now },
        });
        Ok(facts)
    }

    fn refused(&self, sms: &Sms, refusal: &crate::modem::Refusal, now: DateTime<Utc>) -> Fact {
        let (id, code, text) = (sms.id, refusal.code, refusal.text.clone());
        let retry = self.settings.sms.retry;
        let attempts = sms.attempts.max(1);
        if refusal.class == ErrorClass::NeverWorks || attempts >= retry.attempts {
            return Fact::SmsFailed {
                id,
                code,
                text,
                at: now,
            };
        }
        let pause = TimeDelta::from_std(retry.pause(attempts)).unwrap_or(TimeDelta::days(1));
        Fact::SmsDeferred {
            id,
            code,
            text,
            at: now,
            not_before: now + pause,
        }
    }

    /// What is still marked as being sent when the server starts: nobody knows what became of it.
    ///
    /// # Errors
    /// Those of the store.
    pub fn after_crash(&self, now: DateTime<Utc>) -> Vec<Fact> {
        let index = self.store.index();
        let sending = index
            .sms()
            .iter()
            .filter(|entry| entry.state == SmsState::Sending);
        sending
            .map(|entry| Fact::SmsUncertain {
                id: entry.id,
                text: "server-stopped".to_owned(),
                at: now,
            })
            .collect()
    }

    /// The message, as it was claimed, the way a modem gets it; only the parts that the network has not taken yet.
    ///
    /// # Errors
    /// The text cannot be encoded: it never gets that far, since it was measured when drafted.
    pub fn job(sms: &Sms) -> Result<SendJob, Refusal> {
        let reference = u16::try_from(sms.id.0 & 0xff).unwrap_or(0);
        let options = SendOptions {
            report: true,
            reference,
            ..SendOptions::default()
        };
        let job = SendJob::new(sms.id.0, sms.to.as_str(), &sms.text, options);
        let mut job = job.map_err(|error| Refusal::new("internal").with("cause", error))?;
        // The step that marks it as being sent is the next one.
        job.attempt = u32::try_from(sms.history.len()).unwrap_or(u32::MAX);
        let pending: Vec<u8> = (1..)
            .zip(&sms.part_states)
            .filter(|(_, state)| state.outcome == PartOutcome::Pending)
            .map(|(part, _)| part)
            .collect();
        Ok(if sms.part_states.len() == usize::from(sms.parts) {
            job.only(&pending)
        } else {
            job
        })
    }

    /// The modem did tell after all that the network took a part that counted as unknown.
    ///
    /// # Errors
    /// Those of the store.
    pub fn late_acceptance(
        &self,
        id: SmsId,
        part: u8,
        reference: u8,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, ()), Refusal> {
        let sms = self.sms(id)?;
        if sms.state != SmsState::Uncertain {
            return Ok((Vec::new(), ()));
        }
        Ok((
            super::gateway::taken_after_all(&sms, &[part], Some(reference), now),
            (),
        ))
    }
}

#[cfg(test)]
mod tests;
