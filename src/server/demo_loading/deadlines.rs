//! What the satker of the demonstration office owe, owed and were reminded of.

use chrono::{DateTime, Days, NaiveDate, Utc};
use fastrand::Rng;

use super::super::connection::Shared;
use super::super::demo;
use crate::domain::deadline::Happening;
use crate::domain::id::{ObligationId, SatkerCode};
use crate::domain::refusal::Refusal;
use crate::server::deadlines::Fate;

/// Days back that deadlines reach; large offices have a shorter memory, so that loading them stays quick.
const DAYS_BACK: u64 = 75;
const DAYS_BACK_LARGE: u64 = 35;
const LARGE: usize = 2_000;

/// Deadlines or letters in one step.
const STEP: usize = 256;

/// Reminders of one morning that are told of.
const REMINDERS: usize = 60;

/// Events that people recorded by hand: which, how many working weeks they reach back in days, and how many satker in a hundred.
const EVENTS: [(&str, u64, usize); 5] = [
    ("contract-signed", 6, 4),
    ("bast", 14, 3),
    ("retur-notified", 9, 3),
    ("sp2d-gup", 27, 8),
    ("sp2d-tup", 27, 2),
];

/// Deadlines with their history, events, and reminders of the last mornings. The daily run of today is not part of it.
pub(super) fn load(shared: &Shared, seed: u64, user: &str) -> Result<(), Refusal> {
    let office = &shared.office;
    let now = office.clock.now();
    let today = office.date(now);
    let satker: Vec<SatkerCode> = {
        let index = office.store.index();
        let active = index.satker().iter().filter(|(_, one)| one.active);
        active.map(|(code, _)| *code).collect()
    };
    let back = if satker.len() > LARGE {
        DAYS_BACK_LARGE
    } else {
        DAYS_BACK
    };
    let from = today.checked_sub_days(Days::new(back)).unwrap_or(today);
    let until = today.pred_opt().unwrap_or(today);
    opened(shared, from, until, now, user)?;
    for round in
        office.replay_rounds(now - chrono::TimeDelta::days(i64::try_from(back).unwrap_or(0)))
    {
        for part in round.chunks(STEP) {
            let part = part.to_vec();
            shared.writer.commit(user, None, move |office, _| {
                Ok((office.replay_letters(&part)?, ()))
            })?;
        }
    }
    let mut rng = Rng::with_seed(seed ^ 0x6b65_7761_6a69_6261);
    happened(shared, &mut rng, &satker, now, user)?;
    decided(shared, &mut rng, today, now, user)?;
    reminded(shared, today, user)?;
    shared.writer.commit(user, None, |office, now| {
        Ok((office.replay_half_confirmed(now)?, ()))
    })
}

/// What fell due before today, and what comes.
fn opened(
    shared: &Shared,
    from: NaiveDate,
    until: NaiveDate,
    now: DateTime<Utc>,
    user: &str,
) -> Result<(), Refusal> {
    for (owners, terms) in shared.office.replay_terms(from, until) {
        shared.writer.commit(user, None, move |office, _| {
            Ok((office.replay_opened(owners, terms, now), ()))
        })?;
    }
    let finished = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    loop {
        let finished = std::sync::Arc::clone(&finished);
        let open = shared.writer.commit(user, None, move |office, now| {
            office.open_deadlines(&finished, now)
        });
        if !open? {
            return Ok(());
        }
    }
}

/// Events of the last weeks, most of them still open.
fn happened(
    shared: &Shared,
    rng: &mut Rng,
    satker: &[SatkerCode],
    now: DateTime<Utc>,
    user: &str,
) -> Result<(), Refusal> {
    let office = &shared.office;
    let today = office.date(now);
    let calendar = office.calendar();
    for (event, back, share) in EVENTS {
        let Ok(event) = office.modules.event(event) else {
            continue;
        };
        let mut chosen = satker.to_vec();
        rng.shuffle(&mut chosen);
        chosen.truncate((satker.len() * share).div_ceil(100));
        let events: Vec<_> = chosen
            .into_iter()
            .map(|code| {
                let day = today - Days::new(rng.u64(..=back));
                let date = calendar.at_or_before(day);
                let happening = Happening {
                    event: event.id.clone(),
                    date,
                };
                (code, happening, demo::event_values(rng, event, date))
            })
            .collect();
        for part in events.chunks(STEP) {
            let part = part.to_vec();
            shared.writer.commit(user, None, move |office, now| {
                Ok((office.replay_events(&part, now)?, ()))
            })?;
        }
    }
    Ok(())
}

/// Most of what no letter met was met all the same; some late, some not at all.
fn decided(
    shared: &Shared,
    rng: &mut Rng,
    today: NaiveDate,
    now: DateTime<Utc>,
    user: &str,
) -> Result<(), Refusal> {
    let soon = today + Days::new(6);
    let calendar = shared.office.calendar();
    let mut fates: Vec<(ObligationId, Fate)> = Vec::new();
    for (id, due) in shared.office.replay_open(soon) {
        let roll = rng.u8(..100);
        let past = due < today;
        let fate = match roll {
            // The further ahead, the fewer have done it.
            30.. if !past => None,
            0..4 if past => Some(Fate::Exempt),
            0..84 => Some(Fate::Met(due - Days::new(rng.u64(..7)))),
            84..93 => Some(Fate::Met(due + Days::new(rng.u64(1..9)))),
            _ => None,
        };
        let fate = match fate {
            Some(Fate::Met(on)) if on > today => None,
            Some(Fate::Met(on)) => Some(Fate::Met(calendar.at_or_before(on))),
            other => other,
        };
        fates.extend(fate.map(|fate| (id, fate)));
    }
    for part in fates.chunks(STEP) {
        let part = part.to_vec();
        shared.writer.commit(user, None, move |office, _| {
            Ok((office.replay_fates(&part, now), ()))
        })?;
    }
    Ok(())
}

/// Reminders of the last two working days.
fn reminded(shared: &Shared, today: NaiveDate, user: &str) -> Result<(), Refusal> {
    let calendar = shared.office.calendar();
    let before = calendar.add_working_days(today, -2);
    let yesterday = calendar.add_working_days(today, -1);
    for day in [before, yesterday] {
        shared.writer.commit(user, None, move |office, _| {
            Ok((office.replay_reminders(day, REMINDERS)?, ()))
        })?;
    }
    Ok(())
}
