//! What becomes of a message.

use std::borrow::Cow;

use super::{Change, Entry, Fact, Key, Pending, Record, StoreError, decode, encode, unknown};
use crate::domain::id::SmsId;
use crate::domain::sms::{PartOutcome, PartState, Sms, SmsFault, SmsState, SmsStep};

pub fn change(
    store: &Pending<'_>,
    entry: &Entry,
    id: SmsId,
) -> Result<Change<'static>, StoreError> {
    let key = Key::Sms(id);
    let old = store.raw(&key)?.ok_or_else(|| unknown(entry))?;
    let mut sms: Sms = decode(&old)?;
    sms_after(&mut sms, &entry.fact);
    Ok(Change {
        key: key.bytes(),
        old: Some(old),
        new: Some(encode(&sms)?),
        record: Record::Sms(Cow::Owned(sms)),
    })
}

fn sms_after(sms: &mut Sms, fact: &Fact) {
    let (at, by, note) = match fact {
        Fact::SmsEdited {
            text,
            encoding,
            parts,
            at,
            by,
            ..
        } => {
            if sms.drafted_text.is_none() {
                sms.drafted_text = Some(sms.text.clone());
            }
            sms.text.clone_from(text);
            sms.encoding = *encoding;
            sms.parts = *parts;
            // Parts that the network took before were parts of the earlier text.
            sms.part_states.clear();
            // What was rejected and mended waits again for a yes.
            sms.state = SmsState::Waiting;
            // Whoever confirmed an earlier wording has not confirmed this one.
            sms.confirmed_by.clear();
            sms.confirmed = None;
            (at, Some(by), Some("edit".to_owned()))
        }
        Fact::SmsConfirmed {
            at, by, not_before, ..
        } => {
            sms.confirmed_by.push(by.clone());
            sms.confirmed = Some(*at);
            let note = if let Some(not_before) = not_before {
                sms.state = SmsState::Queued;
                sms.not_before = Some(*not_before);
                None
            } else {
                Some("confirm-1".to_owned())
            };
            (at, Some(by), note)
        }
        Fact::SmsUndone { at, by, .. } => {
            sms.state = SmsState::Waiting;
            sms.confirmed_by.clear();
            sms.confirmed = None;
            sms.not_before = None;
            (at, Some(by), Some("undo".to_owned()))
        }
        Fact::SmsDropped {
            state,
            at,
            by,
            reason,
            ..
        } => {
            sms.state = *state;
            (at, Some(by), Some(reason.clone()))
        }
        Fact::SmsSending { modem, at, .. } => {
            sms.state = SmsState::Sending;
            sms.attempts += 1;
            sms.modem = Some(modem.clone());
            // A retry after a refusal sends only what the network has not taken yet.
            if sms.part_states.len() != usize::from(sms.parts) {
                sms.part_states = vec![
                    PartState {
                        reference: None,
                        outcome: PartOutcome::Pending
                    };
                    usize::from(sms.parts)
                ];
            }
            (at, None, Some(modem.clone()))
        }
        Fact::SmsPartAccepted {
            part, reference, ..
        } => {
            // A gateway's report may have come before its answer.
            if let Some(state) = sms
                .part_states
                .get_mut(usize::from(part.saturating_sub(1)))
                .filter(|state| {
                    !matches!(
                        state.outcome,
                        PartOutcome::Delivered | PartOutcome::Undelivered
                    )
                })
            {
                *state = PartState {
                    reference: *reference,
                    outcome: PartOutcome::Accepted,
                };
            }
            return;
        }
        Fact::SmsSent { at, .. } => {
            sms.state = SmsState::Sent;
            sms.sent = Some(*at);
            sms.error = None;
            (at, None, None)
        }
        Fact::SmsDeferred {
            code,
            text,
            at,
            not_before,
            ..
        } => {
            sms.state = SmsState::Queued;
            sms.not_before = Some(*not_before);
            sms.error = Some(SmsFault {
                code: *code,
                text: text.clone(),
                at: *at,
            });
            (at, None, Some(text.clone()))
        }
        Fact::SmsGivenBack { at, .. } => {
            sms.state = SmsState::Queued;
            sms.attempts = sms.attempts.saturating_sub(1);
            sms.not_before = Some(*at);
            (at, None, Some("given-back".to_owned()))
        }
        Fact::SmsFailed { code, text, at, .. } => {
            sms.state = SmsState::Failed;
            sms.error = Some(SmsFault {
                code: *code,
                text: text.clone(),
                at: *at,
            });
            (at, None, Some(text.clone()))
        }
        Fact::SmsUncertain { text, at, .. } => {
            sms.state = SmsState::Uncertain;
            for part in sms
                .part_states
                .iter_mut()
                .filter(|part| part.outcome == PartOutcome::Pending)
            {
                part.outcome = PartOutcome::Unknown;
            }
            sms.error = Some(SmsFault {
                code: None,
                text: text.clone(),
                at: *at,
            });
            (at, None, Some(text.clone()))
        }
        Fact::SmsReported {
            part,
            outcome,
            status,
            words,
            at,
            ..
        } => {
            let before = sms.state;
            let said = words
                .as_ref()
                .map_or_else(|| format!("TP-ST {status}"), Clone::clone);
            if let Some(state) = sms.part_states.get_mut(usize::from(part.saturating_sub(1))) {
                state.outcome = *outcome;
            }
            if sms
                .part_states
                .iter()
                .all(|part| part.outcome == PartOutcome::Delivered)
            {
                sms.state = SmsState::Delivered;
                sms.sent.get_or_insert(*at);
                sms.delivered = Some(*at);
                sms.error = None;
            } else if *outcome == PartOutcome::Undelivered {
                sms.state = SmsState::Undelivered;
                sms.sent.get_or_insert(*at);
                sms.error = Some(SmsFault {
                    code: words.is_none().then_some(u16::from(*status)),
                    text: said.clone(),
                    at: *at,
                });
            }
            if sms.state == before {
                return;
            }
            (at, None, Some(said))
        }
        Fact::SmsSettled { state, at, by, .. } => {
            sms.state = *state;
            if *state == SmsState::Sent {
                sms.sent = Some(*at);
            }
            (at, Some(by), Some("settle".to_owned()))
        }
        Fact::SmsResent {
            at, by, not_before, ..
        } => {
            sms.state = SmsState::Queued;
            sms.not_before = Some(*not_before);
            // A fresh round of attempts: the limit counts from here, and all parts go again.
            sms.attempts = 0;
            sms.part_states.clear();
            (at, Some(by), Some("resend".to_owned()))
        }
        _ => return,
    };
    let by = by.cloned().unwrap_or_else(|| "sistem".to_owned());
    sms.history.push(SmsStep {
        state: sms.state,
        at: *at,
        by,
        note,
    });
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;

    use super::*;
    use crate::domain::sms::Encoding;

    #[test]
    fn a_changed_text_is_sent_whole_though_parts_of_the_earlier_one_were_taken() {
        let at = DateTime::UNIX_EPOCH;
        let mut sms: Sms = serde_json::from_value(json!({
            "id": "S-000001", "kind": "free", "to": "+6281234567890", "satker": null, "role": null,
            "text": "a", "drafted_text": null, "encoding": "gsm7", "parts": 2, "letter": null, "deadline": null,
            "created": at, "created_by": "sari", "policy": "manual", "confirmed_by": [], "confirmed": null,
            "not_before": null, "attempts": 1, "modem": null, "sent": null, "delivered": null, "error": null,
            "part_states": [], "state": "waiting", "history": []
        }))
        .unwrap();
        sms.part_states = vec![
            PartState {
                reference: Some(7),
                outcome: PartOutcome::Accepted,
            },
            PartState {
                reference: None,
                outcome: PartOutcome::Pending,
            },
        ];
        let edited = Fact::SmsEdited {
            id: sms.id,
            text: "b".to_owned(),
            encoding: Encoding::Gsm7,
            parts: 2,
            at,
            by: "sari".to_owned(),
        };
        sms_after(&mut sms, &edited);
        let sending = Fact::SmsSending {
            id: sms.id,
            modem: "m".to_owned(),
            at,
        };
        sms_after(&mut sms, &sending);
        assert!(
            sms.part_states
                .iter()
                .all(|part| part.outcome == PartOutcome::Pending),
            "{:?}",
            sms.part_states
        );
    }
}
