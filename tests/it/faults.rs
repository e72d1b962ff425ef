//! Everything that may go wrong on the line, replayed from `tests/faults.toml` with the real program: what was sent twice, what was
//! lost, does it go on by itself. Copies are counted by the log of the simulated network, not by what the server believes.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use serde::Deserialize;
use sipintar::ask::{ConfirmSms, DraftSms, ListInbox, ListModems, ListSms, SmsChoice, SmsRow};
use sipintar::domain::sms::{SmsKind, SmsState};

use crate::modem::Modem;
use crate::support::{ALWAYS, Server};

const PLAN: &str = include_str!("../faults.toml");
const DOCUMENT: &str = "docs/faults.md";
/// Servers at once: most of them wait for a time-out.
const AT_ONCE: usize = 14;
/// The slowest takes 20 s when nothing else runs on the machine.
const PATIENCE: Duration = Duration::from_mins(2);
/// A refused message is tried again soon, where an office waits a minute.
const SOON: &str = "retry = { attempts = 5, first_seconds = 1, factor = 1 }\n";

#[derive(Debug, Deserialize)]
struct Plan {
    fault: Vec<Fault>,
}

/// See the head of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    name: String,
    says: String,
    #[serde(default)]
    simulate: Vec<String>,
    #[serde(default = "four")]
    messages: usize,
    #[serde(default)]
    same_phone: usize,
    #[serde(default)]
    long: usize,
    pin: Option<String>,
    until: Option<String>,
    #[serde(default)]
    control: Vec<String>,
    end: BTreeMap<SmsState, usize>,
    #[serde(default)]
    inbox: usize,
    person: Option<String>,
}

fn four() -> usize {
    4
}

fn plan() -> Vec<Fault> {
    let plan: Plan = toml::from_str(PLAN).unwrap();
    plan.fault
}

#[test]
fn every_fault_of_the_plan_sends_nothing_twice_loses_nothing_and_goes_on() {
    let room = Arc::new((Mutex::new(AT_ONCE), Condvar::new()));
    let runs: Vec<_> = plan()
        .into_iter()
        .map(|fault| {
            let room = Arc::clone(&room);
            std::thread::spawn(move || {
                let free = room.1.wait_while(room.0.lock().unwrap(), |free| *free == 0);
                *free.unwrap() -= 1;
                let result = std::panic::catch_unwind(AssertUnwindSafe(|| replay(&fault)));
                *room.0.lock().unwrap() += 1;
                room.1.notify_one();
                result.is_err().then_some(fault.name)
            })
        })
        .collect();
    let failed: Vec<String> = runs
        .into_iter()
        .filter_map(|run| run.join().unwrap())
        .collect();
    assert!(failed.is_empty(), "see above: {failed:?}");
}

fn replay(fault: &Fault) {
    let mut simulate = vec!["--latency=20", "--report-delay=100"];
    simulate.extend(fault.simulate.iter().map(String::as_str));
    let (mut modem, _) = Modem::start(&simulate);
    modem.plugged();
    let pin = fault.pin.as_ref().map(|pin| format!("pin = {pin:?}\n"));
    let settings = format!(
        "{ALWAYS}{SOON}{}{}",
        modem.settings(),
        pin.unwrap_or_default()
    );
    let server = Server::start(&settings);
    if let Some(until) = &fault.until {
        server.wait_for(&fault.name, ListModems {}, |list| {
            list.modems[0].state == *until
        });
    }
    for line in &fault.control {
        modem.control(line);
    }
    for number in 0..fault.messages {
        let to = if number < fault.same_phone { 0 } else { number };
        let mut text = format!("Pesan {number}");
        if number < fault.long {
            text += &" panjang".repeat(20);
        }
        server
            .ask(DraftSms {
                to: Some(format!("0813-1111-{to:04}")),
                satker: None,
                role: None,
                text,
                key: None,
            })
            .unwrap();
    }
    let which = SmsChoice::All { kind: None };
    server.ask(ConfirmSms { which }).unwrap();

    let all = ListSms {
        limit: 100,
        ..ListSms::default()
    };
    let mut last = String::new();
    let what = format!("{}: {:?}", fault.name, fault.end);
    let rows = std::panic::catch_unwind(AssertUnwindSafe(|| {
        let done = |rows: &[SmsRow]| count(rows) == fault.end;
        server
            .wait_within(PATIENCE, &what, all.clone(), |page| done(&ours(&page.rows)))
            .rows
    }));
    let rows = rows.map(|rows| ours(&rows));
    let Ok(rows) = rows else {
        for row in server.ask(all).unwrap().rows {
            let _ = writeln!(last, "{:?} {:?} {:?}", row.id, row.state, row.error);
        }
        panic!("{what}\n{last}{:#?}", modem.log());
    };
    if fault.inbox > 0 {
        let inbox = ListInbox {
            limit: 100,
            ..ListInbox::default()
        };
        let page = server.wait_for(&fault.name, inbox, |page| page.rows.len() >= fault.inbox);
        assert_eq!(page.rows.len(), fault.inbox, "{}: read twice", fault.name);
    }
    judge(&fault.name, &rows, &modem);
}

/// What the test itself drafted: whoever wrote in meanwhile is answered too.
fn ours(rows: &[SmsRow]) -> Vec<SmsRow> {
    rows.iter()
        .filter(|row| row.kind != SmsKind::Reply)
        .cloned()
        .collect()
}

fn count(rows: &[SmsRow]) -> BTreeMap<SmsState, usize> {
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry(row.state).or_default() += 1;
    }
    counts
}

/// Nothing was sent twice, and what is called sent was; what is called failed or still waits was not.
pub fn judge(name: &str, rows: &[SmsRow], modem: &Modem) {
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for line in modem.log() {
        let copy = format!("{} {} {}", line["to"], line["text"], line["part"]);
        *taken.entry(copy).or_default() += 1;
    }
    for (copy, times) in &taken {
        assert_eq!(*times, 1, "{name}: sent {times} times: {copy}");
    }
    for row in rows {
        let copies = taken
            .keys()
            .filter(|copy| {
                // Parts carry pieces of the text.
                let words: Vec<&str> = copy.split('"').collect();
                words[1] == row.to.as_str() && row.text.contains(words[3])
            })
            .count();
        let parts = usize::from(row.parts);
        match row.state {
            SmsState::Sent | SmsState::Delivered => {
                assert_eq!(copies, parts, "{name}: lost: {row:?}");
            }
            SmsState::Failed | SmsState::Queued | SmsState::Waiting => {
                assert_eq!(copies, 0, "{name}: sent and not said so: {row:?}");
            }
            _ => {}
        }
    }
}

/// The plan as a person reads it.
fn document() -> String {
    let mut text = String::from(
        "# What may go wrong with a modem, and what happens then

Made from `tests/faults.toml`; `cargo test --test it faults` replays every line with the real program and a simulated modem and
compares. (`UPDATE_DOCS=1 cargo test --test it faults` writes this page anew.)

The same three questions are asked after each fault. Copies are counted by the log of the simulated network.

- **Sent twice**: never. What may have been sent is `uncertain` and waits for its delivery report or for a person.
- **Lost**: never. What the network did not take is sent later, is `failed` with the network's words, or is `uncertain`.
- **Goes on by itself**: the other messages leave without a hand. The last column says what is left to a person.

Four messages are confirmed at once unless something else is said.

| fault | what happens | how the messages end | a person |
|---|---|---|---|
",
    );
    for fault in plan() {
        let mut end: Vec<String> = fault
            .end
            .iter()
            .map(|(state, count)| format!("{count} {}", state.as_str()))
            .collect();
        if fault.inbox > 0 {
            end.push(format!("{} came in", fault.inbox));
        }
        let person = fault.person.as_deref().unwrap_or("nothing");
        let _ = writeln!(
            text,
            "| {} | {} | {} | {person} |",
            fault.name,
            fault.says,
            end.join(", ")
        );
    }
    text += "
## To see it happen

Start a simulated modem on a pseudo-terminal, with the fault at the message where it should happen (counted from 1):

```sh
sipintar modem simulate --link /tmp/modem --log /tmp/taken.jsonl --latency 300 FAULT
```

Name it in the settings of a home folder for trying, start the server, draft and confirm messages, and compare what the desk says
with `/tmp/taken.jsonl`, which has a line for every message that the network took:

```toml
[[modem]]
name = \"coba\"
kind = \"serial\"
port = \"/tmp/modem\"
```

| fault | FAULT | then type into the simulator |
|---|---|---|
";
    for fault in plan() {
        if fault.simulate.is_empty() && fault.control.is_empty() {
            continue;
        }
        let code = |words: &[String]| {
            words
                .iter()
                .map(|word| format!("`{word}`"))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} |",
            fault.name,
            code(&fault.simulate),
            code(&fault.control)
        );
    }
    text
}

#[test]
fn the_page_about_faults_is_up_to_date() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(DOCUMENT);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, document()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == document(),
        "{DOCUMENT} is stale: UPDATE_DOCS=1 cargo test --test it faults"
    );
}

#[test]
fn the_dialogue_is_written_down_without_numbers_texts_and_pin() {
    let (modem, _) = Modem::start(&["--latency=20", "--report-delay=50", "--pin=4711"]);
    modem.plugged();
    let server = Server::start(&format!(
        "{ALWAYS}{}pin = \"4711\"\nlog = true\n",
        modem.settings()
    ));
    server
        .ask(DraftSms {
            to: Some("0813-1111-0815".to_owned()),
            satker: None,
            role: None,
            text: "Rahasia".to_owned(),
            key: None,
        })
        .unwrap();
    let which = SmsChoice::All { kind: None };
    server.ask(ConfirmSms { which }).unwrap();
    let all = ListSms {
        limit: 100,
        ..ListSms::default()
    };
    server.wait_for("the report", all, |page| {
        page.rows.iter().any(|row| row.state == SmsState::Delivered)
    });
    let log = server.home.log().join("modem-loket.log");
    let text = std::fs::read_to_string(log).unwrap();
    for said in ["> AT+CMGS=", "< +CMGS: 1", "> AT+CPIN=<hidden>", "< +CDS:"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    for hidden in ["4711", "81311110815", "261813110180", "628110000000"] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
}
