//! What can be asked about many messages at once: finding, grouping, looking before confirming, holding.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, Utc};
use serde::{Deserialize, Serialize};

use super::{SmsChoice, SmsRow};
use crate::domain::id::{SatkerCode, SmsId};
use crate::domain::money::Rupiah;
use crate::domain::sms::{SmsKind, SmsState};

/// Which messages a list shows, or a bulk request means.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SmsFilter {
    /// Only in these states; empty means all.
    pub states: Vec<SmsState>,
    /// Only of this kind.
    pub kind: Option<SmsKind>,
    /// Only about this satker.
    pub satker: Option<SatkerCode>,
    /// Only those in which every word occurs: id, phone, text, agenda.
    pub find: Option<String>,
    /// Only those that this user drafted.
    pub drafter: Option<String>,
    /// Only those of this group, named by its key.
    pub group: Option<(SmsGrouping, String)>,
    /// None of these.
    pub except: Vec<SmsId>,
}

/// By what messages are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SmsGrouping {
    /// By the module of their letter; the key is its id, empty for messages without a letter.
    Module,
    /// By what they are for, and so by their template.
    Kind,
    /// By satker; the key is its code, empty for messages about none.
    Satker,
    /// By the day of their draft; the key is `2026-11-24`.
    Day,
    /// By the operator that the number was first given to.
    Operator,
    /// By the words of the last fault, empty for none.
    Fault,
}

impl SmsGrouping {
    /// All, in the order in which the key goes through them.
    pub const ALL: [Self; 6] = [
        Self::Module,
        Self::Kind,
        Self::Satker,
        Self::Day,
        Self::Operator,
        Self::Fault,
    ];

    /// The written form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Module => "module",
            Self::Kind => "kind",
            Self::Satker => "satker",
            Self::Day => "day",
            Self::Operator => "operator",
            Self::Fault => "fault",
        }
    }
}

/// See [`super::Request::OutlineSms`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OutlineSms {
    /// Which messages.
    pub filter: SmsFilter,
    /// How they are put together.
    pub by: SmsGrouping,
    /// Keys of the groups whose messages are shown too.
    pub open: Vec<String>,
    /// How many lines to skip.
    pub offset: u64,
    /// How many lines at the most; the server gives no more than 1,000.
    pub limit: u32,
}

/// Groups, and the messages of the open ones under them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SmsOutline {
    /// In order.
    pub lines: Vec<SmsLine>,
    /// How many lines there are in all.
    pub total: u64,
    /// How many were skipped.
    pub offset: u64,
    /// How many messages the filter finds, in open and closed groups.
    pub messages: u64,
    /// How many messages are in each state, whatever the filter.
    pub counts: BTreeMap<SmsState, u64>,
}

/// A line of a list of messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SmsLine {
    /// The head of a group.
    Group(SmsGroup),
    /// A message.
    Sms(Box<SmsRow>),
}

/// Messages put together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmsGroup {
    /// By what.
    pub by: SmsGrouping,
    /// What they have in common, see [`SmsGrouping`].
    pub key: String,
    /// The same for a person, where the key does not say it: the name of a satker.
    pub label: String,
    /// Messages.
    pub count: u64,
    /// SMS that they take.
    pub parts: u64,
    /// Its messages follow.
    pub open: bool,
}

/// See [`super::Request::PreviewConfirm`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PreviewConfirm {
    /// Which; of several pieces, all of them.
    pub which: SmsChoice,
}

/// What confirming would do.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ConfirmPreview {
    /// When this was true: to be given back with the choice, so that nothing leaves that was changed since.
    pub seen: DateTime<Utc>,
    /// Messages.
    pub count: u64,
    /// SMS that they take.
    pub parts: u64,
    /// What they cost, where the price is known.
    pub cost: Option<Rupiah>,
    /// Messages in the alphabet with fewer characters in an SMS.
    pub unicode: u64,
    /// A few of them.
    pub samples: Vec<SmsRow>,
    /// Messages to a phone that is no longer that of an official of their satker.
    pub no_phone: u64,
    /// Short names of a few such satker.
    pub no_phone_of: Vec<String>,
    /// Messages whose text went to the same phone in the last seven days, or is there twice.
    pub duplicates: u64,
    /// A few of them.
    pub duplicate_ids: Vec<SmsId>,
    /// Messages that will still wait for a second person.
    pub second_needed: u64,
    /// Messages that a first person has confirmed, by that person.
    pub first_by: BTreeMap<String, u64>,
    /// The budget of the day, where there is one.
    pub budget: Option<DayBudget>,
}

/// SMS of a day against the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayBudget {
    /// As set.
    pub limit: u64,
    /// Sent today, or queued.
    pub used: u64,
    /// The same, after this.
    pub after: u64,
}

impl DayBudget {
    /// Whether a confirmation needs an explicit yes.
    pub const fn passed(&self) -> bool {
        self.after > self.limit && self.after > self.used
    }
}

/// See [`super::Request::ConfirmBeyond`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConfirmBeyond {
    /// Which.
    pub which: SmsChoice,
}

/// See [`super::Request::WithdrawSms`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WithdrawSms {
    /// Which.
    pub which: SmsChoice,
    /// Why; may be empty.
    pub reason: String,
}

/// See [`super::Request::HoldSending`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HoldSending {
    /// Why.
    pub reason: String,
}

/// See [`super::Request::ResumeSending`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ResumeSending {}

/// All sending is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldRow {
    /// By whom.
    pub by: String,
    /// Since when.
    pub since: DateTime<FixedOffset>,
    /// Why.
    pub reason: String,
}
