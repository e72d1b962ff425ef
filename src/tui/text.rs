//! Text on a screen: measured by what it covers, and free of what a stranger may have put into it.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Cells that the text covers.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Whether a character would move the cursor, start a sequence or turn the reading direction.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The text on one line: line breaks become blanks, other control characters a visible sign.
pub fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if is_unsafe(c) => '\u{b7}',
            c => c,
        })
        .collect()
}

/// The beginning of the text that covers at most `cells`; what is cut off is shown by `…`.
pub fn fit(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let mut cut = head(text, cells.saturating_sub(1)).to_owned();
    if cells > 0 {
        cut.push('…');
    }
    cut
}

/// The longest beginning of the text that covers at most `cells`.
pub fn head(text: &str, cells: usize) -> &str {
    let mut covered = 0;
    for (at, c) in text.char_indices() {
        covered += c.width().unwrap_or(0);
        if covered > cells {
            return text.get(..at).unwrap_or_default();
        }
    }
    text
}

/// The text cut or filled with blanks to exactly `cells`.
pub fn pad(text: &str, cells: usize) -> String {
    let mut padded = fit(text, cells);
    padded.extend(std::iter::repeat_n(
        ' ',
        cells.saturating_sub(width(&padded)),
    ));
    padded
}

/// The text as lines of at most `cells`, broken between words where that is possible. Line breaks of the text stay.
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    let cells = cells.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            let mut word = clean(word);
            let gap = usize::from(!line.is_empty());
            if width(&line) + gap + width(&word) > cells && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            while width(&word) > cells {
                let part = head(&word, cells).to_owned();
                // A character wider than the line stands alone, or this would never end.
                let part = if part.is_empty() {
                    word.chars().take(1).collect()
                } else {
                    part
                };
                word = word.get(part.len()..).unwrap_or_default().to_owned();
                lines.push(part);
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_cannot_speak_to_the_terminal() {
        assert_eq!(clean("a\x1b[31mb\nc\u{9b}d\u{202e}e"), "a·[31mb c·d·e");
    }

    #[test]
    fn text_is_cut_by_what_it_covers() {
        assert_eq!(fit("Kantor", 6), "Kantor");
        assert_eq!(fit("Kantor", 4), "Kan…");
        assert_eq!(fit("漢字漢字", 5), "漢字…");
        assert_eq!(fit("abc", 0), "");
        assert_eq!(pad("漢字", 5), "漢字 ");
        assert_eq!(width(&pad("漢字漢字", 4)), 4);
    }

    #[test]
    fn long_lines_break_between_words() {
        assert_eq!(wrap("satu dua tiga", 8), ["satu dua", "tiga"]);
        assert_eq!(wrap("a\n\nb", 8), ["a", "", "b"]);
        assert_eq!(wrap("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
        assert_eq!(wrap("漢", 1), ["漢", ""]);
    }
}
