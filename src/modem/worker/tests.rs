//! The worker against the simulated modem. After each fault three questions: what was sent twice,
//! what was lost, does it go on by itself?
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::expect_used
)]

use std::cell::Cell;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded, unbounded};

use super::*;
use crate::modem::at::ErrorClass;
use crate::modem::simulator::{ReportRoute, SimulatedModem, SimulatorSettings};
use crate::modem::{PinDigest, PinSource, SendJob, SendOptions};

/// How long a test waits for anything before it fails.
const DEADLINE: Duration = Duration::from_secs(20);
const MS: Duration = Duration::from_millis(1);

fn quick() -> ModemSettings {
    let mut settings = ModemSettings::named("m1");
    settings.timing = crate::modem::Timing {
        hello: MS * 100,
        quiet: MS * 5,
        command: MS * 200,
        slow_command: MS * 300,
        pin: MS * 300,
        prompt: MS * 100,
        answer: MS * 200,
        probe: MS * 100,
        watch: MS * 200,
        retry: MS * 30,
        busy: MS * 10,
        ussd: MS * 1000,
        reopen_first: MS * 5,
        reopen_most: MS * 40,
    };
    settings
}

fn calm() -> SimulatorSettings {
    SimulatorSettings {
        latency: MS,
        report_delay: MS * 2,
        ..SimulatorSettings::default()
    }
}

struct Bench {
    simulator: SimulatedModem,
    modem: ModemHandle,
    events: Receiver<ModemEvent>,
    state: Cell<ModemState>,
}

impl Bench {
    fn new(settings: ModemSettings, simulated: SimulatorSettings) -> Self {
        let simulator = SimulatedModem::start(simulated).unwrap();
        let (sender, events) = unbounded();
        let modem = start(settings, simulator.connector(), sender).unwrap();
        Self {
            simulator,
            modem,
            events,
            state: Cell::new(ModemState::Starting),
        }
    }

    fn ready(simulated: SimulatorSettings) -> Self {
        let bench = Self::new(quick(), simulated);
        bench.wait_state(ModemState::Ready);
        bench
    }

    fn seen(&self, event: ModemEvent) -> What {
        if let What::Status(status) = &event.what {
            self.state.set(status.state);
        }
        event.what
    }

    #[track_caller]
    fn next(&self) -> What {
        self.seen(
            self.events
                .recv_timeout(DEADLINE)
                .expect("the modem fell silent"),
        )
    }

    /// Waits for the first event that the function takes.
    #[track_caller]
    fn wait<T>(&self, mut take: impl FnMut(What) -> Option<T>) -> T {
        let until = Instant::now() + DEADLINE;
        loop {
            let event = self.events.recv_deadline(until).expect("it never came");
            if let Some(found) = take(self.seen(event)) {
                return found;
            }
        }
    }

    #[track_caller]
    fn wait_state(&self, state: ModemState) -> ModemStatus {
        self.wait(|what| match what {
            What::Status(status) if status.state == state => Some(*status),
            _ => None,
        })
    }

    fn send(&self, id: u64, text: &str) {
        let job = SendJob::new(id, "+6281234567890", text, SendOptions::default()).unwrap();
        assert!(self.modem.command(ModemCommand::Send(job)));
    }

    /// Sends and gives all events about the job.
    #[track_caller]
    fn outcome(&self, id: u64, text: &str) -> Vec<What> {
        self.send(id, text);
        let mut all = Vec::new();
        loop {
            let what = self.next();
            let done = matches!(what, What::JobDone { job, .. } if job == id);
            if !matches!(what, What::Status(_) | What::Report { .. }) {
                all.push(what);
            }
            if done {
                return all;
            }
        }
    }

    /// Sends as a careful host does: again when that is safe, never when it is unknown. Gives the
    /// number of messages whose fate is unknown.
    #[track_caller]
    fn deliver(&self, texts: &[String]) -> usize {
        let mut unknown = 0;
        for (id, text) in (1..).zip(texts) {
            loop {
                let events = self.outcome(id, text);
                if !self.state.get().can_send() {
                    self.wait_ready();
                }
                let any = |found: fn(&What) -> bool| events.iter().any(found);
                if any(|what| matches!(what, What::PartAccepted { .. })) {
                    break;
                }
                if any(|what| matches!(what, What::PartUnknown { .. })) {
                    unknown += 1;
                    break;
                }
            }
        }
        unknown
    }

    #[track_caller]
    fn wait_ready(&self) {
        self.wait_state(ModemState::Ready);
    }
}

fn texts(count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("pesan {n}")).collect()
}

#[test]
fn a_message_is_sent_and_reported() {
    let bench = Bench::ready(calm());
    bench.send(7, "KPPN Madiun: uji");
    assert_eq!(
        bench.wait(|what| Some(what).filter(|what| !matches!(what, What::Status(_)))),
        What::PartHandedOver { job: 7, part: 1 }
    );
    let reference = bench.wait(|what| match what {
        What::PartAccepted {
            job: 7,
            part: 1,
            reference,
        } => reference,
        _ => None,
    });
    bench.wait(|what| {
        (what
            == What::JobDone {
                job: 7,
                unsent: vec![],
                why: None,
            })
        .then_some(())
    });
    let (reported, to) = bench.wait(|what| match what {
        What::Report {
            reference,
            recipient,
            status: 0,
            ..
        } => Some((reference, recipient)),
        _ => None,
    });
    assert_eq!((reported, to.as_str()), (reference, "+6281234567890"));
    assert_eq!(bench.simulator.accepted()[0].text, "KPPN Madiun: uji");
}

#[test]
fn the_status_tells_what_a_person_wants_to_know() {
    let bench = Bench::ready(calm());
    let status = bench.wait(|what| match what {
        What::Status(status) if status.own_number.is_some() => Some(*status),
        _ => None,
    });
    assert_eq!(status.operator.as_deref(), Some("SIMULASI"));
    assert_eq!(
        (status.signal, status.signal_percent()),
        (Some(21), Some(67))
    );
    assert_eq!(status.manufacturer.as_deref(), Some("SI PINTAR"));
    assert_eq!(status.imei.as_deref(), Some("350000000000006"));
    assert_eq!(status.own_number.as_deref(), Some("+628120000000"));
    assert_eq!(status.service_centre.as_deref(), Some("+628110000000"));
}

#[test]
fn parts_go_out_in_order_and_each_is_told() {
    let bench = Bench::ready(calm());
    let text = "x".repeat(400);
    let events = bench.outcome(1, &text);
    let accepted: Vec<u8> = events
        .iter()
        .filter_map(|what| match what {
            What::PartAccepted { part, .. } => Some(*part),
            _ => None,
        })
        .collect();
    assert_eq!(accepted, [1, 2, 3]);
    let sent: String = bench
        .simulator
        .accepted()
        .iter()
        .map(|part| part.text.as_str())
        .collect();
    assert_eq!(sent, text);
}

/// One fault at the second of five messages.
#[track_caller]
fn fault(kind: &str, sent: usize, unknown: usize) {
    let faults = vec![format!("2:{kind}").parse().unwrap()];
    let bench = Bench::ready(SimulatorSettings { faults, ..calm() });
    let texts = texts(5);
    let doubtful = bench.deliver(&texts);
    let mut accepted: Vec<String> = bench
        .simulator
        .accepted()
        .into_iter()
        .map(|a| a.text)
        .collect();
    assert_eq!(accepted.len(), sent, "{kind}: sent {accepted:?}");
    accepted.dedup();
    assert_eq!(accepted.len(), sent, "{kind}: sent twice");
    assert_eq!(doubtful, unknown, "{kind}: unknown");
    // Whatever is not accepted is known to be doubtful: nothing is lost without a word.
    assert!(texts.len() - sent <= doubtful, "{kind}: lost");
}

#[test]
fn a_refusal_is_tried_again_and_nothing_doubles() {
    fault("error=500", 5, 0);
    fault("error=42", 5, 0);
    fault("refuse=331", 5, 0);
}

#[test]
fn a_lost_prompt_is_safe_to_send_again() {
    fault("no-prompt", 5, 0);
}

#[test]
fn silence_after_the_text_is_unknown_and_it_goes_on() {
    fault("silence", 4, 1);
    fault("answer-lost", 5, 1);
}

#[test]
fn a_hang_is_unknown_and_ends_with_the_port_opened_anew() {
    fault("hang", 4, 1);
    fault("hang-accepted", 5, 1);
}

#[test]
fn a_port_closed_on_purpose_is_not_called_unplugged() {
    let faults = vec!["1:hang".parse().unwrap()];
    let bench = Bench::ready(SimulatorSettings { faults, ..calm() });
    bench.send(1, "halo");
    bench.wait_state(ModemState::Hung);
    bench.wait(|what| match what {
        What::Status(status) if status.state == ModemState::Unplugged => panic!("{status:?}"),
        What::Status(status) if status.state == ModemState::Ready => Some(()),
        _ => None,
    });
}

#[test]
fn an_unplugged_modem_comes_back_by_itself() {
    fault("unplug=0.1", 4, 1);
    fault("unplug-accepted=0.1", 5, 1);
}

#[test]
fn noise_before_the_answer_hides_nothing() {
    fault("garbage", 5, 0);
    fault("damaged-reference", 5, 0);
}

#[test]
fn the_rest_of_a_message_stays_when_a_part_fails() {
    let faults = vec!["2:error=500".parse().unwrap()];
    let bench = Bench::ready(SimulatorSettings { faults, ..calm() });
    let events = bench.outcome(9, &"y".repeat(500));
    assert!(
        matches!(events[1], What::PartAccepted { part: 1, .. }),
        "{events:?}"
    );
    match &events[3] {
        What::PartRefused {
            job: 9,
            part: 2,
            refusal,
        } => {
            assert_eq!(
                (refusal.class, refusal.code, refusal.handed_over),
                (ErrorClass::RetryLater, Some(500), true)
            );
        }
        other => panic!("{other:?}"),
    }
    match events.last() {
        Some(What::JobDone {
            job: 9,
            unsent,
            why: Some(_),
        }) => assert_eq!(unsent, &[3, 4]),
        other => panic!("{other:?}"),
    }
    // The host sends the rest, and the other side gets each part once.
    let job = SendJob::new(
        9,
        "+6281234567890",
        &"y".repeat(500),
        SendOptions::default(),
    )
    .unwrap();
    bench
        .modem
        .command(ModemCommand::Send(job.only(&[2, 3, 4])));
    bench.wait(|what| matches!(what, What::JobDone { job: 9, .. }).then_some(()));
    let parts: Vec<_> = bench
        .simulator
        .accepted()
        .iter()
        .map(|part| part.part.unwrap().0)
        .collect();
    assert_eq!(parts, [1, 2, 3, 4]);
}

#[test]
fn a_message_for_a_modem_that_is_not_ready_comes_straight_back() {
    let bench = Bench::new(
        quick(),
        SimulatorSettings {
            registration: 2,
            ..calm()
        },
    );
    bench.wait_state(ModemState::Searching);
    let events = bench.outcome(3, "halo");
    assert_eq!(events.len(), 1, "{events:?}");
    assert!(matches!(&events[0], What::JobDone { job: 3, unsent, .. } if unsent == &[1]));
    bench.simulator.change(|settings| settings.registration = 5);
    bench.wait_state(ModemState::Ready);
    assert!(matches!(
        bench.outcome(3, "halo")[1],
        What::PartAccepted { .. }
    ));
}

#[test]
fn an_incoming_message_stays_on_the_sim_until_it_is_stored() {
    let bench = Bench::ready(calm());
    bench.simulator.incoming("+628111222333", "PAGU 411902");
    let incoming = |what| match what {
        What::Incoming {
            token, from, text, ..
        } => Some((token, from, text.unwrap())),
        _ => None,
    };
    let (token, from, text) = bench.wait(incoming);
    assert_eq!(
        (from.as_str(), text.as_str()),
        ("+628111222333", "PAGU 411902")
    );
    // It is told once, however often the store is read; after a re-plug its place is seen anew.
    bench.simulator.unplug(MS * 20);
    bench.wait_state(ModemState::Unplugged);
    bench.wait_ready();
    bench.simulator.incoming("+628111222333", "STATUS");
    let (second, _, text) = bench.wait(incoming);
    assert_eq!(text, "STATUS");
    assert_eq!(bench.simulator.stored(), 2);
    bench.modem.command(ModemCommand::Stored(token));
    bench.modem.command(ModemCommand::Stored(second));
    let until = Instant::now() + DEADLINE;
    while bench.simulator.stored() > 0 {
        assert!(Instant::now() < until, "still on the SIM");
        std::thread::yield_now();
    }
}

#[test]
fn messages_that_came_while_nobody_listened_are_read_at_start() {
    let simulator = SimulatedModem::start(calm()).unwrap();
    simulator.incoming("BANK", "Promo");
    simulator.incoming("+62811", &"panjang ".repeat(40));
    let (sender, events) = unbounded();
    let modem = start(quick(), simulator.connector(), sender).unwrap();
    let bench = Bench {
        simulator,
        modem,
        events,
        state: Cell::new(ModemState::Starting),
    };
    let mut got = Vec::new();
    while got.len() < 4 {
        let (from, concat, token) = bench.wait(|what| match what {
            What::Incoming {
                from,
                concat,
                token,
                ..
            } => Some((from, concat, token)),
            _ => None,
        });
        bench.modem.command(ModemCommand::Stored(token));
        got.push((from, concat.map(|concat| (concat.seq, concat.total))));
    }
    assert_eq!(got[0], ("BANK".to_owned(), None));
    assert_eq!(got[3], ("+62811".to_owned(), Some((3, 3))));
}

#[test]
fn a_full_sim_is_said_and_emptied() {
    let bench = Bench::ready(SimulatorSettings {
        capacity: 2,
        ..calm()
    });
    for n in 0..3 {
        bench.simulator.incoming("+62811", &format!("pesan {n}"));
    }
    let token = |bench: &Bench| {
        bench.wait(|what| match what {
            What::Incoming { token, .. } => Some(token),
            _ => None,
        })
    };
    let first = [token(&bench), token(&bench)];
    bench.wait_state(ModemState::StorageFull);
    for token in first {
        bench.modem.command(ModemCommand::Stored(token));
    }
    // The network delivers the third as soon as there is room.
    let third = token(&bench);
    bench.modem.command(ModemCommand::Stored(third));
    bench.wait_ready();
}

#[test]
fn reports_from_the_store_are_read_and_deleted() {
    let bench = Bench::ready(SimulatorSettings {
        reports: ReportRoute::Stored,
        ..calm()
    });
    bench.send(1, "halo");
    let token = bench.wait(|what| match what {
        What::Report { token, .. } => Some(token),
        _ => None,
    });
    assert_eq!(bench.simulator.stored(), 1);
    bench.modem.command(ModemCommand::Stored(token));
    let until = Instant::now() + DEADLINE;
    while bench.simulator.stored() > 0 {
        assert!(Instant::now() < until, "still on the SIM");
        std::thread::yield_now();
    }
}

#[test]
fn a_wrong_pin_is_entered_once() {
    let settings = ModemSettings {
        pin: PinSource::fixed("0000"),
        ..quick()
    };
    let bench = Bench::new(
        settings,
        SimulatorSettings {
            pin: Some("1234".to_owned()),
            ..calm()
        },
    );
    bench.wait_state(ModemState::PinWrong);
    // Not even after the plug was pulled.
    for _ in 0..3 {
        bench.simulator.unplug(MS * 10);
        bench.wait_state(ModemState::Unplugged);
        bench.wait_state(ModemState::PinWrong);
    }
    assert_eq!(bench.simulator.pins_entered(), ["0000"]);
}

#[test]
fn a_pin_that_was_refused_before_is_not_entered_at_all() {
    let settings = ModemSettings {
        pin: PinSource::fixed("0000"),
        refused_pin: Some(PinDigest::of("0000")),
        ..quick()
    };
    let bench = Bench::new(
        settings,
        SimulatorSettings {
            pin: Some("1234".to_owned()),
            ..calm()
        },
    );
    bench.wait_state(ModemState::PinWrong);
    assert!(bench.simulator.pins_entered().is_empty());
}

#[test]
fn a_pin_that_was_corrected_is_entered_without_a_restart() {
    let file = std::sync::Arc::new(std::sync::Mutex::new("0000".to_owned()));
    let read = std::sync::Arc::clone(&file);
    let settings = ModemSettings {
        pin: PinSource::new(move || Ok(Some(read.lock().unwrap().clone()))),
        ..quick()
    };
    let bench = Bench::new(
        settings,
        SimulatorSettings {
            pin: Some("1234".to_owned()),
            ..calm()
        },
    );
    let refused = bench.wait(|what| match what {
        What::PinRefused(pin) => Some(pin),
        _ => None,
    });
    assert_eq!(refused, PinDigest::of("0000"));
    bench.wait_state(ModemState::PinWrong);
    "1234".clone_into(&mut file.lock().unwrap());
    bench.wait(|what| matches!(what, What::PinForgotten).then_some(()));
    bench.wait_ready();
    assert_eq!(bench.simulator.pins_entered(), ["0000", "1234"]);
}

#[test]
fn a_sim_that_wants_its_puk_is_left_alone_and_its_pin_tried_once_it_is_unlocked() {
    let settings = ModemSettings {
        pin: PinSource::fixed("1234"),
        refused_pin: Some(PinDigest::of("1234")),
        ..quick()
    };
    let bench = Bench::new(
        settings,
        SimulatorSettings {
            pin: Some("4711".to_owned()),
            pin_tries: 0,
            ..calm()
        },
    );
    bench.wait_state(ModemState::PukNeeded);
    assert!(bench.simulator.pins_entered().is_empty());
    bench.simulator.unlock("1234");
    bench.wait_ready();
    assert_eq!(bench.simulator.pins_entered(), ["1234"]);
}

#[test]
fn the_right_pin_opens_the_sim_each_time_it_is_asked() {
    let settings = ModemSettings {
        pin: PinSource::fixed("1234"),
        ..quick()
    };
    let bench = Bench::new(
        settings,
        SimulatorSettings {
            pin: Some("1234".to_owned()),
            ..calm()
        },
    );
    bench.wait_ready();
    bench.simulator.unplug(MS * 10);
    bench.wait_state(ModemState::Unplugged);
    bench.wait_ready();
    assert_eq!(bench.simulator.pins_entered(), ["1234", "1234"]);
}

#[test]
fn troubles_of_the_sim_are_named() {
    let bench = Bench::new(
        quick(),
        SimulatorSettings {
            sim: false,
            ..calm()
        },
    );
    bench.wait_state(ModemState::NoSim);
    bench.simulator.change(|settings| settings.sim = true);
    bench.wait_ready();
    let bench = Bench::new(
        quick(),
        SimulatorSettings {
            pin: Some("1".to_owned()),
            ..calm()
        },
    );
    bench.wait_state(ModemState::PinNeeded);
    let bench = Bench::new(
        quick(),
        SimulatorSettings {
            registration: 3,
            ..calm()
        },
    );
    bench.wait_state(ModemState::Denied);
}

#[test]
fn modems_that_refuse_or_echo_still_work() {
    let refuse = [
        "+CMEE", "+CMMS", "+CNUM", "+CSCA?", "+COPS", "+CSMS", "+CNMI=2", "+CREG", "+CPMS=?",
        "+CSQ", "+CGMM",
    ];
    let refuse = refuse.map(str::to_owned).to_vec();
    let bench = Bench::ready(SimulatorSettings {
        echo_stuck: true,
        refuse,
        verbose_errors: true,
        ..calm()
    });
    let events = bench.outcome(1, "halo");
    assert!(
        matches!(
            events[1],
            What::PartAccepted {
                reference: Some(_),
                ..
            }
        ),
        "{events:?}"
    );
    bench.wait(|what| matches!(what, What::Report { .. }).then_some(()));
}

#[test]
fn a_service_code_is_answered() {
    let bench = Bench::ready(calm());
    let ask = |code: &str| {
        let (reply, replies) = bounded(1);
        bench.modem.command(ModemCommand::Ussd {
            code: code.to_owned(),
            reply,
        });
        replies.recv_timeout(DEADLINE).unwrap()
    };
    let answer = ask("*888#").unwrap();
    assert!(answer.text.starts_with("Pulsa Anda") && !answer.waits);
    assert!(ask("rm -rf").is_err());
    assert!(ask("*123#").unwrap().text.contains("*123#"));
}

#[test]
fn stopping_waits_for_the_answer_on_the_line() {
    let bench = Bench::ready(SimulatorSettings {
        latency: MS * 50,
        ..calm()
    });
    bench.send(1, "halo");
    bench.wait(|what| matches!(what, What::PartHandedOver { .. }).then_some(()));
    bench.modem.stop();
    let events: Vec<What> = bench.events.try_iter().map(|event| event.what).collect();
    assert!(
        events
            .iter()
            .any(|what| matches!(what, What::PartAccepted { job: 1, .. })),
        "{events:?}"
    );
    assert!(
        matches!(events.last(), Some(What::Status(status)) if status.state == ModemState::Stopped)
    );
}

#[test]
fn noise_on_an_idle_line_disturbs_nothing() {
    let bench = Bench::ready(calm());
    bench.simulator.noise(&[
        0xFF, 0x00, b'>', b' ', 0x1A, b'\r', b'\n', b'+', b'C', b'M', b'T',
    ]);
    bench.simulator.noise(b"\r\n$$$ what\r\n");
    assert!(matches!(
        bench.outcome(1, "halo")[1],
        What::PartAccepted {
            reference: Some(1),
            ..
        }
    ));
}
