//! Periods of the fiscal year, which is the calendar year: a month, a quarter (*triwulan*) or a year.

use super::lang::Lang;
use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A month, a quarter or a year. Text form (also in JSON): `2026-11`, `2026-Q4`, `2026`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Period {
    /// A calendar month; `month` is 1–12.
    Month {
        /// Calendar year, 1900–2999.
        year: i32,
        /// 1–12.
        month: u32,
    },
    /// A quarter; `quarter` is 1–4.
    Quarter {
        /// Calendar year, 1900–2999.
        year: i32,
        /// 1–4.
        quarter: u32,
    },
    /// A fiscal year.
    Year {
        /// Calendar year, 1900–2999.
        year: i32,
    },
}

/// The three lengths of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PeriodKind {
    /// One month.
    Month,
    /// Three months.
    Quarter,
    /// Twelve months.
    Year,
}

/// Text that names no period; holds what was typed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" bukan periode. Contoh: 2026-11, 11-2026, Nov 2026, 2026-Q4 atau 2026")]
pub struct BadPeriod(pub String);

impl Period {
    /// A month, when the numbers name one.
    pub fn month(year: i32, month: u32) -> Option<Self> {
        (valid_year(year) && (1..=12).contains(&month)).then_some(Self::Month { year, month })
    }

    /// A quarter, when the numbers name one.
    pub fn quarter(year: i32, quarter: u32) -> Option<Self> {
        (valid_year(year) && (1..=4).contains(&quarter)).then_some(Self::Quarter { year, quarter })
    }

    /// A year between 1900 and 2999.
    pub fn year(year: i32) -> Option<Self> {
        valid_year(year).then_some(Self::Year { year })
    }

    /// The period of this length that contains a date. Dates outside 1900–2999 are moved to the nearest such year.
    pub fn containing(kind: PeriodKind, date: NaiveDate) -> Self {
        let year = date.year().clamp(1900, 2999);
        match kind {
            PeriodKind::Month => Self::Month {
                year,
                month: date.month(),
            },
            PeriodKind::Quarter => Self::Quarter {
                year,
                quarter: date.month0() / 3 + 1,
            },
            PeriodKind::Year => Self::Year { year },
        }
    }

    /// Reads `2026-11`, `11-2026`, `11/2026`, `Nov 2026`, `November 2026`, `2026-Q4`, `Q4 2026`, `TW IV 2026`, `2026`.
    ///
    /// # Errors
    /// [`BadPeriod`] with the text as typed.
    pub fn parse(text: &str) -> Result<Self, BadPeriod> {
        let bad = || BadPeriod(text.chars().take(40).collect());
        if text.len() > 40 {
            return Err(bad());
        }
        let words: Vec<&str> = text
            .split(|c: char| c.is_whitespace() || matches!(c, '-' | '/' | '.'))
            .filter(|w| !w.is_empty())
            .collect();
        let found = match words.as_slice() {
            [one] => four_digits(one).and_then(Self::year),
            [a, b] => match (four_digits(a), four_digits(b)) {
                (Some(year), None) => Self::part_of(year, b),
                (None, Some(year)) => Self::part_of(year, a),
                _ => None,
            },
            [head, n, y] if is_quarter_word(head) => four_digits(y)
                .and_then(|year| quarter_number(n).and_then(|q| Self::quarter(year, q))),
            [y, head, n] if is_quarter_word(head) => four_digits(y)
                .and_then(|year| quarter_number(n).and_then(|q| Self::quarter(year, q))),
            _ => None,
        };
        found.ok_or_else(bad)
    }

    fn part_of(year: i32, part: &str) -> Option<Self> {
        if part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit()) {
            return part.parse().ok().and_then(|m| Self::month(year, m));
        }
        if let Some(month) = super::when::month_by_name(part) {
            return Self::month(year, month);
        }
        let lower = part.to_ascii_lowercase();
        let number = lower
            .strip_prefix("triwulan")
            .or_else(|| lower.strip_prefix("tw"))
            .or_else(|| lower.strip_prefix('q'))?;
        quarter_number(number).and_then(|q| Self::quarter(year, q))
    }

    /// Which of the three lengths it has.
    pub fn kind(self) -> PeriodKind {
        match self {
            Self::Month { .. } => PeriodKind::Month,
            Self::Quarter { .. } => PeriodKind::Quarter,
            Self::Year { .. } => PeriodKind::Year,
        }
    }

    /// First day.
    pub fn first_day(self) -> NaiveDate {
        let (year, month) = match self {
            Self::Month { year, month } => (year, month),
            Self::Quarter { year, quarter } => (year, quarter * 3 - 2),
            Self::Year { year } => (year, 1),
        };
        NaiveDate::from_ymd_opt(year, month, 1).unwrap_or_default()
    }

    /// Last day.
    pub fn last_day(self) -> NaiveDate {
        let after = self
            .first_day()
            .checked_add_months(Months::new(self.months()));
        after.and_then(|d| d.pred_opt()).unwrap_or(NaiveDate::MAX)
    }

    /// Length in months.
    pub fn months(self) -> u32 {
        match self {
            Self::Month { .. } => 1,
            Self::Quarter { .. } => 3,
            Self::Year { .. } => 12,
        }
    }

    /// The period of the same length after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self::containing(
            self.kind(),
            self.last_day().succ_opt().unwrap_or(NaiveDate::MAX),
        )
    }

    /// The period of the same length before this one.
    #[must_use]
    pub fn previous(self) -> Self {
        Self::containing(
            self.kind(),
            self.first_day().pred_opt().unwrap_or(NaiveDate::MIN),
        )
    }

    /// Whether a date lies in it.
    pub fn contains(self, date: NaiveDate) -> bool {
        (self.first_day()..=self.last_day()).contains(&date)
    }

    /// Text for people, at most eight characters: `Nov 2026`, `TW4 2026`, `2026`. English: `Nov 2026`, `Q4 2026`.
    pub fn display(self, lang: Lang) -> String {
        match self {
            Self::Month { year, month } => {
                format!("{} {year}", super::when::month_short(month, lang))
            }
            Self::Quarter { year, quarter } => match lang {
                Lang::Id => format!("TW{quarter} {year}"),
                Lang::En => format!("Q{quarter} {year}"),
            },
            Self::Year { year } => year.to_string(),
        }
    }
}

/// Whether the office can have to do with this day: its year is one between 1900 and 2999.
pub fn is_of_an_office(date: NaiveDate) -> bool {
    valid_year(date.year())
}

fn valid_year(year: i32) -> bool {
    (1900..=2999).contains(&year)
}

fn four_digits(word: &str) -> Option<i32> {
    (word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()))
        .then(|| word.parse().ok())
        .flatten()
}

fn is_quarter_word(word: &str) -> bool {
    ["tw", "triwulan", "q", "quarter"]
        .iter()
        .any(|w| w.eq_ignore_ascii_case(word))
}

fn quarter_number(word: &str) -> Option<u32> {
    match word.to_ascii_lowercase().as_str() {
        "1" | "i" => Some(1),
        "2" | "ii" => Some(2),
        "3" | "iii" => Some(3),
        "4" | "iv" => Some(4),
        _ => None,
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month { year, month } => write!(f, "{year:04}-{month:02}"),
            Self::Quarter { year, quarter } => write!(f, "{year:04}-Q{quarter}"),
            Self::Year { year } => write!(f, "{year:04}"),
        }
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

impl TryFrom<String> for Period {
    type Error = BadPeriod;
    fn try_from(text: String) -> Result<Self, BadPeriod> {
        Self::parse(&text)
    }
}

impl std::str::FromStr for Period {
    type Err = BadPeriod;
    fn from_str(text: &str) -> Result<Self, BadPeriod> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_period_is_understood() {
        let cases = [
            ("2026-11", "2026-11"),
            ("11-2026", "2026-11"),
            ("11/2026", "2026-11"),
            ("Nov 2026", "2026-11"),
            ("november 2026", "2026-11"),
            ("Des 2026", "2026-12"),
            ("Dec 2026", "2026-12"),
            ("Agt 2026", "2026-08"),
            ("2026-Q4", "2026-Q4"),
            ("2026-q1", "2026-Q1"),
            ("Q4 2026", "2026-Q4"),
            ("TW IV 2026", "2026-Q4"),
            ("TW4 2026", "2026-Q4"),
            ("Triwulan II 2026", "2026-Q2"),
            ("2026", "2026"),
        ];
        for (text, expected) in cases {
            assert_eq!(
                Period::parse(text).map(|p| p.to_string()).as_deref(),
                Ok(expected),
                "{text}"
            );
        }
        for bad in [
            "",
            "13-2026",
            "2026-00",
            "2026-Q5",
            "Nov",
            "26-11",
            "2026-11-24",
            "9999-01",
            "ⅳ 2026",
        ] {
            assert!(Period::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn first_and_last_days_and_neighbours_cross_the_year() {
        let d = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        let december = Period::month(2026, 12).unwrap();
        assert_eq!(
            (december.first_day(), december.last_day()),
            (d(2026, 12, 1), d(2026, 12, 31))
        );
        assert_eq!(december.next(), Period::month(2027, 1).unwrap());
        assert_eq!(
            Period::quarter(2026, 1).unwrap().previous(),
            Period::quarter(2025, 4).unwrap()
        );
        assert_eq!(Period::month(2028, 2).unwrap().last_day(), d(2028, 2, 29));
        assert_eq!(Period::year(2026).unwrap().last_day(), d(2026, 12, 31));
        assert!(Period::quarter(2026, 4).unwrap().contains(d(2026, 10, 1)));
    }

    #[test]
    fn a_period_for_people_fits_eight_characters() {
        assert_eq!(
            Period::month(2026, 12).unwrap().display(Lang::Id),
            "Des 2026"
        );
        assert_eq!(
            Period::month(2026, 12).unwrap().display(Lang::En),
            "Dec 2026"
        );
        for kind in [PeriodKind::Month, PeriodKind::Quarter, PeriodKind::Year] {
            let mut period = Period::containing(kind, NaiveDate::from_ymd_opt(2026, 1, 1).unwrap());
            for _ in 0..12 {
                assert!(period.display(Lang::Id).len() <= 8);
                assert_eq!(Period::parse(&period.display(Lang::Id)), Ok(period));
                period = period.next();
            }
        }
    }
}
