//! `audit` and `verify`.

use chrono::{DateTime, Datelike, FixedOffset, NaiveTime, TimeZone, Utc};
use serde_json::json;

use super::args::{AuditCommand, Limit};
use super::letter::minute;
use super::{Call, Outcome, clock, typed_day};
use crate::ask::{ListAudit, Office};
use crate::domain::id::{AgendaNo, SmsId};
use crate::domain::refusal::Refusal;
use crate::journal::{self, Anchor, Known};
use crate::server;

/// Rows that the server gives at once.
const PAGE: u32 = 1000;
/// Rows in text unless more are asked for.
const TEXT_LIMIT: u64 = 50;

pub(super) fn run(call: &mut Call, command: AuditCommand) -> Outcome {
    let AuditCommand::List {
        since,
        actor,
        about,
        limit: Limit { limit },
    } = command;
    let mut office = call.office()?;
    let now = clock(&mut office)?;
    let since = match since {
        Some(text) => Some(moment(call, &text, now)?),
        None => None,
    };
    let year = u16::try_from(now.year()).unwrap_or(0);
    let about = about.map(|text| whole_id(&text, year));
    let most = limit.unwrap_or(if call.json { u64::MAX } else { TEXT_LIMIT });
    let mut table = call
        .header(&["seq", "time", "actor", "fact", "about"])
        .right(&[0]);
    let (mut shown, mut before) = (0, None);
    while shown < most {
        let page = office.ask(ListAudit {
            since,
            actor: actor.clone(),
            about: about.clone(),
            before,
            limit: u32::try_from(most - shown).unwrap_or(PAGE).min(PAGE),
        })?;
        shown += page.rows.len() as u64;
        for row in page.rows {
            if call.json {
                call.object(&row)?;
            } else {
                let fact = call.locale.fact(&row);
                table.row([
                    row.seq.to_string(),
                    minute(Some(row.time)),
                    row.actor,
                    fact,
                    row.about,
                ]);
            }
        }
        before = page.next_before;
        if before.is_none() {
            break;
        }
    }
    if call.json {
        return Ok(());
    }
    if before.is_some() && limit.is_none() {
        let text = call
            .locale
            .with("cli-list-more-unknown", &[("shown", shown.into())]);
        super::remark(&text);
    }
    call.table(&table)
}

/// An id as the journal writes it, from what people write: `agd-123`, `s-12`. What is no agenda number and no message stays.
fn whole_id(text: &str, year: u16) -> String {
    // Six digits alone are a satker, and would be an agenda number as well.
    if !text.contains('-') {
        return text.to_owned();
    }
    if let Ok(sms) = text.to_uppercase().parse::<SmsId>() {
        return sms.to_string();
    }
    AgendaNo::parse(text, year).map_or_else(|_| text.to_owned(), |agenda| agenda.to_string())
}

/// A day, which begins at midnight of the office, or a moment in RFC 3339.
fn moment(call: &Call, text: &str, now: DateTime<FixedOffset>) -> Result<DateTime<Utc>, Refusal> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.with_timezone(&Utc));
    }
    let day = typed_day(call, text, now.date_naive())?;
    let midnight = now
        .timezone()
        .from_local_datetime(&day.and_time(NaiveTime::MIN));
    Ok(midnight.earliest().unwrap_or(now).with_timezone(&Utc))
}

/// Reads the journal itself, so that it can be checked whether a server runs or not.
pub(super) fn verify(call: &mut Call) -> Outcome {
    let mut count: u64 = 0;
    let anchor = Anchor::read(&call.home.anchor()).map_err(Refusal::from)?;
    if anchor.is_none() && call.home.journal().symlink_metadata().is_err() {
        // Nothing is not whole: most likely the home was mistyped.
        let folder = call.home.journal();
        return Err(Refusal::new("journal-none")
            .with("folder", folder.display())
            .into());
    }
    let name = journal::name_of(&call.home.journal()).map_err(Refusal::from)?;
    if anchor
        .as_ref()
        .is_some_and(|anchor| anchor.is_foreign(&name))
    {
        let file = call.home.anchor();
        return Err(Refusal::new("anchor-foreign")
            .with("file", file.display())
            .into());
    }
    let mut known = Known::new(anchor.iter().map(Anchor::tail));
    let found = journal::read_all(&call.home.journal(), |entry, hash| {
        count += 1;
        known.meet(&entry, &hash);
    })
    .map_err(Refusal::from)?;
    known.check(&found).map_err(Refusal::from)?;
    let tail = found.tail().clone();
    if call.json {
        return call.object(&json!({ "facts": count, "seq": tail.seq, "hash": tail.hash }));
    }
    call.say(
        "cli-verify-whole",
        &[
            ("n", count.into()),
            ("seq", tail.seq.into()),
            ("hash", tail.hash.into()),
        ],
    )
}

/// What a person types who knows that the end of the journal is gone for good.
pub(super) fn accept_loss(call: &mut Call, seq: u64) -> Outcome {
    let user = nix::unistd::User::from_uid(nix::unistd::Uid::current())
        .ok()
        .flatten()
        .map_or_else(|| "?".to_owned(), |user| user.name);
    let lost = server::accept_loss(&call.home, seq, &user, Utc::now())?;
    if call.json {
        return call.object(&json!({ "seq": seq, "lost": lost }));
    }
    call.say(
        "cli-loss-accepted",
        &[("seq", seq.into()), ("lost", lost.into())],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audit_trail_finds_ids_as_people_write_them() {
        for (typed, whole) in [
            ("AGD-00123/2026", "AGD-00123/2026"),
            ("agd-123", "AGD-00123/2026"),
            ("AGD-00123", "AGD-00123/2026"),
            ("S-000012", "S-000012"),
            ("s-12", "S-000012"),
            ("411201", "411201"),
            ("2026-12-24", "2026-12-24"),
        ] {
            assert_eq!(whole_id(typed, 2026), whole, "{typed}");
        }
    }
}
