//! Copies of the office: made while it works, held against it, made an office again.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;

use sipintar::ask::{GetStatus, ListLetters, Status};

use crate::support::{SATKER, Server, binary};

const DAY: &str = "2026-11-24T10:00:00+07:00";
const NEXT: &str = "2026-11-25T08:00:00+07:00";

/// A home that is empty, for a restored office.
fn empty() -> Server {
    let server = Server::prepare("");
    fs::remove_file(server.home.settings_file()).unwrap();
    server
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn told(status: &Status, code: &str) -> bool {
    status.warnings.iter().any(|warning| warning.code == code)
}

#[test]
fn a_restored_office_answers_every_command_the_same() {
    let mut server = Server::start_at("[office]\nname = \"KPPN Ngawi\"\n", Some(DAY));
    let list = server.file("satker.csv", SATKER);
    server.ok(&["satker", "import", text(&list)]);
    fs::remove_file(list).unwrap();
    server.ok(&[
        "letter",
        "register",
        "--module",
        "lpj",
        "--service",
        "lpj",
        "--satker",
        "411201",
        "--field",
        "periode=2026-10",
    ]);
    server.ok(&["sms", "draft", "--satker", "411902", "--text", "halo"]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.tar");
    // Somebody works meanwhile.
    let (made, registered) = std::thread::scope(|scope| {
        let work = scope.spawn(|| (1..=30).for_each(|n| server.register(n)));
        let made = server.ok(&["--json", "backup", text(&file)]);
        work.join().unwrap();
        (made, 30)
    });
    assert!(made.contains("\"seq\""), "{made}");
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let again = server.cli(&["backup", text(&file)]);
    assert_eq!(again.status.code(), Some(1));
    server.ok(&["backup", "verify", text(&file)]);
    server.ok(&["verify", "--against", text(&file)]);
    // At rest, without a server, all of it.
    server.ok(&["stop"]);
    server.kill();
    let rest = folder.path().join("rest.tar");
    server.ok(&["backup", text(&rest)]);
    let mut other = empty();
    let said = other.ok(&["--lang", "en", "restore", text(&rest)]);
    assert!(said.contains("KPPN Ngawi"), "{said}");
    let refused = other.cli(&["restore", text(&rest)]);
    assert_eq!(refused.status.code(), Some(1));
    let exported = |server: &Server| server.ok(&["export"]);
    assert_eq!(exported(&server), exported(&other));
    assert_eq!(server.ok(&["verify"]), other.ok(&["verify"]));
    server.restart_at(Some(DAY));
    other.restart_at(Some(DAY));
    for command in [
        "letter list",
        "letter show AGD-00001/2026",
        "satker list",
        "satker show 411201",
        "sms list",
        "sms show 1",
        "inbox list",
        "deadline list",
        "calendar list",
        "module list",
    ] {
        let words: Vec<&str> = ["--json"].into_iter().chain(command.split(' ')).collect();
        let [here, there] = [&server, &other].map(|server| {
            let output = server.cli(&words);
            (
                output.status.code(),
                String::from_utf8(output.stdout).unwrap(),
            )
        });
        assert_eq!(here, there, "{command}");
    }
    // Sending is held before anything leaves a second time: the one fact more.
    let [here, there] = [&server, &other].map(|server| server.ok(&["--json", "audit", "list"]));
    let (held, rest) = there.split_once('\n').unwrap();
    assert!(held.contains("sending-held"), "{held}");
    assert_eq!(here, rest);
    assert!(other.ask(GetStatus {}).unwrap().held.is_some());
    assert!(!other.home.restored_mark().exists());
    // Once: who lets it go on is not asked again at the next start.
    other.ok(&["sms", "resume"]);
    other.kill();
    other.restart_at(Some(DAY));
    assert!(other.ask(GetStatus {}).unwrap().held.is_none());
    let all = other
        .ask(ListLetters {
            limit: 1000,
            ..ListLetters::default()
        })
        .unwrap();
    assert_eq!(all.rows.len(), registered + 1);
}

#[test]
fn going_back_in_time_frees_the_numbers_after_it_and_says_so() {
    let server = Server::start_at("", Some(DAY));
    server.register(1);
    let seq = server.ask(GetStatus {}).unwrap().seq.to_string();
    server.register(2);
    server.register(3);
    let file = server.home.dir().join("b.tar");
    server.ok(&["backup", text(&file)]);
    let mut other = empty();
    let said = other.ok(&["--lang", "en", "restore", text(&file), "--until", &seq]);
    assert!(said.contains("AGD-00002/2026 to AGD-00003/2026"), "{said}");
    other.restart_at(Some(DAY));
    other.register(4);
    let all = other
        .ask(ListLetters {
            limit: 10,
            ..ListLetters::default()
        })
        .unwrap();
    let serials: Vec<u32> = all.rows.iter().map(|row| row.agenda.serial).collect();
    assert_eq!(serials, [2, 1]);
}

#[test]
fn what_a_night_without_a_server_missed_is_made_up_for_and_remembered() {
    let mut server = Server::start_at("", Some(DAY));
    server.register(1);
    let fresh = server.ask(GetStatus {}).unwrap();
    assert!(fresh.backup.enabled && fresh.backup.last.is_none() && fresh.check.is_none());
    server.kill();
    server.restart_at(Some(NEXT));
    let status = server.wait_for("backup and check", GetStatus {}, |status| {
        status.backup.last.is_some() && status.check.is_some()
    });
    assert!(status.backup.problem.is_none(), "{:?}", status.backup);
    assert!(status.check.unwrap().facts > 0);
    let file = status.backup.file.unwrap();
    assert!(
        file.starts_with(server.home.dir().join("backups")),
        "{}",
        file.display()
    );
    server.ok(&["backup", "verify", text(&file)]);
    server.kill();
    server.restart_at(Some("2026-11-25T09:00:00+07:00"));
    let status = server.ask(GetStatus {}).unwrap();
    assert_eq!(status.backup.file, Some(file));
    assert!(status.check.is_some_and(|check| check.problem.is_none()));
}

#[test]
fn a_disk_for_backups_that_is_not_there_is_told_and_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    let settings = format!(
        "[backup]\nfolder = \"{}\"\nmarker = \"disk-ini\"\n",
        disk.display()
    );
    let mut server = Server::start_at(&settings, Some(DAY));
    server.register(1);
    assert_eq!(server.cli(&["check"]).status.code(), Some(1));
    server.kill();
    server.restart_at(Some(NEXT));
    server.wait_for("warning", GetStatus {}, |status| {
        told(status, "backup-missed") && told(status, "backup-folder")
    });
    assert!(!disk.exists());
    // The folder alone is not the disk.
    fs::create_dir(&disk).unwrap();
    assert_eq!(server.cli(&["check"]).status.code(), Some(1));
    let refused = server.cli(&["--lang", "en", "backup"]);
    let words = String::from_utf8(refused.stderr).unwrap();
    assert!(words.contains("disk-ini"), "{words}");
    fs::write(disk.join("disk-ini"), "").unwrap();
    server.ok(&["check"]);
    server.kill();
    server.restart_at(Some(NEXT));
    server.wait_for("backup", GetStatus {}, |status| {
        status.backup.last.is_some() && !told(status, "backup-missed")
    });
}

#[test]
fn the_nightly_check_finds_what_a_disk_did_to_the_journal() {
    let mut server = Server::start_at("[backup]\nenabled = false\n", Some(DAY));
    for n in 1..=5 {
        server.register(n);
    }
    server.kill();
    server.restart_at(Some("2026-11-25T01:59:45+07:00"));
    server.wait_for("the check of the day before", GetStatus {}, |status| {
        status.seq > 0
    });
    let segment = server.home.journal().join("00000001.jsonl");
    let mut bytes = fs::read(&segment).unwrap();
    let place = bytes.len() / 2;
    bytes[place] ^= 1;
    fs::write(&segment, bytes).unwrap();
    let status = server.wait_for("finding", GetStatus {}, |status| {
        told(status, "check-failed")
    });
    let finding = status
        .warnings
        .iter()
        .find(|warning| warning.code == "check-failed");
    let file = finding.and_then(|finding| finding.args.get("file"));
    assert_eq!(file.map(String::as_str), Some("00000001.jsonl"));
    assert!(status.check.is_some_and(|check| check.problem.is_some()));
}

#[test]
fn a_damaged_office_is_saved_into_a_new_home_that_starts() {
    let mut server = Server::start_at("", Some(DAY));
    for n in 1..=9 {
        server.register(n);
    }
    let elsewhere = tempfile::tempdir().unwrap();
    let known = elsewhere.path().join("known.tar");
    server.ok(&["backup", text(&known)]);
    server.ok(&["stop"]);
    server.kill();
    let anchor = elsewhere.path().join("anchor");
    fs::copy(server.home.anchor(), &anchor).unwrap();
    let segment = server.home.journal().join("00000001.jsonl");
    let whole = fs::read_to_string(&segment).unwrap();
    let lost = whole
        .lines()
        .position(|line| line.contains("Surat 4\""))
        .unwrap();
    let damaged: String = whole
        .split_inclusive('\n')
        .enumerate()
        .map(|(at, line)| {
            if at == lost {
                line.replace("Surat 4", "Surat 7")
            } else {
                line.to_owned()
            }
        })
        .collect();
    fs::write(&segment, &damaged).unwrap();
    fs::remove_dir_all(server.home.store()).unwrap();
    assert_eq!(server.cli(&["verify"]).status.code(), Some(1));
    let mut other = empty();
    let said = server.ok(&["--lang", "en", "repair", text(other.home.dir())]);
    assert!(said.contains(&format!("line {}", lost + 1)), "{said}");
    assert_eq!(fs::read_to_string(&segment).unwrap(), damaged);
    let mut names: Vec<_> = fs::read_dir(other.home.dir()).unwrap().flatten().collect();
    names.retain(|entry| entry.metadata().unwrap().permissions().mode() & 0o077 != 0);
    // Desks of other accounts look for language and theme in the settings.
    names.retain(|entry| entry.path() != other.home.settings_file());
    assert!(names.is_empty(), "{names:?}");
    other.ok(&["verify"]);
    // Words and the office's own time, with the line that was damaged.
    let written = fs::read_to_string(other.home.dir().join("repair.txt")).unwrap();
    assert!(
        written.contains("WIB") && !written.contains("+00:00"),
        "{written}"
    );
    assert!(written.contains(&format!("line {}", lost + 1)), "{written}");
    // What is known from before the damage differs because of the repair, and is called so.
    for file in [&known, &anchor] {
        let against = other.cli(&["--lang", "en", "verify", "--against", text(file)]);
        let words = String::from_utf8(against.stderr).unwrap();
        assert_eq!(against.status.code(), Some(1), "{words}");
        assert!(words.contains("was repaired by"), "{words}");
        assert!(!words.contains("was rewritten"), "{words}");
        let lost = (lost + 1).to_string();
        assert!(
            words.contains(&format!("facts {lost}–{lost} are lost")),
            "{words}"
        );
    }
    other.restart_at(Some(DAY));
    let all = other
        .ask(ListLetters {
            limit: 100,
            ..ListLetters::default()
        })
        .unwrap();
    let mut serials: Vec<u32> = all.rows.iter().map(|row| row.agenda.serial).collect();
    serials.sort_unstable();
    assert_eq!(serials, [1, 2, 3, 5, 6, 7, 8, 9]);
    assert!(other.ask(GetStatus {}).unwrap().held.is_some());
    other.register(10);
    let audit = other.ok(&["--json", "audit", "list"]);
    assert!(audit.contains("journal-repaired"), "{audit}");
    let whole = server.cli(&["repair", text(other.home.dir())]);
    assert_eq!(whole.status.code(), Some(1));
}

#[test]
fn facts_leave_as_they_were_written_and_a_closed_pipe_is_no_error() {
    let server = Server::start_at("", Some(DAY));
    for n in 1..=5 {
        server.register(n);
    }
    let written = fs::read_to_string(server.home.journal().join("00000001.jsonl")).unwrap();
    assert_eq!(server.ok(&["export"]), written);
    let later: String = written.split_inclusive('\n').skip(2).collect();
    assert_eq!(server.ok(&["export", "--since", "3"]), later);
    // The records of the present, as they came to be by these facts.
    let records = server.ok(&["export", "--records"]);
    let letters: Vec<String> = records
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|row| row["kind"] == "letter")
        .map(|row| row["record"]["agenda"].as_str().unwrap().to_owned())
        .collect();
    let numbers: Vec<String> = (1..=5).map(|n| format!("AGD-{n:05}/2026")).collect();
    assert_eq!(letters, numbers);
    let mut child = binary()
        .arg("--home")
        .arg(server.home.dir())
        .arg("export")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_home_with_half_a_restore_is_no_new_office_and_the_restore_can_be_done_again() {
    let mut server = Server::start_at("", Some(DAY));
    server.register(1);
    let file = server.home.dir().join("office.tar");
    server.ok(&["backup", text(&file)]);
    server.ok(&["stop"]);
    server.kill();
    for folder in ["restore.unfinished", "repair.unfinished"] {
        let mut other = empty();
        // As a power cut leaves it.
        fs::create_dir_all(other.home.dir().join(folder).join("journal")).unwrap();
        let refused = other.cli(&["--lang", "en", "serve"]);
        let words = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(1), "{words}");
        assert!(words.contains(folder), "{words}");
        assert!(!other.home.journal().exists());
        if folder == "restore.unfinished" {
            other.ok(&["restore", text(&file)]);
            other.restart_at(Some(DAY));
            assert_eq!(other.ask(GetStatus {}).unwrap().store.letters, 1);
        }
    }
}

#[test]
fn a_clock_that_was_ahead_keeps_neither_backup_nor_check_away() {
    let mut server = Server::start_at("", Some(DAY));
    server.register(1);
    server.kill();
    server.restart_at(Some("2036-11-25T09:00:00+07:00"));
    server.wait_for("backup and check", GetStatus {}, |status| {
        status.backup.last.is_some() && status.check.is_some()
    });
    server.kill();
    server.restart_at(Some(NEXT));
    server.register(2);
    server.kill();
    server.restart_at(Some(NEXT));
    let before: chrono::DateTime<chrono::Utc> = "2027-01-01T00:00:00Z".parse().unwrap();
    server.wait_for("backup and check of today", GetStatus {}, |status| {
        status.backup.last.is_some_and(|at| at < before)
            && status.check.as_ref().is_some_and(|check| check.at < before)
    });
}

#[test]
fn a_repair_gives_no_roles_and_takes_nothing_from_an_earlier_time_after_a_gap() {
    let mut server = Server::start_at("", Some(DAY));
    for n in 1..=3 {
        server.register(n);
    }
    server.ok(&["stop"]);
    server.kill();
    // Another office's journal, of an earlier day, behind ours; and one of a later day that gave roles.
    let other = |clock: &str, letters: u32| {
        let mut other = Server::start_at("", Some(clock));
        for n in 1..=letters {
            other.register(n + 100);
        }
        other.ok(&["users", "add", "nobody", "admin", "--force"]);
        other.kill();
        fs::read(other.home.journal().join("00000001.jsonl")).unwrap()
    };
    let segment = server.home.journal().join("00000001.jsonl");
    let ours = fs::read(&segment).unwrap();
    fs::remove_dir_all(server.home.store()).unwrap();
    for (clock, letters) in [("2026-10-01T09:00:00+07:00", 3), (NEXT, 12)] {
        let foreign = other(clock, 9);
        fs::write(&segment, [ours.as_slice(), foreign.as_slice()].concat()).unwrap();
        let mut new = empty();
        server.ok(&["repair", text(new.home.dir())]);
        new.restart_at(Some(NEXT));
        let users = new.ok(&["users", "list", "--json"]);
        assert!(!users.contains("nobody"), "{users}");
        let list = fs::read_to_string(new.home.dir().join("repair.txt")).unwrap();
        assert!(list.contains("user-set"), "{list}");
        let found = new.ask(GetStatus {}).unwrap().store.letters;
        assert!(found <= letters, "{found} letters");
        if letters == 3 {
            assert_eq!(found, 3);
        }
    }
}
