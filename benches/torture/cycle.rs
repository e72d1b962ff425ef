//! One cycle: desks work, a disaster strikes, the server starts again, everything is checked.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use sipintar::domain::id::SmsId;
use sipintar::domain::sms::SmsState;
use sipintar::service::{KeepDraft, Office as _, SettleSms, SmsChoice};

use super::book::Book;
use super::checks::{self, Findings};
use super::copies::{self, Damage, Fate, Outcome, Tail};
use super::desks::{self, Shared, open};
use super::home::{ALWAYS, Limits, NO_MODEM, Place};
use super::modem::Modem;

/// Desks at work at once.
const DESKS: u32 = 3;

/// Numbers that one desk may use in one cycle.
const NUMBERS: u32 = 10_000;

/// Size at which a segment of the journal is closed, in bytes.
const SEGMENT: u64 = 16 << 20;

/// What strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Disaster {
    /// `kill -9` in the middle of work.
    Kill,
    /// SIGTERM in the middle of work.
    Terminate,
    /// `kill -9` again and again while it starts.
    KillAtStart,
    /// The disk is full.
    Full,
    /// No file may grow any more, so that writes fail in the middle.
    NoGrowth,
    /// The disk can only be read.
    ReadOnly,
    /// No file descriptors are left.
    NoDescriptors,
    /// The clock jumps, forward or back.
    Clock,
    /// The end of the journal was not written, or is damaged.
    CutJournal,
    /// The store is gone, cut or damaged.
    Store,
    /// The journal is copied while it is written, twice into the same folder.
    Copies,
    /// Lock, socket and half-written files of a server that died lie around.
    Stale,
}

impl Disaster {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Kill,
        Self::Terminate,
        Self::KillAtStart,
        Self::Full,
        Self::NoGrowth,
        Self::ReadOnly,
        Self::NoDescriptors,
        Self::Clock,
        Self::CutJournal,
        Self::Store,
        Self::Copies,
        Self::Stale,
    ];

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill -9 while working",
            Self::Terminate => "SIGTERM while working",
            Self::KillAtStart => "kill -9 while starting",
            Self::Full => "disk full",
            Self::NoGrowth => "no file may grow",
            Self::ReadOnly => "disk read-only",
            Self::NoDescriptors => "no descriptors",
            Self::Clock => "clock jumps",
            Self::CutJournal => "journal cut, zeroed, flipped",
            Self::Store => "store deleted or damaged",
            Self::Copies => "journal copied while written",
            Self::Stale => "stale files",
        }
    }

    /// Whether it needs a disk of its own.
    pub fn needs_disk(self) -> bool {
        matches!(self, Self::Full | Self::ReadOnly)
    }
}

/// What was seen in all cycles.
#[derive(Debug, Default)]
pub struct Tally {
    /// Cycles by disaster.
    pub cycles: BTreeMap<Disaster, u64>,
    /// Answers that came.
    pub acknowledged: u64,
    /// Answers that did not.
    pub unanswered: u64,
    /// Requests without an answer that were sent again with their key.
    pub again: u64,
    /// Messages that the network took.
    pub taken: u64,
    /// Copies that started, with everything that must be there.
    pub copies_started: u64,
    /// Copies that were refused by name, and not changed.
    pub copies_refused: u64,
    /// Copies cut at the end of a write that nothing but the journal knew of.
    pub copies_shorter: u64,
    /// Stores made anew and compared.
    pub rebuilt: u64,
    /// Backups restored and compared.
    pub backups: u64,
    /// Starts that were refused under a limit, by name.
    pub limited: u64,
}

/// An office under torture.
#[derive(Debug)]
pub struct Office {
    /// Its home and server.
    pub place: Place,
    modem: Modem,
    book: Shared,
    random: fastrand::Rng,
    below: PathBuf,
    cycle: u32,
    backup: bool,
    settings: String,
}

/// Whether this program has `backup`.
pub fn has_backup() -> bool {
    let help = super::home::program().arg("--help").output().unwrap();
    String::from_utf8_lossy(&help.stdout)
        .lines()
        .any(|line| line.trim_start().starts_with("backup"))
}

impl Office {
    /// A new office with its satker, at work on nothing yet. A fat one has a journal that is about to close a segment.
    ///
    /// # Errors
    /// When it does not start.
    pub fn found(below: &Path, seed: u64, disk: bool, fat: bool) -> Result<Self, String> {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut place = Place::new(below, disk);
        let modem = Modem::start(place.around(), &mut random);
        let settings = format!("{ALWAYS}{}", modem.settings());
        place.settle(&settings);
        place.start(Limits::default())?;
        let office = Self {
            place,
            modem,
            book: Shared::default(),
            random,
            below: below.to_path_buf(),
            cycle: 0,
            backup: has_backup(),
            settings,
        };
        let mut client = office.place.client()?;
        desks::import(&mut client, 1, &office.book);
        if fat {
            office.fill()?;
        }
        Ok(office)
    }

    /// Keeps a form again and again until the open segment is nearly full.
    fn fill(&self) -> Result<(), String> {
        let wanted = SEGMENT - fastrand::Rng::with_seed(self.random.get_seed()).u64(0..1 << 20);
        std::thread::scope(|scope| {
            let fillers: Vec<_> = (0..8)
                .map(|filler| {
                    scope.spawn(move || -> Result<(), String> {
                        let mut client = self.place.client()?;
                        let mut version = 0_u32;
                        while self.journal_size() < wanted {
                            version += 1;
                            let text = format!("{version} {}", "x".repeat(12_000));
                            client
                                .ask(KeepDraft {
                                    form: format!("register/fill-{filler}"),
                                    values: [("subject".to_owned(), text)].into(),
                                })
                                .map_err(|refusal| refusal.to_string())?;
                        }
                        Ok(())
                    })
                })
                .collect();
            fillers
                .into_iter()
                .try_for_each(|filler| filler.join().map_err(|_| "a filler failed".to_owned())?)
        })
    }

    fn journal_size(&self) -> u64 {
        let entries = fs::read_dir(self.place.home.journal());
        let entries = entries.into_iter().flatten().filter_map(Result::ok);
        entries
            .filter_map(|entry| Some(entry.metadata().ok()?.len()))
            .sum()
    }

    /// Lets this disaster strike, and checks everything after it.
    ///
    /// # Errors
    /// What was found.
    pub fn cycle(&mut self, disaster: Disaster, tally: &mut Tally) -> Result<(), String> {
        self.cycle += 1;
        *tally.cycles.entry(disaster).or_default() += 1;
        let complained = self.place.complaints().len();
        self.before(disaster, tally)?;
        let end = self.work(disaster)?;
        self.after(disaster, tally, end)?;
        self.place
            .start(Limits::default())
            .map_err(|said| format!("it does not start again: {said}"))?;
        let findings = self.check(tally)?;
        let said = self.place.complaints().split_off(complained);
        // sled panics where it cannot write; the server ends then, as it should.
        let may_panic = matches!(
            disaster,
            Disaster::Full | Disaster::NoGrowth | Disaster::NoDescriptors
        );
        if said.contains("panicked") && !may_panic {
            return Err(format!("a panic: {said}"));
        }
        if !findings.is_empty() {
            return Err(findings.join("\n"));
        }
        Ok(())
    }

    /// Some disasters are limits that a server is started under.
    fn before(&mut self, disaster: Disaster, tally: &mut Tally) -> Result<(), String> {
        let limits = match disaster {
            Disaster::NoDescriptors => Limits {
                descriptors: Some(self.random.u64(8..48)),
                ..Limits::default()
            },
            Disaster::NoGrowth => {
                let largest = largest(self.place.home.dir());
                Limits {
                    file_size: Some(largest + self.random.u64(512..120_000)),
                    ..Limits::default()
                }
            }
            _ => return Ok(()),
        };
        self.place.terminate()?;
        match self.place.start(limits) {
            Ok(()) => Ok(()),
            Err(said) if said.contains("hangs") => Err(said),
            Err(_) => {
                tally.limited += 1;
                Ok(())
            }
        }
    }

    /// The desks work until the disaster strikes; how the server ended is told by the disaster itself.
    fn work(&mut self, disaster: Disaster) -> Result<Option<Copied>, String> {
        let stop = AtomicBool::new(false);
        let first = self.cycle * NUMBERS;
        let phones = self.random.u32(0..3);
        for n in 0..phones {
            let text = format!("Halo {first} {n}");
            let from = format!("+62813333{:05}", self.random.u32(0..100_000));
            open(&self.book).incoming.insert(text.clone());
            self.modem.incoming(&from, &text);
        }
        let time = Duration::from_millis(self.random.u64(20..220));
        let (home, book) = (self.place.home.clone(), &self.book);
        let seeds: Vec<_> = (0..DESKS).map(|_| self.random.fork()).collect();
        let (place, random) = (&mut self.place, &mut self.random);
        let below = &self.below;
        std::thread::scope(|scope| {
            for (desk, random) in (0..).zip(seeds) {
                let (home, stop) = (&home, &stop);
                scope.spawn(move || desks::work(home, desk, first, random, book, stop));
            }
            let struck = strike(disaster, place, book, random, below, time);
            // Whatever else happens, desks must not be left waiting for a server that is gone.
            stop.store(true, Ordering::Relaxed);
            struck
        })
    }

    /// What is done to the home while no server runs.
    fn after(
        &mut self,
        disaster: Disaster,
        tally: &mut Tally,
        copied: Option<Copied>,
    ) -> Result<(), String> {
        match disaster {
            Disaster::KillAtStart => {
                for _ in 0..3 {
                    let after = Duration::from_micros(self.random.u64(0..60_000));
                    self.place.start_and_kill(after);
                }
            }
            Disaster::ReadOnly => self.read_only(tally)?,
            Disaster::Clock => self.jump(),
            Disaster::CutJournal => self.cut(tally)?,
            Disaster::Store => self.spoil_store(),
            Disaster::Stale => self.litter(),
            Disaster::Copies => {
                if let Some(copied) = copied {
                    self.start_copy(copied, tally)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn read_only(&mut self, tally: &mut Tally) -> Result<(), String> {
        let Some(disk) = &self.place.disk else {
            return Ok(());
        };
        if !disk.read_only(true) {
            return Ok(());
        }
        let started = self.place.start(Limits::default());
        self.place.kill();
        if let Some(disk) = &self.place.disk {
            disk.read_only(false);
        }
        match started {
            Ok(()) => Err("it starts on a disk that it cannot write".to_owned()),
            Err(said) if said.contains("hangs") || said.contains("panicked") => Err(said),
            Err(_) => {
                tally.limited += 1;
                Ok(())
            }
        }
    }

    fn jump(&mut self) {
        let hours = match self.random.u8(0..4) {
            0 => self.random.i64(1..30),
            1 => self.random.i64(24..24 * 50),
            _ => -self.random.i64(1..24 * 20),
        };
        let now = self.place.now() + TimeDelta::hours(hours);
        self.place.set_clock(now);
    }

    fn spoil_store(&mut self) {
        let store = self.place.home.store();
        if self.random.u8(0..3) == 0 {
            let _ = fs::remove_dir_all(store);
            return;
        }
        let files = copies::files(&store);
        let Some((path, mut bytes)) = self.random.choice(files) else {
            return;
        };
        if bytes.is_empty() {
            return;
        }
        let at = self.random.usize(..bytes.len());
        match self.random.u8(0..3) {
            0 => bytes.truncate(at),
            1 => {
                let until = (at + 4096).min(bytes.len());
                bytes[at..until].fill(0);
            }
            _ => bytes[at] ^= 1 << self.random.u8(0..8),
        }
        fs::write(path, bytes).unwrap();
    }

    fn litter(&mut self) {
        let home = &self.place.home;
        fs::write(home.lock_file(), "4294967295\n").unwrap();
        let _ = fs::remove_file(home.socket());
        fs::write(home.socket(), "no socket").unwrap();
        for name in [
            "manifest.new",
            "00000001.jsonl.gz.new",
            "00000009.torn-x",
            "notes.txt",
        ] {
            fs::write(home.journal().join(name), "half a ").unwrap();
        }
        fs::write(home.dir().join("journal.anchor.new"), "half a ").unwrap();
    }

    /// The end of the journal, cut and damaged in several copies.
    fn cut(&mut self, tally: &mut Tally) -> Result<(), String> {
        let Some(tail) = Tail::read(&self.place, &self.below) else {
            return Ok(());
        };
        let book = open(&self.book).clone();
        for copy in 0..3 {
            let mut copied = copies::of(&self.place, &self.below);
            if copy == 0 {
                // A write that nobody was told of: what was acknowledged must be there.
                if tail.append_torn(&copied, &mut self.random).is_none() {
                    continue;
                }
                match copies::try_start(&mut copied, &book, Some(&book.sure()))? {
                    Outcome::Started => tally.copies_started += 1,
                    Outcome::Refused(said) => {
                        return Err(kept(
                            copied,
                            &format!("a torn write is not forgiven: {said}"),
                        ));
                    }
                }
                continue;
            }
            let at = tail.spot(&mut self.random);
            let damage = match self.random.u8(0..3) {
                0 => Damage::Cut,
                1 => Damage::Zeros(self.random.usize(1..3000)),
                _ if tail.in_last_line(at) => Damage::Cut,
                _ => Damage::Flip,
            };
            tail.damage(&copied, at, damage);
            let what = format!("journal {damage:?} at byte {at}");
            let fate = tail.fate(at, damage);
            let outcome = copies::try_start(&mut copied, &book, None)
                .map_err(|error| format!("{what}: {error}"))?;
            match (fate, outcome) {
                (Fate::Refused, Outcome::Refused(_)) => tally.copies_refused += 1,
                (Fate::Starts(good), Outcome::Started) => {
                    let files = copies::files(&copied.home.journal());
                    let kept_whole = files
                        .iter()
                        .any(|(_, bytes)| bytes.starts_with(tail.up_to(good)));
                    if !kept_whole {
                        return Err(kept(
                            copied,
                            &format!("{what}: facts up to {good} are gone"),
                        ));
                    }
                    if tail.goes_on_after(good) {
                        tally.copies_shorter += 1;
                    } else {
                        tally.copies_started += 1;
                    }
                }
                (fate, outcome) => {
                    let said = format!("{what}: {fate:?} was due, {outcome:?} came");
                    return Err(kept(copied, &said));
                }
            }
        }
        Ok(())
    }

    /// A copy of the journal, in a home of its own.
    fn start_copy(&mut self, copied: Copied, tally: &mut Tally) -> Result<(), String> {
        let Copied { mut place, sure } = copied;
        place.settle(&format!("{ALWAYS}{NO_MODEM}"));
        let book = open(&self.book).clone();
        match copies::try_start(&mut place, &book, Some(&sure)) {
            Ok(Outcome::Started) => tally.copies_started += 1,
            Ok(Outcome::Refused(_)) => tally.copies_refused += 1,
            Err(error) => return Err(kept(place, &format!("a copy: {error}"))),
        }
        Ok(())
    }

    /// The checks after every disaster.
    fn check(&mut self, tally: &mut Tally) -> Result<Findings, String> {
        let mut client = self.place.client()?;
        let mut book = open(&self.book).clone();
        let view = checks::look(&mut client, &book)?;
        let mut findings = checks::against_book(&view, &book, None);
        let letters: Vec<_> = view.letters.values().map(|row| row.agenda).collect();
        let letters = self.some(letters, 25);
        let sms = self.some(view.sms.iter().map(|row| row.id).collect(), 15);
        findings.extend(checks::index_equals_records(
            &mut client,
            &view,
            &book,
            &letters,
            &sms,
        )?);
        if findings.is_empty() {
            tally.again += checks::settle(&mut client, &view, &mut book)?;
            let view = checks::look(&mut client, &book)?;
            let again = checks::against_book(&view, &book, None);
            findings.extend(
                again
                    .into_iter()
                    .map(|finding| format!("asked again: {finding}")),
            );
        }
        findings.extend(checks::against_network(&mut client, &book, &self.modem)?);
        let verified = self.place.cli(&["--lang", "en", "verify"]);
        if !verified.status.success() {
            findings.push(String::from_utf8_lossy(&verified.stderr).into_owned());
        }
        book.settled
            .extend(self.decide_uncertain(&mut client, &view)?);
        tally.acknowledged += std::mem::take(&mut book.acknowledged);
        tally.unanswered += std::mem::take(&mut book.unanswered);
        *open(&self.book) = book;
        Ok(findings)
    }

    /// The newest of these, and others by lot.
    fn some<T: Copy + Ord>(&mut self, mut all: Vec<T>, count: usize) -> Vec<T> {
        all.sort_unstable();
        let newest = all.split_off(all.len().saturating_sub(count));
        let by_lot = (0..count).filter_map(|_| self.random.choice(&all).copied());
        newest
            .into_iter()
            .chain(by_lot.collect::<Vec<_>>())
            .collect()
    }

    /// A person says what became of messages that nobody knows of.
    fn decide_uncertain(
        &mut self,
        client: &mut sipintar::client::Client,
        view: &checks::View,
    ) -> Result<Option<SmsId>, String> {
        let uncertain: Vec<_> = view
            .sms
            .iter()
            .filter(|row| row.state == SmsState::Uncertain && row.attempts > 0)
            .map(|row| row.id)
            .collect();
        let Some(id) = self.random.choice(uncertain) else {
            return Ok(None);
        };
        let settle = SettleSms {
            which: SmsChoice::Ids(vec![id]),
            state: SmsState::Sent,
        };
        client.ask(settle).map_err(|refusal| refusal.to_string())?;
        Ok(Some(id))
    }

    /// The checks that take longer, now and then: the store made anew says the same, so does a backup, everything that came in is there,
    /// every list row is its record.
    ///
    /// # Errors
    /// What was found.
    pub fn thorough(&mut self, tally: &mut Tally) -> Result<(), String> {
        let book = open(&self.book).clone();
        let mut client = self.place.client()?;
        checks::all_came_in(&mut client, &book)?;
        let view = checks::look(&mut client, &book)?;
        let letters: Vec<_> = view.letters.values().map(|row| row.agenda).collect();
        let sms: Vec<_> = view.sms.iter().map(|row| row.id).collect();
        let findings = checks::index_equals_records(&mut client, &view, &book, &letters, &sms)?;
        if !findings.is_empty() {
            return Err(findings.join("\n"));
        }
        drop(client);
        self.place.terminate()?;
        // Without a modem, so that nothing moves between two looks.
        self.place.settle(&format!("{ALWAYS}{NO_MODEM}"));
        let compared = self.compare(&book, tally);
        self.place.kill();
        self.place.settle(&self.settings);
        compared?;
        self.place.start(Limits::default())?;
        tally.taken += u64::from(self.modem.taken().values().sum::<u32>());
        Ok(())
    }

    fn compare(&mut self, book: &Book, tally: &mut Tally) -> Result<(), String> {
        self.place.start(Limits::default())?;
        let before = checks::whole(&mut self.place.client()?, book)?;
        if self.backup {
            let file = self.place.around().join("backup");
            let path = file.to_str().unwrap();
            let made = self.place.cli(&["--lang", "en", "backup", path]);
            if !made.status.success() {
                return Err(format!(
                    "no backup: {}",
                    String::from_utf8_lossy(&made.stderr)
                ));
            }
            let mut other = self.place.beside(&self.below);
            let restored = other.cli(&["--lang", "en", "restore", path]);
            if !restored.status.success() {
                return Err(format!(
                    "no restore: {}",
                    String::from_utf8_lossy(&restored.stderr)
                ));
            }
            other.settle(&format!("{ALWAYS}{NO_MODEM}"));
            other.start(Limits::default())?;
            let there = checks::whole(&mut other.client()?, book)?;
            if let Some(difference) = checks::difference(&before, &there) {
                return Err(kept(
                    other,
                    &format!("the backup is another office: {difference}"),
                ));
            }
            tally.backups += 1;
            fs::remove_file(file).unwrap();
        }
        self.place.kill();
        fs::remove_dir_all(self.place.home.store()).unwrap();
        self.place.start(Limits::default())?;
        let after = checks::whole(&mut self.place.client()?, book)?;
        if let Some(difference) = checks::difference(&before, &after) {
            return Err(format!(
                "the store made anew says another thing: {difference}"
            ));
        }
        tally.rebuilt += 1;
        Ok(())
    }

    /// Cycles that it has lived through.
    pub fn age(&self) -> u32 {
        self.cycle
    }

    /// Keeps everything of this office for a look.
    pub fn keep(mut self) -> PathBuf {
        self.place.keep()
    }
}

fn kept(mut place: Place, finding: &str) -> String {
    format!("{finding}\n  kept in {}", place.keep().display())
}

/// Size of the largest file of a home, in bytes.
fn largest(dir: &Path) -> u64 {
    let entries = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    entries
        .map(|entry| match entry.metadata() {
            Ok(kind) if kind.is_dir() => largest(&entry.path()),
            Ok(file) => file.len(),
            Err(_) => 0,
        })
        .max()
        .unwrap_or(0)
}

/// A copy of the journal that was taken while the server ran.
#[derive(Debug)]
pub struct Copied {
    place: Place,
    sure: super::book::Sure,
}

/// Waits, and ends the server in the way of the disaster.
fn strike(
    disaster: Disaster,
    place: &mut Place,
    book: &Shared,
    random: &mut fastrand::Rng,
    below: &Path,
    time: Duration,
) -> Result<Option<Copied>, String> {
    let mut copied = None;
    match disaster {
        Disaster::Copies => {
            let other = place.beside(below);
            let mut sure = super::book::Sure::default();
            let end = Instant::now() + time;
            // At any two moments of the work, into the same folder.
            for _ in 0..2 {
                std::thread::sleep(end.saturating_duration_since(Instant::now()) / 2);
                sure = open(book).sure();
                copies::copy_journal(&place.home.journal(), &other.home.journal(), random);
            }
            copied = Some(Copied { place: other, sure });
        }
        Disaster::Full => {
            std::thread::sleep(time / 2);
            if let Some(disk) = &place.disk {
                disk.squeeze(Some(random.u64(0..200)));
                std::thread::sleep(time / 2);
            }
        }
        _ => std::thread::sleep(time),
    }
    let gentle = match disaster {
        Disaster::Terminate => true,
        Disaster::Kill | Disaster::Copies | Disaster::CutJournal => false,
        _ => random.bool(),
    };
    let ended = if gentle {
        place.terminate().map(drop)
    } else {
        place.kill();
        Ok(())
    };
    if let Some(disk) = &place.disk {
        disk.squeeze(None);
    }
    ended.map(|()| copied)
}
