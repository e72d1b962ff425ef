//! Who has which role: given and taken back by an administrator while the server runs, written down like everything else.

use chrono::{DateTime, Utc};
use nix::unistd::{Uid, User};

use super::connection::Shared;
use super::office::Office;
use crate::ask::{Done, GrantedBy, SetUser, UserList, UserRow};
use crate::domain::access::{Actor, Grant, Role};
use crate::domain::fact::Fact;
use crate::domain::module::nearest;
use crate::domain::refusal::Refusal;
use crate::domain::typed;

/// Longest name of an account, in characters; Linux itself takes 32.
const NAME_MAX: usize = 64;

/// It works as the server's own account; a role of its own would put several persons under one name.
const ROOT: &str = "root";

/// Most accounts that a person may give a role.
const USERS_MAX: usize = 1_000;

/// Gives an account a role, or another one. It holds from the account's next request on.
///
/// # Errors
/// `account-bad`, `account-reserved`, `account-own`, `account-root`, `account-unknown`, `user-in-file`, `user-known`, `user-unknown`,
/// `section-missing`, `section-needless`, `section-unknown`.
pub fn set(shared: &Shared, ask: SetUser, who: &Actor) -> Result<UserRow, Refusal> {
    let user = account_name(&ask.user)?;
    let of_the_machine = User::from_name(&user).ok().flatten();
    if of_the_machine
        .as_ref()
        .is_some_and(|user| user.uid == Uid::current())
    {
        return Err(Refusal::new("account-own").with("user", user).on("user"));
    }
    let is_root = of_the_machine
        .as_ref()
        .is_some_and(|user| user.uid.is_root());
    if is_root || user == ROOT {
        return Err(Refusal::new("account-root").with("user", user).on("user"));
    }
    if of_the_machine.is_none() && !ask.force {
        return Err(Refusal::new("account-unknown")
            .with("user", user)
            .on("user"));
    }
    let by = who.clone();
    shared.writer.commit(&who.user, None, move |office, now| {
        office.set_user(user, &ask, &by, now)
    })
}

/// The name of an account, when it can be one.
fn account_name(typed: &str) -> Result<String, Refusal> {
    let name = typed.trim();
    let fits = (1..=NAME_MAX).contains(&name.chars().count())
        && !name.starts_with('-')
        && !name.contains(|c: char| c.is_whitespace() || typed::is_unfit(c) || ":/,".contains(c));
    // Accounts without a name are called by their number; a role would go to whoever has that number by then.
    let number = name
        .strip_prefix("uid-")
        .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    let path = name.bytes().all(|byte| byte == b'.');
    if !fits || number || path {
        return Err(Refusal::new("account-bad").with("user", typed).on("user"));
    }
    if name == Actor::SYSTEM {
        return Err(Refusal::new("account-reserved")
            .with("user", name)
            .on("user"));
    }
    Ok(name.to_owned())
}

impl Office {
    /// All accounts with a role, by name.
    pub fn list_users(&self) -> UserList {
        let row = |user: &String, grant: Grant, from| UserRow {
            user: user.clone(),
            role: grant.role,
            section: grant.section,
            from,
        };
        let file = &self.settings.users;
        let mut rows: Vec<UserRow> = file
            .iter()
            .map(|(user, given)| row(user, given.grant(), GrantedBy::File))
            .collect();
        let index = self.store.index();
        let given = index.granted().iter();
        rows.extend(
            given
                .filter(|(user, _)| !file.contains_key(*user))
                .map(|(user, grant)| row(user, grant.clone(), GrantedBy::Journal)),
        );
        rows.sort_by(|a, b| a.user.cmp(&b.user));
        let server = User::from_uid(Uid::current()).ok().flatten();
        UserList {
            rows,
            server: server.map(|user| user.name).unwrap_or_default(),
        }
    }

    /// Decides on a role. That the account exists is known already.
    fn set_user(
        &self,
        user: String,
        ask: &SetUser,
        by: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, UserRow), Refusal> {
        self.not_in_file(&user)?;
        if ask.role == Role::None {
            return Err(Refusal::new("line-bad").with("cause", "role"));
        }
        let section = ask
            .section
            .as_deref()
            .filter(|section| !section.trim().is_empty());
        let section = match (ask.role, section) {
            (Role::Section, None) => return Err(Refusal::new("section-missing").on("section")),
            (Role::Section, Some(section)) => Some(self.known_section(section)?),
            (_, Some(_)) => return Err(Refusal::new("section-needless").on("section")),
            (_, None) => None,
        };
        let grant = Grant {
            role: ask.role,
            section,
        };
        let (known, count) = {
            let index = self.store.index();
            (index.granted().get(&user).cloned(), index.granted().len())
        };
        match (&known, ask.new) {
            (Some(known), true) => {
                return Err(Refusal::new("user-known")
                    .with("user", user)
                    .with("role", known.role.as_str())
                    .on("user"));
            }
            (None, false) => return Err(self.no_such_user(&user)),
            (None, true) if count >= USERS_MAX => {
                return Err(Refusal::new("list-too-long").with("max", USERS_MAX));
            }
            _ => {}
        }
        let row = UserRow {
            user: user.clone(),
            role: grant.role,
            section: grant.section.clone(),
            from: GrantedBy::Journal,
        };
        if known.as_ref() == Some(&grant) {
            return Ok((Vec::new(), row));
        }
        let fact = Fact::UserSet {
            user,
            role: grant.role,
            section: grant.section,
            at: now,
            by: by.user.clone(),
        };
        Ok((vec![fact], row))
    }

    /// Takes a role back. It holds from the account's next request on.
    ///
    /// # Errors
    /// `user-unknown`, `user-in-file`.
    pub fn remove_user(
        &self,
        user: &str,
        by: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, Done), Refusal> {
        let user = user.trim();
        self.not_in_file(user)?;
        if !self.store.index().granted().contains_key(user) {
            return Err(self.no_such_user(user));
        }
        let fact = Fact::UserRemoved {
            user: user.to_owned(),
            at: now,
            by: by.user.clone(),
        };
        Ok((vec![fact], Done {}))
    }

    /// What stands in the file goes first: another word about it would be of no effect.
    fn not_in_file(&self, user: &str) -> Result<(), Refusal> {
        if self.settings.users.contains_key(user) {
            return Err(Refusal::new("user-in-file").with("user", user).on("user"));
        }
        Ok(())
    }

    fn no_such_user(&self, user: &str) -> Refusal {
        let index = self.store.index();
        let near = nearest(user, index.granted().keys().map(String::as_str));
        Refusal::new("user-unknown")
            .with("user", user)
            .with("nearest", near.unwrap_or_default())
            .on("user")
    }

    /// Users of the settings whose section is none: they may touch nothing.
    pub fn doubtful_users(&self) -> Vec<Refusal> {
        let users = self.settings.users.iter();
        users
            .filter_map(|(user, given)| {
                let refusal = self.known_section(given.section.as_deref()?).err()?;
                Some(refusal.with("user", user))
            })
            .map(|refusal| Refusal {
                code: "user-section-unknown".to_owned(),
                ..refusal
            })
            .collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
