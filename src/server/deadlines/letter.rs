//! What completing a letter does to deadlines: it meets what the service fulfils, and records what the service tells.

use super::{
    Act, Actor, AgendaNo, DateTime, DeadlineState, Fact, Happening, NaiveDate, ObligationId,
    Office, Owner, Refusal, SatkerCode, Terms, Treasurer, Utc, Values, bare,
};
use crate::domain::letter::Letter;
use crate::domain::module::{Field, FieldType, FulfilsOn, Service};
use crate::domain::period::Period;
use crate::domain::phone::PhoneNumber;
use crate::domain::rule::{Basis, Every, Per};
use chrono::Datelike;

impl Office {
    /// Meets what a completed letter fulfils and records what it tells. `told` are the phones of its notice.
    pub(in crate::server) fn after_completion(
        &self,
        act: &mut Act<'_>,
        service: &Service,
        letter: &Letter,
        told: &[PhoneNumber],
    ) -> Result<(), Refusal> {
        let Some(satker) = letter.sender.satker() else {
            return Ok(());
        };
        let today = self.date(act.now);
        let on = match service.fulfils_on {
            FulfilsOn::Received => self.date(letter.received),
            FulfilsOn::Completed => today,
        };
        let mut met = Vec::new();
        for obligation in &service.fulfils {
            if let Some(id) = self.fulfilled(act, service, obligation, satker, letter)? {
                act.meet(id, on, Some(letter.agenda));
                met.push(id);
            }
        }
        self.withdraw_reminders(act, &met, "deadline-met")?;
        for record in &service.records {
            let date = record
                .date_field
                .as_ref()
                .and_then(|field| letter.fields.get(field))
                .and_then(|text| text.parse().ok())
                .unwrap_or(today);
            let happening = Happening {
                event: record.event.clone(),
                date,
            };
            let fields = self.carried(service, &record.event, &letter.fields);
            self.happened(act, satker, &happening, fields, Some(letter.agenda), told)?;
        }
        Ok(())
    }

    /// A void letter fulfils nothing and tells nothing: what it had met is owed again, what it had started is not owed.
    pub(in crate::server) fn owed_again(
        &self,
        letter: &Letter,
        reason: &str,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Vec<Fact>, Refusal> {
        let Some(satker) = letter.sender.satker() else {
            return Ok(Vec::new());
        };
        let met: Vec<ObligationId> = {
            let index = self.store.index();
            let theirs = index.deadlines().of_satker(satker);
            theirs
                .filter(|entry| entry.state == DeadlineState::Met)
                .map(|entry| entry.id)
                .collect()
        };
        let mut act = Act::new(self, actor, now);
        for id in met {
            if self.deadline(id)?.letter == Some(letter.agenda) {
                self.owe_again(&mut act, id, reason)?;
            }
        }
        let started = self.started_by_letter(letter, satker)?;
        for id in &started {
            act.exempt(*id, reason);
        }
        self.withdraw_reminders(&mut act, &started, reason)?;
        Ok(act.into_facts())
    }

    /// What is open because this letter was completed, and for no other reason: it came into being at that moment.
    fn started_by_letter(
        &self,
        letter: &Letter,
        satker: SatkerCode,
    ) -> Result<Vec<ObligationId>, Refusal> {
        let (Some(completed), Ok(service)) = (
            letter.completed,
            self.service(&letter.module, &letter.service),
        ) else {
            return Ok(Vec::new());
        };
        let open: Vec<ObligationId> = {
            let index = self.store.index();
            let theirs = index.deadlines().of_satker(satker);
            theirs
                .filter(|entry| entry.state == DeadlineState::Open)
                .map(|entry| entry.id)
                .collect()
        };
        let mut started = Vec::new();
        for id in open {
            let deadline = self.deadline(id)?;
            let told = deadline.terms.event.as_ref().is_some_and(|happening| {
                let mut records = service.records.iter();
                records.any(|record| record.event == happening.event)
            });
            if told
                && deadline
                    .history
                    .first()
                    .is_some_and(|step| step.at == completed)
            {
                started.push(id);
            }
        }
        Ok(started)
    }

    /// The open deadline that a letter fulfils. One of a period that has not come into being yet does so now, so that it is not asked
    /// for later.
    fn fulfilled(
        &self,
        act: &mut Act<'_>,
        service: &Service,
        obligation: &str,
        satker: SatkerCode,
        letter: &Letter,
    ) -> Result<Option<ObligationId>, Refusal> {
        let Some(any) = self
            .modules
            .obligations()
            .find(|rule| rule.id == obligation)
        else {
            return Ok(None);
        };
        let treasurer = letter
            .fields
            .get("jenis_bendahara")
            .and_then(|text| Treasurer::parse(text))
            .unwrap_or(Treasurer::Pengeluaran);
        let owner = Owner {
            satker,
            treasurer: (any.per == Per::Treasurer).then_some(treasurer),
        };
        let about = letter_period(service, letter, self.date(letter.received));
        if let (Every::Period(kind), Some(period)) = (&any.every, about) {
            let period = if period.kind() == *kind {
                period
            } else {
                Period::containing(*kind, period.first_day())
            };
            return self.fulfilled_period(act, obligation, owner, period);
        }
        let mut best: Option<(bool, NaiveDate, ObligationId)> = None;
        let open: Vec<ObligationId> = {
            let index = self.store.index();
            let deadlines = index.deadlines();
            deadlines
                .of_satker(satker)
                .filter(|entry| entry.state == DeadlineState::Open && entry.owner == owner)
                .filter(|entry| {
                    deadlines
                        .occasion(entry.occasion)
                        .is_some_and(|occasion| occasion.obligation == obligation)
                })
                .map(|entry| entry.id)
                .collect()
        };
        for id in open {
            let deadline = self.deadline(id)?;
            let Some(same) = self.agree(&deadline.terms, letter) else {
                continue;
            };
            let candidate = (!same, deadline.terms.due, id);
            if best.is_none_or(|best| candidate < best) {
                best = Some(candidate);
            }
        }
        Ok(best.map(|(_, _, id)| id))
    }

    fn fulfilled_period(
        &self,
        act: &mut Act<'_>,
        obligation: &str,
        owner: Owner,
        period: Period,
    ) -> Result<Option<ObligationId>, Refusal> {
        let occasion = crate::domain::deadline::occasion(Some(period), None, None, &Values::new());
        let known = self
            .store
            .index()
            .deadlines()
            .find(obligation, &occasion, owner);
        if let Some(id) = known {
            let open = self.deadline(id)?.state == DeadlineState::Open;
            return Ok(open.then_some(id));
        }
        let Some(terms) = self.period_terms(obligation, period) else {
            return Ok(None);
        };
        Ok(Some(act.open(vec![owner], terms)))
    }

    /// The terms of an obligation for a period, by the rule in force.
    pub(super) fn period_terms(&self, obligation: &str, period: Period) -> Option<Terms> {
        let letter = self
            .store
            .index()
            .deadlines()
            .date(obligation, period, None);
        let basis = Basis {
            letter,
            ..Basis::period(period)
        };
        let (rule, due) = self
            .modules
            .due(obligation, &basis, &self.calendar())
            .ok()?;
        Some(Terms {
            obligation: rule.id.clone(),
            module: rule.module.clone(),
            period: Some(period),
            event: None,
            item: None,
            fields: Values::new(),
            value: None,
            due: due.date,
            nominal: due.nominal,
            estimate: due.estimate,
        })
    }

    /// Whether a letter and a deadline speak of the same paper or milestone: yes, nothing says so, or (none) of another one.
    fn agree(&self, terms: &Terms, letter: &Letter) -> Option<bool> {
        if let Some(item) = &terms.item {
            let theirs = letter.fields.get("tonggak").map(|text| bare(text));
            let names = self.item_names(terms, item);
            return theirs
                .is_some_and(|theirs| names.iter().any(|name| bare(name) == theirs))
                .then_some(true);
        }
        let Some(event) = terms
            .event
            .as_ref()
            .and_then(|happening| self.modules.event(&happening.event).ok())
        else {
            return Some(false);
        };
        let service = self.service(&letter.module, &letter.service).ok();
        let mut same = false;
        for field in &event.fields {
            if field.kind != FieldType::Text || field.mask {
                continue;
            }
            let placeholder = field.placeholder.as_deref().unwrap_or(&field.id);
            let theirs = letter.fields.get(&field.id).or_else(|| {
                let other = service?.field_for(placeholder)?;
                letter.fields.get(&other.id)
            });
            let (Some(ours), Some(theirs)) = (terms.fields.get(&field.id), theirs) else {
                continue;
            };
            let (ours, theirs) = (bare(ours), bare(theirs));
            if ours.is_empty() || theirs.is_empty() {
                continue;
            }
            if ours != theirs {
                return None;
            }
            same = true;
        }
        Some(same)
    }

    /// All the ways to name an entry or milestone.
    pub(super) fn item_names(&self, terms: &Terms, item: &str) -> Vec<String> {
        let mut names = vec![item.to_owned()];
        if let Ok(module) = self.modules.module(&terms.module) {
            let milestones = module.stages.iter().flat_map(|stage| &stage.milestones);
            for milestone in milestones.filter(|milestone| milestone.id == item) {
                names.extend([
                    milestone.short.clone(),
                    milestone.name.id.clone(),
                    milestone.name.en.clone(),
                ]);
            }
        }
        names
    }

    /// The fields of an event, taken from those of the service that records it: by id, else by placeholder.
    fn carried(&self, service: &Service, event: &str, values: &Values) -> Values {
        let Ok(event) = self.modules.event(event) else {
            return Values::new();
        };
        event
            .fields
            .iter()
            .filter_map(|field| {
                let placeholder = field.placeholder.as_deref().unwrap_or(&field.id);
                let value = values.get(&field.id).or_else(|| {
                    let other = service.field_for(placeholder)?;
                    values.get(&other.id)
                })?;
                (!value.is_empty()).then(|| (field.id.clone(), value.clone()))
            })
            .collect()
    }

    /// Letters that the office still works on and that would fulfil something, by satker: nobody is told to hand in what lies here.
    pub(super) fn in_hand(&self) -> std::collections::HashMap<SatkerCode, Vec<AgendaNo>> {
        use crate::domain::letter::LetterState;
        let index = self.store.index();
        let mut fulfilling = std::collections::HashSet::new();
        for module in self.modules.iter() {
            for service in module.services.iter().filter(|s| !s.fulfils.is_empty()) {
                if let (Some(module), Some(service)) =
                    (index.interned(&module.id), index.interned(&service.id))
                {
                    fulfilling.insert((module, service));
                }
            }
        }
        let mut found: std::collections::HashMap<SatkerCode, Vec<AgendaNo>> =
            std::collections::HashMap::new();
        for (_, letter) in index.open() {
            // What waits for the satker is not in the office's hands.
            if letter.state == LetterState::Waiting
                || !fulfilling.contains(&(letter.module, letter.service))
            {
                continue;
            }
            if let Some(code) = letter.satker {
                found.entry(code).or_default().push(letter.agenda);
            }
        }
        found
    }

    /// Whether one of these letters would fulfil the deadline.
    pub(super) fn lies_here(
        &self,
        letters: &[AgendaNo],
        owner: Owner,
        terms: &Terms,
    ) -> Result<bool, Refusal> {
        for agenda in letters {
            let letter = self.letter(*agenda)?;
            let Ok(service) = self.service(&letter.module, &letter.service) else {
                continue;
            };
            if !service.fulfils.contains(&terms.obligation) {
                continue;
            }
            let treasurer = letter
                .fields
                .get("jenis_bendahara")
                .and_then(|text| Treasurer::parse(text))
                .unwrap_or(Treasurer::Pengeluaran);
            if owner.treasurer.is_some_and(|ours| ours != treasurer) {
                continue;
            }
            let received = self.date(letter.received);
            let about = match (terms.period, letter_period(service, &letter, received)) {
                _ if terms.item.is_some() => self.agree(terms, &letter).is_some(),
                (Some(ours), Some(theirs)) => {
                    ours == Period::containing(ours.kind(), theirs.first_day())
                }
                (Some(_), None) => true,
                (None, _) => self.agree(terms, &letter).is_some(),
            };
            if about {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The period that a letter is about: its month, or its quarter in the year nearest to the day it came in.
fn letter_period(service: &Service, letter: &Letter, received: NaiveDate) -> Option<Period> {
    let value = |field: &Field| letter.fields.get(&field.id).map(String::as_str);
    let month = service
        .fields
        .iter()
        .filter(|field| field.kind == FieldType::Month)
        .find_map(|field| Period::parse(value(field)?).ok());
    let quarter = || {
        let field = service.fields.iter().find(|field| field.id == "triwulan")?;
        let number: u32 = value(field)?.parse().ok()?;
        let years = [received.year(), received.year() + 1, received.year() - 1];
        years
            .into_iter()
            .filter_map(|year| Period::quarter(year, number))
            .min_by_key(|period| (period.first_day() - received).num_days().abs())
    };
    month.or_else(quarter)
}
