//! What a gateway says of messages that it was given, by message and attempt.

use chrono::{DateTime, Utc};

use super::office::Office;
use crate::domain::fact::Fact;
use crate::domain::id::SmsId;
use crate::domain::sms::{PartOutcome, Sms, SmsState};
use crate::modem::Fate;
use crate::service::Refusal;
use crate::settings::ModemKind;

/// TP-ST of a report that has none: 3GPP TS 23.040, 9.2.3.15, "short message received" and the first of the permanent errors.
const DELIVERED: u8 = 0x00;
const UNDELIVERED: u8 = 0x40;

impl Office {
    /// What a gateway says of a message. Nothing when it says it of an earlier attempt, or nothing new.
    ///
    /// # Errors
    /// Those of the store.
    pub fn gateway_report(
        &self,
        id: SmsId,
        attempt: u32,
        part: Option<u8>,
        fate: Fate,
        words: &str,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, ()), Refusal> {
        let nothing = Ok((Vec::new(), ()));
        let Some(sms) = self.store.sms(id)? else {
            return nothing;
        };
        if last_attempt(&sms) != Some(attempt) {
            return nothing;
        }
        let open = |outcome: PartOutcome| {
            matches!(
                outcome,
                PartOutcome::Pending | PartOutcome::Unknown | PartOutcome::Accepted
            )
        };
        let meant: Vec<u8> = (1..)
            .zip(&sms.part_states)
            .filter(|(number, state)| {
                part.is_none_or(|part| part == *number) && open(state.outcome)
            })
            .map(|(number, _)| number)
            .collect();
        let with_it = matches!(
            sms.state,
            SmsState::Sending | SmsState::Sent | SmsState::Uncertain
        );
        let reported = |outcome, status| {
            let words = match (outcome, words) {
                (PartOutcome::Undelivered, "") => Some("Kannel: no reason given".to_owned()),
                (PartOutcome::Undelivered, words) => Some(format!("Kannel: {words}")),
                _ => None,
            };
            let facts = meant.iter().map(|part| Fact::SmsReported {
                id,
                part: *part,
                outcome,
                status,
                words: words.clone(),
                at: now,
            });
            Ok((facts.collect(), ()))
        };
        match fate {
            // Also when it was refused, by the answer or by a person: the phone has it.
            Fate::Delivered
                if with_it || matches!(sms.state, SmsState::Queued | SmsState::Failed) =>
            {
                reported(PartOutcome::Delivered, DELIVERED)
            }
            Fate::Undelivered if with_it => reported(PartOutcome::Undelivered, UNDELIVERED),
            Fate::Taken if sms.state == SmsState::Uncertain => {
                Ok((taken_after_all(&sms, &meant, None, now), ()))
            }
            _ => nothing,
        }
    }

    /// Whether the last attempt went by a gateway, whose reports name the message: no other report is about it.
    pub fn went_by_gateway(&self, sms: &Sms) -> bool {
        let mut gateways = self.settings.modems.iter();
        gateways
            .any(|modem| modem.kind == ModemKind::Kannel && Some(&modem.name) == sms.modem.as_ref())
    }
}

/// The network has these parts of an uncertain message.
pub fn taken_after_all(
    sms: &Sms,
    parts: &[u8],
    reference: Option<u8>,
    now: DateTime<Utc>,
) -> Vec<Fact> {
    let id = sms.id;
    let mut facts: Vec<Fact> = parts
        .iter()
        .map(|part| Fact::SmsPartAccepted {
            id,
            part: *part,
            reference,
            at: now,
        })
        .collect();
    let known = |outcome| matches!(outcome, PartOutcome::Accepted | PartOutcome::Delivered);
    let mut states = (1..).zip(&sms.part_states);
    if states.all(|(number, state)| parts.contains(&number) || known(state.outcome)) {
        facts.push(Fact::SmsSent { id, at: now });
    }
    facts
}

/// Names the last attempt: the place of the step that began it. Before that step it is the number of steps.
fn last_attempt(sms: &Sms) -> Option<u32> {
    let at = sms
        .history
        .iter()
        .rposition(|step| step.state == SmsState::Sending)?;
    u32::try_from(at).ok()
}
