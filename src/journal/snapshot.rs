//! A journal as it is on disk at one moment, to be copied while it is being written: segments only grow, close and get compressed, so
//! that what was there stays readable.

use std::fs::File;
use std::io::{BufRead, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::examine::look;
use super::folder::{Source, segment_path};
use super::lines::{Line, Lines};
use super::manifest::{Manifest, Row};
use super::write::Head;
use super::{Journal, JournalError, Tail};
use crate::file;

/// What a copy may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    dir: PathBuf,
    manifest: Manifest,
    head: Head,
}

/// The way to the snapshots of a journal that is open for writing; cheap to clone.
#[derive(Debug, Clone)]
pub struct Reader {
    dir: PathBuf,
    head: Arc<Mutex<Head>>,
    manifest: Arc<Mutex<Manifest>>,
}

impl Reader {
    /// Hash of the first line, which names the journal; empty while it is empty.
    pub fn journal(&self) -> String {
        self.manifest
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .journal
            .clone()
    }

    /// Where the journal on disk ends now.
    pub fn tail(&self) -> Tail {
        let head = self.head.lock().unwrap_or_else(PoisonError::into_inner);
        head.tail.clone()
    }

    /// The journal as it is on disk now. No lock is held afterwards.
    pub fn snapshot(&self) -> Snapshot {
        // The head first: a segment that it is past has its row by then.
        let head = self
            .head
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let mut manifest = self
            .manifest
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        manifest.rows.retain(|row| row.segment < head.segment);
        Snapshot {
            dir: self.dir.clone(),
            manifest,
            head,
        }
    }
}

impl Journal {
    /// The way to its snapshots.
    pub fn reader(&self) -> Reader {
        Reader {
            dir: self.dir.clone(),
            head: self.head(),
            manifest: Arc::clone(&self.manifest),
        }
    }
}

impl Snapshot {
    /// The journal of this folder as its files are now; a server may write it meanwhile. Presence and size of closed segments are held against
    /// the manifest, and the open one is read.
    ///
    /// # Errors
    /// What is wrong with the journal.
    pub fn of(dir: &Path) -> Result<Self, JournalError> {
        let found = look(dir)?;
        Ok(Self {
            dir: dir.to_path_buf(),
            head: Head {
                segment: found.open.number,
                size: found.open.size,
                tail: found.tail.clone(),
            },
            manifest: found.manifest,
        })
    }

    /// Hash of the first line, which names the journal; empty for an empty one.
    pub fn journal(&self) -> &str {
        &self.manifest.journal
    }

    /// The closed segments.
    pub fn rows(&self) -> &[Row] {
        &self.manifest.rows
    }

    /// Number of the open segment.
    pub fn open_segment(&self) -> u32 {
        self.head.segment
    }

    /// Bytes of the open segment that belong to it.
    pub fn open_bytes(&self) -> u64 {
        self.head.size
    }

    /// Where it ends.
    pub fn tail(&self) -> &Tail {
        &self.head.tail
    }

    /// Where the chain stands before the open segment.
    pub fn closed_tail(&self) -> Tail {
        self.manifest.tail()
    }

    /// The compressed file of a closed segment as it lies; none where it is not compressed.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn packed(&self, row: &Row) -> Result<Option<File>, JournalError> {
        let path = segment_path(&self.dir, row.segment).with_extension("jsonl.gz");
        match file::open(&path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(JournalError::io(&path, error)),
        }
    }

    /// A segment unpacked; of the open one what belongs to the snapshot.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn unpacked(&self, segment: u32) -> Result<Box<dyn BufRead>, JournalError> {
        let input = Source::plain(&self.dir, segment).open()?;
        if segment == self.head.segment {
            return Ok(Box::new(input.take(self.head.size)));
        }
        Ok(input)
    }

    /// When the first fact was written; none in an empty journal.
    ///
    /// # Errors
    /// What is wrong with the journal.
    pub fn first_time(&self) -> Result<Option<DateTime<Utc>>, JournalError> {
        if self.tail().seq == 0 {
            return Ok(None);
        }
        let name = super::folder::segment_name(1);
        let mut lines = Lines::new(self.unpacked(1)?, &name, Tail::default());
        Ok(lines.next()?.map(|line| line.entry.time))
    }

    /// Reads all lines whose number is above `after`, chained; whole segments below are passed over.
    ///
    /// # Errors
    /// Those of `each`, or what is wrong with the journal.
    pub fn lines<E: From<JournalError>>(
        &self,
        after: u64,
        mut each: impl FnMut(&Line<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut tail = Tail::default();
        let closed = self.rows().iter().map(|row| (row.segment, Some(row)));
        for (segment, row) in closed.chain([(self.head.segment, None)]) {
            if let Some(row) = row.filter(|row| row.last <= after) {
                tail = row.tail();
                continue;
            }
            if row.is_none() && self.head.size == 0 {
                break;
            }
            let name = super::folder::segment_name(segment);
            let mut lines = Lines::new(self.unpacked(segment)?, &name, tail);
            while let Some(line) = lines.next()? {
                if line.entry.seq > after {
                    each(&line)?;
                }
            }
            tail = lines.tail().clone();
        }
        Ok(())
    }
}
