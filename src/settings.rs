//! `sipintar.toml`: what the administrator may set. Everything has a default; an unknown key is an error with line and nearest spelling.

mod backup;
mod inbox;
mod mistake;
mod modem;
mod office;
mod people;
mod reminders;
mod sms_rules;
mod summary;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use crate::domain::access::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::typed;
use crate::home::{Home, read_text};
pub use backup::Backup;
pub use inbox::{Inbox, Survey};
use mistake::{Step, bad_at, explain, line_of};
pub use modem::{Modem, ModemKind};
pub use office::{Hours, Office};
pub use people::{Desk, User};
pub use reminders::Reminders;
pub use sms_rules::{Retry, SmsRules};
pub use summary::Summary;

/// All settings.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub struct Settings {
    /// The office itself.
    pub office: Office,
    /// Rules of the queue.
    pub sms: SmsRules,
    /// Reminders of deadlines.
    pub reminders: Reminders,
    /// The morning's word to the heads of sections.
    pub summary: Summary,
    /// Backups and checks of the journal.
    pub backup: Backup,
    /// Incoming messages.
    pub inbox: Inbox,
    /// Ratings.
    pub survey: Survey,
    /// The modems, in order of preference. None means the simulated one.
    #[serde(rename = "modem")]
    pub modems: Vec<Modem>,
    /// Account name → role. The account that runs the server is always admin.
    pub users: BTreeMap<String, User>,
    /// Defaults of the desk.
    pub desk: Desk,
}

impl Settings {
    /// Reads `sipintar.toml` of this home; a missing file means the defaults.
    ///
    /// # Errors
    /// `settings-bad` with file, line, key and nearest spelling.
    pub fn load(home: &Home) -> Result<Self, Refusal> {
        let path = home.settings_file();
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = read_text(&path).map_err(|error| {
            Refusal::new("file-bad")
                .with("file", path.display())
                .with("cause", error)
        })?;
        Self::parse(&text)
    }

    /// Reads the text of a `sipintar.toml`.
    ///
    /// # Errors
    /// See [`Settings::load`].
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let settings: Self = toml::from_str(text).map_err(|error| explain(text, &error))?;
        settings.check(text)?;
        Ok(settings)
    }

    fn check(&self, text: &str) -> Result<(), Refusal> {
        let bad = |way: &[&str], cause: &str| {
            let steps: Vec<Step> = way.iter().map(|key| Step::Key(key)).collect();
            let key = way.last().copied().unwrap_or_default();
            Err(bad_at(line_of(text, &steps), key, cause))
        };
        let name = self.office.name.trim();
        // The ends as well: what is written stands in texts as it is.
        let unfit = self.office.name.chars().any(typed::is_unfit);
        if name.is_empty() || name.chars().count() > 30 || unfit {
            return bad(&["office", "name"], "1–30 characters");
        }
        if !(1..=100).contains(&self.sms.retry.attempts) {
            return bad(&["sms", "retry", "attempts"], "1–100");
        }
        if !(1.0..=10.0).contains(&self.sms.retry.factor) {
            return bad(&["sms", "retry", "factor"], "1–10");
        }
        if self.sms.daily_budget > 1_000_000 {
            return bad(&["sms", "daily_budget"], "0–1000000");
        }
        if self.sms.per_number_per_minute > 1000 {
            return bad(&["sms", "per_number_per_minute"], "0–1000");
        }
        if self.sms.price > 100_000 {
            return bad(&["sms", "price"], "0–100000");
        }
        // The server's own decisions stand in the journal under this name.
        if self.users.contains_key(Actor::SYSTEM) {
            return bad(&["users", Actor::SYSTEM], "reserved for the server itself");
        }
        modem::check(&self.modems, text)
    }

    /// The files that hold a PIN or a password, which others must not read; `sipintar.toml` is one of them where it says one itself.
    pub fn secret_files(&self, home: &Home) -> Vec<PathBuf> {
        let said = |modem: &Modem| modem.pin.is_some() || modem.password.is_some();
        let own = self.modems.iter().any(said).then(|| home.settings_file());
        let named = self.modems.iter().flat_map(|modem| {
            let files = [&modem.pin_file, &modem.password_file];
            files.into_iter().flatten().cloned()
        });
        own.into_iter().chain(named).collect()
    }

    /// The modems, or the simulated one where none is named.
    pub fn modems(&self) -> Vec<Modem> {
        if self.modems.is_empty() {
            vec![Modem::new("simulasi", ModemKind::Simulated)]
        } else {
            self.modems.clone()
        }
    }
}

#[cfg(test)]
mod tests;
