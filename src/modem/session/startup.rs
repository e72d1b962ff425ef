//! Hello, initialising with fallbacks for modems that refuse parts of it, and the questions that
//! a look at an idle modem asks.

use std::time::Instant;

use super::{Phase, Session, Task, command, is_registered};
use crate::modem::at::{Answer, AtError, Exchange, Outcome, fields, registration_state, unquote};
use crate::modem::event::ModemState;

/// Tries of hello before the modem is reset, and then the port opened anew.
const HELLOS: u8 = 2;
/// Tries of a step that a busy SIM refuses: a SIM is busy for some seconds after its PIN.
const BUSY_TRIES: u8 = 20;

/// Ways to ask for notices, best first: messages by `+CMTI`, reports by `+CDS`; then reports by
/// `+CDSI`; then messages alone. Modems differ in what they take.
const NOTIFY: [&str; 9] = [
    "2,1,0,1,0",
    "2,1,0,1,1",
    "2,1,0,1",
    "1,1,0,1,0",
    "1,1,0,1",
    "2,1,0,2,0",
    "1,1,0,2,0",
    "2,1,0,0,0",
    "1,1",
];
/// Stores to receive into, best first.
const STORES: [&str; 3] = ["SM", "ME", "MT"];

/// One command of initialising or watching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Step {
    EchoOff,
    NumericErrors,
    Pin,
    EnterPin,
    PduMode,
    DirectService,
    Service,
    Manufacturer,
    Model,
    Imei,
    Stores,
    ReceiveInto(u8),
    Notify(u8),
    KeepLink,
    KeepLinkOnce,
    RegistrationNotices,
    Registration,
    LteRegistration,
    Signal,
    OperatorName,
    Operator,
    ServiceCentre,
    OwnNumber,
    Space,
}

/// From echo to the first look at the network.
const STARTUP: [Step; 14] = [
    Step::EchoOff,
    Step::NumericErrors,
    Step::Pin,
    Step::PduMode,
    Step::DirectService,
    Step::Service,
    Step::Manufacturer,
    Step::Model,
    Step::Imei,
    Step::Stores,
    Step::ReceiveInto(0),
    Step::Notify(0),
    Step::KeepLink,
    Step::RegistrationNotices,
];

impl Session {
    /// Queues everything from hello on.
    pub(super) fn start_over(&mut self, tries: u8) {
        self.phase = Phase::Starting;
        self.busy_tries = 0;
        self.queue.clear();
        self.queue.extend([Task::Hello(tries), Task::Settle]);
        self.queue.extend(STARTUP.map(Task::Step));
        self.queue
            .extend([Step::Registration, Step::Signal].map(Task::Step));
        self.queue.push_back(Task::Arrive);
    }

    pub(super) fn hello_done(&mut self, tries: u8, outcome: &Outcome) {
        match outcome {
            // Even a refusal shows that somebody understands.
            Outcome::Ok(_) | Outcome::Error(_) => {
                self.answered = true;
                // It is well, so the silence was about that command.
                if let Some(step) = self.silent.take()
                    && (is_question(step) || !self.doubted.insert(step))
                    && !matches!(step, Step::Pin | Step::EnterPin | Step::PduMode)
                {
                    self.mute.insert(step);
                }
            }
            _ if tries < HELLOS && !self.looks_foreign() => self.start_over(tries + 1),
            _ if self.looks_foreign() => self.no_modem(),
            _ => {
                self.queue.clear();
                self.queue.push_back(Task::Reset);
            }
        }
    }

    fn looks_foreign(&self) -> bool {
        self.foreigner().is_some()
    }

    /// What a port that does not answer to `AT` seems to be.
    fn foreigner(&self) -> Option<&'static str> {
        let is_nmea = |line: &str| {
            (line.starts_with("$G") || line.starts_with("$P") || line.starts_with("!AI"))
                && line.contains(',')
        };
        if self.strays.iter().any(|line| is_nmea(line)) {
            return Some("a satellite receiver (GPS) talks at this port");
        }
        let is_shell = |line: &str| {
            line.contains("command not found")
                || line.contains(": not found")
                || line.ends_with("login:")
                || line.starts_with("Password:")
                || line.ends_with(['$', '#', '%'])
        };
        let unfinished = self.engine.unfinished();
        if self
            .strays
            .iter()
            .map(String::as_str)
            .chain(unfinished.as_deref())
            .any(is_shell)
        {
            return Some("a login or a shell answers at this port");
        }
        None
    }

    /// Nothing there answers to `AT`: say what it looks like and open the port anew.
    pub(super) fn no_modem(&mut self) {
        self.silent = None;
        if let Some(foreigner) = self.foreigner() {
            self.set_state(
                ModemState::WrongPort,
                format!("{foreigner}: this is not a modem's AT port"),
            );
            self.reopen = true;
        } else if self.ever_ready {
            self.hung();
        } else if self.strays.is_empty() {
            self.set_state(
                ModemState::WrongPort,
                "nothing answers at this port: is it a modem's AT port?",
            );
            self.reopen = true;
        } else {
            self.set_state(
                ModemState::WrongPort,
                "something answers at this port, but not as a modem: wrong port or wrong speed",
            );
            self.reopen = true;
        }
    }

    /// The modem has stopped answering: open the port anew.
    pub(super) fn hung(&mut self) {
        self.set_state(
            ModemState::Hung,
            "the modem does not answer; opening its port anew",
        );
        self.reopen = true;
    }

    pub(super) fn arrive(&mut self) {
        self.phase = Phase::Running;
        self.ever_ready = true;
        self.show_registration();
        self.storage.list_soon();
        let more = [
            Step::OperatorName,
            Step::Operator,
            Step::ServiceCentre,
            Step::OwnNumber,
            Step::Space,
        ];
        self.queue.extend(more.map(Task::Step));
    }

    pub(super) fn step_exchange(&self, step: Step) -> Option<Exchange> {
        let timing = &self.settings.timing;
        let within = timing.command;
        let ask = |text: &str, answer| Exchange::Command {
            text: text.to_owned(),
            answer,
            within,
        };
        let prefixed = |text: &str, prefix| ask(text, Answer::Prefixed(prefix));
        Some(match step {
            Step::EchoOff => command("ATE0", within),
            Step::NumericErrors => command("AT+CMEE=1", within),
            Step::Pin => prefixed("AT+CPIN?", "+CPIN:"),
            Step::EnterPin => {
                let pin = self.pin.offered()?;
                command(&format!("AT+CPIN=\"{pin}\""), timing.pin)
            }
            Step::PduMode => command("AT+CMGF=0", within),
            Step::DirectService => command("AT+CSMS=0", within),
            Step::Service => prefixed("AT+CSMS?", "+CSMS:"),
            Step::Manufacturer => ask("AT+CGMI", Answer::Any),
            Step::Model => ask("AT+CGMM", Answer::Any),
            Step::Imei => ask("AT+CGSN", Answer::Any),
            Step::Stores => prefixed("AT+CPMS=?", "+CPMS:"),
            Step::ReceiveInto(choice) => {
                let store = STORES.get(usize::from(choice))?;
                command(
                    &format!("AT+CPMS=\"{store}\",\"{store}\",\"{store}\""),
                    timing.slow_command,
                )
            }
            Step::Notify(choice) => command(
                &format!("AT+CNMI={}", NOTIFY.get(usize::from(choice))?),
                within,
            ),
            Step::KeepLink => command("AT+CMMS=2", within),
            Step::KeepLinkOnce => command("AT+CMMS=1", within),
            Step::RegistrationNotices => command("AT+CREG=1", within),
            Step::Registration => prefixed("AT+CREG?", "+CREG:"),
            Step::LteRegistration => prefixed("AT+CEREG?", "+CEREG:"),
            Step::Signal => prefixed("AT+CSQ", "+CSQ:"),
            Step::OperatorName => command("AT+COPS=3,0", within),
            Step::Operator => Exchange::Command {
                text: "AT+COPS?".to_owned(),
                answer: Answer::Prefixed("+COPS:"),
                within: timing.slow_command,
            },
            Step::ServiceCentre => prefixed("AT+CSCA?", "+CSCA:"),
            Step::OwnNumber => prefixed("AT+CNUM", "+CNUM:"),
            Step::Space => prefixed("AT+CPMS?", "+CPMS:"),
        })
    }

    pub(super) fn step_done(&mut self, step: Step, outcome: Outcome, now: Instant) {
        let (lines, error) = match outcome {
            Outcome::Ok(lines) => (lines, None),
            Outcome::Error(error) => (Vec::new(), Some(error)),
            Outcome::Lost => return,
            Outcome::Silence => {
                if step == Step::EnterPin {
                    self.pin.entered_without_answer();
                }
                self.silent = Some(step);
                let why = format!("no answer to {step:?}");
                self.recover(&why);
                return;
            }
        };
        if let Some(error) = error.as_ref().filter(|error| error.is_sim_busy())
            && self.busy_tries < BUSY_TRIES
            && step != Step::EnterPin
        {
            self.busy_tries += 1;
            self.set_state(ModemState::Starting, format!("the SIM is busy ({error})"));
            self.repeat(step, now + self.settings.timing.busy);
            return;
        }
        let first = lines.first().map(String::as_str);
        match step {
            Step::Pin => self.pin_state(first, error, now),
            Step::EnterPin => self.pin_entered(error, now),
            Step::PduMode => {
                if let Some(error) = error {
                    if error.is_no_sim() {
                        self.queue.push_front(Task::Step(Step::PduMode));
                        self.no_sim(&error, now);
                    } else {
                        let detail = format!("the modem refuses PDU mode ({error})");
                        self.set_state(ModemState::WrongPort, detail);
                        self.repeat(step, now + self.settings.timing.retry);
                    }
                }
            }
            Step::Service => {
                let service = first
                    .map(fields)
                    .and_then(|fields| fields.first()?.parse().ok());
                self.acknowledges = service == Some(1_u8);
            }
            Step::Manufacturer => self.status.manufacturer = free_text(&lines, "+CGMI"),
            Step::Model => self.status.model = free_text(&lines, "+CGMM"),
            Step::Imei => self.status.imei = free_text(&lines, "+CGSN"),
            Step::Stores => self.storage.learn(first),
            Step::ReceiveInto(choice) => match error {
                None => self
                    .storage
                    .selected(STORES.get(usize::from(choice)).copied()),
                Some(_) if usize::from(choice) + 1 < STORES.len() => {
                    self.queue
                        .push_front(Task::Step(Step::ReceiveInto(choice + 1)));
                }
                Some(_) => {}
            },
            Step::Notify(choice) => {
                if error.is_some() && usize::from(choice) + 1 < NOTIFY.len() {
                    self.queue.push_front(Task::Step(Step::Notify(choice + 1)));
                }
            }
            Step::KeepLink => self.keep_link = if error.is_none() { 2 } else { 1 },
            Step::KeepLinkOnce => {
                if error.is_some() {
                    self.keep_link = 0;
                }
            }
            Step::Registration => match first.and_then(registration_state) {
                Some(state) if is_registered(state) => self.set_registration(state),
                // On a newer network only the other question tells.
                Some(state) => {
                    self.circuit = state;
                    self.queue.push_front(Task::Step(Step::LteRegistration));
                }
                // A modem that cannot tell is taken to be registered; sending will show.
                None => self.set_registration(1),
            },
            Step::LteRegistration => match first.and_then(registration_state) {
                Some(state) if is_registered(state) => self.set_registration(state),
                answer => {
                    if answer.is_none() {
                        self.mute.insert(step);
                    }
                    self.set_registration(self.circuit);
                }
            },
            Step::Signal => {
                let signal = first
                    .map(fields)
                    .and_then(|fields| fields.first()?.parse().ok());
                self.status.signal = signal.filter(|signal| *signal <= 31);
            }
            Step::Operator => {
                let name = first
                    .map(fields)
                    .and_then(|fields| Some(unquote(fields.get(2)?).to_owned()));
                self.status.operator = name.filter(|name| !name.is_empty());
            }
            Step::ServiceCentre => {
                let number = first
                    .map(fields)
                    .and_then(|fields| Some(unquote(fields.first()?).to_owned()));
                self.status.service_centre = number.filter(|number| !number.is_empty());
            }
            Step::OwnNumber => {
                let number = first
                    .map(fields)
                    .and_then(|fields| Some(unquote(fields.get(1)?).to_owned()));
                self.status.own_number = number.filter(|number| !number.is_empty());
            }
            Step::Space => self.space(first),
            Step::EchoOff
            | Step::NumericErrors
            | Step::DirectService
            | Step::RegistrationNotices
            | Step::OperatorName => {}
        }
    }

    pub(super) fn repeat(&mut self, step: Step, at: Instant) {
        self.queue.push_front(Task::Step(step));
        self.wait_until = Some(at);
    }

    pub(super) fn no_sim(&mut self, error: &AtError, now: Instant) {
        self.set_state(ModemState::NoSim, format!("no SIM that works ({error})"));
        self.wait_until = Some(now + self.settings.timing.retry);
    }

    pub(super) fn set_registration(&mut self, state: u8) {
        self.registered = is_registered(state);
        self.status.detail = match state {
            5 | 7 | 10 => "registered, roaming".to_owned(),
            _ if self.registered => "registered".to_owned(),
            3 => "the network does not let this SIM in".to_owned(),
            11 => "emergency calls only".to_owned(),
            2 => "looking for a network".to_owned(),
            _ => "not registered".to_owned(),
        };
        self.status.state = match state {
            _ if self.registered => ModemState::Ready,
            3 | 11 => ModemState::Denied,
            _ => ModemState::Searching,
        };
        if self.phase == Phase::Running {
            self.show_registration();
        } else {
            // Told when initialising is over.
            self.pending_registration();
        }
    }

    /// During initialising the state stays *starting*; only the memory of it changes.
    fn pending_registration(&mut self) {
        if self.registered {
            self.status.state = ModemState::Starting;
        }
    }

    pub(super) fn show_registration(&mut self) {
        if self.registered {
            self.status.state = if self.storage_full {
                ModemState::StorageFull
            } else {
                ModemState::Ready
            };
            if self.storage_full {
                "registered; the store of messages is full".clone_into(&mut self.status.detail);
            }
        } else {
            for job in std::mem::take(&mut self.waiting) {
                let why = format!("the modem is not ready ({})", self.status.detail);
                self.give_back(&job, 0, &why);
            }
        }
        self.next_look = None;
    }

    /// `+CPMS: mem1,used,total,mem2,…,mem3,used,total`: how full is the store that receives?
    fn space(&mut self, line: Option<&str>) {
        let Some(fields) = line.map(fields) else {
            return;
        };
        let number = |at: usize| fields.get(at).and_then(|field| field.parse::<u32>().ok());
        let (Some(used), Some(total)) = (number(7).or(number(1)), number(8).or(number(2))) else {
            return;
        };
        let full = total > 0 && used >= total;
        if full || used as usize > self.storage.held() {
            // Messages that no notice told of.
            self.storage.list_soon();
        }
        if full != self.storage_full {
            self.storage_full = full;
            if self.registered {
                "registered".clone_into(&mut self.status.detail);
            }
            self.show_registration();
        }
    }
}

/// Questions that a modem may leave unanswered without being ill.
fn is_question(step: Step) -> bool {
    matches!(
        step,
        Step::DirectService
            | Step::Service
            | Step::Manufacturer
            | Step::Model
            | Step::Imei
            | Step::Stores
            | Step::KeepLink
            | Step::KeepLinkOnce
            | Step::LteRegistration
            | Step::OperatorName
            | Step::Operator
            | Step::ServiceCentre
            | Step::OwnNumber
    )
}

/// `SIMCOM_Ltd`, `+CGMI: SIMCOM`, `"SIMCOM"`.
fn free_text(lines: &[String], prefix: &str) -> Option<String> {
    let line = lines.first()?;
    let text = line
        .strip_prefix(prefix)
        .map_or(line.as_str(), |rest| rest.trim_start_matches(':'));
    let text: String = unquote(text).chars().take(60).collect();
    (!text.is_empty()).then_some(text)
}
