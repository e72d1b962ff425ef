//! Journal and store at the start: they are held against each other, the store takes what it lacks, and a doubtful one is made anew.

use std::path::Path;

use chrono::{DateTime, FixedOffset, Utc};

use super::lock::Lock;
use super::store::{Applied, Filling, Store, StoreError};
use crate::domain::fact::Fact;
use crate::home::Home;
use crate::journal::{self, Anchor, Entry, Found, Journal, JournalError, Known, Tail};
use crate::service::Refusal;

/// Opens journal and store and brings the store up to the journal.
///
/// # Errors
/// `journal-short` and `journal-foreign` when a fact that was written once is not there any more, or another; what else is wrong with the
/// journal. Nothing was changed in its folder then.
pub fn open(
    home: &Home,
    zone: FixedOffset,
    warnings: &mut Vec<Refusal>,
) -> Result<(Journal, Store), Refusal> {
    let dir = home.store();
    // What the store knew is sure even where its records are not.
    let mut knew = None;
    let cause = match Store::open(&dir, zone) {
        Ok(store) => match catch_up(home, store, None) {
            Ok((found, store)) => return take_up(found, store, warnings),
            Err(CatchUp::Journal(error)) => return Err(error.into()),
            Err(CatchUp::Store(error)) => error.to_string(),
        },
        Err(error) => {
            if let StoreError::Damaged { applied, .. } = &error {
                knew = Some(tail_of(applied.clone()));
            }
            error.to_string()
        }
    };
    tracing::warn!(%cause, "the store is made anew from the journal");
    set_aside(&dir, "bad")?;
    let fresh = Store::open(&dir, zone)?;
    let (found, store) = match catch_up(home, fresh, knew) {
        Ok(records) => records,
        Err(CatchUp::Journal(error)) => return Err(error.into()),
        Err(CatchUp::Store(error)) => return Err(error.into()),
    };
    warnings.push(Refusal::new("store-rebuilt").with("cause", cause));
    take_up(found, store, warnings)
}

/// Only now, when journal and store agree, is anything changed in the journal's folder.
fn take_up(
    found: Found,
    store: Store,
    warnings: &mut Vec<Refusal>,
) -> Result<(Journal, Store), Refusal> {
    let (journal, remarks) = found.take_up()?;
    // Whoever takes up a journal syncs it: before, what was read of it might have been in memory only.
    store.committed(journal.seq())?;
    store.flush()?;
    for remark in remarks {
        let refusal = Refusal::from(remark);
        tracing::warn!(%refusal, "the journal");
        warnings.push(refusal);
    }
    Ok((journal, store))
}

enum CatchUp {
    Journal(JournalError),
    Store(StoreError),
}

/// Applies what the store is missing. The last fact it knows must be that of the journal: the store was told of no fact before that
/// was in the journal for good, so a journal that does not have it has lost it.
fn catch_up(home: &Home, store: Store, knew: Option<Tail>) -> Result<(Found, Store), CatchUp> {
    let applied = store.applied();
    let anchor = Anchor::read(&home.anchor()).map_err(CatchUp::Journal)?;
    let of_store = tail_of(applied.clone());
    // A store that is empty takes everything, whatever the anchor knows.
    let mut known = Known::new(
        [of_store]
            .into_iter()
            .chain(knew)
            .chain(anchor.map(|anchor| anchor.tail())),
    );
    let after = known.after().min(applied.seq.saturating_sub(1));
    let mut filling = Filling::of(store).map_err(CatchUp::Store)?;
    let mut count = 0_u64;
    let each = |entry: &Entry, hash: &str| {
        known.meet(entry, hash);
        if entry.seq <= applied.seq {
            return;
        }
        // After an error it takes nothing any more; the end tells.
        filling.take(entry.clone(), hash.to_owned());
        count += 1;
        if count.is_multiple_of(100_000) {
            tracing::info!(facts = count, "bringing the store up to the journal");
        }
    };
    let found = journal::examine(&home.journal(), after, each).map_err(CatchUp::Journal)?;
    known.check(&found).map_err(CatchUp::Journal)?;
    let store = filling.finish().map_err(CatchUp::Store)?;
    Ok((found, store))
}

fn tail_of(applied: Applied) -> Tail {
    Tail {
        seq: applied.seq,
        hash: applied.hash,
    }
}

/// Keeps a folder or file that is of no use any more for a look, and makes room for a new one.
fn set_aside(path: &Path, why: &str) -> Result<(), Refusal> {
    if path.symlink_metadata().is_err() {
        return Ok(());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = format!("{name}.{why}-{}", Utc::now().format("%Y%m%dT%H%M%S%.3f"));
    let bad = |error| {
        Refusal::new("file-bad")
            .with("file", path.display())
            .with("line", "")
            .with("cause", error)
    };
    std::fs::rename(path, path.with_file_name(name)).map_err(bad)
}

/// Takes the journal of this home as it is for the truth, although more is known to have been written: a person says so by typing where
/// it ends. The loss is written into it, so that no agenda number is given out twice; the store is made anew at the next start.
/// No server may run.
///
/// # Errors
/// `loss-none` when nothing is missing, `loss-other` when the journal ends elsewhere, and what is wrong with the journal otherwise.
pub fn accept_loss(home: &Home, seq: u64, by: &str, now: DateTime<Utc>) -> Result<u64, Refusal> {
    let _lock = Lock::take(home)?;
    let anchor = Anchor::read(&home.anchor())?;
    let mut known = Known::new(anchor.iter().map(Anchor::tail));
    let found = journal::examine(&home.journal(), known.after(), |entry, hash| {
        known.meet(entry, hash);
    })?;
    let last = found.tail().seq;
    if last != seq {
        return Err(Refusal::new("loss-other")
            .with("seq", last)
            .with("typed", seq));
    }
    if anchor.is_some() && known.check(&found).is_ok() {
        return Err(Refusal::new("loss-none").with("seq", last));
    }
    let lost_to = anchor.as_ref().map_or(last, |anchor| anchor.seq);
    let numbers = anchor.map(|anchor| anchor.numbers).unwrap_or_default();
    let (mut journal, _) = found.take_up()?;
    journal.append(
        now,
        by,
        None,
        vec![Fact::LossAccepted {
            after: last,
            known: lost_to,
            numbers,
            at: now,
            by: by.to_owned(),
        }],
    )?;
    journal.commit()?;
    set_aside(&home.store(), "lost")?;
    set_aside(&home.anchor(), "lost")?;
    Ok(lost_to.saturating_sub(last))
}
