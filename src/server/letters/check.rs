//! Reading a new letter as typed: what it becomes, and everything that is wrong with it.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::super::office::{Office, Values, clean_text, reasons};
use crate::ask::{EndLetter, NewLetter};
use crate::domain::access::Actor;
use crate::domain::id::{AgendaNo, SatkerCode, Series};
use crate::domain::letter::{Letter, LetterState, Sender, Step};
use crate::domain::module::{Field, Service, When};
use crate::domain::phone::PhoneNumber;
use crate::domain::refusal::Refusal;
use crate::domain::satker::Satker;

/// A new letter, checked.
#[derive(Debug)]
pub(in crate::server) struct Checked {
    pub letter: Letter,
    pub satker: Option<Satker>,
    pub duplicate: Option<AgendaNo>,
}

impl Office {
    pub(in crate::server) fn check_letter(
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
        let (fields, field_problems) =
            check_values(&service.fields, When::Register, &new.fields, today);
        problems.extend(field_problems);
        problems.extend(self.check_milestone(&new.module, &service.fulfils, &fields));
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
            Some(satker) => match self.check_kind(&new.module, &satker) {
                Ok(()) => Ok((Sender::Satker(code), Some(satker))),
                Err(problem) => Err(problem),
            },
            None => Err(unknown()),
        })
    }

    pub(super) fn check_fields(
        &self,
        service: &Service,
        when: When,
        ask: &EndLetter,
        now: DateTime<Utc>,
    ) -> (Values, Vec<Refusal>) {
        if ask.to != LetterState::Completed {
            return (Values::new(), Vec::new());
        }
        check_values(&service.fields, when, &ask.fields, self.date(now))
    }
}

/// Reads the module's own fields as typed: canonical values, and what is wrong.
pub(in crate::server) fn check_values(
    asked: &[Field],
    when: When,
    typed: &Values,
    today: NaiveDate,
) -> (Values, Vec<Refusal>) {
    let mut values = Values::new();
    let mut problems = Vec::new();
    for id in typed.keys() {
        if !asked
            .iter()
            .any(|field| field.id == *id && field.when == when)
        {
            let known = asked
                .iter()
                .filter(|field| field.when == when)
                .map(|field| field.id.as_str());
            let near = crate::domain::module::nearest(id, known.clone()).unwrap_or_default();
            let known = known.collect::<Vec<_>>().join(", ");
            problems.push(
                Refusal::new("field-unknown")
                    .with("name", id)
                    .with("nearest", near)
                    .with("known", known)
                    .on(id),
            );
        }
    }
    for field in asked.iter().filter(|field| field.when == when) {
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
