//! What a keyword of a module answers.

use super::{Module, Modules};
use crate::domain::template::Template;

/// A keyword of a module with its answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its spellings, upper case; the first is the main one.
    pub keywords: Vec<String>,
    /// What it tells.
    pub kind: AnswerKind,
    /// The text instead of the usual one, where there is something to tell.
    pub text: Option<Template>,
}

/// What an answer tells of a participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AnswerKind {
    /// Its stage, how many milestones of it are reached, and what falls due next.
    Stage,
    /// The milestones of its stage that are not reached.
    Milestones,
    /// What it owes in this module, earliest first.
    Owed,
    /// Its letters in this module: in work, done, and what falls due next.
    Letters,
}

impl AnswerKind {
    /// Every kind with its name in data files.
    pub const ALL: [(&'static str, Self); 4] = [
        ("stage", Self::Stage),
        ("milestones", Self::Milestones),
        ("owed", Self::Owed),
        ("letters", Self::Letters),
    ];

    /// Whether only a module with stages can tell it.
    pub fn needs_stages(self) -> bool {
        matches!(self, Self::Stage | Self::Milestones)
    }

    /// What a text of this kind may use, besides the standard placeholders that every answer fills.
    pub fn placeholders(self) -> &'static [&'static str] {
        match self {
            Self::Stage | Self::Milestones => &["tahap", "n", "n2", "tgl2", "item", "tgl"],
            Self::Owed => &["n", "item", "tgl"],
            Self::Letters => &["n", "n2", "tgl"],
        }
    }
}

/// Filled in every answer.
pub const ALWAYS: [&str; 4] = ["kantor", "satker", "kode", "kunci"];

impl Module {
    /// What its keyword answers where the file does not say: the stage, where it has stages.
    pub fn usual_answer(&self) -> AnswerKind {
        if self.stages.is_empty() {
            AnswerKind::Letters
        } else {
            AnswerKind::Stage
        }
    }

    /// All its keywords, the main one first.
    pub fn all_keywords(&self) -> impl Iterator<Item = &String> {
        let answers = self.answers.iter().flat_map(|answer| &answer.keywords);
        self.keywords.iter().chain(answers)
    }

    /// The answer that the file defines for a keyword.
    pub fn answer(&self, keyword: &str) -> Option<&Answer> {
        let spelled = |answer: &&Answer| {
            let mut words = answer.keywords.iter();
            words.any(|known| known.eq_ignore_ascii_case(keyword))
        };
        self.answers.iter().find(spelled)
    }
}

impl Modules {
    /// The module under whose name participants of this kind are answered, where it is not the office's own.
    pub fn speaker(&self, kind: &str) -> Option<&Module> {
        let ours = super::super::satker::satker_kind();
        let mut of_kind = self
            .iter()
            .filter(|module| module.participant.kind == kind && kind != ours);
        of_kind.find(|module| module.sender.is_some())
    }
}
