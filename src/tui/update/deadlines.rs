//! What a desk does with deadlines.

use super::{lists, open};
use crate::{
    ask::{DeadlineRow, EventOutcome, RemindDeadline, Reply, Request},
    domain::id::{ObligationId, SatkerCode},
    locale::Say,
    tui::{
        action::Action,
        popup::{
            Popup,
            form::{DeadlineTask, Field, Form, Purpose, deadline, register},
        },
        screen::{
            deadlines::{DeadlineTab, DeadlinesScreen, Month},
            sms::ALL_TAB,
        },
        state::{Effect, Place, State, Ticket},
        widget::turn::Turn,
    },
};

/// Whether the action makes sense for a deadline in this state.
pub(in crate::tui) fn fits(action: Action, state: &str) -> bool {
    let owed = matches!(state, "open" | "late");
    match action {
        Action::MeetDeadline
        | Action::ExemptDeadline
        | Action::MoveDeadline
        | Action::RemindDeadline => owed,
        Action::ReopenDeadline => !owed,
        _ => true,
    }
}

/// Opens the screen after setting what it shows.
pub(super) fn open_deadlines(
    state: &mut State,
    set: impl FnOnce(&mut DeadlinesScreen),
) -> Vec<Effect> {
    let screen = &mut state.deadlines;
    screen.marks.clear();
    screen.find.clear();
    screen.satker = None;
    screen.module = None;
    screen.day = None;
    screen.month = None;
    screen.owed = None;
    set(screen);
    screen.list.restart();
    open(state, Place::Deadlines)
}

pub(super) fn act(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::RecordEvent => {
            let chosen = under_cursor(state);
            return open_event(state, chosen);
        }
        Action::AddDeadline => {
            let chosen = under_cursor(state);
            let fields = deadline::add_fields(&state.modules, chosen);
            return open_form(state, DeadlineTask::Add, fields);
        }
        Action::GiveDate => {
            let fields = deadline::date_fields(&state.modules);
            return open_form(state, DeadlineTask::Date, fields);
        }
        Action::MonthView => return toggle_month(state),
        Action::NextModule => return next_module(state),
        Action::NextDay => return move_days(state, 1),
        Action::PreviousDay => return move_days(state, -1),
        _ => {}
    }
    let rows: Vec<DeadlineRow> = state
        .deadlines
        .chosen()
        .into_iter()
        .filter(|row| fits(action, &row.state))
        .cloned()
        .collect();
    let ids: Vec<ObligationId> = rows.iter().map(|row| row.id).collect();
    let Some(first) = rows.first() else {
        return Vec::new();
    };
    match action {
        Action::MeetDeadline => open_form(state, DeadlineTask::Meet(ids), deadline::meet_fields()),
        Action::ExemptDeadline => {
            open_form(state, DeadlineTask::Exempt(ids), register::reason_fields())
        }
        Action::ReopenDeadline => {
            open_form(state, DeadlineTask::Reopen(ids), register::reason_fields())
        }
        Action::MoveDeadline => {
            open_form(state, DeadlineTask::Move(first.id), deadline::move_fields())
        }
        Action::RemindDeadline => {
            state.busy += 1;
            let id = first.id;
            vec![Effect::Ask(
                Ticket::Reminded,
                Request::RemindDeadline(RemindDeadline { id }),
            )]
        }
        Action::DeadlineSms => {
            let (find, code) = (String::new(), first.satker);
            lists::open_sms(state, ALL_TAB, find, Some(code))
        }
        Action::DeadlineLetter => open_letter(state),
        _ => Vec::new(),
    }
}

fn under_cursor(state: &State) -> Option<(SatkerCode, String)> {
    if state.place != Place::Deadlines || state.deadlines.month.is_some() {
        return None;
    }
    let row = state.deadlines.list.selected()?;
    Some((row.satker, row.satker_name.clone()))
}

/// Opens the form of an event, at this satker if one is meant.
pub(super) fn open_event(state: &mut State, chosen: Option<(SatkerCode, String)>) -> Vec<Effect> {
    let fields = deadline::event_fields(&state.modules, None, chosen);
    open_form(state, DeadlineTask::Event, fields)
}

fn open_form(state: &mut State, task: DeadlineTask, fields: Vec<Field>) -> Vec<Effect> {
    let number = state.next_number();
    let purpose = Purpose::Deadline {
        task,
        far_seen: false,
    };
    state
        .popups
        .push(Popup::Form(Box::new(Form::new(number, purpose, fields))));
    Vec::new()
}

/// To the letter that fulfilled the deadline.
fn open_letter(state: &mut State) -> Vec<Effect> {
    let Some(row) = state.deadlines.list.selected() else {
        return Vec::new();
    };
    let Some(agenda) = row.letter else {
        state.info(Say::new("no-letter-here"));
        return Vec::new();
    };
    let tab = state
        .modules
        .iter()
        .position(|module| module.id == row.module)
        .unwrap_or(state.modules.len());
    lists::open_letters(state, tab, |screen| {
        screen.filter = crate::ask::LetterFilter::All;
        screen.find = agenda.to_string();
        screen.satker = None;
        screen.detail_open = true;
        screen.list.restart();
    })
}

fn toggle_month(state: &mut State) -> Vec<Effect> {
    let today = state.clock.date_naive();
    let screen = &mut state.deadlines;
    if screen.month.take().is_none() {
        let day = screen.day.take().unwrap_or(today);
        screen.month = Some(Month::at(day));
    }
    screen.list.restart();
    lists::refresh(state)
}

/// The next module that has obligations; after the last one all of them.
fn next_module(state: &mut State) -> Vec<Effect> {
    let ids: Vec<&str> = state
        .modules
        .iter()
        .filter(|module| !module.obligations.is_empty())
        .map(|module| module.id.as_str())
        .collect();
    let next = match &state.deadlines.module {
        None => ids.first(),
        Some(now) => ids
            .iter()
            .position(|id| id == now)
            .and_then(|at| ids.get(at + 1)),
    };
    state.deadlines.module = next.map(|id| (*id).to_owned());
    restart(state);
    lists::refresh(state)
}

/// Another list from now on.
pub(super) fn restart(state: &mut State) {
    let screen = &mut state.deadlines;
    screen.list.restart();
    screen.owed = None;
    screen.marks.clear();
    if let Some(month) = &mut screen.month {
        month.totals = None;
        month.turn = Turn::default();
    }
}

/// Moves the cursor of the calendar.
pub(super) fn move_days(state: &mut State, days: i64) -> Vec<Effect> {
    let Some(month) = &mut state.deadlines.month else {
        return Vec::new();
    };
    if month.move_days(days) {
        return other_month(state);
    }
    Vec::new()
}

/// Turns the pages of the calendar.
pub(super) fn move_months(state: &mut State, months: i32) -> Vec<Effect> {
    let Some(month) = &mut state.deadlines.month else {
        return Vec::new();
    };
    if month.move_months(months) {
        return other_month(state);
    }
    Vec::new()
}

fn other_month(state: &mut State) -> Vec<Effect> {
    if let Some(month) = &mut state.deadlines.month {
        month.totals = None;
        month.turn = Turn::default();
    }
    lists::refresh(state)
}

/// From the calendar to the list of the day under the cursor.
pub(super) fn open_day(state: &mut State) -> Vec<Effect> {
    let Some(month) = state.deadlines.month.take() else {
        return Vec::new();
    };
    state.deadlines.day = Some(month.day);
    state.deadlines.list.restart();
    lists::refresh(state)
}

/// The next tab.
pub(super) fn filter(state: &mut State, by: isize) {
    let screen = &mut state.deadlines;
    // From a single day the key leads back to the tabs.
    if screen.day.take().is_none() {
        screen.tab = lists::turn(&crate::tui::screen::deadlines::TABS, screen.tab, by)
            .unwrap_or(DeadlineTab::Week);
    }
    screen.marks.clear();
    screen.list.restart();
}

/// Esc: takes away one limit after the other. True when there was one.
pub(super) fn back(state: &mut State) -> bool {
    let screen = &mut state.deadlines;
    if screen.month.take().is_some()
        || screen.day.take().is_some()
        || screen.satker.take().is_some()
        || screen.module.take().is_some()
    {
        restart(state);
        return true;
    }
    false
}

/// What the office answers about deadlines.
pub(super) fn answered(state: &mut State, ticket: Ticket, reply: Reply) -> Vec<Effect> {
    let height = super::list_height(state);
    let today = state.clock.date_naive();
    let screen = &mut state.deadlines;
    match (ticket, reply) {
        (Ticket::Deadlines, Reply::ListDeadlines(page)) => {
            let again = screen
                .list
                .answer(page.rows, page.offset, page.total, height, |row| row.id);
            for row in &screen.list.rows {
                if let Some(mark) = screen.marks.get_mut(&row.id) {
                    mark.clone_from(row);
                }
            }
            let mut effects = Vec::new();
            if again {
                effects.extend(screen.ask_rows(height, today));
            }
            if screen.shown_detail().is_none() {
                effects.extend(screen.ask_detail());
            }
            effects
        }
        (Ticket::MarkDeadlines, Reply::ListDeadlines(page)) => {
            screen.marks = page.rows.into_iter().map(|row| (row.id, row)).collect();
            if page.total > u64::from(lists::MOST_MARKS) {
                state.warn(Say::new("marked-some").with("n", lists::MOST_MARKS));
            }
            Vec::new()
        }
        (Ticket::DeadlineCounts, Reply::CountDeadlines(totals)) => {
            let again = screen.count_turn.done();
            screen.owed = Some(totals);
            if again {
                screen.ask_counts().into_iter().collect()
            } else {
                Vec::new()
            }
        }
        (Ticket::DeadlineMonth, Reply::CountDeadlines(totals)) => {
            let again = match &mut screen.month {
                Some(month) => {
                    month.totals = Some(totals);
                    month.turn.done()
                }
                None => false,
            };
            if again {
                screen.ask_month().into_iter().collect()
            } else {
                Vec::new()
            }
        }
        (Ticket::Deadline, Reply::ShowDeadline(detail)) => {
            let again = screen.detail_turn.done();
            screen.detail = Some(Box::new(detail));
            if again || screen.shown_detail().is_none() {
                screen.ask_detail().into_iter().collect()
            } else {
                Vec::new()
            }
        }
        (Ticket::Reminded, Reply::RemindDeadline(drafted)) => {
            let ids: Vec<String> = drafted.sms.iter().map(ToString::to_string).collect();
            state.info(Say::new("reminder-drafted").with("sms", ids.join(", ")));
            super::form::reload(state)
        }
        _ => Vec::new(),
    }
}

/// Nothing is outstanding any more after a refusal.
pub(super) fn refused(state: &mut State, ticket: Ticket) {
    let screen = &mut state.deadlines;
    match ticket {
        Ticket::Deadlines => screen.list.give_up(),
        Ticket::Deadline => screen.detail_turn = Turn::default(),
        Ticket::DeadlineCounts => screen.count_turn = Turn::default(),
        Ticket::DeadlineMonth => {
            if let Some(month) = &mut screen.month {
                month.turn = Turn::default();
            }
        }
        _ => {}
    }
}

/// Says what saving a form about deadlines gave.
pub(super) fn saved(state: &mut State, reply: &Reply) {
    state.deadlines.detail = None;
    let say = match reply {
        Reply::MeetDeadline(rows) => Say::new("deadlines-met").with("n", rows.rows.len()),
        Reply::ExemptDeadline(rows) => Say::new("deadlines-exempted").with("n", rows.rows.len()),
        Reply::ReopenDeadline(rows) => Say::new("deadlines-reopened").with("n", rows.rows.len()),
        Reply::MoveDeadline(rows) => {
            let due = rows.rows.first().map(|row| row.due.to_string());
            Say::new("deadline-moved-to").with("date", due.unwrap_or_default())
        }
        Reply::AddDeadline(rows) => Say::new("deadlines-added").with("n", rows.rows.len()),
        Reply::GiveDate(moved) => Say::new("date-given").with("n", moved.moved),
        Reply::RecordEvent(outcome) => event_said(outcome),
        _ => return,
    };
    state.deadlines.marks.clear();
    state.info(say);
}

fn event_said(outcome: &EventOutcome) -> Say {
    if outcome.repeated {
        return Say::new("event-known");
    }
    let due: Vec<String> = outcome
        .deadlines
        .iter()
        .map(|row| format!("{} {}", row.name, crate::domain::when::short(row.due)))
        .collect();
    if due.is_empty() {
        Say::new("event-nothing")
    } else {
        Say::new("event-recorded").with("due", due.join(", "))
    }
}
