//! Kannel as a modem: the same promises as with any other, against a stand-in that misbehaves on demand.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use sipintar::ask::{
    ConfirmSms, DraftSms, GetStatus, ListInbox, ListModems, ListSms, ModemRow, ResendSms,
    SettleSms, ShowSms, SmsChoice, SmsRow,
};
use sipintar::domain::id::SmsId;
use sipintar::domain::sms::SmsState;

use crate::gateway::{Gateway, Plan, free, get, raw, report, settings};
use crate::support::{DEADLINE, Server};

const TEXT: &str = "KPPN Madiun: Yth. KPA [PN Madiun], LPJ 100% benar & lengkap + tepat.";

pub fn draft(server: &Server, text: &str) -> SmsId {
    draft_to(server, "0812-3456-7890", text)
}

pub fn draft_to(server: &Server, to: &str, text: &str) -> SmsId {
    let draft = DraftSms {
        to: Some(to.to_owned()),
        satker: None,
        role: None,
        text: text.to_owned(),
        key: None,
    };
    server.ask(draft).unwrap().id
}

pub fn confirm(server: &Server, ids: &[SmsId]) {
    let which = SmsChoice::Ids(ids.to_vec());
    let outcome = server.ask(ConfirmSms { which }).unwrap();
    assert_eq!(outcome.done.len(), ids.len(), "{:?}", outcome.refused);
}

pub fn send(server: &Server, text: &str) -> SmsId {
    let id = draft(server, text);
    confirm(server, &[id]);
    id
}

pub fn row(server: &Server, id: SmsId) -> SmsRow {
    server.ask(ShowSms { id }).unwrap().row
}

pub fn wait_until(server: &Server, id: SmsId, state: SmsState) -> SmsRow {
    let what = format!("{id} {state:?}");
    let wanted = |detail: &sipintar::ask::SmsDetail| detail.row.state == state;
    server.wait_for(&what, ShowSms { id }, wanted).row
}

pub fn wait_for_modem(server: &Server, name: &str, state: &str) -> ModemRow {
    let find = |list: &sipintar::ask::ModemList| {
        let mut rows = list.modems.iter();
        rows.find(|row| row.name == name && row.state == state)
            .cloned()
    };
    let what = format!("{name} {state}");
    let list = server.wait_for(&what, ListModems {}, |list| find(list).is_some());
    find(&list).unwrap()
}

struct Office {
    gateway: Gateway,
    listen: SocketAddr,
    server: Server,
}

fn office() -> Office {
    let gateway = Gateway::open();
    let listen = free();
    let server = Server::start(&gateway.settings(listen));
    wait_for_modem(&server, "kannel-1", "ready");
    Office {
        gateway,
        listen,
        server,
    }
}

impl Office {
    fn token(&self) -> String {
        let path = self.server.home.dir().join("kannel-token-kannel_1");
        std::fs::read_to_string(path).unwrap().trim().to_owned()
    }

    /// As the sms-service of the documentation asks.
    fn incoming(&self, query: &str) -> u16 {
        let token = self.token();
        get(&format!(
            "http://{}/incoming?token={token}&{query}",
            self.listen
        ))
    }

    fn inbox(&self) -> Vec<(String, String)> {
        let list = ListInbox {
            limit: 100,
            ..ListInbox::default()
        };
        let page = self.server.ask(list).unwrap();
        let pairs = page.rows.into_iter().map(|row| (row.from, row.text));
        pairs.collect()
    }
}

#[test]
fn a_message_goes_out_and_its_reports_come_back() {
    let office = office();
    let modem = wait_for_modem(&office.server, "kannel-1", "ready");
    assert_eq!(modem.kind, "kannel");
    assert!(modem.port.unwrap().ends_with("/cgi-bin/sendsms"));
    let id = send(&office.server, TEXT);
    let asked = office.gateway.next();
    for (key, value) in [
        ("to", "+6281234567890"),
        ("from", "KPPN"),
        ("text", TEXT),
        ("coding", "0"),
        ("charset", "UTF-8"),
        ("dlr-mask", "31"),
    ] {
        assert_eq!(asked[key], value, "{key}");
    }
    assert_eq!(asked.get("udh"), None);
    let sent = wait_until(&office.server, id, SmsState::Sent);
    assert_eq!(
        (sent.attempts, sent.modem.as_deref()),
        (1, Some("kannel-1"))
    );
    // The service centre has it, later the phone; once more changes nothing.
    assert_eq!(report(&asked, 8, "ACK/"), 200);
    assert_eq!(row(&office.server, id).state, SmsState::Sent);
    assert_eq!(report(&asked, 1, ""), 200);
    let delivered = row(&office.server, id);
    assert_eq!(delivered.state, SmsState::Delivered);
    let steps = office.server.ask(ShowSms { id }).unwrap().sms.history.len();
    for kind in [1, 2, 4, 8, 16, 64] {
        assert_eq!(report(&asked, kind, ""), 200);
    }
    let after = office.server.ask(ShowSms { id }).unwrap();
    assert_eq!(
        (after.row.state, after.sms.history.len()),
        (SmsState::Delivered, steps)
    );
    // Nobody makes up a report, of this message or of another.
    let mut forged = asked.clone();
    let url = asked["dlr-url"].replace(&format!("sms={}", id.0), "sms=999999");
    forged.insert("dlr-url".to_owned(), url);
    assert_eq!(report(&forged, 1, ""), 403);
    assert!(office.gateway.asked.is_empty(), "it was sent once");
}

#[test]
fn not_delivered_is_told_with_the_reason() {
    let office = office();
    let (first, second) = (send(&office.server, "satu"), send(&office.server, "dua"));
    assert_eq!(
        report(&office.gateway.next(), 16, "NACK/Unknown%20subscriber"),
        200
    );
    assert_eq!(report(&office.gateway.next(), 2, ""), 200);
    let refused = wait_until(&office.server, first, SmsState::Undelivered);
    assert!(refused.error.unwrap().contains("Unknown subscriber"));
    wait_until(&office.server, second, SmsState::Undelivered);
}

#[test]
fn refusals_are_taken_by_their_kind() {
    let office = office();
    office.gateway.plan([
        Plan::Answer(
            400,
            "Number(s) has/have been denied by white- and/or black-lists.",
        ),
        Plan::Answer(503, "Temporal failure, try again later."),
    ]);
    let never = send(&office.server, "tidak pernah");
    let failed = wait_until(&office.server, never, SmsState::Failed);
    assert!(failed.error.unwrap().contains("black-lists"));
    let later = send(&office.server, "nanti");
    let what = "the retry is planned";
    let waits = |detail: &sipintar::ask::SmsDetail| {
        detail.row.state == SmsState::Queued && detail.row.attempts == 1
    };
    let row = office
        .server
        .wait_for(what, ShowSms { id: later }, waits)
        .row;
    assert!(row.error.unwrap().contains("Temporal failure"));
    assert!(row.not_before.unwrap() > row.created);
    assert_eq!(
        wait_for_modem(&office.server, "kannel-1", "ready").detail,
        None
    );
}

#[test]
fn a_wrong_password_is_no_fault_of_the_message() {
    let office = office();
    office.gateway.look(403, "Authorization failed for sendsms");
    office
        .gateway
        .plan([Plan::Answer(403, "Authorization failed for sendsms")]);
    let id = send(&office.server, TEXT);
    let modem = wait_for_modem(&office.server, "kannel-1", "denied");
    assert!(modem.detail.unwrap().contains("username and password"));
    office.gateway.next();
    let waiting = wait_until(&office.server, id, SmsState::Queued);
    assert_eq!(waiting.attempts, 0);
    office
        .gateway
        .look(400, "Missing receiver number, rejected");
    let sent = wait_until(&office.server, id, SmsState::Sent);
    assert_eq!(sent.attempts, 1);
}

#[test]
fn silence_is_uncertain_and_never_sent_again_by_itself() {
    for plan in [
        Plan::Silent,
        Plan::HangUp,
        Plan::Torn,
        Plan::Answer(500, "Sending failed."),
    ] {
        let office = office();
        office.gateway.plan([plan.clone()]);
        let first = send(&office.server, "satu");
        let asked = office.gateway.next();
        wait_until(&office.server, first, SmsState::Uncertain);
        // It goes on by itself with the next.
        let second = send(&office.server, "dua");
        let next = office.gateway.next();
        assert_eq!(next["text"], "dua", "{plan:?}");
        wait_until(&office.server, second, SmsState::Sent);
        // What came of the first, its report tells: sent, then delivered.
        assert_eq!(report(&asked, 8, "ACK/"), 200);
        assert_eq!(row(&office.server, first).state, SmsState::Sent);
        assert_eq!(report(&asked, 1, ""), 200);
        let settled = row(&office.server, first);
        assert_eq!((settled.state, settled.attempts), (SmsState::Delivered, 1));
        assert!(office.gateway.asked.is_empty(), "{plan:?}: nothing twice");
    }
}

#[test]
fn a_report_of_an_attempt_that_a_person_gave_up_does_not_speak_for_the_next() {
    let office = office();
    office.gateway.plan([Plan::HangUp]);
    let id = send(&office.server, TEXT);
    let first = office.gateway.next();
    wait_until(&office.server, id, SmsState::Uncertain);
    let which = SmsChoice::Ids(vec![id]);
    office
        .server
        .ask(ResendSms {
            which: which.clone(),
        })
        .unwrap();
    let second = office.gateway.next();
    wait_until(&office.server, id, SmsState::Sent);
    assert_eq!(report(&first, 2, ""), 200);
    assert_eq!(row(&office.server, id).state, SmsState::Sent);
    assert_eq!(report(&second, 1, ""), 200);
    assert_eq!(row(&office.server, id).state, SmsState::Delivered);
    // Without a report a person settles it.
    office.gateway.plan([Plan::HangUp]);
    let id = send(&office.server, TEXT);
    wait_until(&office.server, id, SmsState::Uncertain);
    let settle = SettleSms {
        which: SmsChoice::Ids(vec![id]),
        state: SmsState::Sent,
    };
    office.server.ask(settle).unwrap();
    assert_eq!(row(&office.server, id).state, SmsState::Sent);
}

#[test]
fn a_report_may_come_before_the_answer_and_the_answer_late() {
    let office = office();
    office
        .gateway
        .plan([Plan::ReportFirst(1), Plan::Slow(Duration::from_millis(300))]);
    let (first, second) = (send(&office.server, "satu"), send(&office.server, "dua"));
    wait_until(&office.server, first, SmsState::Delivered);
    wait_until(&office.server, second, SmsState::Sent);
    assert_eq!(row(&office.server, first).state, SmsState::Delivered);
    assert_eq!(
        office.server.ask(GetStatus {}).unwrap().sms[&SmsState::Uncertain],
        0
    );
}

#[test]
fn what_was_never_handed_over_waits_until_kannel_is_there() {
    let (gateway, listen) = (free(), free());
    let server = Server::start(&settings(gateway, listen));
    let modem = wait_for_modem(&server, "kannel-1", "unplugged");
    assert!(modem.detail.unwrap().contains("smsbox"));
    let id = send(&server, TEXT);
    assert_eq!(row(&server, id).state, SmsState::Queued);
    let gateway = Gateway::open_at(gateway);
    let sent = wait_until(&server, id, SmsState::Sent);
    assert_eq!(sent.attempts, 1);
    gateway.next();
    // It goes away while nothing is sent, and a message finds out.
    let address = gateway.address;
    drop(gateway);
    let id = send(&server, TEXT);
    wait_for_modem(&server, "kannel-1", "unplugged");
    let waiting = wait_until(&server, id, SmsState::Queued);
    assert_eq!((waiting.attempts, waiting.error), (0, None));
    let gateway = Gateway::open_at(address);
    wait_until(&server, id, SmsState::Sent);
    gateway.next();
    assert!(gateway.asked.is_empty());
}

#[test]
fn a_long_text_is_one_request_and_one_report() {
    let office = office();
    let text = "Halo dunia. ".repeat(40);
    let text = text.trim();
    let id = send(&office.server, text);
    let asked = office.gateway.next();
    assert_eq!(asked["text"], text);
    let sent = wait_until(&office.server, id, SmsState::Sent);
    assert_eq!(sent.parts, 4);
    assert_eq!(report(&asked, 1, ""), 200);
    assert_eq!(row(&office.server, id).state, SmsState::Delivered);
    // UCS-2 where the alphabet lacks a character.
    let id = send(&office.server, "Selamat pagi 你好 😀");
    let asked = office.gateway.next();
    assert_eq!(
        (asked["coding"].as_str(), asked["text"].as_str()),
        ("2", "Selamat pagi 你好 😀")
    );
    wait_until(&office.server, id, SmsState::Sent);
}

#[test]
fn a_server_killed_in_the_middle_sends_nothing_twice() {
    let mut office = office();
    office.gateway.plan([Plan::Silent]);
    let id = send(&office.server, TEXT);
    let asked = office.gateway.next();
    office.server.kill();
    office.server.restart();
    wait_until(&office.server, id, SmsState::Uncertain);
    wait_for_modem(&office.server, "kannel-1", "ready");
    assert_eq!(report(&asked, 1, ""), 200);
    assert_eq!(row(&office.server, id).state, SmsState::Delivered);
    assert!(office.gateway.asked.is_empty());
}

#[test]
fn what_comes_in_is_on_disk_before_kannel_may_forget_it() {
    let mut office = office();
    let first =
        "from=%2B6281234567890&to=500&time=1795520371&coding=0&charset=UTF-8&text=PAGU+411902+%2B";
    assert_eq!(office.incoming(first), 200);
    // Kannel comes again when it missed the answer.
    assert_eq!(office.incoming(first), 200);
    let ucs2 =
        "from=0812&to=500&time=1795520398&coding=2&charset=UTF-16BE&text=%00H%00aO%60%D8%3D%DE%00";
    assert_eq!(office.incoming(ucs2), 200);
    let latin = "from=TELKOM&time=x&coding=0&text=caf%E9%1B[31m";
    assert_eq!(office.incoming(latin), 200);
    let binary = "from=1&time=1&coding=1&charset=8-BIT&text=%FF%00";
    assert_eq!(office.incoming(binary), 200);
    office.server.kill();
    office.server.restart();
    let pair = |from: &str, text: &str| (from.to_owned(), text.to_owned());
    assert_eq!(
        office.inbox(),
        [
            pair("1", "PDU FF00"),
            pair("TELKOM", "café[31m"),
            pair("0812", "Ha你😀"),
            pair("+6281234567890", "PAGU 411902 +"),
        ]
    );
}

#[test]
fn strangers_at_the_port_get_nowhere() {
    let office = office();
    let at = office.listen;
    let token = office.token();
    let url = |rest: &str| format!("http://{at}/{rest}");
    assert_eq!(get(&url("incoming?from=1&text=a")), 403);
    assert_eq!(get(&url("incoming?token=&from=1&text=a")), 403);
    assert_eq!(
        get(&url(&format!(
            "incoming?token={}x&from=1&text=a",
            &token[1..]
        ))),
        403
    );
    assert_eq!(get(&url(&format!("incoming?token={token}&text=a"))), 400);
    assert_eq!(get(&url("report?sms=1&try=1&part=0&key=00&type=1")), 403);
    assert_eq!(get(&url("report?sms=-1&try=1&part=0&key=00&type=1")), 400);
    assert_eq!(get(&url("")), 404);
    assert_eq!(
        get(&url(&format!("incoming?text={}", "a".repeat(40_000)))),
        413
    );
    assert_eq!(
        raw(at, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
        400
    );
    assert_eq!(raw(at, b"DELETE / HTTP/1.1\r\n\r\n"), 405);
    let post = format!(
        "POST /incoming?token={token}&from=1&time=5&text=pos HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
    );
    assert_eq!(raw(at, post.as_bytes()), 200);
    assert_eq!(
        raw(
            at,
            b"POST /incoming HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"
        ),
        413
    );
    // Slow ones, more than are worked on at once, are hung up on in the end; others still get through.
    let mut slow: Vec<TcpStream> = (0..40).map(|_| TcpStream::connect(at).unwrap()).collect();
    for stream in &mut slow {
        stream.write_all(b"GET /incoming?tok").unwrap();
    }
    assert_eq!(office.incoming("from=2&time=6&text=lewat"), 200);
    for stream in &mut slow {
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer:?}");
    }
    assert_eq!(office.inbox().len(), 2);
    wait_until(&office.server, send(&office.server, TEXT), SmsState::Sent);
}

#[test]
fn made_up_numbers_do_not_reach_a_gateway() {
    let office = office();
    let id = draft_to(&office.server, "0812-0000-0102", TEXT);
    let which = SmsChoice::Ids(vec![id]);
    let outcome = office.server.ask(ConfirmSms { which }).unwrap();
    assert_eq!(outcome.refused[0].1.code, "demo-fictitious");
    let page = ListSms {
        limit: 10,
        ..ListSms::default()
    };
    assert_eq!(
        office.server.ask(page).unwrap().rows[0].state,
        SmsState::Waiting
    );
    assert!(office.gateway.asked.is_empty());
}

#[test]
fn a_port_that_another_program_has_is_said_and_tried_again() {
    let gateway = Gateway::open();
    let listen = free();
    let other = std::net::TcpListener::bind(listen).unwrap();
    let server = Server::start(&gateway.settings(listen));
    let modem = wait_for_modem(&server, "kannel-1", "wrong-port");
    assert!(modem.detail.unwrap().contains(&listen.to_string()));
    drop(other);
    wait_for_modem(&server, "kannel-1", "ready");
    let refused = server.cli(&["modem", "ussd", "kannel-1", "*888#"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("USSD"));
}
