//! `inbox …`, `report …`.

use clap::Subcommand;

use super::Limit;

/// `inbox …`
#[derive(Debug, Subcommand)]
pub enum InboxCommand {
    /// List incoming messages, newest first.
    List {
        /// Only those that wait for a person.
        #[arg(long)]
        unanswered: bool,
        #[command(flatten)]
        limit: Limit,
    },
    /// The conversation that a message belongs to, both sides.
    Show {
        /// M-000012, m12 or 12.
        id: String,
    },
    /// Answer by hand; all that waits in the conversation up to this message counts as answered.
    Answer {
        /// M-000012, m12 or 12.
        id: String,
        /// The answer.
        #[arg(long)]
        text: String,
    },
    /// Lay aside what waits in the conversation up to this message.
    Done {
        /// M-000012, m12 or 12.
        id: String,
    },
    /// Give what waits in the conversation to a section.
    Assign {
        /// M-000012, m12 or 12.
        id: String,
        /// Code of the section.
        #[arg(long)]
        section: String,
    },
}

/// `report …`
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// The satisfaction index by module, section and month, with what people wrote.
    Satisfaction {
        /// Only ratings from this day on.
        #[arg(long, value_name = "DATE")]
        from: Option<String>,
        /// Only ratings up to this day.
        #[arg(long, value_name = "DATE")]
        to: Option<String>,
    },
}
