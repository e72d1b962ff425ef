//! The audit trail in words.

use chrono::DateTime;
use serde_json::json;

use super::bench::*;
use crate::{
    ask::{AuditPage, AuditRow, Reply, Request},
    tui::state::Ticket,
};

fn row(fact: &str, about: &str, detail: serde_json::Value) -> AuditRow {
    AuditRow {
        seq: 7,
        time: DateTime::parse_from_rfc3339("2026-11-20T09:00:00+07:00").unwrap(),
        actor: "sari".into(),
        fact: fact.into(),
        about: about.into(),
        detail,
    }
}

fn opened(row: AuditRow) -> Bench {
    let mut bench = Bench::new();
    bench.keys("J");
    let page = AuditPage {
        rows: vec![row],
        next_before: None,
    };
    bench.answer(Ticket::Audit, Reply::ListAudit(page));
    bench.keys("enter");
    bench
}

#[test]
fn a_fact_is_shown_in_words_and_not_as_data() {
    let bench = opened(row(
        "letter-ended",
        "AGD-00001/2026",
        json!({
            "fact": "letter-ended", "agenda": "AGD-00001/2026", "state": "returned",
            "at": "2026-11-20T02:00:00Z", "by": "sari", "note": "saldo tidak cocok",
            "fields": { "selisih": "1500" },
        }),
    ));
    let screen = bench.screen();
    for words in [
        "Keadaan        Kembali",
        "Pada           20-11-2026 09.00.00",
        "Oleh           sari",
        "Catatan        saldo tidak cocok",
        "selisih        1500",
    ] {
        assert!(screen.contains(words), "{words}:\n{screen}");
    }
    assert!(!screen.contains(['{', '"']), "{screen}");
}

#[test]
fn the_repair_of_a_journal_says_when_it_was_made() {
    let bench = opened(row(
        "journal-repaired",
        "41",
        json!({
            "fact": "journal-repaired", "after": 41, "lost_from": 42, "lost_to": 44, "head": "ab",
            "numbers": ["AGD-00009/2026"], "at": "2026-11-24T01:00:00Z", "by": "root",
        }),
    ));
    // The line bears the time of the damaged journal.
    bench.shows("jurnal diperbaiki 24-11-2026 08.00");
    bench.shows("AGD-00009/2026");
}

#[test]
fn what_nests_and_what_is_long_stays_readable() {
    let bench = opened(row(
        "satker-saved",
        "411201",
        json!({
            "fact": "satker-saved",
            "satker": {
                "code": "411201", "name": "Pengadilan\u{1b}[2J Negeri", "active": true, "email": null,
                "officials": [{ "role": "kpa", "name": "Dwi" }, { "role": "ppk", "name": "Ratna" }],
            },
        }),
    ));
    let screen = bench.screen();
    assert!(screen.contains("ya") && screen.contains("KPA"), "{screen}");
    assert!(
        screen.contains("Dwi") && screen.contains("Ratna"),
        "{screen}"
    );
    assert!(
        !screen.contains('\u{1b}') && !screen.contains("null"),
        "{screen}"
    );
}

#[test]
fn what_was_found_for_another_search_is_not_shown_under_this_one() {
    let page = |seq: u64, next_before| {
        let mut row = row(
            "user-set",
            "sari",
            json!({ "fact": "user-set", "user": "sari" }),
        );
        row.seq = seq;
        Reply::ListAudit(AuditPage {
            rows: vec![row],
            next_before,
        })
    };
    let mut bench = Bench::new();
    bench.keys("J");
    let (ticket, _) = bench.one_asked("ListAudit");
    bench.answer(ticket, page(90, Some(90)));
    // Older facts are on their way when the search begins.
    bench.keys("down");
    let (older, _) = bench.one_asked("ListAudit");
    assert_eq!(older, Ticket::AuditMore);
    bench.keys("/");
    bench.typed("ab");
    bench.answer(older, page(50, None));
    assert!(bench.state.audit.rows.is_empty());
    let (first, _) = bench.one_asked("ListAudit");
    bench.answer(first, page(90, None));
    assert!(bench.state.audit.rows.is_empty(), "{}", bench.screen());
    let (second, Request::ListAudit(ask)) = bench.one_asked("ListAudit") else {
        panic!()
    };
    assert_eq!(ask.about.as_deref(), Some("ab"));
    bench.answer(second, page(40, None));
    let shown: Vec<u64> = bench.state.audit.rows.iter().map(|row| row.seq).collect();
    assert_eq!(shown, [40]);
}
