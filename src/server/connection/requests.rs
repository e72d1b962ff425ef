//! What a request does: looks go by, changes go through the writer.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Shared;
use crate::domain::access::{Actor, Role};
use crate::domain::fact::Fact;
use crate::domain::id::{AgendaNo, SmsId};
use crate::server::office::Office;
use crate::service::{
    DeadlineRows, Done, Draft, LetterEnd, ModemList, ModuleFiles, Refusal, Registered,
    RemindersDrafted, Reply, Request, UssdAnswer,
};

/// Longest key of a request, in characters: it is written into the journal as it is.
const KEY_MAX: usize = 100;

/// Answers one request. A panic is an answer too, and ends nothing.
pub fn handle(request: Request, shared: &Arc<Shared>, actor: &Actor) -> Result<Reply, Refusal> {
    let handled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| match request {
        request if is_change(&request) => change(request, shared, actor),
        request => look(request, shared, actor),
    }));
    handled.unwrap_or_else(|_| Err(Refusal::new("internal").with("cause", "panic")))
}

fn is_change(request: &Request) -> bool {
    use Request as R;
    matches!(
        request,
        R::ImportSatker(_)
            | R::ImportBudget(_)
            | R::MoveStage(_)
            | R::RegisterLetter(_)
            | R::MoveLetter(_)
            | R::EndLetter(_)
            | R::DraftSms(_)
            | R::ConfirmSms(_)
            | R::ConfirmBeyond(_)
            | R::RejectSms(_)
            | R::EditSms(_)
            | R::UndoSms(_)
            | R::ResendSms(_)
            | R::SettleSms(_)
            | R::WithdrawSms(_)
            | R::Broadcast(_)
            | R::HoldSending(_)
            | R::ResumeSending(_)
            | R::AnswerInbox(_)
            | R::DoneInbox(_)
            | R::AssignInbox(_)
            | R::KeepDraft(_)
            | R::DropDraft(_)
            | R::LoadDemo(_)
            | R::OverrideCalendar(_)
            | R::RecordEvent(_)
            | R::MeetDeadline(_)
            | R::ExemptDeadline(_)
            | R::ReopenDeadline(_)
            | R::MoveDeadline(_)
            | R::RemindDeadline(_)
            | R::GiveDate(_)
            | R::AddDeadline(_)
            | R::ImportHolidays(_)
            | R::AskUssd(_)
            | R::MakeBackup(_)
            | R::StopServer(_)
    )
}

fn look(request: Request, shared: &Shared, actor: &Actor) -> Result<Reply, Refusal> {
    use Request as R;
    Office::require(actor, Role::Viewer)?;
    let office = &shared.office;
    let now = office.clock.now();
    Ok(match request {
        R::GetStatus(_) => Reply::GetStatus(office.status(
            shared.writer.seq(),
            shared.clients.load(Ordering::Relaxed),
            now,
        )),
        R::GetOverview(_) => {
            Reply::GetOverview(office.overview(shared.writer.seq(), actor, now)?)
        }
        R::GetModules(_) => Reply::GetModules(ModuleFiles {
            files: office.module_files.clone(),
        }),
        R::ListLetters(ask) => Reply::ListLetters(office.list_letters(&ask, now)?),
        R::ShowLetter(ask) => Reply::ShowLetter(office.show_letter(ask.agenda, actor, now)?),
        R::PreviewLetter(ask) => {
            Reply::PreviewLetter(office.preview_letter(&ask.letter, actor, now)?)
        }
        R::PreviewEnd(ask) => Reply::PreviewEnd(office.preview_end(&ask.end, now)?),
        R::ListSatker(ask) => Reply::ListSatker(office.list_satker(&ask)?),
        R::ShowSatker(ask) => Reply::ShowSatker(office.show_satker(ask.code, now)?),
        R::ShowStage(ask) => Reply::ShowStage(office.stage_view(ask.satker, now)?),
        R::ShowBudget(ask) => Reply::ShowBudget(office.show_budget(ask.code)?),
        R::ListSms(ask) => Reply::ListSms(office.list_sms(&ask)?),
        R::ShowSms(ask) => Reply::ShowSms(office.show_sms(ask.id, now)?),
        R::OutlineSms(ask) => Reply::OutlineSms(office.outline_sms(&ask)?),
        R::PreviewBroadcast(ask) => {
            Reply::PreviewBroadcast(office.preview_broadcast(&ask.audience, &ask.text, actor)?)
        }
        R::ListFailures(ask) => Reply::ListFailures(office.list_failures(&ask, now)?),
        R::ListRepairs(ask) => Reply::ListRepairs(office.list_repairs(&ask)?),
        R::PreviewConfirm(ask) => {
            Reply::PreviewConfirm(office.preview_confirm(&ask.which, actor, now)?)
        }
        R::ListInbox(ask) => Reply::ListInbox(office.list_inbox(&ask)?),
        R::ListConversations(ask) => Reply::ListConversations(office.list_conversations(&ask)?),
        R::ShowConversation(ask) => Reply::ShowConversation(office.show_conversation(&ask)?),
        R::GetSatisfaction(ask) => Reply::GetSatisfaction(office.satisfaction(&ask)?),
        R::ListAudit(ask) => Reply::ListAudit(office.list_audit(&ask)?),
        R::ListCalendar(ask) => Reply::ListCalendar(office.list_calendar(&ask)),
        R::ListDeadlines(ask) => Reply::ListDeadlines(office.list_deadlines(&ask, now)?),
        R::CountDeadlines(ask) => Reply::CountDeadlines(office.count_deadlines(&ask.query, now)),
        R::ShowDeadline(ask) => Reply::ShowDeadline(office.show_deadline(ask.id, actor, now)?),
        R::ListDates(_) => Reply::ListDates(office.list_dates()),
        R::ListModems(_) => Reply::ListModems(ModemList {
            modems: office.modems(),
        }),
        R::GetDraft(ask) => Reply::GetDraft(Draft {
            values: office.store.draft(&actor.user, &ask.form)?,
        }),
        _ => return Err(Refusal::new("protocol")),
    })
}

fn change(request: Request, shared: &Shared, actor: &Actor) -> Result<Reply, Refusal> {
    use Request as R;
    let office = &shared.office;
    let writer = &shared.writer;
    let user = actor.user.clone();
    let who = actor.clone();
    Ok(match request {
        R::ImportSatker(ask) => {
            let report = writer.commit(&user, None, move |office, now| {
                let (facts, mut report) = office.import_satker(&ask.sheet, &who, now)?;
                report.dry_run = ask.dry_run;
                Ok((if ask.dry_run { Vec::new() } else { facts }, report))
            })?;
            // New satker owe from now on, and those that became inactive owe nothing any more.
            if !report.dry_run && report.added + report.changed > 0 {
                shared.daily.run()?;
            }
            Reply::ImportSatker(report)
        }
        R::MoveStage(ask) => {
            let code = ask.satker;
            writer.commit(&user, None, move |office, now| {
                office.move_stage(&ask, &who, now)
            })?;
            Reply::MoveStage(office.stage_view(code, office.clock.now())?)
        }
        R::ImportBudget(ask) => {
            Reply::ImportBudget(writer.commit(&user, None, move |office, now| {
                let (facts, mut report) = office.import_budget(&ask.sheet, &who, now)?;
                report.dry_run = ask.dry_run;
                Ok((if ask.dry_run { Vec::new() } else { facts }, report))
            })?)
        }
        R::RegisterLetter(ask) => {
            let key = request_key(ask.key.as_deref())?;
            let entered = writer.commit(&user, key, move |office, now| {
                if let Some(agenda) = done_before::<AgendaNo>(office, ask.key.as_deref())? {
                    let sms = office.store.index().sms_of_letter(agenda).first().copied();
                    return Ok((
                        Vec::new(),
                        crate::server::letters::Entered {
                            agenda,
                            sms,
                            no_sms: None,
                            duplicate: None,
                        },
                    ));
                }
                office.register(&ask, &who, now)
            })?;
            let letter = office.letter_row(entered.agenda, office.clock.now())?;
            Reply::RegisterLetter(Registered {
                letter,
                duplicate_of: entered.duplicate,
                sms: entered.sms,
            })
        }
        R::MoveLetter(ask) => {
            let agenda = writer.commit(&user, None, move |office, now| {
                office.move_letter(&ask, &who, now)
            })?;
            Reply::MoveLetter(office.letter_row(agenda, office.clock.now())?)
        }
        R::EndLetter(ask) => {
            let entered = writer.commit(&user, None, move |office, now| {
                office.end_letter(&ask, &who, now)
            })?;
            let letter = office.letter_row(entered.agenda, office.clock.now())?;
            Reply::EndLetter(LetterEnd {
                letter,
                sms: entered.sms,
                no_sms: entered.no_sms,
            })
        }
        R::DraftSms(ask) => {
            let key = request_key(ask.key.as_deref())?;
            let id = writer.commit(&user, key, move |office, now| {
                if let Some(id) = done_before::<SmsId>(office, ask.key.as_deref())? {
                    return Ok((Vec::new(), id));
                }
                office.draft_by_hand(&ask, &who, now)
            })?;
            Reply::DraftSms(office.sms_row(id)?)
        }
        R::ConfirmSms(ask) => {
            Reply::ConfirmSms(writer.commit(&user, None, move |office, now| {
                office.confirm(&ask.which, false, &who, now)
            })?)
        }
        R::ConfirmBeyond(ask) => {
            Reply::ConfirmBeyond(writer.commit(&user, None, move |office, now| {
                office.confirm(&ask.which, true, &who, now)
            })?)
        }
        R::RejectSms(ask) => Reply::RejectSms(writer.commit(&user, None, move |office, now| {
            office.reject(&ask.which, &ask.reason, &who, now)
        })?),
        R::EditSms(ask) => {
            let id = writer.commit(&user, None, move |office, now| office.edit(&ask, &who, now))?;
            Reply::EditSms(office.sms_row(id)?)
        }
        R::UndoSms(ask) => Reply::UndoSms(writer.commit(&user, None, move |office, now| {
            office.undo(&ask.which, &who, now)
        })?),
        R::ResendSms(ask) => Reply::ResendSms(writer.commit(&user, None, move |office, now| {
            office.resend(&ask.which, &who, now)
        })?),
        R::SettleSms(ask) => Reply::SettleSms(writer.commit(&user, None, move |office, now| {
            office.settle(&ask.which, ask.state, &who, now)
        })?),
        R::WithdrawSms(ask) => {
            Reply::WithdrawSms(writer.commit(&user, None, move |office, now| {
                office.withdraw_sms(&ask.which, &ask.reason, &who, now)
            })?)
        }
        R::Broadcast(ask) => {
            request_key(ask.key.as_deref())?;
            Reply::Broadcast(crate::server::broadcast::draft(shared, &ask, actor)?)
        }
        R::HoldSending(ask) => {
            Reply::HoldSending(writer.commit(&user, None, move |office, now| {
                office.hold_sending(&ask.reason, &who, now)
            })?)
        }
        R::ResumeSending(_) => {
            Reply::ResumeSending(writer.commit(&user, None, move |office, now| {
                office.resume_sending(&who, now)
            })?)
        }
        R::AnswerInbox(ask) => {
            let key = request_key(ask.key.as_deref())?;
            let id = writer.commit(&user, key, move |office, now| {
                if let Some(id) = done_before::<SmsId>(office, ask.key.as_deref())? {
                    return Ok((Vec::new(), id));
                }
                office.answer_inbox(&ask, &who, now)
            })?;
            Reply::AnswerInbox(office.sms_row(id)?)
        }
        R::DoneInbox(ask) => Reply::DoneInbox(writer.commit(&user, None, move |office, now| {
            office.done_inbox(&ask, &who, now)
        })?),
        R::AssignInbox(ask) => {
            Reply::AssignInbox(writer.commit(&user, None, move |office, now| {
                office.assign_inbox(&ask, &who, now)
            })?)
        }
        R::KeepDraft(ask) => Reply::KeepDraft(writer.commit(&user, None, move |office, _| {
            Office::require(&who, Role::Section)?;
            let form =
                crate::server::office::clean_text("form", &ask.form, 60)?.unwrap_or_default();
            let size: usize = ask
                .values
                .iter()
                .map(|(id, text)| id.len() + text.len())
                .sum();
            if size > 16 << 10 {
                return Err(Refusal::new("text-too-long").with("max", 16 << 10));
            }
            if office.store.draft(&who.user, &form)?.as_ref() == Some(&ask.values) {
                return Ok((Vec::new(), Done {}));
            }
            Ok((
                vec![Fact::DraftKept {
                    user: who.user,
                    form,
                    values: ask.values,
                }],
                Done {},
            ))
        })?),
        R::DropDraft(ask) => Reply::DropDraft(writer.commit(&user, None, move |office, _| {
            if office.store.draft(&who.user, &ask.form)?.is_none() {
                return Ok((Vec::new(), Done {}));
            }
            Ok((
                vec![Fact::DraftDropped {
                    user: who.user,
                    form: ask.form,
                }],
                Done {},
            ))
        })?),
        R::LoadDemo(ask) => {
            Reply::LoadDemo(crate::server::demo_loading::load(shared, &ask, actor)?)
        }
        R::OverrideCalendar(ask) => {
            Reply::OverrideCalendar(crate::server::daily::override_calendar(shared, ask, who)?)
        }
        R::ImportHolidays(ask) => {
            Reply::ImportHolidays(crate::server::daily::import_holidays(shared, ask, &who)?)
        }
        R::GiveDate(ask) => Reply::GiveDate(crate::server::daily::give_date(shared, ask, who)?),
        R::RecordEvent(ask) => {
            let recorded = writer.commit(&user, None, move |office, now| {
                office.record_event(&ask, &who, now)
            })?;
            Reply::RecordEvent(office.event_outcome(recorded, office.clock.now())?)
        }
        R::MeetDeadline(ask) => {
            let ids = ask.ids.clone();
            writer.commit(&user, None, move |office, now| {
                office.meet_deadlines(&ask, &who, now)
            })?;
            Reply::MeetDeadline(DeadlineRows {
                rows: office.deadline_rows(&ids, office.clock.now())?,
            })
        }
        R::ExemptDeadline(ask) => {
            let ids = ask.ids.clone();
            writer.commit(&user, None, move |office, now| {
                office.exempt_deadlines(&ask, &who, now)
            })?;
            Reply::ExemptDeadline(DeadlineRows {
                rows: office.deadline_rows(&ids, office.clock.now())?,
            })
        }
        R::ReopenDeadline(ask) => {
            let ids = ask.ids.clone();
            writer.commit(&user, None, move |office, now| {
                office.reopen_deadlines(&ask, &who, now)
            })?;
            Reply::ReopenDeadline(DeadlineRows {
                rows: office.deadline_rows(&ids, office.clock.now())?,
            })
        }
        R::MoveDeadline(ask) => {
            let id = ask.id;
            writer.commit(&user, None, move |office, now| {
                office.move_deadline(&ask, &who, now)
            })?;
            Reply::MoveDeadline(DeadlineRows {
                rows: office.deadline_rows(&[id], office.clock.now())?,
            })
        }
        R::RemindDeadline(ask) => {
            let sms = writer.commit(&user, None, move |office, now| {
                office.remind_now(ask.id, &who, now)
            })?;
            Reply::RemindDeadline(RemindersDrafted { sms })
        }
        R::AddDeadline(ask) => {
            let ids = writer.commit(&user, None, move |office, now| {
                office.add_deadline(&ask, &who, now)
            })?;
            let shown: Vec<_> = ids.into_iter().take(1_000).collect();
            Reply::AddDeadline(DeadlineRows {
                rows: office.deadline_rows(&shown, office.clock.now())?,
            })
        }
        R::AskUssd(ask) => {
            Office::require(actor, Role::Supervisor)?;
            Reply::AskUssd(UssdAnswer {
                text: shared.outbox.ussd(&ask.modem, &ask.code)?,
            })
        }
        R::MakeBackup(ask) => {
            Reply::MakeBackup(crate::server::offsite::on_request(shared, ask, actor)?)
        }
        R::StopServer(_) => {
            Office::require(actor, Role::Admin)?;
            tracing::info!(user = %actor.user, "asked to stop");
            Reply::StopServer(Done {})
        }
        _ => return Err(Refusal::new("protocol")),
    })
}

/// The key of a request, as it may stand in the journal.
fn request_key(key: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(key) = key else { return Ok(None) };
    if key.chars().any(char::is_control) {
        return Err(Refusal::new("line-bad").with("cause", "key"));
    }
    if key.chars().count() > KEY_MAX {
        return Err(Refusal::new("text-too-long").with("max", KEY_MAX).on("key"));
    }
    Ok(Some(key.to_owned()))
}

/// What an earlier request with the same key was about.
fn done_before<T: std::str::FromStr>(
    office: &Office,
    key: Option<&str>,
) -> Result<Option<T>, Refusal> {
    let Some(key) = key else { return Ok(None) };
    Ok(office
        .store
        .done_before(key)?
        .and_then(|about| about.parse().ok()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_would_spoil_the_journal_is_refused() {
        assert_eq!(request_key(None).unwrap(), None);
        assert_eq!(
            request_key(Some("form-1")).unwrap().as_deref(),
            Some("form-1")
        );
        let code = |key: &str| request_key(Some(key)).unwrap_err().code;
        assert_eq!(code(&"k".repeat(KEY_MAX + 1)), "text-too-long");
        assert_eq!(code("\u{1b}[2J"), "line-bad");
    }
}
