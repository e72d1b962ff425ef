//! The map of ARCHITECTURE.md and its rules, read off the sources. Where something breaks a rule today, it stands in a list at the rule; a
//! list may only get shorter.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

mod graph;

use graph::House;

/// Who may use whom. A room uses none that stands below it.
const ROOMS: [(&str, &[&str]); 16] = [
    ("file", &[]),
    ("gsm", &[]),
    ("domain", &["gsm"]),
    ("ask", &["domain"]),
    ("home", &["file", "domain"]),
    ("journal", &["file", "domain"]),
    ("store", &["journal", "domain"]),
    ("settings", &["domain", "home"]),
    ("locale", &["ask", "domain", "home"]),
    ("modem", &["gsm"]),
    ("sheet", &["ask", "domain"]),
    (
        "offsite",
        &["file", "settings", "journal", "domain", "home"],
    ),
    ("protocol", &["ask", "domain"]),
    (
        "server",
        &[
            "offsite", "store", "journal", "modem", "protocol", "ask", "settings", "home",
            "domain", "gsm",
        ],
    ),
    ("client", &["protocol", "ask", "home", "domain"]),
    ("tui", &["client", "ask", "locale", "home", "domain", "gsm"]),
];

fn house() -> House {
    House::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

fn listed(found: &BTreeSet<String>, list: &BTreeSet<String>, rule: &str) {
    let new: Vec<_> = found.difference(list).collect();
    assert!(new.is_empty(), "{rule}: {new:#?}");
    let gone: Vec<_> = list.difference(found).collect();
    assert!(
        gone.is_empty(),
        "{rule}: mended, take it off the list: {gone:#?}"
    );
}

#[test]
fn rooms_import_what_the_map_allows() {
    let allowed: BTreeMap<&str, &[&str]> = ROOMS.into_iter().collect();
    for (from, to) in house().arrows() {
        let (Some(room), Some(other)) = (from.first(), to.first()) else {
            continue;
        };
        if room == other {
            continue;
        }
        let may = match allowed.get(room.as_str()) {
            Some(may) => may.contains(&other.as_str()),
            None => room == "cli",
        };
        assert!(may, "{} uses {}", from.join("::"), to.join("::"));
    }
}

#[test]
fn the_map_has_no_arrow_up() {
    for (at, (room, below)) in ROOMS.iter().enumerate() {
        for other in *below {
            assert!(
                ROOMS[..at].iter().any(|(name, _)| name == other),
                "{room} uses {other}, which is not above it"
            );
        }
    }
}

/// Children of one module use each other one way, each with all that is below it.
#[test]
fn siblings_make_no_circle() {
    let today = [
        ("cli", "broadcast letter sms"),
        ("domain", "keyword module rule template"),
        ("domain", "period when"),
        ("locale", "overriding plain"),
        ("modem::simulator", "foreign network state"),
        ("offsite", "repair restore"),
        (
            "server",
            "answers broadcast connection daily deadlines demo_loading gateway letters messages office offsite outbox queries queue \
             reports users writer",
        ),
        ("store", "apply deadlines index"),
        ("ask", "broadcast deadlines queue views"),
        ("gsm", "pdu segment"),
        ("tui", "popup screen state"),
        ("tui::screen::deadlines", "month view"),
        ("tui::screen::sms", "repairs view"),
        ("tui::update", "bulk deadlines form inbox lists sms"),
    ];
    let today = today
        .into_iter()
        .map(|(parent, circle)| format!("{parent}: {circle}"))
        .collect();
    let found = house()
        .circles()
        .into_iter()
        .map(|(parent, circle)| {
            let circle: Vec<String> = circle.into_iter().collect();
            format!("{}: {}", parent.join("::"), circle.join(" "))
        })
        .collect();
    listed(&found, &today, "a circle");
}

/// Tests aside.
#[test]
fn no_file_is_too_long() {
    let today = [
        "domain::fact",
        "modem::at::engine",
        "server::answers",
        "server::imports",
        "store::index",
        "ask",
        "ask::views",
        "tui::popup::form::view",
        "tui::update::answer",
        "tui::update::form",
    ];
    let found = house()
        .0
        .into_iter()
        .filter(|(_, module)| module.lines > 600)
        .map(|(name, _)| name.join("::"))
        .collect();
    let today = today.into_iter().map(str::to_owned).collect();
    listed(&found, &today, "more than 600 lines");
}

/// A type that others can see has a name of its own in the whole program.
#[test]
fn public_types_have_one_name() {
    let today = "Answer Ask Cause Checked Chosen Client DayCount Desk Encoding Event Fate Fault Field Files Filling Inbox Index \
                 Input Key Kind LeftOut Limits Line Lines Made ModemCommand Notice Office Outbox Outcome Override Part Pending Piece \
                 Place Plan Reader Record Refusal Reply Request Role Source Step Stop Table Target Template Token Validity Waiting Words";
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (module, content) in house().0 {
        for name in content.types {
            places.entry(name).or_default().push(module.join("::"));
        }
    }
    let found = places
        .into_iter()
        .filter(|(_, places)| places.len() > 1)
        .map(|(name, _)| name)
        .collect();
    let today = today.split_whitespace().map(str::to_owned).collect();
    listed(&found, &today, "a name with several meanings");
}

fn sources(path: &str) -> Vec<(PathBuf, String)> {
    fn walk(path: &Path, found: &mut Vec<PathBuf>) {
        if path.is_dir() {
            for entry in fs::read_dir(path).unwrap() {
                walk(&entry.unwrap().path(), found);
            }
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path.to_path_buf());
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    walk(&root.join(path), &mut found);
    if let Some(file) = path
        .strip_prefix("src/")
        .map(|name| root.join(format!("src/{name}.rs")))
        .filter(|file| file.exists())
    {
        found.push(file);
    }
    assert!(!found.is_empty(), "nothing at {path}");
    found
        .into_iter()
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect()
}

fn assert_absent(folder: &str, words: &[&str]) {
    for (path, text) in sources(folder) {
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for (number, line) in (1..).zip(code) {
            for word in words {
                assert!(
                    !line.contains(word),
                    "{}: line of code {number}: {word}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn the_domain_does_no_input_or_output_and_never_asks_for_the_time() {
    assert_absent(
        "src/domain",
        &[
            "ratatui",
            "crossterm",
            "sled",
            "serialport",
            "std::fs",
            "std::net",
            "Utc::now",
            "Local::now",
        ],
    );
}

#[test]
fn each_thing_of_the_outside_world_is_named_in_one_place() {
    for (path, text) in sources("src") {
        let place = path.display().to_string();
        let code: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        let names = |word: &str| code.iter().any(|line| line.contains(word));
        assert!(
            !names("sled::") || place.contains("src/store"),
            "{place} names sled"
        );
        assert!(
            !names("serialport::") || place.contains("src/modem"),
            "{place} names serialport"
        );
        assert!(
            !(names("httparse::") || names("TcpListener") || names("TcpStream"))
                || place.contains("src/modem/kannel"),
            "{place} names the network"
        );
        assert!(
            !(names("calamine::") || names("zip::")) || place.contains("src/sheet"),
            "{place} names spreadsheets"
        );
        assert!(
            !(names("ratatui::") || names("crossterm::")) || place.contains("src/tui"),
            "{place} names the terminal"
        );
    }
}

/// A fact is written into its entry's line: a field of the same name would make a line that nobody can read again.
#[test]
fn no_fact_has_a_field_of_the_journals_own() {
    let text = fs::read_to_string("src/domain/fact.rs").unwrap();
    let fields: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("        ") && !line.starts_with("         "))
        .filter_map(|line| line.trim().split_once(": "))
        .map(|(name, _)| name)
        .collect();
    assert!(fields.contains(&"message") && fields.contains(&"at"));
    for name in [
        "fact", "seq", "time", "actor", "begins", "rest", "key", "prev",
    ] {
        assert!(!fields.contains(&name), "{name}");
    }
}
