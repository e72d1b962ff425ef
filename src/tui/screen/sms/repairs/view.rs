//! How the contacts look to whom nothing arrives, with what can be done about it.

use ratatui::{Frame, style::Style, text::Line};

use crate::{
    ask::RepairRow,
    tui::{
        action::{Action, Context},
        areas::ListAreas,
        look::Look,
        screen::{
            detail::{self, Lines},
            rows,
            sms::{SmsScreen, view::fault_words},
        },
        state::State,
        theme::Role,
        widget::table::{self, Cell, Column},
    },
};

const COLUMNS: [Column; 6] = [
    Column::new("head-satker", 16, 0),
    Column::new("head-official", 0, 0),
    Column::new("head-number", 15, 0),
    Column::new("head-failed", 5, 0),
    Column::new("head-day", 5, 2),
    Column::new("head-fault", 14, 1),
];

/// Draws the rows and the details; the tabs stand above them.
pub fn draw(
    frame: &mut Frame<'_>,
    places: &ListAreas,
    area: ratatui::layout::Rect,
    screen: &SmsScreen,
    state: &State,
    look: &Look,
) {
    let list = &screen.repairs.list;
    let buffer = frame.buffer_mut();
    let widths = table::widths(&COLUMNS, places.rows.width);
    rows::heads(buffer, places.head, &COLUMNS, &widths, look);
    rows::none(buffer, places.rows, list, &screen.find, "no-repairs", look);
    let cursor = rows::draw(buffer, places.rows, list, look, |buffer, y, row| {
        table::row(buffer, places.rows, y, &widths, &cells(row, look));
    });
    if let Some(pane) = places.detail {
        let selected = list.selected();
        let title = selected
            .map(|row| format!("{} {}", row.satker, row.satker_name))
            .unwrap_or_default();
        let scroll = screen.detail_scroll;
        detail::draw(buffer, pane, area, &title, scroll, look, |width| {
            selected.map_or_else(Vec::new, |row| lines(row, state, look, width))
        });
    }
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}

fn cells(row: &RepairRow, look: &Look) -> [Cell; 6] {
    let base = look.style(Role::Text);
    let danger = look.style(Role::Danger);
    [
        (row.satker_name.clone(), base),
        (format!("{} {}", look.role(row.role), row.name), base),
        (row.phone.display(), base),
        (times(row, look), danger),
        (row.at.format("%d-%m").to_string(), base),
        (fault(row, look), danger),
    ]
}

/// `4 kali`.
fn times(row: &RepairRow, look: &Look) -> String {
    look.with("times", &[("n", row.failures.into())])
}

fn fault(row: &RepairRow, look: &Look) -> String {
    let fault = row.last.error.as_deref();
    fault.map_or_else(
        || look.sms_state(row.last.state),
        |fault| fault_words(fault, look),
    )
}

/// What stands beside a contact to whom nothing arrives.
pub fn flag(row: &RepairRow, look: &Look) -> String {
    look.with(
        "repair-flag",
        &[
            ("n", row.failures.into()),
            ("fault", fault(row, look).into()),
        ],
    )
}

/// Where a number is put right: people look for it at the desk, but the list of work units comes by import.
pub fn advice(row: &RepairRow, look: &Look) -> String {
    let column = format!("{}_hp", row.role.column());
    look.with("repair-wrong", &[("column", column.into())])
}

fn lines(row: &RepairRow, state: &State, look: &Look, width: u16) -> Vec<Line<'static>> {
    let mut lines = Lines::new(look, width);
    let text: Style = look.style(Role::Text);
    let who = format!(
        "{} {}  {} ({})",
        look.role(row.role),
        row.name,
        row.phone.display(),
        row.operator
    );
    lines.field(&look.text("head-official"), &who);
    let when = |at| look.moment(at, state.clock);
    let failed = look.with(
        "repair-since",
        &[
            ("n", row.failures.into()),
            ("since", when(row.since).into()),
            ("last", when(row.at).into()),
        ],
    );
    lines.styled_field(&look.text("head-failed"), &failed, look.style(Role::Danger));
    let last = format!("{}  {}", fault(row, look), row.last.id);
    lines.field(&look.text("field-fault"), &last);
    lines.title(&look.text("title-repair"));
    let key = |action| {
        let key = look.key(Context::Sms, action).unwrap_or_default();
        [("key", key.into())]
    };
    lines.text(&look.with("repair-satker", &key(Action::Open)), text);
    lines.text(&look.with("repair-sms", &key(Action::NumberSms)), text);
    lines.text(&advice(row, look), text);
    lines.text(&look.text("repair-right"), look.style(Role::Muted));
    lines.into_lines()
}
