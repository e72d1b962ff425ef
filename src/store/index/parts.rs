//! Parts of incoming messages that are not whole, or were shown lately.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::domain::parts::{Gathered, PartsKey};

/// See the module's documentation.
#[derive(Debug, Default)]
pub struct PartsIndex {
    known: BTreeMap<PartsKey, Gathered>,
    due: BTreeSet<(DateTime<Utc>, PartsKey)>,
}

impl PartsIndex {
    pub(super) fn note(&mut self, key: PartsKey, parts: Option<Gathered>) {
        if let Some(old) = self.known.get(&key) {
            self.due.remove(&(old.due(), key.clone()));
        }
        match parts {
            Some(parts) => {
                self.due.insert((parts.due(), key.clone()));
                self.known.insert(key, parts);
            }
            None => {
                self.known.remove(&key);
            }
        }
    }

    /// Those of one message.
    pub fn get(&self, key: &PartsKey) -> Option<&Gathered> {
        self.known.get(key)
    }

    /// All of one sender.
    pub fn of_sender<'a>(&'a self, from: &'a str) -> impl Iterator<Item = &'a Gathered> {
        let first = PartsKey {
            from: from.to_owned(),
            reference: 0,
            total: 0,
        };
        self.known
            .range(first..)
            .take_while(move |(key, _)| key.from == from)
            .map(|(_, parts)| parts)
    }

    /// What is due first, and when.
    pub fn first_due(&self) -> Option<(DateTime<Utc>, &PartsKey)> {
        self.due.first().map(|(due, key)| (*due, key))
    }
}
