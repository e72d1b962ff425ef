//! Copies of a home, cut and damaged as disks, power cuts and people do it, and what must come of each.
//!
//! What a start has to say is computed here a second time, from the lines of the undamaged journal alone. `known` is the last fact that
//! the copy's store or anchor has: they are told of nothing that is not on disk for good, so it is also what a power cut cannot take. A
//! journal that lacks a fact up to there is refused by name; so is one in which anything is wrong before a line that begins a later write.
//! What is left is the end of the last write, of which nobody can say more: it is forgiven, whole commands at a time.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::FixedOffset;
use sipintar::domain::fact::Fact;
use sipintar::journal::{Anchor, Entry, hash_of};
use sipintar::store::Store;

use super::book::{Book, Sure};
use super::checks;
use super::home::{ALWAYS, Limits, NO_MODEM, Place};

/// Copies a folder; what vanishes meanwhile, sockets and locks are left out.
///
/// # Errors
/// Those of the disk.
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)?.filter_map(Result::ok) {
        let target = to.join(entry.file_name());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => copy(&entry.path(), &target)?,
            Ok(kind) if kind.is_file() => {
                if let Err(error) = fs::copy(entry.path(), target)
                    && error.kind() != io::ErrorKind::NotFound
                {
                    return Err(error);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Copies the journal file by file in any order, as `cp` of a person who does not think of the server would.
pub fn copy_journal(from: &Path, to: &Path, random: &mut fastrand::Rng) {
    fs::create_dir_all(to).unwrap();
    let mut files: Vec<PathBuf> = fs::read_dir(from)
        .unwrap()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    random.shuffle(&mut files);
    for file in files {
        // Compressed and gone, or about to be renamed.
        let _ = fs::copy(&file, to.join(file.file_name().unwrap()));
    }
}

/// Names and contents of all files of a journal.
pub fn files(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all: Vec<_> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file())
        .map(|path| (path.clone(), fs::read(&path).unwrap()))
        .collect();
    all.sort();
    all
}

/// A copy of a home whose server does not run, with a modem that is not there.
pub fn of(place: &Place, below: &Path) -> Place {
    let copied = place.beside(below);
    copy(place.home.dir(), copied.home.dir()).unwrap();
    copied.settle(&format!("{ALWAYS}{NO_MODEM}"));
    copied
}

/// What is done to the end of the open segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// Nothing from this byte on was written.
    Cut,
    /// So many bytes were never written, although the file is as long as it was.
    Zeros(usize),
    /// A bit is another.
    Flip,
}

/// A line of the open segment.
#[derive(Debug)]
struct Line {
    start: usize,
    end: usize,
    seq: u64,
    rest: u32,
    begins: bool,
}

/// What must come of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It starts, and has every fact up to this one, and none after it.
    Starts(u64),
    /// It is refused by name.
    Refused,
}

/// The open segment of a home whose server does not run.
pub struct Tail {
    file: PathBuf,
    bytes: Vec<u8>,
    lines: Vec<Line>,
    /// Number of the last fact before this segment.
    before: u64,
    known: u64,
}

impl std::fmt::Debug for Tail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tail")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

impl Tail {
    /// Reads it. What the store knows is asked of a copy, which opening may change.
    pub fn read(place: &Place, below: &Path) -> Option<Self> {
        let newest = fs::read_dir(place.home.journal()).ok()?;
        let file = newest
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|end| end == "jsonl"))
            .max()?;
        let bytes = fs::read(&file).ok()?;
        let mut lines = Vec::new();
        let mut start = 0;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let end = start + line.len();
            // The torn end of a server that was killed is no line.
            if let Ok(entry) = serde_json::from_slice::<Entry>(line)
                && line.ends_with(b"\n")
            {
                lines.push(Line {
                    start,
                    end,
                    seq: entry.seq,
                    rest: entry.rest,
                    begins: entry.begins,
                });
            }
            start = end;
        }
        let before = lines.first()?.seq - 1;
        let look = of(place, below);
        let store = Store::open(&look.home.store(), FixedOffset::east_opt(7 * 3600)?);
        let of_store = store.map_or(0, |store| store.applied().seq);
        let anchor = Anchor::read(&look.home.anchor()).ok().flatten();
        Some(Self {
            file: PathBuf::from(file.file_name()?),
            bytes,
            lines,
            before,
            known: of_store.max(anchor.map_or(0, |anchor| anchor.seq)),
        })
    }

    /// Where to do damage: mostly in the last few commands, sometimes anywhere.
    pub fn spot(&self, random: &mut fastrand::Rng) -> usize {
        let near = if random.u8(0..4) == 0 {
            self.bytes.len()
        } else {
            4096.min(self.bytes.len())
        };
        self.bytes.len() - random.usize(1..=near)
    }

    /// What must come of this damage; a bit is not flipped in the last line, which has nothing after it that would tell.
    pub fn fate(&self, at: usize, damage: Damage) -> Fate {
        let (from, until) = match damage {
            Damage::Cut => (at, self.bytes.len()),
            Damage::Zeros(count) => (at, (at + count).min(self.bytes.len())),
            Damage::Flip => (at, at + 1),
        };
        let whole = self.lines.iter().take_while(|line| line.end <= from);
        let good = whole
            .filter(|line| line.rest == 0)
            .last()
            .map_or(self.before, |line| line.seq);
        if self.known > good {
            return Fate::Refused;
        }
        let later = self
            .lines
            .iter()
            // A line right behind the zeros has no line end before it any more.
            .any(|line| line.start > until && line.begins);
        let refused = match damage {
            Damage::Cut => false,
            Damage::Zeros(_) => later,
            Damage::Flip => true,
        };
        if refused {
            Fate::Refused
        } else {
            Fate::Starts(good)
        }
    }

    /// Does the damage to a copy.
    pub fn damage(&self, copied: &Place, at: usize, damage: Damage) {
        let mut bytes = self.bytes.clone();
        match damage {
            Damage::Cut => bytes.truncate(at),
            Damage::Zeros(count) => {
                let until = (at + count).min(bytes.len());
                bytes[at..until].fill(0);
            }
            Damage::Flip => bytes[at] ^= 1,
        }
        fs::write(copied.home.journal().join(&self.file), bytes).unwrap();
    }

    /// Whether this spot is in the last line, where a flipped bit cannot be told.
    pub fn in_last_line(&self, at: usize) -> bool {
        self.lines.last().is_none_or(|line| at >= line.start)
    }

    /// Bytes of the lines up to this fact: they must survive every start.
    pub fn up_to(&self, seq: u64) -> &[u8] {
        let whole = self.lines.iter().take_while(|line| line.seq <= seq);
        &self.bytes[..whole.last().map_or(0, |line| line.end)]
    }

    /// Whether facts after this one were written.
    pub fn goes_on_after(&self, seq: u64) -> bool {
        self.lines.last().is_some_and(|line| line.seq > seq)
    }

    /// Appends a write of some facts that nobody was told of, and of which the disk has only a part: the rest was cut, or is zeros.
    /// Nothing where the journal ends in such a write already.
    pub fn append_torn(&self, copied: &Place, random: &mut fastrand::Rng) -> Option<()> {
        let last = self
            .lines
            .last()
            .filter(|line| line.end == self.bytes.len())?;
        let text = self.bytes.get(last.start..last.end - 1)?;
        let mut entry: Entry = serde_json::from_slice(text).ok()?;
        let mut before = hash_of(text);
        let mut written = Vec::new();
        let count = random.u32(1..=3);
        for at in 0..count {
            entry = Entry {
                seq: entry.seq + 1,
                begins: at == 0,
                rest: count - at - 1,
                key: None,
                fact: Fact::DraftKept {
                    user: entry.actor.clone(),
                    form: "register/unseen".to_owned(),
                    values: super::desks::form_of(at),
                },
                prev: before,
                ..entry
            };
            let line = serde_json::to_vec(&entry).ok()?;
            before = hash_of(&line);
            written.extend(line);
            written.push(b'\n');
        }
        let at = random.usize(..written.len());
        if random.bool() {
            written.truncate(at);
        } else {
            let until = (at + random.usize(1..600)).min(written.len());
            written[at..until].fill(0);
        }
        let whole = [self.bytes.as_slice(), &written].concat();
        fs::write(copied.home.journal().join(&self.file), whole).unwrap();
        Some(())
    }
}

/// What came of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It started; number of its last fact before it wrote anything itself is not after this one.
    Started,
    /// It said what is wrong, by name, and changed nothing.
    Refused(String),
}

/// Starts a copy and holds it against the book.
///
/// # Errors
/// What is wrong: a refusal that names nothing, a journal that was changed by a refused start, something acknowledged that is missing.
pub fn try_start(copied: &mut Place, book: &Book, since: Option<&Sure>) -> Result<Outcome, String> {
    let before = files(&copied.home.journal());
    match copied.start(Limits::default()) {
        Ok(()) => {
            let mut client = copied.client()?;
            let view = checks::look(&mut client, book)?;
            let findings = since.map_or_else(Vec::new, |since| {
                checks::against_book(&view, book, Some(since))
            });
            drop(client);
            copied.kill();
            let verified = copied.cli(&["--lang", "en", "verify"]);
            if !verified.status.success() {
                return Err(String::from_utf8_lossy(&verified.stderr).into_owned());
            }
            if findings.is_empty() {
                Ok(Outcome::Started)
            } else {
                Err(findings.join("\n"))
            }
        }
        Err(said) => {
            if !said.contains("journal") || said.contains("panicked") {
                return Err(format!("refused without a name: {said}"));
            }
            if files(&copied.home.journal()) != before {
                return Err(format!("a refused start changed the journal: {said}"));
            }
            Ok(Outcome::Refused(said))
        }
    }
}
