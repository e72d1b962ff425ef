//! Conversations as tables: what the modem says, what must come out.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

const SECOND: Duration = Duration::from_secs(1);
const PDU: &str = "0011000B916407281553F80000AA04E8373B0C";
const TIMES: SubmitTimes = SubmitTimes {
    prompt: SECOND,
    answer: SECOND,
    probe: SECOND,
};

fn written(engine: &mut Engine) -> String {
    let mut all = Vec::new();
    while let Some(bytes) = engine.next_write() {
        all.extend(bytes);
    }
    String::from_utf8(all).unwrap()
}

fn events(engine: &mut Engine) -> Vec<Event> {
    std::iter::from_fn(|| engine.next_event()).collect()
}

/// Runs one command against what the modem says, once in one piece and once byte by byte.
#[track_caller]
fn command(answer: Answer, said: &str, expected: &[Event]) {
    for step in [usize::MAX, 1] {
        let now = Instant::now();
        let mut engine = Engine::default();
        engine.begin(
            Exchange::Command {
                text: "AT+X".to_owned(),
                answer,
                within: SECOND,
            },
            now,
        );
        assert_eq!(written(&mut engine), "AT+X\r");
        for piece in said.as_bytes().chunks(step.min(said.len().max(1))) {
            engine.receive(piece, now);
        }
        assert_eq!(
            events(&mut engine),
            expected,
            "{said:?} in pieces of {step}"
        );
    }
}

fn ok(lines: &[&str]) -> Event {
    Event::Done(Outcome::Ok(
        lines.iter().map(|line| (*line).to_owned()).collect(),
    ))
}

fn error(line: &str) -> AtError {
    AtError::parse(line).unwrap()
}

#[test]
fn answers_are_told_from_what_comes_unasked() {
    let asked = Answer::Prefixed("+X:");
    command(Answer::Final, "\r\nOK\r\n", &[ok(&[])]);
    command(
        asked,
        "AT+X\r\r\n+X: 1,2\r\n\r\nOK\r\n",
        &[ok(&["+X: 1,2"])],
    );
    command(
        asked,
        "\r\nERROR\r\n",
        &[Event::Done(Outcome::Error(error("ERROR")))],
    );
    command(
        asked,
        "+CME ERROR: 10\r\n",
        &[Event::Done(Outcome::Error(error("+CME ERROR: 10")))],
    );
    let stored = Unsolicited::Stored {
        store: "SM".to_owned(),
        index: 3,
    };
    command(
        asked,
        "\r\n+CMTI: \"SM\",3\r\n\r\n+X: 1\r\n\r\nRING\r\n\r\nOK\r\n",
        &[Event::Unsolicited(stored), ok(&["+X: 1"])],
    );
    command(
        Answer::Any,
        "\r\nACME\r\n\r\n^RSSI: 18\r\n\r\n+CREG: 5\r\n\r\nOK\r\n",
        &[
            Event::Unsolicited(Unsolicited::Registration(5)),
            ok(&["ACME"]),
        ],
    );
    command(
        Answer::Prefixed("+CREG:"),
        "+CREG: 2\r\n+CREG: 1,\"00A1\",\"BEEF\"\r\n+CREG: 2,5,\"00A1\",\"BEEF\"\r\nOK\r\n",
        &[
            Event::Unsolicited(Unsolicited::Registration(2)),
            Event::Unsolicited(Unsolicited::Registration(1)),
            ok(&["+CREG: 2,5,\"00A1\",\"BEEF\""]),
        ],
    );
    // Noise before, between and inside.
    command(asked, "\u{1}~~\u{7f}OK\r\n", &[ok(&[])]);
    command(
        asked,
        "what?\r\n+X: 1\r\nOK\r\n",
        &[Event::Stray("what?".to_owned()), ok(&["+X: 1"])],
    );
}

#[test]
fn a_report_inside_a_listing_takes_its_own_pdu() {
    command(
        Answer::WithPdu("+CMGL:"),
        "+CMGL: 1,0,,20\r\n+CDS: 25\r\n00060102030405\r\n0004AABBCCDD\r\n+CMGL: 2,1,,20\r\n0004EEFF0011\r\nOK\r\n",
        &[
            Event::Unsolicited(Unsolicited::Report("00060102030405".to_owned())),
            ok(&[
                "+CMGL: 1,0,,20",
                "0004AABBCCDD",
                "+CMGL: 2,1,,20",
                "0004EEFF0011",
            ]),
        ],
    );
}

#[test]
fn a_report_while_nothing_runs_is_told() {
    let mut engine = Engine::default();
    engine.receive(b"\r\n+CDS: 25\r\n0006010203", Instant::now());
    assert_eq!(events(&mut engine), []);
    engine.receive(b"0405\r\n", Instant::now());
    let report = Event::Unsolicited(Unsolicited::Report("00060102030405".to_owned()));
    assert_eq!(events(&mut engine), [report]);
}

#[test]
fn errors_fall_into_their_classes() {
    #[track_caller]
    fn check(line: &str, code: Option<u16>, class: ErrorClass) {
        let error = AtError::parse(line).unwrap();
        assert_eq!((error.code, error.class), (code, class), "{line}");
    }
    check("+CMS ERROR: 1", Some(1), ErrorClass::NeverWorks);
    check("+CMS ERROR: 38", Some(38), ErrorClass::RetryLater);
    check("+CMS ERROR: 42", Some(42), ErrorClass::RetryLater);
    check("+CMS ERROR: 50", Some(50), ErrorClass::ModemTrouble);
    check("+CMS ERROR: 304", Some(304), ErrorClass::NeverWorks);
    check("+CMS ERROR: 310", Some(310), ErrorClass::ModemTrouble);
    check("+CMS ERROR: 331", Some(331), ErrorClass::RetryLater);
    check("+CMS ERROR: 500", Some(500), ErrorClass::RetryLater);
    check("+CMS ERROR: 4711", Some(4711), ErrorClass::Unknown);
    check(
        "+CMS ERROR: (U)SIM not inserted",
        Some(310),
        ErrorClass::ModemTrouble,
    );
    check(
        "+CMS ERROR: No network service",
        Some(331),
        ErrorClass::RetryLater,
    );
    check("+CMS ERROR: something else", None, ErrorClass::Unknown);
    check("+CME ERROR: SIM busy", Some(14), ErrorClass::RetryLater);
    check("+CME ERROR: 16", Some(16), ErrorClass::ModemTrouble);
    check("ERROR", None, ErrorClass::Unknown);
    check("NO CARRIER", None, ErrorClass::RetryLater);
    assert_eq!(AtError::parse("OK"), None);
}

enum Step {
    Says(&'static str),
    Waits,
    PortGoes,
}

/// Sends one message; returns the outcome and all that was written.
fn submit(steps: &[Step]) -> (SubmitOutcome, String) {
    use Step::{PortGoes, Says, Waits};
    let mut now = Instant::now();
    let mut engine = Engine::default();
    engine.begin(
        Exchange::Submit {
            length: 18,
            pdu: PDU.to_owned(),
            times: TIMES,
        },
        now,
    );
    let mut all = String::new();
    let mut outcome = None;
    for step in steps {
        match step {
            Says(text) => text.bytes().for_each(|byte| engine.receive(&[byte], now)),
            Waits => {
                now += SECOND;
                engine.expire(now);
            }
            PortGoes => engine.lost(),
        }
        all += &written(&mut engine);
        for event in events(&mut engine) {
            if let Event::SubmitDone(done) = event {
                assert_eq!(outcome.replace(done), None, "two outcomes");
            }
        }
    }
    (outcome.expect("no outcome"), all)
}

#[test]
fn each_way_of_sending_has_its_outcome() {
    use Step::{PortGoes, Says, Waits};
    #[track_caller]
    fn check(steps: &[Step], expected: &SubmitOutcome, text_written: bool) {
        let (outcome, all) = submit(steps);
        assert_eq!(outcome, *expected);
        assert_eq!(all.contains(PDU), text_written, "{all:?}");
    }
    let accepted = |reference, in_step| SubmitOutcome::Accepted { reference, in_step };
    let unknown = |why, alive| SubmitOutcome::Unknown { why, alive };
    let not = SubmitOutcome::NotHandedOver;

    let good = "\r\n+CMGS: 41\r\n\r\nOK\r\n";
    check(
        &[Says("\r\n> "), Says(good)],
        &accepted(Some(41), true),
        true,
    );
    // Echo of the command and of the text, with and without the prompt before it.
    check(
        &[
            Says("AT+CMGS=18\r\r\n> "),
            Says(PDU),
            Says("\u{1a}"),
            Says(good),
        ],
        &accepted(Some(41), true),
        true,
    );
    // Something unasked at every place.
    check(
        &[
            Says("+CREG: 1\r\n\r\n>"),
            Says("\r\n+CDS: 25\r\n00060102030405\r\n+CMTI: \"SM\",1\r\n"),
            Says("\r\n+CMGS: 255\r\nRING\r\nOK\r\n"),
        ],
        &accepted(Some(255), true),
        true,
    );
    // Noise before the answer, and damage to the answer itself.
    check(
        &[Says("> "), Says("\u{2}zz~+CMGS: 9\r\nOK\r\n")],
        &accepted(Some(9), true),
        true,
    );
    check(
        &[Says("> "), Says("+CMGS: x\r\nOK\r\n")],
        &accepted(None, true),
        true,
    );
    check(
        &[Says("> "), Says("+CMG: 1\r\nOK\r\n")],
        &accepted(None, true),
        true,
    );
    check(
        &[Says("> "), Says("+CMGS: 7\r\nO"), Waits],
        &accepted(Some(7), false),
        true,
    );
    check(
        &[Says("> "), Says("+CMGS: 7\r\n"), PortGoes],
        &accepted(Some(7), false),
        true,
    );

    // Refused before the text.
    let refused = |line| not(Trouble::Refused(error(line)));
    check(
        &[Says("+CMS ERROR: 331\r\n")],
        &refused("+CMS ERROR: 331"),
        false,
    );
    check(&[Says("ERROR\r\n")], &refused("ERROR"), false);
    check(&[Says("OK\r\n")], &not(Trouble::Garbled), false);
    check(&[Waits], &not(Trouble::Silence), false);
    check(&[Says("AT+CM"), PortGoes], &not(Trouble::Lost), false);

    // Refused after it.
    let said_no = SubmitOutcome::Refused(error("+CMS ERROR: 38"));
    check(
        &[Says("> "), Says("\r\n+CMS ERROR: 38\r\n")],
        &said_no,
        true,
    );
    check(
        &[Says("> "), Waits, Says("\r\n+CMS ERROR: 38\r\n")],
        &said_no,
        true,
    );
    // The modem's own time-out: the network may have it.
    let timeout = unknown(Trouble::Refused(error("+CMS ERROR: 332")), true);
    check(&[Says("> "), Says("+CMS ERROR: 332\r\n")], &timeout, true);

    // Nobody knows.
    check(
        &[Says("> "), Waits, Waits],
        &unknown(Trouble::Silence, false),
        true,
    );
    check(
        &[Says("> "), Waits, Says("OK\r\n")],
        &unknown(Trouble::Silence, true),
        true,
    );
    check(
        &[Says("> "), PortGoes],
        &unknown(Trouble::Lost, false),
        true,
    );
    check(
        &[Says("> "), Waits, PortGoes],
        &unknown(Trouble::Lost, false),
        true,
    );
    // It came late, but it came.
    check(
        &[Says("> "), Waits, Says(good)],
        &accepted(Some(41), false),
        true,
    );
}

#[test]
fn a_lost_prompt_takes_the_modem_out_of_text_entry() {
    let (_, all) = submit(&[Step::Waits]);
    assert_eq!(all, "AT+CMGS=18\r\u{1b}");
    let (_, all) = submit(&[Step::Says("> "), Step::Waits, Step::Waits]);
    assert_eq!(all, format!("AT+CMGS=18\r{PDU}\u{1a}AT\r"));
}

#[test]
fn a_reference_nobody_waits_for_is_told() {
    let mut engine = Engine::default();
    engine.receive(b"+CMGS: 57\r\nOK\r\n", Instant::now());
    let events = events(&mut engine);
    assert_eq!(
        events[0],
        Event::Unsolicited(Unsolicited::LateReference(57))
    );
}

#[test]
fn endless_lines_and_answers_stay_bounded() {
    let mut engine = Engine::default();
    let now = Instant::now();
    engine.begin(
        Exchange::Command {
            text: "AT".to_owned(),
            answer: Answer::Any,
            within: SECOND,
        },
        now,
    );
    engine.receive(&vec![b'x'; 100_000], now);
    engine.receive(b"\r\n", now);
    for _ in 0..5_000 {
        engine.receive(b"noise\r\n", now);
    }
    engine.receive(b"OK\r\n", now);
    let events = events(&mut engine);
    let lines = events.iter().find_map(|event| match event {
        Event::Done(Outcome::Ok(lines)) => Some(lines.len()),
        _ => None,
    });
    assert!(lines.unwrap() <= 1024);
}

#[test]
fn quiet_ends_only_after_silence() {
    let mut engine = Engine::default();
    let start = Instant::now();
    let silence = Duration::from_millis(100);
    engine.begin(
        Exchange::Quiet {
            silence,
            within: SECOND,
        },
        start,
    );
    engine.receive(b"OK\r\n", start + silence / 2);
    engine.expire(start + silence);
    assert!(!engine.is_idle());
    engine.expire(start + silence * 2);
    assert!(engine.is_idle());
}

#[test]
fn a_long_answer_may_take_its_time_but_not_stop() {
    let mut engine = Engine::default();
    let mut now = Instant::now();
    let listing = Exchange::Command {
        text: "AT+CMGL=4".to_owned(),
        answer: Answer::WithPdu("+CMGL:"),
        within: SECOND,
    };
    engine.begin(listing, now);
    for index in 1..=5 {
        now += SECOND * 3 / 4;
        engine.expire(now);
        engine.receive(format!("+CMGL: {index},1,,19\r\n{PDU}\r\n").as_bytes(), now);
        assert!(!engine.is_idle(), "line {index}");
    }
    now += SECOND;
    engine.expire(now);
    assert_eq!(events(&mut engine), [Event::Done(Outcome::Silence)]);
}

#[test]
fn parameters_split_outside_quotes() {
    assert_eq!(
        fields("+X: \"a,b\",2, 3,,\"\""),
        ["\"a,b\"", "2", "3", "", "\"\""]
    );
    assert_eq!(fields("+X:"), [""]);
    assert_eq!(registration_state("+CREG: 0,5"), Some(5));
    assert_eq!(registration_state("+CREG: 3"), Some(3));
    assert_eq!(registration_state("+CREG: x"), None);
}

proptest! {
    #[test]
    fn any_bytes_at_any_time_never_panic_and_end(
        pieces in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..40), 0_u8..6), 0..30),
    ) {
        let mut now = Instant::now();
        let mut engine = Engine::default();
        for (bytes, what) in pieces {
            match what {
                0 => engine.begin(Exchange::Submit { length: 18, pdu: PDU.to_owned(), times: TIMES }, now),
                1 => engine.begin(Exchange::Command { text: "AT+CMGL=4".to_owned(), answer: Answer::WithPdu("+CMGL:"), within: SECOND }, now),
                2 => engine.lost(),
                _ => {}
            }
            engine.receive(&bytes, now);
            engine.receive([&b"\r\n> "[..], b"OK\r\n", b"+CDS: 1\r\n", b"\x00+CMGS:"][usize::from(what) % 4], now);
            now += SECOND / 2;
            engine.expire(now);
            while engine.next_event().is_some() {}
            while engine.next_write().is_some() {}
        }
        for _ in 0..4 {
            now += SECOND;
            engine.expire(now);
        }
        prop_assert!(engine.is_idle());
    }
}
