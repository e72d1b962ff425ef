//! Looking at the letters and deadlines of one satker, for answers about it.

use chrono::{DateTime, NaiveDate, Utc};

use super::reply::UNKNOWN;
use crate::domain::deadline::{Deadline, DeadlineState};
use crate::domain::id::{AgendaNo, ObligationId, SatkerCode};
use crate::domain::letter::{Letter, LetterState};
use crate::domain::period::{Period, PeriodKind};
use crate::domain::refusal::Refusal;
use crate::domain::rule::Basis;
use crate::server::office::Office;

/// Letters of one module that are read at the most, newest first: more than a year of any satker.
const LETTERS: usize = 60;

/// Deadlines that are read at the most.
const DEADLINES: usize = 60;

/// A deadline of a satker without its record.
#[derive(Debug, Clone)]
pub(super) struct Owed {
    pub id: ObligationId,
    pub obligation: String,
    pub module: String,
    pub item: Option<String>,
    pub period: Option<Period>,
    pub treasurer: Option<crate::domain::deadline::Treasurer>,
    pub due: NaiveDate,
    pub state: DeadlineState,
    pub met: Option<NaiveDate>,
}

impl Office {
    /// The latest letters of a satker in a module that were not entered by mistake, newest first.
    pub(super) fn letters_in(
        &self,
        code: SatkerCode,
        module: &str,
    ) -> Result<Vec<Letter>, Refusal> {
        let agendas: Vec<AgendaNo> = {
            let index = self.store.index();
            let Some(module) = index.interned(module) else {
                return Ok(Vec::new());
            };
            index
                .letters_of(code)
                .filter(|entry| entry.module == module && entry.state != LetterState::Void)
                .map(|entry| entry.agenda)
                .take(LETTERS)
                .collect()
        };
        agendas
            .into_iter()
            .map(|agenda| self.letter(agenda))
            .collect()
    }

    /// What a satker owes or owed under an obligation, earliest due date first.
    pub(super) fn owed(&self, code: SatkerCode, obligation: Option<&str>) -> Vec<Owed> {
        let index = self.store.index();
        let deadlines = index.deadlines();
        let mut owed: Vec<Owed> = deadlines
            .of_satker(code)
            .filter_map(|entry| {
                let occasion = deadlines.occasion(entry.occasion)?;
                let wanted = obligation.is_none_or(|wanted| wanted == occasion.obligation);
                wanted.then(|| Owed {
                    id: entry.id,
                    obligation: occasion.obligation.clone(),
                    module: occasion.module.clone(),
                    item: occasion.item.clone(),
                    period: occasion.period,
                    treasurer: entry.owner.treasurer,
                    due: entry.due,
                    state: entry.state,
                    met: entry.met,
                })
            })
            .collect();
        owed.sort_by_key(|owed| (owed.due, owed.id));
        owed
    }

    /// What a satker still owes under an obligation, earliest due date first.
    pub(super) fn open_duties(
        &self,
        code: SatkerCode,
        obligation: &str,
    ) -> Result<Vec<Deadline>, Refusal> {
        self.owed(code, Some(obligation))
            .into_iter()
            .filter(|owed| owed.state == DeadlineState::Open)
            .take(DEADLINES)
            .map(|owed| self.deadline(owed.id))
            .collect()
    }

    /// The due date of an obligation in a period: of the deadline, else by the rule.
    pub(super) fn due_in(&self, code: SatkerCode, obligation: &str, period: Period) -> String {
        let owed = self
            .owed(code, Some(obligation))
            .into_iter()
            .find(|owed| owed.period == Some(period))
            .map(|owed| owed.due);
        let by_rule = || {
            let calendar = self.calendar();
            let due = self
                .modules
                .due(obligation, &Basis::period(period), &calendar);
            due.ok().map(|(_, due)| due.date)
        };
        owed.or_else(by_rule)
            .map_or_else(|| UNKNOWN.to_owned(), |date| date.to_string())
    }

    /// The month before this day, and the one after it.
    pub(super) fn months_around(&self, now: DateTime<Utc>) -> (Period, Period) {
        let today = self.date(now);
        let this = Period::containing(PeriodKind::Month, today);
        let before = this.first_day().pred_opt().unwrap_or(today);
        let after = this.last_day().succ_opt().unwrap_or(today);
        (
            Period::containing(PeriodKind::Month, before),
            Period::containing(PeriodKind::Month, after),
        )
    }
}

/// The period that a letter is about.
pub(super) fn period_of(letter: &Letter) -> Option<Period> {
    letter
        .fields
        .values()
        .filter_map(|value| Period::parse(value).ok())
        .find(|period| period.kind() == PeriodKind::Month)
}

/// Whether the office has the letter, or has had it and found it good.
pub(super) fn counts(letter: &Letter) -> bool {
    letter.state.is_open() || is_done(letter)
}

/// Whether the service is complete.
pub(super) fn is_done(letter: &Letter) -> bool {
    matches!(
        letter.state,
        LetterState::Completed | LetterState::HandedOver
    ) && letter
        .history
        .iter()
        .any(|step| step.state == LetterState::Completed)
}

/// An amount among the fields of a letter or an event.
pub(super) fn amount(fields: &std::collections::BTreeMap<String, String>, id: &str) -> Option<i64> {
    fields.get(id).and_then(|value| value.parse().ok())
}
