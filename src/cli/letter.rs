//! `letter`.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};

use super::args::{LetterCommand, Register, WithNote, WithReason};
use super::table::Table;
use super::{Call, Outcome, list, satker_code};
use crate::ask::{
    EndLetter, LetterFilter, LetterRow, ListLetters, MoveLetter, NewLetter, Office, RegisterLetter,
    ShowLetter,
};
use crate::domain::letter::LetterState;

pub(super) fn run(call: &mut Call, command: LetterCommand) -> Outcome {
    match command {
        LetterCommand::Register(letter) => register(call, *letter),
        LetterCommand::Complete {
            agenda,
            fields,
            note,
        } => end(call, &agenda, LetterState::Completed, note, fields),
        LetterCommand::Return(it) => end_with(call, it, LetterState::Returned),
        LetterCommand::Reject(it) => end_with(call, it, LetterState::Rejected),
        LetterCommand::Void(it) => end_with(call, it, LetterState::Void),
        LetterCommand::Start(it) | LetterCommand::Resume(it) => {
            move_with(call, it, LetterState::InProgress)
        }
        LetterCommand::Wait(it) => move_with(call, it, LetterState::Waiting),
        LetterCommand::HandOver(it) => move_with(call, it, LetterState::HandedOver),
        LetterCommand::Disposition {
            agenda,
            section,
            note,
        } => move_to(call, &agenda, LetterState::Dispositioned, section, note),
        LetterCommand::List {
            module,
            service,
            state,
            satker,
            find,
            sort,
            limit,
        } => {
            let satker = satker.as_deref().map(satker_code).transpose()?;
            let wanted = ListLetters {
                module,
                service,
                filter: state.unwrap_or(LetterFilter::All),
                satker,
                find,
                sort: sort.unwrap_or_default(),
                offset: 0,
                limit: 0,
            };
            let mut office = call.office()?;
            let mut table = header(call);
            list::pages(
                call,
                limit,
                |offset, limit| {
                    let page = office.ask(ListLetters {
                        offset,
                        limit,
                        ..wanted.clone()
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
        LetterCommand::Show { agenda } => show(call, &agenda),
    }
}

fn register(call: &mut Call, it: Register) -> Outcome {
    let letter = NewLetter {
        module: it.module,
        service: it.service,
        satker: it.satker.unwrap_or_default(),
        sender: it.sender.unwrap_or_default(),
        number: it.number,
        date: it.date,
        subject: it.subject,
        attachments: it.attachments,
        urgency: it.urgency.unwrap_or_default(),
        security: it.security.unwrap_or_default(),
        channel: it.channel.unwrap_or_default(),
        bringer: it.bringer,
        bringer_phone: it.bringer_phone,
        note: it.note,
        fields: it.fields.into_iter().collect(),
        previous: it.previous,
    };
    let registered = call.office()?.ask(RegisterLetter {
        letter,
        // A script cannot be asked; it is warned instead.
        duplicate_seen: true,
        key: None,
    })?;
    if call.json {
        call.object(&registered)?;
    } else {
        call.line(&registered.letter.agenda.to_string())?;
    }
    if let Some(earlier) = registered.duplicate_of {
        let text = call.locale.with(
            "cli-letter-duplicate",
            &[
                ("agenda", registered.letter.agenda.to_string().into()),
                ("earlier", earlier.to_string().into()),
            ],
        );
        super::remark(&text);
    }
    if let (Some(sms), false) = (registered.sms, call.json) {
        let text = call
            .locale
            .with("cli-letter-sms", &[("id", sms.to_string().into())]);
        super::remark(&text);
    }
    Ok(())
}

fn end_with(call: &mut Call, it: WithReason, to: LetterState) -> Outcome {
    end(call, &it.agenda, to, it.reason, Vec::new())
}

fn end(
    call: &mut Call,
    agenda: &str,
    to: LetterState,
    note: String,
    fields: Vec<(String, String)>,
) -> Outcome {
    let mut office = call.office()?;
    let agenda = super::agenda(&mut office, agenda)?;
    let end = office.ask(EndLetter {
        agenda,
        to,
        note,
        fields: fields.into_iter().collect::<BTreeMap<_, _>>(),
    })?;
    if call.json {
        return call.object(&end);
    }
    moved(call, &end.letter)?;
    if let Some(sms) = end.sms {
        call.say("cli-letter-sms", &[("id", sms.to_string().into())])?;
    }
    if let Some(refusal) = &end.no_sms {
        call.remark_refusal(refusal);
    }
    Ok(())
}

fn move_with(call: &mut Call, it: WithNote, to: LetterState) -> Outcome {
    move_to(call, &it.agenda, to, None, it.note)
}

fn move_to(
    call: &mut Call,
    agenda: &str,
    to: LetterState,
    section: Option<String>,
    note: Option<String>,
) -> Outcome {
    let mut office = call.office()?;
    let agenda = super::agenda(&mut office, agenda)?;
    let row = office.ask(MoveLetter {
        agenda,
        to,
        section,
        note,
    })?;
    if call.json {
        return call.object(&row);
    }
    moved(call, &row)
}

fn moved(call: &mut Call, row: &LetterRow) -> Outcome {
    call.line(&format!("{} {}", row.agenda, row.state.as_str()))
}

fn show(call: &mut Call, agenda: &str) -> Outcome {
    let mut office = call.office()?;
    let agenda = super::agenda(&mut office, agenda)?;
    let detail = office.ask(ShowLetter { agenda })?;
    if call.json {
        return call.object(&detail);
    }
    let (row, letter) = (&detail.row, &detail.letter);
    call.line(&format!("{} {}", row.agenda, row.subject))?;
    let mut table = Table::default();
    let satker = row.satker.map(|code| code.to_string()).unwrap_or_default();
    let sender = format!("{satker} {}", row.sender);
    let mut pairs = vec![
        ("service", format!("{}/{}", row.module, row.service)),
        ("sender", sender.trim().to_owned()),
        ("number", row.number.clone().unwrap_or_default()),
        (
            "date",
            letter.date.map(|day| day.to_string()).unwrap_or_default(),
        ),
        ("state", row.state.as_str().to_owned()),
        ("section", row.section.clone()),
        ("received", minute(Some(row.received))),
        ("target", target(row)),
        ("completed", minute(row.completed)),
        ("note", letter.note.clone().unwrap_or_default()),
    ];
    pairs.retain(|(_, value)| !value.is_empty());
    for (name, value) in pairs {
        table.row([call.locale.text(&format!("column-{name}")), value]);
    }
    for (name, value) in &row.fields {
        table.row([name.clone(), value.clone()]);
    }
    call.table(&table)?;
    call.line("")?;
    let mut table = call.header(&["time", "state", "actor", "note"]);
    for step in &letter.history {
        let at = step.at.with_timezone(&row.received.timezone());
        table.row([
            minute(Some(at)),
            step.state.as_str().to_owned(),
            step.by.clone(),
            step.note.clone().unwrap_or_default(),
        ]);
    }
    call.table(&table)?;
    if !detail.sms.is_empty() {
        call.line("")?;
        let mut table = super::sms::header(call);
        detail
            .sms
            .iter()
            .for_each(|row| table.row(super::sms::cells(row)));
        call.table(&table)?;
    }
    Ok(())
}

/// The columns of a list of letters.
pub(super) fn header(call: &Call) -> Table {
    call.header(&["agenda", "state", "target", "service", "sender", "subject"])
}

/// A letter as a row of a list.
pub(super) fn cells(row: &LetterRow) -> [String; 6] {
    [
        row.agenda.to_string(),
        row.state.as_str().to_owned(),
        target(row),
        format!("{}/{}", row.module, row.service),
        row.sender.clone(),
        row.subject.clone(),
    ]
}

/// The target, with a mark that shows without colours when it has passed.
fn target(row: &LetterRow) -> String {
    let mark = if row.overdue { "!" } else { "" };
    format!("{}{mark}", minute(row.target))
}

/// Day and minute; nothing where there is no time.
pub(super) fn minute(time: Option<DateTime<FixedOffset>>) -> String {
    time.map(|time| time.format("%Y-%m-%d %H:%M").to_string())
        .unwrap_or_default()
}
