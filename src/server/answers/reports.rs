//! Answers about what a satker reports each month: LPJ, reconciliation, payroll; and what falls due next.

use chrono::{DateTime, Utc};

use super::papers::{Owed, counts, period_of};
use super::reply::Reply;
use crate::domain::deadline::{DeadlineState, Treasurer};
use crate::domain::id::SatkerCode;
use crate::domain::letter::Letter;
use crate::domain::period::{Period, PeriodKind};
use crate::domain::refusal::Refusal;
use crate::server::office::Office;

impl Office {
    /// Whether the treasurer's report of the last month that has ended is here. An older one that is still owed comes first.
    pub(super) fn lpj_reply(
        &self,
        code: SatkerCode,
        now: DateTime<Utc>,
    ) -> Result<Option<Reply>, Refusal> {
        let letters = self.letters_in(code, "lpj")?;
        let (last, _) = self.months_around(now);
        let owed = self.owed(code, Some("lpj"));
        let ended = |owed: &&Owed| owed.period.is_some_and(|period| period <= last);
        let missing = owed
            .iter()
            .filter(ended)
            .find(|owed| owed.state == DeadlineState::Open && letter_for(&letters, owed).is_none());
        let name = self.satker_name(code);
        let missing_reply = |period: Period, due: String| {
            Reply::new("lpj-belum")
                .with("satker", &name)
                .with("periode", period)
                .with("tgl", due)
        };
        if let Some(missing) = missing {
            let period = missing.period.unwrap_or(last);
            return Ok(Some(missing_reply(period, missing.due.to_string())));
        }
        let by_letter = letters
            .iter()
            .filter(|letter| counts(letter))
            .filter_map(|letter| Some((period_of(letter)?, self.date(letter.received))));
        let by_deadline = owed
            .iter()
            .filter_map(|owed| Some((owed.period?, owed.met?)));
        let here = by_letter
            .chain(by_deadline)
            .filter(|(period, _)| *period >= last)
            .max();
        let Some((period, day)) = here else {
            return Ok(Some(missing_reply(last, self.due_in(code, "lpj", last))));
        };
        Ok(Some(
            Reply::new("lpj-ok")
                .with("satker", name)
                .with("periode", period)
                .with("tgl", day)
                .with("tgl2", self.due_in(code, "lpj", next_month(period))),
        ))
    }

    /// Whether the reconciliation of the last month that has ended is complete; an older one that is still owed comes first.
    pub(super) fn reconciliation_reply(
        &self,
        code: SatkerCode,
        now: DateTime<Utc>,
    ) -> Result<Option<Reply>, Refusal> {
        let (last, _) = self.months_around(now);
        let owed = self.owed(code, Some("rekon"));
        let missing = owed.iter().find(|owed| {
            owed.state == DeadlineState::Open && owed.period.is_some_and(|period| period <= last)
        });
        let period = missing.and_then(|owed| owed.period).unwrap_or(last);
        let met = owed
            .iter()
            .any(|owed| owed.period == Some(period) && owed.state == DeadlineState::Met);
        let letters = self.letters_in(code, "bar")?;
        let letter = letters
            .iter()
            .find(|letter| period_of(letter) == Some(period));
        let status = match letter {
            _ if met => self.word("keadaan-completed"),
            Some(letter) => self.state_word(letter.state),
            None => self.word("keadaan-belum-selesai"),
        };
        Ok(Some(
            Reply::new("bar")
                .with("satker", self.satker_name(code))
                .with("periode", period)
                .with("status", status)
                .with("tgl", self.due_in(code, "rekon", period)),
        ))
    }

    /// Where the salary of the coming month stands.
    pub(super) fn payroll_reply(
        &self,
        code: SatkerCode,
        now: DateTime<Utc>,
    ) -> Result<Option<Reply>, Refusal> {
        let (_, next) = self.months_around(now);
        let letters = self.letters_in(code, "gaji")?;
        let letter = letters
            .iter()
            .find(|letter| letter.service == "gaji-induk" && period_of(letter) == Some(next));
        let met = self
            .owed(code, Some("gaji"))
            .iter()
            .any(|owed| owed.period == Some(next) && owed.state == DeadlineState::Met);
        let status = match letter {
            Some(letter) => self.state_word(letter.state),
            None if met => self.word("keadaan-completed"),
            None => self.word("keadaan-belum"),
        };
        Ok(Some(
            Reply::new("gaji")
                .with("satker", self.satker_name(code))
                .with("bulan", next)
                .with("status", status)
                .with("tgl", self.due_in(code, "gaji", next)),
        ))
    }

    /// The next three things that a satker owes; what is late comes first.
    pub(super) fn schedule_reply(&self, code: SatkerCode, now: DateTime<Utc>) -> Reply {
        let open = self.owed(code, None).into_iter();
        let lines = open
            .filter(|owed| owed.state == DeadlineState::Open)
            .map(|owed| (self.duty_name(&owed), owed.due.to_string()))
            .collect();
        self.due_next(lines, now)
            .with("satker", self.satker_name(code))
    }
}

/// The letter that brings what is owed.
fn letter_for<'a>(letters: &'a [Letter], owed: &Owed) -> Option<&'a Letter> {
    letters.iter().find(|letter| {
        let treasurer = letter
            .fields
            .get("jenis_bendahara")
            .and_then(|value| Treasurer::parse(value))
            .unwrap_or(Treasurer::Pengeluaran);
        counts(letter)
            && period_of(letter) == owed.period
            && owed.treasurer.is_none_or(|owner| owner == treasurer)
    })
}

fn next_month(period: Period) -> Period {
    let day = period.last_day().succ_opt().unwrap_or(period.last_day());
    Period::containing(PeriodKind::Month, day)
}
