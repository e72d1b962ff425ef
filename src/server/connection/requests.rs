//! What a request does, by its row in the table of `ask.rs`: a look asks the office, a change is one decision of the writer, steps
//! are several, a process touches the running server. Role and size come first, the content is typed at the gate after them. A request
//! without its row, or without what it does, does not compile.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::value::RawValue;

use super::Shared;
use crate::ask::{self, Ask, Reply, RequestName, gate, with_requests};
use crate::domain::access::Actor;
use crate::domain::fact::Fact;
use crate::domain::refusal::Refusal;
use crate::domain::request_key::{BODY_DIGITS, RequestKey};
use crate::journal::hash_of;
use crate::server::office::Office;

mod deadlines;
mod letters;
mod office;
mod satker;
mod sms;

/// Longest key of a request, in characters: it is written into the journal as it is.
const KEY_MAX: usize = 100;

/// A request that changes nothing.
trait Look: Ask {
    fn look(
        self,
        office: &Office,
        who: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Self::Answer, Refusal>;
}

/// A request that is one decision.
trait Change: Ask + 'static {
    /// What was decided, beside the facts.
    type Made: Send + 'static;

    /// Made up by the client, so that a retry does nothing twice.
    fn key(&self) -> Option<&str> {
        None
    }

    /// What the same request came to when it was done before, by what its first fact is about. For those with a key.
    ///
    /// # Errors
    /// `key-reused` when nothing of this kind is remembered.
    fn again(_about: &str, _office: &Office) -> Result<Self::Made, Refusal> {
        Err(Refusal::new("key-reused"))
    }

    /// Decides, in the writer's thread.
    fn decide(
        self,
        office: &Office,
        who: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Fact>, Self::Made), Refusal>;

    /// What the client is told, once it is on disk.
    fn told(made: Self::Made, office: &Office, now: DateTime<Utc>)
    -> Result<Self::Answer, Refusal>;
}

/// A request that is several decisions.
trait Steps: Ask {
    /// As [`Change::key`]; [`Steps::run`] sees to it that a retry does nothing twice.
    fn key(&self) -> Option<&str> {
        None
    }

    fn run(
        self,
        shared: &Shared,
        who: &Actor,
        key: Option<RequestKey>,
    ) -> Result<Self::Answer, Refusal>;
}

/// A request about the running server itself.
trait Process: Ask {
    fn run(self, shared: &Shared, who: &Actor) -> Result<Self::Answer, Refusal>;
}

/// Looks in a table: request, and the answer of the office.
macro_rules! looks {
    ($($name:ident, |$ask:ident, $office:ident, $who:pat_param, $now:pat_param| $answer:expr;)+) => {
        $(impl super::Look for $name {
            fn look(
                self,
                $office: &crate::server::office::Office,
                $who: &crate::domain::access::Actor,
                $now: chrono::DateTime<chrono::Utc>,
            ) -> Result<Self::Answer, crate::domain::refusal::Refusal> {
                let $ask = self;
                $answer
            }
        })+
    };
}
use looks;

/// Changes in a table: request and what is made of it, the decision, the answer.
macro_rules! changes {
    ($($name:ident => $made:ty,
        |$ask:ident, $office:ident, $who:ident, $now:pat_param| $decision:expr,
        |$done:ident, $told_by:pat_param, $then:pat_param| $answer:expr;)+) => {
        $(impl super::Change for $name {
            type Made = $made;

            fn decide(
                self,
                $office: &crate::server::office::Office,
                $who: &crate::domain::access::Actor,
                $now: chrono::DateTime<chrono::Utc>,
            ) -> Result<(Vec<crate::domain::fact::Fact>, $made), crate::domain::refusal::Refusal> {
                let $ask = self;
                $decision
            }

            fn told(
                $done: $made,
                $told_by: &crate::server::office::Office,
                $then: chrono::DateTime<chrono::Utc>,
            ) -> Result<Self::Answer, crate::domain::refusal::Refusal> {
                $answer
            }
        })+
    };
}
use changes;

/// Answers one request. A panic is an answer too, and ends nothing.
pub fn handle(
    name: RequestName,
    content: &RawValue,
    shared: &Arc<Shared>,
    who: &Actor,
) -> Result<Reply, Refusal> {
    let answer = Office::require(who, name.needs()).and_then(|()| {
        catch_unwind(AssertUnwindSafe(|| run(name, content, shared, who)))
            .unwrap_or_else(|_| Err(Refusal::new("internal").with("cause", "panic")))
    });
    if let Err(refusal) = &answer
        && refusal.code.starts_with("forbidden")
    {
        shared.attempts.note(who, &name.written(), &shared.writer);
    }
    answer
}

macro_rules! dispatch {
    ($($(#[$doc:meta])* $name:ident, $kind:ident, $needs:ident, $limits:ident => $answer:ty);+ $(;)?) => {
        fn run(
            name: RequestName,
            content: &RawValue,
            shared: &Shared,
            who: &Actor,
        ) -> Result<Reply, Refusal> {
            match name {
                $(RequestName::$name => {
                    let ask: ask::$name = gate::read(content, &name.limits())?;
                    $kind(ask, shared, who).map(Reply::$name)
                })+
            }
        }
    };
}

with_requests!(dispatch);

fn look<A: Look>(ask: A, shared: &Shared, who: &Actor) -> Result<A::Answer, Refusal> {
    let office = &shared.office;
    ask.look(office, who, office.clock.now())
}

fn change<A: Change>(ask: A, shared: &Shared, who: &Actor) -> Result<A::Answer, Refusal> {
    let key = request_key(&ask, ask.key())?;
    let written = key.as_ref().map(ToString::to_string);
    let (actor, office) = (who.clone(), &shared.office);
    let made = shared
        .writer
        .commit(&who.user, written, move |office, now| {
            if let Some(key) = key
                && let Some(about) = office.done_request(&key, &actor)?
            {
                return Ok((Vec::new(), A::again(&about, office)?));
            }
            ask.decide(office, &actor, now)
        })?;
    A::told(made, office, office.clock.now())
}

fn steps<A: Steps>(ask: A, shared: &Shared, who: &Actor) -> Result<A::Answer, Refusal> {
    let key = request_key(&ask, ask.key())?;
    ask.run(shared, who, key)
}

fn process<A: Process>(ask: A, shared: &Shared, who: &Actor) -> Result<A::Answer, Refusal> {
    ask.run(shared, who)
}

/// The key of a request with what it belongs to, as it may stand in the journal.
fn request_key<A: Ask>(ask: &A, key: Option<&str>) -> Result<Option<RequestKey>, Refusal> {
    let Some(key) = key else { return Ok(None) };
    if key.chars().count() > KEY_MAX {
        return Err(Refusal::new("text-too-long").with("max", KEY_MAX).on("key"));
    }
    Ok(Some(RequestKey {
        request: A::NAME.written(),
        body: digest(ask)?,
        key: key.to_owned(),
    }))
}

/// Digest of the content, as it was understood: blanks and the order of its fields are no difference.
fn digest(ask: &impl Serialize) -> Result<String, Refusal> {
    let bytes =
        serde_json::to_vec(ask).map_err(|error| Refusal::new("internal").with("cause", error))?;
    Ok(hash_of(&bytes).chars().take(BODY_DIGITS).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
