//! Filling the texts of services and obligations from what the office knows.

use super::field::Field;
use super::{Computed, ComputedFrom, Event, Service};
use crate::domain::rule::Obligation;
use crate::domain::template::{RenderError, Template};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// A step of a service that may be told to the satker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Notice {
    /// Registered at the counter.
    Received,
    /// Complete.
    Completed,
    /// Returned for repair.
    Returned,
    /// Refused.
    Rejected,
}

/// What the office knows when a text is filled.
#[derive(Clone, Copy)]
pub struct Filling<'a> {
    /// Values of [`super::SERVICE_CONTEXT`] or [`super::OBLIGATION_CONTEXT`]; dates as `2026-11-24`, periods as `2026-11`, amounts as digits.
    pub context: &'a BTreeMap<String, String>,
    /// Stored values of the fields, by id.
    pub fields: &'a BTreeMap<String, String>,
    /// Due date of the obligation behind a [`ComputedFrom::DueOf`].
    pub due_of: &'a dyn Fn(&str) -> Option<NaiveDate>,
    /// Date of the event behind an obligation.
    pub event_date: Option<NaiveDate>,
}

impl Service {
    /// The template of a step; `None` when nothing is sent then.
    pub fn template(&self, notice: Notice) -> Option<&Template> {
        match notice {
            Notice::Received => self.sms.received.as_ref(),
            Notice::Completed => self.sms.completed.as_ref(),
            Notice::Returned => self.sms.returned.as_ref(),
            Notice::Rejected => self.sms.rejected.as_ref(),
        }
    }

    /// The text of a step, filled; `None` when nothing is sent then.
    ///
    /// # Errors
    /// [`RenderError`] when a value is missing or the text does not fit.
    pub fn notice(
        &self,
        notice: Notice,
        filling: &Filling<'_>,
    ) -> Option<Result<String, RenderError>> {
        let mut template = self.template(notice)?;
        if self.sms.returned.as_ref() == Some(template)
            && let Some(late) = &self.sms.returned_late
            && self.names_past(template, filling)
        {
            template = late;
        }
        // The reason for which papers go back is told as given, whatever field has the same name.
        let given = matches!(notice, Notice::Returned | Notice::Rejected).then_some("alasan");
        Some(template.render(&|name| {
            if given == Some(name) {
                return filling.context.get(name).cloned();
            }
            filling.value(name, &self.computed, &self.fields)
        }))
    }
}

impl Service {
    /// Whether a due date that the text names is before the day of the event.
    fn names_past(&self, template: &Template, filling: &Filling<'_>) -> bool {
        let named = template.placeholders();
        let mut computed = self.computed.iter();
        computed.any(|computed| match &computed.from {
            ComputedFrom::DueOf(id) => {
                named.contains(&computed.placeholder.as_str())
                    && (filling.due_of)(id) < filling.event_date
                    && (filling.due_of)(id).is_some()
            }
            ComputedFrom::EventDate => false,
        })
    }
}

impl Obligation {
    /// The reminder sent `distance` calendar days from the due date (negative: before), filled; `None` when the rule has no text for it.
    /// `event` is the one that started the obligation.
    ///
    /// # Errors
    /// [`RenderError`] when a value is missing or the text does not fit.
    pub fn reminder_text(
        &self,
        distance: i64,
        event: Option<&Event>,
        filling: &Filling<'_>,
    ) -> Option<Result<String, RenderError>> {
        let template = self.texts.at(distance)?;
        let fields = event
            .map(|event| event.fields.as_slice())
            .unwrap_or_default();
        Some(template.render(&|name| filling.value(name, &self.computed, fields)))
    }
}

impl Filling<'_> {
    fn value(&self, name: &str, computed: &[Computed], fields: &[Field]) -> Option<String> {
        if let Some(computed) = computed
            .iter()
            .find(|computed| computed.placeholder == name)
        {
            let date = match &computed.from {
                ComputedFrom::DueOf(id) => (self.due_of)(id),
                ComputedFrom::EventDate => self.event_date,
            };
            return date.map(|date| date.to_string());
        }
        if let Some(field) = fields.iter().find(|field| field.fills(name)) {
            let stored = self.fields.get(&field.id).map_or("", String::as_str);
            if let Some(value) = field.for_sms(stored) {
                return Some(value);
            }
        }
        self.context.get(name).cloned()
    }
}
