//! How things look: roles with a meaning, read from `themes/*.toml`.
//!
//! Sixteen named colours only, and the meaning survives without any of them: what a colour says, a word says too.

use std::{collections::BTreeMap, path::Path};

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

use super::data_file::{DataFile, FileError, in_order, nearest, read_folder};
use crate::locale::Say;

/// The themes built into the program: name and text.
const BUILT_IN: [(&str, &str); 4] = [
    ("default", include_str!("../../themes/default.toml")),
    ("light", include_str!("../../themes/light.toml")),
    (
        "high-contrast",
        include_str!("../../themes/high-contrast.toml"),
    ),
    ("mono", include_str!("../../themes/mono.toml")),
];

macro_rules! roles {
    ($($(#[$doc:meta])* $variant:ident, $name:literal, $fallback:ident;)+) => {
        /// What a piece of the screen means.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Role {
            $($(#[$doc])* $variant,)+
        }

        impl Role {
            /// Every role.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name in theme files.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Whose look it takes when the theme says nothing; `text` ends every chain.
            #[must_use]
            pub const fn fallback(self) -> Self {
                match self { $(Self::$variant => Self::$fallback),+ }
            }
        }
    };
}

roles! {
    /// Ordinary text.
    Text, "text", Text;
    /// What may be overlooked: units, hints, empty places.
    Muted, "muted", Text;
    /// Titles of panes and popups.
    Title, "title", Text;
    /// Heads of columns.
    Header, "header", Title;
    /// Frames.
    Border, "border", Muted;
    /// The row under the cursor.
    Selected, "selected", Text;
    /// A marked row.
    Marked, "marked", Title;
    /// A tab.
    Tab, "tab", Text;
    /// The open tab.
    TabActive, "tab-active", Selected;
    /// A key in hints and help.
    Key, "key", Title;
    /// What cannot be done now.
    Unavailable, "unavailable", Muted;
    /// The name of a field.
    FieldLabel, "field-label", Text;
    /// The field being typed into.
    FieldActive, "field-active", Selected;
    /// Why a field is refused.
    FieldInvalid, "field-invalid", Danger;
    /// A message that all went well.
    Info, "info", Text;
    /// A message to think about.
    Warning, "warning", Title;
    /// A message that something failed.
    Danger, "danger", Text;
    /// Due today or soon.
    DueSoon, "due-soon", Warning;
    /// Overdue; the text says `TERLAMBAT` too.
    Overdue, "overdue", Danger;
    /// Done.
    Done, "done", Muted;
    /// The status line.
    Status, "status", Text;
    /// SIMULASI, loud.
    Simulation, "simulation", Warning;
    /// The part of a text that differs from the template, or that a find has found.
    Difference, "difference", Warning;
}

/// The frame characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Borders {
    /// `+`, `-` and `|`: for any font and any character set.
    Ascii,
    /// Thin lines.
    #[default]
    Plain,
    /// Thin lines with rounded corners.
    Rounded,
}

const ASCII: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

impl Borders {
    /// As ratatui wants them.
    pub const fn set(self) -> border::Set<'static> {
        match self {
            Self::Ascii => ASCII,
            Self::Plain => border::PLAIN,
            Self::Rounded => border::ROUNDED,
        }
    }

    /// One horizontal line character.
    pub const fn horizontal(self) -> &'static str {
        self.set().horizontal_top
    }

    /// One vertical line character.
    pub const fn vertical(self) -> &'static str {
        self.set().vertical_left
    }
}

/// The look of every role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    name: String,
    styles: BTreeMap<Role, Style>,
    borders: Borders,
}

impl Theme {
    /// The names of the built-in themes.
    pub fn names<'a>() -> impl Iterator<Item = &'a str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// A theme that is built in. `None` for other names; the built-in ones are held free of errors by a test.
    pub fn built_in(name: &str) -> Option<Self> {
        let (name, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
        Self::parse(name, &format!("themes/{name}.toml"), text).ok()
    }

    /// The theme of this name, from `folder` (of the home folder) or else built in.
    /// With `no_color` (the variable `NO_COLOR`, no-color.org) colours are dropped and modifiers stay: crossterm's own
    /// treatment of the variable would wipe the modifiers too.
    ///
    /// # Errors
    /// All that is wrong in the file, or that there is no such theme.
    pub fn load(name: &str, folder: &Path, no_color: bool) -> Result<Self, Vec<FileError>> {
        let own = read_folder(folder).map_err(|error| vec![error])?;
        let theme = match own.get(name) {
            Some((file, text)) => Self::parse(name, file, text)?,
            None => Self::built_in(name).ok_or_else(|| {
                vec![FileError {
                    file: folder.join(format!("{name}.toml")).display().to_string(),
                    line: None,
                    what: Say::new("theme-unknown").with("name", name),
                    nearest: nearest(name, own.keys().map(String::as_str).chain(Self::names())),
                }]
            })?,
        };
        Ok(if no_color {
            theme.without_colours()
        } else {
            theme
        })
    }

    /// Every theme of `folder`, read; for `sipintar check`.
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

    /// Reads a theme; `file` is how messages name it.
    ///
    /// # Errors
    /// All that is wrong in it, each with its line.
    pub fn parse(name: &str, file: &str, text: &str) -> Result<Self, Vec<FileError>> {
        let mut data = DataFile::new(file, text);
        let mut theme = Self {
            name: name.to_owned(),
            styles: BTreeMap::new(),
            borders: Borders::default(),
        };
        if let Some(table) = data.table() {
            for (key, span, value) in in_order(&table) {
                if key == "borders" {
                    match data.string(value) {
                        Some("ascii") => theme.borders = Borders::Ascii,
                        Some("plain") => theme.borders = Borders::Plain,
                        Some("rounded") => theme.borders = Borders::Rounded,
                        Some(other) => data.refuse(
                            &value.span(),
                            Say::new("theme-bad-borders").with("name", other),
                            nearest(other, ["ascii", "plain", "rounded"]),
                        ),
                        None => {}
                    }
                    continue;
                }
                let Some(role) = Role::ALL.iter().copied().find(|role| role.name() == key) else {
                    let names = Role::ALL.iter().map(|role| role.name()).chain(["borders"]);
                    data.refuse(
                        &span,
                        Say::new("theme-bad-role").with("name", key),
                        nearest(key, names),
                    );
                    continue;
                };
                if let Some(style) = style(&mut data, value) {
                    theme.styles.insert(role, style);
                }
            }
        }
        if data.errors.is_empty() {
            Ok(theme)
        } else {
            Err(data.errors)
        }
    }

    /// The same theme without any colour.
    #[must_use]
    pub fn without_colours(mut self) -> Self {
        let ground = self.style(Role::Text).bg;
        for style in self.styles.values_mut() {
            // A coloured ground becomes reversed video, or the selected row would no longer be seen.
            if style.bg.is_some_and(|colour| Some(colour) != ground) {
                *style = style.add_modifier(Modifier::REVERSED);
            }
            style.fg = None;
            style.bg = None;
        }
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The look of a role, or of the nearest role that it falls back to.
    pub fn style(&self, role: Role) -> Style {
        let mut role = role;
        loop {
            if let Some(style) = self.styles.get(&role) {
                return *style;
            }
            if role == role.fallback() {
                return Style::new();
            }
            role = role.fallback();
        }
    }

    /// The frame characters.
    pub const fn borders(&self) -> Borders {
        self.borders
    }
}

const COLOURS: [(&str, Color); 17] = [
    ("default", Color::Reset),
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("gray", Color::Gray),
    ("dark-gray", Color::DarkGray),
    ("light-red", Color::LightRed),
    ("light-green", Color::LightGreen),
    ("light-yellow", Color::LightYellow),
    ("light-blue", Color::LightBlue),
    ("light-magenta", Color::LightMagenta),
    ("light-cyan", Color::LightCyan),
    ("white", Color::White),
];

const MODIFIERS: [(&str, Modifier); 5] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underlined", Modifier::UNDERLINED),
    ("reversed", Modifier::REVERSED),
];

/// `{ fg = "red", bg = "black", modifiers = ["bold"] }`, or a colour alone.
fn style(data: &mut DataFile<'_>, value: &toml::Spanned<toml::de::DeValue<'_>>) -> Option<Style> {
    if value.get_ref().is_str() {
        return Some(Style::new().fg(colour(data, value)?));
    }
    let Some(table) = value.get_ref().as_table() else {
        data.refuse(&value.span(), Say::new("theme-bad-style"), None);
        return None;
    };
    let mut style = Style::new();
    for (key, span, value) in in_order(table) {
        match key {
            "fg" => style.fg = colour(data, value),
            "bg" => style.bg = colour(data, value),
            "modifiers" => {
                let Some(names) = value.get_ref().as_array() else {
                    data.refuse(&value.span(), Say::new("theme-bad-modifiers"), None);
                    continue;
                };
                for name in names {
                    let Some(text) = data.string(name) else {
                        continue;
                    };
                    match MODIFIERS.iter().find(|(known, _)| *known == text) {
                        Some((_, modifier)) => style = style.add_modifier(*modifier),
                        None => data.refuse(
                            &name.span(),
                            Say::new("theme-bad-modifier").with("name", text),
                            nearest(text, MODIFIERS.iter().map(|(name, _)| *name)),
                        ),
                    }
                }
            }
            other => data.refuse(
                &span,
                Say::new("theme-bad-key").with("name", other),
                nearest(other, ["fg", "bg", "modifiers"]),
            ),
        }
    }
    Some(style)
}

fn colour(data: &mut DataFile<'_>, value: &toml::Spanned<toml::de::DeValue<'_>>) -> Option<Color> {
    let name = data.string(value)?;
    if let Some((_, colour)) = COLOURS.iter().find(|(known, _)| *known == name) {
        return Some(*colour);
    }
    let nearest = nearest(name, COLOURS.iter().map(|(name, _)| *name));
    data.refuse(
        &value.span(),
        Say::new("theme-bad-colour").with("name", name),
        nearest,
    );
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_theme_loads_and_says_the_difference_without_colour() {
        for (name, text) in BUILT_IN {
            let theme =
                Theme::parse(name, name, text).unwrap_or_else(|errors| panic!("{errors:#?}"));
            let mono = theme.clone().without_colours();
            for role in [
                Role::Selected,
                Role::TabActive,
                Role::Overdue,
                Role::Simulation,
                Role::FieldActive,
            ] {
                assert_ne!(
                    mono.style(role),
                    mono.style(Role::Text),
                    "{name}: {} needs a modifier",
                    role.name()
                );
            }
            assert!(
                mono.styles
                    .values()
                    .all(|style| style.fg.is_none() && style.bg.is_none()),
                "{name}: colours remain"
            );
        }
        let mono = Theme::built_in("mono").unwrap();
        assert_eq!(mono, mono.clone().without_colours());
    }

    #[test]
    fn a_missing_role_falls_back() {
        let theme = Theme::parse("mine", "mine.toml", "danger = \"red\"\n").unwrap();
        assert_eq!(theme.style(Role::Overdue).fg, Some(Color::Red));
        assert_eq!(theme.style(Role::DueSoon), Style::new());
        for role in Role::ALL {
            let mut role = *role;
            for _ in 0..Role::ALL.len() {
                role = role.fallback();
            }
            assert_eq!(role, Role::Text);
        }
    }

    #[test]
    fn a_broken_theme_is_refused_with_line_and_nearest_spelling() {
        let check = |text: &str, expected: &str| {
            let errors = Theme::parse("mine", "mine.toml", text).expect_err(text);
            let all: Vec<_> = errors.iter().map(ToString::to_string).collect();
            assert!(
                all.iter().any(|error| error.contains(expected)),
                "{all:#?} do not say `{expected}`"
            );
        };
        check(
            "\nover-due = \"red\"\n",
            "mine.toml, line 2: there is no role `over-due`. Did you mean `overdue`?",
        );
        check(
            "overdue = \"rad\"\n",
            "line 1: there is no colour `rad`. Did you mean `red`?",
        );
        check(
            "overdue = \"#ff0000\"\n",
            "line 1: there is no colour `#ff0000`",
        );
        check("overdue = { fgg = \"red\" }\n", "Did you mean `fg`?");
        check(
            "overdue = { modifiers = [\"blod\"] }\n",
            "Did you mean `bold`?",
        );
        check(
            "overdue = { modifiers = \"bold\" }\n",
            "line 1: `modifiers` is a list",
        );
        check("overdue = 3\n", "line 1: a look is a colour or");
        check("borders = \"round\"\n", "Did you mean `rounded`?");
        check("borders\n", "mine.toml, line 1");
        check("text = \"red\"\ntext = \"red\"\n", "mine.toml, line 2");
    }

    #[test]
    fn no_color_drops_the_colours_of_any_theme() {
        let theme = Theme::load("default", Path::new("/nonexistent"), true).unwrap();
        assert_eq!(theme.style(Role::Overdue).fg, None);
        assert!(
            theme
                .style(Role::Overdue)
                .add_modifier
                .contains(Modifier::BOLD)
        );
        assert_eq!(
            Theme::load("drak", Path::new("/nonexistent"), false)
                .unwrap_err()
                .len(),
            1
        );
    }
}
