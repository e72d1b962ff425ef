//! What the office answers.

use super::{bulk, deadlines, form, inbox, letters, list_height, lists};
use crate::domain::refusal::Refusal;
use crate::{
    ask::{RepairRow, Reply, SmsLine},
    domain::module::{Modules, Source},
    locale::Say,
    tui::{
        popup::{
            Asked, Popup,
            form::{Kind, Purpose},
        },
        screen::{letters::LettersScreen, sms::line_id},
        state::{Batch, Effect, Place, State, Ticket},
        widget::turn::Turn,
    },
};

pub(super) fn take(
    state: &mut State,
    ticket: Ticket,
    result: Result<Box<Reply>, Refusal>,
) -> Vec<Effect> {
    if matches!(
        ticket,
        Ticket::Saved(..)
            | Ticket::Moved(_)
            | Ticket::Piece
            | Ticket::Brake
            | Ticket::Aside
            | Ticket::Edited
            | Ticket::Demo
            | Ticket::Reminded
    ) {
        state.busy = state.busy.saturating_sub(1);
    }
    match result {
        Ok(reply) => answered(state, ticket, *reply),
        Err(refusal) => refused(state, ticket, refusal),
    }
}

fn answered(state: &mut State, ticket: Ticket, reply: Reply) -> Vec<Effect> {
    match (ticket, reply) {
        (Ticket::Overview, Reply::GetOverview(overview)) => {
            let again = state.overview_turn.done();
            state.clock = overview.clock;
            let mut effects = vec![Effect::SetClock(overview.clock)];
            state.sms.user.clone_from(&overview.actor.user);
            state.overview = Some(overview);
            if state.place == Place::Home {
                lists::settle(state);
            }
            if again {
                effects.extend(super::ask_overview(state));
            }
            effects
        }
        (Ticket::Modules, Reply::GetModules(files)) => {
            let sources = files
                .files
                .into_iter()
                .map(|(file, text)| Source { file, text })
                .collect();
            // Files of the home folder stand over the built-in ones, which both sides have.
            match Modules::with_overrides(sources) {
                Ok(modules) => {
                    inbox::set_templates(state, &modules);
                    set_modules(state, modules.iter().cloned().collect())
                }
                Err(problems) => {
                    let what = problems
                        .first()
                        .map(ToString::to_string)
                        .unwrap_or_default();
                    state.warn(Say::new("modules-unreadable").with("what", what));
                    Vec::new()
                }
            }
        }
        (Ticket::MarkLetters(tab), Reply::ListLetters(page)) => {
            if let Some(screen) = state.letters.get_mut(tab) {
                screen.marks = page.rows.into_iter().map(|row| (row.agenda, row)).collect();
                say_marked(state, page.total);
            }
            Vec::new()
        }
        (ticket @ (Ticket::Letters(_) | Ticket::Letter(_)), reply) => {
            letters_answered(state, ticket, reply)
        }
        (
            ticket @ (Ticket::Sms
            | Ticket::SmsDetail
            | Ticket::Repairs
            | Ticket::Question
            | Ticket::Look
            | Ticket::Template),
            reply,
        ) => sms_answered(state, ticket, reply),
        (ticket @ (Ticket::Inbox | Ticket::Thread | Ticket::Aside), reply) => {
            inbox::answered(state, ticket, reply)
        }
        (ticket @ (Ticket::Satkers | Ticket::Satker), reply) => {
            satker_answered(state, ticket, reply)
        }
        (
            ticket @ (Ticket::Deadlines
            | Ticket::MarkDeadlines
            | Ticket::DeadlineCounts
            | Ticket::DeadlineMonth
            | Ticket::Deadline
            | Ticket::Reminded),
            reply,
        ) => deadlines::answered(state, ticket, reply),
        (Ticket::Audit, Reply::ListAudit(page)) => {
            let height = list_height(state);
            state.audit.newest(page, height).into_iter().collect()
        }
        (Ticket::AuditMore, Reply::ListAudit(page)) => {
            state.audit.older(page);
            Vec::new()
        }
        (Ticket::Candidates(number), Reply::ListSatker(page)) => {
            candidates(state, number, page.rows)
        }
        (Ticket::Preview(number), reply) => previewed(state, number, reply),
        (Ticket::Draft(number), Reply::GetDraft(draft)) => match draft.values {
            Some(values) if values.keys().any(|id| id != "_key" && id != "service") => {
                form::restore(state, number, &values)
            }
            _ => Vec::new(),
        },
        (Ticket::Quiet, Reply::KeepDraft(kept)) => {
            if let Some(form) = kept.dropped.first() {
                let form = form.rsplit('/').next().unwrap_or_default();
                state.warn(Say::new("forms-dropped").with("form", form));
            }
            Vec::new()
        }
        (Ticket::Saved(number, agenda), reply) => saved(state, number, agenda, reply),
        (Ticket::Moved(agenda), Reply::MoveLetter(_)) => {
            form::unmark(state, agenda);
            state.batch.done += 1;
            settle_batch(state)
        }
        (
            Ticket::Piece,
            Reply::ConfirmSms(piece)
            | Reply::ConfirmBeyond(piece)
            | Reply::RejectSms(piece)
            | Reply::UndoSms(piece)
            | Reply::WithdrawSms(piece)
            | Reply::ResendSms(piece),
        ) => bulk::piece_done(state, piece),
        (Ticket::Brake, Reply::ResumeSending(_)) => {
            state.info(Say::new("sending-resumed"));
            form::reload(state)
        }
        (Ticket::Edited, Reply::EditSms(row)) => {
            if matches!(state.popups.last(), Some(Popup::Editor(_))) {
                state.popups.pop();
            }
            state.sms.detail = None;
            state.info(Say::new("edit-saved").with("id", row.id.to_string()));
            form::reload(state)
        }
        (Ticket::Demo, Reply::LoadDemo(report)) => {
            state.info(
                Say::new("demo-loaded")
                    .with("satker", report.satker)
                    .with("letters", report.letters)
                    .with("sms", report.sms),
            );
            form::reload(state)
        }
        _ => Vec::new(),
    }
}

/// Says it when there are more rows than can be marked at once.
fn say_marked(state: &mut State, total: u64) {
    if total > u64::from(lists::MOST_MARKS) {
        state.warn(Say::new("marked-some").with("n", lists::MOST_MARKS));
    }
}

/// The tabs follow the modules; what a tab showed stays with its module.
pub(in crate::tui) fn set_modules(
    state: &mut State,
    modules: Vec<crate::domain::module::Module>,
) -> Vec<Effect> {
    let place_module = match state.place {
        Place::Letters(tab) => state.letters.get(tab).map(|screen| screen.module.clone()),
        _ => None,
    };
    let mut old = std::mem::take(&mut state.letters);
    let wanted = modules
        .iter()
        .map(|module| Some(module.id.clone()))
        .chain([None]);
    for module in wanted {
        let kept = old
            .iter()
            .position(|screen| screen.module == module)
            .map(|position| old.swap_remove(position));
        state
            .letters
            .push(kept.unwrap_or_else(|| LettersScreen::of(module)));
    }
    state.modules = modules;
    if let Some(module) = place_module {
        let tab = state
            .letters
            .iter()
            .position(|screen| screen.module == module)
            .unwrap_or(0);
        state.place = Place::Letters(tab);
    }
    lists::refresh(state)
}

fn letters_answered(state: &mut State, ticket: Ticket, reply: Reply) -> Vec<Effect> {
    let height = list_height(state);
    let mut effects = Vec::new();
    match (ticket, reply) {
        (Ticket::Letters(tab), Reply::ListLetters(page)) => {
            let Some(screen) = state.letters.get_mut(tab) else {
                return effects;
            };
            if screen
                .list
                .answer(page.rows, page.offset, page.total, height, |row| row.agenda)
            {
                effects.extend(screen.ask(tab, height));
            }
            for row in &screen.list.rows {
                if let Some(mark) = screen.marks.get_mut(&row.agenda) {
                    mark.clone_from(row);
                }
            }
            if screen.shown_detail().is_none() {
                effects.extend(screen.ask_detail(tab));
            }
        }
        (Ticket::Letter(tab), Reply::ShowLetter(detail)) => {
            let Some(screen) = state.letters.get_mut(tab) else {
                return effects;
            };
            let again = screen.detail_turn.done();
            screen.detail = Some(Box::new(detail));
            if again || screen.shown_detail().is_none() {
                effects.extend(screen.ask_detail(tab));
            }
        }
        _ => {}
    }
    effects
}

fn sms_answered(state: &mut State, ticket: Ticket, reply: Reply) -> Vec<Effect> {
    let height = list_height(state);
    let mut effects = Vec::new();
    match (ticket, reply) {
        (Ticket::Sms, Reply::ListSms(page)) => {
            let lines = page.rows.into_iter().map(Box::new).map(SmsLine::Sms);
            let (lines, total) = (lines.collect(), page.total);
            state.sms.found = total;
            effects.extend(sms_lines(
                state,
                lines,
                page.offset,
                total,
                page.counts,
                height,
            ));
        }
        (Ticket::Sms, Reply::OutlineSms(page)) => {
            state.sms.found = page.messages;
            let (offset, total) = (page.offset, page.total);
            effects.extend(sms_lines(
                state,
                page.lines,
                offset,
                total,
                page.counts,
                height,
            ));
        }
        (Ticket::Repairs, Reply::ListRepairs(page)) => {
            let list = &mut state.sms.repairs.list;
            let id = |row: &RepairRow| (row.satker, row.phone.clone());
            if list.answer(page.rows, page.offset, page.total, height, id)
                && state.sms.of_contacts()
            {
                effects.extend(state.sms.ask(height));
            }
        }
        (Ticket::Look, Reply::PreviewConfirm(shown)) => {
            if let Some(Popup::Question(question)) = state.popups.last_mut()
                && let Asked::ConfirmMany(_, look) = &mut question.asked
            {
                *look = Some(Box::new(shown));
            }
        }
        (Ticket::Template, Reply::ShowSms(shown)) => {
            if let Some(Popup::Editor(editor)) = state.popups.last_mut()
                && editor.row.id == shown.row.id
            {
                editor.template = shown.sms.drafted_text;
            }
        }
        (Ticket::SmsDetail, Reply::ShowSms(detail)) => {
            let again = state.sms.detail_turn.done();
            state.sms.detail = Some(Box::new(detail));
            if again || state.sms.shown_detail().is_none() {
                effects.extend(state.sms.ask_detail());
            }
        }
        (Ticket::Question, Reply::ShowSms(shown)) => {
            if let Some(Popup::Question(question)) = state.popups.last_mut()
                && let Asked::ConfirmSms { rows, detail } = &mut question.asked
                && let [row] = rows.as_mut_slice()
                && row.id == shown.row.id
            {
                // Somebody else may have changed it in the meantime: what is confirmed is what is shown.
                row.clone_from(&shown.row);
                *detail = Some(Box::new(shown));
            }
        }
        _ => {}
    }
    effects
}

fn sms_lines(
    state: &mut State,
    lines: Vec<SmsLine>,
    offset: u64,
    total: u64,
    counts: std::collections::BTreeMap<crate::domain::sms::SmsState, u64>,
    height: u16,
) -> Vec<Effect> {
    let mut effects = Vec::new();
    state.sms.counts = counts;
    let again = state.sms.list.answer(lines, offset, total, height, line_id);
    if again && !state.sms.of_contacts() {
        effects.extend(state.sms.ask(height));
    }
    for line in &state.sms.list.rows {
        if let SmsLine::Sms(row) = line
            && let Some(mark) = state.sms.marks.get_mut(&row.id)
        {
            mark.clone_from(row);
        }
    }
    if state.sms.shown_detail().is_none() {
        effects.extend(state.sms.ask_detail());
    }
    effects
}

fn satker_answered(state: &mut State, ticket: Ticket, reply: Reply) -> Vec<Effect> {
    let height = list_height(state);
    let mut effects = Vec::new();
    match (ticket, reply) {
        (Ticket::Satkers, Reply::ListSatker(page)) => {
            if state
                .satker
                .list
                .answer(page.rows, page.offset, page.total, height, |row| row.code)
            {
                effects.extend(state.satker.ask(height));
            }
            if state.satker.shown_detail().is_none() {
                effects.extend(state.satker.ask_detail());
            }
        }
        (Ticket::Satker, Reply::ShowSatker(detail)) => {
            let again = state.satker.detail_turn.done();
            state.satker.detail = Some(Box::new(detail));
            if again || state.satker.shown_detail().is_none() {
                effects.extend(state.satker.ask_detail());
            }
        }
        _ => {}
    }
    effects
}

fn candidates(state: &mut State, number: u64, rows: Vec<crate::ask::SatkerRow>) -> Vec<Effect> {
    let Some(form) = form::numbered(state, number) else {
        return Vec::new();
    };
    let focus = form.focus;
    let mut chosen_at = None;
    let mut again = false;
    for (position, field) in form.fields.iter_mut().enumerate() {
        if let Kind::Satker(picker) = &mut field.kind {
            again = picker.turn.done();
            if picker.offer(rows) {
                chosen_at = Some(position);
            }
            break;
        }
    }
    let mut effects = Vec::new();
    if let Some(position) = chosen_at {
        // Six digits decide at once, and typing goes on in the next field.
        if position == focus {
            form.focus = (focus + 1).min(form.fields.len().saturating_sub(1));
        }
        effects.extend(form::ask_preview(state));
        effects.extend(form::keep_draft(state));
    } else if again {
        effects.extend(form::ask_candidates_again(state));
    }
    effects
}

fn previewed(state: &mut State, number: u64, reply: Reply) -> Vec<Effect> {
    let Some(form) = form::numbered(state, number) else {
        return Vec::new();
    };
    let again = form.turn.done();
    match (&mut form.purpose, reply) {
        (Purpose::Register(registration), Reply::PreviewLetter(preview)) => {
            form.problems.clone_from(&preview.problems);
            registration.preview = preview;
        }
        (Purpose::Broadcast { report, .. }, Reply::PreviewBroadcast(shown)) => {
            form.problems = shown.problem.iter().cloned().collect();
            *report = Some(Box::new(shown));
        }
        (Purpose::End { preview, .. }, Reply::PreviewEnd(shown)) => {
            form.problems.clone_from(&shown.problems);
            *preview = Some(shown);
        }
        _ => {}
    }
    if again {
        form::ask_preview(state).into_iter().collect()
    } else {
        Vec::new()
    }
}

fn saved(
    state: &mut State,
    number: u64,
    agenda: Option<crate::domain::id::AgendaNo>,
    reply: Reply,
) -> Vec<Effect> {
    state.batch.done += 1;
    if let Some(agenda) = agenda {
        form::unmark(state, agenda);
    }
    state.batch.waiting = state.batch.waiting.saturating_sub(1);
    if state.batch.waiting > 0 {
        return Vec::new();
    }
    let several = state.batch.done > 1 || !state.batch.refused.is_empty();
    let closed = form::close(state, number);
    if several {
        letters::batch_done(state);
        return form::reload(state);
    }
    state.batch = Batch::default();
    let mut effects = Vec::new();
    match reply {
        Reply::RegisterLetter(registered) => {
            let mut say = Say::new(if registered.sms.is_some() {
                "letter-registered-sms"
            } else {
                "letter-registered"
            })
            .with("agenda", registered.letter.agenda.short());
            if let Some(sms) = registered.sms {
                say = say.with("sms", sms.to_string());
            }
            state.info(say);
            if let Some(Purpose::Register(registration)) = closed.map(|form| form.purpose) {
                let form = super::super::popup::form::register::draft_name(&registration.module);
                effects.push(Effect::Ask(
                    Ticket::Quiet,
                    crate::ask::Request::DropDraft(crate::ask::DropDraft { form }),
                ));
            }
            if let Place::Letters(tab) = state.place
                && let Some(screen) = state.letters.get_mut(tab)
            {
                // The new letter is the newest: it stands on top.
                screen.list.move_to(0, 1);
                screen.list.rows.clear();
            }
        }
        Reply::EndLetter(end) => {
            let sms = end.sms.map(|id| id.to_string());
            state.info(form::end_said(
                end.letter.state,
                &end.letter.agenda.short(),
                sms,
            ));
        }
        Reply::MoveLetter(row) => {
            state.info(
                Say::new("letter-moved")
                    .with("agenda", row.agenda.short())
                    .with(
                        "state",
                        Say::new(format!("letter-{}", row.state.as_str().replace('_', "-"))),
                    ),
            );
        }
        Reply::SettleSms(outcome) => {
            if let Some((_, refusal)) = outcome.refused.first() {
                state.refuse(refusal.clone());
            } else {
                state.info(Say::new("sms-settled").with("n", outcome.done.len()));
            }
            for id in &outcome.done {
                state.sms.marks.remove(id);
            }
        }
        Reply::Broadcast(report) => {
            form::show_waiting(state);
            state.info(Say::new("broadcast-done").with("n", report.recipients));
        }
        Reply::AnswerInbox(row) => state.info(
            Say::new("inbox-answered")
                .with("id", row.id.to_string())
                .with("state", Say::new(format!("sms-{}", row.state.as_str()))),
        ),
        Reply::AssignInbox(_) => state.info(Say::new("inbox-assigned")),
        Reply::HoldSending(_) => state.info(Say::new("sending-held")),
        reply @ (Reply::MeetDeadline(_)
        | Reply::ExemptDeadline(_)
        | Reply::ReopenDeadline(_)
        | Reply::MoveDeadline(_)
        | Reply::AddDeadline(_)
        | Reply::GiveDate(_)
        | Reply::RecordEvent(_)) => deadlines::saved(state, &reply),
        Reply::DraftSms(row) => {
            form::show_waiting(state);
            state.info(Say::new("sms-drafted").with("id", row.id.to_string()));
        }
        _ => {}
    }
    effects.extend(form::reload(state));
    effects
}

fn settle_batch(state: &mut State) -> Vec<Effect> {
    state.batch.waiting = state.batch.waiting.saturating_sub(1);
    if state.batch.waiting > 0 {
        return Vec::new();
    }
    letters::batch_done(state);
    form::reload(state)
}

fn refused(state: &mut State, ticket: Ticket, refusal: Refusal) -> Vec<Effect> {
    match ticket {
        Ticket::Saved(number, agenda) => {
            if let Some(agenda) = agenda {
                state.batch.refused.push((agenda, refusal.clone()));
            }
            state.batch.waiting = state.batch.waiting.saturating_sub(1);
            if state.batch.waiting > 0 {
                return Vec::new();
            }
            if state.batch.done > 0 {
                form::close(state, number);
                letters::batch_done(state);
                return form::reload(state);
            }
            state.batch = Batch::default();
            form::refused(state, number, refusal);
        }
        Ticket::Moved(agenda) => {
            state.batch.refused.push((agenda, refusal));
            return settle_batch(state);
        }
        Ticket::Edited => {
            if let Some(Popup::Editor(editor)) = state.popups.last_mut() {
                editor.saving = false;
            }
            state.refuse(refusal);
        }
        Ticket::Overview => {
            state.overview_turn = Turn::default();
            say(state, refusal);
        }
        Ticket::Letters(tab) => {
            if let Some(screen) = state.letters.get_mut(tab) {
                screen.list.give_up();
            }
            say(state, refusal);
        }
        Ticket::Letter(tab) => {
            if let Some(screen) = state.letters.get_mut(tab) {
                screen.detail_turn = Turn::default();
            }
        }
        Ticket::Sms => {
            state.sms.list.give_up();
            say(state, refusal);
        }
        Ticket::Repairs => {
            state.sms.repairs.list.give_up();
            say(state, refusal);
        }
        Ticket::SmsDetail => state.sms.detail_turn = Turn::default(),
        Ticket::Inbox => {
            state.inbox.list.give_up();
            say(state, refusal);
        }
        Ticket::Thread => state.inbox.detail_turn = Turn::default(),
        Ticket::Satkers => {
            state.satker.list.give_up();
            say(state, refusal);
        }
        Ticket::Satker => state.satker.detail_turn = Turn::default(),
        Ticket::Deadlines | Ticket::DeadlineCounts | Ticket::DeadlineMonth | Ticket::Deadline => {
            deadlines::refused(state, ticket);
            say(state, refusal);
        }
        Ticket::Audit => {
            state.audit.give_up();
            say(state, refusal);
        }
        Ticket::AuditMore => state.audit.give_up_more(),
        Ticket::Candidates(number) => {
            if let Some(form) = form::numbered(state, number) {
                for field in &mut form.fields {
                    if let Kind::Satker(picker) = &mut field.kind {
                        picker.turn = Turn::default();
                    }
                }
            }
        }
        Ticket::Preview(number) => {
            if let Some(form) = form::numbered(state, number) {
                form.turn = Turn::default();
            }
        }
        Ticket::Piece => return bulk::piece_refused(state, refusal),
        Ticket::Look => {
            // Without a look nothing is confirmed.
            if matches!(state.popups.last(), Some(Popup::Question(question)) if matches!(question.asked, Asked::ConfirmMany(..)))
            {
                state.popups.pop();
            }
            say(state, refusal);
        }
        Ticket::Quiet | Ticket::Draft(_) | Ticket::Question | Ticket::Template => {}
        Ticket::Modules
        | Ticket::Aside
        | Ticket::Brake
        | Ticket::Demo
        | Ticket::MarkLetters(_)
        | Ticket::MarkDeadlines
        | Ticket::Reminded => {
            say(state, refusal);
        }
    }
    Vec::new()
}

/// A refusal on the message line; that the line is lost stands there already.
fn say(state: &mut State, refusal: Refusal) {
    if refusal.code != "connection-lost" {
        state.refuse(refusal);
    }
}
