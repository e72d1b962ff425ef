//! The short message codec: 3GPP TS 23.038 (alphabets) and TS 23.040 (PDUs).
//!
//! Pure functions over bytes and text. Nothing here knows about modems, the office or the time,
//! and no input from outside can make it panic or allocate more than the input is long.

pub mod diagnose;
pub mod gsm7;
pub mod likeness;
pub mod pdu;
pub mod segment;

pub use likeness::transliterate;
pub use pdu::{Concat, Deliver, PduError, ReportClass, StatusReport, Submit};
pub use segment::{Encoding, Measure, Segment, TooLong, measure, split};
