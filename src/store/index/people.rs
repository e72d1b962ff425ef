//! What belongs to accounts: the roles that a person gave, and the forms that each left unfinished.

use std::collections::{BTreeMap, HashMap};

use super::Index;
use crate::domain::access::Grant;

/// A kept form as its record has it: whose, which, the number of the fact that kept it last, what was typed.
pub(in crate::store) type KeptForm = (String, String, u64, BTreeMap<String, String>);

/// See the module's documentation.
#[derive(Debug, Default)]
pub struct People {
    granted: BTreeMap<String, Grant>,
    forms: HashMap<String, BTreeMap<String, u64>>,
}

impl People {
    pub(super) fn note_user(&mut self, user: String, grant: Option<Grant>) {
        match grant {
            Some(grant) => self.granted.insert(user, grant),
            None => self.granted.remove(&user),
        };
    }

    pub(super) fn note_form(&mut self, user: String, form: String, seq: Option<u64>) {
        let forms = self.forms.entry(user).or_default();
        match seq {
            Some(seq) => forms.insert(form, seq),
            None => forms.remove(&form),
        };
    }
}

impl Index {
    /// The roles that a person gave, by account. `[users]` of the settings goes first.
    pub fn granted(&self) -> &BTreeMap<String, Grant> {
        &self.people.granted
    }

    /// The forms that this user left unfinished, the one kept longest ago first.
    pub fn forms_of(&self, user: &str) -> Vec<&str> {
        let forms = self.people.forms.get(user).into_iter().flatten();
        let mut forms: Vec<_> = forms.map(|(form, seq)| (*seq, form.as_str())).collect();
        forms.sort_unstable();
        forms.into_iter().map(|(_, form)| form).collect()
    }
}
