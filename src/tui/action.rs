//! Everything a person can do at the desk, by name. Keymaps, help, hint line, palette and `docs/keys.md` all read this table.

use std::fmt;

/// Where a key is pressed: one table of a keymap each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// Everywhere.
    Global,
    /// Every screen with a list.
    List,
    /// Beranda: what needs a person now.
    Home,
    /// The letters of a module.
    Letters,
    /// The SMS.
    Sms,
    /// Incoming SMS, as conversations.
    Inbox,
    /// The work units.
    Satker,
    /// Jatuh Tempo: the deadlines.
    Deadlines,
    /// The deadlines as the calendar of a month.
    Month,
    /// The audit trail.
    Audit,
    /// A form or dialog with fields.
    Form,
    /// The text of an SMS being edited.
    Text,
    /// One line to type into, with candidates under it: find, palette.
    Line,
    /// A question that wants yes or no.
    Confirm,
    /// A page to read: help, history.
    Reader,
}

impl Context {
    /// Every context, in the order of help and documentation.
    pub const ALL: [Self; 15] = [
        Self::Global,
        Self::List,
        Self::Home,
        Self::Letters,
        Self::Sms,
        Self::Inbox,
        Self::Satker,
        Self::Deadlines,
        Self::Month,
        Self::Audit,
        Self::Form,
        Self::Text,
        Self::Line,
        Self::Confirm,
        Self::Reader,
    ];

    /// Its name in keymap files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::List => "list",
            Self::Home => "home",
            Self::Letters => "letters",
            Self::Sms => "sms",
            Self::Inbox => "inbox",
            Self::Satker => "satker",
            Self::Deadlines => "deadlines",
            Self::Month => "month",
            Self::Audit => "audit",
            Self::Form => "form",
            Self::Text => "text",
            Self::Line => "line",
            Self::Confirm => "confirm",
            Self::Reader => "reader",
        }
    }

    /// Where a key is looked up next, when this context does not bind it.
    pub const fn parent(self) -> Option<Self> {
        match self {
            Self::Home
            | Self::Letters
            | Self::Sms
            | Self::Inbox
            | Self::Satker
            | Self::Deadlines
            | Self::Month
            | Self::Audit => Some(Self::List),
            Self::List | Self::Form | Self::Text | Self::Line => Some(Self::Global),
            // A question or a page is answered or closed first; nothing reaches past it.
            Self::Global | Self::Confirm | Self::Reader => None,
        }
    }

    /// The context and those it inherits from, nearest first.
    pub fn chain(self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |context| context.parent())
    }

    /// Whether a character typed here is text, so that only other keys can be bound or inherited.
    pub const fn takes_text(self) -> bool {
        matches!(self, Self::Form | Self::Text | Self::Line)
    }

    /// Whether a person can be here; the others only lend their keys.
    pub const fn is_place(self) -> bool {
        !matches!(self, Self::Global | Self::List)
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident, $name:literal, [$($context:ident),+];)+) => {
        /// One thing a person can do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $($(#[$doc])* $variant,)+
        }

        impl Action {
            /// Every action, in the order of help and documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name in keymap files.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The text that says what it does, for help and palette.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => concat!("action-", $name)),+ }
            }

            /// The contexts whose table may bind it; contexts that inherit from them have it too.
            pub const fn contexts(self) -> &'static [Context] {
                match self { $(Self::$variant => &[$(Context::$context),+]),+ }
            }
        }
    };
}

actions! {
    /// Opens the list of keys.
    Help, "help", [Global, Confirm];
    /// Opens the palette of commands.
    Palette, "palette", [Global];
    /// Leaves what is open; typed text is kept.
    Cancel, "cancel", [Global, Confirm, Reader];
    /// Paints the whole screen again.
    Redraw, "redraw", [Global, Confirm, Reader];
    /// Stops the desk until `fg`.
    Suspend, "suspend", [Global, Confirm, Reader];
    /// Leaves the desk.
    Quit, "quit", [Global];

    /// Opens Beranda.
    HomeScreen, "home-screen", [Global];
    /// Opens the SMS.
    SmsScreen, "sms-screen", [Global];
    /// Opens the incoming SMS.
    InboxScreen, "inbox-screen", [Global];
    /// Opens the work units.
    SatkerScreen, "satker-screen", [Global];
    /// Opens the deadlines.
    DeadlineScreen, "deadline-screen", [Global];
    /// Opens the audit trail.
    AuditScreen, "audit-screen", [Global];
    /// Stops all sending, or lets it go on.
    HoldSending, "hold-sending", [Global];
    /// Opens the first module.
    Module1, "module-1", [List];
    /// Opens the second module.
    Module2, "module-2", [List];
    /// Opens the third module.
    Module3, "module-3", [List];
    /// Opens the fourth module.
    Module4, "module-4", [List];
    /// Opens the fifth module.
    Module5, "module-5", [List];
    /// Opens the sixth module.
    Module6, "module-6", [List];
    /// Opens the seventh module.
    Module7, "module-7", [List];
    /// Opens the eighth module.
    Module8, "module-8", [List];
    /// Opens the ninth module.
    Module9, "module-9", [List];
    /// Opens the tab to the right.
    NextTab, "next-tab", [List];
    /// Opens the tab to the left.
    PreviousTab, "previous-tab", [List];

    /// One row down.
    MoveDown, "move-down", [List, Reader];
    /// One row up.
    MoveUp, "move-up", [List, Reader];
    /// One page down.
    PageDown, "page-down", [List, Reader, Confirm];
    /// One page up.
    PageUp, "page-up", [List, Reader, Confirm];
    /// To the first row.
    MoveFirst, "move-first", [List, Reader];
    /// To the last row.
    MoveLast, "move-last", [List, Reader];
    /// Opens the row or shows and hides its details.
    Open, "open", [List];
    /// Scrolls the details down.
    DetailDown, "detail-down", [List];
    /// Scrolls the details up.
    DetailUp, "detail-up", [List];
    /// Marks the row for an action on several.
    Mark, "mark", [List];
    /// Marks all rows that the list finds.
    MarkAll, "mark-all", [List];
    /// Takes all marks away.
    ClearMarks, "clear-marks", [List];
    /// Finds rows by text.
    Find, "find", [List];
    /// The next filter by state.
    NextFilter, "next-filter", [List];
    /// The filter by state before.
    PreviousFilter, "previous-filter", [List];
    /// The next order of rows.
    Sort, "sort", [List];
    /// Asks the server for the rows again.
    Reload, "reload", [List];

    /// Opens the form of a new letter.
    RegisterLetter, "register-letter", [Letters];
    /// Marks letters complete.
    CompleteLetter, "complete-letter", [Letters];
    /// Returns a letter for repair.
    ReturnLetter, "return-letter", [Letters];
    /// Rejects a letter.
    RejectLetter, "reject-letter", [Letters];
    /// Makes a letter void that was entered by mistake.
    VoidLetter, "void-letter", [Letters];
    /// Starts the work on letters.
    StartLetter, "start-letter", [Letters];
    /// Stops the service clock: something is missing.
    WaitLetter, "wait-letter", [Letters];
    /// Lets the service clock run again.
    ResumeLetter, "resume-letter", [Letters];
    /// Hands out the result.
    HandOverLetter, "hand-over-letter", [Letters];
    /// Routes a letter to a section.
    DisposeLetter, "dispose-letter", [Letters];
    /// Shows the SMS of a letter.
    LetterSms, "letter-sms", [Letters];

    /// Confirms SMS after showing them.
    ConfirmSms, "confirm-sms", [Sms];
    /// Confirms all SMS that the list finds.
    ConfirmShown, "confirm-shown", [Sms];
    /// Edits the text of an SMS.
    EditSms, "edit-sms", [Sms];
    /// Rejects SMS.
    RejectSms, "reject-sms", [Sms];
    /// Gives SMS up whose reason has gone.
    WithdrawSms, "withdraw-sms", [Sms];
    /// Takes a confirmed SMS back.
    UndoSms, "undo-sms", [Sms];
    /// Sends a failed or uncertain SMS once more.
    ResendSms, "resend-sms", [Sms];
    /// Decides what became of an uncertain SMS.
    SettleSms, "settle-sms", [Sms];
    /// Shows all SMS to the same number.
    NumberSms, "number-sms", [Sms];
    /// Announces something to many.
    Broadcast, "broadcast", [Sms];
    /// Writes a free SMS.
    DraftSms, "draft-sms", [Sms, Satker];

    /// Notes deadlines as fulfilled.
    MeetDeadline, "meet-deadline", [Deadlines];
    /// Notes that deadlines need not be fulfilled.
    ExemptDeadline, "exempt-deadline", [Deadlines];
    /// Takes that back: they are owed again.
    ReopenDeadline, "reopen-deadline", [Deadlines];
    /// Gives a deadline another date.
    MoveDeadline, "move-deadline", [Deadlines];
    /// Drafts a reminder of a deadline now.
    RemindDeadline, "remind-deadline", [Deadlines];
    /// Records an event that starts a deadline.
    RecordEvent, "record-event", [Deadlines, Month, Satker];
    /// Adds an obligation that the office makes up.
    AddDeadline, "add-deadline", [Deadlines, Month];
    /// Enters a date that a letter gives.
    GiveDate, "give-date", [Deadlines, Month];
    /// Shows the SMS of the satker of a deadline.
    DeadlineSms, "deadline-sms", [Deadlines];
    /// Shows the letter that fulfilled a deadline.
    DeadlineLetter, "deadline-letter", [Deadlines];
    /// Shows the calendar of the month, or the list again.
    MonthView, "month-view", [Deadlines, Month];
    /// Shows the deadlines of the next module only.
    NextModule, "next-module", [Deadlines, Month];
    /// To the next day of the calendar.
    NextDay, "next-day", [Month];
    /// To the day before.
    PreviousDay, "previous-day", [Month];
    /// Shows what the work unit owes.
    SatkerDeadlines, "satker-deadlines", [Satker];
    /// Shows what is owed under this module.
    ModuleDeadlines, "module-deadlines", [Letters];

    /// Answers a conversation.
    AnswerInbox, "answer-inbox", [Inbox];
    /// Lays a conversation aside.
    DoneInbox, "done-inbox", [Inbox];
    /// Gives a conversation to a section.
    AssignInbox, "assign-inbox", [Inbox];

    /// Shows the letters of a work unit.
    SatkerLetters, "satker-letters", [Satker];
    /// Shows the SMS of a work unit.
    SatkerSms, "satker-sms", [Satker];
    /// Loads the demonstration office.
    LoadDemo, "load-demo", [Home];

    /// Takes the candidate, or moves to the next field.
    Accept, "accept", [Form, Line];
    /// To the next field.
    NextField, "next-field", [Form];
    /// To the field before.
    PreviousField, "previous-field", [Form];
    /// To the next candidate or choice.
    NextChoice, "next-choice", [Form, Line];
    /// To the candidate or choice before.
    PreviousChoice, "previous-choice", [Form, Line];
    /// Saves the form or text.
    Save, "save", [Form, Text];
    /// Empties the form.
    ClearForm, "clear-form", [Form];
    /// Takes the last change of the text back.
    UndoEdit, "undo-edit", [Text];

    /// Yes.
    AnswerYes, "answer-yes", [Confirm];
    /// No.
    AnswerNo, "answer-no", [Confirm];
}

impl Action {
    /// The action with this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|action| action.name() == name)
    }

    /// Whether the table of this context may bind it.
    pub fn belongs_to(self, context: Context) -> bool {
        context
            .chain()
            .any(|context| self.contexts().contains(&context))
    }

    /// The module tab, counted from 0, that the action opens.
    pub const fn module_tab(self) -> Option<usize> {
        Some(match self {
            Self::Module1 => 0,
            Self::Module2 => 1,
            Self::Module3 => 2,
            Self::Module4 => 3,
            Self::Module5 => 4,
            Self::Module6 => 5,
            Self::Module7 => 6,
            Self::Module8 => 7,
            Self::Module9 => 8,
            _ => return None,
        })
    }

    /// The action that opens the module tab, counted from 0.
    pub fn for_module_tab(index: usize) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|action| action.module_tab() == Some(index))
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::{LANGS, Locale};

    #[test]
    fn every_action_has_a_name_of_its_own_and_a_label_in_both_languages() {
        for lang in LANGS {
            let locale = Locale::built_in(lang);
            for action in Action::ALL {
                assert!(
                    locale.has(action.label()),
                    "{lang:?}: no text `{}`",
                    action.label()
                );
                assert_eq!(Action::by_name(action.name()), Some(*action));
            }
            for context in Context::ALL {
                let id = format!("context-{}", context.name());
                assert!(locale.has(&id), "{lang:?}: no text `{id}`");
            }
        }
    }
}
