//! What every message does to the state. No terminal, no socket, no clock: effects say what is wanted from outside.

use super::{
    action::{Action, Context},
    areas::{areas, list_areas},
    key::Key,
    look::Said,
    popup::{Asked, Help, Note, Palette, Popup, Question},
    screen::{deadlines::DeadlineTab, home, letters::LettersScreen},
    state::{Effect, Level, LinkState, Msg, Place, State, Ticket},
    widget::line::Line,
};
use crate::{
    ask::{GetModules, GetOverview, Notice, Request, Topic},
    locale::Say,
};

mod answer;
mod bulk;
mod deadlines;
mod form;
mod inbox;
mod letters;
mod lists;
mod sms;

#[cfg(test)]
pub(super) use answer::set_modules as tests_set_modules;

pub(super) use deadlines::fits as deadline_fits;
pub(super) use letters::fits as letters_fit;
pub(super) use sms::offered as sms_offered;

/// Takes one message.
pub fn update(state: &mut State, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Do(action) => act(state, action),
        Msg::Command(action) => {
            state.popups.pop();
            act(state, action)
        }
        Msg::Type(key) => typed(state, key),
        Msg::Paste(text) => pasted(state, &text),
        Msg::Unbound(key, capital) => {
            let say = Say::new(if capital {
                "key-capital"
            } else {
                "key-unbound"
            });
            state.warn(say.with("key", key.to_string()));
            Vec::new()
        }
        // What was asked before the role was lost is nobody's business any more.
        Msg::Answer(..) if matches!(state.link, LinkState::Shut { .. }) => Vec::new(),
        Msg::Answer(ticket, result) => answer::take(state, ticket, result),
        Msg::Notice(notice) => noticed(state, &notice),
        Msg::Up => {
            // A server that had to be started first is no line that came back.
            if state.link != LinkState::Connecting && state.overview.is_some() {
                state.info(Say::new("link-up"));
            }
            state.link = LinkState::Up;
            let mut effects = vec![Effect::Ask(
                Ticket::Modules,
                Request::GetModules(GetModules {}),
            )];
            effects.extend(ask_overview(state));
            effects.extend(lists::refresh(state));
            effects.extend(form::ask_preview(state));
            // What was kept while the line was going down may not have arrived.
            effects.extend(form::keep_draft_again(state));
            effects
        }
        Msg::Down(refusal) if refusal.is_without_role() => {
            state.shut(refusal);
            Vec::new()
        }
        Msg::Down(refusal) => {
            state.link = LinkState::Down(refusal);
            Vec::new()
        }
        Msg::Tick(clock) => {
            state.clock = clock;
            // What was due becomes overdue with time alone.
            ask_overview(state).into_iter().collect()
        }
        Msg::Paused => form::keep_draft(state).into_iter().collect(),
        Msg::Size(width, height) => {
            state.size = (width, height);
            lists::settle(state);
            lists::refresh_missing(state)
        }
    }
}

/// Rows of the list of the open screen.
pub(super) fn list_height(state: &State) -> u16 {
    let content = areas(state.size).content;
    let detail = match state.place {
        Place::Home => return content.height.saturating_sub(2),
        Place::Letters(tab) => state
            .letters
            .get(tab)
            .is_some_and(|screen| screen.detail_open),
        Place::Sms => state.sms.detail_open,
        Place::Inbox => state.inbox.detail_open,
        Place::Satker => state.satker.detail_open,
        Place::Deadlines => state.deadlines.detail_open,
        Place::Audit => state.audit.detail_open,
    };
    list_areas(content, detail).rows.height
}

fn ask_overview(state: &mut State) -> Option<Effect> {
    (state.link == LinkState::Up && state.overview_turn.start()).then_some(Effect::Ask(
        Ticket::Overview,
        Request::GetOverview(GetOverview {}),
    ))
}

fn noticed(state: &mut State, notice: &Notice) -> Vec<Effect> {
    if notice.topics.contains(&Topic::Stopping) {
        state.warn(Say::new("server-stopping"));
        return Vec::new();
    }
    let mut effects: Vec<Effect> = ask_overview(state).into_iter().collect();
    let concerns = notice.topics.iter().any(|topic| match topic {
        Topic::Letters => matches!(
            state.place,
            Place::Letters(_) | Place::Satker | Place::Audit
        ),
        Topic::Sms => !matches!(state.place, Place::Home),
        Topic::Satker => match state.place {
            // Another phone takes a contact from the list of those to whom nothing arrives.
            Place::Sms => state.sms.of_contacts(),
            place => matches!(place, Place::Satker | Place::Letters(_) | Place::Audit),
        },
        Topic::Calendar => matches!(
            state.place,
            Place::Letters(_) | Place::Deadlines | Place::Audit
        ),
        Topic::Deadlines => matches!(state.place, Place::Deadlines | Place::Satker | Place::Audit),
        Topic::Inbox => matches!(state.place, Place::Inbox | Place::Audit),
        Topic::Modem | Topic::Users | Topic::Stopping => state.place == Place::Audit,
    });
    if concerns {
        effects.extend(lists::refresh(state));
    }
    effects
}

/// Opens a screen and asks for what it shows.
pub(super) fn open(state: &mut State, place: Place) -> Vec<Effect> {
    if let Place::Letters(tab) = place {
        while state.letters.len() <= tab {
            // Before the modules are known there is only the tab of all of them.
            state.letters.push(LettersScreen::of(None));
        }
    }
    if state.place != place {
        state.before = state.place;
        state.place = place;
    }
    state.finding = None;
    lists::settle(state);
    lists::refresh(state)
}

/// The places from left to right: the module tabs, then the screens.
fn places(state: &State) -> Vec<Place> {
    (0..state.modules.len())
        .map(Place::Letters)
        .chain([
            Place::Home,
            Place::Sms,
            Place::Inbox,
            Place::Satker,
            Place::Deadlines,
            Place::Audit,
        ])
        .collect()
}

fn neighbour(state: &mut State, by: isize) -> Vec<Effect> {
    let places = places(state);
    let at = places
        .iter()
        .position(|place| *place == state.place)
        .unwrap_or(0);
    let next = (at.cast_signed() + by)
        .rem_euclid(places.len().cast_signed())
        .cast_unsigned();
    places
        .get(next)
        .map(|place| open(state, *place))
        .unwrap_or_default()
}

fn act(state: &mut State, action: Action) -> Vec<Effect> {
    if state.is_shut() {
        return act_on_shut(state, action);
    }
    if let Some(reason) = action.unavailable(state) {
        state.warn(reason);
        return Vec::new();
    }
    state.message = None;
    match action {
        Action::Help => {
            let context = state.context();
            state.popups.push(Popup::Help(Help { context, scroll: 0 }));
            return Vec::new();
        }
        Action::Redraw => return vec![Effect::Repaint],
        Action::Suspend => return vec![Effect::Suspend],
        _ => {}
    }
    match state.popups.last() {
        Some(Popup::Form(_)) => return form::act(state, action),
        Some(Popup::Question(_)) => return act_on_question(state, action),
        Some(Popup::Editor(_)) => return sms::act_on_editor(state, action),
        Some(Popup::Progress(_)) => {
            if matches!(action, Action::Cancel | Action::AnswerNo) {
                bulk::stop(state);
            }
            return Vec::new();
        }
        Some(Popup::Note(_) | Popup::Help(_)) => return act_on_reader(state, action),
        Some(Popup::Palette(_)) => return act_on_palette(state, action),
        None => {}
    }
    if state.finding.is_some() {
        return lists::act_on_finding(state, action);
    }
    if let Some(tab) = action.module_tab() {
        return open(state, Place::Letters(tab));
    }
    match action {
        Action::Palette => {
            let context = state.place_context();
            state.popups.push(Popup::Palette(Box::new(Palette {
                context,
                line: Line::default(),
                highlighted: 0,
            })));
            Vec::new()
        }
        Action::Quit => {
            state.popups.push(question(Asked::Quit));
            Vec::new()
        }
        Action::HomeScreen => open(state, Place::Home),
        Action::SmsScreen => open(state, Place::Sms),
        Action::InboxScreen => open(state, Place::Inbox),
        Action::SatkerScreen => open(state, Place::Satker),
        Action::DeadlineScreen => open(state, Place::Deadlines),
        Action::AuditScreen => open(state, Place::Audit),
        Action::HoldSending => sms::brake(state),
        Action::NextTab => neighbour(state, 1),
        Action::PreviousTab => neighbour(state, -1),
        Action::LoadDemo => {
            state.popups.push(question(Asked::LoadDemo));
            Vec::new()
        }
        Action::Open if state.place == Place::Home => open_home_row(state),
        Action::Open if state.deadlines.month.is_some() && state.place == Place::Deadlines => {
            deadlines::open_day(state)
        }
        other => match state.place {
            Place::Letters(tab) if other.contexts().contains(&Context::Letters) => {
                letters::act(state, tab, other)
            }
            Place::Sms if other.contexts().contains(&Context::Sms) => sms::act(state, other),
            Place::Deadlines
                if other
                    .contexts()
                    .iter()
                    .any(|context| matches!(context, Context::Deadlines | Context::Month)) =>
            {
                deadlines::act(state, other)
            }
            Place::Inbox if other.contexts().contains(&Context::Inbox) => inbox::act(state, other),
            Place::Satker if other.contexts().contains(&Context::Satker) => {
                satker_act(state, other)
            }
            _ => lists::act(state, other),
        },
    }
}

/// The box that stands for the desk while there is no office to show.
fn act_on_shut(state: &mut State, action: Action) -> Vec<Effect> {
    state.message = None;
    match action {
        Action::Reload => {
            if let LinkState::Shut { asked, .. } = &mut state.link {
                *asked = true;
            }
            vec![Effect::TryAgain]
        }
        Action::Quit => vec![Effect::Quit],
        Action::Redraw => vec![Effect::Repaint],
        Action::Suspend => vec![Effect::Suspend],
        _ => Vec::new(),
    }
}

pub(super) fn question(asked: Asked) -> Popup {
    Popup::Question(Box::new(Question { asked, scroll: 0 }))
}

/// Beranda leads to where a row is dealt with.
fn open_home_row(state: &mut State) -> Vec<Effect> {
    use crate::ask::LetterFilter;
    use crate::tui::screen::sms as sms_screen;
    enum Way {
        Letter(String, String, LetterFilter),
        All(LetterFilter),
        Sms(usize, String),
        Deadlines(DeadlineTab),
        Inbox,
        Note(&'static str, Said),
    }
    let Some(overview) = &state.overview else {
        return Vec::new();
    };
    let rows = home::rows(overview);
    let Some(row) = rows.get(state.home.cursor) else {
        return Vec::new();
    };
    let way = match row {
        home::HomeRow::Overdue(row) => Way::Letter(
            row.module.clone(),
            row.agenda.to_string(),
            LetterFilter::Overdue,
        ),
        home::HomeRow::DueToday(row) => Way::Letter(
            row.module.clone(),
            row.agenda.to_string(),
            LetterFilter::DueToday,
        ),
        home::HomeRow::MoreOverdue(_) => Way::All(LetterFilter::Overdue),
        home::HomeRow::MoreDueToday(_) => Way::All(LetterFilter::DueToday),
        home::HomeRow::Late(_) => Way::Deadlines(DeadlineTab::Late),
        home::HomeRow::OwedToday(_) => Way::Deadlines(DeadlineTab::Today),
        home::HomeRow::Waiting(_) => Way::Sms(0, String::new()),
        home::HomeRow::HandedBack(_) => Way::Sms(sms_screen::BACK_TAB, String::new()),
        home::HomeRow::Repairs(_) => Way::Sms(sms_screen::REPAIR_TAB, String::new()),
        home::HomeRow::Trouble(_) => Way::Sms(sms_screen::TROUBLE_TAB, String::new()),
        home::HomeRow::Sms(row) => Way::Sms(sms_screen::TROUBLE_TAB, row.id.to_string()),
        home::HomeRow::Modem(modem) => {
            let detail = modem.detail.clone();
            let say = Say::new("modem-detail")
                .with("name", modem.name.as_str())
                .with("detail", detail.unwrap_or_else(|| modem.state.clone()));
            Way::Note("note-modem", Said::Say(say))
        }
        home::HomeRow::Warning(warning) if warning.code == "flood" => Way::Inbox,
        home::HomeRow::Hold(hold) => Way::Note("note-hold", Said::Refusal((*hold).clone())),
        home::HomeRow::Warning(warning) => {
            Way::Note("note-warning", Said::Refusal((*warning).clone()))
        }
    };
    match way {
        Way::Letter(module, agenda, filter) => {
            let tab = state
                .modules
                .iter()
                .position(|known| known.id == module)
                .unwrap_or(state.modules.len());
            let show = |screen: &mut LettersScreen| {
                screen.filter = filter;
                screen.find = agenda;
                screen.satker = None;
                screen.detail_open = true;
                screen.list.restart();
            };
            lists::open_letters(state, tab, show)
        }
        Way::All(filter) => {
            let tab = state.modules.len();
            lists::open_letters(state, tab, |screen| {
                screen.filter = filter;
                screen.find.clear();
                screen.satker = None;
                screen.list.restart();
            })
        }
        Way::Sms(tab, find) => lists::open_sms(state, tab, find, None),
        Way::Deadlines(tab) => deadlines::open_deadlines(state, |screen| screen.tab = tab),
        Way::Inbox => open(state, Place::Inbox),
        Way::Note(title, said) => {
            state.popups.push(Popup::Note(Box::new(Note {
                title,
                said,
                scroll: 0,
            })));
            Vec::new()
        }
    }
}

fn satker_act(state: &mut State, action: Action) -> Vec<Effect> {
    let Some(row) = state.satker.list.selected() else {
        return Vec::new();
    };
    let (code, name) = (row.code, row.name.clone());
    match action {
        Action::SatkerDeadlines => deadlines::open_deadlines(state, |screen| {
            screen.satker = Some(code);
            screen.tab = DeadlineTab::Owed;
        }),
        Action::RecordEvent => deadlines::open_event(state, Some((code, name))),
        Action::SatkerLetters => {
            let tab = state.modules.len();
            lists::open_letters(state, tab, |screen| {
                screen.satker = Some(code);
                screen.filter = crate::ask::LetterFilter::All;
                screen.find.clear();
                screen.list.restart();
            })
        }
        Action::SatkerSms => lists::open_sms(
            state,
            crate::tui::screen::sms::ALL_TAB,
            String::new(),
            Some(code),
        ),
        Action::DraftSms => {
            let kind = row.kind.clone();
            sms::open_draft(state, Some((code, name, &kind)))
        }
        _ => Vec::new(),
    }
}

fn act_on_question(state: &mut State, action: Action) -> Vec<Effect> {
    let Some(Popup::Question(mut asked)) = state.popups.pop() else {
        return Vec::new();
    };
    match action {
        Action::AnswerYes => match asked.asked {
            Asked::Quit => vec![Effect::Quit],
            Asked::LoadDemo => {
                state.busy += 1;
                state.info(Say::new("demo-loading"));
                let request = crate::ask::LoadDemo {
                    seed: 1,
                    satker: 500,
                    letters: 6000,
                };
                vec![Effect::Ask(Ticket::Demo, Request::LoadDemo(request))]
            }
            Asked::Letters(action, rows) => letters::move_all(state, action, &rows),
            messages => sms::answered_yes(state, messages),
        },
        Action::AnswerNo | Action::Cancel => Vec::new(),
        Action::PageDown | Action::PageUp => {
            asked.scroll = if action == Action::PageDown {
                asked.scroll.saturating_add(3)
            } else {
                asked.scroll.saturating_sub(3)
            };
            state.popups.push(Popup::Question(asked));
            Vec::new()
        }
        _ => {
            state.popups.push(Popup::Question(asked));
            Vec::new()
        }
    }
}

fn act_on_reader(state: &mut State, action: Action) -> Vec<Effect> {
    let page = state.size.1.saturating_sub(6).max(1);
    let scroll = match state.popups.last_mut() {
        Some(Popup::Help(help)) => &mut help.scroll,
        Some(Popup::Note(note)) => &mut note.scroll,
        _ => return Vec::new(),
    };
    match action {
        Action::MoveDown => *scroll = scroll.saturating_add(1),
        Action::MoveUp => *scroll = scroll.saturating_sub(1),
        Action::PageDown => *scroll = scroll.saturating_add(page),
        Action::PageUp => *scroll = scroll.saturating_sub(page),
        Action::MoveFirst => *scroll = 0,
        // Drawing stops at the last line.
        Action::MoveLast => *scroll = u16::MAX,
        Action::Cancel => {
            state.popups.pop();
        }
        _ => {}
    }
    Vec::new()
}

fn act_on_palette(state: &mut State, action: Action) -> Vec<Effect> {
    let Some(Popup::Palette(palette)) = state.popups.last_mut() else {
        return Vec::new();
    };
    match action {
        Action::NextChoice => palette.highlighted = palette.highlighted.saturating_add(1),
        Action::PreviousChoice => palette.highlighted = palette.highlighted.saturating_sub(1),
        // With a command under the cursor, Accept arrives as `Msg::Command`.
        Action::Accept | Action::Cancel => {
            state.popups.pop();
        }
        _ => {}
    }
    Vec::new()
}

fn typed(state: &mut State, key: Key) -> Vec<Effect> {
    // A refusal may lie over the fields; whoever types on has read it, and what it says of a field stands under that.
    if matches!(&state.message, Some(message) if message.level == Level::Error) {
        state.message = None;
    }
    match state.popups.last_mut() {
        Some(Popup::Form(_)) => form::typed(state, key),
        Some(Popup::Editor(_)) => sms::typed_into_editor(state, key),
        Some(Popup::Palette(palette)) => {
            palette.highlighted = 0;
            palette.line.key(key);
            Vec::new()
        }
        Some(_) => Vec::new(),
        None => lists::typed_into_finding(state, |line| line.key(key)),
    }
}

fn pasted(state: &mut State, text: &str) -> Vec<Effect> {
    match state.popups.last_mut() {
        Some(Popup::Form(_)) => form::pasted(state, text),
        Some(Popup::Editor(editor)) => {
            editor.leaving = false;
            let text: String = text.chars().take(1000).collect();
            editor.area.insert_str(text);
            Vec::new()
        }
        Some(Popup::Palette(palette)) => {
            palette.line.paste(text);
            Vec::new()
        }
        Some(_) => Vec::new(),
        None if state.finding.is_some() => lists::typed_into_finding(state, |line| {
            line.paste(text);
            true
        }),
        None => {
            state.warn(Say::new("paste-nowhere"));
            Vec::new()
        }
    }
}
