//! What may be typed after `sipintar`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::domain::satker::ContactRole;
use crate::locale::{Lang, lang_code, parse_lang};

mod deadline;
mod inbox;
mod letter;
mod modem;
mod sms;
mod users;

pub use deadline::{CalendarCommand, DeadlineCommand, DeadlineList, EventCommand, Override};
pub use inbox::{InboxCommand, ReportCommand};
pub use letter::{LetterCommand, Register, WithNote, WithReason};
pub use modem::{ModemCommand, Simulate};
pub use sms::{BroadcastArgs, Fate, SmsCommand, Which};
pub use users::{GiveRole, UsersCommand};

/// SI PINTAR: the front office of a state treasury office. Without a command it opens the desk.
///
/// Exit status: 0 done, 1 refused (the reason is on standard error), 2 wrong usage, 3 no server answers.
#[derive(Debug, Parser)]
#[command(name = "sipintar", version, propagate_version = true)]
pub struct Arguments {
    /// Home folder; else $SIPINTAR_HOME, else /var/lib/sipintar where it is there, else $XDG_DATA_HOME/sipintar, else
    /// ~/.local/share/sipintar.
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
        /// Trial mode: let that time pass so many times as fast, as if everybody hurried.
        #[arg(long, value_name = "N", requires = "clock", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        speed: u32,
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
    /// Who has which role, and where that is written. Only an admin may ask.
    #[command(subcommand)]
    Users(UsersCommand),
    /// The audit trail.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Check every line of the journal and its chain; needs no server.
    Verify {
        /// Compare it with what is known from elsewhere: a backup, a copy of `journal/manifest` or `journal.anchor`, or a line as `verify`
        /// prints it. Finds a history that was rewritten together with its chain.
        #[arg(long, value_name = "FILE")]
        against: Option<PathBuf>,
    },
    /// Make a backup in one file, readable by `tar`, also while the office works.
    #[command(args_conflicts_with_subcommands = true)]
    Backup {
        /// Where; else a new file in the folder of the settings (`backups` of the home). An existing file is never overwritten.
        file: Option<PathBuf>,
        #[command(subcommand)]
        command: Option<BackupCommand>,
    },
    /// Make a home out of a backup: an empty one (see --home); needs no server.
    Restore {
        /// The backup.
        file: PathBuf,
        /// Only up to this fact or this time (2026-11-24T09:30, 2026-11-24 for the whole day), at the end of a command.
        #[arg(long, value_name = "SEQ|TIME")]
        until: Option<String>,
    },
    /// Print the facts of the journal as they are written, a line of JSON each; needs no server.
    Export {
        /// Only from this fact on.
        #[arg(long, value_name = "SEQ")]
        since: Option<u64>,
        /// The records of the present instead: an object a line with `kind` and `record`; asks the server.
        #[arg(long, conflicts_with = "since")]
        records: bool,
    },
    /// Save what can be saved of a damaged journal into a new home; the damaged one is only read.
    Repair {
        /// The new home: an empty folder, or one that is not there yet.
        folder: PathBuf,
    },
    /// Go on without the lost end of the journal; only while no server runs.
    AcceptLoss {
        /// Number of the last fact that is left, as the refused start names it.
        seq: u64,
    },
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
    /// Reads a table for the process that started this one; nobody types it (`sheet::apart`).
    #[command(name = crate::sheet::apart::COMMAND, hide = true)]
    ReadSheet {
        /// As [`Import::file`].
        file: PathBuf,
    },
}

/// `backup …`
#[derive(Debug, Subcommand)]
pub enum BackupCommand {
    /// Check a backup without restoring it.
    Verify {
        /// The backup.
        file: PathBuf,
    },
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
        /// Only about this agenda number, message or satker, or only facts of this kind (as `--json` names it, such as `user-set`).
        #[arg(long, value_name = "ID")]
        about: Option<String>,
        #[command(flatten)]
        limit: Limit,
    },
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

fn role(text: &str) -> Result<ContactRole, String> {
    one_of(
        ContactRole::parse(text),
        &ContactRole::ALL
            .iter()
            .map(ContactRole::as_str)
            .collect::<Vec<_>>(),
    )
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
            "sipintar users list --json",
            "sipintar users add sari desk",
            "sipintar users add budi section --section VERA --force",
            "sipintar users set sari --role supervisor",
            "sipintar users set sari --role section --section PD",
            "sipintar users remove sari",
            "sipintar --lang en --json module list",
            "sipintar verify --against b.tar",
            "sipintar backup",
            "sipintar backup b.tar",
            "sipintar backup verify b.tar",
            "sipintar restore b.tar --until 120 --home /tmp/new",
            "sipintar export --since 7",
            "sipintar repair /tmp/new",
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
