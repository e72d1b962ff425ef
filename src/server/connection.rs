//! One client on the socket: who it is, what it asks, what it is told.
//!
//! Authority goes before everything else. An account without a role is told so and hung up on before a byte of it is read. Of the others
//! a greeting is read that is short and soon there, then lines as long as their role has use for; a request is known by its name, and
//! refused by its row in the table, before its content is looked at.

use std::io::{self, BufReader};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};
use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use nix::unistd::{Uid, User};

use super::notices::Notices;
use super::office::Office;
use super::outbox::Outbox;
use super::writer::Writer;
use crate::ask::{Limits, Notice, Reply, RequestName};
use crate::domain::access::{Actor, Role};
use crate::domain::refusal::Refusal;
use crate::domain::typed;
use crate::protocol::{
    Hello, Incoming, LineError, LineReader, MAX_HELLO, PROTOCOL, ServerLine, line_of, write_line,
};
use attempts::Attempts;
use input::Input;
use places::{Large, Place, Places};

mod attempts;
mod input;
mod places;
mod requests;

/// A client greets at once; one that does not is not one of ours.
const GREETING_WAIT: Duration = Duration::from_secs(2);

/// A client that does not read what it asked for within this time has hung.
const WRITE_WAIT: Duration = Duration::from_secs(20);

/// A large request is here after this time, or never.
const LARGE_WAIT: Duration = Duration::from_secs(30);

/// How long the place that is kept for an administrator may be held.
const KEPT_WAIT: Duration = Duration::from_secs(10);

type Lines = LineReader<BufReader<Input>>;

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
    /// Who is connected.
    pub places: Arc<Places>,
    /// What was refused lately.
    attempts: Attempts,
    /// Ends the server.
    pub stop: Sender<()>,
}

impl Shared {
    /// Puts the parts together; nobody is connected yet.
    pub fn new(
        office: Arc<Office>,
        writer: Writer,
        notices: Arc<Notices>,
        outbox: Outbox,
        daily: Arc<super::daily::Daily>,
        stop: Sender<()>,
    ) -> Self {
        Self {
            office,
            writer,
            notices,
            outbox,
            daily,
            places: Arc::default(),
            attempts: Attempts::default(),
            stop,
        }
    }
}

/// The account at the other end, as the system knows it.
#[derive(Debug, Clone)]
struct Account {
    user: String,
    /// It is the one that runs the server.
    own: bool,
}

impl Account {
    /// By the socket's peer credentials, never by what the client says.
    ///
    /// # Errors
    /// `account-unread` when the system does not say.
    fn of(stream: &UnixStream) -> Result<Self, Refusal> {
        let peer = getsockopt(stream, PeerCredentials).map_err(unread)?;
        let uid = Uid::from_raw(peer.uid());
        let found = User::from_uid(uid).map(|user| user.map(|user| user.name));
        Ok(Self {
            user: name_of(uid, found)?,
            own: uid == Uid::current(),
        })
    }

    /// What it may do at this moment: a role that was given or taken back holds from the next request on.
    fn actor(&self, office: &Office) -> Actor {
        if self.own {
            return Actor {
                user: self.user.clone(),
                role: Role::Admin,
                section: None,
            };
        }
        Actor::granted(&self.user, office.granted(&self.user))
    }
}

/// The name under which an account works. One that the system does not have goes by its number; that the system cannot say it now (no
/// descriptors, a directory that is away) is another matter: the same person would be somebody else in the journal.
fn name_of(uid: Uid, found: nix::Result<Option<String>>) -> Result<String, Refusal> {
    // The server's own decisions stand in the journal under a name that nobody else may have there.
    let name = found
        .map_err(unread)?
        .map(|name| typed::short(&name, 64))
        .filter(|name| name != Actor::SYSTEM && !name.is_empty());
    Ok(name.unwrap_or_else(|| format!("uid-{uid}")))
}

fn unread(cause: nix::errno::Errno) -> Refusal {
    Refusal::new("account-unread").with("cause", cause.desc())
}

/// Serves a client until it goes. A panic in here ends this connection only.
pub fn serve(stream: UnixStream, shared: &Arc<Shared>) {
    let shared = Arc::clone(shared);
    let spawned = std::thread::Builder::new()
        .name("client".to_owned())
        .spawn(move || match Account::of(&stream) {
            Ok(account) => serve_account(stream, &shared, &account),
            Err(refusal) => turn_away(stream, refusal),
        });
    if let Err(error) = spawned {
        tracing::error!(%error, "no thread for a client");
    }
}

/// The same for an account of this name, in this thread: see [`super::counter`].
pub(super) fn serve_named(stream: UnixStream, shared: &Arc<Shared>, user: &str) {
    let account = Account {
        user: user.to_owned(),
        own: false,
    };
    serve_account(stream, shared, &account);
}

fn serve_account(stream: UnixStream, shared: &Arc<Shared>, account: &Account) {
    match admit(account, shared) {
        Ok(place) => {
            if let Err(error) = talk(stream, shared, account, &place) {
                tracing::debug!(%error, "a client went");
            }
        }
        Err(refusal) => turn_away(stream, refusal),
    }
}

/// Whether the client may come in at all, and its place.
fn admit(account: &Account, shared: &Shared) -> Result<Place, Refusal> {
    let actor = account.actor(&shared.office);
    if let Err(refusal) = Office::require(&actor, Role::Viewer) {
        shared.attempts.note(&actor, "hello", &shared.writer);
        return Err(refusal);
    }
    shared.places.take(&actor)
}

/// Says why not, without reading anything. It may not even listen; it is told if it does.
fn turn_away(mut stream: UnixStream, refusal: Refusal) {
    let _ = stream.set_write_timeout(Some(Duration::from_secs(1)));
    let _ = write_line(&mut stream, &ServerLine::Refused { id: 0, refusal });
}

fn talk(
    mut stream: UnixStream,
    shared: &Arc<Shared>,
    account: &Account,
    place: &Place,
) -> Result<(), LineError> {
    let begin = Instant::now();
    stream.set_write_timeout(Some(WRITE_WAIT))?;
    let input = BufReader::new(Input::new(stream.try_clone()?));
    let mut lines = LineReader::new(input, MAX_HELLO);
    // Whoever says nothing, or little at a time, must not take a place for ever.
    lines
        .input()
        .get_mut()
        .set_until(Some(begin + GREETING_WAIT))?;
    write_line(&mut stream, &ServerLine::Hello(Hello::new(false)))?;
    let refusal = match lines.line() {
        Ok(line) => match serde_json::from_slice(line) {
            Ok(Incoming::Hello(hello)) => Ok(hello),
            Ok(Incoming::Ask { .. }) | Err(_) => {
                Err(Refusal::new("line-bad").with("cause", "hello"))
            }
        },
        Err(LineError::TooLong(limit)) => Err(Refusal::new("line-too-long").with("max", limit)),
        Err(error) => return Err(error),
    };
    let hello = match refusal {
        Ok(hello) => hello,
        Err(refusal) => {
            turn_away(stream, refusal);
            return Ok(());
        }
    };
    if hello.protocol != PROTOCOL {
        tracing::info!(
            user = account.user,
            client = typed::short(&hello.version, 40),
            protocol = hello.protocol,
            "a client speaks another protocol"
        );
        return Ok(());
    }
    let until = place.is_kept().then(|| begin + KEPT_WAIT);
    lines.input().get_mut().set_until(until)?;
    let out = Arc::new(Mutex::new(stream.try_clone()?));
    let (alive, closed) = bounded::<()>(0);
    if hello.notices {
        let (tell, told) = bounded(1);
        shared.notices.listen(tell);
        let out = Arc::clone(&out);
        let shared = Arc::clone(shared);
        let account = account.clone();
        std::thread::Builder::new()
            .name("notices".to_owned())
            .spawn(move || pass_on(&told, &closed, &out, &shared, &account))?;
    }
    let result = answer_all(&mut lines, shared, account, until, &out);
    drop(alive);
    // The other side may be gone already; then there is nothing left to end.
    let _ = stream.shutdown(Shutdown::Both);
    result
}

/// Writes notices until the connection is closed. A client that has gone ends the reading side too; so does one that lost its role,
/// which is told why, so that it does not come back only to ask.
fn pass_on(
    told: &Receiver<Notice>,
    closed: &Receiver<()>,
    out: &Mutex<UnixStream>,
    shared: &Shared,
    account: &Account,
) {
    loop {
        let notice = crossbeam_channel::select! {
            recv(told) -> notice => notice,
            recv(closed) -> _ => return,
        };
        let Ok(notice) = notice else { return };
        if let Err(refusal) = Office::require(&account.actor(&shared.office), Role::Viewer) {
            let _ = say(out, &ServerLine::Refused { id: 0, refusal });
            let out = out.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = out.shutdown(Shutdown::Both);
            return;
        }
        if say(out, &ServerLine::Notice(notice)).is_err() {
            return;
        }
    }
}

/// Writes one line, whole: answers and notices share the stream.
fn say(out: &Mutex<UnixStream>, line: &ServerLine) -> io::Result<()> {
    let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
    let written = write_line(&mut *out, line);
    if written.is_err() {
        let _ = out.shutdown(Shutdown::Both);
    }
    written
}

/// Writes an answer. The server ends only once whoever asked for that has been told: the process may be gone a moment later.
fn answer(out: &Mutex<UnixStream>, line: &ServerLine, stop: &Sender<()>) -> io::Result<()> {
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
    lines: &mut Lines,
    shared: &Arc<Shared>,
    account: &Account,
    until: Option<Instant>,
    out: &Mutex<UnixStream>,
) -> Result<(), LineError> {
    let refused = |id, refusal| ServerLine::Refused { id, refusal };
    loop {
        // What waits to be read may be read by the ordinary limit only; who asks more is known by then.
        lines.set_limit(line_of(Limits::ORDINARY.bytes));
        let mut large = None;
        let read = match lines.line().map(<[u8]>::to_vec) {
            Err(LineError::TooLong(_)) => read_large(lines, shared, account, until, &mut large),
            read => read.map_err(Unread::Line),
        };
        let line = match read {
            Ok(line) => line,
            Err(Unread::Refused(refusal)) => {
                let _ = say(out, &refused(0, refusal));
                return Ok(());
            }
            Err(Unread::Line(LineError::Closed)) => return Ok(()),
            Err(Unread::Line(error)) => return Err(error),
        };
        let actor = account.actor(&shared.office);
        let line = match serde_json::from_slice(&line) {
            Ok(Incoming::Ask { id, request }) => {
                match requests::handle(request.name, request.content, shared, &actor) {
                    Ok(reply) => ServerLine::Answer {
                        id,
                        reply: Box::new(reply),
                    },
                    Err(refusal) => {
                        tracing::debug!(user = %actor.user, request = ?request.name, %refusal, "refused");
                        refused(id, refusal)
                    }
                }
            }
            Ok(Incoming::Hello(_)) => continue,
            Err(error) => refused(0, Refusal::new("line-bad").with("cause", error)),
        };
        drop(large);
        if answer(out, &line, &shared.stop).is_err() || actor.role == Role::None {
            return Ok(());
        }
    }
}

/// Why there is no line.
enum Unread {
    Line(LineError),
    /// The connection is of no use any more; why.
    Refused(Refusal),
}

/// Reads on in a line over the ordinary limit, for those who may ask such a thing; imports a few at a time.
fn read_large(
    lines: &mut Lines,
    shared: &Shared,
    account: &Account,
    until: Option<Instant>,
    large: &mut Option<Large>,
) -> Result<Vec<u8>, Unread> {
    let actor = account.actor(&shared.office);
    let limit = RequestName::largest_for(actor.role);
    let set_until = |lines: &mut Lines, until| {
        let set = lines.input().get_mut().set_until(until);
        set.map_err(|error| Unread::Line(LineError::Io(error)))
    };
    let end = Instant::now() + LARGE_WAIT;
    set_until(lines, Some(until.map_or(end, |until| until.min(end))))?;
    let mut read = lines.go_on(line_of(limit.min(Limits::LISTS.bytes)));
    if matches!(read, Err(LineError::TooLong(_))) && limit > Limits::LISTS.bytes {
        *large = shared.places.large(LARGE_WAIT);
        if large.is_none() {
            return Err(Unread::Refused(Refusal::new("busy")));
        }
        // Whoever waited for its turn has the whole time for the rest.
        let end = Instant::now() + LARGE_WAIT;
        set_until(lines, Some(until.map_or(end, |until| until.min(end))))?;
        read = lines.go_on(line_of(limit));
    }
    let line = match read.map(<[u8]>::to_vec) {
        Ok(line) => line,
        Err(LineError::TooLong(_)) => {
            let refusal = Refusal::new("line-too-long").with("max", limit);
            return Err(Unread::Refused(refusal));
        }
        Err(error) => return Err(Unread::Line(error)),
    };
    set_until(lines, until)?;
    Ok(line)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::ask::Done;

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

    /// A torture without descriptors kept a person's forms under a made-up name, where nobody found them again.
    #[test]
    fn whom_the_system_cannot_name_now_is_nobody_else() {
        let uid = Uid::from_raw(7);
        let refusal = name_of(uid, Err(nix::errno::Errno::EMFILE)).unwrap_err();
        assert_eq!(refusal.code, "account-unread");
        assert_eq!(name_of(uid, Ok(None)).unwrap(), "uid-7");
        assert_eq!(name_of(uid, Ok(Some("sari".to_owned()))).unwrap(), "sari");
        let system = name_of(uid, Ok(Some(Actor::SYSTEM.to_owned()))).unwrap();
        assert_eq!(system, "uid-7");
    }
}
