//! Journal and store at the start: they are held against each other, the store takes what it lacks, and a doubtful one is made anew.

use std::path::Path;

use chrono::{DateTime, FixedOffset, Utc};

use super::lock::Lock;
use crate::domain::fact::Fact;
use crate::domain::id::AgendaNo;
use crate::domain::refusal::Refusal;
use crate::domain::when::Zone;
use crate::home::Home;
use crate::journal::{self, Anchor, Entry, Found, Journal, JournalError, Known, Tail};
use crate::store::{Applied, Filling, Store, StoreError};

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
    let cause = match Store::open(&dir, zone) {
        Ok(store) => match catch_up(home, store) {
            Ok((found, store)) => return take_up(found, store, warnings),
            Err(CatchUp::Refused(refusal)) => return Err(refusal),
            Err(CatchUp::Store(error)) => error.to_string(),
        },
        Err(error) => {
            // How far it was is sure even where its records are not, and must be known after it is set aside, also to the next start.
            if let StoreError::Damaged { applied, .. } = &error
                && !journal::differ(&applied.journal, &journal::name_of(&home.journal())?)
            {
                remember(home, applied.clone())?;
            }
            error.to_string()
        }
    };
    tracing::warn!(%cause, "the store is made anew from the journal");
    set_aside(&dir, "bad")?;
    forget_bad_stores(home);
    let fresh = Store::open(&dir, zone)?;
    let (found, store) = match catch_up(home, fresh) {
        Ok(records) => records,
        Err(CatchUp::Refused(refusal)) => return Err(refusal),
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
    store.is_of(&journal.name());
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
    /// The journal, or what is known of it, is not right: the server does not start.
    Refused(Refusal),
    /// The store is not: it is made anew.
    Store(StoreError),
}

impl From<JournalError> for CatchUp {
    fn from(error: JournalError) -> Self {
        Self::Refused(error.into())
    }
}

/// Journal, anchor and store must be of one office. Of the three the one that stands alone is the stranger; a store that is one is made
/// anew, since everything in it comes from the journal.
///
/// # Errors
/// `anchor-foreign`, `journal-other`.
fn of_one_office(home: &Home, anchor: Option<&Anchor>, of_store: &str) -> Result<(), CatchUp> {
    let name = journal::name_of(&home.journal())?;
    let by_store = journal::differ(of_store, &name);
    let by_anchor = anchor.is_some_and(|anchor| anchor.is_foreign(&name));
    let same = anchor.is_some_and(|anchor| anchor.journal == of_store);
    // An anchor that says nothing does not vouch for the journal, unless it is of an earlier version and its fact is there.
    let unsure = by_store && !by_anchor && anchor.is_none();
    if (by_anchor && by_store && same) || unsure {
        return Err(CatchUp::Refused(
            Refusal::new("journal-other")
                .with("file", home.journal().join("00000001.jsonl").display())
                .with("anchor", home.anchor().display())
                .with("store", home.store().display()),
        ));
    }
    if by_anchor {
        return Err(CatchUp::Refused(
            Refusal::new("anchor-foreign").with("file", home.anchor().display()),
        ));
    }
    if by_store {
        let what = "it belongs to the journal of another office".to_owned();
        return Err(CatchUp::Store(StoreError::Doubtful(what)));
    }
    Ok(())
}

/// Applies what the store is missing. The last fact it knows must be that of the journal: the store was told of no fact before that
/// was in the journal for good, so a journal that does not have it has lost it.
fn catch_up(home: &Home, store: Store) -> Result<(Found, Store), CatchUp> {
    let applied = store.applied();
    let anchor = Anchor::read(&home.anchor())?;
    of_one_office(home, anchor.as_ref(), &applied.journal)?;
    let of_store = tail_of(applied.clone());
    // A store that is empty takes everything, whatever the anchor knows.
    let mut known = Known::new(
        [of_store]
            .into_iter()
            .chain(anchor.map(|anchor| anchor.tail())),
    );
    let after = known.after().min(applied.seq.saturating_sub(1));
    let mut filling = Filling::of(store).map_err(CatchUp::Store)?;
    let mut count = 0_u64;
    let each = |entry: Entry, hash: String| {
        known.meet(&entry, &hash);
        if entry.seq <= applied.seq {
            return;
        }
        // After an error it takes nothing any more; the end tells.
        filling.take(entry, hash);
        count += 1;
        if count.is_multiple_of(100_000) {
            tracing::info!(facts = count, "bringing the store up to the journal");
        }
    };
    let found = journal::examine(&home.journal(), after, each)?;
    known.check(&found)?;
    let store = filling.finish().map_err(CatchUp::Store)?;
    Ok((found, store))
}

/// Takes what a store knew into the anchor, where that knows less.
fn remember(home: &Home, applied: Applied) -> Result<(), JournalError> {
    let anchor = Anchor::read(&home.anchor())?;
    let further = |anchor: &Anchor| {
        anchor.seq >= applied.seq || journal::differ(&anchor.journal, &applied.journal)
    };
    if anchor.as_ref().is_some_and(further) || applied.seq == 0 {
        return Ok(());
    }
    let of_anchor = anchor.as_ref().map(|anchor| anchor.journal.clone());
    let known = Anchor {
        journal: of_anchor
            .filter(|name| !name.is_empty())
            .unwrap_or(applied.journal),
        seq: applied.seq,
        hash: applied.hash,
        time: anchor.as_ref().map_or_else(Utc::now, |anchor| anchor.time),
        numbers: anchor.map(|anchor| anchor.numbers).unwrap_or_default(),
    };
    known.write(&home.anchor())
}

fn tail_of(applied: Applied) -> Tail {
    Tail {
        seq: applied.seq,
        hash: applied.hash,
    }
}

/// Stores that were set aside and are kept for a look.
const BAD_STORES: usize = 2;

/// Each is as large as the store, and everything in it came from the journal: only the newest stay.
fn forget_bad_stores(home: &Home) {
    let Ok(entries) = std::fs::read_dir(home.dir()) else {
        return;
    };
    let mut bad: Vec<_> = entries
        .flatten()
        .filter(|entry| {
            entry
                .file_name()
                .to_string_lossy()
                .starts_with("store.bad-")
        })
        .map(|entry| entry.path())
        .collect();
    // The name ends with the time.
    bad.sort_unstable();
    for path in bad.iter().rev().skip(BAD_STORES) {
        let folder = path.symlink_metadata().is_ok_and(|found| found.is_dir());
        let gone = if folder {
            std::fs::remove_dir_all(path)
        } else {
            std::fs::remove_file(path)
        };
        match gone {
            Ok(()) => {
                tracing::info!(folder = %path.display(), "an old store that was set aside was removed");
            }
            Err(error) => {
                tracing::warn!(%error, folder = %path.display(), "an old store that was set aside was not removed");
            }
        }
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

/// Why sending is held after a loss; on every desk until a person lets it go on.
const HELD: &str = "akhir jurnal hilang: antrean mungkin sudah terkirim, periksa dahulu";

/// How far the store of this home was, and the highest agenda numbers it knows; nothing where it cannot be believed.
fn known_to_store(home: &Home) -> (Option<Applied>, Vec<AgendaNo>) {
    if !home.store().is_dir() {
        return (None, Vec::new());
    }
    match Store::open(&home.store(), Zone::default().offset()) {
        Ok(store) => {
            let numbers = store.index().last_numbers();
            (Some(store.applied()), numbers)
        }
        Err(StoreError::Damaged { applied, .. }) => (Some(applied), Vec::new()),
        Err(_) => (None, Vec::new()),
    }
}

/// Takes the journal of this home as it is for the truth, although more is known to have been written: a person says so by typing where
/// it ends. The loss is written into it, so that no agenda number is given out twice, and sending is held: what waits in the queue may have
/// left in what is lost. The store is made anew at the next start. No server may run.
///
/// # Errors
/// `anchor-foreign` and `journal-other` when what is known is of another office's journal; `loss-none` when nothing is missing, `loss-other` when the journal ends elsewhere, and what is wrong with the journal otherwise.
pub fn accept_loss(home: &Home, seq: u64, by: &str, now: DateTime<Utc>) -> Result<u64, Refusal> {
    crate::home::guard::look(home)?;
    let _lock = Lock::take(home)?;
    let anchor = Anchor::read(&home.anchor())?;
    let (of_store, more) = known_to_store(home);
    let name = of_store.as_ref().map_or("", |store| &store.journal);
    let (of_store, more) = match of_one_office(home, anchor.as_ref(), name) {
        Ok(()) => (of_store.map(tail_of), more),
        Err(CatchUp::Refused(refusal)) => return Err(refusal),
        // Another office's: what it knows is no loss of this one.
        Err(CatchUp::Store(_)) => (None, Vec::new()),
    };
    let mut known = Known::new(anchor.iter().map(Anchor::tail).chain(of_store.clone()));
    let found = journal::examine(&home.journal(), known.after(), |entry, hash| {
        known.meet(&entry, &hash);
    })?;
    let last = found.tail().seq;
    if last != seq {
        return Err(Refusal::new("loss-other")
            .with("seq", last)
            .with("typed", seq));
    }
    if known.check(&found).is_ok() {
        return Err(Refusal::new("loss-none").with("seq", last));
    }
    let ends = anchor.iter().map(|anchor| anchor.seq);
    let lost_to = ends.chain(of_store.map(|tail| tail.seq)).max();
    let lost_to = lost_to.map_or(last, |known| known.max(last));
    let mut numbers = anchor.map(|anchor| anchor.numbers).unwrap_or_default();
    numbers.extend(more);
    let (mut journal, _) = found.take_up()?;
    journal.append(
        now,
        by,
        None,
        vec![
            Fact::LossAccepted {
                after: last,
                known: lost_to,
                numbers,
                at: now,
                by: by.to_owned(),
            },
            Fact::SendingHeld {
                at: now,
                by: by.to_owned(),
                reason: HELD.to_owned(),
            },
        ],
    )?;
    journal.commit()?;
    set_aside(&home.store(), "lost")?;
    set_aside(&home.anchor(), "lost")?;
    Ok(lost_to.saturating_sub(last))
}
