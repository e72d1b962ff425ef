//! `deadline compute`: what a rule gives, without storing anything.

use chrono::Local;
use serde_json::json;

use super::args::DeadlineCommand;
use super::{Call, Outcome, module, typed_day};
use crate::domain::calendar::{Calendar, Override, OverrideKind, parse_holidays};
use crate::domain::money::Rupiah;
use crate::domain::period::Period;
use crate::domain::rule::Basis;
use crate::domain::rule::remind::distance_label;
use crate::home::{Home, read_text};
use crate::service::{CalendarDay, ListCalendar, Office, Refusal};

pub(super) fn run(call: &mut Call, command: DeadlineCommand) -> Outcome {
    let DeadlineCommand::Compute {
        obligation,
        period,
        event_date,
        value,
    } = command;
    let lang = call.lang();
    let period = period
        .map(|text| {
            Period::parse(&text).map_err(|_| Refusal::new("bad-period").with("text", &text))
        })
        .transpose()?;
    let event = event_date
        .map(|text| typed_day(call, &text, Local::now().date_naive()))
        .transpose()?;
    let value = value
        .map(|text| {
            Rupiah::parse(&text)
                .map(|amount| amount.0)
                .map_err(|_| Refusal::new("bad-number").with("text", &text))
        })
        .transpose()?;
    let basis = Basis {
        period,
        event,
        value,
        letter: None,
    };
    let modules = module::local(call)?;
    let calendar = calendar(call)?;
    let found = modules
        .compute(&obligation, &basis, &calendar)
        .map_err(|error| Refusal::new("deadline-rule").with("cause", error.explain(lang)))?;
    if call.json {
        let reminders: Vec<_> = found
            .reminders
            .iter()
            .map(|one| json!({ "offset": one.offset, "date": one.date }))
            .collect();
        return call.object(&json!({
            "obligation": obligation,
            "period": period.map(|period| period.to_string()),
            "due": found.due.date,
            "estimate": found.due.estimate,
            "reminders": reminders,
        }));
    }
    let id = if found.due.estimate {
        "cli-deadline-estimate"
    } else {
        "cli-deadline-due"
    };
    let due = [
        ("obligation", found.rule.name.get(lang).into()),
        ("date", found.due.date.to_string().into()),
    ];
    call.say(id, &due)?;
    let mut table = call.header(&["reminder", "date"]);
    for one in &found.reminders {
        table.row([distance_label(one.distance), one.date.to_string()]);
    }
    call.table(&table)
}

/// The holidays of the home folder or the built-in ones, with the office's own decisions as far as the server can be asked.
fn calendar(call: &Call) -> Result<Calendar, Refusal> {
    let mut calendar = holidays(&call.home)?;
    let days = call
        .office()
        .and_then(|mut office| office.ask(ListCalendar { year: None }));
    match days {
        Ok(view) => decide(&mut calendar, view.days),
        Err(refusal) if refusal.code == "unreachable" => {}
        Err(refusal) => return Err(refusal),
    }
    Ok(calendar)
}

fn decide(calendar: &mut Calendar, days: Vec<CalendarDay>) {
    for day in days {
        let kind = match day.kind.as_str() {
            "tutup" => OverrideKind::Closed,
            "buka" => OverrideKind::Opened,
            _ => continue,
        };
        let reason = day.name;
        calendar.set_override(day.date, Some(Override { kind, reason }));
    }
}

/// `holidays.csv` of the home folder, else the built-in holidays.
pub(super) fn holidays(home: &Home) -> Result<Calendar, Refusal> {
    let path = home.dir().join("holidays.csv");
    if !path.exists() {
        return Ok(Calendar::builtin());
    }
    let bad = |line: Option<usize>, cause: &dyn std::fmt::Display| {
        let refusal = Refusal::new("file-bad")
            .with("file", path.display())
            .with("cause", cause);
        match line {
            Some(line) => refusal.with("line", line),
            None => refusal,
        }
    };
    let text = read_text(&path).map_err(|error| bad(None, &error))?;
    let days = parse_holidays(&text).map_err(|error| bad(Some(error.line), &error.what))?;
    Ok(Calendar::new(days))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn decisions_of_the_office_change_the_working_days() {
        let mut calendar = Calendar::builtin();
        let row = |date: &str, kind: &str| CalendarDay {
            date: day(date),
            kind: kind.to_owned(),
            name: String::new(),
        };
        decide(
            &mut calendar,
            vec![
                row("2026-11-24", "tutup"),
                row("2026-11-28", "buka"),
                row("2026-11-25", "libur"),
            ],
        );
        assert!(!calendar.is_working_day(day("2026-11-24")));
        assert!(calendar.is_working_day(day("2026-11-28")));
        assert!(calendar.is_working_day(day("2026-11-25")));
    }

    #[test]
    fn a_spoilt_holiday_file_is_named_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        assert!(holidays(&home).is_ok());
        std::fs::write(
            folder.path().join("holidays.csv"),
            "date,kind,name\n2026-13-01,libur,x\n",
        )
        .unwrap();
        let refusal = holidays(&home).unwrap_err();
        assert_eq!(
            (
                refusal.code.as_str(),
                refusal.args.get("line").unwrap().as_str()
            ),
            ("file-bad", "2")
        );
    }
}
