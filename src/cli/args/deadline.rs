//! `deadline …`, `event …`, `calendar …`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Limit, field, one_of};
use crate::ask::DeadlineFilter;

/// `deadline …`
#[derive(Debug, Subcommand)]
pub enum DeadlineCommand {
    /// List deadlines, earliest due date first.
    List(Box<DeadlineList>),
    /// One deadline with its history, reminders and letter.
    Show {
        /// K-000012, k12 or 12.
        id: String,
    },
    /// Fulfilled: reminders that wait or are queued are withdrawn.
    Meet {
        /// K-000012, k12 or 12.
        #[arg(required = true)]
        ids: Vec<String>,
        /// On which day; today if not given.
        #[arg(long)]
        date: Option<String>,
    },
    /// Need not be fulfilled.
    Exempt {
        /// K-000012, k12 or 12.
        #[arg(required = true)]
        ids: Vec<String>,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Owed again: takes back `meet` or `exempt`.
    Reopen {
        /// K-000012, k12 or 12.
        #[arg(required = true)]
        ids: Vec<String>,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Gives a deadline another date: an extension. The calendar does not move it any more.
    Move {
        /// K-000012, k12 or 12.
        id: String,
        /// The new date.
        #[arg(long)]
        date: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Drafts a reminder now.
    Remind {
        /// K-000012, k12 or 12.
        id: String,
    },
    /// An obligation that the office makes up: a name and a date.
    Add {
        /// What is owed.
        #[arg(long)]
        name: String,
        /// By when.
        #[arg(long)]
        date: String,
        /// By whom; may be repeated. All satker if not given.
        #[arg(long)]
        satker: Vec<String>,
        /// Obligation whose dates are entered by hand.
        #[arg(long, default_value = "lainnya")]
        obligation: String,
        /// The date is meant although it is more than a year away.
        #[arg(long)]
        sure: bool,
    },
    /// Enters the date that a letter gives (reconciliation, PPNPN, year end), or takes it back.
    Date {
        /// Obligation, see `sipintar module list`.
        obligation: String,
        /// 2026-11; the year for an entry of the yearly letter.
        #[arg(long)]
        period: String,
        /// Entry of the yearly letter.
        #[arg(long)]
        item: Option<String>,
        /// The date.
        #[arg(long, required_unless_present = "remove", conflicts_with = "remove")]
        date: Option<String>,
        /// Take the date back.
        #[arg(long)]
        remove: bool,
        /// Number of the letter.
        #[arg(long, default_value = "")]
        letter: String,
        /// The date is meant although it is more than a year away.
        #[arg(long)]
        sure: bool,
    },
    /// Dates that letters gave.
    Dates,
    /// Due date and reminder dates of a rule, without storing anything.
    Compute {
        /// Obligation, see `sipintar module list`.
        #[arg(long)]
        obligation: String,
        /// 2026-11, 2026-Q4 or 2026.
        #[arg(long, required_unless_present = "event_date")]
        period: Option<String>,
        /// Date of the event that starts it.
        #[arg(long, value_name = "DATE")]
        event_date: Option<String>,
        /// Rupiah, for rules by value.
        #[arg(long, value_name = "RUPIAH")]
        value: Option<String>,
    },
}

/// What to list.
#[derive(Debug, Args)]
pub struct DeadlineList {
    /// Due on this day or later.
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// Due on this day or earlier.
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    /// Only of this module.
    #[arg(long)]
    pub module: Option<String>,
    /// Only of this obligation.
    #[arg(long)]
    pub obligation: Option<String>,
    /// Only those that this section looks after.
    #[arg(long)]
    pub section: Option<String>,
    /// Only of this satker.
    #[arg(long, value_name = "CODE")]
    pub satker: Option<String>,
    /// open, late, met or exempt; owed means open or late.
    #[arg(long, value_parser = deadline_filter)]
    pub state: Option<DeadlineFilter>,
    /// Words that must all occur.
    #[arg(long, value_name = "TEXT")]
    pub find: Option<String>,
    #[command(flatten)]
    pub limit: Limit,
}

/// `event …`
#[derive(Debug, Subcommand)]
pub enum EventCommand {
    /// Something happened that starts or ends deadlines; prints them with their due dates.
    Record {
        /// Satker code.
        #[arg(long, value_name = "CODE")]
        satker: String,
        /// Event, see `sipintar module list`.
        #[arg(long)]
        event: String,
        /// When it happened.
        #[arg(long)]
        date: String,
        /// What is noted with it.
        #[arg(long = "field", value_name = "NAME=VALUE", value_parser = field)]
        fields: Vec<(String, String)>,
        /// The date is meant although it is more than a year away.
        #[arg(long)]
        sure: bool,
    },
}

/// `calendar …`
#[derive(Debug, Subcommand)]
pub enum CalendarCommand {
    /// Holidays and the office's own decisions.
    List {
        /// Only this year.
        #[arg(long)]
        year: Option<i32>,
    },
    /// The office is closed on a working day.
    Close(Override),
    /// The office is open on a weekend or holiday.
    Open(Override),
    /// Replaces the list of national holidays; tells what changes, and moves open deadlines.
    Import {
        /// `date,kind,name`; kind is libur or `cuti_bersama`.
        file: PathBuf,
        /// Only tell what would change.
        #[arg(long)]
        dry_run: bool,
    },
}

/// A day and why.
#[derive(Debug, Args)]
pub struct Override {
    /// The day: 9-12-2026, 2026-12-09, besok …
    pub date: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

fn deadline_filter(text: &str) -> Result<DeadlineFilter, String> {
    one_of(
        DeadlineFilter::parse(text),
        &DeadlineFilter::ALL.map(|(name, _)| name),
    )
}
