//! How much of a budget should be spent by when, and what a budget row says about it.
//!
//! The targets are data with validity: the Director General sets them anew every few years.

use chrono::{Datelike, NaiveDate};

use super::Modules;
use crate::domain::rule::Validity;
use crate::domain::satker::BudgetRow;

/// Targets of realisation during one validity period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absorption {
    /// When they are in force, by the date of the figures.
    pub valid: Validity,
    /// Where they stand.
    pub source: String,
    /// A realisation further below the planned withdrawals than this is low as well, in percentage points of the ceiling.
    pub plan_points: u32,
    /// By type of expense.
    pub targets: Vec<Target>,
}

/// Target of one type of expense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// First two digits of the account.
    pub expense: String,
    /// Percent of the ceiling that should be spent by the end of each quarter.
    pub quarters: [u32; 4],
}

/// What is wrong with a budget row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BudgetState {
    /// More is spent than the ceiling: by so many rupiah.
    Overspent(i64),
    /// Too little is spent; both in hundredths of a percent of the ceiling.
    Low {
        /// So much is spent.
        percent: i64,
        /// So much should be.
        target: i64,
    },
}

impl BudgetState {
    /// Id of the text that tells it.
    pub fn alert(self) -> &'static str {
        match self {
            Self::Overspent(_) => "pagu-minus",
            Self::Low { .. } => "serapan-rendah",
        }
    }
}

impl Modules {
    /// The targets in force on a day.
    pub fn absorption(&self, day: NaiveDate) -> Option<&Absorption> {
        self.iter()
            .flat_map(|module| &module.absorption)
            .find(|one| one.valid.contains(day))
    }

    /// The text of an alert, with the module that holds it.
    pub fn alert(&self, id: &str) -> Option<(&super::Module, &super::OfficeText)> {
        self.iter().find_map(|module| {
            let text = module.alerts.iter().find(|text| text.id == id)?;
            Some((module, text))
        })
    }

    /// What is wrong with a budget row, the worst first; none when nothing is.
    pub fn judge(&self, row: &BudgetRow) -> Option<BudgetState> {
        if row.spent > row.pagu {
            return Some(BudgetState::Overspent(row.spent.saturating_sub(row.pagu)));
        }
        // Without a ceiling there is nothing to spend.
        if row.pagu <= 0 {
            return None;
        }
        let rule = self.absorption(row.as_of)?;
        let low = |target: i64| BudgetState::Low {
            percent: row.percent,
            target,
        };
        let target = quarter(row.as_of, row.year).and_then(|quarter| {
            let mut targets = rule.targets.iter();
            let target = targets.find(|target| target.expense == row.expense)?;
            target
                .quarters
                .get(quarter)
                .map(|percent| i64::from(*percent) * 100)
        });
        if let Some(target) = target.filter(|target| row.percent < *target) {
            return Some(low(target));
        }
        let planned = i128::from(row.planned) * 10_000 / i128::from(row.pagu);
        let planned = i64::try_from(planned).unwrap_or(i64::MAX);
        let behind = planned.saturating_sub(row.percent) > i64::from(rule.plan_points) * 100;
        behind.then(|| low(planned))
    }
}

/// The quarter, from 0, whose target figures of this day are measured against: in its last month the quarter itself, before that the one
/// before. January and February have none.
fn quarter(as_of: NaiveDate, year: u16) -> Option<usize> {
    match as_of.year() - i32::from(year) {
        ..0 => None,
        0 => (as_of.month() as usize / 3).checked_sub(1),
        1.. => Some(3),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn row(expense: &str, as_of: &str, planned: i64, spent: i64) -> BudgetRow {
        BudgetRow {
            satker: "411201".parse().unwrap(),
            year: 2026,
            expense: expense.to_owned(),
            description: String::new(),
            as_of: as_of.parse().unwrap(),
            pagu: 1_000_000,
            blocked: 0,
            planned,
            spent,
            committed: 0,
            left: 1_000_000 - spent,
            percent: spent / 100,
        }
    }

    #[test]
    fn realisation_is_low_below_the_quarters_target_or_far_below_the_plan() {
        let modules = Modules::builtin().unwrap();
        let low = |percent: i64, target: i64| Some(BudgetState::Low { percent, target });
        let cases = [
            // Until a quarter's last month its target does not count.
            ("52", "2026-02-28", 0, 0, None),
            ("52", "2026-03-31", 0, 149_999, low(1499, 1500)),
            ("52", "2026-03-31", 0, 150_000, None),
            ("51", "2026-05-31", 0, 190_000, low(1900, 2000)),
            ("57", "2026-11-24", 0, 700_000, low(7000, 7500)),
            ("53", "2026-11-24", 0, 700_000, None),
            ("53", "2026-12-01", 0, 700_000, low(7000, 9000)),
            ("53", "2027-01-05", 0, 899_000, low(8990, 9000)),
            // Ten points behind the plan are allowed.
            ("53", "2026-11-24", 800_000, 700_000, None),
            ("53", "2026-11-24", 800_100, 700_000, low(7000, 8001)),
            // No target for this type of expense, but a plan.
            ("54", "2026-11-24", 0, 0, None),
            ("54", "2026-11-24", 500_000, 100_000, low(1000, 5000)),
            (
                "51",
                "2026-11-24",
                0,
                1_000_001,
                Some(BudgetState::Overspent(1)),
            ),
        ];
        for (expense, as_of, planned, spent, expected) in cases {
            let row = row(expense, as_of, planned, spent);
            assert_eq!(modules.judge(&row), expected, "{expense} {as_of} {spent}");
        }
    }
}
