//! Painting text into a frame without ever leaving it.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::Line as StyledLine,
    widgets::{Block, Borders, Clear, Widget},
};

use crate::tui::{look::Look, text, theme::Role};

/// Puts text at a place inside `area`, cut to it. Gives the cells it covered.
pub fn put(
    buffer: &mut Buffer,
    area: Rect,
    column: u16,
    row: u16,
    words: &str,
    style: Style,
) -> u16 {
    let area = area.intersection(buffer.area);
    if column >= area.width || row >= area.height {
        return 0;
    }
    let (x, y) = (area.x + column, area.y + row);
    let room = usize::from(area.width - column);
    let (end, _) = buffer.set_stringn(x, y, text::clean(words), room, style);
    end - x
}

/// Puts a line of several looks; gives the cells it covered.
pub fn put_line(
    buffer: &mut Buffer,
    area: Rect,
    column: u16,
    row: u16,
    line: &StyledLine<'_>,
) -> u16 {
    let mut at = column;
    for span in &line.spans {
        at += put(buffer, area, at, row, &span.content, span.style);
    }
    at - column
}

/// Gives a whole row of `area` one look, over what is there.
pub fn highlight(buffer: &mut Buffer, area: Rect, row: u16, style: Style) {
    let area = area.intersection(buffer.area);
    if row < area.height {
        buffer.set_style(Rect::new(area.x, area.y + row, area.width, 1), style);
    }
}

/// A framed, emptied place in the middle of `around`, at most as large as asked for; gives the place inside the frame.
pub fn popup(
    buffer: &mut Buffer,
    around: Rect,
    size: (u16, u16),
    title: &str,
    look: &Look,
) -> Rect {
    let width = size.0.min(around.width);
    let height = size.1.min(around.height);
    let place = Rect::new(
        around.x + (around.width - width) / 2,
        around.y + (around.height - height) / 2,
        width,
        height,
    )
    .intersection(buffer.area);
    Clear.render(place, buffer);
    buffer.set_style(place, look.style(Role::Text));
    let title = format!(
        " {} ",
        text::fit(&text::clean(title), usize::from(width.saturating_sub(6)))
    );
    let block = Block::default()
        .borders(Borders::ALL)
        .border_set(look.theme.borders().set())
        .border_style(look.style(Role::Border))
        .title(StyledLine::styled(title, look.style(Role::Title)));
    let inside = block.inner(place);
    block.render(place, buffer);
    inside.intersection(buffer.area)
}

/// A horizontal line across `area` with a title in it.
pub fn rule(buffer: &mut Buffer, area: Rect, row: u16, title: &str, look: &Look) {
    let line = look
        .theme
        .borders()
        .horizontal()
        .repeat(usize::from(area.width));
    put(buffer, area, 0, row, &line, look.style(Role::Border));
    if !title.is_empty() {
        put(
            buffer,
            area,
            2,
            row,
            &format!(" {title} "),
            look.style(Role::Title),
        );
    }
}
