//! `[[modem]]`: what sends and receives.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use serde::Deserialize;

use super::mistake::{Step, bad_at, is_said, line_of};
use crate::domain::refusal::Refusal;
use crate::domain::typed;

/// What kind of modem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModemKind {
    /// A GSM modem on a serial port.
    Serial,
    /// The built-in one.
    Simulated,
    /// The SMS gateway Kannel, over HTTP.
    Kannel,
}

impl ModemKind {
    /// The written form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Serial => "serial",
            Self::Simulated => "simulated",
            Self::Kannel => "kannel",
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
    /// Serial: path of the port; `/dev/serial/by-id/…` survives re-plugging.
    pub port: Option<String>,
    /// Serial: bits per second.
    #[serde(default = "usual_baud")]
    pub baud: u32,
    /// Serial: PIN of the SIM …
    pub pin: Option<String>,
    /// … or a file that holds it, read each time the SIM asks: a corrected one needs no restart.
    pub pin_file: Option<PathBuf>,
    /// Serial: the dialogue with the modem is written to `log/modem-NAME.log`, with numbers, texts and PIN hidden.
    #[serde(default)]
    pub log: bool,
    /// Numbers that begin so prefer this modem (`0812`).
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// SMS (each part counts) that it may send in any minute, 1 to 6,000; no limit where it is not said.
    pub per_minute: Option<u32>,
    /// Kannel: where its smsbox takes messages, such as `http://127.0.0.1:13013/cgi-bin/sendsms`.
    pub url: Option<String>,
    /// Kannel: name of a `sendsms-user`.
    pub username: Option<String>,
    /// Kannel: its password …
    pub password: Option<String>,
    /// … or a file that holds it.
    pub password_file: Option<PathBuf>,
    /// Kannel: the sender that recipients see; Kannel's own default where it is not said.
    pub from: Option<String>,
    /// Kannel: the `smsc-id` to send by; Kannel chooses where it is not said.
    pub smsc: Option<String>,
    /// Kannel: where the server listens for delivery reports and incoming messages, such as `127.0.0.1:13014`.
    pub listen: Option<SocketAddr>,
    /// Kannel: the addresses that may connect there; this machine only where it is not said.
    #[serde(default)]
    pub allow: Vec<IpAddr>,
    /// Kannel: seconds that it may take to answer, 1 to 60. After that the outcome of the message is uncertain.
    #[serde(default = "usual_timeout")]
    pub timeout_seconds: u32,
}

fn usual_baud() -> u32 {
    115_200
}

fn usual_timeout() -> u32 {
    10
}

/// Keys that mean something for one kind only.
const SERIAL_ONLY: [&str; 5] = ["port", "baud", "pin", "pin_file", "log"];
const KANNEL_ONLY: [&str; 9] = [
    "url",
    "username",
    "password",
    "password_file",
    "from",
    "smsc",
    "listen",
    "allow",
    "timeout_seconds",
];

impl Modem {
    /// A modem of this kind with everything else as usual.
    pub fn new(name: impl Into<String>, kind: ModemKind) -> Self {
        Self {
            name: name.into(),
            kind,
            port: None,
            baud: usual_baud(),
            pin: None,
            pin_file: None,
            log: false,
            prefixes: Vec::new(),
            per_minute: None,
            url: None,
            username: None,
            password: None,
            password_file: None,
            from: None,
            smsc: None,
            listen: None,
            allow: Vec::new(),
            timeout_seconds: usual_timeout(),
        }
    }

    /// Where it is: path of a port, or URL.
    pub fn place(&self) -> Option<&str> {
        match self.kind {
            ModemKind::Serial => self.port.as_deref(),
            ModemKind::Kannel => self.url.as_deref(),
            ModemKind::Simulated => None,
        }
    }
}

/// What is wrong with the modems, if anything is; `text` is the file, for the line.
pub(super) fn check(modems: &[Modem], text: &str) -> Result<(), Refusal> {
    for (at, modem) in modems.iter().enumerate() {
        let bad = |key: &str, cause: &str| {
            let way = [Step::Key("modem"), Step::Item(at), Step::Key(key)];
            bad_at(line_of(text, &way), key, cause)
        };
        if modem.name.trim().is_empty() {
            return Err(bad("name", "a modem needs a name"));
        }
        if modem.name.chars().any(typed::is_unfit) {
            return Err(bad("name", "a name without control characters"));
        }
        if modems.iter().take(at).any(|other| other.name == modem.name) {
            let cause = format!("two modems are named \"{}\"", modem.name);
            return Err(bad("name", &cause));
        }
        for (kind, keys) in [
            (ModemKind::Serial, SERIAL_ONLY.as_slice()),
            (ModemKind::Kannel, KANNEL_ONLY.as_slice()),
        ] {
            // The simulated modem may be the real one's stand-in for a while: its settings stay.
            if modem.kind == kind || modem.kind == ModemKind::Simulated {
                continue;
            }
            for key in keys {
                if is_said(text, &[Step::Key("modem"), Step::Item(at), Step::Key(key)]) {
                    let cause = format!("only for kind = \"{}\"", kind.as_str());
                    return Err(bad(key, &cause));
                }
            }
        }
        if modem.kind == ModemKind::Serial && modem.port.is_none() {
            let cause = format!(
                "modem \"{}\": kind = \"serial\" needs port = \"/dev/…\"",
                modem.name
            );
            return Err(bad("modem", &cause));
        }
        if modem.pin.is_some() && modem.pin_file.is_some() {
            return Err(bad("pin_file", "either pin or pin_file, not both"));
        }
        for prefix in &modem.prefixes {
            // A message remembers the first four digits of its number.
            if !(2..=4).contains(&prefix.len())
                || !prefix.starts_with('0')
                || !prefix.bytes().all(|b| b.is_ascii_digit())
            {
                let cause = format!("\"{prefix}\": two to four digits from 0, such as \"0812\"");
                return Err(bad("prefixes", &cause));
            }
        }
        let limit = modem.per_minute.unwrap_or(1);
        if !(1..=6000).contains(&limit) {
            return Err(bad("per_minute", "1–6000"));
        }
        if modem.kind == ModemKind::Kannel {
            kannel(modem).map_err(|(key, cause)| bad(key, &cause))?;
            let listens =
                |other: &Modem| other.kind == ModemKind::Kannel && other.listen == modem.listen;
            if modems.iter().take(at).any(listens) {
                return Err(bad("listen", "another modem listens there"));
            }
        }
    }
    Ok(())
}

/// What is wrong with the settings of a gateway: key and cause.
fn kannel(modem: &Modem) -> Result<(), (&'static str, String)> {
    let missing = |example: &str| {
        let cause = format!(
            "modem \"{}\": kind = \"kannel\" needs {example}",
            modem.name
        );
        Err(("modem", cause))
    };
    let Some(url) = &modem.url else {
        return missing("url = \"http://127.0.0.1:13013/cgi-bin/sendsms\"");
    };
    let host = url
        .strip_prefix("http://")
        .map(|rest| rest.split('/').next().unwrap_or_default());
    let printable = url.bytes().all(|b| b.is_ascii_graphic());
    if !printable
        || url.contains(['?', '#', '@'])
        || host.is_none_or(|host| host.is_empty() || host.starts_with(':'))
    {
        return Err((
            "url",
            format!("\"{url}\": http://HOST:PORT/cgi-bin/sendsms, without user, ? and https"),
        ));
    }
    if modem.username.is_none() {
        return missing("username = \"…\"");
    }
    match (&modem.password, &modem.password_file) {
        (None, None) => return missing("password_file = \"…\""),
        (Some(_), Some(_)) => {
            let cause = "either password or password_file, not both";
            return Err(("password_file", cause.to_owned()));
        }
        _ => {}
    }
    let Some(listen) = modem.listen else {
        return missing("listen = \"127.0.0.1:13014\"");
    };
    if listen.port() == 0 || listen.ip().is_unspecified() {
        let cause = "one address of this machine with a port, such as \"127.0.0.1:13014\"";
        return Err(("listen", cause.to_owned()));
    }
    if !listen.ip().is_loopback() && modem.allow.is_empty() {
        let cause = "others could reach this address: say who may, allow = [\"10.0.0.7\"]";
        return Err(("listen", cause.to_owned()));
    }
    if !(1..=60).contains(&modem.timeout_seconds) {
        return Err(("timeout_seconds", "1–60".to_owned()));
    }
    let long = |text: &Option<String>| {
        text.as_ref().is_some_and(|text| {
            text.is_empty() || text.len() > 60 || text.chars().any(char::is_control)
        })
    };
    for (key, value) in [
        ("username", &modem.username),
        ("password", &modem.password),
        ("from", &modem.from),
        ("smsc", &modem.smsc),
    ] {
        if long(value) {
            return Err((key, "1–60 characters".to_owned()));
        }
    }
    Ok(())
}
