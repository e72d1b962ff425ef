//! What became true, in full. Facts are what the journal keeps; the store is only a view of them.
//!
//! Facts grow only by optional fields (`#[serde(default)]`), so that a journal of any age can be read.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::calendar::Holiday;
use super::deadline::{Owner, Terms};
use super::id::{AgendaNo, InboxId, ObligationId, SatkerCode, SmsId};
use super::letter::{Letter, LetterState};
use super::parts::PartsKey;
use super::period::Period;
use super::phone::PhoneNumber;
use super::satker::{BudgetRow, Satker};
use super::sms::{Encoding, PartOutcome, Sms};

/// One thing that became true.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "kebab-case")]
pub enum Fact {
    /// The demonstration office was loaded; real gateways refuse its phones.
    DemoLoaded {
        /// Seed it was made from.
        seed: u64,
    },
    /// A satker is new, or something about it changed.
    SatkerSaved {
        /// As it is now.
        satker: Satker,
    },
    /// A participant moved to another stage of its programme.
    StageReached {
        /// Who.
        satker: SatkerCode,
        /// Id of the stage; empty when the last one was left.
        stage: String,
        /// Year at whose end its milestones are due.
        year: u16,
        /// Why, where milestones of the stage before were not met.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// When.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
    },
    /// Budget figures of a satker on a date.
    BudgetSaved {
        /// As it is now.
        row: BudgetRow,
    },
    /// A letter came in.
    LetterRegistered {
        /// As registered.
        letter: Box<Letter>,
    },
    /// A letter went on inside the office: dispositioned, started, waiting, resumed, handed over.
    LetterMoved {
        /// Which.
        agenda: AgendaNo,
        /// The state reached.
        state: LetterState,
        /// When.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
        /// Remark.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        /// The section that works on it now, where that changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        section: Option<String>,
        /// Promised completion after a stop of the clock, where that changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target: Option<DateTime<Utc>>,
    },
    /// A letter reached an end: completed, returned, rejected, void.
    LetterEnded {
        /// Which.
        agenda: AgendaNo,
        /// `completed`, `returned`, `rejected` or `void`.
        state: LetterState,
        /// When.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
        /// Reason (required for all but completion) or remark.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        /// Fields known only at the end.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        fields: BTreeMap<String, String>,
    },
    /// A message was drafted.
    SmsDrafted {
        /// As drafted; already `queued` where its policy is `auto`.
        sms: Box<Sms>,
    },
    /// A person changed the text of a waiting message.
    SmsEdited {
        /// Which.
        id: SmsId,
        /// The new text.
        text: String,
        /// Its alphabet.
        encoding: Encoding,
        /// Its parts.
        parts: u8,
        /// When.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
    },
    /// A person confirmed a message.
    SmsConfirmed {
        /// Which.
        id: SmsId,
        /// When.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
        /// End of the undo window; none while a second person must still confirm.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        not_before: Option<DateTime<Utc>>,
    },
    /// A queued message was taken back to `waiting`.
    SmsUndone {
        /// Which.
        id: SmsId,
        /// When.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
    },
    /// A message will not be sent: rejected by a person, withdrawn with its reason, or expired.
    SmsDropped {
        /// Which.
        id: SmsId,
        /// `rejected`, `withdrawn` or `expired`.
        state: super::sms::SmsState,
        /// When.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
        /// Why.
        reason: String,
    },
    /// A message is about to be handed to a modem; on disk before the first byte that could make the network accept it.
    SmsSending {
        /// Which.
        id: SmsId,
        /// Name of the modem.
        modem: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// The network accepted one part.
    SmsPartAccepted {
        /// Which.
        id: SmsId,
        /// Part number, from 1.
        part: u8,
        /// TP-MR; none when the modem's line was damaged.
        reference: Option<u8>,
        /// When.
        at: DateTime<Utc>,
    },
    /// The network accepted the last part.
    SmsSent {
        /// Which.
        id: SmsId,
        /// When.
        at: DateTime<Utc>,
    },
    /// An attempt was refused and another one will follow.
    SmsDeferred {
        /// Which.
        id: SmsId,
        /// `+CMS ERROR` or `+CME ERROR`, if there was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<u16>,
        /// In words.
        text: String,
        /// When.
        at: DateTime<Utc>,
        /// Next attempt not before.
        not_before: DateTime<Utc>,
    },
    /// A modem gave a message back untouched, because it went away before its turn. That is no attempt.
    SmsGivenBack {
        /// Which.
        id: SmsId,
        /// When.
        at: DateTime<Utc>,
    },
    /// Refused for good.
    SmsFailed {
        /// Which.
        id: SmsId,
        /// `+CMS ERROR` or `+CME ERROR`, if there was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<u16>,
        /// In words.
        text: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// Silence after the text was handed over: nobody knows whether the network has it.
    SmsUncertain {
        /// Which.
        id: SmsId,
        /// What happened.
        text: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// A delivery report settled one part.
    SmsReported {
        /// Which.
        id: SmsId,
        /// Part number, from 1.
        part: u8,
        /// `delivered` or `undelivered`.
        outcome: PartOutcome,
        /// TP-ST, 3GPP TS 23.040 clause 9.2.3.15.
        status: u8,
        /// What a gateway said instead of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        words: Option<String>,
        /// When.
        at: DateTime<Utc>,
    },
    /// A person said what became of an uncertain message.
    SmsSettled {
        /// Which.
        id: SmsId,
        /// `sent` or `failed`.
        state: super::sms::SmsState,
        /// When.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
    },
    /// A person had a message sent again.
    SmsResent {
        /// Which.
        id: SmsId,
        /// When.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
        /// End of the undo window.
        not_before: DateTime<Utc>,
    },
    /// Somebody stopped all sending.
    SendingHeld {
        /// When.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
        /// Why.
        reason: String,
    },
    /// Sending goes on.
    SendingResumed {
        /// When.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
    },
    /// An SMS came in.
    InboxReceived {
        /// As received.
        message: super::inbox::InboxMessage,
    },
    /// A part of a longer message came in, and is kept until the others come.
    InboxPartKept {
        /// Of which message.
        of: PartsKey,
        /// Its number.
        part: u8,
        /// Its text.
        text: String,
        /// When the network took it.
        sent: Option<DateTime<Utc>>,
        /// The modem that it came in by.
        modem: String,
        /// When it came.
        at: DateTime<Utc>,
    },
    /// Parts are shown as a message from now on, whole or not.
    InboxPartsShown {
        /// Of which message.
        of: PartsKey,
        /// As which.
        id: InboxId,
    },
    /// Parts are remembered no longer.
    InboxPartsForgotten {
        /// Of which message.
        of: PartsKey,
    },
    /// Parts that were missing from a message came: a person reads it again.
    InboxCompleted {
        /// Which.
        id: InboxId,
        /// Its text now.
        text: String,
        /// Why a person reads it: `incomplete` while more is missing, else `completed`.
        note: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// A person answered incoming messages.
    InboxAnswered {
        /// Which.
        ids: Vec<InboxId>,
        /// With this message.
        sms: SmsId,
        /// When.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
    },
    /// A person has dealt with incoming messages without an answer.
    InboxDone {
        /// Which.
        ids: Vec<InboxId>,
        /// When.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
    },
    /// A section deals with incoming messages.
    InboxAssigned {
        /// Which.
        ids: Vec<InboxId>,
        /// Which section.
        section: String,
        /// When.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
    },
    /// A phone wants no notices, or wants them again.
    PhoneOptedOut {
        /// Which.
        phone: PhoneNumber,
        /// No notices (true) or notices again.
        out: bool,
        /// When.
        at: DateTime<Utc>,
    },
    /// A phone rated a service.
    ServiceRated {
        /// How.
        rating: super::inbox::Rating,
    },
    /// The office is closed or open on a day, against the national calendar.
    CalendarOverridden {
        /// The day.
        date: NaiveDate,
        /// Open (true) or closed.
        open: bool,
        /// Why.
        reason: String,
    },
    /// Something happened at a satker that starts or ends deadlines.
    EventRecorded {
        /// Where.
        satker: SatkerCode,
        /// Event id of a module.
        event: String,
        /// When it happened.
        date: NaiveDate,
        /// What was noted with it.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        fields: BTreeMap<String, String>,
        /// The letter whose completion told it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        letter: Option<AgendaNo>,
        /// When it was recorded.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
    },
    /// The same thing is owed by these.
    DeadlinesOpened {
        /// Number of the first; the others follow in the order of the owners.
        first: ObligationId,
        /// Who.
        owners: Vec<Owner>,
        /// What, and by when.
        terms: Box<Terms>,
        /// When.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
    },
    /// A deadline was fulfilled.
    DeadlineMet {
        /// Which.
        id: ObligationId,
        /// On which day.
        on: NaiveDate,
        /// By which letter.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        letter: Option<AgendaNo>,
        /// When it was noted.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
    },
    /// A deadline need not be fulfilled.
    DeadlineExempted {
        /// Which.
        id: ObligationId,
        /// Why.
        reason: String,
        /// When.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
    },
    /// A deadline is owed again after all.
    DeadlineReopened {
        /// Which.
        id: ObligationId,
        /// Why.
        reason: String,
        /// When.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
    },
    /// The date of deadlines changed: calendar, letter, or a person's word.
    DeadlinesMoved {
        /// Which.
        ids: Vec<ObligationId>,
        /// The new date.
        due: NaiveDate,
        /// The new date before the shift.
        nominal: NaiveDate,
        /// Whether it is an estimate.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        estimate: bool,
        /// Whether a person set it, so that the calendar does not move it again.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        fixed: bool,
        /// Why.
        reason: String,
        /// When.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
    },
    /// A letter gave the date of an obligation for a period or an entry; none takes it back.
    DateGiven {
        /// Obligation id.
        obligation: String,
        /// For which period.
        period: Period,
        /// For which entry of the letter.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<String>,
        /// The date.
        date: Option<NaiveDate>,
        /// Number of the letter.
        note: String,
    },
    /// The list of national holidays was replaced.
    HolidaysReplaced {
        /// All of them.
        holidays: Vec<Holiday>,
    },
    /// The daily run of this day is done: deadlines made, reminders drafted.
    DayRun {
        /// The day, in the office's zone.
        day: NaiveDate,
    },
    /// The end of the journal was lost, and a person went on without it.
    LossAccepted {
        /// The last fact that was left.
        after: u64,
        /// The last fact that is known to have been written; the same where that is not known.
        known: u64,
        /// The highest agenda number of each book and year that the lost facts may have given out.
        #[serde(default)]
        numbers: Vec<AgendaNo>,
        /// When it was accepted.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
    },
    /// The journal was damaged and saved into this home: here facts are missing. Those after it were written anew, with the time and by the
    /// person of then.
    JournalRepaired {
        /// The last fact before, in the numbers of the damaged journal.
        after: u64,
        /// The first lost fact, in those numbers.
        lost_from: u64,
        /// The last lost fact, as far as it is known.
        lost_to: u64,
        /// Hash of the last line that was saved before, in the damaged journal.
        head: String,
        /// The highest agenda number of each book and year that is known to have been given out.
        #[serde(default)]
        numbers: Vec<AgendaNo>,
        /// When it was repaired.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
    },
    /// An account was given a role, or another one.
    UserSet {
        /// Name of the account.
        user: String,
        /// What it may do from now on.
        role: super::access::Role,
        /// For the role `section`: whose modules.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        section: Option<String>,
        /// When.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
    },
    /// An account lost its role.
    UserRemoved {
        /// Name of the account.
        user: String,
        /// When.
        at: DateTime<Utc>,
        /// By whom.
        by: String,
    },
    /// Somebody asked what they may not. Not every attempt is written down: a flood of them is one of these a minute.
    AttemptRefused {
        /// Name of the account.
        user: String,
        /// Its role then.
        role: super::access::Role,
        /// What was asked: name of a request, or `hello` from an account without a role.
        request: String,
        /// Attempts of this account that were refused since the last one that is written down, without this one.
        #[serde(default, skip_serializing_if = "is_zero")]
        more: u64,
        /// When.
        at: DateTime<Utc>,
    },
    /// A form that a person is filling in, kept so that a lost line loses nothing.
    DraftKept {
        /// Whose.
        user: String,
        /// Which form, for example `register/lpj`.
        form: String,
        /// What was typed: field → text.
        values: BTreeMap<String, String>,
    },
    /// A form was saved or given up.
    DraftDropped {
        /// Whose.
        user: String,
        /// Which form.
        form: String,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form serde asks for")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Fact {
    /// Whether it only tells what became of a message that a modem has, or had: it is written down even when the disk is nearly full.
    pub fn is_outcome(&self) -> bool {
        matches!(
            self,
            Self::SmsPartAccepted { .. }
                | Self::SmsSent { .. }
                | Self::SmsDeferred { .. }
                | Self::SmsGivenBack { .. }
                | Self::SmsFailed { .. }
                | Self::SmsUncertain { .. }
                | Self::SmsReported { .. }
        )
    }

    /// Whether it makes the office safer and is small: somebody stopped all sending, or locked an account out or into a lower role.
    pub fn is_brake(&self) -> bool {
        matches!(
            self,
            Self::SendingHeld { .. } | Self::UserSet { .. } | Self::UserRemoved { .. }
        )
    }

    /// The kebab-case name, as in the journal.
    pub fn name(&self) -> &'static str {
        match self {
            Self::DemoLoaded { .. } => "demo-loaded",
            Self::SatkerSaved { .. } => "satker-saved",
            Self::StageReached { .. } => "stage-reached",
            Self::BudgetSaved { .. } => "budget-saved",
            Self::LetterRegistered { .. } => "letter-registered",
            Self::LetterMoved { .. } => "letter-moved",
            Self::LetterEnded { .. } => "letter-ended",
            Self::SmsDrafted { .. } => "sms-drafted",
            Self::SmsEdited { .. } => "sms-edited",
            Self::SmsConfirmed { .. } => "sms-confirmed",
            Self::SmsUndone { .. } => "sms-undone",
            Self::SmsDropped { .. } => "sms-dropped",
            Self::SmsSending { .. } => "sms-sending",
            Self::SmsPartAccepted { .. } => "sms-part-accepted",
            Self::SmsSent { .. } => "sms-sent",
            Self::SmsDeferred { .. } => "sms-deferred",
            Self::SmsGivenBack { .. } => "sms-given-back",
            Self::SmsFailed { .. } => "sms-failed",
            Self::SmsUncertain { .. } => "sms-uncertain",
            Self::SmsReported { .. } => "sms-reported",
            Self::SmsSettled { .. } => "sms-settled",
            Self::SmsResent { .. } => "sms-resent",
            Self::SendingHeld { .. } => "sending-held",
            Self::SendingResumed { .. } => "sending-resumed",
            Self::InboxReceived { .. } => "inbox-received",
            Self::InboxPartKept { .. } => "inbox-part-kept",
            Self::InboxPartsShown { .. } => "inbox-parts-shown",
            Self::InboxPartsForgotten { .. } => "inbox-parts-forgotten",
            Self::InboxCompleted { .. } => "inbox-completed",
            Self::InboxAnswered { .. } => "inbox-answered",
            Self::InboxDone { .. } => "inbox-done",
            Self::InboxAssigned { .. } => "inbox-assigned",
            Self::PhoneOptedOut { .. } => "phone-opted-out",
            Self::ServiceRated { .. } => "service-rated",
            Self::CalendarOverridden { .. } => "calendar-overridden",
            Self::EventRecorded { .. } => "event-recorded",
            Self::DeadlinesOpened { .. } => "deadlines-opened",
            Self::DeadlineMet { .. } => "deadline-met",
            Self::DeadlineExempted { .. } => "deadline-exempted",
            Self::DeadlineReopened { .. } => "deadline-reopened",
            Self::DeadlinesMoved { .. } => "deadlines-moved",
            Self::DateGiven { .. } => "date-given",
            Self::HolidaysReplaced { .. } => "holidays-replaced",
            Self::LossAccepted { .. } => "loss-accepted",
            Self::JournalRepaired { .. } => "journal-repaired",
            Self::DayRun { .. } => "day-run",
            Self::UserSet { .. } => "user-set",
            Self::UserRemoved { .. } => "user-removed",
            Self::AttemptRefused { .. } => "attempt-refused",
            Self::DraftKept { .. } => "draft-kept",
            Self::DraftDropped { .. } => "draft-dropped",
        }
    }

    /// What the fact is about, in written form: an agenda number, an SMS id, a satker code …
    pub fn about(&self) -> String {
        match self {
            Self::DemoLoaded { .. } => "demo".to_owned(),
            Self::SatkerSaved { satker } => satker.code.to_string(),
            Self::BudgetSaved { row } => row.satker.to_string(),
            Self::LetterRegistered { letter } => letter.agenda.to_string(),
            Self::LetterMoved { agenda, .. } | Self::LetterEnded { agenda, .. } => {
                agenda.to_string()
            }
            Self::SmsDrafted { sms } => sms.id.to_string(),
            Self::SmsEdited { id, .. }
            | Self::SmsConfirmed { id, .. }
            | Self::SmsUndone { id, .. }
            | Self::SmsDropped { id, .. }
            | Self::SmsSending { id, .. }
            | Self::SmsPartAccepted { id, .. }
            | Self::SmsSent { id, .. }
            | Self::SmsDeferred { id, .. }
            | Self::SmsGivenBack { id, .. }
            | Self::SmsFailed { id, .. }
            | Self::SmsUncertain { id, .. }
            | Self::SmsReported { id, .. }
            | Self::SmsSettled { id, .. }
            | Self::SmsResent { id, .. } => id.to_string(),
            Self::SendingHeld { .. } | Self::SendingResumed { .. } => "sms".to_owned(),
            Self::InboxReceived { message } => message.id.to_string(),
            Self::InboxPartKept { of, .. } | Self::InboxPartsForgotten { of } => of.from.clone(),
            Self::InboxPartsShown { id, .. } | Self::InboxCompleted { id, .. } => id.to_string(),
            Self::InboxAnswered { ids, .. }
            | Self::InboxDone { ids, .. }
            | Self::InboxAssigned { ids, .. } => {
                ids.first().map(ToString::to_string).unwrap_or_default()
            }
            Self::PhoneOptedOut { phone, .. } => phone.as_str().to_owned(),
            Self::ServiceRated { rating } => rating.agenda.to_string(),
            Self::CalendarOverridden { date, .. } => date.to_string(),
            Self::EventRecorded { satker, .. } | Self::StageReached { satker, .. } => {
                satker.to_string()
            }
            Self::DeadlinesOpened { first: id, .. }
            | Self::DeadlineMet { id, .. }
            | Self::DeadlineExempted { id, .. }
            | Self::DeadlineReopened { id, .. } => id.to_string(),
            Self::DeadlinesMoved { ids, .. } => {
                ids.first().map(ToString::to_string).unwrap_or_default()
            }
            Self::DateGiven { obligation, .. } => obligation.clone(),
            Self::HolidaysReplaced { .. } => "holidays".to_owned(),
            Self::LossAccepted { after, .. } | Self::JournalRepaired { after, .. } => {
                after.to_string()
            }
            Self::DayRun { day } => day.to_string(),
            Self::UserSet { user, .. }
            | Self::UserRemoved { user, .. }
            | Self::AttemptRefused { user, .. } => user.clone(),
            Self::DraftKept { form, .. } | Self::DraftDropped { form, .. } => form.clone(),
        }
    }

    /// Whether the fact is about this: an agenda number, an SMS id, a satker code, one deadline among those of the fact …
    pub fn concerns(&self, wanted: &str) -> bool {
        let of_a_satker = |code: SatkerCode| code.as_str() == wanted;
        if self.about().eq_ignore_ascii_case(wanted) || self.satker().is_some_and(of_a_satker) {
            return true;
        }
        match self {
            Self::DeadlinesOpened { first, owners, .. } => {
                let range = first.0..first.0 + owners.len() as u64;
                owners.iter().any(|owner| of_a_satker(owner.satker))
                    || wanted
                        .parse::<ObligationId>()
                        .is_ok_and(|id| wanted.starts_with(['K', 'k']) && range.contains(&id.0))
            }
            Self::DeadlinesMoved { ids, .. } => wanted
                .parse()
                .is_ok_and(|id| wanted.starts_with(['K', 'k']) && ids.contains(&id)),
            _ => false,
        }
    }

    /// The satker the fact is directly about, where the fact itself says so.
    pub fn satker(&self) -> Option<SatkerCode> {
        match self {
            Self::SatkerSaved { satker } => Some(satker.code),
            Self::BudgetSaved { row } => Some(row.satker),
            Self::LetterRegistered { letter } => letter.sender.satker(),
            Self::SmsDrafted { sms } => sms.satker,
            Self::EventRecorded { satker, .. } | Self::StageReached { satker, .. } => Some(*satker),
            Self::DeadlinesOpened { owners, .. } => match owners.as_slice() {
                [owner] => Some(owner.satker),
                _ => None,
            },
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_about_many_deadlines_concerns_each_of_them() {
        let terms = Terms {
            obligation: "lpj".to_owned(),
            module: "lpj".to_owned(),
            period: Period::month(2026, 11),
            event: None,
            item: None,
            fields: BTreeMap::new(),
            value: None,
            due: NaiveDate::MIN,
            nominal: NaiveDate::MIN,
            estimate: false,
        };
        let owner = |code: &str| SatkerCode::parse(code).map(Owner::satker);
        let fact = Fact::DeadlinesOpened {
            first: ObligationId(12),
            owners: [owner("411901"), owner("411902")]
                .into_iter()
                .flatten()
                .collect(),
            terms: Box::new(terms),
            at: DateTime::UNIX_EPOCH,
            by: "sistem".to_owned(),
        };
        for yes in ["K-000012", "k13", "411902"] {
            assert!(fact.concerns(yes), "{yes}");
        }
        for no in ["K-000014", "13", "S-000013", "411903"] {
            assert!(!fact.concerns(no), "{no}");
        }
    }

    #[test]
    fn a_full_disk_still_takes_what_became_of_a_message_and_nothing_new() {
        let (id, at) = (SmsId(1), DateTime::UNIX_EPOCH);
        let uncertain = Fact::SmsUncertain {
            id,
            text: "server-stopped".to_owned(),
            at,
        };
        let sending = Fact::SmsSending {
            id,
            modem: "m".to_owned(),
            at,
        };
        assert!(uncertain.is_outcome() && Fact::SmsSent { id, at }.is_outcome());
        assert!(!sending.is_outcome() && !Fact::DemoLoaded { seed: 1 }.is_outcome());
    }
}
