//! Delivery reports: matched to a message, or kept a while when they overtake the answer that names their reference.

use super::Run;
use crate::domain::fact::Fact;
use crate::domain::id::SmsId;
use crate::domain::phone::PhoneNumber;
use crate::domain::refusal::Refusal;
use crate::modem::Token;
use crate::server::reports::Meant;

/// A report that is not written down yet.
pub(super) struct Early {
    pub(super) line: usize,
    pub(super) token: Token,
    pub(super) reference: u8,
    pub(super) recipient: String,
    pub(super) status: u8,
    pub(super) delivered: bool,
    /// Messages to this phone that were in flight when it came: it may be about one of them. Each job ends, so it waits for no other.
    pub(super) awaits: Vec<SmsId>,
}

impl Run {
    /// The messages in flight that a report for this recipient may be about.
    pub(super) fn in_flight_to(&self, recipient: &str) -> Vec<SmsId> {
        let to = PhoneNumber::parse(recipient).map(|(phone, _)| phone).ok();
        let jobs = self.lines.iter().filter_map(|line| line.job.as_ref());
        jobs.filter(|job| to.as_ref().is_none_or(|to| *to == job.to))
            .map(|job| job.id)
            .collect()
    }

    /// Writes a report down, or keeps it until what it may be about is known.
    pub(super) fn report(&mut self, mut early: Early) {
        let flying = self.in_flight_to(&early.recipient);
        early.awaits.retain(|id| flying.contains(id));
        let (reference, status, delivered) = (early.reference, early.status, early.delivered);
        let (recipient, awaits) = (early.recipient.clone(), early.awaits.clone());
        let meant = self.writer.commit(&self.system, None, move |office, now| {
            let meant = office.report(reference, &recipient, status, delivered, &awaits, now)?;
            let facts = match &meant {
                Meant::Part(fact) => vec![Fact::clone(fact)],
                Meant::Nothing | Meant::NotKnownYet => Vec::new(),
            };
            Ok((facts, meant))
        });
        match meant {
            Ok(Meant::Part(_)) => self.stored(early.line, early.token),
            Ok(Meant::Nothing) => {
                tracing::info!(reference, "a delivery report belongs to no message of ours");
                self.stored(early.line, early.token);
            }
            Ok(Meant::NotKnownYet) => self.early.push(early),
            Err(refusal) => self.not_stored(early.line, early.token, &refusal),
        }
    }

    /// The answer to something that was in flight is known: looks again at the reports that waited for it.
    pub(super) fn retry_early(&mut self) {
        for early in std::mem::take(&mut self.early) {
            self.report(early);
        }
    }

    /// Something that came in is not on disk: the modem keeps it, and tells it again later.
    pub(super) fn not_stored(&self, at: usize, token: Token, refusal: &Refusal) {
        tracing::error!(%refusal, "what came in was not written down; the modem keeps it and tells it again");
        if let Some(line) = self.lines.get(at) {
            line.command(crate::modem::ModemCommand::NotStored(token));
        }
    }
}
