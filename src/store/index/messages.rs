//! Messages as lists, counters and warnings need them: by state, by day, by phone.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, FixedOffset, NaiveDate};

use crate::domain::id::{AgendaNo, SatkerCode, SmsId};
use crate::domain::phone::PhoneNumber;
use crate::domain::sms::{ConfirmPolicy, Encoding, Sms, SmsKind, SmsState};

/// What is known of a message without reading its record.
#[derive(Debug, Clone)]
pub struct SmsEntry {
    /// Its number.
    pub id: SmsId,
    /// Present state.
    pub state: SmsState,
    /// What it is for.
    pub kind: SmsKind,
    /// The satker it is about.
    pub satker: Option<SatkerCode>,
    /// The letter it is about.
    pub letter: Option<AgendaNo>,
    /// When it was drafted, in seconds since 1970.
    pub created: i64,
    /// Of no use after this, in seconds since 1970, where its text says so.
    pub expires: Option<i64>,
    /// When it reached its state, in seconds since 1970.
    pub changed: i64,
    /// When the network took it last, in seconds since 1970.
    pub sent: Option<i64>,
    /// First four digits of the number as dialled at home: `0812`.
    pub prefix: [u8; 4],
    /// The number, see [`digits`].
    pub to: u64,
    /// One number for "this text to this phone"; of an announcement, for "this announcement to this phone".
    pub twin: u64,
    /// The SMS it takes.
    pub parts: u8,
    /// Needs the alphabet with fewer characters in an SMS.
    pub unicode: bool,
    /// Two persons must confirm it.
    pub two_persons: bool,
    /// Interned name of who drafted it.
    pub drafter: u16,
    /// Interned name of who confirmed it first, while a second one is awaited.
    pub first: Option<u16>,
    /// Interned words of its fault.
    pub fault: Option<u16>,
}

impl SmsEntry {
    pub(super) fn new(sms: &Sms, mut intern: impl FnMut(&str) -> u16) -> Self {
        Self {
            id: sms.id,
            state: sms.state,
            kind: sms.kind,
            satker: sms.satker,
            letter: sms.letter,
            created: sms.created.timestamp(),
            expires: sms.expires.map(|time| time.timestamp()),
            changed: sms
                .history
                .last()
                .map_or(sms.created, |step| step.at)
                .timestamp(),
            sent: sms.sent.map(|at| at.timestamp()),
            prefix: prefix_of(&sms.to.local()),
            to: digits(&sms.to),
            twin: twin(&sms.to, sms.announcement.as_ref().unwrap_or(&sms.text)),
            parts: sms.parts,
            unicode: sms.encoding == Encoding::Ucs2,
            two_persons: sms.policy == ConfirmPolicy::TwoPerson,
            drafter: intern(&sms.created_by),
            first: match (sms.state, sms.confirmed_by.first()) {
                (SmsState::Waiting, Some(user)) => Some(intern(user)),
                _ => None,
            },
            fault: sms.error.as_ref().map(|fault| intern(&fault.text)),
        }
    }
}

/// Counters and sets over all messages.
#[derive(Debug, Default)]
pub struct Messages {
    by_state: BTreeMap<SmsState, BTreeSet<SmsId>>,
    sent_parts: BTreeMap<NaiveDate, u64>,
    queued_parts: u64,
    phones: HashMap<u64, Fate>,
}

/// What became of the messages to one phone.
#[derive(Debug, Clone, Default)]
struct Fate {
    /// Seconds since 1970.
    delivered: i64,
    /// Messages that failed or were not delivered, by the time when that was known.
    failed: BTreeSet<(i64, SmsId)>,
}

impl Fate {
    fn in_a_row(&self) -> Vec<SmsId> {
        self.failed
            .range((self.delivered + 1, SmsId(0))..)
            .map(|(_, id)| *id)
            .collect()
    }
}

impl Messages {
    /// Takes in what a message is now, in place of what it was.
    pub(super) fn note(&mut self, before: Option<&SmsEntry>, now: &SmsEntry, zone: FixedOffset) {
        let day = |at: i64| {
            DateTime::from_timestamp(at, 0).map(|at| at.with_timezone(&zone).date_naive())
        };
        if let Some(old) = before {
            if old.state != now.state
                && let Some(set) = self.by_state.get_mut(&old.state)
            {
                set.remove(&old.id);
            }
            if let Some(count) = old
                .sent
                .and_then(day)
                .and_then(|day| self.sent_parts.get_mut(&day))
            {
                *count = count.saturating_sub(u64::from(old.parts));
            }
            if on_its_way(old.state) {
                self.queued_parts = self.queued_parts.saturating_sub(u64::from(old.parts));
            }
            if went_wrong(old.state)
                && let Some(fate) = self.phones.get_mut(&old.to)
            {
                fate.failed.remove(&(old.changed, old.id));
            }
        }
        if before.is_none_or(|old| old.state != now.state) {
            self.by_state.entry(now.state).or_default().insert(now.id);
        }
        if let Some(day) = now.sent.and_then(day) {
            *self.sent_parts.entry(day).or_default() += u64::from(now.parts);
        }
        if on_its_way(now.state) {
            self.queued_parts += u64::from(now.parts);
        }
        if went_wrong(now.state) {
            let fate = self.phones.entry(now.to).or_default();
            fate.failed.insert((now.changed, now.id));
        } else if now.state == SmsState::Delivered {
            let fate = self.phones.entry(now.to).or_default();
            fate.delivered = fate.delivered.max(now.changed);
        }
    }

    /// Messages in a state, oldest first.
    pub fn in_state(&self, state: SmsState) -> impl DoubleEndedIterator<Item = SmsId> {
        self.by_state.get(&state).into_iter().flatten().copied()
    }

    /// SMS that the network took on this day.
    pub fn sent_parts(&self, day: NaiveDate) -> u64 {
        self.sent_parts.get(&day).copied().unwrap_or(0)
    }

    /// SMS that are queued or being sent.
    pub const fn queued_parts(&self) -> u64 {
        self.queued_parts
    }

    /// Phones to which at least so many messages in a row failed, with these messages, oldest first: nothing was delivered since.
    pub fn failing(&self, least: usize) -> impl Iterator<Item = (u64, Vec<SmsId>)> {
        self.phones
            .iter()
            .filter(move |(_, fate)| fate.failed.len() >= least)
            .map(|(phone, fate)| (*phone, fate.in_a_row()))
            .filter(move |(_, row)| row.len() >= least)
    }

    /// Messages to a phone, see [`digits`], that failed since something was delivered to it, oldest first.
    pub fn failed_to(&self, phone: u64) -> Vec<SmsId> {
        self.phones
            .get(&phone)
            .map(Fate::in_a_row)
            .unwrap_or_default()
    }
}

const fn on_its_way(state: SmsState) -> bool {
    matches!(state, SmsState::Queued | SmsState::Sending)
}

const fn went_wrong(state: SmsState) -> bool {
    matches!(state, SmsState::Failed | SmsState::Undelivered)
}

/// A mobile number as a number: `6281234567890`.
pub fn digits(phone: &PhoneNumber) -> u64 {
    phone
        .as_str()
        .bytes()
        .filter(u8::is_ascii_digit)
        .fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
}

/// One number for "this text to this phone".
pub fn twin(to: &PhoneNumber, text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    to.as_str().hash(&mut hasher);
    text.hash(&mut hasher);
    hasher.finish()
}

fn prefix_of(local: &str) -> [u8; 4] {
    let mut prefix = [0; 4];
    for (slot, digit) in prefix.iter_mut().zip(local.bytes()) {
        *slot = digit;
    }
    prefix
}
