//! Identifiers, parsed once at the edge and then passed as types.
//!
//! Each has one written form, used on the command line, in JSON and on screen, and reads back leniently.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What could not be read as an identifier, as it was typed (cut to 40 characters), so that it can be shown back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a valid identifier")]
pub struct BadId(pub String);

impl BadId {
    fn new(text: &str) -> Self {
        Self(text.chars().take(40).collect())
    }
}

/// Code of a work unit (satuan kerja): exactly six ASCII digits, leading zeros kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SatkerCode([u8; 6]);

impl SatkerCode {
    /// # Errors
    /// [`BadId`] unless the text, blanks around it aside, is six ASCII digits.
    pub fn parse(text: &str) -> Result<Self, BadId> {
        let trimmed = text.trim();
        match <[u8; 6]>::try_from(trimmed.as_bytes()) {
            Ok(digits) if digits.iter().all(u8::is_ascii_digit) => Ok(Self(digits)),
            _ => Err(BadId::new(text)),
        }
    }

    /// The six digits.
    pub fn as_str(&self) -> &str {
        // Only ASCII digits ever get in, so this cannot fall back.
        std::str::from_utf8(&self.0).unwrap_or("000000")
    }

    /// The six digits as bytes, for keys of fixed width.
    pub fn bytes(self) -> [u8; 6] {
        self.0
    }
}

/// The book an agenda number is counted in: `AGD` for incoming letters, `SKPP` for salary-stop statements, `ADU` for complaints …
/// One to six upper-case ASCII letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Series([u8; 6]);

impl Series {
    /// The book of incoming letters, used where a service names no other.
    pub const AGD: Self = Self(*b"AGD\0\0\0");

    /// # Errors
    /// [`BadId`] unless the text is one to six ASCII letters (case does not matter).
    pub fn parse(text: &str) -> Result<Self, BadId> {
        let trimmed = text.trim();
        if !(1..=6).contains(&trimmed.len()) || !trimmed.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Err(BadId::new(text));
        }
        let mut bytes = [0; 6];
        for (slot, letter) in bytes.iter_mut().zip(trimmed.bytes()) {
            *slot = letter.to_ascii_uppercase();
        }
        Ok(Self(bytes))
    }

    /// The letters, for example `AGD`.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0)
            .unwrap_or("AGD")
            .trim_end_matches('\0')
    }

    /// Six bytes, padded with zeros, for keys of fixed width.
    pub fn bytes(self) -> [u8; 6] {
        self.0
    }
}

/// Number in an agenda book, written `AGD-00123/2026`. Serials restart at 1 each year and are never reused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgendaNo {
    /// Year of the book (local time of the office).
    pub year: u16,
    /// Which book.
    pub series: Series,
    /// Running number in the book, from 1.
    pub serial: u32,
}

impl AgendaNo {
    /// Reads `AGD-00123/2026`, and leniently `agd 123`, `AGD-123` and `123`, which mean this year's book.
    ///
    /// # Errors
    /// [`BadId`] when no serial from 1 can be read, or the year is not one of four digits.
    pub fn parse(text: &str, this_year: u16) -> Result<Self, BadId> {
        let bad = || BadId::new(text);
        let (book, year) = match text.trim().split_once('/') {
            Some((book, year)) if year.len() == 4 => (book, year.parse().map_err(|_| bad())?),
            Some(_) => return Err(bad()),
            None => (text.trim(), this_year),
        };
        let digits = book.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let letters = book.strip_suffix(digits).unwrap_or_default();
        let digits = digits.trim_start_matches(['-', ' ']);
        let series = if letters.is_empty() {
            Series::AGD
        } else {
            Series::parse(letters).map_err(|_| bad())?
        };
        if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(bad());
        }
        match digits.parse() {
            Ok(serial) if serial > 0 => Ok(Self {
                year,
                series,
                serial,
            }),
            _ => Err(bad()),
        }
    }

    /// Without the year, as it stands in an SMS: `AGD-00123`.
    pub fn short(&self) -> String {
        format!("{}-{:05}", self.series.as_str(), self.serial)
    }

    /// Twelve bytes that sort like the number itself.
    pub fn key(self) -> [u8; 12] {
        let mut key = [0; 12];
        let parts = self
            .year
            .to_be_bytes()
            .into_iter()
            .chain(self.series.bytes())
            .chain(self.serial.to_be_bytes());
        for (slot, byte) in key.iter_mut().zip(parts) {
            *slot = byte;
        }
        key
    }
}

impl fmt::Display for AgendaNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}-{:05}/{}",
            self.series.as_str(),
            self.serial,
            self.year
        )
    }
}

impl FromStr for AgendaNo {
    type Err = BadId;

    /// The full form only, as written by [`fmt::Display`].
    fn from_str(text: &str) -> Result<Self, BadId> {
        if text.contains('/') {
            Self::parse(text, 0)
        } else {
            Err(BadId::new(text))
        }
    }
}

/// Defines a running number with a letter before it.
macro_rules! running_number {
    ($(#[$doc:meta])* $name:ident, $letter:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($letter, "-{:06}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            /// With or without the letter: `S-000012`, `s12` and `12` are the same.
            fn from_str(text: &str) -> Result<Self, BadId> {
                let trimmed = text.trim();
                let digits = trimmed.strip_prefix(|c: char| c.eq_ignore_ascii_case(&$letter)).unwrap_or(trimmed);
                let digits = digits.strip_prefix('-').filter(|_| digits.len() < trimmed.len()).unwrap_or(digits);
                if digits.is_empty() || digits.len() > 18 || !digits.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(BadId::new(text));
                }
                digits.parse().map(Self).map_err(|_| BadId::new(text))
            }
        }

        text_serde!($name);
    };
}

/// (De)serialises through the written form.
macro_rules! text_serde {
    ($name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

running_number!(
    /// Number of an SMS in the queue, from 1, written `S-000012`.
    SmsId, 'S'
);
running_number!(
    /// Number of an incoming SMS, from 1, written `M-000012` (*masuk*).
    InboxId, 'M'
);
running_number!(
    /// Number of an obligation of a satker, from 1, written `K-000012` (*kewajiban*).
    ObligationId, 'K'
);
text_serde!(AgendaNo);
text_serde!(SatkerCode);
text_serde!(Series);

impl fmt::Display for SatkerCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for SatkerCode {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        Self::parse(text)
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Series {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agenda_numbers_are_read_as_people_write_them() {
        let full = "AGD-00123/2026";
        for text in [full, "agd-123/2026", "AGD 123", "agd123", "123", " 00123 "] {
            assert_eq!(
                AgendaNo::parse(text, 2026).map(|no| no.to_string()),
                Ok(full.to_owned()),
                "{text:?}"
            );
        }
        assert_eq!(
            AgendaNo::parse("SKPP-7/2025", 2026).map(|no| no.short()),
            Ok("SKPP-00007".to_owned())
        );
        for text in [
            "",
            "0",
            "AGD-",
            "AGD-1/26",
            "AGD-1x",
            "TOOLONGSERIES-1",
            "AGD-9999999999",
            "é1",
            "/2026",
        ] {
            assert!(AgendaNo::parse(text, 2026).is_err(), "{text:?}");
        }
    }

    #[test]
    fn keys_sort_like_numbers() {
        let mut numbers: Vec<_> = ["AGD-2/2026", "AGD-10/2026", "SKPP-1/2026", "AGD-99999/2025"]
            .iter()
            .map(|t| t.parse::<AgendaNo>().unwrap())
            .collect();
        numbers.sort();
        let mut keys: Vec<_> = numbers.iter().map(|no| no.key()).collect();
        keys.sort_unstable();
        assert_eq!(keys, numbers.iter().map(|no| no.key()).collect::<Vec<_>>());
    }

    #[test]
    fn satker_codes_are_six_digits() {
        assert_eq!(
            SatkerCode::parse(" 011902 ").map(|c| c.to_string()),
            Ok("011902".to_owned())
        );
        for text in ["", "41190", "4119022", "41190x", "４１１９０２"] {
            assert!(SatkerCode::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn running_numbers_read_back() {
        assert_eq!("S-000012".parse(), Ok(SmsId(12)));
        assert_eq!("s12".parse(), Ok(SmsId(12)));
        assert_eq!("12".parse(), Ok(SmsId(12)));
        for text in ["", "S-", "M-12", "ss12", "1 2", "-12x"] {
            assert!(text.parse::<SmsId>().is_err(), "{text:?}");
        }
        assert_eq!(serde_json::to_string(&SmsId(12)).unwrap(), "\"S-000012\"");
    }
}
