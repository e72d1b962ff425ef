//! How requests look on the socket: one JSON object a line, UTF-8, both ways.
//!
//! The first line of each side is a greeting with its protocol number. This is the only file that knows the form of the lines.

use std::io::{self, BufRead, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::ask::{Limits, Notice, Reply, Request, RequestName};
use crate::domain::refusal::Refusal;

/// Raised when an older client or server would misunderstand the other side.
pub const PROTOCOL: u32 = 1;

/// Version of this program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Longest line that the server reads of anybody, in bytes: the largest content of a request and what stands around it.
pub const MAX_REQUEST: u64 = line_of(Limits::IMPORT.bytes);

/// Longest greeting, in bytes.
pub const MAX_HELLO: u64 = 4 << 10;

/// Longest line with a content of so many bytes.
pub const fn line_of(content: u64) -> u64 {
    content + 1024
}

/// Longest line that a client reads, in bytes.
pub const MAX_REPLY: u64 = 64 << 20;

/// The first line of each side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// See [`PROTOCOL`].
    pub protocol: u32,
    /// Version of the program.
    pub version: String,
    /// Whether this client wants notices of changes (the desk does).
    #[serde(default)]
    pub notices: bool,
}

impl Hello {
    /// The greeting of this program.
    pub fn new(notices: bool) -> Self {
        Self {
            protocol: PROTOCOL,
            version: VERSION.to_owned(),
            notices,
        }
    }

    /// # Errors
    /// Names the older side when the protocol numbers differ.
    pub fn check_server(&self) -> Result<(), Refusal> {
        let code = match self.protocol.cmp(&PROTOCOL) {
            std::cmp::Ordering::Equal => return Ok(()),
            std::cmp::Ordering::Less => "server-older",
            std::cmp::Ordering::Greater => "server-newer",
        };
        Err(Refusal::new(code)
            .with("server", &self.version)
            .with("client", VERSION))
    }
}

/// A line from a client.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientLine {
    /// First line.
    Hello(Hello),
    /// A request, numbered by the client.
    Ask {
        /// Comes back with the answer.
        id: u64,
        /// What is asked.
        request: Box<Request>,
    },
}

/// A line from a client as the server reads it first: what is asked is known by its name, and its content is left as it is until it
/// is known that it may be asked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Incoming<'a> {
    /// First line.
    Hello(Hello),
    /// A request, numbered by the client.
    Ask {
        /// Comes back with the answer.
        id: u64,
        /// What is asked.
        #[serde(borrow)]
        request: Envelope<'a>,
    },
}

/// A request that has not been opened.
#[derive(Debug, Deserialize)]
pub struct Envelope<'a> {
    /// Its name.
    #[serde(rename = "do")]
    pub name: RequestName,
    /// Its content, unread.
    #[serde(borrow, rename = "with")]
    pub content: &'a RawValue,
}

/// A line from the server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServerLine {
    /// First line.
    Hello(Hello),
    /// The answer to a request.
    Answer {
        /// Number of the request.
        id: u64,
        /// What the office says.
        reply: Box<Reply>,
    },
    /// The refusal of a request; number 0 when the line itself could not be understood.
    Refused {
        /// Number of the request.
        id: u64,
        /// Why.
        refusal: Refusal,
    },
    /// Something changed.
    Notice(Notice),
}

/// Why no line could be read.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// The other side closed the connection.
    #[error("the connection was closed")]
    Closed,
    /// More bytes than the limit without a line feed; the connection is of no use any more.
    #[error("a line is longer than {0} bytes")]
    TooLong(u64),
    /// The line is no JSON of the expected form. The connection can go on.
    #[error("a line cannot be understood: {0}")]
    Bad(#[from] serde_json::Error),
    /// The connection broke.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Reads lines, reusing one buffer.
#[derive(Debug)]
pub struct LineReader<R> {
    input: R,
    line: Vec<u8>,
    limit: u64,
}

impl<R: BufRead> LineReader<R> {
    /// `limit` is the longest line accepted, in bytes; memory grows only with what really arrives.
    pub fn new(input: R, limit: u64) -> Self {
        Self {
            input,
            line: Vec::new(),
            limit,
        }
    }

    /// Waits for the next line.
    ///
    /// # Errors
    /// See [`LineError`].
    pub fn read<T: DeserializeOwned>(&mut self) -> Result<T, LineError> {
        Ok(serde_json::from_slice(self.line()?)?)
    }

    /// The same without understanding it.
    ///
    /// # Errors
    /// See [`LineError`]; never [`LineError::Bad`].
    pub fn line(&mut self) -> Result<&[u8], LineError> {
        self.line.clear();
        // A large line must not keep its memory for the rest of a long session.
        self.line.shrink_to(64 << 10);
        self.go_on(self.limit)
    }

    /// Reads on in a line that was too long, up to this limit.
    ///
    /// # Errors
    /// See [`LineError`]; never [`LineError::Bad`].
    pub fn go_on(&mut self, limit: u64) -> Result<&[u8], LineError> {
        let left = limit.saturating_sub(self.line.len() as u64);
        (&mut self.input)
            .take(left)
            .read_until(b'\n', &mut self.line)?;
        if self.line.last() == Some(&b'\n') {
            Ok(&self.line)
        } else if self.line.len() as u64 >= limit {
            Err(LineError::TooLong(limit))
        } else {
            Err(LineError::Closed)
        }
    }

    /// Says how long the lines after this one may be, in bytes.
    pub fn set_limit(&mut self, limit: u64) {
        self.limit = limit;
    }

    /// Where the lines come from.
    pub fn input(&mut self) -> &mut R {
        &mut self.input
    }
}

/// Writes one line with one call.
///
/// # Errors
/// Those of the connection.
pub fn write_line<T: Serialize>(output: &mut impl Write, value: &T) -> io::Result<()> {
    output.write_all(&encode_line(value)?)?;
    output.flush()
}

/// One line, with its line feed.
///
/// # Errors
/// None in practice: all lines are made of plain structs.
pub fn encode_line<T: Serialize>(value: &T) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::GetStatus;

    #[test]
    fn a_request_reads_back() {
        let line = ClientLine::Ask {
            id: 7,
            request: Box::new(Request::GetStatus(GetStatus {})),
        };
        let bytes = encode_line(&line).unwrap();
        assert_eq!(
            bytes,
            b"{\"ask\":{\"id\":7,\"request\":{\"do\":\"get-status\",\"with\":{}}}}\n"
        );
        let back: ClientLine = LineReader::new(&bytes[..], 1000).read().unwrap();
        assert!(matches!(back, ClientLine::Ask { id: 7, .. }));
    }

    #[test]
    fn a_request_is_named_before_its_content_is_read() {
        let line = br#"{"ask":{"id":3,"request":{"with":{"satker":"no code at all"},"do":"show-budget"}}}"#;
        let Ok(Incoming::Ask { id: 3, request }) = serde_json::from_slice(line) else {
            panic!("not understood");
        };
        assert_eq!(request.name, RequestName::ShowBudget);
        assert_eq!(request.content.get(), r#"{"satker":"no code at all"}"#);
        let hello = br#"{"hello":{"protocol":1,"version":"x"}}"#;
        assert!(matches!(
            serde_json::from_slice(hello),
            Ok(Incoming::Hello(_))
        ));
    }

    #[test]
    fn a_line_too_long_for_one_can_be_read_on_for_another() {
        let mut reader = LineReader::new(&b"0123456789\nrest\n"[..], 5);
        assert!(matches!(reader.line(), Err(LineError::TooLong(5))));
        assert!(matches!(reader.go_on(8), Err(LineError::TooLong(8))));
        assert_eq!(reader.go_on(100).unwrap(), b"0123456789\n");
        assert_eq!(reader.line().unwrap(), b"rest\n");
        assert!(matches!(reader.line(), Err(LineError::Closed)));
    }

    #[test]
    fn a_line_without_end_is_not_kept() {
        let endless = io::repeat(b'x');
        let mut reader = LineReader::new(io::BufReader::new(endless), 1000);
        assert!(matches!(
            reader.read::<ClientLine>(),
            Err(LineError::TooLong(1000))
        ));
    }

    #[test]
    fn a_line_cut_short_is_no_line() {
        let mut reader = LineReader::new(&b"{\"hello\":"[..], 1000);
        assert!(matches!(
            reader.read::<ClientLine>(),
            Err(LineError::Closed)
        ));
    }

    #[test]
    fn a_bad_line_does_not_end_the_connection() {
        let mut reader = LineReader::new(
            &b"{]\n{\"hello\":{\"protocol\":1,\"version\":\"x\"}}\n"[..],
            1000,
        );
        assert!(matches!(
            reader.read::<ClientLine>(),
            Err(LineError::Bad(_))
        ));
        assert!(matches!(
            reader.read::<ClientLine>(),
            Ok(ClientLine::Hello(_))
        ));
    }

    #[test]
    fn the_older_side_is_named() {
        let hello = |protocol| Hello {
            protocol,
            version: "9".into(),
            notices: false,
        };
        assert_eq!(hello(0).check_server().unwrap_err().code, "server-older");
        assert_eq!(
            hello(PROTOCOL + 1).check_server().unwrap_err().code,
            "server-newer"
        );
        assert!(hello(PROTOCOL).check_server().is_ok());
    }
}
