//! `[sms]`: when messages leave, who confirms them, how often they are tried.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Deserializer};

use super::office::{Hours, hours};
use crate::domain::sms::{ConfirmPolicy, SmsKind};

/// `[sms]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SmsRules {
    /// Messages leave only in these hours; replies always.
    #[serde(deserialize_with = "hours")]
    pub window: Hours,
    /// … and only on working days.
    pub working_days_only: bool,
    /// Seconds after confirmation in which a message can be taken back, 0 to 3,600.
    #[serde(deserialize_with = "undo_seconds")]
    pub undo_seconds: u32,
    /// What happens after a refusal that may pass.
    pub retry: Retry,
    /// Who must confirm which kind. Kinds that are not named keep their own default: replies `auto`, broadcasts `two-person`.
    #[serde(deserialize_with = "confirm")]
    pub confirm: BTreeMap<String, ConfirmPolicy>,
    /// Hours after drafting in which a message of a kind is still worth sending, 0 to 8,760; 0 is for ever.
    #[serde(deserialize_with = "expire_hours")]
    pub expire_hours: BTreeMap<String, u32>,
    /// SMS (parts) of a day after which a confirmation needs an explicit yes, 0 to 1,000,000; 0 is no limit.
    pub daily_budget: u32,
    /// Messages to one number in any minute, 0 to 1,000; 0 is no limit. Those above it wait; messages to others overtake them.
    pub per_number_per_minute: u32,
    /// What one SMS (part) costs, in rupiah, 0 to 100,000; 0 is unknown.
    pub price: u32,
}

/// Hours after which a message is of no use any more, where the settings do not say: a keyword answer and a reminder speak of "today".
const EXPIRE_HOURS: [(&str, u32); 3] = [("reply", 24), ("reminder", 24), ("internal", 12)];

impl Default for SmsRules {
    fn default() -> Self {
        let confirm = [
            ("reply", ConfirmPolicy::Auto),
            ("broadcast", ConfirmPolicy::TwoPerson),
            ("default", ConfirmPolicy::Manual),
        ];
        Self {
            window: Hours::new(8, 15),
            working_days_only: true,
            undo_seconds: 10,
            retry: Retry::default(),
            confirm: confirm
                .into_iter()
                .map(|(kind, policy)| (kind.to_owned(), policy))
                .collect(),
            expire_hours: usual_expiry(),
            daily_budget: 0,
            per_number_per_minute: 0,
            price: 0,
        }
    }
}

fn usual_expiry() -> BTreeMap<String, u32> {
    EXPIRE_HOURS
        .into_iter()
        .map(|(kind, hours)| (kind.to_owned(), hours))
        .collect()
}

impl SmsRules {
    /// Who must confirm a message of this kind. Kinds that are not named follow `default`, but replies and broadcasts keep theirs.
    pub fn policy(&self, kind: SmsKind) -> ConfirmPolicy {
        let own = match kind {
            SmsKind::Reply => Some(ConfirmPolicy::Auto),
            SmsKind::Broadcast => Some(ConfirmPolicy::TwoPerson),
            _ => None,
        };
        let named = self.confirm.get(kind.as_str()).copied();
        named
            .or(own)
            .or_else(|| self.confirm.get("default").copied())
            .unwrap_or(ConfirmPolicy::Manual)
    }

    /// Hours after drafting in which a message of this kind is worth sending; none is for ever.
    pub fn expiry(&self, kind: SmsKind) -> Option<u32> {
        let named = self
            .expire_hours
            .get(kind.as_str())
            .or_else(|| self.expire_hours.get("default"));
        named.copied().filter(|hours| *hours > 0)
    }
}

/// `sms.retry`
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retry {
    /// Attempts in all, 1 to 100.
    pub attempts: u32,
    /// Pause after the first one, in seconds.
    pub first_seconds: u32,
    /// Each further pause is this many times longer, 1 to 10.
    pub factor: f64,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 5,
            first_seconds: 60,
            factor: 2.0,
        }
    }
}

impl Retry {
    /// Pause after this many attempts; at most a day.
    pub fn pause(self, attempts: u32) -> Duration {
        let exponent = i32::try_from(attempts.saturating_sub(1)).unwrap_or(i32::MAX);
        let seconds = f64::from(self.first_seconds) * self.factor.clamp(1.0, 10.0).powi(exponent);
        Duration::from_secs_f64(seconds.clamp(0.0, 86_400.0))
    }
}

fn undo_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let seconds = u32::deserialize(deserializer)?;
    if seconds <= 3600 {
        Ok(seconds)
    } else {
        Err(serde::de::Error::custom("0–3600"))
    }
}

fn confirm<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, ConfirmPolicy>, D::Error> {
    by_kind(BTreeMap::deserialize(deserializer)?)
}

fn expire_hours<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, u32>, D::Error> {
    let named: BTreeMap<String, u32> = by_kind(BTreeMap::deserialize(deserializer)?)?;
    if named.values().any(|hours| *hours > 8760) {
        return Err(serde::de::Error::custom("0–8760"));
    }
    let mut all = usual_expiry();
    all.extend(named);
    Ok(all)
}

/// A table whose keys are kinds of messages, or `default`.
fn by_kind<T, E: serde::de::Error>(named: BTreeMap<String, T>) -> Result<BTreeMap<String, T>, E> {
    if let Some(unknown) = named
        .keys()
        .find(|kind| *kind != "default" && SmsKind::parse(kind).is_none())
    {
        let expected = SmsKind::ALL
            .iter()
            .map(|kind| format!("`{}`", kind.as_str()))
            .collect::<Vec<_>>()
            .join(", ");
        return Err(E::custom(format!(
            "unknown field `{unknown}`, expected one of `default`, {expected}"
        )));
    }
    Ok(named)
}
