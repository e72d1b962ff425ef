//! Screens as text: 80×24 for the eye, small ones only must not panic.

use super::bench::*;
use crate::{
    ask::{Rated, Reply},
    domain::{access::Role, lang::Lang, period::Period},
    tui::state::Ticket,
};

fn all() -> Vec<(&'static str, Bench)> {
    let mut found = Vec::new();
    found.push(("home", Bench::new()));
    found.push(("letters", Bench::letters()));
    let mut bench = Bench::letters();
    bench.keys("enter");
    bench.answer(Ticket::Letter(1), letter_detail(&letters()[0]));
    found.push(("letter", bench));
    let mut bench = Bench::letters();
    bench.keys("n");
    found.push(("register", bench));
    let mut bench = Bench::letters();
    bench.keys("s");
    found.push(("complete", bench));
    found.push(("sms", Bench::sms()));
    let mut bench = Bench::sms();
    bench.keys("c");
    found.push(("confirm", bench));
    let mut bench = Bench::sms();
    bench.keys("e");
    found.push(("edit", bench));
    found.push(("repairs", super::repairs::repairs()));
    found.push(("inbox", super::inbox::inbox(2)));
    let mut bench = super::inbox::inbox(2);
    bench.keys("a");
    found.push(("answer", bench));
    let mut bench = Bench::new();
    bench.keys("T");
    let rows = vec![satker_row("411902", "Kantor Kementerian Agama Kota Madiun")];
    bench.answer(
        Ticket::Satkers,
        Reply::ListSatker(crate::ask::SatkerPage {
            rows,
            total: 1,
            offset: 0,
        }),
    );
    bench.answer(Ticket::Satker, satker_detail());
    found.push(("satker", bench));
    let mut bench = Bench::new();
    bench.keys("J");
    found.push(("audit", bench));
    found.push(("deadlines", super::deadlines::listed()));
    found.push(("month", super::deadlines::month()));
    let mut bench = super::deadlines::listed();
    bench.keys("n");
    found.push(("event", bench));
    let mut bench = Bench::letters();
    bench.keys("?");
    found.push(("help", bench));
    let mut bench = Bench::letters();
    bench.keys(":");
    found.push(("palette", bench));
    found
}

/// Shows every screen: `cargo test --lib screens::show -- --nocapture`.
#[test]
fn show_every_screen() {
    for (name, bench) in all() {
        let screen = bench.screen();
        println!("=== {name}\n{screen}\n");
        assert_eq!(screen.lines().count(), 24, "{name}");
    }
}

#[test]
fn beranda_says_what_satker_think_of_the_office_once_some_have_said_it() {
    let with = |rated: Option<(u64, Option<u32>)>| {
        let mut bench = Bench::new();
        let mut shown = overview(Role::Supervisor);
        shown.rated = rated.map(|(n, mean)| Rated {
            period: Period::parse("2026-Q4").unwrap(),
            n,
            mean,
            target: 450,
        });
        bench.answer(Ticket::Overview, Reply::GetOverview(shown));
        let screen = bench.screen();
        screen.lines().nth(3).unwrap().to_owned()
    };
    assert_eq!(
        with(Some((112, Some(447)))),
        "Kepuasan TW4 2026: 4,47 dari 112 penilaian, target 4,50: belum tercapai"
    );
    assert!(with(Some((112, Some(450)))).ends_with(": tercapai"));
    assert_eq!(
        with(Some((3, None))),
        "Kepuasan TW4 2026: baru 3 penilaian, indeks dihitung mulai lima"
    );
    assert_eq!(with(None), "");
}

#[test]
fn no_size_makes_a_screen_panic() {
    for (_, mut bench) in all() {
        for (width, height) in [
            (40, 10),
            (1, 1),
            (0, 0),
            (80, 3),
            (3, 80),
            (200, 60),
            (20, 5),
        ] {
            bench.tell(crate::tui::state::Msg::Size(width, height));
            bench.screen_of(width, height);
        }
    }
}

#[test]
fn simulation_is_said_on_every_screen() {
    for (_, bench) in all() {
        bench.shows("SIMULASI");
    }
}

#[test]
fn every_theme_keymap_and_language_draws_every_screen() {
    let mut all = all();
    for theme in crate::tui::theme::Theme::names() {
        for keymap in crate::tui::keymap::Keymap::names() {
            for lang in crate::locale::LANGS {
                for (_, bench) in &mut all {
                    bench.look = look(keymap, theme, lang);
                    bench.screen();
                }
            }
        }
    }
}

#[test]
fn text_from_outside_cannot_speak_to_the_terminal() {
    let mut bench = Bench::letters();
    let mut rows = letters();
    rows[0].sender = "\u{1b}[2J\u{7}jahat".into();
    rows[0].subject = "a\nb\u{9b}31m".into();
    bench.answer(Ticket::Letters(1), letter_page(rows));
    let screen = bench.screen();
    assert!(
        !screen.chars().any(|c| c.is_control() && c != '\n'),
        "{screen}"
    );
    bench.shows("·[2J·jahat");
}

#[test]
fn an_empty_office_says_what_to_do_next() {
    let mut bench = Bench::new();
    let mut empty = overview(Role::Admin);
    empty.store = crate::ask::StoreCounts::default();
    bench.answer(Ticket::Overview, Reply::GetOverview(empty));
    bench.shows("sipintar satker import");
    bench.shows("Tekan D untuk memuat kantor contoh");
    bench.keys("D");
    bench.shows("Muat kantor contoh?");
    bench.keys("enter");
    assert!(bench.take_asked("LoadDemo").is_empty(), "Enter is not yes");
    bench.keys("y");
    bench.one_asked("LoadDemo");
}

#[test]
fn the_second_language_has_every_word() {
    for (name, mut bench) in all() {
        bench.look = look("default", "mono", Lang::En);
        let screen = bench.screen();
        for id in [
            "hint-", "field-", "head-", "letter-", "sms-tab", "action-", "preview-",
        ] {
            assert!(
                !screen.contains(id),
                "{name} shows the id of a text:\n{screen}"
            );
        }
    }
}
