//! An SMS that came in, and what became of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::id::{AgendaNo, InboxId, SatkerCode, SmsId};
use super::phone::PhoneNumber;

/// What became of an incoming message.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum InboxState {
    /// A person must look at it.
    #[default]
    Open,
    /// It was answered: by the server, or by a person.
    Answered,
    /// A person has dealt with it without an answer.
    Done,
    /// Nothing to do: thanks, a repetition, an advertisement …
    Ignored,
}

/// An incoming message, whole: parts have been put together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxMessage {
    /// Its number.
    pub id: InboxId,
    /// The sender as the network gave it: `+628…`, a short number or a name.
    pub from: String,
    /// The satker that this number belongs to, if exactly one; or the one that was asked about.
    pub satker: Option<SatkerCode>,
    /// The text, free of control characters.
    pub text: String,
    /// When the office received it.
    pub received: DateTime<Utc>,
    /// When the network took it (TP-SCTS), as far as the network's clock can be believed.
    pub sent: Option<DateTime<Utc>>,
    /// The modem it came in by.
    pub modem: String,
    /// Keyword recognised in it, in its main spelling.
    pub keyword: Option<String>,
    /// The message that answered it.
    pub answered_by: Option<SmsId>,
    /// What became of it.
    #[serde(default)]
    pub state: InboxState,
    /// Id of the text that answered it (`pagu`, `e01`), where the server did.
    #[serde(default)]
    pub reply: Option<String>,
    /// Why it was ignored or left to a person: `courtesy`, `empty`, `repeat`, `limit`, `machine`, `own`, `text`, `flood` (above
    /// the budget of the hour), `incomplete` (parts of it
    /// are missing), `completed` (they came after it was shown).
    #[serde(default)]
    pub note: Option<String>,
    /// The letter that it was registered as.
    #[serde(default)]
    pub agenda: Option<AgendaNo>,
    /// The section that deals with it.
    #[serde(default)]
    pub section: Option<String>,
    /// Who dealt with it; none for the server.
    #[serde(default)]
    pub handled_by: Option<String>,
    /// When.
    #[serde(default)]
    pub handled: Option<DateTime<Utc>>,
}

/// What a phone said about a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// Which service.
    pub agenda: AgendaNo,
    /// From which phone; one rating each.
    pub phone: PhoneNumber,
    /// 1 to 5.
    pub value: u8,
    /// What was written with it.
    #[serde(default)]
    pub comment: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// The message that it came in.
    #[serde(default)]
    pub message: Option<InboxId>,
}
