//! Some seconds of the torture that `cargo bench --bench torture` goes on with for hours: each kind of disaster that needs no disk of its
//! own, once, on one office.

#[allow(dead_code, reason = "the long run uses more of it")]
#[path = "../../benches/torture/mod.rs"]
mod program;

use std::fs;
use std::path::Path;

use program::cycle::Office;
use program::disaster::Disaster;
use program::tally::Tally;

/// Chooses what the desks do and where damage is done.
const SEED: u64 = 9;

#[test]
fn an_office_is_what_its_people_were_told_after_every_disaster() {
    let below = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let mut office = Office::found(below, SEED, false, false).unwrap();
    let mut tally = Tally::default();
    for disaster in Disaster::ALL {
        if disaster.needs_disk() {
            continue;
        }
        if let Err(finding) = office.cycle(disaster, &mut tally) {
            let kept = office.keep();
            panic!("{}: {finding}\nkept in {}", disaster.name(), kept.display());
        }
    }
    if let Err(finding) = office.thorough(&mut tally) {
        panic!("{finding}\nkept in {}", office.keep().display());
    }
    assert!(tally.acknowledged > 0 && tally.rebuilt == 1, "{tally:?}");
}

#[test]
fn the_page_about_reliability_names_only_tests_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    for folder in ["src", "tests"] {
        gather(&root.join(folder), &mut sources);
    }
    let page = fs::read_to_string(root.join("docs/reliability.md")).unwrap();
    let mut named = 0;
    for code in page.split('`').skip(1).step_by(2) {
        let name = code.rsplit([':', '…']).next().unwrap_or_default();
        let is_test = name.matches('_').count() >= 4 && !name.contains(char::is_whitespace);
        if is_test {
            named += 1;
            assert!(
                sources.contains(&format!("fn {name}()")),
                "{code} is no test"
            );
        }
    }
    assert!(named > 20, "{named}");
}

fn gather(folder: &Path, sources: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, sources);
        } else if path.extension().is_some_and(|end| end == "rs") {
            sources.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}
