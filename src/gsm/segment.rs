//! From a text to the parts that carry it: which alphabet, how many parts, where to cut.
//!
//! Sizes are those of 3GPP TS 23.040, 9.2.3.24.1: 140 octets of user data a part, of which a
//! concatenation header takes 6 (8-bit reference) or 7 (16-bit reference).

use serde::{Deserialize, Serialize};

use super::gsm7;
use super::pdu::Concat;

/// Most parts that a concatenation header can count.
pub const MAX_PARTS: usize = 255;

/// The alphabet that a whole message is sent in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// GSM 7-bit default alphabet: 160 septets, 153 a part.
    Gsm7,
    /// UCS-2 (really UTF-16): 70 code units, 67 a part.
    Ucs2,
}

impl Encoding {
    /// The alphabet that the text needs.
    pub fn of(text: &str) -> Self {
        Self::measured(text).0
    }

    /// Units (septets or UTF-16 code units) that fit a message of one part.
    pub fn single(self) -> usize {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    /// Units that fit each part of a longer message.
    pub fn per_part(self, width: ReferenceWidth) -> usize {
        match (self, width) {
            (Self::Gsm7, ReferenceWidth::Bits8) => 153,
            (Self::Gsm7, ReferenceWidth::Bits16) => 152,
            (Self::Ucs2, ReferenceWidth::Bits8) => 67,
            (Self::Ucs2, ReferenceWidth::Bits16) => 66,
        }
    }

    /// The alphabet and the units that the whole text takes in it.
    fn measured(text: &str) -> (Self, usize) {
        match gsm7::septets(text) {
            Some(septets) => (Self::Gsm7, septets),
            None => (Self::Ucs2, text.encode_utf16().count()),
        }
    }

    fn units(self, c: char) -> usize {
        match self {
            Self::Gsm7 => gsm7::width(c).unwrap_or(1),
            Self::Ucs2 => c.len_utf16(),
        }
    }
}

/// Size of the reference that holds the parts of one message together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReferenceWidth {
    /// One octet; understood by every phone.
    #[default]
    Bits8,
    /// Two octets; fewer mix-ups between messages to one number, one character less a part.
    Bits16,
}

/// What a text costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// The alphabet it needs.
    pub encoding: Encoding,
    /// Septets (extension characters count two) or UTF-16 code units (emoji count two).
    pub units: usize,
    /// Messages that are paid for; at least 1. May exceed [`MAX_PARTS`], which [`split`] refuses.
    pub parts: usize,
    /// Units that still fit the last part.
    pub left_in_last: usize,
}

/// Counts what a text costs with 8-bit references, without making the parts.
pub fn measure(text: &str) -> Measure {
    let (encoding, units) = Encoding::measured(text);
    if units <= encoding.single() {
        return Measure {
            encoding,
            units,
            parts: 1,
            left_in_last: encoding.single() - units,
        };
    }
    let capacity = encoding.per_part(ReferenceWidth::Bits8);
    let mut parts = 1;
    let mut used = 0;
    for c in text.chars() {
        let units = encoding.units(c);
        if used + units > capacity {
            parts += 1;
            used = 0;
        }
        used += units;
    }
    Measure {
        encoding,
        units,
        parts,
        left_in_last: capacity - used,
    }
}

/// One part of a message, ready to be put into a PDU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// This part's text; only whole characters.
    pub text: String,
    /// The alphabet of the whole message.
    pub encoding: Encoding,
    /// `None` for a message of one part.
    pub concat: Option<Concat>,
}

impl Segment {
    /// 1 for the first part.
    pub fn number(&self) -> u8 {
        self.concat.map_or(1, |concat| concat.seq)
    }

    /// Number of parts of the whole message.
    pub fn total(&self) -> u8 {
        self.concat.map_or(1, |concat| concat.total)
    }
}

/// The text needs more parts than a header can count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text needs {parts} SMS parts, at most {MAX_PARTS} can be sent: shorten it")]
pub struct TooLong {
    /// Parts that it would take.
    pub parts: usize,
}

/// Cuts a text into parts. Characters of two units (extension table, surrogate pairs) stay whole.
///
/// `reference` ties the parts together; with [`ReferenceWidth::Bits8`] its low octet is used.
/// Retries of single parts must use the reference of the first try.
pub fn split(text: &str, reference: u16, width: ReferenceWidth) -> Result<Vec<Segment>, TooLong> {
    let (encoding, units) = Encoding::measured(text);
    if units <= encoding.single() {
        return Ok(vec![Segment {
            text: text.to_owned(),
            encoding,
            concat: None,
        }]);
    }
    let capacity = encoding.per_part(width);
    let mut texts: Vec<String> = Vec::with_capacity(units / capacity + 1);
    let mut current = String::new();
    let mut used = 0;
    for c in text.chars() {
        let units = encoding.units(c);
        if used + units > capacity {
            texts.push(std::mem::take(&mut current));
            used = 0;
        }
        current.push(c);
        used += units;
    }
    texts.push(current);
    let total = u8::try_from(texts.len()).map_err(|_| TooLong { parts: texts.len() })?;
    let (bits, reference) = match width {
        ReferenceWidth::Bits8 => (8, reference & 0xFF),
        ReferenceWidth::Bits16 => (16, reference),
    };
    Ok((1..=total)
        .zip(texts)
        .map(|(seq, text)| Segment {
            text,
            encoding,
            concat: Some(Concat {
                bits,
                reference,
                total,
                seq,
            }),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_known_limits_hold() {
        #[track_caller]
        fn check(text: &str, encoding: Encoding, units: usize, parts: usize, left: usize) {
            let expected = Measure {
                encoding,
                units,
                parts,
                left_in_last: left,
            };
            assert_eq!(measure(text), expected);
            assert_eq!(split(text, 1, ReferenceWidth::Bits8).unwrap().len(), parts);
        }
        check("", Encoding::Gsm7, 0, 1, 160);
        check(&"a".repeat(160), Encoding::Gsm7, 160, 1, 0);
        check(&"a".repeat(161), Encoding::Gsm7, 161, 2, 145);
        check(&"a".repeat(306), Encoding::Gsm7, 306, 2, 0);
        check(&"a".repeat(307), Encoding::Gsm7, 307, 3, 152);
        check(&"€".repeat(80), Encoding::Gsm7, 160, 1, 0);
        // 76 pairs fill 152 of 153 septets; the 77th does not fit and is not split.
        check(&"€".repeat(81), Encoding::Gsm7, 162, 2, 143);
        check(&"ж".repeat(70), Encoding::Ucs2, 70, 1, 0);
        check(&"ж".repeat(71), Encoding::Ucs2, 71, 2, 63);
        check(&"😀".repeat(35), Encoding::Ucs2, 70, 1, 0);
        // 33 pairs fill 66 of 67 units.
        check(&"😀".repeat(36), Encoding::Ucs2, 72, 2, 61);
    }

    #[test]
    fn two_hundred_and_fifty_five_parts_are_the_end() {
        let longest = "a".repeat(153 * 255);
        let parts = split(&longest, 0x1FF, ReferenceWidth::Bits8).unwrap();
        assert_eq!(parts.len(), 255);
        assert_eq!(
            parts[254].concat,
            Some(Concat {
                bits: 8,
                reference: 0xFF,
                total: 255,
                seq: 255
            })
        );
        let error = split(&(longest + "a"), 1, ReferenceWidth::Bits8).unwrap_err();
        assert_eq!(error, TooLong { parts: 256 });
    }

    #[test]
    fn sixteen_bit_references_leave_one_character_less() {
        let parts = split(&"a".repeat(305), 0xBEEF, ReferenceWidth::Bits16).unwrap();
        assert_eq!(
            parts.iter().map(|part| part.text.len()).collect::<Vec<_>>(),
            [152, 152, 1]
        );
        assert_eq!(parts[0].concat.unwrap().reference, 0xBEEF);
    }

    proptest! {
        #[test]
        fn parts_join_to_the_text_and_fit(text in "[a-z€\\[ж😀]{0,600}", wide in any::<bool>()) {
            let width = if wide { ReferenceWidth::Bits16 } else { ReferenceWidth::Bits8 };
            let parts = split(&text, 7, width).unwrap();
            let joined: String = parts.iter().map(|part| part.text.as_str()).collect();
            prop_assert_eq!(joined, text.clone());
            let encoding = Encoding::of(&text);
            for part in &parts {
                let units: usize = part.text.chars().map(|c| encoding.units(c)).sum();
                let fits = if parts.len() == 1 { encoding.single() } else { encoding.per_part(width) };
                prop_assert!(units <= fits);
                prop_assert_eq!(part.encoding, encoding);
            }
            if !wide {
                prop_assert_eq!(measure(&text).parts, parts.len());
            }
        }
    }
}
