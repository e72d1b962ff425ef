//! What the server does by itself once a day, at its start, and after something changed that deadlines depend on.
//!
//! A run is idempotent: deadlines are unique by occasion and owner, reminders by deadline, offset and phone. It goes in steps, so that
//! the desks get their turns in between.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::connection::Shared;
use super::deadlines::Plan;
use super::office::{Office, clean_text};
use super::writer::Writer;
use crate::ask::{
    DeadlinesMovedCount, Done, GiveDate, HolidayReport, ImportHolidays, OverrideCalendar,
};
use crate::domain::access::{Actor, Role};
use crate::domain::calendar::{Holiday, compare};
use crate::domain::fact::Fact;
use crate::domain::id::SatkerCode;
use crate::domain::refusal::Refusal;

/// The clock is looked at this often at least: it may be set, and a machine may sleep.
const LOOK: Duration = Duration::from_hours(1);

/// Satker whose reminders are written in one step.
const STEP: usize = 40;

/// The daily run.
#[derive(Debug)]
pub struct Daily {
    office: Arc<Office>,
    writer: Writer,
    one_at_a_time: Mutex<()>,
    _end: Sender<()>,
}

impl Daily {
    /// Moves what is open with the calendar, does today's run at once, and from then on each morning.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(office: Arc<Office>, writer: Writer) -> std::io::Result<Arc<Self>> {
        let (end, ended) = bounded(0);
        let daily = Arc::new(Self {
            office,
            writer,
            one_at_a_time: Mutex::new(()),
            _end: end,
        });
        daily.move_open();
        daily.run_logged();
        let weak = Arc::downgrade(&daily);
        std::thread::Builder::new()
            .name("daily".to_owned())
            .spawn(move || {
                loop {
                    let Some(daily) = weak.upgrade() else { return };
                    let wait = daily.until_next();
                    // The thread must not keep alive what it waits for.
                    drop(daily);
                    if sleep(&ended, wait) {
                        return;
                    }
                    let Some(daily) = weak.upgrade() else { return };
                    daily.wakes();
                }
            })?;
        Ok(daily)
    }

    fn wakes(&self) {
        let now = self.office.clock.now();
        let today = self.office.date(now);
        let last = self.office.store.index().deadlines().last_run();
        if now >= self.run_time(today) && last != Some(today) {
            self.run_logged();
        }
    }

    /// Moves what is open to where the calendar has it now: the list of holidays may be another one than before the start, and a server
    /// that was killed may have written a change down without what it moves.
    fn move_open(&self) {
        let system = Actor::system();
        let user = system.user.clone();
        let moved = self.writer.commit(&user, None, move |office, now| {
            let facts = office.recompute_deadlines("calendar-changed", &system, now)?;
            Ok((facts, ()))
        });
        if let Err(refusal) = moved {
            tracing::error!(%refusal, "open deadlines stay where the calendar had them before");
        }
    }

    fn run_logged(&self) {
        if let Err(refusal) = self.run() {
            tracing::error!(%refusal, "the daily run was cut short; it goes on with the next");
        }
    }

    /// Makes what is owed soon, drafts the reminders of today, and notes that the day is done.
    ///
    /// # Errors
    /// Those of the store and the journal.
    pub fn run(&self) -> Result<(), Refusal> {
        let _turn = self
            .one_at_a_time
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let system = Actor::system().user;
        let now = || self.office.clock.now();
        steps(&self.office, now, |step| {
            self.writer
                .commit(&system, None, move |office, now| step.decide(office, now))
        })
    }

    fn run_time(&self, day: NaiveDate) -> DateTime<Utc> {
        self.office.morning(day)
    }

    /// Until the next morning.
    fn until_next(&self) -> Duration {
        let now = self.office.clock.now();
        let today = self.office.date(now);
        let mut next = self.run_time(today);
        if next <= now {
            next = self.run_time(today.succ_opt().unwrap_or(today));
        }
        let wait = (next - now).to_std().unwrap_or_default().min(LOOK);
        self.office.clock.wait(wait) + Duration::from_millis(1)
    }
}

/// One decision of a run. It is decided when it is its turn in the writer, on what is true then.
#[derive(Debug, Clone)]
pub enum Step {
    /// What is owed soon comes into being; the occasions that are finished are counted from step to step.
    Open(Arc<AtomicUsize>),
    /// Reminders of some satker.
    Remind(Arc<Plan>, Vec<SatkerCode>),
    /// The day is done.
    Done(NaiveDate),
}

impl Step {
    /// The facts, and whether the step has to be done again.
    ///
    /// # Errors
    /// Those of the store.
    pub fn decide(
        &self,
        office: &Office,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, bool), Refusal> {
        match self {
            Self::Open(finished) => office.open_deadlines(finished, now),
            Self::Remind(plan, satker) => Ok((office.remind(plan, satker, now)?, false)),
            Self::Done(day) => {
                let done = office.store.index().deadlines().last_run() == Some(*day);
                let facts = if done {
                    Vec::new()
                } else {
                    vec![Fact::DayRun { day: *day }]
                };
                Ok((facts, false))
            }
        }
    }
}

/// The steps of a run, each written down by `commit` before the next is thought of.
///
/// # Errors
/// Those of the store, and of `commit`.
pub fn steps(
    office: &Office,
    now: impl Fn() -> DateTime<Utc>,
    mut commit: impl FnMut(Step) -> Result<bool, Refusal>,
) -> Result<(), Refusal> {
    let finished = Arc::new(AtomicUsize::new(0));
    while commit(Step::Open(Arc::clone(&finished)))? {}
    let now = now();
    // Before the hour of the morning nobody is written to; the run of that hour does it.
    if now < office.morning(office.date(now)) {
        return Ok(());
    }
    let Some(plan) = office.reminder_plan(now)? else {
        return Ok(());
    };
    let plan = Arc::new(plan);
    for satker in plan.satker().chunks(STEP) {
        commit(Step::Remind(Arc::clone(&plan), satker.to_vec()))?;
    }
    commit(Step::Done(plan.day))?;
    Ok(())
}

/// Longest name of a holiday, in characters.
const HOLIDAY_NAME_MAX: usize = 150;

/// Waits; true when the server has ended.
fn sleep(ended: &Receiver<()>, wait: Duration) -> bool {
    matches!(
        ended.recv_timeout(wait),
        Err(RecvTimeoutError::Disconnected)
    )
}

/// A day is open or closed against the national calendar: deadlines move with it.
///
/// # Errors
/// `reason-missing`.
pub fn override_calendar(
    shared: &Shared,
    ask: OverrideCalendar,
    who: &Actor,
) -> Result<Done, Refusal> {
    let reason = shared.writer.commit(&who.user, None, move |_, _| {
        day_of_an_office(ask.date)?;
        let reason = clean_text("reason", &ask.reason, 100)?
            .ok_or_else(|| Refusal::new("reason-missing").on("reason"))?;
        let fact = Fact::CalendarOverridden {
            date: ask.date,
            open: ask.open,
            reason: reason.clone(),
        };
        Ok((vec![fact], reason))
    })?;
    recompute(shared, &who.user, &reason)?;
    Ok(Done {})
}

/// # Errors
/// `date-outside` unless the day is one of the years that periods can have.
fn day_of_an_office(date: NaiveDate) -> Result<(), Refusal> {
    if crate::domain::period::is_of_an_office(date) {
        return Ok(());
    }
    Err(Refusal::new("date-outside").with("date", date).on("date"))
}

/// The national holidays of some years anew, or only what would change. Years that the list does not speak of stay as they are.
///
/// # Errors
/// `holidays-none`, `date-outside`, `text-too-long`.
pub fn import_holidays(
    shared: &Shared,
    ask: ImportHolidays,
    who: &Actor,
) -> Result<HolidayReport, Refusal> {
    let mut ask = ask;
    for holiday in &mut ask.holidays {
        day_of_an_office(holiday.date)?;
        let name = clean_text("name", &holiday.name, HOLIDAY_NAME_MAX)?;
        holiday.name = name.unwrap_or_default();
    }
    let calendar = shared.office.calendar();
    let old: Vec<Holiday> = calendar.holidays().cloned().collect();
    let new = crate::domain::calendar::Calendar::new(ask.holidays);
    let years = new.years_covered();
    let (Some(first), Some(last)) = (years.first(), years.last()) else {
        return Err(Refusal::new("holidays-none"));
    };
    let gaps = (*first..=*last)
        .filter(|year| !years.contains(year))
        .collect();
    let other_year = |day: &&Holiday| !years.contains(&day.date.year());
    let imported: Vec<Holiday> = new.holidays().cloned().collect();
    let mut holidays = imported.clone();
    holidays.extend(old.iter().filter(other_year).cloned());
    holidays.sort_by_key(|day| day.date);
    let mut report = HolidayReport {
        changes: compare(&old, &holidays),
        gaps,
        moved: 0,
        dry_run: ask.dry_run,
    };
    if ask.dry_run || report.changes.is_empty() {
        return Ok(report);
    }
    shared.writer.commit(&who.user, None, move |office, _| {
        // Only what was imported is kept: the other years stay with the lists of the program and the home folder, which may go on. What was
        // imported before is looked up here, where nobody else decides: another import may have come in between.
        let before = office.store.index().holidays().unwrap_or_default().to_vec();
        let mut holidays = imported;
        holidays.extend(
            before
                .into_iter()
                .filter(|day| !years.contains(&day.date.year())),
        );
        holidays.sort_by_key(|day| day.date);
        Ok((vec![Fact::HolidaysReplaced { holidays }], ()))
    })?;
    report.moved = recompute(shared, &who.user, "holidays")?;
    Ok(report)
}

/// A letter gives a date: what is open moves, and what it makes due comes into being.
///
/// # Errors
/// See [`Office::give_date`].
pub fn give_date(
    shared: &Shared,
    ask: GiveDate,
    who: Actor,
) -> Result<DeadlinesMovedCount, Refusal> {
    let user = who.user.clone();
    let note = clean_text("note", &ask.note, 100)?.unwrap_or_else(|| "letter".to_owned());
    shared.writer.commit(&user, None, move |office, _| {
        Ok((office.give_date(&ask, &who)?, ()))
    })?;
    let moved = recompute(shared, &user, &note)?;
    Ok(DeadlinesMovedCount { moved })
}

/// Moves what is open to where the calendar has it now. In a command of its own: the calendar is renewed between the two.
fn recompute(shared: &Shared, user: &str, reason: &str) -> Result<u64, Refusal> {
    let (actor, reason) = (user.to_owned(), reason.to_owned());
    let moved = shared.writer.commit(user, None, move |office, now| {
        let actor = Actor {
            user: actor,
            role: Role::Admin,
            section: None,
        };
        let facts = office.recompute_deadlines(&reason, &actor, now)?;
        let moved = facts
            .iter()
            .map(|fact| match fact {
                Fact::DeadlinesMoved { ids, .. } => ids.len() as u64,
                _ => 0,
            })
            .sum();
        Ok((facts, moved))
    })?;
    shared.daily.run()?;
    Ok(moved)
}
