//! What a satker owes and by when: obligations as data, and the arithmetic that turns a period or an event into a due date.
//!
//! Every rule carries a validity period, because the treasury changes them by letter of the Director General.

pub mod due;
pub mod remind;

use super::lang::Words;
use super::module::Computed;
use super::period::PeriodKind;
use super::template::Template;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use due::{Basis, Due, DueError, due};
pub use remind::{Reminder, days_late, late_repeats, reminders};

/// Roles of the people of a satker who may be addressed. Other programmes name their own roles in `[participant]`.
pub const SATKER_ROLES: [&str; 7] = [
    "kpa",
    "ppk",
    "ppspm",
    "bendahara",
    "bendahara-penerimaan",
    "ppabp",
    "operator",
];

/// One rule of an obligation during one validity period. Several may share an id; their validities then do not overlap.
#[derive(Clone, Debug)]
pub struct Obligation {
    /// Stable code, lower case with hyphens: `lpj`, `setor-tup`.
    pub id: String,
    /// Id of the module that holds it.
    pub module: String,
    /// Name for screens.
    pub name: Words,
    /// Name for an SMS (`{item}`), at most 16 characters.
    pub short: String,
    /// Section that looks after it.
    pub section: String,
    /// When this rule is in force.
    pub valid: Validity,
    /// What makes an instance come into being.
    pub every: Every,
    /// Events that fulfil it besides the services that say so: the next GUP meets the open one.
    pub met_by: Vec<String>,
    /// How the due date follows.
    pub due: DueRule,
    /// Who is reminded and when.
    pub remind: Remind,
    /// Whether each treasurer of a satker owes it separately.
    pub per: Per,
    /// Entries of a yearly letter (year-end cut-off dates); empty for other obligations.
    pub items: Vec<Item>,
    /// Placeholders of its texts that are dates: the planned payment, the due date of the next obligation in the chain.
    pub computed: Vec<Computed>,
    /// Texts of reminders.
    pub texts: ObligationTexts,
    /// A late text threatens a sanction, so a person releases it even where confirmation is automatic.
    pub sanction: bool,
    /// Where the rule stands: regulation or letter, with a word when it is an assumption of the office.
    pub source: String,
}

/// Days on which a rule is in force, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Validity {
    /// First day.
    pub from: NaiveDate,
    /// Last day; none while nothing else has been decreed.
    pub until: Option<NaiveDate>,
}

impl Validity {
    /// Whether a day lies inside.
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    /// Whether two validities share a day.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.until.is_none_or(|until| other.from <= until)
            && other.until.is_none_or(|until| self.from <= until)
    }
}

/// What makes an obligation come into being.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Every {
    /// Each month, quarter or year.
    Period(PeriodKind),
    /// One of these events.
    Event(Vec<String>),
    /// Dates entered by hand or taken from a letter, each with a name.
    Dates,
    /// Milestones of the participant's current stage, once a year.
    Milestone,
}

/// How a due date follows from a period or an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DueRule {
    /// A day of a month, counted from the period. A day the month lacks becomes its last day.
    Day {
        /// 1–31.
        day: u32,
        /// Which month.
        month: MonthOf,
        /// What to do when it is not a working day.
        shift: Shift,
    },
    /// Working days from a start, which itself never counts. Negative counts back.
    WorkingDays {
        /// −366–366, not 0.
        days: i32,
        /// Where the count starts.
        from: From,
    },
    /// Calendar days from a start. Negative counts back.
    Days {
        /// −3660–3660.
        days: i32,
        /// Where the count starts.
        from: From,
        /// What to do when it is not a working day.
        shift: Shift,
    },
    /// Months from a start, same day number or the month's last day. Negative counts back.
    Months {
        /// −120–120.
        months: i32,
        /// Where the count starts.
        from: From,
        /// What to do when it is not a working day.
        shift: Shift,
    },
    /// Working days before (negative) or after a start, by the value concerned (RPD). A value below the table owes nothing.
    ByValue {
        /// Rows in ascending order.
        rows: Vec<ValueRow>,
        /// Where the count starts.
        from: From,
    },
    /// The date stands in a letter; until it is entered, a fallback gives an estimate.
    ByLetter {
        /// Rule for the estimate; none means that no date is known before the letter.
        fallback: Option<Box<DueRule>>,
        /// What to do when the date of the letter is not a working day.
        shift: Shift,
    },
}

/// The month in which [`DueRule::Day`] looks for its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MonthOf {
    /// The month after the period (LPJ).
    AfterPeriod,
    /// The last month of the period itself.
    InPeriod,
    /// The month before the period (salary).
    BeforePeriod,
}

/// Where a count of days or months starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// The date of the event.
    Event,
    /// The last day of the period.
    PeriodEnd,
    /// The day before the period, so that "+ n working days" is the nth working day of the period.
    PeriodStart,
    /// The due date of another obligation on the same basis (PTUP → deposit of the rest).
    Obligation(String),
}

/// One row of a table by value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueRow {
    /// Rupiah, exclusive lower end except for the first row, where it is inclusive.
    pub from: i64,
    /// Rupiah, inclusive upper end.
    pub to: Option<i64>,
    /// Working days; the sign comes from the rule.
    pub days: i32,
    /// In force only during this time; none: as long as the rule.
    pub valid: Option<Validity>,
}

/// What to do with a due date that is not a working day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shift {
    /// Leave it (*tetap*).
    #[default]
    None,
    /// *Mundur*.
    PreviousWorkingDay,
    /// *Maju*.
    NextWorkingDay,
}

/// Whom to remind, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remind {
    /// Days relative to the due date, ascending: −7, −3, −1, 0, 1.
    pub offsets: Vec<i32>,
    /// Whether offsets count working days (short obligations) or calendar days.
    pub count: DayCount,
    /// Also once on the day the event is recorded.
    pub on_record: bool,
    /// Repeats after the last offset until the obligation is met.
    pub then_every: Option<Repeat>,
    /// Roles, in the order of importance: `kpa`, `bendahara`.
    pub to: Vec<String>,
}

/// How offsets count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayCount {
    /// Calendar days.
    #[default]
    Calendar,
    /// Working days (*hari kerja*).
    Working,
}

/// Distance of repeated late reminders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// At least 1.
    pub days: u32,
    /// Kind of days.
    pub count: DayCount,
}

/// Who owes one instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    /// The satker (or participant) once.
    #[default]
    Participant,
    /// Each treasurer: expenditure, and revenue where there is one. For the latter's instance the role `bendahara` means
    /// `bendahara-penerimaan`.
    Treasurer,
}

/// One line of a letter that gives dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Stable id within the obligation.
    pub id: String,
    /// Name, also for `{lap}` (at most 24 characters in an SMS).
    pub name: String,
}

/// Texts of reminders: before the due date, on it, after it.
#[derive(Clone, Debug, Default)]
pub struct ObligationTexts {
    /// H-7 … H-1.
    pub before: Option<Template>,
    /// H.
    pub day: Option<Template>,
    /// H+1 and later.
    pub late: Option<Template>,
}

impl ObligationTexts {
    /// The text for a reminder sent `distance` calendar days from the due date (negative: before).
    pub fn at(&self, distance: i64) -> Option<&Template> {
        match distance {
            ..0 => self.before.as_ref(),
            0 => self.day.as_ref(),
            1.. => self.late.as_ref(),
        }
    }
}

#[cfg(test)]
mod tests;
