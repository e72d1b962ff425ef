//! The morning's word to the heads of sections: what is late, what falls due, what nobody has looked at.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::office::Office;
use super::writer::Writer;
use crate::domain::access::Actor;
use crate::domain::fact::Fact;
use crate::domain::id::SmsId;
use crate::domain::letter::LetterState;
use crate::domain::phone::PhoneNumber;
use crate::domain::refusal::Refusal;
use crate::domain::sms::SmsKind;
use crate::domain::when;

/// The text among the office's texts.
const TEMPLATE: &str = "internal";

/// A server that starts later than this after the time keeps silent: the morning is over.
const MORNING: TimeDelta = TimeDelta::hours(4);

/// What waits in a section.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Open letters past their target.
    pub overdue: u64,
    /// Open letters with the target of today.
    pub due_today: u64,
    /// Letters that came in and were given to nobody.
    pub undisposed: u64,
    /// Messages about its letters that failed, were not delivered or are uncertain since yesterday.
    pub failed: u64,
}

/// A summary to be drafted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Morning {
    /// Tells that it was done: one for each section and day.
    pub key: String,
    /// To whom.
    pub to: PhoneNumber,
    /// What.
    pub text: String,
}

impl Office {
    /// The summaries that are due now and were not drafted yet. A section where nothing waits gets none.
    ///
    /// # Errors
    /// Those of the store.
    pub fn morning_summary(&self, now: DateTime<Utc>) -> Result<Vec<Morning>, Refusal> {
        let rules = &self.settings.summary;
        let today = self.date(now);
        let at = self.summary_time(today);
        if rules.to.is_empty()
            || now < at
            || now >= at + MORNING
            || !self.calendar().is_working_day(today)
        {
            return Ok(Vec::new());
        }
        let key = |section: &str| format!("summary/{today}/{section}");
        let mut open = Vec::new();
        for (section, to) in &rules.to {
            if self.store.done_before(&key(section))?.is_none() {
                open.push((section, to));
            }
        }
        if open.is_empty() {
            return Ok(Vec::new());
        }
        let waiting = self.waiting_by_section(now)?;
        let mut summaries = Vec::new();
        for (section, to) in open {
            let counts = waiting.get(section).copied().unwrap_or_default();
            if counts == Waiting::default() {
                continue;
            }
            summaries.push(Morning {
                key: key(section),
                to: to.clone(),
                text: self.summary_text(section, counts, today)?,
            });
        }
        Ok(summaries)
    }

    /// When the next summaries are due; none where nobody is told.
    pub fn next_summary(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.settings.summary.to.is_empty() {
            return None;
        }
        let today = self.date(now);
        let tomorrow = today.succ_opt()?;
        [today, tomorrow]
            .map(|day| self.summary_time(day))
            .into_iter()
            .find(|at| *at > now)
    }

    fn summary_time(&self, day: NaiveDate) -> DateTime<Utc> {
        let minutes = TimeDelta::minutes(i64::from(self.settings.summary.time));
        self.zone().instant(day.and_time(NaiveTime::MIN) + minutes)
    }

    fn summary_text(
        &self,
        section: &str,
        waiting: Waiting,
        today: NaiveDate,
    ) -> Result<String, Refusal> {
        let text = self
            .modules
            .texts()
            .get(TEMPLATE)
            .ok_or_else(|| Refusal::new("text-unfilled").with("cause", TEMPLATE))?;
        let value = |name: &str| {
            Some(match name {
                "kantor" => self.settings.office.name.clone(),
                "bagian" => section.to_owned(),
                "n" => waiting.overdue.to_string(),
                "n2" => waiting.due_today.to_string(),
                "n3" => waiting.undisposed.to_string(),
                "n4" => waiting.failed.to_string(),
                "tgl" => when::short(today),
                _ => return None,
            })
        };
        text.template
            .render_whole(&value)
            .map_err(|error| Refusal::new("text-unfilled").with("cause", error))
    }

    /// What waits in each section.
    fn waiting_by_section(&self, now: DateTime<Utc>) -> Result<BTreeMap<String, Waiting>, Refusal> {
        let mut sections: BTreeMap<String, Waiting> = BTreeMap::new();
        let open: Vec<_> = {
            let index = self.store.index();
            index.open().map(|(_, letter)| letter.agenda).collect()
        };
        let today = self.date(now);
        for agenda in open {
            let letter = self.letter(agenda)?;
            let counts = sections.entry(letter.section.clone()).or_default();
            if letter.overdue(now) {
                counts.overdue += 1;
            } else if letter.state != LetterState::Waiting
                && letter.target.is_some_and(|at| self.date(at) == today)
            {
                counts.due_today += 1;
            }
            counts.undisposed += u64::from(letter.state == LetterState::Received);
        }
        let yesterday = (now - TimeDelta::days(1)).timestamp();
        let failed: Vec<_> = {
            let index = self.store.index();
            let fresh = index.trouble().filter(|entry| entry.changed >= yesterday);
            fresh.filter_map(|entry| entry.letter).collect()
        };
        for agenda in failed {
            let section = self.letter(agenda)?.section;
            sections.entry(section).or_default().failed += 1;
        }
        Ok(sections)
    }
}

/// Drafts the summaries that are due, each once.
///
/// # Errors
/// Those of the store and the journal.
pub fn draft(office: &Office, writer: &Writer) -> Result<(), Refusal> {
    for summary in office.morning_summary(office.clock.now())? {
        let system = Actor::system();
        let user = system.user.clone();
        let key = summary.key.clone();
        writer.commit(&user, Some(key), move |office, now| {
            if office.store.done_before(&summary.key)?.is_some() {
                return Ok((Vec::new(), ()));
            }
            let (fact, _) = office.summary_fact(summary, &system, now)?;
            Ok((vec![fact], ()))
        })?;
    }
    Ok(())
}

impl Office {
    fn summary_fact(
        &self,
        summary: Morning,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Fact, SmsId), Refusal> {
        let sms = self.draft(SmsKind::Internal, summary.to, summary.text, actor, now)?;
        let id = sms.id;
        Ok((Fact::SmsDrafted { sms: Box::new(sms) }, id))
    }
}

#[cfg(test)]
mod tests;
