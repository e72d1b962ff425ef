//! How a month of deadlines looks: a sheet of six weeks, each day with what is still owed of all that is due.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::{DeadlinesScreen, Month, sheet};
use crate::{
    ask::DeadlineCounts,
    domain::when,
    tui::{
        look::Look,
        state::State,
        text,
        theme::Role,
        widget::paint::{highlight, put, put_line},
    },
};

/// Days of the sheet from left to right.
const WEEK: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

/// Draws the sheet.
pub(super) fn draw(
    frame: &mut Frame<'_>,
    area: Rect,
    screen: &DeadlinesScreen,
    month: &Month,
    state: &State,
    look: &Look,
) {
    let today = state.clock.date_naive();
    let title = format!(
        " {} {} ",
        when::month_name(month.day.month(), look.lang()),
        month.day.year()
    );
    let mut head = vec![
        Span::styled(title, look.style(Role::Title)),
        Span::styled(look.text("month-legend"), look.style(Role::Muted)),
    ];
    head.extend(super::view::limits(screen, state, look));
    let buffer = frame.buffer_mut();
    put_line(buffer, area, 0, 0, &Line::from(head));
    let cell = (area.width.saturating_sub(1) / 7).max(1);
    for (column, weekday) in (0..).zip(WEEK) {
        let name = when::day_name(weekday, look.lang());
        let room = usize::from(cell.saturating_sub(1));
        put(
            buffer,
            area,
            1 + column * cell,
            1,
            &text::fit(name, room),
            look.style(Role::Header),
        );
    }
    let rows = area.height.saturating_sub(4);
    // A third row for each week where there is room: names of holidays.
    let tall = (rows / 6).clamp(1, 3);
    let (monday, _) = sheet(month.day);
    let mut cursor = None;
    for week in 0..6_u16 {
        for column in 0..7_u16 {
            let Some(date) = monday.checked_add_days(Days::new(u64::from(week * 7 + column)))
            else {
                continue;
            };
            let place = Rect {
                x: area.x + 1 + column * cell,
                y: area.y + 2 + week * tall,
                width: cell.saturating_sub(1),
                height: tall,
            }
            .intersection(area);
            draw_day(frame, place, date, month, today, look);
            if date == month.day {
                cursor = Some((place.x, place.y));
            }
        }
    }
    let foot = area.height.saturating_sub(1);
    put_line(frame.buffer_mut(), area, 0, foot, &summary(month, look));
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}

fn draw_day(
    frame: &mut Frame<'_>,
    place: Rect,
    date: NaiveDate,
    month: &Month,
    today: NaiveDate,
    look: &Look,
) {
    let buffer = frame.buffer_mut();
    let counts = month
        .totals
        .as_ref()
        .and_then(|totals| totals.days.get(&date))
        .copied()
        .unwrap_or_default();
    let closed = month
        .totals
        .as_ref()
        .and_then(|totals| totals.closed.get(&date));
    let other = date.month() != month.day.month();
    let number = if other {
        look.style(Role::Muted)
    } else if date == today {
        look.style(Role::TabActive)
    } else if closed.is_some() {
        look.style(Role::Unavailable)
    } else {
        look.style(Role::Text)
    };
    // Without colour a closed day still shows.
    let sign = if closed.is_some() { "-" } else { "" };
    let words = tally(counts);
    let role = if counts.late > 0 {
        Role::Overdue
    } else if counts.open > 0 && date <= today + Days::new(1) {
        Role::DueSoon
    } else if other || counts.open == 0 {
        Role::Muted
    } else {
        Role::Text
    };
    let used = put(
        buffer,
        place,
        0,
        0,
        &format!("{:2}{sign}", date.day()),
        number,
    );
    if place.height > 1 {
        put(buffer, place, 1, 1, &words, look.style(role));
    } else {
        put(buffer, place, used + 1, 0, &words, look.style(role));
    }
    if let (Some(name), 3..) = (closed, place.height) {
        let room = usize::from(place.width);
        put(
            buffer,
            place,
            0,
            2,
            &text::fit(&text::clean(name), room),
            look.style(Role::Muted),
        );
    }
    if date == month.day {
        for y in 0..place.height {
            highlight(buffer, place, y, look.style(Role::Selected));
        }
    }
}

/// `45/65`: still owed, of all; empty where nothing is due.
fn tally(counts: DeadlineCounts) -> String {
    match counts.total() {
        0 => String::new(),
        total => format!("{}/{total}", counts.open + counts.late),
    }
}

/// What the day under the cursor holds.
fn summary(month: &Month, look: &Look) -> Line<'static> {
    let date = when::full(month.day, look.lang());
    let Some(totals) = &month.totals else {
        return Line::styled(look.text("loading"), look.style(Role::Muted));
    };
    let counts = totals.days.get(&month.day).copied().unwrap_or_default();
    let name = totals
        .closed
        .get(&month.day)
        .filter(|name| !name.is_empty())
        .map(|name| format!(" ({})", text::clean(name)))
        .unwrap_or_default();
    let words = look.with(
        "month-day",
        &[
            ("open", counts.open.into()),
            ("late", counts.late.into()),
            ("met", counts.met.into()),
            ("exempt", counts.exempt.into()),
        ],
    );
    Line::from(vec![
        Span::styled(format!(" {date}{name}: "), look.style(Role::Title)),
        Span::styled(words, look.style(Role::Text)),
    ])
}
