//! Dates and hours for people: day-month-year order, Indonesian names, a dot between hour and minute, and the zones of Indonesia.

use super::lang::Lang;
use chrono::{
    DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike,
    Utc, Weekday,
};
use serde::{Deserialize, Serialize};

const MONTHS_ID: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const SHORT_ID: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des",
];
const SHORT_EN: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const DAYS_ID: [&str; 7] = [
    "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu",
];
const DAYS_EN: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// The three time zones of Indonesia. None has daylight saving.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Zone {
    /// Western Indonesia, UTC+7: Java, Sumatra, west and central Kalimantan.
    #[default]
    #[serde(rename = "Asia/Jakarta", alias = "Asia/Pontianak")]
    Wib,
    /// Central Indonesia, UTC+8: Bali, Nusa Tenggara, Sulawesi, the rest of Kalimantan.
    #[serde(rename = "Asia/Makassar")]
    Wita,
    /// Eastern Indonesia, UTC+9: Maluku, Papua.
    #[serde(rename = "Asia/Jayapura")]
    Wit,
}

impl Zone {
    /// From the name of the IANA zone, or from the Indonesian abbreviation.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "Asia/Jakarta" | "Asia/Pontianak" | "WIB" => Some(Self::Wib),
            "Asia/Makassar" | "WITA" => Some(Self::Wita),
            "Asia/Jayapura" | "WIT" => Some(Self::Wit),
            _ => None,
        }
    }

    /// `WIB`, `WITA` or `WIT`.
    pub fn label(self) -> &'static str {
        match self {
            Self::Wib => "WIB",
            Self::Wita => "WITA",
            Self::Wit => "WIT",
        }
    }

    /// Distance from UTC.
    pub fn offset(self) -> FixedOffset {
        let hours = match self {
            Self::Wib => 7,
            Self::Wita => 8,
            Self::Wit => 9,
        };
        FixedOffset::east_opt(hours * 3600).unwrap_or_else(|| Utc.fix_offset())
    }

    /// The wall clock of this zone at an instant.
    pub fn local(self, at: DateTime<Utc>) -> NaiveDateTime {
        at.with_timezone(&self.offset()).naive_local()
    }

    /// The instant at which the wall clock of this zone shows `local`.
    pub fn instant(self, local: NaiveDateTime) -> DateTime<Utc> {
        // A fixed offset has neither gaps nor repeated hours; only the ends of the calendar can fail.
        self.offset()
            .from_local_datetime(&local)
            .single()
            .map_or(DateTime::<Utc>::MAX_UTC, |at| at.with_timezone(&Utc))
    }
}

/// Gives the zero offset a name that cannot fail.
trait FixOffset {
    fn fix_offset(self) -> FixedOffset;
}

impl FixOffset for Utc {
    fn fix_offset(self) -> FixedOffset {
        use chrono::Offset;
        self.fix()
    }
}

fn nth<'a>(names: &'a [&'a str], index: u32) -> &'a str {
    usize::try_from(index)
        .ok()
        .and_then(|i| names.get(i))
        .copied()
        .unwrap_or("?")
}

/// `November`. `month` is 1–12.
pub fn month_name(month: u32, lang: Lang) -> &'static str {
    nth(
        if lang == Lang::Id {
            &MONTHS_ID
        } else {
            &MONTHS_EN
        },
        month.wrapping_sub(1),
    )
}

/// `Nov`, `Des`. `month` is 1–12.
pub fn month_short(month: u32, lang: Lang) -> &'static str {
    nth(
        if lang == Lang::Id {
            &SHORT_ID
        } else {
            &SHORT_EN
        },
        month.wrapping_sub(1),
    )
}

/// `Selasa`, `Tuesday`.
pub fn day_name(day: Weekday, lang: Lang) -> &'static str {
    nth(
        if lang == Lang::Id { &DAYS_ID } else { &DAYS_EN },
        day.num_days_from_monday(),
    )
}

/// Number of a month by any Indonesian or English name or abbreviation of at least three letters.
pub fn month_by_name(word: &str) -> Option<u32> {
    let word = word.trim_end_matches('.').to_lowercase();
    let position = |names: &[&str]| {
        names
            .iter()
            .position(|name| word.len() >= 3 && name.to_lowercase().starts_with(&word))
    };
    let found = position(&MONTHS_ID)
        .or_else(|| position(&MONTHS_EN))
        .or(match word.as_str() {
            "agt" | "ags" => Some(7),
            "nop" | "nopember" => Some(10),
            "pebruari" | "peb" => Some(1),
            _ => None,
        });
    found.and_then(|index| u32::try_from(index + 1).ok())
}

/// `24-11-2026`, in lists and SMS.
pub fn short(date: NaiveDate) -> String {
    date.format("%d-%m-%Y").to_string()
}

/// `24 November 2026`, on letters.
pub fn long(date: NaiveDate, lang: Lang) -> String {
    format!(
        "{} {} {}",
        date.day(),
        month_name(date.month(), lang),
        date.year()
    )
}

/// `Selasa, 24 November 2026`.
pub fn full(date: NaiveDate, lang: Lang) -> String {
    format!("{}, {}", day_name(date.weekday(), lang), long(date, lang))
}

/// `14.30`.
pub fn clock(time: NaiveTime) -> String {
    format!("{:02}.{:02}", time.hour(), time.minute())
}

/// `14.30 WIB`.
pub fn clock_with_zone(time: NaiveTime, zone: Zone) -> String {
    format!("{} {}", clock(time), zone.label())
}

/// A typed date that names no day, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadDate {
    /// The month does not have this day; holds its last day.
    NoSuchDay {
        /// As typed.
        day: u32,
        /// 1–12.
        month: u32,
        /// Year concerned.
        year: i32,
        /// Last day of that month.
        last: u32,
    },
    /// There is no month of this number.
    NoSuchMonth(u32),
    /// The year lies outside 1990–2100.
    NoSuchYear(i32),
    /// Not a date at all; holds the text as typed, at most 40 characters.
    NotADate(String),
}

impl BadDate {
    /// What is wrong and how to type it, in one sentence.
    pub fn explain(&self, lang: Lang) -> String {
        match (self, lang) {
            (
                Self::NoSuchDay {
                    day,
                    month,
                    year,
                    last,
                },
                _,
            ) => {
                let name = month_name(*month, lang);
                if lang == Lang::Id {
                    format!("{name} {year} tidak punya tanggal {day}; tanggal terakhirnya {last}")
                } else {
                    format!("{name} {year} has no day {day}; its last day is {last}")
                }
            }
            (Self::NoSuchMonth(month), Lang::Id) => {
                format!("Tidak ada bulan {month}; urutannya hari-bulan-tahun, contoh 24-11-2026")
            }
            (Self::NoSuchMonth(month), Lang::En) => format!(
                "There is no month {month}; the order is day-month-year, for example 24-11-2026"
            ),
            (Self::NoSuchYear(year), Lang::Id) => format!("Tahun {year} di luar 1990-2100"),
            (Self::NoSuchYear(year), Lang::En) => format!("The year {year} lies outside 1990-2100"),
            (Self::NotADate(text), Lang::Id) => {
                format!("\"{text}\" bukan tanggal. Contoh: 24-11, 24-11-2026, +3, besok, senin")
            }
            (Self::NotADate(text), Lang::En) => {
                format!("\"{text}\" is not a date. Examples: 24-11, 24-11-2026, +3, besok, senin")
            }
        }
    }
}

impl std::fmt::Display for BadDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.explain(Lang::Id))
    }
}

impl std::error::Error for BadDate {}

/// A date as people type it into a form: `24-11`, `24-11-26`, `24/11/2026`, `2026-11-24`, `24 Nov 2026`, `24112026`, `+3`, `-1`, `besok`,
/// `kemarin`, `lusa`, `hari ini` or `.`, and names of weekdays, which mean the next such day after today.
/// Without a year it is the year of `today`.
///
/// # Errors
/// [`BadDate`] says why an impossible date is impossible.
pub fn parse_typed(text: &str, today: NaiveDate) -> Result<NaiveDate, BadDate> {
    let not_a_date =
        || BadDate::NotADate(text.chars().filter(|c| !c.is_control()).take(40).collect());
    if text.len() > 40 {
        return Err(not_a_date());
    }
    let typed = text.trim().to_lowercase();
    if let Some(date) = by_word(&typed, today) {
        return Ok(date);
    }
    if let Some(days) = relative(&typed) {
        return today
            .checked_add_signed(chrono::TimeDelta::days(days))
            .ok_or_else(not_a_date);
    }
    let parts: Vec<&str> = typed
        .split(|c: char| c.is_whitespace() || matches!(c, '-' | '/' | '.' | ','))
        .filter(|part| !part.is_empty())
        .collect();
    // A leading weekday name ("Selasa, 24 November 2026") adds nothing and is not checked.
    let parts = match parts.as_slice() {
        [first, rest @ ..] if rest.len() >= 2 && weekday_by_name(first).is_some() => rest,
        all => all,
    };
    let number = |part: &str| -> Option<u32> {
        (part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse().ok())
            .flatten()
    };
    let month = |part: &str| {
        number(part)
            .filter(|_| part.len() <= 2)
            .or_else(|| month_by_name(part))
    };
    let (day, month, year) = match parts {
        [one] if one.len() == 8 && one.bytes().all(|b| b.is_ascii_digit()) => {
            let (day, rest) = one.split_at_checked(2).ok_or_else(not_a_date)?;
            let (month, year) = rest.split_at_checked(2).ok_or_else(not_a_date)?;
            (number(day), number(month), number(year))
        }
        [d, m] => (number(d), month(m), u32::try_from(today.year()).ok()),
        [y, m, d] if y.len() == 4 => (number(d), month(m), number(y)),
        [d, m, y] if y.len() == 4 => (number(d), month(m), number(y)),
        [d, m, y] if y.len() == 2 => (number(d), month(m), number(y).map(|y| y + 2000)),
        _ => return Err(not_a_date()),
    };
    match (day, month, year.and_then(|year| i32::try_from(year).ok())) {
        (Some(day), Some(month), Some(year)) => checked(day, month, year),
        _ => Err(not_a_date()),
    }
}

fn checked(day: u32, month: u32, year: i32) -> Result<NaiveDate, BadDate> {
    if !(1990..=2100).contains(&year) {
        return Err(BadDate::NoSuchYear(year));
    }
    let first = NaiveDate::from_ymd_opt(year, month, 1).ok_or(BadDate::NoSuchMonth(month))?;
    let last = super::period::Period::containing(super::period::PeriodKind::Month, first)
        .last_day()
        .day();
    NaiveDate::from_ymd_opt(year, month, day).ok_or(BadDate::NoSuchDay {
        day,
        month,
        year,
        last,
    })
}

fn by_word(word: &str, today: NaiveDate) -> Option<NaiveDate> {
    let days = match word {
        "." | "hari ini" | "hariini" | "sekarang" | "today" => 0,
        "besok" | "esok" | "tomorrow" => 1,
        "lusa" => 2,
        "kemarin" | "kmrn" | "yesterday" => -1,
        _ => {
            let wanted = weekday_by_name(word)?;
            let ahead =
                (7 + wanted.num_days_from_monday() - today.weekday().num_days_from_monday()) % 7;
            return today.checked_add_days(Days::new(u64::from(if ahead == 0 {
                7
            } else {
                ahead
            })));
        }
    };
    today.checked_add_signed(chrono::TimeDelta::days(days))
}

fn weekday_by_name(word: &str) -> Option<Weekday> {
    let word = word
        .trim_end_matches(',')
        .to_lowercase()
        .replace(['\'', '’'], "");
    let matches = |name: &&str| {
        name.to_lowercase() == word || (word.len() == 3 && name.to_lowercase().starts_with(&word))
    };
    let index = DAYS_ID
        .iter()
        .position(&matches)
        .or_else(|| DAYS_EN.iter().position(matches));
    index
        .or_else(|| (word == "ahad").then_some(6))
        .and_then(|i| u8::try_from(i).ok())
        .and_then(|i| Weekday::try_from(i).ok())
}

/// `+3`, `-1`: at most 3660 days.
fn relative(typed: &str) -> Option<i64> {
    let digits = typed.strip_prefix(['+', '-'])?;
    if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits
        .parse::<i64>()
        .ok()
        .filter(|n| *n <= 3660)
        .map(|n| if typed.starts_with('-') { -n } else { n })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }

    #[test]
    fn dates_are_written_as_an_indonesian_office_writes_them() {
        let date = day("2026-11-24");
        assert_eq!(short(date), "24-11-2026");
        assert_eq!(full(date, Lang::Id), "Selasa, 24 November 2026");
        assert_eq!(full(date, Lang::En), "Tuesday, 24 November 2026");
        let half_past_two = NaiveTime::from_hms_opt(14, 30, 59).unwrap();
        assert_eq!(clock_with_zone(half_past_two, Zone::Wib), "14.30 WIB");
    }

    #[test]
    fn everything_people_type_for_a_date_is_understood() {
        // Tuesday.
        let today = day("2026-11-24");
        let cases = [
            ("24-11", "2026-11-24"),
            ("3-1", "2026-01-03"),
            ("24-11-26", "2026-11-24"),
            ("24/11/2026", "2026-11-24"),
            ("24.11.2026", "2026-11-24"),
            ("2026-11-24", "2026-11-24"),
            ("24112026", "2026-11-24"),
            ("24 nov 2026", "2026-11-24"),
            ("24 November 2026", "2026-11-24"),
            ("Selasa, 24 November 2026", "2026-11-24"),
            ("5 des", "2026-12-05"),
            ("+3", "2026-11-27"),
            ("-1", "2026-11-23"),
            ("besok", "2026-11-25"),
            ("kemarin", "2026-11-23"),
            ("lusa", "2026-11-26"),
            ("hari ini", "2026-11-24"),
            (".", "2026-11-24"),
            ("  BESOK ", "2026-11-25"),
            ("rabu", "2026-11-25"),
            ("selasa", "2026-12-01"),
            ("senin", "2026-11-30"),
            ("Jum'at", "2026-11-27"),
            ("minggu", "2026-11-29"),
            ("29-2-2028", "2028-02-29"),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_typed(text, today), Ok(day(expected)), "{text}");
        }
    }

    #[test]
    fn an_impossible_date_says_why() {
        let today = day("2026-11-24");
        assert_eq!(
            parse_typed("31-11", today),
            Err(BadDate::NoSuchDay {
                day: 31,
                month: 11,
                year: 2026,
                last: 30
            })
        );
        assert_eq!(
            parse_typed("29-2-2026", today).unwrap_err().to_string(),
            "Februari 2026 tidak punya tanggal 29; tanggal terakhirnya 28"
        );
        assert_eq!(
            parse_typed("11/24/2026", today),
            Err(BadDate::NoSuchMonth(24))
        );
        assert_eq!(
            parse_typed("1-1-1026", today),
            Err(BadDate::NoSuchYear(1026))
        );
        for bad in [
            "",
            "abc",
            "24",
            "1-2-3-4",
            "+",
            "+99999",
            "++3",
            "24-xx-2026",
            "0-0",
            &"9".repeat(500),
        ] {
            assert!(parse_typed(bad, today).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_zone_keeps_its_distance_all_year() {
        let noon = Utc.with_ymd_and_hms(2026, 7, 1, 12, 0, 0).unwrap();
        for (name, label, hour) in [
            ("Asia/Jakarta", "WIB", 19),
            ("Asia/Pontianak", "WIB", 19),
            ("Asia/Makassar", "WITA", 20),
            ("Asia/Jayapura", "WIT", 21),
        ] {
            let zone = Zone::parse(name).unwrap();
            assert_eq!((zone.label(), zone.local(noon).hour()), (label, hour));
            assert_eq!(zone.instant(zone.local(noon)), noon);
        }
        assert_eq!(Zone::parse("Europe/Paris"), None);
    }

    #[test]
    fn old_spellings_of_months_are_known() {
        for (word, month) in [
            ("Nopember", 11),
            ("Pebruari", 2),
            ("Agt", 8),
            ("August", 8),
            ("Mei", 5),
            ("May", 5),
            ("okt.", 10),
        ] {
            assert_eq!(month_by_name(word), Some(month), "{word}");
        }
        assert_eq!(month_by_name("ma"), None);
    }
}
