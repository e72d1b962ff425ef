//! Copies of the office that live elsewhere: backups, what is made of them, and what is saved out of a damaged journal.
//!
//! A backup is one `tar` file that any `tar` reads: `journal/00000001.jsonl.gz` … in order, the files that a person wrote, and last the
//! `manifest` with size and digest of each member and where the chain of the journal ends. Nothing outside a new home is ever written, and
//! nothing that exists is overwritten.

mod against;
mod backup;
mod kept;
mod manifest;
mod name;
mod read;
mod repair;
mod restore;
mod retention;

pub use against::{Difference, against};
pub use backup::{Made, Source, folder, make, unfinished};
pub use kept::{Checked, Kept, MadeRow};
pub use manifest::{Member, Whole};
pub use read::{verify, verify_bytes, verify_gently};
pub use repair::{LeftOut, Lost, Repaired, repair};
pub use restore::{Restored, Until, restore, whole_home};
pub use retention::{Keep, superfluous};

/// Name that a backup made at this local time gets.
pub fn file_name(local: chrono::NaiveDateTime) -> String {
    format!("sipintar-{}.tar", local.format("%Y%m%dT%H%M%S"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;
