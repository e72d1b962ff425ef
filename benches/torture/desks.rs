//! Desks at work: each a thread with a connection of its own, which writes into the book what it asks and what it is told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sipintar::ask::{
    Ask, ConfirmSms, DraftSms, EndLetter, ImportSatker, KeepDraft, MoveLetter, NewLetter, Office,
    RegisterLetter, RejectSms, Sheet, SmsChoice,
};
use sipintar::client::Client;
use sipintar::domain::letter::LetterState;
use sipintar::domain::refusal::Refusal;
use sipintar::home::Home;

use super::book::{Book, Letter, Message, Word};
use super::trail::Trail;

/// Satker of the office.
pub const SATKER: u32 = 12;

/// What a desk does in a cycle at the most: a disk in memory would let it do thousands of things, and offices must stay small.
const WORK: u32 = 90;

/// The book, as desks share it.
pub type Shared = Mutex<Book>;

/// Opens the book, also after a desk that failed.
pub fn open(book: &Shared) -> MutexGuard<'_, Book> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What came back.
enum Came<T> {
    Answer(T),
    /// The office said no, and nothing was done.
    No,
    /// Nobody knows: the line was lost, or the server could not say.
    Nothing,
}

fn ask<A: Ask>(client: &mut Client, book: &Shared, request: A) -> Came<A::Answer> {
    match client.ask(request) {
        Ok(answer) => {
            open(book).acknowledged += 1;
            Came::Answer(answer)
        }
        Err(refusal) if knows_nothing(&refusal) => {
            open(book).unanswered += 1;
            Came::Nothing
        }
        Err(_) => Came::No,
    }
}

/// Whether it may have been done all the same.
fn knows_nothing(refusal: &Refusal) -> bool {
    [
        "connection-lost",
        "protocol",
        "stopping",
        "journal-failed",
        "internal",
    ]
    .contains(&refusal.code.as_str())
}

/// Works until told to stop, or until the line is lost. `first` numbers what it makes: no desk and no cycle uses a number twice.
pub fn work(
    home: &Home,
    desk: u32,
    first: u32,
    mut random: fastrand::Rng,
    book: &Shared,
    stop: &AtomicBool,
) {
    let mut next = first;
    let goes_on = |next| next < first + WORK && !stop.load(Ordering::Relaxed);
    while goes_on(next) {
        let Ok(mut client) = Client::connect(home) else {
            // Not yet, or not any more, or no descriptor is left.
            std::thread::sleep(Duration::from_millis(5));
            continue;
        };
        while goes_on(next) {
            next += 1;
            let done = match random.u8(0..100) {
                0..36 => register(&mut client, desk, next, book, &mut random),
                36..58 => carry_on(&mut client, desk, book, &mut random),
                58..74 => draft(&mut client, desk, next, book, &mut random),
                74..86 => decide(&mut client, desk, book, &mut random),
                86..93 => notify(&mut client, desk, book, &mut random),
                93..98 => keep(&mut client, desk, next, book, &mut random),
                _ if desk == 0 => import(&mut client, next, book),
                _ => true,
            };
            if !done {
                break;
            }
        }
    }
}

/// Registers a letter with a key; false when no answer came.
fn register(
    client: &mut Client,
    desk: u32,
    number: u32,
    book: &Shared,
    random: &mut fastrand::Rng,
) -> bool {
    let name = format!("S-{desk}-{number}/2026");
    let lpj = random.bool();
    let letter = NewLetter {
        module: if lpj { "lpj" } else { "lainnya" }.to_owned(),
        service: if lpj { "lpj" } else { "surat-umum" }.to_owned(),
        satker: satker(random.u32(0..SATKER)),
        number: name.clone(),
        subject: format!("Surat {number}{}", " panjang".repeat(random.usize(0..12))),
        fields: if lpj {
            BTreeMap::from([("periode".to_owned(), "2026-10".to_owned())])
        } else {
            BTreeMap::new()
        },
        ..NewLetter::default()
    };
    let request = RegisterLetter {
        letter,
        duplicate_seen: true,
        key: Some(format!("torture-{name}")),
    };
    let mut entry = Letter {
        ask: request.clone(),
        agenda: None,
        trail: Trail::default(),
        notices: [].into(),
    };
    // LPJ go to their section at once.
    entry.trail.ask(if lpj {
        LetterState::Dispositioned
    } else {
        LetterState::Received
    });
    open(book).letters.insert(name.clone(), entry);
    match ask(client, book, request) {
        Came::Answer(registered) => {
            told_of(book, &name, |letter| {
                letter.agenda = Some(registered.letter.agenda);
                letter.trail.acknowledge();
                letter.notices.extend(registered.sms);
            });
            true
        }
        Came::No => {
            let mut book = open(book);
            book.letters.remove(&name);
            book.refused.insert(name);
            true
        }
        Came::Nothing => false,
    }
}

fn told_of(book: &Shared, name: &str, note: impl FnOnce(&mut Letter)) {
    if let Some(letter) = open(book).letters.get_mut(name) {
        note(letter);
    }
}

/// Moves one of the desk's own letters on, or ends it.
fn carry_on(client: &mut Client, desk: u32, book: &Shared, random: &mut fastrand::Rng) -> bool {
    let own = format!("S-{desk}-");
    let found = {
        let book = open(book);
        let open = book
            .letters
            .range(own.clone()..)
            .filter_map(|(name, letter)| {
                let state = *letter.trail.known()?;
                let goes_on = state.is_open() && !letter.trail.is_open() && name.starts_with(&own);
                goes_on.then(|| (name.clone(), letter.agenda, state))
            });
        random.choice(open.collect::<Vec<_>>())
    };
    let Some((name, Some(agenda), state)) = found else {
        return true;
    };
    let ends = [
        LetterState::Completed,
        LetterState::Returned,
        LetterState::Rejected,
        LetterState::Void,
    ];
    let moves = [
        LetterState::Dispositioned,
        LetterState::InProgress,
        LetterState::Waiting,
    ];
    let choices: Vec<LetterState> = moves
        .into_iter()
        .chain(ends)
        .filter(|next| state.may_become(*next) && *next != state)
        .collect();
    let Some(to) = random.choice(choices) else {
        return true;
    };
    told_of(book, &name, |letter| letter.trail.ask(to));
    let came = if ends.contains(&to) {
        let end = EndLetter {
            agenda,
            to,
            note: "Berkas tidak lengkap".to_owned(),
            fields: [].into(),
        };
        match ask(client, book, end) {
            Came::Answer(end) => Came::Answer(end.sms),
            Came::No => Came::No,
            Came::Nothing => Came::Nothing,
        }
    } else {
        let section = (to == LetterState::Dispositioned).then(|| "UMUM".to_owned());
        let request = MoveLetter {
            agenda,
            to,
            section,
            note: None,
        };
        match ask(client, book, request) {
            Came::Answer(_) => Came::Answer(None),
            Came::No => Came::No,
            Came::Nothing => Came::Nothing,
        }
    };
    match came {
        Came::Answer(sms) => told_of(book, &name, |letter| {
            letter.trail.acknowledge();
            letter.notices.extend(sms);
        }),
        Came::No => told_of(book, &name, |letter| letter.trail.refuse()),
        Came::Nothing => return false,
    }
    true
}

/// Writes a message by hand.
fn draft(
    client: &mut Client,
    desk: u32,
    number: u32,
    book: &Shared,
    random: &mut fastrand::Rng,
) -> bool {
    let text = format!("Pesan {desk}-{number}.");
    let request = DraftSms {
        to: Some(format!("0813-1111-{:04}", random.u32(0..10_000))),
        satker: None,
        role: None,
        text: text.clone(),
        key: Some(format!("torture-{text}")),
    };
    let mut entry = Message {
        ask: request.clone(),
        id: None,
        trail: Trail::default(),
    };
    entry.trail.ask(Word::Drafted);
    open(book).messages.insert(text.clone(), entry);
    match ask(client, book, request) {
        Came::Answer(row) => {
            if let Some(message) = open(book).messages.get_mut(&text) {
                message.id = Some(row.id);
                message.trail.acknowledge();
            }
            true
        }
        Came::No => {
            let mut book = open(book);
            book.messages.remove(&text);
            book.refused.insert(text);
            true
        }
        Came::Nothing => false,
    }
}

/// Says yes or no to one of the desk's own drafts.
fn decide(client: &mut Client, desk: u32, book: &Shared, random: &mut fastrand::Rng) -> bool {
    let own = format!("Pesan {desk}-");
    let found = {
        let book = open(book);
        let drafts = book
            .messages
            .range(own.clone()..)
            .filter_map(|(text, message)| {
                let waits =
                    message.trail.known() == Some(&Word::Drafted) && !message.trail.is_open();
                (waits && text.starts_with(&own)).then(|| (text.clone(), message.id))
            });
        random.choice(drafts.collect::<Vec<_>>())
    };
    let Some((text, Some(id))) = found else {
        return true;
    };
    let word = if random.u8(0..5) == 0 {
        Word::Rejected
    } else {
        Word::Confirmed
    };
    let note = |note: fn(&mut Trail<Word>)| {
        if let Some(message) = open(book).messages.get_mut(&text) {
            note(&mut message.trail);
        }
    };
    if let Some(message) = open(book).messages.get_mut(&text) {
        message.trail.ask(word);
    }
    let which = SmsChoice::Ids(vec![id]);
    let came = if word == Word::Rejected {
        let reason = "Salah alamat".to_owned();
        ask(client, book, RejectSms { which, reason })
    } else {
        ask(client, book, ConfirmSms { which })
    };
    match came {
        Came::Answer(outcome) if outcome.done.contains(&id) => note(Trail::acknowledge),
        Came::Answer(_) | Came::No => note(Trail::refuse),
        Came::Nothing => return false,
    }
    true
}

/// Lets a notice about one of the desk's own letters leave, again perhaps: it leaves once.
fn notify(client: &mut Client, desk: u32, book: &Shared, random: &mut fastrand::Rng) -> bool {
    let own = format!("S-{desk}-");
    let notices: Vec<_> = {
        let book = open(book);
        let letters = book.letters.range(own.clone()..);
        letters
            .take_while(|(name, _)| name.starts_with(&own))
            .flat_map(|(_, letter)| letter.notices.iter().copied())
            .collect()
    };
    let Some(id) = random.choice(notices) else {
        return true;
    };
    let which = SmsChoice::Ids(vec![id]);
    !matches!(ask(client, book, ConfirmSms { which }), Came::Nothing)
}

/// Keeps a form as if somebody typed.
fn keep(
    client: &mut Client,
    desk: u32,
    number: u32,
    book: &Shared,
    random: &mut fastrand::Rng,
) -> bool {
    let form = format!("register/{desk}-{}", random.u8(0..3));
    open(book)
        .forms
        .entry(form.clone())
        .or_default()
        .ask(number);
    let request = KeepDraft {
        form: form.clone(),
        values: form_of(number),
    };
    let came = ask(client, book, request);
    let mut book = open(book);
    let trail = book.forms.entry(form).or_default();
    match came {
        Came::Answer(_) => trail.acknowledge(),
        Came::No => trail.refuse(),
        Came::Nothing => return false,
    }
    true
}

/// What stands in a version of a form.
pub fn form_of(version: u32) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("subject".to_owned(), "LPJ Oktober".to_owned()),
        ("note".to_owned(), format!("versi {version}")),
    ])
}

/// Imports the satker list anew; every row carries the version.
pub fn import(client: &mut Client, version: u32, book: &Shared) -> bool {
    open(book).list.ask(version);
    let request = ImportSatker {
        sheet: list(version),
        dry_run: false,
    };
    match ask(client, book, request) {
        Came::Answer(_) => open(book).list.acknowledge(),
        Came::No => open(book).list.refuse(),
        Came::Nothing => return false,
    }
    true
}

/// Code of a satker by its place in the list.
pub fn satker(place: u32) -> String {
    format!("{:06}", 411_001 + place)
}

/// Name of the KPA in a version of the list.
pub fn kpa(version: u32) -> String {
    format!("Pejabat {version}")
}

fn list(version: u32) -> Sheet {
    let columns = ["kode_satker", "nama", "nama_singkat", "kpa_nama", "kpa_hp"];
    let row = |place: u32| {
        vec![
            satker(place),
            format!("Satuan Kerja Contoh {place}"),
            format!("Satker {place}"),
            kpa(version),
            format!("0813-2222-{place:04}"),
        ]
    };
    Sheet {
        columns: columns.map(str::to_owned).into(),
        rows: (2..).zip((0..SATKER).map(row)).collect(),
    }
}
