//! Asking for a rating after a service is complete.

use chrono::{DateTime, Utc};

use super::reply::Reply;
use crate::domain::access::Actor;
use crate::domain::id::SmsId;
use crate::domain::letter::Letter;
use crate::domain::sms::{Sms, SmsKind};
use crate::server::office::Office;

impl Office {
    /// The request for a rating that goes with the notice of completion; none where this service is not among those chosen, or the
    /// phone wants no notices.
    pub(in crate::server) fn survey_after(
        &self,
        letter: &Letter,
        notice: &Sms,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Option<Sms> {
        let agenda = letter.agenda;
        if !self.settings.survey.chooses(agenda.serial) || self.opted_out(&notice.to) {
            return None;
        }
        let reply = Reply::new("nilai-minta").with("agenda", self.agenda_text(agenda, now));
        let drafted = self
            .render(&reply)
            .and_then(|text| self.draft(SmsKind::Survey, notice.to.clone(), text, actor, now));
        match drafted {
            Ok(mut sms) => {
                sms.id = SmsId(notice.id.0 + 1);
                sms.satker = notice.satker;
                sms.role = notice.role;
                sms.letter = Some(agenda);
                Some(sms)
            }
            Err(refusal) => {
                tracing::warn!(%refusal, %agenda, "no request for a rating");
                None
            }
        }
    }
}
