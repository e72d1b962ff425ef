//! Importing a spreadsheet and telling what became of each row.

use std::path::Path;

use super::{Call, Failure, Outcome};
use crate::client::Client;
use crate::import;
use crate::locale::Lang;
use crate::service::{ImportProblem, ImportReport, Refusal, Sheet};

/// Reads the file, lets the server take it, and prints the report. Rows that were refused make it end with status 1; the others are in.
pub(super) fn run(
    call: &mut Call,
    file: &Path,
    ask: impl FnOnce(&mut Client, Sheet) -> Result<ImportReport, Refusal>,
) -> Outcome {
    let sheet = import::read(file)?;
    let mut office = call.office()?;
    let report = ask(&mut office, sheet)?;
    if call.json {
        call.object(&report)?;
    } else {
        print(call, &report)?;
    }
    if report.rejected > 0 {
        return Err(Failure::Told);
    }
    Ok(())
}

fn print(call: &mut Call, report: &ImportReport) -> Outcome {
    if report.dry_run {
        call.say("cli-import-dry-run", &[])?;
    }
    call.say(
        "cli-import-counts",
        &[
            ("added", report.added.into()),
            ("changed", report.changed.into()),
            ("unchanged", report.unchanged.into()),
            ("rejected", report.rejected.into()),
        ],
    )?;
    if !report.unknown_columns.is_empty() {
        let columns = report.unknown_columns.join(", ");
        call.say("cli-import-unknown-columns", &[("columns", columns.into())])?;
    }
    for (title, problems) in [
        ("cli-import-errors", &report.errors),
        ("cli-import-notes", &report.notes),
    ] {
        if problems.is_empty() {
            continue;
        }
        call.line("")?;
        call.say(title, &[])?;
        let mut table = call.header(&["row", "column", "reason"]).right(&[0]);
        for problem in problems {
            table.row([
                problem.row.to_string(),
                problem.column.clone(),
                reason(call, problem),
            ]);
        }
        call.table(&table)?;
    }
    Ok(())
}

/// The server gives the reason in Indonesian; other languages read the code.
fn reason(call: &Call, problem: &ImportProblem) -> String {
    if call.lang() == Lang::Id && !problem.reason.is_empty() {
        problem.reason.clone()
    } else {
        call.locale.refusal(&problem.refusal)
    }
}
