//! Files of modules and of texts, beside the built-in ones or in place of one of them.

use std::sync::OnceLock;

use chrono::NaiveDate;
use sipintar::domain::calendar::Calendar;
use sipintar::domain::keyword::Vocabulary;
use sipintar::domain::lang::Lang;
use sipintar::domain::module::{Modules, Source};
use sipintar::domain::rule::Basis;

/// A new programme, one that replaces a built-in module, and the two files of texts.
const FILES: [&str; 4] = [
    "uji.toml",
    "lpj.toml",
    "reply-texts.toml",
    "office-texts.toml",
];

/// The first octet chooses the file's name, and whether the built-in files are there too. What is accepted can be used for everything; what is refused has lines and words.
pub fn run(data: &[u8]) {
    let Some((&what, rest)) = data.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(rest) else {
        return;
    };
    let file = FILES[usize::from(what) % FILES.len()];
    let sources = vec![Source::new(file, text)];
    // Alone it is read many times as fast; with the others it may refer to them, and they to it.
    let loaded = if what < 128 {
        Modules::load(sources)
    } else {
        Modules::with_overrides(sources)
    };
    match loaded {
        Ok(modules) => used(&modules),
        Err(problems) => {
            assert!(!problems.is_empty());
            let lines = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
            for problem in &problems {
                // What a replaced file lacks is missed where the others name it.
                assert!(problem.line >= 1, "{problem}");
                assert!(problem.file != file || problem.line <= lines, "{problem}");
                for lang in [Lang::Id, Lang::En] {
                    let words = problem.explain(lang);
                    assert!(!words.chars().any(char::is_control), "{words:?}");
                }
            }
        }
    }
}

fn used(modules: &Modules) {
    static CALENDAR: OnceLock<Calendar> = OnceLock::new();
    let calendar = CALENDAR.get_or_init(Calendar::builtin);
    let vocabulary = Vocabulary::new(modules);
    for module in modules.iter() {
        assert!(modules.module(&module.id).is_ok());
        for word in module.all_keywords() {
            assert!(modules.by_keyword(word).is_some(), "{word}");
            let _ = vocabulary.parse(&format!("{word} 411201 2"), day(2026, 11, 24));
        }
        let _ = module.templates();
    }
    let _ = modules.check_office_name("KPPN Contoh yang Panjang Nama");
    for rule in modules.obligations() {
        for date in [day(2026, 2, 28), day(2027, 12, 31), day(1990, 1, 1)] {
            // What it lacks it says; it never fails otherwise.
            let basis = Basis {
                value: Some(i64::MAX),
                letter: Some(date),
                ..Basis::event(date)
            };
            if let Err(error) = modules.compute(&rule.id, &basis, calendar) {
                let words = error.explain(Lang::En);
                assert!(!words.chars().any(char::is_control), "{words:?}");
            }
        }
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}
