//! The command line: a client of the server like the desk, in text or in JSON.
//!
//! Exit status: 0 done, 1 refused, 2 wrong usage, 3 no server answers. Messages go to standard error in the reader's language.

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};
use clap::Parser;
use nix::sys::stat::{Mode, umask};
use serde::Serialize;

use crate::ask::{GetStatus, Office};
use crate::client::Client;
use crate::domain::id::{AgendaNo, SatkerCode};
use crate::domain::refusal::Refusal;
use crate::domain::when::parse_typed;
use crate::home::{self, Home};
use crate::locale::{Arg, Lang, Locale};
use crate::settings::Settings;
use crate::sheet;

mod args;
mod audit;
mod broadcast;
mod calendar;
mod check;
mod deadline;
mod desk;
mod imports;
mod inbox;
mod keys;
mod letter;
mod list;
mod modem;
mod module;
mod offsite;
mod pdu;
mod satker;
mod serve;
mod sms;
mod table;
#[cfg(test)]
mod tests;
mod users;

pub use serve::start_server;

use args::{Arguments, Command};
use table::Table;

/// How a command ended that did not end well.
#[derive(Debug)]
enum Failure {
    /// Refused; the reader has not been told yet.
    Refused(Refusal),
    /// Refused; the reader has been told.
    Told,
    /// Whoever read the output has enough.
    Enough,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::Enough
        } else {
            Self::Refused(Refusal::new("internal").with("cause", error))
        }
    }
}

type Outcome = Result<(), Failure>;

/// What every command needs.
struct Call {
    home: Home,
    locale: Locale,
    json: bool,
    out: Box<dyn Write>,
}

impl Call {
    fn office(&self) -> Result<Client, Refusal> {
        Client::connect(&self.home)
    }

    fn lang(&self) -> Lang {
        self.locale.lang()
    }

    fn line(&mut self, text: &str) -> Outcome {
        writeln!(self.out, "{}", table::clean(text))?;
        Ok(())
    }

    /// One object, on one line.
    fn object(&mut self, value: &impl Serialize) -> Outcome {
        serde_json::to_writer(&mut self.out, value).map_err(io::Error::from)?;
        writeln!(self.out)?;
        Ok(())
    }

    fn table(&mut self, table: &Table) -> Outcome {
        for line in table.lines() {
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    fn say(&mut self, id: &str, args: &[(&'static str, Arg)]) -> Outcome {
        let text = self.locale.with(id, args);
        self.line(&text)
    }

    /// As [`remark`].
    fn remark_refusal(&self, refusal: &Refusal) {
        remark(&self.locale.refusal(refusal));
    }

    /// Names of columns: texts `column-NAME`.
    fn header(&self, names: &[&str]) -> Table {
        Table::new(
            names
                .iter()
                .map(|name| self.locale.text(&format!("column-{name}"))),
        )
    }
}

/// A remark for the person, which must not get into the output.
fn remark(text: &str) {
    // Without a standard error there is nobody to tell.
    let _ = writeln!(io::stderr(), "{}", table::clean(text));
}

/// An agenda number as typed; one without a year is of the year that the server has.
fn agenda(office: &mut Client, text: &str) -> Result<AgendaNo, Refusal> {
    let year = if text.contains('/') {
        0
    } else {
        u16::try_from(clock(office)?.year()).unwrap_or_default()
    };
    AgendaNo::parse(text, year).map_err(|_| Refusal::new("bad-id").with("text", text))
}

/// The server's clock, in the office's zone.
fn clock(office: &mut Client) -> Result<DateTime<FixedOffset>, Refusal> {
    Ok(office.ask(GetStatus {})?.clock)
}

/// A day as people type it; today is that of the office.
fn typed_day(call: &Call, text: &str, today: NaiveDate) -> Result<NaiveDate, Refusal> {
    parse_typed(text, today).map_err(|error| {
        Refusal::new("bad-date")
            .with("text", text)
            .with("reason", error.explain(call.lang()))
    })
}

fn satker_code(text: &str) -> Result<SatkerCode, Refusal> {
    SatkerCode::parse(text.trim()).map_err(|_| Refusal::new("bad-id").with("text", text))
}

/// The definition of the command line, from which manual pages and completions are made too.
pub fn command() -> clap::Command {
    <Arguments as clap::CommandFactory>::command()
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    // What any command writes holds phones and letters: it is for this account alone, wherever it lies.
    umask(Mode::from_bits_truncate(0o077));
    let words: Vec<OsString> = std::env::args_os().collect();
    let arguments = match Arguments::try_parse_from(&words) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no errors: exit status 0, on standard output. A closed output is nobody's fault.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    // Before anything else is read: this process is to hold nothing but the file.
    if let Some(Command::ReadSheet { file }) = &arguments.command {
        return sheet::apart::answer(file);
    }
    let variable = std::env::var("SIPINTAR_LANG").ok();
    let home = Home::find(
        arguments.home.as_deref(),
        |name| std::env::var_os(name),
        home::INSTALLED.as_ref(),
    );
    let defaults = home.as_ref().map(desk_defaults).unwrap_or_default();
    let lang = arguments
        .lang
        .or_else(|| args::early_lang(&words, variable.as_deref()))
        .or(defaults.lang)
        .unwrap_or_default();
    let Some(home) = home else {
        let refusal = Refusal::new("no-home");
        let _ = writeln!(io::stderr(), "{}", Locale::built_in(lang).refusal(&refusal));
        return ExitCode::from(1);
    };
    let locale = match Locale::load(lang, &home.folder("locales")) {
        Ok(locale) => locale,
        Err(error) => {
            // A spoilt file of texts must not stop the office from working.
            let _ = writeln!(io::stderr(), "{error}");
            Locale::built_in(lang)
        }
    };
    let mut call = Call {
        home,
        locale,
        json: arguments.json,
        out: Box::new(BufWriter::new(io::stdout().lock())),
    };
    let outcome = run(&mut call, arguments, &defaults);
    let flushed = call.out.flush().map_err(Failure::from);
    match outcome.and(flushed) {
        Ok(()) | Err(Failure::Enough) => ExitCode::SUCCESS,
        Err(Failure::Told) => ExitCode::from(1),
        Err(Failure::Refused(refusal)) => {
            call.remark_refusal(&refusal);
            ExitCode::from(if refusal.is_unreachable() { 3 } else { 1 })
        }
    }
}

/// What `sipintar.toml` says about language, theme and keymap.
#[derive(Debug, Default)]
struct DeskDefaults {
    lang: Option<Lang>,
    theme: Option<String>,
    keymap: Option<String>,
}

/// The defaults of the desk. Settings that cannot be read are no reason to say nothing at all: then the built-in ones hold.
fn desk_defaults(home: &Home) -> DeskDefaults {
    match Settings::load(home) {
        Ok(Settings { desk, .. }) => DeskDefaults {
            lang: Some(desk.lang),
            theme: Some(desk.theme),
            keymap: Some(desk.keymap),
        },
        Err(_) => DeskDefaults::default(),
    }
}

fn run(call: &mut Call, arguments: Arguments, defaults: &DeskDefaults) -> Outcome {
    let keymap = arguments.keymap.as_ref().or(defaults.keymap.as_ref());
    let keymap = keymap.map_or("default", String::as_str);
    let Some(command) = arguments.command else {
        let theme = arguments.theme.as_ref().or(defaults.theme.as_ref());
        return desk::run(call, theme.map_or("default", String::as_str), keymap);
    };
    match command {
        Command::Serve {
            clock,
            speed,
            background,
        } => serve::serve(call, clock.as_deref(), speed, background),
        Command::Stop => serve::stop(call),
        Command::Status => serve::status(call),
        Command::Demo {
            seed,
            satker,
            letters,
        } => serve::demo(call, seed, satker, letters),
        Command::Satker(command) => satker::satker(call, command),
        Command::Budget(command) => satker::budget(call, command),
        Command::Letter(command) => letter::run(call, command),
        Command::Sms(command) => sms::run(call, command),
        Command::Inbox(command) => inbox::run(call, &command),
        Command::Report(command) => inbox::report(call, &command),
        Command::Deadline(command) => deadline::run(call, command),
        Command::Event(command) => deadline::event::run(call, command),
        Command::Calendar(command) => calendar::run(call, command),
        Command::Users(command) => users::run(call, command),
        Command::Audit(command) => audit::run(call, command),
        Command::Verify {
            against: Some(file),
        } => offsite::against(call, &file),
        Command::Verify { against: None } => audit::verify(call),
        Command::Backup { file, command } => offsite::backup(call, file, command),
        Command::Restore { file, until } => offsite::restore(call, &file, until.as_deref()),
        Command::Export { records: true, .. } => offsite::export_records(call),
        Command::Export { since, .. } => offsite::export(call, since),
        Command::Repair { folder } => offsite::repair(call, &folder),
        Command::AcceptLoss { seq } => audit::accept_loss(call, seq),
        Command::Pdu => pdu::run(call),
        Command::Modem(command) => modem::run(call, command),
        Command::Module(command) => module::run(call, &command),
        Command::Keys { keymap: own } => keys::run(call, own.as_deref().unwrap_or(keymap)),
        Command::Check => check::run(call),
        // Answered before anything was loaded.
        Command::ReadSheet { .. } => Ok(()),
    }
}
