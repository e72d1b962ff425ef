//! Which backups may go: the newest of each of the last days, weeks and months stays.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDateTime};

/// How many are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Of the last days that have one.
    pub daily: u32,
    /// Of the last weeks that have one.
    pub weekly: u32,
    /// Of the last months that have one.
    pub monthly: u32,
}

/// The places, in this list of local times at which backups were made, of those that may go. The newest never does.
pub fn superfluous(made: &[NaiveDateTime], keep: Keep) -> Vec<usize> {
    let mut order: Vec<usize> = (0..made.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(made.get(*at).copied()));
    let mut kept: BTreeSet<usize> = order.first().copied().into_iter().collect();
    let mut choose = |most: u32, period: &dyn Fn(NaiveDateTime) -> (i32, u32)| {
        let mut seen = BTreeSet::new();
        for at in &order {
            let Some(time) = made.get(*at) else { continue };
            if seen.len() as u64 == u64::from(most) {
                return;
            }
            if seen.insert(period(*time)) {
                kept.insert(*at);
            }
        }
    };
    choose(keep.daily, &|time| (time.year(), time.ordinal()));
    choose(keep.weekly, &|time| {
        (time.iso_week().year(), time.iso_week().week())
    });
    choose(keep.monthly, &|time| (time.year(), time.month()));
    (0..made.len()).filter(|at| !kept.contains(at)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use chrono::{NaiveDate, TimeDelta};

    #[test]
    fn a_year_of_days_becomes_days_weeks_and_months() {
        let first = NaiveDate::from_ymd_opt(2026, 1, 1)
            .unwrap()
            .and_hms_opt(1, 0, 0)
            .unwrap();
        let made: Vec<_> = (0..365).map(|day| first + TimeDelta::days(day)).collect();
        let keep = Keep {
            daily: 14,
            weekly: 8,
            monthly: 12,
        };
        let gone = superfluous(&made, keep);
        let kept: Vec<_> = (0..365).filter(|at| !gone.contains(at)).collect();
        // The last 14 days, six Sundays before them, and the ends of eleven months; the newest serves all three.
        assert_eq!(kept.iter().filter(|at| **at >= 365 - 14).count(), 14);
        assert!(
            (14 + 5 + 9..=14 + 6 + 11).contains(&kept.len()),
            "{}",
            kept.len()
        );
        assert!(kept.contains(&30) && kept.contains(&364), "{kept:?}");
        let none = Keep {
            daily: 0,
            weekly: 0,
            monthly: 0,
        };
        assert_eq!(superfluous(&made, none).len(), 364);
        assert!(superfluous(&[], keep).is_empty());
    }
}
