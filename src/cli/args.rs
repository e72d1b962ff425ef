//! What may be typed after `sipintar`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::domain::letter::{Channel, LetterState, Security, Urgency};
use crate::domain::satker::ContactRole;
use crate::domain::sms::{SmsKind, SmsState};
use crate::locale::{Lang, lang_code, parse_lang};
use crate::modem::simulator::{Fault, Foreign};
use crate::service::{LetterFilter, LetterSort};

mod deadline;
mod inbox;

pub use deadline::{CalendarCommand, DeadlineCommand, DeadlineList, EventCommand, Override};
pub use inbox::{InboxCommand, ReportCommand};

/// SI PINTAR: the front office of a state treasury office. Without a command it opens the desk.
///
/// Exit status: 0 done, 1 refused (the reason is on standard error), 2 wrong usage, 3 no server answers.
#[derive(Debug, Parser)]
#[command(name = "sipintar", version, propagate_version = true)]
pub struct Arguments {
    /// Home folder; else $SIPINTAR_HOME, else $XDG_DATA_HOME/sipintar, else ~/.local/share/sipintar.
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Language of messages: id or en; else $SIPINTAR_LANG, else that of sipintar.toml.
    #[arg(long, global = true, value_parser = lang)]
    pub lang: Option<Lang>,
    /// Print JSON: lists one object per line, everything else one object.
    #[arg(long, global = true)]
    pub json: bool,
    /// Theme of the desk.
    #[arg(long)]
    pub theme: Option<String>,
    /// Keymap of the desk.
    #[arg(long)]
    pub keymap: Option<String>,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server in the foreground.
    Serve {
        /// Trial mode: pretend that it is this time now (2026-11-24, 2026-11-24T09:30:00+07:00).
        #[arg(long, value_name = "TIME")]
        clock: Option<String>,
        /// Leave the terminal and write to the log instead.
        #[arg(long)]
        background: bool,
    },
    /// End the server.
    Stop,
    /// State of the server.
    Status,
    /// Load a demonstration office into an empty home folder, starting a server if none answers.
    Demo {
        /// The same seed on the same day gives the same office.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Number of satker.
        #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=20_000))]
        satker: u32,
        /// Number of letters.
        #[arg(long, default_value_t = 8_000, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
        letters: u32,
    },
    /// Work units.
    #[command(subcommand)]
    Satker(SatkerCommand),
    /// Budgets (pagu) and what was spent.
    #[command(subcommand)]
    Budget(BudgetCommand),
    /// Letters.
    #[command(subcommand)]
    Letter(LetterCommand),
    /// Outgoing messages.
    #[command(subcommand)]
    Sms(SmsCommand),
    /// Incoming messages.
    #[command(subcommand)]
    Inbox(InboxCommand),
    /// What the numbers say.
    #[command(subcommand)]
    Report(ReportCommand),
    /// Due dates.
    #[command(subcommand)]
    Deadline(DeadlineCommand),
    /// What happened at a satker and starts a deadline.
    #[command(subcommand)]
    Event(EventCommand),
    /// Holidays and the office's own closed and open days.
    #[command(subcommand)]
    Calendar(CalendarCommand),
    /// The audit trail.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Check every line of the journal and its chain; needs no server.
    Verify,
    /// Diagnosis: read lines `deliver|submit|report HEX`, answer each with a JSON object.
    Pdu,
    /// Modems.
    #[command(subcommand)]
    Modem(ModemCommand),
    /// Modules with their services, fields, obligations and events.
    #[command(subcommand)]
    Module(ModuleCommand),
    /// The key table of a keymap (see --keymap).
    Keys {
        /// Keymap to show.
        #[arg(long)]
        keymap: Option<String>,
    },
    /// Check settings, modules, keymaps, themes, texts and holidays of the home folder.
    Check,
}

/// `satker …`
#[derive(Debug, Subcommand)]
pub enum SatkerCommand {
    /// Import a CSV or XLSX file. Rows that are wrong are reported and left out, the others are taken; exit status 1 if any was wrong.
    Import(Import),
    /// List work units.
    List {
        /// Code or any part of the names, region or an official's name.
        #[arg(long, value_name = "TEXT")]
        find: Option<String>,
        /// Only this kind of participant: `satker`, or that of another programme.
        #[arg(long)]
        kind: Option<String>,
        #[command(flatten)]
        limit: Limit,
    },
    /// One work unit with its officials, budget, latest letters and messages.
    Show {
        /// Six digits.
        code: String,
    },
    /// Where a participant stands in a programme of several stages, or moves it on.
    Stage {
        /// Six digits.
        code: String,
        /// Moves it to the next stage; refused while a required milestone is not met, unless a reason is given.
        #[arg(long)]
        next: bool,
        /// Moves it to this stage, for a reason.
        #[arg(long, value_name = "STAGE", conflicts_with = "next")]
        to: Option<String>,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

/// `budget …`
#[derive(Debug, Subcommand)]
pub enum BudgetCommand {
    /// Import a CSV or XLSX file. Rows that are wrong are reported and left out, the others are taken; exit status 1 if any was wrong.
    Import(Import),
    /// Budget of one work unit.
    Show {
        /// Six digits.
        code: String,
    },
}

/// Which file to import, and how.
#[derive(Debug, Args)]
pub struct Import {
    /// CSV or XLSX; `-` reads standard input.
    pub file: PathBuf,
    /// Only report what would happen.
    #[arg(long)]
    pub dry_run: bool,
}

/// How much of a list to print.
#[derive(Debug, Clone, Copy, Args)]
pub struct Limit {
    /// Most rows; 50 if not given, and everything with --json.
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
}

/// `letter …`
#[derive(Debug, Subcommand)]
pub enum LetterCommand {
    /// Register a letter and print its agenda number. One with the same sender and number as an earlier one is registered with a warning.
    Register(Box<Register>),
    /// Mark a letter complete.
    Complete {
        /// Agenda number: AGD-00123/2026; 123 means this year's.
        agenda: String,
        /// A field asked at completion.
        #[arg(long = "field", value_name = "NAME=VALUE", value_parser = field)]
        fields: Vec<(String, String)>,
        /// Remark.
        #[arg(long, default_value = "", hide_default_value = true)]
        note: String,
    },
    /// Send a letter back for repair.
    Return(WithReason),
    /// Refuse a letter.
    Reject(WithReason),
    /// Strike out a letter that was registered by mistake.
    Void(WithReason),
    /// Start the work on a letter.
    Start(WithNote),
    /// Wait for what is missing; the service clock stands still.
    Wait(WithNote),
    /// Go on after waiting.
    Resume(WithNote),
    /// Send a letter to a section.
    Disposition {
        /// Agenda number.
        agenda: String,
        /// The section, for example VERA; the service's own if not given.
        #[arg(long)]
        section: Option<String>,
        /// Remark.
        #[arg(long)]
        note: Option<String>,
    },
    /// Hand over what the office has done.
    HandOver(WithNote),
    /// List letters, newest first.
    List {
        /// Only of this module.
        #[arg(long)]
        module: Option<String>,
        /// Only of this service (with --module).
        #[arg(long, requires = "module")]
        service: Option<String>,
        /// Only in this state; also open, overdue, due-today, done.
        #[arg(long, value_name = "STATE", value_parser = letter_filter)]
        state: Option<LetterFilter>,
        /// Only of this satker.
        #[arg(long, value_name = "CODE")]
        satker: Option<String>,
        /// Only those in which every word occurs.
        #[arg(long, value_name = "TEXT")]
        find: Option<String>,
        /// newest, target or satker.
        #[arg(long, value_parser = letter_sort)]
        sort: Option<LetterSort>,
        #[command(flatten)]
        limit: Limit,
    },
    /// One letter with its history and messages.
    Show {
        /// Agenda number.
        agenda: String,
    },
}

/// `letter register`
#[derive(Debug, Args)]
pub struct Register {
    /// Module, see `sipintar module list`.
    #[arg(long)]
    pub module: String,
    /// Service of the module.
    #[arg(long)]
    pub service: String,
    /// The satker that sent it.
    #[arg(
        long,
        value_name = "CODE",
        required_unless_present = "sender",
        conflicts_with = "sender"
    )]
    pub satker: Option<String>,
    /// A sender that is no satker.
    #[arg(long, value_name = "TEXT")]
    pub sender: Option<String>,
    /// Perihal; the name of the service if not given.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub subject: String,
    /// Nomor surat.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub number: String,
    /// Date on the letter.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub date: String,
    /// Lampiran.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub attachments: String,
    /// Sifat: biasa, segera, sangat-segera.
    #[arg(long, value_parser = urgency)]
    pub urgency: Option<Urgency>,
    /// Klasifikasi: biasa, terbatas, rahasia.
    #[arg(long, value_parser = security)]
    pub security: Option<Security>,
    /// Kanal: loket, sakti, email, pos, sms.
    #[arg(long, value_parser = channel)]
    pub channel: Option<Channel>,
    /// Who brought it.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub bringer: String,
    /// Their phone.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub bringer_phone: String,
    /// Remark.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub note: String,
    /// The returned letter that this one replaces.
    #[arg(
        long,
        value_name = "AGENDA",
        default_value = "",
        hide_default_value = true
    )]
    pub previous: String,
    /// A field of the service.
    #[arg(long = "field", value_name = "NAME=VALUE", value_parser = field)]
    pub fields: Vec<(String, String)>,
}

/// A letter and why.
#[derive(Debug, Args)]
pub struct WithReason {
    /// Agenda number.
    pub agenda: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

/// A letter and a remark.
#[derive(Debug, Args)]
pub struct WithNote {
    /// Agenda number.
    pub agenda: String,
    /// Remark.
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}

/// `sms …`
#[derive(Debug, Subcommand)]
pub enum SmsCommand {
    /// List messages, newest first.
    List {
        /// Only in these states.
        #[arg(long = "state", value_name = "STATE", value_parser = sms_state, value_delimiter = ',')]
        states: Vec<SmsState>,
        /// Only of this kind.
        #[arg(long, value_parser = sms_kind)]
        kind: Option<SmsKind>,
        /// Only about this satker.
        #[arg(long, value_name = "CODE")]
        satker: Option<String>,
        /// Only those in which every word occurs.
        #[arg(long, value_name = "TEXT")]
        find: Option<String>,
        #[command(flatten)]
        limit: Limit,
    },
    /// One message with its history.
    Show {
        /// S-000012, or 12.
        id: String,
    },
    /// Draft a free message; a person must confirm it before it leaves.
    Draft {
        /// Phone number.
        #[arg(
            long,
            value_name = "PHONE",
            required_unless_present = "satker",
            conflicts_with = "satker"
        )]
        to: Option<String>,
        /// An official of this satker.
        #[arg(long, value_name = "CODE")]
        satker: Option<String>,
        /// In which capacity: kpa, ppk, ppspm, bendahara, bendahara-penerimaan, ppabp, operator.
        #[arg(long, value_parser = role)]
        role: Option<ContactRole>,
        /// The text.
        #[arg(long)]
        text: String,
    },
    /// Confirm waiting messages: they leave.
    Confirm {
        #[command(flatten)]
        which: Which,
        /// Only say what it would do: count, SMS, cost, samples, duplicates.
        #[arg(long)]
        dry_run: bool,
        /// Yes, also beyond the budget of the day.
        #[arg(long)]
        over_budget: bool,
    },
    /// Reject waiting messages: they never leave.
    Reject {
        #[command(flatten)]
        which: Which,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Change the text of a waiting message.
    Edit {
        /// Which.
        id: String,
        /// The whole new text.
        #[arg(long)]
        text: String,
    },
    /// Take confirmed messages back while they are queued.
    Undo(Which),
    /// Send uncertain, failed or undelivered messages again.
    Resend(Which),
    /// Give waiting, queued or rejected messages up.
    Withdraw {
        #[command(flatten)]
        which: Which,
        /// Why.
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// Draft an announcement to many satker, each phone once.
    Broadcast(BroadcastArgs),
    /// What did not arrive: by operator and fault, and contacts whose phone needs a look.
    Failures {
        /// Looked back so many days.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=366))]
        days: u32,
    },
    /// Stop all sending, replies too.
    Hold {
        /// Why; every desk shows it.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Let sending go on.
    Resume,
    /// Say what became of uncertain messages.
    Settle {
        #[command(flatten)]
        which: Which,
        /// What became of them.
        #[arg(long = "as", value_enum)]
        outcome: Fate,
    },
}

/// `sms broadcast`
#[derive(Debug, Args)]
pub struct BroadcastArgs {
    /// The announcement; {satker} and {kode} are filled in for each.
    #[arg(long)]
    pub text: String,
    /// Only where the region contains this; may be given several times.
    #[arg(long = "region", value_name = "REGION")]
    pub regions: Vec<String>,
    /// To the official in this capacity instead of the KPA.
    #[arg(long, value_parser = role)]
    pub role: Option<ContactRole>,
    /// Only satker that have sent letters of this module.
    #[arg(long)]
    pub module: Option<String>,
    /// Only the satker whose codes stand in this file.
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Only say what it would be.
    #[arg(long)]
    pub dry_run: bool,
}

/// What became of an uncertain message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Fate {
    /// It arrived.
    Sent,
    /// It did not.
    Failed,
}

/// Which messages.
#[derive(Debug, Args)]
pub struct Which {
    /// S-000012, s12 or 12.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub ids: Vec<String>,
    /// All for which this makes sense now.
    #[arg(long)]
    pub all: bool,
    /// With --all: only of this kind.
    #[arg(long, requires = "all", conflicts_with = "ids", value_parser = sms_kind)]
    pub kind: Option<SmsKind>,
}

/// `audit …`
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// What was done, newest first.
    List {
        /// Only since this day or time.
        #[arg(long, value_name = "DATE")]
        since: Option<String>,
        /// Only by this account.
        #[arg(long, value_name = "USER")]
        actor: Option<String>,
        /// Only about this agenda number, message or satker.
        #[arg(long, value_name = "ID")]
        about: Option<String>,
        #[command(flatten)]
        limit: Limit,
    },
}

/// `modem …`
#[derive(Debug, Subcommand)]
pub enum ModemCommand {
    /// The modems and how they are.
    List,
    /// Look at a port: which modem, SIM and network. Sends nothing; needs no server.
    Probe {
        /// For example /dev/ttyUSB0.
        port: String,
        /// Speed of the line.
        #[arg(long, default_value_t = 115_200)]
        baud: u32,
    },
    /// Offer a simulated modem on a pseudo-terminal until interrupted; needs no server.
    Simulate(Box<Simulate>),
    /// Ask the network by USSD, for example the credit of a prepaid SIM.
    Ussd {
        /// Name of the modem.
        name: String,
        /// For example *888#.
        code: String,
    },
}

/// `modem simulate`
#[derive(Debug, Args)]
pub struct Simulate {
    /// Symbolic link to make to the terminal.
    #[arg(long, value_name = "PATH")]
    pub link: PathBuf,
    /// Write each message that the network takes to this file, one JSON object per line.
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Milliseconds from the text to the answer.
    #[arg(long, value_name = "MS", default_value_t = 300)]
    pub latency: u64,
    /// Milliseconds from the answer to the delivery report.
    #[arg(long, value_name = "MS", default_value_t = 2_000)]
    pub report_delay: u64,
    /// Lose every Nth delivery report.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub lose_report_every: u32,
    /// TP-Status of the delivery reports (3GPP TS 23.040 9.2.3.15).
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub report_status: u8,
    /// What goes wrong, and at which message, as often as wanted: 3:error=500, 5:silence, 8:hang, 9:unplug=5 … (docs/faults.md).
    #[arg(long = "fault", value_name = "N:KIND")]
    pub faults: Vec<Fault>,
    /// PIN of the SIM.
    #[arg(long)]
    pub pin: Option<String>,
    /// No SIM is in.
    #[arg(long)]
    pub no_sim: bool,
    /// Registration as in +CREG: 1 home, 2 searching, 3 denied, 5 roaming.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub registration: u8,
    /// Name of the network.
    #[arg(long, default_value = "SIMULASI")]
    pub operator: String,
    /// Answer commands that begin with this by ERROR.
    #[arg(long, value_name = "COMMAND")]
    pub refuse: Vec<String>,
    /// Echo what is written, whatever ATE0 says.
    #[arg(long)]
    pub echo: bool,
    /// Errors in words instead of numbers.
    #[arg(long)]
    pub verbose_errors: bool,
    /// Places for messages on the SIM.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=255))]
    pub capacity: u16,
    /// Messages that lie on the SIM at the start.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub stored: u16,
    /// Be another device than a modem: gps or shell.
    #[arg(long, value_name = "DEVICE", value_parser = foreign)]
    pub device: Option<Foreign>,
}

/// `module …`
#[derive(Debug, Subcommand)]
pub enum ModuleCommand {
    /// List the modules in force.
    List,
}

fn lang(text: &str) -> Result<Lang, String> {
    parse_lang(text).map_err(|error| error.to_string())
}

fn field(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.to_owned()))
        }
        _ => Err("NAME=VALUE".to_owned()),
    }
}

/// Finds a value by its written form, or lists the written forms that there are.
fn one_of<T>(found: Option<T>, known: &[&str]) -> Result<T, String> {
    found.ok_or_else(|| known.join(", "))
}

fn foreign(text: &str) -> Result<Foreign, String> {
    one_of(Foreign::parse(text), &["gps", "shell"])
}

fn letter_filter(text: &str) -> Result<LetterFilter, String> {
    let named = match text {
        "all" => Some(LetterFilter::All),
        "open" => Some(LetterFilter::Open),
        "overdue" => Some(LetterFilter::Overdue),
        "due-today" => Some(LetterFilter::DueToday),
        "done" => Some(LetterFilter::Done),
        other => LetterState::parse(other).map(LetterFilter::State),
    };
    let mut known = vec!["all", "open", "overdue", "due-today", "done"];
    known.extend(LetterState::ALL.map(LetterState::as_str));
    one_of(named, &known)
}

fn letter_sort(text: &str) -> Result<LetterSort, String> {
    let sort = match text {
        "newest" => Some(LetterSort::Newest),
        "target" => Some(LetterSort::Target),
        "satker" => Some(LetterSort::Satker),
        _ => None,
    };
    one_of(sort, &["newest", "target", "satker"])
}

fn urgency(text: &str) -> Result<Urgency, String> {
    let known: Vec<_> = Urgency::ALL.iter().map(|one| one.as_str()).collect();
    one_of(Urgency::parse(text), &known)
}

fn security(text: &str) -> Result<Security, String> {
    let known: Vec<_> = Security::ALL.iter().map(|one| one.as_str()).collect();
    one_of(Security::parse(text), &known)
}

fn channel(text: &str) -> Result<Channel, String> {
    let known: Vec<_> = Channel::ALL.iter().map(|one| one.as_str()).collect();
    one_of(Channel::parse(text), &known)
}

fn role(text: &str) -> Result<ContactRole, String> {
    one_of(
        ContactRole::parse(text),
        &ContactRole::ALL
            .iter()
            .map(ContactRole::as_str)
            .collect::<Vec<_>>(),
    )
}

fn sms_state(text: &str) -> Result<SmsState, String> {
    let known: Vec<_> = SmsState::ALL.iter().map(|one| one.as_str()).collect();
    one_of(SmsState::parse(text), &known)
}

fn sms_kind(text: &str) -> Result<SmsKind, String> {
    let known: Vec<_> = SmsKind::ALL.iter().map(|one| one.as_str()).collect();
    one_of(SmsKind::parse(text), &known)
}

/// The language that the command line asks for, before it is known whether the command line is right.
pub fn early_lang(arguments: &[std::ffi::OsString], variable: Option<&str>) -> Option<Lang> {
    let words: Vec<_> = arguments.iter().filter_map(|word| word.to_str()).collect();
    let flag = words
        .windows(2)
        .find_map(|pair| {
            matches!(pair, ["--lang", _])
                .then(|| pair.last())
                .flatten()
                .copied()
        })
        .or_else(|| words.iter().find_map(|word| word.strip_prefix("--lang=")));
    [flag, variable].into_iter().flatten().find_map(|code| {
        crate::locale::LANGS
            .into_iter()
            .find(|lang| lang_code(*lang) == code)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(line: &str) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(line.split(' ').map(|word| word.replace('_', " ")))
    }

    #[test]
    fn the_tree_of_commands_holds_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_promised_command_is_understood() {
        for line in [
            "sipintar",
            "sipintar --theme light --keymap vim",
            "sipintar serve --clock 2026-11-24",
            "sipintar stop --json",
            "sipintar demo --seed 7 --satker 10 --letters 0",
            "sipintar satker import satker.csv --dry-run --home /tmp/x",
            "sipintar satker list --find Madiun",
            "sipintar satker show 411201",
            "sipintar budget import -",
            "sipintar letter register --module lpj --service lpj --satker 411201 --subject LPJ --field periode=2026-10 --field x=a=b",
            "sipintar letter register --module lainnya --service umum --sender BRI_Madiun",
            "sipintar letter complete AGD-00001/2026 --field nilai=5 --note ok",
            "sipintar letter return 1 --reason kurang",
            "sipintar letter hand-over 1",
            "sipintar letter disposition 1 --section VERA",
            "sipintar letter list --module lpj --state in-progress --satker 411201 --find x --limit 5",
            "sipintar letter list --state overdue --sort target",
            "sipintar sms list --state waiting,queued --kind completed",
            "sipintar sms draft --satker 411201 --role kpa --text halo",
            "sipintar sms confirm S-000001 s2 3",
            "sipintar sms confirm --all --kind completed",
            "sipintar sms settle 1 --as failed",
            "sipintar sms confirm --all --dry-run",
            "sipintar sms confirm 1 --over-budget",
            "sipintar sms withdraw 1",
            "sipintar sms hold --reason x",
            "sipintar sms broadcast --text x --region Ngawi --region Magetan --role ppk --dry-run",
            "sipintar sms failures --days 7",
            "sipintar sms resume",
            "sipintar inbox list --unanswered",
            "sipintar inbox answer M-000001 --text halo",
            "sipintar inbox done 1",
            "sipintar inbox assign 1 --section VERA",
            "sipintar inbox show 1",
            "sipintar report satisfaction --from 2026-01-01 --to 2026-12-31",
            "sipintar calendar close 2026-12-09 --reason pilkada",
            "sipintar audit list --since 2026-11-01 --actor budi --about S-000001",
            "sipintar deadline compute --obligation rpd --event-date 2026-11-24 --value 2M",
            "sipintar modem simulate --link /tmp/m --latency 5 --fault 3:error=500",
            "sipintar modem probe /dev/ttyUSB0 --baud 9600",
            "sipintar --lang en --json module list",
        ] {
            assert!(parse(line).is_ok(), "{line}: {}", parse(line).unwrap_err());
        }
    }

    #[test]
    fn what_makes_no_sense_is_wrong_usage() {
        for line in [
            "sipintar lettr list",
            "sipintar --lang fr status",
            "sipintar letter register --module lpj --service lpj",
            "sipintar letter register --module lpj --service lpj --satker 1 --sender x",
            "sipintar letter return 1",
            "sipintar letter complete 1 --field nilai",
            "sipintar letter list --state lost",
            "sipintar sms confirm",
            "sipintar sms confirm 1 --all",
            "sipintar sms confirm 1 --kind free",
            "sipintar sms settle 1 --as gone",
            "sipintar demo --satker 0",
            "sipintar modem simulate --link /tmp/m --fault often",
            "sipintar deadline compute --obligation lpj",
        ] {
            assert_eq!(
                parse(line).map(|_| ()).unwrap_err().exit_code(),
                2,
                "{line}"
            );
        }
    }

    #[test]
    fn a_field_may_hold_an_equals_sign() {
        assert_eq!(field("x=a=b").unwrap(), ("x".to_owned(), "a=b".to_owned()));
    }

    #[test]
    fn the_language_is_known_before_the_rest() {
        let words = |line: &str| line.split(' ').map(Into::into).collect::<Vec<_>>();
        assert_eq!(
            early_lang(&words("sipintar --lang en"), Some("id")),
            Some(Lang::En)
        );
        assert_eq!(
            early_lang(&words("sipintar x --lang=id"), None),
            Some(Lang::Id)
        );
        assert_eq!(
            early_lang(&words("sipintar status"), Some("en")),
            Some(Lang::En)
        );
        assert_eq!(early_lang(&words("sipintar --lang fr"), None), None);
    }
}
