//! Addresses: telephone numbers in semi-octets, or a sender's name (3GPP TS 23.040, 9.1.2.5).

use std::fmt;

use super::PduError;
use super::bytes::Reader;
use crate::gsm::gsm7;

/// Bits 6 to 4 of the type octet.
const INTERNATIONAL: u8 = 0b001;
const ALPHANUMERIC: u8 = 0b101;

/// Digits of semi-octets in order; 15 fills up.
const DIGITS: [char; 15] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'a', 'b', 'c',
];

/// Most semi-octets of an address (12 octets with length and type).
const MAX_DIGITS: usize = 20;

/// Sender, recipient or service centre. `Display` gives `+62…`, the plain digits or the name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Address {
    /// Digits without the leading `+`.
    International(String),
    /// A short code or a national number; `kind` is the type octet as received.
    Other {
        /// Type of number and numbering plan, bit 7 set.
        kind: u8,
        /// Digits, `*`, `#`, `a`, `b`, `c`.
        digits: String,
    },
    /// A name, as banks and operators send.
    Alphanumeric(String),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::International(digits) => write!(f, "+{digits}"),
            Self::Other { digits, .. } => f.write_str(digits),
            Self::Alphanumeric(name) => f.write_str(name),
        }
    }
}

impl Address {
    /// A number as written: `+` makes it international, anything else is "unknown type".
    ///
    /// # Errors
    /// [`PduError::Number`] unless 1 to 20 digits (`*`, `#`, `a`, `b`, `c` count as digits).
    pub fn parse(number: &str) -> Result<Self, PduError> {
        let digits = number.strip_prefix('+').unwrap_or(number);
        let known = digits.chars().all(|c| DIGITS.contains(&c));
        if !known || digits.is_empty() || digits.len() > MAX_DIGITS {
            return Err(PduError::Number(number.to_owned()));
        }
        let digits = digits.to_owned();
        Ok(if number.starts_with('+') {
            Self::International(digits)
        } else {
            Self::Other { kind: 0x81, digits }
        })
    }

    /// Reads length, type and value of a TP address.
    pub(super) fn read(reader: &mut Reader<'_>, field: &'static str) -> Result<Self, PduError> {
        let length = usize::from(reader.octet(field)?);
        let kind = reader.octet(field)?;
        if length > MAX_DIGITS + 2 {
            return Err(PduError::TooLong(field));
        }
        let octets = reader.slice(length.div_ceil(2), field)?;
        Ok(Self::from_octets(kind, octets, length))
    }

    /// `length` counts useful semi-octets.
    pub(super) fn from_octets(kind: u8, octets: &[u8], length: usize) -> Self {
        if kind >> 4 & 0b111 == ALPHANUMERIC {
            let septets = gsm7::unpack(octets, length * 4 / 7, 0);
            // The alphabet has line breaks; a name is one line.
            let name = gsm7::decode(&septets).replace(char::is_control, " ");
            return Self::Alphanumeric(name.trim_end().to_owned());
        }
        let digits = octets
            .iter()
            .flat_map(|octet| [octet & 0xF, octet >> 4])
            .take(length)
            .map_while(|nibble| DIGITS.get(usize::from(nibble)))
            .collect();
        if kind >> 4 & 0b111 == INTERNATIONAL {
            Self::International(digits)
        } else {
            Self::Other { kind, digits }
        }
    }

    /// Type octet and value octets.
    pub(super) fn to_octets(&self) -> (u8, Vec<u8>) {
        match self {
            Self::International(digits) => (0x91, semi_octets(digits)),
            Self::Other { kind, digits } => (*kind, semi_octets(digits)),
            Self::Alphanumeric(name) => {
                let name: String = name.chars().filter(|&c| gsm7::width(c).is_some()).collect();
                let mut septets = gsm7::encode(&name).unwrap_or_default();
                septets.truncate(11);
                (0xD0, gsm7::pack(&septets, 0))
            }
        }
    }

    /// Length (in useful semi-octets), type and value, as in a TPDU.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let (kind, octets) = self.to_octets();
        let length = match self {
            Self::International(digits) | Self::Other { digits, .. } => digits.len(),
            Self::Alphanumeric(name) => {
                let septets: usize = name.chars().filter_map(gsm7::width).sum();
                (septets.min(11) * 7).div_ceil(4)
            }
        };
        // `parse` and `from_octets` bound the digits, so the length always fits its octet.
        out.push(u8::try_from(length).unwrap_or(u8::MAX));
        out.push(kind);
        out.extend_from_slice(&octets);
    }
}

/// Two digits an octet, low half first, filled up with 15.
fn semi_octets(digits: &str) -> Vec<u8> {
    let nibbles: Vec<u8> = digits
        .chars()
        .take(MAX_DIGITS)
        .filter_map(|c| DIGITS.iter().position(|&digit| digit == c))
        .filter_map(|nibble| u8::try_from(nibble).ok())
        .collect();
    nibbles
        .chunks(2)
        .map(|pair| match pair {
            [low, high] => high << 4 | low,
            [low] => 0xF0 | low,
            _ => 0xFF,
        })
        .collect()
}
