//! How the contacts look to whom nothing arrives, with what can be done about it.

use ratatui::{Frame, style::Style, text::Line};

use crate::{
    service::RepairRow,
    tui::{
        action::{Action, Context},
        areas::ListAreas,
        look::Look,
        screen::{
            detail::{self, Lines},
            sms::{SmsScreen, view::fault_words},
        },
        state::State,
        theme::Role,
        widget::{
            paint::put,
            table::{self, Cell, Column},
        },
    },
};

const fn column(head: &'static str, width: u16, spare: u8) -> Column {
    Column { head, width, spare }
}

const COLUMNS: [Column; 6] = [
    column("head-satker", 16, 0),
    column("head-official", 0, 0),
    column("head-number", 15, 0),
    column("head-failed", 5, 0),
    column("head-day", 5, 2),
    column("head-fault", 14, 1),
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
    let heads: Vec<Cell> = COLUMNS
        .iter()
        .map(|column| (look.text(column.head), look.style(Role::Header)))
        .collect();
    table::row(buffer, places.head, 0, &widths, &heads);
    if list.total == 0 {
        let words = match (list.known, screen.find.is_empty()) {
            (false, _) => "loading",
            (true, false) => "nothing-found",
            (true, true) => "no-repairs",
        };
        let words = look.text(words);
        put(buffer, places.rows, 2, 1, &words, look.style(Role::Muted));
    }
    let mut cursor = None;
    for y in 0..places.rows.height {
        let position = list.top + u64::from(y);
        if position >= list.total {
            break;
        }
        let Some(row) = list.at(position) else {
            put(buffer, places.rows, 2, y, "…", look.style(Role::Muted));
            continue;
        };
        table::row(buffer, places.rows, y, &widths, &cells(row, look));
        if position == list.cursor {
            table::select(buffer, places.rows, y, look.style(Role::Selected));
            cursor = Some((places.rows.x, places.rows.y + y));
        }
    }
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
