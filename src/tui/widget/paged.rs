//! A list of which only the part around the screen is here; the server has the rest.

/// Rows asked for beyond the screen, on each side, so that a page of moving needs no waiting.
const MARGIN: u64 = 60;

/// A part of a long list, with a cursor. Positions count from 0 in the whole list.
#[derive(Clone, Debug)]
pub struct Paged<R> {
    /// The rows that are here.
    pub rows: Vec<R>,
    /// Position of the first of them.
    pub offset: u64,
    /// Length of the whole list, as of the last answer.
    pub total: u64,
    /// The row under the cursor.
    pub cursor: u64,
    /// The first row on the screen.
    pub top: u64,
    /// An answer has come; before, an empty list means nothing.
    pub known: bool,
    question: Question,
}

/// What is outstanding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    /// Nothing.
    None,
    /// An answer.
    Asked,
    /// An answer, after which the same is asked once more.
    Again,
    /// An answer about another list than the present one.
    Stale,
}

impl<R> Default for Paged<R> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            offset: 0,
            total: 0,
            cursor: 0,
            top: 0,
            known: false,
            question: Question::None,
        }
    }
}

impl<R> Paged<R> {
    /// The row under the cursor, if it is here.
    pub fn selected(&self) -> Option<&R> {
        self.at(self.cursor)
    }

    /// The row at a position, if it is here.
    pub fn at(&self, position: u64) -> Option<&R> {
        self.rows
            .get(usize::try_from(position.checked_sub(self.offset)?).ok()?)
    }

    /// Moves the cursor by so many rows and keeps it on the screen of `height` rows.
    pub fn move_by(&mut self, rows: i64, height: u16) {
        self.cursor = self.cursor.saturating_add_signed(rows);
        self.settle(height);
    }

    /// Moves the cursor to a position.
    pub fn move_to(&mut self, position: u64, height: u16) {
        self.cursor = position;
        self.settle(height);
    }

    /// Keeps cursor and screen inside the list.
    pub fn settle(&mut self, height: u16) {
        let height = u64::from(height.max(1));
        self.cursor = self.cursor.min(self.total.saturating_sub(1));
        self.top = self
            .top
            .min(self.cursor)
            .max((self.cursor + 1).saturating_sub(height));
        self.top = self.top.min(self.total.saturating_sub(height));
    }

    /// Whether a row of the screen is missing.
    pub fn lacks(&self, height: u16) -> bool {
        let end = (self.top + u64::from(height)).min(self.total);
        let here = self.offset + self.rows.len() as u64;
        !self.known || (self.top < end && (self.top < self.offset || end > here))
    }

    /// Which rows to ask for now: offset and limit. `None` while an answer is outstanding; then another question follows it.
    pub fn ask(&mut self, height: u16) -> Option<(u64, u32)> {
        match self.question {
            Question::None => self.question = Question::Asked,
            Question::Asked => {
                self.question = Question::Again;
                return None;
            }
            Question::Again | Question::Stale => return None,
        }
        let offset = self.top.saturating_sub(MARGIN);
        let limit = (self.top - offset) + u64::from(height) + MARGIN;
        Some((offset, u32::try_from(limit).unwrap_or(u32::MAX)))
    }

    /// Takes an answer. The cursor stays on the row it was on, by `id`, wherever that row is now; what arrives above the first
    /// row of the list becomes visible. True when the question should be asked once more.
    pub fn answer<I: PartialEq>(
        &mut self,
        rows: Vec<R>,
        offset: u64,
        total: u64,
        height: u16,
        id: impl Fn(&R) -> I,
    ) -> bool {
        let question = std::mem::replace(&mut self.question, Question::None);
        if question == Question::Stale {
            // What was found for something else is nothing to show, and even less to act on.
            return true;
        }
        let selected = self.selected().map(&id);
        let at_top = self.top == 0;
        self.rows = rows;
        self.offset = offset;
        self.total = total;
        self.known = true;
        if let Some(selected) = selected
            && let Some(index) = self.rows.iter().position(|row| id(row) == selected)
        {
            let position = offset + index as u64;
            let moved = position.cast_signed() - self.cursor.cast_signed();
            self.cursor = position;
            if !at_top {
                self.top = self.top.saturating_add_signed(moved);
            }
        }
        self.settle(height);
        question == Question::Again || self.lacks(height)
    }

    /// The question was refused or the line was lost: nothing is outstanding any more.
    pub const fn give_up(&mut self) {
        self.question = Question::None;
    }

    /// Another list from now on: to the top, and what is here counts no more.
    pub fn restart(&mut self) {
        self.rows.clear();
        self.offset = 0;
        self.total = 0;
        self.cursor = 0;
        self.top = 0;
        self.known = false;
        if self.question != Question::None {
            self.question = Question::Stale;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(from: u64, to: u64, total: u64) -> Paged<u64> {
        let mut list = Paged::default();
        list.ask(10);
        list.answer((from..to).collect(), from, total, 10, |row| *row);
        list
    }

    #[test]
    fn only_what_is_around_the_screen_is_asked_for() {
        let mut list = list(0, 70, 100_000);
        assert!(!list.lacks(10));
        list.move_by(50_000, 10);
        assert!(list.lacks(10));
        let (offset, limit) = list.ask(10).unwrap();
        assert!(offset <= list.top && offset + u64::from(limit) >= list.top + 10 && limit < 200);
        assert_eq!(list.ask(10), None, "one question at a time");
        let rows = (offset..offset + u64::from(limit)).collect();
        assert!(
            list.answer(rows, offset, 100_000, 10, |row| *row),
            "the second question is still wanted"
        );
        assert_eq!(list.selected(), Some(&50_000));
        list.move_to(u64::MAX, 10);
        assert_eq!((list.cursor, list.top), (99_999, 99_990));
    }

    #[test]
    fn the_cursor_stays_on_its_row_when_rows_arrive_above() {
        let mut list = list(0, 20, 20);
        list.move_by(3, 10);
        list.ask(10);
        list.answer((100..101).chain(0..20).collect(), 0, 21, 10, |row| *row);
        assert_eq!((list.selected(), list.cursor, list.top), (Some(&3), 4, 0));
        list.move_to(20, 10);
        list.ask(10);
        list.answer(
            (200..201).chain(100..101).chain(0..20).collect(),
            0,
            22,
            10,
            |row| *row,
        );
        assert_eq!((list.selected(), list.top), (Some(&19), 12));
    }

    #[test]
    fn a_list_that_shrinks_keeps_its_cursor_inside() {
        let mut list = list(0, 20, 20);
        list.move_to(19, 10);
        list.ask(10);
        list.answer(vec![7, 8], 0, 2, 10, |row| *row);
        assert_eq!((list.cursor, list.top), (1, 0));
        list.ask(10);
        list.answer(vec![], 0, 0, 10, |row| *row);
        assert_eq!(list.selected(), None);
        list.move_by(-5, 0);
    }
}
