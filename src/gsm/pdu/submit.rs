//! SMS-SUBMIT: a message from us to the network (3GPP TS 23.040, 9.2.2.2).

use std::time::Duration;

use chrono::{DateTime, FixedOffset};

use super::address::Address;
use super::bytes::Reader;
use super::coding::CodingScheme;
use super::timestamp::decode_timestamp;
use super::user_data::UserData;
use super::{IncomingType, PduError, incoming_type};
use crate::gsm::segment::{Encoding, Segment};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;

/// How long the network may try to deliver (3GPP TS 23.040, 9.2.3.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// From the moment the service centre takes the message; the octet of 9.2.3.12.1.
    Relative(u8),
    /// Until then; `None` when the octets are no time. Only decoded.
    Absolute(Option<DateTime<FixedOffset>>),
    /// The seldom used form of 9.2.3.12.3, kept as received. Only decoded.
    Enhanced([u8; 7]),
}

impl Validity {
    /// The shortest period that is not shorter than asked: 5 minutes to 63 weeks.
    pub fn at_least(period: Duration) -> Self {
        let seconds = period.as_secs() + u64::from(period.subsec_nanos() > 0);
        let code = if seconds <= 12 * HOUR {
            seconds.div_ceil(5 * MINUTE).saturating_sub(1)
        } else if seconds <= DAY {
            143 + (seconds - 12 * HOUR).div_ceil(30 * MINUTE)
        } else if seconds <= 30 * DAY {
            166 + seconds.div_ceil(DAY)
        } else {
            192 + seconds.div_ceil(WEEK).max(5)
        };
        Self::Relative(u8::try_from(code).unwrap_or(u8::MAX))
    }

    /// The period of a relative validity.
    pub fn period(self) -> Option<Duration> {
        let Self::Relative(code) = self else {
            return None;
        };
        let code = u64::from(code);
        Some(Duration::from_secs(match code {
            0..=143 => (code + 1) * 5 * MINUTE,
            144..=167 => 12 * HOUR + (code - 143) * 30 * MINUTE,
            168..=196 => (code - 166) * DAY,
            _ => (code - 192) * WEEK,
        }))
    }
}

/// A message to be sent, or one part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submit {
    /// TP-MR; modems put their own number here and tell it in `+CMGS`.
    pub reference: u8,
    /// Whether a status report is wanted.
    pub status_report: bool,
    /// Who is to get it.
    pub to: Address,
    /// `None` leaves it to the network.
    pub validity: Option<Validity>,
    /// TP-DCS.
    pub coding: CodingScheme,
    /// Text or bytes, and which part this is.
    pub data: UserData,
}

impl Submit {
    /// Encodes one part as TPDU; `validity` is used when it is relative.
    ///
    /// # Errors
    /// [`PduError`] for a bad number, a part that is too long, or a character outside its alphabet.
    pub fn encode(
        to: &str,
        segment: &Segment,
        status_report: bool,
        validity: Option<Validity>,
        reference: u8,
    ) -> Result<Vec<u8>, PduError> {
        let relative = match validity {
            Some(Validity::Relative(code)) => Some(code),
            _ => None,
        };
        let mut first = 0b01;
        if relative.is_some() {
            first |= 0b1_0000;
        }
        if status_report {
            first |= 0b10_0000;
        }
        if segment.concat.is_some() {
            first |= 0b100_0000;
        }
        let mut tpdu = Vec::with_capacity(164);
        tpdu.extend([first, reference]);
        Address::parse(to)?.write(&mut tpdu);
        let coding = match segment.encoding {
            Encoding::Gsm7 => CodingScheme::GSM7,
            Encoding::Ucs2 => CodingScheme::UCS2,
        };
        tpdu.extend([0, coding.0]);
        tpdu.extend(relative);
        tpdu.extend(UserData::encode_segment(segment)?);
        Ok(tpdu)
    }

    /// Decodes a TPDU (without service centre address).
    ///
    /// # Errors
    /// [`PduError`] when the TPDU is of another type or ends too early.
    pub fn decode(tpdu: &[u8]) -> Result<Self, PduError> {
        let expected = "SUBMIT";
        match incoming_type(tpdu) {
            Some(IncomingType::Deliver) => {
                return Err(PduError::WrongType {
                    expected,
                    found: "DELIVER",
                });
            }
            Some(IncomingType::StatusReport) => {
                return Err(PduError::WrongType {
                    expected,
                    found: "STATUS-REPORT",
                });
            }
            _ => {}
        }
        let mut reader = Reader::new(tpdu);
        let first = reader.octet("the first octet")?;
        let reference = reader.octet("the message reference")?;
        let to = Address::read(&mut reader, "the recipient's address")?;
        reader.octet("the protocol identifier")?;
        let coding = CodingScheme(reader.octet("the data coding scheme")?);
        let validity = match first >> 3 & 0b11 {
            0b00 => None,
            0b10 => Some(Validity::Relative(reader.octet("the validity period")?)),
            0b11 => Some(Validity::Absolute(decode_timestamp(
                reader.array("the validity period")?,
            ))),
            _ => Some(Validity::Enhanced(reader.array("the validity period")?)),
        };
        let length = reader.octet("the length of the user data")?;
        let data = UserData::decode(coding, first & 0x40 != 0, length, reader.rest())?;
        Ok(Self {
            reference,
            status_report: first & 0x20 != 0,
            to,
            validity,
            coding,
            data,
        })
    }
}
