//! Some seconds of the torture that `cargo bench --bench torture` goes on with for hours: each kind of disaster that needs no disk of its
//! own, once, on one office.

#[allow(dead_code, reason = "the long run uses more of it")]
#[path = "../../benches/torture/mod.rs"]
mod program;

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
