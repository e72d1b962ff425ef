//! The way to a running modem, whatever it is.

use std::thread::JoinHandle;

use super::event::ModemCommand;

/// A running modem. Dropping it stops the thread without waiting.
pub struct ModemHandle {
    name: String,
    command: Box<dyn Fn(ModemCommand) -> bool + Send>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for ModemHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ModemHandle")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl ModemHandle {
    /// `command` takes a command to the thread and says whether the thread is still there.
    pub(super) fn new(
        name: String,
        command: impl Fn(ModemCommand) -> bool + Send + 'static,
        thread: JoinHandle<()>,
    ) -> Self {
        Self {
            name,
            command: Box::new(command),
            thread: Some(thread),
        }
    }

    /// The modem's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gives the modem something to do; `false` when its thread has ended.
    pub fn command(&self, command: ModemCommand) -> bool {
        (self.command)(command)
    }

    /// Stops the modem and waits for it: a message in flight gets its answer or its time-out.
    pub fn stop(mut self) {
        self.command(ModemCommand::Stop);
        if let Some(thread) = self.thread.take() {
            // A panic in there has been reported by its hook already.
            let _ = thread.join();
        }
    }
}

impl Drop for ModemHandle {
    fn drop(&mut self) {
        self.command(ModemCommand::Stop);
    }
}
