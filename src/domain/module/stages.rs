//! Programmes of several stages: which stage a participant is in, and in which year its milestones fall due.
//!
//! A stage counts in whole years from the start: with stages of twelve months, the n-th is that of the year T0 + n − 1.

use super::{Milestone, Module, Modules, Stage};
use crate::domain::satker::{ContactRole, Progress, satker_kind};

impl Modules {
    /// The programme with stages that a kind of participant takes part in.
    pub fn programme(&self, kind: &str) -> Option<&Module> {
        self.iter()
            .find(|module| module.participant.kind == kind && !module.stages.is_empty())
    }

    /// The kinds of participants of all modules, satker first.
    pub fn kinds(&self) -> Vec<String> {
        let mut kinds = vec![satker_kind()];
        for module in self.iter() {
            if !kinds.contains(&module.participant.kind) {
                kinds.push(module.participant.kind.clone());
            }
        }
        kinds
    }

    /// A kind of participant by its id or name; case does not matter.
    pub fn kind(&self, text: &str) -> Option<String> {
        let wanted = text.trim();
        if wanted.eq_ignore_ascii_case(&satker_kind()) {
            return Some(satker_kind());
        }
        self.iter()
            .map(|module| &module.participant)
            .find(|one| {
                [&one.kind, &one.name.id, &one.name.en]
                    .into_iter()
                    .any(|name| name.eq_ignore_ascii_case(wanted))
            })
            .map(|one| one.kind.clone())
    }

    /// Roles of all kinds of participants, those of a satker first.
    pub fn roles(&self) -> Vec<ContactRole> {
        let mut roles = ContactRole::ALL.to_vec();
        for role in self.iter().flat_map(|module| &module.participant.roles) {
            if let Some(role) = ContactRole::parse(&role.id)
                && !roles.contains(&role)
            {
                roles.push(role);
            }
        }
        roles
    }

    /// The role that is written to before others: the first that the kind's module names.
    pub fn main_role(&self, kind: &str) -> ContactRole {
        let roles = self
            .iter()
            .find(|module| module.participant.kind == kind)
            .map(|module| &module.participant.roles);
        roles
            .and_then(|roles| ContactRole::parse(&roles.first()?.id))
            .unwrap_or(ContactRole::Kpa)
    }
}

impl Module {
    /// A stage by id, with its place.
    pub fn stage(&self, id: &str) -> Option<(usize, &Stage)> {
        let mut stages = self.stages.iter().enumerate();
        stages.find(|(_, stage)| stage.id == id)
    }

    /// A stage by id or name; case does not matter.
    pub fn stage_named(&self, text: &str) -> Option<(usize, &Stage)> {
        let wanted = text.trim();
        self.stages.iter().enumerate().find(|(_, stage)| {
            [&stage.id, &stage.name.id, &stage.name.en]
                .into_iter()
                .any(|name| name.eq_ignore_ascii_case(wanted))
        })
    }

    /// A milestone of any stage.
    pub fn milestone(&self, id: &str) -> Option<&Milestone> {
        let mut milestones = self.stages.iter().flat_map(|stage| &stage.milestones);
        milestones.find(|milestone| milestone.id == id)
    }

    /// The year at whose end a stage ends, for those who began in `started`.
    pub fn stage_year(&self, at: usize, started: u16) -> u16 {
        let months: u32 = self
            .stages
            .iter()
            .take(at + 1)
            .map(|stage| stage.months)
            .sum();
        let years = u16::try_from(months.div_ceil(12)).unwrap_or(u16::MAX);
        started.saturating_add(years.saturating_sub(1))
    }

    /// Where those who began in `started` stand in `year` when all goes as planned.
    pub fn cohort(&self, started: u16, year: u16) -> Progress {
        let stage = self
            .stages
            .iter()
            .enumerate()
            .map(|(at, stage)| (self.stage_year(at, started), stage))
            .find(|(end, _)| *end >= year);
        match stage {
            Some((year, stage)) => Progress {
                started,
                stage: stage.id.clone(),
                year,
            },
            None => Progress {
                started,
                stage: String::new(),
                year,
            },
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::module::Source;

    const NAGARI: &str = include_str!("../../../modules/contoh/nagari-mandiri-pangan.toml");

    #[test]
    fn a_cohort_is_in_the_stage_of_its_year() {
        let source = Source::new("nagari-mandiri-pangan.toml", NAGARI);
        let modules = Modules::with_overrides(vec![source]).unwrap();
        let module = modules.programme("nagari").unwrap();
        let cases = [
            (2026, "persiapan", 2026),
            (2027, "persiapan", 2027),
            (2025, "penumbuhan", 2026),
            (2023, "kemandirian", 2026),
            (2022, "", 2026),
        ];
        for (started, stage, year) in cases {
            let progress = module.cohort(started, 2026);
            assert_eq!((progress.stage.as_str(), progress.year), (stage, year));
        }
        assert_eq!(modules.main_role("nagari").as_str(), "walinagari");
        assert_eq!(modules.main_role("satker"), ContactRole::Kpa);
        assert_eq!(modules.kind("Nagari/Kelurahan").as_deref(), Some("nagari"));
        assert_eq!(modules.kinds(), ["satker", "nagari"]);
    }
}
