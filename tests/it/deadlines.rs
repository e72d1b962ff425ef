//! Who owes what by when, through the command line and the real server.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{SATKER, Server};
use crate::terminal::Desk;

/// Obligations and their dates.
type Dues = &'static [(&'static str, &'static str)];

/// A Tuesday morning within the hours.
const TUESDAY: &str = "2026-11-24T08:30:00+07:00";

fn office(clock: &str) -> Server {
    let server = Server::start_at("", Some(clock));
    import(&server, SATKER);
    server
}

fn import(server: &Server, list: &str) {
    let file = server.file("satker.csv", list);
    server.ok(&["satker", "import", file.to_str().unwrap()]);
}

fn json(server: &Server, args: &[&str]) -> Vec<Value> {
    let args: Vec<&str> = std::iter::once("--json")
        .chain(args.iter().copied())
        .collect();
    let text = server.ok(&args);
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What a command that is refused says; it must not succeed, and must not be a misuse.
fn refused(server: &Server, args: &[&str]) -> String {
    let output = server.cli(args);
    assert_eq!(output.status.code(), Some(1), "{args:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().unwrap_or_default()
}

/// The only deadline that fits.
fn one(server: &Server, satker: &str, obligation: &str, more: &[&str]) -> Value {
    let mut args = vec![
        "deadline",
        "list",
        "--limit",
        "500",
        "--satker",
        satker,
        "--obligation",
        obligation,
    ];
    args.extend(more);
    let mut rows = json(server, &args);
    assert_eq!(rows.len(), 1, "{args:?}: {rows:#?}");
    rows.remove(0)
}

fn november(server: &Server, satker: &str, obligation: &str) -> Value {
    let args = [
        "deadline",
        "list",
        "--limit",
        "500",
        "--satker",
        satker,
        "--obligation",
        obligation,
    ];
    let rows = json(server, &args);
    rows.into_iter()
        .find(|row| row["period"] == "2026-11" && row["treasurer"] != "penerimaan")
        .unwrap()
}

fn reminders(server: &Server) -> Vec<Value> {
    json(
        server,
        &["sms", "list", "--kind", "reminder", "--limit", "1000"],
    )
}

/// Starts anew on another day, after a kill.
fn restart_at(mut server: Server, clock: &str) -> Server {
    server.kill();
    server.restart_at(Some(clock));
    server
}

#[test]
fn the_office_s_own_dates_come_out_of_the_command_line() {
    let server = office(TUESDAY);
    let vectors: &[(&str, &str, &str)] = &[
        ("lpj", "2026-04", "2026-05-08"),
        ("lpj", "2026-09", "2026-10-09"),
        ("lpj", "2026-11", "2026-12-10"),
        ("lpj", "2026-12", "2027-01-08"),
        ("gaji", "2026-03", "2026-02-13"),
        ("gaji", "2026-06", "2026-05-13"),
        ("gaji", "2026-12", "2026-11-13"),
        ("gaji", "2027-01", "2026-12-15"),
        ("caput", "2026-03", "2026-04-08"),
        ("dipa3", "2026-Q4", "2026-10-14"),
    ];
    for (obligation, period, due) in vectors {
        let args = [
            "deadline",
            "compute",
            "--obligation",
            obligation,
            "--period",
            period,
        ];
        let found = json(&server, &args).remove(0);
        assert_eq!(text(&found, "due"), *due, "{obligation} {period}");
        assert_eq!(
            (text(&found, "obligation"), text(&found, "period")),
            (*obligation, *period)
        );
        assert_eq!(found["estimate"], false);
    }
    let events: &[(&str, &str, &str)] = &[
        ("kontrak", "2026-03-13", "2026-03-27"),
        ("kontrak", "2026-12-21", "2026-12-30"),
        ("kontrak", "2027-03-05", "2027-03-22"),
        ("retur", "2026-12-21", "2027-01-04"),
        ("retur", "2026-05-12", "2026-05-25"),
        ("ptup", "2026-11-24", "2026-12-23"),
        ("setor-tup", "2026-11-24", "2026-12-29"),
        ("ptup", "2027-02-10", "2027-03-05"),
        ("setor-tup", "2027-02-10", "2027-03-17"),
    ];
    for (obligation, date, due) in events {
        let args = [
            "deadline",
            "compute",
            "--obligation",
            obligation,
            "--event-date",
            date,
        ];
        let found = json(&server, &args).remove(0);
        assert_eq!(text(&found, "due"), *due, "{obligation} {date}");
    }
    let rpd = [
        "deadline",
        "compute",
        "--obligation",
        "rpd",
        "--event-date",
        "2026-03-26",
        "--value",
        "5000000000",
    ];
    assert_eq!(text(&json(&server, &rpd)[0], "due"), "2026-03-16");
    // Good Friday is the seventh day before; the late one waits for Monday.
    let lpj = [
        "deadline",
        "compute",
        "--obligation",
        "lpj",
        "--period",
        "2026-03",
    ];
    let found = json(&server, &lpj).remove(0);
    let mornings: Vec<(i64, &str)> = found["reminders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["offset"].as_i64().unwrap(), text(row, "date")))
        .collect();
    assert_eq!(
        mornings,
        [
            (-7, "2026-04-02"),
            (-3, "2026-04-07"),
            (-1, "2026-04-09"),
            (0, "2026-04-10"),
            (1, "2026-04-13")
        ]
    );
    // All but the contracts, returned payments and withdrawal plans count calendar days.
    let bast = [
        "deadline",
        "compute",
        "--obligation",
        "tagihan",
        "--event-date",
        "2026-11-02",
    ];
    let found = json(&server, &bast).remove(0);
    assert_eq!(text(&found, "due"), "2026-11-25");
    assert_eq!(found["reminders"][0]["date"], "2026-11-20");
    for wrong in [
        &[
            "deadline",
            "compute",
            "--obligation",
            "lpjj",
            "--period",
            "2026-11",
        ][..],
        &[
            "deadline",
            "compute",
            "--obligation",
            "lpj",
            "--period",
            "2026-Q4",
        ],
        &[
            "deadline",
            "compute",
            "--obligation",
            "lpj",
            "--period",
            "2026-13",
        ],
        &[
            "deadline",
            "compute",
            "--obligation",
            "rpd",
            "--event-date",
            "2026-03-26",
        ],
        &[
            "deadline",
            "compute",
            "--obligation",
            "gup",
            "--event-date",
            "2026-02-30",
        ],
    ] {
        assert!(!refused(&server, wrong).trim().is_empty());
    }
}

#[test]
fn events_that_are_recorded_give_the_office_s_dates() {
    let server = office("2026-12-21T08:30:00+07:00");
    let record = |event: &str, date: &str, fields: &[&str]| {
        let mut args = vec![
            "event", "record", "--satker", "411201", "--event", event, "--date", date, "--sure",
        ];
        for field in fields {
            args.extend(["--field", field]);
        }
        json(&server, &args).remove(0)
    };
    let cases: &[(&str, &str, Dues)] = &[
        (
            "contract-signed",
            "2026-03-13",
            &[("kontrak", "2026-03-27")],
        ),
        (
            "contract-signed",
            "2026-12-21",
            &[("kontrak", "2026-12-30")],
        ),
        (
            "contract-signed",
            "2027-03-05",
            &[("kontrak", "2027-03-22")],
        ),
        ("retur-notified", "2026-12-21", &[("retur", "2027-01-04")]),
        ("retur-notified", "2026-05-12", &[("retur", "2026-05-25")]),
        (
            "sp2d-tup",
            "2026-11-24",
            &[("ptup", "2026-12-23"), ("setor-tup", "2026-12-29")],
        ),
        (
            "sp2d-tup",
            "2027-02-10",
            &[("ptup", "2027-03-05"), ("setor-tup", "2027-03-17")],
        ),
    ];
    for (event, date, dues) in cases {
        let outcome = record(event, date, &[]);
        let started: BTreeSet<(String, String)> = outcome["deadlines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                (
                    text(row, "obligation").to_owned(),
                    text(row, "due").to_owned(),
                )
            })
            .collect();
        let wanted: BTreeSet<(String, String)> = dues
            .iter()
            .map(|(id, due)| ((*id).to_owned(), (*due).to_owned()))
            .collect();
        assert_eq!(started, wanted, "{event} {date}");
        // The first stands at the top, and the list shows the same.
        let id = text(&outcome, "id");
        let listed = json(
            &server,
            &["deadline", "list", "--satker", "411201", "--limit", "500"],
        );
        let row = listed.iter().find(|row| text(row, "id") == id).unwrap();
        assert_eq!(
            (&row["due"], &row["state"]),
            (&outcome["due"], &outcome["state"])
        );
    }
    let outcome = record("payment-planned", "2026-03-26", &["nilai=5.000.000.000"]);
    assert_eq!(text(&outcome, "due"), "2026-03-16");
    // Below the table nothing is owed, and that is said.
    let below = [
        "event",
        "record",
        "--satker",
        "411201",
        "--event",
        "payment-planned",
        "--date",
        "2026-12-30",
        "--field",
        "nilai=1000000",
    ];
    assert!(refused(&server, &below).contains("Rp5.000.000.000"));
}

#[test]
fn an_event_is_recorded_once_and_a_far_date_is_asked_about() {
    let server = office(TUESDAY);
    let record = [
        "event",
        "record",
        "--satker",
        "411201",
        "--event",
        "contract-signed",
        "--date",
        "2026-11-23",
        "--field",
        "nomor_kontrak=KTR-7",
    ];
    let first = json(&server, &record).remove(0);
    assert_eq!(first["repeated"], false);
    let messages = reminders(&server).len();
    assert_eq!(messages, 2, "KPA and PPK hear of it at once");
    let again = json(&server, &record).remove(0);
    assert_eq!(
        (&again["repeated"], &again["id"]),
        (&true.into(), &first["id"])
    );
    assert_eq!(reminders(&server).len(), messages);
    let far = [
        "event",
        "record",
        "--satker",
        "411201",
        "--event",
        "contract-signed",
        "--date",
        "2024-11-23",
    ];
    assert!(refused(&server, &far).contains("23-11-2024"));
    let sure: Vec<&str> = far.iter().copied().chain(["--sure"]).collect();
    assert_eq!(text(&json(&server, &sure)[0], "state"), "late");
    for wrong in [
        &[
            "event",
            "record",
            "--satker",
            "411201",
            "--event",
            "bastt",
            "--date",
            "2026-11-23",
        ][..],
        &[
            "event",
            "record",
            "--satker",
            "999999",
            "--event",
            "bast",
            "--date",
            "2026-11-23",
        ],
        &[
            "event",
            "record",
            "--satker",
            "411907",
            "--event",
            "bast",
            "--date",
            "2026-11-23",
        ],
    ] {
        refused(&server, wrong);
    }
}

#[test]
fn a_new_satker_owes_at_once_and_one_that_closes_owes_no_more() {
    let server = office(TUESDAY);
    let row = november(&server, "411201", "lpj");
    for field in [
        "id",
        "obligation",
        "module",
        "satker",
        "period",
        "due",
        "state",
    ] {
        assert!(row[field].is_string(), "{field}: {row}");
    }
    assert!(row.as_object().unwrap().contains_key("met"));
    assert_eq!(
        (text(&row, "module"), text(&row, "due"), text(&row, "state")),
        ("lpj", "2026-12-10", "open")
    );
    // Each treasurer owes a report; the unit that is closed owes nothing.
    let list = |satker: &str| {
        json(
            &server,
            &["deadline", "list", "--satker", satker, "--limit", "500"],
        )
    };
    let november = |rows: &[Value]| {
        let lpj = rows
            .iter()
            .filter(|row| row["obligation"] == "lpj" && row["period"] == "2026-11");
        lpj.count()
    };
    assert_eq!(november(&list("411201")), 2);
    assert_eq!(november(&list("411902")), 1);
    assert!(list("411907").is_empty());
    // The same list again changes nothing; a corrected one does.
    let before = list("411902");
    import(&server, SATKER);
    assert_eq!(list("411902"), before);
    import(&server, &SATKER.replace("T,,aktif", "T,,nonaktif"));
    let open: Vec<Value> = list("411902")
        .into_iter()
        .filter(|row| row["state"] == "open" || row["state"] == "late")
        .collect();
    assert!(open.is_empty(), "{open:#?}");
    // That was a mistake of the list.
    import(&server, SATKER);
    assert_eq!(
        one(&server, "411902", "saldo", &["--until", "2026-12-31"])["state"],
        "open"
    );
}

fn register(server: &Server, period: &str) -> String {
    let field = format!("periode={period}");
    let rows = json(
        server,
        &[
            "letter",
            "register",
            "--module",
            "lpj",
            "--service",
            "lpj",
            "--satker",
            "411201",
            "--subject",
            "LPJ",
            "--field",
            &field,
        ],
    );
    text(&rows[0], "agenda").to_owned()
}

#[test]
fn a_report_that_is_returned_is_not_met_and_the_correct_one_counts_from_its_receipt() {
    let server = office(TUESDAY);
    let id = text(&november(&server, "411201", "lpj"), "id").to_owned();
    let show = || json(&server, &["deadline", "show", &id]).remove(0);
    let first = register(&server, "2026-11");
    server.ok(&["letter", "return", &first, "--reason", "rekening koran"]);
    assert_eq!(show()["state"], "open");
    let second = register(&server, "2026-11");
    let server = restart_at(server, "2026-11-26T09:00:00+07:00");
    let show = || json(&server, &["deadline", "show", &id]).remove(0);
    server.ok(&["letter", "complete", &second]);
    let shown = show();
    assert_eq!(
        (
            text(&shown, "state"),
            text(&shown, "met"),
            text(&shown, "letter")
        ),
        ("met", "2026-11-24", second.as_str())
    );
    // A letter that was entered by mistake fulfils nothing.
    server.ok(&["letter", "void", &second, "--reason", "salah satker"]);
    assert_eq!(
        (&show()["state"], &show()["met"]),
        (&"open".into(), &Value::Null)
    );
    // A period that nobody is asked for yet is met all the same, and not asked for later.
    let early = register(&server, "2027-05");
    server.ok(&["letter", "complete", &early]);
    let rows = json(
        &server,
        &[
            "deadline",
            "list",
            "--satker",
            "411201",
            "--obligation",
            "lpj",
            "--state",
            "met",
        ],
    );
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (text(&rows[0], "period"), text(&rows[0], "due")),
        ("2027-05", "2027-06-10")
    );
    let server = restart_at(server, "2027-05-20T09:00:00+07:00");
    let may: Vec<Value> = json(
        &server,
        &[
            "deadline",
            "list",
            "--satker",
            "411201",
            "--obligation",
            "lpj",
            "--limit",
            "500",
        ],
    )
    .into_iter()
    .filter(|row| row["period"] == "2027-05")
    .collect();
    // Only the other treasurer still owes it.
    assert_eq!(may.len(), 2);
    assert_eq!(may.iter().filter(|row| row["state"] == "open").count(), 1);
}

#[test]
fn people_decide_about_a_deadline_and_its_history_tells() {
    let server = office(TUESDAY);
    let id = text(&november(&server, "411201", "saldo"), "id").to_owned();
    let state = |id: &str| text(&json(&server, &["deadline", "show", id])[0], "state").to_owned();
    server.ok(&["deadline", "meet", &id, "--date", "2026-11-23"]);
    assert_eq!(state(&id), "met");
    refused(&server, &["deadline", "meet", &id]);
    refused(&server, &["deadline", "reopen", &id, "--reason", " "]);
    server.ok(&["deadline", "reopen", &id, "--reason", "keliru"]);
    refused(&server, &["deadline", "meet", &id, "--date", "2026-12-24"]);
    server.ok(&["deadline", "exempt", &id, "--reason", "tidak ada rekening"]);
    assert_eq!(state(&id), "exempt");
    server.ok(&["deadline", "reopen", &id, "--reason", "ternyata ada"]);
    server.ok(&[
        "deadline",
        "move",
        &id,
        "--date",
        "2026-12-14",
        "--reason",
        "perpanjangan",
    ]);
    let shown = json(&server, &["deadline", "show", &id]).remove(0);
    assert_eq!(
        (text(&shown, "due"), text(&shown, "state")),
        ("2026-12-14", "open")
    );
    assert_eq!(shown["history"].as_array().unwrap().len(), 6);
    // The calendar does not move what a person has set.
    server.ok(&["calendar", "close", "2026-12-14", "--reason", "banjir"]);
    assert_eq!(
        json(&server, &["deadline", "show", &id])[0]["due"],
        "2026-12-14"
    );
    // By hand a reminder goes out at once, once a day.
    let sms = json(&server, &["deadline", "remind", &id]).remove(0);
    assert_eq!(sms["sms"].as_array().unwrap().len(), 2);
    refused(&server, &["deadline", "remind", &id]);
    let waiting = || {
        let rows = reminders(&server);
        let mine = rows.iter().filter(|row| row["deadline"] == id.as_str());
        mine.map(|row| text(row, "state").to_owned())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(waiting(), ["waiting".to_owned()].into());
    server.ok(&["deadline", "meet", &id]);
    assert_eq!(waiting(), ["withdrawn".to_owned()].into());
    for wrong in [
        &["deadline", "meet", "K-999999"][..],
        &["deadline", "show", "abc"],
        &["deadline", "remind", &id],
        &["deadline", "add", "--name", " ", "--date", "2026-12-01"],
        &["deadline", "add", "--name", "X", "--date", "2029-12-01"],
        &[
            "deadline",
            "date",
            "lpj",
            "--period",
            "2026-11",
            "--date",
            "2026-12-01",
        ],
        &[
            "deadline",
            "date",
            "rekon",
            "--period",
            "2026",
            "--date",
            "2026-12-01",
        ],
        &[
            "deadline",
            "date",
            "akhir-tahun",
            "--period",
            "2026",
            "--date",
            "2026-12-01",
        ],
    ] {
        refused(&server, wrong);
    }
    server.ok(&[
        "deadline",
        "add",
        "--name",
        "Data laptop",
        "--date",
        "2026-12-05",
        "--satker",
        "411902",
    ]);
    let added = one(&server, "411902", "lainnya", &[]);
    assert_eq!(
        (text(&added, "due"), text(&added, "about")),
        ("2026-12-04", "Data laptop")
    );
}

#[test]
fn the_date_of_a_letter_replaces_the_estimate() {
    let server = office(TUESDAY);
    let estimate = november(&server, "411902", "rekon");
    assert_eq!(
        (text(&estimate, "due"), &estimate["estimate"]),
        ("2026-12-15", &true.into())
    );
    server.ok(&[
        "deadline",
        "date",
        "rekon",
        "--period",
        "2026-11",
        "--date",
        "2026-12-17",
        "--letter",
        "S-1/2026",
    ]);
    let given = november(&server, "411902", "rekon");
    assert_eq!(
        (text(&given, "due"), &given["estimate"]),
        ("2026-12-17", &false.into())
    );
    let compute = [
        "deadline",
        "compute",
        "--obligation",
        "rekon",
        "--period",
        "2026-11",
    ];
    assert_eq!(json(&server, &compute)[0]["due"], "2026-12-17");
    server.ok(&[
        "deadline",
        "date",
        "akhir-tahun",
        "--period",
        "2026",
        "--item",
        "spm-gup",
        "--date",
        "2026-12-20",
    ]);
    // It stands as printed, even on a Sunday.
    assert_eq!(
        one(&server, "411902", "akhir-tahun", &[])["due"],
        "2026-12-20"
    );
    let dates = json(&server, &["deadline", "dates"]);
    assert_eq!(dates.len(), 2);
    server.ok(&[
        "deadline", "date", "rekon", "--period", "2026-11", "--remove",
    ]);
    let back = november(&server, "411902", "rekon");
    assert_eq!(
        (text(&back, "due"), &back["estimate"]),
        ("2026-12-15", &true.into())
    );
}

#[test]
fn the_next_replacement_of_an_advance_ends_the_open_one() {
    let server = office(TUESDAY);
    let record = |event: &str, date: &str, sp2d: &str| {
        let field = format!("sp2d={sp2d}");
        let args = [
            "event", "record", "--satker", "411201", "--event", event, "--date", date, "--field",
            &field,
        ];
        json(&server, &args).remove(0)
    };
    let owed = || one(&server, "411201", "gup", &["--state", "owed"]);
    record("sp2d-up", "2026-09-28", "1");
    record("sp2d-gup", "2026-11-16", "3");
    // Told late, in the wrong order: the later one had ended it.
    let late = record("sp2d-gup", "2026-10-20", "2");
    assert!(
        late["deadlines"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["state"] == "met"),
        "{late}"
    );
    let open = owed();
    assert_eq!(text(&open, "due"), "2026-12-16");
    // A letter does the same, and starts the next.
    let agenda = json(
        &server,
        &[
            "letter",
            "register",
            "--module",
            "up-tup",
            "--service",
            "spm-gup",
            "--satker",
            "411201",
            "--subject",
            "GUP",
            "--field",
            "nomor_spm=00017A",
            "--field",
            "nilai=5000000",
        ],
    );
    let agenda = text(&agenda[0], "agenda").to_owned();
    server.ok(&[
        "letter",
        "complete",
        &agenda,
        "--field",
        "sp2d=261124000000017",
    ]);
    let open = owed();
    assert_eq!(
        (text(&open, "due"), text(&open, "event_date")),
        ("2026-12-23", "2026-11-24")
    );
    // It was the letter of somebody else: what it met is owed again, what it started is not.
    server.ok(&["letter", "void", &agenda, "--reason", "salah satker"]);
    let open = owed();
    assert_eq!(
        (text(&open, "due"), text(&open, "event_date")),
        ("2026-12-16", "2026-11-16")
    );
}

#[test]
fn the_calendar_moves_what_is_open_and_a_bad_list_changes_nothing() {
    let server = office(TUESDAY);
    let due = || text(&november(&server, "411201", "lpj"), "due").to_owned();
    let id = text(&november(&server, "411201", "lpj"), "id").to_owned();
    server.ok(&["calendar", "close", "2026-12-10", "--reason", "pilkada"]);
    assert_eq!(due(), "2026-12-09");
    let shown = json(&server, &["deadline", "show", &id]).remove(0);
    let moved = &shown["history"][1]["what"]["moved"];
    assert_eq!(
        (&moved["from"], &moved["to"]),
        (&"2026-12-10".into(), &"2026-12-09".into())
    );
    server.ok(&["calendar", "open", "2026-12-10", "--reason", "batal"]);
    assert_eq!(due(), "2026-12-10");
    refused(
        &server,
        &["calendar", "close", "2026-12-10", "--reason", " "],
    );
    let list =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/data/holidays.csv")).unwrap();
    let longer = format!("{}\n2026-12-10,libur,Hari libur baru\n", list.trim_end());
    // The decision of the office stands before the list.
    let file = server.file("longer.csv", longer.replace("2026-12-10", "2026-12-09"));
    let path = file.to_str().unwrap();
    let dry = json(&server, &["calendar", "import", path, "--dry-run"]).remove(0);
    assert_eq!(
        (dry["changes"].as_array().unwrap().len(), &dry["moved"]),
        (1, &0.into())
    );
    let compute = [
        "deadline",
        "compute",
        "--obligation",
        "kontrak",
        "--event-date",
        "2026-12-03",
    ];
    assert_eq!(json(&server, &compute)[0]["due"], "2026-12-10");
    let real = json(&server, &["calendar", "import", path]).remove(0);
    assert_eq!(real["changes"].as_array().unwrap().len(), 1);
    assert_eq!(json(&server, &compute)[0]["due"], "2026-12-11");
    assert_eq!(
        json(&server, &["calendar", "import", path])[0]["changes"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    // A list of one year leaves the others as they are.
    let one: Vec<&str> = longer
        .lines()
        .filter(|line| line.starts_with("date") || line.starts_with("2026"))
        .collect();
    let file = server.file(
        "one.csv",
        one.join("\n").replace("2026-12-10", "2026-12-09"),
    );
    let only = json(
        &server,
        &["calendar", "import", file.to_str().unwrap(), "--dry-run"],
    )
    .remove(0);
    assert_eq!(only["changes"], serde_json::json!([]), "{only}");
    // A person sees the difference before it applies.
    let file = server.file("more.csv", longer.replace("2026-12-10", "2026-12-11"));
    let import = |answer: &str| {
        let args = ["calendar", "import", file.to_str().unwrap()];
        let mut terminal = Desk::run(server.home.dir(), &args);
        let shown = terminal.shows("[y/T]");
        assert!(
            shown.contains("+ 2026-12-11 libur Hari libur baru"),
            "{shown}"
        );
        terminal.keys(answer);
        assert_eq!(terminal.ended(), Some(0));
    };
    let first = json(&server, &compute)[0]["due"].clone();
    import("\r");
    assert_eq!(json(&server, &compute)[0]["due"], first);
    import("y\r");
    assert_eq!(json(&server, &compute)[0]["due"], "2026-12-10");
    json(&server, &["calendar", "import", path]);
    // A list without a whole year between others says so.
    let others: Vec<&str> = list
        .lines()
        .filter(|line| !line.starts_with("2026"))
        .chain(["2025-12-25,libur,Natal"])
        .collect();
    let gap = others.join(
        "
",
    );
    let file = server.file("gap.csv", gap);
    let dry = json(
        &server,
        &["calendar", "import", file.to_str().unwrap(), "--dry-run"],
    )
    .remove(0);
    assert_eq!(dry["gaps"], serde_json::json!([2026]));
    let bad = [
        (
            "date,kind,name\n2026-12-25,libur,Natal\n2026-13-01,libur,x\n",
            "3",
        ),
        ("date,kind,name\n2026-12-25,liburan,Natal\n", "2"),
        ("date,kind,name\n2026-12-25,libur,\n", "2"),
        ("", "1"),
    ];
    for (content, line) in bad {
        let file = server.file("bad.csv", content);
        let said = refused(&server, &["calendar", "import", file.to_str().unwrap()]);
        assert!(said.contains("bad.csv") && said.contains(line), "{said}");
    }
    assert_eq!(json(&server, &compute)[0]["due"], "2026-12-11");
}

#[test]
fn a_list_of_holidays_in_the_home_folder_moves_what_is_open_at_the_next_start() {
    let server = office(TUESDAY);
    let due = |server: &Server| text(&november(server, "411201", "lpj"), "due").to_owned();
    assert_eq!(due(&server), "2026-12-10");
    let list = include_str!("../../data/holidays.csv").trim_end();
    server.file(
        "holidays.csv",
        format!("{list}\n2026-12-10,libur,Pilkada\n"),
    );
    let server = restart_at(server, TUESDAY);
    assert_eq!(due(&server), "2026-12-09");
    let id = text(&november(&server, "411201", "lpj"), "id").to_owned();
    let shown = json(&server, &["deadline", "show", &id]).remove(0);
    assert_eq!(shown["history"][1]["what"]["moved"]["from"], "2026-12-10");
    assert_eq!(shown["history"][1]["by"], "sistem");
    // The next start has nothing to move.
    let seq = |server: &Server| json(server, &["status"]).remove(0)["seq"].clone();
    let before = seq(&server);
    let server = restart_at(server, TUESDAY);
    assert_eq!(seq(&server), before);
}

#[test]
fn an_imported_list_leaves_the_years_that_it_does_not_speak_of_to_the_other_lists() {
    let server = office(TUESDAY);
    let due = |server: &Server, period: &str| {
        let lpj = json(
            server,
            &[
                "deadline",
                "compute",
                "--obligation",
                "lpj",
                "--period",
                period,
            ],
        );
        text(&lpj[0], "due").to_owned()
    };
    let list = include_str!("../../data/holidays.csv").trim_end();
    let of_2026: Vec<&str> = list
        .lines()
        .filter(|line| line.starts_with("2026"))
        .collect();
    let only = format!("{}\n2026-12-10,libur,Pilkada\n", of_2026.join("\n"));
    let file = server.file("only.csv", only);
    server.ok(&["--json", "calendar", "import", file.to_str().unwrap()]);
    assert_eq!(due(&server, "2026-11"), "2026-12-09");
    assert_eq!(due(&server, "2026-12"), "2027-01-08");
    // Next year's list comes later, and the one after that.
    let more = "2027-01-08,libur,Uji\n2028-02-10,libur,Uji\n";
    server.file("holidays.csv", format!("{list}\n{more}"));
    let server = restart_at(server, TUESDAY);
    assert_eq!(due(&server, "2026-11"), "2026-12-09");
    assert_eq!(due(&server, "2026-12"), "2027-01-07");
    assert_eq!(due(&server, "2028-01"), "2028-02-09");
}

#[test]
fn a_report_is_reminded_of_by_the_version_of_the_rule_that_made_it() {
    let module = include_str!("../../modules/lpj.toml");
    let (before, rule) = module.split_at(module.find("[[obligation]]").unwrap());
    let now = "valid = { from = 2014-01-01 }";
    let offsets = "offsets = [-7, -3, -1, 0, 1]";
    assert!(rule.contains(now) && rule.contains(offsets));
    // From the report of December on, which is due in January, a month ahead. That of November is due in December.
    let old = rule.replace(now, "valid = { from = 2014-01-01, until = 2026-11-30 }");
    let new = rule
        .replace(now, "valid = { from = 2026-12-01 }")
        .replace(offsets, "offsets = [-5]");
    let mut server = Server::prepare("");
    std::fs::create_dir_all(server.home.dir().join("modules")).unwrap();
    server.file("modules/lpj.toml", format!("{before}{old}\n{new}"));
    server.restart_at(Some("2026-12-02T12:00:00+07:00"));
    import(&server, SATKER);
    let told = |server: &Server| {
        let all = reminders(server);
        let lpj = all
            .iter()
            .filter(|sms| text(sms, "text").contains("LPJ Bendahara"));
        lpj.filter(|sms| sms["satker"] == "411201").count()
    };
    let day_before = told(&server);
    let server = restart_at(server, "2026-12-03T07:30:00+07:00");
    assert!(told(&server) > day_before, "seven days ahead");
    let third = told(&server);
    let server = restart_at(server, "2026-12-04T07:30:00+07:00");
    assert_eq!(told(&server), third, "not five");
}

#[test]
fn a_server_killed_in_the_middle_of_a_morning_drafts_the_same_reminders_and_none_twice() {
    // 3 December: a week before the reports of November.
    const MORNING: &str = "2026-12-03T07:30:00+07:00";
    let mut list = SATKER.lines().next().unwrap().to_owned() + "\n";
    for n in 0..150 {
        let line = format!(
            "{:06},Kantor {n},Kantor {n},005,Contoh,01,Kota Madiun,KD,Kepala,08120001{n:04},PPK,08120002{n:04},Bendahara,08120003{n:04},Y,,aktif\n",
            400_000 + n
        );
        list.push_str(&line);
    }
    let prepared = || {
        let server = Server::start_at("", Some("2026-12-02T20:00:00+07:00"));
        import(&server, &list);
        server
    };
    let drafted = |server: &Server| -> Vec<(String, String, String)> {
        let mut rows: Vec<_> = reminders(server)
            .iter()
            .map(|row| {
                let field = |name| text(row, name).to_owned();
                (field("satker"), field("to"), field("text"))
            })
            .collect();
        rows.sort();
        rows
    };
    let whole = restart_at(prepared(), MORNING);
    let wanted = drafted(&whole);
    assert!(wanted.len() >= 300, "{}", wanted.len());
    drop(whole);
    let mut server = prepared();
    server.kill();
    for pause in [20, 35, 50, 70, 90] {
        server.start_and_kill(MORNING, std::time::Duration::from_millis(pause));
    }
    server.restart_at(Some(MORNING));
    assert_eq!(drafted(&server), wanted);
    let server = restart_at(server, "2026-12-03T11:00:00+07:00");
    assert_eq!(drafted(&server), wanted);
}
