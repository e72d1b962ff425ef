//! SMS-STATUS-REPORT: what became of a message of ours (3GPP TS 23.040, 9.2.2.3).

use chrono::{DateTime, FixedOffset};

use super::address::Address;
use super::bytes::Reader;
use super::status::{ReportClass, classify};
use super::timestamp::{decode_timestamp, encode_timestamp};
use super::{IncomingType, PduError, incoming_type};

/// A status report. What follows the status octet (parameter indicator, user data) is ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusReport {
    /// TP-MR: the reference that the modem gave when it sent the message.
    pub reference: u8,
    /// The number that the message went to.
    pub recipient: Address,
    /// When the service centre took the message.
    pub scts: Option<DateTime<FixedOffset>>,
    /// When it was delivered, or last tried.
    pub discharge: Option<DateTime<FixedOffset>>,
    /// TP-ST as received.
    pub status: u8,
}

impl StatusReport {
    /// Decodes a TPDU (without service centre address).
    ///
    /// # Errors
    /// [`PduError`] when the TPDU is of another type or ends too early.
    pub fn decode(tpdu: &[u8]) -> Result<Self, PduError> {
        let expected = "STATUS-REPORT";
        match incoming_type(tpdu) {
            Some(IncomingType::Deliver) => {
                return Err(PduError::WrongType {
                    expected,
                    found: "DELIVER",
                });
            }
            Some(IncomingType::Submit) => {
                return Err(PduError::WrongType {
                    expected,
                    found: "SUBMIT",
                });
            }
            _ => {}
        }
        let mut reader = Reader::new(tpdu);
        reader.octet("the first octet")?;
        Ok(Self {
            reference: reader.octet("the message reference")?,
            recipient: Address::read(&mut reader, "the recipient's address")?,
            scts: decode_timestamp(reader.array("the time stamp")?),
            discharge: decode_timestamp(reader.array("the discharge time")?),
            status: reader.octet("the status")?,
        })
    }

    /// Encodes the report as the network would send it; times that are missing become zeros.
    pub fn encode(&self) -> Vec<u8> {
        let time =
            |time: &Option<DateTime<FixedOffset>>| time.as_ref().map_or([0; 7], encode_timestamp);
        let mut tpdu = vec![0x06, self.reference];
        self.recipient.write(&mut tpdu);
        tpdu.extend(time(&self.scts));
        tpdu.extend(time(&self.discharge));
        tpdu.push(self.status);
        tpdu
    }

    /// What the status octet means.
    pub fn class(&self) -> ReportClass {
        classify(self.status)
    }
}
