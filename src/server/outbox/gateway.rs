//! What a gateway needs to know at its start, and the token that Kannel shows when it brings a message.

use std::fmt::Write as _;
use std::io::{self, Read, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::domain::refusal::Refusal;
use crate::home::read_text;
use crate::modem::kannel::{KannelSettings, KannelTiming};
use crate::server::office::Office;
use crate::settings::Modem;

/// Shorter tokens can be guessed.
const TOKEN_LEAST: usize = 16;

pub(super) fn gateway(modem: &Modem, office: &Office) -> Result<KannelSettings, Refusal> {
    let missing = || Refusal::new("internal").with("cause", "a gateway without url and listen");
    let password = match (&modem.password, &modem.password_file) {
        (Some(password), _) => password.clone(),
        (None, Some(path)) => read_text(path)
            .map_err(|error| bad(path, error))?
            .trim()
            .to_owned(),
        (None, None) => String::new(),
    };
    let path = token_file(&office.home, &modem.name);
    Ok(KannelSettings {
        name: modem.name.clone(),
        url: modem.url.clone().ok_or_else(missing)?,
        username: modem.username.clone().unwrap_or_default(),
        password,
        from: modem.from.clone(),
        smsc: modem.smsc.clone(),
        listen: modem.listen.ok_or_else(missing)?,
        allow: modem.allow.clone(),
        token: token(&path).map_err(|error| bad(&path, error))?,
        timing: KannelTiming {
            answer: Duration::from_secs(u64::from(modem.timeout_seconds)),
            ..KannelTiming::default()
        },
    })
}

fn bad(path: &Path, cause: impl std::fmt::Display) -> Refusal {
    Refusal::new("file-bad")
        .with("file", path.display())
        .with("line", "")
        .with("cause", cause)
}

fn token_file(home: &Path, modem: &str) -> PathBuf {
    let name: String = modem
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    home.join(format!("kannel-token-{name}"))
}

/// The token of this file; a new one where there is none. It must stay the same, since Kannel's settings name it and reports of
/// messages given away before are known by it.
fn token(path: &Path) -> io::Result<String> {
    match read_text(path) {
        Ok(text) => {
            let token = text.trim().to_owned();
            let clean = token
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
            if clean && token.len() >= TOKEN_LEAST {
                return Ok(token);
            }
            let why =
                "a token has at least 16 letters and digits; without the file a new one is made";
            Err(io::Error::new(io::ErrorKind::InvalidData, why))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut random = [0; 16];
            std::fs::File::open("/dev/urandom")?.read_exact(&mut random)?;
            let mut token = String::with_capacity(32);
            for byte in random {
                // Writing to a string cannot fail.
                let _ = write!(token, "{byte:02x}");
            }
            let mut file = std::fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path)?;
            writeln!(file, "{token}")?;
            file.sync_all()?;
            Ok(token)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_made_once_and_kept_from_others() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = token_file(folder.path(), "kannel-1/x");
        let first = token(&path).unwrap();
        assert_eq!(first.len(), 32);
        assert_eq!(token(&path).unwrap(), first);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::write(&path, "kurz\n").unwrap();
        assert!(token(&path).is_err());
    }
}
