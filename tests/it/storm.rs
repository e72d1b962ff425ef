//! Thousands of messages from one phone, while others work.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use sipintar::ask::{ListInbox, ListModems, ListSms};
use sipintar::domain::inbox::{InboxMessage, InboxState};
use sipintar::domain::sms::{SmsKind, SmsState};

use crate::modem::Modem;
use crate::support::Server;

const STORM: u64 = 5_000;
const STORMER: &str = "+6281311117777";
const KPA: &str = "+6281311110102";
const OFFICE: &str = "kode_satker,nama,nama_singkat,kpa_nama,kpa_hp,status
411201,Pengadilan Negeri Contoh,PN Contoh,Dwi Hidayat,0813-1111-0102,aktif
";

/// Many times what it takes. Whoever waits longer has been held up.
const PROMPT: Duration = Duration::from_secs(10);

/// A page of the inbox.
const PAGE: u32 = 500;

fn page(offset: u64, limit: u32) -> ListInbox {
    ListInbox {
        offset,
        limit,
        ..ListInbox::default()
    }
}

fn everything(server: &Server, total: u64) -> Vec<InboxMessage> {
    (0..total.div_ceil(u64::from(PAGE)))
        .flat_map(|at| server.ask(page(at * u64::from(PAGE), PAGE)).unwrap().rows)
        .collect()
}

#[test]
fn five_thousand_messages_from_one_phone_are_kept_and_hold_nobody_up() {
    let (mut modem, own) = Modem::start(&["--latency", "5", "--report-delay", "5"]);
    let server = Server::start(&own);
    let file = server.file("satker.csv", OFFICE);
    server.ok(&["satker", "import", file.to_str().unwrap()]);
    server.wait_for("the modem", ListModems {}, |list| {
        list.modems[0].state == "ready"
    });

    let begun = Instant::now();
    for n in 0..STORM {
        modem.incoming(STORMER, &format!("LPJ {n}"));
        // Behind more than a thousand others that the network has already.
        if n == STORM / 4 {
            modem.incoming(KPA, "JADWAL 411201");
        }
    }
    let desk = Instant::now();
    let register = ["letter", "register", "--module", "lpj", "--service", "lpj"];
    let about = ["--satker", "411201", "--field", "periode=2026-10"];
    server.ok(&[&register[..], &about, &["--subject", "LPJ"]].concat());
    let desk = desk.elapsed();
    let stored_then = server.ask(page(0, 1)).unwrap().total;
    assert!(
        stored_then < STORM,
        "the desk worked before the storm was over"
    );
    assert!(desk < PROMPT, "a desk waited {desk:?}");
    let answered = loop {
        if modem.taken().iter().any(|text| text.contains(KPA)) {
            break begun.elapsed();
        }
        assert!(begun.elapsed() < PROMPT, "another phone has no answer");
        std::thread::sleep(Duration::from_millis(5));
    };
    let all = STORM + 1;
    server.wait_for("all of them", page(0, 1), |page| page.total >= all);
    println!(
        "{all} messages stored in {:?}; meanwhile a letter was registered in {desk:?}, another phone answered after {answered:?}",
        begun.elapsed()
    );

    // Each once, and none answered beyond the limit.
    let kept = everything(&server, all);
    assert_eq!(kept.len() as u64, all);
    let of_storm: Vec<&InboxMessage> = kept.iter().filter(|row| row.from == STORMER).collect();
    let texts: BTreeSet<&str> = of_storm.iter().map(|row| row.text.as_str()).collect();
    assert_eq!((of_storm.len(), texts.len()), (5_000, 5_000));
    let in_state = |state| of_storm.iter().filter(|row| row.state == state).count();
    assert_eq!(in_state(InboxState::Answered), 21);
    assert_eq!(in_state(InboxState::Ignored), 5_000 - 21);
    let replies = ListSms {
        kind: Some(SmsKind::Reply),
        limit: 100,
        ..ListSms::default()
    };
    let replies = server.wait_for("all answers", replies, |page| {
        page.rows
            .iter()
            .all(|row| matches!(row.state, SmsState::Sent | SmsState::Delivered))
    });
    let to = |phone: &str| {
        replies
            .rows
            .iter()
            .filter(|row| row.to.as_str() == phone)
            .count()
    };
    assert_eq!((to(STORMER), to(KPA)), (21, 1));
    let heard = modem.taken();
    let taken = |phone: &str| heard.iter().filter(|text| text.contains(phone)).count();
    assert_eq!((taken(STORMER), taken(KPA)), (21, 1));
    assert!(server.cli(&["verify"]).status.success());
}
