//! `[office]`: who we are and when we are there.

use chrono::NaiveTime;
use serde::{Deserialize, Deserializer};

use crate::domain::service_clock::ServiceHours;
use crate::domain::when::Zone;

/// `[office]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Office {
    /// Sender identity in texts.
    pub name: String,
    /// `Asia/Jakarta`, `Asia/Pontianak`, `Asia/Makassar` or `Asia/Jayapura`.
    #[serde(deserialize_with = "zone")]
    pub zone: Zone,
    /// Opening and closing of the counter, Monday to Friday.
    #[serde(deserialize_with = "hours")]
    pub service_hours: Hours,
}

impl Default for Office {
    fn default() -> Self {
        Self {
            name: "KPPN Madiun".to_owned(),
            zone: Zone::Wib,
            service_hours: Hours::new(8, 15),
        }
    }
}

/// From and until, as minutes since midnight; `24:00` is allowed as an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// First minute.
    pub from: u32,
    /// The minute after the last.
    pub until: u32,
}

impl Hours {
    pub(super) const fn new(from: u32, until: u32) -> Self {
        Self {
            from: from * 60,
            until: until * 60,
        }
    }

    /// Whether this minute of the day (0 to 1439) is inside.
    pub fn contains(self, minute: u32) -> bool {
        (self.from..self.until).contains(&minute)
    }

    pub(super) fn parse(pair: &[String]) -> Result<Self, String> {
        let minute = |text: &str| {
            let (hour, minute) = text.split_once([':', '.'])?;
            let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
            (hour <= 24 && minute < 60 && hour * 60 + minute <= 24 * 60).then(|| hour * 60 + minute)
        };
        match pair {
            [from, until] => match (minute(from), minute(until)) {
                (Some(from), Some(until)) if from < until => Ok(Self { from, until }),
                _ => Err(format!(
                    "[\"{from}\", \"{until}\"]: HH:MM < HH:MM, 00:00 – 24:00"
                )),
            },
            _ => Err("[\"08:00\", \"15:00\"]".to_owned()),
        }
    }

    fn time(minute: u32) -> NaiveTime {
        NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0).unwrap_or(NaiveTime::MIN)
    }

    /// For the service clock; an end of `24:00` counts as 23.59.
    pub fn service(self) -> ServiceHours {
        ServiceHours {
            open: Self::time(self.from),
            close: Self::time(self.until.min(24 * 60 - 1)),
        }
    }
}

pub(super) fn hours<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hours, D::Error> {
    Hours::parse(&Vec::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Zone, D::Error> {
    let name = String::deserialize(deserializer)?;
    Zone::parse(&name).ok_or_else(|| {
        serde::de::Error::custom(format!(
            "unknown variant `{name}`, expected one of `Asia/Jakarta`, `Asia/Pontianak`, `Asia/Makassar`, `Asia/Jayapura`"
        ))
    })
}
