//! The one writer: decides, appends to the journal, applies to the store, makes it durable, and only then answers.
//!
//! All commands that wait are taken at once and made durable by one fdatasync (group commit). Facts are applied to the store before
//! that, so that the next decision of the group sees them; nobody is answered, and no modem is given anything, before it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::notices::Notices;
use super::office::{DISK_LOW, Office};
use crate::domain::fact::Fact;
use crate::journal::{Journal, JournalError};
use crate::service::{Refusal, Topic};

/// Commands taken into one group at the most.
const GROUP: usize = 512;

/// After this long without a command, what sled holds in memory goes to its file, once.
const SETTLE: Duration = Duration::from_secs(3);

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

/// The way to the writer; cheap to clone.
#[derive(Clone)]
pub struct Writer {
    jobs: Sender<Job>,
    seq: Arc<AtomicU64>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer")
            .field("seq", &self.seq)
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
        let (jobs, waiting) = bounded(4 * GROUP);
        let seq = Arc::new(AtomicU64::new(journal.seq()));
        let shared = Arc::clone(&seq);
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || {
                let mut run = Run {
                    office,
                    journal,
                    notices,
                    seq: shared,
                };
                if let Err(refusal) = guarded(|| run.until_closed(&waiting)) {
                    failed(refusal);
                }
            })?;
        Ok((Self { jobs, seq }, thread))
    }

    /// The last fact on disk.
    pub fn seq(&self) -> u64 {
        self.seq.load(Ordering::Acquire)
    }

    /// Commands that wait for their turn.
    pub fn waiting(&self) -> usize {
        self.jobs.len()
    }

    /// Decides in the writer's thread and waits until the facts are on disk.
    ///
    /// # Errors
    /// The decision's refusal, or `journal-failed`.
    pub fn commit<T: Send + 'static>(
        &self,
        actor: &str,
        key: Option<String>,
        decide: impl FnOnce(&Office, DateTime<Utc>) -> Result<(Vec<Fact>, T), Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.hand_in(actor, key, decide)?.wait()
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
        self.jobs.send(job).map_err(|_| stopping())?;
        Ok(Pending { answered })
    }
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
fn guarded(run: impl FnOnce() -> Result<(), Refusal>) -> Result<(), Refusal> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run))
        .unwrap_or_else(|_| Err(Refusal::new("internal").with("cause", "panic")))
}

struct Run {
    office: Arc<Office>,
    journal: Journal,
    notices: Arc<Notices>,
    seq: Arc<AtomicU64>,
}

impl Run {
    fn until_closed(&mut self, jobs: &Receiver<Job>) -> Result<(), Refusal> {
        let mut unsettled = false;
        loop {
            let first = if unsettled {
                match jobs.recv_timeout(SETTLE) {
                    Ok(job) => job,
                    Err(RecvTimeoutError::Timeout) => {
                        self.settle();
                        unsettled = false;
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            } else {
                match jobs.recv() {
                    Ok(job) => job,
                    Err(_) => break,
                }
            };
            let mut group = vec![first];
            group.extend(jobs.try_iter().take(GROUP - 1));
            unsettled |= self.group(group)?;
        }
        self.settle();
        Ok(())
    }

    fn settle(&self) {
        if let Err(error) = self.office.store.flush() {
            tracing::warn!(%error, "the store was not flushed; the journal has everything");
        }
        self.office.anchor();
    }

    /// Whether anything was written.
    fn group(&mut self, group: Vec<Job>) -> Result<bool, Refusal> {
        let mut done = Vec::with_capacity(group.len());
        let mut topics = std::collections::BTreeSet::new();
        let full = self.office.disk_free() < DISK_LOW;
        let mut wrote = false;
        for job in group {
            let now = self.office.clock.now();
            let office = &self.office;
            let decided = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                (job.decide)(office, now)
            }));
            let decided = match decided {
                // What became of a message that is with a modem is small and must not be forgotten: the reserve is for it.
                Ok(Ok(decided)) if full && !decided.facts.iter().all(Fact::is_outcome) => {
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
        if !topics.is_empty() {
            self.notices.tell(self.journal.seq(), topics);
        }
        Ok(wrote)
    }
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
        Fact::InboxPartKept { .. }
        | Fact::InboxPartsShown { .. }
        | Fact::InboxPartsForgotten { .. }
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
    use crate::server::rig::Rig;

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
    fn a_panic_of_the_writer_is_a_failure_that_ends_the_server() {
        assert!(guarded(|| Ok(())).is_ok());
        let failed = guarded(|| panic!("sled is poisoned"));
        assert_eq!(
            failed.map_err(|refusal| refusal.code),
            Err("internal".into())
        );
    }
}
