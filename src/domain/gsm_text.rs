//! What one SMS can carry: the GSM 7-bit default alphabet and its extension table (3GPP TS 23.038 clauses 6.2.1 and 6.2.1.1).
//!
//! Only counting and cleaning of text; turning it into bytes is the codec's work.

/// Septets that fit in one unconcatenated SMS (3GPP TS 23.040 clause 9.2.3.16).
pub const ONE_SMS: usize = 160;

/// The part of the default alphabet outside printable ASCII.
const DEFAULT_BEYOND_ASCII: &str = "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
/// Characters sent as escape plus one more septet.
const EXTENSION: &str = "^{}\\[~]|€";

/// Septets that a character costs: one, two for the extension table, `None` when the alphabet does not have it.
pub fn septets_of(c: char) -> Option<usize> {
    if EXTENSION.contains(c) {
        Some(2)
    } else if c == '\n'
        || c == '\r'
        || (c.is_ascii() && !c.is_ascii_control() && c != '`')
        || DEFAULT_BEYOND_ASCII.contains(c)
    {
        Some(1)
    } else {
        None
    }
}

/// Septets of a whole text.
///
/// # Errors
/// The first character that the alphabet does not have.
pub fn septets(text: &str) -> Result<usize, char> {
    text.chars()
        .try_fold(0, |sum, c| septets_of(c).map(|n| sum + n).ok_or(c))
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
        } else if is_invisible(c) {
            // Direction marks and zero-width characters only serve to disguise a text.
        } else if septets_of(c).is_some() {
            out.push(c);
        } else {
            out.push_str(likeness(c));
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
        sum += septets_of(c).unwrap_or(1);
        if sum > limit {
            return text.get(..at).unwrap_or_default();
        }
    }
    text
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{300}'..='\u{36f}')
}

fn likeness(c: char) -> &'static str {
    match c {
        '`' | '´' | '‘' | '’' | '‚' | '′' | 'ʼ' => "'",
        '“' | '”' | '„' | '″' | '«' | '»' => "\"",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '•' | '·' => "-",
        '…' => "...",
        '×' => "x",
        '÷' => ":",
        '≥' => ">=",
        '≤' => "<=",
        '½' => "1/2",
        '¼' => "1/4",
        '¾' => "3/4",
        '²' => "2",
        '³' => "3",
        '©' => "(c)",
        '®' => "(R)",
        '™' => "TM",
        'á' | 'â' | 'ã' | 'ā' | 'ă' | 'ą' => "a",
        'Á' | 'À' | 'Â' | 'Ã' | 'Ā' => "A",
        'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'È' | 'Ê' | 'Ë' => "E",
        'í' | 'î' | 'ï' | 'ī' => "i",
        'Í' | 'Ì' | 'Î' | 'Ï' => "I",
        'ó' | 'ô' | 'õ' | 'ō' | '°' => "o",
        'Ó' | 'Ò' | 'Ô' | 'Õ' => "O",
        'ú' | 'û' | 'ū' => "u",
        'Ú' | 'Ù' | 'Û' => "U",
        'ç' | 'ć' | 'č' => "c",
        'š' | 'ś' => "s",
        'ž' | 'ź' | 'ż' => "z",
        'ý' | 'ÿ' => "y",
        'ł' => "l",
        'ń' => "n",
        _ => "?",
    }
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
