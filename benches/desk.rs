//! How long a person waits for the desk: from its start to a usable screen, and from a key to its frame. With 100,000 letters.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    dead_code,
    reason = "benchmarks"
)]

mod pty;
mod rig;

use pty::{Desk, Terminal};
use rig::{Server, Times, head};

const STARTS: usize = 50;

fn main() {
    // Closing a terminal that became ours must not end the measurement.
    signal_hook::flag::register(signal_hook::consts::SIGHUP, std::sync::Arc::default()).unwrap();
    if !rig::asked_for() {
        return;
    }
    let mut terminal = Terminal::open();
    let server = Server::large();
    let home = server.folder.path();

    head("start of the desk");
    let (mut frame, mut usable) = (Times::default(), Times::default());
    for _ in 0..STARTS {
        let mut desk = Desk::start(&mut terminal, home);
        frame.add(desk.until(|text| !text.trim().is_empty()));
        usable.add(desk.until(|text| text.contains("AGD-") || text.contains("SKPP-")));
        desk.settle();
        desk.quit();
    }
    frame.print("anything on the screen");
    usable.print("Beranda with the office's letters");

    let mut desk = Desk::start(&mut terminal, home);
    desk.until(|text| text.contains("AGD-"));
    desk.settle();
    if std::env::var_os("SIPINTAR_BENCH_SHOW").is_some() {
        println!("{}", desk.text());
    }
    head("a key in a list of letters");
    let keys = |desk: &mut Desk<'_>, what: &str, keys: &[&[u8]]| {
        let (mut first, mut last) = (Times::default(), Times::default());
        for key in keys {
            let (one, all) = desk.press(key);
            first.add(one);
            last.add(all);
        }
        first.print(&format!("{what}: its frame"));
        last.print(&format!("{what}: everything it brings about"));
    };
    desk.press(b"1");
    // From the open letters to all of them, so that there is something to walk through.
    for _ in 0..3 {
        desk.press(b"f");
    }
    desk.settle();
    if std::env::var_os("SIPINTAR_BENCH_SHOW").is_some() {
        println!("{}", desk.text());
    }
    let [down, up, page]: [&[u8]; 3] = [b"\x1b[B", b"\x1b[A", b"\x1b[6~"];
    keys(&mut desk, "down", &[down; 50]);
    keys(&mut desk, "up", &[up; 40]);
    keys(&mut desk, "page-down", &[page; 40]);
    desk.press(b"/");
    let words = b"pengadilan negeri ngawi kpa laporan agd-001";
    let letters: Vec<&[u8]> = words.chunks(1).collect();
    keys(&mut desk, "a letter typed after /", &letters);
    if std::env::var_os("SIPINTAR_BENCH_SHOW").is_some() {
        println!("{}", desk.text());
    }
    desk.press(b"\r");
    desk.quit();
}
