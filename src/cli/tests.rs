//! Commands against a server that gives prepared answers.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{self, BufReader, Write};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use clap::Parser;

use super::args::Arguments;
use super::{Call, DeskDefaults, Failure, Lang, Locale, Outcome, run};
use crate::ask::{
    BulkOutcome, CalendarDay, CalendarView, DateList, ImportReport, ListSatker, Reply, Request,
    SatkerPage, SatkerRow, SmsChoice,
};
use crate::domain::refusal::Refusal;
use crate::home::Home;
use crate::protocol::{ClientLine, Hello, LineReader, MAX_REQUEST, ServerLine, write_line};

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Serves one connection until the client leaves.
fn serve(
    home: &Home,
    mut answer: impl FnMut(Request) -> Result<Reply, Refusal> + Send + 'static,
) -> JoinHandle<()> {
    let listener = home.listen().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = LineReader::new(BufReader::new(stream.try_clone().unwrap()), MAX_REQUEST);
        write_line(&mut stream, &ServerLine::Hello(Hello::new(false))).unwrap();
        while let Ok(line) = lines.read() {
            let ClientLine::Ask { id, request } = line else {
                continue;
            };
            let line = match answer(*request) {
                Ok(reply) => ServerLine::Answer {
                    id,
                    reply: Box::new(reply),
                },
                Err(refusal) => ServerLine::Refused { id, refusal },
            };
            write_line(&mut stream, &line).unwrap();
        }
    })
}

/// What a command line prints, and how it ends.
fn typed(home: &Home, words: &str) -> (String, Outcome) {
    let arguments = Arguments::try_parse_from(words.split(' ')).unwrap();
    let paper = Paper::default();
    let mut call = Call {
        home: home.clone(),
        locale: Locale::built_in(Lang::En),
        json: arguments.json,
        out: Box::new(paper.clone()),
    };
    let outcome = run(&mut call, arguments, &DeskDefaults::default());
    let text = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
    (text, outcome)
}

fn with_server(
    words: &str,
    answer: impl FnMut(Request) -> Result<Reply, Refusal> + Send + 'static,
) -> (String, Outcome) {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::at(folder.path());
    let server = serve(&home, answer);
    let result = typed(&home, words);
    server.join().unwrap();
    result
}

fn satker_pages(total: u32) -> impl FnMut(Request) -> Result<Reply, Refusal> + Send {
    move |request| {
        let Request::ListSatker(ListSatker { offset, limit, .. }) = request else {
            panic!("{}", request.name());
        };
        assert!(limit <= 1000, "{limit}");
        let first = u32::try_from(offset).unwrap();
        let row = |n: u32| SatkerRow {
            kind: crate::domain::satker::satker_kind(),
            code: format!("{:06}", 400_000 + n).parse().unwrap(),
            name: String::new(),
            short_name: format!("S{n}\u{1b}[1m"),
            region: "Madiun".to_owned(),
            ministry: String::new(),
            kpa: None,
            kpa_phone: None,
            active: true,
            open_letters: n,
        };
        Ok(Reply::ListSatker(SatkerPage {
            rows: (first..total.min(first + limit)).map(row).collect(),
            total: total.into(),
            offset,
        }))
    }
}

#[test]
fn lists_come_whole_in_json_and_short_in_text() {
    let check = |words: &str, lines: usize| {
        let (text, outcome) = with_server(words, satker_pages(2_345));
        outcome.unwrap();
        assert_eq!(text.lines().count(), lines, "{words}");
        assert!(!text.contains('\u{1b}'), "{words}");
    };
    check("sipintar satker list --json", 2_345);
    check("sipintar satker list", 51);
    check("sipintar satker list --limit 1500", 1_501);
    check("sipintar satker list --limit 7 --json", 7);
    let (text, _) = with_server("sipintar satker list --json --limit 1", satker_pages(3));
    let row: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&row["code"], &row["active"]),
        (&"400000".into(), &true.into())
    );
}

#[test]
fn each_message_that_was_not_confirmed_is_named_and_the_status_is_1() {
    let (text, outcome) = with_server("sipintar sms confirm s1 2 S-000003 --json", |request| {
        let Request::ConfirmSms(ask) = request else {
            panic!("{}", request.name());
        };
        let SmsChoice::Ids(ids) = ask.which else {
            panic!("not by id");
        };
        let refusal = Refusal::new("sms-state")
            .with("id", ids[2])
            .with("state", "sent");
        Ok(Reply::ConfirmSms(BulkOutcome {
            done: ids[..2].to_vec(),
            second_needed: Vec::new(),
            refused: vec![(ids[2], refusal)],
            next: None,
        }))
    });
    assert!(matches!(outcome, Err(Failure::Told)));
    let said: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(said["done"], serde_json::json!(["S-000001", "S-000002"]));
    assert_eq!(said["refused"][0]["id"], "S-000003");
    assert_eq!(said["refused"][0]["code"], "sms-state");
}

#[test]
fn an_import_fails_only_when_no_row_at_all_was_taken() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("satker.csv");
    std::fs::write(&file, "kode_satker;nama\n411201;PN\n").unwrap();
    for (added, rejected) in [(1, 0), (1, 1), (0, 1)] {
        let words = format!("sipintar satker import {} --dry-run", file.display());
        let (text, outcome) = with_server(&words, move |request| {
            let Request::ImportSatker(ask) = request else {
                panic!("{}", request.name());
            };
            assert!(ask.dry_run);
            assert_eq!(ask.sheet.columns, ["kode_satker", "nama"]);
            Ok(Reply::ImportSatker(ImportReport {
                added,
                rejected,
                dry_run: true,
                ..ImportReport::default()
            }))
        });
        assert!(
            text.contains("nothing was changed") && text.contains(&format!("{added} added")),
            "{text}"
        );
        assert_eq!(outcome.is_err(), added == 0);
    }
}

#[test]
fn a_closed_day_moves_the_reminder_that_a_rule_gives() {
    let words = "sipintar deadline compute --obligation lpj --period 2026-11 --json";
    let (text, outcome) = with_server(words, |request| {
        if let Request::ListDates(_) = request {
            return Ok(Reply::ListDates(DateList::default()));
        }
        Ok(Reply::ListCalendar(CalendarView {
            days: vec![CalendarDay {
                date: "2026-12-10".parse().unwrap(),
                kind: "tutup".to_owned(),
                name: "banjir".to_owned(),
            }],
        }))
    });
    outcome.unwrap();
    let said: serde_json::Value = serde_json::from_str(&text).unwrap();
    let dates: Vec<_> = said["reminders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["date"])
        .collect();
    assert!(!dates.contains(&&"2026-12-10".into()), "{text}");
}

#[test]
fn refusals_and_silence_end_a_command() {
    let (_, outcome) = with_server("sipintar satker show 411299", |_| {
        Err(Refusal::new("satker-unknown").with("code", "411299"))
    });
    assert!(matches!(outcome, Err(Failure::Refused(refusal)) if refusal.code == "satker-unknown"));
    let folder = tempfile::tempdir().unwrap();
    for words in [
        "sipintar status",
        "sipintar letter list",
        "sipintar sms show 1",
        "sipintar stop",
    ] {
        let (text, outcome) = typed(&Home::at(folder.path()), words);
        assert_eq!(text, "");
        assert!(
            matches!(outcome, Err(Failure::Refused(refusal)) if refusal.is_unreachable()),
            "{words}"
        );
    }
}

#[test]
fn a_theme_or_keymap_that_the_settings_name_wrongly_is_found_by_check() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::at(folder.path());
    for (settings, said) in [
        ("theme = \"defaul\"", "no theme `defaul`"),
        ("keymap = \"vmi\"", "no keymap `vmi`"),
    ] {
        std::fs::write(home.settings_file(), format!("[desk]\n{settings}\n")).unwrap();
        let (text, outcome) = typed(&home, "sipintar check");
        assert!(text.contains(said), "{text}");
        assert!(matches!(outcome, Err(Failure::Told)));
    }
    std::fs::write(home.settings_file(), "[desk]\ntheme = \"mono\"\n").unwrap();
    let (text, outcome) = typed(&home, "sipintar check");
    assert!(outcome.is_ok(), "{text}");
}
