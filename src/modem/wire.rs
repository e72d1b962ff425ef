//! The dialogue with a modem, written down for whoever looks after it: `log = true` in the modem's settings.
//!
//! Telephone numbers are masked, messages are told by their length only, and the PIN is hidden, so that the file may be shown to others.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::Utc;

use super::port::{ConnectError, Connection, Connector};

/// A file larger than this, in bytes, becomes the older one, and the older one goes.
const LARGEST: u64 = 1 << 20;
/// A line without an end is written down in pieces of so many bytes.
const LONGEST: usize = 512;
/// A row of so many digits may be a telephone number, a serial number or a PIN of the network.
const NUMBER: usize = 6;
/// A row of so many hexadecimal digits is a PDU or a text in UCS-2.
const PDU: usize = 16;

/// Opens the same port as another connector does, and writes down what passes through it.
pub struct LoggedConnector {
    inner: Box<dyn Connector>,
    wire: Arc<Mutex<Wire>>,
}

impl LoggedConnector {
    /// `path` is the file; the older one is beside it with `.1` at its end. Both stay under 1 MiB.
    pub fn new(inner: Box<dyn Connector>, path: PathBuf) -> Self {
        Self {
            inner,
            wire: Arc::new(Mutex::new(Wire::new(path))),
        }
    }
}

impl Connector for LoggedConnector {
    fn connect(&mut self) -> Result<Connection, ConnectError> {
        let opened = self.inner.connect();
        match &opened {
            Ok(_) => lock(&self.wire).note("opened"),
            Err(error) => lock(&self.wire).note(&error.to_string()),
        }
        let Connection {
            reader,
            writer,
            closer,
        } = opened?;
        let (read, written) = (Arc::clone(&self.wire), Arc::clone(&self.wire));
        Ok(Connection {
            reader: Box::new(Logged(reader, read)),
            writer: Box::new(Logged(writer, written)),
            closer,
        })
    }
}

struct Logged<T>(T, Arc<Mutex<Wire>>);

impl<T: Read> Read for Logged<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer);
        match &read {
            Ok(0) => lock(&self.1).note("closed"),
            Ok(length) => lock(&self.1).received(buffer.get(..*length).unwrap_or_default()),
            Err(error) => lock(&self.1).note(&error.to_string()),
        }
        read
    }
}

impl<T: Write> Write for Logged<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Before it is written, so that the answer stands behind it.
        lock(&self.1).sent(bytes);
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn lock(wire: &Mutex<Wire>) -> MutexGuard<'_, Wire> {
    wire.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes the dialogue of one modem. Trouble with the file never troubles the modem.
#[derive(Debug)]
struct Wire {
    path: PathBuf,
    file: Option<File>,
    size: u64,
    /// What stands on the line from the modem without an end.
    held: Vec<u8>,
}

impl Wire {
    fn new(path: PathBuf) -> Self {
        Self {
            path,
            file: None,
            size: 0,
            held: Vec::new(),
        }
    }

    /// Bytes to the modem.
    fn sent(&mut self, bytes: &[u8]) {
        self.end_line();
        self.line('>', &masked(bytes));
    }

    /// Bytes from the modem, in whatever pieces.
    fn received(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if matches!(byte, b'\r' | b'\n') || self.held.len() >= LONGEST {
                self.end_line();
            }
            if !matches!(byte, b'\r' | b'\n') {
                self.held.push(byte);
            }
        }
        // The prompt has no end.
        if self.held.first() == Some(&b'>') {
            self.end_line();
        }
    }

    /// The port was opened, or is gone.
    fn note(&mut self, text: &str) {
        self.end_line();
        self.line('#', text);
    }

    fn end_line(&mut self) {
        if !self.held.is_empty() {
            let line = masked(&std::mem::take(&mut self.held));
            self.line('<', &line);
        }
    }

    fn line(&mut self, direction: char, text: &str) {
        let time = Utc::now().format("%Y-%m-%dT%H:%M:%S%.3fZ");
        let line = format!("{time} {direction} {text}\n");
        if self.size + line.len() as u64 > LARGEST {
            // Without the older file there is only less to look at.
            let _ = std::fs::rename(&self.path, self.path.with_extension("log.1"));
            self.file = None;
        }
        if self.file.is_none() {
            self.file = OpenOptions::new()
                .create(true)
                .append(true)
                .mode(0o600)
                .custom_flags(nix::fcntl::OFlag::O_NOFOLLOW.bits())
                .open(&self.path)
                .ok();
            self.size = self
                .file
                .as_ref()
                .and_then(|file| file.metadata().ok())
                .map_or(0, |metadata| metadata.len());
        }
        if let Some(file) = &mut self.file
            && file.write_all(line.as_bytes()).is_ok()
        {
            self.size += line.len() as u64;
        }
    }
}

/// A line as it may be shown: printable, without numbers, texts and PIN.
fn masked(bytes: &[u8]) -> String {
    let text: String = bytes
        .iter()
        .map(|&byte| match byte {
            0x1A => "<ctrl-z>".to_owned(),
            0x1B => "<esc>".to_owned(),
            0x20..0x7F => char::from(byte).to_string(),
            b'\r' | b'\n' => String::new(),
            other => format!("<{other:02x}>"),
        })
        .collect();
    if text.to_ascii_uppercase().starts_with("AT+CPIN=") {
        return "AT+CPIN=<hidden>".to_owned();
    }
    // The network's words about somebody's credit, or a service code with a number in it.
    if text.starts_with("+CUSD:") || text.to_ascii_uppercase().starts_with("AT+CUSD=") {
        let head = text.split(',').next().unwrap_or_default();
        return format!("{head},<{} characters>", text.len() - head.len());
    }
    let mut shown = String::new();
    let mut row = String::new();
    for c in text.chars().map(Some).chain([None]) {
        match c {
            Some(c) if c.is_ascii_hexdigit() => row.push(c),
            c => {
                shown += &hidden(&std::mem::take(&mut row));
                shown.extend(c);
            }
        }
    }
    shown
}

/// A row of hexadecimal digits: a PDU, a number, or neither.
fn hidden(row: &str) -> String {
    if row.len() >= PDU {
        format!("<{} octets>", row.len() / 2)
    } else if row.len() >= NUMBER && row.bytes().all(|byte| byte.is_ascii_digit()) {
        let (head, tail) = (row.get(..3), row.get(row.len() - 2..));
        format!(
            "{}****{}",
            head.unwrap_or_default(),
            tail.unwrap_or_default()
        )
    } else {
        row.to_owned()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers_texts_and_the_pin_are_not_shown() {
        #[track_caller]
        fn check(bytes: &[u8], shown: &str) {
            assert_eq!(masked(bytes), shown);
        }
        check(b"AT+CPIN=\"1234\"\r", "AT+CPIN=<hidden>");
        check(b"AT+CMGS=21\r", "AT+CMGS=21");
        check(
            b"0021000D91261813110100F4000007D0F23CEC06D100\x1a",
            "<22 octets><ctrl-z>",
        );
        check(b"+CSCA: \"+628110000000\",145", "+CSCA: \"+628****00\",145");
        check(b"350000000000006", "350****06");
        check(b"\x1bAT\xff", "<esc>AT<ff>");
        check(b"+CMS ERROR: 500", "+CMS ERROR: 500");
        check(
            b"+CUSD: 0,\"Pulsa Rp25.000\",15",
            "+CUSD: 0,<20 characters>",
        );
    }

    #[test]
    fn lines_come_whole_however_they_arrive_and_the_file_stays_small() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("modem-m.log");
        let mut wire = Wire::new(path.clone());
        wire.sent(b"AT+CSQ\r");
        for byte in b"\r\n+CSQ: 21,99\r\n\r\nOK\r\n" {
            wire.received(&[*byte]);
        }
        wire.received(b"\r\n> ");
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text
            .lines()
            .filter_map(|line| Some(line.split_once(' ')?.1))
            .collect();
        assert_eq!(lines, ["> AT+CSQ", "< +CSQ: 21,99", "< OK", "< > "]);
        for _ in 0..40_000 {
            wire.received(b"+CSQ: 21,99 and a little more to fill the file\r\n");
        }
        let size = |path: &std::path::Path| std::fs::metadata(path).unwrap().len();
        assert!(size(&path) <= LARGEST);
        assert!(size(&path.with_extension("log.1")) <= LARGEST);
    }
}
