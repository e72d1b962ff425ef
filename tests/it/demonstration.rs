//! The demonstration office as a trial user finds it.

use serde_json::Value;

use crate::support::Server;

fn rows(server: &Server, args: &[&str]) -> Vec<Value> {
    let all = [args, &["--json", "--limit", "100000"]].concat();
    server
        .ok(&all)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn the_demonstration_office_has_a_history_of_obligations() {
    let load = || {
        let server = Server::start_at("", Some("2026-11-24T09:00:00+07:00"));
        let report: Value = serde_json::from_str(&server.ok(&[
            "demo",
            "--satker",
            "60",
            "--letters",
            "2000",
            "--json",
        ]))
        .unwrap();
        assert!(report["deadlines"].as_u64().unwrap() > 500, "{report}");
        server
    };
    let server = load();
    let deadlines = rows(&server, &["deadline", "list"]);
    let count = |state: &str| deadlines.iter().filter(|row| row["state"] == state).count();
    for state in ["open", "late", "met", "exempt"] {
        assert!(count(state) > 0, "none is {state}");
    }
    // Most of what fell due was met; some of it by the letters of the demonstration.
    let past = |row: &&Value| row["due"].as_str().unwrap() < "2026-11-24";
    let fallen = deadlines.iter().filter(past).count();
    assert!(count("late") * 4 < fallen, "{} of {fallen}", count("late"));
    assert!(deadlines.iter().any(|row| row["letter"].is_string()));
    for obligation in ["kontrak", "retur", "gup", "ptup", "lpj", "rekon", "gaji"] {
        let open = |row: &Value| row["obligation"] == obligation && row["met"].is_null();
        assert!(deadlines.iter().any(open), "no {obligation} is open");
    }

    let messages = rows(&server, &["sms", "list"]);
    let reminders = |state: &str| {
        let kind = |row: &&Value| row["kind"] == "reminder" && row["state"] == state;
        messages.iter().filter(kind).count()
    };
    assert!(reminders("waiting") > 0 && reminders("delivered") > 0);
    let half = |row: &&Value| {
        row["state"] == "waiting"
            && row["confirmations_needed"] == 2
            && row["confirmed_by"].is_string()
    };
    assert_eq!(messages.iter().filter(half).count(), 1);

    // Satker write to it: most is answered, something waits, some thank with a rating.
    let inbox = rows(&server, &["inbox", "list"]);
    for state in ["open", "answered", "done", "ignored"] {
        assert!(inbox.iter().any(|row| row["state"] == state), "{state}");
    }
    let seen: Value =
        serde_json::from_str(&server.ok(&["report", "satisfaction", "--json"])).unwrap();
    let mean = seen["all"]["mean"].as_u64().unwrap();
    assert!((420..=480).contains(&mean), "{seen}");
    let failures: Value = serde_json::from_str(&server.ok(&["sms", "failures", "--json"])).unwrap();
    assert!(!failures["contacts"].as_array().unwrap().is_empty());

    // The same seed at the same time gives the same office.
    let twin = load();
    let said = |rows: Vec<Value>| -> Vec<String> {
        let text = |row: &Value| format!("{} {} {}", row["from"], row["text"], row["reply"]);
        rows.iter().map(text).collect()
    };
    assert_eq!(said(rows(&twin, &["inbox", "list"])), said(inbox));
    let plain = |rows: Vec<Value>| -> Vec<String> {
        rows.iter()
            .map(|row| {
                let text = |name: &str| row[name].to_string();
                [
                    text("id"),
                    text("satker"),
                    text("due"),
                    text("state"),
                    text("met"),
                ]
                .join(" ")
            })
            .collect()
    };
    assert_eq!(plain(rows(&twin, &["deadline", "list"])), plain(deadlines));
}
