//! Fields of a form: what they accept, the one form that is stored, and how it is shown.

use crate::domain::lang::{Lang, Words};
use crate::domain::money::Rupiah;
use crate::domain::period::{Period, PeriodKind};
use crate::domain::phone::PhoneNumber;
use crate::domain::when;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One question of a service or event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Id in snake_case.
    pub id: String,
    /// Label for screens.
    pub label: Words,
    /// What it accepts.
    pub kind: FieldType,
    /// The step that asks for it.
    pub when: When,
    /// Whether the step needs it.
    pub required: bool,
    /// For `choice`: what may be chosen.
    pub choices: Vec<Choice>,
    /// For `text`: characters at most. For `number`: digits at most.
    pub max: usize,
    /// Personal data such as a bank account: shown by its last four characters, never in an SMS.
    pub mask: bool,
    /// The placeholder it fills, when that is not its id.
    pub placeholder: Option<String>,
    /// What an SMS says in its place when it was left empty; may be empty itself.
    pub blank: Option<String>,
}

/// What a field accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    /// One line of text.
    Text,
    /// A month, stored as `2026-11`.
    Month,
    /// A date, stored as `2026-11-24`.
    Date,
    /// An amount, stored as digits.
    Rupiah,
    /// A whole number, stored as digits.
    Number,
    /// Yes or no, stored as `ya` or `tidak`.
    Bool,
    /// One of the choices, stored as its id.
    Choice,
    /// A mobile number, stored as `+628…`.
    Phone,
}

impl FieldType {
    /// Every type with its name in data files.
    pub const ALL: [(&'static str, Self); 8] = [
        ("text", Self::Text),
        ("month", Self::Month),
        ("date", Self::Date),
        ("rupiah", Self::Rupiah),
        ("number", Self::Number),
        ("bool", Self::Bool),
        ("choice", Self::Choice),
        ("phone", Self::Phone),
    ];

    /// Name in data files and JSON.
    pub fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("text", |(name, _)| name)
    }
}

/// The step that asks for a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// When the letter is registered.
    #[default]
    Register,
    /// When it is completed.
    Complete,
}

/// One answer of a `choice`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// Stored form.
    pub id: String,
    /// Shown form.
    pub label: Words,
}

/// A value that a field does not accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field.
    pub field: String,
    /// What is wrong, and an example, in both languages.
    pub what: Words,
}

impl std::fmt::Display for FieldProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.field, self.what.id)
    }
}

impl std::error::Error for FieldProblem {}

/// Longest text any field takes.
pub const LONGEST_TEXT: usize = 300;

impl Field {
    /// Whether it fills a placeholder: by `as`, else by its id. Masked fields fill none.
    pub fn fills(&self, placeholder: &str) -> bool {
        !self.mask && self.placeholder.as_deref().unwrap_or(&self.id) == placeholder
    }

    /// What an SMS says for a stored value: labels of choices instead of their ids, and `blank` for an empty one.
    pub fn for_sms(&self, stored: &str) -> Option<String> {
        if stored.is_empty() {
            return self.blank.clone();
        }
        match self.kind {
            FieldType::Choice => Some(self.display(stored, Lang::Id)),
            _ => Some(stored.to_owned()),
        }
    }

    /// The one form that is stored, from what was typed. An empty text gives an empty form, unless the field is required.
    ///
    /// # Errors
    /// [`FieldProblem`] says what is wrong and shows an example.
    pub fn parse(&self, typed: &str, today: NaiveDate) -> Result<String, FieldProblem> {
        let typed = typed.trim();
        if typed.is_empty() {
            return if self.required {
                Err(self.problem("wajib diisi", "is required"))
            } else {
                Ok(String::new())
            };
        }
        if typed.len() > LONGEST_TEXT * 4 {
            return Err(self.problem(
                format!("lebih dari {LONGEST_TEXT} karakter"),
                format!("is longer than {LONGEST_TEXT} characters"),
            ));
        }
        match self.kind {
            FieldType::Text => self.text(typed),
            FieldType::Month => match Period::parse(typed) {
                Ok(period) if period.kind() == PeriodKind::Month => Ok(period.to_string()),
                _ => Err(self.problem(
                    format!(
                        "\"{}\" bukan bulan. Contoh: 2026-11, 11-2026, Nov 2026",
                        shown(typed)
                    ),
                    format!(
                        "\"{}\" is not a month. Examples: 2026-11, 11-2026, Nov 2026",
                        shown(typed)
                    ),
                )),
            },
            FieldType::Date => match when::parse_typed(typed, today) {
                Ok(date) => Ok(date.to_string()),
                Err(bad) => Err(self.problem(bad.explain(Lang::Id), bad.explain(Lang::En))),
            },
            FieldType::Rupiah => match Rupiah::parse(typed) {
                Ok(amount) => Ok(amount.0.to_string()),
                Err(_) => Err(self.problem(
                    format!(
                        "\"{}\" bukan jumlah rupiah. Contoh: 1.234.567, 1,5jt, 350rb",
                        shown(typed)
                    ),
                    format!(
                        "\"{}\" is not an amount. Examples: 1.234.567, 1,5jt, 350rb",
                        shown(typed)
                    ),
                )),
            },
            FieldType::Number => {
                let digits: String = typed.chars().filter(|c| *c != '.').collect();
                let good = !digits.is_empty()
                    && digits.len() <= self.max
                    && digits.bytes().all(|b| b.is_ascii_digit());
                let number = good.then(|| digits.parse::<u64>().ok()).flatten();
                number.map(|n| n.to_string()).ok_or_else(|| {
                    self.problem(
                        format!(
                            "\"{}\" bukan bilangan (paling banyak {} angka)",
                            shown(typed),
                            self.max
                        ),
                        format!(
                            "\"{}\" is not a whole number (at most {} digits)",
                            shown(typed),
                            self.max
                        ),
                    )
                })
            }
            FieldType::Bool => match typed.to_lowercase().as_str() {
                "ya" | "y" | "yes" | "true" | "1" => Ok("ya".into()),
                "tidak" | "t" | "tdk" | "no" | "n" | "false" | "0" => Ok("tidak".into()),
                _ => Err(self.problem("jawab ya atau tidak", "answer ya (yes) or tidak (no)")),
            },
            FieldType::Choice => self.choice(typed),
            FieldType::Phone => match PhoneNumber::parse(typed) {
                Ok((phone, _)) => Ok(phone.as_str().to_owned()),
                Err(bad) => Err(self.problem(bad.explain(Lang::Id), bad.explain(Lang::En))),
            },
        }
    }

    /// The stored form as people see it. Masked fields show their last four characters.
    pub fn display(&self, stored: &str, lang: Lang) -> String {
        if stored.is_empty() {
            return String::new();
        }
        if self.mask {
            let hidden = stored.chars().count().saturating_sub(4);
            return stored
                .chars()
                .enumerate()
                .map(|(n, c)| if n < hidden { '•' } else { c })
                .collect();
        }
        match self.kind {
            FieldType::Month => Period::parse(stored)
                .map_or_else(|_| stored.to_owned(), |period| period.display(lang)),
            FieldType::Date => stored
                .parse()
                .map_or_else(|_| stored.to_owned(), when::short),
            FieldType::Rupiah => stored
                .parse()
                .map_or_else(|_| stored.to_owned(), |amount| Rupiah(amount).to_string()),
            FieldType::Bool => match (stored, lang) {
                ("ya", Lang::En) => "yes".into(),
                ("tidak", Lang::En) => "no".into(),
                _ => stored.to_owned(),
            },
            FieldType::Choice => {
                let choice = self.choices.iter().find(|choice| choice.id == stored);
                choice.map_or_else(
                    || stored.to_owned(),
                    |choice| choice.label.get(lang).to_owned(),
                )
            }
            FieldType::Phone => PhoneNumber::parse(stored)
                .map_or_else(|_| stored.to_owned(), |(phone, _)| phone.display()),
            FieldType::Text | FieldType::Number => stored.to_owned(),
        }
    }

    fn text(&self, typed: &str) -> Result<String, FieldProblem> {
        if typed.chars().any(char::is_control) {
            return Err(self.problem(
                "memuat karakter kendali; ketik dalam satu baris",
                "has control characters; type it on one line",
            ));
        }
        if typed.chars().count() > self.max {
            let max = self.max;
            return Err(self.problem(
                format!("paling banyak {max} karakter"),
                format!("takes at most {max} characters"),
            ));
        }
        Ok(typed.to_owned())
    }

    /// By id or label in any case, or by the beginning of just one of them.
    fn choice(&self, typed: &str) -> Result<String, FieldProblem> {
        let typed_low = typed.to_lowercase();
        let names = |choice: &Choice| {
            [&choice.id, &choice.label.id, &choice.label.en].map(|name| name.to_lowercase())
        };
        let exact = self
            .choices
            .iter()
            .find(|choice| names(choice).contains(&typed_low));
        let mut begins = self.choices.iter().filter(|choice| {
            names(choice)
                .iter()
                .any(|name| name.starts_with(&typed_low))
        });
        let only = begins.next().filter(|_| begins.next().is_none());
        exact
            .or(only)
            .map(|choice| choice.id.clone())
            .ok_or_else(|| {
                let all = self
                    .choices
                    .iter()
                    .map(|choice| choice.id.as_str())
                    .collect::<Vec<_>>()
                    .join(", ");
                let typed = shown(typed);
                self.problem(
                    format!("\"{typed}\" bukan pilihan. Pilihan: {all}"),
                    format!("\"{typed}\" is not a choice. Choices: {all}"),
                )
            })
    }

    fn problem(&self, id: impl Into<String>, en: impl Into<String>) -> FieldProblem {
        FieldProblem {
            field: self.id.clone(),
            what: Words::new(id, en),
        }
    }
}

/// What was typed, safe to show back.
fn shown(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_control()).take(40).collect()
}

#[cfg(test)]
mod tests;
