//! Incoming SMS as conversations: what waits for a person first, and what was said by both sides.

use crate::{
    ask::{Conversation, ConversationRow, ListConversations, Request, ShowConversation},
    domain::lang::Words,
    tui::{
        state::{Effect, Ticket},
        widget::{paged::Paged, turn::Turn},
    },
};

pub mod view;

/// A text that is offered to whoever answers by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its id in the data file.
    pub id: String,
    /// What it says, in a few words.
    pub name: Words,
    /// The text, with placeholders.
    pub text: String,
}

/// The list of conversations with the lines of one.
#[derive(Debug)]
pub struct InboxScreen {
    /// The conversations around the screen.
    pub list: Paged<ConversationRow>,
    /// All of them, not only those in which something waits.
    pub all: bool,
    /// Text to find; empty finds all.
    pub find: String,
    /// In how many something waits.
    pub open: u64,
    /// Texts for answers by hand.
    pub templates: Vec<Template>,
    /// Whether the lines are shown; they are from the start.
    pub detail_open: bool,
    /// The lines that are here; they may still be those of another row.
    pub detail: Option<Box<Conversation>>,
    /// Rows of the lines scrolled away.
    pub detail_scroll: u16,
    pub(in crate::tui) detail_turn: Turn,
}

impl Default for InboxScreen {
    fn default() -> Self {
        Self {
            list: Paged::default(),
            // What is answered already is worth seeing: that the office answers by itself must not be a secret.
            all: true,
            find: String::new(),
            open: 0,
            templates: Vec::new(),
            detail_open: true,
            detail: None,
            detail_scroll: 0,
            detail_turn: Turn::default(),
        }
    }
}

impl InboxScreen {
    /// Asks for the rows around the screen.
    pub(in crate::tui) fn ask(&mut self, height: u16) -> Option<Effect> {
        let (offset, limit) = self.list.ask(height)?;
        Some(Effect::Ask(
            Ticket::Inbox,
            Request::ListConversations(ListConversations {
                open: !self.all,
                section: None,
                find: (!self.find.trim().is_empty()).then(|| self.find.clone()),
                offset,
                limit,
            }),
        ))
    }

    /// Asks for the lines of the conversation under the cursor, when they are shown.
    pub(in crate::tui) fn ask_detail(&mut self) -> Option<Effect> {
        if !self.detail_open {
            return None;
        }
        let id = self.list.selected()?.last;
        self.detail_turn.start().then_some(Effect::Ask(
            Ticket::Thread,
            Request::ShowConversation(ShowConversation { id }),
        ))
    }

    /// The lines of the conversation under the cursor, if they are here.
    pub fn shown_detail(&self) -> Option<&Conversation> {
        let from = &self.list.selected()?.from;
        self.detail
            .as_deref()
            .filter(|detail| detail.row.from == *from)
    }
}
