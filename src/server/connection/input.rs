//! Reading from a client for a limited time: not between two bytes, but in all.

use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::time::Instant;

/// The reading side of a connection.
#[derive(Debug)]
pub struct Input {
    stream: UnixStream,
    until: Option<Instant>,
}

impl Input {
    /// Without a limit yet.
    pub fn new(stream: UnixStream) -> Self {
        Self {
            stream,
            until: None,
        }
    }

    /// Until when bytes may come; none is for ever. Later ones are an error of the kind `TimedOut`.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn set_until(&mut self, until: Option<Instant>) -> io::Result<()> {
        self.until = until;
        if until.is_none() {
            self.stream.set_read_timeout(None)?;
        }
        Ok(())
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(until) = self.until {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.stream.set_read_timeout(Some(left))?;
        }
        self.stream.read(buffer)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_client_that_drips_is_not_waited_for_longer_than_one_that_is_silent() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let mut input = Input::new(ours);
        input
            .set_until(Some(Instant::now() + Duration::from_millis(100)))
            .unwrap();
        let dripping = std::thread::spawn(move || while theirs.write_all(b"x").is_ok() {});
        let mut byte = [0];
        while input.read(&mut byte).is_ok() {}
        drop(input);
        dripping.join().unwrap();
    }
}
