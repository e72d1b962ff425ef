//! `module`.

use serde_json::{Value, json};

use super::args::ModuleCommand;
use super::{Call, Outcome};
use crate::ask::{GetModules, Office};
use crate::domain::module::{Field, Module, Modules, Source, When};
use crate::domain::refusal::Refusal;
use crate::home::{Home, read_folder};

pub(super) fn run(call: &mut Call, command: &ModuleCommand) -> Outcome {
    let ModuleCommand::List = command;
    let modules = in_force(call)?;
    if call.json {
        return modules
            .iter()
            .try_for_each(|module| call.object(&object(module)));
    }
    let lang = call.lang();
    let mut table = call.header(&["id", "name", "section", "obligations", "events", "services"]);
    for module in modules.iter() {
        let services: Vec<_> = module.services.iter().map(|one| one.id.as_str()).collect();
        let events: Vec<_> = module.events.iter().map(|one| one.id.as_str()).collect();
        table.row([
            module.id.clone(),
            module.name.get(lang).to_owned(),
            module.section.clone(),
            module.obligation_ids().join(" "),
            events.join(" "),
            services.join(" "),
        ]);
    }
    call.table(&table)
}

/// The modules of the server; without one, those of the home folder.
fn in_force(call: &Call) -> Result<Modules, Refusal> {
    let files = call
        .office()
        .and_then(|mut office| office.ask(GetModules {}));
    match files {
        Ok(files) => {
            let sources = files
                .files
                .into_iter()
                .map(|(file, text)| Source::new(file, text))
                .collect();
            Modules::with_overrides(sources).map_err(|problems| bad(call, &problems))
        }
        Err(refusal) if refusal.code == "unreachable" => local(call),
        Err(refusal) => Err(refusal),
    }
}

/// The built-in modules with those of the home folder.
pub(super) fn local(call: &Call) -> Result<Modules, Refusal> {
    let sources = sources(&call.home)?;
    Modules::with_overrides(sources).map_err(|problems| bad(call, &problems))
}

/// The module files of the home folder.
pub(super) fn sources(home: &Home) -> Result<Vec<Source>, Refusal> {
    let folder = home.folder("modules");
    let files = read_folder(&folder, ".toml").map_err(|error| {
        Refusal::new("file-bad")
            .with("file", folder.display())
            .with("cause", error)
    })?;
    Ok(files
        .into_iter()
        .map(|(file, text)| Source::new(format!("modules/{file}"), text))
        .collect())
}

fn bad(call: &Call, problems: &[crate::domain::module::ModuleProblem]) -> Refusal {
    let first = problems.first();
    Refusal::new("internal").with(
        "cause",
        first
            .map(|one| one.explain(call.lang()))
            .unwrap_or_default(),
    )
}

/// A module as scripts read it.
fn object(module: &Module) -> Value {
    let services: Vec<Value> = module
        .services
        .iter()
        .map(|service| {
            let fields: Vec<Value> = service.fields.iter().map(field).collect();
            json!({ "id": service.id, "name": service.name.id, "fields": fields })
        })
        .collect();
    let events: Vec<_> = module.events.iter().map(|event| &event.id).collect();
    json!({
        "id": module.id,
        "name": module.name.id,
        "section": module.section,
        "keywords": module.all_keywords().collect::<Vec<_>>(),
        "services": services,
        "obligations": module.obligation_ids(),
        "events": events,
    })
}

fn field(field: &Field) -> Value {
    let choices: Vec<_> = field.choices.iter().map(|choice| &choice.id).collect();
    json!({
        "id": field.id,
        "type": field.kind.name(),
        "required": field.required,
        "when": match field.when {
            When::Register => "register",
            When::Complete => "complete",
        },
        "choices": choices,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn scripts_find_all_they_need_to_fill_a_form() {
        let modules = Modules::builtin().unwrap();
        let objects: Vec<Value> = modules.iter().map(object).collect();
        let ids: Vec<&str> = objects
            .iter()
            .map(|one| one["id"].as_str().unwrap())
            .collect();
        let promised = [
            "pagu", "lpj", "komitmen", "gaji", "retur", "bar", "up-tup", "skpp", "lainnya",
        ];
        assert_eq!(ids, promised);
        let types = [
            "text", "month", "date", "rupiah", "number", "bool", "choice", "phone",
        ];
        for service in objects
            .iter()
            .flat_map(|one| one["services"].as_array().unwrap())
        {
            for field in service["fields"].as_array().unwrap() {
                assert!(types.contains(&field["type"].as_str().unwrap()), "{field}");
                assert!(
                    field["required"].is_boolean() && field["when"].is_string(),
                    "{field}"
                );
                let choices = field["choices"].as_array().unwrap();
                assert_eq!(choices.is_empty(), field["type"] != "choice", "{field}");
            }
        }
    }
}
