//! The AT conversation: whatever a modem says, in whatever pieces and at whatever time.
//!
//! Three promises are held against it: each part of each message has exactly one fate, a text is written at most once and never
//! when the office is told that it was not, and afterwards, with a modem that behaves, it goes on by itself.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use sipintar::modem::{ModemSettings, SendJob, SendOptions, Session, Token, What};

/// What a modem may say at any moment.
const SAYINGS: [&str; 24] = [
    "\r\nOK\r\n",
    "\r\nERROR\r\n",
    "\r\n> ",
    "\r\n+CMGS: 7\r\n",
    "\r\n+CMGS: 7\r\n\r\nOK\r\n",
    "\r\n+CMGS: \u{1}\r\n",
    "\r\n+CMS ERROR: 500\r\n",
    "\r\n+CMS ERROR: 310\r\n",
    "\r\n+CMS ERROR: 322\r\n",
    "\r\n+CMS ERROR: 331\r\n",
    "\r\n+CMS ERROR: 332\r\n",
    "\r\n+CME ERROR: 10\r\n",
    "\r\n+CME ERROR: 14\r\n",
    "\r\n+CREG: 2\r\n",
    "\r\n+CREG: 0,3\r\n",
    "\r\n+CPIN: SIM PIN\r\n",
    "\r\n+CMTI: \"SM\",3\r\n",
    "\r\n+CDSI: \"SR\",1\r\n",
    "\r\n+CDS: 24\r\n",
    "\r\n+CMT: ,24\r\n",
    "0006270B912618325476F8622111014200826221110142008200\r\n",
    "\r\n+CUSD: 1,\"x\",15\r\n",
    "\r\nRDY\r\n",
    "^SMMEMFULL: \"SM\"\r\n",
];
/// As much patience as a person has before the server is restarted by hand.
const PATIENCE: Duration = Duration::from_mins(30);

struct Run {
    pin: Option<String>,
    session: Session,
    now: Instant,
    /// The last line written, which a modem that behaves answers.
    asked: String,
    written: BTreeMap<String, usize>,
    events: Vec<What>,
    tokens: Vec<Token>,
    sent: u64,
}

/// Each octet chooses a move; some take the octets behind them.
pub fn run(data: &[u8]) {
    let settings = ModemSettings::named("m");
    let mut moves = data.iter().copied();
    let flags = moves.next().unwrap_or_default();
    let mut run = Run {
        session: Session::new(settings),
        pin: (flags & 1 != 0).then(|| "1234".to_owned()),
        now: Instant::now(),
        asked: String::new(),
        written: BTreeMap::new(),
        events: Vec::new(),
        tokens: Vec::new(),
        sent: 0,
    };
    run.session.opened(run.now);
    run.carry_out();
    if flags & 2 == 0 {
        // The trouble begins with a modem that is ready.
        for _ in 0..40 {
            run.behave();
            run.pass_to_deadline();
        }
    }
    while let Some(next) = moves.next() {
        run.turn(next, &mut moves);
        run.carry_out();
    }
    run.goes_on(flags & 1 != 0);
    run.session.lost("pulled out", run.now);
    run.carry_out();
    run.judge();
}

impl Run {
    fn turn(&mut self, next: u8, more: &mut impl Iterator<Item = u8>) {
        let now = self.now;
        match next % 16 {
            0..=2 => {
                let what = usize::from(more.next().unwrap_or_default()) % SAYINGS.len();
                self.session.receive(SAYINGS[what].as_bytes(), now);
            }
            3 => {
                let bytes: Vec<u8> = {
                    let count = usize::from(more.next().unwrap_or_default()) % 48;
                    more.take(count).collect()
                };
                // One at a time, as a slow line gives them.
                for byte in bytes {
                    self.session.receive(&[byte], now);
                }
            }
            4 => {
                let count = usize::from(more.next().unwrap_or_default());
                let bytes: Vec<u8> = more.take(count).collect();
                self.session.receive(&bytes, now);
            }
            5..=7 => self.behave(),
            8 => {
                self.now += Duration::from_millis(u64::from(more.next().unwrap_or_default()) * 50);
                self.session.expire(self.now);
            }
            9 => self.pass_to_deadline(),
            10 | 11 => self.send(),
            12 => self.session.cancel(self.sent),
            13 => self.session.lost("pulled out", now),
            14 => {
                self.session.closed(now);
                self.session.opened(now);
            }
            _ => match more.next().unwrap_or_default() {
                0 => self.session.ussd("*888#", now),
                which => {
                    if let Some(&token) = self.tokens.get(usize::from(which - 1)) {
                        self.session.stored(token, now);
                    }
                }
            },
        }
    }

    fn send(&mut self) {
        self.sent += 1;
        let text = "x".repeat(200);
        // A number of its own makes each part's text its own.
        let to = format!("+62{:08}", self.sent);
        let job =
            SendJob::new(self.sent, &to, &text, SendOptions::default()).expect("a good number");
        self.session.send(job, self.now);
    }

    fn behave(&mut self) {
        let asked = std::mem::take(&mut self.asked);
        let answer = match asked.as_str() {
            "" | "\u{1b}" => "",
            _ if asked.starts_with("AT+CPIN?") => "\r\n+CPIN: READY\r\n\r\nOK\r\n",
            _ if asked.starts_with("AT+CREG?") => "\r\n+CREG: 1,1\r\n\r\nOK\r\n",
            _ if asked.starts_with("AT+CPMS?") => {
                "\r\n+CPMS: \"SM\",0,50,\"SM\",0,50,\"SM\",0,50\r\n\r\nOK\r\n"
            }
            _ if asked.starts_with("AT+CMGS=") => "\r\n> ",
            _ if asked.ends_with('\u{1a}') => "\r\n+CMGS: 3\r\n\r\nOK\r\n",
            _ => "\r\nOK\r\n",
        };
        self.session.receive(answer.as_bytes(), self.now);
        self.carry_out();
    }

    fn pass_to_deadline(&mut self) {
        if let Some(deadline) = self.session.deadline() {
            self.now = self.now.max(deadline);
            self.session.expire(self.now);
            self.carry_out();
        }
    }

    fn carry_out(&mut self) {
        for _ in 0..100 {
            if self.session.take_pin_wanted() {
                self.session.offer_pin(Ok(self.pin.clone()), self.now);
            }
            while let Some(bytes) = self.session.next_write() {
                self.asked = String::from_utf8(bytes).expect("commands are text");
                if self.asked.ends_with('\u{1a}') {
                    *self.written.entry(self.asked.clone()).or_default() += 1;
                }
            }
            while let Some(event) = self.session.next_event() {
                if let What::Incoming { token, .. }
                | What::Report { token, .. }
                | What::Unreadable { token, .. } = &event.what
                {
                    self.tokens.push(*token);
                }
                self.events.push(event.what);
            }
            while self.session.next_ussd_reply().is_some() {}
            if !self.session.take_reopen() {
                return;
            }
            self.session.closed(self.now);
            self.session.opened(self.now);
        }
        panic!("the port is opened again and again without a pause");
    }

    /// From here on the modem behaves. It must be of use again, without a hand.
    fn goes_on(&mut self, pin: bool) {
        self.session.closed(self.now);
        self.session.opened(self.now);
        self.carry_out();
        let end = self.now + PATIENCE;
        while !self.session.status().state.can_send() {
            // A PIN that was refused is not entered again: that needs a person.
            if pin && self.session.status().state == sipintar::modem::ModemState::PinWrong {
                return;
            }
            assert!(self.now < end, "stuck: {:?}", self.session.status());
            if self.asked.is_empty() {
                assert!(
                    self.session.deadline().is_some(),
                    "waits for nothing: {:?}",
                    self.session
                );
                self.pass_to_deadline();
            } else {
                self.now += Duration::from_millis(1);
                self.behave();
            }
        }
        self.send();
        self.carry_out();
        let (job, end) = (self.sent, self.now + PATIENCE);
        while !self.accepted(job) {
            assert!(self.now < end, "nothing leaves: {:?}", self.session);
            self.now += Duration::from_millis(1);
            if self.asked.is_empty() {
                self.pass_to_deadline();
            } else {
                self.behave();
            }
        }
    }

    fn accepted(&self, wanted: u64) -> bool {
        let accepted =
            |what: &&What| matches!(what, What::PartAccepted { job, .. } if *job == wanted);
        self.events.iter().filter(accepted).count() == 2
    }

    fn judge(&self) {
        let mut fates: BTreeMap<(u64, u8), usize> = BTreeMap::new();
        let mut handed: BTreeMap<(u64, u8), usize> = BTreeMap::new();
        let mut done: BTreeMap<u64, usize> = BTreeMap::new();
        for what in &self.events {
            match what {
                What::PartHandedOver { job, part } => {
                    *handed.entry((*job, *part)).or_default() += 1;
                }
                What::PartAccepted { job, part, .. } | What::PartUnknown { job, part, .. } => {
                    assert!(handed.contains_key(&(*job, *part)));
                    *fates.entry((*job, *part)).or_default() += 1;
                }
                What::PartRefused { job, part, refusal } => {
                    assert_eq!(refusal.handed_over, handed.contains_key(&(*job, *part)));
                    *fates.entry((*job, *part)).or_default() += 1;
                }
                What::JobDone { job, unsent, .. } => {
                    *done.entry(*job).or_default() += 1;
                    for part in unsent {
                        assert!(!handed.contains_key(&(*job, *part)));
                        *fates.entry((*job, *part)).or_default() += 1;
                    }
                }
                _ => {}
            }
        }
        for job in 1..=self.sent {
            assert_eq!(done.get(&job), Some(&1), "job {job} is done once");
            for part in 1..=2 {
                assert_eq!(fates.get(&(job, part)), Some(&1), "job {job} part {part}");
            }
        }
        assert!(handed.values().all(|times| *times == 1));
        assert!(self.written.values().all(|times| *times == 1));
        assert!(self.written.len() <= handed.len());
    }
}
