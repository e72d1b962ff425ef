//! Power cuts, and stores that cannot be trusted: the same state after every restart.

use std::fs;
use std::path::PathBuf;

use sipintar::ask::{
    ConfirmSms, EndLetter, GetStatus, ImportSatker, ListLetters, ListSatker, ListSms, NewLetter,
    RegisterLetter, Sheet, ShowLetter, SmsChoice,
};
use sipintar::domain::letter::LetterState;
use sipintar::domain::sms::SmsState;

use crate::support::{ALWAYS, SATKER, Server};

fn sheet() -> Sheet {
    let mut lines = SATKER
        .lines()
        .map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let columns = lines.next().unwrap();
    Sheet {
        columns,
        rows: (2..).zip(lines).collect(),
    }
}

fn register(server: &Server, n: u32) -> sipintar::ask::Registered {
    let letter = NewLetter {
        module: "lpj".to_owned(),
        service: "lpj".to_owned(),
        satker: "411201".to_owned(),
        number: format!("S-{n}/2026"),
        fields: [("periode".to_owned(), "2026-10".to_owned())].into(),
        ..NewLetter::default()
    };
    server
        .ask(RegisterLetter {
            letter,
            duplicate_seen: false,
            key: Some(format!("form-{n}")),
        })
        .unwrap()
}

/// Everything that clients can see, as text.
fn state(server: &Server) -> String {
    let letters = server
        .ask(ListLetters {
            limit: 1000,
            ..ListLetters::default()
        })
        .unwrap();
    let sms = server
        .ask(ListSms {
            limit: 1000,
            ..ListSms::default()
        })
        .unwrap();
    let satker = server
        .ask(ListSatker {
            limit: 1000,
            ..ListSatker::default()
        })
        .unwrap();
    let details: Vec<_> = letters
        .rows
        .iter()
        .map(|row| {
            server
                .ask(ShowLetter { agenda: row.agenda })
                .unwrap()
                .letter
        })
        .collect();
    format!("{letters:#?}{sms:#?}{satker:#?}{details:#?}")
}

/// An office with some history, nothing of it in motion.
fn settled_office() -> Server {
    let server = Server::start(ALWAYS);
    server
        .ask(ImportSatker {
            sheet: sheet(),
            dry_run: false,
        })
        .unwrap();
    for n in 1..=20 {
        let registered = register(&server, n);
        if n % 2 == 0 {
            let end = EndLetter {
                agenda: registered.letter.agenda,
                to: LetterState::Completed,
                note: String::new(),
                fields: [].into(),
            };
            server.ask(end).unwrap();
        }
    }
    server
}

#[test]
fn a_killed_server_comes_back_with_everything_it_acknowledged() {
    let mut server = settled_office();
    let before = state(&server);
    for round in 0..5 {
        server.kill();
        server.restart();
        assert_eq!(state(&server), before, "round {round}");
    }
    // A request that is sent again after the cut is done once.
    let again = register(&server, 7);
    assert_eq!(again.letter.agenda.serial, 7);
    assert_eq!(state(&server), before);
}

fn store_files(server: &Server) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(server.home.store())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

#[test]
fn a_store_that_is_deleted_cut_or_overwritten_is_made_anew() {
    let mut server = settled_office();
    let before = state(&server);
    let mut damage = |what: &str, act: &dyn Fn(&Server)| {
        // Ended in good order, so that the whole store is on disk and damage really hits it.
        assert!(server.cli(&["stop"]).status.success());
        server.kill();
        act(&server);
        server.restart();
        assert_eq!(state(&server), before, "{what}");
    };
    damage("deleted", &|server| {
        fs::remove_dir_all(server.home.store()).unwrap();
    });
    damage("cut by one byte", &|server| {
        for path in store_files(server) {
            let length = fs::metadata(&path).unwrap().len();
            let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
            file.set_len(length.saturating_sub(1)).unwrap();
        }
    });
    damage("one byte changed", &|server| {
        for path in store_files(server) {
            let mut bytes = fs::read(&path).unwrap();
            let middle = bytes.len() / 3;
            if let Some(byte) = bytes.get_mut(middle) {
                *byte ^= 0xff;
            }
            fs::write(&path, bytes).unwrap();
        }
    });
    damage("overwritten", &|server| {
        for path in store_files(server) {
            let length = usize::try_from(fs::metadata(&path).unwrap().len()).unwrap();
            fs::write(&path, vec![0xa5; length]).unwrap();
        }
    });
    damage("a file in its place", &|server| {
        fs::remove_dir_all(server.home.store()).unwrap();
        fs::write(server.home.store(), "no store").unwrap();
    });
}

#[test]
fn a_message_on_its_way_when_the_power_went_is_uncertain_and_never_sent_by_itself() {
    let mut server = settled_office();
    server
        .ask(ConfirmSms {
            which: SmsChoice::All { kind: None },
        })
        .unwrap();
    let all = ListSms {
        limit: 1000,
        ..ListSms::default()
    };
    server.wait_for("a message under way", all.clone(), |page| {
        page.rows.iter().any(|row| row.sent.is_some())
    });
    server.kill();
    server.restart();
    let end = |page: &sipintar::ask::SmsPage| {
        page.rows.iter().all(|row| {
            matches!(
                row.state,
                SmsState::Delivered | SmsState::Uncertain | SmsState::Sent
            )
        })
    };
    let page = server.wait_for("the rest of the queue", all, end);
    assert!(
        page.rows
            .iter()
            .filter(|row| row.state == SmsState::Uncertain)
            .count()
            <= 1,
        "one modem has one message at a time"
    );
    assert!(
        page.rows.iter().all(|row| row.attempts == 1),
        "nothing is sent twice"
    );
}

#[test]
fn a_torn_journal_loses_only_what_nobody_was_told() {
    let mut server = settled_office();
    let before = state(&server);
    server.kill();
    let segment = server.home.journal().join("00000001.jsonl");
    let mut bytes = fs::read(&segment).unwrap();
    bytes.extend_from_slice(b"{\"seq\":99999,\"time\":\"2026");
    fs::write(&segment, bytes).unwrap();
    server.restart();
    assert_eq!(state(&server), before);
    assert!(server.ask(GetStatus {}).is_ok());
}

#[test]
fn damage_inside_the_journal_stops_the_start_with_segment_and_line() {
    let mut server = settled_office();
    server.kill();
    let segment = server.home.journal().join("00000001.jsonl");
    let text = fs::read_to_string(&segment)
        .unwrap()
        .replacen("411902", "411903", 1);
    fs::write(&segment, text).unwrap();
    fs::remove_dir_all(server.home.store()).unwrap();
    let output = server.cli(&["serve"]);
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{words}");
    assert!(words.contains("00000001.jsonl"), "{words}");
    assert_eq!(server.cli(&["verify"]).status.code(), Some(1));
}
