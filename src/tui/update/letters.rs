//! What a desk does with letters.

use super::{form, lists, question};
use crate::{
    ask::{LetterRow, MoveLetter, Request},
    domain::letter::LetterState,
    locale::Say,
    tui::{
        action::Action,
        popup::{
            Asked, Popup,
            form::{Form, Purpose, register},
        },
        screen::{deadlines::DeadlineTab, sms::ALL_TAB},
        state::{Effect, State, Ticket},
    },
};

/// The state to which an action moves a letter, where it does.
pub(in crate::tui) const fn target(action: Action) -> Option<LetterState> {
    Some(match action {
        Action::CompleteLetter => LetterState::Completed,
        Action::ReturnLetter => LetterState::Returned,
        Action::RejectLetter => LetterState::Rejected,
        Action::VoidLetter => LetterState::Void,
        Action::StartLetter | Action::ResumeLetter => LetterState::InProgress,
        Action::WaitLetter => LetterState::Waiting,
        Action::HandOverLetter => LetterState::HandedOver,
        Action::DisposeLetter => LetterState::Dispositioned,
        _ => return None,
    })
}

/// Whether the action makes sense for a letter in this state. Start and resume lead to the same state from different ones.
pub(in crate::tui) fn fits(action: Action, state: LetterState) -> bool {
    match action {
        Action::StartLetter if state == LetterState::Waiting => false,
        Action::ResumeLetter if state != LetterState::Waiting => false,
        _ => target(action).is_some_and(|next| state.may_become(next)),
    }
}

pub(super) fn act(state: &mut State, tab: usize, action: Action) -> Vec<Effect> {
    let Some(screen) = state.letters.get(tab) else {
        return Vec::new();
    };
    let rows: Vec<LetterRow> = screen
        .chosen()
        .into_iter()
        .filter(|row| fits(action, row.state))
        .cloned()
        .collect();
    match action {
        Action::RegisterLetter => return form::open_register(state, tab),
        Action::LetterSms => {
            let Some(agenda) = screen.list.selected().map(|row| row.agenda.to_string()) else {
                return Vec::new();
            };
            return lists::open_sms(state, ALL_TAB, agenda, None);
        }
        Action::ModuleDeadlines => {
            let module = screen.module.clone();
            return super::deadlines::open_deadlines(state, |screen| {
                screen.module = module;
                screen.tab = DeadlineTab::Owed;
            });
        }
        _ => {}
    }
    let (Some(to), Some(first)) = (target(action), rows.first()) else {
        return Vec::new();
    };
    let agendas: Vec<_> = rows.iter().map(|row| row.agenda).collect();
    let number = state.next_number();
    let form = match action {
        Action::CompleteLetter
        | Action::ReturnLetter
        | Action::RejectLetter
        | Action::VoidLetter => {
            let service = state.service(&first.module, &first.service);
            let fields = register::end_fields(to, service);
            Form::new(
                number,
                Purpose::End {
                    to,
                    letters: agendas,
                    preview: None,
                },
                fields,
            )
        }
        Action::DisposeLetter => {
            let fields = register::dispose_fields(&state.modules, &first.section);
            Form::new(
                number,
                Purpose::Move {
                    to,
                    letters: agendas,
                },
                fields,
            )
        }
        Action::WaitLetter => Form::new(
            number,
            Purpose::Move {
                to,
                letters: agendas,
            },
            register::reason_fields(),
        ),
        // What needs no words is done at once for one letter, and asked about for several.
        _ if rows.len() > 1 => {
            state.popups.push(question(Asked::Letters(action, rows)));
            return Vec::new();
        }
        _ => return move_all(state, action, &rows),
    };
    state.popups.push(Popup::Form(Box::new(form)));
    form::ask_preview(state).into_iter().collect()
}

/// Moves letters on without a form.
pub(super) fn move_all(state: &mut State, action: Action, rows: &[LetterRow]) -> Vec<Effect> {
    let Some(to) = target(action) else {
        return Vec::new();
    };
    state.batch = crate::tui::state::Batch {
        waiting: rows.len(),
        ..Default::default()
    };
    state.busy += rows.len();
    rows.iter()
        .map(|row| {
            let request = MoveLetter {
                agenda: row.agenda,
                to,
                section: None,
                note: None,
            };
            Effect::Ask(Ticket::Moved(row.agenda), Request::MoveLetter(request))
        })
        .collect()
}

/// Says what became of several requests, once all are answered.
pub(super) fn batch_done(state: &mut State) {
    let batch = std::mem::take(&mut state.batch);
    match (batch.done, batch.refused.into_iter().next()) {
        (_, None) => state.info(Say::new("letters-done").with("n", batch.done)),
        (0, Some((_, refusal))) => state.refuse(refusal),
        (done, Some((agenda, _))) => {
            state.warn(
                Say::new("letters-partly")
                    .with("n", done)
                    .with("agenda", agenda.to_string()),
            );
        }
    }
}
