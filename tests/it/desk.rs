//! The desk in a terminal, by keyboard, against real servers.

use std::path::PathBuf;
use std::time::Duration;

use sipintar::ask::{
    ConfirmSms, DraftSms, EndLetter, GetDraft, ListLetters, ListModems, ListSatker, ListSms,
    NewLetter, RegisterLetter, Registered, SmsChoice, SmsPage, SmsRow,
};
use sipintar::domain::letter::LetterState;
use sipintar::domain::refusal::Refusal;
use sipintar::domain::sms::{SmsKind, SmsState};

use crate::modem::Modem;
use crate::support::{ALWAYS, SATKER, Server, cli};
use crate::terminal::Desk;

const SAVE: &str = "\x13";
const TAB: &str = "\t";
/// Title of the form for a letter.
const FORM: &str = "Catat surat: LPJ Bendahara";
/// How the first letter begins in the list.
const ROW: &str = "AGD-00001  PN Madiun";
/// Within this time, a change made elsewhere has to be seen.
const NOTICEABLE: Duration = Duration::from_secs(2);

/// The satker list with numbers that a real gateway takes.
fn real_phones() -> String {
    SATKER
        .replace("0812-0000-", "0813-1111-")
        .replace("81200000222", "81311110222")
}

/// Ends the server of a home that the desk itself has started.
struct Stop(PathBuf);

impl Drop for Stop {
    fn drop(&mut self) {
        cli(&self.0, &["stop"]);
    }
}

fn import(server: &Server, list: &str) {
    let list = server.file("satker.csv", list);
    server.ok(&["satker", "import", list.to_str().unwrap()]);
}

fn letters(server: &Server) -> Vec<String> {
    let page = ListLetters {
        limit: 100,
        ..ListLetters::default()
    };
    let page = server.ask(page).unwrap();
    page.rows.iter().map(|row| row.agenda.to_string()).collect()
}

fn all_sms() -> ListSms {
    ListSms {
        limit: 100,
        ..ListSms::default()
    }
}

fn modem_ready(server: &Server) {
    server.wait_for("the modem", ListModems {}, |list| {
        list.modems.iter().any(|modem| modem.state == "ready")
    });
}

/// Opens the desk on the letters of the treasurers' reports.
fn at_lpj(server: &Server) -> Desk {
    let mut desk = Desk::open(server.home.dir());
    desk.shows("Yang perlu dikerjakan sekarang");
    desk.answers("2", "n catat");
    desk
}

/// Fills in the form for a report as far as the number of the letter.
fn half_a_form(desk: &mut Desk) {
    desk.answers("n", FORM);
    desk.answers("411201", "411201  Pengadilan Negeri");
    // Six digits choose the satker and go on to the period.
    desk.answers("10-2026", "10-2026");
    desk.answers(TAB, "Nomor");
    desk.answers("S-12/2026", "S-12/2026");
}

#[test]
fn the_whole_story_by_keyboard_and_a_serial_modem() {
    let (modem, settings) = Modem::start(&["--latency", "20"]);
    let server = Server::start(&settings);
    import(&server, &real_phones());
    modem_ready(&server);
    let mut desk = at_lpj(&server);
    half_a_form(&mut desk);
    desk.keys(SAVE);
    desk.until("the letter in the list", |text| {
        !text.contains(FORM) && text.contains(ROW)
    });
    desk.answers("s", "Selesai: AGD-00001");
    desk.keys(SAVE);
    desk.until("the end of the form", |text| {
        !text.contains("Selesai: AGD-00001")
    });
    server.wait_for("the notice", all_sms(), |page| {
        page.rows.iter().any(|sms| sms.letter.is_some())
    });
    // A letter that has ended is no longer among the open ones.
    desk.answers("F", "Semua surat  1 surat");
    desk.shows(ROW);
    desk.answers("i", "── S-000001 ──");

    desk.answers("c", "Kirim 1 SMS ini?");
    desk.keys("\r");
    desk.keys("n");
    desk.until("the question answered with no", |text| {
        !text.contains("Kirim 1 SMS ini?")
    });
    let page = server.ask(all_sms()).unwrap();
    assert!(
        page.rows.iter().all(|sms| sms.state == SmsState::Waiting),
        "Enter is no answer: {page:#?}"
    );
    assert_eq!(modem.taken().len(), 0);

    desk.answers("c", "Kirim 1 SMS ini?");
    desk.keys("y");
    desk.until("the delivery", |text| {
        text.lines()
            .any(|line| line.contains("S-000001") && line.contains("sampai"))
    });
    let taken = modem.taken();
    assert_eq!(taken.len(), 1, "{taken:#?}");
    assert!(
        taken[0].contains("6281311110102") && taken[0].contains("LPJ Bendahara Okt 2026"),
        "{taken:#?}"
    );
}

#[test]
fn a_letter_registered_at_one_desk_appears_at_the_other_by_itself() {
    let server = Server::start(ALWAYS);
    import(&server, SATKER);
    let (mut one, mut other) = (at_lpj(&server), at_lpj(&server));
    half_a_form(&mut one);
    one.keys(SAVE);
    let before = std::time::Instant::now();
    other.shows(ROW);
    assert!(before.elapsed() < NOTICEABLE, "{:?}", before.elapsed());
}

#[test]
fn a_server_killed_under_a_form_costs_nothing_that_was_typed() {
    let mut server = Server::start(ALWAYS);
    import(&server, SATKER);
    let _stop = Stop(server.home.dir().to_owned());
    let mut desk = at_lpj(&server);
    half_a_form(&mut desk);
    // The desk starts a server where none answers. Broken settings keep it from that until the person has seen the trouble.
    server.file("sipintar.toml", "nonsense");
    server.kill();
    desk.shows("Sambungan putus, isian Anda aman");
    // Saving is not possible now, and typing goes on.
    desk.keys(SAVE);
    desk.answers("-B", "S-12/2026-B");
    server.file("sipintar.toml", ALWAYS);
    let screen = desk.shows("Tersambung lagi");
    for typed in ["Pengadilan Negeri", "10-2026", "S-12/2026-B"] {
        assert!(screen.contains(typed), "{typed} is lost:\n{screen}");
    }
    desk.keys(SAVE);
    desk.until("the letter in the list", |text| {
        !text.contains(FORM) && text.contains(ROW)
    });
    let letters = letters(&server);
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert!(
        server
            .ok(&["letter", "show", &letters[0]])
            .contains("S-12/2026-B")
    );
}

#[test]
fn a_desk_killed_under_a_form_leaves_its_draft_to_the_next() {
    let server = Server::start(ALWAYS);
    import(&server, SATKER);
    let mut desk = at_lpj(&server);
    half_a_form(&mut desk);
    draft_kept(&server);
    desk.kill();
    let mut desk = at_lpj(&server);
    let screen = desk.answers("n", "Konsep terakhir dibuka lagi");
    for typed in ["Pengadilan Negeri", "10-2026", "S-12/2026"] {
        assert!(screen.contains(typed), "{typed} is lost:\n{screen}");
    }
    desk.keys(SAVE);
    desk.shows(ROW);
    assert_eq!(letters(&server).len(), 1);
}

#[test]
fn a_closed_terminal_ends_the_desk_and_leaves_the_draft() {
    let server = Server::start(ALWAYS);
    import(&server, SATKER);
    let mut desk = at_lpj(&server);
    half_a_form(&mut desk);
    draft_kept(&server);
    desk.hang_up();
    at_lpj(&server).answers("n", "Konsep terakhir dibuka lagi");
}

#[test]
fn an_empty_home_gets_its_server_and_keeps_it_after_the_desk_has_left() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("baru");
    let stop = Stop(home.clone());
    let mut desk = Desk::open(&home);
    let screen = desk.shows("Kantor ini masih kosong.");
    assert!(screen.contains("sipintar satker import"), "{screen}");
    desk.shows("SIMULASI");
    desk.answers("q", "Keluar dari SI PINTAR?");
    desk.keys("y");
    assert_eq!(desk.ended(), Some(0));
    assert_eq!(cli(&home, &["status"]).status.code(), Some(0));
    assert_eq!(cli(&home, &["stop"]).status.code(), Some(0));
    assert_eq!(cli(&home, &["status"]).status.code(), Some(3));
    drop(stop);
}

#[test]
fn a_made_up_number_is_refused_before_a_real_modem_gets_it() {
    let (modem, settings) = Modem::start(&["--latency", "20"]);
    let server = Server::start(&settings);
    import(&server, SATKER);
    modem_ready(&server);
    register(&server, 1).unwrap();
    complete(&server, 1).unwrap();
    let notice = server
        .ask(all_sms())
        .unwrap()
        .rows
        .into_iter()
        .find(|sms| sms.letter.is_some())
        .unwrap();
    let output = server.cli(&["sms", "confirm", &notice.id.to_string()]);
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{words}");
    assert!(words.contains("nomor contoh"), "{words}");
    let page = server.ask(all_sms()).unwrap();
    assert!(
        page.rows.iter().all(|sms| sms.state == SmsState::Waiting),
        "{page:#?}"
    );
    assert_eq!(modem.taken().len(), 0);
}

#[test]
fn power_cuts_all_along_the_story_send_nothing_twice() {
    let (modem, settings) = Modem::start(&["--latency", "100"]);
    let mut server = Server::start(&settings);
    import(&server, &real_phones());
    cut(&mut server);
    for n in 1..=6 {
        register(&server, n).unwrap();
        cut(&mut server);
        assert_eq!(letters(&server).len(), n as usize);
        // The answer may have been lost on the way: the same form again is the same letter.
        assert_eq!(register(&server, n).unwrap().letter.agenda.serial, n);
        assert_eq!(letters(&server).len(), n as usize);
        complete(&server, n).unwrap();
        cut(&mut server);
        let notices = notices(&server);
        assert_eq!(notices.len(), n as usize, "{notices:#?}");
    }
    modem_ready(&server);
    let chosen = notices(&server).iter().map(|sms| sms.id).collect();
    let outcome = server.ask(ConfirmSms {
        which: SmsChoice::Ids(chosen),
    });
    assert_eq!(outcome.unwrap().done.len(), 6);
    let of = |page: &SmsPage, state| page.rows.iter().filter(|sms| sms.state == state).count();
    let gone = |page: &SmsPage| of(page, SmsState::Sent) + of(page, SmsState::Delivered);
    // At once, then with the first on its way, then with one in the network and the next on its way.
    cut(&mut server);
    for in_network in [0, 1, 1] {
        let page = server.wait_for("the next message on its way", all_sms(), |page| {
            gone(page) >= in_network && of(page, SmsState::Sending) > 0
                || of(page, SmsState::Queued) == 0
        });
        cut(&mut server);
        let after = server.ask(all_sms()).unwrap();
        assert!(gone(&after) >= gone(&page), "{page:#?} {after:#?}");
    }
    server.wait_for("the end of the queue", all_sms(), |page| {
        of(page, SmsState::Queued) + of(page, SmsState::Sending) == 0
    });
    let notices = notices(&server);
    let taken = modem.taken();
    let story = format!("{notices:#?} {taken:#?}");
    let in_network = |sms: &SmsRow| matches!(sms.state, SmsState::Sent | SmsState::Delivered);
    assert!(notices.iter().any(in_network), "{story}");
    for sms in &notices {
        let times = taken.iter().filter(|text| text.contains(&sms.text)).count();
        assert_eq!(sms.attempts, 1, "{story}");
        match sms.state {
            SmsState::Sent | SmsState::Delivered => assert_eq!(times, 1, "{story}"),
            SmsState::Uncertain => assert!(times <= 1, "{story}"),
            other => panic!("{other:?}: {story}"),
        }
    }
    assert!(server.cli(&["verify"]).status.success());
}

/// A power cut, and the power back.
fn cut(server: &mut Server) {
    server.kill();
    server.restart();
}

fn draft_kept(server: &Server) {
    let draft = GetDraft {
        form: "register/lpj".to_owned(),
    };
    server.wait_for("the draft", draft, |draft| {
        format!("{draft:?}").contains("S-12/2026")
    });
}

fn notices(server: &Server) -> Vec<SmsRow> {
    let mut rows = server.ask(all_sms()).unwrap().rows;
    rows.retain(|sms| sms.kind == SmsKind::Completed);
    rows
}

fn register(server: &Server, n: u32) -> Result<Registered, Refusal> {
    server.ask(RegisterLetter {
        letter: NewLetter {
            module: "lpj".to_owned(),
            service: "lpj".to_owned(),
            satker: "411201".to_owned(),
            number: format!("S-{n}/2026"),
            fields: [("periode".to_owned(), format!("2026-{n:02}"))].into(),
            ..NewLetter::default()
        },
        duplicate_seen: false,
        key: Some(format!("form-{n}")),
    })
}

fn complete(server: &Server, n: u32) -> Result<(), Refusal> {
    let page = ListLetters {
        limit: 100,
        ..ListLetters::default()
    };
    let rows = server.ask(page)?.rows;
    let agenda = rows
        .iter()
        .find(|row| row.agenda.serial == n)
        .unwrap()
        .agenda;
    server.ask(EndLetter {
        agenda,
        to: LetterState::Completed,
        note: String::new(),
        fields: [].into(),
    })?;
    Ok(())
}

#[test]
fn what_a_phone_sends_is_kept_whole_and_once() {
    let (mut modem, settings) = Modem::start(&["--latency", "20"]);
    // The modem has nothing else to do than to bring what came in.
    let settings = format!("{settings}[sms.confirm]\nreply = \"manual\"\n");
    let server = Server::start(&settings);
    let long = "Mohon informasi pagu satker kami. "
        .repeat(12)
        .trim()
        .to_owned();
    modem.incoming("+6281311110102", "Halo \u{1b}[2J KPPN");
    modem.incoming("+6281311110102", &long);
    let inbox = sipintar::ask::ListInbox {
        unanswered: true,
        offset: 0,
        limit: 10,
    };
    let page = server.wait_for("two messages", inbox.clone(), |page| page.total == 2);
    let mut texts: Vec<&str> = page
        .rows
        .iter()
        .map(|message| message.text.as_str())
        .collect();
    texts.sort_unstable();
    assert!(
        texts[0].starts_with("Halo ") && !texts[0].contains('\u{1b}'),
        "{}",
        texts[0]
    );
    assert_eq!(texts[1], long);
    assert!(
        page.rows
            .iter()
            .all(|message| message.from == "+6281311110102" && message.modem == "loket")
    );
    // Nothing is left on the SIM that would come again: what was taken in is deleted before the server ends.
    server.ok(&["stop"]);
    drop(server);
    let server = Server::start(&settings);
    server.wait_for("the modem", ListModems {}, |list| {
        list.modems[0].state == "ready"
    });
    assert_eq!(server.ask(inbox).unwrap().total, 0);
}

#[test]
fn a_report_returned_after_its_day_is_asked_for_soon_and_a_reason_to_come_leaves_no_hole() {
    let server = Server::start(ALWAYS);
    import(&server, SATKER);
    let mut desk = at_lpj(&server);
    half_a_form(&mut desk);
    desk.keys(SAVE);
    desk.until("the letter in the list", |text| {
        !text.contains(FORM) && text.contains(ROW)
    });
    let words = |screen: &str| {
        let plain = screen.replace('│', " ");
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let screen = desk.answers("k", "(alasan)");
    assert!(
        words(&screen).contains("dikembalikan: (alasan). Mohon"),
        "{screen}"
    );
    desk.keys("saldo keliru");
    desk.keys(SAVE);
    let page = server.wait_for("the notice", all_sms(), |page| {
        page.rows
            .iter()
            .any(|sms| sms.text.contains("saldo keliru"))
    });
    let texts: Vec<&str> = page.rows.iter().map(|sms| sms.text.as_str()).collect();
    assert!(
        texts[0].ends_with("saldo keliru. Mohon segera perbaiki; batas 10-11-2026 lewat."),
        "{texts:?}"
    );
}

#[test]
fn of_several_satker_the_one_that_was_typed_whole_is_found_first() {
    let server = Server::start(ALWAYS);
    import(
        &server,
        "kode_satker,nama,nama_singkat,status
411100,Dinas Pertanian Madiun Timur,Dispertan Madiun Timur,aktif
411999,Dinas Pertanian Madiun,Dispertan Madiun,aktif
",
    );
    let find = |text: &str| {
        let page = ListSatker {
            find: Some(text.into()),
            limit: 10,
            ..ListSatker::default()
        };
        let rows = server.ask(page).unwrap().rows;
        rows.iter()
            .map(|row| row.code.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(find("dispertan madiun"), ["411999", "411100"]);
    assert_eq!(find("madiun timur"), ["411100"]);
}

#[test]
fn the_command_line_says_states_and_facts_in_words_and_keeps_its_codes_for_programs() {
    let (modem, settings) = Modem::start(&[]);
    let server = Server::start(&settings);
    modem_ready(&server);
    let draft = DraftSms {
        to: Some("0813-2222-0001".into()),
        satker: None,
        role: None,
        text: "Pengumuman".into(),
        key: None,
    };
    server.ask(draft).unwrap();
    let status = server.ok(&["status"]);
    for words in ["1 menunggu", "siap", "terdaftar di jaringan"] {
        assert!(status.contains(words), "{words}: {status}");
    }
    for code in ["waiting", "ready", "registered"] {
        assert!(!status.contains(code), "{code}: {status}");
    }
    assert!(server.ok(&["status", "--json"]).contains("\"ready\""));
    let audit = server.ok(&["audit", "list"]);
    assert!(
        audit.contains("SMS dibuat") && !audit.contains("sms-drafted"),
        "{audit}"
    );
    let json = server.ok(&["audit", "list", "--json"]);
    assert!(json.contains("\"sms-drafted\""), "{json}");
    let only = server.ok(&["audit", "list", "--about", "sms-drafted"]);
    assert_eq!(only.matches("SMS dibuat").count(), 1, "{only}");

    // A look at a port that no server uses.
    let (other, settings) = Modem::start(&["--no-sim"]);
    other.plugged();
    let port = settings.split("port = \"").nth(1).unwrap();
    let port = port.split('"').next().unwrap();
    let probed = server.ok(&["modem", "probe", port]);
    assert!(probed.contains("tanpa SIM"), "{probed}");
    assert!(!probed.contains("no-sim"), "{probed}");
    let missing = cli(server.home.dir(), &["modem", "probe", "/dev/no-such-port"]);
    let said = String::from_utf8_lossy(&missing.stderr).into_owned();
    assert!(said.contains("/dev/no-such-port tidak ada"), "{said}");
    drop(modem);
}
