//! Incoming messages: conversations by phone, what waits for a person, how much a phone asked today, who wants no notices, ratings.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};

use super::digits;
use super::place::{next, place};
use crate::domain::id::{AgendaNo, InboxId};
use crate::domain::inbox::{InboxMessage, InboxState, Rating};
use crate::domain::phone::PhoneNumber;

/// Messages of one conversation that are remembered to tell repetitions.
const RECENT: usize = 50;

/// What is known of an incoming message without reading its record.
#[derive(Debug, Clone, Copy)]
pub struct InboxEntry {
    /// Its number.
    pub id: InboxId,
    /// What became of it.
    pub state: InboxState,
    thread: u32,
}

/// What one sender wrote.
#[derive(Debug, Clone)]
pub struct Thread {
    /// The sender, in the canonical form where it is a mobile number.
    pub from: String,
    /// The number, where it is one.
    pub phone: Option<PhoneNumber>,
    /// Messages, oldest first.
    pub messages: Vec<InboxId>,
    /// Messages that wait for a person.
    pub open: BTreeSet<InboxId>,
    /// When the last one came.
    pub last: DateTime<Utc>,
    /// The section that deals with what is open.
    pub section: Option<String>,
    day: NaiveDate,
    asked: u32,
    told: u8,
    recent: VecDeque<Recent>,
}

/// A message that was answered by itself.
#[derive(Debug, Clone)]
pub struct Automatic {
    /// When.
    pub at: DateTime<Utc>,
    /// Whose.
    pub phone: PhoneNumber,
    /// It was registered as a letter too.
    pub registered: bool,
}

/// The time over which a budget counts.
const HOUR: TimeDelta = TimeDelta::hours(1);

/// Answers that say that something was registered.
const REGISTERED: [&str; 2] = ["rpd", "saran"];

#[derive(Debug, Clone, Copy)]
struct Recent {
    received: DateTime<Utc>,
    sent: Option<DateTime<Utc>>,
    text: u64,
}

/// Told on a day that the text was not understood.
const UNKNOWN: u8 = 1;
/// Told on a day that the limit is reached.
const LIMIT: u8 = 2;

/// See the module's documentation.
#[derive(Debug)]
pub struct Inbox {
    zone: FixedOffset,
    entries: Vec<InboxEntry>,
    threads: Vec<Thread>,
    thread_of: HashMap<String, u32>,
    automatic: VecDeque<Automatic>,
    flooded: BTreeMap<InboxId, DateTime<Utc>>,
    waiting: BTreeSet<u32>,
    opted_out: HashSet<u64>,
    ratings: HashMap<(AgendaNo, u64), Rating>,
}

impl Inbox {
    pub(super) fn new(zone: FixedOffset) -> Self {
        Self {
            zone,
            entries: Vec::new(),
            threads: Vec::new(),
            thread_of: HashMap::new(),
            automatic: VecDeque::new(),
            flooded: BTreeMap::new(),
            waiting: BTreeSet::new(),
            opted_out: HashSet::new(),
            ratings: HashMap::new(),
        }
    }

    pub(super) fn note(&mut self, message: &InboxMessage) {
        let place = place(&self.entries, message.id.0, |entry| entry.id.0).unwrap_or(usize::MAX);
        let known = self.entries.get(place).map(|entry| entry.thread);
        let at = known.unwrap_or_else(|| self.thread_at(message));
        let entry = InboxEntry {
            id: message.id,
            state: message.state,
            thread: at,
        };
        match self.entries.get_mut(place) {
            Some(slot) => *slot = entry,
            None => self.entries.push(entry),
        }
        let day = message.received.with_timezone(&self.zone).date_naive();
        let Some(thread) = self.threads.get_mut(at as usize) else {
            return;
        };
        if known.is_none() {
            thread.take(message, day);
            if let (Some(reply), Some(phone)) = (&message.reply, &thread.phone) {
                let done = Automatic {
                    at: message.received,
                    phone: phone.clone(),
                    registered: REGISTERED.contains(&reply.as_str()),
                };
                let past = |done: &Automatic| done.at + HOUR <= message.received;
                while self.automatic.front().is_some_and(past) {
                    self.automatic.pop_front();
                }
                self.automatic.push_back(done);
            }
        }
        if message.state == InboxState::Open && message.note.as_deref() == Some("flood") {
            self.flooded.insert(message.id, message.received);
        } else {
            self.flooded.remove(&message.id);
        }
        if message.state == InboxState::Open {
            thread.open.insert(message.id);
            thread.section.clone_from(&message.section);
        } else {
            thread.open.remove(&message.id);
        }
        if thread.open.is_empty() {
            thread.section = None;
            self.waiting.remove(&at);
        } else {
            self.waiting.insert(at);
        }
    }

    fn thread_at(&mut self, message: &InboxMessage) -> u32 {
        let phone = PhoneNumber::parse(&message.from)
            .ok()
            .map(|(phone, _)| phone);
        let from = name_of(&message.from, phone.as_ref());
        if let Some(at) = self.thread_of.get(&from) {
            return *at;
        }
        let at = u32::try_from(self.threads.len()).unwrap_or(u32::MAX);
        self.thread_of.insert(from.clone(), at);
        self.threads.push(Thread {
            from,
            phone,
            messages: Vec::new(),
            open: BTreeSet::new(),
            last: message.received,
            section: None,
            day: NaiveDate::MIN,
            asked: 0,
            told: 0,
            recent: VecDeque::new(),
        });
        at
    }

    pub(super) fn note_opt_out(&mut self, phone: &PhoneNumber, out: bool) {
        let phone = digits(phone);
        if out {
            self.opted_out.insert(phone);
        } else {
            self.opted_out.remove(&phone);
        }
    }

    pub(super) fn note_rating(&mut self, rating: Rating) {
        let key = (rating.agenda, digits(&rating.phone));
        self.ratings.insert(key, rating);
    }

    /// All messages, oldest first.
    pub fn all(&self) -> &[InboxEntry] {
        &self.entries
    }

    /// The number of the next message.
    pub fn next(&self) -> u64 {
        next(&self.entries, |entry| entry.id.0)
    }

    /// All conversations, in the order in which they began.
    pub fn threads(&self) -> &[Thread] {
        &self.threads
    }

    /// Conversations in which something waits for a person.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// What was answered by itself in the hour before this moment, oldest first.
    pub fn automatic(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Automatic> {
        // The clock may have been set back: what was done later does not count.
        let counts = move |done: &&Automatic| done.at <= now && now < done.at + HOUR;
        self.automatic.iter().filter(counts)
    }

    /// What waits for a person because it came above the budget of an hour, and since when.
    pub const fn flooded(&self) -> &BTreeMap<InboxId, DateTime<Utc>> {
        &self.flooded
    }

    /// The conversation with a sender, as the network gave it.
    pub fn thread(&self, from: &str) -> Option<&Thread> {
        let phone = PhoneNumber::parse(from).ok().map(|(phone, _)| phone);
        let at = self.thread_of.get(&name_of(from, phone.as_ref()))?;
        self.threads.get(*at as usize)
    }

    /// The conversation that a message belongs to.
    pub fn thread_with(&self, id: InboxId) -> Option<&Thread> {
        let place = place(&self.entries, id.0, |entry| entry.id.0)?;
        let entry = self.entries.get(place)?;
        self.threads.get(entry.thread as usize)
    }

    /// Whether this phone wants no notices.
    pub fn opted_out(&self, phone: &PhoneNumber) -> bool {
        self.opted_out.contains(&digits(phone))
    }

    /// What a phone said about a service.
    pub fn rating(&self, agenda: AgendaNo, phone: &PhoneNumber) -> Option<&Rating> {
        self.ratings.get(&(agenda, digits(phone)))
    }

    /// All ratings, in no order.
    pub fn ratings(&self) -> impl Iterator<Item = &Rating> {
        self.ratings.values()
    }
}

impl Thread {
    fn take(&mut self, message: &InboxMessage, day: NaiveDate) {
        if self.day != day {
            (self.day, self.asked, self.told) = (day, 0, 0);
        }
        match message.reply.as_deref() {
            Some("e09") => self.told |= LIMIT,
            Some(reply) => {
                self.asked += 1;
                if reply == "e01" {
                    self.told |= UNKNOWN;
                }
            }
            None => {}
        }
        self.messages.push(message.id);
        self.last = message.received;
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(Recent {
            received: message.received,
            sent: message.sent,
            text: hash(&message.text),
        });
    }

    /// Requests answered on this day.
    pub fn asked(&self, day: NaiveDate) -> u32 {
        if self.day == day { self.asked } else { 0 }
    }

    /// Whether it was told on this day that a text was not understood.
    pub fn told_unknown(&self, day: NaiveDate) -> bool {
        self.day == day && self.told & UNKNOWN != 0
    }

    /// Whether it was told on this day that the limit is reached.
    pub fn told_limit(&self, day: NaiveDate) -> bool {
        self.day == day && self.told & LIMIT != 0
    }

    /// Whether the network brought this very message before.
    pub fn brought_before(&self, text: &str, sent: Option<DateTime<Utc>>) -> bool {
        let text = hash(text);
        sent.is_some()
            && self
                .recent
                .iter()
                .any(|recent| recent.sent == sent && recent.text == text)
    }

    /// Whether the same text came after this time.
    pub fn said_since(&self, text: &str, time: DateTime<Utc>) -> bool {
        let text = hash(text);
        self.recent
            .iter()
            .rev()
            .any(|recent| recent.received > time && recent.text == text)
    }
}

fn name_of(from: &str, phone: Option<&PhoneNumber>) -> String {
    phone.map_or_else(
        || from.trim().to_lowercase(),
        |phone| phone.as_str().to_owned(),
    )
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.trim().hash(&mut hasher);
    hasher.finish()
}
