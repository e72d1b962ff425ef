//! `satker stage`: where a participant stands in a programme of several stages.

use crate::ask::{MoveStage, Office, Programme, ShowStage};
use crate::cli::{Call, Outcome, satker_code};

pub(super) fn run(
    call: &mut Call,
    code: &str,
    next: bool,
    to: Option<String>,
    reason: Option<String>,
) -> Outcome {
    let satker = satker_code(code)?;
    let mut office = call.office()?;
    let programme = if next || to.is_some() {
        office.ask(MoveStage { satker, to, reason })?
    } else {
        office.ask(ShowStage { satker })?
    };
    if call.json {
        return call.object(&programme);
    }
    print(call, &programme)
}

/// All stages with their milestones; the present one is marked.
pub(super) fn print(call: &mut Call, programme: &Programme) -> Outcome {
    let started = programme.started.map(|year| year.to_string());
    let stage = match (&programme.stage, programme.finished) {
        (_, true) => call.locale.text("cli-programme-finished"),
        (Some(id), _) => {
            let stages = &mut programme.stages.iter();
            let named = stages.find(|stage| stage.id == *id);
            named.map_or_else(|| id.clone(), |stage| stage.name.clone())
        }
        (None, _) => "-".to_owned(),
    };
    call.say(
        "cli-programme",
        &[
            ("name", programme.name.as_str().into()),
            ("started", started.unwrap_or_else(|| "-".to_owned()).into()),
            ("stage", stage.into()),
        ],
    )?;
    let mut table = call.header(&[
        "stage",
        "year",
        "milestone",
        "id",
        "state",
        "due",
        "met",
        "evidence",
    ]);
    for stage in &programme.stages {
        let mark = if stage.present { "> " } else { "  " };
        for row in &stage.milestones {
            let papers: Vec<String> = row
                .papers
                .iter()
                .map(|paper| format!("{} {}", paper.agenda, paper.what))
                .collect();
            let optional = if row.required { "" } else { " (*)" };
            table.row([
                format!("{mark}{}", stage.name),
                stage.year.map(|year| year.to_string()).unwrap_or_default(),
                format!("{}{optional}", row.name),
                row.id.clone(),
                row.status.clone(),
                row.due.map(|day| day.to_string()).unwrap_or_default(),
                row.met.map(|day| day.to_string()).unwrap_or_default(),
                papers.join("; "),
            ]);
        }
    }
    call.table(&table)
}
