//! Typing into forms, previewing, saving and keeping them.

use super::lists;
use crate::domain::refusal::Refusal;
use crate::{
    ask::{DropDraft, GetDraft, KeepDraft, LetterPreview, ListSatker, Request},
    domain::letter::LetterState,
    locale::Say,
    tui::{
        action::Action,
        key::Key,
        popup::{
            Popup, Task,
            form::{
                DeadlineTask, Field, Form, Kind, Purpose, Registration, concerns, deadline,
                field::Chosen, register,
            },
        },
        screen::sms::TABS,
        state::{Batch, Effect, LinkState, State, Ticket},
    },
};

/// Candidates that the picker shows.
pub(in crate::tui) const CANDIDATES: u32 = 5;

fn top(state: &mut State) -> Option<&mut Form> {
    match state.popups.last_mut() {
        Some(Popup::Form(form)) => Some(form),
        _ => None,
    }
}

/// The form with this number, wherever it lies.
pub(super) fn numbered(state: &mut State, number: u64) -> Option<&mut Form> {
    state.popups.iter_mut().find_map(|popup| match popup {
        Popup::Form(form) if form.number == number => Some(&mut **form),
        _ => None,
    })
}

/// Opens the form of a new letter and asks for the draft of last time.
pub(super) fn open_register(state: &mut State, tab: usize) -> Vec<Effect> {
    let Some(module) = state.modules.get(tab).cloned() else {
        return Vec::new();
    };
    let Some(service) = module.services.first() else {
        return Vec::new();
    };
    let registration = Registration {
        module: module.id.clone(),
        key: state.next_key(),
        ..Default::default()
    };
    let number = state.next_number();
    let mut form = Form::new(
        number,
        Purpose::Register(Box::new(registration)),
        register::fields(&module, service),
    );
    // With one service there is nothing to choose.
    form.focus = usize::from(module.services.len() == 1);
    state.popups.push(Popup::Form(Box::new(form)));
    let draft = Request::GetDraft(GetDraft {
        form: register::draft_name(&module.id),
    });
    let mut effects = vec![Effect::Ask(Ticket::Draft(number), draft)];
    effects.extend(ask_preview(state));
    effects
}

/// Asks what saving the form on top would give.
pub(super) fn ask_preview(state: &mut State) -> Option<Effect> {
    if state.link != LinkState::Up {
        return None;
    }
    let form = top(state)?;
    let request = form.preview_request()?;
    form.turn
        .start()
        .then_some(Effect::Ask(Ticket::Preview(form.number), request))
}

fn ask_candidates(state: &mut State) -> Option<Effect> {
    if state.link != LinkState::Up {
        return None;
    }
    let kind = match &top(state)?.purpose {
        Purpose::Register(registration) => {
            let id = registration.module.clone();
            let module = state.module(&id);
            module.map(|module| module.participant.kind.clone())
        }
        _ => None,
    };
    let form = top(state)?;
    let number = form.number;
    let Kind::Satker(picker) = &mut form.focused_mut()?.kind else {
        return None;
    };
    if picker.chosen != Chosen::Nothing {
        return None;
    }
    if picker.line.is_empty() {
        picker.candidates.clear();
        return None;
    }
    let find = Some(picker.line.text().trim().to_owned());
    let request = Request::ListSatker(ListSatker {
        find,
        kind,
        offset: 0,
        limit: CANDIDATES,
    });
    picker
        .turn
        .start()
        .then_some(Effect::Ask(Ticket::Candidates(number), request))
}

/// Asks again for the candidates of a picker that has been typed into since.
pub(super) fn ask_candidates_again(state: &mut State) -> Option<Effect> {
    ask_candidates(state)
}

/// Keeps the draft of a form that has been typed into.
pub(super) fn keep_draft(state: &mut State) -> Option<Effect> {
    if state.link != LinkState::Up {
        return None;
    }
    let form = state
        .popups
        .iter_mut()
        .rev()
        .find_map(|popup| match popup {
            Popup::Form(form) if form.is_page() => Some(form),
            _ => None,
        })?;
    if !form.dirty || form.saving {
        return None;
    }
    let Purpose::Register(registration) = &form.purpose else {
        return None;
    };
    let name = register::draft_name(&registration.module);
    form.dirty = false;
    Some(Effect::Ask(
        Ticket::Quiet,
        Request::KeepDraft(KeepDraft {
            form: name,
            values: form.draft_values(),
        }),
    ))
}

/// Keeps the draft once more after the line was lost.
pub(super) fn keep_draft_again(state: &mut State) -> Option<Effect> {
    for popup in &mut state.popups {
        if let Popup::Form(form) = popup {
            form.dirty |= form.fields.iter().any(|field| field.touched);
        }
    }
    keep_draft(state)
}

/// After a change: another service brings other fields, and the office is asked what it would give.
fn changed(state: &mut State) -> Vec<Effect> {
    rebuild_for_service(state);
    super::inbox::template_chosen(state);
    let mut effects = Vec::new();
    if let Some(form) = top(state) {
        form.dirty = true;
        form.leaving = false;
        let id = form.focused().map(|field| field.id.clone());
        // What the office said about the old value counts no more.
        form.problems.retain(|problem| problem.field != id);
        match (&mut form.purpose, id.as_deref()) {
            (Purpose::Register(registration), Some("number" | "satker")) => {
                registration.duplicate_seen = false;
            }
            (Purpose::Deadline { far_seen, .. }, Some("date")) => *far_seen = false,
            _ => {}
        }
        if form.is_page() {
            effects.push(Effect::TellPause);
        }
    }
    effects.extend(ask_candidates(state));
    effects.extend(ask_preview(state));
    effects
}

fn rebuild_for_service(state: &mut State) {
    let Some(Popup::Form(form)) = state.popups.last_mut() else {
        return;
    };
    if let Purpose::Deadline {
        task: DeadlineTask::Event,
        ..
    } = &form.purpose
    {
        let event = form.value("event");
        if form.focused().is_some_and(|field| field.id == "event") {
            form.fields = deadline::change_event(&form.fields, &state.modules, &event);
        }
        return;
    }
    let Purpose::Register(registration) = &form.purpose else {
        return;
    };
    let Some(module) = state
        .modules
        .iter()
        .find(|module| module.id == registration.module)
    else {
        return;
    };
    let wanted = form.value("service");
    let Some(service) = module.services.iter().find(|service| service.id == wanted) else {
        return;
    };
    let right = register::fields(module, service);
    let same = right.len() == form.fields.len()
        && right
            .iter()
            .zip(&form.fields)
            .all(|(new, old)| new.id == old.id && new.label == old.label);
    if same {
        return;
    }
    let fields = register::change_service(&form.fields, module, service);
    if let Some(form) = top(state) {
        form.fields = fields;
        form.focus = form.focus.min(form.fields.len().saturating_sub(1));
    }
}

pub(super) fn typed(state: &mut State, key: Key) -> Vec<Effect> {
    let Some(form) = top(state) else {
        return Vec::new();
    };
    if form.saving {
        return Vec::new();
    }
    let Some(field) = form.focused_mut() else {
        return Vec::new();
    };
    let before = field.typed();
    field.key(key);
    if field.typed() == before {
        return Vec::new();
    }
    field.touched = true;
    changed(state)
}

pub(super) fn pasted(state: &mut State, text: &str) -> Vec<Effect> {
    let Some(form) = top(state) else {
        return Vec::new();
    };
    if form.saving || !form.focused_mut().is_some_and(|field| field.paste(text)) {
        return Vec::new();
    }
    if let Some(field) = form.focused_mut() {
        field.touched = true;
    }
    changed(state)
}

pub(super) fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let Some(form) = top(state) else {
        return Vec::new();
    };
    match action {
        Action::Save => return save(state),
        Action::Cancel => return leave(state),
        _ if form.saving => return Vec::new(),
        _ => {}
    }
    match action {
        Action::NextField => go(state, 1),
        Action::PreviousField => go(state, -1),
        Action::Accept => accept(state),
        Action::NextChoice | Action::PreviousChoice => {
            let by = if action == Action::NextChoice { 1 } else { -1 };
            // Inside a text of several lines the arrows move its cursor first.
            if let Some(Kind::Area(area)) = form.focused_mut().map(|field| &mut field.kind) {
                let before = area.inner.cursor();
                area.inner.move_cursor(if by > 0 {
                    tui_textarea::CursorMove::Down
                } else {
                    tui_textarea::CursorMove::Up
                });
                if area.inner.cursor() != before {
                    return Vec::new();
                }
            }
            let moves_field = form.focused().is_some_and(|field| match &field.kind {
                Kind::Typed { .. } | Kind::Area(_) => true,
                Kind::Satker(picker) => picker.offers() == 0,
                Kind::Choice { .. } => false,
            });
            if moves_field {
                return go(state, by);
            }
            let value_changed = form.focused_mut().is_some_and(|field| field.choose_by(by));
            if value_changed {
                changed(state)
            } else {
                Vec::new()
            }
        }
        Action::ClearForm => clear(state),
        _ => Vec::new(),
    }
}

/// To another field, round and round. What the picker has under its cursor is taken when the person goes on.
fn go(state: &mut State, by: isize) -> Vec<Effect> {
    let Some(form) = top(state) else {
        return Vec::new();
    };
    let count = form.fields.len().max(1).cast_signed();
    let mut decided = false;
    if let Some(field) = form.focused_mut() {
        field.touched = true;
        if let Kind::Satker(picker) = &mut field.kind
            && by > 0
            && picker.chosen == Chosen::Nothing
            && !picker.line.is_empty()
        {
            decided = picker.take();
        }
    }
    let effects = if decided { changed(state) } else { Vec::new() };
    if let Some(form) = top(state) {
        form.focus = (form.focus.cast_signed() + by)
            .rem_euclid(count)
            .cast_unsigned();
    }
    let mut effects = effects;
    effects.extend(keep_draft(state));
    effects
}

fn accept(state: &mut State) -> Vec<Effect> {
    let Some(form) = top(state) else {
        return Vec::new();
    };
    if form.focus + 1 == form.fields.len() {
        if let Some(field) = form.focused_mut() {
            field.touched = true;
        }
        state.info(Say::new("form-last-field"));
        return Vec::new();
    }
    go(state, 1)
}

fn clear(state: &mut State) -> Vec<Effect> {
    let key = state.next_key();
    let Some(form) = top(state) else {
        return Vec::new();
    };
    for field in form.fields.iter_mut().filter(|field| field.id != "service") {
        field.clear();
    }
    form.problems.clear();
    form.tried = false;
    form.dirty = false;
    form.focus = usize::from(form.is_page() && form.fields.len() > 1);
    let mut effects = Vec::new();
    if let Purpose::Register(registration) = &mut form.purpose {
        registration.key = key;
        registration.duplicate_seen = false;
        registration.restored = false;
        registration.preview = LetterPreview::default();
        let form = register::draft_name(&registration.module);
        effects.push(Effect::Ask(
            Ticket::Quiet,
            Request::DropDraft(DropDraft { form }),
        ));
    }
    state.info(Say::new("form-cleared"));
    effects.extend(ask_preview(state));
    effects
}

/// Esc: the letter stays as a draft on the server; of another form what was typed is only let go on a second Esc.
fn leave(state: &mut State) -> Vec<Effect> {
    let Some(form) = top(state) else {
        return Vec::new();
    };
    if form.is_page() {
        let typed = form
            .fields
            .iter()
            .any(|field| field.id != "service" && field.touched && !field.typed().is_empty());
        if typed && state.link != LinkState::Up {
            state.warn(Say::new("form-stays-offline"));
            return Vec::new();
        }
        let effects = keep_draft(state).into_iter().collect();
        state.popups.pop();
        if typed {
            state.info(Say::new("draft-kept"));
        }
        return effects;
    }
    let typed = form.fields.iter().any(|field| {
        let written = match field.kind {
            Kind::Typed { .. } => true,
            // A text that only begins as it was offered is nothing that anybody typed.
            Kind::Area(_) => field.touched,
            _ => false,
        };
        written && !field.typed().trim().is_empty()
    });
    if typed && !form.leaving && !form.saving {
        form.leaving = true;
        state.warn(Say::new("form-leave-again"));
        return Vec::new();
    }
    state.popups.pop();
    Vec::new()
}

fn save(state: &mut State) -> Vec<Effect> {
    let today = state.clock.date_naive();
    let up = state.link == LinkState::Up;
    let Some(form) = top(state) else {
        return Vec::new();
    };
    if form.saving {
        return Vec::new();
    }
    form.tried = true;
    form.leaving = false;
    if let Some(position) = form.first_problem(today) {
        form.focus = position;
        state.warn(Say::new("form-incomplete"));
        return Vec::new();
    }
    if let Purpose::Register(registration) = &mut form.purpose
        && let Some(duplicate) = registration.preview.duplicate
        && !registration.duplicate_seen
    {
        registration.duplicate_seen = true;
        state.warn(Say::new("duplicate-again").with("agenda", duplicate.to_string()));
        return Vec::new();
    }
    if !up {
        state.warn(Say::new("save-offline"));
        return Vec::new();
    }
    if let Purpose::RejectSms(many) = &form.purpose {
        let (many, reason) = (many.clone(), form.value("note"));
        state.popups.pop();
        return super::bulk::start(state, Task::Reject(reason), many);
    }
    let number = form.number;
    let requests = match form.requests(today) {
        Ok(requests) => requests,
        Err(field) => {
            if let Some(position) = form.fields.iter().position(|known| known.id == field) {
                form.focus = position;
            }
            state.warn(Say::new("form-incomplete"));
            return Vec::new();
        }
    };
    form.saving = true;
    state.busy += requests.len();
    state.batch = Batch {
        waiting: requests.len(),
        ..Batch::default()
    };
    requests
        .into_iter()
        .map(|(agenda, request)| Effect::Ask(Ticket::Saved(number, agenda), request))
        .collect()
}

/// The office refused: the form stays as it was typed, with the cursor where the reason lies.
pub(super) fn refused(state: &mut State, number: u64, refusal: Refusal) {
    if let Some(form) = numbered(state, number) {
        form.saving = false;
        // The line was lost: nobody knows whether it was done, and the same key makes a second try harmless.
        if let Some(position) = form
            .fields
            .iter()
            .position(|field| concerns(&refusal, &field.id))
        {
            form.focus = position;
            form.problems
                .retain(|problem| problem.field != refusal.field);
            form.problems.push(refusal.clone());
        }
        match &mut form.purpose {
            Purpose::Register(registration) if refusal.code.contains("duplicate") => {
                registration.duplicate_seen = true;
            }
            Purpose::Deadline { far_seen, .. } if refusal.code == "date-far" => *far_seen = true,
            _ => {}
        }
    }
    if refusal.code == "connection-lost" {
        state.warn(Say::new("save-lost"));
    } else {
        state.refuse(refusal);
    }
}

/// Takes a form away once all of it is saved.
pub(super) fn close(state: &mut State, number: u64) -> Option<Box<Form>> {
    let position = state
        .popups
        .iter()
        .position(|popup| matches!(popup, Popup::Form(form) if form.number == number))?;
    match state.popups.remove(position) {
        Popup::Form(form) => Some(form),
        _ => None,
    }
}

/// Puts the draft of last time into a form that nobody has typed into yet.
pub(super) fn restore(
    state: &mut State,
    number: u64,
    values: &std::collections::BTreeMap<String, String>,
) -> Vec<Effect> {
    let Some(form) = numbered(state, number) else {
        return Vec::new();
    };
    if form.dirty {
        return Vec::new();
    }
    if let (Some(kept), Some(field)) = (
        values.get("service"),
        form.fields.iter_mut().find(|field| field.id == "service"),
    ) {
        field.restore(kept);
    }
    rebuild_for_service(state);
    let Some(form) = numbered(state, number) else {
        return Vec::new();
    };
    for field in &mut form.fields {
        if let Some(kept) = values.get(&field.id) {
            field.restore(kept);
            field.touched = true;
        }
    }
    form.focus = first_open(&form.fields);
    if let Purpose::Register(registration) = &mut form.purpose {
        registration.restored = true;
        if let Some(key) = values.get("_key") {
            registration.key.clone_from(key);
        }
    }
    state.info(Say::new("draft-restored"));
    ask_preview(state).into_iter().collect()
}

/// The first field without an answer, where typing goes on.
fn first_open(fields: &[Field]) -> usize {
    fields
        .iter()
        .position(|field| field.value().is_empty())
        .unwrap_or(0)
}

/// The rows that a saved form has ended are unmarked.
pub(super) fn unmark(state: &mut State, agenda: crate::domain::id::AgendaNo) {
    for screen in &mut state.letters {
        screen.marks.remove(&agenda);
    }
}

/// Says what saving gave, for a form about letters.
pub(super) fn end_said(to: LetterState, agenda: &str, sms: Option<String>) -> Say {
    let id = match to {
        LetterState::Returned => "letter-returned-done",
        LetterState::Rejected => "letter-rejected-done",
        LetterState::Void => "letter-void-done",
        _ => "letter-completed-done",
    };
    let notice = match sms {
        Some(sms) => Say::new("notice-drafted").with("sms", sms),
        None => Say::new("notice-none"),
    };
    Say::new(id).with("agenda", agenda).with("notice", notice)
}

/// After something was saved the lists are asked for again, without waiting for the notice.
pub(super) fn reload(state: &mut State) -> Vec<Effect> {
    let mut effects = lists::refresh(state);
    effects.extend(super::ask_overview(state));
    effects
}

/// Shows the message that was just drafted.
pub(super) fn show_waiting(state: &mut State) {
    if TABS
        .get(state.sms.tab)
        .is_none_or(|tab| !tab.states.is_empty())
    {
        state.sms.tab = 0;
    }
    state.sms.restart();
}
