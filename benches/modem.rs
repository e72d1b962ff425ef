//! Sending through a modem on a pseudo-terminal, against what the modem itself needs; and what an idle server and desk cost.

#![allow(
    clippy::cast_precision_loss,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    dead_code,
    reason = "benchmarks"
)]

mod pty;
mod rig;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use chrono::{DateTime, FixedOffset};
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};
use pty::{Desk, Terminal};
use rig::{ALWAYS, Server, Used, show};
use sipintar::ask::{ConfirmSms, DraftSms, ListModems, ListSms, Office, SmsChoice, SmsRow};
use sipintar::client::Client;
use sipintar::domain::sms::SmsState;
use sipintar::gsm::pdu::{Submit, to_hex};
use sipintar::gsm::segment::ReferenceWidth;
use sipintar::gsm::split;
use tempfile::TempDir;

const MESSAGES: usize = 200;
const TEXT: &str = "KPPN Madiun: Yth. KPA PN Madiun, LPJ Bendahara Okt 2026 telah diterima lengkap dan benar tgl 24-11-2026. Terima kasih.";
const IDLE: Duration = Duration::from_secs(10);

fn main() {
    // Closing a terminal that became ours must not end the measurement.
    signal_hook::flag::register(signal_hook::consts::SIGHUP, std::sync::Arc::default()).unwrap();
    if !rig::asked_for() {
        return;
    }
    let mut terminal = Terminal::open();
    for latency in [0, 100, 1000] {
        sending(latency);
    }
    println!(
        "\nFrom the fault to the next message that the network took, modem answers after 100 ms"
    );
    for (what, fault) in [
        ("answer lost", "5:answer-lost"),
        ("text vanished", "5:silence"),
        ("prompt lost", "5:prompt-lost"),
        ("hung until opened anew", "5:hang"),
        ("hung until reset", "5:hang-until-reset"),
        ("refused by the network for a moment", "5:error=42"),
        ("unplugged 5 s in a message, from plugging in", "5:unplug=5"),
        (
            "unplugged 5 s between messages, from plugging in",
            "5:unplug-before=5",
        ),
    ] {
        going_on(what, fault);
    }
    kills();
    idle(&mut terminal);
}

/// `sipintar modem simulate`; killed when dropped.
struct Modem {
    link: PathBuf,
    log: PathBuf,
    child: Child,
    _folder: TempDir,
}

impl Modem {
    fn start(latency: u64) -> Self {
        Self::with(&["--latency", &latency.to_string(), "--report-delay", "0"])
    }

    fn with(more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (link, log) = (folder.path().join("modem"), folder.path().join("log"));
        let child = rig::sipintar(folder.path())
            .args(["modem", "simulate", "--link"])
            .arg(&link)
            .arg("--log")
            .arg(&log)
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let end = Instant::now() + Duration::from_secs(10);
        while !link.exists() {
            assert!(Instant::now() < end, "no modem");
            sleep(Duration::from_millis(5));
        }
        Self {
            link,
            log,
            child,
            _folder: folder,
        }
    }

    /// To whom and when, for each message that the network took.
    fn taken(&self) -> Vec<(String, DateTime<FixedOffset>)> {
        std::fs::read_to_string(&self.log)
            .unwrap()
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
            .map(|line| {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                let time = line["time"].as_str().unwrap().parse().unwrap();
                (line["to"].as_str().unwrap().to_owned(), time)
            })
            .collect()
    }
}

impl Drop for Modem {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The same messages by a loop that knows nothing but `AT+CMGS`: what the modem itself needs.
fn modem_alone(latency: u64) -> Duration {
    let modem = Modem::start(latency);
    let mut port = File::options()
        .read(true)
        .write(true)
        .open(&modem.link)
        .unwrap();
    let mut raw = tcgetattr(&port).unwrap();
    cfmakeraw(&mut raw);
    tcsetattr(&port, SetArg::TCSANOW, &raw).unwrap();
    for command in ["ATE0\r", "AT+CMGF=0\r"] {
        port.write_all(command.as_bytes()).unwrap();
        read_until(&mut port, b"OK\r\n");
    }
    let segments = split(TEXT, 7, ReferenceWidth::Bits8).unwrap();
    let tpdu = Submit::encode("+6281200000102", &segments[0], false, None, 0).unwrap();
    let begin = Instant::now();
    for _ in 0..MESSAGES {
        port.write_all(format!("AT+CMGS={}\r", tpdu.len()).as_bytes())
            .unwrap();
        read_until(&mut port, b"> ");
        port.write_all(format!("00{}\x1a", to_hex(&tpdu)).as_bytes())
            .unwrap();
        read_until(&mut port, b"OK\r\n");
    }
    begin.elapsed()
}

fn read_until(port: &mut File, wanted: &[u8]) {
    let mut heard = Vec::new();
    let mut bytes = [0; 512];
    while !heard.ends_with(wanted) {
        let count = port.read(&mut bytes).unwrap();
        heard.extend_from_slice(&bytes[..count]);
    }
}

fn settings(link: &Path) -> String {
    format!(
        "{ALWAYS}\n[[modem]]\nname = \"m1\"\nkind = \"serial\"\nport = \"{}\"\n",
        link.display()
    )
}

/// A server whose modem is ready, with so many messages drafted.
fn office(modem: &Modem, messages: usize) -> (Server, Client) {
    let server = Server::empty(&settings(&modem.link));
    let mut client = server.client();
    until_ready(&mut client);
    for number in 0..messages {
        client
            .ask(DraftSms {
                to: Some(format!("0813-1111-{number:04}")),
                satker: None,
                role: None,
                text: TEXT.to_owned(),
                key: None,
            })
            .unwrap();
    }
    (server, client)
}

fn until_ready(client: &mut Client) {
    let end = Instant::now() + Duration::from_secs(30);
    while client.ask(ListModems {}).unwrap().modems[0].state != "ready" {
        assert!(Instant::now() < end, "the modem does not get ready");
        sleep(Duration::from_millis(20));
    }
}

fn confirm(client: &mut Client) {
    let which = SmsChoice::All { kind: None };
    client.ask(ConfirmSms { which }).unwrap();
}

/// Something goes wrong with the fifth message: how long until the next one leaves.
fn going_on(what: &str, fault: &str) {
    let modem = Modem::with(&["--latency=100", "--report-delay=100000", "--fault", fault]);
    let (_server, mut client) = office(&modem, 8);
    confirm(&mut client);
    let end = Instant::now() + Duration::from_mins(2);
    let taken = loop {
        let taken = modem.taken();
        if taken.len() >= 7 {
            break taken;
        }
        assert!(Instant::now() < end, "{what}: nothing leaves any more");
        sleep(Duration::from_millis(10));
    };
    // The longest pause; a message that was taken although its answer was lost stands at the beginning of it.
    let pauses = taken.windows(2).map(|pair| pair[1].1 - pair[0].1);
    let pause = pauses.max().unwrap().to_std().unwrap();
    let pause = if fault.contains("unplug") {
        pause.saturating_sub(Duration::from_secs(5))
    } else {
        pause
    };
    println!("  {what:<52} {:>10}", show(pause));
}

/// The server is killed again and again while a burst is under way.
fn kills() {
    const KILLS: u64 = 60;
    const BURST: usize = 150;
    let modem = Modem::with(&["--latency=100", "--report-delay=300"]);
    let (mut server, mut client) = office(&modem, BURST);
    confirm(&mut client);
    drop(client);
    let mut random = fastrand::Rng::with_seed(1);
    let begin = Instant::now();
    let mut hits = 0;
    for _ in 0..KILLS {
        let wanted = modem.taken().len() + random.usize(0..=3);
        while modem.taken().len() < wanted.min(BURST) {
            sleep(Duration::from_millis(1));
        }
        sleep(Duration::from_micros(random.u64(0..130_000)));
        hits += usize::from(modem.taken().len() < BURST);
        server.kill();
        server.start();
    }
    let mut client = server.client();
    let end = Instant::now() + Duration::from_mins(2);
    let page = loop {
        let page = client
            .ask(ListSms {
                limit: 1000,
                ..ListSms::default()
            })
            .unwrap();
        let waits = |row: &SmsRow| matches!(row.state, SmsState::Queued | SmsState::Sending);
        if !page.rows.iter().any(waits) {
            break page;
        }
        assert!(Instant::now() < end, "messages stay in the queue");
        sleep(Duration::from_millis(20));
    };
    let took = begin.elapsed();
    sleep(Duration::from_secs(1));
    let mut copies: BTreeMap<String, usize> = BTreeMap::new();
    for (to, _) in modem.taken() {
        *copies.entry(to).or_default() += 1;
    }
    let count = |state| page.rows.iter().filter(|row| row.state == state).count();
    let lost = |row: &&SmsRow| {
        matches!(row.state, SmsState::Sent | SmsState::Delivered)
            && !copies.contains_key(row.to.as_str())
    };
    println!(
        "\n{KILLS} kills while sending {BURST}, {hits} of them before the end: {} sent twice, {} called sent and lost, {} sent, {} delivered, \
         {} uncertain, in {}",
        copies.values().filter(|count| **count > 1).count(),
        page.rows.iter().filter(lost).count(),
        count(SmsState::Sent),
        count(SmsState::Delivered),
        count(SmsState::Uncertain),
        show(took)
    );
}

fn sending(latency: u64) {
    let alone = modem_alone(latency);
    let modem = Modem::start(latency);
    let (server, mut client) = office(&modem, MESSAGES);
    let before = Used::by(server.pid());
    let begin = Instant::now();
    confirm(&mut client);
    let end = begin + Duration::from_mins(5);
    // The network's log tells, so that the server is not asked again and again while it is measured.
    while modem.taken().len() < MESSAGES {
        assert!(Instant::now() < end, "messages stay in the queue");
        sleep(Duration::from_millis(5));
    }
    let all = ListSms {
        limit: 1000,
        ..ListSms::default()
    };
    while !client
        .ask(all.clone())
        .unwrap()
        .rows
        .iter()
        .all(|row| row.sent.is_some())
    {
        assert!(Instant::now() < end, "messages stay in the queue");
    }
    let took = begin.elapsed();
    // The last reports are written down too.
    sleep(Duration::from_millis(500));
    let used = Used::by(server.pid()).since(before);
    println!(
        "\n{MESSAGES} messages, modem answers after {latency} ms\n  \
         the modem alone (AT+CMGS one after another)  {}\n  \
         from the confirmation to the last one sent   {}  ({} a message more)\n  \
         processor time of the server a message       {:.2} ms\n  \
         bytes written a message                      {}",
        show(alone),
        show(took),
        show(took.saturating_sub(alone) / u32::try_from(MESSAGES).unwrap()),
        (used.ticks * 10) as f64 / MESSAGES as f64,
        used.written / MESSAGES as u64
    );
}

/// Nobody does anything: no processor time and no bytes are due.
fn idle(terminal: &mut Terminal) {
    let modem = Modem::start(100);
    for (what, settings) in [
        ("simulated modem", ALWAYS.to_owned()),
        ("serial modem", settings(&modem.link)),
    ] {
        let server = Server::empty(&settings);
        let mut desk = Desk::start(terminal, server.folder.path());
        desk.until(|text| !text.trim().is_empty());
        desk.settle();
        // What was written while starting goes to the disk a few seconds later.
        sleep(Duration::from_secs(5));
        let processes = [("server", server.pid()), ("desk", desk.pid())];
        let before = processes.map(|(_, pid)| Used::by(pid));
        sleep(IDLE);
        println!("\nidle for {IDLE:?}, {what}");
        for ((name, pid), before) in processes.iter().zip(before) {
            let used = Used::by(*pid).since(before);
            println!(
                "  {name:<8} {} ms of processor time, {} bytes written, {} wake-ups",
                used.ticks * 10,
                used.written,
                used.waits
            );
        }
        desk.quit();
    }
}
