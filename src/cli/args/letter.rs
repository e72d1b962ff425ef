//! `letter`.

use clap::{Args, Subcommand};

use super::{Limit, field, one_of};
use crate::ask::{LetterFilter, LetterSort};
use crate::domain::letter::{Channel, LetterState, Security, Urgency};

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
