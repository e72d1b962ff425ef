//! `satker` and `budget`.

use super::args::{BudgetCommand, Limit, SatkerCommand};
use super::{Call, Outcome, imports, list, satker_code};
use crate::ask::{
    ImportBudget, ImportSatker, ListSatker, Office, SatkerRow, ShowBudget, ShowSatker,
};
use crate::domain::money::percent;
use crate::domain::phone::PhoneNumber;
use crate::domain::satker::{BudgetRow, satker_kind};

mod stage;

pub(super) fn satker(call: &mut Call, command: SatkerCommand) -> Outcome {
    match command {
        SatkerCommand::Import(import) => imports::run(call, &import.file, |office, sheet| {
            office.ask(ImportSatker {
                sheet,
                dry_run: import.dry_run,
            })
        }),
        SatkerCommand::List { find, kind, limit } => {
            rows(call, find.as_deref(), kind.as_deref(), limit)
        }
        SatkerCommand::Show { code } => show(call, &code),
        SatkerCommand::Stage {
            code,
            next,
            to,
            reason,
        } => stage::run(call, &code, next, to, reason),
    }
}

pub(super) fn budget(call: &mut Call, command: BudgetCommand) -> Outcome {
    match command {
        BudgetCommand::Import(import) => imports::run(call, &import.file, |office, sheet| {
            office.ask(ImportBudget {
                sheet,
                dry_run: import.dry_run,
            })
        }),
        BudgetCommand::Show { code } => {
            let code = satker_code(&code)?;
            let view = call.office()?.ask(ShowBudget { code })?;
            if call.json {
                return call.object(&view);
            }
            call.line(&format!("{} {}", view.satker, view.short_name))?;
            budget_table(call, &view.rows)
        }
    }
}

fn rows(call: &mut Call, find: Option<&str>, kind: Option<&str>, limit: Limit) -> Outcome {
    let mut office = call.office()?;
    let mut table = call
        .header(&["code", "kind", "name", "region", "kpa", "phone", "open"])
        .right(&[6]);
    list::pages(
        call,
        limit,
        |offset, limit| {
            let page = office.ask(ListSatker {
                find: find.map(str::to_owned),
                kind: kind.map(str::to_owned),
                offset,
                limit,
            })?;
            Ok((page.rows, page.total))
        },
        |call, row| {
            if call.json {
                return call.object(&row);
            }
            table.row(cells(&row));
            Ok(())
        },
    )?;
    if call.json {
        Ok(())
    } else {
        call.table(&table)
    }
}

fn cells(row: &SatkerRow) -> [String; 7] {
    let phone = row.kpa_phone.as_ref();
    [
        row.code.to_string(),
        if row.kind == satker_kind() {
            String::new()
        } else {
            row.kind.clone()
        },
        row.short_name.clone(),
        row.region.clone(),
        row.kpa.clone().unwrap_or_default(),
        phone.map(PhoneNumber::display).unwrap_or_default(),
        row.open_letters.to_string(),
    ]
}

fn show(call: &mut Call, code: &str) -> Outcome {
    let code = satker_code(code)?;
    let detail = call.office()?.ask(ShowSatker { code })?;
    if call.json {
        return call.object(&detail);
    }
    let satker = &detail.satker;
    call.line(&format!("{} {}", satker.code, satker.name))?;
    call.line(&format!(
        "{} · {} {} · {}",
        satker.short_name, satker.ministry_code, satker.ministry, satker.region
    ))?;
    if satker.kind != satker_kind() {
        call.say("cli-satker-kind", &[("kind", satker.kind.as_str().into())])?;
    }
    if !satker.active {
        call.say("cli-satker-inactive", &[])?;
    }
    let mut table = call.header(&["role", "name", "phone"]);
    for official in &satker.officials {
        let phone = official.phone.as_ref();
        table.row([
            official.role.as_str().to_owned(),
            official.name.clone(),
            phone.map(PhoneNumber::display).unwrap_or_default(),
        ]);
    }
    call.line("")?;
    call.table(&table)?;
    if let Some(programme) = &detail.programme {
        call.line("")?;
        stage::print(call, programme)?;
    }
    if !detail.budget.is_empty() {
        call.line("")?;
        budget_table(call, &detail.budget)?;
    }
    if !detail.letters.is_empty() {
        call.line("")?;
        let mut table = super::letter::header(call);
        detail
            .letters
            .iter()
            .for_each(|row| table.row(super::letter::cells(row)));
        call.table(&table)?;
    }
    if !detail.sms.is_empty() {
        call.line("")?;
        let mut table = super::sms::header(call);
        detail
            .sms
            .iter()
            .for_each(|row| table.row(super::sms::cells(row)));
        call.table(&table)?;
    }
    Ok(())
}

fn budget_table(call: &mut Call, rows: &[BudgetRow]) -> Outcome {
    let mut table = call
        .header(&[
            "year",
            "expense",
            "description",
            "as-of",
            "pagu",
            "blocked",
            "spent",
            "committed",
            "left",
            "percent",
        ])
        .right(&[4, 5, 6, 7, 8, 9]);
    for row in rows {
        table.row([
            row.year.to_string(),
            row.expense.clone(),
            row.description.clone(),
            row.as_of.to_string(),
            grouped(row.pagu),
            grouped(row.blocked),
            grouped(row.spent),
            grouped(row.committed),
            grouped(row.left),
            percent(row.percent),
        ]);
    }
    call.table(&table)
}

/// Thousands with dots, as Indonesians write amounts.
fn grouped(amount: i64) -> String {
    let digits = amount.unsigned_abs().to_string();
    let mut text = if amount < 0 {
        "-".to_owned()
    } else {
        String::new()
    };
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn amounts_are_grouped_by_thousands() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (1_000, "1.000"),
            (5_360_267_000, "5.360.267.000"),
            (-12_345, "-12.345"),
        ];
        for (amount, text) in cases {
            assert_eq!(super::grouped(amount), text);
        }
    }
}
