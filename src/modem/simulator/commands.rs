//! The AT server: what the simulated modem answers to which command.

use std::time::{Duration, Instant};

use super::fault::FaultKind;
use super::network::{Slot, now_there};
use super::state::{Later, Line, Mode, Simulator, Target};
use crate::gsm::pdu::{
    Deliver, IncomingType, from_hex, incoming_type, split_service_centre, to_hex,
};
use crate::modem::at::{fields, unquote};

/// How long the network thinks about a service code.
const USSD_DELAY: Duration = Duration::from_millis(200);
/// `+CME ERROR` codes of 3GPP TS 27.007, 9.2.
const NOT_ALLOWED: u16 = 3;
const NOT_SUPPORTED: u16 = 4;
const NO_SIM: u16 = 10;
const PIN_REQUIRED: u16 = 11;
const PUK_REQUIRED: u16 = 12;
const WRONG_PASSWORD: u16 = 16;

impl Simulator {
    /// One command line.
    pub(super) fn command(&mut self, line: &str, now: Instant) {
        let Some(rest) = line
            .get(..2)
            .filter(|at| at.eq_ignore_ascii_case("AT"))
            .and(line.get(2..))
        else {
            // Not a command: modems say nothing.
            return;
        };
        let command = rest.trim();
        let upper = command.to_ascii_uppercase();
        if self
            .settings
            .refuse
            .iter()
            .any(|refused| upper.starts_with(&refused.to_ascii_uppercase()))
        {
            self.say("ERROR");
            return;
        }
        if !upper.starts_with(['+', '^', '*', '&', '$', '#']) {
            self.basic(&upper);
            return;
        }
        let cut = upper.find(['=', '?']).unwrap_or(upper.len());
        let (name, tail) = upper.split_at_checked(cut).unwrap_or((&upper, ""));
        let value = command
            .get(cut..)
            .and_then(|tail| tail.strip_prefix('='))
            .unwrap_or_default();
        let form = match tail {
            "" => Form::Execute,
            "?" => Form::Read,
            "=?" => Form::Test,
            _ => Form::Set,
        };
        if !self.sim_allows(name) {
            return;
        }
        self.extended(name, form, value, now);
    }

    /// `E0`, `Z`, `V1` and the like, several in one line.
    fn basic(&mut self, commands: &str) {
        if commands.starts_with('Z') || commands.starts_with("&F") {
            self.line = Line {
                echo: self.settings.echo_stuck || self.line.echo,
                ..Line::default()
            };
        } else if commands.contains("E0") {
            self.line.echo = self.settings.echo_stuck;
        } else if commands.contains("E1") || commands == "E" {
            self.line.echo = true;
        } else if commands == "I" {
            self.say("SI PINTAR SIMULASI");
        }
        self.ok();
    }

    fn sim_allows(&mut self, name: &str) -> bool {
        let needs_sim = matches!(
            name,
            "+CMGS"
                | "+CMGW"
                | "+CMSS"
                | "+CMGL"
                | "+CMGR"
                | "+CMGD"
                | "+CPMS"
                | "+CSCA"
                | "+CNUM"
                | "+CIMI"
                | "+CPIN"
                | "+CUSD"
        );
        if !needs_sim {
            return true;
        }
        if !self.settings.sim {
            self.fail(NO_SIM);
            return false;
        }
        if name != "+CPIN" && self.locked {
            self.fail(if self.pin_tries == 0 {
                PUK_REQUIRED
            } else {
                PIN_REQUIRED
            });
            return false;
        }
        true
    }

    fn extended(&mut self, name: &str, form: Form, value: &str, now: Instant) {
        match (name, form) {
            ("+CGMI" | "+GMI", Form::Execute) => self.answer("SI PINTAR"),
            ("+CGMM" | "+GMM", Form::Execute) => self.answer("SIMULASI"),
            ("+CGMR" | "+GMR", Form::Execute) => self.answer("1.0"),
            ("+CGSN" | "+GSN", Form::Execute) => self.answer("350000000000006"),
            ("+CIMI", Form::Execute) => self.answer("510100000000001"),
            ("+CNUM", Form::Execute) => {
                let number = self.in_charset("+628120000000");
                self.answer(&format!("+CNUM: \"\",\"{number}\",145"));
            }
            ("+CMEE", Form::Set) => {
                self.line.errors = number(value);
                self.ok();
            }
            ("+CPIN", Form::Read) => {
                let state = match (self.locked, self.pin_tries) {
                    (false, _) => "READY",
                    (true, 0) => "SIM PUK",
                    (true, _) => "SIM PIN",
                };
                self.answer(&format!("+CPIN: {state}"));
            }
            ("+CPIN", Form::Set) => self.enter_pin(unquote(value)),
            ("+CMGF", Form::Set) => {
                self.line.pdu_mode = number::<u8>(value) == 0;
                self.ok();
            }
            ("+CMGF", Form::Read) => {
                let mode = u8::from(!self.line.pdu_mode);
                self.answer(&format!("+CMGF: {mode}"));
            }
            ("+CSMS", Form::Set) => {
                self.line.service = number(value);
                self.answer("+CSMS: 1,1,1");
            }
            ("+CSMS", Form::Read) => self.answer(&format!("+CSMS: {},1,1,1", self.line.service)),
            ("+CNMI", Form::Set) => self.notify(value),
            ("+CNMI", Form::Read) => {
                let [mode, mt, bm, ds, bfr] = self.line.notify;
                self.answer(&format!("+CNMI: {mode},{mt},{bm},{ds},{bfr}"));
            }
            ("+CNMI", Form::Test) => self.answer("+CNMI: (0-3),(0-3),(0,2,3),(0-2),(0,1)"),
            ("+CPMS", Form::Test) => self.answer("+CPMS: (\"SM\"),(\"SM\"),(\"SM\")"),
            ("+CPMS", Form::Set) => {
                if fields(value).iter().all(|store| unquote(store) == "SM") {
                    let (used, total) = self.room();
                    self.answer(&format!(
                        "+CPMS: {used},{total},{used},{total},{used},{total}"
                    ));
                } else {
                    self.fail_message(302);
                }
            }
            ("+CPMS", Form::Read) => {
                let (used, total) = self.room();
                let one = format!("\"SM\",{used},{total}");
                self.answer(&format!("+CPMS: {one},{one},{one}"));
            }
            ("+CSCA", Form::Read) => {
                let number = self.in_charset(&self.service_centre);
                self.answer(&format!("+CSCA: \"{number}\",145"));
            }
            ("+CSCA", Form::Set) => {
                if let Some(number) = fields(value).first() {
                    self.service_centre = self.plain_text(unquote(number));
                }
                self.ok();
            }
            ("+CSCS", Form::Test) => self.answer("+CSCS: (\"GSM\",\"IRA\",\"UCS2\",\"HEX\")"),
            ("+CSCS", Form::Read) => self.answer(&format!("+CSCS: \"{}\"", self.line.charset)),
            ("+CSCS", Form::Set) => {
                unquote(value).clone_into(&mut self.line.charset);
                self.ok();
            }
            ("+COPS", Form::Read) => {
                let name = match self.line.operator_format {
                    2 => "51010",
                    _ => self.settings.operator.as_str(),
                };
                let name = match self.line.operator_format {
                    2 => name.to_owned(),
                    _ => self.in_charset(name),
                };
                let line = if matches!(self.settings.registration, 1 | 5) {
                    format!("+COPS: 0,{},\"{name}\",2", self.line.operator_format)
                } else {
                    "+COPS: 0".to_owned()
                };
                self.answer(&line);
            }
            ("+COPS", Form::Set) => {
                if let [_, format, ..] = fields(value).as_slice() {
                    self.line.operator_format = number(format);
                }
                self.ok();
            }
            ("+CREG" | "+CGREG" | "+CEREG", Form::Read) => {
                let notices = self.line.registration_notices;
                let place = if notices == 2 {
                    ",\"00A1\",\"0000BEEF\""
                } else {
                    ""
                };
                let line = format!("{name}: {notices},{}{place}", self.settings.registration);
                self.answer(&line);
            }
            ("+CREG", Form::Set) => {
                self.line.registration_notices = number(value);
                self.ok();
            }
            ("+CSQ", Form::Execute) => self.answer("+CSQ: 21,99"),
            ("+CBC", Form::Execute) => self.answer("+CBC: 0,100"),
            ("+CGATT", Form::Read) => self.answer("+CGATT: 1"),
            ("+CPAS", Form::Execute) => self.answer("+CPAS: 0"),
            ("+CFUN", Form::Read) => self.answer("+CFUN: 1"),
            ("+CCLK", Form::Read) => {
                let time = now_there().format("%y/%m/%d,%H:%M:%S+28");
                self.answer(&format!("+CCLK: \"{time}\""));
            }
            ("+CMMS", Form::Set) => {
                self.line.keep_link = number(value);
                self.ok();
            }
            ("+CMMS", Form::Read) => self.answer(&format!("+CMMS: {}", self.line.keep_link)),
            ("+CNMA", _) => {
                if self.line.service == 1 {
                    self.ok();
                } else {
                    self.fail_message(340);
                }
            }
            ("+CUSD", Form::Set) => self.ussd(value, now),
            ("+CMGL", Form::Execute | Form::Set) => self.list(value),
            ("+CMGR", Form::Set) => self.read(number(value)),
            ("+CMGD", Form::Set) => self.delete(value),
            ("+CMGS", Form::Set) => self.prompt(value, false),
            ("+CMGW", Form::Set | Form::Execute) => self.prompt(value, true),
            ("+CMSS", Form::Set) => self.send_stored(value, now),
            ("+CMGF", Form::Test) => self.answer("+CMGF: (0,1)"),
            ("+CMGL", Form::Test) => self.answer("+CMGL: (0-4)"),
            ("+CMGD", Form::Test) => self.answer("+CMGD: (1-50),(0-4)"),
            ("+CMGS" | "+CMGR" | "+CMGW" | "+CMSS" | "+CUSD" | "+CSCA", Form::Test)
            | (
                "+CGREG" | "+CEREG" | "+CSMP" | "+CSDH" | "+CSAS" | "+CFUN" | "+CLIP" | "+CRC"
                | "+CMER" | "+CSSN" | "+CCLK" | "+CUSD",
                Form::Set | Form::Read | Form::Execute,
            ) => self.ok(),
            _ => self.fail(NOT_SUPPORTED),
        }
    }

    fn enter_pin(&mut self, pin: &str) {
        self.pins_entered.push(pin.to_owned());
        if !self.locked {
            self.fail(NOT_ALLOWED);
        } else if self.pin_tries == 0 {
            self.fail(PUK_REQUIRED);
        } else if self.settings.pin.as_deref() == Some(pin) {
            self.locked = false;
            self.pin_tries = 3;
            self.ok();
            self.say("+CPIN: READY");
        } else {
            self.pin_tries -= 1;
            self.fail(WRONG_PASSWORD);
        }
    }

    fn notify(&mut self, value: &str) {
        let mut wanted = self.line.notify;
        for (place, field) in wanted.iter_mut().zip(fields(value)) {
            if !field.is_empty() {
                *place = number(field);
            }
        }
        let [mode, mt, _, ds, _] = wanted;
        if mode > 3 || mt > 3 || ds > 2 {
            self.fail_message(302);
            return;
        }
        self.line.notify = wanted;
        self.ok();
        self.flush_held();
    }

    fn ussd(&mut self, value: &str, now: Instant) {
        self.ok();
        let code = fields(value)
            .get(1)
            .map(|code| unquote(code).to_owned())
            .unwrap_or_default();
        let text = match code.as_str() {
            "" => return,
            "*888#" => "Pulsa Anda Rp25.000 s.d. 31/12/2026".to_owned(),
            other => format!("Kode {other} tidak dikenal"),
        };
        self.schedule(now + USSD_DELAY, Later::Ussd(text));
    }

    fn prompt(&mut self, value: &str, store_only: bool) {
        let target = if self.line.pdu_mode {
            match fields(value).first().and_then(|length| length.parse().ok()) {
                Some(length) if (1..=200).contains(&length) => Target::Length(length),
                _ => return self.refuse_message(304),
            }
        } else {
            Target::Number(
                fields(value)
                    .first()
                    .map(|to| unquote(to).to_owned())
                    .unwrap_or_default(),
            )
        };
        if !store_only {
            self.messages += 1;
            let faults: Vec<FaultKind> = self.faults_of(self.messages).collect();
            for fault in &faults {
                match *fault {
                    FaultKind::NoPrompt => return,
                    FaultKind::UnplugBefore(away) => return self.unplug(away),
                    FaultKind::RefusePrompt(code) => return self.refuse_message(code),
                    _ => {}
                }
            }
            if faults.contains(&FaultKind::PromptLost) {
                self.mode = Mode::Text { target, store_only };
                return;
            }
        }
        self.mode = Mode::Text { target, store_only };
        self.raw(b"\r\n> ");
    }

    fn send_stored(&mut self, value: &str, now: Instant) {
        let index = fields(value).first().map_or(0, |index| number(index));
        let pdu = self.slot(index).map(|slot| slot.pdu.clone());
        let tpdu = pdu
            .as_deref()
            .and_then(|pdu| split_service_centre(pdu).ok())
            .map(|(_, tpdu)| tpdu.to_vec());
        match tpdu {
            Some(tpdu) if incoming_type(&tpdu) == Some(IncomingType::Submit) => {
                self.messages += 1;
                self.transmit(tpdu, "+CMSS", now);
            }
            _ => self.fail_message(321),
        }
    }

    fn list(&mut self, value: &str) {
        let wanted = match unquote(value).to_ascii_uppercase().as_str() {
            "" | "0" | "REC UNREAD" => Some(0),
            "1" | "REC READ" => Some(1),
            "2" | "STO UNSENT" => Some(2),
            "3" | "STO SENT" => Some(3),
            _ => None,
        };
        let mut text = String::new();
        let pdu_mode = self.line.pdu_mode;
        for (index, slot) in (1..).zip(self.slots.iter_mut()) {
            let Some(slot) = slot else { continue };
            if wanted.is_some_and(|state| state != slot.state) {
                continue;
            }
            let entry = if pdu_mode {
                format!(
                    "\r\n+CMGL: {index},{},,{}\r\n{}",
                    slot.state,
                    slot.length(),
                    to_hex(&slot.pdu)
                )
            } else {
                let (head, body) = as_text(slot);
                format!("\r\n+CMGL: {index},{head}\r\n{body}")
            };
            text.push_str(&entry);
            if slot.state == 0 {
                slot.state = 1;
            }
        }
        if !text.is_empty() {
            text += "\r\n";
        }
        self.raw(text.as_bytes());
        self.ok();
    }

    fn read(&mut self, index: usize) {
        let pdu_mode = self.line.pdu_mode;
        let Some(slot) = self.slot(index) else {
            return self.fail_message(321);
        };
        let line = if pdu_mode {
            format!(
                "+CMGR: {},,{}\r\n{}",
                slot.state,
                slot.length(),
                to_hex(&slot.pdu)
            )
        } else {
            let (head, body) = as_text(slot);
            format!("+CMGR: {head}\r\n{body}")
        };
        if slot.state == 0 {
            slot.state = 1;
        }
        self.answer(&line);
    }

    fn delete(&mut self, value: &str) {
        let values = fields(value);
        let index: usize = values.first().map_or(0, |index| number(index));
        let flag: u8 = values.get(1).map_or(0, |flag| number(flag));
        if flag > 0 {
            for place in &mut self.slots {
                let goes = place.as_ref().is_some_and(|slot| match flag {
                    1 => slot.state == 1,
                    2 => matches!(slot.state, 1 | 3),
                    3 => slot.state != 0,
                    _ => true,
                });
                if goes {
                    *place = None;
                }
            }
        } else {
            match index.checked_sub(1).and_then(|at| self.slots.get_mut(at)) {
                Some(place) => *place = None,
                None => return self.fail_message(321),
            }
        }
        self.ok();
        self.flush_held();
    }

    fn slot(&mut self, index: usize) -> Option<&mut Slot> {
        self.slots.get_mut(index.checked_sub(1)?)?.as_mut()
    }

    fn room(&self) -> (usize, usize) {
        (self.slots.iter().flatten().count(), self.slots.len())
    }

    /// Text as `AT+CSCS` wants it: plain, or UCS-2 in hexadecimal.
    pub(super) fn in_charset(&self, text: &str) -> String {
        if self.line.charset != "UCS2" {
            return text.to_owned();
        }
        let octets: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        to_hex(&octets)
    }

    fn plain_text(&self, text: &str) -> String {
        let octets = (self.line.charset == "UCS2")
            .then(|| from_hex(text).ok())
            .flatten();
        octets.map_or_else(
            || text.to_owned(),
            |octets| {
                let (pairs, _) = octets.as_chunks::<2>();
                let units: Vec<u16> = pairs.iter().map(|&pair| u16::from_be_bytes(pair)).collect();
                String::from_utf16_lossy(&units)
            },
        )
    }

    fn answer(&mut self, line: &str) {
        self.say(line);
        self.ok();
    }

    fn ok(&mut self) {
        self.say("OK");
    }

    /// `+CME ERROR`, or plain `ERROR` as long as nobody asked for numbers.
    fn fail(&mut self, code: u16) {
        let words = match code {
            NO_SIM => "SIM not inserted",
            PIN_REQUIRED => "SIM PIN required",
            PUK_REQUIRED => "SIM PUK required",
            WRONG_PASSWORD => "incorrect password",
            NOT_ALLOWED => "operation not allowed",
            _ => "operation not supported",
        };
        match self.line.errors {
            0 => self.say("ERROR"),
            2 => self.say(&format!("+CME ERROR: {words}")),
            _ if self.settings.verbose_errors => self.say(&format!("+CME ERROR: {words}")),
            _ => self.say(&format!("+CME ERROR: {code}")),
        }
    }

    fn fail_message(&mut self, code: u16) {
        self.refuse_message(code);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Execute,
    Read,
    Test,
    Set,
}

fn number<N: std::str::FromStr + Default>(text: &str) -> N {
    text.trim().parse().unwrap_or_default()
}

/// Head and body of a message in text mode.
fn as_text(slot: &Slot) -> (String, String) {
    let state = match slot.state {
        0 => "REC UNREAD",
        1 => "REC READ",
        2 => "STO UNSENT",
        _ => "STO SENT",
    };
    let message = split_service_centre(&slot.pdu)
        .ok()
        .and_then(|(_, tpdu)| Deliver::decode(tpdu).ok());
    let Some(message) = message else {
        return (format!("\"{state}\",\"\",,"), String::new());
    };
    let time = message
        .scts
        .unwrap_or_else(now_there)
        .format("%y/%m/%d,%H:%M:%S+28");
    let body = message.text().unwrap_or_default().to_owned();
    (
        format!("\"{state}\",\"{}\",,\"{time}\"", message.from),
        body,
    )
}
