//! What is wrong in `sipintar.toml`, with line, key and nearest spelling.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::domain::module::nearest;
use crate::domain::refusal::Refusal;

pub(super) fn explain(text: &str, error: &toml::de::Error) -> Refusal {
    let line = error.span().map_or(0, |span| line_at(text, span.start));
    let message = error.message();
    let mut quoted = message.split('`').skip(1).step_by(2);
    let unknown = message.starts_with("unknown field") || message.starts_with("unknown variant");
    let key = if unknown {
        quoted.next().unwrap_or_default()
    } else {
        error.span().map_or("", |span| key_before(text, span.start))
    };
    let refusal = bad_at(line, key, message);
    match nearest(key, quoted) {
        Some(near) if unknown => refusal.with("nearest", near),
        _ => refusal,
    }
}

pub(super) fn bad_at(line: usize, key: &str, cause: &str) -> Refusal {
    Refusal::new("settings-bad")
        .with("file", "sipintar.toml")
        .with("line", line)
        .with("key", key)
        .with("nearest", "")
        .with("cause", cause)
}

fn line_at(text: &str, offset: usize) -> usize {
    1 + text
        .bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
}

/// The key whose value begins at this offset; empty where none does.
fn key_before(text: &str, offset: usize) -> &str {
    let before = text
        .split_at_checked(offset)
        .map_or("", |(before, _)| before);
    let key = before.trim_end_matches(' ').strip_suffix('=');
    key.and_then(|key| {
        key.trim_end()
            .rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))
            .next()
    })
    .unwrap_or_default()
}

/// A step on the way to a place in the file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'a> {
    /// The value of this key.
    Key(&'a str),
    /// The table or value at this place of an array.
    Item(usize),
}

/// The line of a place in the file: of its key, or of where its table begins. Of a way that leads nowhere the last place that is there counts.
pub(super) fn line_of(text: &str, way: &[Step]) -> usize {
    fn walk(value: &Spanned<DeValue>, way: &[Step]) -> Option<usize> {
        let (step, rest) = way.split_first()?;
        match (step, value.get_ref()) {
            (Step::Key(name), DeValue::Table(table)) => {
                let (key, value) = table.iter().find(|(key, _)| key.get_ref() == name)?;
                // Where an array of tables begins says less than which of its tables is meant.
                Some(walk(value, rest).unwrap_or(key.span().start))
            }
            (Step::Item(at), DeValue::Array(array)) => {
                let value = array.get(*at)?;
                Some(walk(value, rest).unwrap_or(value.span().start))
            }
            _ => None,
        }
    }
    let Ok(table) = DeTable::parse(text) else {
        return 1;
    };
    let span = table.span();
    let root = Spanned::new(span, DeValue::Table(table.into_inner()));
    line_at(text, walk(&root, way).unwrap_or(0))
}

/// Whether the file says anything at this place.
pub(super) fn is_said(text: &str, way: &[Step]) -> bool {
    fn walk(value: &DeValue, way: &[Step]) -> bool {
        match (way.split_first(), value) {
            (None, _) => true,
            (Some((Step::Key(name), rest)), DeValue::Table(table)) => {
                let found = table.iter().find(|(key, _)| key.get_ref() == name);
                found.is_some_and(|(_, value)| walk(value.get_ref(), rest))
            }
            (Some((Step::Item(at), rest)), DeValue::Array(array)) => array
                .get(*at)
                .is_some_and(|value| walk(value.get_ref(), rest)),
            _ => false,
        }
    }
    DeTable::parse(text).is_ok_and(|table| walk(&DeValue::Table(table.into_inner()), way))
}
