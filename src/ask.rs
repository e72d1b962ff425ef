//! Everything a client can ask of the office, and what it answers.
//!
//! The desk and the command line use nothing else. A request is a plain struct; [`Ask`] ties it to its answer. The enums
//! [`Request`] and [`Reply`] carry them over the socket.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::domain::access::{Actor, Role};
use crate::domain::id::{AgendaNo, SatkerCode, SmsId};
use crate::domain::inbox::InboxMessage;
use crate::domain::letter::{Channel, Letter, LetterState, Security, Sender, Urgency};
use crate::domain::period::Period;
use crate::domain::phone::PhoneNumber;
use crate::domain::refusal::Refusal;
use crate::domain::satker::{BudgetRow, ContactRole, Satker};
use crate::domain::sms::{Encoding, Sms, SmsKind, SmsState};

mod broadcast;
mod deadlines;
mod forms;
pub mod gate;
mod inbox;
mod offsite;
mod programme;
mod queue;
mod users;
mod views;

pub use broadcast::*;
pub use deadlines::*;
pub use forms::*;
pub use gate::Limits;
pub use inbox::*;
pub use offsite::*;
pub use programme::*;
pub use queue::*;
pub use users::*;
pub use views::*;

/// A request and the answer it gets.
pub trait Ask: Serialize + Send {
    /// What comes back.
    type Answer: DeserializeOwned + Serialize + Send;

    /// Its row in the table of requests.
    const NAME: RequestName;

    /// As it travels.
    fn into_request(self) -> Request;

    /// Picks the answer out of what travelled back.
    ///
    /// # Errors
    /// A refusal named `protocol` when the server answered something else.
    fn answer(reply: Reply) -> Result<Self::Answer, Refusal>;
}

/// The office, however it is reached.
pub trait Office {
    /// Asks and waits for the answer.
    ///
    /// # Errors
    /// The office's refusal, or one of the codes of [`Refusal`] that say that it could not be reached.
    fn ask<A: Ask>(&mut self, request: A) -> Result<A::Answer, Refusal>;
}

/// The table of requests: name, kind, least role, limits → answer. `$each` gets all of its rows: so are the types that travel, the
/// dispatch of the server and whatever else needs one arm a request made from it, and none can be forgotten.
///
/// The kinds: a `look` changes nothing; a `change` is one decision of the writer; `steps` are several; a `process` touches the
/// running server itself.
macro_rules! with_requests {
    ($each:ident) => {
        $each! {
            // Looking.
            /// State of the server.
            GetStatus, process, Viewer, ORDINARY => Status;
            /// What the status line and Beranda show.
            GetOverview, process, Viewer, ORDINARY => Overview;
            /// The modules in force, as files.
            GetModules, look, Viewer, ORDINARY => ModuleFiles;
            /// A page of letters.
            ListLetters, look, Viewer, ORDINARY => LetterPage;
            /// One letter with what belongs to it.
            ShowLetter, look, Viewer, ORDINARY => LetterDetail;
            /// What registering would give: target, duplicate, receipt text.
            PreviewLetter, look, Viewer, ORDINARY => LetterPreview;
            /// What ending a letter would give: the text of the notice.
            PreviewEnd, look, Viewer, ORDINARY => EndPreview;
            /// A page of satker.
            ListSatker, look, Viewer, ORDINARY => SatkerPage;
            /// One satker with what belongs to it.
            ShowSatker, look, Viewer, ORDINARY => SatkerDetail;
            /// Where a participant stands in its programme.
            ShowStage, look, Viewer, ORDINARY => Programme;
            /// Budget rows of one satker.
            ShowBudget, look, Viewer, ORDINARY => BudgetView;
            /// A page of messages.
            ListSms, look, Viewer, ORDINARY => SmsPage;
            /// One message.
            ShowSms, look, Viewer, ORDINARY => SmsDetail;
            /// Messages in groups that fold.
            OutlineSms, look, Viewer, ORDINARY => SmsOutline;
            /// What confirming would do.
            PreviewConfirm, look, Section, LISTS => ConfirmPreview;
            /// What an announcement would be.
            PreviewBroadcast, look, Desk, LISTS => BroadcastReport;
            /// What did not arrive, and whose phone needs a look.
            ListFailures, look, Viewer, ORDINARY => Failures;
            /// Contacts whose phone needs a look.
            ListRepairs, look, Viewer, ORDINARY => RepairPage;
            /// Incoming messages, newest first.
            ListInbox, look, Viewer, ORDINARY => InboxPage;
            /// Conversations: what waits for a person first.
            ListConversations, look, Viewer, ORDINARY => ConversationPage;
            /// One conversation, both sides.
            ShowConversation, look, Viewer, ORDINARY => Conversation;
            /// The satisfaction index.
            GetSatisfaction, look, Viewer, ORDINARY => Satisfaction;
            /// The audit trail.
            ListAudit, look, Viewer, ORDINARY => AuditPage;
            /// Holidays and office overrides of a year.
            ListCalendar, look, Viewer, ORDINARY => CalendarView;
            /// The modems and how they are.
            ListModems, look, Viewer, ORDINARY => ModemList;
            /// The form that this user left unfinished.
            GetDraft, look, Viewer, ORDINARY => Draft;
            /// A page of deadlines.
            ListDeadlines, look, Viewer, ORDINARY => DeadlinePage;
            /// Deadlines counted by day and state.
            CountDeadlines, look, Viewer, ORDINARY => DeadlineTotals;
            /// One deadline.
            ShowDeadline, look, Viewer, ORDINARY => DeadlineDetail;
            /// Dates given by letters.
            ListDates, look, Viewer, ORDINARY => DateList;
            /// Who has which role.
            ListUsers, look, Admin, ORDINARY => UserList;
            /// Records as they are kept, to be taken elsewhere.
            ExportRecords, look, Admin, ORDINARY => RecordPage;
            // Changing.
            /// Satker from a spreadsheet.
            ImportSatker, steps, Desk, IMPORT => ImportReport;
            /// A participant moves to another stage of its programme.
            MoveStage, change, Section, ORDINARY => Programme;
            /// Budget rows from a spreadsheet.
            ImportBudget, change, Desk, IMPORT => ImportReport;
            /// A letter came in.
            RegisterLetter, change, Section, ORDINARY => Registered;
            /// A letter goes on inside the office.
            MoveLetter, change, Section, ORDINARY => LetterRow;
            /// A letter reaches an end.
            EndLetter, change, Section, ORDINARY => LetterEnd;
            /// A message written by hand.
            DraftSms, change, Section, ORDINARY => SmsRow;
            /// A person says yes.
            ConfirmSms, change, Section, LISTS => BulkOutcome;
            /// A person says yes, also beyond the budget of the day.
            ConfirmBeyond, change, Section, LISTS => BulkOutcome;
            /// A person says no.
            RejectSms, change, Section, LISTS => BulkOutcome;
            /// A person changes the text.
            EditSms, change, Section, ORDINARY => SmsRow;
            /// Back from the queue.
            UndoSms, change, Section, LISTS => BulkOutcome;
            /// Send an uncertain, failed or undelivered message again.
            ResendSms, change, Section, LISTS => BulkOutcome;
            /// Say what became of an uncertain message.
            SettleSms, change, Section, LISTS => BulkOutcome;
            /// Give a message up whose reason has gone.
            WithdrawSms, change, Section, LISTS => BulkOutcome;
            /// Draft an announcement to many.
            Broadcast, steps, Desk, LISTS => BroadcastReport;
            /// Stop all sending.
            HoldSending, change, Section, ORDINARY => Done;
            /// Let sending go on.
            ResumeSending, change, Section, ORDINARY => Done;
            /// Answer an incoming message by hand.
            AnswerInbox, change, Section, ORDINARY => SmsRow;
            /// Lay an incoming message aside.
            DoneInbox, change, Section, ORDINARY => Done;
            /// Give a conversation to a section.
            AssignInbox, change, Section, ORDINARY => Done;
            /// Keep a form that is being filled in.
            KeepDraft, change, Section, FORM => FormKept;
            /// Forget it.
            DropDraft, change, Section, ORDINARY => Done;
            /// Load the demonstration office.
            LoadDemo, steps, Admin, ORDINARY => DemoReport;
            /// The office is closed or open on a day, against the national calendar.
            OverrideCalendar, steps, Supervisor, ORDINARY => Done;
            /// Something happened that starts or ends deadlines.
            RecordEvent, change, Section, ORDINARY => EventOutcome;
            /// Deadlines are fulfilled.
            MeetDeadline, change, Section, ORDINARY => DeadlineRows;
            /// Deadlines need not be fulfilled.
            ExemptDeadline, change, Section, ORDINARY => DeadlineRows;
            /// Deadlines are owed again.
            ReopenDeadline, change, Section, ORDINARY => DeadlineRows;
            /// A deadline gets another date.
            MoveDeadline, change, Section, ORDINARY => DeadlineRows;
            /// Draft a reminder of a deadline now.
            RemindDeadline, change, Section, ORDINARY => RemindersDrafted;
            /// A letter gives a date.
            GiveDate, steps, Supervisor, ORDINARY => DeadlinesMovedCount;
            /// An obligation made up by the office.
            AddDeadline, change, Section, LISTS => DeadlineRows;
            /// The national holidays anew.
            ImportHolidays, steps, Supervisor, IMPORT => HolidayReport;
            /// An account gets a role, or another one.
            SetUser, steps, Admin, ORDINARY => UserRow;
            /// An account loses its role.
            RemoveUser, change, Admin, ORDINARY => Done;
            /// Ask the network something by USSD.
            AskUssd, process, Supervisor, ORDINARY => UssdAnswer;
            /// Make a backup.
            MakeBackup, process, Admin, ORDINARY => BackupMade;
            /// End the server.
            StopServer, process, Admin, ORDINARY => Done;
        }
    };
}

pub(crate) use with_requests;

/// Makes the types that travel, and the columns of the table, of its rows.
macro_rules! declare {
    ($($(#[$doc:meta])* $name:ident, $kind:ident, $needs:ident, $limits:ident => $answer:ty);+ $(;)?) => {
        /// Any request, as it travels.
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[serde(tag = "do", content = "with", rename_all = "kebab-case")]
        pub enum Request { $($(#[$doc])* $name($name)),+ }

        /// Any answer, as it travels; named after its request.
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[serde(tag = "to", content = "is", rename_all = "kebab-case")]
        pub enum Reply { $($(#[$doc])* $name($answer)),+ }

        /// The name of a request, without its content: what is read first, and what the columns of the table are asked by.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum RequestName { $($(#[$doc])* $name),+ }

        impl Request {
            /// The name, for the log.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => stringify!($name)),+ }
            }
        }

        impl RequestName {
            /// All, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// What the least role is that may ask this.
            pub const fn needs(self) -> Role {
                match self { $(Self::$name => Role::$needs),+ }
            }

            /// How large its content may be.
            pub const fn limits(self) -> Limits {
                match self { $(Self::$name => Limits::$limits),+ }
            }
        }

        $(impl Ask for $name {
            type Answer = $answer;
            const NAME: RequestName = RequestName::$name;

            fn into_request(self) -> Request {
                Request::$name(self)
            }

            fn answer(reply: Reply) -> Result<Self::Answer, Refusal> {
                match reply {
                    Reply::$name(answer) => Ok(answer),
                    _ => Err(Refusal::new("protocol")),
                }
            }
        })+
    };
}

with_requests!(declare);

impl RequestName {
    /// As it travels: `register-letter`.
    pub fn written(self) -> String {
        let mut written = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_ascii_uppercase() && !written.is_empty() {
                written.push('-');
            }
            written.push(letter.to_ascii_lowercase());
        }
        written
    }

    /// The largest content of all that this role may ask, in bytes: nobody has to be read further.
    pub fn largest_for(role: Role) -> u64 {
        let may = Self::ALL.iter().filter(|name| name.needs() <= role);
        may.map(|name| name.limits().bytes).max().unwrap_or(0)
    }
}

/// See [`Request::GetStatus`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct GetStatus {}

/// See [`Request::GetOverview`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct GetOverview {}

/// See [`Request::GetModules`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct GetModules {}

/// Which letters to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LetterFilter {
    /// Whatever their state.
    #[default]
    All,
    /// The office still owes an answer.
    Open,
    /// Open and past their target.
    Overdue,
    /// Open, target today or earlier.
    DueToday,
    /// Ended.
    Done,
    /// In exactly this state.
    State(LetterState),
}

/// Order of a list of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LetterSort {
    /// Latest agenda number first.
    #[default]
    Newest,
    /// Nearest target first; letters without a target last.
    Target,
    /// By satker code, then latest first.
    Satker,
}

/// See [`Request::ListLetters`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListLetters {
    /// Only this module.
    pub module: Option<String>,
    /// Only this service (with `module`).
    pub service: Option<String>,
    /// Only these.
    pub filter: LetterFilter,
    /// Only of this satker.
    pub satker: Option<SatkerCode>,
    /// Only those in which every word occurs: agenda, subject, number, sender, field values. Case does not matter.
    pub find: Option<String>,
    /// Order.
    pub sort: LetterSort,
    /// How many to skip.
    pub offset: u64,
    /// How many at the most; the server gives no more than 1,000.
    pub limit: u32,
}

/// See [`Request::ShowLetter`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShowLetter {
    /// Which.
    pub agenda: AgendaNo,
}

/// What the desk fills in to register a letter. Texts as typed: the server validates and repairs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct NewLetter {
    /// Module id.
    pub module: String,
    /// Service id.
    pub service: String,
    /// Satker code; empty when the sender is another.
    pub satker: String,
    /// Name of a sender that is no satker.
    pub sender: String,
    /// Nomor surat.
    pub number: String,
    /// Date on the letter, as typed.
    pub date: String,
    /// Perihal; empty means the name of the service (and the period, if it has one).
    pub subject: String,
    /// Lampiran.
    pub attachments: String,
    /// Sifat.
    pub urgency: Urgency,
    /// Klasifikasi keamanan.
    pub security: Security,
    /// Kanal.
    pub channel: Channel,
    /// Who brought it.
    pub bringer: String,
    /// Their phone.
    pub bringer_phone: String,
    /// Remark.
    pub note: String,
    /// The module's own fields, as typed.
    pub fields: BTreeMap<String, String>,
    /// The returned letter that this one replaces, as typed.
    pub previous: String,
}

/// See [`Request::PreviewLetter`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PreviewLetter {
    /// As filled in so far.
    pub letter: NewLetter,
}

/// See [`Request::RegisterLetter`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RegisterLetter {
    /// As filled in.
    pub letter: NewLetter,
    /// The person has seen that the same sender and number exist already. Without it such a letter is refused.
    pub duplicate_seen: bool,
    /// Made up by the client, once per form: a retry after a dropped line registers nothing twice.
    pub key: Option<String>,
}

/// See [`Request::MoveLetter`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MoveLetter {
    /// Which.
    pub agenda: AgendaNo,
    /// `dispositioned`, `in_progress` (start or resume), `waiting` or `handed_over`.
    pub to: LetterState,
    /// The section (for `dispositioned`).
    pub section: Option<String>,
    /// Remark.
    pub note: Option<String>,
}

/// See [`Request::PreviewEnd`] and [`Request::EndLetter`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EndLetter {
    /// Which.
    pub agenda: AgendaNo,
    /// `completed`, `returned`, `rejected` or `void`.
    pub to: LetterState,
    /// Reason (required for all but completion) or remark.
    pub note: String,
    /// Fields asked at completion, as typed.
    pub fields: BTreeMap<String, String>,
}

/// See [`Request::PreviewEnd`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PreviewEnd {
    /// As filled in so far.
    pub end: EndLetter,
}

/// See [`Request::ListSatker`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListSatker {
    /// Code or any part of the names, region or an official's name; best match first. Empty: all, by code.
    pub find: Option<String>,
    /// Only of this kind of participant: `satker`, or that of another programme.
    #[serde(default)]
    pub kind: Option<String>,
    /// How many to skip.
    pub offset: u64,
    /// How many at the most; the server gives no more than 1,000.
    pub limit: u32,
}

/// See [`Request::ShowSatker`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShowSatker {
    /// Which.
    pub code: SatkerCode,
}

/// See [`Request::ShowBudget`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShowBudget {
    /// Whose.
    pub code: SatkerCode,
}

/// See [`Request::ListSms`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListSms {
    /// Only in these states; empty means all.
    pub states: Vec<SmsState>,
    /// Only of this kind.
    pub kind: Option<SmsKind>,
    /// Only about this satker.
    pub satker: Option<SatkerCode>,
    /// Only those in which every word occurs: id, phone, text, agenda.
    pub find: Option<String>,
    /// Only those that this user drafted.
    #[serde(default)]
    pub drafter: Option<String>,
    /// How many to skip.
    pub offset: u64,
    /// How many at the most; the server gives no more than 1,000.
    pub limit: u32,
}

/// See [`Request::ShowSms`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShowSms {
    /// Which.
    pub id: SmsId,
}

/// See [`Request::ListInbox`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListInbox {
    /// Only those that nobody answered.
    pub unanswered: bool,
    /// How many to skip.
    pub offset: u64,
    /// How many at the most; the server gives no more than 1,000.
    pub limit: u32,
}

/// See [`Request::ListAudit`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListAudit {
    /// Only at or after this time.
    pub since: Option<DateTime<Utc>>,
    /// Only by this user.
    pub actor: Option<String>,
    /// Only about this: agenda number, SMS id, satker code.
    pub about: Option<String>,
    /// Only facts numbered below this one: the next page. Newest come first.
    pub before: Option<u64>,
    /// How many at the most; the server gives no more than 1,000.
    pub limit: u32,
}

/// See [`Request::ListCalendar`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListCalendar {
    /// Only this year.
    pub year: Option<i32>,
}

/// See [`Request::ListModems`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListModems {}

/// A spreadsheet as text cells, read by the client; what the cells mean is the server's business.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Header cells.
    pub columns: Vec<String>,
    /// Row number in the file (the header is row 1) and its cells.
    pub rows: Vec<(u32, Vec<String>)>,
}

/// See [`Request::ImportSatker`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportSatker {
    /// What to import.
    pub sheet: Sheet,
    /// Only report what would happen.
    pub dry_run: bool,
}

/// See [`Request::ImportBudget`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportBudget {
    /// What to import.
    pub sheet: Sheet,
    /// Only report what would happen.
    pub dry_run: bool,
}

/// See [`Request::DraftSms`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DraftSms {
    /// To this phone, as typed …
    pub to: Option<String>,
    /// … or to an official of this satker.
    pub satker: Option<SatkerCode>,
    /// In which capacity; KPA if not said.
    pub role: Option<ContactRole>,
    /// The text, up to 1,000 characters. Sent as written, but for characters that the default alphabet lacks and has a twin of.
    pub text: String,
    /// Made up by the client: a retry after a dropped line drafts nothing twice.
    pub key: Option<String>,
}

/// Which messages a bulk request means.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SmsChoice {
    /// Exactly these.
    Ids(Vec<SmsId>),
    /// All for which the request makes sense now, of this kind if given.
    All {
        /// Only of this kind.
        kind: Option<SmsKind>,
    },
    /// A piece of those that a filter finds and for which the request makes sense: so is any number done without keeping others waiting.
    Found {
        /// Which messages.
        filter: SmsFilter,
        /// Nothing that was changed after this time: nobody has seen it.
        seen: Option<DateTime<Utc>>,
        /// Only those after this one: where the piece before ended.
        after: Option<SmsId>,
        /// How many in this piece, 1 to 1,000.
        limit: u32,
    },
}

/// See [`Request::ConfirmSms`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConfirmSms {
    /// Which.
    pub which: SmsChoice,
}

/// See [`Request::RejectSms`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RejectSms {
    /// Which.
    pub which: SmsChoice,
    /// Why.
    pub reason: String,
}

/// See [`Request::EditSms`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EditSms {
    /// Which.
    pub id: SmsId,
    /// The whole new text.
    pub text: String,
}

/// See [`Request::UndoSms`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UndoSms {
    /// Which.
    pub which: SmsChoice,
}

/// See [`Request::ResendSms`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ResendSms {
    /// Which.
    pub which: SmsChoice,
}

/// See [`Request::SettleSms`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SettleSms {
    /// Which.
    pub which: SmsChoice,
    /// `sent` or `failed`.
    pub state: SmsState,
}

/// See [`Request::LoadDemo`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LoadDemo {
    /// The same seed on the same day gives the same office.
    pub seed: u64,
    /// Number of satker, 1 to 20,000.
    pub satker: u32,
    /// Number of letters, 0 to 1,000,000.
    pub letters: u32,
}

/// See [`Request::OverrideCalendar`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OverrideCalendar {
    /// The day.
    pub date: NaiveDate,
    /// Open (true) or closed.
    pub open: bool,
    /// Why.
    pub reason: String,
}

/// See [`Request::AskUssd`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AskUssd {
    /// Name of the modem.
    pub modem: String,
    /// For example `*888#`.
    pub code: String,
}

/// See [`Request::StopServer`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct StopServer {}

/// Pushed to every client: something changed. Clients ask again for what they show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The last fact that is on disk.
    pub seq: u64,
    /// What kinds of things changed.
    pub topics: Vec<Topic>,
}

/// A kind of thing that can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// Letters.
    Letters,
    /// Outgoing messages.
    Sms,
    /// Incoming messages.
    Inbox,
    /// Satker, officials and budgets.
    Satker,
    /// Holidays and overrides.
    Calendar,
    /// Who owes what by when.
    Deadlines,
    /// State of a modem.
    Modem,
    /// Who has which role: whoever hears it may have another one now.
    Users,
    /// The server is about to end.
    Stopping,
}
