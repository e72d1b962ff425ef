//! Records by their number. Numbers run without gaps, but for what was lost with a damaged journal: then the entry is looked for.

/// Where the entry with this number is, in a list that is in the order of numbers.
pub fn place<T>(entries: &[T], id: u64, number: impl Fn(&T) -> u64) -> Option<usize> {
    let usual = usize::try_from(id.checked_sub(1)?).ok()?;
    if entries.get(usual).map(&number) == Some(id) {
        return Some(usual);
    }
    entries.binary_search_by_key(&id, number).ok()
}

/// The number that comes next.
pub fn next<T>(entries: &[T], number: impl Fn(&T) -> u64) -> u64 {
    entries.last().map_or(0, number) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_although_others_are_missing() {
        let all: Vec<u64> = (1..=9).collect();
        let some = [1, 2, 5, 6, 9];
        for id in 0..12 {
            let found = |entries: &[u64]| {
                place(entries, id, |n| *n).and_then(|at| entries.get(at).copied())
            };
            assert_eq!(found(&all), all.contains(&id).then_some(id));
            assert_eq!(found(&some), some.contains(&id).then_some(id));
        }
        assert_eq!((next(&some, |n| *n), next(&[], |n: &u64| *n)), (10, 1));
    }
}
