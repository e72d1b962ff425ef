//! The GSM 7-bit default alphabet with its extension table (3GPP TS 23.038, 6.2.1), and the packing of septets into octets (6.1.2.1).

/// Leads to the extension table; never a character of its own.
pub const ESCAPE: u8 = 0x1B;

/// 3GPP TS 23.038, 6.2.1. The place of [`ESCAPE`] holds a no-break space, which is what a
/// receiver without the extension table is told to show.
#[rustfmt::skip]
const DEFAULT: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å',
    'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', '\u{a0}', 'Æ', 'æ', 'ß', 'É',
    ' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/',
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?',
    '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O',
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§',
    '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];

/// 3GPP TS 23.038, 6.2.1.1.
const EXTENSION: [(u8, char); 10] = [
    (0x0A, '\u{c}'),
    (0x14, '^'),
    (0x28, '{'),
    (0x29, '}'),
    (0x2F, '\\'),
    (0x3C, '['),
    (0x3D, '~'),
    (0x3E, ']'),
    (0x40, '|'),
    (0x65, '€'),
];

/// In [`ASCII`]: the character is not in the alphabet.
const NONE: u8 = 0xFF;
/// In [`ASCII`]: the septet follows [`ESCAPE`].
const EXTENDED: u8 = 0x80;

/// Septet of each ASCII character, so that ordinary text needs one look-up a character.
#[allow(
    clippy::indexing_slicing,
    reason = "constant evaluation: a wrong index does not compile"
)]
#[allow(clippy::cast_possible_truncation, reason = "the index is below 128")]
const ASCII: [u8; 128] = {
    let mut table = [NONE; 128];
    let mut septet = 0;
    while septet < 128 {
        let code = DEFAULT[septet] as usize;
        if code < 128 {
            table[code] = septet as u8;
        }
        septet += 1;
    }
    let mut row = 0;
    while row < EXTENSION.len() {
        let code = EXTENSION[row].1 as usize;
        if code < 128 {
            table[code] = EXTENSION[row].0 | EXTENDED;
        }
        row += 1;
    }
    table
};

/// One character in the alphabet: a septet, or a septet behind [`ESCAPE`].
fn code(c: char) -> Option<u8> {
    let found = match ASCII.get(c as usize) {
        Some(&found) => found,
        None if c == '€' => 0x65 | EXTENDED,
        // The no-break space stands in the table only for decoding.
        None if c == '\u{a0}' => NONE,
        None => {
            let at = DEFAULT.iter().position(|&known| known == c)?;
            u8::try_from(at).ok()?
        }
    };
    (found != NONE).then_some(found)
}

/// How many septets the character takes: 1, 2 (extension table), or `None` when it needs UCS-2.
pub fn width(c: char) -> Option<usize> {
    code(c).map(|code| if code & EXTENDED == 0 { 1 } else { 2 })
}

/// How many septets the text takes, or `None` when some character needs UCS-2.
pub fn septets(text: &str) -> Option<usize> {
    let mut total = 0;
    for c in text.chars() {
        total += width(c)?;
    }
    Some(total)
}

/// The text as septets, one a byte and not yet packed.
///
/// # Errors
/// The first character that is not in the alphabet.
pub fn encode(text: &str) -> Result<Vec<u8>, char> {
    let mut septets = Vec::with_capacity(text.len());
    for c in text.chars() {
        let code = code(c).ok_or(c)?;
        if code & EXTENDED != 0 {
            septets.push(ESCAPE);
        }
        septets.push(code & 0x7F);
    }
    Ok(septets)
}

/// Septets as text. Total: an unknown extension shows the character of the main table, as
/// 3GPP TS 23.038, 6.2.1.1 asks, and an escape that leads nowhere shows a space.
pub fn decode(septets: &[u8]) -> String {
    let mut text = String::with_capacity(septets.len());
    let mut escaped = false;
    for &septet in septets {
        let septet = septet & 0x7F;
        if escaped {
            escaped = false;
            let extended = EXTENSION.iter().find(|(code, _)| *code == septet);
            match extended {
                Some((_, c)) => text.push(*c),
                None if septet == ESCAPE => text.push(' '),
                None => text.push(plain(septet)),
            }
        } else if septet == ESCAPE {
            escaped = true;
        } else {
            text.push(plain(septet));
        }
    }
    if escaped {
        text.push(' ');
    }
    text
}

fn plain(septet: u8) -> char {
    DEFAULT.get(usize::from(septet)).copied().unwrap_or(' ')
}

/// Packs septets into octets, `fill_bits` (0 to 6) zero bits first: they move the text to a
/// septet boundary behind a user data header (3GPP TS 23.040, 9.2.3.24).
pub fn pack(septets: &[u8], fill_bits: u8) -> Vec<u8> {
    let fill_bits = u32::from(fill_bits % 7);
    let mut octets = Vec::with_capacity(septets.len() * 7 / 8 + 2);
    let mut bits = 0_u32;
    let mut held = fill_bits;
    for &septet in septets {
        bits |= u32::from(septet & 0x7F) << held;
        held += 7;
        if held >= 8 {
            octets.push((bits & 0xFF) as u8);
            bits >>= 8;
            held -= 8;
        }
    }
    if held > 0 && !septets.is_empty() {
        octets.push((bits & 0xFF) as u8);
    }
    octets
}

/// Unpacks at most `count` septets; fewer when the octets end before.
pub fn unpack(octets: &[u8], count: usize, fill_bits: u8) -> Vec<u8> {
    let fill_bits = u32::from(fill_bits % 7);
    let available = (octets.len() * 8).saturating_sub(fill_bits as usize) / 7;
    let count = count.min(available);
    let mut septets = Vec::with_capacity(count);
    let mut bits = 0_u32;
    let mut held = 0_u32;
    let mut skip = fill_bits;
    for &octet in octets {
        bits |= u32::from(octet) << held;
        held += 8;
        if skip > 0 {
            bits >>= skip;
            held -= skip;
            skip = 0;
        }
        while held >= 7 {
            if septets.len() == count {
                return septets;
            }
            septets.push((bits & 0x7F) as u8);
            bits >>= 7;
            held -= 7;
        }
    }
    septets
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_published_example_packs_as_published() {
        // "hellohello" is the worked example of several open SMS codecs and tutorials.
        let septets = encode("hellohello").unwrap();
        assert_eq!(
            pack(&septets, 0),
            [0xE8, 0x32, 0x9B, 0xFD, 0x46, 0x97, 0xD9, 0xEC, 0x37]
        );
    }

    #[test]
    fn each_character_of_the_tables_comes_back() {
        for (septet, c) in DEFAULT.iter().enumerate() {
            if septet != usize::from(ESCAPE) {
                let encoded = encode(&c.to_string()).unwrap();
                assert_eq!(encoded, [u8::try_from(septet).unwrap()], "{c:?}");
                assert_eq!(decode(&encoded), c.to_string());
            }
        }
        for (septet, c) in EXTENSION {
            assert_eq!(encode(&c.to_string()).unwrap(), [ESCAPE, septet], "{c:?}");
            assert_eq!(decode(&[ESCAPE, septet]), c.to_string());
        }
    }

    #[test]
    fn widths_follow_the_two_tables() {
        assert_eq!(septets("KPPN Madiun"), Some(11));
        assert_eq!(septets("[€]"), Some(6));
        assert_eq!(septets("a`b"), None);
        assert_eq!(septets("\u{a0}"), None);
        assert_eq!(septets(""), Some(0));
    }

    #[test]
    fn strange_escapes_show_something_and_lose_nothing_else() {
        assert_eq!(decode(&[ESCAPE, 0x41]), "A");
        assert_eq!(decode(&[ESCAPE, ESCAPE, 0x41]), " A");
        assert_eq!(decode(&[0x41, ESCAPE]), "A ");
    }

    proptest! {
        #[test]
        fn packing_comes_back(septets in prop::collection::vec(0_u8..128, 0..200), fill in 0_u8..7) {
            let packed = pack(&septets, fill);
            prop_assert_eq!(unpack(&packed, septets.len(), fill), septets);
        }

        #[test]
        fn text_comes_back(text in "[ -_a-z{}|~€£Ñü\n]{0,160}") {
            prop_assert_eq!(decode(&encode(&text).unwrap()), text);
        }

        #[test]
        fn unpacking_never_panics(octets in prop::collection::vec(any::<u8>(), 0..300), count in any::<usize>(), fill in any::<u8>()) {
            let septets = unpack(&octets, count, fill);
            prop_assert!(septets.len() <= octets.len() * 8 / 7);
            decode(&septets);
        }
    }
}
