//! What every decision and every query needs: the store, the rules in force, the calendar, the clock.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};

use super::clock::Clock;
use super::throttle::Throttle;
use crate::ask::ModemRow;
use crate::domain::access::{Actor, Grant, Role};
use crate::domain::calendar::{Calendar, Override, OverrideKind};
use crate::domain::keyword::Vocabulary;
use crate::domain::lang::Lang;
use crate::domain::letter::Letter;
use crate::domain::module::{Modules, NotFound};
use crate::domain::refusal::Refusal;
use crate::domain::request_key::RequestKey;
use crate::domain::service_clock::{Norm, ServiceClock, Stop};
use crate::domain::typed;
use crate::domain::when::Zone;
use crate::journal::{Anchor, Tail};
use crate::settings::Settings;
use crate::store::{Store, StoreError};

/// Below this much free space, in MiB, the server takes no new work: a full disk poisons the store and tears the journal.
pub const DISK_LOW: u64 = 64;

/// A clock that is set by the network jumps this far without anybody's harm.
const CLOCK_SLACK: TimeDelta = TimeDelta::minutes(1);

/// The state that all threads of the server share.
#[derive(Debug)]
pub struct Office {
    /// The view of the present.
    pub store: Store,
    /// The modules in force.
    pub modules: Modules,
    /// The keywords that a phone may ask by.
    pub vocabulary: Vocabulary,
    /// The files that they were read from.
    pub module_files: Vec<(String, String)>,
    /// As read at start.
    pub settings: Settings,
    /// The time.
    pub clock: Clock,
    /// When the server started.
    pub started: DateTime<Utc>,
    /// Home folder.
    pub home: PathBuf,
    /// Folder of the journal, for the audit trail.
    pub journal_dir: PathBuf,
    /// What is known of backups and checks.
    pub copies: super::offsite::Copies,
    /// What the administrator should know since the start.
    pub start_warnings: Vec<Refusal>,
    /// When the last fact was written, in seconds since 1970.
    written: AtomicI64,
    tail: Mutex<Tail>,
    calendar: RwLock<Arc<Calendar>>,
    modems: Mutex<Vec<ModemRow>>,
    throttle: Mutex<Throttle>,
}

impl Office {
    /// Puts the parts together. The overrides of the calendar come from the store.
    #[expect(clippy::too_many_arguments, reason = "called once, at start")]
    pub fn new(
        store: Store,
        modules: Modules,
        module_files: Vec<(String, String)>,
        settings: Settings,
        calendar: Calendar,
        clock: Clock,
        home: &crate::home::Home,
        start_warnings: Vec<Refusal>,
    ) -> Self {
        let office = Self {
            store,
            vocabulary: Vocabulary::new(&modules),
            modules,
            module_files,
            settings,
            clock,
            started: clock.now(),
            home: home.dir().to_path_buf(),
            journal_dir: home.journal(),
            copies: super::offsite::Copies::new(home),
            start_warnings,
            written: AtomicI64::new(i64::MIN),
            tail: Mutex::default(),
            calendar: RwLock::new(Arc::new(calendar)),
            modems: Mutex::new(Vec::new()),
            throttle: Mutex::default(),
        };
        office.renew_calendar();
        office
    }

    /// The office's zone.
    pub fn zone(&self) -> Zone {
        self.settings.office.zone
    }

    /// Its offset.
    pub fn offset(&self) -> FixedOffset {
        self.zone().offset()
    }

    /// The local date of an instant.
    pub fn date(&self, at: DateTime<Utc>) -> NaiveDate {
        self.zone().local(at).date()
    }

    /// An instant with the office's offset.
    pub fn local(&self, at: DateTime<Utc>) -> DateTime<FixedOffset> {
        at.with_timezone(&self.offset())
    }

    /// Working days.
    pub fn calendar(&self) -> Arc<Calendar> {
        Arc::clone(&self.calendar.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes the overrides of the store into the calendar: at start, and after a fact that changes one.
    pub fn renew_calendar(&self) {
        let mut calendar = (*self.calendar()).clone();
        if let Some(imported) = self.store.index().holidays() {
            calendar.set_years(imported.to_vec());
        }
        for (date, (open, reason)) in self.store.index().overrides() {
            let kind = if *open {
                OverrideKind::Opened
            } else {
                OverrideKind::Closed
            };
            calendar.set_override(
                *date,
                Some(Override {
                    kind,
                    reason: reason.clone(),
                }),
            );
        }
        *self
            .calendar
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(calendar);
    }

    /// Promised completion of a service.
    pub fn target(&self, norm: Norm, letter: &Letter, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let zone = self.zone();
        let calendar = self.calendar();
        let clock = ServiceClock {
            calendar: &calendar,
            hours: self.settings.office.service_hours.service(),
        };
        let stops: Vec<Stop> = letter
            .stops
            .iter()
            .map(|stop| Stop {
                from: zone.local(stop.from),
                until: stop.to.map(|to| zone.local(to)),
            })
            .collect();
        clock
            .target(norm, zone.local(letter.received), &stops, zone.local(now))
            .map(|target| zone.instant(target))
    }

    /// How the modems are.
    pub fn modems(&self) -> Vec<ModemRow> {
        self.modems
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// What left in the last minute.
    pub fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says how the modems are.
    pub fn set_modems(&self, rows: Vec<ModemRow>) {
        *self.modems.lock().unwrap_or_else(PoisonError::into_inner) = rows;
    }

    /// Free space below the journal, in MiB.
    pub fn disk_free(&self) -> u64 {
        nix::sys::statvfs::statvfs(&self.journal_dir).map_or(u64::MAX, |stat| {
            stat.blocks_available() * stat.fragment_size() / (1 << 20)
        })
    }

    /// What this account was given: `[users]` of the settings goes first, then what a person gave it.
    pub fn granted(&self, user: &str) -> Option<Grant> {
        match self.settings.users.get(user) {
            Some(user) => Some(user.grant()),
            None => self.store.index().granted().get(user).cloned(),
        }
    }

    /// What an earlier request of a client with the same key was about. It must be the same request, of the same account.
    ///
    /// # Errors
    /// `key-reused`: under it something else was done, or somebody else did it.
    pub fn done_request(&self, key: &RequestKey, who: &Actor) -> Result<Option<String>, Refusal> {
        match self.store.asked_before(&key.key)? {
            None => Ok(None),
            Some(done)
                if done.by == who.user && done.request == key.request && done.body == key.body =>
            {
                Ok(Some(done.about))
            }
            Some(_) => Err(Refusal::new("key-reused").on("key")),
        }
    }

    /// # Errors
    /// `forbidden` unless the actor's role is at least this one.
    pub fn require(actor: &Actor, needs: Role) -> Result<(), Refusal> {
        if actor.role >= needs {
            Ok(())
        } else {
            Err(Refusal::new("forbidden")
                .with("user", &actor.user)
                .with("role", actor.role.as_str())
                .with("needs", needs.as_str()))
        }
    }

    /// # Errors
    /// `forbidden` unless the actor may change things of this section.
    pub fn require_section(actor: &Actor, section: &str) -> Result<(), Refusal> {
        Self::require(actor, Role::Section)?;
        if actor.may_touch(section) {
            Ok(())
        } else {
            Err(Refusal::new("forbidden-section")
                .with("user", &actor.user)
                .with("section", section))
        }
    }

    /// Writes down how far the journal has gone, beside its folder.
    pub fn anchor(&self) {
        let tail = self
            .tail
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if tail.seq == 0 {
            return;
        }
        let anchor = Anchor {
            journal: self.copies.journal_name(),
            seq: tail.seq,
            hash: tail.hash,
            time: self.clock.now(),
            numbers: self.store.index().last_numbers(),
        };
        if let Err(error) = anchor.write(&crate::home::Home::at(&self.home).anchor()) {
            tracing::warn!(%error, "the anchor of the journal was not written");
        }
    }

    /// Says where the journal ends on disk, and when that was written.
    pub fn note_written(&self, tail: Tail, at: DateTime<Utc>) {
        *self.tail.lock().unwrap_or_else(PoisonError::into_inner) = tail;
        self.written.fetch_max(at.timestamp(), Ordering::Relaxed);
    }

    /// The last fact, where the clock says that it is still to come.
    fn clock_behind(&self) -> Option<Refusal> {
        let last = DateTime::from_timestamp(self.written.load(Ordering::Relaxed), 0)?;
        let now = self.clock.now();
        let form = |at| self.local(at).format("%d-%m-%Y %H.%M").to_string();
        (now + CLOCK_SLACK < last).then(|| {
            Refusal::new("clock-behind")
                .with("now", form(now))
                .with("last", form(last))
        })
    }

    /// What the administrator should know now.
    pub fn warnings(&self) -> Vec<Refusal> {
        let mut warnings = self.start_warnings.clone();
        warnings.extend(self.clock_behind());
        warnings.extend(self.copies_warnings());
        let free = self.disk_free();
        if free < DISK_LOW * 4 {
            warnings.push(Refusal::new("disk-low").with("free", free));
        }
        warnings.extend(self.flood_warning());
        warnings.extend(self.doubtful_users());
        if self.modems().iter().any(|modem| modem.kind == "simulated") {
            warnings.push(Refusal::new("simulated-modem"));
        }
        warnings
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::new("internal").with("cause", error)
    }
}

/// The refusal for a name that no module has.
pub fn not_found(error: &NotFound) -> Refusal {
    let code = match error.what {
        "modul" => "module-unknown",
        "layanan" => "service-unknown",
        "peristiwa" => "event-unknown",
        _ => "field-unknown",
    };
    Refusal::new(code)
        .with("name", &error.name)
        .with("nearest", error.nearest.as_deref().unwrap_or(""))
}

/// Both languages of an explanation, for the client to choose from.
pub fn reasons(refusal: Refusal, explain: impl Fn(Lang) -> String) -> Refusal {
    refusal
        .with("reason", explain(Lang::Id))
        .with("reason-en", explain(Lang::En))
}

/// A text of one line from outside, ready to keep: clean, without blanks at the ends, and not too long.
///
/// # Errors
/// `text-too-long` on this field.
pub fn clean_text(field: &str, text: &str, max: usize) -> Result<Option<String>, Refusal> {
    let clean = typed::line(text);
    let clean = clean.trim();
    if clean.chars().count() > max {
        return Err(Refusal::new("text-too-long").with("max", max).on(field));
    }
    Ok((!clean.is_empty()).then(|| clean.to_owned()))
}

/// Values by name.
pub type Values = BTreeMap<String, String>;
