//! Which days the office works: national holidays and joint leave (*cuti bersama*) from a list, and the office's own decisions on top.
//!
//! Holidays come from the yearly joint decree of three ministers (SKB); Islamic dates may still move by a day, so the list can be replaced
//! and [`compare`] shows what would change.

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use super::csv::Rows;

/// The list built into the program: 2025–2027.
const BUILT_IN: &str = include_str!("../../data/holidays.csv");

/// More rows than this is not a holiday list.
const MOST_ROWS: usize = 5_000;

/// Longest search for a working day, in days. Only a calendar closed by hand for a whole year could reach it.
const LONGEST_SEARCH: u32 = 400;

/// Kind of a holiday. Government offices are closed on both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolidayKind {
    /// National holiday.
    Libur,
    /// Joint leave decreed for civil servants.
    CutiBersama,
}

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// The day.
    pub date: NaiveDate,
    /// National holiday or joint leave.
    pub kind: HolidayKind,
    /// Name as in the decree.
    pub name: String,
}

/// The office's own decision about one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Closed although a working day, or open although a weekend or holiday.
    pub kind: OverrideKind,
    /// Why, as entered.
    pub reason: String,
}

/// Direction of an [`Override`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OverrideKind {
    /// Not a working day (local election, flood).
    Closed,
    /// A working day (year end).
    Opened,
}

/// A line of a holiday file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("baris {line}: {what}")]
pub struct BadHolidays {
    /// Line number, from 1.
    pub line: usize,
    /// What is wrong and what is expected.
    pub what: String,
}

/// Days that the office works.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    holidays: BTreeMap<NaiveDate, Holiday>,
    overrides: BTreeMap<NaiveDate, Override>,
}

impl Calendar {
    /// The holidays built into the program, no overrides.
    pub fn builtin() -> Self {
        Self::new(parse_holidays(BUILT_IN).unwrap_or_default())
    }

    /// A calendar of these holidays, no overrides.
    pub fn new(holidays: Vec<Holiday>) -> Self {
        Self {
            holidays: holidays
                .into_iter()
                .map(|holiday| (holiday.date, holiday))
                .collect(),
            overrides: BTreeMap::new(),
        }
    }

    /// Sets or, with `None`, lifts the office's decision about a day.
    pub fn set_override(&mut self, date: NaiveDate, decision: Option<Override>) {
        match decision {
            Some(decision) => self.overrides.insert(date, decision),
            None => self.overrides.remove(&date),
        };
    }

    /// Replaces the holidays of the years that this list speaks of; other years and the overrides stay.
    pub fn set_years(&mut self, holidays: Vec<Holiday>) {
        let new = Self::new(holidays);
        let years = new.years_covered();
        self.holidays
            .retain(|date, _| !years.contains(&date.year()));
        self.holidays.extend(new.holidays);
    }

    /// The holidays, by date.
    pub fn holidays(&self) -> impl Iterator<Item = &Holiday> {
        self.holidays.values()
    }

    /// The office's decisions, by date.
    pub fn overrides(&self) -> impl Iterator<Item = (NaiveDate, &Override)> {
        self.overrides
            .iter()
            .map(|(date, decision)| (*date, decision))
    }

    /// Whether the office works on a day.
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        match self.overrides.get(&date) {
            Some(decision) => decision.kind == OverrideKind::Opened,
            None => !is_weekend(date) && !self.holidays.contains_key(&date),
        }
    }

    /// Why a day is special: the reason of an override, else the name of the holiday. Plain days and weekends have none.
    pub fn name_of(&self, date: NaiveDate) -> Option<&str> {
        let reason = self
            .overrides
            .get(&date)
            .map(|decision| decision.reason.as_str());
        reason.or_else(|| {
            self.holidays
                .get(&date)
                .map(|holiday| holiday.name.as_str())
        })
    }

    /// `date` plus `n` working days, or back for a negative `n`. `date` itself never counts; 0 gives `date` unchanged.
    #[must_use]
    pub fn add_working_days(&self, date: NaiveDate, n: i32) -> NaiveDate {
        let mut at = date;
        for _ in 0..n.unsigned_abs() {
            let next = if n < 0 {
                self.previous_working_day(at)
            } else {
                self.next_working_day(at)
            };
            if next == at {
                break;
            }
            at = next;
        }
        at
    }

    /// The first working day after `date`.
    pub fn next_working_day(&self, date: NaiveDate) -> NaiveDate {
        self.search(date, NaiveDate::succ_opt)
    }

    /// The last working day before `date`.
    pub fn previous_working_day(&self, date: NaiveDate) -> NaiveDate {
        self.search(date, NaiveDate::pred_opt)
    }

    /// `date` if the office works then, else the working day before it (*mundur*).
    pub fn at_or_before(&self, date: NaiveDate) -> NaiveDate {
        if self.is_working_day(date) {
            date
        } else {
            self.previous_working_day(date)
        }
    }

    /// `date` if the office works then, else the working day after it (*maju*).
    pub fn at_or_after(&self, date: NaiveDate) -> NaiveDate {
        if self.is_working_day(date) {
            date
        } else {
            self.next_working_day(date)
        }
    }

    /// Walks day by day to a working day; gives `date` back when there is none in reach.
    fn search(&self, date: NaiveDate, step: fn(&NaiveDate) -> Option<NaiveDate>) -> NaiveDate {
        let mut at = date;
        for _ in 0..LONGEST_SEARCH {
            let Some(next) = step(&at) else { break };
            if self.is_working_day(next) {
                return next;
            }
            at = next;
        }
        date
    }

    /// Working days after `from` up to and including `to`; negative when `to` lies before `from`.
    /// `add_working_days(from, n)` lies `n` working days from `from`.
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> i64 {
        if to < from {
            // Counting back, the day reached counts and the start does not, as in `add_working_days`.
            return -self.count(to, from.pred_opt());
        }
        from.succ_opt()
            .map_or(0, |first| self.count(first, Some(to)))
    }

    fn count(&self, first: NaiveDate, last: Option<NaiveDate>) -> i64 {
        let Some(last) = last.filter(|last| *last >= first) else {
            return 0;
        };
        let days = (last - first).num_days() + 1;
        let weeks = days / 7;
        // Whole weeks have five weekdays; the rest is looked at day by day.
        let mut total = weeks * 5;
        let rest = first + chrono::TimeDelta::days(weeks * 7);
        total += i64::from(
            (0..days % 7)
                .map(|n| u8::from(!is_weekend(rest + chrono::TimeDelta::days(n))))
                .sum::<u8>(),
        );
        for date in self.special_days(first, last) {
            total += i64::from(self.is_working_day(date)) - i64::from(!is_weekend(date));
        }
        total
    }

    fn special_days(&self, first: NaiveDate, last: NaiveDate) -> BTreeSet<NaiveDate> {
        let holidays = self.holidays.range(first..=last).map(|(date, _)| *date);
        holidays
            .chain(self.overrides.range(first..=last).map(|(date, _)| *date))
            .collect()
    }

    /// Years for which the list has at least one holiday. Outside them only weekends are known, which a screen should say.
    pub fn years_covered(&self) -> BTreeSet<i32> {
        self.holidays.keys().map(Datelike::year).collect()
    }
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

/// One difference between two holiday lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "change")]
pub enum HolidayChange {
    /// Only in the new list.
    Added {
        /// The new row.
        new: Holiday,
    },
    /// Only in the old list.
    Removed {
        /// The old row.
        old: Holiday,
    },
    /// Same day, other kind or name.
    Changed {
        /// The old row.
        old: Holiday,
        /// The new row.
        new: Holiday,
    },
}

/// What would change if `new` replaced `old`, by date.
pub fn compare(old: &[Holiday], new: &[Holiday]) -> Vec<HolidayChange> {
    let before: BTreeMap<_, _> = old.iter().map(|h| (h.date, h)).collect();
    let after: BTreeMap<_, _> = new.iter().map(|h| (h.date, h)).collect();
    let days: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    days.into_iter()
        .filter_map(|day| match (before.get(day), after.get(day)) {
            (None, Some(new)) => Some(HolidayChange::Added {
                new: (*new).clone(),
            }),
            (Some(old), None) => Some(HolidayChange::Removed {
                old: (*old).clone(),
            }),
            (Some(old), Some(new)) if old != new => Some(HolidayChange::Changed {
                old: (*old).clone(),
                new: (*new).clone(),
            }),
            _ => None,
        })
        .collect()
}

/// Reads `date,kind,name` rows. The header may be missing, a byte-order mark and `;` as separator are accepted, and the same day twice
/// keeps one row when both agree on the kind.
///
/// # Errors
/// The first line that is wrong, with what is expected there.
pub fn parse_holidays(text: &str) -> Result<Vec<Holiday>, BadHolidays> {
    let mut rows: BTreeMap<NaiveDate, Holiday> = BTreeMap::new();
    for (n, row) in Rows::of(text).enumerate() {
        let (line, record) = row.map_err(|open| BadHolidays {
            line: open.row as usize,
            what: "tanda petik yang tidak ditutup".into(),
        })?;
        let line = line as usize;
        let (first, kind, name) = (
            record.get(0).unwrap_or("").trim(),
            record.get(1).unwrap_or("").trim(),
            record.get(2).unwrap_or("").trim(),
        );
        if n == 0
            && first.parse::<NaiveDate>().is_err()
            && ["date", "tanggal"].contains(&first.to_ascii_lowercase().as_str())
        {
            continue;
        }
        let bad = |what: String| BadHolidays { line, what };
        if rows.len() >= MOST_ROWS {
            return Err(bad(format!(
                "lebih dari {MOST_ROWS} baris, ini bukan daftar hari libur"
            )));
        }
        let holiday = Holiday {
            date: parse_date(first).ok_or_else(|| {
                bad(format!(
                    "\"{}\" bukan tanggal, contoh 2026-12-25",
                    shown(first)
                ))
            })?,
            kind: parse_kind(kind)
                .ok_or_else(|| bad(format!("\"{}\" harus libur atau cuti_bersama", shown(kind))))?,
            name: shown(name),
        };
        if holiday.name.is_empty() {
            return Err(bad("nama hari libur kosong".into()));
        }
        if let Some(other) = rows.get(&holiday.date)
            && other.kind != holiday.kind
        {
            return Err(bad(format!(
                "{first} tertulis dua kali, sebagai libur dan cuti_bersama"
            )));
        }
        rows.entry(holiday.date).or_insert(holiday);
    }
    if rows.is_empty() {
        return Err(BadHolidays {
            line: 1,
            what: "tidak ada satu pun hari libur; kolomnya date,kind,name".into(),
        });
    }
    Ok(rows.into_values().collect())
}

fn parse_date(text: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .or_else(|_| NaiveDate::parse_from_str(text, "%d-%m-%Y"));
    date.ok()
        .filter(|date| (2000..=2100).contains(&date.year()))
}

fn parse_kind(text: &str) -> Option<HolidayKind> {
    match text.to_ascii_lowercase().replace([' ', '-'], "_").as_str() {
        "libur" | "libur_nasional" => Some(HolidayKind::Libur),
        "cuti_bersama" | "cuti" => Some(HolidayKind::CutiBersama),
        _ => None,
    }
}

/// Text of a stranger's file, made safe to show and to keep: no control characters, at most 80 characters.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

#[cfg(test)]
mod tests;
