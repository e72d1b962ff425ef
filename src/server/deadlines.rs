//! Who owes what by when: what people record and decide about it. The rules themselves are data; see [`crate::domain::rule`].

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::office::{Office, Values, clean_text, not_found, reasons};
use crate::domain::access::{Actor, Role};
use crate::domain::deadline::{Deadline, DeadlineState, Happening, Owner, Terms, Treasurer};
use crate::domain::fact::Fact;
use crate::domain::id::{AgendaNo, ObligationId, SatkerCode};
use crate::domain::module::FieldType;
use crate::domain::refusal::Refusal;
use crate::domain::rule::{Basis, DueError, Obligation, Per};
use crate::domain::satker::Satker;
use crate::domain::sms::{Sms, SmsState};

mod change;
mod given;
mod letter;
mod opening;
mod reminding;
mod replay;
mod stage;

pub use change::Recorded;
pub use reminding::Plan;
pub use replay::Fate;

/// An event further in the past or in the future than this is asked about, in days: a slip of the year is the usual mistake.
const FAR: i64 = 370;

/// Owners in one fact at the most: larger batches make sled keep much more memory.
const BATCH: usize = 500;

/// What one command leads to: its facts, and the numbers that they take.
pub struct Act<'a> {
    actor: &'a Actor,
    now: DateTime<Utc>,
    facts: Vec<Fact>,
    next_sms: u64,
    next_deadline: u64,
}

impl<'a> Act<'a> {
    /// Nothing yet.
    pub fn new(office: &Office, actor: &'a Actor, now: DateTime<Utc>) -> Self {
        let index = office.store.index();
        Self {
            actor,
            now,
            facts: Vec::new(),
            next_sms: index.next_sms(),
            next_deadline: index.deadlines().next(),
        }
    }

    /// Facts that were decided before, with the messages among them counted.
    pub fn after(office: &Office, actor: &'a Actor, now: DateTime<Utc>, facts: Vec<Fact>) -> Self {
        let mut act = Self::new(office, actor, now);
        for fact in facts {
            act.push(fact);
        }
        act
    }

    /// All facts, in order.
    pub fn into_facts(self) -> Vec<Fact> {
        self.facts
    }

    fn push(&mut self, fact: Fact) {
        match &fact {
            Fact::SmsDrafted { sms } => self.next_sms = self.next_sms.max(sms.id.0 + 1),
            Fact::DeadlinesOpened { owners, .. } => self.next_deadline += owners.len() as u64,
            _ => {}
        }
        self.facts.push(fact);
    }

    pub(in crate::server) fn draft(&mut self, mut sms: Sms) {
        sms.id = crate::domain::id::SmsId(self.next_sms);
        self.push(Fact::SmsDrafted { sms: Box::new(sms) });
    }

    /// Whether a fact of this command ends the deadline.
    fn ends(&self, id: ObligationId) -> bool {
        self.facts.iter().any(|fact| {
            matches!(
                fact,
                Fact::DeadlineMet { id: over, .. } | Fact::DeadlineExempted { id: over, .. } if *over == id
            )
        })
    }

    /// An alert that has not left is no longer true.
    pub(in crate::server) fn withdraw_alert(&mut self, sms: &Sms) {
        let at = self.now;
        self.push(Fact::SmsDropped {
            id: sms.id,
            state: SmsState::Withdrawn,
            at,
            by: Actor::system().user,
            reason: "budget-newer".to_owned(),
        });
    }

    fn by(&self) -> String {
        self.actor.user.clone()
    }

    /// The same thing is owed by these. Gives the number of the first.
    fn open(&mut self, owners: Vec<Owner>, terms: Terms) -> ObligationId {
        let first = ObligationId(self.next_deadline);
        let (at, by) = (self.now, self.by());
        self.push(Fact::DeadlinesOpened {
            first,
            owners,
            terms: Box::new(terms),
            at,
            by,
        });
        first
    }

    fn meet(&mut self, id: ObligationId, on: NaiveDate, letter: Option<AgendaNo>) {
        let (at, by) = (self.now, self.by());
        self.push(Fact::DeadlineMet {
            id,
            on,
            letter,
            at,
            by,
        });
    }

    fn reopen(&mut self, id: ObligationId, reason: &str) {
        let (at, by, reason) = (self.now, self.by(), reason.to_owned());
        self.push(Fact::DeadlineReopened { id, reason, at, by });
    }

    fn exempt(&mut self, id: ObligationId, reason: &str) {
        let (at, by, reason) = (self.now, self.by(), reason.to_owned());
        self.push(Fact::DeadlineExempted { id, reason, at, by });
    }
}

impl Office {
    /// The record of a deadline.
    ///
    /// # Errors
    /// `deadline-unknown`.
    pub fn deadline(&self, id: ObligationId) -> Result<Deadline, Refusal> {
        self.store
            .deadline(id)?
            .ok_or_else(|| Refusal::new("deadline-unknown").with("id", id))
    }

    /// The rule behind a deadline: the one in force on its occasion, else any of that id, else none (the module is gone).
    pub fn rule_of(&self, terms: &Terms) -> Option<&Obligation> {
        self.modules
            .rule_for(&terms.obligation, &self.full_basis(terms))
            .ok()
            .or_else(|| {
                self.modules
                    .obligations()
                    .find(|rule| rule.id == terms.obligation)
            })
    }

    /// What the due date is computed from, with the date of a letter where one gives it.
    fn full_basis(&self, terms: &Terms) -> Basis {
        let given = terms.period.and_then(|period| {
            let index = self.store.index();
            index
                .deadlines()
                .date(&terms.obligation, period, terms.item.as_deref())
        });
        // What was entered by hand for some satker only has its date nowhere else.
        let by_hand = || {
            let named = terms.event.is_none() && terms.period.is_none();
            named.then_some(terms.nominal)
        };
        Basis {
            letter: given.or_else(by_hand),
            ..terms.basis()
        }
    }

    /// Who owes an obligation at a satker, with or without a revenue treasurer.
    fn owners_at(
        rule: &Obligation,
        code: SatkerCode,
        revenue: bool,
    ) -> impl Iterator<Item = Owner> {
        let treasurer = |treasurer| Owner {
            satker: code,
            treasurer: Some(treasurer),
        };
        let (first, second) = match rule.per {
            Per::Participant => (Owner::satker(code), None),
            Per::Treasurer => (
                treasurer(Treasurer::Pengeluaran),
                revenue.then(|| treasurer(Treasurer::Penerimaan)),
            ),
        };
        std::iter::once(first).chain(second)
    }

    /// The kind of participant that a module is about.
    pub(in crate::server) fn participant_kind(&self, module: &str) -> String {
        self.modules.module(module).map_or_else(
            |_| crate::domain::satker::satker_kind(),
            |module| module.participant.kind.clone(),
        )
    }

    /// Whether a participant is of the kind that a module is about.
    pub(in crate::server) fn check_kind(
        &self,
        module: &str,
        satker: &Satker,
    ) -> Result<(), Refusal> {
        let wanted = self.participant_kind(module);
        if satker.kind == wanted {
            return Ok(());
        }
        Err(Refusal::new("satker-kind")
            .with("satker", satker.code)
            .with("kind", &satker.kind)
            .with("module", module)
            .with("wanted", wanted)
            .on("satker"))
    }

    /// A satker that may owe something.
    fn owing(&self, code: SatkerCode) -> Result<Satker, Refusal> {
        let satker = self.store.satker(code)?.ok_or_else(|| {
            Refusal::new("satker-unknown")
                .with("code", code)
                .on("satker")
        })?;
        if satker.active {
            Ok(satker)
        } else {
            Err(Refusal::new("satker-inactive").with("satker", code))
        }
    }

    /// The section that looks after a deadline.
    fn section_of(&self, terms: &Terms) -> String {
        self.rule_of(terms)
            .map(|rule| rule.section.clone())
            .unwrap_or_default()
    }

    /// Whether the actor may change a deadline.
    pub fn may_change(&self, actor: &Actor, terms: &Terms) -> bool {
        self.require_deadline(actor, terms).is_ok()
    }

    fn require_deadline(&self, actor: &Actor, terms: &Terms) -> Result<(), Refusal> {
        if actor.role == Role::Section {
            return Self::require_section(actor, &self.section_of(terms));
        }
        Self::require(actor, Role::Section)
    }
}

/// The refusal for a due date that cannot be computed.
fn no_due(error: &DueError) -> Refusal {
    reasons(Refusal::new("deadline-no-date"), |lang| error.explain(lang))
}

/// The amount noted with an event that decides a rule by value.
fn value_of(office: &Office, event: &str, fields: &Values) -> Option<i64> {
    let event = office.modules.event(event).ok()?;
    let field = event
        .fields
        .iter()
        .find(|field| field.kind == FieldType::Rupiah)?;
    fields.get(&field.id)?.parse().ok()
}

/// Letters and digits only, upper case: numbers of papers are compared like that.
fn bare(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests;
