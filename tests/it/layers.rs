//! The invariants of ARCHITECTURE.md that can be read off the source.

use std::fs;
use std::path::{Path, PathBuf};

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
            "crate::server",
            "crate::tui",
        ],
    );
}

#[test]
fn the_codec_knows_nothing_of_modems_or_of_the_office() {
    assert_absent(
        "src/sms",
        &[
            "crate::modem",
            "crate::server",
            "crate::domain",
            "std::fs",
            "std::thread",
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
            !names("sled::") || place.contains("server/store"),
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
            !(names("calamine::") || names("zip::")) || place.contains("src/import"),
            "{place} names spreadsheets"
        );
        assert!(
            !(names("ratatui::") || names("crossterm::")) || place.contains("src/tui"),
            "{place} names the terminal"
        );
    }
}

#[test]
fn modems_and_desk_do_not_reach_into_the_server() {
    assert_absent("src/modem", &["crate::server", "crate::tui", "crate::cli"]);
    assert_absent("src/tui", &["crate::server", "crate::modem"]);
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

#[test]
fn copies_of_the_office_know_neither_server_nor_desk() {
    assert_absent(
        "src/offsite",
        &["crate::server", "crate::tui", "crate::cli"],
    );
}
