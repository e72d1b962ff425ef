//! The PIN of a SIM: read from the settings or its file each time the SIM asks, and never tried again once refused.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use crate::domain::refusal::Refusal;
use crate::modem::{PinDigest, PinSource};
use crate::server::office::Office;
use crate::settings::Modem;

fn read_pin(modem: &Modem) -> Result<Option<String>, Refusal> {
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

/// Where the modem gets the PIN from.
///
/// # Errors
/// `file-bad` where its file cannot be read now.
pub(super) fn source(modem: &Modem) -> Result<PinSource, Refusal> {
    read_pin(modem)?;
    let modem = modem.clone();
    Ok(PinSource::new(move || {
        let file = modem.pin_file.as_ref().map(|path| path.display());
        read_pin(&modem).map_err(|refusal| {
            let cause = refusal.args.get("cause").map_or("", String::as_str);
            format!(
                "{} cannot be read: {cause}",
                file.map_or_else(String::new, |file| file.to_string())
            )
        })
    }))
}

/// A PIN that the SIM refused is never tried again, also not after a restart: three wrong ones lock the SIM. Only its digest is kept.
fn refused_file(office: &Office, modem: &str) -> PathBuf {
    let name: String = modem
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    office.home.join(format!("refused-pin-{name}"))
}

/// The PIN that the SIM refused, if it refused one.
pub(super) fn refused(office: &Office, modem: &str) -> Option<PinDigest> {
    let text = fs::read_to_string(refused_file(office, modem)).ok()?;
    Some(PinDigest::written(&text))
}

pub(super) fn remember_refused(office: &Office, modem: &str, pin: &PinDigest) {
    let path = refused_file(office, modem);
    let written = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)
        .and_then(|mut file| file.write_all(pin.as_str().as_bytes()));
    if let Err(error) = written {
        tracing::error!(%error, file = %path.display(), "cannot remember that the PIN was refused");
    }
}

pub(super) fn forget_refused(office: &Office, modem: &str) {
    let path = refused_file(office, modem);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::error!(%error, file = %path.display(), "cannot forget that the PIN was refused");
        }
        _ => {}
    }
}
