//! Attempts that were refused: one line in the log and one in the trail, but never a flood of either.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::access::Actor;
use crate::domain::fact::Fact;
use crate::server::writer::Writer;

/// Of one account, one attempt in this time is written down; the others are counted.
const PAUSE: Duration = Duration::from_mins(1);

/// Accounts whose attempts are written down in that time, at the most.
const ACCOUNTS: usize = 30;

/// See the module's documentation.
#[derive(Debug, Default)]
pub struct Attempts(Mutex<HashMap<String, Noted>>);

#[derive(Debug)]
struct Noted {
    at: Instant,
    more: u64,
}

impl Attempts {
    /// Writes down that this account asked what it may not, unless that was written down a moment ago. Nobody waits for it.
    pub fn note(&self, who: &Actor, request: &str, writer: &Writer) {
        let Some(more) = self.count(&who.user, Instant::now()) else {
            return;
        };
        tracing::warn!(
            user = who.user,
            role = who.role.as_str(),
            request,
            more,
            "refused: the account may not ask this"
        );
        let (user, role, request) = (who.user.clone(), who.role, request.to_owned());
        // A server that ends has nothing more to write down.
        let _ = writer.hand_in(&who.user, None, move |_, at| {
            let fact = Fact::AttemptRefused {
                user,
                role,
                request,
                more,
                at,
            };
            Ok((vec![fact], ()))
        });
    }

    /// How many went by since the last one that was written down, when this one is to be.
    fn count(&self, user: &str, now: Instant) -> Option<u64> {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = noted.get_mut(user) {
            if now.duration_since(known.at) < PAUSE {
                known.more += 1;
                return None;
            }
            known.at = now;
            return Some(std::mem::take(&mut known.more));
        }
        noted.retain(|_, known| now.duration_since(known.at) < PAUSE || known.more > 0);
        let fresh = noted
            .values()
            .filter(|known| now.duration_since(known.at) < PAUSE);
        if fresh.count() >= ACCOUNTS {
            return None;
        }
        if noted.len() >= 4 * ACCOUNTS {
            noted.retain(|_, known| now.duration_since(known.at) < PAUSE);
        }
        noted.insert(user.to_owned(), Noted { at: now, more: 0 });
        Some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_attempt_a_minute_is_written_down_and_the_others_are_counted() {
        let attempts = Attempts::default();
        let begin = Instant::now();
        assert_eq!(attempts.count("adi", begin), Some(0));
        for _ in 0..500 {
            assert_eq!(attempts.count("adi", begin), None);
        }
        assert_eq!(attempts.count("budi", begin), Some(0));
        assert_eq!(attempts.count("adi", begin + PAUSE), Some(500));
        assert_eq!(attempts.count("adi", begin + PAUSE * 2), Some(0));
    }

    #[test]
    fn many_accounts_are_no_flood_either() {
        let attempts = Attempts::default();
        let begin = Instant::now();
        let written = (0..10_000)
            .filter(|n| attempts.count(&format!("uid-{n}"), begin).is_some())
            .count();
        assert_eq!(written, ACCOUNTS);
        let later = begin + PAUSE;
        assert_eq!(attempts.count("uid-9999", later), Some(0));
        let length = attempts.0.lock().map(|noted| noted.len());
        assert!(length.is_ok_and(|length| length <= 4 * ACCOUNTS));
    }
}
