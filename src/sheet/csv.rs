//! CSV as spreadsheets write it. Read by hand because the row numbers must be those that a spreadsheet shows, and because a
//! quotation mark that is never closed must be an error with its row, not the silent end of the table.

use super::{CELL_MAX, COLUMNS_MAX, ROWS_MAX, Row, Weight};
use crate::service::Refusal;

/// The rows of a CSV text, empty ones included.
pub(super) fn rows(text: &str) -> Result<Vec<Row>, Refusal> {
    let (separator, text, first_row) = separator(text);
    let mut reader = Reader {
        row: first_row,
        ..Reader::default()
    };
    let mut chars = text.chars().peekable();
    let mut quoted = None;
    while let Some(c) = chars.next() {
        match (quoted, c) {
            (Some(_), '"') if chars.peek() == Some(&'"') => {
                chars.next();
                reader.push('"');
            }
            (Some(_), '"') => quoted = None,
            // Only at the start of a cell does a quotation mark open one: `2" pipe` is plain text.
            (None, '"') if reader.cell.trim().is_empty() => {
                reader.cell.clear();
                quoted = Some(reader.row);
            }
            (None, c) if c == separator => reader.end_cell()?,
            (None, '\r') => {
                if chars.peek() == Some(&'\n') {
                    chars.next();
                }
                reader.end_row()?;
            }
            (None, '\n') => reader.end_row()?,
            (_, c) => reader.push(c),
        }
    }
    if let Some(row) = quoted {
        return Err(Refusal::new("sheet-quote").with("row", row));
    }
    reader.end_row()?;
    Ok(reader.rows)
}

#[derive(Default)]
struct Reader {
    row: u32,
    /// Characters in `cell`.
    length: usize,
    cell: String,
    cells: Vec<String>,
    rows: Vec<Row>,
    weight: Weight,
}

impl Reader {
    fn push(&mut self, c: char) {
        if self.length <= CELL_MAX {
            self.cell.push(c);
            self.length += 1;
        }
    }

    fn end_cell(&mut self) -> Result<(), Refusal> {
        self.length = 0;
        let cell = std::mem::take(&mut self.cell);
        if self.cells.len() < COLUMNS_MAX {
            self.weight.add(&cell)?;
            self.cells.push(cell);
        } else if !cell.trim().is_empty() {
            return Err(Refusal::new("sheet-columns").with("max", COLUMNS_MAX));
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Refusal> {
        self.end_cell()?;
        let mut cells = std::mem::take(&mut self.cells);
        if cells.iter().any(|cell| !cell.is_empty()) {
            cells.shrink_to_fit();
            self.rows.push((self.row, cells));
        }
        self.row += 1;
        if self.rows.len() > ROWS_MAX + 1 {
            return Err(Refusal::new("sheet-rows").with("max", ROWS_MAX));
        }
        Ok(())
    }
}

/// The separator, the text to read and the number of its first row. Excel's `sep=;` line is obeyed and skipped.
fn separator(text: &str) -> (char, &str, u32) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let mut said = first.trim_end().chars();
    if let ("sep=", Some(separator), None) = (
        said.by_ref().take(4).collect::<String>().as_str(),
        said.next(),
        said.next(),
    ) {
        return (separator, rest, 2);
    }
    let header = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("");
    let mut quoted = false;
    let mut counts = [(',', 0), (';', 0), ('\t', 0)];
    for c in header.chars() {
        quoted ^= c == '"';
        if let Some((_, count)) = counts.iter_mut().find(|(one, _)| !quoted && *one == c) {
            *count += 1;
        }
    }
    // Of equal counts the last would win: the comma, as the usual one, must stand there.
    counts.reverse();
    let best = counts.into_iter().max_by_key(|(_, count)| *count);
    (best.map_or(',', |(separator, _)| separator), text, 1)
}
