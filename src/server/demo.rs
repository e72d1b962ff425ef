//! The demonstration office: a made-up year of a KPPN, the same for the same seed, plan and moment.
//!
//! Nothing here is real: units are called "Contoh" where one of that name might exist, and every phone is one of the
//! `0812-0000-xxxx` that a gateway refuses. The facts come one by one, so that a million letters need no more memory than a few days of them.

mod fields;
mod letter;
mod message;
mod people;
pub(super) mod talk;
mod unit;
mod workload;

pub use fields::event_values;
pub use people::{phone, unreachable};

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use fastrand::Rng;

use self::letter::{Made, Maker, Resubmission};
use self::message::Outbox;
use self::unit::Unit;
use self::workload::{Kind, Turns, WorkDay};
use crate::domain::calendar::Calendar;
use crate::domain::fact::Fact;
use crate::domain::id::{AgendaNo, Series};
use crate::domain::module::Modules;
use crate::domain::service_clock::{ServiceClock, ServiceHours};
use crate::domain::when::Zone;

/// Most satker an office can be made with: short names stay within the 20 characters of an SMS.
pub const MOST_SATKER: u32 = 20_000;

/// How large the office is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Another seed gives another office.
    pub seed: u64,
    /// Number of satker; cut to [`MOST_SATKER`]. Without any there are no letters either.
    pub satker: u32,
    /// Number of letters, spread over the year that ends at `now`.
    pub letters: u32,
}

/// The facts of a demonstration office: the mark that it is one, its satker, their budgets, then a year of letters in the order in
/// which they came in, each message once it was drafted. Letters and messages are given as they stand at `now`, with their history.
///
/// Pure: the same arguments give the same facts.
pub fn facts<'a>(
    plan: &Plan,
    modules: &'a Modules,
    calendar: &'a Calendar,
    hours: &ServiceHours,
    zone: Zone,
    now: DateTime<Utc>,
) -> Facts<'a> {
    let clock = ServiceClock {
        calendar,
        hours: *hours,
    };
    let now = zone.local(now);
    let satker = plan.satker.min(MOST_SATKER);
    let kinds = workload::kinds(modules);
    let letters = if satker == 0 { 0 } else { plan.letters };
    let mut rng = Rng::with_seed(plan.seed);
    let turns = Turns::new(&mut rng, satker, kinds.len());
    Facts {
        seed: plan.seed,
        satker,
        days: workload::days(&kinds, &clock, now, letters).into(),
        maker: Maker::new(clock, zone, now, letters),
        outbox: Outbox::new(modules, clock, zone, now, letters, rng.fork()),
        rng,
        kinds,
        turns,
        stage: Stage::Mark,
        units: Vec::new(),
        times: VecDeque::new(),
        weights: Vec::new(),
        coming_back: BTreeMap::new(),
        at_the_door: VecDeque::new(),
        serials: BTreeMap::new(),
        ready: VecDeque::new(),
    }
}

/// What is made next.
#[derive(Debug, Clone, Copy)]
enum Stage {
    Mark,
    Satker(u32),
    Budget(usize),
    Letters,
    Done,
}

/// The facts of a demonstration office, made while they are asked for. See [`facts`].
pub struct Facts<'a> {
    seed: u64,
    satker: u32,
    rng: Rng,
    kinds: Vec<Kind<'a>>,
    turns: Turns,
    maker: Maker<'a>,
    outbox: Outbox<'a>,
    stage: Stage,
    units: Vec<Unit>,
    /// Working days that are still to come, with the number of letters of each.
    days: VecDeque<WorkDay>,
    /// Times of reception that are left of the day.
    times: VecDeque<NaiveDateTime>,
    /// Weight of each kind on that day.
    weights: Vec<u64>,
    /// Returned letters by the day on which they come again.
    coming_back: BTreeMap<NaiveDate, Vec<Resubmission>>,
    /// Returned letters whose day has come.
    at_the_door: VecDeque<Resubmission>,
    serials: BTreeMap<(u16, Series), u32>,
    ready: VecDeque<Fact>,
}

impl Iterator for Facts<'_> {
    type Item = Fact;

    fn next(&mut self) -> Option<Fact> {
        loop {
            if let Some(fact) = self.ready.pop_front() {
                return Some(fact);
            }
            match self.stage {
                Stage::Mark => {
                    self.ready.push_back(Fact::DemoLoaded { seed: self.seed });
                    self.stage = Stage::Satker(0);
                }
                Stage::Satker(index) => self.make_satker(index),
                Stage::Budget(index) => self.make_budget(index),
                Stage::Letters => self.make_letter(),
                Stage::Done => return None,
            }
        }
    }
}

impl Facts<'_> {
    fn make_satker(&mut self, index: u32) {
        if index == self.satker {
            self.stage = Stage::Budget(0);
            return;
        }
        let neighbour = self.units.last();
        if let Some((satker, unit)) = unit::satker(&mut self.rng, index, neighbour) {
            self.ready.push_back(Fact::SatkerSaved { satker });
            self.units.push(unit);
        }
        self.stage = Stage::Satker(index + 1);
    }

    fn make_budget(&mut self, index: usize) {
        let Some(unit) = self.units.get(index) else {
            self.stage = Stage::Letters;
            return;
        };
        let rows = unit::budget(&mut self.rng, unit, index, self.maker.now.date());
        self.ready
            .extend(rows.into_iter().map(|row| Fact::BudgetSaved { row }));
        self.stage = Stage::Budget(index + 1);
    }

    fn make_letter(&mut self) {
        let Some(received) = self.times.pop_front() else {
            self.open_next_day();
            return;
        };
        self.ready.extend(self.outbox.due_before(received));
        let again = if self.rng.bool() {
            self.at_the_door.pop_front()
        } else {
            None
        };
        let index = match &again {
            Some(again) => again.kind,
            None => workload::draw(&mut self.rng, &self.weights),
        };
        let Some(kind) = self.kinds.get(index) else {
            return;
        };
        let unit_index = match &again {
            Some(again) => again.unit,
            None => self.turns.next(index, &self.units),
        };
        let Some(unit) = self.units.get(unit_index) else {
            return;
        };
        let series = Series::parse(&kind.service.series).unwrap_or(Series::AGD);
        let year = u16::try_from(received.year()).unwrap_or_default();
        let serial = self.serials.entry((year, series)).or_default();
        *serial += 1;
        let agenda = AgendaNo {
            year,
            series,
            serial: *serial,
        };
        let made = self
            .maker
            .letter(&mut self.rng, kind, unit, agenda, received, again.as_ref());
        let Made { letter, ended } = made;
        if let Some(ended) = ended {
            self.outbox.draft(kind, unit, &letter, ended);
            let back = Resubmission::of(&letter, index, unit_index);
            if let Some(back) = back.filter(|_| self.rng.u8(..10) < 7) {
                let wait = i32::from(self.rng.u8(1..=4));
                let day = self
                    .maker
                    .clock
                    .calendar
                    .add_working_days(ended.date(), wait);
                self.coming_back.entry(day).or_default().push(back);
            }
        }
        self.ready.push_back(Fact::LetterRegistered {
            letter: Box::new(letter),
        });
    }

    /// Draws when the letters of the next working day come in; after the last day, what is left of the messages.
    fn open_next_day(&mut self) {
        let Some(day) = self.days.pop_front() else {
            self.ready.extend(self.outbox.rest());
            self.stage = Stage::Done;
            return;
        };
        let later = self
            .coming_back
            .split_off(&day.date.succ_opt().unwrap_or(day.date));
        let today = std::mem::replace(&mut self.coming_back, later);
        self.at_the_door.extend(today.into_values().flatten());
        self.weights = workload::weights(&self.kinds, day.date);
        let open = day.date.and_time(self.maker.clock.hours.open);
        let seconds = u32::try_from((day.until - self.maker.clock.hours.open).num_seconds())
            .unwrap_or_default();
        let mut times: Vec<NaiveDateTime> = (0..day.letters)
            .map(|_| {
                // Half of the people come early.
                let first = self.rng.u32(..seconds.max(1));
                let second = self.rng.u32(..seconds.max(1));
                let second = if self.rng.bool() {
                    first.min(second)
                } else {
                    first
                };
                open + TimeDelta::seconds(i64::from(second))
            })
            .collect();
        times.sort_unstable();
        self.times = times.into();
    }
}

/// A share of service time between two moments of one day, for the drawing of work.
fn minutes_of(from: NaiveTime, until: NaiveTime) -> u64 {
    u64::try_from((until - from).num_minutes()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
