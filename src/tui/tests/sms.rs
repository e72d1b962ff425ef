//! Conversations about messages: nothing leaves without a yes.

use super::bench::*;
use crate::{
    domain::{id::SmsId, sms::SmsState},
    service::{BulkOutcome, Refusal, Reply, Request, SmsChoice},
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

#[test]
fn all_messages_of_a_tab_are_marked_at_once_as_they_are() {
    let mut bench = Bench::sms();
    bench.keys("*");
    let (ticket, Request::ListSms(list)) = bench.one_asked("ListSms") else {
        panic!()
    };
    assert_eq!(
        (list.offset, list.states.as_slice()),
        (0, [SmsState::Waiting].as_slice())
    );
    let rows: Vec<_> = (1..=40).map(|id| sms_row(id, SmsState::Waiting)).collect();
    bench.answer(ticket, sms_page(rows));
    bench.shows("40 ditandai");
    bench.keys("c");
    bench.shows("40 SMS, seluruhnya 40 SMS ditagih");
}

#[test]
fn editing_counts_live_and_esc_does_not_throw_the_change_away_at_once() {
    let mut bench = Bench::sms();
    bench.keys("e");
    bench.typed(" Salam.");
    bench.shows("135 huruf, 1 SMS, GSM-7");
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
    bench.keys("ctrl-s");
    let (ticket, Request::DraftSms(draft)) = bench.one_asked("DraftSms") else {
        panic!()
    };
    assert_eq!(draft.text, "Halo");
    bench.answer(ticket, Reply::DraftSms(sms_row(10, SmsState::Waiting)));
    assert_eq!(bench.said(), "S-000010 menunggu konfirmasi");
    assert!(!matches!(bench.state.popups.last(), Some(Popup::Form(_))));
}
