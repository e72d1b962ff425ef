//! What can be read of a damaged journal: runs of facts that chain, and the gaps between them. Nothing is changed.
//!
//! A line is vouched for by the line after it, which holds its hash, or by the manifest or the anchor. Where two lines do not fit
//! together, the next line says which of them is the changed one.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Utc};

use super::folder::{self, Files, Source};
use super::lines::any_line;
use super::manifest::Manifest;
use super::read::parse;
use super::{Entry, FIRST_HASH, Fault, JournalError, Tail, hash_of};

/// A fact that can be saved.
#[derive(Debug, Clone, PartialEq)]
pub struct Saved {
    /// What it says.
    pub entry: Entry,
    /// Its line as written, without the line feed.
    pub text: Vec<u8>,
    /// Hash of the line.
    pub hash: String,
    /// The segment it is in.
    pub segment: u32,
}

/// Why something is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// File in which the trouble begins.
    pub file: String,
    /// Line in it, from 1; 0 for the file as a whole.
    pub line: u64,
    /// What is wrong there; none where facts are simply not there.
    pub fault: Option<Fault>,
}

/// Facts that are lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The last fact before it; 0 where it begins with the journal.
    pub after: u64,
    /// The first fact after it; none where nothing comes any more.
    pub next: Option<u64>,
    /// The last fact that is known to have been written, where nothing comes any more.
    pub known: u64,
    /// When the fact before it was written.
    pub before: Option<DateTime<Utc>>,
    /// When the fact after it was written.
    pub later: Option<DateTime<Utc>>,
    /// Where the trouble was seen.
    pub cause: Cause,
}

impl Gap {
    /// First and last number of the lost facts; the same number twice where it is not known how many they are.
    pub fn range(&self) -> (u64, u64) {
        let last = self.next.map_or(self.known, |next| next.saturating_sub(1));
        (self.after + 1, last.max(self.after + 1))
    }
}

/// A fact or a gap, in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// A fact that can be saved.
    Fact(Box<Saved>),
    /// Facts that are lost.
    Gap(Gap),
}

/// Reads what can be read of the journal in this folder. `anchor` is the fact that it is known to have reached.
///
/// # Errors
/// Those of the disk, and of `each`. Damage is none.
pub fn salvage<E: From<JournalError>>(
    dir: &Path,
    anchor: Option<&Tail>,
    each: impl FnMut(Piece) -> Result<(), E>,
) -> Result<(), E> {
    let mut known: BTreeMap<u64, String> = BTreeMap::new();
    if let Ok(Some(manifest)) = Manifest::read(dir) {
        known.extend(manifest.rows.into_iter().map(|row| (row.last, row.hash)));
    }
    known.extend(anchor.map(|tail| (tail.seq, tail.hash.clone())));
    let files = folder::list(dir)?;
    let mut search = Search {
        known,
        last: Tail::default(),
        last_time: None,
        doubt: None,
        held: None,
        trouble: None,
        behind: None,
        each,
    };
    let mut expected = 1;
    for (number, files) in &files {
        if *number != expected {
            search.trouble_at(&folder::segment_name(expected), 0, None);
        }
        expected = number + 1;
        if let Some(source) = better(files) {
            search.segment(source)?;
        }
    }
    search.finish(&folder::segment_name(expected.saturating_sub(1).max(1)))
}

/// Of two files of a segment the one in which more can be read.
fn better(files: &Files) -> Option<&Source> {
    match (&files.plain, &files.gz) {
        (Some(plain), Some(gz)) => Some(if readable(gz) >= readable(plain) {
            gz
        } else {
            plain
        }),
        (plain, gz) => gz.as_ref().or(plain.as_ref()),
    }
}

fn readable(source: &Source) -> u64 {
    let (mut line, mut count) = (Vec::new(), 0);
    let Ok(mut input) = source.open() else {
        return 0;
    };
    while let Ok(Some(whole)) = any_line(&mut input, &mut line) {
        count += u64::from(whole && parse(&line, None).is_ok());
    }
    count
}

struct Search<E> {
    /// Facts whose hash is known from elsewhere.
    known: BTreeMap<u64, String>,
    /// The last fact that was handed over.
    last: Tail,
    last_time: Option<DateTime<Utc>>,
    /// A fact on which the next one does not follow: one of the two was changed.
    doubt: Option<Saved>,
    /// The latest fact that was read, not yet vouched for by the next.
    held: Option<Saved>,
    /// What was seen since the last fact that was handed over, before those that wait.
    trouble: Option<Cause>,
    /// What was seen behind the first of those that wait.
    behind: Option<Cause>,
    each: E,
}

impl<E, X> Search<X>
where
    E: From<JournalError>,
    X: FnMut(Piece) -> Result<(), E>,
{
    fn trouble_at(&mut self, file: &str, line: u64, fault: Option<Fault>) {
        let place = if self.held.is_some() || self.doubt.is_some() {
            &mut self.behind
        } else {
            &mut self.trouble
        };
        place.get_or_insert_with(|| Cause {
            file: file.to_owned(),
            line,
            fault,
        });
    }

    fn segment(&mut self, source: &Source) -> Result<(), E> {
        let name = source.name();
        let mut input = match source.open() {
            Ok(input) => input,
            Err(error) => {
                self.trouble_at(&name, 0, Some(Fault::Unpack(error.to_string())));
                return Ok(());
            }
        };
        let (mut line, mut number) = (Vec::new(), 0);
        loop {
            let whole = match any_line(&mut input, &mut line) {
                Ok(Some(whole)) => whole,
                Ok(None) => return Ok(()),
                Err(error) => {
                    self.trouble_at(&name, number + 1, Some(Fault::Unpack(error.to_string())));
                    return Ok(());
                }
            };
            number += 1;
            match parse(&line, None) {
                Ok(entry) if whole => {
                    let saved = Saved {
                        entry,
                        hash: hash_of(&line),
                        text: std::mem::take(&mut line),
                        segment: source.number,
                    };
                    self.meet(saved, &name, number)?;
                }
                Ok(_) => self.trouble_at(&name, number, Some(Fault::NoEnd)),
                Err(fault) => self.trouble_at(&name, number, Some(fault)),
            }
        }
    }

    fn meet(&mut self, new: Saved, file: &str, line: u64) -> Result<(), E> {
        if self
            .known
            .get(&new.entry.seq)
            .is_some_and(|hash| *hash != new.hash)
        {
            self.trouble_at(file, line, Some(Fault::NotAsListed));
            return Ok(());
        }
        let Some(held) = self.held.take() else {
            if new.entry.seq <= self.last.seq {
                self.trouble_at(file, line, None);
                return Ok(());
            }
            self.held = Some(new);
            return Ok(());
        };
        let chained = follows(&new, held.entry.seq, &held.hash);
        if chained {
            // It was vouched for; so what it does not follow on was changed.
            if self.doubt.take().is_some() {
                self.trouble_at(file, line.saturating_sub(2), Some(Fault::Chain));
            }
            // Whatever stood between the two, nothing is lost there.
            self.behind = None;
            self.hand_over(held)?;
            self.held = Some(new);
            return Ok(());
        }
        if let Some(doubt) = self.doubt.take() {
            // Two in a row do not fit: the one between them was changed.
            self.hand_over(doubt)?;
            self.trouble_at(file, line.saturating_sub(1), Some(Fault::Chain));
            self.held = Some(new).filter(|new| new.entry.seq > self.last.seq);
            return Ok(());
        }
        let alone = !follows(&held, self.last.seq, &self.last.hash);
        if new.entry.seq <= held.entry.seq {
            // A number that nothing led to, and from which nothing goes on, was changed.
            let keep_new = alone && new.entry.seq > self.last.seq;
            let changed = if keep_new {
                line.saturating_sub(1)
            } else {
                line
            };
            self.trouble_at(file, changed, Some(Fault::Chain));
            self.held = Some(if keep_new { new } else { held });
        } else if new.entry.seq == held.entry.seq + 1 {
            let vouched = self.known.contains_key(&held.entry.seq);
            if vouched {
                self.hand_over(held)?;
                self.trouble_at(file, line, Some(Fault::Chain));
            } else {
                self.doubt = Some(held);
                self.held = Some(new);
            }
        } else {
            self.hand_over(held)?;
            self.trouble_at(file, line, None);
            self.held = Some(new);
        }
        Ok(())
    }

    fn hand_over(&mut self, saved: Saved) -> Result<(), E> {
        if saved.entry.seq <= self.last.seq {
            return Ok(());
        }
        if !follows(&saved, self.last.seq, &self.last.hash) {
            let gap = Gap {
                after: self.last.seq,
                next: Some(saved.entry.seq),
                known: 0,
                before: self.last_time,
                later: Some(saved.entry.time),
                cause: self.trouble.take().unwrap_or(Cause {
                    file: folder::segment_name(saved.segment),
                    line: 0,
                    fault: None,
                }),
            };
            (self.each)(Piece::Gap(gap))?;
        }
        self.trouble = self.behind.take();
        self.last = Tail {
            seq: saved.entry.seq,
            hash: saved.hash.clone(),
        };
        self.last_time = Some(saved.entry.time);
        (self.each)(Piece::Fact(Box::new(saved)))
    }

    fn finish(mut self, file: &str) -> Result<(), E> {
        // The last line of all, where it does not fit: what came before it was vouched for more often.
        let vouched = |saved: &Saved, known: &BTreeMap<u64, String>| {
            known.get(&saved.entry.seq) == Some(&saved.hash)
        };
        let mut dropped = false;
        if let (Some(doubt), Some(held)) = (self.doubt.take(), self.held.as_ref()) {
            dropped = !vouched(held, &self.known);
            if dropped {
                self.held = Some(doubt);
            }
            self.trouble_at(file, 0, Some(Fault::Chain));
        }
        let trouble = self.trouble.clone().filter(|_| dropped);
        if let Some(held) = self.held.take() {
            self.hand_over(held)?;
        }
        self.trouble = self.trouble.take().or(trouble);
        let known = self.known.keys().next_back().copied().unwrap_or(0);
        // Something stood there that cannot be read; a line without an end was never answered.
        let unread = self.trouble.as_ref().is_some_and(|cause| {
            matches!(
                cause.fault,
                Some(Fault::NotEntry(_) | Fault::TooLong | Fault::Unpack(_))
            )
        });
        if known > self.last.seq || dropped || unread {
            let gap = Gap {
                after: self.last.seq,
                next: None,
                known,
                before: self.last_time,
                later: None,
                cause: self.trouble.take().unwrap_or(Cause {
                    file: file.to_owned(),
                    line: 0,
                    fault: None,
                }),
            };
            (self.each)(Piece::Gap(gap))?;
        }
        Ok(())
    }
}

fn follows(saved: &Saved, seq: u64, hash: &str) -> bool {
    let hash = if seq == 0 { FIRST_HASH } else { hash };
    saved.entry.seq == seq + 1 && saved.entry.prev == hash
}
