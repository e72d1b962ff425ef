//! Reminders: which are due this morning, what they say, to whom, and how they are taken back.
//!
//! A reminder is unique by deadline, offset and phone. What was withdrawn because its reason went away does not count as reminded.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;

use super::{
    Act, Actor, DateTime, DeadlineState, Fact, NaiveDate, ObligationId, Office, Owner, Refusal,
    SatkerCode, SmsState, Terms, Treasurer, Utc,
};
use crate::domain::calendar::Calendar;
use crate::domain::deadline::{Cause, Reminded};
use crate::domain::phone::PhoneNumber;
use crate::domain::rule::{Obligation, Reminder, late_repeats, reminders};
use crate::domain::satker::{ContactRole, Satker};
use crate::store::digits;

mod text;
mod withdraw;

/// Obligations named in one digest at the most.
const DIGEST: usize = 3;

/// What is to be reminded of on one morning.
#[derive(Debug, Default)]
pub struct Plan {
    /// The morning.
    pub day: NaiveDate,
    wishes: BTreeMap<SatkerCode, Vec<Wish>>,
}

/// One deadline that wants to be spoken of.
#[derive(Debug, Clone, Copy)]
struct Wish {
    id: ObligationId,
    due: NaiveDate,
    cause: Cause,
}

impl Plan {
    /// The satker that get reminders, by code.
    pub fn satker(&self) -> Vec<SatkerCode> {
        self.wishes.keys().copied().collect()
    }
}

/// A deadline that is spoken of, with all that its text needs.
struct Topic<'a> {
    id: ObligationId,
    owner: Owner,
    terms: Terms,
    rule: &'a Obligation,
    cause: Cause,
    distance: i64,
}

impl Topic<'_> {
    fn late_sanction(&self) -> bool {
        self.rule.sanction && self.distance > 0
    }

    fn reminded(&self) -> Reminded {
        Reminded {
            deadline: self.id,
            cause: self.cause,
            due: Some(self.terms.due),
        }
    }
}

/// To whom a message goes.
#[derive(Clone, Copy)]
struct Addressee<'a> {
    satker: &'a Satker,
    phone: &'a PhoneNumber,
    role: Option<ContactRole>,
    name: &'a str,
}

/// Topics that would be told in the same words, together: the reports of both treasurers to their KPA.
fn bundles<'a, 'b>(topics: Vec<&'a Topic<'b>>) -> Vec<Vec<&'a Topic<'b>>> {
    let mut found: Vec<Vec<&Topic<'_>>> = Vec::new();
    for topic in topics {
        let same = |bundle: &&mut Vec<&Topic<'_>>| {
            bundle.first().is_some_and(|first| {
                first.terms == topic.terms && first.owner.satker == topic.owner.satker
            })
        };
        match found.iter_mut().find(same) {
            Some(bundle) => bundle.push(topic),
            None => found.push(vec![topic]),
        }
    }
    found
}

impl Office {
    /// What this morning's reminders are about. None on a day without service, and once the sending window has closed: then the
    /// next run catches up.
    ///
    /// # Errors
    /// Those of the store.
    pub fn reminder_plan(&self, now: DateTime<Utc>) -> Result<Option<Plan>, Refusal> {
        let day = self.date(now);
        let calendar = self.calendar();
        if !calendar.is_working_day(day) || now >= self.window_end(day) {
            return Ok(None);
        }
        let in_hand = self.in_hand();
        let mut plan = Plan {
            day,
            wishes: BTreeMap::new(),
        };
        // What falls due together is looked at once.
        let mut due: HashMap<(u32, NaiveDate, bool), Vec<(ObligationId, SatkerCode)>> =
            HashMap::new();
        let after = {
            let index = self.store.index();
            let deadlines = index.deadlines();
            for entry in deadlines.open() {
                let same = (entry.occasion, entry.due, entry.estimate);
                let group = due.entry(same).or_default();
                group.push((entry.id, entry.owner.satker));
            }
            self.caught_up(day, deadlines.last_run())
        };
        for ((_, due, estimate), group) in due {
            let Some((first, _)) = group.first() else {
                continue;
            };
            let Some(rule) = self.rule_of_entry(*first)? else {
                continue;
            };
            let Some(reminder) = turn(rule, (due, estimate), &calendar, after, day) else {
                continue;
            };
            for (id, satker) in group {
                plan.wishes.entry(satker).or_default().push(Wish {
                    id,
                    due,
                    cause: Cause::Offset(reminder.offset),
                });
            }
        }
        for wishes in plan.wishes.values_mut() {
            wishes.sort_unstable_by_key(|wish| (wish.due, wish.id));
        }
        // Nobody is told to hand in what lies on a desk here.
        for (satker, wishes) in &mut plan.wishes {
            let Some(letters) = in_hand.get(satker) else {
                continue;
            };
            let mut kept = Vec::with_capacity(wishes.len());
            for wish in wishes.iter() {
                let deadline = self.deadline(wish.id)?;
                if !self.lies_here(letters, deadline.owner, &deadline.terms)? {
                    kept.push(*wish);
                }
            }
            *wishes = kept;
        }
        plan.wishes.retain(|_, wishes| !wishes.is_empty());
        Ok(Some(plan))
    }

    /// The rule that a deadline was made by. Only where it has several versions its record must be read to tell.
    fn rule_of_entry(&self, id: ObligationId) -> Result<Option<&Obligation>, Refusal> {
        let name = {
            let index = self.store.index();
            let deadlines = index.deadlines();
            let occasion = deadlines.get(id).map(|entry| entry.occasion);
            let occasion = occasion.and_then(|at| deadlines.occasion(at));
            occasion.map(|occasion| occasion.obligation.clone())
        };
        let Some(name) = name else { return Ok(None) };
        let mut versions = self.modules.obligations().filter(|rule| rule.id == name);
        match (versions.next(), versions.next()) {
            (Some(only), None) => Ok(Some(only)),
            (None, _) => Ok(None),
            _ => Ok(self.rule_of(&self.deadline(id)?.terms)),
        }
    }

    /// The day up to which reminders are done: those of the days since then are caught up, but never a burst of old ones after a long
    /// silence or a jump of the clock.
    fn caught_up(&self, today: NaiveDate, last: Option<NaiveDate>) -> NaiveDate {
        let yesterday = today.pred_opt().unwrap_or(today);
        let oldest = today - TimeDelta::days(i64::from(self.settings.reminders.catch_up_days));
        last.filter(|last| *last < yesterday && *last >= oldest)
            .unwrap_or(yesterday)
    }

    /// The reminders of a plan for these satker, as facts. What changed since the plan was made is looked at again.
    ///
    /// # Errors
    /// Those of the store.
    pub fn remind(
        &self,
        plan: &Plan,
        satker: &[SatkerCode],
        now: DateTime<Utc>,
    ) -> Result<Vec<Fact>, Refusal> {
        let system = Actor::system();
        let mut act = Act::new(self, &system, now);
        for code in satker {
            let Some(record) = self.store.satker(*code)?.filter(|satker| satker.active) else {
                continue;
            };
            let mut topics = Vec::new();
            for wish in plan.wishes.get(code).into_iter().flatten() {
                let deadline = self.deadline(wish.id)?;
                let still = deadline.state == DeadlineState::Open && deadline.terms.due == wish.due;
                if let (true, Some(rule)) = (still, self.rule_of(&deadline.terms)) {
                    topics.push(Topic {
                        id: wish.id,
                        owner: deadline.owner,
                        distance: (plan.day - deadline.terms.due).num_days(),
                        rule,
                        cause: wish.cause,
                        terms: deadline.terms,
                    });
                }
            }
            self.write_reminders(&mut act, &record, &topics, plan.day, &[])?;
        }
        Ok(act.into_facts())
    }

    /// The reminders that go out when an event is recorded: where the rule says so, and those of this morning when its hour is past.
    /// `told` are phones that hear of it anyway.
    pub(super) fn remind_at_once(
        &self,
        act: &mut Act<'_>,
        owner: Owner,
        opened: Vec<(ObligationId, &Obligation, Terms)>,
        told: &[PhoneNumber],
    ) -> Result<(), Refusal> {
        let Some(satker) = self.store.satker(owner.satker)? else {
            return Ok(());
        };
        let now = act.now;
        let today = self.date(now);
        let calendar = self.calendar();
        let running = calendar.is_working_day(today)
            && self.morning(today) <= now
            && now < self.window_end(today);
        let yesterday = today.pred_opt().unwrap_or(today);
        for (id, rule, terms) in opened {
            let day = self.sending_day(now);
            // An event that was recorded too late: the late text comes by its own rule.
            let (cause, day) = if rule.remind.on_record && day <= terms.due {
                (Cause::Recorded, day)
            } else if running
                && let Some(reminder) = turn(
                    rule,
                    (terms.due, terms.estimate),
                    &calendar,
                    yesterday,
                    today,
                )
            {
                (Cause::Offset(reminder.offset), today)
            } else {
                continue;
            };
            let topic = Topic {
                id,
                owner,
                distance: (day - terms.due).num_days(),
                terms,
                rule,
                cause,
            };
            self.write_reminders(act, &satker, &[topic], day, told)?;
        }
        Ok(())
    }

    /// A person wants a reminder now.
    ///
    /// # Errors
    /// `deadline-unknown`, `deadline-state`, `no-text`, `no-phone`, `reminded-today`, `forbidden`.
    pub fn remind_now(
        &self,
        id: ObligationId,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, Vec<crate::domain::id::SmsId>), Refusal> {
        let deadline = self.deadline(id)?;
        self.require_deadline(actor, &deadline.terms)?;
        if deadline.state != DeadlineState::Open {
            return Err(Refusal::new("deadline-state").with("id", id).with(
                "state",
                match deadline.state {
                    DeadlineState::Met => "met",
                    _ => "exempt",
                },
            ));
        }
        let satker = self.owing(deadline.owner.satker)?;
        let none = || Refusal::new("no-text");
        let rule = self.rule_of(&deadline.terms).ok_or_else(none)?;
        let day = self.sending_day(now);
        let distance = (day - deadline.terms.due).num_days();
        if rule.texts.at(distance).is_none() {
            return Err(none());
        }
        let reached = recipients(rule, deadline.owner, &satker);
        if let Some((phone, ..)) = reached.first()
            && reached.iter().all(|(phone, ..)| self.opted_out(phone))
        {
            self.check_wanted(crate::domain::sms::SmsKind::Reminder, phone)?;
        }
        if reached.is_empty() {
            return Err(Refusal::new("no-phone")
                .with("satker", satker.code)
                .with("role", rule.remind.to.join(", ")));
        }
        let topic = Topic {
            id,
            owner: deadline.owner,
            terms: deadline.terms,
            rule,
            cause: Cause::ByHand,
            distance,
        };
        let mut act = Act::new(self, actor, now);
        self.write_reminders(&mut act, &satker, &[topic], day, &[])?;
        let facts = act.into_facts();
        let ids: Vec<_> = facts
            .iter()
            .filter_map(|fact| match fact {
                Fact::SmsDrafted { sms } => Some(sms.id),
                _ => None,
            })
            .collect();
        if ids.is_empty() {
            return Err(Refusal::new("reminded-today").with("id", id));
        }
        Ok((facts, ids))
    }

    /// Drafts what one satker is told: one message a phone, several obligations in a digest, late ones each for itself.
    fn write_reminders(
        &self,
        act: &mut Act<'_>,
        satker: &Satker,
        topics: &[Topic<'_>],
        day: NaiveDate,
        told: &[PhoneNumber],
    ) -> Result<(), Refusal> {
        let mut phones: Vec<(PhoneNumber, Option<ContactRole>, String, Vec<&Topic<'_>>)> =
            Vec::new();
        for topic in topics {
            for (phone, role, name) in recipients(topic.rule, topic.owner, satker) {
                if told.contains(&phone)
                    || self.opted_out(&phone)
                    || self.was_reminded(topic, &phone, act.now)
                {
                    continue;
                }
                match phones.iter_mut().find(|(other, ..)| *other == phone) {
                    Some((.., list)) => list.push(topic),
                    None => phones.push((phone, role, name, vec![topic])),
                }
            }
        }
        for (phone, role, name, topics) in phones {
            let to = Addressee {
                satker,
                phone: &phone,
                role,
                name: &name,
            };
            let (late, coming): (Vec<_>, Vec<_>) = bundles(topics)
                .into_iter()
                .partition(|bundle| bundle.first().is_some_and(|topic| topic.distance > 0));
            // A digest has one sender.
            let mut by_sender: BTreeMap<String, Vec<Vec<&Topic<'_>>>> = BTreeMap::new();
            for bundle in coming {
                let sender = bundle
                    .first()
                    .map(|topic| self.sender_name(&topic.terms.module));
                let group = by_sender.entry(sender.unwrap_or_default()).or_default();
                group.push(bundle);
            }
            for group in by_sender.values().flat_map(|group| group.chunks(DIGEST)) {
                self.write_group(act, to, group, day)?;
            }
            for bundle in late {
                self.write_one(act, to, &bundle, day)?;
            }
        }
        Ok(())
    }

    /// Whether this phone was reminded of the deadline for this cause before, or today for any other.
    fn was_reminded(&self, topic: &Topic<'_>, phone: &PhoneNumber, now: DateTime<Utc>) -> bool {
        let (today, phone) = (self.date(now), digits(phone));
        let day = |seconds: i64| DateTime::from_timestamp(seconds, 0).map(|at| self.date(at));
        let index = self.store.index();
        let drafted = index.deadlines().drafted(topic.id).iter();
        drafted
            .filter_map(|drafted| Some((drafted, index.sms_entry(drafted.sms)?)))
            .filter(|(_, sms)| sms.to == phone && sms.state != SmsState::Withdrawn)
            .any(|(drafted, sms)| {
                // A reminder is of no use any more when the window of the day closes that it was written for.
                let speaks_on = sms.expires.and_then(|end| day(end - 1));
                day(sms.created) == Some(today)
                    || speaks_on == Some(today)
                    // What named another date than the deadline has now was about something else.
                    || (drafted.cause == topic.cause
                        && topic.cause != Cause::ByHand
                        && drafted.due.is_none_or(|due| due == topic.terms.due))
            })
    }

    /// The hour at which the reminders of a day are drafted.
    pub(in crate::server) fn morning(&self, day: NaiveDate) -> DateTime<Utc> {
        let minutes = TimeDelta::minutes(i64::from(self.settings.reminders.time));
        self.zone()
            .instant(day.and_time(chrono::NaiveTime::MIN) + minutes)
    }

    /// The end of the sending window on a day.
    pub(super) fn window_end(&self, day: NaiveDate) -> DateTime<Utc> {
        let until = TimeDelta::minutes(i64::from(self.settings.sms.window.until));
        self.zone()
            .instant(day.and_time(chrono::NaiveTime::MIN) + until)
    }

    /// The day on which a message drafted now leaves at the earliest.
    pub(super) fn sending_day(&self, now: DateTime<Utc>) -> NaiveDate {
        let today = self.date(now);
        if self.window_open(now) || (now < self.window_end(today) && self.sends_on(today)) {
            today
        } else {
            self.date(self.window_opens(now))
        }
    }

    fn sends_on(&self, day: NaiveDate) -> bool {
        !self.settings.sms.working_days_only || self.calendar().is_working_day(day)
    }
}

/// The reminder whose turn it is: the latest of those whose mornings lie after `after`, up to `day`.
fn turn(
    rule: &Obligation,
    (due, estimate): (NaiveDate, bool),
    calendar: &Calendar,
    after: NaiveDate,
    day: NaiveDate,
) -> Option<Reminder> {
    let mut all = reminders(rule, due, calendar);
    all.extend(late_repeats(rule, due, calendar, day));
    all.into_iter()
        .filter(|reminder| after < reminder.date && reminder.date <= day)
        // What speaks of a date to come is stale once the date has passed; an estimate threatens nobody.
        .filter(|reminder| {
            if reminder.offset > 0 {
                !(estimate && rule.sanction)
            } else {
                day <= due
            }
        })
        .max_by_key(|reminder| reminder.date)
}

/// Who is reminded: the phones of the rule's roles, each once, with the first role it has and the person's name.
fn recipients(
    rule: &Obligation,
    owner: Owner,
    satker: &Satker,
) -> Vec<(PhoneNumber, Option<ContactRole>, String)> {
    let mut found: Vec<(PhoneNumber, Option<ContactRole>, String)> = Vec::new();
    for role in &rule.remind.to {
        let capacity = match (role.as_str(), owner.treasurer) {
            ("bendahara", Some(Treasurer::Penerimaan)) => "bendahara-penerimaan",
            (same, _) => same,
        };
        for official in &satker.officials {
            if official.role.as_str() != capacity {
                continue;
            }
            if let Some(phone) = &official.phone
                && found.iter().all(|(other, ..)| other != phone)
            {
                found.push((phone.clone(), Some(official.role), official.name.clone()));
            }
        }
    }
    found
}
