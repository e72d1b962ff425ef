//! The one owner of the journal, the store and the modems.
//!
//! Start: lock, settings, modules, journal and store, writer, outbox, socket. End: socket, modems, writer, store; a `kill -9` at any
//! point loses nothing that was acknowledged.

mod alerts;
mod answers;
mod broadcast;
pub mod clock;
mod connection;
pub mod counter;
pub mod daily;
mod deadlines;
pub mod demo;
mod demo_loading;
mod forms;
mod gateway;
mod hold;
mod imports;
mod inbox;
mod letters;
mod lock;
mod log;
mod messages;
mod notices;
pub mod office;
mod offsite;
mod outbox;
mod parts;
mod queries;
mod queue;
mod records;
mod replay;
mod reports;
#[cfg(test)]
mod rig;
mod summary;
mod systemd;
mod throttle;
mod timer;
mod users;
mod writer;

pub use offsite::repair;
pub use records::accept_loss;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use crossbeam_channel::{Receiver, bounded, select};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::ask::Topic;
use crate::domain::calendar::{Calendar, parse_holidays};
use crate::domain::module::{Modules, Source};
use crate::domain::refusal::Refusal;
use crate::home::{Home, guard, read_folder, read_text};
use crate::settings::Settings;
use clock::Clock;
use connection::Shared;
use daily::Daily;
use lock::Lock;
use notices::Notices;
use office::Office;
use outbox::Outbox;
use systemd::{Manager, Watchdog};
use writer::Writer;

/// How to run.
#[derive(Debug, Clone, Copy, Default)]
pub struct ServeOptions {
    /// Trial mode: the clock starts running from this instant.
    pub clock: Option<DateTime<Utc>>,
    /// How many times as fast as the real time it runs then; 0 is taken for 1.
    pub speed: u32,
    /// Started by a desk: nobody reads its standard output, and it must outlive the terminal.
    pub background: bool,
}

/// Runs the server until it is told to stop.
///
/// # Errors
/// What keeps it from starting: `already-running`, `settings-bad`, `module-bad`, `file-bad`, `journal-failed` …
pub fn run(home: &Home, options: ServeOptions) -> Result<(), Refusal> {
    let bad = |error: std::io::Error| {
        Refusal::new("file-bad")
            .with("file", home.dir().display())
            .with("line", "")
            .with("cause", error)
    };
    guard::may_be_made(home)?;
    home.create().map_err(bad)?;
    crate::offsite::whole_home(home)?;
    let mut warnings = guard::check(home)?;
    // Everybody may knock at the socket, but what the server keeps (phones, letters, the log) is read through it only, by role.
    nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(0o077));
    if options.background {
        // An own session: the terminal's hang-up does not reach it. It may be a session leader already.
        let _ = nix::unistd::setsid();
    }
    let _lock = Lock::take(home)?;
    let _log = log::start(home, options.background);
    let manager = Manager::from_env();
    manager.tell("STATUS=reading the journal");
    let settings = Settings::load(home)?;
    for file in settings.secret_files(home) {
        warnings.extend(guard::check_secret(&file)?);
    }
    for warning in &warnings {
        tracing::warn!(%warning, "the home folder");
    }
    let (modules, module_files) = load_modules(home)?;
    check_office_name(&modules, &settings);
    let calendar = load_calendar(home)?;
    let clock = Clock::at_speed(options.clock, options.speed);
    let (journal, store) = records::open(home, settings.office.zone.offset(), &mut warnings)?;
    let office = Arc::new(Office::new(
        store,
        modules,
        module_files,
        settings,
        calendar,
        clock,
        home,
        warnings,
    ));

    office.note_written(journal.tail(), journal.time());
    office.copies.of_journal(journal.reader());
    let (stop, stopping) = bounded(4);
    let notices = Arc::new(Notices::default());
    let broken = stop.clone();
    let (failed, failure) = bounded(1);
    let (writer, writing) = Writer::start(
        Arc::clone(&office),
        journal,
        Arc::clone(&notices),
        move |refusal| {
            tracing::error!(%refusal, "the journal cannot be written: the server ends");
            let _ = failed.send(refusal);
            let _ = broken.try_send(());
        },
    )
    .map_err(bad)?;
    hold::hold_restored(&writer, home)?;
    let outbox = Outbox::start(Arc::clone(&office), writer.clone(), Arc::clone(&notices))?;
    let timer = timer::Timer::start(Arc::clone(&office), writer.clone()).map_err(bad)?;
    let keeper = offsite::Keeper::start(Arc::clone(&office), writer.clone(), Arc::clone(&notices))
        .map_err(bad)?;
    let daily = Daily::start(Arc::clone(&office), writer.clone()).map_err(bad)?;
    let watchdog = Watchdog::start(&manager, writer.clone()).map_err(bad)?;
    let shared = Arc::new(Shared::new(
        Arc::clone(&office),
        writer,
        notices,
        outbox,
        daily,
        stop.clone(),
    ));
    let listener = home.listen().map_err(bad)?;
    let accepting = Arc::clone(&shared);
    std::thread::Builder::new()
        .name("accept".to_owned())
        .spawn(move || {
            for stream in listener.incoming() {
                match stream {
                    Ok(stream) => connection::serve(stream, &accepting),
                    Err(error) => {
                        // Out of file descriptors, most likely: clients that go free some.
                        tracing::error!(%error, "a client could not be accepted");
                        std::thread::sleep(Duration::from_millis(100));
                    }
                }
            }
        })
        .map_err(bad)?;
    tracing::info!(pid = std::process::id(), home = %home.dir().display(), seq = shared.writer.seq(), "the server is ready");
    if !options.background {
        // Whoever started it in the foreground, a service manager or a test, can wait for this line.
        println!(
            "ready pid={} socket={}",
            std::process::id(),
            home.socket().display()
        );
    }
    manager.tell("READY=1\nSTATUS=ready");
    wait_for_end(&stopping).map_err(bad)?;

    tracing::info!("stopping");
    manager.tell("STOPPING=1\nSTATUS=stopping");
    shared
        .notices
        .tell(shared.writer.seq(), [Topic::Stopping].into());
    // The socket goes first, so that nobody comes any more; a missing file is as good.
    let _ = std::fs::remove_file(home.socket());
    drop(timer);
    drop(watchdog);
    drop(keeper);
    shared.outbox.stop();
    // What a journal that failed does not have must not get into the store either.
    if let Ok(refusal) = failure.try_recv() {
        drop(writing);
        return Err(refusal);
    }
    if let Err(error) = office.store.flush() {
        tracing::warn!(%error, "the store was not flushed; the journal has everything");
    }
    office.anchor();
    tracing::info!("stopped");
    Ok(())
}

fn wait_for_end(stopping: &Receiver<()>) -> std::io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP])?;
    let (caught, signal) = bounded(1);
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            for number in signals.forever() {
                // A desk that started the server hangs up: colleagues go on.
                if number != SIGHUP && caught.send(number).is_err() {
                    return;
                }
            }
        })?;
    select! {
        recv(stopping) -> _ => {}
        recv(signal) -> _ => {}
    }
    Ok(())
}

/// The modules in force and the files they were read from: built in, with what `modules/` says instead or besides.
///
/// # Errors
/// `module-bad` with file, line, key and nearest spelling.
pub fn load_modules(home: &Home) -> Result<(Modules, Vec<(String, String)>), Refusal> {
    let dir = home.folder("modules");
    let files = read_folder(&dir, ".toml").map_err(|error| {
        Refusal::new("file-bad")
            .with("file", dir.display())
            .with("line", "")
            .with("cause", error)
    })?;
    let sources = files
        .iter()
        .map(|(file, text)| Source {
            file: file.clone(),
            text: text.clone(),
        })
        .collect();
    let modules = Modules::with_overrides(sources).map_err(|problems| {
        let first = problems.first();
        let explain = |lang| {
            first
                .map(|problem| problem.explain(lang))
                .unwrap_or_default()
        };
        office::reasons(
            Refusal::new("module-bad").with("count", problems.len()),
            explain,
        )
    })?;
    Ok((modules, files))
}

fn check_office_name(modules: &Modules, settings: &Settings) {
    let tight = modules.check_office_name(&settings.office.name);
    for (place, septets) in &tight {
        tracing::warn!(%place, septets, "with the office's full name this text is longer than one SMS; the name is cut there");
    }
}

/// The national calendar: built in, or `holidays.csv` of the home.
///
/// # Errors
/// `holidays-bad` with the line.
pub fn load_calendar(home: &Home) -> Result<Calendar, Refusal> {
    let path = home.dir().join("holidays.csv");
    if !path.exists() {
        return Ok(Calendar::builtin());
    }
    let bad = |cause: &dyn std::fmt::Display| {
        Refusal::new("file-bad")
            .with("file", path.display())
            .with("line", "")
            .with("cause", cause)
    };
    let text = read_text(&path).map_err(|error| bad(&error))?;
    Ok(Calendar::new(
        parse_holidays(&text).map_err(|error| bad(&error))?,
    ))
}
