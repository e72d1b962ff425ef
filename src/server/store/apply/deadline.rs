//! Deadlines that come into being, and what becomes of them.

use super::{Change, Entry, Fact, Key, Pending, Record, StoreError, decode, encode, unknown};
use crate::domain::deadline::{Deadline, DeadlineChange, DeadlineStep};
use crate::domain::id::ObligationId;

/// The records of deadlines that come into being, numbered in the order of their owners.
pub fn open(store: &Pending<'_>, entry: &Entry) -> Result<Vec<Change>, StoreError> {
    let Fact::DeadlinesOpened {
        first,
        owners,
        terms,
        at,
        by,
    } = &entry.fact
    else {
        return Err(unknown(entry));
    };
    (first.0..)
        .map(ObligationId)
        .zip(owners)
        .map(|(id, owner)| {
            let deadline = Deadline::new(id, *owner, (**terms).clone(), *at, by.clone());
            let key = Key::Deadline(id);
            Ok(Change {
                key: key.bytes(),
                old: store.raw(&key)?,
                new: Some(encode(&deadline)?),
                record: Record::Deadline(Box::new(deadline)),
            })
        })
        .collect()
}

pub fn change(store: &Pending<'_>, entry: &Entry, id: ObligationId) -> Result<Change, StoreError> {
    let key = Key::Deadline(id);
    let old = store.raw(&key)?.ok_or_else(|| unknown(entry))?;
    let mut deadline: Deadline = decode(&old)?;
    deadline_after(&mut deadline, &entry.fact);
    Ok(Change {
        key: key.bytes(),
        old: Some(old),
        new: Some(encode(&deadline)?),
        record: Record::Deadline(Box::new(deadline)),
    })
}

fn deadline_after(deadline: &mut Deadline, fact: &Fact) {
    let (at, by, what) = match fact {
        Fact::DeadlineMet {
            on, letter, at, by, ..
        } => {
            let what = DeadlineChange::Met {
                on: *on,
                letter: *letter,
            };
            (at, by, what)
        }
        Fact::DeadlineExempted { reason, at, by, .. } => {
            let reason = reason.clone();
            (at, by, DeadlineChange::Exempted { reason })
        }
        Fact::DeadlineReopened { reason, at, by, .. } => {
            let reason = reason.clone();
            (at, by, DeadlineChange::Reopened { reason })
        }
        Fact::DeadlinesMoved {
            due,
            nominal,
            estimate,
            fixed,
            reason,
            at,
            by,
            ..
        } => {
            let what = DeadlineChange::Moved {
                from: deadline.terms.due,
                to: *due,
                reason: reason.clone(),
            };
            deadline.terms.nominal = *nominal;
            deadline.terms.estimate = *estimate;
            deadline.fixed |= fixed;
            (at, by, what)
        }
        _ => return,
    };
    deadline.apply(DeadlineStep {
        at: *at,
        by: by.clone(),
        what,
    });
}
