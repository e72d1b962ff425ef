//! Who may: strangers on the machine, roles, places, keys and texts, by raw lines on the socket.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::unistd::User;
use serde_json::{Value, json};
use sipintar::ask::{
    GetDraft, GetStatus, GiveDate, ImportHolidays, KeepDraft, ListAudit, ListCalendar, ListSms,
    Office,
};
use sipintar::domain::typed::is_unfit;
use sipintar::journal;

use crate::support::{DEADLINE, SATKER, Server};
use crate::two_desks::all_may_run;

/// Accounts that every machine has.
const CLERK: &str = "daemon";
const OTHER: &str = "nobody";
const STRANGER: &str = "bin";

/// Where the helper process finds the socket.
const SOCKET: &str = "SIPINTAR_TEST_SOCKET";

/// One end of a connection, of whatever account.
struct Peer {
    into: Option<Box<dyn Write + Send>>,
    from: BufReader<Box<dyn Read + Send>>,
    child: Option<Child>,
}

impl Peer {
    /// A connection of the account that runs the server.
    fn own(server: &Server) -> Self {
        let stream = UnixStream::connect(server.home.socket()).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        Self {
            into: Some(Box::new(stream.try_clone().unwrap())),
            from: BufReader::new(Box::new(stream)),
            child: None,
        }
    }

    /// A connection of another account: this test program once more, which passes on what it is given.
    fn of(server: &Server, account: &str) -> Self {
        let user = User::from_name(account).unwrap().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "authority::passes_on_for_another_account",
                "--nocapture",
            ])
            .env(SOCKET, server.home.socket())
            .uid(user.uid.as_raw())
            .gid(user.gid.as_raw())
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            into: Some(Box::new(child.stdin.take().unwrap())),
            from: BufReader::new(Box::new(child.stderr.take().unwrap())),
            child: Some(child),
        }
    }

    /// The same, after the greetings.
    fn greeted(mut self) -> Self {
        let hello = self.hears();
        assert!(hello["hello"]["protocol"].is_u64(), "{hello}");
        self.says(HELLO);
        self
    }

    /// The server may have hung up already.
    fn says(&mut self, line: &str) {
        let into = self.into.as_mut().unwrap();
        let _ = into.write_all(line.as_bytes());
        let _ = into.write_all(b"\n");
        let _ = into.flush();
    }

    fn asks(&mut self, name: &str, content: &Value) -> Value {
        self.asks_raw(name, &content.to_string())
    }

    fn asks_raw(&mut self, name: &str, content: &str) -> Value {
        self.says(&format!(
            r#"{{"ask":{{"id":7,"request":{{"do":"{name}","with":{content}}}}}}}"#
        ));
        self.hears()
    }

    fn hears(&mut self) -> Value {
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// Everything until the server hangs up.
    fn hears_out(&mut self) -> String {
        let mut rest = Vec::new();
        // A server that hangs up with bytes unread resets the connection.
        let _ = self.from.read_to_end(&mut rest);
        String::from_utf8_lossy(&rest).into_owned()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.into = None;
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

const HELLO: &str = r#"{"hello":{"protocol":1,"version":"0","notices":false}}"#;

/// Started by [`Peer::of`] as another account; by itself it is no test.
#[test]
fn passes_on_for_another_account() {
    let Some(socket) = std::env::var_os(SOCKET) else {
        return;
    };
    let stream = UnixStream::connect(socket).unwrap();
    let mut from = stream.try_clone().unwrap();
    let mut into = stream;
    std::thread::spawn(move || {
        // Piece by piece: a copy by the kernel waits for more than one line.
        let mut piece = [0; 4096];
        while let Ok(length @ 1..) = io::stdin().read(&mut piece) {
            if into.write_all(&piece[..length]).is_err() {
                break;
            }
        }
        let _ = into.shutdown(std::net::Shutdown::Write);
    });
    let mut piece = [0; 4096];
    while let Ok(length @ 1..) = from.read(&mut piece) {
        if io::stderr().write_all(&piece[..length]).is_err() {
            break;
        }
    }
    std::process::exit(0);
}

/// A server whose socket others reach. Without the rights to be several accounts there is none.
fn office(settings: &str) -> Option<Server> {
    let server = Server::start(settings);
    let open = std::fs::Permissions::from_mode(0o711);
    std::fs::set_permissions(server.home.dir(), open).unwrap();
    let several =
        nix::unistd::geteuid().is_root() && all_may_run(&std::env::current_exe().unwrap());
    if !several {
        println!("skipped: only root can be several accounts");
    }
    several.then_some(server)
}

fn code(answer: &Value) -> &str {
    answer["refused"]["refusal"]["code"]
        .as_str()
        .unwrap_or_else(|| panic!("not refused: {answer}"))
}

/// The log of a server that ends now, and with it the thread that writes it.
fn whole_log(server: &Server) -> String {
    server.ok(&["stop"]);
    std::fs::read_dir(server.home.log())
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect()
}

fn facts_called(server: &Server, name: &str) -> Vec<sipintar::ask::AuditRow> {
    let page = server
        .ask(ListAudit {
            limit: 1_000,
            ..ListAudit::default()
        })
        .unwrap();
    page.rows
        .into_iter()
        .filter(|row| row.fact == name)
        .collect()
}

#[test]
fn an_account_without_a_role_is_turned_away_before_a_byte_is_read() {
    let Some(server) = office("") else { return };
    // A greeting of many megabytes, with lines for the log in it.
    let forged = "2026-11-24 ERROR forged by a stranger\\n".repeat(400_000);
    let hello = format!(r#"{{"hello":{{"protocol":0,"version":"{forged}","notices":true}}}}"#);
    for n in 0..12 {
        let mut peer = Peer::of(&server, STRANGER);
        if n == 0 {
            peer.says(&hello);
        }
        let first = peer.hears();
        assert_eq!(code(&first), "forbidden", "{first}");
        assert!(peer.hears_out().is_empty());
    }
    let status = server.ask(GetStatus {}).unwrap();
    assert_eq!(status.clients, 1, "a stranger holds a place");
    let attempts = server.wait_for(
        "the attempt in the trail",
        ListAudit {
            limit: 100,
            ..ListAudit::default()
        },
        |page| page.rows.iter().any(|row| row.fact == "attempt-refused"),
    );
    let attempts: Vec<_> = attempts
        .rows
        .iter()
        .filter(|row| row.fact == "attempt-refused")
        .collect();
    assert_eq!(attempts.len(), 1);
    assert_eq!(
        (attempts[0].actor.as_str(), attempts[0].about.as_str()),
        (STRANGER, STRANGER)
    );
    assert_eq!(attempts[0].detail["request"], "hello");
    let log = whole_log(&server);
    assert!(!log.contains("forged"), "{}", log.len());
    assert_eq!(log.matches("may not ask this").count(), 1, "{log}");
}

#[test]
fn strangers_cannot_keep_others_out() {
    let Some(server) = office("") else { return };
    // More than there are places; each stays as long as it is let.
    let mut strangers: Vec<Peer> = (0..210).map(|_| Peer::of(&server, STRANGER)).collect();
    for stranger in &mut strangers {
        assert_eq!(code(&stranger.hears()), "forbidden");
    }
    assert_eq!(server.ask(GetStatus {}).unwrap().clients, 1);
    server.ok(&["stop"]);
}

#[test]
fn a_greeting_is_short_and_soon_there() {
    let server = Server::start("");
    let mut long = Peer::own(&server);
    long.hears();
    long.says(&format!(
        r#"{{"hello":{{"protocol":1,"version":"{}"}}}}"#,
        "x".repeat(5 << 10)
    ));
    assert_eq!(code(&long.hears()), "line-too-long");
    // One that is silent, and one that says a little at a time.
    let mut silent = Peer::own(&server);
    let mut dripping = Peer::own(&server);
    silent.hears();
    dripping.hears();
    let mut into = dripping.into.take().unwrap();
    std::thread::spawn(move || {
        while into.write_all(b" ").is_ok() {
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    assert_eq!(silent.hears_out(), "");
    assert_eq!(dripping.hears_out(), "");
    server.wait_for("their places", GetStatus {}, |status| status.clients <= 2);
}

#[test]
fn the_version_of_a_client_writes_no_lines_into_the_log() {
    let server = Server::start("");
    let mut old = Peer::own(&server);
    old.hears();
    old.says(
        r#"{"hello":{"protocol":0,"version":"0.0\u001b[31m\n2026 ERROR forged forged forged forged forged forged"}}"#,
    );
    assert_eq!(old.hears_out(), "");
    let log = whole_log(&server);
    let line = log.lines().find(|line| line.contains("another protocol"));
    let line = line.unwrap_or_else(|| panic!("{log}"));
    assert!(!line.chars().any(is_unfit) && line.len() < 250, "{line:?}");
    assert!(
        !log.lines().any(|line| line.starts_with("2026 ERROR")),
        "{log}"
    );
}

#[test]
fn a_request_is_refused_by_its_name_before_its_content_is_read() {
    let users = format!("[users]\n{CLERK} = \"viewer\"\n");
    let Some(server) = office(&users) else { return };
    let mut viewer = Peer::of(&server, CLERK).greeted();
    for name in [
        "import-satker",
        "register-letter",
        "stop-server",
        "users-unknown",
        "set-user",
        "load-demo",
        "keep-draft",
    ] {
        let answer = viewer.asks_raw(name, r#"{"no":["such","content"]}"#);
        let wanted = if name == "users-unknown" {
            "line-bad"
        } else {
            "forbidden"
        };
        assert_eq!(code(&answer), wanted, "{name}");
    }
    // What it may ask is typed, and then said to be no such content.
    assert_eq!(
        code(&viewer.asks_raw("show-budget", r#"{"code":[]}"#)),
        "line-bad"
    );
    // It is read no further than it has use for.
    let long = "x".repeat(70 << 10);
    let answer = viewer.asks("list-letters", &json!({ "find": long }));
    assert_eq!(code(&answer), "line-too-long");
    assert_eq!(viewer.hears_out(), "");
    let attempts = server.wait_for(
        "the attempt in the trail",
        ListAudit {
            limit: 100,
            ..ListAudit::default()
        },
        |page| page.rows.iter().any(|row| row.fact == "attempt-refused"),
    );
    assert_eq!(attempts.rows[0].detail["request"], "import-satker");
    assert_eq!(whole_log(&server).matches("may not ask this").count(), 1);
}

#[test]
fn places_are_limited_by_account_and_an_administrator_can_always_end_the_server() {
    let users = format!("[users]\n{CLERK} = \"desk\"\n");
    let Some(server) = office(&users) else { return };
    // Deaf ones: they want notices and read nothing.
    let deaf = HELLO.replace("false", "true");
    let mut held = Vec::new();
    for account in [Some(CLERK), None] {
        let mut taken = 0;
        loop {
            let mut peer = match account {
                Some(account) => Peer::of(&server, account),
                None => Peer::own(&server),
            };
            let first = peer.hears();
            if first["refused"].is_object() {
                assert_eq!(code(&first), "busy");
                break;
            }
            peer.says(&deaf);
            held.push(peer);
            taken += 1;
            assert!(taken < 60, "{account:?} takes all places");
        }
        // The account of the server is an administrator and has the kept place beside its own.
        assert_eq!(taken, if account.is_some() { 50 } else { 51 });
    }
    // The kept place is not for staying: whoever has it is hung up on soon.
    held.last_mut().unwrap().hears_out();
    let status: Value = serde_json::from_str(&server.ok(&["status", "--json"])).unwrap();
    assert_eq!(status["clients"], 101);
    server.ok(&["stop"]);
}

#[test]
fn a_key_answers_nobody_but_whoever_made_it_up_for_the_same_thing() {
    let users =
        format!("[users]\n{CLERK} = \"desk\"\n{OTHER} = \"supervisor\"\n{STRANGER} = \"viewer\"\n");
    let Some(server) = office(&users) else { return };
    let draft = |text: &str, key: &str| json!({ "to": "0812-3456-7890", "satker": null, "role": null, "text": text, "key": key });
    let mut clerk = Peer::of(&server, CLERK).greeted();
    let first = clerk.asks("draft-sms", &draft("rahasia", "form-1"));
    let id = first["answer"]["reply"]["is"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let again = clerk.asks("draft-sms", &draft("rahasia", "form-1"));
    assert_eq!(again["answer"]["reply"]["is"]["id"], id.as_str());
    assert_eq!(
        code(&clerk.asks("draft-sms", &draft("lain", "form-1"))),
        "key-reused"
    );
    // Another person, and one who may not draft at all: no word of the message.
    for (account, wanted) in [(OTHER, "key-reused"), (STRANGER, "forbidden")] {
        let mut other = Peer::of(&server, account).greeted();
        let answer = other.asks("draft-sms", &draft("rahasia", "form-1"));
        assert_eq!(code(&answer), wanted, "{account}");
        let said = answer.to_string();
        assert!(!said.contains("rahasia") && !said.contains(&id), "{said}");
    }
    // Another kind of request.
    let letter = json!({ "letter": serde_json::to_value(sipintar::ask::NewLetter::default()).unwrap(),
        "duplicate_seen": false, "key": "form-1" });
    assert_eq!(code(&clerk.asks("register-letter", &letter)), "key-reused");
    let all = server
        .ask(ListSms {
            limit: 10,
            ..ListSms::default()
        })
        .unwrap();
    assert_eq!(all.rows.len(), 1);
    // It stands in the journal with what it belongs to.
    let mut keys = Vec::new();
    journal::read_all(&server.home.journal(), |entry, _| {
        keys.extend(entry.key.clone());
    })
    .unwrap();
    assert_eq!(keys.len(), 1);
    assert!(
        keys[0].starts_with("draft-sms:") && keys[0].ends_with(":form-1"),
        "{keys:?}"
    );
}

#[test]
fn a_role_that_is_given_or_taken_back_holds_from_the_next_request_on() {
    let Some(server) = office("") else { return };
    let users = |args: &[&str]| {
        let output = server.cli(&[&["users"], args].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), said)
    };
    assert_eq!(users(&["add", CLERK, "desk"]).0, Some(0));
    let mut clerk = Peer::of(&server, CLERK).greeted();
    let draft =
        json!({ "to": "0812-3456-7890", "satker": null, "role": null, "text": "x", "key": null });
    assert!(clerk.asks("draft-sms", &draft)["answer"].is_object());
    // Only an admin gives roles.
    let set =
        json!({ "user": CLERK, "role": "admin", "section": null, "new": false, "force": false });
    assert_eq!(code(&clerk.asks("set-user", &set)), "forbidden");
    assert_eq!(users(&["set", CLERK, "viewer"]).0, Some(0));
    assert_eq!(code(&clerk.asks("draft-sms", &draft)), "forbidden");
    assert!(clerk.asks("get-status", &json!({}))["answer"].is_object());
    assert_eq!(users(&["remove", CLERK]).0, Some(0));
    assert_eq!(code(&clerk.asks("get-status", &json!({}))), "forbidden");
    assert_eq!(clerk.hears_out(), "", "whoever has no role stays connected");
    let done: Vec<_> = facts_called(&server, "user-set")
        .iter()
        .map(|row| row.about.clone())
        .collect();
    assert_eq!(done, [CLERK, CLERK]);
    assert_eq!(facts_called(&server, "user-removed").len(), 1);
}

#[test]
fn users_are_listed_with_where_they_stand_and_what_makes_no_sense_is_refused() {
    let mut server = Server::start(&format!("[users]\n{OTHER} = \"supervisor\"\n"));
    let refused = |server: &Server, args: &[&str]| {
        let output = server.cli(&[&["--lang", "en", "users"], args].concat());
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    server.ok(&["users", "add", CLERK, "section", "--section", "vera"]);
    for (args, words) in [
        (&["add", CLERK, "desk"][..], "already"),
        (&["add", "no-such-account", "desk"], "--force"),
        (&["add", "sistem", "desk", "--force"], "audit trail"),
        (
            &["add", STRANGER, "section", "--section", "VERRA"],
            "`VERA`",
        ),
        (&["add", STRANGER, "section"], "--section"),
        (&["set", OTHER, "admin"], "sipintar.toml"),
        (&["remove", STRANGER], "users list"),
    ] {
        let said = refused(&server, args);
        assert!(said.contains(words), "{args:?}: {said}");
    }
    let own = User::from_uid(nix::unistd::geteuid()).unwrap().unwrap();
    assert!(refused(&server, &["add", &own.name, "viewer"]).contains("always admin"));
    server.ok(&["users", "add", "later-account", "desk", "--force"]);
    let list = |server: &Server| {
        let rows = server.ok(&["users", "list", "--json"]);
        rows.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect::<Vec<Value>>()
    };
    let rows = [
        json!({ "user": CLERK, "role": "section", "section": "VERA", "from": "journal" }),
        json!({ "user": "later-account", "role": "desk", "section": null, "from": "journal" }),
        json!({ "user": OTHER, "role": "supervisor", "section": null, "from": "file" }),
    ];
    assert_eq!(list(&server), rows);
    // They are there after a power cut, and in a store made anew.
    server.kill();
    std::fs::remove_dir_all(server.home.store()).unwrap();
    server.restart();
    assert_eq!(list(&server), rows);
}

#[test]
fn users_of_the_settings_are_checked() {
    let check = |users: &str| {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(
            home.path().join("sipintar.toml"),
            format!("[users]\n{users}\n"),
        )
        .unwrap();
        let output = crate::support::cli(home.path(), &["--lang", "en", "--json", "check"]);
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), said)
    };
    let (status, said) = check(r#"daemon = { role = "section", section = "VERRA" }"#);
    assert_eq!(status, Some(1));
    assert!(
        said["problems"][0].as_str().unwrap().contains("`VERA`"),
        "{said}"
    );
    let (status, said) = check(r#"no-such-account = "desk""#);
    assert_eq!(status, Some(0), "{said}");
    assert!(
        said["warnings"][0]
            .as_str()
            .unwrap()
            .contains("no-such-account"),
        "{said}"
    );
    let (status, said) = check(r#"sistem = "admin""#);
    assert_eq!(status, Some(1));
    assert!(
        said["problems"][0].as_str().unwrap().contains("reserved"),
        "{said}"
    );
    let (status, said) = check(r#"daemon = { role = "section", section = "vera" }"#);
    assert_eq!((status, &said["warnings"]), (Some(0), &json!([])), "{said}");
}

#[test]
fn no_text_of_any_request_reaches_the_journal_with_an_unfit_character() {
    fn texts(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::String(text) => found.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
            Value::Object(fields) => fields.iter().for_each(|(name, value)| {
                found.push(name.clone());
                texts(value, found);
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let server = Server::start_at("", Some("2026-11-24T09:00:00+07:00"));
    let file = server.file("satker.csv", SATKER);
    server.ok(&["satker", "import", file.to_str().unwrap()]);
    let bad = "\\u001b[2J\\u0000\\u0085\\u200f\\u202e\\u2066\\u061c\\u2028\\u200b\\ufeff\\t";
    let mut peer = Peer::own(&server).greeted();
    let spoilt = |text: &str| text.replace('~', bad);
    let asked = [
        (
            "import-holidays",
            r#"{"holidays":[{"date":"2026-12-25","kind":"libur","name":"Na~tal"}],"dry_run":false}"#,
        ),
        (
            "override-calendar",
            r#"{"date":"2026-12-09","open":false,"reason":"Pil~kada"}"#,
        ),
        (
            "give-date",
            r#"{"obligation":"rekon","period":"2026-11","item":null,"date":"2026-12-16","note":"S-1~/2026","far_seen":true}"#,
        ),
        (
            "keep-draft",
            r#"{"form":"register/l~pj","values":{"cata~tan":"satu~\ndua"}}"#,
        ),
        (
            "draft-sms",
            r#"{"to":"0812-3456-7890","satker":null,"role":null,"text":"Halo~ Bapak","key":"k~1"}"#,
        ),
        (
            "reject-sms",
            r#"{"which":{"ids":["S-000001"]},"reason":"sa~lah"}"#,
        ),
        ("hold-sending", r#"{"reason":"un~tuk uji"}"#),
        (
            "register-letter",
            r#"{"letter":{"module":"lainnya","service":"surat-umum","satker":"","sender":"Ba~nk","number":"B-1~","date":"2026-11-24","subject":"Per~ihal","attachments":"1~","urgency":"biasa","security":"biasa","channel":"loket","bringer":"Pak~","bringer_phone":"","note":"cat~","fields":{},"previous":""},"duplicate_seen":false,"key":null}"#,
        ),
        (
            "import-satker",
            r#"{"sheet":{"columns":["kode_satker","nama","nama_singkat","kpa_nama","kpa_hp"],"rows":[[2,["411555","Kan~tor","K~antor","Ba~pak","0812-0000-0999"]]]},"dry_run":false}"#,
        ),
    ];
    for (name, content) in asked {
        let answer = peer.asks_raw(name, &spoilt(content));
        assert!(answer["answer"].is_object(), "{name}: {answer}");
    }
    let mut found = Vec::new();
    let mut names = Vec::new();
    journal::read_all(&server.home.journal(), |entry, _| {
        names.push(entry.fact.name());
        texts(&serde_json::to_value(entry).unwrap(), &mut found);
    })
    .unwrap();
    for text in &found {
        assert!(!text.chars().any(|c| c != '\n' && is_unfit(c)), "{text:?}");
    }
    for name in [
        "holidays-replaced",
        "calendar-overridden",
        "date-given",
        "draft-kept",
        "sms-drafted",
        "sending-held",
        "letter-registered",
        "satker-saved",
    ] {
        assert!(names.contains(&name), "{name}");
    }
    assert!(
        found
            .iter()
            .any(|text| text == "Na[2J   tal" || text.starts_with("Na"))
    );
    // Nor is it in what is shown.
    let calendar = server.ask(ListCalendar { year: Some(2026) }).unwrap();
    assert!(
        !calendar
            .days
            .iter()
            .any(|day| day.name.chars().any(is_unfit))
    );
    let note = server.ok(&["--json", "audit", "list"]);
    assert!(!note.chars().any(|c| c != '\n' && is_unfit(c)));
}

#[test]
fn a_person_keeps_so_many_unfinished_forms_and_is_told_of_the_one_that_goes() {
    let server = Server::start("");
    let mut client = server.client();
    let keep = |n: usize| KeepDraft {
        form: format!("register/{n}"),
        values: BTreeMap::from([("subject".to_owned(), "x".repeat(1_000))]),
    };
    for n in 0..40 {
        assert!(client.ask(keep(n)).unwrap().dropped.is_empty());
    }
    for n in 40..60 {
        assert_eq!(
            client.ask(keep(n)).unwrap().dropped,
            [format!("register/{}", n - 40)]
        );
    }
    let get = |n| GetDraft {
        form: format!("register/{n}"),
    };
    assert!(client.ask(get(19)).unwrap().values.is_none());
    assert!(client.ask(get(20)).unwrap().values.is_some());
}

#[test]
fn a_name_or_a_note_longer_than_the_office_keeps_is_refused_on_its_field() {
    let server = Server::start("");
    let holidays = |length| ImportHolidays {
        holidays: vec![sipintar::domain::calendar::Holiday {
            date: "2026-12-25".parse().unwrap(),
            kind: sipintar::domain::calendar::HolidayKind::Libur,
            name: "x".repeat(length),
        }],
        dry_run: false,
    };
    for length in [151, 40_000, 9 << 20] {
        let refusal = server.ask(holidays(length)).unwrap_err();
        assert_eq!(
            (refusal.code.as_str(), refusal.field.as_deref()),
            ("text-too-long", Some("name")),
            "{length}"
        );
    }
    let note = GiveDate {
        obligation: "rekon".to_owned(),
        period: sipintar::domain::period::Period::parse("2026-11").unwrap(),
        item: None,
        date: Some("2026-12-16".parse().unwrap()),
        note: "x".repeat(101),
        far_seen: true,
    };
    assert_eq!(server.ask(note).unwrap_err().field.as_deref(), Some("note"));
}
