//! The one gate for what clients write: no request is larger than its row in the table allows, and no text in it is longer, or of
//! other characters, than can be kept. It stands between the line and the typed request, so that a new field cannot pass beside it.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::domain::refusal::Refusal;
use crate::domain::typed;

/// How large a request may be. Fields have tighter limits where the decision says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of its content, as it travels.
    pub bytes: u64,
    /// Characters of each of its texts.
    pub text: usize,
    /// Items of each of its lists.
    pub items: usize,
}

impl Limits {
    /// What people type, one thing at a time.
    pub const ORDINARY: Self = Self {
        bytes: 64 << 10,
        text: 2_000,
        items: 5_000,
    };
    /// With a list of codes or numbers: every satker of a large office, every message of a long list.
    pub const LISTS: Self = Self {
        bytes: 256 << 10,
        text: 2_000,
        items: 25_000,
    };
    /// A form that is being filled in, with a long text in it.
    pub const FORM: Self = Self {
        bytes: 64 << 10,
        text: 16 << 10,
        items: 500,
    };
    /// A spreadsheet: 20,000 satker with all their officials. A cell of Excel holds 32,767 characters; one that is too long for its
    /// column is told with its row.
    pub const IMPORT: Self = Self {
        bytes: 16 << 20,
        text: 32_767,
        items: 100_000,
    };
}

/// Values in one request, at the most: each takes many times its bytes in memory while it is looked at.
const VALUES_MAX: usize = 1_000_000;

/// Longest name of a field in a map, in characters.
const NAME_MAX: usize = 100;

/// Fields whose texts may have several lines: the texts of messages, and what forms keep.
const OF_LINES: [&str; 2] = ["text", "values"];

/// Checks the content of a request against its limits, cleans its texts, and types it.
///
/// # Errors
/// `line-too-long`; `text-too-long` or `list-too-long` on the field; `line-bad` when it is no such request.
pub fn read<T: DeserializeOwned>(content: &RawValue, limits: &Limits) -> Result<T, Refusal> {
    let content = content.get();
    if content.len() as u64 > limits.bytes {
        return Err(Refusal::new("line-too-long").with("max", limits.bytes));
    }
    if values_in(content) > VALUES_MAX {
        return Err(Refusal::new("line-too-long").with("max", VALUES_MAX));
    }
    let bad = |error: serde_json::Error| Refusal::new("line-bad").with("cause", error);
    let mut value: Value = serde_json::from_str(content).map_err(bad)?;
    clean(&mut value, "", false, limits)?;
    serde_json::from_value(value).map_err(bad)
}

/// Values of a JSON text, give or take one: by its punctuation outside texts, without making anything of it.
fn values_in(text: &str) -> usize {
    let (mut count, mut inside, mut escaped) = (1, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if inside => escaped = true,
            b'"' => inside = !inside,
            b',' | b'[' | b'{' if !inside => count += 1,
            _ => {}
        }
    }
    count
}

/// Goes through all texts. `field` is the nearest name above the value: a refusal is about it. JSON itself is at most 128 deep here.
fn clean(value: &mut Value, field: &str, of_lines: bool, limits: &Limits) -> Result<(), Refusal> {
    match value {
        Value::String(text) => {
            let clean = if of_lines {
                typed::lines(text)
            } else {
                typed::line(text)
            };
            fits(&clean, field, limits.text)?;
            *text = clean;
        }
        Value::Array(items) => {
            count_fits(items.len(), field, limits)?;
            for item in items {
                clean(item, field, of_lines, limits)?;
            }
        }
        Value::Object(fields) => {
            count_fits(fields.len(), field, limits)?;
            let mut cleaned = Map::new();
            for (name, mut value) in std::mem::take(fields) {
                let name = typed::line(&name);
                fits(&name, field, NAME_MAX)?;
                let of_lines = of_lines || OF_LINES.contains(&name.as_str());
                clean(&mut value, &name, of_lines, limits)?;
                cleaned.insert(name, value);
            }
            *fields = cleaned;
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

fn fits(text: &str, field: &str, max: usize) -> Result<(), Refusal> {
    if text.len() > max && text.chars().count() > max {
        return Err(Refusal::new("text-too-long").with("max", max).on(field));
    }
    Ok(())
}

fn count_fits(count: usize, field: &str, limits: &Limits) -> Result<(), Refusal> {
    if count > limits.items {
        return Err(Refusal::new("list-too-long")
            .with("max", limits.items)
            .on(field));
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
