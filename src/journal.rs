//! The journal: every change, in order, forever. It is the truth; the store is only a view of it.
//!
//! JSON lines in numbered segments `journal/00000001.jsonl`. Each line carries its number, the time, who, the fact, and the SHA-256
//! of the line before it, so that `sipintar verify`, or `sha256sum`, can tell whether anything was changed afterwards. The facts of
//! one command are written with one call and belong together: `rest` counts how many of them follow, and a group that was cut short
//! by a crash is cut off whole. A segment is closed when it passes 16 MiB; closed segments are compressed (gzip).

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::fact::Fact;

/// A segment is closed once it is larger than this, in bytes.
const SEGMENT_SIZE: u64 = 16 << 20;

/// A line longer than this, in bytes, is damage: no fact is that large.
const LINE_MAX: u64 = 8 << 20;

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
    /// A line that is not the last one cannot be right.
    #[error("{segment}, line {line}: {what}")]
    Damaged {
        /// File name of the segment.
        segment: String,
        /// Line in it, from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
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

/// A journal open for writing.
#[derive(Debug)]
pub struct Journal {
    dir: PathBuf,
    file: File,
    segment: u32,
    size: u64,
    tail: Tail,
    buffer: Vec<u8>,
    compressing: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Journal {
    /// A segment that is being compressed is finished first, so that whoever opens the journal next finds it at rest.
    fn drop(&mut self) {
        if let Some(thread) = self.compressing.take() {
            // A panic in there has been reported by its hook already; the segment is read uncompressed then.
            let _ = thread.join();
        }
    }
}

impl Journal {
    /// Opens the journal in this folder, creating it where there is none, and hands every entry numbered above `after` to `each`.
    /// Segments that hold nothing above `after` are not read (their chain is `verify`'s business). A torn end of the last
    /// segment is cut off; the second value says how many bytes that were.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] for damage anywhere but at the very end.
    pub fn open(
        dir: &Path,
        after: u64,
        mut each: impl FnMut(&Entry, &str),
    ) -> Result<(Self, u64), JournalError> {
        let io = |path: &Path| {
            let path = path.to_path_buf();
            move |source| JournalError::Io { path, source }
        };
        fs::create_dir_all(dir).map_err(io(dir))?;
        compress_closed(dir)?;
        let segments = segments(dir)?;
        let mut tail = Tail::default();
        let mut cut = 0;
        let mut end = 0;
        let start = first_needed(&segments, after)?;
        for (at, segment) in segments.iter().enumerate().skip(start) {
            let last = at + 1 == segments.len();
            let check = at != start || at == 0;
            let read = read_segment(segment, last, check.then_some(&tail), |entry, hash| {
                if entry.seq > after {
                    each(entry, hash);
                }
            })?;
            end = read.good;
            cut = read.torn;
            if let Some(new) = read.tail {
                tail = new;
            }
        }
        let (segment, path) = match segments.last() {
            Some(last) if !last.gz => (last.number, last.path.clone()),
            Some(last) => (last.number + 1, segment_path(dir, last.number + 1)),
            None => (1, segment_path(dir, 1)),
        };
        let fresh = !path.exists();
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(io(&path))?;
        let size = if fresh { 0 } else { end };
        if cut > 0 {
            file.set_len(size).map_err(io(&path))?;
        }
        file.seek(SeekFrom::Start(size)).map_err(io(&path))?;
        file.sync_all().map_err(io(&path))?;
        sync_dir(dir).map_err(io(dir))?;
        Ok((
            Self {
                dir: dir.to_path_buf(),
                file,
                segment,
                size,
                tail,
                buffer: Vec::new(),
                compressing: None,
            },
            cut,
        ))
    }

    /// Number of the last fact.
    pub fn seq(&self) -> u64 {
        self.tail.seq
    }

    /// Puts the facts of one command into the buffer, as one group, and returns their entries with the hash of each line.
    pub fn append(
        &mut self,
        time: DateTime<Utc>,
        actor: &str,
        key: Option<&str>,
        facts: Vec<Fact>,
    ) -> Result<Vec<(Entry, String)>, JournalError> {
        let count = facts.len();
        let mut entries = Vec::with_capacity(count);
        let mark = self.buffer.len();
        let before = self.tail.clone();
        for (at, fact) in facts.into_iter().enumerate() {
            let rest = u32::try_from(count - at - 1).unwrap_or(u32::MAX);
            let key = if at == 0 {
                key.map(str::to_owned)
            } else {
                None
            };
            let prev = std::mem::take(&mut self.tail.hash);
            let entry = Entry {
                seq: self.tail.seq + 1,
                time,
                actor: actor.to_owned(),
                rest,
                key,
                fact,
                prev,
            };
            let start = self.buffer.len();
            if let Err(error) = serde_json::to_writer(&mut self.buffer, &entry) {
                self.buffer.truncate(mark);
                self.tail = before;
                return Err(JournalError::Io {
                    path: self.path(),
                    source: error.into(),
                });
            }
            let hash = hash_of(self.buffer.get(start..).unwrap_or_default());
            self.buffer.push(b'\n');
            self.tail = Tail {
                seq: entry.seq,
                hash: hash.clone(),
            };
            entries.push((entry, hash));
        }
        Ok(entries)
    }

    /// Writes what was appended and makes it durable. After an error the journal must not be used any more: what is on disk is
    /// unknown until it is opened again.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn commit(&mut self) -> Result<(), JournalError> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let path = self.path();
        let io = |source| JournalError::Io { path, source };
        self.file
            .write_all(&self.buffer)
            .and_then(|()| self.file.sync_data())
            .map_err(io)?;
        self.size += self.buffer.len() as u64;
        self.buffer.clear();
        self.buffer.shrink_to(1 << 20);
        if self.size > SEGMENT_SIZE {
            self.next_segment()?;
        }
        Ok(())
    }

    fn next_segment(&mut self) -> Result<(), JournalError> {
        let path = segment_path(&self.dir, self.segment + 1);
        let io = |source| JournalError::Io {
            path: path.clone(),
            source,
        };
        let file = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(true)
            .open(&path)
            .map_err(io)?;
        file.sync_all()
            .and_then(|()| sync_dir(&self.dir))
            .map_err(io)?;
        let closed = self.path();
        self.file = file;
        self.segment += 1;
        self.size = 0;
        // Compressing takes a second and is in nobody's way: an uncompressed closed segment is read just as well.
        let thread = std::thread::spawn(move || {
            if let Err(error) = compress(&closed) {
                tracing::warn!(%error, "a closed journal segment stays uncompressed");
            }
        });
        if let Some(earlier) = self.compressing.replace(thread) {
            // It closed 16 MiB ago and is long done.
            let _ = earlier.join();
        }
        Ok(())
    }

    fn path(&self) -> PathBuf {
        segment_path(&self.dir, self.segment)
    }
}

/// Reads the whole journal, checks every line and the chain, and returns where it ends.
///
/// # Errors
/// [`JournalError::Damaged`] names the first line that is wrong. A torn end is no error here either: the server is about to cut it off.
pub fn read_all(dir: &Path, mut each: impl FnMut(&Entry)) -> Result<Tail, JournalError> {
    let mut tail = Tail::default();
    let segments = segments(dir)?;
    for (at, segment) in segments.iter().enumerate() {
        let read = read_segment(
            segment,
            at + 1 == segments.len(),
            Some(&tail),
            |entry, _| each(entry),
        )?;
        if let Some(new) = read.tail {
            tail = new;
        }
    }
    Ok(tail)
}

/// Reads entries newest first, starting below `before` (0 means at the end), until `each` returns false.
///
/// # Errors
/// Those of reading a segment.
pub fn read_backwards(
    dir: &Path,
    before: u64,
    mut each: impl FnMut(Entry) -> bool,
) -> Result<(), JournalError> {
    let segments = segments(dir)?;
    let mut later_first = u64::MAX;
    for (at, segment) in segments.iter().enumerate().rev() {
        let Some(first) = first_seq(segment)? else {
            continue;
        };
        if before != 0 && first >= before {
            later_first = first;
            continue;
        }
        let mut entries = Vec::new();
        read_segment(segment, at + 1 == segments.len(), None, |entry, _| {
            if (before == 0 || entry.seq < before) && entry.seq < later_first {
                entries.push(entry.clone());
            }
        })?;
        later_first = first;
        for entry in entries.into_iter().rev() {
            if !each(entry) {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// SHA-256 in hexadecimal.
pub fn hash_of(line: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(line)
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Segment {
    number: u32,
    gz: bool,
    path: PathBuf,
}

impl Segment {
    fn name(&self) -> String {
        self.path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }

    fn open(&self) -> Result<Box<dyn BufRead>, JournalError> {
        let unpack = |file| Box::new(BufReader::new(MultiGzDecoder::new(BufReader::new(file))));
        match File::open(&self.path) {
            Ok(file) if self.gz => Ok(unpack(file)),
            Ok(file) => Ok(Box::new(BufReader::with_capacity(1 << 18, file))),
            // It may have been compressed since the folder was listed.
            Err(source) => match File::open(self.path.with_extension("jsonl.gz")) {
                Ok(file) if !self.gz => Ok(unpack(file)),
                _ => Err(JournalError::Io {
                    path: self.path.clone(),
                    source,
                }),
            },
        }
    }
}

fn segment_path(dir: &Path, number: u32) -> PathBuf {
    dir.join(format!("{number:08}.jsonl"))
}

fn segments(dir: &Path) -> Result<Vec<Segment>, JournalError> {
    let io = |source| JournalError::Io {
        path: dir.to_path_buf(),
        source,
    };
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(io)?,
    };
    let mut found: Vec<Segment> = Vec::new();
    for entry in entries {
        let path = entry.map_err(io)?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let (stem, gz) = match (name.strip_suffix(".jsonl"), name.strip_suffix(".jsonl.gz")) {
            (Some(stem), _) => (stem, false),
            (_, Some(stem)) => (stem, true),
            _ => continue,
        };
        if let Ok(number) = stem.parse() {
            found.push(Segment { number, gz, path });
        }
    }
    // Of a segment that was being compressed when the power went, the uncompressed file is the whole one.
    found.sort();
    found.dedup_by(|later, earlier| later.number == earlier.number);
    for (expected, segment) in (1..).zip(&found) {
        if segment.number != expected {
            return Err(JournalError::Damaged {
                segment: format!("{expected:08}.jsonl"),
                line: 0,
                what: "the segment is missing".to_owned(),
            });
        }
    }
    Ok(found)
}

/// The number of the first fact of a segment; none when it is empty.
fn first_seq(segment: &Segment) -> Result<Option<u64>, JournalError> {
    let mut line = Vec::new();
    segment
        .open()?
        .take(LINE_MAX)
        .read_until(b'\n', &mut line)
        .map_err(|source| JournalError::Io {
            path: segment.path.clone(),
            source,
        })?;
    Ok(serde_json::from_slice::<Entry>(&line)
        .ok()
        .map(|entry| entry.seq))
}

/// Position of the last segment that may hold a fact numbered above `after` at its beginning, or the first one.
fn first_needed(segments: &[Segment], after: u64) -> Result<usize, JournalError> {
    for (at, segment) in segments.iter().enumerate().rev() {
        if first_seq(segment)?.is_some_and(|first| first <= after) {
            return Ok(at);
        }
    }
    Ok(0)
}

struct SegmentRead {
    /// Bytes that are whole groups of lines.
    good: u64,
    /// Bytes after them that belong to nothing.
    torn: u64,
    /// Where the segment ends; none when it holds nothing.
    tail: Option<Tail>,
}

/// Reads a segment. With `chain`, the first line must follow on it; further lines must follow on each other in any case.
fn read_segment(
    segment: &Segment,
    last: bool,
    chain: Option<&Tail>,
    mut each: impl FnMut(&Entry, &str),
) -> Result<SegmentRead, JournalError> {
    let io = |source| JournalError::Io {
        path: segment.path.clone(),
        source,
    };
    let damaged = |line: u64, what: String| JournalError::Damaged {
        segment: segment.name(),
        line,
        what,
    };
    let mut input = segment.open()?;
    let mut line = Vec::new();
    let mut number = 0;
    let (mut good, mut at) = (0, 0);
    let mut tail: Option<Tail> = chain.cloned();
    let mut group: Vec<(Entry, String)> = Vec::new();
    let mut group_tail = None;
    loop {
        line.clear();
        let read = match (&mut input).take(LINE_MAX).read_until(b'\n', &mut line) {
            Ok(read) => read as u64,
            // A compressed segment is closed; a broken one is damage like any other.
            Err(error) if segment.gz => return Err(damaged(number + 1, error.to_string())),
            Err(error) => return Err(io(error)),
        };
        if read == 0 {
            break;
        }
        at += read;
        number += 1;
        let whole = line.pop_if(|byte| *byte == b'\n').is_some();
        let parsed = if whole {
            parse_line(&line, tail.as_ref())
        } else {
            Err("the line has no end".to_owned())
        };
        match parsed {
            Ok(entry) => {
                let hash = hash_of(&line);
                let new = Tail {
                    seq: entry.seq,
                    hash: hash.clone(),
                };
                tail = Some(new.clone());
                let ends = entry.rest == 0;
                group.push((entry, hash));
                if ends {
                    for (entry, hash) in group.drain(..) {
                        each(&entry, &hash);
                    }
                    good = at;
                    group_tail = Some(new);
                }
            }
            Err(what) => {
                // Only what a crash can leave is forgiven: a last line without its end. Whole lines are never half right.
                if last && !whole && !segment.gz && read < LINE_MAX {
                    break;
                }
                return Err(damaged(number, what));
            }
        }
    }
    let torn = if last {
        file_len(segment).map_err(io)?.saturating_sub(good)
    } else {
        0
    };
    if !last && !group.is_empty() {
        return Err(damaged(
            number,
            "the facts of one command end in the middle".to_owned(),
        ));
    }
    Ok(SegmentRead {
        good,
        torn: if segment.gz { 0 } else { torn },
        tail: group_tail.or_else(|| chain.cloned()),
    })
}

fn parse_line(line: &[u8], before: Option<&Tail>) -> Result<Entry, String> {
    let entry: Entry =
        serde_json::from_slice(line).map_err(|error| format!("not an entry: {error}"))?;
    if let Some(before) = before {
        if entry.seq != before.seq + 1 {
            return Err(format!(
                "number {} does not follow {}",
                entry.seq, before.seq
            ));
        }
        if entry.prev != before.hash {
            return Err("the line before this one is not the one it was written after".to_owned());
        }
    }
    Ok(entry)
}

fn file_len(segment: &Segment) -> io::Result<u64> {
    Ok(fs::metadata(&segment.path)?.len())
}

fn compress_closed(dir: &Path) -> Result<(), JournalError> {
    let segments = segments(dir)?;
    for segment in segments.iter().rev().skip(1).filter(|segment| !segment.gz) {
        compress(&segment.path).map_err(|source| JournalError::Io {
            path: segment.path.clone(),
            source,
        })?;
    }
    Ok(())
}

/// Writes the compressed copy under another name, makes it durable, renames it and only then removes the original.
fn compress(path: &Path) -> io::Result<()> {
    let target = path.with_extension("jsonl.gz");
    let unfinished = path.with_extension("jsonl.gz.new");
    let mut encoder = GzEncoder::new(File::create(&unfinished)?, Compression::default());
    io::copy(&mut BufReader::new(File::open(path)?), &mut encoder)?;
    encoder.finish()?.sync_all()?;
    fs::rename(&unfinished, &target)?;
    let dir = path.parent().unwrap_or(Path::new("."));
    sync_dir(dir)?;
    fs::remove_file(path)?;
    sync_dir(dir)
}

fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests;
