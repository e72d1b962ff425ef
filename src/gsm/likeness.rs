//! What stands for a character that the GSM alphabet lacks, so that one that somebody pasted from a word processor does not double the price
//! of a message.

use std::borrow::Cow;

use super::gsm7;

/// Replaces what the alphabet has a likeness of (curly quotes, dashes, no-break spaces, letters with other accents). What is left without
/// one makes the message UCS-2, of 70 characters.
pub fn transliterate(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| gsm7::width(c).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match likeness(c).filter(|_| gsm7::width(c).is_none()) {
            Some(to) => out.push_str(to),
            None => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// The nearest spelling in the alphabet of a character outside it: empty for what nobody sees, none where there is nothing like it.
#[expect(
    clippy::match_same_arms,
    reason = "grouped by script and shape, as people look them up"
)]
pub fn likeness(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}' | '\u{2032}' | '\u{2035}'
        | '\u{2039}' | '\u{203A}' | '`' | '\u{b4}' | '\u{2bc}' | '\u{2bb}' | '\u{ff07}' => "'",
        '\u{201C}'..='\u{201F}' | '\u{2033}' | '\u{2036}' | '«' | '»' | '\u{ff02}' => "\"",
        '\u{2010}'..='\u{2015}'
        | '\u{2212}'
        | '\u{2043}'
        | '\u{fe58}'
        | '\u{fe63}'
        | '\u{ff0d}'
        | '•'
        | '·'
        | '‣'
        | '◦'
        | '▪'
        | '●' => "-",
        '…' => "...",
        '\t'
        | '\u{a0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200A}'
        | '\u{202F}'
        | '\u{205F}'
        | '\u{3000}' => " ",
        '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{b}' => "\n",
        '\u{ad}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}'
        | '\u{300}'..='\u{36f}'
        | '\u{fe00}'..='\u{fe0f}' => "",
        '\u{2044}' | '\u{2215}' | '÷' | '\u{ff0f}' => "/",
        '×' => "x",
        '¼' => "1/4",
        '½' => "1/2",
        '¾' => "3/4",
        '¹' => "1",
        '²' => "2",
        '³' => "3",
        '©' => "(c)",
        '®' => "(R)",
        '™' => "(TM)",
        '→' => "->",
        '←' => "<-",
        '⇒' => "=>",
        '≤' => "<=",
        '≥' => ">=",
        '≠' => "<>",
        '±' => "+/-",
        '№' => "No.",
        'ª' => "a",
        'º' | '°' => "o",
        '¢' => "c",
        '¦' => "|",
        '¬' => "-",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'Œ' => "OE",
        'œ' => "oe",
        'Á' | 'À' | 'Â' | 'Ã' | 'Ā' | 'Ă' | 'Ą' | 'Ǎ' => "A",
        'á' | 'â' | 'ã' | 'ā' | 'ă' | 'ą' | 'ǎ' => "a",
        'Ć' | 'Ĉ' | 'Ċ' | 'Č' => "C",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'Ď' | 'Đ' | 'Ð' => "D",
        'ď' | 'đ' | 'ð' => "d",
        'È' | 'Ê' | 'Ë' | 'Ē' | 'Ĕ' | 'Ė' | 'Ę' | 'Ě' => "E",
        'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'Ĝ' | 'Ğ' | 'Ġ' | 'Ģ' => "G",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'Ĥ' | 'Ħ' => "H",
        'ĥ' | 'ħ' => "h",
        'Ì' | 'Í' | 'Î' | 'Ï' | 'Ĩ' | 'Ī' | 'Ĭ' | 'Į' | 'İ' => "I",
        'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'Ĵ' => "J",
        'ĵ' => "j",
        'Ķ' => "K",
        'ķ' => "k",
        'Ĺ' | 'Ļ' | 'Ľ' | 'Ł' => "L",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'Ń' | 'Ņ' | 'Ň' => "N",
        'ń' | 'ņ' | 'ň' => "n",
        'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ō' | 'Ŏ' | 'Ő' => "O",
        'ó' | 'ô' | 'õ' | 'ō' | 'ŏ' | 'ő' => "o",
        'Ŕ' | 'Ŗ' | 'Ř' => "R",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'Ś' | 'Ŝ' | 'Ş' | 'Š' | 'Ș' => "S",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'Ţ' | 'Ť' | 'Ț' => "T",
        'ţ' | 'ť' | 'ț' => "t",
        'Ù' | 'Ú' | 'Û' | 'Ũ' | 'Ū' | 'Ŭ' | 'Ů' | 'Ű' | 'Ų' => "U",
        'ú' | 'û' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'Ŵ' => "W",
        'ŵ' => "w",
        'Ý' | 'Ÿ' | 'Ŷ' => "Y",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'Ź' | 'Ż' | 'Ž' => "Z",
        'ź' | 'ż' | 'ž' => "z",
        'Þ' => "Th",
        'þ' => "th",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pasted_punctuation_becomes_plain() {
        let text = "“SPM” – jatuh\u{a0}tempo… “besok” é 50÷2 😀";
        assert_eq!(
            transliterate(text),
            "\"SPM\" - jatuh tempo... \"besok\" é 50/2 😀"
        );
    }

    #[test]
    fn plain_text_is_borrowed_unchanged() {
        let result = transliterate("KPPN Madiun: Yth. KPA {satker}");
        assert!(matches!(result, Cow::Borrowed(_)));
    }

    #[test]
    fn each_likeness_is_in_the_alphabet() {
        for c in (0..0x11_0000).filter_map(char::from_u32) {
            if let Some(to) = likeness(c) {
                assert!(gsm7::septets(to).is_some(), "{c:?} → {to:?}");
                assert!(gsm7::width(c).is_none(), "{c:?} needs no likeness");
            }
        }
    }

    proptest! {
        #[test]
        fn transliterating_twice_changes_nothing_more(text in any::<String>()) {
            let once = transliterate(&text).into_owned();
            prop_assert_eq!(transliterate(&once), once.as_str());
        }
    }
}
