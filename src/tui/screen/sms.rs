//! The messages: waiting for a yes, on their way, sent, in trouble; in one list or in groups that fold.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    ask::{
        ListSms, OutlineSms, Request, ShowSms, SmsDetail, SmsFilter, SmsGrouping, SmsLine, SmsRow,
    },
    domain::{
        id::{SatkerCode, SmsId},
        sms::SmsState,
    },
    tui::{
        state::{Effect, Ticket},
        widget::{paged::Paged, turn::Turn},
    },
};

pub mod repairs;
pub mod view;

use repairs::Repairs;

/// A filter by state: the id of its name, and the states; none is all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateTab {
    /// Id of its name.
    pub name: &'static str,
    /// The states it shows.
    pub states: &'static [SmsState],
    /// Only what the person at this desk drafted.
    pub own: bool,
    /// Contacts instead of messages.
    pub contacts: bool,
}

const fn tab(name: &'static str, states: &'static [SmsState]) -> StateTab {
    StateTab {
        name,
        states,
        own: false,
        contacts: false,
    }
}

/// The filters in the order in which the key goes through them.
pub const TABS: [StateTab; 8] = [
    tab("sms-tab-waiting", &[SmsState::Waiting]),
    tab("sms-tab-queued", &[SmsState::Queued, SmsState::Sending]),
    tab("sms-tab-sent", &[SmsState::Sent, SmsState::Delivered]),
    tab(
        "sms-tab-trouble",
        &[SmsState::Uncertain, SmsState::Failed, SmsState::Undelivered],
    ),
    StateTab {
        name: "sms-tab-repair",
        states: &[],
        own: false,
        contacts: true,
    },
    StateTab {
        name: "sms-tab-back",
        states: &[SmsState::Rejected],
        own: true,
        contacts: false,
    },
    tab(
        "sms-tab-ended",
        &[SmsState::Rejected, SmsState::Withdrawn, SmsState::Expired],
    ),
    tab("sms-tab-all", &[]),
];

/// The position of what is in trouble in [`TABS`].
pub const TROUBLE_TAB: usize = 3;
/// The position of the contacts to whom nothing arrives in [`TABS`].
pub const REPAIR_TAB: usize = 4;
/// The position of what was handed back to its drafter in [`TABS`].
pub const BACK_TAB: usize = 5;
/// The position of "all" in [`TABS`].
pub const ALL_TAB: usize = 7;

/// The messages that an action means.
#[derive(Clone, Debug, PartialEq)]
pub enum Chosen {
    /// These, as they were shown.
    Rows(Vec<SmsRow>),
    /// All that this filter finds: so many.
    Found(Box<SmsFilter>, u64),
}

/// The list of messages with the full text of one.
#[derive(Debug)]
pub struct SmsScreen {
    /// The lines around the screen.
    pub list: Paged<SmsLine>,
    /// The contacts to whom nothing arrives, on the tab of these.
    pub repairs: Repairs,
    /// Position in [`TABS`].
    pub tab: usize,
    /// Text to find; empty finds all.
    pub find: String,
    /// Only about this satker.
    pub satker: Option<SatkerCode>,
    /// The person at this desk, for what is their own.
    pub user: String,
    /// How messages are put together; none is one list.
    pub by: Option<SmsGrouping>,
    /// Keys of the groups that are open.
    pub open: Vec<String>,
    /// Messages that the filter finds, in open and closed groups.
    pub found: u64,
    /// Messages by state, whatever the filter.
    pub counts: BTreeMap<SmsState, u64>,
    /// Marked messages, as they were when they were marked.
    pub marks: BTreeMap<SmsId, SmsRow>,
    /// All that the list finds is marked, but for these.
    pub everything: Option<BTreeSet<SmsId>>,
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
            repairs: Repairs::default(),
            tab: 0,
            find: String::new(),
            satker: None,
            user: String::new(),
            by: None,
            open: Vec::new(),
            found: 0,
            counts: BTreeMap::new(),
            marks: BTreeMap::new(),
            everything: None,
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

    /// What the list shows.
    pub fn filter(&self) -> SmsFilter {
        let own = TABS.get(self.tab).is_some_and(|tab| tab.own);
        SmsFilter {
            states: self.states().to_vec(),
            satker: self.satker,
            find: (!self.find.trim().is_empty()).then(|| self.find.clone()),
            drafter: own.then(|| self.user.clone()),
            ..SmsFilter::default()
        }
    }

    /// Whether the open tab shows contacts, and no messages.
    pub fn of_contacts(&self) -> bool {
        TABS.get(self.tab).is_some_and(|tab| tab.contacts)
    }

    /// The message under the cursor, if it is one and here.
    pub fn row(&self) -> Option<&SmsRow> {
        if self.of_contacts() {
            return None;
        }
        match self.list.selected()? {
            SmsLine::Sms(row) => Some(row),
            SmsLine::Group(_) => None,
        }
    }

    /// Asks for the lines around the screen.
    pub(in crate::tui) fn ask(&mut self, height: u16) -> Option<Effect> {
        if self.of_contacts() {
            return self.repairs.ask(&self.find, self.satker, height);
        }
        let (offset, limit) = self.list.ask(height)?;
        Some(Effect::Ask(Ticket::Sms, self.request(offset, limit)))
    }

    /// What this list shows, so many lines from there.
    fn request(&self, offset: u64, limit: u32) -> Request {
        let filter = self.filter();
        match self.by {
            None => Request::ListSms(ListSms {
                states: filter.states,
                kind: None,
                satker: filter.satker,
                find: filter.find,
                drafter: filter.drafter,
                offset,
                limit,
            }),
            Some(by) => Request::OutlineSms(OutlineSms {
                filter,
                by,
                open: self.open.clone(),
                offset,
                limit,
            }),
        }
    }

    /// Asks for the details of the row under the cursor, when they are shown.
    pub(in crate::tui) fn ask_detail(&mut self) -> Option<Effect> {
        if !self.detail_open {
            return None;
        }
        let id = self.row()?.id;
        self.detail_turn.start().then_some(Effect::Ask(
            Ticket::SmsDetail,
            Request::ShowSms(ShowSms { id }),
        ))
    }

    /// What an action means: all that is found, the marked messages, or else the message or group under the cursor.
    pub fn chosen(&self) -> Chosen {
        if self.of_contacts() {
            return Chosen::Rows(Vec::new());
        }
        if let Some(except) = &self.everything {
            let filter = SmsFilter {
                except: except.iter().copied().collect(),
                ..self.filter()
            };
            let count = self.found.saturating_sub(except.len() as u64);
            return Chosen::Found(Box::new(filter), count);
        }
        if !self.marks.is_empty() {
            return Chosen::Rows(self.marks.values().cloned().collect());
        }
        match self.list.selected() {
            Some(SmsLine::Group(group)) => {
                let filter = SmsFilter {
                    group: Some((group.by, group.key.clone())),
                    ..self.filter()
                };
                Chosen::Found(Box::new(filter), group.count)
            }
            Some(SmsLine::Sms(row)) => Chosen::Rows(vec![(**row).clone()]),
            None => Chosen::Rows(Vec::new()),
        }
    }

    /// Whether a message is marked.
    pub fn is_marked(&self, id: SmsId) -> bool {
        match &self.everything {
            Some(except) => !except.contains(&id),
            None => self.marks.contains_key(&id),
        }
    }

    /// How many are marked.
    pub fn marked(&self) -> u64 {
        match &self.everything {
            Some(except) => self.found.saturating_sub(except.len() as u64),
            None => self.marks.len() as u64,
        }
    }

    /// Marks the row under the cursor, or takes its mark away. A group cannot be marked: an action on its line means all of it.
    pub(in crate::tui) fn toggle_mark(&mut self) {
        let Some(row) = self.row().cloned() else {
            return;
        };
        match &mut self.everything {
            Some(except) => {
                if !except.remove(&row.id) {
                    except.insert(row.id);
                }
            }
            None => {
                if self.marks.remove(&row.id).is_none() {
                    self.marks.insert(row.id, row);
                }
            }
        }
    }

    /// Takes all marks away; gives whether there were any.
    pub(in crate::tui) fn clear_marks(&mut self) -> bool {
        let all = self.everything.take().is_some();
        !std::mem::take(&mut self.marks).is_empty() || all
    }

    /// Another list from now on: what was marked in the old one counts no more.
    pub(in crate::tui) fn restart(&mut self) {
        self.everything = None;
        self.list.restart();
        self.repairs.list.restart();
    }

    /// Whether a row of the screen is missing.
    pub(in crate::tui) fn lacks(&self, height: u16) -> bool {
        if self.of_contacts() {
            self.repairs.list.lacks(height)
        } else {
            self.list.lacks(height)
        }
    }

    /// Moves the cursor by so many rows.
    pub(in crate::tui) fn move_by(&mut self, rows: i64, height: u16) {
        if self.of_contacts() {
            self.repairs.list.move_by(rows, height);
        } else {
            self.list.move_by(rows, height);
        }
    }

    /// Keeps the cursor on the screen.
    pub(in crate::tui) fn settle(&mut self, height: u16) {
        self.list.settle(height);
        self.repairs.list.settle(height);
    }

    /// Opens or closes the group under the cursor; gives whether there is one.
    pub(in crate::tui) fn fold(&mut self) -> bool {
        let Some(SmsLine::Group(group)) = self.list.selected() else {
            return false;
        };
        let key = group.key.clone();
        match self.open.iter().position(|open| *open == key) {
            Some(at) => drop(self.open.remove(at)),
            None => self.open.push(key),
        }
        true
    }

    /// The next way of putting messages together; after the last one, one list again.
    pub(in crate::tui) fn next_grouping(&mut self) {
        let all = SmsGrouping::ALL;
        self.by = match self.by {
            None => all.first().copied(),
            Some(by) => {
                let at = all.iter().position(|known| *known == by);
                at.and_then(|at| all.get(at + 1)).copied()
            }
        };
        self.open.clear();
        self.restart();
    }

    /// The details of the row under the cursor, if they are here.
    pub fn shown_detail(&self) -> Option<&SmsDetail> {
        let id = self.row()?.id;
        self.detail.as_deref().filter(|detail| detail.row.id == id)
    }
}

/// Which line it is, so that the cursor stays on it.
pub(in crate::tui) fn line_id(line: &SmsLine) -> Result<SmsId, String> {
    match line {
        SmsLine::Sms(row) => Ok(row.id),
        SmsLine::Group(group) => Err(group.key.clone()),
    }
}
