//! Reading segments: every line is an entry, and follows on the one before it.

use std::io::{self, BufRead, Read as _};
use std::path::Path;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::folder::{self, Source};
use super::line;
use super::manifest::{Manifest, differ};
use super::{Entry, Fault, JournalError, LINE_MAX, Tail, hash_of};

/// What a segment holds.
pub(super) struct Read {
    /// Bytes that are whole groups of lines.
    pub good: u64,
    /// Digest over them, to go on with.
    pub digest: Sha256,
    /// Bytes after them that a write that never ended may have left; none unless the segment is the open one.
    pub torn: u64,
    /// Where it ends.
    pub tail: Tail,
    /// Number of its first entry.
    pub first: Option<u64>,
    /// When its last entry was written.
    pub time: Option<DateTime<Utc>>,
}

/// Reads a segment. With `chain`, the first line must follow on it; further lines must follow on each other in any case. Of the
/// `open` segment, what a power cut may have left at the end is forgiven: see [`forgivable`].
pub(super) fn segment(
    source: &Source,
    open: bool,
    chain: Option<&Tail>,
    mut each: impl FnMut(Entry, String),
) -> Result<Read, JournalError> {
    let damaged = |line: u64, fault: Fault| JournalError::Damaged {
        segment: source.name(),
        line,
        fault,
    };
    let mut input = source.open()?;
    let mut line = Vec::new();
    let mut number = 0;
    let mut at = 0;
    let mut tail: Option<Tail> = chain.cloned();
    let mut group: Vec<(Entry, String)> = Vec::new();
    let mut digest = Sha256::new();
    let mut read = Read {
        good: 0,
        digest: Sha256::new(),
        torn: 0,
        tail: chain.cloned().unwrap_or_default(),
        first: None,
        time: None,
    };
    loop {
        line.clear();
        let length = match (&mut input).take(LINE_MAX).read_until(b'\n', &mut line) {
            Ok(length) => length as u64,
            // A compressed segment is closed; a broken one is damage like any other.
            Err(error) if source.gz => {
                return Err(damaged(number + 1, Fault::Unpack(error.to_string())));
            }
            Err(error) => return Err(JournalError::io(&source.path, error)),
        };
        if length == 0 {
            break;
        }
        at += length;
        number += 1;
        digest.update(&line);
        let whole = line.pop_if(|byte| *byte == b'\n').is_some();
        let parsed = match whole {
            true => parse(&line, tail.as_ref()),
            false if length >= LINE_MAX => Err(Fault::TooLong),
            false => Err(Fault::NoEnd),
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
                        read.first = read.first.or(Some(entry.seq));
                        read.time = Some(entry.time);
                        each(entry, hash);
                    }
                    read.good = at;
                    read.digest = digest.clone();
                    read.tail = new;
                }
            }
            Err(fault) if open && forgivable(&fault, &line, &mut input, source)? => {
                group.clear();
                break;
            }
            Err(fault) => return Err(damaged(number, fault)),
        }
    }
    if open && !source.gz {
        read.torn = match source.len() {
            Ok(length) => length.saturating_sub(read.good),
            // Closed and compressed while it was read: then nothing of it is torn.
            Err(JournalError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
    } else if !group.is_empty() {
        return Err(damaged(number, Fault::GroupCut));
    }
    Ok(read)
}

/// Whether what begins with this line can be the rest of a write that a power cut interrupted: nobody was answered before it was on
/// disk. Then the line has no end, or a piece of it was never written (zeros); and no later write follows, because each begins only
/// after the one before it is on disk, and says so.
fn forgivable(
    fault: &Fault,
    line: &[u8],
    input: &mut impl BufRead,
    source: &Source,
) -> Result<bool, JournalError> {
    if source.gz {
        return Ok(false);
    }
    match fault {
        Fault::NoEnd => return Ok(true),
        Fault::TooLong if line.contains(&0) => {}
        Fault::TooLong => return Ok(false),
        _ if line.contains(&0) => {}
        _ => return Ok(false),
    }
    let mut later = Vec::new();
    loop {
        later.clear();
        let length = (&mut *input)
            .take(LINE_MAX)
            .read_until(b'\n', &mut later)
            .map_err(|error| JournalError::io(&source.path, error))?;
        if length == 0 {
            return Ok(true);
        }
        if serde_json::from_slice::<Entry>(&later).is_ok_and(|entry| entry.begins) {
            return Ok(false);
        }
    }
}

pub(super) fn parse(line: &[u8], before: Option<&Tail>) -> Result<Entry, Fault> {
    let entry = line::read(line).map_err(|error| Fault::NotEntry(error.to_string()))?;
    if let Some(before) = before {
        if entry.seq != before.seq + 1 {
            return Err(Fault::Number {
                found: entry.seq,
                after: before.seq,
            });
        }
        if entry.prev != before.hash {
            return Err(Fault::Chain);
        }
    }
    Ok(entry)
}

/// Size and digest of what a file holds, unpacked.
pub(super) fn content(source: &Source) -> Result<(u64, String), JournalError> {
    let mut input = source.open()?;
    let mut digest = Sha256::new();
    let mut bytes = 0;
    loop {
        let piece = match input.fill_buf() {
            Ok(piece) => piece,
            Err(error) if source.gz => {
                return Err(JournalError::Damaged {
                    segment: source.name(),
                    line: 0,
                    fault: Fault::Unpack(error.to_string()),
                });
            }
            Err(error) => return Err(JournalError::io(&source.path, error)),
        };
        if piece.is_empty() {
            return Ok((bytes, super::hex(&digest.finalize())));
        }
        digest.update(piece);
        let length = piece.len();
        bytes += length as u64;
        input.consume(length);
    }
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
    let files = folder::list(dir)?;
    let last = files.keys().next_back().copied();
    let mut later_first = u64::MAX;
    for (number, files) in files.iter().rev() {
        let Some(source) = files.any() else { continue };
        let Some(first) = first_entry(source)?.map(|entry| entry.seq) else {
            continue;
        };
        if before != 0 && first >= before {
            later_first = first;
            continue;
        }
        let mut entries = Vec::new();
        segment(source, Some(*number) == last, None, |entry, _| {
            if (before == 0 || entry.seq < before) && entry.seq < later_first {
                entries.push(entry);
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

/// Hash of the journal's first line, which names the journal, without reading more than its beginning: the line itself, the line after it and
/// the manifest must agree. Empty where they do not, or where there is none.
///
/// # Errors
/// Those of the disk.
pub fn name_of(dir: &Path) -> Result<String, JournalError> {
    let listed = match Manifest::read(dir) {
        Ok(manifest) => manifest.unwrap_or_default().journal,
        Err(JournalError::BadManifest { .. }) => String::new(),
        Err(error) => return Err(error),
    };
    let files = folder::list(dir)?;
    let Some(source) = files.get(&1).and_then(folder::Files::any) else {
        return Ok(listed);
    };
    let mut input = source.open()?;
    let mut next = || {
        let mut line = Vec::new();
        // What cannot be read names nothing; whoever reads all of it says where it is damaged.
        let read = (&mut input).take(LINE_MAX).read_until(b'\n', &mut line);
        read.ok().and_then(|_| line.pop_if(|byte| *byte == b'\n'))?;
        Some(line)
    };
    let Some(first) = next() else {
        return Ok(listed);
    };
    let hash = hash_of(&first);
    let begins = parse(&first, Some(&Tail::default())).is_ok();
    let follows = |second: &Vec<u8>| parse(second, None).is_ok_and(|entry| entry.prev == hash);
    let vouched = begins && next().as_ref().is_none_or(follows);
    Ok(if vouched && !differ(&listed, &hash) {
        hash
    } else {
        String::new()
    })
}

fn first_line(source: &Source) -> Result<Option<Vec<u8>>, JournalError> {
    let mut line = Vec::new();
    source
        .open()?
        .take(LINE_MAX)
        .read_until(b'\n', &mut line)
        .map_err(|error| JournalError::io(&source.path, error))?;
    Ok(line.pop_if(|byte| *byte == b'\n').map(|_| line))
}

/// Hash of the first line of a segment; none when it has none.
pub(super) fn first_hash(source: &Source) -> Result<Option<String>, JournalError> {
    Ok(first_line(source)?.map(|line| hash_of(&line)))
}

/// The first entry of a segment; none when it has none.
fn first_entry(source: &Source) -> Result<Option<Entry>, JournalError> {
    Ok(first_line(source)?.and_then(|line| serde_json::from_slice(&line).ok()))
}

/// What the first line of a segment was written after; none when it has none.
pub(super) fn first_prev(source: &Source) -> Result<Option<String>, JournalError> {
    Ok(first_entry(source)?.map(|entry| entry.prev))
}
