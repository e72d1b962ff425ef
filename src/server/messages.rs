//! What people do with messages: drafting, confirming, rejecting, changing, taking back, settling.

use chrono::{DateTime, TimeDelta, Utc};

use super::office::Office;
use crate::ask::{BulkOutcome, DraftSms, EditSms, SmsChoice};
use crate::domain::access::{Actor, Role};
use crate::domain::fact::Fact;
use crate::domain::id::SmsId;
use crate::domain::phone::PhoneNumber;
use crate::domain::refusal::Refusal;
use crate::domain::satker::ContactRole;
use crate::domain::sms::{ConfirmPolicy, Encoding, Sms, SmsKind, SmsState, SmsStep};
use crate::gsm::segment;
use crate::gsm::transliterate;

/// Longest text of a message, in characters.
const TEXT_MAX: usize = 1000;

/// Most messages that one request may name: bulk work comes in pieces.
const BULK_MAX: usize = 10_000;

/// Most messages of one piece.
const PIECE_MAX: u32 = 1000;

/// Alphabet and number of parts of a text.
pub fn measure(text: &str) -> (Encoding, usize) {
    let measure = segment::measure(text);
    let encoding = match measure.encoding {
        segment::Encoding::Gsm7 => Encoding::Gsm7,
        segment::Encoding::Ucs2 => Encoding::Ucs2,
    };
    (encoding, measure.parts)
}

impl Office {
    /// A new message under the policy of its kind.
    pub(super) fn draft(
        &self,
        kind: SmsKind,
        to: PhoneNumber,
        text: String,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Sms, Refusal> {
        let (encoding, parts) = measure(&text);
        let parts = u8::try_from(parts).map_err(|_| {
            Refusal::new("text-too-long")
                .with("max", TEXT_MAX)
                .on("text")
        })?;
        let policy = self.settings.sms.policy(kind);
        let state = if policy == ConfirmPolicy::Auto {
            SmsState::Queued
        } else {
            SmsState::Waiting
        };
        Ok(Sms {
            id: SmsId(self.store.index().next_sms()),
            kind,
            to,
            satker: None,
            role: None,
            text,
            drafted_text: None,
            encoding,
            parts,
            letter: None,
            deadline: None,
            reminds: Vec::new(),
            alert: None,
            announcement: None,
            expires: None,
            created: now,
            created_by: actor.user.clone(),
            policy,
            confirmed_by: Vec::new(),
            confirmed: None,
            not_before: (state == SmsState::Queued).then_some(now),
            attempts: 0,
            modem: None,
            sent: None,
            delivered: None,
            error: None,
            part_states: Vec::new(),
            state,
            history: vec![SmsStep {
                state,
                at: now,
                by: actor.user.clone(),
                note: None,
            }],
        })
    }

    /// A message written by hand.
    ///
    /// # Errors
    /// `bad-phone`, `satker-unknown`, `satker-inactive`, `no-phone`, `text-empty`, `text-too-long`, `forbidden`.
    pub fn draft_by_hand(
        &self,
        ask: &DraftSms,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, SmsId), Refusal> {
        let text = sms_text(&ask.text)?;
        let (phone, satker, role) = match (&ask.to, ask.satker) {
            (Some(typed), satker) => {
                let (phone, _) = PhoneNumber::parse(typed).map_err(|error| {
                    super::office::reasons(Refusal::new("bad-phone").with("text", typed), |lang| {
                        error.explain(lang)
                    })
                    .on("to")
                })?;
                let owners = self.store.index().satker_of_phone(&phone);
                let satker = satker.or(match owners.as_slice() {
                    [one] => Some(*one),
                    _ => None,
                });
                (phone, satker, None)
            }
            (None, Some(code)) => {
                let unknown = || {
                    Refusal::new("satker-unknown")
                        .with("code", code)
                        .on("satker")
                };
                let satker = self.store.satker(code)?.ok_or_else(unknown)?;
                if !satker.active {
                    return Err(Refusal::new("satker-inactive").with("satker", code));
                }
                let role = ask
                    .role
                    .unwrap_or_else(|| self.modules.main_role(&satker.kind));
                let known = self.modules.roles();
                if !known.contains(&role) {
                    let known: Vec<&str> = known.iter().map(ContactRole::as_str).collect();
                    return Err(Refusal::new("bad-choice")
                        .with("text", role.as_str())
                        .with("known", known.join(", "))
                        .on("role"));
                }
                let none = || {
                    Refusal::new("no-phone")
                        .with("satker", code)
                        .with("role", role.as_str())
                };
                (
                    satker.phone(role).ok_or_else(none)?.clone(),
                    Some(code),
                    Some(role),
                )
            }
            (None, None) => return Err(Refusal::new("to-missing").on("to")),
        };
        let mut sms = self.draft(SmsKind::Free, phone, text, actor, now)?;
        sms.satker = satker;
        sms.role = role;
        let id = sms.id;
        Ok((vec![Fact::SmsDrafted { sms: Box::new(sms) }], id))
    }

    /// Confirms: into the queue, or waiting for a second person.
    ///
    /// # Errors
    /// Only `forbidden`, `too-many` and `over-budget`; what is wrong with single messages is in the outcome.
    pub fn confirm(
        &self,
        which: &SmsChoice,
        over_budget: bool,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, BulkOutcome), Refusal> {
        let mut outcome = BulkOutcome::default();
        let mut parts = 0;
        let facts = self.each(
            which,
            actor,
            &[SmsState::Waiting],
            &mut outcome,
            |sms, outcome| {
                let second = !sms.confirmed_by.is_empty();
                if sms.policy == ConfirmPolicy::TwoPerson {
                    if sms.confirmed_by.contains(&actor.user) {
                        return Err(Refusal::new("same-person").with("user", &actor.user));
                    }
                    // One of the two is a supervisor, whoever of them comes first.
                    if second && !sms.confirmed_by.iter().any(|user| self.is_supervisor(user)) {
                        Self::require(actor, Role::Supervisor)?;
                    }
                }
                self.check_recipient(&sms.to)?;
                self.check_wanted(sms.kind, &sms.to)?;
                let by = actor.user.clone();
                if sms.policy == ConfirmPolicy::TwoPerson && !second {
                    outcome.second_needed.push(sms.id);
                    return Ok(Fact::SmsConfirmed {
                        id: sms.id,
                        at: now,
                        by,
                        not_before: None,
                    });
                }
                outcome.done.push(sms.id);
                parts += u64::from(sms.parts);
                Ok(Fact::SmsConfirmed {
                    id: sms.id,
                    at: now,
                    by,
                    not_before: Some(self.after_undo(now)),
                })
            },
        )?;
        if let Some(budget) = self.day_budget(parts, now)
            && budget.passed()
            && !over_budget
        {
            return Err(Refusal::new("over-budget")
                .with("limit", budget.limit)
                .with("used", budget.used)
                .with("more", parts));
        }
        Ok((facts, outcome))
    }

    /// Rejects waiting or queued messages with a reason.
    ///
    /// # Errors
    /// `reason-missing`, `forbidden`, `too-many`.
    pub fn reject(
        &self,
        which: &SmsChoice,
        reason: &str,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, BulkOutcome), Refusal> {
        let reason = super::office::clean_text("reason", reason, 200)?
            .ok_or_else(|| Refusal::new("reason-missing").on("reason"))?;
        let mut outcome = BulkOutcome::default();
        let facts = self.each(
            which,
            actor,
            &[SmsState::Waiting, SmsState::Queued],
            &mut outcome,
            |sms, outcome| {
                outcome.done.push(sms.id);
                Ok(Fact::SmsDropped {
                    id: sms.id,
                    state: SmsState::Rejected,
                    at: now,
                    by: actor.user.clone(),
                    reason: reason.clone(),
                })
            },
        )?;
        Ok((facts, outcome))
    }

    /// Gives messages up whose reason has gone: those that wait, that are queued, and those that were handed back to their drafter.
    ///
    /// # Errors
    /// `forbidden`, `too-many`.
    pub fn withdraw_sms(
        &self,
        which: &SmsChoice,
        reason: &str,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, BulkOutcome), Refusal> {
        let reason = super::office::clean_text("reason", reason, 200)?.unwrap_or_default();
        let states = [SmsState::Waiting, SmsState::Queued, SmsState::Rejected];
        let mut outcome = BulkOutcome::default();
        let facts = self.each(which, actor, &states, &mut outcome, |sms, outcome| {
            outcome.done.push(sms.id);
            Ok(Fact::SmsDropped {
                id: sms.id,
                state: SmsState::Withdrawn,
                at: now,
                by: actor.user.clone(),
                reason: reason.clone(),
            })
        })?;
        Ok((facts, outcome))
    }

    /// Changes the text of a waiting message, or of one that was rejected: it waits again then.
    ///
    /// # Errors
    /// `sms-unknown`, `sms-state`, `text-empty`, `text-too-long`, `forbidden`.
    pub fn edit(
        &self,
        ask: &EditSms,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, SmsId), Refusal> {
        let sms = self.sms(ask.id)?;
        self.require_handling(actor, &sms)?;
        in_state(&sms, &[SmsState::Waiting, SmsState::Rejected])?;
        let text = sms_text(&ask.text)?;
        let (encoding, parts) = measure(&text);
        let parts = u8::try_from(parts).map_err(|_| {
            Refusal::new("text-too-long")
                .with("max", TEXT_MAX)
                .on("text")
        })?;
        if text == sms.text {
            return Ok((Vec::new(), sms.id));
        }
        Ok((
            vec![Fact::SmsEdited {
                id: sms.id,
                text,
                encoding,
                parts,
                at: now,
                by: actor.user.clone(),
            }],
            sms.id,
        ))
    }

    /// Takes queued messages back to waiting.
    ///
    /// # Errors
    /// `forbidden`, `too-many`.
    pub fn undo(
        &self,
        which: &SmsChoice,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, BulkOutcome), Refusal> {
        let mut outcome = BulkOutcome::default();
        let facts = self.each(
            which,
            actor,
            &[SmsState::Queued],
            &mut outcome,
            |sms, outcome| {
                outcome.done.push(sms.id);
                Ok(Fact::SmsUndone {
                    id: sms.id,
                    at: now,
                    by: actor.user.clone(),
                })
            },
        )?;
        Ok((facts, outcome))
    }

    /// Sends again what is uncertain, failed or undelivered: this is a person's word.
    ///
    /// # Errors
    /// `forbidden`, `too-many`.
    pub fn resend(
        &self,
        which: &SmsChoice,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, BulkOutcome), Refusal> {
        let states = [SmsState::Uncertain, SmsState::Failed, SmsState::Undelivered];
        let mut outcome = BulkOutcome::default();
        let facts = self.each(which, actor, &states, &mut outcome, |sms, outcome| {
            self.check_recipient(&sms.to)?;
            self.check_wanted(sms.kind, &sms.to)?;
            outcome.done.push(sms.id);
            Ok(Fact::SmsResent {
                id: sms.id,
                at: now,
                by: actor.user.clone(),
                not_before: self.after_undo(now),
            })
        })?;
        Ok((facts, outcome))
    }

    /// Says what became of uncertain messages.
    ///
    /// # Errors
    /// `bad-state` unless it is `sent` or `failed`; `forbidden`, `too-many`.
    pub fn settle(
        &self,
        which: &SmsChoice,
        state: SmsState,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, BulkOutcome), Refusal> {
        if !matches!(state, SmsState::Sent | SmsState::Failed) {
            return Err(Refusal::new("bad-state").with("state", state.as_str()));
        }
        let mut outcome = BulkOutcome::default();
        let facts = self.each(
            which,
            actor,
            &[SmsState::Uncertain],
            &mut outcome,
            |sms, outcome| {
                outcome.done.push(sms.id);
                Ok(Fact::SmsSettled {
                    id: sms.id,
                    state,
                    at: now,
                    by: actor.user.clone(),
                })
            },
        )?;
        Ok((facts, outcome))
    }

    /// The record of a message.
    ///
    /// # Errors
    /// `sms-unknown`.
    pub fn sms(&self, id: SmsId) -> Result<Sms, Refusal> {
        self.store
            .sms(id)?
            .ok_or_else(|| Refusal::new("sms-unknown").with("id", id))
    }

    /// # Errors
    /// `demo-fictitious` for a number of the demonstration office when a real gateway would get it.
    pub fn check_recipient(&self, to: &PhoneNumber) -> Result<(), Refusal> {
        let real = self
            .settings
            .modems()
            .iter()
            .any(|modem| modem.kind != crate::settings::ModemKind::Simulated);
        if real && to.is_fictitious() {
            return Err(Refusal::new("demo-fictitious").with("phone", to.display()));
        }
        Ok(())
    }

    /// Whether this account is a supervisor or the server's own.
    fn is_supervisor(&self, user: &str) -> bool {
        let own = nix::unistd::User::from_uid(nix::unistd::Uid::current());
        let own = own.ok().flatten().is_some_and(|own| own.name == user);
        own || self
            .granted(user)
            .is_some_and(|grant| grant.role >= Role::Supervisor)
    }

    /// A clerk of a section handles only messages about the letters of that section, and those they wrote.
    fn require_handling(&self, actor: &Actor, sms: &Sms) -> Result<(), Refusal> {
        if actor.role != Role::Section || sms.created_by == actor.user {
            return Self::require(actor, Role::Section);
        }
        let section = match sms.letter {
            Some(agenda) => self.letter(agenda)?.section,
            None => String::new(),
        };
        Self::require_section(actor, &section)
    }

    pub(super) fn after_undo(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + TimeDelta::seconds(i64::from(self.settings.sms.undo_seconds))
    }

    /// Runs over the chosen messages that are in one of these states. Those named by id that are not get a refusal of their own.
    fn each(
        &self,
        which: &SmsChoice,
        actor: &Actor,
        states: &[SmsState],
        outcome: &mut BulkOutcome,
        mut decide: impl FnMut(&Sms, &mut BulkOutcome) -> Result<Fact, Refusal>,
    ) -> Result<Vec<Fact>, Refusal> {
        let mut unseen = None;
        let ids = match which {
            SmsChoice::Ids(ids) => {
                let mut ids = ids.clone();
                ids.sort_unstable();
                ids.dedup();
                ids
            }
            SmsChoice::All { kind } => {
                let index = self.store.index();
                let matching = index.sms().iter().filter(|entry| {
                    states.contains(&entry.state) && kind.is_none_or(|kind| kind == entry.kind)
                });
                matching.map(|entry| entry.id).take(BULK_MAX).collect()
            }
            SmsChoice::Found {
                filter,
                seen,
                after,
                limit,
            } => {
                unseen = *seen;
                let limit = (*limit).clamp(1, PIECE_MAX) as usize;
                let mut ids = self.find_piece(filter, states, *after, limit + 1);
                if ids.len() > limit {
                    ids.truncate(limit);
                    outcome.next = ids.last().copied();
                }
                ids
            }
        };
        if ids.len() > BULK_MAX {
            return Err(Refusal::new("too-many").with("max", BULK_MAX));
        }
        let mut facts = Vec::with_capacity(ids.len());
        for id in ids {
            let decided = self.sms(id).and_then(|sms| {
                self.require_handling(actor, &sms)?;
                in_state(&sms, states)?;
                let changed = sms.history.last().map_or(sms.created, |step| step.at);
                if unseen.is_some_and(|seen| changed > seen) {
                    return Err(Refusal::new("sms-changed").with("id", id));
                }
                decide(&sms, outcome)
            });
            match decided {
                Ok(fact) => facts.push(fact),
                Err(refusal) => outcome.refused.push((id, refusal)),
            }
        }
        Ok(facts)
    }
}

fn in_state(sms: &Sms, states: &[SmsState]) -> Result<(), Refusal> {
    if states.contains(&sms.state) {
        Ok(())
    } else {
        Err(Refusal::new("sms-state")
            .with("id", sms.id)
            .with("state", sms.state.as_str()))
    }
}

/// A text as it may be sent: what the default alphabet has a twin of is replaced; line breaks stay, other control characters go.
pub(super) fn sms_text(text: &str) -> Result<String, Refusal> {
    let clean: String = text
        .chars()
        .filter(|c| !c.is_control() || *c == '\n')
        .collect();
    let clean = transliterate(clean.trim()).into_owned();
    if clean.is_empty() {
        return Err(Refusal::new("text-empty").on("text"));
    }
    if clean.chars().count() > TEXT_MAX {
        return Err(Refusal::new("text-too-long")
            .with("max", TEXT_MAX)
            .on("text"));
    }
    Ok(clean)
}

#[cfg(test)]
mod tests;
