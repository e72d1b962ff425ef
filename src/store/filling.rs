//! Taking in what the journal has and the store lacks, as at the start: much at once, in a thread of its own, while whoever reads the
//! journal reads on.

use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::{BATCH, Store, StoreError};
use crate::journal::Entry;

/// Batches that wait for the store at the most: some megabytes.
const AHEAD: usize = 64;

type Batch = Vec<(Entry, String)>;

/// A store that is being filled. Dropped instead of finished, it is closed and left as a crash would leave it.
#[derive(Debug)]
pub struct Filling {
    batch: Batch,
    batches: Option<Sender<Batch>>,
    thread: Option<JoinHandle<Result<Store, StoreError>>>,
}

impl Filling {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn of(store: Store) -> Result<Self, StoreError> {
        let (batches, waiting) = bounded(AHEAD);
        let thread = std::thread::Builder::new()
            .name("store-fill".to_owned())
            .spawn(move || fill(store, &waiting))
            .map_err(|error| StoreError::Sled(error.to_string()))?;
        Ok(Self {
            batch: Vec::with_capacity(BATCH),
            batches: Some(batches),
            thread: Some(thread),
        })
    }

    /// The next fact, with the hash of its line. Whether the store goes on: it does not after an error, which [`Filling::finish`] tells.
    pub fn take(&mut self, entry: Entry, hash: String) -> bool {
        self.batch.push((entry, hash));
        self.batch.len() < BATCH || self.hand_over()
    }

    fn hand_over(&mut self) -> bool {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        self.batches
            .as_ref()
            .is_some_and(|batches| batches.send(batch).is_ok())
    }

    /// Gives back the store with all that it was given, in memory: sled has it only after [`Store::committed`].
    ///
    /// # Errors
    /// Those of [`Store::apply_group`] and of sled.
    pub fn finish(mut self) -> Result<Store, StoreError> {
        self.hand_over();
        self.end()
    }

    fn end(&mut self) -> Result<Store, StoreError> {
        self.batches = None;
        let ended = self.thread.take().map(JoinHandle::join);
        ended.and_then(Result::ok).unwrap_or_else(|| {
            let what = "it could not be brought up to the journal".to_owned();
            Err(StoreError::Doubtful(what))
        })
    }
}

impl Drop for Filling {
    /// The folder is at rest afterwards.
    fn drop(&mut self) {
        if self.thread.is_some() {
            drop(self.end());
        }
    }
}

fn fill(store: Store, batches: &Receiver<Batch>) -> Result<Store, StoreError> {
    for batch in batches {
        store.apply_group(&batch)?;
        store.spill()?;
    }
    Ok(store)
}
