//! A refusal in words.

use fluent_bundle::{FluentArgs, FluentValue};
use fluent_syntax::ast::{Expression, InlineExpression, Pattern, PatternElement};

use super::{Lang, Locale};
use crate::domain::refusal::Refusal;

/// Details that a text may ask about although the refusal does not have them; the texts select on `none`.
const MAY_LACK: [&str; 13] = [
    "cause", "cost", "field", "file", "key", "known", "last", "line", "member", "more", "nearest",
    "number", "satker",
];

impl Locale {
    /// What happened, what is safe and what to do next. Without words of its own a refusal is said by its code and details, so that
    /// nothing is hidden.
    pub fn refusal(&self, refusal: &Refusal) -> String {
        let id = format!("error-{}", refusal.code);
        let mut args = FluentArgs::new();
        for name in MAY_LACK {
            args.set(name, "none");
        }
        for (name, value) in &refusal.args {
            // `reason-en` stands beside `reason` where the office says both languages.
            let name = match (name.strip_suffix("-en"), self.lang()) {
                (Some(name), Lang::En) => name,
                (Some(_), Lang::Id) => continue,
                (None, Lang::En) if refusal.args.contains_key(&format!("{name}-en")) => continue,
                (None, _) => name,
            };
            // The sentence around a detail has its own full stop.
            let value = match name {
                "cause" | "reason" => value.trim_end_matches('.'),
                _ => value,
            };
            if !value.is_empty() {
                args.set(name.to_owned(), FluentValue::from(value));
            } else if !self.chooses_by(&id, name) {
                // A sentence with a hole in it reads as a broken one.
                args.set(name.to_owned(), self.text("value-empty"));
            }
        }
        if self.has(&id) {
            return self.format(&id, Some(&args)).replace("?.", "?");
        }
        args.set("cause", refusal.to_string());
        self.format("error-internal", Some(&args))
    }
}

impl Locale {
    /// Whether the text says something else where this value is missing.
    fn chooses_by(&self, id: &str, name: &str) -> bool {
        let message = self.bundle.get_message(id);
        message
            .and_then(|message| message.value())
            .is_some_and(|pattern| chooses(pattern, name))
    }
}

fn chooses(pattern: &Pattern<&str>, name: &str) -> bool {
    pattern.elements.iter().any(|element| match element {
        PatternElement::Placeable {
            expression: Expression::Select { selector, variants },
        } => {
            let by_it =
                matches!(selector, InlineExpression::VariableReference { id } if id.name == name);
            by_it || variants.iter().any(|variant| chooses(&variant.value, name))
        }
        _ => false,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::locale::LANGS;

    #[test]
    fn a_refusal_is_said_in_the_language_of_the_reader() {
        let refusal = Refusal::new("field-bad")
            .with("field", "Nilai")
            .with("field-en", "Amount")
            .with("reason", "bukan angka")
            .with("reason-en", "not a number");
        let [id, en] = LANGS.map(|lang| Locale::built_in(lang).refusal(&refusal));
        assert!(id.contains("Nilai") && id.contains("bukan angka"), "{id}");
        assert!(en.contains("Amount") && en.contains("not a number"), "{en}");
    }

    #[test]
    fn a_mistake_of_the_settings_without_a_key_is_said_without_one() {
        for (lang, said) in LANGS.into_iter().zip([
            "sipintar.toml, baris 1: unclosed table.",
            "sipintar.toml, line 1: unclosed table.",
        ]) {
            let refusal = Refusal::new("settings-bad")
                .with("file", "sipintar.toml")
                .with("line", 1)
                .with("key", "")
                .with("nearest", "")
                .with("cause", "unclosed table");
            assert_eq!(Locale::built_in(lang).refusal(&refusal), said);
            let refusal = refusal.with("key", "windw").with("nearest", "window");
            let text = Locale::built_in(lang).refusal(&refusal);
            assert!(text.contains(" 1: `windw`: unclosed"), "{text}");
            assert!(text.ends_with("`window`?"), "{text}");
        }
    }

    #[test]
    fn missing_details_leave_no_holes() {
        let [id, en] = LANGS.map(|lang| {
            let locale = Locale::built_in(lang);
            let refusal = Refusal::new("module-unknown").with("name", "xyz");
            (
                locale.refusal(&refusal.clone().with("nearest", "")),
                locale.refusal(&refusal.with("nearest", "lpj")),
            )
        });
        for (without, with) in [id, en] {
            assert!(
                !without.contains("none") && !without.contains('{'),
                "{without}"
            );
            assert!(with.contains("lpj"), "{with}");
        }
    }

    #[test]
    fn an_empty_detail_is_said_to_be_empty() {
        for (lang, word) in [(Lang::Id, "(kosong)"), (Lang::En, "(empty)")] {
            let locale = Locale::built_in(lang);
            for (code, name) in [
                ("module-unknown", "name"),
                ("account-bad", "user"),
                ("internal", "cause"),
                ("file-bad", "file"),
                ("item-unknown", "known"),
            ] {
                let said = locale.refusal(&Refusal::new(code).with(name, ""));
                assert!(said.contains(word), "{code}: {said}");
            }
        }
    }

    #[test]
    fn a_sentence_inside_a_sentence_ends_once() {
        let said = |cause: &str| {
            let refusal = Refusal::new("modem-trouble").with("cause", cause);
            Locale::built_in(Lang::En).refusal(&refusal)
        };
        assert_eq!(said("it is gone."), "Modem: it is gone.");
        assert_eq!(said("is it gone?"), "Modem: is it gone?");
    }

    #[test]
    fn a_refusal_without_words_is_shown_as_it_is() {
        let said = Locale::built_in(Lang::En).refusal(&Refusal::new("new-code").with("n", 7));
        assert!(said.contains("new-code") && said.contains('7'), "{said}");
    }

    #[test]
    fn no_refusal_named_in_the_code_is_without_words() {
        fn visit(folder: &std::path::Path, missing: &mut Vec<String>) {
            let locale = Locale::built_in(Lang::Id);
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    visit(&path, missing);
                } else if !path.ends_with("locale/refusal.rs") {
                    let source = std::fs::read_to_string(&path).unwrap();
                    for rest in source.split("Refusal::new(").skip(1) {
                        let code = rest.trim_start().strip_prefix('"');
                        let code = code.and_then(|rest| rest.split('"').next());
                        missing.extend(
                            code.filter(|code| !locale.has(&format!("error-{code}")))
                                .map(str::to_owned),
                        );
                    }
                }
            }
        }
        let mut missing = Vec::new();
        visit(
            concat!(env!("CARGO_MANIFEST_DIR"), "/src").as_ref(),
            &mut missing,
        );
        assert!(missing.is_empty(), "no words for {missing:?}");
    }
}
