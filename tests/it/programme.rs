//! Another programme in the same office: villages that go through stages with milestones, from its module file alone.

use serde_json::Value;

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
