//! `kill -9` again and again while a burst is under way, with a modem that lives on: nothing twice, nothing lost, and whatever was on its
//! way is `uncertain` or settled by its report.

use std::time::{Duration, Instant};

use sipintar::ask::{ConfirmSms, DraftSms, ListSms, SmsChoice, SmsRow};
use sipintar::domain::sms::SmsState;

use crate::faults::judge;
use crate::modem::Modem;
use crate::support::{ALWAYS, DEADLINE, Server};

const MESSAGES: usize = 50;
const KILLS: u64 = 20;
/// Choose when to kill.
const SEEDS: [u64; 2] = [1, 2];
/// Between kills so many messages are waited for at the most: all kills hit the burst.
const PACE: usize = 2;

#[test]
fn twenty_kills_in_the_middle_of_fifty_messages_send_none_twice_and_lose_none() {
    // Each with an office of its own.
    std::thread::scope(|scope| {
        for seed in SEEDS {
            scope.spawn(move || burst(seed));
        }
    });
}

fn burst(seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let (modem, _) = Modem::start(&["--latency=20", "--report-delay=60"]);
    modem.plugged();
    let mut server = Server::start(&format!("{ALWAYS}{}", modem.settings()));
    for number in 0..MESSAGES {
        server
            .ask(DraftSms {
                to: Some(format!("0813-1111-{number:04}")),
                satker: None,
                role: None,
                text: format!("Pesan {number}"),
                key: None,
            })
            .unwrap();
    }
    let which = SmsChoice::All { kind: None };
    server.ask(ConfirmSms { which }).unwrap();
    let mut hits = 0;
    for kill in 0..KILLS {
        let wanted = modem.log().len() + random.usize(0..=PACE);
        let end = Instant::now() + DEADLINE;
        while modem.log().len() < wanted {
            assert!(
                Instant::now() < end,
                "seed {seed}, kill {kill}: nothing leaves"
            );
            std::thread::sleep(Duration::from_millis(1));
        }
        // Anywhere in a message: before the prompt, in the text, before the answer, before it is written down.
        std::thread::sleep(Duration::from_micros(random.u64(0..30_000)));
        server.kill();
        hits += usize::from(modem.log().len() < MESSAGES);
        server.restart();
    }
    assert_eq!(hits as u64, KILLS, "seed {seed}: some kills came too late");

    let all = ListSms {
        limit: 100,
        ..ListSms::default()
    };
    let over = |row: &SmsRow| {
        matches!(
            row.state,
            SmsState::Sent | SmsState::Delivered | SmsState::Uncertain
        )
    };
    let rows = server
        .wait_for("the end of the burst", all, |page| {
            page.rows.iter().all(over)
        })
        .rows;
    assert_eq!(rows.len(), MESSAGES, "seed {seed}");
    judge(&format!("seed {seed}"), &rows, &modem);
    let uncertain = rows
        .iter()
        .filter(|row| row.state == SmsState::Uncertain)
        .count() as u64;
    assert!(
        uncertain <= KILLS,
        "seed {seed}: {uncertain} of {KILLS} in flight"
    );
}
