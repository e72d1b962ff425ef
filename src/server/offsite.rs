//! What the server does for its copies: a backup each day, a check of every line of the journal each night, and backups on request.
//!
//! Both happen in a thread of its own, in small pieces, and make way for commands. What is missed while the server stands still is done
//! soon after the start.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::connection::Shared;
use super::notices::Notices;
use super::office::Office;
use super::writer::Writer;
use crate::ask::{BackupMade, BackupState, CheckState, MakeBackup, Topic};
use crate::domain::access::{Actor, Role};
use crate::domain::fact::Fact;
use crate::domain::refusal::Refusal;
use crate::home::Home;
use crate::journal::{self, Entry, Known, Reader};
use crate::offsite::{self, Checked, Keep, Kept, Made, MadeRow, Repaired};
use crate::store::Store;

/// The clock is looked at this often at least: it may be set, and a machine may sleep.
const LOOK: Duration = Duration::from_hours(1);

/// Pause after a backup failed: a disk may be mounted in the meantime.
const AFTER_FAILURE: Duration = Duration::from_mins(10);

/// A newest backup that is older than this is told, when something was written since.
const OLD: TimeDelta = TimeDelta::days(2);

/// A server that has just started makes up for what it missed first.
const AFTER_START: TimeDelta = TimeDelta::hours(1);

/// Lines of the journal that are checked before others get their turn.
const LINES: u64 = 64;

/// A command that waits is waited for in steps of this, and at most so many of them: a busy office must not keep a backup from ever ending.
const STEP: Duration = Duration::from_millis(2);
const STEPS: u32 = 10;

/// What is known of backups and checks, and the way to the journal.
#[derive(Debug)]
pub struct Copies {
    home: Home,
    kept: Mutex<Kept>,
    journal: Mutex<Option<Reader>>,
    /// When the server began, and when the first fact was written, once it is known.
    began: OnceLock<DateTime<Utc>>,
    first: OnceLock<DateTime<Utc>>,
    one_at_a_time: Mutex<()>,
}

impl Copies {
    /// As it was remembered.
    pub fn new(home: &Home) -> Self {
        Self {
            home: home.clone(),
            kept: Mutex::new(Kept::read(&home.backup_state())),
            journal: Mutex::default(),
            began: OnceLock::new(),
            first: OnceLock::new(),
            one_at_a_time: Mutex::default(),
        }
    }

    /// The journal that is being written.
    pub fn of_journal(&self, reader: Reader) {
        *self.journal.lock().unwrap_or_else(PoisonError::into_inner) = Some(reader);
    }

    fn reader(&self) -> Result<Reader, Refusal> {
        let reader = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        reader.clone().ok_or_else(|| Refusal::new("stopping"))
    }

    /// Hash of the first line of the journal that is being written; empty while it has none.
    pub fn journal_name(&self) -> String {
        self.reader()
            .map(|reader| reader.journal())
            .unwrap_or_default()
    }

    /// When the journal's first fact was written; none while there is none.
    fn first(&self) -> Option<DateTime<Utc>> {
        if let Some(first) = self.first.get() {
            return Some(*first);
        }
        let first = self.reader().ok()?.snapshot().first_time().ok().flatten()?;
        Some(*self.first.get_or_init(|| first))
    }

    fn kept(&self) -> Kept {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn change(&self, change: impl FnOnce(&mut Kept)) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut kept);
        if let Err(error) = kept.write(&self.home.backup_state()) {
            tracing::warn!(%error, "what is known of the backups was not written down");
        }
    }
}

impl Office {
    /// How the backups are.
    pub fn backup_state(&self) -> BackupState {
        let kept = self.copies.kept();
        BackupState {
            enabled: self.settings.backup.enabled,
            last: kept.last.as_ref().map(|made| self.local(made.time)),
            file: kept.last.as_ref().map(|made| made.file.clone()),
            seq: kept.last.map(|made| made.seq),
            problem: kept.problem.map(|(_, problem)| problem),
        }
    }

    /// The last check of the whole journal.
    pub fn check_state(&self) -> Option<CheckState> {
        self.copies.kept().check.map(|check| CheckState {
            at: self.local(check.at),
            facts: check.facts,
            problem: check.problem,
        })
    }

    /// What the administrator should know of them.
    pub(super) fn copies_warnings(&self) -> Vec<Refusal> {
        let kept = self.copies.kept();
        let mut warnings = Vec::new();
        if let Some((since, problem)) = kept.problem.filter(|_| self.settings.backup.enabled) {
            let form = |at| self.local(at).format("%d-%m-%Y %H.%M").to_string();
            let last = kept
                .last
                .as_ref()
                .map(|made| form(made.time))
                .unwrap_or_default();
            warnings.push(
                Refusal::new("backup-missed")
                    .with("since", form(since))
                    .with("last", last),
            );
            warnings.push(problem);
        }
        warnings.extend(
            self.copies_old(kept.last.as_ref())
                .filter(|_| warnings.is_empty()),
        );
        warnings.extend(kept.check.and_then(|check| check.problem));
        warnings
    }

    /// Whether the newest backup is an old one, or missing, although nothing says why.
    fn copies_old(&self, last: Option<&MadeRow>) -> Option<Refusal> {
        let now = self.clock.now();
        let began = *self.copies.began.get_or_init(|| now);
        if !self.settings.backup.enabled {
            return None;
        }
        // Asked with every overview: where the journal ends, not what it is made of.
        let seq = self.copies.reader().ok()?.tail().seq;
        let since = match last {
            Some(made) if made.seq == seq => return None,
            Some(made) => made.time,
            None => self.copies.first()?,
        };
        is_old(now, since, began).then(|| {
            let form = |at| self.local(at).format("%d-%m-%Y %H.%M").to_string();
            let last = last.map(|made| form(made.time)).unwrap_or_default();
            Refusal::new("backup-old").with("last", last)
        })
    }

    /// The latest instant of this minute of the day that is not to come.
    fn last_at(&self, minute: u32, now: DateTime<Utc>) -> DateTime<Utc> {
        let on = |day: chrono::NaiveDate| {
            let midnight = day.and_time(NaiveTime::MIN);
            self.zone()
                .instant(midnight + TimeDelta::minutes(i64::from(minute)))
        };
        let today = self.date(now);
        let at = on(today);
        if at <= now {
            at
        } else {
            on(today.pred_opt().unwrap_or(today))
        }
    }

    fn next_at(&self, minute: u32, now: DateTime<Utc>) -> DateTime<Utc> {
        self.last_at(minute, now) + TimeDelta::days(1)
    }
}

/// Whether a backup of that time, or none since it, is one too old.
fn is_old(now: DateTime<Utc>, since: DateTime<Utc>, began: DateTime<Utc>) -> bool {
    now - since > OLD && now - began > AFTER_START
}

/// The running thread; it ends when this is dropped.
#[derive(Debug)]
pub struct Keeper {
    _end: Sender<()>,
}

impl Keeper {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        office: Arc<Office>,
        writer: Writer,
        notices: Arc<Notices>,
    ) -> std::io::Result<Self> {
        let (end, ended) = bounded(0);
        std::thread::Builder::new()
            .name("copies".to_owned())
            .spawn(move || run(&office, &writer, &notices, &ended))?;
        Ok(Self { _end: end })
    }
}

fn run(office: &Office, writer: &Writer, notices: &Notices, ended: &Receiver<()>) {
    loop {
        let before = office.copies_warnings();
        let mut pause = LOOK;
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            nightly(office, &|| make_way(writer))
        }));
        let done = done.unwrap_or_else(|_| {
            let refusal = Refusal::new("internal").with("cause", "panic");
            office.copies.change(|kept| {
                let since = kept.problem.take().map(|(since, _)| since);
                let since = since.unwrap_or_else(|| office.clock.now());
                kept.problem = Some((since, refusal.clone()));
            });
            Err(refusal)
        });
        if let Err(refusal) = done {
            tracing::error!(%refusal, "the backup of the day was not made");
            pause = AFTER_FAILURE;
        }
        if office.copies_warnings() != before {
            notices.tell(writer.seq(), [Topic::Modem].into());
        }
        let now = office.clock.now();
        let settings = &office.settings.backup;
        let next = office
            .next_at(settings.at, now)
            .min(office.next_at(settings.check_at, now));
        let until = (next - now).to_std().unwrap_or_default();
        let wait = pause.min(until).max(Duration::from_millis(100));
        if ended.recv_timeout(wait) != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}

/// Commands that wait go first.
fn make_way(writer: &Writer) {
    for _ in 0..STEPS {
        if writer.waiting() == 0 {
            return;
        }
        std::thread::sleep(STEP);
    }
}

/// Does what is due: nothing is, where the journal holds nothing that was written before the hour.
fn nightly(office: &Office, pause: &dyn Fn()) -> Result<(), Refusal> {
    let settings = &office.settings.backup;
    let copies = &office.copies;
    let now = office.clock.now();
    let snapshot = copies.reader()?.snapshot();
    let Some(first) = snapshot.first_time()? else {
        return Ok(());
    };
    let kept = copies.kept();
    let mut outcome = Ok(());
    let due = office.last_at(settings.at, now);
    let last = kept
        .made
        .last()
        .map_or((0, first), |made| (made.seq, made.time));
    // A journal may have become shorter, and a clock may have been ahead: neither keeps a backup away.
    let old = |at: DateTime<Utc>| at < due || at > now;
    if settings.enabled && snapshot.tail().seq != last.0 && old(last.1) {
        outcome = daily(office, pause);
        if let Err(problem) = &outcome {
            let problem = problem.clone();
            copies.change(|kept| {
                let since = kept.problem.take().map_or(now, |(since, _)| since);
                kept.problem = Some((since, problem));
            });
        }
    }
    let due = office.last_at(settings.check_at, now);
    let checked_at = kept.check.map_or(first, |check| check.at);
    if checked_at < due || checked_at > now {
        let checked = check(office, pause);
        if let Some(refusal) = &checked.problem {
            tracing::error!(%refusal, "the journal is damaged");
        } else {
            tracing::info!(
                facts = checked.facts,
                "every line of the journal was checked"
            );
        }
        copies.change(|kept| kept.check = Some(checked));
    }
    outcome
}

/// The backup of the day. Old ones go only after it was verified.
fn daily(office: &Office, pause: &dyn Fn()) -> Result<(), Refusal> {
    let copies = &office.copies;
    let _turn = copies
        .one_at_a_time
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let folder = folder(office)?;
    remove_unfinished(&folder);
    let now = office.clock.now();
    let file = free_name(office, &folder, now);
    let made = match make(office, &file, now, pause) {
        Err(refusal) if refusal.code == "backup-no-room" && make_room(office, now, pause) => {
            make(office, &file, now, pause)?
        }
        other => other?,
    };
    let row = row(&made, now);
    copies.change(|kept| {
        kept.made.push(row.clone());
        kept.last = Some(row);
        kept.problem = None;
        retire(office, kept, None);
    });
    Ok(())
}

/// Lets those go that would go anyway once there is a new one, as long as the newest is whole. Whether anything went.
fn make_room(office: &Office, now: DateTime<Utc>, pause: &dyn Fn()) -> bool {
    let kept = office.copies.kept();
    let newest = kept.made.iter().max_by_key(|made| made.time);
    let whole =
        newest.is_some_and(|made| offsite::verify_gently(&made.file, &mut || pause()).is_ok());
    if !whole {
        return false;
    }
    let mut went = false;
    office.copies.change(|kept| {
        let before = kept.made.len();
        retire(office, kept, Some(now));
        went = kept.made.len() < before;
    });
    went
}

fn row(made: &Made, now: DateTime<Utc>) -> MadeRow {
    MadeRow {
        file: made.file.clone(),
        bytes: made.bytes,
        time: now,
        seq: made.whole.seq,
    }
}

/// Makes a backup.
fn make(
    office: &Office,
    file: &Path,
    now: DateTime<Utc>,
    pause: &dyn Fn(),
) -> Result<Made, Refusal> {
    let snapshot = office.copies.reader()?.snapshot();
    let source = offsite::Source {
        home: &office.copies.home,
        journal: &snapshot,
        office: &office.settings.office.name,
        now,
    };
    let made = offsite::make(&source, file, &mut || pause())?;
    for name in &made.left_out {
        tracing::warn!(%name, "a file is not in the backup");
    }
    tracing::info!(file = %file.display(), seq = made.whole.seq, bytes = made.bytes, "a backup was made");
    Ok(made)
}

/// Where backups go.
fn folder(office: &Office) -> Result<PathBuf, Refusal> {
    let settings = &office.settings.backup;
    offsite::folder(
        &office.copies.home,
        &settings.folder,
        settings.marker.as_deref(),
    )
}

/// A name for a backup of this time; one of the same second may be there already.
fn free_name(office: &Office, folder: &Path, now: DateTime<Utc>) -> PathBuf {
    let named = |seconds: i64| {
        let at = office.zone().local(now) + TimeDelta::seconds(seconds);
        folder.join(offsite::file_name(at))
    };
    let free = |file: &PathBuf| fs::symlink_metadata(file).is_err();
    (0..60).map(named).find(free).unwrap_or_else(|| named(0))
}

/// What a server that was killed left half done.
fn remove_unfinished(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let ours = name
            .strip_prefix("sipintar-")
            .and_then(|rest| rest.strip_suffix(".tar.unfinished"))
            .is_some_and(|time| {
                time.len() == 15 && time.bytes().all(|b| b == b'T' || b.is_ascii_digit())
            });
        if ours {
            let _ = fs::remove_file(path);
        }
    }
}

/// Removes backups that the server made itself and that are as it made them, as far as the settings let them go; with `next` as if there
/// were one of that time already. The newest stays in any case.
fn retire(office: &Office, kept: &mut Kept, next: Option<DateTime<Utc>>) {
    let settings = &office.settings.backup;
    let times: Vec<_> = kept
        .made
        .iter()
        .map(|made| made.time)
        .chain(next)
        .map(|time| office.zone().local(time))
        .collect();
    let newest = kept.made.iter().map(|made| made.time).max();
    let keep = Keep {
        daily: settings.keep_daily,
        weekly: settings.keep_weekly,
        monthly: settings.keep_monthly,
    };
    let gone = offsite::superfluous(&times, keep);
    let mut at = 0;
    kept.made.retain(|made| {
        let goes = gone.contains(&at) && Some(made.time) != newest;
        at += 1;
        if !goes {
            return true;
        }
        let same = fs::symlink_metadata(&made.file)
            .is_ok_and(|file| file.is_file() && file.len() == made.bytes);
        if same && let Err(error) = fs::remove_file(&made.file) {
            tracing::warn!(%error, file = %made.file.display(), "an old backup was not removed");
            return true;
        }
        false
    });
}

/// Reads every line of the journal while it is being written.
fn check(office: &Office, pause: &dyn Fn()) -> Checked {
    let mut facts = 0_u64;
    let checked = office.copies.reader().and_then(|reader| {
        let mut known = Known::new([reader.tail()]);
        let found = journal::read_all(&office.journal_dir, |entry, hash| {
            known.meet(&entry, &hash);
            facts += 1;
            if facts.is_multiple_of(LINES) {
                pause();
            }
        })?;
        Ok(known.check(&found)?)
    });
    Checked {
        at: office.clock.now(),
        facts,
        problem: checked.err().map(|problem| {
            let detail = |name: &str| problem.args.get(name).cloned().unwrap_or_default();
            Refusal::new("check-failed")
                .with("file", detail("file"))
                .with("line", detail("line"))
                .with("cause", &problem)
        }),
    }
}

/// A backup that somebody asked for.
///
/// # Errors
/// `forbidden`, `backup-name`, and those of [`offsite::make`].
pub fn on_request(shared: &Shared, ask: MakeBackup, who: &Actor) -> Result<BackupMade, Refusal> {
    Office::require(who, Role::Admin)?;
    let office = &shared.office;
    let _turn = office
        .copies
        .one_at_a_time
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let now = office.clock.now();
    let file = match ask.file {
        // Wherever the server may write: so the name says what it is.
        Some(file) if file.is_absolute() && file.extension().is_some_and(|end| end == "tar") => {
            file
        }
        Some(file) => return Err(Refusal::new("backup-name").with("file", file.display())),
        None => {
            let folder = folder(office)?;
            remove_unfinished(&folder);
            free_name(office, &folder, now)
        }
    };
    let made = make(office, &file, now, &|| make_way(&shared.writer))?;
    let last = row(&made, now);
    office.copies.change(|kept| {
        kept.last = Some(last);
        // What kept the backup of the day away is over, as far as can be seen.
        kept.problem = None;
    });
    Ok(made.into())
}

impl From<Made> for BackupMade {
    fn from(made: Made) -> Self {
        Self {
            file: made.file,
            bytes: made.bytes,
            seq: made.whole.seq,
            hash: made.whole.hash,
            time: made.whole.time,
            left_out: made.left_out,
        }
    }
}

/// Saves what can be saved of a damaged journal into a new home. What stands is decided by applying it to a store of its own.
///
/// # Errors
/// Those of [`offsite::repair`].
pub fn repair(
    from: &Home,
    to: &Home,
    by: &str,
    now: DateTime<Utc>,
    words: impl FnOnce(&Repaired) -> String,
) -> Result<Repaired, Refusal> {
    let zone = crate::settings::Settings::load(from)
        .unwrap_or_default()
        .office
        .zone;
    let judge = |scratch: &Path| {
        let store = Store::open(scratch, zone.offset())?;
        Ok(move |entry: &Entry, hash: &str| {
            let entries = [(entry.clone(), hash.to_owned())];
            refers(&store, &entry.fact) && store.apply_group(&entries).is_ok()
        })
    };
    offsite::repair(from, to, by, now, judge, words)
}

/// Whether what a new record speaks of is there.
fn refers(store: &Store, fact: &Fact) -> bool {
    let letter = |agenda| store.letter(agenda).is_ok_and(|letter| letter.is_some());
    let satker = |code| store.satker(code).is_ok_and(|satker| satker.is_some());
    match fact {
        Fact::SmsDrafted { sms } => sms.letter.is_none_or(letter) && sms.satker.is_none_or(satker),
        Fact::LetterRegistered { letter } => letter.sender.satker().is_none_or(satker),
        Fact::DeadlinesOpened { owners, .. } => owners.iter().all(|owner| satker(owner.satker)),
        Fact::BudgetSaved { row } => satker(row.satker),
        Fact::ServiceRated { rating } => letter(rating.agenda),
        _ => true,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
