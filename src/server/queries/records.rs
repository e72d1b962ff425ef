//! The records of the present as they are kept, for whoever takes the office's data elsewhere.

use serde::Serialize;

use crate::ask::{ExportRecords, RecordKind, RecordPage};
use crate::domain::refusal::Refusal;
use crate::server::office::Office;

impl Office {
    /// A page of records of one kind, in the order of their numbers or codes.
    ///
    /// # Errors
    /// Those of the store.
    pub fn export_records(&self, ask: &ExportRecords) -> Result<RecordPage, Refusal> {
        let limit = ask.limit.clamp(1, super::PAGE_MAX) as usize;
        let skip = usize::try_from(ask.offset).unwrap_or(usize::MAX);
        match ask.kind {
            RecordKind::Satker => {
                let codes = page(self.store.index().satker().keys(), skip, limit, |code| {
                    *code
                });
                full(ask, &codes, limit, |code| Ok(self.store.satker(*code)?))
            }
            RecordKind::Budget => {
                let codes = page(self.store.index().satker().keys(), skip, limit, |code| {
                    *code
                });
                let mut rows = Vec::new();
                for code in &codes {
                    for row in self.store.budget(*code)? {
                        rows.push(value(&row)?);
                    }
                }
                Ok(RecordPage {
                    next: next(ask, codes.len(), limit),
                    rows,
                })
            }
            RecordKind::Letter => {
                let numbers = page(self.store.index().letters(), skip, limit, |letter| {
                    letter.agenda
                });
                full(ask, &numbers, limit, |agenda| {
                    Ok(self.store.letter(*agenda)?)
                })
            }
            RecordKind::Sms => {
                let ids = page(self.store.index().sms(), skip, limit, |sms| sms.id);
                full(ask, &ids, limit, |id| Ok(self.store.sms(*id)?))
            }
            RecordKind::Inbox => {
                let ids = page(self.store.index().inbox().all(), skip, limit, |entry| {
                    entry.id
                });
                full(ask, &ids, limit, |id| Ok(self.store.inbox(*id)?))
            }
            RecordKind::Deadline => {
                let ids = page(self.store.index().deadlines().all(), skip, limit, |entry| {
                    entry.id
                });
                full(ask, &ids, limit, |id| Ok(self.store.deadline(*id)?))
            }
        }
    }
}

/// Which records a page has. Only their numbers are taken under the index's lock.
fn page<T, K>(
    all: impl IntoIterator<Item = T>,
    skip: usize,
    limit: usize,
    key: impl FnMut(T) -> K,
) -> Vec<K> {
    all.into_iter().skip(skip).take(limit).map(key).collect()
}

fn full<K, T: Serialize>(
    ask: &ExportRecords,
    keys: &[K],
    limit: usize,
    record: impl Fn(&K) -> Result<Option<T>, Refusal>,
) -> Result<RecordPage, Refusal> {
    let mut rows = Vec::with_capacity(keys.len());
    for key in keys {
        // One that is not there was there when the index was read, and is of no interest any more.
        if let Some(record) = record(key)? {
            rows.push(value(&record)?);
        }
    }
    Ok(RecordPage {
        next: next(ask, keys.len(), limit),
        rows,
    })
}

fn next(ask: &ExportRecords, found: usize, limit: usize) -> Option<u64> {
    (found == limit).then(|| ask.offset.saturating_add(limit as u64))
}

fn value(record: &impl Serialize) -> Result<serde_json::Value, Refusal> {
    serde_json::to_value(record).map_err(|error| Refusal::new("internal").with("cause", error))
}
