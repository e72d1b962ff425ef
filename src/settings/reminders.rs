//! `[reminders]`: when reminders are drafted.

use serde::{Deserialize, Deserializer};

use super::office::Hours;
use crate::domain::sms::ConfirmPolicy;

/// `[reminders]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reminders {
    /// When the morning's reminders are drafted, in minutes since midnight; `"07:00"` in the file.
    #[serde(deserialize_with = "minute_of_day")]
    pub time: u32,
    /// After a standstill, reminders of this many days back are caught up; 0 to 30.
    #[serde(deserialize_with = "catch_up_days")]
    pub catch_up_days: u32,
    /// Who confirms a late text that threatens a sanction; `auto` counts as `manual`.
    pub sanction: ConfirmPolicy,
}

impl Default for Reminders {
    fn default() -> Self {
        Self {
            time: 7 * 60,
            catch_up_days: 7,
            sanction: ConfirmPolicy::TwoPerson,
        }
    }
}

pub(super) fn minute_of_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let text = String::deserialize(deserializer)?;
    Hours::parse(&[text.clone(), "24:00".to_owned()])
        .map(|hours| hours.from)
        .map_err(|_| serde::de::Error::custom(format!("\"{text}\": HH:MM, 00:00 – 23:59")))
}

fn catch_up_days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let days = u32::deserialize(deserializer)?;
    if days > 30 {
        return Err(serde::de::Error::custom(format!("{days}: 0 – 30")));
    }
    Ok(days)
}
