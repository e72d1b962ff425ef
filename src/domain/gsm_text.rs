//! What one SMS of the office can carry, in the GSM 7-bit default alphabet: cleaning, cutting and measuring of texts before they are messages.

use crate::gsm::gsm7;
use crate::gsm::likeness::likeness;

/// Septets that fit in one unconcatenated SMS (3GPP TS 23.040 clause 9.2.3.16).
pub const ONE_SMS: usize = 160;

/// Septets of a whole text.
///
/// # Errors
/// The first character that the alphabet does not have.
pub fn septets(text: &str) -> Result<usize, char> {
    text.chars()
        .try_fold(0, |sum, c| gsm7::width(c).map(|n| sum + n).ok_or(c))
}

/// Text that came from outside, made fit for an SMS on one line: control characters and line breaks become one blank, typographic
/// signs become their ASCII likeness, accents the alphabet lacks are dropped, and everything else becomes `?`.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(1024));
    for c in text.chars() {
        if c.is_control() || c.is_whitespace() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if gsm7::width(c).is_some() {
            out.push(c);
        } else {
            // Direction marks and zero-width characters, which only serve to disguise a text, are like nothing.
            out.push_str(likeness(c).unwrap_or("?"));
        }
    }
    while out.ends_with(' ') {
        out.pop();
    }
    out
}

/// The longest beginning of `text` that costs at most `limit` septets; characters outside the alphabet count one.
pub fn cut(text: &str, limit: usize) -> &str {
    let mut sum = 0;
    for (at, c) in text.char_indices() {
        sum += gsm7::width(c).unwrap_or(1);
        if sum > limit {
            return text.get(..at).unwrap_or_default();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extension_characters_cost_two_septets() {
        assert_eq!(septets("a[b]"), Ok(6));
        assert_eq!(septets("€"), Ok(2));
        assert_eq!(septets("é"), Ok(1));
        assert_eq!(septets("a`b"), Err('`'));
        assert_eq!(septets("“"), Err('“'));
    }

    #[test]
    fn text_from_outside_keeps_its_meaning_and_loses_its_tricks() {
        let cases = [
            ("PT  Maju\r\nJaya", "PT Maju Jaya"),
            ("\u{1b}[31mmerah\u{7}", "[31mmerah"),
            ("“kutip” – strip…", "\"kutip\" - strip..."),
            ("emoji 😀!", "emoji ?!"),
            ("a\u{202e}bc\u{200b}d", "abcd"),
            ("  tepi  ", "tepi"),
            ("\t\n", ""),
        ];
        for (input, expected) in cases {
            assert_eq!(clean(input), expected, "{input:?}");
            assert!(septets(&clean(input)).is_ok());
        }
    }

    #[test]
    fn a_cut_never_splits_the_cost_of_a_character() {
        assert_eq!(cut("ab[c", 3), "ab");
        assert_eq!(cut("ab[c", 4), "ab[");
        assert_eq!(cut("abc", 9), "abc");
        assert_eq!(cut("aé😀b", 2), "aé");
    }
}
