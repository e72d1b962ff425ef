//! `sipintar.toml`: what the administrator may set. Everything has a default; an unknown key is an error with line and nearest spelling.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::NaiveTime;
use serde::{Deserialize, Deserializer};

use crate::domain::access::Role;
use crate::domain::lang::Lang;
use crate::domain::module::nearest;
use crate::domain::service_clock::ServiceHours;
use crate::domain::sms::{ConfirmPolicy, SmsKind};
use crate::domain::when::Zone;
use crate::home::{Home, read_text};
use crate::service::Refusal;

/// All settings.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub struct Settings {
    /// The office itself.
    pub office: Office,
    /// Rules of the queue.
    pub sms: SmsRules,
    /// The modems, in order of preference. None means the simulated one.
    #[serde(rename = "modem")]
    pub modems: Vec<Modem>,
    /// Account name → role. The account that runs the server is always admin.
    pub users: BTreeMap<String, User>,
    /// Defaults of the desk.
    pub desk: Desk,
}

/// `[office]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Office {
    /// Sender identity in texts.
    pub name: String,
    /// `Asia/Jakarta`, `Asia/Pontianak`, `Asia/Makassar` or `Asia/Jayapura`.
    #[serde(deserialize_with = "zone")]
    pub zone: Zone,
    /// Opening and closing of the counter, Monday to Friday.
    #[serde(deserialize_with = "hours")]
    pub service_hours: Hours,
}

impl Default for Office {
    fn default() -> Self {
        Self {
            name: "KPPN Madiun".to_owned(),
            zone: Zone::Wib,
            service_hours: Hours::new(8, 15),
        }
    }
}

/// From and until, as minutes since midnight; `24:00` is allowed as an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// First minute.
    pub from: u32,
    /// The minute after the last.
    pub until: u32,
}

impl Hours {
    const fn new(from: u32, until: u32) -> Self {
        Self {
            from: from * 60,
            until: until * 60,
        }
    }

    /// Whether this minute of the day (0 to 1439) is inside.
    pub fn contains(self, minute: u32) -> bool {
        (self.from..self.until).contains(&minute)
    }

    fn parse(pair: &[String]) -> Result<Self, String> {
        let minute = |text: &str| {
            let (hour, minute) = text.split_once([':', '.'])?;
            let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
            (minute < 60 && hour * 60 + minute <= 24 * 60).then_some(hour * 60 + minute)
        };
        match pair {
            [from, until] => match (minute(from), minute(until)) {
                (Some(from), Some(until)) if from < until => Ok(Self { from, until }),
                _ => Err(format!(
                    "[\"{from}\", \"{until}\"]: HH:MM < HH:MM, 00:00 – 24:00"
                )),
            },
            _ => Err("[\"08:00\", \"15:00\"]".to_owned()),
        }
    }

    fn time(minute: u32) -> NaiveTime {
        NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0).unwrap_or(NaiveTime::MIN)
    }

    /// For the service clock; an end of `24:00` counts as 23.59.
    pub fn service(self) -> ServiceHours {
        ServiceHours {
            open: Self::time(self.from),
            close: Self::time(self.until.min(24 * 60 - 1)),
        }
    }
}

/// `[sms]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SmsRules {
    /// Messages leave only in these hours; replies always.
    #[serde(deserialize_with = "hours")]
    pub window: Hours,
    /// … and only on working days.
    pub working_days_only: bool,
    /// Seconds after confirmation in which a message can be taken back, 0 to 3,600.
    #[serde(deserialize_with = "undo_seconds")]
    pub undo_seconds: u32,
    /// What happens after a refusal that may pass.
    pub retry: Retry,
    /// Who must confirm which kind.
    #[serde(deserialize_with = "confirm")]
    pub confirm: BTreeMap<String, ConfirmPolicy>,
}

impl Default for SmsRules {
    fn default() -> Self {
        let confirm = [
            ("reply", ConfirmPolicy::Auto),
            ("broadcast", ConfirmPolicy::TwoPerson),
            ("default", ConfirmPolicy::Manual),
        ];
        Self {
            window: Hours::new(8, 15),
            working_days_only: true,
            undo_seconds: 10,
            retry: Retry::default(),
            confirm: confirm
                .into_iter()
                .map(|(kind, policy)| (kind.to_owned(), policy))
                .collect(),
        }
    }
}

impl SmsRules {
    /// Who must confirm a message of this kind. Kinds that are not named follow `default`.
    pub fn policy(&self, kind: SmsKind) -> ConfirmPolicy {
        let named = self
            .confirm
            .get(kind.as_str())
            .or_else(|| self.confirm.get("default"));
        named.copied().unwrap_or(match kind {
            SmsKind::Reply => ConfirmPolicy::Auto,
            SmsKind::Broadcast => ConfirmPolicy::TwoPerson,
            _ => ConfirmPolicy::Manual,
        })
    }
}

/// `sms.retry`
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retry {
    /// Attempts in all, 1 to 100.
    pub attempts: u32,
    /// Pause after the first one, in seconds.
    pub first_seconds: u32,
    /// Each further pause is this many times longer, 1 to 10.
    pub factor: f64,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 5,
            first_seconds: 60,
            factor: 2.0,
        }
    }
}

impl Retry {
    /// Pause after this many attempts; at most a day.
    pub fn pause(self, attempts: u32) -> Duration {
        let exponent = i32::try_from(attempts.saturating_sub(1)).unwrap_or(i32::MAX);
        let seconds = f64::from(self.first_seconds) * self.factor.clamp(1.0, 10.0).powi(exponent);
        Duration::from_secs_f64(seconds.clamp(0.0, 86_400.0))
    }
}

/// What kind of modem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModemKind {
    /// A GSM modem on a serial port.
    Serial,
    /// The built-in one.
    Simulated,
}

impl ModemKind {
    /// The written form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Serial => "serial",
            Self::Simulated => "simulated",
        }
    }
}

/// `[[modem]]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Modem {
    /// Its name on screen and in the journal.
    pub name: String,
    /// What it is.
    pub kind: ModemKind,
    /// Path of the serial port; `/dev/serial/by-id/…` survives re-plugging.
    pub port: Option<String>,
    /// Bits per second.
    #[serde(default = "usual_baud")]
    pub baud: u32,
    /// PIN of the SIM …
    pub pin: Option<String>,
    /// … or a file that holds it.
    pub pin_file: Option<std::path::PathBuf>,
    /// Numbers that begin so prefer this modem (`0812`).
    #[serde(default)]
    pub prefixes: Vec<String>,
}

fn usual_baud() -> u32 {
    115_200
}

/// A user: `sari = "desk"` or `budi = { role = "section", section = "VERA" }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// What the account may do.
    pub role: Role,
    /// For `section`: whose modules.
    pub section: Option<String>,
}

impl<'de> Deserialize<'de> for User {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Role(String),
            Full(Full),
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Full {
            role: String,
            section: Option<String>,
        }
        let bad = <D::Error as serde::de::Error>::custom;
        let (role, section) = match Form::deserialize(deserializer)? {
            Form::Role(role) => (role, None),
            Form::Full(full) => (full.role, full.section),
        };
        let Some(role) = Role::GIVEN.into_iter().find(|known| known.as_str() == role) else {
            let expected = Role::GIVEN
                .map(|role| format!("`{}`", role.as_str()))
                .join(", ");
            return Err(bad(format!(
                "unknown variant `{role}`, expected one of {expected}"
            )));
        };
        if role == Role::Section && section.is_none() {
            return Err(bad("role = \"section\" needs section = \"…\"".to_owned()));
        }
        Ok(Self { role, section })
    }
}

/// `[desk]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Desk {
    /// Language of the screen.
    #[serde(deserialize_with = "lang")]
    pub lang: Lang,
    /// Name of a theme.
    pub theme: String,
    /// Name of a keymap.
    pub keymap: String,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            lang: Lang::Id,
            theme: "default".to_owned(),
            keymap: "default".to_owned(),
        }
    }
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
        let bad = |key: &str, cause: &str| Err(bad_at(line_of_key(text, key), key, cause));
        let name = self.office.name.trim();
        if name.is_empty() || name.chars().count() > 30 || name.chars().any(char::is_control) {
            return bad("name", "1–30 characters");
        }
        if !(1..=100).contains(&self.sms.retry.attempts) {
            return bad("attempts", "1–100");
        }
        if !(1.0..=10.0).contains(&self.sms.retry.factor) {
            return bad("factor", "1–10");
        }
        for (at, modem) in self.modems.iter().enumerate() {
            if modem.name.trim().is_empty() {
                return bad("name", "a modem needs a name");
            }
            if self
                .modems
                .iter()
                .skip(at + 1)
                .any(|other| other.name == modem.name)
            {
                return bad("name", &format!("two modems are named \"{}\"", modem.name));
            }
            if modem.kind == ModemKind::Serial && modem.port.is_none() {
                return bad(
                    "modem",
                    &format!(
                        "modem \"{}\": kind = \"serial\" needs port = \"/dev/…\"",
                        modem.name
                    ),
                );
            }
            if modem.pin.is_some() && modem.pin_file.is_some() {
                return bad("pin_file", "either pin or pin_file, not both");
            }
            for prefix in &modem.prefixes {
                // A message remembers the first four digits of its number.
                if !(2..=4).contains(&prefix.len())
                    || !prefix.starts_with('0')
                    || !prefix.bytes().all(|b| b.is_ascii_digit())
                {
                    return bad(
                        "prefixes",
                        &format!("\"{prefix}\": two to four digits from 0, such as \"0812\""),
                    );
                }
            }
        }
        Ok(())
    }

    /// The modems, or the simulated one where none is named.
    pub fn modems(&self) -> Vec<Modem> {
        if self.modems.is_empty() {
            vec![Modem {
                name: "simulasi".to_owned(),
                kind: ModemKind::Simulated,
                port: None,
                baud: usual_baud(),
                pin: None,
                pin_file: None,
                prefixes: Vec::new(),
            }]
        } else {
            self.modems.clone()
        }
    }
}

fn explain(text: &str, error: &toml::de::Error) -> Refusal {
    let line = error.span().map_or(0, |span| line_at(text, span.start));
    let message = error.message();
    let mut quoted = message.split('`').skip(1).step_by(2);
    let unknown = message.starts_with("unknown field") || message.starts_with("unknown variant");
    let key = if unknown {
        quoted.next().unwrap_or_default()
    } else {
        error.span().map_or("", |span| key_before(text, span.start))
    };
    let refusal = bad_at(line, key, message);
    match nearest(key, quoted) {
        Some(near) if unknown => refusal.with("nearest", near),
        _ => refusal,
    }
}

fn bad_at(line: usize, key: &str, cause: &str) -> Refusal {
    Refusal::new("settings-bad")
        .with("file", "sipintar.toml")
        .with("line", line)
        .with("key", key)
        .with("nearest", "")
        .with("cause", cause)
}

fn line_at(text: &str, offset: usize) -> usize {
    1 + text
        .bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
}

/// The key whose value begins at this offset; empty where none does.
fn key_before(text: &str, offset: usize) -> &str {
    let before = text
        .split_at_checked(offset)
        .map_or("", |(before, _)| before);
    let key = before.trim_end_matches(' ').strip_suffix('=');
    key.and_then(|key| {
        key.trim_end()
            .rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))
            .next()
    })
    .unwrap_or_default()
}

fn line_of_key(text: &str, key: &str) -> usize {
    // A key may stand in an inline table in the middle of its line.
    let names = |line: &str| {
        line.split(['=', '{', ',', '[', ']'])
            .any(|word| word.trim() == key)
    };
    1 + text.lines().position(names).unwrap_or(0)
}

fn hours<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hours, D::Error> {
    Hours::parse(&Vec::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Zone, D::Error> {
    let name = String::deserialize(deserializer)?;
    Zone::parse(&name).ok_or_else(|| {
        serde::de::Error::custom(format!(
            "unknown variant `{name}`, expected one of `Asia/Jakarta`, `Asia/Pontianak`, `Asia/Makassar`, `Asia/Jayapura`"
        ))
    })
}

fn lang<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Lang, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "id" => Ok(Lang::Id),
        "en" => Ok(Lang::En),
        other => Err(serde::de::Error::custom(format!(
            "unknown variant `{other}`, expected one of `id`, `en`"
        ))),
    }
}

fn undo_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let seconds = u32::deserialize(deserializer)?;
    if seconds <= 3600 {
        Ok(seconds)
    } else {
        Err(serde::de::Error::custom("0–3600"))
    }
}

fn confirm<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, ConfirmPolicy>, D::Error> {
    let named = BTreeMap::<String, ConfirmPolicy>::deserialize(deserializer)?;
    if let Some(unknown) = named
        .keys()
        .find(|kind| *kind != "default" && SmsKind::parse(kind).is_none())
    {
        let expected = SmsKind::ALL
            .iter()
            .map(|kind| format!("`{}`", kind.as_str()))
            .collect::<Vec<_>>()
            .join(", ");
        return Err(serde::de::Error::custom(format!(
            "unknown field `{unknown}`, expected one of `default`, {expected}"
        )));
    }
    Ok(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_settings_are_read() {
        let settings = Settings::parse(
            r#"
[office]
name = "KPPN Madiun"
zone = "Asia/Jakarta"
service_hours = ["08:00", "15:00"]

[sms]
window = ["00:00", "24:00"]
working_days_only = false
undo_seconds = 0
retry = { attempts = 5, first_seconds = 60, factor = 2 }
confirm = { reply = "auto", broadcast = "two-person", default = "manual" }

[[modem]]
name = "telkomsel-1"
kind = "serial"
port = "/dev/ttyUSB0"
baud = 115200
pin = "1234"
prefixes = ["0811", "0812", "0813"]

[users]
sari = "desk"
budi = { role = "section", section = "VERA" }
wati = "supervisor"

[desk]
lang = "id"
theme = "default"
keymap = "default"
"#,
        )
        .unwrap();
        assert!(settings.sms.window.contains(0) && settings.sms.window.contains(1439));
        assert_eq!(settings.users["budi"].section.as_deref(), Some("VERA"));
        assert_eq!(
            settings.sms.policy(SmsKind::Completed),
            ConfirmPolicy::Manual
        );
        assert_eq!(settings.sms.policy(SmsKind::Reply), ConfirmPolicy::Auto);
        assert_eq!(settings.sms.retry.pause(3), Duration::from_mins(4));
        assert_eq!(Settings::parse("").unwrap(), Settings::default());
    }

    #[test]
    fn a_mistake_is_told_with_line_and_nearest_spelling() {
        let check = |text: &str, line: &str, key: &str, near: &str| {
            let refusal = Settings::parse(text).unwrap_err();
            let arg = |name: &str| refusal.args.get(name).cloned().unwrap_or_default();
            assert_eq!(
                (
                    arg("line").as_str(),
                    arg("key").as_str(),
                    arg("nearest").as_str()
                ),
                (line, key, near),
                "{text:?}: {refusal}"
            );
        };
        check(
            "[sms]\nwindw = [\"08:00\", \"15:00\"]\n",
            "2",
            "windw",
            "window",
        );
        check("[smss]\n", "1", "smss", "sms");
        check("[users]\n\nsari = \"dsk\"\n", "3", "dsk", "desk");
        check(
            "[office]\nzone = \"Asia/Jakata\"\n",
            "2",
            "Asia/Jakata",
            "Asia/Jakarta",
        );
        check(
            "[sms]\nconfirm = { repyl = \"auto\" }\n",
            "2",
            "repyl",
            "reply",
        );
        check(
            "[[modem]]\nname = \"a\"\nkind = \"seriel\"\n",
            "3",
            "seriel",
            "serial",
        );
        check("[sms]\nundo_seconds = \"5\"\n", "2", "undo_seconds", "");
        check("[sms]\n\nretry = { attempts = 0 }\n", "3", "attempts", "");
        check(
            "[[modem]]\nname = \"a\"\nkind = \"simulated\"\nprefixes = [\"08123\"]\n",
            "4",
            "prefixes",
            "",
        );
        check("[sms\n", "1", "", "");
        for text in [
            "[sms]\nwindow = [\"15:00\", \"08:00\"]",
            "[sms]\nwindow = [\"25:00\", \"26:00\"]",
            "[sms]\nundo_seconds = -1",
            "[sms]\nundo_seconds = 100000",
            "[sms\n",
            "[[modem]]\nname = \"a\"\nkind = \"serial\"\n",
            "[[modem]]\nname = \"a\"\nkind = \"simulated\"\n[[modem]]\nname = \"a\"\nkind = \"simulated\"\n",
            "[office]\nname = \"\"",
            "[users]\nbudi = { role = \"section\" }",
        ] {
            assert_eq!(
                Settings::parse(text).unwrap_err().code,
                "settings-bad",
                "{text:?}"
            );
        }
    }
}
