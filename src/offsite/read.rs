//! Reading a backup from any source, a stranger's as well: in one pass, with the memory of one line, and without writing anything.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use chrono::{DateTime, Utc};
use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::manifest::{self, Member, Whole};
use super::name::{FILE_MAX, FILES_MAX, MANIFEST_MAX, Name, SEGMENTS_MAX};
use crate::domain::refusal::Refusal;
use crate::journal::{Line, Lines, Tail, hex};

/// What is to be done with what is read. Nothing of it is vouched for before the end.
pub(super) trait Sink {
    /// Where the bytes of this member go as they lie in the backup; none: nowhere.
    fn begin(&mut self, member: &Name) -> Result<Option<File>, Refusal>;
    /// A line of the journal, in this segment.
    fn line(&mut self, segment: u32, line: &Line<'_>) -> Result<(), Refusal>;
}

/// Lines that are read before others get their turn.
const LINES: u64 = 64;

/// Zeros behind the end at the most, in bytes: `tar` fills up to its block of 20 × 512, or to a larger one that somebody asked for.
const FILL_MAX: u64 = 1 << 20;

/// Only looks.
struct Look<'a> {
    pause: &'a mut dyn FnMut(),
    lines: u64,
}

impl Sink for Look<'_> {
    fn begin(&mut self, _: &Name) -> Result<Option<File>, Refusal> {
        Ok(None)
    }

    fn line(&mut self, _: u32, _: &Line<'_>) -> Result<(), Refusal> {
        self.lines += 1;
        if self.lines.is_multiple_of(LINES) {
            (self.pause)();
        }
        Ok(())
    }
}

/// Checks a backup without restoring it: every digest, the chain, and that every fact can be read.
///
/// # Errors
/// `backup-bad` with the member and what is wrong with it, `backup-damaged` with file and line, `file-bad`.
pub fn verify(file: &Path) -> Result<Whole, Refusal> {
    verify_gently(file, &mut || {})
}

/// As [`verify`]; `pause` is called every now and then.
///
/// # Errors
/// As [`verify`].
pub fn verify_gently(file: &Path, pause: &mut dyn FnMut()) -> Result<Whole, Refusal> {
    read(open(file)?, &mut Look { pause, lines: 0 })
}

/// As [`verify`], from memory.
///
/// # Errors
/// As [`verify`].
pub fn verify_bytes(bytes: &[u8]) -> Result<Whole, Refusal> {
    let pause = &mut || {};
    read(bytes, &mut Look { pause, lines: 0 })
}

pub(super) fn open(file: &Path) -> Result<BufReader<File>, Refusal> {
    let bad = |error: io::Error| {
        Refusal::new("file-bad")
            .with("file", file.display())
            .with("line", "")
            .with("cause", error)
    };
    // A pipe would be waited for.
    let opened = File::options()
        .read(true)
        .custom_flags(nix::fcntl::OFlag::O_NONBLOCK.bits())
        .open(file)
        .map_err(bad)?;
    if !opened.metadata().map_err(bad)?.is_file() {
        return Err(bad(io::Error::other("not a regular file")));
    }
    Ok(BufReader::with_capacity(1 << 18, opened))
}

fn bad(member: &str, what: &str) -> Refusal {
    Refusal::new("backup-bad")
        .with("member", member)
        .with("what", what)
}

/// Reads a backup to its end and hands over what is in it.
pub(super) fn read(input: impl Read, sink: &mut dyn Sink) -> Result<Whole, Refusal> {
    let mut archive = tar::Archive::new(input);
    let no_tar = |error: io::Error| bad("", "tar").with("cause", error);
    let mut seen: BTreeMap<String, Member> = BTreeMap::new();
    let mut journal = Chain::default();
    let mut whole = None;
    let mut files = 0;
    // Raw: long names, links and sparse files of `tar` are not ours and are not followed.
    for entry in archive.entries().map_err(no_tar)?.raw(true) {
        let mut entry = entry.map_err(no_tar)?;
        let bytes = entry.path_bytes().into_owned();
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        if whole.is_some() {
            return Err(bad(&shown, "after-end"));
        }
        if entry.header().entry_type() != tar::EntryType::Regular {
            return Err(bad(&shown, "kind"));
        }
        let Some(name) = Name::parse(&bytes) else {
            return Err(bad(&shown, "name"));
        };
        if seen.contains_key(&shown) {
            return Err(bad(&shown, "twice"));
        }
        files += usize::from(matches!(name, Name::File(_)));
        let many = matches!(name, Name::Segment(number) if number > SEGMENTS_MAX);
        if files > FILES_MAX || many {
            return Err(bad(&shown, "many"));
        }
        let size = entry.size();
        let most = match name {
            Name::Segment(_) => u64::MAX,
            Name::File(_) => FILE_MAX,
            Name::Manifest => MANIFEST_MAX,
        };
        if size > most {
            return Err(bad(&shown, "size"));
        }
        if name == Name::Manifest {
            let mut text = Vec::new();
            entry.read_to_end(&mut text).map_err(no_tar)?;
            if text.len() as u64 != size {
                return Err(bad(&shown, "cut"));
            }
            let parsed = manifest::parse(&text).map_err(|what| bad(&shown, what))?;
            whole = Some(agree(parsed, &seen, &journal)?);
            continue;
        }
        let out = sink.begin(&name)?;
        let mut tee = Tee::new(&mut entry, out);
        if let Name::Segment(number) = name {
            journal.read(number, &shown, &mut tee, sink)?;
        }
        let member = tee.finish(&shown, size)?;
        seen.insert(shown, member);
    }
    let whole = whole.ok_or_else(|| bad("manifest", "cut"))?;
    after_end(archive.into_inner()).map(|()| whole)
}

/// Behind the end that `tar` reads there is nothing but the zeros with which it fills up its last block.
fn after_end(mut input: impl Read) -> Result<(), Refusal> {
    let (mut piece, mut bytes) = ([0; 512], 0);
    loop {
        let length = input
            .read(&mut piece)
            .map_err(|error| bad("", "tar").with("cause", error))?;
        bytes += length as u64;
        let read = piece.get(..length).unwrap_or_default();
        if bytes > FILL_MAX || read.iter().any(|byte| *byte != 0) {
            return Err(bad("", "after-end"));
        }
        if length == 0 {
            return Ok(());
        }
    }
}

/// The manifest and what was read must be the same.
fn agree(
    (whole, members): (Whole, Vec<Member>),
    seen: &BTreeMap<String, Member>,
    journal: &Chain,
) -> Result<Whole, Refusal> {
    for member in &members {
        match seen.get(&member.name) {
            None => return Err(bad(&member.name, "missing")),
            Some(found) if found != member => return Err(bad(&member.name, "digest")),
            Some(_) => {}
        }
    }
    if members.len() != seen.len() {
        let listed = |name: &&String| members.iter().all(|member| member.name != **name);
        let other = seen.keys().find(listed);
        return Err(bad(other.map_or("", String::as_str), "unlisted"));
    }
    let same = (whole.segments, whole.tail(), whole.time)
        == (journal.segments, journal.tail.clone(), journal.time)
        && whole.journal == journal.first;
    if same {
        Ok(whole)
    } else {
        Err(bad("manifest", "other"))
    }
}

/// The journal in a backup, as far as it was read.
#[derive(Debug, Default)]
struct Chain {
    segments: u32,
    tail: Tail,
    time: Option<DateTime<Utc>>,
    first: String,
    /// A segment without lines can only be the last.
    empty: bool,
}

impl Chain {
    fn read<R: Read>(
        &mut self,
        number: u32,
        shown: &str,
        tee: &mut Tee<R>,
        sink: &mut dyn Sink,
    ) -> Result<(), Refusal> {
        if number != self.segments + 1 || self.empty {
            return Err(bad(shown, "order"));
        }
        self.segments = number;
        let unpacked = BufReader::with_capacity(1 << 16, MultiGzDecoder::new(&mut *tee));
        let read = self.lines(number, shown, unpacked, sink);
        // What was cut off, or could not be written, is no damage of the lines.
        if let Some(error) = tee.failed.take() {
            return Err(unwritten(shown, &error));
        }
        read
    }

    fn lines(
        &mut self,
        number: u32,
        shown: &str,
        input: impl BufRead,
        sink: &mut dyn Sink,
    ) -> Result<(), Refusal> {
        let mut lines = Lines::new(input, shown, self.tail.clone());
        self.empty = true;
        loop {
            let line = match lines.next() {
                Ok(Some(line)) => line,
                Ok(None) => break,
                Err(error) => {
                    let mut refusal = Refusal::from(error);
                    "backup-damaged".clone_into(&mut refusal.code);
                    return Err(refusal);
                }
            };
            if self.first.is_empty() {
                self.first.clone_from(&line.hash);
            }
            self.empty = false;
            self.time = Some(line.entry.time);
            sink.line(number, &line)?;
        }
        self.tail = lines.tail().clone();
        Ok(())
    }
}

fn unwritten(member: &str, error: &io::Error) -> Refusal {
    Refusal::new("restore-failed")
        .with("file", member)
        .with("cause", error)
}

/// Digests what goes through, and keeps a copy.
struct Tee<R> {
    input: R,
    out: Option<File>,
    digest: Sha256,
    bytes: u64,
    failed: Option<io::Error>,
}

impl<R: Read> Tee<R> {
    fn new(input: R, out: Option<File>) -> Self {
        Self {
            input,
            out,
            digest: Sha256::new(),
            bytes: 0,
            failed: None,
        }
    }

    /// Reads what is left.
    fn finish(mut self, shown: &str, size: u64) -> Result<Member, Refusal> {
        let rest = io::copy(&mut self, &mut io::sink());
        if let Some(error) = self.failed.take() {
            return Err(unwritten(shown, &error));
        }
        rest.map_err(|error| bad(shown, "tar").with("cause", error))?;
        if self.bytes != size {
            return Err(bad(shown, "cut"));
        }
        if let Some(out) = &self.out {
            out.sync_all().map_err(|error| unwritten(shown, &error))?;
        }
        Ok(Member {
            name: shown.to_owned(),
            bytes: self.bytes,
            sha256: hex(&self.digest.finalize()),
        })
    }
}

impl<R: Read> Read for Tee<R> {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(piece)?;
        let read = piece.get(..length).unwrap_or_default();
        self.digest.update(read);
        self.bytes += length as u64;
        if let Some(Err(error)) = self.out.as_mut().map(|out| out.write_all(read)) {
            self.failed = Some(error);
            return Err(io::ErrorKind::Other.into());
        }
        Ok(length)
    }
}
