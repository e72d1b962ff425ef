//! What becomes of a letter: registering, moving on, reaching an end, and the notices that follow.

use chrono::{DateTime, Utc};

use super::deadlines::Act;
use super::office::{Office, Values, clean_text, not_found};
use crate::ask::{EndLetter, EndPreview, LetterPreview, MoveLetter, NewLetter, RegisterLetter};
use crate::domain::access::Actor;
use crate::domain::fact::Fact;
use crate::domain::id::{AgendaNo, SmsId};
use crate::domain::letter::{Letter, LetterState};
use crate::domain::module::{Notice, Service, When};
use crate::domain::refusal::Refusal;
use crate::domain::satker::Satker;
use crate::domain::sms::SmsKind;

mod check;
mod notice;

pub(super) use check::check_values;

use notice::notice_of;

/// Stands in a preview for the reason that is still to be typed; no message is ever drafted with it.
const REASON_TO_COME: &str = "(alasan)";

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
            Some(Ok(text)) => Some(self.preview(text, checked.satker.as_ref())),
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
            Some(section) => Some(self.known_section(&section)?),
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

    /// A section by its code, whatever its case.
    ///
    /// # Errors
    /// `section-unknown`.
    pub fn known_section(&self, section: &str) -> Result<String, Refusal> {
        crate::ask::known_section(&self.modules, section)
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
        // A reason that is still to be typed leaves no hole.
        let reason = match ask.note.trim() {
            "" => REASON_TO_COME,
            _ => &ask.note,
        };
        let text = self.notice_text(service, notice, &ended, satker.as_ref(), reason, now);
        let notice = text
            .and_then(Result::ok)
            .map(|text| self.preview(text, satker.as_ref()));
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
            facts.extend(self.owed_again(&letter, &reason, actor, now)?);
        }
        let mut entered = Entered {
            agenda: ask.agenda,
            sms: None,
            no_sms: None,
            duplicate: None,
        };
        let mut told = Vec::new();
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
                    told.push(sms.to.clone());
                    let survey = (kind == SmsKind::Completed)
                        .then(|| self.survey_after(&end, &sms, actor, now))
                        .flatten();
                    facts.push(Fact::SmsDrafted { sms: Box::new(sms) });
                    facts.extend(survey.map(|sms| Fact::SmsDrafted { sms: Box::new(sms) }));
                }
                Ok(None) => entered.no_sms = Some(Refusal::new("no-text")),
                Err(why) => entered.no_sms = Some(why),
            }
        }
        if ask.to == LetterState::Completed {
            let mut act = Act::after(self, actor, now, facts);
            self.after_completion(&mut act, service, &end, &told)?;
            facts = act.into_facts();
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

/// The letter as it will be, for the texts about it.
fn ended(letter: &Letter, state: LetterState, fields: Values, now: DateTime<Utc>) -> Letter {
    let mut letter = letter.clone();
    letter.fields.extend(fields);
    letter.state = state;
    letter.completed = Some(now);
    letter
}
