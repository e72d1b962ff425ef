//! What is shown: pages of lists, details, counters. Reads only.

use chrono::{DateTime, Datelike, Utc};

use super::office::Office;
use crate::ask::{
    BudgetView, CalendarDay, CalendarView, LetterDetail, LetterFilter, LetterPage, LetterRow,
    LetterSort, ListCalendar, ListLetters, ListSatker, ListSms, SatkerDetail, SatkerPage,
    SatkerRow, SmsDetail, SmsFilter, SmsPage, SmsRow,
};
use crate::domain::access::Actor;
use crate::domain::id::{AgendaNo, SatkerCode, SmsId};
use crate::domain::letter::LetterState;
use crate::domain::refusal::Refusal;
use crate::domain::sms::SmsState;
use crate::store::{LetterEntry, Words};

/// Rows of one answer at the most.
const PAGE_MAX: u32 = 1000;

/// Letters and messages shown with a satker.
const SATKER_ROWS: usize = 20;

mod deadlines;
mod failures;
mod home;
mod inbox;
mod outline;
mod records;
mod trail;

pub(super) use outline::TWIN_DAYS;

impl Office {
    /// A page of letters.
    ///
    /// # Errors
    /// Those of the store.
    pub fn list_letters(
        &self,
        ask: &ListLetters,
        now: DateTime<Utc>,
    ) -> Result<LetterPage, Refusal> {
        let (agendas, total) = self.find_letters(ask, now);
        Ok(LetterPage {
            rows: self.letter_rows(&agendas, now)?,
            total,
            offset: ask.offset,
        })
    }

    fn find_letters(&self, ask: &ListLetters, now: DateTime<Utc>) -> (Vec<AgendaNo>, u64) {
        let index = self.store.index();
        let interned = |name: &Option<String>| name.as_deref().map(|name| index.interned(name));
        let (module, service) = (interned(&ask.module), interned(&ask.service));
        // A name that no letter has matches nothing.
        if module == Some(None) || service == Some(None) {
            return (Vec::new(), 0);
        }
        let (module, service) = (module.flatten(), service.flatten());
        let words = ask.find.as_deref().and_then(Words::new);
        let seconds = now.timestamp();
        let tomorrow = self.midnight_after(now).timestamp();
        let fits = |at: u32, letter: &LetterEntry| {
            module.is_none_or(|module| letter.module == module)
                && service.is_none_or(|service| letter.service == service)
                && ask.satker.is_none_or(|code| letter.satker == Some(code))
                && match ask.filter {
                    LetterFilter::All => true,
                    LetterFilter::Open => letter.state.is_open(),
                    LetterFilter::Overdue => letter.overdue(seconds),
                    LetterFilter::DueToday => {
                        letter.state.is_open()
                            && letter.state != LetterState::Waiting
                            && letter.target.is_some_and(|target| target < tomorrow)
                    }
                    LetterFilter::Done => !letter.state.is_open(),
                    LetterFilter::State(state) => letter.state == state,
                }
                && words
                    .as_ref()
                    .is_none_or(|words| index.letter_texts().matches(at, words))
        };
        let open_only = match ask.filter {
            LetterFilter::Open | LetterFilter::Overdue | LetterFilter::DueToday => true,
            LetterFilter::State(state) => state.is_open(),
            LetterFilter::All | LetterFilter::Done => false,
        };
        let all: Box<dyn Iterator<Item = (u32, &LetterEntry)>> = if open_only {
            Box::new(index.open().rev())
        } else {
            Box::new(newest_first(index.letters()))
        };
        let matching = all
            .filter(|(at, letter)| fits(*at, letter))
            .map(|(_, letter)| letter);
        let (skip, take) = (
            usize::try_from(ask.offset).unwrap_or(usize::MAX),
            ask.limit.min(PAGE_MAX) as usize,
        );
        if ask.sort == LetterSort::Newest {
            let mut total = 0;
            let mut page = Vec::new();
            for letter in matching {
                if total >= skip && page.len() < take {
                    page.push(letter.agenda);
                }
                total += 1;
            }
            return (page, total as u64);
        }
        let mut found: Vec<&LetterEntry> = matching.collect();
        match ask.sort {
            LetterSort::Target => {
                found.sort_by_key(|letter| (letter.target.unwrap_or(i64::MAX), letter.agenda));
            }
            LetterSort::Satker => {
                found.sort_by_key(|letter| (letter.satker.is_none(), letter.satker));
            }
            LetterSort::Newest => {}
        }
        let total = found.len() as u64;
        (
            found
                .into_iter()
                .skip(skip)
                .take(take)
                .map(|letter| letter.agenda)
                .collect(),
            total,
        )
    }

    /// Rows of these letters.
    ///
    /// # Errors
    /// Those of the store.
    pub fn letter_rows(
        &self,
        agendas: &[AgendaNo],
        now: DateTime<Utc>,
    ) -> Result<Vec<LetterRow>, Refusal> {
        agendas
            .iter()
            .map(|agenda| self.letter_row(*agenda, now))
            .collect()
    }

    /// The row of a letter.
    ///
    /// # Errors
    /// `agenda-unknown`.
    pub fn letter_row(&self, agenda: AgendaNo, now: DateTime<Utc>) -> Result<LetterRow, Refusal> {
        let letter = self.letter(agenda)?;
        let sender = letter
            .sender
            .satker()
            .map(|code| self.store.index().satker_name(code))
            .unwrap_or_default();
        Ok(LetterRow::new(&letter, sender, now, self.offset()))
    }

    /// One letter with what belongs to it.
    ///
    /// # Errors
    /// `agenda-unknown`.
    pub fn show_letter(
        &self,
        agenda: AgendaNo,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<LetterDetail, Refusal> {
        let letter = self.letter(agenda)?;
        let ids = self.store.index().sms_of_letter(agenda).to_vec();
        let satker_record = match letter.sender.satker() {
            Some(code) => self.store.satker(code)?,
            None => None,
        };
        let may = Self::require_section(actor, &letter.section).is_ok();
        let may_become = LetterState::ALL
            .into_iter()
            .filter(|next| may && letter.state.may_become(*next))
            .collect();
        Ok(LetterDetail {
            row: self.letter_row(agenda, now)?,
            letter,
            satker_record,
            sms: self.sms_rows(&ids)?,
            may_become,
        })
    }

    /// A page of satker.
    ///
    /// # Errors
    /// Those of the store.
    pub fn list_satker(&self, ask: &ListSatker) -> Result<SatkerPage, Refusal> {
        let codes = match ask
            .find
            .as_deref()
            .map(str::trim)
            .filter(|find| !find.is_empty())
        {
            Some(find) => self.match_satker(find),
            None => self.store.index().satker().keys().copied().collect(),
        };
        let codes = match &ask.kind {
            Some(kind) => {
                let index = self.store.index();
                let of_kind = |code: &SatkerCode| {
                    index
                        .satker()
                        .get(code)
                        .is_some_and(|entry| entry.kind == *kind)
                };
                codes.into_iter().filter(of_kind).collect()
            }
            None => codes,
        };
        let (skip, take) = (
            usize::try_from(ask.offset).unwrap_or(usize::MAX),
            ask.limit.min(PAGE_MAX) as usize,
        );
        let rows = codes
            .iter()
            .skip(skip)
            .take(take)
            .filter_map(|code| self.satker_row(*code).transpose())
            .collect::<Result<_, _>>()?;
        Ok(SatkerPage {
            rows,
            total: codes.len() as u64,
            offset: ask.offset,
        })
    }

    /// The satker that this text means, best first: a code or its beginning, else any part of the names.
    fn match_satker(&self, find: &str) -> Vec<SatkerCode> {
        use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
        use nucleo_matcher::{Config, Matcher, Utf32Str};
        let index = self.store.index();
        if find.bytes().all(|b| b.is_ascii_digit()) {
            return index
                .satker()
                .keys()
                .filter(|code| code.as_str().starts_with(find))
                .copied()
                .collect();
        }
        let short: String = find.chars().take(60).collect();
        let pattern = Pattern::parse(&short, CaseMatching::Ignore, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut buffer = Vec::new();
        let typed = short.to_lowercase();
        let mut found: Vec<_> = index
            .satker()
            .iter()
            .filter_map(|(code, entry)| {
                let hay = &entry.haystack;
                let score = pattern.score(Utf32Str::new(hay, &mut buffer), &mut matcher)?;
                // What was typed in one piece goes first, then all its words, then its letters strewn over several names; among equals the
                // shorter name before the longer.
                let lower = hay.to_lowercase();
                let pieces = if lower.contains(&typed) {
                    0
                } else {
                    1 + u8::from(!typed.split_whitespace().all(|word| lower.contains(word)))
                };
                Some(((pieces, std::cmp::Reverse(score), hay.len(), *code), *code))
            })
            .collect();
        found.sort_unstable_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, code)| code).collect()
    }

    fn satker_row(&self, code: SatkerCode) -> Result<Option<SatkerRow>, Refusal> {
        let Some(satker) = self.store.satker(code)? else {
            return Ok(None);
        };
        let open_letters = self
            .store
            .index()
            .satker()
            .get(&code)
            .map_or(0, |entry| entry.open_letters);
        let role = self.modules.main_role(&satker.kind);
        Ok(Some(SatkerRow {
            code,
            kpa: satker.official(role).map(|official| official.name.clone()),
            kpa_phone: satker.phone(role).cloned(),
            kind: satker.kind,
            name: satker.name,
            short_name: satker.short_name,
            region: satker.region,
            ministry: satker.ministry,
            active: satker.active,
            open_letters,
        }))
    }

    /// One satker with what belongs to it.
    ///
    /// # Errors
    /// `satker-unknown`.
    pub fn show_satker(
        &self,
        code: SatkerCode,
        now: DateTime<Utc>,
    ) -> Result<SatkerDetail, Refusal> {
        let satker = self
            .store
            .satker(code)?
            .ok_or_else(|| Refusal::new("satker-unknown").with("code", code))?;
        let sms: Vec<SmsId> = {
            let index = self.store.index();
            index
                .sms()
                .iter()
                .rev()
                .filter(|entry| entry.satker == Some(code))
                .map(|entry| entry.id)
                .take(SATKER_ROWS)
                .collect()
        };
        let ask = ListLetters {
            satker: Some(code),
            limit: u32::try_from(SATKER_ROWS).unwrap_or(20),
            ..ListLetters::default()
        };
        let letters = self.list_letters(&ask, now)?.rows;
        Ok(SatkerDetail {
            programme: self.programme_view(&satker, now)?,
            satker,
            letters,
            sms: self.sms_rows(&sms)?,
            budget: self.budget_rows(code)?,
            deadlines: self.owed_by(code, now)?,
            repairs: self.repairs_of(code)?,
        })
    }

    /// Budget of one satker.
    ///
    /// # Errors
    /// `satker-unknown`.
    pub fn show_budget(&self, code: SatkerCode) -> Result<BudgetView, Refusal> {
        let satker = self
            .store
            .satker(code)?
            .ok_or_else(|| Refusal::new("satker-unknown").with("code", code))?;
        Ok(BudgetView {
            satker: code,
            short_name: satker.short_name,
            rows: self.budget_rows(code)?,
        })
    }

    fn budget_rows(
        &self,
        code: SatkerCode,
    ) -> Result<Vec<crate::domain::satker::BudgetRow>, Refusal> {
        let mut rows = self.store.budget(code)?;
        rows.sort_by(|a, b| b.year.cmp(&a.year).then_with(|| a.expense.cmp(&b.expense)));
        Ok(rows)
    }

    /// A page of messages.
    ///
    /// # Errors
    /// Those of the store.
    pub fn list_sms(&self, ask: &ListSms) -> Result<SmsPage, Refusal> {
        let filter = SmsFilter {
            states: ask.states.clone(),
            kind: ask.kind,
            satker: ask.satker,
            find: ask.find.clone(),
            drafter: ask.drafter.clone(),
            ..SmsFilter::default()
        };
        let (ids, total, counts) = {
            let index = self.store.index();
            let (skip, take) = (
                usize::try_from(ask.offset).unwrap_or(usize::MAX),
                ask.limit.min(PAGE_MAX) as usize,
            );
            let (mut ids, mut total) = (Vec::new(), 0);
            for entry in self.newest_found(&index, &filter) {
                if total >= skip && ids.len() < take {
                    ids.push(entry.id);
                }
                total += 1;
            }
            (ids, total as u64, index.sms_counts().clone())
        };
        Ok(SmsPage {
            rows: self.sms_rows(&ids)?,
            total,
            offset: ask.offset,
            counts,
        })
    }

    /// Rows of these messages.
    ///
    /// # Errors
    /// Those of the store.
    pub fn sms_rows(&self, ids: &[SmsId]) -> Result<Vec<SmsRow>, Refusal> {
        ids.iter().map(|id| self.sms_row(*id)).collect()
    }

    /// The row of a message.
    ///
    /// # Errors
    /// `sms-unknown`.
    pub fn sms_row(&self, id: SmsId) -> Result<SmsRow, Refusal> {
        let sms = self.sms(id)?;
        let name = sms.satker.map(|code| self.store.index().satker_name(code));
        Ok(SmsRow::new(&sms, name, self.offset()))
    }

    /// One message.
    ///
    /// # Errors
    /// `sms-unknown`.
    pub fn show_sms(&self, id: SmsId, now: DateTime<Utc>) -> Result<SmsDetail, Refusal> {
        let sms = self.sms(id)?;
        let satker = match sms.satker {
            Some(code) => self.store.satker(code)?,
            None => None,
        };
        let name = satker.as_ref().and_then(|satker| {
            let official = satker
                .officials
                .iter()
                .find(|official| official.phone.as_ref() == Some(&sms.to));
            official.map(|official| official.name.clone())
        });
        let waits = (sms.state == SmsState::Queued)
            .then(|| self.why_waiting(&sms, now))
            .flatten();
        Ok(SmsDetail {
            row: self.sms_row(id)?,
            sms,
            name,
            satker_full_name: satker.map(|satker| satker.name),
            waits,
        })
    }

    fn why_waiting(&self, sms: &crate::domain::sms::Sms, now: DateTime<Utc>) -> Option<Refusal> {
        let until = |at: DateTime<Utc>| self.local(at).format("%d-%m-%Y %H.%M").to_string();
        if let Some(at) = sms.not_before.filter(|at| *at > now) {
            let code = if sms.attempts > 0 {
                "waits-retry"
            } else {
                "waits-undo"
            };
            return Some(Refusal::new(code).with("until", until(at)));
        }
        if let Some(hold) = self.held() {
            return Some(self.held_refusal(&hold));
        }
        if sms.kind != crate::domain::sms::SmsKind::Reply && !self.window_open(now) {
            return Some(Refusal::new("waits-window").with("opens", until(self.window_opens(now))));
        }
        self.waits_for_modem(sms, now)
    }

    /// Holidays and overrides.
    pub fn list_calendar(&self, ask: &ListCalendar) -> CalendarView {
        use crate::domain::calendar::{HolidayKind, OverrideKind};
        let calendar = self.calendar();
        let holidays = calendar.holidays().map(|day| {
            let kind = match day.kind {
                HolidayKind::Libur => "libur",
                HolidayKind::CutiBersama => "cuti_bersama",
            };
            CalendarDay {
                date: day.date,
                kind: kind.to_owned(),
                name: day.name.clone(),
            }
        });
        let overrides = calendar.overrides().map(|(date, decision)| {
            let kind = match decision.kind {
                OverrideKind::Closed => "tutup",
                OverrideKind::Opened => "buka",
            };
            CalendarDay {
                date,
                kind: kind.to_owned(),
                name: decision.reason.clone(),
            }
        });
        let mut days: Vec<CalendarDay> = holidays
            .chain(overrides)
            .filter(|day| ask.year.is_none_or(|year| day.date.year() == year))
            .collect();
        days.sort_by(|a, b| a.date.cmp(&b.date).then_with(|| a.kind.cmp(&b.kind)));
        CalendarView { days }
    }

    /// The first instant of the next local day.
    fn midnight_after(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let date = self.date(now);
        let next = date.succ_opt().unwrap_or(date);
        self.zone().instant(next.and_time(chrono::NaiveTime::MIN))
    }
}

/// Positions and entries, last first.
fn newest_first<T>(entries: &[T]) -> impl Iterator<Item = (u32, &T)> {
    let last = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    (0..last).rev().zip(entries.iter().rev())
}
