//! Every sentence a person reads, in Indonesian and in English.
//!
//! The texts live in `locales/LANGUAGE/*.ftl` (Project Fluent), are built into the program and may be overridden, file by file,
//! from the home folder. Code names a text by its id; a [`Say`] is a text chosen but not yet put into a language, so that
//! the state of the desk knows no language. This module knows nothing of screens or of the office.

use std::{borrow::Cow, fmt, path::Path};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};

mod overriding;
mod plain;
mod refusal;
#[cfg(test)]
mod tests;
mod trail;

pub use crate::domain::lang::Lang;
pub use overriding::LocaleError;

/// Every language of the screen.
pub const LANGS: [Lang; 2] = [Lang::Id, Lang::En];

/// The code used by `--lang`, `desk.lang` and the folder under `locales/`.
pub const fn lang_code(lang: Lang) -> &'static str {
    match lang {
        Lang::Id => "id",
        Lang::En => "en",
    }
}

/// The language with this code.
///
/// # Errors
/// [`UnknownLang`] for any code but `id` and `en`.
pub fn parse_lang(code: &str) -> Result<Lang, UnknownLang> {
    LANGS
        .into_iter()
        .find(|lang| lang_code(*lang) == code)
        .ok_or_else(|| UnknownLang(code.to_owned()))
}

/// A language code that is neither `id` nor `en`.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("language `{0}` is unknown; the program speaks `id` and `en`")]
pub struct UnknownLang(pub String);

/// The built-in files of a language: name and content.
const fn files(lang: Lang) -> [(&'static str, &'static str); 3] {
    match lang {
        Lang::Id => [
            ("desk.ftl", include_str!("../locales/id/desk.ftl")),
            ("cli.ftl", include_str!("../locales/id/cli.ftl")),
            ("errors.ftl", include_str!("../locales/id/errors.ftl")),
        ],
        Lang::En => [
            ("desk.ftl", include_str!("../locales/en/desk.ftl")),
            ("cli.ftl", include_str!("../locales/en/cli.ftl")),
            ("errors.ftl", include_str!("../locales/en/errors.ftl")),
        ],
    }
}

/// One value put into a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg {
    /// Text as it is; control characters must have been replaced before.
    Text(String),
    /// A count; it also selects the plural form in English.
    Number(i64),
    /// Another text of the same language.
    Say(Box<Say>),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Say> for Arg {
    fn from(say: Say) -> Self {
        Self::Say(Box::new(say))
    }
}

impl From<i64> for Arg {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Arg {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u32> for Arg {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u64> for Arg {
    fn from(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<usize> for Arg {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// A text chosen by its id, with its values, not yet in any language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Say {
    /// The id in the `.ftl` files.
    pub id: Cow<'static, str>,
    /// Values by the name of their variable.
    pub args: Vec<(&'static str, Arg)>,
}

impl Say {
    /// The text with this id; see [`Locale::say`].
    pub fn new(id: impl Into<Cow<'static, str>>) -> Self {
        Self {
            id: id.into(),
            args: Vec::new(),
        }
    }

    /// Text that is already in its final words, such as an answer of the server.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::new("plain").with("text", text.into())
    }

    /// Adds one value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.args.push((name, value.into()));
        self
    }
}

/// The texts of one language.
pub struct Locale {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Locale")
            .field("lang", &self.lang)
            .finish_non_exhaustive()
    }
}

impl Locale {
    /// The texts as built into the program.
    pub fn built_in(lang: Lang) -> Self {
        let identifier = lang_code(lang).parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
        // Isolation marks (U+2068, U+2069) would be drawn as boxes by PuTTY.
        bundle.set_use_isolating(false);
        for (_, text) in files(lang) {
            // What cannot be read is left out; a test holds the built-in files to having no such line.
            let resource =
                FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, _)| resource);
            bundle.add_resource_overriding(resource);
        }
        Self { lang, bundle }
    }

    /// The built-in texts, with what `folder/LANGUAGE/*.ftl` says instead. A missing folder changes nothing.
    ///
    /// # Errors
    /// [`LocaleError`] names file and line of a text that cannot be used or whose id the program does not know.
    pub fn load(lang: Lang, folder: &Path) -> Result<Self, LocaleError> {
        let mut locale = Self::built_in(lang);
        overriding::apply(&mut locale, &folder.join(lang_code(lang)))?;
        Ok(locale)
    }

    /// The language of these texts.
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// The text with this id. An id that does not exist is given back as it is, which is ugly but never silent.
    pub fn text(&self, id: &str) -> String {
        self.format(id, None)
    }

    /// The text with this id and its values.
    pub fn with(&self, id: &str, args: &[(&'static str, Arg)]) -> String {
        let args: FluentArgs<'_> = args
            .iter()
            .map(|(name, value)| {
                let value = match value {
                    Arg::Text(text) => FluentValue::from(text.as_str()),
                    Arg::Number(number) => FluentValue::from(*number),
                    Arg::Say(say) => FluentValue::from(self.say(say)),
                };
                (*name, value)
            })
            .collect();
        self.format(id, Some(&args))
    }

    /// A chosen text in this language.
    pub fn say(&self, say: &Say) -> String {
        if say.args.is_empty() {
            self.text(&say.id)
        } else {
            self.with(&say.id, &say.args)
        }
    }

    /// A reason in words: the server's own are codes, those of people stand as they are.
    pub fn cause(&self, reason: &str) -> String {
        let id = format!("cause-{reason}");
        if self.has(&id) {
            self.text(&id)
        } else {
            reason.to_owned()
        }
    }

    /// Whether a text with this id exists.
    pub fn has(&self, id: &str) -> bool {
        self.bundle.has_message(id)
    }

    fn format(&self, id: &str, args: Option<&FluentArgs<'_>>) -> String {
        let Some(pattern) = self
            .bundle
            .get_message(id)
            .and_then(|message| message.value())
        else {
            return id.to_owned();
        };
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, args, &mut errors);
        // A file of texts may write any character, and so may whoever a value comes from.
        let steers = |c: char| c.is_control() && c != '\n';
        if text.contains(steers) {
            text.replace(steers, " ")
        } else {
            text.into_owned()
        }
    }
}
