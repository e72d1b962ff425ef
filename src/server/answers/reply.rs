//! The text of an answer: which one, and what fills it.

use std::collections::BTreeMap;

use crate::domain::id::{AgendaNo, SatkerCode};
use crate::domain::letter::LetterState;
use crate::server::office::Office;
use crate::service::Refusal;

/// What stands where a date or number is not known.
pub(super) const UNKNOWN: &str = "-";

/// An answer before it is a text.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    /// Id of the text.
    pub text: &'static str,
    values: BTreeMap<&'static str, String>,
    /// About this satker.
    pub satker: Option<SatkerCode>,
    /// About this letter.
    pub letter: Option<AgendaNo>,
}

impl Reply {
    pub fn new(text: &'static str) -> Self {
        Self {
            text,
            values: BTreeMap::new(),
            satker: None,
            letter: None,
        }
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "a value reads best where it is made"
    )]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.insert(name, value.to_string());
        self
    }

    pub fn about(mut self, satker: SatkerCode) -> Self {
        self.satker = Some(satker);
        self
    }

    pub fn of(mut self, letter: AgendaNo) -> Self {
        self.letter = Some(letter);
        self
    }
}

impl Office {
    pub(super) fn render(&self, reply: &Reply) -> Result<String, Refusal> {
        let unfilled = |cause: String| Refusal::new("text-unfilled").with("cause", cause);
        let text = self
            .modules
            .texts()
            .get(reply.text)
            .ok_or_else(|| unfilled(format!("{}: ?", reply.text)))?;
        let value = |name: &str| match name {
            "kantor" => Some(self.settings.office.name.clone()),
            name => reply.values.get(name).cloned(),
        };
        text.template
            .render(&value)
            .map_err(|error| unfilled(format!("{}: {error}", reply.text)))
    }

    /// Short name of a satker; its code where it is unknown.
    pub(super) fn satker_name(&self, code: SatkerCode) -> String {
        self.store.index().satker_name(code)
    }

    /// A state of a letter, as a word of the reply texts.
    pub(super) fn state_word(&self, state: LetterState) -> String {
        self.word(&format!("keadaan-{}", state.as_str().replace('_', "-")))
    }

    /// A word of the reply texts: `keadaan-completed`.
    pub(super) fn word(&self, id: &str) -> String {
        let text = self.modules.texts().get(id);
        text.map_or(UNKNOWN, |text| text.template.text()).to_owned()
    }
}
