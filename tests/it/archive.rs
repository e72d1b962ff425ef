//! The journal as an archive: what a copy, a disk or a stranger did to it is named at the start, and costs nothing.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use sipintar::ask::{GetStatus, ListLetters};

use crate::support::{ALWAYS, Server};

/// An office with some letters, stopped in good order, so that the store knows all of them.
fn stopped_office(letters: u32) -> Server {
    let mut server = Server::start(ALWAYS);
    for n in 1..=letters {
        server.register(n);
    }
    assert!(server.cli(&["stop"]).status.success());
    server.kill();
    server
}

fn letters(server: &Server) -> usize {
    let all = ListLetters {
        limit: 1000,
        ..ListLetters::default()
    };
    server.ask(all).unwrap().rows.len()
}

fn segment(server: &Server) -> PathBuf {
    server.home.journal().join("00000001.jsonl")
}

/// All files below the home but its log, socket and lock, with their contents.
fn kept(server: &Server) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for folder in [server.home.journal(), server.home.store()] {
        let Ok(entries) = fs::read_dir(folder) else {
            continue;
        };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_file() {
                files.push((path.clone(), fs::read(path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The server does not start, says these words, and leaves the journal as it is.
fn refuses(server: &Server, expected: &[&str]) {
    let journal = |server: &Server| -> Vec<_> {
        let of_journal = |(path, _): &(PathBuf, _)| path.starts_with(server.home.journal());
        kept(server).into_iter().filter(of_journal).collect()
    };
    let before = journal(server);
    let output = server.cli(&["--lang", "en", "serve"]);
    let said = words(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for word in expected {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(journal(server) == before, "{said}");
}

#[test]
fn a_journal_whose_last_lines_are_gone_is_refused_with_what_is_missing() {
    let mut server = stopped_office(5);
    let whole = fs::read_to_string(segment(&server)).unwrap();
    let count = whole.lines().count();
    let without: String = whole.split_inclusive('\n').take(count - 2).collect();
    fs::write(segment(&server), without).unwrap();
    let (last, known) = ((count - 2).to_string(), count.to_string());
    refuses(&server, &[&last, &known, "restore", "accept-loss"]);
    assert_eq!(server.cli(&["verify"]).status.code(), Some(1));
    // Put back, it is as if nothing had happened.
    fs::write(segment(&server), whole).unwrap();
    server.restart();
    assert_eq!(letters(&server), 5);
}

#[test]
fn a_journal_that_is_not_there_is_not_an_empty_office() {
    let mut server = stopped_office(3);
    let away = server.home.dir().join("elsewhere");
    fs::rename(server.home.journal(), &away).unwrap();
    refuses(&server, &["restore"]);
    // Nothing was made in the place where a disk should be.
    assert!(!server.home.journal().exists());
    fs::rename(&away, server.home.journal()).unwrap();
    fs::write(server.home.journal().join("kept"), "").unwrap();
    let emptied = fs::read(segment(&server)).unwrap();
    fs::write(segment(&server), "").unwrap();
    refuses(&server, &["restore"]);
    fs::write(segment(&server), emptied).unwrap();
    server.restart();
    assert_eq!(letters(&server), 3);
}

#[test]
fn a_journal_of_another_office_is_named_by_file_and_line() {
    let server = stopped_office(3);
    let mut other = Server::start(ALWAYS);
    for n in 11..=15 {
        other.register(n);
    }
    other.kill();
    fs::copy(segment(&other), segment(&server)).unwrap();
    refuses(&server, &["00000001.jsonl", "restore"]);
}

#[test]
fn a_lock_file_that_is_removed_lets_no_second_server_in() {
    let server = Server::start(ALWAYS);
    server.register(1);
    fs::remove_file(server.home.lock_file()).unwrap();
    let output = server.cli(&["--lang", "en", "serve"]);
    assert_eq!(output.status.code(), Some(1), "{}", words(&output));
    assert!(
        words(&output).contains("Another server"),
        "{}",
        words(&output)
    );
    server.register(2);
    assert_eq!(letters(&server), 2);
}

#[test]
fn a_home_without_a_journal_is_not_called_whole() {
    let folder = tempfile::tempdir().unwrap();
    let output = crate::support::cli(folder.path(), &["--lang", "en", "verify"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(words(&output).contains("no journal"), "{}", words(&output));
}

#[test]
fn a_clock_before_the_last_fact_is_told() {
    let mut server = Server::start_at(ALWAYS, Some("2026-12-01T09:00:00+07:00"));
    server.register(1);
    server.kill();
    server.restart_at(Some("2026-11-24T09:00:00+07:00"));
    let status = server.ask(GetStatus {}).unwrap();
    let told = |code: &str| status.warnings.iter().any(|warning| warning.code == code);
    assert!(told("clock-behind"), "{:?}", status.warnings);
}

#[test]
fn a_person_goes_on_without_a_lost_end_and_no_number_is_given_out_twice() {
    let mut server = stopped_office(5);
    let whole = fs::read_to_string(segment(&server)).unwrap();
    let count = whole.lines().count();
    let without: String = whole.split_inclusive('\n').take(count - 2).collect();
    fs::write(segment(&server), without).unwrap();
    // The store is gone as well: the anchor still knows.
    fs::remove_dir_all(server.home.store()).unwrap();
    let left = (count - 2).to_string();
    refuses(&server, &[&left, "accept-loss"]);
    let other = server.cli(&["accept-loss", &count.to_string()]);
    assert_eq!(other.status.code(), Some(1), "{}", words(&other));
    let accepted = server.cli(&["accept-loss", &left]);
    assert!(accepted.status.success(), "{}", words(&accepted));
    assert!(server.cli(&["verify"]).status.success());
    server.restart();
    assert_eq!(letters(&server), 3);
    server.register(6);
    let all = ListLetters {
        limit: 1,
        ..ListLetters::default()
    };
    let newest = server.ask(all).unwrap().rows.remove(0);
    assert_eq!(newest.agenda.serial, 6);
    // And again, with a store made anew.
    server.kill();
    fs::remove_dir_all(server.home.store()).unwrap();
    server.restart();
    assert_eq!(letters(&server), 4);
    // Sending is held until a person has looked at the queue.
    let status = server.ask(GetStatus {}).unwrap();
    assert!(status.held.is_some());
    assert!(server.cli(&["stop"]).status.success());
    server.kill();
    let last = server.ok(&["--json", "verify"]);
    let last: serde_json::Value = serde_json::from_str(&last).unwrap();
    let none = server.cli(&["--lang", "en", "accept-loss", &last["seq"].to_string()]);
    assert!(
        words(&none).contains("nothing is known to be missing"),
        "{}",
        words(&none)
    );
}

#[test]
fn what_only_the_store_knows_is_known_to_every_start_and_to_whoever_accepts_the_loss() {
    for damaged in [false, true] {
        let mut server = stopped_office(5);
        // The anchor is of an earlier hour.
        fs::remove_file(server.home.anchor()).unwrap();
        let whole = fs::read_to_string(segment(&server)).unwrap();
        let count = whole.lines().count();
        let without: String = whole.split_inclusive('\n').take(count - 2).collect();
        fs::write(segment(&server), without).unwrap();
        if damaged {
            // A record more than was counted, and the place as it was.
            let db = sled::open(server.home.store()).unwrap();
            db.insert([9], vec![1]).unwrap();
            db.flush().unwrap();
        }
        let left = (count - 2).to_string();
        refuses(&server, &[&left, "accept-loss"]);
        refuses(&server, &[&left, "accept-loss"]);
        let accepted = server.cli(&["accept-loss", &left]);
        assert!(accepted.status.success(), "{}", words(&accepted));
        server.restart();
        server.register(6);
        let all = ListLetters {
            limit: 1,
            ..ListLetters::default()
        };
        let newest = server.ask(all).unwrap().rows.remove(0);
        // Numbers of records that cannot be believed are not known; those of a sound store are.
        assert_eq!(newest.agenda.serial, if damaged { 4 } else { 6 });
    }
}

#[test]
fn an_anchor_of_another_office_is_called_so_and_no_loss_is_offered() {
    let mut server = stopped_office(3);
    let other = stopped_office(9);
    let own = fs::read(server.home.anchor()).unwrap();
    fs::copy(other.home.anchor(), server.home.anchor()).unwrap();
    let output = server.cli(&["--lang", "en", "serve"]);
    let said = words(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("journal.anchor belongs to the journal of another office"),
        "{said}"
    );
    assert!(!said.contains("accept-loss"), "{said}");
    for command in [&["verify"][..], &["accept-loss", "3"]] {
        let output = server.cli(&[&["--lang", "en"], command].concat());
        assert!(words(&output).contains("another office"), "{command:?}");
    }
    let refused = server.cli(&["--lang", "en", "repair", "new"]);
    assert!(words(&refused).contains("another office"));
    // Taken away, it is made anew.
    fs::remove_file(server.home.anchor()).unwrap();
    server.restart();
    assert_eq!(letters(&server), 3);
    assert!(server.cli(&["stop"]).status.success());
    server.kill();
    assert_eq!(anchored(&server), anchored_in(&own));
}

/// The name of the journal in the anchor.
fn anchored(server: &Server) -> serde_json::Value {
    anchored_in(&fs::read(server.home.anchor()).unwrap())
}

fn anchored_in(bytes: &[u8]) -> serde_json::Value {
    let text = std::str::from_utf8(bytes).unwrap();
    let (_, json) = text.split_once(' ').unwrap();
    let anchor: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(anchor["journal"].as_str().map(str::len), Some(64));
    anchor["journal"].clone()
}

#[test]
fn a_store_of_another_office_is_set_aside_and_made_anew() {
    let mut server = stopped_office(3);
    let other = stopped_office(9);
    fs::remove_dir_all(server.home.store()).unwrap();
    fs::rename(other.home.store(), server.home.store()).unwrap();
    server.restart();
    assert_eq!(letters(&server), 3);
    let status = server.ask(GetStatus {}).unwrap();
    let told = |code: &str| status.warnings.iter().any(|warning| warning.code == code);
    assert!(told("store-rebuilt"), "{:?}", status.warnings);
}

#[test]
fn a_store_and_an_anchor_that_agree_against_the_journal_are_believed() {
    let server = stopped_office(9);
    let other = stopped_office(3);
    fs::copy(segment(&other), segment(&server)).unwrap();
    let output = server.cli(&["--lang", "en", "serve"]);
    let said = words(&output);
    assert!(said.contains("not the journal of this office"), "{said}");
    assert!(!said.contains("accept-loss"), "{said}");
}

#[test]
fn an_anchor_of_an_earlier_version_is_believed_and_filled_in() {
    let mut server = stopped_office(3);
    let text = fs::read_to_string(server.home.anchor()).unwrap();
    let (_, json) = text.trim_end().split_once(' ').unwrap();
    let mut anchor: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(json).unwrap();
    anchor.remove("journal");
    let line = serde_json::to_string(&anchor).unwrap();
    let digest = sipintar::journal::hash_of(line.as_bytes());
    fs::write(server.home.anchor(), format!("{digest} {line}\n")).unwrap();
    server.restart();
    assert_eq!(letters(&server), 3);
    assert!(server.cli(&["stop"]).status.success());
    server.kill();
    anchored(&server);
}

#[test]
fn a_pipe_in_the_place_of_a_file_of_the_server_is_named_and_not_waited_for() {
    let server = stopped_office(2);
    for name in [
        "store/db",
        "journal/manifest",
        "journal.anchor",
        "backup.state",
    ] {
        let path = server.home.dir().join(name);
        let kept = fs::read(&path).ok();
        let _ = fs::remove_file(&path);
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
        let output = server.cli(&["--lang", "en", "serve"]);
        let said = words(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.contains(name) && said.contains("regular file"),
            "{said}"
        );
        fs::remove_file(&path).unwrap();
        if let Some(kept) = kept {
            fs::write(&path, kept).unwrap();
        }
    }
}

#[test]
fn of_the_stores_that_were_set_aside_the_newest_two_stay() {
    let mut server = stopped_office(2);
    for year in 2021..=2024 {
        let old = format!("store.bad-{year}0101T000000.000");
        fs::create_dir(server.home.dir().join(&old)).unwrap();
        fs::write(server.home.dir().join(old).join("db"), "").unwrap();
    }
    // A record more than was counted.
    let db = sled::open(server.home.store()).unwrap();
    db.insert([9], vec![1]).unwrap();
    db.flush().unwrap();
    drop(db);
    server.restart();
    assert_eq!(letters(&server), 2);
    let bad: Vec<String> = fs::read_dir(server.home.dir())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("store.bad-"))
        .collect();
    assert_eq!(bad.len(), 2, "{bad:?}");
    assert!(
        bad.contains(&"store.bad-20240101T000000.000".to_owned()),
        "{bad:?}"
    );
}

#[test]
fn days_of_no_calendar_of_an_office_are_refused() {
    use sipintar::ask::{ImportHolidays, OverrideCalendar};
    use sipintar::domain::calendar::{Holiday, HolidayKind};
    let server = Server::start(ALWAYS);
    for date in ["1899-12-31", "3000-01-01"] {
        let date: chrono::NaiveDate = date.parse().unwrap();
        let asked = OverrideCalendar {
            date,
            open: false,
            reason: "uji".to_owned(),
        };
        assert_eq!(server.ask(asked).unwrap_err().code, "date-outside");
        let asked = ImportHolidays {
            holidays: vec![Holiday {
                date,
                kind: HolidayKind::Libur,
                name: "Uji".to_owned(),
            }],
            dry_run: true,
        };
        assert_eq!(server.ask(asked).unwrap_err().code, "date-outside");
    }
}
