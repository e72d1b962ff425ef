//! The desk, with what it needs to begin.

use std::io::IsTerminal;

use super::serve::start_server;
use super::{Call, Failure, Outcome};
use crate::domain::refusal::Refusal;
use crate::locale::Locale;
use crate::tui::keymap::Keymap;
use crate::tui::look::Look;
use crate::tui::theme::Theme;
use crate::tui::{self, Desk, FileError};

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

fn open(call: &mut Call, theme: Theme, keymap: Keymap) -> Outcome {
    // What is wrong with the texts of the home folder has been said: the desk speaks as the command line does.
    let locale = Locale::load(call.lang(), &call.home.folder("locales"))
        .unwrap_or_else(|_| Locale::built_in(call.lang()));
    let desk = Desk {
        home: call.home.clone(),
        look: Look {
            theme,
            keymap,
            locale,
        },
        start_server: Box::new(start_server),
    };
    tui::run(desk).map_err(|error| Refusal::new("internal").with("cause", error).into())
}
