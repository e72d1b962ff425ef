//! `sms`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Limit, one_of, role};
use crate::domain::satker::ContactRole;
use crate::domain::sms::{SmsKind, SmsState};

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

fn sms_state(text: &str) -> Result<SmsState, String> {
    let known: Vec<_> = SmsState::ALL.iter().map(|one| one.as_str()).collect();
    one_of(SmsState::parse(text), &known)
}

fn sms_kind(text: &str) -> Result<SmsKind, String> {
    let known: Vec<_> = SmsKind::ALL.iter().map(|one| one.as_str()).collect();
    one_of(SmsKind::parse(text), &known)
}
