//! Writing: append, make durable, close a segment, compress it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read as _, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use nix::fcntl::{Flock, OFlag};
use sha2::{Digest, Sha256};

use super::examine::{Found, Remark, examine, file_digest, take_lock};
use super::folder::{self, Source, segment_path, sync_dir};
use super::manifest::{Manifest, Packed, Row};
use super::{Entry, JournalError, LINE_MAX, Tail, hash_of, hex, read};
use crate::domain::fact::Fact;
use crate::file;

/// A segment is closed once it is larger than this, in bytes.
const SEGMENT_SIZE: u64 = 16 << 20;

/// When a segment could not be closed, as on a full disk, it is tried again after this many bytes more.
const CLOSE_AGAIN: u64 = 1 << 20;

/// How far a journal is on disk: what a copy of it may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Number of the open segment.
    pub segment: u32,
    /// Bytes of it that are on disk.
    pub size: u64,
    /// Where the journal ends with them.
    pub tail: Tail,
}

/// A journal open for writing. One process has it at a time.
#[derive(Debug)]
pub struct Journal {
    pub(super) dir: PathBuf,
    file: File,
    segment: u32,
    size: u64,
    close_at: u64,
    first: Option<u64>,
    digest: Sha256,
    tail: Tail,
    /// When the last fact was written.
    time: DateTime<Utc>,
    buffer: Vec<u8>,
    pub(super) manifest: Arc<Mutex<Manifest>>,
    head: Arc<Mutex<Head>>,
    compressing: Option<std::thread::JoinHandle<()>>,
    /// Held as long as the journal is open.
    _lock: Flock<File>,
}

impl Drop for Journal {
    /// A segment that is being compressed is finished first, so that whoever opens the journal next finds it at rest.
    fn drop(&mut self) {
        if let Some(thread) = self.compressing.take() {
            // A panic in there has been reported by its hook already; the segment is read uncompressed then.
            let _ = thread.join();
        }
    }
}

impl Found {
    /// Makes the journal ready for writing, after everything was found right: second files of a segment are set aside, the torn end
    /// of the last write is moved to a file of its own, and closed segments are compressed in the background.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn take_up(self) -> Result<(Journal, Vec<Remark>), JournalError> {
        let mut remarks = Vec::new();
        let stamp = Utc::now().format("%Y%m%dT%H%M%S%.3f").to_string();
        let dir = self.dir;
        let io = |path: &Path| {
            let path = path.to_path_buf();
            move |source| JournalError::Io { path, source }
        };
        let lock = if let Some(lock) = self.lock {
            lock
        } else {
            // There was no folder; whoever was quicker has it.
            fs::create_dir_all(&dir).map_err(io(&dir))?;
            let lock = take_lock(&dir)?.ok_or(JournalError::Busy)?;
            if !folder::list(&dir)?.is_empty() {
                return Err(JournalError::Busy);
            }
            lock
        };
        for source in &self.aside {
            let now = format!("{}.aside-{stamp}", source.name());
            fs::rename(&source.path, dir.join(&now)).map_err(io(&source.path))?;
            remarks.push(Remark::SetAside {
                file: source.name(),
                now,
            });
        }
        for source in &self.copies {
            fs::remove_file(&source.path).map_err(io(&source.path))?;
        }
        let path = segment_path(&dir, self.open.number);
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .mode(0o600)
            .custom_flags(OFlag::O_NOFOLLOW.bits())
            .open(&path)
            .map_err(io(&path))?;
        file.seek(SeekFrom::Start(self.open.size))
            .map_err(io(&path))?;
        if self.open.torn > 0 {
            let now = format!("{:08}.torn-{stamp}", self.open.number);
            let kept = OpenOptions::new()
                .create_new(true)
                .write(true)
                .mode(0o600)
                .open(dir.join(&now))
                .and_then(|mut out| {
                    io::copy(&mut (&mut file).take(self.open.torn), &mut out)?;
                    out.sync_all()
                });
            // On a full disk there is no room for what nobody was told of.
            if let Err(error) = kept {
                tracing::warn!(%error, "the torn end of the journal could not be kept");
            }
            file.set_len(self.open.size).map_err(io(&path))?;
            file.seek(SeekFrom::Start(self.open.size))
                .map_err(io(&path))?;
            remarks.push(Remark::Torn {
                bytes: self.open.torn,
                now,
            });
        }
        file.sync_all().map_err(io(&path))?;
        sync_dir(&dir).map_err(io(&dir))?;
        if self.bad_manifest {
            let bad = Manifest::path(&dir);
            fs::rename(&bad, dir.join(format!("manifest.bad-{stamp}"))).map_err(io(&bad))?;
            remarks.push(Remark::ManifestMade);
        }
        if self.stale
            && let Err(error) = self.manifest.write(&dir)
        {
            remarks.push(Remark::ManifestUnwritten(error.to_string()));
        }
        let head = Head {
            segment: self.open.number,
            size: self.open.size,
            tail: self.tail.clone(),
        };
        let mut journal = Journal {
            file,
            segment: self.open.number,
            size: self.open.size,
            close_at: SEGMENT_SIZE,
            first: self.open.first,
            digest: self.open.digest,
            time: self.time.unwrap_or_default(),
            tail: self.tail,
            buffer: Vec::new(),
            manifest: Arc::new(Mutex::new(self.manifest)),
            head: Arc::new(Mutex::new(head)),
            compressing: None,
            dir,
            _lock: lock,
        };
        journal.compress_closed();
        Ok((journal, remarks))
    }
}

impl Journal {
    /// Opens the journal in this folder, creating it where there is none: [`examine`] and [`Found::take_up`] together. The second value says
    /// how many bytes of a torn end were cut off.
    ///
    /// # Errors
    /// Those of both.
    pub fn open(
        dir: &Path,
        after: u64,
        each: impl FnMut(Entry, String),
    ) -> Result<(Self, u64), JournalError> {
        let found = examine(dir, after, each)?;
        let torn = found.open.torn;
        let (journal, _) = found.take_up()?;
        Ok((journal, torn))
    }

    /// Number of the last fact.
    pub fn seq(&self) -> u64 {
        self.tail.seq
    }

    /// Where it ends, with what is in the buffer.
    pub fn tail(&self) -> Tail {
        self.tail.clone()
    }

    /// Hash of the first line, which names it; empty while it is empty.
    pub fn name(&self) -> String {
        lock(&self.manifest).journal.clone()
    }

    /// When the last fact was written; the beginning of 1970 when there is none.
    pub fn time(&self) -> DateTime<Utc> {
        self.time
    }

    /// How far it is on disk, now and later on.
    pub fn head(&self) -> Arc<Mutex<Head>> {
        Arc::clone(&self.head)
    }

    /// Puts the facts of one command into the buffer, as one group, and returns their entries with the hash of each line.
    ///
    /// # Errors
    /// [`JournalError::TooLong`] for a fact that could not be read again: nothing of the group is in the buffer then, and the journal goes on.
    pub fn append(
        &mut self,
        time: DateTime<Utc>,
        actor: &str,
        key: Option<&str>,
        facts: Vec<Fact>,
    ) -> Result<Vec<(Entry, String)>, JournalError> {
        let count = facts.len();
        let mut entries = Vec::with_capacity(count);
        let mark = self.buffer.len();
        let before = self.tail.clone();
        for (at, fact) in facts.into_iter().enumerate() {
            let rest = u32::try_from(count - at - 1).unwrap_or(u32::MAX);
            let start = self.buffer.len();
            let entry = Entry {
                seq: self.tail.seq + 1,
                time,
                actor: actor.to_owned(),
                begins: start == 0,
                rest,
                key: key.filter(|_| at == 0).map(str::to_owned),
                fact,
                prev: std::mem::take(&mut self.tail.hash),
            };
            let written = serde_json::to_writer(&mut self.buffer, &entry);
            let bytes = (self.buffer.len() - start) as u64 + 1;
            let error = match written {
                Err(error) => Some(JournalError::io(&self.path(), error.into())),
                Ok(()) if bytes > LINE_MAX => Some(JournalError::TooLong { bytes }),
                Ok(()) => None,
            };
            if let Some(error) = error {
                self.buffer.truncate(mark);
                self.tail = before;
                return Err(error);
            }
            let hash = hash_of(self.buffer.get(start..).unwrap_or_default());
            self.buffer.push(b'\n');
            self.tail = Tail {
                seq: entry.seq,
                hash: hash.clone(),
            };
            entries.push((entry, hash));
        }
        if count > 0 {
            self.time = time;
        }
        Ok(entries)
    }

    /// Writes what was appended and makes it durable. After an error the journal must not be used any more: what is on disk is
    /// unknown until it is opened again.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn commit(&mut self) -> Result<(), JournalError> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let path = self.path();
        self.file
            .write_all(&self.buffer)
            .and_then(|()| self.file.sync_data())
            .map_err(|source| JournalError::Io { path, source })?;
        if self.first.is_none() {
            self.begin_segment();
        }
        self.digest.update(&self.buffer);
        self.size += self.buffer.len() as u64;
        self.buffer.clear();
        self.buffer.shrink_to(1 << 20);
        *lock(&self.head) = Head {
            segment: self.segment,
            size: self.size,
            tail: self.tail.clone(),
        };
        if self.size > self.close_at
            && let Err(error) = self.next_segment()
        {
            // What is written is safe where it is; the segment only grows.
            tracing::warn!(%error, "a journal segment could not be closed");
            self.close_at = self.size + CLOSE_AGAIN;
        }
        Ok(())
    }

    /// What is in the buffer are the first lines of the segment.
    fn begin_segment(&mut self) {
        let mut manifest = lock(&self.manifest);
        self.first = Some(manifest.tail().seq + 1);
        if manifest.journal.is_empty() {
            let line = self.buffer.split(|byte| *byte == b'\n').next();
            manifest.journal = hash_of(line.unwrap_or_default());
        }
    }

    /// Closes the open segment. The next one is there before the manifest says that this one is closed: a manifest whose last segment
    /// has no successor tells that the end of the journal is missing.
    pub(crate) fn next_segment(&mut self) -> Result<(), JournalError> {
        let path = segment_path(&self.dir, self.segment + 1);
        let io = |source| JournalError::Io {
            path: path.clone(),
            source,
        };
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .custom_flags(OFlag::O_NOFOLLOW.bits())
            .open(&path)
            .map_err(io)?;
        if file.metadata().map_err(io)?.len() > 0 {
            return Err(io(io::ErrorKind::AlreadyExists.into()));
        }
        file.sync_all()
            .and_then(|()| sync_dir(&self.dir))
            .map_err(io)?;
        {
            let mut manifest = lock(&self.manifest);
            manifest.rows.push(Row {
                segment: self.segment,
                first: self.first.unwrap_or(self.tail.seq),
                last: self.tail.seq,
                hash: self.tail.hash.clone(),
                time: self.time,
                bytes: self.size,
                sha256: hex(&self.digest.clone().finalize()),
                gz: None,
            });
            if let Err(error) = manifest.write(&self.dir) {
                manifest.rows.pop();
                return Err(error);
            }
        }
        self.file = file;
        self.segment += 1;
        self.size = 0;
        self.close_at = SEGMENT_SIZE;
        self.first = None;
        self.digest = Sha256::new();
        *lock(&self.head) = Head {
            segment: self.segment,
            size: 0,
            tail: self.tail.clone(),
        };
        self.compress_closed();
        Ok(())
    }

    /// Compresses closed segments that are not yet. It takes a second and is in nobody's way: an uncompressed closed segment is read
    /// just as well.
    fn compress_closed(&mut self) {
        let waiting: Vec<Row> = lock(&self.manifest)
            .rows
            .iter()
            .filter(|row| row.gz.is_none())
            .cloned()
            .collect();
        if waiting.is_empty() {
            return;
        }
        if let Some(earlier) = self.compressing.take() {
            // It closed 16 MiB ago and is long done.
            let _ = earlier.join();
        }
        let (dir, manifest) = (self.dir.clone(), Arc::clone(&self.manifest));
        let compress = move || {
            for row in waiting {
                if let Err(error) = compress(&dir, &row, &manifest) {
                    tracing::warn!(%error, segment = row.segment, "a closed journal segment stays uncompressed");
                }
            }
        };
        let started = std::thread::Builder::new()
            .name("compress".to_owned())
            .spawn(compress);
        self.compressing = started.ok();
    }

    fn path(&self) -> PathBuf {
        segment_path(&self.dir, self.segment)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes the compressed copy under another name, makes it durable, reads it again, renames it, tells the manifest, and only then
/// removes the original.
fn compress(dir: &Path, row: &Row, manifest: &Mutex<Manifest>) -> Result<(), JournalError> {
    let plain = Source::plain(dir, row.segment);
    let packed = Source {
        number: row.segment,
        gz: true,
        path: plain.path.with_extension("jsonl.gz"),
    };
    let unfinished = Source {
        path: plain.path.with_extension("jsonl.gz.new"),
        ..packed.clone()
    };
    let io = |path: &Path| {
        let path = path.to_path_buf();
        move |source| JournalError::Io { path, source }
    };
    if packed.path.exists() {
        return Err(io(&packed.path)(io::ErrorKind::AlreadyExists.into()));
    }
    let write = || -> io::Result<()> {
        let out = file::begin(&unfinished.path)?;
        let mut encoder = GzEncoder::new(out, Compression::default());
        io::copy(&mut BufReader::new(File::open(&plain.path)?), &mut encoder)?;
        encoder.finish()?.sync_all()
    };
    let checked = write().map_err(io(&unfinished.path)).and_then(|()| {
        if read::content(&unfinished)? == (row.bytes, row.sha256.clone()) {
            file_digest(&unfinished.path)
        } else {
            Err(io(&unfinished.path)(io::ErrorKind::InvalidData.into()))
        }
    });
    let (bytes, sha256) = match checked {
        Ok(digest) => digest,
        Err(error) => {
            // Half a file is of no use, and on a full disk it takes room.
            let _ = fs::remove_file(&unfinished.path);
            return Err(error);
        }
    };
    fs::rename(&unfinished.path, &packed.path).map_err(io(&packed.path))?;
    sync_dir(dir).map_err(io(dir))?;
    {
        let mut manifest = lock(manifest);
        if let Some(known) = manifest
            .rows
            .iter_mut()
            .find(|known| known.segment == row.segment)
        {
            known.gz = Some(Packed { bytes, sha256 });
        }
        manifest.write(dir)?;
    }
    fs::remove_file(&plain.path).map_err(io(&plain.path))?;
    sync_dir(dir).map_err(io(dir))
}
