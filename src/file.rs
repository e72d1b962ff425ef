//! Files as the program opens its own: regular ones, whatever somebody put in their place.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use nix::fcntl::OFlag;

/// Opens what must be a regular file: no link is followed, and a pipe or a device is refused without waiting for it.
///
/// # Errors
/// Those of the file system; `InvalidData` for what is no regular file.
pub fn open(path: &Path) -> io::Result<File> {
    let careful = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
    let file = File::options()
        .read(true)
        .custom_flags(careful.bits())
        .open(path)
        .map_err(|error| match error.raw_os_error() {
            Some(number) if number == nix::errno::Errno::ELOOP as i32 => not_a_file(),
            _ => error,
        })?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(not_a_file())
    }
}

/// Begins a file anew, for what is renamed when it is whole; what lies there was left by an earlier attempt.
///
/// # Errors
/// Those of the file system.
pub fn begin(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    File::options()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path)
}

/// What is said of a folder, a link, a pipe or a device where a file belongs.
pub fn not_a_file() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not a regular file")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_is_not_waited_for_and_goes_where_a_file_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
        for other in [&path, &link, &folder.path().to_path_buf()] {
            let error = open(other).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{other:?}");
        }
        begin(&path).unwrap();
        assert!(open(&path).is_ok());
        assert!(open(&folder.path().join("none")).is_err());
    }
}
