//! A home folder and its server: started under limits, ended in several ways, on a small disk of its own where the machine allows it.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use chrono::{DateTime, FixedOffset, TimeDelta};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sipintar::client::Client;
use sipintar::home::Home;
use tempfile::TempDir;

/// Long enough for a loaded machine; nothing waits this long when all is well.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Messages leave at once, whatever the day and hour; what was refused for a moment is tried again soon.
pub const ALWAYS: &str = "[sms]\nwindow = [\"00:00\", \"24:00\"]\nworking_days_only = false\nundo_seconds = 0\n\
     retry = { attempts = 5, first_seconds = 1, factor = 1 }\n";

/// A modem that is not there: nothing leaves, so that two looks at an office are the same.
pub const NO_MODEM: &str =
    "[[modem]]\nname = \"loket\"\nkind = \"serial\"\nport = \"/nonexistent/modem\"\n";

/// When the first cycle of an office begins.
const BEGIN: &str = "2026-11-24T09:00:00+07:00";

/// Size of a disk of its own, in MiB: above the reserve below which the office takes no new work.
const DISK: u64 = 200;

/// The program under torture: `SIPINTAR_BENCH_BIN`, else the one that cargo built along.
pub fn program() -> Command {
    let mut command = Command::new(program_path());
    command
        .env_remove("SIPINTAR_HOME")
        .env_remove("SIPINTAR_LANG")
        .env("LANG", "C");
    command
}

fn program_path() -> PathBuf {
    std::env::var_os("SIPINTAR_BENCH_BIN")
        .unwrap_or_else(|| env!("CARGO_BIN_EXE_sipintar").into())
        .into()
}

/// What a server may have.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// File descriptors.
    pub descriptors: Option<u64>,
    /// Bytes that a file may grow to.
    pub file_size: Option<u64>,
    /// How many times as fast its clock runs.
    pub speed: Option<u32>,
}

/// A disk in memory, mounted for one office.
#[derive(Debug)]
pub struct Disk {
    at: PathBuf,
}

impl Disk {
    /// None where this machine does not let us mount.
    pub fn mount(at: &Path) -> Option<Self> {
        fs::create_dir_all(at).ok()?;
        let options = format!("size={DISK}m,mode=700");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(at)
            .stderr(Stdio::null())
            .status();
        mounted.is_ok_and(|status| status.success()).then(|| Self {
            at: at.to_path_buf(),
        })
    }

    fn remount(&self, options: &str) -> bool {
        let status = Command::new("mount")
            .args(["-o", &format!("remount,{options}")])
            .arg(&self.at)
            .stderr(Stdio::null())
            .status();
        status.is_ok_and(|status| status.success())
    }

    /// Leaves so many KiB free; none: as it was.
    pub fn squeeze(&self, free: Option<u64>) -> bool {
        let Some(free) = free else {
            return self.remount(&format!("size={DISK}m"));
        };
        let stat = nix::sys::statvfs::statvfs(&self.at).unwrap();
        let used = (stat.blocks() - stat.blocks_free()) * stat.fragment_size() / 1024;
        self.remount(&format!("size={}k", used + free))
    }

    /// Lets nobody write, or everybody again.
    pub fn read_only(&self, on: bool) -> bool {
        self.remount(if on { "ro" } else { "rw" })
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.at).status();
    }
}

/// A home with its server.
#[derive(Debug)]
pub struct Place {
    /// The home.
    pub home: Home,
    /// Its disk, where it has one of its own.
    pub disk: Option<Disk>,
    /// Everything of this office, kept for a look when something was found.
    folder: Option<TempDir>,
    child: Option<Child>,
    /// The office's clock when the server is started next: it runs on with the real one, and jumps.
    clock: DateTime<FixedOffset>,
    since: Instant,
}

impl Place {
    /// An empty home below this folder, on a disk of its own if wanted and possible.
    pub fn new(below: &Path, disk: bool) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("torture-")
            .tempdir_in(below)
            .unwrap();
        let dir = folder.path().join("home");
        let disk = disk.then(|| Disk::mount(&dir)).flatten();
        fs::create_dir_all(&dir).unwrap();
        Self {
            home: Home::at(dir),
            disk,
            folder: Some(folder),
            child: None,
            clock: BEGIN.parse().unwrap(),
            since: Instant::now(),
        }
    }

    /// A home beside this one, at the same time of its clock.
    pub fn beside(&self, below: &Path) -> Self {
        let mut other = Self::new(below, false);
        other.clock = self.now();
        other
    }

    /// The folder around the home.
    pub fn around(&self) -> &Path {
        self.folder.as_ref().unwrap().path()
    }

    /// Keeps the folder for a look, and says where it is.
    pub fn keep(&mut self) -> PathBuf {
        self.kill();
        let folder = self.folder.take().unwrap().keep();
        // What lies on a disk in memory would be gone with it.
        if self.disk.is_some() {
            let _ = super::copies::copy(self.home.dir(), &folder.join("home-kept"));
        }
        folder
    }

    /// Writes the settings.
    pub fn settle(&self, settings: &str) {
        use std::os::unix::fs::OpenOptionsExt;
        let path = self.home.settings_file();
        let _ = fs::remove_file(&path);
        let file = File::options()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(path);
        std::io::Write::write_all(&mut file.unwrap(), settings.as_bytes()).unwrap();
    }

    /// What the office's clock shows.
    pub fn now(&self) -> DateTime<FixedOffset> {
        self.clock + TimeDelta::from_std(self.since.elapsed()).unwrap()
    }

    /// Sets the office's clock for the next start.
    pub fn set_clock(&mut self, now: DateTime<FixedOffset>) {
        self.clock = now;
        self.since = Instant::now();
    }

    fn errors(&self) -> PathBuf {
        self.around().join("stderr")
    }

    /// What servers of this place have complained about so far.
    pub fn complaints(&self) -> String {
        let bytes = fs::read(self.errors()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn serving(&self, limits: Limits) -> Command {
        let mut shell = String::from("trap '' XFSZ; ");
        if let Some(count) = limits.descriptors {
            let _ = write!(shell, "ulimit -S -n {count}; ");
        }
        if let Some(bytes) = limits.file_size {
            // Some shells count in pieces of 512 bytes, others in twice as much.
            let _ = write!(shell, "ulimit -S -f {}; ", bytes / 512);
        }
        shell += "exec \"$@\"";
        let mut command = Command::new("sh");
        command
            .args(["-c", &shell, "sh"])
            .arg(program_path())
            .arg("--home")
            .arg(self.home.dir())
            .args(["--lang", "en", "serve"])
            .arg(format!("--clock={}", self.now().to_rfc3339()))
            .args(limits.speed.map(|times| format!("--speed={times}")))
            .env_remove("SIPINTAR_HOME")
            .env_remove("SIPINTAR_LANG")
            .env("LANG", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(
                File::options()
                    .create(true)
                    .append(true)
                    .open(self.errors())
                    .unwrap(),
            );
        command
    }

    /// Starts the server and waits until it is ready.
    ///
    /// # Errors
    /// What it said when it ended instead.
    pub fn start(&mut self, limits: Limits) -> Result<(), String> {
        assert!(self.child.is_none(), "a server runs already");
        let before = self.complaints().len();
        let mut child = self.serving(limits).spawn().unwrap();
        let (tell, told) = crossbeam_channel::bounded(1);
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = tell.try_send(line);
            }
        });
        match told.recv_timeout(PATIENCE) {
            Ok(line) if line.starts_with("ready ") => {
                self.child = Some(child);
                Ok(())
            }
            told => {
                let hangs = matches!(child.try_wait(), Ok(None))
                    && told == Err(crossbeam_channel::RecvTimeoutError::Timeout);
                let _ = child.kill();
                let status = child.wait().unwrap();
                let said = self.complaints().split_off(before);
                Err(if hangs {
                    format!("it hangs at the start: {said}")
                } else {
                    format!("{status}: {said}")
                })
            }
        }
    }

    /// Starts it and kills it after so long, wherever it is then.
    pub fn start_and_kill(&self, after: Duration) {
        let mut child = self.serving(Limits::default()).spawn().unwrap();
        std::thread::sleep(after);
        let _ = child.kill();
        let _ = child.wait();
    }

    /// Ends it as a power cut does, if it still runs.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Ends it as a service manager does.
    ///
    /// # Errors
    /// When it does not end.
    pub fn terminate(&mut self) -> Result<Option<ExitStatus>, String> {
        let Some(mut child) = self.child.take() else {
            return Ok(None);
        };
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
        // It may have ended by itself.
        let _ = kill(pid, Signal::SIGTERM);
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return Ok(Some(status));
            }
            if Instant::now() > end {
                let _ = child.kill();
                let _ = child.wait();
                return Err("SIGTERM does not end it".to_owned());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Process of the server.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// A desk's connection.
    ///
    /// # Errors
    /// Why there is none.
    pub fn client(&self) -> Result<Client, String> {
        Client::connect(&self.home).map_err(|refusal| refusal.to_string())
    }

    /// Runs the command line on this home.
    pub fn cli(&self, args: &[&str]) -> Output {
        program()
            .arg("--home")
            .arg(self.home.dir())
            .args(args)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.kill();
        // Before the folder that it is mounted in.
        self.disk = None;
    }
}
