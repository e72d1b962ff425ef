//! The simulated modem's state, its input and its timers; no port and no clock.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::fault::{Fault, FaultKind};
use super::foreign::Foreign;
use super::network::{Accepted, Slot};

const CTRL_Z: u8 = 0x1A;
const ESCAPE: u8 = 0x1B;
/// Longest command or text that is kept.
const MAX_INPUT: usize = 4096;

/// How reports reach the modem's owner when `+CNMI` asks for neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReportRoute {
    /// As `+CNMI` says.
    #[default]
    AsAsked,
    /// Always into the store.
    Stored,
}

/// What kind of modem and network to be.
#[derive(Debug, Clone)]
pub struct SimulatorSettings {
    /// `+COPS`.
    pub operator: String,
    /// From the text to the answer.
    pub latency: Duration,
    /// From the answer to the status report.
    pub report_delay: Duration,
    /// Every so many reports one is lost; 0 for none.
    pub lose_report_every: u32,
    /// TP-ST of the reports.
    pub report_status: u8,
    /// How reports come.
    pub reports: ReportRoute,
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// Echo cannot be switched off.
    pub echo_stuck: bool,
    /// Commands that begin with one of these are answered by `ERROR`.
    pub refuse: Vec<String>,
    /// Errors as words instead of numbers.
    pub verbose_errors: bool,
    /// The SIM's PIN; `None` for a SIM without.
    pub pin: Option<String>,
    /// Tries that the PIN has left; at 0 the SIM wants its PUK.
    pub pin_tries: u8,
    /// Whether a SIM is in.
    pub sim: bool,
    /// `+CREG` state.
    pub registration: u8,
    /// Places for messages on the SIM.
    pub capacity: u16,
    /// Messages that lie there when the modem is switched on.
    pub stored: u16,
    /// No modem at all, but this.
    pub foreign: Option<Foreign>,
}

impl Default for SimulatorSettings {
    fn default() -> Self {
        Self {
            operator: "SIMULASI".to_owned(),
            latency: Duration::from_millis(300),
            report_delay: Duration::from_secs(2),
            lose_report_every: 0,
            report_status: 0,
            reports: ReportRoute::AsAsked,
            faults: Vec::new(),
            echo_stuck: false,
            refuse: Vec::new(),
            verbose_errors: false,
            pin: None,
            pin_tries: 3,
            sim: true,
            registration: 1,
            capacity: 50,
            stored: 0,
            foreign: None,
        }
    }
}

/// What the terminal side must do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Output {
    Bytes(Vec<u8>),
    Unplug(Duration),
}

/// What the modem takes the next bytes for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mode {
    Command,
    /// The text of `+CMGS`/`+CMGW`: a length in PDU mode, a number in text mode.
    Text {
        target: Target,
        store_only: bool,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Length(usize),
    Number(String),
}

/// What happens later.
#[derive(Debug, Clone)]
pub(super) enum Later {
    /// The network's answer to a message.
    Answer {
        tpdu: Vec<u8>,
        /// Which `AT+CMGS` it was.
        number: u32,
        command: &'static str,
    },
    /// A status report.
    Report {
        reference: u8,
        to: String,
        status: u8,
    },
    /// The answer to a service code.
    Ussd(String),
    /// The network is there again.
    Network,
    /// The SIM is in again.
    Sim,
    /// A satellite receiver's next sentence.
    Sentence,
}

/// Output that does not come at once.
#[derive(Debug)]
struct Slow {
    waiting: VecDeque<u8>,
    due: Instant,
    /// How many bytes are due then, and how many after each pause.
    at_once: usize,
    after: usize,
    pause: Duration,
}

/// Why the modem is silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hung {
    /// Ends when the port is opened anew.
    UntilOpened,
    /// Ends with `ATZ`.
    UntilReset,
}

/// Settings of the conversation, as after switching on.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub echo: bool,
    pub errors: u8,
    pub pdu_mode: bool,
    pub service: u8,
    /// `+CNMI`: mode, mt, bm, ds, bfr.
    pub notify: [u8; 5],
    pub registration_notices: u8,
    pub charset: String,
    pub keep_link: u8,
    pub operator_format: u8,
}

impl Default for Line {
    fn default() -> Self {
        Self {
            echo: true,
            errors: 0,
            pdu_mode: false,
            service: 0,
            notify: [0; 5],
            registration_notices: 0,
            charset: "GSM".to_owned(),
            keep_link: 0,
            operator_format: 0,
        }
    }
}

/// The simulated modem.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about one modem"
)]
pub struct Simulator {
    pub(super) settings: SimulatorSettings,
    pub(super) line: Line,
    pub(super) mode: Mode,
    pub(super) slots: Vec<Option<Slot>>,
    pub(super) service_centre: String,
    pub(super) locked: bool,
    pub(super) pin_tries: u8,
    pub(super) reference: u8,
    /// Ties the parts of an incoming message together.
    pub(super) incoming_reference: u8,
    pub(super) messages: u32,
    pub(super) reports: u32,
    pub(super) accepted: Vec<Accepted>,
    /// Delivers that found no room, and reports that found nobody listening.
    pub(super) held_messages: VecDeque<Vec<u8>>,
    pub(super) held_reports: VecDeque<Vec<u8>>,
    pub(super) plugged: bool,
    buffer: Vec<u8>,
    /// What came while the modem was busy with a message.
    inbox: VecDeque<u8>,
    busy: bool,
    hung: Option<Hung>,
    slow: Option<Slow>,
    open: bool,
    later: Vec<(Instant, Later)>,
    out: VecDeque<Output>,
    /// PINs that were entered, right or wrong.
    pub(super) pins_entered: Vec<String>,
}

impl Simulator {
    /// A modem that has just been switched on.
    pub fn new(settings: SimulatorSettings) -> Self {
        let capacity = usize::from(settings.capacity);
        let (locked, pin_tries) = (settings.pin.is_some(), settings.pin_tries);
        let stored = settings.stored;
        let mut modem = Self {
            settings,
            line: Line::default(),
            mode: Mode::Command,
            slots: vec![None; capacity],
            service_centre: "+628110000000".to_owned(),
            locked,
            pin_tries,
            reference: 0,
            incoming_reference: 0,
            messages: 0,
            reports: 0,
            accepted: Vec::new(),
            held_messages: VecDeque::new(),
            held_reports: VecDeque::new(),
            plugged: true,
            buffer: Vec::new(),
            inbox: VecDeque::new(),
            busy: false,
            hung: None,
            slow: None,
            open: false,
            later: Vec::new(),
            out: VecDeque::new(),
            pins_entered: Vec::new(),
        };
        for number in 1..=stored {
            modem.incoming("+628120000001", &format!("Pesan lama {number}"));
        }
        modem
    }

    /// A program has opened the port.
    pub fn opened(&mut self, now: Instant) {
        self.open = true;
        self.wake(Hung::UntilOpened);
        self.later
            .retain(|(_, later)| !matches!(later, Later::Sentence));
        self.greet(now);
    }

    /// The program has closed the port, or has died. The modem does not notice, as real ones do not: it keeps its settings and goes
    /// on waiting for the rest of a command or text.
    pub fn closed(&mut self) {
        self.open = false;
        self.wake(Hung::UntilOpened);
        self.inbox.clear();
        self.out.clear();
        self.slow = None;
    }

    fn wake(&mut self, from: Hung) {
        if self.hung == Some(from) {
            self.hung = None;
        }
    }

    /// Power is back after unplugging: settings are lost, the PIN is asked again.
    pub fn replugged(&mut self) {
        self.closed();
        self.mode = Mode::Command;
        self.buffer.clear();
        self.hung = None;
        self.line = Line::default();
        self.locked = self.settings.pin.is_some();
        self.busy = false;
        self.plugged = true;
        self.later
            .retain(|(_, later)| !matches!(later, Later::Answer { .. } | Later::Ussd(_)));
    }

    /// Stops answering until the port is opened anew.
    pub fn hang(&mut self) {
        self.fall_silent(Hung::UntilOpened);
    }

    /// Stops answering until `ATZ`, also when the port is opened anew.
    pub(super) fn hang_until_reset(&mut self) {
        self.fall_silent(Hung::UntilReset);
    }

    fn fall_silent(&mut self, until: Hung) {
        self.hung = Some(until);
        self.busy = false;
        self.inbox.clear();
    }

    /// The state of `+CREG` changes, as if the antenna was taken off or put on.
    pub fn register(&mut self, state: u8) {
        self.settings.registration = state;
        if self.line.registration_notices > 0 {
            self.say(&format!("+CREG: {state}"));
        }
    }

    /// Somebody unlocks the SIM in a telephone and gives it this PIN.
    pub fn unlock(&mut self, pin: &str) {
        self.settings.pin = Some(pin.to_owned());
        self.pin_tries = 3;
        self.locked = true;
    }

    /// The SIM is taken out or put in.
    pub fn insert_sim(&mut self, is_in: bool) {
        self.settings.sim = is_in;
        self.locked = self.settings.pin.is_some();
    }

    /// What goes wrong with the message of this number.
    pub(super) fn faults_of(&self, number: u32) -> impl Iterator<Item = FaultKind> {
        self.settings
            .faults
            .iter()
            .filter(move |fault| fault.message == number)
            .map(|fault| fault.kind)
    }

    /// Bytes from the program.
    pub fn receive(&mut self, bytes: &[u8], now: Instant) {
        if self.hung == Some(Hung::UntilReset) {
            self.buffer.extend(bytes);
            if !self.buffer.windows(4).any(|end| end == b"ATZ\r") {
                // Enough for the next bytes to complete it.
                let from = self.buffer.len().saturating_sub(3);
                self.buffer.drain(..from);
                return;
            }
            self.buffer.clear();
            self.hung = None;
            self.line = Line::default();
            self.mode = Mode::Command;
            self.say("OK");
            return;
        }
        if self.hung.is_some() || !self.plugged {
            return;
        }
        self.inbox.extend(bytes);
        self.work(now);
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Instant) {
        while let Some(at) = self.later.iter().position(|(due, _)| *due <= now) {
            let (_, later) = self.later.remove(at);
            match later {
                Later::Answer {
                    tpdu,
                    number,
                    command,
                } => {
                    if self.busy {
                        self.busy = false;
                        self.network_answers(&tpdu, number, command, now);
                    }
                }
                Later::Network => self.register(1),
                Later::Sim => self.insert_sim(true),
                Later::Sentence => self.sentence(now),
                Later::Report {
                    reference,
                    to,
                    status,
                } => self.report(reference, &to, status),
                Later::Ussd(text) => {
                    let text = self.in_charset(&text);
                    self.say(&format!("+CUSD: 0,\"{text}\",15"));
                }
            }
        }
        self.trickle(now);
        if self.hung.is_none() {
            self.work(now);
        }
    }

    /// When [`Simulator::tick`] wants to be called.
    pub fn deadline(&self) -> Option<Instant> {
        let later = self.later.iter().map(|(due, _)| *due).min();
        [later, self.slow.as_ref().map(|slow| slow.due)]
            .into_iter()
            .flatten()
            .min()
    }

    /// What is said next comes in pieces: so many bytes now, and so many after each pause, until all is said.
    pub(super) fn slow_down(
        &mut self,
        at_once: usize,
        after: usize,
        pause: Duration,
        now: Instant,
    ) {
        self.slow = Some(Slow {
            waiting: VecDeque::new(),
            due: now,
            at_once,
            after,
            pause,
        });
    }

    fn trickle(&mut self, now: Instant) {
        while let Some(slow) = self.slow.as_mut().filter(|slow| slow.due <= now) {
            let count = slow.at_once.min(slow.waiting.len());
            let bytes: Vec<u8> = slow.waiting.drain(..count).collect();
            slow.at_once = slow.after;
            slow.due = now + slow.pause.max(Duration::from_micros(1));
            if slow.waiting.is_empty() {
                self.slow = None;
            }
            if self.listening() {
                self.out.push_back(Output::Bytes(bytes));
            }
        }
    }

    pub(super) fn next_output(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// What the network has taken, in order.
    pub fn accepted(&self) -> &[Accepted] {
        &self.accepted
    }

    pub(super) fn listening(&self) -> bool {
        self.open && self.plugged && self.hung.is_none()
    }

    pub(super) fn schedule(&mut self, due: Instant, later: Later) {
        self.later.push((due, later));
        self.later.sort_by_key(|(due, _)| *due);
    }

    /// The modem is with the network until the answer.
    pub(super) fn be_busy(&mut self) {
        self.busy = true;
    }

    pub(super) fn unplug(&mut self, away: Duration) {
        self.plugged = false;
        self.busy = false;
        self.inbox.clear();
        self.out.push_back(Output::Unplug(away));
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        if !self.listening() {
            return;
        }
        if let Some(slow) = &mut self.slow {
            slow.waiting.extend(bytes);
            return;
        }
        if let Some(Output::Bytes(last)) = self.out.back_mut() {
            last.extend_from_slice(bytes);
        } else {
            self.out.push_back(Output::Bytes(bytes.to_vec()));
        }
    }

    /// One line, framed as modems do.
    pub(super) fn say(&mut self, line: &str) {
        self.raw(format!("\r\n{line}\r\n").as_bytes());
    }

    fn work(&mut self, now: Instant) {
        while !self.busy && self.hung.is_none() && self.plugged {
            let Some(byte) = self.inbox.pop_front() else {
                break;
            };
            if self.line.echo && byte != ESCAPE && byte != CTRL_Z {
                self.raw(&[byte]);
            }
            match (&self.mode, byte) {
                (Mode::Command, b'\r') => {
                    let text =
                        String::from_utf8_lossy(&std::mem::take(&mut self.buffer)).into_owned();
                    match self.settings.foreign {
                        Some(device) => self.misunderstand(device, text.trim()),
                        None => self.command(text.trim(), now),
                    }
                }
                (Mode::Command, b'\n' | ESCAPE) => {}
                (Mode::Command, 8 | 0x7F) => {
                    self.buffer.pop();
                }
                (Mode::Text { .. }, ESCAPE) => {
                    self.buffer.clear();
                    self.mode = Mode::Command;
                    self.say("OK");
                }
                (Mode::Text { .. }, CTRL_Z) => {
                    let text =
                        String::from_utf8_lossy(&std::mem::take(&mut self.buffer)).into_owned();
                    let mode = std::mem::replace(&mut self.mode, Mode::Command);
                    if let Mode::Text { target, store_only } = mode {
                        self.text_entered(&target, &text, store_only, now);
                    }
                }
                (Mode::Text { .. }, b'\r') => {
                    if self.line.pdu_mode {
                        continue;
                    }
                    self.buffer.push(b'\n');
                    self.raw(b"\r\n> ");
                }
                _ if self.buffer.len() < MAX_INPUT => self.buffer.push(byte),
                _ => {}
            }
        }
    }
}
