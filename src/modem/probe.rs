//! A look at a port: is there a modem, which, and does it see a network? Sends no message.

use std::time::{Duration, Instant};

use crossbeam_channel::{RecvTimeoutError, unbounded};
use serde::{Deserialize, Serialize};

use super::event::{ModemState, ModemStatus, What};
use super::port::Connector;
use super::serial::SerialConnector;
use super::settings::ModemSettings;
use super::worker::start;

/// Longest look: the slowest modem that is any good answers all questions within it.
const LIMIT: Duration = Duration::from_secs(20);
/// How long to wait for the operator's name once everything else is known.
const OPERATOR_LIMIT: Duration = Duration::from_secs(5);

/// What a look at a port has found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// `+CGMI`.
    pub manufacturer: Option<String>,
    /// `+CGMM`.
    pub model: Option<String>,
    /// `+CGSN`.
    pub imei: Option<String>,
    /// The network's name.
    pub operator: Option<String>,
    /// 0 to 31, as in `+CSQ`.
    pub signal: Option<u8>,
    /// `ready`, `pin-needed`, `pin-wrong`, `puk-needed` or `no-sim`.
    pub sim: String,
    /// Whether it is registered: `ready`, `searching`, `denied` …
    pub state: ModemState,
}

/// Why there is nothing to tell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProbeError {
    /// The port cannot be opened.
    #[error("{0}")]
    Unreachable(String),
    /// It can, but what is there is no modem.
    #[error("{0}")]
    NoModem(String),
    /// Neither yes nor no in time.
    #[error("the modem did not finish answering: {0}")]
    Slow(String),
    /// The system gives no thread.
    #[error("{0}")]
    System(String),
}

/// Looks at a serial port. No PIN is entered and nothing is deleted; incoming messages stay.
///
/// # Errors
/// [`ProbeError`], in words for a person.
pub fn probe(path: &str, baud: u32) -> Result<Probe, ProbeError> {
    probe_with(
        Box::new(SerialConnector::new(path, baud)),
        ModemSettings::named("probe"),
    )
}

/// Looks at any port.
///
/// # Errors
/// [`ProbeError`], in words for a person.
pub fn probe_with(
    connector: Box<dyn Connector>,
    settings: ModemSettings,
) -> Result<Probe, ProbeError> {
    let (sender, events) = unbounded();
    let modem = start(settings, connector, sender)
        .map_err(|error| ProbeError::System(error.to_string()))?;
    let started = Instant::now();
    let mut until = started + LIMIT;
    let mut found: Option<ModemStatus> = None;
    let mut detail = String::new();
    let result = loop {
        match events.recv_deadline(until) {
            Ok(event) => {
                let What::Status(status) = event.what else {
                    continue;
                };
                detail.clone_from(&status.detail);
                match status.state {
                    ModemState::Unplugged => break Err(ProbeError::Unreachable(status.detail)),
                    ModemState::WrongPort | ModemState::Hung => {
                        break Err(ProbeError::NoModem(status.detail));
                    }
                    ModemState::NoSim
                    | ModemState::PinNeeded
                    | ModemState::PinWrong
                    | ModemState::PukNeeded => {
                        break Ok(*status);
                    }
                    ModemState::Ready | ModemState::StorageFull if status.operator.is_some() => {
                        break Ok(*status);
                    }
                    ModemState::Ready
                    | ModemState::StorageFull
                    | ModemState::Searching
                    | ModemState::Denied => {
                        if found.replace(*status).is_none() {
                            until = until.min(Instant::now() + OPERATOR_LIMIT);
                        }
                    }
                    ModemState::Starting | ModemState::Stopped => {}
                }
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                break found.take().ok_or_else(|| ProbeError::Slow(detail.clone()));
            }
        }
    };
    modem.stop();
    let status = result?;
    let sim = match status.state {
        ModemState::NoSim => "no-sim",
        ModemState::PinNeeded => "pin-needed",
        ModemState::PinWrong => "pin-wrong",
        ModemState::PukNeeded => "puk-needed",
        _ => "ready",
    };
    Ok(Probe {
        manufacturer: status.manufacturer,
        model: status.model,
        imei: status.imei,
        operator: status.operator,
        signal: status.signal,
        sim: sim.to_owned(),
        state: status.state,
    })
}
