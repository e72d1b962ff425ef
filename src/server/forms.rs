//! Forms that people left unfinished: each keeps a limited number of limited size.

use super::office::{Office, clean_text};
use crate::ask::{Done, DropDraft, FormKept, KeepDraft};
use crate::domain::access::Actor;
use crate::domain::fact::Fact;
use crate::domain::refusal::Refusal;

/// Unfinished forms of one person. A desk has one for each module.
const FORMS_MAX: usize = 40;

/// What a form may hold, in bytes.
const FORM_MAX: usize = 16 << 10;

/// Longest name of a form, in characters.
const NAME_MAX: usize = 60;

impl Office {
    /// Keeps a form of this person. Of more than `FORMS_MAX` the one kept longest ago goes, and the person is told.
    ///
    /// # Errors
    /// `text-too-long`.
    pub fn keep_form(
        &self,
        ask: KeepDraft,
        actor: &Actor,
    ) -> Result<(Vec<Fact>, FormKept), Refusal> {
        let form = clean_text("form", &ask.form, NAME_MAX)?.unwrap_or_default();
        let size: usize = ask
            .values
            .iter()
            .map(|(id, text)| id.len() + text.len())
            .sum();
        if size > FORM_MAX {
            return Err(Refusal::new("text-too-long").with("max", FORM_MAX));
        }
        if self.store.draft(&actor.user, &form)?.as_ref() == Some(&ask.values) {
            return Ok((Vec::new(), FormKept::default()));
        }
        let dropped: Vec<String> = {
            let index = self.store.index();
            let mut others = index.forms_of(&actor.user);
            others.retain(|other| *other != form);
            let many = (others.len() + 1).saturating_sub(FORMS_MAX);
            others.into_iter().take(many).map(str::to_owned).collect()
        };
        let user = &actor.user;
        let mut facts: Vec<Fact> = dropped
            .iter()
            .map(|form| Fact::DraftDropped {
                user: user.clone(),
                form: form.clone(),
            })
            .collect();
        facts.push(Fact::DraftKept {
            user: user.clone(),
            form,
            values: ask.values,
        });
        Ok((facts, FormKept { dropped }))
    }

    /// Forgets a form of this person, if there is one.
    ///
    /// # Errors
    /// Those of the store.
    pub fn drop_form(&self, ask: DropDraft, actor: &Actor) -> Result<(Vec<Fact>, Done), Refusal> {
        if self.store.draft(&actor.user, &ask.form)?.is_none() {
            return Ok((Vec::new(), Done {}));
        }
        let fact = Fact::DraftDropped {
            user: actor.user.clone(),
            form: ask.form,
        };
        Ok((vec![fact], Done {}))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::server::rig::{Rig, sari, wati};

    fn keep(rig: &mut Rig, who: &Actor, form: &str, text: &str) -> Result<FormKept, Refusal> {
        let ask = KeepDraft {
            form: form.to_owned(),
            values: BTreeMap::from([("subject".to_owned(), text.to_owned())]),
        };
        rig.does(who, |office, who, _| office.keep_form(ask, who))
    }

    #[test]
    fn a_person_keeps_so_many_forms_and_the_oldest_goes() {
        let mut rig = Rig::new("");
        for n in 0..FORMS_MAX {
            let kept = keep(&mut rig, &sari(), &format!("register/{n}"), "LPJ").unwrap();
            assert_eq!(kept, FormKept::default());
        }
        // Another person has forty of their own; one that is kept again is not the oldest any more.
        keep(&mut rig, &wati(), "register/x", "LPJ").unwrap();
        keep(&mut rig, &sari(), "register/0", "LPJ Oktober").unwrap();
        let kept = keep(&mut rig, &sari(), "register/new", "LPJ").unwrap();
        assert_eq!(kept.dropped, ["register/1"]);
        let store = &rig.office.store;
        assert!(store.draft("sari", "register/1").unwrap().is_none());
        assert!(store.draft("sari", "register/0").unwrap().is_some());
        assert!(store.draft("sari", "register/new").unwrap().is_some());
        assert_eq!(store.index().forms_of("sari").len(), FORMS_MAX);
        assert_eq!(store.index().forms_of("wati"), ["register/x"]);
    }

    #[test]
    fn a_form_holds_only_so_much() {
        let mut rig = Rig::new("");
        let long = "x".repeat(FORM_MAX + 1);
        let refusal = keep(&mut rig, &sari(), "register/lpj", &long).unwrap_err();
        assert_eq!(refusal.code, "text-too-long");
    }
}
