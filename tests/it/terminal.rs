//! A desk in a pseudo-terminal: keys go in, and what a person would see is read back.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::num::NonZero;
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::{grantpt, posix_openpt, ptsname_r, unlockpt};

use crate::support::DEADLINE;

const ROWS: NonZero<u16> = NonZero::new(24).unwrap();
const COLUMNS: NonZero<u16> = NonZero::new(80).unwrap();

/// The desk on a terminal of 80 columns and 24 rows; killed when dropped.
pub struct Desk {
    process: Process,
    keyboard: File,
    output: Receiver<Vec<u8>>,
    reader: UnixStream,
    screen: vt100::Parser,
}

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Desk {
    /// Opens the desk of this home.
    pub fn open(home: &Path) -> Self {
        Self::run(home, &[])
    }

    /// Opens the desk as another account of this machine; the tests must belong to root for that.
    pub fn open_as(home: &Path, account: Option<&str>) -> Self {
        Self::start(home, &[], account)
    }

    /// A command at a terminal. It leads a session of its own whose terminal this is, as in a terminal window.
    pub fn run(home: &Path, args: &[&str]) -> Self {
        Self::start(home, args, None)
    }

    fn start(home: &Path, args: &[&str], account: Option<&str>) -> Self {
        // Other tests start programs at the same time; none of them may inherit an end of this terminal.
        let master = posix_openpt(OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let terminal = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(OFlag::O_NOCTTY.bits())
            .open(ptsname_r(&master).unwrap())
            .unwrap();
        let side = || Stdio::from(terminal.try_clone().unwrap());
        let (rows, columns) = (ROWS.to_string(), COLUMNS.to_string());
        let sized = Command::new("stty")
            .args(["rows", &rows, "cols", &columns])
            .stdin(side())
            .status();
        assert!(sized.unwrap().success());
        // setsid becomes the program it starts: the process keeps its number.
        let mut command = Command::new("setsid");
        command.arg("--ctty");
        if let Some(account) = account {
            command.args(["setpriv", "--reuid", account, "--clear-groups"]);
        }
        let child = command
            .arg(env!("CARGO_BIN_EXE_sipintar"))
            .arg("--home")
            .arg(home)
            .args(args)
            .env_remove("SIPINTAR_HOME")
            .env_remove("SIPINTAR_LANG")
            .env_remove("NO_COLOR")
            .env("LANG", "C")
            .env("TERM", "xterm-256color")
            .stdin(side())
            .stdout(side())
            .stderr(side())
            .spawn()
            .unwrap();
        let keyboard = File::from(master.as_fd().try_clone_to_owned().unwrap());
        drop(master);
        let (tell, output) = crossbeam_channel::unbounded();
        let (reader, stop) = UnixStream::pair().unwrap();
        let display = keyboard.try_clone().unwrap();
        std::thread::spawn(move || read(display, &stop, &tell));
        Self {
            process: Process(child),
            keyboard,
            output,
            reader,
            screen: vt100::Parser::new(ROWS, COLUMNS, 0),
        }
    }

    /// Types these keys.
    pub fn keys(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// What is on the screen as far as it has been looked at.
    fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Waits until the screen is as wanted.
    pub fn until(&mut self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let end = Instant::now() + DEADLINE;
        loop {
            let text = self.text();
            if wanted(&text) {
                return text;
            }
            match self.output.recv_deadline(end) {
                Ok(bytes) => self.screen.process(&bytes),
                Err(why) => panic!("{what}: {why}; the screen is\n{text}"),
            }
        }
    }

    /// Waits until this text can be read on the screen.
    pub fn shows(&mut self, wanted: &str) -> String {
        self.until(&format!("{wanted:?} does not appear"), |text| {
            text.contains(wanted)
        })
    }

    /// Types keys, then waits for a text.
    pub fn answers(&mut self, keys: &str, wanted: &str) -> String {
        self.keys(keys);
        self.shows(wanted)
    }

    /// The desk is gone from one moment to the next.
    pub fn kill(mut self) {
        self.process.0.kill().unwrap();
        self.process.0.wait().unwrap();
    }

    /// Waits until the desk has ended by itself; its exit status.
    pub fn ended(mut self) -> Option<i32> {
        let end = Instant::now() + DEADLINE;
        loop {
            match self.output.recv_deadline(end) {
                Ok(bytes) => self.screen.process(&bytes),
                // The last program on the terminal has let go of it.
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("the desk goes on:\n{}", self.text()),
            }
        }
        self.process.0.wait().unwrap().code()
    }

    /// The terminal window is closed; waits until the desk has ended.
    pub fn hang_up(self) {
        let Self {
            mut process,
            keyboard,
            output,
            reader,
            ..
        } = self;
        drop((keyboard, reader));
        // Disconnected: the thread has let go of its end too, the last one.
        while output.recv_timeout(DEADLINE).is_ok() {}
        let end = Instant::now() + DEADLINE;
        while process.0.try_wait().unwrap().is_none() {
            assert!(Instant::now() < end, "the desk outlives its terminal");
            std::thread::yield_now();
        }
    }
}

/// Reads until the terminal is let go of by its programs, or the other end of `stop` by us.
fn read(mut display: File, stop: &UnixStream, tell: &Sender<Vec<u8>>) {
    let mut buffer = [0; 8192];
    loop {
        let mut fds = [
            PollFd::new(display.as_fd(), PollFlags::POLLIN),
            PollFd::new(stop.as_fd(), PollFlags::POLLIN),
        ];
        if poll(&mut fds, PollTimeout::NONE).is_err() {
            continue;
        }
        if fds[1].any() != Some(false) {
            return;
        }
        match display.read(&mut buffer) {
            Ok(length @ 1..) if tell.send(buffer[..length].to_vec()).is_ok() => {}
            _ => return,
        }
    }
}
