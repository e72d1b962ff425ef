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
    /// Who must confirm which kind.
    #[serde(deserialize_with = "confirm")]
    pub confirm: BTreeMap<String, ConfirmPolicy>,
}

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
        }
    }
}

impl SmsRules {
    /// Who must confirm a message of this kind. Kinds that are not named follow `default`.
    pub fn policy(&self, kind: SmsKind) -> ConfirmPolicy {
        let named = self
            .confirm
            .get(kind.as_str())
            .or_else(|| self.confirm.get("default"));
        named.copied().unwrap_or(match kind {
            SmsKind::Reply => ConfirmPolicy::Auto,
            SmsKind::Broadcast => ConfirmPolicy::TwoPerson,
            _ => ConfirmPolicy::Manual,
        })
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
    let named = BTreeMap::<String, ConfirmPolicy>::deserialize(deserializer)?;
    if let Some(unknown) = named
        .keys()
        .find(|kind| *kind != "default" && SmsKind::parse(kind).is_none())
    {
        let expected = SmsKind::ALL
            .iter()
            .map(|kind| format!("`{}`", kind.as_str()))
            .collect::<Vec<_>>()
            .join(", ");
        return Err(serde::de::Error::custom(format!(
            "unknown field `{unknown}`, expected one of `default`, {expected}"
        )));
    }
    Ok(named)
}
