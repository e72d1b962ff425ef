//! A modem as the outbox sees it: its thread, its last status, and the message that it is sending.

use std::time::Instant;

use crossbeam_channel::Sender;

use super::gateway::gateway;
use super::pin;
use crate::ask::ModemRow;
use crate::domain::id::SmsId;
use crate::domain::phone::PhoneNumber;
use crate::domain::refusal::Refusal;
use crate::home::Home;
use crate::modem::simulator::{SimulatedModem, SimulatorSettings};
use crate::modem::{
    Connector, LoggedConnector, ModemCommand, ModemEvent, ModemHandle, ModemSettings, ModemState,
    ModemStatus, SerialConnector, kannel,
};
use crate::server::office::Office;
use crate::server::queue::JobEnd;
use crate::settings::{Modem, ModemKind};

/// A modem as the outbox sees it.
pub(super) struct Line {
    pub(super) settings: Modem,
    pub(super) handle: Option<ModemHandle>,
    /// Kept alive with its handle.
    _simulated: Option<SimulatedModem>,
    pub(super) status: ModemStatus,
    pub(super) job: Option<Job>,
    pub(super) rest_until: Option<Instant>,
}

/// A message that a modem is sending.
pub(super) struct Job {
    pub(super) id: SmsId,
    pub(super) to: PhoneNumber,
    pub(super) parts: usize,
    pub(super) end: JobEnd,
}

impl Line {
    pub(super) fn start(
        modem: Modem,
        office: &Office,
        events: Sender<ModemEvent>,
    ) -> Result<Self, Refusal> {
        let cause = |error: std::io::Error| Refusal::new("internal").with("cause", error);
        let mut simulated = None;
        let connector: Box<dyn Connector> = match modem.kind {
            ModemKind::Kannel => {
                let handle = kannel::start(gateway(&modem, office)?, events).map_err(cause)?;
                return Ok(Self::new(modem, handle, None));
            }
            ModemKind::Simulated => {
                let started = SimulatedModem::start(SimulatorSettings::default()).map_err(cause)?;
                let connector = started.connector();
                simulated = Some(started);
                connector
            }
            ModemKind::Serial => Box::new(SerialConnector::new(
                modem.port.clone().unwrap_or_default(),
                modem.baud,
            )),
        };
        let connector = if modem.log {
            let path = dialogue(office, &modem.name);
            Box::new(LoggedConnector::new(connector, path))
        } else {
            connector
        };
        let mut settings = ModemSettings::named(&modem.name);
        settings.pin = pin::source(&modem)?;
        settings.refused_pin = pin::refused(office, &modem.name);
        let handle = crate::modem::start(settings, connector, events).map_err(cause)?;
        Ok(Self::new(modem, handle, simulated))
    }

    fn new(settings: Modem, handle: ModemHandle, simulated: Option<SimulatedModem>) -> Self {
        Self {
            settings,
            handle: Some(handle),
            _simulated: simulated,
            status: ModemStatus::unknown(ModemState::Starting),
            job: None,
            rest_until: None,
        }
    }

    pub(super) fn row(&self) -> ModemRow {
        let state = serde_json::to_value(self.status.state)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned));
        ModemRow {
            name: self.settings.name.clone(),
            kind: self.settings.kind.as_str().to_owned(),
            state: state.unwrap_or_default(),
            operator: self.status.operator.clone(),
            signal: self.status.signal_percent(),
            port: self.settings.place().map(str::to_owned),
            detail: Some(self.status.detail.clone()).filter(|detail| !detail.is_empty()),
        }
    }

    pub(super) fn command(&self, command: ModemCommand) -> bool {
        self.handle
            .as_ref()
            .is_some_and(|handle| handle.command(command))
    }
}

/// Where the dialogue with a modem is written down.
fn dialogue(office: &Office, modem: &str) -> std::path::PathBuf {
    let name: String = modem
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    Home::at(&office.home)
        .log()
        .join(format!("modem-{name}.log"))
}
