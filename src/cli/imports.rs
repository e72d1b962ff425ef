//! Importing a spreadsheet and telling what became of each row.

use std::path::Path;

use super::{Call, Failure, Outcome};
use crate::ask::{ImportReport, Sheet};
use crate::client::Client;
use crate::domain::refusal::Refusal;
use crate::sheet;

/// Reads the file, lets the server take it, and prints the report. Rows that were refused make it end with status 1; the others are in.
pub(super) fn run(
    call: &mut Call,
    file: &Path,
    ask: impl FnOnce(&mut Client, Sheet) -> Result<ImportReport, Refusal>,
) -> Outcome {
    let sheet = sheet::read(file)?;
    let mut office = call.office()?;
    let mut report = ask(&mut office, sheet)?;
    for problem in report.errors.iter_mut().chain(&mut report.notes) {
        problem.reason = call.locale.refusal(&problem.refusal);
    }
    if call.json {
        call.object(&report)?;
    } else {
        print(call, &report)?;
    }
    // Rows that were refused are reported; only when nothing at all could be taken was the import refused.
    if report.rejected > 0 && report.added + report.changed + report.unchanged == 0 {
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
    if report.alerts > 0 {
        let id = if report.dry_run {
            "cli-import-alerts-would"
        } else {
            "cli-import-alerts"
        };
        call.say(id, &[("count", report.alerts.into())])?;
    }
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
                problem.reason.clone(),
            ]);
        }
        call.table(&table)?;
    }
    Ok(())
}
