//! What was seen in all cycles.

use std::collections::BTreeMap;

use super::disaster::Disaster;

/// What was seen in all cycles.
#[derive(Debug, Default)]
pub struct Tally {
    /// Cycles by disaster.
    pub cycles: BTreeMap<Disaster, u64>,
    /// Answers that came.
    pub acknowledged: u64,
    /// Answers that did not.
    pub unanswered: u64,
    /// Requests without an answer that were sent again with their key.
    pub again: u64,
    /// Messages that the network took.
    pub taken: u64,
    /// Copies that started, with everything that must be there.
    pub copies_started: u64,
    /// Copies that were refused by name, and not changed.
    pub copies_refused: u64,
    /// Copies cut at the end of a write that nothing but the journal knew of.
    pub copies_shorter: u64,
    /// Stores made anew and compared.
    pub rebuilt: u64,
    /// Backups restored and compared.
    pub backups: u64,
    /// Starts that were refused under a limit, by name.
    pub limited: u64,
}
