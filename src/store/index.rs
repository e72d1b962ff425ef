//! What lists, counters and searches need, in memory. Built by one scan at start, kept by the writer; it cannot disagree with the
//! records, because it is made of nothing else.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

use super::apply::Record;
use super::deadlines::DeadlineIndex;
use super::search::Texts;
use crate::domain::calendar::Holiday;
use crate::domain::id::{AgendaNo, SatkerCode, Series, SmsId};
use crate::domain::letter::{Letter, LetterState, Sender};
use crate::domain::phone::PhoneNumber;
use crate::domain::satker::{Progress, Satker};
use crate::domain::sms::{Hold, PartOutcome, Sms, SmsState};

mod inbox;
mod messages;
mod numbers;
mod parts;
mod people;
mod place;
mod queue;

pub use inbox::{Inbox, InboxEntry, Thread};
pub use messages::{Messages, SmsEntry, digits, twin};
use numbers::Numbers;
pub use parts::PartsIndex;
pub(super) use people::KeptForm;
use people::People;
pub(super) use place::{next, place};
use queue::Queue;

/// What is known of a letter without reading its record.
#[derive(Debug, Clone)]
pub struct LetterEntry {
    /// Its number.
    pub agenda: AgendaNo,
    /// Interned module id.
    pub module: u16,
    /// Interned service id.
    pub service: u16,
    /// The sender, where it is a satker.
    pub satker: Option<SatkerCode>,
    /// Present state.
    pub state: LetterState,
    /// Seconds since 1970.
    pub received: i64,
    /// Seconds since 1970.
    pub target: Option<i64>,
    /// Seconds since 1970.
    pub ended: Option<i64>,
    sender_number: Option<u64>,
}

impl LetterEntry {
    /// Open, not waiting for the satker, and past its target. `now` in seconds since 1970.
    pub fn overdue(&self, now: i64) -> bool {
        self.state.is_open()
            && self.state != LetterState::Waiting
            && self.target.is_some_and(|target| now > target)
    }
}

/// A part that the network has, or may have, and whose delivery report is awaited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    /// Which message.
    pub id: SmsId,
    /// Which part, from 1.
    pub part: u8,
    /// To whom.
    pub to: PhoneNumber,
}

/// See the module's documentation.
#[derive(Debug)]
pub struct Index {
    zone: FixedOffset,
    letters: Vec<LetterEntry>,
    letter_at: HashMap<AgendaNo, u32>,
    letter_texts: Texts,
    open: BTreeSet<u32>,
    last_serial: HashMap<(u16, Series), u32>,
    numbers: Numbers,
    days: BTreeMap<NaiveDate, DayCount>,
    sms: Vec<SmsEntry>,
    sms_texts: Texts,
    sms_counts: BTreeMap<SmsState, u64>,
    queue: Queue,
    messages: Messages,
    hold: Option<Hold>,
    people: People,
    sms_of_letter: HashMap<AgendaNo, Vec<SmsId>>,
    awaited: HashMap<u8, Vec<Awaited>>,
    awaited_of: HashMap<SmsId, Vec<u8>>,
    satker: BTreeMap<SatkerCode, SatkerEntry>,
    phones: HashMap<PhoneNumber, BTreeSet<SatkerCode>>,
    inbox: Inbox,
    parts: PartsIndex,
    sms_to: HashMap<u64, Vec<SmsId>>,
    letters_of: HashMap<SatkerCode, Vec<u32>>,
    overrides: BTreeMap<NaiveDate, (bool, String)>,
    deadlines: DeadlineIndex,
    holidays: Option<Vec<Holiday>>,
    names: Vec<String>,
    name_at: HashMap<String, u16>,
    demo: Option<u64>,
}

/// Letters of one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DayCount {
    /// Registered.
    pub registered: u64,
    /// Reached an end.
    pub ended: u64,
}

/// What is known of a satker without reading its record.
#[derive(Debug, Clone)]
pub struct SatkerEntry {
    /// Short name.
    pub short_name: String,
    /// Code, names, region and officials, for matching.
    pub haystack: String,
    /// Kabupaten or kota.
    pub region: String,
    /// Inactive units get no SMS.
    pub active: bool,
    /// Kind of participant.
    pub kind: String,
    /// A revenue treasurer owes separately.
    pub revenue_treasurer: bool,
    /// Where it stands, in a programme of several stages.
    pub progress: Option<Progress>,
    /// Letters the office still owes an answer.
    pub open_letters: u32,
    phones: Vec<PhoneNumber>,
}

impl SatkerEntry {
    /// Phones of its officials.
    pub fn phones(&self) -> &[PhoneNumber] {
        &self.phones
    }
}

impl Index {
    pub(super) fn new(zone: FixedOffset) -> Self {
        Self {
            zone,
            letters: Vec::new(),
            letter_at: HashMap::new(),
            letter_texts: Texts::default(),
            open: BTreeSet::new(),
            last_serial: HashMap::new(),
            numbers: Numbers::default(),
            days: BTreeMap::new(),
            sms: Vec::new(),
            sms_texts: Texts::default(),
            sms_counts: SmsState::ALL.iter().map(|state| (*state, 0)).collect(),
            queue: Queue::default(),
            messages: Messages::default(),
            hold: None,
            people: People::default(),
            sms_of_letter: HashMap::new(),
            awaited: HashMap::new(),
            awaited_of: HashMap::new(),
            satker: BTreeMap::new(),
            phones: HashMap::new(),
            inbox: Inbox::new(zone),
            parts: PartsIndex::default(),
            sms_to: HashMap::new(),
            letters_of: HashMap::new(),
            overrides: BTreeMap::new(),
            deadlines: DeadlineIndex::default(),
            holidays: None,
            names: Vec::new(),
            name_at: HashMap::new(),
            demo: None,
        }
    }

    /// After the scan at start, which comes in the order of agenda numbers and not of time.
    pub(super) fn finish(&mut self) {
        let mut order: Vec<u32> =
            (0..u32::try_from(self.letters.len()).unwrap_or(u32::MAX)).collect();
        order.sort_by_key(|at| {
            self.letters
                .get(*at as usize)
                .map(|letter| (letter.received, letter.agenda))
        });
        let mut place = vec![0; order.len()];
        for (new, old) in (0..).zip(&order) {
            if let Some(slot) = place.get_mut(*old as usize) {
                *slot = new;
            }
        }
        let moved = |at: &u32| place.get(*at as usize).copied().unwrap_or(*at);
        self.letters = order
            .iter()
            .filter_map(|at| self.letters.get(*at as usize).cloned())
            .collect();
        self.letter_texts = self.letter_texts.reordered(&order);
        self.open = self.open.iter().map(moved).collect();
        for at in self.letter_at.values_mut() {
            *at = moved(at);
        }
        self.numbers.reorder(|at| moved(&at));
        for places in self.letters_of.values_mut() {
            for at in places.iter_mut() {
                *at = moved(at);
            }
            places.sort_unstable();
        }
    }

    /// Takes in a record that was changed, or is read at start.
    pub(super) fn note(&mut self, record: Record<'_>) {
        match record {
            Record::Satker(satker) => self.note_satker(&satker),
            Record::Letter(letter) => self.note_letter(&letter),
            Record::Sms(sms) => self.note_sms(&sms),
            Record::Inbox(message) => self.inbox.note(&message),
            Record::OptOut(phone, out) => self.inbox.note_opt_out(&phone, out),
            Record::Rating(rating) => self.inbox.note_rating(*rating),
            Record::Parts(key, parts) => self.parts.note(key, parts.map(|parts| *parts)),
            Record::Override(date, open, reason) => {
                self.overrides.insert(date, (open, reason));
            }
            Record::Demo(seed) => self.demo = Some(seed),
            Record::Hold(hold) => self.hold = hold,
            Record::User(user, grant) => self.people.note_user(user, grant),
            Record::Form(user, form, seq) => self.people.note_form(user, form, seq),
            Record::Opened(opened) => self.deadlines.note_opened(&opened),
            Record::Deadline(deadline) => self.deadlines.note(&deadline),
            Record::Date(key, date) => self.deadlines.note_date(key, date),
            Record::Holidays(holidays) => self.holidays = Some(holidays),
            Record::Run(day) => self.deadlines.note_run(day),
            Record::Lost(numbers) => {
                for AgendaNo {
                    year,
                    series,
                    serial,
                } in numbers
                {
                    let last = self.last_serial.entry((year, series)).or_default();
                    *last = serial.max(*last);
                }
            }
            Record::Other => {}
        }
    }

    fn note_satker(&mut self, satker: &Satker) {
        let phones: Vec<PhoneNumber> = satker
            .officials
            .iter()
            .filter_map(|official| official.phone.clone())
            .collect();
        let mut haystack = format!(
            "{} {} {} {} {}",
            satker.code, satker.short_name, satker.name, satker.region, satker.ministry
        );
        for official in &satker.officials {
            haystack.push(' ');
            haystack.push_str(&official.name);
        }
        if let Some(old) = self.satker.get(&satker.code) {
            for phone in &old.phones {
                if let Some(codes) = self.phones.get_mut(phone) {
                    codes.remove(&satker.code);
                }
            }
        }
        for phone in &phones {
            self.phones
                .entry(phone.clone())
                .or_default()
                .insert(satker.code);
        }
        // Letters come only from satker that are known, so a new one has none.
        let open_letters = self
            .satker
            .get(&satker.code)
            .map_or(0, |old| old.open_letters);
        let entry = SatkerEntry {
            short_name: satker.short_name.clone(),
            haystack,
            region: satker.region.clone(),
            active: satker.active,
            kind: satker.kind.clone(),
            revenue_treasurer: satker.revenue_treasurer,
            progress: satker.progress.clone(),
            open_letters,
            phones,
        };
        self.satker.insert(satker.code, entry);
    }

    fn note_letter(&mut self, letter: &Letter) {
        let entry = LetterEntry {
            agenda: letter.agenda,
            module: self.intern(&letter.module),
            service: self.intern(&letter.service),
            satker: letter.sender.satker(),
            state: letter.state,
            received: letter.received.timestamp(),
            target: letter.target.map(|time| time.timestamp()),
            ended: letter
                .completed
                .filter(|_| !letter.state.is_open())
                .map(|time| time.timestamp()),
            sender_number: letter
                .number
                .as_deref()
                .map(|number| sender_number(&letter.sender, number)),
        };
        let text = self.letter_text(letter);
        let (at, before) = match self.letter_at.get(&letter.agenda) {
            Some(at) => (*at, self.letters.get(*at as usize).cloned()),
            None => (u32::try_from(self.letters.len()).unwrap_or(u32::MAX), None),
        };
        self.letter_texts.set(at, &text);
        let was_open = before.as_ref().is_some_and(|entry| entry.state.is_open());
        let is_open = entry.state.is_open();
        if let Some(satker) = entry.satker.and_then(|code| self.satker.get_mut(&code)) {
            satker.open_letters =
                (satker.open_letters + u32::from(is_open)).saturating_sub(u32::from(was_open));
        }
        if is_open {
            self.open.insert(at);
        } else {
            self.open.remove(&at);
        }
        if before.is_none() {
            self.days
                .entry(self.day(letter.received))
                .or_default()
                .registered += 1;
            let last = self
                .last_serial
                .entry((letter.agenda.year, letter.agenda.series))
                .or_default();
            *last = (*last).max(letter.agenda.serial);
        }
        if let (Some(end), true) = (
            letter.completed,
            before.is_none_or(|entry| entry.state.is_open()) && !is_open,
        ) {
            self.days.entry(self.day(end)).or_default().ended += 1;
        }
        if let Some(number) = entry.sender_number {
            if letter.state == LetterState::Void {
                // What was entered by mistake is no earlier letter.
                self.numbers.forget(number, at);
            } else {
                self.numbers.note(number, at);
            }
        }
        if let Some(slot) = self.letters.get_mut(at as usize) {
            *slot = entry;
        } else {
            if let Some(code) = entry.satker {
                self.letters_of.entry(code).or_default().push(at);
            }
            self.letters.push(entry);
            self.letter_at.insert(letter.agenda, at);
        }
    }

    fn note_sms(&mut self, sms: &Sms) {
        let entry = SmsEntry::new(sms, |name| self.intern(name));
        let known = place(&self.sms, sms.id.0, |entry| entry.id.0);
        let at = known.unwrap_or(usize::MAX);
        self.messages.note(self.sms.get(at), &entry, self.zone);
        let before = self.sms.get(at).map(|entry| entry.state);
        if let Some(count) = before.and_then(|state| self.sms_counts.get_mut(&state)) {
            *count = count.saturating_sub(1);
        }
        *self.sms_counts.entry(sms.state).or_default() += 1;
        let place = (sms.state == SmsState::Queued)
            .then(|| (entry.prefix, sms.not_before.unwrap_or(sms.created)));
        self.queue.set(sms.id, place);
        self.note_awaited(sms);
        self.deadlines.note_sms(sms);
        let sender = sms
            .satker
            .and_then(|code| self.satker.get(&code))
            .map_or("", |entry| entry.short_name.as_str());
        let text = format!(
            "{} {} {} {} {sender}",
            sms.id,
            sms.to.local(),
            sms.letter
                .map(|agenda| agenda.to_string())
                .unwrap_or_default(),
            sms.text
        );
        let text_at = u32::try_from(sms.id.0.saturating_sub(1)).unwrap_or(u32::MAX);
        self.sms_texts.set(text_at, &text);
        if let Some(slot) = self.sms.get_mut(at) {
            *slot = entry;
        } else {
            self.sms_to.entry(entry.to).or_default().push(sms.id);
            self.sms.push(entry);
            if let Some(agenda) = sms.letter {
                self.sms_of_letter.entry(agenda).or_default().push(sms.id);
            }
        }
    }

    /// Delivery reports come for what the network has, or may have.
    fn note_awaited(&mut self, sms: &Sms) {
        for reference in self.awaited_of.remove(&sms.id).unwrap_or_default() {
            if let Some(list) = self.awaited.get_mut(&reference) {
                list.retain(|awaited| awaited.id != sms.id);
            }
        }
        // Also a message that goes on waiting, or failed, may have parts that the network took.
        if !matches!(
            sms.state,
            SmsState::Sending
                | SmsState::Sent
                | SmsState::Uncertain
                | SmsState::Undelivered
                | SmsState::Queued
                | SmsState::Failed
        ) {
            return;
        }
        for (part, state) in (1..).zip(&sms.part_states) {
            if let (Some(reference), PartOutcome::Accepted) = (state.reference, state.outcome) {
                let awaited = Awaited {
                    id: sms.id,
                    part,
                    to: sms.to.clone(),
                };
                self.awaited.entry(reference).or_default().push(awaited);
                self.awaited_of.entry(sms.id).or_default().push(reference);
            }
        }
    }

    fn letter_text(&self, letter: &Letter) -> String {
        let mut text = format!(
            "{} {} {} {}",
            letter.agenda,
            letter.subject,
            letter.number.as_deref().unwrap_or(""),
            letter.service
        );
        match &letter.sender {
            Sender::Other(name) => text.extend([" ", name]),
            Sender::Satker(code) => {
                let name = self
                    .satker
                    .get(code)
                    .map_or("", |entry| entry.short_name.as_str());
                text.extend([" ", code.as_str(), " ", name]);
            }
        }
        for value in letter
            .fields
            .values()
            .chain(&letter.bringer)
            .chain(&letter.note)
        {
            text.extend([" ", value.as_str()]);
        }
        text
    }

    fn intern(&mut self, name: &str) -> u16 {
        if let Some(at) = self.name_at.get(name) {
            return *at;
        }
        let at = u16::try_from(self.names.len()).unwrap_or(u16::MAX);
        self.names.push(name.to_owned());
        self.name_at.insert(name.to_owned(), at);
        at
    }

    fn day(&self, time: DateTime<Utc>) -> NaiveDate {
        time.with_timezone(&self.zone).date_naive()
    }
}

/// Looking, for queries and decisions.
impl Index {
    /// All letters, oldest first.
    pub fn letters(&self) -> &[LetterEntry] {
        &self.letters
    }

    /// Positions of open letters, oldest first.
    pub fn open(&self) -> impl DoubleEndedIterator<Item = (u32, &LetterEntry)> {
        self.open
            .iter()
            .filter_map(|at| Some((*at, self.letters.get(*at as usize)?)))
    }

    /// What can be found in letters.
    pub fn letter_texts(&self) -> &Texts {
        &self.letter_texts
    }

    /// The entry of a letter.
    pub fn letter(&self, agenda: AgendaNo) -> Option<&LetterEntry> {
        self.letters.get(*self.letter_at.get(&agenda)? as usize)
    }

    /// The next free serial of a book.
    pub fn next_serial(&self, year: u16, series: Series) -> u32 {
        self.last_serial
            .get(&(year, series))
            .map_or(1, |last| last + 1)
    }

    /// The highest number of each book and year.
    pub fn last_numbers(&self) -> Vec<AgendaNo> {
        let mut numbers: Vec<AgendaNo> = self
            .last_serial
            .iter()
            .map(|((year, series), serial)| AgendaNo {
                year: *year,
                series: *series,
                serial: *serial,
            })
            .collect();
        numbers.sort_unstable();
        numbers
    }

    /// The latest letter of the same sender with the same number that was not entered by mistake.
    pub fn duplicate(&self, sender: &Sender, number: &str) -> Option<AgendaNo> {
        let at = self.numbers.latest(sender_number(sender, number))?;
        self.letters.get(at as usize).map(|entry| entry.agenda)
    }

    /// Letters of a day, in the office's zone.
    pub fn day_count(&self, day: NaiveDate) -> DayCount {
        self.days.get(&day).copied().unwrap_or_default()
    }

    /// All messages, oldest first.
    pub fn sms(&self) -> &[SmsEntry] {
        &self.sms
    }

    /// What can be found in messages.
    pub fn sms_texts(&self) -> &Texts {
        &self.sms_texts
    }

    /// Messages by state; every state is present.
    pub fn sms_counts(&self) -> &BTreeMap<SmsState, u64> {
        &self.sms_counts
    }

    /// Queued messages.
    pub fn queue(&self) -> &Queue {
        &self.queue
    }

    /// The entry of a message.
    pub fn sms_entry(&self, id: SmsId) -> Option<&SmsEntry> {
        self.sms.get(place(&self.sms, id.0, |entry| entry.id.0)?)
    }

    /// The messages after this one, oldest first.
    pub fn sms_after(&self, id: SmsId) -> &[SmsEntry] {
        let from = self.sms.partition_point(|entry| entry.id <= id);
        self.sms.get(from..).unwrap_or_default()
    }

    /// The number of the next message.
    pub fn next_sms(&self) -> u64 {
        next(&self.sms, |entry| entry.id.0)
    }

    /// Messages by state, day and phone.
    pub const fn messages(&self) -> &Messages {
        &self.messages
    }

    /// Who stopped all sending, if somebody did.
    pub const fn hold(&self) -> Option<&Hold> {
        self.hold.as_ref()
    }

    /// Messages that are uncertain, failed or were not delivered, newest first.
    pub fn trouble(&self) -> impl Iterator<Item = &SmsEntry> {
        let states = [SmsState::Uncertain, SmsState::Failed, SmsState::Undelivered];
        let mut ids: Vec<SmsId> = states
            .into_iter()
            .flat_map(|state| self.messages.in_state(state))
            .collect();
        ids.sort_unstable_by(|a, b| b.cmp(a));
        ids.into_iter().filter_map(|id| self.sms_entry(id))
    }

    /// Messages about a letter, oldest first.
    pub fn sms_of_letter(&self, agenda: AgendaNo) -> &[SmsId] {
        self.sms_of_letter.get(&agenda).map_or(&[], Vec::as_slice)
    }

    /// The parts that a delivery report with this TP-MR may be about, oldest first.
    pub fn awaited(&self, reference: u8) -> &[Awaited] {
        self.awaited.get(&reference).map_or(&[], Vec::as_slice)
    }

    /// All satker, by code.
    pub fn satker(&self) -> &BTreeMap<SatkerCode, SatkerEntry> {
        &self.satker
    }

    /// Short name of a satker; its code where the satker is unknown.
    pub fn satker_name(&self, code: SatkerCode) -> String {
        self.satker
            .get(&code)
            .map_or_else(|| code.to_string(), |entry| entry.short_name.clone())
    }

    /// The satker that have this phone on their list.
    pub fn satker_of_phone(&self, phone: &PhoneNumber) -> Vec<SatkerCode> {
        self.phones
            .get(phone)
            .map(|codes| codes.iter().copied().collect())
            .unwrap_or_default()
    }

    /// Whether some satker has this phone on its list.
    pub fn knows_phone(&self, phone: &PhoneNumber) -> bool {
        self.phones
            .get(phone)
            .is_some_and(|codes| !codes.is_empty())
    }

    /// Parts of incoming messages that are not whole, or were shown lately.
    pub const fn parts(&self) -> &PartsIndex {
        &self.parts
    }

    /// Incoming messages, conversations, phones that want no notices, ratings.
    pub const fn inbox(&self) -> &Inbox {
        &self.inbox
    }

    /// Messages to a phone, oldest first.
    pub fn sms_to(&self, phone: &PhoneNumber) -> &[SmsId] {
        self.sms_to.get(&digits(phone)).map_or(&[], Vec::as_slice)
    }

    /// Letters of a satker, newest first.
    pub fn letters_of(&self, code: SatkerCode) -> impl Iterator<Item = &LetterEntry> {
        let places = self.letters_of.get(&code).map_or(&[][..], Vec::as_slice);
        places
            .iter()
            .rev()
            .filter_map(|at| self.letters.get(*at as usize))
    }

    /// Days against the national calendar: open or closed, and why.
    pub fn overrides(&self) -> &BTreeMap<NaiveDate, (bool, String)> {
        &self.overrides
    }

    /// Who owes what by when.
    pub fn deadlines(&self) -> &DeadlineIndex {
        &self.deadlines
    }

    /// The list of national holidays, where it was replaced.
    pub fn holidays(&self) -> Option<&[Holiday]> {
        self.holidays.as_deref()
    }

    /// The number under which a module or service id is interned; none when no letter has it.
    pub fn interned(&self, name: &str) -> Option<u16> {
        self.name_at.get(name).copied()
    }

    /// The id behind an interned number.
    pub fn name(&self, interned: u16) -> &str {
        self.names
            .get(usize::from(interned))
            .map_or("", String::as_str)
    }

    /// Seed of the demonstration office, where it is loaded.
    pub fn demo(&self) -> Option<u64> {
        self.demo
    }
}

/// One number for "this sender, this letter number", blind to case and blanks.
fn sender_number(sender: &Sender, number: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    match sender {
        Sender::Satker(code) => code.hash(&mut hasher),
        Sender::Other(name) => name.to_lowercase().hash(&mut hasher),
    }
    for c in number.chars().filter(|c| !c.is_whitespace()) {
        c.to_lowercase().for_each(|c| c.hash(&mut hasher));
    }
    hasher.finish()
}
