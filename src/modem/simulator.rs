//! The built-in modem: the other side of the same AT conversation, for trial use and for tests.
//!
//! [`Simulator`] is again without port and clock. [`SimulatedModem`] runs it in memory, calm as a
//! good network; [`run_on_terminal`] offers it on a pseudo-terminal, where other programs can talk to it.

mod commands;
mod fault;
mod foreign;
mod memory;
mod network;
mod state;
mod terminal;

pub use fault::{Fault, FaultKind};
pub use foreign::Foreign;
pub use memory::SimulatedModem;
pub use network::Accepted;
pub use state::{ReportRoute, Simulator, SimulatorSettings};
pub use terminal::{Terminal, TerminalOptions, run_on_terminal};

#[cfg(test)]
mod tests;
