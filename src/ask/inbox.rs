//! What can be asked about conversations and ratings.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use super::SmsRow;
use crate::domain::id::{AgendaNo, InboxId, SatkerCode};
use crate::domain::inbox::InboxMessage;
use crate::domain::phone::PhoneNumber;

/// Which conversations to show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListConversations {
    /// Only those in which something waits for a person.
    pub open: bool,
    /// Only those of this section.
    pub section: Option<String>,
    /// Only those whose number, satker or last text has all these words.
    pub find: Option<String>,
    /// How many to skip.
    pub offset: u64,
    /// How many at the most; the server gives no more than 1,000.
    pub limit: u32,
}

/// A conversation as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationRow {
    /// Its latest incoming message.
    pub last: InboxId,
    /// The sender.
    pub from: String,
    /// As people write the number; the sender as it is where it is none.
    pub shown: String,
    /// The satker that have this number, by short name.
    pub satker: Vec<String>,
    /// Name of the person, where the number is on a satker's list.
    pub name: Option<String>,
    /// Text of the latest incoming message.
    pub text: String,
    /// When it came.
    pub time: DateTime<FixedOffset>,
    /// Messages that wait for a person.
    pub open: u32,
    /// Messages in all.
    pub messages: u32,
    /// The section that deals with what is open.
    pub section: Option<String>,
    /// This phone wants no notices.
    pub opted_out: bool,
    /// It can be answered: the sender is a mobile number.
    pub answerable: bool,
}

/// A page of conversations: what waits for a person first, then by the latest message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationPage {
    /// In that order.
    pub rows: Vec<ConversationRow>,
    /// How many there are in all.
    pub total: u64,
    /// How many were skipped.
    pub offset: u64,
    /// In how many something waits for a person, whatever the filter.
    pub open: u64,
}

/// See [`super::Request::ShowConversation`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShowConversation {
    /// Any message of it.
    pub id: InboxId,
}

/// One line of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConversationLine {
    /// What the phone wrote.
    In(Box<InboxMessage>),
    /// What the office wrote.
    Out(Box<SmsRow>),
}

/// A conversation with what was said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    /// As in the list.
    pub row: ConversationRow,
    /// The latest lines, oldest first, up to 100 of each side.
    pub lines: Vec<ConversationLine>,
}

/// See [`super::Request::AnswerInbox`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AnswerInbox {
    /// The message to answer; all that waits in its conversation up to it counts as answered.
    pub id: InboxId,
    /// The answer.
    pub text: String,
    /// Made up by the client: a retry after a dropped line answers nothing twice.
    pub key: Option<String>,
}

/// See [`super::Request::DoneInbox`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DoneInbox {
    /// All that waits in its conversation up to it is done.
    pub id: InboxId,
}

/// See [`super::Request::AssignInbox`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AssignInbox {
    /// All that waits in its conversation.
    pub id: InboxId,
    /// To this section.
    pub section: String,
}

/// See [`super::Request::GetSatisfaction`].
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct GetSatisfaction {
    /// Only ratings from this day on …
    pub from: Option<chrono::NaiveDate>,
    /// … up to this day.
    pub to: Option<chrono::NaiveDate>,
}

/// The mean of ratings. Hidden where fewer than five make it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// What it is about: a module id, a section, a month; empty for all.
    pub name: String,
    /// Ratings.
    pub n: u64,
    /// Mean in hundredths, 100 to 500; none where `n` is below five.
    pub mean: Option<u32>,
}

/// The satisfaction index.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Satisfaction {
    /// All ratings.
    pub all: Index,
    /// The target, in hundredths: 450.
    pub target: u32,
    /// By module.
    pub modules: Vec<Index>,
    /// By section.
    pub sections: Vec<Index>,
    /// By month, `2026-11`.
    pub months: Vec<Index>,
    /// Messages that asked for a rating and were sent.
    pub asked: u64,
    /// The latest comments, newest first, up to 50.
    pub comments: Vec<Comment>,
}

/// What somebody wrote with a rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// About which service.
    pub agenda: AgendaNo,
    /// Of which satker.
    pub satker: Option<SatkerCode>,
    /// 1 to 5.
    pub value: u8,
    /// The words.
    pub text: String,
    /// When.
    pub time: DateTime<FixedOffset>,
}

/// A phone as conversations show it.
pub fn shown(from: &str, phone: Option<&PhoneNumber>) -> String {
    phone.map_or_else(|| from.to_owned(), PhoneNumber::display)
}
