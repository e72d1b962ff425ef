#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use super::*;
use crate::server::rig::{Rig, actor, sari};

fn office() -> Rig {
    office_with("")
}

fn office_with(settings: &str) -> Rig {
    let mut rig = Rig::new(&format!("[sms]\nprice = 350\n{settings}"));
    rig.satker("411201", "PN Madiun", "Kota Madiun", Some("0812-0000-0102"));
    rig.satker("411902", "MTsN Ngawi", "Kab. Ngawi", Some("0812-0000-0222"));
    rig.satker("411903", "MAN Ngawi", "Kab. Ngawi", Some("0812-0000-0222"));
    rig.satker("412001", "Polres Ngawi", "Kab. Ngawi", None);
    rig
}

fn report(rig: &Rig, audience: &Audience, text: &str) -> BroadcastReport {
    rig.office
        .preview_broadcast(audience, text, &sari())
        .unwrap()
}

#[test]
fn every_phone_gets_an_announcement_once_and_who_has_none_is_named() {
    let rig = office();
    let all = report(&rig, &Audience::default(), "rapat Senin pukul 09.00.");
    assert_eq!((all.recipients, all.parts, all.shared), (2, 2, 1));
    assert_eq!(all.cost, Some(Rupiah(700)));
    assert_eq!(all.no_phone, ["Polres Ngawi"]);
    assert_eq!(all.confirmations_needed, 2);
    assert_eq!(all.problem, None);
    assert_eq!(
        all.sample.unwrap().text,
        "KPPN Madiun: Yth. KPA PN Madiun, rapat Senin pukul 09.00."
    );
}

#[test]
fn the_audience_is_chosen_by_region_codes_role_and_module() {
    let rig = office();
    let check = |audience: Audience, recipients: u64| {
        let report = report(&rig, &audience, "rapat");
        assert_eq!(report.recipients, recipients, "{audience:?}: {report:?}");
        report
    };
    let ngawi = Audience {
        regions: vec!["ngawi".to_owned()],
        ..Audience::default()
    };
    check(ngawi.clone(), 1);
    let codes = Audience {
        codes: vec!["411201".to_owned(), "999999".to_owned(), "x".to_owned()],
        ..Audience::default()
    };
    assert_eq!(check(codes, 1).unknown, ["999999", "x"]);
    let both = Audience {
        codes: vec!["411201".to_owned()],
        ..ngawi
    };
    assert_eq!(check(both, 0).problem.unwrap().code, "broadcast-nobody");
    let role = Audience {
        role: Some(ContactRole::Ppk),
        ..Audience::default()
    };
    assert_eq!(check(role, 0).no_phone.len(), 4);
    let module = |name: &str| Audience {
        module: Some(name.to_owned()),
        ..Audience::default()
    };
    check(module("lpj"), 0);
    assert_eq!(
        check(module("lpk"), 0).problem.unwrap().code,
        "module-unknown"
    );
}

#[test]
fn an_announcement_may_name_the_satker_itself_but_nothing_unknown() {
    let rig = office();
    let problem = |text: &str| report(&rig, &Audience::default(), text).problem;
    let named = report(
        &rig,
        &Audience::default(),
        "data {satker} ({kode}) belum lengkap",
    );
    assert_eq!(
        named.sample.unwrap().text,
        "KPPN Madiun: Yth. KPA PN Madiun, data PN Madiun (411201) belum lengkap"
    );
    let unknown = problem("Yth. {stker}").unwrap();
    assert_eq!(
        (unknown.code.as_str(), unknown.args["nearest"].as_str()),
        ("placeholder-unknown", "satker")
    );
    assert_eq!(problem("{").unwrap().code, "placeholder-unknown");
    assert_eq!(problem("  ").unwrap().code, "text-empty");
    assert_eq!(problem(&"x".repeat(1001)).unwrap().code, "text-too-long");
    // Longer than one SMS is not cut: the preview says what it costs.
    let long = report(&rig, &Audience::default(), &"mohon hadir ".repeat(20));
    assert_eq!((long.recipients, long.parts), (2, 4));
}

#[test]
fn what_waits_already_is_not_drafted_again() {
    let mut rig = office();
    let (all, _) = rig
        .office
        .recipients(&Audience::default(), "rapat", rig.now)
        .unwrap();
    let ids = rig
        .does(&sari(), |office, who, now| {
            office.draft_announcement(all, who, now)
        })
        .unwrap();
    assert_eq!(ids, [SmsId(1), SmsId(2)]);
    let sms = rig.office.sms(SmsId(2)).unwrap();
    assert_eq!(
        (sms.kind, sms.policy, sms.state, sms.role),
        (
            SmsKind::Broadcast,
            ConfirmPolicy::TwoPerson,
            SmsState::Waiting,
            Some(ContactRole::Kpa)
        )
    );
    let again = report(&rig, &Audience::default(), "rapat");
    assert_eq!((again.recipients, again.waiting), (0, 2));
    assert_eq!(again.problem.unwrap().code, "broadcast-had");
}

/// Announces, and says to which phones.
fn announce(rig: &mut Rig, text: &str) -> Vec<SmsId> {
    let (all, _) = rig
        .office
        .recipients(&Audience::default(), text, rig.now)
        .unwrap();
    rig.does(&sari(), |office, who, now| {
        office.draft_announcement(all, who, now)
    })
    .unwrap()
}

#[test]
fn an_announcement_that_has_left_is_not_sent_to_the_same_phone_again() {
    let mut rig = office_with("[sms.confirm]\nbroadcast = \"auto\"\n");
    let text = "data {satker} belum lengkap";
    let ids = announce(&mut rig, text);
    assert_eq!(ids, [SmsId(1), SmsId(2)]);
    let at = rig.now;
    for (id, end) in [
        (SmsId(1), Fact::SmsSent { id: SmsId(1), at }),
        (
            SmsId(2),
            Fact::SmsUncertain {
                id: SmsId(2),
                text: String::new(),
                at,
            },
        ),
    ] {
        let modem = "m".to_owned();
        rig.write("sistem", vec![Fact::SmsSending { id, modem, at }, end]);
    }
    // Another satker with the same phone comes first now: for that phone it is the same announcement.
    rig.satker("411900", "KUA Ngawi", "Kab. Ngawi", Some("0812-0000-0222"));
    rig.later(TimeDelta::days(6));
    assert_eq!(announce(&mut rig, text), []);
    let (_, report) = rig
        .office
        .recipients(&Audience::default(), text, rig.now)
        .unwrap();
    assert_eq!((report.had, report.waiting), (2, 0));
    assert_eq!(
        announce(&mut rig, "data {satker} masih belum lengkap").len(),
        2
    );
    rig.later(TimeDelta::days(2));
    assert_eq!(announce(&mut rig, text).len(), 2);
}

#[test]
fn what_did_not_arrive_is_announced_again() {
    let mut rig = office_with("[sms.confirm]\nbroadcast = \"auto\"\n");
    announce(&mut rig, "rapat");
    let (id, at) = (SmsId(1), rig.now);
    let modem = "m".to_owned();
    let failed = Fact::SmsFailed {
        id,
        code: None,
        text: String::new(),
        at,
    };
    rig.write("sistem", vec![Fact::SmsSending { id, modem, at }, failed]);
    assert_eq!(announce(&mut rig, "rapat").len(), 1);
}

#[test]
fn a_clerk_of_a_section_does_not_announce_to_everybody() {
    let rig = office();
    let clerk = actor("budi", Role::Section);
    let refused = rig
        .office
        .preview_broadcast(&Audience::default(), "rapat", &clerk);
    assert_eq!(refused.unwrap_err().code, "forbidden");
}
