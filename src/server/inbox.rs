//! What people do with incoming messages: answering, assigning, laying aside.

use chrono::{DateTime, Utc};

use super::messages::sms_text;
use super::office::{Office, clean_text};
use crate::ask::{AnswerInbox, AssignInbox, Done, DoneInbox};
use crate::domain::access::{Actor, Role};
use crate::domain::fact::Fact;
use crate::domain::id::{InboxId, SatkerCode, SmsId};
use crate::domain::phone::PhoneNumber;
use crate::domain::refusal::Refusal;
use crate::domain::sms::{SmsKind, SmsState};

/// Messages that one act settles at the most: a batch of thousands of keys makes the store keep much more memory.
const BATCH: usize = 500;

/// What an act on a conversation needs to know of it.
struct Open {
    phone: Option<PhoneNumber>,
    from: String,
    ids: Vec<InboxId>,
    satker: Option<SatkerCode>,
}

impl Office {
    /// Answers by hand. The answer follows the policy of replies; what leaves by itself can be taken back like any other message.
    ///
    /// # Errors
    /// `inbox-unknown`, `inbox-no-phone`, `text-empty`, `text-too-long`, `forbidden`.
    pub fn answer_inbox(
        &self,
        ask: &AnswerInbox,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, SmsId), Refusal> {
        let open = self.open_until(ask.id, actor)?;
        let text = sms_text(&ask.text)?;
        let phone = open
            .phone
            .ok_or_else(|| Refusal::new("inbox-no-phone").with("from", &open.from))?;
        let mut sms = self.draft(SmsKind::Reply, phone, text, actor, now)?;
        if sms.state == SmsState::Queued {
            sms.not_before = Some(self.after_undo(now));
        }
        sms.satker = open.satker;
        let id = sms.id;
        let mut ids = open.ids;
        // Also what was answered before may get another word.
        if ids.is_empty() {
            ids.push(ask.id);
        }
        Ok((
            vec![
                Fact::SmsDrafted { sms: Box::new(sms) },
                Fact::InboxAnswered {
                    ids,
                    sms: id,
                    at: now,
                    by: actor.user.clone(),
                },
            ],
            id,
        ))
    }

    /// Lays aside what waits in a conversation, up to this message.
    ///
    /// # Errors
    /// `inbox-unknown`, `inbox-settled`, `forbidden`.
    pub fn done_inbox(
        &self,
        ask: &DoneInbox,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, Done), Refusal> {
        let open = self.open_until(ask.id, actor)?;
        if open.ids.is_empty() {
            return Err(Refusal::new("inbox-settled").with("id", ask.id));
        }
        let fact = Fact::InboxDone {
            ids: open.ids,
            at: now,
            by: actor.user.clone(),
        };
        Ok((vec![fact], Done {}))
    }

    /// Gives what waits in a conversation to a section.
    ///
    /// # Errors
    /// `inbox-unknown`, `inbox-settled`, `section-unknown`, `forbidden`.
    pub fn assign_inbox(
        &self,
        ask: &AssignInbox,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, Done), Refusal> {
        let mut open = self.open_until(ask.id, actor)?;
        let section = clean_text("section", &ask.section, 14)?.unwrap_or_default();
        let section = self.known_section(&section)?;
        // The whole conversation, also what came after the message that was looked at.
        open.ids = self.waiting_in(ask.id, InboxId(u64::MAX));
        if open.ids.is_empty() {
            return Err(Refusal::new("inbox-settled").with("id", ask.id));
        }
        let fact = Fact::InboxAssigned {
            ids: open.ids,
            section,
            at: now,
            by: actor.user.clone(),
        };
        Ok((vec![fact], Done {}))
    }

    fn open_until(&self, id: InboxId, actor: &Actor) -> Result<Open, Refusal> {
        let unknown = || Refusal::new("inbox-unknown").with("id", id);
        let message = self.store.inbox(id)?.ok_or_else(unknown)?;
        let (phone, section) = {
            let index = self.store.index();
            let thread = index.inbox().thread_with(id).ok_or_else(unknown)?;
            (thread.phone.clone(), thread.section.clone())
        };
        // A clerk of a section deals with what nobody has given to another one.
        if let Some(section) = section.filter(|_| actor.role == Role::Section) {
            Self::require_section(actor, &section)?;
        }
        Ok(Open {
            phone,
            from: message.from,
            ids: self.waiting_in(id, id),
            satker: message.satker,
        })
    }

    fn waiting_in(&self, id: InboxId, until: InboxId) -> Vec<InboxId> {
        let index = self.store.index();
        let thread = index.inbox().thread_with(id);
        thread
            .into_iter()
            .flat_map(|thread| thread.open.range(..=until))
            .take(BATCH)
            .copied()
            .collect()
    }
}
