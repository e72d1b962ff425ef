//! Forms about deadlines: an event, the day of fulfilment, a reason, a date.

use chrono::NaiveDate;

use super::{Field, Form, Kind, Label, Picker};
use crate::{
    ask::{
        AddDeadline, ExemptDeadline, GiveDate, MeetDeadline, MoveDeadline, RecordEvent,
        ReopenDeadline, Request,
    },
    domain::{
        id::{ObligationId, SatkerCode},
        lang::Words,
        module::{FieldType, Module},
        period::Period,
        rule::{DueRule, Every},
        when::parse_typed,
    },
    locale::Say,
};

/// What saving a form about deadlines does.
#[derive(Debug)]
pub enum DeadlineTask {
    /// They are fulfilled.
    Meet(Vec<ObligationId>),
    /// They need not be fulfilled.
    Exempt(Vec<ObligationId>),
    /// They are owed again.
    Reopen(Vec<ObligationId>),
    /// It gets another date.
    Move(ObligationId),
    /// Something happened at a satker.
    Event,
    /// An obligation that the office makes up.
    Add,
    /// A letter gives a date.
    Date,
}

impl DeadlineTask {
    /// The title of the form.
    pub fn title(&self) -> Say {
        let which = |id: &'static str, ids: &[ObligationId]| match ids {
            [one] => Say::new(id).with("which", one.to_string()),
            many => Say::new(id).with("which", Say::new("deadlines-count").with("n", many.len())),
        };
        match self {
            Self::Meet(ids) => which("form-meet", ids),
            Self::Exempt(ids) => which("form-exempt", ids),
            Self::Reopen(ids) => which("form-reopen", ids),
            Self::Move(id) => which("form-move-deadline", &[*id]),
            Self::Event => Say::new("form-event"),
            Self::Add => Say::new("form-add-deadline"),
            Self::Date => Say::new("form-give-date"),
        }
    }

    /// What saving asks of the office; or the field that keeps it from being asked. `far_seen`: the person has seen that the date is
    /// more than a year away.
    ///
    /// # Errors
    /// The id of the field that cannot be read.
    pub fn request(
        &self,
        form: &Form,
        today: NaiveDate,
        far_seen: bool,
    ) -> Result<Request, &'static str> {
        let date = |id: &'static str| parse_typed(&form.value(id), today).map_err(|_| id);
        let reason = || form.value("note");
        Ok(match self {
            Self::Meet(ids) => Request::MeetDeadline(MeetDeadline {
                ids: ids.clone(),
                date: if form.value("date").is_empty() {
                    None
                } else {
                    Some(date("date")?)
                },
            }),
            Self::Exempt(ids) => Request::ExemptDeadline(ExemptDeadline {
                ids: ids.clone(),
                reason: reason(),
            }),
            Self::Reopen(ids) => Request::ReopenDeadline(ReopenDeadline {
                ids: ids.clone(),
                reason: reason(),
            }),
            Self::Move(id) => Request::MoveDeadline(MoveDeadline {
                id: *id,
                date: date("date")?,
                reason: reason(),
            }),
            Self::Event => Request::RecordEvent(RecordEvent {
                satker: satker(form).ok_or("satker")?,
                event: form.value("event"),
                date: date("date")?,
                fields: form
                    .fields
                    .iter()
                    .filter(|field| field.of_module && !field.value().is_empty())
                    .map(|field| (field.id.clone(), field.value()))
                    .collect(),
                far_seen,
            }),
            Self::Add => Request::AddDeadline(AddDeadline {
                obligation: form.value("obligation"),
                name: form.value("name"),
                date: date("date")?,
                satker: if form.value("scope") == "all" {
                    Vec::new()
                } else {
                    vec![satker(form).ok_or("satker")?]
                },
                far_seen,
            }),
            Self::Date => {
                let what = form.value("obligation");
                let (obligation, item) = match what.split_once('/') {
                    Some((obligation, item)) => (obligation, Some(item.to_owned())),
                    None => (what.as_str(), None),
                };
                Request::GiveDate(GiveDate {
                    obligation: obligation.to_owned(),
                    period: Period::parse(&form.value("period")).map_err(|_| "period")?,
                    item,
                    date: if form.value("date").is_empty() {
                        None
                    } else {
                        Some(date("date")?)
                    },
                    note: form.value("letter"),
                    far_seen,
                })
            }
        })
    }
}

fn satker(form: &Form) -> Option<SatkerCode> {
    form.fields.iter().find_map(|field| match &field.kind {
        Kind::Satker(picker) => picker.code(),
        _ => None,
    })
}

fn text(id: &str, label: &'static str, max: usize) -> Field {
    Field::typed_as(id, label, FieldType::Text, max)
}

fn date(label: &'static str) -> Field {
    Field::typed_as("date", label, FieldType::Date, 40)
}

/// The field of the day of fulfilment; today when it is left empty.
pub fn meet_fields() -> Vec<Field> {
    vec![date("field-met-on")]
}

/// A new date and why.
pub fn move_fields() -> Vec<Field> {
    vec![
        date("field-new-date").needed(),
        text("note", "field-reason", 200).needed(),
    ]
}

fn picker(chosen: Option<(SatkerCode, String)>) -> Field {
    Field::new(
        "satker",
        Label::Id("field-satker"),
        Kind::Satker(Picker::of_units(chosen)),
    )
}

/// The fields of an event: which, where, when, and what is noted with it.
pub fn event_fields(
    modules: &[Module],
    event: Option<&str>,
    chosen: Option<(SatkerCode, String)>,
) -> Vec<Field> {
    let events: Vec<_> = modules.iter().flat_map(|module| &module.events).collect();
    let position = event
        .and_then(|id| events.iter().position(|event| event.id == id))
        .unwrap_or(0);
    let choices = events
        .iter()
        .map(|event| (event.id.clone(), Label::Words(event.name.clone())))
        .collect();
    let mut which = Field::choice("event", "field-event", choices).needed();
    if let Kind::Choice { chosen, .. } = &mut which.kind {
        *chosen = (!events.is_empty()).then_some(position);
    }
    let mut fields = vec![
        which,
        picker(chosen).needed(),
        date("field-event-date").needed(),
    ];
    if let Some(event) = events.get(position) {
        fields.extend(event.fields.iter().map(Field::of_module));
    }
    fields
}

/// The fields of an obligation that the office makes up.
pub fn add_fields(modules: &[Module], chosen: Option<(SatkerCode, String)>) -> Vec<Field> {
    let by_hand = modules
        .iter()
        .flat_map(|module| &module.obligations)
        .filter(|rule| rule.every == Every::Dates && rule.items.is_empty());
    let mut choices: Vec<(String, Label)> = Vec::new();
    for rule in by_hand {
        if choices.iter().all(|(id, _)| *id != rule.id) {
            choices.push((rule.id.clone(), Label::Words(rule.name.clone())));
        }
    }
    vec![
        Field::choice("obligation", "field-obligation", choices).needed(),
        text("name", "field-what", 60).needed(),
        date("field-due").needed(),
        Field::choice(
            "scope",
            "field-scope",
            vec![
                ("one".to_owned(), Label::Id("scope-one")),
                ("all".to_owned(), Label::Id("scope-all")),
            ],
        ),
        picker(chosen),
    ]
}

/// The fields of a date that a letter gives.
pub fn date_fields(modules: &[Module]) -> Vec<Field> {
    let mut choices: Vec<(String, Label)> = Vec::new();
    for rule in modules.iter().flat_map(|module| &module.obligations) {
        if !matches!(rule.due, DueRule::ByLetter { .. }) {
            continue;
        }
        let listed = rule.items.iter().map(|item| {
            let words = Words::same(format!("{}: {}", rule.name.id, item.name));
            (format!("{}/{}", rule.id, item.id), Label::Words(words))
        });
        let whole = matches!(rule.every, Every::Period(_))
            .then(|| (rule.id.clone(), Label::Words(rule.name.clone())));
        for choice in whole.into_iter().chain(listed) {
            if choices.iter().all(|(id, _)| *id != choice.0) {
                choices.push(choice);
            }
        }
    }
    vec![
        Field::choice("obligation", "field-obligation", choices).needed(),
        text("period", "field-period", 20).needed(),
        date("field-letter-date"),
        text("letter", "field-letter-number", 60),
    ]
}

/// The fields of another event; what was typed into fields of the same id stays.
pub fn change_event(old: &[Field], modules: &[Module], event: &str) -> Vec<Field> {
    let mut new = event_fields(modules, Some(event), None);
    for field in new.iter_mut().filter(|field| field.id != "event") {
        if let Some(kept) = old.iter().find(|old| old.id == field.id) {
            match (&mut field.kind, &kept.kind) {
                (Kind::Satker(picker), Kind::Satker(old)) => *picker = old.clone(),
                _ => field.restore(&kept.typed()),
            }
            field.touched = kept.touched;
        }
    }
    new
}
