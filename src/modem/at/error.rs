//! What a modem's refusal means for us. Codes: 3GPP TS 27.005, 3.2.5 (`+CMS ERROR`, of which 0 to
//! 127 are the causes of TS 24.011, E-2 and 128 to 255 those of TS 23.040, 9.2.3.22) and
//! TS 27.007, 9.2 (`+CME ERROR`).

use serde::{Deserialize, Serialize};

/// What to do about a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorClass {
    /// The network or the SIM cannot now: the same message may work later.
    RetryLater,
    /// This message to this number will not work however often it is sent.
    NeverWorks,
    /// The modem, its SIM or its subscription needs attention; another modem may send the message.
    ModemTrouble,
    /// The modem did not say.
    Unknown,
}

/// A final result other than `OK`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[error("{text}")]
pub struct AtError {
    /// The numeric code, where the modem gave one (or words that stand for one).
    pub code: Option<u16>,
    /// The line as the modem sent it.
    pub text: String,
    /// What to do about it.
    pub class: ErrorClass,
}

const CME_SIM_BUSY: u16 = 14;
const CMS_SIM_BUSY: u16 = 314;
const CMS_MEMORY_FULL: u16 = 322;
const CMS_NO_NETWORK: u16 = 331;
/// The modem gave up waiting for the network's answer, so the network may have the message.
const CMS_NETWORK_TIMEOUT: u16 = 332;

impl AtError {
    /// Reads a final result line; `None` when the line is no refusal.
    pub fn parse(line: &str) -> Option<Self> {
        let (code, class) = if let Some(rest) = line.strip_prefix("+CMS ERROR") {
            let code = number(rest).or_else(|| code_of(rest, CMS_WORDS));
            (code, code.map_or(ErrorClass::Unknown, cms_class))
        } else if let Some(rest) = line.strip_prefix("+CME ERROR") {
            let code = number(rest).or_else(|| code_of(rest, CME_WORDS));
            (code, code.map_or(ErrorClass::Unknown, cme_class))
        } else {
            match line {
                "ERROR" | "COMMAND NOT SUPPORT" | "NOT SUPPORT" | "TOO MANY PARAMETERS" => {
                    (None, ErrorClass::Unknown)
                }
                "NO CARRIER" | "NO ANSWER" | "NO DIALTONE" | "BUSY" => {
                    (None, ErrorClass::RetryLater)
                }
                _ => return None,
            }
        };
        Some(Self {
            code,
            text: line.to_owned(),
            class,
        })
    }

    /// Whether the error says that no SIM can be used: none, broken, or the wrong one.
    pub fn is_no_sim(&self) -> bool {
        self.is_cme(&[10, 13, 15]) || self.is_cms(&[310, 313, 315])
    }

    /// Whether the SIM only needs a moment.
    pub fn is_sim_busy(&self) -> bool {
        self.is_cme(&[CME_SIM_BUSY]) || self.is_cms(&[CMS_SIM_BUSY])
    }

    /// Whether the store of messages is full.
    pub fn is_memory_full(&self) -> bool {
        self.is_cms(&[CMS_MEMORY_FULL])
    }

    /// Whether the modem is not registered.
    pub fn is_no_network(&self) -> bool {
        self.is_cms(&[CMS_NO_NETWORK])
    }

    /// Whether the message may have been taken all the same.
    pub fn leaves_doubt(&self) -> bool {
        self.is_cms(&[CMS_NETWORK_TIMEOUT])
    }

    fn is_cme(&self, codes: &[u16]) -> bool {
        self.text.starts_with("+CME") && self.code.is_some_and(|code| codes.contains(&code))
    }

    fn is_cms(&self, codes: &[u16]) -> bool {
        self.text.starts_with("+CMS") && self.code.is_some_and(|code| codes.contains(&code))
    }
}

fn number(rest: &str) -> Option<u16> {
    rest.trim_start_matches(':').trim().parse().ok()
}

fn code_of(rest: &str, words: &[(&str, u16)]) -> Option<u16> {
    let spoken = rest
        .trim_start_matches(':')
        .trim()
        .to_ascii_lowercase()
        .replace("(u)", "");
    words
        .iter()
        .find(|(text, _)| *text == spoken)
        .map(|(_, code)| *code)
}

fn cms_class(code: u16) -> ErrorClass {
    match code {
        // Unassigned number, transfer rejected, invalid message and its relatives, failures that
        // name this message's protocol, coding or address, wrong PDU or text parameters.
        1 | 21 | 81 | 95..=97 | 128..=159 | 176 | 177 | 195 | 198 | 304 | 305 => {
            ErrorClass::NeverWorks
        }
        // Barring and subscription of our own SIM; the modem, the SIM, its store, its settings.
        8 | 10 | 28..=30 | 50 | 69 | 300..=303 | 310..=313 | 315..=318 | 320..=322 | 330 | 340 => {
            ErrorClass::ModemTrouble
        }
        // Out of order, congestion, no resources, time-outs; 500 ("unknown error") is what most
        // modems say for any trouble on the air.
        17
        | 22
        | 27
        | 38
        | 41
        | 42
        | 47
        | 98
        | 99
        | 111
        | 127
        | 160
        | 161
        | 175
        | 192..=194
        | 196
        | 197
        | 208..=213
        | 255
        | 314
        | 331
        | 332
        | 500 => ErrorClass::RetryLater,
        _ => ErrorClass::Unknown,
    }
}

fn cme_class(code: u16) -> ErrorClass {
    match code {
        CME_SIM_BUSY | 30 | 31 | 100 => ErrorClass::RetryLater,
        0..=29 | 32 | 40..=48 => ErrorClass::ModemTrouble,
        _ => ErrorClass::Unknown,
    }
}

/// Verbose spellings (after `AT+CMEE=2`, or on modems that know no other), without "(U)".
const CMS_WORDS: &[(&str, u16)] = &[
    ("unassigned (unallocated) number", 1),
    ("unassigned number", 1),
    ("operator determined barring", 8),
    ("call barred", 10),
    ("short message transfer rejected", 21),
    ("destination out of service", 27),
    ("destination out of order", 27),
    ("unidentified subscriber", 28),
    ("facility rejected", 29),
    ("unknown subscriber", 30),
    ("network out of order", 38),
    ("temporary failure", 41),
    ("congestion", 42),
    ("resources unavailable, unspecified", 47),
    ("resources unavailable", 47),
    ("requested facility not subscribed", 50),
    ("requested facility not implemented", 69),
    ("me failure", 300),
    ("sms service of me reserved", 301),
    ("sms me reserved", 301),
    ("operation not allowed", 302),
    ("operation not supported", 303),
    ("invalid pdu mode parameter", 304),
    ("invalid text mode parameter", 305),
    ("sim not inserted", 310),
    ("sim pin required", 311),
    ("sim pin necessary", 311),
    ("ph-sim pin required", 312),
    ("sim failure", 313),
    ("sim busy", 314),
    ("sim wrong", 315),
    ("sim puk required", 316),
    ("memory failure", 320),
    ("invalid memory index", 321),
    ("memory full", 322),
    ("smsc address unknown", 330),
    ("no network service", 331),
    ("no network", 331),
    ("network timeout", 332),
    ("no +cnma acknowledgement expected", 340),
    ("unknown error", 500),
];

const CME_WORDS: &[(&str, u16)] = &[
    ("phone failure", 0),
    ("no connection to phone", 1),
    ("operation not allowed", 3),
    ("operation not supported", 4),
    ("sim not inserted", 10),
    ("sim pin required", 11),
    ("sim pin necessary", 11),
    ("sim puk required", 12),
    ("sim puk necessary", 12),
    ("sim failure", 13),
    ("sim busy", CME_SIM_BUSY),
    ("sim wrong", 15),
    ("incorrect password", 16),
    ("memory full", 20),
    ("invalid index", 21),
    ("not found", 22),
    ("memory failure", 23),
    ("no network service", 30),
    ("network timeout", 31),
    ("network not allowed - emergency calls only", 32),
    ("emergency calls only", 32),
    ("unknown", 100),
    ("unknown error", 100),
];
