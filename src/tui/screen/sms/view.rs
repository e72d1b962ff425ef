//! How the messages look: tabs by state, the list, the full text of one with its history.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{SmsScreen, TABS};
use crate::{
    domain::sms::{Encoding, SmsState},
    service::{SmsDetail, SmsRow},
    tui::{
        areas::list_areas,
        look::Look,
        screen::detail::{self, Lines},
        state::State,
        theme::Role,
        widget::{
            paint::{put, put_line},
            table::{self, Cell, Column},
        },
    },
};

const COLUMNS: [Column; 6] = [
    Column {
        head: "",
        width: 1,
        spare: 0,
    },
    Column {
        head: "head-sms",
        width: 8,
        spare: 0,
    },
    Column {
        head: "head-time",
        width: 11,
        spare: 4,
    },
    Column {
        head: "head-to",
        width: 20,
        spare: 1,
    },
    Column {
        head: "head-state",
        width: 12,
        spare: 2,
    },
    Column {
        head: "head-text",
        width: 0,
        spare: 0,
    },
];

/// Draws the screen.
pub fn draw(frame: &mut Frame<'_>, area: Rect, screen: &SmsScreen, state: &State, look: &Look) {
    let places = list_areas(area, screen.detail_open);
    draw_tabs(frame, places.filter, screen, look);
    let buffer = frame.buffer_mut();
    let mut widths = table::widths(&COLUMNS, places.rows.width);
    // Where a tab shows one state, the column would only repeat its name.
    if screen.states().len() == 1
        && let [.., state, words] = widths.as_mut_slice()
    {
        *words += std::mem::take(state) + 1;
    }
    let head = look.style(Role::Header);
    let heads: Vec<Cell> = COLUMNS
        .iter()
        .map(|column| {
            (
                if column.head.is_empty() {
                    String::new()
                } else {
                    look.text(column.head)
                },
                head,
            )
        })
        .collect();
    table::row(buffer, places.head, 0, &widths, &heads);
    if screen.list.total == 0 {
        let words = match (screen.list.known, screen.find.is_empty()) {
            (false, _) => "loading",
            (true, false) => "nothing-found",
            (true, true) => "no-sms-in-tab",
        };
        put(
            buffer,
            places.rows,
            2,
            1,
            &look.text(words),
            look.style(Role::Muted),
        );
    }
    let mut cursor = None;
    for y in 0..places.rows.height {
        let position = screen.list.top + u64::from(y);
        if position >= screen.list.total {
            break;
        }
        let Some(row) = screen.list.at(position) else {
            put(buffer, places.rows, 2, y, "…", look.style(Role::Muted));
            continue;
        };
        let marked = screen.marks.contains_key(&row.id);
        table::row(
            buffer,
            places.rows,
            y,
            &widths,
            &cells(row, marked, state, look),
        );
        if position == screen.list.cursor {
            table::select(buffer, places.rows, y, look.style(Role::Selected));
            cursor = Some((places.rows.x, places.rows.y + y));
        }
    }
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
            |width| {
                match (screen.shown_detail(), screen.list.selected()) {
                    (Some(shown), _) => lines(&shown.row, Some(shown), state, look, width),
                    // The row already has the text; names and history follow.
                    (None, Some(row)) => lines(row, None, state, look, width),
                    (None, None) => Vec::new(),
                }
            },
        );
    }
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}

fn draw_tabs(frame: &mut Frame<'_>, area: Rect, screen: &SmsScreen, look: &Look) {
    let count = |states: &[SmsState]| -> u64 {
        if states.is_empty() {
            screen.counts.values().sum()
        } else {
            states
                .iter()
                .filter_map(|state| screen.counts.get(state))
                .sum()
        }
    };
    let mut spans = Vec::new();
    for (index, tab) in TABS.iter().enumerate() {
        let style = look.style(if index == screen.tab {
            Role::TabActive
        } else {
            Role::Tab
        });
        spans.push(Span::styled(
            format!(" {} {} ", look.text(tab.name), count(tab.states)),
            style,
        ));
    }
    if let Some(code) = screen.satker {
        let words = look.with("of-satker", &[("code", code.to_string().into())]);
        spans.push(Span::styled(
            format!(" {words}"),
            look.style(Role::Difference),
        ));
    }
    if !screen.find.is_empty() {
        let words = look.with("found-by", &[("text", screen.find.as_str().into())]);
        spans.push(Span::styled(
            format!(" {words}"),
            look.style(Role::Difference),
        ));
    }
    if !screen.marks.is_empty() {
        let words = look.with("marked", &[("n", screen.marks.len().into())]);
        spans.push(Span::styled(format!(" {words}"), look.style(Role::Marked)));
    }
    put_line(frame.buffer_mut(), area, 0, 0, &Line::from(spans));
}

/// The look of a state.
pub fn state_style(state: SmsState, look: &Look) -> Style {
    look.style(match state {
        SmsState::Uncertain | SmsState::Failed | SmsState::Undelivered => Role::Danger,
        SmsState::Waiting => Role::Warning,
        SmsState::Delivered | SmsState::Sent => Role::Done,
        SmsState::Rejected | SmsState::Withdrawn | SmsState::Expired => Role::Muted,
        SmsState::Queued | SmsState::Sending => Role::Text,
    })
}

/// The addressee: unit and capacity, or the phone.
pub fn addressee(row: &SmsRow, look: &Look) -> String {
    match (&row.satker_name, row.role) {
        (Some(name), Some(role)) => format!("{} {name}", look.role(role)),
        (Some(name), None) => name.clone(),
        (None, _) => row.to.display(),
    }
}

fn cells(row: &SmsRow, marked: bool, state: &State, look: &Look) -> [Cell; 6] {
    let base = look.style(if marked { Role::Marked } else { Role::Text });
    [
        (
            if marked {
                "*".to_owned()
            } else {
                String::new()
            },
            look.style(Role::Marked),
        ),
        (row.id.to_string(), base),
        (
            look.moment(row.created, state.clock),
            look.style(Role::Muted),
        ),
        (addressee(row, look), base),
        (look.sms_state(row.state), state_style(row.state, look)),
        (row.text.clone(), base),
    ]
}

/// `160 huruf, 1 SMS, GSM-7`.
pub fn size(row: &SmsRow, look: &Look) -> String {
    let encoding = match row.encoding {
        Encoding::Gsm7 => "GSM-7",
        Encoding::Ucs2 => "UCS-2",
    };
    look.with(
        "sms-size",
        &[
            ("chars", row.text.chars().count().into()),
            ("parts", i64::from(row.parts).into()),
            ("encoding", encoding.into()),
        ],
    )
}

fn lines(
    row: &SmsRow,
    detail: Option<&SmsDetail>,
    state: &State,
    look: &Look,
    width: u16,
) -> Vec<Line<'static>> {
    let mut lines = Lines::new(look, width);
    let name = |id: &str| look.text(id);
    let to = [
        detail.and_then(|detail| detail.name.clone()),
        row.role.map(|role| look.role(role)),
        detail
            .and_then(|detail| detail.satker_full_name.clone())
            .or_else(|| row.satker_name.clone()),
        Some(row.to.display()),
    ];
    lines.field(
        &name("field-to"),
        &to.into_iter().flatten().collect::<Vec<_>>().join(", "),
    );
    lines.text(&row.text, look.style(Role::Title));
    let mut status = format!(
        "{}  {}  {}",
        look.sms_state(row.state),
        look.sms_kind(row.kind),
        size(row, look)
    );
    if let Some(letter) = row.letter {
        status.push_str("  ");
        status.push_str(&letter.to_string());
    }
    lines.styled_field(&name("field-state"), &status, state_style(row.state, look));
    if let Some(waits) = detail.and_then(|detail| detail.waits.as_ref()) {
        lines.styled_field(
            &name("field-waits"),
            &look.refusal(waits),
            look.style(Role::Warning),
        );
    }
    if let Some(error) = &row.error {
        lines.styled_field(&name("field-fault"), error, look.style(Role::Danger));
    }
    if row.confirmations_needed == 2 && row.state == SmsState::Waiting {
        lines.styled_field(
            &name("field-confirmation"),
            &name("needs-two"),
            look.style(Role::Warning),
        );
    }
    let by = look.with(
        "drafted-by",
        &[
            ("who", row.created_by.as_str().into()),
            ("when", look.moment(row.created, state.clock).into()),
        ],
    );
    lines.field(&name("field-drafted"), &by);
    lines.field(
        &name("field-confirmed"),
        row.confirmed_by.as_deref().unwrap_or_default(),
    );
    let moment = |at: Option<chrono::DateTime<chrono::FixedOffset>>| {
        at.map(|at| look.moment(at, state.clock))
            .unwrap_or_default()
    };
    let way = [moment(row.sent), row.modem.clone().unwrap_or_default()].join("  ");
    if row.sent.is_some() || row.modem.is_some() {
        lines.field(&name("field-sent"), way.trim());
    }
    lines.field(&name("field-delivered"), &moment(row.delivered));
    if let Some(detail) = detail {
        if let Some(drafted) = &detail.sms.drafted_text {
            lines.field(&name("field-template"), drafted);
        }
        lines.title(&name("title-history"));
        let zone = row.created.timezone();
        for step in detail.sms.history.iter().rev() {
            let note = step
                .note
                .as_deref()
                .map(|note| format!("  {note}"))
                .unwrap_or_default();
            let at = look.moment(step.at.with_timezone(&zone), state.clock);
            lines.text(
                &format!("{at}  {}  {}{note}", look.sms_state(step.state), step.by),
                look.style(Role::Text),
            );
        }
    }
    lines.into_lines()
}
