//! User data: an optional header of information elements and the text or bytes
//! (3GPP TS 23.040, 9.2.3.24).

use super::PduError;
use super::coding::{Alphabet, CodingScheme};
use crate::gsm::gsm7;
use crate::gsm::segment::{Encoding, Segment};

/// Octets of user data in one TPDU.
const MAX_OCTETS: usize = 140;
/// Information element: concatenated message, 8-bit reference.
const CONCAT_8: u8 = 0x00;
/// Information element: concatenated message, 16-bit reference.
const CONCAT_16: u8 = 0x08;

/// The header element that ties the parts of one message together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Concat {
    /// Width of the reference: 8 or 16.
    pub bits: u8,
    /// The same in all parts of a message from one sender.
    pub reference: u16,
    /// Number of parts, at least 1.
    pub total: u8,
    /// This part, from 1 to `total`.
    pub seq: u8,
}

/// What the message carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Readable text.
    Text(String),
    /// 8-bit data, or text in a compression that nobody uses.
    Binary(Vec<u8>),
}

/// Decoded user data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserData {
    /// Present on a part of a longer message.
    pub concat: Option<Concat>,
    /// Text or bytes.
    pub body: Body,
}

impl UserData {
    /// The text, or `None` for binary data.
    pub fn text(&self) -> Option<&str> {
        match &self.body {
            Body::Text(text) => Some(text),
            Body::Binary(_) => None,
        }
    }

    /// `length` is TP-UDL: septets for the 7-bit alphabet, else octets.
    pub(super) fn decode(
        coding: CodingScheme,
        has_header: bool,
        length: u8,
        data: &[u8],
    ) -> Result<Self, PduError> {
        let length = usize::from(length);
        let seven_bit = coding.alphabet() == Alphabet::Gsm7 && !coding.compressed();
        let octets = if seven_bit {
            (length * 7).div_ceil(8)
        } else {
            length
        };
        let data = data
            .get(..octets)
            .ok_or(PduError::Truncated("the user data"))?;
        let (header, body) = if has_header {
            let (&header_length, rest) = data
                .split_first()
                .ok_or(PduError::Truncated("the user data header"))?;
            rest.split_at_checked(usize::from(header_length))
                .ok_or(PduError::Truncated("the user data header"))?
        } else {
            (&[][..], data)
        };
        let body = match coding.alphabet() {
            _ if coding.compressed() => Body::Binary(body.to_vec()),
            Alphabet::Gsm7 => {
                let header_octets = if has_header { header.len() + 1 } else { 0 };
                let header_septets = (header_octets * 8).div_ceil(7);
                let count = length.saturating_sub(header_septets);
                Body::Text(gsm7::decode(&gsm7::unpack(
                    body,
                    count,
                    fill_bits(header_octets),
                )))
            }
            Alphabet::Ucs2 => {
                let (pairs, _odd) = body.as_chunks::<2>();
                let units: Vec<u16> = pairs.iter().map(|&pair| u16::from_be_bytes(pair)).collect();
                Body::Text(String::from_utf16_lossy(&units))
            }
            Alphabet::Data8 => Body::Binary(body.to_vec()),
        };
        Ok(Self {
            concat: concat_of(header),
            body,
        })
    }

    /// Octets from TP-UDL on.
    pub(super) fn encode_segment(segment: &Segment) -> Result<Vec<u8>, PduError> {
        let mut header = Vec::new();
        if let Some(concat) = segment.concat {
            let [high, low] = concat.reference.to_be_bytes();
            if concat.bits == 16 {
                header.extend([6, CONCAT_16, 4, high, low, concat.total, concat.seq]);
            } else {
                header.extend([5, CONCAT_8, 3, low, concat.total, concat.seq]);
            }
        }
        let (length, body) = match segment.encoding {
            Encoding::Gsm7 => {
                let septets = gsm7::encode(&segment.text).map_err(PduError::Character)?;
                let header_septets = (header.len() * 8).div_ceil(7);
                (
                    header_septets + septets.len(),
                    gsm7::pack(&septets, fill_bits(header.len())),
                )
            }
            Encoding::Ucs2 => {
                let body: Vec<u8> = segment
                    .text
                    .encode_utf16()
                    .flat_map(u16::to_be_bytes)
                    .collect();
                (header.len() + body.len(), body)
            }
        };
        if header.len() + body.len() > MAX_OCTETS {
            return Err(PduError::TooLong("the text of one part"));
        }
        let length = u8::try_from(length).map_err(|_| PduError::TooLong("the text of one part"))?;
        let mut out = Vec::with_capacity(1 + header.len() + body.len());
        out.push(length);
        out.extend_from_slice(&header);
        out.extend_from_slice(&body);
        Ok(out)
    }
}

/// Zero bits between a header and the first septet.
fn fill_bits(header_octets: usize) -> u8 {
    // Always 0 to 6.
    u8::try_from((7 - header_octets * 8 % 7) % 7).unwrap_or(0)
}

/// The last valid concatenation element; unknown elements are skipped, an element with an
/// impossible count is ignored (9.2.3.24.1), and one that runs over the end ends the header.
fn concat_of(mut header: &[u8]) -> Option<Concat> {
    let mut found = None;
    while let [id, length, rest @ ..] = header {
        let Some((value, rest)) = rest.split_at_checked(usize::from(*length)) else {
            break;
        };
        header = rest;
        let concat = match (*id, value) {
            (CONCAT_8, &[reference, total, seq]) => Concat {
                bits: 8,
                reference: reference.into(),
                total,
                seq,
            },
            (CONCAT_16, &[high, low, total, seq]) => Concat {
                bits: 16,
                reference: u16::from_be_bytes([high, low]),
                total,
                seq,
            },
            _ => continue,
        };
        if concat.seq >= 1 && concat.seq <= concat.total {
            found = Some(concat);
        }
    }
    found
}
