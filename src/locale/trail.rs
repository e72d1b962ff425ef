//! The facts of the audit trail in words: what happened, and its fields as names and values. A field without a name in the texts keeps
//! its own, so that nothing is hidden.

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde_json::Value;

use super::Locale;
use crate::ask::AuditRow;
use crate::domain::when;

/// What is read first of a fact; the rest follows by name.
const FIRST: [&str; 19] = [
    "at",
    "by",
    "id",
    "agenda",
    "code",
    "user",
    "name",
    "satker",
    "role",
    "to",
    "from",
    "state",
    "text",
    "subject",
    "note",
    "reason",
    "after",
    "lost_from",
    "lost_to",
];

/// Members of a list that get a line each; there may be thousands.
const LINES: usize = 100;

impl Locale {
    /// What happened. A repair bears the time of the journal that was repaired, so its own time stands in the words.
    pub fn fact(&self, row: &AuditRow) -> String {
        let at = row.detail.get("at").and_then(Value::as_str);
        let at = at.and_then(|at| DateTime::parse_from_rfc3339(at).ok());
        if row.fact == "journal-repaired"
            && let Some(at) = at
        {
            let at = at.with_timezone(row.time.offset());
            let when = format!(
                "{} {}",
                when::short(at.date_naive()),
                when::clock(at.time())
            );
            return self.with("fact-journal-repaired-at", &[("when", when.into())]);
        }
        let id = format!("fact-{}", row.fact);
        if self.has(&id) {
            self.text(&id)
        } else {
            row.fact.clone()
        }
    }

    /// The fields of the fact: names and values, without those that are empty.
    pub fn fact_fields(&self, row: &AuditRow) -> Vec<(String, String)> {
        let mut telling = Telling {
            locale: self,
            fact: &row.fact,
            zone: *row.time.offset(),
            lines: Vec::new(),
        };
        if let Value::Object(fields) = &row.detail {
            telling.all(fields.iter().filter(|(key, _)| *key != "fact"));
        }
        telling.lines
    }

    /// The state of a modem. A gateway is away or wrong in other ways than a modem at a port.
    pub fn modem_state(&self, kind: &str, state: &str) -> String {
        let ids = [format!("modem-{kind}-{state}"), format!("modem-{state}")];
        let id = ids.iter().find(|id| self.has(id));
        id.map_or_else(|| state.to_owned(), |id| self.text(id))
    }

    /// What a modem's session says of itself, in words where there are any; what a device or the system says stays as it is.
    pub fn modem_note(&self, detail: &str) -> String {
        let id_of = |said: &str| {
            let words = said.split(|c: char| !c.is_ascii_alphanumeric());
            let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
            format!("modem-note-{}", words.join("-").to_lowercase())
        };
        let whole = id_of(detail);
        if self.has(&whole) {
            return self.text(&whole);
        }
        // What is said of a port begins with it.
        let of_port = detail.split_once(' ').filter(|_| detail.starts_with('/'));
        match of_port.map(|(port, said)| (port, id_of(said))) {
            Some((port, id)) if self.has(&id) => self.with(&id, &[("port", port.into())]),
            _ => detail.to_owned(),
        }
    }
}

struct Telling<'t> {
    locale: &'t Locale,
    fact: &'t str,
    zone: FixedOffset,
    lines: Vec<(String, String)>,
}

impl Telling<'_> {
    fn all<'f>(&mut self, fields: impl Iterator<Item = (&'f String, &'f Value)>) {
        let mut fields: Vec<_> = fields.collect();
        let place = |key: &str| FIRST.iter().position(|first| *first == key);
        fields.sort_by_key(|(key, _)| place(key).unwrap_or(FIRST.len()));
        for (key, value) in fields {
            self.field(key, value);
        }
    }

    fn field(&mut self, key: &str, value: &Value) {
        match value {
            Value::Object(fields) => self.all(fields.iter()),
            Value::Array(members) if members.iter().any(Value::is_object) => {
                for (at, member) in members.iter().take(LINES).enumerate() {
                    let name = if at == 0 {
                        self.name(key)
                    } else {
                        String::new()
                    };
                    let words = self.together(key, member);
                    self.lines.push((name, words));
                }
                if members.len() > LINES {
                    let more = [("n", (members.len() - LINES).into())];
                    let more = self.locale.with("and-more", &more);
                    self.lines.push((String::new(), more));
                }
            }
            _ => {
                let words = self.together(key, value);
                if !words.is_empty() {
                    self.lines.push((self.name(key), words));
                }
            }
        }
    }

    /// Everything that a value holds, on one line.
    fn together(&self, key: &str, value: &Value) -> String {
        let several = |words: Vec<String>| {
            let words: Vec<String> = words.into_iter().filter(|one| !one.is_empty()).collect();
            words.join(", ")
        };
        match value {
            Value::Null => String::new(),
            Value::Bool(true) => self.locale.text("fact-yes"),
            Value::Bool(false) => self.locale.text("fact-no"),
            Value::Number(number) => number.to_string(),
            Value::String(text) => self.text(key, text),
            Value::Array(members) => {
                several(members.iter().map(|one| self.together(key, one)).collect())
            }
            Value::Object(fields) => several(
                fields
                    .iter()
                    .map(|(key, value)| self.together(key, value))
                    .collect(),
            ),
        }
    }

    fn name(&self, key: &str) -> String {
        let id = format!("fact-field-{}", key.replace('_', "-"));
        if self.locale.has(&id) {
            self.locale.text(&id)
        } else {
            key.to_owned()
        }
    }

    /// A time in the office's zone, a day as people write it, a code of ours in its word; anything else as it is.
    fn text(&self, key: &str, text: &str) -> String {
        if let Ok(at) = DateTime::parse_from_rfc3339(text) {
            let at = at.with_timezone(&self.zone);
            let day = when::short(at.date_naive());
            return format!("{day} {}.{}", when::clock(at.time()), at.format("%S"));
        }
        if let Ok(day) = text.parse::<NaiveDate>() {
            return when::short(day);
        }
        let of = |group: &str| format!("{group}-{}", text.replace('_', "-"));
        let ids = match key {
            "state" if self.fact.starts_with("letter") => vec![of("letter")],
            "state" if self.fact.starts_with("sms") => vec![of("sms")],
            "state" if self.fact.starts_with("deadline") => vec![of("deadline-state")],
            "role" if self.fact.starts_with("user") || self.fact.starts_with("attempt") => {
                vec![of("user")]
            }
            "role" => vec![of("role")],
            "kind" => vec![of("kind")],
            "policy" => vec![of("policy")],
            "reason" | "note" | "error" => vec![of("cause")],
            _ => Vec::new(),
        };
        let id = ids.iter().find(|id| self.locale.has(id));
        id.map_or_else(|| text.to_owned(), |id| self.locale.text(id))
    }
}
