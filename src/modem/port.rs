//! What a modem's thread needs of a port: open it, read on another thread, write, close.

use std::io::{self, Read, Write};

/// Opens a port, as often as it takes.
pub trait Connector: Send {
    /// Opens it now; does not wait for it to appear.
    ///
    /// # Errors
    /// Why not, in words for a person.
    fn connect(&mut self) -> Result<Connection, ConnectError>;
}

/// An open port.
pub struct Connection {
    /// Blocks until bytes come; ends (0 or an error) when the port goes away or is closed.
    pub reader: Box<dyn Read + Send>,
    /// Writes all or fails within a few seconds, however stuck the modem is.
    pub writer: Box<dyn Write + Send>,
    /// Makes the reader end.
    pub closer: Box<dyn FnOnce() + Send>,
}

/// Why a port cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// It does not exist: not plugged in, or another name.
    #[error("{0} is not there: is the modem plugged in, is the name right?")]
    Missing(String),
    /// Permission denied.
    #[error("{0} may not be opened by this user: add the user to the group dialout")]
    Denied(String),
    /// Another program has it.
    #[error("{0} is in use by another program (ModemManager, gammu-smsd, another server)")]
    Busy(String),
    /// Anything else.
    #[error("{port} cannot be opened: {why}")]
    Other {
        /// Its path.
        port: String,
        /// The system's words.
        why: String,
    },
}

impl ConnectError {
    /// Sorts the system's errors.
    pub fn from_io(port: &str, error: &io::Error) -> Self {
        let port = port.to_owned();
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing(port),
            io::ErrorKind::PermissionDenied => Self::Denied(port),
            io::ErrorKind::ResourceBusy | io::ErrorKind::WouldBlock => Self::Busy(port),
            // A device file whose device is gone.
            _ if matches!(error.raw_os_error(), Some(6 | 19)) => Self::Missing(port),
            _ => Self::Other {
                port,
                why: error.to_string(),
            },
        }
    }
}
