//! The anchor: how far the journal is known to have gone, in a file of its own beside the journal's folder.
//!
//! `journal.anchor` is written when the server has nothing else to do, and when it ends; never before what it names is on disk. A
//! journal that ends before it has lost something, even where the store is gone as well. One line of JSON behind its digest.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Entry, Found, JournalError, Tail, hash_of};
use crate::domain::id::AgendaNo;
use crate::file;

/// Longest anchor that is read, in bytes.
const SIZE_MAX: u64 = 1 << 20;

/// A fact that is known to have been in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Hash of the journal's first line, which names the journal; empty where an earlier version wrote it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub journal: String,
    /// Its number.
    pub seq: u64,
    /// Hash of its line.
    pub hash: String,
    /// When it was written.
    pub time: DateTime<Utc>,
    /// The highest agenda number of each series and year by then: they were given out, whatever became of the journal.
    pub numbers: Vec<AgendaNo>,
}

impl Anchor {
    /// As the end of a journal.
    pub fn tail(&self) -> Tail {
        Tail {
            seq: self.seq,
            hash: self.hash.clone(),
        }
    }

    /// Whether it is about another journal than the one of this name. An anchor of an earlier version, and a journal that has no first line
    /// yet, say nothing.
    pub fn is_foreign(&self, journal: &str) -> bool {
        super::differ(&self.journal, journal)
    }

    /// Reads the anchor; none where there is none, or where the file is not what was written.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn read(path: &Path) -> Result<Option<Self>, JournalError> {
        let io = |error| JournalError::io(path, error);
        let file = match file::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(io)?,
        };
        let mut text = String::new();
        let read = file.take(SIZE_MAX).read_to_string(&mut text);
        match read {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Ok(None),
            Err(error) => return Err(io(error)),
            Ok(_) => {}
        }
        Ok(Self::parse(&text))
    }

    /// Reads the text of an anchor; none where it is not what was written.
    pub fn parse(text: &str) -> Option<Self> {
        let (digest, line) = text.trim_end().split_once(' ')?;
        (hash_of(line.as_bytes()) == digest)
            .then(|| serde_json::from_str(line).ok())
            .flatten()
    }

    /// Writes it, all or nothing.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn write(&self, path: &Path) -> Result<(), JournalError> {
        let unfinished = path.with_extension("anchor.new");
        let written = serde_json::to_string(self)
            .map_err(io::Error::from)
            .and_then(|line| {
                let mut file = file::begin(&unfinished)?;
                writeln!(file, "{} {line}", hash_of(line.as_bytes()))?;
                file.sync_data()?;
                fs::rename(&unfinished, path)
            });
        written.map_err(|error| JournalError::io(path, error))
    }
}

/// Facts that are known to have been written, and whether the journal has them.
#[derive(Debug, Clone)]
pub struct Known(Vec<(Tail, Option<bool>)>);

impl Known {
    /// These ends of the journal, as they were at one time or another.
    pub fn new(tails: impl IntoIterator<Item = Tail>) -> Self {
        let written = tails.into_iter().filter(|tail| tail.seq > 0);
        Self(written.map(|tail| (tail, None)).collect())
    }

    /// The number above which entries must be read, so that all of these are met.
    pub fn after(&self) -> u64 {
        let first = self.0.iter().map(|(tail, _)| tail.seq).min();
        first.unwrap_or(1) - 1
    }

    /// Takes note of an entry of the journal.
    pub fn meet(&mut self, entry: &Entry, hash: &str) {
        for (tail, same) in &mut self.0 {
            if tail.seq == entry.seq {
                *same = Some(tail.hash == hash);
            }
        }
    }

    /// What the journal lacks, after all that was read.
    ///
    /// # Errors
    /// [`JournalError::Short`] and [`JournalError::Foreign`].
    pub fn check(&self, found: &Found) -> Result<(), JournalError> {
        for (tail, same) in &self.0 {
            match same {
                Some(true) => {}
                Some(false) => {
                    let (segment, line) = found.place(tail.seq);
                    return Err(JournalError::Foreign {
                        segment,
                        line,
                        seq: tail.seq,
                        last: found.tail().seq,
                    });
                }
                None => {
                    return Err(JournalError::Short {
                        seq: found.tail().seq,
                        known: tail.seq,
                    });
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_reads_back_and_a_changed_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.anchor");
        assert_eq!(Anchor::read(&path).unwrap(), None);
        let anchor = Anchor {
            journal: "cd".to_owned(),
            seq: 7,
            hash: "ab".to_owned(),
            time: DateTime::UNIX_EPOCH,
            numbers: vec!["AGD-00012/2026".parse().unwrap()],
        };
        anchor.write(&path).unwrap();
        assert_eq!(Anchor::read(&path).unwrap(), Some(anchor.clone()));
        assert!(anchor.is_foreign("ef") && !anchor.is_foreign("cd") && !anchor.is_foreign(""));
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() - 1 {
            let mut changed = whole.clone();
            if let Some(byte) = changed.get_mut(at) {
                *byte ^= 1;
            }
            fs::write(&path, changed).unwrap();
            assert_eq!(Anchor::read(&path).unwrap(), None, "byte {at}");
        }
    }
}
