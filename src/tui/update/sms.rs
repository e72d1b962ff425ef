//! What a desk does with messages.

use super::question;
use crate::{
    domain::{
        id::{SatkerCode, SmsId},
        sms::SmsState,
    },
    locale::Say,
    service::{
        BulkOutcome, ConfirmSms, EditSms, Request, ResendSms, ShowSms, SmsChoice, SmsRow, UndoSms,
    },
    tui::{
        action::Action,
        key::{Code, Key},
        popup::{
            Asked, Editor, Popup,
            form::{Form, Purpose, register},
        },
        state::{Effect, State, Ticket},
    },
};

/// Whether the action makes sense for a message in this state.
pub(in crate::tui) const fn fits(action: Action, state: SmsState) -> bool {
    match action {
        Action::ConfirmSms | Action::EditSms | Action::RejectSms => {
            matches!(state, SmsState::Waiting)
        }
        Action::UndoSms => matches!(state, SmsState::Queued),
        Action::ResendSms => matches!(
            state,
            SmsState::Uncertain | SmsState::Failed | SmsState::Undelivered
        ),
        Action::SettleSms => matches!(state, SmsState::Uncertain),
        _ => false,
    }
}

pub(super) fn act(state: &mut State, action: Action) -> Vec<Effect> {
    if action == Action::DraftSms {
        return open_draft(state, None);
    }
    let rows: Vec<SmsRow> = state
        .sms
        .chosen()
        .into_iter()
        .filter(|row| fits(action, row.state))
        .cloned()
        .collect();
    let ids: Vec<SmsId> = rows.iter().map(|row| row.id).collect();
    let Some(first) = rows.first() else {
        if action != Action::UndoSms || state.sms.confirmed.is_empty() {
            return Vec::new();
        }
        let last = std::mem::take(&mut state.sms.confirmed);
        return bulk(state, action, last);
    };
    match action {
        Action::ConfirmSms => {
            let id = first.id;
            let one = rows.len() == 1;
            state
                .popups
                .push(question(Asked::ConfirmSms { rows, detail: None }));
            one.then_some(Effect::Ask(
                Ticket::Question,
                Request::ShowSms(ShowSms { id }),
            ))
            .into_iter()
            .collect()
        }
        Action::ResendSms => {
            state.popups.push(question(Asked::ResendSms(rows)));
            Vec::new()
        }
        Action::EditSms => {
            let editor = Editor::new(first.clone());
            state.popups.push(Popup::Editor(Box::new(editor)));
            Vec::new()
        }
        Action::RejectSms => open_form(state, Purpose::RejectSms(ids), register::reason_fields()),
        Action::SettleSms => open_form(state, Purpose::SettleSms(ids), register::settle_fields()),
        Action::UndoSms => bulk(state, Action::UndoSms, ids),
        _ => Vec::new(),
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

/// Opens the form of a free message.
pub(super) fn open_draft(state: &mut State, satker: Option<SatkerCode>) -> Vec<Effect> {
    let key = state.next_key();
    open_form(
        state,
        Purpose::DraftSms { satker, key },
        register::draft_sms_fields(satker.is_some()),
    )
}

/// Asks the office to do this with all of them.
pub(super) fn bulk(state: &mut State, action: Action, ids: Vec<SmsId>) -> Vec<Effect> {
    state.busy += 1;
    let which = SmsChoice::Ids(ids);
    let request = match action {
        Action::ConfirmSms => Request::ConfirmSms(ConfirmSms { which }),
        Action::ResendSms => Request::ResendSms(ResendSms { which }),
        _ => Request::UndoSms(UndoSms { which }),
    };
    vec![Effect::Ask(Ticket::Bulk(action), request)]
}

/// Says what was done, and takes the marks of what was done away.
pub(super) fn outcome(state: &mut State, action: Action, outcome: &BulkOutcome) {
    for id in outcome.done.iter().chain(&outcome.second_needed) {
        state.sms.marks.remove(id);
    }
    if action == Action::ConfirmSms {
        state.sms.confirmed.clone_from(&outcome.done);
    }
    let done = outcome.done.len();
    if let Some((id, refusal)) = outcome.refused.first() {
        if done == 0 && outcome.second_needed.is_empty() && outcome.refused.len() == 1 {
            state.refuse(refusal.clone());
        } else {
            let say = Say::new("sms-partly")
                .with("n", done)
                .with("refused", outcome.refused.len());
            state.warn(say.with("id", id.to_string()));
        }
        return;
    }
    if !outcome.second_needed.is_empty() {
        state.info(Say::new("sms-second-needed").with("n", outcome.second_needed.len()));
        return;
    }
    let say = match action {
        Action::ConfirmSms => Say::new("sms-confirmed"),
        Action::UndoSms => Say::new("sms-undone"),
        Action::ResendSms => Say::new("sms-resent"),
        Action::SettleSms => Say::new("sms-settled"),
        _ => Say::new("sms-rejected-done"),
    };
    state.info(say.with("n", done));
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
