//! What all lists have in common: moving, marking, finding, filtering, details.

use super::{deadlines, list_height, open};
use crate::{
    domain::id::SatkerCode,
    tui::{
        action::Action,
        areas::areas,
        screen::{
            home,
            letters::{FILTERS, LettersScreen, SORTS},
            sms::TABS,
        },
        state::{Effect, LinkState, Place, State, Ticket},
        widget::line::Line,
    },
};

/// Opens a tab of letters after setting what it shows.
pub(super) fn open_letters(
    state: &mut State,
    tab: usize,
    set: impl FnOnce(&mut LettersScreen),
) -> Vec<Effect> {
    while state.letters.len() <= tab {
        state.letters.push(LettersScreen::of(None));
    }
    if let Some(screen) = state.letters.get_mut(tab) {
        screen.marks.clear();
        set(screen);
    }
    open(state, Place::Letters(tab))
}

/// Opens the messages after setting what they show.
pub(super) fn open_sms(
    state: &mut State,
    tab: usize,
    find: String,
    satker: Option<SatkerCode>,
) -> Vec<Effect> {
    state.sms.tab = tab;
    state.sms.find = find;
    state.sms.satker = satker;
    state.sms.clear_marks();
    state.sms.restart();
    open(state, Place::Sms)
}

/// Opens the work units with this one alone.
pub(super) fn open_satker(state: &mut State, code: SatkerCode) -> Vec<Effect> {
    state.satker.find = code.to_string();
    state.satker.detail_open = true;
    state.satker.detail_scroll = 0;
    state.satker.list.restart();
    open(state, Place::Satker)
}

/// Asks again for what the open screen shows.
pub(super) fn refresh(state: &mut State) -> Vec<Effect> {
    if state.link != LinkState::Up {
        return Vec::new();
    }
    let height = list_height(state);
    let mut effects = Vec::new();
    match state.place {
        Place::Home => {}
        Place::Letters(tab) => {
            if let Some(screen) = state.letters.get_mut(tab) {
                effects.extend(screen.ask(tab, height));
                effects.extend(screen.ask_detail(tab));
            }
        }
        Place::Sms => {
            effects.extend(state.sms.ask(height));
            effects.extend(state.sms.ask_detail());
        }
        Place::Inbox => {
            effects.extend(state.inbox.ask(height));
            effects.extend(state.inbox.ask_detail());
        }
        Place::Satker => {
            effects.extend(state.satker.ask(height));
            effects.extend(state.satker.ask_detail());
        }
        Place::Deadlines => {
            let today = state.clock.date_naive();
            effects.extend(state.deadlines.ask(height, today));
            effects.extend(state.deadlines.ask_detail());
        }
        Place::Audit => effects.extend(state.audit.ask()),
    }
    effects
}

/// Asks for rows that the screen shows and that are not here, and for details of the row under the cursor.
pub(super) fn refresh_missing(state: &mut State) -> Vec<Effect> {
    if state.link != LinkState::Up {
        return Vec::new();
    }
    let height = list_height(state);
    let mut effects = Vec::new();
    match state.place {
        Place::Home => {}
        Place::Letters(tab) => {
            if let Some(screen) = state.letters.get_mut(tab) {
                if screen.list.lacks(height) {
                    effects.extend(screen.ask(tab, height));
                }
                if screen.shown_detail().is_none() {
                    effects.extend(screen.ask_detail(tab));
                }
            }
        }
        Place::Sms => {
            if state.sms.lacks(height) {
                effects.extend(state.sms.ask(height));
            }
            if state.sms.shown_detail().is_none() {
                effects.extend(state.sms.ask_detail());
            }
        }
        Place::Inbox => {
            if state.inbox.list.lacks(height) {
                effects.extend(state.inbox.ask(height));
            }
            if state.inbox.shown_detail().is_none() {
                effects.extend(state.inbox.ask_detail());
            }
        }
        Place::Satker => {
            if state.satker.list.lacks(height) {
                effects.extend(state.satker.ask(height));
            }
            if state.satker.shown_detail().is_none() {
                effects.extend(state.satker.ask_detail());
            }
        }
        Place::Deadlines => {
            let today = state.clock.date_naive();
            if state.deadlines.month.is_none() && state.deadlines.list.lacks(height) {
                effects.extend(state.deadlines.ask(height, today));
            }
            if state.deadlines.shown_detail().is_none() {
                effects.extend(state.deadlines.ask_detail());
            }
        }
        Place::Audit => effects.extend(state.audit.ask_more(height)),
    }
    effects
}

/// Keeps every cursor on its screen after the size or the details changed.
pub(super) fn settle(state: &mut State) {
    let height = list_height(state);
    match state.place {
        Place::Home => {
            let rows = state
                .overview
                .as_ref()
                .map_or(0, |overview| home::rows(overview).len());
            state.home.settle(rows, height);
        }
        Place::Letters(tab) => {
            if let Some(screen) = state.letters.get_mut(tab) {
                screen.list.settle(height);
            }
        }
        Place::Sms => state.sms.settle(height),
        Place::Inbox => state.inbox.list.settle(height),
        Place::Satker => state.satker.list.settle(height),
        Place::Deadlines => state.deadlines.list.settle(height),
        Place::Audit => state.audit.settle(height),
    }
}

pub(super) fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let page = i64::from(list_height(state).max(2)) - 1;
    if state.place == Place::Deadlines && state.deadlines.month.is_some() {
        match action {
            Action::MoveDown => return deadlines::move_days(state, 7),
            Action::MoveUp => return deadlines::move_days(state, -7),
            Action::PageDown => return deadlines::move_months(state, 1),
            Action::PageUp => return deadlines::move_months(state, -1),
            Action::MoveFirst | Action::MoveLast | Action::Open => return Vec::new(),
            _ => {}
        }
    }
    match action {
        Action::MoveDown => move_by(state, 1),
        Action::MoveUp => move_by(state, -1),
        Action::PageDown => move_by(state, page),
        Action::PageUp => move_by(state, -page),
        Action::MoveFirst => move_by(state, i64::MIN),
        Action::MoveLast => move_by(state, i64::MAX),
        Action::Open if state.place == Place::Sms && state.sms.of_contacts() => {
            super::sms::open_satker(state)
        }
        Action::Open => toggle_detail(state),
        Action::DetailDown => scroll_detail(state, 1),
        Action::DetailUp => scroll_detail(state, -1),
        Action::Mark => mark(state),
        Action::MarkAll => mark_all(state),
        Action::ClearMarks => {
            clear_marks(state);
            Vec::new()
        }
        Action::Find => {
            state.finding = Some(Line::new(find_of(state)));
            Vec::new()
        }
        Action::NextFilter => filter(state, 1),
        Action::PreviousFilter => filter(state, -1),
        Action::Sort => sort(state),
        Action::Reload => {
            let mut effects = refresh(state);
            effects.extend(super::ask_overview(state));
            effects
        }
        Action::Cancel => back(state),
        _ => Vec::new(),
    }
}

fn move_by(state: &mut State, by: i64) -> Vec<Effect> {
    let height = list_height(state);
    let shift = |cursor: usize| {
        usize::try_from(i64::try_from(cursor).unwrap_or(i64::MAX).saturating_add(by)).unwrap_or(0)
    };
    match state.place {
        Place::Home => {
            let rows = state
                .overview
                .as_ref()
                .map_or(0, |overview| home::rows(overview).len());
            state.home.cursor = shift(state.home.cursor);
            state.home.settle(rows, height);
        }
        Place::Letters(tab) => {
            if let Some(screen) = state.letters.get_mut(tab) {
                screen.detail_scroll = 0;
                screen.list.move_by(by, height);
            }
        }
        Place::Sms => {
            state.sms.detail_scroll = 0;
            state.sms.move_by(by, height);
        }
        Place::Inbox => {
            state.inbox.detail_scroll = 0;
            state.inbox.list.move_by(by, height);
        }
        Place::Satker => {
            state.satker.detail_scroll = 0;
            state.satker.list.move_by(by, height);
        }
        Place::Deadlines => {
            state.deadlines.detail_scroll = 0;
            state.deadlines.list.move_by(by, height);
        }
        Place::Audit => {
            state.audit.detail_scroll = 0;
            state.audit.cursor = shift(state.audit.cursor);
            state.audit.settle(height);
        }
    }
    refresh_missing(state)
}

fn toggle_detail(state: &mut State) -> Vec<Effect> {
    match state.place {
        Place::Home => {}
        Place::Letters(tab) => {
            if let Some(screen) = state.letters.get_mut(tab) {
                screen.detail_open = !screen.detail_open;
            }
        }
        Place::Sms => {
            if state.sms.fold() {
                return refresh(state);
            }
            state.sms.detail_open = !state.sms.detail_open;
        }
        Place::Inbox => state.inbox.detail_open = !state.inbox.detail_open,
        Place::Satker => state.satker.detail_open = !state.satker.detail_open,
        Place::Deadlines => state.deadlines.detail_open = !state.deadlines.detail_open,
        Place::Audit => state.audit.detail_open = !state.audit.detail_open,
    }
    settle(state);
    refresh_missing(state)
}

fn scroll_detail(state: &mut State, by: i16) -> Vec<Effect> {
    let scroll = match state.place {
        Place::Home => return Vec::new(),
        Place::Letters(tab) => match state.letters.get_mut(tab) {
            Some(screen) => &mut screen.detail_scroll,
            None => return Vec::new(),
        },
        Place::Sms => &mut state.sms.detail_scroll,
        Place::Inbox => &mut state.inbox.detail_scroll,
        Place::Satker => &mut state.satker.detail_scroll,
        Place::Deadlines => &mut state.deadlines.detail_scroll,
        Place::Audit => &mut state.audit.detail_scroll,
    };
    // No detail is longer; drawing stops at its last line.
    *scroll = scroll.saturating_add_signed(by * 3).min(400);
    Vec::new()
}

fn mark(state: &mut State) -> Vec<Effect> {
    match state.place {
        Place::Letters(tab) => {
            if let Some(screen) = state.letters.get_mut(tab)
                && let Some(row) = screen.list.selected().cloned()
                && screen.marks.remove(&row.agenda).is_none()
            {
                screen.marks.insert(row.agenda, row);
            }
        }
        Place::Sms => state.sms.toggle_mark(),
        Place::Deadlines => {
            if let Some(row) = state.deadlines.list.selected().cloned()
                && state.deadlines.marks.remove(&row.id).is_none()
            {
                state.deadlines.marks.insert(row.id, row);
            }
        }
        Place::Home | Place::Inbox | Place::Satker | Place::Audit => return Vec::new(),
    }
    move_by(state, 1)
}

/// Rows that the server gives at the most, and so the most that are marked at once.
pub(super) const MOST_MARKS: u32 = 1000;

/// Asks for all rows that the list finds, so that they can be marked as they are.
fn mark_all(state: &mut State) -> Vec<Effect> {
    let ask = match state.place {
        Place::Letters(tab) => state
            .letters
            .get(tab)
            .map(|screen| (Ticket::MarkLetters(tab), screen.request(0, MOST_MARKS))),
        Place::Sms => {
            // They may be a hundred thousand: the server finds them again.
            state.sms.clear_marks();
            state.sms.everything = Some(std::collections::BTreeSet::new());
            None
        }
        Place::Deadlines => {
            let today = state.clock.date_naive();
            let request = state.deadlines.request(0, MOST_MARKS, today);
            Some((Ticket::MarkDeadlines, request))
        }
        Place::Home | Place::Inbox | Place::Satker | Place::Audit => None,
    };
    ask.map(|(ticket, request)| Effect::Ask(ticket, request))
        .into_iter()
        .collect()
}

/// Takes the marks of the open screen away; gives whether there were any.
fn clear_marks(state: &mut State) -> bool {
    match state.place {
        Place::Letters(tab) => state
            .letters
            .get_mut(tab)
            .is_some_and(|screen| !std::mem::take(&mut screen.marks).is_empty()),
        Place::Sms => state.sms.clear_marks(),
        Place::Deadlines => !std::mem::take(&mut state.deadlines.marks).is_empty(),
        Place::Home | Place::Inbox | Place::Satker | Place::Audit => false,
    }
}

fn find_of(state: &State) -> &str {
    match state.place {
        Place::Home => "",
        Place::Letters(tab) => state.letters.get(tab).map_or("", |screen| &screen.find),
        Place::Sms => &state.sms.find,
        Place::Inbox => &state.inbox.find,
        Place::Satker => &state.satker.find,
        Place::Deadlines => &state.deadlines.find,
        Place::Audit => &state.audit.find,
    }
}

fn set_find(state: &mut State, find: &str) -> Vec<Effect> {
    match state.place {
        Place::Home => return Vec::new(),
        Place::Letters(tab) => {
            if let Some(screen) = state.letters.get_mut(tab) {
                find.clone_into(&mut screen.find);
                screen.list.restart();
            }
        }
        Place::Sms => {
            find.clone_into(&mut state.sms.find);
            state.sms.restart();
        }
        Place::Inbox => {
            find.clone_into(&mut state.inbox.find);
            state.inbox.list.restart();
        }
        Place::Satker => {
            find.clone_into(&mut state.satker.find);
            state.satker.list.restart();
        }
        Place::Deadlines => {
            find.clone_into(&mut state.deadlines.find);
            deadlines::restart(state);
        }
        Place::Audit => {
            find.clone_into(&mut state.audit.find);
            state.audit.restart();
        }
    }
    refresh(state)
}

/// A key or paste for the find line. The list follows each letter.
pub(super) fn typed_into_finding(
    state: &mut State,
    edit: impl FnOnce(&mut Line) -> bool,
) -> Vec<Effect> {
    let Some(line) = &mut state.finding else {
        return Vec::new();
    };
    edit(line);
    let find = line.text().to_owned();
    if find == find_of(state) {
        Vec::new()
    } else {
        set_find(state, &find)
    }
}

pub(super) fn act_on_finding(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::Accept => {
            state.finding = None;
            Vec::new()
        }
        Action::Cancel => {
            state.finding = None;
            if find_of(state).is_empty() {
                Vec::new()
            } else {
                set_find(state, "")
            }
        }
        Action::NextChoice => move_by(state, 1),
        Action::PreviousChoice => move_by(state, -1),
        _ => Vec::new(),
    }
}

pub(super) fn turn<T: PartialEq + Copy>(all: &[T], now: T, by: isize) -> Option<T> {
    let at = all
        .iter()
        .position(|one| *one == now)
        .map_or(0, usize::cast_signed);
    all.get(
        (at + by)
            .rem_euclid(all.len().max(1).cast_signed())
            .cast_unsigned(),
    )
    .copied()
}

fn filter(state: &mut State, by: isize) -> Vec<Effect> {
    match state.place {
        Place::Letters(tab) => {
            let Some(screen) = state.letters.get_mut(tab) else {
                return Vec::new();
            };
            screen.filter = turn(&FILTERS, screen.filter, by).unwrap_or_default();
            screen.list.restart();
        }
        Place::Sms => {
            let count = TABS.len().cast_signed();
            state.sms.tab = (state.sms.tab.cast_signed() + by)
                .rem_euclid(count)
                .cast_unsigned();
            state.sms.clear_marks();
            state.sms.restart();
        }
        Place::Deadlines => deadlines::filter(state, by),
        Place::Inbox => {
            state.inbox.all = !state.inbox.all;
            state.inbox.list.restart();
        }
        Place::Home | Place::Satker | Place::Audit => return Vec::new(),
    }
    refresh(state)
}

fn sort(state: &mut State) -> Vec<Effect> {
    if state.place == Place::Sms {
        state.sms.next_grouping();
        return refresh(state);
    }
    let Place::Letters(tab) = state.place else {
        return Vec::new();
    };
    let Some(screen) = state.letters.get_mut(tab) else {
        return Vec::new();
    };
    screen.sort = turn(&SORTS, screen.sort, 1).unwrap_or_default();
    screen.list.restart();
    refresh(state)
}

/// Esc: takes away one thing at a time, what was added last first.
fn back(state: &mut State) -> Vec<Effect> {
    if clear_marks(state) {
        return Vec::new();
    }
    match state.place {
        Place::Letters(tab) => {
            if let Some(screen) = state.letters.get_mut(tab)
                && screen.satker.take().is_some()
            {
                screen.list.restart();
                return refresh(state);
            }
        }
        Place::Sms => {
            if state.sms.satker.take().is_some() {
                state.sms.restart();
                return refresh(state);
            }
        }
        Place::Deadlines => {
            if deadlines::back(state) {
                return refresh(state);
            }
        }
        Place::Home | Place::Inbox | Place::Satker | Place::Audit => {}
    }
    if !find_of(state).is_empty() {
        return set_find(state, "");
    }
    let closable = matches!(state.place, Place::Letters(tab) if state.letters.get(tab).is_some_and(|screen| screen.detail_open))
        || (state.place == Place::Audit && state.audit.detail_open);
    if closable {
        return toggle_detail(state);
    }
    // The tab of all modules is a way through, not a place to stay.
    if state.place == Place::Letters(state.modules.len()) && areas(state.size).content.height > 0 {
        let before = state.before;
        return open(state, before);
    }
    Vec::new()
}
