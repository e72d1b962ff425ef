//! One spelling of each key, as keymaps write it: `n`, `ctrl-s`, `f1`, `shift-tab`, `space`, `?`.

use std::{fmt, str::FromStr};

/// What was pressed, without Ctrl, Alt and Shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A character; an upper-case letter is a character of its own and never carries Shift.
    Char(char),
    /// Enter, also of the number pad.
    Enter,
    /// Escape.
    Esc,
    /// Tab; with Shift it goes backwards.
    Tab,
    /// Backspace, whichever of its two bytes the terminal sends.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// F1 to F24.
    F(u8),
}

/// A key with what was held down beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The key itself.
    pub code: Code,
    /// Ctrl was held.
    pub ctrl: bool,
    /// Alt was held; no shipped keymap needs it, because PuTTY and window managers take it.
    pub alt: bool,
    /// Shift was held; never set for characters.
    pub shift: bool,
}

impl Key {
    /// The key alone.
    pub const fn plain(code: Code) -> Self {
        Self {
            code,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }

    /// A character.
    pub const fn char(c: char) -> Self {
        Self::plain(Code::Char(c))
    }

    /// A letter with Ctrl.
    pub const fn ctrl(c: char) -> Self {
        Self {
            code: Code::Char(c),
            ctrl: true,
            alt: false,
            shift: false,
        }
    }

    /// The character this key types into a text, if it types one.
    pub const fn typed(self) -> Option<char> {
        match self {
            Self {
                code: Code::Char(c),
                ctrl: false,
                alt: false,
                ..
            } => Some(c),
            _ => None,
        }
    }
}

/// Names of the keys that are not characters.
const NAMED: [(&str, Code); 15] = [
    ("enter", Code::Enter),
    ("esc", Code::Esc),
    ("tab", Code::Tab),
    ("backspace", Code::Backspace),
    ("delete", Code::Delete),
    ("insert", Code::Insert),
    ("up", Code::Up),
    ("down", Code::Down),
    ("left", Code::Left),
    ("right", Code::Right),
    ("home", Code::Home),
    ("end", Code::End),
    ("page-up", Code::PageUp),
    ("page-down", Code::PageDown),
    ("space", Code::Char(' ')),
];

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [
            (self.ctrl, "ctrl-"),
            (self.alt, "alt-"),
            (self.shift, "shift-"),
        ] {
            if held {
                f.write_str(name)?;
            }
        }
        if let Some((name, _)) = NAMED.iter().find(|(_, code)| *code == self.code) {
            return f.write_str(name);
        }
        match self.code {
            Code::F(n) => write!(f, "f{n}"),
            Code::Char(c) => write!(f, "{c}"),
            other => write!(f, "{other:?}"),
        }
    }
}

/// Text that is not the spelling of a key.
#[derive(Debug, PartialEq, Eq)]
pub struct BadKey {
    /// As written.
    pub text: String,
    /// The most similar spelling, if any is similar.
    pub nearest: Option<String>,
}

impl FromStr for Key {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut key = Self::plain(Code::Esc);
        let mut rest = text;
        loop {
            let (prefix, held) = match rest.split_once('-') {
                Some(("ctrl", after)) if !after.is_empty() => (after, &mut key.ctrl),
                Some(("alt", after)) if !after.is_empty() => (after, &mut key.alt),
                Some(("shift", after)) if !after.is_empty() => (after, &mut key.shift),
                _ => break,
            };
            *held = true;
            rest = prefix;
        }
        let bad = || BadKey {
            text: text.to_owned(),
            nearest: nearest(text, rest),
        };
        let mut chars = rest.chars();
        key.code = match (chars.next(), chars.next()) {
            (Some(c), None) if !c.is_control() && c != ' ' => Code::Char(c),
            _ => match NAMED.iter().find(|(name, _)| *name == rest) {
                Some((_, code)) => *code,
                None => match rest
                    .strip_prefix('f')
                    .and_then(|number| number.parse().ok())
                {
                    Some(number @ 1..=24) => Code::F(number),
                    _ => return Err(bad()),
                },
            },
        };
        if let Code::Char(c) = key.code {
            if key.shift {
                // A shifted character is written as what it types.
                return Err(BadKey {
                    text: text.to_owned(),
                    nearest: Some(c.to_uppercase().collect()),
                });
            }
            if key.ctrl && c.is_uppercase() {
                return Err(BadKey {
                    text: text.to_owned(),
                    nearest: Some(format!("ctrl-{}", c.to_lowercase())),
                });
            }
        }
        Ok(key)
    }
}

fn nearest(text: &str, rest: &str) -> Option<String> {
    let prefix = text.strip_suffix(rest).unwrap_or_default();
    let lower = rest.to_lowercase();
    if lower.is_empty() {
        return None;
    }
    let functions = (1..=12).map(|n| format!("f{n}"));
    let aliases = [
        ("escape", "esc"),
        ("return", "enter"),
        ("pgup", "page-up"),
        ("pageup", "page-up"),
        ("pgdn", "page-down"),
        ("pagedown", "page-down"),
        ("del", "delete"),
        ("ins", "insert"),
        ("spasi", "space"),
    ];
    if let Some(after) = text
        .strip_prefix("c-")
        .or_else(|| text.strip_prefix("C-"))
        .or_else(|| text.strip_prefix('^'))
    {
        return Some(format!("ctrl-{}", after.to_lowercase()));
    }
    if let Some((_, name)) = aliases.iter().find(|(alias, _)| *alias == lower) {
        return Some(format!("{prefix}{name}"));
    }
    NAMED
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .chain(functions)
        .chain(["ctrl-", "shift-", "alt-"].map(|held| {
            format!(
                "{held}{}",
                lower.split_once('-').map_or("", |(_, after)| after)
            )
        }))
        .map(|name| (strsim::damerau_levenshtein(&lower, &name), name))
        .filter(|(distance, _)| *distance <= 2)
        .min()
        .map(|(_, name)| format!("{prefix}{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_reads_back_as_itself() {
        for text in [
            "n",
            "N",
            "?",
            "-",
            "ctrl-s",
            "ctrl--",
            "f1",
            "f12",
            "shift-tab",
            "space",
            "page-up",
            "alt-x",
            "ctrl-space",
            "shift-f3",
            ":",
            "/",
            "esc",
            "é",
        ] {
            assert_eq!(
                text.parse::<Key>().map(|key| key.to_string()),
                Ok(text.to_owned())
            );
        }
    }

    #[test]
    fn a_misspelt_key_is_told_the_nearest_spelling() {
        let check = |text: &str, nearest: Option<&str>| {
            let error = text.parse::<Key>().expect_err(text);
            assert_eq!(error.nearest.as_deref(), nearest, "{text}");
        };
        check("crtl-s", Some("ctrl-s"));
        check("C-s", Some("ctrl-s"));
        check("^s", Some("ctrl-s"));
        check("ctrl-S", Some("ctrl-s"));
        check("shift-n", Some("N"));
        check("escape", Some("esc"));
        check("pgup", Some("page-up"));
        check("ctrl-entr", Some("ctrl-enter"));
        check("Enter", Some("enter"));
        check("f25", Some("f2"));
        check("", None);
        check("something else", None);
    }
}
