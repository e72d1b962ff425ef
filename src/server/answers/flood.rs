//! The budget against floods: so many answers and registrations by itself in an hour, over all phones. What comes above it waits for a
//! person; nothing is lost, and nothing is paid for.

use chrono::{DateTime, Utc};

use super::Reaction;
use crate::domain::fact::Fact;
use crate::domain::money::Rupiah;
use crate::domain::phone::PhoneNumber;
use crate::domain::refusal::Refusal;
use crate::server::office::Office;

/// Phones on nobody's list share one part in so many of each budget: invented numbers must not use up the answers of those that are known.
const STRANGERS: u32 = 4;

/// Why a message waits for a person.
const NOTE: &str = "flood";

/// What was done by itself in the last hour.
#[derive(Debug, Clone, Copy, Default)]
struct Used {
    answers: u32,
    registrations: u32,
}

impl Used {
    fn add(&mut self, registered: bool) {
        self.answers += 1;
        self.registrations += u32::from(registered);
    }

    /// Whether one more is within limits that are so many times as narrow as the settings say.
    fn allows(self, office: &Office, registers: bool, part: u32) -> bool {
        let limits = &office.settings.inbox;
        let limit = |most: u32| (most / part).max(1);
        self.answers < limit(limits.answers_per_hour)
            && (!registers || self.registrations < limit(limits.registrations_per_hour))
    }
}

impl Office {
    /// The same reaction while the budget of the hour allows it; else the message waits for a person.
    pub(super) fn within_budget(
        &self,
        reaction: Reaction,
        phone: &PhoneNumber,
        now: DateTime<Utc>,
    ) -> Reaction {
        let Some(outcome) = &reaction.outcome else {
            return reaction;
        };
        let facts = &outcome.facts;
        // Only phones on a list can stop their notices, each once: a wish to be left alone is never one too many.
        if facts
            .iter()
            .any(|fact| matches!(fact, Fact::PhoneOptedOut { out: true, .. }))
        {
            return reaction;
        }
        let registers = facts
            .iter()
            .any(|fact| matches!(fact, Fact::LetterRegistered { .. }));
        let (mut all, mut strangers) = (Used::default(), Used::default());
        let known = {
            let index = self.store.index();
            for done in index.inbox().automatic(now) {
                all.add(done.registered);
                if !index.knows_phone(&done.phone) {
                    strangers.add(done.registered);
                }
            }
            index.knows_phone(phone)
        };
        if all.allows(self, registers, 1) && (known || strangers.allows(self, registers, STRANGERS))
        {
            return reaction;
        }
        Reaction {
            keyword: reaction.keyword,
            ..Reaction::for_a_person(NOTE)
        }
    }

    /// That messages above the budget wait for a person: how many, since when, and what answering them would have cost at least.
    pub(in crate::server) fn flood_warning(&self) -> Option<Refusal> {
        let (count, since) = {
            let index = self.store.index();
            let flooded = index.inbox().flooded();
            (flooded.len(), *flooded.values().next()?)
        };
        let price = i64::from(self.settings.sms.price);
        let cost = (price > 0).then(|| {
            Rupiah(price.saturating_mul(i64::try_from(count).unwrap_or(i64::MAX))).to_string()
        });
        let since = self.local(since).format("%d-%m-%Y %H.%M").to_string();
        Some(
            Refusal::new("flood")
                .with("n", count)
                .with("since", since)
                .with("cost", cost.unwrap_or_default()),
        )
    }
}
