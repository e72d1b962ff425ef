//! Every kind of file that may be handed in by mistake.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::{CELL_MAX, CELLS_MAX, COLUMNS_MAX, ROWS_MAX, TEXT_MAX, read_bytes, read_here};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

#[track_caller]
fn check(bytes: &[u8], columns: &[&str], rows: &[(u32, &[&str])]) {
    let sheet = read_bytes(bytes.to_vec()).unwrap();
    assert_eq!(sheet.columns, columns);
    let found: Vec<(u32, Vec<&str>)> = sheet
        .rows
        .iter()
        .map(|(row, cells)| (*row, cells.iter().map(String::as_str).collect()))
        .collect();
    let wanted: Vec<(u32, Vec<&str>)> = rows
        .iter()
        .map(|(row, cells)| (*row, cells.to_vec()))
        .collect();
    assert_eq!(found, wanted);
}

#[track_caller]
fn refused(bytes: &[u8], code: &str, arg: &str) {
    let refusal = read_bytes(bytes.to_vec()).unwrap_err();
    assert_eq!(refusal.code, code, "{refusal}");
    assert!(refusal.to_string().contains(arg), "{refusal}");
}

#[test]
fn csv_is_read_whatever_program_wrote_it() {
    let (columns, rows): (&[&str], &[(u32, &[&str])]) =
        (&["kode", "nama"], &[(2, &["411201", "PN Madiun"])]);
    check(b"kode,nama\n411201,PN Madiun\n", columns, rows);
    check(b"kode;nama\r\n411201;PN Madiun", columns, rows);
    check(b"kode\tnama\r411201\tPN Madiun\r", columns, rows);
    check(
        b"\xef\xbb\xbf\"kode\",\"nama\"\n411201,\"PN Madiun\"\n",
        columns,
        rows,
    );
    let utf16: Vec<u8> = "\u{feff}kode\tnama\n411201\tPN Madiun\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    check(&utf16, columns, rows);
    check(
        b"sep=;\nkode;nama\n411201;PN Madiun\n",
        columns,
        &[(3, &["411201", "PN Madiun"])],
    );
}

#[test]
fn cells_of_csv_keep_what_they_hold() {
    check(
        b"a,b\n\"x, y\",\"say \"\"no\"\"\"\n\"two\nlines\",2\" pipe\n\n,\nlast,\n",
        &["a", "b"],
        &[
            (2, &["x, y", "say \"no\""]),
            (3, &["two\nlines", "2\" pipe"]),
            (6, &["last", ""]),
        ],
    );
    // 0x92 is a Windows apostrophe, 0xE9 an é.
    check(
        b"nama\nJum\x92at Caf\xe9\n",
        &["nama"],
        &[(2, &["Jum’at Café"])],
    );
    // A semicolon inside quotation marks does not make it the separator.
    check(b"\"a;b;c\",d\n1,2\n", &["a;b;c", "d"], &[(2, &["1", "2"])]);
    // Empty lines before the header and empty columns behind it do not count.
    check(
        b"\n\na,b,,\n1,2,,\n",
        &["a", "b"],
        &[(4, &["1", "2", "", ""])],
    );
}

#[test]
fn what_is_no_table_is_named() {
    refused(b"", "sheet-empty", "");
    refused(b" \r\n\n ;;; \n", "sheet-empty", "");
    refused(b"%PDF-1.7\n...", "sheet-kind", "pdf");
    refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "sheet-kind", "xls");
    refused(b"\n <html><table>", "sheet-kind", "html");
    refused(b"\x89PNG\r\n\x1a\n", "sheet-kind", "image");
    refused(b"\x7fELF\x00\x00", "sheet-kind", "binary");
    refused(b"PK\x03\x04 not a workbook", "sheet-bad", "cause");
    refused(b"a,b\n1,\"never closed\n2,3\n", "sheet-quote", "2");
}

#[test]
fn too_much_is_refused_or_cut() {
    let long = format!("a\n{}\nb\n", "x".repeat(10 << 20));
    let sheet = read_bytes(long.into_bytes()).unwrap();
    let lengths: Vec<usize> = sheet
        .rows
        .iter()
        .map(|(_, cells)| cells.concat().len())
        .collect();
    assert_eq!(lengths, [CELL_MAX + 1, 1]);
    refused("x\n".repeat(ROWS_MAX + 2).as_bytes(), "sheet-rows", "20000");
    assert!(read_bytes("x\n".repeat(ROWS_MAX + 1).into_bytes()).is_ok());
    let wide = format!("{}x", ",".repeat(COLUMNS_MAX));
    refused(wide.as_bytes(), "sheet-columns", "200");
    let much = format!("a\n{}", format!("{}\n", "y".repeat(30_000)).repeat(500));
    refused(much.as_bytes(), "sheet-size", "12");
}

#[test]
fn xlsx_gives_cells_as_a_person_would_type_them() {
    let mut book = Workbook::new();
    book.add_worksheet();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "kode").unwrap();
    sheet.write(0, 1, "per_tanggal").unwrap();
    sheet.write(0, 3, "pagu").unwrap();
    sheet.write(2, 0, 411_201).unwrap();
    let day = ExcelDateTime::from_ymd(2026, 10, 31).unwrap();
    let format = Format::new().set_num_format("yyyy-mm-dd");
    sheet.write_with_format(2, 1, &day, &format).unwrap();
    sheet.write(2, 2, true).unwrap();
    sheet.write(2, 3, 5_360_267_000.0).unwrap();
    sheet.write(3, 3, 70.59).unwrap();
    sheet.write(4, 3, 0.1 + 0.2 + 2.7).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    check(
        &bytes,
        &["kode", "per_tanggal", "", "pagu"],
        &[
            (3, &["411201", "2026-10-31", "Y", "5360267000"]),
            (4, &["", "", "", "70.59"]),
            (5, &["", "", "", "3"]),
        ],
    );
    for cut in (4..bytes.len()).step_by(97) {
        assert!(
            read_bytes(bytes.get(..cut).unwrap().to_vec()).is_err(),
            "cut at {cut}"
        );
    }
}

#[test]
fn a_cell_in_the_last_corner_costs_nothing() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "a").unwrap();
    sheet.write(1_048_575, 0, "far").unwrap();
    check(
        &book.save_to_buffer().unwrap(),
        &["a"],
        &[(1_048_576, &["far"])],
    );
    let mut book = Workbook::new();
    book.add_worksheet()
        .write(1_048_575, 16_383, "corner")
        .unwrap();
    refused(&book.save_to_buffer().unwrap(), "sheet-columns", "200");
}

#[test]
fn a_sheet_always_fits_into_a_request() {
    // Every quotation mark takes two bytes there, every empty cell three.
    check(b"a\n\"\"\"\"\"\"\"\"\n", &["a"], &[(2, &["\"\"\""])]);
    let row = format!("\"{}\"\n", "\"\"".repeat(30_000));
    let much = format!("a\n{}", row.repeat(TEXT_MAX / 60_000 + 1));
    refused(much.as_bytes(), "sheet-size", "12");
    let empty = |rows: usize| {
        format!(
            "a\n{}",
            format!("x{}\n", ",".repeat(COLUMNS_MAX - 1)).repeat(rows)
        )
    };
    let sheet = read_bytes(empty(CELLS_MAX / COLUMNS_MAX - 1).into_bytes()).unwrap();
    assert!(serde_json::to_vec(&sheet).unwrap().len() < TEXT_MAX);
    refused(
        empty(CELLS_MAX / COLUMNS_MAX).as_bytes(),
        "sheet-cells",
        "900000",
    );
}

#[test]
fn no_cell_steers_a_terminal_or_hides_what_it_says() {
    let text = "\u{feff}\u{feff}ko\u{200b}de,na\u{202e}ma\n\u{200f}411201\u{061c},PN\u{1b}[31m \u{2066}Ma\u{9b}diun\u{2069}\u{2028}x\u{7f}\n\u{200e},\u{feff}\n";
    let columns = &["kode", "nama"];
    let rows: &[(u32, &[&str])] = &[(2, &["411201", "PN [31m Ma diun\nx "])];
    check(text.as_bytes(), columns, rows);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in (0..).zip(text.trim_start_matches('\u{feff}').lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            sheet
                .write(row, column, cell.replace('\u{1b}', "\u{85}"))
                .unwrap();
        }
    }
    check(&book.save_to_buffer().unwrap(), columns, rows);
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let refusal = read_here(std::path::Path::new("/nowhere/satker.csv")).unwrap_err();
    assert_eq!(refusal.code, "file-bad");
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(read_here(folder.path()).unwrap_err().code, "file-bad");
}
