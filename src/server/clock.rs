//! The server's clock: real time, or real time shifted to begin at a chosen instant (trial mode), perhaps many times as fast.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// Tells the time. Everything else gets the time as an argument.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    shift: TimeDelta,
    since: DateTime<Utc>,
    speed: u32,
}

impl Clock {
    /// The real time, or a clock that starts running from `start` now.
    pub fn new(start: Option<DateTime<Utc>>) -> Self {
        Self::at_speed(start, 1)
    }

    /// The same, running `speed` times as fast as the real time; 0 is taken for 1.
    pub fn at_speed(start: Option<DateTime<Utc>>, speed: u32) -> Self {
        let since = Utc::now();
        Self {
            shift: start.map_or(TimeDelta::zero(), |start| start - since),
            since,
            speed: speed.max(1),
        }
    }

    /// The time.
    pub fn now(self) -> DateTime<Utc> {
        let now = Utc::now();
        let ahead = i32::try_from(self.speed - 1)
            .ok()
            .and_then(|times| (now - self.since).checked_mul(times));
        ahead
            .and_then(|ahead| self.shift.checked_add(&ahead))
            .and_then(|shift| now.checked_add_signed(shift))
            .unwrap_or(now)
    }

    /// How long to wait in real time until so much has passed by this clock.
    pub fn wait(self, time: Duration) -> Duration {
        time / self.speed
    }

    /// Whether it was set by hand.
    pub fn is_shifted(self) -> bool {
        !self.shift.is_zero() || self.speed > 1
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_fast_clock_begins_where_it_was_set_and_runs_ahead() {
        let start = "2026-11-24T09:00:00+07:00".parse().unwrap();
        let clock = Clock::at_speed(Some(start), 100_000);
        assert!(clock.now() >= start && clock.is_shifted());
        let before = clock.now();
        let real = Instant::now();
        while real.elapsed() < Duration::from_millis(5) {
            std::hint::spin_loop();
        }
        assert!(clock.now() - before > TimeDelta::seconds(300));
        assert_eq!(clock.wait(Duration::from_secs(200)).as_millis(), 2);
        assert!(!Clock::new(None).is_shifted());
    }
}
