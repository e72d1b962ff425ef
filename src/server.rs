//! The one owner of the journal, the store and the modems.

pub mod demo;
pub mod journal;
pub mod store;
