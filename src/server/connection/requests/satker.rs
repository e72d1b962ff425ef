//! Satker, their budgets, and the programmes that some go through.

use super::{changes, looks};
use crate::ask::{
    ImportBudget, ImportReport, ImportSatker, ListSatker, MoveStage, ShowBudget, ShowSatker,
    ShowStage,
};
use crate::domain::access::Actor;
use crate::domain::id::SatkerCode;
use crate::domain::refusal::Refusal;
use crate::domain::request_key::RequestKey;
use crate::server::connection::Shared;

looks! {
    ListSatker, |ask, office, _, _| office.list_satker(&ask);
    ShowSatker, |ask, office, _, now| office.show_satker(ask.code, now);
    ShowStage, |ask, office, _, now| office.stage_view(ask.satker, now);
    ShowBudget, |ask, office, _, _| office.show_budget(ask.code);
}

changes! {
    MoveStage => SatkerCode,
        |ask, office, who, now| Ok((office.move_stage(&ask, who, now)?.0, ask.satker)),
        |code, office, now| office.stage_view(code, now);
    ImportBudget => ImportReport,
        |ask, office, who, now| {
            let (facts, mut report) = office.import_budget(&ask.sheet, who, now)?;
            report.dry_run = ask.dry_run;
            Ok((if ask.dry_run { Vec::new() } else { facts }, report))
        },
        |report, _, _| Ok(report);
}

impl super::Steps for ImportSatker {
    fn run(
        self,
        shared: &Shared,
        who: &Actor,
        _: Option<RequestKey>,
    ) -> Result<ImportReport, Refusal> {
        let actor = who.clone();
        let report = shared.writer.commit(&who.user, None, move |office, now| {
            let (facts, mut report) = office.import_satker(&self.sheet, &actor, now)?;
            report.dry_run = self.dry_run;
            Ok((if self.dry_run { Vec::new() } else { facts }, report))
        })?;
        // New satker owe from now on, and those that became inactive owe nothing any more.
        if !report.dry_run && report.added + report.changed > 0 {
            shared.daily.run()?;
        }
        Ok(report)
    }
}
