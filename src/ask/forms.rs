//! Forms that a person is filling in, kept so that a lost line loses nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// See [`super::Request::GetDraft`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetDraft {
    /// Which form, for example `register/lpj`.
    pub form: String,
}

/// See [`super::Request::KeepDraft`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeepDraft {
    /// Which form.
    pub form: String,
    /// What was typed so far.
    pub values: BTreeMap<String, String>,
}

/// See [`super::Request::DropDraft`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DropDraft {
    /// Which form.
    pub form: String,
}

/// A form is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormKept {
    /// Forms of this person that had to go for it, oldest first: each keeps a limited number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<String>,
}
