//! From a fact to the records that it changes.

use super::deadlines::{DateKey, GivenDate};
use super::key::{self, Key};
use super::opened::Opened;
use super::unsaved::{self, Unsaved};
use super::{Entry, Store, StoreError, decode, encode};
use crate::domain::calendar::Holiday;
use crate::domain::deadline::Deadline;
use crate::domain::fact::Fact;
use crate::domain::id::{AgendaNo, ObligationId, SatkerCode};
use crate::domain::inbox::{InboxMessage, Rating};
use crate::domain::letter::Letter;
use crate::domain::parts::{Gathered, PartsKey};
use crate::domain::phone::PhoneNumber;
use crate::domain::satker::Satker;
use crate::domain::sms::{Hold, Sms};

mod deadline;
mod inbox;
mod letter;
mod sms;

/// A record that a fact changes, and what the index should know of it.
#[derive(Debug)]
pub struct Change {
    pub key: Vec<u8>,
    pub old: Option<Vec<u8>>,
    pub new: Option<Vec<u8>>,
    pub record: Record,
}

/// A record as it is now.
#[derive(Debug)]
pub enum Record {
    Satker(Box<Satker>),
    Letter(Box<Letter>),
    Sms(Box<Sms>),
    Inbox(Box<InboxMessage>),
    /// A phone that wants no notices, or wants them again.
    OptOut(PhoneNumber, bool),
    Rating(Box<Rating>),
    /// Parts of an incoming message; none when they are remembered no longer.
    Parts(PartsKey, Option<Box<Gathered>>),
    Override(chrono::NaiveDate, bool, String),
    Opened(Box<Opened>),
    Deadline(Box<Deadline>),
    Date(DateKey, Option<GivenDate>),
    Holidays(Vec<Holiday>),
    Run(chrono::NaiveDate),
    /// The highest agenda numbers that a lost piece of the journal gave out.
    Lost(Vec<AgendaNo>),
    Demo(u64),
    Hold(Option<Hold>),
    /// Of no interest to the index.
    Other,
}

/// The store as it is with the changes of the facts before, which are not written yet.
#[derive(Debug)]
pub struct Pending<'a> {
    store: &'a Store,
    changed: Unsaved,
}

impl<'a> Pending<'a> {
    pub fn on(store: &'a Store) -> Self {
        Self {
            store,
            changed: Unsaved::new(),
        }
    }

    fn raw(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        let key = key.bytes();
        match self.changed.get(&key) {
            Some(changed) => Ok(changed.clone()),
            None => self.store.raw(&key),
        }
    }

    /// A deadline that nothing has happened to yet, out of those that came into being with it.
    fn opened(&self, id: ObligationId) -> Result<Option<Deadline>, StoreError> {
        let all = Key::Opened(ObligationId(0)).bytes()..=Key::Opened(id).bytes();
        if let Some((_, value)) = unsaved::last_in(&self.changed, all)
            && let Some(deadline) = decode::<Opened>(&value)?.deadline(id)
        {
            return Ok(Some(deadline));
        }
        self.store.opened(id)
    }

    pub fn note(&mut self, changes: &[Change]) {
        for change in changes {
            self.changed.insert(change.key.clone(), change.new.clone());
        }
    }

    /// What is to be written.
    pub fn into_changed(self) -> Unsaved {
        self.changed
    }
}

/// The records that this entry changes.
pub fn changes(store: &Pending<'_>, entry: &Entry) -> Result<Vec<Change>, StoreError> {
    let put = |key: Key, new: Vec<u8>, record: Record| -> Result<Change, StoreError> {
        Ok(Change {
            key: key.bytes(),
            old: store.raw(&key)?,
            new: Some(new),
            record,
        })
    };
    let mut changes = match &entry.fact {
        Fact::DemoLoaded { seed } => vec![put(Key::Demo, encode(seed)?, Record::Demo(*seed))?],
        Fact::SatkerSaved { satker } => vec![put(
            Key::Satker(satker.code),
            encode(satker)?,
            Record::Satker(Box::new(satker.clone())),
        )?],
        Fact::StageReached { satker, .. } => vec![change_stage(store, entry, *satker)?],
        Fact::BudgetSaved { row } => {
            let key = Key::Budget(row.satker, row.year, key::expense_bytes(&row.expense));
            vec![put(key, encode(row)?, Record::Other)?]
        }
        Fact::LetterRegistered { letter } => vec![put(
            Key::Letter(letter.agenda),
            encode(letter)?,
            Record::Letter(letter.clone()),
        )?],
        Fact::LetterMoved { agenda, .. } | Fact::LetterEnded { agenda, .. } => {
            vec![letter::change(store, entry, *agenda)?]
        }
        Fact::SmsDrafted { sms } => vec![put(
            Key::Sms(sms.id),
            encode(sms)?,
            Record::Sms(sms.clone()),
        )?],
        Fact::SmsEdited { id, .. }
        | Fact::SmsConfirmed { id, .. }
        | Fact::SmsUndone { id, .. }
        | Fact::SmsDropped { id, .. }
        | Fact::SmsSending { id, .. }
        | Fact::SmsPartAccepted { id, .. }
        | Fact::SmsSent { id, .. }
        | Fact::SmsDeferred { id, .. }
        | Fact::SmsGivenBack { id, .. }
        | Fact::SmsFailed { id, .. }
        | Fact::SmsUncertain { id, .. }
        | Fact::SmsReported { id, .. }
        | Fact::SmsSettled { id, .. }
        | Fact::SmsResent { id, .. } => vec![sms::change(store, entry, *id)?],
        Fact::SendingHeld { at, by, reason } => {
            let hold = Hold {
                by: by.clone(),
                since: *at,
                reason: reason.clone(),
            };
            vec![put(
                Key::Hold,
                encode(&hold)?,
                Record::Hold(Some(hold.clone())),
            )?]
        }
        Fact::SendingResumed { .. } => vec![Change {
            key: Key::Hold.bytes(),
            old: store.raw(&Key::Hold)?,
            new: None,
            record: Record::Hold(None),
        }],
        Fact::InboxReceived { message } => {
            vec![put(
                Key::Inbox(message.id),
                encode(message)?,
                Record::Inbox(Box::new(message.clone())),
            )?]
        }
        Fact::InboxPartKept { of, .. }
        | Fact::InboxPartsShown { of, .. }
        | Fact::InboxPartsForgotten { of } => vec![inbox::change_parts(store, entry, of)?],
        Fact::InboxCompleted { id, .. } => vec![inbox::change(store, entry, *id)?],
        Fact::InboxAnswered { ids, .. }
        | Fact::InboxDone { ids, .. }
        | Fact::InboxAssigned { ids, .. } => ids
            .iter()
            .map(|id| inbox::change(store, entry, *id))
            .collect::<Result<_, _>>()?,
        Fact::PhoneOptedOut { phone, out, .. } => {
            let key = Key::OptOut(super::digits(phone));
            let new = if *out { Some(encode(phone)?) } else { None };
            vec![Change {
                key: key.bytes(),
                old: store.raw(&key)?,
                new,
                record: Record::OptOut(phone.clone(), *out),
            }]
        }
        Fact::ServiceRated { rating } => vec![put(
            Key::Rating(rating.agenda, super::digits(&rating.phone)),
            encode(rating)?,
            Record::Rating(Box::new(rating.clone())),
        )?],
        Fact::CalendarOverridden { date, open, reason } => {
            use chrono::Datelike;
            let record = Record::Override(*date, *open, reason.clone());
            vec![put(
                Key::Override(date.num_days_from_ce()),
                encode(&(*open, reason))?,
                record,
            )?]
        }
        // What happened lives on in the deadlines that it started.
        Fact::EventRecorded { .. } => Vec::new(),
        Fact::DeadlinesOpened { .. } => vec![deadline::open(store, entry)?],
        Fact::DeadlineMet { id, .. }
        | Fact::DeadlineExempted { id, .. }
        | Fact::DeadlineReopened { id, .. } => vec![deadline::change(store, entry, *id)?],
        Fact::DeadlinesMoved { ids, .. } => ids
            .iter()
            .map(|id| deadline::change(store, entry, *id))
            .collect::<Result<_, _>>()?,
        Fact::DateGiven {
            obligation,
            period,
            item,
            date,
            note,
        } => {
            let digest = key::date_digest(obligation, &period.to_string(), item.as_deref());
            let key = Key::Date(digest);
            let name = (obligation.clone(), *period, item.clone());
            let given = date.map(|date| GivenDate {
                date,
                note: note.clone(),
            });
            vec![Change {
                key: key.bytes(),
                old: store.raw(&key)?,
                new: match &given {
                    Some(given) => Some(encode(&(&name, given.date, &given.note))?),
                    None => None,
                },
                record: Record::Date(name, given),
            }]
        }
        Fact::HolidaysReplaced { holidays } => vec![put(
            Key::Holidays,
            encode(holidays)?,
            Record::Holidays(holidays.clone()),
        )?],
        Fact::LossAccepted { numbers, .. } | Fact::JournalRepaired { numbers, .. } => {
            let mut all: Vec<AgendaNo> = match store.raw(&Key::Lost)? {
                Some(before) => decode(&before)?,
                None => Vec::new(),
            };
            all.extend(numbers);
            vec![put(Key::Lost, encode(&all)?, Record::Lost(all.clone()))?]
        }
        Fact::DayRun { day } => vec![put(Key::Run, encode(day)?, Record::Run(*day))?],
        Fact::DraftKept { user, form, values } => {
            vec![put(
                Key::Draft(key::draft_digest(user, form)),
                encode(values)?,
                Record::Other,
            )?]
        }
        Fact::DraftDropped { user, form } => {
            let key = Key::Draft(key::draft_digest(user, form));
            vec![Change {
                key: key.bytes(),
                old: store.raw(&key)?,
                new: None,
                record: Record::Other,
            }]
        }
    };
    if let Some(request) = &entry.key {
        changes.push(put(
            Key::Request(key::request_digest(request)),
            encode(&entry.fact.about())?,
            Record::Other,
        )?);
    }
    Ok(changes)
}

fn unknown(entry: &Entry) -> StoreError {
    StoreError::Unknown {
        seq: entry.seq,
        fact: entry.fact.name(),
        about: entry.fact.about(),
    }
}

/// A participant in its new stage.
fn change_stage(
    store: &Pending<'_>,
    entry: &Entry,
    code: SatkerCode,
) -> Result<Change, StoreError> {
    let key = Key::Satker(code);
    let old = store.raw(&key)?.ok_or_else(|| unknown(entry))?;
    let mut satker: Satker = decode(&old)?;
    if let (Fact::StageReached { stage, year, .. }, Some(progress)) =
        (&entry.fact, &mut satker.progress)
    {
        progress.stage.clone_from(stage);
        progress.year = *year;
    }
    Ok(Change {
        key: key.bytes(),
        old: Some(old),
        new: Some(encode(&satker)?),
        record: Record::Satker(Box::new(satker)),
    })
}
