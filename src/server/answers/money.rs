//! Answers about advances, returned payments and contracts.

use chrono::{DateTime, Datelike, Utc};

use super::papers::{amount, is_done};
use super::reply::{Reply, UNKNOWN};
use crate::domain::deadline::{Deadline, DeadlineState};
use crate::domain::id::SatkerCode;
use crate::domain::money::percent;
use crate::domain::refusal::Refusal;
use crate::server::office::Office;

impl Office {
    /// Contracts registered this year, in process, and still to be registered.
    pub(super) fn contracts_reply(
        &self,
        code: SatkerCode,
        now: DateTime<Utc>,
    ) -> Result<Reply, Refusal> {
        let letters = self.letters_in(code, "komitmen")?;
        let year = self.date(now).year();
        let registered = letters.iter().filter(|letter| {
            letter.service == "kontrak"
                && is_done(letter)
                && letter
                    .completed
                    .is_some_and(|end| self.date(end).year() == year)
        });
        let open = letters.iter().filter(|letter| letter.state.is_open());
        let waiting = self.open_duties(code, "kontrak")?;
        let next = waiting.first();
        Ok(Reply::new("kontrak")
            .with("satker", self.satker_name(code))
            .with("n", registered.count().min(99))
            .with("n2", open.count().min(99))
            .with("n3", waiting.len().min(99))
            .with("tgl", next.map_or(UNKNOWN.to_owned(), due)))
    }

    /// Returned payments that the satker has not corrected.
    pub(super) fn returns_reply(
        &self,
        code: SatkerCode,
        now: DateTime<Utc>,
    ) -> Result<Reply, Refusal> {
        let open = self.open_duties(code, "retur")?;
        let name = self.satker_name(code);
        let Some(oldest) = open.first() else {
            return Ok(Reply::new("retur-nihil")
                .with("satker", name)
                .with("tgl", self.date(now)));
        };
        let total = open
            .iter()
            .filter_map(value_of)
            .fold(0_i64, i64::saturating_add);
        let sp2d = oldest.terms.fields.get("sp2d").map(String::as_str);
        Ok(Reply::new("retur-ada")
            .with("satker", name)
            .with("n", open.len().min(99))
            .with("jml", total)
            .with("sp2d", sp2d.unwrap_or(UNKNOWN))
            .with("tgl", due(oldest)))
    }

    /// The revolving advance; none where the office knows of none.
    pub(super) fn advance_reply(&self, code: SatkerCode) -> Result<Option<Reply>, Refusal> {
        let letters = self.letters_in(code, "up-tup")?;
        let up = letters
            .iter()
            .filter(|letter| is_done(letter))
            .find(|letter| matches!(letter.service.as_str(), "spm-up" | "persetujuan-up"))
            .and_then(|letter| amount(&letter.fields, "nilai"));
        let duties = self.open_duties(code, "gup")?;
        let gup = duties.first();
        if up.is_none() && gup.is_none() {
            return Ok(None);
        }
        let by_event = || {
            let gup = gup.filter(|gup| {
                gup.terms
                    .event
                    .as_ref()
                    .is_some_and(|event| event.event == "sp2d-up")
            })?;
            value_of(gup)
        };
        let last = gup
            .and_then(|gup| gup.terms.event.as_ref())
            .map_or(UNKNOWN.to_owned(), |event| event.date.to_string());
        let running = self.open_duties(code, "ptup")?.len();
        Ok(Some(
            Reply::new("up")
                .with("satker", self.satker_name(code))
                .with(
                    "jml",
                    up.or_else(by_event)
                        .map_or(UNKNOWN.to_owned(), |up| up.to_string()),
                )
                .with("tgl", last)
                .with("tgl2", gup.map_or(UNKNOWN.to_owned(), due))
                .with("n", running.min(99)),
        ))
    }

    /// The extra advance that runs, or the last one; none where the office knows of none.
    pub(super) fn extra_advance_reply(&self, code: SatkerCode) -> Result<Option<Reply>, Refusal> {
        let owed = self.owed(code, Some("ptup"));
        let running = owed.iter().find(|owed| owed.state == DeadlineState::Open);
        let Some(chosen) = running.or(owed.last()) else {
            return Ok(None);
        };
        let tup = self.deadline(chosen.id)?;
        let since = tup.terms.event.as_ref().map(|event| event.date);
        let total = value_of(&tup);
        let letters = self.letters_in(code, "up-tup")?;
        let accounted = letters
            .iter()
            .filter(|letter| {
                letter.service == "spm-ptup"
                    && is_done(letter)
                    && since.is_none_or(|since| self.date(letter.received) >= since)
            })
            .filter_map(|letter| amount(&letter.fields, "nilai"))
            .fold(0_i64, i64::saturating_add);
        let share = match total {
            Some(total) if total > 0 => {
                let share = i128::from(accounted) * 10_000 / i128::from(total);
                percent(i64::try_from(share).unwrap_or(i64::MAX))
            }
            _ => UNKNOWN.to_owned(),
        };
        Ok(Some(
            Reply::new("tup")
                .with("satker", self.satker_name(code))
                .with(
                    "jml",
                    total.map_or(UNKNOWN.to_owned(), |total| total.to_string()),
                )
                .with(
                    "tgl",
                    since.map_or(UNKNOWN.to_owned(), |date| date.to_string()),
                )
                .with("tgl2", due(&tup))
                .with("persen", share),
        ))
    }
}

fn due(deadline: &Deadline) -> String {
    deadline.terms.due.to_string()
}

fn value_of(deadline: &Deadline) -> Option<i64> {
    deadline
        .terms
        .value
        .or_else(|| amount(&deadline.terms.fields, "nilai"))
}
