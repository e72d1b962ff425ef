//! Conversations about messages: nothing leaves without a yes.

use super::bench::*;
use crate::domain::refusal::Refusal;
use crate::{
    ask::{
        BroadcastReport, BroadcastSample, BulkOutcome, ConfirmPreview, DayBudget, HoldRow, Reply,
        Request, SmsChoice, SmsGroup, SmsGrouping, SmsLine, SmsOutline,
    },
    domain::{access::Role, id::SmsId, satker::ContactRole, sms::SmsState},
    tui::{
        popup::Popup,
        state::{Msg, Ticket},
    },
};

#[test]
fn an_sms_leaves_only_after_a_yes() {
    let mut bench = Bench::sms();
    bench.keys("c");
    assert!(bench.take_asked("ConfirmSms").is_empty());
    bench.keys("enter c space");
    assert!(
        bench.take_asked("ConfirmSms").is_empty(),
        "neither Enter nor the asking key confirms"
    );
    bench.keys("y");
    let (_, Request::ConfirmSms(confirm)) = bench.one_asked("ConfirmSms") else {
        panic!()
    };
    assert!(matches!(confirm.which, SmsChoice::Ids(ids) if ids == [SmsId(7)]));
    bench.keys("y");
    assert!(
        bench.take_asked("ConfirmSms").is_empty(),
        "a second yes sends nothing"
    );
}

#[test]
fn a_no_sends_nothing() {
    for no in ["n", "t", "esc"] {
        let mut bench = Bench::sms();
        bench.keys("c");
        bench.keys(no);
        bench.keys("y");
        assert!(bench.take_asked("ConfirmSms").is_empty());
        assert!(bench.state.popups.is_empty());
    }
}

#[test]
fn the_question_shows_what_leaves_to_whom_and_what_was_changed() {
    let mut bench = Bench::sms();
    bench.keys("c");
    let (ticket, _) = bench.one_asked("ShowSms");
    let mut row = sms_row(7, SmsState::Waiting);
    row.text = "KPPN Madiun: LPJ Nov 2026 diterima.".into();
    bench.answer(
        ticket,
        sms_detail(&row, Some("KPPN Madiun: LPJ Okt 2026 diterima.")),
    );
    bench.shows("Kepada Budi Santoso, KPA, Kemenag Kota Madiun, 0812-0000-0123");
    bench.shows("KPPN Madiun: LPJ Nov 2026 diterima.");
    bench.shows("- Okt");
    bench.shows("+ Nov");
    bench.shows("Dibuat sari 24-11 08.01  AGD-00123/2026");
}

#[test]
fn marked_messages_are_confirmed_together_with_count_parts_and_samples() {
    let mut bench = Bench::sms();
    bench.keys("space space space c");
    bench.shows("Menghitung");
    bench.keys("y");
    assert!(
        bench.take_asked("ConfirmSms").is_empty(),
        "nobody has seen yet what it would do"
    );
    let (ticket, Request::PreviewConfirm(look)) = bench.one_asked("PreviewConfirm") else {
        panic!()
    };
    assert!(matches!(look.which, SmsChoice::Ids(ids) if ids.len() == 3));
    bench.answer(ticket, look_at(3));
    bench.shows("3 SMS, seluruhnya 3 SMS ditagih");
    bench.shows("S-000009");
    bench.keys("y");
    let (ticket, Request::ConfirmSms(confirm)) = bench.one_asked("ConfirmSms") else {
        panic!()
    };
    assert!(matches!(confirm.which, SmsChoice::Ids(ids) if ids.len() == 3));
    let refused = vec![(SmsId(9), Refusal::new("no-text"))];
    let outcome = BulkOutcome {
        done: vec![SmsId(7), SmsId(8)],
        second_needed: vec![],
        refused,
        next: None,
    };
    bench.answer(ticket, Reply::ConfirmSms(outcome));
    assert_eq!(bench.said(), "2 SMS berhasil, 1 tidak (S-000009)");
    assert_eq!(
        bench.state.sms.marks.len(),
        1,
        "what was not done stays marked"
    );
}

#[test]
fn what_was_just_confirmed_is_taken_back_though_it_left_the_list() {
    let mut bench = Bench::sms();
    bench.keys("c y");
    let (ticket, _) = bench.one_asked("ConfirmSms");
    let done = vec![SmsId(7)];
    let outcome = BulkOutcome {
        done,
        ..BulkOutcome::default()
    };
    bench.answer(ticket, Reply::ConfirmSms(outcome.clone()));
    // The list comes back without it.
    for (ticket, _) in bench.take_asked("ListSms") {
        bench.answer(ticket, sms_page(vec![]));
    }
    bench.keys("u");
    let (ticket, Request::UndoSms(undo)) = bench.one_asked("UndoSms") else {
        panic!()
    };
    assert!(matches!(undo.which, SmsChoice::Ids(ids) if ids == [SmsId(7)]));
    bench.answer(ticket, Reply::UndoSms(outcome));
    bench.keys("u");
    assert!(bench.take_asked("UndoSms").is_empty(), "once is enough");
}

/// What confirming so many messages would do.
fn look_at(count: u64) -> Reply {
    Reply::PreviewConfirm(ConfirmPreview {
        seen: now().to_utc(),
        count,
        parts: count,
        samples: (7..10).map(|id| sms_row(id, SmsState::Waiting)).collect(),
        ..ConfirmPreview::default()
    })
}

fn done(ids: std::ops::Range<u64>, next: Option<u64>) -> Reply {
    Reply::ConfirmSms(BulkOutcome {
        done: ids.map(SmsId).collect(),
        next: next.map(SmsId),
        ..BulkOutcome::default()
    })
}

/// A desk that shows three of a hundred thousand waiting messages, with all of them being confirmed.
fn confirming_all() -> (Bench, Ticket) {
    let mut bench = Bench::sms();
    let rows: Vec<_> = (7..10).map(|id| sms_row(id, SmsState::Waiting)).collect();
    let Reply::ListSms(mut page) = sms_page(rows) else {
        panic!()
    };
    page.total = 100_000;
    bench.answer(Ticket::Sms, Reply::ListSms(page));
    bench.asked.clear();
    bench.keys("/");
    bench.typed("lpj");
    bench.keys("enter");
    for (ticket, request) in bench.take_asked("ListSms") {
        let Request::ListSms(list) = request else {
            panic!()
        };
        let rows: Vec<_> = (7..10).map(|id| sms_row(id, SmsState::Waiting)).collect();
        let page = crate::ask::SmsPage {
            rows,
            total: 100_000,
            offset: list.offset,
            ..Default::default()
        };
        bench.answer(ticket, Reply::ListSms(page));
    }
    bench.keys("C");
    bench.shows("100000 ditandai");
    let (ticket, Request::PreviewConfirm(look)) = bench.one_asked("PreviewConfirm") else {
        panic!()
    };
    let SmsChoice::Found { filter, .. } = look.which else {
        panic!("not by what was found")
    };
    assert_eq!(filter.find.as_deref(), Some("lpj"));
    assert_eq!(filter.states, [SmsState::Waiting]);
    bench.answer(ticket, look_at(100_000));
    bench.keys("y");
    let (ticket, Request::ConfirmSms(first)) = bench.one_asked("ConfirmSms") else {
        panic!()
    };
    let SmsChoice::Found {
        seen, after, limit, ..
    } = first.which
    else {
        panic!()
    };
    assert_eq!((seen, after), (Some(now().to_utc()), None));
    assert!(limit <= 1000);
    (bench, ticket)
}

#[test]
fn all_that_is_shown_is_confirmed_in_pieces_with_progress() {
    let (mut bench, ticket) = confirming_all();
    bench.answer(ticket, done(0..500, Some(500)));
    bench.shows("500 dari 100000 SMS");
    let (ticket, Request::ConfirmSms(second)) = bench.one_asked("ConfirmSms") else {
        panic!()
    };
    assert!(matches!(
        second.which,
        SmsChoice::Found {
            after: Some(SmsId(500)),
            ..
        }
    ));
    bench.answer(ticket, done(500..700, None));
    assert_eq!(
        bench.said(),
        "700 SMS dikonfirmasi; masih dapat ditarik kembali beberapa detik"
    );
    assert!(bench.state.popups.is_empty());
    assert_eq!(bench.state.sms.marked(), 0);
    // All of it is taken back by one key, in pieces again.
    bench.keys("u");
    let (ticket, Request::UndoSms(undo)) = bench.one_asked("UndoSms") else {
        panic!()
    };
    assert!(matches!(undo.which, SmsChoice::Ids(ids) if ids.len() == 500));
    bench.answer(ticket, Reply::UndoSms(BulkOutcome::default()));
    let (_, Request::UndoSms(undo)) = bench.one_asked("UndoSms") else {
        panic!()
    };
    assert!(matches!(undo.which, SmsChoice::Ids(ids) if ids.len() == 200));
}

#[test]
fn work_on_many_is_stopped_between_two_pieces_and_only_by_no_or_esc() {
    let (mut bench, ticket) = confirming_all();
    bench.keys("q c enter y");
    bench.shows("Mengonfirmasi");
    bench.keys("esc");
    bench.shows("Berhenti setelah bagian ini");
    bench.answer(ticket, done(0..500, Some(500)));
    assert!(bench.take_asked("ConfirmSms").is_empty());
    assert_eq!(
        bench.said(),
        "Dihentikan: 500 dari 100000 SMS selesai, sisanya tetap seperti semula"
    );
}

#[test]
fn a_line_lost_in_the_middle_says_how_far_the_work_came() {
    let (mut bench, ticket) = confirming_all();
    bench.answer(ticket, done(0..500, Some(500)));
    let (ticket, _) = bench.one_asked("ConfirmSms");
    bench.refuse(ticket, Refusal::new("connection-lost"));
    assert!(bench.state.popups.is_empty());
    assert_eq!(
        bench.said(),
        "Sambungan putus: 500 dari 100000 SMS pasti selesai; lihat daftarnya lalu lanjutkan"
    );
}

#[test]
fn going_beyond_the_budget_takes_a_second_yes() {
    let mut bench = Bench::sms();
    bench.keys("space space c");
    let (ticket, _) = bench.one_asked("PreviewConfirm");
    let Reply::PreviewConfirm(mut look) = look_at(2) else {
        panic!()
    };
    look.budget = Some(DayBudget {
        limit: 1500,
        used: 1499,
        after: 1501,
    });
    bench.answer(ticket, Reply::PreviewConfirm(look));
    bench.shows("! MELEWATI anggaran hari ini: 1501 dari 1500 SMS");
    bench.keys("y");
    bench.shows("Tetap kirim 2 SMS?");
    assert!(bench.take_asked("ConfirmSms").is_empty());
    bench.keys("y");
    bench.one_asked("ConfirmBeyond");

    // One message is only refused by the server; the question is the same.
    let mut bench = Bench::sms();
    bench.keys("c y");
    let (ticket, _) = bench.one_asked("ConfirmSms");
    let refusal = Refusal::new("over-budget")
        .with("limit", 10)
        .with("used", 10)
        .with("more", 1);
    bench.refuse(ticket, refusal);
    bench.shows("Tetap kirim 1 SMS?");
    bench.keys("n");
    assert!(bench.take_asked("ConfirmBeyond").is_empty());
}

#[test]
fn all_is_marked_but_for_what_is_unmarked() {
    let mut bench = Bench::sms();
    bench.keys("* space");
    bench.shows("2 ditandai");
    bench.keys("x");
    bench.typed("bukan hari ini");
    bench.keys("ctrl-s");
    let (_, Request::RejectSms(reject)) = bench.one_asked("RejectSms") else {
        panic!()
    };
    let SmsChoice::Found { filter, .. } = reject.which else {
        panic!()
    };
    assert_eq!(filter.except, [SmsId(7)]);
    bench.keys("esc");
}

fn group(key: &str, count: u64, open: bool) -> SmsLine {
    SmsLine::Group(SmsGroup {
        by: SmsGrouping::Module,
        key: key.to_owned(),
        label: String::new(),
        count,
        parts: count,
        open,
    })
}

fn outline(lines: Vec<SmsLine>) -> Reply {
    Reply::OutlineSms(SmsOutline {
        total: lines.len() as u64,
        lines,
        offset: 0,
        messages: 15,
        counts: [(SmsState::Waiting, 15)].into(),
    })
}

#[test]
fn groups_fold_and_an_action_on_their_line_means_all_of_them() {
    let mut bench = Bench::sms();
    bench.keys("o");
    let (ticket, Request::OutlineSms(ask)) = bench.one_asked("OutlineSms") else {
        panic!()
    };
    assert_eq!((ask.by, ask.open.len()), (SmsGrouping::Module, 0));
    bench.answer(
        ticket,
        outline(vec![group("lpj", 12, false), group("", 3, false)]),
    );
    bench.shows("+ LPJ Bendahara  12 SMS");
    bench.shows("+ tanpa surat  3 SMS");
    bench.keys("enter");
    let (ticket, Request::OutlineSms(ask)) = bench.one_asked("OutlineSms") else {
        panic!()
    };
    assert_eq!(ask.open, ["lpj"]);
    let row = SmsLine::Sms(Box::new(sms_row(7, SmsState::Waiting)));
    bench.answer(
        ticket,
        outline(vec![group("lpj", 12, true), row, group("", 3, false)]),
    );
    bench.shows("- LPJ Bendahara  12 SMS");
    bench.shows("S-000007");
    bench.asked.clear();
    bench.keys("c");
    let (_, Request::PreviewConfirm(look)) = bench.one_asked("PreviewConfirm") else {
        panic!()
    };
    let SmsChoice::Found { filter, .. } = look.which else {
        panic!()
    };
    assert_eq!(filter.group, Some((SmsGrouping::Module, "lpj".to_owned())));
    bench.keys("esc e");
    assert!(bench.state.popups.is_empty(), "a group has no one text");
}

#[test]
fn one_key_holds_all_sending_and_every_desk_shows_it() {
    let mut bench = Bench::sms();
    bench.keys("H");
    bench.typed("teks salah");
    bench.keys("ctrl-s");
    let (ticket, Request::HoldSending(hold)) = bench.one_asked("HoldSending") else {
        panic!()
    };
    assert_eq!(hold.reason, "teks salah");
    bench.answer(ticket, Reply::HoldSending(crate::ask::Done {}));
    let mut braked = overview(Role::Desk);
    braked.held = Some(HoldRow {
        by: "wati".into(),
        since: now(),
        reason: "teks salah".into(),
    });
    bench.answer(Ticket::Overview, Reply::GetOverview(braked.clone()));
    bench.shows(" sari 08.05 WIB");
    bench.shows("DITAHAN wati 08.05");
    // A clerk cannot release what somebody else holds.
    bench.keys("H");
    assert_eq!(bench.said(), "ditahan wati: hanya dia atau pengawas");
    braked.actor.role = Role::Supervisor;
    bench.answer(Ticket::Overview, Reply::GetOverview(braked));
    bench.keys("H");
    bench.shows("Ditahan oleh wati sejak 24-11 08.05: teks salah");
    bench.keys("y");
    bench.one_asked("ResumeSending");
}

#[test]
fn what_was_rejected_comes_back_to_its_drafter_to_be_mended() {
    let mut bench = Bench::new();
    let mut mine = overview(Role::Desk);
    mine.handed_back = 1;
    bench.answer(Ticket::Overview, Reply::GetOverview(mine));
    bench.shows("1 SMS Anda ditolak");
    bench.keys("M f f f f f");
    let asked = bench.take_asked("ListSms");
    let Some((ticket, Request::ListSms(list))) = asked.into_iter().next() else {
        panic!()
    };
    bench.answer(ticket, sms_page(vec![sms_row(3, SmsState::Rejected)]));
    let (ticket, Request::ListSms(list)) = (
        ticket,
        match bench.one_asked("ListSms").1 {
            list @ Request::ListSms(_) => list,
            _ => Request::ListSms(list),
        },
    ) else {
        panic!()
    };
    assert_eq!(list.drafter.as_deref(), Some("sari"));
    assert_eq!(list.states, [SmsState::Rejected]);
    bench.answer(ticket, sms_page(vec![sms_row(3, SmsState::Rejected)]));
    bench.shows("Untuk Anda 1");
    bench.keys("e");
    bench.typed(" Benar.");
    bench.keys("ctrl-s");
    bench.one_asked("EditSms");
    bench.keys("esc esc w");
    bench.shows("Batalkan 1 SMS?");
    bench.keys("y");
    bench.one_asked("WithdrawSms");
}

#[test]
fn an_announcement_shows_who_gets_what_before_it_is_drafted() {
    let mut bench = Bench::sms();
    bench.keys("b");
    let (ticket, _) = bench.one_asked("PreviewBroadcast");
    let mut report = BroadcastReport {
        recipients: 38,
        parts: 38,
        no_phone: vec!["Polres Ngawi".into(), "MAN Ngawi".into()],
        shared: 1,
        confirmations_needed: 2,
        problem: Some(Refusal::new("text-empty").on("text")),
        ..BroadcastReport::default()
    };
    bench.answer(ticket, Reply::PreviewBroadcast(report.clone()));
    bench.shows("38 penerima, seluruhnya 38 SMS. Perlu dua orang");
    bench.shows("2 tanpa nomor HP: Polres Ngawi, MAN Ngawi");
    bench.keys("tab");
    bench.typed("ngawi, magetan");
    bench.keys("tab tab tab");
    bench.typed("rapat Senin");
    bench.shows("11 huruf, 1 SMS, GSM-7");
    report.problem = None;
    report.sample = Some(BroadcastSample {
        satker: code("411902"),
        name: "MTsN Ngawi".into(),
        to: phone(1),
        text: "KPPN Madiun: Yth. KPA MTsN Ngawi, rapat Senin".into(),
        parts: 1,
    });
    for (ticket, _) in bench.take_asked("PreviewBroadcast") {
        bench.answer(ticket, Reply::PreviewBroadcast(report.clone()));
    }
    bench.shows("KPPN Madiun: Yth. KPA MTsN Ngawi, rapat Senin");
    bench.keys("ctrl-s");
    let (ticket, Request::Broadcast(ask)) = bench.one_asked("Broadcast") else {
        panic!()
    };
    assert_eq!(ask.audience.regions, ["ngawi", "magetan"]);
    assert_eq!(ask.audience.role, Some(ContactRole::Kpa));
    assert_eq!(
        (ask.audience.module, ask.text.as_str()),
        (None, "rapat Senin")
    );
    assert!(ask.key.is_some());
    bench.answer(ticket, Reply::Broadcast(report));
    assert_eq!(bench.said(), "Siaran dibuat: 38 SMS menunggu konfirmasi");
    assert!(bench.state.popups.is_empty());
}

#[test]
fn the_list_says_who_confirmed_a_message_for_two_persons_first() {
    let mut bench = Bench::sms();
    let mut row = sms_row(7, SmsState::Waiting);
    row.confirmations_needed = 2;
    let mut half = row.clone();
    half.id = SmsId(8);
    half.confirmed_by = Some("wati".into());
    bench.answer(Ticket::Sms, sms_page(vec![row, half]));
    bench.shows("(0/2) LPJ Bendahara Okt 2026");
    bench.shows("(1/2 wati) LPJ Bendahara Okt 2026");
}

#[test]
fn rows_begin_with_what_the_message_says_and_hide_no_other_name() {
    let mut bench = Bench::sms();
    let row = |id, text: &str| {
        let mut row = sms_row(id, SmsState::Waiting);
        row.text = text.into();
        row
    };
    let rows = vec![
        row(7, "KPPN Madiun: Yth. KPA Kemenag Kota Madiun, rapat Senin."),
        row(8, "KPPN Madiun: Yth. KPA MTsN Ngawi, rapat Selasa."),
        row(9, "KPPN Madiun: LPJ Okt belum."),
        row(10, "DPM Nagari: rapat Rabu."),
        row(11, "KPPN Madiun: Yth. KPA Kemenag Kota Madiun"),
    ];
    bench.answer(Ticket::Sms, sms_page(rows));
    bench.keys("end");
    for words in [
        "KPA Kemenag Kota Ma… rapat Senin.",
        "KPA Kemenag Kota Ma… Yth. KPA MTsN Ngawi, rapat",
        "KPA Kemenag Kota Ma… LPJ Okt belum.",
        "KPA Kemenag Kota Ma… DPM Nagari: rapat Rabu.",
        "KPA Kemenag Kota Ma… Yth. KPA Kemenag",
    ] {
        bench.shows(words);
    }
}

#[test]
fn editing_counts_live_and_esc_does_not_throw_the_change_away_at_once() {
    let mut bench = Bench::sms();
    bench.keys("e");
    bench.typed(" Salam.");
    bench.shows("135 huruf, 1 SMS, GSM-7");
    bench.shows("Berbeda dari teks baku:");
    bench.shows("+ Salam.");
    bench.tell(Msg::Paste("”".into()));
    bench.shows("UCS-2");
    bench.shows("di luar GSM-7: ”");
    bench.keys("esc");
    assert_eq!(bench.state.popups.len(), 1);
    bench.keys("backspace ctrl-s");
    let (ticket, Request::EditSms(edit)) = bench.one_asked("EditSms") else {
        panic!()
    };
    assert!(edit.text.ends_with("Terima kasih. Salam."));
    bench.answer(ticket, Reply::EditSms(sms_row(7, SmsState::Waiting)));
    assert!(bench.state.popups.is_empty());
}

#[test]
fn rejecting_wants_a_reason_and_settling_a_choice() {
    let mut bench = Bench::sms();
    bench.keys("x ctrl-s");
    assert!(bench.take_asked("RejectSms").is_empty());
    bench.typed("salah nomor");
    bench.keys("ctrl-s");
    let (_, Request::RejectSms(reject)) = bench.one_asked("RejectSms") else {
        panic!()
    };
    assert_eq!(reject.reason, "salah nomor");

    let mut bench = Bench::sms();
    bench.answer(Ticket::Sms, sms_page(vec![sms_row(3, SmsState::Uncertain)]));
    bench.keys("s ctrl-s");
    assert!(
        bench.take_asked("SettleSms").is_empty(),
        "nothing is chosen beforehand"
    );
    bench.keys("down ctrl-s");
    let (_, Request::SettleSms(settle)) = bench.one_asked("SettleSms") else {
        panic!()
    };
    assert_eq!(settle.state, SmsState::Sent);
}

#[test]
fn sending_again_warns_that_it_may_arrive_twice() {
    let mut bench = Bench::sms();
    bench.keys("g");
    assert_eq!(bench.said(), "kini: menunggu");
    bench.answer(Ticket::Sms, sms_page(vec![sms_row(3, SmsState::Uncertain)]));
    bench.keys("g");
    bench.shows("penerima dapat menerima dua");
    bench.keys("y");
    bench.one_asked("ResendSms");
}

#[test]
fn the_tabs_ask_for_their_states_and_marks_do_not_follow() {
    let mut bench = Bench::sms();
    bench.keys("space f");
    let (_, Request::ListSms(list)) = bench.one_asked("ListSms") else {
        panic!()
    };
    assert_eq!(list.states, [SmsState::Queued, SmsState::Sending]);
    assert!(bench.state.sms.marks.is_empty());
}

#[test]
fn a_free_message_goes_through_the_same_confirmation() {
    let mut bench = Bench::sms();
    bench.keys("n");
    bench.typed("0812-0000-0123");
    bench.keys("tab");
    bench.typed("Halo");
    bench.shows("4 huruf, 1 SMS, GSM-7");
    bench.keys("ctrl-s");
    let (ticket, Request::DraftSms(draft)) = bench.one_asked("DraftSms") else {
        panic!()
    };
    assert_eq!(draft.text, "Halo");
    bench.answer(ticket, Reply::DraftSms(sms_row(10, SmsState::Waiting)));
    assert_eq!(bench.said(), "S-000010 menunggu konfirmasi");
    assert!(!matches!(bench.state.popups.last(), Some(Popup::Form(_))));
}
