//! The messages about letters, and what became of them.

use std::collections::{BTreeMap, VecDeque};

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use fastrand::Rng;

use super::people;
use super::unit::Unit;
use super::workload::Kind;
use crate::domain::fact::Fact;
use crate::domain::id::SmsId;
use crate::domain::letter::{Letter, LetterState};
use crate::domain::module::{Filling, Modules, Notice, Service};
use crate::domain::period::Period;
use crate::domain::rule::Basis;
use crate::domain::satker::ContactRole;
use crate::domain::service_clock::ServiceClock;
use crate::domain::sms::{
    ConfirmPolicy, Encoding, PartOutcome, PartState, Sms, SmsFault, SmsKind, SmsState, SmsStep,
};
use crate::domain::when::{self, Zone};
use crate::gsm::segment;

/// How the demonstration office signs its messages.
pub const OFFICE: &str = "KPPN Madiun";

/// Messages that wait for confirmation at the end, where there are enough.
const WAITING: usize = 40;

/// Since so many days nothing reaches the phones that nothing reaches.
const UNREACHABLE_DAYS: i64 = 200;

/// Messages at the end of which nobody knows whether they went out.
const UNCERTAIN: usize = 3;

/// Drafts messages and settles their fate. The last of them stay unconfirmed, and since only the end of the year shows which they are,
/// a few are held back all the time.
pub struct Outbox<'a> {
    modules: &'a Modules,
    clock: ServiceClock<'a>,
    zone: Zone,
    now: NaiveDateTime,
    /// Drafted after the present letter came in, by the time of drafting.
    ahead: BTreeMap<(NaiveDateTime, u64), Sms>,
    held: VecDeque<(NaiveDateTime, Sms)>,
    hold: usize,
    drafted: u64,
    given: u64,
    /// Drawn from apart from the letters.
    fate: Rng,
}

impl<'a> Outbox<'a> {
    pub fn new(
        modules: &'a Modules,
        clock: ServiceClock<'a>,
        zone: Zone,
        now: NaiveDateTime,
        letters: u32,
        fate: Rng,
    ) -> Self {
        let few = usize::try_from(letters / 20).unwrap_or_default();
        Self {
            modules,
            clock,
            zone,
            now,
            ahead: BTreeMap::new(),
            held: VecDeque::new(),
            hold: (WAITING + UNCERTAIN).min(few),
            drafted: 0,
            given: 0,
            fate,
        }
    }

    /// Drafts the message that goes with the end of a letter, if there is one and it can reach the head of an active satker.
    pub fn draft(&mut self, kind: &Kind<'_>, unit: &Unit, letter: &Letter, ended: NaiveDateTime) {
        let Some(phone) = unit.kpa.1.as_ref().filter(|_| unit.active) else {
            return;
        };
        if letter.sender.satker().is_none() {
            return;
        }
        let Some(end) = letter.history.iter().find(|step| {
            matches!(
                step.state,
                LetterState::Completed | LetterState::Returned | LetterState::Rejected
            )
        }) else {
            return;
        };
        let (notice, sms_kind) = match end.state {
            LetterState::Returned => (Notice::Returned, SmsKind::Returned),
            LetterState::Rejected => (Notice::Rejected, SmsKind::Returned),
            _ => (Notice::Completed, SmsKind::Completed),
        };
        let Some(text) = self.text(kind, unit, letter, notice, end.note.as_deref(), ended) else {
            return;
        };
        let measure = segment::measure(&text);
        let Ok(parts) = u8::try_from(measure.parts) else {
            return;
        };
        self.drafted += 1;
        let created = self.zone.instant(ended);
        let sms = Sms {
            id: SmsId(0),
            kind: sms_kind,
            to: phone.clone(),
            satker: Some(unit.code),
            role: Some(ContactRole::Kpa),
            text,
            drafted_text: None,
            encoding: match measure.encoding {
                segment::Encoding::Gsm7 => Encoding::Gsm7,
                segment::Encoding::Ucs2 => Encoding::Ucs2,
            },
            parts,
            letter: Some(letter.agenda),
            deadline: None,
            reminds: Vec::new(),
            alert: None,
            announcement: None,
            expires: None,
            created,
            created_by: end.by.clone(),
            policy: ConfirmPolicy::Manual,
            confirmed_by: Vec::new(),
            confirmed: None,
            not_before: None,
            attempts: 0,
            modem: None,
            sent: None,
            delivered: None,
            error: None,
            part_states: Vec::new(),
            state: SmsState::Waiting,
            history: vec![SmsStep {
                state: SmsState::Waiting,
                at: created,
                by: end.by.clone(),
                note: None,
            }],
        };
        self.ahead.insert((ended, self.drafted), sms);
    }

    /// The text of a notice; none when the service sends none, or the text cannot be filled.
    fn text(
        &self,
        kind: &Kind<'_>,
        unit: &Unit,
        letter: &Letter,
        notice: Notice,
        reason: Option<&str>,
        ended: NaiveDateTime,
    ) -> Option<String> {
        let service = kind.service;
        let office = kind.module.sender.as_deref().unwrap_or(OFFICE);
        let context: BTreeMap<String, String> = [
            ("kantor", office.to_owned()),
            ("satker", unit.short_name.clone()),
            ("kode", unit.code.to_string()),
            ("agenda", letter.agenda.to_string()),
            ("layanan", service.short.clone()),
            ("tgl", ended.date().to_string()),
            ("jam", when::clock(ended.time())),
            ("alasan", reason.unwrap_or_default().to_owned()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        let due_of = |id: &str| self.due(service, id, letter, ended.date());
        let filling = Filling {
            context: &context,
            fields: &letter.fields,
            due_of: &due_of,
            event_date: None,
        };
        service.notice(notice, &filling)?.ok()
    }

    /// The due date that a notice tells: of what completing the service starts, else of what it fulfils.
    fn due(
        &self,
        service: &Service,
        id: &str,
        letter: &Letter,
        ended: NaiveDate,
    ) -> Option<NaiveDate> {
        let period = ["periode", "bulan"]
            .iter()
            .find_map(|field| Period::parse(letter.fields.get(*field)?).ok());
        let basis = match period {
            Some(period) if !self.modules.starts(service, id) => Basis::period(period),
            _ => Basis::event(ended),
        };
        let due = self.modules.due(id, &basis, self.clock.calendar);
        due.ok().map(|(_, due)| due.date)
    }

    /// The messages that were drafted before a moment and are not among the last.
    pub fn due_before(&mut self, moment: NaiveDateTime) -> Vec<Fact> {
        let later = self.ahead.split_off(&(moment, 0));
        let drafted = std::mem::replace(&mut self.ahead, later);
        self.held
            .extend(drafted.into_iter().map(|((at, _), sms)| (at, sms)));
        let mut facts = Vec::new();
        while self.held.len() > self.hold {
            if let Some((drafted, sms)) = self.held.pop_front() {
                let sms = self.settle(drafted, sms);
                facts.push(self.give(sms));
            }
        }
        facts
    }

    /// All the others: a few whose fate is unknown, and those that wait for confirmation.
    pub fn rest(&mut self) -> Vec<Fact> {
        let mut facts = self.due_before(NaiveDateTime::MAX);
        let unknown = self.held.len().saturating_sub(WAITING);
        let held = std::mem::take(&mut self.held);
        for (nth, (drafted, mut sms)) in held.into_iter().enumerate() {
            if nth < unknown {
                let confirmed = self.confirm(drafted, &mut sms);
                let sending = self.send(confirmed, &mut sms);
                self.uncertain(sending, &mut sms);
            }
            facts.push(self.give(sms));
        }
        facts
    }

    fn give(&mut self, mut sms: Sms) -> Fact {
        self.given += 1;
        sms.id = SmsId(self.given);
        Fact::SmsDrafted { sms: Box::new(sms) }
    }

    /// What became of a message that is old enough: mostly, it was confirmed, sent and delivered.
    fn settle(&mut self, drafted: NaiveDateTime, mut sms: Sms) -> Sms {
        let roll = self.fate.u16(..1000);
        // It was well once; the letters of a year ago arrived.
        let since = self.now - TimeDelta::days(UNREACHABLE_DAYS);
        let dead = people::unreachable(&sms.to).filter(|_| drafted > since);
        if roll < 15 {
            let at = drafted + TimeDelta::minutes(self.fate.i64(5..90));
            self.step(
                &mut sms,
                SmsState::Rejected,
                at,
                "budi",
                Some("sudah diberitahu lisan"),
            );
            return sms;
        }
        if roll < 22 {
            let at = drafted + TimeDelta::days(3);
            self.step(&mut sms, SmsState::Expired, at, "sistem", Some("expired"));
            return sms;
        }
        let confirmed = self.confirm(drafted, &mut sms);
        let sending = self.send(confirmed, &mut sms);
        let sent = sending + TimeDelta::seconds(self.fate.i64(3..9));
        match roll {
            22..=31 => self.fail(sent, &mut sms),
            _ if dead.is_some() || roll < 52 => {
                let (code, text) = dead.map_or((70, "TP-ST 70"), |why| (why.code, why.text));
                self.accepted(sent, &mut sms, PartOutcome::Undelivered);
                let at = sent + TimeDelta::hours(self.fate.i64(20..49));
                sms.error = Some(SmsFault {
                    code: Some(code),
                    text: text.to_owned(),
                    at: self.instant(at),
                });
                self.step(&mut sms, SmsState::Undelivered, at, "sistem", Some(text));
            }
            // Some networks never report.
            52..=64 => self.accepted(sent, &mut sms, PartOutcome::Accepted),
            _ => {
                self.accepted(sent, &mut sms, PartOutcome::Delivered);
                let at = sent + TimeDelta::seconds(self.fate.i64(3..240));
                sms.delivered = Some(self.instant(at));
                self.step(&mut sms, SmsState::Delivered, at, "sistem", Some("TP-ST 0"));
            }
        }
        sms
    }

    fn confirm(&mut self, drafted: NaiveDateTime, sms: &mut Sms) -> NaiveDateTime {
        let by = if self.fate.bool() { "budi" } else { "wati" };
        let at = self
            .clock
            .advance(drafted, TimeDelta::minutes(self.fate.i64(2..40)));
        sms.confirmed_by = vec![by.to_owned()];
        sms.confirmed = Some(self.instant(at));
        sms.not_before = Some(self.instant(at + TimeDelta::seconds(10)));
        self.step(sms, SmsState::Queued, at, by, None);
        at
    }

    fn send(&mut self, confirmed: NaiveDateTime, sms: &mut Sms) -> NaiveDateTime {
        let at = confirmed + TimeDelta::seconds(self.fate.i64(11..120));
        sms.attempts = 1;
        sms.modem = Some("contoh".to_owned());
        self.step(sms, SmsState::Sending, at, "sistem", Some("contoh"));
        at
    }

    fn accepted(&mut self, at: NaiveDateTime, sms: &mut Sms, outcome: PartOutcome) {
        sms.sent = Some(self.instant(at));
        let first = self.fate.u8(..);
        sms.part_states = (0..sms.parts)
            .map(|part| PartState {
                reference: Some(first.wrapping_add(part)),
                outcome,
            })
            .collect();
        self.step(sms, SmsState::Sent, at, "sistem", None);
    }

    fn fail(&mut self, at: NaiveDateTime, sms: &mut Sms) {
        let (code, text) = if self.fate.bool() {
            (38, "+CMS ERROR: 38 (network out of order)")
        } else {
            (21, "+CMS ERROR: 21 (short message transfer rejected)")
        };
        sms.error = Some(SmsFault {
            code: Some(code),
            text: text.to_owned(),
            at: self.instant(at),
        });
        self.part_states(sms, PartOutcome::Pending);
        self.step(sms, SmsState::Failed, at, "sistem", Some(text));
    }

    fn uncertain(&mut self, sending: NaiveDateTime, sms: &mut Sms) {
        let at = sending + TimeDelta::seconds(60);
        let text = "modem tidak menjawab setelah teks diserahkan";
        sms.error = Some(SmsFault {
            code: None,
            text: text.to_owned(),
            at: self.instant(at),
        });
        self.part_states(sms, PartOutcome::Unknown);
        self.step(sms, SmsState::Uncertain, at, "sistem", Some(text));
    }

    #[expect(clippy::unused_self, reason = "reads like its neighbours")]
    fn part_states(&self, sms: &mut Sms, outcome: PartOutcome) {
        sms.part_states = (0..sms.parts)
            .map(|_| PartState {
                reference: None,
                outcome,
            })
            .collect();
    }

    /// An instant of the past: what would come after the present happened just now.
    fn instant(&self, local: NaiveDateTime) -> chrono::DateTime<chrono::Utc> {
        self.zone.instant(local.min(self.now))
    }

    fn step(
        &self,
        sms: &mut Sms,
        state: SmsState,
        at: NaiveDateTime,
        by: &str,
        note: Option<&str>,
    ) {
        sms.state = state;
        sms.history.push(SmsStep {
            state,
            at: self.instant(at),
            by: by.to_owned(),
            note: note.map(str::to_owned),
        });
    }
}
