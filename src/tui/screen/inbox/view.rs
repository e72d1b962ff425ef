//! How the conversations look.

use ratatui::{Frame, layout::Rect, text::Line};

use super::InboxScreen;
use crate::{
    ask::{Conversation, ConversationLine, ConversationRow},
    domain::inbox::InboxState,
    tui::{
        areas::list_areas,
        look::Look,
        screen::{
            detail::{self, Lines},
            rows,
        },
        state::State,
        text,
        theme::Role,
        widget::table::{self, Cell, Column},
    },
};

const COLUMNS: [Column; 6] = [
    Column::new("head-unread", 3, 0),
    Column::new("head-when", 11, 0),
    Column::new("head-from", 15, 0),
    Column::new("head-satker", 16, 1),
    Column::new("head-section", 6, 2),
    Column::new("head-text", 0, 0),
];

/// Draws the screen.
pub fn draw(frame: &mut Frame<'_>, area: Rect, screen: &InboxScreen, state: &State, look: &Look) {
    let places = list_areas(area, screen.detail_open);
    let buffer = frame.buffer_mut();
    let id = if screen.all {
        "inbox-rows"
    } else {
        "inbox-rows-open"
    };
    let counts = [
        ("n", screen.list.total.into()),
        ("open", screen.open.into()),
    ];
    let title = look.with(id, &counts);
    rows::title(buffer, places.filter, title, &screen.find, look);
    let widths = table::widths(&COLUMNS, places.rows.width);
    rows::heads(buffer, places.head, &COLUMNS, &widths, look);
    let empty = if screen.all {
        "inbox-empty"
    } else {
        "inbox-all-done"
    };
    rows::none(buffer, places.rows, &screen.list, &screen.find, empty, look);
    let cursor = rows::draw(buffer, places.rows, &screen.list, look, |buffer, y, row| {
        table::row(buffer, places.rows, y, &widths, &cells(row, state, look));
    });
    if let Some(pane) = places.detail {
        let title = screen
            .list
            .selected()
            .map(|row| text::clean(&row.shown))
            .unwrap_or_default();
        detail::draw(
            buffer,
            pane,
            area,
            &title,
            screen.detail_scroll,
            look,
            |width| match screen.shown_detail() {
                Some(shown) => lines(shown, state, look, width),
                None => Vec::new(),
            },
        );
    }
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}

fn cells(row: &ConversationRow, state: &State, look: &Look) -> [Cell; 6] {
    // Without colour the number says it too.
    let (unread, base) = if row.open > 0 {
        (format!("*{}", row.open.min(99)), look.style(Role::Title))
    } else {
        (String::new(), look.style(Role::Text))
    };
    let satker = match row.satker.as_slice() {
        [] => look.text("inbox-stranger"),
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first} +{}", rest.len()),
    };
    [
        (unread, look.style(Role::Warning)),
        (look.moment(row.time, state.clock), base),
        (row.shown.clone(), base),
        (satker, base),
        (row.section.clone().unwrap_or_default(), base),
        (row.text.replace('\n', " "), base),
    ]
}

/// Who it is, then what was said, the latest first.
fn lines(shown: &Conversation, state: &State, look: &Look, width: u16) -> Vec<Line<'static>> {
    let mut lines = Lines::new(look, width);
    let row = &shown.row;
    let mut who: Vec<String> = row.name.iter().cloned().collect();
    who.extend(row.satker.iter().cloned());
    if row.opted_out {
        who.push(look.text("inbox-opted-out"));
    }
    lines.field(&look.text("field-name"), &who.join(", "));
    let muted = look.style(Role::Muted);
    for line in shown.lines.iter().rev() {
        match line {
            ConversationLine::In(message) => {
                let when = look.moment(
                    message.received.with_timezone(&state.clock.timezone()),
                    state.clock,
                );
                let mut words = vec![when, message.id.to_string()];
                words.extend(message.keyword.clone());
                words.push(look.text(match message.state {
                    InboxState::Open => "inbox-state-open",
                    InboxState::Answered => "inbox-state-answered",
                    InboxState::Done => "inbox-state-done",
                    InboxState::Ignored => "inbox-state-ignored",
                }));
                words.extend(match message.note.as_deref() {
                    Some("incomplete") => Some(look.text("inbox-note-incomplete")),
                    Some("flood") => Some(look.text("inbox-note-flood")),
                    Some("completed") => Some(look.text("inbox-note-completed")),
                    _ => None,
                });
                words.extend(message.handled_by.clone());
                words.extend(message.agenda.map(|agenda| agenda.to_string()));
                let style = if message.state == InboxState::Open {
                    look.style(Role::Warning)
                } else {
                    muted
                };
                lines.line(Line::styled(
                    text::clean(&format!("<< {}", words.join("  "))),
                    style,
                ));
                for part in message.text.split('\n') {
                    lines.text(&text::clean(part), look.style(Role::Text));
                }
            }
            ConversationLine::Out(sms) => {
                let words = format!(
                    ">> {}  {}  {}  {}  {}",
                    look.moment(sms.created, state.clock),
                    sms.id,
                    look.sms_kind(sms.kind),
                    look.sms_state(sms.state),
                    sms.created_by
                );
                lines.line(Line::styled(text::clean(&words), muted));
                for part in sms.text.split('\n') {
                    lines.text(&text::clean(part), look.style(Role::Info));
                }
            }
        }
    }
    lines.into_lines()
}
