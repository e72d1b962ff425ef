//! Whatever the calendar does: no panic, and no deadline is lost or doubled.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;

use crate::domain::calendar::{Holiday, HolidayKind};
use crate::domain::deadline::DeadlineState;
use crate::domain::fact::Fact;
use crate::domain::id::SmsId;
use crate::domain::sms::SmsKind;
use crate::server::rig::Rig;

#[derive(Debug, Clone)]
enum Turn {
    /// Days of the next three months are closed or opened.
    Decide(u64, u64, bool),
    /// Another list of holidays, or none at all.
    List(Vec<u64>),
    /// Time goes on, or back.
    Go(i64),
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        (0..90_u64, 1..12_u64, any::<bool>())
            .prop_map(|(at, days, open)| Turn::Decide(at, days, open)),
        proptest::collection::vec(0..400_u64, 0..40).prop_map(Turn::List),
        (-5..25_i64).prop_map(Turn::Go),
    ]
}

fn start() -> NaiveDate {
    "2026-11-02".parse().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn random_calendars_lose_no_deadline_and_double_no_reminder(turns in proptest::collection::vec(turn(), 1..10)) {
        let mut rig = Rig::new("");
        rig.now = rig.office.zone().instant(start().and_hms_opt(8, 0, 0).unwrap());
        rig.satker("411201", "PN Madiun", "Kota Madiun", Some("0812-0000-0101"));
        rig.runs();
        for turn in turns {
            let open = rig.office.store.index().deadlines().open().count();
            let today = rig.office.date(rig.now);
            match turn {
                Turn::Decide(at, days, open) => {
                    for day in at..at + days {
                        rig.recomputes(Fact::CalendarOverridden {
                            date: today + Days::new(day),
                            open,
                            reason: "uji".to_owned(),
                        });
                    }
                }
                Turn::List(days) => {
                    let holidays = days
                        .into_iter()
                        .map(|day| Holiday {
                            date: start() + Days::new(day),
                            kind: HolidayKind::Libur,
                            name: "Uji".to_owned(),
                        })
                        .collect();
                    rig.recomputes(Fact::HolidaysReplaced { holidays });
                }
                Turn::Go(days) => {
                    rig.later(chrono::TimeDelta::days(days));
                    rig.runs();
                }
            }
            let before = rig.facts();
            rig.runs();
            prop_assert_eq!(rig.facts(), before, "a run that has nothing to do");
            let index = rig.office.store.index();
            let deadlines = index.deadlines();
            prop_assert!(deadlines.open().count() >= open, "nothing ends by itself");
            let mut once = std::collections::BTreeSet::new();
            for entry in deadlines.all() {
                prop_assert_eq!(entry.state, DeadlineState::Open);
                prop_assert!(once.insert((entry.occasion, entry.owner)), "owed twice");
            }
        }
        // One message a phone, deadline and day.
        let count = rig.office.store.index().sms().len() as u64;
        let mut told = std::collections::BTreeSet::new();
        for id in 1..=count {
            let sms = rig.office.sms(SmsId(id)).unwrap();
            if sms.kind != SmsKind::Reminder || sms.state == crate::domain::sms::SmsState::Withdrawn {
                continue;
            }
            for it in &sms.reminds {
                prop_assert!(told.insert((sms.to.as_str().to_owned(), it.deadline, rig.office.date(sms.created))), "{}", sms.text);
            }
        }
    }
}
