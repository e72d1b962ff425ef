//! What becomes of a letter.

use std::borrow::Cow;

use super::{Change, Entry, Fact, Key, Pending, Record, StoreError, decode, encode, unknown};
use crate::domain::id::AgendaNo;
use crate::domain::letter::{Letter, LetterState, Step, Stop};

pub fn change(
    store: &Pending<'_>,
    entry: &Entry,
    agenda: AgendaNo,
) -> Result<Change<'static>, StoreError> {
    let key = Key::Letter(agenda);
    let old = store.raw(&key)?.ok_or_else(|| unknown(entry))?;
    let mut letter: Letter = decode(&old)?;
    letter_after(&mut letter, &entry.fact);
    Ok(Change {
        key: key.bytes(),
        old: Some(old),
        new: Some(encode(&letter)?),
        record: Record::Letter(Cow::Owned(letter)),
    })
}

fn letter_after(letter: &mut Letter, fact: &Fact) {
    match fact {
        Fact::LetterMoved {
            state,
            at,
            by,
            note,
            section,
            target,
            ..
        } => {
            match state {
                LetterState::Waiting => letter.stops.push(Stop {
                    from: *at,
                    to: None,
                }),
                _ => close_stop(letter, *at),
            }
            if let Some(section) = section {
                letter.section.clone_from(section);
            }
            if target.is_some() {
                letter.target = *target;
            }
            letter.state = *state;
            letter.history.push(Step {
                state: *state,
                at: *at,
                by: by.clone(),
                note: note.clone(),
            });
        }
        Fact::LetterEnded {
            state,
            at,
            by,
            note,
            fields,
            ..
        } => {
            close_stop(letter, *at);
            letter
                .fields
                .extend(fields.iter().map(|(id, value)| (id.clone(), value.clone())));
            letter.state = *state;
            letter.completed = Some(*at);
            letter.history.push(Step {
                state: *state,
                at: *at,
                by: by.clone(),
                note: note.clone(),
            });
        }
        _ => {}
    }
}

fn close_stop(letter: &mut Letter, at: chrono::DateTime<chrono::Utc>) {
    if let Some(stop) = letter.stops.last_mut() {
        stop.to.get_or_insert(at);
    }
}
