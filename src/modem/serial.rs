//! The serial port: `serialport` sets it up (raw, speed, exclusive), reading and writing go
//! through the file itself, so that the reader sleeps until bytes come or it is woken to end.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use serialport::{DataBits, ErrorKind, FlowControl, Parity, StopBits};

use super::port::{ConnectError, Connection, Connector};

/// How long a write may be stuck before the modem counts as gone.
const WRITE_LIMIT: Duration = Duration::from_secs(3);

/// A serial port by its path: `/dev/ttyUSB0`, better `/dev/serial/by-id/…`, which stays the same
/// when modems are plugged in another order.
#[derive(Debug, Clone)]
pub struct SerialConnector {
    path: String,
    baud: u32,
}

impl SerialConnector {
    /// `baud` in bits a second; pseudo-terminals and USB modems do not care.
    pub fn new(path: impl Into<String>, baud: u32) -> Self {
        Self {
            path: path.into(),
            baud,
        }
    }

    fn open(&self) -> Result<SerialFile, ConnectError> {
        let sorted = |error: io::Error| ConnectError::from_io(&self.path, &error);
        // Opened first: once the port is exclusive, the system refuses another opening. Without
        // O_NONBLOCK the opening would wait for a carrier.
        let flags = OFlag::O_NOCTTY | OFlag::O_NONBLOCK;
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(flags.bits())
            .open(&self.path)
            .map_err(sorted)?;
        let builder = |exclusive| {
            serialport::new(&self.path, self.baud)
                .data_bits(DataBits::Eight)
                .parity(Parity::None)
                .stop_bits(StopBits::One)
                .flow_control(FlowControl::None)
                .exclusive(exclusive)
                .dtr_on_open(true)
        };
        let guard = match builder(true).open_native() {
            Ok(port) => port,
            Err(error) => {
                let busy = error.kind() == ErrorKind::NoDevice
                    || error.kind() == ErrorKind::Io(io::ErrorKind::WouldBlock);
                // What is not a full serial port may refuse exclusiveness or speeds.
                match builder(false).open_native() {
                    Ok(port) if !busy => port,
                    _ if busy => return Err(ConnectError::Busy(self.path.clone())),
                    _ => {
                        let why = error.to_string();
                        return Err(ConnectError::Other {
                            port: self.path.clone(),
                            why,
                        });
                    }
                }
            }
        };
        Ok(SerialFile {
            file,
            _guard: guard,
        })
    }
}

/// The file that is read and written, and the set-up port whose only duty is to stay open.
struct SerialFile {
    file: File,
    _guard: serialport::TTYPort,
}

impl Connector for SerialConnector {
    fn connect(&mut self) -> Result<Connection, ConnectError> {
        let serial = Arc::new(self.open()?);
        let (wake, woken) =
            UnixStream::pair().map_err(|error| ConnectError::from_io(&self.path, &error))?;
        Ok(Connection {
            reader: Box::new(SerialReader {
                serial: Arc::clone(&serial),
                woken,
            }),
            writer: Box::new(SerialWriter { serial }),
            // Closing its end wakes the reader.
            closer: Box::new(move || drop(wake)),
        })
    }
}

struct SerialReader {
    serial: Arc<SerialFile>,
    woken: UnixStream,
}

impl Read for SerialReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let mut fds = [
                PollFd::new(self.serial.file.as_fd(), PollFlags::POLLIN),
                PollFd::new(self.woken.as_fd(), PollFlags::POLLIN),
            ];
            match poll(&mut fds, PollTimeout::NONE) {
                Ok(_) => {}
                Err(nix::errno::Errno::EINTR) => continue,
                Err(error) => return Err(error.into()),
            }
            let [port, wake] = fds;
            if wake.any().unwrap_or(false) {
                return Ok(0);
            }
            let events = port.revents().unwrap_or(PollFlags::empty());
            if events.contains(PollFlags::POLLIN) {
                match (&self.serial.file).read(buffer) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    done => return done,
                }
            } else if events
                .intersects(PollFlags::POLLHUP | PollFlags::POLLERR | PollFlags::POLLNVAL)
            {
                return Ok(0);
            }
        }
    }
}

struct SerialWriter {
    serial: Arc<SerialFile>,
}

impl Write for SerialWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match (&self.serial.file).write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => return done,
            }
            let mut fds = [PollFd::new(self.serial.file.as_fd(), PollFlags::POLLOUT)];
            let limit = PollTimeout::try_from(WRITE_LIMIT).unwrap_or(PollTimeout::MAX);
            match poll(&mut fds, limit) {
                Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
                Ok(_) | Err(nix::errno::Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
