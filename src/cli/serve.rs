//! `serve`, `stop`, `status`, `demo`, and a server in the background.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use nix::fcntl::OFlag;

use super::letter::minute;
use super::table::Table;
use super::{Call, Outcome, modem};
use crate::ask::{Ask, GetStatus, LoadDemo, Office, StopServer};
use crate::client::{self, Heard};
use crate::domain::refusal::Refusal;
use crate::domain::when::Zone;
use crate::home::{Home, guard};
use crate::server::{self, ServeOptions};

/// `serve.err` is begun anew when it is larger than this, in bytes.
const ERRORS_MAX: u64 = 64 << 10;
/// A server that does not answer within this time is not going to.
const START_WAIT: Duration = Duration::from_secs(20);
/// Where two servers start at once, one ends at once and the other answers within this time.
const OTHER_WAIT: Duration = Duration::from_millis(500);
/// A server that is still there after this time hangs.
const STOP_WAIT: Duration = Duration::from_secs(30);

pub(super) fn serve(call: &mut Call, clock: Option<&str>, speed: u32, background: bool) -> Outcome {
    let clock = clock
        .map(|text| moment(text).ok_or_else(|| Refusal::new("clock-bad").with("text", text)))
        .transpose()?;
    if background {
        // A terminal that goes away must not take the server with it. It fails only where this already leads a session.
        let _ = nix::unistd::setsid();
    }
    let options = ServeOptions {
        clock,
        speed,
        background,
    };
    server::run(&call.home, options)?;
    Ok(())
}

/// RFC 3339, or a day or a time of Western Indonesia.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.with_timezone(&Utc));
    }
    let local = [
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d %H:%M",
    ]
    .into_iter()
    .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
    .or_else(|| {
        let day = text.parse::<NaiveDate>().ok()?;
        Some(day.and_time(NaiveTime::from_hms_opt(8, 0, 0)?))
    })?;
    Some(Zone::default().instant(local))
}

/// Starts a server in the background, as a process of its own, and waits until it answers.
///
/// # Errors
/// `server-start` with the last line that the server wrote, when it ends or does not answer in time.
pub fn start_server(home: &Home) -> Result<(), Refusal> {
    let errors = home.log().join("serve.err");
    let failed = |cause: &dyn std::fmt::Display| {
        Refusal::new("server-start")
            .with("cause", cause)
            .with("file", errors.display())
    };
    guard::look(home)?;
    home.create()
        .and_then(|()| home.create_log())
        .map_err(|error| failed(&error))?;
    let output = open_errors(&errors).map_err(|error| failed(&error))?;
    let from = output.metadata().map_or(0, |file| file.len());
    let program = std::env::current_exe().map_err(|error| failed(&error))?;
    let mut child = std::process::Command::new(program)
        .args(["serve", "--background", "--home"])
        .arg(home.dir())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(output)
        .spawn()
        .map_err(|error| failed(&error))?;
    wait_for(home, &mut child).map_err(|cause| {
        let said = last_line(&errors, from);
        failed(&said.unwrap_or(cause))
    })
}

/// Opens the file for what a server says before it has a log. What it said is of interest until the next start or two.
fn open_errors(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits())
        .open(path)?;
    let found = file.metadata()?;
    if !found.is_file() {
        let why = format!("{}: not a regular file", path.display());
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    if found.len() > ERRORS_MAX {
        file.set_len(0)?;
    }
    Ok(file)
}

/// Waits until the socket answers. When the child ends, another server may have been quicker and be about to answer: it gets a moment.
fn wait_for(home: &Home, child: &mut Child) -> Result<(), String> {
    let mut until = Instant::now() + START_WAIT;
    let mut ended = None;
    let mut pause = Duration::from_millis(2);
    loop {
        if home.connect().is_ok() {
            return Ok(());
        }
        if ended.is_none() {
            ended = child.try_wait().map_err(|error| error.to_string())?;
            if ended.is_some() {
                until = until.min(Instant::now() + OTHER_WAIT);
            }
        }
        if Instant::now() >= until {
            return Err(ended.map_or_else(
                || format!("{} s", START_WAIT.as_secs()),
                |status| status.to_string(),
            ));
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(100));
    }
}

/// The last line written to a file after `from`, without its control characters.
fn last_line(path: &Path, from: u64) -> Option<String> {
    let mut file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(from.max(length.saturating_sub(4096))))
        .ok()?;
    let mut bytes = Vec::new();
    file.take(4096).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let line = text.lines().rev().find(|line| !line.trim().is_empty())?;
    Some(super::table::clean(line))
}

/// Asks the server to end and waits until it has let go of the connection, so that the next one can start.
pub(super) fn stop(call: &mut Call) -> Outcome {
    let (mut asker, mut listener) = client::connect(&call.home, false)?;
    let wanted = asker.send(StopServer {}.into_request())?;
    let (sender, ended) = crossbeam_channel::bounded(1);
    std::thread::spawn(move || {
        let mut answer = Err(Refusal::new("connection-lost"));
        loop {
            match listener.hear() {
                Ok(Heard::Answer(id, Ok(_))) if id == wanted => answer = Ok(()),
                Ok(Heard::Answer(_, Err(refusal))) => {
                    let _ = sender.send(Err(refusal));
                    return;
                }
                Ok(_) => {}
                Err(_) => {
                    let _ = sender.send(answer);
                    return;
                }
            }
        }
    });
    ended
        .recv_timeout(STOP_WAIT)
        .unwrap_or_else(|_| Err(Refusal::new("stop-slow")))?;
    if call.json {
        return call.object(&serde_json::json!({ "stopped": true }));
    }
    call.say("cli-server-stopped", &[])
}

pub(super) fn status(call: &mut Call) -> Outcome {
    let status = call.office()?.ask(GetStatus {})?;
    if call.json {
        return call.object(&status);
    }
    let mut table = Table::default();
    let mut row = |name: &str, value: String| {
        table.row([call.locale.text(&format!("column-{name}")), value]);
    };
    row("version", status.version.clone());
    row("pid", status.pid.to_string());
    row("home", status.home.clone());
    let mark = if status.clock_shifted {
        " (--clock)"
    } else {
        ""
    };
    row("clock", format!("{}{mark}", minute(Some(status.clock))));
    row("started", minute(Some(status.started)));
    row("letters", status.store.letters.to_string());
    row("satker", status.store.satker.to_string());
    row("sms", status.store.sms.to_string());
    for (state, count) in status.sms.iter().filter(|(_, count)| **count > 0) {
        let state = call.locale.text(&format!("sms-{}", state.as_str()));
        row("empty", format!("{count} {state}"));
    }
    row("clients", status.clients.to_string());
    row("disk", format!("{} MiB", status.disk_free_mb));
    row("backup", minute(status.backup.last));
    row("check", minute(status.check.as_ref().map(|check| check.at)));
    call.table(&table)?;
    call.line("")?;
    let modems = modem::table(call, &status.modems);
    call.table(&modems)?;
    for warning in &status.warnings {
        call.remark_refusal(warning);
    }
    Ok(())
}

pub(super) fn demo(call: &mut Call, seed: u64, satker: u32, letters: u32) -> Outcome {
    let mut office = match call.office() {
        Err(refusal) if refusal.code == "unreachable" => {
            start_server(&call.home)?;
            call.office()?
        }
        office => office?,
    };
    let report = office.ask(LoadDemo {
        seed,
        satker,
        letters,
    })?;
    if call.json {
        return call.object(&report);
    }
    call.say(
        "cli-demo-loaded",
        &[
            ("satker", report.satker.into()),
            ("letters", report.letters.into()),
            ("sms", report.sms.into()),
            ("deadlines", report.deadlines.into()),
        ],
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::*;

    #[test]
    fn what_a_server_says_before_it_has_a_log_stays_small_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("serve.err");
        drop(open_errors(&path).unwrap());
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        for (length, left) in [(ERRORS_MAX, ERRORS_MAX), (ERRORS_MAX + 1, 0)] {
            File::create(&path).unwrap().set_len(length).unwrap();
            let file = open_errors(&path).unwrap();
            assert_eq!(file.metadata().unwrap().len(), left);
        }
        fs::remove_file(&path).unwrap();
        symlink(folder.path().join("other"), &path).unwrap();
        assert!(open_errors(&path).is_err());
        assert!(!folder.path().join("other").exists());
    }

    #[test]
    fn a_trial_clock_may_be_given_in_several_forms() {
        let check = |text: &str, utc: &str| {
            assert_eq!(moment(text).unwrap().to_rfc3339(), utc, "{text}");
        };
        check("2026-11-24T09:30:00+07:00", "2026-11-24T02:30:00+00:00");
        check("2026-11-24T09:30", "2026-11-24T02:30:00+00:00");
        check("2026-11-24 09:30:15", "2026-11-24T02:30:15+00:00");
        check("2026-11-24", "2026-11-24T01:00:00+00:00");
        assert_eq!(moment("tomorrow"), None);
        assert_eq!(moment("2026-13-01"), None);
    }

    #[test]
    fn the_last_words_of_a_dead_server_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("serve.err");
        fs::write(&path, "old trouble\n").unwrap();
        assert_eq!(last_line(&path, 12), None);
        fs::write(&path, "old trouble\nnew\u{1b}[1m trouble\n\n").unwrap();
        assert_eq!(last_line(&path, 12).unwrap(), "new\u{fffd}[1m trouble");
        assert_eq!(last_line(&folder.path().join("none"), 0), None);
    }
}
