//! From a key to what it means here. Between the input, which knows no actions, and the state, which knows no keymap.

use super::{
    action::{Action, Context},
    key::{Code, Key},
    keymap::Meaning,
    look::Look,
    popup::{Popup, help},
    state::{Msg, State},
};

/// What a key means now. `None` while a sequence of two is half pressed.
pub fn press(state: &mut State, look: &Look, key: Key) -> Option<Msg> {
    let context = state.context();
    let mut keys = std::mem::take(&mut state.pending);
    let begun = !keys.is_empty();
    keys.push(key);
    match look.keymap.meaning(context, &keys) {
        Meaning::Action(action) => Some(chosen(state, look, action)),
        Meaning::Begins => {
            state.pending = keys;
            None
        }
        // Esc after the first of two keys only takes that one back.
        Meaning::Nothing if begun => match key.code {
            Code::Esc => None,
            _ => Some(Msg::Unbound(key, false)),
        },
        Meaning::Nothing if context.takes_text() => Some(Msg::Type(key)),
        Meaning::Nothing => Some(Msg::Unbound(key, is_capital(look, context, key))),
    }
}

/// In the palette, Accept means the command under the cursor; only here its label is known.
fn chosen(state: &State, look: &Look, action: Action) -> Msg {
    if let (Action::Accept, Some(Popup::Palette(palette))) = (action, state.popups.last()) {
        let found = help::commands(state, look, palette.context, palette.line.text());
        let position = palette.highlighted.min(found.len().saturating_sub(1));
        if let Some((command, ..)) = found.get(position) {
            return Msg::Command(*command);
        }
    }
    Msg::Do(action)
}

/// A capital whose small letter is bound: Caps Lock, most likely.
fn is_capital(look: &Look, context: Context, key: Key) -> bool {
    let Code::Char(c) = key.code else {
        return false;
    };
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(small), None) if small != c => {
            look.keymap.meaning(
                context,
                &[Key {
                    code: Code::Char(small),
                    ..key
                }],
            ) != Meaning::Nothing
        }
        _ => false,
    }
}
