//! The simulated modem by itself, and with gammu on the other side.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::state::Output as Said;
use super::*;

fn said(modem: &mut Simulator) -> String {
    let mut all = Vec::new();
    while let Some(output) = modem.next_output() {
        if let Said::Bytes(bytes) = output {
            all.extend(bytes);
        }
    }
    String::from_utf8_lossy(&all).into_owned()
}

#[test]
fn faults_are_written_as_message_and_kind() {
    #[track_caller]
    fn check(text: &str, message: u32, kind: FaultKind) {
        assert_eq!(text.parse(), Ok(Fault { message, kind }));
    }
    check("3:error=500", 3, FaultKind::Error(500));
    check("1:refuse=331", 1, FaultKind::RefusePrompt(331));
    check("2:hang-accepted", 2, FaultKind::Hang { accepted: true });
    let away = Duration::from_millis(1500);
    check(
        "9:unplug=1.5",
        9,
        FaultKind::Unplug {
            accepted: false,
            away,
        },
    );
    for bad in [
        "",
        "x",
        "1",
        "1:",
        "1:error",
        "1:error=x",
        "0x1:hang",
        "1:unplug=-1",
        "1:dance",
    ] {
        let error = bad.parse::<Fault>().unwrap_err();
        assert!(error.contains("MESSAGE:KIND"), "{bad:?}");
    }
}

#[test]
fn a_message_in_text_mode_is_taken_too() {
    let now = Instant::now();
    let settings = SimulatorSettings {
        latency: Duration::ZERO,
        ..SimulatorSettings::default()
    };
    let mut modem = Simulator::new(settings);
    modem.opened(now);
    modem.receive(b"ATE0\rAT+CMGF=1\rAT+CMGS=\"+62811\"\r", now);
    assert!(said(&mut modem).ends_with("> "));
    modem.receive(b"baris satu\rbaris dua\x1a", now);
    modem.tick(now);
    assert!(said(&mut modem).ends_with("\r\n+CMGS: 1\r\n\r\nOK\r\n"));
    let accepted = modem.accepted().first().unwrap();
    assert_eq!(
        (accepted.to.as_str(), accepted.text.as_str()),
        ("+62811", "baris satu\nbaris dua")
    );
}

#[test]
fn what_finds_no_room_waits_for_it() {
    let now = Instant::now();
    let mut modem = Simulator::new(SimulatorSettings {
        capacity: 1,
        ..SimulatorSettings::default()
    });
    modem.opened(now);
    modem.incoming("+62811", "satu");
    modem.incoming("+62811", "dua");
    modem.receive(b"ATE0\rAT+CMGF=1\rAT+CMGL=\"ALL\"\r", now);
    let listing = said(&mut modem);
    assert!(
        listing.contains("satu") && !listing.contains("dua"),
        "{listing}"
    );
    modem.receive(b"AT+CMGD=1\rAT+CMGR=1\r", now);
    assert!(said(&mut modem).contains("dua"));
}

proptest! {
    #[test]
    fn any_bytes_are_borne(pieces in prop::collection::vec(prop_oneof![
        prop::collection::vec(any::<u8>(), 0..30),
        "AT\\+C[A-Z]{2,3}[=?]?[0-9\",=?+A-Z]{0,12}\r".prop_map(String::into_bytes),
        Just(b"\x1a".to_vec()), Just(b"AT+CMGS=18\r".to_vec()), Just(b"AT+CMGF=0\r".to_vec()),
    ], 0..40)) {
        let mut now = Instant::now();
        let mut modem = Simulator::new(SimulatorSettings::default());
        modem.opened(now);
        for piece in pieces {
            modem.receive(&piece, now);
            now += Duration::from_millis(200);
            modem.tick(now);
            said(&mut modem);
        }
    }
}

fn gammu(settings: &Path, arguments: &[&str]) -> Option<Output> {
    let mut command = Command::new("gammu");
    command
        .env("LC_ALL", "C")
        .arg("-c")
        .arg(settings)
        .args(arguments)
        .stdin(Stdio::null());
    match command.output() {
        Ok(output) => Some(output),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => panic!("gammu cannot be run: {error}"),
    }
}

#[test]
fn gammu_takes_it_for_a_modem() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("modem");
    let settings = folder.path().join("gammurc");
    let text = format!("[gammu]\ndevice = {}\nconnection = at\n", link.display());
    std::fs::write(&settings, text).unwrap();
    let simulated = SimulatorSettings {
        latency: Duration::from_millis(10),
        ..SimulatorSettings::default()
    };
    let terminal = Terminal::start(TerminalOptions {
        link,
        log: None,
        settings: simulated,
    })
    .unwrap();

    let ask = |arguments: &[&str]| {
        let output = gammu(&settings, arguments)?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "gammu {arguments:?}: {text}");
        Some(text)
    };
    let Some(identity) = ask(&["identify"]) else {
        println!("skipped: gammu is not installed");
        return;
    };
    assert!(identity.contains("350000000000006"), "{identity}");
    ask(&[
        "sendsms",
        "TEXT",
        "+6281234567890",
        "-text",
        "Halo dari gammu",
    ]);
    let sent = terminal.accepted();
    assert_eq!(
        sent.first().map(|sent| sent.text.as_str()),
        Some("Halo dari gammu")
    );
    terminal.incoming("+628111222333", "PAGU 411902");
    let inbox = ask(&["getallsms"]).unwrap();
    assert!(
        inbox.contains("PAGU 411902") && inbox.contains("+628111222333"),
        "{inbox}"
    );
}
