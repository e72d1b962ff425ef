//! One cycle: desks work, a disaster strikes, the server starts again, everything is checked.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sipintar::ask::{KeepDraft, Office as _, SettleSms, SmsChoice};
use sipintar::domain::id::SmsId;
use sipintar::domain::sms::SmsState;

use super::book::Book;
use super::checks::{self, Findings};
use super::desks::{self, Shared, open};
use super::disaster::{Copied, Disaster, strike};
use super::home::{ALWAYS, Limits, NO_MODEM, Place};
use super::modem::Modem;
use super::network;
use super::tally::Tally;

/// Desks at work at once.
const DESKS: u32 = 3;

/// Numbers that one desk may use in one cycle.
const NUMBERS: u32 = 10_000;

/// Size at which a segment of the journal is closed, in bytes.
const SEGMENT: u64 = 16 << 20;

/// An office under torture.
#[derive(Debug)]
pub struct Office {
    /// Its home and server.
    pub place: Place,
    modem: Modem,
    pub(super) book: Shared,
    pub(super) random: fastrand::Rng,
    pub(super) below: PathBuf,
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
        // sled panics where it cannot write, and the server ends then, as it should; what panics on a damaged store is its own thread.
        let may_panic = matches!(
            disaster,
            Disaster::Full | Disaster::NoGrowth | Disaster::NoDescriptors
        );
        let panic = said
            .lines()
            .find(|line| line.contains("panicked") && !line.contains("'store-open'"));
        if let (Some(panic), false) = (panic, may_panic) {
            return Err(format!("a panic: {panic}"));
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

    /// The checks after every disaster.
    fn check(&mut self, tally: &mut Tally) -> Result<Findings, String> {
        let mut client = self.place.client()?;
        let mut book = open(&self.book).clone();
        let view = checks::look(&mut client, &book)?;
        let mut findings = checks::against_book(&view, &book, None);
        let letters: Vec<_> = view.letters.values().map(|row| row.agenda).collect();
        let letters = self.some(letters, 25);
        let sms = self.some(view.sms.keys().copied().collect(), 15);
        findings.extend(checks::index_equals_records(
            &mut client,
            &view,
            &book,
            &letters,
            &sms,
        )?);
        if findings.is_empty() {
            let again = checks::settle(&mut client, &view, &mut book)?;
            tally.again += again;
            if again > 0 {
                let view = checks::look(&mut client, &book)?;
                let found = checks::against_book(&view, &book, None);
                let found = found.into_iter();
                findings.extend(found.map(|finding| format!("asked again: {finding}")));
            }
        }
        findings.extend(network::against_network(&mut client, &book, &self.modem)?);
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
            .values()
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
        network::all_came_in(&mut client, &book)?;
        let view = checks::look(&mut client, &book)?;
        let letters: Vec<_> = view.letters.values().map(|row| row.agenda).collect();
        let sms: Vec<_> = view.sms.keys().copied().collect();
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
            let file = self.place.around().join("backup.tar");
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

pub(super) fn kept(mut place: Place, finding: &str) -> String {
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
