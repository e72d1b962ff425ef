#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

use super::*;
use crate::domain::calendar::Calendar;
use crate::domain::module::Modules;
use crate::domain::period::Period;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn month(text: &str) -> Basis {
    Basis::period(Period::parse(text).unwrap())
}

fn event(text: &str) -> Basis {
    Basis::event(day(text))
}

fn due_of(id: &str, basis: &Basis) -> Result<Due, DueError> {
    Modules::builtin()
        .unwrap()
        .due(id, basis, &Calendar::builtin())
        .map(|(_, due)| due)
}

#[test]
fn due_dates_are_those_of_the_regulations_on_real_calendars() {
    let cases = [
        ("lpj", month("2026-04"), "2026-05-08"),
        ("lpj", month("2026-09"), "2026-10-09"),
        ("lpj", month("2026-11"), "2026-12-10"),
        ("lpj", month("2026-12"), "2027-01-08"),
        ("gaji", month("2026-03"), "2026-02-13"),
        ("gaji", month("2026-06"), "2026-05-13"),
        ("gaji", month("2026-12"), "2026-11-13"),
        ("gaji", month("2027-01"), "2026-12-15"),
        ("kontrak", event("2026-03-13"), "2026-03-27"),
        ("kontrak", event("2026-12-21"), "2026-12-30"),
        ("kontrak", event("2027-03-05"), "2027-03-22"),
        ("retur", event("2026-12-21"), "2027-01-04"),
        ("retur", event("2026-05-12"), "2026-05-25"),
        ("ptup", event("2026-11-24"), "2026-12-23"),
        ("setor-tup", event("2026-11-24"), "2026-12-29"),
        ("ptup", event("2027-02-10"), "2027-03-05"),
        ("setor-tup", event("2027-02-10"), "2027-03-17"),
        (
            "rpd",
            event("2026-03-26").with_value(6_000_000_000),
            "2026-03-16",
        ),
        ("caput", month("2026-03"), "2026-04-08"),
        ("dipa3", month("2026-Q4"), "2026-10-14"),
        // 31 January plus a month is 28 February 2027, a Sunday.
        ("gup", event("2027-01-31"), "2027-02-26"),
        ("up-pemberitahuan", event("2026-11-24"), "2027-01-22"),
        ("skpp", event("2027-01-01"), "2026-12-02"),
        ("caput", month("2021-03"), "2021-04-14"),
    ];
    for (id, basis, expected) in cases {
        assert_eq!(
            due_of(id, &basis).map(|due| due.date),
            Ok(day(expected)),
            "{id} {basis:?}"
        );
    }
}

#[test]
fn a_reminder_that_falls_on_a_holiday_goes_out_earlier_and_says_the_real_distance() {
    let modules = Modules::builtin().unwrap();
    let found = modules
        .compute("lpj", &month("2026-03"), &Calendar::builtin())
        .unwrap();
    assert_eq!(found.due.date, day("2026-04-10"));
    let before: Vec<(String, String)> = found
        .reminders
        .iter()
        .filter(|r| r.distance <= 0)
        .map(|r| (r.date.to_string(), r.label()))
        .collect();
    let expected = [
        ("2026-04-02", "H-8"),
        ("2026-04-07", "H-3"),
        ("2026-04-09", "H-1"),
        ("2026-04-10", "H"),
    ];
    assert_eq!(
        before,
        expected.map(|(date, label)| (date.to_owned(), label.to_owned()))
    );
    // The late one waits for Monday: on the due day nothing is late.
    let late = found.reminders.last().unwrap();
    assert_eq!(
        (late.offset, late.date, late.label()),
        (1, day("2026-04-13"), "H+3".to_owned())
    );
}

#[test]
fn reminders_of_short_obligations_count_working_days() {
    let modules = Modules::builtin().unwrap();
    let found = modules
        .compute("kontrak", &event("2026-12-21"), &Calendar::builtin())
        .unwrap();
    let dates: Vec<String> = found.reminders.iter().map(|r| r.date.to_string()).collect();
    assert_eq!(dates, ["2026-12-29", "2026-12-30", "2026-12-31"]);
    assert!(found.rule.remind.on_record);
}

#[test]
fn two_reminders_on_one_morning_become_one() {
    let modules = Modules::builtin().unwrap();
    // Due on a Monday: H-1 is a Sunday and meets H-3 on the Friday.
    let (rule, due) = modules
        .due("gup", &event("2026-10-30"), &Calendar::builtin())
        .unwrap();
    assert_eq!(due.date, day("2026-11-30"));
    let found = reminders(rule, due.date, &Calendar::builtin());
    let dates: Vec<(i32, String)> = found
        .iter()
        .map(|r| (r.offset, r.date.to_string()))
        .collect();
    let expected = [
        (-7, "2026-11-23"),
        (-3, "2026-11-27"),
        (0, "2026-11-30"),
        (1, "2026-12-01"),
    ];
    assert_eq!(
        dates,
        expected.map(|(offset, date)| (offset, date.to_owned()))
    );
}

#[test]
fn late_reminders_repeat_until_the_day_asked_about() {
    let modules = Modules::builtin().unwrap();
    let calendar = Calendar::builtin();
    let (rule, due) = modules.due("lpj", &month("2026-10"), &calendar).unwrap();
    let repeats = late_repeats(rule, due.date, &calendar, day("2026-11-24"));
    // Due Tuesday 10 November, H+1 on Wednesday, then every third working day.
    let dates: Vec<String> = repeats.iter().map(|r| r.date.to_string()).collect();
    assert_eq!(dates, ["2026-11-16", "2026-11-19", "2026-11-24"]);
    let (rule, due) = modules
        .due("kontrak", &event("2026-12-21"), &calendar)
        .unwrap();
    assert!(late_repeats(rule, due.date, &calendar, day("2027-12-31")).is_empty());
    assert_eq!(days_late(rule, due.date, day("2027-01-04"), &calendar), 2);
    assert_eq!(days_late(rule, due.date, day("2026-12-30"), &calendar), 0);
}

#[test]
fn a_date_given_by_letter_replaces_the_estimate() {
    let estimate = due_of("rekon", &month("2026-10")).unwrap();
    assert_eq!(
        (estimate.date, estimate.nominal, estimate.estimate),
        (day("2026-11-13"), day("2026-11-15"), true)
    );
    let given = due_of("rekon", &month("2026-10").with_letter(day("2026-11-17"))).unwrap();
    assert_eq!((given.date, given.estimate), (day("2026-11-17"), false));
    assert_eq!(
        due_of("akhir-tahun", &month("2026")),
        Err(DueError::LetterNeeded)
    );
    let cut_off = Basis::default().with_letter(day("2026-12-20"));
    assert_eq!(
        due_of("akhir-tahun", &cut_off).unwrap().date,
        day("2026-12-20")
    );
}

#[test]
fn a_planned_payment_owes_by_its_value() {
    let cases: [(i64, Result<&str, DueError>); 7] = [
        (
            4_999_999_999,
            Err(DueError::NothingOwed {
                from: 5_000_000_000,
            }),
        ),
        (5_000_000_000, Ok("2026-03-16")),
        (500_000_000_000, Ok("2026-03-16")),
        (500_000_000_001, Ok("2026-03-12")),
        (1_000_000_000_000, Ok("2026-03-12")),
        (1_000_000_000_001, Ok("2026-03-10")),
        (i64::MAX, Ok("2026-03-10")),
    ];
    for (value, expected) in cases {
        let due = due_of("rpd", &event("2026-03-26").with_value(value));
        assert_eq!(due.map(|due| due.date), expected.map(day), "{value}");
    }
    assert_eq!(
        due_of("rpd", &event("2026-03-26")),
        Err(DueError::ValueNeeded)
    );
}

#[test]
fn what_the_basis_lacks_is_said() {
    assert_eq!(
        due_of("lpj", &Basis::default()),
        Err(DueError::PeriodNeeded(PeriodKind::Month))
    );
    assert_eq!(
        due_of("lpj", &month("2026-Q4")),
        Err(DueError::PeriodNeeded(PeriodKind::Month))
    );
    assert_eq!(
        due_of("lpj", &event("2026-11-24")),
        Err(DueError::PeriodNeeded(PeriodKind::Month))
    );
    assert_eq!(
        due_of("gup", &month("2026-11")),
        Err(DueError::EventNeeded(vec![
            "sp2d-up".into(),
            "sp2d-gup".into()
        ]))
    );
    assert_eq!(
        due_of("setor-tup", &month("2026-11")),
        Err(DueError::EventNeeded(vec!["sp2d-tup".into()]))
    );
    assert_eq!(
        due_of("lpj", &month("2013-12")),
        Err(DueError::NotInForce {
            id: "lpj".into(),
            day: day("2013-12-01")
        })
    );
    assert_eq!(
        due_of("lpjj", &month("2026-11")),
        Err(DueError::Unknown {
            id: "lpjj".into(),
            nearest: Some("lpj".into())
        })
    );
    assert!(due_of("gup", &Basis::event(NaiveDate::MAX)).is_err());
    for problem in [
        due_of("lpj", &Basis::default()),
        due_of("rpd", &event("2026-03-26").with_value(1)),
    ] {
        assert!(!problem.unwrap_err().to_string().is_empty());
    }
}

#[test]
fn validities_meet_at_their_ends() {
    let span = |from: &str, until: Option<&str>| Validity {
        from: day(from),
        until: until.map(day),
    };
    let old = span("2021-01-01", Some("2021-12-31"));
    assert!(!old.overlaps(&span("2022-01-01", None)) && !span("2022-01-01", None).overlaps(&old));
    assert!(
        old.overlaps(&span("2021-12-31", None))
            && old.contains(day("2021-12-31"))
            && !old.contains(day("2022-01-01"))
    );
}

proptest! {
    #[test]
    fn every_periodic_due_date_is_a_working_day_and_reminders_never_share_a_morning(index in 0u32..30) {
        let modules = Modules::builtin().unwrap();
        let calendar = Calendar::builtin();
        let period = Period::month(2025 + i32::try_from(index / 12).unwrap(), index % 12 + 1).unwrap();
        for id in ["lpj", "gaji", "ppnpn", "rekon", "caput", "saldo"] {
            let found = modules.compute(id, &Basis::period(period), &calendar).unwrap();
            prop_assert!(calendar.is_working_day(found.due.date));
            prop_assert!(found.reminders.windows(2).all(|pair| pair[0].date < pair[1].date));
            for reminder in &found.reminders {
                prop_assert!(calendar.is_working_day(reminder.date));
                prop_assert_eq!(reminder.distance.signum(), i64::from(reminder.offset.signum()));
            }
        }
    }
}
