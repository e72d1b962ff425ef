//! How Beranda looks.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{HomeRow, rows};
use crate::{
    ask::{LetterRow, Overview, Rated},
    domain::money::percent,
    tui::{
        action::{Action, Context},
        look::Look,
        screen::letters::view::target,
        state::{LinkState, State},
        text,
        theme::Role,
        widget::paint::{put, put_line},
    },
};

/// Draws the screen.
pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, look: &Look) {
    let Some(overview) = &state.overview else {
        let words = look.text(if state.link == LinkState::Connecting {
            "connecting"
        } else {
            "loading"
        });
        put(
            frame.buffer_mut(),
            area,
            2,
            1,
            &words,
            look.style(Role::Muted),
        );
        return;
    };
    if overview.store.satker == 0 {
        draw_empty_office(frame, area, look);
        return;
    }
    let buffer = frame.buffer_mut();
    let today = look.with(
        "home-today",
        &[
            ("registered", overview.registered_today.into()),
            ("ended", overview.ended_today.into()),
        ],
    );
    let mut title = vec![Span::styled(
        look.text("home-title"),
        look.style(Role::Title),
    )];
    title.push(Span::styled(format!("   {today}"), look.style(Role::Muted)));
    put_line(buffer, area, 0, 0, &Line::from(title));
    if let Some(rated) = &overview.rated {
        put_line(buffer, area, 0, 1, &satisfaction(rated, look));
    }
    let rows = rows(overview);
    let list = Rect {
        y: area.y + 2.min(area.height),
        height: area.height.saturating_sub(2),
        ..area
    };
    if rows.is_empty() {
        put(
            buffer,
            list,
            2,
            0,
            &look.text("home-nothing"),
            look.style(Role::Info),
        );
        return;
    }
    let mut cursor = None;
    for (y, (index, row)) in (0..list.height).zip(rows.iter().enumerate().skip(state.home.top)) {
        put_line(
            buffer,
            list,
            1,
            y,
            &line(row, overview, state, look, list.width),
        );
        if index == state.home.cursor {
            crate::tui::widget::paint::highlight(buffer, list, y, look.style(Role::Selected));
            cursor = Some((list.x, list.y + y));
        }
    }
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}

/// The satisfaction index in one line; where too few have rated, only that.
fn satisfaction(rated: &Rated, look: &Look) -> Line<'static> {
    let period = rated.period.display(look.lang());
    let count = rated.n.into();
    let Some(mean) = rated.mean else {
        let words = look.with("home-rated-few", &[("period", period.into()), ("n", count)]);
        return Line::styled(words, look.style(Role::Muted));
    };
    let of_five = |hundredths: u32| percent(i64::from(hundredths));
    let words = look.with(
        "home-rated",
        &[
            ("period", period.into()),
            ("mean", of_five(mean).into()),
            ("target", of_five(rated.target).into()),
            ("n", count),
        ],
    );
    // Without colour the words say on which side of the target it is.
    let (verdict, role) = if mean >= rated.target {
        ("home-rated-reached", Role::Done)
    } else {
        ("home-rated-below", Role::Warning)
    };
    Line::from(vec![
        Span::styled(words, look.style(Role::Muted)),
        Span::styled(format!(" {}", look.text(verdict)), look.style(role)),
    ])
}

/// What kind of thing a row is, in a column of its own.
const KIND: usize = 10;

fn line(
    row: &HomeRow<'_>,
    overview: &Overview,
    state: &State,
    look: &Look,
    width: u16,
) -> Line<'static> {
    let kind = |id: &str, style: Style| {
        Span::styled(format!("{} ", text::pad(&look.text(id), KIND)), style)
    };
    let plain = |words: String| Span::styled(words, look.style(Role::Text));
    let room = usize::from(width).saturating_sub(KIND + 2);
    let danger = look.style(Role::Danger);
    let warning = look.style(Role::Warning);
    match row {
        HomeRow::Overdue(letter) => letter_line(
            letter,
            kind("home-overdue", look.style(Role::Overdue)),
            state,
            look,
            width,
        ),
        HomeRow::DueToday(letter) => letter_line(
            letter,
            kind("home-due", look.style(Role::DueSoon)),
            state,
            look,
            width,
        ),
        HomeRow::MoreOverdue(more) => Line::from(vec![
            kind("home-overdue", look.style(Role::Overdue)),
            plain(look.with("home-more", &[("n", (*more).into())])),
        ]),
        HomeRow::MoreDueToday(more) => Line::from(vec![
            kind("home-due", look.style(Role::DueSoon)),
            plain(look.with("home-more", &[("n", (*more).into())])),
        ]),
        HomeRow::Late(count) => Line::from(vec![
            kind("home-deadline", look.style(Role::Overdue)),
            plain(look.with("home-late", &[("n", (*count).into())])),
        ]),
        HomeRow::OwedToday(count) => Line::from(vec![
            kind("home-deadline", look.style(Role::DueSoon)),
            plain(look.with(
                "home-owed-today",
                &[
                    ("n", (*count).into()),
                    ("week", overview.deadlines.week.into()),
                ],
            )),
        ]),
        HomeRow::Waiting(count) => Line::from(vec![
            kind("home-sms", warning),
            plain(look.with("home-waiting", &[("n", (*count).into())])),
        ]),
        HomeRow::HandedBack(count) => Line::from(vec![
            kind("home-back", warning),
            plain(look.with("home-handed-back", &[("n", (*count).into())])),
        ]),
        HomeRow::Repairs(count) => Line::from(vec![
            kind("home-repair", warning),
            plain(look.with("home-repairs", &[("n", (*count).into())])),
        ]),
        HomeRow::Trouble(count) => Line::from(vec![
            kind("home-sms", danger),
            plain(look.with("home-trouble", &[("n", (*count).into())])),
        ]),
        HomeRow::Sms(sms) => Line::from(vec![
            kind("home-sms", danger),
            plain(format!("  {} {} ", sms.id, look.sms_state(sms.state))),
            Span::styled(
                text::clean(&format!(
                    "{} {}",
                    super::super::sms::view::addressee(sms, look),
                    sms.error
                        .as_deref()
                        .map(|fault| super::super::sms::view::fault_words(fault, look))
                        .unwrap_or_default()
                )),
                look.style(Role::Muted),
            ),
        ]),
        HomeRow::Modem(modem) => {
            let state_words = look.modem_state(&modem.kind, &modem.state);
            let detail = modem.detail.as_deref().unwrap_or_default();
            let detail = look.locale.modem_note(detail);
            Line::from(vec![
                kind("home-modem", danger),
                plain(text::fit(
                    &text::clean(&format!("{}: {state_words} {detail}", modem.name)),
                    room,
                )),
            ])
        }
        // The rest opens in a box.
        HomeRow::Hold(refusal) => Line::from(vec![
            kind("home-hold", warning),
            plain(text::fit(&look.refusal(refusal), room)),
        ]),
        HomeRow::Warning(refusal) => Line::from(vec![
            kind("home-warning", danger),
            plain(text::fit(&look.refusal(refusal), room)),
        ]),
    }
}

fn letter_line(
    letter: &LetterRow,
    kind: Span<'static>,
    state: &State,
    look: &Look,
    width: u16,
) -> Line<'static> {
    let (words, style) = target(letter, state, look);
    let tab = state
        .module(&letter.module)
        .map_or_else(|| letter.module.clone(), |module| module.tab.clone());
    // Kind, agenda and tab stand at the left, the target at the right; sender and subject share the rest.
    let room = usize::from(width).saturating_sub(KIND + 1 + 11 + 9 + 2 + 18);
    let sender = text::clean(&letter.sender);
    let middle = if room < 50 {
        text::pad(&sender, room)
    } else {
        format!(
            "{} {}",
            text::pad(&sender, 24),
            text::pad(&text::clean(&letter.subject), room - 25)
        )
    };
    Line::from(vec![
        kind,
        Span::styled(
            format!(
                "{} {} {middle} ",
                text::pad(&letter.agenda.short(), 10),
                text::pad(&tab, 8)
            ),
            look.style(Role::Text),
        ),
        Span::styled(words, style),
    ])
}

/// A fresh office: what to do next, word for word.
fn draw_empty_office(frame: &mut Frame<'_>, area: Rect, look: &Look) {
    let buffer = frame.buffer_mut();
    let width = usize::from(area.width.saturating_sub(4));
    let text_style = look.style(Role::Text);
    let mut lines: Vec<(String, Style)> = vec![
        (look.text("empty-title"), look.style(Role::Title)),
        (String::new(), text_style),
    ];
    let mut say = |id: &str, style: Style| {
        lines.extend(
            text::wrap(&look.text(id), width)
                .into_iter()
                .map(|line| (line, style)),
        );
    };
    say("empty-import", text_style);
    say("empty-import-command", look.style(Role::Key));
    say("empty-budget-command", look.style(Role::Key));
    say("empty-where", look.style(Role::Muted));
    lines.push((String::new(), text_style));
    let key = look
        .key(Context::Home, Action::LoadDemo)
        .unwrap_or_default();
    lines.extend(
        text::wrap(&look.with("empty-demo", &[("key", key.into())]), width)
            .into_iter()
            .map(|line| (line, text_style)),
    );
    for (y, (words, style)) in (1..area.height).zip(&lines) {
        put(buffer, area, 2, y, words, *style);
    }
}
