//! Who owns what lies in the home folder, and who may read or write it. It is looked at before anything of it is trusted, as sshd does
//! with `StrictModes`: what is ours and was only open to readers is closed, with a word; what others could have written is refused,
//! since nobody can say any more whose words it holds.
//!
//! The home itself may be a link, such as to a data disk: an administrator says so once, by its name. Below it no link is followed,
//! but in the folders that override what is built in: these may be shared between homes, and what a link there leads to is looked at.

use std::fs::{self, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::unistd::{Gid, Group, Uid, User};

use super::Home;
use crate::domain::refusal::Refusal;

/// Folders nest no deeper than this in what the program keeps (`locales/id`, `store/blobs`).
const DEEPEST: usize = 4;

/// What an entry of the home is, and so what care it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `sipintar.toml`: says who may do what. Others may read it where it holds no secret.
    Settings,
    /// The journal: the truth. Nobody else reads or writes it.
    Journal,
    /// What only the server has to do with: others need not read it, and what it says is checked before it is used.
    Kept,
    /// Backups, which nobody but their administrator opens.
    Copies,
    /// What an administrator wrote to override what is built in. Desks of other accounts read it.
    Override,
}

impl Kind {
    /// None: nothing of ours.
    fn of(name: &str) -> Option<Self> {
        match name {
            "sipintar.toml" => Some(Self::Settings),
            // With what tells how far it went, and what was set aside of it.
            _ if name == "journal" || name.starts_with("journal.") => Some(Self::Journal),
            "store" | "log" | "sipintar.lock" | super::RESTORED_MARK => Some(Self::Kept),
            "backup" | "backups" => Some(Self::Copies),
            "modules" | "keymaps" | "themes" | "locales" | "holidays.csv" => Some(Self::Override),
            _ => [
                "store.bad-",
                "kannel-token-",
                "refused-pin-",
                "backup.state",
            ]
            .iter()
            .any(|start| name.starts_with(start))
            .then_some(Self::Kept),
        }
    }

    /// An administrator may have written it as root.
    fn may_be_roots(self) -> bool {
        matches!(self, Self::Settings | Self::Override)
    }

    /// What others wrote there would be believed.
    fn is_believed(self) -> bool {
        matches!(self, Self::Settings | Self::Journal)
    }

    /// The bits of others that are taken away.
    fn closed(self) -> u32 {
        match self {
            Self::Settings | Self::Override => 0o022,
            Self::Journal | Self::Kept | Self::Copies => 0o077,
        }
    }

    /// Whether the server opens whatever lies there: a pipe would be waited for, a device has no end.
    fn is_opened(self) -> bool {
        matches!(self, Self::Settings | Self::Journal | Self::Kept)
    }
}

/// Whether an entry of the home must be a file or a folder; none where either may be. A file in the place of the store is set aside like
/// any other store that is none.
fn must_be_folder(name: &str) -> Option<bool> {
    match name {
        "journal" | "log" => Some(true),
        "sipintar.toml"
        | "sipintar.lock"
        | "journal.anchor"
        | "backup.state"
        | super::RESTORED_MARK => Some(false),
        _ => None,
    }
}

/// Something that is ours and too open.
#[derive(Debug)]
struct Loose {
    path: PathBuf,
    mode: u32,
    /// What it should be.
    wanted: u32,
}

/// Looks at the home and closes what is ours and too open.
///
/// # Errors
/// `home-not-ours`, `not-ours`, `open-to-others`, `is-a-link`, `file-bad`: what cannot be trusted, or not be closed. The list that is
/// given otherwise is of warnings: `closed-to-others`, `above-open`.
pub fn check(home: &Home) -> Result<Vec<Refusal>, Refusal> {
    let (loose, mut warnings) = find(home)?;
    for of_one in loose {
        warnings.extend(close(&of_one)?);
    }
    Ok(warnings)
}

/// The same for whoever is about to start a server: only looks. What is too open the server closes, and says so.
///
/// # Errors
/// As [`check`]; of a home that is not there yet, as [`may_be_made`].
pub fn look(home: &Home) -> Result<(), Refusal> {
    if fs::symlink_metadata(home.dir()).is_err() {
        return may_be_made(home);
    }
    find(home).map(drop)
}

/// Whether a home that is not there may be made by us: root makes none among the files of another account, where only root could
/// use it afterwards.
///
/// # Errors
/// `home-not-ours`.
pub fn may_be_made(home: &Home) -> Result<(), Refusal> {
    let we = We::now();
    let nearest = home
        .dir()
        .ancestors()
        .find_map(|dir| fs::metadata(dir).ok());
    match nearest {
        Some(found) if we.uid.is_root() && found.uid() != 0 => Err(we.not_our_home(home, &found)),
        _ => Ok(()),
    }
}

/// A file that holds a secret, such as a PIN: it must be ours (or root's) and of mode 0600. A link is followed, and what it leads to counts.
/// A missing file is not our business: whoever reads it says so.
///
/// # Errors
/// `not-ours`, `open-to-others` when others could have written it; `secret-open` when they can read it and we cannot close it. The
/// warning, if there is one, is that it was closed.
pub fn check_secret(path: &Path) -> Result<Option<Refusal>, Refusal> {
    let Ok(found) = fs::metadata(path) else {
        return Ok(None);
    };
    let we = We::now();
    we.owns(path, &found, true)?;
    if we.others_may_write(&found) {
        return Err(open_to_others(path, &found));
    }
    let mode = mode_of(&found);
    let wanted = mode & !0o077;
    if wanted == mode {
        return Ok(None);
    }
    let loose = Loose {
        path: path.to_path_buf(),
        mode,
        wanted,
    };
    close(&[loose]).map_err(|_| {
        Refusal::new("secret-open")
            .with("path", path.display())
            .with("mode", shown(mode))
            .with("owner", name_of(Uid::from_raw(found.uid())))
            .with("account", name_of(we.uid))
    })
}

/// What is too open, entry by entry, and what else should be said.
fn find(home: &Home) -> Result<(Vec<Vec<Loose>>, Vec<Refusal>), Refusal> {
    let we = We::now();
    let dir = home.dir();
    let found = fs::metadata(dir).map_err(|error| bad(dir, &error))?;
    if found.uid() != we.uid.as_raw() {
        return Err(we.not_our_home(home, &found));
    }
    if we.others_may_write(&found) {
        return Err(open_to_others(dir, &found));
    }
    let mut loose = Vec::new();
    for entry in fs::read_dir(dir).map_err(|error| bad(dir, &error))? {
        let entry = entry.map_err(|error| bad(dir, &error))?;
        let name = entry.file_name();
        if let Some(kind) = Kind::of(&name.to_string_lossy()) {
            let folder = must_be_folder(&name.to_string_lossy());
            let found = fs::symlink_metadata(entry.path());
            if let (Some(folder), Ok(found)) = (folder, found)
                && !found.is_symlink()
                && found.is_dir() != folder
            {
                return Err(not_a_file(&entry.path(), folder));
            }
            let mut of_one = Vec::new();
            we.walk(&entry.path(), kind, DEEPEST, &mut of_one)?;
            loose.push(of_one);
        }
    }
    Ok((loose, we.above(dir)))
}

/// Whoever runs this.
struct We {
    uid: Uid,
}

impl We {
    fn now() -> Self {
        Self {
            uid: Uid::effective(),
        }
    }

    fn walk(
        &self,
        path: &Path,
        kind: Kind,
        depth: usize,
        loose: &mut Vec<Loose>,
    ) -> Result<(), Refusal> {
        let mut found = match fs::symlink_metadata(path) {
            // Gone since it was listed: sled and the log remove files of theirs.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            other => other.map_err(|error| bad(path, &error))?,
        };
        if found.is_symlink() {
            if kind != Kind::Override {
                return Err(Refusal::new("is-a-link").with("path", path.display()));
            }
            match fs::metadata(path) {
                // A link that leads nowhere overrides nothing; reading it says so.
                Err(_) => return Ok(()),
                Ok(target) => found = target,
            }
        }
        if kind.is_opened() && !found.is_file() && !found.is_dir() {
            return Err(not_a_file(path, false));
        }
        self.owns(path, &found, kind.may_be_roots())?;
        if kind.is_believed() && self.others_may_write(&found) {
            return Err(open_to_others(path, &found));
        }
        let mode = mode_of(&found);
        let private_group = kind.closed() == 0o022 && self.is_alone_in(found.gid());
        let closed = if private_group { 0o002 } else { kind.closed() };
        if mode & closed != 0 {
            loose.push(Loose {
                path: path.to_path_buf(),
                mode,
                wanted: mode & !closed,
            });
        }
        if found.is_dir() && depth > 0 {
            for entry in fs::read_dir(path).map_err(|error| bad(path, &error))? {
                let entry = entry.map_err(|error| bad(path, &error))?;
                self.walk(&entry.path(), kind, depth - 1, loose)?;
            }
        }
        Ok(())
    }

    fn not_our_home(&self, home: &Home, found: &Metadata) -> Refusal {
        Refusal::new("home-not-ours")
            .with("home", home.dir().display())
            .with("owner", name_of(Uid::from_raw(found.uid())))
            .with("account", name_of(self.uid))
    }

    fn owns(&self, path: &Path, found: &Metadata, or_root: bool) -> Result<(), Refusal> {
        if found.uid() == self.uid.as_raw() || (or_root && found.uid() == 0) {
            return Ok(());
        }
        Err(Refusal::new("not-ours")
            .with("path", path.display())
            .with("owner", name_of(Uid::from_raw(found.uid())))
            .with("account", name_of(self.uid)))
    }

    fn others_may_write(&self, found: &Metadata) -> bool {
        let mode = mode_of(found);
        mode & 0o002 != 0 || (mode & 0o020 != 0 && !self.is_alone_in(found.gid()))
    }

    /// Whether this is the group that a Debian account has for itself alone: what is open to it is open to nobody else.
    fn is_alone_in(&self, gid: u32) -> bool {
        let gid = Gid::from_raw(gid);
        let (Ok(Some(user)), Ok(Some(group))) = (User::from_uid(self.uid), Group::from_gid(gid))
        else {
            return false;
        };
        user.gid == gid
            && group.name == user.name
            && group.mem.iter().all(|member| *member == user.name)
    }

    /// Whoever may write to a folder above the home can put another one in its place. Ours is known by its owner, so that only a
    /// warning is due.
    fn above(&self, dir: &Path) -> Vec<Refusal> {
        let Ok(real) = fs::canonicalize(dir) else {
            return Vec::new();
        };
        let open = real.ancestors().skip(1).filter_map(|folder| {
            let found = fs::metadata(folder).ok()?;
            // In a folder such as /tmp everybody may move only what is theirs.
            let sticky = found.mode() & 0o1000 != 0;
            (self.others_may_write(&found) && !sticky).then(|| {
                Refusal::new("above-open")
                    .with("path", folder.display())
                    .with("mode", shown(mode_of(&found)))
            })
        });
        open.collect()
    }
}

/// Closes what belongs to one entry of the home; the word about it names the first and counts the rest.
fn close(loose: &[Loose]) -> Result<Option<Refusal>, Refusal> {
    for Loose { path, wanted, .. } in loose {
        fs::set_permissions(path, Permissions::from_mode(*wanted))
            .map_err(|error| bad(path, &error))?;
    }
    Ok(loose.split_first().map(|(first, others)| {
        let more = match others.len() {
            0 => String::new(),
            more => more.to_string(),
        };
        Refusal::new("closed-to-others")
            .with("path", first.path.display())
            .with("mode", shown(first.mode))
            .with("now", shown(first.wanted))
            .with("more", more)
    }))
}

fn not_a_file(path: &Path, folder: bool) -> Refusal {
    let wanted = if folder { "folder" } else { "file" };
    Refusal::new("not-a-file")
        .with("path", path.display())
        .with("wanted", wanted)
}

fn open_to_others(path: &Path, found: &Metadata) -> Refusal {
    Refusal::new("open-to-others")
        .with("path", path.display())
        .with("mode", shown(mode_of(found)))
}

fn bad(path: &Path, cause: &dyn std::fmt::Display) -> Refusal {
    Refusal::new("file-bad")
        .with("file", path.display())
        .with("line", "")
        .with("cause", cause)
}

fn mode_of(found: &Metadata) -> u32 {
    found.mode() & 0o7777
}

fn shown(mode: u32) -> String {
    format!("{mode:04o}")
}

fn name_of(uid: Uid) -> String {
    let user = User::from_uid(uid).ok().flatten();
    user.map_or_else(|| format!("uid-{uid}"), |user| user.name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A home with a file and a folder of each kind, closed as the server leaves them.
    fn home() -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path();
        for name in ["journal", "store", "log", "modules"] {
            fs::create_dir(dir.join(name)).unwrap();
            mode(&dir.join(name), 0o700);
            fs::write(dir.join(name).join("file"), "").unwrap();
            mode(&dir.join(name).join("file"), 0o600);
        }
        fs::write(dir.join("sipintar.toml"), "").unwrap();
        mode(&dir.join("sipintar.toml"), 0o644);
        let home = Home::at(dir);
        (folder, home)
    }

    fn mode(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    fn mode_at(path: &Path) -> u32 {
        mode_of(&fs::metadata(path).unwrap())
    }

    #[test]
    fn a_home_as_the_server_leaves_it_is_good() {
        let (_folder, home) = home();
        assert_eq!(check(&home), Ok(Vec::new()));
        mode(home.dir(), 0o711);
        mode(&home.folder("modules"), 0o755);
        assert_eq!(check(&home), Ok(Vec::new()));
    }

    #[test]
    fn what_others_could_have_written_is_not_believed() {
        for (name, open) in [
            ("", 0o777),
            ("", 0o703),
            ("sipintar.toml", 0o666),
            ("journal", 0o777),
            ("journal/file", 0o602),
        ] {
            let (_folder, home) = home();
            let path = home.dir().join(name);
            mode(&path, open);
            let refusal = check(&home).unwrap_err();
            assert_eq!(refusal.code, "open-to-others", "{name}");
            assert_eq!(look(&home).unwrap_err(), refusal);
            assert_eq!(
                refusal.args.get("mode").unwrap(),
                &format!("{open:04o}"),
                "{name}"
            );
            // It is as it was: whoever looks at it sees what happened.
            assert_eq!(mode_at(&path), open);
        }
    }

    #[test]
    fn what_others_could_only_read_is_closed_with_a_word() {
        for (name, open, now) in [
            ("journal", 0o755, 0o700),
            ("journal/file", 0o644, 0o600),
            ("store", 0o777, 0o700),
            ("log/file", 0o666, 0o600),
            ("modules", 0o757, 0o755),
            ("modules/file", 0o646, 0o644),
        ] {
            let (_folder, home) = home();
            let path = home.dir().join(name);
            mode(&path, open);
            // Looking alone changes nothing.
            look(&home).unwrap();
            assert_eq!(mode_at(&path), open);
            let warnings = check(&home).unwrap();
            assert_eq!(mode_at(&path), now, "{name}");
            let codes: Vec<_> = warnings.iter().map(|warning| &warning.code).collect();
            assert_eq!(codes, ["closed-to-others"], "{name}");
            assert_eq!(check(&home), Ok(Vec::new()), "{name}");
        }
    }

    #[test]
    fn one_word_is_enough_for_a_folder() {
        let (_folder, home) = home();
        mode(&home.log(), 0o755);
        mode(&home.log().join("file"), 0o644);
        let warnings = check(&home).unwrap();
        let more: Vec<_> = warnings
            .iter()
            .map(|warning| &warning.args["more"])
            .collect();
        assert_eq!(more, ["1"]);
    }

    #[test]
    fn a_link_is_not_followed_but_to_the_home_and_to_overrides() {
        for name in ["sipintar.toml", "journal", "store", "log", "sipintar.lock"] {
            let (_folder, home) = home();
            let path = home.dir().join(name);
            if path.is_dir() {
                fs::remove_dir_all(&path).unwrap();
            } else {
                let _ = fs::remove_file(&path);
            }
            symlink("/nowhere", &path).unwrap();
            assert_eq!(check(&home).unwrap_err().code, "is-a-link", "{name}");
        }
        let (_folder, home) = home();
        let (_other, beside) = self::home();
        symlink(beside.folder("modules"), home.folder("themes")).unwrap();
        assert_eq!(check(&home), Ok(Vec::new()));
        mode(&beside.folder("modules").join("file"), 0o666);
        assert_eq!(check(&home).unwrap().len(), 1);
        let disk = tempfile::tempdir().unwrap();
        let link = disk.path().join("office");
        symlink(home.dir(), &link).unwrap();
        assert_eq!(check(&Home::at(link)), Ok(Vec::new()));
    }

    #[test]
    fn what_is_neither_file_nor_folder_is_refused_by_name() {
        let pipe = |path: &Path| {
            nix::unistd::mkfifo(path, nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
        };
        for name in [
            "store/db",
            "journal/00000001.jsonl",
            "journal/manifest",
            "journal/manifest.new",
            "journal.anchor",
            "journal.anchor.new",
            "backup.state",
            "backup.state.new",
            "sipintar.lock",
            "restored.hold",
            "log/sipintar.log",
        ] {
            let (_folder, home) = home();
            let path = home.dir().join(name);
            pipe(&path);
            let refusal = check(&home).unwrap_err();
            assert_eq!(refusal.code, "not-a-file", "{name}");
            assert_eq!(refusal.args["path"], path.display().to_string());
            fs::remove_file(&path).unwrap();
            if must_be_folder(name) == Some(false) {
                fs::create_dir(&path).unwrap();
                assert_eq!(check(&home).unwrap_err().code, "not-a-file", "{name}");
            }
        }
        for name in ["journal", "log"] {
            let (_folder, home) = home();
            fs::remove_dir_all(home.dir().join(name)).unwrap();
            fs::write(home.dir().join(name), "").unwrap();
            assert_eq!(check(&home).unwrap_err().args["wanted"], "folder", "{name}");
        }
        // What lies among the backups is opened by nobody.
        let (_folder, home) = home();
        fs::create_dir(home.folder("backups")).unwrap();
        pipe(&home.folder("backups").join("pipe"));
        check(&home).unwrap();
    }

    #[test]
    fn a_secret_is_closed_or_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pin");
        assert_eq!(check_secret(&path), Ok(None));
        fs::write(&path, "1234").unwrap();
        mode(&path, 0o600);
        assert_eq!(check_secret(&path), Ok(None));
        mode(&path, 0o644);
        let warning = check_secret(&path).unwrap().unwrap();
        assert_eq!(warning.code, "closed-to-others");
        assert_eq!(mode_at(&path), 0o600);
        mode(&path, 0o666);
        assert_eq!(check_secret(&path).unwrap_err().code, "open-to-others");
    }

    #[test]
    fn a_folder_above_that_others_may_write_to_is_told() {
        let (folder, home) = home();
        let above = folder.path().join("above");
        fs::create_dir(&above).unwrap();
        let inner = Home::at(above.join("office"));
        inner.create().unwrap();
        mode(&above, 0o777);
        let warnings = check(&inner).unwrap();
        assert_eq!(warnings.first().unwrap().code, "above-open");
        mode(&above, 0o1777);
        assert_eq!(check(&inner), Ok(Vec::new()));
        drop(home);
    }
}
