//! The messages: waiting for a yes, on their way, sent, in trouble.

use std::collections::BTreeMap;

use crate::{
    domain::{
        id::{SatkerCode, SmsId},
        sms::SmsState,
    },
    service::{ListSms, Request, ShowSms, SmsDetail, SmsRow},
    tui::{
        state::{Effect, Ticket},
        widget::{paged::Paged, turn::Turn},
    },
};

pub mod view;

/// A filter by state: the id of its name, and the states; none is all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateTab {
    /// Id of its name.
    pub name: &'static str,
    /// The states it shows.
    pub states: &'static [SmsState],
}

/// The filters in the order in which the key goes through them.
pub const TABS: [StateTab; 6] = [
    StateTab {
        name: "sms-tab-waiting",
        states: &[SmsState::Waiting],
    },
    StateTab {
        name: "sms-tab-queued",
        states: &[SmsState::Queued, SmsState::Sending],
    },
    StateTab {
        name: "sms-tab-sent",
        states: &[SmsState::Sent, SmsState::Delivered],
    },
    StateTab {
        name: "sms-tab-trouble",
        states: &[SmsState::Uncertain, SmsState::Failed, SmsState::Undelivered],
    },
    StateTab {
        name: "sms-tab-ended",
        states: &[SmsState::Rejected, SmsState::Withdrawn, SmsState::Expired],
    },
    StateTab {
        name: "sms-tab-all",
        states: &[],
    },
];

/// The position of "all" in [`TABS`].
pub const ALL_TAB: usize = 5;
/// The position of what is in trouble in [`TABS`].
pub const TROUBLE_TAB: usize = 3;

/// The list of messages with the full text of one.
#[derive(Debug)]
pub struct SmsScreen {
    /// The messages around the screen.
    pub list: Paged<SmsRow>,
    /// Position in [`TABS`].
    pub tab: usize,
    /// Text to find; empty finds all.
    pub find: String,
    /// Only about this satker.
    pub satker: Option<SatkerCode>,
    /// Messages by state, whatever the filter.
    pub counts: BTreeMap<SmsState, u64>,
    /// Marked messages, as they were when they were marked.
    pub marks: BTreeMap<SmsId, SmsRow>,
    /// What was confirmed last and not taken back yet: it has left the list of what waits.
    pub confirmed: Vec<SmsId>,
    /// Whether text and history are shown; they are from the start.
    pub detail_open: bool,
    /// The details that are here; they may still be those of another row.
    pub detail: Option<Box<SmsDetail>>,
    /// Rows of the details scrolled away.
    pub detail_scroll: u16,
    pub(in crate::tui) detail_turn: Turn,
}

impl Default for SmsScreen {
    fn default() -> Self {
        Self {
            list: Paged::default(),
            tab: 0,
            find: String::new(),
            satker: None,
            counts: BTreeMap::new(),
            marks: BTreeMap::new(),
            confirmed: Vec::new(),
            detail_open: true,
            detail: None,
            detail_scroll: 0,
            detail_turn: Turn::default(),
        }
    }
}

impl SmsScreen {
    /// The states that are shown; empty is all.
    pub fn states(&self) -> &'static [SmsState] {
        TABS.get(self.tab).map_or(&[], |tab| tab.states)
    }

    /// Asks for the rows around the screen.
    pub(in crate::tui) fn ask(&mut self, height: u16) -> Option<Effect> {
        let (offset, limit) = self.list.ask(height)?;
        Some(Effect::Ask(Ticket::Sms, self.request(offset, limit)))
    }

    /// What this list shows, so many rows from there.
    pub(in crate::tui) fn request(&self, offset: u64, limit: u32) -> Request {
        Request::ListSms(ListSms {
            states: self.states().to_vec(),
            kind: None,
            satker: self.satker,
            find: (!self.find.trim().is_empty()).then(|| self.find.clone()),
            drafter: None,
            offset,
            limit,
        })
    }

    /// Asks for the details of the row under the cursor, when they are shown.
    pub(in crate::tui) fn ask_detail(&mut self) -> Option<Effect> {
        if !self.detail_open {
            return None;
        }
        let id = self.list.selected()?.id;
        self.detail_turn.start().then_some(Effect::Ask(
            Ticket::SmsDetail,
            Request::ShowSms(ShowSms { id }),
        ))
    }

    /// The marked messages, or else the one under the cursor.
    pub fn chosen(&self) -> Vec<&SmsRow> {
        if self.marks.is_empty() {
            self.list.selected().into_iter().collect()
        } else {
            self.marks.values().collect()
        }
    }

    /// The details of the row under the cursor, if they are here.
    pub fn shown_detail(&self) -> Option<&SmsDetail> {
        let id = self.list.selected()?.id;
        self.detail.as_deref().filter(|detail| detail.row.id == id)
    }
}
