//! What can be done here: for help, palette and the hint line, from the same tables.

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

use crate::{
    locale::Say,
    tui::{
        action::{Action, Context},
        look::Look,
        state::State,
    },
};

/// A line of the help page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpLine {
    /// Its keys; empty for the title of a table.
    pub keys: String,
    /// What they do, or the title.
    pub label: String,
    /// Why they do nothing now.
    pub reason: Option<String>,
    /// It is the title of a table.
    pub title: bool,
}

/// The actions that a person has in this context: its own first.
pub fn actions(context: Context) -> Vec<(Context, Action)> {
    let mut found: Vec<(Context, Action)> = Vec::new();
    for table in context.chain() {
        let own = Action::ALL
            .iter()
            .filter(|action| action.contexts().contains(&table));
        for action in own {
            if found.iter().all(|(_, known)| known != action) {
                found.push((table, *action));
            }
        }
    }
    found
}

/// The help page of a context.
pub fn lines(state: &State, look: &Look, context: Context) -> Vec<HelpLine> {
    let mut lines = Vec::new();
    let mut last = None;
    for (table, action) in actions(context) {
        let keys: Vec<String> = look
            .keymap
            .keys(context, action)
            .iter()
            .map(ToString::to_string)
            .collect();
        if keys.is_empty() {
            continue;
        }
        if last != Some(table) {
            last = Some(table);
            let label = look.text(&format!("context-{}", table.name()));
            lines.push(HelpLine {
                keys: String::new(),
                label,
                reason: None,
                title: true,
            });
        }
        lines.push(HelpLine {
            keys: keys.join("  "),
            label: label(state, look, action),
            reason: action.unavailable(state).map(|reason| look.say(&reason)),
            title: false,
        });
    }
    lines
}

/// What an action does; the module tabs are called by their modules.
pub fn label(state: &State, look: &Look, action: Action) -> String {
    match action.module_tab().and_then(|tab| state.modules.get(tab)) {
        Some(module) => look.words(&module.name).to_owned(),
        None => look.text(action.label()),
    }
}

/// The commands of other screens that fit what was typed, the best first, with the first of their places.
pub fn elsewhere(look: &Look, context: Context, typed: &str) -> Vec<(Context, String)> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Vec::new();
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(typed, CaseMatching::Ignore, Normalization::Smart);
    let mut buffer = Vec::new();
    let here: Vec<Action> = actions(context).into_iter().map(|(_, one)| one).collect();
    let mut found: Vec<(u32, Context, String)> = Action::ALL
        .iter()
        .filter(|action| !here.contains(action))
        .filter_map(|action| {
            let is_screen = |place: &&Context| place.parent() == Some(Context::List);
            let place = action.contexts().iter().find(is_screen)?;
            let label = look.text(action.label());
            let hay = format!("{label} {action}");
            let score = pattern.score(Utf32Str::new(&hay, &mut buffer), &mut matcher)?;
            Some((score, *place, label))
        })
        .collect();
    found.sort_by_key(|(score, ..)| std::cmp::Reverse(*score));
    found
        .into_iter()
        .map(|(_, place, label)| (place, label))
        .collect()
}

/// The commands that fit what was typed, the best first; unavailable ones carry their reason.
pub fn commands(
    state: &State,
    look: &Look,
    context: Context,
    typed: &str,
) -> Vec<(Action, String, Option<Say>)> {
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(typed.trim(), CaseMatching::Ignore, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut found: Vec<(u32, Action, String, Option<Say>)> = actions(context)
        .into_iter()
        .map(|(_, action)| action)
        .filter(|action| *action != Action::Palette && *action != Action::Cancel)
        .filter(|action| {
            action
                .module_tab()
                .is_none_or(|tab| tab < state.modules.len())
        })
        .filter_map(|action| {
            let label = label(state, look, action);
            let hay = format!("{label} {action}");
            let score = pattern.score(Utf32Str::new(&hay, &mut buffer), &mut matcher)?;
            Some((score, action, label, action.unavailable(state)))
        })
        .collect();
    // A stable sort keeps the order of the table among equals.
    found.sort_by_key(|(score, _, _, reason)| (std::cmp::Reverse(*score), reason.is_some()));
    found
        .into_iter()
        .map(|(_, action, label, reason)| (action, label, reason))
        .collect()
}
