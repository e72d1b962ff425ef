//! Templates in data files, and the check that everything they ask for will be known when they are filled.

use super::super::office_texts::{OfficeText, SmsKind};
use super::super::reader::{Node, Table};
use crate::domain::lang::Words;
use crate::domain::template::{Kind, Placeholder, Template, TemplateProblem};
use std::collections::BTreeMap;

/// Placeholders beyond the standard ones: the fields of a service or event.
pub(super) type More = BTreeMap<String, Placeholder>;

/// A text, or a table with `text` and `long = true`.
pub(super) fn template(node: &Node<'_, '_>, more: &More) -> Option<Template> {
    if !node.is_table() {
        let text = node.text()?;
        return parse(node, &text, more, false);
    }
    let table = node.table()?;
    table.only(&["text", "long"]);
    let inner = table.need("text")?;
    parse(&inner, &inner.text()?, more, table.flag("long"))
}

pub(super) fn parse(node: &Node<'_, '_>, text: &str, more: &More, long: bool) -> Option<Template> {
    Template::parse(text, more, long)
        .map_err(|problem| report(node, &problem))
        .ok()
}

fn report(node: &Node<'_, '_>, problem: &TemplateProblem) {
    let (what, nearest) = match problem {
        TemplateProblem::UnknownPlaceholder { name, nearest } => {
            let what = Words::new(
                format!("isian {{{name}}} tidak dikenal"),
                format!("unknown placeholder {{{name}}}"),
            );
            (what, nearest.as_ref().map(|near| format!("{{{near}}}")))
        }
        TemplateProblem::Brace => (
            Words::new("kurung kurawal tidak berpasangan", "unpaired brace"),
            None,
        ),
        TemplateProblem::NotGsm(c) => {
            let c = c.escape_default();
            let what = Words::new(
                format!(
                    "karakter '{c}' tidak ada dalam alfabet SMS (GSM 7 bit); pakai huruf dan tanda biasa"
                ),
                format!(
                    "the character '{c}' is not in the SMS alphabet (GSM 7 bit); use plain letters and signs"
                ),
            );
            (what, None)
        }
        TemplateProblem::TooLong { septets, limit } => {
            let what = Words::new(
                format!(
                    "bisa mencapai {septets} karakter, melebihi {limit}. Persingkat, atau tulis {{ text = \"…\", long = true }}"
                ),
                format!(
                    "may reach {septets} characters, more than {limit}. Shorten it, or write {{ text = \"…\", long = true }}"
                ),
            );
            (what, None)
        }
        TemplateProblem::Empty => (Words::new("teks kosong", "the text is empty"), None),
    };
    node.problem_near(what, nearest);
}

/// Notes every placeholder of a template that nothing will fill at that moment.
pub(super) fn check_filled(node: &Node<'_, '_>, template: &Template, known: &dyn Fn(&str) -> bool) {
    for name in template.placeholders() {
        if !known(name) {
            node.problem(
                format!("isian {{{name}}} tidak akan terisi pada saat itu: perlu field wajib dengan id atau as = \"{name}\", atau computed.{name}"),
                format!("nothing fills {{{name}}} at that moment: it needs a required field with that id or as = \"{name}\", or computed.{name}"),
            );
        }
    }
}

/// `[[text]]` of the office, `[[alert]]` of a module.
pub(super) fn office_text(table: &Table<'_, '_>, kind: Option<SmsKind>) -> Option<OfficeText> {
    table.only(&["id", "name", "kind", "needs", "sanction", "text", "long"]);
    let id = table.need("id").and_then(|node| node.id('-'));
    let name = table.need("name").and_then(|node| node.words());
    let kind = match kind {
        Some(kind) => Some(kind),
        None => table
            .need("kind")
            .and_then(|node| node.one_of(&SmsKind::ALL)),
    };
    let template = table.need("text").and_then(|node| {
        let text = node.text()?;
        parse(&node, &text, &More::new(), table.flag("long"))
    });
    let needs = table.text("needs");
    if let (Some(needs), Some(template)) = (&needs, &template)
        && !template.placeholders().contains(&needs.as_str())
    {
        table.problem_at(
            "needs",
            Words::new(
                format!("teksnya tidak memakai {{{needs}}}"),
                format!("the text does not use {{{needs}}}"),
            ),
        );
    }
    Some(OfficeText {
        id: id?,
        file: table.file.name.to_owned(),
        name: name?,
        kind: kind?,
        needs,
        sanction: table.flag("sanction"),
        template: template?,
    })
}

/// The placeholder that a field is, by its type, when it is used under its own id.
pub(super) fn of_field(field: &super::super::Field) -> Placeholder {
    use super::super::FieldType as T;
    let (max, kind) = match field.kind {
        T::Text | T::Number => (field.max, Kind::Name),
        T::Month => (8, Kind::Period),
        T::Date => (10, Kind::Date),
        T::Rupiah => (16, Kind::Amount),
        T::Bool => (5, Kind::Name),
        T::Choice => (
            field
                .choices
                .iter()
                .map(|choice| choice.label.id.chars().count())
                .max()
                .unwrap_or(1),
            Kind::Name,
        ),
        T::Phone => (14, Kind::Name),
    };
    Placeholder { max, kind }
}
