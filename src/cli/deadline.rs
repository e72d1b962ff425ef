//! `deadline`: what is owed, and what a rule gives without storing anything.

use chrono::{Local, NaiveDate};
use serde_json::json;

use super::args::{DeadlineCommand, DeadlineList};
use super::table::Table;
use super::{Call, Outcome, clock, list, module, satker_code, typed_day};
use crate::ask::{
    AddDeadline, CalendarDay, DeadlineFilter, DeadlineQuery, DeadlineRow, ExemptDeadline, GiveDate,
    ListCalendar, ListDates, ListDeadlines, MeetDeadline, MoveDeadline, Office, RemindDeadline,
    ReopenDeadline, ShowDeadline,
};
use crate::client::Client;
use crate::domain::calendar::{
    Calendar, Holiday, HolidayKind, Override, OverrideKind, parse_holidays,
};
use crate::domain::deadline::DeadlineChange;
use crate::domain::id::ObligationId;
use crate::domain::money::Rupiah;
use crate::domain::period::Period;
use crate::domain::refusal::Refusal;
use crate::domain::rule::Basis;
use crate::domain::rule::remind::distance_label;
use crate::home::{Home, read_text};

pub(super) mod event;

pub(super) fn run(call: &mut Call, command: DeadlineCommand) -> Outcome {
    match command {
        DeadlineCommand::List(it) => list_them(call, *it),
        DeadlineCommand::Show { id } => show(call, &id),
        DeadlineCommand::Meet { ids, date } => {
            let ids = deadline_ids(&ids)?;
            let date = match date {
                Some(text) => Some(day(call, &text)?),
                None => None,
            };
            let rows = call.office()?.ask(MeetDeadline { ids, date })?.rows;
            print(call, &rows)
        }
        DeadlineCommand::Exempt { ids, reason } => {
            let ids = deadline_ids(&ids)?;
            let rows = call.office()?.ask(ExemptDeadline { ids, reason })?.rows;
            print(call, &rows)
        }
        DeadlineCommand::Reopen { ids, reason } => {
            let ids = deadline_ids(&ids)?;
            let rows = call.office()?.ask(ReopenDeadline { ids, reason })?.rows;
            print(call, &rows)
        }
        DeadlineCommand::Move { id, date, reason } => {
            let (id, date) = (deadline_id(&id)?, day(call, &date)?);
            let rows = call.office()?.ask(MoveDeadline { id, date, reason })?.rows;
            print(call, &rows)
        }
        DeadlineCommand::Remind { id } => {
            let id = deadline_id(&id)?;
            let drafted = call.office()?.ask(RemindDeadline { id })?;
            if call.json {
                return call.object(&drafted);
            }
            let ids: Vec<String> = drafted.sms.iter().map(ToString::to_string).collect();
            call.say("cli-deadline-reminded", &[("sms", ids.join(", ").into())])
        }
        DeadlineCommand::Add {
            name,
            date,
            satker,
            obligation,
            sure,
        } => {
            let date = day(call, &date)?;
            let satker = satker
                .iter()
                .map(|code| satker_code(code))
                .collect::<Result<_, _>>()?;
            let rows = call
                .office()?
                .ask(AddDeadline {
                    obligation,
                    name,
                    date,
                    satker,
                    far_seen: sure,
                })?
                .rows;
            print(call, &rows)
        }
        DeadlineCommand::Date {
            obligation,
            period,
            item,
            date,
            remove: _,
            letter,
            sure,
        } => {
            let period = period_of(&period)?;
            let date = match date {
                Some(text) => Some(day(call, &text)?),
                None => None,
            };
            let moved = call.office()?.ask(GiveDate {
                obligation,
                period,
                item,
                date,
                note: letter,
                far_seen: sure,
            })?;
            if call.json {
                return call.object(&moved);
            }
            call.say("cli-deadline-moved", &[("count", moved.moved.into())])
        }
        DeadlineCommand::Dates => {
            let dates = call.office()?.ask(ListDates {})?.dates;
            let mut table = call.header(&["obligation", "period", "item", "date", "letter"]);
            for row in dates {
                if call.json {
                    call.object(&row)?;
                } else {
                    table.row([
                        row.obligation,
                        row.period.to_string(),
                        row.item.unwrap_or_default(),
                        row.date.to_string(),
                        row.note,
                    ]);
                }
            }
            if call.json {
                Ok(())
            } else {
                call.table(&table)
            }
        }
        DeadlineCommand::Compute {
            obligation,
            period,
            event_date,
            value,
        } => compute(call, &obligation, period, event_date, value),
    }
}

fn list_them(call: &mut Call, it: DeadlineList) -> Outcome {
    let optional = |text: Option<String>| match text {
        Some(text) => day(call, &text).map(Some),
        None => Ok(None),
    };
    let query = DeadlineQuery {
        from: optional(it.from)?,
        until: optional(it.until)?,
        module: it.module,
        obligation: it.obligation,
        section: it.section,
        satker: it.satker.as_deref().map(satker_code).transpose()?,
        filter: it.state.unwrap_or(DeadlineFilter::All),
        find: it.find,
    };
    let mut office = call.office()?;
    let mut table = header(call);
    list::pages(
        call,
        it.limit,
        |offset, limit| {
            let page = office.ask(ListDeadlines {
                query: query.clone(),
                latest_first: false,
                offset,
                limit,
            })?;
            Ok((page.rows, page.total))
        },
        |call, row| {
            if call.json {
                return call.object(&row);
            }
            table.row(cells(&row));
            Ok(())
        },
    )?;
    if call.json {
        Ok(())
    } else {
        call.table(&table)
    }
}

fn header(call: &Call) -> Table {
    call.header(&[
        "id",
        "due",
        "state",
        "satker",
        "name",
        "obligation",
        "period",
        "about",
    ])
}

fn cells(row: &DeadlineRow) -> [String; 8] {
    let estimate = if row.estimate { "~" } else { "" };
    let treasurer = row.treasurer.map_or("", |treasurer| treasurer.as_str());
    let about = [row.about.as_str(), treasurer];
    [
        row.id.to_string(),
        format!("{}{estimate}", row.due),
        row.state.clone(),
        row.satker.to_string(),
        row.satker_name.clone(),
        row.obligation.clone(),
        row.period
            .map(|period| period.to_string())
            .unwrap_or_default(),
        about.join(" ").trim().to_owned(),
    ]
}

/// One object for one deadline, else one a line.
fn print(call: &mut Call, rows: &[DeadlineRow]) -> Outcome {
    if call.json {
        return rows.iter().try_for_each(|row| call.object(row));
    }
    let mut table = header(call);
    for row in rows {
        table.row(cells(row));
    }
    call.table(&table)
}

fn show(call: &mut Call, id: &str) -> Outcome {
    let id = deadline_id(id)?;
    let mut office = call.office()?;
    let detail = office.ask(ShowDeadline { id })?;
    if call.json {
        return call.object(&detail);
    }
    let zone = clock(&mut office)?.timezone();
    let row = &detail.row;
    call.line(&format!("{} {}", row.id, row.name))?;
    let mut table = Table::default();
    let mut pairs = vec![
        ("satker", format!("{} {}", row.satker, row.satker_name)),
        (
            "period",
            row.period
                .map(|period| period.to_string())
                .unwrap_or_default(),
        ),
        ("about", row.about.clone()),
        ("due", row.due.to_string()),
        ("state", row.state.clone()),
        (
            "met",
            row.met.map(|day| day.to_string()).unwrap_or_default(),
        ),
        (
            "letters",
            row.letter
                .map(|agenda| agenda.to_string())
                .unwrap_or_default(),
        ),
        ("section", row.section.clone()),
        ("source", detail.source.clone()),
    ];
    pairs.retain(|(_, value)| !value.is_empty());
    for (name, value) in pairs {
        table.row([call.locale.text(&format!("column-{name}")), value]);
    }
    for (label, value) in &detail.noted {
        table.row([label.clone(), value.clone()]);
    }
    call.table(&table)?;
    call.line("")?;
    let mut table = call.header(&["time", "actor", "action"]);
    for step in &detail.history {
        let time = step
            .at
            .with_timezone(&zone)
            .format("%Y-%m-%d %H:%M")
            .to_string();
        table.row([time, step.by.clone(), change(call, &step.what)]);
    }
    call.table(&table)?;
    if !detail.sms.is_empty() {
        call.line("")?;
        let mut table = call.header(&["sms", "state", "to", "text"]);
        for sms in &detail.sms {
            table.row([
                sms.id.to_string(),
                sms.state.as_str().to_owned(),
                sms.to.display(),
                sms.text.clone(),
            ]);
        }
        call.table(&table)?;
    }
    if !detail.coming.is_empty() {
        call.line("")?;
        let mut table = call.header(&["reminder", "date"]);
        for reminder in &detail.coming {
            table.row([reminder.label.clone(), reminder.date.to_string()]);
        }
        call.table(&table)?;
    }
    Ok(())
}

/// A step in words.
fn change(call: &Call, change: &DeadlineChange) -> String {
    match change {
        DeadlineChange::Opened => call.locale.text("deadline-step-opened"),
        DeadlineChange::Met { on, .. } => call
            .locale
            .with("deadline-step-met", &[("date", on.to_string().into())]),
        DeadlineChange::Exempted { reason } => call.locale.with(
            "deadline-step-exempted",
            &[("reason", call.locale.cause(reason).into())],
        ),
        DeadlineChange::Reopened { reason } => call.locale.with(
            "deadline-step-reopened",
            &[("reason", reason.as_str().into())],
        ),
        DeadlineChange::Moved { from, to, reason } => call.locale.with(
            "deadline-step-moved",
            &[
                ("from", from.to_string().into()),
                ("to", to.to_string().into()),
                ("reason", call.locale.cause(reason).into()),
            ],
        ),
    }
}

pub(super) fn day(call: &Call, text: &str) -> Result<NaiveDate, Refusal> {
    // Dates that need no today need no server either.
    let today = match NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d") {
        Ok(day) => return Ok(day),
        Err(_) => clock(&mut call.office()?)?.date_naive(),
    };
    typed_day(call, text, today)
}

fn deadline_id(text: &str) -> Result<ObligationId, Refusal> {
    text.parse()
        .map_err(|_| Refusal::new("bad-id").with("text", text))
}

fn deadline_ids(texts: &[String]) -> Result<Vec<ObligationId>, Refusal> {
    texts.iter().map(|text| deadline_id(text)).collect()
}

fn period_of(text: &str) -> Result<Period, Refusal> {
    Period::parse(text).map_err(|_| Refusal::new("bad-period").with("text", text))
}

fn compute(
    call: &mut Call,
    obligation: &str,
    period: Option<String>,
    event_date: Option<String>,
    value: Option<String>,
) -> Outcome {
    let lang = call.lang();
    let period = period.map(|text| period_of(&text)).transpose()?;
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
    // A server knows the calendar and the letters of the office; without one the rules alone answer.
    let mut office = match call.office() {
        Ok(office) => Some(office),
        Err(refusal) if refusal.code == "unreachable" => None,
        Err(refusal) => return Err(refusal.into()),
    };
    let basis = Basis {
        period,
        event,
        value,
        letter: given(office.as_mut(), obligation, period)?,
    };
    let modules = module::local(call)?;
    let calendar = match &mut office {
        Some(office) => office_calendar(office)?,
        None => holidays(&call.home)?,
    };
    let found = modules
        .compute(obligation, &basis, &calendar)
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

/// The working days that the server knows.
fn office_calendar(office: &mut Client) -> Result<Calendar, Refusal> {
    let view = office.ask(ListCalendar { year: None })?;
    let holidays = view.days.iter().filter_map(holiday).collect();
    let mut calendar = Calendar::new(holidays);
    decide(&mut calendar, view.days);
    Ok(calendar)
}

fn holiday(day: &CalendarDay) -> Option<Holiday> {
    let kind = match day.kind.as_str() {
        "libur" => HolidayKind::Libur,
        "cuti_bersama" => HolidayKind::CutiBersama,
        _ => return None,
    };
    Some(Holiday {
        date: day.date,
        kind,
        name: day.name.clone(),
    })
}

/// The date that a letter gave.
fn given(
    office: Option<&mut Client>,
    obligation: &str,
    period: Option<Period>,
) -> Result<Option<NaiveDate>, Refusal> {
    let (Some(office), Some(period)) = (office, period) else {
        return Ok(None);
    };
    let dates = office.ask(ListDates {})?.dates;
    Ok(dates
        .into_iter()
        .find(|row| row.obligation == obligation && row.period == period && row.item.is_none())
        .map(|row| row.date))
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
