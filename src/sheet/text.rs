//! Bytes of a text file into characters, whatever program wrote them, and characters into a cell that steers nothing.

use crate::domain::refusal::Refusal;
use crate::domain::typed;

/// Bytes 0x80 to 0x9F of Windows-1252; the rest is Latin-1. Five of them mean nothing.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž',
    '\u{fffd}', '\u{fffd}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}',
    'ž', 'Ÿ',
];

/// UTF-8 with or without mark, UTF-16 with mark, else Windows-1252.
///
/// # Errors
/// `sheet-kind` for bytes that are no text at all.
pub(super) fn decode(bytes: Vec<u8>) -> Result<String, Refusal> {
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return Ok(utf16(rest, u16::from_le_bytes));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return Ok(utf16(rest, u16::from_be_bytes));
    }
    // A zero byte never stands in text of these encodings.
    if memchr::memchr(0, &bytes).is_some() {
        return Err(Refusal::new("sheet-kind").with("kind", "binary"));
    }
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| {
        let bytes = error.as_bytes();
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        bytes.iter().map(|byte| windows_1252(*byte)).collect()
    }))
}

/// A cell without what could steer a terminal, hide or reorder what people read: marks of direction and of no width go, control
/// characters become blanks. Ends of lines stay, as line feeds: cells may have lines.
#[must_use]
pub(super) fn clean(cell: String) -> String {
    if cell.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return cell;
    }
    typed::lines(&cell)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes
        .chunks_exact(2)
        .filter_map(|pair| pair.try_into().ok())
        .map(unit);
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

fn windows_1252(byte: u8) -> char {
    byte.checked_sub(0x80)
        .and_then(|index| WINDOWS_1252.get(usize::from(index)))
        .copied()
        .unwrap_or(char::from(byte))
}
