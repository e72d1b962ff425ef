//! How long an answer takes: from a message that came in to its answer, decided and applied to a store of a large office.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    dead_code,
    reason = "benchmarks"
)]

mod rig;

use std::time::Instant;

use rig::{Server, Times, head};
use sipintar::ask::{ListSatker, Office as _};
use sipintar::domain::calendar::Calendar;
use sipintar::domain::module::Modules;
use sipintar::journal::Journal;
use sipintar::server::clock::Clock;
use sipintar::server::office::Office;
use sipintar::settings::Settings;
use sipintar::store::Store;

fn main() {
    if !rig::asked_for() {
        return;
    }
    let mut server = Server::large();
    let ask = ListSatker {
        limit: 1000,
        ..ListSatker::default()
    };
    let page = server.client().ask(ask).unwrap();
    let satker = page
        .rows
        .iter()
        .find(|row| row.kpa_phone.is_some() && row.open_letters > 0);
    let satker = satker.unwrap().clone();
    let phone = satker.kpa_phone.clone().unwrap();
    server.stop();
    let home = server.home.clone();
    let settings = Settings::parse("[inbox]\ndaily_limit = 1000\n").unwrap();
    let store = Store::open(&home.store(), settings.office.zone.offset()).unwrap();
    let after = store.applied().seq;
    let (mut journal, _) = Journal::open(&home.journal(), after, |_, _| {}).unwrap();
    let office = Office::new(
        store,
        Modules::builtin().unwrap(),
        Vec::new(),
        settings,
        Calendar::builtin(),
        Clock::new(None),
        &home,
        Vec::new(),
    );
    head("from a message to its answer, on disk");
    let code = satker.code;
    let mut now = office.clock.now();
    for text in [
        format!("PAGU {code}"),
        format!("LPJ {code}"),
        format!("JADWAL {code}"),
        format!("RETUR {code}"),
        format!("SKPP {code}"),
        "STATUS 1".to_owned(),
        format!("LPH {code}"),
        "Mohon informasi mengenai layanan hari ini".to_owned(),
    ] {
        let mut times = Times::default();
        for _ in 0..100 {
            // Later than the time in which the same text counts as said twice.
            now += chrono::TimeDelta::minutes(3);
            let begin = Instant::now();
            let (facts, _) = office
                .incoming(phone.as_str(), &text, None, "m", now)
                .unwrap();
            let entries = journal.append(now, "sistem", None, facts).unwrap();
            office.store.apply_group(&entries).unwrap();
            journal.commit().unwrap();
            office.store.committed(journal.seq()).unwrap();
            times.add(begin.elapsed());
        }
        times.print(&text);
    }
}
