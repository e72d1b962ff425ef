//! A refusal: what the office will not or cannot do, as a code and its details. Words are the client's business
//! (`locales/*/errors.ftl`), so that each client reads them in its own language.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::typed::is_unfit;

/// Why something was not done. The code is kebab-case and stable; `error-CODE` in the locale files has the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// For example `agenda-unknown`.
    pub code: String,
    /// Details to put into the words.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
    /// The form field it is about, if one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl Refusal {
    /// A refusal without details.
    pub fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            args: BTreeMap::new(),
            field: None,
        }
    }

    /// Adds a detail. Control characters and marks that hide are replaced, and long values cut to 200 characters, since they may come from a stranger.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        let clean = value
            .to_string()
            .chars()
            .take(200)
            .map(|c| if is_unfit(c) { '\u{fffd}' } else { c })
            .collect();
        self.args.insert(name.to_owned(), clean);
        self
    }

    /// Says which field of a form it is about.
    #[must_use]
    pub fn on(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// Whether the account has no role in the office: it is told nothing, and asking again is of no use until somebody gives it one.
    pub fn is_without_role(&self) -> bool {
        self.code == "forbidden" && self.args.get("role").is_some_and(|role| role == "none")
    }

    /// Whether the server could not be reached or does not speak this client's protocol (exit status 3).
    pub fn is_unreachable(&self) -> bool {
        matches!(
            self.code.as_str(),
            "unreachable" | "connection-lost" | "server-older" | "server-newer" | "protocol"
        )
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)?;
        for (name, value) in &self.args {
            write!(f, " {name}={value:?}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}
