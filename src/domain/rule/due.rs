//! From a basis to a due date.

use super::{DueRule, Every, From, MonthOf, Obligation, Shift, ValueRow};
use crate::domain::calendar::Calendar;
use crate::domain::lang::Lang;
use crate::domain::period::{Period, PeriodKind};
use chrono::{Days, Months, NaiveDate};

/// What a due date is computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Basis {
    /// For obligations of a period.
    pub period: Option<Period>,
    /// For obligations that follow an event.
    pub event: Option<NaiveDate>,
    /// Rupiah, for rules by value.
    pub value: Option<i64>,
    /// The date given by letter for this period or item, when there is one.
    pub letter: Option<NaiveDate>,
}

impl Basis {
    /// Basis of a periodic obligation.
    pub fn period(period: Period) -> Self {
        Self {
            period: Some(period),
            ..Self::default()
        }
    }

    /// Basis of an obligation that follows an event.
    pub fn event(date: NaiveDate) -> Self {
        Self {
            event: Some(date),
            ..Self::default()
        }
    }

    /// With the value concerned, in rupiah.
    #[must_use]
    pub fn with_value(self, value: i64) -> Self {
        Self {
            value: Some(value),
            ..self
        }
    }

    /// With the date given by letter.
    #[must_use]
    pub fn with_letter(self, date: NaiveDate) -> Self {
        Self {
            letter: Some(date),
            ..self
        }
    }

    /// The day that decides which validity applies: the event, else the first day of the period, else the date of the letter.
    pub fn reference_day(&self) -> Option<NaiveDate> {
        self.event
            .or(self.period.map(Period::first_day))
            .or(self.letter)
    }
}

/// A computed due date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The date that counts.
    pub date: NaiveDate,
    /// The date before it was moved off a non-working day; equal to `date` when it was not.
    pub nominal: NaiveDate,
    /// *Perkiraan*: the letter that gives the real date has not been entered.
    pub estimate: bool,
}

/// Why there is no due date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DueError {
    /// No obligation has this id; the nearest one.
    Unknown {
        /// As asked.
        id: String,
        /// Nearest id, when one is near.
        nearest: Option<String>,
    },
    /// The rule needs a period of this length.
    PeriodNeeded(PeriodKind),
    /// The rule needs the date of one of these events.
    EventNeeded(Vec<String>),
    /// The rule needs the value in rupiah.
    ValueNeeded,
    /// The value lies below the table: nothing is owed.
    NothingOwed {
        /// Rupiah from which something is owed.
        from: i64,
    },
    /// The date stands in a letter that has not been entered.
    LetterNeeded,
    /// No rule was in force on this day.
    NotInForce {
        /// Obligation.
        id: String,
        /// The day asked about.
        day: NaiveDate,
    },
    /// The date would lie outside the calendar.
    OutOfRange,
}
impl DueError {
    /// What happened and what to do, in one sentence.
    pub fn explain(&self, lang: Lang) -> String {
        let id = lang == Lang::Id;
        match self {
            Self::Unknown { id: code, nearest } => match (nearest, id) {
                (Some(near), true) => {
                    format!("Kewajiban \"{code}\" tidak dikenal. Maksud Anda {near}?")
                }
                (Some(near), false) => {
                    format!("There is no obligation \"{code}\". Did you mean {near}?")
                }
                (None, true) => format!(
                    "Kewajiban \"{code}\" tidak dikenal. Daftarnya ada di `sipintar module list`"
                ),
                (None, false) => {
                    format!("There is no obligation \"{code}\". `sipintar module list` shows them")
                }
            },
            Self::PeriodNeeded(kind) => {
                let (word, word_en, example) = match kind {
                    PeriodKind::Month => ("bulan", "month", "2026-11"),
                    PeriodKind::Quarter => ("triwulan", "quarter", "2026-Q4"),
                    PeriodKind::Year => ("tahun", "year", "2026"),
                };
                if id {
                    format!(
                        "Kewajiban ini dihitung per {word}. Sebutkan periodenya, contoh {example}"
                    )
                } else {
                    format!(
                        "This obligation is counted by {word_en}. Give the period, for example {example}"
                    )
                }
            }
            Self::EventNeeded(events) => {
                let events = events.join(", ");
                if id {
                    format!(
                        "Kewajiban ini dihitung dari tanggal peristiwa ({events}). Sebutkan tanggalnya"
                    )
                } else {
                    format!("This obligation follows an event ({events}). Give its date")
                }
            }
            Self::ValueNeeded if id => {
                "Jatuh temponya bergantung pada nilai. Sebutkan nilai rupiahnya".into()
            }
            Self::ValueNeeded => "The due date depends on the value. Give it in rupiah".into(),
            Self::NothingOwed { from } => {
                let from = crate::domain::money::Rupiah(*from);
                if id {
                    format!("Nilai di bawah {from} tidak menimbulkan kewajiban ini")
                } else {
                    format!("A value below {from} does not cause this obligation")
                }
            }
            Self::LetterNeeded if id => {
                "Tanggalnya ditetapkan dengan surat dan belum diisi di kalender".into()
            }
            Self::LetterNeeded => {
                "The date is given by letter and has not been entered in the calendar".into()
            }
            Self::NotInForce { id: code, day } => {
                let day = crate::domain::when::short(*day);
                if id {
                    format!("Tidak ada aturan {code} yang berlaku pada {day}")
                } else {
                    format!("No rule for {code} is in force on {day}")
                }
            }
            Self::OutOfRange if id => "Tanggalnya di luar jangkauan kalender".into(),
            Self::OutOfRange => "The date lies outside the calendar".into(),
        }
    }
}

impl std::fmt::Display for DueError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.explain(Lang::Id))
    }
}

impl std::error::Error for DueError {}

/// Chains of obligations are refused in data files when circular; this bounds the walk all the same.
const LONGEST_CHAIN: u8 = 8;

/// The due date of one rule. `rule_of` finds the rule of another obligation in force on a day, for chained obligations.
///
/// # Errors
/// [`DueError`] when the basis lacks what the rule needs, or nothing is owed.
pub fn due<'a>(
    obligation: &'a Obligation,
    basis: &Basis,
    calendar: &Calendar,
    rule_of: &dyn Fn(&str, NaiveDate) -> Option<&'a Obligation>,
) -> Result<Due, DueError> {
    Walk {
        basis,
        calendar,
        rule_of,
    }
    .obligation(obligation, LONGEST_CHAIN)
}

struct Walk<'w, 'a> {
    basis: &'w Basis,
    calendar: &'w Calendar,
    rule_of: &'w dyn Fn(&str, NaiveDate) -> Option<&'a Obligation>,
}

impl<'a> Walk<'_, 'a> {
    fn obligation(&self, obligation: &'a Obligation, depth: u8) -> Result<Due, DueError> {
        self.rule(obligation, &obligation.due, depth)
    }

    fn rule(
        &self,
        obligation: &'a Obligation,
        rule: &'a DueRule,
        depth: u8,
    ) -> Result<Due, DueError> {
        match rule {
            DueRule::Day { day, month, shift } => {
                let period = self.period(obligation)?;
                let first = match month {
                    MonthOf::AfterPeriod => period.last_day().succ_opt(),
                    MonthOf::InPeriod => period
                        .first_day()
                        .checked_add_months(Months::new(period.months() - 1)),
                    MonthOf::BeforePeriod => period.first_day().checked_sub_months(Months::new(1)),
                };
                let first = first.ok_or(DueError::OutOfRange)?;
                let last = last_of_month(first).ok_or(DueError::OutOfRange)?;
                let date = first
                    .checked_add_days(Days::new(u64::from(day.saturating_sub(1))))
                    .map_or(last, |d| d.min(last));
                Ok(self.shifted(date, *shift, false))
            }
            DueRule::WorkingDays { days, from } => {
                let (start, estimate) = self.start(obligation, from, depth)?;
                Ok(self.working_days(start, *days, estimate))
            }
            DueRule::Days { days, from, shift } => {
                let (start, estimate) = self.start(obligation, from, depth)?;
                let date = start
                    .checked_add_signed(chrono::TimeDelta::days(i64::from(*days)))
                    .ok_or(DueError::OutOfRange)?;
                Ok(self.shifted(date, *shift, estimate))
            }
            DueRule::Months {
                months,
                from,
                shift,
            } => {
                let (start, estimate) = self.start(obligation, from, depth)?;
                let step = Months::new(months.unsigned_abs());
                let date = if *months < 0 {
                    start.checked_sub_months(step)
                } else {
                    start.checked_add_months(step)
                };
                Ok(self.shifted(date.ok_or(DueError::OutOfRange)?, *shift, estimate))
            }
            DueRule::ByValue { rows, from } => {
                let value = self.basis.value.ok_or(DueError::ValueNeeded)?;
                let (start, estimate) = self.start(obligation, from, depth)?;
                let day = self.basis.reference_day().unwrap_or(start);
                let days = row_for(rows, value, day)?;
                Ok(self.working_days(start, days, estimate))
            }
            DueRule::ByLetter { fallback, shift } => match (self.basis.letter, fallback) {
                (Some(date), _) => Ok(self.shifted(date, *shift, false)),
                (None, Some(rule)) if depth > 0 => {
                    self.rule(obligation, rule, depth - 1).map(|due| Due {
                        estimate: true,
                        ..due
                    })
                }
                (None, _) => Err(DueError::LetterNeeded),
            },
        }
    }

    fn start(
        &self,
        obligation: &'a Obligation,
        from: &'a From,
        depth: u8,
    ) -> Result<(NaiveDate, bool), DueError> {
        match from {
            From::Event => {
                let events = match &obligation.every {
                    Every::Event(events) => events.clone(),
                    _ => Vec::new(),
                };
                self.basis
                    .event
                    .map(|date| (date, false))
                    .ok_or(DueError::EventNeeded(events))
            }
            From::PeriodEnd => Ok((self.period(obligation)?.last_day(), false)),
            From::PeriodStart => {
                let before = self.period(obligation)?.first_day().pred_opt();
                before.map(|date| (date, false)).ok_or(DueError::OutOfRange)
            }
            From::Obligation(id) => {
                let Some(day) = self.basis.reference_day() else {
                    return Err(match &obligation.every {
                        Every::Event(events) => DueError::EventNeeded(events.clone()),
                        Every::Period(kind) => DueError::PeriodNeeded(*kind),
                        Every::Dates | Every::Milestone => DueError::LetterNeeded,
                    });
                };
                let missing = || DueError::NotInForce {
                    id: id.clone(),
                    day,
                };
                let depth = depth.checked_sub(1).ok_or_else(missing)?;
                let other = (self.rule_of)(id, day).ok_or_else(missing)?;
                self.obligation(other, depth)
                    .map(|due| (due.date, due.estimate))
            }
        }
    }

    fn period(&self, obligation: &Obligation) -> Result<Period, DueError> {
        let wanted = match &obligation.every {
            Every::Period(kind) => Some(*kind),
            Every::Milestone => Some(PeriodKind::Year),
            Every::Dates | Every::Event(_) => None,
        };
        let period = self
            .basis
            .period
            .ok_or(DueError::PeriodNeeded(wanted.unwrap_or(PeriodKind::Month)))?;
        match wanted {
            Some(kind) if kind != period.kind() => Err(DueError::PeriodNeeded(kind)),
            _ => Ok(period),
        }
    }

    fn shifted(&self, nominal: NaiveDate, shift: Shift, estimate: bool) -> Due {
        let date = match shift {
            Shift::None => nominal,
            Shift::PreviousWorkingDay => self.calendar.at_or_before(nominal),
            Shift::NextWorkingDay => self.calendar.at_or_after(nominal),
        };
        Due {
            date,
            nominal,
            estimate,
        }
    }

    fn working_days(&self, start: NaiveDate, days: i32, estimate: bool) -> Due {
        let date = self.calendar.add_working_days(start, days);
        Due {
            date,
            nominal: date,
            estimate,
        }
    }
}

fn row_for(rows: &[ValueRow], value: i64, day: NaiveDate) -> Result<i32, DueError> {
    let mut in_force = rows
        .iter()
        .filter(|row| row.valid.is_none_or(|valid| valid.contains(day)))
        .peekable();
    let lowest = in_force.peek().map_or(0, |row| row.from);
    in_force
        .enumerate()
        .find(|(n, row)| {
            let above = if *n == 0 {
                value >= row.from
            } else {
                value > row.from
            };
            above && row.to.is_none_or(|to| value <= to)
        })
        .map(|(_, row)| row.days)
        .ok_or(DueError::NothingOwed { from: lowest })
}

fn last_of_month(first: NaiveDate) -> Option<NaiveDate> {
    first.checked_add_months(Months::new(1))?.pred_opt()
}
