//! Lines into meaning: parameters, and what a modem says without being asked.

/// What arrived without being asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsolicited {
    /// `+CMTI`: a message lies in the named store.
    Stored {
        /// `SM`, `ME` …
        store: String,
        /// Its place there.
        index: u16,
    },
    /// `+CMT`: a message, with its PDU in hexadecimal.
    Message(String),
    /// `+CDSI`: a status report lies in the named store.
    ReportStored {
        /// Usually `SR`.
        store: String,
        /// Its place there.
        index: u16,
    },
    /// `+CDS`: a status report, with its PDU in hexadecimal.
    Report(String),
    /// `+CREG`: the registration state, numbers as in TS 27.007, 7.2.
    Registration(u8),
    /// `+CUSD`: an answer to a service code.
    Ussd {
        /// 0 done, 1 the network waits for an answer, 2 ended by the network, 3 another client has
        /// answered, 4 not supported, 5 network time-out.
        status: u8,
        /// As sent, still in the form that `coding` tells.
        text: Option<String>,
        /// Coding scheme of TS 23.038, 5.
        coding: Option<u8>,
    },
    /// The store of messages is full.
    StorageFull,
    /// Something happened to the messages, but not what (`+CIEV`, a damaged `+CMTI`).
    Indicator,
    /// The modem has started anew, or its SIM changed its mind.
    Restarted,
    /// A `+CMGS` that nobody waits for any more: the network did take that message.
    LateReference(u8),
}

/// Splits the part behind the colon at commas outside quotes; values keep their quotes.
pub fn fields(line: &str) -> Vec<&str> {
    let mut rest = line.split_once(':').map_or(line, |(_, rest)| rest).trim();
    let mut found = Vec::new();
    loop {
        let mut quoted = false;
        let cut = rest.find(|c| {
            quoted ^= c == '"';
            c == ',' && !quoted
        });
        let Some((field, tail)) = cut.and_then(|at| rest.split_at_checked(at)) else {
            found.push(rest.trim());
            return found;
        };
        found.push(field.trim());
        rest = tail.strip_prefix(',').unwrap_or(tail);
    }
}

/// A value without its quotes.
pub fn unquote(field: &str) -> &str {
    field.trim().trim_matches('"')
}

/// The state in `+CREG: …`, whether it was asked for (`n,stat,…`) or not (`stat,…`): a second
/// field that is a bare number makes it an answer.
pub fn registration_state(line: &str) -> Option<u8> {
    let fields = fields(line);
    let second = fields.get(1).and_then(|second| second.parse().ok());
    second.or_else(|| fields.first()?.parse().ok())
}

/// Whether a `+CREG` line is one that was not asked for.
fn is_registration_notice(line: &str) -> bool {
    fields(line)
        .get(1)
        .is_none_or(|second| second.starts_with('"'))
}

/// What the lines that announce a PDU on the next line are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Announced {
    Message,
    Report,
}

/// A line that comes unasked.
pub(super) enum Notice {
    Complete(Unsolicited),
    PduFollows(Announced),
    /// Known and of no interest (`RING`, `^RSSI`, …).
    Ignored,
}

/// `None` for a line that is not known to come unasked.
pub(super) fn notice(line: &str) -> Option<Notice> {
    let place = || {
        let fields = fields(line);
        Some((
            unquote(fields.first()?).to_owned(),
            fields.get(1)?.parse().ok()?,
        ))
    };
    let head = line.split([':', ' ', ',', '=']).next().unwrap_or(line);
    let what = match head {
        "+CMTI" => place().map_or(Unsolicited::Indicator, |(store, index)| {
            Unsolicited::Stored { store, index }
        }),
        "+CDSI" => place().map_or(Unsolicited::Indicator, |(store, index)| {
            Unsolicited::ReportStored { store, index }
        }),
        "+CMT" => return Some(Notice::PduFollows(Announced::Message)),
        "+CDS" => return Some(Notice::PduFollows(Announced::Report)),
        "+CREG" if is_registration_notice(line) => {
            Unsolicited::Registration(registration_state(line)?)
        }
        "+CUSD" => {
            let fields = fields(line);
            Unsolicited::Ussd {
                status: fields
                    .first()
                    .and_then(|status| status.parse().ok())
                    .unwrap_or(4),
                text: fields.get(1).map(|text| unquote(text).to_owned()),
                coding: fields.get(2).and_then(|coding| coding.parse().ok()),
            }
        }
        "+CIEV" if line.to_ascii_uppercase().contains("SMSFULL") => Unsolicited::StorageFull,
        "^SMMEMFULL" | "+SMSFULL" | "^SMSFULL" => Unsolicited::StorageFull,
        "+CIEV" => Unsolicited::Indicator,
        "+CMGS" => Unsolicited::LateReference(fields(line).first()?.parse().ok()?),
        "RDY" | "^SYSSTART" | "*ATREADY" | "+CPIN" | "^SIMST" => Unsolicited::Restarted,
        "RING" | "+CRING" | "+CLIP" | "+CBM" | "+CCWA" | "+CSSI" | "+CSSU" | "+CGEV" | "+CTZV"
        | "+CTZE" | "+CTZDST" | "+CGREG" | "+CEREG" | "+QIND" | "+QUSIM" | "+CFUN" | "+PBREADY"
        | "+PSUTTZ" | "+PSNWID" | "DST" | "Call" | "SMS" | "PB" => return Some(Notice::Ignored),
        // Makers' own notices: Huawei ^…, Qualcomm and Sony Ericsson *….
        _ if line.starts_with(['^', '*']) => return Some(Notice::Ignored),
        _ => return None,
    };
    Some(Notice::Complete(what))
}
