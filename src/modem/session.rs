//! A modem's life as a state machine without a port and without a clock: say hello, initialise,
//! send, receive, watch, bring back. The worker gives it bytes, commands and the time, and takes
//! bytes, events and the wish to open the port anew.

mod pin;
mod sending;
mod startup;
mod storage;
mod ussd;

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::at::{AtError, Engine, Event, Exchange, Outcome, Unsolicited};
use super::event::{ModemEvent, ModemState, ModemStatus, Token, UssdReply, What};
use super::job::SendJob;
use super::settings::ModemSettings;
use pin::Pin;
use sending::Active;
use startup::Step;
use storage::Storage;

/// Stray lines kept to tell what a port that is no modem might be.
const MAX_STRAYS: usize = 20;
/// Messages that wait behind the one being sent. The host gives one at a time.
const MAX_WAITING: usize = 16;
/// Of so many looks at an idle modem, one asks also for the operator and the store.
const FULL_LOOK: u32 = 5;

/// One thing to do on the line.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Task {
    /// Escape and `AT`; the number counts the tries.
    Hello(u8),
    /// `ATZ`, the last try before the port is opened anew.
    Reset,
    /// Wait until no late answer comes.
    Settle,
    /// Part of initialising or watching.
    Step(Step),
    /// Initialising is over.
    Arrive,
    /// The next part of the active job.
    Submit,
    /// Make this store the one that is read.
    Select(String),
    /// Read all messages of a store.
    List(String),
    /// Read one message.
    Read { store: String, index: u16 },
    /// Delete a message that the host has stored.
    Delete(Token),
    /// `AT+CNMA` for a message or report that came directly.
    Acknowledge,
    /// A service code, plain or packed into hexadecimal.
    Ussd { code: String, packed: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// No port.
    Closed,
    /// Between hello and [`Task::Arrive`].
    Starting,
    /// Initialised.
    Running,
}

/// See the module's documentation.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about one modem"
)]
pub struct Session {
    name: Arc<str>,
    settings: ModemSettings,
    engine: Engine,
    phase: Phase,
    queue: VecDeque<Task>,
    running: Option<Task>,
    wait_until: Option<Instant>,
    next_look: Option<Instant>,
    looks: u32,
    /// Commands that this modem does not answer at all although it is well.
    mute: HashSet<Step>,
    /// Commands that it has left unanswered once.
    doubted: HashSet<Step>,
    /// The command whose silence led to saying hello again.
    silent: Option<Step>,
    busy_tries: u8,
    strays: Vec<String>,
    /// Hello was answered since the port was opened.
    answered: bool,
    ever_ready: bool,
    reopen: bool,
    stopping: bool,

    status: ModemStatus,
    told: Option<ModemStatus>,
    registered: bool,
    /// `+CREG` while `+CEREG` is being asked.
    circuit: u8,
    storage_full: bool,
    pin: Pin,
    /// `AT+CNMA` is expected (service 1 of `AT+CSMS`).
    acknowledges: bool,
    acks: u8,
    /// 2: the link stays up between messages; 1: it must be asked for before each job.
    keep_link: u8,

    active: Option<Active>,
    waiting: VecDeque<SendJob>,
    last_unknown: Option<(u64, u8)>,
    storage: Storage,
    storage_turn: bool,
    /// When to tell again what the host could not write down.
    tell_again: Option<Instant>,
    ussd_codes: VecDeque<String>,
    ussd_deadline: Option<Instant>,
    ussd_replies: VecDeque<Result<UssdReply, String>>,
    events: VecDeque<ModemEvent>,
}

impl Session {
    /// A session without a port.
    pub fn new(settings: ModemSettings) -> Self {
        Self {
            name: settings.name.as_str().into(),
            pin: Pin::remembered(settings.refused_pin.clone()),
            settings,
            engine: Engine::default(),
            phase: Phase::Closed,
            queue: VecDeque::new(),
            running: None,
            wait_until: None,
            next_look: None,
            looks: 0,
            mute: HashSet::new(),
            doubted: HashSet::new(),
            silent: None,
            busy_tries: 0,
            strays: Vec::new(),
            answered: false,
            ever_ready: false,
            reopen: false,
            stopping: false,
            status: ModemStatus::unknown(ModemState::Starting),
            told: None,
            registered: false,
            circuit: 0,
            storage_full: false,
            acknowledges: false,
            acks: 0,
            keep_link: 0,
            active: None,
            waiting: VecDeque::new(),
            last_unknown: None,
            storage: Storage::default(),
            storage_turn: false,
            tell_again: None,
            ussd_codes: VecDeque::new(),
            ussd_deadline: None,
            ussd_replies: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// The port is open.
    pub fn opened(&mut self, now: Instant) {
        self.engine = Engine::default();
        self.reopen = false;
        self.answered = false;
        self.strays.clear();
        if !matches!(self.status.state, ModemState::WrongPort | ModemState::Hung) {
            self.set_state(ModemState::Starting, "saying hello");
        }
        self.start_over(1);
        self.advance(now);
    }

    /// The port is gone or cannot be opened.
    pub fn lost(&mut self, why: &str, now: Instant) {
        // Before the messages come back, so that the host does not offer them again.
        self.set_state(ModemState::Unplugged, why);
        self.closed(now);
    }

    /// Bytes from the port.
    pub fn receive(&mut self, bytes: &[u8], now: Instant) {
        self.engine.receive(bytes, now);
        self.drain_engine(now);
        self.advance(now);
    }

    /// Time has passed.
    pub fn expire(&mut self, now: Instant) {
        self.engine.expire(now);
        self.drain_engine(now);
        if self.ussd_deadline.is_some_and(|deadline| now >= deadline) {
            self.end_ussd(Err("the network did not answer".to_owned()));
        }
        self.advance(now);
    }

    /// A message to send. Given back at once when the modem cannot send now.
    pub fn send(&mut self, job: SendJob, now: Instant) {
        if self.stopping || self.waiting.len() >= MAX_WAITING {
            self.give_back(&job, 0, "the modem takes no more messages");
        } else if self.phase != Phase::Running || !self.registered {
            let why = format!("the modem is not ready ({})", self.status.detail);
            self.give_back(&job, 0, &why);
        } else {
            self.waiting.push_back(job);
            self.advance(now);
        }
    }

    /// Gives back what is not handed over of a job.
    pub fn cancel(&mut self, id: u64) {
        if let Some(active) = self.active.as_mut().filter(|active| active.job.id == id) {
            active.cancelled = true;
        }
        while let Some(at) = self.waiting.iter().position(|job| job.id == id) {
            if let Some(job) = self.waiting.remove(at) {
                self.give_back(&job, 0, "taken back");
            }
        }
    }

    /// Takes no more work; [`Session::is_finished`] tells when the message in flight is settled.
    pub fn stop(&mut self) {
        self.stopping = true;
        let waiting = std::mem::take(&mut self.waiting);
        for job in &waiting {
            self.give_back(job, 0, "the modem is being stopped");
        }
        if let Some(active) = &mut self.active {
            active.cancelled = true;
        }
    }

    /// After [`Session::stop`]: nothing is in flight.
    pub fn is_finished(&self) -> bool {
        self.stopping && self.running != Some(Task::Submit)
    }

    /// Whether the modem answered since the port was opened: then the next opening may be quick.
    pub fn has_answered(&self) -> bool {
        self.answered
    }

    /// The worker has closed the port on purpose; the state stays as it is.
    pub fn closed(&mut self, now: Instant) {
        self.engine.lost();
        self.drain_engine(now);
        self.reset("the port was closed");
        self.phase = Phase::Closed;
        self.reopen = false;
    }

    /// Whether the port should be closed and opened again; asked once.
    pub fn take_reopen(&mut self) -> bool {
        std::mem::take(&mut self.reopen)
    }

    /// Bytes for the port, in order.
    pub fn next_write(&mut self) -> Option<Vec<u8>> {
        self.engine.next_write()
    }

    /// Events for the host, in order.
    pub fn next_event(&mut self) -> Option<ModemEvent> {
        self.events.pop_front()
    }

    /// Answers to service codes, in the order of the codes.
    pub fn next_ussd_reply(&mut self) -> Option<Result<UssdReply, String>> {
        self.ussd_replies.pop_front()
    }

    /// What is known about the modem now.
    pub fn status(&self) -> &ModemStatus {
        &self.status
    }

    /// When [`Session::expire`] wants to be called; `None` when only bytes or commands matter.
    pub fn deadline(&self) -> Option<Instant> {
        let own = if !self.engine.is_idle() || self.phase == Phase::Closed {
            None
        } else if self.wait_until.is_some() {
            self.wait_until
        } else {
            let look = [self.next_look, self.tell_again]
                .into_iter()
                .flatten()
                .min();
            look.filter(|_| self.phase == Phase::Running)
        };
        [self.engine.deadline(), own, self.ussd_deadline]
            .into_iter()
            .flatten()
            .min()
    }

    /// Starts whatever is to be done next, when the line is free.
    fn advance(&mut self, now: Instant) {
        while self.engine.is_idle() && self.phase != Phase::Closed && !self.reopen {
            if self.wait_until.is_some_and(|until| now < until) {
                break;
            }
            self.wait_until = None;
            if self.stopping {
                break;
            }
            let Some(task) = self.pick(now) else { break };
            self.begin(task, now);
            self.drain_engine(now);
        }
        self.tell_status();
    }

    fn pick(&mut self, now: Instant) -> Option<Task> {
        if self.phase == Phase::Starting {
            return self.queue.pop_front();
        }
        if self.acks > 0 {
            self.acks -= 1;
            return Some(Task::Acknowledge);
        }
        if self.tell_again.is_some_and(|at| now >= at) {
            self.tell_untold();
        }
        // While messages go out without a pause, the store gets every second turn.
        if std::mem::take(&mut self.storage_turn)
            && let Some(task) = self.storage.next()
        {
            return Some(task);
        }
        if let Some(task) = self.pick_submit() {
            self.storage_turn = true;
            return Some(task);
        }
        if self.ussd_deadline.is_none()
            && let Some(code) = self.ussd_codes.front()
        {
            return Some(Task::Ussd {
                code: code.clone(),
                packed: false,
            });
        }
        if let Some(task) = self.storage.next() {
            return Some(task);
        }
        if self.queue.is_empty() && self.next_look.is_some_and(|look| now >= look) {
            self.look();
        }
        let task = self.queue.pop_front();
        if task.is_none() && self.next_look.is_none() {
            let timing = &self.settings.timing;
            let pause = if self.registered {
                timing.watch
            } else {
                timing.retry
            };
            self.next_look = Some(now + pause);
        }
        task
    }

    /// Queues a look at an idle modem.
    fn look(&mut self) {
        self.next_look = None;
        self.looks = self.looks.wrapping_add(1);
        self.queue
            .extend([Task::Step(Step::Registration), Task::Step(Step::Signal)]);
        if self.looks.is_multiple_of(FULL_LOOK) || self.status.operator.is_none() {
            self.queue
                .extend([Task::Step(Step::Operator), Task::Step(Step::Space)]);
        }
    }

    fn begin(&mut self, task: Task, now: Instant) {
        if task == Task::Arrive {
            self.arrive();
            return;
        }
        if let Task::Step(step) = task
            && self.mute.contains(&step)
            && let Some(refusal) = AtError::parse("ERROR")
        {
            self.step_done(step, Outcome::Error(refusal), now);
            return;
        }
        let Some(exchange) = self.exchange(&task) else {
            return;
        };
        // Any traffic shows that the modem lives; the look is for idle ones.
        if matches!(task, Task::Submit) {
            self.next_look = None;
        }
        self.running = Some(task);
        self.engine.begin(exchange, now);
    }

    fn exchange(&self, task: &Task) -> Option<Exchange> {
        let timing = &self.settings.timing;
        match task {
            Task::Hello(_) => Some(Exchange::Hello {
                within: timing.hello,
            }),
            Task::Settle => Some(Exchange::Quiet {
                silence: timing.quiet,
                within: timing.command,
            }),
            Task::Arrive => None,
            Task::Submit => self.submit_exchange(),
            Task::Reset => Some(command("ATZ", timing.hello)),
            Task::Acknowledge => Some(command("AT+CNMA", timing.command)),
            Task::Step(step) => self.step_exchange(*step),
            Task::Ussd { code, packed } => Some(Self::ussd_exchange(code, *packed, timing)),
            Task::Select(_) | Task::List(_) | Task::Read { .. } | Task::Delete(_) => {
                self.storage_exchange(task)
            }
        }
    }

    fn drain_engine(&mut self, now: Instant) {
        while let Some(event) = self.engine.next_event() {
            match event {
                Event::Done(outcome) => {
                    if let Some(task) = self.running.take() {
                        self.finish(task, outcome, now);
                    }
                }
                Event::SubmitDone(outcome) => {
                    self.running = None;
                    self.submit_done(outcome);
                }
                Event::HandingOver => {
                    if let Some(active) = &self.active {
                        let (job, part) = (active.job.id, active.part());
                        self.emit(What::PartHandedOver { job, part });
                    }
                }
                Event::Unsolicited(what) => self.unsolicited(what, now),
                Event::Stray(line) => {
                    if self.strays.len() < MAX_STRAYS {
                        self.strays.push(line);
                    }
                }
            }
        }
    }

    fn finish(&mut self, task: Task, outcome: Outcome, now: Instant) {
        match task {
            _ if outcome == Outcome::Lost => {}
            Task::Hello(tries) => self.hello_done(tries, &outcome),
            Task::Reset => match outcome {
                Outcome::Ok(_) => self.start_over(1),
                _ => self.no_modem(),
            },
            Task::Settle | Task::Arrive | Task::Submit => {}
            Task::Step(step) => self.step_done(step, outcome, now),
            Task::Acknowledge => {
                if outcome == Outcome::Silence {
                    self.recover("no answer to an acknowledgement");
                }
            }
            Task::Ussd { code, packed } => self.ussd_done(code, packed, outcome, now),
            Task::Select(_) | Task::List(_) | Task::Read { .. } | Task::Delete(_) => {
                self.storage_done(task, outcome);
            }
        }
    }

    fn unsolicited(&mut self, what: Unsolicited, now: Instant) {
        match what {
            Unsolicited::Stored { store, index } | Unsolicited::ReportStored { store, index } => {
                self.storage.read_soon(store, index);
            }
            Unsolicited::Message(pdu) | Unsolicited::Report(pdu) => self.direct(pdu),
            Unsolicited::Registration(state) => {
                if self.phase == Phase::Running {
                    if is_registered(state) {
                        self.set_registration(state);
                    } else {
                        // Perhaps only the older network is gone: ask before telling anybody.
                        self.queue_once(Step::Registration);
                    }
                }
            }
            Unsolicited::Ussd {
                status,
                text,
                coding,
            } => self.ussd_answer(status, text, coding),
            Unsolicited::StorageFull => {
                self.storage_full = true;
                self.storage.list_soon();
                self.queue_once(Step::Space);
            }
            Unsolicited::Indicator => self.queue_once(Step::Space),
            Unsolicited::Restarted => {
                if self.phase == Phase::Running && self.running.is_none() && self.active.is_none() {
                    self.recover("the modem started anew");
                    self.wait_until = Some(now + self.settings.timing.quiet);
                }
            }
            Unsolicited::LateReference(reference) => {
                if let Some((job, part)) = self.last_unknown.take() {
                    self.emit(What::LateAcceptance {
                        job,
                        part,
                        reference,
                    });
                }
            }
        }
    }

    fn queue_once(&mut self, step: Step) {
        let task = Task::Step(step);
        if self.phase == Phase::Running && !self.queue.contains(&task) {
            self.queue.push_back(task);
        }
    }

    /// Begins the conversation again from hello, on the open port.
    fn recover(&mut self, why: &str) {
        self.reset(why);
        if self.ever_ready {
            // Not ready, so that the host does not offer messages that would come straight back.
            self.set_state(ModemState::Starting, format!("starting over: {why}"));
        }
        self.start_over(1);
    }

    /// Ends what was going on; messages that were not handed over are given back.
    fn reset(&mut self, why: &str) {
        if let Some(active) = self.active.take() {
            self.give_back(&active.job, active.next, why);
        }
        for job in std::mem::take(&mut self.waiting) {
            self.give_back(&job, 0, why);
        }
        self.running = None;
        self.queue.clear();
        self.wait_until = None;
        self.next_look = None;
        self.acks = 0;
        self.storage.forget_places();
        while !self.ussd_codes.is_empty() {
            self.end_ussd(Err(why.to_owned()));
        }
    }

    fn set_state(&mut self, state: ModemState, detail: impl Into<String>) {
        self.status.state = state;
        self.status.detail = detail.into();
        self.tell_status();
    }

    fn tell_status(&mut self) {
        if self.told.as_ref() != Some(&self.status) {
            self.told = Some(self.status.clone());
            self.emit(What::Status(Box::new(self.status.clone())));
        }
    }

    fn emit(&mut self, what: What) {
        self.events.push_back(ModemEvent {
            modem: Arc::clone(&self.name),
            what,
        });
    }
}

/// A command of which only the final result counts.
fn command(text: &str, within: Duration) -> Exchange {
    Exchange::Command {
        text: text.to_owned(),
        answer: super::at::Answer::Final,
        within,
    }
}

/// Registration states of 3GPP TS 27.007, 7.2 in which messages can be sent.
fn is_registered(state: u8) -> bool {
    matches!(state, 1 | 5 | 6 | 7 | 9 | 10)
}

#[cfg(test)]
mod tests;
