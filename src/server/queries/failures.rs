//! What did not arrive: by operator, by fault, and the contacts whose phone needs a look.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::id::{SatkerCode, SmsId};
use crate::domain::phone::operator_of;
use crate::domain::sms::SmsState;
use crate::server::office::Office;
use crate::server::store::digits;
use crate::service::{Failures, ListFailures, OperatorRow, Refusal, RepairRow};

/// Failures in a row after which a contact is looked at.
pub const REPAIR_AFTER: usize = 3;

/// Days looked back unless told.
const DAYS: u32 = 30;

impl Office {
    /// What did not arrive.
    ///
    /// # Errors
    /// Those of the store.
    pub fn list_failures(
        &self,
        ask: &ListFailures,
        now: DateTime<Utc>,
    ) -> Result<Failures, Refusal> {
        let days = match ask.days {
            0 => DAYS,
            days => days.min(366),
        };
        let since = (now - TimeDelta::days(i64::from(days))).timestamp();
        let mut operators: BTreeMap<&str, OperatorRow> = BTreeMap::new();
        let mut faults: BTreeMap<String, u64> = BTreeMap::new();
        {
            let index = self.store.index();
            for entry in index.sms().iter().filter(|entry| entry.changed >= since) {
                let row = operators.entry(operator_of(entry.prefix)).or_default();
                match entry.state {
                    SmsState::Sent => row.sent += 1,
                    SmsState::Delivered => row.delivered += 1,
                    SmsState::Undelivered => row.undelivered += 1,
                    SmsState::Failed => row.failed += 1,
                    _ => continue,
                }
                if matches!(entry.state, SmsState::Undelivered | SmsState::Failed) {
                    let fault = entry.fault.map_or("", |fault| index.name(fault));
                    *faults.entry(fault.to_owned()).or_default() += 1;
                }
            }
        }
        let mut operators: Vec<OperatorRow> = operators
            .into_iter()
            .map(|(operator, row)| OperatorRow {
                operator: operator.to_owned(),
                ..row
            })
            .filter(|row| row.sent + row.delivered + row.undelivered + row.failed > 0)
            .collect();
        operators.sort_by_key(|row| std::cmp::Reverse(row.undelivered + row.failed));
        let mut faults: Vec<(String, u64)> = faults.into_iter().collect();
        faults.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        Ok(Failures {
            days,
            operators,
            faults,
            contacts: self.repairs()?,
        })
    }

    /// Phones that are still those of officials and to which messages failed in a row: whose they are, and the failures.
    fn failing_contacts(&self) -> Vec<(SatkerCode, u64, Vec<SmsId>)> {
        let index = self.store.index();
        let failing: HashMap<u64, Vec<SmsId>> = index.messages().failing(REPAIR_AFTER).collect();
        if failing.is_empty() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (code, entry) in index.satker() {
            let mut phones: Vec<u64> = entry.phones().iter().map(digits).collect();
            phones.sort_unstable();
            phones.dedup();
            for phone in phones {
                if let Some(row) = failing.get(&phone) {
                    found.push((*code, phone, row.clone()));
                }
            }
        }
        found
    }

    /// How many contacts need a look.
    pub fn repairs_total(&self) -> u64 {
        self.failing_contacts().len() as u64
    }

    /// The contacts that need a look, latest failure first. Another phone, or something delivered, takes them from the list.
    fn repairs(&self) -> Result<Vec<RepairRow>, Refusal> {
        let mut rows = Vec::new();
        for (code, phone, failures) in self.failing_contacts() {
            let (Some(satker), Some(last)) = (self.store.satker(code)?, failures.last()) else {
                continue;
            };
            let official = satker
                .officials
                .iter()
                .find(|official| official.phone.as_ref().map(digits) == Some(phone));
            let Some((official, number)) =
                official.and_then(|official| Some((official, official.phone.clone()?)))
            else {
                continue;
            };
            rows.push(RepairRow {
                operator: number.operator().unwrap_or("-").to_owned(),
                phone: number,
                satker: code,
                satker_name: satker.short_name.clone(),
                role: official.role,
                name: official.name.clone(),
                failures: failures.len() as u64,
                last: self.sms_row(*last)?,
            });
        }
        rows.sort_by_key(|row| std::cmp::Reverse(row.last.id));
        Ok(rows)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::domain::fact::Fact;
    use crate::domain::sms::PartOutcome;
    use crate::server::rig::{Rig, sari};

    const PHONE: &str = "0857-1111-0102";

    fn ends(rig: &mut Rig, to: &str, fact: impl Fn(SmsId, DateTime<Utc>) -> Vec<Fact>) {
        rig.later(TimeDelta::minutes(1));
        let id = rig.drafts(&sari(), to, "Rapat");
        let facts = fact(id, rig.now);
        rig.write("sistem", facts);
    }

    fn fails(rig: &mut Rig, to: &str) {
        ends(rig, to, |id, at| {
            let text = "CMS 38".to_owned();
            let modem = "m".to_owned();
            let sending = Fact::SmsSending { id, modem, at };
            vec![
                sending,
                Fact::SmsFailed {
                    id,
                    code: Some(38),
                    text,
                    at,
                },
            ]
        });
    }

    fn arrives(rig: &mut Rig, to: &str) {
        ends(rig, to, |id, at| {
            let modem = "m".to_owned();
            let reported = Fact::SmsReported {
                id,
                part: 1,
                outcome: PartOutcome::Delivered,
                status: 0,
                words: None,
                at,
            };
            vec![Fact::SmsSending { id, modem, at }, reported]
        });
    }

    #[test]
    fn three_failures_in_a_row_flag_a_contact_until_one_arrives_or_the_phone_changes() {
        let mut rig = Rig::new("");
        rig.satker("411201", "PN Madiun", "Kota Madiun", Some(PHONE));
        let flagged = |rig: &Rig| {
            let list = rig.office.list_failures(&ListFailures::default(), rig.now);
            let rows = list.unwrap().contacts;
            assert_eq!(rows.len() as u64, rig.office.repairs_total());
            rows.first().map(|row| (row.failures, row.operator.clone()))
        };
        fails(&mut rig, PHONE);
        fails(&mut rig, PHONE);
        assert_eq!(flagged(&rig), None);
        fails(&mut rig, PHONE);
        assert_eq!(flagged(&rig), Some((3, "Indosat".to_owned())));
        // Nobody's phone is nobody's work.
        for _ in 0..3 {
            fails(&mut rig, "0813-1111-0009");
        }
        assert_eq!(rig.office.repairs_total(), 1);
        arrives(&mut rig, PHONE);
        assert_eq!(flagged(&rig), None);
        for _ in 0..4 {
            fails(&mut rig, PHONE);
        }
        assert_eq!(flagged(&rig), Some((4, "Indosat".to_owned())));
        rig.satker("411201", "PN Madiun", "Kota Madiun", Some("0812-1111-0102"));
        assert_eq!(flagged(&rig), None);
    }

    #[test]
    fn failures_are_counted_by_operator_and_fault() {
        let mut rig = Rig::new("");
        fails(&mut rig, PHONE);
        arrives(&mut rig, PHONE);
        arrives(&mut rig, "0812-1111-0001");
        let list = rig
            .office
            .list_failures(&ListFailures::default(), rig.now)
            .unwrap();
        let row = |name: &str| {
            let row = list.operators.iter().find(|row| row.operator == name);
            row.map(|row| (row.delivered, row.failed))
        };
        assert_eq!(row("Indosat"), Some((1, 1)));
        assert_eq!(row("Telkomsel"), Some((1, 0)));
        assert_eq!(list.faults, [("CMS 38".to_owned(), 1)]);
    }
}
