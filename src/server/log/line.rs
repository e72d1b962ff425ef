//! An event as a line: time, level, place, message, `name=value` …, with what may come from outside made harmless.

use std::fmt::{self, Write};

use chrono::Utc;
use tracing::Event;
use tracing::field::{Field, Visit};

use crate::domain::typed;

/// Characters of a value that are shown.
const LONGEST: usize = 400;

/// So many digits in one number, at least, make it look like a telephone number.
const PHONE: usize = 9;

/// The line with its end, and its head: level, place and message.
pub fn of(event: &Event<'_>) -> (String, String) {
    let metadata = event.metadata();
    let mut words = Words::default();
    event.record(&mut words);
    let head = format!(
        "{} {}: {}",
        metadata.level(),
        metadata.target(),
        words.message
    );
    let line = format!("{} {head}{}\n", time(), words.fields);
    (head, line)
}

/// The line that stands for those that were left out.
pub fn left_out(head: &str, count: u64) -> String {
    let (place, message) = head.split_once(": ").unwrap_or((head, ""));
    format!(
        "{} {place}: {count} similar lines left out: {message}\n",
        time()
    )
}

fn time() -> impl fmt::Display {
    Utc::now().format("%Y-%m-%dT%H:%M:%S%.6fZ")
}

#[derive(Default)]
struct Words {
    message: String,
    fields: String,
}

impl Words {
    fn text(&mut self, field: &Field, value: &str) {
        let value = harmless(value);
        if field.name() == "message" {
            self.message = value;
            return;
        }
        let plain = !value.is_empty() && !value.contains([' ', '"', '=', '\\']);
        // Writing to a string cannot fail.
        let _ = if plain {
            write!(self.fields, " {}={value}", field.name())
        } else {
            let quoted = value.replace('"', "\\\"");
            write!(self.fields, " {}=\"{quoted}\"", field.name())
        };
    }

    /// Numbers and the like are the program's own.
    fn own(&mut self, field: &Field, value: &dyn fmt::Display) {
        let _ = write!(self.fields, " {}={value}", field.name());
    }
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = Cut::default();
        // It ends with an error where there is more than is shown.
        let _ = write!(text, "{value:?}");
        self.text(field, &text.0);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.own(field, &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.own(field, &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.own(field, &value);
    }
}

/// Takes no more than can be shown, however much is written to it.
#[derive(Default)]
struct Cut(String);

impl Write for Cut {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.push_str(text);
        if self.0.len() > 8 * LONGEST {
            return Err(fmt::Error);
        }
        Ok(())
    }
}

/// On one line, without numbers of telephones, and not longer than is read.
fn harmless(text: &str) -> String {
    let end = text.char_indices().nth(LONGEST).map(|(at, _)| at);
    let shown = end.and_then(|end| text.get(..end)).unwrap_or(text);
    let mut line = String::with_capacity(shown.len());
    for c in without_phones(shown).chars() {
        if c.is_control() || turns_the_line(c) {
            let _ = write!(line, "\\u{{{:x}}}", u32::from(c));
        } else {
            line.push(c);
        }
    }
    if end.is_some() {
        line.push('…');
    }
    line
}

/// Ends a line somewhere, turns its direction or cannot be seen: whoever reads the log with a terminal would see another line.
fn turns_the_line(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}') || typed::is_unfit(c)
}

/// Hides all but the ends of what may be a telephone number: `081234567890` becomes `0812xxxxxx90`.
fn without_phones(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    // Digits with what may stand between them, and what has come after the last digit.
    let (mut number, mut after) = (String::new(), String::new());
    for c in text.chars() {
        let goes_on = !number.is_empty() && after.len() < 2;
        if c.is_ascii_digit() {
            number.push_str(&std::mem::take(&mut after));
            number.push(c);
        } else if goes_on && number != "+" && matches!(c, ' ' | '-' | '.' | '(' | ')') {
            after.push(c);
        } else {
            shown.push_str(&hidden(&std::mem::take(&mut number)));
            shown.push_str(&std::mem::take(&mut after));
            if c == '+' {
                number.push(c);
            } else {
                shown.push(c);
            }
        }
    }
    shown.push_str(&hidden(&number));
    shown.push_str(&after);
    shown
}

fn hidden(number: &str) -> String {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let in_a_row = number
        .split(|c: char| !c.is_ascii_digit())
        .any(|row| row.len() >= PHONE);
    let begins = ["+", "0", "62", "8"]
        .iter()
        .any(|start| number.starts_with(start));
    if digits < PHONE || !(in_a_row || begins) {
        return number.to_owned();
    }
    let mut seen = 0;
    number
        .chars()
        .map(|c| {
            seen += usize::from(c.is_ascii_digit());
            if c.is_ascii_digit() && seen > 4 && seen + 1 < digits {
                'x'
            } else {
                c
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephone_numbers_are_hidden_in_all_their_spellings() {
        #[track_caller]
        fn check(text: &str, shown: &str) {
            assert_eq!(without_phones(text), shown);
        }
        check("to 081234567890.", "to 0812xxxxxx90.");
        check("+6281234567890", "+6281xxxxxxx90");
        check("0812-3456-7890 x", "0812-xxxx-xx90 x");
        check("+62 812 3456 7890", "+62 81x xxxx xx90");
        check("(0351) 462-345-1", "(0351) xxx-xx5-1");
        check("\"8123456789\"", "\"8123xxxx89\"");
        check("6281234567890@x", "6281xxxxxxx90@x");
    }

    #[test]
    fn other_numbers_stay() {
        for text in [
            "",
            "+",
            "- 5",
            "AGD-00123/2026",
            "2026-11-24",
            "24-11-2026 15.03",
            "port 13013, 1048576 bytes",
            "S-000012 of 411201",
            "1 + 1",
        ] {
            assert_eq!(without_phones(text), text);
        }
    }
}
