//! A year of an office of 500 satker with one server process whose clock runs fast: memory, journal and store month by month, against what
//! facts and records should take.

use std::collections::VecDeque;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};
use sipintar::ask::{
    ConfirmSms, DeadlineFilter, DeadlineQuery, EndLetter, GetStatus, ImportSatker, ListDeadlines,
    MeetDeadline, NewLetter, Office, RegisterLetter, Sheet, SmsChoice, Status,
};
use sipintar::client::Client;
use sipintar::domain::id::AgendaNo;
use sipintar::domain::letter::LetterState;

use crate::torture::home::{ALWAYS, Limits, Place};
use crate::torture::modem::Modem;

const SATKER: u32 = 500;

/// Letters of a working day: thirty a year from each satker.
const LETTERS: u32 = 60;

/// Working days from a letter to its end.
const TAKES: usize = 3;

/// Days that those are late who are.
const LATE: i64 = 3;

const BEGIN: &str = "2026-01-01T06:00:00+07:00";
const END: NaiveDate = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();

/// Lives through 2026 with a clock that runs so many times as fast, for so many minutes at the most.
pub fn live(speed: u32, minutes: u64) {
    let mut place = Place::new(Path::new(env!("CARGO_TARGET_TMPDIR")), false);
    let modem = Modem::calm(place.around());
    // Everything a day brings may leave in its 24 hours: the modem is not faster than it is.
    place.settle(&format!("{ALWAYS}{}", modem.settings()));
    place.set_clock(BEGIN.parse().unwrap());
    let limits = Limits {
        speed: Some(speed),
        ..Limits::default()
    };
    place.start(limits).unwrap();
    let begin = Instant::now();
    let mut client = place.client().unwrap();
    client
        .ask(ImportSatker {
            sheet: satker(),
            dry_run: false,
        })
        .unwrap();
    println!(
        "{:<8} {:>8} {:>8} {:>9} {:>9} {:>7} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "until",
        "letters",
        "SMS",
        "deadlines",
        "facts",
        "B/fact",
        "journal",
        "computed",
        "store",
        "VmRSS",
        "B/record"
    );
    let mut year = Year::default();
    let mut first = None;
    let mut lived = year.day;
    while lived < END && begin.elapsed() < Duration::from_secs(60 * minutes) {
        let status = client.ask(GetStatus {}).unwrap();
        let today = status.clock.date_naive();
        if today <= lived {
            std::thread::sleep(Duration::from_millis(5));
            continue;
        }
        // A day that the machine was too slow for is worked off behind the clock.
        while lived < today.min(END) {
            lived = lived.succ_opt().unwrap();
            year.day(&mut client, lived);
            if lived.day() == 1 {
                let status = client.ask(GetStatus {}).unwrap();
                let month = Month::of(&place, &status);
                month.print(lived, *first.get_or_insert(month));
            }
        }
    }
    let status = client.ask(GetStatus {}).unwrap();
    let days = (lived - year.first).num_days();
    println!(
        "\n{days} days in {} min, the clock {speed} times as fast; the server's clock ended at {}",
        begin.elapsed().as_secs() / 60,
        status.clock
    );
    println!(
        "{} letters, {} messages by state: {:?}",
        status.store.letters, status.store.sms, status.sms
    );
    drop(client);
    place.terminate().unwrap();
    let verified = place.cli(&["verify"]);
    println!("{}", String::from_utf8_lossy(&verified.stdout).trim());
    assert!(verified.status.success());
}

/// What the desks do.
#[derive(Debug)]
struct Year {
    first: NaiveDate,
    day: NaiveDate,
    /// Letters that came in on the last days.
    open: VecDeque<Vec<AgendaNo>>,
    number: u32,
}

impl Default for Year {
    fn default() -> Self {
        let first = END - TimeDelta::days(365);
        Self {
            first,
            day: first,
            open: VecDeque::new(),
            number: 0,
        }
    }
}

impl Year {
    fn day(&mut self, client: &mut Client, today: NaiveDate) {
        meet(client, today);
        if matches!(today.weekday(), Weekday::Sat | Weekday::Sun) {
            return;
        }
        let new = (0..LETTERS).map(|_| self.register(client)).collect();
        self.open.push_back(new);
        if self.open.len() > TAKES {
            for agenda in self.open.pop_front().unwrap_or_default() {
                let end = EndLetter {
                    agenda,
                    to: LetterState::Completed,
                    note: String::new(),
                    fields: [].into(),
                };
                client.ask(end).unwrap();
            }
        }
        let which = SmsChoice::All { kind: None };
        client.ask(ConfirmSms { which }).unwrap();
    }

    fn register(&mut self, client: &mut Client) -> AgendaNo {
        self.number += 1;
        let n = self.number;
        let letter = NewLetter {
            module: "lainnya".to_owned(),
            service: "surat-umum".to_owned(),
            satker: code(n % SATKER),
            number: format!("S-{n}/KPA/2026"),
            subject: format!("Permohonan penjelasan nomor {n}"),
            ..NewLetter::default()
        };
        let request = RegisterLetter {
            letter,
            duplicate_seen: true,
            key: Some(format!("year-{n}")),
        };
        client.ask(request).unwrap().letter.agenda
    }
}

/// What is due by tomorrow is fulfilled today; one in twenty comes some days late.
fn meet(client: &mut Client, today: NaiveDate) {
    let query = DeadlineQuery {
        until: today.succ_opt(),
        filter: DeadlineFilter::Owed,
        ..DeadlineQuery::default()
    };
    let mut offset = 0;
    let mut due = Vec::new();
    loop {
        let page = client
            .ask(ListDeadlines {
                query: query.clone(),
                latest_first: false,
                offset,
                limit: 1000,
            })
            .unwrap();
        offset += page.rows.len() as u64;
        let last = page.rows.is_empty() || offset >= page.total;
        due.extend(page.rows.into_iter().filter_map(|row| {
            let late = row.id.0.is_multiple_of(20) && row.due > today - TimeDelta::days(LATE);
            (!late).then_some(row.id)
        }));
        if last {
            break;
        }
    }
    for ids in due.chunks(1000) {
        let request = MeetDeadline {
            ids: ids.to_vec(),
            date: None,
        };
        client.ask(request).unwrap();
    }
}

fn code(place: u32) -> String {
    format!("{:06}", 411_000 + place)
}

fn satker() -> Sheet {
    let columns = ["kode_satker", "nama", "nama_singkat", "kpa_nama", "kpa_hp"];
    let row = |place: u32| {
        vec![
            code(place),
            format!("Satuan Kerja Contoh Nomor {place}"),
            format!("Satker {place}"),
            format!("Pejabat {place}"),
            format!("0813-2222-{place:04}"),
        ]
    };
    Sheet {
        columns: columns.map(str::to_owned).into(),
        rows: (2..).zip((0..SATKER).map(row)).collect(),
    }
}

/// What the office takes at the end of a month.
#[derive(Debug, Clone, Copy)]
struct Month {
    letters: u64,
    sms: u64,
    deadlines: u64,
    facts: u64,
    /// Bytes of the journal as it was written.
    written: u64,
    /// Bytes that it takes on the disk, with closed segments compressed.
    journal: u64,
    store: u64,
    rss: u64,
}

impl Month {
    fn of(place: &Place, status: &Status) -> Self {
        let dir = place.home.journal();
        let manifest = sipintar::journal::Manifest::read(&dir).ok().flatten();
        let closed: u64 = manifest
            .map(|manifest| manifest.rows.iter().map(|row| row.bytes).sum())
            .unwrap_or_default();
        let open = newest(&dir);
        let memory = fs::read_to_string(format!("/proc/{}/status", place.pid().unwrap()));
        let rss = memory
            .unwrap()
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok())
            .unwrap_or_default();
        Self {
            letters: status.store.letters,
            sms: status.store.sms,
            deadlines: status.store.deadlines,
            facts: status.seq,
            written: closed + open,
            journal: size(&dir),
            store: size(&place.home.store()),
            rss: rss << 10,
        }
    }

    /// Beside what was measured stands what the facts should take by the first month's bytes.
    fn print(self, until: NaiveDate, first: Self) {
        let mib = |bytes: u64| format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20));
        let computed = self.facts * first.written / first.facts.max(1);
        let records = self.letters + self.sms + self.deadlines;
        println!(
            "{until} {:>6} {:>8} {:>9} {:>9} {:>7} {:>9} {:>9} {:>9} {:>9} {:>9}",
            self.letters,
            self.sms,
            self.deadlines,
            self.facts,
            self.written / self.facts.max(1),
            mib(self.written),
            mib(computed),
            mib(self.store),
            mib(self.rss),
            self.rss / records.max(1)
        );
        println!("{:>62} {:>9} compressed", "", mib(self.journal));
    }
}

fn newest(dir: &Path) -> u64 {
    let entries = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    let plain = entries.filter(|entry| entry.path().extension().is_some_and(|end| end == "jsonl"));
    let last = plain.max_by_key(fs::DirEntry::path);
    last.and_then(|entry| Some(entry.metadata().ok()?.len()))
        .unwrap_or_default()
}

fn size(dir: &Path) -> u64 {
    let entries = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    entries
        .filter_map(|entry| {
            let file = entry.metadata().ok()?;
            Some(if file.is_dir() {
                size(&entry.path())
            } else {
                file.len()
            })
        })
        .sum()
}
