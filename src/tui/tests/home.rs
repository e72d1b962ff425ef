//! Beranda's warnings, and what does not fit one line.

use super::bench::*;
use crate::domain::refusal::Refusal;
use crate::{
    ask::{Overview, Reply},
    domain::access::Role,
    tui::{action::Action, popup::Popup, state::Ticket},
};

/// A warning whose words take several lines.
fn warning() -> Refusal {
    Refusal::new("backup-no-room")
        .with("folder", "/srv/cadangan/kantor/sipintar")
        .with("free", 12)
        .with("needed", 4096)
}

fn with(warnings: Vec<Refusal>) -> Bench {
    let mut bench = Bench::new();
    let shown = Overview {
        warnings,
        ..overview(Role::Admin)
    };
    bench.answer(Ticket::Overview, Reply::GetOverview(shown));
    bench
}

/// The words on the screen, whatever lines they stand in; of a line with a box only what is in the box.
fn words(bench: &Bench) -> String {
    let screen = bench.screen();
    let inside = |line: &'_ str| match line.split('|').collect::<Vec<_>>()[..] {
        [_, inside, _] => inside.to_owned(),
        _ => line.to_owned(),
    };
    let lines: Vec<String> = screen.lines().map(inside).collect();
    let words: Vec<&str> = lines
        .iter()
        .flat_map(|line| line.split_whitespace())
        .collect();
    words.join(" ")
}

#[test]
fn warnings_stand_first_on_beranda_and_open_with_their_whole_text() {
    let mut bench = with(vec![warning()]);
    let screen = bench.screen();
    let first = screen.lines().nth(4).unwrap();
    assert!(first.contains("PERHATIAN"), "{screen}");
    assert!(first.trim_end().ends_with('…'), "{screen}");
    bench.keys("enter");
    let whole = bench.look.refusal(&warning());
    assert!(words(&bench).contains(&whole), "{}", bench.screen());
    bench.keys("esc");
    assert!(bench.state.popups.is_empty());
}

#[test]
fn a_long_refusal_is_said_to_its_last_word() {
    let long = Refusal::new("home-not-ours")
        .with("home", "/var/lib/sipintar")
        .with("owner", "sipintar")
        .with("account", "sari");
    let mut bench = Bench::letters();
    bench.state.message = None;
    bench.refuse(Ticket::Reminded, long.clone());
    let whole = bench.look.refusal(&long);
    assert!(words(&bench).contains(&whole), "{}", bench.screen());

    // Under a field too.
    bench.keys("k");
    bench.typed("salah");
    bench.keys("ctrl-s");
    let (ticket, _) = bench.one_asked("EndLetter");
    bench.refuse(ticket, long.on("note"));
    bench.state.message = None;
    assert!(words(&bench).contains(&whole), "{}", bench.screen());
}

#[test]
fn the_palette_says_which_role_a_command_needs_and_where_another_is() {
    let mut bench = Bench::letters();
    bench.answer(Ticket::Overview, Reply::GetOverview(overview(Role::Viewer)));
    bench.keys(":");
    let label = bench.look.text(Action::RegisterLetter.label());
    bench.typed(&label);
    bench.shows(&label);
    bench.shows("perlu peran seksi");
    bench.keys("enter");
    assert!(
        bench.said().contains("perlu peran seksi"),
        "{}",
        bench.said()
    );

    // What belongs to another screen is no empty list.
    bench.keys(":");
    let label = bench.look.text(Action::ResendSms.label());
    bench.typed(&label);
    bench.shows(&label);
    bench.shows("di layar SMS");
    bench.keys("enter");
    assert!(bench.take_asked("ResendSms").is_empty());
    bench.keys(":");
    bench.typed("xyzzyx");
    bench.shows("Tidak ada perintah itu di layar ini");
    assert!(matches!(bench.state.popups.last(), Some(Popup::Palette(_))));
}
