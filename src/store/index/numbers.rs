//! Which letters carry which number of which sender, so that one that comes twice is noticed, also after the second was entered by
//! mistake.

use std::collections::HashMap;

/// Letters that count, by one number for "this sender, this letter number". Letters are named by their position, which grows with time.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    latest: HashMap<u64, u32>,
    /// Those before the latest, in no order; few numbers have any.
    earlier: HashMap<u64, Vec<u32>>,
}

impl Numbers {
    /// This letter counts.
    pub(super) fn note(&mut self, number: u64, at: u32) {
        let Some(latest) = self.latest.get_mut(&number) else {
            self.latest.insert(number, at);
            return;
        };
        if *latest == at {
            return;
        }
        let before = at.min(*latest);
        *latest = at.max(*latest);
        let earlier = self.earlier.entry(number).or_default();
        if !earlier.contains(&before) {
            earlier.push(before);
        }
    }

    /// This letter was entered by mistake: the one before it is the latest again.
    pub(super) fn forget(&mut self, number: u64, at: u32) {
        let earlier = self.earlier.entry(number).or_default();
        earlier.retain(|other| *other != at);
        if self.latest.get(&number) == Some(&at) {
            match earlier.iter().copied().max() {
                Some(before) => {
                    self.latest.insert(number, before);
                    earlier.retain(|other| *other != before);
                }
                None => {
                    self.latest.remove(&number);
                }
            }
        }
        if earlier.is_empty() {
            self.earlier.remove(&number);
        }
    }

    /// The latest letter with this number.
    pub(super) fn latest(&self, number: u64) -> Option<u32> {
        self.latest.get(&number).copied()
    }

    /// Letters got other positions.
    pub(super) fn reorder(&mut self, moved: impl Fn(u32) -> u32) {
        for at in self.latest.values_mut() {
            *at = moved(*at);
        }
        for (number, earlier) in &mut self.earlier {
            for at in earlier.iter_mut() {
                *at = moved(*at);
            }
            if let (Some(latest), Some(last)) = (
                self.latest.get_mut(number),
                earlier.iter_mut().max_by_key(|at| **at),
            ) && *last > *latest
            {
                std::mem::swap(latest, last);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_that_counts_is_known_in_whatever_order_letters_come_and_go() {
        let mut numbers = Numbers::default();
        for at in [4, 2, 9, 4, 9] {
            numbers.note(1, at);
        }
        assert_eq!(numbers.latest(1), Some(9));
        numbers.forget(1, 9);
        assert_eq!(numbers.latest(1), Some(4));
        // The order of time turned out to be the other way round.
        numbers.reorder(|at| 10 - at);
        assert_eq!(numbers.latest(1), Some(8));
        numbers.forget(1, 6);
        numbers.forget(1, 8);
        assert_eq!((numbers.latest(1), numbers.earlier.len()), (None, 0));
    }
}
