use chrono::TimeDelta;

use super::*;
use crate::ask::{DraftSms, KeepDraft, NewLetter, RegisterLetter};
use crate::domain::access::Role;
use crate::server::rig::{Rig, actor, sari};

fn ask(text: &str, key: &str) -> DraftSms {
    DraftSms {
        to: Some("0813-1111-0102".to_owned()),
        satker: None,
        role: None,
        text: text.to_owned(),
        key: Some(key.to_owned()),
    }
}

/// As the dispatch does it, in the writer.
fn drafted(rig: &mut Rig, who: &Actor, ask: DraftSms) -> Result<String, Refusal> {
    let key = request_key(&ask, Change::key(&ask))?.unwrap();
    if let Some(about) = rig.office.done_request(&key, who)? {
        return DraftSms::again(&about, &rig.office).map(|id| id.to_string());
    }
    rig.later(TimeDelta::milliseconds(10));
    let (facts, id) = ask.decide(&rig.office, who, rig.now)?;
    rig.write_as(&who.user, Some(&key.to_string()), facts);
    Ok(id.to_string())
}

#[test]
fn a_key_belongs_to_its_account_its_kind_and_its_content() {
    let mut rig = Rig::new("");
    let first = drafted(&mut rig, &sari(), ask("Selamat pagi", "form-1")).unwrap();
    let facts = rig.facts();
    // The same again is the same message.
    let again = drafted(&mut rig, &sari(), ask("Selamat pagi", "form-1"));
    assert_eq!(again.unwrap(), first);
    // Another content, another account, another kind: neither the record nor a second one.
    let budi = actor("budi", Role::Desk);
    let reused = |result: Result<String, Refusal>| {
        let refusal = result.unwrap_err();
        assert_eq!(refusal.code, "key-reused");
        assert!(refusal.args.is_empty(), "{refusal}");
    };
    reused(drafted(&mut rig, &sari(), ask("Selamat siang", "form-1")));
    reused(drafted(&mut rig, &budi, ask("Selamat pagi", "form-1")));
    let letter = RegisterLetter {
        letter: NewLetter::default(),
        duplicate_seen: false,
        key: Some("form-1".to_owned()),
    };
    let key = request_key(&letter, letter.key.as_deref())
        .unwrap()
        .unwrap();
    let other = rig.office.done_request(&key, &sari()).unwrap_err();
    assert_eq!(other.code, "key-reused");
    assert_eq!(rig.facts(), facts);
}

#[test]
fn the_servers_own_keys_are_not_those_of_clients() {
    let mut rig = Rig::new("");
    let own = "summary/2026-11-24/VERA";
    let id = drafted(&mut rig, &sari(), ask("Selamat pagi", own)).unwrap();
    // A client that guesses the name suppresses nothing …
    assert_eq!(rig.office.store.done_before(own).unwrap(), None);
    // … and learns nothing.
    let fact = Fact::SmsUndone {
        id: id.parse().unwrap(),
        at: rig.now,
        by: Actor::SYSTEM.to_owned(),
    };
    let other = "summary/2026-11-24/PD";
    rig.write_as(Actor::SYSTEM, Some(other), vec![fact]);
    assert_eq!(rig.office.store.done_before(other).unwrap(), Some(id));
    let key = request_key(&ask("x", other), Some(other)).unwrap().unwrap();
    assert_eq!(rig.office.done_request(&key, &sari()).unwrap(), None);
}

#[test]
fn a_key_of_an_older_journal_is_not_answered_with_what_nobody_can_compare() {
    let mut rig = Rig::new("");
    let (facts, _) = ask("x", "form-9")
        .decide(&rig.office, &sari(), rig.now)
        .unwrap();
    rig.write_as("sari", Some("form-9"), facts);
    let again = drafted(&mut rig, &sari(), ask("x", "form-9"));
    assert_eq!(again.unwrap_err().code, "key-reused");
}

#[test]
fn a_key_that_would_spoil_the_journal_is_refused() {
    let key = |key: &str| request_key(&ask("x", key), Some(key)).map(|key| key.unwrap().key);
    assert!(request_key(&ask("x", ""), None).unwrap().is_none());
    assert_eq!(key("form-1").unwrap(), "form-1");
    assert_eq!(
        key(&"k".repeat(KEY_MAX + 1)).unwrap_err().code,
        "text-too-long"
    );
    // Control characters do not come as far: the gate takes them out of every text.
    let content = serde_json::to_string(&ask("x", "\u{1b}[2J")).unwrap();
    let content = RawValue::from_string(content).unwrap();
    let ask: DraftSms = gate::read(&content, &DraftSms::NAME.limits()).unwrap();
    assert_eq!(ask.key.as_deref(), Some(" [2J"));
}

/// What reads only may be asked by whoever may look; everything else needs more.
#[test]
fn the_least_role_of_every_request_is_as_the_office_wants_it() {
    use RequestName as N;
    macro_rules! kinds {
        ($($(#[$doc:meta])* $name:ident, $kind:ident, $needs:ident, $limits:ident => $answer:ty);+ $(;)?) => {
            [$((N::$name, stringify!($kind))),+]
        };
    }
    for (name, kind) in with_requests!(kinds) {
        if matches!(kind, "change" | "steps") {
            assert!(name.needs() >= Role::Section, "{name:?}");
        }
    }
    for (role, names) in [
        (
            Role::Admin,
            &[
                N::ListUsers,
                N::SetUser,
                N::RemoveUser,
                N::LoadDemo,
                N::StopServer,
            ][..],
        ),
        (
            Role::Supervisor,
            &[
                N::OverrideCalendar,
                N::ImportHolidays,
                N::GiveDate,
                N::AskUssd,
            ],
        ),
        (
            Role::Desk,
            &[
                N::ImportSatker,
                N::ImportBudget,
                N::Broadcast,
                N::PreviewBroadcast,
            ],
        ),
        (
            Role::Section,
            &[
                N::RegisterLetter,
                N::ConfirmSms,
                N::KeepDraft,
                N::HoldSending,
            ],
        ),
        (Role::Viewer, &[N::ListLetters, N::GetStatus, N::ListAudit]),
    ] {
        for name in names {
            assert_eq!(name.needs(), role, "{name:?}");
        }
    }
}

#[test]
fn the_digest_of_a_content_does_not_depend_on_how_it_was_written() {
    let typed = |content: &str| {
        let content = RawValue::from_string(content.to_owned()).unwrap();
        let ask: KeepDraft = gate::read(&content, &KeepDraft::NAME.limits()).unwrap();
        digest(&ask).unwrap()
    };
    let one = typed(r#"{"form":"a","values":{"x":"1","y":"2"}}"#);
    assert_eq!(
        one,
        typed(r#"{ "values": {"y":"2","x":"1"}, "form": "a" }"#)
    );
    assert_ne!(one, typed(r#"{"form":"a","values":{"x":"1","y":"3"}}"#));
    assert_eq!(one.len(), BODY_DIGITS);
}
