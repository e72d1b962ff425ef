//! Services, events and their fields.

use super::super::field::{Choice, Field, FieldType, LONGEST_TEXT, When};
use super::super::office_texts::OfficeTexts;
use super::super::reader::{Node, Referred, Table};
use super::super::{
    Computed, ComputedFrom, Event, FulfilsOn, Record, SERVICE_CONTEXT, Service, ServiceTexts,
};
use super::texts::{self, More};
use crate::domain::lang::Words;
use crate::domain::service_clock::Norm;
use crate::domain::template::{Template, standard};

/// Most fields of one form: what fits on a screen and a little more.
const MOST_FIELDS: usize = 30;

const FULFILS_ON: [(&str, FulfilsOn); 2] = [
    ("received", FulfilsOn::Received),
    ("completed", FulfilsOn::Completed),
];

pub(super) fn service(
    table: &Table<'_, '_>,
    section: &str,
    office: &OfficeTexts,
) -> Option<Service> {
    table.only(&[
        "id",
        "name",
        "short",
        "section",
        "norm",
        "series",
        "skip_disposition",
        "fulfils",
        "fulfils_on",
        "records",
        "computed",
        "fields",
        "sms",
    ]);
    let id = table.need("id").and_then(|node| node.id('-'));
    let name = table.need("name").and_then(|node| node.words());
    let short = short_name(table, name.as_ref(), 15);
    let section = table
        .get("section")
        .and_then(|node| node.code(8))
        .unwrap_or_else(|| section.to_owned());
    let norm = table
        .get("norm")
        .map_or(Some(Norm::None), |node| norm(&node));
    let series = table
        .get("series")
        .map_or(Some("AGD".to_owned()), |node| node.code(4));
    let fields = fields(table, "fields");
    let fulfils = references(table, "fulfils", Referred::Obligation);
    let records = table.get("records").map(|node| {
        node.one_or_more()
            .iter()
            .filter_map(|node| record(node, &fields))
            .collect()
    });
    let fulfils_on = table
        .get("fulfils_on")
        .map_or(Some(FulfilsOn::Received), |node| node.one_of(&FULFILS_ON));
    let computed = computed(table);
    let sms = sms(table, &fields, &computed, office);
    Some(Service {
        id: id?,
        name: name?,
        short: short?,
        section,
        norm: norm?,
        series: series?,
        skip_disposition: table.flag("skip_disposition"),
        fulfils,
        fulfils_on: fulfils_on?,
        records: records.unwrap_or_default(),
        fields,
        computed,
        sms,
    })
}

pub(super) fn event(table: &Table<'_, '_>, module: &str) -> Option<Event> {
    table.only(&["id", "name", "fields"]);
    let id = table.need("id").and_then(|node| node.id('-'));
    let name = table.need("name").and_then(|node| node.words());
    let fields = fields(table, "fields");
    Some(Event {
        id: id?,
        module: module.to_owned(),
        name: name?,
        fields,
    })
}

/// `short`, or the Indonesian name where that is short enough.
pub(super) fn short_name(
    table: &Table<'_, '_>,
    name: Option<&Words>,
    max: usize,
) -> Option<String> {
    if let Some(node) = table.get("short") {
        return node.line_of_text(max);
    }
    let name = name.map(|name| name.id.clone())?;
    if name.chars().count() > max {
        table.problem_at("short", Words::new(
            format!("nama lebih dari {max} karakter, maka kunci short (untuk SMS) wajib ada"),
            format!("the name has more than {max} characters, so the key short (for SMS) is required"),
        ));
        return None;
    }
    Some(name)
}

pub(super) fn references(table: &Table<'_, '_>, key: &str, kind: Referred) -> Vec<String> {
    table
        .get(key)
        .map(|node| {
            node.one_or_more()
                .iter()
                .filter_map(|node| node.reference(kind))
                .collect()
        })
        .unwrap_or_default()
}

fn norm(node: &Node<'_, '_>) -> Option<Norm> {
    let table = node.table()?;
    table.only(&["working_days", "hours"]);
    match (table.get("working_days"), table.get("hours")) {
        (Some(days), None) => days.count(0..=365).map(Norm::WorkingDays),
        (None, Some(hours)) => hours.count(1..=1000).map(Norm::Hours),
        _ => {
            node.problem(
                "isi salah satu: working_days atau hours",
                "give either working_days or hours",
            );
            None
        }
    }
}

fn record(node: &Node<'_, '_>, fields: &[Field]) -> Option<Record> {
    if !node.is_table() {
        return Some(Record {
            event: node.reference(Referred::Event)?,
            date_field: None,
        });
    }
    let table = node.table()?;
    table.only(&["event", "date"]);
    let event = table.need("event")?.reference(Referred::Event)?;
    let date_field = match table.get("date") {
        None => None,
        Some(date) => {
            let name = date.text()?;
            let dates = || fields.iter().filter(|field| field.kind == FieldType::Date);
            if !dates().any(|field| field.id == name && field.required) {
                let nearest = super::super::nearest(&name, dates().map(|field| field.id.as_str()))
                    .map(str::to_owned);
                date.problem_near(
                    Words::new(
                        "bukan field tanggal yang wajib diisi",
                        "not a required date field",
                    ),
                    nearest,
                );
                return None;
            }
            Some(name)
        }
    };
    Some(Record { event, date_field })
}

/// `computed.tgl2 = { obligation = "gup" }` or `computed.tgl2 = { event = true }`.
pub(super) fn computed(table: &Table<'_, '_>) -> Vec<Computed> {
    let Some(inner) = table.get("computed").and_then(|node| node.table()) else {
        return Vec::new();
    };
    let entry = |(placeholder, node): (String, Node<'_, '_>)| {
        let rule = node.table()?;
        rule.only(&["obligation", "event"]);
        let from = match (rule.get("obligation"), rule.get("event")) {
            (Some(id), None) => ComputedFrom::DueOf(id.reference(Referred::Obligation)?),
            (None, Some(flag)) if flag.flag()? => ComputedFrom::EventDate,
            _ => {
                node.problem(
                    "isi salah satu: obligation = \"…\" atau event = true",
                    "give either obligation = \"…\" or event = true",
                );
                return None;
            }
        };
        Some(Computed { placeholder, from })
    };
    inner.entries().into_iter().filter_map(entry).collect()
}

fn sms(
    table: &Table<'_, '_>,
    fields: &[Field],
    computed: &[Computed],
    office: &OfficeTexts,
) -> ServiceTexts {
    let sms = table.get("sms").and_then(|node| node.table());
    if let Some(sms) = &sms {
        sms.only(&[
            "received",
            "completed",
            "returned",
            "returned_late",
            "rejected",
        ]);
    }
    let more: More = fields
        .iter()
        .filter(|field| !field.mask)
        .map(|field| (field.id.clone(), texts::of_field(field)))
        .collect();
    let one = |key: &str, default: Option<&str>, at_completion: bool| -> Option<Template> {
        let node = sms.as_ref().and_then(|sms| sms.get(key));
        let wanted = node.as_ref().map(|node| (node, node.as_flag()));
        let shared = |id: &str| office.get(id).map(|text| text.template.clone());
        let standard = match key {
            "received" => "terima",
            "completed" => "selesai-umum",
            _ => "tolak-umum",
        };
        match wanted {
            None => default.and_then(shared),
            Some((_, Some(true))) => shared(standard),
            Some((_, Some(false))) => None,
            Some((node, None)) => {
                let template = texts::template(node, &more)?;
                let returning = matches!(key, "returned" | "returned_late" | "rejected");
                texts::check_filled(node, &template, &|name| {
                    let field = fields.iter().find(|f| f.fills(name));
                    let asked = field.is_some_and(|f| {
                        (f.required || f.blank.is_some())
                            && (at_completion || f.when == When::Register)
                    });
                    let context =
                        SERVICE_CONTEXT.contains(&name) && (name != "alasan" || returning);
                    asked || context || computed.iter().any(|c| c.placeholder == name)
                });
                Some(template)
            }
        }
    };
    let returned = one("returned", Some("tolak-umum"), false);
    let rejected = if sms
        .as_ref()
        .is_some_and(|sms| sms.get("rejected").is_some())
    {
        one("rejected", None, false)
    } else {
        returned.clone()
    };
    ServiceTexts {
        received: one("received", None, false),
        completed: one("completed", Some("selesai-umum"), true),
        returned,
        returned_late: one("returned_late", None, false),
        rejected,
    }
}

fn fields(table: &Table<'_, '_>, key: &str) -> Vec<Field> {
    let tables = table.tables(key);
    if tables.len() > MOST_FIELDS {
        table.problem_at(
            key,
            Words::new(
                format!("lebih dari {MOST_FIELDS} field"),
                format!("more than {MOST_FIELDS} fields"),
            ),
        );
    }
    let mut found: Vec<Field> = Vec::new();
    for table in tables.iter().take(MOST_FIELDS) {
        let Some(field) = field(table) else { continue };
        if found.iter().any(|other| other.id == field.id) {
            table.problem_at(
                "id",
                Words::new(
                    format!("field {} tertulis dua kali", field.id),
                    format!("the field {} stands twice", field.id),
                ),
            );
        }
        let fills = |f: &Field| f.placeholder.clone().unwrap_or_else(|| f.id.clone());
        if let Some(other) = found
            .iter()
            .find(|other| other.id != field.id && fills(other) == fills(&field))
        {
            let (name, other) = (fills(&field), &other.id);
            table.problem_at(
                "as",
                Words::new(
                    format!("{{{name}}} sudah diisi field {other}"),
                    format!("the field {other} already fills {{{name}}}"),
                ),
            );
        }
        found.push(field);
    }
    found
}

fn field(table: &Table<'_, '_>) -> Option<Field> {
    table.only(&[
        "id", "label", "type", "when", "required", "choices", "max", "mask", "as", "blank",
    ]);
    let id = table.need("id").and_then(|node| node.id('_'));
    let label = table.need("label").and_then(|node| node.words());
    let kind = table
        .need("type")
        .and_then(|node| node.one_of(&FieldType::ALL));
    let when = table.get("when").map_or(Some(When::Register), |node| {
        node.one_of(&[("register", When::Register), ("complete", When::Complete)])
    });
    let choices: Vec<Choice> = table
        .get("choices")
        .map(|node| node.list().iter().filter_map(choice).collect())
        .unwrap_or_default();
    let mask = table.flag("mask");
    let max = table
        .get("max")
        .and_then(|node| node.count(1..=300))
        .and_then(|max| usize::try_from(max).ok());
    match kind {
        Some(FieldType::Choice) if choices.is_empty() => {
            table.problem_at(
                "choices",
                Words::new(
                    "field choice perlu daftar choices",
                    "a choice field needs the list choices",
                ),
            );
        }
        Some(kind) if kind != FieldType::Choice && !choices.is_empty() => {
            table.problem_at(
                "choices",
                Words::new(
                    "hanya untuk type = \"choice\"",
                    "only for type = \"choice\"",
                ),
            );
        }
        _ => {}
    }
    for (n, one) in choices.iter().enumerate() {
        if choices.iter().take(n).any(|other| other.id == one.id) {
            table.problem_at(
                "choices",
                Words::new(
                    format!("pilihan {} tertulis dua kali", one.id),
                    format!("the choice {} stands twice", one.id),
                ),
            );
        }
    }
    let placeholder = table.get("as").and_then(|node| {
        let name = node.text()?;
        if standard(&name).is_none() {
            let nearest = crate::domain::template::nearest_standard(&name).map(str::to_owned);
            node.problem_near(
                Words::new("isian tidak dikenal", "unknown placeholder"),
                nearest,
            );
            return None;
        }
        if mask {
            node.problem(
                "data pribadi (mask) tidak boleh masuk SMS",
                "personal data (mask) must not enter an SMS",
            );
        }
        Some(name)
    });
    let default_max = match kind {
        Some(FieldType::Number) => 15,
        _ => 100,
    };
    let max = max
        .unwrap_or(default_max)
        .min(if kind == Some(FieldType::Number) {
            18
        } else {
            LONGEST_TEXT
        });
    Some(Field {
        id: id?,
        label: label?,
        kind: kind?,
        when: when?,
        required: table.flag("required"),
        choices,
        max,
        mask,
        placeholder,
        blank: table.text("blank"),
    })
}

fn choice(node: &Node<'_, '_>) -> Option<Choice> {
    if !node.is_table() {
        let id = node.choice_id()?;
        return Some(Choice {
            label: Words::same(id.replace('-', " ")),
            id,
        });
    }
    let table = node.table()?;
    table.only(&["id", "label"]);
    let id = table.need("id").and_then(|node| node.choice_id());
    let label = table.need("label").and_then(|node| node.words());
    Some(Choice {
        id: id?,
        label: label?,
    })
}
