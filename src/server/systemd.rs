//! What systemd is told of the server (`Type=notify`, `WatchdogSec=`; see sd_notify(3)): that it is ready, that it stops, and that it is
//! alive. Under nobody's care all of it does nothing.

use std::ffi::OsStr;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, Sender, bounded};

use super::writer::Writer;
use crate::domain::access::Actor;

/// The way to the service manager that started this process, if one did.
#[derive(Debug, Clone)]
pub struct Manager {
    way: Option<Arc<(UnixDatagram, SocketAddr)>>,
}

impl Manager {
    /// By `$NOTIFY_SOCKET`: a path, or `@NAME` for an abstract name.
    pub fn from_env() -> Self {
        let way = std::env::var_os("NOTIFY_SOCKET").and_then(|name| {
            let opened = way(&name);
            opened
                .map_err(|error| tracing::warn!(%error, "the service manager cannot be told"))
                .ok()
        });
        Self {
            way: way.map(Arc::new),
        }
    }

    /// Tells it `READY=1`, `STATUS=…` and the like, one a line.
    pub fn tell(&self, state: &str) {
        let Some(way) = &self.way else { return };
        let (socket, address) = &**way;
        if let Err(error) = socket.send_to_addr(state.as_bytes(), address) {
            tracing::warn!(%error, "the service manager was not told");
        }
    }
}

fn way(name: &OsStr) -> io::Result<(UnixDatagram, SocketAddr)> {
    let address = match name.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(name)?,
    };
    let socket = UnixDatagram::unbound()?;
    // Whoever does not read must not hold up the office.
    socket.set_nonblocking(true)?;
    Ok((socket, address))
}

/// Tells the service manager that the server is alive, as long as the writer answers; without that it is ended and started again.
/// It ends when this is dropped.
#[derive(Debug)]
pub struct Watchdog {
    _end: Sender<()>,
}

impl Watchdog {
    /// Starts the thread, where the service manager wants to hear of us (`$WATCHDOG_USEC`).
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(manager: &Manager, writer: Writer) -> io::Result<Option<Self>> {
        let Some(limit) = limit(|name| std::env::var(name).ok(), std::process::id()) else {
            return Ok(None);
        };
        if manager.way.is_none() {
            return Ok(None);
        }
        Self::within(limit, manager.clone(), writer).map(Some)
    }

    fn within(limit: Duration, manager: Manager, writer: Writer) -> io::Result<Self> {
        let (end, ended) = bounded(0);
        std::thread::Builder::new()
            .name("watchdog".to_owned())
            .spawn(move || {
                let system = Actor::system().user;
                // A thread that sleeps well proves nothing: a command without facts goes the whole way of a change.
                while writer
                    .commit(&system, None, |_, _| Ok((Vec::new(), ())))
                    .is_ok()
                {
                    manager.tell("WATCHDOG=1");
                    // Three times in the limit, so that a busy moment does no harm.
                    if ended.recv_timeout(limit / 3) != Err(RecvTimeoutError::Timeout) {
                        return;
                    }
                }
            })?;
        Ok(Self { _end: end })
    }
}

/// Within what time the service manager wants to hear of the process with this number.
fn limit(var: impl Fn(&str) -> Option<String>, pid: u32) -> Option<Duration> {
    let is_ours = var("WATCHDOG_PID").is_none_or(|wanted| wanted == pid.to_string());
    let limit = var("WATCHDOG_USEC")?.parse().ok().filter(|_| is_ours)?;
    Some(Duration::from_micros(limit)).filter(|limit| !limit.is_zero())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::server::notices::Notices;
    use crate::server::rig::Rig;

    #[test]
    fn it_is_told_by_a_path_or_by_an_abstract_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let name = format!("sipintar-test-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        for (listening, name) in [
            (UnixDatagram::bind(&path), path.into_os_string()),
            (UnixDatagram::bind_addr(&address), format!("@{name}").into()),
        ] {
            let listening = listening.unwrap();
            let manager = Manager {
                way: Some(Arc::new(way(&name).unwrap())),
            };
            manager.tell("READY=1\nSTATUS=ready");
            let mut told = [0; 100];
            let length = listening.recv(&mut told).unwrap();
            assert_eq!(told.get(..length).unwrap(), b"READY=1\nSTATUS=ready");
        }
    }

    #[test]
    fn a_writer_that_hangs_is_not_called_alive() {
        let (office, journal, folder) = Rig::new("").apart();
        let (writer, _thread) = Writer::start(
            Arc::new(office),
            journal,
            Arc::new(Notices::default()),
            |_| {},
        )
        .unwrap();
        let (go, held) = bounded::<()>(0);
        let hanging = writer.hand_in("sistem", None, move |_, _| {
            held.recv().unwrap();
            Ok((Vec::new(), ()))
        });
        let path = folder.path().join("notify");
        let listening = UnixDatagram::bind(&path).unwrap();
        let manager = Manager {
            way: Some(Arc::new(way(path.as_os_str()).unwrap())),
        };
        let limit = Duration::from_millis(30);
        let _watchdog = Watchdog::within(limit, manager, writer).unwrap();
        let mut told = [0; 100];
        listening.set_read_timeout(Some(10 * limit)).unwrap();
        assert!(listening.recv(&mut told).is_err());
        go.send(()).unwrap();
        hanging.unwrap().wait().unwrap();
        listening.set_read_timeout(None).unwrap();
        for _ in 0..2 {
            let length = listening.recv(&mut told).unwrap();
            assert_eq!(told.get(..length).unwrap(), b"WATCHDOG=1");
        }
    }

    #[test]
    fn a_limit_meant_for_another_process_is_not_ours() {
        let vars = |usec: &'static str, pid: &'static str| {
            limit(
                move |name| {
                    let value = match name {
                        "WATCHDOG_USEC" => usec,
                        _ => pid,
                    };
                    Some(value.to_owned()).filter(|value| !value.is_empty())
                },
                7,
            )
        };
        assert_eq!(vars("3000000", "7"), Some(Duration::from_secs(3)));
        assert_eq!(vars("3000000", ""), Some(Duration::from_secs(3)));
        for (usec, pid) in [("3000000", "8"), ("", "7"), ("0", "7"), ("x", "7")] {
            assert_eq!(vars(usec, pid), None, "{usec} {pid}");
        }
    }
}
