//! From a fact to the records that it changes.

use std::borrow::Cow;

use super::deadlines::{DateKey, GivenDate};
use super::index::KeptForm;
use super::key::{self, Key};
use super::opened::Opened;
use super::unsaved::{self, Changed, Layer};
use super::{Entry, Store, StoreError, checksum, decode, encode};
use crate::domain::access::{Actor, Grant};
use crate::domain::calendar::Holiday;
use crate::domain::deadline::Deadline;
use crate::domain::fact::Fact;
use crate::domain::id::{AgendaNo, ObligationId, SatkerCode};
use crate::domain::inbox::{InboxMessage, Rating};
use crate::domain::letter::Letter;
use crate::domain::parts::{Gathered, PartsKey};
use crate::domain::phone::PhoneNumber;
use crate::domain::request_key::{DoneRequest, RequestKey};
use crate::domain::satker::Satker;
use crate::domain::sms::{Hold, Sms};

mod deadline;
mod inbox;
mod letter;
mod sms;

/// A record that a fact changes, and what the index should know of it.
#[derive(Debug)]
pub struct Change<'a> {
    pub key: Vec<u8>,
    pub old: Option<Vec<u8>>,
    pub new: Option<Vec<u8>>,
    pub record: Record<'a>,
}

/// A record as it is now.
#[derive(Debug)]
pub enum Record<'a> {
    Satker(Box<Satker>),
    /// Mostly as it stands in its fact: there are many of them.
    Letter(Cow<'a, Letter>),
    Sms(Cow<'a, Sms>),
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
    /// An account, and what a person gave it; none when it was taken back.
    User(String, Option<Grant>),
    /// A form of a user, and the number of the fact that kept it last; none when it is gone.
    Form(String, String, Option<u64>),
    /// Of no interest to the index.
    Other,
}

impl Record<'static> {
    /// A record as sled has it.
    pub fn read(key: Key, value: &[u8]) -> Result<Self, StoreError> {
        Ok(match key {
            Key::Satker(_) => Self::Satker(Box::new(decode(value)?)),
            Key::Letter(_) => Self::Letter(Cow::Owned(decode(value)?)),
            Key::Sms(_) => Self::Sms(Cow::Owned(decode(value)?)),
            Key::Inbox(_) => Self::Inbox(Box::new(decode(value)?)),
            Key::Override(day) => {
                let (open, reason) = decode(value)?;
                chrono::NaiveDate::from_num_days_from_ce_opt(day)
                    .map_or(Self::Other, |date| Self::Override(date, open, reason))
            }
            Key::Demo => Self::Demo(decode(value)?),
            Key::Hold => Self::Hold(Some(decode(value)?)),
            Key::Opened(_) => Self::Opened(Box::new(decode(value)?)),
            Key::Deadline(_) => Self::Deadline(Box::new(decode(value)?)),
            Key::Date(_) => {
                let (key, date, note) = decode(value)?;
                Self::Date(key, Some(GivenDate { date, note }))
            }
            Key::Holidays => Self::Holidays(decode(value)?),
            Key::Run => Self::Run(decode(value)?),
            Key::Lost => Self::Lost(decode(value)?),
            Key::OptOut(_) => Self::OptOut(decode(value)?, true),
            Key::Rating(..) => Self::Rating(Box::new(decode(value)?)),
            Key::Parts(_) => {
                let parts: Gathered = decode(value)?;
                Self::Parts(parts.key.clone(), Some(Box::new(parts)))
            }
            Key::User(_) => {
                let (user, grant) = decode(value)?;
                Self::User(user, Some(grant))
            }
            Key::Draft(_) => {
                let (user, form, seq, _): KeptForm = decode(value)?;
                Self::Form(user, form, Some(seq))
            }
            Key::Meta | Key::Budget(..) | Key::Request(_) => Self::Other,
        })
    }
}

/// The store as it is with the changes of the facts before, which are not written yet.
#[derive(Debug)]
pub struct Pending<'a> {
    store: &'a Store,
    changed: Layer,
}

impl<'a> Pending<'a> {
    pub fn on(store: &'a Store) -> Self {
        Self {
            store,
            changed: Layer::new(),
        }
    }

    fn raw(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        let bytes = key.bytes();
        match self.changed.get(&bytes) {
            Some(changed) => Ok(changed.now.clone()),
            None if self.is_new(key) => Ok(None),
            None => self.store.raw(&bytes),
        }
    }

    /// Whether the index can tell that there is no such record: sled takes long to look for what it does not have, and most facts make
    /// something new.
    fn is_new(&self, key: &Key) -> bool {
        let index = self.store.index();
        match key {
            Key::Letter(agenda) => index.letter(*agenda).is_none(),
            Key::Sms(id) => index.sms_entry(*id).is_none(),
            _ => false,
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

    /// A record that is now another one, or none. What it was counts only where it is sled's.
    pub fn note(&mut self, key: &[u8], old: Option<&[u8]>, new: Option<Vec<u8>>) {
        if let Some(changed) = self.changed.get_mut(key) {
            changed.now = new;
        } else {
            let saved = old.map(|old| checksum(key, old));
            self.changed
                .insert(key.to_vec(), Changed { saved, now: new });
        }
    }

    /// What is to be written.
    pub fn into_changed(self) -> Layer {
        self.changed
    }
}

/// The records that this entry changes.
pub fn changes<'a>(store: &Pending<'_>, entry: &'a Entry) -> Result<Vec<Change<'a>>, StoreError> {
    let put = |key: Key, new: Vec<u8>, record: Record<'a>| -> Result<Change<'a>, StoreError> {
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
            Record::Letter(Cow::Borrowed(letter)),
        )?],
        Fact::LetterMoved { agenda, .. } | Fact::LetterEnded { agenda, .. } => {
            vec![letter::change(store, entry, *agenda)?]
        }
        Fact::SmsDrafted { sms } => vec![put(
            Key::Sms(sms.id),
            encode(sms)?,
            Record::Sms(Cow::Borrowed(sms)),
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
        // What happened lives on in the deadlines that it started; an attempt is for whoever reads the trail.
        Fact::EventRecorded { .. } | Fact::AttemptRefused { .. } => Vec::new(),
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
        Fact::UserSet {
            user,
            role,
            section,
            ..
        } => {
            let grant = Grant {
                role: *role,
                section: section.clone(),
            };
            vec![put(
                Key::User(key::user_digest(user)),
                encode(&(user, &grant))?,
                Record::User(user.clone(), Some(grant)),
            )?]
        }
        Fact::UserRemoved { user, .. } => {
            let key = Key::User(key::user_digest(user));
            vec![Change {
                key: key.bytes(),
                old: store.raw(&key)?,
                new: None,
                record: Record::User(user.clone(), None),
            }]
        }
        Fact::DraftKept { user, form, values } => {
            vec![put(
                Key::Draft(key::draft_digest(user, form)),
                encode(&(user, form, entry.seq, values))?,
                Record::Form(user.clone(), form.clone(), Some(entry.seq)),
            )?]
        }
        Fact::DraftDropped { user, form } => {
            let key = Key::Draft(key::draft_digest(user, form));
            vec![Change {
                key: key.bytes(),
                old: store.raw(&key)?,
                new: None,
                record: Record::Form(user.clone(), form.clone(), None),
            }]
        }
    };
    if let Some(request) = &entry.key {
        let (key, done) = done_request(entry, request);
        changes.push(put(key, encode(&done)?, Record::Other)?);
    }
    Ok(changes)
}

/// What is remembered of the request with this key. A plain key is one of the server's own, or of an older journal.
fn done_request(entry: &Entry, text: &str) -> (Key, DoneRequest) {
    let (by, about) = (entry.actor.clone(), entry.fact.about());
    match RequestKey::read(text) {
        Some(RequestKey { request, body, key }) => (
            Key::Request(key::request_digest(&key)),
            DoneRequest {
                by,
                request,
                body,
                about,
            },
        ),
        None => (
            Key::Request(if by == Actor::SYSTEM {
                key::own_digest(text)
            } else {
                key::request_digest(text)
            }),
            DoneRequest {
                by,
                request: String::new(),
                body: String::new(),
                about,
            },
        ),
    }
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
) -> Result<Change<'static>, StoreError> {
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
