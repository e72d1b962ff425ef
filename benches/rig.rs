//! What the benchmarks share: a server in a folder of its own, a large office, and figures as least, median and most.
//!
//! Everything lies under `target/tmp`, on the disk of the sources: a temporary folder in memory would make a durable write cost nothing.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sipintar::client::Client;
use sipintar::home::Home;
use tempfile::TempDir;

/// Messages leave at once, whatever the day and hour.
pub const ALWAYS: &str =
    "[sms]\nwindow = [\"00:00\", \"24:00\"]\nworking_days_only = false\nundo_seconds = 0\n";

/// Messages leave for one minute of the night, so that nothing leaves while something else is measured.
const SILENT: &str = "[sms]\nwindow = [\"01:30\", \"01:31\"]\n";

/// Whether `cargo bench` runs this: `cargo test --all-targets` only sees to it that it builds.
pub fn asked_for() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// Letters of the large office; `SIPINTAR_BENCH_LETTERS` takes fewer while a benchmark is being written.
pub fn letters() -> u32 {
    std::env::var("SIPINTAR_BENCH_LETTERS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(100_000)
}

/// The program under measurement: `SIPINTAR_BENCH_BIN`, else the one that cargo built along.
pub fn sipintar(home: &Path) -> Command {
    let mut command = Command::new(
        std::env::var_os("SIPINTAR_BENCH_BIN")
            .unwrap_or_else(|| env!("CARGO_BIN_EXE_sipintar").into()),
    );
    command
        .env_remove("SIPINTAR_HOME")
        .env_remove("SIPINTAR_LANG")
        .env_remove("NO_COLOR")
        .env("LANG", "C")
        .env("TERM", "xterm-256color")
        .arg("--home")
        .arg(home);
    command
}

fn folder() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// A running server in a home of its own; killed when dropped.
pub struct Server {
    pub home: Home,
    pub folder: TempDir,
    child: Child,
}

impl Server {
    /// An office without anything.
    pub fn empty(settings: &str) -> Self {
        let folder = folder();
        fs::write(folder.path().join("sipintar.toml"), settings).unwrap();
        Self::in_folder(folder)
    }

    /// A copy of the demonstration office with [`letters`] letters. Its messages stay where they are.
    pub fn large() -> Self {
        let folder = folder();
        copy(&large_office(), folder.path());
        Self::in_folder(folder)
    }

    fn in_folder(folder: TempDir) -> Self {
        let child = serve(folder.path());
        Self {
            home: Home::at(folder.path()),
            folder,
            child,
        }
    }

    pub fn client(&self) -> Client {
        Client::connect(&self.home).unwrap()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a service manager does.
    pub fn stop(&mut self) {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.child.id()).unwrap());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
        self.child.wait().unwrap();
    }

    /// Ends it as a power cut does.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again; the time until it says that it is ready.
    pub fn start(&mut self) -> Duration {
        let begin = Instant::now();
        self.child = serve(self.folder.path());
        begin.elapsed()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(home: &Path) -> Child {
    let mut child = sipintar(home)
        .arg("serve")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    assert!(line.starts_with("ready "), "the server did not start");
    child
}

/// The folder of the large office, made once a day: its letters end today.
fn large_office() -> PathBuf {
    let name = format!("office-{}-{}", letters(), chrono::Local::now().date_naive());
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if made.exists() {
        return made;
    }
    let folder = folder();
    fs::write(folder.path().join("sipintar.toml"), SILENT).unwrap();
    let mut server = Server::in_folder(folder);
    let begin = Instant::now();
    let loaded = sipintar(server.folder.path())
        .args(["demo", "--letters", &letters().to_string()])
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(loaded.success());
    println!(
        "an office of {} letters was made in {}",
        letters(),
        show(begin.elapsed())
    );
    server.stop();
    let half = made.with_extension("half");
    let _ = fs::remove_dir_all(&half);
    copy(server.folder.path(), &half);
    fs::rename(&half, &made).unwrap();
    made
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            copy(&entry.path(), &target);
        } else if kind.is_file() {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Times of one thing.
#[derive(Debug, Default)]
pub struct Times(pub Vec<Duration>);

impl Times {
    /// Does it so many times.
    pub fn of(runs: usize, mut it: impl FnMut()) -> Self {
        let mut times = Self::default();
        for _ in 0..runs {
            let begin = Instant::now();
            it();
            times.add(begin.elapsed());
        }
        times
    }

    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    pub fn median(&self) -> Duration {
        self.percentile(50)
    }

    /// So many of a hundred took no longer.
    pub fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
    }

    /// Prints one line of the table.
    pub fn print(&self, what: &str) {
        let mut line = format!("{what:<52}");
        for time in [
            *self.0.iter().min().unwrap(),
            self.median(),
            *self.0.iter().max().unwrap(),
        ] {
            let _ = write!(line, " {:>10}", show(time));
        }
        println!("{line}  n={}", self.0.len());
    }

    /// Prints the 99th percentile, and how many took longer than this.
    pub fn tail(&self, limit: Duration) {
        println!(
            "    99 of 100 within {}; {} longer than {}",
            show(self.percentile(99)),
            self.0.iter().filter(|time| **time > limit).count(),
            show(limit)
        );
    }

    /// Prints median and 99th percentile as multiples of something else.
    pub fn against(&self, one: Duration) {
        let times = |time: Duration| time.as_secs_f64() / one.as_secs_f64();
        println!(
            "    of {}: {:.2} at the median, {:.2} at the 99th percentile ({})",
            show(one),
            times(self.median()),
            times(self.percentile(99)),
            show(self.percentile(99))
        );
    }
}

/// The head of the table that [`Times::print`] fills.
pub fn head(title: &str) {
    println!(
        "\n{title:<52} {:>10} {:>10} {:>10}",
        "least", "median", "most"
    );
}

/// A time with three digits.
pub fn show(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    if micros < 1e3 {
        format!("{micros:.1} µs")
    } else if micros < 1e6 {
        format!("{:.2} ms", micros / 1e3)
    } else {
        format!("{:.2} s", micros / 1e6)
    }
}

/// What a process has used so far.
#[derive(Debug, Clone, Copy)]
pub struct Used {
    /// User and system time, in ticks of 10 ms.
    pub ticks: u64,
    /// Bytes that went, or will go, to the disk.
    pub written: u64,
    /// Times that its threads gave up the processor because they had nothing to do.
    pub waits: u64,
}

impl Used {
    pub fn by(pid: u32) -> Self {
        let read = |name: &str| fs::read_to_string(format!("/proc/{pid}/{name}")).unwrap();
        let stat = read("stat");
        // The name in brackets may hold blanks; behind it utime and stime are the 12th and 13th.
        let after = stat.rsplit_once(") ").unwrap().1;
        let ticks = after
            .split(' ')
            .skip(11)
            .take(2)
            .map(|field| field.parse::<u64>().unwrap())
            .sum();
        let written = field(&read("io"), "write_bytes:");
        let waits = fs::read_dir(format!("/proc/{pid}/task"))
            .unwrap()
            .filter_map(|task| fs::read_to_string(task.ok()?.path().join("status")).ok())
            .map(|status| field(&status, "voluntary_ctxt_switches:"))
            .sum();
        Self {
            ticks,
            written,
            waits,
        }
    }

    pub fn since(self, before: Self) -> Self {
        Self {
            ticks: self.ticks - before.ticks,
            written: self.written - before.written,
            waits: self.waits - before.waits,
        }
    }
}

fn field(text: &str, name: &str) -> u64 {
    text.lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|value| value.trim().parse().ok())
        .unwrap_or_default()
}
