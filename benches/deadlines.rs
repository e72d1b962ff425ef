//! How long the daily run takes over 500 and 20,000 satker, and lists of deadlines in the server.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    dead_code,
    reason = "benchmarks"
)]

use sipintar::{ask, domain, home, journal, settings, store};

/// The server as its tests see it, with their rig.
#[path = "."]
mod server {
    pub use sipintar::server::{clock, daily, office};

    #[path = "../src/server/rig.rs"]
    pub mod rig;
}

mod rig;

use std::time::{Duration, Instant};

use rig::{Times, head};
use server::rig::Rig;
use sipintar::ask::{DeadlineFilter, DeadlineQuery, ListDeadlines};
use sipintar::domain::fact::Fact;
use sipintar::domain::id::SatkerCode;
use sipintar::domain::phone::PhoneNumber;
use sipintar::domain::satker::{ContactRole, Official, Satker, satker_kind};

fn main() {
    if !rig::asked_for() {
        return;
    }
    for satker in [500, 2_000, 20_000] {
        office(satker);
    }
}

fn satker(number: u32) -> Satker {
    let official = |role: ContactRole, place: u32| Official {
        role,
        name: "Pejabat".to_owned(),
        phone: Some(
            PhoneNumber::parse(&format!("+62812{place}{number:07}"))
                .unwrap()
                .0,
        ),
    };
    Satker {
        code: SatkerCode::parse(&format!("{:06}", 400_000 + number)).unwrap(),
        kind: satker_kind(),
        name: format!("Kantor Contoh {number}"),
        short_name: format!("Kantor {number}"),
        ministry_code: "025".to_owned(),
        ministry: "Kementerian Contoh".to_owned(),
        echelon: "01".to_owned(),
        region: "Kota Madiun".to_owned(),
        authority: "KD".to_owned(),
        officials: vec![
            official(ContactRole::Kpa, 1),
            official(ContactRole::Bendahara, 2),
            official(ContactRole::Ppspm, 3),
            official(ContactRole::Operator, 4),
        ],
        revenue_treasurer: number.is_multiple_of(3),
        email: None,
        active: true,
        progress: None,
    }
}

/// An office that owes about twenty things a satker.
fn office(count: u32) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut office = Rig::within("", folder);
    let all: Vec<Fact> = (0..count)
        .map(|number| Fact::SatkerSaved {
            satker: satker(number),
        })
        .collect();
    for some in all.chunks(500) {
        office.write("sari", some.to_vec());
    }
    let at = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    let run = |office: &mut Rig, time: &str| {
        office.now = at(time);
        let begin = Instant::now();
        office.runs();
        begin.elapsed()
    };
    let sms = |office: &Rig| office.office.store.index().sms().len();
    head(&format!("{count} satker"));
    let first = run(&mut office, "2026-11-24T06:00:00+07:00");
    let owed = office.office.store.index().deadlines().all().len();
    print(&format!("everything made: {owed} deadlines"), first);
    // A month of its own life, each morning once.
    let mut reminded = Vec::new();
    for day in 24..=30 {
        let before = sms(&office);
        let time = run(&mut office, &format!("2026-11-{day}T07:00:00+07:00"));
        reminded.push((sms(&office) - before, time));
    }
    for day in 1..=10 {
        let before = sms(&office);
        let time = run(&mut office, &format!("2026-12-{day:02}T07:00:00+07:00"));
        reminded.push((sms(&office) - before, time));
    }
    let owed = office.office.store.index().deadlines().open().count();
    let most = reminded.iter().max_by_key(|(count, _)| *count).unwrap();
    print(&format!("a morning with {} messages", most.0), most.1);
    let some = reminded.iter().filter(|(count, _)| *count > 0).min();
    if let Some((count, time)) = some {
        print(&format!("a morning with {count} messages"), *time);
    }
    let quiet: Vec<Duration> = reminded
        .iter()
        .filter(|(count, _)| *count == 0)
        .map(|(_, time)| *time)
        .collect();
    if !quiet.is_empty() {
        Times(quiet).print("a morning without any");
    }
    let again = Times::of(10, || {
        run(&mut office, "2026-12-10T09:00:00+07:00");
    });
    again.print(&format!("nothing to do, {owed} open"));
    let now = office.now;
    let list = |query: DeadlineQuery| {
        let ask = ListDeadlines {
            query,
            latest_first: false,
            offset: 0,
            limit: 100,
        };
        office.office.list_deadlines(&ask, now).unwrap()
    };
    Times::of(50, || {
        let code = Some(SatkerCode::parse("400123").unwrap());
        assert!(
            list(DeadlineQuery {
                satker: code,
                ..DeadlineQuery::default()
            })
            .total
                > 10
        );
    })
    .print("all of one satker");
    Times::of(20, || {
        list(DeadlineQuery {
            filter: DeadlineFilter::Late,
            ..DeadlineQuery::default()
        });
    })
    .print("the first hundred that are late");
    Times::of(10, || {
        list(DeadlineQuery {
            find: Some("lpj madiun".to_owned()),
            ..DeadlineQuery::default()
        });
    })
    .print("words in all of them");
}

fn print(what: &str, time: Duration) {
    Times(vec![time]).print(what);
}
