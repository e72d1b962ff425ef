//! Deadlines that come into being, and what becomes of them.

use super::{Change, Entry, Fact, Key, Pending, Record, StoreError, decode, encode, unknown};
use crate::domain::deadline::{Deadline, DeadlineChange, DeadlineStep};
use crate::domain::id::ObligationId;
use crate::store::opened::Opened;

/// The record of deadlines that come into being together.
pub fn open(store: &Pending<'_>, entry: &Entry) -> Result<Change<'static>, StoreError> {
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
    let opened = Opened::new(*first, owners, (**terms).clone(), *at, by.clone());
    let key = Key::Opened(*first);
    Ok(Change {
        key: key.bytes(),
        old: store.raw(&key)?,
        new: Some(encode(&opened)?),
        record: Record::Opened(Box::new(opened)),
    })
}

/// A record of its own for a deadline that something happened to.
pub fn change(
    store: &Pending<'_>,
    entry: &Entry,
    id: ObligationId,
) -> Result<Change<'static>, StoreError> {
    let key = Key::Deadline(id);
    let old = store.raw(&key)?;
    let mut deadline: Deadline = match &old {
        Some(old) => decode(old)?,
        None => store.opened(id)?.ok_or_else(|| unknown(entry))?,
    };
    deadline_after(&mut deadline, &entry.fact);
    Ok(Change {
        key: key.bytes(),
        old,
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
