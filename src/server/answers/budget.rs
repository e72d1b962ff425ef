//! Answers about the budget: never without the date of its figures.

use super::reply::{Reply, UNKNOWN};
use crate::domain::id::SatkerCode;
use crate::domain::money::percent;
use crate::domain::refusal::Refusal;
use crate::domain::satker::BudgetRow;
use crate::server::office::Office;

impl Office {
    /// Budget and realisation of the latest year that has figures; none where there are none.
    pub(super) fn budget_reply(
        &self,
        code: SatkerCode,
        expense: Option<&str>,
    ) -> Result<Option<Reply>, Refusal> {
        let mut rows = self.store.budget(code)?;
        let latest = rows.iter().map(|row| row.year).max();
        rows.retain(|row| {
            Some(row.year) == latest && expense.is_none_or(|expense| row.expense == expense)
        });
        // Rows may come from several days; the total is only as fresh as the oldest of them.
        let Some(as_of) = rows.iter().map(|row| row.as_of).min() else {
            return Ok(None);
        };
        let sum = |of: fn(&BudgetRow) -> i64| {
            rows.iter()
                .fold(0_i64, |sum, row| sum.saturating_add(of(row)))
        };
        let (pagu, spent, left) = (
            sum(|row| row.pagu),
            sum(|row| row.spent),
            sum(|row| row.left),
        );
        let share = if pagu > 0 {
            let share = i128::from(spent) * 10_000 / i128::from(pagu);
            percent(i64::try_from(share).unwrap_or(i64::MAX))
        } else {
            UNKNOWN.to_owned()
        };
        let reply = Reply::new(if expense.is_some() {
            "pagu-jenis"
        } else {
            "pagu"
        });
        Ok(Some(
            reply
                .with("kode", code)
                .with("tgl", as_of)
                .with("pagu", pagu)
                .with("real", spent)
                .with("persen", share)
                .with("sisa", left)
                .with("jb", expense.unwrap_or_default()),
        ))
    }

    /// The date of the latest figures of a satker, for an answer that has none.
    pub(super) fn figures_of(&self, code: SatkerCode) -> Result<String, Refusal> {
        let rows = self.store.budget(code)?;
        let latest = rows.iter().map(|row| row.as_of).max();
        Ok(latest.map_or_else(|| UNKNOWN.to_owned(), |date| date.to_string()))
    }
}
