//! Who owes what by when, as lists, counters and details.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::ask::{
    DateList, DateRow, DeadlineCounts, DeadlineDetail, DeadlineFilter, DeadlinePage, DeadlineQuery,
    DeadlineRow, DeadlineTotals, EventOutcome, ListDeadlines, ReminderRow,
};
use crate::domain::access::Actor;
use crate::domain::deadline::{Deadline, DeadlineState, Terms};
use crate::domain::id::{ObligationId, SatkerCode};
use crate::domain::lang::Lang;
use crate::domain::refusal::Refusal;
use crate::domain::rule::{Obligation, days_late, late_repeats, reminders};
use crate::server::deadlines::Recorded;
use crate::server::office::Office;
use crate::store::DeadlineEntry;

/// Days that are counted one by one at the most.
const DAYS_MAX: i64 = 400;

impl Office {
    /// A page of deadlines, earliest due date first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn list_deadlines(
        &self,
        ask: &ListDeadlines,
        now: DateTime<Utc>,
    ) -> Result<DeadlinePage, Refusal> {
        let (skip, take) = (
            usize::try_from(ask.offset).unwrap_or(usize::MAX),
            ask.limit.min(super::PAGE_MAX) as usize,
        );
        let mut total = 0;
        let mut ids = Vec::new();
        self.matching(&ask.query, ask.latest_first, now, |entry| {
            if total >= skip && ids.len() < take {
                ids.push(entry.id);
            }
            total += 1;
        });
        Ok(DeadlinePage {
            rows: self.deadline_rows(&ids, now)?,
            total: total as u64,
            offset: ask.offset,
        })
    }

    /// Calls back for each deadline that matches, in the order of due dates.
    fn matching(
        &self,
        query: &DeadlineQuery,
        latest_first: bool,
        now: DateTime<Utc>,
        mut each: impl FnMut(&DeadlineEntry),
    ) {
        let today = self.date(now);
        let index = self.store.index();
        let deadlines = index.deadlines();
        let words: Vec<String> = query
            .find
            .as_deref()
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        let from = query.from.unwrap_or(NaiveDate::MIN);
        let until = query.until.unwrap_or(NaiveDate::MAX);
        // What an occasion says is the same for all its owners.
        let mut known: HashMap<u32, Option<String>> = HashMap::new();
        let mut occasion_text = |at: u32| -> Option<String> {
            known
                .entry(at)
                .or_insert_with(|| {
                    let occasion = deadlines.occasion(at)?;
                    let wanted = |wanted: &Option<String>, is: &str| {
                        wanted
                            .as_deref()
                            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(is))
                    };
                    let rule = self
                        .modules
                        .obligations()
                        .find(|rule| rule.id == occasion.obligation);
                    let section = rule.map_or("", |rule| rule.section.as_str());
                    let fits = wanted(&query.module, &occasion.module)
                        && wanted(&query.obligation, &occasion.obligation)
                        && wanted(&query.section, section);
                    fits.then(|| {
                        let name = rule.map_or("", |rule| rule.name.id.as_str());
                        let period = occasion
                            .period
                            .map(|period| format!("{period} {}", period.display(Lang::Id)))
                            .unwrap_or_default();
                        let item = occasion.item.as_deref().unwrap_or_default();
                        format!(
                            "{} {} {section} {name} {period} {item}",
                            occasion.module, occasion.obligation
                        )
                        .to_lowercase()
                    })
                })
                .clone()
        };
        let mut look = |entry: &DeadlineEntry| {
            if !(from..=until).contains(&entry.due) {
                return;
            }
            let late = entry.late(today);
            let fits = match query.filter {
                DeadlineFilter::All => true,
                DeadlineFilter::Owed => entry.state == DeadlineState::Open,
                DeadlineFilter::Open => entry.state == DeadlineState::Open && !late,
                DeadlineFilter::Late => late,
                DeadlineFilter::Met => entry.state == DeadlineState::Met,
                DeadlineFilter::Exempt => entry.state == DeadlineState::Exempt,
            };
            if !fits || query.satker.is_some_and(|code| code != entry.owner.satker) {
                return;
            }
            let Some(text) = occasion_text(entry.occasion) else {
                return;
            };
            if !words.is_empty() {
                let satker = index.satker().get(&entry.owner.satker);
                let theirs = satker.map(|satker| satker.haystack.to_lowercase());
                let found = |word: &String| {
                    text.contains(word.as_str())
                        || theirs
                            .as_ref()
                            .is_some_and(|theirs| theirs.contains(word.as_str()))
                        || entry.id.to_string().to_lowercase() == *word
                };
                if !words.iter().all(found) {
                    return;
                }
            }
            each(entry);
        };
        let owed = matches!(
            query.filter,
            DeadlineFilter::Owed | DeadlineFilter::Open | DeadlineFilter::Late
        );
        if let Some(code) = query.satker {
            let mut of_satker: Vec<&DeadlineEntry> = deadlines.of_satker(code).collect();
            of_satker.sort_by_key(|entry| (entry.due, entry.id));
            in_order(of_satker.into_iter(), latest_first, &mut look);
        } else if owed {
            in_order(deadlines.open(), latest_first, &mut look);
        } else {
            in_order(deadlines.due_between(from, until), latest_first, &mut look);
        }
    }

    /// Deadlines counted by day and state; days without service of the same time.
    pub fn count_deadlines(&self, query: &DeadlineQuery, now: DateTime<Utc>) -> DeadlineTotals {
        let today = self.date(now);
        let mut totals = DeadlineTotals::default();
        self.matching(query, false, now, |entry| {
            let day = totals.days.entry(entry.due).or_default();
            for counts in [day, &mut totals.total] {
                count(counts, entry, today);
            }
        });
        if let (Some(from), Some(until)) = (query.from, query.until)
            && (until - from).num_days() <= DAYS_MAX
        {
            let calendar = self.calendar();
            for day in from.iter_days().take_while(|day| *day <= until) {
                if !calendar.is_working_day(day) {
                    let name = calendar.name_of(day).unwrap_or_default();
                    totals.closed.insert(day, name.to_owned());
                }
            }
        }
        totals
    }

    /// What a satker owes, earliest first, as far as its page shows it.
    ///
    /// # Errors
    /// Those of the store.
    pub fn owed_by(
        &self,
        code: SatkerCode,
        now: DateTime<Utc>,
    ) -> Result<Vec<DeadlineRow>, Refusal> {
        let query = DeadlineQuery {
            satker: Some(code),
            filter: DeadlineFilter::Owed,
            ..DeadlineQuery::default()
        };
        let ask = ListDeadlines {
            query,
            latest_first: false,
            offset: 0,
            limit: 20,
        };
        Ok(self.list_deadlines(&ask, now)?.rows)
    }

    /// Rows of these deadlines.
    ///
    /// # Errors
    /// `deadline-unknown`.
    pub fn deadline_rows(
        &self,
        ids: &[ObligationId],
        now: DateTime<Utc>,
    ) -> Result<Vec<DeadlineRow>, Refusal> {
        ids.iter()
            .map(|id| Ok(self.deadline_row(&self.deadline(*id)?, now)))
            .collect()
    }

    fn deadline_row(&self, deadline: &Deadline, now: DateTime<Utc>) -> DeadlineRow {
        let today = self.date(now);
        let terms = &deadline.terms;
        let rule = self.rule_of(terms);
        let late = deadline.state == DeadlineState::Open && terms.due < today;
        let index = self.store.index();
        DeadlineRow {
            id: deadline.id,
            obligation: terms.obligation.clone(),
            module: terms.module.clone(),
            satker: deadline.owner.satker,
            satker_name: index.satker_name(deadline.owner.satker),
            treasurer: deadline.owner.treasurer,
            period: terms.period,
            due: terms.due,
            state: match deadline.state {
                DeadlineState::Open if late => "late",
                DeadlineState::Open => "open",
                DeadlineState::Met => "met",
                DeadlineState::Exempt => "exempt",
            }
            .to_owned(),
            met: deadline.met,
            name: rule.map_or_else(|| terms.obligation.clone(), |rule| rule.name.id.clone()),
            about: self.about(terms, rule),
            section: rule.map(|rule| rule.section.clone()).unwrap_or_default(),
            days_late: if late {
                rule.map_or_else(
                    || (today - terms.due).num_days(),
                    |rule| days_late(rule, terms.due, today, &self.calendar()),
                )
            } else {
                0
            },
            estimate: terms.estimate,
            letter: deadline.letter,
            event: terms.event.as_ref().map(|event| event.event.clone()),
            event_date: terms.event.as_ref().map(|event| event.date),
            reminders: u32::try_from(index.deadlines().drafted(deadline.id).len())
                .unwrap_or(u32::MAX),
        }
    }

    /// What tells a deadline from others of its kind: the entry, the milestone, or what was noted with the event.
    fn about(&self, terms: &Terms, rule: Option<&Obligation>) -> String {
        if terms.item.is_some() {
            return rule.map_or_else(
                || terms.item.clone().unwrap_or_default(),
                |rule| self.item_name(terms, rule),
            );
        }
        let Some(event) = terms
            .event
            .as_ref()
            .and_then(|happening| self.modules.event(&happening.event).ok())
        else {
            return String::new();
        };
        let named = event.fields.iter().filter(|field| !field.mask);
        let texts: Vec<String> = named
            .filter_map(|field| {
                let stored = terms.fields.get(&field.id)?;
                Some(field.display(stored, Lang::Id))
            })
            .take(2)
            .collect();
        texts.join(" ")
    }

    /// One deadline with what belongs to it.
    ///
    /// # Errors
    /// `deadline-unknown`.
    pub fn show_deadline(
        &self,
        id: ObligationId,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<DeadlineDetail, Refusal> {
        let deadline = self.deadline(id)?;
        let today = self.date(now);
        let calendar = self.calendar();
        let rule = self.rule_of(&deadline.terms);
        let mut messages: Vec<_> = {
            let index = self.store.index();
            let drafted = index.deadlines().drafted(id).iter();
            drafted.map(|drafted| drafted.sms).collect()
        };
        messages.dedup();
        let coming = match rule {
            Some(rule) if deadline.state == DeadlineState::Open => {
                let due = deadline.terms.due;
                let far = today + chrono::Days::new(31);
                let repeats = late_repeats(rule, due, &calendar, far);
                let all = reminders(rule, due, &calendar).into_iter().chain(repeats);
                all.filter(|reminder| reminder.date > today)
                    .take(8)
                    .map(|reminder| ReminderRow {
                        offset: reminder.offset,
                        date: reminder.date,
                        label: reminder.label(),
                    })
                    .collect()
            }
            _ => Vec::new(),
        };
        let event = deadline
            .terms
            .event
            .as_ref()
            .and_then(|happening| self.modules.event(&happening.event).ok());
        let noted = event.map_or_else(Vec::new, |event| {
            event
                .fields
                .iter()
                .filter_map(|field| {
                    let stored = deadline.terms.fields.get(&field.id)?;
                    Some((field.label.id.clone(), field.display(stored, Lang::Id)))
                })
                .collect()
        });
        Ok(DeadlineDetail {
            row: self.deadline_row(&deadline, now),
            noted,
            source: rule.map(|rule| rule.source.clone()).unwrap_or_default(),
            sms: self.sms_rows(&messages)?,
            letter_row: match deadline.letter {
                Some(agenda) => Some(self.letter_row(agenda, now)?),
                None => None,
            },
            coming,
            may: self.may_change(actor, &deadline.terms),
            history: deadline.history,
        })
    }

    /// What recording an event led to, for the client.
    ///
    /// # Errors
    /// Those of the store.
    pub fn event_outcome(
        &self,
        recorded: Recorded,
        now: DateTime<Utc>,
    ) -> Result<EventOutcome, Refusal> {
        let ids: Vec<ObligationId> = recorded.opened.iter().map(|opened| opened.id).collect();
        Ok(EventOutcome {
            deadlines: self.deadline_rows(&ids, now)?,
            repeated: !recorded.opened.is_empty()
                && recorded.opened.iter().all(|opened| opened.known),
            met: recorded.met,
            nothing: recorded.nothing,
        })
    }

    /// Dates given by letters.
    pub fn list_dates(&self) -> DateList {
        let rows = self.given_dates().into_iter();
        DateList {
            dates: rows
                .map(|(obligation, period, item, date, note)| DateRow {
                    obligation,
                    period,
                    item,
                    date,
                    note,
                })
                .collect(),
        }
    }
}

fn in_order<'e>(
    entries: impl DoubleEndedIterator<Item = &'e DeadlineEntry>,
    latest_first: bool,
    look: impl FnMut(&'e DeadlineEntry),
) {
    if latest_first {
        entries.rev().for_each(look);
    } else {
        entries.for_each(look);
    }
}

fn count(counts: &mut DeadlineCounts, entry: &DeadlineEntry, today: NaiveDate) {
    match entry.state {
        DeadlineState::Open if entry.late(today) => counts.late += 1,
        DeadlineState::Open => counts.open += 1,
        DeadlineState::Met => counts.met += 1,
        DeadlineState::Exempt => counts.exempt += 1,
    }
}
