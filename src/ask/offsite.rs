//! Backups and checks of the journal.

use std::path::PathBuf;

use super::{DateTime, Deserialize, FixedOffset, Serialize, Utc};
use crate::domain::refusal::Refusal;

/// See [`super::Request::MakeBackup`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct MakeBackup {
    /// Where, as a whole path on the server's machine; the folder of the settings if not said.
    pub file: Option<PathBuf>,
}

/// A backup was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupMade {
    /// Where it is.
    pub file: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// Number of its last fact.
    pub seq: u64,
    /// Hash of that fact: the head of the chain.
    pub hash: String,
    /// When that fact was written.
    pub time: Option<DateTime<Utc>>,
    /// Files of the home that were not taken: too large, or with too long a name.
    pub left_out: Vec<String>,
}

/// How the backups are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupState {
    /// Whether the server makes them by itself.
    pub enabled: bool,
    /// When the last one was made.
    pub last: Option<DateTime<FixedOffset>>,
    /// Where it is.
    pub file: Option<PathBuf>,
    /// Number of its last fact.
    pub seq: Option<u64>,
    /// Why the last attempt failed.
    pub problem: Option<Refusal>,
}

/// The last check of the whole journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckState {
    /// When it ended.
    pub at: DateTime<FixedOffset>,
    /// Facts that were read.
    pub facts: u64,
    /// What was wrong.
    pub problem: Option<Refusal>,
}

/// What kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordKind {
    /// Satker and other participants.
    Satker,
    /// Rows of their budgets.
    Budget,
    /// Letters.
    Letter,
    /// Outgoing messages.
    Sms,
    /// Incoming messages.
    Inbox,
    /// Deadlines.
    Deadline,
}

impl RecordKind {
    /// All kinds, what others refer to first.
    pub const ALL: [Self; 6] = [
        Self::Satker,
        Self::Budget,
        Self::Letter,
        Self::Sms,
        Self::Inbox,
        Self::Deadline,
    ];
}

/// See [`super::Request::ExportRecords`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExportRecords {
    /// Of which kind.
    pub kind: RecordKind,
    /// How many to skip: see [`RecordPage::next`].
    pub offset: u64,
    /// How many at the most; the server gives no more than 1,000.
    pub limit: u32,
}

/// Records as they are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecordPage {
    /// One object each.
    pub rows: Vec<serde_json::Value>,
    /// Where the next page begins; none after the last.
    pub next: Option<u64>,
}
