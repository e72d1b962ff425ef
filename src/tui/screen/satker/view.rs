//! How the work units look.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::SatkerScreen;
use crate::{
    ask::{Programme, RepairRow, SatkerDetail, SatkerRow},
    domain::{
        money::{Rupiah, percent},
        satker::satker_kind,
    },
    tui::{
        areas::list_areas,
        look::Look,
        screen::{
            deadlines::view::{standing, what},
            detail::{self, Lines},
            letters::view::target,
            rows,
            sms::repairs::view as repairs,
        },
        state::State,
        text,
        theme::Role,
        widget::table::{self, Cell, Column},
    },
};

const COLUMNS: [Column; 5] = [
    Column::new("head-code", 6, 0),
    Column::new("head-name", 0, 0),
    Column::new("head-region", 14, 2),
    Column::new("head-kpa", 20, 1),
    Column::new("head-open", 7, 3),
];

/// Draws the screen.
pub fn draw(frame: &mut Frame<'_>, area: Rect, screen: &SatkerScreen, state: &State, look: &Look) {
    let places = list_areas(area, screen.detail_open);
    let buffer = frame.buffer_mut();
    let title = look.with("satker-rows", &[("n", screen.list.total.into())]);
    rows::title(buffer, places.filter, title, &screen.find, look);
    let widths = table::widths(&COLUMNS, places.rows.width);
    rows::heads(buffer, places.head, &COLUMNS, &widths, look);
    rows::none(
        buffer,
        places.rows,
        &screen.list,
        &screen.find,
        "import-first",
        look,
    );
    let cursor = rows::draw(buffer, places.rows, &screen.list, look, |buffer, y, row| {
        table::row(buffer, places.rows, y, &widths, &cells(row, look));
    });
    if let Some(pane) = places.detail {
        let title = screen
            .list
            .selected()
            .map(|row| format!("{} {}", row.code, row.short_name))
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

fn cells(row: &SatkerRow, look: &Look) -> [Cell; 5] {
    let base = look.style(if row.active { Role::Text } else { Role::Muted });
    let mut name = row.name.clone();
    if row.kind != satker_kind() {
        name = format!("[{}] {name}", row.kind);
    }
    if !row.active {
        name = format!("{name} ({})", look.text("inactive"));
    }
    let kpa = match (&row.kpa, &row.kpa_phone) {
        (Some(kpa), Some(_)) => (kpa.clone(), base),
        (Some(kpa), None) => (
            format!("{kpa} ({})", look.text("no-phone")),
            look.style(Role::Warning),
        ),
        (None, _) => ("-".to_owned(), look.style(Role::Warning)),
    };
    let open = if row.open_letters == 0 {
        String::new()
    } else {
        row.open_letters.to_string()
    };
    [
        (row.code.to_string(), base),
        (name, base),
        (row.region.clone(), base),
        kpa,
        (open, base),
    ]
}

/// The milestones of the present stage; of the others how many are reached.
fn programme_lines(lines: &mut Lines<'_>, programme: &Programme, look: &Look) {
    let started = programme.started.map(|year| year.to_string());
    lines.title(&look.with(
        "title-programme",
        &[
            ("name", programme.name.as_str().into()),
            ("started", started.unwrap_or_else(|| "-".to_owned()).into()),
        ],
    ));
    for stage in &programme.stages {
        let reached = stage
            .milestones
            .iter()
            .filter(|row| row.met.is_some())
            .count();
        let year = stage.year.map(|year| year.to_string()).unwrap_or_default();
        let words = look.with(
            "programme-stage",
            &[
                ("year", year.into()),
                ("reached", reached.into()),
                ("all", stage.milestones.len().into()),
            ],
        );
        let mark = if stage.present { "> " } else { "" };
        let style = if stage.present {
            Role::Title
        } else {
            Role::Text
        };
        lines.styled_field(&format!("{mark}{}", stage.name), &words, look.style(style));
        if !stage.present {
            continue;
        }
        for row in &stage.milestones {
            let status = look.text(&format!("milestone-{}", row.status));
            let style = match row.status.as_str() {
                "terlambat" => Role::Danger,
                "tercapai" => Role::Muted,
                _ => Role::Text,
            };
            lines.text(&format!("  {status}: {}", row.name), look.style(style));
        }
    }
}

fn lines(detail: &SatkerDetail, state: &State, look: &Look, width: u16) -> Vec<Line<'static>> {
    let satker = &detail.satker;
    let mut lines = Lines::new(look, width);
    let name = |id: &str| look.text(id);
    lines.field(&name("field-name"), &satker.name);
    let address = format!(
        "{}.{}.{} {}  {}  {}",
        satker.ministry_code,
        satker.echelon,
        satker.code,
        satker.ministry,
        satker.region,
        satker.authority
    );
    lines.field(&name("field-ministry"), &address);
    for official in &satker.officials {
        let (phone, style) = match &official.phone {
            Some(phone) => (phone.display(), look.style(Role::Text)),
            None => (name("no-phone"), look.style(Role::Warning)),
        };
        lines.styled_field(
            &look.role(official.role),
            &format!("{}  {phone}", official.name),
            style,
        );
        let failing = |row: &&RepairRow| Some(&row.phone) == official.phone.as_ref();
        if let Some(row) = detail.repairs.iter().find(failing) {
            let danger = look.style(Role::Danger);
            lines.styled_field("", &repairs::flag(row, look), danger);
            let text = look.style(Role::Text);
            lines.styled_field("", &repairs::advice(row, look), text);
        }
    }
    if satker.kind != satker_kind() {
        lines.field(&name("field-kind"), &satker.kind);
    }
    if let Some(programme) = &detail.programme {
        programme_lines(&mut lines, programme, look);
    }
    if !satker.active {
        lines.styled_field(
            &name("field-state"),
            &name("inactive"),
            look.style(Role::Warning),
        );
    }
    if satker.revenue_treasurer {
        lines.field(&name("field-flags"), &name("revenue-treasurer"));
    }
    lines.field(
        &name("field-email"),
        satker.email.as_deref().unwrap_or_default(),
    );
    if let Some(first) = detail.budget.first() {
        lines.title(&look.with("title-budget", &[("date", look.date(first.as_of).into())]));
        for row in &detail.budget {
            let words = look.with(
                "budget-row",
                &[
                    ("pagu", Rupiah(row.pagu).to_string().into()),
                    ("spent", Rupiah(row.spent).to_string().into()),
                    ("percent", percent(row.percent).into()),
                    ("left", Rupiah(row.left).to_string().into()),
                ],
            );
            let style = look.style(if row.left < 0 {
                Role::Danger
            } else {
                Role::Text
            });
            lines.styled_field(
                &format!("{} {}", row.expense, row.description),
                &words,
                style,
            );
        }
    }
    if !detail.deadlines.is_empty() {
        lines.title(&name("title-deadlines"));
        let today = state.clock.date_naive();
        for row in &detail.deadlines {
            let (words, style) = standing(row, today, look);
            lines.line(Line::from(vec![
                Span::styled(format!("{}  ", look.date(row.due)), look.style(Role::Text)),
                Span::styled(format!("{}  ", text::pad(&words, 12)), style),
                Span::styled(text::clean(&what(row, look)), look.style(Role::Text)),
            ]));
        }
    }
    if !detail.letters.is_empty() {
        lines.title(&name("title-letters"));
        for row in &detail.letters {
            let (words, style) = target(row, state, look);
            lines.line(Line::from(vec![
                Span::styled(
                    format!(
                        "{}  {}  {}  ",
                        row.agenda,
                        look.letter_state(row.state),
                        row.subject
                    ),
                    look.style(Role::Text),
                ),
                Span::styled(words, style),
            ]));
        }
    }
    if !detail.sms.is_empty() {
        lines.title(&name("title-sms"));
        for row in &detail.sms {
            lines.text(
                &format!(
                    "{}  {}  {}  {}",
                    row.id,
                    look.moment(row.created, state.clock),
                    look.sms_state(row.state),
                    look.sms_kind(row.kind)
                ),
                look.style(Role::Text),
            );
        }
    }
    lines.into_lines()
}
