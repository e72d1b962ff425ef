//! Deadlines of the past, for the demonstration office: what its letters would have done, and what people would have entered.
//!
//! Everything is decided as it is on any day, only at the moment when it would have happened.

use chrono::Days;

use super::reminding::Plan;
use super::{
    Act, Actor, DateTime, DeadlineState, Fact, Happening, NaiveDate, ObligationId, Office, Owner,
    Refusal, SatkerCode, Terms, Utc, Values,
};
use crate::domain::access::Role;
use crate::domain::id::AgendaNo;
use crate::domain::letter::LetterState;
use crate::domain::phone::PhoneNumber;
use crate::domain::sms::SmsKind;
use crate::server::replay;

/// What became of a deadline that no letter met.
#[derive(Debug, Clone, Copy)]
pub enum Fate {
    /// A person noted that it was met on this day.
    Met(NaiveDate),
    /// It need not be met.
    Exempt,
}

impl Office {
    /// What fell due on these days, and who owed it.
    pub fn replay_terms(&self, from: NaiveDate, until: NaiveDate) -> Vec<(Vec<Owner>, Terms)> {
        let mut groups = Vec::new();
        for terms in self.falling_due(from, until) {
            let (Some(rule), Ok(module)) =
                (self.rule_of(&terms), self.modules.module(&terms.module))
            else {
                continue;
            };
            // The demonstration office has no participants that go through stages.
            let owners = self.all_owners(rule, &module.participant.kind);
            let chunks = owners.chunks(super::BATCH);
            groups.extend(chunks.map(|owners| (owners.to_vec(), terms.clone())));
        }
        groups
    }

    /// These came into being some weeks before they fell due.
    pub fn replay_opened(&self, owners: Vec<Owner>, terms: Terms, now: DateTime<Utc>) -> Vec<Fact> {
        let system = Actor::system();
        let opened = self.half_past_eight(terms.due - Days::new(40)).min(now);
        let mut act = Act::new(self, &system, opened);
        act.open(owners, terms);
        act.into_facts()
    }

    /// Letters of satker completed since then, in rounds: in each, every satker has at most one.
    pub fn replay_rounds(&self, since: DateTime<Utc>) -> Vec<Vec<AgendaNo>> {
        let index = self.store.index();
        let mut letters: Vec<_> = index
            .letters()
            .iter()
            .filter(|letter| {
                matches!(
                    letter.state,
                    LetterState::Completed | LetterState::HandedOver
                )
            })
            .filter_map(|letter| Some((letter.ended?, letter.agenda, letter.satker?)))
            .filter(|(ended, ..)| *ended >= since.timestamp())
            .collect();
        letters.sort_unstable();
        let mut turn: std::collections::HashMap<SatkerCode, usize> =
            std::collections::HashMap::new();
        let mut rounds: Vec<Vec<AgendaNo>> = Vec::new();
        for (_, agenda, satker) in letters {
            let turn = turn.entry(satker).or_default();
            if *turn == rounds.len() {
                rounds.push(Vec::new());
            }
            if let Some(round) = rounds.get_mut(*turn) {
                round.push(agenda);
            }
            *turn += 1;
        }
        rounds
    }

    /// What these completed letters of different satker did to deadlines.
    ///
    /// # Errors
    /// `agenda-unknown`.
    pub fn replay_letters(&self, agendas: &[AgendaNo]) -> Result<Vec<Fact>, Refusal> {
        let clerk = clerk("sari");
        let mut act = Act::new(self, &clerk, DateTime::UNIX_EPOCH);
        for agenda in agendas {
            let letter = self.letter(*agenda)?;
            let (Some(completed), Ok(service)) = (
                letter.completed,
                self.service(&letter.module, &letter.service),
            ) else {
                continue;
            };
            act.now = completed;
            let told = self.phones(letter.sender.satker())?;
            self.after_completion(&mut act, service, &letter, &told)?;
        }
        Ok(act.into_facts())
    }

    /// Something happened at these satker, as a person recorded it: reminders go out at once only for what is recorded now.
    ///
    /// # Errors
    /// Those of the store.
    pub fn replay_events(
        &self,
        events: &[(SatkerCode, Happening, Values)],
        now: DateTime<Utc>,
    ) -> Result<Vec<Fact>, Refusal> {
        let clerk = clerk("sari");
        let mut act = Act::new(self, &clerk, now);
        for (satker, happening, fields) in events {
            act.now = self.half_past_eight(happening.date).min(now);
            let told = if happening.date == self.date(now) {
                Vec::new()
            } else {
                self.phones(Some(*satker))?
            };
            self.happened(&mut act, *satker, happening, fields.clone(), None, &told)?;
        }
        Ok(act.into_facts())
    }

    /// What people noted about open deadlines.
    pub fn replay_fates(&self, fates: &[(ObligationId, Fate)], now: DateTime<Utc>) -> Vec<Fact> {
        let clerk = clerk("budi");
        let mut act = Act::new(self, &clerk, now);
        for (id, fate) in fates {
            match fate {
                Fate::Met(on) => {
                    act.now = self.half_past_eight(*on).min(now);
                    act.meet(*id, *on, None);
                }
                Fate::Exempt => act.exempt(*id, "tidak berlaku bagi satker ini"),
            }
        }
        act.into_facts()
    }

    /// The open deadlines that fall due on these days.
    pub fn replay_open(&self, until: NaiveDate) -> Vec<(ObligationId, NaiveDate)> {
        let index = self.store.index();
        let open = index.deadlines().open();
        open.take_while(|entry| entry.due <= until)
            .filter(|entry| entry.state == DeadlineState::Open)
            .map(|entry| (entry.id, entry.due))
            .collect()
    }

    /// Reminders of a morning of the past, at most so many, as they stand now: confirmed, sent and mostly delivered.
    ///
    /// # Errors
    /// Those of the store.
    pub fn replay_reminders(&self, day: NaiveDate, most: usize) -> Result<Vec<Fact>, Refusal> {
        let at = self.half_past_eight(day);
        let Some(plan) = self.reminder_plan(at)? else {
            return Ok(Vec::new());
        };
        let mut facts = self.remind(&plan, &few(&plan, most), at)?;
        facts.truncate(most);
        for fact in &mut facts {
            if let Fact::SmsDrafted { sms } = fact {
                replay::settle(sms, at);
            }
        }
        Ok(facts)
    }

    /// A message that two persons must confirm, of whom one has.
    ///
    /// # Errors
    /// Those of the store.
    pub fn replay_half_confirmed(&self, now: DateTime<Utc>) -> Result<Vec<Fact>, Refusal> {
        let clerk = clerk("sari");
        let codes: Vec<SatkerCode> = {
            let index = self.store.index();
            let active = index.satker().iter().filter(|(_, one)| one.active);
            active.map(|(code, _)| *code).collect()
        };
        for code in codes {
            let Some(satker) = self.store.satker(code)? else {
                continue;
            };
            let role = self.modules.main_role(&satker.kind);
            let Some(phone) = satker.phone(role) else {
                continue;
            };
            let text = format!(
                "{}: Yth. KPA {}, layanan loket tutup pukul 12.00 pada hari Jumat. Terima kasih.",
                self.settings.office.name, satker.short_name
            );
            let mut sms = self.draft(SmsKind::Broadcast, phone.clone(), text, &clerk, now)?;
            sms.satker = Some(code);
            sms.role = Some(role);
            let id = sms.id;
            let second = sms.policy == crate::domain::sms::ConfirmPolicy::TwoPerson;
            let mut facts = vec![Fact::SmsDrafted { sms: Box::new(sms) }];
            if second {
                facts.push(Fact::SmsConfirmed {
                    id,
                    at: now,
                    by: "budi".to_owned(),
                    not_before: None,
                });
            }
            return Ok(facts);
        }
        Ok(Vec::new())
    }

    fn phones(&self, satker: Option<SatkerCode>) -> Result<Vec<PhoneNumber>, Refusal> {
        let satker = satker.map(|code| self.store.satker(code)).transpose()?;
        let officials = satker.flatten().map(|satker| satker.officials);
        let phones = officials.into_iter().flatten();
        Ok(phones.filter_map(|official| official.phone).collect())
    }

    /// Half past eight.
    fn half_past_eight(&self, day: NaiveDate) -> DateTime<Utc> {
        let time = chrono::TimeDelta::minutes(8 * 60 + 30);
        self.zone()
            .instant(day.and_time(chrono::NaiveTime::MIN) + time)
    }
}

fn clerk(user: &str) -> Actor {
    Actor {
        user: user.to_owned(),
        role: Role::Desk,
        section: None,
    }
}

fn few(plan: &Plan, most: usize) -> Vec<SatkerCode> {
    let mut satker = plan.satker();
    satker.truncate(most);
    satker
}
