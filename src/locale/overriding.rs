//! Texts from the home folder that replace built-in ones.

use std::{fs, path::Path};

use fluent_bundle::FluentResource;

use super::{Locale, plain};
use crate::domain::typed;

/// Why a file of texts was refused.
#[derive(Debug, thiserror::Error)]
pub enum LocaleError {
    /// The file or its folder cannot be read.
    #[error("{file}: cannot be read: {cause}")]
    Unreadable {
        /// Path as given.
        file: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A line is not Fluent syntax.
    #[error("{file}, line {line}: not a text of the form `name = words`: {what}")]
    Syntax {
        /// Path as given.
        file: String,
        /// Counted from 1.
        line: usize,
        /// What the parser said.
        what: String,
    },
    /// The text is made of more than words and values.
    #[error("{file}, line {line}: `{id}` cannot be used: {what}")]
    Unusable {
        /// Path as given.
        file: String,
        /// Counted from 1.
        line: usize,
        /// The text.
        id: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The id is not one of the program's.
    #[error("{file}, line {line}: no text is called `{id}`{}", nearest.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    UnknownId {
        /// Path as given.
        file: String,
        /// Counted from 1.
        line: usize,
        /// As written.
        id: String,
        /// The most similar id there is, if any is similar.
        nearest: Option<String>,
    },
}

/// Adds every `*.ftl` of `folder` over the texts of `locale`, in the order of their names.
pub(super) fn apply(locale: &mut Locale, folder: &Path) -> Result<(), LocaleError> {
    let unreadable = |path: &Path, cause| LocaleError::Unreadable {
        file: path.display().to_string(),
        cause,
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unreadable(folder, error)),
    };
    let mut paths: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "ftl"))
        .collect();
    paths.sort();
    for path in paths {
        let text = crate::home::read_text(&path).map_err(|error| unreadable(&path, error))?;
        add(locale, &path.display().to_string(), &text)?;
    }
    Ok(())
}

/// Adds one text file over the texts of `locale`; `file` is how messages name it.
pub(super) fn add(locale: &mut Locale, file: &str, text: &str) -> Result<(), LocaleError> {
    let syntax = |line, what: String| LocaleError::Syntax {
        file: file.to_owned(),
        line,
        // The parser names ends of lines as they are.
        what: typed::line(&what.replace('\n', "\\n").replace('\r', "\\r")),
    };
    if let Some(at) = plain::too_deep(text) {
        return Err(syntax(line_of(text, at), plain::NESTED.to_owned()));
    }
    // Whatever else a library may stumble over: the built-in texts are there.
    let parsed = std::panic::catch_unwind(|| FluentResource::try_new(text.to_owned()));
    let resource = match parsed {
        Ok(Ok(resource)) => resource,
        Ok(Err((_, errors))) => {
            let first = errors.first();
            let line = first.map_or(1, |error| line_of(text, error.pos.start));
            return Err(syntax(
                line,
                first.map_or_else(String::new, ToString::to_string),
            ));
        }
        Err(_) => return Err(syntax(1, "the file cannot be read".to_owned())),
    };
    for (line, id) in ids(text) {
        if !locale.has(id) {
            return Err(LocaleError::UnknownId {
                file: file.to_owned(),
                line,
                id: id.to_owned(),
                nearest: nearest(id, locale),
            });
        }
    }
    plain::check(&resource).map_err(|(id, what)| {
        let line = ids(text).find(|(_, known)| *known == id);
        LocaleError::Unusable {
            file: file.to_owned(),
            line: line.map_or(1, |(line, _)| line),
            id,
            what,
        }
    })?;
    locale.bundle.add_resource_overriding(resource);
    Ok(())
}

fn nearest(id: &str, locale: &Locale) -> Option<String> {
    super::files(locale.lang)
        .iter()
        .flat_map(|(_, text)| ids(text))
        .map(|(_, known)| (strsim::damerau_levenshtein(id, known), known))
        .filter(|(distance, _)| *distance <= 3)
        .min()
        .map(|(_, known)| known.to_owned())
}

/// The ids that a file of texts defines, with their lines counted from 1. A definition starts at the left margin.
pub(super) fn ids(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().filter_map(|(index, line)| {
        let (id, _) = line.split_once('=')?;
        let id = id.trim_end();
        let plain = id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        (plain && id.starts_with(|first: char| first.is_ascii_alphabetic()))
            .then_some((index + 1, id))
    })
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}
