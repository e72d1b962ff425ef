//! The SIM's PIN: entered once, never again when it was refused, until a person has corrected it or the SIM was unlocked.

use std::time::Instant;

use super::startup::Step;
use super::{Session, Task};
use crate::modem::at::{AtError, fields, unquote};
use crate::modem::event::{ModemState, What};
use crate::modem::pin::PinDigest;

/// What is known about the PIN.
#[derive(Debug, Default)]
pub(super) struct Pin {
    /// The SIM refused this one.
    refused: Option<PinDigest>,
    /// It was entered, and the SIM has not said since whether it is open.
    unproven: Option<PinDigest>,
    /// To be entered now.
    offered: Option<String>,
    /// The SIM asks for one.
    wanted: bool,
}

impl Pin {
    /// With one that was refused before.
    pub(super) fn remembered(refused: Option<PinDigest>) -> Self {
        Self {
            refused,
            ..Self::default()
        }
    }

    /// The PIN that is about to be entered.
    pub(super) fn offered(&self) -> Option<&str> {
        self.offered.as_deref()
    }

    /// It is on the line, and no answer came: whether it was taken, the SIM's next answer shows.
    pub(super) fn entered_without_answer(&mut self) {
        self.unproven = self.offered.take().map(|pin| PinDigest::of(&pin));
    }
}

impl Session {
    /// Whether the SIM asks for its PIN; asked once. The caller answers by [`Session::offer_pin`].
    pub fn take_pin_wanted(&mut self) -> bool {
        std::mem::take(&mut self.pin.wanted)
    }

    /// The PIN as it stands in the settings or their file now; none where none is set, or in words why it cannot be read.
    pub fn offer_pin(&mut self, pin: Result<Option<String>, String>, now: Instant) {
        let (state, detail) = match pin {
            Err(why) => (ModemState::PinNeeded, why),
            Ok(None) => (
                ModemState::PinNeeded,
                "the SIM asks for a PIN and none is set".to_owned(),
            ),
            Ok(Some(pin)) if self.pin.refused == Some(PinDigest::of(&pin)) => {
                (ModemState::PinWrong, refused(""))
            }
            Ok(Some(pin)) => {
                self.pin.offered = Some(pin);
                self.wait_until = None;
                self.queue.push_front(Task::Step(Step::EnterPin));
                self.advance(now);
                return;
            }
        };
        self.set_state(state, detail);
    }

    pub(super) fn pin_state(&mut self, line: Option<&str>, error: Option<AtError>, now: Instant) {
        let retry = now + self.settings.timing.retry;
        let state = line.map(|line| {
            fields(line)
                .first()
                .map_or("", |state| unquote(state))
                .to_owned()
        });
        match (state.as_deref(), error) {
            (Some("READY"), _) => {
                self.pin.unproven = None;
                self.forget_refused();
                self.busy_tries = 0;
            }
            (Some("SIM PIN"), _) => {
                if let Some(entered) = self.pin.unproven.take() {
                    // It was entered, perhaps even taken, and the SIM asks again.
                    self.refuse(entered);
                }
                self.pin.wanted = true;
                self.repeat(Step::Pin, retry);
            }
            (Some(other), _) => {
                self.pin.unproven = None;
                let detail = format!("the SIM asks for its {other}: unlock it in a telephone");
                if other.contains("PUK") {
                    // Whoever enters it sets the PIN anew and gives it three tries again.
                    self.forget_refused();
                    self.set_state(ModemState::PukNeeded, detail);
                } else {
                    self.set_state(ModemState::PinNeeded, detail);
                }
                self.repeat(Step::Pin, retry);
            }
            (None, Some(error)) if error.is_no_sim() => {
                self.queue.push_front(Task::Step(Step::Pin));
                self.no_sim(&error, now);
            }
            // A modem that does not know the question has no PIN to ask for.
            (None, _) => {}
        }
    }

    pub(super) fn pin_entered(&mut self, error: Option<AtError>, now: Instant) {
        let Some(entered) = self.pin.offered.take().map(|pin| PinDigest::of(&pin)) else {
            return;
        };
        match error {
            Some(error) => {
                // Whatever it says, a PIN that did not open the SIM is not tried again.
                self.refuse(entered);
                self.set_state(ModemState::PinWrong, refused(&format!(" ({error})")));
                self.wait_until = Some(now + self.settings.timing.retry);
            }
            // Proven when the SIM says READY.
            None => self.pin.unproven = Some(entered),
        }
    }

    fn refuse(&mut self, pin: PinDigest) {
        self.pin.refused = Some(pin.clone());
        self.emit(What::PinRefused(pin));
    }

    fn forget_refused(&mut self) {
        if self.pin.refused.take().is_some() {
            self.emit(What::PinForgotten);
        }
    }
}

fn refused(why: &str) -> String {
    format!("the SIM refused this PIN{why}; it is not tried again: correct pin or pin_file")
}
