//! Messages, outgoing and incoming.

use super::{changes, looks};
use crate::ask::{
    AnswerInbox, AssignInbox, Broadcast, BroadcastReport, BulkOutcome, ConfirmBeyond, ConfirmSms,
    Done, DoneInbox, DraftSms, EditSms, GetSatisfaction, HoldSending, ListConversations,
    ListFailures, ListInbox, ListRepairs, ListSms, OutlineSms, PreviewBroadcast, PreviewConfirm,
    RejectSms, ResendSms, ResumeSending, SettleSms, ShowConversation, ShowSms, SmsRow, UndoSms,
    WithdrawSms,
};
use crate::domain::access::Actor;
use crate::domain::fact::Fact;
use crate::domain::id::SmsId;
use crate::domain::refusal::Refusal;
use crate::domain::request_key::RequestKey;
use crate::server::broadcast;
use crate::server::connection::Shared;
use crate::server::office::Office;

looks! {
    ListSms, |ask, office, _, _| office.list_sms(&ask);
    ShowSms, |ask, office, _, now| office.show_sms(ask.id, now);
    OutlineSms, |ask, office, _, _| office.outline_sms(&ask);
    PreviewConfirm, |ask, office, who, now| office.preview_confirm(&ask.which, who, now);
    PreviewBroadcast, |ask, office, who, _| office.preview_broadcast(&ask.audience, &ask.text, who);
    ListFailures, |ask, office, _, now| office.list_failures(&ask, now);
    ListRepairs, |ask, office, _, _| office.list_repairs(&ask);
    ListInbox, |ask, office, _, _| office.list_inbox(&ask);
    ListConversations, |ask, office, _, _| office.list_conversations(&ask);
    ShowConversation, |ask, office, _, _| office.show_conversation(&ask);
    GetSatisfaction, |ask, office, _, _| office.satisfaction(&ask);
}

changes! {
    ConfirmSms => BulkOutcome,
        |ask, office, who, now| office.confirm(&ask.which, false, who, now),
        |done, _, _| Ok(done);
    ConfirmBeyond => BulkOutcome,
        |ask, office, who, now| office.confirm(&ask.which, true, who, now),
        |done, _, _| Ok(done);
    RejectSms => BulkOutcome,
        |ask, office, who, now| office.reject(&ask.which, &ask.reason, who, now),
        |done, _, _| Ok(done);
    EditSms => SmsId,
        |ask, office, who, now| office.edit(&ask, who, now),
        |id, office, _| office.sms_row(id);
    UndoSms => BulkOutcome,
        |ask, office, who, now| office.undo(&ask.which, who, now),
        |done, _, _| Ok(done);
    ResendSms => BulkOutcome,
        |ask, office, who, now| office.resend(&ask.which, who, now),
        |done, _, _| Ok(done);
    SettleSms => BulkOutcome,
        |ask, office, who, now| office.settle(&ask.which, ask.state, who, now),
        |done, _, _| Ok(done);
    WithdrawSms => BulkOutcome,
        |ask, office, who, now| office.withdraw_sms(&ask.which, &ask.reason, who, now),
        |done, _, _| Ok(done);
    HoldSending => Done,
        |ask, office, who, now| office.hold_sending(&ask.reason, who, now),
        |done, _, _| Ok(done);
    ResumeSending => Done,
        |_ask, office, who, now| office.resume_sending(who, now),
        |done, _, _| Ok(done);
    DoneInbox => Done,
        |ask, office, who, now| office.done_inbox(&ask, who, now),
        |done, _, _| Ok(done);
    AssignInbox => Done,
        |ask, office, who, now| office.assign_inbox(&ask, who, now),
        |done, _, _| Ok(done);
}

/// Requests with a key that draft one message.
macro_rules! drafts {
    ($($name:ident, $decide:ident;)+) => {
        $(impl super::Change for $name {
            type Made = SmsId;

            fn key(&self) -> Option<&str> {
                self.key.as_deref()
            }

            fn again(about: &str, _office: &Office) -> Result<SmsId, Refusal> {
                about.parse().map_err(|_| Refusal::new("key-reused"))
            }

            fn decide(
                self,
                office: &Office,
                who: &Actor,
                now: chrono::DateTime<chrono::Utc>,
            ) -> Result<(Vec<Fact>, SmsId), Refusal> {
                office.$decide(&self, who, now)
            }

            fn told(
                id: SmsId,
                office: &Office,
                _now: chrono::DateTime<chrono::Utc>,
            ) -> Result<SmsRow, Refusal> {
                office.sms_row(id)
            }
        })+
    };
}

drafts! {
    DraftSms, draft_by_hand;
    AnswerInbox, answer_inbox;
}

impl super::Steps for Broadcast {
    fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    fn run(
        self,
        shared: &Shared,
        who: &Actor,
        key: Option<RequestKey>,
    ) -> Result<BroadcastReport, Refusal> {
        broadcast::draft(shared, &self, key.as_ref(), who)
    }
}
