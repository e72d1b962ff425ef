//! Counters: the state of the server, and what Beranda and the status line show.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::ask::{ModuleCounts, Overview, OwedCounts, Status, StoreCounts};
use crate::domain::access::Actor;
use crate::domain::id::{AgendaNo, SmsId};
use crate::domain::letter::LetterState;
use crate::domain::period::PeriodKind;
use crate::domain::refusal::Refusal;
use crate::domain::sms::SmsState;
use crate::server::office::Office;
use crate::store::SmsEntry;

/// Rows of each kind on Beranda.
const HOME_ROWS: usize = 10;

impl Office {
    /// State of the server.
    pub fn status(&self, seq: u64, clients: u32, now: DateTime<Utc>) -> Status {
        // Not in the midst of the others: the index would be held until the last of them, and who asks for it twice at a time can
        // wait for the writer that waits for them.
        let sms = self.store.index().sms_counts().clone();
        let held = self.held();
        Status {
            version: crate::protocol::VERSION.to_owned(),
            pid: std::process::id(),
            clock: self.local(now),
            clock_shifted: self.clock.is_shifted(),
            started: self.local(self.started),
            home: self.home.display().to_string(),
            seq,
            store: self.counts(),
            modems: self.modems(),
            sms,
            clients,
            disk_free_mb: self.disk_free(),
            backup: self.backup_state(),
            check: self.check_state(),
            warnings: held
                .iter()
                .map(|held| self.held_refusal(held))
                .chain(self.warnings())
                .collect(),
            held: held.map(|held| self.hold_row(held)),
        }
    }

    fn counts(&self) -> StoreCounts {
        let index = self.store.index();
        StoreCounts {
            letters: index.letters().len() as u64,
            sms: index.sms().len() as u64,
            deadlines: index.deadlines().all().len() as u64,
            satker: index.satker().len() as u64,
        }
    }

    /// What the status line and Beranda show.
    ///
    /// # Errors
    /// Those of the store.
    pub fn overview(
        &self,
        seq: u64,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Overview, Refusal> {
        let seconds = now.timestamp();
        let tomorrow = self.midnight_after(now).timestamp();
        let mut modules: std::collections::BTreeMap<String, ModuleCounts> = self
            .modules
            .iter()
            .map(|module| (module.id.clone(), ModuleCounts::default()))
            .collect();
        let (mut overdue, mut due_today) = (Vec::new(), Vec::new());
        let (today, trouble, sms, unread, demo, owed) = {
            let index = self.store.index();
            for (_, letter) in index.open() {
                let counts = modules
                    .entry(index.name(letter.module).to_owned())
                    .or_default();
                counts.open += 1;
                let key = (letter.target.unwrap_or(i64::MAX), letter.agenda);
                if letter.overdue(seconds) {
                    counts.overdue += 1;
                    overdue.push(key);
                } else if letter.state != LetterState::Waiting && key.0 < tomorrow {
                    due_today.push(key);
                }
            }
            let owed = owed_counts(&index, self.date(now), &mut modules);
            let week_ago = seconds - 7 * 86_400;
            let in_trouble = |entry: &&SmsEntry| match entry.state {
                SmsState::Uncertain => true,
                SmsState::Failed | SmsState::Undelivered => entry.changed > week_ago,
                _ => false,
            };
            let trouble: Vec<SmsId> = index
                .trouble()
                .filter(in_trouble)
                .map(|entry| entry.id)
                .collect();
            let unread = index.inbox().waiting() as u64;
            (
                index.day_count(self.date(now)),
                trouble,
                index.sms_counts().clone(),
                unread,
                index.demo().is_some(),
                owed,
            )
        };
        overdue.sort_unstable();
        due_today.sort_unstable();
        let first = |list: &[(i64, AgendaNo)]| {
            list.iter()
                .take(HOME_ROWS)
                .map(|(_, agenda)| *agenda)
                .collect::<Vec<_>>()
        };
        let modems = self.modems();
        let queued = sms.get(&SmsState::Queued).copied().unwrap_or(0) > 0;
        let brake = self.held();
        let handed_back = self.handed_back(&actor.user);
        let hold = if let Some(brake) = &brake {
            Some(self.held_refusal(brake))
        } else if queued && !self.window_open(now) {
            Some(Refusal::new("waits-window").with(
                "opens",
                self.local(self.window_opens(now)).format("%d-%m-%Y %H.%M"),
            ))
        } else if modems.iter().any(|modem| modem.state == "ready") {
            None
        } else {
            Some(Refusal::new("no-modem"))
        };
        Ok(Overview {
            actor: actor.clone(),
            office: self.settings.office.name.clone(),
            clock: self.local(now),
            clock_shifted: self.clock.is_shifted(),
            zone: self.zone().label().to_owned(),
            seq,
            store: self.counts(),
            demo,
            modems,
            sms,
            unread,
            modules,
            deadlines: owed,
            overdue_total: overdue.len() as u64,
            due_today_total: due_today.len() as u64,
            overdue: self.letter_rows(&first(&overdue), now)?,
            due_today: self.letter_rows(&first(&due_today), now)?,
            registered_today: today.registered,
            ended_today: today.ended,
            trouble_total: trouble.len() as u64,
            trouble: self.sms_rows(trouble.get(..HOME_ROWS).unwrap_or(&trouble))?,
            hold,
            held: brake.map(|brake| self.hold_row(brake)),
            handed_back,
            repairs: self.repairs_total(),
            rated: self.rated(PeriodKind::Quarter, self.date(now)),
            warnings: self.warnings(),
        })
    }
}

/// What is owed today, this week and since long, in all and by module.
fn owed_counts(
    index: &crate::store::Index,
    today: NaiveDate,
    modules: &mut std::collections::BTreeMap<String, ModuleCounts>,
) -> OwedCounts {
    let deadlines = index.deadlines();
    let week = today + TimeDelta::days(7);
    let mut counts = OwedCounts::default();
    // Thousands share an occasion, which alone knows the module: its name is looked up once.
    let mut of_occasion: HashMap<u32, (u64, u64)> = HashMap::new();
    for entry in deadlines.open() {
        let late = entry.late(today);
        counts.late += u64::from(late);
        counts.today += u64::from(entry.due == today);
        counts.week += u64::from(!late && entry.due <= week);
        let (owed, owed_late) = of_occasion.entry(entry.occasion).or_default();
        *owed += 1;
        *owed_late += u64::from(late);
    }
    for (occasion, (owed, late)) in of_occasion {
        let module = deadlines
            .occasion(occasion)
            .and_then(|occasion| modules.get_mut(&occasion.module));
        if let Some(module) = module {
            module.owed += owed;
            module.late += late;
        }
    }
    counts
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use crate::domain::fact::Fact;
    use crate::journal::{Entry, FIRST_HASH};
    use crate::server::rig::Rig;

    #[test]
    fn asking_for_the_state_and_writing_never_wait_for_each_other() {
        const TIMES: u64 = 5_000;
        let rig = Arc::new(Rig::new(""));
        let (done, ended) = crossbeam_channel::bounded(2);
        let (asked, answered) = (Arc::clone(&rig), done.clone());
        std::thread::spawn(move || {
            for _ in 0..TIMES {
                asked.office.status(0, 1, asked.now);
            }
            answered.send(()).unwrap();
        });
        std::thread::spawn(move || {
            for seq in 1..=TIMES {
                let entry = Entry {
                    seq,
                    time: rig.now,
                    actor: "sari".to_owned(),
                    begins: false,
                    rest: 0,
                    key: None,
                    fact: Fact::DemoLoaded { seed: seq },
                    prev: FIRST_HASH.to_owned(),
                };
                let written = [(entry, FIRST_HASH.to_owned())];
                rig.office.store.apply_group(&written).unwrap();
            }
            done.send(()).unwrap();
        });
        for _ in 0..2 {
            ended.recv_timeout(Duration::from_mins(1)).unwrap();
        }
    }
}
