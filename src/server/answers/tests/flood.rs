//! More than an office can answer: what is above the budget of an hour waits for a person.

use super::*;
use crate::domain::lang::Lang;
use crate::domain::refusal::Refusal;
use crate::locale::Locale;

/// So many invented numbers ask the same.
fn strangers(rig: &mut Rig, numbers: std::ops::Range<u32>, text: &str) -> Vec<InboxMessage> {
    let ask = |n: u32| {
        rig.later(TimeDelta::milliseconds(20));
        rig.hears_now(&format!("+62813111{n:05}"), text).0
    };
    numbers.map(ask).collect()
}

fn letters(rig: &Rig) -> usize {
    rig.office.store.index().letters().len()
}

fn answers(rig: &Rig) -> usize {
    rig.office.store.index().sms().len()
}

fn warning(rig: &Rig) -> Option<Refusal> {
    let warnings = rig.office.warnings();
    warnings.into_iter().find(|warning| warning.code == "flood")
}

const PRICED: &str = "[sms]\nprice = 350\n";

#[test]
fn a_flood_of_complaints_is_kept_for_a_person_and_costs_no_more_than_the_budget() {
    let mut rig = with(PRICED);
    let came = strangers(&mut rig, 0..300, "ADUAN Antrean lama sekali");
    assert_eq!((letters(&rig), answers(&rig)), (15, 15));
    let waits: Vec<_> = came
        .iter()
        .filter(|message| message.note.as_deref() == Some("flood"))
        .collect();
    assert_eq!(waits.len(), 285);
    assert!(waits.iter().all(|message| message.state == InboxState::Open
        && message.keyword.as_deref() == Some("ADUAN")
        && message.reply.is_none()));
    assert_eq!(rig.office.store.index().inbox().waiting(), 285);
    let warning = warning(&rig).unwrap();
    assert_eq!(
        (warning.args["n"].as_str(), warning.args["cost"].as_str()),
        ("285", "Rp99.750")
    );
    assert_eq!(warning.args["since"], "24-11-2026 09.00");
    let words = Locale::built_in(Lang::Id).refusal(&warning);
    assert!(
        words.contains("285") && words.contains("Rp99.750"),
        "{words}"
    );
}

#[test]
fn phones_on_a_list_are_answered_while_strangers_flood() {
    let mut rig = with(PRICED);
    strangers(&mut rig, 0..300, "PAGU 411902");
    assert_eq!(answers(&rig), 60);
    assert!(rig.told(ONE, "JADWAL 411902").contains("MTsN Ngawi"));
    // Their complaints too.
    let (complaint, _) = rig.hears(ONE, "ADUAN Loket tutup");
    assert!(complaint.agenda.is_some());
    // Also theirs end, and a wish to be left alone is heard all the same.
    let mut rig = with("[inbox]\nanswers_per_hour = 2\n");
    for text in ["PAGU", "LPJ"] {
        assert!(rig.hears(ONE, text).1.is_some());
    }
    let (third, sms) = rig.hears(ONE, "GAJI");
    assert_eq!((third.note.as_deref(), sms), (Some("flood"), None));
    assert!(rig.told(ONE, "BERHENTI").contains("MULAI"));
    assert!(warning(&rig).unwrap().args["cost"].is_empty());
}

#[test]
fn answers_go_on_after_an_hour_and_what_waited_is_a_persons_to_answer() {
    let mut rig = with("[inbox]\nregistrations_per_hour = 4\n");
    let came = strangers(&mut rig, 0..3, "ADUAN Antrean lama");
    assert_eq!(letters(&rig), 1);
    let waiting = came.last().unwrap().id;
    // What registers nothing has a budget of its own.
    assert!(rig.told(STRANGER, "BANTUAN").contains("PAGU"));
    rig.later(TimeDelta::minutes(53));
    assert!(rig.hears(STRANGER, "SARAN Tambah kursi").0.agenda.is_none());
    rig.later(TimeDelta::minutes(2));
    assert!(rig.hears(STRANGER, "SARAN Tambah meja").0.agenda.is_some());
    assert_eq!(warning(&rig).unwrap().args["n"], "3");
    let answer = AnswerInbox {
        id: waiting,
        text: "KPPN Madiun: Mohon maaf, loket ditambah.".to_owned(),
        key: None,
    };
    rig.does(&sari(), |office, who, now| {
        office.answer_inbox(&answer, who, now)
    })
    .unwrap();
    for id in [came[1].id, InboxId(5)] {
        rig.does(&sari(), |office, who, now| {
            office.done_inbox(&DoneInbox { id }, who, now)
        })
        .unwrap();
    }
    assert_eq!(warning(&rig), None);
}

#[test]
fn a_plan_has_a_day_and_an_amount_that_can_be() {
    let mut rig = with("[inbox]\nplan_max = 20000000000\n");
    let mut told = |phone: &str, text: &str| rig.told(phone, text);
    assert_eq!(
        told(ONE, "RPD 411902 07122026 9223372036854775807"),
        "Jumlah RPD Rp9.223.372,03 T melebihi batas Rp15.000.000.000. Periksa lalu kirim lagi. Contoh: RPD 411902 05122026 6500000000"
    );
    assert!(
        told(TWO, "RPD 411903 07122026 20000000001").contains("melebihi batas Rp20.000.000.000")
    );
    assert!(told(TWO, "RPD 411903 07122026 20000000000").contains("dicatat"));
    for bad in ["RPD 411902 07122026 0", "RPD 411902 07122026 -5"] {
        assert!(told(ONE, bad).starts_with("Jumlah rupiah salah"), "{bad}");
    }
    assert_eq!(
        told(ONE, "RPD 411902 01012028 1000000"),
        "Tanggal RPD harus 24-11-2026 s.d. 31-12-2027. Ketik ddmmyyyy, contoh 5 Desember 2026 = 05122026."
    );
    assert!(told(ONE, "RPD 411902 31122027 1000000").contains("dicatat"));
    assert!(told(ONE, "RPD 411902 07122025 1000000").starts_with("Format tanggal salah"));
    assert_eq!(letters(&rig), 2);
}
