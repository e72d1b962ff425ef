//! Conversations that the simulated modem does not lead: modems that refuse, keep silent or talk.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::modem::job::SendOptions;

const GOOD: &str = "\r\nOK\r\n";

/// A modem that answers by table, in zero time; what it is not asked for it never says.
struct Script {
    session: Session,
    now: Instant,
    answers: Vec<(&'static str, &'static str)>,
    asked: Vec<String>,
    events: Vec<What>,
    reopened: usize,
    pin: Option<&'static str>,
}

impl Script {
    fn new(answers: &[(&'static str, &'static str)]) -> Self {
        let mut script = Self {
            session: Session::new(ModemSettings::named("m")),
            now: Instant::now(),
            answers: answers.to_vec(),
            asked: Vec::new(),
            events: Vec::new(),
            reopened: 0,
            pin: None,
        };
        script.session.opened(script.now);
        script.settle();
        script
    }

    /// Answers until nothing is asked any more at this moment.
    fn settle(&mut self) {
        loop {
            self.events
                .extend(std::iter::from_fn(|| self.session.next_event()).map(|event| event.what));
            if self.session.take_reopen() {
                self.reopened += 1;
                self.session.closed(self.now);
                return;
            }
            if self.session.take_pin_wanted() {
                let pin = self.pin.map(str::to_owned);
                self.session.offer_pin(Ok(pin), self.now);
                continue;
            }
            let Some(bytes) = self.session.next_write() else {
                return;
            };
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let answer = self
                .answers
                .iter()
                .find(|(asked, _)| text.starts_with(asked));
            let answer = answer.map_or(
                if text.starts_with("AT") { GOOD } else { "" },
                |(_, answer)| answer,
            );
            self.asked.push(text);
            self.session.receive(answer.as_bytes(), self.now);
        }
    }

    /// Lets time pass, from one deadline to the next.
    fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(deadline) = self
            .session
            .deadline()
            .filter(|deadline| *deadline <= until)
        {
            self.now = self.now.max(deadline);
            self.session.expire(self.now);
            self.settle();
        }
        self.now = until;
    }

    fn states(&self) -> Vec<ModemState> {
        let mut states: Vec<ModemState> = self
            .events
            .iter()
            .filter_map(|what| match what {
                What::Status(status) => Some(status.state),
                _ => None,
            })
            .collect();
        states.dedup();
        states
    }

    fn asked(&self, text: &str) -> usize {
        self.asked
            .iter()
            .filter(|asked| asked.starts_with(text))
            .count()
    }
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_modem_that_keeps_silent_about_some_commands_still_gets_ready() {
    let silent = [
        "AT+CGMM",
        "AT+COPS?",
        "AT+CNUM",
        "AT+CMMS",
        "AT+CNMI=2,1,0,1,0",
        "AT+CPMS=?",
    ];
    let answers: Vec<_> = silent.map(|command| (command, "")).to_vec();
    let mut script = Script::new(&answers);
    script.pass(SECOND * 300);
    assert_eq!(script.session.status().state, ModemState::Ready);
    assert_eq!(
        script.asked("AT+COPS?"),
        1,
        "a question without an answer is not asked again"
    );
    assert_eq!(script.asked("AT+CNMI=2,1,0,1,0"), 2);
    assert!(script.asked("AT+CNMI=2,1,0,1,1") > 0);
}

#[test]
fn a_network_seen_only_by_the_newer_question_does_not_flicker() {
    let mut script = Script::new(&[
        ("AT+CREG?", "+CREG: 1,0\r\nOK\r\n"),
        ("AT+CEREG?", "+CEREG: 0,1\r\nOK\r\n"),
    ]);
    script.pass(SECOND * 600);
    assert_eq!(script.states(), [ModemState::Starting, ModemState::Ready]);
}

#[test]
fn an_idle_modem_is_looked_at_once_a_minute() {
    let mut script = Script::new(&[("AT+COPS?", "+COPS: 0,0,\"X\",2\r\nOK\r\n")]);
    script.pass(SECOND * 30);
    assert_eq!(script.session.status().state, ModemState::Ready);
    let before = script.asked.len();
    script.pass(SECOND * 600);
    let asked = script.asked.len() - before;
    assert!(
        (20..=25).contains(&asked),
        "{asked} commands in ten minutes"
    );
}

#[test]
fn a_modem_that_stops_answering_is_opened_anew_and_called_hung() {
    let mut script = Script::new(&[]);
    script.pass(SECOND);
    assert_eq!(script.session.status().state, ModemState::Ready);
    script.answers = vec![("", "")];
    script.pass(SECOND * 80);
    assert_eq!(
        (script.session.status().state, script.reopened),
        (ModemState::Hung, 1)
    );
}

#[test]
fn a_message_is_given_back_with_the_truth_when_the_modem_hangs() {
    let mut script = Script::new(&[("AT+CMGS", "\r\n> ")]);
    script.pass(SECOND);
    let job = SendJob::new(1, "+6281", &"x".repeat(200), SendOptions::default()).unwrap();
    script.answers.push(("AT\r", ""));
    script.events.clear();
    script.session.send(job, script.now);
    script.settle();
    let started = script.now;
    script.pass(SECOND * 13);
    assert!(script.now - started <= SECOND * 15);
    assert_eq!(script.reopened, 1);
    let told: Vec<_> = script
        .events
        .iter()
        .filter(|what| !matches!(what, What::Status(_)))
        .collect();
    assert!(
        matches!(told[0], What::PartHandedOver { job: 1, part: 1 }),
        "{told:?}"
    );
    assert!(
        matches!(
            told[1],
            What::PartUnknown {
                job: 1,
                part: 1,
                ..
            }
        ),
        "{told:?}"
    );
    assert!(
        matches!(told[2], What::JobDone { job: 1, unsent, .. } if unsent == &[2]),
        "{told:?}"
    );
    assert_eq!(told.len(), 3);
}

#[test]
fn an_answer_that_comes_after_giving_up_is_still_told() {
    let mut script = Script::new(&[("AT+CMGS", "\r\n> ")]);
    script.pass(SECOND);
    let job = SendJob::new(5, "+6281", "halo", SendOptions::default()).unwrap();
    script.session.send(job, script.now);
    script.settle();
    script.pass(SECOND * 11);
    assert!(
        script
            .events
            .iter()
            .any(|what| matches!(what, What::PartUnknown { job: 5, .. }))
    );
    script
        .session
        .receive(b"\r\n+CMGS: 77\r\n\r\nOK\r\n", script.now);
    script.settle();
    assert!(script.events.contains(&What::LateAcceptance {
        job: 5,
        part: 1,
        reference: 77
    }));
}

#[test]
fn the_link_is_kept_for_a_long_message_on_modems_that_forget() {
    let mut script = Script::new(&[
        ("AT+CMMS=2", "\r\nERROR\r\n"),
        ("AT+CMGS", "\r\n> "),
        ("00", "\r\n+CMGS: 1\r\n\r\nOK\r\n"),
    ]);
    script.pass(SECOND);
    let job = SendJob::new(1, "+6281", &"x".repeat(200), SendOptions::default()).unwrap();
    script.session.send(job, script.now);
    script.settle();
    assert_eq!((script.asked("AT+CMMS=1"), script.asked("AT+CMGS")), (1, 2));
}

#[test]
fn what_came_directly_is_acknowledged_once_it_is_stored() {
    let mut script = Script::new(&[("AT+CSMS?", "+CSMS: 1,1,1,1\r\nOK\r\n")]);
    script.pass(SECOND);
    script
        .session
        .receive(b"+CDS: 25\r\n00062707912618325476F8", script.now);
    script
        .session
        .receive(b"12011181745400120111817454000000\r\n", script.now);
    script.settle();
    let token = script.events.iter().find_map(|what| match what {
        What::Report { token, .. } | What::Unreadable { token, .. } => Some(*token),
        _ => None,
    });
    assert_eq!(script.asked("AT+CNMA"), 0);
    script.session.stored(token.unwrap(), script.now);
    script.settle();
    assert_eq!(script.asked("AT+CNMA"), 1);
}

/// Answers to reading a store in which one message lies.
const LISTED: &str = "+CMGL: 3,0,,20\r\n0791448720003023040D91261893254476F800008080629173148005E8329BFD06\r\nOK\r\n";

impl Script {
    fn tokens(&self) -> Vec<Token> {
        let token = |what: &What| match what {
            What::Incoming { token, .. } | What::Unreadable { token, .. } => Some(*token),
            _ => None,
        };
        self.events.iter().filter_map(token).collect()
    }
}

#[test]
fn what_the_host_could_not_write_down_is_read_again() {
    let mut script = Script::new(&[
        ("AT+CPMS=?", "+CPMS: (\"SM\"),(\"SM\"),(\"SM\")\r\nOK\r\n"),
        (
            "AT+CPMS?",
            "+CPMS: \"SM\",1,20,\"SM\",1,20,\"SM\",1,20\r\nOK\r\n",
        ),
        ("AT+CMGL=4", LISTED),
    ]);
    script.pass(SECOND);
    let first = script.tokens();
    assert_eq!(first.len(), 1);
    // While it is being written down, it is not told again.
    script.pass(SECOND * 600);
    assert_eq!(script.tokens().len(), 1);
    script.session.not_stored(first[0], script.now);
    script.pass(SECOND * 59);
    assert_eq!(script.tokens().len(), 1, "at once would be in vain");
    script.pass(SECOND * 2);
    let again = script.tokens();
    assert_eq!(again.len(), 2);
    assert_eq!(script.asked("AT+CMGD"), 0);
    script.session.stored(again[1], script.now);
    script.settle();
    assert_eq!(script.asked("AT+CMGD=3"), 1);
}

#[test]
fn what_came_directly_and_was_not_written_down_is_told_again() {
    let mut script = Script::new(&[("AT+CSMS?", "+CSMS: 1,1,1,1\r\nOK\r\n")]);
    script.pass(SECOND);
    script.session.receive(
        b"\r\n+CMT: ,20\r\n0791448720003023040D91261893254476F800008080629173148005E8329BFD06\r\n",
        script.now,
    );
    script.settle();
    let first = script.tokens();
    assert_eq!(first.len(), 1);
    script.session.not_stored(first[0], script.now);
    script.pass(SECOND * 61);
    let again = script.tokens();
    assert_eq!((again.len(), script.asked("AT+CNMA")), (2, 0));
    script.session.stored(again[1], script.now);
    script.settle();
    assert_eq!(script.asked("AT+CNMA"), 1);
}

#[test]
fn a_pin_with_a_lost_answer_is_not_tried_again() {
    let mut script = Script::new(&[("AT+CPIN?", "+CPIN: SIM PIN\r\nOK\r\n"), ("AT+CPIN=", "")]);
    script.pin = Some("1234");
    script.pass(SECOND * 300);
    assert_eq!(script.asked("AT+CPIN=\"1234\""), 1);
    assert_eq!(script.session.status().state, ModemState::PinWrong);
}

#[test]
fn service_code_answers_in_hexadecimal_are_read() {
    #[track_caller]
    fn check(script: &mut Script, said: &str, expected: &str) {
        script.session.ussd("*888#", script.now);
        script.settle();
        script.session.receive(said.as_bytes(), script.now);
        let reply = script.session.next_ussd_reply().unwrap().unwrap();
        assert_eq!(reply.text, expected);
    }
    let mut script = Script::new(&[]);
    script.pass(SECOND);
    check(
        &mut script,
        "+CUSD: 0,\"Pulsa Rp5.000\",15\r\n",
        "Pulsa Rp5.000",
    );
    check(
        &mut script,
        "+CUSD: 0,\"00500075006C00730061\",72\r\n",
        "Pulsa",
    );
    check(
        &mut script,
        "+CUSD: 0,\"E8329BFD4697D9EC37\",15\r\n",
        "hellohello",
    );
    check(&mut script, "+CUSD: 0,\"12345678\",15\r\n", "12345678");
}

/// What a modem, or noise, may say at any moment.
const SAYINGS: [&str; 22] = [
    "\r\nOK\r\n",
    "\r\nOK\r\n",
    "\r\nOK\r\n",
    "\r\nERROR\r\n",
    "\r\n> ",
    "\r\n> ",
    "\r\n+CMGS: 12\r\n",
    "\r\n+CMGS: x\r\n",
    "+CMS ERROR: 500\r\n",
    "+CMS ERROR: 331\r\n",
    "+CME ERROR: 10\r\n",
    "+CPIN: READY\r\n",
    "+CREG: 0,1\r\n",
    "+CREG: 2\r\n",
    "+CDS: 20\r\n",
    "00062705912143F5000000000000000000000000000000\r\n",
    "+CMTI: \"SM\",1\r\n",
    "+CMGL: 1,1,,20\r\n",
    "0004048121430000000000000000000000\r\n",
    "RDY\r\n",
    "\u{0}~#",
    "+CUSD: 1,\"x\",15\r\n",
];

#[derive(Debug, Clone)]
enum Move {
    Say(usize),
    Bytes(Vec<u8>),
    /// Answers what was asked last as a good modem would.
    Behave,
    Wait(u64),
    Send,
    Cancel,
    Lose,
    Open,
    Store,
    Ussd,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        6 => (0..SAYINGS.len()).prop_map(Move::Say),
        1 => prop::collection::vec(any::<u8>(), 0..20).prop_map(Move::Bytes),
        30 => Just(Move::Behave),
        4 => (0..12_000_u64).prop_map(Move::Wait),
        4 => Just(Move::Send),
        1 => Just(Move::Cancel),
        1 => Just(Move::Lose),
        1 => Just(Move::Open),
        1 => Just(Move::Store),
        1 => Just(Move::Ussd),
    ];
    prop::collection::vec(one, 0..200)
}

fn good_answer(asked: &str) -> &'static str {
    match asked {
        "\u{1b}" => "",
        _ if asked.starts_with("AT+CPIN?") => "+CPIN: READY\r\nOK\r\n",
        _ if asked.starts_with("AT+CREG?") => "+CREG: 1,1\r\nOK\r\n",
        _ if asked.starts_with("AT+CMGS=") => "\r\n> ",
        _ if asked.starts_with("00") => "\r\n+CMGS: 3\r\n\r\nOK\r\n",
        _ => GOOD,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever a modem does: each part of each job has exactly one fate, and its text was
    /// written at most once, and not at all when the host is told that it never was.
    #[test]
    fn every_part_has_exactly_one_fate(moves in moves()) {
        let mut now = Instant::now();
        let mut session = Session::new(ModemSettings::named("m"));
        let text = "x".repeat(200);
        let mut sent = 0_u64;
        let mut asked = String::new();
        let mut events = Vec::new();
        let mut written: BTreeMap<String, usize> = BTreeMap::new();
        let mut token = 0;
        // Most of the time the modem is initialised before the trouble begins.
        let opening = [Move::Behave, Move::Behave, Move::Wait(150)].into_iter();
        let opening = opening.chain(std::iter::repeat_n(Move::Behave, 30));
        session.opened(now);
        for next in opening.chain(moves).chain([Move::Lose]) {
            match next {
                Move::Say(what) => session.receive(SAYINGS[what].as_bytes(), now),
                Move::Bytes(bytes) => session.receive(&bytes, now),
                Move::Behave => session.receive(good_answer(&std::mem::take(&mut asked)).as_bytes(), now),
                Move::Wait(millis) => {
                    now += Duration::from_millis(millis);
                    session.expire(now);
                }
                Move::Send => {
                    sent += 1;
                    // A number of its own makes each part's text its own.
                    let to = format!("+62{sent:08}");
                    session.send(SendJob::new(sent, &to, &text, SendOptions::default()).unwrap(), now);
                }
                Move::Cancel => session.cancel(sent),
                Move::Lose => session.lost("pulled out", now),
                Move::Open => {
                    session.closed(now);
                    session.opened(now);
                }
                Move::Store => {
                    token += 1;
                    session.stored(Token(token), now);
                }
                Move::Ussd => session.ussd("*888#", now),
            }
            while let Some(bytes) = session.next_write() {
                asked = String::from_utf8(bytes).unwrap();
                if asked.ends_with('\u{1a}') {
                    *written.entry(asked.clone()).or_default() += 1;
                }
            }
            events.extend(std::iter::from_fn(|| session.next_event()).map(|event| event.what));
            if session.take_reopen() {
                session.closed(now);
                session.opened(now);
            }
        }
        events.extend(std::iter::from_fn(|| session.next_event()).map(|event| event.what));
        let mut fates: BTreeMap<(u64, u8), usize> = BTreeMap::new();
        let mut handed = BTreeMap::new();
        let mut done = BTreeMap::new();
        for what in &events {
            match what {
                What::PartHandedOver { job, part } => {
                    *handed.entry((*job, *part)).or_insert(0) += 1;
                }
                What::PartAccepted { job, part, .. } | What::PartUnknown { job, part, .. } => {
                    prop_assert!(handed.contains_key(&(*job, *part)));
                    *fates.entry((*job, *part)).or_default() += 1;
                }
                What::PartRefused { job, part, refusal } => {
                    prop_assert_eq!(refusal.handed_over, handed.contains_key(&(*job, *part)));
                    *fates.entry((*job, *part)).or_default() += 1;
                }
                What::JobDone { job, unsent, .. } => {
                    *done.entry(*job).or_insert(0) += 1;
                    for part in unsent {
                        prop_assert!(!handed.contains_key(&(*job, *part)));
                        *fates.entry((*job, *part)).or_default() += 1;
                    }
                }
                _ => {}
            }
        }
        for job in 1..=sent {
            prop_assert_eq!(done.get(&job), Some(&1), "job {} is done once", job);
            for part in 1..=2 {
                prop_assert_eq!(fates.get(&(job, part)), Some(&1), "job {} part {}", job, part);
            }
        }
        prop_assert!(handed.values().all(|times| *times == 1));
        prop_assert!(written.values().all(|times| *times == 1));
        prop_assert!(written.len() <= handed.len());
    }
}
