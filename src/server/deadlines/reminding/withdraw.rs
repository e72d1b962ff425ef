//! Taking reminders back.

use super::super::{
    Act, Actor, Deadline, DeadlineState, Fact, ObligationId, Office, Refusal, Sms, SmsState,
};
use super::{Addressee, Topic, bundles};
use crate::domain::deadline::Cause;

impl Office {
    /// Takes back what waits or is queued about these deadlines. A digest that also speaks of others is written anew for those.
    pub(in crate::server::deadlines) fn withdraw_reminders(
        &self,
        act: &mut Act<'_>,
        ids: &[ObligationId],
        reason: &str,
    ) -> Result<(), Refusal> {
        let mut messages: Vec<_> = {
            let index = self.store.index();
            let deadlines = index.deadlines();
            ids.iter()
                .flat_map(|id| deadlines.drafted(*id))
                .map(|drafted| drafted.sms)
                .collect()
        };
        messages.sort_unstable();
        messages.dedup();
        for id in messages {
            let sms = self.sms(id)?;
            if !matches!(sms.state, SmsState::Waiting | SmsState::Queued) {
                continue;
            }
            act.push(Fact::SmsDropped {
                id,
                state: SmsState::Withdrawn,
                at: act.now,
                by: Actor::system().user,
                reason: reason.to_owned(),
            });
            let mut rest = Vec::new();
            for reminded in sms
                .reminds
                .iter()
                .filter(|other| !ids.contains(&other.deadline))
            {
                let deadline = self.deadline(reminded.deadline)?;
                if deadline.state == DeadlineState::Open {
                    rest.push((deadline, reminded.cause));
                }
            }
            self.write_rest(act, &sms, &rest)?;
        }
        Ok(())
    }

    fn write_rest(
        &self,
        act: &mut Act<'_>,
        old: &Sms,
        rest: &[(Deadline, Cause)],
    ) -> Result<(), Refusal> {
        let day = self.sending_day(act.now);
        let Some(satker) = old
            .satker
            .map(|code| self.store.satker(code))
            .transpose()?
            .flatten()
        else {
            return Ok(());
        };
        let topics: Vec<Topic<'_>> = rest
            .iter()
            .filter_map(|(deadline, cause)| {
                Some(Topic {
                    id: deadline.id,
                    owner: deadline.owner,
                    rule: self.rule_of(&deadline.terms)?,
                    distance: (day - deadline.terms.due).num_days(),
                    cause: *cause,
                    terms: deadline.terms.clone(),
                })
            })
            // A date that passed meanwhile has its own text, in its own time.
            .filter(|topic| topic.distance <= 0)
            .collect();
        let name = old
            .role
            .and_then(|role| satker.official(role))
            .map(|official| official.name.clone())
            .unwrap_or_default();
        let to = Addressee {
            satker: &satker,
            phone: &old.to,
            role: old.role,
            name: &name,
        };
        self.write_group(act, to, &bundles(topics.iter().collect()), day)
    }
}
