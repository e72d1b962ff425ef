//! Making a backup, in small pieces and without a lock, while the office goes on.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Component, Path, PathBuf};

use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::manifest::{self, Member, Whole};
use super::name::{self, FILE_MAX, FILES, FILES_MAX, FOLDERS, Name};
use super::read::verify_gently;
use crate::domain::refusal::Refusal;
use crate::home::Home;
use crate::journal::{Lines, Row, Snapshot};

/// Bytes that are copied before others get their turn.
const PIECE: usize = 128 << 10;

/// Bytes after which the backup is made durable: a journal that is written at the same time never waits for more than these.
const SYNC: u64 = 1 << 20;

/// Space that must be left on the disk where the backup is written, in bytes.
const ROOM: u64 = 128 << 20;

/// The same on the disk of the journal: the office must go on for a long while after it.
const ROOM_OF_JOURNAL: u64 = 256 << 20;

/// What a backup is made of.
#[derive(Debug)]
pub struct Source<'a> {
    /// The home with the files that a person wrote.
    pub home: &'a Home,
    /// The journal.
    pub journal: &'a Snapshot,
    /// Name of the office.
    pub office: &'a str,
    /// The time.
    pub now: DateTime<Utc>,
}

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// Where it is.
    pub file: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// What it holds.
    #[serde(flatten)]
    pub whole: Whole,
    /// Files of the home that could not be taken: too large, or with a name that no backup may hold.
    #[serde(default)]
    pub left_out: Vec<String>,
}

/// What a backup is called while it is being written.
pub fn unfinished(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_os_string();
    name.push(".unfinished");
    file.with_file_name(name)
}

/// Makes a backup at `file`, which must not exist, and reads it again before it gets that name: what is called a backup is one. `pause` is
/// called between small pieces.
///
/// # Errors
/// `backup-place`, `backup-exists`, `backup-no-room`, `backup-failed` with the cause, what is wrong with the journal, and those of
/// [`super::verify`]. Nothing is left behind then.
pub fn make(source: &Source<'_>, file: &Path, pause: &mut dyn FnMut()) -> Result<Made, Refusal> {
    let folder = file.parent().filter(|dir| !dir.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    outside(source.home, folder)?;
    if fs::symlink_metadata(file).is_ok() {
        return Err(exists(file));
    }
    room(source, folder, file)?;
    let unfinished = unfinished(file);
    // What an earlier attempt left, which nobody finishes any more.
    if unfinished.exists() {
        fs::remove_file(&unfinished).map_err(|error| failed(file, &error))?;
    }
    let out = OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(&unfinished)
        .map_err(|error| failed(file, &error))?;
    let made = write(source, file, out, pause).and_then(|made| {
        if verify_gently(&unfinished, pause)? != made.whole {
            return Err(failed(file, &io::Error::other("read again, it is another")));
        }
        put_in_place(&unfinished, file)?;
        Ok(made)
    });
    if made.is_err() {
        // Half a backup is of no use to anybody.
        let _ = fs::remove_file(&unfinished);
    }
    made
}

fn exists(file: &Path) -> Refusal {
    Refusal::new("backup-exists").with("file", file.display())
}

fn failed(file: &Path, error: &io::Error) -> Refusal {
    Refusal::new("backup-failed")
        .with("file", file.display())
        .with("cause", error)
}

/// The folders in which the server keeps its own files are no place for a backup: it would be in the way there, and go with them.
///
/// # Errors
/// `backup-place`.
fn outside(home: &Home, folder: &Path) -> Result<(), Refusal> {
    let real = real_path(folder);
    let inside = |own: PathBuf| real.starts_with(real_path(&own)).then_some(own);
    match inside(home.journal()).or_else(|| inside(home.store())) {
        Some(own) => Err(Refusal::new("backup-place")
            .with("folder", folder.display())
            .with("own", own.display())),
        None => Ok(()),
    }
}

/// Where a path leads, links and `..` resolved as far as there is anything.
fn real_path(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut real = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                real.pop();
            }
            Component::CurDir => {}
            part => {
                real.push(part);
                if let Ok(found) = fs::canonicalize(&real) {
                    real = found;
                }
            }
        }
    }
    real
}

/// The folder must have room for it: a backup that fills the disk of the journal stops the office.
fn room(source: &Source<'_>, folder: &Path, file: &Path) -> Result<(), Refusal> {
    let closed: u64 = source
        .journal
        .rows()
        .iter()
        .map(|row| row.gz.as_ref().map_or(row.bytes, |gz| gz.bytes))
        .sum();
    let disk_of = |path: &Path| fs::metadata(path).map(|found| found.dev());
    let same_disk = match (disk_of(folder), disk_of(&source.home.journal())) {
        (Ok(target), Ok(journal)) => target == journal,
        // What cannot be told is held to the larger one.
        _ => true,
    };
    let left = if same_disk { ROOM_OF_JOURNAL } else { ROOM };
    let needed = closed + source.journal.open_bytes() + left;
    let disk = nix::sys::statvfs::statvfs(folder)
        .map_err(|error| failed(file, &io::Error::from(error)))?;
    let free = disk.blocks_available() * disk.fragment_size();
    if free < needed {
        return Err(Refusal::new("backup-no-room")
            .with("folder", folder.display())
            .with("free", free >> 20)
            .with("needed", needed >> 20));
    }
    Ok(())
}

/// Gives the finished file its name, never that of another file.
fn put_in_place(unfinished: &Path, file: &Path) -> Result<(), Refusal> {
    use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};
    let flags = RenameFlags::RENAME_NOREPLACE;
    match renameat2(AT_FDCWD, unfinished, AT_FDCWD, file, flags) {
        Ok(()) => {}
        Err(nix::errno::Errno::EEXIST) => return Err(exists(file)),
        // Disks of other systems cannot do it in one step.
        Err(_) if fs::symlink_metadata(file).is_ok() => return Err(exists(file)),
        Err(_) => fs::rename(unfinished, file).map_err(|error| failed(file, &error))?,
    }
    let folder = file.parent().filter(|dir| !dir.as_os_str().is_empty());
    // Not every file system has folders that can be made durable.
    let _ = File::open(folder.unwrap_or(Path::new("."))).and_then(|dir| dir.sync_all());
    Ok(())
}

fn write(
    source: &Source<'_>,
    file: &Path,
    out: File,
    pause: &mut dyn FnMut(),
) -> Result<Made, Refusal> {
    let bad = |error: io::Error| failed(file, &error);
    let mut archive = Archive {
        out: tar::Builder::new(Gentle::new(out)),
        members: Vec::new(),
        time: u64::try_from(source.now.timestamp()).unwrap_or_default(),
        pause,
    };
    let journal = source.journal;
    let mut whole = Whole::new(source.office, source.now, journal.journal(), journal.tail());
    for row in journal.rows() {
        archive.closed(journal, row, file)?;
        whole.time = Some(row.time);
    }
    let time = archive.open(journal, file)?;
    whole.time = time.or(whole.time);
    whole.segments = journal.open_segment();
    let left_out = archive.files(source.home).map_err(bad)?;
    let text = manifest::to_text(&whole, &archive.members).map_err(bad)?;
    archive.add("manifest", &text).map_err(bad)?;
    let out = archive.out.into_inner().map_err(bad)?;
    let bytes = out.finish().map_err(bad)?;
    Ok(Made {
        file: file.to_path_buf(),
        bytes,
        whole,
        left_out,
    })
}

struct Archive<'a> {
    out: tar::Builder<Gentle>,
    members: Vec<Member>,
    time: u64,
    pause: &'a mut dyn FnMut(),
}

impl Archive<'_> {
    fn header(&self) -> tar::Header {
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(tar::EntryType::Regular);
        header.set_mode(0o600);
        header.set_mtime(self.time);
        header.set_size(0);
        header
    }

    /// A closed segment: as it lies where it is compressed, else compressed on the way. Either way it must be what the manifest of
    /// the journal says: damage is never copied.
    fn closed(&mut self, journal: &Snapshot, row: &Row, file: &Path) -> Result<(), Refusal> {
        let name = name::segment(row.segment);
        let bad = |error: io::Error| failed(file, &error);
        let damaged = || {
            Refusal::new("journal-damaged")
                .with("file", name.trim_start_matches("journal/"))
                .with("line", "")
                .with("fault", "not-as-listed")
        };
        if let Some(packed) = journal.packed(row)? {
            let member = self.stream(&name, packed).map_err(bad)?;
            // One that was compressed a moment ago has no digest here; the backup is verified afterwards.
            if row
                .gz
                .as_ref()
                .is_some_and(|gz| (gz.bytes, &gz.sha256) != (member.bytes, &member.sha256))
            {
                return Err(damaged());
            }
            self.members.push(member);
            return Ok(());
        }
        let mut input = Counted::new(journal.unpacked(row.segment)?);
        let member = self.compress(&name, &mut input).map_err(bad)?;
        if input.finish() != (row.bytes, row.sha256.clone()) {
            return Err(damaged());
        }
        self.members.push(member);
        Ok(())
    }

    /// The durable lines of the open segment. When the last of them was written.
    fn open(&mut self, journal: &Snapshot, file: &Path) -> Result<Option<DateTime<Utc>>, Refusal> {
        let number = journal.open_segment();
        let name = name::segment(number);
        let bad = |error: io::Error| failed(file, &error);
        // Read twice rather than held in memory: once for what it says …
        let mut time = None;
        let mut tail = journal.closed_tail();
        if journal.open_bytes() > 0 {
            let plain = name.trim_start_matches("journal/").trim_end_matches(".gz");
            let mut lines = Lines::new(journal.unpacked(number)?, plain, tail);
            while let Some(line) = lines.next()? {
                time = Some(line.entry.time);
            }
            tail = lines.tail().clone();
        }
        if tail != *journal.tail() {
            return Err(Refusal::new("journal-short")
                .with("seq", tail.seq)
                .with("known", journal.tail().seq));
        }
        // … and once for the copy.
        let mut input: Box<dyn Read> = if journal.open_bytes() > 0 {
            Box::new(journal.unpacked(number)?)
        } else {
            Box::new(io::empty())
        };
        let member = self.compress(&name, &mut input).map_err(bad)?;
        self.members.push(member);
        Ok(time)
    }

    /// The files that a person wrote. Which of them had to be left out.
    fn files(&mut self, home: &Home) -> io::Result<Vec<String>> {
        let mut names: Vec<String> = FILES.map(str::to_owned).to_vec();
        let mut left_out = Vec::new();
        for (folder, ending) in FOLDERS {
            let Ok(entries) = fs::read_dir(home.folder(folder)) else {
                continue;
            };
            let mut found = Vec::new();
            for entry in entries.flatten() {
                let file = entry.file_name();
                let shown = file.to_string_lossy();
                if !shown.ends_with(ending) || shown.starts_with('.') {
                    continue;
                }
                let name = format!("{folder}/{shown}");
                // What reading it again would refuse must not get in; it would spoil the backup as a whole.
                let room = names.len() + found.len() < FILES_MAX;
                if room && file.to_str().is_some() && Name::parse(name.as_bytes()).is_some() {
                    found.push(name);
                } else {
                    left_out.push(name);
                }
            }
            found.sort();
            names.extend(found);
        }
        for name in names {
            let path = home.dir().join(&name);
            let Ok(meta) = fs::metadata(&path) else {
                continue;
            };
            if !meta.is_file() {
                continue;
            }
            if meta.len() > FILE_MAX {
                left_out.push(name);
                continue;
            }
            let mut text = Vec::new();
            File::open(&path)?.take(FILE_MAX).read_to_end(&mut text)?;
            self.add(&name, &text)?;
        }
        Ok(left_out)
    }

    fn add(&mut self, name: &str, text: &[u8]) -> io::Result<()> {
        let member = self.stream(name, text)?;
        self.members.push(member);
        Ok(())
    }

    /// Copies as it is.
    fn stream(&mut self, name: &str, mut input: impl Read) -> io::Result<Member> {
        let mut header = self.header();
        let mut out = Counted::new(self.out.append_writer(&mut header, name)?);
        let mut piece = vec![0; PIECE];
        loop {
            let length = input.read(&mut piece)?;
            if length == 0 {
                break;
            }
            out.write_all(piece.get(..length).unwrap_or_default())?;
            (self.pause)();
        }
        let (writer, bytes, sha256) = out.into_parts();
        writer.finish()?;
        Ok(Member {
            name: name.to_owned(),
            bytes,
            sha256,
        })
    }

    /// Compresses on the way.
    fn compress(&mut self, name: &str, input: &mut dyn Read) -> io::Result<Member> {
        let mut header = self.header();
        let out = Counted::new(self.out.append_writer(&mut header, name)?);
        let mut encoder =
            GzEncoder::new(BufWriter::with_capacity(PIECE, out), Compression::default());
        let mut piece = vec![0; PIECE];
        loop {
            let length = input.read(&mut piece)?;
            if length == 0 {
                break;
            }
            encoder.write_all(piece.get(..length).unwrap_or_default())?;
            (self.pause)();
        }
        let out = encoder
            .finish()?
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        let (writer, bytes, sha256) = out.into_parts();
        writer.finish()?;
        Ok(Member {
            name: name.to_owned(),
            bytes,
            sha256,
        })
    }
}

/// Counts and digests what goes through.
pub(super) struct Counted<T> {
    inner: T,
    digest: Sha256,
    bytes: u64,
}

impl<T> Counted<T> {
    pub fn new(inner: T) -> Self {
        Self {
            inner,
            digest: Sha256::new(),
            bytes: 0,
        }
    }

    pub fn finish(self) -> (u64, String) {
        let (_, bytes, digest) = self.into_parts();
        (bytes, digest)
    }

    pub fn into_parts(self) -> (T, u64, String) {
        (
            self.inner,
            self.bytes,
            crate::journal::hex(&self.digest.finalize()),
        )
    }

    fn note(&mut self, piece: &[u8]) {
        self.digest.update(piece);
        self.bytes += piece.len() as u64;
    }
}

impl<T: Read> Read for Counted<T> {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(piece)?;
        self.note(piece.get(..length).unwrap_or_default());
        Ok(length)
    }
}

impl<T: Write> Write for Counted<T> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let length = self.inner.write(piece)?;
        self.note(piece.get(..length).unwrap_or_default());
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// A file that is made durable every now and then, so that nothing else on the disk waits for all of it at once.
struct Gentle {
    file: File,
    since: u64,
}

impl Gentle {
    fn new(file: File) -> Self {
        Self { file, since: 0 }
    }

    fn finish(mut self) -> io::Result<u64> {
        self.file.flush()?;
        self.file.sync_all()?;
        Ok(self.file.metadata()?.len())
    }
}

impl Write for Gentle {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let length = self.file.write(piece)?;
        self.since += length as u64;
        if self.since >= SYNC {
            self.file.sync_data()?;
            self.since = 0;
        }
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Gentle {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// The folder for backups: `folder` of the settings, a relative one in the home. That one is made where it is missing; one elsewhere never
/// is, because its disk may just not be there.
///
/// # Errors
/// `backup-place`; `backup-folder` with `what`: `absent`, `marker`, or the words of the file system.
pub fn folder(home: &Home, folder: &Path, marker: Option<&str>) -> Result<PathBuf, Refusal> {
    let folder = home.dir().join(folder);
    outside(home, &folder)?;
    let bad = |what: &str, cause: &dyn std::fmt::Display| {
        Refusal::new("backup-folder")
            .with("folder", folder.display())
            .with("what", what)
            .with("cause", cause)
    };
    if folder.starts_with(home.dir()) && marker.is_none() {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(|error| bad("failed", &error))?;
    }
    if !folder.is_dir() {
        return Err(bad("absent", &""));
    }
    match marker {
        Some(marker) if !folder.join(marker).exists() => Err(bad("marker", &marker)),
        _ => Ok(folder),
    }
}
