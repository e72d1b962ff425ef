//! From the terminal's bytes to [`Input`]: keys in one spelling, pasted text, resize, and the news that the terminal is gone.
//!
//! The bytes are read here and not by crossterm 0.29, for three reasons that cannot be repaired from outside its reader: it
//! gives an escape sequence that arrives in two packets as Esc and typed letters; it gives PuTTY's Alt+F1 as Esc and the text
//! `[11~`; and it spins at full load when the terminal is gone. Reading takes one `poll` and one `read`;
//! [`decode`] is pure and holds the knowledge of what terminals send.

use std::{
    io,
    os::fd::{AsFd, OwnedFd},
    thread,
    time::Duration,
};

use crossbeam_channel::Sender;
use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, PollTimeout, poll},
    unistd::read,
};
use signal_hook::{
    consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH},
    iterator::Signals,
};

pub mod decode;

use super::key::Key;
use decode::Decoder;

/// One thing that the terminal told us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted; line breaks are `\n`, other control characters are gone.
    Paste(String),
    /// The terminal has another size now.
    Resize,
    /// Somebody asked the process to stop for a while (`kill -TSTP`).
    Suspend,
    /// The process runs again after a stop.
    Continued,
    /// The terminal is gone, or the process was told to end: leave at once.
    Lost,
}

/// Starts the thread that reads `terminal`. It ends after [`Input::Lost`] or when nobody listens any more.
///
/// # Errors
/// When the thread cannot be started.
pub fn read_keys(terminal: OwnedFd, inputs: Sender<Input>) -> io::Result<()> {
    thread::Builder::new()
        .name("keys".to_owned())
        .spawn(move || {
            let mut decoder = Decoder::default();
            let mut heard = Vec::new();
            loop {
                let wait = decoder.patience();
                match wait_and_read(&terminal, wait, &mut decoder, &mut heard) {
                    Ok(()) => {}
                    Err(Errno::EINTR | Errno::EAGAIN) => continue,
                    Err(_) => heard.push(Input::Lost),
                }
                for input in heard.drain(..) {
                    let lost = input == Input::Lost;
                    if inputs.send(input).is_err() || lost {
                        return;
                    }
                }
            }
        })?;
    Ok(())
}

/// Waits for bytes, at most `wait`, and decodes them; silence is told to the decoder too.
fn wait_and_read(
    terminal: &OwnedFd,
    wait: Option<Duration>,
    decoder: &mut Decoder,
    heard: &mut Vec<Input>,
) -> Result<(), Errno> {
    let timeout = wait.map_or(PollTimeout::NONE, |wait| {
        PollTimeout::try_from(wait).unwrap_or(PollTimeout::MAX)
    });
    let mut watched = [PollFd::new(terminal.as_fd(), PollFlags::POLLIN)];
    if poll(&mut watched, timeout)? == 0 {
        decoder.silence(heard);
        return Ok(());
    }
    let mut bytes = [0; 4096];
    // A hang-up shows as an end of file or as an error of the read, on every kind of terminal.
    match read(terminal, &mut bytes)? {
        0 => heard.push(Input::Lost),
        count => decoder.feed(bytes.get(..count).unwrap_or_default(), heard),
    }
    Ok(())
}

/// Starts the thread that turns signals into inputs.
///
/// # Errors
/// When the signals cannot be watched or the thread cannot be started.
pub fn watch_signals(inputs: Sender<Input>) -> io::Result<()> {
    let mut signals = Signals::new([SIGWINCH, SIGHUP, SIGTERM, SIGINT, SIGTSTP, SIGCONT])?;
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            for signal in signals.forever() {
                let input = match signal {
                    SIGWINCH => Input::Resize,
                    SIGTSTP => Input::Suspend,
                    SIGCONT => Input::Continued,
                    _ => Input::Lost,
                };
                let lost = input == Input::Lost;
                if inputs.send(input).is_err() || lost {
                    return;
                }
            }
        })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;

    use super::*;
    use crate::tui::key::Code;
    use std::io::Write;

    #[test]
    fn a_closed_terminal_ends_the_reading() {
        let (mut person, terminal) = UnixStream::pair().unwrap();
        let (sender, inputs) = crossbeam_channel::unbounded();
        read_keys(terminal.into(), sender).unwrap();
        person.write_all(b"n\x1b").unwrap();
        let next = || inputs.recv_timeout(Duration::from_secs(10)).unwrap();
        assert_eq!(next(), Input::Key(Key::char('n')));
        // Esc alone is told apart from the start of a sequence by the silence after it.
        assert_eq!(next(), Input::Key(Key::plain(Code::Esc)));
        drop(person);
        assert_eq!(next(), Input::Lost);
        assert!(
            inputs.recv_timeout(Duration::from_secs(10)).is_err(),
            "the thread has ended"
        );
    }
}
