//! `inbox`, `report`.

use super::args::{InboxCommand, ReportCommand};
use super::letter::minute;
use super::{Call, Outcome, clock, list, typed_day};
use crate::ask::{
    AnswerInbox, AssignInbox, ConversationLine, DoneInbox, GetSatisfaction, Index, ListInbox,
    Office, ShowConversation,
};
use crate::domain::id::InboxId;
use crate::domain::refusal::Refusal;

pub(super) fn run(call: &mut Call, command: &InboxCommand) -> Outcome {
    match command {
        InboxCommand::List { unanswered, limit } => list_messages(call, *unanswered, *limit),
        InboxCommand::Show { id } => show(call, message(id)?),
        InboxCommand::Answer { id, text } => {
            let ask = AnswerInbox {
                id: message(id)?,
                text: text.clone(),
                key: None,
            };
            let row = call.office()?.ask(ask)?;
            if call.json {
                return call.object(&row);
            }
            let state = call.locale.text(&format!("sms-{}", row.state.as_str()));
            call.say(
                "cli-inbox-answered",
                &[("id", row.id.to_string().into()), ("state", state.into())],
            )
        }
        InboxCommand::Done { id } => {
            let done = call.office()?.ask(DoneInbox { id: message(id)? })?;
            if call.json {
                return call.object(&done);
            }
            call.say("cli-inbox-done", &[])
        }
        InboxCommand::Assign { id, section } => {
            let ask = AssignInbox {
                id: message(id)?,
                section: section.clone(),
            };
            let done = call.office()?.ask(ask)?;
            if call.json {
                return call.object(&done);
            }
            call.say(
                "cli-inbox-assigned",
                &[("section", section.to_uppercase().into())],
            )
        }
    }
}

fn message(text: &str) -> Result<InboxId, Refusal> {
    text.parse()
        .map_err(|_| Refusal::new("bad-id").with("text", text))
}

fn list_messages(call: &mut Call, unanswered: bool, limit: super::args::Limit) -> Outcome {
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

fn show(call: &mut Call, id: InboxId) -> Outcome {
    let mut office = call.office()?;
    let zone = clock(&mut office)?.timezone();
    let shown = office.ask(ShowConversation { id })?;
    if call.json {
        return call.object(&shown);
    }
    let mut table = call.header(&["id", "time", "from", "state", "text"]);
    for line in shown.lines {
        table.row(match line {
            ConversationLine::In(message) => [
                message.id.to_string(),
                minute(Some(message.received.with_timezone(&zone))),
                message.from.clone(),
                message.keyword.clone().unwrap_or_default(),
                message.text.clone(),
            ],
            ConversationLine::Out(row) => [
                row.id.to_string(),
                minute(Some(row.created)),
                row.created_by.clone(),
                row.state.as_str().to_owned(),
                row.text.clone(),
            ],
        });
    }
    call.table(&table)
}

pub(super) fn report(call: &mut Call, command: &ReportCommand) -> Outcome {
    let ReportCommand::Satisfaction { from, to } = command;
    let mut office = call.office()?;
    let today = clock(&mut office)?.date_naive();
    let day = |text: &Option<String>| {
        let typed = text.as_deref();
        typed.map(|text| typed_day(call, text, today)).transpose()
    };
    let ask = GetSatisfaction {
        from: day(from)?,
        to: day(to)?,
    };
    let seen = office.ask(ask)?;
    if call.json {
        return call.object(&seen);
    }
    let text = if seen.all.mean.is_some() {
        "cli-satisfaction-all"
    } else {
        "cli-satisfaction-few"
    };
    call.say(
        text,
        &[
            ("mean", mean(seen.all.mean).into()),
            ("n", seen.all.n.to_string().into()),
            ("asked", seen.asked.to_string().into()),
            ("target", mean(Some(seen.target)).into()),
        ],
    )?;
    for (name, rows) in [
        ("module", &seen.modules),
        ("section", &seen.sections),
        ("month", &seen.months),
    ] {
        if rows.is_empty() {
            continue;
        }
        let mut table = call.header(&[name, "n", "mean"]);
        for Index { name, n, mean: of } in rows {
            table.row([name.clone(), n.to_string(), mean(*of)]);
        }
        call.table(&table)?;
    }
    if seen.comments.is_empty() {
        return Ok(());
    }
    let mut table = call.header(&["time", "agenda", "satker", "rating", "comment"]);
    for comment in seen.comments {
        table.row([
            minute(Some(comment.time)),
            comment.agenda.to_string(),
            comment
                .satker
                .map(|code| code.to_string())
                .unwrap_or_default(),
            comment.value.to_string(),
            comment.text,
        ]);
    }
    call.table(&table)
}

/// Hundredths as text: `4,60`; a dash where there are too few ratings.
fn mean(hundredths: Option<u32>) -> String {
    hundredths.map_or_else(
        || "-".to_owned(),
        |mean| format!("{},{:02}", mean / 100, mean % 100),
    )
}
