//! The line to the server: connects, listens, and connects again by itself.

use std::{fs, io, os::unix::fs::MetadataExt, thread, time::Duration};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use nix::unistd::Uid;

use crate::domain::refusal::Refusal;
use crate::{
    ask::Topic,
    client::{self, Asker, Heard, Listener},
    home::Home,
};

/// What the line says.
#[derive(Debug)]
pub(super) enum LinkEvent {
    /// A server answers; requests go by this.
    Up(Asker),
    /// The server said something.
    Heard(Heard),
    /// The server is gone or was not there; the line tries again by itself. Where the account has no role, only when a person wants it.
    Down(Refusal),
}

/// Starts a server in the background when none answers.
pub type StartServer = Box<dyn Fn(&Home) -> Result<(), Refusal> + Send>;

/// The pause before the next try grows to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Starts the thread that keeps the line. It ends when nobody listens to `events` or `again` is closed; what comes by `again` makes
/// it try at once.
pub(super) fn keep(
    home: Home,
    start_server: StartServer,
    events: Sender<LinkEvent>,
    again: Receiver<()>,
) -> io::Result<()> {
    thread::Builder::new()
        .name("line".to_owned())
        .spawn(move || {
            let mut pause = Duration::from_millis(50);
            let mut ended_in_order = false;
            loop {
                let down = match client::connect(&home, true) {
                    Ok((asker, listener)) => {
                        pause = Duration::from_millis(50);
                        ended_in_order = false;
                        if events.send(LinkEvent::Up(asker)).is_err() {
                            return;
                        }
                        match listen(listener, &events, &mut ended_in_order) {
                            Some(refusal) => refusal,
                            None => return,
                        }
                    }
                    // Only the account of the server may start one; to anybody else how that is done is of no use.
                    Err(refusal) if refusal.code == "unreachable" && is_of_another(&home) => {
                        Refusal::new("server-away")
                    }
                    // A server that somebody ended stays ended until somebody starts one.
                    Err(refusal) if refusal.code == "unreachable" && !ended_in_order => {
                        match start_server(&home) {
                            Ok(()) => refusal,
                            Err(cause) => cause,
                        }
                    }
                    Err(refusal) => refusal,
                };
                let shut = down.is_without_role();
                if events.send(LinkEvent::Down(down)).is_err() {
                    return;
                }
                if shut {
                    // Each time the server writes down that an account without a role was there: a person says when it is worth it.
                    if again.recv().is_err() {
                        return;
                    }
                    continue;
                }
                // The pause ends early when the desk leaves.
                match again.recv_timeout(pause) {
                    Err(RecvTimeoutError::Disconnected) => return,
                    Ok(()) => {}
                    Err(RecvTimeoutError::Timeout) => pause = (pause * 2).min(LONGEST_PAUSE),
                }
            }
        })?;
    Ok(())
}

/// Whether the home belongs to another account. Root is told how to start the server there all the same.
fn is_of_another(home: &Home) -> bool {
    let we = Uid::effective();
    !we.is_root() && fs::metadata(home.dir()).is_ok_and(|found| found.uid() != we.as_raw())
}

/// Passes on what the server says, until the line is lost. `None` when nobody listens.
fn listen(
    mut listener: Listener,
    events: &Sender<LinkEvent>,
    ended_in_order: &mut bool,
) -> Option<Refusal> {
    loop {
        match listener.hear() {
            // The account has lost its role; the server hangs up.
            Ok(Heard::Answer(_, Err(refusal))) if refusal.is_without_role() => {
                return Some(refusal);
            }
            Ok(heard) => {
                if let Heard::Notice(notice) = &heard {
                    *ended_in_order |= notice.topics.contains(&Topic::Stopping);
                }
                events.send(LinkEvent::Heard(heard)).ok()?;
            }
            Err(refusal) => return Some(refusal),
        }
    }
}
