//! `sms broadcast` and `sms failures`.

use super::args::BroadcastArgs;
use super::letter::minute;
use super::table::Table;
use super::{Call, Outcome};
use crate::ask::{Audience, Broadcast, BroadcastReport, ListFailures, Office, PreviewBroadcast};
use crate::domain::refusal::Refusal;

pub(super) fn run(call: &mut Call, args: BroadcastArgs) -> Outcome {
    let codes = match &args.file {
        Some(path) => codes(path)?,
        None => Vec::new(),
    };
    let audience = Audience {
        codes,
        regions: args.regions,
        module: args.module,
        role: args.role,
    };
    let text = args.text;
    let mut office = call.office()?;
    let report = if args.dry_run {
        office.ask(PreviewBroadcast { audience, text })?
    } else {
        let key = Some(format!(
            "cli-{:x}-{}",
            fastrand::u64(..),
            std::process::id()
        ));
        office.ask(Broadcast {
            audience,
            text,
            key,
        })?
    };
    if call.json {
        call.object(&report)?;
    } else {
        say(call, &report)?;
    }
    match report.problem {
        Some(problem) => Err(problem.into()),
        None => Ok(()),
    }
}

fn say(call: &mut Call, report: &BroadcastReport) -> Outcome {
    let size = [
        ("n", report.recipients.into()),
        ("parts", report.parts.into()),
    ];
    call.say("broadcast-size", &size)?;
    if let Some(cost) = report.cost {
        call.say("confirm-cost", &[("cost", cost.to_string().into())])?;
    }
    for (id, n) in [
        ("broadcast-shared", report.shared),
        ("broadcast-waiting", report.waiting),
        ("broadcast-had", report.had),
        ("broadcast-opted-out", report.opted_out),
    ] {
        if n > 0 {
            call.say(id, &[("n", n.into())])?;
        }
    }
    for (id, list) in [
        ("broadcast-no-phone", &report.no_phone),
        ("broadcast-unknown", &report.unknown),
    ] {
        if !list.is_empty() {
            call.say(
                id,
                &[("n", list.len().into()), ("of", list.join(", ").into())],
            )?;
        }
    }
    if let Some(sample) = report.sample.as_ref().filter(|_| report.problem.is_none()) {
        call.line(&format!("{} {}", sample.to.display(), sample.name))?;
        call.line(&sample.text)?;
    }
    if let Some((first, last)) = report.drafted {
        let ids = [
            ("first", first.to_string().into()),
            ("last", last.to_string().into()),
        ];
        call.say("broadcast-drafted", &ids)?;
    }
    Ok(())
}

/// The codes of a file: six digits anywhere, apart by blanks, commas or line ends. A first line of words is a header.
fn codes(path: &std::path::Path) -> Result<Vec<String>, Refusal> {
    let text = crate::home::read_text(path).map_err(|error| {
        Refusal::new("file-bad")
            .with("file", path.display())
            .with("line", "")
            .with("cause", error)
    })?;
    Ok(crate::ask::codes_of(&text))
}

pub(super) fn failures(call: &mut Call, days: u32) -> Outcome {
    let list = call.office()?.ask(ListFailures { days })?;
    if call.json {
        return call.object(&list);
    }
    call.say("failures-days", &[("n", list.days.into())])?;
    let mut table = call.header(&["operator", "sent", "delivered", "undelivered", "failed"]);
    for row in &list.operators {
        table.row([
            row.operator.clone(),
            row.sent.to_string(),
            row.delivered.to_string(),
            row.undelivered.to_string(),
            row.failed.to_string(),
        ]);
    }
    call.table(&table)?;
    if !list.faults.is_empty() {
        call.line("")?;
        let mut table = Table::default();
        for (fault, count) in &list.faults {
            table.row([count.to_string(), fault.clone()]);
        }
        call.table(&table)?;
    }
    call.line("")?;
    if list.contacts.is_empty() {
        return call.say("failures-none", &[]);
    }
    call.say("failures-repair", &[("n", list.contacts.len().into())])?;
    let mut table = call.header(&[
        "satker", "name", "to", "operator", "failed", "time", "error",
    ]);
    for row in &list.contacts {
        table.row([
            format!("{} {}", row.satker, row.satker_name),
            format!("{} ({})", row.name, row.role.as_str()),
            row.phone.display(),
            row.operator.clone(),
            row.failures.to_string(),
            minute(Some(row.at)),
            row.last.error.clone().unwrap_or_default(),
        ]);
    }
    call.table(&table)
}
