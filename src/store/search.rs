//! Finding words in short texts, by looking through all of them: 100,000 texts take a few milliseconds, and nothing has to be kept
//! up to date but one arena.

use memchr::memmem::Finder;

/// Lower-cased texts by position, in one arena.
#[derive(Debug, Default)]
pub struct Texts {
    arena: String,
    spans: Vec<(u32, u32)>,
    wasted: usize,
}

impl Texts {
    /// Sets the text at a position; a position just past the end is new.
    pub(super) fn set(&mut self, at: u32, text: &str) {
        let start = self.arena.len();
        if text.is_ascii() {
            self.arena.push_str(text);
            if let Some(new) = self.arena.get_mut(start..) {
                new.make_ascii_lowercase();
            }
        } else {
            self.arena.extend(text.chars().flat_map(char::to_lowercase));
        }
        // Most changes of a record are of something that cannot be found in it.
        if self.spans.len() > at as usize && Some(self.get(at)) == self.arena.get(start..) {
            self.arena.truncate(start);
            return;
        }
        let at = at as usize;
        if let Some((_, length)) = self.spans.get(at) {
            self.wasted += *length as usize;
        }
        if self.spans.len() <= at {
            self.spans.resize(at + 1, (0, 0));
        }
        let span = (
            u32::try_from(start).unwrap_or(u32::MAX),
            u32::try_from(self.arena.len() - start).unwrap_or(0),
        );
        if let Some(slot) = self.spans.get_mut(at) {
            *slot = span;
        }
        // Texts that were replaced stay in the arena until they are half of it.
        if self.wasted > 1 << 20 && self.wasted * 2 > self.arena.len() {
            let order: Vec<u32> =
                (0..u32::try_from(self.spans.len()).unwrap_or(u32::MAX)).collect();
            *self = self.reordered(&order);
        }
    }

    /// The same texts in another order, without waste.
    pub(super) fn reordered(&self, order: &[u32]) -> Self {
        let mut new = Self {
            arena: String::with_capacity(self.arena.len() - self.wasted.min(self.arena.len())),
            ..Self::default()
        };
        for at in order {
            let start = u32::try_from(new.arena.len()).unwrap_or(u32::MAX);
            let text = self.get(*at);
            new.arena.push_str(text);
            new.spans
                .push((start, u32::try_from(text.len()).unwrap_or(0)));
        }
        new
    }

    fn get(&self, at: u32) -> &str {
        let Some((start, length)) = self.spans.get(at as usize) else {
            return "";
        };
        self.arena
            .get(*start as usize..*start as usize + *length as usize)
            .unwrap_or_default()
    }

    /// Whether every word occurs in the text at this position.
    pub fn matches(&self, at: u32, words: &Words) -> bool {
        let text = self.get(at).as_bytes();
        words
            .finders
            .iter()
            .all(|finder| finder.find(text).is_some())
    }
}

/// The words of a search, longest (and so most likely rarest) first.
#[derive(Debug)]
pub struct Words {
    finders: Vec<Finder<'static>>,
}

impl Words {
    /// None when there is nothing to look for.
    pub fn new(find: &str) -> Option<Self> {
        let lower: String = find
            .chars()
            .take(200)
            .flat_map(char::to_lowercase)
            .collect();
        let mut words: Vec<&str> = lower.split_whitespace().collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let finders: Vec<_> = words
            .into_iter()
            .map(|word| Finder::new(word).into_owned())
            .collect();
        (!finders.is_empty()).then_some(Self { finders })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_must_occur_whatever_its_case() {
        let mut texts = Texts::default();
        texts.set(0, "AGD-00001/2026 Laporan Bendahara");
        texts.set(1, "AGD-00002/2026 Surat RALAT");
        let found = |find: &str| {
            (0..2)
                .filter(|at| texts.matches(*at, &Words::new(find).unwrap()))
                .collect::<Vec<_>>()
        };
        assert_eq!(found("agd-0000"), [0, 1]);
        assert_eq!(found("ralat surat"), [1]);
        assert!(found("LAPORAN ralat").is_empty());
        assert!(Words::new("  ").is_none());
    }

    #[test]
    fn a_replaced_text_is_found_no_more() {
        let mut texts = Texts::default();
        for round in 0..20_000 {
            texts.set(0, &format!("isi lama {round} {}", "x".repeat(100)));
        }
        texts.set(0, "isi baru");
        texts.set(1, "lain");
        assert!(texts.matches(0, &Words::new("baru").unwrap()));
        assert!(!texts.matches(0, &Words::new("lama").unwrap()));
        assert!(
            texts.arena.len() < 3 << 20,
            "the arena is cleaned: {}",
            texts.arena.len()
        );
    }
}
