//! What the office answers: plain structs with what a screen or a script needs.
//!
//! Field names of rows are part of the contract with scripts: the command line prints these structs as they are.

use super::{
    Actor, AgendaNo, BTreeMap, BudgetRow, ContactRole, DateTime, Deserialize, Encoding,
    FixedOffset, InboxMessage, Letter, LetterState, NaiveDate, OwedCounts, Period, PhoneNumber,
    Satker, SatkerCode, Sender, Serialize, Sms, SmsId, SmsKind, SmsState, Utc,
};

/// Nothing but "it is done, and on disk".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {}

/// A letter as lists and scripts show it. Times carry the office's offset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LetterRow {
    /// `AGD-00123/2026`.
    pub agenda: AgendaNo,
    /// Module id.
    pub module: String,
    /// Service id.
    pub service: String,
    /// Satker code; none where the sender is another.
    pub satker: Option<SatkerCode>,
    /// Short name of the satker, or the name of another sender.
    pub sender: String,
    /// Nomor surat.
    pub number: Option<String>,
    /// Perihal.
    pub subject: String,
    /// Present state.
    pub state: LetterState,
    /// Received at.
    pub received: DateTime<FixedOffset>,
    /// Promised completion.
    pub target: Option<DateTime<FixedOffset>>,
    /// Reached an end at.
    pub completed: Option<DateTime<FixedOffset>>,
    /// Past its target.
    pub overdue: bool,
    /// The section that works on it.
    pub section: String,
    /// The module's own fields.
    pub fields: BTreeMap<String, String>,
}

/// A page of letters.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LetterPage {
    /// In the order asked for.
    pub rows: Vec<LetterRow>,
    /// How many there are in all.
    pub total: u64,
    /// How many were skipped.
    pub offset: u64,
}

/// One letter with what belongs to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LetterDetail {
    /// The row, as in lists.
    #[serde(flatten)]
    pub row: LetterRow,
    /// The whole record.
    pub letter: Letter,
    /// The sender, where it is a satker.
    pub satker_record: Option<Satker>,
    /// The messages about it, oldest first.
    pub sms: Vec<SmsRow>,
    /// States that this user may move it to now.
    pub may_become: Vec<LetterState>,
}

/// What registering would give.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct LetterPreview {
    /// Promised completion.
    pub target: Option<DateTime<FixedOffset>>,
    /// A letter of the same sender with the same number.
    pub duplicate: Option<AgendaNo>,
    /// The subject that an empty one would become.
    pub subject: String,
    /// What is wrong with the fields so far: all of it.
    pub problems: Vec<crate::domain::refusal::Refusal>,
    /// The text of the receipt notice, where the service has one.
    pub receipt: Option<TextPreview>,
}

/// A text as it would be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextPreview {
    /// The text.
    pub text: String,
    /// Its alphabet.
    pub encoding: Encoding,
    /// The SMS it takes.
    pub parts: u8,
    /// To whom: name and phone; none when nobody of the satker can be reached.
    pub to: Option<(String, PhoneNumber)>,
    /// That phone wants no notices, so none will be drafted.
    #[serde(default)]
    pub opted_out: bool,
}

/// A letter was registered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Registered {
    /// The row, as in lists.
    #[serde(flatten)]
    pub letter: LetterRow,
    /// A letter of the same sender with the same number, seen and accepted.
    pub duplicate_of: Option<AgendaNo>,
    /// The receipt notice, if one was drafted.
    pub sms: Option<SmsId>,
}

/// What ending a letter would give.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct EndPreview {
    /// What is wrong with the fields so far.
    pub problems: Vec<crate::domain::refusal::Refusal>,
    /// The notice that would be drafted; none where the service has no text for it.
    pub notice: Option<TextPreview>,
}

/// A letter reached an end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LetterEnd {
    /// The row, as in lists.
    #[serde(flatten)]
    pub letter: LetterRow,
    /// The notice, if one was drafted.
    pub sms: Option<SmsId>,
    /// Why none was: the code of a refusal (`no-phone`, `satker-inactive`, `no-text`).
    pub no_sms: Option<crate::domain::refusal::Refusal>,
}

/// A satker as lists and scripts show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SatkerRow {
    /// Six digits.
    pub code: SatkerCode,
    /// Full name.
    pub name: String,
    /// Short name.
    pub short_name: String,
    /// Kind of participant: `satker`, or that of another programme.
    #[serde(default = "crate::domain::satker::satker_kind")]
    pub kind: String,
    /// Kabupaten or kota.
    pub region: String,
    /// Ministry.
    pub ministry: String,
    /// Name of the KPA; of another kind of participant, of its main contact.
    pub kpa: Option<String>,
    /// Their phone.
    pub kpa_phone: Option<PhoneNumber>,
    /// Inactive units get no SMS.
    pub active: bool,
    /// Letters the office still owes an answer.
    pub open_letters: u32,
}

/// A page of satker.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SatkerPage {
    /// In order.
    pub rows: Vec<SatkerRow>,
    /// How many there are in all.
    pub total: u64,
    /// How many were skipped.
    pub offset: u64,
}

/// One satker with what belongs to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SatkerDetail {
    /// The record.
    #[serde(flatten)]
    pub satker: Satker,
    /// Latest letters, newest first, up to 20.
    pub letters: Vec<LetterRow>,
    /// Latest messages, newest first, up to 20.
    pub sms: Vec<SmsRow>,
    /// Budget.
    pub budget: Vec<BudgetRow>,
    /// What it owes, earliest first, up to 20.
    pub deadlines: Vec<super::DeadlineRow>,
    /// Its contacts to whom nothing arrives.
    #[serde(default)]
    pub repairs: Vec<super::RepairRow>,
    /// Its programme of several stages, where it takes part in one.
    #[serde(default)]
    pub programme: Option<super::Programme>,
}

/// Budget of one satker.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BudgetView {
    /// Whose.
    pub satker: SatkerCode,
    /// Short name.
    pub short_name: String,
    /// By year (latest first) and type of expense.
    pub rows: Vec<BudgetRow>,
}

/// A message as lists and scripts show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SmsRow {
    /// `S-000012`.
    pub id: SmsId,
    /// Present state.
    pub state: SmsState,
    /// What it is for.
    pub kind: SmsKind,
    /// To whom.
    pub to: PhoneNumber,
    /// Satker code.
    pub satker: Option<SatkerCode>,
    /// Short name of the satker.
    pub satker_name: Option<String>,
    /// Capacity of the addressee.
    pub role: Option<ContactRole>,
    /// The text.
    pub text: String,
    /// Its alphabet.
    pub encoding: Encoding,
    /// The SMS it takes.
    pub parts: u8,
    /// Drafted at.
    pub created: DateTime<FixedOffset>,
    /// Who drafted it.
    pub created_by: String,
    /// Who confirmed it; several names joined by a comma.
    pub confirmed_by: Option<String>,
    /// How many must confirm it: 0, 1 or 2.
    pub confirmations_needed: u8,
    /// Not before.
    pub not_before: Option<DateTime<FixedOffset>>,
    /// Attempts made.
    pub attempts: u32,
    /// Modem of the last attempt.
    pub modem: Option<String>,
    /// Accepted by the network at.
    pub sent: Option<DateTime<FixedOffset>>,
    /// Delivered at.
    pub delivered: Option<DateTime<FixedOffset>>,
    /// Last fault, in words.
    pub error: Option<String>,
    /// The letter it is about.
    pub letter: Option<AgendaNo>,
    /// The obligation it is about.
    pub deadline: Option<crate::domain::id::ObligationId>,
}

/// A page of messages.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SmsPage {
    /// Newest first.
    pub rows: Vec<SmsRow>,
    /// How many there are in all.
    pub total: u64,
    /// How many were skipped.
    pub offset: u64,
    /// How many are in each state, whatever the filter.
    pub counts: BTreeMap<SmsState, u64>,
}

/// One message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SmsDetail {
    /// The row, as in lists.
    #[serde(flatten)]
    pub row: SmsRow,
    /// The whole record.
    pub sms: Sms,
    /// Name of the addressee, if known.
    pub name: Option<String>,
    /// Full name of the satker.
    pub satker_full_name: Option<String>,
    /// Why it does not leave yet, where it is queued: code `waits-undo`, `waits-window`, `waits-modem`, `waits-retry`, `waits-throttle`.
    pub waits: Option<crate::domain::refusal::Refusal>,
}

/// Incoming messages.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct InboxPage {
    /// Newest first.
    pub rows: Vec<InboxMessage>,
    /// How many there are in all.
    pub total: u64,
    /// How many were skipped.
    pub offset: u64,
}

/// What a bulk request did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkOutcome {
    /// Done for these.
    pub done: Vec<SmsId>,
    /// Waiting for a second person now.
    pub second_needed: Vec<SmsId>,
    /// Not done for these, and why.
    pub refused: Vec<(SmsId, crate::domain::refusal::Refusal)>,
    /// Of a choice in pieces: where the next piece begins; none after the last one.
    #[serde(default)]
    pub next: Option<SmsId>,
}

/// One line of the audit trail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Number of the fact.
    pub seq: u64,
    /// When it was written.
    pub time: DateTime<FixedOffset>,
    /// By whom.
    pub actor: String,
    /// Name of the fact, kebab-case.
    pub fact: String,
    /// What it is about.
    pub about: String,
    /// The whole fact.
    pub detail: serde_json::Value,
}

/// A page of the audit trail.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AuditPage {
    /// Newest first.
    pub rows: Vec<AuditRow>,
    /// Ask with `before` set to this for the next page; none at the end.
    pub next_before: Option<u64>,
}

/// A day of the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarDay {
    /// The day.
    pub date: NaiveDate,
    /// `libur`, `cuti_bersama`, `tutup` or `buka`.
    pub kind: String,
    /// Name of the holiday, or the reason.
    pub name: String,
}

/// Holidays and office overrides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarView {
    /// In order of date.
    pub days: Vec<CalendarDay>,
}

/// A modem and how it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModemRow {
    /// As in `sipintar.toml`.
    pub name: String,
    /// `serial`, `simulated` or `kannel`.
    pub kind: String,
    /// `ready`, `starting`, `searching`, `unplugged` …
    pub state: String,
    /// Name of the network.
    pub operator: Option<String>,
    /// 0 to 100; none while unknown.
    pub signal: Option<u8>,
    /// Port, where it has one.
    pub port: Option<String>,
    /// What is wrong, in words.
    pub detail: Option<String>,
}

/// The modems.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModemList {
    /// In the order of `sipintar.toml`.
    pub modems: Vec<ModemRow>,
}

/// What the network answered to a USSD code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UssdAnswer {
    /// In words.
    pub text: String,
}

/// A form that was left unfinished.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What was typed; none when there is no draft.
    pub values: Option<BTreeMap<String, String>>,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// New.
    pub added: u32,
    /// Different from what was there.
    pub changed: u32,
    /// The same as what was there.
    pub unchanged: u32,
    /// Not taken; `errors` says why.
    pub rejected: u32,
    /// What is wrong, row by row.
    pub errors: Vec<ImportProblem>,
    /// What was repaired (phone spellings …) or is worth a look, row by row; the rows were taken.
    pub notes: Vec<ImportProblem>,
    /// Header names that mean nothing here.
    pub unknown_columns: Vec<String>,
    /// Nothing was changed: only a report was asked for.
    pub dry_run: bool,
    /// Alerts drafted because of budget figures; of a dry run, those that would be.
    #[serde(default)]
    pub alerts: u32,
}

/// Something about one row of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportProblem {
    /// Row in the file; the header is row 1.
    pub row: u32,
    /// Column name; empty when the whole row is meant.
    pub column: String,
    /// Why, in Indonesian (contract field; the desk and `--lang en` use `refusal`).
    pub reason: String,
    /// The same as a code.
    pub refusal: crate::domain::refusal::Refusal,
}

/// The demonstration office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoReport {
    /// Number of satker.
    pub satker: u32,
    /// Number of letters.
    pub letters: u32,
    /// Number of messages.
    pub sms: u32,
    /// Number of deadlines.
    #[serde(default)]
    pub deadlines: u32,
    /// Seed.
    pub seed: u64,
}

/// The modules in force, as the files they came from: the client reads them with the same code as the server.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ModuleFiles {
    /// File name and text.
    pub files: Vec<(String, String)>,
}

/// Counts of records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreCounts {
    /// Letters.
    pub letters: u64,
    /// Messages.
    pub sms: u64,
    /// Obligations.
    pub deadlines: u64,
    /// Satker.
    pub satker: u64,
}

/// State of the server.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Status {
    /// Version of the server.
    pub version: String,
    /// Its process.
    pub pid: u32,
    /// Its clock.
    pub clock: DateTime<FixedOffset>,
    /// Whether the clock was set by hand (trial mode).
    pub clock_shifted: bool,
    /// When it started.
    pub started: DateTime<FixedOffset>,
    /// Home folder.
    pub home: String,
    /// Last fact on disk.
    pub seq: u64,
    /// Records.
    pub store: StoreCounts,
    /// Modems.
    pub modems: Vec<ModemRow>,
    /// Messages by state.
    pub sms: BTreeMap<SmsState, u64>,
    /// Who stopped all sending, if somebody did.
    #[serde(default)]
    pub held: Option<super::HoldRow>,
    /// Clients connected, this one included.
    pub clients: u32,
    /// Free space below the journal, in MiB.
    pub disk_free_mb: u64,
    /// How the backups are.
    #[serde(default)]
    pub backup: super::BackupState,
    /// The last check of the whole journal.
    #[serde(default)]
    pub check: Option<super::CheckState>,
    /// What the administrator should know: codes of refusals (`disk-low`, `store-rebuilt`, `simulated-modem` …).
    pub warnings: Vec<crate::domain::refusal::Refusal>,
}

/// What the status line and Beranda show.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Overview {
    /// Who asks.
    pub actor: Actor,
    /// Name of the office.
    pub office: String,
    /// The server's clock.
    pub clock: DateTime<FixedOffset>,
    /// Whether the clock was set by hand (trial mode).
    pub clock_shifted: bool,
    /// Label of the zone: WIB, WITA, WIT.
    pub zone: String,
    /// Last fact on disk.
    pub seq: u64,
    /// Records.
    pub store: StoreCounts,
    /// The demonstration office is loaded.
    pub demo: bool,
    /// Modems.
    pub modems: Vec<ModemRow>,
    /// Messages by state.
    pub sms: BTreeMap<SmsState, u64>,
    /// Incoming messages nobody has answered.
    pub unread: u64,
    /// By module id: open letters and overdue ones.
    pub modules: BTreeMap<String, ModuleCounts>,
    /// The most overdue open letters, worst first, up to 10.
    pub overdue: Vec<LetterRow>,
    /// Open letters due today and not overdue, up to 10.
    pub due_today: Vec<LetterRow>,
    /// How many are overdue.
    pub overdue_total: u64,
    /// How many are due today.
    pub due_today_total: u64,
    /// Deadlines that are owed: today, within seven days, late.
    pub deadlines: OwedCounts,
    /// Letters registered today.
    pub registered_today: u64,
    /// Letters ended today.
    pub ended_today: u64,
    /// Messages that need a person: uncertain ones, and those that failed or were not delivered in the last seven days; newest
    /// first, up to 10.
    pub trouble: Vec<SmsRow>,
    /// How many there are.
    #[serde(default)]
    pub trouble_total: u64,
    /// Why nothing leaves at the moment, if so: code `held` (with `by`, `since`, `reason`), `waits-window` (with `opens`), `no-modem`.
    pub hold: Option<crate::domain::refusal::Refusal>,
    /// Who stopped all sending, if somebody did.
    #[serde(default)]
    pub held: Option<super::HoldRow>,
    /// Messages of the asker that were rejected, and wait for another wording or for being given up.
    #[serde(default)]
    pub handed_back: u64,
    /// Contacts to whom nothing arrives: their phone needs a look.
    #[serde(default)]
    pub repairs: u64,
    /// What satker thought of services in this quarter, once there are ratings.
    #[serde(default)]
    pub rated: Option<Rated>,
    /// See [`Status::warnings`].
    pub warnings: Vec<crate::domain::refusal::Refusal>,
}

/// Ratings of a period, beside their target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rated {
    /// The period.
    pub period: Period,
    /// Ratings.
    pub n: u64,
    /// Mean in hundredths, 100 to 500; none where `n` is below five.
    pub mean: Option<u32>,
    /// The target, in hundredths.
    pub target: u32,
}

/// Counts of one module.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleCounts {
    /// Open letters.
    pub open: u64,
    /// Open and past their target.
    pub overdue: u64,
    /// Deadlines that are owed.
    pub owed: u64,
    /// Deadlines that are owed and past their date.
    pub late: u64,
}

impl LetterRow {
    /// The row of a letter, seen at `now` in the office's zone.
    pub fn new(
        letter: &Letter,
        sender_name: String,
        now: DateTime<Utc>,
        zone: FixedOffset,
    ) -> Self {
        let local = |time: DateTime<Utc>| time.with_timezone(&zone);
        Self {
            agenda: letter.agenda,
            module: letter.module.clone(),
            service: letter.service.clone(),
            satker: letter.sender.satker(),
            sender: match &letter.sender {
                Sender::Other(name) => name.clone(),
                Sender::Satker(_) => sender_name,
            },
            number: letter.number.clone(),
            subject: letter.subject.clone(),
            state: letter.state,
            received: local(letter.received),
            target: letter.target.map(local),
            completed: letter.completed.map(local),
            overdue: letter.overdue(now),
            section: letter.section.clone(),
            fields: letter.fields.clone(),
        }
    }
}

impl SmsRow {
    /// The row of a message in the office's zone.
    pub fn new(sms: &Sms, satker_name: Option<String>, zone: FixedOffset) -> Self {
        let local = |time: DateTime<Utc>| time.with_timezone(&zone);
        Self {
            id: sms.id,
            state: sms.state,
            kind: sms.kind,
            to: sms.to.clone(),
            satker: sms.satker,
            satker_name,
            role: sms.role,
            text: sms.text.clone(),
            encoding: sms.encoding,
            parts: sms.parts,
            created: local(sms.created),
            created_by: sms.created_by.clone(),
            confirmed_by: (!sms.confirmed_by.is_empty()).then(|| sms.confirmed_by.join(", ")),
            confirmations_needed: match sms.policy {
                crate::domain::sms::ConfirmPolicy::Auto => 0,
                crate::domain::sms::ConfirmPolicy::Manual => 1,
                crate::domain::sms::ConfirmPolicy::TwoPerson => 2,
            },
            not_before: sms.not_before.map(local),
            attempts: sms.attempts,
            modem: sms.modem.clone(),
            sent: sms.sent.map(local),
            delivered: sms.delivered.map(local),
            error: sms.error.as_ref().map(|fault| fault.text.clone()),
            letter: sms.letter,
            deadline: sms.deadline,
        }
    }
}
