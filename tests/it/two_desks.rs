//! Two people at two desks and a modem: one drafts, the other decides, a phone asks.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use sipintar::ask::{DraftSms, ListAudit, ListModems, ListSms, Office, ShowSms, SmsPage};
use sipintar::client::Client;
use sipintar::domain::id::SmsId;
use sipintar::domain::sms::SmsState;

use crate::modem::Modem;
use crate::support::{ALWAYS, DEADLINE, SATKER, Server};
use crate::terminal::Desk;

const SAVE: &str = "\x13";
const ESC: &str = "\x1b";
const KPA: &str = "+6281311110102";
const OFFICE: &str = "kode_satker,nama,nama_singkat,kpa_nama,kpa_hp,status
411201,Pengadilan Negeri Kota Madiun,PN Madiun,Dwi Hidayat,0813-1111-0102,aktif
";

/// Accounts that every machine has.
const CLERK: &str = "daemon";
const SUPERVISOR: &str = "nobody";

/// An office with a modem, its clerk and its supervisor. Without the rights to be two people, one is both.
struct People {
    modem: Modem,
    server: Server,
    two: bool,
}

impl People {
    fn at_work(settings: &str) -> Self {
        let (modem, own) = Modem::start(&["--latency", "5", "--report-delay", "5"]);
        let users = format!("[users]\n{CLERK} = \"desk\"\n{SUPERVISOR} = \"supervisor\"\n");
        let server = Server::start(&format!("{own}{users}{settings}"));
        let file = server.file("satker.csv", OFFICE);
        server.ok(&["satker", "import", file.to_str().unwrap()]);
        server.wait_for("the modem", ListModems {}, |list| {
            list.modems[0].state == "ready"
        });
        // Both reach the socket in it.
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(server.home.dir(), open).unwrap();
        let two = nix::unistd::geteuid().is_root()
            && all_may_run(Path::new(env!("CARGO_BIN_EXE_sipintar")));
        if !two {
            println!("one account is both people: these tests do not belong to root");
        }
        Self { modem, server, two }
    }

    fn desk(&self, account: &str) -> Desk {
        let account = self.two.then_some(account);
        let mut desk = Desk::open_as(self.server.home.dir(), account);
        desk.shows("Yang perlu dikerjakan sekarang");
        desk
    }

    fn sms(&self, wanted: impl Fn(&SmsPage) -> bool) -> SmsPage {
        let all = ListSms {
            limit: 1_000,
            ..ListSms::default()
        };
        self.server.wait_for("the messages", all, wanted)
    }

    /// Free messages that wait for a confirmation.
    fn drafts(&self, numbers: std::ops::Range<u32>) -> Vec<SmsId> {
        let mut client: Client = self.server.client();
        let draft = |n: u32| DraftSms {
            to: Some(format!("0813-2222-{n:04}")),
            satker: None,
            role: None,
            text: format!("Pengumuman {n}"),
            key: None,
        };
        numbers.map(|n| client.ask(draft(n)).unwrap().id).collect()
    }

    fn taken(&self, words: &str) -> usize {
        let taken = self.modem.taken();
        taken.iter().filter(|text| text.contains(words)).count()
    }
}

/// Whether other accounts get as far as this file.
pub fn all_may_run(file: &Path) -> bool {
    file.ancestors().all(|path| {
        path.as_os_str().is_empty()
            || std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 1 == 1)
    })
}

fn count(page: &SmsPage, state: SmsState) -> u64 {
    page.counts[&state]
}

#[test]
fn what_the_clerk_drafted_the_supervisor_confirms_and_a_phone_is_answered_at_once() {
    let mut office = People::at_work("");
    let (mut clerk, mut supervisor) = (office.desk(CLERK), office.desk(SUPERVISOR));
    supervisor.answers("M", "Tidak ada SMS di sini");

    // The clerk registers a report and completes it.
    clerk.answers("2", "n catat");
    clerk.answers("n", "Catat surat: LPJ Bendahara");
    clerk.answers("411201", "411201  Pengadilan Negeri");
    clerk.answers("10-2026", "10-2026");
    clerk.keys(SAVE);
    clerk.shows("AGD-00001  PN Madiun");
    clerk.answers("s", "Selesai: AGD-00001");
    clerk.keys(SAVE);

    // The notice appears on the supervisor's screen by itself.
    supervisor.shows("S-000001");
    supervisor.answers("c", "Kirim 1 SMS ini?");
    assert_eq!(office.modem.taken().len(), 0);
    supervisor.keys("y");
    let page = office.sms(|page| count(page, SmsState::Delivered) == 1);
    let row = page
        .rows
        .iter()
        .find(|row| row.state == SmsState::Delivered)
        .unwrap();
    assert_eq!(office.taken("telah diterima lengkap dan benar"), 1);
    let shown = office.server.ask(ShowSms { id: row.id }).unwrap();
    if office.two {
        assert_eq!(shown.row.created_by, CLERK);
        assert_eq!(shown.row.confirmed_by.as_deref(), Some(SUPERVISOR));
    }

    // Now the satker's phone asks; from the modem's notice to the network.
    let asked = Instant::now();
    office.modem.incoming(KPA, "LPJ");
    while office.taken("PN Madiun LPJ Okt 2026: sudah diterima") == 0 {
        assert!(asked.elapsed() < DEADLINE, "{:#?}", office.modem.taken());
        std::thread::sleep(Duration::from_millis(1));
    }
    println!("a phone was answered after {:?}", asked.elapsed());
    // Both desks see what came and what went.
    for desk in [&mut clerk, &mut supervisor] {
        desk.answers("I", "sudah diterima");
    }
    assert!(office.server.cli(&["verify"]).status.success());
}

#[test]
fn many_are_held_confirmed_and_laid_aside_by_keyboard() {
    let office = People::at_work("");
    office.drafts(0..15);
    let (mut clerk, mut supervisor) = (office.desk(CLERK), office.desk(SUPERVISOR));
    supervisor.answers("M", "S-000015");

    // The brake is pulled on one desk and seen on the other.
    supervisor.keys("H");
    supervisor.keys("salah teks");
    supervisor.keys(SAVE);
    supervisor.shows("DITAHAN");
    clerk.shows("DITAHAN");
    if office.two {
        clerk.answers("H", "hanya dia atau pengawas");
    }

    // Three that are marked are given up, and all of the others but one confirmed.
    supervisor.answers("   ", "3 ditandai");
    supervisor.answers("w", "Batalkan 3 SMS?");
    supervisor.keys("y");
    supervisor.shows("3 SMS dibatalkan");
    let page = office.sms(|page| count(page, SmsState::Waiting) == 12);
    assert_eq!(count(&page, SmsState::Withdrawn), 3);
    supervisor.answers("* ", "11 ditandai");
    supervisor.answers("c", "11 SMS, seluruhnya 11 SMS ditagih");
    supervisor.keys("y");
    let page = office.sms(|page| count(page, SmsState::Queued) == 11);
    assert_eq!(count(&page, SmsState::Waiting), 1);
    assert_eq!(office.modem.taken().len(), 0, "the brake holds");

    let queued: Vec<SmsId> = page
        .rows
        .iter()
        .filter(|row| row.state == SmsState::Queued)
        .map(|row| row.id)
        .collect();
    // Keys belong to the question until the work is through.
    supervisor.shows("11 SMS dikonfirmasi");
    supervisor.answers("H", "salah teks");
    supervisor.keys("y");
    let page = office.sms(|page| count(page, SmsState::Delivered) == 11);
    assert_eq!(count(&page, SmsState::Waiting), 1);
    for id in queued {
        let row = page.rows.iter().find(|row| row.id == id).unwrap();
        assert_eq!(office.taken(&format!("{}\"", row.text)), 1, "{}", row.text);
    }

    // The one that is left is rejected for a reason, and its drafter is told.
    supervisor.keys("-");
    supervisor.keys("x");
    supervisor.keys("sudah basi");
    supervisor.keys(SAVE);
    let page = office.sms(|page| count(page, SmsState::Waiting) == 0);
    assert_eq!(count(&page, SmsState::Rejected), 1);
    assert_eq!(office.modem.taken().len(), 11);
}

#[test]
fn work_on_thousands_is_stopped_by_esc_and_the_rest_stays() {
    let office = People::at_work("");
    office.server.ok(&["sms", "hold", "--reason", "uji"]);
    office.drafts(0..3_000);
    let mut supervisor = office.desk(SUPERVISOR);
    supervisor.answers("M", "S-003000");
    supervisor.answers("C", "3000 SMS, seluruhnya 3000 SMS ditagih");
    // Before the first piece can be through.
    supervisor.keys("y");
    supervisor.keys(ESC);
    let screen = supervisor.shows("Dihentikan:");
    let page = office.sms(|page| count(page, SmsState::Queued) > 0);
    let (queued, waiting) = (
        count(&page, SmsState::Queued),
        count(&page, SmsState::Waiting),
    );
    assert!(
        screen.contains(&format!("{queued} dari 3000 SMS selesai")),
        "{screen}"
    );
    assert!(
        queued < 3_000 && queued + waiting == 3_000,
        "{queued} {waiting}"
    );
    // The rest goes on where it was left.
    supervisor.answers("C", &format!("{waiting} SMS, seluruhnya"));
    supervisor.keys("y");
    let begun = Instant::now();
    office.sms(|page| count(page, SmsState::Queued) == 3_000);
    println!(
        "the other {waiting} were confirmed in {:?}",
        begun.elapsed()
    );
}

/// Within this time a desk has to know what concerns its account.
const NOTICEABLE: Duration = Duration::from_secs(5);

/// An office whose socket the clerk's account reaches. None without the rights to be two accounts.
fn for_another_account(settings: &str) -> Option<Server> {
    let server = Server::start(settings);
    let list = server.file("satker.csv", SATKER);
    server.ok(&["satker", "import", list.to_str().unwrap()]);
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(server.home.dir(), open).unwrap();
    let two =
        nix::unistd::geteuid().is_root() && all_may_run(Path::new(env!("CARGO_BIN_EXE_sipintar")));
    if !two {
        println!("skipped: only root can be several accounts");
    }
    two.then_some(server)
}

#[test]
fn a_desk_follows_the_role_of_its_account_from_none_to_none() {
    let Some(server) = for_another_account(ALWAYS) else {
        return;
    };
    let mut desk = Desk::open_as(server.home.dir(), Some(CLERK));
    let command = format!("sipintar users add {CLERK} ");
    let screen = desk.shows(&command);
    assert!(screen.contains("belum punya peran"), "{screen}");
    assert!(!screen.contains("Sambungan putus"), "{screen}");
    desk.answers("r", "masih belum punya peran");
    server.ok(&["users", "add", CLERK, "desk"]);
    desk.answers("r", "Yang perlu dikerjakan sekarang");
    desk.answers("T", "Pengadilan Negeri");
    desk.shows("(meja)");

    // What an administrator changes is known at once.
    let changed = Instant::now();
    server.ok(&["users", "set", CLERK, "viewer"]);
    desk.shows("(pembaca)");
    assert!(changed.elapsed() < NOTICEABLE, "{:?}", changed.elapsed());
    let removed = Instant::now();
    server.ok(&["users", "remove", CLERK]);
    let screen = desk.shows(&command);
    assert!(removed.elapsed() < NOTICEABLE, "{:?}", removed.elapsed());
    assert!(screen.contains("tidak lagi punya peran"), "{screen}");
    for office in ["Pengadilan", "411201", "KPPN"] {
        assert!(!screen.contains(office), "{office} stays:\n{screen}");
    }

    // The desk did not knock by itself: what stands in the trail is the first attempt; the second was within a minute of it.
    let all = ListAudit {
        limit: 1_000,
        ..ListAudit::default()
    };
    let facts = server.ask(all).unwrap().rows;
    let refused = facts.iter().filter(|row| row.fact == "attempt-refused");
    assert_eq!(refused.count(), 1);
    desk.keys("q");
    assert_eq!(desk.ended(), Some(0));
}

#[test]
fn a_clerk_reads_that_the_server_is_gone_and_is_connected_again_by_itself() {
    let Some(mut server) = for_another_account(&format!("{ALWAYS}[users]\n{CLERK} = \"desk\"\n"))
    else {
        return;
    };
    let mut open = Desk::open_as(server.home.dir(), Some(CLERK));
    open.shows("Yang perlu dikerjakan sekarang");
    server.kill();
    let mut fresh = Desk::open_as(server.home.dir(), Some(CLERK));
    for desk in [&mut open, &mut fresh] {
        let screen = desk.shows("Server SI PINTAR tidak berjalan");
        let words = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        for said in ["tidak hilang", "administrator", "tersambung sendiri"] {
            assert!(words.contains(said), "{said}:\n{screen}");
        }
        assert!(!screen.contains("milik akun"), "{screen}");
    }
    server.restart();
    open.shows("Tersambung lagi");
    fresh.shows("Yang perlu dikerjakan sekarang");
}
