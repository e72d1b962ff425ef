//! `[users]` and `[desk]`: who may do what, and how the desk looks.

use serde::{Deserialize, Deserializer};

use crate::domain::access::{Grant, Role};
use crate::domain::lang::Lang;

/// A user: `sari = "desk"` or `budi = { role = "section", section = "VERA" }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// What the account may do.
    pub role: Role,
    /// For `section`: whose modules, in capital letters.
    pub section: Option<String>,
}

impl User {
    /// What the account is given by it.
    pub fn grant(&self) -> Grant {
        Grant {
            role: self.role,
            section: self.section.clone(),
        }
    }
}

impl<'de> Deserialize<'de> for User {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Role(String),
            Full(Full),
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Full {
            role: String,
            section: Option<String>,
        }
        let bad = <D::Error as serde::de::Error>::custom;
        let (role, section) = match Form::deserialize(deserializer)? {
            Form::Role(role) => (role, None),
            Form::Full(full) => (full.role, full.section),
        };
        let Some(role) = Role::GIVEN.into_iter().find(|known| known.as_str() == role) else {
            let expected = Role::GIVEN
                .map(|role| format!("`{}`", role.as_str()))
                .join(", ");
            return Err(bad(format!(
                "unknown variant `{role}`, expected one of {expected}"
            )));
        };
        if role == Role::Section && section.is_none() {
            return Err(bad("role = \"section\" needs section = \"…\"".to_owned()));
        }
        Ok(Self {
            role,
            section: section.map(|section| section.trim().to_uppercase()),
        })
    }
}

/// `[desk]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Desk {
    /// Language of the screen.
    #[serde(deserialize_with = "lang")]
    pub lang: Lang,
    /// Name of a theme.
    pub theme: String,
    /// Name of a keymap.
    pub keymap: String,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            lang: Lang::Id,
            theme: "default".to_owned(),
            keymap: "default".to_owned(),
        }
    }
}

fn lang<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Lang, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "id" => Ok(Lang::Id),
        "en" => Ok(Lang::En),
        other => Err(serde::de::Error::custom(format!(
            "unknown variant `{other}`, expected one of `id`, `en`"
        ))),
    }
}
