//! The simulated modem on a pseudo-terminal, as a program of its own that outlives servers, with faults by lot.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::home::program;

/// What may go wrong with a message (docs/faults.md). Those that only time ends are left to `tests/faults.toml`: a cycle has none.
const FAULTS: [&str; 17] = [
    "error=38",
    "error=42",
    "error=21",
    "error=332",
    "refuse=500",
    "prompt-lost",
    "answer-lost",
    "damaged-reference",
    "garbage",
    "half-line",
    "early-report",
    "no-report",
    "late-report=1",
    "double-report=0.2",
    "unplug=0.3",
    "unplug-accepted=0.3",
    "no-network=0.3",
];

/// Messages that have a fault planned for them, of these many.
const PLANNED: u32 = 1000;

/// The program; ended when dropped.
#[derive(Debug)]
pub struct Modem {
    child: Child,
    link: PathBuf,
    log: PathBuf,
}

impl Modem {
    /// Starts it in this folder; every fourth message or so meets a fault.
    pub fn start(folder: &Path, random: &mut fastrand::Rng) -> Self {
        let mut faults = Vec::new();
        for message in 1..=PLANNED {
            if random.u8(0..4) == 0 {
                let fault = FAULTS[random.usize(..FAULTS.len())];
                faults.push(format!("--fault={message}:{fault}"));
            }
        }
        Self::with(folder, &faults)
    }

    /// One that nothing goes wrong with.
    pub fn calm(folder: &Path) -> Self {
        Self::with(folder, &[])
    }

    fn with(folder: &Path, faults: &[String]) -> Self {
        let (link, log) = (folder.join("modem"), folder.join("taken.jsonl"));
        let mut command = program();
        command
            .args(["modem", "simulate", "--link"])
            .arg(&link)
            .arg("--log")
            .arg(&log)
            .args(["--latency=5", "--report-delay=20", "--capacity=255"]);
        command.args(faults);
        let child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let end = Instant::now() + Duration::from_secs(30);
        while !link.exists() {
            assert!(Instant::now() < end, "no modem");
            std::thread::sleep(Duration::from_millis(2));
        }
        Self { child, link, log }
    }

    /// `[[modem]]` as it stands in the settings.
    pub fn settings(&self) -> String {
        format!(
            "[[modem]]\nname = \"loket\"\nkind = \"serial\"\nport = {:?}\n",
            self.link.to_str().unwrap()
        )
    }

    /// Lets a message come in from this phone.
    pub fn incoming(&mut self, from: &str, text: &str) {
        // A modem that is gone is found out by what it did not take.
        let _ = writeln!(self.child.stdin.as_mut().unwrap(), "sms {from} {text}");
    }

    /// How often the network took each text (with its phone and its part), by what the network itself wrote down.
    pub fn taken(&self) -> BTreeMap<(String, String, String), u32> {
        let mut taken = BTreeMap::new();
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        // The last line may be half written.
        for line in log
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
        {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
            let copy = (text("to"), text("text"), line["part"].to_string());
            *taken.entry(copy).or_default() += 1;
        }
        taken
    }
}

impl Drop for Modem {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
