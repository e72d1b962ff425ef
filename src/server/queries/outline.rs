//! Finding messages, putting them into groups, and looking at many before they are confirmed.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::PAGE_MAX;
use crate::ask::{
    ConfirmPreview, OutlineSms, SmsChoice, SmsFilter, SmsGroup, SmsGrouping, SmsLine, SmsOutline,
    SmsRow,
};
use crate::domain::access::Actor;
use crate::domain::id::{SatkerCode, SmsId};
use crate::domain::money::Rupiah;
use crate::domain::phone::{operator_of, operators};
use crate::domain::refusal::Refusal;
use crate::domain::sms::{SmsKind, SmsState};
use crate::server::office::Office;
use crate::store::{Index, SmsEntry, Words, digits};

/// Messages shown before many are confirmed.
const SAMPLES: usize = 3;

/// Days in which the same text to the same phone is worth a word.
pub(in crate::server) const TWIN_DAYS: i64 = 7;

/// What the messages of a group have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Common {
    Interned(Option<u16>),
    Kind(SmsKind),
    Satker(Option<SatkerCode>),
    Day(NaiveDate),
    Operator(&'static str),
}

/// A filter made ready: what cannot match is known at once.
struct Ready<'f> {
    filter: &'f SmsFilter,
    words: Option<Words>,
    drafter: Option<u16>,
    group: Option<(SmsGrouping, Common)>,
}

impl Ready<'_> {
    fn fits(&self, office: &Office, index: &Index, entry: &SmsEntry) -> bool {
        let filter = self.filter;
        (filter.states.is_empty() || filter.states.contains(&entry.state))
            && filter.kind.is_none_or(|kind| kind == entry.kind)
            && filter.satker.is_none_or(|code| entry.satker == Some(code))
            && self.drafter.is_none_or(|user| user == entry.drafter)
            && !filter.except.contains(&entry.id)
            && self
                .group
                .is_none_or(|(by, common)| office.common(index, by, entry) == common)
            && self.words.as_ref().is_none_or(|words| {
                let at = u32::try_from(entry.id.0.saturating_sub(1)).unwrap_or(u32::MAX);
                index.sms_texts().matches(at, words)
            })
    }
}

impl Office {
    fn ready<'f>(index: &Index, filter: &'f SmsFilter) -> Option<Ready<'f>> {
        let drafter = match &filter.drafter {
            // Somebody who never drafted anything.
            Some(user) => Some(index.interned(user)?),
            None => None,
        };
        Some(Ready {
            filter,
            words: filter.find.as_deref().and_then(Words::new),
            drafter,
            group: match &filter.group {
                Some((by, key)) => Some((*by, common_of(index, *by, key)?)),
                None => None,
            },
        })
    }

    /// The messages that the filter finds, newest first. States that are few are looked through by themselves.
    pub(super) fn newest_found<'i>(
        &'i self,
        index: &'i Index,
        filter: &'i SmsFilter,
    ) -> impl Iterator<Item = &'i SmsEntry> {
        let ready = Self::ready(index, filter);
        let entries: Box<dyn Iterator<Item = &SmsEntry>> = match filter.states.as_slice() {
            [one] => Box::new(
                index
                    .messages()
                    .in_state(*one)
                    .rev()
                    .filter_map(|id| index.sms_entry(id)),
            ),
            _ => Box::new(index.sms().iter().rev()),
        };
        entries.filter(move |entry| {
            ready
                .as_ref()
                .is_some_and(|ready| ready.fits(self, index, entry))
        })
    }

    /// The messages that the filter finds in these states after a certain one, oldest first.
    pub fn find_piece(
        &self,
        filter: &SmsFilter,
        states: &[SmsState],
        after: Option<SmsId>,
        limit: usize,
    ) -> Vec<SmsId> {
        let index = self.store.index();
        let Some(ready) = Self::ready(&index, filter) else {
            return Vec::new();
        };
        let rest = index.sms_after(after.unwrap_or(SmsId(0)));
        rest.iter()
            .filter(|entry| states.contains(&entry.state) && ready.fits(self, &index, entry))
            .map(|entry| entry.id)
            .take(limit)
            .collect()
    }

    fn common(&self, index: &Index, by: SmsGrouping, entry: &SmsEntry) -> Common {
        match by {
            SmsGrouping::Module => Common::Interned(
                entry
                    .letter
                    .and_then(|agenda| index.letter(agenda))
                    .map(|letter| letter.module),
            ),
            SmsGrouping::Kind => Common::Kind(entry.kind),
            SmsGrouping::Satker => Common::Satker(entry.satker),
            SmsGrouping::Day => Common::Day(
                DateTime::from_timestamp(entry.created, 0)
                    .map_or(NaiveDate::MIN, |at| self.date(at)),
            ),
            SmsGrouping::Operator => Common::Operator(operator_of(entry.prefix)),
            SmsGrouping::Fault => Common::Interned(entry.fault),
        }
    }

    fn key_of(index: &Index, common: Common) -> String {
        match common {
            Common::Interned(Some(name)) => index.name(name).to_owned(),
            Common::Kind(kind) => kind.as_str().to_owned(),
            Common::Satker(Some(code)) => code.to_string(),
            Common::Day(day) => day.to_string(),
            Common::Operator(name) => name.to_owned(),
            Common::Interned(None) | Common::Satker(None) => String::new(),
        }
    }

    /// Groups, and the messages of the open ones.
    ///
    /// # Errors
    /// Those of the store.
    pub fn outline_sms(&self, ask: &OutlineSms) -> Result<SmsOutline, Refusal> {
        /// What stands on a line, before its record is read.
        enum Place {
            Group(SmsGroup),
            Sms(SmsId),
        }
        let (skip, take) = (ask.offset, u64::from(ask.limit.min(PAGE_MAX)));
        let (places, total, messages, counts) = {
            let index = self.store.index();
            let mut groups: HashMap<Common, (u64, u64)> = HashMap::new();
            for entry in self.newest_found(&index, &ask.filter) {
                let group = groups
                    .entry(self.common(&index, ask.by, entry))
                    .or_default();
                group.0 += 1;
                group.1 += u64::from(entry.parts);
            }
            let messages = groups.values().map(|(count, _)| count).sum();
            let mut order: Vec<(Common, (u64, u64))> = groups.into_iter().collect();
            order.sort_by(|(a, (many, _)), (b, (few, _))| match (a, b) {
                (Common::Day(a), Common::Day(b)) => b.cmp(a),
                _ => few.cmp(many).then_with(|| a.cmp(b)),
            });
            let mut places = Vec::new();
            let mut at = 0;
            let shown = |at: u64| at >= skip && at < skip + take;
            for (common, (count, parts)) in order {
                let key = Self::key_of(&index, common);
                let open = ask.open.contains(&key);
                let first = at + 1;
                if shown(at) {
                    let label = match common {
                        Common::Satker(Some(code)) => index.satker_name(code),
                        _ => String::new(),
                    };
                    let by = ask.by;
                    places.push(Place::Group(SmsGroup {
                        by,
                        key,
                        label,
                        count,
                        parts,
                        open,
                    }));
                }
                at += 1 + if open { count } else { 0 };
                if open && first < skip + take && at > skip {
                    let of_group = self
                        .newest_found(&index, &ask.filter)
                        .filter(|entry| self.common(&index, ask.by, entry) == common);
                    for (place, entry) in (first..).zip(of_group) {
                        if place >= skip + take {
                            break;
                        }
                        if shown(place) {
                            places.push(Place::Sms(entry.id));
                        }
                    }
                }
            }
            (places, at, messages, index.sms_counts().clone())
        };
        let lines = places
            .into_iter()
            .map(|place| {
                Ok(match place {
                    Place::Group(group) => SmsLine::Group(group),
                    Place::Sms(id) => SmsLine::Sms(Box::new(self.sms_row(id)?)),
                })
            })
            .collect::<Result<_, Refusal>>()?;
        Ok(SmsOutline {
            lines,
            total,
            offset: ask.offset,
            messages,
            counts,
        })
    }

    /// What confirming these would do.
    ///
    /// # Errors
    /// Those of the store.
    pub fn preview_confirm(
        &self,
        which: &SmsChoice,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<ConfirmPreview, Refusal> {
        let mut preview = ConfirmPreview {
            seen: now,
            ..ConfirmPreview::default()
        };
        let mut leaving = 0;
        let samples = {
            let index = self.store.index();
            let chosen: Vec<&SmsEntry> = match which {
                SmsChoice::Ids(ids) => ids.iter().filter_map(|id| index.sms_entry(*id)).collect(),
                SmsChoice::All { kind } => {
                    let fits = |entry: &&SmsEntry| kind.is_none_or(|kind| kind == entry.kind);
                    index.sms().iter().filter(fits).collect()
                }
                SmsChoice::Found { filter, .. } => self.newest_found(&index, filter).collect(),
            };
            let mut known = Self::twins(&index, now);
            let phones = index.phones_by_satker();
            let mut without = BTreeSet::new();
            let mut samples = Vec::new();
            for entry in chosen
                .into_iter()
                .filter(|entry| entry.state == SmsState::Waiting)
            {
                preview.count += 1;
                preview.parts += u64::from(entry.parts);
                preview.unicode += u64::from(entry.unicode);
                if samples.len() < SAMPLES {
                    samples.push(entry.id);
                }
                if let Some(code) = entry.satker
                    && !phones.contains(&(code, entry.to))
                {
                    preview.no_phone += 1;
                    without.insert(code);
                }
                if !known.insert(entry.twin) {
                    preview.duplicates += 1;
                    if preview.duplicate_ids.len() < SAMPLES {
                        preview.duplicate_ids.push(entry.id);
                    }
                }
                match entry.first {
                    Some(first) => {
                        let name = index.name(first).to_owned();
                        if name != actor.user {
                            leaving += u64::from(entry.parts);
                        }
                        *preview.first_by.entry(name).or_default() += 1;
                    }
                    None if entry.two_persons => preview.second_needed += 1,
                    None => leaving += u64::from(entry.parts),
                }
            }
            preview.no_phone_of = without
                .iter()
                .take(SAMPLES)
                .map(|code| index.satker_name(*code))
                .collect();
            samples
        };
        let price = i64::from(self.settings.sms.price);
        preview.cost = (price > 0).then(|| {
            Rupiah(price.saturating_mul(i64::try_from(preview.parts).unwrap_or(i64::MAX)))
        });
        preview.budget = self.day_budget(leaving, now);
        preview.samples = samples
            .into_iter()
            .map(|id| self.sms_row(id))
            .collect::<Result<Vec<SmsRow>, _>>()?;
        Ok(preview)
    }

    /// What went out, or is about to, in the last days: text and phone as one number.
    pub(in crate::server) fn twins(index: &Index, now: DateTime<Utc>) -> HashSet<u64> {
        let since = (now - TimeDelta::days(TWIN_DAYS)).timestamp();
        let states = [
            SmsState::Queued,
            SmsState::Sending,
            SmsState::Sent,
            SmsState::Delivered,
            SmsState::Uncertain,
        ];
        index
            .sms()
            .iter()
            .filter(|entry| entry.changed >= since && states.contains(&entry.state))
            .map(|entry| entry.twin)
            .collect()
    }
}

/// What the messages of the group with this key have in common; none where no message can.
fn common_of(index: &Index, by: SmsGrouping, key: &str) -> Option<Common> {
    Some(match by {
        SmsGrouping::Module | SmsGrouping::Fault if key.is_empty() => Common::Interned(None),
        SmsGrouping::Module | SmsGrouping::Fault => Common::Interned(Some(index.interned(key)?)),
        SmsGrouping::Kind => Common::Kind(SmsKind::parse(key)?),
        SmsGrouping::Satker if key.is_empty() => Common::Satker(None),
        SmsGrouping::Satker => Common::Satker(Some(SatkerCode::parse(key).ok()?)),
        SmsGrouping::Day => Common::Day(key.parse().ok()?),
        SmsGrouping::Operator => Common::Operator(
            operators()
                .into_iter()
                .chain(["-"])
                .find(|name| *name == key)?,
        ),
    })
}

impl Index {
    /// Every satker with every phone that its officials have.
    fn phones_by_satker(&self) -> HashSet<(SatkerCode, u64)> {
        self.satker()
            .iter()
            .flat_map(|(code, entry)| entry.phones().iter().map(|phone| (*code, digits(phone))))
            .collect()
    }
}
