//! Messages out, part by part.

use super::{Session, Task};
use crate::gsm::pdu::to_hex;
use crate::modem::at::{ErrorClass, Exchange, SubmitOutcome, SubmitTimes, Trouble};
use crate::modem::event::{Refusal, What};
use crate::modem::job::SendJob;
use crate::modem::session::startup::Step;

/// The job on the line.
#[derive(Debug)]
pub(super) struct Active {
    pub job: SendJob,
    /// Index of the part that is on the line or comes next.
    pub next: usize,
    pub cancelled: bool,
    /// Whether the link was asked to stay up for this job.
    pub link_kept: bool,
}

impl Active {
    /// The number of the part on the line.
    pub fn part(&self) -> u8 {
        self.job.parts.get(self.next).map_or(0, |part| part.number)
    }
}

impl Session {
    /// The next part to hand over, or what must come before it.
    pub(super) fn pick_submit(&mut self) -> Option<Task> {
        if self.active.is_none() {
            let job = self.waiting.pop_front()?;
            if job.parts.is_empty() {
                self.give_back(&job, 0, "a message without parts");
                return self.pick_submit();
            }
            self.active = Some(Active {
                job,
                next: 0,
                cancelled: false,
                link_kept: false,
            });
        }
        let active = self.active.as_mut()?;
        if active.cancelled {
            let active = self.active.take()?;
            self.give_back(&active.job, active.next, "taken back");
            return self.pick_submit();
        }
        if self.keep_link == 1 && active.job.parts.len() > 1 && !active.link_kept {
            active.link_kept = true;
            return Some(Task::Step(Step::KeepLinkOnce));
        }
        self.last_unknown = None;
        Some(Task::Submit)
    }

    pub(super) fn submit_exchange(&self) -> Option<Exchange> {
        let active = self.active.as_ref()?;
        let part = active.job.parts.get(active.next)?;
        let timing = &self.settings.timing;
        Some(Exchange::Submit {
            length: part.tpdu.len(),
            // The service centre of the SIM.
            pdu: format!("00{}", to_hex(&part.tpdu)),
            times: SubmitTimes {
                prompt: timing.prompt,
                answer: timing.answer,
                probe: timing.probe,
            },
        })
    }

    /// Tells the outcome of a part. The state is told before `JobDone`, so that the host knows it
    /// when it chooses the next message.
    pub(super) fn submit_done(&mut self, outcome: SubmitOutcome) {
        let Some(mut active) = self.active.take() else {
            return;
        };
        let (job, part) = (active.job.id, active.part());
        active.next += 1;
        match outcome {
            SubmitOutcome::Accepted { reference, in_step } => {
                self.emit(What::PartAccepted {
                    job,
                    part,
                    reference,
                });
                if in_step && active.next < active.job.parts.len() {
                    self.active = Some(active);
                    return;
                }
                if !in_step {
                    self.recover("the modem's answer was damaged");
                }
                self.give_back(&active.job, active.next, "the modem's answer was damaged");
            }
            SubmitOutcome::Refused(error) => {
                let refusal = Refusal {
                    class: error.class,
                    code: error.code,
                    text: error.text.clone(),
                    handed_over: true,
                };
                self.emit(What::PartRefused { job, part, refusal });
                self.after_refusal(&error);
                self.give_back(&active.job, active.next, "an earlier part was refused");
            }
            SubmitOutcome::NotHandedOver(trouble) => {
                let text = trouble.to_string();
                let (class, code) = match &trouble {
                    Trouble::Refused(error) => (error.class, error.code),
                    _ => (ErrorClass::ModemTrouble, None),
                };
                let refusal = Refusal {
                    class,
                    code,
                    text,
                    handed_over: false,
                };
                self.emit(What::PartRefused { job, part, refusal });
                match trouble {
                    Trouble::Refused(error) => self.after_refusal(&error),
                    Trouble::Lost => {}
                    Trouble::Silence | Trouble::Garbled => self.recover("no prompt for the text"),
                }
                self.give_back(&active.job, active.next, "an earlier part was refused");
            }
            SubmitOutcome::Unknown { why, alive } => {
                self.emit(What::PartUnknown {
                    job,
                    part,
                    why: why.to_string(),
                });
                match why {
                    Trouble::Lost => {}
                    Trouble::Refused(error) => self.after_refusal(&error),
                    // The late answer may still come, so begin anew rather than go on.
                    _ => {
                        self.recover("no answer after the text");
                        if !alive {
                            self.hung();
                        }
                    }
                }
                self.last_unknown = Some((job, part));
                self.give_back(
                    &active.job,
                    active.next,
                    "the fate of an earlier part is unknown",
                );
            }
        }
    }

    /// Looks at what a refusal says about the modem itself.
    fn after_refusal(&mut self, error: &crate::modem::at::AtError) {
        if error.is_no_sim() {
            self.recover("the SIM is gone");
        } else if error.is_no_network() {
            self.queue_once(Step::Registration);
        } else if error.is_memory_full() {
            self.storage.list_soon();
        }
    }

    /// Ends a job; the parts from index `from` on were never handed over.
    pub(super) fn give_back(&mut self, job: &SendJob, from: usize, why: &str) {
        let unsent: Vec<u8> = job
            .parts
            .iter()
            .skip(from)
            .map(|part| part.number)
            .collect();
        let why = (!unsent.is_empty() || job.parts.is_empty()).then(|| why.to_owned());
        self.emit(What::JobDone {
            job: job.id,
            unsent,
            why,
        });
    }
}
