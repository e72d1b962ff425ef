//! Modems: the AT engine, the serial port and the simulated modem.

pub mod at;
mod event;
mod job;
mod port;
mod probe;
mod serial;
mod session;
mod settings;
pub mod simulator;
mod worker;

pub use at::{AtError, ErrorClass};
pub use event::{
    ModemCommand, ModemEvent, ModemState, ModemStatus, Refusal, Token, UssdReply, What,
};
pub use job::{JobError, Part, SendJob, SendOptions};
pub use port::{ConnectError, Connection, Connector};
pub use probe::{Probe, ProbeError, probe, probe_with};
pub use serial::SerialConnector;
pub use session::Session;
pub use settings::{ModemSettings, Timing};
pub use worker::{ModemHandle, start};
