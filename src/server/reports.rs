//! Which message a delivery report is about.

use chrono::{DateTime, TimeDelta, Utc};

use super::office::Office;
use crate::domain::fact::Fact;
use crate::domain::id::SmsId;
use crate::domain::phone::PhoneNumber;
use crate::domain::refusal::Refusal;
use crate::domain::sms::PartOutcome;
use crate::store::digits;

/// A report that comes later than this after the message cannot be told from one for a later message with the same TP-MR.
const REPORT_AGE: TimeDelta = TimeDelta::days(7);

/// What a delivery report is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Meant {
    /// A part of a message, as the fact of its fate.
    Part(Box<Fact>),
    /// No message of ours, or one that was reported before.
    Nothing,
    /// Nobody can tell before the modem has answered what it is sending to this phone.
    NotKnownYet,
}

impl Office {
    /// A delivery report. `in_flight` are the messages to this phone that modems have and whose references are not all known yet: while
    /// the report may be about one of them, it is about no other.
    ///
    /// # Errors
    /// Those of the store.
    pub fn report(
        &self,
        reference: u8,
        recipient: &str,
        status: u8,
        delivered: bool,
        in_flight: &[SmsId],
        now: DateTime<Utc>,
    ) -> Result<Meant, Refusal> {
        let to = PhoneNumber::parse(recipient).map(|(phone, _)| phone).ok();
        let mut meant = self.by_reference(reference, to.as_ref(), now)?;
        if !in_flight.is_empty() && meant.is_none_or(|(id, _)| !in_flight.contains(&id)) {
            return Ok(Meant::NotKnownYet);
        }
        if let (None, Some(to)) = (meant, &to) {
            meant = self.without_reference(reference, to, now)?;
        }
        let Some((id, part)) = meant else {
            return Ok(Meant::Nothing);
        };
        let outcome = if delivered {
            PartOutcome::Delivered
        } else {
            PartOutcome::Undelivered
        };
        Ok(Meant::Part(Box::new(Fact::SmsReported {
            id,
            part,
            outcome,
            status,
            words: None,
            at: now,
        })))
    }

    /// References come round every 256 messages: the latest message to this phone is meant.
    fn by_reference(
        &self,
        reference: u8,
        to: Option<&PhoneNumber>,
        now: DateTime<Utc>,
    ) -> Result<Option<(SmsId, u8)>, Refusal> {
        let candidates: Vec<_> = self
            .store
            .index()
            .awaited(reference)
            .iter()
            .filter(|awaited| to.is_none_or(|to| *to == awaited.to))
            .cloned()
            .collect();
        for awaited in candidates.into_iter().rev() {
            let sms = self.sms(awaited.id)?;
            let last = sms.history.last().map_or(sms.created, |step| step.at);
            if now - last <= REPORT_AGE {
                return Ok(Some((awaited.id, awaited.part)));
            }
        }
        Ok(None)
    }

    /// The answer that would have told the reference was lost or damaged: then the only part to this phone whose reference is not
    /// known is meant, unless a part with this reference was reported before. Networks do repeat reports.
    fn without_reference(
        &self,
        reference: u8,
        to: &PhoneNumber,
        now: DateTime<Utc>,
    ) -> Result<Option<(SmsId, u8)>, Refusal> {
        let (phone, since) = (digits(to), (now - REPORT_AGE).timestamp());
        let recent: Vec<SmsId> = self
            .store
            .index()
            .sms()
            .iter()
            .filter(|entry| entry.to == phone && entry.changed >= since)
            .map(|entry| entry.id)
            .collect();
        let mut nameless = Vec::new();
        for id in recent {
            let sms = self.sms(id)?;
            if self.went_by_gateway(&sms) {
                continue;
            }
            for (part, state) in (1..).zip(&sms.part_states) {
                match (state.reference, state.outcome) {
                    (Some(known), PartOutcome::Delivered | PartOutcome::Undelivered)
                        if known == reference =>
                    {
                        return Ok(None);
                    }
                    (_, PartOutcome::Unknown) | (None, PartOutcome::Accepted) => {
                        nameless.push((id, part));
                    }
                    _ => {}
                }
            }
        }
        Ok(match nameless.as_slice() {
            [one] => Some(*one),
            _ => None,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::sms::SmsState;
    use crate::server::rig::{Rig, sari};

    const PHONE: &str = "081311110000";

    /// A message that was given to the modem.
    fn sending(rig: &mut Rig, text: &str) -> SmsId {
        let id = rig.drafts(&sari(), PHONE, text);
        let modem = "m".to_owned();
        let at = rig.now;
        rig.write("sistem", vec![Fact::SmsSending { id, modem, at }]);
        id
    }

    fn accepted(rig: &mut Rig, text: &str, reference: Option<u8>) -> SmsId {
        let id = sending(rig, text);
        let at = rig.now;
        let part = 1;
        let facts = vec![
            Fact::SmsPartAccepted {
                id,
                part,
                reference,
                at,
            },
            Fact::SmsSent { id, at },
        ];
        rig.write("sistem", facts);
        id
    }

    fn uncertain(rig: &mut Rig, text: &str) -> SmsId {
        let id = sending(rig, text);
        let (text, at) = (String::new(), rig.now);
        rig.write("sistem", vec![Fact::SmsUncertain { id, text, at }]);
        id
    }

    /// The message that a report is taken for.
    fn reported(rig: &mut Rig, reference: u8) -> Option<SmsId> {
        meanwhile(rig, reference, &[])
    }

    /// The same while these are in flight.
    fn meanwhile(rig: &mut Rig, reference: u8, in_flight: &[SmsId]) -> Option<SmsId> {
        let to = "+6281311110000";
        let meant = rig
            .office
            .report(reference, to, 0, true, in_flight, rig.now);
        let Meant::Part(fact) = meant.unwrap() else {
            return None;
        };
        let id = match fact.as_ref() {
            Fact::SmsReported { id, .. } => Some(*id),
            _ => None,
        };
        rig.write("sistem", vec![*fact]);
        id
    }

    fn state(rig: &Rig, id: SmsId) -> SmsState {
        rig.office.sms(id).unwrap().state
    }

    #[test]
    fn a_report_settles_the_only_message_without_a_reference() {
        let mut rig = Rig::new("");
        let known = accepted(&mut rig, "a", Some(7));
        let lost = uncertain(&mut rig, "b");
        assert_eq!(reported(&mut rig, 8), Some(lost));
        assert_eq!(reported(&mut rig, 7), Some(known));
        let damaged = accepted(&mut rig, "c", None);
        assert_eq!(reported(&mut rig, 9), Some(damaged));
        for id in [known, lost, damaged] {
            assert_eq!(state(&rig, id), SmsState::Delivered);
        }
    }

    #[test]
    fn a_report_waits_while_something_to_that_phone_is_in_flight() {
        let mut rig = Rig::new("");
        let lost = uncertain(&mut rig, "a");
        let known = accepted(&mut rig, "b", Some(7));
        let flying = sending(&mut rig, "c");
        // It names the one in flight; that its number stands for another one too is chance.
        for reference in [7, 8] {
            assert_eq!(meanwhile(&mut rig, reference, &[flying]), None);
        }
        let at = rig.now;
        let accepted = Fact::SmsPartAccepted {
            id: flying,
            part: 1,
            reference: Some(8),
            at,
        };
        rig.write("sistem", vec![accepted, Fact::SmsSent { id: flying, at }]);
        assert_eq!(reported(&mut rig, 8), Some(flying));
        assert_eq!(reported(&mut rig, 7), Some(known));
        assert_eq!(state(&rig, lost), SmsState::Uncertain);
    }

    #[test]
    fn a_report_of_a_part_that_is_known_need_not_wait_for_the_others() {
        let mut rig = Rig::new("");
        let flying = sending(&mut rig, &"c".repeat(200));
        let accepted = Fact::SmsPartAccepted {
            id: flying,
            part: 1,
            reference: Some(8),
            at: rig.now,
        };
        rig.write("sistem", vec![accepted]);
        assert_eq!(meanwhile(&mut rig, 8, &[flying]), Some(flying));
    }

    #[test]
    fn a_report_that_comes_twice_settles_no_other_message() {
        let mut rig = Rig::new("");
        let known = accepted(&mut rig, "a", Some(7));
        assert_eq!(reported(&mut rig, 7), Some(known));
        let lost = uncertain(&mut rig, "b");
        assert_eq!(reported(&mut rig, 7), None);
        assert_eq!(state(&rig, lost), SmsState::Uncertain);
    }

    #[test]
    fn of_two_messages_without_a_reference_neither_is_settled() {
        let mut rig = Rig::new("");
        uncertain(&mut rig, "a");
        accepted(&mut rig, "b", None);
        assert_eq!(reported(&mut rig, 3), None);
    }

    #[test]
    fn a_report_after_more_than_a_week_is_about_nothing() {
        let mut rig = Rig::new("");
        accepted(&mut rig, "a", Some(7));
        uncertain(&mut rig, "b");
        rig.later(REPORT_AGE + TimeDelta::hours(1));
        assert_eq!(reported(&mut rig, 7), None);
    }
}
