//! What the desks were told: kept outside the office, and held against it after every disaster.

use std::collections::{BTreeMap, BTreeSet};

use sipintar::ask::{DraftSms, RegisterLetter};
use sipintar::domain::id::{AgendaNo, SmsId};
use sipintar::domain::letter::LetterState;

use super::trail::Trail;

/// How a draft stands, as far as a desk decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Waits for a person.
    Drafted,
    /// A person said yes: anything may have become of it, but not nothing.
    Confirmed,
    /// A person said no.
    Rejected,
}

/// A letter, by its own number.
#[derive(Debug, Clone)]
pub struct Letter {
    /// With its key, so that it can be asked again.
    pub ask: RegisterLetter,
    /// The number it got.
    pub agenda: Option<AgendaNo>,
    /// Where it stands.
    pub trail: Trail<LetterState>,
    /// Messages that were drafted with it, as the answers said.
    pub notices: BTreeSet<SmsId>,
}

/// A message, by its text.
#[derive(Debug, Clone)]
pub struct Message {
    /// With its key.
    pub ask: DraftSms,
    /// The number it got.
    pub id: Option<SmsId>,
    /// How it stands.
    pub trail: Trail<Word>,
}

/// Everything that was asked for and told.
#[derive(Debug, Clone, Default)]
pub struct Book {
    /// By number of the letter.
    pub letters: BTreeMap<String, Letter>,
    /// By text.
    pub messages: BTreeMap<String, Message>,
    /// By name of the form: the version that was kept.
    pub forms: BTreeMap<String, Trail<u32>>,
    /// The version of the satker list: all rows of it carry the same.
    pub list: Trail<u32>,
    /// Letters and messages that the office said no to: they must not be there.
    pub refused: BTreeSet<String>,
    /// Messages of which a person said what became of them, right or wrong.
    pub settled: BTreeSet<SmsId>,
    /// Texts that came in from phones.
    pub incoming: BTreeSet<String>,
    /// Answers that were awaited, and came.
    pub acknowledged: u64,
    /// Answers that never came.
    pub unanswered: u64,
}

impl Book {
    /// What is acknowledged by now, for a copy that begins now: so many steps of each thing.
    pub fn sure(&self) -> Sure {
        Sure {
            letters: self
                .letters
                .iter()
                .map(|(number, letter)| (number.clone(), letter.trail.sure()))
                .collect(),
            messages: self
                .messages
                .iter()
                .map(|(text, message)| (text.clone(), message.trail.sure()))
                .collect(),
            forms: self
                .forms
                .iter()
                .map(|(form, trail)| (form.clone(), trail.sure()))
                .collect(),
            list: self.list.sure(),
        }
    }
}

/// How many steps of each thing were acknowledged at some moment. What is not named was not asked for then.
#[derive(Debug, Clone, Default)]
pub struct Sure {
    /// By number of the letter.
    pub letters: BTreeMap<String, usize>,
    /// By text.
    pub messages: BTreeMap<String, usize>,
    /// By name.
    pub forms: BTreeMap<String, usize>,
    /// Of the satker list.
    pub list: usize,
}
