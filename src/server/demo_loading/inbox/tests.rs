#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::ask::{GetSatisfaction, ListRepairs};
use crate::domain::fact::Fact;
use crate::domain::inbox::InboxState;
use crate::server::rig::{Rig, wati};

/// An office of that size with its conversations.
fn office(satker: u32, letters: u32) -> (Rig, Vec<Moment>, Vec<Fact>) {
    let mut rig = Rig::new("");
    let plan = demo::Plan {
        seed: 1,
        satker,
        letters,
    };
    let (calendar, hours) = (
        rig.office.calendar(),
        rig.office.settings.office.service_hours,
    );
    let zone = rig.office.zone();
    let facts: Vec<Fact> = demo::facts(
        &plan,
        &rig.office.modules,
        &calendar,
        &hours.service(),
        zone,
        rig.now,
    )
    .collect();
    rig.write("sari", facts);
    let moments = super::plan(&rig.office, 1, rig.now).unwrap();
    let mut all = Vec::new();
    for moment in &moments {
        let facts = rig.office.replay_talk(moment).unwrap();
        rig.write("sistem", facts.clone());
        all.extend(facts);
    }
    (rig, moments, all)
}

#[test]
fn satker_have_asked_rated_complained_and_some_wait() {
    let (rig, moments, facts) = office(300, 6000);
    assert!(moments.iter().all(|moment| moment.at < rig.now));
    let messages: Vec<_> = facts
        .iter()
        .filter_map(|fact| match fact {
            Fact::InboxReceived { message } => Some(message),
            _ => None,
        })
        .collect();
    assert!((200..500).contains(&messages.len()), "{}", messages.len());
    let with = |reply: &str| {
        let of = |one: &&&crate::domain::inbox::InboxMessage| one.reply.as_deref() == Some(reply);
        messages.iter().filter(of).count()
    };
    for reply in [
        "pagu", "nilai", "saran", "berhenti", "mulai", "e01", "e02", "e04", "e13",
    ] {
        assert!(with(reply) > 0, "nobody was told `{reply}`");
    }
    assert!(
        messages
            .iter()
            .all(|one| one.note.as_deref() != Some("trouble"))
    );
    // Whoever was told something has it.
    for fact in &facts {
        if let Fact::SmsDrafted { sms } = fact {
            assert_eq!(sms.state, SmsState::Delivered, "{}", sms.text);
            assert!(sms.history.is_sorted_by_key(|step| step.at));
        }
    }
    let states: Vec<InboxState> = {
        let index = rig.office.store.index();
        index
            .inbox()
            .all()
            .iter()
            .map(|entry| entry.state)
            .collect()
    };
    let count = |state| states.iter().filter(|one| **one == state).count();
    assert_eq!(count(InboxState::Open), talk::WAITING.len());
    assert!(count(InboxState::Done) > 0 && count(InboxState::Ignored) > 0);
    let overview = rig.office.overview(0, &wati(), rig.now).unwrap();
    assert_eq!(overview.unread, talk::WAITING.len() as u64);

    let seen = rig
        .office
        .satisfaction(&GetSatisfaction::default())
        .unwrap();
    let mean = seen.all.mean.unwrap();
    assert!((430..=470).contains(&mean), "{mean}");
    assert!(seen.all.n > 50 && seen.asked > seen.all.n && !seen.comments.is_empty());
    assert!(overview.rated.unwrap().mean.is_some());

    let complaints = facts
        .iter()
        .filter(|fact| fact.name() == "letter-registered");
    assert_eq!(complaints.count(), talk::COMPLAINTS.len());
    let out = facts.iter().filter(|fact| fact.name() == "phone-opted-out");
    assert_eq!(out.count(), OPTED_OUT + 1);

    let repairs = rig.office.list_repairs(&ListRepairs {
        limit: 100,
        ..ListRepairs::default()
    });
    let repairs = repairs.unwrap();
    assert!((2..10).contains(&repairs.total), "{}", repairs.total);
    assert_eq!(repairs.total, overview.repairs);
}

#[test]
fn the_same_seed_gives_the_same_conversations_and_every_size_has_them() {
    let (_, first, facts) = office(60, 800);
    let (_, second, again) = office(60, 800);
    assert_eq!(first, second);
    assert!(facts == again);
    for (satker, letters) in [(0, 0), (1, 0), (1, 1), (5, 40)] {
        office(satker, letters);
    }
}
