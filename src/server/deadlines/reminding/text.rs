//! What a reminder says, and the message that it becomes.

use super::super::{Act, NaiveDate, Office, Refusal, Sms, SmsState, Terms, Values};
use super::{Addressee, Topic};
use crate::domain::module::{Filling, OfficeText};
use crate::domain::rule::remind::distance_label;
use crate::domain::rule::{Obligation, days_late};
use crate::domain::satker::{Satker, satker_kind};
use crate::domain::sms::{ConfirmPolicy, SmsKind};

impl Office {
    pub(super) fn write_group(
        &self,
        act: &mut Act<'_>,
        to: Addressee<'_>,
        bundles: &[Vec<&Topic<'_>>],
        day: NaiveDate,
    ) -> Result<(), Refusal> {
        let satker = to.satker.kind == satker_kind();
        let id = match (bundles, satker) {
            ([], _) => return Ok(()),
            ([one], _) => return self.write_one(act, to, one, day),
            ([_, _], true) => "ringkasan-2",
            (_, true) => "ringkasan",
            ([_, _], false) => "ringkasan-peserta-2",
            (_, false) => "ringkasan-peserta",
        };
        let text = self
            .modules
            .texts()
            .get(id)
            .and_then(|text| self.digest_text(text, to, bundles));
        match text {
            Some(text) => self.write(act, to, text, &bundles.concat(), day),
            // An office that took the digest away gets single messages.
            None => bundles
                .iter()
                .try_for_each(|bundle| self.write_one(act, to, bundle, day)),
        }
    }

    /// The text of one bundle: what it says is the same for all its topics.
    pub(super) fn write_one(
        &self,
        act: &mut Act<'_>,
        to: Addressee<'_>,
        bundle: &[&Topic<'_>],
        day: NaiveDate,
    ) -> Result<(), Refusal> {
        let Some(first) = bundle.first() else {
            return Ok(());
        };
        let Some(text) = self.reminder_text(first, to.satker, to.name, day) else {
            return Ok(());
        };
        match text {
            Ok(text) => self.write(act, to, text, bundle, day),
            Err(refusal) => {
                tracing::warn!(%refusal, deadline = %first.id, "a reminder could not be written");
                Ok(())
            }
        }
    }

    fn write(
        &self,
        act: &mut Act<'_>,
        to: Addressee<'_>,
        text: String,
        topics: &[&Topic<'_>],
        day: NaiveDate,
    ) -> Result<(), Refusal> {
        let mut sms = self.draft(
            SmsKind::Reminder,
            to.phone.clone(),
            text,
            act.actor,
            act.now,
        )?;
        if topics.iter().any(|topic| topic.late_sanction()) {
            hold_for_a_person(&mut sms, self.settings.reminders.sanction);
        }
        sms.satker = Some(to.satker.code);
        sms.role = to.role;
        sms.deadline = topics.first().map(|topic| topic.id);
        sms.reminds = topics.iter().map(|topic| topic.reminded()).collect();
        // Its text tells the distance to the date, which is another one tomorrow.
        sms.expires = Some(self.window_end(day));
        act.draft(sms);
        Ok(())
    }

    fn reminder_text(
        &self,
        topic: &Topic<'_>,
        satker: &Satker,
        name: &str,
        day: NaiveDate,
    ) -> Option<Result<String, Refusal>> {
        let terms = &topic.terms;
        let calendar = self.calendar();
        let module = self.modules.module(&terms.module).ok();
        let event = terms
            .event
            .as_ref()
            .and_then(|happening| self.modules.event(&happening.event).ok());
        let late = days_late(topic.rule, terms.due, day, &calendar);
        let item = self.item_short(terms, topic.rule);
        let period = terms
            .period
            .map(|period| period.to_string())
            .unwrap_or_default();
        let office = self.sender_name(&terms.module);
        let stage = module.and_then(|module| {
            let stage = module.stages.iter().find(|stage| {
                stage
                    .milestones
                    .iter()
                    .any(|milestone| Some(&milestone.id) == terms.item.as_ref())
            })?;
            Some(stage.name.id.clone())
        });
        let context: Values = [
            ("kantor", office),
            ("satker", satker.short_name.clone()),
            ("kode", satker.code.to_string()),
            ("tgl", terms.due.to_string()),
            ("h", distance_label(topic.distance)),
            ("item", item.clone()),
            ("lap", self.item_name(terms, topic.rule)),
            ("periode", period.clone()),
            ("bulan", period),
            ("lambat", late.to_string()),
            ("nama", name.to_owned()),
            ("tahap", stage.unwrap_or_default()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        let due_of = |obligation: &str| {
            let due = self.modules.due(obligation, &terms.basis(), &calendar);
            due.ok().map(|(_, due)| due.date)
        };
        let filling = Filling {
            context: &context,
            fields: &terms.fields,
            due_of: &due_of,
            event_date: terms.event.as_ref().map(|happening| happening.date),
        };
        let text = topic.rule.reminder_text(topic.distance, event, &filling)?;
        Some(text.map_err(|error| Refusal::new("text-unfilled").with("cause", error)))
    }

    /// Name of what is owed, for `{lap}` and the screens: the entry of the letter, or the obligation itself.
    pub fn item_name(&self, terms: &Terms, rule: &Obligation) -> String {
        let Some(item) = &terms.item else {
            return rule.name.id.clone();
        };
        let listed = rule.items.iter().find(|known| known.id == *item);
        if let Some(known) = listed {
            return known.name.clone();
        }
        let module = self.modules.module(&terms.module).ok();
        let milestone = module.and_then(|module| {
            let mut milestones = module.stages.iter().flat_map(|stage| &stage.milestones);
            milestones.find(|milestone| milestone.id == *item)
        });
        milestone.map_or_else(|| item.clone(), |milestone| milestone.name.id.clone())
    }

    fn item_short(&self, terms: &Terms, rule: &Obligation) -> String {
        let Some(item) = &terms.item else {
            return rule.short.clone();
        };
        let module = self.modules.module(&terms.module).ok();
        let milestone = module.and_then(|module| {
            let mut milestones = module.stages.iter().flat_map(|stage| &stage.milestones);
            milestones.find(|milestone| milestone.id == *item)
        });
        milestone.map_or_else(
            || self.item_name(terms, rule),
            |milestone| milestone.short.clone(),
        )
    }

    fn digest_text(
        &self,
        text: &OfficeText,
        to: Addressee<'_>,
        bundles: &[Vec<&Topic<'_>>],
    ) -> Option<String> {
        let sender = self.sender_name(&bundles.first()?.first()?.terms.module);
        let mut context: Values = [
            ("kantor".to_owned(), sender),
            ("satker".to_owned(), to.satker.short_name.clone()),
            ("kode".to_owned(), to.satker.code.to_string()),
            ("nama".to_owned(), to.name.to_owned()),
        ]
        .into_iter()
        .collect();
        for (number, topic) in (1..).zip(bundles.iter().filter_map(|bundle| bundle.first())) {
            let place = if number == 1 {
                String::new()
            } else {
                number.to_string()
            };
            context.insert(
                format!("item{place}"),
                self.item_short(&topic.terms, topic.rule),
            );
            context.insert(format!("tgl{place}"), topic.terms.due.to_string());
        }
        text.template
            .render(&|name| context.get(name).cloned())
            .map_err(|error| tracing::warn!(%error, "a digest could not be written"))
            .ok()
    }
}

/// A text that threatens a sanction never leaves without a person, whatever the policy of reminders.
fn hold_for_a_person(sms: &mut Sms, policy: ConfirmPolicy) {
    sms.policy = match policy {
        ConfirmPolicy::Auto => ConfirmPolicy::Manual,
        other => other,
    };
    sms.state = SmsState::Waiting;
    sms.not_before = None;
    for step in &mut sms.history {
        step.state = SmsState::Waiting;
    }
}
