//! The main job, by command line: a list comes in, a letter is registered and completed, its notice is confirmed, sent and delivered.

use serde_json::Value;
use sipintar::ask::{ListSms, SmsPage};
use sipintar::domain::sms::SmsState;

use crate::support::{ALWAYS, SATKER, Server};

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

pub fn delivered(page: &SmsPage) -> bool {
    page.counts[&SmsState::Delivered] > 0
}

#[test]
fn a_letter_is_registered_completed_and_its_notice_delivered() {
    let server = Server::start(ALWAYS);
    let list = server.file("satker.csv", SATKER);
    let report: Value =
        serde_json::from_str(&server.ok(&["--json", "satker", "import", list.to_str().unwrap()]))
            .unwrap();
    assert_eq!(
        (
            &report["added"],
            &report["changed"],
            &report["unchanged"],
            &report["rejected"]
        ),
        (&3.into(), &0.into(), &0.into(), &0.into())
    );
    let again: Value =
        serde_json::from_str(&server.ok(&["--json", "satker", "import", list.to_str().unwrap()]))
            .unwrap();
    assert_eq!(
        (&again["added"], &again["unchanged"]),
        (&0.into(), &3.into())
    );

    let register = [
        "letter",
        "register",
        "--module",
        "lpj",
        "--service",
        "lpj",
        "--satker",
        "411201",
        "--subject",
        "LPJ Oktober",
    ];
    let mut register = register.to_vec();
    register.extend(["--number", "S-1/2026", "--field", "periode=2026-10"]);
    let agenda = server
        .ok(&register)
        .split_whitespace()
        .next()
        .unwrap()
        .to_owned();
    assert!(agenda.starts_with("AGD-00001/"), "{agenda}");
    let letter: Value =
        serde_json::from_str(&server.ok(&["--json", "letter", "show", &agenda])).unwrap();
    assert_eq!(
        (&letter["module"], &letter["satker"]),
        (&"lpj".into(), &"411201".into())
    );

    server.ok(&["letter", "complete", &agenda]);
    let drafts = lines(&server.ok(&["--json", "sms", "list", "--state", "waiting"]));
    let notice = drafts
        .iter()
        .find(|sms| sms["kind"] == "completed")
        .expect("a completion notice");
    assert_eq!(notice["to"], "+6281200000102");
    assert_eq!(notice["letter"], agenda.as_str());
    let text = notice["text"].as_str().unwrap();
    assert!(text.starts_with("KPPN Madiun: Yth. KPA PN Madiun, LPJ Bendahara Okt 2026 telah diterima lengkap dan benar"), "{text}");

    server.ok(&["sms", "confirm", notice["id"].as_str().unwrap()]);
    server.wait_for(
        "delivery",
        ListSms {
            limit: 10,
            ..ListSms::default()
        },
        delivered,
    );
    let sent: Value = serde_json::from_str(&server.ok(&[
        "--json",
        "sms",
        "show",
        notice["id"].as_str().unwrap(),
    ]))
    .unwrap();
    assert_eq!(sent["state"], "delivered");
    assert_eq!(sent["attempts"], 1);
    assert!(
        sent["confirmed_by"].is_string()
            && sent["sent"].is_string()
            && sent["delivered"].is_string()
    );

    let trail = lines(&server.ok(&["--json", "audit", "list", "--about", &agenda]));
    let facts: Vec<&str> = trail
        .iter()
        .rev()
        .map(|row| row["fact"].as_str().unwrap())
        .collect();
    assert_eq!(facts, ["letter-registered", "letter-ended"]);
    assert!(server.cli(&["verify"]).status.success());
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_changed() {
    let server = Server::start(ALWAYS);
    let list = server.file("satker.csv", SATKER);
    server.ok(&["satker", "import", list.to_str().unwrap()]);
    let refused = |args: &[&str], status: i32, word: &str| {
        let output = server.cli(args);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(status), "{args:?}: {text}");
        assert!(
            text.to_lowercase().contains(&word.to_lowercase()),
            "{args:?}: {text}"
        );
    };
    let register =
        |rest: &[&'static str]| [&["letter", "register", "--subject", "x"], rest].concat();
    refused(
        &register(&[
            "--module",
            "lpj",
            "--service",
            "lpj",
            "--satker",
            "999999",
            "--field",
            "periode=2026-10",
        ]),
        1,
        "999999",
    );
    refused(
        &register(&["--module", "lpjj", "--service", "lpj", "--satker", "411201"]),
        1,
        "lpj",
    );
    refused(
        &register(&["--module", "lpj", "--service", "lpi", "--satker", "411201"]),
        1,
        "lpj",
    );
    refused(
        &register(&[
            "--module",
            "lpj",
            "--service",
            "lpj",
            "--satker",
            "411201",
            "--field",
            "priode=2026-10",
        ]),
        1,
        "periode",
    );
    refused(
        &register(&[
            "--module",
            "lpj",
            "--service",
            "lpj",
            "--satker",
            "411201",
            "--field",
            "periode=2026-13",
        ]),
        1,
        "2026-13",
    );
    refused(
        &register(&[
            "--module",
            "lpj",
            "--service",
            "lpj",
            "--satker",
            "411201",
            "--field",
            "periode=2026-10",
            "--date",
            "31-02-2026",
        ]),
        1,
        "31-02-2026",
    );
    refused(&["letter", "complete", "AGD-00099"], 1, "AGD-00099");
    refused(&["letter", "frobnicate"], 2, "");
    refused(&["sms", "confirm", "S-000001"], 1, "S-000001");
    refused(
        &["sms", "draft", "--to", "0351-123456", "--text", "halo"],
        1,
        "0351-123456",
    );
    assert_eq!(lines(&server.ok(&["--json", "letter", "list"])).len(), 0);
    assert_eq!(lines(&server.ok(&["--json", "sms", "list"])).len(), 0);
}

#[test]
fn no_server_is_exit_status_three() {
    let home = tempfile::tempdir().unwrap();
    for args in [&["status"][..], &["letter", "list"], &["stop"]] {
        let output = crate::support::cli(home.path(), args);
        assert_eq!(output.status.code(), Some(3), "{args:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn a_second_server_is_kept_out_and_a_leftover_socket_is_no_obstacle() {
    let mut server = Server::start("");
    let output = server.cli(&["serve"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains(&server.pid().to_string()));
    server.kill();
    assert!(server.home.socket().exists());
    server.restart();
    let status: Value = serde_json::from_str(&server.ok(&["--json", "status"])).unwrap();
    assert_eq!(status["pid"], server.pid());
    assert_eq!(status["modems"][0]["kind"], "simulated");
}
