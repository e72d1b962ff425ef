//! Bytes into lines. A modem may stop in the middle of a line, echo, or send noise.

/// Longest line that is kept; a CMGL line with its PDU is under 400, a long USSD answer under 800.
pub const MAX_LINE: usize = 2048;

/// What the bytes amounted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// One line without its end, cleaned of everything that is not printable ASCII, never empty.
    Line(String),
    /// The modem asks for the text of a message.
    Prompt,
    /// A line was longer than [`MAX_LINE`] and has been dropped.
    Overlong,
}

/// Splits a stream of bytes into [`Token`]s. Holds at most [`MAX_LINE`] bytes.
#[derive(Debug, Default)]
pub struct Lines {
    held: Vec<u8>,
    overlong: bool,
    prompt_expected: bool,
}

impl Lines {
    /// From now on a `>` that begins a line is (or is no longer) the prompt for a text. It has no
    /// line end, so it must be looked for before the line is complete.
    pub fn expect_prompt(&mut self, expected: bool) {
        self.prompt_expected = expected;
    }

    /// Takes one byte; most bytes complete nothing.
    pub fn push(&mut self, byte: u8) -> Option<Token> {
        match byte {
            b'\r' | b'\n' => {
                let token = if std::mem::take(&mut self.overlong) {
                    Some(Token::Overlong)
                } else {
                    printable(&self.held).map(Token::Line)
                };
                self.held.clear();
                token
            }
            _ if self.overlong => None,
            b'>' if self.prompt_expected && !self.held.iter().any(u8::is_ascii_graphic) => {
                self.held.clear();
                self.prompt_expected = false;
                Some(Token::Prompt)
            }
            _ if self.held.len() >= MAX_LINE => {
                self.held.clear();
                self.overlong = true;
                None
            }
            _ => {
                self.held.push(byte);
                None
            }
        }
    }

    /// What has arrived of a line that has no end yet: a shell's prompt shows up here.
    pub fn unfinished(&self) -> Option<String> {
        printable(&self.held)
    }

    /// Forgets an unfinished line, as after opening the port anew.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

fn printable(bytes: &[u8]) -> Option<String> {
    let text: String = bytes
        .iter()
        .filter(|b| (0x20..0x7F).contains(*b))
        .map(|&b| char::from(b))
        .collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
