#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use super::*;
use crate::ask::{NewLetter, RegisterLetter};
use crate::server::rig::{Rig, sari};

const SETTINGS: &str = "[summary]\nto = { VERA = \"0812-1111-0001\", BANK = \"0812-1111-0002\" }\n";

fn with_letter() -> Rig {
    let mut rig = Rig::new(SETTINGS);
    rig.satker("411201", "PN Madiun", "Kota Madiun", Some("0812-0000-0102"));
    let letter = NewLetter {
        module: "lpj".to_owned(),
        service: "lpj".to_owned(),
        satker: "411201".to_owned(),
        fields: [("periode".to_owned(), "2026-10".to_owned())].into(),
        ..NewLetter::default()
    };
    let ask = RegisterLetter {
        letter,
        duplicate_seen: false,
        key: None,
    };
    let entered = rig
        .does(&sari(), |office, who, now| office.register(&ask, who, now))
        .unwrap();
    // Nobody was given it, and it is to be done the same day.
    let mut letter = rig.office.letter(entered.agenda).unwrap();
    letter.state = LetterState::Received;
    letter.target = Some("2026-11-24T15:00:00+07:00".parse().unwrap());
    let letter = Box::new(letter);
    rig.write("sari", vec![Fact::LetterRegistered { letter }]);
    rig
}

fn at(rig: &mut Rig, time: &str) -> Vec<Morning> {
    rig.now = time.parse().unwrap();
    rig.office.morning_summary(rig.now).unwrap()
}

#[test]
fn the_head_of_a_section_is_told_on_a_working_morning_what_waits() {
    let mut rig = with_letter();
    let monday = at(&mut rig, "2026-11-30T07:30:00+07:00");
    assert_eq!(monday.len(), 1, "where nothing waits nobody is told");
    assert_eq!(monday[0].to.as_str(), "+6281211110001");
    assert_eq!(
        monday[0].text,
        "SI PINTAR: VERA: 1 layanan lewat norma, 0 jatuh tempo hari ini, 1 surat belum disposisi, 0 SMS gagal (30-11-2026)."
    );
    // Too early, too late, a Sunday.
    for time in [
        "2026-11-30T07:29:00+07:00",
        "2026-11-30T11:30:00+07:00",
        "2026-11-29T07:30:00+07:00",
    ] {
        assert_eq!(at(&mut rig, time), [], "{time}");
    }
}

#[test]
fn a_summary_is_drafted_once_a_day_whoever_asks_again() {
    let mut rig = with_letter();
    let summary = at(&mut rig, "2026-11-30T07:30:00+07:00").remove(0);
    let key = summary.key.clone();
    let (fact, id) = rig
        .office
        .summary_fact(summary, &Actor::system(), rig.now)
        .unwrap();
    rig.write_as("sistem", Some(&key), vec![fact]);
    assert_eq!(rig.office.sms(id).unwrap().kind, SmsKind::Internal);
    assert_eq!(at(&mut rig, "2026-11-30T08:00:00+07:00"), []);
    assert_eq!(at(&mut rig, "2026-12-01T07:30:00+07:00").len(), 1);
}

#[test]
fn the_timer_knows_when_the_next_one_is_due() {
    let rig = Rig::new(SETTINGS);
    let next = |time: &str| {
        let next = rig.office.next_summary(time.parse().unwrap()).unwrap();
        rig.office.local(next).to_rfc3339()
    };
    assert_eq!(
        next("2026-11-30T07:00:00+07:00"),
        "2026-11-30T07:30:00+07:00"
    );
    assert_eq!(
        next("2026-11-30T07:30:00+07:00"),
        "2026-12-01T07:30:00+07:00"
    );
    let silent = Rig::new("");
    assert_eq!(silent.office.next_summary(silent.now), None);
}
