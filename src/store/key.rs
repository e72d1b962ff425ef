//! Keys: one prefix byte, then fixed-width big-endian parts, so that keys sort like what they name.

use sha2::{Digest, Sha256};

use crate::domain::id::{AgendaNo, InboxId, ObligationId, SatkerCode, Series, SmsId};
use crate::domain::parts::PartsKey;

/// Names a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Where the store stands.
    Meta,
    Satker(SatkerCode),
    /// Satker, year, type of expense.
    Budget(SatkerCode, u16, [u8; 4]),
    Letter(AgendaNo),
    Sms(SmsId),
    Inbox(InboxId),
    /// Digest of user and form.
    Draft([u8; 16]),
    /// Digest of a request key.
    Request([u8; 16]),
    /// Digest of the name of an account that a person gave a role.
    User([u8; 16]),
    /// A day against the national calendar, as days from the common era.
    Override(i32),
    /// The demonstration office is loaded.
    Demo,
    /// All sending is held.
    Hold,
    /// Deadlines that came into being together, by the number of the first. Before those that changed since.
    Opened(ObligationId),
    /// A deadline that something happened to.
    Deadline(ObligationId),
    /// Digest of obligation, period and entry: a date given by letter.
    Date([u8; 16]),
    /// The list of national holidays.
    Holidays,
    /// The highest agenda numbers that a lost piece of the journal gave out.
    Lost,
    /// The day of the last daily run.
    Run,
    /// A phone that wants no notices, as a number.
    OptOut(u64),
    /// A rating, by letter and phone.
    Rating(AgendaNo, u64),
    /// Digest of sender, reference and number of parts: parts of an incoming message.
    Parts([u8; 16]),
}

impl Key {
    pub fn bytes(self) -> Vec<u8> {
        match self {
            Self::Meta => of(0, &[]),
            Self::Satker(code) => of(1, &[&code.bytes()]),
            Self::Budget(code, year, expense) => {
                of(2, &[&code.bytes(), &year.to_be_bytes(), &expense])
            }
            Self::Letter(agenda) => of(3, &[&agenda.key()]),
            Self::Sms(id) => of(4, &[&id.0.to_be_bytes()]),
            Self::Inbox(id) => of(5, &[&id.0.to_be_bytes()]),
            Self::Draft(digest) => of(6, &[&digest]),
            Self::Request(digest) => of(7, &[&digest]),
            Self::Override(day) => of(8, &[&day.to_be_bytes()]),
            Self::Demo => of(9, &[]),
            Self::Opened(first) => of(10, &[&first.0.to_be_bytes()]),
            Self::Date(digest) => of(11, &[&digest]),
            Self::Holidays => of(12, &[]),
            Self::Run => of(13, &[]),
            Self::Deadline(id) => of(14, &[&id.0.to_be_bytes()]),
            Self::Lost => of(15, &[]),
            Self::Hold => of(20, &[]),
            Self::OptOut(phone) => of(30, &[&phone.to_be_bytes()]),
            Self::Rating(agenda, phone) => of(31, &[&agenda.key(), &phone.to_be_bytes()]),
            Self::Parts(digest) => of(32, &[&digest]),
            Self::User(digest) => of(33, &[&digest]),
        }
    }

    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (prefix, rest) = bytes.split_first()?;
        Some(match prefix {
            0 if rest.is_empty() => Self::Meta,
            1 => Self::Satker(satker(rest)?),
            2 => {
                let (code, rest) = rest.split_at_checked(6)?;
                let (year, expense) = rest.split_at_checked(2)?;
                Self::Budget(
                    satker(code)?,
                    u16::from_be_bytes(year.try_into().ok()?),
                    expense.try_into().ok()?,
                )
            }
            3 => Self::Letter(agenda(rest)?),
            4 => Self::Sms(SmsId(u64::from_be_bytes(rest.try_into().ok()?))),
            5 => Self::Inbox(InboxId(u64::from_be_bytes(rest.try_into().ok()?))),
            6 => Self::Draft(rest.try_into().ok()?),
            7 => Self::Request(rest.try_into().ok()?),
            8 => Self::Override(i32::from_be_bytes(rest.try_into().ok()?)),
            9 if rest.is_empty() => Self::Demo,
            20 if rest.is_empty() => Self::Hold,
            10 => Self::Opened(ObligationId(u64::from_be_bytes(rest.try_into().ok()?))),
            14 => Self::Deadline(ObligationId(u64::from_be_bytes(rest.try_into().ok()?))),
            11 => Self::Date(rest.try_into().ok()?),
            12 if rest.is_empty() => Self::Holidays,
            13 if rest.is_empty() => Self::Run,
            15 if rest.is_empty() => Self::Lost,
            30 => Self::OptOut(u64::from_be_bytes(rest.try_into().ok()?)),
            31 => {
                let (letter, phone) = rest.split_at_checked(12)?;
                Self::Rating(agenda(letter)?, u64::from_be_bytes(phone.try_into().ok()?))
            }
            32 => Self::Parts(rest.try_into().ok()?),
            33 => Self::User(rest.try_into().ok()?),
            _ => return None,
        })
    }

    pub fn budget_prefix(code: SatkerCode) -> Vec<u8> {
        std::iter::once(2).chain(code.bytes()).collect()
    }
}

/// In one piece of memory: keys are made for every record that a fact touches.
fn of(prefix: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut key = Vec::with_capacity(1 + parts.iter().map(|part| part.len()).sum::<usize>());
    key.push(prefix);
    for part in parts {
        key.extend_from_slice(part);
    }
    key
}

fn agenda(bytes: &[u8]) -> Option<AgendaNo> {
    let (year, rest) = bytes.split_at_checked(2)?;
    let (series, serial) = rest.split_at_checked(6)?;
    let series = std::str::from_utf8(series).ok()?.trim_end_matches('\0');
    Some(AgendaNo {
        year: u16::from_be_bytes(year.try_into().ok()?),
        series: Series::parse(series).ok()?,
        serial: u32::from_be_bytes(serial.try_into().ok()?),
    })
}

fn satker(bytes: &[u8]) -> Option<SatkerCode> {
    SatkerCode::parse(std::str::from_utf8(bytes).ok()?).ok()
}

/// Four bytes of the code of a type of expense, padded with zeros.
pub fn expense_bytes(expense: &str) -> [u8; 4] {
    let mut bytes = [0; 4];
    for (slot, byte) in bytes.iter_mut().zip(expense.bytes()) {
        *slot = byte;
    }
    bytes
}

/// Names a form of a user.
pub fn draft_digest(user: &str, form: &str) -> [u8; 16] {
    digest(&[user, form])
}

/// Names a date given by letter.
pub fn date_digest(obligation: &str, period: &str, item: Option<&str>) -> [u8; 16] {
    digest(&[obligation, period, item.unwrap_or("")])
}

/// Names the parts of an incoming message.
pub fn parts_digest(key: &PartsKey) -> [u8; 16] {
    let (reference, total) = (key.reference.to_string(), key.total.to_string());
    digest(&[&key.from, &reference, &total])
}

/// Names a request of a client.
pub fn request_digest(key: &str) -> [u8; 16] {
    digest(&["asked", key])
}

/// Names something that the server does by itself: no client's key has the same name.
pub fn own_digest(key: &str) -> [u8; 16] {
    digest(&["own", key])
}

/// Names an account.
pub fn user_digest(user: &str) -> [u8; 16] {
    digest(&[user])
}

fn digest(parts: &[&str]) -> [u8; 16] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let mut short = [0; 16];
    for (slot, byte) in short.iter_mut().zip(hasher.finalize()) {
        *slot = byte;
    }
    short
}
