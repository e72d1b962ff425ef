//! The audit trail: newest first, older pages as the person goes down.

use crate::{
    ask::{AuditPage, AuditRow, ListAudit, Request},
    tui::{
        state::{Effect, Ticket},
        widget::turn::Turn,
    },
};

pub mod view;

/// Facts asked for at a time.
const PAGE: u32 = 200;

/// The facts that have been looked at.
#[derive(Debug, Default)]
pub struct AuditScreen {
    /// Newest first, without gaps.
    pub rows: Vec<AuditRow>,
    /// Where the next older page begins; none at the end.
    pub next_before: Option<u64>,
    /// The row under the cursor.
    pub cursor: usize,
    /// The first row on the screen.
    pub top: usize,
    /// `@name` finds what a person did, anything else what it is about.
    pub find: String,
    /// Whether the whole fact is shown.
    pub detail_open: bool,
    /// Rows of the details scrolled away.
    pub detail_scroll: u16,
    /// An answer has come.
    pub known: bool,
    turn: Turn,
    more_turn: Turn,
    /// The answers that are outstanding are to another search than the present one.
    stale: (bool, bool),
}

impl AuditScreen {
    fn request(&self, before: Option<u64>) -> Request {
        let find = self.find.trim();
        let (actor, about) = match find.strip_prefix('@') {
            Some("") => (None, None),
            Some(actor) => (Some(actor.to_owned()), None),
            None if find.is_empty() => (None, None),
            None => (None, Some(find.to_owned())),
        };
        Request::ListAudit(ListAudit {
            since: None,
            actor,
            about,
            before,
            limit: PAGE,
        })
    }

    /// Asks for the newest facts.
    pub(in crate::tui) fn ask(&mut self) -> Option<Effect> {
        self.turn
            .start()
            .then(|| Effect::Ask(Ticket::Audit, self.request(None)))
    }

    /// Asks for older facts when the screen has come near the end of what is here.
    pub(in crate::tui) fn ask_more(&mut self, height: u16) -> Option<Effect> {
        let before = self.next_before?;
        if self.top + 2 * usize::from(height) < self.rows.len() || !self.more_turn.start() {
            return None;
        }
        Some(Effect::Ask(Ticket::AuditMore, self.request(Some(before))))
    }

    /// The newest facts were refused.
    pub(in crate::tui) fn give_up(&mut self) {
        self.turn = Turn::default();
        self.stale.0 = false;
    }

    /// The older facts were refused.
    pub(in crate::tui) fn give_up_more(&mut self) {
        self.more_turn = Turn::default();
        self.stale.1 = false;
    }

    /// Takes the newest facts; older ones that are here stay when they join on. Gives the question that should follow.
    pub(in crate::tui) fn newest(&mut self, page: AuditPage, height: u16) -> Option<Effect> {
        let again = self.turn.done();
        if !std::mem::take(&mut self.stale.0) {
            self.take_newest(page, height);
        }
        again.then(|| self.ask()).flatten()
    }

    fn take_newest(&mut self, page: AuditPage, height: u16) {
        let selected = self.rows.get(self.cursor).map(|row| row.seq);
        let oldest = page.rows.last().map(|row| row.seq);
        let joins = self
            .rows
            .first()
            .is_some_and(|first| oldest.is_some_and(|oldest| oldest <= first.seq + 1));
        if joins {
            let kept = std::mem::take(&mut self.rows);
            self.rows = page.rows;
            self.rows.extend(
                kept.into_iter()
                    .filter(|row| oldest.is_some_and(|oldest| row.seq < oldest)),
            );
        } else {
            self.rows = page.rows;
            self.next_before = page.next_before;
        }
        if self.next_before.is_none() && !self.known {
            self.next_before = page.next_before;
        }
        self.known = true;
        if let Some(position) =
            selected.and_then(|seq| self.rows.iter().position(|row| row.seq == seq))
        {
            if self.top > 0 {
                self.top = (self.top + position).saturating_sub(self.cursor);
            }
            self.cursor = position;
        }
        self.settle(height);
    }

    /// Takes older facts.
    pub(in crate::tui) fn older(&mut self, page: AuditPage) {
        self.more_turn.done();
        if std::mem::take(&mut self.stale.1) {
            return;
        }
        let last = self.rows.last().map(|row| row.seq);
        self.rows.extend(
            page.rows
                .into_iter()
                .filter(|row| last.is_none_or(|last| row.seq < last)),
        );
        self.next_before = page.next_before;
    }

    /// Keeps cursor and screen inside the list.
    pub(in crate::tui) fn settle(&mut self, height: u16) {
        let height = usize::from(height.max(1));
        self.cursor = self.cursor.min(self.rows.len().saturating_sub(1));
        self.top = self
            .top
            .min(self.cursor)
            .max((self.cursor + 1).saturating_sub(height));
    }

    /// Another question from now on.
    pub(in crate::tui) fn restart(&mut self) {
        self.rows.clear();
        self.next_before = None;
        self.cursor = 0;
        self.top = 0;
        self.known = false;
        self.stale = (self.turn.is_out(), self.more_turn.is_out());
    }
}
