//! Single cases: who may decide what, and what happens to reminders in between.

use chrono::TimeDelta;

use crate::ask::{
    AddDeadline, EndLetter, ExemptDeadline, GiveDate, MeetDeadline, MoveDeadline, NewLetter,
    RecordEvent, RegisterLetter, ReopenDeadline,
};
use crate::domain::access::{Actor, Role};
use crate::domain::deadline::{DeadlineState, Treasurer};
use crate::domain::fact::Fact;
use crate::domain::id::{AgendaNo, ObligationId, SatkerCode, SmsId};
use crate::domain::letter::LetterState;
use crate::domain::period::Period;
use crate::domain::sms::{Sms, SmsKind, SmsState};
use crate::server::rig::{Rig, sari, wati};

const CODE: &str = "411201";
const KPA: &str = "0812-0000-0101";

/// An office with one satker, on a day at this hour, before the first run.
fn office(settings: &str, now: &str) -> Rig {
    let mut rig = Rig::new(settings);
    rig.now = now.parse().unwrap();
    rig.satker(CODE, "PN Madiun", "Kota Madiun", Some(KPA));
    rig
}

fn at(rig: &mut Rig, now: &str) {
    rig.now = now.parse().unwrap();
    rig.runs();
}

fn reminders(rig: &Rig) -> Vec<Sms> {
    let count = rig.office.store.index().sms().len() as u64;
    (1..=count)
        .map(|id| rig.office.sms(SmsId(id)).unwrap())
        .filter(|sms| sms.kind == SmsKind::Reminder)
        .collect()
}

fn living(rig: &Rig) -> Vec<Sms> {
    let mut all = reminders(rig);
    all.retain(|sms| matches!(sms.state, SmsState::Waiting | SmsState::Queued));
    all
}

fn find(rig: &Rig, obligation: &str, period: &str) -> ObligationId {
    let index = rig.office.store.index();
    let deadlines = index.deadlines();
    let wanted = Period::parse(period).unwrap();
    deadlines
        .all()
        .iter()
        .find(|entry| {
            let occasion = deadlines.occasion(entry.occasion).unwrap();
            occasion.obligation == obligation && occasion.period == Some(wanted)
        })
        .unwrap()
        .id
}

fn meet(id: ObligationId) -> MeetDeadline {
    MeetDeadline {
        ids: vec![id],
        date: None,
    }
}

fn event(name: &str, date: &str) -> RecordEvent {
    RecordEvent {
        satker: SatkerCode::parse(CODE).unwrap(),
        event: name.to_owned(),
        date: date.parse().unwrap(),
        fields: [("nilai".to_owned(), "6000000000".to_owned())].into(),
        far_seen: false,
    }
}

fn member(section: &str) -> Actor {
    Actor {
        user: "budi".to_owned(),
        role: Role::Section,
        section: Some(section.to_owned()),
    }
}

#[test]
fn a_section_decides_about_its_own_obligations_only() {
    let mut rig = office("", "2026-11-24T09:00:00+07:00");
    rig.runs();
    let (lpj, gaji) = (find(&rig, "lpj", "2026-11"), find(&rig, "gaji", "2027-01"));
    let (vera, pd) = (member("VERA"), member("PD"));
    let viewer = Actor {
        user: "tamu".to_owned(),
        role: Role::Viewer,
        section: None,
    };
    let reason = || "alasan".to_owned();
    let mut tries = |who: &Actor, id: ObligationId| {
        let ids = vec![id];
        let exempt = ExemptDeadline {
            ids: ids.clone(),
            reason: reason(),
        };
        let reopen = ReopenDeadline {
            ids,
            reason: reason(),
        };
        let moved = MoveDeadline {
            id,
            date: "2026-12-11".parse().unwrap(),
            reason: reason(),
        };
        let results = [
            rig.does(who, |office, who, now| {
                office.meet_deadlines(&meet(id), who, now)
            })
            .err(),
            rig.does(who, |office, who, now| {
                office.reopen_deadlines(&reopen, who, now)
            })
            .err(),
            rig.does(who, |office, who, now| {
                office.exempt_deadlines(&exempt, who, now)
            })
            .err(),
            rig.does(who, |office, who, now| {
                office.reopen_deadlines(&reopen, who, now)
            })
            .err(),
            rig.does(who, |office, who, now| {
                office.move_deadline(&moved, who, now)
            })
            .err(),
            rig.does(who, |office, who, now| office.remind_now(id, who, now))
                .err(),
        ];
        results.map(|error| error.map(|error| error.code))
    };
    let forbidden = |codes: [Option<String>; 6]| {
        codes.iter().all(|code| {
            code.as_deref()
                .is_some_and(|code| code.starts_with("forbidden"))
        })
    };
    assert!(forbidden(tries(&vera, gaji)));
    assert!(forbidden(tries(&pd, lpj)));
    assert!(forbidden(tries(&viewer, lpj)));
    assert_eq!(tries(&vera, lpj), [const { None }; 6]);
    assert_eq!(tries(&pd, gaji), [const { None }; 6]);
    // Events belong to the section of their module; dates of letters and the calendar to a supervisor.
    let signed = RecordEvent {
        fields: std::collections::BTreeMap::new(),
        ..event("contract-signed", "2026-11-23")
    };
    let refused = rig
        .does(&vera, |office, who, now| {
            office.record_event(&signed, who, now)
        })
        .unwrap_err();
    assert!(refused.code.starts_with("forbidden"), "{}", refused.code);
    rig.does(&pd, |office, who, now| {
        office.record_event(&signed, who, now)
    })
    .unwrap();
    let given = GiveDate {
        obligation: "rekon".to_owned(),
        period: Period::parse("2026-11").unwrap(),
        item: None,
        date: Some("2026-12-16".parse().unwrap()),
        note: String::new(),
        far_seen: false,
    };
    for who in [&vera, &sari()] {
        let refused = rig.does(who, |office, who, _| {
            Ok((office.give_date(&given, who)?, ()))
        });
        assert!(refused.unwrap_err().code.starts_with("forbidden"));
    }
    // For all satker at once only the desk makes something up.
    let all = AddDeadline {
        obligation: "lainnya".to_owned(),
        name: "Data".to_owned(),
        date: "2026-12-01".parse().unwrap(),
        satker: Vec::new(),
        far_seen: false,
    };
    // Who is named twice owes it once.
    let code = |text: &str| SatkerCode::parse(text).unwrap();
    let known = *rig.office.store.index().satker().keys().next().unwrap();
    let twice = AddDeadline {
        name: "Data dobel".to_owned(),
        satker: vec![known, code(known.as_str()), known],
        ..all.clone()
    };
    let ids = rig.does(&sari(), |office, who, now| {
        office.add_deadline(&twice, who, now)
    });
    assert_eq!(ids.unwrap().len(), 1);
    let umum = member("UMUM");
    assert!(
        rig.does(&umum, |office, who, now| office
            .add_deadline(&all, who, now))
            .is_err()
    );
    assert!(
        rig.does(&sari(), |office, who, now| office
            .add_deadline(&all, who, now))
            .is_ok()
    );
}

#[test]
fn two_that_move_together_leave_no_message_with_the_old_date() {
    let mut rig = office("", "2026-12-07T06:00:00+07:00");
    at(&mut rig, "2026-12-07T07:00:00+07:00");
    // Three days before the tenth: the report and the balances in one digest.
    let digest = living(&rig);
    assert_eq!(digest.len(), 1);
    assert_eq!(digest[0].text.matches("10-12-2026").count(), 2);
    rig.recomputes(Fact::CalendarOverridden {
        date: "2026-12-10".parse().unwrap(),
        open: false,
        reason: "pilkada".to_owned(),
    });
    assert_eq!(
        rig.office.sms(digest[0].id).unwrap().state,
        SmsState::Withdrawn
    );
    // The output report of November is due today: what the digest said of it is written anew.
    let rest: Vec<String> = living(&rig).into_iter().map(|sms| sms.text).collect();
    assert_eq!(rest.len(), 1, "{rest:#?}");
    assert!(rest[0].contains("HARI INI 07-12-2026"), "{}", rest[0]);
    at(&mut rig, "2026-12-08T07:00:00+07:00");
    let texts: Vec<String> = living(&rig).into_iter().map(|sms| sms.text).collect();
    let of_both = texts
        .iter()
        .filter(|text| text.matches("09-12-2026").count() == 2);
    assert_eq!(of_both.count(), 1, "{texts:#?}");
    assert!(texts.iter().all(|text| !text.contains("10-12-2026")));
}

#[test]
fn the_late_text_of_two_treasurers_is_written_anew_for_the_one_who_still_owes() {
    let mut rig = office("", "2026-12-01T06:00:00+07:00");
    let mut satker = rig
        .office
        .store
        .satker(SatkerCode::parse(CODE).unwrap())
        .unwrap()
        .unwrap();
    satker.revenue_treasurer = true;
    rig.write("sari", vec![Fact::SatkerSaved { satker }]);
    rig.runs();
    at(&mut rig, "2026-12-11T07:00:00+07:00");
    let late = |rig: &Rig| -> Vec<Sms> {
        let mut all = living(rig);
        all.retain(|sms| sms.text.contains("LPJ Bendahara Nov 2026 terlambat 1 hari"));
        all
    };
    let before = late(&rig);
    assert_eq!((before.len(), before[0].reminds.len()), (1, 2));
    let id = find(&rig, "lpj", "2026-11");
    rig.does(&wati(), |office, who, now| {
        office.meet_deadlines(&meet(id), who, now)
    })
    .unwrap();
    let after = late(&rig);
    assert_eq!((after.len(), after[0].reminds.len()), (1, 1));
    assert_ne!(after[0].reminds[0].deadline, id);
    assert_ne!(after[0].id, before[0].id);
}

#[test]
fn a_deadline_that_was_extended_is_told_anew() {
    let mut rig = office("", "2026-12-01T06:00:00+07:00");
    for day in ["03", "07", "09", "10"] {
        at(&mut rig, &format!("2026-12-{day}T07:00:00+07:00"));
    }
    let id = find(&rig, "lpj", "2026-11");
    let ask = MoveDeadline {
        id,
        date: "2026-12-18".parse().unwrap(),
        reason: "perpanjangan".to_owned(),
    };
    rig.does(&wati(), |office, who, now| {
        office.move_deadline(&ask, who, now)
    })
    .unwrap();
    let about = |rig: &Rig| {
        let all = reminders(rig);
        let mine = all
            .iter()
            .filter(|sms| sms.reminds.iter().any(|it| it.deadline == id));
        mine.filter(|sms| sms.state != SmsState::Withdrawn).count()
    };
    let told = about(&rig);
    for day in ["11", "14", "15", "16", "17", "18"] {
        at(&mut rig, &format!("2026-12-{day}T07:00:00+07:00"));
    }
    // A week before has its own morning on the eleventh; then three days, one day, and the day itself.
    assert_eq!(about(&rig) - told, 4);
}

#[test]
fn an_event_told_after_the_morning_still_gets_this_morning_s_reminder() {
    let mut rig = office("", "2026-11-24T06:00:00+07:00");
    at(&mut rig, "2026-11-24T07:00:00+07:00");
    rig.later(TimeDelta::hours(2));
    let before = living(&rig).len();
    // Three working days before the payment of the 30th is the 25th: tomorrow.
    rig.does(&sari(), |office, who, now| {
        office.record_event(&event("payment-planned", "2026-11-30"), who, now)
    })
    .unwrap();
    let new = living(&rig);
    assert_eq!(new.len(), before + 1);
    assert!(
        new.last().unwrap().text.contains("25-11-2026 (H-1)"),
        "{}",
        new.last().unwrap().text
    );
    // A restart has nothing to add.
    let facts = rig.facts();
    rig.runs();
    assert_eq!(rig.facts(), facts);
}

#[test]
fn what_was_told_in_the_evening_is_not_told_again_on_the_morning_it_leaves() {
    let mut rig = office("", "2026-11-24T06:00:00+07:00");
    at(&mut rig, "2026-11-24T07:00:00+07:00");
    rig.now = "2026-11-24T16:00:00+07:00".parse().unwrap();
    // Due on the 26th; the message leaves on the 25th, which is the day before.
    let ask = RecordEvent {
        fields: std::collections::BTreeMap::new(),
        ..event("contract-signed", "2026-11-19")
    };
    rig.does(&sari(), |office, who, now| {
        office.record_event(&ask, who, now)
    })
    .unwrap();
    let contract = |rig: &Rig| {
        let all = living(rig);
        all.iter()
            .filter(|sms| sms.text.contains("data kontrak"))
            .count()
    };
    assert_eq!(contract(&rig), 1);
    at(&mut rig, "2026-11-25T07:00:00+07:00");
    assert_eq!(contract(&rig), 1, "one a day");
}

#[test]
fn a_satker_that_was_closed_by_mistake_owes_again() {
    let mut rig = office("", "2026-11-24T09:00:00+07:00");
    rig.runs();
    let id = find(&rig, "lpj", "2026-11");
    let code = SatkerCode::parse(CODE).unwrap();
    let active = |rig: &mut Rig, active: bool| {
        let mut satker = rig.office.store.satker(code).unwrap().unwrap();
        satker.active = active;
        rig.write("sari", vec![Fact::SatkerSaved { satker }]);
        rig.runs();
        rig.office.deadline(id).unwrap().state
    };
    assert_eq!(active(&mut rig, false), DeadlineState::Exempt);
    assert_eq!(active(&mut rig, true), DeadlineState::Open);
    // What a person exempted stays exempt.
    let exempt = ExemptDeadline {
        ids: vec![id],
        reason: "tidak ada transaksi".to_owned(),
    };
    rig.does(&wati(), |office, who, now| {
        office.exempt_deadlines(&exempt, who, now)
    })
    .unwrap();
    assert_eq!(active(&mut rig, false), DeadlineState::Exempt);
    assert_eq!(active(&mut rig, true), DeadlineState::Exempt);
}

#[test]
fn a_clock_set_back_tells_nobody_twice_on_one_day() {
    let mut rig = office("", "2026-11-02T08:00:00+07:00");
    rig.runs();
    at(&mut rig, "2026-11-09T08:00:00+07:00");
    at(&mut rig, "2026-11-06T08:00:00+07:00");
    let lpj = find(&rig, "lpj", "2026-10");
    let told = |rig: &Rig| -> Vec<String> {
        let mut all = living(rig);
        all.retain(|sms| sms.reminds.iter().any(|it| it.deadline == lpj));
        all.into_iter().map(|sms| sms.text).collect()
    };
    let before = told(&rig);
    assert!(before.len() == 2, "{before:#?}");
    assert!(before[0].contains("SPM Gaji Induk 13-11-2026"));
    // The salary moves. What the digest of the 9th says besides is told by the one of today.
    rig.recomputes(Fact::CalendarOverridden {
        date: "2026-11-13".parse().unwrap(),
        open: false,
        reason: "uji".to_owned(),
    });
    assert_eq!(told(&rig), before[1..]);
}

#[test]
fn a_satker_that_loses_its_revenue_treasurer_owes_that_report_no_more() {
    let mut rig = office("", "2026-11-24T09:00:00+07:00");
    let code = SatkerCode::parse(CODE).unwrap();
    let treasurer = |rig: &mut Rig, has: bool| {
        let mut satker = rig.office.store.satker(code).unwrap().unwrap();
        satker.revenue_treasurer = has;
        rig.write("sari", vec![Fact::SatkerSaved { satker }]);
        rig.runs();
    };
    let lpj = |rig: &Rig| -> Vec<(Option<Treasurer>, DeadlineState)> {
        let index = rig.office.store.index();
        let deadlines = index.deadlines();
        let november = Period::parse("2026-11").unwrap();
        let of_november = deadlines.of_satker(code).filter(|entry| {
            let occasion = deadlines.occasion(entry.occasion).unwrap();
            occasion.obligation == "lpj" && occasion.period == Some(november)
        });
        let mut found: Vec<_> = of_november
            .map(|entry| (entry.owner.treasurer, entry.state))
            .collect();
        found.sort_unstable();
        found
    };
    let (out, of) = (Some(Treasurer::Pengeluaran), Some(Treasurer::Penerimaan));
    let (open, exempt) = (DeadlineState::Open, DeadlineState::Exempt);
    treasurer(&mut rig, true);
    assert_eq!(lpj(&rig), [(out, open), (of, open)]);
    treasurer(&mut rig, false);
    assert_eq!(lpj(&rig), [(out, open), (of, exempt)]);
    treasurer(&mut rig, true);
    assert_eq!(lpj(&rig), [(out, open), (of, open)]);
}

/// An extra advance is paid out: a letter that is complete at once.
fn extra_advance(rig: &mut Rig) -> AgendaNo {
    let fields = [("nomor_spm", "00123"), ("nilai", "50000000")];
    let ask = RegisterLetter {
        letter: NewLetter {
            module: "up-tup".to_owned(),
            service: "spm-tup".to_owned(),
            satker: CODE.to_owned(),
            fields: fields
                .map(|(id, value)| (id.to_owned(), value.to_owned()))
                .into(),
            ..NewLetter::default()
        },
        duplicate_seen: true,
        key: None,
    };
    let agenda = rig
        .does(&sari(), |office, who, now| office.register(&ask, who, now))
        .unwrap()
        .agenda;
    ends(rig, agenda, LetterState::Completed);
    agenda
}

fn ends(rig: &mut Rig, agenda: AgendaNo, to: LetterState) {
    let number = || ("sp2d".to_owned(), "261310000000001".to_owned());
    let ask = EndLetter {
        agenda,
        to,
        note: "salah layanan".to_owned(),
        fields: (to == LetterState::Completed)
            .then(number)
            .into_iter()
            .collect(),
    };
    rig.does(&wati(), |office, who, now| {
        office.end_letter(&ask, who, now)
    })
    .unwrap();
}

#[test]
fn what_a_void_letter_started_is_owed_again_when_the_right_letter_tells_it() {
    let mut rig = office("", "2026-11-24T09:00:00+07:00");
    let started = |rig: &Rig| -> Vec<(ObligationId, String, DeadlineState)> {
        let index = rig.office.store.index();
        let deadlines = index.deadlines();
        let all = deadlines.all().iter().filter(|entry| {
            let occasion = deadlines.occasion(entry.occasion).unwrap();
            ["ptup", "setor-tup"].contains(&occasion.obligation.as_str())
        });
        all.map(|entry| (entry.id, entry.due.to_string(), entry.state))
            .collect()
    };
    let (open, exempt) = (DeadlineState::Open, DeadlineState::Exempt);
    let wrong = extra_advance(&mut rig);
    let ids: Vec<ObligationId> = started(&rig).into_iter().map(|(id, ..)| id).collect();
    let both = |first: &str, second: &str, state| {
        let row = |id: &ObligationId, due: &str| (*id, due.to_owned(), state);
        [row(&ids[0], first), row(&ids[1], second)]
    };
    assert_eq!(started(&rig), both("2026-12-23", "2026-12-29", open));
    ends(&mut rig, wrong, LetterState::Void);
    assert_eq!(started(&rig), both("2026-12-23", "2026-12-29", exempt));
    // What is not owed does not move with the calendar, but it must not come back with an old date.
    rig.recomputes(Fact::CalendarOverridden {
        date: "2026-12-23".parse().unwrap(),
        open: false,
        reason: "banjir".to_owned(),
    });
    extra_advance(&mut rig);
    assert_eq!(started(&rig), both("2026-12-22", "2026-12-29", open));
    // What a person exempted stays so, though it is told once more.
    let ask = ExemptDeadline {
        ids: ids.clone(),
        reason: "dispensasi".to_owned(),
    };
    rig.does(&wati(), |office, who, now| {
        office.exempt_deadlines(&ask, who, now)
    })
    .unwrap();
    extra_advance(&mut rig);
    assert_eq!(started(&rig), both("2026-12-22", "2026-12-29", exempt));
}

#[test]
fn what_is_owed_again_has_the_date_that_the_calendar_gives_it_now() {
    let mut rig = office("", "2026-11-24T09:00:00+07:00");
    rig.runs();
    let (met, exempt) = (find(&rig, "lpj", "2026-11"), find(&rig, "saldo", "2026-11"));
    let due = |rig: &Rig, id| rig.office.deadline(id).unwrap().terms.due.to_string();
    rig.does(&wati(), |office, who, now| {
        office.meet_deadlines(&meet(met), who, now)
    })
    .unwrap();
    let code = SatkerCode::parse(CODE).unwrap();
    let active = |rig: &mut Rig, active: bool| {
        let mut satker = rig.office.store.satker(code).unwrap().unwrap();
        satker.active = active;
        rig.write("sari", vec![Fact::SatkerSaved { satker }]);
        rig.runs();
    };
    active(&mut rig, false);
    rig.recomputes(Fact::CalendarOverridden {
        date: "2026-12-10".parse().unwrap(),
        open: false,
        reason: "pilkada".to_owned(),
    });
    assert_eq!(due(&rig, met), "2026-12-10");
    let ask = ReopenDeadline {
        ids: vec![met, met],
        reason: "salah satker".to_owned(),
    };
    rig.does(&wati(), |office, who, now| {
        office.reopen_deadlines(&ask, who, now)
    })
    .unwrap();
    active(&mut rig, true);
    for id in [met, exempt] {
        let deadline = rig.office.deadline(id).unwrap();
        assert_eq!(deadline.state, DeadlineState::Open);
        assert_eq!(deadline.terms.due.to_string(), "2026-12-09");
    }
}

#[test]
fn a_date_of_a_letter_that_is_taken_back_is_owed_and_reminded_of_no_more_until_it_is_given_anew() {
    let mut rig = office("", "2026-11-24T09:00:00+07:00");
    rig.runs();
    let gives = |rig: &mut Rig, date: Option<&str>| {
        rig.recomputes(Fact::DateGiven {
            obligation: "akhir-tahun".to_owned(),
            period: Period::parse("2026").unwrap(),
            item: Some("spm-gup".to_owned()),
            date: date.map(|date| date.parse().unwrap()),
            note: "ND-12".to_owned(),
        });
    };
    let said = |rig: &Rig| {
        let texts = living(rig).into_iter().map(|sms| sms.text);
        texts.filter(|text| text.contains("SPM GUP")).count()
    };
    // Three days ahead.
    gives(&mut rig, Some("2026-11-27"));
    let id = find(&rig, "akhir-tahun", "2026");
    let now = |rig: &Rig| {
        let deadline = rig.office.deadline(id).unwrap();
        (deadline.state, deadline.terms.due.to_string())
    };
    let (open, exempt) = (DeadlineState::Open, DeadlineState::Exempt);
    assert_eq!(now(&rig), (open, "2026-11-27".to_owned()));
    assert_eq!(said(&rig), 1);
    gives(&mut rig, None);
    assert_eq!((now(&rig).0, said(&rig)), (exempt, 0));
    at(&mut rig, "2026-11-27T07:00:00+07:00");
    assert_eq!((now(&rig).0, said(&rig)), (exempt, 0));
    gives(&mut rig, Some("2026-11-30"));
    assert_eq!(now(&rig), (open, "2026-11-30".to_owned()));
    assert_eq!(said(&rig), 1);
    // What a person decided is not changed by a letter.
    let ask = ExemptDeadline {
        ids: vec![id],
        reason: "tidak ada UP".to_owned(),
    };
    rig.does(&wati(), |office, who, now| {
        office.exempt_deadlines(&ask, who, now)
    })
    .unwrap();
    gives(&mut rig, None);
    gives(&mut rig, Some("2026-12-01"));
    assert_eq!(now(&rig).0, exempt);
}

#[test]
fn the_order_in_which_satker_come_to_be_known_does_not_matter() {
    let live = |codes: &[&str], late: bool| {
        let mut rig = Rig::new("");
        rig.now = "2026-12-01T06:00:00+07:00".parse().unwrap();
        let mut places = codes.iter();
        for code in places.by_ref().take(2) {
            rig.satker(
                code,
                code,
                "Kota Madiun",
                Some(&format!("0812-0000-{}", &code[2..])),
            );
        }
        rig.runs();
        for code in places {
            rig.satker(
                code,
                code,
                "Kota Madiun",
                Some(&format!("0812-0000-{}", &code[2..])),
            );
            if late {
                rig.runs();
                rig.runs();
            }
        }
        for day in ["01", "02", "03", "04", "07", "08"] {
            at(&mut rig, &format!("2026-12-{day}T07:00:00+07:00"));
            rig.runs();
        }
        let mut told: Vec<(String, String)> = reminders(&rig)
            .into_iter()
            .map(|sms| (sms.to.as_str().to_owned(), sms.text))
            .collect();
        told.sort();
        told
    };
    let wanted = live(&["411201", "411202", "411203", "411204"], false);
    assert!(wanted.len() > 8);
    assert_eq!(
        live(&["411204", "411202", "411201", "411203"], true),
        wanted
    );
    assert_eq!(
        live(&["411203", "411201", "411204", "411202"], false),
        wanted
    );
}
