//! Jatuh Tempo: who owes what by when, as a list and as the calendar of a month.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::{
    ask::{
        CountDeadlines, DeadlineDetail, DeadlineFilter, DeadlineQuery, DeadlineRow, DeadlineTotals,
        ListDeadlines, Request, ShowDeadline,
    },
    domain::id::{ObligationId, SatkerCode},
    tui::{
        state::{Effect, Ticket},
        widget::{paged::Paged, turn::Turn},
    },
};

pub mod month;
pub mod view;

/// What part of the list is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadlineTab {
    /// Owed, due today.
    Today,
    /// Owed, due today or in the seven days after.
    Week,
    /// Owed, and the date has passed.
    Late,
    /// Owed.
    Owed,
    /// Fulfilled, the latest first.
    Met,
    /// Need not be fulfilled, the latest first.
    Exempt,
    /// Whatever became of them.
    All,
}

/// The tabs in the order in which the key goes through them.
pub const TABS: [DeadlineTab; 7] = [
    DeadlineTab::Today,
    DeadlineTab::Week,
    DeadlineTab::Late,
    DeadlineTab::Owed,
    DeadlineTab::Met,
    DeadlineTab::Exempt,
    DeadlineTab::All,
];

impl DeadlineTab {
    /// Id of its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Today => "deadline-tab-today",
            Self::Week => "deadline-tab-week",
            Self::Late => "deadline-tab-late",
            Self::Owed => "deadline-tab-owed",
            Self::Met => "deadline-tab-met",
            Self::Exempt => "deadline-tab-exempt",
            Self::All => "deadline-tab-all",
        }
    }
}

/// The list of deadlines with the details of one.
#[derive(Debug)]
pub struct DeadlinesScreen {
    /// The deadlines around the screen.
    pub list: Paged<DeadlineRow>,
    /// What part is shown.
    pub tab: DeadlineTab,
    /// Text to find; empty finds all.
    pub find: String,
    /// Only of this satker.
    pub satker: Option<SatkerCode>,
    /// Only of this module.
    pub module: Option<String>,
    /// Only of this day; then the tab does not count.
    pub day: Option<NaiveDate>,
    /// What is owed, day by day, for the counts of the tabs.
    pub owed: Option<DeadlineTotals>,
    /// Marked deadlines, as they were when they were marked.
    pub marks: BTreeMap<ObligationId, DeadlineRow>,
    /// Whether the details are shown; they are from the start.
    pub detail_open: bool,
    /// The details that are here; they may still be those of another row.
    pub detail: Option<Box<DeadlineDetail>>,
    /// Rows of the details scrolled away.
    pub detail_scroll: u16,
    /// The calendar of a month instead of the list.
    pub month: Option<Month>,
    pub(in crate::tui) detail_turn: Turn,
    pub(in crate::tui) count_turn: Turn,
}

/// The calendar of a month.
#[derive(Debug)]
pub struct Month {
    /// The day under the cursor.
    pub day: NaiveDate,
    /// Counts of its days.
    pub totals: Option<DeadlineTotals>,
    pub(in crate::tui) turn: Turn,
}

impl Default for DeadlinesScreen {
    fn default() -> Self {
        Self {
            list: Paged::default(),
            tab: DeadlineTab::Week,
            find: String::new(),
            satker: None,
            module: None,
            day: None,
            owed: None,
            marks: BTreeMap::new(),
            detail_open: true,
            detail: None,
            detail_scroll: 0,
            month: None,
            detail_turn: Turn::default(),
            count_turn: Turn::default(),
        }
    }
}

impl DeadlinesScreen {
    fn base(&self) -> DeadlineQuery {
        DeadlineQuery {
            module: self.module.clone(),
            satker: self.satker,
            find: (!self.find.trim().is_empty()).then(|| self.find.clone()),
            ..DeadlineQuery::default()
        }
    }

    /// What the list shows on this day.
    pub fn query(&self, today: NaiveDate) -> DeadlineQuery {
        let base = self.base();
        if let Some(day) = self.day {
            return DeadlineQuery {
                from: Some(day),
                until: Some(day),
                ..base
            };
        }
        let (from, until, filter) = match self.tab {
            DeadlineTab::Today => (Some(today), Some(today), DeadlineFilter::Owed),
            DeadlineTab::Week => (Some(today), Some(week_end(today)), DeadlineFilter::Owed),
            DeadlineTab::Late => (None, None, DeadlineFilter::Late),
            DeadlineTab::Owed => (None, None, DeadlineFilter::Owed),
            DeadlineTab::Met => (None, None, DeadlineFilter::Met),
            DeadlineTab::Exempt => (None, None, DeadlineFilter::Exempt),
            DeadlineTab::All => (None, None, DeadlineFilter::All),
        };
        DeadlineQuery {
            from,
            until,
            filter,
            ..base
        }
    }

    /// Asks for the rows around the screen, and for the counts of the tabs.
    pub(in crate::tui) fn ask(&mut self, height: u16, today: NaiveDate) -> Vec<Effect> {
        if self.month.is_some() {
            return self.ask_month().into_iter().collect();
        }
        self.ask_rows(height, today)
            .into_iter()
            .chain(self.ask_counts())
            .collect()
    }

    /// Asks for the rows around the screen.
    pub(in crate::tui) fn ask_rows(&mut self, height: u16, today: NaiveDate) -> Option<Effect> {
        let (offset, limit) = self.list.ask(height)?;
        Some(Effect::Ask(
            Ticket::Deadlines,
            self.request(offset, limit, today),
        ))
    }

    /// Asks for the counts of the tabs.
    pub(in crate::tui) fn ask_counts(&mut self) -> Option<Effect> {
        self.count_turn.start().then(|| {
            let query = DeadlineQuery {
                filter: DeadlineFilter::Owed,
                ..self.base()
            };
            Effect::Ask(
                Ticket::DeadlineCounts,
                Request::CountDeadlines(CountDeadlines { query }),
            )
        })
    }

    /// What the list shows, so many rows from there.
    pub(in crate::tui) fn request(&self, offset: u64, limit: u32, today: NaiveDate) -> Request {
        Request::ListDeadlines(ListDeadlines {
            query: self.query(today),
            latest_first: self.day.is_none()
                && matches!(self.tab, DeadlineTab::Met | DeadlineTab::Exempt),
            offset,
            limit,
        })
    }

    /// Asks for the details of the row under the cursor, when they are shown.
    pub(in crate::tui) fn ask_detail(&mut self) -> Option<Effect> {
        if !self.detail_open || self.month.is_some() {
            return None;
        }
        let id = self.list.selected()?.id;
        self.detail_turn.start().then_some(Effect::Ask(
            Ticket::Deadline,
            Request::ShowDeadline(ShowDeadline { id }),
        ))
    }

    /// Asks for the counts of the month that is shown, with the days around it.
    pub(in crate::tui) fn ask_month(&mut self) -> Option<Effect> {
        let base = self.base();
        let month = self.month.as_mut()?;
        let (from, until) = sheet(month.day);
        month.turn.start().then(|| {
            let query = DeadlineQuery {
                from: Some(from),
                until: Some(until),
                ..base
            };
            Effect::Ask(
                Ticket::DeadlineMonth,
                Request::CountDeadlines(CountDeadlines { query }),
            )
        })
    }

    /// The marked deadlines, or else the one under the cursor.
    pub fn chosen(&self) -> Vec<&DeadlineRow> {
        if self.marks.is_empty() {
            self.list.selected().into_iter().collect()
        } else {
            self.marks.values().collect()
        }
    }

    /// The details of the row under the cursor, if they are here.
    pub fn shown_detail(&self) -> Option<&DeadlineDetail> {
        let id = self.list.selected()?.id;
        self.detail.as_deref().filter(|detail| detail.row.id == id)
    }

    /// How many are owed in a tab, where the counts say so.
    pub fn count(&self, tab: DeadlineTab, today: NaiveDate) -> Option<u64> {
        let owed = self.owed.as_ref()?;
        let days = |from: NaiveDate, until: NaiveDate| -> u64 {
            let days = owed.days.range(from..=until);
            days.map(|(_, counts)| counts.open + counts.late).sum()
        };
        match tab {
            DeadlineTab::Today => Some(days(today, today)),
            DeadlineTab::Week => Some(days(today, week_end(today))),
            DeadlineTab::Late => Some(owed.total.late),
            DeadlineTab::Owed => Some(owed.total.open + owed.total.late),
            DeadlineTab::Met | DeadlineTab::Exempt | DeadlineTab::All => None,
        }
    }
}

impl Month {
    pub(in crate::tui) fn at(day: NaiveDate) -> Self {
        Self {
            day,
            totals: None,
            turn: Turn::default(),
        }
    }

    /// Moves the cursor by days. True when another month is shown now.
    pub(in crate::tui) fn move_days(&mut self, days: i64) -> bool {
        let moved = self.day.checked_add_signed(chrono::TimeDelta::days(days));
        self.move_to(moved)
    }

    /// Moves the cursor by months, to the same day number where there is one. True when another month is shown now.
    pub(in crate::tui) fn move_months(&mut self, months: i32) -> bool {
        let step = Months::new(months.unsigned_abs());
        let moved = if months < 0 {
            self.day.checked_sub_months(step)
        } else {
            self.day.checked_add_months(step)
        };
        self.move_to(moved)
    }

    fn move_to(&mut self, day: Option<NaiveDate>) -> bool {
        let Some(day) = day.filter(|day| (1900..3000).contains(&day.year())) else {
            return false;
        };
        let other = (day.year(), day.month()) != (self.day.year(), self.day.month());
        self.day = day;
        other
    }
}

/// The seventh day from a day.
pub fn week_end(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(7)).unwrap_or(day)
}

/// First and last day of the sheet of a month: from the Monday before the first to the Sunday six weeks later.
pub fn sheet(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = day.with_day(1).unwrap_or(day);
    let back = Days::new(u64::from(first.weekday().num_days_from_monday()));
    let monday = first.checked_sub_days(back).unwrap_or(first);
    (
        monday,
        monday.checked_add_days(Days::new(41)).unwrap_or(monday),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_sheet_starts_on_a_monday_and_holds_the_month() {
        assert_eq!(
            sheet(day("2026-11-24")),
            (day("2026-10-26"), day("2026-12-06"))
        );
        assert_eq!(
            sheet(day("2027-02-28")),
            (day("2027-02-01"), day("2027-03-14"))
        );
    }

    #[test]
    fn moving_by_months_keeps_to_days_that_exist() {
        let mut month = Month::at(day("2027-01-31"));
        assert!(month.move_months(1));
        assert_eq!(month.day, day("2027-02-28"));
        assert!(!month.move_days(-1));
        assert!(month.move_days(2));
        assert_eq!(month.day, day("2027-03-01"));
    }
}
