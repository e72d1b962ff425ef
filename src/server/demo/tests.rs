#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Datelike, TimeZone};

use super::*;
use crate::domain::letter::{Letter, LetterState};
use crate::domain::module::{FieldType, When};
use crate::domain::satker::{BudgetRow, ContactRole, Satker};
use crate::domain::sms::{Sms, SmsState};
use crate::gsm::segment;

/// An office taken apart.
#[derive(Default)]
struct Office {
    satker: Vec<Satker>,
    rows: Vec<BudgetRow>,
    letters: Vec<Letter>,
    sms: Vec<Sms>,
}

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 24, 5, 0, 0).unwrap()
}

fn all(plan: Plan, now: DateTime<Utc>) -> Vec<Fact> {
    let (modules, calendar) = (Modules::builtin().unwrap(), Calendar::builtin());
    facts(
        &plan,
        &modules,
        &calendar,
        &ServiceHours::default(),
        Zone::Wib,
        now,
    )
    .collect()
}

fn office(plan: Plan, now: DateTime<Utc>) -> Office {
    let mut office = Office::default();
    for (nth, fact) in all(plan, now).into_iter().enumerate() {
        match fact {
            Fact::DemoLoaded { seed } => assert_eq!((nth, seed), (0, plan.seed)),
            Fact::SatkerSaved { satker } => office.satker.push(satker),
            Fact::BudgetSaved { row } => office.rows.push(row),
            Fact::LetterRegistered { letter } => office.letters.push(*letter),
            Fact::SmsDrafted { sms } => office.sms.push(*sms),
            other => panic!("unexpected {}", other.name()),
        }
    }
    office
}

const USUAL: Plan = Plan {
    seed: 1,
    satker: 500,
    letters: 8000,
};

fn usual() -> Office {
    office(USUAL, noon())
}

#[test]
fn the_same_seed_gives_the_same_office_and_another_seed_another() {
    let small = Plan {
        seed: 7,
        satker: 30,
        letters: 400,
    };
    let first = all(small, noon());
    assert!(first == all(small, noon()));
    assert!(first != all(Plan { seed: 8, ..small }, noon()));
    assert!(first != all(small, noon() + TimeDelta::days(1)));
}

#[test]
fn there_are_as_many_satker_and_letters_as_planned() {
    let office = usual();
    assert_eq!(office.satker.len(), 500);
    assert_eq!(office.letters.len(), 8000);
    assert!(
        (5000..8000).contains(&office.sms.len()),
        "{}",
        office.sms.len()
    );
    for (satker, letters, expected) in [(0, 0, 0), (0, 10, 0), (1, 0, 0), (1, 1, 1), (3, 50, 50)] {
        let seed = 1;
        let made = self::office(
            Plan {
                seed,
                satker,
                letters,
            },
            noon(),
        );
        assert_eq!(u32::try_from(made.satker.len()), Ok(satker));
        assert_eq!(made.letters.len(), expected);
    }
}

#[test]
fn twenty_thousand_satker_have_codes_and_short_names_of_their_own() {
    let many = office(
        Plan {
            seed: 3,
            satker: 30_000,
            letters: 0,
        },
        noon(),
    );
    assert_eq!(many.satker.len(), 20_000);
    let codes: BTreeSet<_> = many.satker.iter().map(|satker| satker.code).collect();
    let names: BTreeSet<_> = many
        .satker
        .iter()
        .map(|satker| &satker.short_name)
        .collect();
    let full: BTreeSet<_> = many.satker.iter().map(|satker| &satker.name).collect();
    assert_eq!(
        (codes.len(), names.len(), full.len()),
        (20_000, 20_000, 20_000)
    );
    for satker in &many.satker {
        assert!(
            satker.short_name.chars().count() <= 20,
            "{}",
            satker.short_name
        );
        assert!(satker.ministry_code.len() == 3 && satker.echelon.len() == 2);
        assert!(satker.official(ContactRole::Kpa).is_some());
    }
}

#[test]
fn every_phone_is_fictitious() {
    let office = usual();
    let officials = office.satker.iter().flat_map(|satker| &satker.officials);
    let phones: Vec<_> = officials
        .filter_map(|official| official.phone.as_ref())
        .chain(
            office
                .letters
                .iter()
                .filter_map(|letter| letter.bringer_phone.as_ref()),
        )
        .chain(office.sms.iter().map(|sms| &sms.to))
        .collect();
    assert!(phones.len() > 10_000);
    assert!(phones.iter().all(|phone| phone.is_fictitious()));
    for letter in &office.letters {
        for value in letter.fields.values() {
            assert!(
                !value.starts_with("+62") || value.starts_with("+628120000"),
                "{value}"
            );
        }
    }
}

#[test]
fn a_few_satker_are_odd() {
    let office = usual();
    let no_phone = |satker: &&Satker| {
        let treasurer = satker.official(ContactRole::Bendahara);
        treasurer.is_some_and(|official| official.phone.is_none())
    };
    assert!(office.satker.iter().any(|satker| no_phone(&satker)));
    assert!(office.satker.iter().any(|satker| !satker.active));
    let heads: Vec<_> = office
        .satker
        .iter()
        .map(|satker| satker.official(ContactRole::Kpa).unwrap())
        .collect();
    assert!(
        heads
            .windows(2)
            .any(|pair| pair[0].name == pair[1].name && pair[0].phone == pair[1].phone)
    );
}

#[test]
fn budgets_end_with_the_last_month_and_some_need_attention() {
    let office = usual();
    assert!(
        office
            .rows
            .iter()
            .all(|row| row.as_of.to_string() == "2026-10-31" && row.year == 2026)
    );
    let expenses: BTreeSet<_> = office.rows.iter().map(|row| row.expense.as_str()).collect();
    assert_eq!(expenses, BTreeSet::from(["51", "52", "53", "57"]));
    assert!(
        office
            .rows
            .iter()
            .any(|row| row.left < 0 && row.percent > 10_000)
    );
    assert!(office.rows.iter().any(|row| row.percent < 5000));
    for row in &office.rows {
        assert_eq!(row.left, row.pagu - row.spent);
        assert!(row.spent >= 0 && row.committed >= 0 && row.planned <= row.pagu);
    }
}

#[test]
fn fields_are_what_their_service_asks_for() {
    let modules = Modules::builtin().unwrap();
    for letter in &usual().letters {
        let service = modules.service(&letter.module, &letter.service).unwrap();
        let today = letter.received.date_naive();
        for (id, value) in &letter.fields {
            let field = service.field(id).unwrap();
            assert_eq!(
                field.parse(value, today).as_ref(),
                Ok(value),
                "{id} of {}",
                letter.service
            );
            assert!(field.kind != FieldType::Text || !value.is_empty());
        }
        let done = matches!(letter.state, LetterState::Completed)
            || letter
                .history
                .iter()
                .any(|step| step.state == LetterState::Completed);
        for field in service.fields.iter().filter(|field| field.required) {
            let asked = field.when == When::Register || done;
            assert!(
                !asked || letter.fields.contains_key(&field.id),
                "{} of {}",
                field.id,
                letter.service
            );
        }
    }
}

#[test]
fn the_generator_knows_every_text_field_of_the_built_in_modules() {
    let modules = Modules::builtin().unwrap();
    let mut rng = Rng::with_seed(1);
    for service in modules.iter().flat_map(|module| &module.services) {
        for field in service
            .fields
            .iter()
            .filter(|field| field.kind == FieldType::Text)
        {
            let story = fields::Story::new(&mut rng, service, noon().date_naive(), false);
            let values: Vec<_> = (0..20)
                .filter_map(|_| story.value(&mut rng, field))
                .collect();
            assert!(!values.is_empty());
            assert!(
                !values.contains(&"Contoh".to_owned()),
                "{} of {}",
                field.id,
                service.id
            );
        }
    }
}

#[test]
fn texts_of_letters_fit_their_limits() {
    for letter in &usual().letters {
        assert!(!letter.subject.is_empty() && letter.subject.chars().count() <= 200);
        assert!(
            letter
                .number
                .as_ref()
                .is_none_or(|number| number.chars().count() <= 50)
        );
        assert!(
            letter
                .attachments
                .as_ref()
                .is_none_or(|text| text.chars().count() <= 40)
        );
    }
}

#[test]
fn all_modules_and_all_states_occur() {
    let office = usual();
    let modules: BTreeSet<_> = office
        .letters
        .iter()
        .map(|letter| letter.module.clone())
        .collect();
    let expected: BTreeSet<_> = Modules::builtin()
        .unwrap()
        .iter()
        .map(|module| module.id.clone())
        .collect();
    assert_eq!((modules.len(), &modules), (9, &expected));
    for state in LetterState::ALL {
        assert!(
            office.letters.iter().any(|letter| letter.state == state),
            "{state:?}"
        );
    }
    for state in [
        SmsState::Waiting,
        SmsState::Sent,
        SmsState::Delivered,
        SmsState::Undelivered,
        SmsState::Failed,
        SmsState::Uncertain,
        SmsState::Rejected,
        SmsState::Expired,
    ] {
        assert!(office.sms.iter().any(|sms| sms.state == state), "{state:?}");
    }
    let count = |state| office.sms.iter().filter(|sms| sms.state == state).count();
    assert_eq!(
        (count(SmsState::Waiting), count(SmsState::Uncertain)),
        (40, 3)
    );
    assert!(count(SmsState::Delivered) * 10 > office.sms.len() * 9);
}

#[test]
fn serials_start_at_one_in_each_book_and_year_and_have_no_gaps() {
    let office = usual();
    let mut last: HashMap<(u16, Series), u32> = HashMap::new();
    let mut received = DateTime::<Utc>::MIN_UTC;
    for letter in &office.letters {
        let serial = last
            .entry((letter.agenda.year, letter.agenda.series))
            .or_default();
        assert_eq!(letter.agenda.serial, *serial + 1);
        *serial += 1;
        assert!(letter.received >= received);
        received = letter.received;
        let year = Zone::Wib.local(letter.received).year();
        assert_eq!(i32::from(letter.agenda.year), year);
    }
    assert_eq!(
        last.keys().map(|(year, _)| *year).collect::<BTreeSet<_>>(),
        BTreeSet::from([2025, 2026])
    );
    for (nth, sms) in (1u64..).zip(&office.sms) {
        assert_eq!(sms.id.0, nth);
    }
}

#[test]
fn letters_come_in_when_the_counter_is_open_and_nothing_happens_in_the_future() {
    let calendar = Calendar::builtin();
    let hours = ServiceHours::default();
    for now in [
        noon(),
        noon() + TimeDelta::hours(14),
        noon() + TimeDelta::days(4),
        noon() + TimeDelta::days(40),
    ] {
        let office = office(
            Plan {
                letters: 2000,
                ..USUAL
            },
            now,
        );
        assert_eq!(office.letters.len(), 2000);
        for letter in &office.letters {
            let local = Zone::Wib.local(letter.received);
            assert!(calendar.is_working_day(local.date()));
            assert!(local.time() >= hours.open && local.time() < hours.close);
            assert!(letter.history.iter().all(|step| step.at <= now));
            assert!(
                letter.history.is_sorted_by_key(|step| step.at),
                "{letter:?}"
            );
            assert_eq!(letter.history[0].at, letter.received);
            assert!(
                letter
                    .stops
                    .iter()
                    .all(|stop| stop.from <= now && stop.to.is_none_or(|to| to <= now))
            );
        }
        for sms in &office.sms {
            assert!(sms.created <= now && sms.history.iter().all(|step| step.at <= now));
            assert!(sms.history.is_sorted_by_key(|step| step.at));
        }
    }
}

#[test]
fn histories_follow_the_rules_of_the_office_and_end_in_the_state() {
    for letter in &usual().letters {
        assert_eq!(letter.history[0].state, LetterState::Received);
        for pair in letter.history.windows(2) {
            assert!(
                pair[0].state.may_become(pair[1].state),
                "{:?}",
                letter.history
            );
        }
        assert_eq!(letter.history.last().unwrap().state, letter.state);
        assert_eq!(letter.completed.is_none(), letter.state.is_open());
        let waiting = letter.stops.last().is_some_and(|stop| stop.to.is_none());
        assert_eq!(waiting, letter.state == LetterState::Waiting);
    }
}

#[test]
fn most_is_done_in_time_and_little_is_open_on_any_day() {
    for days in [0, 6, 13, 20, 60, 150] {
        let now = noon() - TimeDelta::days(days);
        let office = office(USUAL, now);
        let open = office
            .letters
            .iter()
            .filter(|letter| letter.state.is_open())
            .count();
        let late = |open| {
            let overdue = office.letters.iter().filter(|letter| letter.overdue(now));
            overdue
                .filter(|letter| letter.state.is_open() == open)
                .count()
        };
        assert!((120..360).contains(&open), "{open} open at {now}");
        assert!(
            (4..40).contains(&late(true)),
            "{} overdue at {now}",
            late(true)
        );
        assert!(
            (50..500).contains(&late(false)),
            "{} late at {now}",
            late(false)
        );
    }
}

#[test]
fn returned_papers_come_again() {
    let office = usual();
    let by_number: HashMap<_, _> = office
        .letters
        .iter()
        .map(|letter| (letter.agenda, letter))
        .collect();
    let again: Vec<_> = office
        .letters
        .iter()
        .filter(|letter| letter.previous.is_some())
        .collect();
    assert!(again.len() > 50, "{}", again.len());
    for letter in again {
        let first = by_number[&letter.previous.unwrap()];
        assert!(
            first
                .history
                .iter()
                .any(|step| step.state == LetterState::Returned)
        );
        assert!(letter.received > first.completed.unwrap());
        assert_eq!(
            (&letter.sender, &letter.service),
            (&first.sender, &first.service)
        );
    }
}

#[test]
fn messages_fit_and_reach_only_the_heads_of_active_satker() {
    let office = usual();
    let satker: BTreeMap<_, _> = office
        .satker
        .iter()
        .map(|satker| (satker.code, satker))
        .collect();
    let letters: HashMap<_, _> = office
        .letters
        .iter()
        .map(|letter| (letter.agenda, letter))
        .collect();
    for sms in &office.sms {
        let satker = satker[&sms.satker.unwrap()];
        assert!(satker.active);
        assert_eq!(satker.phone(ContactRole::Kpa), Some(&sms.to));
        let measure = segment::measure(&sms.text);
        assert_eq!((measure.parts, sms.parts), (1, 1), "{}", sms.text);
        assert!(
            !sms.text.contains('{') && sms.text.starts_with("KPPN Madiun: "),
            "{}",
            sms.text
        );
        let letter = letters[&sms.letter.unwrap()];
        assert_eq!(letter.sender.satker(), sms.satker);
        assert_eq!(letter.completed, Some(sms.created));
        assert_eq!(sms.history.last().unwrap().state, sms.state);
        assert!(sms.part_states.is_empty() || sms.part_states.len() == usize::from(sms.parts));
    }
}

#[test]
fn treasurers_report_by_the_tenth() {
    let office = usual();
    let lpj: Vec<_> = office
        .letters
        .iter()
        .filter(|letter| letter.service == "lpj")
        .collect();
    let in_time = lpj
        .iter()
        .filter(|letter| Zone::Wib.local(letter.received).day() <= 10)
        .count();
    assert!(
        lpj.len() > 500 && in_time * 10 > lpj.len() * 8,
        "{in_time} of {}",
        lpj.len()
    );
}

#[test]
fn hours_without_service_bring_no_letters_and_no_panic() {
    let (modules, calendar) = (Modules::builtin().unwrap(), Calendar::builtin());
    let hours = ServiceHours {
        open: NaiveTime::MIN,
        close: NaiveTime::MIN,
    };
    let facts = facts(&USUAL, &modules, &calendar, &hours, Zone::Wib, noon());
    assert!(
        facts
            .filter(|fact| fact.name() == "letter-registered")
            .count()
            == 0
    );
}
