#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use chrono::{DateTime, TimeDelta, Utc};

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::*;
use crate::domain::deadline::{DeadlineState, Owner, Terms, Treasurer};
use crate::domain::fact::Fact;
use crate::domain::letter::{Channel, Letter, LetterState, Security, Sender, Step, Urgency};
use crate::journal::FIRST_HASH;

fn zone() -> FixedOffset {
    FixedOffset::east_opt(7 * 3600).unwrap()
}

fn at(minute: i64) -> DateTime<Utc> {
    "2026-11-24T01:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minute)
}

fn letter(serial: u32) -> Letter {
    let received = at(i64::from(serial));
    Letter {
        agenda: AgendaNo {
            year: 2026,
            series: crate::domain::id::Series::AGD,
            serial,
        },
        module: if serial.is_multiple_of(2) {
            "lpj"
        } else {
            "gaji"
        }
        .to_owned(),
        service: "lpj".to_owned(),
        sender: Sender::Other(format!("Bank {serial}")),
        number: Some(format!("S-{serial}")),
        date: None,
        subject: format!("Perihal {serial}"),
        attachments: None,
        urgency: Urgency::Biasa,
        security: Security::Biasa,
        channel: Channel::Loket,
        bringer: None,
        bringer_phone: None,
        note: None,
        fields: [].into(),
        section: "VERA".to_owned(),
        previous: None,
        received,
        target: Some(received + TimeDelta::hours(1)),
        completed: None,
        state: LetterState::Received,
        stops: Vec::new(),
        history: vec![Step {
            state: LetterState::Received,
            at: received,
            by: "sari".to_owned(),
            note: None,
        }],
    }
}

fn facts() -> Vec<Fact> {
    let ended = |serial: u32, state| Fact::LetterEnded {
        agenda: letter(serial).agenda,
        state,
        at: at(100),
        by: "budi".to_owned(),
        note: Some("alasan".to_owned()),
        fields: [("sp2d".to_owned(), format!("26131{serial}"))].into(),
    };
    let moved = |serial: u32, state| Fact::LetterMoved {
        agenda: letter(serial).agenda,
        state,
        at: at(90),
        by: "budi".to_owned(),
        note: None,
        section: Some("PD".to_owned()),
        target: None,
    };
    let registered = (1..=30).map(|serial| Fact::LetterRegistered {
        letter: Box::new(letter(serial)),
    });
    registered
        .chain([
            moved(1, LetterState::Waiting),
            moved(2, LetterState::InProgress),
            ended(3, LetterState::Completed),
            ended(4, LetterState::Void),
        ])
        .chain([Fact::DraftKept {
            user: "sari".to_owned(),
            form: "register/lpj".to_owned(),
            values: [("a".to_owned(), "b".to_owned())].into(),
        }])
        .chain([Fact::DraftDropped {
            user: "sari".to_owned(),
            form: "register/lpj".to_owned(),
        }])
        .chain(deadlines())
        .collect()
}

/// Nine deadlines that came into being in two facts; things happened to three of them.
fn deadlines() -> Vec<Fact> {
    let owner = |number: u32| Owner {
        satker: SatkerCode::parse(&format!("{}", 411_900 + number)).unwrap(),
        treasurer: number.is_multiple_of(2).then_some(Treasurer::Penerimaan),
    };
    let due = |day| NaiveDate::from_ymd_opt(2026, 12, day).unwrap();
    let opened = |first: u64, owners: Vec<Owner>| Fact::DeadlinesOpened {
        first: ObligationId(first),
        owners,
        terms: Box::new(Terms {
            obligation: format!("lpj-{first}"),
            module: "lpj".to_owned(),
            period: None,
            event: None,
            item: None,
            fields: BTreeMap::new(),
            value: None,
            due: due(10),
            nominal: due(10),
            estimate: false,
        }),
        at: at(0),
        by: "sistem".to_owned(),
    };
    let id = ObligationId;
    vec![
        opened(1, (1..=4).map(owner).collect()),
        opened(5, (1..=5).map(owner).collect()),
        Fact::DeadlineMet {
            id: id(4),
            on: due(8),
            letter: None,
            at: at(5),
            by: "sari".to_owned(),
        },
        Fact::DeadlinesMoved {
            ids: vec![id(4), id(5), id(9)],
            due: due(11),
            nominal: due(11),
            estimate: false,
            fixed: false,
            reason: "libur".to_owned(),
            at: at(6),
            by: "sari".to_owned(),
        },
    ]
}

fn entry(seq: u64, fact: Fact) -> Entry {
    Entry {
        seq,
        time: at(0),
        actor: "sari".to_owned(),
        begins: false,
        rest: 0,
        key: (seq == 5).then(|| "form-5".to_owned()),
        fact,
        prev: FIRST_HASH.to_owned(),
    }
}

fn apply(store: &Store, seq: u64, fact: Fact) -> Result<(), StoreError> {
    store.apply_group(&[(entry(seq, fact), "hash".to_owned())])
}

fn filled(dir: &Path) -> Store {
    let store = Store::open(dir, zone()).unwrap();
    for (seq, fact) in (1..).zip(facts()) {
        apply(&store, seq, fact).unwrap();
        store.committed(seq).unwrap();
    }
    store
}

/// The facts of a command, with the number of the last one.
fn group(first: u64, facts: impl IntoIterator<Item = Fact>) -> (Vec<(Entry, String)>, u64) {
    let entries: Vec<_> = (first..)
        .zip(facts)
        .map(|(seq, fact)| (entry(seq, fact), format!("hash {seq}")))
        .collect();
    let last = entries.last().unwrap().0.seq;
    (entries, last)
}

fn letters(serials: std::ops::RangeInclusive<u32>) -> impl Iterator<Item = Fact> {
    serials.map(|serial| Fact::LetterRegistered {
        letter: Box::new(letter(serial)),
    })
}

/// What a store that is opened after a crash says, read from a copy of its files.
fn after_a_crash(dir: &Path) -> Result<(String, Applied), StoreError> {
    let left = copy(dir);
    let store = Store::open(left.path(), zone())?;
    Ok((seen(&store), store.applied()))
}

#[test]
fn facts_in_one_group_come_to_the_same_as_one_by_one() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let single = filled(one.path());
    let group: Vec<(Entry, String)> = (1..)
        .zip(facts())
        .map(|(seq, fact)| (entry(seq, fact), "hash".to_owned()))
        .collect();
    let grouped = Store::open(other.path(), zone()).unwrap();
    grouped.apply_group(&group).unwrap();
    grouped.committed(single.applied().seq).unwrap();
    assert_eq!(seen(&grouped), seen(&single));
    assert_eq!(grouped.applied(), single.applied());
    grouped.flush().unwrap();
    drop(grouped);
    let again = Store::open(other.path(), zone()).unwrap();
    assert_eq!(seen(&again), seen(&single));
}

/// Everything that lists and counters are made of.
fn seen(store: &Store) -> String {
    let index = store.index();
    let now = at(200).timestamp();
    let words = Words::new("perihal 1").unwrap();
    let found: Vec<u32> = (0..30)
        .filter(|at| index.letter_texts().matches(*at, &words))
        .collect();
    let names: Vec<_> = index
        .letters()
        .iter()
        .map(|letter| {
            (
                letter.agenda,
                index.name(letter.module).to_owned(),
                letter.state,
                letter.overdue(now),
            )
        })
        .collect();
    let open: Vec<_> = index
        .open()
        .map(|(at, letter)| (at, letter.agenda))
        .collect();
    let day = index.day_count(at(0).with_timezone(&zone()).date_naive());
    let duplicates: Vec<_> = (1..=30)
        .map(|serial| index.duplicate(&letter(serial).sender, &format!("s-{serial}")))
        .collect();
    let deadlines: Vec<_> = (0..=10)
        .map(|id| store.deadline(ObligationId(id)).unwrap())
        .collect();
    let entries = index.deadlines();
    let owed: Vec<_> = entries.open().chain(entries.all()).collect();
    format!(
        "{deadlines:?}{owed:?}{found:?}{names:?}{open:?}{day:?}{duplicates:?}{}",
        index.next_serial(2026, crate::domain::id::Series::AGD)
    )
}

#[test]
fn an_index_kept_by_the_writer_is_the_one_made_by_the_scan() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path());
    let kept = seen(&store);
    let applied = store.applied();
    store.flush().unwrap();
    drop(store);
    let again = Store::open(dir.path(), zone()).unwrap();
    assert_eq!(seen(&again), kept);
    assert_eq!(again.applied(), applied);
    assert_eq!(
        again.asked_before("form-5").unwrap().map(|done| done.about),
        Some("AGD-00005/2026".to_owned())
    );
    assert_eq!(again.draft("sari", "register/lpj").unwrap(), None);
}

#[test]
fn what_had_not_gone_to_sled_is_taken_from_the_journal_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), zone()).unwrap();
    let (first, committed) = group(1, facts().into_iter().chain(letters(31..=800)));
    store.apply_group(&first).unwrap();
    store.committed(committed).unwrap();
    let (second, last) = group(committed + 1, letters(801..=900));
    store.apply_group(&second).unwrap();
    store.committed(last).unwrap();
    let whole = (seen(&store), store.applied());
    // The first group was large enough for sled, the second is lost with the process.
    store.saver.wait(true).unwrap();
    let left = copy(dir.path());
    drop(store);
    let store = Store::open(left.path(), zone()).unwrap();
    assert_eq!(store.applied().seq, committed);
    store.apply_group(&second).unwrap();
    store.committed(last).unwrap();
    assert_eq!((seen(&store), store.applied()), whole);
    store.flush().unwrap();
    assert_eq!(after_a_crash(left.path()).unwrap(), whole);
}

#[test]
fn what_the_journal_does_not_have_yet_never_goes_to_sled() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path());
    store.flush().unwrap();
    let before = (seen(&store), store.applied());
    let (command, last) = group(before.1.seq + 1, letters(31..=2000));
    store.apply_group(&command).unwrap();
    // Whatever happens meanwhile: also a server that stops flushes.
    store.flush().unwrap();
    assert_eq!(after_a_crash(dir.path()).unwrap(), before);
    store.committed(last - 1).unwrap();
    store.flush().unwrap();
    assert_eq!(after_a_crash(dir.path()).unwrap(), before);
    store.committed(last).unwrap();
    store.flush().unwrap();
    let after = (seen(&store), store.applied());
    assert_eq!(after.1.seq, last);
    assert_eq!(after_a_crash(dir.path()).unwrap(), after);
}

#[test]
fn a_large_command_is_in_sled_whole_or_the_store_is_no_use() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path());
    store.flush().unwrap();
    let before = (seen(&store), store.applied());
    let (command, last) = group(before.1.seq + 1, letters(31..=3000));
    store.apply_group(&command).unwrap();
    store.committed(last).unwrap();
    store.saver.wait(true).unwrap();
    let after = (seen(&store), store.applied());
    // A copy of the file while it grew, as a power cut leaves it: cut off anywhere.
    let left = copy(dir.path());
    let log = left.path().join("db");
    let bytes = std::fs::read(&log).unwrap();
    drop(store);
    let mut unfinished = 0;
    for part in 1..=24 {
        let cut = copy(left.path());
        std::fs::write(cut.path().join("db"), &bytes[..bytes.len() * part / 24]).unwrap();
        match Store::open(cut.path(), zone()) {
            Ok(store) => {
                let state = (seen(&store), store.applied());
                let empty = store.applied() == Applied::default();
                assert!(empty || state == before || state == after, "{part}");
            }
            Err(StoreError::Damaged { applied, .. }) => {
                unfinished += 1;
                assert!(applied == before.1 || applied == after.1, "{part}");
            }
            Err(_) => {}
        }
    }
    assert!(unfinished > 0, "no cut fell between two pieces");
    assert_eq!(after_a_crash(left.path()).unwrap(), after);
}

#[test]
fn a_store_that_is_being_filled_is_one_only_at_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let (entries, last) = group(1, facts().into_iter().chain(letters(31..=20_000)));
    let mut filling = Filling::of(Store::open(dir.path(), zone()).unwrap()).unwrap();
    let (most, rest) = entries.split_at(19_000);
    for (entry, hash) in most {
        filling.take(entry.clone(), hash.clone());
    }
    // Dropped in the middle, as by a journal that turns out to be damaged.
    drop(filling);
    let opened = Store::open(copy(dir.path()).path(), zone());
    let none = Applied::default();
    match opened {
        Err(StoreError::Damaged { applied, .. }) => assert_eq!(applied, none),
        other => panic!("{:?}", other.map(|store| store.applied())),
    }
    let dir = tempfile::tempdir().unwrap();
    let mut filling = Filling::of(Store::open(dir.path(), zone()).unwrap()).unwrap();
    for (entry, hash) in most.iter().chain(rest) {
        filling.take(entry.clone(), hash.clone());
    }
    let store = filling.finish().unwrap();
    store.committed(last).unwrap();
    store.flush().unwrap();
    let whole = (seen(&store), store.applied());
    assert_eq!(whole.1.seq, last);
    assert_eq!(after_a_crash(dir.path()).unwrap(), whole);
    let once = tempfile::tempdir().unwrap();
    let once = Store::open(once.path(), zone()).unwrap();
    once.apply_group(&entries).unwrap();
    assert_eq!(seen(&once), whole.0);
}

#[test]
fn what_the_store_says_of_itself_is_believed_only_as_it_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path());
    store.flush().unwrap();
    let key = Key::Meta.bytes();
    let meta = store.db.get(&key).unwrap().unwrap().to_vec();
    assert_eq!(Meta::read(&meta).unwrap().applied, store.applied());
    for at in 0..meta.len() {
        let mut other = meta.clone();
        other[at] ^= 1;
        let read = Meta::read(&other);
        assert!(matches!(read, Err(StoreError::Doubtful(_))), "byte {at}");
        let read = Meta::read(&meta[..at]);
        assert!(matches!(read, Err(StoreError::Doubtful(_))), "cut at {at}");
    }
    let mut other = meta;
    other[3] ^= 1;
    store.db.insert(key, other).unwrap();
    store.db.flush().unwrap();
    drop(store);
    assert!(matches!(
        Store::open(dir.path(), zone()),
        Err(StoreError::Doubtful(_))
    ));
}

/// The files as a power cut would leave them now. sled's own threads may hold its lock for a moment after it is gone.
fn copy(dir: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(dir).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() {
            std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
        }
    }
    copy
}

#[test]
fn a_deadline_stands_for_itself_once_something_happened_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path());
    let read = |id| store.deadline(ObligationId(id)).unwrap();
    let short = |id| {
        read(id).map(|deadline| {
            let owner = String::from(deadline.owner);
            (
                deadline.id.0,
                owner,
                deadline.terms.obligation,
                deadline.terms.due.to_string(),
                deadline.state,
                deadline.history.len(),
            )
        })
    };
    let row = |id, owner: &str, obligation: &str, due: &str, state, steps| {
        let owned = |text: &str| text.to_owned();
        Some((
            id,
            owned(owner),
            owned(obligation),
            owned(due),
            state,
            steps,
        ))
    };
    let (open, met) = (DeadlineState::Open, DeadlineState::Met);
    assert_eq!(short(0), None);
    assert_eq!(short(1), row(1, "411901", "lpj-1", "2026-12-10", open, 1));
    assert_eq!(
        short(4),
        row(4, "411904/penerimaan", "lpj-1", "2026-12-11", met, 3)
    );
    assert_eq!(short(5), row(5, "411901", "lpj-5", "2026-12-11", open, 2));
    assert_eq!(
        short(8),
        row(8, "411904/penerimaan", "lpj-5", "2026-12-10", open, 1)
    );
    assert_eq!(short(9), row(9, "411905", "lpj-5", "2026-12-11", open, 2));
    assert_eq!(short(10), None);
}

#[test]
fn a_record_that_was_changed_behind_our_back_makes_the_store_doubtful() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path());
    store.flush().unwrap();
    let key = Key::Letter(letter(7).agenda);
    let changed = encode(&letter(8)).unwrap();
    store.db.insert(key.bytes(), changed).unwrap();
    store.db.flush().unwrap();
    let knew = store.applied();
    drop(store);
    let opened = Store::open(dir.path(), zone()).map(drop);
    assert!(
        matches!(&opened, Err(StoreError::Damaged { applied, .. }) if *applied == knew),
        "{opened:?}"
    );
}

#[test]
fn a_record_that_is_lost_makes_the_store_doubtful() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path());
    store.flush().unwrap();
    store
        .db
        .remove(Key::Letter(letter(7).agenda).bytes())
        .unwrap();
    store.db.flush().unwrap();
    let knew = store.applied();
    drop(store);
    assert!(matches!(
        Store::open(dir.path(), zone()),
        Err(StoreError::Damaged { applied, .. }) if applied == knew
    ));
}

#[test]
fn a_fact_about_nothing_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path());
    let fact = Fact::SmsSent {
        id: SmsId(99),
        at: at(0),
    };
    assert!(matches!(
        apply(&store, 100, fact),
        Err(StoreError::Unknown { seq: 100, .. })
    ));
}

#[test]
fn a_budget_is_whole_while_its_rows_go_to_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), zone()).unwrap();
    let satker = SatkerCode::parse("411902").unwrap();
    let mut seq = 0;
    let mut saved = |year: u16| {
        let row = BudgetRow {
            satker,
            year,
            expense: "51".to_owned(),
            description: String::new(),
            as_of: "2026-10-31".parse().unwrap(),
            pagu: 1,
            blocked: 0,
            planned: 0,
            spent: 0,
            committed: 0,
            left: 1,
            percent: 0,
        };
        seq += 1;
        apply(&store, seq, Fact::BudgetSaved { row }).unwrap();
        store.committed(seq).unwrap();
    };
    (2000..4000).for_each(&mut saved);
    store.flush().unwrap();
    let (ask, asked) = crossbeam_channel::bounded::<usize>(0);
    std::thread::scope(|scope| {
        let store = &store;
        let reader = scope.spawn(move || {
            let read = |least: usize| (least, store.budget(satker).unwrap().len());
            asked.into_iter().map(read).collect::<Vec<_>>()
        });
        // Each new row stands before the others, where whoever reads them has been already when it goes to the disk.
        for (many, year) in (2001..).zip((1900..2000).rev()) {
            saved(year);
            ask.send(many).unwrap();
            store.flush().unwrap();
        }
        drop(ask);
        for (least, found) in reader.join().unwrap() {
            assert!(found >= least, "{found} of {least}");
        }
    });
}

#[test]
fn a_store_says_whose_journal_it_is_of_and_one_of_an_earlier_version_is_read() {
    let applied = Applied {
        seq: 7,
        hash: "ab".to_owned(),
        journal: "cd".to_owned(),
    };
    let meta = Meta {
        applied: applied.clone(),
        sum: Some(Sum::default()),
    };
    let bytes = meta.bytes().unwrap();
    assert_eq!(Meta::read(&bytes).unwrap(), meta);
    // Without the name, as it was written before; the checksum is over what is there.
    let content = &bytes[..bytes.len() - 8 - 3];
    let sum = checksum(&[], content).to_be_bytes();
    let earlier = Meta::read(&[content, sum.as_slice()].concat()).unwrap();
    assert_eq!(earlier.applied.journal, "");
    assert_eq!(earlier.applied.seq, 7);
}
