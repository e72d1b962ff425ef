//! The lock that keeps a second server out of a home folder. It goes with the process, however that ends.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use nix::fcntl::{Flock, FlockArg, OFlag};

use crate::domain::refusal::Refusal;
use crate::home::Home;

/// The file may be removed or exchanged while it is being locked; so often it is tried again.
const TRIES: u8 = 10;

/// Held as long as the server runs.
#[derive(Debug)]
pub struct Lock {
    _file: Flock<File>,
}

impl Lock {
    /// Takes the lock and writes the process number into it. The file is ours, a regular one and no link, or it is left as it is.
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
        for _ in 0..TRIES {
            let file = open(&path).map_err(|error| bad(&error))?;
            match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
                // What was locked may not be what stands there any more: then another server would find it free.
                Ok(file) if !is_at(&file, &path) => {}
                Ok(mut file) => {
                    let written = file
                        .set_len(0)
                        .and_then(|()| file.rewind())
                        .and_then(|()| writeln!(file, "{}", std::process::id()));
                    written.map_err(|error| bad(&error))?;
                    return Ok(Self { _file: file });
                }
                Err((mut file, nix::errno::Errno::EWOULDBLOCK)) => {
                    let mut pid = String::new();
                    // Only for the words: without the number they are still true.
                    let _ = (&mut file).take(20).read_to_string(&mut pid);
                    return Err(Refusal::new("already-running").with("pid", pid.trim()));
                }
                Err((_, error)) => return Err(bad(&error)),
            }
        }
        Err(bad(&"it is removed again and again"))
    }
}

/// Opens the file without following a link, waiting for anything or changing what is in it.
fn open(path: &Path) -> std::io::Result<File> {
    let careful = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(careful.bits())
        .open(path)?;
    let found = file.metadata()?;
    // A second name means that emptying it would empty something else.
    if !found.is_file() || found.nlink() > 1 {
        let why = "not a regular file of its own";
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, why));
    }
    Ok(file)
}

fn is_at(file: &File, path: &Path) -> bool {
    let (Ok(ours), Ok(there)) = (file.metadata(), fs::symlink_metadata(path)) else {
        return false;
    };
    (ours.dev(), ours.ino()) == (there.dev(), there.ino())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn home() -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        (folder, home)
    }

    #[test]
    fn a_lock_is_taken_once_and_says_by_whom() {
        let (_folder, home) = home();
        let lock = Lock::take(&home).unwrap();
        let refusal = Lock::take(&home).unwrap_err();
        assert_eq!(refusal.code, "already-running");
        assert_eq!(refusal.args["pid"], std::process::id().to_string());
        let mode = fs::metadata(home.lock_file()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        drop(lock);
        Lock::take(&home).unwrap();
    }

    #[test]
    fn nothing_but_a_file_of_its_own_is_locked_and_emptied() {
        let (folder, home) = home();
        let letter = folder.path().join("letter");
        fs::write(&letter, "precious").unwrap();
        let check = || {
            assert_eq!(Lock::take(&home).unwrap_err().code, "file-bad");
            assert_eq!(fs::read_to_string(&letter).unwrap(), "precious");
            fs::remove_file(home.lock_file()).unwrap();
        };
        symlink(&letter, home.lock_file()).unwrap();
        check();
        symlink(folder.path().join("new"), home.lock_file()).unwrap();
        check();
        assert!(!folder.path().join("new").exists());
        fs::hard_link(&letter, home.lock_file()).unwrap();
        check();
        nix::unistd::mkfifo(&home.lock_file(), nix::sys::stat::Mode::S_IRWXU).unwrap();
        check();
    }
}
