//! A year of an office of 500 satker, day by day, against a second and slow computation of what should exist: the same as the test,
//! larger.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::struct_excessive_bools,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    dead_code,
    unused_imports,
    reason = "benchmarks"
)]

use sipintar::{ask, domain, home, journal, settings, store};

/// The server as the test sees it, with its rig.
#[path = "."]
mod server {
    pub use sipintar::server::{clock, daily, office};

    #[path = "../src/server/rig.rs"]
    pub mod rig;
}

#[path = "../src/server/deadlines/tests/oracle.rs"]
mod oracle;
mod rig;
#[path = "../src/server/deadlines/tests/year.rs"]
mod year;

use std::time::Instant;

fn main() {
    if !rig::asked_for() {
        return;
    }
    let satker = std::env::var("SIPINTAR_BENCH_SATKER")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(500);
    let begin = Instant::now();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let office = server::rig::Rig::within(year::SETTINGS, folder);
    let year = year::live(office, satker);
    println!(
        "{satker} satker: {} deadlines, {} messages ({} digests, {} late, {} topics written anew), all as they should be; {}",
        year.deadlines,
        year.drafted,
        year.digests,
        year.late,
        year.rewritten,
        rig::show(begin.elapsed())
    );
    rig::head("the year");
    rig::Times(year.mornings).print("the run of a morning");
}
