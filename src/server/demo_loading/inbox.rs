//! What satker of the demonstration office wrote by SMS in the last weeks: questions with their answers, ratings, complaints, and what
//! waits for a person.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc};
use fastrand::Rng;

use super::super::connection::Shared;
use super::super::demo::{self, talk};
use crate::domain::access::Actor;
use crate::domain::id::{AgendaNo, SatkerCode, SmsId};
use crate::domain::letter::LetterState;
use crate::domain::refusal::Refusal;
use crate::domain::satker::ContactRole;
use crate::domain::sms::{SmsKind, SmsState};
use crate::server::answers::{Moment, Scene};
use crate::server::office::Office;

/// Satker whose people write.
const SATKER: usize = 400;

/// Questions with a keyword.
const QUESTIONS: usize = 120;

/// Days back that questions reach. Answers come from what is known now, so that they must not be asked long ago.
const QUESTION_DAYS: u64 = 14;

/// Requests for a rating that are told of, the latest ones, and the days that they reach back.
const SURVEYS: usize = 180;
const SURVEY_DAYS: i64 = 75;

/// Phones that want no notices any more.
const OPTED_OUT: usize = 4;

/// Writes the conversations down, one moment after another: each answer follows from what was before.
pub(super) fn load(shared: &Shared, seed: u64) -> Result<(), Refusal> {
    let user = Actor::system().user;
    let office = &shared.office;
    for moment in plan(office, seed, office.clock.now())? {
        shared.writer.commit(&user, None, move |office, _| {
            Ok((office.replay_talk(&moment)?, ()))
        })?;
    }
    Ok(())
}

/// An official who may write.
struct Person {
    code: SatkerCode,
    role: ContactRole,
    phone: String,
    /// When the office last did something for the satker: what is asked after that is answered as it would have been.
    busy: i64,
    /// The latest letter that has ended.
    letter: Option<AgendaNo>,
}

/// What happened, in the order of time: the same for the same office, seed and minute.
fn plan(office: &Office, seed: u64, now: DateTime<Utc>) -> Result<Vec<Moment>, Refusal> {
    let minute = now.timestamp() / 60 * 60;
    let now = DateTime::from_timestamp(minute, 0).unwrap_or(now);
    let mut story = Story {
        office,
        rng: Rng::with_seed(seed ^ 0x6b6f_7461_6b5f_736d),
        now,
        people: Vec::new(),
        told: Vec::new(),
    };
    story.people = people(office, &mut story.rng)?;
    if story.people.is_empty() {
        return Ok(Vec::new());
    }
    story.ratings();
    story.questions();
    story.opting_out();
    story.talks();
    story.complaints();
    let Story { mut told, .. } = story;
    told.sort_by_key(|moment| moment.at);
    Ok(told)
}

fn people(office: &Office, rng: &mut Rng) -> Result<Vec<Person>, Refusal> {
    let mut codes: Vec<SatkerCode> = {
        let index = office.store.index();
        let active = index.satker().iter().filter(|(_, one)| one.active);
        active.map(|(code, _)| *code).collect()
    };
    rng.shuffle(&mut codes);
    codes.truncate(SATKER);
    let mut people = Vec::new();
    for code in codes {
        let Some(satker) = office.store.satker(code)? else {
            continue;
        };
        let (busy, letter) = {
            let index = office.store.index();
            let done = |state| matches!(state, LetterState::Completed | LetterState::HandedOver);
            let ends = index
                .letters_of(code)
                .map(|one| one.ended.unwrap_or(one.received));
            let mut ended = index.letters_of(code).filter(|one| done(one.state));
            (
                ends.max().unwrap_or_default(),
                ended.next().map(|one| one.agenda),
            )
        };
        for official in satker.officials {
            let Some(phone) = official.phone else {
                continue;
            };
            // One person for two satker must name the code; here all do.
            if demo::unreachable(&phone).is_none() {
                people.push(Person {
                    code,
                    role: official.role,
                    phone: phone.as_str().to_owned(),
                    busy,
                    letter,
                });
            }
        }
    }
    Ok(people)
}

struct Story<'o> {
    office: &'o Office,
    rng: Rng,
    now: DateTime<Utc>,
    people: Vec<Person>,
    told: Vec<Moment>,
}

impl Story<'_> {
    fn tell(&mut self, at: DateTime<Utc>, what: Scene) {
        if at < self.now - TimeDelta::minutes(2) {
            self.told.push(Moment { at, what });
        }
    }

    fn wrote(&mut self, at: DateTime<Utc>, from: &str, text: impl Into<String>) {
        let (from, text) = (from.to_owned(), text.into());
        self.tell(at, Scene::Wrote { from, text });
    }

    /// Some time of a working day, so many days back at the most.
    fn some_time(&mut self, least: u64, most: u64) -> DateTime<Utc> {
        let today = self.office.date(self.now);
        let back = self.rng.u64(least..=most);
        let day = today.checked_sub_days(chrono::Days::new(back));
        let day = self.office.calendar().at_or_before(day.unwrap_or(today));
        let minutes = self.rng.i64(7 * 60..17 * 60);
        let seconds = self.rng.i64(0..60);
        self.at(
            day,
            TimeDelta::minutes(minutes) + TimeDelta::seconds(seconds),
        )
    }

    /// So many minutes ago; in the evening and at weekends, before the last afternoon ended.
    fn minutes_ago(&self, minutes: i64) -> DateTime<Utc> {
        let local = self.office.zone().local(self.now);
        let today = local.date();
        let minute = TimeDelta::minutes(minutes);
        let calendar = self.office.calendar();
        if (8..20).contains(&local.hour()) && calendar.is_working_day(today) {
            return self.now - minute;
        }
        let day = if local.hour() < 20 {
            today.pred_opt().unwrap_or(today)
        } else {
            today
        };
        self.at(calendar.at_or_before(day), TimeDelta::hours(17)) - minute
    }

    fn at(&self, day: NaiveDate, after_midnight: TimeDelta) -> DateTime<Utc> {
        let local = day.and_time(NaiveTime::MIN) + after_midnight;
        self.office.zone().instant(local)
    }

    /// Somebody who may have asked then.
    fn somebody(&mut self, at: DateTime<Utc>, fits: impl Fn(&Person) -> bool) -> Option<usize> {
        (0..50).find_map(|_| {
            let nth = self.rng.usize(..self.people.len());
            let person = self.people.get(nth)?;
            (person.busy < at.timestamp() && fits(person)).then_some(nth)
        })
    }

    fn phone(&self, nth: usize) -> String {
        self.people
            .get(nth)
            .map(|person| person.phone.clone())
            .unwrap_or_default()
    }

    /// Requests for a rating after completed services, and the ratings of those who answered.
    fn ratings(&mut self) {
        let since = (self.now - TimeDelta::days(SURVEY_DAYS)).timestamp();
        let survey = &self.office.settings.survey;
        let mut notices: Vec<(SmsId, i64, AgendaNo, u64)> = {
            let index = self.office.store.index();
            index
                .sms()
                .iter()
                .filter(|sms| sms.kind == SmsKind::Completed && sms.state == SmsState::Delivered)
                .filter(|sms| sms.changed > since)
                .filter_map(|sms| Some((sms.id, sms.changed, sms.letter?, sms.to)))
                .filter(|(.., letter, _)| survey.chooses(letter.serial))
                .collect()
        };
        notices.sort_unstable_by_key(|(id, changed, ..)| (*changed, *id));
        let from = notices.len().saturating_sub(SURVEYS);
        for (notice, changed, letter, to) in notices.into_iter().skip(from) {
            let Some(told) = DateTime::from_timestamp(changed, 0) else {
                continue;
            };
            let asked = told + TimeDelta::seconds(self.rng.i64(5..40));
            self.tell(asked, Scene::Asked { notice });
            let after = TimeDelta::minutes(self.rng.i64(4..240));
            if self.rng.u8(..100) < 62 {
                let text = talk::rating(&mut self.rng, letter);
                self.wrote(asked + after, &format!("+{to}"), text);
            }
        }
    }

    fn questions(&mut self) {
        for _ in 0..QUESTIONS {
            let at = self.some_time(0, QUESTION_DAYS);
            let Some(nth) = self.somebody(at, |_| true) else {
                continue;
            };
            let Some(Person { code, letter, .. }) = self.people.get(nth) else {
                continue;
            };
            let (code, letter) = (*code, *letter);
            let text = talk::question(&mut self.rng, code, letter);
            let phone = self.phone(nth);
            self.wrote(at, &phone, text);
            if self.rng.u8(..100) < 12 {
                let later = TimeDelta::seconds(self.rng.i64(60..240));
                self.wrote(at + later, &phone, "Terima kasih");
            }
        }
        // Who asks about another satker, and who is on nobody's list.
        for _ in 0..3 {
            let at = self.some_time(0, QUESTION_DAYS);
            let (asking, about) = (self.somebody(at, |_| true), self.somebody(at, |_| true));
            let other = about
                .and_then(|nth| self.people.get(nth))
                .map(|one| one.code);
            if let (Some(asking), Some(other)) = (asking, other) {
                let phone = self.phone(asking);
                self.wrote(at, &phone, format!("PAGU {other}"));
            }
            let at = self.some_time(0, QUESTION_DAYS);
            if let (Some(phone), Some(other)) = (self.stranger(), other) {
                self.wrote(at, &phone, format!("LPJ {other}"));
            }
        }
        for (from, text) in talk::MACHINES {
            let at = self.some_time(0, QUESTION_DAYS);
            self.wrote(at, from, text);
        }
    }

    /// A phone on nobody's list.
    fn stranger(&mut self) -> Option<String> {
        (0..200).find_map(|_| {
            let phone = demo::phone(self.rng.u32(..10_000))?;
            let known = !self.office.store.index().satker_of_phone(&phone).is_empty();
            (!known).then(|| phone.as_str().to_owned())
        })
    }

    /// Heads of satker are reminded; it is others who have enough of it.
    fn opting_out(&mut self) {
        for nth in 0..OPTED_OUT {
            let at = self.some_time(2, 25);
            let Some(person) = self.somebody(at, |one| one.role == ContactRole::Ppspm) else {
                continue;
            };
            let phone = self.phone(person);
            self.wrote(at, &phone, if nth == 1 { "stop" } else { "BERHENTI" });
            if nth == 0 {
                let later = TimeDelta::hours(self.rng.i64(3..30));
                self.wrote(at + later, &phone, "MULAI");
            }
        }
    }

    /// What no keyword matches: some of it a person has dealt with, some waits.
    fn talks(&mut self) {
        for talk in talk::DEALT_WITH {
            let at = self.some_time(2, 20);
            let Some(nth) = self.somebody(at, |_| true) else {
                continue;
            };
            let from = self.phone(nth);
            self.wrote(at, &from, talk.text);
            let later = at + TimeDelta::minutes(self.rng.i64(6..90));
            let what = match talk.answer {
                Some(answer) => Scene::Answered {
                    from,
                    text: format!("{}: {answer}", self.office.settings.office.name),
                },
                None => Scene::Aside { from },
            };
            self.tell(later, what);
        }
        for (turn, talk) in (0u64..).zip(talk::WAITING) {
            let at = if turn < 3 {
                {
                    let minutes = self.rng.i64(10..110);
                    self.minutes_ago(minutes)
                }
            } else {
                self.some_time(1, 2)
            };
            let Some(nth) = self.somebody(at, |_| true) else {
                continue;
            };
            let from = self.phone(nth);
            self.wrote(at, &from, talk.text);
            let section = self.office.modules.module(talk.module).ok();
            if let (0, Some(section)) = (turn % 3, section.map(|one| one.section.clone())) {
                let later = at + TimeDelta::minutes(3);
                self.tell(later, Scene::Given { from, section });
            }
        }
    }

    /// They are registered as letters: the last of today's, so that the numbers follow one another in time.
    fn complaints(&mut self) {
        let mut ago = self.rng.i64(4..9);
        for text in talk::COMPLAINTS {
            let at = self.minutes_ago(ago);
            ago += self.rng.i64(5..30);
            if let Some(nth) = self.somebody(at, |_| true) {
                let phone = self.phone(nth);
                self.wrote(at, &phone, text);
            }
        }
    }
}

#[cfg(test)]
mod tests;
