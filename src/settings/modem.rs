//! `[[modem]]`: what sends and receives.

use serde::Deserialize;

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

pub(super) fn usual_baud() -> u32 {
    115_200
}
