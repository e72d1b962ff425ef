//! One field of a form: what is typed, and how it is understood.

use chrono::NaiveDate;

use super::area::Area;
use crate::{
    ask::SatkerRow,
    domain::{
        id::SatkerCode,
        lang::Words,
        module::{self, FieldType},
        when,
    },
    tui::{
        key::{Code, Key},
        widget::{line::Line, turn::Turn},
    },
};

/// How a field is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Label {
    /// By a text of the locale files.
    Id(&'static str),
    /// By the words of a module file.
    Words(Words),
}

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its id in requests and drafts.
    pub id: String,
    /// How it is called.
    pub label: Label,
    /// What it takes.
    pub kind: Kind,
    /// Saving needs it.
    pub required: bool,
    /// It belongs to the module, not to every letter.
    pub of_module: bool,
    /// The person has been here.
    pub touched: bool,
}

/// What a field takes.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Typed text that is understood as a date, an amount, a phone … by the rules of the module field.
    Typed {
        /// What is typed.
        line: Line,
        /// How it is understood.
        rule: module::Field,
    },
    /// One of a few.
    Choice {
        /// Stored form and name.
        choices: Vec<(String, Label)>,
        /// The chosen one.
        chosen: Option<usize>,
    },
    /// A work unit, or the name of another sender.
    Satker(Picker),
    /// Text of several lines, measured as an SMS.
    Area(Area),
}

/// How what is typed is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Nothing is typed.
    Empty,
    /// As it stands.
    Plain,
    /// A date.
    Date(NaiveDate),
    /// In the stored form, to be shown by the rule.
    Stored(String),
    /// Not at all, and why.
    Bad(Words),
}

impl Field {
    /// A field of every letter, of this type.
    pub fn typed_as(id: &str, label: &'static str, kind: FieldType, max: usize) -> Self {
        let rule = module::Field {
            id: id.to_owned(),
            label: Words::default(),
            kind,
            when: module::When::Register,
            required: false,
            choices: Vec::new(),
            max,
            mask: false,
            placeholder: None,
            blank: None,
        };
        Self::new(
            id,
            Label::Id(label),
            Kind::Typed {
                line: Line::default(),
                rule,
            },
        )
    }

    /// A choice of every letter; the first is chosen.
    pub fn choice(id: &str, label: &'static str, choices: Vec<(String, Label)>) -> Self {
        Self::new(
            id,
            Label::Id(label),
            Kind::Choice {
                choices,
                chosen: Some(0),
            },
        )
    }

    /// A field of a module.
    pub fn of_module(field: &module::Field) -> Self {
        let yes_no = || {
            vec![
                ("ya".to_owned(), Label::Id("yes")),
                ("tidak".to_owned(), Label::Id("no")),
            ]
        };
        let kind = match field.kind {
            FieldType::Choice => Kind::Choice {
                choices: field
                    .choices
                    .iter()
                    .map(|choice| (choice.id.clone(), Label::Words(choice.label.clone())))
                    .collect(),
                chosen: None,
            },
            FieldType::Bool => Kind::Choice {
                choices: yes_no(),
                chosen: None,
            },
            _ => Kind::Typed {
                line: Line::default(),
                rule: field.clone(),
            },
        };
        Self {
            required: field.required,
            of_module: true,
            ..Self::new(&field.id, Label::Words(field.label.clone()), kind)
        }
    }

    pub(in crate::tui) fn new(id: &str, label: Label, kind: Kind) -> Self {
        Self {
            id: id.to_owned(),
            label,
            kind,
            required: false,
            of_module: false,
            touched: false,
        }
    }

    /// The same field, without which saving is refused.
    #[must_use]
    pub fn needed(mut self) -> Self {
        self.required = true;
        self
    }

    /// What goes into a request.
    pub fn value(&self) -> String {
        match &self.kind {
            Kind::Typed { line, .. } => line.text().trim().to_owned(),
            Kind::Area(area) => area.text().trim().to_owned(),
            Kind::Choice { choices, chosen } => chosen
                .and_then(|chosen| choices.get(chosen))
                .map(|(id, _)| id.clone())
                .unwrap_or_default(),
            Kind::Satker(picker) => match picker.code() {
                Some(code) => code.to_string(),
                None => picker.other_sender(),
            },
        }
    }

    /// What a draft keeps: as typed.
    pub fn typed(&self) -> String {
        match &self.kind {
            Kind::Typed { line, .. } => line.text().to_owned(),
            Kind::Area(area) => area.text(),
            Kind::Choice { .. } => self.value(),
            Kind::Satker(picker) => match &picker.chosen {
                Chosen::Unit(code, name) => format!("{code} {name}"),
                Chosen::Other => format!("={}", picker.line.text()),
                Chosen::Nothing => picker.line.text().to_owned(),
            },
        }
    }

    /// Puts in what a draft kept.
    pub fn restore(&mut self, kept: &str) {
        match &mut self.kind {
            Kind::Typed { line, .. } => line.set(kept),
            Kind::Area(area) => *area = Area::new(kept),
            Kind::Choice { choices, chosen } => {
                if let Some(position) = choices.iter().position(|(id, _)| id == kept) {
                    *chosen = Some(position);
                }
            }
            Kind::Satker(picker) => {
                if let Some(other) = kept.strip_prefix('=') {
                    picker.line.set(other);
                    picker.chosen = Chosen::Other;
                } else if let Some((code, name)) = kept.split_once(' ')
                    && let Ok(code) = SatkerCode::parse(code)
                {
                    picker.choose(code, name);
                } else {
                    picker.line.set(kept);
                }
            }
        }
    }

    /// Empties it.
    pub fn clear(&mut self) {
        self.touched = false;
        match &mut self.kind {
            Kind::Typed { line, .. } => line.set(""),
            Kind::Area(area) => *area = Area::default(),
            // A module's question starts unanswered; the usual answers of every letter come first in their lists.
            Kind::Choice { chosen, .. } => *chosen = if self.of_module { None } else { Some(0) },
            Kind::Satker(picker) => {
                *picker = Picker {
                    units_only: picker.units_only,
                    ..Picker::default()
                };
            }
        }
    }

    /// How what is typed is understood.
    pub fn reading(&self, today: NaiveDate) -> Reading {
        let Kind::Typed { line, rule } = &self.kind else {
            return if self.value().is_empty() {
                Reading::Empty
            } else {
                Reading::Plain
            };
        };
        if line.is_empty() {
            return Reading::Empty;
        }
        match rule.parse(line.text(), today) {
            Err(problem) => Reading::Bad(problem.what),
            Ok(_) if rule.kind == FieldType::Date => {
                when::parse_typed(line.text(), today).map_or(Reading::Plain, Reading::Date)
            }
            Ok(stored)
                if matches!(
                    rule.kind,
                    FieldType::Month | FieldType::Rupiah | FieldType::Phone
                ) =>
            {
                Reading::Stored(stored)
            }
            Ok(_) => Reading::Plain,
        }
    }

    /// Takes a key of text. True when the value may have changed.
    pub(in crate::tui) fn key(&mut self, key: Key) -> bool {
        match &mut self.kind {
            Kind::Typed { line, .. } => line.key(key),
            Kind::Area(area) => area.key(key),
            Kind::Satker(picker) => {
                // Typing over a unit that is chosen chooses another one.
                if key.typed().is_some() && picker.code().is_some() {
                    picker.line.set("");
                }
                let before = picker.line.text().to_owned();
                let taken = picker.line.key(key);
                if picker.line.text() != before {
                    picker.chosen = Chosen::Nothing;
                    picker.highlighted = 0;
                }
                taken
            }
            Kind::Choice { choices, chosen } => match (key.code, key.typed()) {
                (Code::Right, _) | (_, Some(' ')) => {
                    step(choices.len(), chosen, 1);
                    true
                }
                (Code::Left, _) => {
                    step(choices.len(), chosen, -1);
                    true
                }
                (Code::Backspace | Code::Delete, _) if self.of_module && !self.required => {
                    *chosen = None;
                    true
                }
                (_, Some(letter)) => by_letter(choices, chosen, letter),
                _ => false,
            },
        }
    }

    /// Takes pasted text. True when the value may have changed.
    pub(in crate::tui) fn paste(&mut self, text: &str) -> bool {
        match &mut self.kind {
            Kind::Typed { line, .. } => line.paste(text),
            Kind::Area(area) => area.paste(text),
            Kind::Satker(picker) => {
                picker.line.paste(text);
                picker.chosen = Chosen::Nothing;
                picker.highlighted = 0;
            }
            Kind::Choice { .. } => return false,
        }
        true
    }

    /// To another choice or candidate. True when the value changed.
    pub(in crate::tui) fn choose_by(&mut self, by: isize) -> bool {
        match &mut self.kind {
            Kind::Choice { choices, chosen } => {
                step(choices.len(), chosen, by);
                true
            }
            Kind::Satker(picker) => {
                let last = picker.offers().saturating_sub(1);
                picker.highlighted = picker.highlighted.saturating_add_signed(by).min(last);
                false
            }
            Kind::Typed { .. } | Kind::Area(_) => false,
        }
    }
}

/// The next or the one before, round and round.
fn step(count: usize, chosen: &mut Option<usize>, by: isize) {
    let count = count.cast_signed();
    if count > 0 {
        let from = chosen.map_or(if by > 0 { -1 } else { 0 }, usize::cast_signed);
        *chosen = Some((from + by).rem_euclid(count).cast_unsigned());
    }
}

/// The next choice whose stored form or name begins with the letter.
fn by_letter(choices: &[(String, Label)], chosen: &mut Option<usize>, letter: char) -> bool {
    let letter = letter.to_lowercase().next();
    let begins = |(id, label): &(String, Label)| {
        let first = |text: &str| text.chars().next().and_then(|c| c.to_lowercase().next());
        match label {
            Label::Words(words) => first(&words.id) == letter || first(&words.en) == letter,
            Label::Id(_) => first(id) == letter,
        }
    };
    let after = chosen.map_or(0, |chosen| chosen + 1);
    let found = (after..choices.len())
        .chain(0..after)
        .find(|index| choices.get(*index).is_some_and(begins));
    if found.is_some() {
        *chosen = found;
    }
    found.is_some()
}

/// Finds a work unit by code or any part of its name.
#[derive(Clone, Debug, Default)]
pub struct Picker {
    /// What is typed.
    pub line: Line,
    /// What was decided.
    pub chosen: Chosen,
    /// Units that fit what is typed, the best first.
    pub candidates: Vec<SatkerRow>,
    /// The offer under the cursor.
    pub highlighted: usize,
    /// Only work units are offered, no other sender.
    pub units_only: bool,
    pub(in crate::tui) turn: Turn,
}

/// Who the sender is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Chosen {
    /// Not decided.
    #[default]
    Nothing,
    /// This work unit, with its name.
    Unit(SatkerCode, String),
    /// Somebody else, by the name that is typed.
    Other,
}

impl Picker {
    /// A picker of work units only, where one may be chosen already.
    pub fn of_units(chosen: Option<(SatkerCode, String)>) -> Self {
        let mut picker = Self {
            units_only: true,
            ..Self::default()
        };
        if let Some((code, name)) = chosen {
            picker.choose(code, &name);
        }
        picker
    }

    /// Something is typed, and nothing is chosen.
    pub fn undecided(&self) -> bool {
        self.chosen == Chosen::Nothing && !self.line.is_empty()
    }

    /// The chosen work unit.
    pub const fn code(&self) -> Option<SatkerCode> {
        match &self.chosen {
            Chosen::Unit(code, _) => Some(*code),
            _ => None,
        }
    }

    /// The name of a sender that is no work unit; empty for a work unit.
    pub fn other_sender(&self) -> String {
        match self.chosen {
            Chosen::Other => self.line.text().trim().to_owned(),
            _ => String::new(),
        }
    }

    /// Whether a sender without a code is offered: not for what looks like a code.
    pub fn offers_other(&self) -> bool {
        let typed = self.line.text().trim();
        !self.units_only && typed.chars().count() >= 3 && !typed.chars().all(|c| c.is_ascii_digit())
    }

    /// How many candidates are offered, with the sender without a code.
    pub fn offers(&self) -> usize {
        self.candidates.len() + usize::from(self.offers_other())
    }

    pub(in crate::tui) fn choose(&mut self, code: SatkerCode, name: &str) {
        self.line.set(code.as_str());
        self.chosen = Chosen::Unit(code, name.to_owned());
        self.candidates.clear();
        self.highlighted = 0;
    }

    /// Takes the offer under the cursor. False when there is none.
    pub(in crate::tui) fn take(&mut self) -> bool {
        if let Some(row) = self.candidates.get(self.highlighted).cloned() {
            self.choose(row.code, &row.name);
            return true;
        }
        if self.offers_other() && !self.line.is_empty() {
            self.chosen = Chosen::Other;
            self.candidates.clear();
            return true;
        }
        false
    }

    /// Takes candidates. True when six typed digits name just this unit, which is chosen at once.
    pub(in crate::tui) fn offer(&mut self, candidates: Vec<SatkerRow>) -> bool {
        if self.chosen != Chosen::Nothing {
            return false;
        }
        self.candidates = candidates;
        self.highlighted = self.highlighted.min(self.offers().saturating_sub(1));
        let exact = SatkerCode::parse(self.line.text())
            .ok()
            .and_then(|code| self.candidates.iter().find(|row| row.code == code).cloned());
        exact.is_some_and(|row| {
            self.choose(row.code, &row.name);
            true
        })
    }
}
