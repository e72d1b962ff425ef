//! Loading the demonstration office into an empty home, in commands of moderate size.

use super::connection::Shared;
use super::demo::{self, Plan};
use crate::ask::{DemoReport, LoadDemo};
use crate::domain::access::Actor;
use crate::domain::fact::Fact;
use crate::domain::id::AgendaNo;
use crate::domain::refusal::Refusal;

mod deadlines;
mod inbox;

/// Facts of one command.
const CHUNK: usize = 256;

/// Makes the office and writes it down.
///
/// # Errors
/// `not-empty`, `range`; `demo-interrupted` when somebody registers or drafts meanwhile.
pub fn load(shared: &Shared, ask: &LoadDemo, actor: &Actor) -> Result<DemoReport, Refusal> {
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
            let taken = |agenda| index.letter(agenda).is_some();
            if overwrites(&chunk, taken, index.sms().len() as u64) {
                return Err(Refusal::new("demo-interrupted"));
            }
            drop(index);
            Ok((chunk, ()))
        })?;
    }
    deadlines::load(shared, ask.seed, &actor.user)?;
    inbox::load(shared, ask.seed)?;
    shared.daily.run()?;
    let index = office.store.index();
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    Ok(DemoReport {
        satker: count(index.satker().len()),
        letters: count(index.letters().len()),
        sms: count(index.sms().len()),
        deadlines: count(index.deadlines().all().len()),
        seed: ask.seed,
    })
}

/// The numbers of the demonstration office are made beforehand: what people enter while it loads must not be written over.
fn overwrites(chunk: &[Fact], taken: impl Fn(AgendaNo) -> bool, messages: u64) -> bool {
    chunk.iter().any(|fact| match fact {
        Fact::LetterRegistered { letter } => taken(letter.agenda),
        Fact::SmsDrafted { sms } => sms.id.0 <= messages,
        _ => false,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;
    use crate::domain::calendar::Calendar;
    use crate::domain::module::Modules;
    use crate::domain::service_clock::ServiceHours;
    use crate::domain::when::Zone;

    #[test]
    fn what_people_entered_meanwhile_is_not_written_over() {
        let (modules, calendar) = (Modules::builtin().unwrap(), Calendar::builtin());
        let plan = Plan {
            seed: 1,
            satker: 5,
            letters: 30,
        };
        let now = Utc.with_ymd_and_hms(2026, 11, 24, 5, 0, 0).unwrap();
        let hours = ServiceHours::default();
        let facts: Vec<Fact> =
            demo::facts(&plan, &modules, &calendar, &hours, Zone::Wib, now).collect();
        let letter = facts.iter().find_map(|fact| match fact {
            Fact::LetterRegistered { letter } => Some(letter.agenda),
            _ => None,
        });
        assert!(!overwrites(&facts, |_| false, 0));
        assert!(overwrites(&facts, |_| false, 1));
        assert!(overwrites(&facts, |agenda| Some(agenda) == letter, 0));
    }
}
