//! Programmes of several stages: the milestones that a participant owes, and how it moves on.

use chrono::Datelike;

use super::{
    Act, Actor, DateTime, DeadlineState, Fact, ObligationId, Office, Owner, Refusal, SatkerCode,
    Terms, Utc, Values, clean_text,
};
use crate::ask::{MilestoneRow, MoveStage, PaperRow, Programme, StageRow};
use crate::domain::letter::Letter;
use crate::domain::module::{Milestone, Module, Stage};
use crate::domain::period::Period;
use crate::domain::rule::{Basis, Every, Obligation};
use crate::domain::satker::{Progress, Satker};

impl Office {
    /// The milestones that these participants owe in their present stages and that have not come into being yet, at most `most`
    /// deadlines: one of each milestone, due at the end of the stage's year. How many were left.
    pub(super) fn open_milestones(
        &self,
        act: &mut Act<'_>,
        standing: &[(SatkerCode, String, Progress)],
        most: usize,
    ) -> usize {
        let mut left = most;
        for (code, kind, progress) in standing {
            let Some(module) = self.modules.programme(kind) else {
                continue;
            };
            let owner = Owner::satker(*code);
            for terms in self.milestones(module, progress) {
                let known = self.store.index().deadlines().find(
                    &terms.obligation,
                    &terms.occasion(),
                    owner,
                );
                if known.is_none() {
                    if left == 0 {
                        return 0;
                    }
                    left -= 1;
                    act.open_together(owner, terms);
                }
            }
        }
        left
    }

    /// Active participants that go through stages: their kinds, and where they stand.
    pub(super) fn standing(&self) -> Vec<(SatkerCode, String, Progress)> {
        let index = self.store.index();
        let active = index.satker().iter().filter(|(_, one)| one.active);
        active
            .filter_map(|(code, one)| Some((*code, one.kind.clone(), one.progress.clone()?)))
            .collect()
    }

    /// What the present stage asks for.
    fn milestones(&self, module: &Module, progress: &Progress) -> Vec<Terms> {
        let Some((_, stage)) = module.stage(&progress.stage) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for rule in milestone_rules(module) {
            for milestone in &stage.milestones {
                found.extend(self.milestone_terms(&rule, progress.year, milestone));
            }
        }
        found
    }

    fn milestone_terms(&self, rule: &str, year: u16, milestone: &Milestone) -> Option<Terms> {
        let period = Period::year(i32::from(year))?;
        let basis = Basis::period(period);
        let (rule, due) = self.modules.due(rule, &basis, &self.calendar()).ok()?;
        Some(Terms {
            obligation: rule.id.clone(),
            module: rule.module.clone(),
            period: Some(period),
            event: None,
            item: Some(milestone.id.clone()),
            fields: Values::new(),
            value: None,
            due: due.date,
            nominal: due.nominal,
            estimate: false,
        })
    }

    /// Whether a participant owes what its programme asks for in a period: it has begun, and not all stages are behind it.
    pub(super) fn takes_part(module: &Module, progress: Option<&Progress>, terms: &Terms) -> bool {
        if module.stages.is_empty() {
            return true;
        }
        let day = terms.period.map_or(terms.due, Period::first_day);
        progress.is_some_and(|progress| {
            !progress.finished() && day.year() >= i32::from(progress.started)
        })
    }

    /// Why an open deadline is not owed any more by a participant as it is now; none when it still is.
    pub(super) fn released(
        &self,
        terms: &crate::store::Occasion,
        kind: &str,
        progress: Option<&Progress>,
    ) -> Option<&'static str> {
        // A module whose file is away says nothing about its participants.
        let module = self.modules.module(&terms.module).ok()?;
        if module.participant.kind != kind {
            return Some("kind-changed");
        }
        if module.stages.is_empty() {
            return None;
        }
        let progress = progress?;
        if progress.finished() {
            return Some("programme-ended");
        }
        let milestone = module.milestone(terms.item.as_deref()?)?;
        let (_, stage) = module.stage(&progress.stage)?;
        let present = stage.milestones.contains(milestone)
            && terms
                .period
                .is_none_or(|period| period.first_day().year() == i32::from(progress.year));
        (!present).then_some("stage-left")
    }

    /// A participant moves to another stage: the next one when the milestones of the present stage are met, any for a reason.
    /// What it leaves undone is not owed any more.
    ///
    /// # Errors
    /// `satker-unknown`, `satker-inactive`, `no-stages`, `start-year-missing`, `stage-unknown`, `stage-present`, `stage-finished`,
    /// `milestones-missing` and `reason-missing` without a reason, `forbidden`.
    pub fn move_stage(
        &self,
        ask: &MoveStage,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, ()), Refusal> {
        let satker = self.owing(ask.satker)?;
        let module = self.programme_of(&satker)?;
        Self::require_section(actor, &module.section)?;
        let progress = satker
            .progress
            .as_ref()
            .ok_or_else(|| Refusal::new("start-year-missing"))?;
        let reason = clean_text("reason", ask.reason.as_deref().unwrap_or_default(), 200)?;
        let present = module.stage(&progress.stage);
        let following = present.map(|(at, _)| at + 1);
        let to = match ask.to.as_deref().map(str::trim) {
            None | Some("") => following.ok_or_else(|| Refusal::new("stage-finished"))?,
            Some(name) => {
                let found = module.stage_named(name).map(|(at, _)| at);
                found.ok_or_else(|| stage_unknown(module, name))?
            }
        };
        if present.is_some_and(|(at, _)| at == to) {
            return Err(Refusal::new("stage-present").on("to"));
        }
        let rows = self.stage_rows(module, &satker)?;
        let missing: Vec<String> = rows
            .iter()
            .filter(|row| row.present)
            .flat_map(|row| &row.milestones)
            .filter(|row| row.required && row.met.is_none() && row.status != "dikecualikan")
            .map(|row| row.name.clone())
            .collect();
        if reason.is_none() {
            if following != Some(to) {
                return Err(Refusal::new("reason-missing").on("reason"));
            }
            if !missing.is_empty() {
                return Err(Refusal::new("milestones-missing")
                    .with("missing", missing.join("; "))
                    .on("reason"));
            }
        }
        let this_year = u16::try_from(self.date(now).year()).unwrap_or_default();
        let next = match module.stages.get(to) {
            Some(stage) => Progress {
                started: progress.started,
                stage: stage.id.clone(),
                // Who comes late to a stage has until the end of that year.
                year: module.stage_year(to, progress.started).max(this_year),
            },
            None => Progress {
                started: progress.started,
                stage: String::new(),
                year: this_year,
            },
        };
        let mut act = Act::new(self, actor, now);
        let (at, by) = (act.now, act.by());
        act.push(Fact::StageReached {
            satker: satker.code,
            stage: next.stage.clone(),
            year: next.year,
            reason: reason.clone(),
            at,
            by,
        });
        let left = self.left_behind(satker.code, &satker.kind, &next);
        for (id, why) in &left {
            act.exempt(*id, reason.as_deref().unwrap_or(why));
        }
        let ids: Vec<ObligationId> = left.into_iter().map(|(id, _)| id).collect();
        self.withdraw_reminders(&mut act, &ids, "deadline-exempt")?;
        let moved = (satker.code, satker.kind.clone(), next);
        self.open_milestones(&mut act, &[moved], usize::MAX);
        Ok((act.into_facts(), ()))
    }

    /// Open deadlines of a participant that it does not owe once it stands there.
    fn left_behind(
        &self,
        code: SatkerCode,
        kind: &str,
        progress: &Progress,
    ) -> Vec<(ObligationId, &'static str)> {
        let index = self.store.index();
        let deadlines = index.deadlines();
        deadlines
            .of_satker(code)
            .filter(|entry| entry.state == DeadlineState::Open)
            .filter_map(|entry| {
                let occasion = deadlines.occasion(entry.occasion)?;
                Some((entry.id, self.released(occasion, kind, Some(progress))?))
            })
            .collect()
    }

    /// Where a participant stands.
    ///
    /// # Errors
    /// `satker-unknown`, `no-stages`.
    pub fn stage_view(&self, code: SatkerCode, now: DateTime<Utc>) -> Result<Programme, Refusal> {
        let satker = self.store.satker(code)?.ok_or_else(|| {
            Refusal::new("satker-unknown")
                .with("code", code)
                .on("satker")
        })?;
        self.programme_of(&satker)?;
        self.programme_view(&satker, now)?
            .ok_or_else(|| Refusal::new("no-stages").with("kind", &satker.kind))
    }

    /// Where a participant stands, where its kind goes through stages.
    ///
    /// # Errors
    /// Those of the store.
    pub fn programme_view(
        &self,
        satker: &Satker,
        now: DateTime<Utc>,
    ) -> Result<Option<Programme>, Refusal> {
        let Some(module) = self.modules.programme(&satker.kind) else {
            return Ok(None);
        };
        let today = self.date(now);
        let mut stages = self.stage_rows(module, satker)?;
        for row in stages.iter_mut().flat_map(|stage| &mut stage.milestones) {
            let late = row.due.is_some_and(|due| due < today);
            if late && matches!(row.status.as_str(), "belum" | "sebagian") {
                "terlambat".clone_into(&mut row.status);
            }
        }
        let progress = satker.progress.as_ref();
        Ok(Some(Programme {
            module: module.id.clone(),
            name: module.name.id.clone(),
            started: progress.map(|progress| progress.started),
            stage: progress
                .map(|progress| progress.stage.clone())
                .filter(|stage| !stage.is_empty()),
            finished: progress.is_some_and(Progress::finished),
            stages,
        }))
    }

    fn programme_of(&self, satker: &Satker) -> Result<&Module, Refusal> {
        self.modules
            .programme(&satker.kind)
            .ok_or_else(|| Refusal::new("no-stages").with("kind", &satker.kind))
    }

    fn stage_rows(&self, module: &Module, satker: &Satker) -> Result<Vec<StageRow>, Refusal> {
        let progress = satker.progress.as_ref();
        let papers = self.papers(module, satker.code)?;
        let mut rows = Vec::with_capacity(module.stages.len());
        for (at, stage) in module.stages.iter().enumerate() {
            let present = progress.is_some_and(|progress| progress.stage == stage.id);
            let year = progress.map(|progress| {
                if present {
                    progress.year
                } else {
                    module.stage_year(at, progress.started)
                }
            });
            let milestones = stage
                .milestones
                .iter()
                .map(|milestone| self.milestone_row(module, satker.code, milestone, &papers))
                .collect::<Result<_, _>>()?;
            rows.push(StageRow {
                id: stage.id.clone(),
                name: stage.name.id.clone(),
                year,
                present,
                milestones,
            });
        }
        Ok(rows)
    }

    fn milestone_row(
        &self,
        module: &Module,
        code: SatkerCode,
        milestone: &Milestone,
        papers: &[(String, PaperRow)],
    ) -> Result<MilestoneRow, Refusal> {
        // The latest instance counts: a stage may be gone through again.
        let id = {
            let index = self.store.index();
            let deadlines = index.deadlines();
            let rules = milestone_rules(module);
            let mut of_satker = deadlines.of_satker(code).rev();
            of_satker
                .find(|entry| {
                    deadlines.occasion(entry.occasion).is_some_and(|occasion| {
                        occasion.item.as_ref() == Some(&milestone.id)
                            && rules.contains(&occasion.obligation)
                    })
                })
                .map(|entry| entry.id)
        };
        let deadline = id.map(|id| self.deadline(id)).transpose()?;
        let papers: Vec<PaperRow> = papers
            .iter()
            .filter(|(item, _)| *item == milestone.id)
            .map(|(_, paper)| paper.clone())
            .collect();
        let status = match deadline.as_ref().map(|deadline| deadline.state) {
            Some(DeadlineState::Met) => "tercapai",
            Some(DeadlineState::Exempt) => "dikecualikan",
            _ if papers.is_empty() => "belum",
            _ => "sebagian",
        };
        Ok(MilestoneRow {
            id: milestone.id.clone(),
            name: milestone.name.id.clone(),
            required: milestone.required,
            status: status.to_owned(),
            due: deadline.as_ref().map(|deadline| deadline.terms.due),
            met: deadline.as_ref().and_then(|deadline| deadline.met),
            deadline: id,
            evidence: milestone.evidence.clone(),
            papers,
        })
    }

    /// Papers that a participant handed in, with the milestone that each names, oldest first.
    fn papers(
        &self,
        module: &Module,
        code: SatkerCode,
    ) -> Result<Vec<(String, PaperRow)>, Refusal> {
        use crate::domain::letter::LetterState;
        let agendas: Vec<_> = {
            let index = self.store.index();
            let wanted = index.interned(&module.id);
            let letters = index.letters().iter().filter(|letter| {
                letter.satker == Some(code)
                    && Some(letter.module) == wanted
                    && letter.state != LetterState::Void
            });
            letters.map(|letter| letter.agenda).collect()
        };
        let mut found = Vec::new();
        for agenda in agendas {
            let letter = self.letter(agenda)?;
            let Some(item) = named_milestone(module, &letter) else {
                continue;
            };
            let what: Vec<&str> = ["jenis_bukti", "nomor_bukti", "tanggal_bukti"]
                .into_iter()
                .filter_map(|field| letter.fields.get(field))
                .map(String::as_str)
                .collect();
            let what = if what.is_empty() {
                letter.subject.clone()
            } else {
                what.join(" ")
            };
            let paper = PaperRow {
                agenda,
                state: letter.state,
                what,
            };
            found.push((item.id.clone(), paper));
        }
        Ok(found)
    }

    /// What is wrong with the milestone that a letter names, where its service is about milestones.
    pub(in crate::server) fn check_milestone(
        &self,
        module: &str,
        fulfils: &[String],
        fields: &Values,
    ) -> Option<Refusal> {
        let module = self.modules.module(module).ok()?;
        let about = milestone_rules(module)
            .iter()
            .any(|id| fulfils.contains(id));
        let typed = fields.get("tonggak").filter(|_| about)?;
        if by_name(module, typed).is_some() {
            return None;
        }
        let all: Vec<&str> = module
            .stages
            .iter()
            .flat_map(|stage| &stage.milestones)
            .map(|milestone| milestone.id.as_str())
            .collect();
        Some(
            Refusal::new("milestone-unknown")
                .with("text", typed)
                .with("known", all.join(", "))
                .on("tonggak"),
        )
    }
}

impl Act<'_> {
    /// Another owner of the same thing as just before joins its fact.
    fn open_together(&mut self, owner: Owner, terms: Terms) {
        for fact in &mut self.facts {
            if let Fact::DeadlinesOpened {
                first,
                owners,
                terms: same,
                ..
            } = fact
                && **same == terms
                && first.0 + owners.len() as u64 == self.next_deadline
                && owners.len() < super::BATCH
            {
                owners.push(owner);
                self.next_deadline += 1;
                return;
            }
        }
        self.open(vec![owner], terms);
    }
}

/// Ids of the obligations of a module that milestones are owed under.
fn milestone_rules(module: &Module) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let milestones = |rule: &&Obligation| rule.every == Every::Milestone;
    for rule in module.obligations.iter().filter(milestones) {
        if !found.contains(&rule.id) {
            found.push(rule.id.clone());
        }
    }
    found
}

/// The milestone that a letter names.
fn named_milestone<'a>(module: &'a Module, letter: &Letter) -> Option<&'a Milestone> {
    by_name(module, letter.fields.get("tonggak")?)
}

/// A milestone by id or any of its names.
fn by_name<'a>(module: &'a Module, text: &str) -> Option<&'a Milestone> {
    let wanted = super::bare(text);
    let all = |stage: &'a Stage| stage.milestones.iter();
    module.stages.iter().flat_map(all).find(|milestone| {
        [
            &milestone.id,
            &milestone.short,
            &milestone.name.id,
            &milestone.name.en,
        ]
        .into_iter()
        .any(|name| super::bare(name) == wanted)
    })
}

fn stage_unknown(module: &Module, name: &str) -> Refusal {
    let known: Vec<&str> = module
        .stages
        .iter()
        .map(|stage| stage.id.as_str())
        .collect();
    Refusal::new("bad-choice")
        .with(
            "text",
            name.chars()
                .filter(|c| !c.is_control())
                .take(40)
                .collect::<String>(),
        )
        .with("known", known.join(", "))
        .on("to")
}
