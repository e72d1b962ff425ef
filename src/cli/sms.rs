//! `sms`.

use serde_json::json;

use super::args::{Fate, SmsCommand, Which};
use super::letter::minute;
use super::table::Table;
use super::{Call, Failure, Outcome, list, satker_code};
use crate::ask::{
    BulkOutcome, ConfirmBeyond, ConfirmSms, DraftSms, EditSms, HoldSending, ListSms, Office,
    PreviewConfirm, RejectSms, ResendSms, ResumeSending, SettleSms, ShowSms, SmsChoice, SmsFilter,
    SmsRow, UndoSms, WithdrawSms,
};
use crate::client::Client;
use crate::domain::id::SmsId;
use crate::domain::refusal::Refusal;
use crate::domain::sms::SmsState;

pub(super) fn run(call: &mut Call, command: SmsCommand) -> Outcome {
    match command {
        SmsCommand::List {
            states,
            kind,
            satker,
            find,
            limit,
        } => {
            let wanted = ListSms {
                states,
                kind,
                satker: satker.as_deref().map(satker_code).transpose()?,
                find,
                drafter: None,
                offset: 0,
                limit: 0,
            };
            let mut office = call.office()?;
            let mut table = header(call);
            list::pages(
                call,
                limit,
                |offset, limit| {
                    let page = office.ask(ListSms {
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
        SmsCommand::Show { id } => show(call, &id),
        SmsCommand::Draft {
            to,
            satker,
            role,
            text,
        } => {
            let satker = satker.as_deref().map(satker_code).transpose()?;
            let row = call.office()?.ask(DraftSms {
                to,
                satker,
                role,
                text,
                key: None,
            })?;
            one(call, &row)
        }
        SmsCommand::Edit { id, text } => {
            let id = sms_id(&id)?;
            let row = call.office()?.ask(EditSms { id, text })?;
            one(call, &row)
        }
        SmsCommand::Confirm {
            which,
            dry_run: true,
            ..
        } => preview(call, choice(&which)?),
        SmsCommand::Confirm {
            which, over_budget, ..
        } => pieces(call, "cli-sms-confirmed", &which, |office, which| {
            if over_budget {
                office.ask(ConfirmBeyond { which })
            } else {
                office.ask(ConfirmSms { which })
            }
        }),
        SmsCommand::Reject { which, reason } => {
            pieces(call, "cli-sms-rejected-count", &which, |office, which| {
                let reason = reason.clone();
                office.ask(RejectSms { which, reason })
            })
        }
        SmsCommand::Undo(which) => pieces(call, "cli-sms-undone", &which, |office, which| {
            office.ask(UndoSms { which })
        }),
        SmsCommand::Resend(which) => pieces(call, "cli-sms-resent", &which, |office, which| {
            office.ask(ResendSms { which })
        }),
        SmsCommand::Withdraw { which, reason } => {
            pieces(call, "cli-sms-withdrawn", &which, |office, which| {
                let reason = reason.clone();
                office.ask(WithdrawSms { which, reason })
            })
        }
        SmsCommand::Broadcast(args) => super::broadcast::run(call, args),
        SmsCommand::Failures { days } => super::broadcast::failures(call, days),
        SmsCommand::Hold { reason } => {
            call.office()?.ask(HoldSending { reason })?;
            said(call, "cli-sms-held", "held", true)
        }
        SmsCommand::Resume => {
            call.office()?.ask(ResumeSending {})?;
            said(call, "cli-sms-resumed", "held", false)
        }
        SmsCommand::Settle { which, outcome } => {
            let state = match outcome {
                Fate::Sent => SmsState::Sent,
                Fate::Failed => SmsState::Failed,
            };
            pieces(call, "cli-sms-settled", &which, |office, which| {
                office.ask(SettleSms { which, state })
            })
        }
    }
}

/// Messages of one piece: others are served between the pieces.
const PIECE: u32 = 500;

/// Does something with the messages that are meant, piece by piece where they are not named one by one. Ctrl-C ends it between two pieces.
fn pieces(
    call: &mut Call,
    id: &str,
    which: &Which,
    mut ask: impl FnMut(&mut Client, SmsChoice) -> Result<BulkOutcome, Refusal>,
) -> Outcome {
    let mut office = call.office()?;
    if !which.all {
        let outcome = ask(&mut office, choice(which)?)?;
        return bulk(call, id, &outcome);
    }
    let mut all = BulkOutcome::default();
    let mut after = None;
    loop {
        let piece = SmsChoice::Found {
            filter: SmsFilter {
                kind: which.kind,
                ..SmsFilter::default()
            },
            seen: None,
            after,
            limit: PIECE,
        };
        let outcome = match ask(&mut office, piece) {
            Ok(outcome) => outcome,
            // What was done before stays done, and is told.
            Err(refusal) if !all.done.is_empty() => {
                bulk(call, id, &all)?;
                return Err(refusal.into());
            }
            Err(refusal) => return Err(refusal.into()),
        };
        all.done.extend(outcome.done);
        all.second_needed.extend(outcome.second_needed);
        all.refused.extend(outcome.refused);
        after = outcome.next;
        if after.is_none() {
            return bulk(call, id, &all);
        }
    }
}

fn said(call: &mut Call, id: &str, name: &str, value: bool) -> Outcome {
    if call.json {
        return call.object(&json!({ name: value }));
    }
    call.say(id, &[])
}

/// What confirming would do.
fn preview(call: &mut Call, which: SmsChoice) -> Outcome {
    let preview = call.office()?.ask(PreviewConfirm { which })?;
    if call.json {
        return call.object(&preview);
    }
    let number = |n: u64| n.to_string();
    call.say(
        "confirm-count",
        &[("n", preview.count.into()), ("parts", preview.parts.into())],
    )?;
    if let Some(cost) = preview.cost {
        call.say("confirm-cost", &[("cost", cost.to_string().into())])?;
    }
    for (id, n) in [
        ("confirm-duplicates", preview.duplicates),
        ("confirm-second", preview.second_needed),
        ("confirm-unicode", preview.unicode),
    ] {
        if n > 0 {
            call.say(id, &[("n", number(n).into())])?;
        }
    }
    if preview.no_phone > 0 {
        let of = preview.no_phone_of.join(", ");
        call.say(
            "confirm-no-phone",
            &[("n", preview.no_phone.into()), ("of", of.into())],
        )?;
    }
    for (who, n) in &preview.first_by {
        call.say(
            "confirm-first-by",
            &[("who", who.as_str().into()), ("n", (*n).into())],
        )?;
    }
    if let Some(budget) = preview.budget {
        let id = if budget.passed() {
            "confirm-over-budget"
        } else {
            "confirm-budget"
        };
        call.say(
            id,
            &[
                ("after", budget.after.into()),
                ("limit", budget.limit.into()),
            ],
        )?;
    }
    let mut table = header(call);
    for row in &preview.samples {
        table.row(cells(row));
    }
    call.table(&table)
}

fn sms_id(text: &str) -> Result<SmsId, Refusal> {
    text.parse()
        .map_err(|_| Refusal::new("bad-id").with("text", text))
}

fn choice(which: &Which) -> Result<SmsChoice, Refusal> {
    if which.all {
        return Ok(SmsChoice::All { kind: which.kind });
    }
    let ids: Result<Vec<_>, _> = which.ids.iter().map(|id| sms_id(id)).collect();
    Ok(SmsChoice::Ids(ids?))
}

/// Says how many; names each that was refused, and then ends with status 1.
fn bulk(call: &mut Call, id: &str, outcome: &BulkOutcome) -> Outcome {
    if call.json {
        let refused: Vec<_> = outcome
            .refused
            .iter()
            .map(|(id, refusal)| {
                json!({ "id": id, "code": refusal.code, "reason": call.locale.refusal(refusal) })
            })
            .collect();
        call.object(&json!({
            "done": outcome.done,
            "second_needed": outcome.second_needed,
            "refused": refused,
        }))?;
    } else {
        call.say(id, &[("n", outcome.done.len().into())])?;
        if !outcome.second_needed.is_empty() {
            call.say(
                "cli-sms-second-needed",
                &[("n", outcome.second_needed.len().into())],
            )?;
        }
    }
    for (id, refusal) in &outcome.refused {
        super::remark(&format!("{id}: {}", call.locale.refusal(refusal)));
    }
    if outcome.refused.is_empty() {
        Ok(())
    } else {
        Err(Failure::Told)
    }
}

fn one(call: &mut Call, row: &SmsRow) -> Outcome {
    if call.json {
        return call.object(row);
    }
    call.line(&row.id.to_string())
}

fn show(call: &mut Call, id: &str) -> Outcome {
    let id = sms_id(id)?;
    let detail = call.office()?.ask(ShowSms { id })?;
    if call.json {
        return call.object(&detail);
    }
    let row = &detail.row;
    call.line(&format!("{} {}", row.id, row.state.as_str()))?;
    let name = detail.name.clone().unwrap_or_default();
    let satker = row.satker.map(|code| code.to_string()).unwrap_or_default();
    let full_name = detail.satker_full_name.clone().unwrap_or_default();
    let waits = detail.waits.as_ref();
    let mut pairs = vec![
        ("kind", row.kind.as_str().to_owned()),
        ("to", format!("{} {name}", row.to.display())),
        ("sender", format!("{satker} {full_name}")),
        (
            "agenda",
            row.letter
                .map(|agenda| agenda.to_string())
                .unwrap_or_default(),
        ),
        ("parts", row.parts.to_string()),
        ("modem", row.modem.clone().unwrap_or_default()),
        ("sent", minute(row.sent)),
        ("delivered", minute(row.delivered)),
        ("error", row.error.clone().unwrap_or_default()),
        (
            "waits",
            waits
                .map(|why| call.locale.refusal(why))
                .unwrap_or_default(),
        ),
        ("text", row.text.clone()),
    ];
    pairs.retain(|(_, value)| !value.trim().is_empty());
    let mut table = Table::default();
    for (name, value) in pairs {
        table.row([
            call.locale.text(&format!("column-{name}")),
            value.trim().to_owned(),
        ]);
    }
    call.table(&table)?;
    call.line("")?;
    let mut table = call.header(&["time", "state", "actor", "note"]);
    for step in &detail.sms.history {
        let at = step.at.with_timezone(&row.created.timezone());
        table.row([
            minute(Some(at)),
            step.state.as_str().to_owned(),
            step.by.clone(),
            step.note.clone().unwrap_or_default(),
        ]);
    }
    call.table(&table)
}

/// The columns of a list of messages.
pub(super) fn header(call: &Call) -> Table {
    call.header(&["id", "state", "kind", "to", "satker", "agenda", "text"])
}

/// A message as a row of a list.
pub(super) fn cells(row: &SmsRow) -> [String; 7] {
    [
        row.id.to_string(),
        row.state.as_str().to_owned(),
        row.kind.as_str().to_owned(),
        row.to.display(),
        row.satker_name.clone().unwrap_or_default(),
        row.letter
            .map(|agenda| agenda.to_string())
            .unwrap_or_default(),
        row.text.clone(),
    ]
}
