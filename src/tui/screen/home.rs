//! Beranda: what needs a person now.

use crate::domain::refusal::Refusal;
use crate::{
    ask::{LetterRow, ModemRow, Overview, SmsRow},
    domain::sms::SmsState,
};

pub mod view;

/// A row of Beranda; opening it leads to where it is dealt with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HomeRow<'o> {
    /// A letter past its target.
    Overdue(&'o LetterRow),
    /// So many more are overdue than are shown.
    MoreOverdue(u64),
    /// A letter due today.
    DueToday(&'o LetterRow),
    /// So many more are due today than are shown.
    MoreDueToday(u64),
    /// So many deadlines are past their date.
    Late(u64),
    /// So many deadlines are due today.
    OwedToday(u64),
    /// Drafts wait for a person's yes.
    Waiting(u64),
    /// Messages of this person were rejected and wait for another wording.
    HandedBack(u64),
    /// Messages hang between sent and not sent, or failed.
    Trouble(u64),
    /// One of them.
    Sms(&'o SmsRow),
    /// So many contacts to whom nothing arrives.
    Repairs(u64),
    /// A modem is not well.
    Modem(&'o ModemRow),
    /// Nothing leaves at the moment.
    Hold(&'o Refusal),
    /// What the administrator should know.
    Warning(&'o Refusal),
}

/// The list of what needs a person.
#[derive(Clone, Copy, Debug, Default)]
pub struct HomeScreen {
    /// The row under the cursor.
    pub cursor: usize,
    /// The first row on the screen.
    pub top: usize,
}

/// A modem that works, or is about to.
fn is_well(modem: &ModemRow) -> bool {
    matches!(modem.state.as_str(), "ready" | "starting")
}

/// The rows of Beranda: what is worst comes first.
pub fn rows(overview: &Overview) -> Vec<HomeRow<'_>> {
    let mut rows = Vec::new();
    // That somebody pulled the brake is for everybody to know first.
    let held = overview.held.is_some();
    rows.extend(overview.hold.iter().filter(|_| held).map(HomeRow::Hold));
    // That the modem is simulated stands on every screen already.
    rows.extend(
        overview
            .warnings
            .iter()
            .filter(|warning| warning.code != "simulated-modem")
            .map(HomeRow::Warning),
    );
    rows.extend(
        overview
            .modems
            .iter()
            .filter(|modem| !is_well(modem))
            .map(HomeRow::Modem),
    );
    let count = |state: SmsState| overview.sms.get(&state).copied().unwrap_or(0);
    if overview.trouble_total > 0 {
        rows.push(HomeRow::Trouble(overview.trouble_total));
        rows.extend(overview.trouble.iter().take(4).map(HomeRow::Sms));
    }
    if overview.repairs > 0 {
        rows.push(HomeRow::Repairs(overview.repairs));
    }
    if overview.handed_back > 0 {
        rows.push(HomeRow::HandedBack(overview.handed_back));
    }
    if count(SmsState::Waiting) > 0 {
        rows.push(HomeRow::Waiting(count(SmsState::Waiting)));
    }
    if overview.deadlines.late > 0 {
        rows.push(HomeRow::Late(overview.deadlines.late));
    }
    if overview.deadlines.today > 0 {
        rows.push(HomeRow::OwedToday(overview.deadlines.today));
    }
    let more = |total: u64, shown: usize| total.saturating_sub(shown as u64);
    rows.extend(overview.overdue.iter().map(HomeRow::Overdue));
    if more(overview.overdue_total, overview.overdue.len()) > 0 {
        rows.push(HomeRow::MoreOverdue(more(
            overview.overdue_total,
            overview.overdue.len(),
        )));
    }
    rows.extend(overview.due_today.iter().map(HomeRow::DueToday));
    if more(overview.due_today_total, overview.due_today.len()) > 0 {
        rows.push(HomeRow::MoreDueToday(more(
            overview.due_today_total,
            overview.due_today.len(),
        )));
    }
    rows.extend(overview.hold.iter().filter(|_| !held).map(HomeRow::Hold));
    rows
}

impl HomeScreen {
    /// Keeps cursor and screen inside the list.
    pub(in crate::tui) fn settle(&mut self, rows: usize, height: u16) {
        let height = usize::from(height.max(1));
        self.cursor = self.cursor.min(rows.saturating_sub(1));
        self.top = self
            .top
            .min(self.cursor)
            .max((self.cursor + 1).saturating_sub(height));
    }
}
