//! How many messages may leave in a minute: SMS by one modem, messages to one number. Kept in memory; a restart forgets a minute.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

const MINUTE: TimeDelta = TimeDelta::minutes(1);

/// Numbers remembered before those that are through with their minute are forgotten.
const NUMBERS: usize = 4096;

/// What left in the last minute.
#[derive(Debug, Default)]
pub struct Throttle {
    modems: HashMap<String, VecDeque<(DateTime<Utc>, u32)>>,
    numbers: HashMap<u64, VecDeque<(DateTime<Utc>, u32)>>,
}

impl Throttle {
    /// When this modem may send a message of so many SMS; none is now. A message longer than the whole limit waits for a quiet minute.
    pub fn modem_free(
        &self,
        modem: &str,
        limit: u32,
        parts: u8,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        free(self.modems.get(modem)?, limit, u32::from(parts), now)
    }

    /// When this number may get the next message; none is now.
    pub fn number_free(
        &self,
        number: u64,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        free(self.numbers.get(&number)?, limit, 1, now)
    }

    /// A message leaves.
    pub fn note(&mut self, modem: &str, parts: u8, number: u64, now: DateTime<Utc>) {
        if self.numbers.len() >= NUMBERS {
            self.numbers
                .retain(|_, left| left.back().is_some_and(|(at, _)| counts(*at, now)));
        }
        let left = self.modems.entry(modem.to_owned()).or_default();
        add(left, u32::from(parts), now);
        add(self.numbers.entry(number).or_default(), 1, now);
    }
}

fn add(left: &mut VecDeque<(DateTime<Utc>, u32)>, count: u32, now: DateTime<Utc>) {
    left.retain(|(at, _)| counts(*at, now));
    left.push_back((now, count));
}

/// Whether what left then still counts. The clock may have been set back meanwhile: what left in the future does not.
fn counts(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    at <= now && now - at < MINUTE
}

fn free(
    left: &VecDeque<(DateTime<Utc>, u32)>,
    limit: u32,
    count: u32,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let counting = || left.iter().filter(|(at, _)| counts(*at, now));
    let mut used: u32 = counting().map(|(_, count)| count).sum();
    let mut free_at = None;
    for (at, count_then) in counting() {
        if used + count <= limit {
            break;
        }
        used -= count_then;
        free_at = Some(*at + MINUTE);
    }
    free_at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_holds_no_more_than_the_limit() {
        let mut throttle = Throttle::default();
        let at = |seconds| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        let modem = |throttle: &Throttle, parts, now| throttle.modem_free("a", 3, parts, at(now));
        assert_eq!(modem(&throttle, 200, 0), None);
        throttle.note("a", 1, 7, at(0));
        throttle.note("a", 1, 7, at(10));
        assert_eq!(modem(&throttle, 1, 10), None);
        // Two more do not fit until the first is a minute ago, three not until both are.
        assert_eq!(modem(&throttle, 2, 10), Some(at(60)));
        assert_eq!(modem(&throttle, 3, 10), Some(at(70)));
        assert_eq!(modem(&throttle, 4, 10), Some(at(70)));
        assert_eq!(modem(&throttle, 2, 60), None);
        assert_eq!(throttle.modem_free("b", 1, 1, at(10)), None);
        assert_eq!(throttle.number_free(7, 2, at(10)), Some(at(60)));
        assert_eq!(throttle.number_free(8, 2, at(10)), None);
        // The clock was set back: nothing is held up by what left later.
        assert_eq!(modem(&throttle, 3, -5), None);
    }

    #[test]
    fn numbers_that_are_through_are_forgotten() {
        let mut throttle = Throttle::default();
        for number in 0..10_000 {
            let now = DateTime::UNIX_EPOCH + TimeDelta::milliseconds(number * 100);
            throttle.note("a", 1, number.unsigned_abs(), now);
        }
        assert!(throttle.numbers.len() <= NUMBERS);
        assert!(throttle.modems["a"].len() <= 600);
    }
}
