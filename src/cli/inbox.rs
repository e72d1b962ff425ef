//! `inbox`.

use super::args::InboxCommand;
use super::letter::minute;
use super::{Call, Outcome, clock, list};
use crate::service::{ListInbox, Office};

pub(super) fn run(call: &mut Call, command: &InboxCommand) -> Outcome {
    let &InboxCommand::List { unanswered, limit } = command;
    let mut office = call.office()?;
    let zone = clock(&mut office)?.timezone();
    let mut table = call.header(&["id", "time", "from", "satker", "answered", "text"]);
    list::pages(
        call,
        limit,
        |offset, limit| {
            let page = office.ask(ListInbox {
                unanswered,
                offset,
                limit,
            })?;
            Ok((page.rows, page.total))
        },
        |call, row| {
            if call.json {
                return call.object(&row);
            }
            table.row([
                row.id.to_string(),
                minute(Some(row.received.with_timezone(&zone))),
                row.from,
                row.satker.map(|code| code.to_string()).unwrap_or_default(),
                row.answered_by.map(|id| id.to_string()).unwrap_or_default(),
                row.text,
            ]);
            Ok(())
        },
    )?;
    if call.json {
        Ok(())
    } else {
        call.table(&table)
    }
}
