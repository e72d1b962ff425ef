//! What became of messages of the past, for the demonstration office: mostly they arrived.

use chrono::{DateTime, TimeDelta, Utc};

use super::demo;
use crate::domain::sms::{ConfirmPolicy, PartOutcome, PartState, Sms, SmsFault, SmsState, SmsStep};

/// Confirmed where it had to be, sent, and at the other end a moment later; or never, where the phone is one that nothing reaches.
pub fn settle(sms: &mut Sms, at: DateTime<Utc>) {
    let by_itself = sms.policy == ConfirmPolicy::Auto;
    let seconds = if by_itself {
        [0, 3, 8]
    } else {
        [240, 300, 360]
    };
    let [confirmed, sent, there] = seconds.map(|seconds| at + TimeDelta::seconds(seconds));
    let mut steps = Vec::new();
    if !by_itself {
        sms.confirmed_by = vec!["budi".to_owned()];
        if sms.policy == ConfirmPolicy::TwoPerson {
            sms.confirmed_by.push("wati".to_owned());
        }
        sms.confirmed = Some(confirmed);
        steps.push((SmsState::Queued, confirmed, "budi", None));
    }
    sms.not_before = Some(confirmed);
    sms.attempts = 1;
    sms.modem = Some(MODEM.to_owned());
    sms.sent = Some(sent);
    steps.push((SmsState::Sending, sent, "sistem", Some(MODEM)));
    steps.push((SmsState::Sent, sent, "sistem", None));
    let outcome = if let Some(fault) = demo::unreachable(&sms.to) {
        sms.error = Some(SmsFault {
            code: Some(fault.code),
            text: fault.text.to_owned(),
            at: there,
        });
        steps.push((SmsState::Undelivered, there, "sistem", Some(fault.text)));
        PartOutcome::Undelivered
    } else {
        sms.delivered = Some(there);
        steps.push((SmsState::Delivered, there, "sistem", Some("TP-ST 0")));
        PartOutcome::Delivered
    };
    sms.part_states = (0..sms.parts)
        .map(|part| PartState {
            reference: Some(part),
            outcome,
        })
        .collect();
    for (state, at, by, note) in steps {
        sms.state = state;
        sms.history.push(SmsStep {
            state,
            at,
            by: by.to_owned(),
            note: note.map(str::to_owned),
        });
    }
}

/// The modem of the past.
pub const MODEM: &str = "contoh";
