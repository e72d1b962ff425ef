use super::*;
use crate::server::rig::{Rig, actor};

fn admin() -> Actor {
    actor("root", Role::Admin)
}

fn ask(role: Role, section: Option<&str>, new: bool) -> SetUser {
    SetUser {
        user: "sari".to_owned(),
        role,
        section: section.map(str::to_owned),
        new,
        force: false,
    }
}

fn sets(rig: &mut Rig, user: &str, ask: &SetUser) -> Result<UserRow, Refusal> {
    rig.does(&admin(), |office, who, now| {
        office.set_user(user.to_owned(), ask, who, now)
    })
}

fn role(rig: &Rig, user: &str) -> Option<(Role, Option<String>)> {
    let grant = rig.office.granted(user)?;
    Some((grant.role, grant.section))
}

#[test]
fn a_role_is_given_changed_and_taken_back_while_the_server_runs() {
    let mut rig = Rig::new("");
    assert_eq!(role(&rig, "sari"), None);
    let row = sets(&mut rig, "sari", &ask(Role::Section, Some("vera"), true)).unwrap();
    assert_eq!(
        (row.section.as_deref(), row.from),
        (Some("VERA"), GrantedBy::Journal)
    );
    assert_eq!(
        role(&rig, "sari"),
        Some((Role::Section, Some("VERA".to_owned())))
    );
    let facts = rig.facts();
    sets(&mut rig, "sari", &ask(Role::Section, Some("VERA"), false)).unwrap();
    assert_eq!(rig.facts(), facts, "nothing new is nothing to write down");
    sets(&mut rig, "sari", &ask(Role::Desk, None, false)).unwrap();
    assert_eq!(role(&rig, "sari"), Some((Role::Desk, None)));
    rig.does(&admin(), |office, who, now| {
        office.remove_user("sari", who, now)
    })
    .unwrap();
    assert_eq!(role(&rig, "sari"), None);
}

#[test]
fn the_file_goes_first_and_says_so() {
    let mut rig =
        Rig::new("[users]\nsari = \"viewer\"\nbudi = { role = \"section\", section = \"vera\" }\n");
    let refused = |result: Result<UserRow, Refusal>| result.unwrap_err().code;
    assert_eq!(
        refused(sets(&mut rig, "sari", &ask(Role::Admin, None, false))),
        "user-in-file"
    );
    let removed = rig.does(&admin(), |office, who, now| {
        office.remove_user("sari", who, now)
    });
    assert_eq!(removed.unwrap_err().code, "user-in-file");
    sets(&mut rig, "wati", &ask(Role::Supervisor, None, true)).unwrap();
    let rows = rig.office.list_users().rows;
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row.user.as_str(),
                row.role.as_str(),
                row.section.as_deref(),
                row.from.as_str(),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("budi", "section", Some("VERA"), "file"),
            ("sari", "viewer", None, "file"),
            ("wati", "supervisor", None, "journal"),
        ]
    );
    // What an administrator gave before somebody wrote it into the file does not go before the file.
    let fact = Fact::UserSet {
        user: "sari".to_owned(),
        role: Role::Admin,
        section: None,
        at: rig.now,
        by: "root".to_owned(),
    };
    rig.write("root", vec![fact]);
    assert_eq!(role(&rig, "sari"), Some((Role::Viewer, None)));
}

#[test]
fn what_makes_no_sense_is_refused_with_what_would() {
    let mut rig = Rig::new("");
    let mut refused = |user: &str, ask: SetUser| {
        let refusal = sets(&mut rig, user, &ask).unwrap_err();
        (
            refusal.code.clone(),
            refusal.args.get("nearest").cloned().unwrap_or_default(),
        )
    };
    let of = |code: &str, nearest: &str| (code.to_owned(), nearest.to_owned());
    assert_eq!(
        refused("sari", ask(Role::Section, Some("VERRA"), true)),
        of("section-unknown", "VERA")
    );
    assert_eq!(
        refused("sari", ask(Role::Section, None, true)),
        of("section-missing", "")
    );
    assert_eq!(
        refused("sari", ask(Role::Desk, Some("VERA"), true)),
        of("section-needless", "")
    );
    assert_eq!(
        refused("sari", ask(Role::Desk, None, false)),
        of("user-unknown", "")
    );
    assert_eq!(
        refused("sari", ask(Role::None, None, true)),
        of("line-bad", "")
    );
    sets(&mut rig, "sari", &ask(Role::Desk, None, true)).unwrap();
    assert_eq!(
        sets(&mut rig, "sari", &ask(Role::Desk, None, true))
            .unwrap_err()
            .code,
        "user-known"
    );
    let unknown = rig.does(&admin(), |office, who, now| {
        office.remove_user("sary", who, now)
    });
    assert_eq!(unknown.unwrap_err().args.get("nearest").unwrap(), "sari");
}

#[test]
fn names_that_no_account_has_or_only_the_server_are_refused() {
    for (name, code) in [
        ("", "account-bad"),
        ("-rf", "account-bad"),
        ("a b", "account-bad"),
        ("a:b", "account-bad"),
        (".", "account-bad"),
        ("..", "account-bad"),
        ("uid-1234", "account-bad"),
        ("sari\u{3164}", "account-bad"),
        ("sistem", "account-reserved"),
        (" sistem ", "account-reserved"),
    ] {
        assert_eq!(account_name(name).unwrap_err().code, code, "{name:?}");
    }
    for name in [
        "uid-sari",
        "s..",
        "sari",
        "sari.w",
        "KPPN\\sari",
        "sari@kppn.local",
        "svc$",
    ] {
        assert_eq!(account_name(name).unwrap(), name);
    }
}

#[test]
fn a_section_of_the_file_that_does_not_exist_is_a_warning() {
    let rig = Rig::new("[users]\nbudi = { role = \"section\", section = \"VERRA\" }\n");
    let warnings = rig.office.warnings();
    let found = warnings
        .iter()
        .find(|refusal| refusal.code == "user-section-unknown");
    assert_eq!(found.unwrap().args.get("nearest").unwrap(), "VERA");
}

#[test]
fn the_roles_that_were_given_are_there_after_a_start_and_in_a_store_made_anew() {
    let mut rig = Rig::new("");
    sets(&mut rig, "sari", &ask(Role::Desk, None, true)).unwrap();
    rig.office.store.committed(rig.facts()).unwrap();
    rig.office.store.flush().unwrap();
    let (office, journal, folder) = rig.apart();
    drop((office, journal));
    let rig = Rig::within("", folder);
    assert_eq!(role(&rig, "sari"), Some((Role::Desk, None)));
}
