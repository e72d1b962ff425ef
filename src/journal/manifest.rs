//! The manifest: what every closed segment must be, in a small file beside them.
//!
//! `journal/manifest`, one JSON object a line: a head with the hash of the journal's first line, which names the journal; a row for each
//! closed segment; and the digest of all lines above. It is written under another name, made durable and renamed. Size and presence
//! of the files are compared with it at every start, their contents every night.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::folder::sync_dir;
use super::{JournalError, Tail, hash_of};
use crate::file;

/// Form of the file.
const FORM: u32 = 1;

/// Longest manifest that is read, in bytes: rows of some 300 bytes for more than a hundred thousand segments.
const SIZE_MAX: u64 = 64 << 20;

/// No journal counts further: the numbers after it can still be counted with.
const LAST_MAX: u64 = u64::MAX / 2;

/// A closed segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its number, from 1.
    pub segment: u32,
    /// Number of its first fact.
    pub first: u64,
    /// Number of its last fact.
    pub last: u64,
    /// SHA-256 of its last line: the head of the chain there.
    pub hash: String,
    /// When its last fact was written.
    pub time: DateTime<Utc>,
    /// Size in bytes, uncompressed.
    pub bytes: u64,
    /// SHA-256 of its contents, uncompressed.
    pub sha256: String,
    /// The compressed file, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gz: Option<Packed>,
}

impl Row {
    /// Where the chain stands after it.
    pub fn tail(&self) -> Tail {
        Tail {
            seq: self.last,
            hash: self.hash.clone(),
        }
    }
}

/// A compressed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packed {
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// All closed segments, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Hash of the first line of the journal: no two journals have the same. Empty while no segment is closed.
    pub journal: String,
    /// The closed segments.
    pub rows: Vec<Row>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    manifest: u32,
    journal: String,
}

#[derive(Serialize, Deserialize)]
struct Foot {
    sha256: String,
}

impl Manifest {
    /// Where the file is.
    pub fn path(dir: &Path) -> PathBuf {
        dir.join("manifest")
    }

    /// Where the chain stands after the closed segments.
    pub fn tail(&self) -> Tail {
        self.rows.last().map(Row::tail).unwrap_or_default()
    }

    /// Reads the manifest of this folder; none where there is none.
    ///
    /// # Errors
    /// [`JournalError::BadManifest`] when it is not what was written, or those of the disk.
    pub fn read(dir: &Path) -> Result<Option<Self>, JournalError> {
        let path = Self::path(dir);
        let io = |error| JournalError::io(&path, error);
        let no_file = || JournalError::BadManifest {
            line: 0,
            what: "not a file of the journal's".to_owned(),
        };
        let file = match file::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(no_file()),
            other => other.map_err(io)?,
        };
        if file.metadata().map_err(io)?.len() > SIZE_MAX {
            return Err(no_file());
        }
        let mut bytes = Vec::new();
        file.take(SIZE_MAX).read_to_end(&mut bytes).map_err(io)?;
        Self::parse(&bytes).map(Some)
    }

    /// Reads the text of a manifest.
    ///
    /// # Errors
    /// [`JournalError::BadManifest`] with the line.
    pub fn parse(bytes: &[u8]) -> Result<Self, JournalError> {
        let bad = |line: usize, what: &str| JournalError::BadManifest {
            line: line as u64,
            what: what.to_owned(),
        };
        let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        let (Some((head, rest)), true) = (lines.split_first(), bytes.ends_with(b"\n")) else {
            return Err(bad(lines.len(), "it ends in the middle"));
        };
        let head: Head = serde_json::from_slice(head).map_err(|e| bad(1, &e.to_string()))?;
        if head.manifest != FORM {
            return Err(bad(1, "it has the form of another version"));
        }
        let Some((foot, rows)) = rest.split_last() else {
            return Err(bad(2, "it ends in the middle"));
        };
        let foot: Foot =
            serde_json::from_slice(foot).map_err(|e| bad(lines.len(), &e.to_string()))?;
        let above = lines
            .iter()
            .take(lines.len() - 1)
            .flat_map(|line| line.iter().copied())
            .collect::<Vec<u8>>();
        if hash_of(&above) != foot.sha256 {
            return Err(bad(lines.len(), "its digest is another"));
        }
        let mut manifest = Self {
            journal: head.journal,
            rows: Vec::new(),
        };
        for (number, line) in (2..).zip(rows) {
            let row: Row = serde_json::from_slice(line).map_err(|e| bad(number, &e.to_string()))?;
            let before = manifest.rows.last();
            let (segment, first) =
                before.map_or((1, 1), |row| (row.segment.saturating_add(1), row.last + 1));
            let follows = row.segment == segment && row.first == first && row.last >= row.first;
            if !follows || row.last > LAST_MAX || row.segment == u32::MAX {
                return Err(bad(number, "its rows do not follow on each other"));
            }
            manifest.rows.push(row);
        }
        Ok(manifest)
    }

    /// The file's text.
    ///
    /// # Errors
    /// None in practice: rows are plain structs.
    pub fn to_text(&self) -> io::Result<Vec<u8>> {
        let mut text = serde_json::to_vec(&Head {
            manifest: FORM,
            journal: self.journal.clone(),
        })?;
        text.push(b'\n');
        for row in &self.rows {
            serde_json::to_writer(&mut text, row)?;
            text.push(b'\n');
        }
        let foot = Foot {
            sha256: hash_of(&text),
        };
        serde_json::to_writer(&mut text, &foot)?;
        text.push(b'\n');
        Ok(text)
    }

    /// Writes it beside the segments, all or nothing.
    ///
    /// # Errors
    /// Those of the disk; the manifest before is still there then.
    pub fn write(&self, dir: &Path) -> Result<(), JournalError> {
        let path = Self::path(dir);
        let unfinished = dir.join("manifest.new");
        let written = self.to_text().and_then(|text| {
            let mut file = file::begin(&unfinished)?;
            file.write_all(&text)?;
            file.sync_all()?;
            fs::rename(&unfinished, &path)
        });
        written.map_err(|error| JournalError::io(&path, error))?;
        // It counts from here on. If the power goes before the folder is on disk, the one before is there, and the segments that it does not know
        // are read and listed anew.
        if let Err(error) = sync_dir(dir) {
            tracing::warn!(%error, "the journal's folder was not synced");
        }
        Ok(())
    }
}

/// Whether these are the names of two journals; an empty one is not known.
pub fn differ(one: &str, other: &str) -> bool {
    !one.is_empty() && !other.is_empty() && one != other
}
