//! What the bytes of a terminal mean. Pure: bytes and silence go in, inputs come out.
//!
//! Sources: ECMA-48 (control sequences), xterm's "ctlseqs", and the keyboard page of PuTTY's manual, whose function keys come
//! in several layouts (`ESC[11~`, `ESC OP`, `ESC[[A`), whose Home and End come in two, and whose Alt puts an ESC in front.

use std::time::Duration;

use super::{
    super::key::{Code, Key},
    Input,
};

/// How long a lone ESC may still become a sequence. Packets of one sequence lie closer together, fingers further apart.
const ESC_PATIENCE: Duration = Duration::from_millis(80);
/// How long a sequence that has begun may take; what is unfinished then is thrown away.
const SEQUENCE_PATIENCE: Duration = Duration::from_millis(600);
/// How long a paste may pause; then its end mark is taken as lost.
const PASTE_PATIENCE: Duration = Duration::from_secs(2);
/// The longest sequence that is looked at; longer ones are no keys.
const LONGEST_SEQUENCE: usize = 64;
/// The longest paste that is kept, in bytes; no field of the desk takes more.
const LONGEST_PASTE: usize = 64 * 1024;

const PASTE_END: &[u8] = b"\x1b[201~";

/// Remembers the bytes of a sequence, a character or a paste that has begun.
#[derive(Debug, Default)]
pub struct Decoder {
    pending: Vec<u8>,
    /// The pending ESC came alone in its packet.
    lone_escape: bool,
    paste: Option<Vec<u8>>,
}

enum Step {
    /// So many bytes made this input, or nothing.
    Took(usize, Option<Input>),
    /// More bytes are needed.
    More,
}

impl Decoder {
    /// How long to wait for more bytes before calling [`Self::silence`]; `None` is for ever.
    pub fn patience(&self) -> Option<Duration> {
        match (&self.paste, self.pending.as_slice()) {
            (Some(_), _) => Some(PASTE_PATIENCE),
            (None, []) => None,
            (None, [0x1b]) => Some(ESC_PATIENCE),
            (None, _) => Some(SEQUENCE_PATIENCE),
        }
    }

    /// Takes bytes as they arrived in one read.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<Input>) {
        self.pending.extend_from_slice(bytes);
        while !self.pending.is_empty() {
            if self.paste.is_some() {
                if !self.continue_paste(out) {
                    return;
                }
                continue;
            }
            match step(&self.pending, self.lone_escape) {
                Step::Took(count, input) => {
                    self.pending.drain(..count.clamp(1, self.pending.len()));
                    self.lone_escape = false;
                    match input {
                        Some(Input::Paste(_)) => self.paste = Some(Vec::new()),
                        Some(input) => out.push(input),
                        None => {}
                    }
                }
                Step::More => break,
            }
        }
        self.lone_escape = self.pending == [0x1b];
    }

    /// Nothing came for [`Self::patience`]: what is pending is all there is.
    pub fn silence(&mut self, out: &mut Vec<Input>) {
        if let Some(mut text) = self.paste.take() {
            text.append(&mut self.pending);
            out.push(pasted(&text));
        } else if self.pending.iter().all(|byte| *byte == 0x1b) {
            out.extend(
                self.pending
                    .iter()
                    .map(|_| Input::Key(Key::plain(Code::Esc))),
            );
        }
        self.pending.clear();
        self.lone_escape = false;
    }

    /// Moves pending bytes into the paste. False when more bytes are needed.
    fn continue_paste(&mut self, out: &mut Vec<Input>) -> bool {
        let Some(text) = &mut self.paste else {
            return true;
        };
        let end = memchr::memmem::find(&self.pending, PASTE_END);
        // The end mark may be torn too: its possible beginning stays pending.
        let sure = end.unwrap_or_else(|| {
            let torn = (1..PASTE_END.len()).rev().find(|count| {
                PASTE_END
                    .get(..*count)
                    .is_some_and(|start| self.pending.ends_with(start))
            });
            self.pending.len() - torn.unwrap_or(0)
        });
        let room = LONGEST_PASTE.saturating_sub(text.len());
        text.extend(self.pending.drain(..sure).take(room));
        if end.is_none() {
            return false;
        }
        self.pending
            .drain(..PASTE_END.len().min(self.pending.len()));
        let text = self.paste.take().unwrap_or_default();
        out.push(pasted(&text));
        true
    }
}

/// Pasted text with one kind of line break and no other control characters.
fn pasted(bytes: &[u8]) -> Input {
    let text = String::from_utf8_lossy(bytes)
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\t', " ");
    Input::Paste(
        text.chars()
            .filter(|c| *c == '\n' || !c.is_control())
            .collect(),
    )
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every caller has an input or none"
)]
fn key(code: Code) -> Option<Input> {
    Some(Input::Key(Key::plain(code)))
}

/// The first input of these bytes, which are not empty.
fn step(bytes: &[u8], lone_escape: bool) -> Step {
    match bytes {
        [] | [0x1b] => Step::More,
        [0x1b, rest @ ..] => escape(rest, lone_escape),
        [b'\r' | b'\n', ..] => Step::Took(1, key(Code::Enter)),
        [b'\t', ..] => Step::Took(1, key(Code::Tab)),
        // Backspace is one or the other, by a setting of PuTTY.
        [0x7f | 0x08, ..] => Step::Took(1, key(Code::Backspace)),
        [0, ..] => Step::Took(1, Some(Input::Key(Key::ctrl(' ')))),
        [control @ 1..=26, ..] => {
            Step::Took(1, Some(Input::Key(Key::ctrl(char::from(control + 0x60)))))
        }
        [control @ 0x1c..=0x1f, ..] => {
            Step::Took(1, Some(Input::Key(Key::ctrl(char::from(control + 0x40)))))
        }
        [first, ..] => character(*first, bytes),
    }
}

/// One character in UTF-8. A byte that is none is shown as U+FFFD: the terminal is set to another character set.
fn character(first: u8, bytes: &[u8]) -> Step {
    let length = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    let available = bytes.get(..length.min(bytes.len())).unwrap_or_default();
    match str::from_utf8(available) {
        Ok(text) => match text.chars().next() {
            // U+0080 to U+009F are control characters too.
            Some(c) if c.is_control() => Step::Took(length, None),
            Some(c) => Step::Took(length, key(Code::Char(c))),
            None => Step::Took(1, None),
        },
        Err(error) if error.error_len().is_none() => Step::More,
        Err(error) => Step::Took(
            error.error_len().unwrap_or(1).max(1),
            key(Code::Char(char::REPLACEMENT_CHARACTER)),
        ),
    }
}

/// What follows an ESC.
fn escape(rest: &[u8], lone_escape: bool) -> Step {
    match rest {
        [b'[', after @ ..] => control_sequence(after, 2),
        [b'O', after @ ..] => single_shift(after),
        // Operating system commands and device strings are answers of the terminal, never keys.
        [b']' | b'P' | b'_' | b'^', ..] if !lone_escape => string_answer(rest),
        // ESC ESC [ …: Alt with a key that has a sequence of its own (PuTTY's Alt+F1).
        [0x1b, b'[' | b'O', ..] => match escape(rest.get(1..).unwrap_or_default(), false) {
            Step::Took(count, Some(Input::Key(key))) => {
                Step::Took(count + 1, Some(Input::Key(Key { alt: true, ..key })))
            }
            Step::Took(count, other) => Step::Took(count + 1, other),
            Step::More => Step::More,
        },
        [] | [0x1b] => Step::More,
        [0x1b, ..] => Step::Took(1, key(Code::Esc)),
        // The two came in separate packets: somebody pressed Esc and then a key. In one packet it is Alt and the key.
        _ if lone_escape => Step::Took(1, key(Code::Esc)),
        _ => match step(rest, false) {
            Step::Took(count, Some(Input::Key(key))) => {
                Step::Took(count + 1, Some(Input::Key(Key { alt: true, ..key })))
            }
            Step::Took(count, other) => Step::Took(count + 1, other),
            Step::More => Step::More,
        },
    }
}

/// ESC O and a letter; PuTTY sends arrows so too, when Ctrl is held.
fn single_shift(after: &[u8]) -> Step {
    let Some(letter) = after.first() else {
        return Step::More;
    };
    let code = match letter {
        b'M' => Some(Code::Enter),
        b'P'..=b'S' => Some(Code::F(letter - b'P' + 1)),
        // The number pad in application mode.
        b'p'..=b'y' => Some(Code::Char(char::from(letter - b'p' + b'0'))),
        b'j'..=b'o' => Some(Code::Char(char::from(letter - b'j' + b'*'))),
        _ => lettered(*letter),
    };
    Step::Took(3, code.and_then(key))
}

fn lettered(letter: u8) -> Option<Code> {
    Some(match letter {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'H' => Code::Home,
        b'F' => Code::End,
        b'P' => Code::F(1),
        b'Q' => Code::F(2),
        b'S' => Code::F(4),
        _ => return None,
    })
}

/// ESC [ parameters, intermediates, final byte (ECMA-48 5.4). `before` counts the bytes already taken.
fn control_sequence(after: &[u8], before: usize) -> Step {
    // The Linux console and one layout of PuTTY: ESC [ [ A to E are F1 to F5.
    if let [b'[', rest @ ..] = after {
        return match rest {
            [] => Step::More,
            [letter @ b'A'..=b'E', ..] => Step::Took(before + 2, key(Code::F(letter - b'A' + 1))),
            _ => Step::Took(before + 2, None),
        };
    }
    let Some(length) = after.iter().position(|byte| !(0x20..=0x3f).contains(byte)) else {
        return if after.len() > LONGEST_SEQUENCE {
            Step::Took(before + after.len(), None)
        } else {
            Step::More
        };
    };
    let (parameters, rest) = after.split_at_checked(length).unwrap_or_default();
    let Some(last) = rest.first().copied() else {
        return Step::More;
    };
    if !(0x40..=0x7e).contains(&last) {
        // Broken off: what follows stands for itself.
        return Step::Took(before + length, None);
    }
    let took = before + length + 1;
    let mut numbers = str::from_utf8(parameters)
        .unwrap_or_default()
        .split(';')
        .map(|number| {
            // `27:1` is a number with a sub-parameter.
            number
                .split(':')
                .next()
                .unwrap_or_default()
                .parse::<u32>()
                .ok()
        });
    let (first, second) = (numbers.next().flatten(), numbers.next().flatten());
    let held = second.unwrap_or(1).saturating_sub(1);
    let with_held = |code: Code| {
        let shift = held & 1 != 0 && !matches!(code, Code::Char(_));
        Some(Input::Key(Key {
            code,
            shift,
            alt: held & 2 != 0,
            ctrl: held & 4 != 0,
        }))
    };
    let input = match last {
        b'~' => match first {
            Some(200) => Some(Input::Paste(String::new())),
            Some(number) => numbered(number).and_then(with_held),
            None => None,
        },
        b'Z' => Some(Input::Key(Key {
            shift: true,
            ..Key::plain(Code::Tab)
        })),
        b'u' => first.and_then(char::from_u32).and_then(|c| match c {
            '\r' => with_held(Code::Enter),
            '\t' => with_held(Code::Tab),
            '\u{1b}' => with_held(Code::Esc),
            '\u{7f}' => with_held(Code::Backspace),
            c if c.is_control() => None,
            c => with_held(Code::Char(c)),
        }),
        // ESC [ 1 ; 2 R is Shift+F3; any other R is the answer to a question about the cursor.
        b'R' if first == Some(1) && second.is_some_and(|held| held <= 8) => with_held(Code::F(3)),
        // Focus, and everything else that is no key.
        b'I' | b'O' | b'R' => None,
        letter => lettered(letter).and_then(with_held),
    };
    Step::Took(took, input)
}

/// ESC [ number ~
fn numbered(number: u32) -> Option<Code> {
    Some(match number {
        1 | 7 => Code::Home,
        2 => Code::Insert,
        3 => Code::Delete,
        4 | 8 => Code::End,
        5 => Code::PageUp,
        6 => Code::PageDown,
        11..=15 => Code::F(u8::try_from(number - 10).ok()?),
        17..=21 => Code::F(u8::try_from(number - 11).ok()?),
        23..=26 => Code::F(u8::try_from(number - 12).ok()?),
        28..=29 => Code::F(u8::try_from(number - 13).ok()?),
        31..=34 => Code::F(u8::try_from(number - 14).ok()?),
        _ => return None,
    })
}

/// ESC ] … BEL, or … ESC \. Swallowed whole, so that it is never taken for typing.
fn string_answer(rest: &[u8]) -> Step {
    let end = rest.iter().position(|byte| *byte == 0x07).map(|at| at + 1);
    let end = end.or_else(|| memchr::memmem::find(rest, b"\x1b\\").map(|at| at + 2));
    match end {
        Some(length) => Step::Took(1 + length, None),
        None if rest.len() > LONGEST_PASTE => Step::Took(1 + rest.len(), None),
        // Alt+] and its like are typed, and nothing follows them: the silence clears them away.
        None => Step::More,
    }
}

#[cfg(test)]
mod tests;
