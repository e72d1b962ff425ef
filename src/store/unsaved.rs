//! Records that sled does not have yet, in two layers: what is on its way to sled, and what changed since.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// A record that changed.
#[derive(Debug, Clone)]
pub struct Changed {
    /// Checksum of what sled has under this key, or will have from the layer below; none when it has nothing.
    pub saved: Option<u64>,
    /// What it is now; none for one that goes.
    pub now: Option<Vec<u8>>,
}

/// Changed records by key.
pub type Layer = BTreeMap<Vec<u8>, Changed>;

/// See the module's documentation.
#[derive(Debug, Default)]
pub struct Unsaved {
    changed: Layer,
    going: Arc<Layer>,
}

impl Unsaved {
    /// Takes in what changed.
    pub fn extend(&mut self, later: Layer) {
        for (key, change) in later {
            match self.changed.entry(key) {
                // What sled has is what it had.
                Entry::Occupied(mut earlier) => earlier.get_mut().now = change.now,
                Entry::Vacant(place) => {
                    place.insert(change);
                }
            }
        }
    }

    /// A record, where it changed.
    pub fn get(&self, key: &[u8]) -> Option<&Changed> {
        self.changed.get(key).or_else(|| self.going.get(key))
    }

    /// The last record in a range of keys.
    pub fn last_in(&self, keys: RangeInclusive<Vec<u8>>) -> Option<(Vec<u8>, Vec<u8>)> {
        let going = last_in(&self.going, keys.clone());
        last_in(&self.changed, keys).max(going)
    }

    /// The records whose keys begin so: those that changed last come last.
    pub fn starting_with<'a>(
        &'a self,
        prefix: &'a [u8],
    ) -> impl Iterator<Item = (&'a Vec<u8>, Option<&'a [u8]>)> {
        starting_with(&self.going, prefix).chain(starting_with(&self.changed, prefix))
    }

    /// Records that wait.
    pub fn waiting(&self) -> usize {
        self.changed.len()
    }

    /// Whether some are on their way.
    pub fn is_going(&self) -> bool {
        !self.going.is_empty()
    }

    /// Sends on its way what waits. Only when nothing else is.
    pub fn send_off(&mut self) -> Arc<Layer> {
        self.going = Arc::new(std::mem::take(&mut self.changed));
        Arc::clone(&self.going)
    }

    /// What was on its way is in sled.
    pub fn arrived(&mut self) -> Arc<Layer> {
        std::mem::take(&mut self.going)
    }
}

/// The last record of a layer in a range of keys. Records of such ranges never go.
pub fn last_in(layer: &Layer, keys: RangeInclusive<Vec<u8>>) -> Option<(Vec<u8>, Vec<u8>)> {
    layer
        .range(keys)
        .rev()
        .find_map(|(key, changed)| Some((key.clone(), changed.now.clone()?)))
}

fn starting_with<'a>(
    layer: &'a Layer,
    prefix: &'a [u8],
) -> impl Iterator<Item = (&'a Vec<u8>, Option<&'a [u8]>)> {
    layer
        .range(prefix.to_vec()..)
        .take_while(move |(key, _)| key.starts_with(prefix))
        .map(|(key, changed)| (key, changed.now.as_deref()))
}
