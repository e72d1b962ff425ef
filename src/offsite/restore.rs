//! A backup becomes a home again: verified while it is unpacked into a folder under another name, and only then put in place.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use flate2::read::MultiGzDecoder;
use serde::Serialize;

use super::manifest::Whole;
use super::name::{self, FOLDERS, Name};
use super::read::{self, Sink};
use crate::domain::fact::Fact;
use crate::domain::id::{AgendaNo, Series};
use crate::domain::refusal::Refusal;
use crate::home::{Home, RESTORED_MARK};
use crate::journal::{self, Anchor, Line, Tail};
use crate::settings::Settings;

/// Folder in the new home in which a backup is unpacked.
const UNFINISHED: &str = "restore.unfinished";

/// The folders in which a restore or a repair leaves half an office when the power goes.
const HALF: [&str; 2] = [UNFINISHED, super::repair::UNFINISHED];

/// Whether this home is the place of a restore or a repair that did not end: what else is there is not all of it.
///
/// # Errors
/// `home-unfinished` with the folder.
pub fn whole_home(home: &Home) -> Result<(), Refusal> {
    let half = HALF
        .into_iter()
        .map(|name| home.dir().join(name))
        .find(|dir| dir.symlink_metadata().is_ok());
    half.map_or(Ok(()), |dir| {
        Err(Refusal::new("home-unfinished").with("folder", dir.display()))
    })
}

/// How far to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// Up to this fact, at the most.
    Seq(u64),
    /// Up to this moment, at the most.
    Time(DateTime<Utc>),
}

/// A home that was restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// Number of the last fact.
    pub seq: u64,
    /// Hash of its line.
    pub hash: String,
    /// When it was written.
    pub time: Option<DateTime<Utc>>,
    /// Number of the last fact in the backup.
    pub of: u64,
    /// The agenda numbers that were given out after the last fact and are free again: the first and the last of each book.
    pub free: Vec<(AgendaNo, AgendaNo)>,
    /// The backup.
    #[serde(skip)]
    pub whole: Whole,
}

/// Restores a backup into a home that is empty, or is not there yet.
///
/// # Errors
/// `home-not-empty`, `until-too-early`, `restore-failed`, and those of [`super::verify`]. Nothing is left behind then.
pub fn restore(file: &Path, home: &Home, until: Option<Until>) -> Result<Restored, Refusal> {
    let input = read::open(file)?;
    forget_half(home)?;
    empty(home)?;
    let dir = home.dir().join(UNFINISHED);
    let failed = |error: io::Error| failed(&dir, &error);
    home.create().map_err(failed)?;
    let folder = |path: &Path| DirBuilder::new().mode(0o700).create(path);
    folder(&dir)
        .and_then(|()| folder(&dir.join("journal")))
        .map_err(failed)?;
    let mut unpack = Unpack {
        dir: dir.clone(),
        until,
        cut: Cut::default(),
        last: Cut::default(),
        open: true,
    };
    let restored = read::read(input, &mut unpack)
        .and_then(|whole| unpack.settle(whole))
        .and_then(|restored| {
            put_in_place(&dir, home).map_err(failed)?;
            Ok(restored)
        });
    if restored.is_err() {
        // Half a home is of no use; the next attempt finds it empty.
        let _ = fs::remove_dir_all(&dir);
    }
    restored
}

/// What a restore that did not end left of a backup goes, where nothing of it is in its place yet.
fn forget_half(home: &Home) -> Result<(), Refusal> {
    let mut names = match fs::read_dir(home.dir()) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.file_name())),
        // Said by whoever needs the folder.
        Err(_) => return Ok(()),
    };
    let dir = home.dir().join(UNFINISHED);
    let folder = fs::symlink_metadata(&dir).is_ok_and(|found| found.is_dir());
    if folder && names.all(|name| name == UNFINISHED) {
        fs::remove_dir_all(&dir).map_err(|error| failed(&dir, &error))?;
    }
    Ok(())
}

fn failed(path: &Path, error: &io::Error) -> Refusal {
    Refusal::new("restore-failed")
        .with("file", path.display())
        .with("cause", error)
}

/// The home must be empty: what is there may be all that is left of an office.
pub(super) fn empty(home: &Home) -> Result<(), Refusal> {
    let first = match fs::read_dir(home.dir()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed(home.dir(), &error)),
        Ok(mut entries) => entries.next(),
    };
    match first {
        None => Ok(()),
        Some(entry) => {
            let found = entry.map(|entry| entry.file_name().to_string_lossy().into_owned());
            Err(Refusal::new("home-not-empty")
                .with("folder", home.dir().display())
                .with("found", found.unwrap_or_default()))
        }
    }
}

/// Makes the names in a folder and all below it durable.
fn sync_folders(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    File::open(dir)?.sync_all()
}

/// Desks of other accounts read language, theme and the files that override what is built in: those are opened to readers again, but for
/// settings that say a secret themselves, or that cannot be read.
pub(super) fn open_to_desks(dir: &Path) -> io::Result<()> {
    let settings = Home::at(dir).settings_file();
    let home = Home::at(dir);
    let read = Settings::load(&home);
    // Also one that was commented out.
    let looks_secret = |line: &str| {
        let key = line.trim_start_matches(['#', ' ', '\t']).split('=').next();
        key.is_some_and(|key| ["pin", "password"].contains(&key.trim()))
    };
    let secret = read.map_or(true, |read| read.secret_files(&home).contains(&settings))
        || fs::read_to_string(&settings).is_ok_and(|text| text.lines().any(looks_secret));
    let open = |path: &Path, mode: u32| match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        found => found.and_then(|_| fs::set_permissions(path, fs::Permissions::from_mode(mode))),
    };
    if !secret {
        open(&settings, 0o644)?;
    }
    open(&home.dir().join("holidays.csv"), 0o644)?;
    open(&home.folder("locales"), 0o755)?;
    for (folder, _) in FOLDERS {
        let folder = home.folder(folder);
        open(&folder, 0o755)?;
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            other => other?,
        };
        for entry in entries {
            open(&entry?.path(), 0o644)?;
        }
    }
    Ok(())
}

/// Everything moves up, the journal last: a home without one that has an anchor is not started.
pub(super) fn put_in_place(dir: &Path, home: &Home) -> io::Result<()> {
    sync_folders(dir)?;
    let mut names: Vec<_> = fs::read_dir(dir)?
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<io::Result<_>>()?;
    names.sort_by_key(|name| (name == "journal", name != "journal.anchor"));
    for name in names {
        fs::rename(dir.join(&name), home.dir().join(&name))?;
    }
    fs::remove_dir(dir)?;
    File::open(home.dir())?.sync_all()
}

/// Where the journal ends.
#[derive(Debug, Clone, Default)]
struct Cut {
    segment: u32,
    /// Bytes of the segment, unpacked.
    bytes: u64,
    tail: Tail,
    time: Option<DateTime<Utc>>,
    numbers: BTreeMap<(u16, Series), u32>,
}

struct Unpack {
    dir: PathBuf,
    until: Option<Until>,
    /// The end that is wanted, so far.
    cut: Cut,
    /// What was read so far.
    last: Cut,
    /// Whether the end that is wanted may still come.
    open: bool,
}

impl Sink for Unpack {
    fn begin(&mut self, member: &Name) -> Result<Option<File>, Refusal> {
        let path = self.dir.join(member.path());
        let create = || -> io::Result<File> {
            if let Name::File(name) = member
                && let Some((folder, _)) = name.rsplit_once('/')
                && FOLDERS.iter().any(|(known, _)| *known == folder)
                && !self.dir.join(folder).exists()
            {
                DirBuilder::new()
                    .recursive(true)
                    .mode(0o700)
                    .create(self.dir.join(folder))?;
            }
            OpenOptions::new()
                .create_new(true)
                .write(true)
                .mode(0o600)
                .open(&path)
        };
        create().map(Some).map_err(|error| failed(&path, &error))
    }

    fn line(&mut self, segment: u32, line: &Line<'_>) -> Result<(), Refusal> {
        let entry = &line.entry;
        self.last.segment = segment;
        self.last.bytes = line.end;
        self.last.tail = Tail {
            seq: entry.seq,
            hash: line.hash.clone(),
        };
        self.last.time = Some(entry.time);
        note_numbers(&mut self.last.numbers, &entry.fact);
        self.open &= match self.until {
            None => true,
            Some(Until::Seq(seq)) => entry.seq <= seq,
            Some(Until::Time(time)) => entry.time <= time,
        };
        if self.open && line.ends_group() {
            self.cut = self.last.clone();
        }
        Ok(())
    }
}

/// The highest agenda numbers that a fact gives out.
pub(super) fn note_numbers(numbers: &mut BTreeMap<(u16, Series), u32>, fact: &Fact) {
    let mut note = |agenda: &AgendaNo| {
        let last = numbers.entry((agenda.year, agenda.series)).or_default();
        *last = agenda.serial.max(*last);
    };
    match fact {
        Fact::LetterRegistered { letter } => note(&letter.agenda),
        Fact::LossAccepted { numbers, .. } | Fact::JournalRepaired { numbers, .. } => {
            numbers.iter().for_each(note);
        }
        _ => {}
    }
}

/// As agenda numbers.
pub(super) fn numbers(numbers: &BTreeMap<(u16, Series), u32>) -> Vec<AgendaNo> {
    numbers
        .iter()
        .map(|((year, series), serial)| AgendaNo {
            year: *year,
            series: *series,
            serial: *serial,
        })
        .collect()
}

impl Unpack {
    /// What was unpacked is whole: the journal is brought into the form in which a server writes on.
    fn settle(self, whole: Whole) -> Result<Restored, Refusal> {
        let cut = if self.until.is_some() {
            self.cut
        } else {
            self.last.clone()
        };
        if self.until.is_some() && cut.tail.seq == 0 {
            return Err(Refusal::new("until-too-early").with("of", whole.seq));
        }
        open_to_desks(&self.dir).map_err(|error| failed(&self.dir, &error))?;
        let journal = self.dir.join("journal");
        let open = if cut.tail.seq == whole.seq {
            whole.segments
        } else {
            cut.segment
        };
        let bytes = if open == cut.segment { cut.bytes } else { 0 };
        let packed = |number| self.dir.join(name::segment(number));
        let make = || -> io::Result<()> {
            for number in open + 1..=whole.segments {
                fs::remove_file(packed(number))?;
            }
            let plain = packed(open).with_extension("");
            let mut out = OpenOptions::new()
                .create_new(true)
                .write(true)
                .mode(0o600)
                .open(plain)?;
            let unpacked = MultiGzDecoder::new(File::open(packed(open))?);
            io::copy(&mut unpacked.take(bytes), &mut out)?;
            out.sync_all()?;
            fs::remove_file(packed(open))
        };
        make().map_err(|error| failed(&journal, &error))?;
        // Reads all of it once more, as it lies, and writes its manifest.
        journal::list(&journal)?;
        if cut.tail.seq > 0 {
            let anchor = Anchor {
                journal: whole.journal.clone(),
                seq: cut.tail.seq,
                hash: cut.tail.hash.clone(),
                time: cut.time.unwrap_or_default(),
                numbers: numbers(&cut.numbers),
            };
            anchor.write(&self.dir.join("journal.anchor"))?;
        }
        // What waits in a backup may have been sent since.
        OpenOptions::new()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(self.dir.join(RESTORED_MARK))
            .and_then(|mark| mark.sync_all())
            .map_err(|error| failed(&self.dir, &error))?;
        let free = self.last.numbers.iter().filter_map(|(book, last)| {
            let kept = cut.numbers.get(book).copied().unwrap_or(0);
            let number = |serial| AgendaNo {
                year: book.0,
                series: book.1,
                serial,
            };
            (kept < *last).then(|| (number(kept + 1), number(*last)))
        });
        Ok(Restored {
            seq: cut.tail.seq,
            hash: cut.tail.hash.clone(),
            time: cut.time,
            of: whole.seq,
            free: free.collect(),
            whole,
        })
    }
}
