//! The shipped keymaps are whole, and broken ones are refused with a message that helps.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::tui::key::Code;

fn shipped() -> impl Iterator<Item = Keymap> {
    BUILT_IN.iter().map(|(name, text)| {
        Keymap::parse(name, &format!("keymaps/{name}.toml"), text)
            .unwrap_or_else(|errors| panic!("{errors:#?}"))
    })
}

#[test]
fn every_action_can_be_reached_wherever_it_belongs() {
    for keymap in shipped() {
        for context in Context::ALL
            .into_iter()
            .filter(|context| context.is_place())
        {
            for action in Action::ALL
                .iter()
                .filter(|action| action.belongs_to(context))
            {
                let always = [
                    Action::Help,
                    Action::Cancel,
                    Action::Redraw,
                    Action::Suspend,
                ];
                // While text is typed, other screens are an Esc away.
                if context.takes_text()
                    && !action.contexts().contains(&context)
                    && !always.contains(action)
                {
                    continue;
                }
                let keys = keymap.keys(context, *action);
                let sure = keys.iter().any(|keys| {
                    keys.keys()
                        .iter()
                        .all(|key| !matches!(key.code, Code::F(_)))
                });
                assert!(
                    sure,
                    "{}: `{action}` in [{}] has no key but F-keys: {keys:?}",
                    keymap.name(),
                    context.name()
                );
            }
        }
    }
}

#[test]
fn no_shipped_key_needs_what_putty_or_a_window_manager_takes() {
    for keymap in shipped() {
        for context in Context::ALL {
            for (sequence, action) in keymap.bindings(context) {
                for key in sequence.keys() {
                    let char = matches!(key.code, Code::Char(_));
                    let held =
                        key.alt || (key.ctrl && !char) || (key.shift && key.code != Code::Tab);
                    assert!(!held, "{}: {action} needs {key}", keymap.name());
                    // Ctrl-H, Ctrl-I, Ctrl-J and Ctrl-M are Backspace, Tab and Enter on the line.
                    let eaten = key.ctrl && matches!(key.code, Code::Char('h' | 'i' | 'j' | 'm'));
                    assert!(!eaten, "{}: {key} never arrives", keymap.name());
                }
            }
        }
    }
}

#[test]
fn the_key_that_asks_is_never_the_key_that_confirms() {
    for keymap in shipped() {
        let yes = keymap.keys(Context::Confirm, Action::AnswerYes);
        assert!(yes.iter().all(|keys| keys.to_string() != "enter"));
        for (context, asking) in [
            (Context::Sms, Action::ConfirmSms),
            (Context::Letters, Action::VoidLetter),
            (Context::Sms, Action::RejectSms),
            (Context::Sms, Action::ResendSms),
            (Context::Home, Action::Quit),
            (Context::Home, Action::LoadDemo),
        ] {
            for keys in keymap.keys(context, asking) {
                assert!(
                    !yes.contains(&keys),
                    "{}: {keys} asks and confirms",
                    keymap.name()
                );
            }
        }
    }
}

#[test]
fn text_is_typed_where_text_belongs() {
    let keymap = Keymap::built_in("default").unwrap();
    assert_eq!(
        keymap.meaning(Context::Letters, &[Key::char('q')]),
        Meaning::Action(Action::Quit)
    );
    assert_eq!(
        keymap.meaning(Context::Form, &[Key::char('q')]),
        Meaning::Nothing
    );
    assert_eq!(
        keymap.meaning(Context::Form, &["f1".parse().unwrap()]),
        Meaning::Action(Action::Help)
    );
    assert_eq!(
        keymap.meaning(Context::Confirm, &[Key::char('q')]),
        Meaning::Nothing
    );
}

#[test]
fn two_keys_one_after_the_other_make_one_action() {
    let keymap = Keymap::built_in("vim").unwrap();
    let g = Key::char('g');
    assert_eq!(keymap.meaning(Context::Letters, &[g]), Meaning::Begins);
    assert_eq!(
        keymap.meaning(Context::Letters, &[g, g]),
        Meaning::Action(Action::MoveFirst)
    );
    assert_eq!(
        keymap.meaning(Context::Letters, &[g, Key::char('z')]),
        Meaning::Nothing
    );
}

#[test]
fn own_keys_stand_before_inherited_ones() {
    let text = "inherit = \"default\"\n[letters]\n\"m\" = \"register-letter\"\n\"x\" = \"none\"\n";
    let keymap = Keymap::parse("mine", "mine.toml", text).unwrap();
    assert_eq!(
        keymap
            .key(Context::Letters, Action::RegisterLetter)
            .as_deref(),
        Some("m")
    );
    assert_eq!(
        keymap.keys(Context::Letters, Action::RegisterLetter).len(),
        2
    );
    assert_eq!(
        keymap.keys(Context::Letters, Action::RejectLetter),
        Vec::<&Sequence>::new()
    );
}

#[test]
fn a_broken_keymap_is_refused_with_line_and_nearest_spelling() {
    let check = |text: &str, expected: &str| {
        let errors = Keymap::parse("mine", "mine.toml", text).expect_err(text);
        let all: Vec<_> = errors.iter().map(ToString::to_string).collect();
        assert!(
            all.iter().any(|error| error.contains(expected)),
            "{all:#?} do not say `{expected}`"
        );
    };
    check(
        "[letters]\n\"n\" = \"register-leter\"\n",
        "mine.toml, line 2: there is no action `register-leter`. Did you mean `register-letter`?",
    );
    check(
        "[leters]\n",
        "mine.toml, line 1: there is no table [leters]. Did you mean `letters`?",
    );
    check(
        "\n\n[global]\n\"crtl-l\" = \"redraw\"\n",
        "line 4: `crtl-l` is no key. Did you mean `ctrl-l`?",
    );
    check("[global]\n\"a b c\" = \"redraw\"\n", "line 2: `a b c`");
    check(
        "[form]\n\"x\" = \"save\"\n",
        "line 2: `x` types text in [form]",
    );
    check(
        "[sms]\n\"n\" = \"register-letter\"\n",
        "line 2: `register-letter` has no meaning in [sms]; it belongs in [letters]",
    );
    check(
        "[sms]\n\"n\" = 5\n",
        "line 2: a text in quotation marks is wanted here",
    );
    check(
        "[sms]\n\"n\" = \"draft-sms\"\n\"n\" = \"draft-sms\"\n",
        "mine.toml, line 3",
    );
    check(
        "[list]\n\"g  g\" = \"find\"\n\"g g\" = \"find\"\n",
        "mine.toml, line 3: `g g` is there twice, first in line 2",
    );
    check("[sms\n", "mine.toml, line 1");
    check("sms = 1\n", "line 1: `sms` must be a table");
    check(
        "inherit = \"defalt\"\n",
        "line 1: there is no keymap `defalt`. Did you mean `default`?",
    );
    check(
        "inherit = \"default\"\n[letters]\n\"n x\" = \"find\"\n",
        "mine.toml, line 3: `n x` is never reached",
    );
}

#[test]
fn a_keymap_of_the_home_folder_stands_before_the_built_in_one() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("vim.toml"),
        "[global]\n\"z\" = \"quit\"\n",
    )
    .unwrap();
    assert_eq!(
        Keymap::load("vim", folder.path())
            .unwrap()
            .key(Context::Home, Action::Quit)
            .as_deref(),
        Some("z")
    );
    assert!(Keymap::load("default", folder.path()).is_ok());
    assert!(Keymap::load("default", &folder.path().join("missing")).is_ok());
    let errors = Keymap::load("vin", folder.path()).unwrap_err();
    assert_eq!(
        errors.first().and_then(|error| error.nearest.as_deref()),
        Some("vim")
    );
    std::fs::write(folder.path().join("vim.toml"), [0xff, 0xfe]).unwrap();
    assert!(Keymap::load("vim", folder.path()).is_err());
    let large = std::fs::File::create(folder.path().join("vim.toml")).unwrap();
    large.set_len(1 << 40).unwrap();
    assert!(Keymap::load("vim", folder.path()).is_err());
}
