//! The server's clock: real time, or real time shifted to begin at a chosen instant (trial mode).

use chrono::{DateTime, TimeDelta, Utc};

/// Tells the time. Everything else gets the time as an argument.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    shift: TimeDelta,
}

impl Clock {
    /// The real time, or a clock that starts running from `start` now.
    pub fn new(start: Option<DateTime<Utc>>) -> Self {
        Self {
            shift: start.map_or(TimeDelta::zero(), |start| start - Utc::now()),
        }
    }

    /// The time.
    pub fn now(self) -> DateTime<Utc> {
        let now = Utc::now();
        now.checked_add_signed(self.shift).unwrap_or(now)
    }

    /// Whether it was set by hand.
    pub fn is_shifted(self) -> bool {
        !self.shift.is_zero()
    }
}
