//! An office for tests and benchmarks: decisions of several people are written down one after another, at times of the test's choosing.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    dead_code,
    missing_debug_implementations,
    reason = "tests"
)]

use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;

use super::clock::Clock;
use super::office::Office;
use crate::ask::DraftSms;
use crate::domain::access::{Actor, Role};
use crate::domain::calendar::Calendar;
use crate::domain::fact::Fact;
use crate::domain::id::{SatkerCode, SmsId};
use crate::domain::module::Modules;
use crate::domain::phone::PhoneNumber;
use crate::domain::refusal::Refusal;
use crate::domain::satker::{ContactRole, Official, Satker};
use crate::home::Home;
use crate::journal::Journal;
use crate::settings::Settings;
use crate::store::Store;

/// See the module's documentation.
pub struct Rig {
    pub office: Office,
    journal: Journal,
    pub now: DateTime<Utc>,
    folder: TempDir,
}

impl Rig {
    /// An office with these settings, on a Tuesday at 9.
    pub fn new(settings: &str) -> Self {
        Self::within(settings, tempfile::tempdir().unwrap())
    }

    /// The same in a folder of the caller's choosing.
    pub fn within(settings: &str, folder: TempDir) -> Self {
        let home = Home::at(folder.path());
        home.create().unwrap();
        let settings = Settings::parse(settings).unwrap();
        let zone = settings.office.zone.offset();
        let store = Store::open(&home.store(), zone).unwrap();
        let (journal, _) = Journal::open(&home.journal(), 0, |_, _| {}).unwrap();
        let office = Office::new(
            store,
            Modules::builtin().unwrap(),
            Vec::new(),
            settings,
            Calendar::builtin(),
            Clock::new(None),
            &home,
            Vec::new(),
        );
        Self {
            office,
            journal,
            now: "2026-11-24T09:00:00+07:00".parse().unwrap(),
            folder,
        }
    }

    /// Its pieces, for a writer of its own; the folder goes with the last of them.
    pub fn apart(self) -> (Office, Journal, TempDir) {
        (self.office, self.journal, self.folder)
    }

    /// Lets time pass.
    pub fn later(&mut self, by: TimeDelta) {
        self.now += by;
    }

    /// Writes facts down.
    pub fn write(&mut self, by: &str, facts: Vec<Fact>) {
        self.write_as(by, None, facts);
    }

    /// The same, as the answer to the request with this key.
    pub fn write_as(&mut self, by: &str, key: Option<&str>, facts: Vec<Fact>) {
        let written = self.journal.append(self.now, by, key, facts).unwrap();
        self.office.store.apply_group(&written).unwrap();
        let calendar = |(entry, _): &(crate::journal::Entry, String)| {
            matches!(
                entry.fact,
                Fact::CalendarOverridden { .. } | Fact::HolidaysReplaced { .. }
            )
        };
        if written.iter().any(calendar) {
            self.office.renew_calendar();
        }
    }

    /// How many facts there are.
    pub fn facts(&self) -> u64 {
        self.journal.seq()
    }

    /// The server's own run, as at its start and each morning.
    pub fn runs(&mut self) {
        let Self {
            office,
            journal,
            now,
            ..
        } = self;
        super::daily::steps(
            office,
            || *now,
            |step| {
                let (facts, more) = step.decide(office, *now)?;
                if !facts.is_empty() {
                    let entries = journal.append(*now, "sistem", None, facts)?;
                    office.store.apply_group(&entries)?;
                    journal.commit()?;
                }
                Ok(more)
            },
        )
        .unwrap();
    }

    /// The calendar or a date of a letter changed: what is open moves.
    pub fn recomputes(&mut self, fact: Fact) {
        self.write("wati", vec![fact]);
        self.does(&wati(), |office, who, now| {
            Ok((office.recompute_deadlines("kalender", who, now)?, ()))
        })
        .unwrap();
        self.runs();
    }

    /// Somebody decides something, a moment after what was before.
    pub fn does<T>(
        &mut self,
        who: &Actor,
        decide: impl FnOnce(&Office, &Actor, DateTime<Utc>) -> Result<(Vec<Fact>, T), Refusal>,
    ) -> Result<T, Refusal> {
        self.later(TimeDelta::milliseconds(10));
        let (facts, value) = decide(&self.office, who, self.now)?;
        self.write(&who.user, facts);
        Ok(value)
    }

    /// Somebody drafts a free message.
    pub fn drafts(&mut self, who: &Actor, to: &str, text: &str) -> SmsId {
        let ask = DraftSms {
            to: Some(to.to_owned()),
            satker: None,
            role: None,
            text: text.to_owned(),
            key: None,
        };
        self.does(who, |office, who, now| office.draft_by_hand(&ask, who, now))
            .unwrap()
    }

    /// A satker comes to be known, or is changed.
    pub fn satker(&mut self, code: &str, name: &str, region: &str, kpa: Option<&str>) {
        let satker = Satker {
            code: SatkerCode::parse(code).unwrap(),
            kind: crate::domain::satker::satker_kind(),
            name: format!("Kantor {name}"),
            short_name: name.to_owned(),
            ministry_code: "025".to_owned(),
            ministry: "Kementerian Agama".to_owned(),
            echelon: "01".to_owned(),
            region: region.to_owned(),
            authority: "KD".to_owned(),
            officials: vec![Official {
                role: ContactRole::Kpa,
                name: format!("KPA {name}"),
                phone: kpa.map(|phone| PhoneNumber::parse(phone).unwrap().0),
            }],
            revenue_treasurer: false,
            email: None,
            active: true,
            progress: None,
        };
        self.write("sari", vec![Fact::SatkerSaved { satker }]);
    }
}

/// An account with this role.
pub fn actor(user: &str, role: Role) -> Actor {
    Actor {
        user: user.to_owned(),
        role,
        section: None,
    }
}

/// A clerk.
pub fn sari() -> Actor {
    actor("sari", Role::Desk)
}

/// A supervisor.
pub fn wati() -> Actor {
    actor("wati", Role::Supervisor)
}
