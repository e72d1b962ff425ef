//! A field of several lines: the text of a message, counted while it is typed.

use tui_textarea::{CursorMove, TextArea, WrapMode};

use crate::tui::key::{Code, Key};

/// Most characters that are taken; the server takes no more either.
const MOST: usize = 1000;

/// Text being typed.
#[derive(Clone, Debug)]
pub struct Area {
    /// The text with its cursor.
    pub inner: TextArea<'static>,
}

impl Default for Area {
    fn default() -> Self {
        Self::new("")
    }
}

impl Area {
    /// Begins with this text, the cursor at its end.
    pub fn new(text: &str) -> Self {
        let lines = text.split('\n').map(crate::tui::text::clean).collect();
        let mut inner = TextArea::new(lines);
        inner.set_wrap_mode(WrapMode::WordOrGlyph);
        inner.move_cursor(CursorMove::Bottom);
        inner.move_cursor(CursorMove::End);
        Self { inner }
    }

    /// The text as it is now.
    pub fn text(&self) -> String {
        self.inner.lines().join("\n")
    }

    /// Takes a key of text. Enter goes on to the next field, so it is none.
    pub(in crate::tui) fn key(&mut self, key: Key) -> bool {
        let area = &mut self.inner;
        if let Some(c) = key.typed() {
            if area
                .lines()
                .iter()
                .map(|line| line.chars().count())
                .sum::<usize>()
                < MOST
            {
                area.insert_char(c);
            }
            return true;
        }
        match key.code {
            Code::Backspace => area.delete_char(),
            Code::Delete => area.delete_next_char(),
            Code::Left => {
                area.move_cursor(CursorMove::Back);
                true
            }
            Code::Right => {
                area.move_cursor(CursorMove::Forward);
                true
            }
            Code::Home => {
                area.move_cursor(CursorMove::Head);
                true
            }
            Code::End => {
                area.move_cursor(CursorMove::End);
                true
            }
            Code::Char('w') if key.ctrl => area.delete_word(),
            Code::Char('k') if key.ctrl => area.delete_line_by_end(),
            Code::Char('u') if key.ctrl => area.undo(),
            _ => false,
        }
    }

    /// Takes pasted text; a line break in it stays one.
    pub(in crate::tui) fn paste(&mut self, text: &str) {
        let left = MOST.saturating_sub(self.text().chars().count());
        let text: String = text
            .chars()
            .filter(|c| !c.is_control() || *c == '\n')
            .take(left)
            .collect();
        self.inner.insert_str(text);
    }
}
