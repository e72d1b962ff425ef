//! The outbox: gives queued messages to the modems, writes down what became of them, and takes in what comes from the network.
//!
//! One thread waits for whatever comes first: an event of a modem, a change of the queue, the next time something may leave. There is
//! no polling. A message is `sending` on disk before a modem gets it; the facts of its end and the claim of the next message share
//! one write, so that a burst goes at the modem's own pace. What came in while the last write was made is written together.

mod gateway;
mod incoming;
mod line;
mod pin;
mod reports;
mod sending;

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use crossbeam_channel::{Receiver, Sender, bounded, select, unbounded};

use super::notices::Notices;
use super::office::Office;
use super::writer::Writer;
use crate::ask::{Notice, Topic};
use crate::domain::access::Actor;
use crate::domain::id::SmsId;
use crate::domain::refusal::Refusal;
use crate::gsm::pdu::ReportClass;
use crate::modem::{ModemCommand, ModemEvent, ModemHandle, ModemState, ModemStatus, What};
use incoming::Unwritten;
use line::Line;
use pin::{forget_refused, remember_refused};
use reports::Early;

/// Events dealt with before what came in among them is waited for, at the most: an answer waits no longer than these take.
const BURST: usize = 256;

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
            unwritten: Vec::new(),
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

struct Run {
    office: Arc<Office>,
    writer: Writer,
    notices: Arc<Notices>,
    lines: Vec<Line>,
    early: Vec<Early>,
    /// What came in and was handed to the writer.
    unwritten: Vec<Unwritten>,
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
            select! {
                recv(events) -> event => match event {
                    Ok(event) => self.burst(event, events),
                    Err(_) => return,
                },
                recv(woken) -> _ => {}
                recv(timer) -> _ => {}
                recv(controls) -> control => match control {
                    Ok(Control::Ussd { modem, code, answer }) => self.ussd(&modem, code, answer),
                    Ok(Control::Stop { done }) => {
                        self.stop(events);
                        let _ = done.send(());
                        return;
                    }
                    Err(_) => return,
                },
            }
        }
    }

    /// Deals with what the modems have told by now. Incoming messages among it share a write.
    fn burst(&mut self, first: ModemEvent, events: &Receiver<ModemEvent>) {
        for event in std::iter::once(first).chain(events.try_iter().take(BURST - 1)) {
            if let Err(refusal) = self.event(event) {
                tracing::error!(%refusal, "the outbox could not write down what happened");
            }
        }
        self.settle();
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
            What::PinRefused(pin) => remember_refused(&self.office, &event.modem, &pin),
            What::PinForgotten => forget_refused(&self.office, &event.modem),
            What::PartHandedOver { .. } => {}
            What::PartAccepted {
                part, reference, ..
            } => return self.accepted(at, part, reference),
            What::PartsAccepted { parts, .. } => {
                if let Some(job) = self.job(at) {
                    // They are written down together with the end of the job, which comes right after.
                    job.end
                        .accepted
                        .extend(parts.into_iter().map(|part| (part, None)));
                }
            }
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
            What::JobDone { .. } => self.job_done(at),
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
                    let awaits = self.in_flight_to(&recipient);
                    self.report(Early {
                        line: at,
                        token,
                        reference,
                        recipient,
                        status,
                        delivered,
                        awaits,
                    });
                }
            }
            What::GatewayReport {
                token,
                job,
                attempt,
                part,
                fate,
                words,
            } => {
                let written = self.writer.commit(&self.system, None, move |office, now| {
                    office.gateway_report(SmsId(job), attempt, part, fate, &words, now)
                });
                match written {
                    Ok(()) => self.stored(at, token),
                    Err(refusal) => self.not_stored(at, token, &refusal),
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
                self.message_came(at, token, from, text, sent, concat);
            }
            What::Unreadable { token, pdu, why } => {
                let octets = pdu.len() / 2;
                tracing::warn!(%why, octets, "an incoming message cannot be read");
                let text = format!("PDU {pdu}");
                self.message_came(at, token, "?".to_owned(), text, None, None);
            }
        }
        Ok(())
    }

    fn status(&mut self, at: usize, status: ModemStatus) {
        let Some(line) = self.lines.get_mut(at) else {
            return;
        };
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
        self.settle();
    }
}
