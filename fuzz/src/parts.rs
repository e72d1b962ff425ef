//! Parts of longer messages from several phones, in any order, with any headers, at any time.
//!
//! Whatever comes: nothing that was said is lost, nothing of one phone is shown as another's, nobody fills the memory, and a phone whose
//! parts all come within an hour is understood.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use chrono::{DateTime, TimeDelta, Utc};
use sipintar::domain::calendar::Calendar;
use sipintar::domain::fact::Fact;
use sipintar::domain::id::InboxId;
use sipintar::domain::module::Modules;
use sipintar::gsm::pdu::Concat;
use sipintar::home::Home;
use sipintar::journal::{Entry, Journal};
use sipintar::server::clock::Clock;
use sipintar::server::office::Office;
use sipintar::settings::Settings;
use sipintar::store::Store;

/// Phones, references and numbers of parts are few, so that they meet.
const PHONES: [&str; 3] = ["+6281311110102", "+6281311110103", "TELKOMSEL"];
const TOTALS: [u8; 4] = [2, 3, 10, 255];

struct Run {
    office: Office,
    journal: Journal,
    now: DateTime<Utc>,
    /// What each phone said.
    said: BTreeMap<&'static str, BTreeSet<String>>,
    /// What is shown of it.
    shown: BTreeMap<InboxId, (String, String)>,
    words: u32,
    _folder: tempfile::TempDir,
}

/// Each piece of four octets is a part or lets time pass.
pub fn run(data: &[u8]) {
    let mut run = Run::new();
    for piece in data.chunks_exact(4).take(60) {
        if let &[what, header, number, hours] = piece {
            run.step(what, header, number, hours);
        }
    }
    // In the end all is shown, and then forgotten.
    run.now += TimeDelta::hours(24);
    run.give_up();
    run.nothing_is_lost();
    run.now += TimeDelta::days(8);
    run.give_up();
    assert_eq!(run.office.parts_due(), None);
    run.whole();
}

impl Run {
    fn new() -> Self {
        static MODULES: OnceLock<Modules> = OnceLock::new();
        let modules = MODULES.get_or_init(|| Modules::builtin().expect("the built-in modules"));
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::at(folder.path());
        home.create().expect("a home");
        let zone = chrono::FixedOffset::east_opt(7 * 3600).expect("a zone");
        let store = Store::open(&home.store(), zone).expect("an empty store");
        let (journal, _) = Journal::open(&home.journal(), 0, |_, _| {}).expect("an empty journal");
        let office = Office::new(
            store,
            modules.clone(),
            Vec::new(),
            Settings::default(),
            Calendar::builtin(),
            Clock::new(None),
            &home,
            Vec::new(),
        );
        Self {
            office,
            journal,
            now: DateTime::UNIX_EPOCH + TimeDelta::days(20_000),
            said: BTreeMap::new(),
            shown: BTreeMap::new(),
            words: 0,
            _folder: folder,
        }
    }

    fn step(&mut self, what: u8, header: u8, number: u8, hours: u8) {
        if what & 0x80 != 0 {
            self.now += TimeDelta::minutes(i64::from(hours) * 20);
            self.give_up();
            return;
        }
        let from = PHONES[usize::from(what) % PHONES.len()];
        let total = TOTALS[usize::from(header) % TOTALS.len()];
        let concat = Concat {
            bits: 8,
            reference: u16::from(header >> 2) % 12,
            total,
            seq: number % total + 1,
        };
        // Some say again what they said, others each time something else.
        let text = if what & 0x40 == 0 {
            format!("<{}/{}>", concat.seq, total)
        } else {
            self.words += 1;
            format!("<{}>", self.words)
        };
        let sent = (what & 0x20 == 0).then(|| self.now - TimeDelta::minutes(i64::from(hours) * 20));
        self.takes(from, concat, &text, sent);
    }

    fn takes(
        &mut self,
        from: &'static str,
        concat: Concat,
        text: &str,
        sent: Option<DateTime<Utc>>,
    ) {
        self.said.entry(from).or_default().insert(text.to_owned());
        let (facts, ()) = self
            .office
            .incoming_part(from, concat, text, sent, "m", self.now)
            .expect("no part is refused");
        self.write(facts);
    }

    fn give_up(&mut self) {
        for _ in 0..1_000 {
            let (facts, more) = self.office.give_up_parts(self.now).expect("a sound store");
            if !more {
                return;
            }
            self.write(facts);
        }
        panic!("there is always more to be given up");
    }

    fn write(&mut self, facts: Vec<Fact>) {
        if facts.is_empty() {
            return;
        }
        for fact in &facts {
            match fact {
                Fact::InboxReceived { message } => {
                    let text = (message.from.clone(), message.text.clone());
                    assert!(self.shown.insert(message.id, text).is_none());
                }
                Fact::InboxCompleted { id, text, .. } => {
                    let shown = self.shown.get_mut(id).expect("what was shown");
                    for word in words(&shown.1) {
                        assert!(text.contains(word), "{word} is gone from {text}");
                    }
                    shown.1.clone_from(text);
                }
                _ => {}
            }
        }
        let entries = self
            .journal
            .append(self.now, "sistem", None, facts)
            .expect("a journal that can be written");
        for (entry, _) in &entries {
            let line = serde_json::to_string(entry).expect("a fact can be written");
            let _: Entry = serde_json::from_str(&line).expect("and read again");
        }
        self.office.store.apply_group(&entries).expect("a store");
    }

    fn nothing_is_lost(&self) {
        for (from, said) in &self.said {
            for text in said {
                let shown = self
                    .shown
                    .values()
                    .any(|(by, shown)| by == from && shown.contains(text.as_str()));
                assert!(shown, "{text} of {from} is lost: {:#?}", self.shown);
            }
        }
        for (from, text) in self.shown.values() {
            let said = self.said.iter().find(|(by, _)| *by == from);
            let (_, said) = said.expect("somebody who said something");
            for word in words(text) {
                assert!(said.contains(word), "{from} did not say {word}");
            }
        }
    }

    /// After all that, a phone that means no harm is understood.
    fn whole(&mut self) {
        for seq in [3, 1, 2] {
            let concat = Concat {
                bits: 8,
                reference: 1,
                total: 3,
                seq,
            };
            self.takes(PHONES[0], concat, &format!("<w{seq}>"), Some(self.now));
            self.now += TimeDelta::minutes(15);
        }
        let whole = self.shown.values().any(|(_, text)| text == "<w1><w2><w3>");
        assert!(whole, "{:#?}", self.shown);
    }
}

/// What was said, part by part, without the marks of gaps.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive('>').filter_map(|piece| {
        let begin = piece.find('<')?;
        piece.ends_with('>').then(|| &piece[begin..])
    })
}
