//! Loading the demonstration office into an empty home, in commands of moderate size.

use super::connection::Shared;
use super::demo::{self, Plan};
use super::office::Office;
use crate::domain::access::{Actor, Role};
use crate::domain::fact::Fact;
use crate::service::{DemoReport, LoadDemo, Refusal};

/// Facts of one command.
const CHUNK: usize = 256;

/// Makes the office and writes it down.
///
/// # Errors
/// `not-empty`, `range`, `forbidden`.
pub fn load(shared: &Shared, ask: &LoadDemo, actor: &Actor) -> Result<DemoReport, Refusal> {
    Office::require(actor, Role::Admin)?;
    for (name, value, min, max) in [
        ("satker", ask.satker, 1, 20_000),
        ("letters", ask.letters, 0, 1_000_000),
    ] {
        if !(min..=max).contains(&value) {
            return Err(Refusal::new("range")
                .with("name", name)
                .with("min", min)
                .with("max", max));
        }
    }
    let office = &shared.office;
    let plan = Plan {
        seed: ask.seed,
        satker: ask.satker,
        letters: ask.letters,
    };
    let hours = office.settings.office.service_hours.service();
    let calendar = office.calendar();
    let mut facts = demo::facts(
        &plan,
        &office.modules,
        &calendar,
        &hours,
        office.zone(),
        office.clock.now(),
    )
    .peekable();
    let mut first = true;
    while facts.peek().is_some() {
        let chunk: Vec<Fact> = facts.by_ref().take(CHUNK).collect();
        let check = std::mem::take(&mut first);
        shared.writer.commit(&actor.user, None, move |office, _| {
            let index = office.store.index();
            if check
                && !(index.satker().is_empty()
                    && index.letters().is_empty()
                    && index.sms().is_empty())
            {
                return Err(Refusal::new("not-empty"));
            }
            drop(index);
            Ok((chunk, ()))
        })?;
    }
    let index = office.store.index();
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    Ok(DemoReport {
        satker: count(index.satker().len()),
        letters: count(index.letters().len()),
        sms: count(index.sms().len()),
        seed: ask.seed,
    })
}
