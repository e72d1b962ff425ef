//! `users …`

use clap::{Args, Subcommand};

use crate::domain::access::Role;

/// `users …`
#[derive(Debug, Subcommand)]
pub enum UsersCommand {
    /// Who has which role, from sipintar.toml (`file`, goes first) or given here (`journal`).
    List,
    /// Give a role to an account that has none.
    Add(GiveRole),
    /// Give another role to an account that has one.
    Set(GiveRole),
    /// Take the role of an account back.
    Remove {
        /// Name of the account on this machine.
        user: String,
    },
}

/// An account and its role.
#[derive(Debug, Args)]
pub struct GiveRole {
    /// Name of the account on this machine.
    pub user: String,
    /// viewer, section, desk, supervisor or admin.
    #[arg(value_parser = role, required_unless_present = "role_flag", conflicts_with = "role_flag")]
    pub role: Option<Role>,
    /// The same as an option.
    #[arg(long = "role", value_name = "ROLE", value_parser = role)]
    pub role_flag: Option<Role>,
    /// For the role `section`: whose letters.
    #[arg(long)]
    pub section: Option<String>,
    /// Also an account that this machine does not have (yet).
    #[arg(long)]
    pub force: bool,
}

impl GiveRole {
    /// The role, however it was said.
    pub fn given(&self) -> Role {
        self.role.or(self.role_flag).unwrap_or(Role::None)
    }
}

fn role(text: &str) -> Result<Role, String> {
    super::one_of(
        Role::GIVEN.into_iter().find(|role| role.as_str() == text),
        &Role::GIVEN.map(Role::as_str),
    )
}
