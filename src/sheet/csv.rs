//! The rows of a CSV file, within the limits of a table.

use super::{CELL_MAX, COLUMNS_MAX, ROWS_MAX, Row, Weight};
use crate::domain::csv::Rows;
use crate::domain::refusal::Refusal;

/// Rows with something in them.
pub(super) fn rows(text: &str) -> Result<Vec<Row>, Refusal> {
    let mut weight = Weight::default();
    let mut rows = Vec::new();
    for row in Rows::of(text) {
        let (number, record) =
            row.map_err(|open| Refusal::new("sheet-quote").with("row", open.row))?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        if record
            .iter()
            .skip(COLUMNS_MAX)
            .any(|cell| !cell.trim().is_empty())
        {
            return Err(Refusal::new("sheet-columns").with("max", COLUMNS_MAX));
        }
        let mut cells = Vec::with_capacity(record.len().min(COLUMNS_MAX));
        for cell in record.iter().take(COLUMNS_MAX) {
            let cell: String = cell.chars().take(CELL_MAX + 1).collect();
            weight.add(&cell)?;
            cells.push(cell);
        }
        rows.push((number, cells));
        if rows.len() > ROWS_MAX + 1 {
            return Err(Refusal::new("sheet-rows").with("max", ROWS_MAX));
        }
    }
    Ok(rows)
}
