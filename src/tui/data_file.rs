//! What keymap and theme files have in common: TOML with line numbers, and an error that names file, line and nearest spelling.

use std::{collections::BTreeMap, fmt, ops::Range, path::Path};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::home::read_text;
use crate::locale::{Lang, Locale, Say};

/// Why a line of a keymap or theme was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// The file as the person knows it.
    pub file: String,
    /// Counted from 1; `None` when the whole file is meant.
    pub line: Option<usize>,
    /// What is wrong with it.
    pub what: Say,
    /// The most similar spelling that would be right, if any is similar.
    pub nearest: Option<String>,
}

impl FileError {
    /// The whole error as a text of the screen.
    pub fn say(&self) -> Say {
        let place = match self.line {
            Some(line) => Say::new("file-line")
                .with("file", self.file.as_str())
                .with("line", line),
            None => Say::plain(self.file.as_str()),
        };
        match &self.nearest {
            Some(nearest) => Say::new("file-error-nearest")
                .with("place", place)
                .with("what", self.what.clone())
                .with("nearest", nearest.as_str()),
            None => Say::new("file-error")
                .with("place", place)
                .with("what", self.what.clone()),
        }
    }
}

/// In English, for the log; screens and the command line use [`FileError::say`].
impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Locale::built_in(Lang::En).say(&self.say()))
    }
}

impl std::error::Error for FileError {}

/// A file being read, with the errors found in it so far.
pub(super) struct DataFile<'t> {
    file: &'t str,
    text: &'t str,
    /// All that is wrong, in the order it was found.
    pub(super) errors: Vec<FileError>,
}

impl<'t> DataFile<'t> {
    pub(super) const fn new(file: &'t str, text: &'t str) -> Self {
        Self {
            file,
            text,
            errors: Vec::new(),
        }
    }

    /// The whole as a table; `None` when it is not TOML.
    pub(super) fn table(&mut self) -> Option<DeTable<'t>> {
        match DeTable::parse(self.text) {
            Ok(table) => Some(table.into_inner()),
            Err(error) => {
                let span = error.span().unwrap_or_default();
                self.refuse(
                    &span,
                    Say::new("file-not-toml").with("what", error.message()),
                    None,
                );
                None
            }
        }
    }

    pub(super) fn refuse(&mut self, span: &Range<usize>, what: Say, nearest: Option<String>) {
        let line = self
            .text
            .bytes()
            .take(span.start)
            .filter(|byte| *byte == b'\n')
            .count()
            + 1;
        self.errors.push(FileError {
            file: self.file.to_owned(),
            line: Some(line),
            what,
            nearest,
        });
    }

    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        self.text
            .bytes()
            .take(span.start)
            .filter(|byte| *byte == b'\n')
            .count()
            + 1
    }

    /// A string value, or an error at its line.
    pub(super) fn string<'v>(&mut self, value: &'v Spanned<DeValue<'_>>) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.refuse(&value.span(), Say::new("file-not-a-string"), None);
        }
        text
    }
}

/// The entries of a table as they stand in the file: key, place of the key, value.
pub(super) fn in_order<'v, 't>(
    table: &'v DeTable<'t>,
) -> Vec<(&'v str, Range<usize>, &'v Spanned<DeValue<'t>>)> {
    let mut entries: Vec<_> = table
        .iter()
        .map(|(key, value)| (key.get_ref().as_ref(), key.span(), value))
        .collect();
    entries.sort_by_key(|(_, span, _)| span.start);
    entries
}

/// The most similar of the right spellings.
pub(super) fn nearest<'w>(wrong: &str, right: impl IntoIterator<Item = &'w str>) -> Option<String> {
    let allowed = (wrong.chars().count() / 3).clamp(1, 3);
    right
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(wrong, word), word))
        .filter(|(distance, word)| {
            *distance <= allowed || (wrong.len() > 3 && word.contains(wrong))
        })
        .min()
        .map(|(_, word)| word.to_owned())
}

/// Reads every `*.toml` of a folder of the home folder: name without extension → (path, text). A missing folder is empty.
pub(super) fn read_folder(folder: &Path) -> Result<BTreeMap<String, (String, String)>, FileError> {
    let unreadable = |path: &Path, cause: &std::io::Error| FileError {
        file: path.display().to_string(),
        line: None,
        what: Say::new("file-unreadable").with("cause", cause.to_string()),
        nearest: None,
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(unreadable(folder, &error)),
    };
    let mut found = BTreeMap::new();
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let name = path.file_stem().and_then(|stem| stem.to_str());
        if let (Some(name), Some("toml")) = (
            name,
            path.extension().and_then(|extension| extension.to_str()),
        ) {
            let text = read_text(&path).map_err(|error| unreadable(&path, &error))?;
            found.insert(name.to_owned(), (path.display().to_string(), text));
        }
    }
    Ok(found)
}
