//! What becomes of a letter: registering, moving on, reaching an end, and the notices that follow.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::office::{Office, Values, clean_text, not_found, reasons};
use crate::domain::access::Actor;
use crate::domain::fact::Fact;
use crate::domain::id::{AgendaNo, SatkerCode, Series, SmsId};
use crate::domain::letter::{Letter, LetterState, Sender, Step};
use crate::domain::module::{Filling, Notice, Service, When};
use crate::domain::phone::PhoneNumber;
use crate::domain::rule::Basis;
use crate::domain::satker::{ContactRole, Satker};
use crate::domain::sms::{Sms, SmsKind};
use crate::service::{
    EndLetter, EndPreview, LetterPreview, MoveLetter, NewLetter, Refusal, RegisterLetter,
    TextPreview,
};

/// A new letter, checked.
#[derive(Debug)]
struct Checked {
    letter: Letter,
    satker: Option<Satker>,
    duplicate: Option<AgendaNo>,
}

impl Office {
    /// What registering would give; never refuses, but lists what is wrong.
    ///
    /// # Errors
    /// Those of the store, and an unknown module or service.
    pub fn preview_letter(
        &self,
        new: &NewLetter,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<LetterPreview, Refusal> {
        let service = self.service(&new.module, &new.service)?;
        let (checked, problems) = self.check_letter(new, service, actor, now)?;
        let receipt = match self.notice_text(
            service,
            Notice::Received,
            &checked.letter,
            checked.satker.as_ref(),
            "",
            now,
        ) {
            Some(Ok(text)) => Some(preview(text, checked.satker.as_ref())),
            _ => None,
        };
        Ok(LetterPreview {
            target: checked.letter.target.map(|target| self.local(target)),
            duplicate: checked.duplicate,
            subject: checked.letter.subject,
            problems,
            receipt,
        })
    }

    /// Registers a letter and drafts its receipt notice.
    ///
    /// # Errors
    /// The first thing that is wrong with it, or `duplicate` unless that was seen.
    pub fn register(
        &self,
        ask: &RegisterLetter,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, Entered), Refusal> {
        let service = self.service(&ask.letter.module, &ask.letter.service)?;
        Self::require_section(actor, &service.section)?;
        let (checked, problems) = self.check_letter(&ask.letter, service, actor, now)?;
        if let Some(problem) = problems.into_iter().next() {
            return Err(problem);
        }
        if let (Some(earlier), false) = (checked.duplicate, ask.duplicate_seen) {
            let number = checked.letter.number.unwrap_or_default();
            return Err(Refusal::new("duplicate")
                .with("agenda", earlier)
                .with("number", number)
                .on("number"));
        }
        let mut facts = vec![Fact::LetterRegistered {
            letter: Box::new(checked.letter.clone()),
        }];
        let sms = self
            .notice(
                service,
                Notice::Received,
                SmsKind::Received,
                &checked.letter,
                checked.satker.as_ref(),
                "",
                actor,
                now,
            )
            .ok()
            .flatten();
        let id = sms.as_ref().map(|sms| sms.id);
        facts.extend(sms.map(|sms| Fact::SmsDrafted { sms: Box::new(sms) }));
        let form = format!("register/{}", checked.letter.module);
        if self.store.draft(&actor.user, &form)?.is_some() {
            facts.push(Fact::DraftDropped {
                user: actor.user.clone(),
                form,
            });
        }
        Ok((
            facts,
            Entered {
                agenda: checked.letter.agenda,
                sms: id,
                no_sms: None,
                duplicate: checked.duplicate,
            },
        ))
    }

    /// Moves a letter on inside the office.
    ///
    /// # Errors
    /// `agenda-unknown`, `letter-state`, `forbidden`.
    pub fn move_letter(
        &self,
        ask: &MoveLetter,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, AgendaNo), Refusal> {
        let letter = self.letter(ask.agenda)?;
        Self::require_section(actor, &letter.section)?;
        if ask.to.is_open() || ask.to == LetterState::HandedOver {
            Self::check_move(&letter, ask.to)?;
        } else {
            return Err(Refusal::new("bad-state").with("state", ask.to.as_str()));
        }
        let note = clean_text("note", ask.note.as_deref().unwrap_or_default(), 300)?;
        let section = match clean_text("section", ask.section.as_deref().unwrap_or_default(), 14)? {
            Some(section) => {
                let known = self
                    .modules
                    .iter()
                    .flat_map(|module| &module.services)
                    .map(|service| service.section.as_str());
                let known: std::collections::BTreeSet<&str> = known.chain(["UMUM"]).collect();
                let wanted = section.to_uppercase();
                if !known.contains(wanted.as_str()) {
                    let list = known.into_iter().collect::<Vec<_>>().join(", ");
                    return Err(Refusal::new("section-unknown")
                        .with("section", section)
                        .with("known", list)
                        .on("section"));
                }
                Some(wanted)
            }
            None => None,
        };
        // Leaving MENUNGGU moves the target by the service time that the clock stood still.
        let target = if letter.state == LetterState::Waiting {
            let mut resumed = letter.clone();
            if let Some(stop) = resumed.stops.last_mut() {
                stop.to.get_or_insert(now);
            }
            let norm = self
                .service(&letter.module, &letter.service)
                .map(|service| service.norm);
            norm.ok().and_then(|norm| self.target(norm, &resumed, now))
        } else {
            None
        };
        let fact = Fact::LetterMoved {
            agenda: ask.agenda,
            state: ask.to,
            at: now,
            by: actor.user.clone(),
            note,
            section,
            target,
        };
        Ok((vec![fact], ask.agenda))
    }

    /// What ending a letter would give.
    ///
    /// # Errors
    /// `agenda-unknown`.
    pub fn preview_end(&self, ask: &EndLetter, now: DateTime<Utc>) -> Result<EndPreview, Refusal> {
        let letter = self.letter(ask.agenda)?;
        let service = self.service(&letter.module, &letter.service)?;
        let (fields, mut problems) = self.check_fields(service, When::Complete, ask, now);
        if ask.to != LetterState::Completed && ask.note.trim().is_empty() {
            problems.push(Refusal::new("reason-missing").on("note"));
        }
        let Some((notice, _)) = notice_of(ask.to) else {
            return Ok(EndPreview {
                problems,
                notice: None,
            });
        };
        let satker = self.sender_record(&letter)?;
        let ended = ended(&letter, ask.to, fields, now);
        let text = self.notice_text(service, notice, &ended, satker.as_ref(), &ask.note, now);
        let notice = text
            .and_then(Result::ok)
            .map(|text| preview(text, satker.as_ref()));
        Ok(EndPreview { problems, notice })
    }

    /// Ends a letter, drafts the notice of it, and withdraws what a void letter had drafted.
    ///
    /// # Errors
    /// `agenda-unknown`, `letter-state`, `reason-missing`, a field that is missing or bad, `forbidden`.
    pub fn end_letter(
        &self,
        ask: &EndLetter,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, Entered), Refusal> {
        let letter = self.letter(ask.agenda)?;
        let service = self.service(&letter.module, &letter.service)?;
        Self::require_section(actor, &letter.section)?;
        if ask.to.is_open() || ask.to == LetterState::HandedOver {
            return Err(Refusal::new("bad-state").with("state", ask.to.as_str()));
        }
        Self::check_move(&letter, ask.to)?;
        let note = clean_text("note", &ask.note, 300)?;
        if ask.to != LetterState::Completed && note.is_none() {
            return Err(Refusal::new("reason-missing").on("note"));
        }
        let fields = if ask.to == LetterState::Completed {
            let (fields, problems) = self.check_fields(service, When::Complete, ask, now);
            if let Some(problem) = problems.into_iter().next() {
                return Err(problem);
            }
            fields
        } else {
            Values::new()
        };
        let end = ended(&letter, ask.to, fields.clone(), now);
        let reason = note.clone().unwrap_or_default();
        let mut facts = vec![Fact::LetterEnded {
            agenda: ask.agenda,
            state: ask.to,
            at: now,
            by: actor.user.clone(),
            note,
            fields,
        }];
        // What was drafted about it and has not left yet is no longer true.
        if ask.to == LetterState::Void {
            facts.extend(self.withdraw(ask.agenda, &reason, now)?);
        }
        let mut entered = Entered {
            agenda: ask.agenda,
            sms: None,
            no_sms: None,
            duplicate: None,
        };
        if let Some((notice, kind)) = notice_of(ask.to) {
            let satker = self.sender_record(&letter)?;
            match self.notice(
                service,
                notice,
                kind,
                &end,
                satker.as_ref(),
                &reason,
                actor,
                now,
            ) {
                Ok(Some(sms)) => {
                    entered.sms = Some(sms.id);
                    facts.push(Fact::SmsDrafted { sms: Box::new(sms) });
                }
                Ok(None) => entered.no_sms = Some(Refusal::new("no-text")),
                Err(why) => entered.no_sms = Some(why),
            }
        }
        Ok((facts, entered))
    }

    /// The record of a letter.
    ///
    /// # Errors
    /// `agenda-unknown`.
    pub fn letter(&self, agenda: AgendaNo) -> Result<Letter, Refusal> {
        self.store
            .letter(agenda)?
            .ok_or_else(|| Refusal::new("agenda-unknown").with("agenda", agenda))
    }

    /// A service of a module.
    ///
    /// # Errors
    /// `module-unknown` or `service-unknown`, with the nearest id.
    pub fn service(&self, module: &str, service: &str) -> Result<&Service, Refusal> {
        let module = self
            .modules
            .module(module)
            .map_err(|error| not_found(&error).on("module"))?;
        module
            .service(service)
            .map_err(|error| not_found(&error).with("module", &module.id).on("service"))
    }

    fn sender_record(&self, letter: &Letter) -> Result<Option<Satker>, Refusal> {
        match letter.sender.satker() {
            Some(code) => Ok(self.store.satker(code)?),
            None => Ok(None),
        }
    }

    fn check_move(letter: &Letter, to: LetterState) -> Result<(), Refusal> {
        if letter.state.may_become(to) {
            return Ok(());
        }
        Err(Refusal::new("letter-state")
            .with("agenda", letter.agenda)
            .with("state", letter.state.as_str())
            .with("to", to.as_str()))
    }

    fn withdraw(
        &self,
        agenda: AgendaNo,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<Fact>, Refusal> {
        use crate::domain::sms::SmsState;
        let ids = self.store.index().sms_of_letter(agenda).to_vec();
        let mut facts = Vec::new();
        for id in ids {
            let Some(sms) = self.store.sms(id)? else {
                continue;
            };
            if matches!(sms.state, SmsState::Waiting | SmsState::Queued) {
                let by = Actor::system().user;
                facts.push(Fact::SmsDropped {
                    id,
                    state: SmsState::Withdrawn,
                    at: now,
                    by,
                    reason: reason.to_owned(),
                });
            }
        }
        Ok(facts)
    }

    fn check_letter(
        &self,
        new: &NewLetter,
        service: &Service,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Checked, Vec<Refusal>), Refusal> {
        let mut problems = Vec::new();
        let today = self.date(now);
        let (sender, satker) = match self.check_sender(new)? {
            Ok(found) => found,
            Err(problem) => {
                problems.push(problem);
                (Sender::Other(String::new()), None)
            }
        };
        let mut text = |field: &str, value: &str, max: usize| {
            clean_text(field, value, max).unwrap_or_else(|problem| {
                problems.push(problem);
                None
            })
        };
        let number = text("number", &new.number, 50);
        let subject = text("subject", &new.subject, 200);
        let attachments = text("attachments", &new.attachments, 40);
        let bringer = text("bringer", &new.bringer, 60);
        let note = text("note", &new.note, 300);
        let date = match new.date.trim() {
            "" => None,
            typed => crate::domain::when::parse_typed(typed, today)
                .map_err(|error| {
                    problems.push(
                        reasons(Refusal::new("bad-date").with("text", typed), |lang| {
                            error.explain(lang)
                        })
                        .on("date"),
                    );
                })
                .ok(),
        };
        if let Some(late) = date.filter(|date| *date > today) {
            problems.push(
                Refusal::new("date-future")
                    .with("date", crate::domain::when::short(late))
                    .on("date"),
            );
        }
        let bringer_phone = match new.bringer_phone.trim() {
            "" => None,
            typed => PhoneNumber::parse(typed)
                .map(|(phone, _)| phone)
                .map_err(|error| {
                    problems.push(
                        reasons(Refusal::new("bad-phone").with("text", typed), |lang| {
                            error.explain(lang)
                        })
                        .on("bringer_phone"),
                    );
                })
                .ok(),
        };
        let (fields, field_problems) = check_values(service, When::Register, &new.fields, today);
        problems.extend(field_problems);
        let year = u16::try_from(today.year()).unwrap_or(0);
        let previous = match new.previous.trim() {
            "" => None,
            typed => match AgendaNo::parse(typed, year) {
                Ok(agenda) if self.store.index().letter(agenda).is_some() => Some(agenda),
                _ => {
                    problems.push(
                        Refusal::new("previous-unknown")
                            .with("agenda", typed)
                            .on("previous"),
                    );
                    None
                }
            },
        };
        let duplicate = number
            .as_deref()
            .and_then(|number| self.store.index().duplicate(&sender, number))
            .filter(|earlier| Some(*earlier) != previous);
        let series = Series::parse(&service.series).unwrap_or(Series::AGD);
        let serial = self.store.index().next_serial(year, series);
        // What skips the head of the office goes straight to its section.
        let state = if service.skip_disposition {
            LetterState::Dispositioned
        } else {
            LetterState::Received
        };
        let mut history = vec![Step {
            state: LetterState::Received,
            at: now,
            by: actor.user.clone(),
            note: None,
        }];
        if state != LetterState::Received {
            history.push(Step {
                state,
                at: now,
                by: Actor::system().user,
                note: None,
            });
        }
        let mut letter = Letter {
            agenda: AgendaNo {
                year,
                series,
                serial,
            },
            module: new.module.clone(),
            service: service.id.clone(),
            sender,
            number,
            date,
            subject: subject.unwrap_or_else(|| usual_subject(service, &fields)),
            attachments,
            urgency: new.urgency,
            security: new.security,
            channel: new.channel,
            bringer,
            bringer_phone,
            note,
            fields,
            section: service.section.clone(),
            previous,
            received: now,
            target: None,
            completed: None,
            state,
            stops: Vec::new(),
            history,
        };
        letter.target = self.target(service.norm, &letter, now);
        Ok((
            Checked {
                letter,
                satker,
                duplicate,
            },
            problems,
        ))
    }

    fn check_sender(
        &self,
        new: &NewLetter,
    ) -> Result<Result<(Sender, Option<Satker>), Refusal>, Refusal> {
        let typed = new.satker.trim();
        if typed.is_empty() {
            return Ok(match clean_text("sender", &new.sender, 100) {
                Ok(Some(name)) => Ok((Sender::Other(name), None)),
                Ok(None) => Err(Refusal::new("satker-missing").on("satker")),
                Err(problem) => Err(problem),
            });
        }
        let unknown = || {
            Refusal::new("satker-unknown")
                .with("code", typed)
                .on("satker")
        };
        let Ok(code) = SatkerCode::parse(typed) else {
            return Ok(Err(unknown()));
        };
        Ok(match self.store.satker(code)? {
            Some(satker) => Ok((Sender::Satker(code), Some(satker))),
            None => Err(unknown()),
        })
    }

    fn check_fields(
        &self,
        service: &Service,
        when: When,
        ask: &EndLetter,
        now: DateTime<Utc>,
    ) -> (Values, Vec<Refusal>) {
        if ask.to != LetterState::Completed {
            return (Values::new(), Vec::new());
        }
        check_values(service, when, &ask.fields, self.date(now))
    }

    /// The text of a notice; none where the service has none.
    fn notice_text(
        &self,
        service: &Service,
        notice: Notice,
        letter: &Letter,
        satker: Option<&Satker>,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Option<Result<String, Refusal>> {
        let zone = self.zone();
        let at = zone.local(if notice == Notice::Received {
            letter.received
        } else {
            now
        });
        let sender = match (&letter.sender, satker) {
            (_, Some(satker)) => satker.short_name.clone(),
            (Sender::Other(name), None) => name.clone(),
            (Sender::Satker(code), None) => code.to_string(),
        };
        let year = i32::from(letter.agenda.year);
        let agenda = if year == self.date(now).year() {
            letter.agenda.short()
        } else {
            letter.agenda.to_string()
        };
        let context: Values = [
            ("kantor", self.settings.office.name.clone()),
            ("satker", sender),
            (
                "kode",
                letter
                    .sender
                    .satker()
                    .map(|code| code.to_string())
                    .unwrap_or_default(),
            ),
            ("agenda", agenda),
            ("layanan", service.short.clone()),
            ("tgl", at.date().to_string()),
            ("jam", crate::domain::when::clock(at.time())),
            ("alasan", reason.to_owned()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        let due_of = |obligation: &str| self.due_of(obligation, letter, at.date());
        let filling = Filling {
            context: &context,
            fields: &letter.fields,
            due_of: &due_of,
            event_date: Some(at.date()),
        };
        Some(
            service
                .notice(notice, &filling)?
                .map_err(|error| Refusal::new("text-unfilled").with("cause", error)),
        )
    }

    /// The due date that a notice names: of the letter's own period where it has one, else of what its completion starts on `day`.
    fn due_of(&self, obligation: &str, letter: &Letter, day: NaiveDate) -> Option<NaiveDate> {
        let calendar = self.calendar();
        let period = letter
            .fields
            .values()
            .find_map(|value| crate::domain::period::Period::parse(value).ok());
        let amount = letter
            .fields
            .get("nilai")
            .and_then(|value| value.parse().ok());
        let bases = period
            .map(Basis::period)
            .into_iter()
            .chain([Basis::event(day)]);
        bases
            .map(|basis| match amount {
                Some(amount) => basis.with_value(amount),
                None => basis,
            })
            .find_map(|basis| self.modules.due(obligation, &basis, &calendar).ok())
            .map(|(_, due)| due.date)
    }

    /// Drafts a notice to the KPA of the sender. None where the service has no text for it.
    #[expect(clippy::too_many_arguments, reason = "the whole story of a notice")]
    fn notice(
        &self,
        service: &Service,
        notice: Notice,
        kind: SmsKind,
        letter: &Letter,
        satker: Option<&Satker>,
        reason: &str,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Option<Sms>, Refusal> {
        let Some(text) = self.notice_text(service, notice, letter, satker, reason, now) else {
            return Ok(None);
        };
        let text = text?;
        let satker = satker.ok_or_else(|| {
            Refusal::new("no-phone")
                .with("satker", "")
                .with("role", "kpa")
        })?;
        if !satker.active {
            return Err(Refusal::new("satker-inactive").with("satker", satker.code));
        }
        let phone = satker.phone(ContactRole::Kpa).ok_or_else(|| {
            Refusal::new("no-phone")
                .with("satker", satker.code)
                .with("role", ContactRole::Kpa.as_str())
        })?;
        let mut sms = self.draft(kind, phone.clone(), text, actor, now)?;
        sms.satker = Some(satker.code);
        sms.role = Some(ContactRole::Kpa);
        sms.letter = Some(letter.agenda);
        Ok(Some(sms))
    }
}

/// What a command about a letter led to.
#[derive(Debug, Clone)]
pub struct Entered {
    /// Which letter.
    pub agenda: AgendaNo,
    /// The notice drafted.
    pub sms: Option<SmsId>,
    /// Why none was.
    pub no_sms: Option<Refusal>,
    /// An earlier letter of the same sender with the same number.
    pub duplicate: Option<AgendaNo>,
}

fn notice_of(state: LetterState) -> Option<(Notice, SmsKind)> {
    match state {
        LetterState::Completed => Some((Notice::Completed, SmsKind::Completed)),
        LetterState::Returned => Some((Notice::Returned, SmsKind::Returned)),
        LetterState::Rejected => Some((Notice::Rejected, SmsKind::Returned)),
        _ => None,
    }
}

/// The letter as it will be, for the texts about it.
fn ended(letter: &Letter, state: LetterState, fields: Values, now: DateTime<Utc>) -> Letter {
    let mut letter = letter.clone();
    letter.fields.extend(fields);
    letter.state = state;
    letter.completed = Some(now);
    letter
}

/// Reads the module's own fields as typed: canonical values, and what is wrong.
fn check_values(
    service: &Service,
    when: When,
    typed: &Values,
    today: NaiveDate,
) -> (Values, Vec<Refusal>) {
    let mut values = Values::new();
    let mut problems = Vec::new();
    for id in typed.keys() {
        if !service
            .fields
            .iter()
            .any(|field| field.id == *id && field.when == when)
        {
            let known = service
                .fields
                .iter()
                .filter(|field| field.when == when)
                .map(|field| field.id.as_str());
            let near = crate::domain::module::nearest(id, known).unwrap_or_default();
            problems.push(
                Refusal::new("field-unknown")
                    .with("name", id)
                    .with("nearest", near)
                    .on(id),
            );
        }
    }
    for field in service.fields.iter().filter(|field| field.when == when) {
        let text = typed
            .get(&field.id)
            .map(|text| text.trim())
            .unwrap_or_default();
        if text.is_empty() {
            if field.required {
                let problem = Refusal::new("field-missing")
                    .with("field", &field.label.id)
                    .with("field-en", &field.label.en);
                problems.push(problem.with("id", &field.id).on(&field.id));
            }
            continue;
        }
        match field.parse(text, today) {
            Ok(value) => {
                values.insert(field.id.clone(), value);
            }
            Err(problem) => {
                let refusal = Refusal::new("field-bad")
                    .with("field", &field.label.id)
                    .with("field-en", &field.label.en);
                let refusal = refusal.with("id", &field.id).with("text", text);
                problems
                    .push(reasons(refusal, |lang| problem.what.get(lang).to_owned()).on(&field.id));
            }
        }
    }
    (values, problems)
}

/// "LPJ Bendahara Nov 2026".
fn usual_subject(service: &Service, fields: &Values) -> String {
    use crate::domain::lang::Lang;
    let period = fields
        .values()
        .find_map(|value| crate::domain::period::Period::parse(value).ok());
    match period {
        Some(period) => format!("{} {}", service.name.id, period.display(Lang::Id)),
        None => service.name.id.clone(),
    }
}

/// A text as it would be sent to the KPA.
fn preview(text: String, satker: Option<&Satker>) -> TextPreview {
    let (encoding, parts) = super::messages::measure(&text);
    let to = satker.and_then(|satker| {
        let official = satker.official(ContactRole::Kpa)?;
        Some((
            official.name.clone(),
            satker.phone(ContactRole::Kpa)?.clone(),
        ))
    });
    TextPreview {
        text,
        encoding,
        parts: u8::try_from(parts).unwrap_or(u8::MAX),
        to,
    }
}
