//! Service codes (`*888#`): one at a time, its answer comes unasked (3GPP TS 27.007, 7.15).

use std::time::Instant;

use super::{Session, command};
use crate::gsm::gsm7;
use crate::gsm::pdu::{from_hex, to_hex};
use crate::modem::at::{Exchange, Outcome};
use crate::modem::event::UssdReply;
use crate::modem::settings::Timing;

/// Codes that wait for the line.
const MAX_CODES: usize = 8;

impl Session {
    /// Asks the network. The answer comes from [`Session::next_ussd_reply`].
    pub fn ussd(&mut self, code: &str, now: Instant) {
        let plain = code
            .chars()
            .all(|c| c.is_ascii_digit() || "*#+".contains(c));
        let refusal = if code.is_empty() || !plain || code.len() > 60 {
            Some("a service code has digits, * and # only")
        } else if self.phase != super::Phase::Running || !self.registered {
            Some("the modem is not ready")
        } else if self.ussd_codes.len() >= MAX_CODES {
            Some("too many service codes are waiting")
        } else {
            None
        };
        match refusal {
            // Answers come in the order of the codes, so a refusal may only overtake nothing.
            Some(why) if self.ussd_codes.is_empty() => {
                self.ussd_replies.push_back(Err(why.to_owned()));
            }
            Some(_) => self.ussd_codes.push_back(String::new()),
            None => self.ussd_codes.push_back(code.to_owned()),
        }
        self.advance(now);
    }

    pub(super) fn ussd_exchange(code: &str, packed: bool, timing: &Timing) -> Exchange {
        let code = if packed {
            to_hex(&gsm7::pack(&gsm7::encode(code).unwrap_or_default(), 0))
        } else {
            code.to_owned()
        };
        command(&format!("AT+CUSD=1,\"{code}\",15"), timing.ussd)
    }

    pub(super) fn ussd_done(&mut self, code: String, packed: bool, outcome: Outcome, now: Instant) {
        match outcome {
            // Already answered: the answer may come before the OK.
            Outcome::Ok(_) if self.ussd_codes.front() != Some(&code) => {}
            Outcome::Ok(_) => {
                self.ussd_deadline = Some(now + self.settings.timing.ussd);
            }
            Outcome::Error(_) if !packed => {
                // Some modems take the code only packed into hexadecimal.
                let task = super::Task::Ussd { code, packed: true };
                self.begin(task, now);
            }
            Outcome::Error(error) => self.end_ussd(Err(format!("the modem refused it ({error})"))),
            Outcome::Silence => {
                self.end_ussd(Err("the modem did not answer".to_owned()));
                self.recover("no answer to a service code");
            }
            Outcome::Lost => self.end_ussd(Err("the connection to the modem was lost".to_owned())),
        }
    }

    pub(super) fn ussd_answer(&mut self, status: u8, text: Option<String>, coding: Option<u8>) {
        if self.ussd_codes.is_empty() {
            return; // The operator's own idea.
        }
        let text = text.map(|text| readable(&text, coding)).unwrap_or_default();
        self.end_ussd(match status {
            0..=2 => Ok(UssdReply {
                text,
                waits: status == 1,
            }),
            5 => Err("the network did not answer in time".to_owned()),
            _ => Err("the network does not support it".to_owned()),
        });
    }

    pub(super) fn end_ussd(&mut self, reply: Result<UssdReply, String>) {
        self.ussd_deadline = None;
        if self.ussd_codes.pop_front().is_some() {
            self.ussd_replies.push_back(reply);
        }
        while self.ussd_codes.front().is_some_and(String::is_empty) {
            self.ussd_codes.pop_front();
            self.ussd_replies
                .push_back(Err("the modem was not ready".to_owned()));
        }
    }
}

/// The text of a `+CUSD` line: plain, or hexadecimal of UCS-2 or of packed septets. Modems send
/// hexadecimal without saying so; a plain answer that consists of digits and letters up to F only,
/// with at least one letter, does not occur.
fn readable(text: &str, coding: Option<u8>) -> String {
    let looks_hex = text.len() >= 4
        && text.len().is_multiple_of(2)
        && text.bytes().all(|b| b.is_ascii_hexdigit());
    let ucs2 =
        coding.is_some_and(|coding| coding == 0x11 || coding & 0x0C == 0x08 && coding < 0x80);
    let Some(octets) = looks_hex.then(|| from_hex(text).ok()).flatten() else {
        return text.to_owned();
    };
    if ucs2 {
        let (pairs, _) = octets.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|&pair| u16::from_be_bytes(pair)).collect();
        return String::from_utf16_lossy(&units);
    }
    if text.bytes().any(|b| b.is_ascii_alphabetic()) {
        let septets = gsm7::unpack(&octets, octets.len() * 8 / 7, 0);
        return gsm7::decode(&septets)
            .trim_end_matches(['\r', '@'])
            .to_owned();
    }
    text.to_owned()
}
