//! The line to the server goes down and comes back.

use super::bench::*;
use crate::{
    service::Refusal,
    tui::state::{Msg, Ticket},
};

fn down(bench: &mut Bench) {
    bench.tell(Msg::Down(Refusal::new("connection-lost")));
}

#[test]
fn a_lost_line_is_said_and_what_was_typed_stays() {
    let mut bench = Bench::letters();
    bench.keys("n");
    bench.typed("41");
    down(&mut bench);
    bench.shows("Sambungan putus, isian Anda aman");
    bench.typed("19");
    bench.keys("esc");
    bench.shows("4119");
    bench.tell(Msg::Up);
    bench.shows("Tersambung lagi");
    bench.one_asked("KeepDraft");
}

#[test]
fn the_first_line_is_not_one_that_came_back() {
    let mut bench = Bench::new();
    bench.state.overview = None;
    down(&mut bench);
    bench.tell(Msg::Up);
    assert!(!bench.screen().contains("Tersambung lagi"));
}

#[test]
fn saving_across_a_lost_line_can_be_repeated_with_the_same_key() {
    let mut bench = Bench::letters();
    bench.keys("k");
    bench.typed("alasan");
    bench.keys("ctrl-s");
    let (ticket, _) = bench.one_asked("EndLetter");
    down(&mut bench);
    bench.refuse(ticket, Refusal::new("connection-lost"));
    bench.tell(Msg::Up);
    bench.shows("alasan");
    bench.keys("ctrl-s");
    bench.one_asked("EndLetter");
}

#[test]
fn lists_are_asked_again_after_the_line_came_back() {
    let mut bench = Bench::letters();
    bench.keys("r");
    let (ticket, _) = bench.one_asked("ListLetters");
    let (overview, _) = bench.one_asked("GetOverview");
    down(&mut bench);
    bench.refuse(ticket, Refusal::new("connection-lost"));
    bench.refuse(overview, Refusal::new("connection-lost"));
    bench.keys("n");
    assert_eq!(bench.said(), "server belum tersambung");
    bench.tell(Msg::Up);
    bench.one_asked("ListLetters");
    bench.one_asked("GetOverview");
    bench.one_asked("GetModules");
}

#[test]
fn a_late_answer_of_a_closed_form_changes_nothing() {
    let mut bench = Bench::letters();
    bench.keys("n");
    let (ticket, _) = bench.one_asked("PreviewLetter");
    assert!(matches!(ticket, Ticket::Preview(_)));
    bench.keys("esc");
    bench.answer(
        ticket,
        crate::service::Reply::PreviewLetter(crate::service::LetterPreview::default()),
    );
    assert!(bench.state.popups.is_empty());
}

#[test]
fn the_clock_moves_by_the_minute() {
    let mut bench = Bench::new();
    bench.shows("Sel 24-11-2026 08.05 WIB");
    bench.tell(Msg::Tick(time("2026-11-24T08:06:00+07:00")));
    bench.shows("08.06 WIB");
}
