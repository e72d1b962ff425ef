//! A text as words, and what kind of text it is.

/// A word of a text and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub text: &'a str,
    /// Byte at which it begins.
    pub start: usize,
}

impl Token<'_> {
    pub fn has_digit(&self) -> bool {
        self.text.bytes().any(|b| b.is_ascii_digit())
    }

    pub fn is_digits(&self) -> bool {
        !self.text.is_empty() && self.text.bytes().all(|b| b.is_ascii_digit())
    }

    fn is_word(&self) -> bool {
        self.text.chars().filter(|c| c.is_alphabetic()).count() >= 2
    }
}

/// Reads words.
pub(super) struct Tokens;

impl Tokens {
    /// The words of a text: separated by blanks, `#`, `*`, line breaks, commas and dots, but for a comma or dot between digits. Quotes
    /// and the signs that end a sentence are dropped. A keyword that runs into digits (`PAGU411902`) is two words.
    pub fn of(text: &str) -> Vec<Token<'_>> {
        let mut tokens = Vec::new();
        let mut start = None;
        let mut before = ' ';
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map_or(' ', |(_, next)| *next);
            let divides = match c {
                ',' | '.' => !(before.is_ascii_digit() && next.is_ascii_digit()),
                '#' | '*' | ':' | ';' | '=' | '!' | '"' | '\'' | '`' | '“' | '”' | '„' | '‘'
                | '’' | '«' | '»' | '<' | '>' | '[' | ']' | '{' | '}' => true,
                c => c.is_whitespace() || c.is_control(),
            };
            before = c;
            if divides {
                take(text, &mut start, at, &mut tokens);
            } else {
                start.get_or_insert(at);
            }
        }
        take(text, &mut start, text.len(), &mut tokens);
        split_keyword(&mut tokens);
        tokens
    }
}

fn take<'a>(text: &'a str, start: &mut Option<usize>, end: usize, tokens: &mut Vec<Token<'a>>) {
    let Some(from) = start.take() else { return };
    let word = text.get(from..end).unwrap_or_default();
    let bare = word.trim_end_matches(['?', ')']);
    let bare = bare.trim_start_matches('(');
    if bare.is_empty() {
        // Only a question mark by itself asks for help.
        if word == "?" && tokens.is_empty() {
            tokens.push(Token {
                text: "?",
                start: from,
            });
        }
        return;
    }
    tokens.push(Token {
        text: bare,
        start: from,
    });
}

fn split_keyword(tokens: &mut Vec<Token<'_>>) {
    let Some(first) = tokens.first().copied() else {
        return;
    };
    let digits = first
        .text
        .trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let letters = first.text.strip_suffix(digits).unwrap_or_default();
    let value = digits.trim_start_matches(['-', '_', '/']);
    if letters.is_empty() || digits.is_empty() {
        return;
    }
    let rest = Token {
        text: value,
        start: first.start + first.text.len() - value.len(),
    };
    if value.is_empty() || value.starts_with(|c: char| c.is_ascii_digit()) {
        if let Some(slot) = tokens.first_mut() {
            slot.text = letters;
        }
        if !value.is_empty() {
            tokens.insert(1, rest);
        }
    }
}

/// The first so many characters.
pub(super) fn beginning(text: &str, max: usize) -> &str {
    let end = text
        .char_indices()
        .nth(max)
        .map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default()
}

/// Whether there is a letter or a digit in it.
pub(super) fn says_something(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// The text from this word on, as written, without quotes at its ends.
pub(super) fn after<'a>(from: Option<&Token<'_>>, text: &'a str) -> &'a str {
    let rest = from.and_then(|token| text.get(token.start..));
    rest.unwrap_or_default()
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '“' | '”'))
}

/// Whether these words are talk rather than arguments.
pub(super) fn is_talk(rest: &[Token<'_>]) -> bool {
    rest.iter().filter(|token| token.is_word()).count() >= 2
}

/// Words that say thanks or agree …
const COURTESY: [&str; 22] = [
    "terima",
    "kasih",
    "terimakasih",
    "trimakasih",
    "makasih",
    "trims",
    "tks",
    "thx",
    "tq",
    "thanks",
    "thank",
    "ok",
    "oke",
    "okay",
    "baik",
    "baiklah",
    "siap",
    "noted",
    "sip",
    "dimengerti",
    "ya",
    "iya",
];

/// … and those that go along with them.
const COMPANY: [&str; 17] = [
    "pak",
    "bu",
    "bapak",
    "ibu",
    "bpk",
    "mas",
    "mbak",
    "kak",
    "min",
    "admin",
    "banyak",
    "you",
    "atas",
    "infonya",
    "informasinya",
    "kppn",
    "y",
];

/// Words that begin a letter: near to a keyword, but never meant as one.
const GREETINGS: [&str; 10] = [
    "pagi", "siang", "sore", "malam", "selamat", "halo", "hallo", "hello", "permisi", "mohon",
];

/// Whether a word greets.
pub(super) fn is_greeting(word: &str) -> bool {
    GREETINGS
        .iter()
        .any(|greeting| word.eq_ignore_ascii_case(greeting))
}

/// Whether a text is nothing but courtesy.
pub(super) fn is_courtesy(tokens: &[Token<'_>]) -> bool {
    let known = |list: &[&str], token: &Token<'_>| {
        list.iter()
            .any(|word| token.text.eq_ignore_ascii_case(word))
    };
    let signs = |token: &Token<'_>| !says_something(token.text);
    tokens.len() <= 8
        && tokens.iter().any(|token| known(&COURTESY, token))
        && tokens.iter().all(|token| {
            known(&COURTESY, token)
                || known(&COMPANY, token)
                || is_greeting(token.text)
                || signs(token)
        })
}
