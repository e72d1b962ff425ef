//! How many may be connected at a time, and how many of them may send something large.
//!
//! No account takes all places, and one is always left for an administrator, who must be able to end the server whatever others do.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::access::{Actor, Role};
use crate::domain::refusal::Refusal;

/// Places in all, with the one that is kept.
const PLACES: u32 = 200;

/// Places of one account.
const PER_ACCOUNT: u32 = 50;

/// Imports that are read and carried out at a time: each may take a hundred megabytes for a moment.
const LARGE: u32 = 2;

/// See the module's documentation.
#[derive(Debug, Default)]
pub struct Places {
    taken: Mutex<Taken>,
    /// Somebody has done with something large.
    done: Condvar,
}

#[derive(Debug, Default)]
struct Taken {
    by_account: HashMap<String, u32>,
    ordinary: u32,
    kept: bool,
    large: u32,
}

impl Places {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Clients connected.
    pub fn count(&self) -> u32 {
        let taken = self.taken();
        taken.ordinary + u32::from(taken.kept)
    }

    /// A place for this account, until it is dropped. An administrator gets the kept one when there is no other.
    ///
    /// # Errors
    /// `busy`.
    pub fn take(self: &Arc<Self>, who: &Actor) -> Result<Place, Refusal> {
        let mut taken = self.taken();
        let own = taken.by_account.get(&who.user).copied().unwrap_or(0);
        let account = if own < PER_ACCOUNT && taken.ordinary < PLACES - 1 {
            taken.ordinary += 1;
            *taken.by_account.entry(who.user.clone()).or_default() += 1;
            Some(who.user.clone())
        } else if who.role == Role::Admin && !taken.kept {
            taken.kept = true;
            None
        } else {
            return Err(Refusal::new("busy"));
        };
        Ok(Place {
            places: Arc::clone(self),
            account,
        })
    }

    /// The right to send something large, until it is dropped; none when others do all this time.
    pub fn large(self: &Arc<Self>, wait: Duration) -> Option<Large> {
        let (mut taken, waited) = self
            .done
            .wait_timeout_while(self.taken(), wait, |taken| taken.large >= LARGE)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return None;
        }
        taken.large += 1;
        Some(Large(Arc::clone(self)))
    }
}

/// A place that is taken.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    /// Whose; none for the kept one.
    account: Option<String>,
}

impl Place {
    /// Whether it is the one that is kept for an administrator: for a word, not for a whole day.
    pub fn is_kept(&self) -> bool {
        self.account.is_none()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        let Some(account) = &self.account else {
            taken.kept = false;
            return;
        };
        taken.ordinary = taken.ordinary.saturating_sub(1);
        if let Some(count) = taken.by_account.get_mut(account) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                taken.by_account.remove(account);
            }
        }
    }
}

/// Something large is on its way.
#[derive(Debug)]
pub struct Large(Arc<Places>);

impl Drop for Large {
    fn drop(&mut self) {
        let mut taken = self.0.taken();
        taken.large = taken.large.saturating_sub(1);
        drop(taken);
        self.0.done.notify_one();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn who(user: &str, role: Role) -> Actor {
        Actor {
            user: user.to_owned(),
            role,
            section: None,
        }
    }

    #[test]
    fn no_account_takes_all_and_an_administrator_always_gets_one() {
        let places = Arc::new(Places::default());
        let mut held = Vec::new();
        for account in ["sari", "budi", "wati", "adi", "tono"] {
            let before = held.len();
            while let Ok(place) = places.take(&who(account, Role::Desk)) {
                assert!(!place.is_kept());
                held.push(place);
            }
            assert!(held.len() - before <= PER_ACCOUNT as usize, "{account}");
        }
        assert_eq!(places.count(), PLACES - 1);
        let admin = who("root", Role::Admin);
        let kept = places.take(&admin).unwrap();
        assert!(kept.is_kept());
        assert_eq!(places.count(), PLACES);
        assert_eq!(places.take(&admin).unwrap_err().code, "busy");
        drop(kept);
        assert!(places.take(&admin).unwrap().is_kept());
        held.clear();
        assert_eq!(places.count(), 0);
        assert!(!places.take(&admin).unwrap().is_kept());
    }

    #[test]
    fn an_administrator_who_has_taken_too_many_gets_the_kept_one_too() {
        let places = Arc::new(Places::default());
        let admin = who("root", Role::Admin);
        let held: Vec<_> = (0..=PER_ACCOUNT)
            .map(|_| places.take(&admin).unwrap())
            .collect();
        assert!(held.last().unwrap().is_kept());
        assert!(places.take(&admin).is_err());
    }

    #[test]
    fn few_send_something_large_at_a_time() {
        let places = Arc::new(Places::default());
        let (none, long) = (Duration::ZERO, Duration::from_mins(1));
        let first = places.large(none);
        let second = places.large(none);
        assert!(first.is_some() && second.is_some() && places.large(none).is_none());
        let next = Arc::clone(&places);
        let waiting = std::thread::spawn(move || next.large(long).is_some());
        drop(first);
        assert!(waiting.join().unwrap());
    }
}
