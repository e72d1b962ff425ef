//! Answers about letters, and what is registered because an SMS says so: plans, suggestions, complaints.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::Outcome;
use super::papers::{counts, is_done};
use super::reply::{Reply, UNKNOWN};
use crate::ask::NewLetter;
use crate::domain::access::Actor;
use crate::domain::fact::Fact;
use crate::domain::id::{AgendaNo, SatkerCode};
use crate::domain::inbox::InboxMessage;
use crate::domain::keyword::AgendaArg;
use crate::domain::letter::{Channel, Letter, LetterState, Sender};
use crate::domain::money::Rupiah;
use crate::domain::phone::PhoneNumber;
use crate::domain::refusal::Refusal;
use crate::domain::rule::Basis;
use crate::domain::when;
use crate::server::office::Office;

/// Longest subject made of a message, in characters.
const SUBJECT: usize = 120;

/// A plan of more than so many budgets is a slip of the finger; of less, the figures may be old, or of some expenses only.
const BUDGETS: i64 = 10;

impl Office {
    /// Where a letter stands, for its satker and for whoever brought it. Others are not told that it exists.
    pub(super) fn status_reply(
        &self,
        agenda: &AgendaArg,
        phone: &PhoneNumber,
        now: DateTime<Utc>,
    ) -> Result<Reply, Refusal> {
        let own = self.satker_of(phone);
        let unknown = |text: String| {
            if own.is_empty() {
                Reply::new("e02")
            } else {
                Reply::new("e06").with("agenda", text)
            }
        };
        let agenda = match agenda {
            AgendaArg::Agenda(agenda) => *agenda,
            AgendaArg::Bad(text) => return Ok(unknown(text.clone())),
            AgendaArg::None => return Ok(unknown(UNKNOWN.to_owned())),
        };
        let allowed = |letter: &Letter| {
            letter
                .sender
                .satker()
                .is_some_and(|satker| own.contains(&satker))
                || letter.bringer_phone.as_ref() == Some(phone)
        };
        let shown = self.agenda_text(agenda, now);
        match self.store.letter(agenda)? {
            Some(letter) if allowed(&letter) => self.state_of(&letter, shown),
            _ => Ok(unknown(shown)),
        }
    }

    /// An agenda number as it stands in an SMS: without the year where it is this one.
    pub(super) fn agenda_text(&self, agenda: AgendaNo, now: DateTime<Utc>) -> String {
        if i32::from(agenda.year) == self.date(now).year() {
            agenda.short()
        } else {
            agenda.to_string()
        }
    }

    fn state_of(&self, letter: &Letter, shown: String) -> Result<Reply, Refusal> {
        let service = self.service(&letter.module, &letter.service)?;
        let last = letter
            .history
            .last()
            .map_or(letter.received, |step| step.at);
        let done = is_done(letter);
        let at = self.zone().local(if done {
            letter.completed.unwrap_or(last)
        } else {
            last
        });
        let text = match letter.state {
            _ if done => "status-selesai",
            LetterState::Returned
            | LetterState::Rejected
            | LetterState::Void
            | LetterState::HandedOver => "status-akhir",
            _ => "status",
        };
        let name = match &letter.sender {
            Sender::Satker(code) => self.satker_name(*code),
            Sender::Other(name) => name.clone(),
        };
        let number = service
            .field_for("nomor")
            .and_then(|field| letter.fields.get(&field.id));
        let target = letter
            .target
            .map_or(UNKNOWN.to_owned(), |target| self.date(target).to_string());
        let mut reply = Reply::new(text)
            .with("agenda", shown)
            .with("layanan", &service.short)
            .with("satker", name)
            .with("status", self.state_word(letter.state))
            .with("tgl", at.date())
            .with("jam", when::clock(at.time()))
            .with("tgl2", target)
            .with("nomor", number.map_or(UNKNOWN, String::as_str))
            .of(letter.agenda);
        reply.satker = letter.sender.satker();
        Ok(reply)
    }

    /// Statements that a salary stops; none where the satker has none.
    pub(super) fn skpp_reply(
        &self,
        code: SatkerCode,
        now: DateTime<Utc>,
    ) -> Result<Option<Reply>, Refusal> {
        let letters = self.letters_in(code, "skpp")?;
        let Some(latest) = letters.first() else {
            return Ok(None);
        };
        let today = self.date(now);
        let this_month = |end: DateTime<Utc>| {
            let day = self.date(end);
            (day.year(), day.month()) == (today.year(), today.month())
        };
        let done = letters
            .iter()
            .filter(|letter| is_done(letter) && letter.completed.is_some_and(this_month));
        let open = letters.iter().filter(|letter| letter.state.is_open());
        let name = latest.fields.get("nama").map_or(UNKNOWN, String::as_str);
        Ok(Some(
            Reply::new("skpp")
                .with("satker", self.satker_name(code))
                .with("n", open.count().min(99))
                .with("n2", done.count().min(99))
                .with("nama", name)
                .with("status", self.state_word(latest.state))
                .of(latest.agenda),
        ))
    }

    /// A plan to withdraw cash: registered for the section, once.
    pub(super) fn plan(
        &self,
        code: SatkerCode,
        date: Option<NaiveDate>,
        amount: Option<Rupiah>,
        phone: &PhoneNumber,
        now: DateTime<Utc>,
    ) -> Result<Outcome, Refusal> {
        let today = self.date(now);
        let Some(date) = date.filter(|date| *date >= today) else {
            return Ok(Reply::new("e12").about(code).into());
        };
        let last = NaiveDate::from_ymd_opt(today.year() + 1, 12, 31).unwrap_or(today);
        if date > last {
            return Ok(Reply::new("e16")
                .with("tgl", today)
                .with("tgl2", last)
                .about(code)
                .into());
        }
        let Some(amount) = amount.filter(|amount| amount.0 > 0) else {
            return Ok(Reply::new("e14").with("kode", code).about(code).into());
        };
        let most = self.plan_bound(code)?;
        if amount.0 > most {
            return Ok(Reply::new("e15")
                .with("jml", amount.0)
                .with("pagu", most)
                .with("kode", code)
                .about(code)
                .into());
        }
        let basis = Basis::event(date).with_value(amount.0);
        let due = self.modules.due("rpd", &basis, &self.calendar());
        // Below the threshold nothing is owed, but the plan itself still stands in SAKTI before the day.
        let until = due.map_or(date, |(_, due)| due.date);
        let reply = Reply::new("rpd")
            .with("jml", amount.0)
            .with("tgl", date)
            .with("kode", code)
            .with("tgl2", until)
            .about(code);
        let (value, day) = (amount.0.to_string(), date.to_string());
        let known = self
            .letters_in(code, "lainnya")?
            .into_iter()
            .find(|letter| {
                letter.service == "rpd"
                    && counts(letter)
                    && letter.fields.get("nilai") == Some(&value)
                    && letter.fields.get("tanggal_cair") == Some(&day)
            });
        if let Some(known) = known {
            return Ok(Outcome {
                agenda: Some(known.agenda),
                ..Outcome::from(reply.of(known.agenda))
            });
        }
        let new = NewLetter {
            satker: code.to_string(),
            fields: [
                ("nilai".to_owned(), value),
                ("tanggal_cair".to_owned(), when::short(date)),
            ]
            .into(),
            ..from_phone("rpd", phone)
        };
        let letter = self.letter_by_sms(&new, now)?;
        let agenda = letter.agenda;
        Ok(Outcome {
            reply: reply.of(agenda),
            facts: vec![Fact::LetterRegistered {
                letter: Box::new(letter),
            }],
            agenda: Some(agenda),
        })
    }

    /// No plan is larger: what the settings say, and many times what the satker has in the latest year with figures.
    fn plan_bound(&self, code: SatkerCode) -> Result<i64, Refusal> {
        let rows = self.store.budget(code)?;
        let latest = rows.iter().map(|row| row.year).max();
        let pagu = rows
            .iter()
            .filter(|row| Some(row.year) == latest)
            .fold(0_i64, |sum, row| sum.saturating_add(row.pagu));
        let most = self.settings.inbox.plan_max;
        Ok(if pagu > 0 {
            most.min(pagu.saturating_mul(BUDGETS))
        } else {
            most
        })
    }

    /// A suggestion or a complaint: registered as a letter with a due answer.
    pub(super) fn suggestion(
        &self,
        keyword: &str,
        text: &str,
        phone: &PhoneNumber,
        message: &InboxMessage,
        now: DateTime<Utc>,
    ) -> Result<Outcome, Refusal> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            return Ok(self.help_reply(Some(keyword), phone).into());
        }
        let service = self.service("lainnya", "pengaduan")?;
        let fits = |id: &str| service.field(id).map_or(0, |field| field.max);
        let cut = |max: usize| text.chars().take(max).collect::<String>();
        let (satker, sender) = match message.satker {
            Some(code) => (code.to_string(), String::new()),
            None => (String::new(), format!("SMS {}", phone.display())),
        };
        let mut new = NewLetter {
            satker,
            sender,
            subject: format!("{keyword} ({}): {}", message.id, cut(SUBJECT)),
            ..from_phone("pengaduan", phone)
        };
        if fits("isi") > 0 {
            new.fields.insert("isi".to_owned(), cut(fits("isi")));
        }
        if service.field("hp_pelapor").is_ok() {
            new.fields.insert("hp_pelapor".to_owned(), phone.local());
        }
        let letter = self.letter_by_sms(&new, now)?;
        let (agenda, target) = (letter.agenda, letter.target);
        let reply = Reply::new("saran")
            .with("agenda", agenda.short())
            .with(
                "tgl",
                target.map_or(UNKNOWN.to_owned(), |target| self.date(target).to_string()),
            )
            .of(agenda);
        Ok(Outcome {
            reply,
            facts: vec![Fact::LetterRegistered {
                letter: Box::new(letter),
            }],
            agenda: Some(agenda),
        })
    }

    fn letter_by_sms(&self, new: &NewLetter, now: DateTime<Utc>) -> Result<Letter, Refusal> {
        let service = self.service(&new.module, &new.service)?;
        let (checked, problems) = self.check_letter(new, service, &Actor::system(), now)?;
        match problems.into_iter().next() {
            Some(problem) => Err(problem),
            None => Ok(checked.letter),
        }
    }
}

fn from_phone(service: &str, phone: &PhoneNumber) -> NewLetter {
    NewLetter {
        module: "lainnya".to_owned(),
        service: service.to_owned(),
        channel: Channel::Sms,
        bringer_phone: phone.local(),
        ..NewLetter::default()
    }
}
