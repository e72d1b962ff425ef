//! Names, PIN and patience of a modem.

use std::time::Duration;

use super::pin::{PinDigest, PinSource};

/// What a modem's thread must know; where its port is, the connector knows.
#[derive(Debug, Clone)]
pub struct ModemSettings {
    /// Its name in the settings, in events and logs.
    pub name: String,
    /// The SIM's PIN.
    pub pin: PinSource,
    /// A PIN that this SIM has refused before (the host remembers it across restarts): it is not
    /// tried again, because three wrong ones lock the SIM.
    pub refused_pin: Option<PinDigest>,
    /// How long to wait for what.
    pub timing: Timing,
}

impl ModemSettings {
    /// Ordinary settings without a PIN.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            pin: PinSource::none(),
            refused_pin: None,
            timing: Timing::default(),
        }
    }
}

/// All time-outs and pauses in one place, so that tests can shorten them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// For the first `AT`, each time it is tried.
    pub hello: Duration,
    /// Silence that shows that no late answer is on its way.
    pub quiet: Duration,
    /// For an ordinary command.
    pub command: Duration,
    /// For commands that ask the network or read the whole SIM; each line of an answer begins it anew.
    pub slow_command: Duration,
    /// For the PIN: some SIM think long about it, and it must not be entered twice.
    pub pin: Duration,
    /// From `AT+CMGS` to its prompt.
    pub prompt: Duration,
    /// From the text to the result. A network answers within seconds; after this the modem is
    /// asked whether it is alive, and the message counts as unknown.
    pub answer: Duration,
    /// For the answer to that question.
    pub probe: Duration,
    /// Between two looks at an idle modem.
    pub watch: Duration,
    /// Between two looks at a modem that waits for a SIM, a PIN or a network.
    pub retry: Duration,
    /// Between two tries of something that a busy SIM refused.
    pub busy: Duration,
    /// From a service code to its answer.
    pub ussd: Duration,
    /// The first pause before the port is opened again; doubles up to `reopen_most`.
    pub reopen_first: Duration,
    /// The longest such pause.
    pub reopen_most: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            hello: Duration::from_secs(1),
            quiet: Duration::from_millis(100),
            command: Duration::from_secs(5),
            slow_command: Duration::from_secs(10),
            pin: Duration::from_secs(30),
            prompt: Duration::from_secs(5),
            answer: Duration::from_secs(10),
            probe: Duration::from_secs(2),
            watch: Duration::from_mins(1),
            retry: Duration::from_secs(5),
            busy: Duration::from_secs(1),
            ussd: Duration::from_secs(30),
            reopen_first: Duration::from_millis(250),
            reopen_most: Duration::from_secs(2),
        }
    }
}
