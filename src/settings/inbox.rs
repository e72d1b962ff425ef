//! `[inbox]` and `[survey]`: what is answered by itself, and how often people are asked how it was.

use serde::{Deserialize, Deserializer};

use crate::domain::phone::PhoneNumber;

/// `[inbox]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Inbox {
    /// Requests of one phone that are answered in a day, 1 to 1,000.
    #[serde(deserialize_with = "daily_limit")]
    pub daily_limit: u32,
    /// Answers by itself in an hour, to all phones together, 1 to 100,000; phones on nobody's list get a quarter of them at the most. Above
    /// it messages wait for a person. An office of 500 satker stays below: after an announcement to all, one in three asks within the hour.
    #[serde(deserialize_with = "per_hour")]
    pub answers_per_hour: u32,
    /// Plans, suggestions and complaints registered by itself in an hour, from all phones together, 1 to 100,000; phones on nobody's list
    /// get a quarter. An office of 500 satker has some twenty plans on its busiest day.
    #[serde(deserialize_with = "per_hour")]
    pub registrations_per_hour: u32,
    /// Largest amount in rupiah of a plan by SMS, 1,000,000 to 10^15; where the satker's budget is known, not more than ten times that
    /// either. More is a slip of the finger: no satker of one office pays out a trillion at once.
    #[serde(deserialize_with = "plan_max")]
    pub plan_max: i64,
    /// The office's own numbers, which are never answered: a modem that hears itself would talk for ever.
    #[serde(deserialize_with = "phones")]
    pub own_numbers: Vec<PhoneNumber>,
    /// Whether a phone may stop its notices by `BERHENTI`. If not, that goes to a person.
    pub opt_out: bool,
}

impl Default for Inbox {
    fn default() -> Self {
        Self {
            daily_limit: 20,
            answers_per_hour: 240,
            registrations_per_hour: 60,
            plan_max: 1_000_000_000_000,
            own_numbers: Vec::new(),
            opt_out: true,
        }
    }
}

/// `[survey]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Survey {
    /// Of a hundred completed services, how many ask for a rating; 0 to 100.
    #[serde(deserialize_with = "share")]
    pub share: u32,
    /// Days in which a rating counts, 1 to 365.
    #[serde(deserialize_with = "valid_days")]
    pub valid_days: u32,
}

impl Default for Survey {
    fn default() -> Self {
        Self {
            share: 20,
            valid_days: 7,
        }
    }
}

impl Survey {
    /// Whether this service, the so-manieth of its book, asks for a rating. The chosen ones are spread evenly.
    pub fn chooses(&self, serial: u32) -> bool {
        let asked = |serial: u32| u64::from(serial) * u64::from(self.share) / 100;
        asked(serial) > asked(serial.saturating_sub(1))
    }
}

fn within<'de, D: Deserializer<'de>>(
    deserializer: D,
    least: u32,
    most: u32,
) -> Result<u32, D::Error> {
    let number = u32::deserialize(deserializer)?;
    if (least..=most).contains(&number) {
        Ok(number)
    } else {
        Err(serde::de::Error::custom(format!(
            "{number}: {least} – {most}"
        )))
    }
}

fn daily_limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    within(deserializer, 1, 1000)
}

fn per_hour<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    within(deserializer, 1, 100_000)
}

fn plan_max<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let amount = i64::deserialize(deserializer)?;
    if (1_000_000..=1_000_000_000_000_000).contains(&amount) {
        Ok(amount)
    } else {
        Err(serde::de::Error::custom("1000000 – 1000000000000000"))
    }
}

fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    within(deserializer, 0, 100)
}

fn valid_days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    within(deserializer, 1, 365)
}

fn phones<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<PhoneNumber>, D::Error> {
    Vec::<String>::deserialize(deserializer)?
        .iter()
        .map(|text| PhoneNumber::parse(text).map(|(phone, _)| phone))
        .collect::<Result<_, _>>()
        .map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_asked_is_exact_and_spread_evenly() {
        for share in [0, 1, 20, 33, 50, 99, 100] {
            let survey = Survey {
                share,
                ..Survey::default()
            };
            let asked = (1..=1000).filter(|serial| survey.chooses(*serial)).count();
            assert_eq!(asked, share as usize * 10, "{share}");
        }
        let chosen: Vec<u32> = (1..=20).filter(|n| Survey::default().chooses(*n)).collect();
        assert_eq!(chosen, [5, 10, 15, 20]);
    }
}
