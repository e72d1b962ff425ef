//! A pane of details: lines with a name and a value, wrapped and scrolled.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use crate::tui::{
    look::Look,
    text,
    theme::Role,
    widget::paint::{put, put_line, rule},
};

/// Cells of the names at the left.
const NAME: usize = 14;

/// Lines of a pane being put together.
pub(super) struct Lines<'l> {
    look: &'l Look,
    width: usize,
    put: Vec<Line<'static>>,
}

impl<'l> Lines<'l> {
    pub(super) const fn new(look: &'l Look, width: u16) -> Self {
        Self {
            look,
            width: width as usize,
            put: Vec::new(),
        }
    }

    /// A name and its value; nothing when the value is empty.
    pub(super) fn field(&mut self, name: &str, value: &str) {
        self.styled_field(name, value, self.look.style(Role::Text));
    }

    pub(super) fn styled_field(&mut self, name: &str, value: &str, style: Style) {
        if value.is_empty() {
            return;
        }
        let label = self.look.style(Role::FieldLabel);
        let name = text::pad(&text::clean(name), NAME);
        for (index, part) in text::wrap(value, self.width.saturating_sub(NAME + 1))
            .into_iter()
            .enumerate()
        {
            let name = if index == 0 {
                name.clone()
            } else {
                " ".repeat(NAME)
            };
            self.put.push(Line::from(vec![
                Span::styled(format!("{name} "), label),
                Span::styled(part, style),
            ]));
        }
    }

    /// A title between fields.
    pub(super) fn title(&mut self, words: &str) {
        self.put
            .push(Line::styled(words.to_owned(), self.look.style(Role::Title)));
    }

    /// Plain text over the whole width.
    pub(super) fn text(&mut self, words: &str, style: Style) {
        self.put.extend(
            text::wrap(words, self.width)
                .into_iter()
                .map(|line| Line::styled(line, style)),
        );
    }

    /// A line of several looks, cut to the width.
    pub(super) fn line(&mut self, line: Line<'static>) {
        self.put.push(line);
    }

    pub(super) fn into_lines(self) -> Vec<Line<'static>> {
        self.put
    }
}

/// The place inside the pane, under or beside its rule.
pub(super) fn inside(area: Rect, beside: bool) -> Rect {
    let cut = |by: (u16, u16)| Rect {
        x: area.x + by.0.min(area.width),
        y: area.y + by.1.min(area.height),
        width: area.width.saturating_sub(by.0),
        height: area.height.saturating_sub(by.1),
    };
    if beside { cut((2, 0)) } else { cut((0, 1)) }
}

/// Draws the pane: its rule, and the lines from the one that is scrolled to.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    content: Rect,
    title: &str,
    scroll: u16,
    look: &Look,
    lines: impl FnOnce(u16) -> Vec<Line<'static>>,
) {
    let beside = area.x > content.x;
    let inside = inside(area, beside);
    if beside {
        for row in 0..area.height {
            put(
                buffer,
                area,
                0,
                row,
                look.theme.borders().vertical(),
                look.style(Role::Border),
            );
        }
    } else {
        rule(buffer, area, 0, title, look);
    }
    let lines = lines(inside.width);
    let last = lines.len().saturating_sub(usize::from(inside.height));
    let from = usize::from(scroll).min(last);
    for (row, line) in (0..inside.height).zip(lines.iter().skip(from)) {
        put_line(buffer, inside, 0, row, line);
    }
    if last > from && inside.height > 0 && inside.width > 3 {
        let more = look.text("detail-more");
        let width = u16::try_from(text::width(&more)).unwrap_or(0);
        put(
            buffer,
            area,
            area.width.saturating_sub(width + 2),
            0,
            &more,
            look.style(Role::Muted),
        );
    }
}
