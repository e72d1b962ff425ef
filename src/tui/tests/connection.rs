//! The line to the server goes down and comes back.

use super::bench::*;
use crate::domain::refusal::Refusal;
use crate::{
    ask::Reply,
    domain::access::Role,
    tui::state::{Effect, Msg, Ticket},
};

/// What the server says to an account that has no role.
fn without_role() -> Refusal {
    Refusal::new("forbidden")
        .with("user", "sari")
        .with("role", "none")
        .with("needs", "viewer")
}

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
        Reply::PreviewLetter(crate::ask::LetterPreview::default()),
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

#[test]
fn a_role_that_is_gone_takes_the_office_from_the_screen_and_waits_for_a_person() {
    let mut bench = Bench::letters();
    bench.keys("n");
    bench.typed("rahasia");
    bench.tell(Msg::Down(without_role()));
    bench.shows("Akun `sari` tidak lagi punya peran");
    bench.shows("sipintar users add sari PERAN");
    let screen = bench.screen();
    for office in ["KPPN", "Kemenag", "rahasia", "LPJ", "SIMULASI", "(admin)"] {
        assert!(!screen.contains(office), "{office} stays:\n{screen}");
    }
    // Nothing but the two keys does anything, and answers to what was asked before change nothing.
    bench.answer(Ticket::Letters(1), letter_page(letters()));
    bench.answer(Ticket::Overview, Reply::GetOverview(overview(Role::Admin)));
    bench.wanted.clear();
    bench.asked.clear();
    bench.keys("2 n : J ?");
    assert!(bench.state.popups.is_empty() && bench.asked.is_empty() && bench.wanted.is_empty());
    bench.keys("r");
    assert!(
        matches!(bench.wanted[..], [Effect::TryAgain]),
        "{:?}",
        bench.wanted
    );
    bench.tell(Msg::Down(without_role()));
    bench.shows("masih belum punya peran");
    bench.shows("tidak lagi punya peran");
    bench.keys("r");
    bench.tell(Msg::Up);
    bench.one_asked("GetOverview");
    assert!(!bench.screen().contains("punya peran"));
}

#[test]
fn the_box_without_a_role_is_left_by_one_key_in_every_keymap() {
    for (keymap, again, leave) in [
        ("default", "r", "q"),
        ("vim", "R", "q"),
        ("function-keys", "f5", "f10"),
    ] {
        let mut bench = Bench::with(
            look(keymap, "mono", crate::domain::lang::Lang::Id),
            Role::Desk,
        );
        bench.state.overview = None;
        bench.tell(Msg::Down(without_role()));
        bench.wanted.clear();
        bench.shows(&format!("{again} coba lagi"));
        bench.keys(leave);
        assert!(
            matches!(bench.wanted[..], [Effect::Quit]),
            "{keymap}: {:?}",
            bench.wanted
        );
    }
}

#[test]
fn a_desk_that_has_reached_no_server_yet_says_what_to_do_and_one_with_a_form_keeps_it() {
    let away = || Msg::Down(Refusal::new("server-away"));
    let mut bench = Bench::new();
    bench.state.overview = None;
    bench.tell(away());
    bench.shows("Belum tersambung dengan server");
    bench.shows("Server SI PINTAR tidak berjalan");
    bench.tell(Msg::Up);
    assert!(!bench.screen().contains("Belum tersambung"));

    let mut bench = Bench::letters();
    bench.keys("n");
    bench.typed("4119");
    bench.tell(away());
    bench.shows("Server SI PINTAR tidak berjalan");
    bench.shows("4119");
}
