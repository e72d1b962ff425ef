//! Work on many messages: piece by piece, so that the office goes on in between, with progress, and it can be stopped.

use super::{form, question};
use crate::domain::refusal::Refusal;
use crate::{
    ask::{
        BulkOutcome, ConfirmBeyond, ConfirmSms, RejectSms, Request, ResendSms, SmsChoice, UndoSms,
        WithdrawSms,
    },
    domain::id::SmsId,
    locale::Say,
    tui::{
        popup::{Asked, Many, Popup, Run, Task},
        state::{Effect, State, Ticket},
    },
};

/// Messages of one piece: it takes the server some tenths of a second.
const PIECE: usize = 500;

/// Begins the work. Progress is shown when it takes more than one piece.
pub(super) fn start(state: &mut State, task: Task, many: Many) -> Vec<Effect> {
    let total = many.count();
    let run = Run {
        task,
        many,
        after: None,
        total,
        outcome: BulkOutcome::default(),
        stopping: false,
    };
    state.busy += 1;
    let request = next_piece(&run);
    state.popups.push(Popup::Progress(Box::new(run)));
    vec![Effect::Ask(Ticket::Piece, request)]
}

fn next_piece(run: &Run) -> Request {
    let which = match &run.many {
        Many::Ids(ids) => SmsChoice::Ids(ids.iter().copied().take(PIECE).collect()),
        Many::Found(filter, _, seen) => SmsChoice::Found {
            filter: (**filter).clone(),
            seen: *seen,
            after: run.after,
            limit: u32::try_from(PIECE).unwrap_or(u32::MAX),
        },
    };
    match &run.task {
        Task::Confirm { beyond: false } => Request::ConfirmSms(ConfirmSms { which }),
        Task::Confirm { beyond: true } => Request::ConfirmBeyond(ConfirmBeyond { which }),
        Task::Reject(reason) => Request::RejectSms(RejectSms {
            which,
            reason: reason.clone(),
        }),
        Task::Undo => Request::UndoSms(UndoSms { which }),
        Task::Resend => Request::ResendSms(ResendSms { which }),
        Task::Withdraw => Request::WithdrawSms(WithdrawSms {
            which,
            reason: String::new(),
        }),
    }
}

fn running(state: &mut State) -> Option<&mut Run> {
    state.popups.iter_mut().find_map(|popup| match popup {
        Popup::Progress(run) => Some(&mut **run),
        _ => None,
    })
}

/// Takes the work away once it is over.
fn end(state: &mut State) -> Option<Run> {
    let at = state
        .popups
        .iter()
        .position(|popup| matches!(popup, Popup::Progress(_)))?;
    match state.popups.remove(at) {
        Popup::Progress(run) => Some(*run),
        _ => None,
    }
}

/// A person wants the work to stop: after the piece that is being done.
pub(super) fn stop(state: &mut State) {
    if let Some(run) = running(state) {
        run.stopping = true;
    }
}

/// A piece is done: the next one, or the end.
pub(super) fn piece_done(state: &mut State, piece: BulkOutcome) -> Vec<Effect> {
    let Some(run) = running(state) else {
        return Vec::new();
    };
    run.after = piece.next;
    let mut more = piece.next.is_some();
    if let Many::Ids(ids) = &mut run.many {
        ids.drain(..ids.len().min(PIECE));
        more = !ids.is_empty();
    }
    run.outcome.done.extend(piece.done);
    run.outcome.second_needed.extend(piece.second_needed);
    run.outcome.refused.extend(piece.refused);
    if more && !run.stopping {
        let request = next_piece(run);
        state.busy += 1;
        return vec![Effect::Ask(Ticket::Piece, request)];
    }
    let Some(run) = end(state) else {
        return Vec::new();
    };
    let stopped = more && run.stopping;
    finish(state, &run, stopped);
    form::reload(state)
}

/// A piece was refused as a whole: what was done before stays done.
pub(super) fn piece_refused(state: &mut State, refusal: Refusal) -> Vec<Effect> {
    let Some(run) = end(state) else {
        return Vec::new();
    };
    let amount = |name: &str| refusal.args.get(name).and_then(|text| text.parse().ok());
    if let (true, Some(limit), Some(used), Some(more)) = (
        refusal.code == "over-budget",
        amount("limit"),
        amount("used"),
        amount("more"),
    ) {
        let budget = crate::ask::DayBudget {
            limit,
            used,
            after: used + more,
        };
        let many = rest(&run);
        finish(state, &run, true);
        state.popups.push(question(Asked::OverBudget(many, budget)));
        return form::reload(state);
    }
    if run.outcome == BulkOutcome::default() {
        state.refuse(refusal);
        return Vec::new();
    }
    let done = run.outcome.done.len();
    finish(state, &run, true);
    state.warn(
        Say::new("bulk-broken")
            .with("n", done)
            .with("total", run.total),
    );
    form::reload(state)
}

/// What is left of the work.
fn rest(run: &Run) -> Many {
    match &run.many {
        Many::Ids(ids) => Many::Ids(ids.clone()),
        Many::Found(filter, count, seen) => {
            let done = run.outcome.done.len() as u64;
            Many::Found(filter.clone(), count.saturating_sub(done), *seen)
        }
    }
}

/// Says what was done, and takes the marks of what was done away.
fn finish(state: &mut State, run: &Run, stopped: bool) {
    let outcome = &run.outcome;
    for id in outcome.done.iter().chain(&outcome.second_needed) {
        state.sms.marks.remove(id);
    }
    if !stopped {
        state.sms.everything = None;
    }
    if matches!(run.task, Task::Confirm { .. }) && !outcome.done.is_empty() {
        state.sms.confirmed.clone_from(&outcome.done);
    }
    let done = outcome.done.len();
    if stopped {
        let say = Say::new("bulk-stopped").with("n", done + outcome.second_needed.len());
        state.warn(say.with("total", run.total));
        return;
    }
    if let Some((id, refusal)) = outcome.refused.first() {
        if done == 0 && outcome.second_needed.is_empty() && outcome.refused.len() == 1 {
            state.refuse(refusal.clone());
        } else {
            let say = Say::new("sms-partly")
                .with("n", done + outcome.second_needed.len())
                .with("refused", outcome.refused.len());
            state.warn(say.with("id", id.to_string()));
        }
        return;
    }
    if !outcome.second_needed.is_empty() {
        state.info(Say::new("sms-second-needed").with("n", outcome.second_needed.len()));
        return;
    }
    let say = match run.task {
        Task::Confirm { .. } => Say::new("sms-confirmed"),
        Task::Undo => Say::new("sms-undone"),
        Task::Resend => Say::new("sms-resent"),
        Task::Withdraw => Say::new("sms-withdrawn-done"),
        Task::Reject(_) => Say::new("sms-rejected-done"),
    };
    state.info(say.with("n", done));
}

/// The ids of the rows.
pub(super) fn ids(rows: &[crate::ask::SmsRow]) -> Vec<SmsId> {
    rows.iter().map(|row| row.id).collect()
}
