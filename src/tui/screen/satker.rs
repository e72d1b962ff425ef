//! The work units and their officials.

use crate::{
    ask::{ListSatker, Request, SatkerDetail, SatkerRow, ShowSatker},
    tui::{
        state::{Effect, Ticket},
        widget::{paged::Paged, turn::Turn},
    },
};

pub mod view;

/// The list of work units with the details of one.
#[derive(Debug)]
pub struct SatkerScreen {
    /// The units around the screen.
    pub list: Paged<SatkerRow>,
    /// Text to find; empty finds all.
    pub find: String,
    /// Whether the details are shown; they are from the start.
    pub detail_open: bool,
    /// The details that are here; they may still be those of another row.
    pub detail: Option<Box<SatkerDetail>>,
    /// Rows of the details scrolled away.
    pub detail_scroll: u16,
    pub(in crate::tui) detail_turn: Turn,
}

impl Default for SatkerScreen {
    fn default() -> Self {
        Self {
            list: Paged::default(),
            find: String::new(),
            detail_open: true,
            detail: None,
            detail_scroll: 0,
            detail_turn: Turn::default(),
        }
    }
}

impl SatkerScreen {
    /// Asks for the rows around the screen.
    pub(in crate::tui) fn ask(&mut self, height: u16) -> Option<Effect> {
        let (offset, limit) = self.list.ask(height)?;
        let find = (!self.find.trim().is_empty()).then(|| self.find.clone());
        Some(Effect::Ask(
            Ticket::Satkers,
            Request::ListSatker(ListSatker {
                find,
                kind: None,
                offset,
                limit,
            }),
        ))
    }

    /// Asks for the details of the row under the cursor, when they are shown.
    pub(in crate::tui) fn ask_detail(&mut self) -> Option<Effect> {
        if !self.detail_open {
            return None;
        }
        let code = self.list.selected()?.code;
        self.detail_turn.start().then_some(Effect::Ask(
            Ticket::Satker,
            Request::ShowSatker(ShowSatker { code }),
        ))
    }

    /// The details of the row under the cursor, if they are here.
    pub fn shown_detail(&self) -> Option<&SatkerDetail> {
        let code = self.list.selected()?.code;
        self.detail
            .as_deref()
            .filter(|detail| detail.satker.code == code)
    }
}
