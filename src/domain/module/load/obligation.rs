//! Obligations: validity, trigger, due rule, reminders, texts.

use super::super::reader::{Node, Referred, Table};
use super::super::{Event, OBLIGATION_CONTEXT, Participant};
use super::service::{computed, references, short_name};
use super::texts::{self, More};
use crate::domain::lang::Words;
use crate::domain::period::PeriodKind;
use crate::domain::rule::{
    DayCount, DueRule, Every, From, Item, MonthOf, Obligation, ObligationTexts, Per, Remind,
    Repeat, Shift, Validity, ValueRow,
};
use crate::domain::template::Template;

const SHIFTS: [(&str, Shift); 3] = [
    ("none", Shift::None),
    ("previous-working-day", Shift::PreviousWorkingDay),
    ("next-working-day", Shift::NextWorkingDay),
];
const COUNTS: [(&str, DayCount); 2] = [
    ("calendar", DayCount::Calendar),
    ("working", DayCount::Working),
];
const PERS: [(&str, Per); 2] = [
    ("participant", Per::Participant),
    ("treasurer", Per::Treasurer),
];

/// What an obligation needs to know of the module around it.
pub(super) struct Around<'m> {
    pub module: &'m str,
    pub section: &'m str,
    pub participant: &'m Participant,
    pub events: &'m [Event],
}

pub(super) fn obligation(table: &Table<'_, '_>, around: &Around<'_>) -> Option<Obligation> {
    table.only(&[
        "id", "name", "short", "section", "valid", "every", "events", "due", "remind", "per",
        "items", "computed", "sanction", "source", "sms", "met_by",
    ]);
    let id = table.need("id").and_then(|node| node.id('-'));
    let name = table.need("name").and_then(|node| node.words());
    let short = short_name(table, name.as_ref(), 16);
    let section = table
        .get("section")
        .and_then(|node| node.code(8))
        .unwrap_or_else(|| around.section.to_owned());
    let valid = table.need("valid").and_then(|node| validity(&node));
    let every = every(table);
    let due = table
        .need("due")
        .and_then(|node| due(&node, every.as_ref()));
    let remind = table
        .need("remind")
        .and_then(|node| remind(&node, around.participant));
    let per = table
        .get("per")
        .map_or(Some(Per::Participant), |node| node.one_of(&PERS));
    let items = items(table);
    let met_by = references(table, "met_by", Referred::Event);
    let computed = computed(table);
    let source = table.need("source").and_then(|node| node.line_of_text(120));
    let obligation = Obligation {
        id: id?,
        module: around.module.to_owned(),
        name: name?,
        short: short?,
        section,
        valid: valid?,
        every: every?,
        met_by,
        due: due?,
        remind: remind?,
        per: per?,
        items,
        computed,
        texts: ObligationTexts::default(),
        sanction: table.flag("sanction"),
        source: source?,
    };
    let texts = sms(table, &obligation, around);
    Some(Obligation {
        texts,
        ..obligation
    })
}

pub(super) fn validity(node: &Node<'_, '_>) -> Option<Validity> {
    let table = node.table()?;
    table.only(&["from", "until"]);
    let from = table.need("from")?.date()?;
    let until = match table.get("until") {
        Some(node) => Some(node.date()?),
        None => None,
    };
    if until.is_some_and(|until| until < from) {
        node.problem("until mendahului from", "until comes before from");
        return None;
    }
    Some(Validity { from, until })
}

fn every(table: &Table<'_, '_>) -> Option<Every> {
    const EVERY: [(&str, u8); 6] = [
        ("month", 0),
        ("quarter", 1),
        ("year", 2),
        ("event", 3),
        ("dates", 4),
        ("milestone", 5),
    ];
    let kind = table.need("every")?.one_of(&EVERY)?;
    let events = references(table, "events", Referred::Event);
    match (kind, events.is_empty()) {
        (3, true) => {
            table.problem_at(
                "events",
                Words::new(
                    "every = \"event\" perlu events",
                    "every = \"event\" needs events",
                ),
            );
            None
        }
        (3, false) => Some(Every::Event(events)),
        (_, false) => {
            table.problem_at(
                "events",
                Words::new(
                    "hanya untuk every = \"event\"",
                    "only for every = \"event\"",
                ),
            );
            None
        }
        (0, true) => Some(Every::Period(PeriodKind::Month)),
        (1, true) => Some(Every::Period(PeriodKind::Quarter)),
        (2, true) => Some(Every::Period(PeriodKind::Year)),
        (4, true) => Some(Every::Dates),
        (_, true) => Some(Every::Milestone),
    }
}

fn due(node: &Node<'_, '_>, every: Option<&Every>) -> Option<DueRule> {
    const KINDS: [&str; 6] = [
        "day",
        "working_days",
        "days",
        "months",
        "by_value",
        "letter",
    ];
    let table = node.table()?;
    let given: Vec<&str> = KINDS
        .iter()
        .copied()
        .filter(|key| table.get(key).is_some())
        .collect();
    let [kind] = given.as_slice() else {
        table.only(&[
            "day",
            "working_days",
            "days",
            "months",
            "by_value",
            "letter",
            "after",
            "before",
            "in",
            "shift",
            "fallback",
        ]);
        let all = KINDS.join(", ");
        node.problem(
            format!("isi tepat satu dari: {all}"),
            format!("give exactly one of: {all}"),
        );
        return None;
    };
    let value = table.need(kind)?;
    let shift = || {
        table
            .get("shift")
            .map_or(Some(Shift::None), |node| node.one_of(&SHIFTS))
    };
    let rule = match *kind {
        "day" => {
            table.only(&["day", "after", "before", "in", "shift"]);
            DueRule::Day {
                day: value.count(1..=31)?,
                month: month_of(node, &table)?,
                shift: shift()?,
            }
        }
        "working_days" => {
            table.only(&["working_days", "after", "before", "in"]);
            let (from, sign) = start(node, &table, every)?;
            DueRule::WorkingDays {
                days: value.small(1..=366)? * sign,
                from,
            }
        }
        "days" => {
            table.only(&["days", "after", "before", "shift"]);
            let (from, sign) = start(node, &table, every)?;
            DueRule::Days {
                days: value.small(0..=3660)? * sign,
                from,
                shift: shift()?,
            }
        }
        "months" => {
            table.only(&["months", "after", "before", "shift"]);
            let (from, sign) = start(node, &table, every)?;
            DueRule::Months {
                months: value.small(1..=120)? * sign,
                from,
                shift: shift()?,
            }
        }
        "by_value" => {
            table.only(&["by_value", "after", "before"]);
            let (from, sign) = start(node, &table, every)?;
            DueRule::ByValue {
                rows: rows(&value, sign)?,
                from,
            }
        }
        _ => {
            table.only(&["letter", "shift", "fallback"]);
            if !value.flag()? {
                value.problem("hanya letter = true", "only letter = true");
                return None;
            }
            let fallback = match table.get("fallback") {
                None => None,
                Some(inner) => match due(&inner, every)? {
                    DueRule::ByLetter { .. } => {
                        inner.problem(
                            "cadangan harus dapat dihitung tanpa surat",
                            "the fallback must be computable without a letter",
                        );
                        return None;
                    }
                    rule => Some(Box::new(rule)),
                },
            };
            DueRule::ByLetter {
                fallback,
                shift: shift()?,
            }
        }
    };
    let needs_period = matches!(rule, DueRule::Day { .. });
    if needs_period && matches!(every, Some(Every::Event(_) | Every::Dates)) {
        node.problem(
            "day hanya untuk kewajiban per periode",
            "day is only for obligations of a period",
        );
        return None;
    }
    Some(rule)
}

fn month_of(node: &Node<'_, '_>, table: &Table<'_, '_>) -> Option<MonthOf> {
    match (table.get("after"), table.get("before"), table.get("in")) {
        (Some(after), None, None) => after.one_of(&[("period-end", MonthOf::AfterPeriod)]),
        (None, Some(before), None) => before.one_of(&[("period-start", MonthOf::BeforePeriod)]),
        (None, None, Some(inside)) => inside.one_of(&[("period", MonthOf::InPeriod)]),
        _ => {
            node.problem(
                "isi salah satu: after = \"period-end\", in = \"period\", before = \"period-start\"",
                "give one of: after = \"period-end\", in = \"period\", before = \"period-start\"",
            );
            None
        }
    }
}

/// Where a count starts and its sign.
fn start(node: &Node<'_, '_>, table: &Table<'_, '_>, every: Option<&Every>) -> Option<(From, i32)> {
    let (place, sign) = match (table.get("after"), table.get("before"), table.get("in")) {
        (Some(after), None, None) => (after, 1),
        (None, Some(before), None) => (before, -1),
        (None, None, Some(inside)) => {
            return inside
                .one_of(&[("period", ())])
                .and_then(|()| by_period(&inside, every, From::PeriodStart))
                .map(|from| (from, 1));
        }
        _ => {
            node.problem(
                "isi salah satu: after, before atau in",
                "give one of: after, before, in",
            );
            return None;
        }
    };
    let from = match place.text()?.as_str() {
        "event" if matches!(every, Some(Every::Event(_)) | None) => From::Event,
        "event" => {
            place.problem(
                "hanya untuk every = \"event\"",
                "only for every = \"event\"",
            );
            return None;
        }
        "period-end" => by_period(&place, every, From::PeriodEnd)?,
        "period-start" => by_period(&place, every, From::PeriodStart)?,
        _ => From::Obligation(place.reference(Referred::Obligation)?),
    };
    Some((from, sign))
}

fn by_period(place: &Node<'_, '_>, every: Option<&Every>, from: From) -> Option<From> {
    if matches!(every, Some(Every::Event(_) | Every::Dates)) {
        place.problem(
            "hanya untuk kewajiban per periode",
            "only for obligations of a period",
        );
        return None;
    }
    Some(from)
}

fn rows(node: &Node<'_, '_>, sign: i32) -> Option<Vec<ValueRow>> {
    let mut rows: Vec<ValueRow> = Vec::new();
    for node in node.list() {
        let table = node.table()?;
        table.only(&["from", "to", "working_days", "valid"]);
        let from = table.need("from")?.integer(0..=i64::MAX)?;
        let to = match table.get("to") {
            Some(node) => Some(node.integer(0..=i64::MAX)?),
            None => None,
        };
        let days = table.need("working_days")?.small(1..=366)? * sign;
        let valid = match table.get("valid") {
            Some(node) => Some(validity(&node)?),
            None => None,
        };
        if to.is_some_and(|to| to <= from) {
            node.problem(
                "to harus lebih besar dari from",
                "to must be larger than from",
            );
            return None;
        }
        let row = ValueRow {
            from,
            to,
            days,
            valid,
        };
        if rows.iter().any(|other| collide(other, &row)) {
            node.problem(
                "baris ini bertumpuk dengan baris sebelumnya",
                "this row overlaps an earlier one",
            );
            return None;
        }
        rows.push(row);
    }
    rows.sort_by_key(|row| row.from);
    if rows.is_empty() {
        node.problem("tabel nilai kosong", "the table by value is empty");
        return None;
    }
    Some(rows)
}

/// Two rows share a value on a shared day. Touching ends do not count: the upper end belongs to the lower row.
fn collide(a: &ValueRow, b: &ValueRow) -> bool {
    let values = a.to.is_none_or(|to| b.from < to) && b.to.is_none_or(|to| a.from < to);
    let days = match (a.valid, b.valid) {
        (Some(a), Some(b)) => a.overlaps(&b),
        _ => true,
    };
    values && days
}

fn remind(node: &Node<'_, '_>, participant: &Participant) -> Option<Remind> {
    let table = node.table()?;
    table.only(&["offsets", "count", "on_record", "then_every", "to"]);
    let mut offsets: Vec<i32> = table
        .need("offsets")?
        .list()
        .iter()
        .filter_map(|node| node.small(-365..=365))
        .collect();
    offsets.sort_unstable();
    offsets.dedup();
    let count = table
        .get("count")
        .map_or(Some(DayCount::Calendar), |node| node.one_of(&COUNTS))?;
    let then_every = match table.get("then_every") {
        None => None,
        Some(node) => Some(repeat(&node)?),
    };
    let mut to = Vec::new();
    for node in table.need("to")?.list() {
        let roles: Vec<(&str, &str)> = participant
            .roles
            .iter()
            .map(|role| (role.id.as_str(), role.id.as_str()))
            .collect();
        to.extend(node.one_of(&roles).map(str::to_owned));
    }
    if to.is_empty() {
        table.problem_at(
            "to",
            Words::new("tidak ada penerima", "nobody is addressed"),
        );
    }
    Some(Remind {
        offsets,
        count,
        on_record: table.flag("on_record"),
        then_every,
        to,
    })
}

fn repeat(node: &Node<'_, '_>) -> Option<Repeat> {
    let table = node.table()?;
    table.only(&["days", "working_days"]);
    match (table.get("days"), table.get("working_days")) {
        (Some(days), None) => Some(Repeat {
            days: days.count(1..=365)?,
            count: DayCount::Calendar,
        }),
        (None, Some(days)) => Some(Repeat {
            days: days.count(1..=365)?,
            count: DayCount::Working,
        }),
        _ => {
            node.problem(
                "isi salah satu: days atau working_days",
                "give either days or working_days",
            );
            None
        }
    }
}

fn items(table: &Table<'_, '_>) -> Vec<Item> {
    let item = |table: &Table<'_, '_>| {
        table.only(&["id", "name"]);
        let id = table.need("id")?.id('-');
        let name = table.need("name")?.line_of_text(60);
        Some(Item {
            id: id?,
            name: name?,
        })
    };
    table.tables("items").iter().filter_map(item).collect()
}

fn sms(table: &Table<'_, '_>, obligation: &Obligation, around: &Around<'_>) -> ObligationTexts {
    let Some(sms) = table.need("sms").and_then(|node| node.table()) else {
        return ObligationTexts::default();
    };
    sms.only(&["before", "day", "late"]);
    let events: Vec<&Event> = match &obligation.every {
        Every::Event(ids) => around
            .events
            .iter()
            .filter(|event| ids.contains(&event.id))
            .collect(),
        _ => Vec::new(),
    };
    let mut more = More::new();
    for field in events
        .iter()
        .flat_map(|event| &event.fields)
        .filter(|field| !field.mask)
    {
        more.insert(field.id.clone(), texts::of_field(field));
    }
    let filled = |name: &str, late: bool| {
        let from_event = !events.is_empty()
            && events.iter().all(|event| {
                event
                    .field_for(name)
                    .is_some_and(|field| field.required || field.blank.is_some())
            });
        let context = match name {
            "lambat" => late,
            "periode" | "bulan" => matches!(obligation.every, Every::Period(_)),
            "lap" => matches!(obligation.every, Every::Dates) || !obligation.items.is_empty(),
            "tahap" => obligation.every == Every::Milestone,
            "nama" => around.participant.kind != "satker",
            _ => OBLIGATION_CONTEXT.contains(&name),
        };
        from_event
            || context
            || obligation
                .computed
                .iter()
                .any(|computed| computed.placeholder == name)
    };
    let one = |key: &str, needed: bool| -> Option<Template> {
        let Some(node) = sms.get(key) else {
            if needed {
                sms.problem_at(
                    key,
                    Words::new(
                        format!("remind memerlukan teks {key}"),
                        format!("remind needs the text {key}"),
                    ),
                );
            }
            return None;
        };
        let template = texts::template(&node, &more)?;
        texts::check_filled(&node, &template, &|name| filled(name, key == "late"));
        Some(template)
    };
    let offsets = &obligation.remind.offsets;
    ObligationTexts {
        before: one(
            "before",
            offsets.iter().any(|n| *n < 0) || obligation.remind.on_record,
        ),
        day: one("day", offsets.contains(&0)),
        late: one(
            "late",
            offsets.iter().any(|n| *n > 0) || obligation.remind.then_every.is_some(),
        ),
    }
}
