//! What TP-Status means (3GPP TS 23.040, 9.2.3.15).

use serde::{Deserialize, Serialize};

/// The three things a status report can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportClass {
    /// The message has left the service centre for the phone: final.
    Delivered,
    /// The service centre keeps trying; another report will follow.
    StillTrying,
    /// The service centre has given up for good: the same message will not work later either.
    FailedPermanently,
    /// The service centre has given up on a passing condition: a new message may work later.
    FailedTemporarily,
}

impl ReportClass {
    /// Whether no further report will come for this message.
    pub fn is_final(self) -> bool {
        self != Self::StillTrying
    }
}

/// The class of a status octet. Reserved values count as "service rejected" (0x63), as the clause asks.
pub fn classify(status: u8) -> ReportClass {
    match status {
        0x00..=0x02 | 0x10..=0x1F => ReportClass::Delivered,
        0x20..=0x25 | 0x30..=0x3F => ReportClass::StillTrying,
        0x40..=0x49 | 0x50..=0x5F => ReportClass::FailedPermanently,
        _ => ReportClass::FailedTemporarily,
    }
}

/// The standard's words for a status octet, for logs and the details of a message.
pub fn describe(status: u8) -> &'static str {
    match status {
        0x00 => "received by the phone",
        0x01 => "forwarded to the phone, delivery not confirmed",
        0x02 => "replaced by the service centre",
        0x20 | 0x60 => "congestion",
        0x21 | 0x61 => "phone busy",
        0x22 | 0x62 => "no response from the phone",
        0x23 | 0x63 => "service rejected",
        0x24 | 0x44 | 0x64 => "quality of service not available",
        0x25 | 0x65 => "error in the phone",
        0x40 => "remote procedure error",
        0x41 => "incompatible destination",
        0x42 => "connection rejected by the phone",
        0x43 => "number not obtainable",
        0x45 => "no interworking available",
        0x46 => "validity period expired",
        0x47 => "deleted by the sender",
        0x48 => "deleted by the service centre",
        0x49 => "message does not exist",
        0x10..=0x1F => "completed (operator's own code)",
        0x30..=0x3F => "still trying (operator's own code)",
        0x50..=0x5F => "failed for good (operator's own code)",
        0x70..=0x7F => "given up (operator's own code)",
        _ => "service rejected (reserved code)",
    }
}
