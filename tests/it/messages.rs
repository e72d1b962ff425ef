//! Messages that would cost the office money, trust or sleep: floods, repeated announcements, a PIN that was wrong once.

use sipintar::ask::{GetOverview, GetStatus, ListInbox, ListModems, ListSms};
use sipintar::domain::inbox::InboxState;
use sipintar::domain::refusal::Refusal;
use sipintar::domain::sms::{SmsKind, SmsState};

use crate::modem::Modem;
use crate::support::{ALWAYS, SATKER, Server};

const KPA: &str = "+6281311110102";
const OFFICE: &str = "kode_satker,nama,nama_singkat,kpa_nama,kpa_hp,status
411201,Pengadilan Negeri Contoh,PN Contoh,Dwi Hidayat,0813-1111-0102,aktif
";

fn flood(warnings: &[Refusal]) -> Option<&Refusal> {
    warnings.iter().find(|warning| warning.code == "flood")
}

fn in_modem(server: &Server, state: &str) {
    server.wait_for(state, ListModems {}, |list| list.modems[0].state == state);
}

#[test]
fn a_flood_from_invented_numbers_waits_for_a_person_and_satker_are_answered_all_the_same() {
    const FLOOD: u64 = 300;
    let (mut modem, own) = Modem::start(&["--latency", "5", "--report-delay", "5"]);
    let own = own.replacen("[sms]\n", "[sms]\nprice = 350\n", 1);
    let mut server = Server::start(&own);
    let file = server.file("satker.csv", OFFICE);
    server.ok(&["satker", "import", file.to_str().unwrap()]);
    in_modem(&server, "ready");
    for n in 0..FLOOD {
        modem.incoming(&format!("+62813222{n:05}"), "ADUAN Antrean lama sekali");
    }
    modem.incoming(KPA, "JADWAL 411201");

    let everything = ListInbox {
        limit: 500,
        ..ListInbox::default()
    };
    let kept = server.wait_for("all of them", everything, |page| page.total == FLOOD + 1);
    let of = |state: InboxState| kept.rows.iter().filter(|row| row.state == state).count();
    assert_eq!((of(InboxState::Answered), of(InboxState::Open)), (16, 285));
    let answers = ListSms {
        kind: Some(SmsKind::Reply),
        limit: 500,
        ..ListSms::default()
    };
    let sent = server.wait_for("the answers", answers, |page| {
        page.rows
            .iter()
            .all(|row| matches!(row.state, SmsState::Sent | SmsState::Delivered))
    });
    assert_eq!((sent.total, modem.taken().len()), (16, 16));
    assert!(sent.rows.iter().any(|row| row.to.as_str() == KPA));
    assert_eq!(server.ask(GetStatus {}).unwrap().store.letters, 15);

    // Every desk is told, also after a restart; then the budget of the hour is still used up.
    let told = |server: &Server| {
        let overview = server.ask(GetOverview {}).unwrap();
        let warning = flood(&overview.warnings).unwrap();
        assert_eq!(overview.unread, 285);
        (warning.args["n"].clone(), warning.args["cost"].clone())
    };
    assert_eq!(told(&server), ("285".to_owned(), "Rp99.750".to_owned()));
    server.kill();
    server.restart();
    assert_eq!(told(&server), ("285".to_owned(), "Rp99.750".to_owned()));
    in_modem(&server, "ready");
    modem.incoming("+6281333300000", "SARAN Tambah kursi");
    server.wait_for("one more", GetStatus {}, |status| {
        flood(&status.warnings).is_some_and(|warning| warning.args["n"] == "286")
    });
    let status = server.cli(&["--lang", "en", "status"]);
    let words = String::from_utf8(status.stderr).unwrap();
    assert!(
        words.contains("286 SMS since") && words.contains("worth Rp100.100"),
        "{words}"
    );
}

#[test]
fn a_pin_is_entered_once_until_its_file_is_corrected() {
    let (modem, _) = Modem::start(&["--pin", "4711"]);
    modem.plugged();
    let mut server = Server::prepare("");
    let pin = server.file("pin", "0815\n");
    let own = modem.settings();
    server.file(
        "sipintar.toml",
        format!("{ALWAYS}{own}pin_file = {pin:?}\n"),
    );
    server.restart();
    in_modem(&server, "pin-wrong");
    let remembered = server.home.dir().join("refused-pin-loket");
    let digest = std::fs::read_to_string(&remembered).unwrap();
    assert!(digest.len() == 64 && !digest.contains("0815"));
    // Two more would lock the SIM.
    for _ in 0..3 {
        server.kill();
        server.restart();
        in_modem(&server, "pin-wrong");
    }
    server.file("pin", "4711\n");
    in_modem(&server, "ready");
    assert!(!remembered.exists());
}

#[test]
fn an_announcement_that_has_left_is_not_sent_twice() {
    let server = Server::start(
        "[sms]\nwindow = [\"00:00\", \"24:00\"]\nworking_days_only = false\nundo_seconds = 0\nconfirm = { broadcast = \"auto\" }\n",
    );
    let file = server.file("satker.csv", SATKER);
    server.ok(&["satker", "import", file.to_str().unwrap()]);
    let announce = ["sms", "broadcast", "--text", "Rapat Senin pukul 09.00"];
    server.ok(&announce);
    let all = ListSms {
        limit: 100,
        ..ListSms::default()
    };
    let left = server.wait_for("two have left", all.clone(), |page| {
        page.total == 2
            && page
                .rows
                .iter()
                .all(|row| matches!(row.state, SmsState::Sent | SmsState::Delivered))
    });
    assert_eq!(left.total, 2);
    let again = server.cli(&announce);
    let words = String::from_utf8(again.stderr).unwrap();
    assert_eq!(again.status.code(), Some(1), "{words}");
    assert!(words.contains("semua 2 nomor"), "{words}");
    assert_eq!(server.ask(all).unwrap().total, 2);
}

#[test]
fn a_hostile_file_of_texts_ends_no_command_and_check_names_it() {
    let server = Server::start(ALWAYS);
    let folder = server.home.folder("locales").join("id");
    std::fs::create_dir_all(&folder).unwrap();
    let hostile = [
        format!("days = {}", "{ ".repeat(100_000)),
        "days = { { loading } }\n".to_owned(),
        "days = \u{1b}[2J\n".to_owned(),
    ];
    for text in hostile {
        std::fs::write(folder.join("desk.ftl"), &text).unwrap();
        let status = server.cli(&["status"]);
        let said = String::from_utf8(status.stderr).unwrap();
        assert_eq!(status.status.code(), Some(0), "{said}");
        assert!(said.contains("desk.ftl, line 1"), "{said}");
        let check = server.cli(&["check"]);
        assert_eq!(check.status.code(), Some(1));
        let named = String::from_utf8(check.stdout).unwrap();
        assert!(named.contains("desk.ftl, line 1"), "{named}");
        assert!(!named.contains('\u{1b}'));
    }
}
