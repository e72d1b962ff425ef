//! What the office answers to an incoming SMS, and what follows from it: the question is read, the phone's authority is checked, and
//! the answer is drafted in the same write that puts the message on disk.
//!
//! Whoever cannot be answered safely is not: machines, the office itself, repetitions. Whatever no keyword matches goes to a person.

use chrono::{DateTime, TimeDelta, Utc};

use super::office::Office;
use crate::domain::access::Actor;
use crate::domain::fact::Fact;
use crate::domain::id::{AgendaNo, InboxId, SatkerCode};
use crate::domain::inbox::{InboxMessage, InboxState};
use crate::domain::keyword::{CodeArg, Parsed, Request, Subject};
use crate::domain::module::Module;
use crate::domain::phone::PhoneNumber;
use crate::domain::refusal::Refusal;
use crate::domain::satker::satker_kind;
use crate::domain::sms::{Sms, SmsKind};
use crate::domain::typed;

mod budget;
mod flood;
mod letters;
mod money;
mod papers;
mod programme;
mod rating;
mod replay;
mod reply;
mod reports;
mod survey;

pub(super) use replay::{Moment, Scene};
use reply::Reply;

/// The same text from the same phone within this time is not answered again.
const REPEAT: TimeDelta = TimeDelta::minutes(2);

/// Shorter texts from a number of another country need nobody's time.
const TEXT_FOR_A_PERSON: usize = 15;

/// Longest text that is kept, in characters: more than the 255 parts that a message can have hold.
const KEPT: usize = 40_000;

/// A satker code for examples, where the phone has none of its own.
const EXAMPLE: &str = "411792";

/// A sender's number or name, fit to be kept.
pub(super) fn clean_sender(from: &str) -> String {
    from.chars()
        .filter(|c| !typed::is_unfit(*c))
        .take(40)
        .collect()
}

/// What a phone wrote, fit to be kept.
pub(super) fn clean_message(text: &str) -> String {
    text.chars()
        .filter(|c| *c == '\n' || !typed::is_unfit(*c))
        .take(KEPT)
        .collect()
}

/// What a question led to.
struct Outcome {
    reply: Reply,
    facts: Vec<Fact>,
    agenda: Option<AgendaNo>,
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Self {
        Self {
            reply,
            facts: Vec::new(),
            agenda: None,
        }
    }
}

/// What an incoming message is to become.
#[derive(Default)]
struct Reaction {
    state: InboxState,
    note: Option<&'static str>,
    keyword: Option<String>,
    outcome: Option<Outcome>,
}

impl Reaction {
    fn ignored(note: &'static str) -> Self {
        Self {
            state: InboxState::Ignored,
            note: Some(note),
            ..Self::default()
        }
    }

    fn for_a_person(note: &'static str) -> Self {
        Self {
            note: Some(note),
            ..Self::default()
        }
    }
}

impl Office {
    /// An incoming message as facts: what came, what follows from it, and the answer. The same message twice from the network is kept
    /// once.
    ///
    /// # Errors
    /// None: what cannot be answered is kept for a person.
    pub fn incoming(
        &self,
        from: &str,
        text: &str,
        sent: Option<DateTime<Utc>>,
        modem: &str,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, Option<InboxId>), Refusal> {
        Ok(self.came(from, text, sent, modem, true, now))
    }

    /// The same, also for a message of which parts are missing: nobody knows what it asks, so a person reads it.
    pub(super) fn came(
        &self,
        from: &str,
        text: &str,
        sent: Option<DateTime<Utc>>,
        modem: &str,
        whole: bool,
        now: DateTime<Utc>,
    ) -> (Vec<Fact>, Option<InboxId>) {
        let (from, text) = (clean_sender(from), clean_message(text));
        let phone = PhoneNumber::parse(&from).ok().map(|(phone, _)| phone);
        let (id, section) = {
            let index = self.store.index();
            let thread = index.inbox().thread(&from);
            if thread.is_some_and(|thread| thread.brought_before(&text, sent)) {
                return (Vec::new(), None);
            }
            let section = thread.and_then(|thread| thread.section.clone());
            (InboxId(index.inbox().next()), section)
        };
        let satker = phone.as_ref().map(|phone| self.satker_of(phone));
        let mut message = InboxMessage {
            id,
            from,
            satker: match satker.as_deref() {
                Some([one]) => Some(*one),
                _ => None,
            },
            text,
            received: now,
            sent,
            modem: modem.to_owned(),
            keyword: None,
            answered_by: None,
            state: InboxState::Open,
            reply: None,
            note: None,
            agenda: None,
            section,
            handled_by: None,
            handled: None,
        };
        // Whatever goes wrong with the answer, the message itself must be kept.
        let reaction = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            self.react(&message, phone.as_ref(), now)
        }));
        let reaction = match reaction {
            Ok(Ok(reaction)) => reaction,
            Ok(Err(refusal)) => {
                tracing::error!(%refusal, message = %id, "an incoming message could not be answered");
                Reaction {
                    outcome: phone.is_some().then(|| Reply::new("e10").into()),
                    ..Reaction::for_a_person("trouble")
                }
            }
            Err(_) => {
                tracing::error!(message = %id, "answering an incoming message panicked");
                Reaction::for_a_person("trouble")
            }
        };
        let reaction = match &phone {
            Some(phone) => self.within_budget(reaction, phone, now),
            None => reaction,
        };
        let reaction = if whole || reaction.state == InboxState::Ignored {
            reaction
        } else {
            Reaction::for_a_person("incomplete")
        };
        message.state = reaction.state;
        message.note = reaction.note.map(str::to_owned);
        message.keyword = reaction.keyword;
        let (more, sms) = match (reaction.outcome, phone) {
            (Some(outcome), Some(phone)) => self.drafted(outcome, &mut message, phone, now),
            _ => (Vec::new(), None),
        };
        let mut facts = vec![Fact::InboxReceived { message }];
        facts.extend(more);
        facts.extend(sms.map(|sms| Fact::SmsDrafted { sms: Box::new(sms) }));
        (facts, Some(id))
    }

    /// The answer as a message. Without its text nothing else of the outcome holds either, and a person reads the question.
    fn drafted(
        &self,
        outcome: Outcome,
        message: &mut InboxMessage,
        phone: PhoneNumber,
        now: DateTime<Utc>,
    ) -> (Vec<Fact>, Option<Sms>) {
        let Outcome {
            reply,
            facts,
            agenda,
        } = outcome;
        let drafted = self
            .render(&reply)
            .and_then(|text| self.draft(SmsKind::Reply, phone, text, &Actor::system(), now));
        let mut sms = match drafted {
            Ok(sms) => sms,
            Err(refusal) => {
                let answer = reply.text;
                tracing::error!(%refusal, inbox = %message.id, answer, "no answer to an incoming message");
                message.state = InboxState::Open;
                message.note = Some("trouble".to_owned());
                return (Vec::new(), None);
            }
        };
        sms.satker = reply.satker.or(message.satker);
        sms.letter = reply.letter;
        message.satker = sms.satker;
        // That a text was not understood is no answer to it.
        message.answered_by = (reply.text != "e01").then_some(sms.id);
        message.reply = Some(reply.text.to_owned());
        message.agenda = agenda;
        (facts, Some(sms))
    }

    fn react(
        &self,
        message: &InboxMessage,
        phone: Option<&PhoneNumber>,
        now: DateTime<Utc>,
    ) -> Result<Reaction, Refusal> {
        let (from, text) = (message.from.as_str(), message.text.as_str());
        let today = self.date(now);
        if self.is_our_own(text) {
            return Ok(Reaction::ignored("own"));
        }
        let Some(phone) = phone else {
            // Short numbers and names are machines. A number of another country may be a person, whom only a person can answer.
            let foreign = from.starts_with('+') && from.len() > 9;
            return Ok(if foreign && text.chars().count() >= TEXT_FOR_A_PERSON {
                Reaction::for_a_person("foreign")
            } else {
                Reaction::ignored("machine")
            });
        };
        if self.settings.inbox.own_numbers.contains(phone) {
            return Ok(Reaction::ignored("own"));
        }
        let limit = self.settings.inbox.daily_limit;
        let (over, told_limit, told_unknown, repeated) = {
            let index = self.store.index();
            index
                .inbox()
                .thread(from)
                .map_or((false, false, false, false), |thread| {
                    (
                        thread.asked(today) >= limit,
                        thread.told_limit(today),
                        thread.told_unknown(today),
                        thread.said_since(text, now - REPEAT),
                    )
                })
        };
        let parsed = self.vocabulary.parse(text, today);
        // A wish to be left alone is never one too many; once it is granted, it is like everything else.
        let stops = matches!(
            &parsed,
            Parsed::Known {
                request: Request::Stop,
                ..
            }
        ) && self.settings.inbox.opt_out
            && !self.opted_out(phone)
            && !self.satker_of(phone).is_empty();
        if repeated && !stops {
            return Ok(Reaction::ignored("repeat"));
        }
        let over = over && !stops;
        let limited = |keyword: String| Reaction {
            state: if told_limit {
                InboxState::Ignored
            } else {
                InboxState::Answered
            },
            note: Some("limit"),
            keyword: Some(keyword),
            outcome: (!told_limit).then(|| Reply::new("e09").with("n", limit).into()),
        };
        Ok(match parsed {
            Parsed::Nothing => Reaction::ignored("empty"),
            Parsed::Courtesy => Reaction::ignored("courtesy"),
            Parsed::Known { keyword, .. } | Parsed::Nearly { keyword, .. } if over => {
                limited(keyword)
            }
            Parsed::Known {
                request: Request::Stop,
                keyword,
                ..
            } if !self.settings.inbox.opt_out => Reaction {
                keyword: Some(keyword),
                ..Reaction::for_a_person("text")
            },
            Parsed::Known {
                keyword,
                request,
                chatty,
            } => Reaction {
                state: if chatty {
                    InboxState::Open
                } else {
                    InboxState::Answered
                },
                note: chatty.then_some("text"),
                outcome: Some(self.answer(&keyword, request, phone, message, now)?),
                keyword: Some(keyword),
            },
            Parsed::Nearly { word, keyword } => Reaction {
                state: InboxState::Answered,
                outcome: Some(
                    Reply::new("e13")
                        .with("x", word)
                        .with("kode", self.example_for(phone))
                        .with("kunci", keyword)
                        .into(),
                ),
                ..Reaction::default()
            },
            Parsed::Unknown => {
                let tell = !told_unknown && !over;
                Reaction {
                    note: Some("text"),
                    outcome: tell.then(|| {
                        Reply::new("e01")
                            .with("kode", self.example_for(phone))
                            .into()
                    }),
                    ..Reaction::default()
                }
            }
        })
    }

    fn answer(
        &self,
        keyword: &str,
        request: Request,
        phone: &PhoneNumber,
        message: &InboxMessage,
        now: DateTime<Utc>,
    ) -> Result<Outcome, Refusal> {
        Ok(match request {
            Request::Ask {
                module,
                subject,
                code,
                expense,
                agenda,
            } => {
                if subject == Subject::Skpp && agenda != crate::domain::keyword::AgendaArg::None {
                    return Ok(self.status_reply(&agenda, phone, now)?.into());
                }
                let kind = self.kind_of(&module);
                let speaker = self.modules.module(&module).ok();
                let code = match self.authority(keyword, &code, phone, kind.as_deref()) {
                    Ok(code) => code,
                    Err(reply) => return Ok(reply.by(speaker).into()),
                };
                self.subject_reply(keyword, &module, subject, code, expense.as_deref(), now)?
                    .about(code)
                    .by(speaker)
                    .into()
            }
            Request::Schedule { code } => match self.authority(keyword, &code, phone, None) {
                Ok(code) => {
                    let kind = self
                        .store
                        .index()
                        .satker()
                        .get(&code)
                        .map(|known| known.kind.clone());
                    let speaker = kind.and_then(|kind| self.modules.speaker(&kind));
                    self.schedule_reply(code, now)
                        .about(code)
                        .by(speaker)
                        .into()
                }
                Err(reply) => reply.into(),
            },
            Request::Status { agenda } => self.status_reply(&agenda, phone, now)?.into(),
            Request::Plan { code, date, amount } => {
                let ours = satker_kind();
                let code = match self.authority(keyword, &code, phone, Some(&ours)) {
                    Ok(code) => code,
                    Err(reply) => return Ok(reply.into()),
                };
                self.plan(code, date, amount, phone, now)?
            }
            Request::Rate {
                value,
                agenda,
                comment,
            } => self.rate(value, &agenda, &comment, phone, message.id, now),
            Request::Suggest { text } => self.suggestion(keyword, &text, phone, message, now)?,
            Request::Help { about } => self.help_reply(about.as_deref(), phone).into(),
            Request::Stop | Request::Start => {
                let out = request == Request::Stop;
                let satker = self.satker_of(phone);
                if satker.is_empty() {
                    return Ok(Reply::new("e02").into());
                }
                let already = self.opted_out(phone) == out;
                let fact = Fact::PhoneOptedOut {
                    phone: phone.clone(),
                    out,
                    at: now,
                };
                let reply = if out {
                    Reply::new("berhenti")
                } else {
                    Reply::new("mulai").with("n", satker.len())
                };
                Outcome {
                    facts: if already { Vec::new() } else { vec![fact] },
                    ..Outcome::from(reply)
                }
            }
        })
    }

    fn subject_reply(
        &self,
        keyword: &str,
        module: &str,
        subject: Subject,
        code: SatkerCode,
        expense: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Reply, Refusal> {
        let reply = match subject {
            Subject::Budget => self.budget_reply(code, expense)?,
            Subject::Lpj => self.lpj_reply(code, now)?,
            Subject::Contracts => Some(self.contracts_reply(code, now)?),
            Subject::Payroll => self.payroll_reply(code, now)?,
            Subject::Returns => Some(self.returns_reply(code, now)?),
            Subject::Reconciliation => self.reconciliation_reply(code, now)?,
            Subject::Up => self.advance_reply(code)?,
            Subject::Tup => self.extra_advance_reply(code)?,
            Subject::Skpp => self.skpp_reply(code, now)?,
            Subject::Module(kind) => Some(self.module_reply(keyword, module, kind, code, now)?),
        };
        match reply {
            Some(reply) => Ok(reply),
            None => Ok(Reply::new("e08")
                .with("kunci", keyword)
                .with("satker", self.satker_name(code))
                .with("tgl", self.figures_of(code)?)),
        }
    }

    /// The satker that a request is about, where this phone may ask about it; else what to tell it. With a kind, only participants of
    /// that kind count.
    fn authority(
        &self,
        keyword: &str,
        code: &CodeArg,
        phone: &PhoneNumber,
        kind: Option<&str>,
    ) -> Result<SatkerCode, Reply> {
        let of_kind = |code: &SatkerCode| {
            let index = self.store.index();
            let known = index.satker().get(code);
            known.is_some_and(|known| kind.is_none_or(|kind| known.kind == kind))
        };
        let mut own = self.satker_of(phone);
        own.retain(of_kind);
        // The words for satker are of no use to others.
        let ours = kind.is_none_or(|kind| kind == satker_kind());
        let told = |satker, other| Reply::new(if ours { satker } else { other });
        let Some(first) = own.first().copied() else {
            return Err(told("e02", "e02-peserta"));
        };
        match code {
            CodeArg::None if own.len() == 1 => Ok(first),
            CodeArg::None => Err(told("e05", "e05-peserta")
                .with("n", own.len().min(99))
                .with("kunci", keyword)
                .with("kode", first)),
            CodeArg::Code(code) if own.contains(code) => Ok(*code),
            CodeArg::Code(code) => {
                let active = {
                    let index = self.store.index();
                    index.satker().get(code).is_some_and(|known| known.active)
                };
                Err(if active && of_kind(code) {
                    told("e04", "e04-peserta").with("kode", code)
                } else {
                    told("e03", "e03-peserta")
                        .with("x", code)
                        .with("kunci", keyword)
                        .with("kode", first)
                })
            }
            CodeArg::Bad(text) => Err(told("e03", "e03-peserta")
                .with("x", text)
                .with("kunci", keyword)
                .with("kode", first)),
        }
    }

    /// The kind of participant of a module.
    fn kind_of(&self, module: &str) -> Option<String> {
        let module = self.modules.module(module).ok()?;
        Some(module.participant.kind.clone())
    }

    /// The active satker that have this phone on their list.
    pub fn satker_of(&self, phone: &PhoneNumber) -> Vec<SatkerCode> {
        let index = self.store.index();
        let active = |code: &SatkerCode| index.satker().get(code).is_some_and(|known| known.active);
        let mut own = index.satker_of_phone(phone);
        own.retain(active);
        own
    }

    /// Whether this phone wants no notices. Answers to its questions it gets all the same.
    pub fn opted_out(&self, phone: &PhoneNumber) -> bool {
        self.store.index().inbox().opted_out(phone)
    }

    /// # Errors
    /// `opted-out` when this phone wants no notices and a message of this kind is one. Answers, what people write by hand and what goes to
    /// the office's own people are none.
    pub fn check_wanted(&self, kind: SmsKind, phone: &PhoneNumber) -> Result<(), Refusal> {
        let notice = !matches!(kind, SmsKind::Reply | SmsKind::Free | SmsKind::Internal);
        if notice && self.opted_out(phone) {
            return Err(Refusal::new("opted-out").with("phone", phone.display()));
        }
        Ok(())
    }

    fn example_for(&self, phone: &PhoneNumber) -> String {
        self.satker_of(phone)
            .first()
            .map_or_else(|| EXAMPLE.to_owned(), ToString::to_string)
    }

    fn help_reply(&self, about: Option<&str>, phone: &PhoneNumber) -> Reply {
        let kode = self.example_for(phone);
        match about {
            Some("STATUS") => Reply::new("bantuan-status"),
            Some("NILAI") => Reply::new("bantuan-nilai"),
            Some("SARAN" | "ADUAN") => Reply::new("bantuan-saran"),
            Some("RPD") => Reply::new("bantuan-rpd").with("kode", kode),
            Some(keyword) if self.vocabulary.takes_code(keyword) => Reply::new("bantuan-kata")
                .with("kunci", keyword)
                .with("kode", kode)
                .by(self.modules.by_keyword(keyword)),
            _ => match self.programme_of_phone(phone) {
                Some(module) => {
                    let first = module.all_keywords().next();
                    Reply::new("bantuan-peserta")
                        .with("kunci", first.map_or("JADWAL", String::as_str))
                        .with("kode", kode)
                        .by(Some(module))
                }
                None => Reply::new("bantuan"),
            },
        }
    }

    /// The programme of a phone that belongs to participants of that programme alone.
    fn programme_of_phone(&self, phone: &PhoneNumber) -> Option<&Module> {
        let own = self.satker_of(phone);
        let index = self.store.index();
        let mut kinds = own
            .iter()
            .filter_map(|code| index.satker().get(code))
            .map(|known| known.kind.as_str());
        let first = kinds.next()?;
        kinds
            .all(|kind| kind == first)
            .then(|| self.modules.speaker(first))?
    }

    /// Whether a text begins as the office's own do: then a machine sends it back.
    fn is_our_own(&self, text: &str) -> bool {
        let text = text.trim_start().to_lowercase();
        let begins = |name: &str| {
            let name = name.trim().to_lowercase();
            text.strip_prefix(&name)
                .is_some_and(|rest| rest.starts_with([':', '.']))
        };
        begins(&self.settings.office.name)
            || begins("SI PINTAR")
            || self
                .modules
                .iter()
                .filter_map(|module| module.sender.as_deref())
                .any(begins)
    }
}

#[cfg(test)]
mod tests;
