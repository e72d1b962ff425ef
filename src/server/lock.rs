//! The lock that keeps a second server out of a home folder. It goes with the process, however that ends.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};

use nix::fcntl::{Flock, FlockArg};

use crate::home::Home;
use crate::service::Refusal;

/// Held as long as the server runs.
#[derive(Debug)]
pub struct Lock {
    _file: Flock<File>,
}

impl Lock {
    /// Takes the lock and writes the process number into it.
    ///
    /// # Errors
    /// `already-running` with the process number of the other server; `file-bad` when the file cannot be used.
    pub fn take(home: &Home) -> Result<Self, Refusal> {
        let path = home.lock_file();
        let bad = |error: &dyn std::fmt::Display| {
            Refusal::new("file-bad")
                .with("file", path.display())
                .with("line", "")
                .with("cause", error)
        };
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| bad(&error))?;
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(mut file) => {
                let written = file
                    .set_len(0)
                    .and_then(|()| file.rewind())
                    .and_then(|()| writeln!(file, "{}", std::process::id()));
                written.map_err(|error| bad(&error))?;
                Ok(Self { _file: file })
            }
            Err((mut file, nix::errno::Errno::EWOULDBLOCK)) => {
                let mut pid = String::new();
                // Only for the words: without the number they are still true.
                let _ = (&mut file).take(20).read_to_string(&mut pid);
                Err(Refusal::new("already-running").with("pid", pid.trim()))
            }
            Err((_, error)) => Err(bad(&error)),
        }
    }
}
