//! Ratings by SMS: from a phone that was told of the completion, once for each service, while it is fresh.

use chrono::{DateTime, TimeDelta, Utc};

use super::Outcome;
use super::reply::{Reply, UNKNOWN};
use crate::domain::fact::Fact;
use crate::domain::id::{AgendaNo, InboxId, SmsId};
use crate::domain::inbox::Rating;
use crate::domain::keyword::AgendaArg;
use crate::domain::phone::PhoneNumber;
use crate::domain::sms::{SmsKind, SmsState};
use crate::server::office::Office;

/// Messages to one phone that are looked through, newest first.
const MESSAGES: usize = 300;

/// Longest comment that is kept, in characters.
const COMMENT: usize = 300;

impl Office {
    pub(super) fn rate(
        &self,
        value: Option<u8>,
        agenda: &AgendaArg,
        comment: &str,
        phone: &PhoneNumber,
        message: InboxId,
        now: DateTime<Utc>,
    ) -> Outcome {
        let Some(value) = value else {
            return Reply::new("e07").into();
        };
        let told = self.completions_told(phone, now);
        let rated = |agenda: &AgendaNo| self.store.index().inbox().rating(*agenda, phone).is_some();
        let chosen = match agenda {
            AgendaArg::Agenda(agenda) => told.contains(agenda).then_some(*agenda),
            AgendaArg::Bad(_) => None,
            // The latest that is not rated; where all are, the latest says so.
            AgendaArg::None => told
                .iter()
                .find(|agenda| !rated(agenda))
                .or(told.first())
                .copied(),
        };
        let Some(chosen) = chosen else {
            let shown = match agenda {
                AgendaArg::Agenda(agenda) => self.agenda_text(*agenda, now),
                AgendaArg::Bad(text) => text.clone(),
                AgendaArg::None => UNKNOWN.to_owned(),
            };
            return Reply::new("e06").with("agenda", shown).into();
        };
        let shown = self.agenda_text(chosen, now);
        if rated(&chosen) {
            return Reply::new("e11").with("agenda", shown).of(chosen).into();
        }
        let comment: String = comment.chars().take(COMMENT).collect();
        let rating = Rating {
            agenda: chosen,
            phone: phone.clone(),
            value,
            comment: Some(comment).filter(|comment| !comment.is_empty()),
            at: now,
            message: Some(message),
        };
        let reply = Reply::new("nilai")
            .with("nilai", value)
            .with("agenda", shown)
            .of(chosen);
        Outcome {
            facts: vec![Fact::ServiceRated { rating }],
            agenda: Some(chosen),
            ..Outcome::from(reply)
        }
    }

    /// The services whose completion this phone was told of lately, or whose rating it was asked for, latest first.
    fn completions_told(&self, phone: &PhoneNumber, now: DateTime<Utc>) -> Vec<AgendaNo> {
        let since = now - TimeDelta::days(i64::from(self.settings.survey.valid_days));
        let index = self.store.index();
        let mut told = Vec::new();
        let ids: Vec<SmsId> = index
            .sms_to(phone)
            .iter()
            .rev()
            .take(MESSAGES)
            .copied()
            .collect();
        for id in ids {
            let Some(entry) = index.sms_entry(id) else {
                continue;
            };
            let here = matches!(
                entry.state,
                SmsState::Sent | SmsState::Delivered | SmsState::Uncertain
            );
            let fresh = entry.sent.unwrap_or(entry.changed) >= since.timestamp();
            let wanted = matches!(entry.kind, SmsKind::Completed | SmsKind::Survey);
            if let (true, Some(letter)) = (here && fresh && wanted, entry.letter)
                && !told.contains(&letter)
            {
                told.push(letter);
            }
        }
        told
    }
}
