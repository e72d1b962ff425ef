//! How the deadlines look as a list: tabs, rows, and everything about one.

use chrono::{Datelike, NaiveDate};
use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{DeadlinesScreen, TABS};
use crate::{
    ask::{DeadlineDetail, DeadlineRow},
    domain::{deadline::DeadlineChange, rule::remind::distance_label, when},
    tui::{
        areas::list_areas,
        look::Look,
        screen::{
            detail::{self, Lines},
            rows,
        },
        state::State,
        theme::Role,
        widget::{
            paint::put_line,
            table::{self, Cell, Column},
        },
    },
};

const COLUMNS: [Column; 5] = [
    Column::new("", 1, 0),
    Column::new("head-due", 10, 0),
    Column::new("head-state", 14, 0),
    Column::new("head-satker", 20, 0),
    Column::new("head-obligation", 0, 0),
];

/// Draws the screen.
pub fn draw(
    frame: &mut Frame<'_>,
    area: Rect,
    screen: &DeadlinesScreen,
    state: &State,
    look: &Look,
) {
    if let Some(month) = &screen.month {
        super::month::draw(frame, area, screen, month, state, look);
        return;
    }
    let places = list_areas(area, screen.detail_open);
    draw_tabs(frame, places.filter, screen, state, look);
    let buffer = frame.buffer_mut();
    let widths = table::widths(&COLUMNS, places.rows.width);
    rows::heads(buffer, places.head, &COLUMNS, &widths, look);
    rows::none(
        buffer,
        places.rows,
        &screen.list,
        &screen.find,
        "no-deadlines-in-tab",
        look,
    );
    let today = state.clock.date_naive();
    let cursor = rows::draw(buffer, places.rows, &screen.list, look, |buffer, y, row| {
        let marked = screen.marks.contains_key(&row.id);
        table::row(
            buffer,
            places.rows,
            y,
            &widths,
            &cells(row, marked, today, look),
        );
    });
    if let Some(pane) = places.detail {
        let title = screen
            .list
            .selected()
            .map(|row| row.id.to_string())
            .unwrap_or_default();
        detail::draw(
            buffer,
            pane,
            area,
            &title,
            screen.detail_scroll,
            look,
            |width| match screen.shown_detail() {
                Some(shown) => lines(shown, state, look, width),
                None => Vec::new(),
            },
        );
    }
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}

fn draw_tabs(
    frame: &mut Frame<'_>,
    area: Rect,
    screen: &DeadlinesScreen,
    state: &State,
    look: &Look,
) {
    let today = state.clock.date_naive();
    let mut spans = Vec::new();
    if let Some(day) = screen.day {
        let words = when::full(day, look.lang());
        spans.push(Span::styled(
            format!(" {words} {} ", screen.list.total),
            look.style(Role::TabActive),
        ));
    } else {
        for tab in TABS {
            let style = look.style(if tab == screen.tab {
                Role::TabActive
            } else {
                Role::Tab
            });
            let count = screen
                .count(tab, today)
                .or((tab == screen.tab).then_some(screen.list.total))
                .map(|count| format!(" {count}"))
                .unwrap_or_default();
            spans.push(Span::styled(
                format!(" {}{count} ", look.text(tab.name())),
                style,
            ));
        }
    }
    put_line(frame.buffer_mut(), area, 0, 0, &Line::from(spans));
    // What limits the list must be seen, even over the last tabs.
    let limits = Line::from(limits(screen, state, look));
    let width = u16::try_from(limits.width()).unwrap_or(u16::MAX);
    put_line(
        frame.buffer_mut(),
        area,
        area.width.saturating_sub(width),
        0,
        &limits,
    );
}

/// What limits list and calendar: module, satker, text.
pub(super) fn limits(screen: &DeadlinesScreen, state: &State, look: &Look) -> Vec<Span<'static>> {
    let style = look.style(Role::Difference);
    let mut spans = Vec::new();
    if let Some(module) = &screen.module {
        let tab = state
            .module(module)
            .map_or_else(|| module.clone(), |module| module.tab.clone());
        spans.push(Span::styled(format!("  {tab}"), style));
    }
    if let Some(code) = screen.satker {
        spans.push(Span::styled(format!("  {code}"), style));
    }
    if !screen.find.is_empty() {
        let words = look.with("found-by", &[("text", screen.find.as_str().into())]);
        spans.push(Span::styled(format!("  {words}"), style));
    }
    spans
}

/// `Kam 10-12`, with the year when it is another one.
fn day(date: NaiveDate, today: NaiveDate, look: &Look) -> String {
    let name: String = when::day_name(date.weekday(), look.lang())
        .chars()
        .take(3)
        .collect();
    if date.year() == today.year() {
        format!("{name} {:02}-{:02}", date.day(), date.month())
    } else {
        format!("{:02}-{:02}-{}", date.day(), date.month(), date.year())
    }
}

/// What became of it, in few words: `H-3`, `TERLAMBAT 2`, `dipenuhi 09-12`.
pub(in crate::tui) fn standing(
    row: &DeadlineRow,
    today: NaiveDate,
    look: &Look,
) -> (String, Style) {
    match row.state.as_str() {
        "late" => (
            look.with("deadline-late", &[("n", row.days_late.into())]),
            look.style(Role::Overdue),
        ),
        "met" => {
            let on = row.met.unwrap_or(row.due);
            let date = format!("{:02}-{:02}", on.day(), on.month());
            let id = if on > row.due {
                "deadline-met-late"
            } else {
                "deadline-met"
            };
            (
                look.with(id, &[("date", date.into())]),
                look.style(Role::Muted),
            )
        }
        "exempt" => (look.text("deadline-exempt"), look.style(Role::Muted)),
        _ => {
            let distance = (today - row.due).num_days();
            let role = if distance >= -1 {
                Role::DueSoon
            } else {
                Role::Text
            };
            (distance_label(distance), look.style(role))
        }
    }
}

/// Obligation with its period and what tells it from others.
pub(in crate::tui) fn what(row: &DeadlineRow, look: &Look) -> String {
    let period = row
        .period
        .map(|period| period.display(look.lang()))
        .unwrap_or_default();
    let treasurer = row.treasurer.map_or_else(String::new, |treasurer| {
        look.text(&format!("treasurer-{}", treasurer.as_str()))
    });
    [row.name.clone(), period, treasurer, row.about.clone()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn cells(row: &DeadlineRow, marked: bool, today: NaiveDate, look: &Look) -> [Cell; 5] {
    let base = look.style(Role::Text);
    let mark = if marked { "*" } else { "" };
    let estimate = if row.estimate { "~" } else { "" };
    [
        (mark.to_owned(), look.style(Role::Marked)),
        (format!("{}{estimate}", day(row.due, today, look)), base),
        standing(row, today, look),
        (row.satker_name.clone(), base),
        (what(row, look), base),
    ]
}

fn lines(detail: &DeadlineDetail, state: &State, look: &Look, width: u16) -> Vec<Line<'static>> {
    let row = &detail.row;
    let today = state.clock.date_naive();
    let mut lines = Lines::new(look, width);
    let name = |id: &str| look.text(id);
    lines.field(
        &name("field-satker"),
        &format!("{} {}", row.satker, row.satker_name),
    );
    lines.field(&name("field-obligation"), &what(row, look));
    let (standing, style) = standing(row, today, look);
    let estimate = if row.estimate {
        format!("  ({})", name("estimate"))
    } else {
        String::new()
    };
    lines.styled_field(
        &name("field-due"),
        &format!("{}  {standing}{estimate}", when::full(row.due, look.lang())),
        style,
    );
    for (label, value) in &detail.noted {
        lines.field(label, value);
    }
    if let (Some(event), Some(date)) = (&row.event, row.event_date) {
        let known = state
            .modules
            .iter()
            .flat_map(|module| &module.events)
            .find(|known| known.id == *event);
        let words = known.map_or_else(|| event.clone(), |known| look.words(&known.name).to_owned());
        lines.field(
            &name("field-event"),
            &format!("{words}, {}", when::short(date)),
        );
    }
    if let Some(letter) = &detail.letter_row {
        lines.field(
            &name("field-letter"),
            &format!("{}  {}", letter.agenda, letter.subject),
        );
    }
    if !detail.coming.is_empty() {
        let words: Vec<String> = detail
            .coming
            .iter()
            .map(|reminder| format!("{} {}", reminder.label, day(reminder.date, today, look)))
            .collect();
        lines.field(&name("field-coming"), &words.join(", "));
    }
    for sms in &detail.sms {
        let to = sms
            .role
            .map_or_else(|| sms.to.display(), |role| look.role(role));
        lines.field(
            &name("field-reminder"),
            &format!(
                "{}  {}  {}  {to}",
                sms.id,
                look.moment(sms.created, state.clock),
                look.sms_state(sms.state),
            ),
        );
    }
    lines.field(
        &name("field-source"),
        &format!("{} ({})", detail.source, row.section),
    );
    for step in &detail.history {
        let at = step.at.with_timezone(&state.clock.timezone());
        lines.field(
            &look.moment(at, state.clock),
            &format!("{} ({})", change(&step.what, look), step.by),
        );
    }
    lines.into_lines()
}

/// A step in words.
fn change(change: &DeadlineChange, look: &Look) -> String {
    match change {
        DeadlineChange::Opened => look.text("deadline-step-opened"),
        DeadlineChange::Met { on, .. } => {
            look.with("deadline-step-met", &[("date", when::short(*on).into())])
        }
        DeadlineChange::Exempted { reason } => look.with(
            "deadline-step-exempted",
            &[("reason", look.locale.cause(reason).into())],
        ),
        DeadlineChange::Reopened { reason } => look.with(
            "deadline-step-reopened",
            &[("reason", reason.as_str().into())],
        ),
        DeadlineChange::Moved { from, to, reason } => look.with(
            "deadline-step-moved",
            &[
                ("from", when::short(*from).into()),
                ("to", when::short(*to).into()),
                ("reason", look.locale.cause(reason).into()),
            ],
        ),
    }
}
