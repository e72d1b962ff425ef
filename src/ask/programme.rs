//! Requests and answers about programmes of several stages.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::id::{AgendaNo, ObligationId, SatkerCode};

/// See [`super::Request::ShowStage`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShowStage {
    /// Whose.
    pub satker: SatkerCode,
}

/// See [`super::Request::MoveStage`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MoveStage {
    /// Who.
    pub satker: SatkerCode,
    /// Id or name of the stage; the next one when none.
    pub to: Option<String>,
    /// Why, where a milestone of the present stage is not met, or the stage is not the next one.
    pub reason: Option<String>,
}

/// Where a participant stands in a programme of several stages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Programme {
    /// Module id.
    pub module: String,
    /// Name of the module.
    pub name: String,
    /// Year in which the participant began; none while that is not known.
    pub started: Option<u16>,
    /// Id of the present stage; none before the first and after the last.
    pub stage: Option<String>,
    /// All stages are behind it.
    pub finished: bool,
    /// All stages, in order.
    pub stages: Vec<StageRow>,
}

/// A stage of one participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageRow {
    /// Stage id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Year at whose end its milestones are due: of the present stage as it is, of the others by the cohort.
    pub year: Option<u16>,
    /// It is the present one.
    pub present: bool,
    /// What is to be reached.
    pub milestones: Vec<MilestoneRow>,
}

/// A milestone of one participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MilestoneRow {
    /// Milestone id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Moving on needs it, or a reason.
    pub required: bool,
    /// `belum`, `sebagian` (evidence was handed in, but none is accepted yet), `tercapai`, `terlambat`, or `dikecualikan`.
    pub status: String,
    /// By when.
    pub due: Option<NaiveDate>,
    /// Reached on.
    pub met: Option<NaiveDate>,
    /// The deadline, once it came into being.
    pub deadline: Option<ObligationId>,
    /// Papers that would prove it.
    pub evidence: Vec<String>,
    /// Papers that were handed in, oldest first.
    pub papers: Vec<PaperRow>,
}

/// A paper that was handed in for a milestone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperRow {
    /// The letter that brought it.
    pub agenda: AgendaNo,
    /// State of that letter.
    pub state: crate::domain::letter::LetterState,
    /// What it is: kind, number and date as registered.
    pub what: String,
}
