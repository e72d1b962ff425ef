//! The home folder: everything the program keeps, and the way to its socket.

use std::fs;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use crate::file::not_a_file;

pub mod guard;

/// The home of the office that the package installs as a service of this machine. Where it is there, it is meant.
pub const INSTALLED: &str = "/var/lib/sipintar";

/// Name of the file of [`Home::restored_mark`].
pub const RESTORED_MARK: &str = "restored.hold";

/// Longest path that fits into a socket address (108 bytes with the closing zero); a longer one is reached through its folder.
const SOCKET_PATH_MAX: usize = 107;

/// Where everything lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    dir: PathBuf,
}

impl Home {
    /// `--home DIR`, else `$SIPINTAR_HOME`, else the `installed` folder (see [`INSTALLED`]) if it is there, else `$XDG_DATA_HOME/sipintar`,
    /// else `~/.local/share/sipintar`. None without any of them.
    pub fn find(
        flag: Option<&Path>,
        var: impl Fn(&str) -> Option<std::ffi::OsString>,
        installed: &Path,
    ) -> Option<Self> {
        let set = |name: &str| {
            var(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let dir = flag
            .map(Path::to_path_buf)
            .or_else(|| set("SIPINTAR_HOME"))
            .or_else(|| installed.is_dir().then(|| installed.to_path_buf()))
            .or_else(|| set("XDG_DATA_HOME").map(|dir| dir.join("sipintar")))
            .or_else(|| set("HOME").map(|dir| dir.join(".local/share/sipintar")))?;
        // A path that is not absolute would mean another folder for the server in the background.
        Some(Self {
            dir: std::path::absolute(&dir).unwrap_or(dir),
        })
    }

    /// A home at this folder.
    pub fn at(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// Creates the folder where it is missing, and those above it. Others may pass through them, to reach the socket, but not list them.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn create(&self) -> io::Result<()> {
        let above = self.dir.ancestors();
        let missing: Vec<&Path> = above.take_while(|dir| !dir.exists()).collect();
        for dir in missing.into_iter().rev() {
            match fs::DirBuilder::new().mode(0o711).create(dir) {
                // The umask of every command closes what it makes.
                Ok(()) => fs::set_permissions(dir, fs::Permissions::from_mode(0o711))?,
                // Another process was quicker.
                Err(_) if dir.is_dir() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// `sipintar.toml`.
    pub fn settings_file(&self) -> PathBuf {
        self.dir.join("sipintar.toml")
    }

    /// Folder of the store.
    pub fn store(&self) -> PathBuf {
        self.dir.join("store")
    }

    /// Folder of the journal.
    pub fn journal(&self) -> PathBuf {
        self.dir.join("journal")
    }

    /// How far the journal is known to have gone.
    pub fn anchor(&self) -> PathBuf {
        self.dir.join("journal.anchor")
    }

    /// What the server remembers of its backups and checks.
    pub fn backup_state(&self) -> PathBuf {
        self.dir.join("backup.state")
    }

    /// Says that the home was restored and that no server has run in it yet.
    pub fn restored_mark(&self) -> PathBuf {
        self.dir.join(RESTORED_MARK)
    }

    /// Folder of the log files.
    pub fn log(&self) -> PathBuf {
        self.dir.join("log")
    }

    /// The socket.
    pub fn socket(&self) -> PathBuf {
        self.dir.join("sipintar.sock")
    }

    /// The lock that keeps a second server out.
    pub fn lock_file(&self) -> PathBuf {
        self.dir.join("sipintar.lock")
    }

    /// An override folder: `modules`, `keymaps`, `themes`, `locales`.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Creates the folder of the log where it is missing, closed to others.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn create_log(&self) -> io::Result<()> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(self.log())
    }

    /// Connects to the server.
    ///
    /// # Errors
    /// Those of the socket: most often that nobody listens.
    pub fn connect(&self) -> io::Result<UnixStream> {
        if fs::symlink_metadata(self.socket()).is_ok_and(|found| found.is_symlink()) {
            // It would lead to another server than that of this home.
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the socket is a link",
            ));
        }
        self.with_socket_path(|path| UnixStream::connect(path))
    }

    /// Listens on the socket. The caller holds the lock, so that a socket file in the way is a leftover and goes.
    ///
    /// # Errors
    /// Those of the socket and of the file system.
    pub fn listen(&self) -> io::Result<UnixListener> {
        match fs::remove_file(self.socket()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = self.with_socket_path(|path| UnixListener::bind(path))?;
        // Everybody may knock: who may do what is decided by who it is.
        fs::set_permissions(self.socket(), fs::Permissions::from_mode(0o666))?;
        Ok(listener)
    }

    fn with_socket_path<T>(&self, run: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
        let path = self.socket();
        if path.as_os_str().len() <= SOCKET_PATH_MAX {
            return run(&path);
        }
        // Reached through its open folder, the address is short whatever the folder is called.
        let folder = fs::File::options()
            .read(true)
            .custom_flags(nix::fcntl::OFlag::O_DIRECTORY.bits())
            .open(&self.dir)?;
        run(&PathBuf::from(format!(
            "/proc/self/fd/{}/sipintar.sock",
            folder.as_raw_fd()
        )))
    }
}

/// The files of an override folder with this ending, by name. A missing folder is empty.
///
/// # Errors
/// Those of the file system; a file over 1 MiB or with bytes that are not UTF-8 is an error that names it.
pub fn read_folder(dir: &Path, ending: &str) -> io::Result<Vec<(String, String)>> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(ending) && !name.starts_with('.') {
            files.push((name, read_text(&entry.path())?));
        }
    }
    files.sort();
    Ok(files)
}

/// A text file that a person wrote: at most 1 MiB, UTF-8.
///
/// # Errors
/// Those of the file system, with the path in the words.
pub fn read_text(path: &Path) -> io::Result<String> {
    let named =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let file = fs::metadata(path).map_err(named)?;
    if !file.is_file() {
        // A device or a pipe has no end, or waits for one.
        return Err(named(not_a_file()));
    }
    if file.len() > 1 << 20 {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("{}: larger than 1 MiB", path.display()),
        ));
    }
    fs::read_to_string(path).map_err(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_home_folder_is_found_in_the_promised_order() {
        let vars = |names: &'static [(&'static str, &'static str)]| {
            move |wanted: &str| {
                names
                    .iter()
                    .find(|(name, _)| *name == wanted)
                    .map(|(_, value)| value.into())
            }
        };
        let all = &[
            ("SIPINTAR_HOME", "/a"),
            ("XDG_DATA_HOME", "/b"),
            ("HOME", "/c"),
        ];
        let folder = tempfile::tempdir().unwrap();
        let (there, missing) = (folder.path(), folder.path().join("missing"));
        let check = |flag: Option<&str>, vars, installed: &Path, home: Option<&str>| {
            assert_eq!(
                Home::find(flag.map(Path::new), vars, installed),
                home.map(Home::at)
            );
        };
        check(Some("/x"), vars(all), there, Some("/x"));
        check(None, vars(all), there, Some("/a"));
        check(None, vars(&all[1..]), there, there.to_str());
        check(None, vars(&all[1..]), &missing, Some("/b/sipintar"));
        check(
            None,
            vars(&all[2..]),
            &missing,
            Some("/c/.local/share/sipintar"),
        );
        check(None, vars(&[("HOME", "")]), &missing, None);
    }

    #[test]
    fn a_socket_that_is_a_link_leads_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let (ours, theirs) = (
            Home::at(folder.path().join("a")),
            Home::at(folder.path().join("b")),
        );
        ours.create().unwrap();
        theirs.create().unwrap();
        let _listener = theirs.listen().unwrap();
        std::os::unix::fs::symlink(theirs.socket(), ours.socket()).unwrap();
        let error = ours.connect().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        // A server of this home puts its own in the place of the link, and leaves the other alone.
        let _own = ours.listen().unwrap();
        ours.connect().unwrap();
        theirs.connect().unwrap();
    }

    #[test]
    fn a_device_is_not_read_as_a_file_that_a_person_wrote() {
        let error = read_text(Path::new("/dev/zero")).unwrap_err();
        assert_eq!(error.to_string(), "/dev/zero: not a regular file");
    }

    #[test]
    fn a_socket_in_a_deep_folder_can_be_reached() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().join("x".repeat(120)));
        home.create().unwrap();
        let _listener = home.listen().unwrap();
        home.connect().unwrap();
        // A leftover socket file is no obstacle for the next server.
        let _listener = home.listen().unwrap();
        home.connect().unwrap();
    }
}
