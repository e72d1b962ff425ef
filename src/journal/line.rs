//! Reading a line of the journal.
//!
//! A fact is told by its name, which stands somewhere in the line, so the library that reads it keeps all of the line in pieces before it
//! makes anything of them. Most lines of an office are letters and messages: they are read without that detour.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::Entry;
use crate::domain::fact::Fact;
use crate::domain::letter::Letter;
use crate::domain::sms::Sms;

/// What most lines are.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Common<'a> {
    seq: u64,
    time: DateTime<Utc>,
    actor: String,
    #[serde(default)]
    begins: bool,
    #[serde(default)]
    rest: u32,
    #[serde(default)]
    key: Option<String>,
    fact: &'a str,
    #[serde(default)]
    letter: Option<Box<Letter>>,
    #[serde(default)]
    sms: Option<Box<Sms>>,
    prev: String,
}

/// Reads a line, without its line feed.
///
/// # Errors
/// When it is no entry.
pub fn read(line: &[u8]) -> serde_json::Result<Entry> {
    match common(line) {
        Some(entry) => Ok(entry),
        None => serde_json::from_slice(line),
    }
}

/// None for a line of another kind, and for one that is not quite what it seems: it is read again, with care.
fn common(line: &[u8]) -> Option<Entry> {
    // No text has these quotes in it: within a text they stand behind backslashes.
    const NAMES: [&[u8]; 2] = [br#""fact":"letter-registered""#, br#""fact":"sms-drafted""#];
    let head = line.get(..line.len().min(400))?;
    if !NAMES
        .iter()
        .any(|name| memchr::memmem::find(head, name).is_some())
    {
        return None;
    }
    let line: Common<'_> = serde_json::from_slice(line).ok()?;
    let fact = match (line.fact, line.letter, line.sms) {
        ("letter-registered", Some(letter), None) => Fact::LetterRegistered { letter },
        ("sms-drafted", None, Some(sms)) => Fact::SmsDrafted { sms },
        _ => return None,
    };
    Some(Entry {
        seq: line.seq,
        time: line.time,
        actor: line.actor,
        begins: line.begins,
        rest: line.rest,
        key: line.key,
        fact,
        prev: line.prev,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const LETTER: &str = r#"{"seq":7,"time":"2026-11-24T02:00:00Z","actor":"sari","begins":true,"rest":1,"key":"\"fact\":\"sms-drafted\"","fact":"letter-registered","letter":{"agenda":"AGD-00007/2026","module":"lpj","service":"lpj","sender":{"satker":"411902"},"number":"S-1","date":null,"subject":"LPJ \u0041","attachments":null,"urgency":"biasa","security":"biasa","channel":"loket","bringer":null,"bringer_phone":null,"note":null,"fields":{},"section":"VERA","previous":null,"received":"2026-11-24T02:00:00Z","target":null,"completed":null,"state":"received","stops":[],"history":[]},"prev":"00"}"#;

    fn both(line: &str) -> (Option<Entry>, Option<Entry>) {
        let plain = serde_json::from_slice(line.as_bytes()).ok();
        (read(line.as_bytes()).ok(), plain)
    }

    #[test]
    fn a_letter_is_read_the_short_way_as_the_long_way() {
        let (read, plain) = both(LETTER);
        assert!(plain.is_some());
        assert_eq!(common(LETTER.as_bytes()), plain);
        assert_eq!(read, plain);
    }

    #[test]
    fn what_is_not_quite_a_letter_is_read_the_long_way() {
        for (from, to) in [
            (r#""rest":1"#, r#""rest":1,"later":{"a":[1]}"#),
            (r#""fact":"letter-registered","#, r#""fact":"sms-drafted","#),
            (
                r#""fact":"letter-registered","#,
                r#""fact":"day-run","day":"2026-11-24","#,
            ),
            (r#""letter":{"#, r#""sms":null,"letter":{"#),
            (r#""prev":"00""#, r#""prev":"00","seq":8"#),
            (r#","prev":"00""#, ""),
            (r#""agenda":"AGD-00007/2026""#, r#""agenda":7"#),
        ] {
            let line = LETTER.replace(from, to);
            assert_ne!(line, LETTER);
            let (read, plain) = both(&line);
            assert_eq!(read, plain, "{to}");
        }
    }
}
