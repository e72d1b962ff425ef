//! One thing that one participant owes by a date: an instance of an [`Obligation`](super::rule::Obligation).
//!
//! What is owed ([`Terms`]) is the same for many owners, so facts carry it once with the list of owners.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::id::{AgendaNo, BadId, ObligationId, SatkerCode};
use super::period::Period;
use super::rule::{Basis, Due};

/// Treasurers of a satker who report separately (PMK 162/PMK.05/2013).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Treasurer {
    /// Bendahara Pengeluaran.
    Pengeluaran,
    /// Bendahara Penerimaan, only where the satker collects PNBP.
    Penerimaan,
}

impl Treasurer {
    /// The written form, as in JSON and in the field `jenis_bendahara`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pengeluaran => "pengeluaran",
            Self::Penerimaan => "penerimaan",
        }
    }

    /// Reads the written form; case does not matter.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        [Self::Pengeluaran, Self::Penerimaan]
            .into_iter()
            .find(|treasurer| treasurer.as_str().eq_ignore_ascii_case(text))
    }
}

/// Who owes: a satker, or one of its treasurers. Written `411902` or `411902/penerimaan`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Owner {
    /// The satker (or another participant).
    pub satker: SatkerCode,
    /// Which treasurer, where each owes separately.
    pub treasurer: Option<Treasurer>,
}

impl From<Owner> for String {
    fn from(owner: Owner) -> Self {
        match owner.treasurer {
            Some(treasurer) => format!("{}/{}", owner.satker, treasurer.as_str()),
            None => owner.satker.to_string(),
        }
    }
}

impl TryFrom<String> for Owner {
    type Error = BadId;

    fn try_from(text: String) -> Result<Self, BadId> {
        let bad = || BadId(text.chars().take(40).collect());
        let (code, treasurer) = match text.split_once('/') {
            Some((code, treasurer)) => (code, Some(Treasurer::parse(treasurer).ok_or_else(bad)?)),
            None => (text.as_str(), None),
        };
        Ok(Self {
            satker: SatkerCode::parse(code)?,
            treasurer,
        })
    }
}

impl Owner {
    /// The satker as a whole.
    pub fn satker(satker: SatkerCode) -> Self {
        Self {
            satker,
            treasurer: None,
        }
    }
}

/// Something that happened on a day and starts a deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happening {
    /// Event id of a module: `contract-signed`.
    pub event: String,
    /// The day.
    pub date: NaiveDate,
}

/// What is owed and by when; the same for all its owners.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Obligation id.
    pub obligation: String,
    /// Module id.
    pub module: String,
    /// For obligations of a period (and the year of a milestone).
    #[serde(default)]
    pub period: Option<Period>,
    /// For obligations that follow an event.
    #[serde(default)]
    pub event: Option<Happening>,
    /// Entry of a letter that gives dates, or a milestone: its id, or a name given by hand.
    #[serde(default)]
    pub item: Option<String>,
    /// What was noted with the event, by field id.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// Rupiah, for rules by value.
    #[serde(default)]
    pub value: Option<i64>,
    /// The date that counts.
    pub due: NaiveDate,
    /// Before it was moved off a day without service.
    pub nominal: NaiveDate,
    /// *Perkiraan*: the letter that gives the real date has not been entered.
    #[serde(default)]
    pub estimate: bool,
}

impl Terms {
    /// What the due date is computed from, but for the date of a letter.
    pub fn basis(&self) -> Basis {
        Basis {
            period: self.period,
            event: self.event.as_ref().map(|happening| happening.date),
            value: self.value,
            letter: None,
        }
    }

    /// What tells this occasion from others of the same obligation: the period, the event with what was noted, the entry.
    pub fn occasion(&self) -> String {
        occasion(
            self.period,
            self.event.as_ref(),
            self.item.as_deref(),
            &self.fields,
        )
    }

    /// Takes over a newly computed date.
    pub fn set_due(&mut self, due: Due) {
        self.due = due.date;
        self.nominal = due.nominal;
        self.estimate = due.estimate;
    }
}

/// See [`Terms::occasion`].
pub fn occasion(
    period: Option<Period>,
    event: Option<&Happening>,
    item: Option<&str>,
    fields: &BTreeMap<String, String>,
) -> String {
    let mut parts = Vec::new();
    parts.extend(period.map(|period| period.to_string()));
    parts.extend(item.map(|item| format!("/{item}")));
    if let Some(happening) = event {
        parts.push(format!("/{}@{}", happening.event, happening.date));
        parts.extend(fields.iter().map(|(id, value)| format!(";{id}={value}")));
    }
    parts.concat()
}

/// What became of a deadline; *late* is open and past its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeadlineState {
    /// Owed.
    Open,
    /// Fulfilled, in time or not.
    Met,
    /// Need not be fulfilled, for a reason given.
    Exempt,
}

/// One step of a deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadlineStep {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom; `sistem` for the server.
    pub by: String,
    /// What.
    pub what: DeadlineChange,
}

/// What happened to a deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeadlineChange {
    /// It came into being.
    Opened,
    /// It was fulfilled.
    Met {
        /// On this day.
        on: NaiveDate,
        /// By this letter.
        letter: Option<AgendaNo>,
    },
    /// It need not be fulfilled.
    Exempted {
        /// Why.
        reason: String,
    },
    /// It is owed again after all.
    Reopened {
        /// Why.
        reason: String,
    },
    /// Its date changed.
    Moved {
        /// The old date.
        from: NaiveDate,
        /// The new one.
        to: NaiveDate,
        /// Why.
        reason: String,
    },
}

/// One thing that one participant owes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// Its number.
    pub id: ObligationId,
    /// Who owes it.
    pub owner: Owner,
    /// What, and by when.
    pub terms: Terms,
    /// What became of it.
    pub state: DeadlineState,
    /// Fulfilled on.
    pub met: Option<NaiveDate>,
    /// The letter that fulfilled it.
    pub letter: Option<AgendaNo>,
    /// A person set the date: the calendar does not move it any more.
    pub fixed: bool,
    /// All steps, oldest first.
    pub history: Vec<DeadlineStep>,
}

impl Deadline {
    /// A new one.
    pub fn new(
        id: ObligationId,
        owner: Owner,
        terms: Terms,
        at: DateTime<Utc>,
        by: String,
    ) -> Self {
        Self {
            id,
            owner,
            terms,
            state: DeadlineState::Open,
            met: None,
            letter: None,
            fixed: false,
            history: vec![DeadlineStep {
                at,
                by,
                what: DeadlineChange::Opened,
            }],
        }
    }

    /// Takes in what happened to it.
    pub fn apply(&mut self, step: DeadlineStep) {
        match &step.what {
            DeadlineChange::Opened => {}
            DeadlineChange::Met { on, letter } => {
                self.state = DeadlineState::Met;
                self.met = Some(*on);
                self.letter = *letter;
            }
            DeadlineChange::Exempted { .. } => {
                self.state = DeadlineState::Exempt;
                self.met = None;
                self.letter = None;
            }
            DeadlineChange::Reopened { .. } => {
                self.state = DeadlineState::Open;
                self.met = None;
                self.letter = None;
            }
            DeadlineChange::Moved { to, .. } => self.terms.due = *to,
        }
        self.history.push(step);
    }
}

/// Why a reminder was drafted: the deadline and the offset of the rule. With the phone it makes a reminder unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reminded {
    /// The deadline.
    pub deadline: ObligationId,
    /// The rule's offset: −7, 0, 1 …
    pub cause: Cause,
    /// The date that it named; a deadline that moved is told anew.
    #[serde(default)]
    pub due: Option<NaiveDate>,
}

/// What made a reminder come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// An offset of the rule, in its days from the due date.
    Offset(i32),
    /// The event that started the deadline was recorded.
    Recorded,
    /// A person asked for it.
    ByHand,
}
