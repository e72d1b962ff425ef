//! Announcements: to whom, what, and what that would be.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use super::SmsRow;
use crate::domain::id::{SatkerCode, SmsId};
use crate::domain::money::Rupiah;
use crate::domain::phone::PhoneNumber;
use crate::domain::refusal::Refusal;
use crate::domain::satker::ContactRole;

/// Who gets an announcement: every active satker that all of these allow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Audience {
    /// Only these codes, as typed or read from a file; empty is all.
    pub codes: Vec<String>,
    /// Only where the region contains one of these; case does not matter. Empty is everywhere.
    pub regions: Vec<String>,
    /// Only satker that have sent letters of this module.
    pub module: Option<String>,
    /// To the official in this capacity; KPA if not said.
    pub role: Option<ContactRole>,
}

/// The codes in a text: apart by blanks, commas, semicolons or line ends. Words without a digit are names or a header.
pub fn codes_of(text: &str) -> Vec<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"'))
        .filter(|word| word.bytes().any(|b| b.is_ascii_digit()))
        .map(str::to_owned)
        .collect()
}

/// See [`super::Request::PreviewBroadcast`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PreviewBroadcast {
    /// To whom.
    pub audience: Audience,
    /// What; `{satker}` and `{kode}` are filled in for each.
    pub text: String,
}

/// See [`super::Request::Broadcast`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Broadcast {
    /// To whom.
    pub audience: Audience,
    /// What; `{satker}` and `{kode}` are filled in for each.
    pub text: String,
    /// Made up by the client: a retry after a dropped line announces nothing twice.
    pub key: Option<String>,
}

/// What an announcement would be, or was.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BroadcastReport {
    /// Messages: one for each phone.
    pub recipients: u64,
    /// SMS that they take.
    pub parts: u64,
    /// What they cost, where the price is known.
    pub cost: Option<Rupiah>,
    /// The first text, and to whom.
    pub sample: Option<BroadcastSample>,
    /// Short names of satker that have no phone in that capacity.
    pub no_phone: Vec<String>,
    /// Satker left out because their phone has the announcement already as that of another one.
    pub shared: u64,
    /// Phones left out because it waits or is queued for them already.
    pub waiting: u64,
    /// Phones left out because this announcement went to them in the last seven days.
    #[serde(default)]
    pub had: u64,
    /// Phones left out because their owner does not want messages.
    pub opted_out: u64,
    /// Codes that are no active satker.
    pub unknown: Vec<String>,
    /// Why it cannot be drafted as it is.
    pub problem: Option<Refusal>,
    /// How many must confirm each: 0, 1 or 2.
    pub confirmations_needed: u8,
    /// Drafted: the first and the last; none for a preview.
    pub drafted: Option<(SmsId, SmsId)>,
}

/// A text of an announcement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BroadcastSample {
    /// Whose.
    pub satker: SatkerCode,
    /// Short name.
    pub name: String,
    /// To this phone.
    pub to: PhoneNumber,
    /// The text.
    pub text: String,
    /// The SMS it takes.
    pub parts: u8,
}

/// See [`super::Request::ListFailures`].
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct ListFailures {
    /// Looked back, in days, 1 to 366; 0 is 30.
    pub days: u32,
}

/// What did not arrive, and whose phone needs a look.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Failures {
    /// Looked back, in days.
    pub days: u32,
    /// By the operator that a number was first given to, most failures first.
    pub operators: Vec<OperatorRow>,
    /// Faults of what failed or was not delivered, and how many; most first.
    pub faults: Vec<(String, u64)>,
    /// Contacts with three failures in a row, whatever the days; latest first.
    pub contacts: Vec<RepairRow>,
}

/// Messages to one operator's numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorRow {
    /// Its name; `-` for a prefix that none has.
    pub operator: String,
    /// Taken by the network and not reported yet.
    pub sent: u64,
    /// Arrived.
    pub delivered: u64,
    /// Given up by the network.
    pub undelivered: u64,
    /// Refused.
    pub failed: u64,
}

/// A contact whose messages failed three times or more in a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RepairRow {
    /// The phone.
    pub phone: PhoneNumber,
    /// The operator that it was first given to.
    pub operator: String,
    /// Whose official.
    pub satker: SatkerCode,
    /// Short name.
    pub satker_name: String,
    /// In this capacity.
    pub role: ContactRole,
    /// Name of the person.
    pub name: String,
    /// Failures since something was delivered last.
    pub failures: u64,
    /// When the first of them was known …
    pub since: DateTime<FixedOffset>,
    /// … and the last.
    pub at: DateTime<FixedOffset>,
    /// The last one.
    pub last: SmsRow,
}

/// See [`super::Request::ListRepairs`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListRepairs {
    /// Only of this satker.
    pub satker: Option<SatkerCode>,
    /// Only where code, names or number contain this.
    pub find: Option<String>,
    /// Rows left out at the beginning.
    pub offset: u64,
    /// Most rows.
    pub limit: u32,
}

/// Contacts whose messages failed three times or more in a row, latest failure first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RepairPage {
    /// The rows.
    pub rows: Vec<RepairRow>,
    /// How many are found.
    pub total: u64,
    /// Rows left out at the beginning.
    pub offset: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_in_lists_of_several_forms_and_a_mistyped_one_is_not_lost() {
        let check = |text: &str, codes: &[&str]| assert_eq!(codes_of(text), codes, "{text:?}");
        check(
            "kode_satker,nama\n411201,PN Madiun\n\"411902\";MTsN\n",
            &["411201", "411902"],
        );
        check("411201 411902\r\n41120l", &["411201", "411902", "41120l"]);
        check("", &[]);
    }
}
