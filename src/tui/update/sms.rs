//! What a desk does with messages.

use std::collections::BTreeSet;

use super::{bulk, lists, question};
use crate::{
    ask::{DayBudget, EditSms, PreviewConfirm, Request, ResumeSending, ShowSms, SmsChoice, SmsRow},
    domain::{id::SatkerCode, phone::PhoneNumber, sms::SmsState},
    locale::Say,
    tui::{
        action::Action,
        key::{Code, Key},
        popup::{
            Asked, Editor, Many, Popup, Task,
            form::{Form, Purpose, register},
        },
        screen::sms::{ALL_TAB, Chosen},
        state::{Effect, State, Ticket},
    },
};

/// Whether the action makes sense for a message in this state.
pub(in crate::tui) const fn fits(action: Action, state: SmsState) -> bool {
    match action {
        Action::ConfirmSms | Action::ConfirmShown => matches!(state, SmsState::Waiting),
        // What was handed back is mended, and waits again.
        Action::EditSms => matches!(state, SmsState::Waiting | SmsState::Rejected),
        Action::RejectSms => matches!(state, SmsState::Waiting | SmsState::Queued),
        Action::WithdrawSms => matches!(
            state,
            SmsState::Waiting | SmsState::Queued | SmsState::Rejected
        ),
        Action::UndoSms => matches!(state, SmsState::Queued),
        Action::ResendSms => matches!(
            state,
            SmsState::Uncertain | SmsState::Failed | SmsState::Undelivered
        ),
        Action::SettleSms => matches!(state, SmsState::Uncertain),
        _ => false,
    }
}

/// Whether the action makes sense for what is chosen; if not, the state of the first message.
pub(in crate::tui) fn offered(action: Action, chosen: &Chosen) -> Result<(), Option<SmsState>> {
    let (states, first): (Vec<SmsState>, _) = match chosen {
        Chosen::Rows(rows) => (
            rows.iter().map(|row| row.state).collect(),
            rows.first().map(|row| row.state),
        ),
        Chosen::Found(_, 0) => (Vec::new(), None),
        // One text belongs to one message, and so does one fate.
        Chosen::Found(..) if matches!(action, Action::EditSms | Action::SettleSms) => {
            (Vec::new(), None)
        }
        Chosen::Found(filter, _) if filter.states.is_empty() => (SmsState::ALL.to_vec(), None),
        Chosen::Found(filter, _) => (filter.states.clone(), filter.states.first().copied()),
    };
    if states.iter().any(|state| fits(action, *state)) {
        Ok(())
    } else {
        Err(first)
    }
}

pub(super) fn act(state: &mut State, action: Action) -> Vec<Effect> {
    if action == Action::DraftSms {
        return open_draft(state, None);
    }
    if action == Action::Broadcast {
        let key = state.next_key();
        let fields = register::broadcast_fields(&state.modules);
        let mut effects = open_form(state, Purpose::Broadcast { key, report: None }, fields);
        effects.extend(super::form::ask_preview(state));
        return effects;
    }
    if action == Action::NumberSms {
        return open_number(state);
    }
    let chosen = if action == Action::ConfirmShown && !state.sms.of_contacts() {
        state.sms.clear_marks();
        state.sms.everything = Some(BTreeSet::new());
        state.sms.chosen()
    } else {
        state.sms.chosen()
    };
    if offered(action, &chosen).is_err() {
        if action != Action::UndoSms || state.sms.confirmed.is_empty() {
            return Vec::new();
        }
        let last = std::mem::take(&mut state.sms.confirmed);
        return bulk::start(state, Task::Undo, Many::Ids(last));
    }
    match chosen {
        Chosen::Rows(rows) => {
            let rows = rows
                .into_iter()
                .filter(|row| fits(action, row.state))
                .collect();
            act_on_rows(state, action, rows)
        }
        Chosen::Found(filter, count) => {
            // Without a look at it beforehand, what the list shows now is what is meant.
            act_on_many(state, action, Many::Found(filter, count, None))
        }
    }
}

/// Shows all messages to the phone under the cursor, whatever became of them.
fn open_number(state: &mut State) -> Vec<Effect> {
    let contact = state.sms.repairs.list.selected();
    let contact = contact.filter(|_| state.sms.of_contacts());
    let phone = contact
        .map(|contact| &contact.phone)
        .or_else(|| state.sms.row().map(|row| &row.to));
    let Some(find) = phone.map(PhoneNumber::local) else {
        return Vec::new();
    };
    state.sms.by = None;
    lists::open_sms(state, ALL_TAB, find, None)
}

/// From a contact to whom nothing arrives to its work unit.
pub(super) fn open_satker(state: &mut State) -> Vec<Effect> {
    match state.sms.repairs.list.selected() {
        Some(contact) => {
            let code = contact.satker;
            lists::open_satker(state, code)
        }
        None => Vec::new(),
    }
}

fn act_on_rows(state: &mut State, action: Action, rows: Vec<SmsRow>) -> Vec<Effect> {
    let many = Many::Ids(bulk::ids(&rows));
    match (action, rows.as_slice()) {
        (Action::ConfirmSms | Action::ConfirmShown, [one]) => {
            let id = one.id;
            state
                .popups
                .push(question(Asked::ConfirmSms { rows, detail: None }));
            vec![Effect::Ask(
                Ticket::Question,
                Request::ShowSms(ShowSms { id }),
            )]
        }
        (Action::EditSms, [first, ..]) => {
            let mut editor = Editor::new(first.clone());
            let shown = state.sms.detail.as_ref();
            let shown = shown.filter(|detail| detail.row.id == first.id);
            let mut effects = Vec::new();
            match shown {
                Some(detail) => editor.template.clone_from(&detail.sms.drafted_text),
                None => effects.push(Effect::Ask(
                    Ticket::Template,
                    Request::ShowSms(ShowSms { id: first.id }),
                )),
            }
            state.popups.push(Popup::Editor(Box::new(editor)));
            effects
        }
        (Action::ResendSms, _) => {
            state.popups.push(question(Asked::ResendSms(many, rows)));
            Vec::new()
        }
        (Action::SettleSms, rows) => open_form(
            state,
            Purpose::SettleSms(bulk::ids(rows)),
            register::settle_fields(),
        ),
        _ => act_on_many(state, action, many),
    }
}

fn act_on_many(state: &mut State, action: Action, many: Many) -> Vec<Effect> {
    match action {
        Action::ConfirmSms | Action::ConfirmShown => {
            let which = match &many {
                Many::Ids(ids) => SmsChoice::Ids(ids.clone()),
                Many::Found(filter, ..) => SmsChoice::Found {
                    filter: (**filter).clone(),
                    seen: None,
                    after: None,
                    limit: 0,
                },
            };
            state.popups.push(question(Asked::ConfirmMany(many, None)));
            vec![Effect::Ask(
                Ticket::Look,
                Request::PreviewConfirm(PreviewConfirm { which }),
            )]
        }
        Action::RejectSms => open_form(state, Purpose::RejectSms(many), register::reason_fields()),
        Action::WithdrawSms => {
            state.popups.push(question(Asked::WithdrawSms(many)));
            Vec::new()
        }
        Action::ResendSms => {
            state
                .popups
                .push(question(Asked::ResendSms(many, Vec::new())));
            Vec::new()
        }
        Action::UndoSms => bulk::start(state, Task::Undo, many),
        _ => Vec::new(),
    }
}

/// A yes to a question about many messages.
pub(super) fn answered_yes(state: &mut State, asked: Asked) -> Vec<Effect> {
    match asked {
        Asked::ConfirmSms { rows, .. } => bulk::start(
            state,
            Task::Confirm { beyond: false },
            Many::Ids(bulk::ids(&rows)),
        ),
        Asked::ConfirmMany(many, Some(look)) => {
            let many = match many {
                Many::Found(filter, _, _) => Many::Found(filter, look.count, Some(look.seen)),
                ids @ Many::Ids(_) => ids,
            };
            match look.budget.filter(DayBudget::passed) {
                Some(budget) => {
                    state.popups.push(question(Asked::OverBudget(many, budget)));
                    Vec::new()
                }
                None => bulk::start(state, Task::Confirm { beyond: false }, many),
            }
        }
        // Nobody has seen yet what it would do.
        asked @ Asked::ConfirmMany(_, None) => {
            state.popups.push(question(asked));
            Vec::new()
        }
        Asked::OverBudget(many, _) => bulk::start(state, Task::Confirm { beyond: true }, many),
        Asked::WithdrawSms(many) => bulk::start(state, Task::Withdraw, many),
        Asked::ResendSms(many, _) => bulk::start(state, Task::Resend, many),
        Asked::Resume(_) => {
            state.busy += 1;
            vec![Effect::Ask(
                Ticket::Brake,
                Request::ResumeSending(ResumeSending {}),
            )]
        }
        _ => Vec::new(),
    }
}

/// Stops all sending after a word why, or asks whether it shall go on.
pub(super) fn brake(state: &mut State) -> Vec<Effect> {
    let held = state
        .overview
        .as_ref()
        .and_then(|overview| overview.held.clone());
    match held {
        Some(held) => {
            state.popups.push(question(Asked::Resume(held)));
            Vec::new()
        }
        None => open_form(state, Purpose::Hold, register::hold_fields()),
    }
}

fn open_form(
    state: &mut State,
    purpose: Purpose,
    fields: Vec<crate::tui::popup::form::Field>,
) -> Vec<Effect> {
    let number = state.next_number();
    state
        .popups
        .push(Popup::Form(Box::new(Form::new(number, purpose, fields))));
    Vec::new()
}

/// Opens the form of a free message, to one of the officials of a participant of that kind.
/// Opens the form of a free message: to a work unit with its code, name and kind, or to a phone.
pub(super) fn open_draft(
    state: &mut State,
    satker: Option<(SatkerCode, String, &str)>,
) -> Vec<Effect> {
    let key = state.next_key();
    let kind = satker.as_ref().map(|(_, _, kind)| *kind);
    let fields = register::draft_sms_fields(kind.map(|kind| (kind, &*state.modules)));
    let satker = satker.map(|(code, name, _)| (code, name));
    open_form(state, Purpose::DraftSms { satker, key }, fields)
}

pub(super) fn act_on_editor(state: &mut State, action: Action) -> Vec<Effect> {
    let Some(Popup::Editor(editor)) = state.popups.last_mut() else {
        return Vec::new();
    };
    match action {
        Action::Save if editor.saving => {}
        Action::Save => {
            let text = editor.text();
            if text == editor.row.text {
                state.popups.pop();
                state.info(Say::new("edit-unchanged"));
                return Vec::new();
            }
            editor.saving = true;
            let id = editor.row.id;
            state.busy += 1;
            return vec![Effect::Ask(
                Ticket::Edited,
                Request::EditSms(EditSms { id, text }),
            )];
        }
        Action::UndoEdit => {
            editor.area.undo();
        }
        Action::Cancel => {
            if editor.text() == editor.row.text || editor.leaving {
                state.popups.pop();
            } else {
                editor.leaving = true;
                state.warn(Say::new("edit-leave-again"));
            }
        }
        _ => {}
    }
    Vec::new()
}

pub(super) fn typed_into_editor(state: &mut State, key: Key) -> Vec<Effect> {
    use tui_textarea::CursorMove;
    let Some(Popup::Editor(editor)) = state.popups.last_mut() else {
        return Vec::new();
    };
    editor.leaving = false;
    let area = &mut editor.area;
    if let Some(c) = key.typed() {
        area.insert_char(c);
        return Vec::new();
    }
    match key.code {
        Code::Enter => area.insert_newline(),
        Code::Backspace => {
            area.delete_char();
        }
        Code::Delete => {
            area.delete_next_char();
        }
        Code::Left => area.move_cursor(CursorMove::Back),
        Code::Right => area.move_cursor(CursorMove::Forward),
        Code::Up => area.move_cursor(CursorMove::Up),
        Code::Down => area.move_cursor(CursorMove::Down),
        Code::Home => area.move_cursor(CursorMove::Head),
        Code::End => area.move_cursor(CursorMove::End),
        Code::Char('w') if key.ctrl => {
            area.delete_word();
        }
        Code::Char('k') if key.ctrl => {
            area.delete_line_by_end();
        }
        _ => {}
    }
    Vec::new()
}
