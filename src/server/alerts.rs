//! Alerts that follow from budget figures: too little spent, or more than there is.
//!
//! Each is told once per state and date of the figures. What has not left when newer figures come is taken back.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::deadlines::Act;
use super::office::{Office, Values};
use crate::ask::ImportReport;
use crate::domain::access::Actor;
use crate::domain::fact::Fact;
use crate::domain::id::SatkerCode;
use crate::domain::module::absorption::BudgetState;
use crate::domain::money::percent;
use crate::domain::refusal::Refusal;
use crate::domain::satker::BudgetRow;
use crate::domain::sms::{BudgetAlert, Sms, SmsKind, SmsState};

/// Whose row: satker, year, type of expense.
type RowKey = (SatkerCode, u16, String);

impl Office {
    /// Drafts the alerts that new or changed rows give cause to. `rows` come with their numbers in the file; `facts` are those of the rows.
    pub(super) fn alert_budgets(
        &self,
        rows: &[(u32, BudgetRow)],
        facts: Vec<Fact>,
        report: &mut ImportReport,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Vec<Fact>, Refusal> {
        let told = self.told_before(rows)?;
        let mut act = Act::after(self, actor, now, facts);
        for (number, row) in rows {
            let wanted = self.modules.judge(row).and_then(|state| {
                let key = BudgetAlert {
                    alert: state.alert().to_owned(),
                    year: row.year,
                    expense: row.expense.clone(),
                    as_of: row.as_of,
                };
                Some((key, self.alert_text(state, row)?))
            });
            let mut known = false;
            let earlier = told.get(&(row.satker, row.year, row.expense.clone()));
            for sms in earlier.into_iter().flatten() {
                let same = wanted
                    .as_ref()
                    .is_some_and(|(key, _)| sms.alert.as_ref() == Some(key));
                let pending = matches!(sms.state, SmsState::Waiting | SmsState::Queued);
                // Figures that were put right since are told anew while the wrong ones have not left.
                let stale = !same || wanted.as_ref().is_some_and(|(_, text)| *text != sms.text);
                if pending && stale {
                    act.withdraw_alert(sms);
                } else if same && sms.state != SmsState::Withdrawn {
                    known = true;
                }
            }
            if let (Some((key, text)), false) = (wanted, known) {
                match self.alert_message(row, key, text, actor, now)? {
                    Ok(sms) => {
                        report.alerts += 1;
                        act.draft(sms);
                    }
                    Err(why) => report.note(*number, "kode_satker", why),
                }
            }
        }
        Ok(act.into_facts())
    }

    /// Alerts drafted before about these rows.
    fn told_before(&self, rows: &[(u32, BudgetRow)]) -> Result<HashMap<RowKey, Vec<Sms>>, Refusal> {
        let satker: HashSet<SatkerCode> = rows.iter().map(|(_, row)| row.satker).collect();
        let ids: Vec<_> = {
            let index = self.store.index();
            let alerts = index.sms().iter().filter(|entry| {
                entry.kind == SmsKind::Alert
                    && entry.satker.is_some_and(|code| satker.contains(&code))
            });
            alerts.map(|entry| entry.id).collect()
        };
        let mut found: HashMap<RowKey, Vec<Sms>> = HashMap::new();
        for id in ids {
            let sms = self.sms(id)?;
            if let (Some(code), Some(alert)) = (sms.satker, &sms.alert) {
                let key = (code, alert.year, alert.expense.clone());
                found.entry(key).or_default().push(sms);
            }
        }
        Ok(found)
    }

    /// What is told; none where the office took the text away.
    fn alert_text(&self, state: BudgetState, row: &BudgetRow) -> Option<String> {
        let (module, text) = self.modules.alert(state.alert())?;
        let satker = self.store.index().satker_name(row.satker);
        let mut context: Values = [
            ("kantor", self.sender_name(&module.id)),
            ("satker", satker),
            ("kode", row.satker.to_string()),
            ("jb", row.expense.clone()),
            ("tgl", row.as_of.to_string()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        match state {
            BudgetState::Overspent(by) => {
                context.insert("jml".to_owned(), by.to_string());
            }
            BudgetState::Low {
                percent: spent,
                target,
            } => {
                context.insert("persen".to_owned(), percent(spent));
                let whole = target % 100 == 0;
                let target = if whole {
                    (target / 100).to_string()
                } else {
                    percent(target)
                };
                context.insert("target".to_owned(), target);
            }
        }
        text.template
            .render(&|name| context.get(name).cloned())
            .map_err(|error| tracing::warn!(%error, "an alert could not be written"))
            .ok()
    }

    /// The message to the KPA, or why there is none.
    fn alert_message(
        &self,
        row: &BudgetRow,
        key: BudgetAlert,
        text: String,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Result<Sms, Refusal>, Refusal> {
        let Some(satker) = self.store.satker(row.satker)? else {
            let unknown = Refusal::new("satker-unknown").with("code", row.satker);
            return Ok(Err(unknown));
        };
        if !satker.active {
            let inactive = Refusal::new("satker-inactive").with("satker", satker.code);
            return Ok(Err(inactive));
        }
        let role = self.modules.main_role(&satker.kind);
        let Some(phone) = satker.phone(role) else {
            return Ok(Err(Refusal::new("no-phone")
                .with("satker", satker.code)
                .with("role", role.as_str())));
        };
        if let Err(unwanted) = self.check_wanted(SmsKind::Alert, phone) {
            return Ok(Err(unwanted));
        }
        let mut sms = self.draft(SmsKind::Alert, phone.clone(), text, actor, now)?;
        sms.satker = Some(satker.code);
        sms.role = Some(role);
        sms.alert = Some(key);
        Ok(Ok(sms))
    }
}
