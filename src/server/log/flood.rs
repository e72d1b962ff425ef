//! Many like lines: the first of them say what there is to say, and the rest is counted.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use tracing::callsite::Identifier;

/// Lines of one place in the program that are written in any [`ROW`].
pub const MOST: u64 = 30;

/// A row of like lines begins with the first and is over after so long.
pub const ROW: Duration = Duration::from_mins(1);

/// Whether a line is written.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Write,
    LeaveOut,
}

/// Lines that were not written.
#[derive(Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Level, place and message of the first.
    pub head: String,
    pub count: u64,
}

/// Counts the lines of each place in the program. There are as many as the program has, however many lines come.
#[derive(Debug, Default)]
pub struct Flood {
    rows: HashMap<Identifier, Row>,
}

#[derive(Debug)]
struct Row {
    since: Instant,
    count: u64,
    head: String,
}

impl Flood {
    /// A line of this place.
    pub fn met(&mut self, place: Identifier, head: &str, now: Instant) -> Verdict {
        let row = self.rows.entry(place).or_insert_with(|| Row {
            since: now,
            count: 0,
            head: head.to_owned(),
        });
        row.count += 1;
        if row.count <= MOST {
            Verdict::Write
        } else {
            Verdict::LeaveOut
        }
    }

    /// Ends the rows that have lasted long enough; those of which lines were left out.
    pub fn over(&mut self, now: Instant) -> Vec<LeftOut> {
        self.end(|row| now.duration_since(row.since) >= ROW)
    }

    /// Ends all rows.
    pub fn close(&mut self) -> Vec<LeftOut> {
        self.end(|_| true)
    }

    fn end(&mut self, is_over: impl Fn(&Row) -> bool) -> Vec<LeftOut> {
        let over = self.rows.extract_if(|_, row| is_over(row));
        over.filter_map(|(_, row)| {
            let count = row.count.checked_sub(MOST).filter(|count| *count > 0)?;
            Some(LeftOut {
                head: row.head,
                count,
            })
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::Callsite;
    use tracing::callsite::DefaultCallsite;

    #[test]
    fn each_place_has_its_own_row_and_a_new_one_after_a_minute() {
        static PLACES: [DefaultCallsite; 2] = [
            DefaultCallsite::new(&METADATA),
            DefaultCallsite::new(&METADATA),
        ];
        static METADATA: tracing::Metadata<'static> = tracing::metadata! {
            name: "test",
            target: "test",
            level: tracing::Level::INFO,
            fields: &[],
            callsite: &PLACES[0],
            kind: tracing::metadata::Kind::EVENT
        };
        let [one, other] =
            [&PLACES[0], &PLACES[1]].map(|place| Identifier(place as &'static dyn Callsite));
        let mut flood = Flood::default();
        let start = Instant::now();
        for _ in 0..MOST {
            assert_eq!(flood.met(one.clone(), "INFO x: one", start), Verdict::Write);
        }
        let later = start + ROW / 2;
        assert_eq!(
            flood.met(one.clone(), "INFO x: one", later),
            Verdict::LeaveOut
        );
        assert_eq!(flood.met(other, "INFO x: other", later), Verdict::Write);
        assert!(flood.over(later).is_empty());
        let left_out = LeftOut {
            head: "INFO x: one".to_owned(),
            count: 1,
        };
        assert_eq!(flood.over(start + ROW), [left_out]);
        assert_eq!(flood.met(one, "INFO x: one", start + ROW), Verdict::Write);
    }
}
