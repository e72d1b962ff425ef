//! Modules of the office as data: what a desk registers, what a satker owes, and the texts that go out.
//!
//! A module is a TOML file. The nine modules of a KPPN are built in; a file of the same name in the home folder replaces one, a new name adds one.
//! A file with a mistake is refused with file, line, key and the nearest valid spelling.

pub mod absorption;
pub mod answer;
pub mod event;
pub mod field;
pub mod load;
pub mod notice;
pub mod office_texts;
pub mod problem;
mod reader;
mod stages;

use std::collections::BTreeSet;

use super::calendar::Calendar;
use super::lang::Words;
use super::rule::{Basis, Due, DueError, Every, Obligation};
use super::service_clock::Norm;
use super::template::Template;
use chrono::NaiveDate;
pub use event::Event;
pub use field::{Choice, Field, FieldProblem, FieldType, When};
pub use load::Source;
pub use notice::{Filling, Notice};
pub use office_texts::{OfficeText, OfficeTexts, SmsKind};
pub use problem::ModuleProblem;

/// A module: one tab of the desk.
#[derive(Clone, Debug)]
pub struct Module {
    /// Stable id: `lpj`, `up-tup`.
    pub id: String,
    /// File it was read from.
    pub file: String,
    /// What the tab shows, at most 10 characters.
    pub tab: String,
    /// Name for screens.
    pub name: Words,
    /// Owner section: `VERA`.
    pub section: String,
    /// SMS keywords that answer what is usual for the module, upper case; the first is the main one.
    pub keywords: Vec<String>,
    /// Further keywords, each with its answer.
    pub answers: Vec<answer::Answer>,
    /// Sender identity in its texts (`{kantor}`) instead of the office's name.
    pub sender: Option<String>,
    /// Who takes part; a satker unless the file says otherwise.
    pub participant: Participant,
    /// What the desk registers.
    pub services: Vec<Service>,
    /// What a participant owes; several rows may share an id with other validities.
    pub obligations: Vec<Obligation>,
    /// What can happen that starts an obligation.
    pub events: Vec<Event>,
    /// Ordered stages with milestones; empty for the office's own modules.
    pub stages: Vec<Stage>,
    /// Texts of alerts (`serapan-rendah`), by id.
    pub alerts: Vec<OfficeText>,
    /// How much of a budget should be spent by when; their validities do not overlap.
    pub absorption: Vec<absorption::Absorption>,
}

/// The kind of participant of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// `satker`, or the id of another kind: `nagari`.
    pub kind: String,
    /// Name of the kind.
    pub name: Words,
    /// Roles of its contacts.
    pub roles: Vec<Role>,
}

/// A role of a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Stable id: `kpa`, `walinagari`.
    pub id: String,
    /// Name for screens.
    pub name: Words,
}

/// Something a desk registers and completes.
#[derive(Clone, Debug)]
pub struct Service {
    /// Id, unique within the module.
    pub id: String,
    /// Name for screens.
    pub name: Words,
    /// Name for an SMS (`{layanan}`), at most 15 characters.
    pub short: String,
    /// Section that does it; the module's unless given.
    pub section: String,
    /// How long it may take.
    pub norm: Norm,
    /// Series of its agenda numbers: `AGD`, `SKPP`.
    pub series: String,
    /// Routine: goes straight to its section, past the head of the office.
    pub skip_disposition: bool,
    /// Obligations that completing it fulfils, for the same period or the open instance.
    pub fulfils: Vec<String>,
    /// Which day counts as the day of fulfilment.
    pub fulfils_on: FulfilsOn,
    /// Events that completing it records.
    pub records: Vec<Record>,
    /// What is asked, in order.
    pub fields: Vec<Field>,
    /// Placeholders computed from something else than a field.
    pub computed: Vec<Computed>,
    /// Texts of its notices.
    pub sms: ServiceTexts,
}

/// The day on which a completed service fulfils its obligations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FulfilsOn {
    /// The day the papers that proved correct were received.
    #[default]
    Received,
    /// The day of completion (SHR of a reconciliation).
    Completed,
}

/// An event that completing a service records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Event id.
    pub event: String,
    /// Field that holds its date; the date of completion when none.
    pub date_field: Option<String>,
}

/// A placeholder whose value is a date the program computes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Computed {
    /// Name of the placeholder.
    pub placeholder: String,
    /// Which date.
    pub from: ComputedFrom,
}

/// The date behind a [`Computed`] placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ComputedFrom {
    /// The due date of this obligation: of the instance that completing the service starts ([`Modules::starts`]), else of the one that it
    /// would fulfil. In reminders: on the same basis.
    DueOf(String),
    /// The date of the event behind the obligation.
    EventDate,
}

/// Placeholders that the office itself fills in notices of a service. A field that names the same placeholder with `as` goes first,
/// except that `alasan` in a returned or rejected notice is always the reason given there.
pub const SERVICE_CONTEXT: [&str; 8] = [
    "kantor", "satker", "kode", "agenda", "layanan", "tgl", "jam", "alasan",
];

/// Placeholders that the office itself fills in reminders: `periode`, `bulan` for obligations of a period, `lap` for named dates,
/// `lambat` in late texts, `tahap` for milestones, and `nama` (the person addressed) where participants are not satker.
pub const OBLIGATION_CONTEXT: [&str; 6] = ["kantor", "satker", "kode", "tgl", "h", "item"];

/// Texts of a service's notices; `None` means that none is sent.
#[derive(Clone, Debug, Default)]
pub struct ServiceTexts {
    /// To the bringer and the KPA, when it is registered.
    pub received: Option<Template>,
    /// When it is complete.
    pub completed: Option<Template>,
    /// When it goes back for repair.
    pub returned: Option<Template>,
    /// The same once a due date that `returned` names has passed; there is nothing before it any more.
    pub returned_late: Option<Template>,
    /// When it is refused.
    pub rejected: Option<Template>,
}

/// A stage of a programme of several years.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Id within the module.
    pub id: String,
    /// Name for screens; the Indonesian one also for `{tahap}`.
    pub name: Words,
    /// Length in months.
    pub months: u32,
    /// What is to be reached.
    pub milestones: Vec<Milestone>,
}

/// A milestone of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// Id within the module.
    pub id: String,
    /// Name for screens.
    pub name: Words,
    /// Name for an SMS, at most 16 characters.
    pub short: String,
    /// Moving on to the next stage needs it, or a reason.
    pub required: bool,
    /// Papers that prove it.
    pub evidence: Vec<String>,
}

/// All modules, checked.
#[derive(Clone, Debug)]
pub struct Modules {
    modules: Vec<Module>,
    texts: OfficeTexts,
}

/// What a rule gives for one basis.
#[derive(Clone, Debug)]
pub struct Computation<'a> {
    /// The rule in force.
    pub rule: &'a Obligation,
    /// Its due date.
    pub due: Due,
    /// Its reminders, earliest first.
    pub reminders: Vec<super::rule::Reminder>,
}

/// A name that nothing has; the nearest one that exists.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} \"{name}\" tidak dikenal{}", nearest.as_deref().map(|near| format!(". Maksud Anda {near}?")).unwrap_or_default())]
pub struct NotFound {
    /// Kind of thing: `modul`, `layanan`, `isian`, `peristiwa`.
    pub what: &'static str,
    /// As asked, at most 40 characters.
    pub name: String,
    /// Nearest valid spelling.
    pub nearest: Option<String>,
}

impl NotFound {
    fn new<'a>(what: &'static str, name: &str, known: impl Iterator<Item = &'a str>) -> Self {
        let nearest = nearest(name, known).map(str::to_owned);
        Self {
            what,
            name: name.chars().filter(|c| !c.is_control()).take(40).collect(),
            nearest,
        }
    }
}

/// The valid spelling nearest to a word, when one is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > 80 {
        return None;
    }
    let word = word.to_lowercase();
    let best = known
        .map(|name| {
            (
                strsim::damerau_levenshtein(&word, &name.to_lowercase()),
                name,
            )
        })
        .min_by_key(|(distance, _)| *distance);
    best.filter(|(distance, name)| *distance <= 1 + name.chars().count() / 3)
        .map(|(_, name)| name)
}

impl Modules {
    /// The modules, in the order of the tabs.
    pub fn iter(&self) -> impl Iterator<Item = &Module> {
        self.modules.iter()
    }

    /// Texts that belong to no module.
    pub fn texts(&self) -> &OfficeTexts {
        &self.texts
    }

    /// A module by id.
    ///
    /// # Errors
    /// [`NotFound`] with the nearest id.
    pub fn module(&self, id: &str) -> Result<&Module, NotFound> {
        let found = self.modules.iter().find(|module| module.id == id);
        found.ok_or_else(|| {
            NotFound::new(
                "modul",
                id,
                self.modules.iter().map(|module| module.id.as_str()),
            )
        })
    }

    /// A service of a module.
    ///
    /// # Errors
    /// [`NotFound`] for the module or the service, with the nearest id.
    pub fn service(&self, module: &str, service: &str) -> Result<&Service, NotFound> {
        self.module(module)?.service(service)
    }

    /// The module that answers an SMS keyword, whatever its case.
    pub fn by_keyword(&self, word: &str) -> Option<&Module> {
        self.modules.iter().find(|module| {
            module
                .all_keywords()
                .any(|keyword| keyword.eq_ignore_ascii_case(word))
        })
    }

    /// Every rule of every module; an id may come several times, with other validities.
    pub fn obligations(&self) -> impl Iterator<Item = &Obligation> {
        self.modules.iter().flat_map(|module| &module.obligations)
    }

    /// The rule of an obligation in force on a day.
    pub fn obligation(&self, id: &str, day: NaiveDate) -> Option<&Obligation> {
        self.obligations()
            .find(|rule| rule.id == id && rule.valid.contains(day))
    }

    /// Rules in force on `day` that an event starts.
    pub fn started_by<'a>(
        &'a self,
        event: &'a str,
        day: NaiveDate,
    ) -> impl Iterator<Item = &'a Obligation> {
        self.obligations().filter(move |rule| {
            rule.valid.contains(day)
                && matches!(&rule.every, Every::Event(events) if events.iter().any(|e| e == event))
        })
    }

    /// Whether completing a service records an event that starts this obligation.
    pub fn starts(&self, service: &Service, obligation: &str) -> bool {
        self.obligations()
            .filter(|rule| rule.id == obligation)
            .any(|rule| match &rule.every {
                Every::Event(events) => service
                    .records
                    .iter()
                    .any(|record| events.contains(&record.event)),
                Every::Period(_) | Every::Dates | Every::Milestone => false,
            })
    }

    /// Every event of every module.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.modules.iter().flat_map(|module| &module.events)
    }

    /// An event by id.
    ///
    /// # Errors
    /// [`NotFound`] with the nearest id.
    pub fn event(&self, id: &str) -> Result<&Event, NotFound> {
        self.events().find(|event| event.id == id).ok_or_else(|| {
            NotFound::new(
                "peristiwa",
                id,
                self.events().map(|event| event.id.as_str()),
            )
        })
    }

    /// The rule that applies to a basis: the one in force on its reference day.
    ///
    /// # Errors
    /// [`DueError`] when there is no such obligation, the basis has no date at all, or no rule is in force then.
    pub fn rule_for(&self, id: &str, basis: &Basis) -> Result<&Obligation, DueError> {
        let Some(any) = self.obligations().find(|rule| rule.id == id) else {
            let nearest =
                nearest(id, self.obligations().map(|rule| rule.id.as_str())).map(str::to_owned);
            return Err(DueError::Unknown {
                id: id.chars().filter(|c| !c.is_control()).take(40).collect(),
                nearest,
            });
        };
        let Some(day) = basis.reference_day() else {
            return Err(match &any.every {
                Every::Period(kind) => DueError::PeriodNeeded(*kind),
                Every::Event(events) => DueError::EventNeeded(events.clone()),
                Every::Milestone => DueError::PeriodNeeded(super::period::PeriodKind::Year),
                Every::Dates => DueError::LetterNeeded,
            });
        };
        self.obligation(id, day)
            .ok_or_else(|| DueError::NotInForce {
                id: id.to_owned(),
                day,
            })
    }

    /// The due date of an obligation, by the rule in force, through chains.
    ///
    /// # Errors
    /// [`DueError`] says what the basis lacks.
    pub fn due(
        &self,
        id: &str,
        basis: &Basis,
        calendar: &Calendar,
    ) -> Result<(&Obligation, Due), DueError> {
        let rule = self.rule_for(id, basis)?;
        let due = super::rule::due(rule, basis, calendar, &|id, day| self.obligation(id, day))?;
        Ok((rule, due))
    }

    /// Everything that follows from a rule without storing anything: the due date and the mornings on which reminders go out.
    ///
    /// # Errors
    /// [`DueError`] says what the basis lacks.
    pub fn compute(
        &self,
        id: &str,
        basis: &Basis,
        calendar: &Calendar,
    ) -> Result<Computation<'_>, DueError> {
        let (rule, due) = self.due(id, basis, calendar)?;
        Ok(Computation {
            rule,
            due,
            reminders: super::rule::reminders(rule, due.date, calendar),
        })
    }

    /// The sections of the office: those that services belong to, and the general one.
    pub fn sections(&self) -> BTreeSet<&str> {
        let services = self.iter().flat_map(|module| &module.services);
        services
            .map(|service| service.section.as_str())
            .chain(["UMUM"])
            .collect()
    }

    /// Templates that would no longer fit if the office were called `name`: where each stands and the septets it would need.
    /// Modules with their own sender are left out.
    pub fn check_office_name(&self, name: &str) -> Vec<(String, usize)> {
        let own = self
            .modules
            .iter()
            .filter(|module| module.sender.is_none())
            .flat_map(Module::templates);
        let texts = self
            .texts
            .iter()
            .map(|text| (format!("{} text {}", text.file, text.id), &text.template));
        own.chain(texts)
            .map(|(place, template)| (place, template.max_len_for_office(name), template.limit()))
            .filter(|(_, needed, limit)| needed > limit)
            .map(|(place, needed, _)| (place, needed))
            .collect()
    }
}

impl Module {
    /// A service by id.
    ///
    /// # Errors
    /// [`NotFound`] with the nearest id.
    pub fn service(&self, id: &str) -> Result<&Service, NotFound> {
        let found = self.services.iter().find(|service| service.id == id);
        found.ok_or_else(|| {
            NotFound::new(
                "layanan",
                id,
                self.services.iter().map(|service| service.id.as_str()),
            )
        })
    }

    /// Ids of its obligations, each once, in the order of the file.
    pub fn obligation_ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = Vec::new();
        for rule in &self.obligations {
            if !ids.contains(&rule.id.as_str()) {
                ids.push(&rule.id);
            }
        }
        ids
    }

    /// Every template of the module, with a description of where it stands.
    pub fn templates(&self) -> Vec<(String, &Template)> {
        let mut found = Vec::new();
        for service in &self.services {
            let sms = &service.sms;
            for (name, text) in [
                ("received", &sms.received),
                ("completed", &sms.completed),
                ("returned", &sms.returned),
                ("returned_late", &sms.returned_late),
                ("rejected", &sms.rejected),
            ] {
                found.extend(text.as_ref().map(|text| {
                    (
                        format!("{} service {} sms.{name}", self.file, service.id),
                        text,
                    )
                }));
            }
        }
        for rule in &self.obligations {
            for (name, text) in [
                ("before", &rule.texts.before),
                ("day", &rule.texts.day),
                ("late", &rule.texts.late),
            ] {
                found.extend(text.as_ref().map(|text| {
                    (
                        format!("{} obligation {} sms.{name}", self.file, rule.id),
                        text,
                    )
                }));
            }
        }
        found.extend(
            self.alerts
                .iter()
                .map(|alert| (format!("{} alert {}", self.file, alert.id), &alert.template)),
        );
        found
    }
}

impl Service {
    /// A field by id.
    ///
    /// # Errors
    /// [`NotFound`] with the nearest id.
    pub fn field(&self, id: &str) -> Result<&Field, NotFound> {
        let found = self.fields.iter().find(|field| field.id == id);
        found.ok_or_else(|| {
            NotFound::new(
                "isian",
                id,
                self.fields.iter().map(|field| field.id.as_str()),
            )
        })
    }

    /// The field that fills a placeholder: the one that says so, else the one of that name. Masked fields fill none.
    pub fn field_for(&self, placeholder: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.fills(placeholder))
    }
}
