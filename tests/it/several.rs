//! Several modems, one queue: preference by number, going by another while one is away, limits.

use std::collections::BTreeSet;

use sipintar::ask::{ListSms, ShowSms};
use sipintar::domain::id::SmsId;
use sipintar::domain::sms::SmsState;

use crate::kannel::{confirm, draft_to, row, wait_for_modem, wait_until};
use crate::modem::Modem;
use crate::support::{ALWAYS, Server};

/// Two modems, of which each is preferred by a prefix; both ready.
fn office(first: &[&str], more_of_first: &str, second: &[&str]) -> (Modem, Modem, Server) {
    let (first, second) = (Modem::start(first).0, Modem::start(second).0);
    first.plugged();
    second.plugged();
    let one = first.settings().replace("loket", "satu");
    let two = second.settings().replace("loket", "dua");
    let server = Server::start(&format!(
        "{ALWAYS}{one}prefixes = [\"0812\"]\n{more_of_first}\n{two}prefixes = [\"0813\"]\n"
    ));
    wait_for_modem(&server, "satu", "ready");
    wait_for_modem(&server, "dua", "ready");
    (first, second, server)
}

/// Queued messages, confirmed at once.
fn messages(server: &Server, prefix: &str, numbers: std::ops::Range<u32>) -> Vec<SmsId> {
    let ids: Vec<SmsId> = numbers
        .map(|number| {
            let to = format!("{prefix}-1111-{number:04}");
            draft_to(server, &to, &format!("Pesan {prefix} {number}"))
        })
        .collect();
    confirm(server, &ids);
    ids
}

fn all_in(server: &Server, state: SmsState, count: u64) {
    let list = ListSms {
        limit: 1,
        ..ListSms::default()
    };
    let what = format!("{count} {state:?}");
    server.wait_for(&what, list, |page| page.counts[&state] == count);
}

fn taken_by(modem: &Modem, prefix: &str) -> usize {
    let text = format!("Pesan {prefix}");
    modem
        .taken()
        .iter()
        .filter(|line| line.contains(&text))
        .count()
}

#[test]
fn numbers_go_by_the_modem_that_they_prefer_and_others_by_any() {
    let quick = ["--latency=20", "--report-delay=20"];
    let (first, second, server) = office(&quick, "", &quick);
    messages(&server, "0812", 0..12);
    messages(&server, "0857", 0..12);
    messages(&server, "0813", 0..12);
    all_in(&server, SmsState::Delivered, 36);
    assert_eq!(
        (taken_by(&first, "0812"), taken_by(&second, "0812")),
        (12, 0)
    );
    assert_eq!(
        (taken_by(&first, "0813"), taken_by(&second, "0813")),
        (0, 12)
    );
    assert_eq!(taken_by(&first, "0857") + taken_by(&second, "0857"), 12);
    let texts: BTreeSet<String> = first.taken().into_iter().chain(second.taken()).collect();
    assert_eq!(texts.len(), 36);
}

#[test]
fn what_waits_for_a_modem_that_is_away_goes_by_another_but_never_what_it_had() {
    let quick = ["--latency=20", "--report-delay=20"];
    // The first one: the report of one before it could be on the line and go with it.
    let faulty = ["--latency=20", "--report-delay=20", "--fault=1:unplug=2"];
    let (first, second, server) = office(&faulty, "", &quick);
    let ids = messages(&server, "0812", 0..8);
    all_in(&server, SmsState::Delivered, 7);
    let uncertain: Vec<SmsId> = ids
        .iter()
        .copied()
        .filter(|id| row(&server, *id).state == SmsState::Uncertain)
        .collect();
    let [in_flight] = uncertain.as_slice() else {
        panic!("one is uncertain: {uncertain:?}");
    };
    let lost = row(&server, *in_flight);
    assert_eq!((lost.modem.as_deref(), lost.attempts), (Some("satu"), 1));
    assert_eq!(
        (taken_by(&first, "0812"), taken_by(&second, "0812")),
        (0, 7)
    );
    assert!(!second.taken().iter().any(|line| line.ends_with(&lost.text)));
    // When it is back, its numbers go by it again.
    wait_for_modem(&server, "satu", "ready");
    messages(&server, "0812", 10..13);
    all_in(&server, SmsState::Delivered, 10);
    assert_eq!(
        (taken_by(&first, "0812"), taken_by(&second, "0812")),
        (3, 7)
    );
}

#[test]
fn a_modem_sends_no_more_in_a_minute_than_it_may_and_others_do_not_stand_in() {
    let quick = ["--latency=0", "--report-delay=0"];
    let (first, second, server) = office(&quick, "per_minute = 3", &quick);
    let ids = messages(&server, "0812", 0..5);
    messages(&server, "0813", 0..9);
    all_in(&server, SmsState::Delivered, 12);
    assert_eq!(
        (taken_by(&first, "0812"), taken_by(&second, "0812")),
        (3, 0)
    );
    let waiting = server.ask(ShowSms { id: ids[4] }).unwrap();
    assert_eq!(waiting.row.state, SmsState::Queued);
    let waits = waiting.waits.unwrap();
    // The other modem could send it, if it were not for the preference.
    assert_eq!(waits.code, "waits-throttle");
    assert!(
        server
            .ok(&["sms", "show", &ids[4].to_string()])
            .contains("Batas per menit")
    );
}

#[test]
fn a_number_gets_no_more_in_a_minute_than_it_may_and_others_overtake() {
    let (modem, settings) = Modem::start(&["--latency=0", "--report-delay=0"]);
    modem.plugged();
    let settings = settings.replace("[sms]\n", "[sms]\nper_number_per_minute = 2\n");
    let server = Server::start(&settings);
    wait_for_modem(&server, "loket", "ready");
    let same: Vec<SmsId> = (0..4)
        .map(|n| draft_to(&server, "0812-1111-0000", &format!("Sama {n}")))
        .collect();
    confirm(&server, &same);
    let other = draft_to(&server, "0812-1111-0001", "Lain");
    confirm(&server, &[other]);
    wait_until(&server, other, SmsState::Delivered);
    all_in(&server, SmsState::Delivered, 3);
    assert_eq!(row(&server, same[2]).state, SmsState::Queued);
    let waits = server.ask(ShowSms { id: same[3] }).unwrap().waits.unwrap();
    assert_eq!(waits.code, "waits-throttle");
    assert_eq!(modem.taken().len(), 3);
}
