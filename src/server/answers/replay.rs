//! Conversations of the past, for the demonstration office: what phones wrote, what the office answered, what people did.
//!
//! Everything is decided as it is on any day, only at the moment when it would have happened.

use chrono::{DateTime, Utc};

use crate::ask::{AnswerInbox, AssignInbox, DoneInbox};
use crate::domain::access::{Actor, Role};
use crate::domain::fact::Fact;
use crate::domain::id::{InboxId, SmsId};
use crate::domain::refusal::Refusal;
use crate::server::office::Office;
use crate::server::replay;

/// Something that happened in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub what: Scene,
}

/// What happened in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scene {
    /// A sender wrote this.
    Wrote {
        /// As the network gave it.
        from: String,
        /// The text.
        text: String,
    },
    /// Somebody answered a sender.
    Answered {
        /// Who wrote.
        from: String,
        /// The answer.
        text: String,
    },
    /// Somebody laid aside what a sender wrote.
    Aside {
        /// Who wrote.
        from: String,
    },
    /// Somebody gave what a sender wrote to a section.
    Given {
        /// Who wrote.
        from: String,
        /// To whom.
        section: String,
    },
    /// A rating was asked for after this notice of completion.
    Asked {
        /// The notice.
        notice: SmsId,
    },
}

impl Office {
    /// What a moment of the past has led to, as it stands now; nothing where the office would not have done it.
    ///
    /// # Errors
    /// Those of the store, and those of what people do with conversations.
    pub(in crate::server) fn replay_talk(&self, moment: &Moment) -> Result<Vec<Fact>, Refusal> {
        let at = moment.at;
        let clerk = Actor {
            user: "sari".to_owned(),
            role: Role::Desk,
            section: None,
        };
        let mut facts = match &moment.what {
            Scene::Wrote { from, text } => {
                self.incoming(from, text, Some(at), replay::MODEM, at)?.0
            }
            Scene::Answered { from, text } => {
                let ask = self.last_of(from).map(|id| AnswerInbox {
                    id,
                    text: text.clone(),
                    key: None,
                });
                match ask {
                    Some(ask) => self.answer_inbox(&ask, &clerk, at)?.0,
                    None => Vec::new(),
                }
            }
            Scene::Aside { from } => match self.last_of(from) {
                Some(id) => self.done_inbox(&DoneInbox { id }, &clerk, at)?.0,
                None => Vec::new(),
            },
            Scene::Given { from, section } => {
                let section = section.clone();
                match self.last_of(from) {
                    Some(id) => {
                        self.assign_inbox(&AssignInbox { id, section }, &clerk, at)?
                            .0
                    }
                    None => Vec::new(),
                }
            }
            Scene::Asked { notice } => self.replay_survey(*notice, at)?,
        };
        for fact in &mut facts {
            if let Fact::SmsDrafted { sms } = fact {
                replay::settle(sms, at);
            }
        }
        Ok(facts)
    }

    fn last_of(&self, from: &str) -> Option<InboxId> {
        let index = self.store.index();
        index.inbox().thread(from)?.messages.last().copied()
    }

    fn replay_survey(&self, notice: SmsId, at: DateTime<Utc>) -> Result<Vec<Fact>, Refusal> {
        let Some(notice) = self.store.sms(notice)? else {
            return Ok(Vec::new());
        };
        let Some(agenda) = notice.letter else {
            return Ok(Vec::new());
        };
        let letter = self.letter(agenda)?;
        let survey = self.survey_after(&letter, &notice, &Actor::system(), at);
        Ok(survey
            .map(|mut sms| {
                sms.id = SmsId(self.store.index().next_sms());
                Fact::SmsDrafted { sms: Box::new(sms) }
            })
            .into_iter()
            .collect())
    }
}
