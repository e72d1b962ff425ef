//! Modems: the AT engine, the serial port, the simulated modem, and the gateway Kannel, which looks like one to the server.

pub mod at;
mod event;
mod handle;
mod job;
pub mod kannel;
mod pin;
mod port;
mod probe;
mod serial;
mod session;
mod settings;
pub mod simulator;
mod wire;
mod worker;

pub use at::{AtError, ErrorClass};
pub use event::{
    Fate, ModemCommand, ModemEvent, ModemState, ModemStatus, Refusal, Token, UssdReply, What,
};
pub use handle::ModemHandle;
pub use job::{JobError, Part, SendJob, SendOptions};
pub use pin::{PinDigest, PinSource};
pub use port::{ConnectError, Connection, Connector};
pub use probe::{Probe, ProbeError, probe, probe_with};
pub use serial::SerialConnector;
pub use session::Session;
pub use settings::{ModemSettings, Timing};
pub use wire::LoggedConnector;
pub use worker::start;
