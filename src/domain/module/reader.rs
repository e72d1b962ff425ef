//! Reading a TOML document key by key, noting the place of every mistake instead of stopping at the first.

use super::problem::ModuleProblem;
use crate::domain::lang::Words;
use chrono::NaiveDate;
use std::cell::RefCell;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A file with hundreds of mistakes is the wrong file; nobody reads more than this.
const MOST_PROBLEMS: usize = 100;

/// Something named in one place that must exist in another; looked up when all files are read.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    pub kind: Referred,
    pub id: String,
    pub file: String,
    pub line: usize,
    pub key: String,
}

/// What a [`Reference`] names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Referred {
    Obligation,
    Event,
}

/// One file under reading.
pub(super) struct FileReader<'a> {
    pub name: &'a str,
    text: &'a str,
    problems: RefCell<Vec<ModuleProblem>>,
    references: RefCell<Vec<Reference>>,
}

impl<'a> FileReader<'a> {
    pub fn new(name: &'a str, text: &'a str) -> Self {
        Self {
            name,
            text,
            problems: RefCell::default(),
            references: RefCell::default(),
        }
    }

    /// The document; `None` after noting what keeps it from being TOML.
    pub fn parse(&self) -> Option<Spanned<DeTable<'a>>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let at = error.span().map_or(0, |span| span.start);
            let told = error.message().lines().next().unwrap_or("");
            self.report(
                at,
                "",
                Words::new(
                    format!("bukan TOML yang benar: {told}"),
                    format!("not valid TOML: {told}"),
                ),
                None,
            );
        }
        errors.is_empty().then_some(table)
    }

    pub fn line(&self, at: usize) -> usize {
        1 + self.text.bytes().take(at).filter(|b| *b == b'\n').count()
    }

    pub fn report(&self, at: usize, key: &str, what: Words, nearest: Option<String>) {
        let mut problems = self.problems.borrow_mut();
        if problems.len() < MOST_PROBLEMS {
            let problem = ModuleProblem {
                file: self.name.to_owned(),
                line: self.line(at),
                key: key.to_owned(),
                what,
                nearest,
            };
            problems.push(problem);
        }
    }

    pub fn finish(self) -> (Vec<ModuleProblem>, Vec<Reference>) {
        (self.problems.into_inner(), self.references.into_inner())
    }
}

/// A table and the way to it.
pub(super) struct Table<'r, 'a> {
    pub file: &'r FileReader<'a>,
    map: &'r DeTable<'a>,
    at: usize,
    path: String,
}

/// A value and the way to it.
pub(super) struct Node<'r, 'a> {
    pub file: &'r FileReader<'a>,
    value: &'r DeValue<'a>,
    at: usize,
    path: String,
}

impl<'r, 'a> Table<'r, 'a> {
    pub fn root(file: &'r FileReader<'a>, table: &'r Spanned<DeTable<'a>>) -> Self {
        Self {
            file,
            map: table.get_ref(),
            at: 0,
            path: String::new(),
        }
    }

    /// Notes every key that is not among these.
    pub fn only(&self, known: &[&str]) {
        for key in self.map.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let nearest = super::nearest(name, known.iter().copied()).map(str::to_owned);
                let what = if nearest.is_some() {
                    Words::new("kunci tidak dikenal", "unknown key")
                } else {
                    let all = known.join(", ");
                    Words::new(
                        format!("kunci tidak dikenal. Yang berlaku: {all}"),
                        format!("unknown key. Known keys: {all}"),
                    )
                };
                self.file
                    .report(key.span().start, &self.path_of(name), what, nearest);
            }
        }
    }

    /// All entries, for tables whose keys are free.
    pub fn entries(&self) -> Vec<(String, Node<'r, 'a>)> {
        self.map
            .iter()
            .map(|(key, value)| (key.get_ref().to_string(), self.node(key.get_ref(), value)))
            .collect()
    }

    pub fn get(&self, key: &str) -> Option<Node<'r, 'a>> {
        self.map.get(key).map(|value| self.node(key, value))
    }

    /// The value of a key that must be there.
    pub fn need(&self, key: &str) -> Option<Node<'r, 'a>> {
        let found = self.get(key);
        if found.is_none() {
            self.problem_at(
                key,
                Words::new(
                    format!("kunci {key} wajib ada"),
                    format!("the key {key} is required"),
                ),
            );
        }
        found
    }

    /// The tables of an array; a missing key has none.
    pub fn tables(&self, key: &str) -> Vec<Table<'r, 'a>> {
        self.get(key)
            .map(|node| node.list())
            .unwrap_or_default()
            .into_iter()
            .filter_map(|node| node.table())
            .collect()
    }

    pub fn text(&self, key: &str) -> Option<String> {
        self.get(key).and_then(|node| node.text())
    }

    pub fn flag(&self, key: &str) -> bool {
        self.get(key).and_then(|node| node.flag()).unwrap_or(false)
    }

    /// A problem with a key, also one that is missing.
    pub fn problem_at(&self, key: &str, what: Words) {
        let at = self.get(key).map_or(self.at, |node| node.at);
        self.file.report(at, &self.path_of(key), what, None);
    }

    pub fn line(&self) -> usize {
        self.file.line(self.at)
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    fn node(&self, key: &str, value: &'r Spanned<DeValue<'a>>) -> Node<'r, 'a> {
        Node {
            file: self.file,
            value: value.get_ref(),
            at: value.span().start,
            path: self.path_of(key),
        }
    }
}

impl<'r, 'a> Node<'r, 'a> {
    pub fn line(&self) -> usize {
        self.file.line(self.at)
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    pub fn problem(&self, id: impl Into<String>, en: impl Into<String>) {
        self.problem_near(Words::new(id, en), None);
    }

    pub fn problem_near(&self, what: Words, nearest: Option<String>) {
        self.file.report(self.at, &self.path, what, nearest);
    }

    fn expected(&self, id: &str, en: &str) {
        let found = self.value.type_str();
        self.problem(
            format!("harus {id}, bukan {found}"),
            format!("must be {en}, not {found}"),
        );
    }

    pub fn as_flag(&self) -> Option<bool> {
        self.value.as_bool()
    }

    pub fn flag(&self) -> Option<bool> {
        let found = self.value.as_bool();
        if found.is_none() {
            self.expected("true atau false", "true or false");
        }
        found
    }

    pub fn is_table(&self) -> bool {
        self.value.is_table()
    }

    pub fn text(&self) -> Option<String> {
        let found = self.value.as_str().map(str::to_owned);
        if found.is_none() {
            self.expected("teks dalam tanda kutip", "text in quotes");
        }
        found
    }

    /// Text of 1 to `max` characters without control characters.
    pub fn line_of_text(&self, max: usize) -> Option<String> {
        let text = self.text()?;
        let count = text.chars().count();
        if count == 0 || count > max || text.chars().any(char::is_control) {
            self.problem(
                format!("harus 1 sampai {max} karakter dalam satu baris"),
                format!("must be 1 to {max} characters on one line"),
            );
            return None;
        }
        Some(text)
    }

    /// A stable id: lower-case letters, digits and the joint, beginning with a letter.
    pub fn id(&self, joint: char) -> Option<String> {
        let text = self.text()?;
        let good = text.len() <= 32
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == joint);
        if !good {
            self.problem(
                format!("id terdiri dari huruf kecil, angka dan \"{joint}\", diawali huruf, paling panjang 32"),
                format!("an id has lower-case letters, digits and \"{joint}\", begins with a letter, at most 32 characters"),
            );
        }
        good.then_some(text)
    }

    /// The stored form of a choice, which may begin with a digit.
    pub fn choice_id(&self) -> Option<String> {
        let text = self.text()?;
        let good = (1..=32).contains(&text.len())
            && text
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !good {
            self.problem(
                "pilihan terdiri dari huruf kecil, angka dan \"-\", paling panjang 32",
                "a choice has lower-case letters, digits and \"-\", at most 32 characters",
            );
        }
        good.then_some(text)
    }

    /// A code of 1 to `max` capital letters or digits.
    pub fn code(&self, max: usize) -> Option<String> {
        let text = self.text()?;
        let good = (1..=max).contains(&text.len())
            && text
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        if !good {
            self.problem(
                format!("harus 1 sampai {max} huruf besar"),
                format!("must be 1 to {max} capital letters"),
            );
        }
        good.then_some(text)
    }

    pub fn integer(&self, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let number = self
            .value
            .as_integer()
            .and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok());
        match number {
            None => self.expected("bilangan bulat", "a whole number"),
            Some(n) if !range.contains(&n) => {
                let (low, high) = (range.start(), range.end());
                self.problem(
                    format!("{n} di luar {low} sampai {high}"),
                    format!("{n} is not between {low} and {high}"),
                );
            }
            Some(n) => return Some(n),
        }
        None
    }

    pub fn small(&self, range: std::ops::RangeInclusive<i32>) -> Option<i32> {
        let wide = i64::from(*range.start())..=i64::from(*range.end());
        self.integer(wide).and_then(|n| i32::try_from(n).ok())
    }

    pub fn count(&self, range: std::ops::RangeInclusive<u32>) -> Option<u32> {
        let wide = i64::from(*range.start())..=i64::from(*range.end());
        self.integer(wide).and_then(|n| u32::try_from(n).ok())
    }

    pub fn date(&self) -> Option<NaiveDate> {
        let date = self
            .value
            .as_datetime()
            .filter(|when| when.time.is_none() && when.offset.is_none())
            .and_then(|when| when.date);
        let date = date.and_then(|d| {
            NaiveDate::from_ymd_opt(i32::from(d.year), u32::from(d.month), u32::from(d.day))
        });
        if date.is_none() {
            self.expected(
                "tanggal tanpa tanda kutip, contoh 2026-01-31",
                "a date without quotes, for example 2026-01-31",
            );
        }
        date
    }

    pub fn table(&self) -> Option<Table<'r, 'a>> {
        let Some(table) = self.value.as_table() else {
            self.expected("tabel { … }", "a table { … }");
            return None;
        };
        Some(Table {
            file: self.file,
            map: table,
            at: self.at,
            path: self.path.clone(),
        })
    }

    /// The elements of an array.
    pub fn list(&self) -> Vec<Node<'r, 'a>> {
        let Some(array) = self.value.as_array() else {
            self.expected("daftar [ … ]", "a list [ … ]");
            return Vec::new();
        };
        let node = |(n, value): (usize, &'r Spanned<DeValue<'a>>)| Node {
            file: self.file,
            value: value.get_ref(),
            at: value.span().start,
            path: format!("{}[{n}]", self.path),
        };
        array.iter().enumerate().map(node).collect()
    }

    /// The elements of an array, or the one value that stands for a list of one.
    pub fn one_or_more(&self) -> Vec<Node<'r, 'a>> {
        if self.value.is_array() {
            return self.list();
        }
        vec![Node {
            file: self.file,
            value: self.value,
            at: self.at,
            path: self.path.clone(),
        }]
    }

    /// A text for both languages, or one for each.
    pub fn words(&self) -> Option<Words> {
        if !self.is_table() {
            return self.line_of_text(80).map(Words::same);
        }
        let table = self.table()?;
        table.only(&["id", "en"]);
        let id = table.need("id")?.line_of_text(80)?;
        let en = table.get("en").and_then(|node| node.line_of_text(80));
        Some(Words {
            en: en.unwrap_or_else(|| id.clone()),
            id,
        })
    }

    /// One of these names.
    pub fn one_of<T: Copy>(&self, names: &[(&str, T)]) -> Option<T> {
        let text = self.text()?;
        let found = names
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, value)| *value);
        if found.is_none() {
            let all = names
                .iter()
                .map(|(name, _)| *name)
                .collect::<Vec<_>>()
                .join(", ");
            let nearest =
                super::nearest(&text, names.iter().map(|(name, _)| *name)).map(str::to_owned);
            let text: String = text.chars().take(40).collect();
            let what = Words::new(
                format!("\"{text}\" harus salah satu dari: {all}"),
                format!("\"{text}\" must be one of: {all}"),
            );
            self.problem_near(what, nearest);
        }
        found
    }

    /// An id that must exist once all files are read.
    pub fn reference(&self, kind: Referred) -> Option<String> {
        let id = self.text()?;
        self.file.references.borrow_mut().push(Reference {
            kind,
            id: id.clone(),
            file: self.file.name.to_owned(),
            line: self.file.line(self.at),
            key: self.path.clone(),
        });
        Some(id)
    }
}
