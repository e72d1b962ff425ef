//! `[[absorption]]`: targets of realisation.

use super::super::absorption::{Absorption, Target};
use super::super::reader::{Node, Table};
use super::obligation::validity;
use crate::domain::lang::Words;

/// All rows of a module; their validities do not overlap.
pub(super) fn rows(root: &Table<'_, '_>) -> Vec<Absorption> {
    let mut found: Vec<Absorption> = Vec::new();
    for table in root.tables("absorption") {
        let Some(one) = row(&table) else { continue };
        if found.iter().any(|other| other.valid.overlaps(&one.valid)) {
            table.problem_at(
                "valid",
                Words::new(
                    "masa berlakunya tumpang tindih dengan target lain",
                    "its validity overlaps that of other targets",
                ),
            );
        }
        found.push(one);
    }
    found
}

fn row(table: &Table<'_, '_>) -> Option<Absorption> {
    table.only(&["valid", "source", "plan_points", "targets"]);
    let valid = table.need("valid").and_then(|node| validity(&node));
    let source = table.need("source").and_then(|node| node.line_of_text(200));
    let points = table
        .need("plan_points")
        .and_then(|node| node.count(0..=100));
    let targets = table
        .tables("targets")
        .iter()
        .filter_map(target)
        .collect::<Vec<_>>();
    Some(Absorption {
        valid: valid?,
        source: source?,
        plan_points: points?,
        targets,
    })
}

fn target(table: &Table<'_, '_>) -> Option<Target> {
    table.only(&["expense", "quarters"]);
    let expense = table.need("expense")?;
    let code = expense.text()?;
    if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_digit()) {
        expense.problem(
            "jenis belanja adalah dua angka pertama akun, misalnya \"51\"",
            "a type of expense is the first two digits of the account, such as \"51\"",
        );
        return None;
    }
    let node = table.need("quarters")?;
    let quarters: Vec<u32> = node
        .list()
        .iter()
        .filter_map(|node: &Node<'_, '_>| node.count(0..=100))
        .collect();
    let Ok(quarters) = <[u32; 4]>::try_from(quarters) else {
        node.problem(
            "perlu empat persentase, satu tiap triwulan",
            "four percentages are needed, one for each quarter",
        );
        return None;
    };
    Some(Target {
        expense: code,
        quarters,
    })
}
