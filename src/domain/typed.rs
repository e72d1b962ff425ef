//! What people typed, or a file or a phone brought, made fit to keep: no control characters, nothing that hides or turns text around.
//!
//! One place says which characters those are; requests pass it at `ask::gate`, and whatever reads files or messages of others calls
//! the same functions.

/// Whether a character shows nothing and changes what stands beside it: marks of direction, invisible separators and fillers. A name with
/// one looks like another name, and a list turned around cannot be read. These are the characters with the property
/// `Default_Ignorable_Code_Point` of the Unicode Character Database (`DerivedCoreProperties.txt`, 16.0), and the marks of annotations
/// U+FFF9–U+FFFB. Of them only the joiners U+200C and U+200D are text in some scripts and stay; a sign without its selector
/// (U+FE00–U+FE0F) is still that sign.
pub const fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Whether a character ends a line or commands a terminal: every control character, and the two separators of Unicode.
pub fn is_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Whether no text that is kept may have this character; a line feed may stand in texts of several lines.
pub fn is_unfit(c: char) -> bool {
    is_break(c) || is_hidden(c)
}

/// A text of one line: what breaks it becomes a blank, what hides goes. Blanks at the ends stay; their removal is the field's business.
pub fn line(text: &str) -> String {
    text.chars()
        .filter(|c| !is_hidden(*c))
        .map(|c| if is_break(c) { ' ' } else { c })
        .collect()
}

/// A text of several lines: the same, but line feeds stay, however the system that it comes from writes them.
pub fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.chars()
        .filter(|c| !is_hidden(*c))
        .map(|c| match c {
            '\n' => c,
            '\r' | '\u{2028}' | '\u{2029}' => '\n',
            c if is_break(c) => ' ',
            c => c,
        })
        .collect()
}

/// A word of a stranger, fit for a line of the log: one line, and not longer than so many characters.
pub fn short(text: &str, max: usize) -> String {
    let clean: String = text.trim().chars().filter(|c| !is_unfit(*c)).collect();
    clean.trim().chars().take(max).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn control_characters_become_blanks_and_marks_of_direction_go() {
        assert_eq!(line("Libur\u{1b}[2J\r\nNasional"), "Libur [2J  Nasional");
        assert_eq!(line("PN\u{202e}nuidaM\u{202c}"), "PNnuidaM");
        assert_eq!(line("a\u{2028}b\u{feff}\u{200b}c\u{9b}d"), "a bc d");
        assert_eq!(lines("satu\r\ndua\rtiga\tempat"), "satu\ndua\ntiga empat");
        assert_eq!(short(" 0.1\n\u{1b}[31mERROR forged ", 8), "0.1[31mE");
    }

    #[test]
    fn what_unicode_lets_a_screen_ignore_is_no_part_of_a_name() {
        for c in [
            0xad, 0x34f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b, 0x180e, 0x180f, 0x2065, 0x3164,
            0xfe00, 0xfe0f, 0xffa0, 0xfff0, 0x1bca0, 0x1d173, 0xe0000, 0xe0001, 0xe0041, 0xe01ef,
            0xe0fff,
        ] {
            let c = char::from_u32(c).unwrap();
            assert_eq!(line(&format!("Sa{c}ri")), "Sari", "{c:?}");
        }
    }

    #[test]
    fn what_people_write_stays_as_it_is() {
        for text in [
            "Jum’at – Rp1.500.000 ≥ é",
            "नमस्ते क्\u{200d}ष",
            "👩\u{200d}💻",
            "\"{}\"",
        ] {
            assert_eq!(line(text), text);
            assert_eq!(lines(text), text);
        }
    }

    proptest! {
        #[test]
        fn nothing_unfit_is_left_and_cleaning_twice_changes_nothing(text in any::<String>()) {
            let one = line(&text);
            prop_assert!(!one.chars().any(is_unfit));
            prop_assert_eq!(line(&one), one.clone());
            let many = lines(&text);
            prop_assert!(!many.chars().any(|c| c != '\n' && is_unfit(c)));
            prop_assert_eq!(lines(&many), many.clone());
            prop_assert!(!short(&text, 20).chars().any(is_unfit));
        }
    }
}
