//! The text of an answer: which one, and what fills it.

use std::collections::BTreeMap;

use crate::domain::id::{AgendaNo, SatkerCode};
use crate::domain::letter::LetterState;
use crate::domain::module::Module;
use crate::domain::refusal::Refusal;
use crate::domain::template::Template;
use crate::server::office::Office;

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
    /// It tells what was asked for, so that a text of the module may take the place of the usual one.
    pub tells: bool,
    own: Option<Box<Template>>,
    sender: Option<String>,
}

impl Reply {
    pub fn new(text: &'static str) -> Self {
        Self {
            text,
            values: BTreeMap::new(),
            satker: None,
            letter: None,
            tells: true,
            own: None,
            sender: None,
        }
    }

    /// That there is nothing to tell.
    pub fn silent(text: &'static str) -> Self {
        Self {
            tells: false,
            ..Self::new(text)
        }
    }

    /// In these words instead of the usual ones.
    pub fn worded(mut self, own: Option<Template>) -> Self {
        self.own = own.map(Box::new);
        self
    }

    /// Under the name of a programme instead of the office's.
    pub fn by(mut self, module: Option<&Module>) -> Self {
        self.sender = module.and_then(|module| module.sender.clone());
        self
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
        let usual = || self.modules.texts().get(reply.text);
        let template = match &reply.own {
            Some(own) => own.as_ref(),
            None => {
                &usual()
                    .ok_or_else(|| unfilled(format!("{}: ?", reply.text)))?
                    .template
            }
        };
        let value = |name: &str| match name {
            "kantor" => {
                let name = reply.sender.as_ref();
                Some(name.unwrap_or(&self.settings.office.name).clone())
            }
            name => reply.values.get(name).cloned(),
        };
        template
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
