//! Spreadsheets from outside, read into text cells. What the cells mean is the server's business.
//!
//! Any file may be given here, by mistake or to do harm: whatever it is, the answer is a table or a refusal that says what the file is
//! instead, and reading it takes no more memory and time than `apart` allows.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::ask::Sheet;
use crate::domain::refusal::Refusal;

pub mod apart;
mod csv;
mod text;
mod unpack;
mod xlsx;

pub use unpack::UNPACKED_MAX;

/// Largest file that is read, in bytes.
pub const FILE_MAX: u64 = 32 << 20;
/// Longest cell, in characters. A longer one is cut to one more than this, so that the server refuses its row and no other.
pub const CELL_MAX: usize = 32_000;
/// Most rows below the header.
pub const ROWS_MAX: usize = 20_000;
/// Most cells, empty ones to the left of others included.
pub const CELLS_MAX: usize = 900_000;
/// Most columns.
pub const COLUMNS_MAX: usize = 200;
/// Most bytes of all cells together as a request has them: what fits into one.
pub const TEXT_MAX: usize = 12 << 20;

/// Reads a CSV (comma, semicolon or tab; UTF-8, UTF-16 or Windows-1252) or an XLSX file, in a process of its own with bounded memory and
/// time ([`apart`]). `-` is standard input. Only the program itself can be asked: a test's binary has no such command.
///
/// # Errors
/// `file-bad` when it cannot be read, `sheet-empty`, `sheet-kind` for a known kind of file that is no table, `sheet-bad` for a
/// damaged one, and `sheet-size`, `sheet-rows`, `sheet-columns`, `sheet-cells`, `sheet-unpacks`, `sheet-heavy` beyond the limits.
pub fn read(path: &Path) -> Result<Sheet, Refusal> {
    // A unit test's binary is not the program, and would run its tests again.
    let sheet = if cfg!(test) {
        read_here(path)
    } else {
        apart::read(path)
    };
    sheet.map_err(|refusal| refusal.with("file", path.display()))
}

/// Reads the file here and now; only the file's own sizes are bounded.
fn read_here(path: &Path) -> Result<Sheet, Refusal> {
    let bytes = load(path).map_err(|error| Refusal::new("file-bad").with("cause", error))?;
    read_bytes(bytes)
}

fn load(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin()
            .lock()
            .take(FILE_MAX + 1)
            .read_to_end(&mut bytes)?;
    } else {
        File::open(path)?
            .take(FILE_MAX + 1)
            .read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// As [`read`], from memory and in this process.
///
/// # Errors
/// See [`read`]; the file's name is not in them.
pub fn read_bytes(bytes: Vec<u8>) -> Result<Sheet, Refusal> {
    if bytes.len() as u64 > FILE_MAX {
        return Err(Refusal::new("sheet-size").with("max", FILE_MAX >> 20));
    }
    if let Some(kind) = foreign_kind(&bytes) {
        return Err(Refusal::new("sheet-kind").with("kind", kind));
    }
    let rows = if bytes.starts_with(b"PK\x03\x04") {
        unpack::check(&bytes)?;
        xlsx::rows(&bytes)?
    } else {
        csv::rows(text::decode(bytes)?.trim_start_matches('\u{feff}'))?
    };
    into_sheet(rows)
}

/// What a file is that is certainly no table.
fn foreign_kind(bytes: &[u8]) -> Option<&'static str> {
    let start: Vec<u8> = bytes
        .iter()
        .copied()
        .skip_while(u8::is_ascii_whitespace)
        .take(16)
        .map(|byte| byte.to_ascii_lowercase())
        .collect();
    [
        (&b"%pdf"[..], "pdf"),
        (b"\xd0\xcf\x11\xe0", "xls"),
        (b"<!doctype", "html"),
        (b"<html", "html"),
        (b"<table", "html"),
        (b"<?xml", "xml"),
        (b"{\\rtf", "rtf"),
        (b"\x89png", "image"),
        (b"\xff\xd8\xff", "image"),
    ]
    .into_iter()
    .find(|(magic, _)| start.starts_with(magic))
    .map(|(_, kind)| kind)
}

/// A row of a file: its number, from 1, and its cells.
type Row = (u32, Vec<String>);

/// What the cells read so far will weigh in a request. Counted while reading: a workbook may name one long text a million times.
#[derive(Debug, Default)]
struct Weight {
    bytes: usize,
    cells: usize,
}

impl Weight {
    fn add(&mut self, cell: &str) -> Result<(), Refusal> {
        // Quotation marks and a comma around it, and a second character for what JSON has to escape.
        let escaped = cell
            .bytes()
            .filter(|byte| matches!(byte, b'"' | b'\\' | b'\n'))
            .count();
        self.bytes += cell.len() + escaped + 3;
        self.cells += 1;
        if self.bytes > TEXT_MAX {
            return Err(Refusal::new("sheet-size").with("max", TEXT_MAX >> 20));
        }
        if self.cells > CELLS_MAX {
            return Err(Refusal::new("sheet-cells").with("max", CELLS_MAX));
        }
        Ok(())
    }
}

/// The first row that says anything is the header; rows that say nothing are left out, and so are empty columns at the right.
fn into_sheet(rows: Vec<Row>) -> Result<Sheet, Refusal> {
    let mut rows = rows
        .into_iter()
        .map(|(number, cells)| {
            (
                number,
                cells.into_iter().map(text::clean).collect::<Vec<_>>(),
            )
        })
        .filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()));
    let Some((_, mut columns)) = rows.next() else {
        return Err(Refusal::new("sheet-empty"));
    };
    while columns.last().is_some_and(|cell| cell.trim().is_empty()) {
        columns.pop();
    }
    let rows: Vec<Row> = rows.collect();
    if rows.len() > ROWS_MAX {
        return Err(Refusal::new("sheet-rows").with("max", ROWS_MAX));
    }
    Ok(Sheet { columns, rows })
}

#[cfg(test)]
mod tests;
