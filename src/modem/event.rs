//! What goes in and out of a modem's thread.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset};
use crossbeam_channel::Sender;
use serde::{Deserialize, Serialize};

use super::at::ErrorClass;
use super::job::SendJob;
use super::pin::PinDigest;
use crate::gsm::pdu::{Concat, ReportClass};

/// Names an incoming message or report until the host has stored it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token(pub u64);

/// Asked of a modem.
#[derive(Debug, Clone)]
pub enum ModemCommand {
    /// Send a message. The caller has it on disk as *being sent* before this.
    Send(SendJob),
    /// Give back the parts of this job that are not handed over yet.
    Cancel(u64),
    /// The incoming message or report is on disk: now it may go from the SIM.
    Stored(Token),
    /// The host could not write the incoming message or report down: it must be told again later.
    NotStored(Token),
    /// Ask the network for something (`*888#`); answers a menu when one is open.
    Ussd {
        /// Digits, `*`, `#`.
        code: String,
        /// Gets exactly one answer.
        reply: Sender<Result<UssdReply, String>>,
    },
    /// Close the port and end. What is in flight ends as unknown.
    Stop,
}

/// The network's answer to a service code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UssdReply {
    /// Its text.
    pub text: String,
    /// Whether it is a menu that waits for an answer.
    pub waits: bool,
}

/// Told by a modem.
#[derive(Debug, Clone, PartialEq)]
pub struct ModemEvent {
    /// Which modem, by its name in the settings.
    pub modem: Arc<str>,
    /// What happened.
    pub what: What,
}

/// What happened. For each part of a job exactly one of `PartAccepted` (or `PartsAccepted`), `PartRefused`,
/// `PartUnknown` comes, or its number is in `JobDone::unsent`; `JobDone` is the job's last event.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// State, operator or signal changed.
    Status(Box<ModemStatus>),
    /// The SIM refused this PIN. It is not entered again, also not after a restart if the host remembers it.
    PinRefused(PinDigest),
    /// A PIN that was refused may be tried once more: the SIM was opened, or locked by its PUK, since.
    PinForgotten,
    /// The text is being written: from here on the network may take it.
    PartHandedOver {
        /// Job and part.
        job: u64,
        /// Job and part.
        part: u8,
    },
    /// The network took it.
    PartAccepted {
        /// Job and part.
        job: u64,
        /// Job and part.
        part: u8,
        /// By which a report will name it; `None` when the modem's line was damaged.
        reference: Option<u8>,
    },
    /// A gateway took these parts with one answer. Its reports name the job, not a reference.
    PartsAccepted {
        /// Job.
        job: u64,
        /// Its parts.
        parts: Vec<u8>,
    },
    /// It was certainly not taken, so sending it again is safe.
    PartRefused {
        /// Job and part.
        job: u64,
        /// Job and part.
        part: u8,
        /// Why, and what to do about it.
        refusal: Refusal,
    },
    /// It was handed over and nobody knows whether the network took it. Never resend by itself.
    PartUnknown {
        /// Job and part.
        job: u64,
        /// Job and part.
        part: u8,
        /// For the log.
        why: String,
    },
    /// After `PartUnknown` the modem did tell that the network took it.
    LateAcceptance {
        /// Job and part.
        job: u64,
        /// Job and part.
        part: u8,
        /// As in `PartAccepted`.
        reference: u8,
    },
    /// The modem is through with this job and takes the next.
    JobDone {
        /// Which.
        job: u64,
        /// Parts that were never handed over: safe to give to any modem again.
        unsent: Vec<u8>,
        /// Why parts are left, for the log.
        why: Option<String>,
    },
    /// What became of a message. Answer with [`ModemCommand::Stored`] or [`ModemCommand::NotStored`].
    Report {
        /// For the answer.
        token: Token,
        /// TP-MR of the message.
        reference: u8,
        /// Where it went.
        recipient: String,
        /// TP-ST.
        status: u8,
        /// What TP-ST means.
        class: ReportClass,
        /// When the service centre took the message.
        scts: Option<DateTime<FixedOffset>>,
        /// When it was delivered or last tried.
        discharge: Option<DateTime<FixedOffset>>,
    },
    /// What a gateway says of a message that it was given. Answer as to a report.
    GatewayReport {
        /// For the answer.
        token: Token,
        /// The job, also one of an earlier run of the server.
        job: u64,
        /// Which attempt of it: [`SendJob::attempt`].
        attempt: u32,
        /// Which part; `None` for all that were given to it at once.
        part: Option<u8>,
        /// What became of it.
        fate: Fate,
        /// The gateway's or the service centre's words; may be empty.
        words: String,
    },
    /// A message, or one part of one. Answer as to a report.
    Incoming {
        /// For the answer.
        token: Token,
        /// `+62…`, a short code, or a name.
        from: String,
        /// `None` for binary data.
        text: Option<String>,
        /// When the service centre took it.
        scts: Option<DateTime<FixedOffset>>,
        /// Which part of which message.
        concat: Option<Concat>,
        /// The PDU in hexadecimal: the same PDU twice is the same message, not two.
        pdu: String,
    },
    /// Something came that cannot be read. Answer as to a report.
    Unreadable {
        /// For the answer.
        token: Token,
        /// As received.
        pdu: String,
        /// Why it cannot be read.
        why: String,
    },
}

/// What a gateway says of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// A service centre has it.
    Taken,
    /// The phone has it.
    Delivered,
    /// The service centre refused it or gave up.
    Undelivered,
}

/// Why a part was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What to do about it.
    pub class: ErrorClass,
    /// The code of `+CMS ERROR` or `+CME ERROR`.
    pub code: Option<u16>,
    /// In the modem's words, or ours.
    pub text: String,
    /// Whether the text had been handed over; if not, the fault is not the message's.
    pub handed_over: bool,
}

/// The state of a modem as a person wants to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModemState {
    /// Opening, initialising.
    Starting,
    /// Registered; takes messages.
    Ready,
    /// Looking for a network.
    Searching,
    /// No SIM, or none that works.
    NoSim,
    /// The SIM wants a PIN and none is set.
    PinNeeded,
    /// The PIN was wrong; it is not tried again.
    PinWrong,
    /// Too many wrong ones: the SIM wants its PUK, which only a person may enter.
    PukNeeded,
    /// The network does not let this SIM in.
    Denied,
    /// Registered, but no message can come in.
    StorageFull,
    /// Does not answer; being reset.
    Hung,
    /// The port is not there.
    Unplugged,
    /// What is at the port is no modem.
    WrongPort,
    /// Ended.
    Stopped,
}

impl ModemState {
    /// Whether messages may be given to it.
    pub fn can_send(self) -> bool {
        matches!(self, Self::Ready | Self::StorageFull)
    }
}

/// What is known about a modem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModemStatus {
    /// Its state.
    pub state: ModemState,
    /// The network's name.
    pub operator: Option<String>,
    /// Strength from 0 to 31 as in `+CSQ`; `None` when not known.
    pub signal: Option<u8>,
    /// `+CGMI`.
    pub manufacturer: Option<String>,
    /// `+CGMM`.
    pub model: Option<String>,
    /// `+CGSN`.
    pub imei: Option<String>,
    /// The SIM's own number, where the SIM knows it.
    pub own_number: Option<String>,
    /// Service centre.
    pub service_centre: Option<String>,
    /// What a person should know about the state, in English, for the log and the details.
    pub detail: String,
}

impl ModemStatus {
    /// Before anything is known.
    pub fn unknown(state: ModemState) -> Self {
        Self {
            state,
            operator: None,
            signal: None,
            manufacturer: None,
            model: None,
            imei: None,
            own_number: None,
            service_centre: None,
            detail: String::new(),
        }
    }

    /// Signal strength from 0 to 100.
    pub fn signal_percent(&self) -> Option<u8> {
        self.signal
            .map(|signal| u8::try_from(u16::from(signal.min(31)) * 100 / 31).unwrap_or(100))
    }
}
