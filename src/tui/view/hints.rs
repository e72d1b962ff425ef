//! The hint line: what can be done here now, computed from keymap and availability; and the box of a sequence that has begun.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use crate::tui::{
    action::{Action, Context},
    look::Look,
    popup::{Popup, help},
    state::State,
    text,
    theme::Role,
    widget::paint::{popup, put, put_line},
};

/// What is worth hinting at in a context, the most wanted first. The rest is in help.
const fn wanted(context: Context) -> &'static [Action] {
    use Action as A;
    match context {
        Context::Home => &[A::Open, A::LoadDemo, A::NextTab, A::Palette, A::Quit],
        Context::Letters => &[
            A::RegisterLetter,
            A::Open,
            A::CompleteLetter,
            A::ReturnLetter,
            A::StartLetter,
            A::WaitLetter,
            A::ResumeLetter,
            A::HandOverLetter,
            A::Find,
            A::NextFilter,
            A::Mark,
            A::DisposeLetter,
            A::VoidLetter,
            A::RejectLetter,
        ],
        Context::Sms => &[
            A::ConfirmSms,
            A::ConfirmShown,
            A::EditSms,
            A::RejectSms,
            A::UndoSms,
            A::ResendSms,
            A::SettleSms,
            A::NumberSms,
            A::NextFilter,
            A::Sort,
            A::Mark,
            A::Find,
            A::DraftSms,
            A::Broadcast,
            A::WithdrawSms,
        ],
        Context::Inbox => &[
            A::AnswerInbox,
            A::DoneInbox,
            A::AssignInbox,
            A::NextFilter,
            A::Find,
            A::Open,
            A::DetailDown,
        ],
        Context::Satker => &[
            A::Find,
            A::Open,
            A::SatkerLetters,
            A::SatkerSms,
            A::DraftSms,
            A::DetailDown,
        ],
        Context::Deadlines => &[
            A::MeetDeadline,
            A::RemindDeadline,
            A::RecordEvent,
            A::MonthView,
            A::NextFilter,
            A::Find,
            A::ExemptDeadline,
            A::MoveDeadline,
            A::Mark,
            A::NextModule,
        ],
        Context::Month => &[
            A::Open,
            A::NextDay,
            A::PageDown,
            A::MonthView,
            A::NextModule,
            A::RecordEvent,
        ],
        Context::Audit => &[A::Find, A::Open, A::DetailDown, A::Reload],
        Context::Form => &[
            A::Save,
            A::NextField,
            A::NextChoice,
            A::ClearForm,
            A::Cancel,
        ],
        Context::Text => &[A::Save, A::UndoEdit, A::Cancel],
        Context::Line => &[A::Accept, A::NextChoice, A::Cancel],
        Context::Confirm => &[A::AnswerYes, A::AnswerNo, A::PageDown],
        Context::Reader => &[A::MoveDown, A::PageDown, A::Cancel],
        Context::Global | Context::List => &[],
    }
}

/// The same on the tab of contacts to whom nothing arrives.
const CONTACTS: &[Action] = &[
    Action::Open,
    Action::NumberSms,
    Action::NextFilter,
    Action::Find,
    Action::Reload,
];

/// The short word of an action; the label where there is none.
fn word(action: Action, contacts: bool, look: &Look) -> String {
    let id = if contacts && action == Action::Open {
        "hint-open-satker".to_owned()
    } else {
        format!("hint-{action}")
    };
    if look.locale.has(&id) {
        look.text(&id)
    } else {
        look.text(action.label())
    }
}

/// Draws the hint line; help stands at the right end, whatever else fits.
pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, look: &Look) {
    let context = state.context();
    let key_style = look.style(Role::Key);
    let text_style = look.style(Role::Text);
    let help = match look.key(context, Action::Help) {
        Some(key) if context != Context::Reader => {
            vec![
                Span::styled(key, key_style),
                Span::styled(format!(" {}", look.text("hint-help")), text_style),
            ]
        }
        _ => Vec::new(),
    };
    let width_of =
        |spans: &[Span<'_>]| -> usize { spans.iter().map(|span| text::width(&span.content)).sum() };
    let room = usize::from(area.width).saturating_sub(width_of(&help) + 2);
    let mut spans: Vec<Span<'static>> = Vec::new();
    let clears = |action: Action| match (state.popups.last(), action) {
        (Some(Popup::Form(form)), Action::ClearForm) => form.is_page(),
        _ => true,
    };
    let contacts = context == Context::Sms && state.sms.of_contacts();
    let wanted = if contacts { CONTACTS } else { wanted(context) };
    for action in wanted {
        if action.unavailable(state).is_some() || !clears(*action) {
            continue;
        }
        let Some(key) = look.key(context, *action) else {
            continue;
        };
        let hint = [
            Span::styled(key, key_style),
            Span::styled(format!(" {}  ", word(*action, contacts, look)), text_style),
        ];
        if width_of(&spans) + width_of(&hint) > room {
            break;
        }
        spans.extend(hint);
    }
    let buffer = frame.buffer_mut();
    put_line(buffer, area, 0, 0, &Line::from(spans));
    let at = area
        .width
        .saturating_sub(u16::try_from(width_of(&help) + 1).unwrap_or(0));
    put_line(buffer, area, at, 0, &Line::from(help));
}

/// Draws the box of keys that can follow the one that was pressed.
pub fn draw_continuations(frame: &mut Frame<'_>, area: Rect, state: &State, look: &Look) {
    let context = state.context();
    let followers: Vec<(String, Action)> = look
        .keymap
        .bindings(context)
        .into_iter()
        .filter(|(sequence, _)| {
            sequence.keys().len() > state.pending.len()
                && sequence.keys().starts_with(&state.pending)
        })
        .filter_map(|(sequence, action)| {
            Some((
                sequence.keys().get(state.pending.len())?.to_string(),
                action,
            ))
        })
        .collect();
    let height = u16::try_from(followers.len())
        .unwrap_or(u16::MAX)
        .saturating_add(2);
    let title = state
        .pending
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(" ");
    let inside = popup(frame.buffer_mut(), area, (40, height), &title, look);
    for (y, (key, action)) in (0..inside.height).zip(&followers) {
        let used = put(frame.buffer_mut(), inside, 1, y, key, look.style(Role::Key));
        let label = help::label(state, look, *action);
        let style = look.style(if action.unavailable(state).is_some() {
            Role::Unavailable
        } else {
            Role::Text
        });
        put(
            frame.buffer_mut(),
            inside,
            used.max(4) + 2,
            y,
            &label,
            style,
        );
    }
}
