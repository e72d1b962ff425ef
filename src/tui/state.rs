//! Everything that the desk shows, as plain values: no terminal, no socket, no language, no clock of its own.

use chrono::{DateTime, FixedOffset};

use super::{
    action::{Action, Context},
    key::Key,
    look::Said,
    popup::Popup,
    screen::{
        audit::AuditScreen, deadlines::DeadlinesScreen, home::HomeScreen, inbox::InboxScreen,
        letters::LettersScreen, satker::SatkerScreen, sms::SmsScreen,
    },
    widget::{line::Line, turn::Turn},
};
use crate::domain::refusal::Refusal;
use crate::{
    ask::{Notice, Overview, Reply, Request},
    domain::{
        access::Role,
        id::AgendaNo,
        module::{Module, Service},
    },
    locale::Say,
};

/// What happens at the desk.
#[derive(Debug)]
pub enum Msg {
    /// A person wants this done.
    Do(Action),
    /// A key that is bound to nothing, in a place that takes text.
    Type(Key),
    /// Text was pasted.
    Paste(String),
    /// A key that means nothing here; true when it is a capital whose small letter would mean something.
    Unbound(Key, bool),
    /// A command chosen from the palette.
    Command(Action),
    /// An answer of the office.
    Answer(Ticket, Result<Box<Reply>, Refusal>),
    /// Something changed in the office.
    Notice(Notice),
    /// A server answers.
    Up,
    /// The server is gone.
    Down(Refusal),
    /// The minute is over: the office's clock.
    Tick(DateTime<FixedOffset>),
    /// Nothing was typed for a moment.
    Paused,
    /// Columns and rows of the terminal.
    Size(u16, u16),
}

/// What is to be done outside of the state.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "effects live for one turn of the loop, and most of them ask"
)]
pub enum Effect {
    /// Ask the office; the answer comes back with the ticket.
    Ask(Ticket, Request),
    /// Say [`Msg::Paused`] once nothing was typed for a moment.
    TellPause,
    /// The office's clock shows this now.
    SetClock(DateTime<FixedOffset>),
    /// Paint the whole screen again.
    Repaint,
    /// Try at once to reach the server.
    TryAgain,
    /// Stop the process until it is told to go on.
    Suspend,
    /// Leave the desk.
    Quit,
}

/// What an answer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ticket {
    /// Status line and Beranda.
    Overview,
    /// The modules in force.
    Modules,
    /// A page of letters of this tab.
    Letters(usize),
    /// All letters that this tab finds, to be marked.
    MarkLetters(usize),
    /// Details of the letter under the cursor of this tab.
    Letter(usize),
    /// A page of messages.
    Sms,
    /// Details of the message under the cursor.
    SmsDetail,
    /// A page of contacts to whom nothing arrives.
    Repairs,
    /// Names and changes of the message that is being confirmed.
    Question,
    /// A page of conversations.
    Inbox,
    /// What was said in the conversation under the cursor.
    Thread,
    /// A conversation was laid aside.
    Aside,
    /// A page of work units.
    Satkers,
    /// Details of the work unit under the cursor.
    Satker,
    /// A page of deadlines.
    Deadlines,
    /// All deadlines that the list finds, to be marked.
    MarkDeadlines,
    /// What is owed, day by day.
    DeadlineCounts,
    /// The counts of a month.
    DeadlineMonth,
    /// Details of the deadline under the cursor.
    Deadline,
    /// A reminder was drafted by hand.
    Reminded,
    /// The newest facts.
    Audit,
    /// Older facts.
    AuditMore,
    /// Candidates of the satker picker of the form with this number.
    Candidates(u64),
    /// What saving the form with this number would give.
    Preview(u64),
    /// The form that was left unfinished.
    Draft(u64),
    /// Nothing is waiting for it.
    Quiet,
    /// The form with this number is saved; the letter, when it is one of several.
    Saved(u64, Option<AgendaNo>),
    /// A letter was moved without a form.
    Moved(AgendaNo),
    /// A piece of the work on many messages is done.
    Piece,
    /// What confirming many messages would do.
    Look,
    /// Details of the message whose text is being edited.
    Template,
    /// Sending was stopped, or goes on.
    Brake,
    /// The text of a message was changed.
    Edited,
    /// The demonstration office is loaded.
    Demo,
}

/// Where the person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Beranda.
    Home,
    /// The letters of a module by its position; one past the last is the tab of all modules.
    Letters(usize),
    /// The messages.
    Sms,
    /// The conversations.
    Inbox,
    /// The work units.
    Satker,
    /// The deadlines.
    Deadlines,
    /// The audit trail.
    Audit,
}

/// How the line to the server is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LinkState {
    /// Not yet answered.
    #[default]
    Connecting,
    /// Requests are answered.
    Up,
    /// Lost; it is being tried again.
    Down(Refusal),
    /// The account has no role. It is tried again when a person wants it.
    Shut {
        /// What the server said.
        refusal: Refusal,
        /// The account had a role when this desk was opened.
        had: bool,
        /// A person wants to know once more.
        asked: bool,
    },
}

/// That nobody answers: a server that is being started, or started again.
pub(super) fn is_ordinary(refusal: &Refusal) -> bool {
    matches!(refusal.code.as_str(), "unreachable" | "connection-lost")
}

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It went well.
    Info,
    /// Think about it.
    Warning,
    /// It failed.
    Error,
}

/// The message line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// How it is meant.
    pub level: Level,
    /// What it says.
    pub say: Said,
}

/// Several requests for one wish: how many are still out, and what became of the others.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Answers still wanted.
    pub waiting: usize,
    /// Done.
    pub done: usize,
    /// Not done, with the reason.
    pub refused: Vec<(AgendaNo, Refusal)>,
}

/// The desk.
#[derive(Debug)]
pub struct State {
    /// Columns and rows.
    pub size: (u16, u16),
    /// The office's clock, to the minute.
    pub clock: DateTime<FixedOffset>,
    /// The line to the server.
    pub link: LinkState,
    /// Status line and Beranda, once the server has answered.
    pub overview: Option<Overview>,
    pub(super) overview_turn: Turn,
    /// The modules in force.
    pub modules: Vec<Module>,
    /// Where the person is.
    pub place: Place,
    /// Where the person was before.
    pub before: Place,
    /// Beranda.
    pub home: HomeScreen,
    /// The letters, by tab.
    pub letters: Vec<LettersScreen>,
    /// The messages.
    pub sms: SmsScreen,
    /// The conversations.
    pub inbox: InboxScreen,
    /// The work units.
    pub satker: SatkerScreen,
    /// The deadlines.
    pub deadlines: DeadlinesScreen,
    /// The audit trail.
    pub audit: AuditScreen,
    /// What lies over the screen, the last on top.
    pub popups: Vec<Popup>,
    /// The find line, while it is open.
    pub finding: Option<Line>,
    /// The message line.
    pub message: Option<Message>,
    /// The keys of a sequence that has begun.
    pub pending: Vec<Key>,
    pub(super) batch: Batch,
    /// Answers outstanding to which a person waits.
    pub busy: usize,
    seed: u64,
    numbers: u64,
}

impl State {
    /// A desk that knows nothing yet. `seed` makes its idempotency keys different from those of other desks.
    pub fn new(size: (u16, u16), clock: DateTime<FixedOffset>, seed: u64) -> Self {
        Self {
            size,
            clock,
            link: LinkState::default(),
            overview: None,
            overview_turn: Turn::default(),
            modules: Vec::new(),
            place: Place::Home,
            before: Place::Home,
            home: HomeScreen::default(),
            letters: Vec::new(),
            sms: SmsScreen::default(),
            inbox: InboxScreen::default(),
            satker: SatkerScreen::default(),
            deadlines: DeadlinesScreen::default(),
            audit: AuditScreen::default(),
            popups: Vec::new(),
            finding: None,
            message: None,
            pending: Vec::new(),
            batch: Batch::default(),
            busy: 0,
            seed,
            numbers: 0,
        }
    }

    /// Where keys are looked up now.
    pub fn context(&self) -> Context {
        match (self.popups.last(), &self.finding) {
            (Some(popup), _) => popup.context(),
            (None, Some(_)) => Context::Line,
            (None, None) => self.place_context(),
        }
    }

    /// Where keys are looked up when nothing lies over the screen.
    pub const fn place_context(&self) -> Context {
        match self.place {
            Place::Home => Context::Home,
            Place::Letters(_) => Context::Letters,
            Place::Sms => Context::Sms,
            Place::Inbox => Context::Inbox,
            Place::Satker => Context::Satker,
            Place::Deadlines if self.deadlines.month.is_some() => Context::Month,
            Place::Deadlines => Context::Deadlines,
            Place::Audit => Context::Audit,
        }
    }

    /// Whether the server lets nobody in here, or has not answered yet and may not for long: then the desk is one box that says so.
    pub fn is_shut(&self) -> bool {
        match &self.link {
            LinkState::Shut { .. } => true,
            LinkState::Down(refusal) => {
                self.overview.is_none() && !is_ordinary(refusal) && self.popups.is_empty()
            }
            LinkState::Connecting | LinkState::Up => false,
        }
    }

    /// Takes the word that the account has no role: what was on the screen is the office's, and goes.
    pub(super) fn shut(&mut self, refusal: Refusal) {
        let (had, asked) = match self.link {
            LinkState::Shut { had, asked, .. } => (had, asked),
            _ => (self.overview.is_some(), false),
        };
        let numbers = self.numbers;
        *self = Self::new(self.size, self.clock, self.seed);
        self.numbers = numbers;
        if asked {
            self.warn(Say::new("shut-still"));
        }
        self.link = LinkState::Shut {
            refusal,
            had,
            asked: false,
        };
    }

    /// A number that this desk has not used.
    pub(super) const fn next_number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// A key by which the server recognises a repeated request.
    pub(super) fn next_key(&mut self) -> String {
        let number = self.next_number();
        format!("desk-{:016x}-{number}", self.seed)
    }

    /// Says that something went well.
    pub(super) fn info(&mut self, say: Say) {
        self.message = Some(Message {
            level: Level::Info,
            say: Said::Say(say),
        });
    }

    /// Says something to think about.
    pub(super) fn warn(&mut self, say: Say) {
        self.message = Some(Message {
            level: Level::Warning,
            say: Said::Say(say),
        });
    }

    /// Says why something was refused.
    pub(super) fn refuse(&mut self, refusal: Refusal) {
        self.message = Some(Message {
            level: Level::Error,
            say: Said::Refusal(refusal),
        });
    }

    /// The module with this id.
    pub fn module(&self, id: &str) -> Option<&Module> {
        self.modules.iter().find(|module| module.id == id)
    }

    /// A service of a module.
    pub fn service(&self, module: &str, service: &str) -> Option<&Service> {
        self.module(module)?
            .services
            .iter()
            .find(|known| known.id == service)
    }

    /// The open tab of letters, if one is open.
    pub fn letters_screen(&self) -> Option<&LettersScreen> {
        match self.place {
            Place::Letters(tab) => self.letters.get(tab),
            _ => None,
        }
    }

    /// The role of the person, as far as the server has told.
    pub fn role(&self) -> Option<Role> {
        self.overview.as_ref().map(|overview| overview.actor.role)
    }

    /// Whether any modem only pretends to send.
    pub fn simulated(&self) -> bool {
        self.overview.as_ref().is_some_and(|overview| {
            overview
                .modems
                .iter()
                .any(|modem| modem.kind == "simulated")
        })
    }
}
