#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use chrono::TimeDelta;

use super::*;
use crate::ask::{OutlineSms, PreviewConfirm, SmsFilter, SmsGrouping, SmsLine, SmsOutline};
use crate::domain::sms::SmsKind;
use crate::server::rig::{Rig, actor, sari, wati};

const PHONE: &str = "0812-0000-0102";

fn found(filter: SmsFilter, after: Option<SmsId>, limit: u32) -> SmsChoice {
    SmsChoice::Found {
        filter,
        seen: None,
        after,
        limit,
    }
}

fn ids(list: &[SmsId]) -> SmsChoice {
    SmsChoice::Ids(list.to_vec())
}

fn confirms(rig: &mut Rig, who: &Actor, which: &SmsChoice) -> Result<BulkOutcome, Refusal> {
    rig.does(who, |office, who, now| {
        office.confirm(which, false, who, now)
    })
}

fn state(rig: &Rig, id: SmsId) -> SmsState {
    rig.office.sms(id).unwrap().state
}

#[test]
fn all_that_a_filter_finds_is_confirmed_in_pieces_and_nothing_twice() {
    let mut rig = Rig::new("");
    for n in 0..7 {
        rig.drafts(&sari(), PHONE, &format!("Rapat {n}"));
    }
    let other = rig.drafts(&sari(), PHONE, "Lainnya");
    let filter = SmsFilter {
        find: Some("rapat".to_owned()),
        ..SmsFilter::default()
    };
    let (mut after, mut pieces) = (None, Vec::new());
    loop {
        let outcome = confirms(&mut rig, &wati(), &found(filter.clone(), after, 3)).unwrap();
        pieces.push(outcome.done.len());
        after = outcome.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(pieces, [3, 3, 1]);
    assert_eq!(state(&rig, other), SmsState::Waiting);
    let again = confirms(&mut rig, &wati(), &found(filter, None, 3)).unwrap();
    assert_eq!(again, BulkOutcome::default());
}

#[test]
fn what_was_changed_after_the_preview_stays_behind() {
    let mut rig = Rig::new("");
    let (one, two) = (
        rig.drafts(&sari(), PHONE, "satu"),
        rig.drafts(&sari(), PHONE, "dua"),
    );
    let which = found(SmsFilter::default(), None, 500);
    let seen = rig
        .office
        .preview_confirm(&which, &wati(), rig.now)
        .unwrap()
        .seen;
    let edit = EditSms {
        id: two,
        text: "dua, diubah".to_owned(),
    };
    rig.does(&sari(), |office, who, now| office.edit(&edit, who, now))
        .unwrap();
    let new = rig.drafts(&sari(), PHONE, "tiga");
    let which = SmsChoice::Found {
        filter: SmsFilter::default(),
        seen: Some(seen),
        after: None,
        limit: 500,
    };
    let outcome = confirms(&mut rig, &wati(), &which).unwrap();
    assert_eq!(outcome.done, [one]);
    let left: Vec<_> = outcome
        .refused
        .iter()
        .map(|(id, refusal)| (*id, refusal.code.as_str()))
        .collect();
    assert_eq!(left, [(two, "sms-changed"), (new, "sms-changed")]);
}

#[test]
fn the_preview_counts_cost_duplicates_missing_phones_and_first_confirmations() {
    let mut rig = Rig::new("[sms]\nprice = 350\nconfirm = { free = \"two-person\" }\n");
    rig.satker("411201", "PN Madiun", "Kota Madiun", Some(PHONE));
    let one = rig.drafts(&sari(), PHONE, "Rapat besok");
    rig.drafts(&sari(), PHONE, "Rapat besok");
    rig.drafts(&sari(), PHONE, &"Panjang sekali. ".repeat(20));
    rig.drafts(&sari(), "0813-1111-0001", "Emoji \u{1f600}");
    confirms(&mut rig, &sari(), &ids(&[one])).unwrap();
    // The satker has another phone now.
    rig.satker("411201", "PN Madiun", "Kota Madiun", Some("0812-0000-0999"));
    let preview = rig
        .office
        .preview_confirm(&found(SmsFilter::default(), None, 500), &wati(), rig.now)
        .unwrap();
    assert_eq!((preview.count, preview.parts), (4, 6));
    assert_eq!(preview.cost, Some(crate::domain::money::Rupiah(2100)));
    assert_eq!((preview.unicode, preview.duplicates), (1, 1));
    assert_eq!(preview.no_phone, 3);
    assert_eq!(preview.no_phone_of, ["PN Madiun"]);
    assert_eq!(preview.second_needed, 3);
    assert_eq!(preview.first_by, [("sari".to_owned(), 1)].into());
    assert_eq!(preview.samples.len(), 3);
    let ask = PreviewConfirm { which: ids(&[one]) };
    let preview = rig
        .office
        .preview_confirm(&ask.which, &wati(), rig.now)
        .unwrap();
    assert_eq!((preview.count, preview.duplicates), (1, 0));
}

#[test]
fn the_same_text_to_the_same_phone_is_a_duplicate_for_seven_days() {
    let mut rig = Rig::new("");
    let first = rig.drafts(&sari(), PHONE, "Rapat besok");
    confirms(&mut rig, &wati(), &ids(&[first])).unwrap();
    let again = |rig: &mut Rig| {
        let id = rig.drafts(&sari(), PHONE, "Rapat besok");
        let preview = rig.office.preview_confirm(&ids(&[id]), &wati(), rig.now);
        let duplicates = preview.unwrap().duplicates;
        rig.does(&sari(), |office, who, now| {
            office.withdraw_sms(&ids(&[id]), "", who, now)
        })
        .unwrap();
        duplicates
    };
    assert_eq!(again(&mut rig), 1);
    rig.later(TimeDelta::days(8));
    assert_eq!(again(&mut rig), 0);
}

#[test]
fn the_budget_of_the_day_wants_an_explicit_yes() {
    let mut rig = Rig::new("[sms]\ndaily_budget = 3\n");
    let all: Vec<SmsId> = (0..4)
        .map(|n| rig.drafts(&sari(), PHONE, &format!("Rapat {n}")))
        .collect();
    confirms(&mut rig, &wati(), &ids(&all[..2])).unwrap();
    let preview = rig.office.preview_confirm(&ids(&all), &wati(), rig.now);
    let budget = preview.unwrap().budget.unwrap();
    assert_eq!((budget.limit, budget.used, budget.after), (3, 2, 4));
    assert!(budget.passed());
    let refusal = confirms(&mut rig, &wati(), &ids(&all[2..])).unwrap_err();
    assert_eq!(refusal.code, "over-budget");
    assert_eq!(state(&rig, all[2]), SmsState::Waiting);
    assert_eq!(
        confirms(&mut rig, &wati(), &ids(&all[2..3])).unwrap().done,
        &all[2..3]
    );
    let rest = ids(&all[3..]);
    let yes = rig.does(&wati(), |office, who, now| {
        office.confirm(&rest, true, who, now)
    });
    assert_eq!(yes.unwrap().done, &all[3..]);
    // Taking back gives room again, and so does the next day once they are sent.
    rig.does(&wati(), |office, who, now| {
        office.undo(&ids(&all), who, now)
    })
    .unwrap();
    assert_eq!(rig.office.day_budget(0, rig.now).unwrap().used, 0);
}

#[test]
fn what_a_modem_has_sent_counts_on_its_day() {
    let mut rig = Rig::new("[sms]\ndaily_budget = 10\n");
    let id = rig.drafts(&sari(), PHONE, &"Panjang sekali. ".repeat(20));
    confirms(&mut rig, &wati(), &ids(&[id])).unwrap();
    let at = rig.now;
    rig.write("sistem", vec![Fact::SmsSent { id, at }]);
    let used = |rig: &Rig| rig.office.day_budget(0, rig.now).unwrap().used;
    assert_eq!(used(&rig), 3);
    rig.later(TimeDelta::days(1));
    assert_eq!(used(&rig), 0);
}

#[test]
fn a_hold_keeps_everything_back_replies_too_until_it_is_lifted() {
    let mut rig = Rig::new("[sms]\nundo_seconds = 0\nconfirm = { default = \"auto\" }\n");
    let id = rig.drafts(&sari(), PHONE, "Rapat");
    let reply = rig
        .does(&Actor::system(), |office, who, now| {
            let to = PhoneNumber::parse(PHONE).unwrap().0;
            let sms = office.draft(SmsKind::Reply, to, "Jawaban".to_owned(), who, now)?;
            let id = sms.id;
            Ok((vec![Fact::SmsDrafted { sms: Box::new(sms) }], id))
        })
        .unwrap();
    let next = |rig: &Rig| rig.office.next_in_queue("simulasi", rig.now).0;
    assert_eq!(next(&rig), Some(id));
    let hold = |rig: &mut Rig, who: &Actor, why: &str| {
        rig.does(who, |office, who, now| office.hold_sending(why, who, now))
    };
    assert_eq!(
        hold(&mut rig, &sari(), " ").unwrap_err().code,
        "reason-missing"
    );
    hold(&mut rig, &sari(), "teks salah").unwrap();
    assert_eq!(next(&rig), None);
    assert!(rig.office.claim("simulasi", rig.now).unwrap().1.is_none());
    let waits = rig.office.show_sms(reply, rig.now).unwrap().waits.unwrap();
    assert_eq!(waits.code, "held");
    assert_eq!(
        (waits.args["by"].as_str(), waits.args["reason"].as_str()),
        ("sari", "teks salah")
    );
    assert_eq!(
        hold(&mut rig, &wati(), "lagi").unwrap_err().code,
        "already-held"
    );
    let overview = rig.office.overview(1, &wati(), rig.now).unwrap();
    assert_eq!(overview.held.unwrap().by, "sari");
    let resume = |rig: &mut Rig, who: &Actor| rig.does(who, Office::resume_sending);
    let other = resume(&mut rig, &actor("budi", Role::Desk)).unwrap_err();
    assert_eq!(other.code, "forbidden");
    resume(&mut rig, &wati()).unwrap();
    assert_eq!(next(&rig), Some(id));
    assert_eq!(resume(&mut rig, &wati()).unwrap_err().code, "not-held");
}

#[test]
fn what_is_too_old_expires_whether_it_waits_or_is_queued() {
    let mut rig = Rig::new("[sms]\nexpire_hours = { free = 2 }\nundo_seconds = 0\n");
    let waiting = rig.drafts(&sari(), PHONE, "satu");
    let queued = rig.drafts(&sari(), PHONE, "dua");
    confirms(&mut rig, &wati(), &ids(&[queued])).unwrap();
    let expire = |rig: &mut Rig| {
        rig.does(&Actor::system(), |office, _, now| office.expire(now))
            .unwrap()
    };
    rig.later(TimeDelta::minutes(119));
    expire(&mut rig);
    assert_eq!(state(&rig, waiting), SmsState::Waiting);
    let next = rig.office.next_expiry(rig.now);
    assert!(
        next > rig.now && next <= rig.now + TimeDelta::minutes(2),
        "{next}"
    );
    rig.later(TimeDelta::minutes(2));
    // A modem that becomes free in this moment does not get it either.
    let (facts, claimed) = rig.office.claim("simulasi", rig.now).unwrap();
    assert!(claimed.is_none() && facts[0].name() == "sms-dropped");
    assert!(!expire(&mut rig));
    for id in [waiting, queued] {
        assert_eq!(state(&rig, id), SmsState::Expired);
    }
}

#[test]
fn a_rejected_message_goes_back_to_its_drafter_who_mends_or_gives_it_up() {
    let mut rig = Rig::new("");
    let (one, two) = (
        rig.drafts(&sari(), PHONE, "satu"),
        rig.drafts(&sari(), PHONE, "dua"),
    );
    rig.drafts(&wati(), PHONE, "tiga");
    rig.does(&wati(), |office, who, now| {
        office.reject(&SmsChoice::All { kind: None }, "salah tanggal", who, now)
    })
    .unwrap();
    let mine = crate::ask::ListSms {
        states: vec![SmsState::Rejected],
        drafter: Some("sari".to_owned()),
        limit: 10,
        ..Default::default()
    };
    let back = |rig: &Rig| -> Vec<SmsId> {
        let page = rig.office.list_sms(&mine).unwrap();
        assert_eq!(page.total, rig.office.handed_back("sari"));
        page.rows.iter().map(|row| row.id).collect()
    };
    assert_eq!(back(&rig), [two, one]);
    let edit = EditSms {
        id: one,
        text: "satu, benar".to_owned(),
    };
    rig.does(&sari(), |office, who, now| office.edit(&edit, who, now))
        .unwrap();
    assert_eq!(state(&rig, one), SmsState::Waiting);
    rig.does(&sari(), |office, who, now| {
        office.withdraw_sms(&ids(&[two]), "tidak jadi", who, now)
    })
    .unwrap();
    assert_eq!(state(&rig, two), SmsState::Withdrawn);
    assert!(back(&rig).is_empty());
}

#[test]
fn groups_count_their_messages_and_open_ones_show_them_page_by_page() {
    let mut rig = Rig::new("");
    rig.satker("411201", "PN Madiun", "Kota Madiun", Some(PHONE));
    for n in 0..5 {
        rig.drafts(&sari(), PHONE, &format!("Rapat {n}"));
    }
    rig.drafts(&sari(), "0857-1111-0001", "lain");
    let outline = |by, open: &[&str], offset, limit| -> SmsOutline {
        let ask = OutlineSms {
            filter: SmsFilter {
                states: vec![SmsState::Waiting],
                ..SmsFilter::default()
            },
            by,
            open: open.iter().map(|key| (*key).to_owned()).collect(),
            offset,
            limit,
        };
        rig.office.outline_sms(&ask).unwrap()
    };
    let words = |outline: &SmsOutline| -> Vec<String> {
        let line = |line: &SmsLine| match line {
            SmsLine::Group(group) => format!("{} {} {}", group.key, group.label, group.count),
            SmsLine::Sms(row) => row.id.to_string(),
        };
        outline.lines.iter().map(line).collect()
    };
    let closed = outline(SmsGrouping::Satker, &[], 0, 50);
    assert_eq!(words(&closed), ["411201 PN Madiun 5", "  1"]);
    assert_eq!((closed.total, closed.messages), (2, 6));
    let open = outline(SmsGrouping::Satker, &["411201"], 2, 3);
    assert_eq!(words(&open), ["S-000004", "S-000003", "S-000002"]);
    assert_eq!(open.total, 7);
    let tail = outline(SmsGrouping::Satker, &["411201"], 5, 10);
    assert_eq!(words(&tail), ["S-000001", "  1"]);
    let operators = outline(SmsGrouping::Operator, &[], 0, 50);
    assert_eq!(words(&operators), ["Telkomsel  5", "Indosat  1"]);
    let days = outline(SmsGrouping::Day, &[], 0, 50);
    assert_eq!(words(&days), ["2026-11-24  6"]);
    let group = SmsFilter {
        group: Some((SmsGrouping::Operator, "Indosat".to_owned())),
        ..SmsFilter::default()
    };
    assert_eq!(
        confirms(&mut rig, &wati(), &found(group, None, 500))
            .unwrap()
            .done,
        [SmsId(6)]
    );
}
