//! The outbox: gives queued messages to the modems, writes down what became of them, and takes in what comes from the network.
//!
//! One thread waits for whatever comes first: an event of a modem, a change of the queue, the next time something may leave. There is
//! no polling. A message is `sending` on disk before a modem gets it; the facts of its end and the claim of the next message share
//! one write, so that a burst goes at the modem's own pace.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use crossbeam_channel::{Receiver, Sender, bounded, select, unbounded};

use super::notices::Notices;
use super::office::Office;
use super::queue::JobEnd;
use super::writer::Writer;
use crate::domain::access::Actor;
use crate::domain::fact::Fact;
use crate::domain::id::SmsId;
use crate::domain::sms::Sms;
use crate::modem::simulator::{SimulatedModem, SimulatorSettings};
use crate::modem::{
    Connector, ModemCommand, ModemEvent, ModemHandle, ModemSettings, ModemState, ModemStatus,
    SerialConnector, Token, What,
};
use crate::service::{ModemRow, Notice, Refusal, Topic};
use crate::settings::{Modem, ModemKind};
use crate::sms::pdu::ReportClass;

/// A modem that gave a message back is left alone for this long.
const REST: Duration = Duration::from_secs(1);

/// A report may come before the answer that names its reference; then it waits this long at the most.
const EARLY_REPORT: Duration = Duration::from_secs(30);

/// A missing part of an incoming message is waited for this long.
const PARTS_WAIT: Duration = Duration::from_hours(24);

/// The answer to a USSD code takes at most this long.
const USSD_WAIT: Duration = Duration::from_secs(45);

enum Control {
    Ussd {
        modem: String,
        code: String,
        answer: Sender<Result<String, Refusal>>,
    },
    Stop {
        done: Sender<()>,
    },
}

/// The way to the outbox.
#[derive(Debug)]
pub struct Outbox {
    control: Sender<Control>,
}

impl std::fmt::Debug for Control {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Ussd { .. } => "Ussd",
            Self::Stop { .. } => "Stop",
        })
    }
}

impl Outbox {
    /// Starts the modems and the outbox's thread. What was being sent when the server ended last becomes `uncertain` first.
    ///
    /// # Errors
    /// The journal's, or when the system gives no thread.
    pub fn start(
        office: Arc<Office>,
        writer: Writer,
        notices: Arc<Notices>,
    ) -> Result<Self, Refusal> {
        let system = Actor::system().user;
        writer.commit(&system, None, |office, now| {
            Ok((office.after_crash(now), ()))
        })?;
        let (control, controls) = unbounded();
        let (wake, woken) = bounded(1);
        notices.listen(wake);
        let (events_in, events) = unbounded();
        let mut lines = Vec::new();
        for modem in office.settings.modems() {
            lines.push(Line::start(modem, &office, events_in.clone())?);
        }
        let mut run = Run {
            office,
            writer,
            notices,
            lines,
            early: Vec::new(),
            parts: HashMap::new(),
            system,
        };
        run.publish();
        let cause = |error: std::io::Error| Refusal::new("internal").with("cause", error);
        std::thread::Builder::new()
            .name("outbox".to_owned())
            .spawn(move || run.until_stopped(&events, &woken, &controls))
            .map_err(cause)?;
        Ok(Self { control })
    }

    /// Asks the network something; waits for the answer.
    ///
    /// # Errors
    /// `modem-unknown`, `modem-trouble`.
    pub fn ussd(&self, modem: &str, code: &str) -> Result<String, Refusal> {
        let valid = !code.is_empty()
            && code.len() <= 60
            && code
                .bytes()
                .all(|b| b.is_ascii_digit() || b == b'*' || b == b'#');
        if !valid {
            return Err(Refusal::new("ussd-code").with("code", code));
        }
        let (answer, answered) = bounded(1);
        let trouble = || Refusal::new("modem-trouble").with("cause", "no answer");
        self.control
            .send(Control::Ussd {
                modem: modem.to_owned(),
                code: code.to_owned(),
                answer,
            })
            .map_err(|_| trouble())?;
        answered
            .recv_timeout(USSD_WAIT)
            .unwrap_or_else(|_| Err(trouble()))
    }

    /// Stops the modems; a message in flight gets its answer or its time-out first.
    pub fn stop(&self) {
        let (done, stopped) = bounded(1);
        if self.control.send(Control::Stop { done }).is_ok() {
            let _ = stopped.recv_timeout(Duration::from_secs(20));
        }
    }
}

/// A modem as the outbox sees it.
struct Line {
    settings: Modem,
    handle: Option<ModemHandle>,
    /// Kept alive with its handle.
    _simulated: Option<SimulatedModem>,
    status: ModemStatus,
    job: Option<Job>,
    rest_until: Option<Instant>,
}

/// A message that a modem is sending.
struct Job {
    id: SmsId,
    parts: usize,
    end: JobEnd,
}

impl Line {
    fn start(modem: Modem, office: &Office, events: Sender<ModemEvent>) -> Result<Self, Refusal> {
        let cause = |error: std::io::Error| Refusal::new("internal").with("cause", error);
        let mut settings = ModemSettings::named(&modem.name);
        settings.pin = read_pin(&modem)?;
        settings.refused_pin = settings
            .pin
            .clone()
            .filter(|pin| was_refused(office, &modem.name, pin));
        let mut simulated = None;
        let connector: Box<dyn Connector> = match modem.kind {
            ModemKind::Simulated => {
                let started = SimulatedModem::start(SimulatorSettings::default()).map_err(cause)?;
                let connector = started.connector();
                simulated = Some(started);
                connector
            }
            ModemKind::Serial => Box::new(SerialConnector::new(
                modem.port.clone().unwrap_or_default(),
                modem.baud,
            )),
        };
        let handle = crate::modem::start(settings, connector, events).map_err(cause)?;
        Ok(Self {
            settings: modem,
            handle: Some(handle),
            _simulated: simulated,
            status: ModemStatus::unknown(ModemState::Starting),
            job: None,
            rest_until: None,
        })
    }

    fn row(&self) -> ModemRow {
        let state = serde_json::to_value(self.status.state)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned));
        ModemRow {
            name: self.settings.name.clone(),
            kind: self.settings.kind.as_str().to_owned(),
            state: state.unwrap_or_default(),
            operator: self.status.operator.clone(),
            signal: self.status.signal_percent(),
            port: self.settings.port.clone(),
            detail: Some(self.status.detail.clone()).filter(|detail| !detail.is_empty()),
        }
    }

    fn command(&self, command: ModemCommand) -> bool {
        self.handle
            .as_ref()
            .is_some_and(|handle| handle.command(command))
    }
}

/// A report that nothing is known about yet.
struct Early {
    line: usize,
    token: Token,
    reference: u8,
    recipient: String,
    status: u8,
    delivered: bool,
    since: Instant,
}

/// Sender, reference and number of parts of a message of several parts.
type Whole = (String, u16, u8);

/// The parts of a message that are here, and since when the first one is.
struct Parts {
    here: BTreeMap<u8, (String, usize, Token)>,
    since: Instant,
}

impl Parts {
    fn new() -> Self {
        Self {
            here: BTreeMap::new(),
            since: Instant::now(),
        }
    }
}

struct Run {
    office: Arc<Office>,
    writer: Writer,
    notices: Arc<Notices>,
    lines: Vec<Line>,
    early: Vec<Early>,
    /// Parts that came in, until their message is whole. They stay on the SIM as long.
    parts: HashMap<Whole, Parts>,
    system: String,
}

impl Run {
    fn until_stopped(
        &mut self,
        events: &Receiver<ModemEvent>,
        woken: &Receiver<Notice>,
        controls: &Receiver<Control>,
    ) {
        loop {
            let timer = match self.dispatch() {
                Some(wait) => crossbeam_channel::after(wait),
                None => crossbeam_channel::never(),
            };
            let result = select! {
                recv(events) -> event => match event {
                    Ok(event) => self.event(event),
                    Err(_) => return,
                },
                recv(woken) -> _ => Ok(()),
                recv(timer) -> _ => Ok(()),
                recv(controls) -> control => match control {
                    Ok(Control::Ussd { modem, code, answer }) => {
                        self.ussd(&modem, code, answer);
                        Ok(())
                    }
                    Ok(Control::Stop { done }) => {
                        self.stop(events);
                        let _ = done.send(());
                        return;
                    }
                    Err(_) => return,
                },
            };
            if let Err(refusal) = result {
                tracing::error!(%refusal, "the outbox could not write down what happened");
            }
        }
    }

    /// Gives messages to idle modems. How long to wait before looking again, if time alone would change anything.
    fn dispatch(&mut self) -> Option<Duration> {
        let mut wait = self.give_up_parts();
        for at in 0..self.lines.len() {
            let Some(line) = self.lines.get_mut(at) else {
                continue;
            };
            if line.job.is_some() || !line.status.state.can_send() {
                continue;
            }
            if let Some(rest) = line
                .rest_until
                .map(|until| until.saturating_duration_since(Instant::now()))
                .filter(|rest| !rest.is_zero())
            {
                wait = Some(wait.map_or(rest, |other| other.min(rest)));
                continue;
            }
            let name = line.settings.name.clone();
            let now = self.office.clock.now();
            match self.office.next_in_queue(&name, now) {
                (Some(_), _) => {
                    let modem = name.clone();
                    match self.writer.commit(&self.system, None, move |office, now| {
                        office.claim(&modem, now)
                    }) {
                        Ok(Some(sms)) => self.give(at, &sms),
                        // The disk is nearly full, or the first in the queue has failed.
                        Ok(None) => wait = Some(wait.map_or(REST, |other| other.min(REST))),
                        Err(refusal) => {
                            tracing::error!(%refusal, modem = %name, "nothing can be sent");
                            wait = Some(wait.map_or(REST, |other| other.min(REST)));
                        }
                    }
                }
                (None, Some(later)) => {
                    let until =
                        (later - now).to_std().unwrap_or_default() + Duration::from_millis(1);
                    wait = Some(wait.map_or(until, |other| other.min(until)));
                }
                (None, None) => {}
            }
        }
        wait
    }

    /// Gives a claimed message to a modem.
    fn give(&mut self, at: usize, sms: &Sms) {
        let Some(line) = self.lines.get_mut(at) else {
            return;
        };
        match Office::job(sms) {
            Ok(job) => {
                line.job = Some(Job {
                    id: sms.id,
                    parts: job.parts.len(),
                    end: JobEnd::default(),
                });
                if !line.command(ModemCommand::Send(job)) {
                    tracing::error!(modem = %line.settings.name, "the modem's thread has ended");
                    line.status = ModemStatus::unknown(ModemState::Stopped);
                    self.finish(at);
                }
            }
            Err(refusal) => {
                let refused = crate::modem::Refusal {
                    class: crate::modem::ErrorClass::NeverWorks,
                    code: None,
                    text: refusal.to_string(),
                    handed_over: false,
                };
                line.job = Some(Job {
                    id: sms.id,
                    parts: 0,
                    end: JobEnd {
                        refused: Some(refused),
                        ..JobEnd::default()
                    },
                });
                self.finish(at);
            }
        }
    }

    /// Writes down how a job ended and claims the next message in the same write.
    fn finish(&mut self, at: usize) {
        let Some(line) = self.lines.get_mut(at) else {
            return;
        };
        let Some(job) = line.job.take() else { return };
        let next_by = line.status.state.can_send()
            && line.rest_until.is_none_or(|until| until <= Instant::now());
        let name = line.settings.name.clone();
        let (id, end) = (job.id, job.end);
        let committed = self.writer.commit(&self.system, None, move |office, now| {
            let mut facts = office.job_facts(id, &end, now)?;
            let (claim, next) = if next_by {
                office.claim(&name, now)?
            } else {
                (Vec::new(), None)
            };
            facts.extend(claim);
            Ok((facts, next))
        });
        match committed {
            Ok(Some(sms)) => self.give(at, &sms),
            Ok(None) => {}
            Err(refusal) => {
                tracing::error!(%refusal, sms = %id, "the end of a message was not written down; it is uncertain after a restart");
            }
        }
        self.retry_early();
    }

    fn event(&mut self, event: ModemEvent) -> Result<(), Refusal> {
        let Some(at) = self
            .lines
            .iter()
            .position(|line| *line.settings.name == *event.modem)
        else {
            return Ok(());
        };
        match event.what {
            What::Status(status) => self.status(at, *status),
            What::PartHandedOver { .. } => {}
            What::PartAccepted {
                part, reference, ..
            } => return self.accepted(at, part, reference),
            What::PartRefused { refusal, .. } => {
                if let Some(job) = self.job(at) {
                    job.end.refused = Some(refusal);
                }
            }
            What::PartUnknown { why, .. } => {
                if let Some(job) = self.job(at) {
                    job.end.unknown = Some(why);
                }
            }
            What::LateAcceptance {
                job,
                part,
                reference,
            } => {
                self.writer.commit(&self.system, None, move |office, now| {
                    office.late_acceptance(SmsId(job), part, reference, now)
                })?;
            }
            What::JobDone { .. } => {
                let given_back = self.job(at).is_some_and(|job| {
                    job.end.accepted.is_empty()
                        && job.end.refused.is_none()
                        && job.end.unknown.is_none()
                });
                if let (Some(line), true) = (self.lines.get_mut(at), given_back) {
                    line.rest_until = Some(Instant::now() + REST);
                }
                self.finish(at);
            }
            What::Report {
                token,
                reference,
                recipient,
                status,
                class,
                ..
            } => {
                let delivered = class == ReportClass::Delivered;
                if class == ReportClass::StillTrying {
                    self.stored(at, token);
                } else {
                    let early = Early {
                        line: at,
                        token,
                        reference,
                        recipient,
                        status,
                        delivered,
                        since: Instant::now(),
                    };
                    return self.report(early);
                }
            }
            What::Incoming {
                token,
                from,
                text,
                scts,
                concat,
                pdu,
            } => {
                let text = text.unwrap_or_else(|| format!("PDU {pdu}"));
                let sent = scts.map(|time| time.with_timezone(&Utc));
                // A part number that its own message does not have is no part of it.
                let part = concat
                    .filter(|concat| concat.total > 1 && (1..=concat.total).contains(&concat.seq));
                if let Some(concat) = part {
                    let whole = (from, concat.reference, concat.total);
                    let parts = self.parts.entry(whole.clone()).or_insert_with(Parts::new);
                    parts.here.insert(concat.seq, (text, at, token));
                    if parts.here.len() == usize::from(concat.total) {
                        self.join(&whole, sent)?;
                    }
                } else {
                    self.incoming(at, from, text, sent)?;
                    self.stored(at, token);
                }
            }
            What::Unreadable { token, pdu, why } => {
                tracing::warn!(%why, %pdu, "an incoming message cannot be read");
                self.incoming(at, "?".to_owned(), format!("PDU {pdu}"), None)?;
                self.stored(at, token);
            }
        }
        Ok(())
    }

    /// Takes in what is here of a message of several parts, with a mark where one is missing.
    fn join(&mut self, whole: &Whole, sent: Option<DateTime<Utc>>) -> Result<(), Refusal> {
        let Some(parts) = self.parts.remove(whole) else {
            return Ok(());
        };
        let (from, _, total) = whole;
        let text: String = (1..=*total)
            .map(|number| {
                parts
                    .here
                    .get(&number)
                    .map_or("[...]", |(text, _, _)| text.as_str())
            })
            .collect();
        let line = parts.here.values().next().map_or(0, |(_, line, _)| *line);
        self.incoming(line, from.clone(), text, sent)?;
        for (_, line, token) in parts.here.into_values() {
            self.stored(line, token);
        }
        Ok(())
    }

    /// A part that has not come within a day will not come; what is here must not fill the SIM for ever. How long until the next is due.
    fn give_up_parts(&mut self) -> Option<Duration> {
        let late: Vec<Whole> = self
            .parts
            .iter()
            .filter(|(_, parts)| parts.since.elapsed() >= PARTS_WAIT)
            .map(|(whole, _)| whole.clone())
            .collect();
        for whole in late {
            if let Err(refusal) = self.join(&whole, None) {
                tracing::error!(%refusal, "an incomplete message was not written down");
            }
        }
        self.parts
            .values()
            .map(|parts| PARTS_WAIT.saturating_sub(parts.since.elapsed()))
            .min()
    }

    fn job(&mut self, at: usize) -> Option<&mut Job> {
        self.lines.get_mut(at)?.job.as_mut()
    }

    fn accepted(&mut self, at: usize, part: u8, reference: Option<u8>) -> Result<(), Refusal> {
        let Some(job) = self.job(at) else {
            return Ok(());
        };
        if job.parts == 1 {
            // It is written down together with the end of the job, which comes right after.
            job.end.accepted.insert(part, reference);
            return Ok(());
        }
        let id = job.id;
        self.writer.commit(&self.system, None, move |_, now| {
            Ok((
                vec![Fact::SmsPartAccepted {
                    id,
                    part,
                    reference,
                    at: now,
                }],
                (),
            ))
        })
    }

    fn incoming(
        &self,
        at: usize,
        from: String,
        text: String,
        sent: Option<DateTime<Utc>>,
    ) -> Result<(), Refusal> {
        let modem = self
            .lines
            .get(at)
            .map(|line| line.settings.name.clone())
            .unwrap_or_default();
        self.writer.commit(&self.system, None, move |office, now| {
            office.incoming(&from, &text, sent, &modem, now)
        })
    }

    fn stored(&self, at: usize, token: Token) {
        if let Some(line) = self.lines.get(at) {
            line.command(ModemCommand::Stored(token));
        }
    }

    fn report(&mut self, early: Early) -> Result<(), Refusal> {
        let (reference, recipient, status, delivered) = (
            early.reference,
            early.recipient.clone(),
            early.status,
            early.delivered,
        );
        let matched = self.writer.commit(&self.system, None, move |office, now| {
            let facts = office.report(reference, &recipient, status, delivered, now)?;
            let matched = !facts.is_empty();
            Ok((facts, matched))
        })?;
        let in_flight = self.lines.iter().any(|line| line.job.is_some());
        if matched || !in_flight {
            if !matched {
                tracing::info!(
                    reference = early.reference,
                    "a delivery report belongs to no message of ours"
                );
            }
            self.stored(early.line, early.token);
        } else {
            self.early.push(early);
        }
        Ok(())
    }

    fn retry_early(&mut self) {
        for early in std::mem::take(&mut self.early) {
            if early.since.elapsed() > EARLY_REPORT {
                self.stored(early.line, early.token);
            } else if let Err(refusal) = self.report(early) {
                tracing::error!(%refusal, "a delivery report was not written down; the modem keeps it");
            }
        }
    }

    fn status(&mut self, at: usize, status: ModemStatus) {
        let Some(line) = self.lines.get_mut(at) else {
            return;
        };
        if status.state == ModemState::PinWrong
            && let Ok(Some(pin)) = read_pin(&line.settings)
        {
            remember_refused(&self.office, &line.settings.name, &pin);
        }
        if status.state != line.status.state {
            tracing::info!(modem = %line.settings.name, state = ?status.state, detail = %status.detail, "modem");
        }
        let changed = status != line.status;
        line.status = status;
        if changed {
            self.publish();
        }
    }

    fn publish(&self) {
        self.office
            .set_modems(self.lines.iter().map(Line::row).collect());
        self.notices.tell(self.writer.seq(), [Topic::Modem].into());
    }

    fn ussd(&self, modem: &str, code: String, answer: Sender<Result<String, Refusal>>) {
        let Some(line) = self.lines.iter().find(|line| line.settings.name == modem) else {
            let _ = answer.send(Err(Refusal::new("modem-unknown").with("name", modem)));
            return;
        };
        let (reply, replied) = bounded(1);
        if !line.command(ModemCommand::Ussd { code, reply }) {
            let _ = answer.send(Err(Refusal::new("modem-trouble").with("cause", "stopped")));
            return;
        }
        // The network takes seconds; the queue does not wait for it. Without a thread, whoever asked is told that no answer came.
        let _ = std::thread::Builder::new()
            .name("ussd".to_owned())
            .spawn(move || {
                let result = match replied.recv_timeout(USSD_WAIT) {
                    Ok(Ok(reply)) => Ok(reply.text),
                    Ok(Err(cause)) => Err(Refusal::new("modem-trouble").with("cause", cause)),
                    Err(_) => Err(Refusal::new("modem-trouble").with("cause", "no answer")),
                };
                let _ = answer.send(result);
            });
    }

    fn stop(&mut self, events: &Receiver<ModemEvent>) {
        let handles: Vec<ModemHandle> = self
            .lines
            .iter_mut()
            .filter_map(|line| line.handle.take())
            .collect();
        for handle in handles {
            handle.stop();
        }
        // What was in flight has its outcome now; nothing new is claimed, since no modem is there.
        for line in &mut self.lines {
            line.status.state = ModemState::Stopped;
        }
        for event in events.try_iter() {
            if matches!(event.what, What::Status(_)) {
                continue;
            }
            if let Err(refusal) = self.event(event) {
                tracing::error!(%refusal, "the end of a message was not written down");
            }
        }
    }
}

fn read_pin(modem: &Modem) -> Result<Option<String>, Refusal> {
    match (&modem.pin, &modem.pin_file) {
        (Some(pin), _) => Ok(Some(pin.trim().to_owned())),
        (None, Some(path)) => {
            let bad = |error| {
                Refusal::new("file-bad")
                    .with("file", path.display())
                    .with("line", "")
                    .with("cause", error)
            };
            Ok(Some(
                crate::home::read_text(path).map_err(bad)?.trim().to_owned(),
            ))
        }
        (None, None) => Ok(None),
    }
}

/// A PIN that the SIM refused is never tried again, also not after a restart: three wrong ones lock the SIM. Only its hash is kept.
fn refused_file(office: &Office, modem: &str) -> std::path::PathBuf {
    let name: String = modem
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    office.home.join(format!("refused-pin-{name}"))
}

fn was_refused(office: &Office, modem: &str, pin: &str) -> bool {
    let hash = super::journal::hash_of(pin.as_bytes());
    std::fs::read_to_string(refused_file(office, modem)).is_ok_and(|known| known.trim() == hash)
}

fn remember_refused(office: &Office, modem: &str, pin: &str) {
    let hash = super::journal::hash_of(pin.as_bytes());
    if let Err(error) = std::fs::write(refused_file(office, modem), hash) {
        tracing::error!(%error, "cannot remember that the PIN was refused");
    }
}
