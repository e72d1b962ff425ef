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

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};
use pty::{Desk, Terminal};
use rig::{ALWAYS, Server, Used, show};
use sipintar::client::Client;
use sipintar::domain::sms::SmsState;
use sipintar::service::{ConfirmSms, DraftSms, ListModems, ListSms, Office, SmsChoice};
use sipintar::sms::pdu::{Submit, to_hex};
use sipintar::sms::segment::ReferenceWidth;
use sipintar::sms::split;
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
    for latency in [0, 100] {
        sending(latency);
    }
    idle(&mut terminal);
}

/// `sipintar modem simulate`; killed when dropped.
struct Modem {
    link: PathBuf,
    child: Child,
    _folder: TempDir,
}

impl Modem {
    fn start(latency: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("modem");
        let child = rig::sipintar(folder.path())
            .args(["modem", "simulate", "--link"])
            .arg(&link)
            .args(["--latency", &latency.to_string(), "--report-delay", "0"])
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
            child,
            _folder: folder,
        }
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

fn left_the_queue(client: &mut Client) -> u64 {
    let page = client.ask(ListSms::default()).unwrap();
    [SmsState::Sent, SmsState::Delivered]
        .iter()
        .filter_map(|state| page.counts.get(state))
        .sum()
}

fn sending(latency: u64) {
    let alone = modem_alone(latency);
    let modem = Modem::start(latency);
    let server = Server::empty(&settings(&modem.link));
    let mut client = server.client();
    let end = Instant::now() + Duration::from_secs(30);
    while client.ask(ListModems {}).unwrap().modems[0].state != "ready" {
        assert!(Instant::now() < end, "the modem does not get ready");
        sleep(Duration::from_millis(20));
    }
    for number in 0..MESSAGES {
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
    let before = Used::by(server.pid());
    let begin = Instant::now();
    let outcome = client
        .ask(ConfirmSms {
            which: SmsChoice::All { kind: None },
        })
        .unwrap();
    assert_eq!(outcome.done.len(), MESSAGES);
    let end = begin + Duration::from_mins(2);
    while left_the_queue(&mut client) < MESSAGES as u64 {
        assert!(Instant::now() < end, "messages stay in the queue");
        sleep(Duration::from_millis(20));
    }
    let took = begin.elapsed();
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
