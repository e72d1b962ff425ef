//! Budget figures that give cause to a message.

use serde_json::Value;

use crate::support::{SATKER, Server};

const HEAD: &str = "kode_satker,tahun,per_tanggal,jenis_belanja,uraian,pagu,blokir,rpd_sd_bulan,realisasi,outstanding_kontrak,sisa_pagu,persen\n";

fn import(server: &Server, rows: &str, more: &[&str]) -> Value {
    let file = server.file("pagu.csv", format!("{HEAD}{rows}"));
    let args = [
        &["budget", "import", file.to_str().unwrap(), "--json"],
        more,
    ]
    .concat();
    serde_json::from_str(&server.ok(&args)).unwrap()
}

/// Alerts in this state, oldest first.
fn alerts(server: &Server, state: &str) -> Vec<String> {
    let list = ["sms", "list", "--state", state, "--json"];
    let mut found: Vec<(String, String)> = server
        .ok(&list)
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|row| row["kind"] == "alert")
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap().to_owned();
            (text("id"), text("text"))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, text)| text).collect()
}

#[test]
fn low_realisation_and_an_overspent_ceiling_are_told_once_for_each_state_and_date() {
    let server = Server::start_at("", Some("2026-11-24T09:00:00+07:00"));
    let satker = server.file("satker.csv", SATKER);
    server.ok(&["satker", "import", satker.to_str().unwrap()]);

    // One low against the target of the third quarter, one far behind its plan, one overspent, one as it should be; an inactive
    // satker is not written to.
    let october = "411201,2026,2026-10-31,52,Belanja Barang,1000000,0,600000,500000,0,500000,50.00
411201,2026,2026-10-31,53,Belanja Modal,1000000,0,900000,750000,0,250000,75.00
411902,2026,2026-10-31,51,Belanja Pegawai,1000000,0,800000,1012345,0,-12345,101.23
411902,2026,2026-10-31,52,Belanja Barang,1000000,0,800000,800000,0,200000,80.00
411907,2026,2026-10-31,52,Belanja Barang,1000000,0,800000,100000,0,900000,10.00
";
    let trial = import(&server, october, &["--dry-run"]);
    assert_eq!(
        (&trial["alerts"], alerts(&server, "waiting").len()),
        (&3.into(), 0)
    );
    let report = import(&server, october, &[]);
    assert_eq!(report["alerts"], 3, "{report}");
    assert_eq!(report["notes"][0]["row"], 6, "{report}");
    let first = [
        "KPPN Madiun: Yth. KPA PN Madiun, realisasi belanja 52 s.d. 31-10-2026 50,00%, target 70%. Mohon percepat sesuai rencana.",
        "KPPN Madiun: Yth. KPA PN Madiun, realisasi belanja 53 s.d. 31-10-2026 75,00%, target 90%. Mohon percepat sesuai rencana.",
        "KPPN Madiun: Yth. KPA MTsN Ngawi, terdapat pagu minus belanja 51 Rp12.345 per 31-10-2026. Mohon segera revisi DIPA.",
    ];
    assert_eq!(alerts(&server, "waiting"), first);

    // The same file again says nothing new.
    let again = import(&server, october, &[]);
    assert_eq!(
        (&again["alerts"], &again["unchanged"]),
        (&0.into(), &5.into())
    );

    // A figure put right: what waits is written anew, and taken back where nothing is wrong any more.
    let corrected =
        "411201,2026,2026-10-31,52,Belanja Barang,1000000,0,600000,550000,0,450000,55.00
411201,2026,2026-10-31,53,Belanja Modal,1000000,0,900000,850000,0,150000,85.00
";
    let report = import(&server, corrected, &[]);
    assert_eq!(
        (&report["alerts"], &report["changed"]),
        (&1.into(), &2.into())
    );
    assert_eq!(alerts(&server, "withdrawn"), first[..2]);
    let waiting = alerts(&server, "waiting");
    assert_eq!(waiting.len(), 2);
    assert!(waiting[1].contains("55,00%"), "{waiting:?}");

    // What has been answered for is not told again for the same day, but for the next.
    server.ok(&[
        "sms",
        "reject",
        "--all",
        "--reason",
        "sudah diberitahu lisan",
    ]);
    let other = corrected
        .replace("Belanja Barang", "Barang")
        .replace("Belanja Modal", "Modal");
    assert_eq!(import(&server, &other, &[])["alerts"], 0);
    let november = other.replace("2026-10-31", "2026-11-20");
    assert_eq!(import(&server, &november, &[])["alerts"], 1);
}
