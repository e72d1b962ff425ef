//! What did not arrive: by operator, by fault, and the contacts whose phone needs a look.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

use super::PAGE_MAX;
use crate::ask::{Failures, ListFailures, ListRepairs, OperatorRow, RepairPage, RepairRow};
use crate::domain::id::{SatkerCode, SmsId};
use crate::domain::phone::{PhoneNumber, operator_of};
use crate::domain::refusal::Refusal;
use crate::domain::sms::SmsState;
use crate::server::office::Office;
use crate::store::digits;

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
        operators.sort_by_key(|row| Reverse(row.undelivered + row.failed));
        let mut faults: Vec<(String, u64)> = faults.into_iter().collect();
        faults.sort_by_key(|(_, count)| Reverse(*count));
        Ok(Failures {
            days,
            operators,
            faults,
            contacts: self.repair_rows(self.failing_contacts())?,
        })
    }

    /// Phones that are still those of officials and to which messages failed in a row: whose they are, and the failures; latest first.
    ///
    /// A unit that is not active gets no messages, so that its phones are nobody's work.
    fn failing_contacts(&self) -> Vec<Contact> {
        let index = self.store.index();
        let mut found = Vec::new();
        for (number, failures) in index.messages().failing(REPAIR_AFTER) {
            let Ok((phone, _)) = PhoneNumber::parse(&format!("+{number}")) else {
                continue;
            };
            for satker in index.satker_of_phone(&phone) {
                if index.satker().get(&satker).is_some_and(|one| one.active) {
                    found.push(Contact {
                        satker,
                        phone: phone.clone(),
                        failures: failures.clone(),
                    });
                }
            }
        }
        found.sort_unstable_by_key(|contact| {
            let last = contact.failures.last();
            let at = last.and_then(|id| index.sms_entry(*id));
            Reverse((at.map(|entry| (entry.changed, entry.id)), contact.satker))
        });
        found
    }

    /// How many contacts need a look.
    pub fn repairs_total(&self) -> u64 {
        let index = self.store.index();
        let failing = index.messages().failing(REPAIR_AFTER);
        failing
            .filter_map(|(number, _)| PhoneNumber::parse(&format!("+{number}")).ok())
            .map(|(phone, _)| {
                let owners = index.satker_of_phone(&phone).into_iter();
                let active =
                    |code: &SatkerCode| index.satker().get(code).is_some_and(|one| one.active);
                owners.filter(active).count() as u64
            })
            .sum()
    }

    /// A page of the contacts that need a look, latest failure first. Another phone, or something delivered, takes them from the list.
    ///
    /// # Errors
    /// Those of the store.
    pub fn list_repairs(&self, ask: &ListRepairs) -> Result<RepairPage, Refusal> {
        let mut contacts = self.failing_contacts();
        if let Some(code) = ask.satker {
            contacts.retain(|contact| contact.satker == code);
        }
        let find = ask.find.as_deref().map(str::trim).unwrap_or_default();
        if !find.is_empty() {
            let find = find.to_lowercase();
            let digits: String = find.chars().filter(char::is_ascii_digit).collect();
            let index = self.store.index();
            contacts.retain(|contact| {
                let satker = index.satker().get(&contact.satker);
                satker.is_some_and(|one| one.haystack.to_lowercase().contains(&find))
                    || (digits.len() >= 4 && contact.phone.local().contains(&digits))
            });
        }
        let total = contacts.len() as u64;
        let skip = usize::try_from(ask.offset).unwrap_or(usize::MAX);
        let limit = ask.limit.min(PAGE_MAX) as usize;
        let page = contacts.into_iter().skip(skip).take(limit);
        Ok(RepairPage {
            rows: self.repair_rows(page)?,
            total,
            offset: ask.offset,
        })
    }

    /// The contacts of one satker that need a look.
    pub(super) fn repairs_of(&self, code: SatkerCode) -> Result<Vec<RepairRow>, Refusal> {
        let contacts: Vec<Contact> = {
            let index = self.store.index();
            let phones = index.satker().get(&code).filter(|one| one.active);
            let mut phones = phones.map_or(&[][..], |one| one.phones()).to_vec();
            phones.sort_unstable();
            phones.dedup();
            phones
                .into_iter()
                .map(|phone| Contact {
                    satker: code,
                    failures: index.messages().failed_to(digits(&phone)),
                    phone,
                })
                .filter(|contact| contact.failures.len() >= REPAIR_AFTER)
                .collect()
        };
        self.repair_rows(contacts)
    }

    fn repair_rows(
        &self,
        contacts: impl IntoIterator<Item = Contact>,
    ) -> Result<Vec<RepairRow>, Refusal> {
        let mut rows = Vec::new();
        for contact in contacts {
            let Contact {
                satker: code,
                phone,
                failures,
            } = contact;
            let (Some(satker), Some(first), Some(last)) =
                (self.store.satker(code)?, failures.first(), failures.last())
            else {
                continue;
            };
            let mut officials = satker.officials.iter();
            let owner = officials.find(|official| official.phone.as_ref() == Some(&phone));
            let (Some(official), Some(since), Some(at)) =
                (owner, self.failed_at(*first), self.failed_at(*last))
            else {
                continue;
            };
            rows.push(RepairRow {
                operator: phone.operator().unwrap_or("-").to_owned(),
                satker: code,
                satker_name: satker.short_name.clone(),
                role: official.role,
                name: official.name.clone(),
                failures: failures.len() as u64,
                since,
                at,
                last: self.sms_row(*last)?,
                phone,
            });
        }
        Ok(rows)
    }

    fn failed_at(&self, id: SmsId) -> Option<DateTime<FixedOffset>> {
        let changed = self.store.index().sms_entry(id)?.changed;
        Some(self.local(DateTime::from_timestamp(changed, 0)?))
    }
}

/// An official's phone to which messages failed in a row.
struct Contact {
    satker: SatkerCode,
    phone: PhoneNumber,
    /// Oldest first.
    failures: Vec<SmsId>,
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
    fn contacts_to_repair_are_listed_by_page_found_and_told_with_their_satker() {
        let mut rig = Rig::new("");
        for (code, name, phone) in [
            ("411201", "PN Madiun", PHONE),
            ("411202", "PA Ngawi", "0812-1111-0102"),
            // The same person serves here.
            ("411203", "MAN 3 Ngawi", "0812-1111-0102"),
        ] {
            rig.satker(code, name, "Kota Madiun", Some(phone));
        }
        for phone in [PHONE, "0812-1111-0102"] {
            for _ in 0..3 {
                fails(&mut rig, phone);
            }
        }
        let codes = |rig: &Rig, find: &str, offset, limit| {
            let ask = ListRepairs {
                satker: None,
                find: Some(find.to_owned()),
                offset,
                limit,
            };
            let page = rig.office.list_repairs(&ask).unwrap();
            let codes: Vec<String> = page.rows.iter().map(|row| row.satker.to_string()).collect();
            (page.total, codes.join(" "))
        };
        // Whose last message failed last stands first.
        let all = (3, "411203 411202 411201".to_owned());
        assert_eq!(codes(&rig, "", 0, 10), all);
        assert_eq!(codes(&rig, "", 1, 1), (3, "411202".to_owned()));
        let one = (1, "411201".to_owned());
        assert_eq!(codes(&rig, "pn mad", 0, 10), one);
        assert_eq!(codes(&rig, "0857 1111", 0, 10), one);
        assert_eq!(codes(&rig, "polres", 0, 10), (0, String::new()));
        let shown = |rig: &Rig, code: &str| {
            let code = SatkerCode::parse(code).unwrap();
            let shown = rig.office.show_satker(code, rig.now).unwrap().repairs;
            shown.first().map(|row| (row.failures, row.at >= row.since))
        };
        assert_eq!(shown(&rig, "411201"), Some((3, true)));
        arrives(&mut rig, PHONE);
        assert_eq!(shown(&rig, "411201"), None);
        assert_eq!(codes(&rig, "", 0, 10), (2, "411203 411202".to_owned()));
        let total = |rig: &Rig| {
            let overview = rig.office.overview(0, &sari(), rig.now).unwrap();
            overview.repairs
        };
        assert_eq!(total(&rig), 2);
        // A unit that is closed gets nothing any more.
        let code = SatkerCode::parse("411203").unwrap();
        let mut satker = rig.office.store.satker(code).unwrap().unwrap();
        satker.active = false;
        rig.write("sari", vec![Fact::SatkerSaved { satker }]);
        assert_eq!(total(&rig), 1);
        assert_eq!(codes(&rig, "", 0, 10), (1, "411202".to_owned()));
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
