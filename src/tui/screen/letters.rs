//! The letters of a module, or of all modules.

use std::collections::BTreeMap;

use crate::{
    ask::{LetterDetail, LetterFilter, LetterRow, LetterSort, ListLetters, Request, ShowLetter},
    domain::id::{AgendaNo, SatkerCode},
    tui::{
        state::{Effect, Ticket},
        widget::{paged::Paged, turn::Turn},
    },
};

pub mod view;

/// The filters in the order in which the key goes through them.
pub const FILTERS: [LetterFilter; 5] = [
    LetterFilter::Open,
    LetterFilter::Overdue,
    LetterFilter::DueToday,
    LetterFilter::Done,
    LetterFilter::All,
];

/// The orders in which the key goes through them.
pub const SORTS: [LetterSort; 3] = [LetterSort::Newest, LetterSort::Target, LetterSort::Satker];

/// A list of letters with its details.
#[derive(Debug, Default)]
pub struct LettersScreen {
    /// The module; none is all of them.
    pub module: Option<String>,
    /// The letters around the screen.
    pub list: Paged<LetterRow>,
    /// Which states.
    pub filter: LetterFilter,
    /// Which order.
    pub sort: LetterSort,
    /// Text to find; empty finds all.
    pub find: String,
    /// Only of this satker.
    pub satker: Option<SatkerCode>,
    /// Marked letters, as they were when they were marked.
    pub marks: BTreeMap<AgendaNo, LetterRow>,
    /// Whether the details are shown.
    pub detail_open: bool,
    /// The details that are here; they may still be those of another row.
    pub detail: Option<Box<LetterDetail>>,
    /// Rows of the details scrolled away.
    pub detail_scroll: u16,
    pub(in crate::tui) detail_turn: Turn,
}

impl LettersScreen {
    /// The tab of a module, showing what is open.
    pub fn of(module: Option<String>) -> Self {
        Self {
            module,
            filter: LetterFilter::Open,
            ..Self::default()
        }
    }

    /// Asks for the rows around the screen.
    pub(in crate::tui) fn ask(&mut self, tab: usize, height: u16) -> Option<Effect> {
        let (offset, limit) = self.list.ask(height)?;
        Some(Effect::Ask(
            Ticket::Letters(tab),
            self.request(offset, limit),
        ))
    }

    /// What this list shows, so many rows from there.
    pub(in crate::tui) fn request(&self, offset: u64, limit: u32) -> Request {
        Request::ListLetters(ListLetters {
            module: self.module.clone(),
            service: None,
            filter: self.filter,
            satker: self.satker,
            find: (!self.find.trim().is_empty()).then(|| self.find.clone()),
            sort: self.sort,
            offset,
            limit,
        })
    }

    /// Asks for the details of the row under the cursor, when they are shown.
    pub(in crate::tui) fn ask_detail(&mut self, tab: usize) -> Option<Effect> {
        if !self.detail_open {
            return None;
        }
        let agenda = self.list.selected()?.agenda;
        self.detail_turn.start().then_some({
            Effect::Ask(
                Ticket::Letter(tab),
                Request::ShowLetter(ShowLetter { agenda }),
            )
        })
    }

    /// The marked letters, or else the one under the cursor.
    pub fn chosen(&self) -> Vec<&LetterRow> {
        if self.marks.is_empty() {
            self.list.selected().into_iter().collect()
        } else {
            self.marks.values().collect()
        }
    }

    /// The details of the row under the cursor, if they are here.
    pub fn shown_detail(&self) -> Option<&LetterDetail> {
        let agenda = self.list.selected()?.agenda;
        self.detail
            .as_deref()
            .filter(|detail| detail.row.agenda == agenda)
    }
}
