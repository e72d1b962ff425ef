//! What may strike, and how it ends the server.

use std::path::Path;
use std::time::{Duration, Instant};

use super::book::Sure;
use super::copies;
use super::desks::{Shared, open};
use super::home::Place;

/// What strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Disaster {
    /// `kill -9` in the middle of work.
    Kill,
    /// SIGTERM in the middle of work.
    Terminate,
    /// `kill -9` again and again while it starts.
    KillAtStart,
    /// The disk is full.
    Full,
    /// No file may grow any more, so that writes fail in the middle.
    NoGrowth,
    /// The disk can only be read.
    ReadOnly,
    /// No file descriptors are left.
    NoDescriptors,
    /// The clock jumps, forward or back.
    Clock,
    /// The end of the journal was not written, or is damaged.
    CutJournal,
    /// The store is gone, cut or damaged.
    Store,
    /// The journal is copied while it is written, twice into the same folder.
    Copies,
    /// Lock, socket and half-written files of a server that died lie around.
    Stale,
}

impl Disaster {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Kill,
        Self::Terminate,
        Self::KillAtStart,
        Self::Full,
        Self::NoGrowth,
        Self::ReadOnly,
        Self::NoDescriptors,
        Self::Clock,
        Self::CutJournal,
        Self::Store,
        Self::Copies,
        Self::Stale,
    ];

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill -9 while working",
            Self::Terminate => "SIGTERM while working",
            Self::KillAtStart => "kill -9 while starting",
            Self::Full => "disk full",
            Self::NoGrowth => "no file may grow",
            Self::ReadOnly => "disk read-only",
            Self::NoDescriptors => "no descriptors",
            Self::Clock => "clock jumps",
            Self::CutJournal => "journal cut, zeroed, flipped",
            Self::Store => "store deleted or damaged",
            Self::Copies => "journal copied while written",
            Self::Stale => "stale files",
        }
    }

    /// Whether it needs a disk of its own.
    pub fn needs_disk(self) -> bool {
        matches!(self, Self::Full | Self::ReadOnly)
    }
}

/// A copy of the journal that was taken while the server ran.
#[derive(Debug)]
pub struct Copied {
    /// Where it is.
    pub place: Place,
    /// What was acknowledged when it began.
    pub sure: Sure,
}

/// Waits, and ends the server in the way of the disaster.
pub fn strike(
    disaster: Disaster,
    place: &mut Place,
    book: &Shared,
    random: &mut fastrand::Rng,
    below: &Path,
    time: Duration,
) -> Result<Option<Copied>, String> {
    let mut copied = None;
    match disaster {
        Disaster::Copies => {
            let other = place.beside(below);
            let mut sure = Sure::default();
            let end = Instant::now() + time;
            // At any two moments of the work, into the same folder.
            for _ in 0..2 {
                std::thread::sleep(end.saturating_duration_since(Instant::now()) / 2);
                sure = open(book).sure();
                copies::copy_journal(&place.home.journal(), &other.home.journal(), random);
            }
            copied = Some(Copied { place: other, sure });
        }
        Disaster::Full => {
            std::thread::sleep(time / 2);
            if let Some(disk) = &place.disk {
                disk.squeeze(Some(random.u64(0..200)));
                std::thread::sleep(time / 2);
            }
        }
        _ => std::thread::sleep(time),
    }
    let gentle = match disaster {
        Disaster::Terminate => true,
        Disaster::Kill | Disaster::Copies | Disaster::CutJournal => false,
        _ => random.bool(),
    };
    let ended = if gentle {
        place.terminate().map(drop)
    } else {
        place.kill();
        Ok(())
    };
    if let Some(disk) = &place.disk {
        disk.squeeze(None);
    }
    ended.map(|()| copied)
}
