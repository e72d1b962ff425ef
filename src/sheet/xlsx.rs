//! XLSX, cell by cell: a workbook that claims a cell in its last row and column costs no more than that cell.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};

use super::{CELL_MAX, COLUMNS_MAX, ROWS_MAX, Row, Weight};
use crate::domain::refusal::Refusal;

/// The rows of the first sheet that has any.
pub(super) fn rows(bytes: &[u8]) -> Result<Vec<Row>, Refusal> {
    // The library has been seen to trip over damaged workbooks; that must not end the program.
    catch_unwind(AssertUnwindSafe(|| read(bytes)))
        .unwrap_or_else(|_| Err(bad("the workbook is damaged")))
}

pub(super) fn bad(cause: impl std::fmt::Display) -> Refusal {
    Refusal::new("sheet-bad").with("cause", cause)
}

fn read(bytes: &[u8]) -> Result<Vec<Row>, Refusal> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(bad)?;
    for name in book.sheet_names() {
        let rows = sheet(&mut book, &name)?;
        if !rows.is_empty() {
            return Ok(rows);
        }
    }
    Ok(Vec::new())
}

fn sheet(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Vec<Row>, Refusal> {
    let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let mut weight = Weight::default();
    let mut cells = match book.worksheet_cells_reader(name) {
        Ok(cells) => cells,
        // A sheet that is a chart has no cells.
        Err(calamine::XlsxError::NotAWorksheet(_)) => return Ok(Vec::new()),
        Err(error) => return Err(bad(error)),
    };
    while let Some(cell) = cells.next_cell().map_err(bad)? {
        let text = words(cell.get_value());
        if text.trim().is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= COLUMNS_MAX {
            return Err(Refusal::new("sheet-columns").with("max", COLUMNS_MAX));
        }
        let row = rows.entry(row).or_default();
        row.reserve_exact((column + 1).saturating_sub(row.len()));
        weight.add(&text)?;
        while row.len() < column {
            weight.add("")?;
            row.push(String::new());
        }
        if row.len() == column {
            row.push(String::new());
        }
        if let Some(slot) = row.get_mut(column) {
            *slot = text;
        }
        if rows.len() > ROWS_MAX + 1 {
            return Err(Refusal::new("sheet-rows").with("max", ROWS_MAX));
        }
    }
    Ok(rows
        .into_iter()
        .map(|(row, cells)| (row.saturating_add(1), cells))
        .collect())
}

/// A cell as a person would type it: whole numbers without decimals, dates as in ISO 8601.
fn words(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => float(*number),
        DataRef::String(text) => text.chars().take(CELL_MAX + 1).collect(),
        DataRef::SharedString(text) => text.chars().take(CELL_MAX + 1).collect(),
        DataRef::Bool(yes) => if *yes { "Y" } else { "N" }.to_owned(),
        DataRef::DateTime(time) => date(time),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.chars().take(40).collect(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// Rust writes a whole float without `.0`, and never with an exponent.
fn float(number: f64) -> String {
    // Amounts computed in a cell carry the noise of binary fractions: 12345.000000000002.
    let rounded = number.round();
    if (number - rounded).abs() < 1e-9 * rounded.abs().max(1.0) {
        format!("{rounded}")
    } else {
        format!("{number}")
    }
}

fn date(time: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, ..) = time.to_ymd_hms_milli();
    if time.is_duration() || (hour, minute) != (0, 0) {
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}")
    }
}
