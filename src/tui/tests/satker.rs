//! Finding a work unit and writing to it.

use super::bench::*;
use crate::{
    ask::{Reply, Request, SatkerPage},
    tui::state::Ticket,
};

fn page(codes: &[&str]) -> Reply {
    let rows: Vec<_> = codes
        .iter()
        .map(|code| satker_row(code, &format!("Satker {code}")))
        .collect();
    Reply::ListSatker(SatkerPage {
        total: rows.len() as u64,
        rows,
        offset: 0,
    })
}

#[test]
fn the_best_hit_is_under_the_cursor_whatever_was_found_while_typing() {
    let mut bench = Bench::new();
    bench.keys("T");
    let (ticket, _) = bench.one_asked("ListSatker");
    bench.answer(ticket, page(&["411201", "411902", "411907"]));
    bench.keys("/");
    bench.typed("pn");
    // The answer to the first letter comes after the second was typed.
    let (ticket, Request::ListSatker(ask)) = bench.one_asked("ListSatker") else {
        panic!()
    };
    assert_eq!(ask.find.as_deref(), Some("p"));
    bench.answer(ticket, page(&["411907", "411902", "411201"]));
    assert!(
        bench.state.satker.list.selected().is_none(),
        "what was found for something else is nothing to act on"
    );
    let (ticket, Request::ListSatker(ask)) = bench.one_asked("ListSatker") else {
        panic!()
    };
    assert_eq!(ask.find.as_deref(), Some("pn"));
    bench.answer(ticket, page(&["411201", "411902", "411907"]));
    let selected = bench.state.satker.list.selected().unwrap();
    assert_eq!(selected.code, code("411201"));
    bench.keys("enter n");
    bench.shows("411201 Satker 411201");
}

#[test]
fn the_dialog_of_a_free_message_says_to_whom_it_goes() {
    let mut bench = Bench::new();
    bench.keys("T");
    bench.answer(Ticket::Satkers, page(&["411902"]));
    bench.keys("n");
    bench.shows("Tulis SMS bebas: 411902 Satker 411902");
}
