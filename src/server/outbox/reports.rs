//! Delivery reports: matched to a message, or kept a while when they overtake the answer that names their reference.

use std::time::{Duration, Instant};

use super::Run;
use crate::modem::Token;
use crate::service::Refusal;

/// A report may come before the answer that names its reference; then it waits this long at the most.
const EARLY_REPORT: Duration = Duration::from_secs(30);

/// A report that nothing is known about yet.
pub(super) struct Early {
    pub(super) line: usize,
    pub(super) token: Token,
    pub(super) reference: u8,
    pub(super) recipient: String,
    pub(super) status: u8,
    pub(super) delivered: bool,
    pub(super) since: Instant,
}

impl Run {
    pub(super) fn report(&mut self, early: Early) -> Result<(), Refusal> {
        let (reference, recipient, status, delivered) = (
            early.reference,
            early.recipient.clone(),
            early.status,
            early.delivered,
        );
        let matched = self.writer.commit(&self.system, None, move |office, now| {
            let facts = office.report(reference, &recipient, status, delivered, now)?;
            let matched = !facts.is_empty();
            Ok((facts, matched))
        })?;
        let in_flight = self.lines.iter().any(|line| line.job.is_some());
        if matched || !in_flight {
            if !matched {
                tracing::info!(
                    reference = early.reference,
                    "a delivery report belongs to no message of ours"
                );
            }
            self.stored(early.line, early.token);
        } else {
            self.early.push(early);
        }
        Ok(())
    }

    pub(super) fn retry_early(&mut self) {
        for early in std::mem::take(&mut self.early) {
            if early.since.elapsed() > EARLY_REPORT {
                self.stored(early.line, early.token);
            } else if let Err(refusal) = self.report(early) {
                tracing::error!(%refusal, "a delivery report was not written down; the modem keeps it");
            }
        }
    }
}
