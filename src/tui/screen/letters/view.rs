//! How a list of letters and the details of one look.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::LettersScreen;
use crate::{
    ask::{LetterDetail, LetterFilter, LetterRow, LetterSort},
    domain::letter::LetterState,
    tui::{
        action::{Action, Context},
        areas::list_areas,
        look::Look,
        screen::{
            detail::{self, Lines},
            rows,
        },
        state::State,
        text,
        theme::Role,
        widget::{
            paint::{put, put_line},
            table::{self, Cell, Column},
        },
    },
};

const COLUMNS: [Column; 6] = [
    Column::new("", 1, 0),
    Column::new("head-agenda", 10, 0),
    Column::new("head-sender", 20, 1),
    Column::new("head-subject", 0, 0),
    Column::new("head-state", 10, 2),
    Column::new("head-target", 17, 3),
];

/// Draws the screen.
pub fn draw(frame: &mut Frame<'_>, area: Rect, screen: &LettersScreen, state: &State, look: &Look) {
    let places = list_areas(area, screen.detail_open);
    draw_filter(frame, places.filter, screen, state, look);
    let buffer = frame.buffer_mut();
    let widths = table::widths(&COLUMNS, places.rows.width);
    rows::heads(buffer, places.head, &COLUMNS, &widths, look);
    if screen.list.total == 0 {
        draw_empty(frame, places.rows, screen, state, look);
    }
    let buffer = frame.buffer_mut();
    let cursor = rows::draw(buffer, places.rows, &screen.list, look, |buffer, y, row| {
        let marked = screen.marks.contains_key(&row.agenda);
        table::row(
            buffer,
            places.rows,
            y,
            &widths,
            &cells(row, marked, state, look),
        );
    });
    if let Some(pane) = places.detail {
        let title = screen
            .list
            .selected()
            .map(|row| row.agenda.to_string())
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
    // Screen readers follow the real cursor.
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}

fn filter_name(filter: LetterFilter) -> &'static str {
    match filter {
        LetterFilter::All | LetterFilter::State(_) => "filter-all",
        LetterFilter::Open => "filter-open",
        LetterFilter::Overdue => "filter-overdue",
        LetterFilter::DueToday => "filter-due-today",
        LetterFilter::Done => "filter-done",
    }
}

fn draw_filter(
    frame: &mut Frame<'_>,
    area: Rect,
    screen: &LettersScreen,
    state: &State,
    look: &Look,
) {
    let sort = match screen.sort {
        LetterSort::Newest => "sort-newest",
        LetterSort::Target => "sort-target",
        LetterSort::Satker => "sort-satker",
    };
    let mut spans = vec![
        Span::styled(
            look.text(filter_name(screen.filter)),
            look.style(Role::Title),
        ),
        Span::styled(
            format!(
                "  {}",
                look.with("rows", &[("n", screen.list.total.into())])
            ),
            look.style(Role::Text),
        ),
        Span::styled(format!("  {}", look.text(sort)), look.style(Role::Muted)),
    ];
    if let Some(code) = screen.satker {
        spans.push(Span::styled(
            format!(
                "  {}",
                look.with("of-satker", &[("code", code.to_string().into())])
            ),
            look.style(Role::Difference),
        ));
    }
    if !screen.find.is_empty() {
        spans.push(Span::styled(
            format!(
                "  {}",
                look.with("found-by", &[("text", screen.find.as_str().into())])
            ),
            look.style(Role::Difference),
        ));
    }
    if !screen.marks.is_empty() {
        spans.push(Span::styled(
            format!(
                "  {}",
                look.with("marked", &[("n", screen.marks.len().into())])
            ),
            look.style(Role::Marked),
        ));
    }
    let used = put_line(frame.buffer_mut(), area, 0, 0, &Line::from(spans));
    draw_owed(frame, area, used, screen, state, look);
}

/// What is owed under this module, at the right end, where there is room.
fn draw_owed(
    frame: &mut Frame<'_>,
    area: Rect,
    used: u16,
    screen: &LettersScreen,
    state: &State,
    look: &Look,
) {
    let counts = screen
        .module
        .as_ref()
        .and_then(|module| state.overview.as_ref()?.modules.get(module))
        .filter(|counts| counts.owed > 0);
    let (Some(counts), Some(key)) = (counts, look.key(Context::Letters, Action::ModuleDeadlines))
    else {
        return;
    };
    let words = look.with(
        "deadlines-of-module",
        &[("owed", counts.owed.into()), ("late", counts.late.into())],
    );
    let width = u16::try_from(text::width(&words) + text::width(&key) + 2).unwrap_or(u16::MAX);
    let Some(at) = area.width.checked_sub(width).filter(|at| *at > used) else {
        return;
    };
    let style = look.style(if counts.late > 0 {
        Role::Overdue
    } else {
        Role::Muted
    });
    let line = Line::from(vec![
        Span::styled(key, look.style(Role::Key)),
        Span::styled(format!(" {words}"), style),
    ]);
    put_line(frame.buffer_mut(), area, at, 0, &line);
}

fn draw_empty(
    frame: &mut Frame<'_>,
    area: Rect,
    screen: &LettersScreen,
    state: &State,
    look: &Look,
) {
    let words = if !screen.list.known {
        look.text("loading")
    } else if !screen.find.is_empty() {
        look.text("nothing-found")
    } else if state
        .overview
        .as_ref()
        .is_some_and(|overview| overview.store.satker == 0)
    {
        look.text("import-first")
    } else if screen.filter == LetterFilter::All {
        look.text("no-letters")
    } else {
        look.text("no-letters-in-filter")
    };
    put(
        frame.buffer_mut(),
        area,
        2,
        1,
        &words,
        look.style(Role::Muted),
    );
}

/// The name of the service, or its id while the modules are not known.
fn service_name(row: &LetterRow, state: &State, look: &Look) -> String {
    state.service(&row.module, &row.service).map_or_else(
        || row.service.clone(),
        |service| look.words(&service.name).to_owned(),
    )
}

fn state_style(row: &LetterRow, look: &Look) -> Style {
    if row.overdue && row.state.is_open() {
        look.style(Role::Overdue)
    } else if row.state.is_open() {
        look.style(Role::Text)
    } else {
        look.style(Role::Done)
    }
}

/// What is said of the target: how late, or until when.
pub fn target(row: &LetterRow, state: &State, look: &Look) -> (String, Style) {
    let Some(target) = row.target else {
        // Without a norm nothing can be late; how long a letter has been here still tells something.
        let words = match row.completed {
            Some(end) => look.moment(end, state.clock),
            None if row.state == LetterState::Waiting => look.text("clock-stopped"),
            None => look.with(
                "since",
                &[("when", look.moment(row.received, state.clock).into())],
            ),
        };
        return (words, look.style(Role::Muted));
    };
    match row.state {
        state_now if state_now.is_open() && row.overdue => {
            (look.late(target, state.clock), look.style(Role::Overdue))
        }
        LetterState::Waiting => (look.text("clock-stopped"), look.style(Role::Muted)),
        state_now if state_now.is_open() => {
            let soon = target.date_naive() <= state.clock.date_naive();
            let style = look.style(if soon { Role::DueSoon } else { Role::Text });
            (look.moment(target, state.clock), style)
        }
        _ => match row.completed {
            Some(end) if row.overdue => (
                look.with(
                    "ended-late",
                    &[("when", look.moment(end, state.clock).into())],
                ),
                look.style(Role::Overdue),
            ),
            Some(end) => (look.moment(end, state.clock), look.style(Role::Done)),
            None => (String::new(), look.style(Role::Muted)),
        },
    }
}

fn cells(row: &LetterRow, marked: bool, state: &State, look: &Look) -> [Cell; 6] {
    use chrono::Datelike;
    let text = look.style(Role::Text);
    let base = if marked {
        look.style(Role::Marked)
    } else {
        text
    };
    let this_year = i32::from(row.agenda.year) == state.clock.year();
    let agenda = if this_year {
        row.agenda.short()
    } else {
        row.agenda.to_string()
    };
    let subject = match (first_answer(row, state, look), row.subject.as_str()) {
        (_, "") => service_name(row, state, look),
        (Some(answer), subject) => format!("{answer}: {subject}"),
        (None, subject) => subject.to_owned(),
    };
    [
        (
            if marked {
                "*".to_owned()
            } else {
                String::new()
            },
            look.style(Role::Marked),
        ),
        (agenda, base),
        (row.sender.clone(), base),
        (subject, base),
        (look.letter_state(row.state), state_style(row, look)),
        target(row, state, look),
    ]
}

/// The answer to the first question that the service must ask (period, name): it tells letters of one service apart, where the
/// end of the subject does not fit.
fn first_answer(row: &LetterRow, state: &State, look: &Look) -> Option<String> {
    let service = state.service(&row.module, &row.service)?;
    let field = service.fields.iter().find(|field| field.required)?;
    let answer = field.display(row.fields.get(&field.id)?, look.lang());
    Some(answer).filter(|answer| !answer.is_empty())
}

/// The details of a letter.
fn lines(detail: &LetterDetail, state: &State, look: &Look, width: u16) -> Vec<Line<'static>> {
    let letter = &detail.letter;
    let row = &detail.row;
    let zone = row.received.timezone();
    let local =
        |at: chrono::DateTime<chrono::Utc>| look.moment(at.with_timezone(&zone), state.clock);
    let mut lines = Lines::new(look, width);
    let name = |id: &str| look.text(id);
    let sender = match (&detail.satker_record, row.satker) {
        (Some(satker), _) => format!("{} {} ({})", satker.code, satker.name, satker.region),
        (None, Some(code)) => format!("{code} {}", row.sender),
        (None, None) => row.sender.clone(),
    };
    lines.field(&name("field-satker"), &sender);
    lines.field(&name("field-service"), &service_name(row, state, look));
    lines.field(&name("field-subject"), &row.subject);
    let (target_words, target_style) = target(row, state, look);
    let status = look.letter_state(row.state);
    let mut status_spans = vec![
        Span::styled(
            format!("{:<15}", name("field-state")),
            look.style(Role::FieldLabel),
        ),
        Span::styled(status, state_style(row, look)),
        Span::styled(format!("  {target_words}"), target_style),
    ];
    if let Some(target) = row.target {
        let words = look.with(
            "target-was",
            &[("when", look.moment(target, state.clock).into())],
        );
        status_spans.push(Span::styled(format!("  {words}"), look.style(Role::Muted)));
    }
    status_spans.push(Span::styled(
        format!("  {}", row.section),
        look.style(Role::Muted),
    ));
    lines.line(Line::from(status_spans));
    let number = match (&letter.number, letter.date) {
        (Some(number), Some(date)) => look.with(
            "number-of-date",
            &[
                ("number", number.as_str().into()),
                ("date", look.date(date).into()),
            ],
        ),
        (Some(number), None) => number.clone(),
        (None, Some(date)) => look.date(date),
        (None, None) => String::new(),
    };
    lines.field(&name("field-number"), &number);
    if let Some(service) = state.service(&row.module, &row.service) {
        for field in &service.fields {
            if let Some(value) = letter.fields.get(&field.id) {
                lines.field(look.words(&field.label), &field.display(value, look.lang()));
            }
        }
    }
    let received = look.with(
        "received-by",
        &[
            ("when", look.moment(row.received, state.clock).into()),
            ("who", letter.registered_by().into()),
            (
                "channel",
                name(&format!("channel-{}", letter.channel.as_str())).into(),
            ),
        ],
    );
    lines.field(&name("field-received"), &received);
    let bringer = [
        letter.bringer.clone(),
        letter
            .bringer_phone
            .as_ref()
            .map(crate::domain::phone::PhoneNumber::display),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join("  ");
    lines.field(&name("field-bringer"), &bringer);
    lines.field(
        &name("field-attachments"),
        letter.attachments.as_deref().unwrap_or_default(),
    );
    if letter.urgency != crate::domain::letter::Urgency::Biasa {
        let urgency = name(&format!("urgency-{}", letter.urgency.as_str()));
        lines.styled_field(&name("field-urgency"), &urgency, look.style(Role::DueSoon));
    }
    if letter.security != crate::domain::letter::Security::Biasa {
        let security = name(&format!("security-{}", letter.security.as_str()));
        lines.styled_field(
            &name("field-security"),
            &security,
            look.style(Role::DueSoon),
        );
    }
    lines.field(
        &name("field-previous"),
        &letter
            .previous
            .map(|agenda| agenda.to_string())
            .unwrap_or_default(),
    );
    lines.field(
        &name("field-note"),
        letter.note.as_deref().unwrap_or_default(),
    );
    if !detail.sms.is_empty() {
        lines.title(&name("title-sms"));
        for sms in &detail.sms {
            let style = look.style(Role::Text);
            lines.text(
                &format!(
                    "{}  {}  {}  {}",
                    sms.id,
                    look.sms_state(sms.state),
                    look.sms_kind(sms.kind),
                    sms.to.display()
                ),
                style,
            );
        }
    }
    lines.title(&name("title-history"));
    for step in letter.history.iter().rev() {
        let note = step
            .note
            .as_deref()
            .map(|note| format!("  {note}"))
            .unwrap_or_default();
        lines.text(
            &format!(
                "{}  {}  {}{note}",
                local(step.at),
                look.letter_state(step.state),
                step.by
            ),
            look.style(Role::Text),
        );
    }
    lines.into_lines()
}
