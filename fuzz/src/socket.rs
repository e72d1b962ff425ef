//! Lines at the socket, as accounts of every role, through the server's own reading, gate, decisions and journal.

use std::cell::RefCell;
use std::sync::OnceLock;

use serde_json::Value;
use sipintar::domain::access::Role;
use sipintar::domain::refusal::Refusal;
use sipintar::domain::typed::is_unfit;
use sipintar::home::Home;
use sipintar::journal::read_all;
use sipintar::locale::{LANGS, Locale};
use sipintar::protocol::{Incoming, ServerLine};
use sipintar::server::counter::Counter;
use sipintar::settings::Settings;
use tempfile::TempDir;

/// The accounts that there are; the last two have no role.
const USERS: [(&str, Role); 7] = [
    ("admin", Role::Admin),
    ("sari", Role::Desk),
    ("budi", Role::Section),
    ("wati", Role::Supervisor),
    ("tamu", Role::Viewer),
    ("asing", Role::None),
    ("sistem", Role::None),
];

const SETTINGS: &str = "
[users]
admin = \"admin\"
sari = \"desk\"
budi = { role = \"section\", section = \"VERA\" }
wati = \"supervisor\"
tamu = \"viewer\"
[sms]
undo_seconds = 0
";

const HELLO: &[u8] = b"{\"hello\":{\"protocol\":1,\"version\":\"0.1.0\"}}\n";

/// Clients that an office serves before another one takes its place: what they did is there for those after them.
const CLIENTS: u32 = 100;

struct Open {
    counter: Counter,
    home: Home,
    clients: u32,
    /// Facts of the journal that were looked at.
    seen: u64,
    _folder: TempDir,
}

/// The first octet chooses the account and whether it greets as it should; the rest is what it sends.
pub fn run(data: &[u8]) {
    thread_local! {
        static OFFICE: RefCell<Option<Open>> = const { RefCell::new(None) };
    }
    let Some((&what, rest)) = data.split_first() else {
        return;
    };
    // A backup may go to any folder of this machine, and a demonstration takes its time.
    let spared = [&b"make-backup"[..], b"load-demo"];
    if spared
        .iter()
        .any(|name| rest.windows(name.len()).any(|window| window == *name))
    {
        return;
    }
    let (user, role) = USERS[usize::from(what & 0x7F) % USERS.len()];
    let bytes = if what < 128 {
        [HELLO, rest, b"\n"].concat()
    } else {
        rest.to_vec()
    };
    OFFICE.with_borrow_mut(|office| {
        let open = office.get_or_insert_with(Open::new);
        let answers = open
            .counter
            .answer(user, &bytes)
            .expect("a pair of sockets");
        open.clients += 1;
        answered(&answers, &bytes, role);
        open.written();
        if open.clients >= CLIENTS {
            *office = None;
        }
    });
}

impl Open {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::at(folder.path());
        let settings = Settings::parse(SETTINGS).expect("good settings");
        let counter = Counter::open(&home, settings).expect("an empty office");
        let mut open = Self {
            counter,
            home,
            clients: 0,
            seen: 0,
            _folder: folder,
        };
        for line in [
            r#"{"ask":{"id":1,"request":{"do":"import-satker","with":{"sheet":{"columns":["kode_satker","nama","kpa_nama","kpa_hp"],"rows":[[2,["411201","PN Madiun","Dwi","0812-0000-0102"]]]},"dry_run":false}}}}"#,
            r#"{"ask":{"id":2,"request":{"do":"import-budget","with":{"sheet":{"columns":["kode_satker","tahun","per_tanggal","jenis_belanja","pagu","realisasi"],"rows":[[2,["411201","2026","31-10-2026","51","1000","10"]]]},"dry_run":false}}}}"#,
        ] {
            let answers = open
                .counter
                .answer("sari", &[HELLO, line.as_bytes(), b"\n"].concat());
            let answers = String::from_utf8(answers.expect("sockets")).expect("text");
            assert!(answers.contains("\"added\":1"), "{answers}");
        }
        open.written();
        open
    }

    /// What came into the journal can be read again, and no text in it is one that steers or hides.
    fn written(&mut self) {
        let (mut last, seen) = (0, self.seen);
        read_all(&self.home.journal(), |entry, _| {
            last = entry.seq;
            if entry.seq > seen {
                clean(&serde_json::to_value(entry).expect("a fact can be written"));
            }
        })
        .expect("what the writer accepts the reader can read");
        assert!(last >= seen);
        self.seen = last;
    }
}

fn clean(value: &Value) {
    match value {
        Value::String(text) => {
            assert!(!text.chars().any(|c| c != '\n' && is_unfit(c)), "{text:?}");
        }
        Value::Array(values) => values.iter().for_each(clean),
        Value::Object(fields) => fields.values().for_each(clean),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn answered(answers: &[u8], asked: &[u8], role: Role) {
    let lines: Vec<ServerLine> = answers
        .split_inclusive(|byte| *byte == b'\n')
        .map(|line| serde_json::from_slice(line).expect("a line of the protocol"))
        .collect();
    if role == Role::None {
        // Nothing was read, and nothing is told.
        assert!(
            matches!(lines.as_slice(), [ServerLine::Refused { id: 0, refusal }] if refusal.code == "forbidden"),
            "{lines:?}"
        );
        return;
    }
    for line in lines {
        match line {
            ServerLine::Refused { refusal, .. } => {
                assert_ne!(refusal.code, "internal", "{refusal}");
                words(&refusal);
            }
            ServerLine::Answer { id, reply } => allowed(id, asked, role, &format!("{reply:?}")),
            ServerLine::Hello(_) | ServerLine::Notice(_) => {}
        }
    }
}

/// Whoever was answered may ask such a thing. Several requests of one number are not told apart.
fn allowed(number: u64, asked: &[u8], role: Role, reply: &str) {
    let mut requests = asked
        .split(|byte| *byte == b'\n')
        .filter_map(|line| match serde_json::from_slice(line) {
            Ok(Incoming::Ask { id, request }) if id == number => Some(request.name),
            _ => None,
        })
        .peekable();
    if requests.peek().is_some() {
        assert!(requests.any(|name| name.needs() <= role), "{reply}");
    }
}

fn words(refusal: &Refusal) {
    static LOCALES: OnceLock<[Locale; 2]> = OnceLock::new();
    for locale in LOCALES.get_or_init(|| LANGS.map(Locale::built_in)) {
        assert!(locale.has(&format!("error-{}", refusal.code)), "{refusal}");
        let text = locale.refusal(refusal);
        assert!(
            !text.chars().any(|c| c != '\n' && c.is_control()),
            "{text:?}"
        );
    }
}
