//! What waits in memory goes to sled, in a thread of its own, so that nobody waits for it: only what the journal has on disk, and whole
//! or not at all.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use super::key::Key;
use super::meta::{Applied, Meta, Sum};
use super::unsaved::{Changed, Layer, Unsaved};
use super::{Store, StoreError, checksum};

/// Records that wait in memory before they go to sled.
const UNSAVED: usize = 256;

/// Records that go to sled together at the most: it leaks memory on batches of thousands.
const PIECE: usize = 512;

/// So many records wait for sled at the most, some tens of megabytes: above it the writer waits too.
const TOO_MANY: usize = 1 << 15;

/// What the thread does, in order.
#[derive(Debug)]
enum Job {
    /// Records, with where the store stands when all of them are in sled. Not `whole`: more belong to them, and what it says is where it
    /// stood before.
    Save {
        layer: Arc<Layer>,
        applied: Applied,
        whole: bool,
    },
    /// Says when all before it is done, after a flush if that is wanted.
    Tell {
        flush: bool,
        done: Sender<Result<(), StoreError>>,
    },
}

/// The thread that gives records to sled. It ends, with all that it was given, when this is dropped.
#[derive(Debug)]
pub struct Saver {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    failed: Arc<Mutex<Option<String>>>,
}

impl Saver {
    /// Starts the thread. `saved` is what the records in sled come to.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn start(
        db: sled::Db,
        unsaved: Arc<RwLock<Unsaved>>,
        saved: Sum,
    ) -> Result<Self, StoreError> {
        // At most one layer is on its way, so this is never long.
        let (jobs, waiting) = unbounded();
        let failed = Arc::new(Mutex::new(None));
        let mut run = Run { db, unsaved, saved };
        let told = Arc::clone(&failed);
        let thread = std::thread::Builder::new()
            .name("store-save".to_owned())
            .spawn(move || {
                // sled panics on a full disk.
                let run = std::panic::AssertUnwindSafe(|| run.until_closed(&waiting));
                let error = match std::panic::catch_unwind(run) {
                    Ok(Ok(())) => return,
                    Ok(Err(error)) => error.to_string(),
                    Err(_) => "sled panicked".to_owned(),
                };
                *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            })
            .map_err(|error| StoreError::Sled(error.to_string()))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
            failed,
        })
    }

    fn give(&self, job: Job) -> Result<(), StoreError> {
        let given = self.jobs.as_ref().map(|jobs| jobs.send(job));
        match given {
            Some(Ok(())) => Ok(()),
            _ => Err(self.error()),
        }
    }

    /// Whether it still takes anything.
    fn check(&self) -> Result<(), StoreError> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        match failed.as_ref() {
            Some(cause) => Err(StoreError::Sled(cause.clone())),
            None => Ok(()),
        }
    }

    /// Why it ended.
    fn error(&self) -> StoreError {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let cause = failed.as_deref().unwrap_or("sled takes nothing any more");
        StoreError::Sled(cause.to_owned())
    }

    /// Waits until all that was given is in sled, and on the disk if that is wanted.
    pub(super) fn wait(&self, flush: bool) -> Result<(), StoreError> {
        let (done, told) = bounded(1);
        self.give(Job::Tell { flush, done })?;
        told.recv().unwrap_or_else(|_| Err(self.error()))
    }
}

impl Drop for Saver {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // It keeps its panics to itself.
            let _ = thread.join();
        }
    }
}

impl Store {
    /// All facts up to this one are in the journal on disk, so they may go to sled; they do when many records wait.
    ///
    /// # Errors
    /// Those of sled with what it was given before.
    pub fn committed(&self, seq: u64) -> Result<(), StoreError> {
        self.standing().durable = seq;
        let waiting = self.unsaved().waiting();
        if waiting >= TOO_MANY {
            self.saver.wait(false)?;
        }
        if waiting >= UNSAVED {
            self.send_off(false)?;
        }
        Ok(())
    }

    /// Writes to sled's file what is still in memory, if the journal has all of it. Not needed for safety, only for a quick start.
    ///
    /// # Errors
    /// Those of sled.
    pub fn flush(&self) -> Result<(), StoreError> {
        self.saver.wait(false)?;
        self.send_off(true)?;
        self.saver.wait(true)
    }

    /// Gives sled what waits, unless something else is on its way.
    fn send_off(&self, all: bool) -> Result<(), StoreError> {
        self.saver.check()?;
        let mut standing = self.standing();
        // In the middle of a group: what sled is given now, a crash could take from the journal.
        if standing.applied.seq != standing.durable {
            return Ok(());
        }
        let mut unsaved = self.unsaved.write().unwrap_or_else(PoisonError::into_inner);
        let nothing = unsaved.waiting() == 0 && !(all && standing.unfinished);
        if nothing || unsaved.is_going() {
            return Ok(());
        }
        standing.unfinished = false;
        self.saver.give(Job::Save {
            layer: unsaved.send_off(),
            applied: standing.applied.clone(),
            whole: true,
        })
    }

    /// While much is taken in from the journal: gives sled what waits, long before all of it is there. Until then sled's records are no
    /// store, and say so.
    ///
    /// # Errors
    /// Those of sled.
    pub(super) fn spill(&self) -> Result<(), StoreError> {
        let (waiting, going) = {
            let unsaved = self.unsaved();
            (unsaved.waiting(), unsaved.is_going())
        };
        if waiting < SPILL || (going && waiting < TOO_MANY) {
            return Ok(());
        }
        if going {
            self.saver.wait(false)?;
        }
        let mut standing = self.standing();
        standing.unfinished = true;
        let applied = standing.opened.clone();
        let mut unsaved = self.unsaved.write().unwrap_or_else(PoisonError::into_inner);
        self.saver.give(Job::Save {
            layer: unsaved.send_off(),
            applied,
            whole: false,
        })
    }
}

/// Records that wait before they are spilt: the more, the better their order.
const SPILL: usize = 1 << 13;

struct Run {
    db: sled::Db,
    unsaved: Arc<RwLock<Unsaved>>,
    saved: Sum,
}

impl Run {
    fn until_closed(&mut self, jobs: &Receiver<Job>) -> Result<(), StoreError> {
        for job in jobs {
            match job {
                Job::Save {
                    layer,
                    applied,
                    whole,
                } => self.save(&layer, applied, whole)?,
                Job::Tell { flush, done } => {
                    let flushed = if flush { self.db.flush() } else { Ok(0) };
                    // Whoever asked may be gone.
                    let _ = done.send(flushed.map(drop).map_err(StoreError::from));
                }
            }
        }
        Ok(())
    }

    /// More than one batch takes is announced by the first and confirmed by the last, so that a store that was cut off in between is
    /// known to be no use.
    fn save(
        &mut self,
        layer: &Arc<Layer>,
        applied: Applied,
        whole: bool,
    ) -> Result<(), StoreError> {
        let mut batch = sled::Batch::default();
        let mut left = PIECE;
        let pieces = !whole || layer.len() > PIECE;
        if pieces {
            let unfinished = Meta {
                applied: applied.clone(),
                sum: None,
            };
            batch.insert(Key::Meta.bytes(), unfinished.bytes()?);
        }
        for (key, Changed { saved, now }) in layer.iter() {
            if left == 0 {
                self.db.apply_batch(std::mem::take(&mut batch))?;
                left = PIECE;
            }
            left -= 1;
            if let Some(saved) = saved {
                self.saved.remove(*saved);
            }
            match now {
                Some(now) => {
                    self.saved.add(checksum(key, now));
                    batch.insert(key.as_slice(), now.as_slice());
                }
                None => batch.remove(key.as_slice()),
            }
        }
        if whole {
            let meta = Meta {
                applied,
                sum: Some(self.saved),
            };
            batch.insert(Key::Meta.bytes(), meta.bytes()?);
        }
        self.db.apply_batch(batch)?;
        if pieces && whole {
            // The time in which a crash costs the whole store is to be short.
            self.db.flush()?;
        }
        // Only now: whoever reads finds a record here or there. What it held is let go when nobody waits for it.
        let arrived = self
            .unsaved
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .arrived();
        drop(arrived);
        Ok(())
    }
}
