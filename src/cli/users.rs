//! `users`: who has which role.

use serde_json::json;

use super::args::{GiveRole, UsersCommand};
use super::{Call, Outcome};
use crate::ask::{ListUsers, Office, RemoveUser, SetUser};

pub(super) fn run(call: &mut Call, command: UsersCommand) -> Outcome {
    match command {
        UsersCommand::List => list(call),
        UsersCommand::Add(give) => set(call, give, true),
        UsersCommand::Set(give) => set(call, give, false),
        UsersCommand::Remove { user } => {
            call.office()?.ask(RemoveUser { user: user.clone() })?;
            if call.json {
                return call.object(&json!({ "user": user, "removed": true }));
            }
            call.say("cli-user-removed", &[("user", user.into())])
        }
    }
}

fn list(call: &mut Call) -> Outcome {
    let users = call.office()?.ask(ListUsers {})?;
    let mut table = call.header(&["user", "role", "section", "from"]);
    for row in users.rows {
        if call.json {
            call.object(&row)?;
        } else {
            table.row([
                row.user,
                row.role.as_str().to_owned(),
                row.section.unwrap_or_default(),
                row.from.as_str().to_owned(),
            ]);
        }
    }
    if call.json {
        return Ok(());
    }
    call.table(&table)?;
    let server = call
        .locale
        .with("cli-users-server", &[("user", users.server.into())]);
    super::remark(&server);
    Ok(())
}

fn set(call: &mut Call, give: GiveRole, new: bool) -> Outcome {
    let role = give.given();
    let row = call.office()?.ask(SetUser {
        user: give.user,
        role,
        section: give.section,
        new,
        force: give.force,
    })?;
    if call.json {
        return call.object(&row);
    }
    let section = row.section.unwrap_or_else(|| "none".to_owned());
    call.say(
        "cli-user-set",
        &[
            ("user", row.user.into()),
            ("role", row.role.as_str().into()),
            ("section", section.into()),
        ],
    )
}
