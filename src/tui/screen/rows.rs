//! A page of rows under the heads of their columns: what all screens with a list draw in the same way.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    text::{Line, Span},
};

use crate::tui::{
    look::Look,
    theme::Role,
    widget::{
        paged::Paged,
        paint::{put, put_line},
        table::{self, Cell, Column},
    },
};

/// The line above a list: what it holds, and which words it was narrowed to.
pub fn title(buffer: &mut Buffer, area: Rect, words: String, find: &str, look: &Look) {
    let mut spans = vec![Span::styled(words, look.style(Role::Title))];
    if !find.is_empty() {
        let words = look.with("found-by", &[("text", find.into())]);
        spans.push(Span::styled(
            format!("  {words}"),
            look.style(Role::Difference),
        ));
    }
    put_line(buffer, area, 0, 0, &Line::from(spans));
}

/// The heads of the columns.
pub fn heads(buffer: &mut Buffer, area: Rect, columns: &[Column], widths: &[u16], look: &Look) {
    let style = look.style(Role::Header);
    let heads: Vec<Cell> = columns
        .iter()
        .map(|column| match column.head {
            "" => (String::new(), style),
            head => (look.text(head), style),
        })
        .collect();
    table::row(buffer, area, 0, widths, &heads);
}

/// What stands in place of rows where there are none: they are on their way, the words find nothing, or the text with this id.
pub fn none<T>(
    buffer: &mut Buffer,
    area: Rect,
    list: &Paged<T>,
    find: &str,
    otherwise: &str,
    look: &Look,
) {
    if list.total > 0 {
        return;
    }
    let words = match (list.known, find.is_empty()) {
        (false, _) => "loading",
        (true, false) => "nothing-found",
        (true, true) => otherwise,
    };
    put(
        buffer,
        area,
        2,
        1,
        &look.text(words),
        look.style(Role::Muted),
    );
}

/// The rows in view, each drawn by `row` at its height; one that is still on its way is a mark. Gives where the selected one is:
/// screen readers follow the terminal's own cursor.
pub fn draw<T>(
    buffer: &mut Buffer,
    area: Rect,
    list: &Paged<T>,
    look: &Look,
    mut row: impl FnMut(&mut Buffer, u16, &T),
) -> Option<Position> {
    let mut cursor = None;
    for y in 0..area.height {
        let position = list.top + u64::from(y);
        if position >= list.total {
            break;
        }
        let Some(found) = list.at(position) else {
            put(buffer, area, 2, y, "…", look.style(Role::Muted));
            continue;
        };
        row(buffer, y, found);
        if position == list.cursor {
            table::select(buffer, area, y, look.style(Role::Selected));
            cursor = Some(Position::new(area.x, area.y + y));
        }
    }
    cursor
}
