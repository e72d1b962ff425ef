//! What people record and decide: an event happened, a deadline is met, exempt, owed again, moved.

use super::{
    Act, Actor, DateTime, DeadlineState, DueError, FAR, Fact, Happening, NaiveDate, ObligationId,
    Office, Owner, Refusal, Role, SatkerCode, Terms, TimeDelta, Utc, Values, clean_text, no_due,
    not_found, value_of,
};
use crate::ask::{ExemptDeadline, MeetDeadline, MoveDeadline, RecordEvent, ReopenDeadline};
use crate::domain::deadline::DeadlineChange;
use crate::domain::letter::LetterState;
use crate::domain::module::When;
use crate::domain::rule::{Basis, Obligation};
use crate::server::letters::check_values;

/// Most deadlines that one request may name.
const MANY: usize = 1_000;

/// What recording an event led to.
#[derive(Debug, Clone, Default)]
pub struct Recorded {
    /// The deadlines that it started.
    pub opened: Vec<RecordedDeadline>,
    /// The deadlines that it met.
    pub met: Vec<ObligationId>,
    /// Obligations that it would start, but for this reason nothing is owed.
    pub nothing: Vec<(String, Refusal)>,
}

/// A deadline that an event started.
#[derive(Debug, Clone)]
pub struct RecordedDeadline {
    /// Its number.
    pub id: ObligationId,
    /// It was there before: the event was recorded twice.
    pub known: bool,
}

impl Office {
    /// Something happened at a satker: meets what it ends, opens what it starts, and reminds at once where the rule says so.
    ///
    /// # Errors
    /// `satker-unknown`, `satker-inactive`, `event-unknown`, `date-far` unless that was seen, a field that is missing or bad, `forbidden`.
    pub fn record_event(
        &self,
        ask: &RecordEvent,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, Recorded), Refusal> {
        let event = self
            .modules
            .event(&ask.event)
            .map_err(|error| not_found(&error).on("event"))?;
        if actor.role == Role::Section {
            let module = self.modules.module(&event.module);
            let section = module.map(|module| module.section.clone());
            Self::require_section(actor, &section.unwrap_or_default())?;
        }
        self.check_kind(&event.module, &self.owing(ask.satker)?)?;
        let today = self.date(now);
        if (ask.date - today).num_days().abs() > FAR && !ask.far_seen {
            return Err(Refusal::new("date-far")
                .with("date", crate::domain::when::short(ask.date))
                .on("date"));
        }
        let (fields, problems) = check_values(&event.fields, When::Register, &ask.fields, today);
        if let Some(problem) = problems.into_iter().next() {
            return Err(problem);
        }
        let happening = Happening {
            event: event.id.clone(),
            date: ask.date,
        };
        let mut act = Act::new(self, actor, now);
        let recorded = self.happened(&mut act, ask.satker, &happening, fields, None, &[])?;
        if recorded.opened.iter().all(|deadline| deadline.known)
            && recorded.met.is_empty()
            && let Some((_, why)) = recorded.nothing.first()
            && recorded.opened.is_empty()
        {
            return Err(why.clone());
        }
        Ok((act.into_facts(), recorded))
    }

    /// The facts of an event, whoever told it. `told` are phones that another message of the same act goes to.
    pub(super) fn happened(
        &self,
        act: &mut Act<'_>,
        satker: SatkerCode,
        happening: &Happening,
        fields: Values,
        letter: Option<crate::domain::id::AgendaNo>,
        told: &[crate::domain::phone::PhoneNumber],
    ) -> Result<Recorded, Refusal> {
        let mut recorded = Recorded::default();
        let calendar = self.calendar();
        let owner = Owner::satker(satker);
        let mut basis = Basis::event(happening.date);
        if let Some(value) = value_of(self, &happening.event, &fields) {
            basis = basis.with_value(value);
        }
        let occasion = crate::domain::deadline::occasion(None, Some(happening), None, &fields);
        let mut opened = Vec::new();
        let rules: Vec<_> = self
            .modules
            .started_by(&happening.event, happening.date)
            .collect();
        for rule in rules {
            let known = self
                .store
                .index()
                .deadlines()
                .find(&rule.id, &occasion, owner);
            let again = match known {
                Some(id) if self.ended_by_void(id)? => Some(id),
                Some(id) => {
                    recorded.opened.push(RecordedDeadline { id, known: true });
                    continue;
                }
                None => None,
            };
            match self.modules.due(&rule.id, &basis, &calendar) {
                Ok((rule, due)) => {
                    let mut terms = Terms {
                        obligation: rule.id.clone(),
                        module: rule.module.clone(),
                        period: None,
                        event: Some(happening.clone()),
                        item: None,
                        fields: fields.clone(),
                        value: basis.value,
                        due: due.date,
                        nominal: due.nominal,
                        estimate: due.estimate,
                    };
                    terms.set_due(due);
                    opened.push((again, rule, terms));
                }
                Err(error @ (DueError::NothingOwed { .. } | DueError::ValueNeeded)) => {
                    recorded.nothing.push((rule.id.clone(), no_due(&error)));
                }
                Err(error) => return Err(no_due(&error)),
            }
        }
        if recorded.opened.is_empty() || !opened.is_empty() {
            let (at, by) = (act.now, act.by());
            act.push(Fact::EventRecorded {
                satker,
                event: happening.event.clone(),
                date: happening.date,
                fields,
                letter,
                at,
                by,
            });
        }
        recorded.met = self.met_by_event(act, owner, happening, letter)?;
        let mut owed = Vec::new();
        for (again, rule, terms) in opened {
            let id = match again {
                Some(id) => {
                    self.owe_again(act, id, "event-again")?;
                    id
                }
                None => act.open(vec![owner], terms.clone()),
            };
            recorded.opened.push(RecordedDeadline { id, known: false });
            // Told late: what ends it is known already.
            match self.ended_since(owner, rule, happening.date)? {
                Some(end) => act.meet(id, end, None),
                None => owed.push((id, rule, terms)),
            }
        }
        self.remind_at_once(act, owner, owed, told)?;
        Ok(recorded)
    }

    /// Whether a deadline is not owed only because the letter that started it was void.
    fn ended_by_void(&self, id: ObligationId) -> Result<bool, Refusal> {
        let deadline = self.deadline(id)?;
        let exempted = deadline.history.last().and_then(|step| {
            matches!(step.what, DeadlineChange::Exempted { .. }).then_some(step.at)
        });
        let Some(at) = exempted else { return Ok(false) };
        let void: Vec<_> = {
            let index = self.store.index();
            let theirs = index.letters_of(deadline.owner.satker);
            let ended = theirs.filter(|letter| {
                letter.state == LetterState::Void && letter.ended == Some(at.timestamp())
            });
            ended.map(|letter| letter.agenda).collect()
        };
        for agenda in void {
            if self.letter(agenda)?.completed == Some(at) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Something is owed again after all, by the date that it has now: what was not owed did not move with the calendar and the letters.
    pub(super) fn owe_again(
        &self,
        act: &mut Act<'_>,
        id: ObligationId,
        reason: &str,
    ) -> Result<(), Refusal> {
        act.reopen(id, reason);
        let deadline = self.deadline(id)?;
        if deadline.fixed {
            return Ok(());
        }
        let terms = &deadline.terms;
        let basis = self.full_basis(terms);
        if let Ok((_, due)) = self
            .modules
            .due(&terms.obligation, &basis, &self.calendar())
            && (due.date, due.estimate) != (terms.due, terms.estimate)
        {
            act.moved(vec![id], due.date, due.nominal, due.estimate, false, reason);
        }
        Ok(())
    }

    /// The first of the known events after a day that fulfil an obligation.
    fn ended_since(
        &self,
        owner: Owner,
        rule: &Obligation,
        day: NaiveDate,
    ) -> Result<Option<NaiveDate>, Refusal> {
        if rule.met_by.is_empty() {
            return Ok(None);
        }
        let same: Vec<ObligationId> = {
            let index = self.store.index();
            let deadlines = index.deadlines();
            let all = deadlines.of_satker(owner.satker).filter(|entry| {
                deadlines
                    .occasion(entry.occasion)
                    .is_some_and(|occasion| occasion.obligation == rule.id)
            });
            all.map(|entry| entry.id).collect()
        };
        let mut first: Option<NaiveDate> = None;
        for id in same {
            let Some(happened) = self.deadline(id)?.terms.event else {
                continue;
            };
            if happened.date > day && rule.met_by.contains(&happened.event) {
                first = Some(first.map_or(happened.date, |first| first.min(happened.date)));
            }
        }
        Ok(first)
    }

    /// An event ends what an earlier one started where the rule says so: the next GUP meets the open one.
    fn met_by_event(
        &self,
        act: &mut Act<'_>,
        owner: Owner,
        happening: &Happening,
        letter: Option<crate::domain::id::AgendaNo>,
    ) -> Result<Vec<ObligationId>, Refusal> {
        let open: Vec<ObligationId> = {
            let index = self.store.index();
            let deadlines = index.deadlines();
            deadlines
                .of_satker(owner.satker)
                .filter(|entry| entry.state == DeadlineState::Open)
                .filter(|entry| {
                    deadlines.occasion(entry.occasion).is_some_and(|occasion| {
                        self.modules.obligations().any(|rule| {
                            rule.id == occasion.obligation && rule.met_by.contains(&happening.event)
                        })
                    })
                })
                .map(|entry| entry.id)
                .collect()
        };
        let mut met = Vec::new();
        for id in open {
            let deadline = self.deadline(id)?;
            let earlier = deadline
                .terms
                .event
                .as_ref()
                .is_none_or(|started| started.date < happening.date);
            let done = act
                .facts
                .iter()
                .any(|fact| matches!(fact, Fact::DeadlineMet { id: met, .. } if *met == id));
            if earlier && !done {
                act.meet(id, happening.date, letter);
                met.push(id);
            }
        }
        self.withdraw_reminders(act, &met, "deadline-met")?;
        Ok(met)
    }

    /// Deadlines are fulfilled, on a day not in the future.
    ///
    /// # Errors
    /// `deadline-unknown`, `deadline-state`, `met-future`, `too-many`, `forbidden`.
    pub fn meet_deadlines(
        &self,
        ask: &MeetDeadline,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, ()), Refusal> {
        let today = self.date(now);
        let on = ask.date.unwrap_or(today);
        if on > today {
            return Err(Refusal::new("met-future")
                .with("date", crate::domain::when::short(on))
                .on("date"));
        }
        let mut act = Act::new(self, actor, now);
        let ids = self.chosen(&ask.ids, actor, DeadlineState::Open)?;
        for id in &ids {
            act.meet(*id, on, None);
        }
        self.withdraw_reminders(&mut act, &ids, "deadline-met")?;
        Ok((act.into_facts(), ()))
    }

    /// Deadlines need not be fulfilled.
    ///
    /// # Errors
    /// `reason-missing`, `deadline-unknown`, `deadline-state`, `too-many`, `forbidden`.
    pub fn exempt_deadlines(
        &self,
        ask: &ExemptDeadline,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, ()), Refusal> {
        let reason = needed_reason(&ask.reason)?;
        let mut act = Act::new(self, actor, now);
        let ids = self.chosen(&ask.ids, actor, DeadlineState::Open)?;
        for id in &ids {
            act.exempt(*id, &reason);
        }
        self.withdraw_reminders(&mut act, &ids, "deadline-exempt")?;
        Ok((act.into_facts(), ()))
    }

    /// Deadlines are owed again: a mistake is taken back.
    ///
    /// # Errors
    /// `reason-missing`, `deadline-unknown`, `deadline-state`, `too-many`, `forbidden`.
    pub fn reopen_deadlines(
        &self,
        ask: &ReopenDeadline,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, ()), Refusal> {
        let reason = needed_reason(&ask.reason)?;
        if ask.ids.len() > MANY {
            return Err(Refusal::new("too-many").with("max", MANY));
        }
        let mut act = Act::new(self, actor, now);
        let ids: std::collections::BTreeSet<ObligationId> = ask.ids.iter().copied().collect();
        for id in ids {
            let deadline = self.deadline(id)?;
            self.require_deadline(actor, &deadline.terms)?;
            if deadline.state == DeadlineState::Open {
                return Err(state_refusal(id, deadline.state));
            }
            self.owe_again(&mut act, id, &reason)?;
        }
        Ok((act.into_facts(), ()))
    }

    /// A person gives a deadline another date: an extension that was granted. The calendar does not move it any more.
    ///
    /// # Errors
    /// `reason-missing`, `date-far`, `deadline-unknown`, `deadline-state`, `forbidden`.
    pub fn move_deadline(
        &self,
        ask: &MoveDeadline,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, ()), Refusal> {
        let reason = needed_reason(&ask.reason)?;
        let ids = self.chosen(&[ask.id], actor, DeadlineState::Open)?;
        let deadline = self.deadline(ask.id)?;
        if (ask.date - deadline.terms.due).abs() > TimeDelta::days(FAR) {
            return Err(Refusal::new("date-far")
                .with("date", crate::domain::when::short(ask.date))
                .on("date"));
        }
        if ask.date == deadline.terms.due {
            return Ok((Vec::new(), ()));
        }
        let mut act = Act::new(self, actor, now);
        act.moved(ids.clone(), ask.date, ask.date, false, true, &reason);
        self.withdraw_reminders(&mut act, &ids, "deadline-moved")?;
        Ok((act.into_facts(), ()))
    }

    /// The chosen deadlines, each once; all must be in this state and within the actor's section.
    fn chosen(
        &self,
        ids: &[ObligationId],
        actor: &Actor,
        state: DeadlineState,
    ) -> Result<Vec<ObligationId>, Refusal> {
        if ids.len() > MANY {
            return Err(Refusal::new("too-many").with("max", MANY));
        }
        let mut chosen = Vec::with_capacity(ids.len());
        for id in ids {
            let deadline = self.deadline(*id)?;
            self.require_deadline(actor, &deadline.terms)?;
            if deadline.state != state {
                return Err(state_refusal(*id, deadline.state));
            }
            if !chosen.contains(id) {
                chosen.push(*id);
            }
        }
        Ok(chosen)
    }
}

impl Act<'_> {
    /// Deadlines get another date.
    pub(super) fn moved(
        &mut self,
        ids: Vec<ObligationId>,
        due: NaiveDate,
        nominal: NaiveDate,
        estimate: bool,
        fixed: bool,
        reason: &str,
    ) {
        let (at, by, reason) = (self.now, self.by(), reason.to_owned());
        self.push(Fact::DeadlinesMoved {
            ids,
            due,
            nominal,
            estimate,
            fixed,
            reason,
            at,
            by,
        });
    }
}

fn needed_reason(text: &str) -> Result<String, Refusal> {
    clean_text("reason", text, 200)?.ok_or_else(|| Refusal::new("reason-missing").on("reason"))
}

fn state_refusal(id: ObligationId, state: DeadlineState) -> Refusal {
    let state = match state {
        DeadlineState::Open => "open",
        DeadlineState::Met => "met",
        DeadlineState::Exempt => "exempt",
    };
    Refusal::new("deadline-state")
        .with("id", id)
        .with("state", state)
}
