//! How work on many messages looks while it goes on.

use ratatui::{Frame, layout::Rect};

use crate::tui::{
    action::{Action, Context},
    look::Look,
    popup::{Run, Task},
    theme::Role,
    widget::paint::{popup, put},
};

/// Draws how far the work has come.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, run: &Run, look: &Look) {
    let title = look.text(match run.task {
        Task::Confirm { .. } => "run-confirm",
        Task::Reject(_) => "run-reject",
        Task::Undo => "run-undo",
        Task::Resend => "run-resend",
        Task::Withdraw => "run-withdraw",
    });
    let inside = popup(frame.buffer_mut(), area, (60, 7), &title, look);
    let outcome = &run.outcome;
    let done = (outcome.done.len() + outcome.second_needed.len()) as u64;
    let seen = (done + outcome.refused.len() as u64).min(run.total);
    let words = look.with(
        "run-done",
        &[
            ("n", done.into()),
            ("total", run.total.into()),
            ("refused", outcome.refused.len().into()),
        ],
    );
    let buffer = frame.buffer_mut();
    put(buffer, inside, 1, 0, &words, look.style(Role::Text));
    let room = u64::from(inside.width.saturating_sub(4));
    let full = usize::try_from(room * seen / run.total.max(1)).unwrap_or(0);
    let empty = usize::try_from(room).unwrap_or(0).saturating_sub(full);
    let bar = format!("[{}{}]", "#".repeat(full), ".".repeat(empty));
    put(buffer, inside, 1, 2, &bar, look.style(Role::Info));
    let foot = if run.stopping {
        look.text("run-stopping")
    } else {
        let key = look
            .key(Context::Confirm, Action::Cancel)
            .unwrap_or_default();
        look.with("run-stop", &[("key", key.into())])
    };
    put(buffer, inside, 1, 4, &foot, look.style(Role::Muted));
}
