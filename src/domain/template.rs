//! Texts of SMS with placeholders, parsed once and measured before they are ever used.
//!
//! A template is accepted only if it fits one SMS with every placeholder filled to its limit, so nothing overflows at the moment of sending.

pub mod placeholder;

use super::gsm_text::{ONE_SMS, clean, cut, septets};
use crate::gsm::gsm7;
pub use placeholder::{Kind, Placeholder, standard};
use std::collections::BTreeMap;

/// A parsed text. Make it with [`Template::parse`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: String,
    parts: Vec<Part>,
    long: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Value {
        name: String,
        placeholder: Placeholder,
    },
}

/// Why a text is not a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateProblem {
    /// No such placeholder; the nearest one.
    UnknownPlaceholder {
        /// As written, without braces.
        name: String,
        /// Nearest known name.
        nearest: Option<String>,
    },
    /// A brace without its partner.
    Brace,
    /// A character that the GSM alphabet does not have.
    NotGsm(char),
    /// More septets than fit, with every placeholder filled to its limit.
    TooLong {
        /// Septets at most needed.
        septets: usize,
        /// Septets that fit.
        limit: usize,
    },
    /// Nothing in it.
    Empty,
}

/// Why a template could not be filled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// No value for this placeholder.
    #[error("isian {{{0}}} belum ada nilainya")]
    Missing(String),
    /// Longer than one SMS all the same, for example with a longer office name.
    #[error("teks menjadi {0} septet, lebih dari satu SMS ({ONE_SMS})")]
    TooLong(usize),
}

/// A template in parts of up to 153 septets may need this many septets at most: three SMS.
const LONG_LIMIT: usize = 3 * 153;

impl Template {
    /// Parses a text that may use the standard placeholders and those of `more`.
    ///
    /// # Errors
    /// [`TemplateProblem`] for an unknown placeholder, an unpaired brace, a character outside the GSM alphabet, or too much text;
    /// `long` allows three SMS instead of one.
    pub fn parse(
        text: &str,
        more: &BTreeMap<String, Placeholder>,
        long: bool,
    ) -> Result<Self, TemplateProblem> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at_checked(at).ok_or(TemplateProblem::Brace)?;
            push_text(&mut parts, before)?;
            let inner = from.strip_prefix('{').ok_or(TemplateProblem::Brace)?;
            let (name, after) = inner.split_once('}').ok_or(TemplateProblem::Brace)?;
            parts.push(Part::Value {
                name: name.to_owned(),
                placeholder: find(name, more)?,
            });
            rest = after;
        }
        push_text(&mut parts, rest)?;
        if parts.is_empty() {
            return Err(TemplateProblem::Empty);
        }
        let template = Self {
            text: text.to_owned(),
            parts,
            long,
        };
        let (needed, limit) = (template.max_len(), template.limit());
        if needed > limit {
            Err(TemplateProblem::TooLong {
                septets: needed,
                limit,
            })
        } else {
            Ok(template)
        }
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it may need more than one SMS.
    pub fn is_long(&self) -> bool {
        self.long
    }

    /// Septets that it may need: 160, or three parts of 153 when it is long.
    pub fn limit(&self) -> usize {
        if self.long { LONG_LIMIT } else { ONE_SMS }
    }

    /// Names of its placeholders in order, each once.
    pub fn placeholders(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for part in &self.parts {
            if let Part::Value { name, .. } = part
                && !names.contains(&name.as_str())
            {
                names.push(name);
            }
        }
        names
    }

    /// Septets with every placeholder filled to its limit.
    pub fn max_len(&self) -> usize {
        self.max_len_with(&|_, placeholder| placeholder.max)
    }

    /// Septets with the office named `office` and every other placeholder filled to its limit.
    pub fn max_len_for_office(&self, office: &str) -> usize {
        let office = septets(&clean(office)).unwrap_or(usize::MAX / 4);
        self.max_len_with(&|name, placeholder| {
            if name == "kantor" {
                office
            } else {
                placeholder.max
            }
        })
    }

    fn max_len_with(&self, size: &dyn Fn(&str, Placeholder) -> usize) -> usize {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => septets(text).unwrap_or(text.len()),
                Part::Value { name, placeholder } => size(name, *placeholder),
            })
            .fold(0, usize::saturating_add)
    }

    /// Fills the template. Values are cleaned of control characters and of what the GSM alphabet lacks, written as their kind demands
    /// and cut to their limit, whoever they come from; the result is measured once more. A longer office name than most stands in full
    /// where there is room for it.
    ///
    /// # Errors
    /// [`RenderError::Missing`] when `value` has none for a placeholder; [`RenderError::TooLong`] when it does not fit all the same.
    pub fn render(&self, value: &dyn Fn(&str) -> Option<String>) -> Result<String, RenderError> {
        let generous = self.fill(value, &|name, value| {
            (name == "kantor").then(|| clean(value))
        })?;
        if septets(&generous).is_ok_and(|size| size <= self.limit()) {
            return Ok(generous);
        }
        let strict = self.fill(value, &|_, _| None)?;
        let size = septets(&strict).unwrap_or(usize::MAX);
        if size > self.limit() {
            Err(RenderError::TooLong(size))
        } else {
            Ok(strict)
        }
    }

    /// Fills the template with values as they are: for texts that a person sees before they leave, and that may take several SMS.
    ///
    /// # Errors
    /// [`RenderError::Missing`] when `value` has none for a placeholder.
    pub fn render_whole(
        &self,
        value: &dyn Fn(&str) -> Option<String>,
    ) -> Result<String, RenderError> {
        self.fill(value, &|_, value| Some(value.to_owned()))
    }

    /// One pass; `exempt` gives the values that are not to be cut.
    fn fill(
        &self,
        value: &dyn Fn(&str) -> Option<String>,
        exempt: &dyn Fn(&str, &str) -> Option<String>,
    ) -> Result<String, RenderError> {
        let mut out = String::with_capacity(ONE_SMS);
        for part in &self.parts {
            match part {
                // An empty value takes the blank after it along.
                Part::Text(text) if out.is_empty() || out.ends_with(' ') => {
                    out.push_str(text.trim_start_matches(' '));
                }
                Part::Text(text) => out.push_str(text),
                Part::Value { name, placeholder } => {
                    let value = value(name).ok_or_else(|| RenderError::Missing(name.clone()))?;
                    out.push_str(&exempt(name, &value).unwrap_or_else(|| placeholder.fit(&value)));
                }
            }
        }
        out.truncate(out.trim_end().len());
        Ok(out)
    }
}

/// The standard placeholder whose name is nearest to a word.
pub fn nearest_standard(word: &str) -> Option<&'static str> {
    super::module::nearest(word, placeholder::NAMES.iter().map(|(name, ..)| *name))
}

fn push_text(parts: &mut Vec<Part>, text: &str) -> Result<(), TemplateProblem> {
    if let Some(c) = text
        .chars()
        .find(|c| c.is_control() || gsm7::width(*c).is_none())
    {
        return Err(TemplateProblem::NotGsm(c));
    }
    if !text.is_empty() {
        parts.push(Part::Text(text.to_owned()));
    }
    Ok(())
}

/// A name, or a name with a number for the second and third of its kind: `item2` is like `item`.
fn find(name: &str, more: &BTreeMap<String, Placeholder>) -> Result<Placeholder, TemplateProblem> {
    let known = |name: &str| standard(name).or_else(|| more.get(name).copied());
    known(name)
        .or_else(|| known(name.trim_end_matches(|c: char| c.is_ascii_digit())))
        .ok_or_else(|| {
            let names = placeholder::NAMES
                .iter()
                .map(|(name, ..)| *name)
                .chain(more.keys().map(String::as_str));
            TemplateProblem::UnknownPlaceholder {
                name: cut(name, 40).to_owned(),
                nearest: super::module::nearest(name, names).map(str::to_owned),
            }
        })
}

#[cfg(test)]
mod tests;
