//! A year, day by day: what the program drafts is what the oracle says should exist, no more and no less.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};

use chrono::{Datelike, Days, NaiveDate, NaiveTime};

use super::oracle::{About, Oracle, RECORDED, Told, Unit, Wish};
use crate::domain::calendar::{Holiday, HolidayKind};
use crate::domain::deadline::{Cause, DeadlineState};
use crate::domain::fact::Fact;
use crate::domain::id::{AgendaNo, ObligationId, SatkerCode, SmsId};
use crate::domain::letter::LetterState;
use crate::domain::phone::PhoneNumber;
use crate::domain::satker::{ContactRole, Official, Satker, satker_kind};
use crate::domain::sms::{ConfirmPolicy, SmsKind, SmsState};
use crate::server::rig::{Rig, sari, wati};
use crate::service::{
    AddDeadline, EndLetter, ExemptDeadline, GiveDate, MeetDeadline, MoveDeadline, MoveLetter,
    NewLetter, RecordEvent, RegisterLetter,
};

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

    fn label_of(&mut self, id: ObligationId) -> String {
        if let Some(label) = self.labels.get(&id) {
            return label.clone();
        }
        let deadline = self.rig.office.deadline(id).unwrap();
        let terms = &deadline.terms;
        let about = match (&terms.event, terms.period, &terms.item) {
            (Some(event), ..) => {
                let number = ["nomor_kontrak", "sp2d", "nama", "nilai"]
                    .iter()
                    .find_map(|field| terms.fields.get(*field))
                    .cloned()
                    .unwrap_or_default();
                format!("{}@{} {number}", event.event, event.date)
            }
            (None, Some(period), Some(item)) => format!("{period} {item}"),
            (None, Some(period), None) => period.to_string(),
            (None, None, item) => item.clone().unwrap_or_default(),
        };
        let label = format!(
            "{} {} {about}",
            terms.obligation,
            String::from(deadline.owner)
        );
        assert!(
            self.ids.insert(label.clone(), id).is_none(),
            "{label} twice"
        );
        self.labels.insert(id, label.clone());
        label
    }

    /// The new messages are exactly these reminders. `whole`: of one run, so that digests are as full as they may be.
    fn drafts(&mut self, mut wishes: Vec<Wish>, whole: bool) {
        let today = self.today;
        let count = self.rig.office.store.index().sms().len() as u64;
        let mut found: Vec<Wish> = Vec::new();
        // Per satker and phone: bundles and messages that speak of what is to come.
        let mut coming: BTreeMap<(String, String), (BTreeSet<String>, usize)> = BTreeMap::new();
        for id in self.seen_sms + 1..=count {
            let sms = self.rig.office.sms(SmsId(id)).unwrap();
            if sms.kind != SmsKind::Reminder {
                continue;
            }
            let phone = sms.to.as_str().to_owned();
            let satker = sms.satker.unwrap().to_string();
            let mut topics = Vec::new();
            let mut bundles = BTreeSet::new();
            let mut distances = BTreeSet::new();
            let mut sanction = false;
            for reminded in &sms.reminds {
                let label = self.label_of(reminded.deadline);
                let offset = match reminded.cause {
                    Cause::Offset(offset) => i64::from(offset),
                    Cause::Recorded => RECORDED,
                    Cause::ByHand => panic!("nobody asked"),
                };
                let owed = self.oracle.find(&label);
                assert!(owed.open, "{label} is over and reminded of on {today}");
                assert_eq!(owed.satker, satker);
                bundles.insert(format!("{} {}", owed.rule.id, owed.about.label()));
                let distance = (today - owed.due).num_days();
                distances.insert((distance, owed.due));
                sanction |= owed.rule.sanction && distance > 0;
                topics.push((label.clone(), offset));
                found.push(Wish {
                    phone: phone.clone(),
                    label,
                    offset,
                });
            }
            let latest = distances.iter().next_back().unwrap().0;
            if latest > 0 {
                assert_eq!(bundles.len(), 1, "late ones stand alone: {}", sms.text);
                self.late += 1;
            } else {
                assert!((1..=3).contains(&bundles.len()), "{}", sms.text);
                self.digests += usize::from(bundles.len() > 1);
                let place = coming.entry((satker.clone(), phone.clone())).or_default();
                place.1 += 1;
                for bundle in &bundles {
                    assert!(place.0.insert(bundle.clone()), "told twice: {bundle}");
                }
            }
            self.reads_right(&sms.text, &distances, bundles.len(), &topics[0].0);
            // What threatens waits for two persons, the rest goes by the office's policy.
            if sanction {
                assert_eq!(sms.policy, ConfirmPolicy::TwoPerson, "{}", sms.text);
                assert_eq!((sms.state, sms.not_before), (SmsState::Waiting, None));
            } else {
                assert_eq!(sms.policy, ConfirmPolicy::Auto);
                assert_eq!(sms.state, SmsState::Queued);
            }
            let end = today.and_time(NaiveTime::from_hms_opt(15, 0, 0).unwrap());
            assert_eq!(sms.expires, Some(self.rig.office.zone().instant(end)));
            assert_eq!(sms.parts, 1, "{}", sms.text);
            self.drafted += 1;
            self.alive.push(Message {
                id: SmsId(id),
                phone,
                satker,
                topics,
                day: today,
            });
        }
        self.seen_sms = count;
        if whole {
            for (place, (bundles, messages)) in coming {
                assert_eq!(messages, bundles.len().div_ceil(3), "{place:?} on {today}");
            }
        }
        found.sort();
        wishes.sort();
        if found != wishes {
            let missing: Vec<_> = wishes.iter().filter(|wish| !found.contains(wish)).collect();
            let needless: Vec<_> = found.iter().filter(|wish| !wishes.contains(wish)).collect();
            panic!(
                "{today} {}: missing {missing:#?} needless {needless:#?}, {} wanted, {} found",
                self.rig.now,
                wishes.len(),
                found.len()
            );
        }
        for wish in wishes {
            let owed = self.oracle.find(&wish.label);
            owed.told.push(Told {
                phone: wish.phone,
                offset: wish.offset,
                named: owed.due,
                day: today,
            });
        }
    }

    /// The text tells the real distance and the date that counts.
    fn reads_right(
        &mut self,
        text: &str,
        distances: &BTreeSet<(i64, NaiveDate)>,
        bundles: usize,
        label: &str,
    ) {
        if bundles > 1 {
            for (_, due) in distances {
                assert!(text.contains(&due.format("%d-%m-%Y").to_string()), "{text}");
            }
            return;
        }
        let (distance, due) = *distances.iter().next().unwrap();
        assert_eq!(distances.len(), 1, "{text}");
        let place = self.oracle.places[label];
        let owed = &self.oracle.owed[place];
        match distance {
            ..0 => {
                assert!(
                    text.contains(&format!("(H{distance})")),
                    "{distance}: {text}"
                );
                assert!(text.contains(&due.format("%d-%m-%Y").to_string()), "{text}");
            }
            0 => assert!(
                (text.contains("HARI INI") || text.contains(", per "))
                    && !text.contains("terlambat "),
                "{text}"
            ),
            1.. => {
                let late = self.oracle.late(owed, self.today);
                assert!(!text.contains("HARI INI") && !text.contains("(H"), "{text}");
                for word in ["terlambat ", "lewat ", "diajukan "] {
                    if let Some((_, rest)) = text.split_once(word)
                        && rest.starts_with(|c: char| c.is_ascii_digit())
                    {
                        assert!(rest.starts_with(&format!("{late} hari")), "{late}: {text}");
                    }
                }
            }
        }
    }

    /// These deadlines are over or have another date: what waits about them is withdrawn, and digests are written anew for the rest.
    fn taken_back(&mut self, gone: &[String]) -> Vec<Wish> {
        let mut wishes = Vec::new();
        let alive = std::mem::take(&mut self.alive);
        for message in alive {
            let touched = message.topics.iter().any(|(label, _)| gone.contains(label));
            let sms = self.rig.office.sms(message.id).unwrap();
            if !touched {
                assert!(
                    matches!(sms.state, SmsState::Waiting | SmsState::Queued),
                    "{} on {}: {:?}",
                    message.topics[0].0,
                    self.today,
                    sms.state
                );
                self.alive.push(message);
                continue;
            }
            assert_eq!(sms.state, SmsState::Withdrawn, "{}", sms.text);
            let steps = sms.history.iter();
            let times = steps
                .filter(|step| step.state == SmsState::Withdrawn)
                .count();
            assert_eq!(times, 1, "withdrawn once");
            for (label, offset) in message.topics {
                let over = gone.contains(&label);
                let owed = self.oracle.find(&label);
                owed.told.retain(|told| {
                    !(told.phone == message.phone
                        && told.offset == offset
                        && told.day == message.day)
                });
                if !over && owed.open {
                    self.rewritten += 1;
                    wishes.push(Wish {
                        phone: message.phone.clone(),
                        label,
                        offset,
                    });
                }
            }
            let _ = message.satker;
        }
        wishes
    }

    /// These deadlines are fulfilled or need not be.
    fn over(&mut self, gone: &[String]) -> Vec<Wish> {
        for label in gone {
            let owed = self.oracle.find(label);
            owed.open = false;
            owed.here = false;
        }
        self.taken_back(gone)
    }

    fn id(&mut self, label: &str) -> ObligationId {
        let all = self.rig.office.store.index().deadlines().all().len() as u64;
        for id in self.named + 1..=all {
            self.label_of(ObligationId(id));
        }
        self.named = all;
        self.ids[label]
    }

    fn meet(&mut self, label: &str) {
        let ask = MeetDeadline {
            ids: vec![self.id(label)],
            date: None,
        };
        self.rig
            .does(&wati(), |office, who, now| {
                office.meet_deadlines(&ask, who, now)
            })
            .unwrap();
        let wishes = self.over(&[label.to_owned()]);
        self.drafts(wishes, false);
    }

    fn exempt(&mut self, label: &str) {
        let ask = ExemptDeadline {
            ids: vec![self.id(label)],
            reason: "tidak ada transaksi".to_owned(),
        };
        self.rig
            .does(&wati(), |office, who, now| {
                office.exempt_deadlines(&ask, who, now)
            })
            .unwrap();
        let wishes = self.over(&[label.to_owned()]);
        self.drafts(wishes, false);
    }

    /// An event that somebody records, and the deadlines that the table says it starts.
    fn event(
        &mut self,
        satker: &str,
        event: &'static str,
        on: NaiveDate,
        value: i64,
        number: &str,
    ) {
        let mut fields = BTreeMap::new();
        let mut put = |name: &str, value: String| {
            fields.insert(name.to_owned(), value);
        };
        let starts: &[&str] = match event {
            "contract-signed" => &["kontrak"],
            "bast" => &["tagihan"],
            "retur-notified" => &["retur"],
            "sp2d-tup" => &["ptup", "setor-tup"],
            "sp2d-up" => &["gup", "up-pemberitahuan"],
            "payment-planned" => &["rpd"],
            "sk-effective" => &["skpp"],
            _ => &[],
        };
        match event {
            "contract-signed" | "bast" => put("nomor_kontrak", number.to_owned()),
            "payment-planned" => put("nilai", value.to_string()),
            "sk-effective" => put("nama", number.to_owned()),
            "sp2d-tup" => {
                put("sp2d", number.to_owned());
                put("nilai", "1500000".to_owned());
            }
            _ => put("sp2d", number.to_owned()),
        }
        let ask = RecordEvent {
            satker: SatkerCode::parse(satker).unwrap(),
            event: event.to_owned(),
            date: on,
            fields,
            far_seen: false,
        };
        let record = |world: &mut Self| {
            world.rig.does(&sari(), |office, who, now| {
                office.record_event(&ask, who, now)
            })
        };
        // Two payments of one day differ by what they pay.
        let number = if event == "payment-planned" {
            value.to_string()
        } else {
            number.to_owned()
        };
        let about = About::Event(event, on, value, number);
        let from = self.oracle.owed.len();
        for id in starts {
            self.oracle.owe(id, satker, None, about.clone());
        }
        if self.oracle.owed.len() == from {
            // Below the table nothing is owed; and a day that the clock shows twice brings nothing new.
            match record(self) {
                Ok(recorded) => assert!(recorded.opened.iter().all(|deadline| deadline.known)),
                Err(refusal) => assert_eq!(refusal.code, "deadline-no-date"),
            }
            return;
        }
        record(self).unwrap();
        let wishes = self.oracle.at_once(from, self.today);
        self.drafts(wishes, false);
        // The same once more changes nothing.
        let before = self.rig.facts();
        assert!(
            record(self)
                .unwrap()
                .opened
                .iter()
                .all(|deadline| deadline.known)
        );
        assert_eq!(self.rig.facts(), before);
    }

    fn registers(&mut self, label: &str) {
        let owed = self.oracle.find(label);
        let satker = owed.satker.clone();
        let (id, treasurer) = (owed.rule.id, owed.treasurer);
        let (period, number) = match &owed.about {
            About::Event(_, _, _, number) => (String::new(), number.clone()),
            about => (about.label(), String::new()),
        };
        let (module, service): (&str, &'static str) = match id {
            "lpj" => ("lpj", "lpj"),
            "gaji" => ("gaji", "gaji-induk"),
            "rekon" => ("bar", "rekonsiliasi"),
            "caput" => ("lainnya", "capaian-output"),
            "kontrak" => ("komitmen", "kontrak"),
            "retur" => ("retur", "ralat"),
            _ => ("up-tup", "spm-gup"),
        };
        let mut fields: BTreeMap<String, String> = BTreeMap::new();
        let mut put = |name: &str, value: &str| {
            fields.insert(name.to_owned(), value.to_owned());
        };
        match id {
            "gaji" => {
                put("bulan", &period);
                put("nomor_spm", "00123A");
            }
            "kontrak" => put("nomor_kontrak", &number.to_lowercase()),
            "retur" => put("sp2d", &number),
            "gup" => {
                put("nomor_spm", "00123A");
                put("nilai", "5000000");
            }
            _ => put("periode", &period),
        }
        // Nothing said means the treasurer for expenditure.
        if let Some(treasurer) = treasurer
            && (treasurer == "penerimaan" || dice(label, 2) == 0)
        {
            put("jenis_bendahara", treasurer);
        }
        let ask = RegisterLetter {
            letter: NewLetter {
                module: module.to_owned(),
                service: service.to_owned(),
                satker: satker.clone(),
                fields,
                ..NewLetter::default()
            },
            duplicate_seen: false,
            key: None,
        };
        let entered = self
            .rig
            .does(&sari(), |office, who, now| office.register(&ask, who, now))
            .unwrap();
        let name = format!("{label} {}", self.today);
        let fate = match dice(&format!("fate {name}"), 10) {
            0 | 1 => Fate::Return,
            2 => Fate::Wait,
            _ => Fate::Complete,
        };
        // The papers of one replacement of the advance are about all that is owed of that kind.
        let labels: Vec<String> = if service == "spm-gup" {
            self.advances(&satker)
        } else {
            vec![label.to_owned()]
        };
        for label in &labels {
            self.oracle.find(label).here = true;
        }
        let ready = self.today + Days::new(dice(&format!("ready {name}"), 5));
        self.papers.push(Paper {
            agenda: entered.agenda,
            labels,
            satker,
            service,
            ready,
            fate,
        });
        self.drafts(Vec::new(), false);
    }

    /// Open deadlines about the next replacement of the advance.
    fn advances(&self, satker: &str) -> Vec<String> {
        let all = self.oracle.owed.iter();
        all.filter(|owed| {
            owed.open
                && owed.satker == satker
                && ["gup", "up-pemberitahuan"].contains(&owed.rule.id)
        })
        .map(super::oracle::Owed::label)
        .collect()
    }

    fn ends(&mut self, paper: &Paper, to: LetterState) {
        let today = self.today;
        let number = format!("{:015}", paper.agenda.serial);
        let mut fields: BTreeMap<String, String> = BTreeMap::new();
        if to == LetterState::Completed {
            let known: &[(&str, &str)] = match paper.service {
                "gaji-induk" => &[("sp2d", "1"), ("nilai_bersih", "1000000")],
                "kontrak" => &[("nrk", "77")],
                "ralat" => &[("nilai", "500000")],
                "spm-gup" => &[("sp2d", &number)],
                _ => &[],
            };
            let pairs = known.iter();
            fields.extend(pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        }
        let ask = EndLetter {
            agenda: paper.agenda,
            to,
            note: if to == LetterState::Completed {
                String::new()
            } else {
                "belum lengkap".to_owned()
            },
            fields,
        };
        self.rig
            .does(&sari(), |office, who, now| {
                office.end_letter(&ask, who, now)
            })
            .unwrap();
        let mut wishes = Vec::new();
        if to == LetterState::Completed {
            // Whoever was exempted or became inactive meanwhile owed it no more.
            let mut gone: Vec<String> = paper.labels.clone();
            let from = self.oracle.owed.len();
            if paper.service == "spm-gup" {
                gone.extend(self.advances(&paper.satker));
                gone.sort();
                gone.dedup();
                let about = About::Event("sp2d-gup", today, 5_000_000, number);
                for id in ["gup", "up-pemberitahuan"] {
                    self.oracle.owe(id, &paper.satker, None, about.clone());
                }
            }
            wishes.extend(self.over(&gone));
            wishes.extend(self.oracle.at_once(from, today));
        } else {
            for label in &paper.labels {
                self.oracle.find(label).here = false;
                let again = today + Days::new(3);
                self.plans.insert(label.clone(), again);
            }
        }
        self.drafts(wishes, false);
    }

    fn moves(&mut self, paper: &Paper, to: LetterState) {
        let ask = MoveLetter {
            agenda: paper.agenda,
            to,
            section: None,
            note: None,
        };
        self.rig
            .does(&sari(), |office, who, now| {
                office.move_letter(&ask, who, now)
            })
            .unwrap();
        for label in &paper.labels {
            let owed = self.oracle.find(label);
            owed.here = owed.open && to != LetterState::Waiting;
        }
    }

    /// What people of the office and of the satker do on a day.
    fn work(&mut self) {
        let today = self.today;
        for mut paper in std::mem::take(&mut self.papers) {
            if paper.ready > today {
                self.papers.push(paper);
                continue;
            }
            match paper.fate {
                Fate::Complete => self.ends(&paper, LetterState::Completed),
                Fate::Return => self.ends(&paper, LetterState::Returned),
                Fate::Wait => {
                    self.moves(&paper, LetterState::Waiting);
                    paper.fate = Fate::Complete;
                    paper.ready = today + Days::new(4);
                    self.papers.push(paper);
                }
            }
        }
        let lying: BTreeSet<String> = self
            .papers
            .iter()
            .flat_map(|paper| paper.labels.clone())
            .collect();
        let mut due: Vec<String> = Vec::new();
        for owed in self.oracle.owed.iter().filter(|owed| owed.open) {
            let label = owed.label();
            let plan = *self.plans.entry(label.clone()).or_insert_with(|| {
                let name = format!("plan {label}");
                // Some are a month early, half are late, and a few never come.
                let shift = match dice(&name, 20) {
                    0 => -40,
                    1..=9 => -(i64::try_from(dice(&format!("{name}/early"), 10)).unwrap()),
                    10..=18 => i64::try_from(dice(&format!("{name}/late"), 14)).unwrap() + 1,
                    _ => 3_000,
                };
                owed.due + chrono::TimeDelta::days(shift)
            });
            if plan <= today && !lying.contains(&label) {
                due.push(label);
            }
        }
        for label in due {
            let owed = self.oracle.find(&label);
            let (open, here, id) = (owed.open, owed.here, owed.rule.id);
            if !open || here {
                continue;
            }
            match id {
                "lpj" | "gaji" | "rekon" | "caput" | "kontrak" | "retur" | "gup" => {
                    self.registers(&label);
                }
                "up-pemberitahuan" => {}
                _ if dice(&format!("exempt {label}"), 10) == 0 => self.exempt(&label),
                _ => self.meet(&label),
            }
        }
        let active: Vec<String> = self
            .oracle
            .units
            .iter()
            .filter(|(_, unit)| unit.active)
            .map(|(code, _)| code.clone())
            .collect();
        for code in active {
            let name = format!("{code} {today}");
            let ago = |most: u64| today - Days::new(dice(&format!("ago {name}"), most));
            let number = format!("{}{}", &code[3..], today.format("%y%m%d"));
            match dice(&format!("event {name}"), 60) {
                0 => self.event(
                    &code,
                    "contract-signed",
                    ago(9),
                    0,
                    &format!("KTR-{number}"),
                ),
                1 => self.event(&code, "bast", ago(30), 0, &format!("BAST-{number}")),
                2 => self.event(&code, "retur-notified", ago(5), 0, &number),
                3 => self.event(&code, "sp2d-tup", ago(4), 0, &number),
                4 => {
                    let value = [1, 20, 600, 2_000][usize::try_from(dice(&name, 4)).unwrap()];
                    let on = today + Days::new(2 + dice(&format!("pay {name}"), 12));
                    self.event(&code, "payment-planned", on, value * 1_000_000_000, "");
                }
                5 => {
                    let on = today + Days::new(25 + dice(&format!("sk {name}"), 30));
                    self.event(&code, "sk-effective", on, 0, &format!("Pegawai {number}"));
                }
                _ => {}
            }
        }
    }

    /// All that is open has the date that it should have, and nobody owes anything else.
    fn balance(&mut self) {
        if let Some(label) = self.oracle.owed.last().map(super::oracle::Owed::label) {
            self.id(&label);
        }
        let index = self.rig.office.store.index();
        let deadlines = index.deadlines();
        let mut wanted: BTreeMap<String, (NaiveDate, bool, bool)> = BTreeMap::new();
        for owed in &self.oracle.owed {
            wanted.insert(owed.label(), (owed.due, owed.estimate, owed.open));
        }
        for entry in deadlines.all() {
            let open = entry.state == DeadlineState::Open;
            let label = &self.labels[&entry.id];
            let found = (entry.due, entry.estimate, open);
            let should = wanted.remove(label);
            if open || should.is_some_and(|(_, _, open)| open) {
                assert_eq!(Some(found), should, "{label} on {}", self.today);
            } else {
                assert!(should.is_some(), "{label} on {}", self.today);
            }
        }
        assert!(wanted.is_empty(), "on {}: {wanted:?}", self.today);
        assert_eq!(deadlines.last_run(), self.oracle.last_run);
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

    fn recompute(&mut self) {
        let moved = self.oracle.recompute();
        let mut wishes = self.taken_back(&moved);
        // What was written anew this moment counts as told for the run that follows.
        for wish in &wishes {
            let (today, owed) = (self.today, self.oracle.find(&wish.label));
            owed.told.push(Told {
                phone: wish.phone.clone(),
                offset: wish.offset,
                named: owed.due,
                day: today,
            });
        }
        self.oracle.open(self.today);
        wishes.extend(self.oracle.morning(self.today));
        self.drafts(wishes, false);
    }

    /// The calendar of the office: one day closed or opened, and the national list corrected.
    fn calendar(&mut self) {
        let mut decides = |date: &str, open: bool| {
            let date = day(date);
            self.oracle.working.decide(date, open);
            self.rig.recomputes(Fact::CalendarOverridden {
                date,
                open,
                reason: "keputusan kantor".to_owned(),
            });
            true
        };
        let changed = match self.today.to_string().as_str() {
            "2026-07-07" | "2026-07-09" => decides("2026-07-10", false),
            "2026-07-08" => decides("2026-07-10", true),
            "2026-10-12" => decides("2026-10-10", true),
            "2026-11-06" => decides("2026-11-07", true),
            _ => false,
        };
        if changed {
            self.recompute();
        }
        if self.today == day("2026-05-04") {
            let date = day("2026-05-08");
            let mut holidays: Vec<Holiday> =
                self.rig.office.calendar().holidays().cloned().collect();
            holidays.push(Holiday {
                date,
                kind: HolidayKind::Libur,
                name: "Hari libur susulan".to_owned(),
            });
            self.oracle.working.holiday(date);
            self.rig.recomputes(Fact::HolidaysReplaced { holidays });
            self.recompute();
        }
        let gives: &[(&str, &str, Option<&str>, &str)] = match self.today.to_string().as_str() {
            "2026-02-16" => &[("rekon", "2026-01", None, "2026-02-24")],
            "2026-06-12" => &[("rekon", "2026-05", None, "2026-06-15")],
            "2026-06-22" => &[("ppnpn", "2026-06", None, "2026-06-24")],
            "2026-10-20" => &[
                ("akhir-tahun", "2026", Some("data-kontrak"), "2026-12-04"),
                ("akhir-tahun", "2026", Some("spm-gup"), "2026-12-20"),
            ],
            _ => &[],
        };
        for (obligation, period, item, date) in gives {
            let ask = GiveDate {
                obligation: (*obligation).to_owned(),
                period: crate::domain::period::Period::parse(period).unwrap(),
                item: item.map(str::to_owned),
                date: Some(day(date)),
                note: "S-1/2026".to_owned(),
                far_seen: false,
            };
            self.rig
                .does(&wati(), |office, who, _| {
                    Ok((office.give_date(&ask, who)?, ()))
                })
                .unwrap();
            let name = item.map_or_else(|| (*period).to_owned(), |item| format!("{period} {item}"));
            self.oracle.letters.insert((obligation, name), day(date));
            self.rig
                .does(&wati(), |office, who, now| {
                    Ok((office.recompute_deadlines("letter", who, now)?, ()))
                })
                .unwrap();
            self.rig.runs();
            self.recompute();
        }
        if self.today == day("2026-09-01") {
            let ask = AddDeadline {
                obligation: "lainnya".to_owned(),
                name: "Laporan uji".to_owned(),
                date: day("2026-09-20"),
                satker: Vec::new(),
                far_seen: false,
            };
            self.rig
                .does(&wati(), |office, who, now| {
                    office.add_deadline(&ask, who, now)
                })
                .unwrap();
            let active: Vec<String> = self
                .oracle
                .units
                .iter()
                .filter(|(_, unit)| unit.active)
                .map(|(code, _)| code.clone())
                .collect();
            for code in active {
                let about = About::ByHand("Laporan uji".to_owned(), day("2026-09-20"));
                self.oracle.owe("lainnya", &code, None, about);
            }
        }
        // An extension that was granted: it is told anew.
        if self.today == day("2026-06-10") {
            let open = self.oracle.owed.iter();
            let extended: Vec<String> = open
                .filter(|owed| owed.open && !owed.fixed && owed.rule.id == "lpj")
                .filter(|owed| owed.due == self.today)
                .map(super::oracle::Owed::label)
                .take(6)
                .collect();
            assert!(!extended.is_empty());
            for label in extended {
                let ask = MoveDeadline {
                    id: self.id(&label),
                    date: day("2026-06-22"),
                    reason: "perpanjangan".to_owned(),
                };
                self.rig
                    .does(&wati(), |office, who, now| {
                        office.move_deadline(&ask, who, now)
                    })
                    .unwrap();
                let owed = self.oracle.find(&label);
                (owed.due, owed.fixed) = (day("2026-06-22"), true);
                let wishes = self.taken_back(std::slice::from_ref(&label));
                self.drafts(wishes, false);
            }
        }
    }

    fn people_change(&mut self) {
        if self.today == day("2026-05-20") {
            self.satker(10, true);
            self.rig.runs();
            self.oracle.open(self.today);
            let wishes = self.oracle.morning(self.today);
            self.drafts(wishes, true);
        }
        if self.today == day("2026-06-09") {
            self.satker(9, false);
            let open = self.oracle.owed.iter();
            let gone: Vec<String> = open
                .filter(|owed| owed.open && owed.satker == "411009")
                .map(super::oracle::Owed::label)
                .collect();
            assert!(!gone.is_empty());
            self.rig.runs();
            let mut wishes = self.over(&gone);
            self.oracle.open(self.today);
            wishes.extend(self.oracle.morning(self.today));
            self.drafts(wishes, false);
            self.papers.retain(|paper| paper.satker != "411009");
        }
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
