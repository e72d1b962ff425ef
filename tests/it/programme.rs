//! Another programme in the same office: villages that go through stages with milestones, from its module file alone.

use serde_json::Value;

use sipintar::ask::{ListInbox, ListModems, ListSms};

use crate::modem::Modem;
use crate::support::Server;

const MODULE: &str = include_str!("../../modules/contoh/nagari-mandiri-pangan.toml");

/// Two cohorts; the third village began a year before the others. One column means nothing here.
const NAGARI: &str = "kode_satker,nama,nama_singkat,jenis,kab_kota,tahun_mulai,walinagari,walinagari_hp,pendamping_nama,pendamping_hp,bendahara_lkn_nama,bendahara_lkn_hp,luas
130101,Nagari Contoh Satu,Nagari Satu,nagari,Kab. Agam,2026,Rusli,0812-0000-0501,Yeni,0812-0000-0502,Asni,0812-0000-0503,12
130102,Nagari Contoh Dua,Nagari Dua,nagari,Kab. Agam,2026,Marnis,0812-0000-0511,Yeni,0812-0000-0502,,,9
130103,Nagari Contoh Tiga,Nagari Tiga,nagari,Kab. Solok,2025,Syafri,0812-0000-0521,Eka,0812-0000-0522,,,7
411201,Pengadilan Negeri Kota Madiun,PN Madiun,satker,Kota Madiun,,,,,,,,
";

/// H-30 of the end of the year.
const MORNING: &str = "2026-12-01T09:00:00+07:00";

fn start() -> Server {
    let server = Server::start_with("", MORNING, &[("nagari-mandiri-pangan.toml", MODULE)]);
    let file = server.file("nagari.csv", NAGARI);
    let report = json(&server, &["satker", "import", file.to_str().unwrap()]);
    assert_eq!(report["added"], 4, "{report}");
    assert_eq!(report["unknown_columns"], serde_json::json!(["luas"]));
    server
}

fn json(server: &Server, args: &[&str]) -> Value {
    serde_json::from_str(&server.ok(&[args, &["--json"]].concat())).unwrap()
}

fn rows(server: &Server, args: &[&str]) -> Vec<Value> {
    let text = server.ok(&[args, &["--json"]].concat());
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Milestones of a village with their states, by obligation, period and entry.
fn milestones(server: &Server, code: &str) -> Vec<String> {
    let list = [
        "deadline",
        "list",
        "--satker",
        code,
        "--obligation",
        "nmp-tonggak",
    ];
    rows(server, &list)
        .iter()
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            format!("{} {} {}", text("period"), text("due"), text("state"))
        })
        .collect()
}

/// Texts that wait for a confirmation, to this phone.
fn waiting(server: &Server, phone: &str) -> Vec<String> {
    rows(server, &["sms", "list", "--state", "waiting"])
        .iter()
        .filter(|row| row["to"] == phone)
        .map(|row| row["text"].as_str().unwrap().to_owned())
        .collect()
}

/// Registers evidence of a milestone and completes it.
fn evidence(server: &Server, code: &str, milestone: &str) -> Value {
    let letter = json(
        server,
        &[
            "letter",
            "register",
            "--module",
            "nmp",
            "--service",
            "bukti",
            "--satker",
            code,
            "--subject",
            "Bukti",
            "--field",
            &format!("tonggak={milestone}"),
            "--field",
            "jenis_bukti=SK walinagari",
            "--field",
            "nomor_bukti=12/2026",
        ],
    );
    let agenda = letter["agenda"].as_str().unwrap().to_owned();
    json(server, &["letter", "start", &agenda]);
    json(server, &["letter", "complete", &agenda])
}

#[test]
fn villages_are_reminded_of_the_milestones_of_their_stage_under_the_name_of_their_programme() {
    let server = start();
    // One of each milestone of the present stage, due at the end of the year; the quarterly report comes besides.
    let open = "2026 2026-12-31 open";
    assert_eq!(milestones(&server, "130101"), [open; 3]);
    assert_eq!(milestones(&server, "130103"), [open; 3]);
    let others = rows(
        &server,
        &["deadline", "list", "--satker", "130101", "--module", "lpj"],
    );
    assert_eq!(others, Vec::<Value>::new());
    assert!(milestones(&server, "411201").is_empty());

    // Three fall together: one message, by the sender of the programme and to the person.
    let phone = "+6281200000501";
    let texts = waiting(&server, phone);
    assert_eq!(
        texts,
        [
            "NMP: Yth. Rusli, jatuh tempo: kelompok 31-12-2026; lembaga nagari 31-12-2026; LKD berfungsi 31-12-2026. Mohon disiapkan."
        ]
    );
    // What is left after two are met stands for itself, with stage and distance.
    evidence(&server, "130101", "kelompok");
    evidence(&server, "130101", "Lembaga nagari");
    let tonggak: Vec<String> = waiting(&server, phone)
        .into_iter()
        .filter(|text| text.contains("tonggak \""))
        .collect();
    assert_eq!(
        tonggak,
        [
            "NMP: Yth. Rusli, tonggak \"LKD berfungsi\" tahap Persiapan jatuh tempo 31-12-2026 (H-30). Mohon kirim bukti ke pendamping."
        ]
    );
    // Importing the same list again moves nobody and owes nothing twice.
    let file = server.file("again.csv", NAGARI);
    let report = json(&server, &["satker", "import", file.to_str().unwrap()]);
    assert_eq!(
        (&report["unchanged"], &report["changed"]),
        (&4.into(), &0.into())
    );
    assert_eq!(milestones(&server, "130101").len(), 3);
}

#[test]
fn the_next_stage_is_reached_when_the_milestones_are_or_for_a_reason() {
    let server = start();
    let done = evidence(&server, "130101", "kelompok");
    assert_eq!(done["sms"].as_str().map(|_| ()), Some(()), "{done}");
    let refused = server.cli(&["satker", "stage", "130101", "--next"]);
    assert_eq!(refused.status.code(), Some(1));
    let words = String::from_utf8(refused.stderr).unwrap();
    assert!(
        words.contains("LKD terbentuk") && !words.contains("dinamika"),
        "{words}"
    );

    // A letter that lies at the office is part of the way; an unknown milestone is not taken.
    let unknown = server.cli(&[
        "letter",
        "register",
        "--module",
        "nmp",
        "--service",
        "bukti",
        "--satker",
        "130101",
        "--subject",
        "Bukti",
        "--field",
        "tonggak=lumbung",
    ]);
    assert_eq!(unknown.status.code(), Some(1));
    evidence(&server, "130101", "lembaga");
    let status = |server: &Server, id: &str| {
        let shown = json(server, &["satker", "show", "130101"]);
        let stages = shown["programme"]["stages"].as_array().unwrap().clone();
        let all = stages
            .iter()
            .flat_map(|stage| stage["milestones"].as_array().unwrap());
        let found: Vec<Value> = all.filter(|row| row["id"] == id).cloned().collect();
        found[0].clone()
    };
    let reached = status(&server, "lembaga");
    assert_eq!(reached["status"], "tercapai");
    assert_eq!(reached["papers"][0]["what"], "SK walinagari 12/2026");
    assert_eq!(status(&server, "lkd")["status"], "belum");
    json(
        &server,
        &[
            "letter",
            "register",
            "--module",
            "nmp",
            "--service",
            "bukti",
            "--satker",
            "130101",
            "--subject",
            "Foto",
            "--field",
            "tonggak=lkd",
        ],
    );
    assert_eq!(status(&server, "lkd")["status"], "sebagian");
    evidence(&server, "130101", "LKD berfungsi");

    let moved = json(&server, &["satker", "stage", "130101", "--next"]);
    assert_eq!(moved["stage"], "penumbuhan");
    let after = milestones(&server, "130101");
    assert_eq!(
        after,
        [["2026 2026-12-31 met"; 3], ["2027 2027-12-31 open"; 3]].concat()
    );

    // Without the milestones it takes a reason; what is left behind is not owed any more.
    assert_eq!(
        server
            .cli(&["satker", "stage", "130102", "--next"])
            .status
            .code(),
        Some(1)
    );
    json(
        &server,
        &[
            "satker",
            "stage",
            "130102",
            "--next",
            "--reason",
            "Keputusan tim pembina",
        ],
    );
    let after = milestones(&server, "130102");
    assert_eq!(
        after,
        [["2026 2026-12-31 exempt"; 3], ["2027 2027-12-31 open"; 3]].concat()
    );
    assert_eq!(waiting(&server, "+6281200000511"), Vec::<String>::new());
}

#[test]
fn a_module_takes_only_participants_of_its_kind() {
    let server = start();
    for (module, service, code) in [("nmp", "bukti", "411201"), ("lpj", "lpj", "130101")] {
        let refused = server.cli(&[
            "letter",
            "register",
            "--module",
            module,
            "--service",
            service,
            "--satker",
            code,
            "--subject",
            "x",
        ]);
        let words = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(1), "{words}");
        assert!(words.contains(code) && words.contains("nagari"), "{words}");
    }
    let listed = rows(&server, &["satker", "list", "--kind", "nagari"]);
    assert_eq!(listed.len(), 3);
    assert_eq!(listed[0]["kpa"], "Rusli");
    // A message may go to any role that the module names, and to no other.
    let draft = |role: &str| {
        server.cli(&[
            "sms", "draft", "--satker", "130101", "--role", role, "--text", "Halo",
        ])
    };
    assert_eq!(draft("bendahara-lkn").status.code(), Some(0));
    assert_eq!(draft("bendahara-lknn").status.code(), Some(1));
}

/// The same villages with phones that a gateway may reach; one phone is that of the companion of two of them, and a satker's as well.
const REACHABLE: &str = "kode_satker,nama,nama_singkat,jenis,tahun_mulai,walinagari,walinagari_hp,pendamping_nama,pendamping_hp,kpa_nama,kpa_hp
130101,Nagari Contoh Satu,Nagari Satu,nagari,2026,Rusli,0813-1111-0501,Yeni,0813-1111-0502,,
130102,Nagari Contoh Dua,Nagari Dua,nagari,2026,Marnis,0813-1111-0511,Yeni,0813-1111-0502,,
130104,Nagari Contoh Empat,Nagari Empat,nagari,2022,Dasril,0813-1111-0531,,,,
411201,Pengadilan Negeri Kota Madiun,PN Madiun,satker,,,,,,Dwi Hidayat,0813-1111-0102
";

const WALINAGARI: &str = "+6281311110501";
const COMPANION: &str = "+6281311110502";
const FINISHED: &str = "+6281311110531";
const KPA: &str = "+6281311110102";

/// Asks by SMS; what the phone gets, and in how many facts the question and its answer were written.
fn asks(server: &Server, modem: &mut Modem, phone: &str, text: &str) -> String {
    let all = ListInbox {
        limit: 100,
        ..ListInbox::default()
    };
    let before = server.ask(all.clone()).unwrap().total;
    modem.incoming(phone, text);
    let page = server.wait_for(text, all, |page| page.total > before);
    let answer = page.rows[0].answered_by;
    let replies = ListSms {
        limit: 100,
        ..ListSms::default()
    };
    let id = answer.unwrap_or_else(|| panic!("{text} is not answered"));
    let page = server.ask(replies).unwrap();
    let row = page.rows.iter().find(|row| row.id == id).unwrap();
    assert_eq!(row.to.as_str(), phone);
    row.text.clone()
}

#[test]
fn a_village_asks_by_the_keyword_of_its_programme_and_is_answered_from_what_is_so_now() {
    let (mut modem, own) = Modem::start(&["--latency", "5"]);
    let server = Server::start_with(&own, MORNING, &[("nagari-mandiri-pangan.toml", MODULE)]);
    let file = server.file("nagari.csv", REACHABLE);
    server.ok(&["satker", "import", file.to_str().unwrap()]);
    server.wait_for("the modem", ListModems {}, |list| {
        list.modems[0].state == "ready"
    });
    let mut ask = |phone: &str, text: &str| asks(&server, &mut modem, phone, text);

    assert_eq!(
        ask(WALINAGARI, "nagari"),
        "NMP: Nagari Satu tahap Persiapan s.d. 31-12-2026: 0 dari 3 tonggak tercapai. Jatuh tempo berikutnya: buku tabungan 23-12-2026."
    );
    evidence(&server, "130101", "lkd");
    assert_eq!(
        ask(WALINAGARI, "NMP#130101"),
        "NMP: Nagari Satu tahap Persiapan s.d. 31-12-2026: 1 dari 3 tonggak tercapai. Jatuh tempo berikutnya: buku tabungan 23-12-2026."
    );
    assert_eq!(
        ask(WALINAGARI, "Tonggak"),
        "NMP: Nagari Satu tahap Persiapan, 2 tonggak belum tercapai s.d. 31-12-2026: kelompok; lembaga nagari."
    );
    // In the words of the file.
    let list = ["deadline", "list", "--satker", "130101", "--module", "nmp"];
    let open = rows(&server, &list)
        .iter()
        .filter(|row| row["state"] == "open")
        .count();
    assert_eq!(
        open, 5,
        "two milestones, two checks of the savings book, a report"
    );
    assert_eq!(
        ask(WALINAGARI, "WAJIB 130101"),
        "NMP: Nagari Satu punya 5 kewajiban terbuka, terdekat buku tabungan 23-12-2026. Mohon disiapkan."
    );
    assert!(
        ask(WALINAGARI, "JADWAL")
            .starts_with("NMP: Nagari Satu jatuh tempo terdekat: buku tabungan")
    );
    assert!(ask(WALINAGARI, "BANTUAN").starts_with("NMP: Ketik NAGARI 130101;"));
    assert!(ask(WALINAGARI, "BANTUAN TONGGAK").starts_with("NMP: Format: TONGGAK"));
    assert_eq!(
        ask(FINISHED, "NAGARI"),
        "NMP: Nagari Empat telah melalui semua tahap program. Terima kasih."
    );

    // Who may ask: the contacts of that village, and nobody else.
    assert_eq!(
        ask(COMPANION, "NAGARI"),
        "NMP: Nomor Anda terdaftar untuk 2 peserta. Sertakan kode. Contoh: NAGARI 130101"
    );
    assert!(ask(COMPANION, "NAGARI 130102").starts_with("NMP: Nagari Dua tahap Persiapan"));
    assert_eq!(
        ask(WALINAGARI, "NAGARI 130102"),
        "NMP: Nomor Anda tidak terdaftar untuk kode 130102. Mohon hubungi petugas program."
    );
    assert_eq!(
        ask(WALINAGARI, "NAGARI 411201"),
        "NMP: Kode 411201 tidak ditemukan. Kode terdiri dari 6 angka. Contoh: NAGARI 130101"
    );
    let unknown = "NMP: Nomor Anda belum terdaftar. Mohon sampaikan nomor dan jabatan Anda kepada petugas program.";
    assert_eq!(ask(KPA, "NAGARI 130101"), unknown);
    assert_eq!(ask("+6281311119999", "TONGGAK 130101"), unknown);
    // And the office's keywords are not for villages.
    assert!(ask(WALINAGARI, "LPJ 130101").contains("Nomor Anda belum terdaftar. Mohon KPA"));
    assert!(ask(KPA, "LPJ").contains("PN Madiun LPJ"));

    // The question, its answer and what follows are one group of facts.
    let journal = server.home.journal().join("00000001.jsonl");
    let lines: Vec<Value> = std::fs::read_to_string(journal)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let at = lines
        .iter()
        .position(|line| line["fact"] == "inbox-received" && line["message"]["text"] == "nagari")
        .unwrap();
    assert_eq!(
        (&lines[at]["rest"], &lines[at + 1]["fact"]),
        (&1.into(), &"sms-drafted".into())
    );
    assert!(server.cli(&["verify"]).status.success());
}

#[test]
fn check_says_what_is_wrong_with_a_keyword() {
    let told = |from: &str, to: &str| {
        assert!(MODULE.contains(from), "{from}");
        let server = Server::prepare("");
        let folder = server.home.dir().join("modules");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("nmp.toml"), MODULE.replacen(from, to, 1)).unwrap();
        let output = server.cli(&["--lang", "en", "check"]);
        assert_eq!(output.status.code(), Some(1), "{to}");
        let line = 1 + MODULE.split(from).next().unwrap().matches('\n').count();
        let words = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        assert!(words.contains(&format!("nmp.toml:{line}")), "{words}");
        words
    };
    let milestones = "kind = \"milestones\"";
    for (from, to, expected) in [
        (
            "\"TONGGAK\"",
            "\"STATUS\"",
            "the keyword STATUS is the office's own",
        ),
        (
            "\"TONGGAK\"",
            "\"START\"",
            "the keyword START is the office's own",
        ),
        (
            "\"TONGGAK\"",
            "\"PAGU\"",
            "the keyword PAGU already stands in pagu.toml:",
        ),
        (
            "\"TONGGAK\"",
            "\"NMP\"",
            "the keyword NMP already stands in",
        ),
        (
            "\"TONGGAK\"",
            "\"SIAP\"",
            "the keyword SIAP is an everyday word",
        ),
        (
            "\"TONGGAK\"",
            "\"TONGGAKNAGARI\"",
            "must have 2 to 10 capital letters",
        ),
        (
            "\"TONGGAK\"",
            "\"tonggak\"",
            "must have 2 to 10 capital letters",
        ),
        (
            milestones,
            "kind = \"milestone\"",
            "must be one of: stage, milestones, owed, letters",
        ),
        (
            "Mohon disiapkan.",
            "{alasan}",
            "nothing fills {alasan} in this answer",
        ),
        (
            "Mohon disiapkan.",
            "Mohon disiapkan sebaik-baiknya dan disampaikan tepat waktu kepada pendamping nagari masing-masing agar dapat diperiksa.",
            "characters, more than 160",
        ),
    ] {
        let words = told(from, to);
        assert!(words.contains(expected), "{to}: {words}");
    }
    let words = told(milestones, "kind = \"milestone\"");
    assert!(words.contains("Did you mean \"milestones\"?"), "{words}");
}
