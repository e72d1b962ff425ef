//! The SMS gateway Kannel as a modem: messages go out by its `sendsms` over HTTP, delivery reports and incoming messages come in on
//! a port of ours. To the server it looks like any other modem.
//!
//! A message is handed over with one request, on a connection of its own, so that it is always known whether a byte of it can have
//! left: before the connection stands, nothing has; after that only Kannel's answer tells, and silence is *unknown*. Kannel cuts long
//! texts itself, because only then do all parts take the same way and arrive under the same sender. Of such a message it reports
//! once, for all parts. Single parts go only where another modem sent the rest.
//!
//! One thread sends and looks now and then whether Kannel is there; one waits for connections, and each of those gets its own.

mod client;
mod gate;
mod http;
mod request;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};

use super::event::{ModemCommand, ModemEvent, ModemState, ModemStatus, What};
use super::handle::ModemHandle;
use super::job::SendJob;
use client::Client;
use gate::{Gate, Waiting};
use request::{Outcome, Piece};

/// What the gateway's threads must know.
#[derive(Clone)]
pub struct KannelSettings {
    /// Its name in the settings, in events and logs.
    pub name: String,
    /// Where smsbox takes messages: `http://HOST[:PORT]/PATH`.
    pub url: String,
    /// Name of a `sendsms-user`.
    pub username: String,
    /// Its password.
    pub password: String,
    /// The sender that recipients see.
    pub from: Option<String>,
    /// The `smsc-id` to send by.
    pub smsc: Option<String>,
    /// Where reports and incoming messages are taken.
    pub listen: SocketAddr,
    /// Who may connect there besides this machine, if anybody; others are hung up on.
    pub allow: Vec<IpAddr>,
    /// Whoever brings an incoming message must know it; the keys of reports are made from it.
    pub token: String,
    /// How long to wait for what.
    pub timing: KannelTiming,
}

impl std::fmt::Debug for KannelSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KannelSettings")
            .field("name", &self.name)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// All time-outs and pauses in one place, so that tests can shorten them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KannelTiming {
    /// For a connection to stand.
    pub connect: Duration,
    /// From there to the answer. After this the message counts as unknown.
    pub answer: Duration,
    /// For a whole request to us, however slowly its sender writes.
    pub request: Duration,
    /// For the server to have it on disk.
    pub store: Duration,
    /// Between two looks at an idle gateway.
    pub watch: Duration,
    /// The first pause before looking again at one that is away; doubles.
    pub retry_first: Duration,
    /// The longest such pause.
    pub retry_most: Duration,
    /// The longest pause where a person must first put something right.
    pub retry_wrong: Duration,
}

impl Default for KannelTiming {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            answer: Duration::from_secs(10),
            request: Duration::from_secs(3),
            store: Duration::from_secs(10),
            watch: Duration::from_mins(1),
            retry_first: Duration::from_millis(250),
            retry_most: Duration::from_secs(2),
            retry_wrong: Duration::from_secs(30),
        }
    }
}

/// Starts the gateway's threads; they keep trying to reach it.
///
/// # Errors
/// When the system gives no thread.
pub fn start(settings: KannelSettings, events: Sender<ModemEvent>) -> std::io::Result<ModemHandle> {
    let name = settings.name.clone();
    let settings = Arc::new(settings);
    let (input, inputs) = unbounded();
    let waiting = Arc::new(Waiting::default());
    let mut worker = Worker {
        client: Client::new(&settings),
        settings,
        events,
        inputs,
        waiting: Arc::clone(&waiting),
        gate: None,
        status: ModemStatus::unknown(ModemState::Starting),
        look_at: Instant::now(),
        pause: Duration::ZERO,
    };
    let thread = std::thread::Builder::new()
        .name(format!("modem {name}"))
        .spawn(move || worker.run())?;
    let command = move |command| match command {
        // Not by way of the sending thread, which may be waiting for an answer.
        ModemCommand::Stored(token) => {
            waiting.stored(token);
            true
        }
        ModemCommand::NotStored(token) => {
            waiting.give_up(token);
            true
        }
        other => input.send(other).is_ok(),
    };
    Ok(ModemHandle::new(name, command, thread))
}

struct Worker {
    settings: Arc<KannelSettings>,
    client: Client,
    events: Sender<ModemEvent>,
    inputs: Receiver<ModemCommand>,
    waiting: Arc<Waiting>,
    gate: Option<Gate>,
    status: ModemStatus,
    look_at: Instant,
    pause: Duration,
}

impl Worker {
    fn run(&mut self) {
        loop {
            match self.inputs.recv_deadline(self.look_at) {
                Ok(ModemCommand::Send(job)) => self.send(&job),
                Ok(ModemCommand::Ussd { reply, .. }) => {
                    let _ = reply.send(Err("Kannel passes on no USSD codes".to_owned()));
                }
                // A job is through before a later command is read.
                Ok(
                    ModemCommand::Cancel(_) | ModemCommand::Stored(_) | ModemCommand::NotStored(_),
                ) => {}
                Ok(ModemCommand::Stop) | Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => self.look(),
            }
        }
        self.gate = None;
        self.turn(ModemState::Stopped, "stopped".to_owned());
    }

    fn tell(&self, what: What) {
        // Without a host there is nobody to tell.
        let _ = self.events.send(ModemEvent {
            modem: self.settings.name.as_str().into(),
            what,
        });
    }

    fn turn(&mut self, state: ModemState, detail: String) {
        if self.status.state != state || self.status.detail != detail {
            self.status.state = state;
            self.status.detail = detail;
            self.tell(What::Status(Box::new(self.status.clone())));
        }
        let most = match state {
            ModemState::Ready => {
                self.pause = Duration::ZERO;
                self.look_at = Instant::now() + self.settings.timing.watch;
                return;
            }
            ModemState::Denied | ModemState::WrongPort => self.settings.timing.retry_wrong,
            _ => self.settings.timing.retry_most,
        };
        let first = self.settings.timing.retry_first;
        self.pause = (self.pause * 2).clamp(first, most);
        self.look_at = Instant::now() + self.pause;
    }

    /// Looks whether we can be reached, and Kannel: it is asked for a message to nobody, which shows whether it knows us.
    fn look(&mut self) {
        if self.gate.is_none() {
            let opened = Gate::open(
                Arc::clone(&self.settings),
                self.events.clone(),
                Arc::clone(&self.waiting),
            );
            match opened {
                Ok(gate) => self.gate = Some(gate),
                Err(error) => {
                    let listen = self.settings.listen;
                    let detail =
                        format!("cannot listen on {listen}, the `listen` of the settings: {error}");
                    return self.turn(ModemState::WrongPort, detail);
                }
            }
        }
        if self.status.state == ModemState::Ready {
            // Somebody listens: enough, while all is well. The question below would be an error in Kannel's log each minute.
            return match self.client.open() {
                Ok(_) => self.turn(ModemState::Ready, String::new()),
                Err(error) => self.turn(ModemState::Unplugged, request::away(&error)),
            };
        }
        let reply = self.client.get(&request::look(&self.settings));
        let (state, detail) = request::found(&self.settings.url, reply);
        self.turn(state, detail);
    }

    fn send(&mut self, job: &SendJob) {
        let pieces = Piece::of(job);
        let mut through = 0;
        let mut why = None;
        for piece in &pieces {
            let (told, stop) = self.hand_over(job, piece);
            through += usize::from(told);
            why = stop;
            if why.is_some() {
                break;
            }
        }
        let left = pieces.iter().skip(through);
        let unsent: Vec<u8> = left.flat_map(|piece| piece.parts.clone()).collect();
        let why = why.filter(|_| !unsent.is_empty()).map(str::to_owned);
        self.tell(What::JobDone {
            job: job.id,
            unsent,
            why,
        });
    }

    /// Hands over a piece and tells its outcome. Whether there was one, and why the rest must not follow, if so. The state is told
    /// before the end of the job, so that the host knows it when it chooses the next message.
    fn hand_over(&mut self, job: &SendJob, piece: &Piece) -> (bool, Option<&'static str>) {
        if self.status.state != ModemState::Ready {
            return (false, Some("Kannel is away"));
        }
        for part in &piece.parts {
            self.tell(What::PartHandedOver {
                job: job.id,
                part: *part,
            });
        }
        let reply = self.client.get(&piece.target(job, &self.settings));
        match request::outcome(&self.settings.url, reply) {
            Outcome::Accepted => {
                self.tell(What::PartsAccepted {
                    job: job.id,
                    parts: piece.parts.clone(),
                });
                (true, None)
            }
            Outcome::Refused(refusal) => {
                self.tell(What::PartRefused {
                    job: job.id,
                    part: piece.parts.first().copied().unwrap_or(1),
                    refusal,
                });
                (true, Some("an earlier part was refused"))
            }
            Outcome::Away(state, detail) => {
                self.turn(state, detail);
                (false, Some("Kannel went away"))
            }
            Outcome::Unknown(why) => {
                for part in &piece.parts {
                    self.tell(What::PartUnknown {
                        job: job.id,
                        part: *part,
                        why: why.clone(),
                    });
                }
                // Before it gets the next message it must show that it answers.
                self.turn(ModemState::Starting, why);
                self.look_at = Instant::now();
                (true, Some("the fate of an earlier part is unknown"))
            }
        }
    }
}

#[cfg(test)]
mod tests;
