//! The store: a fast view of the present, made from the journal and never trusted.
//!
//! sled keeps the records; [`Index`] keeps in memory what lists and searches need. What changed lately waits in memory
//! (`unsaved`) until some hundred records go to sled together, or the server has nothing else to do: each batch costs sled two
//! writes of its own, and a message on its way changes its record five times in a second. Nothing is lost with it, because the journal
//! is on disk before anybody is answered, and the store takes what it lacks from there.
//!
//! Measured on sled 0.34.7: one byte cut from its log loses hundreds of acknowledged records without any error. So every batch also
//! writes the number and hash of the last fact in it and a running checksum over all records; at start the records are counted and
//! summed again, and on any doubt the folder is set aside and the store is made anew from the journal.
//!
//! All records live in one tree under a prefix byte, because only a batch on one tree is atomic. Values are postcard behind a
//! version byte; another version means another `FORMAT`, which means a rebuild. Nothing outside this folder names sled.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use chrono::FixedOffset;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::domain::deadline::Deadline;
use crate::domain::id::{AgendaNo, InboxId, ObligationId, SatkerCode, SmsId};
use crate::domain::inbox::InboxMessage;
use crate::domain::letter::Letter;
use crate::domain::request_key::DoneRequest;
use crate::domain::satker::{BudgetRow, Satker};
use crate::domain::sms::Sms;

mod apply;
mod deadlines;
mod index;
mod key;
mod opened;
mod search;
mod unsaved;

pub use deadlines::{DateKey, DeadlineEntry, DeadlineIndex, GivenDate, Occasion};
pub use index::{
    Inbox, InboxEntry, Index, LetterEntry, SatkerEntry, SmsEntry, Thread, digits, twin,
};
use key::Key;
use opened::Opened;
pub use search::Words;
use unsaved::Unsaved;

use crate::journal::{Entry, FIRST_HASH};

/// Raised when the form of a record or key changes: an older store is then made anew.
const FORMAT: u32 = 10;

/// sled's own cache. The index in memory answers lists, so this only helps details.
const CACHE: u64 = 64 << 20;

/// Facts applied together at the most.
pub const BATCH: usize = 64;

/// Records that wait in memory before they go to sled. It leaks memory on batches of thousands.
const UNSAVED: usize = 256;

/// A sound store opens in milliseconds; one that does not in this time is not.
const OPEN_WAIT: Duration = Duration::from_mins(1);

/// Where the store stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    format: u32,
    /// Number of the last fact applied.
    pub seq: u64,
    /// Hash of its line in the journal.
    pub hash: String,
    sum: u64,
    records: u64,
}

impl Default for Applied {
    fn default() -> Self {
        Self {
            format: FORMAT,
            seq: 0,
            hash: FIRST_HASH.to_owned(),
            sum: 0,
            records: 0,
        }
    }
}

/// Why a store cannot be used as it is.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// sled refuses.
    #[error("store: {0}")]
    Sled(String),
    /// The records are not those that were written.
    #[error("the store is doubtful: {0}")]
    Doubtful(String),
    /// A record cannot be written or read in its form.
    #[error("a record has another form: {0}")]
    Form(#[from] postcard::Error),
    /// A fact speaks of a record that does not exist.
    #[error("fact {seq} ({fact}) is about {about}, which does not exist")]
    Unknown {
        /// Number of the fact.
        seq: u64,
        /// Its name.
        fact: &'static str,
        /// What it is about.
        about: String,
    },
}

impl From<sled::Error> for StoreError {
    fn from(error: sled::Error) -> Self {
        Self::Sled(error.to_string())
    }
}

/// The open store. One writer applies facts; any number of readers look.
#[derive(Debug)]
pub struct Store {
    db: sled::Db,
    unsaved: RwLock<Unsaved>,
    index: RwLock<Index>,
    applied: Mutex<Applied>,
}

impl Store {
    /// Opens the store in this folder, or an empty one, and reads all of it once for the index and for the checksum.
    ///
    /// # Errors
    /// Any: the caller sets the folder aside and rebuilds.
    pub fn open(dir: &Path, zone: FixedOffset) -> Result<Self, StoreError> {
        let db = open_guarded(dir)?;
        let applied = match db.get(Key::Meta.bytes())? {
            Some(bytes) => decode::<Applied>(&bytes)?,
            None => Applied::default(),
        };
        if applied.format != FORMAT {
            return Err(StoreError::Doubtful(format!(
                "format {} instead of {FORMAT}",
                applied.format
            )));
        }
        let mut index = Index::new(zone);
        let (mut sum, mut records) = (0_u64, 0_u64);
        for item in db.iter() {
            let (key, value) = item?;
            match Key::read(&key) {
                Some(Key::Meta) => continue,
                Some(parsed) => index.read_record(parsed, &value)?,
                None => return Err(StoreError::Doubtful(format!("unknown key {key:?}"))),
            }
            sum = sum.wrapping_add(checksum(&key, &value));
            records += 1;
        }
        if (sum, records) != (applied.sum, applied.records) {
            return Err(StoreError::Doubtful(format!(
                "{records} records found where {} were written, or others",
                applied.records
            )));
        }
        index.finish();
        Ok(Self {
            db,
            unsaved: RwLock::default(),
            index: RwLock::new(index),
            applied: Mutex::new(applied),
        })
    }

    /// Where the store stands.
    pub fn applied(&self) -> Applied {
        self.applied
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Applies facts in order, each with the hash of its line: the only way to change the store. Pure bookkeeping; never
    /// decides. What several facts say about one record is written once.
    ///
    /// # Errors
    /// Those of sled, or [`StoreError::Unknown`] when the journal and the store do not belong together. The store must be rebuilt then.
    pub fn apply_group(&self, entries: &[(Entry, String)]) -> Result<(), StoreError> {
        entries
            .chunks(BATCH)
            .try_for_each(|some| self.apply_batch(some))
    }

    fn apply_batch(&self, entries: &[(Entry, String)]) -> Result<(), StoreError> {
        // Before, not after: what was applied by the group before this one is in the journal by now. A store that is ahead of the
        // journal after a crash is made anew.
        if self.unsaved().len() >= UNSAVED {
            self.save()?;
        }
        let mut applied = self.applied.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = applied.clone();
        let mut pending = apply::Pending::on(self);
        // The index wants to know what a record is now, not what it was on the way; new ones in the order of their coming.
        let mut records: Vec<apply::Record> = Vec::new();
        let mut places: HashMap<Vec<u8>, usize> = HashMap::new();
        for (entry, hash) in entries {
            let made = apply::changes(&pending, entry)?;
            for change in &made {
                if let Some(old) = &change.old {
                    next.sum = next.sum.wrapping_sub(checksum(&change.key, old));
                    next.records = next.records.saturating_sub(1);
                }
                if let Some(new) = &change.new {
                    next.sum = next.sum.wrapping_add(checksum(&change.key, new));
                    next.records += 1;
                }
            }
            pending.note(&made);
            next.seq = entry.seq;
            next.hash.clone_from(hash);
            for change in made {
                if let Some(record) = places.get(&change.key).and_then(|at| records.get_mut(*at)) {
                    *record = change.record;
                } else {
                    places.insert(change.key, records.len());
                    records.push(change.record);
                }
            }
        }
        self.unsaved
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(pending.into_changed());
        *applied = next;
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        for record in records {
            index.note(record);
        }
        Ok(())
    }

    fn unsaved(&self) -> RwLockReadGuard<'_, Unsaved> {
        self.unsaved.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives sled what it does not have yet, in one batch with where the store stands then.
    fn save(&self) -> Result<(), StoreError> {
        let applied = self.applied.lock().unwrap_or_else(PoisonError::into_inner);
        let mut batch = sled::Batch::default();
        for (key, new) in self.unsaved().iter() {
            match new {
                Some(new) => batch.insert(key.as_slice(), new.as_slice()),
                None => batch.remove(key.as_slice()),
            }
        }
        batch.insert(Key::Meta.bytes(), encode(&*applied)?);
        self.db.apply_batch(batch)?;
        // Only now: whoever reads finds a record here or there.
        self.unsaved
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        Ok(())
    }

    /// Writes all that is still in memory to sled's file. Not needed for safety, only for a quick start.
    ///
    /// # Errors
    /// Those of sled.
    pub fn flush(&self) -> Result<(), StoreError> {
        if !self.unsaved().is_empty() {
            self.save()?;
        }
        self.db.flush()?;
        Ok(())
    }

    /// The index, for reading. Hold it briefly: the writer waits for it.
    pub fn index(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// # Errors
    /// Those of sled.
    pub fn letter(&self, agenda: AgendaNo) -> Result<Option<Letter>, StoreError> {
        self.get(Key::Letter(agenda))
    }

    /// # Errors
    /// Those of sled.
    pub fn sms(&self, id: SmsId) -> Result<Option<Sms>, StoreError> {
        self.get(Key::Sms(id))
    }

    /// # Errors
    /// Those of sled.
    pub fn satker(&self, code: SatkerCode) -> Result<Option<Satker>, StoreError> {
        self.get(Key::Satker(code))
    }

    /// # Errors
    /// Those of sled.
    pub fn inbox(&self, id: InboxId) -> Result<Option<InboxMessage>, StoreError> {
        self.get(Key::Inbox(id))
    }

    /// # Errors
    /// Those of sled.
    pub fn deadline(&self, id: ObligationId) -> Result<Option<Deadline>, StoreError> {
        match self.get(Key::Deadline(id))? {
            Some(deadline) => Ok(Some(deadline)),
            None => self.opened(id),
        }
    }

    /// A deadline that nothing has happened to, out of those that came into being with it.
    fn opened(&self, id: ObligationId) -> Result<Option<Deadline>, StoreError> {
        let all = Key::Opened(ObligationId(0)).bytes()..=Key::Opened(id).bytes();
        let unsaved = unsaved::last_in(&self.unsaved(), all.clone());
        let saved = self.db.range(all).next_back().transpose()?;
        let saved = saved.map(|(key, value)| (key.to_vec(), value.to_vec()));
        match unsaved.max(saved) {
            Some((_, value)) => Ok(decode::<Opened>(&value)?.deadline(id)),
            None => Ok(None),
        }
    }

    /// All budget rows of a satker, by year and type of expense.
    ///
    /// # Errors
    /// Those of sled.
    pub fn budget(&self, code: SatkerCode) -> Result<Vec<BudgetRow>, StoreError> {
        let prefix = Key::budget_prefix(code);
        let mut rows = BTreeMap::new();
        // Held to the end: what goes to sled in between would otherwise be found neither here nor there.
        let unsaved = self.unsaved();
        for item in self.db.scan_prefix(&prefix) {
            let (key, value) = item?;
            rows.insert(key.to_vec(), decode(&value)?);
        }
        for (key, value) in unsaved::starting_with(&unsaved, &prefix) {
            match value {
                Some(value) => rows.insert(key.clone(), decode(value)?),
                None => rows.remove(key),
            };
        }
        Ok(rows.into_values().collect())
    }

    /// One budget row.
    ///
    /// # Errors
    /// Those of sled.
    pub fn budget_row(
        &self,
        code: SatkerCode,
        year: u16,
        expense: &str,
    ) -> Result<Option<BudgetRow>, StoreError> {
        self.get(Key::Budget(code, year, key::expense_bytes(expense)))
    }

    /// A form that this user left unfinished.
    ///
    /// # Errors
    /// Those of sled.
    pub fn draft(
        &self,
        user: &str,
        form: &str,
    ) -> Result<Option<BTreeMap<String, String>>, StoreError> {
        let kept: Option<index::KeptForm> = self.get(Key::Draft(key::draft_digest(user, form)))?;
        Ok(kept.map(|(_, _, _, values)| values))
    }

    /// The request of a client with this key, when one was done before, whoever asked it.
    ///
    /// # Errors
    /// Those of sled.
    pub fn asked_before(&self, request_key: &str) -> Result<Option<DoneRequest>, StoreError> {
        self.get(Key::Request(key::request_digest(request_key)))
    }

    /// What the server did by itself under this key was about, when it did it before. No client's key is one of these.
    ///
    /// # Errors
    /// Those of sled.
    pub fn done_before(&self, own_key: &str) -> Result<Option<String>, StoreError> {
        let done: Option<DoneRequest> = self.get(Key::Request(key::own_digest(own_key)))?;
        Ok(done.map(|done| done.about))
    }

    fn get<T: DeserializeOwned>(&self, key: Key) -> Result<Option<T>, StoreError> {
        let key = key.bytes();
        if let Some(unsaved) = self.unsaved().get(&key) {
            return unsaved.as_deref().map(decode).transpose();
        }
        match self.db.get(key)? {
            Some(bytes) => Ok(Some(decode(&bytes)?)),
            None => Ok(None),
        }
    }

    fn raw(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(unsaved) = self.unsaved().get(key) {
            return Ok(unsaved.clone());
        }
        Ok(self.db.get(key)?.map(|bytes| bytes.to_vec()))
    }
}

/// sled can panic, or hang, on a damaged file: neither may take the server with it.
fn open_guarded(dir: &Path) -> Result<sled::Db, StoreError> {
    let (done, opened) = crossbeam_channel::bounded(1);
    let config = sled::Config::new()
        .path(dir)
        .cache_capacity(CACHE)
        .flush_every_ms(None);
    std::thread::Builder::new()
        .name("store-open".to_owned())
        .spawn(move || {
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| config.open()));
            // Nobody waits any more once the time is over.
            let _ = done.send(result);
        })
        .map_err(|error| StoreError::Sled(error.to_string()))?;
    match opened.recv_timeout(OPEN_WAIT) {
        Ok(Ok(db)) => Ok(db?),
        Ok(Err(_)) => Err(StoreError::Doubtful(
            "sled panicked while opening it".to_owned(),
        )),
        Err(_) => Err(StoreError::Doubtful(
            "sled did not open it in time".to_owned(),
        )),
    }
}

fn checksum(key: &[u8], value: &[u8]) -> u64 {
    use std::hash::{DefaultHasher, Hasher};
    let mut hasher = DefaultHasher::new();
    hasher.write(key);
    hasher.write_usize(key.len());
    hasher.write(value);
    hasher.finish()
}

fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, StoreError> {
    Ok(postcard::to_allocvec(value)?)
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    Ok(postcard::from_bytes(bytes)?)
}

#[cfg(test)]
mod tests;
