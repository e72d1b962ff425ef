//! Capacities in which people act for a participant.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::id::BadId;

/// Longest id of a role, in bytes; module files allow no longer one.
const LONGEST: usize = 32;

/// Id of a role that another programme names in its module file: `walinagari`. Lower-case letters, digits and `-`, at most 32.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleId([u8; LONGEST]);

impl RoleId {
    fn parse(text: &str) -> Option<Self> {
        let good = text.starts_with(|c: char| c.is_ascii_lowercase())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !good || text.len() > LONGEST {
            return None;
        }
        let mut bytes = [0; LONGEST];
        for (slot, byte) in bytes.iter_mut().zip(text.bytes()) {
            *slot = byte;
        }
        Some(Self(bytes))
    }

    fn as_str(&self) -> &str {
        // Only ASCII ever gets in, so this cannot fall back.
        std::str::from_utf8(&self.0)
            .unwrap_or_default()
            .trim_end_matches('\0')
    }
}

impl fmt::Debug for RoleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Capacity in which a person acts for a satker (PMK 62/2023, with the names used at the counter), or for a participant of another
/// programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum ContactRole {
    /// Kuasa Pengguna Anggaran, head of the satker; the main addressee.
    Kpa,
    /// Pejabat Pembuat Komitmen.
    Ppk,
    /// Pejabat Penandatangan SPM.
    Ppspm,
    /// Bendahara Pengeluaran.
    Bendahara,
    /// Bendahara Penerimaan.
    BendaharaPenerimaan,
    /// Payroll administrator.
    Ppabp,
    /// Operator SAKTI.
    Operator,
    /// A role that a module file names.
    Other(RoleId),
}

impl ContactRole {
    /// The roles of a satker, the main addressee first.
    pub const ALL: [Self; 7] = [
        Self::Kpa,
        Self::Ppk,
        Self::Ppspm,
        Self::Bendahara,
        Self::BendaharaPenerimaan,
        Self::Ppabp,
        Self::Operator,
    ];

    /// The written form, as used on the command line, in JSON and in module files.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Kpa => "kpa",
            Self::Ppk => "ppk",
            Self::Ppspm => "ppspm",
            Self::Bendahara => "bendahara",
            Self::BendaharaPenerimaan => "bendahara-penerimaan",
            Self::Ppabp => "ppabp",
            Self::Operator => "operator",
            Self::Other(id) => id.as_str(),
        }
    }

    /// Reads the written form; case and `_` for `-` do not matter. A word that is no role of a satker may be one of another
    /// programme: whether it is, the modules in force know.
    pub fn parse(text: &str) -> Option<Self> {
        let wanted = text.trim().to_ascii_lowercase().replace('_', "-");
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == wanted)
            .or_else(|| RoleId::parse(&wanted).map(Self::Other))
    }

    /// The written form as it stands in the header of a spreadsheet: `bendahara_penerimaan`.
    pub fn column(&self) -> String {
        self.as_str().replace('-', "_")
    }
}

impl From<ContactRole> for String {
    fn from(role: ContactRole) -> Self {
        role.as_str().to_owned()
    }
}

impl TryFrom<String> for ContactRole {
    type Error = BadId;

    fn try_from(text: String) -> Result<Self, BadId> {
        Self::parse(&text).ok_or_else(|| BadId(text.chars().take(40).collect()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn roles_of_other_programmes_are_written_like_those_of_a_satker() {
        for text in [
            "kpa",
            "bendahara-penerimaan",
            "walinagari",
            "ketua-kelompok",
        ] {
            let role = ContactRole::parse(text).unwrap();
            assert_eq!(role.as_str(), text);
            let json = serde_json::to_string(&role).unwrap();
            assert_eq!(json, format!("\"{text}\""));
            assert_eq!(serde_json::from_str::<ContactRole>(&json).unwrap(), role);
        }
        assert_eq!(
            ContactRole::parse("Bendahara_Penerimaan"),
            Some(ContactRole::BendaharaPenerimaan)
        );
        for text in ["", "2kpa", "wali nagari", &"a".repeat(33), "\u{1b}[2J"] {
            assert_eq!(ContactRole::parse(text), None, "{text:?}");
        }
    }
}
