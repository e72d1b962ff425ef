//! Conversations about deadlines: the list, the calendar, and what people note about them.

use std::collections::BTreeMap;

use super::bench::*;
use crate::domain::refusal::Refusal;
use crate::{
    ask::{
        DeadlineCounts, DeadlineDetail, DeadlineFilter, DeadlinePage, DeadlineRow, DeadlineRows,
        DeadlineTotals, EventOutcome, ReminderRow, Reply, Request,
    },
    domain::{
        access::Role,
        deadline::{DeadlineChange, DeadlineStep},
        id::ObligationId,
        lang::Lang,
    },
    tui::state::{Place, Ticket},
};

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

pub(super) fn deadline_row(id: u64, due: &str, state: &str) -> DeadlineRow {
    DeadlineRow {
        id: ObligationId(id),
        obligation: "lpj".into(),
        module: "lpj".into(),
        satker: code("411902"),
        satker_name: "Kemenag Kota Madiun".into(),
        treasurer: None,
        period: Some("2026-11".parse().unwrap()),
        due: day(due),
        state: state.into(),
        met: (state == "met").then(|| day(due)),
        name: "LPJ Bendahara".into(),
        about: String::new(),
        section: "VERA".into(),
        days_late: if state == "late" { 3 } else { 0 },
        estimate: false,
        letter: None,
        event: None,
        event_date: None,
        reminders: 2,
    }
}

fn page(rows: Vec<DeadlineRow>) -> Reply {
    Reply::ListDeadlines(DeadlinePage {
        total: rows.len() as u64,
        rows,
        offset: 0,
    })
}

fn totals() -> DeadlineTotals {
    let counts = |open, late, met| DeadlineCounts {
        open,
        late,
        met,
        exempt: 0,
    };
    DeadlineTotals {
        days: BTreeMap::from([
            (day("2026-11-20"), counts(0, 2, 30)),
            (day("2026-11-24"), counts(5, 0, 1)),
            (day("2026-11-27"), counts(7, 0, 0)),
            (day("2026-12-10"), counts(40, 0, 0)),
        ]),
        closed: BTreeMap::from([(day("2026-11-28"), String::new())]),
        total: counts(52, 2, 31),
    }
}

fn detail(row: &DeadlineRow) -> Reply {
    Reply::ShowDeadline(DeadlineDetail {
        row: row.clone(),
        noted: vec![("Nomor SP2D".into(), "261311130593931".into())],
        source: "PMK 162/PMK.05/2013".into(),
        history: vec![DeadlineStep {
            at: now().to_utc(),
            by: "sistem".into(),
            what: DeadlineChange::Moved {
                from: day("2026-12-10"),
                to: row.due,
                reason: "holidays".into(),
            },
        }],
        sms: vec![sms_row(7, crate::domain::sms::SmsState::Waiting)],
        letter_row: None,
        coming: vec![ReminderRow {
            offset: -1,
            date: day("2026-12-09"),
            label: "H-1".into(),
        }],
        may: true,
    })
}

pub(super) fn listed() -> Bench {
    let mut bench = Bench::new();
    bench.keys("K");
    let rows = vec![
        deadline_row(1, "2026-11-24", "open"),
        deadline_row(2, "2026-11-27", "open"),
        deadline_row(3, "2026-11-20", "late"),
        deadline_row(4, "2026-11-10", "met"),
    ];
    bench.answer(Ticket::Deadlines, page(rows.clone()));
    bench.answer(Ticket::DeadlineCounts, Reply::CountDeadlines(totals()));
    bench.answer(Ticket::Deadline, detail(&rows[0]));
    bench.asked.clear();
    bench
}

pub(super) fn month() -> Bench {
    let mut bench = listed();
    bench.keys("c");
    bench.answer(Ticket::DeadlineMonth, Reply::CountDeadlines(totals()));
    bench.asked.clear();
    bench
}

#[test]
fn the_list_says_how_near_each_date_is_and_why() {
    let bench = listed();
    bench.shows("Hari ini 5");
    bench.shows("7 hari 12");
    bench.shows("Terlambat 2");
    bench.shows("Sel 24-11  H ");
    bench.shows("H-3");
    bench.shows("TERLAMBAT 3");
    bench.shows("dipenuhi 10-11");
    bench.shows("10-12-2026 menjadi 24-11-2026: daftar hari libur berubah");
    bench.shows("H-1 Rab 09-12");
    bench.shows("261311130593931");
}

#[test]
fn the_tabs_ask_for_what_they_name() {
    let mut bench = Bench::new();
    bench.keys("K");
    let (_, Request::ListDeadlines(week)) = bench.one_asked("ListDeadlines") else {
        panic!()
    };
    assert_eq!(week.query.filter, DeadlineFilter::Owed);
    assert_eq!(
        (week.query.from, week.query.until),
        (Some(day("2026-11-24")), Some(day("2026-12-01")))
    );
    bench.answer(Ticket::Deadlines, page(Vec::new()));
    bench.keys("f");
    let (_, Request::ListDeadlines(late)) = bench.one_asked("ListDeadlines") else {
        panic!()
    };
    assert_eq!(late.query.filter, DeadlineFilter::Late);
    assert_eq!(late.query.from, None);
}

#[test]
fn meeting_asks_for_a_day_and_takes_today_when_none_is_typed() {
    let mut bench = listed();
    bench.keys("m");
    assert!(bench.take_asked("MeetDeadline").is_empty());
    bench.keys("ctrl-s");
    let (ticket, Request::MeetDeadline(meet)) = bench.one_asked("MeetDeadline") else {
        panic!()
    };
    assert_eq!((meet.ids, meet.date), (vec![ObligationId(1)], None));
    let rows = vec![deadline_row(1, "2026-11-24", "met")];
    bench.answer(ticket, Reply::MeetDeadline(DeadlineRows { rows }));
    bench.shows("1 kewajiban dicatat dipenuhi");
    assert!(bench.state.popups.is_empty());
}

#[test]
fn several_marked_deadlines_are_exempt_with_one_reason() {
    let mut bench = listed();
    bench.keys("space space space x");
    bench.keys("ctrl-s");
    assert!(
        bench.take_asked("ExemptDeadline").is_empty(),
        "not without a reason"
    );
    bench.typed("satker baru");
    bench.keys("ctrl-s");
    let (_, Request::ExemptDeadline(exempt)) = bench.one_asked("ExemptDeadline") else {
        panic!()
    };
    assert_eq!(exempt.ids.len(), 3);
    assert_eq!(exempt.reason, "satker baru");
}

#[test]
fn what_is_met_cannot_be_met_again_but_owed_again() {
    let mut bench = listed();
    bench.keys("end m");
    bench.shows("Kewajiban ini dipenuhi; tindakan itu tidak berlaku.");
    assert!(bench.state.popups.is_empty());
    bench.keys("u");
    assert_eq!(bench.state.popups.len(), 1);
}

#[test]
fn a_date_far_away_is_asked_about_and_saved_the_second_time() {
    let mut bench = listed();
    bench.keys("n");
    // The satker of the row is chosen already; typing another code replaces it.
    bench.keys("tab tab");
    bench.typed("24-11-2036");
    bench.keys("tab");
    bench.typed("K-1/2026");
    bench.keys("ctrl-s");
    let (ticket, Request::RecordEvent(first)) = bench.one_asked("RecordEvent") else {
        panic!()
    };
    assert_eq!(first.satker, code("411902"));
    assert_eq!(first.event, "contract-signed");
    assert_eq!(first.date, day("2036-11-24"));
    assert!(!first.far_seen);
    let far = Refusal::new("date-far")
        .with("date", "24-11-2036")
        .on("date");
    bench.refuse(ticket, far);
    bench.shows("lebih dari setahun jauhnya");
    bench.keys("ctrl-s");
    let (ticket, Request::RecordEvent(second)) = bench.one_asked("RecordEvent") else {
        panic!()
    };
    assert!(second.far_seen);
    let outcome = EventOutcome {
        deadlines: vec![deadline_row(9, "2036-12-01", "open")],
        ..EventOutcome::default()
    };
    bench.answer(ticket, Reply::RecordEvent(outcome));
    bench.shows("Tercatat. Jatuh tempo: LPJ Bendahara 01-12-2036");
}

#[test]
fn an_event_needs_a_satker_that_exists() {
    let mut bench = listed();
    bench.keys("n tab");
    bench.typed("9");
    bench.keys("tab");
    bench.typed("kemarin");
    bench.keys("ctrl-s");
    assert!(bench.take_asked("RecordEvent").is_empty());
    bench.shows("Belum lengkap: lihat isian yang ditunjuk");
}

#[test]
fn the_calendar_goes_by_days_weeks_and_months_and_opens_a_day() {
    let mut bench = month();
    bench.shows("November 2026");
    bench.shows("5/6");
    bench.shows("2/32");
    bench.shows("28-");
    bench.shows("Selasa, 24 November 2026: 5 terutang, 0 terlambat, 1 dipenuhi");
    bench.keys("right right right");
    bench.shows("Jumat, 27 November 2026: 7 terutang");
    bench.keys("down");
    let asked = bench.take_asked("CountDeadlines");
    assert_eq!(asked.len(), 1, "December is asked for once");
    bench.answer(Ticket::DeadlineMonth, Reply::CountDeadlines(totals()));
    bench.shows("Desember 2026");
    bench.keys("enter");
    let (_, Request::ListDeadlines(ask)) = bench.one_asked("ListDeadlines") else {
        panic!()
    };
    assert_eq!(
        (ask.query.from, ask.query.until),
        (Some(day("2026-12-04")), Some(day("2026-12-04")))
    );
    bench.answer(Ticket::Deadlines, page(Vec::new()));
    bench.shows("Jumat, 4 Desember 2026");
    bench.keys("f");
    let (_, Request::ListDeadlines(ask)) = bench.one_asked("ListDeadlines") else {
        panic!()
    };
    assert_eq!(ask.query.until, Some(day("2026-12-01")), "back to the tab");
}

#[test]
fn the_satker_page_and_a_module_lead_to_what_is_owed() {
    let mut bench = Bench::letters();
    bench.keys("w");
    assert_eq!(bench.state.place, Place::Deadlines);
    let (_, Request::ListDeadlines(ask)) = bench.one_asked("ListDeadlines") else {
        panic!()
    };
    assert_eq!(ask.query.module.as_deref(), Some("lpj"));
    bench.answer(Ticket::Deadlines, page(Vec::new()));
    bench.keys("esc");
    let (_, Request::ListDeadlines(ask)) = bench.one_asked("ListDeadlines") else {
        panic!()
    };
    assert_eq!(ask.query.module, None);
}

#[test]
fn whoever_may_only_look_changes_nothing() {
    let mut bench = Bench::with(look("default", "mono", Lang::Id), Role::Viewer);
    bench.keys("K");
    bench.answer(
        Ticket::Deadlines,
        page(vec![deadline_row(1, "2026-11-24", "open")]),
    );
    bench.keys("m n a");
    assert!(bench.state.popups.is_empty());
    bench.keys("c");
    assert!(bench.state.deadlines.month.is_some());
}

#[test]
fn two_questions_under_way_do_not_keep_each_other_going() {
    let mut bench = Bench::new();
    bench.keys("K");
    // Asked again while both answers are under way.
    bench.keys("r");
    bench.asked.clear();
    let rows = vec![deadline_row(1, "2026-11-24", "open")];
    for _ in 0..3 {
        bench.answer(Ticket::Deadlines, page(rows.clone()));
        bench.answer(Ticket::DeadlineCounts, Reply::CountDeadlines(totals()));
    }
    let lists = bench.take_asked("ListDeadlines").len();
    let counts = bench.take_asked("CountDeadlines").len();
    assert_eq!(
        (lists, counts),
        (1, 1),
        "each is asked once more, and no more"
    );
}
