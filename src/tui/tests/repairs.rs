//! Contacts to whom nothing arrives: found, looked into, and gone once their phone works again.

use super::bench::*;
use crate::{
    ask::{Notice, RepairPage, RepairRow, Reply, Request, SatkerPage, Topic},
    domain::{access::Role, satker::ContactRole, sms::SmsState},
    tui::state::{Msg, Ticket},
};

fn contact(serial: u16, fault: &str) -> RepairRow {
    let mut last = sms_row(u64::from(serial), SmsState::Failed);
    last.error = Some(fault.into());
    RepairRow {
        phone: phone(serial),
        operator: "Telkomsel".into(),
        satker: code(&format!("4119{serial:02}")),
        satker_name: format!("MTsN {serial} Ngawi"),
        role: ContactRole::Bendahara,
        name: "Wahyu Prasetyo".into(),
        failures: 4,
        since: time("2026-11-20T08:01:00+07:00"),
        at: time("2026-11-23T15:30:00+07:00"),
        last,
    }
}

/// The desk on the tab of contacts to whom nothing arrives.
pub(super) fn repairs() -> Bench {
    let mut bench = Bench::new();
    let mut some = overview(Role::Supervisor);
    some.repairs = 2;
    bench.answer(Ticket::Overview, Reply::GetOverview(some));
    bench.keys("M f f f f");
    // What the tabs on the way asked for comes late.
    while let Some((ticket, _)) = bench.take_asked("ListSms").into_iter().next() {
        bench.answer(ticket, sms_page(vec![]));
    }
    let (ticket, Request::ListRepairs(list)) = bench.one_asked("ListRepairs") else {
        panic!()
    };
    assert_eq!((list.satker, list.find), (None, None));
    bench.answer(
        ticket,
        repair_page(vec![
            contact(2, "+CMS ERROR: 27"),
            contact(3, "+CMS ERROR: 28"),
        ]),
    );
    bench
}

fn repair_page(rows: Vec<RepairRow>) -> Reply {
    Reply::ListRepairs(RepairPage {
        total: rows.len() as u64,
        rows,
        offset: 0,
    })
}

#[test]
fn contacts_to_whom_nothing_arrives_are_worked_through() {
    let mut bench = repairs();
    bench.shows("Perbaikan 2");
    bench.shows("MTsN 2 Ngawi     Bendahara Wahyu Pra… 0812-0000-0002");
    bench.shows("4 kali berturut-turut, sejak 20-11 08.01, terakhir 23-11 15.30");
    bench.shows("kolom bendahara_hp");
    bench.shows("MTsN 3 Ngawi");
    // All that was sent to the number, whatever became of it.
    bench.keys("down i");
    let (_, Request::ListSms(list)) = bench.one_asked("ListSms") else {
        panic!()
    };
    assert_eq!(list.find.as_deref(), Some("081200000003"));
    assert!(list.states.is_empty());
    // The work unit, alone on its screen.
    let mut bench = repairs();
    bench.keys("down enter");
    let (_, Request::ListSatker(list)) = bench.one_asked("ListSatker") else {
        panic!()
    };
    assert_eq!(list.find.as_deref(), Some("411903"));
}

#[test]
fn a_contact_is_no_message() {
    let mut bench = repairs();
    bench.keys("g c C x e space *");
    assert!(bench.state.popups.is_empty());
    assert!(bench.asked.is_empty(), "{:?}", bench.asked);
    bench.keys("c");
    assert_eq!(bench.said(), "ini kontak; buka dulu SMS-nya");
    assert_eq!(bench.state.sms.marked(), 0);
}

#[test]
fn the_contacts_follow_what_arrives_and_what_is_imported() {
    for topic in [Topic::Sms, Topic::Satker] {
        let mut bench = repairs();
        let seq = 1001;
        let topics = vec![topic];
        bench.tell(Msg::Notice(Notice { seq, topics }));
        let (ticket, _) = bench.one_asked("ListRepairs");
        bench.answer(ticket, repair_page(vec![contact(3, "+CMS ERROR: 28")]));
        assert!(!bench.screen().contains("MTsN 2 Ngawi"));
        bench.answer(Ticket::Repairs, repair_page(vec![]));
        bench.shows("Tidak ada kontak yang perlu diperbaiki");
        bench.keys("enter i");
        assert!(bench.take_asked("ListSatker").is_empty());
    }
}

#[test]
fn beranda_leads_to_the_contacts_and_the_work_unit_shows_which_one_it_is() {
    let mut bench = repairs();
    bench.keys("B");
    bench.shows("2 kontak tidak lagi terjangkau");
    let at = bench
        .screen()
        .lines()
        .position(|line| line.contains("PERBAIKAN"));
    let steps = at.unwrap() - 4;
    for _ in 0..steps {
        bench.keys("down");
    }
    bench.keys("enter");
    bench.one_asked("ListRepairs");

    let mut bench = repairs();
    bench.keys("enter");
    bench.answer(
        Ticket::Satkers,
        Reply::ListSatker(SatkerPage {
            rows: vec![satker_row("411902", "MTsN 2 Ngawi")],
            total: 1,
            offset: 0,
        }),
    );
    let Reply::ShowSatker(mut detail) = satker_detail() else {
        panic!()
    };
    let mut row = contact(2, "+CMS ERROR: 27");
    row.phone = phone(123);
    detail.repairs = vec![row];
    bench.answer(Ticket::Satker, Reply::ShowSatker(detail));
    bench.shows("! 4 SMS berturut-turut tidak sampai: +CMS ERROR: 27");
}
