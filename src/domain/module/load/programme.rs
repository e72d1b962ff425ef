//! Who takes part in a module, and the stages of a programme of several years.

use super::super::reader::Table;
use super::super::{Milestone, Participant, Role, Stage};
use super::service::short_name;
use crate::domain::lang::Words;
use crate::domain::rule::SATKER_ROLES;

/// The kind of participant; satker when the file does not say.
pub(super) fn participant(root: &Table<'_, '_>) -> Participant {
    let satker = || Participant {
        kind: "satker".to_owned(),
        name: Words::new("Satker", "Work unit"),
        roles: SATKER_ROLES
            .iter()
            .map(|role| Role {
                id: (*role).to_owned(),
                name: Words::same(role.replace('-', " ")),
            })
            .collect(),
    };
    let given = root
        .get("participant")
        .and_then(|node| node.table())
        .and_then(|table| {
            table.only(&["id", "name", "roles"]);
            let id = table.need("id").and_then(|node| node.id('-'));
            let name = table.need("name").and_then(|node| node.words());
            let roles: Vec<Role> = table
                .need("roles")?
                .list()
                .iter()
                .filter_map(|node| role(&node.table()?))
                .collect();
            Some(Participant {
                kind: id?,
                name: name?,
                roles,
            })
        });
    given.unwrap_or_else(satker)
}

fn role(table: &Table<'_, '_>) -> Option<Role> {
    table.only(&["id", "name"]);
    let id = table.need("id").and_then(|node| node.id('-'));
    let name = table.need("name").and_then(|node| node.words());
    Some(Role {
        id: id?,
        name: name?,
    })
}

/// Stages in order; their ids and those of their milestones are unique in the file.
pub(super) fn stages(root: &Table<'_, '_>) -> Vec<Stage> {
    let mut seen: Vec<String> = Vec::new();
    let mut unique = |table: &Table<'_, '_>, id: &str| {
        if seen.iter().any(|other| other == id) {
            table.problem_at(
                "id",
                Words::new(
                    format!("id {id} tertulis dua kali"),
                    format!("the id {id} stands twice"),
                ),
            );
        }
        seen.push(id.to_owned());
    };
    let mut found = Vec::new();
    for table in root.tables("stage") {
        table.only(&["id", "name", "months", "milestones"]);
        let milestones: Vec<Milestone> = table
            .tables("milestones")
            .iter()
            .filter_map(|inner| {
                let milestone = milestone(inner)?;
                unique(inner, &milestone.id);
                Some(milestone)
            })
            .collect();
        let id = table.need("id").and_then(|node| node.id('-'));
        let name = table.need("name").and_then(|node| node.words());
        let months = table.need("months").and_then(|node| node.count(1..=120));
        let (Some(id), Some(name), Some(months)) = (id, name, months) else {
            continue;
        };
        unique(&table, &id);
        found.push(Stage {
            id,
            name,
            months,
            milestones,
        });
    }
    found
}

fn milestone(table: &Table<'_, '_>) -> Option<Milestone> {
    table.only(&["id", "name", "short", "required", "evidence"]);
    let id = table.need("id").and_then(|node| node.id('-'));
    let name = table.need("name").and_then(|node| node.words());
    let short = short_name(table, name.as_ref(), 16);
    let required = table
        .get("required")
        .and_then(|node| node.flag())
        .unwrap_or(true);
    let evidence = table.get("evidence").map(|node| {
        node.list()
            .iter()
            .filter_map(|node| node.line_of_text(80))
            .collect()
    });
    Some(Milestone {
        id: id?,
        name: name?,
        short: short?,
        required,
        evidence: evidence.unwrap_or_default(),
    })
}
