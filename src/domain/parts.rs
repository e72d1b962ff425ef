//! Parts of incoming messages: which belong together, and when a message is whole.
//!
//! What ties them is what the sender's phone wrote into them: a reference, the number of parts and the part's own number. Phones use a
//! reference again, and whoever means harm writes what he likes. So a part is only taken for one of a message when nothing speaks
//! against it; else it begins another message.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::id::InboxId;

/// Parts of one message come within this time. After it, what is here is shown; parts taken by the network further apart belong to
/// different messages.
pub const PARTS_WAIT: TimeDelta = TimeDelta::hours(24);

/// What was shown is remembered so long: a part that was late on its way completes it, and one that comes twice is known.
pub const PARTS_KEPT: TimeDelta = TimeDelta::days(7);

/// A phone that was not told that the network has a part sends it again within this time.
const RETRIED: TimeDelta = TimeDelta::minutes(5);

/// Messages of one sender that parts may be waiting for, and of those shown as many again.
pub const PER_SENDER: usize = 8;

/// Stands for parts that are missing.
const GAP: &str = "[...]";

/// Which message of a sender: the reference, and the number of parts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PartsKey {
    /// The sender, as the network gave it.
    pub from: String,
    /// The same in all parts.
    pub reference: u16,
    /// Number of parts.
    pub total: u8,
}

/// A part as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its number, from 1.
    pub seq: u8,
    /// Its text, free of control characters.
    pub text: String,
    /// When the network took it.
    pub sent: Option<DateTime<Utc>>,
    /// When it came.
    pub at: DateTime<Utc>,
}

/// A part that is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Its text.
    pub text: String,
    /// When the network took it.
    pub sent: Option<DateTime<Utc>>,
}

/// The parts of one message that are here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gathered {
    /// Which message.
    pub key: PartsKey,
    /// By number.
    pub here: BTreeMap<u8, Piece>,
    /// When the first of them came.
    pub since: DateTime<Utc>,
    /// When the network took it.
    pub sent: Option<DateTime<Utc>>,
    /// The modem that it came in by.
    pub modem: String,
    /// The message that it is shown as, whole or not.
    pub shown: Option<InboxId>,
}

/// What a part is to a message of the same sender, reference and number of parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// One that was missing.
    Missing,
    /// One that is here: the network brought it twice.
    Twice,
    /// None of this message.
    Another,
}

impl Gathered {
    /// With its first part.
    pub fn begun(key: PartsKey, part: Part, modem: String) -> Self {
        Self {
            key,
            since: part.at,
            sent: part.sent,
            here: BTreeMap::new(),
            modem,
            shown: None,
        }
        .with(part)
    }

    fn with(mut self, part: Part) -> Self {
        self.take(part);
        self
    }

    /// What this part is to the message.
    pub fn fit(&self, part: &Part) -> Fit {
        // Where the network did not tell, by when they came.
        let apart = |first: Option<DateTime<Utc>>| match (first, part.sent) {
            (Some(first), Some(this)) => (this - first).abs(),
            _ => (part.at - self.since).abs(),
        };
        if apart(self.sent) > PARTS_WAIT {
            return Fit::Another;
        }
        match self.here.get(&part.seq) {
            None => Fit::Missing,
            Some(piece) if piece.text != part.text => Fit::Another,
            // The same words, when nothing was missing and nobody need have said them again: a message that begins or ends like this one.
            Some(piece) if self.is_whole() && apart(piece.sent) > RETRIED => Fit::Another,
            Some(_) => Fit::Twice,
        }
    }

    /// Takes a part in; what is here already stays.
    pub fn take(&mut self, part: Part) {
        let Part {
            seq, text, sent, ..
        } = part;
        if (1..=self.key.total).contains(&seq) {
            self.here.entry(seq).or_insert(Piece { text, sent });
        }
    }

    /// Whether no part is missing.
    pub fn is_whole(&self) -> bool {
        self.here.len() == usize::from(self.key.total)
    }

    /// What is here, with a mark wherever something is missing.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut next = 1;
        for (seq, part) in &self.here {
            if *seq > next {
                text.push_str(GAP);
            }
            text.push_str(&part.text);
            next = seq.saturating_add(1);
        }
        if self.here.last_key_value().map(|(last, _)| *last) != Some(self.key.total) {
            text.push_str(GAP);
        }
        text
    }

    /// When it is to be shown as it is, or, once shown, to be forgotten.
    pub fn due(&self) -> DateTime<Utc> {
        let wait = if self.shown.is_some() {
            PARTS_KEPT
        } else {
            PARTS_WAIT
        };
        self.since
            .checked_add_signed(wait)
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::hours(hour)
    }

    fn key(total: u8) -> PartsKey {
        PartsKey {
            from: "+6281311110102".to_owned(),
            reference: 7,
            total,
        }
    }

    fn part(seq: u8, text: &str, hour: i64) -> Part {
        Part {
            seq,
            text: text.to_owned(),
            sent: Some(at(hour)),
            at: at(hour),
        }
    }

    fn begun(total: u8, seq: u8, text: &str) -> Gathered {
        Gathered::begun(key(total), part(seq, text, 0), "loket".to_owned())
    }

    #[test]
    fn gaps_are_marked_once_each() {
        let mut message = begun(255, 2, "dua");
        assert_eq!(message.text(), "[...]dua[...]");
        message.take(part(255, "akhir", 0));
        assert_eq!(message.text(), "[...]dua[...]akhir");
        message.take(part(1, "satu", 0));
        assert_eq!(message.text(), "satudua[...]akhir");
    }

    #[test]
    fn a_number_that_the_message_does_not_have_is_not_taken() {
        let mut message = begun(2, 1, "a");
        message.take(part(0, "x", 0));
        message.take(part(3, "x", 0));
        message.take(part(1, "x", 0));
        assert_eq!(
            (message.text(), message.is_whole()),
            ("a[...]".to_owned(), false)
        );
    }

    #[test]
    fn the_same_reference_a_day_later_or_with_other_words_is_another_message() {
        let message = begun(3, 1, "a");
        let fit = |seq, text, hour| message.fit(&part(seq, text, hour));
        assert_eq!(fit(2, "b", 23), Fit::Missing);
        assert_eq!(fit(2, "b", 25), Fit::Another);
        assert_eq!(fit(2, "b", -25), Fit::Another);
        assert_eq!(fit(1, "a", 1), Fit::Twice);
        assert_eq!(fit(1, "a", 25), Fit::Another);
        assert_eq!(fit(1, "z", 1), Fit::Another);
        // Taken in time, and days on its way.
        let late = Part {
            at: at(60),
            ..part(2, "b", 1)
        };
        assert_eq!(message.fit(&late), Fit::Missing);
        let unknown = Part { sent: None, ..late };
        assert_eq!(message.fit(&unknown), Fit::Another);
    }

    #[test]
    fn a_message_that_begins_like_one_that_is_whole_is_another() {
        let mut message = begun(2, 1, "Yth. KPPN");
        assert_eq!(message.fit(&part(1, "Yth. KPPN", 1)), Fit::Twice);
        message.take(part(2, "satu", 0));
        assert_eq!(message.fit(&part(1, "Yth. KPPN", 0)), Fit::Twice);
        assert_eq!(message.fit(&part(1, "Yth. KPPN", 1)), Fit::Another);
    }

    proptest! {
        #[test]
        fn in_whatever_order_parts_come_the_text_is_that_of_the_phone(
            texts in prop::collection::vec("[a-z ]{1,8}", 2..12),
            order in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
        ) {
            let total = u8::try_from(texts.len()).unwrap_or(u8::MAX);
            let numbered: Vec<(u8, &String)> = (1..=total).zip(&texts).collect();
            let picks = order.iter().map(|pick| numbered.len() - 1 - pick.index(numbered.len()));
            // Some twice, then all of them backwards.
            let all = picks.chain((0..numbered.len()).rev());
            let mut message: Option<Gathered> = None;
            let mut seen = std::collections::BTreeSet::new();
            for pick in all {
                let Some((seq, text)) = numbered.get(pick) else { continue };
                let part = part(*seq, text, 0);
                match &mut message {
                    None => message = Some(Gathered::begun(key(total), part, String::new())),
                    Some(known) => {
                        let fit = if seen.contains(seq) { Fit::Twice } else { Fit::Missing };
                        prop_assert_eq!(known.fit(&part), fit);
                        known.take(part);
                    }
                }
                seen.insert(*seq);
                let whole = seen.len() == texts.len();
                prop_assert_eq!(message.as_ref().map(Gathered::is_whole), Some(whole));
            }
            prop_assert_eq!(message.map(|message| message.text()), Some(texts.concat()));
        }
    }
}
