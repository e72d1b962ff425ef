//! When a service must be finished: norms count service hours of working days, and stop while the office waits for papers.

use super::calendar::Calendar;
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use serde::{Deserialize, Serialize};

/// How long a service may take (*norma waktu*).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Norm {
    /// End of service hours on the nth working day after the day of receipt.
    WorkingDays(u32),
    /// So many hours of service, across closing time and weekends.
    Hours(u32),
    /// No norm: nothing is ever overdue.
    #[default]
    None,
}

/// Counter hours of every working day, in local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceHours {
    /// First minute of service.
    pub open: NaiveTime,
    /// End of service; later than `open`.
    pub close: NaiveTime,
}

impl Default for ServiceHours {
    /// 08.00–15.00, the counter hours of a KPPN (KEP-57/PB/2023).
    fn default() -> Self {
        let hour = |h| NaiveTime::from_hms_opt(h, 0, 0).unwrap_or_default();
        Self {
            open: hour(8),
            close: hour(15),
        }
    }
}

/// Time during which the clock stands still: the office waits for the satker (MENUNGGU).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// Start, local time.
    pub from: NaiveDateTime,
    /// End, local time; none while it lasts.
    pub until: Option<NaiveDateTime>,
}

/// The office's clock: calendar and counter hours together.
#[derive(Clone, Copy, Debug)]
pub struct ServiceClock<'a> {
    /// Working days.
    pub calendar: &'a Calendar,
    /// Counter hours.
    pub hours: ServiceHours,
}

/// More days than any service takes; bounds every walk.
const LONGEST_WALK: u32 = 20_000;

impl ServiceClock<'_> {
    /// The moment by which a service received at `received` must be finished; none without a norm. All times are local.
    ///
    /// What arrives outside counter hours counts from the next opening. Service time stopped is added; a stop without end counts until `now`.
    pub fn target(
        &self,
        norm: Norm,
        received: NaiveDateTime,
        stops: &[Stop],
        now: NaiveDateTime,
    ) -> Option<NaiveDateTime> {
        let start = self.opening_at_or_after(received);
        let planned = match norm {
            Norm::None => return None,
            Norm::Hours(hours) => {
                self.advance(start, TimeDelta::hours(i64::from(hours.min(10_000))))
            }
            Norm::WorkingDays(days) => {
                let days = i32::try_from(days.min(1000)).unwrap_or(1000);
                self.calendar
                    .add_working_days(start.date(), days)
                    .and_time(self.hours.close)
            }
        };
        Some(self.advance(planned, self.stopped(received, stops, now)))
    }

    /// Service time during which the clock stood still since `received`; overlapping stops count once.
    pub fn stopped(
        &self,
        received: NaiveDateTime,
        stops: &[Stop],
        now: NaiveDateTime,
    ) -> TimeDelta {
        let mut spans: Vec<(NaiveDateTime, NaiveDateTime)> = stops
            .iter()
            .map(|stop| (stop.from.max(received), stop.until.unwrap_or(now)))
            .filter(|(from, until)| from < until)
            .collect();
        spans.sort_unstable();
        let mut reached = received;
        let mut sum = TimeDelta::zero();
        for (from, until) in spans {
            sum += self.between(from.max(reached), until);
            reached = reached.max(until);
        }
        sum
    }

    /// Service time between two moments; zero when `to` is not later.
    pub fn between(&self, from: NaiveDateTime, to: NaiveDateTime) -> TimeDelta {
        if to <= from {
            return TimeDelta::zero();
        }
        let day = self.hours.close - self.hours.open;
        if from.date() == to.date() {
            return self.within(from.date(), to.time()) - self.within(from.date(), from.time());
        }
        // Full days after the first up to and including the last, less what is left of the last.
        let days = self.calendar.working_days_between(from.date(), to.date());
        let full = i32::try_from(days).unwrap_or(i32::MAX);
        let first =
            self.within(from.date(), self.hours.close) - self.within(from.date(), from.time());
        let unused = self.within(to.date(), self.hours.close) - self.within(to.date(), to.time());
        first + day * full - unused
    }

    /// Service time of one day before `time`.
    fn within(&self, date: NaiveDate, time: NaiveTime) -> TimeDelta {
        if !self.calendar.is_working_day(date) || self.hours.close <= self.hours.open {
            return TimeDelta::zero();
        }
        time.clamp(self.hours.open, self.hours.close) - self.hours.open
    }

    /// The next moment of service at or after `at`.
    pub fn opening_at_or_after(&self, at: NaiveDateTime) -> NaiveDateTime {
        let date = at.date();
        if self.calendar.is_working_day(date) && at.time() < self.hours.close {
            return date.and_time(at.time().max(self.hours.open));
        }
        self.calendar
            .next_working_day(date)
            .and_time(self.hours.open)
    }

    /// `at` plus service time. Time that ends exactly at closing stays at closing.
    pub fn advance(&self, at: NaiveDateTime, by: TimeDelta) -> NaiveDateTime {
        if by <= TimeDelta::zero() || self.hours.close <= self.hours.open {
            return at;
        }
        let mut left = by;
        let mut at = self.opening_at_or_after(at);
        for _ in 0..LONGEST_WALK {
            let until_close = at.date().and_time(self.hours.close) - at;
            if left <= until_close {
                return at + left;
            }
            left -= until_close;
            let Some(tomorrow) = at.date().checked_add_days(Days::new(1)) else {
                break;
            };
            let next = self.opening_at_or_after(tomorrow.and_time(NaiveTime::MIN));
            if next <= at {
                break;
            }
            at = next;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap_or_default()
    }

    fn stop(from: &str, until: &str) -> Stop {
        Stop {
            from: at(from),
            until: Some(at(until)),
        }
    }

    fn check(norm: Norm, received: &str, stops: &[Stop], expected: &str) {
        let calendar = Calendar::builtin();
        let clock = ServiceClock {
            calendar: &calendar,
            hours: ServiceHours::default(),
        };
        assert_eq!(
            clock.target(norm, at(received), stops, at("2026-12-31 12:00")),
            Some(at(expected)),
            "{norm:?} {received}"
        );
    }

    #[test]
    fn one_working_day_ends_when_the_counter_closes_on_the_next_working_day() {
        check(
            Norm::WorkingDays(1),
            "2026-11-24 09:30",
            &[],
            "2026-11-25 15:00",
        );
        check(
            Norm::WorkingDays(1),
            "2026-11-27 09:30",
            &[],
            "2026-11-30 15:00",
        );
        check(
            Norm::WorkingDays(5),
            "2026-12-21 10:00",
            &[],
            "2026-12-30 15:00",
        );
        check(
            Norm::WorkingDays(0),
            "2026-11-24 09:30",
            &[],
            "2026-11-24 15:00",
        );
    }

    #[test]
    fn what_arrives_outside_counter_hours_counts_from_the_next_opening() {
        check(
            Norm::WorkingDays(1),
            "2026-11-24 07:00",
            &[],
            "2026-11-25 15:00",
        );
        check(
            Norm::WorkingDays(1),
            "2026-11-24 15:00",
            &[],
            "2026-11-26 15:00",
        );
        check(
            Norm::WorkingDays(1),
            "2026-11-28 10:00",
            &[],
            "2026-12-01 15:00",
        );
        check(Norm::Hours(1), "2026-11-24 22:00", &[], "2026-11-25 09:00");
        check(Norm::Hours(1), "2026-11-29 22:00", &[], "2026-11-30 09:00");
    }

    #[test]
    fn hours_count_only_service_hours() {
        check(Norm::Hours(1), "2026-11-24 09:30", &[], "2026-11-24 10:30");
        check(Norm::Hours(1), "2026-11-24 14:00", &[], "2026-11-24 15:00");
        check(Norm::Hours(1), "2026-11-24 14:30", &[], "2026-11-25 08:30");
        check(Norm::Hours(1), "2026-12-23 14:30", &[], "2026-12-28 08:30");
        check(Norm::Hours(14), "2026-11-24 08:00", &[], "2026-11-25 15:00");
    }

    #[test]
    fn waiting_for_papers_stops_the_clock() {
        check(
            Norm::Hours(1),
            "2026-11-24 09:00",
            &[stop("2026-11-24 09:30", "2026-11-24 11:30")],
            "2026-11-24 12:00",
        );
        // Three hours on Tuesday and two on Wednesday.
        check(
            Norm::WorkingDays(1),
            "2026-11-24 09:00",
            &[stop("2026-11-24 12:00", "2026-11-25 10:00")],
            "2026-11-26 13:00",
        );
        // Overlapping stops count once, and a night costs nothing.
        let twice = [
            stop("2026-11-24 10:00", "2026-11-24 12:00"),
            stop("2026-11-24 11:00", "2026-11-24 12:00"),
        ];
        check(
            Norm::Hours(1),
            "2026-11-24 09:00",
            &twice,
            "2026-11-24 12:00",
        );
        check(
            Norm::Hours(1),
            "2026-11-24 14:00",
            &[stop("2026-11-24 16:00", "2026-11-24 20:00")],
            "2026-11-24 15:00",
        );
    }

    #[test]
    fn a_stop_that_lasts_counts_until_now() {
        let calendar = Calendar::builtin();
        let clock = ServiceClock {
            calendar: &calendar,
            hours: ServiceHours::default(),
        };
        let open = [Stop {
            from: at("2026-11-24 09:30"),
            until: None,
        }];
        let target = |now| clock.target(Norm::Hours(1), at("2026-11-24 09:00"), &open, at(now));
        assert_eq!(target("2026-11-24 09:30"), Some(at("2026-11-24 10:00")));
        assert_eq!(target("2026-11-24 12:30"), Some(at("2026-11-24 13:00")));
        assert_eq!(
            clock.target(
                Norm::None,
                at("2026-11-24 09:00"),
                &open,
                at("2026-11-24 12:30")
            ),
            None
        );
    }

    proptest! {
        #[test]
        fn the_target_is_as_many_service_hours_away_as_the_norm_says(minute in 0i64..500_000, hours in 1u32..100) {
            let calendar = Calendar::builtin();
            let clock = ServiceClock { calendar: &calendar, hours: ServiceHours::default() };
            let received = at("2025-06-01 00:00") + TimeDelta::minutes(minute);
            let target = clock.target(Norm::Hours(hours), received, &[], received).unwrap();
            prop_assert_eq!(clock.between(received, target), TimeDelta::hours(i64::from(hours)));
            prop_assert!(calendar.is_working_day(target.date()));
            prop_assert!(target.time() > clock.hours.open && target.time() <= clock.hours.close);
        }

        #[test]
        fn a_longer_stop_never_makes_the_target_earlier(minute in 0i64..100_000, first in 0i64..3000, more in 0i64..3000, days in 0u32..8) {
            let calendar = Calendar::builtin();
            let clock = ServiceClock { calendar: &calendar, hours: ServiceHours::default() };
            let received = at("2026-02-01 00:00") + TimeDelta::minutes(minute);
            let with = |length| {
                let stop = Stop { from: received + TimeDelta::minutes(30), until: Some(received + TimeDelta::minutes(30 + length)) };
                clock.target(Norm::WorkingDays(days), received, &[stop], received).unwrap()
            };
            let (shorter, longer) = (with(first), with(first + more));
            prop_assert!(shorter <= longer);
            let stopped = clock.between(received + TimeDelta::minutes(30), received + TimeDelta::minutes(30 + first + more));
            prop_assert_eq!(clock.between(with(0), longer), stopped);
        }

        #[test]
        fn service_time_adds_up(a in 0i64..60_000, b in 0i64..60_000, c in 0i64..60_000) {
            let calendar = Calendar::builtin();
            let clock = ServiceClock { calendar: &calendar, hours: ServiceHours::default() };
            let mut times = [a, b, c].map(|minutes| at("2026-03-01 00:00") + TimeDelta::minutes(minutes));
            times.sort_unstable();
            prop_assert_eq!(clock.between(times[0], times[1]) + clock.between(times[1], times[2]), clock.between(times[0], times[2]));
        }
    }
}
