//! Who has which role.

use serde::{Deserialize, Serialize};

use crate::domain::access::Role;
use crate::domain::module::{Modules, nearest};
use crate::domain::refusal::Refusal;

/// The section that is meant, as it is written: one that a service belongs to, or the general one.
///
/// # Errors
/// `section-unknown` with the nearest, and with all that there are.
pub fn known_section(modules: &Modules, section: &str) -> Result<String, Refusal> {
    let known = modules.sections();
    let wanted = section.trim().to_uppercase();
    if known.contains(wanted.as_str()) {
        return Ok(wanted);
    }
    let near = nearest(&wanted, known.iter().copied()).unwrap_or_default();
    let list = known.iter().copied().collect::<Vec<_>>().join(", ");
    Err(Refusal::new("section-unknown")
        .with("section", section)
        .with("nearest", near)
        .with("known", list)
        .on("section"))
}

/// See [`super::Request::ListUsers`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListUsers {}

/// See [`super::Request::SetUser`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetUser {
    /// Name of the account on this machine.
    pub user: String,
    /// What it may do from now on; not [`Role::None`].
    pub role: Role,
    /// For [`Role::Section`], and only for it: whose modules.
    pub section: Option<String>,
    /// Only an account without a role (true), or only one that has one already.
    pub new: bool,
    /// Also an account that this machine does not have (yet).
    pub force: bool,
}

/// See [`super::Request::RemoveUser`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RemoveUser {
    /// Name of the account.
    pub user: String,
}

/// Where a role comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GrantedBy {
    /// `[users]` of `sipintar.toml`, which goes first.
    File,
    /// A person, by [`super::Request::SetUser`].
    Journal,
}

impl GrantedBy {
    /// The written form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Journal => "journal",
        }
    }
}

/// An account with a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
    /// Name of the account.
    pub user: String,
    /// What it may do.
    pub role: Role,
    /// For [`Role::Section`]: whose modules.
    pub section: Option<String>,
    /// Where that is written.
    pub from: GrantedBy,
}

/// All accounts with a role, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserList {
    /// The rows.
    pub rows: Vec<UserRow>,
    /// The account that runs the server: always admin, and in no list.
    pub server: String,
}
