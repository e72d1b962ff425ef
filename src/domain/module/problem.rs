//! What is wrong with a data file, told so that the person who edits it finds the place.

use crate::domain::lang::{Lang, Words};

/// One mistake in a module file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleProblem {
    /// File name as given.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Path of the key: `service[2].fields[0].type`.
    pub key: String,
    /// What is wrong, in both languages.
    pub what: Words,
    /// Nearest valid spelling.
    pub nearest: Option<String>,
}

impl ModuleProblem {
    /// File, line, key, what is wrong and the nearest spelling, in one line.
    pub fn explain(&self, lang: Lang) -> String {
        let Self {
            file,
            line,
            key,
            what,
            nearest,
        } = self;
        let place = if key.is_empty() {
            format!("{file}:{line}")
        } else {
            format!("{file}:{line}: {key}")
        };
        let hint = match (nearest, lang) {
            (Some(near), Lang::Id) => format!(". Maksud Anda \"{near}\"?"),
            (Some(near), Lang::En) => format!(". Did you mean \"{near}\"?"),
            (None, _) => String::new(),
        };
        format!("{place}: {}{hint}", what.get(lang))
    }
}

impl std::fmt::Display for ModuleProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.explain(Lang::Id))
    }
}

impl std::error::Error for ModuleProblem {}
