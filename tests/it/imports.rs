//! Spreadsheets that say less than the office knows.

use sipintar::ask::{ImportSatker, Sheet, ShowSatker};
use sipintar::domain::satker::ContactRole;

use crate::support::{SATKER, Server};

fn sheet(text: &str) -> Sheet {
    let mut lines = text
        .lines()
        .map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let columns = lines.next().unwrap();
    Sheet {
        columns,
        rows: (2..).zip(lines).collect(),
    }
}

#[test]
fn columns_that_a_sheet_lacks_stay_as_they_are() {
    let server = Server::start("");
    let import = |text: &str| {
        let sheet = sheet(text);
        server
            .ask(ImportSatker {
                sheet,
                dry_run: false,
            })
            .unwrap()
    };
    let satker = || {
        let code = "411201".parse().unwrap();
        server.ask(ShowSatker { code }).unwrap().satker
    };
    import(SATKER);
    let before = satker();
    let report = import("kode_satker,nama\n411201,Pengadilan Negeri Kota Madiun\n");
    assert_eq!((report.unchanged, report.changed), (1, 0));
    assert_eq!(satker(), before);

    // A new KPA keeps the phone that the sheet does not speak of; an empty cell is said, and empties.
    let report =
        import("kode_satker,nama,kpa_nama,ppk_hp\n411201,Pengadilan Negeri,Siti Aminah,\n");
    assert_eq!((report.unchanged, report.changed), (0, 1));
    let after = satker();
    assert_eq!(after.name, "Pengadilan Negeri");
    assert_eq!(after.short_name, before.short_name);
    assert_eq!(
        after.phone(ContactRole::Kpa),
        before.phone(ContactRole::Kpa)
    );
    let name = |role| after.official(role).map(|official| official.name.as_str());
    assert_eq!(name(ContactRole::Kpa), Some("Siti Aminah"));
    assert_eq!(name(ContactRole::Ppk), Some("Ratna Firmansyah"));
    assert_eq!(after.phone(ContactRole::Ppk), None);
}
