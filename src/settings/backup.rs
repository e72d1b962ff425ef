//! `[backup]`: when the server makes backups by itself, where, how many are kept, and when it checks the whole journal.

use std::path::PathBuf;

use serde::{Deserialize, Deserializer};

use super::reminders::minute_of_day;

/// `[backup]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Backup {
    /// Whether the server makes one a day; on unless it is said otherwise.
    pub enabled: bool,
    /// Folder; a relative one lies in the home. One outside the home must be there: it may be a disk that is not mounted.
    pub folder: PathBuf,
    /// Name of a file that the folder must hold, as proof that the right disk is mounted there.
    pub marker: Option<String>,
    /// When, in minutes since midnight; `"01:00"` in the file.
    #[serde(deserialize_with = "minute_of_day")]
    pub at: u32,
    /// When every line of the journal is checked, in minutes since midnight; `"02:00"` in the file.
    #[serde(deserialize_with = "minute_of_day")]
    pub check_at: u32,
    /// The newest of each of so many days are kept; 0 to 1000.
    #[serde(deserialize_with = "count")]
    pub keep_daily: u32,
    /// The newest of each of so many weeks; 0 to 1000.
    #[serde(deserialize_with = "count")]
    pub keep_weekly: u32,
    /// The newest of each of so many months; 0 to 1000.
    #[serde(deserialize_with = "count")]
    pub keep_monthly: u32,
}

impl Default for Backup {
    fn default() -> Self {
        Self {
            enabled: true,
            folder: PathBuf::from("backups"),
            marker: None,
            at: 60,
            check_at: 120,
            keep_daily: 14,
            keep_weekly: 8,
            keep_monthly: 12,
        }
    }
}

fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let count = u32::deserialize(deserializer)?;
    if count > 1000 {
        return Err(serde::de::Error::custom(format!("{count}: 0 – 1000")));
    }
    Ok(count)
}
