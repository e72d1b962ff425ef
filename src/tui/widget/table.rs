//! Rows of columns, as wide as there is room.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::paint::{highlight, put};
use crate::tui::text;

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Id of its head; empty for none.
    pub head: &'static str,
    /// Cells it takes; 0 is what the others leave.
    pub width: u16,
    /// Columns with a higher number go first when room is short; 0 always stays.
    pub spare: u8,
}

impl Column {
    /// See the fields.
    pub const fn new(head: &'static str, width: u16, spare: u8) -> Self {
        Self { head, width, spare }
    }
}

/// One cell: its text and look.
pub type Cell = (String, Style);

/// The width of each column for so much room, with a gap of one cell between them; 0 is left out.
pub fn widths(columns: &[Column], room: u16) -> Vec<u16> {
    /// A flexible column narrower than this tells nothing.
    const USEFUL: u16 = 14;
    let mut shown = vec![true; columns.len()];
    loop {
        let fixed: u16 = columns
            .iter()
            .zip(&shown)
            .filter(|(_, shown)| **shown)
            .map(|(column, _)| column.width + 1)
            .sum();
        let flexible = columns
            .iter()
            .zip(&shown)
            .filter(|(column, shown)| **shown && column.width == 0)
            .count();
        let left = room.saturating_sub(fixed.saturating_sub(1));
        let each = u16::try_from(flexible)
            .ok()
            .filter(|count| *count > 0)
            .map(|count| left / count);
        let enough = fixed.saturating_sub(1) <= room && each.is_none_or(|each| each >= USEFUL);
        let worst = columns
            .iter()
            .enumerate()
            .filter(|(index, column)| column.spare > 0 && shown.get(*index) == Some(&true))
            .max_by_key(|(_, column)| column.spare)
            .map(|(index, _)| index);
        match worst {
            Some(worst) if !enough => {
                if let Some(slot) = shown.get_mut(worst) {
                    *slot = false;
                }
            }
            _ => {
                return columns
                    .iter()
                    .zip(&shown)
                    .map(|(column, shown)| match (shown, column.width) {
                        (false, _) => 0,
                        (true, 0) => each.unwrap_or(0),
                        (true, width) => width,
                    })
                    .collect();
            }
        }
    }
}

/// Draws one row of cells.
pub fn row(buffer: &mut Buffer, area: Rect, y: u16, widths: &[u16], cells: &[Cell]) {
    let mut x = 0;
    for (width, (words, style)) in widths.iter().zip(cells) {
        if *width == 0 {
            continue;
        }
        let words = text::fit(&text::clean(words), usize::from(*width));
        put(buffer, area, x, y, &words, *style);
        x += width + 1;
    }
}

/// Shows that the row is under the cursor, over the looks of its cells.
pub fn select(buffer: &mut Buffer, area: Rect, y: u16, style: Style) {
    highlight(buffer, area, y, style);
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 4] = [
        Column::new("a", 9, 0),
        Column::new("b", 12, 2),
        Column::new("c", 0, 0),
        Column::new("d", 16, 1),
    ];

    #[test]
    fn columns_give_way_when_room_is_short() {
        assert_eq!(widths(&COLUMNS, 80), [9, 12, 40, 16]);
        assert_eq!(widths(&COLUMNS, 50), [9, 0, 23, 16]);
        assert_eq!(widths(&COLUMNS, 30), [9, 0, 20, 0]);
        assert_eq!(widths(&COLUMNS, 1), [9, 0, 0, 0]);
    }
}
