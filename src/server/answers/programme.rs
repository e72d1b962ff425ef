//! Answers about other programmes: the stage of a participant, its milestones, what it owes, its letters. Which keyword tells what
//! stands in the file of the module; the texts are given there or are the usual ones.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::papers::{Owed, is_done};
use super::reply::{Reply, UNKNOWN};
use crate::ask::MilestoneRow;
use crate::domain::deadline::DeadlineState;
use crate::domain::id::SatkerCode;
use crate::domain::module::Module;
use crate::domain::module::answer::AnswerKind;
use crate::domain::period::{Period, PeriodKind};
use crate::domain::refusal::Refusal;
use crate::server::office::Office;

/// How many milestones or duties one SMS names.
const NAMED: usize = 3;

impl Office {
    /// What a keyword of a module tells of a participant.
    pub(super) fn module_reply(
        &self,
        keyword: &str,
        module: &str,
        kind: AnswerKind,
        code: SatkerCode,
        now: DateTime<Utc>,
    ) -> Result<Reply, Refusal> {
        let Ok(module) = self.modules.module(module) else {
            return Err(Refusal::new("module-unknown").with("id", module));
        };
        let reply = match kind {
            AnswerKind::Stage => self.stage_reply(module, code, now)?,
            AnswerKind::Milestones => self.milestones_reply(module, code, now)?,
            AnswerKind::Owed => self.owed_reply(module, code, now),
            AnswerKind::Letters => self.letters_reply(module, code, now)?,
        };
        let own = module
            .answer(keyword)
            .and_then(|answer| answer.text.clone())
            .filter(|_| reply.tells);
        Ok(reply
            .with("satker", self.satker_name(code))
            .with("kode", code)
            .with("kunci", keyword)
            .worded(own))
    }

    /// The stage, how much of it is reached, and what is owed next.
    fn stage_reply(
        &self,
        module: &Module,
        code: SatkerCode,
        now: DateTime<Utc>,
    ) -> Result<Reply, Refusal> {
        let present = match self.present_stage(module, code, now)? {
            Ok(present) => present,
            Err(reply) => return Ok(reply),
        };
        let next = self.owed_in(module, code).into_iter().next();
        let (text, item, due) = match &next {
            Some(owed) => ("tahap", self.duty(module, owed), owed.due.to_string()),
            None => ("tahap-lunas", UNKNOWN.to_owned(), UNKNOWN.to_owned()),
        };
        let reached = present.reached();
        Ok(present
            .reply(text)
            .with("n", reached)
            .with("item", item)
            .with("tgl", due))
    }

    /// The milestones of the present stage that are not reached.
    fn milestones_reply(
        &self,
        module: &Module,
        code: SatkerCode,
        now: DateTime<Utc>,
    ) -> Result<Reply, Refusal> {
        let present = match self.present_stage(module, code, now)? {
            Ok(present) => present,
            Err(reply) => return Ok(reply),
        };
        let open: Vec<&MilestoneRow> = present
            .milestones
            .iter()
            .filter(|row| !is_settled(row))
            .collect();
        let text = match open.len() {
            0 => "tonggak-lengkap",
            1 => "tonggak-1",
            2 => "tonggak-2",
            NAMED => "tonggak",
            _ => "tonggak-banyak",
        };
        let names: Vec<(String, String)> = open
            .iter()
            .take(NAMED)
            .map(|row| {
                let short = module.milestone(&row.id).map(|found| found.short.clone());
                let due = row.due.unwrap_or(present.end).to_string();
                (short.unwrap_or_else(|| row.name.clone()), due)
            })
            .collect();
        let mut reply = present.reply(text).with("n", open.len().min(99));
        // A text of the module names one, also where there is none.
        let first = names.first().cloned();
        let (item, due) = first.unwrap_or_else(|| (UNKNOWN.to_owned(), UNKNOWN.to_owned()));
        reply = reply.with("item", item).with("tgl", due);
        for (name, (item, _)) in ["item2", "item3"]
            .into_iter()
            .zip(names.into_iter().skip(1))
        {
            reply = reply.with(name, item);
        }
        reply.tells = !open.is_empty();
        Ok(reply)
    }

    /// What is owed in the module, earliest first.
    fn owed_reply(&self, module: &Module, code: SatkerCode, now: DateTime<Utc>) -> Reply {
        let owed = self.owed_in(module, code);
        let lines: Vec<(String, String)> = owed
            .iter()
            .map(|owed| (self.duty(module, owed), owed.due.to_string()))
            .collect();
        let reply = self.due_next(lines, now);
        reply.with("n", owed.len().min(99))
    }

    /// What is in work, what is done, and what falls due next.
    fn letters_reply(
        &self,
        module: &Module,
        code: SatkerCode,
        now: DateTime<Utc>,
    ) -> Result<Reply, Refusal> {
        let letters = self.letters_in(code, &module.id)?;
        let year = Period::containing(PeriodKind::Year, self.date(now)).first_day();
        let open = letters.iter().filter(|letter| letter.state.is_open());
        let done = letters
            .iter()
            .filter(|letter| is_done(letter) && self.date(letter.received) >= year);
        let due = self.owed_in(module, code).into_iter().next();
        let due = due.map_or_else(|| UNKNOWN.to_owned(), |owed| owed.due.to_string());
        Ok(Reply::new("modul")
            .with("n", open.count().min(99))
            .with("n2", done.count().min(99))
            .with("tgl", due))
    }

    /// Up to three duties by name and date.
    pub(super) fn due_next(&self, mut lines: Vec<(String, String)>, now: DateTime<Utc>) -> Reply {
        // Two treasurers owe the same thing by the same day.
        lines.dedup();
        let text = match lines.len() {
            0 => "jadwal-nihil",
            1 => "jadwal-1",
            2 => "jadwal-2",
            _ => "jadwal",
        };
        let mut reply = Reply::new(text).with("tgl", self.date(now));
        reply.tells = !lines.is_empty();
        let names = [("item", "tgl"), ("item2", "tgl2"), ("item3", "tgl3")];
        for ((item, tgl), (name, due)) in names.into_iter().zip(lines) {
            reply = reply.with(item, name).with(tgl, due);
        }
        reply
    }

    /// What a participant still owes in a module, earliest first.
    fn owed_in(&self, module: &Module, code: SatkerCode) -> Vec<Owed> {
        let mut owed = self.owed(code, None);
        owed.retain(|owed| owed.state == DeadlineState::Open && owed.module == module.id);
        owed
    }

    /// The name of a duty for an SMS: that of the milestone where it is one.
    fn duty(&self, module: &Module, owed: &Owed) -> String {
        let milestone = owed.item.as_deref().and_then(|item| module.milestone(item));
        milestone.map_or_else(|| self.duty_name(owed), |found| found.short.clone())
    }

    /// The short name of an obligation.
    pub(super) fn duty_name(&self, owed: &Owed) -> String {
        let rule = self
            .modules
            .obligations()
            .find(|rule| rule.id == owed.obligation);
        rule.map_or(&owed.obligation, |rule| &rule.short).clone()
    }

    /// The stage that a participant is in; what to tell where it is in none.
    fn present_stage(
        &self,
        module: &Module,
        code: SatkerCode,
        now: DateTime<Utc>,
    ) -> Result<Result<Present, Reply>, Refusal> {
        let satker = self.store.satker(code)?;
        let view = match &satker {
            Some(satker) => self.programme_view(satker, now)?,
            None => None,
        };
        let not_begun = || Reply::silent("tahap-belum");
        let Some(view) = view.filter(|view| view.module == module.id) else {
            return Ok(Err(not_begun()));
        };
        if view.finished {
            return Ok(Err(Reply::silent("tahap-selesai")));
        }
        let Some(stage) = view.stages.into_iter().find(|stage| stage.present) else {
            return Ok(Err(not_begun()));
        };
        let year = stage.year.map_or_else(|| self.date(now).year(), i32::from);
        Ok(Ok(Present {
            name: stage.name,
            end: NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or_else(|| self.date(now)),
            milestones: stage.milestones,
        }))
    }
}

/// The stage that a participant is in.
struct Present {
    name: String,
    /// Last day of its last year.
    end: NaiveDate,
    milestones: Vec<MilestoneRow>,
}

impl Present {
    fn reached(&self) -> usize {
        let reached = self.milestones.iter().filter(|row| is_settled(row));
        reached.count().min(99)
    }

    fn reply(&self, text: &'static str) -> Reply {
        Reply::new(text)
            .with("tahap", &self.name)
            .with("tgl2", self.end)
            .with("n2", self.milestones.len().min(99))
    }
}

/// Nothing more is to be done for it.
fn is_settled(row: &MilestoneRow) -> bool {
    matches!(row.status.as_str(), "tercapai" | "dikecualikan")
}
