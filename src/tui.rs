//! The desk: the only part of the program that touches the terminal.
//!
//! Once round the loop: bytes → [`input`] → [`keys`] (by the keymap) → [`state::Msg`] → [`update`] → effects → one frame → what it asks the server. The
//! driver in this file is dull on purpose: it waits for one message, drains what else has come, updates, and draws once.

use std::{
    collections::HashMap,
    io::{self, IsTerminal},
    os::fd::AsFd,
    time::{Duration, Instant},
};

use chrono::{DateTime, FixedOffset, Local, TimeDelta, Timelike};
use crossbeam_channel::{Receiver, Sender, never, select, unbounded};

use crate::domain::refusal::Refusal;
use crate::{ask::Request, client::Asker, client::Heard, home::Home};

pub mod action;
mod areas;
mod available;
mod data_file;
pub mod input;
pub mod key;
pub mod keymap;
pub mod keys;
mod link;
pub mod look;
pub mod popup;
pub mod screen;
pub mod state;
mod terminal;
#[cfg(test)]
mod tests;
pub mod text;
pub mod theme;
mod update;
pub mod view;
pub mod widget;

pub use data_file::FileError;
pub use link::StartServer;
pub use update::update;

use input::Input;
use link::LinkEvent;
use look::Look;
use state::{Effect, Msg, State, Ticket};
use terminal::Screen;

/// What the desk needs to begin.
pub struct Desk {
    /// Where the server is.
    pub home: Home,
    /// How it looks and speaks.
    pub look: Look,
    /// Starts a server when none answers.
    pub start_server: StartServer,
}

/// A pause in typing after which a form is kept on the server.
const PAUSE: Duration = Duration::from_millis(800);

/// Runs the desk until the person leaves or the terminal is gone.
///
/// # Errors
/// When standard input or output is no terminal, or when it cannot be taken.
pub fn run(desk: Desk) -> io::Result<()> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "not a terminal"));
    }
    let (input_sender, inputs) = unbounded();
    let (link_sender, events) = unbounded();
    let (try_again, again) = unbounded();
    input::watch_signals(input_sender.clone())?;
    let mut screen = Screen::take()?;
    input::read_keys(io::stdin().as_fd().try_clone_to_owned()?, input_sender)?;
    link::keep(desk.home, desk.start_server, link_sender, again)?;
    let now = Local::now().fixed_offset();
    let mut driver = Driver {
        state: State::new(screen.size()?, now, fastrand::u64(..)),
        look: desk.look,
        line: Line {
            asker: None,
            tickets: HashMap::new(),
            unsent: Vec::new(),
            try_again,
        },
        clock: Clock {
            shown: now,
            at: Instant::now(),
        },
        pause: None,
        leaving: false,
    };
    match driver.run(&mut screen, &inputs, &events) {
        // A terminal that is gone is the ordinary end of a dropped line.
        Err(error) if is_gone(&error) => Ok(()),
        other => other,
    }
}

fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::BrokenPipe)
        || error.raw_os_error() == Some(nix::libc::EIO)
}

/// The office's clock, as told last, and when that was.
struct Clock {
    shown: DateTime<FixedOffset>,
    at: Instant,
}

impl Clock {
    fn now(&self) -> DateTime<FixedOffset> {
        self.shown + TimeDelta::from_std(self.at.elapsed()).unwrap_or_default()
    }

    /// Until the next full minute.
    fn until_tick(&self) -> Duration {
        let now = self.now();
        let millis = u64::from(now.second().min(59)) * 1000
            + u64::from(now.nanosecond() / 1_000_000).min(999);
        Duration::from_millis(60_000 - millis + 5)
    }
}

/// Requests under way.
struct Line {
    asker: Option<Asker>,
    tickets: HashMap<u64, Ticket>,
    /// What the last updates wanted to know.
    unsent: Vec<(Ticket, Request)>,
    /// Makes the line try at once. Dropped at the end, which also ends the line's thread.
    try_again: Sender<()>,
}

struct Driver {
    state: State,
    look: Look,
    line: Line,
    clock: Clock,
    /// When the person will have typed nothing for a moment.
    pause: Option<Instant>,
    leaving: bool,
}

impl Driver {
    fn run(
        &mut self,
        screen: &mut Screen,
        inputs: &Receiver<Input>,
        events: &Receiver<LinkEvent>,
    ) -> io::Result<()> {
        let mut tick = Instant::now() + self.clock.until_tick();
        loop {
            screen.draw(|frame| view::draw(frame, &self.state, &self.look))?;
            // The frame first: what a key shows must not wait for a server that works on the answer.
            if self.send(screen)? {
                continue;
            }
            let pause = self.pause.map_or_else(never, crossbeam_channel::at);
            select! {
                recv(inputs) -> input => match input {
                    Ok(input) => self.take_input(screen, input)?,
                    Err(_) => return Ok(()),
                },
                recv(events) -> event => match event {
                    Ok(event) => self.take_event(screen, event)?,
                    Err(_) => return Ok(()),
                },
                recv(crossbeam_channel::at(tick)) -> _ => {
                    let now = self.clock.now();
                    self.take(screen, Msg::Tick(now))?;
                },
                recv(pause) -> _ => {
                    self.pause = None;
                    self.take(screen, Msg::Paused)?;
                },
            }
            // Whatever has come in the meantime goes into the same frame.
            loop {
                if let Ok(input) = inputs.try_recv() {
                    self.take_input(screen, input)?;
                } else if let Ok(event) = events.try_recv() {
                    self.take_event(screen, event)?;
                } else {
                    break;
                }
                if self.leaving {
                    break;
                }
            }
            if self.leaving {
                self.send(screen)?;
                return Ok(());
            }
            tick = Instant::now() + self.clock.until_tick();
        }
    }

    fn take_input(&mut self, screen: &mut Screen, input: Input) -> io::Result<()> {
        let msg = match input {
            Input::Key(key) => {
                if let Some(pause) = &mut self.pause {
                    *pause = Instant::now() + PAUSE;
                }
                match keys::press(&mut self.state, &self.look, key) {
                    Some(msg) => msg,
                    None => return Ok(()),
                }
            }
            Input::Paste(text) => Msg::Paste(text),
            Input::Resize => {
                screen.repaint()?;
                let (width, height) = screen.size()?;
                Msg::Size(width, height)
            }
            Input::Suspend => return screen.suspend(),
            Input::Continued => return screen.repaint(),
            Input::Lost => {
                self.leaving = true;
                return Ok(());
            }
        };
        self.take(screen, msg)
    }

    fn take_event(&mut self, screen: &mut Screen, event: LinkEvent) -> io::Result<()> {
        match event {
            LinkEvent::Up(asker) => {
                self.line.asker = Some(asker);
                self.take(screen, Msg::Up)
            }
            LinkEvent::Heard(Heard::Notice(notice)) => self.take(screen, Msg::Notice(notice)),
            LinkEvent::Heard(Heard::Answer(id, result)) => match self.line.tickets.remove(&id) {
                Some(ticket) => self.take(screen, Msg::Answer(ticket, result)),
                None => Ok(()),
            },
            LinkEvent::Down(refusal) => {
                self.line.asker = None;
                self.take(screen, Msg::Down(refusal))?;
                // No answer will come to what was asked on the old line.
                let open: Vec<Ticket> = self
                    .line
                    .tickets
                    .drain()
                    .map(|(_, ticket)| ticket)
                    .collect();
                for ticket in open {
                    self.take(
                        screen,
                        Msg::Answer(ticket, Err(Refusal::new("connection-lost"))),
                    )?;
                }
                Ok(())
            }
        }
    }

    /// Asks the server what the last updates wanted to know. Whether something could not be asked, which changes what is shown.
    fn send(&mut self, screen: &mut Screen) -> io::Result<bool> {
        let mut refused = false;
        for (ticket, request) in std::mem::take(&mut self.line.unsent) {
            let sent = match &mut self.line.asker {
                Some(asker) => asker.send(request),
                None => Err(Refusal::new("connection-lost")),
            };
            match sent {
                Ok(id) => {
                    self.line.tickets.insert(id, ticket);
                }
                Err(refusal) => {
                    refused = true;
                    self.take(screen, Msg::Answer(ticket, Err(refusal)))?;
                }
            }
        }
        Ok(refused)
    }

    /// Updates the state and carries out what it wants; what it asks the server goes out after the next frame.
    fn take(&mut self, screen: &mut Screen, msg: Msg) -> io::Result<()> {
        for effect in update(&mut self.state, msg) {
            match effect {
                Effect::Ask(ticket, request) => self.line.unsent.push((ticket, request)),
                Effect::TellPause => self.pause = Some(Instant::now() + PAUSE),
                Effect::SetClock(shown) => {
                    self.clock = Clock {
                        shown,
                        at: Instant::now(),
                    }
                }
                Effect::Repaint => screen.repaint()?,
                // The line's thread ends only with the desk.
                Effect::TryAgain => drop(self.line.try_again.send(())),
                Effect::Suspend => screen.suspend()?,
                Effect::Quit => self.leaving = true,
            }
        }
        Ok(())
    }
}
