//! The files of the log: `sipintar.DATE.log`, and `sipintar.DATE.N.log` where a day fills more than one. A new one is begun with each day
//! (UTC, as the times in it) and when one is full; the oldest go.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use chrono::{NaiveDate, Utc};
use nix::fcntl::OFlag;

/// How much is kept.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of one file.
    pub file: u64,
    /// Bytes of all files.
    pub all: u64,
    /// Files.
    pub count: usize,
}

/// A month of days, and 200 MiB whatever happens.
const USUAL: Limits = Limits {
    file: 10 << 20,
    all: 200 << 20,
    count: 30,
};

/// Writes whole lines into the newest file.
#[derive(Debug)]
pub struct Files {
    dir: PathBuf,
    limits: Limits,
    today: fn() -> NaiveDate,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    name: Name,
    size: u64,
    /// The last line was not written whole.
    torn: bool,
}

/// The day and the number of a file: the order in which they were begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    day: NaiveDate,
    part: u32,
}

impl Name {
    fn parse(name: &str) -> Option<Self> {
        let name = name.strip_prefix("sipintar.")?.strip_suffix(".log")?;
        let (day, part) = match name.split_once('.') {
            None => (name, 0),
            Some((day, part)) => (day, part.parse().ok()?),
        };
        let day = day.parse().ok()?;
        Some(Self { day, part })
    }

    fn next(self) -> Self {
        Self {
            part: self.part.saturating_add(1),
            ..self
        }
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { day, part } = self;
        match part {
            0 => write!(f, "sipintar.{day}.log"),
            part => write!(f, "sipintar.{day}.{part}.log"),
        }
    }
}

impl Files {
    /// In this folder, with the usual limits.
    pub fn new(dir: PathBuf) -> Self {
        Self {
            dir,
            limits: USUAL,
            today: || Utc::now().date_naive(),
            open: None,
        }
    }

    /// The file for a line of so many bytes.
    fn ready(&mut self, length: u64) -> io::Result<&mut Open> {
        let today = (self.today)();
        let full = |open: &Open| open.size > 0 && open.size + length > self.limits.file;
        let wanted = match self.open.take() {
            Some(open) if open.name.day == today && !full(&open) => {
                return Ok(self.open.insert(open));
            }
            Some(open) if open.name.day == today => open.name.next(),
            // The first line of a day, or of a server: it goes on with the newest file of today, if that has room.
            _ => {
                let newest = self.kept()?.pop().map(|(name, _)| name);
                newest.filter(|name| name.day == today).unwrap_or(Name {
                    day: today,
                    part: 0,
                })
            }
        };
        let mut open = self.begin(wanted)?;
        if full(&open) {
            open = self.begin(wanted.next())?;
        }
        self.remove_oldest(open.name)?;
        Ok(self.open.insert(open))
    }

    fn begin(&self, name: Name) -> io::Result<Open> {
        let file = File::options()
            .create(true)
            .append(true)
            .mode(0o600)
            .custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits())
            .open(self.dir.join(name.to_string()))?;
        let found = file.metadata()?;
        if !found.is_file() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "not a regular file",
            ));
        }
        Ok(Open {
            file,
            name,
            size: found.len(),
            torn: false,
        })
    }

    /// The files that are there with their sizes, oldest first.
    fn kept(&self) -> io::Result<Vec<(Name, u64)>> {
        let mut kept = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            if let Some(name) = Name::parse(&entry.file_name().to_string_lossy()) {
                kept.push((name, entry.metadata()?.len()));
            }
        }
        kept.sort_unstable();
        Ok(kept)
    }

    /// Makes room: the file that has just been begun may become full.
    fn remove_oldest(&self, current: Name) -> io::Result<()> {
        let mut room = self.limits.all.saturating_sub(self.limits.file);
        let mut count = 1;
        for (name, size) in self.kept()?.into_iter().rev() {
            if name == current {
                continue;
            }
            count += 1;
            if count > self.limits.count || size > room {
                // What does not go now goes with the next.
                let _ = fs::remove_file(self.dir.join(name.to_string()));
                room = 0;
            } else {
                room -= size;
            }
        }
        Ok(())
    }
}

impl Write for Files {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let open = self.ready(line.len() as u64)?;
        let end: &[u8] = if open.torn { b"\n" } else { b"" };
        let written = open.file.write_all(end).and_then(|()| {
            open.torn = false;
            open.file.write_all(line)
        });
        open.torn |= written.is_err();
        open.size += (end.len() + line.len()) as u64;
        written.map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const LINE: &[u8] = b"a line of twenty by\n";

    fn files(folder: &tempfile::TempDir, limits: Limits) -> Files {
        Files {
            limits,
            today: || NaiveDate::from_ymd_opt(2026, 11, 24).unwrap(),
            ..Files::new(folder.path().to_path_buf())
        }
    }

    fn names(files: &Files) -> Vec<String> {
        let kept = files.kept().unwrap();
        kept.iter().map(|(name, _)| name.to_string()).collect()
    }

    #[test]
    fn a_full_file_gives_way_to_the_next_and_the_oldest_go() {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits {
            file: 50,
            all: 150,
            count: 30,
        };
        let mut log = files(&folder, limits);
        for _ in 0..1000 {
            log.write_all(LINE).unwrap();
            let total: u64 = log.kept().unwrap().iter().map(|(_, size)| size).sum();
            assert!(total <= limits.all, "{total}");
        }
        let last = 499;
        assert_eq!(
            names(&log),
            [last - 2, last - 1, last].map(|part| format!("sipintar.2026-11-24.{part}.log"))
        );
        // The next server goes on where this one was.
        let mut log = files(&folder, limits);
        log.write_all(b"short\n").unwrap();
        assert_eq!(names(&log).last().unwrap(), "sipintar.2026-11-24.499.log");
        log.write_all(LINE).unwrap();
        assert_eq!(names(&log).last().unwrap(), "sipintar.2026-11-24.500.log");
    }

    #[test]
    fn a_new_day_has_a_new_file_and_so_many_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits { count: 2, ..USUAL };
        let mut log = files(&folder, limits);
        log.write_all(LINE).unwrap();
        log.today = || NaiveDate::from_ymd_opt(2026, 11, 25).unwrap();
        log.write_all(LINE).unwrap();
        assert_eq!(
            names(&log),
            ["sipintar.2026-11-24.log", "sipintar.2026-11-25.log"]
        );
        fs::write(folder.path().join("serve.err"), "").unwrap();
        fs::write(folder.path().join("sipintar.log"), "").unwrap();
        log.today = || NaiveDate::from_ymd_opt(2026, 11, 26).unwrap();
        log.write_all(LINE).unwrap();
        assert_eq!(
            names(&log),
            ["sipintar.2026-11-25.log", "sipintar.2026-11-26.log"]
        );
        assert!(folder.path().join("serve.err").exists());
    }

    #[test]
    fn a_link_in_the_place_of_the_log_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let letter = folder.path().join("letter");
        fs::write(&letter, "precious").unwrap();
        let link = folder.path().join("sipintar.2026-11-24.log");
        std::os::unix::fs::symlink(&letter, link).unwrap();
        let mut log = files(&folder, USUAL);
        assert!(log.write_all(LINE).is_err());
        assert_eq!(fs::read_to_string(letter).unwrap(), "precious");
    }
}
