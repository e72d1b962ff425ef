//! What happens by the clock alone: messages that have become too old are ended, and the heads of sections get the morning's word. It
//! sleeps until the next such moment.

use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::office::Office;
use super::writer::Writer;
use crate::domain::access::Actor;
use crate::domain::refusal::Refusal;

/// Pause after something could not be written down, such as on a full disk.
const AFTER_FAILURE: Duration = Duration::from_mins(10);

/// The running timer; it ends when this is dropped.
#[derive(Debug)]
pub struct Timer {
    _end: Sender<()>,
}

impl Timer {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(office: Arc<Office>, writer: Writer) -> std::io::Result<Self> {
        let (end, ended) = bounded(0);
        std::thread::Builder::new()
            .name("timer".to_owned())
            .spawn(move || run(&office, &writer, &ended))?;
        Ok(Self { _end: end })
    }
}

fn run(office: &Office, writer: &Writer, ended: &Receiver<()>) {
    loop {
        let worked = expire(writer).and_then(|()| super::summary::draft(office, writer));
        let pause = match worked {
            Ok(()) => {
                let now = office.clock.now();
                let expiry = office.next_expiry(now);
                let next = office
                    .next_summary(now)
                    .map_or(expiry, |summary| summary.min(expiry));
                office
                    .clock
                    .wait((next - now).to_std().unwrap_or(Duration::ZERO))
            }
            Err(refusal) => {
                tracing::warn!(%refusal, "what the hour wanted was not written down; it is tried again");
                AFTER_FAILURE
            }
        };
        let over = ended.recv_timeout(pause.max(Duration::from_millis(100)));
        if over != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}

/// Ends what is too old, in pieces, so that nobody waits long.
fn expire(writer: &Writer) -> Result<(), Refusal> {
    let user = Actor::system().user;
    while writer.commit(&user, None, Office::expire)? {}
    Ok(())
}
