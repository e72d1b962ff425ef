//! One exchange at a time: a command with its answer, or the handing over of a text.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::error::AtError;
use super::lines::{Lines, Token};
use super::parse::{Announced, Notice, Unsolicited, fields, notice};

const CTRL_Z: u8 = 0x1A;
const ESCAPE: u8 = 0x1B;
/// Most lines kept of one answer: a full SIM of 255 messages takes 510.
const MAX_ANSWER_LINES: usize = 1024;
/// Announcements that wait for their PDU; one inside another happens, more does not.
const MAX_ANNOUNCED: usize = 4;
/// Shortest PDU: service centre, first octet, and a little.
const MIN_PDU_DIGITS: usize = 8;

/// Which lines before the final result belong to the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// None: only the final result counts.
    Final,
    /// Lines that begin with this, such as `+CSQ:`.
    Prefixed(&'static str),
    /// Lines that begin with this, each followed by a PDU line.
    WithPdu(&'static str),
    /// Whatever is not known to come unasked (manufacturer, model, serial number).
    Any,
}

/// What to do next on the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exchange {
    /// A command and its final result.
    Command {
        /// From `AT` on, without the line end.
        text: String,
        /// What its answer looks like.
        answer: Answer,
        /// How long the final result may take, from the command or from the last line of the answer on.
        within: Duration,
    },
    /// `AT+CMGS`: prompt, PDU, result.
    Submit {
        /// Octets of the TPDU, which is what the command names.
        length: usize,
        /// Service centre and TPDU in hexadecimal.
        pdu: String,
        /// How long each step may take.
        times: SubmitTimes,
    },
    /// Escape, then `AT`: brings back a modem that may be waiting for a text.
    Hello {
        /// How long the `OK` may take.
        within: Duration,
    },
    /// Nothing is written; ends when the line has been silent this long, so that late answers to
    /// earlier commands are not taken for answers to later ones.
    Quiet {
        /// How long silence must last.
        silence: Duration,
        /// When to stop waiting for silence.
        within: Duration,
    },
}

/// Patience while sending one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubmitTimes {
    /// From the command to the prompt.
    pub prompt: Duration,
    /// From the text to the result; then the modem is asked whether it is alive.
    pub answer: Duration,
    /// From that question to giving up.
    pub probe: Duration,
}

/// How an exchange other than `Submit` ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// `OK`, with the lines that belong to the answer (with [`Answer::WithPdu`]: head, PDU, …).
    Ok(Vec<String>),
    /// Another final result.
    Error(AtError),
    /// No final result in time.
    Silence,
    /// The port went away.
    Lost,
}

/// How the handing over of a text ended. These are the cases that must never be mixed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubmitOutcome {
    /// The text was never handed over: sending again is safe.
    NotHandedOver(Trouble),
    /// The text was handed over and the modem or the network refused it: sending again is safe.
    Refused(AtError),
    /// The network took it.
    Accepted {
        /// TP-MR, by which the status report will name it; `None` when that line was damaged.
        reference: Option<u8>,
        /// Whether the conversation is in step; otherwise say hello before the next command.
        in_step: bool,
    },
    /// The text was handed over and no result came: it may or may not have been sent.
    Unknown {
        /// What happened instead of a result.
        why: Trouble,
        /// Whether the modem still answers.
        alive: bool,
    },
}

/// What went wrong when it was not a refusal after the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The modem refused the command itself.
    #[error("{0}")]
    Refused(AtError),
    /// Nothing came in time.
    #[error("the modem did not answer")]
    Silence,
    /// The port went away.
    #[error("the connection to the modem was lost")]
    Lost,
    /// The modem said something that makes no sense here.
    #[error("the modem's answer was damaged")]
    Garbled,
}

/// What the engine has to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The exchange is over.
    Done(Outcome),
    /// The `Submit` exchange is over.
    SubmitDone(SubmitOutcome),
    /// The text of the message is about to be written: from here on it may be sent.
    HandingOver,
    /// Something came unasked.
    Unsolicited(Unsolicited),
    /// A line that belongs to nothing: noise, or a device that is no modem.
    Stray(String),
}

/// What a `+CMGS:` line said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reference {
    Number(u8),
    Damaged,
}

impl Reference {
    fn number(self) -> Option<u8> {
        match self {
            Self::Number(number) => Some(number),
            Self::Damaged => None,
        }
    }
}

#[derive(Debug)]
enum State {
    Idle,
    Command {
        echo: String,
        answer: Answer,
        lines: Vec<String>,
        within: Duration,
    },
    AwaitPrompt {
        pdu: String,
        times: SubmitTimes,
    },
    AwaitResult {
        pdu: String,
        times: SubmitTimes,
        reference: Option<Reference>,
    },
    /// The result did not come; `AT` was written to see who is there.
    Probing {
        pdu: String,
    },
    Quiet {
        silence: Duration,
        give_up: Instant,
    },
}

/// The announcement that the next PDU line belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pending {
    Unasked(Announced),
    Answer,
}

/// The AT conversation. Feed it with [`Engine::receive`] and [`Engine::expire`], then take
/// [`Engine::next_write`] and [`Engine::next_event`] until both are empty.
#[derive(Debug)]
pub struct Engine {
    lines: Lines,
    state: State,
    deadline: Option<Instant>,
    pending: Vec<Pending>,
    writes: VecDeque<Vec<u8>>,
    events: VecDeque<Event>,
}

impl Default for Engine {
    fn default() -> Self {
        Self {
            lines: Lines::default(),
            state: State::Idle,
            deadline: None,
            pending: Vec::new(),
            writes: VecDeque::new(),
            events: VecDeque::new(),
        }
    }
}

impl Engine {
    /// Whether a new exchange may begin.
    pub fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle)
    }

    /// When [`Engine::expire`] wants to be called.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Bytes for the port, in order.
    pub fn next_write(&mut self) -> Option<Vec<u8>> {
        self.writes.pop_front()
    }

    /// Events, in order.
    pub fn next_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// What stands on the line without a line end.
    pub fn unfinished(&self) -> Option<String> {
        self.lines.unfinished()
    }

    /// Begins an exchange. Call only when idle; otherwise the running one is lost and reported.
    pub fn begin(&mut self, exchange: Exchange, now: Instant) {
        if !self.is_idle() {
            self.lost();
        }
        self.lines.expect_prompt(false);
        match exchange {
            Exchange::Command {
                text,
                answer,
                within,
            } => {
                self.writes.push_back(format!("{text}\r").into_bytes());
                self.state = State::Command {
                    echo: text,
                    answer,
                    lines: Vec::new(),
                    within,
                };
                self.deadline = Some(now + within);
            }
            Exchange::Hello { within } => {
                self.writes.push_back(vec![ESCAPE]);
                self.writes.push_back(b"AT\r".to_vec());
                let (echo, answer) = ("AT".to_owned(), Answer::Final);
                self.state = State::Command {
                    echo,
                    answer,
                    lines: Vec::new(),
                    within,
                };
                self.deadline = Some(now + within);
            }
            Exchange::Submit { length, pdu, times } => {
                self.writes
                    .push_back(format!("AT+CMGS={length}\r").into_bytes());
                self.lines.expect_prompt(true);
                self.state = State::AwaitPrompt { pdu, times };
                self.deadline = Some(now + times.prompt);
            }
            Exchange::Quiet { silence, within } => {
                self.state = State::Quiet {
                    silence,
                    give_up: now + within,
                };
                self.deadline = Some(now + silence.min(within));
            }
        }
    }

    /// Bytes from the port.
    pub fn receive(&mut self, bytes: &[u8], now: Instant) {
        if let State::Quiet { silence, give_up } = self.state {
            self.deadline = Some((now + silence).min(give_up));
        }
        for &byte in bytes {
            match self.lines.push(byte) {
                None => {}
                Some(Token::Prompt) => self.prompt(now),
                Some(Token::Line(line)) => self.line(line, now),
                Some(Token::Overlong) => {
                    self.events
                        .push_back(Event::Stray("(a line without end)".to_owned()));
                }
            }
        }
    }

    /// Time has passed.
    pub fn expire(&mut self, now: Instant) {
        if self.deadline.is_none_or(|deadline| now < deadline) {
            return;
        }
        self.deadline = None;
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Idle => {}
            State::Command { .. } => self.done(Outcome::Silence),
            State::Quiet { .. } => self.done(Outcome::Ok(Vec::new())),
            State::AwaitPrompt { .. } => {
                // The prompt may have been lost on the way: take the modem out of text entry.
                self.writes.push_back(vec![ESCAPE]);
                self.submit_done(SubmitOutcome::NotHandedOver(Trouble::Silence));
            }
            // A reference is only given once the network has taken the message.
            State::AwaitResult {
                reference: Some(reference),
                ..
            } => {
                self.submit_done(SubmitOutcome::Accepted {
                    reference: reference.number(),
                    in_step: false,
                });
            }
            State::AwaitResult {
                pdu,
                times,
                reference: None,
            } => {
                self.writes.push_back(b"AT\r".to_vec());
                self.state = State::Probing { pdu };
                self.deadline = Some(now + times.probe);
            }
            State::Probing { .. } => {
                self.submit_done(SubmitOutcome::Unknown {
                    why: Trouble::Silence,
                    alive: false,
                });
            }
        }
    }

    /// The port is gone: whatever was going on ends now, and half a line is forgotten.
    pub fn lost(&mut self) {
        self.lines.clear();
        self.pending.clear();
        self.writes.clear();
        self.deadline = None;
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Idle => {}
            State::Command { .. } | State::Quiet { .. } => self.done(Outcome::Lost),
            State::AwaitPrompt { .. } => {
                self.submit_done(SubmitOutcome::NotHandedOver(Trouble::Lost));
            }
            State::AwaitResult {
                reference: Some(reference),
                ..
            } => {
                self.submit_done(SubmitOutcome::Accepted {
                    reference: reference.number(),
                    in_step: false,
                });
            }
            State::AwaitResult { .. } | State::Probing { .. } => {
                self.submit_done(SubmitOutcome::Unknown {
                    why: Trouble::Lost,
                    alive: false,
                });
            }
        }
    }

    fn prompt(&mut self, now: Instant) {
        let State::AwaitPrompt { pdu, times } = &mut self.state else {
            return;
        };
        let (pdu, times) = (std::mem::take(pdu), *times);
        let mut text = pdu.clone().into_bytes();
        text.push(CTRL_Z);
        self.events.push_back(Event::HandingOver);
        self.writes.push_back(text);
        self.state = State::AwaitResult {
            pdu,
            times,
            reference: None,
        };
        self.deadline = Some(now + times.answer);
    }

    fn line(&mut self, line: String, now: Instant) {
        // A damaged beginning must not hide the result behind it.
        let line = match line.find(|c: char| c.is_ascii_alphanumeric() || "+^*$\">(".contains(c)) {
            Some(start) if start > 0 => line.split_at(start).1.to_owned(),
            _ => line,
        };
        if self.is_echo(&line) || self.take_pdu(&line) || self.take_answer(&line, now) {
            return;
        }
        if let Some(found) = notice_in(&line, &self.state) {
            match found {
                Notice::Ignored => {}
                Notice::Complete(what) => self.events.push_back(Event::Unsolicited(what)),
                Notice::PduFollows(what) => self.announce(Pending::Unasked(what)),
            }
            return;
        }
        self.final_result(line, now);
    }

    fn announce(&mut self, what: Pending) {
        if self.pending.len() >= MAX_ANNOUNCED {
            self.pending.remove(0);
        }
        self.pending.push(what);
    }

    /// A PDU belongs to the latest announcement.
    fn take_pdu(&mut self, line: &str) -> bool {
        let is_pdu = line.len() >= MIN_PDU_DIGITS
            && line.len().is_multiple_of(2)
            && line.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_pdu {
            return false;
        }
        match self.pending.pop() {
            None => false,
            Some(Pending::Unasked(announced)) => {
                let pdu = line.to_owned();
                self.events.push_back(Event::Unsolicited(match announced {
                    Announced::Message => Unsolicited::Message(pdu),
                    Announced::Report => Unsolicited::Report(pdu),
                }));
                true
            }
            Some(Pending::Answer) => {
                if let State::Command { lines, .. } = &mut self.state {
                    lines.push(line.to_owned());
                }
                true
            }
        }
    }

    fn is_echo(&self, line: &str) -> bool {
        match &self.state {
            State::Idle | State::Quiet { .. } => false,
            State::Command { echo, .. } => line == echo,
            State::AwaitPrompt { .. } => line.starts_with("AT+CMGS="),
            State::AwaitResult { pdu, .. } => is_echoed_text(line, pdu),
            State::Probing { pdu } => line == "AT" || is_echoed_text(line, pdu),
        }
    }

    /// Lines that belong to the running command's answer.
    fn take_answer(&mut self, line: &str, now: Instant) -> bool {
        let State::Command {
            answer,
            lines,
            within,
            ..
        } = &mut self.state
        else {
            return false;
        };
        let belongs = match *answer {
            Answer::Final | Answer::Any => false,
            Answer::Prefixed(prefix) if prefix.starts_with("+CREG") => {
                line.starts_with(prefix) && !matches!(notice(line), Some(Notice::Complete(_)))
            }
            Answer::Prefixed(prefix) | Answer::WithPdu(prefix) => line.starts_with(prefix),
        };
        if belongs {
            let with_pdu = matches!(answer, Answer::WithPdu(_));
            if lines.len() < MAX_ANSWER_LINES {
                // A full SIM takes its time, but it does not stop.
                self.deadline = Some(now + *within);
                lines.push(line.to_owned());
                if with_pdu {
                    self.announce(Pending::Answer);
                }
            }
        }
        belongs
    }

    /// What is left: a final result, a free-form answer, or noise.
    fn final_result(&mut self, line: String, now: Instant) {
        let ok = line == "OK";
        match &mut self.state {
            State::Idle | State::Quiet { .. } => self.stray(line),
            State::Command { answer, lines, .. } => {
                if ok {
                    let lines = std::mem::take(lines);
                    self.end_command(Outcome::Ok(lines));
                } else if let Some(error) = AtError::parse(&line) {
                    self.end_command(Outcome::Error(error));
                } else if *answer == Answer::Any && lines.len() < MAX_ANSWER_LINES {
                    lines.push(line);
                } else {
                    self.stray(line);
                }
            }
            State::AwaitPrompt { .. } => match AtError::parse(&line) {
                Some(error) => {
                    self.end_submit(SubmitOutcome::NotHandedOver(Trouble::Refused(error)));
                }
                // An OK without a prompt: the modem did something else than taking a text.
                None if ok => self.end_submit(SubmitOutcome::NotHandedOver(Trouble::Garbled)),
                None => self.stray(line),
            },
            State::AwaitResult {
                reference, times, ..
            } => {
                if let Some(found) = reference_in(&line) {
                    *reference = Some(found);
                    // The OK follows at once; if it does not, the message is taken all the same.
                    self.deadline = Some(now + times.probe);
                } else if ok {
                    let reference = reference.and_then(Reference::number);
                    self.end_submit(SubmitOutcome::Accepted {
                        reference,
                        in_step: true,
                    });
                } else if let Some(error) = error_in(&line) {
                    let outcome = match reference {
                        None if error.leaves_doubt() => SubmitOutcome::Unknown {
                            why: Trouble::Refused(error),
                            alive: true,
                        },
                        None => SubmitOutcome::Refused(error),
                        Some(reference) => SubmitOutcome::Accepted {
                            reference: reference.number(),
                            in_step: false,
                        },
                    };
                    self.end_submit(outcome);
                } else {
                    self.stray(line);
                }
            }
            State::Probing { .. } => {
                if let Some(reference) = reference_in(&line) {
                    // The result came after all; the answer to the probe is still on its way.
                    self.end_submit(SubmitOutcome::Accepted {
                        reference: reference.number(),
                        in_step: false,
                    });
                } else if line.starts_with("+CMS ERROR") {
                    if let Some(error) = AtError::parse(&line) {
                        self.end_submit(SubmitOutcome::Refused(error));
                    }
                } else if ok || AtError::parse(&line).is_some() {
                    self.end_submit(SubmitOutcome::Unknown {
                        why: Trouble::Silence,
                        alive: true,
                    });
                } else {
                    self.stray(line);
                }
            }
        }
    }

    fn end_command(&mut self, outcome: Outcome) {
        self.state = State::Idle;
        self.deadline = None;
        self.pending.retain(|pending| *pending != Pending::Answer);
        self.done(outcome);
    }

    fn end_submit(&mut self, outcome: SubmitOutcome) {
        self.state = State::Idle;
        self.deadline = None;
        self.submit_done(outcome);
    }

    fn done(&mut self, outcome: Outcome) {
        self.pending.retain(|pending| *pending != Pending::Answer);
        self.events.push_back(Event::Done(outcome));
    }

    fn submit_done(&mut self, outcome: SubmitOutcome) {
        self.lines.expect_prompt(false);
        self.events.push_back(Event::SubmitDone(outcome));
    }

    fn stray(&mut self, line: String) {
        self.events.push_back(Event::Stray(line));
    }
}

/// While a result of sending is awaited, `+CMGS` is that result and not a late one.
fn notice_in(line: &str, state: &State) -> Option<Notice> {
    if matches!(state, State::AwaitResult { .. } | State::Probing { .. }) && line.contains("+CMGS:")
    {
        return None;
    }
    notice(line)
}

/// `+CMGS: n` anywhere in the line, for modems whose echo or noise stands before it.
fn reference_in(line: &str) -> Option<Reference> {
    let (_, rest) = line.split_once("+CMGS:")?;
    let number = fields(rest)
        .first()
        .and_then(|reference| reference.parse().ok());
    Some(number.map_or(Reference::Damaged, Reference::Number))
}

fn error_in(line: &str) -> Option<AtError> {
    AtError::parse(line).or_else(|| {
        let at = line
            .find("+CMS ERROR")
            .or_else(|| line.find("+CME ERROR"))?;
        AtError::parse(line.split_at_checked(at)?.1)
    })
}

/// An echoed PDU, perhaps behind the prompt it answered.
fn is_echoed_text(line: &str, pdu: &str) -> bool {
    line.trim_start_matches(['>', ' ']) == pdu
}
