//! What a gateway says of messages that it was given, by message and attempt.

use chrono::{DateTime, Utc};

use super::office::Office;
use crate::domain::fact::Fact;
use crate::domain::id::SmsId;
use crate::domain::refusal::Refusal;
use crate::domain::sms::{PartOutcome, Sms, SmsState};
use crate::modem::Fate;
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::server::reports::Meant;
    use crate::server::rig::{Rig, sari};

    const SETTINGS: &str = r#"
        [[modem]]
        name = "kannel"
        kind = "kannel"
        url = "http://127.0.0.1:13013/cgi-bin/sendsms"
        username = "a"
        password = "b"
        listen = "127.0.0.1:13014"
        [[modem]]
        name = "usb"
        kind = "serial"
        port = "/dev/ttyUSB0"
    "#;
    const PHONE: &str = "081311110000";

    /// A message in two parts that a modem was given, and the attempt by which its reports name it.
    fn given(rig: &mut Rig, modem: &str) -> (SmsId, u32) {
        let id = rig.drafts(&sari(), PHONE, &"x".repeat(200));
        let attempt = Office::job(&rig.office.sms(id).unwrap()).unwrap().attempt;
        let (modem, at) = (modem.to_owned(), rig.now);
        rig.write("sistem", vec![Fact::SmsSending { id, modem, at }]);
        (id, attempt)
    }

    fn says(rig: &mut Rig, id: SmsId, attempt: u32, part: Option<u8>, fate: Fate) -> SmsState {
        let (facts, ()) = rig
            .office
            .gateway_report(id, attempt, part, fate, "ACK/", rig.now)
            .unwrap();
        rig.write("sistem", facts);
        rig.office.sms(id).unwrap().state
    }

    #[test]
    fn a_report_of_one_part_before_the_answer_is_not_lost() {
        let mut rig = Rig::new(SETTINGS);
        let (id, attempt) = given(&mut rig, "kannel");
        assert_eq!(
            says(&mut rig, id, attempt, Some(1), Fate::Delivered),
            SmsState::Sending
        );
        let at = rig.now;
        let accepted = |part| Fact::SmsPartAccepted {
            id,
            part,
            reference: None,
            at,
        };
        rig.write(
            "sistem",
            vec![accepted(1), accepted(2), Fact::SmsSent { id, at }],
        );
        assert_eq!(
            says(&mut rig, id, attempt + 1, Some(2), Fate::Delivered),
            SmsState::Sent
        );
        assert_eq!(
            says(&mut rig, id, attempt, Some(2), Fate::Delivered),
            SmsState::Delivered
        );
        assert_eq!(
            says(&mut rig, id, attempt, None, Fate::Undelivered),
            SmsState::Delivered
        );
        assert!(
            rig.office
                .gateway_report(SmsId(99), 1, None, Fate::Taken, "", at)
                .unwrap()
                .0
                .is_empty()
        );
    }

    #[test]
    fn what_a_gateway_has_is_settled_by_no_report_of_a_modem() {
        let mut rig = Rig::new(SETTINGS);
        let (id, attempt) = given(&mut rig, "kannel");
        let text = "no answer".to_owned();
        let at = rig.now;
        rig.write("sistem", vec![Fact::SmsUncertain { id, text, at }]);
        let meant = |rig: &Rig| rig.office.report(7, PHONE, 0, true, &[], at).unwrap();
        assert_eq!(meant(&rig), Meant::Nothing);
        assert_eq!(
            says(&mut rig, id, attempt, None, Fate::Taken),
            SmsState::Sent
        );
        assert_eq!(meant(&rig), Meant::Nothing);
        assert_eq!(
            says(&mut rig, id, attempt, None, Fate::Undelivered),
            SmsState::Undelivered
        );
    }
}
