//! One line of typed text.

use tui_textarea::{CursorMove, TextArea};

use crate::tui::{
    key::{Code, Key},
    text,
};

/// The longest text that a line takes, in characters; longer pastes are cut.
const LONGEST: usize = 1000;

/// Typed text on one line, with a cursor.
#[derive(Clone, Debug, Default)]
pub struct Line {
    area: TextArea<'static>,
}

impl Line {
    /// A line that holds this text, with the cursor at its end.
    pub fn new(text: &str) -> Self {
        let mut line = Self::default();
        line.set(text);
        line
    }

    /// What is typed.
    pub fn text(&self) -> &str {
        self.area.lines().first().map_or("", String::as_str)
    }

    /// Whether nothing but blanks is typed.
    pub fn is_empty(&self) -> bool {
        self.text().trim().is_empty()
    }

    /// Replaces the text; the cursor goes to its end.
    pub fn set(&mut self, text: &str) {
        self.area = TextArea::new(vec![one_line(text)]);
        self.area.move_cursor(CursorMove::End);
    }

    /// Takes pasted text: line breaks become blanks, so that a paste never submits.
    pub fn paste(&mut self, pasted: &str) {
        let room = LONGEST.saturating_sub(self.text().chars().count());
        let text: String = one_line(pasted.trim()).chars().take(room).collect();
        self.area.insert_str(text);
    }

    /// Takes a key. False when the key means nothing to a line of text.
    pub fn key(&mut self, key: Key) -> bool {
        if let Some(c) = key.typed() {
            if self.text().chars().count() < LONGEST {
                self.area.insert_char(c);
            }
            return true;
        }
        match (key.code, key.ctrl) {
            (Code::Backspace, _) => {
                self.area.delete_char();
            }
            (Code::Delete, _) => {
                self.area.delete_next_char();
            }
            (Code::Left, _) => self.area.move_cursor(CursorMove::Back),
            (Code::Right, _) => self.area.move_cursor(CursorMove::Forward),
            (Code::Home, _) | (Code::Char('a'), true) => self.area.move_cursor(CursorMove::Head),
            (Code::End, _) | (Code::Char('e'), true) => self.area.move_cursor(CursorMove::End),
            (Code::Char('w'), true) => {
                self.area.delete_word();
            }
            (Code::Char('u'), true) => {
                self.area.delete_line_by_head();
            }
            (Code::Char('k'), true) => {
                self.area.delete_line_by_end();
            }
            _ => return false,
        }
        true
    }

    /// The part of the text that fits into `cells` around the cursor, and the column of the cursor in it.
    pub fn window(&self, cells: usize) -> (String, usize) {
        let text = self.text();
        let column = self.area.cursor().1;
        let before: String = text.chars().take(column).collect();
        let cells = cells.max(1);
        let mut start = 0;
        while text::width(&before.chars().skip(start).collect::<String>()) >= cells {
            start += 1;
        }
        let shown: String = text.chars().skip(start).collect();
        let cursor = text::width(&before.chars().skip(start).collect::<String>());
        (text::head(&text::clean(&shown), cells).to_owned(), cursor)
    }
}

fn one_line(text: &str) -> String {
    text::clean(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paste_with_line_breaks_stays_one_line() {
        let mut line = Line::new("S-");
        line.paste("12/KPN\n2026\n");
        assert_eq!(line.text(), "S-12/KPN 2026");
        line.paste(&"x".repeat(5000));
        assert_eq!(line.text().chars().count(), LONGEST);
    }

    #[test]
    fn the_window_follows_the_cursor() {
        let mut line = Line::new("0123456789");
        assert_eq!(line.window(5), ("6789".to_owned(), 4));
        line.key(Key::plain(Code::Home));
        assert_eq!(line.window(5), ("01234".to_owned(), 0));
        assert_eq!(line.window(0).1, 0);
        assert!(line.key(Key::char('é')));
        assert!(!line.key(Key::plain(Code::F(5))));
        assert_eq!(line.text(), "é0123456789");
    }
}
