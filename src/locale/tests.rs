//! The files of texts hold to each other, and the code holds to the files.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use super::{Arg, LANGS, Lang, Locale, LocaleError, Say, files, overriding};
use fluent_bundle::FluentResource;

/// Id → names of its variables, for a whole language.
fn texts(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, text) in files(lang) {
        let mut current = None;
        let starts: BTreeMap<usize, &str> = overriding::ids(text).collect();
        for (index, line) in text.lines().enumerate() {
            if let Some(id) = starts.get(&(index + 1)) {
                assert!(
                    texts.insert((*id).to_owned(), BTreeSet::new()).is_none(),
                    "{lang:?}/{file}: `{id}` is there twice"
                );
                current = Some((*id).to_owned());
            }
            if line.starts_with('#') {
                continue;
            }
            let variables = line.split('$').skip(1).map(|rest| {
                rest.chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_')
                    .collect::<String>()
            });
            if let Some(id) = &current {
                texts.get_mut(id).unwrap().extend(variables);
            }
        }
    }
    texts
}

#[test]
fn every_built_in_file_is_whole() {
    for lang in LANGS {
        for (file, text) in files(lang) {
            if let Err((_, errors)) = FluentResource::try_new(text.to_owned()) {
                let lines: Vec<_> = errors
                    .iter()
                    .map(|error| {
                        text.bytes()
                            .take(error.pos.start)
                            .filter(|byte| *byte == b'\n')
                            .count()
                            + 1
                    })
                    .collect();
                panic!("{lang:?}/{file}: lines {lines:?}: {errors:?}");
            }
        }
    }
}

#[test]
fn both_languages_have_the_same_ids_and_variables() {
    let (indonesian, english) = (texts(Lang::Id), texts(Lang::En));
    let missing: Vec<_> = indonesian
        .keys()
        .filter(|id| !english.contains_key(*id))
        .collect();
    assert!(missing.is_empty(), "not in English: {missing:?}");
    let missing: Vec<_> = english
        .keys()
        .filter(|id| !indonesian.contains_key(*id))
        .collect();
    assert!(missing.is_empty(), "not in Indonesian: {missing:?}");
    for (id, variables) in &indonesian {
        assert_eq!(variables, &english[id], "the variables of `{id}` differ");
    }
}

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((
                path.display().to_string(),
                fs::read_to_string(&path).unwrap(),
            ));
        }
    }
}

/// Every text named literally in the code: after one of the calls that take an id.
#[test]
fn every_text_named_in_the_code_exists() {
    let known = texts(Lang::Id);
    let mut files = Vec::new();
    sources(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
        &mut files,
    );
    let mut seen = 0;
    for (file, source) in files
        .iter()
        .filter(|(file, _)| !file.ends_with("locale/tests.rs"))
    {
        for call in [
            "Say::new(",
            "locale.text(",
            "locale.with(",
            "look.text(",
            "look.with(",
        ] {
            for rest in source.split(call).skip(1) {
                let Some(id) = rest
                    .trim_start()
                    .strip_prefix('"')
                    .and_then(|rest| rest.split('"').next())
                else {
                    continue;
                };
                assert!(known.contains_key(id), "{file}: no text is called `{id}`");
                seen += 1;
            }
        }
    }
    assert!(
        seen > 3,
        "the search found only {seen} texts; has the way of naming them changed?"
    );
}

#[test]
fn a_text_takes_its_values_without_invisible_marks() {
    for (lang, expected) in [(Lang::Id, "3 hari"), (Lang::En, "3 days")] {
        assert_eq!(
            Locale::built_in(lang).with("days", &[("n", Arg::from(3))]),
            expected
        );
    }
    assert_eq!(
        Locale::built_in(Lang::En).say(&Say::new("days").with("n", 1)),
        "1 day"
    );
    assert_eq!(
        Locale::built_in(Lang::En).say(&Say::plain("as it is")),
        "as it is"
    );
}

#[test]
fn a_text_of_the_home_folder_replaces_the_built_in_one() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("id")).unwrap();
    fs::write(folder.path().join("id/desk.ftl"), "days = { $n } hr\n").unwrap();
    let locale = Locale::load(Lang::Id, folder.path()).unwrap();
    assert_eq!(locale.with("days", &[("n", Arg::from(3))]), "3 hr");
    assert_eq!(
        Locale::load(Lang::En, folder.path())
            .unwrap()
            .with("days", &[("n", Arg::from(3))]),
        "3 days"
    );
}

#[test]
fn a_broken_text_file_is_refused_with_its_line() {
    let check = |text: &str, expected: &str| {
        let error: LocaleError =
            overriding::add(&mut Locale::built_in(Lang::Id), "desk.ftl", text).unwrap_err();
        assert!(
            error.to_string().contains(expected),
            "{error} does not say `{expected}`"
        );
        assert!(!error.to_string().chars().any(char::is_control));
    };
    check(
        "# one\ndasy = { $n } hr\n",
        "desk.ftl, line 2: no text is called `dasy`; did you mean `days`?",
    );
    check(
        "zzzzzzzzzzzz = x\n",
        "line 1: no text is called `zzzzzzzzzzzz`",
    );
    check("days = ok\n\nwhat is this\n", "desk.ftl, line 3");
    check("days = { $n ->/ \n    [one] a\n}\n", "\\n");
    check("days =\n", "desk.ftl");
    check(
        "loading = a\ndays =\n    .x = y\n",
        "desk.ftl, line 2: `days`",
    );
}

/// Each of these ended every command, or could.
#[test]
fn a_hostile_text_file_is_refused_and_the_built_in_texts_stay() {
    let choice = |selector: &str| {
        format!(
            "days = {{ {selector} ->\n    [one] a\n   *[other] {}\n}}\n",
            "{ $n }".repeat(101)
        )
    };
    let hostile = [
        // Deeper than the stack.
        format!("days = {}", "{ ".repeat(200_000)),
        format!("days = {}", "{\n".repeat(200_000)),
        format!("days = {{ {}", "F(".repeat(200_000)),
        format!("days = {}", "{ $n ->\n *[a] ".repeat(20_000)),
        format!("days = {}", "{ \"}\" ->\n *[a] ".repeat(20_000)),
        format!("days = {}", "{ $n ->\n *[a] ) ".repeat(20_000)),
        format!(
            "days = {{\n*[a] {}",
            "x \" { \"}\" ->\n *[a] ".repeat(20_000)
        ),
        format!("days = {{\nx = \" {}", "{ ".repeat(200_000)),
        // Wider than the library goes.
        choice("\"x\""),
        choice("1"),
        choice("$n"),
        "days = { { loading } }\n".to_owned(),
        format!("days = {}\n", "{ loading }".repeat(101)),
        // Around and around.
        "days = { days }\n".to_owned(),
        "days = { loading }\nloading = { days }\n".to_owned(),
        "-days = x\ndays = { -days }\n".to_owned(),
        // Numbers that cannot be counted with.
        format!("days = {{ {} ->\n   *[other] a\n}}\n", "9".repeat(400)),
        format!("days = {{ 1.{} ->\n   *[other] a\n}}\n", "0".repeat(30)),
        "days = { NUMBER($n, minimumFractionDigits: 99999) }\n".to_owned(),
        // What a terminal would obey.
        "days = { \"\\u001B]0;x\" }\n".to_owned(),
        "days = \u{1b}[2J\n".to_owned(),
        "days = \u{202e}x\n".to_owned(),
    ];
    for text in hostile {
        let mut locale = Locale::built_in(Lang::En);
        let refused = overriding::add(&mut locale, "desk.ftl", &text);
        let shown: String = text.chars().take(60).collect();
        assert!(refused.is_err(), "{shown}");
        assert_eq!(
            locale.with("days", &[("n", Arg::from(3))]),
            "3 days",
            "{shown}"
        );
    }
    let mut locale = Locale::built_in(Lang::En);
    let good = "days = { $n ->\n    [one] a { \"{\" } day (((((((((((((\n   *[other] { $n ->\n       *[x] { $n } d\n    }\n}\n";
    overriding::add(&mut locale, "desk.ftl", good).unwrap();
    assert_eq!(locale.with("days", &[("n", Arg::from(3))]), "3 d");
}

/// The facts that there are, as the reader of the journal names them.
fn all_facts() -> Vec<String> {
    let unknown = serde_json::from_str::<crate::domain::fact::Fact>("{\"fact\": \"?\"}");
    let error = unknown.unwrap_err().to_string();
    let (_, names) = error.split_once("expected one of").unwrap();
    names
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_fact_has_words_in_the_trail() {
    let facts = all_facts();
    assert!(facts.len() > 40 && facts.contains(&"day-run".to_owned()));
    for lang in LANGS {
        let locale = Locale::built_in(lang);
        let raw: Vec<_> = facts
            .iter()
            .filter(|fact| !locale.has(&format!("fact-{fact}")))
            .collect();
        assert!(raw.is_empty(), "{lang:?}: {raw:?}");
    }
}

#[test]
fn no_value_steers_the_terminal() {
    let locale = Locale::built_in(Lang::Id);
    let said = locale.with(
        "file-line",
        &[
            ("file", Arg::from("x\u{1b}[2J\u{9b}")),
            ("line", Arg::from(3)),
        ],
    );
    assert!(
        said.contains("x [2J ") && !said.chars().any(char::is_control),
        "{said:?}"
    );
}

#[test]
fn a_file_that_is_too_large_to_be_written_by_a_person_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("id")).unwrap();
    let file = fs::File::create(folder.path().join("id/desk.ftl")).unwrap();
    file.set_len(2 << 20).unwrap();
    let error = Locale::load(Lang::Id, folder.path()).unwrap_err();
    assert!(matches!(error, LocaleError::Unreadable { .. }), "{error}");
}
