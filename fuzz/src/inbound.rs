//! What a stranger's telephone sends, from the modem's bytes to the text that the office keeps.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use sipintar::domain::calendar::Calendar;
use sipintar::domain::fact::Fact;
use sipintar::domain::module::Modules;
use sipintar::gsm::pdu::to_hex;
use sipintar::home::Home;
use sipintar::modem::{ModemSettings, Session, What};
use sipintar::server::clock::Clock;
use sipintar::server::office::Office;
use sipintar::settings::Settings;
use sipintar::store::Store;

/// The pieces, each with its length before it, are what the modem says: a PDU announced by `+CMT`, or bytes as they are.
pub fn run(data: &[u8]) {
    let mut session = ready();
    let mut rest = data;
    let mut told = Vec::new();
    let now = Instant::now();
    while let Some((&head, more)) = rest.split_first() {
        let length = usize::from(head & 0x7F).min(more.len());
        // Long PDUs: the length counts in steps of two.
        let length = if head & 0x80 == 0 {
            length
        } else {
            (length * 2).min(more.len())
        };
        let (piece, more) = more.split_at(length);
        rest = more;
        if head & 0x80 == 0 {
            session.receive(piece, now);
        } else {
            session.receive(
                format!("\r\n+CMT: ,{length}\r\n{}\r\n", to_hex(piece)).as_bytes(),
                now,
            );
        }
        while session.next_write().is_some() {}
        while let Some(event) = session.next_event() {
            told.push(event.what);
        }
    }
    for what in told {
        match what {
            What::Incoming {
                from,
                text,
                scts,
                concat,
                pdu,
                ..
            } => {
                if let Some(concat) = concat {
                    assert!((1..=concat.total).contains(&concat.seq));
                }
                let text = text.unwrap_or_else(|| format!("PDU {pdu}"));
                keep(&from, &text, scts.map(|time| time.with_timezone(&Utc)));
            }
            What::Unreadable { pdu, .. } => keep("?", &format!("PDU {pdu}"), None),
            _ => {}
        }
    }
}

/// As the office decides about it; what it would write down must be fit for a journal and a terminal.
fn keep(from: &str, text: &str, sent: Option<DateTime<Utc>>) {
    let office = office();
    let (facts, _) = office
        .incoming(from, text, sent, "m", office.clock.now())
        .expect("no message is refused");
    for fact in facts {
        let steers = |c: char| c.is_control() && c != '\n';
        let message = match fact {
            Fact::InboxReceived { message } => message,
            // The answer is one SMS, whatever was asked.
            Fact::SmsDrafted { sms } => {
                assert!(!sms.text.contains(steers), "{:?}", sms.text);
                assert_eq!(sms.parts, 1, "{}", sms.text);
                continue;
            }
            fact => {
                serde_line(&fact);
                continue;
            }
        };
        assert!(!message.text.contains(steers), "{:?}", message.text);
        assert!(
            !message.from.contains(char::is_control),
            "{:?}",
            message.from
        );
        assert!(message.from.chars().count() <= 40);
        let line = serde_line(&Fact::InboxReceived { message });
        assert!(!line.contains('\n'));
    }
}

fn serde_line(fact: &Fact) -> String {
    let mut line = Vec::new();
    sipintar::protocol::write_line(&mut line, fact).expect("a fact can be written");
    String::from_utf8(line)
        .expect("JSON")
        .trim_end_matches('\n')
        .to_owned()
}

/// A session that is initialised.
fn ready() -> Session {
    let mut now = Instant::now();
    let mut session = Session::new(ModemSettings::named("m"));
    session.opened(now);
    for _ in 0..60 {
        let mut asked = None;
        while let Some(bytes) = session.next_write() {
            asked = Some(bytes);
        }
        if asked.is_some() {
            session.receive(b"\r\nOK\r\n", now);
        } else if session.status().state.can_send() {
            break;
        } else {
            now += Duration::from_millis(200);
            session.expire(now);
        }
    }
    while session.next_event().is_some() {}
    session
}

fn office() -> &'static Office {
    static OFFICE: OnceLock<(Office, tempfile::TempDir)> = OnceLock::new();
    &OFFICE
        .get_or_init(|| {
            let folder = tempfile::tempdir().expect("a folder");
            let home = Home::at(folder.path());
            let clock = Clock::new(None);
            let zone = chrono::FixedOffset::east_opt(7 * 3600).expect("a zone");
            let store = Store::open(&home.store(), zone).expect("an empty store");
            let modules = Modules::builtin().expect("the built-in modules");
            let office = Office::new(
                store,
                modules,
                Vec::new(),
                Settings::default(),
                Calendar::builtin(),
                clock,
                &home,
                Vec::new(),
            );
            (office, folder)
        })
        .0
}
