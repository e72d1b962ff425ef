//! The audit trail, read from the journal.

use crate::ask::{AuditPage, AuditRow, ListAudit};
use crate::domain::refusal::Refusal;
use crate::journal;
use crate::server::office::Office;

/// Entries of the journal that one look into the audit trail goes through at the most.
const AUDIT_READ: u64 = 200_000;

impl Office {
    /// The audit trail, newest first.
    ///
    /// # Errors
    /// Those of the journal.
    pub fn list_audit(&self, ask: &ListAudit) -> Result<AuditPage, Refusal> {
        let limit = ask.limit.clamp(1, super::PAGE_MAX) as usize;
        let mut page = AuditPage::default();
        let mut failed = None;
        let mut read = 0;
        journal::read_backwards(&self.journal_dir, ask.before.unwrap_or(0), |entry| {
            read += 1;
            if ask.since.is_some_and(|since| entry.time < since) {
                return false;
            }
            if page.rows.len() >= limit || read > AUDIT_READ {
                page.next_before = Some(entry.seq + 1);
                return false;
            }
            let about = entry.fact.about();
            let wanted = ask.actor.as_ref().is_none_or(|actor| *actor == entry.actor)
                && ask
                    .about
                    .as_ref()
                    // The kind of fact too: what a repair left out bears the number and time of another journal.
                    .is_none_or(|wanted| entry.fact.concerns(wanted) || entry.fact.name() == wanted)
                // What is being typed is nobody's business until it is saved.
                && !matches!(entry.fact.name(), "draft-kept" | "draft-dropped");
            if wanted {
                match serde_json::to_value(&entry.fact) {
                    Ok(detail) => page.rows.push(AuditRow {
                        seq: entry.seq,
                        time: self.local(entry.time),
                        actor: entry.actor,
                        fact: entry.fact.name().to_owned(),
                        about,
                        detail,
                    }),
                    Err(error) => {
                        failed = Some(error);
                        return false;
                    }
                }
            }
            true
        })?;
        match failed {
            Some(error) => Err(Refusal::new("internal").with("cause", error)),
            None => Ok(page),
        }
    }
}
