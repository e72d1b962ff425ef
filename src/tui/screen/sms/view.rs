//! How the messages look: tabs by state, the list, the full text of one with its history.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{BACK_TAB, REPAIR_TAB, SmsScreen, StateTab, TABS, TROUBLE_TAB, repairs};
use crate::{
    ask::{SmsDetail, SmsGroup, SmsGrouping, SmsLine, SmsRow},
    domain::sms::{Encoding, SmsState},
    tui::{
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
    Column::new("head-sms", 8, 0),
    Column::new("head-time", 11, 4),
    Column::new("head-to", 20, 1),
    Column::new("head-state", 12, 2),
    Column::new("head-text", 0, 0),
];

/// Draws the screen.
pub fn draw(frame: &mut Frame<'_>, area: Rect, screen: &SmsScreen, state: &State, look: &Look) {
    let places = list_areas(area, screen.detail_open);
    draw_tabs(frame, places.filter, screen, state, look);
    if screen.of_contacts() {
        repairs::view::draw(frame, &places, area, screen, state, look);
        return;
    }
    let buffer = frame.buffer_mut();
    let mut widths = table::widths(&COLUMNS, places.rows.width);
    // Where a tab shows one state, the column would only repeat its name.
    if screen.states().len() == 1
        && let [.., state, words] = widths.as_mut_slice()
    {
        *words += std::mem::take(state) + 1;
    }
    rows::heads(buffer, places.head, &COLUMNS, &widths, look);
    rows::none(
        buffer,
        places.rows,
        &screen.list,
        &screen.find,
        "no-sms-in-tab",
        look,
    );
    let cursor = rows::draw(
        buffer,
        places.rows,
        &screen.list,
        look,
        |buffer, y, line| match line {
            SmsLine::Sms(row) => {
                let cells = cells(row, screen.is_marked(row.id), state, look);
                table::row(buffer, places.rows, y, &widths, &cells);
            }
            SmsLine::Group(group) => {
                let style = look.style(if screen.everything.is_some() {
                    Role::Marked
                } else {
                    Role::Title
                });
                let words = group_words(group, state, look);
                put(buffer, places.rows, 0, y, &words, style);
            }
        },
    );
    if let Some(pane) = places.detail {
        let title = screen
            .row()
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
                    (None, Some(SmsLine::Sms(row))) => lines(row, None, state, look, width),
                    (None, Some(SmsLine::Group(group))) => {
                        let mut lines = Lines::new(look, width);
                        lines.text(look.text("group-hint").as_str(), look.style(Role::Muted));
                        let size = [("n", group.count.into()), ("parts", group.parts.into())];
                        lines.text(&look.with("confirm-count", &size), look.style(Role::Text));
                        lines.into_lines()
                    }
                    (None, None) => Vec::new(),
                }
            },
        );
    }
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}

/// The head of a group: whether it is open, what its messages have in common, and how many they are.
fn group_words(group: &SmsGroup, state: &State, look: &Look) -> String {
    let common = match group.by {
        SmsGrouping::Module => match state.module(&group.key) {
            Some(module) => look.words(&module.name).to_owned(),
            None if group.key.is_empty() => look.text("group-no-letter"),
            None => group.key.clone(),
        },
        SmsGrouping::Kind => look.text(&format!("kind-{}", group.key)),
        SmsGrouping::Satker if group.key.is_empty() => look.text("group-no-satker"),
        SmsGrouping::Satker => format!("{} {}", group.key, group.label),
        SmsGrouping::Day => group.key.parse().map_or_else(
            |_| group.key.clone(),
            |day| crate::domain::when::full(day, look.lang()),
        ),
        SmsGrouping::Operator => group.key.clone(),
        SmsGrouping::Fault if group.key.is_empty() => look.text("group-no-fault"),
        SmsGrouping::Fault => fault_words(&group.key, look),
    };
    let size = [("n", group.count.into()), ("parts", group.parts.into())];
    let sign = if group.open { "-" } else { "+" };
    text::clean(&format!(
        "{sign} {common}  {}",
        look.with("group-size", &size)
    ))
}

/// A fault in words, where the journal has only a code for it.
pub fn fault_words(fault: &str, look: &Look) -> String {
    // What the network's report says is a number: `TP-ST 70`.
    let id = format!("fault-{}", fault.to_lowercase().replace(' ', "-"));
    if look.locale.has(&id) {
        look.text(&id)
    } else {
        fault.to_owned()
    }
}

fn draw_tabs(frame: &mut Frame<'_>, area: Rect, screen: &SmsScreen, state: &State, look: &Look) {
    let overview = state.overview.as_ref();
    // A page of contacts brings no counts of messages.
    let counts = match overview {
        Some(overview) if screen.of_contacts() => &overview.sms,
        _ => &screen.counts,
    };
    let count = |tab: &StateTab| -> u64 {
        if tab.own {
            return overview.map_or(0, |overview| overview.handed_back);
        }
        if tab.contacts {
            return overview.map_or(0, |overview| overview.repairs);
        }
        if tab.states.is_empty() {
            return counts.values().sum();
        }
        let counts = tab.states.iter().map(|state| counts.get(state));
        counts.flatten().sum()
    };
    let tabs = |counted: &dyn Fn(usize, &StateTab) -> bool, end: &str| -> Vec<Span<'static>> {
        let spans = TABS.iter().enumerate().map(|(index, tab)| {
            let style = look.style(if index == screen.tab {
                Role::TabActive
            } else {
                Role::Tab
            });
            let name = look.text(tab.name);
            let words = if counted(index, tab) {
                format!(" {name} {}{end}", count(tab))
            } else {
                format!(" {name}{end}")
            };
            Span::styled(words, style)
        });
        spans.collect()
    };
    let mut after = Vec::new();
    let mut say = |words: String, role: Role| {
        after.push(Span::styled(format!(" {words}"), look.style(role)));
    };
    if let Some(by) = screen.by.filter(|_| !screen.of_contacts()) {
        let words = look.text(&format!("group-by-{}", by.as_str()));
        say(words, Role::Difference);
    }
    if let Some(code) = screen.satker {
        let words = look.with("of-satker", &[("code", code.to_string().into())]);
        say(words, Role::Difference);
    }
    if !screen.find.is_empty() {
        let words = look.with("found-by", &[("text", screen.find.as_str().into())]);
        say(words, Role::Difference);
    }
    if screen.marked() > 0 {
        let words = look.with("marked", &[("n", screen.marked().into())]);
        say(words, Role::Marked);
    }
    // What a person has just chosen must be seen: the counts of other tabs give way, then the other tabs.
    let width =
        |spans: &[Span<'_>]| -> usize { spans.iter().map(|span| text::width(&span.content)).sum() };
    let room = usize::from(area.width).saturating_sub(width(&after));
    let needs_person = |index: usize, tab: &StateTab| {
        index == screen.tab
            || (matches!(index, 0 | TROUBLE_TAB | REPAIR_TAB | BACK_TAB) && count(tab) > 0)
    };
    let ways = [
        tabs(&|_, _| true, " "),
        tabs(&needs_person, " "),
        tabs(&needs_person, ""),
        tabs(&|index, _| index == screen.tab, " "),
    ];
    let only = TABS.get(screen.tab).map(|tab| {
        let words = format!(" {} {} ", look.text(tab.name), count(tab));
        vec![Span::styled(words, look.style(Role::TabActive))]
    });
    let mut spans = ways
        .into_iter()
        .chain(only)
        .find(|spans| width(spans) <= room)
        .unwrap_or_default();
    spans.append(&mut after);
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
        (format!("{}{}", persons(row, look), gist(row, state)), base),
    ]
}

/// What a message says, without the office's name and the greeting of whom the row names anyway: on a narrow screen nothing else
/// would fit, and all rows would look alike.
fn gist<'r>(row: &'r SmsRow, state: &State) -> &'r str {
    let office = state.overview.as_ref().map(|overview| &overview.office);
    let text = office
        .and_then(|office| row.text.strip_prefix(office)?.strip_prefix(": "))
        .unwrap_or(&row.text);
    let greeted = row.satker_name.as_ref().and_then(|name| {
        let (greeting, rest) = text.strip_prefix("Yth. ")?.split_once(", ")?;
        (greeting.ends_with(name) && !rest.is_empty()).then_some(rest)
    });
    greeted.unwrap_or(text)
}

/// Before the text of a message that two persons must confirm: how many have, and who was first.
fn persons(row: &SmsRow, look: &Look) -> String {
    if row.state != SmsState::Waiting || row.confirmations_needed < 2 {
        return String::new();
    }
    match &row.confirmed_by {
        Some(who) => look.with("persons-one", &[("who", who.as_str().into())]) + " ",
        None => look.text("persons-none") + " ",
    }
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

/// What a step of the history notes, in words where the journal has only a code for it.
fn step_words(note: &str, look: &Look) -> String {
    let id = format!("step-{note}");
    if look.locale.has(&id) {
        look.text(&id)
    } else {
        fault_words(note, look)
    }
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
        let words = fault_words(error, look);
        lines.styled_field(&name("field-fault"), &words, look.style(Role::Danger));
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
                .map(|note| format!("  {}", step_words(note, look)))
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
