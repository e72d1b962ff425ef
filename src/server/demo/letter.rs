//! One letter from reception to where it stands now.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDateTime, TimeDelta, Utc};
use fastrand::Rng;

use super::fields::Story;
use super::people::{self, pick};
use super::unit::Unit;
use super::workload::Kind;
use crate::domain::id::AgendaNo;
use crate::domain::letter::{Channel, Letter, LetterState, Security, Sender, Step, Stop, Urgency};
use crate::domain::module::{Service, When};
use crate::domain::service_clock::{self, Norm, ServiceClock};
use crate::domain::when::Zone;

/// Reasons for which papers go back; as they stand in an SMS, so at most 40 characters.
const FAULTS: [&str; 6] = [
    "ADK tidak sesuai dokumen",
    "lampiran belum lengkap",
    "tanda tangan KPA belum ada",
    "akun tidak sesuai peruntukan",
    "nomor rekening tidak cocok",
    "saldo tidak sesuai rekening koran",
];

/// Papers that were returned and come again.
pub struct Resubmission {
    pub kind: usize,
    pub unit: usize,
    previous: AgendaNo,
    subject: String,
    fields: BTreeMap<String, String>,
}

impl Resubmission {
    /// Of a letter that was returned.
    pub fn of(letter: &Letter, kind: usize, unit: usize) -> Option<Self> {
        let returned = letter
            .history
            .iter()
            .any(|step| step.state == LetterState::Returned);
        (returned && letter.sender.satker().is_some()).then(|| Self {
            kind,
            unit,
            previous: letter.agenda,
            subject: letter.subject.clone(),
            fields: letter.fields.clone(),
        })
    }
}

/// A letter, and when it reached an end, local time.
pub struct Made {
    pub letter: Letter,
    pub ended: Option<NaiveDateTime>,
}

/// Makes letters.
pub struct Maker<'a> {
    pub clock: ServiceClock<'a>,
    pub zone: Zone,
    /// Local time.
    pub now: NaiveDateTime,
    /// What came in since may still lie in the office.
    recent: NaiveDateTime,
    /// Chance in a million that papers past their target, and not older than `overdue_since`, are still open: it makes about a dozen
    /// in an office of any size.
    overdue: u32,
    overdue_since: NaiveDateTime,
}

/// The life of a letter, in local time, before it is cut at the present.
struct Life {
    steps: Vec<(LetterState, NaiveDateTime, &'static str, Option<String>)>,
    stop: Option<service_clock::Stop>,
}

impl<'a> Maker<'a> {
    pub fn new(clock: ServiceClock<'a>, zone: Zone, now: NaiveDateTime, letters: u32) -> Self {
        let before = |days: i32| {
            clock
                .calendar
                .add_working_days(now.date(), -days)
                .and_time(clock.hours.open)
        };
        Self {
            clock,
            zone,
            now,
            recent: before(15),
            // About 250 working days a year, of whose letters three in five have a norm.
            overdue: (500_000_000 / letters.max(1)).min(150_000),
            overdue_since: before(10),
        }
    }

    /// One letter of a satker.
    pub fn letter(
        &self,
        rng: &mut Rng,
        kind: &Kind<'_>,
        unit: &Unit,
        agenda: AgendaNo,
        received: NaiveDateTime,
        again: Option<&Resubmission>,
    ) -> Made {
        let service = kind.service;
        let mut story = Story::new(rng, service, received.date());
        let mut life = self.life(rng, service, received);
        life.steps.retain(|(_, at, ..)| *at <= self.now);
        if life.stop.is_some_and(|stop| stop.from > self.now) {
            life.stop = None;
        }
        if let Some(stop) = &mut life.stop {
            stop.until = stop.until.filter(|until| *until <= self.now);
        }
        let end = life
            .steps
            .iter()
            .find(|(state, ..)| !state.is_open() && *state != LetterState::HandedOver);
        let ended = end.map(|(_, at, ..)| *at);
        let completed = end
            .filter(|(state, ..)| *state == LetterState::Completed)
            .is_some();
        let mut fields = BTreeMap::new();
        for field in service
            .fields
            .iter()
            .filter(|field| field.when == When::Register)
        {
            let value = match again {
                Some(again) => again.fields.get(&field.id).cloned(),
                None => story.value(rng, field),
            };
            fields.extend(value.map(|value| (field.id.clone(), value)));
        }
        let subject = match again {
            Some(again) => again.subject.clone(),
            None => story.subject(rng, service),
        };
        if let Some(ended) = ended.filter(|_| completed) {
            story.day = ended.date();
            for field in service
                .fields
                .iter()
                .filter(|field| field.when == When::Complete)
            {
                let value = story.value(rng, field);
                fields.extend(value.map(|value| (field.id.clone(), value)));
            }
        }
        let sender = if service.id == "surat-umum" && again.is_none() && rng.u8(..10) < 3 {
            Sender::Other(
                pick(
                    rng,
                    &[
                        "Bank Contoh Cabang Madiun",
                        "Kanwil DJPb Contoh",
                        "Taspen Contoh Madiun",
                        "Warga",
                    ],
                )
                .to_owned(),
            )
        } else {
            Sender::Satker(unit.code)
        };
        let date = received
            .date()
            .checked_sub_days(Days::new(u64::from(rng.u8(..4))));
        let number = format!(
            "S-{}/{}/{}",
            rng.u32(1..2000),
            unit.code,
            received.format("%m/%Y")
        );
        let channel = channel(rng, service);
        let at_counter = channel == Channel::Loket;
        let stops: Vec<service_clock::Stop> = life.stop.into_iter().collect();
        let target = self.clock.target(service.norm, received, &stops, self.now);
        let letter = Letter {
            agenda,
            module: kind.module.id.clone(),
            service: service.id.clone(),
            sender,
            number: Some(number),
            date,
            subject,
            attachments: (rng.u8(..10) < 7).then(|| {
                pick(
                    rng,
                    &[
                        "satu berkas",
                        "satu lembar",
                        "dua lembar",
                        "satu berkas dan ADK",
                    ],
                )
                .to_owned()
            }),
            urgency: match rng.u8(..50) {
                0 => Urgency::SangatSegera,
                1..=4 => Urgency::Segera,
                _ => Urgency::Biasa,
            },
            security: match rng.u8(..100) {
                0 => Security::Rahasia,
                1..=3 => Security::Terbatas,
                _ => Security::Biasa,
            },
            channel,
            bringer: at_counter.then(|| people::name(rng)),
            bringer_phone: at_counter.then(|| people::phone(rng.u32(..))).flatten(),
            note: None,
            fields,
            section: service.section.clone(),
            previous: again.map(|again| again.previous),
            received: self.zone.instant(received),
            target: target.map(|target| self.zone.instant(target)),
            completed: ended.map(|ended| self.zone.instant(ended)),
            state: life
                .steps
                .last()
                .map_or(LetterState::Received, |(state, ..)| *state),
            stops: stops
                .iter()
                .map(|stop| Stop {
                    from: self.zone.instant(stop.from),
                    to: stop.until.map(|until| self.zone.instant(until)),
                })
                .collect(),
            history: life
                .steps
                .into_iter()
                .map(|(state, at, by, note)| Step {
                    state,
                    at: self.instant(at),
                    by: by.to_owned(),
                    note,
                })
                .collect(),
        };
        Made { letter, ended }
    }

    fn instant(&self, local: NaiveDateTime) -> DateTime<Utc> {
        self.zone.instant(local)
    }

    /// What will have happened to papers in the end, as if there were no present.
    fn life(&self, rng: &mut Rng, service: &Service, received: NaiveDateTime) -> Life {
        let target = self.clock.target(service.norm, received, &[], self.now);
        let allowed = match target {
            Some(target) => self.clock.between(received, target).num_seconds(),
            None => rng.i64(3..25) * 3600,
        };
        let front = pick(rng, &["sari", "agus"]);
        let worker = if rng.bool() { "budi" } else { "wati" };
        let mut steps = vec![(LetterState::Received, received, front, None)];
        if rng.u16(..1000) < 8 {
            let noticed = received + TimeDelta::minutes(rng.i64(2..30));
            let why = pick(rng, &["salah entri satker", "tercatat dua kali"]);
            steps.push((LetterState::Void, noticed, front, Some(why.to_owned())));
            return Life { steps, stop: None };
        }
        let mut needed = allowed * rng.i64(20..93) / 100;
        if target.is_some() && rng.u8(..100) < 4 {
            needed = allowed + rng.i64(1..13) * 3600;
        }
        let at = |seconds| self.clock.advance(received, TimeDelta::seconds(seconds));
        // What the head of the office sees first reaches its section later.
        let start = if service.skip_disposition {
            needed / 6
        } else {
            needed / 3
        };
        if !service.skip_disposition {
            steps.push((LetterState::Dispositioned, at(needed / 10), "kepala", None));
        }
        steps.push((LetterState::InProgress, at(start), worker, None));

        let missing = || Some("menunggu kelengkapan dari satker".to_owned());
        let lingers = self.lingers(rng, service, received, target);
        let mut waited = 0;
        let mut stop = None;
        let from = at(start + needed / 8);
        match lingers {
            Some(Lingering::Waits) => {
                steps.push((LetterState::Waiting, from, worker, missing()));
                let stop = Some(service_clock::Stop { from, until: None });
                return Life { steps, stop };
            }
            Some(Lingering::Lies) => {
                if !service.skip_disposition {
                    steps.pop();
                }
                return Life { steps, stop: None };
            }
            None if rng.u8(..100) < 6 => {
                waited = rng.i64(1..20) * 3600;
                let until = at(start + needed / 8 + waited);
                steps.push((LetterState::Waiting, from, worker, missing()));
                steps.push((LetterState::InProgress, until, worker, None));
                stop = Some(service_clock::Stop {
                    from,
                    until: Some(until),
                });
            }
            None => {}
        }
        let (end, note) = match rng.u16(..1000) {
            0..=39 => (LetterState::Returned, Some(pick(rng, &FAULTS).to_owned())),
            40..=48 => (
                LetterState::Rejected,
                Some("tidak memenuhi syarat".to_owned()),
            ),
            _ => (LetterState::Completed, None),
        };
        steps.push((end, at(needed + waited), worker, note));
        if rng.u8(..10) < 6 {
            let fetched = at(needed + waited + rng.i64(600..40_000));
            steps.push((LetterState::HandedOver, fetched, front, None));
        }
        Life { steps, stop }
    }

    /// Whether recent papers are still in the office, whatever their norm.
    fn lingers(
        &self,
        rng: &mut Rng,
        service: &Service,
        received: NaiveDateTime,
        target: Option<NaiveDateTime>,
    ) -> Option<Lingering> {
        let (waits, lies) = match target {
            _ if received < self.recent => return None,
            None => (80_000, 250_000),
            Some(target) if target > self.now && service.skip_disposition => (100_000, 0),
            Some(target) if target > self.now => (100_000, 450_000),
            Some(_) if received < self.overdue_since => (40_000, 0),
            Some(_) => (40_000, self.overdue),
        };
        match rng.u32(..1_000_000) {
            roll if roll < waits => Some(Lingering::Waits),
            roll if roll < waits + lies => Some(Lingering::Lies),
            _ => None,
        }
    }
}

/// How papers stay in the office.
enum Lingering {
    /// The satker has to bring something.
    Waits,
    /// Nobody got to them.
    Lies,
}

/// The way by which papers of a service come.
fn channel(rng: &mut Rng, service: &Service) -> Channel {
    let by_application = service.fields.iter().any(|field| field.id == "nomor_spm");
    match rng.u8(..100) {
        0..=59 if by_application => Channel::Sakti,
        0..=69 => Channel::Loket,
        70..=84 => Channel::Email,
        85..=93 => Channel::Pos,
        94 => Channel::Sms,
        _ if service.norm == Norm::None => Channel::Sakti,
        _ => Channel::Loket,
    }
}
