//! Messages in: read from the SIM, told to the host, deleted only after the host has them on disk.

use std::collections::{BTreeMap, VecDeque};

use super::{Session, Task, command};
use crate::gsm::pdu::{
    Deliver, IncomingType, PduError, StatusReport, from_hex, incoming_type, split_service_centre,
};
use crate::modem::at::{Answer, Exchange, Outcome, fields, unquote};
use crate::modem::event::{Token, What};

/// Notices that wait; beyond it, the whole store is read.
const MAX_TASKS: usize = 64;
/// Messages told and not yet acknowledged by the host; beyond it, reading waits.
const MAX_HELD: usize = 2048;

/// Where a message lies that the host may not have stored yet.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// In a store. `verified`: seen there since the port was opened; a SIM may have been changed.
    Stored {
        store: String,
        index: u16,
        verified: bool,
    },
    /// It came directly and lies nowhere.
    Direct,
}

#[derive(Debug)]
struct Held {
    place: Place,
    pdu: String,
    /// The host has it on disk.
    stored: bool,
}

/// What is known of the modem's stores, and what is to be done there.
#[derive(Debug, Default)]
pub(super) struct Storage {
    /// The store that `AT+CMGL`, `+CMGR`, `+CMGD` work on.
    current: Option<String>,
    /// Stores to be read.
    known: Vec<String>,
    tasks: VecDeque<Task>,
    held: BTreeMap<Token, Held>,
    next_token: u64,
    /// What came directly and the host could not write down.
    untold: Vec<Token>,
}

impl Storage {
    /// What to do next: the task, or the change of store that must come first.
    pub(super) fn next(&mut self) -> Option<Task> {
        let task = self.tasks.front()?;
        let store = match task {
            Task::List(store) | Task::Read { store, .. } => Some(store.clone()),
            Task::Delete(token) => {
                let place = self.held.get(token).map(|held| &held.place);
                let Some(Place::Stored {
                    store,
                    verified: true,
                    ..
                }) = place
                else {
                    // Deleted once the place has been seen again.
                    self.tasks.pop_front();
                    return self.next();
                };
                Some(store.clone())
            }
            _ => None,
        };
        match store {
            Some(store) if self.current.as_ref() != Some(&store) => Some(Task::Select(store)),
            _ => self.tasks.pop_front(),
        }
    }

    /// `+CPMS: ("SM","ME"),(…),(…)`.
    pub(super) fn learn(&mut self, line: Option<&str>) {
        let first_list = line
            .and_then(|line| line.split(')').next())
            .unwrap_or_default();
        self.known = ["ME", "SM"]
            .into_iter()
            .filter(|store| first_list.contains(&format!("\"{store}\"")))
            .map(str::to_owned)
            .collect();
    }

    pub(super) fn selected(&mut self, store: Option<&str>) {
        self.current = store.map(str::to_owned);
        if self.known.is_empty() {
            self.known.extend(store.map(str::to_owned));
        }
    }

    /// Read all stores when the line is free.
    pub(super) fn list_soon(&mut self) {
        for store in &self.known {
            let task = Task::List(store.clone());
            if !self.tasks.contains(&task) {
                self.tasks.push_back(task);
            }
        }
    }

    pub(super) fn read_soon(&mut self, store: String, index: u16) {
        if self.tasks.len() >= MAX_TASKS {
            self.list_soon();
            return;
        }
        let task = Task::Read { store, index };
        if !self.tasks.contains(&task) {
            self.tasks.push_back(task);
        }
    }

    /// The port was opened anew or the modem restarted: places must be seen again.
    pub(super) fn forget_places(&mut self) {
        self.current = None;
        self.tasks.clear();
        for held in self.held.values_mut() {
            if let Place::Stored { verified, .. } = &mut held.place {
                *verified = false;
            }
        }
        // What came directly cannot be told again: its entry only waits for the host.
    }

    /// Messages in stores that are known and not yet deleted.
    pub(super) fn held(&self) -> usize {
        self.held
            .values()
            .filter(|held| held.place != Place::Direct)
            .count()
    }

    fn token(&mut self) -> Token {
        self.next_token += 1;
        Token(self.next_token)
    }

    /// A message was seen in a store. Gives a token when it is new.
    fn seen(&mut self, store: &str, index: u16, pdu: &str) -> Option<Token> {
        let known = self.held.iter_mut().find(|(_, held)| {
            matches!(&held.place, Place::Stored { store: s, index: i, .. } if s == store && *i == index)
        });
        if let Some((&token, held)) = known {
            if held.pdu == pdu {
                if let Place::Stored { verified, .. } = &mut held.place {
                    *verified = true;
                }
                if held.stored {
                    self.delete_soon(token);
                }
                return None;
            }
            // Another message lies there now.
            self.held.remove(&token);
        }
        if self.held.len() >= MAX_HELD {
            return None;
        }
        let token = self.token();
        let place = Place::Stored {
            store: store.to_owned(),
            index,
            verified: true,
        };
        self.held.insert(
            token,
            Held {
                place,
                pdu: pdu.to_owned(),
                stored: false,
            },
        );
        Some(token)
    }

    fn delete_soon(&mut self, token: Token) {
        let task = Task::Delete(token);
        if !self.tasks.contains(&task) {
            self.tasks.push_back(task);
        }
    }

    /// After a whole store was read: what was not seen there is gone.
    fn forget_unseen(&mut self, store: &str) {
        self.held.retain(|_, held| {
            !matches!(&held.place, Place::Stored { store: s, verified: false, .. } if s == store)
        });
    }
}

impl Session {
    /// The host has a message or report on disk.
    pub fn stored(&mut self, token: Token, now: std::time::Instant) {
        let Some(held) = self.storage.held.get_mut(&token) else {
            return;
        };
        held.stored = true;
        if held.place == Place::Direct {
            self.storage.held.remove(&token);
            if self.acknowledges {
                self.acks = self.acks.saturating_add(1);
            }
        } else {
            self.storage.delete_soon(token);
        }
        self.advance(now);
    }

    /// The host could not write a message or report down. It is forgotten, so that the next reading of its store tells it again; what
    /// lies nowhere is kept here, and told again at the same time.
    pub fn not_stored(&mut self, token: Token, now: std::time::Instant) {
        let stored = match self.storage.held.get(&token).map(|held| &held.place) {
            None => return,
            Some(Place::Stored { .. }) => true,
            Some(Place::Direct) => false,
        };
        if stored {
            self.storage.held.remove(&token);
        } else {
            self.storage.untold.push(token);
        }
        // The disk is full, or something like that: at once would be in vain.
        self.tell_again
            .get_or_insert(now + self.settings.timing.watch);
    }

    /// Tells again what the host could not write down.
    pub(super) fn tell_untold(&mut self) {
        self.tell_again = None;
        for token in std::mem::take(&mut self.storage.untold) {
            if let Some(pdu) = self.storage.held.get(&token).map(|held| held.pdu.clone()) {
                self.tell(token, pdu);
            }
        }
        self.storage.list_soon();
    }

    /// A message or report that came without lying in a store.
    pub(super) fn direct(&mut self, pdu: String) {
        let token = self.storage.token();
        if self.storage.held.len() < MAX_HELD {
            let held = Held {
                place: Place::Direct,
                pdu: pdu.clone(),
                stored: false,
            };
            self.storage.held.insert(token, held);
        }
        self.tell(token, pdu);
    }

    pub(super) fn storage_exchange(&self, task: &Task) -> Option<Exchange> {
        let within = self.settings.timing.slow_command;
        let with_pdu = |text: String, prefix| {
            Some(Exchange::Command {
                text,
                answer: Answer::WithPdu(prefix),
                within,
            })
        };
        match task {
            Task::Select(store) => Some(command(&format!("AT+CPMS=\"{store}\""), within)),
            Task::List(_) => with_pdu("AT+CMGL=4".to_owned(), "+CMGL:"),
            Task::Read { index, .. } => with_pdu(format!("AT+CMGR={index}"), "+CMGR:"),
            Task::Delete(token) => match &self.storage.held.get(token)?.place {
                Place::Stored { index, .. } => Some(command(&format!("AT+CMGD={index}"), within)),
                Place::Direct => None,
            },
            _ => None,
        }
    }

    pub(super) fn storage_done(&mut self, task: Task, outcome: Outcome) {
        let lines = match outcome {
            Outcome::Ok(lines) => Some(lines),
            Outcome::Error(_) => None,
            Outcome::Lost => return,
            Outcome::Silence => {
                self.recover("no answer while reading or deleting messages");
                return;
            }
        };
        match (task, lines) {
            (Task::Select(store), Some(_)) => self.storage.current = Some(store),
            (Task::Select(store), None) => {
                // A store that cannot be selected is not there.
                self.storage.known.retain(|known| *known != store);
                self.storage.tasks.retain(|task| match task {
                    Task::List(other) | Task::Read { store: other, .. } => *other != store,
                    _ => true,
                });
                let held = &self.storage.held;
                self.storage.tasks.retain(|task| match task {
                    Task::Delete(token) => !held.get(token).is_some_and(
                        |held| matches!(&held.place, Place::Stored { store: s, .. } if *s == store),
                    ),
                    _ => true,
                });
            }
            (Task::List(store), Some(lines)) => {
                for (head, pdu) in entries(&lines) {
                    let fields = fields(head);
                    let number =
                        |at: usize| fields.get(at).and_then(|field| field.parse::<u16>().ok());
                    // 0 and 1 are received messages; 2 and 3 are somebody's drafts and copies.
                    if let (Some(index), Some(0 | 1)) = (number(0), number(1)) {
                        self.found(&store, index, pdu);
                    }
                }
                self.storage.forget_unseen(&store);
                if self.storage_full {
                    self.queue_once(super::startup::Step::Space);
                }
            }
            (Task::Read { store, index }, Some(lines)) => {
                if let Some((_, pdu)) = entries(&lines).next() {
                    self.found(&store, index, pdu);
                }
            }
            (Task::Delete(token), Some(_)) => {
                self.storage.held.remove(&token);
                if self.storage_full {
                    self.queue_once(super::startup::Step::Space);
                }
            }
            // A message that cannot be deleted stays known, so that it is not told twice; the next
            // reading of the store tries again.
            _ => {}
        }
    }

    fn found(&mut self, store: &str, index: u16, pdu: &str) {
        if let Some(token) = self.storage.seen(store, index, pdu) {
            self.tell(token, pdu.to_owned());
        }
    }

    fn tell(&mut self, token: Token, pdu: String) {
        let what = match decode(&pdu) {
            Ok(Received::Message(deliver)) => What::Incoming {
                token,
                from: deliver.from.to_string(),
                text: deliver.text().map(str::to_owned),
                scts: deliver.scts,
                concat: deliver.data.concat,
                pdu,
            },
            Ok(Received::Report(report)) => What::Report {
                token,
                reference: report.reference,
                recipient: report.recipient.to_string(),
                status: report.status,
                class: report.class(),
                scts: report.scts,
                discharge: report.discharge,
            },
            Err(error) => What::Unreadable {
                token,
                pdu,
                why: error.to_string(),
            },
        };
        self.emit(what);
    }
}

enum Received {
    Message(Box<Deliver>),
    Report(StatusReport),
}

fn decode(pdu: &str) -> Result<Received, PduError> {
    let octets = from_hex(pdu)?;
    let (_, tpdu) = split_service_centre(&octets)?;
    if incoming_type(tpdu) == Some(IncomingType::StatusReport) {
        return StatusReport::decode(tpdu).map(Received::Report);
    }
    Deliver::decode(tpdu).map(|deliver| Received::Message(Box::new(deliver)))
}

/// Heads with the PDU that follows each; a head whose PDU is missing is skipped.
fn entries(lines: &[String]) -> impl Iterator<Item = (&str, &str)> {
    lines.windows(2).filter_map(|pair| match pair {
        [head, pdu] if head.starts_with('+') && !pdu.starts_with('+') => {
            Some((head.as_str(), unquote(pdu)))
        }
        _ => None,
    })
}
