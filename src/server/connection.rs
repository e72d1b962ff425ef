//! One client on the socket: who it is, what it asks, what it is told.

use std::io::BufReader;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use nix::unistd::{Uid, User};

use super::notices::Notices;
use super::office::Office;
use super::outbox::Outbox;
use super::writer::Writer;
use crate::domain::access::{Actor, Role};
use crate::protocol::{
    ClientLine, Hello, LineError, LineReader, MAX_REQUEST, PROTOCOL, ServerLine, write_line,
};
use crate::service::{Notice, Refusal, Reply};

/// Clients at one time.
const CLIENTS_MAX: u32 = 200;

/// A client greets at once; one that does not is not one of ours.
const GREETING_WAIT: Duration = Duration::from_secs(10);

mod requests;

/// What all connections share.
#[derive(Debug)]
pub struct Shared {
    /// The office.
    pub office: Arc<Office>,
    /// The way to change it.
    pub writer: Writer,
    /// Telling of changes.
    pub notices: Arc<Notices>,
    /// The modems.
    pub outbox: Outbox,
    /// The daily run.
    pub daily: Arc<super::daily::Daily>,
    /// Clients connected.
    pub clients: AtomicU32,
    /// Ends the server.
    pub stop: Sender<()>,
}

/// Serves a client until it goes. A panic in here ends this connection only.
pub fn serve(stream: UnixStream, shared: &Arc<Shared>) {
    let shared = Arc::clone(shared);
    let spawned = std::thread::Builder::new()
        .name("client".to_owned())
        .spawn(move || {
            let before = shared.clients.fetch_add(1, Ordering::Relaxed);
            if before >= CLIENTS_MAX {
                let mut stream = stream;
                // It may not even read this; it is told if it does.
                let _ = write_line(
                    &mut stream,
                    &ServerLine::Refused {
                        id: 0,
                        refusal: Refusal::new("busy"),
                    },
                );
            } else if let Err(error) = talk(stream, &shared) {
                tracing::debug!(%error, "a client went");
            }
            shared.clients.fetch_sub(1, Ordering::Relaxed);
        });
    if let Err(error) = spawned {
        tracing::error!(%error, "no thread for a client");
    }
}

fn talk(mut stream: UnixStream, shared: &Arc<Shared>) -> Result<(), LineError> {
    let actor = who(&stream, &shared.office);
    // Whoever says nothing must not take a place for ever.
    stream.set_read_timeout(Some(GREETING_WAIT))?;
    let mut lines = LineReader::new(BufReader::new(stream.try_clone()?), MAX_REQUEST);
    write_line(&mut stream, &ServerLine::Hello(Hello::new(false)))?;
    let hello = match lines.read::<ClientLine>() {
        Ok(ClientLine::Hello(hello)) => hello,
        Ok(ClientLine::Ask { .. }) | Err(LineError::Bad(_)) => {
            write_line(
                &mut stream,
                &ServerLine::Refused {
                    id: 0,
                    refusal: Refusal::new("line-bad").with("cause", "hello"),
                },
            )?;
            return Ok(());
        }
        Err(LineError::TooLong(limit)) => {
            write_line(
                &mut stream,
                &ServerLine::Refused {
                    id: 0,
                    refusal: Refusal::new("line-too-long").with("max", limit),
                },
            )?;
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    stream.set_read_timeout(None)?;
    if hello.protocol != PROTOCOL {
        tracing::info!(client = %hello.version, protocol = hello.protocol, "a client speaks another protocol");
        return Ok(());
    }
    let out = Arc::new(Mutex::new(stream.try_clone()?));
    let (alive, closed) = bounded::<()>(0);
    if hello.notices {
        let (tell, told) = bounded(1);
        shared.notices.listen(tell);
        let out = Arc::clone(&out);
        std::thread::Builder::new()
            .name("notices".to_owned())
            .spawn(move || pass_on(&told, &closed, &out))?;
    }
    let result = answer_all(&mut lines, shared, &actor, &out);
    drop(alive);
    // The other side may be gone already; then there is nothing left to end.
    let _ = stream.shutdown(Shutdown::Both);
    result
}

/// Writes notices until the connection is closed. A client that has gone ends the reading side too.
fn pass_on(told: &Receiver<Notice>, closed: &Receiver<()>, out: &Mutex<UnixStream>) {
    loop {
        let notice = crossbeam_channel::select! {
            recv(told) -> notice => notice,
            recv(closed) -> _ => return,
        };
        let Ok(notice) = notice else { return };
        if say(out, &ServerLine::Notice(notice)).is_err() {
            return;
        }
    }
}

/// Writes one line, whole: answers and notices share the stream.
fn say(out: &Mutex<UnixStream>, line: &ServerLine) -> std::io::Result<()> {
    let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
    let written = write_line(&mut *out, line);
    if written.is_err() {
        let _ = out.shutdown(Shutdown::Both);
    }
    written
}

/// Writes an answer. The server ends only once whoever asked for that has been told: the process may be gone a moment later.
fn answer(out: &Mutex<UnixStream>, line: &ServerLine, stop: &Sender<()>) -> std::io::Result<()> {
    let written = say(out, line);
    if ends_server(line) {
        // It may have been asked before.
        let _ = stop.try_send(());
    }
    written
}

/// Whether this is the word that the server stops, as asked.
fn ends_server(line: &ServerLine) -> bool {
    matches!(line, ServerLine::Answer { reply, .. } if matches!(**reply, Reply::StopServer(_)))
}

fn answer_all(
    lines: &mut LineReader<BufReader<UnixStream>>,
    shared: &Arc<Shared>,
    actor: &Actor,
    out: &Mutex<UnixStream>,
) -> Result<(), LineError> {
    loop {
        let line = match lines.read::<ClientLine>() {
            Ok(ClientLine::Ask { id, request }) => {
                let name = request.name();
                match requests::handle(*request, shared, actor) {
                    Ok(reply) => ServerLine::Answer {
                        id,
                        reply: Box::new(reply),
                    },
                    Err(refusal) => {
                        tracing::debug!(user = %actor.user, request = name, %refusal, "refused");
                        ServerLine::Refused { id, refusal }
                    }
                }
            }
            Ok(ClientLine::Hello(_)) => continue,
            Err(LineError::Bad(error)) => ServerLine::Refused {
                id: 0,
                refusal: Refusal::new("line-bad").with("cause", error),
            },
            Err(LineError::TooLong(limit)) => {
                let refusal = Refusal::new("line-too-long").with("max", limit);
                let _ = say(out, &ServerLine::Refused { id: 0, refusal });
                return Ok(());
            }
            Err(LineError::Closed) => return Ok(()),
            Err(error) => return Err(error),
        };
        let written = answer(out, &line, &shared.stop);
        if written.is_err() {
            return Ok(());
        }
    }
}

/// Who is at the other end, by the socket's peer credentials.
fn who(stream: &UnixStream, office: &Office) -> Actor {
    let Ok(peer) = getsockopt(stream, PeerCredentials) else {
        return Actor {
            user: "?".to_owned(),
            role: Role::None,
            section: None,
        };
    };
    let uid = Uid::from_raw(peer.uid());
    let user = User::from_uid(uid)
        .ok()
        .flatten()
        .map_or_else(|| format!("uid-{uid}"), |user| user.name);
    if uid == Uid::current() {
        return Actor {
            user,
            role: Role::Admin,
            section: None,
        };
    }
    let (role, section) = match office.settings.users.get(&user) {
        Some(known) => (known.role, known.section.clone()),
        None => (Role::None, None),
    };
    Actor {
        user,
        role,
        section,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::service::Done;

    #[test]
    fn whoever_asks_the_server_to_stop_is_told_before_it_does() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let (stop, stopping) = bounded(1);
        let line = ServerLine::Answer {
            id: 1,
            reply: Box::new(Reply::StopServer(Done {})),
        };
        let answering = std::thread::spawn(move || answer(&Mutex::new(ours), &line, &stop));
        stopping.recv().unwrap();
        // The answer is there already: reading does not have to wait for it.
        theirs.set_nonblocking(true).unwrap();
        let mut told = [0; 200];
        let length = theirs.read(&mut told).unwrap();
        let told = String::from_utf8_lossy(told.get(..length).unwrap()).into_owned();
        assert!(told.contains("stop-server"), "{told}");
        answering.join().unwrap().unwrap();
    }
}
