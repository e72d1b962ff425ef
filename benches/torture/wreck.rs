//! What is done to a home while no server runs.

use std::fs;

use chrono::TimeDelta;

use super::copies::{self, Damage, Fate, Outcome, Tail};
use super::cycle::{Office, kept};
use super::desks::open;
use super::disaster::Copied;
use super::home::{ALWAYS, Limits, NO_MODEM};
use super::tally::Tally;

impl Office {
    pub(super) fn read_only(&mut self, tally: &mut Tally) -> Result<(), String> {
        let Some(disk) = &self.place.disk else {
            return Ok(());
        };
        if !disk.read_only(true) {
            return Ok(());
        }
        let started = self.place.start(Limits::default());
        self.place.kill();
        if let Some(disk) = &self.place.disk {
            disk.read_only(false);
        }
        match started {
            Ok(()) => Err("it starts on a disk that it cannot write".to_owned()),
            Err(said) if said.contains("hangs") || said.contains("panicked") => Err(said),
            Err(_) => {
                tally.limited += 1;
                Ok(())
            }
        }
    }

    pub(super) fn jump(&mut self) {
        let hours = match self.random.u8(0..4) {
            0 => self.random.i64(1..30),
            1 => self.random.i64(24..24 * 50),
            _ => -self.random.i64(1..24 * 20),
        };
        let now = self.place.now() + TimeDelta::hours(hours);
        self.place.set_clock(now);
    }

    pub(super) fn spoil_store(&mut self) {
        let store = self.place.home.store();
        if self.random.u8(0..3) == 0 {
            let _ = fs::remove_dir_all(store);
            return;
        }
        let files = copies::files(&store);
        let Some((path, mut bytes)) = self.random.choice(files) else {
            return;
        };
        if bytes.is_empty() {
            return;
        }
        let at = self.random.usize(..bytes.len());
        match self.random.u8(0..3) {
            0 => bytes.truncate(at),
            1 => {
                let until = (at + 4096).min(bytes.len());
                bytes[at..until].fill(0);
            }
            _ => bytes[at] ^= 1 << self.random.u8(0..8),
        }
        fs::write(path, bytes).unwrap();
    }

    pub(super) fn litter(&mut self) {
        let home = &self.place.home;
        fs::write(home.lock_file(), "4294967295\n").unwrap();
        let _ = fs::remove_file(home.socket());
        fs::write(home.socket(), "no socket").unwrap();
        for name in [
            "manifest.new",
            "00000001.jsonl.gz.new",
            "00000009.torn-x",
            "notes.txt",
        ] {
            fs::write(home.journal().join(name), "half a ").unwrap();
        }
        fs::write(home.dir().join("journal.anchor.new"), "half a ").unwrap();
    }

    /// The end of the journal, cut and damaged in several copies.
    pub(super) fn cut(&mut self, tally: &mut Tally) -> Result<(), String> {
        let Some(tail) = Tail::read(&self.place, &self.below) else {
            return Ok(());
        };
        let book = open(&self.book).clone();
        for copy in 0..3 {
            let mut copied = copies::of(&self.place, &self.below);
            if copy == 0 {
                // A write that nobody was told of: what was acknowledged must be there.
                if tail.append_torn(&copied, &mut self.random).is_none() {
                    continue;
                }
                match copies::try_start(&mut copied, &book, Some(&book.sure()))? {
                    Outcome::Started => tally.copies_started += 1,
                    Outcome::Refused(said) => {
                        return Err(kept(
                            copied,
                            &format!("a torn write is not forgiven: {said}"),
                        ));
                    }
                }
                continue;
            }
            let at = tail.spot(&mut self.random);
            let damage = match self.random.u8(0..3) {
                0 => Damage::Cut,
                1 => Damage::Zeros(self.random.usize(1..3000)),
                _ if tail.in_last_line(at) => Damage::Cut,
                _ => Damage::Flip,
            };
            tail.damage(&copied, at, damage);
            let what = format!("journal {damage:?} at byte {at}");
            let fate = tail.fate(at, damage);
            let outcome = copies::try_start(&mut copied, &book, None)
                .map_err(|error| format!("{what}: {error}"))?;
            match (fate, outcome) {
                (Fate::Refused, Outcome::Refused(_)) => tally.copies_refused += 1,
                (Fate::Starts(good), Outcome::Started) => {
                    let files = copies::files(&copied.home.journal());
                    let kept_whole = files
                        .iter()
                        .any(|(_, bytes)| bytes.starts_with(tail.up_to(good)));
                    if !kept_whole {
                        return Err(kept(
                            copied,
                            &format!("{what}: facts up to {good} are gone"),
                        ));
                    }
                    if tail.goes_on_after(good) {
                        tally.copies_shorter += 1;
                    } else {
                        tally.copies_started += 1;
                    }
                }
                (fate, outcome) => {
                    let said = format!("{what}: {fate:?} was due, {outcome:?} came");
                    return Err(kept(copied, &said));
                }
            }
        }
        Ok(())
    }

    /// A copy of the journal, in a home of its own.
    pub(super) fn start_copy(&mut self, copied: Copied, tally: &mut Tally) -> Result<(), String> {
        let Copied { mut place, sure } = copied;
        place.settle(&format!("{ALWAYS}{NO_MODEM}"));
        let book = open(&self.book).clone();
        match copies::try_start(&mut place, &book, Some(&sure)) {
            Ok(Outcome::Started) => tally.copies_started += 1,
            Ok(Outcome::Refused(_)) => tally.copies_refused += 1,
            Err(error) => return Err(kept(place, &format!("a copy: {error}"))),
        }
        Ok(())
    }
}
