//! An SMS that came in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::id::{InboxId, SatkerCode, SmsId};

/// An incoming message, whole: parts have been put together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxMessage {
    /// Its number.
    pub id: InboxId,
    /// The sender as the network gave it: `+628…`, a short number or a name.
    pub from: String,
    /// The satker that this number belongs to, if exactly one.
    pub satker: Option<SatkerCode>,
    /// The text, free of control characters.
    pub text: String,
    /// When the office received it.
    pub received: DateTime<Utc>,
    /// When the network took it (TP-SCTS), as far as the network's clock can be believed.
    pub sent: Option<DateTime<Utc>>,
    /// The modem it came in by.
    pub modem: String,
    /// Keyword recognised in it.
    pub keyword: Option<String>,
    /// The message that answered it.
    pub answered_by: Option<SmsId>,
}
