//! What is wrong in `sipintar.toml`, with line, key and nearest spelling.

use crate::domain::module::nearest;
use crate::service::Refusal;

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

pub(super) fn line_of_key(text: &str, key: &str) -> usize {
    // A key may stand in an inline table in the middle of its line.
    let names = |line: &str| {
        line.split(['=', '{', ',', '[', ']'])
            .any(|word| word.trim() == key)
    };
    1 + text.lines().position(names).unwrap_or(0)
}
