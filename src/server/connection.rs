//! One client on the socket: who it is, what it asks, what it is told.

use std::io::BufReader;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use nix::unistd::{Uid, User};

use super::notices::Notices;
use super::office::Office;
use super::outbox::Outbox;
use super::writer::Writer;
use crate::domain::access::{Actor, Role};
use crate::domain::fact::Fact;
use crate::domain::id::{AgendaNo, SmsId};
use crate::protocol::{
    ClientLine, Hello, LineError, LineReader, MAX_REQUEST, PROTOCOL, ServerLine, write_line,
};
use crate::service::{
    DeadlineRows, Done, Draft, LetterEnd, ModemList, ModuleFiles, Notice, Refusal, Registered,
    RemindersDrafted, Reply, Request, UssdAnswer,
};

/// Clients at one time.
const CLIENTS_MAX: u32 = 200;

/// A client greets at once; one that does not is not one of ours.
const GREETING_WAIT: Duration = Duration::from_secs(10);

/// Longest key of a request, in characters: it is written into the journal as it is.
const KEY_MAX: usize = 100;

/// What all connections share.
#[derive(Debug)]
pub struct Shared {
    /// The office.
    pub office: Arc<Office>,
    /// The way to change it.
    pub writer: Writer,
    /// Telling of changes.
    pub notices: Arc<Notices>,
    /// The modems.
    pub outbox: Outbox,
    /// The daily run.
    pub daily: Arc<super::daily::Daily>,
    /// Clients connected.
    pub clients: AtomicU32,
    /// Ends the server.
    pub stop: Sender<()>,
}

/// Serves a client until it goes. A panic in here ends this connection only.
pub fn serve(stream: UnixStream, shared: &Arc<Shared>) {
    let shared = Arc::clone(shared);
    let spawned = std::thread::Builder::new()
        .name("client".to_owned())
        .spawn(move || {
            let before = shared.clients.fetch_add(1, Ordering::Relaxed);
            if before >= CLIENTS_MAX {
                let mut stream = stream;
                // It may not even read this; it is told if it does.
                let _ = write_line(
                    &mut stream,
                    &ServerLine::Refused {
                        id: 0,
                        refusal: Refusal::new("busy"),
                    },
                );
            } else if let Err(error) = talk(stream, &shared) {
                tracing::debug!(%error, "a client went");
            }
            shared.clients.fetch_sub(1, Ordering::Relaxed);
        });
    if let Err(error) = spawned {
        tracing::error!(%error, "no thread for a client");
    }
}

fn talk(mut stream: UnixStream, shared: &Arc<Shared>) -> Result<(), LineError> {
    let actor = who(&stream, &shared.office);
    // Whoever says nothing must not take a place for ever.
    stream.set_read_timeout(Some(GREETING_WAIT))?;
    let mut lines = LineReader::new(BufReader::new(stream.try_clone()?), MAX_REQUEST);
    write_line(&mut stream, &ServerLine::Hello(Hello::new(false)))?;
    let hello = match lines.read::<ClientLine>() {
        Ok(ClientLine::Hello(hello)) => hello,
        Ok(ClientLine::Ask { .. }) | Err(LineError::Bad(_)) => {
            write_line(
                &mut stream,
                &ServerLine::Refused {
                    id: 0,
                    refusal: Refusal::new("line-bad").with("cause", "hello"),
                },
            )?;
            return Ok(());
        }
        Err(LineError::TooLong(limit)) => {
            write_line(
                &mut stream,
                &ServerLine::Refused {
                    id: 0,
                    refusal: Refusal::new("line-too-long").with("max", limit),
                },
            )?;
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    stream.set_read_timeout(None)?;
    if hello.protocol != PROTOCOL {
        tracing::info!(client = %hello.version, protocol = hello.protocol, "a client speaks another protocol");
        return Ok(());
    }
    let out = Arc::new(Mutex::new(stream.try_clone()?));
    let (alive, closed) = bounded::<()>(0);
    if hello.notices {
        let (tell, told) = bounded(1);
        shared.notices.listen(tell);
        let out = Arc::clone(&out);
        std::thread::Builder::new()
            .name("notices".to_owned())
            .spawn(move || pass_on(&told, &closed, &out))?;
    }
    let result = answer_all(&mut lines, shared, &actor, &out);
    drop(alive);
    // The other side may be gone already; then there is nothing left to end.
    let _ = stream.shutdown(Shutdown::Both);
    result
}

/// Writes notices until the connection is closed. A client that has gone ends the reading side too.
fn pass_on(told: &Receiver<Notice>, closed: &Receiver<()>, out: &Mutex<UnixStream>) {
    loop {
        let notice = crossbeam_channel::select! {
            recv(told) -> notice => notice,
            recv(closed) -> _ => return,
        };
        let Ok(notice) = notice else { return };
        if say(out, &ServerLine::Notice(notice)).is_err() {
            return;
        }
    }
}

/// Writes one line, whole: answers and notices share the stream.
fn say(out: &Mutex<UnixStream>, line: &ServerLine) -> std::io::Result<()> {
    let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
    let written = write_line(&mut *out, line);
    if written.is_err() {
        let _ = out.shutdown(Shutdown::Both);
    }
    written
}

/// Writes an answer. The server ends only once whoever asked for that has been told: the process may be gone a moment later.
fn answer(out: &Mutex<UnixStream>, line: &ServerLine, stop: &Sender<()>) -> std::io::Result<()> {
    let written = say(out, line);
    if ends_server(line) {
        // It may have been asked before.
        let _ = stop.try_send(());
    }
    written
}

/// Whether this is the word that the server stops, as asked.
fn ends_server(line: &ServerLine) -> bool {
    matches!(line, ServerLine::Answer { reply, .. } if matches!(**reply, Reply::StopServer(_)))
}

fn answer_all(
    lines: &mut LineReader<BufReader<UnixStream>>,
    shared: &Arc<Shared>,
    actor: &Actor,
    out: &Mutex<UnixStream>,
) -> Result<(), LineError> {
    loop {
        let line = match lines.read::<ClientLine>() {
            Ok(ClientLine::Ask { id, request }) => {
                let name = request.name();
                match handle(*request, shared, actor) {
                    Ok(reply) => ServerLine::Answer {
                        id,
                        reply: Box::new(reply),
                    },
                    Err(refusal) => {
                        tracing::debug!(user = %actor.user, request = name, %refusal, "refused");
                        ServerLine::Refused { id, refusal }
                    }
                }
            }
            Ok(ClientLine::Hello(_)) => continue,
            Err(LineError::Bad(error)) => ServerLine::Refused {
                id: 0,
                refusal: Refusal::new("line-bad").with("cause", error),
            },
            Err(LineError::TooLong(limit)) => {
                let refusal = Refusal::new("line-too-long").with("max", limit);
                let _ = say(out, &ServerLine::Refused { id: 0, refusal });
                return Ok(());
            }
            Err(LineError::Closed) => return Ok(()),
            Err(error) => return Err(error),
        };
        let written = answer(out, &line, &shared.stop);
        if written.is_err() {
            return Ok(());
        }
    }
}

/// Who is at the other end, by the socket's peer credentials.
fn who(stream: &UnixStream, office: &Office) -> Actor {
    let Ok(peer) = getsockopt(stream, PeerCredentials) else {
        return Actor {
            user: "?".to_owned(),
            role: Role::None,
            section: None,
        };
    };
    let uid = Uid::from_raw(peer.uid());
    let user = User::from_uid(uid)
        .ok()
        .flatten()
        .map_or_else(|| format!("uid-{uid}"), |user| user.name);
    if uid == Uid::current() {
        return Actor {
            user,
            role: Role::Admin,
            section: None,
        };
    }
    let (role, section) = match office.settings.users.get(&user) {
        Some(known) => (known.role, known.section.clone()),
        None => (Role::None, None),
    };
    Actor {
        user,
        role,
        section,
    }
}

fn handle(request: Request, shared: &Arc<Shared>, actor: &Actor) -> Result<Reply, Refusal> {
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
                        super::letters::Entered {
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
            Reply::Broadcast(super::broadcast::draft(shared, &ask, actor)?)
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
            let form = super::office::clean_text("form", &ask.form, 60)?.unwrap_or_default();
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
        R::LoadDemo(ask) => Reply::LoadDemo(super::demo_loading::load(shared, &ask, actor)?),
        R::OverrideCalendar(ask) => {
            Reply::OverrideCalendar(super::daily::override_calendar(shared, ask, who)?)
        }
        R::ImportHolidays(ask) => {
            Reply::ImportHolidays(super::daily::import_holidays(shared, ask, &who)?)
        }
        R::GiveDate(ask) => Reply::GiveDate(super::daily::give_date(shared, ask, who)?),
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
    use std::io::Read;

    use super::*;

    #[test]
    fn whoever_asks_the_server_to_stop_is_told_before_it_does() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let (stop, stopping) = bounded(1);
        let line = ServerLine::Answer {
            id: 1,
            reply: Box::new(Reply::StopServer(Done {})),
        };
        let answering = std::thread::spawn(move || answer(&Mutex::new(ours), &line, &stop));
        stopping.recv().unwrap();
        // The answer is there already: reading does not have to wait for it.
        theirs.set_nonblocking(true).unwrap();
        let mut told = [0; 200];
        let length = theirs.read(&mut told).unwrap();
        let told = String::from_utf8_lossy(told.get(..length).unwrap()).into_owned();
        assert!(told.contains("stop-server"), "{told}");
        answering.join().unwrap().unwrap();
    }

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
