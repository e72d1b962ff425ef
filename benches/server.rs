//! How long the server takes: durable registration against what the disk itself needs, lists and searches over 100,000 letters, starting.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    dead_code,
    clippy::cast_precision_loss,
    reason = "benchmarks"
)]

mod rig;

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use rig::{ALWAYS, Server, Times, head};
use sipintar::ask::{
    Ask, GetOverview, ImportSatker, LetterFilter, LetterSort, ListLetters, ListSatker, ListSms,
    NewLetter, Office, PreviewLetter, RegisterLetter, Sheet, ShowLetter,
};
use sipintar::client::Client;

fn main() {
    if !rig::asked_for() {
        return;
    }
    registration();
    desks();
    let mut server = Server::large();
    looking(&server);
    starting(&mut server);
}

fn satker() -> Sheet {
    Sheet {
        columns: ["kode_satker", "nama", "nama_singkat", "kpa_nama", "kpa_hp"]
            .map(str::to_owned)
            .into(),
        rows: vec![(
            2,
            [
                "411201",
                "Pengadilan Negeri Contoh",
                "PN Contoh",
                "Dwi",
                "0812-0000-0102",
            ]
            .map(str::to_owned)
            .into(),
        )],
    }
}

fn letter(number: &str) -> NewLetter {
    NewLetter {
        module: "lpj".to_owned(),
        service: "lpj".to_owned(),
        satker: "411201".to_owned(),
        number: number.to_owned(),
        fields: [("periode".to_owned(), "2026-10".to_owned())].into(),
        ..NewLetter::default()
    }
}

fn register(client: &mut Client, number: &str) {
    client
        .ask(RegisterLetter {
            letter: letter(number),
            duplicate_seen: true,
            key: None,
        })
        .unwrap();
}

/// One append of a line as long as a letter's, and its fdatasync.
fn durable_append(folder: &Path, runs: usize, bytes: usize) -> Times {
    appends(folder, runs, bytes, false)
}

/// Back to back, or each after the pause that 20 desks of four letters a second leave: a machine that rests between two writes takes longer
/// for each.
fn appends(folder: &Path, runs: usize, bytes: usize, pauses: bool) -> Times {
    let mut file = File::create(folder.join("append")).unwrap();
    let line = vec![b'x'; bytes];
    let mut times = Times::default();
    for _ in 0..runs {
        if pauses {
            std::thread::sleep(Duration::from_millis(fastrand::u64(5..20)));
        }
        let begin = Instant::now();
        file.write_all(&line).unwrap();
        file.sync_data().unwrap();
        times.add(begin.elapsed());
    }
    times
}

fn journal_size(server: &Server) -> u64 {
    fs::read_dir(server.home.journal())
        .unwrap()
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum()
}

fn registration() {
    let server = Server::empty(ALWAYS);
    let mut client = server.client();
    let imported = client
        .ask(ImportSatker {
            sheet: satker(),
            dry_run: false,
        })
        .unwrap();
    assert_eq!(imported.added, 1);
    head("durable registration");
    register(&mut client, "S-0/2026");
    let before = journal_size(&server);
    register(&mut client, "S-00/2026");
    let bytes = usize::try_from(journal_size(&server) - before).unwrap();
    // In turns, so that both see the same disk.
    let (mut disk, mut office) = (Times::default(), Times::default());
    for round in 0..20 {
        for time in durable_append(server.folder.path(), 20, bytes).0 {
            disk.add(time);
        }
        for time in Times::of(20, || register(&mut client, &format!("S-{round}/2026"))).0 {
            office.add(time);
        }
    }
    disk.print(&format!("append of {bytes} bytes and fdatasync"));
    office.print("RegisterLetter over the socket, one after another");
    office.against(disk.median());
    for clients in [1, 8] {
        let each = 250;
        let begin = Instant::now();
        std::thread::scope(|scope| {
            for number in 0..clients {
                let mut client = server.client();
                scope.spawn(move || {
                    for round in 0..each {
                        register(&mut client, &format!("S-{number}-{round}/2026"));
                    }
                });
            }
        });
        let rate = f64::from(clients * each) / begin.elapsed().as_secs_f64();
        println!("{clients} clients at once: {rate:.0} letters a second");
    }
}

/// So many desks at once.
const DESKS: u32 = 20;

/// Twenty desks that hear of every change: first each with a letter about four times a second, which is far more than people can do, then
/// each with the next letter as soon as the last one was answered.
fn desks() {
    let server = Server::empty(ALWAYS);
    let mut client = server.client();
    let sheet = satker();
    client
        .ask(ImportSatker {
            sheet,
            dry_run: false,
        })
        .unwrap();
    for _ in 0..DESKS {
        let (asker, mut listener) = sipintar::client::connect(&server.home, true).unwrap();
        std::thread::spawn(move || {
            // Until the server goes.
            while listener.hear().is_ok() {}
            drop(asker);
        });
    }
    head(&format!("{DESKS} desks"));
    let (mut disk, mut rested) = (Times::default(), Times::default());
    let (mut paced, mut pressed) = (Times::default(), Times::default());
    let mut rate = Vec::new();
    for round in 0..10 {
        // In turns, so that all see the same disk.
        for time in durable_append(server.folder.path(), 40, 1200).0 {
            disk.add(time);
        }
        for time in appends(server.folder.path(), 40, 1200, true).0 {
            rested.add(time);
        }
        paced
            .0
            .extend(at_once(&server, 10, &format!("{round}-p"), true).0);
        let begin = Instant::now();
        let some = at_once(&server, 25, &format!("{round}-q"), false);
        rate.push(some.0.len() as f64 / begin.elapsed().as_secs_f64());
        pressed.0.extend(some.0);
    }
    rate.sort_unstable_by(f64::total_cmp);
    disk.print("append of 1200 bytes and fdatasync");
    rested.print("the same, each after 5 to 20 ms");
    paced.print("RegisterLetter, each desk four a second");
    paced.against(rested.median());
    pressed.print("RegisterLetter, each desk without pause");
    pressed.against(disk.median());
    println!("    {:.0} letters a second", rate[rate.len() / 2]);
}

/// All desks register so many letters each, with pauses between 100 and 400 ms or without.
fn at_once(server: &Server, each: u32, name: &str, pauses: bool) -> Times {
    let all = std::sync::Mutex::new(Times::default());
    std::thread::scope(|scope| {
        for desk in 0..DESKS {
            let (all, mut client) = (&all, server.client());
            scope.spawn(move || {
                let mut own = Times::default();
                for letter in 0..each {
                    if pauses {
                        std::thread::sleep(Duration::from_millis(fastrand::u64(100..400)));
                    }
                    let number = format!("S-{name}-{desk}-{letter}/2026");
                    let begin = Instant::now();
                    register(&mut client, &number);
                    own.add(begin.elapsed());
                }
                all.lock().unwrap().0.extend(own.0);
            });
        }
    });
    all.into_inner().unwrap()
}

fn looking(server: &Server) {
    let mut client = server.client();
    let newest = client
        .ask(ListLetters {
            limit: 1,
            ..ListLetters::default()
        })
        .unwrap();
    let agenda = newest.rows[0].agenda;
    head(&format!("looking, with {} letters", newest.total));
    let runs = 200;
    let page = ListLetters {
        limit: 50,
        ..ListLetters::default()
    };
    let find = |text: &str| ListLetters {
        find: Some(text.to_owned()),
        ..page.clone()
    };
    ask(&mut client, runs, "letters: newest 50", &page);
    let module = ListLetters {
        module: Some("lpj".to_owned()),
        ..page.clone()
    };
    ask(&mut client, runs, "letters: newest 50 of a module", &module);
    let deep = ListLetters {
        offset: 90_000,
        ..page.clone()
    };
    ask(&mut client, runs, "letters: 50 from the 90,000th", &deep);
    let open = ListLetters {
        filter: LetterFilter::Open,
        sort: LetterSort::Target,
        ..page.clone()
    };
    ask(&mut client, runs, "letters: open, by target", &open);
    let by_satker = ListLetters {
        sort: LetterSort::Satker,
        ..page.clone()
    };
    ask(&mut client, runs, "letters: all, by satker", &by_satker);
    ask(
        &mut client,
        runs,
        "find: a word of many letters",
        &find("laporan"),
    );
    ask(
        &mut client,
        runs,
        "find: two words",
        &find("pengadilan ngawi"),
    );
    ask(
        &mut client,
        runs,
        "find: an agenda number",
        &find(&agenda.to_string()),
    );
    ask(&mut client, runs, "find: nothing", &find("tidakada"));
    let show = ShowLetter { agenda };
    ask(&mut client, runs, "one letter with its messages", &show);
    let messages = ListSms {
        limit: 50,
        ..ListSms::default()
    };
    ask(&mut client, runs, "messages: newest 50", &messages);
    ask(
        &mut client,
        runs,
        "overview (status line, Beranda)",
        &GetOverview {},
    );
    let satker = client
        .ask(ListSatker {
            limit: 1,
            ..ListSatker::default()
        })
        .unwrap();
    let preview = PreviewLetter {
        letter: NewLetter {
            satker: satker.rows[0].code.to_string(),
            ..letter("S-1/2026")
        },
    };
    ask(
        &mut client,
        runs,
        "preview of a letter being typed",
        &preview,
    );
    let pick = ListSatker {
        find: Some("pengadilan".to_owned()),
        limit: 20,
        ..ListSatker::default()
    };
    ask(&mut client, runs, "satker picker: a word", &pick);
}

fn ask<A: Ask + Clone>(client: &mut Client, runs: usize, what: &str, request: &A) {
    Times::of(runs, || drop(client.ask(request.clone()).unwrap())).print(what);
}

fn starting(server: &mut Server) {
    head("starting, with the same letters");
    let mut scan = Times::default();
    for _ in 0..7 {
        server.stop();
        scan.add(server.start());
    }
    scan.print("reading the whole store");
    let mut rebuild = Times::default();
    for _ in 0..3 {
        server.stop();
        fs::remove_dir_all(server.home.store()).unwrap();
        rebuild.add(server.start());
    }
    rebuild.print("making the store anew from the journal");
    let size = |folder: &Path| -> u64 {
        fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().metadata().unwrap().len())
            .sum()
    };
    println!(
        "journal {} MB, store {} MB; the server holds {} MB of memory",
        size(&server.home.journal()) >> 20,
        size(&server.home.store()) >> 20,
        resident(server.pid()) >> 10
    );
}

/// In KiB.
fn resident(pid: u32) -> u64 {
    fs::read_to_string(format!("/proc/{pid}/status"))
        .unwrap()
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|value| value.trim().trim_end_matches(" kB").parse().ok())
        .unwrap()
}
