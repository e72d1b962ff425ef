//! How the audit trail looks.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::AuditScreen;
use crate::tui::{
    areas::list_areas,
    look::Look,
    screen::{
        detail::{self, Lines},
        rows,
    },
    state::State,
    theme::Role,
    widget::{
        paint::{put, put_line},
        table::{self, Cell, Column},
    },
};

const COLUMNS: [Column; 5] = [
    Column::new("head-seq", 8, 0),
    Column::new("head-when", 14, 0),
    Column::new("head-actor", 12, 0),
    Column::new("head-fact", 0, 0),
    Column::new("head-about", 18, 1),
];

/// Draws the screen.
pub fn draw(frame: &mut Frame<'_>, area: Rect, screen: &AuditScreen, state: &State, look: &Look) {
    let places = list_areas(area, screen.detail_open);
    let buffer = frame.buffer_mut();
    let mut spans = vec![Span::styled(
        look.text("title-audit"),
        look.style(Role::Title),
    )];
    if screen.find.is_empty() {
        spans.push(Span::styled(
            format!("  {}", look.text("audit-find-hint")),
            look.style(Role::Muted),
        ));
    } else {
        let words = look.with("found-by", &[("text", screen.find.as_str().into())]);
        spans.push(Span::styled(
            format!("  {words}"),
            look.style(Role::Difference),
        ));
    }
    put_line(buffer, places.filter, 0, 0, &Line::from(spans));
    let widths = table::widths(&COLUMNS, places.rows.width);
    rows::heads(buffer, places.head, &COLUMNS, &widths, look);
    if screen.rows.is_empty() {
        let words = look.text(if screen.known {
            "nothing-found"
        } else {
            "loading"
        });
        put(buffer, places.rows, 2, 1, &words, look.style(Role::Muted));
    }
    let text = look.style(Role::Text);
    let mut cursor = None;
    for (y, (index, row)) in
        (0..places.rows.height).zip(screen.rows.iter().enumerate().skip(screen.top))
    {
        // The seconds tell apart what one person did in one minute.
        let time = format!(
            "{}.{}",
            look.moment(row.time, state.clock),
            row.time.format("%S")
        );
        let cells: [Cell; 5] = [
            (row.seq.to_string(), look.style(Role::Muted)),
            (time, text),
            (row.actor.clone(), text),
            (look.locale.fact(row), text),
            (row.about.clone(), text),
        ];
        table::row(buffer, places.rows, y, &widths, &cells);
        if index == screen.cursor {
            table::select(buffer, places.rows, y, look.style(Role::Selected));
            cursor = Some((places.rows.x, places.rows.y + y));
        }
    }
    if let (Some(pane), Some(row)) = (places.detail, screen.rows.get(screen.cursor)) {
        let title = format!("{} {}", row.seq, look.locale.fact(row));
        detail::draw(
            buffer,
            pane,
            area,
            &title,
            screen.detail_scroll,
            look,
            |width| {
                let mut lines = Lines::new(look, width);
                for (name, value) in look.locale.fact_fields(row) {
                    lines.field(&name, &value);
                }
                lines.into_lines()
            },
        );
    }
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}
