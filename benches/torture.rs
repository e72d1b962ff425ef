//! Torture: `cargo bench --bench torture -- --cycles N`, or `--minutes N`, with `--seed S` to choose the same disasters again (what the
//! desks were doing when one struck is chance). `--year` lives through a year of 500 satker instead, with a clock that
//! runs `--speed N` times as fast. See `docs/reliability.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    missing_docs,
    dead_code,
    reason = "benchmarks"
)]

mod rig;
#[path = "torture/mod.rs"]
mod torture;
#[path = "torture/year.rs"]
mod year;

use std::path::Path;
use std::time::{Duration, Instant};

use torture::cycle::{Office, has_backup};
use torture::disaster::Disaster;
use torture::home::Disk;
use torture::tally::Tally;

/// Cycles after which an office is closed and a new one founded, so that it stays small.
const LIFE: u32 = 30;

/// Cycles between the checks that take longer.
const THOROUGH: u32 = 10;

/// Every so many offices has a journal that closes a segment.
const FAT: u64 = 6;

fn main() {
    if !rig::asked_for() {
        return;
    }
    if flag("--year") {
        let speed = number("--speed").unwrap_or(10_000);
        year::live(speed, number("--minutes").unwrap_or(24 * 60));
        return;
    }
    let seed = number("--seed").unwrap_or(1);
    let cycles = number("--cycles");
    let minutes = number("--minutes");
    let cycles = cycles.unwrap_or(if minutes.is_some() { u64::MAX } else { 100 });
    let time = Duration::from_secs(60 * minutes.unwrap_or(24 * 60));
    let findings = run(seed, cycles, time);
    if findings > 0 {
        std::process::exit(1);
    }
}

fn flag(name: &str) -> bool {
    std::env::args().any(|argument| argument == name)
}

fn number<T: std::str::FromStr>(name: &str) -> Option<T> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1)?.parse().ok()
}

/// So many cycles, or so long; how many findings there were.
fn run(seed: u64, cycles: u64, time: Duration) -> usize {
    let below = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let mut random = fastrand::Rng::with_seed(seed);
    let disks = Disk::mount(&below.join("torture-disk")).is_some();
    if !disks {
        println!("skipped: a full and a read-only disk, since nothing can be mounted here");
    }
    if !has_backup() {
        println!("skipped: backups, since this program makes none");
    }
    let begin = Instant::now();
    let mut tally = Tally::default();
    let (mut findings, mut done, mut offices) = (0, 0_u64, 0);
    let mut office: Option<Office> = None;
    while done < cycles && begin.elapsed() < time {
        let disaster = choose(&mut random, disks);
        let (disk, fat) = (
            random.bool() || disaster.needs_disk(),
            random.u64(..FAT) == 0,
        );
        let office_seed = random.u64(..);
        let fits =
            |old: &Office| old.age() < LIFE && (!disaster.needs_disk() || old.place.disk.is_some());
        if !office.as_ref().is_some_and(fits) {
            // A new one, on a disk of its own where the disaster needs it.
            drop(office.take());
            offices += 1;
            match Office::found(below, office_seed, disks && disk, fat) {
                Ok(new) => office = Some(new),
                Err(finding) => {
                    findings += 1;
                    done += 1;
                    println!("\nFOUND in a new office, seed {seed}: {finding}");
                    continue;
                }
            }
        }
        let Some(present) = office.as_mut() else {
            continue;
        };
        done += 1;
        let mut result = present.cycle(disaster, &mut tally);
        if result.is_ok() && present.age().is_multiple_of(THOROUGH) {
            result = present.thorough(&mut tally);
        }
        if let Err(finding) = result {
            findings += 1;
            println!(
                "\nFOUND in cycle {done}, seed {seed}, {}: {finding}",
                disaster.name()
            );
            if let Some(office) = office.take() {
                println!("  kept in {}", office.keep().display());
            }
        }
        if done.is_multiple_of(50) {
            println!(
                "{done} cycles, {findings} findings, {}",
                rig::show(begin.elapsed())
            );
        }
    }
    print(&tally, seed, done, offices, findings, begin.elapsed());
    findings
}

fn choose(random: &mut fastrand::Rng, disks: bool) -> Disaster {
    loop {
        let disaster = Disaster::ALL[random.usize(..Disaster::ALL.len())];
        if disks || !disaster.needs_disk() {
            return disaster;
        }
    }
}

fn print(tally: &Tally, seed: u64, done: u64, offices: u64, findings: usize, took: Duration) {
    println!(
        "\n{done} cycles in {offices} offices, seed {seed}, {} ({} a cycle)",
        rig::show(took),
        rig::show(took / u32::try_from(done.max(1)).unwrap())
    );
    for (disaster, count) in &tally.cycles {
        println!("  {:<52} {count:>8}", disaster.name());
    }
    for (what, count) in [
        ("answers that came, all found again", tally.acknowledged),
        ("answers that never came", tally.unanswered),
        ("  asked again with their key, none doubled", tally.again),
        ("messages that the network took", tally.taken),
        ("starts refused under a limit", tally.limited),
        ("copies that started whole", tally.copies_started),
        (
            "copies refused by name and left as they were",
            tally.copies_refused,
        ),
        (
            "copies cut where nothing else knew of the end",
            tally.copies_shorter,
        ),
        ("stores made anew, the same", tally.rebuilt),
        ("backups restored, the same", tally.backups),
    ] {
        println!("  {what:<52} {count:>8}");
    }
    println!("  {:<52} {findings:>8}", "findings");
}
