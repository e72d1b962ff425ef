//! Text in columns.

use unicode_width::UnicodeWidthStr;

use crate::domain::typed::is_unfit;

/// Rows of text that are printed with their columns aligned, two spaces between them.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
    right: Vec<usize>,
}

impl Table {
    /// A table whose first row names the columns.
    pub fn new(header: impl IntoIterator<Item = String>) -> Self {
        let mut table = Self::default();
        table.row(header);
        table
    }

    /// Puts the text of these columns, counted from 0, at the right: numbers.
    #[must_use]
    pub fn right(mut self, columns: &[usize]) -> Self {
        self.right = columns.to_vec();
        self
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows
            .push(cells.into_iter().map(|cell| clean(&cell)).collect());
    }

    /// The lines, without spaces at their ends.
    pub fn lines(&self) -> Vec<String> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.width()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let line = |row: &Vec<String>| {
            let mut line = String::new();
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let gap = " ".repeat(width.saturating_sub(cell.width()));
                if self.right.contains(&column) {
                    line.extend([gap.as_str(), cell, "  "]);
                } else {
                    line.extend([cell, gap.as_str(), "  "]);
                }
            }
            line.truncate(line.trim_end().len());
            line
        };
        self.rows.iter().map(line).collect()
    }
}

/// Text that a stranger may have written must not steer the terminal, break a line or turn its reading direction.
pub fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if is_unfit(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_by_what_the_screen_shows() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned);
        let mut table = Table::new(row(["a", "name", "n"])).right(&[2]);
        table.row(row(["1", "日本", "7"]));
        table.row(row(["22", "é", "120"]));
        table.row(row(["", "x", ""]));
        assert_eq!(
            table.lines(),
            ["a   name    n", "1   日本    7", "22  é     120", "    x"]
        );
    }

    #[test]
    fn text_of_a_stranger_cannot_steer_the_terminal() {
        let mut table = Table::default();
        table.row(["a\u{1b}[2Jb\nc\u{9b}\u{202e}d".to_owned()]);
        assert_eq!(table.lines(), ["a\u{fffd}[2Jb c\u{fffd}\u{fffd}d"]);
        assert!(Table::default().lines().is_empty());
    }
}
