//! One request, one connection, one answer. What the caller needs above all is whether anything can have left.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use super::KannelSettings;

/// An answer of Kannel is a line; of what else may answer, no more is kept.
const ANSWER_MOST: usize = 8 * 1024;

/// What became of a request.
#[derive(Debug)]
pub(super) enum Reply {
    /// An answer came.
    Answer {
        /// HTTP status.
        status: u16,
        /// The beginning of its text, without control characters.
        text: String,
    },
    /// No connection came about: nothing has left.
    NotReached(io::Error),
    /// The connection stood, and no answer came.
    Silent(io::Error),
}

/// Sends requests to one place.
#[derive(Debug)]
pub(super) struct Client {
    /// `HOST:PORT`
    place: String,
    /// As in the URL, for the `Host` header.
    host: String,
    connect: Duration,
    answer: Duration,
}

impl Client {
    pub(super) fn new(settings: &KannelSettings) -> Self {
        let rest = settings.url.strip_prefix("http://").unwrap_or_default();
        let host = rest.split('/').next().unwrap_or_default();
        // An IPv6 address stands in brackets, and its colons inside them.
        let after = host.rsplit(']').next().unwrap_or(host);
        let place = if after.contains(':') {
            host.to_owned()
        } else {
            format!("{host}:80")
        };
        Self {
            place,
            host: host.to_owned(),
            connect: settings.timing.connect,
            answer: settings.timing.answer,
        }
    }

    /// Asks for `target`, path and query.
    pub(super) fn get(&self, target: &str) -> Reply {
        let mut stream = match self.open() {
            Ok(stream) => stream,
            Err(error) => return Reply::NotReached(error),
        };
        let head = format!(
            "GET {target} HTTP/1.1\r\nHost: {}\r\nUser-Agent: sipintar/{}\r\nAccept: */*\r\nConnection: close\r\n\r\n",
            self.host,
            env!("CARGO_PKG_VERSION")
        );
        let end = Instant::now() + self.answer;
        let asked = stream
            .set_write_timeout(Some(self.answer))
            .and_then(|()| stream.write_all(head.as_bytes()));
        match asked.and_then(|()| answer(&mut stream, end)) {
            Ok((status, text)) => Reply::Answer { status, text },
            Err(error) => Reply::Silent(error),
        }
    }

    /// A connection, with nothing said on it yet.
    pub(super) fn open(&self) -> io::Result<TcpStream> {
        let mut failed = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        for address in self.place.to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, self.connect) {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    return Ok(stream);
                }
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }
}

/// Reads status and text; a text that breaks off does not undo the status.
fn answer(stream: &mut TcpStream, end: Instant) -> io::Result<(u16, String)> {
    let mut bytes = Vec::new();
    loop {
        let more = read_some(stream, &mut bytes, end);
        let ended = !matches!(more, Ok(1..)) || bytes.len() >= ANSWER_MOST;
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut response = httparse::Response::new(&mut headers);
        let parsed = response
            .parse(&bytes)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        if let (httparse::Status::Complete(start), Some(status)) = (parsed, response.code) {
            let body = bytes.get(start..).unwrap_or_default();
            let length = response
                .headers
                .iter()
                .find(|header| header.name.eq_ignore_ascii_case("content-length"))
                .and_then(|header| std::str::from_utf8(header.value).ok()?.trim().parse().ok());
            if (100..200).contains(&status) {
                // Not the answer yet.
                bytes.drain(..start);
                if !ended {
                    continue;
                }
            } else if ended || length.is_some_and(|length: usize| body.len() >= length) {
                return Ok((status, words(body)));
            } else {
                continue;
            }
        }
        if ended {
            more?;
            let why = if bytes.len() >= ANSWER_MOST {
                "its answer is no HTTP"
            } else {
                "it hung up without an answer"
            };
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, why));
        }
    }
}

/// Reads what is there, or waits for it until `end`; 0 at the end of the stream.
pub(super) fn read_some(
    stream: &mut TcpStream,
    bytes: &mut Vec<u8>,
    end: Instant,
) -> io::Result<usize> {
    let mut buffer = [0; 4096];
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut buffer) {
            Ok(length) => {
                bytes.extend_from_slice(buffer.get(..length).unwrap_or_default());
                return Ok(length);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                return Err(io::ErrorKind::TimedOut.into());
            }
            Err(error) => return Err(error),
        }
    }
}

fn words(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let clean = text.chars().filter(|c| !c.is_control()).take(200);
    clean.collect::<String>().trim().to_owned()
}
