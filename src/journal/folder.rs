//! The files of a journal: what they are called, and how one is opened.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::{Fault, JournalError};
use crate::file;

/// One file of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    pub number: u32,
    pub gz: bool,
    pub path: PathBuf,
}

impl Source {
    pub fn plain(dir: &Path, number: u32) -> Self {
        Self {
            number,
            gz: false,
            path: segment_path(dir, number),
        }
    }

    /// The file's name, for words.
    pub fn name(&self) -> String {
        file_name(&self.path)
    }

    /// Size of the file, in bytes.
    pub fn len(&self) -> Result<u64, JournalError> {
        fs::metadata(&self.path)
            .map(|file| file.len())
            .map_err(|source| JournalError::io(&self.path, source))
    }

    /// Opens it for reading, unpacked.
    pub fn open(&self) -> Result<Box<dyn BufRead>, JournalError> {
        let unpack = |file| Box::new(BufReader::new(MultiGzDecoder::new(BufReader::new(file))));
        match file::open(&self.path) {
            Ok(file) if self.gz => Ok(unpack(file)),
            Ok(file) => Ok(Box::new(BufReader::with_capacity(1 << 18, file))),
            // It may have been compressed since the folder was listed.
            Err(source) => match file::open(&self.path.with_extension("jsonl.gz")) {
                Ok(file) if !self.gz => Ok(unpack(file)),
                _ => Err(JournalError::io(&self.path, source)),
            },
        }
    }
}

/// The files of one segment: as it was written, compressed, or both.
#[derive(Debug, Clone, Default)]
pub(super) struct Files {
    pub plain: Option<Source>,
    pub gz: Option<Source>,
}

impl Files {
    /// The file to read where either will do.
    pub fn any(&self) -> Option<&Source> {
        self.gz.as_ref().or(self.plain.as_ref())
    }
}

pub(super) fn segment_path(dir: &Path, number: u32) -> PathBuf {
    dir.join(segment_name(number))
}

pub(super) fn segment_name(number: u32) -> String {
    format!("{number:08}.jsonl")
}

/// All segments of this folder by number. A missing folder is empty; files of other names are not the journal's.
pub(super) fn list(dir: &Path) -> Result<BTreeMap<u32, Files>, JournalError> {
    let io = |source| JournalError::io(dir, source);
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        other => other.map_err(io)?,
    };
    let mut found: BTreeMap<u32, Files> = BTreeMap::new();
    for entry in entries {
        let path = entry.map_err(io)?.path();
        let name = file_name(&path);
        let (stem, gz) = match (name.strip_suffix(".jsonl"), name.strip_suffix(".jsonl.gz")) {
            (Some(stem), _) => (stem, false),
            (_, Some(stem)) => (stem, true),
            _ => continue,
        };
        let Some(number) = stem.parse().ok().filter(|n| stem == format!("{n:08}")) else {
            continue;
        };
        // A link or a device in a segment's place was put there by somebody else.
        let regular = fs::symlink_metadata(&path).is_ok_and(|file| file.is_file());
        if !regular && path.symlink_metadata().is_ok() {
            return Err(JournalError::Damaged {
                segment: name,
                line: 0,
                fault: Fault::NotFile,
            });
        }
        let files = found.entry(number).or_default();
        let source = Source { number, gz, path };
        if gz {
            files.gz = Some(source);
        } else {
            files.plain = Some(source);
        }
    }
    Ok(found)
}

pub(super) fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

pub(super) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
