//! The AT conversation without a port and without a clock: bytes and the time come in, bytes to
//! write and events go out. 3GPP TS 27.005 (messages), TS 27.007 (the modem), ITU-T V.250 (form).
//!
//! One exchange runs at a time. What it must never get wrong is the *outcome* of sending: the
//! text was never handed over (safe to send again), the network refused it, the network took it,
//! or nobody knows. See [`SubmitOutcome`].

mod engine;
mod error;
mod lines;
mod parse;

pub use engine::{Answer, Engine, Event, Exchange, Outcome, SubmitOutcome, SubmitTimes, Trouble};
pub use error::{AtError, ErrorClass};
pub use lines::{Lines, MAX_LINE, Token};
pub use parse::{Unsolicited, fields, registration_state, unquote};

#[cfg(test)]
mod tests;
