//! What lies over a screen: forms, questions, the editor of an SMS, help and palette.

use tui_textarea::TextArea;

use super::{
    action::{Action, Context},
    widget::line::Line,
};
use crate::{
    domain::id::SmsId,
    locale::Say,
    service::{SmsDetail, SmsRow},
};

pub mod form;
pub mod help;
pub mod view;

pub use form::Form;

/// One thing over the screen.
#[derive(Debug)]
pub enum Popup {
    /// Fields to fill in.
    Form(Box<Form>),
    /// A question that wants yes or no; Enter is neither.
    Question(Box<Question>),
    /// The text of an SMS being edited.
    Editor(Box<Editor>),
    /// The list of keys.
    Help(Help),
    /// The commands to choose from.
    Palette(Box<Palette>),
}

impl Popup {
    /// Where keys are looked up while it is on top.
    pub const fn context(&self) -> Context {
        match self {
            Self::Form(_) => Context::Form,
            Self::Question(_) => Context::Confirm,
            Self::Editor(_) => Context::Text,
            Self::Help(_) => Context::Reader,
            Self::Palette(_) => Context::Line,
        }
    }
}

/// A question, and what a yes does.
#[derive(Debug)]
pub struct Question {
    /// What a yes does.
    pub asked: Asked,
    /// Lines scrolled away.
    pub scroll: u16,
}

/// What a yes does.
#[derive(Debug)]
pub enum Asked {
    /// Leave the desk.
    Quit,
    /// Load the demonstration office.
    LoadDemo,
    /// Send these messages.
    ConfirmSms {
        /// As they were when the question was asked.
        rows: Vec<SmsRow>,
        /// Name of the addressee and changes against the template, once they are here.
        detail: Option<Box<SmsDetail>>,
    },
    /// Send these messages once more, although the phone may have them already.
    ResendSms(Vec<SmsRow>),
    /// Do this with several letters: what is said, and the action.
    Letters(Action, Vec<crate::service::LetterRow>),
}

impl Asked {
    /// The messages that are meant.
    pub fn sms(&self) -> Vec<SmsId> {
        match self {
            Self::ConfirmSms { rows, .. } | Self::ResendSms(rows) => {
                rows.iter().map(|row| row.id).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The title of the question.
    pub fn title(&self) -> Say {
        match self {
            Self::Quit => Say::new("ask-quit"),
            Self::LoadDemo => Say::new("ask-demo"),
            Self::ConfirmSms { rows, .. } => Say::new("ask-confirm-sms").with("n", rows.len()),
            Self::ResendSms(rows) => Say::new("ask-resend-sms").with("n", rows.len()),
            Self::Letters(action, rows) => Say::new("ask-letters")
                .with("what", Say::new(action.label()))
                .with("n", rows.len()),
        }
    }
}

/// The text of an SMS being edited.
#[derive(Debug)]
pub struct Editor {
    /// Which.
    pub row: SmsRow,
    /// The text.
    pub area: TextArea<'static>,
    /// The server is asked to keep it.
    pub saving: bool,
    /// Esc was pressed once, and the text differs.
    pub leaving: bool,
}

impl Editor {
    /// An editor that holds the text of this message.
    pub fn new(row: SmsRow) -> Self {
        let mut area = TextArea::new(row.text.split('\n').map(crate::tui::text::clean).collect());
        area.set_wrap_mode(tui_textarea::WrapMode::WordOrGlyph);
        area.move_cursor(tui_textarea::CursorMove::Bottom);
        area.move_cursor(tui_textarea::CursorMove::End);
        Self {
            row,
            area,
            saving: false,
            leaving: false,
        }
    }

    /// The text as it is now.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }
}

/// The list of keys.
#[derive(Clone, Copy, Debug)]
pub struct Help {
    /// The place that it explains.
    pub context: Context,
    /// Lines scrolled away.
    pub scroll: u16,
}

/// The commands to choose from.
#[derive(Debug)]
pub struct Palette {
    /// The place whose commands are offered.
    pub context: Context,
    /// What was typed to find one.
    pub line: Line,
    /// The command under the cursor, in the order of their fit.
    pub highlighted: usize,
}
