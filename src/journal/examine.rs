//! The journal as it lies in its folder, held against its manifest. Nothing is changed here.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use nix::fcntl::{Flock, FlockArg};
use sha2::{Digest, Sha256};

use super::folder::{self, Files, Source, segment_name};
use super::manifest::{Manifest, Packed, Row};
use super::read::{self, Read};
use super::{Entry, Fault, JournalError, Tail, hex};

/// Something that the administrator should know of a journal that can be used all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// A second file of a segment is not the right one; it has this name now.
    SetAside {
        /// Its name before.
        file: String,
        /// Its name now.
        now: String,
    },
    /// The end of a write that was never acknowledged was cut off, and kept in this file.
    Torn {
        /// Bytes.
        bytes: u64,
        /// Where they are.
        now: String,
    },
    /// The manifest was missing or damaged; everything was read, and it was made anew.
    ManifestMade,
    /// The manifest could not be written.
    ManifestUnwritten(String),
}

/// A journal that can be used.
#[derive(Debug)]
pub struct Found {
    pub(super) dir: PathBuf,
    pub(super) lock: Option<Flock<File>>,
    pub(super) manifest: Manifest,
    /// Whether the manifest on disk is another.
    pub(super) stale: bool,
    /// Whether the manifest on disk is of no use.
    pub(super) bad_manifest: bool,
    /// Files that are not the right ones of their segment.
    pub(super) aside: Vec<Source>,
    /// Files whose contents another file of the same segment has as well.
    pub(super) copies: Vec<Source>,
    pub(super) open: Open,
    pub(super) tail: Tail,
    pub(super) time: Option<DateTime<Utc>>,
}

/// The segment that is written to.
pub(super) struct Open {
    pub number: u32,
    /// Bytes of it that are whole groups.
    pub size: u64,
    pub digest: Sha256,
    pub torn: u64,
    pub first: Option<u64>,
}

impl std::fmt::Debug for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Open")
            .field("number", &self.number)
            .field("size", &self.size)
            .field("torn", &self.torn)
            .finish_non_exhaustive()
    }
}

impl Found {
    /// Where the journal ends.
    pub fn tail(&self) -> &Tail {
        &self.tail
    }

    /// Hash of the first line, which names the journal; empty for an empty one.
    pub fn journal(&self) -> &str {
        &self.manifest.journal
    }

    /// When its last fact was written; none when it is empty.
    pub fn time(&self) -> Option<DateTime<Utc>> {
        self.time
    }

    /// Closed segments, and the open one.
    pub fn segments(&self) -> u64 {
        self.manifest.rows.len() as u64 + 1
    }

    /// The closed segments.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// File and line of a fact.
    pub fn place(&self, seq: u64) -> (String, u64) {
        let closed = self.manifest.rows.iter().find(|row| row.last >= seq);
        let (number, first) = closed.map_or_else(
            || (self.open.number, self.open.first.unwrap_or(seq)),
            |row| (row.segment, row.first),
        );
        (segment_name(number), seq.saturating_sub(first) + 1)
    }
}

/// Looks at the journal of this folder and hands every entry numbered above `after` to `each`. Closed segments that hold nothing above `after`
/// are compared with the manifest by presence and size only; all others are read. Holds the journal's lock, so that nobody writes it
/// meanwhile, and until the end of what [`Found::take_up`] makes of it. A folder that is missing is not made: it may be the place of a disk.
///
/// # Errors
/// [`JournalError::Busy`] while another process writes it; else what is missing, doubled or damaged, by file and line.
pub fn examine(
    dir: &Path,
    after: u64,
    each: impl FnMut(Entry, String),
) -> Result<Found, JournalError> {
    let lock = take_lock(dir)?;
    let mut found = Examination::new(dir, Some(after), each).run()?;
    found.lock = lock;
    Ok(found)
}

/// The journal's folder itself is locked, so that no file need be there for it, and none can be removed. None where there is no folder.
pub(super) fn take_lock(dir: &Path) -> Result<Option<Flock<File>>, JournalError> {
    let folder = match File::open(dir) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(|error| JournalError::io(dir, error))?,
    };
    match Flock::lock(folder, FlockArg::LockExclusiveNonblock) {
        Ok(lock) => Ok(Some(lock)),
        Err((_, nix::errno::Errno::EWOULDBLOCK)) => Err(JournalError::Busy),
        Err((_, error)) => Err(JournalError::io(dir, error.into())),
    }
}

/// Reads the whole journal, checks every line, the chain and the manifest, and says where it ends. A server may write it meanwhile.
///
/// # Errors
/// As [`examine`], but for the lock. A torn end is no error here either: the server is about to cut it off.
pub fn read_all(dir: &Path, each: impl FnMut(Entry, String)) -> Result<Found, JournalError> {
    Examination::new(dir, None, each).run()
}

/// Looks at presence and size of the closed segments and reads the open one. A server may write it meanwhile.
pub(super) fn look(dir: &Path) -> Result<Found, JournalError> {
    Examination::new(dir, Some(u64::MAX), |_, _| {}).run()
}

/// Reads a journal that was put together from segments, and writes its manifest. Where it ends.
///
/// # Errors
/// As [`read_all`], and those of the disk.
pub fn list(dir: &Path) -> Result<Tail, JournalError> {
    let found = read_all(dir, |_, _| {})?;
    if !found.manifest.rows.is_empty() {
        found.manifest.write(dir)?;
    }
    Ok(found.tail)
}

struct Examination<'a, E> {
    dir: &'a Path,
    /// Hand over what is numbered above this, and read no closed segment that ends before it; none: read all.
    after: Option<u64>,
    each: E,
    manifest: Manifest,
    stale: bool,
    aside: Vec<Source>,
    copies: Vec<Source>,
    tail: Tail,
    time: Option<DateTime<Utc>>,
}

impl<'a, E: FnMut(Entry, String)> Examination<'a, E> {
    fn new(dir: &'a Path, after: Option<u64>, each: E) -> Self {
        Self {
            dir,
            after,
            each,
            manifest: Manifest::default(),
            stale: false,
            aside: Vec::new(),
            copies: Vec::new(),
            tail: Tail::default(),
            time: None,
        }
    }

    fn run(mut self) -> Result<Found, JournalError> {
        let mut bad_manifest = false;
        let known = match Manifest::read(self.dir) {
            Ok(known) => known.unwrap_or_default(),
            // Everything is read instead; what the store knows is compared afterwards.
            Err(JournalError::BadManifest { .. }) => {
                bad_manifest = true;
                self.stale = true;
                Manifest::default()
            }
            Err(error) => return Err(error),
        };
        // Only now: a segment that is closed meanwhile is found here, and its successor too.
        let files = folder::list(self.dir)?;
        self.manifest.journal.clone_from(&known.journal);
        for row in known.rows {
            self.closed(row, &files)?;
        }
        let open = self.later(&files)?;
        Ok(Found {
            dir: self.dir.to_path_buf(),
            lock: None,
            manifest: self.manifest,
            stale: self.stale,
            bad_manifest,
            aside: self.aside,
            copies: self.copies,
            open,
            tail: self.tail,
            time: self.time,
        })
    }

    /// Reads a file as the next segment, and hands over what is wanted of it.
    fn read(&mut self, source: &Source, open: bool) -> Result<Read, JournalError> {
        let (after, each) = (self.after.unwrap_or(0), &mut self.each);
        let read = read::segment(source, open, Some(&self.tail), |entry, hash| {
            if entry.seq > after {
                each(entry, hash);
            }
        })?;
        self.time = read.time.or(self.time);
        Ok(read)
    }

    /// A segment that the manifest knows.
    fn closed(&mut self, mut row: Row, files: &BTreeMap<u32, Files>) -> Result<(), JournalError> {
        let none = Files::default();
        let files = files.get(&row.segment).unwrap_or(&none);
        let (plain, gz) = (files.plain.as_ref(), files.gz.as_ref());
        let source = match (plain, gz) {
            (None, None) => {
                return Err(JournalError::Missing {
                    segment: segment_name(row.segment),
                    first: row.first,
                    last: Some(row.last),
                });
            }
            (Some(plain), None) if plain.len()? == row.bytes => plain.clone(),
            (None, Some(gz)) if Some(gz.len()?) == row.gz.as_ref().map(|gz| gz.bytes) => gz.clone(),
            // Two files, or one of another size: their contents decide.
            _ => self.right_one(&mut row, plain, gz)?,
        };
        if self.after.is_none_or(|after| row.last > after) {
            let read = self.read(&source, false)?;
            let same = (read.good, hex(&read.digest.finalize()), &read.tail)
                == (row.bytes, row.sha256.clone(), &row.tail());
            if !same {
                return Err(not_as_listed(&source, read.tail.seq, row.first));
            }
        }
        self.tail = row.tail();
        self.time = Some(row.time);
        self.manifest.rows.push(row);
        Ok(())
    }

    /// Which of the files of a closed segment holds what the manifest says.
    fn right_one(
        &mut self,
        row: &mut Row,
        plain: Option<&Source>,
        gz: Option<&Source>,
    ) -> Result<Source, JournalError> {
        let right = |source: &&Source| {
            read::content(source)
                .is_ok_and(|(bytes, digest)| (bytes, digest) == (row.bytes, row.sha256.clone()))
        };
        let (good_plain, good_gz) = (plain.filter(right), gz.filter(right));
        if let Some(gz) = good_gz {
            let (bytes, sha256) = file_digest(&gz.path)?;
            let packed = Some(Packed { bytes, sha256 });
            if row.gz != packed {
                // Compressed just before a power cut, or by somebody's own hand.
                row.gz = packed;
                self.stale = true;
            }
            match (good_plain, plain) {
                (Some(plain), _) => self.copies.push(plain.clone()),
                (None, Some(plain)) => self.aside.push(plain.clone()),
                (None, None) => {}
            }
            return Ok(gz.clone());
        }
        if let Some(plain) = good_plain {
            self.aside.extend(gz.cloned());
            if row.gz.take().is_some() {
                self.stale = true;
            }
            return Ok(plain.clone());
        }
        // Neither is right: the first line that is wrong is named.
        let Some(source) = plain.or(gz) else {
            return Err(not_as_listed(
                &Source::plain(self.dir, row.segment),
                0,
                row.first,
            ));
        };
        let read = read::segment(source, false, Some(&self.tail), |_, _| {})?;
        Err(not_as_listed(source, read.tail.seq, row.first))
    }

    /// The segments after those that the manifest knows: the open one, and closed ones whose row was not written yet.
    fn later(&mut self, files: &BTreeMap<u32, Files>) -> Result<Open, JournalError> {
        let first = self.manifest.rows.last().map_or(1, |row| row.segment + 1);
        let last = files.keys().next_back().copied().unwrap_or(0);
        let missing = |number: u32, tail: &Tail| JournalError::Missing {
            segment: segment_name(number),
            first: tail.seq + 1,
            last: None,
        };
        if last == 0 && first == 1 {
            return Ok(fresh(1));
        }
        if last < first {
            return Err(missing(first, &self.tail));
        }
        let mut open = last;
        // A segment that was being begun when the power went has nothing in it yet; the one before it is still the open one.
        if let Some(Files {
            plain: Some(empty),
            gz: None,
        }) = files.get(&last)
            && last > first
            && empty.len()? == 0
            && files
                .get(&(last - 1))
                .is_some_and(|files| files.gz.is_none())
        {
            open = last - 1;
        }
        for number in first..open {
            let Some(here) = files.get(&number) else {
                return Err(missing(number, &self.tail));
            };
            let next = files.get(&(number + 1)).and_then(Files::any).cloned();
            let source = self.one_of(here, next.as_ref(), false)?;
            self.list(&source)?;
        }
        let Some(here) = files.get(&open) else {
            return Err(missing(open, &self.tail));
        };
        let source = self.one_of(here, None, true)?;
        if source.gz {
            self.list(&source)?;
            return Ok(fresh(open + 1));
        }
        let read = self.read(&source, true)?;
        self.tail = read.tail;
        if open == 1 {
            self.name_journal(&source)?;
        }
        Ok(Open {
            number: open,
            size: read.good,
            digest: read.digest,
            torn: read.torn,
            first: read.first,
        })
    }

    /// The journal's name is the hash of its first line.
    fn name_journal(&mut self, source: &Source) -> Result<(), JournalError> {
        if self.manifest.journal.is_empty() {
            self.manifest.journal = read::first_hash(source)?.unwrap_or_default();
        }
        Ok(())
    }

    /// Reads a closed segment that has no row yet, and gives it one.
    fn list(&mut self, source: &Source) -> Result<(), JournalError> {
        let read = self.read(source, false)?;
        let Some(first) = read.first else {
            return Err(not_as_listed(source, 0, 1));
        };
        if source.number == 1 {
            self.name_journal(source)?;
        }
        let gz = if source.gz {
            let (bytes, sha256) = file_digest(&source.path)?;
            Some(Packed { bytes, sha256 })
        } else {
            None
        };
        self.manifest.rows.push(Row {
            segment: source.number,
            first,
            last: read.tail.seq,
            hash: read.tail.hash.clone(),
            time: read.time.unwrap_or_default(),
            bytes: read.good,
            sha256: hex(&read.digest.finalize()),
            gz,
        });
        self.tail = read.tail;
        self.stale = true;
        Ok(())
    }

    /// Of two files of a segment the one that continues the chain: into the next segment where there is one, else the one that goes
    /// further. The other is set aside.
    fn one_of(
        &mut self,
        files: &Files,
        next: Option<&Source>,
        open: bool,
    ) -> Result<Source, JournalError> {
        let (plain, gz) = match (&files.plain, &files.gz) {
            (Some(plain), Some(gz)) => (plain, gz),
            (Some(one), None) | (None, Some(one)) => return Ok(one.clone()),
            (None, None) => {
                let number = self.manifest.rows.last().map_or(1, |row| row.segment + 1);
                return Err(JournalError::Missing {
                    segment: segment_name(number),
                    first: self.tail.seq + 1,
                    last: None,
                });
            }
        };
        let doubled = || JournalError::Doubled {
            segment: gz.name(),
            other: plain.name(),
        };
        let look = |source: &Source| {
            let mut hashes = BTreeMap::new();
            read::segment(
                source,
                open && !source.gz,
                Some(&self.tail),
                |entry, hash| {
                    hashes.insert(entry.seq, hash);
                },
            )
            .map(|read| (read.tail, hashes))
        };
        let (packed, written) = (look(gz), look(plain));
        let (winner, loser) = match (packed, written) {
            (Ok(_), Err(_)) => (gz, plain),
            (Err(_), Ok(_)) => (plain, gz),
            (Err(error), Err(_)) => return Err(error),
            (Ok((packed, packed_hashes)), Ok((written, written_hashes))) => {
                let wanted = next.map(read::first_prev).transpose()?.flatten();
                if packed == written {
                    (gz, plain)
                } else if let Some(wanted) = wanted {
                    match (packed.hash == wanted, written.hash == wanted) {
                        (true, _) => (gz, plain),
                        (_, true) => (plain, gz),
                        _ => return Err(doubled()),
                    }
                } else if written_hashes.get(&packed.seq) == Some(&packed.hash) {
                    (plain, gz)
                } else if packed_hashes.get(&written.seq) == Some(&written.hash) {
                    (gz, plain)
                } else {
                    return Err(doubled());
                }
            }
        };
        if read::content(winner).ok() == read::content(loser).ok() {
            self.copies.push(loser.clone());
        } else {
            self.aside.push(loser.clone());
        }
        Ok(winner.clone())
    }
}

/// A segment that is whole in itself up to fact `last`, but another one.
fn not_as_listed(source: &Source, last: u64, first: u64) -> JournalError {
    JournalError::Damaged {
        segment: source.name(),
        line: (last + 1).saturating_sub(first),
        fault: Fault::NotAsListed,
    }
}

fn fresh(number: u32) -> Open {
    Open {
        number,
        size: 0,
        digest: Sha256::new(),
        torn: 0,
        first: None,
    }
}

/// Size and digest of a file as it is.
pub(super) fn file_digest(path: &Path) -> Result<(u64, String), JournalError> {
    let io = |error| JournalError::io(path, error);
    let mut file = File::open(path).map_err(io)?;
    let mut digest = Sha256::new();
    let bytes = std::io::copy(&mut file, &mut HashWriter(&mut digest)).map_err(io)?;
    Ok((bytes, hex(&digest.finalize())))
}

struct HashWriter<'a>(&'a mut Sha256);

impl std::io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
