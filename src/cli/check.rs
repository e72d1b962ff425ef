//! `check`: everything in the home folder that a person wrote.

use std::fs;
use std::os::unix::fs::MetadataExt;

use nix::unistd::User;
use serde_json::json;

use super::{Call, Failure, Outcome, deadline, module};
use crate::ask::known_section;
use crate::domain::module::Modules;
use crate::domain::refusal::Refusal;
use crate::home::{guard, read_text};
use crate::locale::{LANGS, Locale};
use crate::settings::Settings;
use crate::tui::FileError;
use crate::tui::keymap::Keymap;
use crate::tui::theme::Theme;

pub(super) fn run(call: &mut Call) -> Outcome {
    let (problems, warnings) = problems(call);
    if call.json {
        call.object(&json!({
            "ok": problems.is_empty(), "problems": problems, "warnings": warnings
        }))?;
    } else {
        for said in problems.iter().chain(&warnings) {
            call.line(said)?;
        }
        if problems.is_empty() && warnings.is_empty() {
            call.say("cli-check-good", &[])?;
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Failure::Told)
    }
}

/// What is wrong, and what is worth a look.
fn problems(call: &Call) -> (Vec<String>, Vec<String>) {
    let home = &call.home;
    let lang = call.lang();
    let (mut found, mut warnings) = (Vec::new(), Vec::new());
    // Whoever looks at another account's home cannot serve it, and need not.
    let open = guard::look(home)
        .err()
        .filter(|refusal| refusal.code != "home-not-ours");
    found.extend(open.map(|refusal| call.locale.refusal(&refusal)));
    let settings = match Settings::load(home) {
        Ok(settings) => {
            found.extend(unreadable(&settings, call));
            found.extend(no_backups(&settings, call));
            warnings.extend(doubtful_accounts(&settings, call));
            Some(settings)
        }
        Err(refusal) => {
            found.push(call.locale.refusal(&refusal));
            None
        }
    };
    match module::sources(home) {
        Ok(sources) => match Modules::with_overrides(sources) {
            Ok(modules) => {
                let users = settings.iter().flat_map(|settings| &settings.users);
                found.extend(users.filter_map(|(user, given)| {
                    let refusal = known_section(&modules, given.section.as_deref()?).err()?;
                    let refusal = Refusal {
                        code: "user-section-unknown".to_owned(),
                        ..refusal.with("user", user)
                    };
                    Some(call.locale.refusal(&refusal))
                }));
            }
            Err(problems) => {
                found.extend(problems.iter().map(|problem| problem.explain(lang)));
            }
        },
        Err(refusal) => found.push(call.locale.refusal(&refusal)),
    }
    let desk = settings.map(|settings| settings.desk);
    let files: [Result<Vec<String>, Vec<FileError>>; 2] = [
        Keymap::check(&home.folder("keymaps")),
        Theme::check(&home.folder("themes")),
    ];
    for error in files.into_iter().filter_map(Result::err).flatten() {
        found.push(call.locale.say(&error.say()));
    }
    // The keymap and theme that the settings name must exist; what is wrong inside them has been said.
    if let Some(desk) = desk {
        let named = [
            Keymap::load(&desk.keymap, &home.folder("keymaps")).err(),
            Theme::load(&desk.theme, &home.folder("themes"), false).err(),
        ];
        for error in named.into_iter().flatten().flatten() {
            let text = call.locale.say(&error.say());
            if !found.contains(&text) {
                found.push(text);
            }
        }
    }
    let texts = LANGS
        .into_iter()
        .filter_map(|lang| Locale::load(lang, &home.folder("locales")).err());
    found.extend(texts.map(|error| error.to_string()));
    found.extend(
        deadline::holidays(home)
            .err()
            .map(|refusal| call.locale.refusal(&refusal)),
    );
    (found, warnings)
}

/// Accounts of `[users]` that this machine does not have, and the one whose role is never asked.
fn doubtful_accounts(settings: &Settings, call: &Call) -> Vec<String> {
    let owner = fs::metadata(call.home.dir())
        .map(|folder| folder.uid())
        .ok();
    let users = settings.users.keys();
    users
        .filter_map(|user| {
            let id = match User::from_name(user).ok().flatten() {
                None => "cli-check-account",
                Some(account) if Some(account.uid.as_raw()) == owner => "cli-check-account-own",
                Some(_) => return None,
            };
            Some(call.locale.with(id, &[("user", user.as_str().into())]))
        })
        .collect()
}

/// The folder for backups, where it is no folder of the home, which the server makes.
fn no_backups(settings: &Settings, call: &Call) -> Option<String> {
    let rules = &settings.backup;
    let inside = call
        .home
        .dir()
        .join(&rules.folder)
        .starts_with(call.home.dir());
    if !rules.enabled || (inside && rules.marker.is_none()) {
        return None;
    }
    let folder = crate::offsite::folder(&call.home, &rules.folder, rules.marker.as_deref());
    folder.err().map(|refusal| call.locale.refusal(&refusal))
}

/// Files with secrets that the settings name and the server could not read.
fn unreadable(settings: &Settings, call: &Call) -> Vec<String> {
    let files = settings
        .modems
        .iter()
        .flat_map(|modem| modem.pin_file.iter().chain(&modem.password_file));
    let bad = files.filter_map(|path| {
        let error = read_text(path).err()?;
        let refusal = Refusal::new("file-bad")
            .with("file", path.display())
            .with("line", "")
            .with("cause", error);
        Some(call.locale.refusal(&refusal))
    });
    bad.collect()
}
