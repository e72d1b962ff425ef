//! The line to the server: connects, listens, and connects again by itself.

use std::{io, thread, time::Duration};

use crossbeam_channel::{Receiver, Sender};

use crate::{
    client::{self, Asker, Heard, Listener},
    home::Home,
    service::{Refusal, Topic},
};

/// What the line says.
#[derive(Debug)]
pub(super) enum LinkEvent {
    /// A server answers; requests go by this.
    Up(Asker),
    /// The server said something.
    Heard(Heard),
    /// The server is gone or was not there; the line tries again by itself.
    Down(Refusal),
}

/// Starts a server in the background when none answers.
pub type StartServer = Box<dyn Fn(&Home) -> Result<(), Refusal> + Send>;

/// The pause before the next try grows to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Starts the thread that keeps the line. It ends when nobody listens to `events` or `stop` is closed.
pub(super) fn keep(
    home: Home,
    start_server: StartServer,
    events: Sender<LinkEvent>,
    stop: Receiver<()>,
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
                    // A server that somebody ended stays ended until somebody starts one.
                    Err(refusal) if refusal.code == "unreachable" && !ended_in_order => {
                        match start_server(&home) {
                            Ok(()) => refusal,
                            Err(cause) => cause,
                        }
                    }
                    Err(refusal) => refusal,
                };
                if events.send(LinkEvent::Down(down)).is_err() {
                    return;
                }
                // The pause ends early when the desk leaves.
                if let Err(crossbeam_channel::RecvTimeoutError::Disconnected) =
                    stop.recv_timeout(pause)
                {
                    return;
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        })?;
    Ok(())
}

/// Passes on what the server says, until the line is lost. `None` when nobody listens.
fn listen(
    mut listener: Listener,
    events: &Sender<LinkEvent>,
    ended_in_order: &mut bool,
) -> Option<Refusal> {
    loop {
        match listener.hear() {
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
