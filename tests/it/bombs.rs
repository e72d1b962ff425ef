//! Files made to take all memory or time of whoever imports them: refused with a word, in little memory.
//!
//! Only sizes are looked at, never the time: the memory of each process is bounded from outside, so that one that takes more ends.

use std::fmt::Write as _;
use std::io::{Cursor, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::support::Server;

const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#;
const PACKAGE: &str = r#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const RELATIONS: &str = r#"<Relationships><Relationship Id="s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
const SHEET: &str = "<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData>";
const END: &str = "</sheetData></worksheet>";

/// A part of a workbook: what is written once, what many times, how often, and what once more.
type Part<'a> = (&'a str, &'a str, String, usize, &'a str);

/// A workbook of these parts and of those that every workbook has.
fn book(sheets: usize, parts: &[Part<'_>]) -> Vec<u8> {
    let mut names = String::new();
    for number in 0..sheets {
        let _ = write!(
            names,
            r#"<sheet name="{number}" sheetId="{number}" r:id="s"/>"#
        );
    }
    let workbook = format!("<workbook><sheets>{names}</sheets></workbook>");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let usual = [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", PACKAGE),
        ("xl/_rels/workbook.xml.rels", RELATIONS),
        ("xl/workbook.xml", &workbook),
    ];
    let usual = usual.map(|(name, text)| (name, text, String::new(), 0, ""));
    for (name, before, again, times, after) in usual.iter().chain(parts) {
        zip.start_file(*name, options).unwrap();
        zip.write_all(before.as_bytes()).unwrap();
        // In large pieces: otherwise the test would be about the speed of writing.
        let at_once = 1 + (64 << 10) / again.len().max(1);
        let piece = again.repeat(at_once);
        for _ in 0..times / at_once {
            zip.write_all(piece.as_bytes()).unwrap();
        }
        zip.write_all(again.repeat(times % at_once).as_bytes())
            .unwrap();
        zip.write_all(after.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn part<'a>(name: &'a str, before: &'a str, again: &str, times: usize, after: &'a str) -> Part<'a> {
    (name, before, again.to_owned(), times, after)
}

fn sheet(again: &str, times: usize) -> Part<'_> {
    (
        "xl/worksheets/sheet1.xml",
        SHEET,
        again.to_owned(),
        times,
        END,
    )
}

fn strings<'a>(before: &'a str, again: &str, times: usize, after: &'a str) -> Part<'a> {
    (
        "xl/sharedStrings.xml",
        before,
        again.to_owned(),
        times,
        after,
    )
}

fn import(folder: &Path, bytes: &[u8], memory: Option<u32>, stdin: bool) -> Output {
    let file = folder.join("bomb.xlsx");
    std::fs::write(&file, bytes).unwrap();
    let limit = memory.map_or(String::new(), |mib| format!("ulimit -v {} && ", mib * 1024));
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!("{limit}exec \"$@\""))
        .arg("sh")
        .arg(env!("CARGO_BIN_EXE_sipintar"))
        .args(["--lang", "en", "--home"])
        .arg(folder)
        .args(["satker", "import"]);
    if stdin {
        let file = std::fs::File::open(&file).unwrap();
        command.arg("-").stdin(Stdio::from(file))
    } else {
        command.arg(&file).stdin(Stdio::null())
    }
    .output()
    .unwrap()
}

#[track_caller]
fn refused(bytes: &[u8], memory: Option<u32>, words: &str) {
    refused_from(bytes, memory, words, false);
}

#[track_caller]
fn refused_from(bytes: &[u8], memory: Option<u32>, words: &str, stdin: bool) {
    let folder = TempDir::new().unwrap();
    let output = import(folder.path(), bytes, memory, stdin);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains(words), "{told}");
    assert!(told.contains("Nothing was imported"), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(output.stdout.is_empty());
}

/// What neither the process that reads nor the one that waits may take, in MiB of address space.
const MEMORY: Option<u32> = Some(192);

const HEAVY: &str = "takes more than 192 MiB of memory or 5 seconds";

#[test]
fn what_unpacks_to_gigabytes_is_refused() {
    let spaces = " ".repeat(1024);
    let much = 300 << 10;
    for part in [
        // As one text, between rows, in shared strings, and where nobody would look.
        (
            "xl/worksheets/sheet1.xml",
            "<worksheet>",
            spaces.clone(),
            much,
            "",
        ),
        sheet("<row><c/></row>", 20 << 20),
        strings("<sst><si><t>", &spaces, much, "</t></si></sst>"),
        ("xl/media/image1.png", "", spaces.clone(), much, ""),
    ] {
        refused(&book(1, &[part]), MEMORY, "grows to more than 256 MiB");
    }
}

#[test]
fn what_a_library_makes_large_ends_only_its_own_process() {
    let fonts = format!(
        "<styleSheet><fonts><font><name val=\"{}\"/></font></fonts><cellXfs>",
        "f".repeat(1 << 20)
    );
    let names = format!("<worksheet {}", "x".repeat(150 << 20));
    // With no other bound than its own, and where the machine has even less.
    let less = Some(128);
    let cases: [(Option<u32>, Part<'_>); 6] = [
        (
            None,
            strings("<sst uniqueCount=\"99999999999\">", "", 0, "</sst>"),
        ),
        (
            less,
            strings("<sst uniqueCount=\"99999999999\">", "", 0, "</sst>"),
        ),
        (
            less,
            strings("<sst>", "<si><t>a</t></si>", 4 << 20, "</sst>"),
        ),
        (
            None,
            part(
                "xl/styles.xml",
                &fonts,
                "<xf fontId=\"0\"/>",
                4096,
                "</cellXfs></styleSheet>",
            ),
        ),
        (
            None,
            part("xl/worksheets/sheet1.xml", "", "<a>", 24 << 20, ""),
        ),
        (
            None,
            part("xl/worksheets/sheet1.xml", &names, "", 0, "=\"\"/>"),
        ),
    ];
    for (memory, part) in cases {
        refused(&book(1, &[part]), memory, HEAVY);
    }
}

/// The same sheet of empty rows, named so often that reading it again and again would take hours.
#[test]
fn what_would_be_read_for_hours_is_given_up() {
    let bytes = book(100_000, &[sheet("<row></row>", 20 << 20)]);
    let folder = TempDir::new().unwrap();
    let output = import(folder.path(), &bytes, MEMORY, false);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains(HEAVY), "{told}");
}

#[test]
fn a_long_text_that_is_named_often_counts_every_time() {
    let text = "x".repeat(30_000);
    let row = format!("<row>{}</row>", "<c t=\"s\"><v>0</v></c>".repeat(100));
    let book = book(
        1,
        &[
            strings("<sst><si><t>", &text, 1, "</t></si></sst>"),
            sheet(&row, 10_000),
        ],
    );
    assert!(book.len() < 400 << 10, "{}", book.len());
    for stdin in [false, true] {
        refused_from(&book, MEMORY, "is larger than 12 MiB", stdin);
    }
}

#[test]
fn more_rows_or_columns_than_a_table_has_are_refused_before_they_take_memory() {
    let cell = "<c t=\"inlineStr\"><is><t>x</t></is></c>";
    refused(
        &book(1, &[sheet(&format!("<row>{cell}</row>"), 1 << 20)]),
        MEMORY,
        "more than 20000 rows",
    );
    refused(
        &book(1, &[sheet(cell, 16_384)]),
        MEMORY,
        "more than 200 columns",
    );
    refused(&b"x,".repeat(1 << 20), MEMORY, "more than 200 columns");
    refused(&b"x\n".repeat(1 << 20), MEMORY, "more than 20000 rows");
    for stdin in [false, true] {
        let endless = b"x".repeat(33 << 20);
        refused_from(&endless, MEMORY, "is larger than 32 MiB", stdin);
    }
    refused(
        &[&b"x"[..], &vec![0; 8 << 20], b"\n"].concat(),
        MEMORY,
        "of kind binary",
    );
}

#[test]
fn the_largest_table_is_read_in_the_same_memory() {
    let server = Server::start("");
    let row = format!(
        "<row>{}</row>",
        "<c t=\"inlineStr\"><is><t>twenty-five letters of it</t></is></c>".repeat(20)
    );
    let header = "<row><c t=\"inlineStr\"><is><t>kode</t></is></c></row>";
    let book = book(
        1,
        &[(
            "xl/worksheets/sheet1.xml",
            &format!("{SHEET}{header}"),
            row,
            19_999,
            END,
        )],
    );
    let output = import(server.home.dir(), &book, MEMORY, false);
    let told = String::from_utf8_lossy(&output.stderr);
    // It was read, and came to the server, who knows that it is no satker list.
    assert!(told.contains("kode_satker"), "{told}");
    let rows = "411201,PN Madiun\n".repeat(19_999);
    let output = import(
        server.home.dir(),
        format!("kode_satker,nama\n{rows}").as_bytes(),
        MEMORY,
        true,
    );
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("19998"), "{told}");
}
