//! Requests and answers about who owes what by when.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{LetterRow, SmsRow};
use crate::domain::refusal::Refusal;

use crate::domain::calendar::{Holiday, HolidayChange};
use crate::domain::deadline::{DeadlineStep, Treasurer};
use crate::domain::id::{AgendaNo, ObligationId, SatkerCode, SmsId};
use crate::domain::period::Period;

/// Which deadlines to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeadlineFilter {
    /// Whatever became of them.
    #[default]
    All,
    /// Owed, late or not.
    Owed,
    /// Owed and not late.
    Open,
    /// Owed, and the date has passed.
    Late,
    /// Fulfilled.
    Met,
    /// Need not be fulfilled.
    Exempt,
}

impl DeadlineFilter {
    /// All with their written forms.
    pub const ALL: [(&'static str, Self); 6] = [
        ("all", Self::All),
        ("owed", Self::Owed),
        ("open", Self::Open),
        ("late", Self::Late),
        ("met", Self::Met),
        ("exempt", Self::Exempt),
    ];

    /// Reads the written form; case does not matter.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(text.trim()))
            .map(|(_, filter)| filter)
    }
}

/// What a deadline must be to be shown or counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadlineQuery {
    /// Due on this day or later.
    pub from: Option<NaiveDate>,
    /// Due on this day or earlier.
    pub until: Option<NaiveDate>,
    /// Only of this module.
    pub module: Option<String>,
    /// Only of this obligation.
    pub obligation: Option<String>,
    /// Only those that this section looks after.
    pub section: Option<String>,
    /// Only of this satker.
    pub satker: Option<SatkerCode>,
    /// What became of it.
    pub filter: DeadlineFilter,
    /// Words that all occur in code and names of the satker, name of the obligation, period. Case does not matter.
    pub find: Option<String>,
}

/// See [`super::Request::ListDeadlines`]. Without dates or a state that limit it, everything.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListDeadlines {
    /// Which.
    pub query: DeadlineQuery,
    /// Latest due date first.
    #[serde(default)]
    pub latest_first: bool,
    /// How many to skip.
    pub offset: u64,
    /// How many at the most; the server gives no more than 1,000.
    pub limit: u32,
}

/// See [`super::Request::CountDeadlines`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CountDeadlines {
    /// Which; at most 400 days between `from` and `until` are counted day by day.
    pub query: DeadlineQuery,
}

/// See [`super::Request::ShowDeadline`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShowDeadline {
    /// Which.
    pub id: ObligationId,
}

/// See [`super::Request::RecordEvent`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecordEvent {
    /// Where.
    pub satker: SatkerCode,
    /// Event id.
    pub event: String,
    /// When it happened.
    pub date: NaiveDate,
    /// What is noted with it, as typed.
    pub fields: BTreeMap<String, String>,
    /// The person has seen that the date is more than a year away.
    pub far_seen: bool,
}

/// See [`super::Request::MeetDeadline`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MeetDeadline {
    /// Which; up to 1,000.
    pub ids: Vec<ObligationId>,
    /// On which day; today when none.
    pub date: Option<NaiveDate>,
}

/// See [`super::Request::ExemptDeadline`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExemptDeadline {
    /// Which; up to 1,000.
    pub ids: Vec<ObligationId>,
    /// Why.
    pub reason: String,
}

/// See [`super::Request::ReopenDeadline`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReopenDeadline {
    /// Which; up to 1,000.
    pub ids: Vec<ObligationId>,
    /// Why.
    pub reason: String,
}

/// See [`super::Request::MoveDeadline`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MoveDeadline {
    /// Which.
    pub id: ObligationId,
    /// The new date.
    pub date: NaiveDate,
    /// Why.
    pub reason: String,
}

/// See [`super::Request::RemindDeadline`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RemindDeadline {
    /// Which.
    pub id: ObligationId,
}

/// See [`super::Request::GiveDate`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GiveDate {
    /// Obligation id.
    pub obligation: String,
    /// For which period; the year for an entry of a yearly letter.
    pub period: Period,
    /// Which entry.
    pub item: Option<String>,
    /// The date; none takes it back.
    pub date: Option<NaiveDate>,
    /// Number of the letter.
    pub note: String,
    /// The person has seen that the date is more than a year away.
    pub far_seen: bool,
}

/// See [`super::Request::AddDeadline`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AddDeadline {
    /// Obligation id; one whose dates are entered by hand.
    pub obligation: String,
    /// What is owed.
    pub name: String,
    /// By when.
    pub date: NaiveDate,
    /// By whom; all when empty.
    pub satker: Vec<SatkerCode>,
    /// The person has seen that the date is more than a year away.
    pub far_seen: bool,
}

/// See [`super::Request::ImportHolidays`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportHolidays {
    /// The whole new list.
    pub holidays: Vec<Holiday>,
    /// Only tell the difference.
    pub dry_run: bool,
}

/// See [`super::Request::ListDates`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListDates {}

/// A deadline as lists and scripts show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeadlineRow {
    /// `K-000012`.
    pub id: ObligationId,
    /// Obligation id.
    pub obligation: String,
    /// Module id.
    pub module: String,
    /// Satker code.
    pub satker: SatkerCode,
    /// Short name of the satker.
    pub satker_name: String,
    /// Which treasurer owes it, where each does.
    pub treasurer: Option<Treasurer>,
    /// `2026-11`, `2026-Q4`, `2026`; none for events and dates by hand.
    pub period: Option<Period>,
    /// By when.
    pub due: NaiveDate,
    /// `open`, `late`, `met` or `exempt`.
    pub state: String,
    /// Fulfilled on.
    pub met: Option<NaiveDate>,
    /// What is owed, in words, in Indonesian.
    pub name: String,
    /// What tells it from others: contract, SP2D, payee, entry of a letter.
    pub about: String,
    /// The section that looks after it.
    pub section: String,
    /// Days late, in the days of its rule; 0 when it is not late.
    pub days_late: i64,
    /// *Perkiraan*: the letter that gives the date has not been entered.
    pub estimate: bool,
    /// The letter that fulfilled it.
    pub letter: Option<AgendaNo>,
    /// The event that started it.
    pub event: Option<String>,
    /// The day of that event.
    pub event_date: Option<NaiveDate>,
    /// Reminders drafted so far.
    pub reminders: u32,
}

/// A page of deadlines.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DeadlinePage {
    /// Earliest due date first.
    pub rows: Vec<DeadlineRow>,
    /// How many there are in all.
    pub total: u64,
    /// How many were skipped.
    pub offset: u64,
}

/// Deadlines of a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadlineCounts {
    /// Owed and not late.
    pub open: u64,
    /// Owed, and the date has passed.
    pub late: u64,
    /// Fulfilled.
    pub met: u64,
    /// Need not be fulfilled.
    pub exempt: u64,
}

impl DeadlineCounts {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.open + self.late + self.met + self.exempt
    }
}

/// What is owed, for Beranda.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwedCounts {
    /// Due today.
    pub today: u64,
    /// Due today or in the seven days after.
    pub week: u64,
    /// The date has passed.
    pub late: u64,
}

/// Counters for the screen and the month calendar.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadlineTotals {
    /// Day by day; days without any are left out.
    pub days: BTreeMap<NaiveDate, DeadlineCounts>,
    /// Days without service, and their names where they have one.
    pub closed: BTreeMap<NaiveDate, String>,
    /// In all.
    pub total: DeadlineCounts,
}

/// A reminder to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReminderRow {
    /// The rule's offset.
    pub offset: i32,
    /// The morning.
    pub date: NaiveDate,
    /// `H-3`.
    pub label: String,
}

/// One deadline with what belongs to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeadlineDetail {
    /// The row, as in lists.
    #[serde(flatten)]
    pub row: DeadlineRow,
    /// What was noted with its event: label and value.
    pub noted: Vec<(String, String)>,
    /// Where the rule stands.
    pub source: String,
    /// All steps, oldest first.
    pub history: Vec<DeadlineStep>,
    /// Messages drafted about it, oldest first.
    pub sms: Vec<SmsRow>,
    /// The letter that fulfilled it.
    pub letter_row: Option<LetterRow>,
    /// Reminders to come.
    pub coming: Vec<ReminderRow>,
    /// Whether this user may change it.
    pub may: bool,
}

/// What recording an event led to.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct EventOutcome {
    /// The deadlines that it started, or that it had started before.
    pub deadlines: Vec<DeadlineRow>,
    /// The event was recorded before with the same date and particulars.
    pub repeated: bool,
    /// The deadlines that it met.
    pub met: Vec<ObligationId>,
    /// Obligations that owe nothing, and why.
    pub nothing: Vec<(String, Refusal)>,
}

/// Deadlines after a change.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct DeadlineRows {
    /// As they are now.
    pub rows: Vec<DeadlineRow>,
}

/// Reminders drafted by hand.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RemindersDrafted {
    /// The messages.
    pub sms: Vec<SmsId>,
}

/// How many deadlines moved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadlinesMovedCount {
    /// That many.
    pub moved: u64,
}

/// What a new list of holidays changes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct HolidayReport {
    /// Row by row.
    pub changes: Vec<HolidayChange>,
    /// Years between the first and the last that have no holiday at all: a gap in the list.
    pub gaps: Vec<i32>,
    /// Open deadlines that moved; of a dry run, none.
    pub moved: u64,
    /// Nothing was changed.
    pub dry_run: bool,
}

/// A date given by letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateRow {
    /// Obligation id.
    pub obligation: String,
    /// The period.
    pub period: Period,
    /// The entry of the letter.
    pub item: Option<String>,
    /// The date.
    pub date: NaiveDate,
    /// Number of the letter.
    pub note: String,
}

/// Dates given by letters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateList {
    /// By obligation and period.
    pub dates: Vec<DateRow>,
}
