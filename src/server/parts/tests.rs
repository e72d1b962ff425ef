//! What becomes of parts that are late, wrong, or sent to do harm.

use chrono::{DateTime, TimeDelta, Utc};

use crate::ask::ListInbox;
use crate::domain::fact::Fact;
use crate::domain::id::InboxId;
use crate::domain::inbox::{InboxMessage, InboxState};
use crate::domain::parts::PER_SENDER;
use crate::gsm::pdu::Concat;
use crate::server::rig::Rig;

const PHONE: &str = "+6281234567801";
const OTHER: &str = "+6281234567802";

impl Rig {
    fn part(&mut self, from: &str, reference: u16, seq: u8, total: u8, text: &str) -> Vec<Fact> {
        let sent = self.now;
        self.part_sent(from, (reference, seq, total), text, Some(sent))
    }

    fn part_sent(
        &mut self,
        from: &str,
        (reference, seq, total): (u16, u8, u8),
        text: &str,
        sent: Option<DateTime<Utc>>,
    ) -> Vec<Fact> {
        let concat = Concat {
            bits: 8,
            reference,
            total,
            seq,
        };
        let (facts, ()) = self
            .office
            .incoming_part(from, concat, text, sent, "loket", self.now)
            .unwrap();
        self.write("sistem", facts.clone());
        facts
    }

    fn give_up(&mut self) -> usize {
        let mut times = 0;
        loop {
            let (facts, more) = self.office.give_up_parts(self.now).unwrap();
            if !more {
                return times;
            }
            self.write("sistem", facts);
            times += 1;
        }
    }

    fn inbox(&self) -> Vec<InboxMessage> {
        let all = ListInbox {
            limit: 1_000,
            ..ListInbox::default()
        };
        let mut rows = self.office.list_inbox(&all).unwrap().rows;
        rows.sort_by_key(|row| row.id);
        rows
    }

    fn texts(&self) -> Vec<String> {
        self.inbox().into_iter().map(|row| row.text).collect()
    }
}

fn rig() -> Rig {
    let mut rig = Rig::new("");
    rig.satker("411902", "MTsN Ngawi", "Ngawi", Some(PHONE));
    rig
}

#[test]
fn parts_in_any_order_are_one_message_with_one_answer() {
    let mut rig = rig();
    for (seq, text) in [(3, "pagi."), (1, "SARAN Loket "), (1, "SARAN Loket ")] {
        rig.part(PHONE, 9, seq, 3, text);
        assert_eq!(rig.inbox().len(), 0);
    }
    let facts = rig.part(PHONE, 9, 2, 3, "dibuka lebih ");
    assert!(
        facts
            .iter()
            .any(|fact| matches!(fact, Fact::SmsDrafted { .. }))
    );
    assert_eq!(rig.texts(), ["SARAN Loket dibuka lebih pagi."]);
    assert!(rig.inbox()[0].agenda.is_some());
    // The SIM is read again after a crash: nothing comes of it.
    for (seq, text) in [(1, "SARAN Loket "), (2, "dibuka lebih "), (3, "pagi.")] {
        assert_eq!(rig.part(PHONE, 9, seq, 3, text), []);
    }
    rig.later(TimeDelta::hours(25));
    assert_eq!(rig.give_up(), 0);
    rig.later(TimeDelta::days(7));
    assert_eq!(rig.give_up(), 1);
    assert_eq!((rig.inbox().len(), rig.office.parts_due()), (1, None));
}

#[test]
fn what_is_incomplete_after_a_day_is_for_a_person_and_is_completed_by_the_late_part() {
    let mut rig = rig();
    let sent = rig.now;
    for seq in [10, 4, 1, 9, 2, 8, 3, 6, 5] {
        rig.part(PHONE, 1, seq, 10, &format!("{seq} "));
    }
    rig.later(TimeDelta::hours(23));
    assert_eq!((rig.give_up(), rig.inbox().len()), (0, 0));
    rig.later(TimeDelta::hours(1));
    assert_eq!(rig.give_up(), 1);
    let shown = rig.inbox().remove(0);
    assert_eq!(shown.text, "1 2 3 4 5 6 [...]8 9 10 ");
    assert_eq!(
        (shown.state, shown.note.as_deref(), shown.reply),
        (InboxState::Open, Some("incomplete"), None)
    );
    rig.later(TimeDelta::hours(30));
    rig.part_sent(PHONE, (1, 7, 10), "7 ", Some(sent));
    let whole = rig.inbox();
    assert_eq!(whole.len(), 1);
    assert_eq!(whole[0].text, "1 2 3 4 5 6 7 8 9 10 ");
    assert_eq!(
        (whole[0].state, whole[0].note.as_deref()),
        (InboxState::Open, Some("completed"))
    );
}

#[test]
fn what_a_person_laid_aside_waits_again_when_more_of_it_comes() {
    let mut rig = rig();
    let sent = rig.now;
    rig.part(PHONE, 1, 1, 3, "satu ");
    rig.later(TimeDelta::hours(24));
    rig.give_up();
    let (ids, at, by) = (vec![InboxId(1)], rig.now, "sari".to_owned());
    rig.write("sari", vec![Fact::InboxDone { ids, at, by }]);
    rig.part_sent(PHONE, (1, 3, 3), "tiga", Some(sent));
    let shown = rig.inbox().remove(0);
    assert_eq!(
        (shown.text.as_str(), shown.state, shown.note.as_deref()),
        ("satu [...]tiga", InboxState::Open, Some("incomplete"))
    );
    let index = rig.office.store.index();
    assert_eq!(index.inbox().waiting(), 1);
}

#[test]
fn a_reference_used_again_a_day_later_is_another_message() {
    let mut rig = rig();
    rig.part(PHONE, 1, 1, 2, "kemarin ");
    rig.later(TimeDelta::hours(25));
    // Before anybody looked at the clock.
    rig.part(PHONE, 1, 2, 2, "hari ini");
    rig.part(PHONE, 1, 1, 2, "PESAN ");
    assert_eq!(rig.texts(), ["kemarin [...]", "PESAN hari ini"]);
    let notes: Vec<_> = rig.inbox().into_iter().map(|row| row.note).collect();
    assert_eq!(notes, [Some("incomplete".into()), Some("text".into())]);
}

#[test]
fn the_same_part_with_other_words_begins_another_message() {
    let mut rig = rig();
    rig.part(PHONE, 1, 1, 2, "satu ");
    rig.part(PHONE, 1, 1, 2, "dua ");
    assert_eq!(rig.texts(), ["satu [...]"]);
    rig.part(PHONE, 1, 2, 2, "akhir");
    assert_eq!(rig.texts(), ["satu [...]", "dua akhir"]);
}

#[test]
fn another_phone_with_the_same_reference_has_its_own_parts() {
    let mut rig = rig();
    rig.part(PHONE, 1, 1, 2, "dari satu ");
    rig.part(OTHER, 1, 2, 2, "dari dua");
    assert_eq!(rig.texts(), Vec::<String>::new());
    rig.part(PHONE, 1, 2, 2, "lengkap");
    assert_eq!(rig.texts(), ["dari satu lengkap"]);
}

#[test]
fn a_phone_that_only_begins_messages_fills_nothing() {
    let mut rig = rig();
    for reference in 0..300 {
        rig.part(OTHER, reference, 1, 255, &format!("awal {reference}"));
    }
    let kept = {
        let index = rig.office.store.index();
        index.parts().of_sender(OTHER).count()
    };
    assert!(kept <= 2 * PER_SENDER, "{kept}");
    assert_eq!(rig.inbox().len(), 300 - PER_SENDER);
    // It holds nobody else up.
    rig.part(PHONE, 5, 2, 2, "411902");
    rig.part(PHONE, 5, 1, 2, "BANTUAN ");
    assert!(rig.texts().contains(&"BANTUAN 411902".to_owned()));
}

#[test]
fn the_longest_message_that_there_is_is_kept_whole() {
    let mut rig = rig();
    let part = "x".repeat(153);
    for seq in (1..=255).rev() {
        rig.part(PHONE, 1, seq, 255, &part);
    }
    assert_eq!(rig.inbox()[0].text.len(), 255 * 153);
}

#[test]
fn a_machine_is_not_answered_in_parts_either() {
    let mut rig = rig();
    rig.part("TELKOMSEL", 1, 1, 2, "Promo ");
    rig.later(TimeDelta::hours(24));
    rig.give_up();
    let shown = rig.inbox().remove(0);
    assert_eq!(
        (shown.state, shown.note.as_deref()),
        (InboxState::Ignored, Some("machine"))
    );
}
