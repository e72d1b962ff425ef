//! The simulated modem on a pseudo-terminal: any program that talks to serial modems can use it.
//!
//! One thread waits for the terminal, for control and for what is due. Only while no program has
//! the terminal open it looks several times a second, because nothing else tells of an opening.

use std::fs::OpenOptions;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::{PtyMaster, grantpt, posix_openpt, ptsname_r, unlockpt};
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};

use super::network::Accepted;
use crate::gsm::pdu::from_hex;

use super::state::{Output, Simulator, SimulatorSettings};

/// Between two looks whether somebody has opened the terminal.
const LOOK: Duration = Duration::from_millis(50);
/// Output that nobody reads is given up beyond this.
const MAX_UNREAD: usize = 64 * 1024;

/// Where to offer the modem.
#[derive(Debug, Clone)]
pub struct TerminalOptions {
    /// Symbolic link that is made to the terminal and removed at the end. An existing link is
    /// replaced; anything else in its place is an error.
    pub link: PathBuf,
    /// JSON lines, one for each message that the network takes.
    pub log: Option<PathBuf>,
    /// The modem and its network.
    pub settings: SimulatorSettings,
}

enum Control {
    Incoming { from: String, text: String },
    Arrive(Vec<u8>),
    Unplug(Duration),
    Hang,
    Noise(Vec<u8>),
    Register(u8),
    Sim(bool),
    Unlock(String),
    Stop,
}

/// A simulated modem on a pseudo-terminal. Dropping it removes the link.
pub struct Terminal {
    control: Sender<Control>,
    wake: UnixStream,
    simulator: Arc<Mutex<Simulator>>,
    thread: Option<JoinHandle<()>>,
}

impl Terminal {
    /// Opens the terminal and starts the modem. The link exists when this returns.
    ///
    /// # Errors
    /// When the terminal, the link or the log cannot be made.
    pub fn start(options: TerminalOptions) -> io::Result<Self> {
        let simulator = Arc::new(Mutex::new(Simulator::new(options.settings.clone())));
        let (control, controls) = unbounded();
        let (wake, woken) = UnixStream::pair()?;
        woken.set_nonblocking(true)?;
        let log = match &options.log {
            Some(path) => Some(OpenOptions::new().create(true).append(true).open(path)?),
            None => None,
        };
        let master = open_terminal(&options.link)?;
        let mut runner = Runner {
            link: options.link,
            log,
            logged: 0,
            simulator: Arc::clone(&simulator),
            controls,
            woken,
            master: Some(master),
            open: false,
            unread: Vec::new(),
            back_at: None,
        };
        let thread = std::thread::Builder::new()
            .name("simulated modem".to_owned())
            .spawn(move || runner.run())?;
        Ok(Self {
            control,
            wake,
            simulator,
            thread: Some(thread),
        })
    }

    /// What the network has taken so far.
    pub fn accepted(&self) -> Vec<Accepted> {
        lock(&self.simulator).accepted().to_vec()
    }

    /// Somebody sends a message to the office.
    pub fn incoming(&self, from: &str, text: &str) {
        self.tell(Control::Incoming {
            from: from.to_owned(),
            text: text.to_owned(),
        });
    }

    /// Any PDU from the network, with service centre.
    pub fn arrive(&self, pdu: Vec<u8>) {
        self.tell(Control::Arrive(pdu));
    }

    /// Pulls the plug for a while: the terminal and its link go away and come back.
    pub fn unplug(&self, away: Duration) {
        self.tell(Control::Unplug(away));
    }

    /// Stops answering until the terminal is opened anew.
    pub fn hang(&self) {
        self.tell(Control::Hang);
    }

    /// Bytes on the line that nobody asked for.
    pub fn noise(&self, bytes: &[u8]) {
        self.tell(Control::Noise(bytes.to_vec()));
    }

    /// The state of `+CREG` changes.
    pub fn register(&self, state: u8) {
        self.tell(Control::Register(state));
    }

    /// The SIM is taken out or put in.
    pub fn insert_sim(&self, is_in: bool) {
        self.tell(Control::Sim(is_in));
    }

    /// Somebody unlocks the SIM in a telephone and gives it this PIN.
    pub fn unlock_sim(&self, pin: &str) {
        self.tell(Control::Unlock(pin.to_owned()));
    }

    fn tell(&self, control: Control) {
        // Both fail only when the thread has ended.
        let _ = self.control.send(control);
        let _ = (&self.wake).write(&[0]);
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.tell(Control::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Offers the modem until SIGTERM or SIGINT. Lines on standard input control it:
/// `sms NUMBER TEXT`, `pdu HEX`, `unplug SECONDS`, `hang`, `noise TEXT`, `register N`, `sim in|out`, `pin PIN`.
///
/// # Errors
/// As [`Terminal::start`].
pub fn run_on_terminal(options: TerminalOptions) -> io::Result<()> {
    let (signal, mut signalled) = UnixStream::pair()?;
    for number in [signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT] {
        signal_hook::low_level::pipe::register(number, signal.try_clone()?)?;
    }
    let terminal = Arc::new(Terminal::start(options)?);
    let controlled = Arc::downgrade(&terminal);
    std::thread::Builder::new()
        .name("control".to_owned())
        .spawn(move || {
            for line in BufReader::new(io::stdin()).lines() {
                let (Ok(line), Some(terminal)) = (line, controlled.upgrade()) else {
                    return;
                };
                if let Err(why) = obey(&terminal, &line) {
                    let _ = writeln!(io::stderr(), "{why}");
                }
            }
        })?;
    let mut byte = [0];
    // Ends with the first signal.
    while let Err(error) = signalled.read(&mut byte) {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    drop(terminal);
    Ok(())
}

fn obey(terminal: &Terminal, line: &str) -> Result<(), String> {
    let (word, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
    match (word, rest) {
        ("", _) => {}
        ("sms", rest) => match rest.split_once(' ') {
            Some((from, text)) => terminal.incoming(from, text),
            None => return Err("sms NUMBER TEXT".to_owned()),
        },
        ("pdu", hex) => terminal.arrive(from_hex(hex.trim()).map_err(|error| error.to_string())?),
        ("unplug", seconds) => {
            let seconds: f64 = seconds.trim().parse().map_err(|_| "unplug SECONDS")?;
            let away = Duration::try_from_secs_f64(seconds).map_err(|_| "unplug SECONDS")?;
            terminal.unplug(away);
        }
        ("hang", _) => terminal.hang(),
        ("noise", text) => terminal.noise(text.as_bytes()),
        ("register", state) => {
            terminal.register(state.trim().parse().map_err(|_| "register N")?);
        }
        ("sim", "in") => terminal.insert_sim(true),
        ("sim", "out") => terminal.insert_sim(false),
        ("pin", pin) => terminal.unlock_sim(pin.trim()),
        _ => {
            return Err(format!(
                "{word:?} is unknown: sms NUMBER TEXT, pdu HEX, unplug SECONDS, hang, noise TEXT, register N, sim in|out, pin PIN"
            ));
        }
    }
    Ok(())
}

fn lock(simulator: &Mutex<Simulator>) -> MutexGuard<'_, Simulator> {
    simulator.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A raw pseudo-terminal with a link to its other end.
fn open_terminal(link: &Path) -> io::Result<PtyMaster> {
    let master =
        posix_openpt(OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC)?;
    grantpt(&master)?;
    unlockpt(&master)?;
    let path = ptsname_r(&master)?;
    {
        // Its settings last as long as our end is open.
        let other = OpenOptions::new().read(true).write(true).open(&path)?;
        let mut settings = tcgetattr(&other)?;
        cfmakeraw(&mut settings);
        tcsetattr(&other, SetArg::TCSANOW, &settings)?;
    }
    match std::fs::symlink_metadata(link) {
        Ok(found) if found.file_type().is_symlink() => std::fs::remove_file(link)?,
        Ok(_) => {
            let text = format!(
                "{} exists and is no link: choose another name",
                link.display()
            );
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    std::os::unix::fs::symlink(path, link)?;
    Ok(master)
}

/// Whether nobody has the terminal open and yet nobody can open it. A program that was killed while it had the port for itself alone
/// leaves it so, where a real port would be free: only root gets in.
fn is_locked(master: &PtyMaster) -> bool {
    let refused = ptsname_r(master).is_ok_and(|path| {
        let mut options = OpenOptions::new();
        let options = options.read(true).custom_flags(OFlag::O_NOCTTY.bits());
        matches!(options.open(path), Err(error) if error.raw_os_error() == Some(nix::libc::EBUSY))
    });
    if !refused {
        return false;
    }
    // Or somebody has opened it just now.
    let mut fds = [PollFd::new(master.as_fd(), PollFlags::POLLIN)];
    let _ = poll(&mut fds, PollTimeout::ZERO);
    let [port] = fds;
    port.revents()
        .is_some_and(|events| events.contains(PollFlags::POLLHUP))
}

struct Runner {
    link: PathBuf,
    log: Option<std::fs::File>,
    logged: usize,
    simulator: Arc<Mutex<Simulator>>,
    controls: Receiver<Control>,
    woken: UnixStream,
    /// `None` while unplugged.
    master: Option<PtyMaster>,
    open: bool,
    unread: Vec<u8>,
    back_at: Option<Instant>,
}

impl Runner {
    fn run(&mut self) {
        while self.step() {}
        if self.master.is_some() {
            let _ = std::fs::remove_file(&self.link);
        }
    }

    /// Waits for something and deals with it. `false` to end.
    fn step(&mut self) -> bool {
        let events = self.wait();
        let now = Instant::now();
        let shared = Arc::clone(&self.simulator);
        let mut modem = lock(&shared);
        for control in self.controls.try_iter() {
            match control {
                Control::Incoming { from, text } => modem.incoming(&from, &text),
                Control::Arrive(pdu) => modem.arrive(pdu),
                Control::Unplug(away) => modem.unplug(away),
                Control::Hang => modem.hang(),
                Control::Noise(bytes) => modem.raw(&bytes),
                Control::Register(state) => modem.register(state),
                Control::Sim(is_in) => modem.insert_sim(is_in),
                Control::Unlock(pin) => modem.unlock(&pin),
                Control::Stop => return false,
            }
        }
        let gone = events.contains(PollFlags::POLLHUP);
        if gone && self.open {
            self.open = false;
            self.unread.clear();
            modem.closed();
        } else if !gone && !self.open && self.master.is_some() {
            self.open = true;
            modem.opened(now);
            modem.flush_held();
        }
        if events.contains(PollFlags::POLLIN) {
            let mut buffer = [0; 1024];
            if let Some(length) = self
                .master
                .as_mut()
                .and_then(|master| master.read(&mut buffer).ok())
            {
                modem.receive(buffer.get(..length).unwrap_or_default(), now);
            }
        }
        if self.back_at.is_some_and(|back| now >= back) {
            self.plug_in(&mut modem, now);
        }
        modem.tick(now);
        while let Some(output) = modem.next_output() {
            match output {
                Output::Bytes(bytes) if self.unread.len() < MAX_UNREAD => self.unread.extend(bytes),
                Output::Bytes(_) => {}
                Output::Unplug(away) => {
                    let _ = std::fs::remove_file(&self.link);
                    self.master = None;
                    self.open = false;
                    self.unread.clear();
                    self.back_at = Some(now + away);
                }
            }
        }
        self.write_log(&modem);
        drop(modem);
        self.write_out();
        true
    }

    fn plug_in(&mut self, modem: &mut Simulator, now: Instant) {
        match open_terminal(&self.link) {
            Ok(master) => {
                self.master = Some(master);
                self.back_at = None;
                modem.replugged();
            }
            // No terminals left: try again a little later.
            Err(_) => self.back_at = Some(now + LOOK),
        }
    }

    /// The state of the terminal after waiting; hung up while nobody has it open.
    fn wait(&mut self) -> PollFlags {
        let due = [lock(&self.simulator).deadline(), self.back_at]
            .into_iter()
            .flatten()
            .min();
        let mut limit = due.map(|due| due.saturating_duration_since(Instant::now()));
        if let Some(master) = &self.master
            && !self.open
        {
            // A terminal that nobody has open is "ready" at once: look, then sleep a little.
            let mut fds = [PollFd::new(master.as_fd(), PollFlags::POLLIN)];
            let _ = poll(&mut fds, PollTimeout::ZERO);
            let [port] = fds;
            let events = port.revents().unwrap_or(PollFlags::empty());
            if !events.contains(PollFlags::POLLHUP) {
                return events;
            }
            if is_locked(master)
                && let Ok(fresh) = open_terminal(&self.link)
            {
                self.master = Some(fresh);
            }
            limit = Some(limit.map_or(LOOK, |limit| limit.min(LOOK)));
        }
        let timeout = limit.map_or(PollTimeout::NONE, |limit| {
            // Rounded up, or the last millisecond would be spent spinning.
            let millis = limit.as_nanos().div_ceil(1_000_000);
            i32::try_from(millis)
                .ok()
                .and_then(|millis| PollTimeout::try_from(millis).ok())
                .unwrap_or(PollTimeout::MAX)
        });
        let mut wanted = PollFlags::POLLIN;
        if !self.unread.is_empty() {
            wanted |= PollFlags::POLLOUT;
        }
        let mut fds = vec![PollFd::new(self.woken.as_fd(), PollFlags::POLLIN)];
        if let Some(master) = self.master.as_ref().filter(|_| self.open) {
            fds.push(PollFd::new(master.as_fd(), wanted));
        }
        let _ = poll(&mut fds, timeout);
        let port = fds.get(1).and_then(PollFd::revents);
        let mut rest = [0; 64];
        while (&self.woken).read(&mut rest).is_ok_and(|length| length > 0) {}
        port.unwrap_or(if self.open {
            PollFlags::empty()
        } else {
            PollFlags::POLLHUP
        })
    }

    fn write_out(&mut self) {
        let Some(master) = self.master.as_mut().filter(|_| self.open) else {
            return;
        };
        while !self.unread.is_empty() {
            match master.write(&self.unread) {
                Ok(length) if length > 0 => {
                    self.unread.drain(..length);
                }
                // Full: the wait asks for room. Anything else shows as a hang-up there.
                _ => return,
            }
        }
    }

    fn write_log(&mut self, modem: &Simulator) {
        let Some(log) = &mut self.log else { return };
        for accepted in modem.accepted().iter().skip(self.logged) {
            self.logged += 1;
            if let Ok(mut line) = serde_json::to_string(accepted) {
                line.push('\n');
                // A full disk spoils the log, not the modem.
                let _ = log.write_all(line.as_bytes());
            }
        }
    }
}
