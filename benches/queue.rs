//! The queue with 100,000 messages waiting: looking at them, confirming them all, and the desk's screen beside one with 100.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    dead_code,
    reason = "benchmarks"
)]

mod pty;
mod rig;

use std::time::{Duration, Instant};

use pty::{Desk, Terminal};
use rig::{Server, Times, head, show};
use sipintar::ask::{
    Ask, Audience, Broadcast, ConfirmSms, DraftSms, GetOverview, HoldSending, ImportSatker,
    ListSms, Office, OutlineSms, PreviewConfirm, Sheet, SmsChoice, SmsFilter, SmsGrouping,
};
use sipintar::client::Client;
use sipintar::domain::id::SmsId;
use sipintar::domain::sms::SmsState;

/// Nothing leaves while it is measured, and one person is enough.
const SETTINGS: &str = "[sms]\nundo_seconds = 3600\nconfirm = { broadcast = \"manual\" }\n";

/// Satker of the office; five announcements make 100,000 messages of them.
const SATKER: u32 = 20_000;
const ANNOUNCEMENTS: u32 = 5;
const PIECE: u32 = 500;

fn main() {
    // Closing a terminal that became ours must not end the measurement.
    signal_hook::flag::register(signal_hook::consts::SIGHUP, std::sync::Arc::default()).unwrap();
    if !rig::asked_for() {
        return;
    }
    let mut terminal = Terminal::open();
    let small = office(100, 1);
    head("the SMS screen with 100 messages waiting");
    screen(&mut terminal, &small);
    drop(small);
    let server = office(SATKER, ANNOUNCEMENTS);
    head("the SMS screen with 100,000 messages waiting");
    screen(&mut terminal, &server);
    looking(&server);
    confirming(&server);
}

fn office(satker: u32, announcements: u32) -> Server {
    let server = Server::empty(SETTINGS);
    let mut client = server.client();
    for part in (0..satker).collect::<Vec<_>>().chunks(1000) {
        let rows = part.iter().map(|n| (n + 2, row(*n))).collect();
        let columns = [
            "kode_satker",
            "nama",
            "nama_singkat",
            "kab_kota",
            "kpa_nama",
            "kpa_hp",
        ];
        let sheet = Sheet {
            columns: columns.map(str::to_owned).into(),
            rows,
        };
        let dry_run = false;
        client.ask(ImportSatker { sheet, dry_run }).unwrap();
    }
    let begin = Instant::now();
    let mut drafted = 0;
    for number in 0..announcements {
        let text = format!("rapat koordinasi ke-{number} pada Senin 30-11-2026 pukul 09.00.");
        let audience = Audience::default();
        let report = client
            .ask(Broadcast {
                audience,
                text,
                key: None,
            })
            .unwrap();
        drafted += report.recipients;
    }
    assert_eq!(drafted, u64::from(satker * announcements));
    println!("{drafted} messages drafted in {}", show(begin.elapsed()));
    let reason = "diukur".to_owned();
    client.ask(HoldSending { reason }).unwrap();
    server
}

fn row(n: u32) -> Vec<String> {
    vec![
        format!("{:06}", 100_000 + n),
        format!("Kantor Contoh Nomor {n}"),
        format!("Contoh {n}"),
        ["Kota Madiun", "Kab. Ngawi", "Kab. Magetan"][n as usize % 3].to_owned(),
        format!("KPA {n}"),
        format!("0813-{:04}-{:04}", 1000 + n / 10_000, n % 10_000),
    ]
}

fn screen(terminal: &mut Terminal, server: &Server) {
    let mut desk = Desk::start(terminal, server.folder.path());
    desk.until(|text| text.contains("DITAHAN"));
    desk.settle();
    let keys = |desk: &mut Desk<'_>, what: &str, keys: &[&[u8]]| {
        let (mut first, mut last) = (Times::default(), Times::default());
        for key in keys {
            let (one, all) = desk.press(key);
            first.add(one);
            last.add(all);
        }
        first.print(&format!("{what}: its frame"));
        last.print(&format!("{what}: everything it brings about"));
    };
    let mut opened = Times::default();
    for _ in 0..10 {
        desk.press(b"T");
        desk.settle();
        let begin = Instant::now();
        desk.press(b"M");
        opened.add(begin.elapsed());
        desk.settle();
    }
    opened.print("opened, with its messages");
    let [down, page, end]: [&[u8]; 3] = [b"\x1b[B", b"\x1b[6~", b"\x1b[F"];
    keys(&mut desk, "down", &[down; 40]);
    // Eight pages are there even with a hundred messages.
    keys(&mut desk, "page-down", &[page; 8]);
    keys(&mut desk, "to the last message", &[end]);
    desk.press(b"/");
    let letters: Vec<&[u8]> = b"ngawi 1".chunks(1).collect();
    keys(&mut desk, "a letter typed after /", &letters);
    desk.press(b"\r");
    desk.press(b"\x1b");
    desk.settle();
    keys(&mut desk, "another grouping", &[b"o".as_slice(); 6]);
    desk.press(b"o");
    desk.settle();
    desk.press(b"C");
    desk.until(|text| text.contains("seluruhnya"));
    desk.press(b"n");
    desk.quit();
}

fn looking(server: &Server) {
    let mut client = server.client();
    head("asking the server, with 100,000 messages waiting");
    let waiting = SmsFilter {
        states: vec![SmsState::Waiting],
        ..SmsFilter::default()
    };
    let page = ListSms {
        states: vec![SmsState::Waiting],
        limit: 80,
        ..ListSms::default()
    };
    ask(&mut client, "the newest 80", &page);
    let deep = ListSms {
        offset: 90_000,
        ..page.clone()
    };
    ask(&mut client, "80 from the 90,000th", &deep);
    let find = ListSms {
        find: Some("ngawi 1".to_owned()),
        ..page.clone()
    };
    ask(&mut client, "those with two words", &find);
    for by in SmsGrouping::ALL {
        let outline = OutlineSms {
            filter: waiting.clone(),
            by,
            open: Vec::new(),
            offset: 0,
            limit: 80,
        };
        ask(&mut client, &format!("groups by {}", by.as_str()), &outline);
    }
    let all = PreviewConfirm {
        which: piece(None, PIECE),
    };
    ask(&mut client, "what confirming them all would do", &all);
    ask(
        &mut client,
        "overview (status line, Beranda)",
        &GetOverview {},
    );
}

fn piece(after: Option<SmsId>, limit: u32) -> SmsChoice {
    SmsChoice::Found {
        filter: SmsFilter {
            states: vec![SmsState::Waiting],
            ..SmsFilter::default()
        },
        seen: None,
        after,
        limit,
    }
}

fn ask<A: Ask + Clone>(client: &mut Client, what: &str, request: &A) {
    Times::of(30, || drop(client.ask(request.clone()).unwrap())).print(what);
}

/// Confirms so many in pieces; the time of each piece.
fn confirm(client: &mut Client, most: usize) -> (usize, Times) {
    let (mut done, mut after, mut times) = (0, None, Times::default());
    while done < most {
        let begin = Instant::now();
        let outcome = client
            .ask(ConfirmSms {
                which: piece(after, PIECE),
            })
            .unwrap();
        times.add(begin.elapsed());
        done += outcome.done.len();
        after = outcome.next;
        if after.is_none() {
            break;
        }
    }
    (done, times)
}

fn confirming(server: &Server) {
    let mut client = server.client();
    head("confirming, durable, in pieces of 500");
    let begin = Instant::now();
    let (done, pieces) = confirm(&mut client, 10_000);
    println!("{done} messages confirmed in {}", show(begin.elapsed()));
    pieces.print("a piece");
    // Somebody else drafts a message now and then, while the rest is confirmed.
    let mut other = server.client();
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let drafting = std::thread::spawn(move || {
        let mut times = Times::default();
        while stopped.recv_timeout(Duration::from_millis(20))
            == Err(std::sync::mpsc::RecvTimeoutError::Timeout)
        {
            let begin = Instant::now();
            other
                .ask(DraftSms {
                    to: Some("0813-9999-0001".to_owned()),
                    satker: None,
                    role: None,
                    text: "Rapat".to_owned(),
                    key: None,
                })
                .unwrap();
            times.add(begin.elapsed());
        }
        times
    });
    let begin = Instant::now();
    let (done, pieces) = confirm(&mut client, usize::MAX);
    println!("{done} messages confirmed in {}", show(begin.elapsed()));
    pieces.print("a piece");
    drop(stop);
    drafting
        .join()
        .unwrap()
        .print("a message drafted by somebody else meanwhile");
}
