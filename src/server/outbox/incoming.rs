//! Incoming messages: each, and each part of one, leaves the SIM when it is on disk.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::Run;
use crate::gsm::pdu::Concat;
use crate::modem::{ModemCommand, Token};
use crate::server::office::Office;
use crate::server::writer::Pending;

/// A message that was handed in to be written down.
pub(super) struct Unwritten {
    pending: Pending<()>,
    at: usize,
    token: Token,
}

impl Run {
    /// Hands in a message or a part of one to be written down; [`Run::settle`] waits for it.
    pub(super) fn message_came(
        &mut self,
        at: usize,
        token: Token,
        from: String,
        text: String,
        sent: Option<DateTime<Utc>>,
        concat: Option<Concat>,
    ) {
        let modem = self
            .lines
            .get(at)
            .map(|line| line.settings.name.clone())
            .unwrap_or_default();
        // A part number that its own message does not have is no part of it.
        let part =
            concat.filter(|concat| concat.total > 1 && (1..=concat.total).contains(&concat.seq));
        let pending = self.writer.hand_in(&self.system, None, move |office, now| {
            if let Some(part) = part {
                return office.incoming_part(&from, part, &text, sent, &modem, now);
            }
            let (facts, _) = office.incoming(&from, &text, sent, &modem, now)?;
            Ok((facts, ()))
        });
        match pending {
            Ok(pending) => self.unwritten.push(Unwritten { pending, at, token }),
            Err(refusal) => self.not_stored(at, token, &refusal),
        }
    }

    /// Waits until what came in is on disk, and tells the modems so.
    pub(super) fn settle(&mut self) {
        for Unwritten { pending, at, token } in std::mem::take(&mut self.unwritten) {
            match pending.wait() {
                Ok(()) => self.stored(at, token),
                Err(refusal) => self.not_stored(at, token, &refusal),
            }
        }
    }

    /// Shows messages whose other parts have not come within a day. How long until the next is due.
    pub(super) fn give_up_parts(&self) -> Option<Duration> {
        loop {
            let due = self.office.parts_due()?;
            let wait = due - self.office.clock.now();
            if let Ok(wait) = wait.to_std()
                && !wait.is_zero()
            {
                return Some(self.office.clock.wait(wait));
            }
            let shown = self
                .writer
                .commit(&self.system, None, Office::give_up_parts);
            match shown {
                Ok(true) => {}
                // The writer's clock is a little behind ours.
                Ok(false) => return Some(Duration::from_secs(1)),
                Err(refusal) => {
                    tracing::error!(%refusal, "an incomplete message was not written down");
                    return Some(Duration::from_mins(1));
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
