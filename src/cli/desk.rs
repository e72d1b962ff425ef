//! The desk, with what it needs to begin.

use std::io::IsTerminal;

use super::{Call, Failure, Outcome};
use crate::service::Refusal;
use crate::tui::FileError;
use crate::tui::keymap::Keymap;
use crate::tui::theme::Theme;

pub(super) fn run(call: &mut Call, theme: &str, keymap: &str) -> Outcome {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err(Refusal::new("no-terminal").into());
    }
    let keymap = Keymap::load(keymap, &call.home.folder("keymaps"));
    let keymap = keymap.map_err(|errors| told(call, &errors))?;
    // https://no-color.org: any value that is not empty.
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let theme = Theme::load(theme, &call.home.folder("themes"), no_color);
    let theme = theme.map_err(|errors| told(call, &errors))?;
    open(call, theme, keymap)
}

fn told(call: &Call, errors: &[FileError]) -> Failure {
    for error in errors {
        super::remark(&call.locale.say(&error.say()));
    }
    Failure::Told
}

/// Stand-in until the screens are in.
fn open(_call: &mut Call, _theme: Theme, _keymap: Keymap) -> Outcome {
    Err(Refusal::new("internal")
        .with("cause", "no desk in this build")
        .into())
}
