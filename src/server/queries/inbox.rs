//! Incoming messages, conversations and ratings, as lists show them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::ask::{
    Comment, Conversation, ConversationLine, ConversationPage, ConversationRow, GetSatisfaction,
    InboxPage, Index, ListConversations, ListInbox, Rated, Satisfaction, ShowConversation, shown,
};
use crate::domain::id::{InboxId, SmsId};
use crate::domain::inbox::{InboxState, Rating};
use crate::domain::period::{Period, PeriodKind};
use crate::domain::phone::PhoneNumber;
use crate::domain::refusal::Refusal;
use crate::domain::sms::{SmsKind, SmsState};
use crate::server::office::Office;
use crate::store::Thread;

/// Lines of each side that a conversation shows.
const LINES: usize = 100;

/// Comments that are shown.
const COMMENTS: usize = 50;

/// Fewer ratings than this make no index.
const LEAST: u64 = 5;

/// Strategic target of the office on the scale of five, in hundredths (report on SI PINTAR, KPPN Madiun).
const TARGET: u32 = 450;

impl Office {
    /// Incoming messages.
    ///
    /// # Errors
    /// Those of the store.
    pub fn list_inbox(&self, ask: &ListInbox) -> Result<InboxPage, Refusal> {
        let (ids, total) = {
            let index = self.store.index();
            let all = index.inbox().all().iter().rev();
            let wanted = all.filter(|entry| !ask.unanswered || entry.state == InboxState::Open);
            let (skip, take) = (
                usize::try_from(ask.offset).unwrap_or(usize::MAX),
                ask.limit.min(super::PAGE_MAX) as usize,
            );
            let mut ids = Vec::new();
            let mut total = 0;
            for entry in wanted {
                if total >= skip && ids.len() < take {
                    ids.push(entry.id);
                }
                total += 1;
            }
            (ids, total as u64)
        };
        let mut rows = Vec::new();
        for id in ids {
            rows.extend(self.store.inbox(id)?);
        }
        Ok(InboxPage {
            rows,
            total,
            offset: ask.offset,
        })
    }

    /// A page of conversations.
    ///
    /// # Errors
    /// Those of the store.
    pub fn list_conversations(&self, ask: &ListConversations) -> Result<ConversationPage, Refusal> {
        let words: Vec<String> = ask
            .find
            .as_deref()
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        let (mut threads, open) = {
            let index = self.store.index();
            let inbox = index.inbox();
            let mut found: Vec<(bool, DateTime<Utc>, InboxId)> = inbox
                .threads()
                .iter()
                .filter(|thread| {
                    (!ask.open || !thread.open.is_empty())
                        && ask
                            .section
                            .as_deref()
                            .is_none_or(|section| thread.section.as_deref() == Some(section))
                })
                .filter_map(|thread| {
                    let last = *thread.messages.last()?;
                    Some((!thread.open.is_empty(), thread.last, last))
                })
                .collect();
            found.sort_unstable_by_key(|row| Reverse(*row));
            (found, inbox.waiting() as u64)
        };
        let (skip, take) = (
            usize::try_from(ask.offset).unwrap_or(usize::MAX),
            ask.limit.min(super::PAGE_MAX) as usize,
        );
        let mut total = threads.len();
        let mut rows = Vec::new();
        if words.is_empty() {
            for (_, _, id) in threads.drain(..).skip(skip).take(take) {
                rows.extend(self.conversation_row(id)?);
            }
        } else {
            total = 0;
            for (_, _, id) in threads {
                let Some(row) = self.conversation_row(id)? else {
                    continue;
                };
                let haystack = format!(
                    "{} {} {} {} {}",
                    row.from,
                    row.shown,
                    row.satker.join(" "),
                    row.name.as_deref().unwrap_or_default(),
                    row.text
                )
                .to_lowercase();
                if words.iter().all(|word| haystack.contains(word.as_str())) {
                    if total >= skip && rows.len() < take {
                        rows.push(row);
                    }
                    total += 1;
                }
            }
        }
        Ok(ConversationPage {
            rows,
            total: total as u64,
            offset: ask.offset,
            open,
        })
    }

    fn conversation_row(&self, id: InboxId) -> Result<Option<ConversationRow>, Refusal> {
        let Some(message) = self.store.inbox(id)? else {
            return Ok(None);
        };
        let (row, owners) = {
            let index = self.store.index();
            let Some(thread) = index.inbox().thread_with(id) else {
                return Ok(None);
            };
            let owners = thread
                .phone
                .as_ref()
                .map(|phone| index.satker_of_phone(phone))
                .unwrap_or_default();
            let row = ConversationRow {
                last: id,
                from: thread.from.clone(),
                shown: shown(&message.from, thread.phone.as_ref()),
                satker: owners.iter().map(|code| index.satker_name(*code)).collect(),
                name: None,
                text: message.text,
                time: self.local(thread.last),
                open: count(thread.open.len()),
                messages: count(thread.messages.len()),
                section: thread.section.clone(),
                opted_out: thread
                    .phone
                    .as_ref()
                    .is_some_and(|phone| index.inbox().opted_out(phone)),
                answerable: thread.phone.is_some(),
            };
            (row, owners)
        };
        let name = match (owners.first(), PhoneNumber::parse(&row.from)) {
            (Some(code), Ok((phone, _))) => self.store.satker(*code)?.and_then(|satker| {
                let mut officials = satker.officials.into_iter();
                let named = officials.find(|official| official.phone.as_ref() == Some(&phone));
                named.map(|official| official.name)
            }),
            _ => None,
        };
        Ok(Some(ConversationRow { name, ..row }))
    }

    /// What was said in a conversation, by both sides.
    ///
    /// # Errors
    /// `inbox-unknown`.
    pub fn show_conversation(&self, ask: &ShowConversation) -> Result<Conversation, Refusal> {
        let unknown = || Refusal::new("inbox-unknown").with("id", ask.id);
        let (last, incoming, outgoing) = {
            let index = self.store.index();
            let thread: &Thread = index.inbox().thread_with(ask.id).ok_or_else(unknown)?;
            let last = thread.messages.last().copied().ok_or_else(unknown)?;
            let latest = |list: &[InboxId]| -> Vec<InboxId> {
                list.get(list.len().saturating_sub(LINES)..)
                    .unwrap_or_default()
                    .to_vec()
            };
            let to = thread
                .phone
                .as_ref()
                .map_or(&[][..], |phone| index.sms_to(phone));
            let to: Vec<SmsId> = to
                .get(to.len().saturating_sub(LINES)..)
                .unwrap_or_default()
                .to_vec();
            (last, latest(&thread.messages), to)
        };
        let row = self.conversation_row(last)?.ok_or_else(unknown)?;
        let mut lines: Vec<(DateTime<Utc>, bool, ConversationLine)> = Vec::new();
        for id in incoming {
            if let Some(message) = self.store.inbox(id)? {
                lines.push((
                    message.received,
                    false,
                    ConversationLine::In(Box::new(message)),
                ));
            }
        }
        for row in self.sms_rows(&outgoing)? {
            let at = row.created.with_timezone(&Utc);
            lines.push((at, true, ConversationLine::Out(Box::new(row))));
        }
        // An answer is drafted in the very moment of its question.
        lines.sort_by_key(|(at, out, _)| (*at, *out));
        Ok(Conversation {
            row,
            lines: lines.into_iter().map(|(_, _, line)| line).collect(),
        })
    }

    /// The index of the period that contains a day; none without ratings.
    pub(super) fn rated(&self, kind: PeriodKind, day: NaiveDate) -> Option<Rated> {
        let period = Period::containing(kind, day);
        let index = self.store.index();
        let mut sum = Sum::default();
        for rating in index.inbox().ratings() {
            if period.contains(self.date(rating.at)) {
                sum.add(rating.value);
            }
        }
        let Index { n, mean, .. } = sum.index(String::new());
        (n > 0).then_some(Rated {
            period,
            n,
            mean,
            target: TARGET,
        })
    }

    /// The satisfaction index.
    ///
    /// # Errors
    /// Those of the store.
    pub fn satisfaction(&self, ask: &GetSatisfaction) -> Result<Satisfaction, Refusal> {
        let index = self.store.index();
        let wanted = |at: DateTime<Utc>| {
            let day = self.date(at);
            ask.from.is_none_or(|from| day >= from) && ask.to.is_none_or(|to| day <= to)
        };
        let mut ratings: Vec<&Rating> = index
            .inbox()
            .ratings()
            .filter(|rating| wanted(rating.at))
            .collect();
        ratings.sort_unstable_by_key(|rating| Reverse((rating.at, rating.agenda)));
        let (mut all, mut modules, mut sections, mut months) = (
            Sum::default(),
            BTreeMap::<String, Sum>::new(),
            BTreeMap::<String, Sum>::new(),
            BTreeMap::<String, Sum>::new(),
        );
        for rating in &ratings {
            all.add(rating.value);
            let month = self.date(rating.at).format("%Y-%m").to_string();
            months.entry(month).or_default().add(rating.value);
            let Some(letter) = index.letter(rating.agenda) else {
                continue;
            };
            let (module, service) = (index.name(letter.module), index.name(letter.service));
            modules
                .entry(module.to_owned())
                .or_default()
                .add(rating.value);
            if let Ok(service) = self.modules.service(module, service) {
                let section = service.section.clone();
                sections.entry(section).or_default().add(rating.value);
            }
        }
        let comments = ratings
            .iter()
            .filter_map(|rating| {
                Some(Comment {
                    agenda: rating.agenda,
                    satker: index.letter(rating.agenda).and_then(|letter| letter.satker),
                    value: rating.value,
                    text: rating.comment.clone()?,
                    time: self.local(rating.at),
                })
            })
            .take(COMMENTS)
            .collect();
        let asked = index
            .sms()
            .iter()
            .filter(|entry| {
                entry.kind == SmsKind::Survey
                    && matches!(entry.state, SmsState::Sent | SmsState::Delivered)
                    && DateTime::from_timestamp(entry.changed, 0).is_some_and(wanted)
            })
            .count() as u64;
        let list = |sums: BTreeMap<String, Sum>| {
            sums.into_iter()
                .map(|(name, sum)| sum.index(name))
                .collect()
        };
        Ok(Satisfaction {
            all: all.index(String::new()),
            target: TARGET,
            modules: list(modules),
            sections: list(sections),
            months: list(months),
            asked,
            comments,
        })
    }
}

#[derive(Default)]
struct Sum {
    n: u64,
    total: u64,
}

impl Sum {
    fn add(&mut self, value: u8) {
        self.n += 1;
        self.total += u64::from(value);
    }

    fn index(&self, name: String) -> Index {
        let mean = (self.n >= LEAST).then(|| (self.total * 100 + self.n / 2) / self.n);
        Index {
            name,
            n: self.n,
            mean: mean.and_then(|mean| u32::try_from(mean).ok()),
        }
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
