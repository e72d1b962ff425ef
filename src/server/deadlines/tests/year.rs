//! A year, day by day: what the program drafts is what the oracle says should exist, no more and no less.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};

use chrono::{Datelike, Days, NaiveDate, NaiveTime};

use super::oracle::{About, Oracle, RECORDED, Told, Unit, Wish};
use crate::ask::{
    AddDeadline, EndLetter, ExemptDeadline, GiveDate, MeetDeadline, MoveDeadline, MoveLetter,
    NewLetter, RecordEvent, RegisterLetter,
};
use crate::domain::calendar::{Holiday, HolidayKind};
use crate::domain::deadline::{Cause, DeadlineState};
use crate::domain::fact::Fact;
use crate::domain::id::{AgendaNo, ObligationId, SatkerCode, SmsId};
use crate::domain::letter::LetterState;
use crate::domain::phone::PhoneNumber;
use crate::domain::satker::{ContactRole, Official, Satker, satker_kind};
use crate::domain::sms::{ConfirmPolicy, SmsKind, SmsState};
use crate::server::rig::{Rig, sari, wati};

// By path, because a benchmark takes this file in by path too.
#[path = "year/checks.rs"]
mod checks;
#[path = "year/dates.rs"]
mod dates;
#[path = "year/letters.rs"]
mod letters;
#[path = "year/people.rs"]
mod people;

const HOLIDAYS: &str = include_str!("../../../../data/holidays.csv");

/// Reminders leave without a person, so that those that must not can be told from them.
pub const SETTINGS: &str = "[sms]\nconfirm = { reminder = \"auto\" }\n";

const ROLES: [&str; 6] = ["kpa", "ppk", "ppspm", "bendahara", "ppabp", "operator"];

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A number that depends on nothing but its name.
fn dice(name: &str, of: u64) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in name.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    // The low bits of the last byte would show otherwise.
    hash ^= hash >> 29;
    (hash.wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 33) % of
}

/// A message about deadlines that has not come to an end.
struct Message {
    id: SmsId,
    phone: String,
    satker: String,
    topics: Vec<(String, i64)>,
    day: NaiveDate,
}

/// A letter on its way through the office.
struct Paper {
    agenda: AgendaNo,
    labels: Vec<String>,
    satker: String,
    service: &'static str,
    ready: NaiveDate,
    fate: Fate,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Complete,
    Return,
    Wait,
}

struct World {
    rig: Rig,
    oracle: Oracle,
    today: NaiveDate,
    ids: BTreeMap<String, ObligationId>,
    labels: HashMap<ObligationId, String>,
    /// Deadlines that have their label.
    named: u64,
    seen_sms: u64,
    alive: Vec<Message>,
    papers: Vec<Paper>,
    /// When somebody does something about a deadline.
    plans: BTreeMap<String, NaiveDate>,
    drafted: usize,
    digests: usize,
    late: usize,
    rewritten: usize,
    mornings: Vec<Duration>,
}

impl World {
    fn new(rig: Rig) -> Self {
        Self {
            rig,
            oracle: Oracle::new(HOLIDAYS),
            today: day("2026-01-01"),
            ids: BTreeMap::new(),
            labels: HashMap::new(),
            named: 0,
            seen_sms: 0,
            alive: Vec::new(),
            papers: Vec::new(),
            plans: BTreeMap::new(),
            drafted: 0,
            digests: 0,
            late: 0,
            rewritten: 0,
            mornings: Vec::new(),
        }
    }

    fn clock(&mut self, today: NaiveDate, hour: u32, minute: u32) {
        self.today = today;
        let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
        self.rig.now = self.rig.office.zone().instant(today.and_time(time));
    }

    fn satker(&mut self, number: usize, active: bool) {
        let code = format!("{:06}", 411_000 + number);
        let phone = |place: usize| format!("+6281200{:06}", number * 10 + place);
        let mut phones: Vec<(&'static str, String)> = Vec::new();
        for (place, role) in ROLES.into_iter().enumerate() {
            phones.push((role, phone(place)));
        }
        let revenue = number.is_multiple_of(3);
        if revenue {
            phones.push(("bendahara-penerimaan", phone(6)));
        }
        if number % 4 == 1 {
            // One person is KPA and PPK.
            phones[1].1 = phone(0);
        }
        if number % 5 == 2 {
            // One person does all the books.
            phones[4].1 = phone(3);
            phones[5].1 = phone(3);
        }
        if number % 7 == 6 && revenue {
            phones[6].1 = phone(3);
        }
        // One head of two units.
        if number == 8 {
            phones[0].1 = format!("+6281200{:06}", 70);
        }
        match number {
            5 => phones.clear(),
            6 => {
                phones.remove(0);
            }
            _ => {}
        }
        let official = |(role, phone): &(&'static str, String)| Official {
            role: ContactRole::parse(role).unwrap(),
            name: format!("Pejabat {role}"),
            phone: Some(PhoneNumber::parse(phone).unwrap().0),
        };
        let mut officials: Vec<Official> = phones.iter().map(official).collect();
        if number == 6 {
            officials.insert(
                0,
                Official {
                    role: ContactRole::Kpa,
                    name: "Tanpa HP".to_owned(),
                    phone: None,
                },
            );
        }
        let satker = Satker {
            progress: None,
            code: SatkerCode::parse(&code).unwrap(),
            kind: satker_kind(),
            name: format!("Kantor Contoh {number}"),
            short_name: format!("Kantor {number}"),
            ministry_code: "025".to_owned(),
            ministry: "Kementerian Contoh".to_owned(),
            echelon: "01".to_owned(),
            region: "Kota Madiun".to_owned(),
            authority: "KD".to_owned(),
            officials,
            revenue_treasurer: revenue,
            email: None,
            active,
        };
        self.rig.write("sari", vec![Fact::SatkerSaved { satker }]);
        self.oracle.units.insert(
            code,
            Unit {
                active,
                revenue,
                phones,
            },
        );
    }

    /// The server's run, against what it should draft.
    fn run(&mut self) {
        self.oracle.open(self.today);
        let wishes = self.oracle.morning(self.today);
        let begin = Instant::now();
        self.rig.runs();
        self.mornings.push(begin.elapsed());
        self.drafts(wishes, true);
    }

    /// A run that has nothing to do does nothing.
    fn run_again(&mut self) {
        let before = self.rig.facts();
        self.rig.runs();
        assert_eq!(self.rig.facts(), before, "{}", self.today);
    }

    /// The window of the day closes: what has not left is of no use any more.
    fn evening(&mut self) {
        self.clock(self.today, 15, 30);
        while self
            .rig
            .does(&wati(), |office, _, now| office.expire(now))
            .unwrap()
        {}
        for message in std::mem::take(&mut self.alive) {
            let state = self.rig.office.sms(message.id).unwrap().state;
            if message.day <= self.today {
                assert_eq!(state, SmsState::Expired);
            } else {
                self.alive.push(message);
            }
        }
        self.run_again();
    }

    fn whole_day(&mut self, today: NaiveDate) {
        // At night deadlines come into being, and nobody is written to.
        self.clock(today, 5, 0);
        if dice(&format!("night {today}"), 4) == 0 {
            self.oracle.open(today);
            self.rig.runs();
            self.drafts(Vec::new(), true);
        }
        self.clock(today, 7, 0);
        self.run();
        self.run_again();
        if self.oracle.working.is(today) {
            self.clock(today, 9, 0);
            self.calendar();
            self.people_change();
            self.work();
            if dice(&format!("restart {today}"), 4) == 0 {
                self.clock(today, 10, 0);
                self.run();
                self.run_again();
            }
        }
        if today.day().is_multiple_of(5) {
            self.balance();
        }
        self.evening();
    }
}

fn is_down(today: NaiveDate) -> bool {
    let down = [("2026-03-09", "2026-03-11"), ("2026-08-03", "2026-08-22")];
    down.iter()
        .any(|(from, until)| day(from) <= today && today <= day(until))
}

/// What a year came to.
pub struct Year {
    pub drafted: usize,
    pub digests: usize,
    pub late: usize,
    pub rewritten: usize,
    pub deadlines: usize,
    /// How long the program took for each morning's run.
    pub mornings: Vec<Duration>,
}

/// Lives through 2026 with so many satker; panics where the program and the oracle differ.
pub fn live(rig: Rig, satker: usize) -> Year {
    let mut world = World::new(rig);
    for number in 1..=satker {
        if number != 10 {
            world.satker(number, true);
        }
    }
    let mut today = day("2026-01-01");
    while today <= day("2026-12-31") {
        if is_down(today) {
            today = today + Days::new(1);
            continue;
        }
        world.whole_day(today);
        match today.to_string().as_str() {
            "2026-01-06" => {
                world.clock(today, 9, 0);
                for number in (1..=satker).filter(|number| number % 10 < 4) {
                    let on = today - Days::new(number as u64 % 4);
                    let code = format!("{:06}", 411_000 + number);
                    if world.oracle.units.contains_key(&code) {
                        world.event(&code, "sp2d-up", on, 0, &format!("UP{number}"));
                    }
                }
                world.evening();
            }
            // The clock is set wrong by two months, and right again.
            "2026-05-06" => world.whole_day(day("2026-07-14")),
            // It goes back by two days, which it shows twice.
            "2026-06-17" => {
                for again in ["2026-06-15", "2026-06-16", "2026-06-17"] {
                    world.whole_day(day(again));
                }
            }
            _ => {}
        }
        today = today + Days::new(1);
    }
    Year {
        drafted: world.drafted,
        digests: world.digests,
        late: world.late,
        rewritten: world.rewritten,
        deadlines: world.oracle.owed.len(),
        mornings: world.mornings,
    }
}

#[test]
fn in_a_year_every_reminder_that_should_exist_exists_once_and_no_other() {
    let year = live(Rig::new(SETTINGS), 15);
    assert!(year.deadlines > 1_000 && year.mornings.len() > 300);
    assert!(year.drafted > 4_000, "{}", year.drafted);
    assert!(year.digests > 400, "{}", year.digests);
    assert!(year.late > 800, "{}", year.late);
    assert!(year.rewritten > 20, "{}", year.rewritten);
}
