//! The whole screen: tabs, the open screen, popups, message, hints, status. It only reads.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{
    action::{Action, Context},
    areas::areas,
    look::Look,
    popup::{self, Popup},
    screen,
    state::{Level, LinkState, Place, State, is_ordinary},
    text,
    theme::Role,
    widget::paint::{put, put_line},
};
use crate::domain::sms::SmsState;

pub mod hints;
mod shut;

/// Draws the state.
pub fn draw(frame: &mut Frame<'_>, state: &State, look: &Look) {
    // The terminal may have grown or shrunk since the state heard of it.
    let size = (frame.area().width, frame.area().height);
    let areas = areas(size);
    let whole = frame.area();
    frame.buffer_mut().set_style(whole, look.style(Role::Text));
    if state.is_shut() {
        shut::draw(frame, areas.content, state, look);
        draw_message(frame, areas.message, areas.hints, state, look);
        return;
    }
    draw_tabs(frame, areas.tabs, state, look);
    draw_screens(frame, areas.screens, state, look);
    let page = state.popups.iter().find_map(|popup| match popup {
        Popup::Form(form) if form.is_page() => Some(form),
        _ => None,
    });
    match page {
        Some(form) => popup::form::view::draw_page(frame, areas.content, form, state, look),
        None => match state.place {
            Place::Home => screen::home::view::draw(frame, areas.content, state, look),
            Place::Letters(tab) => {
                if let Some(letters) = state.letters.get(tab) {
                    screen::letters::view::draw(frame, areas.content, letters, state, look);
                }
            }
            Place::Sms => screen::sms::view::draw(frame, areas.content, &state.sms, state, look),
            Place::Inbox => {
                screen::inbox::view::draw(frame, areas.content, &state.inbox, state, look);
            }
            Place::Satker => {
                screen::satker::view::draw(frame, areas.content, &state.satker, state, look);
            }
            Place::Deadlines => {
                screen::deadlines::view::draw(frame, areas.content, &state.deadlines, state, look);
            }
            Place::Audit => {
                screen::audit::view::draw(frame, areas.content, &state.audit, state, look);
            }
        },
    }
    for popup in &state.popups {
        popup::view::draw(frame, areas.content, popup, state, look);
    }
    hints::draw(frame, areas.hints, state, look);
    draw_message(frame, areas.message, areas.hints, state, look);
    if state.pending.is_empty() {
        draw_status(frame, areas.status, state, look);
    } else {
        hints::draw_continuations(frame, areas.content, state, look);
        draw_status(frame, areas.status, state, look);
    }
}

fn draw_tabs(frame: &mut Frame<'_>, area: Rect, state: &State, look: &Look) {
    let mut spans = Vec::new();
    let mut widths = Vec::new();
    for (tab, module) in state.modules.iter().enumerate() {
        let key = Action::for_module_tab(tab)
            .and_then(|action| look.key(Context::List, action))
            .map(|key| format!("{key} "))
            .unwrap_or_default();
        let words = format!(" {key}{}", module.tab);
        let active = state.place == Place::Letters(tab);
        widths.push((
            u16::try_from(text::width(&words) + 1).unwrap_or(u16::MAX),
            active,
        ));
        let style = look.style(if active { Role::TabActive } else { Role::Tab });
        spans.push(Span::styled(format!("{words} "), style));
    }
    if state.place == Place::Letters(state.modules.len()) {
        spans.push(Span::styled(
            format!(" {} ", look.text("tab-all")),
            look.style(Role::TabActive),
        ));
    }
    // With more tabs than fit, the row starts late enough to show the open one.
    let mut end = 0;
    let mut skip = 0;
    for (index, (width, active)) in widths.iter().enumerate() {
        end += width;
        if *active && end > area.width {
            skip = index;
        }
    }
    let shown: Vec<Span<'static>> = spans.into_iter().skip(skip).collect();
    put_line(frame.buffer_mut(), area, 0, 0, &Line::from(shown));
}

fn draw_screens(frame: &mut Frame<'_>, area: Rect, state: &State, look: &Look) {
    let waiting = state
        .overview
        .as_ref()
        .and_then(|overview| overview.sms.get(&SmsState::Waiting))
        .copied()
        .unwrap_or(0);
    let sms = if waiting > 0 {
        format!("SMS ({waiting})")
    } else {
        "SMS".to_owned()
    };
    let unread = state
        .overview
        .as_ref()
        .map_or(0, |overview| overview.unread);
    let inbox = if unread > 0 {
        format!("{} ({unread})", look.text("screen-inbox"))
    } else {
        look.text("screen-inbox")
    };
    let screens = [
        (Action::HomeScreen, Place::Home, look.text("screen-home")),
        (Action::SmsScreen, Place::Sms, sms),
        (Action::InboxScreen, Place::Inbox, inbox),
        (
            Action::SatkerScreen,
            Place::Satker,
            look.text("screen-satker"),
        ),
        (
            Action::DeadlineScreen,
            Place::Deadlines,
            look.text("screen-deadlines"),
        ),
        (Action::AuditScreen, Place::Audit, look.text("screen-audit")),
    ];
    let mut spans = Vec::new();
    for (action, place, name) in screens {
        let key = look.key(Context::Global, action).unwrap_or_default();
        let style = look.style(if state.place == place {
            Role::TabActive
        } else {
            Role::Tab
        });
        spans.push(Span::styled(format!(" {key} {name} "), style));
    }
    let used = put_line(frame.buffer_mut(), area, 0, 0, &Line::from(spans));
    if let Some(overview) = &state.overview {
        let office = text::fit(
            &text::clean(&overview.office),
            usize::from(area.width.saturating_sub(used + 2)),
        );
        let width = u16::try_from(text::width(&office)).unwrap_or(0);
        let at = area.width.saturating_sub(width + 1).max(used);
        put(
            frame.buffer_mut(),
            area,
            at,
            0,
            &office,
            look.style(Role::Title),
        );
    }
}

fn draw_message(frame: &mut Frame<'_>, area: Rect, hints: Rect, state: &State, look: &Look) {
    let buffer = frame.buffer_mut();
    if let LinkState::Down(refusal) = &state.link
        && !state.is_shut()
    {
        // That nobody answers is said already; another cause wants a person.
        let words = if refusal.code == "server-away" {
            format!("{} {}", look.refusal(refusal), look.text("link-typed"))
        } else if is_ordinary(refusal) {
            look.text("link-down")
        } else {
            format!("{} {}", look.text("link-down"), look.refusal(refusal))
        };
        put_words(buffer, area, hints, &words, look.style(Role::Danger));
        return;
    }
    if state.link == LinkState::Connecting {
        put(
            buffer,
            area,
            0,
            0,
            &look.text("connecting"),
            look.style(Role::Warning),
        );
        return;
    }
    if let Some(line) = &state.finding
        && state.popups.is_empty()
    {
        let label = look.text("find-label");
        let used = put(buffer, area, 0, 0, &label, look.style(Role::FieldLabel));
        let room = usize::from(area.width.saturating_sub(used + 1));
        let (shown, cursor) = line.window(room);
        put(
            buffer,
            area,
            used + 1,
            0,
            &text::pad(&shown, room),
            look.style(Role::FieldActive),
        );
        let x = area.x + used + 1 + u16::try_from(cursor).unwrap_or(0);
        if area.height > 0 && x < area.right() {
            frame.set_cursor_position((x, area.y));
        }
        return;
    }
    if state.busy > 0 {
        put(
            buffer,
            area,
            0,
            0,
            &look.text("busy"),
            look.style(Role::Muted),
        );
        return;
    }
    let Some(message) = &state.message else {
        return;
    };
    let words = look.said(&message.say);
    // Without colour the kind of message still shows.
    let (sign, role) = match message.level {
        Level::Info => ("", Role::Info),
        Level::Warning => ("! ", Role::Warning),
        Level::Error => ("!! ", Role::Danger),
    };
    put_words(
        buffer,
        area,
        hints,
        &format!("{sign}{words}"),
        look.style(role),
    );
}

/// A sentence that is too long for its line goes on over the hints, and what is still longer grows upwards over the screen: it says
/// what to do next.
fn put_words(buffer: &mut Buffer, area: Rect, hints: Rect, words: &str, style: Style) {
    let lines = text::wrap(words, usize::from(area.width));
    let wanted = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let room = if wanted > 1 {
        let bottom = area.y + area.height + hints.height;
        let height = wanted.min(bottom);
        Rect::new(area.x, bottom - height, area.width, height)
    } else {
        area
    };
    for (row, line) in (0..room.height).zip(&lines) {
        let line = text::pad(line, usize::from(area.width));
        put(buffer, room, 0, row, &line, style);
    }
}

fn draw_status(frame: &mut Frame<'_>, area: Rect, state: &State, look: &Look) {
    let status = look.style(Role::Status);
    let buffer = frame.buffer_mut();
    put(
        buffer,
        area,
        0,
        0,
        &" ".repeat(usize::from(area.width)),
        status,
    );
    let clock = look.clock(state.clock);
    let Some(overview) = &state.overview else {
        put(buffer, area, 1, 0, &clock, status);
        return;
    };
    // Nothing leaves: that is louder than everything else on this line.
    let held = overview.held.as_ref().map_or_else(String::new, |held| {
        let who = text::fit(&text::clean(&held.by), 12);
        let when = if held.since.date_naive() == state.clock.date_naive() {
            crate::domain::when::clock(held.since.time())
        } else {
            look.moment(held.since, state.clock)
        };
        let words = look.with("status-held", &[("who", who.into()), ("when", when.into())]);
        format!(" {words} ")
    });
    // Somebody must look at what comes in: it is no more answered by itself.
    let flood = overview
        .warnings
        .iter()
        .find(|warning| warning.code == "flood")
        .and_then(|warning| warning.args.get("n"))
        .map_or_else(String::new, |n| {
            let n = text::fit(&text::clean(n), 6);
            format!(" {} ", look.with("status-flood", &[("n", n.into())]))
        });
    let simulation = if state.simulated() {
        format!(" {} ", look.text("simulation"))
    } else {
        String::new()
    };
    let badges = text::width(&simulation) + text::width(&held) + text::width(&flood);
    let room = usize::from(area.width).saturating_sub(badges);
    // What matters less is said shorter, then not at all, until the clock and all counts fit.
    let role = look.text(&format!("user-{}", overview.actor.role.as_str()));
    let user = text::clean(&overview.actor.user);
    let modems = modem_words(state, look);
    let mut left = String::new();
    let mut right = String::new();
    let time = crate::domain::when::clock(state.clock.time());
    for (who, clock, modems, counts) in [
        (
            format!("{user} ({role})"),
            &clock,
            modems.as_str(),
            "status-counts",
        ),
        (
            format!("{user} ({role})"),
            &clock,
            modems.as_str(),
            "status-counts-short",
        ),
        (user.clone(), &clock, modems.as_str(), "status-counts-short"),
        (
            text::fit(&user, 8),
            &clock,
            modems.as_str(),
            "status-counts-short",
        ),
        (text::fit(&user, 8), &time, "", "status-counts-short"),
        (String::new(), &time, "", "status-counts-short"),
    ] {
        left = format!(" {who} {clock} {}{modems}", overview.zone);
        right = format!(" {} ", status_counts(counts, state, look));
        if text::width(&left) + text::width(&right) <= room {
            break;
        }
    }
    put(buffer, area, 0, 0, &left, status);
    let width = badges + text::width(&right);
    let at = area
        .width
        .saturating_sub(u16::try_from(width).unwrap_or(u16::MAX));
    let right = vec![
        Span::styled(held, look.style(Role::Danger)),
        Span::styled(flood, look.style(Role::Danger)),
        Span::styled(simulation, look.style(Role::Simulation)),
        Span::styled(right, status),
    ];
    put_line(buffer, area, at, 0, &Line::from(right));
}

/// State and signal of the modems; that one is simulated is said louder elsewhere.
fn modem_words(state: &State, look: &Look) -> String {
    let modems = state.overview.iter().flat_map(|overview| &overview.modems);
    modems
        .filter(|modem| modem.kind != "simulated" || modem.state != "ready")
        .take(2)
        .map(|modem| {
            let words = look.modem_state(&modem.kind, &modem.state);
            let signal = modem
                .signal
                .map(|signal| format!(" {signal}%"))
                .unwrap_or_default();
            format!("  {} {words}{signal}", text::clean(&modem.name))
        })
        .collect::<Vec<_>>()
        .concat()
}

fn status_counts(id: &'static str, state: &State, look: &Look) -> String {
    let count = |states: &[SmsState]| -> u64 {
        let counts = state.overview.as_ref().map(|overview| &overview.sms);
        states
            .iter()
            .filter_map(|state| counts.and_then(|counts| counts.get(state)))
            .sum()
    };
    look.with(
        id,
        &[
            ("waiting", count(&[SmsState::Waiting]).into()),
            (
                "queued",
                count(&[SmsState::Queued, SmsState::Sending]).into(),
            ),
            (
                "uncertain",
                state
                    .overview
                    .as_ref()
                    .map_or(0, |overview| overview.trouble_total)
                    .into(),
            ),
            (
                "unread",
                state
                    .overview
                    .as_ref()
                    .map_or(0, |overview| overview.unread)
                    .into(),
            ),
        ],
    )
}
