//! An SMS on its way from draft to delivery report.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::deadline::Reminded;
use super::id::{AgendaNo, ObligationId, SatkerCode, SmsId};
use super::phone::PhoneNumber;
use super::satker::ContactRole;

/// Written forms of an enumeration that is part of the contract.
macro_rules! contract_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// All values, in their natural order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The written form, as used on the command line and in JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Reads the written form; case does not matter.
            pub fn parse(text: &str) -> Option<Self> {
                let wanted = text.trim().to_ascii_lowercase();
                Self::ALL.iter().copied().find(|value| value.as_str() == wanted)
            }

            /// Position in [`Self::ALL`], for counters.
            pub fn index(self) -> usize {
                self as usize
            }
        }
    };
}

contract_enum!(
    /// Where a message stands.
    SmsState {
        /// Drafted; a person has not confirmed it yet (or only the first of two).
        Waiting = "waiting",
        /// Confirmed; waits for its undo window, the sending window and a free modem.
        Queued = "queued",
        /// On disk as being sent **before** the network could accept it.
        Sending = "sending",
        /// The network accepted all parts.
        Sent = "sent",
        /// The phone has it.
        Delivered = "delivered",
        /// The network gave up.
        Undelivered = "undelivered",
        /// The network or the modem refused for good.
        Failed = "failed",
        /// Silence after the text was handed over: never resent by itself, never lost.
        Uncertain = "uncertain",
        /// A person said no.
        Rejected = "rejected",
        /// Its reason went away (obligation met, letter void).
        Withdrawn = "withdrawn",
        /// Too late to be useful.
        Expired = "expired",
    }
);
contract_enum!(
    /// What a message is for; decides who must confirm it.
    SmsKind {
        /// A submission was received.
        Received = "received",
        /// A service is complete.
        Completed = "completed",
        /// A submission was returned or rejected.
        Returned = "returned",
        /// An obligation falls due.
        Reminder = "reminder",
        /// A figure needs attention.
        Alert = "alert",
        /// Answer to a keyword.
        Reply = "reply",
        /// Request for a rating.
        Survey = "survey",
        /// Announcement to many.
        Broadcast = "broadcast",
        /// Written by hand.
        Free = "free",
        /// To the office's own people.
        Internal = "internal",
    }
);

/// Who must confirm messages of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConfirmPolicy {
    /// One person.
    Manual,
    /// Two different persons.
    TwoPerson,
    /// Nobody: queued as soon as it is drafted.
    Auto,
}

/// Alphabet of a message, 3GPP TS 23.038.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// GSM 7-bit default alphabet: 160 septets, or 153 in each of several parts.
    #[serde(rename = "gsm7")]
    Gsm7,
    /// UCS-2: 70 units, or 67 in each of several parts.
    #[serde(rename = "ucs2")]
    Ucs2,
}

/// All sending is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// By whom.
    pub by: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Why.
    pub reason: String,
}

/// One part of a message that the network has been given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartState {
    /// TP-MR that the network answered with; a status report carries it back. None while unknown.
    pub reference: Option<u8>,
    /// What became of the part.
    pub outcome: PartOutcome,
}

/// What became of one part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartOutcome {
    /// Not handed over yet.
    Pending,
    /// Accepted by the network.
    Accepted,
    /// Handed over, no answer.
    Unknown,
    /// Reported as delivered.
    Delivered,
    /// Reported as given up.
    Undelivered,
}

/// Why the last attempt did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmsFault {
    /// `+CMS ERROR`/`+CME ERROR` number or TP-ST, if there was one.
    pub code: Option<u16>,
    /// In words, for a person.
    pub text: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// One step of a message's life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmsStep {
    /// The state reached (the same as before for an edit or a first of two confirmations).
    pub state: SmsState,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom; `sistem` for the server.
    pub by: String,
    /// What, where the state does not say it.
    pub note: Option<String>,
}

/// The state of a budget that an alert speaks of: the same state on the same day is told once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BudgetAlert {
    /// Id of the alert: `serapan-rendah`, `pagu-minus`.
    pub alert: String,
    /// Fiscal year.
    pub year: u16,
    /// Type of expense.
    pub expense: String,
    /// The figures are as of this date.
    pub as_of: chrono::NaiveDate,
}

/// A message of the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sms {
    /// Its number.
    pub id: SmsId,
    /// What it is for.
    pub kind: SmsKind,
    /// To whom.
    pub to: PhoneNumber,
    /// The satker it is about, if any.
    pub satker: Option<SatkerCode>,
    /// The capacity of the addressee, if known.
    pub role: Option<ContactRole>,
    /// What will be sent.
    pub text: String,
    /// What the template gave, when a person has changed the text since.
    pub drafted_text: Option<String>,
    /// Alphabet.
    pub encoding: Encoding,
    /// Number of SMS that it takes, 1 to 255.
    pub parts: u8,
    /// The letter it is about, if any.
    pub letter: Option<AgendaNo>,
    /// The obligation it is about, if any.
    pub deadline: Option<ObligationId>,
    /// All the deadlines that it reminds of, and why now; several in a digest.
    #[serde(default)]
    pub reminds: Vec<Reminded>,
    /// What in the budget it warns of.
    #[serde(default)]
    pub alert: Option<BudgetAlert>,
    /// The announcement that it is a copy of: the same for all its phones, whatever stands for {satker} in each.
    #[serde(default)]
    pub announcement: Option<String>,
    /// Of no use after this: `expired` when it has not left by then.
    #[serde(default)]
    pub expires: Option<DateTime<Utc>>,
    /// Drafted at.
    pub created: DateTime<Utc>,
    /// Who (or whose act) drafted it.
    pub created_by: String,
    /// Who must confirm it.
    pub policy: ConfirmPolicy,
    /// Who confirmed, in order; two for `two-person`.
    pub confirmed_by: Vec<String>,
    /// Last confirmation.
    pub confirmed: Option<DateTime<Utc>>,
    /// Not to be sent before: end of the undo window, or the next attempt.
    pub not_before: Option<DateTime<Utc>>,
    /// Attempts made.
    pub attempts: u32,
    /// The modem of the last attempt.
    pub modem: Option<String>,
    /// Accepted by the network at.
    pub sent: Option<DateTime<Utc>>,
    /// Reported as delivered at.
    pub delivered: Option<DateTime<Utc>>,
    /// Last fault.
    pub error: Option<SmsFault>,
    /// Per part of the last attempt.
    pub part_states: Vec<PartState>,
    /// Present state.
    pub state: SmsState,
    /// All steps, oldest first.
    pub history: Vec<SmsStep>,
}
