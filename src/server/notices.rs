//! Telling every desk, and the outbox, that something changed.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Sender, TrySendError};

use crate::service::{Notice, Topic};

/// How long a slow desk may hold up the end of the server.
const LAST_WORD: Duration = Duration::from_millis(200);

/// Whoever wants to hear of changes.
#[derive(Debug, Default)]
pub struct Notices {
    listeners: Mutex<Vec<Sender<Notice>>>,
}

impl Notices {
    /// Adds a listener. Its channel should be small: a listener that is behind misses notices, and a later one tells it the same.
    pub fn listen(&self, listener: Sender<Notice>) {
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(listener);
    }

    /// Tells all listeners; those that are gone are forgotten.
    pub fn tell(&self, seq: u64, topics: BTreeSet<Topic>) {
        let notice = Notice {
            seq,
            topics: topics.into_iter().collect(),
        };
        let mut listeners = self
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if notice.topics.contains(&Topic::Stopping) {
            // The last word must arrive, or desks would take the end for an accident and start a server again.
            for listener in listeners.iter() {
                let _ = listener.send_timeout(notice.clone(), LAST_WORD);
            }
            return;
        }
        listeners.retain(|listener| {
            !matches!(
                listener.try_send(notice.clone()),
                Err(TrySendError::Disconnected(_))
            )
        });
    }
}
