//! The two languages of the screen. SMS are always Indonesian.

use serde::{Deserialize, Serialize};

/// Language of the screen; Indonesian unless the user chose otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Bahasa Indonesia.
    #[default]
    Id,
    /// English.
    En,
}

/// One text in both languages. A data file may leave English out; the Indonesian text then serves both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Words {
    /// Bahasa Indonesia.
    pub id: String,
    /// English, or the Indonesian text again.
    pub en: String,
}

impl Words {
    /// Both languages given.
    pub fn new(id: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            en: en.into(),
        }
    }

    /// The same text in both languages, for names that are not translated.
    pub fn same(text: impl Into<String>) -> Self {
        let id = text.into();
        Self { en: id.clone(), id }
    }

    /// The text in one language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Id => &self.id,
            Lang::En => &self.en,
        }
    }
}
