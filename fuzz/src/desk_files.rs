//! What a person may put into the home folder for the desk: keymaps, themes and texts.

use std::cell::OnceCell;
use std::sync::OnceLock;

use sipintar::locale::{LANGS, Lang, Locale};
use sipintar::tui::FileError;
use sipintar::tui::action::Context;
use sipintar::tui::keymap::{Keymap, Meaning, docs};
use sipintar::tui::theme::{Role, Theme};

static LOCALES: OnceLock<[Locale; 2]> = OnceLock::new();

/// The first octet chooses who reads.
pub fn run(data: &[u8]) {
    let Some((&what, rest)) = data.split_first() else {
        return;
    };
    match (what % 3, std::str::from_utf8(rest)) {
        (2, _) => locale(rest),
        (0, Ok(text)) => match Keymap::parse("uji", "uji.toml", text) {
            Ok(keymap) => reaches(&keymap),
            Err(errors) => told(&errors, text),
        },
        (_, Ok(text)) => match Theme::parse("uji", "uji.toml", text) {
            Ok(theme) => looks(theme),
            Err(errors) => told(&errors, text),
        },
        (_, Err(_)) => {}
    }
}

/// Every key that is shown does what is shown.
fn reaches(keymap: &Keymap) {
    for context in Context::ALL {
        for (keys, action) in keymap.bindings(context) {
            assert!(!keys.to_string().chars().any(char::is_control));
            assert_eq!(
                keymap.meaning(context, keys.keys()),
                Meaning::Action(action)
            );
            for length in 1..keys.keys().len() {
                assert_eq!(
                    keymap.meaning(context, &keys.keys()[..length]),
                    Meaning::Begins
                );
            }
            assert!(keymap.key(context, action).is_some());
        }
    }
    let _ = docs::rows(keymap);
}

fn looks(theme: Theme) {
    for role in Role::ALL {
        let _ = theme.style(*role);
    }
    let plain = theme.without_colours();
    for role in Role::ALL {
        let style = plain.style(*role);
        assert!(style.fg.is_none() && style.bg.is_none());
    }
}

fn told(errors: &[FileError], text: &str) {
    assert!(!errors.is_empty());
    let lines = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
    for error in errors {
        assert!(
            error.line.is_some_and(|line| (1..=lines).contains(&line)),
            "{error}"
        );
        for locale in LOCALES.get_or_init(|| LANGS.map(Locale::built_in)) {
            let words = locale.say(&error.say());
            assert!(!words.chars().any(char::is_control), "{words:?}");
        }
    }
}

/// A file of texts is refused with its line, or every text of it can be said.
fn locale(bytes: &[u8]) {
    thread_local! {
        static FOLDER: OnceCell<tempfile::TempDir> = const { OnceCell::new() };
    }
    FOLDER.with(|folder| {
        let dir = folder
            .get_or_init(|| tempfile::tempdir().expect("a folder"))
            .path();
        std::fs::create_dir_all(dir.join("id")).expect("a folder");
        std::fs::write(dir.join("id/uji.ftl"), bytes).expect("a file");
        match Locale::load(Lang::Id, dir) {
            Ok(locale) => {
                let text = String::from_utf8_lossy(bytes);
                for line in text.lines() {
                    if let Some((id, _)) = line.split_once('=')
                        && locale.has(id.trim_end())
                    {
                        let said = locale
                            .with(id.trim_end(), &[("count", 2.into()), ("file", "x".into())]);
                        assert!(said.len() <= 1 << 20);
                        assert!(
                            !said.chars().any(|c| c.is_control() && c != '\n'),
                            "{said:?}"
                        );
                    }
                }
            }
            Err(error) => {
                let words = error.to_string();
                assert!(words.contains("uji.ftl"), "{words}");
                assert!(!words.chars().any(char::is_control), "{words:?}");
            }
        }
    });
}
