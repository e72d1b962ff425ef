//! The desk while there is no office to show: the account has no role, or no server has answered yet. One box with what happened, what
//! is safe, whom to ask and what they type.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use crate::domain::refusal::Refusal;
use crate::{
    locale::Arg,
    tui::{
        action::Action,
        look::Look,
        state::{LinkState, State},
        text,
        theme::Role,
        widget::paint::{popup, put, put_line},
    },
};

/// Draws the box.
pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, look: &Look) {
    let width = usize::from(area.width.min(76)).saturating_sub(4);
    let (title, lines) = match &state.link {
        LinkState::Shut { refusal, had, .. } => without_role(refusal, *had, look, width),
        LinkState::Down(refusal) => without_server(refusal, look, width),
        LinkState::Connecting | LinkState::Up => return,
    };
    let height = u16::try_from(lines.len() + 3).unwrap_or(u16::MAX);
    let buffer = frame.buffer_mut();
    let inside = popup(buffer, area, (76, height), &title, look);
    let foot = inside.height.saturating_sub(1);
    for (y, (words, style)) in (0..foot).zip(&lines) {
        put(buffer, inside, 1, y, words, *style);
    }
    let key = |action| look.key(state.context(), action).unwrap_or_default();
    let key_style = look.style(Role::Key);
    let normal = look.style(Role::Text);
    let keys = Line::from(vec![
        Span::styled(key(Action::Reload), key_style),
        Span::styled(format!(" {}    ", look.text("shut-again")), normal),
        Span::styled(key(Action::Quit), key_style),
        Span::styled(format!(" {}", look.text("shut-quit")), normal),
    ]);
    put_line(buffer, inside, 1, foot, &keys);
    if inside.height > 0 && inside.width > 1 {
        frame.set_cursor_position((inside.x + 1, inside.y + foot));
    }
}

type Styled = Vec<(String, Style)>;

fn without_role(refusal: &Refusal, had: bool, look: &Look, width: usize) -> (String, Styled) {
    let user = refusal.args.get("user").cloned().unwrap_or_default();
    let of_user = |id: &str| look.with(id, &[("user", Arg::from(user.as_str()))]);
    let (title, what) = if had {
        ("shut-removed-title", "shut-removed")
    } else {
        ("shut-no-role-title", "shut-no-role")
    };
    let normal = look.style(Role::Text);
    let mut lines = Vec::new();
    for (words, style) in [
        (of_user(what), normal),
        (look.text("shut-safe"), normal),
        (look.text("shut-ask"), normal),
        (of_user("shut-command"), look.style(Role::Key)),
        (look.text("shut-roles"), look.style(Role::Muted)),
    ] {
        say(&mut lines, &words, style, width);
    }
    (look.text(title), lines)
}

fn without_server(refusal: &Refusal, look: &Look, width: usize) -> (String, Styled) {
    let normal = look.style(Role::Text);
    let mut lines = Vec::new();
    say(&mut lines, &look.refusal(refusal), normal, width);
    if refusal.code != "server-away" {
        let muted = look.style(Role::Muted);
        say(&mut lines, &look.text("shut-by-itself"), muted, width);
    }
    (look.text("shut-no-server-title"), lines)
}

/// A paragraph, with an empty line after it.
fn say(lines: &mut Styled, words: &str, style: Style, width: usize) {
    let wrapped = text::wrap(words, width).into_iter();
    lines.extend(wrapped.map(|line| (line, style)));
    lines.push((String::new(), style));
}
