//! The way out: gives queued messages to idle modems and writes down how each ended.

use std::time::{Duration, Instant};

use super::Run;
use super::line::Job;
use crate::domain::fact::Fact;
use crate::domain::refusal::Refusal;
use crate::domain::sms::Sms;
use crate::modem::{ModemCommand, ModemState, ModemStatus};
use crate::server::office::Office;
use crate::server::queue::JobEnd;

/// A modem that gave a message back is left alone for this long.
const REST: Duration = Duration::from_secs(1);

impl Run {
    /// Gives messages to idle modems. How long to wait before looking again, if time alone would change anything.
    pub(super) fn dispatch(&mut self) -> Option<Duration> {
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
                    let until = (later - now).to_std().unwrap_or_default();
                    let until = self.office.clock.wait(until) + Duration::from_millis(1);
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
                    to: sms.to.clone(),
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
                    to: sms.to.clone(),
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

    /// The modem is through with its message.
    pub(super) fn job_done(&mut self, at: usize) {
        let given_back = self.job(at).is_some_and(|job| {
            job.end.accepted.is_empty() && job.end.refused.is_none() && job.end.unknown.is_none()
        });
        if let (Some(line), true) = (self.lines.get_mut(at), given_back) {
            line.rest_until = Some(Instant::now() + REST);
        }
        self.finish(at);
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

    pub(super) fn job(&mut self, at: usize) -> Option<&mut Job> {
        self.lines.get_mut(at)?.job.as_mut()
    }

    pub(super) fn accepted(
        &mut self,
        at: usize,
        part: u8,
        reference: Option<u8>,
    ) -> Result<(), Refusal> {
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
}
