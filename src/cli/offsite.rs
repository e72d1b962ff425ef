//! `backup`, `restore`, `export`, `repair`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};

use super::args::BackupCommand;
use super::letter::minute;
use super::{Call, Failure, Outcome};
use crate::ask::{BackupMade, ExportRecords, MakeBackup, Office, RecordKind};
use crate::domain::refusal::Refusal;
use crate::domain::when::Zone;
use crate::home::{Home, guard};
use crate::journal::Snapshot;
use crate::locale::Locale;
use crate::offsite::{self, Lost, Repaired, Until, Whole};
use crate::server;
use crate::settings::Settings;

/// Records that the server gives at once.
const PAGE: u32 = 1000;

pub(super) fn backup(
    call: &mut Call,
    file: Option<PathBuf>,
    command: Option<BackupCommand>,
) -> Outcome {
    if let Some(BackupCommand::Verify { file }) = command {
        return verify(call, &file);
    }
    let file = file.map(|file| std::path::absolute(&file).unwrap_or(file));
    // A server knows what is on disk, and may write where others may not.
    let made = match call.office() {
        Ok(mut office) => office.ask(MakeBackup { file })?,
        Err(refusal) if refusal.code == "unreachable" => alone(&call.home, file)?,
        Err(refusal) => return Err(refusal.into()),
    };
    if call.json {
        return call.object(&made);
    }
    for name in &made.left_out {
        let left = Refusal::new("backup-left-out").with("file", name);
        call.remark_refusal(&left);
    }
    call.say(
        "cli-backup-made",
        &[
            ("file", made.file.display().to_string().into()),
            ("seq", made.seq.into()),
            ("size", made.bytes.div_ceil(1 << 10).into()),
        ],
    )
}

/// A backup while no server runs.
fn alone(home: &Home, file: Option<PathBuf>) -> Result<BackupMade, Refusal> {
    // Files that root leaves in the home of another account stop its server.
    guard::look(home)?;
    if !home.journal().is_dir() {
        return Err(Refusal::new("journal-none").with("folder", home.journal().display()));
    }
    let settings = Settings::load(home)?;
    let now = Utc::now();
    let file = if let Some(file) = file {
        file
    } else {
        let rules = &settings.backup;
        let folder = offsite::folder(home, &rules.folder, rules.marker.as_deref())?;
        folder.join(offsite::file_name(settings.office.zone.local(now)))
    };
    let source = offsite::Source {
        home,
        journal: &Snapshot::of(&home.journal())?,
        office: &settings.office.name,
        now,
    };
    Ok(offsite::make(&source, &file, &mut || {})?.into())
}

fn verify(call: &mut Call, file: &Path) -> Outcome {
    let whole = offsite::verify(file)?;
    if call.json {
        return call.object(&whole);
    }
    call.say(
        "cli-backup-whole",
        &[
            ("office", whole.office.clone().into()),
            ("seq", whole.seq.into()),
            ("hash", whole.hash.clone().into()),
            ("made", shown(Zone::default(), Some(whole.made)).into()),
            ("time", shown(Zone::default(), whole.time).into()),
        ],
    )
}

fn shown(zone: Zone, time: Option<DateTime<Utc>>) -> String {
    minute(time.map(|time| time.with_timezone(&zone.offset())))
}

pub(super) fn restore(call: &mut Call, file: &Path, until: Option<&str>) -> Outcome {
    let until = until
        .map(|text| moment(text).ok_or_else(|| Refusal::new("until-bad").with("text", text)))
        .transpose()?;
    guard::look(&call.home)?;
    let restored = offsite::restore(file, &call.home, until)?;
    if call.json {
        return call.object(&restored);
    }
    let Whole { office, .. } = &restored.whole;
    call.say(
        "cli-restored",
        &[
            ("office", office.clone().into()),
            ("folder", call.home.dir().display().to_string().into()),
            ("seq", restored.seq.into()),
            ("of", restored.of.into()),
            ("time", shown(Zone::default(), restored.time).into()),
        ],
    )?;
    for (first, last) in &restored.free {
        call.say(
            "cli-restored-free",
            &[
                ("first", first.to_string().into()),
                ("last", last.to_string().into()),
            ],
        )?;
    }
    if restored.seq < restored.of {
        call.say("cli-restored-until", &[])?;
    }
    call.say("cli-restored-next", &[])
}

/// The number of a fact, or a moment: RFC 3339, or a day (to its end) or a time of Western Indonesia.
fn moment(text: &str) -> Option<Until> {
    if let Ok(seq) = text.parse() {
        return Some(Until::Seq(seq));
    }
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(Until::Time(time.with_timezone(&Utc)));
    }
    let day = text.parse::<NaiveDate>().ok();
    let local = match day {
        Some(day) => day.and_hms_opt(0, 0, 0)? + TimeDelta::days(1) - TimeDelta::milliseconds(1),
        None => [
            "%Y-%m-%dT%H:%M:%S",
            "%Y-%m-%dT%H:%M",
            "%Y-%m-%d %H:%M:%S",
            "%Y-%m-%d %H:%M",
        ]
        .into_iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?,
    };
    Some(Until::Time(Zone::default().instant(local)))
}

/// The facts as the journal has them, a line each.
/// All records of the present, kind by kind. What changes meanwhile may be there in its old or its new form.
pub(super) fn export_records(call: &mut Call) -> Outcome {
    let mut office = call.office()?;
    for kind in RecordKind::ALL {
        let mut next = Some(0);
        while let Some(offset) = next {
            let page = office.ask(ExportRecords {
                kind,
                offset,
                limit: PAGE,
            })?;
            for record in page.rows {
                call.object(&serde_json::json!({ "kind": kind, "record": record }))?;
            }
            next = page.next;
        }
    }
    Ok(())
}

pub(super) fn export(call: &mut Call, since: Option<u64>) -> Outcome {
    if !call.home.journal().is_dir() {
        let folder = call.home.journal();
        return Err(Refusal::new("journal-none")
            .with("folder", folder.display())
            .into());
    }
    let snapshot = Snapshot::of(&call.home.journal()).map_err(Refusal::from)?;
    let out = &mut call.out;
    snapshot.lines(since.unwrap_or(1).saturating_sub(1), |line| {
        out.write_all(line.text)
            .and_then(|()| out.write_all(b"\n"))
            .map_err(Failure::from)
    })
}

impl From<crate::journal::JournalError> for Failure {
    fn from(error: crate::journal::JournalError) -> Self {
        Self::Refused(error.into())
    }
}

pub(super) fn repair(call: &mut Call, folder: &Path) -> Outcome {
    let user = nix::unistd::User::from_uid(nix::unistd::Uid::current())
        .ok()
        .flatten()
        .map_or_else(|| "?".to_owned(), |user| user.name);
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let new = Home::at(&folder);
    guard::look(&new)?;
    let zone = Settings::load(&call.home).unwrap_or_default().office.zone;
    let locale = &call.locale;
    let now = Utc::now();
    let done = server::repair(&call.home, &new, &user, now, |done| {
        repair_list(locale, zone, now, done)
    })?;
    if call.json {
        return call.object(&done);
    }
    for lost in &done.lost {
        let words = lost_words(&call.locale, zone, lost);
        call.line(&words)?;
    }
    call.say(
        "cli-repaired",
        &[
            ("saved", done.saved.into()),
            ("whole", done.whole_to.into()),
            ("left", (done.left_out.len() as u64).into()),
            ("folder", folder.display().to_string().into()),
        ],
    )
}

/// `repair.txt`: what is lost and what was left out, a line each.
fn repair_list(locale: &Locale, zone: Zone, now: DateTime<Utc>, done: &Repaired) -> String {
    let head = locale.with(
        "cli-repair-list",
        &[
            ("now", shown(zone, Some(now)).into()),
            ("zone", zone.label().into()),
        ],
    );
    let lost = done.lost.iter().map(|lost| lost_words(locale, zone, lost));
    let left_out = done.left_out.iter().map(|left| {
        locale.with(
            "cli-repair-left",
            &[
                ("seq", left.seq.into()),
                ("time", shown(zone, Some(left.time)).into()),
                ("what", locale.text(&format!("fact-{}", left.fact)).into()),
                ("fact", left.fact.clone().into()),
                ("about", super::table::clean(&left.about).into()),
            ],
        )
    });
    let nothing = done.lost.is_empty() && done.left_out.is_empty();
    let nothing = nothing.then(|| locale.text("cli-repair-nothing"));
    let lines: Vec<String> = [head]
        .into_iter()
        .chain(lost)
        .chain(left_out)
        .chain(nothing)
        .collect();
    lines.join("\n") + "\n"
}

fn lost_words(locale: &Locale, zone: Zone, lost: &Lost) -> String {
    let at =
        |time: Option<_>| time.map_or_else(|| "none".to_owned(), |time| shown(zone, Some(time)));
    locale.with(
        "cli-repair-lost",
        &[
            ("from", lost.from.into()),
            ("to", lost.to.into()),
            ("file", lost.file.clone().into()),
            ("line", lost.line.into()),
            ("before", at(lost.before).into()),
            ("later", at(lost.later).into()),
        ],
    )
}

/// What `verify --against` says.
pub(super) fn against(call: &mut Call, file: &Path) -> Outcome {
    let (tail, compared) = offsite::against(&call.home.journal(), file)?;
    if call.json {
        return call.object(&serde_json::json!({
            "seq": tail.seq, "hash": tail.hash, "compared": compared,
        }));
    }
    call.say(
        "cli-verify-against",
        &[
            ("seq", tail.seq.into()),
            ("hash", tail.hash.into()),
            ("n", compared.into()),
        ],
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_point_in_time_is_a_number_a_moment_or_a_whole_day() {
        let time = |text: &str| Until::Time(text.parse().unwrap());
        assert_eq!(moment("120"), Some(Until::Seq(120)));
        assert_eq!(
            moment("2026-11-24T09:30:00+08:00"),
            Some(time("2026-11-24T01:30:00Z"))
        );
        assert_eq!(
            moment("2026-11-24 09:30"),
            Some(time("2026-11-24T02:30:00Z"))
        );
        assert_eq!(moment("2026-11-24"), Some(time("2026-11-24T16:59:59.999Z")));
        assert_eq!(moment("kemarin"), None);
    }
}
