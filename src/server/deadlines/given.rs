//! Dates that stand in letters, entered by hand: for a period or an entry of the yearly letter, or for some satker only.

use std::collections::HashSet;

use super::{
    Act, Actor, DateTime, FAR, Fact, NaiveDate, ObligationId, Office, Refusal, Role, Utc,
    clean_text, no_due,
};
use crate::ask::{AddDeadline, GiveDate};
use crate::domain::period::Period;
use crate::domain::rule::{DueError, DueRule, Every, Obligation};

impl Office {
    /// A letter gives the date of an obligation for a period (reconciliation of a month) or an entry (year-end cut-off), or takes it back.
    /// Open deadlines move with it.
    ///
    /// # Errors
    /// `obligation-unknown`, `date-not-by-letter`, `bad-period`, `item-unknown`, `date-far` unless that was seen, `forbidden`.
    pub fn give_date(&self, ask: &GiveDate, actor: &Actor) -> Result<Vec<Fact>, Refusal> {
        Self::require(actor, Role::Supervisor)?;
        let rule = self.any_rule(&ask.obligation)?;
        let wanted = match (&rule.due, &rule.every) {
            (DueRule::ByLetter { .. }, Every::Period(kind)) => *kind,
            (DueRule::ByLetter { .. }, Every::Dates) if !rule.items.is_empty() => {
                crate::domain::period::PeriodKind::Year
            }
            _ => return Err(Refusal::new("date-not-by-letter").with("obligation", &rule.id)),
        };
        if ask.period.kind() != wanted {
            return Err(no_due(&DueError::PeriodNeeded(wanted)).on("period"));
        }
        let item = clean_text("item", ask.item.as_deref().unwrap_or_default(), 40)?;
        match &item {
            Some(item) if !rule.items.iter().any(|known| known.id == *item) => {
                return Err(item_unknown(rule, item));
            }
            None if !rule.items.is_empty() => return Err(item_unknown(rule, "")),
            _ => {}
        }
        if let Some(date) = ask.date {
            let distance = (date - ask.period.last_day()).num_days().abs();
            if distance > FAR && !ask.far_seen {
                return Err(Refusal::new("date-far")
                    .with("date", crate::domain::when::short(date))
                    .on("date"));
            }
        }
        let note = clean_text("note", &ask.note, 100)?.unwrap_or_default();
        let known = self
            .store
            .index()
            .deadlines()
            .date(&rule.id, ask.period, item.as_deref());
        if known == ask.date {
            return Ok(Vec::new());
        }
        Ok(vec![Fact::DateGiven {
            obligation: rule.id.clone(),
            period: ask.period,
            item,
            date: ask.date,
            note,
        }])
    }

    /// An obligation that the office makes up, for some satker or for all: a name and a date.
    ///
    /// # Errors
    /// `obligation-unknown`, `date-not-by-letter`, `text-empty`, `date-far` unless that was seen, `satker-unknown`, `satker-inactive`, `forbidden`.
    pub fn add_deadline(
        &self,
        ask: &AddDeadline,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, Vec<ObligationId>), Refusal> {
        Self::require(actor, Role::Section)?;
        let rule = self.any_rule(&ask.obligation)?;
        if actor.role == Role::Section {
            Self::require_section(actor, &rule.section)?;
        }
        if !matches!(
            (&rule.due, &rule.every),
            (DueRule::ByLetter { .. }, Every::Dates)
        ) {
            return Err(Refusal::new("date-not-by-letter").with("obligation", &rule.id));
        }
        let name = clean_text("name", &ask.name, 60)?
            .ok_or_else(|| Refusal::new("text-empty").on("name"))?;
        let today = self.date(now);
        if (ask.date - today).num_days().abs() > FAR && !ask.far_seen {
            return Err(Refusal::new("date-far")
                .with("date", crate::domain::when::short(ask.date))
                .on("date"));
        }
        let mut owners = Vec::new();
        if ask.satker.is_empty() {
            Self::require(actor, Role::Desk)?;
            let kind = self.participant_kind(&rule.module);
            owners.extend(self.all_owners(rule, &kind));
        } else {
            // One that is named twice owes it once.
            let mut named = HashSet::new();
            for code in ask.satker.iter().filter(|code| named.insert(**code)) {
                let satker = self.owing(*code)?;
                self.check_kind(&rule.module, &satker)?;
                owners.extend(Self::owners_at(rule, satker.code, satker.revenue_treasurer));
            }
        }
        let mut act = Act::new(self, actor, now);
        let ids = self.open_by_hand(&mut act, rule, &name, ask.date, owners)?;
        Ok((act.into_facts(), ids))
    }

    /// Any rule with this id.
    fn any_rule(&self, id: &str) -> Result<&Obligation, Refusal> {
        let today = self.date(self.clock.now());
        self.modules
            .obligation(id, today)
            .or_else(|| self.modules.obligations().find(|rule| rule.id == id))
            .ok_or_else(|| {
                let known = self.modules.obligations().map(|rule| rule.id.as_str());
                Refusal::new("obligation-unknown")
                    .with(
                        "name",
                        id.chars()
                            .filter(|c| !c.is_control())
                            .take(40)
                            .collect::<String>(),
                    )
                    .with(
                        "nearest",
                        crate::domain::module::nearest(id, known).unwrap_or_default(),
                    )
                    .on("obligation")
            })
    }

    /// Dates that letters gave, for the screen and the command line.
    pub fn given_dates(&self) -> Vec<(String, Period, Option<String>, NaiveDate, String)> {
        let index = self.store.index();
        let dates = index.deadlines().dates().iter();
        dates
            .map(|((obligation, period, item), given)| {
                (
                    obligation.clone(),
                    *period,
                    item.clone(),
                    given.date,
                    given.note.clone(),
                )
            })
            .collect()
    }
}

fn item_unknown(rule: &Obligation, item: &str) -> Refusal {
    let known: Vec<&str> = rule.items.iter().map(|item| item.id.as_str()).collect();
    Refusal::new("item-unknown")
        .with("name", item)
        .with("known", known.join(", "))
        .on("item")
}
