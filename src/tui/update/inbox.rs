//! Conversations: answering, giving to a section, laying aside.

use super::{form, list_height};
use crate::{
    ask::{DoneInbox, Reply, Request},
    domain::module::Modules,
    locale::Say,
    tui::{
        action::Action,
        popup::{
            Popup,
            form::{Form, Kind, Purpose, area::Area, register},
        },
        screen::inbox::Template,
        state::{Effect, State, Ticket},
    },
};

/// Ids of the texts that are offered to whoever answers by hand begin so.
const OFFERED: &str = "jawab-";

pub(super) fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let Some(row) = state.inbox.list.selected() else {
        return Vec::new();
    };
    let (id, to) = (row.last, row.shown.clone());
    match action {
        Action::AnswerInbox => {
            let key = state.next_key();
            let begin = filled(state, "{kantor}: ");
            let fields = register::answer_fields(&state.inbox.templates, &begin);
            open_form(state, Purpose::AnswerInbox { id, to, key }, fields);
            // The text is what a person comes for; the templates are one key before it.
            if let Some(Popup::Form(form)) = state.popups.last_mut() {
                form.focus = form.fields.len().saturating_sub(1);
            }
            Vec::new()
        }
        Action::AssignInbox => {
            let fields = register::assign_fields(&state.modules);
            open_form(state, Purpose::AssignInbox(id), fields);
            Vec::new()
        }
        Action::DoneInbox => {
            state.busy += 1;
            vec![Effect::Ask(
                Ticket::Aside,
                Request::DoneInbox(DoneInbox { id }),
            )]
        }
        _ => Vec::new(),
    }
}

fn open_form(state: &mut State, purpose: Purpose, fields: Vec<crate::tui::popup::form::Field>) {
    let number = state.next_number();
    let form = Form::new(number, purpose, fields);
    state.popups.push(Popup::Form(Box::new(form)));
}

/// Takes the texts that are offered over from the data files.
pub(super) fn set_templates(state: &mut State, modules: &Modules) {
    state.inbox.templates = modules
        .texts()
        .iter()
        .filter(|text| text.id.starts_with(OFFERED))
        .map(|text| Template {
            id: text.id.clone(),
            name: text.name.clone(),
            text: text.template.text().to_owned(),
        })
        .collect();
}

/// After another template was chosen: its text stands in the form, unless a person has written something of their own.
pub(super) fn template_chosen(state: &mut State) {
    let Some(Popup::Form(form)) = state.popups.last() else {
        return;
    };
    if !matches!(form.purpose, Purpose::AnswerInbox { .. })
        || form.focused().is_none_or(|field| field.id != "template")
    {
        return;
    }
    let now = form.value("text");
    let chosen = form.value("template");
    let text_of = |template: &Template| filled(state, &template.text);
    let begin = filled(state, "{kantor}: ");
    let untouched = now.trim().is_empty()
        || now.trim() == begin.trim()
        || state
            .inbox
            .templates
            .iter()
            .any(|template| text_of(template) == now);
    let text = state
        .inbox
        .templates
        .iter()
        .find(|template| template.id == chosen)
        .map_or(begin, text_of);
    if !untouched {
        state.warn(Say::new("answer-text-kept"));
        return;
    }
    if let Some(Popup::Form(form)) = state.popups.last_mut()
        && let Some(field) = form.fields.iter_mut().find(|field| field.id == "text")
    {
        field.kind = Kind::Area(Area::new(&text));
    }
}

fn filled(state: &State, text: &str) -> String {
    let office = state
        .overview
        .as_ref()
        .map_or("", |overview| overview.office.as_str());
    let satker = state
        .inbox
        .list
        .selected()
        .and_then(|row| row.satker.first())
        .map_or("", String::as_str);
    text.replace("{kantor}", office).replace("{satker}", satker)
}

pub(super) fn answered(state: &mut State, ticket: Ticket, reply: Reply) -> Vec<Effect> {
    let height = list_height(state);
    let mut effects = Vec::new();
    match (ticket, reply) {
        (Ticket::Inbox, Reply::ListConversations(page)) => {
            state.inbox.open = page.open;
            let again =
                state
                    .inbox
                    .list
                    .answer(page.rows, page.offset, page.total, height, |row| {
                        row.from.clone()
                    });
            if again {
                effects.extend(state.inbox.ask(height));
            }
            if state.inbox.shown_detail().is_none() {
                effects.extend(state.inbox.ask_detail());
            }
        }
        (Ticket::Thread, Reply::ShowConversation(shown)) => {
            let again = state.inbox.detail_turn.done();
            state.inbox.detail = Some(Box::new(shown));
            if again || state.inbox.shown_detail().is_none() {
                effects.extend(state.inbox.ask_detail());
            }
        }
        (Ticket::Aside, Reply::DoneInbox(_)) => {
            state.info(Say::new("inbox-laid-aside"));
            effects.extend(form::reload(state));
        }
        _ => {}
    }
    effects
}
