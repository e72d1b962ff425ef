//! What the store says of itself: where it stands, and what its records come to.
//!
//! This record has a checksum of its own. So it can be believed where the records cannot: what it says was in the journal on disk
//! before it was written here, and a journal that does not have it has lost something.

use serde::{Deserialize, Serialize};

use super::{Store, StoreError, checksum, decode, encode};
use crate::journal::FIRST_HASH;

/// Raised when the form of a record or key changes: an older store is then made anew.
const FORMAT: u32 = 11;

/// Bytes of the checksum at the end.
const SUM: usize = 8;

/// Where the store stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Number of the last fact applied.
    pub seq: u64,
    /// Hash of its line in the journal.
    pub hash: String,
    /// Hash of the journal's first line, which names the journal; empty where it is not known.
    pub journal: String,
}

impl Default for Applied {
    fn default() -> Self {
        Self {
            seq: 0,
            hash: FIRST_HASH.to_owned(),
            journal: String::new(),
        }
    }
}

/// Running checksum over all records in sled, and their number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    sum: u64,
    records: u64,
}

impl Sum {
    /// A record comes.
    pub fn add(&mut self, checksum: u64) {
        self.sum = self.sum.wrapping_add(checksum);
        self.records += 1;
    }

    /// A record goes.
    pub fn remove(&mut self, checksum: u64) {
        self.sum = self.sum.wrapping_sub(checksum);
        self.records = self.records.saturating_sub(1);
    }

    /// How many there are.
    pub const fn records(self) -> u64 {
        self.records
    }
}

/// See the module's documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// The last fact in it. The journal had it on disk before.
    pub applied: Applied,
    /// What the records come to; none while they are being written, in more than one piece.
    pub sum: Option<Sum>,
}

impl Meta {
    /// Of a store without anything.
    pub fn empty() -> Self {
        Self {
            applied: Applied::default(),
            sum: Some(Sum::default()),
        }
    }

    /// What sled keeps: the format, the content, a checksum over both.
    ///
    /// # Errors
    /// None in practice.
    pub fn bytes(&self) -> Result<Vec<u8>, StoreError> {
        let mut bytes = encode(&FORMAT)?;
        let Applied { seq, hash, journal } = &self.applied;
        bytes.extend(encode(&(seq, hash, &self.sum, journal))?);
        bytes.extend(checksum(&[], &bytes).to_be_bytes());
        Ok(bytes)
    }

    /// # Errors
    /// [`StoreError::Doubtful`] when these are not the bytes that were written, or another version wrote them.
    pub fn read(bytes: &[u8]) -> Result<Self, StoreError> {
        let doubtful = |what: &str| StoreError::Doubtful(what.to_owned());
        let (format, _) = postcard::take_from_bytes::<u32>(bytes)
            .map_err(|_| doubtful("it does not say where it stands"))?;
        if format != FORMAT {
            return Err(StoreError::Doubtful(format!(
                "format {format} instead of {FORMAT}"
            )));
        }
        let damaged = || doubtful("what it says of where it stands is damaged");
        let end = bytes.len().checked_sub(SUM).ok_or_else(damaged)?;
        let (content, sum) = bytes.split_at_checked(end).ok_or_else(damaged)?;
        if checksum(&[], content).to_be_bytes() != sum {
            return Err(damaged());
        }
        let (_, meta) = postcard::take_from_bytes::<u32>(content).map_err(|_| damaged())?;
        let (known, name) =
            postcard::take_from_bytes::<(u64, String, Option<Sum>)>(meta).map_err(|_| damaged())?;
        let (seq, hash, sum) = known;
        // An earlier version did not write whose journal it was.
        let journal = match name {
            [] => String::new(),
            name => decode(name).map_err(|_| damaged())?,
        };
        Ok(Self {
            applied: Applied { seq, hash, journal },
            sum,
        })
    }
}

impl Store {
    /// Says whose journal this is, where an earlier version did not; it is written down with the next records.
    pub fn is_of(&self, journal: &str) {
        let mut standing = self.standing();
        if standing.applied.seq > 0 && standing.applied.journal.is_empty() {
            journal.clone_into(&mut standing.applied.journal);
        }
    }
}
