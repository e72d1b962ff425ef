#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::ask::{ModemRow, SmsChoice};
use crate::server::rig::{Rig, sari};

const SETTINGS: &str = r#"
    [sms]
    undo_seconds = 0
    per_number_per_minute = 2
    [[modem]]
    name = "satu"
    kind = "simulated"
    prefixes = ["0812"]
    per_minute = 3
    [[modem]]
    name = "dua"
    kind = "simulated"
"#;

fn queued(rig: &mut Rig, to: &str, text: &str) -> SmsId {
    let id = rig.drafts(&sari(), to, text);
    let which = SmsChoice::Ids(vec![id]);
    rig.does(&sari(), |office, who, now| {
        office.confirm(&which, false, who, now)
    })
    .unwrap();
    id
}

fn state(rig: &Rig, name: &str, state: &str) {
    let mut rows = rig.office.modems();
    rows.retain(|row| row.name != name);
    rows.push(ModemRow {
        name: name.to_owned(),
        kind: "simulated".to_owned(),
        state: state.to_owned(),
        operator: None,
        signal: None,
        port: None,
        detail: None,
    });
    rig.office.set_modems(rows);
}

fn claim(rig: &mut Rig, modem: &str) -> Option<SmsId> {
    let (facts, sms) = rig.office.claim(modem, rig.now).unwrap();
    rig.write("sistem", facts);
    sms.map(|sms| sms.id)
}

#[test]
fn another_modem_takes_only_what_waits_for_one_that_is_away() {
    let mut rig = Rig::new(SETTINGS);
    let id = queued(&mut rig, "0812-3456-0001", "a");
    rig.later(TimeDelta::seconds(1));
    for here in ["ready", "storage-full", "starting"] {
        state(&rig, "satu", here);
        assert_eq!(
            rig.office.next_in_queue("dua", rig.now),
            (None, None),
            "{here}"
        );
    }
    for away in ["unplugged", "hung", "searching", "denied", "stopped"] {
        state(&rig, "satu", away);
        assert_eq!(
            rig.office.next_in_queue("dua", rig.now).0,
            Some(id),
            "{away}"
        );
    }
    assert_eq!(claim(&mut rig, "dua"), Some(id));
    state(&rig, "satu", "ready");
    assert_eq!(claim(&mut rig, "satu"), None);
}

#[test]
fn limits_of_a_minute_say_when_it_goes_on() {
    let mut rig = Rig::new(SETTINGS);
    state(&rig, "satu", "ready");
    let same: Vec<SmsId> = (0..3)
        .map(|n| queued(&mut rig, "0812-3456-0001", &format!("a{n}")))
        .collect();
    let long = queued(&mut rig, "0812-3456-0002", &"b".repeat(300));
    let short = queued(&mut rig, "0812-3456-0003", "c");
    rig.later(TimeDelta::seconds(1));
    let start = rig.now;
    assert_eq!(claim(&mut rig, "satu"), Some(same[0]));
    rig.later(TimeDelta::seconds(10));
    assert_eq!(claim(&mut rig, "satu"), Some(same[1]));
    // The number has had two, and the long one does not fit into the minute: no short one goes before it.
    let minute = TimeDelta::minutes(1);
    assert_eq!(
        rig.office.next_in_queue("satu", rig.now),
        (None, Some(start + minute))
    );
    rig.later(TimeDelta::seconds(50));
    // After a minute from the first, the number may get one again, before the long one.
    assert_eq!(claim(&mut rig, "satu"), Some(same[2]));
    rig.later(TimeDelta::seconds(9));
    let free = start + minute + TimeDelta::seconds(10);
    assert_eq!(
        rig.office.next_in_queue("satu", rig.now),
        (None, Some(free))
    );
    rig.later(TimeDelta::seconds(1));
    assert_eq!(claim(&mut rig, "satu"), Some(long));
    assert_eq!(claim(&mut rig, "satu"), None);
    rig.later(TimeDelta::seconds(60));
    assert_eq!(claim(&mut rig, "satu"), Some(short));
}
