//! The journal: every change, in order, forever. It is the truth; the store is only a view of it.
//!
//! JSON lines in numbered segments `journal/00000001.jsonl`. Each line carries its number, the time, who, the fact, and the SHA-256
//! of the line before it, so that `sipintar verify`, or `sha256sum`, can tell whether anything was changed afterwards. The facts of
//! one command are written with one call and belong together: `rest` counts how many of them follow, and a group that was cut short
//! by a crash is cut off whole. The first line of each write says so (`begins`): what stands before it was on disk by then. A segment
//! is closed when it passes 16 MiB; closed segments are compressed (gzip), and [`Manifest`] keeps what each of them must be.
//!
//! [`examine`] looks at everything and changes nothing; [`Found::take_up`] makes ready to write. Nothing of a journal is ever overwritten or
//! removed but a second file whose contents were compared and are the same: other files in the way are set aside under another name.

mod anchor;
mod examine;
mod folder;
mod line;
mod lines;
mod manifest;
mod read;
mod refusal;
mod salvage;
mod snapshot;
mod write;

use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::fact::Fact;

pub use anchor::{Anchor, Known};
pub use examine::{Found, Remark, examine, list, read_all};
pub use lines::{Line, Lines};
pub use manifest::{Manifest, Packed, Row, differ};
pub use read::{name_of, read_backwards};
pub use salvage::{Cause, Gap, Piece, Saved, salvage};
pub use snapshot::{Reader, Snapshot};
pub use write::{Head, Journal};

/// Longest line, in bytes with its line feed: what is longer is neither written nor read. The largest fact, deadlines of 20,000
/// owners at once, takes some 2 MiB.
pub const LINE_MAX: u64 = 8 << 20;

/// What the first line of all has as the hash of the line before it.
pub const FIRST_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Number of the fact, from 1, without gaps.
    pub seq: u64,
    /// When it was written.
    pub time: DateTime<Utc>,
    /// By whom.
    pub actor: String,
    /// Whether it is the first line of a write: all lines before it were on disk when it was written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub begins: bool,
    /// How many facts of the same command follow.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rest: u32,
    /// Made up by the client, so that a request that is sent again is done once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What became true.
    #[serde(flatten)]
    pub fact: Fact,
    /// SHA-256 of the line before this one, without its line feed, in hexadecimal.
    pub prev: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form serde asks for")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What is wrong with a journal.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file system refused.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// Another process writes this journal.
    #[error("another process writes this journal")]
    Busy,
    /// A line, or a whole file, cannot be right.
    #[error("{segment}, line {line}: {fault}")]
    Damaged {
        /// File name of the segment.
        segment: String,
        /// Line in it, from 1; 0 for the file as a whole.
        line: u64,
        /// What is wrong with it.
        fault: Fault,
    },
    /// A file of the journal is not there.
    #[error("{segment} is missing: it begins with fact {first}")]
    Missing {
        /// File name of the segment.
        segment: String,
        /// Number of the first fact in it.
        first: u64,
        /// Number of the last fact in it, where the manifest knows it.
        last: Option<u64>,
    },
    /// Two files of one segment, and neither goes on where the other ends.
    #[error("{segment} and {other} are two versions of one segment")]
    Doubled {
        /// One file.
        segment: String,
        /// The other.
        other: String,
    },
    /// The manifest is not what was written.
    #[error("manifest, line {line}: {what}")]
    BadManifest {
        /// Line in it, from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// The journal ends before a fact that is known to have been in it.
    #[error("the journal ends with fact {seq}, but fact {known} was written")]
    Short {
        /// Its last fact.
        seq: u64,
        /// The last fact that is known of.
        known: u64,
    },
    /// A fact is not the one that is known by this number: another office's journal, or a rewritten one.
    #[error("{segment}, line {line}: fact {seq} is not the one that was written")]
    Foreign {
        /// File name of the segment.
        segment: String,
        /// Line in it, from 1.
        line: u64,
        /// Number of the fact.
        seq: u64,
        /// Number of the journal's last fact.
        last: u64,
    },
    /// A fact makes a line that could not be read again.
    #[error("a fact of {bytes} bytes is longer than {LINE_MAX}")]
    TooLong {
        /// Length of its line.
        bytes: u64,
    },
}

impl JournalError {
    fn io(path: &Path, source: io::Error) -> Self {
        Self::Io {
            path: path.to_path_buf(),
            source,
        }
    }
}

/// What is wrong with a line or a file of the journal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No entry, and why.
    #[error("not an entry: {0}")]
    NotEntry(String),
    /// Longer than [`LINE_MAX`].
    #[error("the line is too long")]
    TooLong,
    /// The line has no end, although others follow, or must follow.
    #[error("the line has no end")]
    NoEnd,
    /// The numbers do not follow on each other.
    #[error("number {found} does not follow {after}")]
    Number {
        /// Number of the line.
        found: u64,
        /// Number of the line before.
        after: u64,
    },
    /// The hash of the line before is another.
    #[error("the line before this one is not the one it was written after")]
    Chain,
    /// A closed segment ends within the facts of one command.
    #[error("the facts of one command end in the middle")]
    GroupCut,
    /// A compressed file cannot be unpacked.
    #[error("cannot be unpacked: {0}")]
    Unpack(String),
    /// It is whole in itself, but not what the manifest says.
    #[error("not the segment that the manifest knows")]
    NotAsListed,
    /// A link, a folder or a device in a file's place.
    #[error("not a regular file")]
    NotFile,
}

impl Fault {
    /// A word for it, by which a client chooses its own words.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotEntry(_) => "not-entry",
            Self::TooLong => "too-long",
            Self::NoEnd => "no-end",
            Self::Number { .. } => "number",
            Self::Chain => "chain",
            Self::GroupCut => "group-cut",
            Self::Unpack(_) => "unpack",
            Self::NotAsListed => "not-as-listed",
            Self::NotFile => "not-file",
        }
    }
}

/// Where a journal ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    /// Number of the last fact; 0 when there is none.
    pub seq: u64,
    /// Hash of the last line.
    pub hash: String,
}

impl Default for Tail {
    fn default() -> Self {
        Self {
            seq: 0,
            hash: FIRST_HASH.to_owned(),
        }
    }
}

/// SHA-256 in hexadecimal.
pub fn hash_of(line: &[u8]) -> String {
    hex(&Sha256::digest(line))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

#[cfg(test)]
mod archive_tests;
#[cfg(test)]
mod tests;
