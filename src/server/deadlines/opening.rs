//! Deadlines that come into being by themselves: of every period, of the entries of a letter, of the milestones of a stage. And what the
//! calendar does to those that are open.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{Datelike, Days};

use super::{
    Act, Actor, BATCH, DateTime, DeadlineState, Fact, NaiveDate, ObligationId, Office, Owner,
    Refusal, Terms, Treasurer, Utc, Values,
};
use crate::domain::deadline::{DeadlineChange, occasion};
use crate::domain::period::Period;
use crate::domain::rule::{Basis, DueError, Every, Obligation, Per};
use crate::store::{DeadlineEntry, SatkerEntry};

/// Deadlines come into being this many days before they fall due, so that the calendar of this month and the next is complete.
pub const HORIZON: u64 = 62;

/// After a standstill of at most so many days, what fell due meanwhile still comes into being; after a longer one only what is to come.
const LOOK_BACK: i64 = 62;

/// Why the server exempts by itself.
const INACTIVE: &str = "satker-inactive";

/// The satker has no Bendahara Penerimaan any more.
const NO_TREASURER: &str = "no-revenue-treasurer";

/// The letter that gave the date was taken back, and nothing else gives one.
const DATE_TAKEN_BACK: &str = "date-taken-back";

/// Owners in one step at the most, so that the desk waits for no more than some milliseconds.
const STEP: usize = 2_000;

impl Office {
    /// One step of making the deadlines that are near: the facts, and whether more is to do. `finished` counts the occasions that all
    /// who owe have by now, so that the steps of one run do not look at them again; a run begins with 0.
    ///
    /// # Errors
    /// Those of the store.
    pub fn open_deadlines(
        &self,
        finished: &AtomicUsize,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, bool), Refusal> {
        let system = Actor::system();
        let mut act = Act::new(self, &system, now);
        let standing = self.standing();
        let mut left = self.open_milestones(&mut act, &standing, STEP);
        if left == 0 {
            return Ok((act.into_facts(), true));
        }
        // Who owes is the same for many occasions.
        let mut by_kind: Vec<(&str, Per, Vec<Owner>)> = Vec::new();
        let coming = self.coming(self.date(now));
        let skip = finished.load(Ordering::Relaxed);
        for (place, terms) in coming.into_iter().enumerate().skip(skip) {
            finished.store(place, Ordering::Relaxed);
            let Some(rule) = self.rule_of(&terms) else {
                continue;
            };
            let Ok(module) = self.modules.module(&terms.module) else {
                continue;
            };
            let kind = module.participant.kind.as_str();
            let same = |entry: &(&str, Per, Vec<Owner>)| entry.0 == kind && entry.1 == rule.per;
            let at = by_kind.iter().position(same).unwrap_or_else(|| {
                by_kind.push((kind, rule.per, self.all_owners(rule, kind)));
                by_kind.len() - 1
            });
            let owners = by_kind.get(at).map_or(&[][..], |entry| entry.2.as_slice());
            let missing: Vec<Owner> = {
                let index = self.store.index();
                let known = index
                    .deadlines()
                    .owners(&terms.obligation, &terms.occasion());
                owners
                    .iter()
                    .copied()
                    .filter(|owner| {
                        module.stages.is_empty()
                            || Self::takes_part(
                                module,
                                index
                                    .satker()
                                    .get(&owner.satker)
                                    .and_then(|one| one.progress.as_ref()),
                                &terms,
                            )
                    })
                    .filter(|owner| known.is_none_or(|known| !known.contains_key(owner)))
                    .take(left)
                    .collect()
            };
            left -= missing.len();
            for owners in missing.chunks(BATCH) {
                act.open(owners.to_vec(), terms.clone());
            }
            if left == 0 {
                return Ok((act.into_facts(), true));
            }
        }
        self.release_inactive(&mut act)?;
        self.claim_again(&mut act)?;
        self.claim_dated(&mut act)?;
        Ok((act.into_facts(), false))
    }

    /// All active participants of a kind that owe an obligation, by code.
    pub(super) fn all_owners(&self, rule: &Obligation, kind: &str) -> Vec<Owner> {
        let index = self.store.index();
        let active = index.satker().iter();
        active
            .filter(|(_, entry)| entry.active && entry.kind == kind)
            .flat_map(|(code, entry)| Self::owners_at(rule, *code, entry.revenue_treasurer))
            .collect()
    }

    /// What everybody owes soon, or owed since the last run.
    fn coming(&self, today: NaiveDate) -> Vec<Terms> {
        let last = self.store.index().deadlines().last_run();
        let earliest = last
            .filter(|last| *last < today && (today - *last).num_days() <= LOOK_BACK)
            .unwrap_or(today);
        let latest = today.checked_add_days(Days::new(HORIZON)).unwrap_or(today);
        self.falling_due(earliest, latest)
    }

    /// What everybody owes by these days, by period or by the entries of a letter.
    pub(super) fn falling_due(&self, earliest: NaiveDate, latest: NaiveDate) -> Vec<Terms> {
        let near = |terms: &Terms| (earliest..=latest).contains(&terms.due);
        let mut seen = std::collections::BTreeSet::new();
        let mut found = Vec::new();
        for rule in self.modules.obligations() {
            if !seen.insert(&rule.id) {
                continue;
            }
            match &rule.every {
                Every::Period(kind) => {
                    // Due dates lie at most some months from their period.
                    let mut period = Period::containing(*kind, earliest);
                    for _ in 0..4 {
                        period = period.previous();
                    }
                    let mut tries = 0;
                    while period.first_day() <= latest + Days::new(200) && tries < 40 {
                        found.extend(self.period_terms(&rule.id, period).filter(near));
                        period = period.next();
                        tries += 1;
                    }
                }
                Every::Dates => {
                    for year in [
                        earliest.year() - 1,
                        earliest.year(),
                        latest.year(),
                        latest.year() + 1,
                    ] {
                        let Some(year) = Period::year(year) else {
                            continue;
                        };
                        found.extend(self.letter_terms(rule, year).into_iter().filter(near));
                    }
                }
                Every::Event(_) | Every::Milestone => {}
            }
        }
        let mut once = std::collections::HashSet::new();
        found.retain(|terms| once.insert((terms.obligation.clone(), terms.occasion())));
        found
    }

    /// The entries of a yearly letter whose dates were given.
    fn letter_terms(&self, rule: &Obligation, year: Period) -> Vec<Terms> {
        let given: Vec<(String, NaiveDate)> = {
            let index = self.store.index();
            let deadlines = index.deadlines();
            rule.items
                .iter()
                .filter_map(|item| {
                    Some((
                        item.id.clone(),
                        deadlines.date(&rule.id, year, Some(&item.id))?,
                    ))
                })
                .collect()
        };
        given
            .into_iter()
            .filter_map(|(item, date)| {
                let basis = Basis {
                    letter: Some(date),
                    ..Basis::period(year)
                };
                let (rule, due) = self.modules.due(&rule.id, &basis, &self.calendar()).ok()?;
                Some(Terms {
                    obligation: rule.id.clone(),
                    module: rule.module.clone(),
                    period: Some(year),
                    event: None,
                    item: Some(item),
                    fields: Values::new(),
                    value: None,
                    due: due.date,
                    nominal: due.nominal,
                    estimate: due.estimate,
                })
            })
            .collect()
    }

    /// A satker that became inactive owes nothing any more, nor does a participant owe what belongs to another kind or stage.
    fn release_inactive(&self, act: &mut Act<'_>) -> Result<(), Refusal> {
        let released: Vec<(ObligationId, &'static str)> = {
            let index = self.store.index();
            let deadlines = index.deadlines();
            let why = |entry: &DeadlineEntry| -> Option<&'static str> {
                let Some(satker) = index.satker().get(&entry.owner.satker) else {
                    return Some(INACTIVE);
                };
                if !satker.active {
                    return Some(INACTIVE);
                }
                if entry.owner.treasurer == Some(Treasurer::Penerimaan) && !satker.revenue_treasurer
                {
                    return Some(NO_TREASURER);
                }
                let occasion = deadlines.occasion(entry.occasion)?;
                self.released(occasion, &satker.kind, satker.progress.as_ref())
            };
            let open = deadlines.open();
            open.filter_map(|entry| Some((entry.id, why(entry)?)))
                .collect()
        };
        for (id, why) in &released {
            act.exempt(*id, why);
        }
        for why in [
            INACTIVE,
            NO_TREASURER,
            "kind-changed",
            "programme-ended",
            "stage-left",
        ] {
            let ids: Vec<ObligationId> = released
                .iter()
                .filter(|(_, other)| *other == why)
                .map(|(id, _)| *id)
                .collect();
            self.withdraw_reminders(act, &ids, why)?;
        }
        Ok(())
    }

    /// A satker that is active again, after a mistake of a list most likely, owes again what is still to come.
    fn claim_again(&self, act: &mut Act<'_>) -> Result<(), Refusal> {
        let today = self.date(act.now);
        let exempt: Vec<ObligationId> = {
            let index = self.store.index();
            let active = |owner: Owner| {
                let has = |entry: &SatkerEntry| {
                    entry.active
                        && (owner.treasurer != Some(Treasurer::Penerimaan)
                            || entry.revenue_treasurer)
                };
                index.satker().get(&owner.satker).is_some_and(has)
            };
            let coming = index.deadlines().due_between(today, NaiveDate::MAX);
            coming
                .filter(|entry| entry.state == DeadlineState::Exempt && active(entry.owner))
                .map(|entry| entry.id)
                .collect()
        };
        for id in exempt {
            let deadline = self.deadline(id)?;
            let released = deadline.history.last().is_some_and(|step| {
                step.by == act.actor.user
                    && matches!(&step.what, DeadlineChange::Exempted { reason } if reason == INACTIVE || reason == NO_TREASURER)
            });
            if released {
                self.owe_again(act, id, "satker-active")?;
            }
        }
        Ok(())
    }

    /// A date that was taken back is given anew: it is owed again.
    fn claim_dated(&self, act: &mut Act<'_>) -> Result<(), Refusal> {
        let exempt: Vec<ObligationId> = {
            let index = self.store.index();
            let deadlines = index.deadlines();
            let dated = deadlines
                .dates()
                .keys()
                .filter_map(|(obligation, period, item)| {
                    let name = occasion(Some(*period), None, item.as_deref(), &Values::new());
                    deadlines.owners(obligation, &name)
                });
            let owed = dated.flat_map(|owners| owners.values().copied());
            let exempt = owed.filter(|id| {
                deadlines
                    .get(*id)
                    .is_some_and(|entry| entry.state == DeadlineState::Exempt)
            });
            let mut exempt: Vec<ObligationId> = exempt.collect();
            exempt.sort_unstable();
            exempt
        };
        for id in exempt {
            let deadline = self.deadline(id)?;
            let taken_back = deadline.history.last().is_some_and(|step| {
                matches!(&step.what, DeadlineChange::Exempted { reason } if reason == DATE_TAKEN_BACK)
            });
            if taken_back {
                self.owe_again(act, id, "date-given")?;
            }
        }
        Ok(())
    }

    /// Computes the dates of all open deadlines anew, after the calendar or a date given by letter changed.
    ///
    /// # Errors
    /// Those of the store.
    pub fn recompute_deadlines(
        &self,
        reason: &str,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Vec<Fact>, Refusal> {
        let mut act = Act::new(self, actor, now);
        let mut groups: BTreeMap<(u32, NaiveDate), Vec<ObligationId>> = BTreeMap::new();
        {
            let index = self.store.index();
            for entry in index.deadlines().open().filter(|entry| !entry.fixed) {
                let group = groups.entry((entry.occasion, entry.due)).or_default();
                group.push(entry.id);
            }
        }
        let calendar = self.calendar();
        let (mut elsewhere, mut undated) = (Vec::new(), Vec::new());
        for (_, ids) in groups {
            let Some(first) = ids.first() else { continue };
            let terms = self.deadline(*first)?.terms;
            let basis = self.full_basis(&terms);
            let due = match self.modules.due(&terms.obligation, &basis, &calendar) {
                Ok((_, due)) => due,
                Err(DueError::LetterNeeded) => {
                    undated.extend(ids);
                    continue;
                }
                Err(_) => continue,
            };
            if (due.date, due.estimate) == (terms.due, terms.estimate) {
                continue;
            }
            for ids in ids.chunks(BATCH) {
                act.moved(
                    ids.to_vec(),
                    due.date,
                    due.nominal,
                    due.estimate,
                    false,
                    reason,
                );
            }
            if due.date != terms.due {
                elsewhere.extend(ids);
            }
        }
        for id in &undated {
            act.exempt(*id, DATE_TAKEN_BACK);
        }
        // All at once: a digest may speak of several that moved.
        self.withdraw_reminders(&mut act, &elsewhere, "deadline-moved")?;
        self.withdraw_reminders(&mut act, &undated, DATE_TAKEN_BACK)?;
        Ok(act.into_facts())
    }

    /// Deadlines of an obligation with dates from a letter, for some satker by hand: their number.
    pub(super) fn open_by_hand(
        &self,
        act: &mut Act<'_>,
        rule: &Obligation,
        item: &str,
        date: NaiveDate,
        owners: Vec<Owner>,
    ) -> Result<Vec<ObligationId>, Refusal> {
        let basis = Basis::default().with_letter(date);
        let (rule, due) = self
            .modules
            .due(&rule.id, &basis, &self.calendar())
            .map_err(|error| super::no_due(&error))?;
        let name = occasion(None, None, Some(item), &Values::new());
        let owners: Vec<Owner> = {
            let index = self.store.index();
            let deadlines = index.deadlines();
            let open = |id: ObligationId| {
                deadlines
                    .get(id)
                    .is_some_and(|entry| entry.state == DeadlineState::Open)
            };
            owners
                .into_iter()
                .filter(|owner| {
                    deadlines
                        .find(&rule.id, &name, *owner)
                        .is_none_or(|id| !open(id))
                })
                .collect()
        };
        let terms = Terms {
            obligation: rule.id.clone(),
            module: rule.module.clone(),
            period: None,
            event: None,
            item: Some(item.to_owned()),
            fields: Values::new(),
            value: None,
            due: due.date,
            nominal: due.nominal,
            estimate: false,
        };
        let mut ids = Vec::with_capacity(owners.len());
        for owners in owners.chunks(BATCH) {
            let first = act.open(owners.to_vec(), terms.clone());
            ids.extend((first.0..).map(ObligationId).take(owners.len()));
        }
        Ok(ids)
    }
}
