//! Taking reminders back.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::super::{
    Act, Actor, DateTime, Deadline, DeadlineState, Fact, ObligationId, Office, Refusal, Sms,
    SmsState,
};
use super::{Addressee, Topic, bundles};
use crate::domain::deadline::Cause;
use crate::domain::id::SmsId;
use crate::domain::phone::PhoneNumber;
use crate::store::digits;

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

    /// Whether a message of this day, or one that this command drafted, tells this phone of the deadline.
    fn told_today(&self, act: &Act<'_>, id: ObligationId, phone: &PhoneNumber) -> bool {
        let mut dropped = HashSet::new();
        let mut drafted = Vec::new();
        for fact in &act.facts {
            match fact {
                Fact::SmsDropped { id, .. } => {
                    dropped.insert(*id);
                }
                Fact::SmsDrafted { sms } => drafted.push(sms),
                _ => {}
            }
        }
        let here = drafted.into_iter().any(|sms| {
            sms.to == *phone
                && !dropped.contains(&sms.id)
                && sms.reminds.iter().any(|it| it.deadline == id)
        });
        let (today, to) = (self.date(act.now), digits(phone));
        let index = self.store.index();
        let earlier = index.deadlines().drafted(id).iter();
        here || earlier
            .filter(|drafted| !dropped.contains(&drafted.sms))
            .filter_map(|drafted| index.sms_entry(drafted.sms))
            .filter(|sms| sms.to == to && sms.state != SmsState::Withdrawn)
            .any(|sms| {
                DateTime::from_timestamp(sms.created, 0).is_some_and(|at| self.date(at) == today)
            })
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
            // Where the clock was set back another message of this day may speak of it.
            .filter(|topic| !self.told_today(act, topic.id, &old.to))
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
