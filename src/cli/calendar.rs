//! `calendar`.

use super::args::{CalendarCommand, Override};
use super::{Call, Outcome, clock, typed_day};
use crate::service::{ListCalendar, Office, OverrideCalendar};

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
    }
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
