//! The office over the socket.

use std::io::BufReader;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use crate::ask::{Ask, Notice, Office, Reply, Request};
use crate::domain::refusal::Refusal;
use crate::home::Home;
use crate::protocol::{
    ClientLine, Hello, LineError, LineReader, MAX_REPLY, ServerLine, write_line,
};

/// A server that accepts a connection but does not greet within this time is not well.
const GREETING_WAIT: Duration = Duration::from_secs(10);

/// The sending half of a connection.
#[derive(Debug)]
pub struct Asker {
    stream: UnixStream,
    last_id: u64,
}

impl Asker {
    /// Sends a request and gives its number; the answer comes by the [`Listener`].
    ///
    /// # Errors
    /// `connection-lost`.
    pub fn send(&mut self, request: Request) -> Result<u64, Refusal> {
        self.last_id += 1;
        let line = ClientLine::Ask {
            id: self.last_id,
            request: Box::new(request),
        };
        write_line(&mut self.stream, &line).map_err(|_| Refusal::new("connection-lost"))?;
        Ok(self.last_id)
    }

    /// Ends the connection from this side, which also wakes the [`Listener`].
    pub fn hang_up(&self) {
        // The other side may be gone already; then there is nothing left to end.
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
    }
}

/// What the server says.
#[derive(Debug, Clone)]
pub enum Heard {
    /// The answer to the request with this number.
    Answer(u64, Result<Box<Reply>, Refusal>),
    /// Something changed.
    Notice(Notice),
}

/// The receiving half of a connection.
#[derive(Debug)]
pub struct Listener {
    lines: LineReader<BufReader<UnixStream>>,
}

impl Listener {
    /// Waits for the next thing that the server says.
    ///
    /// # Errors
    /// `connection-lost` when the server is gone, `protocol` when it says what this client does not understand.
    pub fn hear(&mut self) -> Result<Heard, Refusal> {
        match self.lines.read() {
            Ok(ServerLine::Answer { id, reply }) => Ok(Heard::Answer(id, Ok(reply))),
            Ok(ServerLine::Refused { id, refusal }) => Ok(Heard::Answer(id, Err(refusal))),
            Ok(ServerLine::Notice(notice)) => Ok(Heard::Notice(notice)),
            Ok(ServerLine::Hello(_)) | Err(LineError::Bad(_)) => Err(Refusal::new("protocol")),
            Err(_) => Err(Refusal::new("connection-lost")),
        }
    }
}

impl Listener {
    /// The refusal that a server which hung up left behind, if it did.
    fn last_word(&mut self) -> Option<Refusal> {
        loop {
            match self.hear() {
                Ok(Heard::Answer(0, Err(refusal))) => return Some(refusal),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }
}

/// Connects, greets and splits the connection.
///
/// # Errors
/// `unreachable` when no server answers; `server-older` or `server-newer` when it speaks another protocol.
pub fn connect(home: &Home, notices: bool) -> Result<(Asker, Listener), Refusal> {
    let lost = |_| Refusal::new("connection-lost");
    let mut stream = home.connect().map_err(|error| {
        Refusal::new("unreachable")
            .with("home", home.dir().display())
            .with("cause", error)
    })?;
    // A server that hangs up at once may have greeted before: what it said goes before what could not be said to it.
    let greeted = write_line(&mut stream, &ClientLine::Hello(Hello::new(notices)));
    let input = stream.try_clone().map_err(lost)?;
    input.set_read_timeout(Some(GREETING_WAIT)).map_err(lost)?;
    let mut lines = LineReader::new(BufReader::new(input), MAX_REPLY);
    match lines.read() {
        Ok(ServerLine::Hello(hello)) => hello.check_server()?,
        Ok(ServerLine::Refused { refusal, .. }) => return Err(refusal),
        _ => return Err(Refusal::new("protocol")),
    }
    greeted.map_err(lost)?;
    stream.set_read_timeout(None).map_err(lost)?;
    Ok((Asker { stream, last_id: 0 }, Listener { lines }))
}

/// One connection, one question at a time.
#[derive(Debug)]
pub struct Client {
    asker: Asker,
    listener: Listener,
}

impl Client {
    /// See [`connect`].
    ///
    /// # Errors
    /// See [`connect`].
    pub fn connect(home: &Home) -> Result<Self, Refusal> {
        let (asker, listener) = connect(home, false)?;
        Ok(Self { asker, listener })
    }
}

impl Office for Client {
    fn ask<A: Ask>(&mut self, request: A) -> Result<A::Answer, Refusal> {
        let wanted = match self.asker.send(request.into_request()) {
            Ok(wanted) => wanted,
            // A server that hung up has said why, most often.
            Err(lost) => return Err(self.listener.last_word().unwrap_or(lost)),
        };
        loop {
            match self.listener.hear()? {
                Heard::Answer(id, answer) if id == wanted => return A::answer(*answer?),
                // Number 0 answers a line that the server could not read: it can only be ours.
                Heard::Answer(0, Err(refusal)) => return Err(refusal),
                Heard::Answer(..) | Heard::Notice(_) => {}
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::protocol::PROTOCOL;

    #[test]
    fn a_server_of_another_age_is_named_even_when_it_hangs_up_at_once() {
        for (protocol, code) in [
            (PROTOCOL - 1, "server-older"),
            (PROTOCOL + 1, "server-newer"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let home = Home::at(folder.path());
            let listener = home.listen().unwrap();
            let server = std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let hello = Hello {
                    protocol,
                    version: "9".to_owned(),
                    notices: false,
                };
                write_line(&mut stream, &ServerLine::Hello(hello)).unwrap();
            });
            let refusal = connect(&home, false).unwrap_err();
            assert_eq!(refusal.code, code);
            server.join().unwrap();
        }
    }
}
