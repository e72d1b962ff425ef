//! The port on which Kannel brings delivery reports and incoming messages. It is answered only when they are on disk, so that it
//! comes again with what was not.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chrono::DateTime;
use crossbeam_channel::{Receiver, Sender, bounded, select};

use super::KannelSettings;
use super::http::{self, Answer, Request};
use super::request::report_key;
use crate::modem::event::{Fate, ModemEvent, Token, What};

/// Requests worked on at the same time; more wait in the system's queue.
const AT_ONCE: usize = 32;

/// A request needs little of it.
const STACK: usize = 256 * 1024;

/// Between two lines in the log about strangers.
const QUIET: Duration = Duration::from_mins(1);

/// Requests whose content is not on disk yet.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    next: AtomicU64,
    held: Mutex<HashMap<u64, Sender<()>>>,
}

impl Waiting {
    fn hold(&self) -> (Token, Receiver<()>) {
        let token = self.next.fetch_add(1, Ordering::Relaxed);
        let (tell, told) = bounded(1);
        self.lock().insert(token, tell);
        (Token(token), told)
    }

    /// What has this token is on disk.
    pub(super) fn stored(&self, token: Token) {
        if let Some(tell) = self.lock().remove(&token.0) {
            let _ = tell.send(());
        }
    }

    /// What has this token is not on disk: Kannel is told to come again.
    pub(super) fn give_up(&self, token: Token) {
        self.lock().remove(&token.0);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Sender<()>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The open port. Dropping it closes it.
#[derive(Debug)]
pub(super) struct Gate {
    /// Dropping it ends the wait for a free place.
    stop: Option<Sender<()>>,
    stopping: Arc<AtomicBool>,
    settings: Arc<KannelSettings>,
    thread: Option<JoinHandle<()>>,
}

impl Gate {
    /// Opens the port.
    ///
    /// # Errors
    /// Another program has it, or this machine has no such address.
    pub(super) fn open(
        settings: Arc<KannelSettings>,
        events: Sender<ModemEvent>,
        waiting: Arc<Waiting>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(settings.listen)?;
        let stopping = Arc::new(AtomicBool::new(false));
        let (stop, stopped) = bounded(0);
        let (leave, places) = bounded(AT_ONCE);
        for _ in 0..AT_ONCE {
            let _ = leave.send(());
        }
        let keeper = Arc::new(Keeper {
            settings: Arc::clone(&settings),
            events,
            waiting,
            leave,
            warned: Mutex::new(None),
        });
        let ending = Arc::clone(&stopping);
        let thread = std::thread::Builder::new()
            .name(format!("modem {} gate", settings.name))
            .spawn(move || {
                loop {
                    select! {
                        recv(places) -> _ => {}
                        recv(stopped) -> _ => return,
                    }
                    let accepted = listener.accept();
                    if ending.load(Ordering::SeqCst) {
                        return;
                    }
                    keeper.admit(accepted);
                }
            })?;
        Ok(Self {
            stop: Some(stop),
            stopping,
            settings,
            thread: Some(thread),
        })
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.stop = None;
        // Wakes the thread, if it waits for somebody to come.
        let woken = TcpStream::connect_timeout(&self.settings.listen, Duration::from_secs(1));
        if let (Ok(_), Some(thread)) = (woken, self.thread.take()) {
            let _ = thread.join();
        }
    }
}

struct Keeper {
    settings: Arc<KannelSettings>,
    events: Sender<ModemEvent>,
    waiting: Arc<Waiting>,
    leave: Sender<()>,
    warned: Mutex<Option<Instant>>,
}

/// Gives its place back, also when the thread panics or was never there.
struct Place(Sender<()>);

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

impl Keeper {
    fn admit(self: &Arc<Self>, accepted: io::Result<(TcpStream, std::net::SocketAddr)>) {
        let place = Place(self.leave.clone());
        let (stream, from) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, most likely: clients that go free some.
                tracing::error!(%error, "a connection could not be accepted");
                std::thread::sleep(Duration::from_millis(100));
                return;
            }
        };
        if !self.may_come(from.ip()) {
            self.warn(from.ip(), "is not allowed to connect");
            return;
        }
        let keeper = Arc::clone(self);
        // Without a thread the connection is closed; Kannel comes again.
        let _ = std::thread::Builder::new()
            .name(format!("modem {} request", self.settings.name))
            .stack_size(STACK)
            .spawn(move || {
                keeper.serve(stream, from.ip());
                drop(place);
            });
    }

    fn may_come(&self, from: IpAddr) -> bool {
        let from = from.to_canonical();
        if self.settings.allow.is_empty() {
            return from.is_loopback();
        }
        self.settings.allow.contains(&from)
    }

    /// Says so once a minute at most: strangers must not fill the log.
    fn warn(&self, from: IpAddr, what: &str) {
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        if warned.is_none_or(|at| at.elapsed() >= QUIET) {
            *warned = Some(Instant::now());
            tracing::warn!(modem = %self.settings.name, %from, what, "a request was refused");
        }
    }

    fn serve(&self, mut stream: TcpStream, from: IpAddr) {
        let end = Instant::now() + self.settings.timing.request;
        let answer = match http::read(&mut stream, end) {
            Ok(request) => self.answer(&request),
            Err(Some(answer)) => answer,
            Err(None) => return,
        };
        if !matches!(answer, Answer::Done | Answer::Later) {
            self.warn(from, "makes no sense or does not know the token");
        }
        if let Err(error) = answer.give(stream) {
            tracing::debug!(%error, "an answer did not get through; Kannel comes again");
        }
    }

    fn answer(&self, request: &Request) -> Answer {
        let event = match request.path.as_str() {
            "/report" => self.report(request),
            "/incoming" => self.incoming(request),
            _ => Err(Answer::NotFound),
        };
        let event = match event {
            Ok(Some(event)) => event,
            Ok(None) => return Answer::Done,
            Err(answer) => return answer,
        };
        let (token, stored) = self.waiting.hold();
        let told = self.events.send(ModemEvent {
            modem: self.settings.name.as_str().into(),
            what: event(token),
        });
        let on_disk = told.is_ok() && stored.recv_timeout(self.settings.timing.store).is_ok();
        if on_disk {
            return Answer::Done;
        }
        self.waiting.give_up(token);
        Answer::Later
    }

    fn report(&self, request: &Request) -> Result<Option<Event>, Answer> {
        let (Some(job), Some(attempt), Some(part)) = (
            request.number::<u64>("sms"),
            request.number::<u32>("try"),
            request.number::<u8>("part"),
        ) else {
            return Err(Answer::Bad);
        };
        let key = report_key(&self.settings.token, job, attempt, part);
        if !same(request.bytes("key"), key.as_bytes()) {
            return Err(Answer::Forbidden);
        }
        let fate = match request.number::<u8>("type") {
            Some(1) => Fate::Delivered,
            Some(2 | 16) => Fate::Undelivered,
            Some(4 | 8) => Fate::Taken,
            // What it means is not known: nothing to write down, and it must not come again for ever.
            Some(_) => return Ok(None),
            None => return Err(Answer::Bad),
        };
        let words = request.text("words").unwrap_or_default();
        let words: String = words
            .chars()
            .filter(|c| !c.is_control())
            .take(100)
            .collect();
        Ok(Some(Box::new(move |token| What::GatewayReport {
            token,
            job,
            attempt,
            part: (part != 0).then_some(part),
            fate,
            words,
        })))
    }

    fn incoming(&self, request: &Request) -> Result<Option<Event>, Answer> {
        if !same(request.bytes("token"), self.settings.token.as_bytes()) {
            return Err(Answer::Forbidden);
        }
        let (Some(from), Some(data)) = (request.text("from"), request.bytes("text")) else {
            return Err(Answer::Bad);
        };
        let coding = request.number::<u8>("coding").unwrap_or(0);
        let charset = request.text("charset").unwrap_or_default();
        let scts = request
            .number::<i64>("time")
            .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
            .map(|time| time.fixed_offset());
        let text = text(data, coding, &charset);
        let from = if from.trim().is_empty() {
            "?".to_owned()
        } else {
            from.trim().to_owned()
        };
        let pdu = crate::gsm::pdu::to_hex(data);
        Ok(Some(Box::new(move |token| What::Incoming {
            token,
            from,
            text,
            scts,
            concat: None,
            pdu,
        })))
    }
}

type Event = Box<dyn FnOnce(Token) -> What>;

/// Compares without telling by its time how much was right.
fn same(given: Option<&[u8]>, known: &[u8]) -> bool {
    let given = given.unwrap_or_default();
    let differs = given
        .iter()
        .zip(known)
        .fold(0, |differs, (a, b)| differs | (a ^ b));
    given.len() == known.len() && differs == 0
}

/// The text of a message; `None` for binary data. Kannel gives UCS-2 as it came, everything else in UTF-8 unless told otherwise.
fn text(data: &[u8], coding: u8, charset: &str) -> Option<String> {
    if coding == 2 || charset.eq_ignore_ascii_case("UTF-16BE") {
        let units = data.chunks_exact(2).map(|pair| match pair {
            [high, low] => u16::from_be_bytes([*high, *low]),
            _ => 0,
        });
        let units: Vec<u16> = units.collect();
        return Some(String::from_utf16_lossy(&units));
    }
    match std::str::from_utf8(data) {
        Ok(text) => Some(text.to_owned()),
        Err(_) if coding == 1 => None,
        Err(_) => Some(data.iter().copied().map(char::from).collect()),
    }
}
