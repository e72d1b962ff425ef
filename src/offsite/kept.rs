//! What the server remembers of its backups and checks: `backup.state` in the home. It is lost without harm; then only no old backup is removed.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::refusal::Refusal;
use crate::file;

/// Largest file that is read, in bytes.
const SIZE_MAX: u64 = 4 << 20;

/// A backup that the server made by itself, and may remove.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeRow {
    /// Where it is.
    pub file: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was made.
    pub time: DateTime<Utc>,
    /// Number of its last fact.
    pub seq: u64,
}

/// A check of the whole journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// When it ended.
    pub at: DateTime<Utc>,
    /// Facts that were read.
    pub facts: u64,
    /// What was wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Refusal>,
}

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Backups that the server made by itself, oldest first.
    #[serde(default)]
    pub made: Vec<MadeRow>,
    /// The last backup of all, whoever wanted it.
    #[serde(default)]
    pub last: Option<MadeRow>,
    /// Why the last attempt failed, and since when attempts fail.
    #[serde(default)]
    pub problem: Option<(DateTime<Utc>, Refusal)>,
    /// The last check.
    #[serde(default)]
    pub check: Option<Checked>,
}

impl Kept {
    /// Reads it; a file that is missing or spoilt is an empty one.
    pub fn read(path: &Path) -> Self {
        let mut text = String::new();
        let read = file::open(path).and_then(|file| file.take(SIZE_MAX).read_to_string(&mut text));
        match read {
            Ok(_) => serde_json::from_str(&text).unwrap_or_default(),
            Err(_) => Self::default(),
        }
    }

    /// Writes it, all or nothing.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let unfinished = path.with_extension("state.new");
        let mut file = file::begin(&unfinished)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.sync_data()?;
        fs::rename(&unfinished, path)
    }
}
