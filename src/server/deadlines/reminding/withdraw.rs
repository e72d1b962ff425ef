//! Taking reminders back.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::super::{
    Act, Actor, Deadline, DeadlineState, Fact, ObligationId, Office, Refusal, Sms, SmsState,
};
use super::{Addressee, Topic, bundles};
use crate::domain::deadline::Cause;
use crate::domain::id::SmsId;

fn undecided(state: SmsState) -> bool {
    matches!(state, SmsState::Waiting | SmsState::Queued)
}

impl Office {
    /// Takes back what waits or is queued about these deadlines. A digest that also speaks of others is written anew for those.
    pub(in crate::server::deadlines) fn withdraw_reminders(
        &self,
        act: &mut Act<'_>,
        ids: &[ObligationId],
        reason: &str,
    ) -> Result<(), Refusal> {
        let gone: HashSet<ObligationId> = ids.iter().copied().collect();
        for sms in self.undecided(act, &gone)? {
            act.push(Fact::SmsDropped {
                id: sms.id,
                state: SmsState::Withdrawn,
                at: act.now,
                by: Actor::system().user,
                reason: reason.to_owned(),
            });
            let mut rest = Vec::new();
            for reminded in sms
                .reminds
                .iter()
                .filter(|other| !gone.contains(&other.deadline))
            {
                let deadline = self.deadline(reminded.deadline)?;
                if deadline.state == DeadlineState::Open && !act.ends(deadline.id) {
                    rest.push((deadline, reminded.cause));
                }
            }
            self.write_rest(act, &sms, &rest)?;
        }
        Ok(())
    }

    /// Messages about these deadlines that have not left, by number; those that this command drafted or dropped itself are known to
    /// it alone.
    fn undecided(&self, act: &Act<'_>, gone: &HashSet<ObligationId>) -> Result<Vec<Sms>, Refusal> {
        let ids: BTreeSet<SmsId> = {
            let index = self.store.index();
            let deadlines = index.deadlines();
            gone.iter()
                .flat_map(|id| deadlines.drafted(*id))
                .map(|drafted| drafted.sms)
                .filter(|id| index.sms_entry(*id).is_some_and(|sms| undecided(sms.state)))
                .collect()
        };
        let mut found = BTreeMap::new();
        for id in ids {
            found.insert(id, self.sms(id)?);
        }
        for fact in &act.facts {
            match fact {
                Fact::SmsDrafted { sms }
                    if sms.reminds.iter().any(|it| gone.contains(&it.deadline)) =>
                {
                    found.insert(sms.id, (**sms).clone());
                }
                Fact::SmsDropped { id, .. } => {
                    found.remove(id);
                }
                _ => {}
            }
        }
        found.retain(|_, sms| undecided(sms.state));
        Ok(found.into_values().collect())
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
            // A date that passed meanwhile has its own text, in its own time; what was late before still is.
            .filter(|topic| {
                topic.distance <= 0 || matches!(topic.cause, Cause::Offset(offset) if offset > 0)
            })
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
