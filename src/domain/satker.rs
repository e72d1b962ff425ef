//! The work units (satuan kerja) and their officials; participants of other programmes are kept alike.

use serde::{Deserialize, Serialize};

use super::id::SatkerCode;
use super::phone::PhoneNumber;

mod role;

pub use role::{ContactRole, RoleId};

/// A work unit that holds a budget (DIPA) and is served by the office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Satker {
    /// Six digits.
    pub code: SatkerCode,
    /// Kind of participant: `satker`, or that of another programme.
    #[serde(default = "satker_kind")]
    pub kind: String,
    /// Full name.
    pub name: String,
    /// Short name, as it stands in an SMS (cut there to 20 characters).
    pub short_name: String,
    /// Ministry code (bagian anggaran), three digits.
    pub ministry_code: String,
    /// Ministry.
    pub ministry: String,
    /// Unit inside the ministry (eselon I), two digits.
    pub echelon: String,
    /// Kabupaten or kota.
    pub region: String,
    /// Kewenangan: KP, KD, DK, TP or UB.
    pub authority: String,
    /// Who may be addressed, in the order of the list that came in.
    pub officials: Vec<Official>,
    /// Whether the unit collects PNBP and so has a revenue treasurer, who files an LPJ of their own.
    pub revenue_treasurer: bool,
    /// For letters; never used by the program.
    pub email: Option<String>,
    /// An inactive unit owes nothing and gets no SMS.
    pub active: bool,
    /// Where it stands, in a programme of several stages.
    #[serde(default)]
    pub progress: Option<Progress>,
}

/// Where a participant stands in a programme of several stages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Year in which it began: its cohort.
    pub started: u16,
    /// Id of the present stage; empty once the last one is behind it.
    pub stage: String,
    /// Year at whose end the milestones of that stage are due.
    pub year: u16,
}

impl Progress {
    /// Whether all stages are behind it.
    pub fn finished(&self) -> bool {
        self.stage.is_empty()
    }
}

/// The kind of participant that the office serves.
pub fn satker_kind() -> String {
    "satker".to_owned()
}

impl Satker {
    /// The first official in that role.
    pub fn official(&self, role: ContactRole) -> Option<&Official> {
        self.officials.iter().find(|official| official.role == role)
    }

    /// The phone of the first official in that role who has one.
    pub fn phone(&self, role: ContactRole) -> Option<&PhoneNumber> {
        self.officials
            .iter()
            .filter(|official| official.role == role)
            .find_map(|official| official.phone.as_ref())
    }
}

/// A person who acts for a satker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Official {
    /// In which capacity.
    pub role: ContactRole,
    /// As written by the satker.
    pub name: String,
    /// Mobile phone; without one no SMS can reach this person.
    pub phone: Option<PhoneNumber>,
}

/// One row of the budget of a satker: a type of expense (*jenis belanja*) on a date. Amounts in whole rupiah.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetRow {
    /// Whose budget.
    pub satker: SatkerCode,
    /// Fiscal year.
    pub year: u16,
    /// First two digits of the account: `51`, `52`, `53`, `57` …
    pub expense: String,
    /// Name of the type of expense.
    pub description: String,
    /// The figures are as of this date; never shown without it.
    pub as_of: chrono::NaiveDate,
    /// Ceiling.
    pub pagu: i64,
    /// Part of the ceiling that may not be spent yet.
    pub blocked: i64,
    /// Planned withdrawals up to that month.
    pub planned: i64,
    /// Spent.
    pub spent: i64,
    /// Contracted and not yet paid.
    pub committed: i64,
    /// Left of the ceiling, as reported (may be negative: *pagu minus*).
    pub left: i64,
    /// Spent in hundredths of a percent of the ceiling, as reported.
    pub percent: i64,
}
