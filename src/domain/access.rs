//! Who may do what. The server enforces; the desk greys out with the reason.

use serde::{Deserialize, Serialize};

/// What a user may do. Ordered: a later role may do all of an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Given nothing: may not even connect.
    None,
    /// May look.
    Viewer,
    /// Desk work limited to the modules of one section.
    Section,
    /// Registers, completes, drafts, confirms.
    Desk,
    /// All of the desk, second confirmation, policy.
    Supervisor,
    /// Configuration, users, backup, end of the server.
    Admin,
}

impl Role {
    /// The written form, as used in `sipintar.toml` and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Viewer => "viewer",
            Self::Section => "section",
            Self::Desk => "desk",
            Self::Supervisor => "supervisor",
            Self::Admin => "admin",
        }
    }

    /// The roles that `sipintar.toml` may give.
    pub const GIVEN: [Self; 5] = [
        Self::Viewer,
        Self::Section,
        Self::Desk,
        Self::Supervisor,
        Self::Admin,
    ];
}

/// What an account was given, by `sipintar.toml` or by a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// What the account may do.
    pub role: Role,
    /// For [`Role::Section`]: the section whose modules the account may touch.
    pub section: Option<String>,
}

/// Who speaks: known from the peer of the socket, never from what a client says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Name of the account on this machine; `sistem` for the server itself.
    pub user: String,
    /// What the account may do.
    pub role: Role,
    /// For [`Role::Section`]: the section whose modules the account may touch.
    pub section: Option<String>,
}

impl Actor {
    /// What the server itself is called in the journal. No account is ever known by this name.
    pub const SYSTEM: &str = "sistem";

    /// The server itself: the outbox, the daily run.
    pub fn system() -> Self {
        Self {
            user: Self::SYSTEM.to_owned(),
            role: Role::Admin,
            section: None,
        }
    }

    /// An account with what it was given.
    pub fn granted(user: &str, grant: Option<Grant>) -> Self {
        let (role, section) = grant.map_or((Role::None, None), |grant| (grant.role, grant.section));
        Self {
            user: user.to_owned(),
            role,
            section,
        }
    }

    /// Whether the actor may change things of a module that this section owns.
    pub fn may_touch(&self, section: &str) -> bool {
        match self.role {
            Role::None | Role::Viewer => false,
            Role::Section => self.section.as_deref() == Some(section),
            Role::Desk | Role::Supervisor | Role::Admin => true,
        }
    }
}
