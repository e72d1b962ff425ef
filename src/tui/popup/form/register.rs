//! The fields of the forms.

use crate::{
    domain::{
        lang::Words,
        letter::{Channel, LetterState, Security, Urgency},
        module::{FieldType, Module, Service, When},
        satker::{ContactRole, satker_kind},
    },
    tui::{
        popup::form::{Field, Kind, Label, Picker},
        screen::inbox::Template,
    },
};

/// Characters of a letter's number, subject and remark at most; domain limits of the register.
const NUMBER: usize = 50;
const SUBJECT: usize = 200;
const NOTE: usize = 300;
/// Characters of the reason of a rejected message at most.
const REASON: usize = 200;
/// Characters of the reason why all sending is stopped: it stands on every desk.
const BRAKE: usize = 100;

fn text(id: &str, label: &'static str, max: usize) -> Field {
    Field::typed_as(id, label, FieldType::Text, max)
}

/// The fields of a letter of this service, in the order in which a counter gets to know them.
pub fn fields(module: &Module, service: &Service) -> Vec<Field> {
    let services = module
        .services
        .iter()
        .map(|service| (service.id.clone(), Label::Words(service.name.clone())))
        .collect::<Vec<_>>();
    let position = module
        .services
        .iter()
        .position(|known| known.id == service.id);
    let mut service_field = Field::choice("service", "field-service", services);
    if let Kind::Choice { chosen, .. } = &mut service_field.kind {
        *chosen = position.or(Some(0));
    }
    let mut fields = vec![
        service_field,
        Field::new(
            "satker",
            Label::Id("field-satker"),
            Kind::Satker(Picker::default()),
        )
        .needed(),
    ];
    let asked = |required: bool| {
        let fields = service
            .fields
            .iter()
            .filter(move |field| field.when == When::Register);
        fields
            .filter(move |field| field.required == required)
            .map(Field::of_module)
    };
    // What must be asked comes first, then what stands on every letter, then what may be known.
    fields.extend(asked(true));
    fields.extend([
        text("number", "field-number", NUMBER),
        Field::typed_as("date", "field-date", FieldType::Date, 40),
        text("subject", "field-subject", SUBJECT),
    ]);
    fields.extend(asked(false));
    fields.extend([
        Field::choice(
            "urgency",
            "field-urgency",
            Urgency::ALL
                .iter()
                .zip(["urgency-biasa", "urgency-segera", "urgency-sangat-segera"])
                .map(|(value, label)| (value.as_str().to_owned(), Label::Id(label)))
                .collect(),
        ),
        Field::choice(
            "channel",
            "field-channel",
            Channel::ALL
                .iter()
                .zip([
                    "channel-loket",
                    "channel-sakti",
                    "channel-email",
                    "channel-pos",
                    "channel-sms",
                ])
                .map(|(value, label)| (value.as_str().to_owned(), Label::Id(label)))
                .collect(),
        ),
        text("bringer", "field-bringer", 60),
        Field::typed_as("bringer_phone", "field-bringer-phone", FieldType::Phone, 20),
        text("attachments", "field-attachments", 40),
        Field::choice(
            "security",
            "field-security",
            Security::ALL
                .iter()
                .zip(["security-biasa", "security-terbatas", "security-rahasia"])
                .map(|(value, label)| (value.as_str().to_owned(), Label::Id(label)))
                .collect(),
        ),
        text("previous", "field-previous", 20),
        text("note", "field-note", NOTE),
    ]);
    fields
}

/// The fields of another service of the same module; what was typed into fields of the same id stays.
pub fn change_service(old: &[Field], module: &Module, service: &Service) -> Vec<Field> {
    let mut new = fields(module, service);
    for field in &mut new {
        if let Some(kept) = old
            .iter()
            .find(|old| old.id == field.id && old.id != "service")
        {
            match (&mut field.kind, &kept.kind) {
                (Kind::Satker(picker), Kind::Satker(old)) => *picker = old.clone(),
                _ => field.restore(&kept.typed()),
            }
            field.touched = kept.touched;
        }
    }
    new
}

/// The fields that ending a letter asks for.
pub fn end_fields(to: LetterState, service: Option<&Service>) -> Vec<Field> {
    let mut fields = Vec::new();
    if to == LetterState::Completed {
        let asked = service
            .into_iter()
            .flat_map(|service| &service.fields)
            .filter(|field| field.when == When::Complete);
        fields.extend(asked.map(Field::of_module));
        fields.push(text("note", "field-note", NOTE));
    } else {
        fields.push(text("note", "field-reason", NOTE).needed());
    }
    fields
}

/// The fields that routing a letter asks for: one of the sections that own modules.
pub fn dispose_fields(modules: &[Module], current: &str) -> Vec<Field> {
    let mut sections: Vec<String> = Vec::new();
    for section in modules
        .iter()
        .map(|module| &module.section)
        .chain([&"UMUM".to_owned()])
    {
        if !sections.contains(section) {
            sections.push(section.clone());
        }
    }
    let chosen = sections.iter().position(|section| section == current);
    let choices = sections
        .into_iter()
        .map(|section| (section.clone(), Label::Words(Words::same(section))))
        .collect();
    let mut section = Field::choice("section", "field-section", choices).needed();
    if let (Kind::Choice { chosen: slot, .. }, Some(chosen)) = (&mut section.kind, chosen) {
        *slot = Some(chosen);
    }
    vec![section, text("note", "field-note", NOTE)]
}

/// The fields of an answer by hand: a text that is offered, and what is sent.
pub fn answer_fields(templates: &[Template], begin: &str) -> Vec<Field> {
    let own = (String::new(), Label::Id("template-none"));
    let offered = templates
        .iter()
        .map(|template| (template.id.clone(), Label::Words(template.name.clone())));
    let mut message = message_field();
    message.kind = Kind::Area(super::area::Area::new(begin));
    vec![
        Field::choice(
            "template",
            "field-template",
            std::iter::once(own).chain(offered).collect(),
        ),
        message,
    ]
}

/// The one field of the section that a conversation is given to.
pub fn assign_fields(modules: &[Module]) -> Vec<Field> {
    dispose_fields(modules, "").into_iter().take(1).collect()
}

/// The one field of a reason.
pub fn reason_fields() -> Vec<Field> {
    vec![text("note", "field-reason", REASON).needed()]
}

/// The one field of why all sending is stopped.
pub fn hold_fields() -> Vec<Field> {
    vec![text("note", "field-reason", BRAKE).needed()]
}

/// The field of what became of a message.
pub fn settle_fields() -> Vec<Field> {
    let mut field = Field::choice(
        "outcome",
        "field-outcome",
        vec![
            ("sent".to_owned(), Label::Id("outcome-sent")),
            ("failed".to_owned(), Label::Id("outcome-failed")),
        ],
    )
    .needed();
    // Nothing is chosen until the person chooses: the one answer is as likely as the other.
    if let Kind::Choice { chosen, .. } = &mut field.kind {
        *chosen = None;
    }
    vec![field]
}

/// The capacities to choose from: those of a satker, or of another kind of participant as its module names them.
fn role_field(kind: &str, modules: &[Module]) -> Field {
    let roles = [
        "role-kpa",
        "role-ppk",
        "role-ppspm",
        "role-bendahara",
        "role-bendahara-penerimaan",
        "role-ppabp",
        "role-operator",
    ];
    let own = modules
        .iter()
        .find(|module| module.participant.kind == kind && kind != satker_kind());
    let choices = match own {
        Some(module) => module
            .participant
            .roles
            .iter()
            .map(|role| (role.id.clone(), Label::Words(role.name.clone())))
            .collect(),
        None => ContactRole::ALL
            .iter()
            .zip(roles)
            .map(|(role, label)| (role.as_str().to_owned(), Label::Id(label)))
            .collect(),
    };
    Field::choice("role", "field-role", choices)
}

fn message_field() -> Field {
    Field::new(
        "text",
        Label::Id("field-text"),
        Kind::Area(super::area::Area::default()),
    )
    .needed()
}

/// The fields of a free message: to an official of a satker, or to a phone.
pub fn draft_sms_fields(to_satker: Option<(&str, &[Module])>) -> Vec<Field> {
    let to = if let Some((kind, modules)) = to_satker {
        role_field(kind, modules)
    } else {
        Field::typed_as("to", "field-to", FieldType::Phone, 20).needed()
    };
    vec![to, message_field()]
}

/// The fields of an announcement: to whom, and what.
pub fn broadcast_fields(modules: &[Module]) -> Vec<Field> {
    let all = (String::new(), Label::Id("any-module"));
    let named = modules
        .iter()
        .map(|module| (module.id.clone(), Label::Words(Words::same(&module.tab))));
    vec![
        role_field(&satker_kind(), modules),
        text("region", "field-region", 100),
        Field::choice(
            "module",
            "field-module",
            std::iter::once(all).chain(named).collect(),
        ),
        text("codes", "field-codes", 10_000),
        message_field(),
    ]
}

/// The name under which the server keeps the draft of a module's form.
pub fn draft_name(module: &str) -> String {
    format!("register/{module}")
}
