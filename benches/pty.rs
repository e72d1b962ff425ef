//! A desk on a pseudo-terminal of 80×24, with a clock at hand.

use std::fs::File;
use std::io::{Read, Write};
use std::num::NonZero;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::{Winsize, openpty};

use crate::rig;

/// One terminal for all desks, one after the other.
pub struct Terminal {
    master: File,
    slave: File,
}

impl Terminal {
    /// Must be called once only: the terminal becomes that of this process, because the desk asks `/dev/tty` for its size.
    pub fn open() -> Self {
        // Refused to the leader of a process group, such as a benchmark started by hand from a shell; then the size may be that of the shell.
        let _ = nix::unistd::setsid();
        let size = Winsize {
            ws_row: 24,
            ws_col: 80,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        let pty = openpty(&size, None).unwrap();
        let name = nix::unistd::ttyname(&pty.slave).unwrap();
        let slave = File::options().read(true).write(true).open(name).unwrap();
        Self {
            master: pty.master.into(),
            slave,
        }
    }
}

/// A desk, from its start.
pub struct Desk<'a> {
    terminal: &'a mut Terminal,
    child: Child,
    begin: Instant,
    parser: vt100::Parser,
}

/// Nothing that is measured takes this long when all is well.
const DEADLINE: Duration = Duration::from_secs(20);

/// After this long without a byte the screen is taken to be complete.
const QUIET: Duration = Duration::from_millis(60);

impl Drop for Desk<'_> {
    /// A desk that outlives a failed measurement would start servers in homes that are gone.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl<'a> Desk<'a> {
    pub fn start(terminal: &'a mut Terminal, home: &Path) -> Self {
        let mut command = rig::sipintar(home);
        let end = || Stdio::from(terminal.slave.try_clone().unwrap());
        command.stdin(end()).stdout(end()).stderr(end());
        let begin = Instant::now();
        let child = command.spawn().unwrap();
        Self {
            terminal,
            child,
            begin,
            parser: vt100::Parser::new(NonZero::new(24).unwrap(), NonZero::new(80).unwrap(), 0),
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What is on the screen.
    pub fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// Takes what comes within this time; whether anything came.
    fn hear(&mut self, within: Duration) -> bool {
        let timeout = PollTimeout::try_from(within).unwrap();
        let mut wanted = [PollFd::new(self.terminal.master.as_fd(), PollFlags::POLLIN)];
        if poll(&mut wanted, timeout).unwrap() == 0 {
            return false;
        }
        let mut bytes = [0; 16 << 10];
        let count = self.terminal.master.read(&mut bytes).unwrap();
        self.parser.process(&bytes[..count]);
        true
    }

    /// Waits for a text on the screen; the time since the desk was started.
    pub fn until(&mut self, wanted: impl Fn(&str) -> bool) -> Duration {
        while !wanted(&self.text()) {
            assert!(self.hear(DEADLINE), "this screen stays:\n{}", self.text());
        }
        self.begin.elapsed()
    }

    /// Waits until nothing more comes.
    pub fn settle(&mut self) {
        while self.hear(QUIET) {}
    }

    /// Presses a key; the time to the first frame that differs, and to the last one that it brings about (with what the server answers).
    pub fn press(&mut self, key: &[u8]) -> (Duration, Duration) {
        let before = self.parser.screen().contents_formatted();
        let begin = Instant::now();
        self.terminal.master.write_all(key).unwrap();
        let mut first = None;
        let mut last = Duration::ZERO;
        loop {
            let wait = if first.is_some() { QUIET } else { DEADLINE };
            if !self.hear(wait) {
                break;
            }
            last = begin.elapsed();
            if first.is_none() && self.parser.screen().contents_formatted() != before {
                first = Some(last);
            }
        }
        let first = first.unwrap_or_else(|| panic!("{key:?} changes nothing:\n{}", self.text()));
        (first, last)
    }

    /// Leaves the desk.
    pub fn quit(mut self) {
        self.terminal.master.write_all(b"\x11").unwrap();
        // It asks first.
        self.until(|text| text.contains("Keluar dari SI PINTAR?"));
        self.terminal.master.write_all(b"y").unwrap();
        let end = Instant::now() + DEADLINE;
        while self.child.try_wait().unwrap().is_none() {
            self.hear(Duration::from_millis(5));
            assert!(Instant::now() < end, "the desk stays:\n{}", self.text());
        }
        self.settle();
    }
}
