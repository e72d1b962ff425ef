//! Backups of a large office: how long one takes, whether anybody waits for it, and what the start spends on the manifest.
//!
//! `cargo bench --bench backup`

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    dead_code,
    reason = "benchmarks"
)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use sipintar::ask::{MakeBackup, NewLetter, Office, RegisterLetter};
use sipintar::journal::Snapshot;
use sipintar::offsite;

mod rig;

use rig::{Server, Times, head, letters};

/// Nobody should wait longer.
const WAIT: Duration = Duration::from_millis(50);

fn register(server: &Server, until: impl Fn(usize) -> bool) -> Times {
    let mut client = server.client();
    let mut times = Times::default();
    for n in 0.. {
        if until(n) {
            break;
        }
        let letter = NewLetter {
            module: "lainnya".to_owned(),
            service: "surat-umum".to_owned(),
            sender: format!("Pengirim {n}"),
            subject: format!("Surat {n}"),
            ..NewLetter::default()
        };
        let ask = RegisterLetter {
            letter,
            duplicate_seen: true,
            key: None,
        };
        let begin = Instant::now();
        client.ask(ask).unwrap();
        times.add(begin.elapsed());
    }
    times
}

fn main() {
    if !rig::asked_for() {
        return;
    }
    let server = Server::large();
    head(&format!("Backup, {} letters", letters()));
    let alone = register(&server, |n| n == 50_000);
    alone.print("a letter registered, nothing else going on");
    alone.tail(WAIT);
    let file = server.home.dir().join("bench.tar");
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let work = scope.spawn(|| register(&server, |_| ended.load(Ordering::Relaxed)));
        let made = Times::of(1, || {
            let ask = MakeBackup {
                file: Some(file.clone()),
            };
            server.client().ask(ask).unwrap();
        });
        ended.store(true, Ordering::Relaxed);
        let meanwhile = work.join().unwrap();
        meanwhile.print("a letter registered during a backup");
        meanwhile.tail(WAIT);
        made.print("a backup made and read again, meanwhile");
    });
    println!(
        "its size: {} MiB",
        std::fs::metadata(&file).unwrap().len() >> 20
    );
    Times::of(3, || drop(offsite::verify(&file).unwrap())).print("a backup verified");
    Times::of(20, || drop(Snapshot::of(&server.home.journal()).unwrap()))
        .print("start: closed segments against the manifest, open one read");
}
