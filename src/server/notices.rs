//! Telling every desk, and the outbox, that something changed.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, TrySendError};

use crate::ask::{Notice, Topic};

/// How long slow desks, all together, may hold up the end of the server.
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
            // Those who read have room for it; the others share one moment, however many they are.
            let end = Instant::now() + LAST_WORD;
            let behind: Vec<_> = listeners
                .iter()
                .filter(|listener| listener.try_send(notice.clone()).is_err())
                .collect();
            for listener in behind {
                let _ = listener.send_deadline(notice.clone(), end);
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crossbeam_channel::bounded;

    use super::*;

    #[test]
    fn many_who_do_not_listen_hold_up_the_end_like_one() {
        let notices = Notices::default();
        let deaf: Vec<_> = (0..150).map(|_| bounded(1)).collect();
        let (tell, told) = bounded(1);
        for (tell, _) in &deaf {
            notices.listen(tell.clone());
        }
        notices.tell(1, [Topic::Sms].into());
        notices.listen(tell);
        let begin = Instant::now();
        notices.tell(2, [Topic::Stopping].into());
        // Each of them a moment would be half a minute.
        assert!(begin.elapsed() < LAST_WORD * 50);
        assert_eq!(told.try_recv().unwrap().topics, [Topic::Stopping]);
    }
}
