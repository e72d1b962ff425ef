//! A simulated modem at the end of a pseudo-terminal, as a program of its own, so that it outlives servers.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::Instant;

use sipintar::gsm::pdu::{Address, Concat, Deliver, to_hex, with_service_centre};
use sipintar::gsm::segment::{ReferenceWidth, split};

use crate::support::{ALWAYS, DEADLINE, binary, now};

/// The program; killed when dropped.
pub struct Modem {
    child: Child,
    link: PathBuf,
    log: PathBuf,
    _folder: tempfile::TempDir,
}

impl Modem {
    /// Starts it with these more arguments; the second value is settings of an office that has it.
    pub fn start(more: &[&str]) -> (Self, String) {
        let folder = tempfile::tempdir().unwrap();
        let (link, log) = (folder.path().join("modem"), folder.path().join("log"));
        let child = binary()
            .args(["modem", "simulate", "--link"])
            .arg(&link)
            .arg("--log")
            .arg(&log)
            .args(more)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let modem = Self {
            child,
            link,
            log,
            _folder: folder,
        };
        let settings = format!("{ALWAYS}{}", modem.settings());
        (modem, settings)
    }

    /// `[[modem]]` as it stands in the settings.
    pub fn settings(&self) -> String {
        format!(
            "[[modem]]\nname = \"loket\"\nkind = \"serial\"\nport = {:?}\n",
            self.link.to_str().unwrap()
        )
    }

    /// Waits until its terminal is there.
    pub fn plugged(&self) {
        let end = Instant::now() + DEADLINE;
        while !self.link.exists() {
            assert!(Instant::now() < end, "no modem");
            std::thread::yield_now();
        }
    }

    /// Lets something happen, as its standard input takes it.
    pub fn control(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Lets a message come in from this phone.
    pub fn incoming(&mut self, from: &str, text: &str) {
        self.control(&format!("sms {from} {text}"));
    }

    /// Lets one part of a message come in, by reference, number and number of parts.
    pub fn part(&mut self, from: &str, (reference, seq, total): (u16, u8, u8), text: &str) {
        let mut cut = split(text, 0, ReferenceWidth::Bits16).unwrap();
        let mut part = cut.remove(0);
        assert!(cut.is_empty(), "longer than a part");
        let bits = 16;
        part.concat = Some(Concat {
            bits,
            reference,
            total,
            seq,
        });
        let from = Address::parse(from).unwrap();
        let tpdu = Deliver::encode(&from, &now(), &part).unwrap();
        let pdu = with_service_centre(None, &tpdu).unwrap();
        self.control(&format!("pdu {}", to_hex(&pdu)));
    }

    /// What the network has taken, in order.
    pub fn log(&self) -> Vec<serde_json::Value> {
        // Made at the start, before the terminal. A line may be half written.
        std::fs::read_to_string(&self.log)
            .unwrap()
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The texts that the network has taken, in order.
    pub fn taken(&self) -> Vec<String> {
        let taken = |line: &serde_json::Value| format!("{} {}", line["to"], line["text"]);
        self.log().iter().map(taken).collect()
    }
}

impl Drop for Modem {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
