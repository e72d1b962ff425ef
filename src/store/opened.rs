//! Deadlines that came into being together: one record for all of them, until something happens to one.
//!
//! A report of each month is owed by five hundred satker in the same words. Ten records instead of five hundred make the daily run
//! quick; a deadline that is met, exempt or moved gets a record of its own, which counts from then on.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::deadline::{Deadline, Owner, Terms, Treasurer};
use crate::domain::id::{ObligationId, SatkerCode};

/// Bytes of an owner: six digits, and which treasurer.
const WIDTH: usize = 7;

/// See the module's documentation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Number of the first; the others follow in the order of the owners.
    pub first: ObligationId,
    /// What, and by when.
    pub terms: Terms,
    at: DateTime<Utc>,
    by: String,
    /// Of fixed width, so that one is found without reading the others.
    owners: String,
}

impl Opened {
    pub fn new(
        first: ObligationId,
        owners: &[Owner],
        terms: Terms,
        at: DateTime<Utc>,
        by: String,
    ) -> Self {
        let mut text = String::with_capacity(owners.len() * WIDTH);
        for owner in owners {
            text.push_str(owner.satker.as_str());
            text.push(match owner.treasurer {
                None => ' ',
                Some(Treasurer::Pengeluaran) => 'k',
                Some(Treasurer::Penerimaan) => 'm',
            });
        }
        Self {
            first,
            terms,
            at,
            by,
            owners: text,
        }
    }

    /// Who owes, with the numbers.
    pub fn owners(&self) -> impl Iterator<Item = (ObligationId, Owner)> {
        (self.first.0..)
            .map(ObligationId)
            .zip(self.owners.as_bytes().chunks_exact(WIDTH).filter_map(owner))
    }

    /// One of them, as it came into being.
    pub fn deadline(self, id: ObligationId) -> Option<Deadline> {
        let place = usize::try_from(id.0.checked_sub(self.first.0)?).ok()?;
        let owner = owner(self.owners.as_bytes().chunks_exact(WIDTH).nth(place)?)?;
        Some(Deadline::new(id, owner, self.terms, self.at, self.by))
    }
}

fn owner(bytes: &[u8]) -> Option<Owner> {
    let (code, treasurer) = bytes.split_at_checked(WIDTH - 1)?;
    let treasurer = match treasurer {
        b"k" => Some(Treasurer::Pengeluaran),
        b"m" => Some(Treasurer::Penerimaan),
        _ => None,
    };
    Some(Owner {
        satker: SatkerCode::parse(std::str::from_utf8(code).ok()?).ok()?,
        treasurer,
    })
}
