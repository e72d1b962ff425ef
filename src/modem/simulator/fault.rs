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
    /// The modem waits for the text, but its prompt is lost on the way.
    PromptLost,
    /// The text vanishes: not taken, not answered; the modem goes on.
    Silence,
    /// Taken, but the answer is lost; the modem goes on.
    AnswerLost,
    /// Nothing more until the port is opened anew; `accepted`: the message was taken before.
    Hang {
        /// Whether the network has the message.
        accepted: bool,
    },
    /// Nothing more until `ATZ`, also after the port was opened anew; not taken.
    HangUntilReset,
    /// The port goes away and comes back.
    Unplug {
        /// Whether the network has the message.
        accepted: bool,
        /// For how long it is gone.
        away: Duration,
    },
    /// The port goes away instead of the prompt, and comes back.
    UnplugBefore(Duration),
    /// Line noise before the answer.
    Garbage,
    /// Taken, but the line with the reference is damaged.
    DamagedReference,
    /// The answer stops in the middle of a line for a while.
    HalfLine,
    /// The answer comes one byte after another, with pauses.
    ByteByByte,
    /// Not registered for so long, from this message on, which is refused.
    NoNetwork(Duration),
    /// The SIM is out for so long, from this message on, which is refused.
    NoSim(Duration),
    /// The report is lost.
    NoReport,
    /// The report comes so much later.
    LateReport(Duration),
    /// The report comes before the answer that tells its reference.
    EarlyReport,
    /// The report comes twice, the second one so much later.
    DoubleReport(Duration),
    /// TP-ST of the report.
    Report(u8),
}

/// How faults are written, for people who mistype one.
const FORM: &str = "MESSAGE:KIND with error=N, refuse=N, no-prompt, prompt-lost, silence, answer-lost, hang, hang-accepted, \
     hang-until-reset, unplug=SECONDS, unplug-accepted=SECONDS, unplug-before=SECONDS, garbage, damaged-reference, half-line, \
     byte-by-byte, no-network=SECONDS, no-sim=SECONDS, no-report, late-report=SECONDS, early-report, double-report=SECONDS \
     or report=N";

impl FromStr for Fault {
    type Err = String;

    /// `MESSAGE:KIND`, such as `3:error=500`, `6:silence`, `9:unplug=5` (seconds).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || format!("{text:?} is no fault: {FORM}");
        let (message, kind) = text.split_once(':').ok_or_else(bad)?;
        let message = message.trim().parse().map_err(|_| bad())?;
        let (kind, value) = kind.split_once('=').unwrap_or((kind, ""));
        let code = || value.parse::<u16>().map_err(|_| bad());
        let seconds = || {
            let seconds = value.parse::<f64>().map_err(|_| bad())?;
            // Longer than anybody waits, and far from where adding it to the time would fail.
            Duration::try_from_secs_f64(seconds)
                .ok()
                .filter(|time| *time <= Duration::from_hours(24))
                .ok_or_else(bad)
        };
        let kind = match kind.trim() {
            "error" => FaultKind::Error(code()?),
            "refuse" => FaultKind::RefusePrompt(code()?),
            "no-prompt" => FaultKind::NoPrompt,
            "prompt-lost" => FaultKind::PromptLost,
            "silence" => FaultKind::Silence,
            "answer-lost" => FaultKind::AnswerLost,
            "hang" => FaultKind::Hang { accepted: false },
            "hang-accepted" => FaultKind::Hang { accepted: true },
            "hang-until-reset" => FaultKind::HangUntilReset,
            "unplug" => FaultKind::Unplug {
                accepted: false,
                away: seconds()?,
            },
            "unplug-accepted" => FaultKind::Unplug {
                accepted: true,
                away: seconds()?,
            },
            "unplug-before" => FaultKind::UnplugBefore(seconds()?),
            "garbage" => FaultKind::Garbage,
            "damaged-reference" => FaultKind::DamagedReference,
            "half-line" => FaultKind::HalfLine,
            "byte-by-byte" => FaultKind::ByteByByte,
            "no-network" => FaultKind::NoNetwork(seconds()?),
            "no-sim" => FaultKind::NoSim(seconds()?),
            "no-report" => FaultKind::NoReport,
            "late-report" => FaultKind::LateReport(seconds()?),
            "early-report" => FaultKind::EarlyReport,
            "double-report" => FaultKind::DoubleReport(seconds()?),
            "report" => FaultKind::Report(value.parse().map_err(|_| bad())?),
            _ => return Err(bad()),
        };
        Ok(Self { message, kind })
    }
}
