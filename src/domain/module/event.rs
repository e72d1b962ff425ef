//! Things that happen and start a deadline.

use super::field::Field;
use crate::domain::lang::Words;

/// Something that happened on a day, at a satker: a contract was signed, an SP2D was issued.
#[derive(Clone, Debug)]
pub struct Event {
    /// Stable id: `contract-signed`.
    pub id: String,
    /// Id of the module that holds it.
    pub module: String,
    /// Name for screens.
    pub name: Words,
    /// What is noted with it; the same ids or placeholders carry over from the service that records it.
    pub fields: Vec<Field>,
}

impl Event {
    /// The field that fills a placeholder of the reminders.
    pub fn field_for(&self, placeholder: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.fills(placeholder))
    }

    /// The field whose amount decides a rule by value.
    pub fn value_field(&self) -> Option<&Field> {
        self.fields
            .iter()
            .find(|field| field.kind == super::field::FieldType::Rupiah)
    }
}
