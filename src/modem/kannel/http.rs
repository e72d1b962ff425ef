//! Requests of others, read with suspicion: limited in size, headers and time, whoever sends them.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use percent_encoding::percent_decode;

use super::client::read_some;

/// Most bytes of the head: a text of ten parts in UCS-2, each byte written as three, and room.
const HEAD_MOST: usize = 16 * 1024;

/// Most bytes of a body, which nobody needs.
const BODY_MOST: usize = 64 * 1024;

const HEADERS_MOST: usize = 64;
const VALUES_MOST: usize = 32;

/// For writing an answer of one line.
const WRITE_LIMIT: Duration = Duration::from_secs(2);

/// What was asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// Without its query.
    pub(super) path: String,
    /// Decoded values by their names; the first of a name counts.
    query: BTreeMap<String, Vec<u8>>,
}

impl Request {
    /// A value as it came.
    pub(super) fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.query.get(name).map(Vec::as_slice)
    }

    /// A value as text; what is no UTF-8 in it is replaced.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.bytes(name)
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    /// A value that must be a number.
    pub(super) fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        std::str::from_utf8(self.bytes(name)?).ok()?.parse().ok()
    }
}

/// Answers, each by its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is on disk, or needs not be.
    Done,
    /// Whoever asked does not know the token.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// It makes no sense.
    Bad,
    /// Neither GET nor POST.
    Method,
    /// More than we read.
    TooLarge,
    /// It came too slowly.
    Slow,
    /// It could not be written down: come again.
    Later,
}

impl Answer {
    fn line(self) -> &'static str {
        match self {
            Self::Done => "200 OK",
            Self::Forbidden => "403 Forbidden",
            Self::NotFound => "404 Not Found",
            Self::Bad => "400 Bad Request",
            Self::Method => "405 Method Not Allowed",
            Self::TooLarge => "413 Content Too Large",
            Self::Slow => "408 Request Timeout",
            Self::Later => "503 Service Unavailable",
        }
    }

    /// Writes it and closes. Without a text, so that Kannel has nothing to send back to the phone.
    pub(super) fn give(self, mut stream: TcpStream) -> io::Result<()> {
        let head = format!(
            "HTTP/1.1 {}\r\nContent-Type: text/plain\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            self.line()
        );
        stream.set_write_timeout(Some(WRITE_LIMIT))?;
        stream.write_all(head.as_bytes())?;
        stream.shutdown(Shutdown::Write)
    }
}

/// Reads a request that must be whole before `end`. None where nobody is left to answer.
pub(super) fn read(stream: &mut TcpStream, end: Instant) -> Result<Request, Option<Answer>> {
    let mut bytes = Vec::new();
    loop {
        match read_some(stream, &mut bytes, end) {
            Ok(0) => return Err(None),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                return Err(Some(Answer::Slow));
            }
            Err(_) => return Err(None),
        }
        match head(&bytes) {
            Err(answer) => return Err(Some(answer)),
            Ok(None) if bytes.len() >= HEAD_MOST => return Err(Some(Answer::TooLarge)),
            Ok(None) => {}
            Ok(Some((request, body, start))) => {
                // Taken off the line, or the answer would be lost with it.
                let mut here = bytes.len().saturating_sub(start);
                while here < body {
                    bytes.clear();
                    match read_some(stream, &mut bytes, end) {
                        Ok(0) => return Err(None),
                        Ok(more) => here += more,
                        Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                            return Err(Some(Answer::Slow));
                        }
                        Err(_) => return Err(None),
                    }
                }
                return Ok(request);
            }
        }
    }
}

/// The request, the length of its body and where that begins; None while the head is not whole.
fn head(bytes: &[u8]) -> Result<Option<(Request, usize, usize)>, Answer> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MOST];
    let mut parsed = httparse::Request::new(&mut headers);
    let status = parsed.parse(bytes).map_err(|error| match error {
        httparse::Error::TooManyHeaders => Answer::TooLarge,
        _ => Answer::Bad,
    })?;
    let httparse::Status::Complete(start) = status else {
        return Ok(None);
    };
    if start > HEAD_MOST {
        return Err(Answer::TooLarge);
    }
    if !matches!(parsed.method, Some("GET" | "POST")) {
        return Err(Answer::Method);
    }
    let mut body = 0;
    for header in parsed.headers.iter() {
        if header.name.eq_ignore_ascii_case("transfer-encoding") {
            return Err(Answer::Bad);
        }
        if header.name.eq_ignore_ascii_case("content-length") {
            let length = std::str::from_utf8(header.value).map_err(|_| Answer::Bad)?;
            body = length.trim().parse().map_err(|_| Answer::Bad)?;
        }
    }
    if body > BODY_MOST {
        return Err(Answer::TooLarge);
    }
    let request = target(parsed.path.unwrap_or_default())?;
    Ok(Some((request, body, start)))
}

fn target(target: &str) -> Result<Request, Answer> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut values = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        if values.len() >= VALUES_MOST {
            return Err(Answer::TooLarge);
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let plain = |text: &str| -> Vec<u8> {
            let spaced = text.replace('+', " ");
            percent_decode(spaced.as_bytes()).collect()
        };
        let name = String::from_utf8_lossy(&plain(name)).into_owned();
        values.entry(name).or_insert_with(|| plain(value));
    }
    Ok(Request {
        path: path.to_owned(),
        query: values,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_decoded_as_kannel_writes_them() {
        let text = b"GET /incoming?token=a%20b&text=PAGU+411902+%2B&text=twice&%00=&x HTTP/1.1\r\nHost: a\r\n\r\n";
        let (request, body, start) = head(text).unwrap().unwrap();
        assert_eq!(
            (request.path.as_str(), body, start),
            ("/incoming", 0, text.len())
        );
        assert_eq!(request.text("token").unwrap(), "a b");
        assert_eq!(request.text("text").unwrap(), "PAGU 411902 +");
        assert_eq!(request.bytes("x"), Some(&[][..]));
        assert_eq!(request.number::<u64>("text"), None);
    }

    #[test]
    fn what_is_no_decent_request_is_refused_by_its_kind() {
        let check = |text: &str, answer: Answer| {
            assert_eq!(head(text.as_bytes()).unwrap_err(), answer, "{text:?}");
        };
        check("\u{16}\u{3}\u{1}\r\n\r\n", Answer::Bad);
        check("DELETE / HTTP/1.1\r\n\r\n", Answer::Method);
        check("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", Answer::Bad);
        check(
            "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
            Answer::Bad,
        );
        check(
            "POST / HTTP/1.1\r\nContent-Length: 70000\r\n\r\n",
            Answer::TooLarge,
        );
        check(
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
            Answer::Bad,
        );
        check(
            &format!(
                "GET / HTTP/1.1\r\n{}\r\n",
                "a: b\r\n".repeat(HEADERS_MOST + 1)
            ),
            Answer::TooLarge,
        );
        check(
            &format!(
                "GET /?{} HTTP/1.1\r\n\r\n",
                (0..40)
                    .map(|n| format!("v{n}="))
                    .collect::<Vec<_>>()
                    .join("&")
            ),
            Answer::TooLarge,
        );
    }

    proptest! {
        #[test]
        fn no_bytes_bring_it_down(bytes in proptest::collection::vec(any::<u8>(), 0..400), cut in 0_usize..80) {
            let _ = head(&bytes);
            let mut near = b"GET /report?sms=1&type=%41&words=%zz HTTP/1.1\r\nContent-Length: 3\r\n\r\n".to_vec();
            near.truncate(cut);
            near.extend(&bytes);
            let _ = head(&near);
        }
    }
}
