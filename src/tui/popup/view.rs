//! How the popups look.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{Asked, Editor, Help, Note, Palette, Popup, Question, form, help};
use crate::{
    ask::{ConfirmPreview, SmsDetail, SmsRow},
    domain::id::SmsId,
    gsm::gsm7,
    tui::{
        look::Look,
        screen::sms::view::{addressee, size},
        state::State,
        text,
        theme::Role,
        widget::paint::{highlight, popup, put, put_line},
    },
};

mod progress;

/// Draws one popup over the content.
pub fn draw(frame: &mut Frame<'_>, area: Rect, over: &Popup, state: &State, look: &Look) {
    match over {
        // The form of a letter is a page, drawn in place of the screen.
        Popup::Form(form) if form.is_page() => {}
        Popup::Form(form) => form::view::draw_popup(frame, area, form, state, look),
        Popup::Question(question) => draw_question(frame, area, question, state, look),
        Popup::Editor(editor) => draw_editor(frame, area, editor, look),
        Popup::Progress(run) => progress::draw(frame, area, run, look),
        Popup::Note(note) => draw_note(frame, area, note, look),
        Popup::Help(help) => draw_help(frame, area, *help, state, look),
        Popup::Palette(palette) => draw_palette(frame, area, palette, state, look),
    }
}

fn plain(words: String, look: &Look) -> Line<'static> {
    Line::styled(words, look.style(Role::Text))
}

/// Samples shown of several messages.
const SAMPLES: usize = 3;

fn question_lines(
    question: &Question,
    state: &State,
    look: &Look,
    width: usize,
) -> Vec<Line<'static>> {
    let wrapped = |words: &str, style: Style| -> Vec<Line<'static>> {
        text::wrap(words, width)
            .into_iter()
            .map(|line| Line::styled(line, style))
            .collect()
    };
    let normal = look.style(Role::Text);
    match &question.asked {
        Asked::Quit => wrapped(&look.text("ask-quit-body"), normal),
        Asked::LoadDemo => wrapped(&look.text("ask-demo-body"), normal),
        Asked::ConfirmSms { rows, detail } => match rows.as_slice() {
            [one] => one_message(one, detail.as_deref(), state, look, width),
            many => samples(many, look, width),
        },
        Asked::ConfirmMany(_, None) => wrapped(&look.text("confirm-looking"), normal),
        Asked::ConfirmMany(_, Some(preview)) => look_lines(preview, look, width),
        Asked::OverBudget(_, budget) => {
            let words = look.with(
                "confirm-over-budget",
                &[
                    ("after", budget.after.into()),
                    ("limit", budget.limit.into()),
                ],
            );
            let mut lines = wrapped(&words, look.style(Role::Danger));
            lines.extend(wrapped(&look.text("ask-over-budget-body"), normal));
            lines
        }
        Asked::Resume(held) => {
            let words = look.with(
                "ask-resume-body",
                &[
                    ("who", held.by.as_str().into()),
                    ("when", look.moment(held.since, state.clock).into()),
                    ("reason", held.reason.as_str().into()),
                ],
            );
            wrapped(&words, normal)
        }
        Asked::WithdrawSms(_) => wrapped(&look.text("ask-withdraw-body"), normal),
        Asked::ResendSms(_, rows) => {
            let mut lines = wrapped(&look.text("ask-resend-body"), look.style(Role::Warning));
            if !rows.is_empty() {
                lines.push(Line::default());
                lines.extend(samples(rows, look, width));
            }
            lines
        }
        Asked::Letters(_, rows) => rows
            .iter()
            .take(8)
            .map(|row| {
                plain(
                    text::clean(&format!("{}  {}  {}", row.agenda, row.sender, row.subject)),
                    look,
                )
            })
            .chain((rows.len() > 8).then(|| {
                plain(
                    look.with("and-more", &[("n", (rows.len() - 8).into())]),
                    look,
                )
            }))
            .collect(),
    }
}

fn one_message(
    row: &SmsRow,
    detail: Option<&SmsDetail>,
    state: &State,
    look: &Look,
    width: usize,
) -> Vec<Line<'static>> {
    let label = look.style(Role::FieldLabel);
    let normal = look.style(Role::Text);
    let mut lines = Vec::new();
    let to = [
        detail.and_then(|detail| detail.name.clone()),
        row.role.map(|role| look.role(role)),
        row.satker_name.clone(),
        Some(row.to.display()),
    ];
    let to = text::clean(&to.into_iter().flatten().collect::<Vec<_>>().join(", "));
    lines.push(Line::from(vec![
        Span::styled(format!("{} ", look.text("field-to")), label),
        Span::styled(to, normal),
    ]));
    lines.push(Line::default());
    for line in text::wrap(&row.text, width) {
        lines.push(Line::styled(line, look.style(Role::Title)));
    }
    lines.push(Line::default());
    lines.push(Line::styled(size(row, look), label));
    let by = look.with(
        "drafted-by",
        &[
            ("who", row.created_by.as_str().into()),
            ("when", look.moment(row.created, state.clock).into()),
        ],
    );
    let letter = row
        .letter
        .map(|letter| format!("  {letter}"))
        .unwrap_or_default();
    lines.push(plain(
        format!("{} {by}{letter}", look.text("field-drafted")),
        look,
    ));
    if row.confirmations_needed > 1 {
        let done = row.confirmed_by.clone().unwrap_or_default();
        let words = look.with("needs-two-now", &[("who", done.as_str().into())]);
        lines.push(Line::styled(words, look.style(Role::Warning)));
    }
    match detail.and_then(|detail| detail.sms.drafted_text.as_ref()) {
        Some(drafted) => {
            lines.push(Line::styled(
                look.text("differs-from-template"),
                look.style(Role::Warning),
            ));
            lines.extend(difference(drafted, &row.text, look, width));
        }
        None if detail.is_some() => {
            lines.push(Line::styled(
                look.text("as-the-template"),
                look.style(Role::Muted),
            ));
        }
        None => {}
    }
    lines
}

/// The template's words that are gone, in brackets with a minus, and those that came, with a plus.
fn difference(old: &str, new: &str, look: &Look, width: usize) -> Vec<Line<'static>> {
    let old: Vec<&str> = old.split_whitespace().collect();
    let new: Vec<&str> = new.split_whitespace().collect();
    let same_head = old
        .iter()
        .zip(&new)
        .take_while(|(old, new)| old == new)
        .count();
    let rest = |words: &[&str]| words.len().saturating_sub(same_head);
    let same_tail = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(rest(&old).min(rest(&new)))
        .take_while(|(old, new)| old == new)
        .count();
    let middle = |words: &[&str]| {
        words
            .get(same_head..words.len().saturating_sub(same_tail))
            .unwrap_or_default()
            .join(" ")
    };
    let mut lines = Vec::new();
    for (sign, words) in [("-", middle(&old)), ("+", middle(&new))] {
        if !words.is_empty() {
            let style = look.style(Role::Difference);
            lines.extend(
                text::wrap(&format!("{sign} {words}"), width)
                    .into_iter()
                    .map(|line| Line::styled(line, style)),
            );
        }
    }
    lines
}

/// What confirming many messages would do: how many, what is odd about them, three of them.
fn look_lines(preview: &ConfirmPreview, look: &Look, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut say = |words: String, role: Role| {
        let style = look.style(role);
        let wrapped = text::wrap(&text::clean(&words), width).into_iter();
        lines.extend(wrapped.map(|line| Line::styled(line, style)));
    };
    let size = [("n", preview.count.into()), ("parts", preview.parts.into())];
    let mut count = look.with("confirm-count", &size);
    if let Some(cost) = preview.cost {
        let cost = [("cost", cost.to_string().into())];
        count = format!("{count}. {}", look.with("confirm-cost", &cost));
    }
    say(count, Role::Warning);
    if let Some(budget) = preview.budget {
        let amounts = [
            ("after", budget.after.into()),
            ("limit", budget.limit.into()),
        ];
        if budget.passed() {
            say(look.with("confirm-over-budget", &amounts), Role::Danger);
        } else {
            say(look.with("confirm-budget", &amounts), Role::Text);
        }
    }
    if preview.no_phone > 0 {
        let of = preview.no_phone_of.join(", ");
        let args = [("n", preview.no_phone.into()), ("of", of.into())];
        say(look.with("confirm-no-phone", &args), Role::Danger);
    }
    if preview.duplicates > 0 {
        let ids: Vec<String> = preview.duplicate_ids.iter().map(SmsId::to_string).collect();
        let words = look.with("confirm-duplicates", &[("n", preview.duplicates.into())]);
        say(format!("{words}: {}", ids.join(", ")), Role::Danger);
    }
    if preview.unicode > 0 {
        let words = look.with("confirm-unicode", &[("n", preview.unicode.into())]);
        say(words, Role::Text);
    }
    for (who, n) in &preview.first_by {
        let args = [("who", who.as_str().into()), ("n", (*n).into())];
        say(look.with("confirm-first-by", &args), Role::Text);
    }
    if preview.second_needed > 0 {
        let words = look.with("confirm-second", &[("n", preview.second_needed.into())]);
        say(words, Role::Text);
    }
    lines.extend(sample_lines(&preview.samples, look, width));
    let more = preview.count.saturating_sub(preview.samples.len() as u64);
    if more > 0 {
        lines.push(Line::default());
        lines.push(plain(look.with("and-more", &[("n", more.into())]), look));
    }
    lines
}

fn samples(rows: &[SmsRow], look: &Look, width: usize) -> Vec<Line<'static>> {
    let parts: i64 = rows.iter().map(|row| i64::from(row.parts)).sum();
    let count = look.with(
        "confirm-count",
        &[("n", rows.len().into()), ("parts", parts.into())],
    );
    let mut lines = vec![Line::styled(count, look.style(Role::Warning))];
    lines.extend(sample_lines(rows, look, width));
    if rows.len() > SAMPLES {
        lines.push(Line::default());
        lines.push(plain(
            look.with("and-more", &[("n", (rows.len() - SAMPLES).into())]),
            look,
        ));
    }
    lines
}

fn sample_lines(rows: &[SmsRow], look: &Look, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for row in rows.iter().take(SAMPLES) {
        lines.push(Line::default());
        let head = format!("{}  {}  {}", row.id, addressee(row, look), row.to.display());
        lines.push(Line::styled(
            text::clean(&head),
            look.style(Role::FieldLabel),
        ));
        lines.extend(
            text::wrap(&row.text, width)
                .into_iter()
                .map(|line| plain(line, look)),
        );
    }
    lines
}

fn draw_question(
    frame: &mut Frame<'_>,
    area: Rect,
    question: &Question,
    state: &State,
    look: &Look,
) {
    let width = usize::from(area.width.min(76)).saturating_sub(4);
    let lines = question_lines(question, state, look, width);
    let height = u16::try_from(lines.len() + 5).unwrap_or(u16::MAX);
    let title = look.say(&question.asked.title());
    let inside = popup(frame.buffer_mut(), area, (76, height), &title, look);
    let body = inside.height.saturating_sub(2);
    let last = lines.len().saturating_sub(usize::from(body));
    let from = usize::from(question.scroll).min(last);
    let buffer = frame.buffer_mut();
    for (y, line) in (0..body).zip(lines.iter().skip(from)) {
        put_line(buffer, inside, 1, y, line);
    }
    if from < last {
        put(
            buffer,
            inside,
            1,
            body,
            &look.text("detail-more"),
            look.style(Role::Muted),
        );
    }
    // The answer stands at the foot, the safe one first; no key but these two answers.
    let key = |action| {
        look.key(super::Context::Confirm, action)
            .unwrap_or_default()
    };
    let answers = Line::from(vec![
        Span::styled(key(super::Action::AnswerNo), look.style(Role::Key)),
        Span::styled(
            format!(" {}    ", look.text("no")),
            look.style(Role::Selected),
        ),
        Span::styled(key(super::Action::AnswerYes), look.style(Role::Key)),
        Span::styled(format!(" {}", look.text("yes")), look.style(Role::Text)),
    ]);
    let foot = inside.height.saturating_sub(1);
    put_line(buffer, inside, 1, foot, &answers);
    if inside.height > 0 && inside.width > 1 {
        frame.set_cursor_position((inside.x + 1, inside.y + foot));
    }
}

fn draw_editor(frame: &mut Frame<'_>, area: Rect, editor: &Editor, look: &Look) {
    let title = look.with("editor-title", &[("id", editor.row.id.to_string().into())]);
    let old = editor.template.as_ref().unwrap_or(&editor.row.text);
    let changes = difference(old, &editor.text(), look, 66);
    let room = u16::try_from(changes.len()).unwrap_or(u16::MAX).min(5);
    let inside = popup(frame.buffer_mut(), area, (70, 12 + room + 1), &title, look);
    if inside.height < 2 || inside.width < 2 {
        return;
    }
    let to = format!(
        "{} {}  {}",
        look.text("field-to"),
        addressee(&editor.row, look),
        editor.row.to.display()
    );
    put(
        frame.buffer_mut(),
        inside,
        1,
        0,
        &to,
        look.style(Role::FieldLabel),
    );
    let place = Rect {
        x: inside.x + 1,
        y: inside.y + 2.min(inside.height - 1),
        width: inside.width.saturating_sub(2),
        height: inside.height.saturating_sub(5 + room),
    };
    let under = inside.height.saturating_sub(room + 2);
    let words = if changes.is_empty() {
        ("as-the-template", Role::Muted)
    } else {
        ("differs-from-template", Role::Warning)
    };
    put(
        frame.buffer_mut(),
        inside,
        1,
        under,
        &look.text(words.0),
        look.style(words.1),
    );
    for (y, line) in (under + 1..inside.height.saturating_sub(1)).zip(&changes) {
        put_line(frame.buffer_mut(), inside, 1, y, line);
    }
    let mut shown = editor.area.clone();
    shown.set_style(look.style(Role::Text));
    shown.set_cursor_line_style(look.style(Role::Text));
    frame.render_widget(&shown, place);
    let typed = editor.text();
    let (words, calm) = form::view::measure_words(&typed, look);
    let style = look.style(if calm { Role::Info } else { Role::Warning });
    let foot = inside.height - 1;
    let used = put(frame.buffer_mut(), inside, 1, foot, &words, style);
    let odd: String = typed
        .chars()
        .filter(|c| gsm7::width(*c).is_none())
        .take(5)
        .collect();
    if !odd.is_empty() {
        let words = look.with("editor-odd", &[("chars", odd.into())]);
        put(
            frame.buffer_mut(),
            inside,
            used + 3,
            foot,
            &words,
            look.style(Role::Muted),
        );
    }
}

fn draw_note(frame: &mut Frame<'_>, area: Rect, note: &Note, look: &Look) {
    let width = usize::from(area.width.min(76)).saturating_sub(4);
    let lines = text::wrap(&look.said(&note.said), width);
    let height = u16::try_from(lines.len() + 3).unwrap_or(u16::MAX);
    let title = look.text(note.title);
    let inside = popup(frame.buffer_mut(), area, (76, height), &title, look);
    let body = inside.height.saturating_sub(1);
    let last = lines.len().saturating_sub(usize::from(body));
    let from = usize::from(note.scroll).min(last);
    let buffer = frame.buffer_mut();
    for (y, line) in (0..body).zip(lines.iter().skip(from)) {
        put(buffer, inside, 1, y, line, look.style(Role::Text));
    }
    if from < last {
        let more = look.text("detail-more");
        put(buffer, inside, 1, body, &more, look.style(Role::Muted));
    }
}

/// Cells of the keys in help.
const KEYS: usize = 22;

fn draw_help(frame: &mut Frame<'_>, area: Rect, shown: Help, state: &State, look: &Look) {
    // What is unavailable is judged by the place below, which help must not hide.
    let lines = help::lines(state, look, shown.context);
    let title = look.with(
        "help-title",
        &[
            ("keymap", look.keymap.name().into()),
            (
                "place",
                look.text(&format!("context-{}", shown.context.name()))
                    .into(),
            ),
        ],
    );
    let inside = popup(
        frame.buffer_mut(),
        area,
        (area.width, area.height),
        &title,
        look,
    );
    let last = lines.len().saturating_sub(usize::from(inside.height));
    let from = usize::from(shown.scroll).min(last);
    for (y, line) in (0..inside.height).zip(lines.iter().skip(from)) {
        let buffer = frame.buffer_mut();
        if line.title {
            put(buffer, inside, 1, y, &line.label, look.style(Role::Title));
            continue;
        }
        let off = line.reason.is_some();
        put(
            buffer,
            inside,
            2,
            y,
            &text::fit(&line.keys, KEYS),
            look.style(if off { Role::Unavailable } else { Role::Key }),
        );
        let style = look.style(if off { Role::Unavailable } else { Role::Text });
        let at = u16::try_from(KEYS).unwrap_or(0) + 3;
        let used = put(buffer, inside, at, y, &line.label, style);
        if let Some(reason) = &line.reason {
            put(
                buffer,
                inside,
                at + used + 1,
                y,
                &format!("({reason})"),
                style,
            );
        }
    }
}

/// Under the commands of this screen those that are called like that on others; where there is nothing here, that.
fn draw_elsewhere(
    frame: &mut Frame<'_>,
    inside: Rect,
    palette: &Palette,
    here: usize,
    look: &Look,
) {
    let found = help::elsewhere(look, palette.context, palette.line.text());
    let muted = look.style(Role::Unavailable);
    let buffer = frame.buffer_mut();
    if here == 0 {
        let nothing = look.text("palette-nothing");
        put(buffer, inside, 1, 1, &nothing, look.style(Role::Warning));
    }
    let from = u16::try_from(here.max(1)).unwrap_or(u16::MAX);
    for (y, (context, label)) in (from.saturating_add(1)..inside.height).zip(&found) {
        let place = look.text(&format!("context-{}", context.name()));
        put(buffer, inside, 1, y, &text::fit(label, 38), muted);
        let place = look.with("palette-elsewhere", &[("place", place.into())]);
        put(buffer, inside, 41, y, &place, muted);
    }
}

fn draw_palette(frame: &mut Frame<'_>, area: Rect, palette: &Palette, state: &State, look: &Look) {
    let found = help::commands(state, look, palette.context, palette.line.text());
    let inside = popup(
        frame.buffer_mut(),
        area,
        (76, area.height.min(16)),
        &look.text("palette-title"),
        look,
    );
    let room = usize::from(inside.width.saturating_sub(3));
    let (shown, at) = palette.line.window(room);
    put(frame.buffer_mut(), inside, 0, 0, ":", look.style(Role::Key));
    put(
        frame.buffer_mut(),
        inside,
        1,
        0,
        &text::pad(&shown, room),
        look.style(Role::FieldActive),
    );
    let rows = inside.height.saturating_sub(1);
    draw_elsewhere(frame, inside, palette, found.len(), look);
    let highlighted = palette.highlighted.min(found.len().saturating_sub(1));
    let from = (highlighted + 1).saturating_sub(usize::from(rows));
    for (y, (index, (action, label, reason))) in (1..=rows).zip(found.iter().enumerate().skip(from))
    {
        let buffer = frame.buffer_mut();
        let style = look.style(if reason.is_some() {
            Role::Unavailable
        } else {
            Role::Text
        });
        let key = look.key(palette.context, *action).unwrap_or_default();
        put(buffer, inside, 1, y, &text::fit(label, 38), style);
        let beside = reason.as_ref().map_or(key, |reason| look.say(reason));
        let beside = text::fit(&beside, usize::from(inside.width.saturating_sub(42)));
        put(
            buffer,
            inside,
            41,
            y,
            &beside,
            look.style(if reason.is_some() {
                Role::Unavailable
            } else {
                Role::Key
            }),
        );
        if index == highlighted {
            highlight(buffer, inside, y, look.style(Role::Selected));
        }
    }
    let x = inside.x + 1 + u16::try_from(at).unwrap_or(0);
    if inside.height > 0 && x < inside.right() {
        frame.set_cursor_position((x, inside.y));
    }
}
