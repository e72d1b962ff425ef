//! Records that sled does not have yet.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The records by key; `None` for one that goes.
pub type Unsaved = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// The last record in a range of keys.
pub fn last_in(unsaved: &Unsaved, keys: RangeInclusive<Vec<u8>>) -> Option<(Vec<u8>, Vec<u8>)> {
    unsaved
        .range(keys)
        .rev()
        .find_map(|(key, value)| Some((key.clone(), value.clone()?)))
}

/// The records whose keys begin so, in their order.
pub fn starting_with<'a>(
    unsaved: &'a Unsaved,
    prefix: &'a [u8],
) -> impl Iterator<Item = (&'a Vec<u8>, &'a Option<Vec<u8>>)> {
    unsaved
        .range(prefix.to_vec()..)
        .take_while(move |(key, _)| key.starts_with(prefix))
}
