//! A modem's thread: waits on one channel for bytes, commands and the next deadline.

use std::collections::VecDeque;
use std::io::Write;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};

use super::event::{ModemCommand, ModemEvent, ModemState, ModemStatus, UssdReply, What};
use super::handle::ModemHandle;
use super::port::{Connection, Connector};
use super::session::Session;
use super::settings::ModemSettings;

/// Bytes taken from a port at once.
const READ: usize = 4096;

enum Input {
    Command(ModemCommand),
    /// From the reader of the connection of this number.
    Bytes(u64, Vec<u8>),
    /// That reader has ended.
    Ended(u64, String),
}

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Command(command) => write!(f, "{command:?}"),
            Self::Bytes(_, bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Ended(_, why) => write!(f, "ended: {why}"),
        }
    }
}

/// Starts a modem's thread; it opens the port itself and keeps trying.
///
/// # Errors
/// When the system gives no thread.
pub fn start(
    settings: ModemSettings,
    connector: Box<dyn Connector>,
    events: Sender<ModemEvent>,
) -> std::io::Result<ModemHandle> {
    let (input, inputs) = unbounded();
    let name = settings.name.clone();
    let mut worker = Worker {
        session: Session::new(settings.clone()),
        settings,
        connector,
        events,
        input: input.clone(),
        inputs,
        port: None,
        generation: 0,
        reopen_at: None,
        pause: Duration::ZERO,
        ussd: VecDeque::new(),
    };
    let thread = std::thread::Builder::new()
        .name(format!("modem {name}"))
        .spawn(move || worker.run())?;
    Ok(ModemHandle::new(
        name,
        move |command| input.send(Input::Command(command)).is_ok(),
        thread,
    ))
}

struct Worker {
    session: Session,
    settings: ModemSettings,
    connector: Box<dyn Connector>,
    events: Sender<ModemEvent>,
    input: Sender<Input>,
    inputs: Receiver<Input>,
    port: Option<OpenPort>,
    generation: u64,
    reopen_at: Option<Instant>,
    pause: Duration,
    ussd: VecDeque<Sender<Result<UssdReply, String>>>,
}

struct OpenPort {
    writer: Box<dyn Write + Send>,
    closer: Box<dyn FnOnce() + Send>,
    reader: JoinHandle<()>,
}

impl Worker {
    fn run(&mut self) {
        self.reopen_at = Some(Instant::now());
        loop {
            let now = Instant::now();
            if self.reopen_at.is_some_and(|at| now >= at) {
                self.open(now);
            }
            if !self.settle(now) || self.session.is_finished() {
                break;
            }
            let deadline = [self.session.deadline(), self.reopen_at]
                .into_iter()
                .flatten()
                .min();
            let input = match deadline {
                Some(deadline) => match self.inputs.recv_deadline(deadline) {
                    Ok(input) => Some(input),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => break,
                },
                None => match self.inputs.recv() {
                    Ok(input) => Some(input),
                    Err(_) => break,
                },
            };
            let now = Instant::now();
            match input {
                None => self.session.expire(now),
                Some(Input::Bytes(generation, bytes)) if generation == self.generation => {
                    self.session.receive(&bytes, now);
                }
                Some(Input::Ended(generation, why)) if generation == self.generation => {
                    self.lost(&why, now);
                }
                // From a port that is closed already.
                Some(Input::Bytes(..) | Input::Ended(..)) => {}
                Some(Input::Command(command)) => self.obey(command, now),
            }
        }
        let now = Instant::now();
        self.session.closed(now);
        self.settle(now);
        self.close();
        let mut status = ModemStatus::clone(self.session.status());
        status.state = ModemState::Stopped;
        "stopped".clone_into(&mut status.detail);
        let what = What::Status(Box::new(status));
        let _ = self.events.send(ModemEvent {
            modem: self.settings.name.as_str().into(),
            what,
        });
    }

    fn obey(&mut self, command: ModemCommand, now: Instant) {
        match command {
            ModemCommand::Send(job) => self.session.send(job, now),
            ModemCommand::Cancel(job) => self.session.cancel(job),
            ModemCommand::Stored(token) => self.session.stored(token, now),
            ModemCommand::NotStored(token) => self.session.not_stored(token, now),
            ModemCommand::Ussd { code, reply } => {
                self.ussd.push_back(reply);
                self.session.ussd(&code, now);
            }
            ModemCommand::Stop => self.session.stop(),
        }
    }

    /// Carries out what the session wants. `false` when the host is gone.
    fn settle(&mut self, now: Instant) -> bool {
        loop {
            while let Some(event) = self.session.next_event() {
                if self.events.send(event).is_err() {
                    return false;
                }
            }
            while let Some(answer) = self.session.next_ussd_reply() {
                if let Some(reply) = self.ussd.pop_front() {
                    let _ = reply.send(answer);
                }
            }
            if self.session.take_pin_wanted() {
                self.session.offer_pin(self.settings.pin.read(), now);
                continue;
            }
            let Some(bytes) = self.session.next_write() else {
                break;
            };
            let Some(port) = &mut self.port else { continue };
            if let Err(error) = port.writer.write_all(&bytes) {
                self.lost(&format!("writing failed: {error}"), now);
            }
        }
        if self.session.take_reopen() {
            if self.session.has_answered() {
                self.pause = Duration::ZERO;
            }
            self.close();
            self.session.closed(now);
            self.reopen_later(now);
            return self.settle(now);
        }
        true
    }

    fn lost(&mut self, why: &str, now: Instant) {
        if self.session.has_answered() {
            self.pause = Duration::ZERO;
        }
        self.close();
        self.session.lost(why, now);
        self.reopen_later(now);
    }

    fn reopen_later(&mut self, now: Instant) {
        let timing = &self.settings.timing;
        self.pause = (self.pause * 2).clamp(timing.reopen_first, timing.reopen_most);
        self.reopen_at = Some(now + self.pause);
    }

    fn open(&mut self, now: Instant) {
        self.reopen_at = None;
        self.generation += 1;
        let opened = self
            .connector
            .connect()
            .map_err(|error| error.to_string())
            .and_then(|connection| {
                let Connection {
                    reader,
                    writer,
                    closer,
                } = connection;
                let reader = self.read(reader).map_err(|error| error.to_string())?;
                Ok(OpenPort {
                    writer,
                    closer,
                    reader,
                })
            });
        match opened {
            Ok(port) => {
                self.port = Some(port);
                self.session.opened(now);
            }
            Err(why) => {
                self.session.lost(&why, now);
                self.reopen_later(now);
            }
        }
    }

    /// Starts the thread that turns a blocking port into messages of the one channel.
    fn read(&self, mut reader: Box<dyn std::io::Read + Send>) -> std::io::Result<JoinHandle<()>> {
        let input = self.input.clone();
        let generation = self.generation;
        let name = format!("modem {} reader", self.settings.name);
        std::thread::Builder::new().name(name).spawn(move || {
            let mut buffer = vec![0; READ];
            let why = loop {
                match reader.read(&mut buffer) {
                    Ok(0) => break "the port went away".to_owned(),
                    Ok(length) => {
                        let bytes = buffer.get(..length).unwrap_or_default().to_vec();
                        if input.send(Input::Bytes(generation, bytes)).is_err() {
                            return;
                        }
                    }
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                    Err(error) => break format!("the port went away ({error})"),
                }
            };
            let _ = input.send(Input::Ended(generation, why));
        })
    }

    fn close(&mut self) {
        if let Some(port) = self.port.take() {
            // What its reader still says is about the past.
            self.generation += 1;
            (port.closer)();
            drop(port.writer);
            let _ = port.reader.join();
        }
    }
}

#[cfg(test)]
mod tests;
