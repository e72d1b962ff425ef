//! Texts that belong to no module: receipts, digests, announcements, sanctions, answers to keywords.

use crate::domain::lang::Words;
use crate::domain::template::Template;
use serde::{Deserialize, Serialize};

/// Kind of an SMS, which decides how it is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmsKind {
    /// A letter was received.
    Received,
    /// A service is complete.
    Completed,
    /// A letter goes back or is refused.
    Returned,
    /// An obligation falls due.
    Reminder,
    /// Something is wrong with the budget or a sanction is in force.
    Alert,
    /// The answer to a keyword.
    Reply,
    /// A rating is asked for.
    Survey,
    /// One text to many.
    Broadcast,
    /// Written by hand.
    Free,
    /// To the office's own people.
    Internal,
}

impl SmsKind {
    /// Every kind with its name in data files and JSON.
    pub const ALL: [(&'static str, Self); 10] = [
        ("received", Self::Received),
        ("completed", Self::Completed),
        ("returned", Self::Returned),
        ("reminder", Self::Reminder),
        ("alert", Self::Alert),
        ("reply", Self::Reply),
        ("survey", Self::Survey),
        ("broadcast", Self::Broadcast),
        ("free", Self::Free),
        ("internal", Self::Internal),
    ];
}

/// A text with its id.
#[derive(Clone, Debug)]
pub struct OfficeText {
    /// Stable id: `terima`, `sp2s`.
    pub id: String,
    /// File it was read from.
    pub file: String,
    /// What it is for.
    pub name: Words,
    /// Kind of SMS.
    pub kind: SmsKind,
    /// Goes out only once this is recorded (`nomor`): the letter behind the text exists.
    pub needs: Option<String>,
    /// Threatens or tells a sanction, so two persons confirm it.
    pub sanction: bool,
    /// The text.
    pub template: Template,
}

/// All texts that belong to no module.
/// Ids that modules rely on when they give no text of their own: `terima`, `selesai-umum`, `tolak-umum`.
#[derive(Clone, Debug, Default)]
pub struct OfficeTexts {
    pub(super) texts: Vec<OfficeText>,
}

impl OfficeTexts {
    /// A text by id.
    pub fn get(&self, id: &str) -> Option<&OfficeText> {
        self.texts.iter().find(|text| text.id == id)
    }

    /// All texts, in the order of the files.
    pub fn iter(&self) -> impl Iterator<Item = &OfficeText> {
        self.texts.iter()
    }
}
