//! How forms look: one field a row, the reason under the field, the offers under the picker.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{
    Field, Form, Kind, Label, Problem, Purpose, Reading,
    area::Area,
    field::{Chosen, Picker},
};
use crate::{
    ask::{BroadcastReport, TextPreview},
    domain::{module::FieldType, phone::PhoneNumber, satker::satker_kind, when},
    locale::Say,
    tui::{
        action::{Action, Context},
        look::Look,
        state::State,
        text,
        theme::Role,
        widget::paint::{popup, put, put_line, rule},
    },
};

/// Cells of the labels.
const LABEL: u16 = 25;
/// Column of the offers of the picker: names of work units are long.
const OFFER: u16 = 4;

/// A row of the form, before it is known which rows fit.
enum Row<'f> {
    Field(usize, &'f Field),
    Problem(String),
    Offer {
        words: String,
        highlighted: bool,
    },
    /// A further row of a field of several lines; the last one measures it.
    More(&'f Area, u16),
}

/// Rows of a field of several lines, its measure included.
const AREA_ROWS: u16 = 6;

fn label(field: &Field, look: &Look) -> String {
    match &field.label {
        Label::Id(id) => look.text(id),
        Label::Words(words) => look.words(words).to_owned(),
    }
}

fn choice_name(label: &Label, look: &Look) -> String {
    match label {
        Label::Id(id) => look.text(id),
        Label::Words(words) => look.words(words).to_owned(),
    }
}

fn problem_words(problem: &Problem, field: &Field, look: &Look) -> String {
    match problem {
        Problem::Required if matches!(field.kind, Kind::Satker(_)) => look.text("problem-satker"),
        Problem::Required => look.text("problem-required"),
        Problem::Words(words) => look.words(words).to_owned(),
        Problem::Refusal(refusal) => look.refusal(refusal),
    }
}

/// The rows of a form that is so many cells wide.
fn rows<'f>(form: &'f Form, state: &State, look: &Look, width: u16) -> Vec<Row<'f>> {
    let room = usize::from(width.saturating_sub(LABEL + 3));
    let today = state.clock.date_naive();
    let mut rows = Vec::new();
    for (index, field) in form.fields.iter().enumerate() {
        rows.push(Row::Field(index, field));
        if let Kind::Area(area) = &field.kind {
            rows.extend((1..AREA_ROWS).map(|row| Row::More(area, row)));
        }
        if index == form.focus
            && let Kind::Satker(picker) = &field.kind
            && picker.chosen == Chosen::Nothing
        {
            rows.extend(offers(picker, look));
        }
        if let Some(problem) = form.problem(field, today) {
            // While the person types a date, half of it is no mistake yet; the reason comes when the field is left.
            let typing = index == form.focus && !form.tried && matches!(problem, Problem::Words(_));
            if !typing || field.typed().chars().count() >= 3 {
                let words = problem_words(&problem, field, look);
                let lines = text::wrap(&words, room).into_iter().enumerate();
                rows.extend(lines.map(|(at, line)| {
                    let sign = if at == 0 { '^' } else { ' ' };
                    Row::Problem(format!("{sign} {line}"))
                }));
            }
        }
    }
    rows
}

fn offers<'f>(picker: &Picker, look: &Look) -> Vec<Row<'f>> {
    let mut rows: Vec<Row<'f>> = picker
        .candidates
        .iter()
        .enumerate()
        .map(|(index, row)| Row::Offer {
            words: if row.kind == satker_kind() {
                format!("{} {} ({})", row.code, row.name, row.region)
            } else {
                format!("{} [{}] {} ({})", row.code, row.kind, row.name, row.region)
            },
            highlighted: index == picker.highlighted,
        })
        .collect();
    if picker.offers_other() {
        rows.push(Row::Offer {
            words: look.with("offer-other", &[("name", picker.line.text().trim().into())]),
            highlighted: picker.highlighted == picker.candidates.len(),
        });
    } else if picker.candidates.is_empty() && !picker.line.is_empty() {
        rows.push(Row::Offer {
            words: look.text("offer-none"),
            highlighted: false,
        });
    }
    rows
}

/// Draws the rows into `area`, scrolled so that the focused field and what hangs under it can be seen.
fn draw_rows(frame: &mut Frame<'_>, area: Rect, form: &Form, state: &State, look: &Look) {
    let rows = rows(form, state, look, area.width);
    let focus_row = rows
        .iter()
        .position(|row| matches!(row, Row::Field(index, _) if *index == form.focus))
        .unwrap_or(0);
    let under = rows
        .iter()
        .skip(focus_row + 1)
        .take_while(|row| !matches!(row, Row::Field(..)))
        .count();
    let height = usize::from(area.height);
    let from = (focus_row + under + 1)
        .saturating_sub(height)
        .min(focus_row);
    let mut cursor = None;
    for (y, row) in (0..area.height).zip(rows.iter().skip(from)) {
        let buffer = frame.buffer_mut();
        match row {
            Row::More(_, row) if row + 1 < AREA_ROWS => {}
            Row::More(typed, _) => {
                let typed = typed.text();
                let (words, calm) = measure_words(&typed, look);
                let style = look.style(if calm { Role::Info } else { Role::Warning });
                put(buffer, area, LABEL, y, &words, style);
            }
            Row::Field(index, field) if matches!(field.kind, Kind::Area(_)) => {
                let focused = *index == form.focus;
                let left = area.height.saturating_sub(y).min(AREA_ROWS - 1);
                let place = Rect {
                    x: area.x + LABEL.min(area.width),
                    y: area.y + y,
                    width: area.width.saturating_sub(LABEL + 1),
                    height: left,
                };
                draw_field(buffer, area, y, form, field, focused, state, look);
                if let Kind::Area(typed) = &field.kind {
                    let mut shown = typed.inner.clone();
                    let style = look.style(if focused {
                        Role::FieldActive
                    } else {
                        Role::Text
                    });
                    shown.set_style(style);
                    shown.set_cursor_line_style(style);
                    if !focused {
                        shown.set_cursor_style(style);
                    }
                    frame.render_widget(&shown, place);
                    if focused {
                        cursor = Some((place.x, place.y));
                    }
                }
            }
            Row::Field(index, field) => {
                let focused = *index == form.focus;
                if let Some(x) = draw_field(buffer, area, y, form, field, focused, state, look) {
                    cursor = Some((area.x + x.min(area.width.saturating_sub(1)), area.y + y));
                }
            }
            Row::Problem(words) => {
                put(
                    buffer,
                    area,
                    LABEL,
                    y,
                    words,
                    look.style(Role::FieldInvalid),
                );
            }
            Row::Offer { words, highlighted } => {
                let style = look.style(if *highlighted {
                    Role::Selected
                } else {
                    Role::Text
                });
                put(buffer, area, OFFER, y, &format!(" {words} "), style);
            }
        }
    }
    if from + height < rows.len() && area.height > 0 {
        let more = look.text("form-more");
        let width = u16::try_from(text::width(&more)).unwrap_or(0);
        put(
            frame.buffer_mut(),
            area,
            area.width.saturating_sub(width),
            area.height - 1,
            &more,
            look.style(Role::Muted),
        );
    }
    if let Some(cursor) = cursor
        && area.contains(cursor.into())
    {
        frame.set_cursor_position(cursor);
    }
}

/// Characters, SMS and alphabet of a text, and whether it is one SMS of the usual alphabet.
pub fn measure_words(typed: &str, look: &Look) -> (String, bool) {
    let measure = crate::gsm::segment::measure(typed);
    let encoding = match measure.encoding {
        crate::gsm::segment::Encoding::Gsm7 => "GSM-7",
        crate::gsm::segment::Encoding::Ucs2 => "UCS-2",
    };
    let words = look.with(
        "sms-size",
        &[
            ("chars", typed.chars().count().into()),
            ("parts", measure.parts.into()),
            ("encoding", encoding.into()),
        ],
    );
    (words, measure.parts <= 1 && encoding == "GSM-7")
}

/// Draws one field; gives the column of the cursor when it is being typed into.
#[expect(
    clippy::too_many_arguments,
    reason = "a field is drawn from all of these and from nothing more"
)]
fn draw_field(
    buffer: &mut Buffer,
    area: Rect,
    y: u16,
    form: &Form,
    field: &Field,
    focused: bool,
    state: &State,
    look: &Look,
) -> Option<u16> {
    let mark = if field.required { "*" } else { " " };
    let name = text::fit(&label(field, look), usize::from(LABEL) - 3);
    let label_style = look.style(if focused {
        Role::Title
    } else {
        Role::FieldLabel
    });
    put(
        buffer,
        area,
        0,
        y,
        if focused { ">" } else { " " },
        label_style,
    );
    put(buffer, area, 1, y, &name, label_style);
    put(buffer, area, LABEL - 2, y, mark, look.style(Role::Warning));
    let room = usize::from(area.width.saturating_sub(LABEL + 1));
    let style = look.style(if focused {
        Role::FieldActive
    } else {
        Role::Text
    });
    match &field.kind {
        Kind::Area(_) => None,
        Kind::Choice { choices, chosen } => {
            draw_choices(buffer, area, y, choices, *chosen, focused, look);
            focused.then_some(LABEL)
        }
        Kind::Satker(picker) => {
            let (shown, at) = picker.line.window(room);
            let width = if picker.code().is_some() {
                7
            } else {
                room.min(40)
            };
            put(buffer, area, LABEL, y, &text::pad(&shown, width), style);
            let name = match &picker.chosen {
                Chosen::Unit(_, name) => name.clone(),
                Chosen::Other => look.text("other-sender"),
                Chosen::Nothing if !focused && !picker.line.is_empty() => look.text("not-chosen"),
                Chosen::Nothing => String::new(),
            };
            let after = LABEL + u16::try_from(width).unwrap_or(0) + 1;
            put(buffer, area, after, y, &name, look.style(Role::Info));
            focused.then(|| LABEL + u16::try_from(at).unwrap_or(0))
        }
        Kind::Typed { line, rule } => {
            // Short answers leave room for how they are understood.
            let short = matches!(
                rule.kind,
                FieldType::Date
                    | FieldType::Month
                    | FieldType::Rupiah
                    | FieldType::Number
                    | FieldType::Phone
            );
            let width = if short { room.min(20) } else { room };
            let (shown, at) = line.window(width);
            put(buffer, area, LABEL, y, &text::pad(&shown, width), style);
            let (aside, aside_style) = aside(form, field, rule, state, look);
            if line.is_empty() && !short {
                put(
                    buffer,
                    area,
                    LABEL,
                    y,
                    &text::fit(&aside, width),
                    merge(style, look.style(Role::Muted), focused),
                );
            } else if short {
                let after = LABEL + u16::try_from(width).unwrap_or(0) + 1;
                put(buffer, area, after, y, &aside, aside_style);
            }
            focused.then(|| LABEL + u16::try_from(at).unwrap_or(0))
        }
    }
}

/// A default shown in an empty field keeps the look of the field around it.
fn merge(field: Style, muted: Style, focused: bool) -> Style {
    if focused {
        field.patch(Style {
            add_modifier: ratatui::style::Modifier::empty(),
            ..muted
        })
    } else {
        muted
    }
}

/// Beside the field: how it is understood, what it takes, or what it becomes when it stays empty.
fn aside(
    form: &Form,
    field: &Field,
    rule: &crate::domain::module::Field,
    state: &State,
    look: &Look,
) -> (String, Style) {
    let muted = look.style(Role::Muted);
    match field.reading(state.clock.date_naive()) {
        Reading::Date(date) => (when::full(date, look.lang()), look.style(Role::Info)),
        Reading::Stored(stored) => (rule.display(&stored, look.lang()), look.style(Role::Info)),
        Reading::Empty => match (rule.kind, field.id.as_str(), &form.purpose) {
            (FieldType::Date, ..) => (look.text("example-date"), muted),
            (FieldType::Month, ..) => (look.text("example-month"), muted),
            (FieldType::Rupiah, ..) => (look.text("example-rupiah"), muted),
            (FieldType::Phone, ..) => (look.text("example-phone"), muted),
            (_, "subject", Purpose::Register(registration)) => {
                (registration.preview.subject.clone(), muted)
            }
            _ => (String::new(), muted),
        },
        Reading::Plain | Reading::Bad(_) => (String::new(), muted),
    }
}

fn draw_choices(
    buffer: &mut Buffer,
    area: Rect,
    y: u16,
    choices: &[(String, Label)],
    chosen: Option<usize>,
    focused: bool,
    look: &Look,
) {
    let names: Vec<String> = choices
        .iter()
        .map(|(_, label)| choice_name(label, look))
        .collect();
    let room = usize::from(area.width.saturating_sub(LABEL + 1));
    let all: usize = names.iter().map(|name| text::width(name) + 3).sum();
    if focused && all <= room {
        let mut x = LABEL;
        for (index, name) in names.iter().enumerate() {
            let style = if Some(index) == chosen {
                look.style(Role::FieldActive)
            } else {
                look.style(Role::Muted)
            };
            let words = if Some(index) == chosen {
                format!("[{name}]")
            } else {
                format!(" {name} ")
            };
            x += put(buffer, area, x, y, &words, style) + 1;
        }
        return;
    }
    let shown = chosen.and_then(|chosen| names.get(chosen)).cloned();
    let words = match (shown, focused) {
        (Some(name), true) => format!(
            "< {name} >  {}/{}",
            chosen.map_or(0, |chosen| chosen + 1),
            choices.len()
        ),
        (Some(name), false) => name,
        (None, _) => look.text("not-chosen"),
    };
    let style = look.style(match (focused, chosen) {
        (true, _) => Role::FieldActive,
        (false, Some(_)) => Role::Text,
        (false, None) => Role::Muted,
    });
    put(buffer, area, LABEL, y, &words, style);
}

/// Draws the form of a new letter over the whole screen.
pub fn draw_page(frame: &mut Frame<'_>, area: Rect, form: &Form, state: &State, look: &Look) {
    let Purpose::Register(registration) = &form.purpose else {
        return;
    };
    let module = state.module(&registration.module).map_or_else(
        || registration.module.clone(),
        |module| look.words(&module.name).to_owned(),
    );
    let title = look.with("register-title", &[("module", module.into())]);
    rule(frame.buffer_mut(), area, 0, &title, look);
    let foot = 3.min(area.height.saturating_sub(2));
    let rows = Rect {
        y: area.y + 1.min(area.height),
        height: area.height.saturating_sub(1 + foot),
        ..area
    };
    let under = Rect {
        y: area.bottom().saturating_sub(foot),
        height: foot,
        ..area
    };
    draw_rows(frame, rows, form, state, look);
    let buffer = frame.buffer_mut();
    rule(buffer, under, 0, "", look);
    let target = match registration.preview.target {
        Some(target) => look.with("preview-target", &[("when", look.clock(target).into())]),
        None => look.text("preview-no-target"),
    };
    let mut spans = vec![Span::styled(target, look.style(Role::Text))];
    if let Some(duplicate) = registration.preview.duplicate {
        let mut say = Say::new(if registration.duplicate_seen {
            "preview-duplicate-seen"
        } else {
            "preview-duplicate"
        });
        say = say.with("agenda", duplicate.to_string());
        if registration.duplicate_seen {
            say = say.with(
                "key",
                look.key(Context::Form, Action::Save).unwrap_or_default(),
            );
        }
        let words = look.say(&say);
        spans.push(Span::styled(
            format!("  {words}"),
            look.style(Role::Warning),
        ));
    }
    put_line(buffer, under, 0, 1, &Line::from(spans));
    let receipt = match &registration.preview.receipt {
        Some(receipt) => receipt_words(receipt, look),
        None => look.text("preview-no-receipt"),
    };
    put(buffer, under, 0, 2, &receipt, look.style(Role::Muted));
}

fn receipt_words(receipt: &TextPreview, look: &Look) -> String {
    match &receipt.to {
        Some((name, phone)) if receipt.opted_out => opted_out(name, phone, look),
        Some((name, phone)) => look.with(
            "preview-receipt",
            &[
                ("name", name.as_str().into()),
                ("phone", phone.display().into()),
                ("parts", i64::from(receipt.parts).into()),
            ],
        ),
        None => look.text("preview-nobody"),
    }
}

/// That no SMS goes to this phone, because its owner wants none.
fn opted_out(name: &str, phone: &PhoneNumber, look: &Look) -> String {
    look.with(
        "preview-opted-out",
        &[("name", name.into()), ("phone", phone.display().into())],
    )
}

/// Draws a form as a popup.
pub fn draw_popup(frame: &mut Frame<'_>, area: Rect, form: &Form, state: &State, look: &Look) {
    let outside = area.width.min(76);
    let shown = rows(form, state, look, outside.saturating_sub(2)).len();
    let width = usize::from(outside).saturating_sub(4);
    let preview = match &form.purpose {
        Purpose::Broadcast { report, .. } => announcement(report.as_deref(), look, width),
        _ => end_preview(form, look, width),
    };
    let height = u16::try_from(shown + preview.len() + 4).unwrap_or(u16::MAX);
    let title = look.say(&form.title());
    let inside = popup(frame.buffer_mut(), area, (76, height), &title, look);
    let below = u16::try_from(preview.len())
        .unwrap_or(0)
        .min(inside.height.saturating_sub(2));
    let fields = Rect {
        y: inside.y + 1.min(inside.height),
        height: inside.height.saturating_sub(below + 1),
        ..inside
    };
    draw_rows(frame, fields, form, state, look);
    let under = Rect {
        y: inside.bottom().saturating_sub(below),
        height: below,
        ..inside
    };
    for (y, (words, style)) in (0..under.height).zip(preview) {
        put(frame.buffer_mut(), under, 1, y, &words, style);
    }
}

/// Who would get the announcement, and the first text of it.
fn announcement(
    report: Option<&BroadcastReport>,
    look: &Look,
    width: usize,
) -> Vec<(String, Style)> {
    let muted = look.style(Role::Muted);
    let mut lines = vec![(String::new(), muted)];
    let Some(report) = report else { return lines };
    let size = [
        ("n", report.recipients.into()),
        ("parts", report.parts.into()),
    ];
    let mut words = look.with("broadcast-size", &size);
    if let Some(cost) = report.cost {
        let cost = [("cost", cost.to_string().into())];
        words = format!("{words}. {}", look.with("confirm-cost", &cost));
    }
    if report.confirmations_needed == 2 {
        words = format!("{words}. {}", look.text("broadcast-two"));
    }
    lines.extend(
        text::wrap(&words, width)
            .into_iter()
            .map(|line| (line, look.style(Role::Warning))),
    );
    let mut odd = Vec::new();
    for (id, n) in [
        ("broadcast-shared", report.shared),
        ("broadcast-waiting", report.waiting),
        ("broadcast-had", report.had),
        ("broadcast-opted-out", report.opted_out),
    ] {
        if n > 0 {
            odd.push(look.with(id, &[("n", n.into())]));
        }
    }
    for (id, list) in [
        ("broadcast-no-phone", &report.no_phone),
        ("broadcast-unknown", &report.unknown),
    ] {
        if !list.is_empty() {
            let few: Vec<&str> = list.iter().take(3).map(String::as_str).collect();
            let args = [("n", list.len().into()), ("of", few.join(", ").into())];
            odd.push(look.with(id, &args));
        }
    }
    for words in odd {
        lines.extend(
            text::wrap(&text::clean(&words), width)
                .into_iter()
                .map(|line| (line, look.style(Role::Text))),
        );
    }
    if let Some(sample) = report.sample.as_ref().filter(|_| report.problem.is_none()) {
        lines.extend(
            text::wrap(&text::clean(&sample.text), width)
                .into_iter()
                .map(|line| (line, look.style(Role::Title))),
        );
    }
    lines
}

/// The notice that ending the letter would draft, as it would be sent.
fn end_preview(form: &Form, look: &Look, width: usize) -> Vec<(String, Style)> {
    let Purpose::End {
        preview, letters, ..
    } = &form.purpose
    else {
        return Vec::new();
    };
    let muted = look.style(Role::Muted);
    let mut lines = vec![(String::new(), muted)];
    let Some(preview) = preview else { return lines };
    let Some(notice) = &preview.notice else {
        lines.push((look.text("preview-no-notice"), muted));
        return lines;
    };
    if let Some((name, phone)) = notice.to.as_ref().filter(|_| notice.opted_out) {
        let words = opted_out(name, phone, look);
        let warning = look.style(Role::Warning);
        lines.extend(
            text::wrap(&words, width)
                .into_iter()
                .map(|line| (line, warning)),
        );
        return lines;
    }
    let to = match &notice.to {
        Some((name, phone)) => look.with(
            "preview-notice",
            &[
                ("name", name.as_str().into()),
                ("phone", phone.display().into()),
            ],
        ),
        None => look.text("preview-nobody"),
    };
    let size = look.with(
        "sms-size",
        &[
            ("chars", notice.text.chars().count().into()),
            ("parts", i64::from(notice.parts).into()),
            (
                "encoding",
                if notice.encoding == crate::domain::sms::Encoding::Gsm7 {
                    "GSM-7"
                } else {
                    "UCS-2"
                }
                .into(),
            ),
        ],
    );
    let head_style = look.style(if notice.to.is_some() {
        Role::FieldLabel
    } else {
        Role::Warning
    });
    lines.push((format!("{to}  {size}"), head_style));
    lines.extend(
        text::wrap(&notice.text, width)
            .into_iter()
            .map(|line| (line, look.style(Role::Text))),
    );
    if letters.len() > 1 {
        lines.push((
            look.with("preview-of-several", &[("n", letters.len().into())]),
            muted,
        ));
    }
    lines
}
