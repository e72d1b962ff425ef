//! Announcements to many satker: who gets one, with what text, each phone once.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::connection::Shared;
use super::messages::{measure, sms_text};
use super::office::Office;
use super::queries::TWIN_DAYS;
use crate::ask::{Audience, Broadcast, BroadcastReport, BroadcastSample};
use crate::domain::access::{Actor, Role};
use crate::domain::fact::Fact;
use crate::domain::id::{SatkerCode, SmsId};
use crate::domain::money::Rupiah;
use crate::domain::phone::PhoneNumber;
use crate::domain::refusal::Refusal;
use crate::domain::request_key::RequestKey;
use crate::domain::satker::{ContactRole, Satker};
use crate::domain::sms::{ConfirmPolicy, SmsKind, SmsState};
use crate::domain::template::{nearest_standard, standard};
use crate::store::{digits, twin};

/// Messages drafted in one commit: others are served in between.
const CHUNK: usize = 500;

/// Most codes of one list.
const CODES_MAX: usize = 20_000;

/// The text of announcements among the office's texts.
const TEMPLATE: &str = "siaran";

/// One message of an announcement.
#[derive(Debug, Clone)]
struct Recipient {
    satker: SatkerCode,
    name: String,
    role: ContactRole,
    to: PhoneNumber,
    text: String,
    parts: u8,
    announcement: String,
}

/// Whether an announcement is on its way to a phone, or has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Copy {
    /// It waits, is queued, or is being sent.
    Waits,
    /// The network has it, or may have it.
    Left,
}

impl Office {
    /// What an announcement would be.
    ///
    /// # Errors
    /// `forbidden`, and those of the store. What is wrong with text or audience is in the report.
    pub fn preview_broadcast(
        &self,
        audience: &Audience,
        text: &str,
        actor: &Actor,
    ) -> Result<BroadcastReport, Refusal> {
        Self::require(actor, Role::Desk)?;
        let (_, report) = self.recipients(audience, text, self.clock.now())?;
        Ok(report)
    }

    fn recipients(
        &self,
        audience: &Audience,
        text: &str,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Recipient>, BroadcastReport), Refusal> {
        let mut report = BroadcastReport {
            confirmations_needed: match self.settings.sms.policy(SmsKind::Broadcast) {
                ConfirmPolicy::Auto => 0,
                ConfirmPolicy::Manual => 1,
                ConfirmPolicy::TwoPerson => 2,
            },
            ..BroadcastReport::default()
        };
        let message = match check_text(text) {
            Ok(message) => message,
            Err(refusal) => {
                report.problem = Some(refusal);
                // Who would get it is of interest while the text is still being written.
                String::new()
            }
        };
        let codes = match self.audience(audience, &mut report) {
            Ok(codes) => codes,
            Err(refusal) => {
                report.problem.get_or_insert(refusal);
                return Ok((Vec::new(), report));
            }
        };
        let announcement = announcement(&message);
        let copies = self.copies(now);
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for code in codes {
            let Some(satker) = self.store.satker(code)? else {
                continue;
            };
            let role = audience
                .role
                .unwrap_or_else(|| self.modules.main_role(&satker.kind));
            let Some(to) = satker.phone(role) else {
                report.no_phone.push(satker.short_name);
                continue;
            };
            if self.opted_out(to) {
                report.opted_out += 1;
                continue;
            }
            if !seen.insert(digits(to)) {
                report.shared += 1;
                continue;
            }
            match copies.get(&twin(to, &announcement)) {
                Some(Copy::Waits) => {
                    report.waiting += 1;
                    continue;
                }
                Some(Copy::Left) => {
                    report.had += 1;
                    continue;
                }
                None => {}
            }
            let text = self.announcement(&message, &satker)?;
            let Ok(parts) = u8::try_from(measure(&text).1) else {
                report
                    .problem
                    .get_or_insert(Refusal::new("text-too-long").with("max", 1000).on("text"));
                continue;
            };
            report.recipients += 1;
            report.parts += u64::from(parts);
            found.push(Recipient {
                satker: code,
                to: to.clone(),
                name: satker.short_name,
                role,
                text,
                parts,
                announcement: announcement.clone(),
            });
        }
        report.sample = found.first().map(|first| BroadcastSample {
            satker: first.satker,
            name: first.name.clone(),
            to: first.to.clone(),
            text: first.text.clone(),
            parts: first.parts,
        });
        let price = i64::from(self.settings.sms.price);
        let parts = i64::try_from(report.parts).unwrap_or(i64::MAX);
        report.cost = (price > 0).then(|| Rupiah(price.saturating_mul(parts)));
        if found.is_empty() {
            let known = report.waiting + report.had;
            report.problem.get_or_insert(if known > 0 {
                Refusal::new("broadcast-had").with("n", known)
            } else {
                Refusal::new("broadcast-nobody")
            });
        }
        Ok((found, report))
    }

    /// The satker that are meant, by code.
    fn audience(
        &self,
        audience: &Audience,
        report: &mut BroadcastReport,
    ) -> Result<Vec<SatkerCode>, Refusal> {
        if audience.codes.len() > CODES_MAX {
            return Err(Refusal::new("too-many").with("max", CODES_MAX));
        }
        let index = self.store.index();
        let mut wanted = HashSet::new();
        for typed in &audience.codes {
            let code = SatkerCode::parse(typed.trim()).ok();
            let active = |code: &SatkerCode| index.satker().get(code).is_some_and(|one| one.active);
            match code.filter(active) {
                Some(code) => drop(wanted.insert(code)),
                None => report.unknown.push(typed.chars().take(20).collect()),
            }
        }
        let of_module: Option<HashSet<SatkerCode>> = match &audience.module {
            Some(name) => {
                let module = self
                    .modules
                    .module(name)
                    .map_err(|error| super::office::not_found(&error).on("module"))?;
                let module = index.interned(&module.id);
                let letters = index
                    .letters()
                    .iter()
                    .filter(|letter| Some(letter.module) == module);
                Some(letters.filter_map(|letter| letter.satker).collect())
            }
            None => None,
        };
        // An announcement is for the satker, unless others are named.
        let kind = audience
            .module
            .as_deref()
            .map_or_else(crate::domain::satker::satker_kind, |module| {
                self.participant_kind(module)
            });
        let regions: Vec<String> = audience
            .regions
            .iter()
            .map(|region| region.trim().to_lowercase())
            .filter(|region| !region.is_empty())
            .collect();
        let fits = |code: &SatkerCode, region: &str| {
            (audience.codes.is_empty() || wanted.contains(code))
                && of_module
                    .as_ref()
                    .is_none_or(|satker| satker.contains(code))
                && (regions.is_empty() || {
                    let region = region.to_lowercase();
                    regions.iter().any(|wanted| region.contains(wanted))
                })
        };
        Ok(index
            .satker()
            .iter()
            .filter(|(code, entry)| entry.kind == kind || wanted.contains(code))
            .filter(|(code, entry)| entry.active && fits(code, &entry.region))
            .map(|(code, _)| *code)
            .collect())
    }

    /// The announcements that phones have or will get, whatever became of the request that drafted them: what waits, and what left in the
    /// last days. What was rejected, withdrawn or did not arrive may be announced again.
    fn copies(&self, now: DateTime<Utc>) -> HashMap<u64, Copy> {
        let index = self.store.index();
        let since = (now - TimeDelta::days(TWIN_DAYS)).timestamp();
        let of = |states: [SmsState; 3], copy: Copy, since: i64| {
            let index = &index;
            states
                .into_iter()
                .flat_map(|state| index.messages().in_state(state))
                .filter_map(|id| index.sms_entry(id))
                .filter(move |entry| entry.kind == SmsKind::Broadcast && entry.changed >= since)
                .map(move |entry| (entry.twin, copy))
        };
        let left = [SmsState::Sent, SmsState::Delivered, SmsState::Uncertain];
        let waits = [SmsState::Waiting, SmsState::Queued, SmsState::Sending];
        of(left, Copy::Left, since)
            .chain(of(waits, Copy::Waits, i64::MIN))
            .collect()
    }

    /// The text for one satker.
    fn announcement(&self, message: &str, satker: &Satker) -> Result<String, Refusal> {
        let fit = |name: &str, value: &str| {
            standard(name).map_or_else(|| value.to_owned(), |place| place.fit(value))
        };
        let name = fit("satker", &satker.short_name);
        let message = message
            .replace("{satker}", &name)
            .replace("{kode}", satker.code.as_str());
        let value = |place: &str| {
            Some(match place {
                "kantor" => self.settings.office.name.clone(),
                "satker" => name.clone(),
                "kode" => satker.code.to_string(),
                "pesan" => message.clone(),
                _ => return None,
            })
        };
        let template = self
            .modules
            .texts()
            .get(TEMPLATE)
            .ok_or_else(|| Refusal::new("text-unfilled").with("cause", TEMPLATE))?;
        // A person sees text and number of SMS beforehand: the announcement is not cut.
        template
            .template
            .render_whole(&value)
            .map_err(|error| Refusal::new("text-unfilled").with("cause", error))
    }

    /// Drafts some messages of an announcement.
    fn draft_announcement(
        &self,
        recipients: Vec<Recipient>,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, Vec<SmsId>), Refusal> {
        let mut facts = Vec::with_capacity(recipients.len());
        let mut ids = Vec::with_capacity(recipients.len());
        for (offset, one) in (0_u64..).zip(recipients) {
            let mut sms = self.draft(SmsKind::Broadcast, one.to, one.text, actor, now)?;
            sms.id = SmsId(sms.id.0 + offset);
            sms.satker = Some(one.satker);
            sms.role = Some(one.role);
            sms.announcement = Some(one.announcement);
            ids.push(sms.id);
            facts.push(Fact::SmsDrafted { sms: Box::new(sms) });
        }
        Ok((facts, ids))
    }
}

/// One name for an announcement, whatever it becomes for each satker.
fn announcement(message: &str) -> String {
    let digest = Sha256::digest(message.as_bytes());
    digest.iter().take(8).fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The words of an announcement: only placeholders that it may have.
fn check_text(text: &str) -> Result<String, Refusal> {
    let clean = sms_text(text)?;
    let mut rest = clean.as_str();
    while let Some((_, from)) = rest.split_once('{') {
        let (name, after) = from.split_once('}').unwrap_or((from, ""));
        if !matches!(name, "satker" | "kode") {
            let near = Some(nearest_standard(name).unwrap_or("satker"))
                .filter(|near| matches!(*near, "satker" | "kode"))
                .unwrap_or("satker");
            return Err(Refusal::new("placeholder-unknown")
                .with("name", name.chars().take(20).collect::<String>())
                .with("nearest", near)
                .on("text"));
        }
        rest = after;
    }
    Ok(clean)
}

/// Drafts an announcement, some messages at a time. The same request twice drafts nothing twice, nor does another one with the same
/// words.
///
/// # Errors
/// The problem of the report, `key-reused`.
pub fn draft(
    shared: &Shared,
    ask: &Broadcast,
    key: Option<&RequestKey>,
    actor: &Actor,
) -> Result<BroadcastReport, Refusal> {
    let office = &shared.office;
    let done = match key {
        Some(key) => office.done_request(key, actor)?,
        None => None,
    };
    let (recipients, mut report) =
        office.recipients(&ask.audience, &ask.text, office.clock.now())?;
    if let Some(problem) = report.problem.take() {
        // After a retry all of it may be drafted already.
        if done.is_none() || problem.code != "broadcast-had" {
            return Err(problem);
        }
        return Ok(report);
    }
    let mut drafted: Option<(SmsId, SmsId)> = None;
    let chunks: Vec<Vec<Recipient>> = recipients
        .chunks(CHUNK)
        .map(<[Recipient]>::to_vec)
        .collect();
    for (number, chunk) in chunks.into_iter().enumerate() {
        let who = actor.clone();
        // Only the first chunk remembers the request: what was drafted already is left out by announcement and phone.
        let key = key.filter(|_| number == 0 && done.is_none()).cloned();
        let written = key.as_ref().map(ToString::to_string);
        let ids = shared
            .writer
            .commit(&actor.user, written, move |office, now| {
                if let Some(key) = &key {
                    // Somebody may have used it since it was looked for.
                    office.done_request(key, &who)?;
                }
                let copies = office.copies(now);
                let new = chunk
                    .into_iter()
                    .filter(|one| !copies.contains_key(&twin(&one.to, &one.announcement)))
                    .collect();
                office.draft_announcement(new, &who, now)
            })?;
        if let (Some(first), Some(last)) = (ids.first(), ids.last()) {
            drafted = Some((drafted.map_or(*first, |(known, _)| known), *last));
        }
    }
    report.drafted = drafted;
    Ok(report)
}

#[cfg(test)]
mod tests;
