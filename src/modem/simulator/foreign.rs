//! What else may sit at a port that was taken for a modem's.

use std::time::{Duration, Instant};

use super::state::{Later, Simulator};

/// Between two sentences of a satellite receiver.
const SENTENCES: Duration = Duration::from_millis(500);

/// A device that is no modem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// A satellite receiver: talks without being asked and understands nothing.
    Gps,
    /// A shell at the end of a console cable.
    Shell,
}

impl Foreign {
    /// `gps`, `shell`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "gps" => Some(Self::Gps),
            "shell" => Some(Self::Shell),
            _ => None,
        }
    }
}

impl Simulator {
    /// What a device that is no modem says when somebody comes.
    pub(super) fn greet(&mut self, now: Instant) {
        match self.settings.foreign {
            None => {}
            Some(Foreign::Gps) => self.sentence(now),
            Some(Foreign::Shell) => self.raw(b"\r\nkppn login: "),
        }
    }

    pub(super) fn sentence(&mut self, now: Instant) {
        self.raw(b"$GPGGA,023000.00,0737.7900,S,11131.4100,E,1,08,1.0,63.0,M,,M,,*5B\r\n");
        if self.listening() {
            self.schedule(now + SENTENCES, Later::Sentence);
        }
    }

    /// A line that a device that is no modem was given.
    pub(super) fn misunderstand(&mut self, device: Foreign, line: &str) {
        if device == Foreign::Shell {
            self.raw(format!("\r\nsh: {line}: not found\r\n$ ").as_bytes());
        }
    }
}
