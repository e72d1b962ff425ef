//! Hexadecimal and a reader that knows which field it is in.

use super::PduError;

/// Longest PDU taken from outside, in octets: service centre 12, TPDU 175, and room to spare.
const MAX_OCTETS: usize = 512;

/// Hexadecimal digits (either case) as octets.
///
/// # Errors
/// [`PduError::Hex`] or [`PduError::TooLong`].
pub fn from_hex(text: &str) -> Result<Vec<u8>, PduError> {
    let digits = text.as_bytes();
    if digits.len() > MAX_OCTETS * 2 {
        return Err(PduError::TooLong("the PDU"));
    }
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(PduError::Hex("an odd number of digits"));
    }
    pairs
        .iter()
        .map(|&[high, low]| Some(nibble(high)? << 4 | nibble(low)?))
        .collect::<Option<_>>()
        .ok_or(PduError::Hex("a character that is no digit"))
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// Octets as upper-case hexadecimal digits, the form that every modem takes.
pub fn to_hex(octets: &[u8]) -> String {
    let digit = |nibble: u8| {
        char::from(if nibble < 10 {
            b'0' + nibble
        } else {
            b'A' + nibble - 10
        })
    };
    let mut text = String::with_capacity(octets.len() * 2);
    for octet in octets {
        text.push(digit(octet >> 4));
        text.push(digit(octet & 0xF));
    }
    text
}

/// Takes fields off the front of a PDU and names the field in which it ended.
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(octets: &'a [u8]) -> Self {
        Self { rest: octets }
    }

    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub fn octet(&mut self, field: &'static str) -> Result<u8, PduError> {
        let (&first, rest) = self.rest.split_first().ok_or(PduError::Truncated(field))?;
        self.rest = rest;
        Ok(first)
    }

    pub fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], PduError> {
        let (first, rest) = self
            .rest
            .split_first_chunk::<N>()
            .ok_or(PduError::Truncated(field))?;
        self.rest = rest;
        Ok(*first)
    }

    pub fn slice(&mut self, length: usize, field: &'static str) -> Result<&'a [u8], PduError> {
        let (first, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(PduError::Truncated(field))?;
        self.rest = rest;
        Ok(first)
    }
}
