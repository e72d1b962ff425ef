//! From files to checked modules.

mod absorption;
mod answer;
mod check;
mod obligation;
mod programme;
mod service;
mod texts;

use super::office_texts::{OfficeTexts, SmsKind};
use super::problem::ModuleProblem;
use super::reader::{FileReader, Reference, Table};
use super::{Module, Modules};
use crate::domain::lang::Words;

/// A data file, read by the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// File name, for messages and to tell which built-in file it replaces. Folders before it do not matter.
    pub file: String,
    /// Its text.
    pub text: String,
}

impl Source {
    /// A file name and its text.
    pub fn new(file: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            text: text.into(),
        }
    }

    fn base_name(&self) -> &str {
        self.file.rsplit(['/', '\\']).next().unwrap_or(&self.file)
    }

    fn holds_texts(&self) -> bool {
        self.base_name().ends_with("-texts.toml")
    }
}

/// The files built into the program, in the order of the tabs.
const BUILT_IN: [(&str, &str); 11] = [
    ("pagu.toml", include_str!("../../../modules/pagu.toml")),
    ("lpj.toml", include_str!("../../../modules/lpj.toml")),
    (
        "komitmen.toml",
        include_str!("../../../modules/komitmen.toml"),
    ),
    ("gaji.toml", include_str!("../../../modules/gaji.toml")),
    ("retur.toml", include_str!("../../../modules/retur.toml")),
    ("bar.toml", include_str!("../../../modules/bar.toml")),
    ("up-tup.toml", include_str!("../../../modules/up-tup.toml")),
    ("skpp.toml", include_str!("../../../modules/skpp.toml")),
    (
        "lainnya.toml",
        include_str!("../../../modules/lainnya.toml"),
    ),
    (
        "office-texts.toml",
        include_str!("../../../modules/office-texts.toml"),
    ),
    (
        "reply-texts.toml",
        include_str!("../../../modules/reply-texts.toml"),
    ),
];

/// A larger file is not a module.
const LARGEST_FILE: usize = 1_000_000;

impl Modules {
    /// The built-in modules.
    ///
    /// # Errors
    /// Never in a tested build; a test loads them.
    pub fn builtin() -> Result<Self, Vec<ModuleProblem>> {
        Self::with_overrides(Vec::new())
    }

    /// The built-in modules with these files in place of those of the same name, and the rest added in the order of their names.
    /// Files named `…-texts.toml` hold texts that belong to no module.
    ///
    /// # Errors
    /// Every mistake found, in the order of files and lines.
    pub fn with_overrides(overrides: Vec<Source>) -> Result<Self, Vec<ModuleProblem>> {
        let mut overrides = overrides;
        overrides.sort_by(|a, b| a.base_name().cmp(b.base_name()));
        let mut sources: Vec<Source> = BUILT_IN
            .iter()
            .map(|(file, text)| Source::new(*file, *text))
            .collect();
        for replacement in overrides {
            match sources
                .iter_mut()
                .find(|source| source.base_name() == replacement.base_name())
            {
                Some(source) => *source = replacement,
                None => sources.push(replacement),
            }
        }
        Self::load(sources)
    }

    /// Reads and checks modules from these files alone. Without a file of texts the built-in ones serve.
    ///
    /// # Errors
    /// Every mistake found, in the order of files and lines.
    pub fn load(sources: Vec<Source>) -> Result<Self, Vec<ModuleProblem>> {
        let (texts, modules): (Vec<Source>, Vec<Source>) =
            sources.into_iter().partition(Source::holds_texts);
        let mut problems = Vec::new();
        let mut references = Vec::new();
        let mut defined = check::Defined::default();

        let mut office = OfficeTexts::default();
        let built_in = BUILT_IN
            .iter()
            .map(|(file, text)| Source::new(*file, *text))
            .filter(Source::holds_texts);
        let texts: Vec<Source> = if texts.is_empty() {
            built_in.collect()
        } else {
            texts
        };
        for source in &texts {
            read(source, &mut problems, &mut references, |root| {
                root.only(&["text"]);
                for table in root.tables("text") {
                    let Some(text) = texts::office_text(&table, None) else {
                        continue;
                    };
                    if office.get(&text.id).is_some() {
                        table.problem_at(
                            "id",
                            Words::new(
                                format!("teks {} tertulis dua kali", text.id),
                                format!("the text {} stands twice", text.id),
                            ),
                        );
                    }
                    office.texts.push(text);
                }
            });
        }
        let mut found: Vec<Module> = Vec::new();
        for source in &modules {
            read(source, &mut problems, &mut references, |root| {
                found.extend(module(root, &source.file, &office, &mut defined));
            });
        }
        problems.extend(check::whole(&found, &references, &defined));
        if problems.is_empty() {
            Ok(Self {
                modules: found,
                texts: office,
            })
        } else {
            Err(problems)
        }
    }
}

fn read(
    source: &Source,
    problems: &mut Vec<ModuleProblem>,
    references: &mut Vec<Reference>,
    then: impl FnOnce(&Table<'_, '_>),
) {
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    let file = FileReader::new(&source.file, text);
    if text.len() > LARGEST_FILE {
        file.report(
            0,
            "",
            Words::new(
                "berkas lebih dari 1 MB, ini bukan modul",
                "the file exceeds 1 MB and is no module",
            ),
            None,
        );
    } else if let Some(document) = file.parse() {
        then(&Table::root(&file, &document));
    }
    let (found, named) = file.finish();
    let mut found = found;
    found.sort_by_key(|problem| problem.line);
    problems.extend(found);
    references.extend(named);
}

fn module(
    root: &Table<'_, '_>,
    file: &str,
    office: &OfficeTexts,
    defined: &mut check::Defined,
) -> Option<Module> {
    root.only(&[
        "id",
        "tab",
        "name",
        "section",
        "keyword",
        "answer",
        "sender",
        "participant",
        "service",
        "event",
        "obligation",
        "stage",
        "alert",
        "absorption",
    ]);
    let id = root.need("id").and_then(|node| node.id('-'));
    let tab = root.need("tab").and_then(|node| node.line_of_text(10));
    let name = root.need("name").and_then(|node| node.words());
    let section = root.need("section").and_then(|node| node.code(8));
    let keywords: Vec<String> = root
        .get("keyword")
        .map(|node| answer::keywords(&node, defined))
        .unwrap_or_default();
    let sender = root.get("sender").and_then(|node| node.line_of_text(11));
    let participant = programme::participant(root);
    let stages = programme::stages(root);
    let answers = answer::answers(root, &stages, defined);

    let (id, section) = (id?, section?);
    let mut services = Vec::new();
    for table in root.tables("service") {
        let Some(service) = service::service(&table, &section, office) else {
            continue;
        };
        defined.service(&table, &id, &service.id);
        services.push(service);
    }
    let mut events = Vec::new();
    for table in root.tables("event") {
        let Some(event) = service::event(&table, &id) else {
            continue;
        };
        defined.event(&table, &event.id);
        events.push(event);
    }
    let around = obligation::Around {
        module: &id,
        section: &section,
        participant: &participant,
        events: &events,
    };
    let mut obligations = Vec::new();
    for table in root.tables("obligation") {
        let Some(rule) = obligation::obligation(&table, &around) else {
            continue;
        };
        defined.obligation(&table, &rule);
        obligations.push(rule);
    }
    let alerts = root
        .tables("alert")
        .iter()
        .filter_map(|table| texts::office_text(table, Some(SmsKind::Alert)))
        .collect();
    defined.module(root, &id);
    Some(Module {
        id,
        file: file.to_owned(),
        tab: tab?,
        name: name?,
        section,
        keywords,
        answers,
        sender,
        participant,
        services,
        obligations,
        events,
        stages,
        alerts,
        absorption: absorption::rows(root),
    })
}

#[cfg(test)]
mod tests;
