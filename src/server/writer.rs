//! The writing, one group at a time: decides, appends to the journal, applies to the store, makes it durable, and only then answers.
//!
//! Who comes while nothing is being written does it in its own thread, which saves two hand-overs. Else the writer's thread does: all
//! commands that wait are taken at once and made durable by one fdatasync (group commit). Facts are applied to the store before that, in memory, so that the next decision of the group sees them; nobody is answered, no modem is given anything, and sled is given
//! nothing, before it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::notices::Notices;
use super::office::{DISK_LOW, Office};
use crate::ask::Topic;
use crate::domain::fact::Fact;
use crate::domain::refusal::Refusal;
use crate::journal::{Journal, JournalError};

/// Commands taken into one group at the most.
const GROUP: usize = 512;

/// After this long without a command, what sled holds in memory goes to its file, once.
const SETTLE: Duration = Duration::from_secs(3);

/// How far the journal has gone is written down at least this often while there are changes.
const ANCHOR: Duration = Duration::from_mins(1);

type Decide = Box<dyn FnOnce(&Office, DateTime<Utc>) -> Result<Decided, Refusal> + Send>;

/// The facts, and what to call once they are durable (or are not).
struct Decided {
    facts: Vec<Fact>,
    done: Box<dyn FnOnce(Result<(), Refusal>) + Send>,
}

struct Job {
    actor: String,
    key: Option<String>,
    decide: Decide,
    /// Answers with a refusal when the decision itself refuses.
    refused: Box<dyn FnOnce(Refusal) + Send>,
}

/// What the writer's thread is told.
enum Told {
    Job(Box<Job>),
    /// Somebody else wrote: what sled holds in memory is to go to its file some time, and the desks are to be told.
    Wrote(Changes),
}

/// What a group changed.
struct Changes {
    seq: u64,
    topics: BTreeSet<Topic>,
}

/// The way to the writer; cheap to clone.
#[derive(Clone)]
pub struct Writer {
    told: Sender<Told>,
    shared: Arc<Shared>,
}

struct Shared {
    run: Mutex<Run>,
    /// Jobs that the writer's thread was told of and has not done: nobody overtakes them.
    ahead: AtomicUsize,
    seq: Arc<AtomicU64>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer")
            .field("seq", &self.shared.seq)
            .finish_non_exhaustive()
    }
}

impl Writer {
    /// Starts the writer's thread. It ends when the last [`Writer`] is dropped, or with the server when the journal fails.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        office: Arc<Office>,
        journal: Journal,
        notices: Arc<Notices>,
        failed: impl FnOnce(Refusal) + Send + 'static,
    ) -> std::io::Result<(Self, std::thread::JoinHandle<()>)> {
        let (told, waiting) = bounded(4 * GROUP);
        let seq = Arc::new(AtomicU64::new(journal.seq()));
        let watched = Arc::clone(&office);
        let shared = Arc::new(Shared {
            run: Mutex::new(Run {
                office,
                journal,
                seq: Arc::clone(&seq),
                failed: Some(Box::new(failed)),
            }),
            ahead: AtomicUsize::new(0),
            seq,
        });
        let own = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || own.until_closed(&waiting, &watched, &notices))?;
        Ok((Self { told, shared }, thread))
    }

    /// The last fact on disk.
    pub fn seq(&self) -> u64 {
        self.shared.seq.load(Ordering::Acquire)
    }

    /// Commands that wait for their turn.
    pub fn waiting(&self) -> usize {
        self.shared.ahead.load(Ordering::Acquire)
    }

    /// Decides when nobody else does, and waits until the facts are on disk.
    ///
    /// # Errors
    /// The decision's refusal, or `journal-failed`.
    pub fn commit<T: Send + 'static>(
        &self,
        actor: &str,
        key: Option<String>,
        decide: impl FnOnce(&Office, DateTime<Utc>) -> Result<(Vec<Fact>, T), Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (job, pending) = job(actor, key, decide);
        if self.shared.ahead.load(Ordering::Acquire) == 0
            && let Ok(mut run) = self.shared.run.try_lock()
        {
            let changes = run.group(vec![job]);
            drop(run);
            if let Some(changes) = changes {
                // Whoever asked does not wait until all desks are told. While the thread is that far behind, they are told of later changes.
                let _ = self.told.try_send(Told::Wrote(changes));
            }
        } else {
            self.tell(job)?;
        }
        pending.wait()
    }

    /// The same without waiting: what is handed in while others are being written shares the next write.
    ///
    /// # Errors
    /// `stopping`.
    pub fn hand_in<T: Send + 'static>(
        &self,
        actor: &str,
        key: Option<String>,
        decide: impl FnOnce(&Office, DateTime<Utc>) -> Result<(Vec<Fact>, T), Refusal> + Send + 'static,
    ) -> Result<Pending<T>, Refusal> {
        let (job, pending) = job(actor, key, decide);
        self.tell(job)?;
        Ok(pending)
    }

    fn tell(&self, job: Job) -> Result<(), Refusal> {
        self.shared.ahead.fetch_add(1, Ordering::AcqRel);
        self.told
            .send(Told::Job(Box::new(job)))
            .map_err(|_| stopping())
    }
}

fn job<T: Send + 'static>(
    actor: &str,
    key: Option<String>,
    decide: impl FnOnce(&Office, DateTime<Utc>) -> Result<(Vec<Fact>, T), Refusal> + Send + 'static,
) -> (Job, Pending<T>) {
    let (answer, answered) = bounded(1);
    let refuse = answer.clone();
    let job = Job {
        actor: actor.to_owned(),
        key,
        decide: Box::new(move |office, now| {
            let (facts, value) = decide(office, now)?;
            // Whoever asked may be gone; what was decided stands all the same.
            let done = Box::new(move |result: Result<(), Refusal>| {
                drop(answer.send(result.map(|()| value)));
            });
            Ok(Decided { facts, done })
        }),
        refused: Box::new(move |refusal| drop(refuse.send(Err(refusal)))),
    };
    (job, Pending { answered })
}

/// What was handed in and is perhaps not on disk yet.
pub struct Pending<T> {
    answered: Receiver<Result<T, Refusal>>,
}

impl<T> Pending<T> {
    /// Waits until it is on disk.
    ///
    /// # Errors
    /// As [`Writer::commit`].
    pub fn wait(self) -> Result<T, Refusal> {
        self.answered.recv().unwrap_or_else(|_| Err(stopping()))
    }
}

fn stopping() -> Refusal {
    Refusal::new("stopping")
}

/// A panic, as sled has them on a full disk, ends the server like a journal that cannot be written: without its writer it would only
/// refuse. The store is checked at the next start.
fn guarded<T>(run: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run))
        .unwrap_or_else(|_| Err(Refusal::new("internal").with("cause", "panic")))
}

struct Run {
    office: Arc<Office>,
    journal: Journal,
    seq: Arc<AtomicU64>,
    /// Called once, when nothing can be written any more; none after that.
    failed: Option<Box<dyn FnOnce(Refusal) + Send>>,
}

impl Shared {
    fn until_closed(&self, told: &Receiver<Told>, office: &Office, notices: &Notices) {
        let mut settle_at = None;
        let mut anchored = Instant::now();
        loop {
            let first = match settle_at {
                Some(at) => told.recv_deadline(at),
                None => told.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            let mut due = Due::default();
            match first {
                Ok(told) => due.take(told),
                Err(RecvTimeoutError::Timeout) => {
                    settle(office);
                    settle_at = None;
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if !due.jobs.is_empty() {
                let mut run = self.run.lock().unwrap_or_else(PoisonError::into_inner);
                // Only now: what came while another thread was writing shares this write.
                for told in told.try_iter().take(GROUP - 1) {
                    due.take(told);
                }
                let many = due.jobs.len();
                let changes = run.group(std::mem::take(&mut due.jobs));
                due.changes.extend(changes);
                self.ahead.fetch_sub(many, Ordering::AcqRel);
                if run.failed.is_none() {
                    return;
                }
            }
            // Without the lock: telling twenty desks takes a while.
            if let Some(seq) = due.changes.iter().map(|changes| changes.seq).max() {
                settle_at = Some(Instant::now() + SETTLE);
                // An office that is never idle says all the same how far it is.
                if anchored.elapsed() > ANCHOR {
                    office.anchor();
                    anchored = Instant::now();
                }
                let topics: BTreeSet<Topic> = due
                    .changes
                    .into_iter()
                    .flat_map(|changes| changes.topics)
                    .collect();
                if !topics.is_empty() {
                    notices.tell(seq, topics);
                }
            }
        }
        settle(office);
    }
}

/// What the thread was told and has not done yet.
#[derive(Default)]
struct Due {
    jobs: Vec<Job>,
    changes: Vec<Changes>,
}

impl Due {
    fn take(&mut self, told: Told) {
        match told {
            Told::Job(job) => self.jobs.push(*job),
            Told::Wrote(changes) => self.changes.push(changes),
        }
    }
}

fn settle(office: &Office) {
    if let Err(error) = office.store.flush() {
        tracing::warn!(%error, "the store was not flushed; the journal has everything");
    }
    office.anchor();
}

impl Run {
    /// Writes a group, and gives what the desks are to be told. After a failure everything is refused, and the server ends.
    fn group(&mut self, group: Vec<Job>) -> Option<Changes> {
        if self.failed.is_none() {
            for job in group {
                (job.refused)(stopping());
            }
            return None;
        }
        guarded(|| self.write(group)).unwrap_or_else(|refusal| {
            if let Some(failed) = self.failed.take() {
                failed(refusal);
            }
            None
        })
    }

    /// None when nothing was written.
    fn write(&mut self, group: Vec<Job>) -> Result<Option<Changes>, Refusal> {
        let mut done = Vec::with_capacity(group.len());
        let mut topics = BTreeSet::new();
        let full = self.office.disk_free() < DISK_LOW;
        let mut wrote = false;
        for job in group {
            let now = self.office.clock.now();
            let office = &self.office;
            let decided = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                (job.decide)(office, now)
            }));
            let decided = match decided {
                // What became of a message that is with a modem is small and must not be forgotten, and whoever stops sending or locks an
                // account out must be able to: the reserve is for them.
                Ok(Ok(decided)) if full && !decided.facts.iter().all(uses_reserve) => {
                    (decided.done)(Err(
                        Refusal::new("disk-low").with("free", self.office.disk_free())
                    ));
                    continue;
                }
                Ok(Ok(decided)) => decided,
                Ok(Err(refusal)) => {
                    (job.refused)(refusal);
                    continue;
                }
                Err(_) => {
                    (job.refused)(Refusal::new("internal").with("cause", "panic"));
                    continue;
                }
            };
            if !decided.facts.is_empty() {
                wrote = true;
                let renew = decided.facts.iter().any(|fact| {
                    matches!(
                        fact,
                        Fact::CalendarOverridden { .. } | Fact::HolidaysReplaced { .. }
                    )
                });
                topics.extend(decided.facts.iter().filter_map(topic_of));
                let appended =
                    self.journal
                        .append(now, &job.actor, job.key.as_deref(), decided.facts);
                let entries = match appended {
                    Ok(entries) => entries,
                    // Nothing of it is in the journal, and the others go on.
                    Err(error @ JournalError::TooLong { .. }) => {
                        (decided.done)(Err(error.into()));
                        continue;
                    }
                    Err(error) => return Err(error.into()),
                };
                self.office.store.apply_group(&entries)?;
                if renew {
                    self.office.renew_calendar();
                }
            }
            done.push(decided.done);
        }
        if let Err(error) = self.journal.commit() {
            let refusal = Refusal::from(error);
            for done in done {
                done(Err(refusal.clone()));
            }
            return Err(refusal);
        }
        self.seq.store(self.journal.seq(), Ordering::Release);
        self.office
            .note_written(self.journal.tail(), self.journal.time());
        for done in done {
            done(Ok(()));
        }
        let seq = self.journal.seq();
        self.office.store.committed(seq)?;
        Ok(wrote.then_some(Changes { seq, topics }))
    }
}

/// Whether it is written down even when the disk is nearly full.
fn uses_reserve(fact: &Fact) -> bool {
    fact.is_outcome() || fact.is_brake()
}

/// What kind of thing a fact changes; drafts of forms are nobody else's business.
fn topic_of(fact: &Fact) -> Option<Topic> {
    match fact {
        Fact::LetterRegistered { .. } | Fact::LetterMoved { .. } | Fact::LetterEnded { .. } => {
            Some(Topic::Letters)
        }
        Fact::SatkerSaved { .. }
        | Fact::StageReached { .. }
        | Fact::BudgetSaved { .. }
        | Fact::DemoLoaded { .. } => Some(Topic::Satker),
        Fact::InboxReceived { .. }
        | Fact::InboxCompleted { .. }
        | Fact::InboxAnswered { .. }
        | Fact::InboxDone { .. }
        | Fact::InboxAssigned { .. }
        | Fact::PhoneOptedOut { .. }
        | Fact::ServiceRated { .. } => Some(Topic::Inbox),
        Fact::CalendarOverridden { .. } | Fact::HolidaysReplaced { .. } => Some(Topic::Calendar),
        Fact::EventRecorded { .. }
        | Fact::DeadlinesOpened { .. }
        | Fact::DeadlineMet { .. }
        | Fact::DeadlineExempted { .. }
        | Fact::DeadlineReopened { .. }
        | Fact::DeadlinesMoved { .. }
        | Fact::DateGiven { .. } => Some(Topic::Deadlines),
        Fact::UserSet { .. } | Fact::UserRemoved { .. } => Some(Topic::Users),
        Fact::InboxPartKept { .. }
        | Fact::InboxPartsShown { .. }
        | Fact::InboxPartsForgotten { .. }
        | Fact::AttemptRefused { .. }
        | Fact::DraftKept { .. }
        | Fact::DraftDropped { .. }
        | Fact::DayRun { .. } => None,
        _ => Some(Topic::Sms),
    }
}

#[cfg(test)]
#[allow(clippy::panic, clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::home::Home;
    use crate::server::rig::Rig;
    use crate::store::Store;

    #[test]
    fn what_is_handed_in_while_others_are_written_shares_the_next_write() {
        let (office, journal, _folder) = Rig::new("").apart();
        let notices = Arc::new(Notices::default());
        let (tell, told) = crossbeam_channel::unbounded();
        notices.listen(tell);
        let failed = |refusal: Refusal| panic!("{refusal}");
        let (writer, thread) = Writer::start(Arc::new(office), journal, notices, failed).unwrap();
        let came = |office: &Office, text: &str, now| {
            let (facts, id) = office.incoming("+6281311110102", text, None, "m", now)?;
            Ok((facts, id))
        };
        let (go, held) = bounded::<()>(0);
        let first = writer.hand_in("sistem", None, move |office, now| {
            held.recv().unwrap();
            came(office, "yang pertama", now)
        });
        let more: Vec<_> = (0..10)
            .map(|n| {
                writer.hand_in("sistem", None, move |office, now| {
                    came(office, &n.to_string(), now)
                })
            })
            .collect();
        go.send(()).unwrap();
        for (place, pending) in (1..).zip(std::iter::once(first).chain(more)) {
            let id = pending.unwrap().wait().unwrap();
            assert_eq!(id.map(|id| id.0), Some(place));
        }
        drop(writer);
        thread.join().unwrap();
        // Each write is told once.
        let groups = told.try_iter().count();
        assert!((1..=2).contains(&groups), "{groups}");
    }

    #[test]
    fn the_store_knows_nothing_of_a_command_before_the_journal_has_it() {
        let (office, journal, folder) = Rig::new("").apart();
        let home = Home::at(folder.path());
        let office = Arc::new(office);
        let failed = |refusal: Refusal| panic!("{refusal}");
        let notices = Arc::new(Notices::default());
        let (writer, thread) =
            Writer::start(Arc::clone(&office), journal, notices, failed).unwrap();
        let (go, held) = bounded::<()>(0);
        let first = writer.hand_in("sistem", None, move |_, _| {
            held.recv().unwrap();
            Ok((Vec::new(), ()))
        });
        // Larger than what waits for sled, and a moment later, in the same group, the look of a power cut.
        let large = writer.hand_in("sistem", None, |_, now| {
            let day = now.date_naive();
            let days = day.iter_days().take(5000);
            let closed = days.map(|date| Fact::CalendarOverridden {
                date,
                open: false,
                reason: "libur".to_owned(),
            });
            Ok((closed.collect(), ()))
        });
        let cut = writer.hand_in("sistem", None, move |office, _| {
            assert_eq!(office.store.index().overrides().len(), 5000);
            office.store.flush().unwrap();
            Ok((Vec::new(), left(&home)))
        });
        go.send(()).unwrap();
        first.unwrap().wait().unwrap();
        large.unwrap().wait().unwrap();
        let (known, days) = cut.unwrap().wait().unwrap();
        assert_eq!((known, days), (0, 0), "sled knew of it before the journal");
        drop(writer);
        thread.join().unwrap();
        assert_eq!(left(&Home::at(folder.path())), (5000, 5000));
    }

    /// What a store opened on a copy of the files knows: its last fact, and how many days.
    fn left(home: &Home) -> (u64, usize) {
        let copy = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(home.store()).unwrap() {
            let file = file.unwrap();
            if file.file_type().unwrap().is_file() {
                std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
            }
        }
        let zone = chrono::FixedOffset::east_opt(0).unwrap();
        let store = Store::open(copy.path(), zone).unwrap();
        let days = store.index().overrides().len();
        (store.applied().seq, days)
    }

    #[test]
    fn who_stops_sending_or_locks_an_account_out_has_the_reserve() {
        let (at, by) = (DateTime::UNIX_EPOCH, String::new());
        let user = "sari".to_owned();
        assert!(uses_reserve(&Fact::SendingHeld {
            at,
            by: by.clone(),
            reason: "salah teks".to_owned()
        }));
        assert!(uses_reserve(&Fact::UserRemoved {
            user: user.clone(),
            at,
            by: by.clone()
        }));
        assert!(uses_reserve(&Fact::UserSet {
            user,
            role: crate::domain::access::Role::Viewer,
            section: None,
            at,
            by: by.clone()
        }));
        assert!(!uses_reserve(&Fact::SendingResumed { at, by }));
        assert!(!uses_reserve(&Fact::DemoLoaded { seed: 1 }));
    }

    #[test]
    fn a_panic_of_the_writer_is_a_failure_that_ends_the_server() {
        assert!(guarded(|| Ok(())).is_ok());
        let failed: Result<(), Refusal> = guarded(|| panic!("sled is poisoned"));
        assert_eq!(
            failed.map_err(|refusal| refusal.code),
            Err("internal".into())
        );
    }
}
