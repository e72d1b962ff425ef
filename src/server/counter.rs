//! The counter of a small office: answers lines as any account, without a socket in the file system and without a server of its own.
//! Peer credentials cannot be made up, so that this is the way to try what another account may send; fuzzing does.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use crossbeam_channel::{Receiver, bounded};

use super::clock::Clock;
use super::connection::{self, Shared};
use super::daily::Daily;
use super::notices::Notices;
use super::office::Office;
use super::outbox::Outbox;
use super::records;
use super::writer::Writer;
use crate::domain::calendar::Calendar;
use crate::domain::module::Modules;
use crate::domain::refusal::Refusal;
use crate::home::Home;
use crate::settings::Settings;

/// See the module's documentation.
#[derive(Debug)]
pub struct Counter {
    shared: Arc<Shared>,
    _stopping: Receiver<()>,
}

impl Counter {
    /// Opens the office of this home with these settings and the built-in modules.
    ///
    /// # Errors
    /// Those of a server's start.
    pub fn open(home: &Home, settings: Settings) -> Result<Self, Refusal> {
        let failed = |error: io::Error| Refusal::new("internal").with("cause", error);
        home.create().map_err(failed)?;
        let zone = settings.office.zone.offset();
        let (journal, store) = records::open(home, zone, &mut Vec::new())?;
        let modules = Modules::builtin().map_err(|_| Refusal::new("module-bad"))?;
        let office = Arc::new(Office::new(
            store,
            modules,
            Vec::new(),
            settings,
            Calendar::builtin(),
            Clock::new(None),
            home,
            Vec::new(),
        ));
        office.note_written(journal.tail(), journal.time());
        office.copies.of_journal(journal.reader());
        let notices = Arc::new(Notices::default());
        let kept = (Arc::clone(&office), Arc::clone(&notices));
        let (writer, _) = Writer::start(kept.0, journal, kept.1, |refusal| {
            tracing::error!(%refusal, "the journal cannot be written");
        })
        .map_err(failed)?;
        let outbox = Outbox::start(Arc::clone(&office), writer.clone(), Arc::clone(&notices))?;
        let daily = Daily::start(Arc::clone(&office), writer.clone()).map_err(failed)?;
        let (stop, stopping) = bounded(4);
        Ok(Self {
            shared: Arc::new(Shared::new(office, writer, notices, outbox, daily, stop)),
            _stopping: stopping,
        })
    }

    /// All that an account of this name is answered when it sends these bytes and hangs up.
    ///
    /// # Errors
    /// Those of a pair of sockets.
    pub fn answer(&self, user: &str, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let (mut ours, theirs) = UnixStream::pair()?;
        std::thread::scope(|threads| {
            threads.spawn(|| connection::serve_named(theirs, &self.shared, user));
            let mut sending = ours.try_clone()?;
            threads.spawn(move || {
                // Whoever was turned away is not listened to any more.
                let _ = sending.write_all(bytes);
                let _ = sending.shutdown(Shutdown::Write);
            });
            let mut answers = Vec::new();
            // What was sent in vain resets the connection; what was answered before that is here.
            let _ = ours.read_to_end(&mut answers);
            Ok(answers)
        })
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.shared.outbox.stop();
    }
}
