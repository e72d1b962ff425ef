//! Reading in a process of its own. A file from outside may be made to take all memory or to end whoever reads it; then only this
//! process ends, and the person is told which file it was.
//!
//! Counting beforehand (`unpack`) tells the usual bombs by name. What else a library does with a hostile workbook nobody can count:
//! an allocation that fails ends a Rust program, so that the bound must stand around the whole process.

use std::io::{self, BufWriter, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::{FILE_MAX, read_here};
use crate::ask::Sheet;
use crate::domain::refusal::Refusal;

/// Most memory that reading may take, in bytes of address space, the program itself included. A table of 20,000 rows takes a third.
pub const MEMORY_MAX: u64 = 192 << 20;

/// Most seconds of processor time that reading may take. The largest table takes one.
pub const SECONDS_MAX: u64 = 5;

/// The hidden command that reads; see [`answer`].
pub const COMMAND: &str = "read-sheet";

/// The allocator takes no address space in advance: what it had before the bound is set would be outside of it.
const NOTHING_BEFOREHAND: (&str, &str) = ("MIMALLOC_ARENA_RESERVE", "0");

/// Longest answer, in bytes: a sheet is far below (`TEXT_MAX`), and the reader is not trusted once it has read a stranger's file.
const ANSWER_MAX: u64 = FILE_MAX;

/// Lets another process of this program read the file.
pub(super) fn read(path: &Path) -> Result<Sheet, Refusal> {
    let failed = |error: io::Error| Refusal::new("file-bad").with("cause", error);
    let stdin = if path == Path::new("-") {
        Stdio::inherit()
    } else {
        Stdio::null()
    };
    // By this name the program is found even after another version was installed in its place.
    let mut child = Command::new("/proc/self/exe")
        .arg0("sipintar")
        .arg(COMMAND)
        .arg("--")
        .arg(path)
        .env(NOTHING_BEFOREHAND.0, NOTHING_BEFOREHAND.1)
        .stdin(stdin)
        .stdout(Stdio::piped())
        // What it says at its end (memory, a library's panic) is for nobody's screen: its end itself tells.
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed)?;
    let mut answer = Vec::new();
    let heard = match child.stdout.take() {
        Some(stdout) => stdout.take(ANSWER_MAX).read_to_end(&mut answer),
        None => Ok(0),
    };
    let status = child.wait().map_err(failed)?;
    heard.map_err(failed)?;
    if !status.success() {
        return Err(Refusal::new("sheet-heavy")
            .with("max", MEMORY_MAX >> 20)
            .with("seconds", SECONDS_MAX));
    }
    serde_json::from_slice(&answer).unwrap_or_else(|error| Err(failed(error.into())))
}

/// The other side: bounds this process, reads, and writes `{"Ok": sheet}` or `{"Err": refusal}` to standard output.
pub fn answer(path: &Path) -> ExitCode {
    let outcome = bound().and_then(|()| {
        let mut out = BufWriter::new(io::stdout().lock());
        serde_json::to_writer(&mut out, &read_here(path))?;
        out.flush()
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Never more than whoever started us allows.
fn bound() -> io::Result<()> {
    let (name, value) = NOTHING_BEFOREHAND;
    if std::env::var_os(name).is_none_or(|found| found != value) {
        return Err(io::Error::other("not started by this program"));
    }
    for (resource, most) in [
        (Resource::RLIMIT_AS, MEMORY_MAX),
        (Resource::RLIMIT_CPU, SECONDS_MAX),
        // An end by the limit is no fault to be looked into, and the memory may hold the office's data.
        (Resource::RLIMIT_CORE, 0),
    ] {
        let (_, allowed) = getrlimit(resource)?;
        let most = most.min(allowed);
        setrlimit(resource, most, most)?;
    }
    Ok(())
}
