//! What can only be checked when all files are read: names used twice, names that nothing has, overlapping validity, circular chains.

use super::super::problem::ModuleProblem;
use super::super::reader::{Node, Reference, Referred, Table};
use super::super::{Module, nearest};
use crate::domain::lang::Words;
use crate::domain::rule::{DueRule, Every, From, Obligation, Validity};
use std::collections::BTreeMap;

/// Where a name was defined.
#[derive(Clone, Debug)]
struct Place {
    file: String,
    line: usize,
    key: String,
}

impl Place {
    fn of(table: &Table<'_, '_>) -> Self {
        Self {
            file: table.file.name.to_owned(),
            line: table.line(),
            key: table.path().to_owned(),
        }
    }

    fn problem(&self, what: Words) -> ModuleProblem {
        ModuleProblem {
            file: self.file.clone(),
            line: self.line,
            key: self.key.clone(),
            what,
            nearest: None,
        }
    }
}

/// Every name of every file, with its place.
#[derive(Default)]
pub(super) struct Defined {
    /// Kind of thing and name, for those that must be unique.
    unique: Vec<(Words, String, Place)>,
    obligations: Vec<(String, String, Validity, Place)>,
}

impl Defined {
    pub fn module(&mut self, table: &Table<'_, '_>, id: &str) {
        self.unique.push((
            Words::new("modul", "the module"),
            id.to_owned(),
            Place::of(table),
        ));
    }

    pub fn keyword(&mut self, node: &Node<'_, '_>, word: &str) {
        self.unique.push((
            Words::new("kata kunci", "the keyword"),
            word.to_owned(),
            Place {
                file: node.file.name.to_owned(),
                line: node.line(),
                key: node.path().to_owned(),
            },
        ));
    }

    pub fn service(&mut self, table: &Table<'_, '_>, module: &str, id: &str) {
        self.unique.push((
            Words::new("layanan", "the service"),
            format!("{module}/{id}"),
            Place::of(table),
        ));
    }

    pub fn event(&mut self, table: &Table<'_, '_>, id: &str) {
        self.unique.push((
            Words::new("peristiwa", "the event"),
            id.to_owned(),
            Place::of(table),
        ));
    }

    pub fn obligation(&mut self, table: &Table<'_, '_>, rule: &Obligation) {
        self.obligations.push((
            rule.id.clone(),
            rule.module.clone(),
            rule.valid,
            Place::of(table),
        ));
    }
}

pub(super) fn whole(
    modules: &[Module],
    references: &[Reference],
    defined: &Defined,
) -> Vec<ModuleProblem> {
    let mut problems = twice(defined);
    problems.extend(overlaps(defined));
    problems.extend(dangling(modules, references));
    problems.extend(circles(modules, defined));
    problems.extend(milestones(modules, defined));
    problems
}

fn twice(defined: &Defined) -> Vec<ModuleProblem> {
    let mut first: BTreeMap<(&str, &str), &Place> = BTreeMap::new();
    let mut problems = Vec::new();
    for (kind, name, place) in &defined.unique {
        if let Some(other) = first.get(&(kind.id.as_str(), name.as_str())) {
            let (at, line) = (&other.file, other.line);
            problems.push(place.problem(Words::new(
                format!("{} {name} sudah ada di {at}:{line}", kind.id),
                format!("{} {name} already stands in {at}:{line}", kind.en),
            )));
        } else {
            first.insert((&kind.id, name), place);
        }
    }
    problems
}

fn overlaps(defined: &Defined) -> Vec<ModuleProblem> {
    let mut problems = Vec::new();
    for (n, (id, module, valid, place)) in defined.obligations.iter().enumerate() {
        for (other_id, other_module, other_valid, other) in defined.obligations.iter().take(n) {
            if id != other_id {
                continue;
            }
            let (at, line) = (&other.file, other.line);
            if module != other_module {
                problems.push(place.problem(Words::new(
                    format!("kewajiban {id} sudah ada di {at}:{line}"),
                    format!("the obligation {id} already stands in {at}:{line}"),
                )));
            } else if valid.overlaps(other_valid) {
                problems.push(place.problem(Words::new(
                    format!("masa berlaku {id} bertumpuk dengan {at}:{line}; akhiri yang lama dengan valid.until"),
                    format!("the validity of {id} overlaps {at}:{line}; end the older one with valid.until"),
                )));
            }
        }
    }
    problems
}

fn dangling(modules: &[Module], references: &[Reference]) -> Vec<ModuleProblem> {
    let obligations: Vec<&str> = modules
        .iter()
        .flat_map(|m| &m.obligations)
        .map(|rule| rule.id.as_str())
        .collect();
    let events: Vec<&str> = modules
        .iter()
        .flat_map(|m| &m.events)
        .map(|event| event.id.as_str())
        .collect();
    let mut problems = Vec::new();
    for Reference {
        kind,
        id,
        file,
        line,
        key,
    } in references
    {
        let (known, what) = match kind {
            Referred::Obligation => (
                &obligations,
                Words::new("kewajiban ini tidak ada", "there is no such obligation"),
            ),
            Referred::Event => (
                &events,
                Words::new("peristiwa ini tidak ada", "there is no such event"),
            ),
        };
        if !known.contains(&id.as_str()) {
            let nearest = nearest(id, known.iter().copied()).map(str::to_owned);
            problems.push(ModuleProblem {
                file: file.clone(),
                line: *line,
                key: key.clone(),
                what,
                nearest,
            });
        }
    }
    problems
}

/// The obligation from whose due date another one counts.
fn counts_from(rule: &DueRule) -> Option<&str> {
    match rule {
        DueRule::WorkingDays { from, .. }
        | DueRule::Days { from, .. }
        | DueRule::Months { from, .. }
        | DueRule::ByValue { from, .. } => match from {
            From::Obligation(id) => Some(id),
            From::Event | From::PeriodEnd | From::PeriodStart => None,
        },
        DueRule::ByLetter { fallback, .. } => fallback.as_deref().and_then(counts_from),
        DueRule::Day { .. } => None,
    }
}

fn circles(modules: &[Module], defined: &Defined) -> Vec<ModuleProblem> {
    let rules: Vec<&Obligation> = modules.iter().flat_map(|m| &m.obligations).collect();
    let next = |id: &str| -> Vec<&str> {
        rules
            .iter()
            .filter(|rule| rule.id == id)
            .filter_map(|rule| counts_from(&rule.due))
            .collect()
    };
    let mut problems = Vec::new();
    for (id, _, _, place) in &defined.obligations {
        let mut seen: Vec<&str> = Vec::new();
        let mut open = next(id);
        while let Some(at) = open.pop() {
            if at == id {
                problems.push(place.problem(Words::new(
                    format!("kewajiban {id} dihitung dari dirinya sendiri (rantai melingkar)"),
                    format!("the obligation {id} counts from itself (circular chain)"),
                )));
                break;
            }
            if !seen.contains(&at) {
                seen.push(at);
                open.extend(next(at));
            }
        }
    }
    problems
}

fn milestones(modules: &[Module], defined: &Defined) -> Vec<ModuleProblem> {
    let wanting = modules.iter().filter(|m| {
        m.stages.is_empty()
            && m.obligations
                .iter()
                .any(|rule| rule.every == Every::Milestone)
    });
    wanting
        .filter_map(|m| {
            defined
                .obligations
                .iter()
                .find(|(_, module, ..)| *module == m.id)
        })
        .map(|(.., place)| {
            place.problem(Words::new(
                "every = \"milestone\" perlu [[stage]]",
                "every = \"milestone\" needs [[stage]]",
            ))
        })
        .collect()
}
