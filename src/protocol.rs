//! How requests look on the socket: one JSON object a line, UTF-8, both ways.
//!
//! The first line of each side is a greeting with its protocol number. This is the only file that knows the form of the lines.

use std::io::{self, BufRead, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::service::{Notice, Refusal, Reply, Request};

/// Raised when an older client or server would misunderstand the other side.
pub const PROTOCOL: u32 = 1;

/// Version of this program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Longest line that the server reads, in bytes: room for the import of a satker list of 20,000 rows.
pub const MAX_REQUEST: u64 = 16 << 20;

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
        self.line.clear();
        // A large line must not keep its memory for the rest of a long session.
        self.line.shrink_to(64 << 10);
        let read = (&mut self.input)
            .take(self.limit)
            .read_until(b'\n', &mut self.line)?;
        if read == 0 {
            return Err(LineError::Closed);
        }
        if self.line.last() != Some(&b'\n') {
            return Err(if read as u64 >= self.limit {
                LineError::TooLong(self.limit)
            } else {
                LineError::Closed
            });
        }
        Ok(serde_json::from_slice(&self.line)?)
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
    use crate::service::GetStatus;

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
