//! Satker and budgets from a spreadsheet: what the cells mean, what is repaired, what is refused, row by row.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::office::Office;
use crate::ask::{ImportProblem, ImportReport, Sheet};
use crate::domain::access::{Actor, Role};
use crate::domain::fact::Fact;
use crate::domain::id::SatkerCode;
use crate::domain::money::Rupiah;
use crate::domain::phone::PhoneNumber;
use crate::domain::refusal::Refusal;
use crate::domain::satker::{BudgetRow, ContactRole, Official, Progress, Satker, satker_kind};
use crate::domain::typed;

/// Longest cell, in characters.
const CELL_MAX: usize = 200;

/// Most rows of one import.
const ROWS_MAX: usize = 20_000;

/// Most columns. What the client keeps to is no reason to trust it.
const COLUMNS_MAX: usize = 200;

const SATKER_COLUMNS: [&str; 20] = [
    "kode_satker",
    "nama",
    "nama_singkat",
    "kode_ba",
    "nama_ba",
    "kode_es1",
    "kab_kota",
    "kewenangan",
    "kpa_nama",
    "kpa_hp",
    "ppk_nama",
    "ppk_hp",
    "bendahara_nama",
    "bendahara_hp",
    "punya_bp_penerimaan",
    "email",
    "status",
    "jenis",
    "tahun_mulai",
    "tahap",
];

const BUDGET_COLUMNS: [&str; 12] = [
    "kode_satker",
    "tahun",
    "per_tanggal",
    "jenis_belanja",
    "uraian",
    "pagu",
    "blokir",
    "rpd_sd_bulan",
    "realisasi",
    "outstanding_kontrak",
    "sisa_pagu",
    "persen",
];

/// The name that a header means: `kind` is `jenis`, and a role alone is the name of its holder.
fn written_as(name: String, known: &[String]) -> String {
    let full = format!("{name}_nama");
    match name.as_str() {
        "kind" => "jenis".to_owned(),
        _ if !known.contains(&name) && known.contains(&full) => full,
        _ => name,
    }
}

/// A sheet whose columns have been found.
struct Columns<'a> {
    at: BTreeMap<String, usize>,
    sheet: &'a Sheet,
}

impl<'a> Columns<'a> {
    fn find(
        sheet: &'a Sheet,
        required: &[&str],
        known: &[String],
        report: &mut ImportReport,
    ) -> Result<Self, Refusal> {
        if sheet.columns.is_empty() {
            return Err(Refusal::new("sheet-empty"));
        }
        if sheet.rows.len() > ROWS_MAX {
            return Err(Refusal::new("too-many").with("max", ROWS_MAX));
        }
        if sheet.columns.len() > COLUMNS_MAX {
            return Err(Refusal::new("too-many").with("max", COLUMNS_MAX));
        }
        let mut at = BTreeMap::new();
        for (position, header) in sheet.columns.iter().enumerate() {
            let name = header.trim().to_lowercase().replace([' ', '-'], "_");
            if name.is_empty() {
                continue;
            }
            let name = written_as(name, known);
            if known.contains(&name) {
                at.entry(name).or_insert(position);
            } else {
                report.unknown_columns.push(typed::short(header, 40));
            }
        }
        for column in required {
            if !at.contains_key(*column) {
                let near = crate::domain::module::nearest(
                    column,
                    report.unknown_columns.iter().map(String::as_str),
                );
                return Err(Refusal::new("sheet-missing-column")
                    .with("column", column)
                    .with("nearest", near.unwrap_or_default()));
            }
        }
        Ok(Self { at, sheet })
    }

    /// A sheet of some columns only, or with a misspelt header, says nothing about the others: they stay as they are.
    fn keep_absent(&self, satker: &mut Satker, old: &Satker, roles: &[ContactRole]) {
        let absent = |column: &str| !self.at.contains_key(column);
        for (column, new, old) in [
            ("nama_singkat", &mut satker.short_name, &old.short_name),
            ("kode_ba", &mut satker.ministry_code, &old.ministry_code),
            ("nama_ba", &mut satker.ministry, &old.ministry),
            ("kode_es1", &mut satker.echelon, &old.echelon),
            ("kab_kota", &mut satker.region, &old.region),
            ("kewenangan", &mut satker.authority, &old.authority),
        ] {
            if absent(column) {
                new.clone_from(old);
            }
        }
        if absent("punya_bp_penerimaan") {
            satker.revenue_treasurer = old.revenue_treasurer;
        }
        if absent("email") {
            satker.email.clone_from(&old.email);
        }
        if absent("status") {
            satker.active = old.active;
        }
        let officials = roles.iter().copied().filter_map(|role| {
            let prefix = role.column();
            let of = |column: &str, satker: &Satker, old: &Satker| {
                let from = if absent(&format!("{prefix}_{column}")) {
                    old
                } else {
                    satker
                };
                from.official(role).cloned()
            };
            let name = of("nama", satker, old)
                .map(|official| official.name)
                .unwrap_or_default();
            let phone = of("hp", satker, old).and_then(|official| official.phone);
            (!name.is_empty() || phone.is_some()).then_some(Official { role, name, phone })
        });
        // Roles of a programme whose module file is not there now are not lost.
        let others = old
            .officials
            .iter()
            .filter(|one| !roles.contains(&one.role));
        satker.officials = officials.chain(others.cloned()).collect();
    }

    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.sheet
            .rows
            .iter()
            .filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()))
            .map(|(number, cells)| Row {
                columns: self,
                number: *number,
                cells,
            })
    }
}

struct Row<'a> {
    columns: &'a Columns<'a>,
    number: u32,
    cells: &'a [String],
}

/// A column and what is wrong with its cell.
type CellProblem = (String, Refusal);

impl Row<'_> {
    /// The cell, trimmed; empty where the row is short or the column missing.
    fn text(&self, column: &str) -> Result<String, CellProblem> {
        let cell = self
            .columns
            .at
            .get(column)
            .and_then(|at| self.cells.get(*at))
            .map(|cell| cell.trim())
            .unwrap_or_default();
        if cell.chars().count() > CELL_MAX {
            return Err((
                column.to_owned(),
                Refusal::new("cell-too-long").with("max", CELL_MAX),
            ));
        }
        Ok(typed::line(cell))
    }

    fn required(&self, column: &str) -> Result<String, CellProblem> {
        let text = self.text(column)?;
        if text.is_empty() {
            return Err((column.to_owned(), Refusal::new("cell-empty")));
        }
        Ok(text)
    }

    fn code(&self) -> Result<SatkerCode, CellProblem> {
        let typed = self.required("kode_satker")?;
        // Spreadsheets drop leading zeros of what looks like a number.
        let padded = if typed.bytes().all(|b| b.is_ascii_digit()) && typed.len() == 5 {
            format!("0{typed}")
        } else {
            typed.clone()
        };
        SatkerCode::parse(&padded).map_err(|_| {
            (
                "kode_satker".to_owned(),
                Refusal::new("bad-satker-code").with("text", typed),
            )
        })
    }

    fn amount(&self, column: &str) -> Result<i64, CellProblem> {
        let typed = self.text(column)?;
        if typed.is_empty() {
            return Ok(0);
        }
        Rupiah::parse(&typed).map(|amount| amount.0).map_err(|_| {
            (
                column.to_owned(),
                Refusal::new("bad-number").with("text", typed),
            )
        })
    }
}

impl Office {
    /// Reads satker rows: the facts of what is new or different, and the report.
    ///
    /// # Errors
    /// `forbidden`, `sheet-empty`, `sheet-missing-column`, `too-many`.
    pub fn import_satker(
        &self,
        sheet: &Sheet,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, ImportReport), Refusal> {
        Self::require(actor, Role::Desk)?;
        let mut report = ImportReport::default();
        let mut known: Vec<String> = SATKER_COLUMNS.map(str::to_owned).to_vec();
        let roles = self.modules.roles();
        for role in &roles {
            let name = role.column();
            known.extend([format!("{name}_nama"), format!("{name}_hp")]);
        }
        let year = u16::try_from(self.date(now).year()).unwrap_or_default();
        let columns = Columns::find(sheet, &["kode_satker", "nama"], &known, &mut report)?;
        let mut seen = BTreeSet::new();
        let mut facts = Vec::new();
        for row in columns.rows() {
            let mut notes = Vec::new();
            let satker = match read_satker(&row, &roles, &mut notes) {
                Ok(satker) if seen.insert(satker.code) => {
                    let old = self.store.satker(satker.code)?;
                    self.read_programme(&row, satker, old.as_ref(), year, &mut notes)
                        .map(|satker| (satker, old))
                }
                Ok(satker) => Err((
                    "kode_satker".to_owned(),
                    Refusal::new("row-duplicate").with("code", satker.code),
                )),
                Err(problem) => Err(problem),
            };
            match satker {
                Err((column, refusal)) => report.reject(row.number, &column, refusal),
                Ok((mut satker, old)) => {
                    for (column, refusal) in notes {
                        report.note(row.number, &column, refusal);
                    }
                    if let Some(old) = &old {
                        columns.keep_absent(&mut satker, old, &roles);
                    }
                    match old {
                        Some(old) if old == satker => report.unchanged += 1,
                        Some(_) => {
                            report.changed += 1;
                            facts.push(Fact::SatkerSaved { satker });
                        }
                        None => {
                            report.added += 1;
                            facts.push(Fact::SatkerSaved { satker });
                        }
                    }
                }
            }
        }
        Ok((facts, report))
    }

    /// The kind of a participant, and its stage where the kind goes through stages. What the sheet leaves open stays as it is.
    ///
    /// A sheet never moves anybody to another stage: one that begins another year later begins anew, everybody else stays.
    fn read_programme(
        &self,
        row: &Row<'_>,
        mut satker: Satker,
        old: Option<&Satker>,
        year: u16,
        notes: &mut Vec<CellProblem>,
    ) -> Result<Satker, CellProblem> {
        let typed = row.text("jenis")?;
        satker.kind = if typed.is_empty() {
            old.map_or_else(satker_kind, |old| old.kind.clone())
        } else {
            self.modules.kind(&typed).ok_or_else(|| {
                let refusal = Refusal::new("bad-choice")
                    .with("text", &typed)
                    .with("known", self.modules.kinds().join(", "));
                ("jenis".to_owned(), refusal)
            })?
        };
        let before = old
            .filter(|old| old.kind == satker.kind)
            .and_then(|old| old.progress.clone());
        let (began, stage) = (row.text("tahun_mulai")?, row.text("tahap")?);
        let Some(module) = self.modules.programme(&satker.kind) else {
            for (column, text) in [("tahun_mulai", &began), ("tahap", &stage)] {
                if !text.is_empty() {
                    let note = Refusal::new("no-stages").with("kind", &satker.kind);
                    notes.push((column.to_owned(), note));
                }
            }
            // The file of the programme may only be away for a while.
            satker.progress = before;
            return Ok(satker);
        };
        let started = match (began.as_str(), &before) {
            ("", Some(before)) => before.started,
            ("", None) => {
                let note = Refusal::new("start-year-missing");
                notes.push(("tahun_mulai".to_owned(), note));
                return Ok(satker);
            }
            (text, _) => text
                .parse::<u16>()
                .ok()
                .filter(|year| (1990..2100).contains(year))
                .ok_or_else(|| {
                    let refusal = Refusal::new("bad-number").with("text", text);
                    ("tahun_mulai".to_owned(), refusal)
                })?,
        };
        let named = match stage.as_str() {
            "" => None,
            text => Some(module.stage_named(text).ok_or_else(|| {
                let known: Vec<&str> = module.stages.iter().map(|one| one.id.as_str()).collect();
                let refusal = Refusal::new("bad-choice")
                    .with("text", text)
                    .with("known", known.join(", "));
                ("tahap".to_owned(), refusal)
            })?),
        };
        satker.progress = Some(match before {
            Some(before) if before.started == started => {
                if named.is_some_and(|(_, stage)| stage.id != before.stage) {
                    let note = Refusal::new("stage-kept").with("code", satker.code);
                    notes.push(("tahap".to_owned(), note));
                }
                before
            }
            _ => match named {
                Some((at, stage)) => Progress {
                    started,
                    stage: stage.id.clone(),
                    year: module.stage_year(at, started),
                },
                None => module.cohort(started, year),
            },
        });
        Ok(satker)
    }

    /// Reads budget rows: the facts of what is new or different, and the report.
    ///
    /// # Errors
    /// `forbidden`, `sheet-empty`, `sheet-missing-column`, `too-many`.
    pub fn import_budget(
        &self,
        sheet: &Sheet,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, ImportReport), Refusal> {
        Self::require(actor, Role::Desk)?;
        let mut report = ImportReport::default();
        let known = BUDGET_COLUMNS.map(str::to_owned);
        let required = [
            "kode_satker",
            "tahun",
            "per_tanggal",
            "jenis_belanja",
            "pagu",
            "realisasi",
        ];
        let columns = Columns::find(sheet, &required, &known, &mut report)?;
        let mut seen = BTreeSet::new();
        let mut facts = Vec::new();
        let mut news = Vec::new();
        for row in columns.rows() {
            let budget = read_budget(&row, self.date(now)).and_then(|budget| {
                if self.store.index().satker().contains_key(&budget.satker) {
                    Ok(budget)
                } else {
                    Err((
                        "kode_satker".to_owned(),
                        Refusal::new("satker-unknown").with("code", budget.satker),
                    ))
                }
            });
            let budget = budget.and_then(|budget| {
                if seen.insert((budget.satker, budget.year, budget.expense.clone())) {
                    Ok(budget)
                } else {
                    Err((
                        "jenis_belanja".to_owned(),
                        Refusal::new("row-duplicate").with("code", budget.satker),
                    ))
                }
            });
            match budget {
                Err((column, refusal)) => report.reject(row.number, &column, refusal),
                Ok(budget) => {
                    match self
                        .store
                        .budget_row(budget.satker, budget.year, &budget.expense)?
                    {
                        Some(old) if old == budget => report.unchanged += 1,
                        Some(old) if old.as_of > budget.as_of => {
                            let newer = crate::domain::when::short(old.as_of);
                            report.reject(
                                row.number,
                                "per_tanggal",
                                Refusal::new("budget-older").with("date", newer),
                            );
                        }
                        old => {
                            let count = if old.is_some() {
                                &mut report.changed
                            } else {
                                &mut report.added
                            };
                            *count += 1;
                            news.push((row.number, budget.clone()));
                            facts.push(Fact::BudgetSaved { row: budget });
                        }
                    }
                }
            }
        }
        let facts = self.alert_budgets(&news, facts, &mut report, actor, now)?;
        Ok((facts, report))
    }
}

impl ImportReport {
    fn reject(&mut self, row: u32, column: &str, refusal: Refusal) {
        self.rejected += 1;
        self.errors.push(problem(row, column, refusal));
    }

    pub(super) fn note(&mut self, row: u32, column: &str, refusal: Refusal) {
        self.notes.push(problem(row, column, refusal));
    }
}

/// The words are added by the client, in its language.
fn problem(row: u32, column: &str, refusal: Refusal) -> ImportProblem {
    ImportProblem {
        row,
        column: column.to_owned(),
        reason: String::new(),
        refusal,
    }
}

fn read_satker(
    row: &Row<'_>,
    roles: &[ContactRole],
    notes: &mut Vec<CellProblem>,
) -> Result<Satker, CellProblem> {
    let code = row.code()?;
    let name = row.required("nama")?;
    let short_name = match row.text("nama_singkat")? {
        short if short.is_empty() => name.chars().take(20).collect::<String>().trim().to_owned(),
        short => short,
    };
    let mut officials = Vec::new();
    for role in roles.iter().copied() {
        let prefix = role.column();
        let (name_column, phone_column) = (format!("{prefix}_nama"), format!("{prefix}_hp"));
        let (name, typed) = (row.text(&name_column)?, row.text(&phone_column)?);
        let phone = if typed.is_empty() {
            None
        } else {
            match PhoneNumber::parse(&typed) {
                Ok((phone, repair)) => {
                    if repair.is_some() {
                        let note = Refusal::new("phone-repaired")
                            .with("text", &typed)
                            .with("phone", phone.display());
                        notes.push((phone_column.clone(), note));
                    }
                    Some(phone)
                }
                Err(error) => {
                    let refusal = super::office::reasons(
                        Refusal::new("bad-phone").with("text", &typed),
                        |lang| error.explain(lang),
                    );
                    return Err((phone_column, refusal));
                }
            }
        };
        if name.is_empty() && phone.is_none() {
            continue;
        }
        if phone.is_none() && row.columns.at.contains_key(&phone_column) {
            notes.push((
                phone_column,
                Refusal::new("phone-missing").with("name", &name),
            ));
        }
        officials.push(Official { role, name, phone });
    }
    let active = match row.text("status")?.to_lowercase().as_str() {
        "" | "aktif" | "a" | "y" | "ya" | "1" => true,
        "nonaktif" | "non-aktif" | "non aktif" | "tidak aktif" | "tidak" | "t" | "n" | "0" => false,
        other => {
            return Err((
                "status".to_owned(),
                Refusal::new("bad-choice")
                    .with("text", other)
                    .with("known", "aktif, nonaktif"),
            ));
        }
    };
    let revenue_treasurer = match row.text("punya_bp_penerimaan")?.to_lowercase().as_str() {
        "" | "t" | "tidak" | "n" | "0" => false,
        "y" | "ya" | "1" => true,
        other => {
            return Err((
                "punya_bp_penerimaan".to_owned(),
                Refusal::new("bad-choice")
                    .with("text", other)
                    .with("known", "Y, T"),
            ));
        }
    };
    Ok(Satker {
        code,
        kind: satker_kind(),
        name,
        short_name,
        ministry_code: row.text("kode_ba")?,
        ministry: row.text("nama_ba")?,
        echelon: row.text("kode_es1")?,
        region: row.text("kab_kota")?,
        authority: row.text("kewenangan")?,
        officials,
        revenue_treasurer,
        email: Some(row.text("email")?).filter(|email| !email.is_empty()),
        active,
        progress: None,
    })
}

fn read_budget(row: &Row<'_>, today: NaiveDate) -> Result<BudgetRow, CellProblem> {
    let satker = row.code()?;
    let year_text = row.required("tahun")?;
    let year = year_text
        .parse::<u16>()
        .ok()
        .filter(|year| (2000..2100).contains(year))
        .ok_or_else(|| {
            (
                "tahun".to_owned(),
                Refusal::new("bad-number").with("text", year_text),
            )
        })?;
    let as_of_text = row.required("per_tanggal")?;
    let as_of = crate::domain::when::parse_typed(&as_of_text, today).map_err(|error| {
        let refusal =
            super::office::reasons(Refusal::new("bad-date").with("text", &as_of_text), |lang| {
                error.explain(lang)
            });
        ("per_tanggal".to_owned(), refusal)
    })?;
    let expense = row.required("jenis_belanja")?;
    if expense.len() != 2 || !expense.bytes().all(|b| b.is_ascii_digit()) {
        return Err((
            "jenis_belanja".to_owned(),
            Refusal::new("bad-number").with("text", expense),
        ));
    }
    let (pagu, spent) = (row.amount("pagu")?, row.amount("realisasi")?);
    let left = if row.text("sisa_pagu")?.is_empty() {
        pagu.saturating_sub(spent)
    } else {
        row.amount("sisa_pagu")?
    };
    let percent_text = row.text("persen")?;
    let percent = if percent_text.is_empty() {
        if pagu == 0 {
            0
        } else {
            i64::try_from(i128::from(spent) * 10_000 / i128::from(pagu)).unwrap_or(0)
        }
    } else {
        hundredths(&percent_text).ok_or_else(|| {
            (
                "persen".to_owned(),
                Refusal::new("bad-number").with("text", &percent_text),
            )
        })?
    };
    Ok(BudgetRow {
        satker,
        year,
        expense,
        description: row.text("uraian")?,
        as_of,
        pagu,
        blocked: row.amount("blokir")?,
        planned: row.amount("rpd_sd_bulan")?,
        spent,
        committed: row.amount("outstanding_kontrak")?,
        left,
        percent,
    })
}

/// `89.48` and `89,48` are 8948 hundredths.
fn hundredths(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let whole_digits = whole.strip_prefix('-').unwrap_or(whole);
    if whole_digits.is_empty() || whole_digits.len() > 9 || !digits(whole_digits) || !digits(part) {
        return None;
    }
    let part: i64 = format!("{part:0<2}")
        .chars()
        .take(2)
        .collect::<String>()
        .parse()
        .ok()?;
    let value = whole_digits.parse::<i64>().ok()? * 100 + part;
    Some(if whole.starts_with('-') {
        -value
    } else {
        value
    })
}
