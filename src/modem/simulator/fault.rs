//! What may go wrong, and when.

use std::str::FromStr;
use std::time::Duration;

/// Something that goes wrong once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// At which `AT+CMGS`, counted from 1.
    pub message: u32,
    /// What happens.
    pub kind: FaultKind,
}

/// What happens to that message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// `+CMS ERROR: n` after the text; not taken.
    Error(u16),
    /// `+CMS ERROR: n` instead of the prompt.
    RefusePrompt(u16),
    /// No prompt and no answer.
    NoPrompt,
    /// The text vanishes: not taken, not answered; the modem goes on.
    Silence,
    /// Taken, but the answer is lost; the modem goes on.
    AnswerLost,
    /// Nothing more until the port is opened anew; `accepted`: the message was taken before.
    Hang {
        /// Whether the network has the message.
        accepted: bool,
    },
    /// The port goes away and comes back.
    Unplug {
        /// Whether the network has the message.
        accepted: bool,
        /// For how long it is gone.
        away: Duration,
    },
    /// Line noise before the answer.
    Garbage,
    /// Taken, but the line with the reference is damaged.
    DamagedReference,
}

impl FromStr for Fault {
    type Err = String;

    /// `MESSAGE:KIND`, such as `3:error=500`, `4:refuse=331`, `5:no-prompt`, `6:silence`,
    /// `7:answer-lost`, `8:hang`, `8:hang-accepted`, `9:unplug=5` (seconds), `9:unplug-accepted=5`,
    /// `10:garbage`, `11:damaged-reference`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || {
            format!(
                "{text:?} is no fault: MESSAGE:KIND with error=N, refuse=N, no-prompt, silence, answer-lost, hang, \
                 hang-accepted, unplug=SECONDS, unplug-accepted=SECONDS, garbage or damaged-reference"
            )
        };
        let (message, kind) = text.split_once(':').ok_or_else(bad)?;
        let message = message.trim().parse().map_err(|_| bad())?;
        let (kind, value) = kind.split_once('=').unwrap_or((kind, ""));
        let code = || value.parse::<u16>().map_err(|_| bad());
        let seconds = || {
            let seconds = value.parse::<f64>().map_err(|_| bad())?;
            Duration::try_from_secs_f64(seconds).map_err(|_| bad())
        };
        let kind = match kind.trim() {
            "error" => FaultKind::Error(code()?),
            "refuse" => FaultKind::RefusePrompt(code()?),
            "no-prompt" => FaultKind::NoPrompt,
            "silence" => FaultKind::Silence,
            "answer-lost" => FaultKind::AnswerLost,
            "hang" => FaultKind::Hang { accepted: false },
            "hang-accepted" => FaultKind::Hang { accepted: true },
            "unplug" => FaultKind::Unplug {
                accepted: false,
                away: seconds()?,
            },
            "unplug-accepted" => FaultKind::Unplug {
                accepted: true,
                away: seconds()?,
            },
            "garbage" => FaultKind::Garbage,
            "damaged-reference" => FaultKind::DamagedReference,
            _ => return Err(bad()),
        };
        Ok(Self { message, kind })
    }
}
