//! What lies over a screen: forms, questions, the editor of an SMS, help and palette.

use tui_textarea::TextArea;

use super::{
    action::{Action, Context},
    look::Said,
    widget::line::Line,
};
use chrono::{DateTime, Utc};

use crate::{
    ask::{BulkOutcome, ConfirmPreview, DayBudget, HoldRow, SmsDetail, SmsFilter, SmsRow},
    domain::id::SmsId,
    locale::Say,
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
    /// Work on many messages that goes on.
    Progress(Box<Run>),
    /// Something to read in full.
    Note(Box<Note>),
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
            Self::Question(_) | Self::Progress(_) => Context::Confirm,
            Self::Editor(_) => Context::Text,
            Self::Note(_) | Self::Help(_) => Context::Reader,
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
    /// Send many messages: all that are meant, and what it would do, once that is here.
    ConfirmMany(Many, Option<Box<ConfirmPreview>>),
    /// Send them, although the budget of the day is used up.
    OverBudget(Many, DayBudget),
    /// Let sending go on.
    Resume(HoldRow),
    /// Give these messages up.
    WithdrawSms(Many),
    /// Send these messages once more, although the phone may have them already.
    ResendSms(Many, Vec<SmsRow>),
    /// Do this with several letters: what is said, and the action.
    Letters(Action, Vec<crate::ask::LetterRow>),
}

impl Asked {
    /// The title of the question.
    pub fn title(&self) -> Say {
        match self {
            Self::Quit => Say::new("ask-quit"),
            Self::LoadDemo => Say::new("ask-demo"),
            Self::ConfirmSms { rows, .. } => Say::new("ask-confirm-sms").with("n", rows.len()),
            Self::ConfirmMany(many, _) => Say::new("ask-confirm-sms").with("n", many.count()),
            Self::OverBudget(many, _) => Say::new("ask-over-budget").with("n", many.count()),
            Self::Resume(_) => Say::new("ask-resume"),
            Self::WithdrawSms(many) => Say::new("ask-withdraw-sms").with("n", many.count()),
            Self::ResendSms(many, _) => Say::new("ask-resend-sms").with("n", many.count()),
            Self::Letters(action, rows) => Say::new("ask-letters")
                .with("what", Say::new(action.label()))
                .with("n", rows.len()),
        }
    }
}

/// The messages that are meant.
#[derive(Clone, Debug, PartialEq)]
pub enum Many {
    /// These.
    Ids(Vec<SmsId>),
    /// All that a filter finds; so many when it was asked, and nothing that was changed after that time.
    Found(Box<SmsFilter>, u64, Option<DateTime<Utc>>),
}

impl Many {
    /// How many.
    pub fn count(&self) -> u64 {
        match self {
            Self::Ids(ids) => ids.len() as u64,
            Self::Found(_, count, _) => *count,
        }
    }
}

/// Work on many messages, piece by piece: others are served in between, and it can be stopped there.
#[derive(Debug)]
pub struct Run {
    /// What is done with them.
    pub task: Task,
    /// What is left to do.
    pub many: Many,
    /// Where the next piece begins.
    pub after: Option<SmsId>,
    /// How many there were at the start.
    pub total: u64,
    /// What was done so far.
    pub outcome: BulkOutcome,
    /// A person wants it to stop.
    pub stopping: bool,
}

/// What is done with many messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Confirm; also beyond the budget of the day.
    Confirm {
        /// A person said so.
        beyond: bool,
    },
    /// Reject for this reason.
    Reject(String),
    /// Take back.
    Undo,
    /// Send again.
    Resend,
    /// Give up.
    Withdraw,
}

/// The text of an SMS being edited.
#[derive(Debug)]
pub struct Editor {
    /// Which.
    pub row: SmsRow,
    /// What the template gave, where a person has changed it before.
    pub template: Option<String>,
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
            template: None,
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

/// Something to read in full.
#[derive(Debug)]
pub struct Note {
    /// Text of its title.
    pub title: &'static str,
    /// What it says.
    pub said: Said,
    /// Lines scrolled away.
    pub scroll: u16,
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
