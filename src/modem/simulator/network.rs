//! The network behind the simulated modem: takes messages, answers, reports, delivers.

use std::time::{Duration, Instant};

use chrono::{DateTime, FixedOffset, Utc};
use serde::Serialize;

use super::fault::FaultKind;
use super::state::{Later, ReportRoute, Simulator, Target};
use crate::gsm::pdu::{
    Address, Deliver, StatusReport, Submit, from_hex, split_service_centre, to_hex,
    with_service_centre,
};
use crate::gsm::segment::{ReferenceWidth, split};

/// West Indonesian time, in seconds east.
const WIB_SECONDS: i32 = 7 * 3600;
/// How long a line may stop in its middle.
const HALF_LINE: Duration = Duration::from_millis(400);
/// Between two bytes of an answer that trickles in.
const BETWEEN_BYTES: Duration = Duration::from_millis(10);

/// A message that the network took: what tests count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Accepted {
    /// When.
    pub time: DateTime<FixedOffset>,
    /// To whom.
    pub to: String,
    /// What it says; empty for binary data.
    pub text: String,
    /// TP-MR that was given.
    pub reference: u8,
    /// Part and number of parts of a longer message.
    pub part: Option<(u8, u8)>,
}

/// A place on the SIM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    /// 0 unread, 1 read, 2 unsent, 3 sent.
    pub state: u8,
    /// With service centre.
    pub pdu: Vec<u8>,
}

impl Slot {
    /// Octets behind the service centre, as the heads of answers name them.
    pub fn length(&self) -> usize {
        split_service_centre(&self.pdu).map_or(0, |(_, tpdu)| tpdu.len())
    }
}

pub(super) fn now_there() -> DateTime<FixedOffset> {
    FixedOffset::east_opt(WIB_SECONDS).map_or_else(
        || Utc::now().fixed_offset(),
        |zone| Utc::now().with_timezone(&zone),
    )
}

impl Simulator {
    /// `Ctrl-Z`: the text of a message is complete.
    pub(super) fn text_entered(
        &mut self,
        target: &Target,
        text: &str,
        store_only: bool,
        now: Instant,
    ) {
        let tpdu = match target {
            Target::Length(length) => from_hex(text.trim()).ok().and_then(|pdu| {
                let (_, tpdu) = split_service_centre(&pdu).ok()?;
                (tpdu.len() == *length).then(|| tpdu.to_vec())
            }),
            Target::Number(number) => split(text.trim_end(), 0, ReferenceWidth::Bits8)
                .ok()
                .and_then(|parts| Submit::encode(number, parts.first()?, false, None, 0).ok()),
        };
        let Some(tpdu) = tpdu.filter(|tpdu| Submit::decode(tpdu).is_ok()) else {
            self.refuse_message(304);
            return;
        };
        if store_only {
            let pdu = with_service_centre(None, &tpdu).unwrap_or_default();
            match self.put(Slot { state: 2, pdu }) {
                Some(index) => {
                    self.say(&format!("+CMGW: {index}"));
                    self.say("OK");
                }
                None => self.refuse_message(322),
            }
            return;
        }
        self.transmit(tpdu, "+CMGS", now);
    }

    /// Hands a message to the network; the answer comes after the latency.
    pub(super) fn transmit(&mut self, tpdu: Vec<u8>, command: &'static str, now: Instant) {
        let number = self.messages;
        self.be_busy();
        let due = now + self.settings.latency;
        self.schedule(
            due,
            Later::Answer {
                tpdu,
                number,
                command,
            },
        );
    }

    pub(super) fn network_answers(
        &mut self,
        tpdu: &[u8],
        number: u32,
        command: &str,
        now: Instant,
    ) {
        let faults: Vec<FaultKind> = self.faults_of(number).collect();
        if let Some(refusal) = self.refusal(&faults, now) {
            self.refuse_message(refusal);
            return;
        }
        for fault in &faults {
            match *fault {
                FaultKind::Silence => return,
                FaultKind::Hang { accepted: false } => return self.hang(),
                FaultKind::HangUntilReset => return self.hang_until_reset(),
                FaultKind::Unplug {
                    accepted: false,
                    away,
                } => return self.unplug(away),
                _ => {}
            }
        }
        let reference = self.accept(tpdu, &faults, now);
        for fault in &faults {
            match *fault {
                FaultKind::AnswerLost => return,
                FaultKind::Hang { .. } => return self.hang(),
                FaultKind::Unplug { away, .. } => return self.unplug(away),
                FaultKind::DamagedReference => {
                    return self.raw(b"\r\n+CM\xffS:\x00 \x8e\r\n\r\nOK\r\n");
                }
                FaultKind::Garbage => self.raw(b"\x00\xff~}\x8az#\r\n\xfe\x80~"),
                FaultKind::HalfLine => self.slow_down(6, usize::MAX, HALF_LINE, now),
                FaultKind::ByteByByte => self.slow_down(1, 1, BETWEEN_BYTES, now),
                _ => {}
            }
        }
        self.say(&format!("{command}: {reference}"));
        self.say("OK");
    }

    /// The code by which this message is refused, if it is.
    fn refusal(&mut self, faults: &[FaultKind], now: Instant) -> Option<u16> {
        for fault in faults {
            match *fault {
                FaultKind::Error(code) => return Some(code),
                FaultKind::NoNetwork(time) => {
                    self.register(2);
                    self.schedule(now + time, Later::Network);
                }
                FaultKind::NoSim(time) => {
                    self.insert_sim(false);
                    self.schedule(now + time, Later::Sim);
                }
                _ => {}
            }
        }
        if !self.settings.sim {
            return Some(310);
        }
        (!matches!(self.settings.registration, 1 | 5)).then_some(331)
    }

    /// The network has the message.
    fn accept(&mut self, tpdu: &[u8], faults: &[FaultKind], now: Instant) -> u8 {
        self.reference = self.reference.wrapping_add(1);
        let reference = self.reference;
        let Ok(submit) = Submit::decode(tpdu) else {
            return reference;
        };
        let to = submit.to.to_string();
        self.accepted.push(Accepted {
            time: now_there(),
            to: to.clone(),
            text: submit.data.text().unwrap_or_default().to_owned(),
            reference,
            part: submit.data.concat.map(|concat| (concat.seq, concat.total)),
        });
        if submit.status_report {
            self.promise_report(reference, &to, faults, now);
        }
        reference
    }

    fn promise_report(&mut self, reference: u8, to: &str, faults: &[FaultKind], now: Instant) {
        self.reports += 1;
        let every = self.settings.lose_report_every;
        let mut status = self.settings.report_status;
        let mut due = now + self.settings.report_delay;
        let mut again = None;
        let mut lost = every != 0 && self.reports.is_multiple_of(every);
        for fault in faults {
            match *fault {
                FaultKind::NoReport => lost = true,
                FaultKind::LateReport(time) => due += time,
                FaultKind::DoubleReport(time) => again = Some(due + time),
                FaultKind::Report(wanted) => status = wanted,
                FaultKind::EarlyReport => return self.report(reference, to, status),
                _ => {}
            }
        }
        if lost {
            return;
        }
        for due in [Some(due), again].into_iter().flatten() {
            let to = to.to_owned();
            self.schedule(
                due,
                Later::Report {
                    reference,
                    to,
                    status,
                },
            );
        }
    }

    pub(super) fn report(&mut self, reference: u8, to: &str, status: u8) {
        let Ok(recipient) = Address::parse(to) else {
            return;
        };
        let time = Some(now_there());
        let report = StatusReport {
            reference,
            recipient,
            scts: time,
            discharge: time,
            status,
        };
        let pdu =
            with_service_centre(Some(&self.service_centre), &report.encode()).unwrap_or_default();
        self.arrive(pdu);
    }

    /// A message from a telephone (or, with letters, from a name).
    pub fn incoming(&mut self, from: &str, text: &str) {
        let from = Address::parse(from).unwrap_or_else(|_| Address::Alphanumeric(from.to_owned()));
        self.incoming_reference = self.incoming_reference.wrapping_add(1);
        let Ok(parts) = split(
            text,
            u16::from(self.incoming_reference),
            ReferenceWidth::Bits8,
        ) else {
            return;
        };
        for part in parts {
            let Ok(tpdu) = Deliver::encode(&from, &now_there(), &part) else {
                return;
            };
            let pdu = with_service_centre(Some(&self.service_centre), &tpdu).unwrap_or_default();
            self.arrive(pdu);
        }
    }

    /// Any PDU from the network, with service centre: a message or a status report.
    pub fn arrive(&mut self, pdu: Vec<u8>) {
        let is_report = split_service_centre(&pdu)
            .is_ok_and(|(_, tpdu)| tpdu.first().is_some_and(|first| first & 0b11 == 0b10));
        if is_report {
            self.held_reports.push_back(pdu);
        } else {
            self.held_messages.push_back(pdu);
        }
        self.flush_held();
    }

    /// Gives out what waited for room on the SIM or for somebody who listens. Where the first of a kind finds no room, none does.
    pub(super) fn flush_held(&mut self) {
        while let Some(pdu) = self.held_reports.pop_front() {
            if !self.give_report(&pdu) {
                self.held_reports.push_front(pdu);
                break;
            }
        }
        while let Some(pdu) = self.held_messages.pop_front() {
            if !self.give_message(&pdu) {
                self.held_messages.push_front(pdu);
                break;
            }
        }
    }

    fn give_report(&mut self, pdu: &[u8]) -> bool {
        let [_, _, _, ds, _] = self.line.notify;
        if self.settings.reports == ReportRoute::Stored || ds == 2 {
            let Some(index) = self.put(Slot {
                state: 0,
                pdu: pdu.to_vec(),
            }) else {
                return false;
            };
            self.say(&format!("+CDSI: \"SM\",{index}"));
            return true;
        }
        if ds == 0 || !self.listening() {
            return false;
        }
        let length = split_service_centre(pdu).map_or(0, |(_, tpdu)| tpdu.len());
        self.raw(format!("\r\n+CDS: {length}\r\n{}\r\n", to_hex(pdu)).as_bytes());
        true
    }

    fn give_message(&mut self, pdu: &[u8]) -> bool {
        let [_, mt, ..] = self.line.notify;
        if mt == 2 && self.listening() {
            let length = split_service_centre(pdu).map_or(0, |(_, tpdu)| tpdu.len());
            self.raw(format!("\r\n+CMT: ,{length}\r\n{}\r\n", to_hex(pdu)).as_bytes());
            return true;
        }
        let Some(index) = self.put(Slot {
            state: 0,
            pdu: pdu.to_vec(),
        }) else {
            return false;
        };
        if mt == 1 {
            self.say(&format!("+CMTI: \"SM\",{index}"));
        }
        true
    }

    /// Puts a message into the first free place; gives its index, from 1.
    pub(super) fn put(&mut self, slot: Slot) -> Option<usize> {
        let at = self.slots.iter().position(Option::is_none)?;
        *self.slots.get_mut(at)? = Some(slot);
        Some(at + 1)
    }

    pub(super) fn refuse_message(&mut self, code: u16) {
        let words = match code {
            331 => "no network service",
            322 => "memory full",
            310 => "SIM not inserted",
            304 => "invalid PDU mode parameter",
            321 => "invalid memory index",
            42 => "congestion",
            _ => "unknown error",
        };
        if self.settings.verbose_errors {
            self.say(&format!("+CMS ERROR: {words}"));
        } else {
            self.say(&format!("+CMS ERROR: {code}"));
        }
    }
}
