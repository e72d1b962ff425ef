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
//! All records live in one tree under a prefix byte, because only a batch on one tree is atomic. Values are postcard;
//! another form of any of them means another `FORMAT`, which means that the store is made anew. Nothing outside this folder names sled.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use chrono::FixedOffset;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::deadline::Deadline;
use crate::domain::id::{AgendaNo, InboxId, ObligationId, SatkerCode, SmsId};
use crate::domain::inbox::InboxMessage;
use crate::domain::letter::Letter;
use crate::domain::request_key::DoneRequest;
use crate::domain::satker::{BudgetRow, Satker};
use crate::domain::sms::Sms;

mod apply;
mod deadlines;
mod filling;
mod index;
mod key;
mod meta;
mod opened;
mod saving;
mod search;
mod unsaved;

use apply::Record;
pub use deadlines::{DateKey, DeadlineEntry, DeadlineIndex, GivenDate, Occasion};
pub use filling::Filling;
pub use index::{
    Inbox, InboxEntry, Index, LetterEntry, SatkerEntry, SmsEntry, Thread, digits, twin,
};
use key::Key;
pub use meta::Applied;
use meta::{Meta, Sum};
use opened::Opened;
use saving::Saver;
pub use search::Words;
use unsaved::Unsaved;

use crate::journal::Entry;

/// sled's own cache. The index in memory answers lists, so this only helps details.
const CACHE: u64 = 64 << 20;

/// Facts applied together at the most.
const BATCH: usize = 64;

/// Batches of records that were read and are not in the index yet.
const READ_AHEAD: usize = 32;

/// A large record, in bytes.
const RECORD: usize = 1 << 10;

/// A sound store opens in milliseconds; one that does not in this time is not.
const OPEN_WAIT: Duration = Duration::from_mins(1);

/// Why a store cannot be used as it is.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// sled refuses.
    #[error("store: {0}")]
    Sled(String),
    /// Nothing of it can be believed, not even what it says of where it stands.
    #[error("the store is doubtful: {0}")]
    Doubtful(String),
    /// The records are not those that were written. Where it stands is sure all the same: the journal had that fact on disk.
    #[error("the store is doubtful: {what}")]
    Damaged {
        /// What is wrong with the records.
        what: String,
        /// The last fact that it knew.
        applied: Applied,
    },
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
    unsaved: Arc<RwLock<Unsaved>>,
    index: RwLock<Index>,
    standing: Mutex<Standing>,
    saver: Saver,
}

/// How far the store is.
#[derive(Debug)]
struct Standing {
    /// The last fact applied, in memory at least.
    applied: Applied,
    /// The last fact that the journal has on disk.
    durable: u64,
    /// Where it stood when it was opened.
    opened: Applied,
    /// Whether sled has a part of what the store was opened without.
    unfinished: bool,
}

impl Store {
    /// Opens the store in this folder, or an empty one, and reads all of it once for the index and for the checksum.
    ///
    /// # Errors
    /// Any: the caller sets the folder aside and rebuilds. [`StoreError::Damaged`] tells what the journal must have all the same.
    pub fn open(dir: &Path, zone: FixedOffset) -> Result<Self, StoreError> {
        let db = open_guarded(dir)?;
        let meta = match db.get(Key::Meta.bytes())? {
            Some(bytes) => Meta::read(&bytes)?,
            None => Meta::empty(),
        };
        let applied = meta.applied;
        let damaged = |what: String| StoreError::Damaged {
            what,
            applied: applied.clone(),
        };
        let sum = meta
            .sum
            .ok_or_else(|| damaged("it was cut off while it was being saved".to_owned()))?;
        let (index, found) = read_records(&db, zone).map_err(|error| damaged(error.to_string()))?;
        if found != sum {
            return Err(damaged(format!(
                "{} records found where {} were written, or others",
                found.records(),
                sum.records()
            )));
        }
        let unsaved = Arc::<RwLock<Unsaved>>::default();
        Ok(Self {
            saver: Saver::start(db.clone(), Arc::clone(&unsaved), sum)?,
            db,
            unsaved,
            index: RwLock::new(index),
            standing: Mutex::new(Standing {
                durable: applied.seq,
                opened: applied.clone(),
                applied,
                unfinished: false,
            }),
        })
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the store stands.
    pub fn applied(&self) -> Applied {
        self.standing().applied.clone()
    }

    /// Applies facts in order, each with the hash of its line: the only way to change the store. Pure bookkeeping; never
    /// decides. What several facts say about one record is written once. sled gets it only once the journal has it, see
    /// [`Store::committed`].
    ///
    /// # Errors
    /// Those of sled, or [`StoreError::Unknown`] when the journal and the store do not belong together. The store must be rebuilt then.
    pub fn apply_group(&self, entries: &[(Entry, String)]) -> Result<(), StoreError> {
        entries
            .chunks(BATCH)
            .try_for_each(|some| self.apply_batch(some))
    }

    fn apply_batch(&self, entries: &[(Entry, String)]) -> Result<(), StoreError> {
        let Some((last, hash)) = entries.last() else {
            return Ok(());
        };
        let mut standing = self.standing();
        let mut pending = apply::Pending::on(self);
        // The index wants to know what a record is now, not what it was on the way; new ones in the order of their coming.
        let mut records: Vec<Record<'_>> = Vec::new();
        let mut places: HashMap<Vec<u8>, usize> = HashMap::new();
        for (entry, _) in entries {
            for change in apply::changes(&pending, entry)? {
                pending.note(&change.key, change.old.as_deref(), change.new);
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
        let journal = match entries.first() {
            Some((entry, hash)) if entry.seq == 1 => hash.clone(),
            _ => std::mem::take(&mut standing.applied.journal),
        };
        standing.applied = Applied {
            seq: last.seq,
            hash: hash.clone(),
            journal,
        };
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        for record in records {
            index.note(record);
        }
        Ok(())
    }

    fn unsaved(&self) -> RwLockReadGuard<'_, Unsaved> {
        self.unsaved.read().unwrap_or_else(PoisonError::into_inner)
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
        let unsaved = self.unsaved().last_in(all.clone());
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
        for (key, value) in unsaved.starting_with(&prefix) {
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
            return unsaved.now.as_deref().map(decode).transpose();
        }
        match self.db.get(key)? {
            Some(bytes) => Ok(Some(decode(&bytes)?)),
            None => Ok(None),
        }
    }

    fn raw(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(unsaved) = self.unsaved().get(key) {
            return Ok(unsaved.now.clone());
        }
        Ok(self.db.get(key)?.map(|bytes| bytes.to_vec()))
    }
}

/// Reads all records: the index that they make, and what they come to. One thread reads them from sled while another takes them in.
fn read_records(db: &sled::Db, zone: FixedOffset) -> Result<(Index, Sum), StoreError> {
    let (send, read) = crossbeam_channel::bounded::<Vec<Record<'static>>>(READ_AHEAD);
    std::thread::scope(|scope| {
        let reader = std::thread::Builder::new()
            .name("store-read".to_owned())
            .spawn_scoped(scope, move || {
                let mut sum = Sum::default();
                let mut some = Vec::with_capacity(BATCH);
                for item in db.iter() {
                    let (key, value) = item?;
                    match Key::read(&key) {
                        Some(Key::Meta) => continue,
                        Some(parsed) => some.push(Record::read(parsed, &value)?),
                        None => return Err(StoreError::Doubtful(format!("unknown key {key:?}"))),
                    }
                    sum.add(checksum(&key, &value));
                    if some.len() == BATCH {
                        // Whoever takes them in does not end before this does.
                        let _ = send.send(std::mem::replace(&mut some, Vec::with_capacity(BATCH)));
                    }
                }
                let _ = send.send(some);
                Ok(sum)
            })
            .map_err(|error| StoreError::Sled(error.to_string()))?;
        let mut index = Index::new(zone);
        for record in read.into_iter().flatten() {
            index.note(record);
        }
        let sum = reader.join().unwrap_or_else(|_| {
            let what = "sled panicked while reading it".to_owned();
            Err(StoreError::Doubtful(what))
        })?;
        index.finish();
        Ok((index, sum))
    })
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
    // Most records fit in without growing, and give back what they do not need.
    let mut bytes = postcard::to_extend(value, Vec::with_capacity(RECORD))?;
    bytes.shrink_to_fit();
    Ok(bytes)
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    Ok(postcard::from_bytes(bytes)?)
}

#[cfg(test)]
mod tests;
