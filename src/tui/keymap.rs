//! Which key does what, where: read from `keymaps/*.toml`.
//!
//! One table per [`Context`], keys on the left, one key or two separated by a space. A context inherits what its parents
//! bind; where text is typed, only keys that type nothing are inherited. `inherit = "default"` at the top of a file starts
//! from that keymap; the value `"none"` takes a key away.

use std::{collections::BTreeMap, fmt, ops::Range, path::Path};

use super::{
    action::{Action, Context},
    data_file::{DataFile, FileError, in_order, nearest, read_folder},
    key::Key,
};
use crate::locale::Say;

pub mod docs;
#[cfg(test)]
mod tests;

/// The keymaps built into the program: name and text.
const BUILT_IN: [(&str, &str); 3] = [
    ("default", include_str!("../../keymaps/default.toml")),
    ("vim", include_str!("../../keymaps/vim.toml")),
    (
        "function-keys",
        include_str!("../../keymaps/function-keys.toml"),
    ),
];

/// One or two keys pressed one after the other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(Vec<Key>);

impl Sequence {
    /// The keys in the order they are pressed.
    pub fn keys(&self) -> &[Key] {
        &self.0
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, key) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{key}")?;
        }
        Ok(())
    }
}

/// What the keys pressed so far mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// They are bound to this action.
    Action(Action),
    /// They begin a longer sequence.
    Begins,
    /// They are bound to nothing.
    Nothing,
}

/// The bindings of every context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    name: String,
    /// In the order of the file; `None` hides what a parent binds.
    tables: BTreeMap<Context, Vec<(Sequence, Option<Action>)>>,
}

impl Keymap {
    /// The names of the built-in keymaps.
    pub fn names<'a>() -> impl Iterator<Item = &'a str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// A keymap that is built in. `None` for other names; the built-in ones are held free of errors by a test.
    pub fn built_in(name: &str) -> Option<Self> {
        let (name, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
        Self::parse(name, &format!("keymaps/{name}.toml"), text).ok()
    }

    /// The keymap of this name, from `folder` (of the home folder) or else built in.
    ///
    /// # Errors
    /// All that is wrong in the file, or that there is no such keymap.
    pub fn load(name: &str, folder: &Path) -> Result<Self, Vec<FileError>> {
        let own = read_folder(folder).map_err(|error| vec![error])?;
        if let Some((file, text)) = own.get(name) {
            return Self::parse(name, file, text);
        }
        Self::built_in(name).ok_or_else(|| {
            let known = own.keys().map(String::as_str).chain(Self::names());
            vec![FileError {
                file: folder.join(format!("{name}.toml")).display().to_string(),
                line: None,
                what: Say::new("keymap-unknown").with("name", name),
                nearest: nearest(name, known),
            }]
        })
    }

    /// Every keymap of `folder`, read; for `sipintar check`.
    ///
    /// # Errors
    /// All that is wrong in all files.
    pub fn check(folder: &Path) -> Result<Vec<String>, Vec<FileError>> {
        let own = read_folder(folder).map_err(|error| vec![error])?;
        let mut errors = Vec::new();
        for (name, (file, text)) in &own {
            errors.extend(Self::parse(name, file, text).err().into_iter().flatten());
        }
        if errors.is_empty() {
            Ok(own.into_keys().collect())
        } else {
            Err(errors)
        }
    }

    /// Reads a keymap; `file` is how messages name it.
    ///
    /// # Errors
    /// All that is wrong in it, each with its line.
    pub fn parse(name: &str, file: &str, text: &str) -> Result<Self, Vec<FileError>> {
        let mut data = DataFile::new(file, text);
        let mut keymap = Self {
            name: name.to_owned(),
            tables: BTreeMap::new(),
        };
        let mut inherited = None;
        let mut places = Vec::new();
        if let Some(table) = data.table() {
            for (key, span, value) in in_order(&table) {
                if key == "inherit" {
                    let Some(parent) = data.string(value) else {
                        continue;
                    };
                    match Self::built_in(parent) {
                        Some(parent) => inherited = Some(parent),
                        None => data.refuse(
                            &value.span(),
                            Say::new("keymap-unknown").with("name", parent),
                            nearest(parent, Self::names()),
                        ),
                    }
                    continue;
                }
                let contexts = Context::ALL;
                let Some(context) = contexts.into_iter().find(|context| context.name() == key)
                else {
                    let names = contexts
                        .iter()
                        .map(|context| context.name())
                        .chain(["inherit"]);
                    data.refuse(
                        &span,
                        Say::new("keymap-bad-table").with("name", key),
                        nearest(key, names),
                    );
                    continue;
                };
                let Some(bindings) = value.get_ref().as_table() else {
                    data.refuse(
                        &value.span(),
                        Say::new("keymap-not-a-table").with("name", key),
                        None,
                    );
                    continue;
                };
                let mut lines: BTreeMap<Sequence, usize> = BTreeMap::new();
                for (keys, span, value) in in_order(bindings) {
                    let Some(sequence) = sequence(&mut data, keys, &span, context) else {
                        continue;
                    };
                    let Some(action) = action(&mut data, value, context) else {
                        continue;
                    };
                    if let Some(first) = lines.insert(sequence.clone(), data.line(&span)) {
                        data.refuse(
                            &span,
                            Say::new("keymap-key-twice")
                                .with("key", keys)
                                .with("line", first),
                            None,
                        );
                    }
                    places.push((context, sequence.clone(), span));
                    keymap
                        .tables
                        .entry(context)
                        .or_default()
                        .push((sequence, action));
                }
            }
            // Own keys stand before inherited ones, so that hints name them first.
            for (context, table) in inherited.into_iter().flat_map(|parent| parent.tables) {
                let own = keymap.tables.entry(context).or_default();
                for (sequence, action) in table {
                    if own.iter().all(|(bound, _)| *bound != sequence) {
                        own.push((sequence, action));
                    }
                }
            }
            keymap.refuse_shadowed(&mut data, &places);
        }
        if data.errors.is_empty() {
            Ok(keymap)
        } else {
            Err(data.errors)
        }
    }

    /// A key bound by itself and as the start of two would never reach the second. `places` are the sequences of the file.
    fn refuse_shadowed(
        &self,
        data: &mut DataFile<'_>,
        places: &[(Context, Sequence, Range<usize>)],
    ) {
        for (table, sequence, span) in places {
            let below = Context::ALL
                .into_iter()
                .filter(|context| context.chain().any(|parent| parent == *table));
            let shadow = below
                .flat_map(|context| self.bindings(context))
                .map(|(other, _)| other)
                .find(|other| {
                    other.0.len() != sequence.0.len() && other.0.first() == sequence.0.first()
                });
            if let Some(shadow) = shadow {
                let (long, short) = if shadow.0.len() > sequence.0.len() {
                    (shadow, sequence)
                } else {
                    (sequence, shadow)
                };
                let what = Say::new("keymap-shadowed")
                    .with("key", long.to_string())
                    .with("first", short.to_string());
                data.refuse(span, what, None);
            }
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What these keys mean in this context.
    pub fn meaning(&self, context: Context, keys: &[Key]) -> Meaning {
        let mut begins = false;
        for (sequence, action) in self.visible(context) {
            if sequence.0 == keys {
                return action.map_or(Meaning::Nothing, Meaning::Action);
            }
            begins |= action.is_some() && sequence.0.starts_with(keys);
        }
        if begins {
            Meaning::Begins
        } else {
            Meaning::Nothing
        }
    }

    /// All that is bound in this context with what it inherits, nearest first.
    pub fn bindings(&self, context: Context) -> Vec<(&Sequence, Action)> {
        let mut seen: Vec<&Sequence> = Vec::new();
        let mut found = Vec::new();
        for (sequence, action) in self.visible(context) {
            if !seen.contains(&sequence) {
                seen.push(sequence);
                found.extend(action.map(|action| (sequence, action)));
            }
        }
        found
    }

    /// The keys of an action in this context, the first of the file first.
    pub fn keys(&self, context: Context, action: Action) -> Vec<&Sequence> {
        self.bindings(context)
            .into_iter()
            .filter(|(_, bound)| *bound == action)
            .map(|(keys, _)| keys)
            .collect()
    }

    /// The first key of an action in this context, as hints and messages name it.
    pub fn key(&self, context: Context, action: Action) -> Option<String> {
        self.keys(context, action).first().map(ToString::to_string)
    }

    fn visible(&self, context: Context) -> impl Iterator<Item = (&Sequence, Option<Action>)> {
        context.chain().flat_map(move |table| {
            let inherited_by_text = context.takes_text() && table != context;
            self.tables
                .get(&table)
                .into_iter()
                .flatten()
                .filter(move |(sequence, _)| {
                    !(inherited_by_text
                        && sequence.0.first().is_some_and(|key| key.typed().is_some()))
                })
                .map(|(sequence, action)| (sequence, *action))
        })
    }
}

fn sequence(
    data: &mut DataFile<'_>,
    text: &str,
    span: &Range<usize>,
    context: Context,
) -> Option<Sequence> {
    let mut keys = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match word.parse::<Key>() {
            Ok(key) => keys.push(key),
            Err(bad) => {
                data.refuse(
                    span,
                    Say::new("keymap-bad-key").with("key", bad.text),
                    bad.nearest,
                );
                return None;
            }
        }
    }
    if keys.is_empty() || keys.len() > 2 {
        data.refuse(
            span,
            Say::new("keymap-bad-sequence").with("key", text),
            None,
        );
        return None;
    }
    if context.takes_text() && keys.iter().any(|key| key.typed().is_some()) {
        data.refuse(
            span,
            Say::new("keymap-types-text")
                .with("key", text)
                .with("table", context.name()),
            None,
        );
        return None;
    }
    Some(Sequence(keys))
}

/// The outer `None` is an error, the inner one takes the key away.
#[expect(
    clippy::option_option,
    reason = "the two kinds of nothing are told apart by the one caller"
)]
fn action(
    data: &mut DataFile<'_>,
    value: &toml::Spanned<toml::de::DeValue<'_>>,
    context: Context,
) -> Option<Option<Action>> {
    let Some(name) = value.get_ref().as_str() else {
        data.refuse(&value.span(), Say::new("file-not-a-string"), None);
        return None;
    };
    if name == "none" {
        return Some(None);
    }
    let Some(action) = Action::by_name(name) else {
        let names = Action::ALL
            .iter()
            .map(|action| action.name())
            .chain(["none"]);
        data.refuse(
            &value.span(),
            Say::new("keymap-bad-action").with("name", name),
            nearest(name, names),
        );
        return None;
    };
    if !action.belongs_to(context) {
        let place = action
            .contexts()
            .first()
            .map_or("", |context| context.name());
        let what = Say::new("keymap-wrong-table")
            .with("name", name)
            .with("table", context.name())
            .with("right", place);
        data.refuse(&value.span(), what, None);
        return None;
    }
    Some(Some(action))
}
