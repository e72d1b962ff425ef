//! SMS-DELIVER: a message from the network to us (3GPP TS 23.040, 9.2.2.1).

use chrono::{DateTime, FixedOffset};

use super::address::Address;
use super::bytes::Reader;
use super::coding::CodingScheme;
use super::timestamp::{decode_timestamp, encode_timestamp};
use super::user_data::{Body, UserData};
use super::{IncomingType, PduError, incoming_type};
use crate::gsm::segment::{Encoding, Segment};

/// A received message, or one part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deliver {
    /// Who sent it.
    pub from: Address,
    /// TP-PID; 0 for an ordinary message.
    pub protocol: u8,
    /// TP-DCS as received.
    pub coding: CodingScheme,
    /// When the service centre took it, in the centre's zone; `None` when the octets are no time.
    pub scts: Option<DateTime<FixedOffset>>,
    /// Text or bytes, and which part this is.
    pub data: UserData,
}

impl Deliver {
    /// Decodes a TPDU (without service centre address). Octets behind the user data are ignored.
    ///
    /// # Errors
    /// [`PduError`] when the TPDU is of another type or ends too early.
    pub fn decode(tpdu: &[u8]) -> Result<Self, PduError> {
        match incoming_type(tpdu) {
            Some(IncomingType::Submit) => {
                return Err(PduError::WrongType {
                    expected: "DELIVER",
                    found: "SUBMIT",
                });
            }
            Some(IncomingType::StatusReport) => {
                return Err(PduError::WrongType {
                    expected: "DELIVER",
                    found: "STATUS-REPORT",
                });
            }
            _ => {}
        }
        let mut reader = Reader::new(tpdu);
        let first = reader.octet("the first octet")?;
        let from = Address::read(&mut reader, "the sender's address")?;
        let protocol = reader.octet("the protocol identifier")?;
        let coding = CodingScheme(reader.octet("the data coding scheme")?);
        let scts = decode_timestamp(reader.array("the time stamp")?);
        let length = reader.octet("the length of the user data")?;
        let data = UserData::decode(coding, first & 0x40 != 0, length, reader.rest())?;
        Ok(Self {
            from,
            protocol,
            coding,
            scts,
            data,
        })
    }

    /// Encodes a part as the network would deliver it; the simulated modem needs it.
    ///
    /// # Errors
    /// [`PduError`] when the part is longer than one TPDU.
    pub fn encode(
        from: &Address,
        scts: &DateTime<FixedOffset>,
        segment: &Segment,
    ) -> Result<Vec<u8>, PduError> {
        // Bit 2: no more messages wait; bit 6: a user data header follows.
        let mut tpdu = vec![if segment.concat.is_some() { 0x44 } else { 0x04 }];
        from.write(&mut tpdu);
        let coding = match segment.encoding {
            Encoding::Gsm7 => CodingScheme::GSM7,
            Encoding::Ucs2 => CodingScheme::UCS2,
        };
        tpdu.extend([0, coding.0]);
        tpdu.extend(encode_timestamp(scts));
        tpdu.extend(UserData::encode_segment(segment)?);
        Ok(tpdu)
    }

    /// The text, or `None` for binary data.
    pub fn text(&self) -> Option<&str> {
        self.data.text()
    }

    /// The bytes of a binary message.
    pub fn binary(&self) -> Option<&[u8]> {
        match &self.data.body {
            Body::Binary(bytes) => Some(bytes),
            Body::Text(_) => None,
        }
    }
}
