//! `calendar`.

use std::io::{BufRead, IsTerminal, Read, Write, stdin, stdout};
use std::path::Path;

use super::args::{CalendarCommand, Override};
use super::{Call, Outcome, clock, typed_day};
use crate::ask::{HolidayReport, ImportHolidays, ListCalendar, Office, OverrideCalendar};
use crate::domain::calendar::{Holiday, HolidayChange, HolidayKind, parse_holidays};
use crate::domain::refusal::Refusal;
use crate::home::read_text;

pub(super) fn run(call: &mut Call, command: CalendarCommand) -> Outcome {
    match command {
        CalendarCommand::List { year } => {
            let view = call.office()?.ask(ListCalendar { year })?;
            let mut table = call.header(&["date", "kind", "name"]);
            for day in view.days {
                if call.json {
                    call.object(&day)?;
                } else {
                    table.row([day.date.to_string(), day.kind, day.name]);
                }
            }
            if call.json {
                Ok(())
            } else {
                call.table(&table)
            }
        }
        CalendarCommand::Close(day) => decide(call, day, false),
        CalendarCommand::Open(day) => decide(call, day, true),
        CalendarCommand::Import { file, dry_run } => import(call, &file, dry_run),
    }
}

fn import(call: &mut Call, file: &Path, dry_run: bool) -> Outcome {
    let bad = |line: Option<usize>, cause: &dyn std::fmt::Display| {
        let refusal = Refusal::new("file-bad")
            .with("file", file.display())
            .with("cause", cause);
        match line {
            Some(line) => refusal.with("line", line),
            None => refusal.with("line", ""),
        }
    };
    let text = read_text(file).map_err(|error| bad(None, &error))?;
    let holidays = parse_holidays(&text).map_err(|error| bad(Some(error.line), &error.what))?;
    if call.json {
        let report = call.office()?.ask(ImportHolidays { holidays, dry_run })?;
        return call.object(&report);
    }
    // Somebody who sits at the terminal sees first what would change; a script has decided already.
    let person = !dry_run && stdin().is_terminal() && stdout().is_terminal();
    let first = ImportHolidays {
        holidays: holidays.clone(),
        dry_run: dry_run || person,
    };
    let report = call.office()?.ask(first)?;
    changes(call, &report)?;
    if dry_run {
        return call.say("cli-import-dry-run", &[]);
    }
    if !person || report.changes.is_empty() {
        return Ok(());
    }
    call.say("cli-holidays-ask", &[])?;
    call.out.flush()?;
    let mut answer = String::new();
    // An answer that cannot be read is no yes.
    let _ = stdin().lock().take(64).read_line(&mut answer);
    if !matches!(answer.trim().to_lowercase().as_str(), "y" | "ya" | "yes") {
        return call.say("cli-holidays-left", &[]);
    }
    let dry_run = false;
    let report = call.office()?.ask(ImportHolidays { holidays, dry_run })?;
    said(call, &report)
}

fn changes(call: &mut Call, report: &HolidayReport) -> Outcome {
    for change in &report.changes {
        let line = match change {
            HolidayChange::Added { new } => format!("+ {}", holiday(new)),
            HolidayChange::Removed { old } => format!("- {}", holiday(old)),
            HolidayChange::Changed { old, new } => {
                format!("~ {} -> {}", holiday(old), holiday(new))
            }
        };
        call.line(&line)?;
    }
    for year in &report.gaps {
        call.say("cli-holidays-gap", &[("year", year.to_string().into())])?;
    }
    if report.dry_run {
        let differences = report.changes.len() as u64;
        return call.say("cli-holidays-differ", &[("changes", differences.into())]);
    }
    said(call, report)
}

fn said(call: &mut Call, report: &HolidayReport) -> Outcome {
    let counts = [
        ("changes", (report.changes.len() as u64).into()),
        ("moved", report.moved.into()),
    ];
    call.say("cli-holidays-changed", &counts)
}

fn holiday(day: &Holiday) -> String {
    let kind = match day.kind {
        HolidayKind::Libur => "libur",
        HolidayKind::CutiBersama => "cuti_bersama",
    };
    format!("{} {kind} {}", day.date, day.name)
}

fn decide(call: &mut Call, day: Override, open: bool) -> Outcome {
    let mut office = call.office()?;
    let today = clock(&mut office)?.date_naive();
    let date = typed_day(call, &day.date, today)?;
    let done = office.ask(OverrideCalendar {
        date,
        open,
        reason: day.reason,
    })?;
    if call.json {
        return call.object(&done);
    }
    let id = if open {
        "cli-calendar-opened"
    } else {
        "cli-calendar-closed"
    };
    call.say(id, &[("date", date.to_string().into())])
}
