//! Incoming messages: parts are held until their message is whole, and leave the SIM only when it is on disk.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::Run;
use crate::domain::id::InboxId;
use crate::modem::{ModemCommand, Token};
use crate::server::writer::Pending;
use crate::service::Refusal;
use crate::sms::pdu::Concat;

/// A missing part of an incoming message is waited for this long.
const PARTS_WAIT: Duration = Duration::from_hours(24);

/// Sender, reference and number of parts of a message of several parts.
pub(super) type Whole = (String, u16, u8);

/// The parts of a message that are here, and since when the first one is.
pub(super) struct Parts {
    here: BTreeMap<u8, (String, usize, Token)>,
    since: Instant,
}

/// A message that was handed in to be written down.
pub(super) struct Unwritten {
    pending: Pending<Option<InboxId>>,
    tokens: Vec<(usize, Token)>,
}

impl Parts {
    fn new() -> Self {
        Self {
            here: BTreeMap::new(),
            since: Instant::now(),
        }
    }
}

impl Run {
    /// A message or a part of one came in; it may go from the SIM when it is on disk.
    pub(super) fn message_came(
        &mut self,
        at: usize,
        token: Token,
        from: String,
        text: String,
        sent: Option<DateTime<Utc>>,
        concat: Option<Concat>,
    ) -> Result<(), Refusal> {
        // A part number that its own message does not have is no part of it.
        let part =
            concat.filter(|concat| concat.total > 1 && (1..=concat.total).contains(&concat.seq));
        if let Some(concat) = part {
            let whole = (from, concat.reference, concat.total);
            let parts = self.parts.entry(whole.clone()).or_insert_with(Parts::new);
            parts.here.insert(concat.seq, (text, at, token));
            if parts.here.len() == usize::from(concat.total) {
                self.join(&whole, sent)?;
            }
        } else {
            self.incoming(at, from, text, sent, vec![(at, token)])?;
        }
        Ok(())
    }

    /// Takes in what is here of a message of several parts, with a mark where one is missing.
    fn join(&mut self, whole: &Whole, sent: Option<DateTime<Utc>>) -> Result<(), Refusal> {
        let Some(parts) = self.parts.remove(whole) else {
            return Ok(());
        };
        let (from, _, total) = whole;
        let text: String = (1..=*total)
            .map(|number| {
                parts
                    .here
                    .get(&number)
                    .map_or("[...]", |(text, _, _)| text.as_str())
            })
            .collect();
        let line = parts.here.values().next().map_or(0, |(_, line, _)| *line);
        let tokens = parts
            .here
            .into_values()
            .map(|(_, line, token)| (line, token))
            .collect();
        self.incoming(line, from.clone(), text, sent, tokens)
    }

    /// A part that has not come within a day will not come; what is here must not fill the SIM for ever. How long until the next is due.
    pub(super) fn give_up_parts(&mut self) -> Option<Duration> {
        let late: Vec<Whole> = self
            .parts
            .iter()
            .filter(|(_, parts)| parts.since.elapsed() >= PARTS_WAIT)
            .map(|(whole, _)| whole.clone())
            .collect();
        for whole in late {
            if let Err(refusal) = self.join(&whole, None) {
                tracing::error!(%refusal, "an incomplete message was not written down");
            }
        }
        self.settle();
        self.parts
            .values()
            .map(|parts| PARTS_WAIT.saturating_sub(parts.since.elapsed()))
            .min()
    }

    /// Hands a message in to be written down; [`Run::settle`] waits for it. What these tokens name may go from the SIM then.
    pub(super) fn incoming(
        &mut self,
        at: usize,
        from: String,
        text: String,
        sent: Option<DateTime<Utc>>,
        tokens: Vec<(usize, Token)>,
    ) -> Result<(), Refusal> {
        let modem = self
            .lines
            .get(at)
            .map(|line| line.settings.name.clone())
            .unwrap_or_default();
        let pending = self
            .writer
            .hand_in(&self.system, None, move |office, now| {
                office.incoming(&from, &text, sent, &modem, now)
            })?;
        self.unwritten.push(Unwritten { pending, tokens });
        Ok(())
    }

    /// Waits until what came in is on disk, and tells the modems so.
    pub(super) fn settle(&mut self) {
        for Unwritten { pending, tokens } in std::mem::take(&mut self.unwritten) {
            match pending.wait() {
                Ok(_) => {
                    for (line, token) in tokens {
                        self.stored(line, token);
                    }
                }
                // It stays on the SIM, and comes again when the modem is opened anew.
                Err(refusal) => {
                    tracing::error!(%refusal, "an incoming message was not written down")
                }
            }
        }
    }

    pub(super) fn stored(&self, at: usize, token: Token) {
        if let Some(line) = self.lines.get(at) {
            line.command(ModemCommand::Stored(token));
        }
    }
}
