//! Files that are given to an import: CSV of any bytes, workbooks of any bytes, and workbooks whose parts are any bytes.

use std::io::{Cursor, Write};
use std::sync::{Once, OnceLock};

use chrono::{DateTime, Utc};
use sipintar::ask::{ImportReport, Sheet};
use sipintar::domain::access::{Actor, Role};
use sipintar::domain::calendar::Calendar;
use sipintar::domain::fact::Fact;
use sipintar::domain::module::Modules;
use sipintar::domain::refusal::Refusal;
use sipintar::home::Home;
use sipintar::journal::Entry;
use sipintar::locale::{LANGS, Locale};
use sipintar::server::clock::Clock;
use sipintar::server::office::Office;
use sipintar::settings::Settings;
use sipintar::sheet::{CELL_MAX, CELLS_MAX, COLUMNS_MAX, ROWS_MAX, TEXT_MAX, read_bytes};
use sipintar::store::Store;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Parts of a workbook that fuzzing can reach only unpacked: their checksums would never fit.
const PARTS: [&str; 5] = [
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
];
const USUAL: [(&str, &str); 3] = [
    (
        "_rels/.rels",
        r#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook><sheets><sheet name="1" sheetId="1" r:id="s"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships><Relationship Id="s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
    ),
];

/// The first octet chooses whether the rest is a file, or the parts of a workbook, with a zero between each two.
pub fn run(data: &[u8]) {
    let Some((&what, rest)) = data.split_first() else {
        return;
    };
    if claims_too_much(rest) {
        return;
    }
    let_the_library_trip();
    let bytes = if what % 2 == 0 {
        rest.to_vec()
    } else {
        workbook(rest)
    };
    match read_bytes(bytes) {
        Ok(sheet) => {
            holds(&sheet);
            again(&sheet);
            takes(&sheet);
        }
        Err(refusal) => words(&refusal.with("file", "x")),
    }
}

/// Whether a workbook claims to hold millions of texts. The library takes the memory for them at once, which ends the process: that is
/// why the program reads in one of its own (`tests/it/bombs.rs`), and here it would only end the fuzzing.
fn claims_too_much(data: &[u8]) -> bool {
    const COUNT: &[u8] = b"uniqueCount";
    data.windows(COUNT.len() + 16).any(|window| {
        let digits = window.iter().filter(|byte| byte.is_ascii_digit()).count();
        window.starts_with(COUNT) && digits > 6
    })
}

/// A panic inside the library that reads workbooks is caught by those who ask it, and told as a damaged file: it is no finding, and
/// fuzzing must not end where it begins.
fn let_the_library_trip() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let inside = info
                .location()
                .is_some_and(|at| at.file().contains("calamine"));
            if !inside {
                before(info);
            }
        }));
    });
}

fn workbook(data: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let parts: Vec<(&str, &[u8])> = PARTS
        .into_iter()
        .zip(data.split(|byte| *byte == 0))
        .collect();
    let usual = USUAL
        .into_iter()
        .map(|(name, text)| (name, text.as_bytes()))
        .filter(|(name, _)| !parts.iter().any(|(other, _)| other == name));
    for (name, bytes) in usual.chain(parts.iter().copied()) {
        zip.start_file(name, options).expect("a new part");
        zip.write_all(bytes).expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}

/// Limits, order, and nothing in it that steers.
fn holds(sheet: &Sheet) {
    assert!((1..=COLUMNS_MAX).contains(&sheet.columns.len()));
    assert!(sheet.rows.len() <= ROWS_MAX);
    assert!(
        sheet
            .rows
            .iter()
            .zip(sheet.rows.iter().skip(1))
            .all(|(one, next)| one.0 < next.0)
    );
    let mut cells = sheet.columns.len();
    for (_, row) in &sheet.rows {
        assert!(row.len() <= COLUMNS_MAX && row.iter().any(|cell| !cell.trim().is_empty()));
        cells += row.len();
    }
    assert!(cells <= CELLS_MAX);
    let all = sheet.rows.iter().flat_map(|(_, cells)| cells);
    for cell in all.chain(&sheet.columns) {
        assert!(cell.chars().count() <= CELL_MAX + 1);
        assert!(!cell.chars().any(steers), "{cell:?}");
    }
    let line = serde_json::to_vec(sheet).expect("a sheet can be written");
    assert!(line.len() <= TEXT_MAX + (1 << 20));
    let back: Sheet = serde_json::from_slice(&line).expect("and read");
    assert_eq!(back, *sheet);
}

fn steers(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(
            c,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
        )
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What was read, written as CSV, is read as the same.
fn again(sheet: &Sheet) {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells
            .iter()
            .map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")))
            .collect();
        cells.join(",") + "\n"
    };
    let mut text = line(&sheet.columns);
    for (_, cells) in &sheet.rows {
        text += &line(cells);
    }
    let back = read_bytes(text.into_bytes()).expect("what was read can be read again");
    assert_eq!(back.columns, sheet.columns);
    let cells = |sheet: &Sheet| -> Vec<Vec<String>> {
        sheet.rows.iter().map(|(_, cells)| cells.clone()).collect()
    };
    assert_eq!(cells(&back), cells(sheet));
}

/// Whatever stands in the sheet, the office's facts can be written down, and its report has words.
fn takes(sheet: &Sheet) {
    let office = office();
    let now: DateTime<Utc> = "2026-11-24T02:00:00Z".parse().expect("a time");
    let actor = Actor {
        user: "sari".to_owned(),
        role: Role::Desk,
        section: None,
    };
    for outcome in [
        office.import_satker(sheet, &actor, now),
        office.import_budget(sheet, &actor, now),
    ] {
        match outcome {
            Ok((facts, report)) => {
                for fact in facts {
                    written(fact, now);
                }
                reported(&report, sheet);
            }
            Err(refusal) => words(&refusal),
        }
    }
}

fn reported(report: &ImportReport, sheet: &Sheet) {
    let told = report.added + report.changed + report.unchanged + report.rejected;
    assert_eq!(usize::try_from(told).ok(), Some(sheet.rows.len()));
    assert!(
        report
            .unknown_columns
            .iter()
            .all(|name| !name.chars().any(char::is_control))
    );
    for problem in report.errors.iter().chain(&report.notes).take(20) {
        assert!(sheet.rows.iter().any(|(row, _)| *row == problem.row));
        words(&problem.refusal);
    }
}

fn written(fact: Fact, now: DateTime<Utc>) {
    let entry = Entry {
        seq: 1,
        time: now,
        actor: "sari".to_owned(),
        begins: false,
        rest: 0,
        key: None,
        fact,
        prev: String::new(),
    };
    let line = serde_json::to_string(&entry).expect("a fact can be written");
    let back: Entry = serde_json::from_str(&line).expect("and read again");
    assert_eq!(serde_json::to_string(&back).expect("twice"), line);
}

fn words(refusal: &Refusal) {
    static LOCALES: OnceLock<[Locale; 2]> = OnceLock::new();
    for locale in LOCALES.get_or_init(|| LANGS.map(Locale::built_in)) {
        assert!(locale.has(&format!("error-{}", refusal.code)), "{refusal}");
        let text = locale.refusal(refusal);
        assert!(
            !text.chars().any(|c| c.is_control() && c != '\n'),
            "{text:?}"
        );
    }
}

fn office() -> &'static Office {
    static OFFICE: OnceLock<(Office, tempfile::TempDir)> = OnceLock::new();
    let (office, _) = OFFICE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::at(folder.path());
        home.create().expect("a home");
        let zone = chrono::FixedOffset::east_opt(7 * 3600).expect("a zone");
        let office = Office::new(
            Store::open(&home.store(), zone).expect("an empty store"),
            Modules::builtin().expect("the built-in modules"),
            Vec::new(),
            Settings::default(),
            Calendar::builtin(),
            Clock::new(None),
            &home,
            Vec::new(),
        );
        (office, folder)
    });
    office
}
