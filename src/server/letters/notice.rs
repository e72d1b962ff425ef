//! The notices that follow from what becomes of a letter: their texts, and to whom they go.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::super::office::{Office, Values};
use crate::ask::TextPreview;
use crate::domain::access::Actor;
use crate::domain::letter::{Letter, LetterState, Sender};
use crate::domain::module::{Filling, Notice, Service};
use crate::domain::refusal::Refusal;
use crate::domain::rule::Basis;
use crate::domain::satker::Satker;
use crate::domain::sms::{Sms, SmsKind};

impl Office {
    /// The text of a notice; none where the service has none.
    pub(super) fn notice_text(
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
            ("kantor", self.sender_name(&letter.module)),
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

    /// The name under which texts of a module go out.
    pub(in crate::server) fn sender_name(&self, module: &str) -> String {
        let module = self.modules.module(module).ok();
        module
            .and_then(|module| module.sender.clone())
            .unwrap_or_else(|| self.settings.office.name.clone())
    }

    /// A text as it would be sent to the KPA, or the main contact of another participant.
    pub(super) fn preview(&self, text: String, satker: Option<&Satker>) -> TextPreview {
        let (encoding, parts) = crate::server::messages::measure(&text);
        let to = satker.and_then(|satker| {
            let role = self.modules.main_role(&satker.kind);
            let official = satker.official(role)?;
            Some((official.name.clone(), satker.phone(role)?.clone()))
        });
        TextPreview {
            text,
            encoding,
            parts: u8::try_from(parts).unwrap_or(u8::MAX),
            opted_out: to.as_ref().is_some_and(|(_, phone)| self.opted_out(phone)),
            to,
        }
    }

    /// Drafts a notice to the KPA of the sender, or the main contact of another participant. None where the service has no text for it.
    #[expect(clippy::too_many_arguments, reason = "the whole story of a notice")]
    pub(super) fn notice(
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
        let role = self.modules.main_role(&satker.kind);
        let phone = satker.phone(role).ok_or_else(|| {
            Refusal::new("no-phone")
                .with("satker", satker.code)
                .with("role", role.as_str())
        })?;
        self.check_wanted(kind, phone)?;
        let mut sms = self.draft(kind, phone.clone(), text, actor, now)?;
        sms.satker = Some(satker.code);
        sms.role = Some(role);
        sms.letter = Some(letter.agenda);
        Ok(Some(sms))
    }
}

pub(super) fn notice_of(state: LetterState) -> Option<(Notice, SmsKind)> {
    match state {
        LetterState::Completed => Some((Notice::Completed, SmsKind::Completed)),
        LetterState::Returned => Some((Notice::Returned, SmsKind::Returned)),
        LetterState::Rejected => Some((Notice::Rejected, SmsKind::Returned)),
        _ => None,
    }
}
