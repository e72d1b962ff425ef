//! `event record`.

use serde_json::json;

use super::super::args::EventCommand;
use super::super::{Call, Outcome, satker_code};
use super::{cells, day, header};
use crate::ask::{Office, RecordEvent};

pub(in crate::cli) fn run(call: &mut Call, command: EventCommand) -> Outcome {
    let EventCommand::Record {
        satker,
        event,
        date,
        fields,
        sure,
    } = command;
    let ask = RecordEvent {
        satker: satker_code(&satker)?,
        event,
        date: day(call, &date)?,
        fields: fields.into_iter().collect(),
        far_seen: sure,
    };
    let outcome = call.office()?.ask(ask)?;
    if call.json {
        // The first deadline stands at the top, since most events start exactly one; all of them in the list.
        let mut object = match outcome.deadlines.first() {
            Some(first) => serde_json::to_value(first).unwrap_or_default(),
            None => json!({}),
        };
        if let (Some(object), Ok(serde_json::Value::Object(all))) =
            (object.as_object_mut(), serde_json::to_value(&outcome))
        {
            object.extend(all.into_iter().map(|(name, value)| {
                // `met` of a deadline is a day; what the event met is a list.
                if name == "met" {
                    ("deadlines_met".to_owned(), value)
                } else {
                    (name, value)
                }
            }));
        }
        return call.object(&object);
    }
    if outcome.repeated {
        call.say("cli-event-known", &[])?;
    }
    if outcome.deadlines.is_empty() {
        call.say("cli-event-nothing", &[])?;
    } else {
        let mut table = header(call);
        for row in &outcome.deadlines {
            table.row(cells(row));
        }
        call.table(&table)?;
    }
    if !outcome.met.is_empty() {
        let ids: Vec<String> = outcome.met.iter().map(ToString::to_string).collect();
        call.say("cli-event-met", &[("ids", ids.join(", ").into())])?;
    }
    for (_, why) in &outcome.nothing {
        call.remark_refusal(why);
    }
    Ok(())
}
