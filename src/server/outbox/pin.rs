//! The PIN of a SIM: read from the settings or its file, and never tried again once refused.

use crate::journal;
use crate::server::office::Office;
use crate::service::Refusal;
use crate::settings::Modem;

pub(super) fn read_pin(modem: &Modem) -> Result<Option<String>, Refusal> {
    match (&modem.pin, &modem.pin_file) {
        (Some(pin), _) => Ok(Some(pin.trim().to_owned())),
        (None, Some(path)) => {
            let bad = |error| {
                Refusal::new("file-bad")
                    .with("file", path.display())
                    .with("line", "")
                    .with("cause", error)
            };
            Ok(Some(
                crate::home::read_text(path).map_err(bad)?.trim().to_owned(),
            ))
        }
        (None, None) => Ok(None),
    }
}

/// A PIN that the SIM refused is never tried again, also not after a restart: three wrong ones lock the SIM. Only its hash is kept.
fn refused_file(office: &Office, modem: &str) -> std::path::PathBuf {
    let name: String = modem
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    office.home.join(format!("refused-pin-{name}"))
}

pub(super) fn was_refused(office: &Office, modem: &str, pin: &str) -> bool {
    let hash = journal::hash_of(pin.as_bytes());
    std::fs::read_to_string(refused_file(office, modem)).is_ok_and(|known| known.trim() == hash)
}

pub(super) fn remember_refused(office: &Office, modem: &str, pin: &str) {
    let hash = journal::hash_of(pin.as_bytes());
    if let Err(error) = std::fs::write(refused_file(office, modem), hash) {
        tracing::error!(%error, "cannot remember that the PIN was refused");
    }
}
