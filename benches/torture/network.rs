//! The office held against the network: by the network's own log nothing left twice, and nothing that was said to have left did not.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use sipintar::ask::{ListInbox, Office, SmsRow};
use sipintar::client::Client;
use sipintar::domain::sms::{SmsKind, SmsState};

use super::book::Book;
use super::checks::{Findings, PAGE, REST, asked, messages};
use super::modem::Modem;

/// No message left twice; what is called sent has left, and what still waits or was said no to has not.
///
/// # Errors
/// When a look is refused.
pub fn against_network(
    client: &mut Client,
    book: &Book,
    modem: &Modem,
) -> Result<Findings, String> {
    let before = modem.taken();
    let rows = messages(client)?;
    let after = modem.taken();
    let mut findings = Findings::new();
    for ((to, text, part), times) in after.iter().filter(|(_, times)| **times > 1) {
        // Two letters may be spoken of in the same words, and parts carry pieces of them.
        let same = |row: &&SmsRow| {
            row.to.as_str() == to
                && (row.text == *text || (row.parts > 1 && row.text.contains(text)))
        };
        let drafted = rows.values().filter(same).count();
        if usize::try_from(*times).is_ok_and(|times| times > drafted) {
            findings.push(format!("sent {times} times: {to} {text} {part}"));
        }
    }
    let texts: BTreeMap<&str, u32> = before
        .iter()
        .map(|((_, text, _), times)| (text.as_str(), *times))
        .collect();
    let later: BTreeSet<&str> = after.keys().map(|(_, text, _)| text.as_str()).collect();
    for row in rows.values() {
        if row.kind != SmsKind::Free || row.parts != 1 || book.settled.contains(&row.id) {
            continue;
        }
        let left = texts.contains_key(row.text.as_str());
        let wrong = match row.state {
            SmsState::Sent | SmsState::Delivered => !later.contains(row.text.as_str()),
            SmsState::Waiting | SmsState::Queued | SmsState::Rejected | SmsState::Failed => left,
            _ => false,
        };
        if wrong {
            findings.push(format!(
                "{} is {:?}, and the network {} it",
                row.id,
                row.state,
                if left { "has" } else { "never had" }
            ));
        }
    }
    findings.extend(incoming(client, book)?);
    Ok(findings)
}

/// What came in is there once at the most.
fn incoming(client: &mut Client, book: &Book) -> Result<Findings, String> {
    let mut findings = Findings::new();
    let mut times: BTreeMap<String, u32> = BTreeMap::new();
    let inbox = ListInbox {
        limit: PAGE,
        ..ListInbox::default()
    };
    for row in asked(client.ask(inbox))?.rows {
        *times.entry(row.text.clone()).or_default() += 1;
    }
    for (text, count) in times {
        if count > 1 {
            findings.push(format!("came in {count} times: {text}"));
        }
        if !book.incoming.contains(&text) {
            findings.push(format!("came in and was never sent: {text}"));
        }
    }
    Ok(findings)
}

/// Waits until all that came in is there: nothing of it may be lost, whatever happened meanwhile.
///
/// # Errors
/// What is missing after a long time.
pub fn all_came_in(client: &mut Client, book: &Book) -> Result<(), String> {
    let end = Instant::now() + 3 * REST;
    loop {
        let inbox = ListInbox {
            limit: PAGE,
            ..ListInbox::default()
        };
        let rows = asked(client.ask(inbox))?.rows;
        let there: BTreeSet<String> = rows.into_iter().map(|row| row.text).collect();
        let Some(missing) = book.incoming.difference(&there).next() else {
            return Ok(());
        };
        if Instant::now() > end {
            return Err(format!("never came in: {missing}"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
