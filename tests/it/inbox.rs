//! A satker's phone asks, and is answered, through the real program and a modem on a pseudo-terminal.

use sipintar::ask::{ConfirmSms, DraftSms, GetOverview, ListInbox, ListModems, ListSms, SmsChoice};
use sipintar::domain::inbox::InboxState;
use sipintar::domain::sms::{SmsKind, SmsState};

use crate::modem::Modem;
use crate::support::Server;

const KPA: &str = "+6281311110102";

/// One satker whose KPA has a phone that a real gateway may reach.
const OFFICE: &str = "kode_satker,nama,nama_singkat,kpa_nama,kpa_hp,status
411201,Pengadilan Negeri Contoh,PN Contoh,Dwi Hidayat,0813-1111-0102,aktif
";

const BUDGET: &str = "kode_satker,tahun,per_tanggal,jenis_belanja,uraian,pagu,blokir,rpd_sd_bulan,realisasi,outstanding_kontrak,sisa_pagu,persen
411201,2026,2026-10-31,51,Belanja Pegawai,1000000000,0,0,250000000,0,750000000,25.00
";

fn office(more: &[&str], settings: &str) -> (Modem, Server) {
    let (modem, own) = Modem::start(more);
    let server = Server::start(&format!("{own}{settings}"));
    let file = server.file("satker.csv", OFFICE);
    server.ok(&["satker", "import", file.to_str().unwrap()]);
    server.wait_for("the modem", ListModems {}, |list| {
        list.modems[0].state == "ready"
    });
    (modem, server)
}

fn replies() -> ListSms {
    ListSms {
        kind: Some(SmsKind::Reply),
        limit: 100,
        ..ListSms::default()
    }
}

/// Waits until the network has taken a text like this; how often it has.
fn taken(server: &Server, modem: &Modem, words: &str) -> usize {
    let all = ListSms {
        limit: 100,
        ..ListSms::default()
    };
    server.wait_for(words, all, |page| {
        page.rows.iter().any(|row| {
            matches!(row.state, SmsState::Sent | SmsState::Delivered) && row.text.contains(words)
        })
    });
    let heard = modem.taken();
    heard.iter().filter(|text| text.contains(words)).count()
}

#[test]
fn a_phone_asks_and_is_answered_and_a_person_deals_with_the_rest() {
    let (mut modem, server) = office(&["--latency", "20"], "");
    modem.incoming(KPA, "lpj#411201");
    assert_eq!(taken(&server, &modem, "PN Contoh LPJ "), 1);
    modem.incoming(KPA, "LPJ 411902");
    taken(&server, &modem, "Kode satker 411902 tidak ditemukan");
    modem.incoming("+6281311119999", "PAGU 411201");
    taken(&server, &modem, "Nomor Anda belum terdaftar");
    modem.incoming(KPA, "Mohon info kapan rekonsiliasi dibuka kembali");
    taken(&server, &modem, "Format tidak dikenal");
    modem.incoming("TELKOMSEL", "PAGU 411201");

    let all = ListInbox {
        limit: 100,
        ..ListInbox::default()
    };
    let page = server.wait_for("five messages", all, |page| page.total == 5);
    let of = |text: &str| page.rows.iter().find(|row| row.text == text).unwrap();
    let asked = of("lpj#411201");
    assert_eq!(
        (asked.keyword.as_deref(), asked.state),
        (Some("LPJ"), InboxState::Answered)
    );
    assert!(asked.answered_by.is_some());
    let machine = page
        .rows
        .iter()
        .find(|row| row.from == "TELKOMSEL")
        .unwrap();
    assert_eq!(
        (machine.state, machine.answered_by),
        (InboxState::Ignored, None)
    );
    assert_eq!(server.ask(GetOverview {}).unwrap().unread, 1);

    // A person answers what no keyword matched.
    let waiting = server.ok(&["--json", "inbox", "list", "--unanswered"]);
    assert_eq!(waiting.lines().count(), 1, "{waiting}");
    let message: serde_json::Value = serde_json::from_str(&waiting).unwrap();
    for field in [
        "id",
        "from",
        "satker",
        "text",
        "received",
        "keyword",
        "answered_by",
    ] {
        assert!(message.get(field).is_some(), "{field}: {message}");
    }
    let id = message["id"].as_str().unwrap();
    server.ok(&["inbox", "assign", id, "--section", "vera"]);
    server.ok(&[
        "inbox",
        "answer",
        id,
        "--text",
        "KPPN Madiun: Dibuka tanggal 1.",
    ]);
    taken(&server, &modem, "Dibuka tanggal 1.");
    assert_eq!(server.ask(GetOverview {}).unwrap().unread, 0);
    let done = server.cli(&["inbox", "done", id]);
    assert_eq!(done.status.code(), Some(1), "nothing waits any more");

    // Each answer left once, and the journal holds.
    let sent = server.wait_for("all answers", replies(), |page| {
        page.rows
            .iter()
            .all(|row| matches!(row.state, SmsState::Sent | SmsState::Delivered))
    });
    assert_eq!(sent.rows.len(), 5);
    for row in &sent.rows {
        let times = modem
            .taken()
            .iter()
            .filter(|text| text.contains(&row.text))
            .count();
        assert_eq!(times, 1, "{}", row.text);
    }
    assert!(server.cli(&["verify"]).status.success());
}

#[test]
fn a_storm_from_one_phone_is_kept_answered_twenty_times_and_holds_nobody_up() {
    let (mut modem, server) = office(&["--latency", "5"], "");
    for n in 0..60 {
        modem.incoming("+6281311117777", &format!("LPJ {n}"));
    }
    let draft = DraftSms {
        to: Some("0813-1111-0555".to_owned()),
        satker: None,
        role: None,
        text: "Pesan biasa".to_owned(),
        key: None,
    };
    let id = server.ask(draft).unwrap().id;
    let which = SmsChoice::Ids(vec![id]);
    server.ask(ConfirmSms { which }).unwrap();
    modem.incoming(KPA, "BANTUAN");
    taken(&server, &modem, "Pesan biasa");
    taken(&server, &modem, "Ketik: PAGU");
    let all = ListInbox {
        limit: 100,
        ..ListInbox::default()
    };
    server.wait_for("all of them", all, |page| page.total == 61);
    let page = server.ask(replies()).unwrap();
    let to_storm = page
        .rows
        .iter()
        .filter(|row| row.to.as_str() == "+6281311117777");
    assert_eq!(
        to_storm.count(),
        21,
        "twenty answers, and once the word that it is enough"
    );
}

#[test]
fn ten_parts_in_any_order_are_one_message_and_survive_a_restart() {
    let (mut modem, mut server) = office(&["--latency", "5"], "");
    let long = format!(
        "SARAN {}",
        "Loket mohon dibuka lebih pagi. ".repeat(45).trim()
    );
    modem.incoming(KPA, &long);
    taken(&server, &modem, "Pesan Anda dicatat dengan nomor AGD-00001");
    server.kill();
    server.restart();
    let all = ListInbox {
        limit: 100,
        ..ListInbox::default()
    };
    let page = server.ask(all).unwrap();
    assert_eq!(page.total, 1);
    assert_eq!(page.rows[0].text, long);
    assert_eq!(page.rows[0].agenda.map(|agenda| agenda.serial), Some(1));
    let budget = server.file("budget.csv", BUDGET);
    server.ok(&["budget", "import", budget.to_str().unwrap()]);
    server.wait_for("the modem", ListModems {}, |list| {
        list.modems[0].state == "ready"
    });
    modem.incoming(KPA, "PAGU");
    taken(
        &server,
        &modem,
        "s.d. 31-10-2026: Pagu Rp1.000.000.000, Realisasi Rp250.000.000 (25,00%)",
    );
}

/// The text of every message that came in, oldest first.
fn texts(server: &Server) -> Vec<String> {
    let all = ListInbox {
        limit: 100,
        ..ListInbox::default()
    };
    let rows = server.ask(all).unwrap().rows;
    rows.into_iter().rev().map(|row| row.text).collect()
}

#[test]
fn a_part_that_is_late_by_a_day_completes_what_was_shown_without_it() {
    // Four places: parts that stayed on the SIM would fill it.
    let (mut modem, own) = Modem::start(&["--latency", "5", "--capacity", "4"]);
    let mut server = Server::start_at(&own, Some("2026-11-24T09:00:00+07:00"));
    let ready = |server: &Server| {
        server.wait_for("the modem", ListModems {}, |list| {
            list.modems[0].state == "ready"
        });
    };
    ready(&server);
    let part = |n: u8| format!("Kalimat ke-{n}. ");
    for n in [10, 4, 1, 9, 2, 8, 3, 6, 5] {
        modem.part(KPA, (513, n, 10), &part(n));
    }
    // Behind them, so all parts are on disk when it is.
    modem.incoming("+6281311119999", "Apakah loket buka hari Sabtu?");
    let all = ListInbox {
        limit: 100,
        ..ListInbox::default()
    };
    server.wait_for("the message behind", all.clone(), |page| page.total == 1);

    server.kill();
    server.restart_at(Some("2026-11-25T08:59:00+07:00"));
    ready(&server);
    assert_eq!(texts(&server).len(), 1, "not before the day is over");
    server.kill();
    server.restart_at(Some("2026-11-25T09:01:00+07:00"));
    let page = server.wait_for("what is there", all.clone(), |page| page.total == 2);
    let gap = |n: u8| if n == 7 { "[...]".to_owned() } else { part(n) };
    let incomplete: String = (1..=10).map(gap).collect();
    assert_eq!(page.rows[0].text, incomplete);
    assert_eq!(page.rows[0].note.as_deref(), Some("incomplete"));
    assert_eq!(page.rows[0].state, InboxState::Open);

    server.kill();
    server.restart_at(Some("2026-11-25T15:00:00+07:00"));
    ready(&server);
    modem.part(KPA, (513, 7, 10), &part(7));
    let whole: String = (1..=10).map(part).collect();
    let page = server.wait_for("the whole message", all, |page| {
        page.rows.iter().any(|row| row.text == whole)
    });
    assert_eq!(page.total, 2, "it is still the same message");
    assert!(server.cli(&["verify"]).status.success());
}

#[test]
fn parts_made_to_do_harm_cost_nobody_else_anything() {
    let (mut modem, server) = office(&["--latency", "5", "--capacity", "5"], "");
    let bad = "+6281311117777";
    for n in 0..60 {
        modem.part(bad, (n, 1, 255), &format!("awal {n}"));
    }
    for (seq, total) in [(0, 3), (4, 3), (1, 0), (0, 0), (1, 1), (255, 255)] {
        modem.part(bad, (900, seq, total), &format!("bagian {seq}/{total}"));
    }
    modem.part(bad, (901, 1, 2), "satu ");
    modem.part(bad, (901, 1, 2), "dua ");
    modem.part(bad, (901, 2, 2), "akhir");
    modem.incoming(KPA, "LPJ 411201");
    taken(&server, &modem, "PN Contoh LPJ ");
    let kept = texts(&server);
    let has = |text: &str| kept.iter().filter(|kept| *kept == text).count();
    for text in [
        "bagian 0/3",
        "bagian 4/3",
        "bagian 1/0",
        "bagian 0/0",
        "bagian 1/1",
    ] {
        assert_eq!(has(text), 1, "{text}: {kept:#?}");
    }
    assert_eq!(has("satu [...]"), 1);
    assert_eq!(has("dua akhir"), 1);
    assert_eq!(has("awal 0[...]"), 1);
    assert!(server.cli(&["verify"]).status.success());
}
