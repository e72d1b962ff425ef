//! Incoming messages that change, and parts of messages that are not whole.

use super::super::key::{Key, parts_digest};
use super::super::{Entry, StoreError, decode, encode};
use super::{Change, Pending, Record, unknown};
use crate::domain::fact::Fact;
use crate::domain::id::InboxId;
use crate::domain::inbox::{InboxMessage, InboxState};
use crate::domain::parts::{Gathered, Part, PartsKey};

/// An incoming message after what a person did, or after more of it came.
pub(super) fn change(
    store: &Pending<'_>,
    entry: &Entry,
    id: InboxId,
) -> Result<Change<'static>, StoreError> {
    let key = Key::Inbox(id);
    let old = store.raw(&key)?.ok_or_else(|| unknown(entry))?;
    let mut message: InboxMessage = decode(&old)?;
    match &entry.fact {
        Fact::InboxAnswered { sms, at, by, .. } => {
            message.state = InboxState::Answered;
            message.answered_by = Some(*sms);
            message.handled_by = Some(by.clone());
            message.handled = Some(*at);
        }
        Fact::InboxDone { at, by, .. } => {
            message.state = InboxState::Done;
            message.handled_by = Some(by.clone());
            message.handled = Some(*at);
        }
        Fact::InboxAssigned { section, .. } => message.section = Some(section.clone()),
        Fact::InboxCompleted { text, note, .. } => {
            message.text.clone_from(text);
            message.note = Some(note.clone());
            message.state = InboxState::Open;
        }
        _ => {}
    }
    Ok(Change {
        key: key.bytes(),
        old: Some(old),
        new: Some(encode(&message)?),
        record: Record::Inbox(Box::new(message)),
    })
}

/// Parts after one more came, after they were shown, or when they are remembered no longer.
pub(super) fn change_parts(
    store: &Pending<'_>,
    entry: &Entry,
    of: &PartsKey,
) -> Result<Change<'static>, StoreError> {
    let key = Key::Parts(parts_digest(of));
    let old = store.raw(&key)?;
    let known = match &old {
        Some(bytes) => Some(decode::<Gathered>(bytes)?),
        None => None,
    };
    let now = match &entry.fact {
        Fact::InboxPartKept {
            part: seq,
            text,
            sent,
            modem,
            at,
            ..
        } => {
            let part = Part {
                seq: *seq,
                text: text.clone(),
                sent: *sent,
                at: *at,
            };
            Some(match known {
                Some(mut known) => {
                    known.take(part);
                    known
                }
                None => Gathered::begun(of.clone(), part, modem.clone()),
            })
        }
        Fact::InboxPartsShown { id, .. } => {
            let mut known = known.ok_or_else(|| unknown(entry))?;
            known.shown = Some(*id);
            Some(known)
        }
        _ => None,
    };
    let new = match &now {
        Some(now) => Some(encode(now)?),
        None => None,
    };
    Ok(Change {
        key: key.bytes(),
        old,
        new,
        record: Record::Parts(of.clone(), now.map(Box::new)),
    })
}
