//! What must hold after every disaster: the office held against the book, against itself, and against the network.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::{Duration, Instant};

use sipintar::ask::{
    GetDraft, GetStatus, LetterRow, ListInbox, ListLetters, ListSatker, ListSms, Office, SatkerRow,
    ShowLetter, ShowSms, SmsRow,
};
use sipintar::client::Client;
use sipintar::domain::id::{AgendaNo, SmsId};
use sipintar::domain::letter::LetterState;
use sipintar::domain::refusal::Refusal;
use sipintar::domain::sms::{SmsKind, SmsState};

use super::book::{Book, Sure, Word};
use super::desks::{form_of, kpa};

/// What is wrong, in words.
pub type Findings = Vec<String>;

/// Pages are no longer.
pub(super) const PAGE: u32 = 1000;

/// How long something that is still moving may take to come to rest.
pub(super) const REST: Duration = Duration::from_secs(20);

/// The office as its lists show it.
#[derive(Debug, Default)]
pub struct View {
    /// By number of the letter.
    pub letters: BTreeMap<String, LetterRow>,
    /// By number: while pages are read, messages may come to the front.
    pub sms: BTreeMap<SmsId, SmsRow>,
    /// By code.
    pub satker: Vec<SatkerRow>,
    /// By name, of those that the book names.
    pub forms: BTreeMap<String, Option<BTreeMap<String, String>>>,
    /// What is wrong with the lists themselves.
    pub findings: Findings,
}

pub(super) fn asked<T>(answer: Result<T, Refusal>) -> Result<T, String> {
    answer.map_err(|refusal| format!("a look was refused: {refusal}"))
}

/// Reads all lists.
///
/// # Errors
/// When a look is refused.
pub fn look(client: &mut Client, book: &Book) -> Result<View, String> {
    let mut view = View::default();
    let mut offset = 0;
    loop {
        let page = asked(client.ask(ListLetters {
            offset,
            limit: PAGE,
            ..ListLetters::default()
        }))?;
        offset += page.rows.len() as u64;
        let (last, total) = (page.rows.is_empty(), page.total);
        for row in page.rows {
            let number = row.number.clone().unwrap_or_default();
            if let Some(other) = view.letters.insert(number.clone(), row) {
                let both = format!("letter {number} is there twice, also as {}", other.agenda);
                view.findings.push(both);
            }
        }
        if last || offset >= total {
            break;
        }
    }
    view.sms = messages(client)?;
    let satker = ListSatker {
        limit: PAGE,
        ..ListSatker::default()
    };
    view.satker = asked(client.ask(satker))?.rows;
    for form in book.forms.keys() {
        let kept = asked(client.ask(GetDraft { form: form.clone() }))?.values;
        view.forms.insert(form.clone(), kept);
    }
    Ok(view)
}

/// Reads the list of messages.
///
/// # Errors
/// When a look is refused.
pub(super) fn messages(client: &mut Client) -> Result<BTreeMap<SmsId, SmsRow>, String> {
    let mut rows = BTreeMap::new();
    let mut offset = 0;
    loop {
        let page = asked(client.ask(ListSms {
            offset,
            limit: PAGE,
            ..ListSms::default()
        }))?;
        offset += page.rows.len() as u64;
        let last = page.rows.is_empty() || offset >= page.total;
        rows.extend(page.rows.into_iter().map(|row| (row.id, row)));
        if last {
            return Ok(rows);
        }
    }
}

/// Which version of the satker list is in force; an error when rows of two versions stand side by side.
fn version(view: &View, steps: impl Iterator<Item = u32>) -> Result<Option<u32>, String> {
    let Some(first) = view.satker.first() else {
        return Ok(None);
    };
    let name = first.kpa.clone().unwrap_or_default();
    if view
        .satker
        .iter()
        .any(|row| row.kpa.as_ref() != Some(&name))
    {
        return Err("an import is half done".to_owned());
    }
    let mut steps = steps;
    steps
        .find(|version| kpa(*version) == name)
        .map(Some)
        .ok_or_else(|| format!("the satker list is one that nobody imported: {name}"))
}

/// Holds what the lists show against the book: with `since`, against what was acknowledged at that moment and what was asked for later.
pub fn against_book(view: &View, book: &Book, since: Option<&Sure>) -> Findings {
    let mut findings = view.findings.clone();
    let sure_of = |of: fn(&Sure) -> &BTreeMap<String, usize>, name: &str, now: usize| {
        since.map_or(now, |since| of(since).get(name).copied().unwrap_or(0))
    };
    for (number, letter) in &book.letters {
        let row = view.letters.get(number);
        let sure = sure_of(|since| &since.letters, number, letter.trail.sure());
        if !letter.trail.allows_since(sure, row.map(|row| &row.state)) {
            let state = row.map(|row| row.state);
            let wanted = &letter.trail;
            findings.push(format!(
                "letter {number}: {state:?}, acknowledged {sure} of {wanted:?}"
            ));
        }
        if let (Some(row), Some(agenda), true) = (row, letter.agenda, sure > 0)
            && row.agenda != agenda
        {
            findings.push(format!("letter {number}: told {agenda}, is {}", row.agenda));
        }
    }
    let known = |number: &String| book.letters.contains_key(number);
    for number in view.letters.keys().filter(|number| !known(number)) {
        findings.push(format!("letter {number} was refused or never asked for"));
    }
    let mut texts: BTreeMap<&str, Vec<&SmsRow>> = BTreeMap::new();
    for row in view.sms.values() {
        if row.kind == SmsKind::Free {
            texts.entry(&row.text).or_default().push(row);
        }
    }
    for (text, message) in &book.messages {
        let rows = texts.remove(text.as_str()).unwrap_or_default();
        if rows.len() > 1 {
            findings.push(format!("message {text} is there {} times", rows.len()));
        }
        let row = rows.first();
        let sure = sure_of(|since| &since.messages, text, message.trail.sure());
        if !message
            .trail
            .allows_since(sure, row.map(|row| word(row.state)).as_ref())
        {
            let state = row.map(|row| row.state);
            let wanted = &message.trail;
            findings.push(format!(
                "message {text}: {state:?}, acknowledged {sure} of {wanted:?}"
            ));
        }
        if let (Some(row), Some(id), true) = (row, message.id, sure > 0)
            && row.id != id
        {
            findings.push(format!("message {text}: told {id}, is {}", row.id));
        }
    }
    for text in texts.keys() {
        findings.push(format!("message {text} was refused or never asked for"));
    }
    for (form, trail) in &book.forms {
        let kept = view.forms.get(form).cloned().flatten();
        let sure = sure_of(|since| &since.forms, form, trail.sure());
        let allowed = |version: &u32| Some(form_of(*version)) == kept;
        let found = trail.steps().iter().rev().find(|version| allowed(version));
        if (kept.is_some() && found.is_none()) || !trail.allows_since(sure, found) {
            findings.push(format!(
                "form {form}: {kept:?}, acknowledged {sure} of {trail:?}"
            ));
        }
    }
    match version(view, book.list.steps().iter().copied()) {
        Err(finding) => findings.push(finding),
        Ok(found) => {
            let sure = since.map_or(book.list.sure(), |since| since.list);
            if !book.list.allows_since(sure, found.as_ref()) {
                findings.push(format!(
                    "the satker list: {found:?}, acknowledged {sure} of {:?}",
                    book.list
                ));
            }
        }
    }
    findings.extend(numbers(view.letters.values().map(|row| row.agenda)));
    findings
}

/// How a message stands, as far as a desk decides it.
fn word(state: SmsState) -> Word {
    match state {
        SmsState::Waiting => Word::Drafted,
        SmsState::Rejected => Word::Rejected,
        _ => Word::Confirmed,
    }
}

/// Agenda numbers of a year have no gap and no double.
fn numbers(given: impl Iterator<Item = AgendaNo>) -> Findings {
    let mut books: BTreeMap<(u16, String), Vec<u32>> = BTreeMap::new();
    for agenda in given {
        let book = (agenda.year, agenda.series.as_str().to_owned());
        books.entry(book).or_default().push(agenda.serial);
    }
    let mut findings = Findings::new();
    for ((year, series), mut serials) in books {
        serials.sort_unstable();
        let count = u32::try_from(serials.len()).unwrap();
        if !serials.iter().copied().eq(1..=count) {
            findings.push(format!("numbers of {series} {year}: {serials:?}"));
        }
    }
    findings
}

/// The book takes note of what was found. Letters and messages that were asked for and never answered are asked for again, with their keys:
/// whatever became of them the first time, they are there once.
///
/// # Errors
/// When asking again is refused.
pub fn settle(client: &mut Client, view: &View, book: &mut Book) -> Result<u64, String> {
    let mut again = 0;
    let refused = |what: &str, refusal: &Refusal| format!("{what} asked again: {refusal}");
    for (number, letter) in &mut book.letters {
        let open = letter.trail.is_open();
        let found = view.letters.get(number);
        letter.trail.settle(found.map(|row| &row.state));
        if !open || letter.agenda.is_some() {
            continue;
        }
        again += 1;
        let row = client
            .ask(letter.ask.clone())
            .map_err(|refusal| refused(number, &refusal))?;
        if let Some(found) = found
            && found.agenda != row.letter.agenda
        {
            return Err(format!("{number} asked again got a second number"));
        }
        letter.agenda = Some(row.letter.agenda);
        letter.trail.settle(Some(&row.letter.state));
    }
    for (text, message) in &mut book.messages {
        let open = message.trail.is_open();
        let found = view
            .sms
            .values()
            .find(|row| row.kind == SmsKind::Free && row.text == *text);
        message
            .trail
            .settle(found.map(|row| word(row.state)).as_ref());
        if !open || message.id.is_some() {
            continue;
        }
        again += 1;
        let row = client
            .ask(message.ask.clone())
            .map_err(|refusal| refused(text, &refusal))?;
        if let Some(found) = found
            && found.id != row.id
        {
            return Err(format!("{text} asked again was drafted a second time"));
        }
        message.id = Some(row.id);
        message.trail.settle(Some(&word(row.state)));
    }
    for (form, trail) in &mut book.forms {
        let kept = view.forms.get(form).cloned().flatten();
        let found = trail.steps().iter().rev().copied();
        let found = found
            .into_iter()
            .find(|version| Some(form_of(*version)) == kept);
        trail.settle(found.as_ref());
    }
    let found = version(view, book.list.steps().iter().copied())?;
    book.list.settle(found.as_ref());
    Ok(again)
}

/// Counts, lists and records say the same: of these letters and messages each is shown by itself. What follows from a letter is there with
/// it, and once: its receipt, and the notice of its end.
///
/// # Errors
/// When a look is refused.
pub fn index_equals_records(
    client: &mut Client,
    view: &View,
    book: &Book,
    letters: &[AgendaNo],
    sms: &[SmsId],
) -> Result<Findings, String> {
    let mut findings = Findings::new();
    let status = asked(client.ask(GetStatus {}))?;
    if status.store.letters != view.letters.len() as u64 {
        findings.push(format!(
            "{} letters are counted, {} are listed",
            status.store.letters,
            view.letters.len()
        ));
    }
    let rows: BTreeMap<AgendaNo, &LetterRow> =
        view.letters.values().map(|row| (row.agenda, row)).collect();
    for agenda in letters {
        let shown = asked(client.ask(ShowLetter { agenda: *agenda }))?;
        let Some(row) = rows.get(agenda) else {
            findings.push(format!("{agenda} is shown and not listed"));
            continue;
        };
        // Whether it is late is a matter of the moment.
        let same = LetterRow {
            overdue: row.overdue,
            ..shown.row.clone()
        } == **row;
        if !same || shown.letter.agenda != *agenda || shown.letter.state != row.state {
            findings.push(format!(
                "{agenda}: listed {row:?}, shown {:?}",
                shown.letter
            ));
        }
        let drafted: BTreeSet<SmsId> = shown.sms.iter().map(|row| row.id).collect();
        let number = row.number.clone().unwrap_or_default();
        let told = book.letters.get(&number).map(|letter| &letter.notices);
        if let Some(lost) = told.and_then(|told| told.difference(&drafted).next()) {
            findings.push(format!("{agenda}: {lost} was drafted with it and is gone"));
        }
        for (kind, count) in [
            (SmsKind::Received, usize::from(row.service == "surat-umum")),
            (
                SmsKind::Completed,
                usize::from(row.service == "lpj" && row.state == LetterState::Completed),
            ),
        ] {
            let found = shown.sms.iter().filter(|sms| sms.kind == kind).count();
            let known = kind == SmsKind::Received || row.service == "lpj";
            if known && found != count {
                findings.push(format!("{agenda} ({}): {found} of {kind:?}", row.service));
            }
        }
    }
    let end = Instant::now() + REST;
    for id in sms {
        loop {
            let shown = asked(client.ask(ShowSms { id: *id }))?;
            let listed = asked(client.ask(ListSms {
                find: Some(id.to_string()),
                limit: 5,
                ..ListSms::default()
            }))?;
            let row = listed.rows.iter().find(|row| row.id == *id);
            let same = row == Some(&shown.row) && shown.sms.state == shown.row.state;
            if same {
                break;
            }
            // It may have moved between the two looks.
            if Instant::now() > end {
                findings.push(format!("{id}: listed {row:?}, shown {:?}", shown.sms));
                break;
            }
        }
    }
    Ok(findings)
}

/// Everything that clients can see of records, as text: two of it are compared. The time of the look is left out.
///
/// # Errors
/// When a look is refused.
pub fn whole(client: &mut Client, book: &Book) -> Result<String, String> {
    let view = look(client, book)?;
    let mut text = String::new();
    for row in view.letters.values() {
        let shown = asked(client.ask(ShowLetter { agenda: row.agenda }))?;
        let _ = writeln!(text, "{:?} {:?}", shown.letter, shown.sms);
    }
    for row in view.sms.values() {
        let _ = writeln!(text, "{row:?}");
    }
    let _ = writeln!(text, "{:?} {:?}", view.satker, view.forms);
    let inbox = ListInbox {
        limit: PAGE,
        ..ListInbox::default()
    };
    let _ = writeln!(text, "{:?}", asked(client.ask(inbox))?.rows);
    let status = asked(client.ask(GetStatus {}))?;
    let _ = writeln!(text, "{:?} {:?}", status.store, status.sms);
    Ok(text)
}

/// The first line in which two texts differ.
pub fn difference(one: &str, other: &str) -> Option<String> {
    if one == other {
        return None;
    }
    let pair = one.lines().zip(other.lines()).find(|(a, b)| a != b);
    Some(pair.map_or_else(
        || {
            format!(
                "{} lines and {}",
                one.lines().count(),
                other.lines().count()
            )
        },
        |(a, b)| format!("\n  {a}\n  {b}"),
    ))
}
