//! What Kannel is asked, and what its answers mean (User's Guide of Kannel 1.4.5, "Using the HTTP interface to send SMS messages").

use std::fmt::Write as _;
use std::io;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::KannelSettings;
use super::client::Reply;
use crate::gsm::pdu::Concat;
use crate::gsm::segment::Encoding;
use crate::modem::at::ErrorClass;
use crate::modem::event::{ModemState, Refusal};
use crate::modem::job::SendJob;

/// All kinds of reports: delivered 1, not delivered 2, queued there 4, taken by the service centre 8, refused by it 16.
const ALL_REPORTS: &str = "31";

/// What one request hands over: the whole message, or a part of which the others went another way.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// The parts in it.
    pub(super) parts: Vec<u8>,
    text: String,
    encoding: Encoding,
    concat: Option<Concat>,
}

impl Piece {
    /// The pieces of a job.
    pub(super) fn of(job: &SendJob) -> Vec<Self> {
        let Some(first) = job.parts.first() else {
            return Vec::new();
        };
        if job.is_whole() {
            return vec![Self {
                parts: job.parts.iter().map(|part| part.number).collect(),
                text: job.text.clone(),
                encoding: first.segment.encoding,
                concat: None,
            }];
        }
        let single = |part: &crate::modem::job::Part| Self {
            parts: vec![part.number],
            text: part.segment.text.clone(),
            encoding: part.segment.encoding,
            concat: part.segment.concat,
        };
        job.parts.iter().map(single).collect()
    }

    /// Path and query that hand it over.
    pub(super) fn target(&self, job: &SendJob, settings: &KannelSettings) -> String {
        let coding = match self.encoding {
            Encoding::Gsm7 => "0",
            Encoding::Ucs2 => "2",
        };
        // 0 stands for all parts.
        let part = self.concat.map_or(0, |concat| concat.seq);
        let report = format!(
            "http://{}/report?sms={}&try={}&part={part}&key={}&type=%d&words=%A",
            settings.listen,
            job.id,
            job.attempt,
            report_key(&settings.token, job.id, job.attempt, part)
        );
        let mut target = start(settings);
        add(&mut target, "to", &job.to);
        if let Some(from) = &settings.from {
            add(&mut target, "from", from);
        }
        if let Some(smsc) = &settings.smsc {
            add(&mut target, "smsc", smsc);
        }
        add(&mut target, "charset", "UTF-8");
        add(&mut target, "coding", coding);
        add(&mut target, "dlr-mask", ALL_REPORTS);
        add(&mut target, "dlr-url", &report);
        if let Some(concat) = self.concat {
            let [high, low] = concat.reference.to_be_bytes();
            // 3GPP TS 23.040, 9.2.3.24.1 and 9.2.3.24.8.
            let header = if concat.bits == 8 {
                vec![5, 0, 3, low, concat.total, concat.seq]
            } else {
                vec![6, 8, 4, high, low, concat.total, concat.seq]
            };
            target.push_str("&udh=");
            for byte in header {
                // Writing to a string cannot fail.
                let _ = write!(target, "%{byte:02X}");
            }
        }
        add(&mut target, "text", &self.text);
        target
    }
}

/// A message to nobody: Kannel checks the user first, then misses the recipient.
pub(super) fn look(settings: &KannelSettings) -> String {
    start(settings)
}

fn start(settings: &KannelSettings) -> String {
    let rest = settings.url.strip_prefix("http://").unwrap_or_default();
    let path = rest.split_once('/').map_or("", |(_, path)| path);
    let mut target = format!("/{path}?");
    add(&mut target, "username", &settings.username);
    add(&mut target, "password", &settings.password);
    target
}

fn add(target: &mut String, key: &str, value: &str) {
    if !target.ends_with('?') {
        target.push('&');
    }
    target.push_str(key);
    target.push('=');
    target.extend(utf8_percent_encode(value, NON_ALPHANUMERIC));
}

/// Proves that a report is about a message that we gave away with it. Nobody can guess it, and from it nobody learns the token.
pub(super) fn report_key(token: &str, job: u64, attempt: u32, part: u8) -> String {
    let secret = format!("report {token} {job} {attempt} {part} {token}");
    let mut key = String::with_capacity(32);
    for byte in Sha256::digest(secret.as_bytes()).iter().take(16) {
        let _ = write!(key, "{byte:02x}");
    }
    key
}

/// What became of a piece.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Kannel has it.
    Accepted,
    /// Kannel says that it has not.
    Refused(Refusal),
    /// It certainly has not, and the fault is not the message's.
    Away(ModemState, String),
    /// Nobody knows.
    Unknown(String),
}

/// What an answer to a message means. What is not certain is unknown.
pub(super) fn outcome(url: &str, reply: Reply) -> Outcome {
    let (status, text) = match reply {
        Reply::Answer { status, text } => (status, text),
        Reply::NotReached(error) => return Outcome::Away(ModemState::Unplugged, away(&error)),
        Reply::Silent(error) => {
            return Outcome::Unknown(format!("no answer from Kannel ({})", plain(&error)));
        }
    };
    let refused = |class| {
        Outcome::Refused(Refusal {
            class,
            code: Some(status),
            text: format!("Kannel: HTTP {status} {text}"),
            handed_over: true,
        })
    };
    match status {
        202 => Outcome::Accepted,
        401 => Outcome::Away(ModemState::Denied, denied(&text)),
        403 if text.starts_with("Authorization") => {
            Outcome::Away(ModemState::Denied, denied(&text))
        }
        300..=399 | 404 | 405 | 407 | 501 => {
            Outcome::Away(ModemState::WrongPort, wrong(url, status, &text))
        }
        // "Temporal failure, try again later": its words for a full queue and a missing bearerbox.
        408 | 429 | 503 => refused(ErrorClass::RetryLater),
        // The settings want a sender; another modem may send it.
        400 if text.starts_with("Sender missing") => refused(ErrorClass::ModemTrouble),
        400..=499 => refused(ErrorClass::NeverWorks),
        _ => Outcome::Unknown(format!("Kannel: HTTP {status} {text}")),
    }
}

/// What an answer to [`look`] means.
pub(super) fn found(url: &str, reply: Reply) -> (ModemState, String) {
    match reply {
        Reply::Answer { status: 400, .. } => (ModemState::Ready, String::new()),
        Reply::Answer {
            status: 401 | 403,
            text,
        } => (ModemState::Denied, denied(&text)),
        Reply::Answer { status, text } if status >= 500 && status != 501 => (
            ModemState::Hung,
            format!("Kannel is in trouble: HTTP {status} {text}"),
        ),
        Reply::Answer { status, text } => (ModemState::WrongPort, wrong(url, status, &text)),
        Reply::NotReached(error) => (ModemState::Unplugged, away(&error)),
        Reply::Silent(error) => (
            ModemState::Hung,
            format!(
                "smsbox takes the connection and does not answer ({})",
                plain(&error)
            ),
        ),
    }
}

pub(super) fn away(error: &io::Error) -> String {
    format!(
        "smsbox cannot be reached ({}): is Kannel running?",
        plain(error)
    )
}

/// Without the number that the system's words end in.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

fn denied(text: &str) -> String {
    format!("Kannel refuses username and password of the settings: {text}")
}

fn wrong(url: &str, status: u16, text: &str) -> String {
    let text: String = text.chars().take(60).collect();
    format!("{url} is no sendsms of Kannel (HTTP {status} {text})")
}
