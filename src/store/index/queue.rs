//! Queued messages, by the beginning of their number, so that a modem looks only at those that it may send.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};

use chrono::{DateTime, Utc};

use crate::domain::id::SmsId;

/// First four digits of a number as dialled at home: `0812`.
pub type Prefix = [u8; 4];

/// Not before when, and which.
type Place = (DateTime<Utc>, SmsId);

/// See the module's documentation.
#[derive(Debug, Default)]
pub struct Queue {
    by_prefix: BTreeMap<Prefix, BTreeSet<Place>>,
    places: HashMap<SmsId, (Prefix, DateTime<Utc>)>,
}

impl Queue {
    /// Takes a message in, elsewhere, or out.
    pub(super) fn set(&mut self, id: SmsId, place: Option<(Prefix, DateTime<Utc>)>) {
        if let Some((prefix, time)) = self.places.remove(&id)
            && let Some(places) = self.by_prefix.get_mut(&prefix)
        {
            places.remove(&(time, id));
            if places.is_empty() {
                self.by_prefix.remove(&prefix);
            }
        }
        if let Some((prefix, time)) = place {
            self.places.insert(id, (prefix, time));
            self.by_prefix.entry(prefix).or_default().insert((time, id));
        }
    }

    /// Whether nothing is queued.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The messages of those prefixes, earliest first, with the time before which they must not be sent.
    pub fn of(&self, wanted: impl Fn(Prefix) -> bool) -> impl Iterator<Item = Place> {
        let mut rows: Vec<_> = self
            .by_prefix
            .iter()
            .filter(|(prefix, _)| wanted(**prefix))
            .map(|(_, places)| places.iter().copied())
            .collect();
        let mut heads: BinaryHeap<_> = rows
            .iter_mut()
            .enumerate()
            .filter_map(|(row, places)| Some(Reverse((places.next()?, row))))
            .collect();
        std::iter::from_fn(move || {
            let Reverse((place, row)) = heads.pop()?;
            if let Some(next) = rows.get_mut(row).and_then(Iterator::next) {
                heads.push(Reverse((next, row)));
            }
            Some(place)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_of_the_wanted_prefixes_comes_first() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap_or_default();
        let mut queue = Queue::default();
        for (id, prefix, time) in [
            (1, b"0812", 5),
            (2, b"0813", 1),
            (3, b"0812", 3),
            (4, b"0857", 2),
            (5, b"0813", 9),
            (6, b"0857", 7),
        ] {
            queue.set(SmsId(id), Some((*prefix, at(time))));
        }
        let ids = |queue: &Queue, not: &[u8; 4]| -> Vec<u64> {
            let found = queue.of(|prefix| prefix != *not);
            found.map(|(_, id)| id.0).collect()
        };
        assert_eq!(ids(&queue, b"0000"), [2, 4, 3, 1, 6, 5]);
        assert_eq!(ids(&queue, b"0813"), [4, 3, 1, 6]);
        queue.set(SmsId(4), Some((*b"0857", at(8))));
        queue.set(SmsId(3), None);
        assert_eq!(ids(&queue, b"0813"), [1, 6, 4]);
        for id in 1..=6 {
            queue.set(SmsId(id), None);
        }
        assert!(queue.is_empty() && queue.by_prefix.is_empty());
    }
}
