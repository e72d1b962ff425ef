//! Which reminders should exist, computed a second time: slowly, from the office's rules in words, with an own calendar and own rules.
//! It knows nothing of the program; what the program decides beyond the rules stands here in words:
//!
//! 1. A reminder that would fall on a day without service goes out on the working day before, a late one on the working day after:
//!    nothing says "late" before the date has passed. Of two on one morning the one with the earlier offset stands.
//! 2. After a standstill of up to seven days one reminder makes up for those that were missed, the latest; what speaks of a date to
//!    come is not caught up when the date has passed. After a longer silence there is only what belongs to this morning.
//! 3. Nobody is told to hand in what lies on a desk of the office, unless it waits for the satker.
//! 4. A reminder that was withdrawn, or that named another date than the deadline has now, was not given.
//! 5. An event recorded after the hour of the morning is reminded of at once if this was the morning for it.
//! 6. Deadlines come into being 62 days ahead, and after a standstill of up to 62 days also those that fell due meanwhile.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

/// How an event is named as the cause of a reminder.
pub const RECORDED: i64 = i64::MIN;

/// The days that the office works.
pub struct Working {
    closed: BTreeSet<NaiveDate>,
    decided: BTreeMap<NaiveDate, bool>,
}

impl Working {
    /// Monday to Friday without the holidays of the list.
    pub fn new(list: &str) -> Self {
        let closed = list
            .lines()
            .filter_map(|line| line.split(',').next()?.parse().ok())
            .collect();
        Self {
            closed,
            decided: BTreeMap::new(),
        }
    }

    pub fn holiday(&mut self, day: NaiveDate) {
        self.closed.insert(day);
    }

    pub fn decide(&mut self, day: NaiveDate, open: bool) {
        self.decided.insert(day, open);
    }

    pub fn is(&self, day: NaiveDate) -> bool {
        self.decided.get(&day).copied().unwrap_or_else(|| {
            !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !self.closed.contains(&day)
        })
    }

    pub fn back(&self, mut day: NaiveDate) -> NaiveDate {
        while !self.is(day) {
            day = day - Days::new(1);
        }
        day
    }

    pub fn on(&self, mut day: NaiveDate) -> NaiveDate {
        while !self.is(day) {
            day = day + Days::new(1);
        }
        day
    }

    /// `n` working days on, or back; the day itself does not count.
    pub fn hk(&self, mut day: NaiveDate, n: i64) -> NaiveDate {
        let mut left = n.abs();
        while left > 0 {
            day = if n < 0 {
                day - Days::new(1)
            } else {
                day + Days::new(1)
            };
            left -= i64::from(self.is(day));
        }
        day
    }

    fn counted(&self, after: NaiveDate, until: NaiveDate) -> i64 {
        let mut found = 0;
        let mut day = after;
        while day < until {
            day = day + Days::new(1);
            found += i64::from(self.is(day));
        }
        found
    }
}

/// A row of the table of obligations.
pub struct Rule {
    pub id: &'static str,
    pub offsets: &'static [i64],
    /// Offsets count working days.
    pub working: bool,
    /// Late reminders go on every so many days; true for working days.
    pub again: Option<(i64, bool)>,
    pub to: &'static [&'static str],
    /// The late text threatens a sanction.
    pub sanction: bool,
    /// Also once when the event is recorded.
    pub at_once: bool,
}

const fn rule(id: &'static str, offsets: &'static [i64], to: &'static [&'static str]) -> Rule {
    Rule {
        id,
        offsets,
        working: false,
        again: None,
        to,
        sanction: false,
        at_once: false,
    }
}

pub const RULES: &[Rule] = &[
    Rule {
        again: Some((3, true)),
        sanction: true,
        ..rule("lpj", &[-7, -3, -1, 0, 1], &["kpa", "bendahara"])
    },
    Rule {
        again: Some((3, true)),
        ..rule("gaji", &[-7, -3, -1, 0, 1], &["kpa", "ppspm", "ppabp"])
    },
    rule("ppnpn", &[-3, -1, 0, 1], &["kpa", "ppspm"]),
    Rule {
        again: Some((3, true)),
        sanction: true,
        ..rule("rekon", &[-7, -3, -1, 0, 1], &["kpa", "operator"])
    },
    Rule {
        again: Some((3, true)),
        ..rule("caput", &[-3, -1, 0, 1], &["kpa", "ppk", "operator"])
    },
    rule("saldo", &[-3, -1, 0, 1], &["kpa", "bendahara"]),
    rule("dipa3", &[-5, -1, 0], &["kpa", "ppk", "operator"]),
    Rule {
        working: true,
        at_once: true,
        ..rule("kontrak", &[-1, 0, 1], &["kpa", "ppk"])
    },
    rule("tagihan", &[-5, -1, 0, 1], &["kpa", "ppk", "ppspm"]),
    Rule {
        sanction: true,
        ..rule("gup", &[-7, -3, -1, 0, 1], &["kpa", "bendahara"])
    },
    Rule {
        sanction: true,
        ..rule("up-pemberitahuan", &[0], &["kpa"])
    },
    Rule {
        at_once: true,
        ..rule("ptup", &[-7, -3, -1, 0, 1], &["kpa", "bendahara"])
    },
    rule("setor-tup", &[-1, 0, 1], &["kpa", "bendahara"]),
    Rule {
        working: true,
        at_once: true,
        again: Some((7, false)),
        ..rule("retur", &[-3, -1, 0, 1], &["kpa", "bendahara"])
    },
    Rule {
        working: true,
        ..rule("rpd", &[-3, -1, 0], &["kpa", "ppspm", "operator"])
    },
    rule("skpp", &[-14, -7, -1, 0, 1], &["kpa", "ppabp"]),
    rule(
        "akhir-tahun",
        &[-14, -7, -3, -1, 0],
        &["kpa", "ppk", "ppspm", "bendahara"],
    ),
    rule("lainnya", &[-3, -1, 0, 1], &["kpa"]),
];

/// What a deadline is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum About {
    Month(i32, u32),
    Quarter(i32, u32),
    /// Event, day, value, number of the paper.
    Event(&'static str, NaiveDate, i64, String),
    /// Entry of the yearly letter.
    Entry(i32, String),
    /// Made up by the office for this day.
    ByHand(String, NaiveDate),
}

impl About {
    pub fn label(&self) -> String {
        match self {
            Self::Month(year, month) => format!("{year}-{month:02}"),
            Self::Quarter(year, quarter) => format!("{year}-Q{quarter}"),
            Self::Event(event, day, _, number) => format!("{event}@{day} {number}"),
            Self::Entry(year, name) => format!("{year} {name}"),
            Self::ByHand(name, _) => name.clone(),
        }
    }
}

/// Something that was said.
#[derive(Clone)]
pub struct Told {
    pub phone: String,
    pub offset: i64,
    pub named: NaiveDate,
    pub day: NaiveDate,
}

/// A deadline.
pub struct Owed {
    label: String,
    pub rule: &'static Rule,
    pub satker: String,
    /// Of the revenue treasurer, of the other one, of the satker.
    pub treasurer: Option<&'static str>,
    pub about: About,
    pub due: NaiveDate,
    pub estimate: bool,
    pub open: bool,
    /// Its papers lie on a desk here.
    pub here: bool,
    pub fixed: bool,
    pub told: Vec<Told>,
}

impl Owed {
    pub fn label(&self) -> String {
        self.label.clone()
    }
}

/// A reminder that should exist.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wish {
    pub phone: String,
    pub label: String,
    pub offset: i64,
}

/// A satker as the oracle knows it.
pub struct Unit {
    pub active: bool,
    pub revenue: bool,
    /// Role and phone.
    pub phones: Vec<(&'static str, String)>,
}

/// Everything that the oracle knows.
pub struct Oracle {
    pub working: Working,
    pub units: BTreeMap<String, Unit>,
    pub owed: Vec<Owed>,
    known: BTreeSet<(&'static str, String, Option<&'static str>, About)>,
    pub places: HashMap<String, usize>,
    /// Dates that letters gave: obligation, period or entry.
    pub letters: BTreeMap<(&'static str, String), NaiveDate>,
    pub last_run: Option<NaiveDate>,
}

impl Oracle {
    pub fn new(holidays: &str) -> Self {
        Self {
            working: Working::new(holidays),
            units: BTreeMap::new(),
            owed: Vec::new(),
            known: BTreeSet::new(),
            places: HashMap::new(),
            letters: BTreeMap::new(),
            last_run: None,
        }
    }

    fn rule(id: &str) -> &'static Rule {
        RULES.iter().find(|rule| rule.id == id).unwrap()
    }

    /// The date by which something is owed, and whether it is an estimate; none when nothing is.
    pub fn due(&self, id: &str, about: &About) -> Option<(NaiveDate, bool)> {
        let days = &self.working;
        let sure = |date| Some((date, false));
        let day =
            |year: i32, month: u32, day: u32| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        match about {
            About::Month(year, month) => {
                let first = day(*year, *month, 1);
                let after = first + Months::new(1);
                let last = after - Days::new(1);
                let given = self.letters.iter().find(|((obligation, period), _)| {
                    *obligation == id && *period == about.label()
                });
                match id {
                    "lpj" | "saldo" => sure(days.back(after + Days::new(9))),
                    "gaji" => sure(days.back(first - Months::new(1) + Days::new(14))),
                    "caput" => sure(days.hk(last, 5)),
                    "rekon" => Some(match given {
                        Some((_, date)) => (days.back(*date), false),
                        None => (days.back(after + Days::new(14)), true),
                    }),
                    "ppnpn" => Some(match given {
                        Some((_, date)) => (days.back(*date), false),
                        None => (days.back(first + Days::new(25)), true),
                    }),
                    _ => None,
                }
            }
            About::Quarter(year, quarter) => {
                sure(days.hk(day(*year, quarter * 3 - 2, 1) - Days::new(1), 10))
            }
            About::Event(_, on, value, _) => {
                let months = |n| days.back(*on + Months::new(n));
                match id {
                    "kontrak" => sure(days.hk(*on, 5)),
                    "tagihan" => sure(days.hk(*on, 17)),
                    "retur" => sure(days.hk(*on, 7)),
                    "gup" | "ptup" => sure(months(1)),
                    "setor-tup" => sure(days.hk(months(1), 2)),
                    "up-pemberitahuan" => sure(months(2)),
                    "skpp" => sure(days.back(*on - Days::new(30))),
                    "rpd" => {
                        const MILLIARD: i64 = 1_000_000_000;
                        let n = match value / MILLIARD {
                            ..5 => return None,
                            5..500 => 3,
                            500..1000 => 5,
                            _ => 7,
                        };
                        sure(days.hk(*on, -n))
                    }
                    _ => None,
                }
            }
            About::Entry(year, name) => self
                .letters
                .get(&("akhir-tahun", format!("{year} {name}")))
                .and_then(|date| sure(*date)),
            About::ByHand(_, date) => sure(days.back(*date)),
        }
    }

    /// Something is owed from now on. Gives its place, also when it was known.
    pub fn owe(&mut self, id: &str, satker: &str, treasurer: Option<&'static str>, about: About) {
        let rule = Self::rule(id);
        let Some((due, estimate)) = self.due(id, &about) else {
            return;
        };
        let name = (rule.id, satker.to_owned(), treasurer, about.clone());
        if self.known.insert(name) {
            let whose = treasurer.map(|it| format!("/{it}")).unwrap_or_default();
            let label = format!("{id} {satker}{whose} {}", about.label());
            self.places.insert(label.clone(), self.owed.len());
            self.owed.push(Owed {
                label,
                rule,
                satker: satker.to_owned(),
                treasurer,
                about,
                due,
                estimate,
                open: true,
                here: false,
                fixed: false,
                told: Vec::new(),
            });
        }
    }

    /// What comes into being by itself on a day.
    pub fn open(&mut self, today: NaiveDate) {
        let earliest = self
            .last_run
            .filter(|last| *last < today && (today - *last).num_days() <= 62)
            .unwrap_or(today);
        let latest = today + Days::new(62);
        let mut found: Vec<(&str, About)> = Vec::new();
        for year in today.year() - 1..=today.year() + 1 {
            for month in 1..=12 {
                for id in ["lpj", "gaji", "ppnpn", "rekon", "caput", "saldo"] {
                    found.push((id, About::Month(year, month)));
                }
            }
            for quarter in 1..=4 {
                found.push(("dipa3", About::Quarter(year, quarter)));
            }
            for (_, name) in self.letters.keys().filter(|(id, _)| *id == "akhir-tahun") {
                if let Some(entry) = name.strip_prefix(&format!("{year} ")) {
                    found.push(("akhir-tahun", About::Entry(year, entry.to_owned())));
                }
            }
        }
        found.retain(|(id, about)| {
            self.due(id, about)
                .is_some_and(|(due, _)| earliest <= due && due <= latest)
        });
        let units: Vec<(String, bool)> = self
            .units
            .iter()
            .filter(|(_, unit)| unit.active)
            .map(|(code, unit)| (code.clone(), unit.revenue))
            .collect();
        for (code, revenue) in units {
            for (id, about) in &found {
                if *id == "lpj" {
                    self.owe(id, &code, Some("pengeluaran"), about.clone());
                    if revenue {
                        self.owe(id, &code, Some("penerimaan"), about.clone());
                    }
                } else {
                    self.owe(id, &code, None, about.clone());
                }
            }
        }
    }

    /// The mornings of a deadline up to a day: offset and morning.
    pub fn mornings(&self, rule: &Rule, due: NaiveDate, until: NaiveDate) -> Vec<(i64, NaiveDate)> {
        let days = &self.working;
        let mut found: Vec<(i64, NaiveDate)> = Vec::new();
        for &offset in rule.offsets {
            let plain = if rule.working {
                days.hk(due, offset)
            } else if offset < 0 {
                due - Days::new(offset.unsigned_abs())
            } else {
                due + Days::new(offset.unsigned_abs())
            };
            let morning = if offset > 0 {
                days.on(plain)
            } else {
                days.back(plain)
            };
            if !found.iter().any(|(_, other)| *other == morning) {
                found.push((offset, morning));
            }
        }
        if let Some((step, working)) = rule.again {
            let mut last = found
                .iter()
                .map(|(_, morning)| *morning)
                .max()
                .unwrap()
                .max(due);
            loop {
                last = if working {
                    days.hk(last, step)
                } else {
                    days.on(last + Days::new(step.unsigned_abs()))
                };
                if last > until {
                    break;
                }
                found.push(((last - due).num_days(), last));
            }
        }
        found
    }

    /// Who is told of a deadline.
    pub fn phones(&self, owed: &Owed) -> Vec<String> {
        let unit = &self.units[&owed.satker];
        let mut found: Vec<String> = Vec::new();
        for role in owed.rule.to {
            let role = if *role == "bendahara" && owed.treasurer == Some("penerimaan") {
                "bendahara-penerimaan"
            } else {
                role
            };
            for (theirs, phone) in &unit.phones {
                if *theirs == role && !found.contains(phone) {
                    found.push(phone.clone());
                }
            }
        }
        found
    }

    fn wishes(&self, owed: &Owed, offset: i64, today: NaiveDate, wishes: &mut Vec<Wish>) {
        for phone in self.phones(owed) {
            let given = owed.told.iter().any(|told| {
                told.phone == phone
                    && (told.day == today || told.offset == offset && told.named == owed.due)
            });
            if !given {
                wishes.push(Wish {
                    phone,
                    label: owed.label(),
                    offset,
                });
            }
        }
    }

    /// The offset whose turn it is, of those whose mornings lie after `after`.
    fn turn(&self, owed: &Owed, after: NaiveDate, today: NaiveDate) -> Option<i64> {
        let mornings = self.mornings(owed.rule, owed.due, today);
        let turn = mornings.into_iter().filter(|(offset, morning)| {
            let fresh = if *offset > 0 {
                !(owed.rule.sanction && owed.estimate)
            } else {
                today <= owed.due
            };
            fresh && after < *morning && *morning <= today
        });
        turn.max_by_key(|(_, morning)| *morning)
            .map(|(offset, _)| offset)
    }

    /// What a run on a day within the hours should draft.
    pub fn morning(&mut self, today: NaiveDate) -> Vec<Wish> {
        let mut wishes = Vec::new();
        if !self.working.is(today) {
            return wishes;
        }
        let yesterday = today - Days::new(1);
        let after = match self.last_run {
            Some(last) if last < yesterday && (today - last).num_days() <= 7 => last,
            _ => yesterday,
        };
        for owed in self.owed.iter().filter(|owed| owed.open && !owed.here) {
            if let Some(offset) = self.turn(owed, after, today) {
                self.wishes(owed, offset, today, &mut wishes);
            }
        }
        self.last_run = Some(today);
        wishes
    }

    /// What is said at once when an event is recorded within the hours of a working day; `from` is where its deadlines begin.
    pub fn at_once(&self, from: usize, today: NaiveDate) -> Vec<Wish> {
        let mut wishes = Vec::new();
        for owed in &self.owed[from..] {
            if owed.rule.at_once && today <= owed.due {
                self.wishes(owed, RECORDED, today, &mut wishes);
            } else if let Some(offset) = self.turn(owed, today - Days::new(1), today) {
                self.wishes(owed, offset, today, &mut wishes);
            }
        }
        wishes
    }

    /// The dates of all that is open, anew. Gives those that moved.
    pub fn recompute(&mut self) -> Vec<String> {
        let mut moved = Vec::new();
        for at in 0..self.owed.len() {
            let owed = &self.owed[at];
            if !owed.open || owed.fixed {
                continue;
            }
            let Some((due, estimate)) = self.due(owed.rule.id, &owed.about) else {
                continue;
            };
            let owed = &mut self.owed[at];
            if due != owed.due {
                moved.push(owed.label());
            }
            (owed.due, owed.estimate) = (due, estimate);
        }
        moved
    }

    /// How late a deadline is, in the days of its rule.
    pub fn late(&self, owed: &Owed, today: NaiveDate) -> i64 {
        if owed.rule.working {
            self.working.counted(owed.due, today)
        } else {
            (today - owed.due).num_days()
        }
    }

    pub fn find(&mut self, label: &str) -> &mut Owed {
        match self.places.get(label) {
            Some(place) => &mut self.owed[*place],
            None => panic!("nobody should owe {label}"),
        }
    }
}
