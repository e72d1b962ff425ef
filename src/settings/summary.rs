//! `[summary]`: who is told in the morning what waits in their section.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use super::reminders::minute_of_day;
use crate::domain::lang::Lang;
use crate::domain::phone::PhoneNumber;

/// `[summary]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Summary {
    /// When it is drafted on working days, in minutes since midnight; `"07:30"` in the file.
    #[serde(deserialize_with = "minute_of_day")]
    pub time: u32,
    /// Section → phone of its head. Empty: nobody is told.
    #[serde(deserialize_with = "phones")]
    pub to: BTreeMap<String, PhoneNumber>,
}

impl Default for Summary {
    fn default() -> Self {
        Self {
            time: 7 * 60 + 30,
            to: BTreeMap::new(),
        }
    }
}

fn phones<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, PhoneNumber>, D::Error> {
    let typed = BTreeMap::<String, String>::deserialize(deserializer)?;
    typed
        .into_iter()
        .map(|(section, phone)| match PhoneNumber::parse(&phone) {
            Ok((phone, _)) => Ok((section, phone)),
            Err(error) => Err(serde::de::Error::custom(error.explain(Lang::En))),
        })
        .collect()
}
