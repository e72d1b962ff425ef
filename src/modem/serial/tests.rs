//! The real serial code against the simulated modem on a pseudo-terminal.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::io::Write as _;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, unbounded};
use nix::pty::{grantpt, posix_openpt, ptsname_r, unlockpt};

use super::*;
use crate::modem::simulator::{SimulatorSettings, Terminal, TerminalOptions};
use crate::modem::{
    ModemCommand, ModemEvent, ModemHandle, ModemSettings, ModemState, ProbeError, SendJob,
    SendOptions, Timing, What, probe, probe_with, start,
};

const DEADLINE: Duration = Duration::from_secs(20);
const MS: Duration = Duration::from_millis(1);

fn settings() -> ModemSettings {
    let mut settings = ModemSettings::named("usb");
    settings.timing = Timing {
        hello: MS * 200,
        quiet: MS * 5,
        answer: MS * 300,
        probe: MS * 150,
        reopen_first: MS * 10,
        reopen_most: MS * 50,
        ..Timing::default()
    };
    settings
}

struct Bench {
    terminal: Terminal,
    modem: ModemHandle,
    events: Receiver<ModemEvent>,
    folder: tempfile::TempDir,
}

fn terminal(faults: &[&str]) -> (tempfile::TempDir, Terminal) {
    let folder = tempfile::tempdir().unwrap();
    let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    let simulated = SimulatorSettings {
        latency: MS,
        report_delay: MS * 5,
        faults,
        ..SimulatorSettings::default()
    };
    let (link, log) = (
        folder.path().join("modem"),
        Some(folder.path().join("log.json")),
    );
    let terminal = Terminal::start(TerminalOptions {
        link,
        log,
        settings: simulated,
    })
    .unwrap();
    (folder, terminal)
}

impl Bench {
    fn ready(faults: &[&str]) -> Self {
        let (folder, terminal) = terminal(faults);
        let (sender, events) = unbounded();
        let path = folder.path().join("modem");
        let connector = SerialConnector::new(path.to_str().unwrap(), 115_200);
        let modem = start(settings(), Box::new(connector), sender).unwrap();
        let bench = Self {
            terminal,
            modem,
            events,
            folder,
        };
        bench.wait_ready();
        bench
    }

    #[track_caller]
    fn wait<T>(&self, mut take: impl FnMut(What) -> Option<T>) -> T {
        let until = Instant::now() + DEADLINE;
        loop {
            let event = self.events.recv_deadline(until).expect("it never came");
            if let Some(found) = take(event.what) {
                return found;
            }
        }
    }

    #[track_caller]
    fn wait_ready(&self) {
        self.wait(|what| match what {
            What::Status(status) if status.state == ModemState::Ready => Some(()),
            _ => None,
        });
    }

    fn send(&self, id: u64, text: &str) {
        let job = SendJob::new(id, "+6281234567890", text, SendOptions::default()).unwrap();
        self.modem.command(ModemCommand::Send(job));
    }
}

#[test]
fn a_message_goes_through_a_terminal_and_its_report_comes_back() {
    let bench = Bench::ready(&[]);
    bench.send(1, "lewat terminal");
    let reference = bench.wait(|what| match what {
        What::PartAccepted { reference, .. } => reference,
        _ => None,
    });
    bench.wait(|what| match what {
        What::Report {
            reference: reported,
            ..
        } if reported == reference => Some(()),
        _ => None,
    });
    bench.terminal.incoming("+62811", "balasan");
    let text = bench.wait(|what| match what {
        What::Incoming { text, .. } => text,
        _ => None,
    });
    assert_eq!(text, "balasan");
    let log = std::fs::read_to_string(bench.folder.path().join("log.json")).unwrap();
    assert!(log.contains("\"text\":\"lewat terminal\""), "{log}");
}

#[test]
fn a_port_pulled_out_in_the_middle_comes_back_by_itself() {
    let bench = Bench::ready(&["1:unplug-accepted=0.1"]);
    bench.send(1, "dicabut");
    bench.wait(|what| {
        matches!(
            what,
            What::PartUnknown {
                job: 1,
                part: 1,
                ..
            }
        )
        .then_some(())
    });
    bench.wait_ready();
    bench.send(2, "lanjut");
    bench.wait(|what| matches!(what, What::PartAccepted { job: 2, .. }).then_some(()));
    let texts: Vec<String> = bench
        .terminal
        .accepted()
        .into_iter()
        .map(|a| a.text)
        .collect();
    assert_eq!(texts, ["dicabut", "lanjut"]);
}

#[test]
fn a_hung_modem_answers_again_after_the_port_is_opened_anew() {
    let bench = Bench::ready(&["1:hang"]);
    bench.send(1, "menggantung");
    bench.wait(|what| matches!(what, What::PartUnknown { job: 1, .. }).then_some(()));
    bench.wait_ready();
    bench.send(2, "lanjut");
    bench.wait(|what| matches!(what, What::PartAccepted { job: 2, .. }).then_some(()));
    assert_eq!(bench.terminal.accepted().len(), 1);
}

#[test]
fn a_probe_tells_what_is_there() {
    let (folder, _terminal) = terminal(&[]);
    let path = folder.path().join("modem");
    let found = probe(path.to_str().unwrap(), 9600).unwrap();
    assert_eq!(found.operator.as_deref(), Some("SIMULASI"));
    assert_eq!((found.sim.as_str(), found.signal), ("ready", Some(21)));
    // The port is free again.
    assert!(probe(path.to_str().unwrap(), 115_200).is_ok());
}

#[test]
fn two_programs_cannot_have_one_port() {
    let bench = Bench::ready(&[]);
    let path = bench.folder.path().join("modem");
    let mut second = SerialConnector::new(path.to_str().unwrap(), 115_200);
    assert!(matches!(second.connect(), Err(ConnectError::Busy(_))));
}

#[test]
fn a_port_that_is_not_there_is_said() {
    let error = probe("/dev/serial/by-id/not-there", 115_200).unwrap_err();
    assert!(
        matches!(&error, ProbeError::Unreachable(why) if why.contains("plugged in")),
        "{error}"
    );
    let error = probe("/dev/null", 115_200).unwrap_err();
    assert!(
        matches!(&error, ProbeError::Unreachable(why) if why.contains("/dev/null")),
        "{error}"
    );
}

/// What a probe says of a device that answers everything with the same bytes.
#[track_caller]
fn foreign(said: &'static [u8], expected: &str) {
    let mut master = posix_openpt(OFlag::O_RDWR | OFlag::O_NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let path = ptsname_r(&master).unwrap();
    let port = SerialConnector::new(path, 4800);
    // Written before anybody reads, it waits in the terminal.
    let keep_open = port
        .open()
        .map(|serial| serial.file.try_clone().unwrap())
        .unwrap();
    master.write_all(said).unwrap();
    let error = probe_with(Box::new(port), settings()).unwrap_err();
    drop(keep_open);
    assert!(
        matches!(&error, ProbeError::NoModem(why) if why.contains(expected)),
        "{error}"
    );
}

#[test]
fn what_is_no_modem_is_called_so() {
    foreign(
        b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n",
        "GPS",
    );
    foreign(
        b"\r\nDebian GNU/Linux 13 kppn ttyS0\r\n\r\nkppn login: ",
        "shell",
    );
    foreign(b"sh: 1: AT: not found\r\n# ", "shell");
    foreign(b"", "nothing answers");
    foreign(b"hello?\r\n", "not as a modem");
}
