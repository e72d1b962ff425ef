//! Protocol data units of 3GPP TS 23.040: SUBMIT (we send), DELIVER (we receive) and
//! STATUS-REPORT (what became of a message), each both ways because the simulated modem stands
//! on the other side.
//!
//! Decoding is total: whatever a network, a SIM or a stranger's phone delivers gives a value or
//! a [`PduError`]. What is only odd (an impossible time stamp, a broken header element) is left
//! out instead of losing the message.

mod address;
mod bytes;
mod coding;
mod deliver;
mod report;
mod status;
mod submit;
mod timestamp;
mod user_data;

pub use address::Address;
pub use bytes::{from_hex, to_hex};
pub use coding::{Alphabet, CodingScheme};
pub use deliver::Deliver;
pub use report::StatusReport;
pub use status::{ReportClass, classify, describe};
pub use submit::{Submit, Validity};
pub use timestamp::{decode_timestamp, encode_timestamp};
pub use user_data::{Body, Concat, UserData};

/// Why bytes are not the PDU that they should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PduError {
    /// A character that is not a hexadecimal digit, or an odd number of digits.
    #[error("not a hexadecimal PDU: {0}")]
    Hex(&'static str),
    /// The bytes end inside the named field.
    #[error("the PDU ends inside {0}")]
    Truncated(&'static str),
    /// The message type indicator says that this is another kind of PDU.
    #[error("this is a {found} PDU, not {expected}")]
    WrongType {
        /// What was to be decoded.
        expected: &'static str,
        /// What the first octet says.
        found: &'static str,
    },
    /// A length field exceeds what 3GPP TS 23.040 allows.
    #[error("{0} is longer than the standard allows")]
    TooLong(&'static str),
    /// The text holds a character that the chosen alphabet lacks (encoding only).
    #[error("{0:?} is not in the GSM 7-bit alphabet")]
    Character(char),
    /// The number cannot be written as a telephone number (encoding only).
    #[error("{0:?} is not a telephone number")]
    Number(String),
}

/// A PDU as it stands in an AT answer: the service centre's address, then the TPDU.
///
/// # Errors
/// [`PduError`] when the address is cut off. An empty address gives `None`.
pub fn split_service_centre(pdu: &[u8]) -> Result<(Option<Address>, &[u8]), PduError> {
    let (&length, rest) = pdu
        .split_first()
        .ok_or(PduError::Truncated("the service centre address"))?;
    let length = usize::from(length);
    if length == 0 {
        return Ok((None, rest));
    }
    // 3GPP TS 24.011, 8.2.5.1: at most type and ten octets of digits; some modems send padding.
    if length > 12 {
        return Err(PduError::TooLong("the service centre address"));
    }
    let (address, tpdu) = rest
        .split_at_checked(length)
        .ok_or(PduError::Truncated("the service centre address"))?;
    let Some((&kind, digits)) = address.split_first() else {
        return Ok((None, tpdu));
    };
    Ok((
        Some(Address::from_octets(kind, digits, digits.len() * 2)),
        tpdu,
    ))
}

/// The service centre part of a PDU that leaves the choice to the SIM.
pub const DEFAULT_SERVICE_CENTRE: [u8; 1] = [0];

/// Puts a service centre address before a TPDU; `None` leaves it to the SIM.
///
/// # Errors
/// [`PduError::Number`] when the number has other characters than digits and a leading `+`.
pub fn with_service_centre(number: Option<&str>, tpdu: &[u8]) -> Result<Vec<u8>, PduError> {
    let mut pdu = Vec::with_capacity(tpdu.len() + 12);
    match number {
        None => pdu.extend_from_slice(&DEFAULT_SERVICE_CENTRE),
        Some(number) => {
            let (kind, digits) = Address::parse(number)?.to_octets();
            pdu.push(
                u8::try_from(digits.len() + 1).map_err(|_| PduError::Number(number.to_owned()))?,
            );
            pdu.push(kind);
            pdu.extend_from_slice(&digits);
        }
    }
    pdu.extend_from_slice(tpdu);
    Ok(pdu)
}

/// What a TPDU from the network claims to be (3GPP TS 23.040, 9.2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncomingType {
    /// A message; also the reserved value, which is to be treated as one.
    Deliver,
    /// What became of a message that we sent.
    StatusReport,
    /// A message of ours, as it lies in a SIM's memory.
    Submit,
}

/// Reads the type from the first octet; `None` for no octets at all.
pub fn incoming_type(tpdu: &[u8]) -> Option<IncomingType> {
    Some(match tpdu.first()? & 0b11 {
        0b01 => IncomingType::Submit,
        0b10 => IncomingType::StatusReport,
        _ => IncomingType::Deliver,
    })
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod vectors;
