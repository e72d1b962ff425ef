//! The part of the index that knows who owes what: deadlines by occasion, by satker and by date, and the reminders drafted for them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use super::index::{next, place};
use super::opened::Opened;
use crate::domain::deadline::{Cause, Deadline, DeadlineState, Owner, Terms};
use crate::domain::id::{ObligationId, SatkerCode, SmsId};
use crate::domain::period::Period;
use crate::domain::sms::Sms;

/// Position of an occasion in [`DeadlineIndex::occasion`].
pub type OccasionAt = u32;

/// What is known of a deadline without reading its record.
#[derive(Debug, Clone)]
pub struct DeadlineEntry {
    /// Its number.
    pub id: ObligationId,
    /// Who owes it.
    pub owner: Owner,
    /// The occasion, which knows the obligation.
    pub occasion: OccasionAt,
    /// By when.
    pub due: NaiveDate,
    /// What became of it.
    pub state: DeadlineState,
    /// Fulfilled on.
    pub met: Option<NaiveDate>,
    /// The date is an estimate.
    pub estimate: bool,
    /// A person set the date.
    pub fixed: bool,
}

impl DeadlineEntry {
    /// Open and past its date.
    pub fn late(&self, today: NaiveDate) -> bool {
        self.state == DeadlineState::Open && self.due < today
    }
}

/// The same thing owed by several: an obligation in one period, after one event, for one entry of a letter.
#[derive(Debug, Clone)]
pub struct Occasion {
    /// Obligation id.
    pub obligation: String,
    /// Module id.
    pub module: String,
    /// The period, where it has one.
    pub period: Option<Period>,
    /// The entry or milestone, where it has one.
    pub item: Option<String>,
    owners: HashMap<Owner, ObligationId>,
}

/// A reminder that was drafted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drafted {
    /// The message.
    pub sms: SmsId,
    /// Why it was drafted.
    pub cause: Cause,
    /// The date that it named.
    pub due: Option<NaiveDate>,
}

/// A date given by letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenDate {
    /// The date.
    pub date: NaiveDate,
    /// Number of the letter.
    pub note: String,
}

/// Names a date given by letter: obligation, period, entry.
pub type DateKey = (String, Period, Option<String>);

/// See the module's documentation.
#[derive(Debug, Default)]
pub struct DeadlineIndex {
    entries: Vec<DeadlineEntry>,
    occasions: Vec<Occasion>,
    occasion_at: HashMap<(String, String), OccasionAt>,
    by_satker: HashMap<SatkerCode, Vec<ObligationId>>,
    by_due: BTreeSet<(NaiveDate, ObligationId)>,
    open: BTreeSet<(NaiveDate, ObligationId)>,
    drafted: HashMap<ObligationId, Vec<Drafted>>,
    dates: BTreeMap<DateKey, GivenDate>,
    last_run: Option<NaiveDate>,
}

impl DeadlineIndex {
    /// Deadlines that come into being.
    pub(super) fn note_opened(&mut self, opened: &Opened) {
        let terms = &opened.terms;
        let occasion = self.occasion_of(terms);
        for (id, owner) in opened.owners() {
            self.put(DeadlineEntry {
                id,
                owner,
                occasion,
                due: terms.due,
                state: DeadlineState::Open,
                met: None,
                estimate: terms.estimate,
                fixed: false,
            });
        }
    }

    /// A deadline that something happened to.
    pub(super) fn note(&mut self, deadline: &Deadline) {
        let terms = &deadline.terms;
        let occasion = self.occasion_of(terms);
        self.put(DeadlineEntry {
            id: deadline.id,
            owner: deadline.owner,
            occasion,
            due: terms.due,
            state: deadline.state,
            met: deadline.met,
            estimate: terms.estimate,
            fixed: deadline.fixed,
        });
    }

    fn occasion_of(&mut self, terms: &Terms) -> OccasionAt {
        let name = (terms.obligation.clone(), terms.occasion());
        if let Some(at) = self.occasion_at.get(&name) {
            return *at;
        }
        let at = u32::try_from(self.occasions.len()).unwrap_or(u32::MAX);
        self.occasions.push(Occasion {
            obligation: terms.obligation.clone(),
            module: terms.module.clone(),
            period: terms.period,
            item: terms.item.clone(),
            owners: HashMap::new(),
        });
        self.occasion_at.insert(name, at);
        at
    }

    fn put(&mut self, entry: DeadlineEntry) {
        if let Some(old) = self.get(entry.id) {
            let key = (old.due, old.id);
            self.by_due.remove(&key);
            self.open.remove(&key);
        } else {
            self.by_satker
                .entry(entry.owner.satker)
                .or_default()
                .push(entry.id);
            if let Some(occasion) = self.occasions.get_mut(entry.occasion as usize) {
                occasion.owners.insert(entry.owner, entry.id);
            }
        }
        self.by_due.insert((entry.due, entry.id));
        if entry.state == DeadlineState::Open {
            self.open.insert((entry.due, entry.id));
        }
        let at = place(&self.entries, entry.id.0, |entry| entry.id.0).unwrap_or(usize::MAX);
        match self.entries.get_mut(at) {
            Some(slot) => *slot = entry,
            None => self.entries.push(entry),
        }
    }

    pub(super) fn note_sms(&mut self, sms: &Sms) {
        for reminded in &sms.reminds {
            let list = self.drafted.entry(reminded.deadline).or_default();
            let drafted = Drafted {
                sms: sms.id,
                cause: reminded.cause,
                due: reminded.due,
            };
            if !list.contains(&drafted) {
                list.push(drafted);
            }
        }
    }

    pub(super) fn note_date(&mut self, key: DateKey, date: Option<GivenDate>) {
        match date {
            Some(date) => self.dates.insert(key, date),
            None => self.dates.remove(&key),
        };
    }

    pub(super) fn note_run(&mut self, day: NaiveDate) {
        self.last_run = Some(day);
    }

    /// All deadlines, in the order in which they came into being.
    pub fn all(&self) -> &[DeadlineEntry] {
        &self.entries
    }

    /// The number of the next deadline.
    pub fn next(&self) -> u64 {
        next(&self.entries, |entry| entry.id.0)
    }

    /// The entry of a deadline.
    pub fn get(&self, id: ObligationId) -> Option<&DeadlineEntry> {
        self.entries
            .get(place(&self.entries, id.0, |entry| entry.id.0)?)
    }

    /// The occasion of an entry.
    pub fn occasion(&self, at: OccasionAt) -> Option<&Occasion> {
        self.occasions.get(at as usize)
    }

    /// The deadline of an owner on an occasion.
    pub fn find(&self, obligation: &str, occasion: &str, owner: Owner) -> Option<ObligationId> {
        let name = (obligation.to_owned(), occasion.to_owned());
        let at = *self.occasion_at.get(&name)?;
        self.occasion(at)?.owners.get(&owner).copied()
    }

    /// Who owes an obligation on an occasion already, as a question to ask many times.
    pub fn owners(
        &self,
        obligation: &str,
        occasion: &str,
    ) -> Option<&HashMap<Owner, ObligationId>> {
        let name = (obligation.to_owned(), occasion.to_owned());
        let at = *self.occasion_at.get(&name)?;
        self.occasion(at).map(|occasion| &occasion.owners)
    }

    /// Deadlines of a satker, in the order in which they came into being.
    pub fn of_satker(&self, satker: SatkerCode) -> impl DoubleEndedIterator<Item = &DeadlineEntry> {
        let ids = self.by_satker.get(&satker).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| self.get(*id))
    }

    /// Open deadlines, earliest date first.
    pub fn open(&self) -> impl DoubleEndedIterator<Item = &DeadlineEntry> {
        self.open.iter().filter_map(|(_, id)| self.get(*id))
    }

    /// All deadlines due from one day to another, both included, earliest first.
    pub fn due_between(
        &self,
        from: NaiveDate,
        until: NaiveDate,
    ) -> impl DoubleEndedIterator<Item = &DeadlineEntry> {
        // An empty range must not panic.
        let until = until.max(from);
        self.by_due
            .range((from, ObligationId(0))..=(until, ObligationId(u64::MAX)))
            .filter_map(|(_, id)| self.get(*id))
    }

    /// Reminders drafted for a deadline, oldest first.
    pub fn drafted(&self, id: ObligationId) -> &[Drafted] {
        self.drafted.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Dates given by letter.
    pub fn dates(&self) -> &BTreeMap<DateKey, GivenDate> {
        &self.dates
    }

    /// The date that a letter gave.
    pub fn date(&self, obligation: &str, period: Period, item: Option<&str>) -> Option<NaiveDate> {
        let key = (obligation.to_owned(), period, item.map(str::to_owned));
        self.dates.get(&key).map(|given| given.date)
    }

    /// The last day whose run was finished.
    pub fn last_run(&self) -> Option<NaiveDate> {
        self.last_run
    }
}
