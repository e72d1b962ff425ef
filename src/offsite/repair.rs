//! What can be saved of a damaged journal, written to a new home. The damaged one is only read.
//!
//! Up to the first damage the new journal is the old one, byte for byte. Behind it every gap is a fact of its own ([`Fact::JournalRepaired`]),
//! and what comes after is written anew, with its time and person of then. What speaks of something that is lost is left out, and listed.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::name::{FILE_MAX, FILES, FOLDERS};
use super::restore::{empty, note_numbers, numbers, open_to_desks, put_in_place};
use crate::domain::fact::Fact;
use crate::domain::id::AgendaNo;
use crate::domain::refusal::Refusal;
use crate::file;
use crate::home::Home;
use crate::journal::{Anchor, Entry, Gap, Journal, Piece, Saved, Tail, read_all, salvage};

/// Folder in the new home in which it is put together.
pub(super) const UNFINISHED: &str = "repair.unfinished";

/// Folder in that one for whoever judges what stands; it goes before the rest is put in place.
const SCRATCH: &str = "scratch";

/// Why nothing is sent in the new home.
const HELD: &str = "perbaikan jurnal: pesan yang menunggu mungkin sudah terkirim";

/// List of what is lost, in the new home.
const LIST: &str = "repair.txt";

/// Facts that are made durable together.
const TOGETHER: u64 = 4096;

/// A fact that was read but does not stand without lost ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Its number in the damaged journal.
    pub seq: u64,
    /// When it was written.
    pub time: DateTime<Utc>,
    /// Its name.
    pub fact: String,
    /// What it is about.
    pub about: String,
}

/// Facts that are lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lost {
    /// Number of the first.
    pub from: u64,
    /// Number of the last, as far as it is known.
    pub to: u64,
    /// File in which the damage begins.
    pub file: String,
    /// Line in it, from 1; 0 for the file as a whole.
    pub line: u64,
    /// When the fact before was written.
    pub before: Option<DateTime<Utc>>,
    /// When the fact after was written; none where nothing comes any more.
    pub later: Option<DateTime<Utc>>,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Repaired {
    /// The last fact up to which the journal is the old one byte for byte.
    pub whole_to: u64,
    /// Facts that were saved, these included.
    pub saved: u64,
    /// What is lost.
    pub lost: Vec<Lost>,
    /// What does not stand without it.
    pub left_out: Vec<LeftOut>,
    /// Number of the last fact of the new journal.
    pub seq: u64,
    /// Hash of its line.
    pub hash: String,
}

fn failed(path: &Path, error: &io::Error) -> Refusal {
    Refusal::new("repair-failed")
        .with("file", path.display())
        .with("cause", error)
}

/// Saves what can be saved of the journal of `from` into `to`, which must be empty. `judge` is given a folder
/// of its own, closed to others, and gives what says whether a fact can be applied after those that it was asked about before. Sending is
/// held in the new home: what waits there may have been sent by a command that is lost. `words` makes the list of what is lost, for whoever
/// registers it again.
///
/// # Errors
/// `repair-none` when nothing is damaged, `home-not-empty`, `repair-failed`. Nothing is left behind then.
pub fn repair<S: FnMut(&Entry, &str) -> bool>(
    from: &Home,
    to: &Home,
    by: &str,
    now: DateTime<Utc>,
    judge: impl FnOnce(&Path) -> Result<S, Refusal>,
    words: impl FnOnce(&Repaired) -> String,
) -> Result<Repaired, Refusal> {
    let anchor = Anchor::read(&from.anchor())?;
    if anchor.is_none() && from.journal().symlink_metadata().is_err() {
        return Err(Refusal::new("journal-none").with("folder", from.journal().display()));
    }
    empty(to)?;
    let tail = anchor.as_ref().map(Anchor::tail);
    let mut given = BTreeMap::new();
    let mut name = String::new();
    let mut gaps = 0_u64;
    salvage::<Refusal>(&from.journal(), tail.as_ref(), |piece| {
        match piece {
            Piece::Fact(saved) => {
                if saved.entry.seq == 1 {
                    name.clone_from(&saved.hash);
                }
                note_numbers(&mut given, &saved.entry.fact);
            }
            Piece::Gap(_) => gaps += 1,
        }
        Ok(())
    })?;
    if anchor
        .as_ref()
        .is_some_and(|anchor| anchor.is_foreign(&name))
    {
        // What it knows is no loss of this journal's.
        return Err(Refusal::new("anchor-foreign").with("file", from.anchor().display()));
    }
    // A line that stands there twice is no gap, and yet no server starts with it.
    if gaps == 0 && read_all(&from.journal(), |_, _| {}).is_ok() {
        return Err(Refusal::new("repair-none"));
    }
    for number in anchor.iter().flat_map(|anchor| &anchor.numbers) {
        let last: &mut u32 = given.entry((number.year, number.series)).or_default();
        *last = number.serial.max(*last);
    }
    let dir = to.dir().join(UNFINISHED);
    let folder = |path: &Path| DirBuilder::new().mode(0o700).create(path);
    to.create()
        .and_then(|()| folder(&dir))
        .map_err(|error| failed(&dir, &error))?;
    let _whatever_comes = Unfinished(dir.clone());
    let scratch = dir.join(SCRATCH);
    folder(&dir.join("journal"))
        .and_then(|()| folder(&scratch))
        .map_err(|error| failed(&dir, &error))?;
    let mut stands = judge(&scratch)?;
    let mut copy = Copy {
        dir: dir.clone(),
        by,
        now,
        numbers: numbers(&given),
        stands: &mut stands,
        out: Out::Old(None),
        group: Vec::new(),
        unsynced: 0,
        last: Tail::default(),
        before: None,
        done: Repaired::default(),
    };
    salvage(&from.journal(), tail.as_ref(), |piece| copy.take(piece))?;
    let done = copy.finish()?;
    drop(copy);
    drop(stands);
    fs::remove_dir_all(&scratch)
        .and_then(|()| people_files(from, &dir))
        .and_then(|()| open_to_desks(&dir))
        .and_then(|()| {
            let mut list = file::begin(&dir.join(LIST))?;
            list.write_all(words(&done).as_bytes())?;
            list.sync_all()
        })
        .and_then(|()| put_in_place(&dir, to))
        .map_err(|error| failed(&dir, &error))?;
    Ok(done)
}

/// A clock may be set back by this much between two facts without anybody's harm.
const SLACK: TimeDelta = TimeDelta::days(1);

/// Half a home is of no use: the folder goes unless it became one.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

enum Out {
    /// As it was: lines of the open file of this segment.
    Old(Option<(u32, BufWriter<File>)>),
    /// Written anew.
    New(Box<Journal>),
}

struct Copy<'a> {
    dir: PathBuf,
    by: &'a str,
    now: DateTime<Utc>,
    numbers: Vec<AgendaNo>,
    stands: &'a mut dyn FnMut(&Entry, &str) -> bool,
    out: Out,
    /// Facts of one command, not all of which were read yet.
    group: Vec<Saved>,
    unsynced: u64,
    /// The last fact that was read.
    last: Tail,
    /// When the fact before the last gap was written.
    before: Option<DateTime<Utc>>,
    done: Repaired,
}

impl Copy<'_> {
    fn take(&mut self, piece: Piece) -> Result<(), Refusal> {
        match piece {
            Piece::Fact(saved) => {
                self.last = Tail {
                    seq: saved.entry.seq,
                    hash: saved.hash.clone(),
                };
                let ends = saved.entry.rest == 0;
                self.group.push(*saved);
                if ends {
                    self.group_is_whole()?;
                }
                Ok(())
            }
            Piece::Gap(gap) => self.seam(&gap),
        }
    }

    fn group_is_whole(&mut self) -> Result<(), Refusal> {
        let Out::Old(open) = &mut self.out else {
            return self.write_anew();
        };
        for saved in self.group.drain(..) {
            (self.stands)(&saved.entry, &saved.hash);
            let path = self.dir.join(format!("journal/{:08}.jsonl", saved.segment));
            let write = |open: &mut Option<(u32, BufWriter<File>)>| -> io::Result<()> {
                if open
                    .as_ref()
                    .is_none_or(|(segment, _)| *segment != saved.segment)
                {
                    if let Some((_, file)) = open.take() {
                        file.into_inner()
                            .map_err(io::IntoInnerError::into_error)?
                            .sync_all()?;
                    }
                    let file = OpenOptions::new()
                        .create_new(true)
                        .write(true)
                        .mode(0o600)
                        .open(&path)?;
                    *open = Some((saved.segment, BufWriter::new(file)));
                }
                if let Some((_, file)) = open {
                    file.write_all(&saved.text)?;
                    file.write_all(b"\n")?;
                }
                Ok(())
            };
            write(open).map_err(|error| failed(&path, &error))?;
            self.done.whole_to = saved.entry.seq;
            self.done.saved += 1;
        }
        Ok(())
    }

    /// From here on nothing is as it was.
    fn journal(&mut self) -> Result<&mut Journal, Refusal> {
        if let Out::Old(open) = &mut self.out {
            let dir = self.dir.join("journal");
            if let Some((_, file)) = open.take() {
                file.into_inner()
                    .map_err(io::IntoInnerError::into_error)
                    .and_then(|file| file.sync_all())
                    .map_err(|error| failed(&dir, &error))?;
            }
            let (journal, _) = Journal::open(&dir, 0, |_, _| {})?;
            self.out = Out::New(Box::new(journal));
        }
        match &mut self.out {
            Out::New(journal) => Ok(journal),
            Out::Old(_) => Err(Refusal::new("internal").with("cause", "journal")),
        }
    }

    /// Writes the facts of the group that stand.
    fn write_anew(&mut self) -> Result<(), Refusal> {
        let group = std::mem::take(&mut self.group);
        let mut facts = Vec::new();
        let mut head: Option<(DateTime<Utc>, String, Option<String>)> = None;
        for saved in group {
            let entry = saved.entry;
            // What does not chain may be another office's, by a mistaken copy: then at least no role comes with it, and what was written
            // before the gap cannot stand behind it.
            let ours = !matches!(entry.fact, Fact::UserSet { .. })
                && self
                    .before
                    .is_none_or(|before| entry.time + SLACK >= before);
            if !ours || !(self.stands)(&entry, &saved.hash) {
                self.done.left_out.push(LeftOut {
                    seq: entry.seq,
                    time: entry.time,
                    fact: entry.fact.name().to_owned(),
                    about: entry.fact.about(),
                });
                continue;
            }
            head.get_or_insert_with(|| (entry.time, entry.actor.clone(), entry.key.clone()));
            facts.push(entry.fact);
        }
        let Some((time, actor, key)) = head else {
            return Ok(());
        };
        let count = facts.len() as u64;
        self.append(time, &actor, key.as_deref(), facts)?;
        self.done.saved += count;
        Ok(())
    }

    fn append(
        &mut self,
        time: DateTime<Utc>,
        actor: &str,
        key: Option<&str>,
        facts: Vec<Fact>,
    ) -> Result<(), Refusal> {
        self.unsynced += facts.len() as u64;
        let sync = self.unsynced >= TOGETHER;
        let journal = self.journal()?;
        journal.append(time, actor, key, facts)?;
        if sync {
            journal.commit()?;
            self.unsynced = 0;
        }
        Ok(())
    }

    fn seam(&mut self, gap: &Gap) -> Result<(), Refusal> {
        // What was read of the command that the damage begins in.
        self.write_anew()?;
        self.before = gap.before.or(self.before);
        let (from, to) = gap.range();
        self.done.lost.push(Lost {
            from,
            to,
            file: gap.cause.file.clone(),
            line: gap.cause.line,
            before: gap.before,
            later: gap.later,
        });
        let fact = Fact::JournalRepaired {
            after: gap.after,
            lost_from: from,
            lost_to: to,
            head: self.last.hash.clone(),
            numbers: self.numbers.clone(),
            at: self.now,
            by: self.by.to_owned(),
        };
        // With the time of what is around it, so that the times still run forwards.
        let time = gap.before.or(gap.later).unwrap_or(self.now);
        let by = self.by.to_owned();
        self.append(time, &by, None, vec![fact])
    }

    fn finish(&mut self) -> Result<Repaired, Refusal> {
        if !self.group.is_empty() {
            self.write_anew()?;
        }
        let held = Fact::SendingHeld {
            at: self.now,
            by: self.by.to_owned(),
            reason: HELD.to_owned(),
        };
        let time = self.journal()?.time().max(self.now);
        let by = self.by.to_owned();
        self.append(time, &by, None, vec![held])?;
        let journal = self.journal()?;
        journal.commit()?;
        let tail = journal.tail();
        let time = journal.time();
        let name = journal.name();
        // The journal is let go before its folder is moved.
        self.out = Out::Old(None);
        let anchor = Anchor {
            journal: name,
            seq: tail.seq,
            hash: tail.hash.clone(),
            time,
            numbers: self.numbers.clone(),
        };
        anchor.write(&self.dir.join("journal.anchor"))?;
        let mut done = std::mem::take(&mut self.done);
        done.seq = tail.seq;
        done.hash = tail.hash;
        Ok(done)
    }
}

/// The files that a person wrote.
fn people_files(from: &Home, dir: &Path) -> io::Result<()> {
    let copy = |name: &str| -> io::Result<()> {
        let source = from.dir().join(name);
        match fs::metadata(&source) {
            Ok(file) if file.is_file() && file.len() <= FILE_MAX => {
                let mut out = OpenOptions::new()
                    .create_new(true)
                    .write(true)
                    .mode(0o600)
                    .open(dir.join(name))?;
                io::copy(&mut File::open(source)?, &mut out)?;
                out.sync_all()
            }
            _ => Ok(()),
        }
    };
    FILES.iter().try_for_each(|name| copy(name))?;
    for (folder, ending) in FOLDERS {
        let Ok(entries) = fs::read_dir(from.folder(folder)) else {
            continue;
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir.join(folder))?;
        for entry in entries {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.ends_with(ending) {
                copy(&format!("{folder}/{name}"))?;
            }
        }
    }
    Ok(())
}
