//! The terminal as we take it and as we give it back.

use std::{
    cell::RefCell,
    io::{self, Write},
    panic,
    rc::Rc,
    sync::Once,
};

use crossterm::{
    cursor::Show,
    event::{DisableBracketedPaste, EnableBracketedPaste},
    execute,
    style::ResetColor,
    terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
};
use ratatui::{Frame, Terminal, backend::CrosstermBackend, layout::Rect};

/// Collects a frame, so that it leaves in one write. ratatui flushes three times for a frame; only [`Screen::draw`] sends.
#[derive(Clone, Default)]
struct Collected(Rc<RefCell<Vec<u8>>>);

impl Write for Collected {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The terminal in our hands: raw, on the alternate screen, with bracketed paste. Given back when dropped, and when the program panics.
pub(super) struct Screen {
    collected: Collected,
    terminal: Terminal<CrosstermBackend<Collected>>,
}

fn take() -> io::Result<()> {
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste)
}

fn give_back() {
    // A terminal that is gone cannot be given back; there is nobody left to tell.
    let _ = execute!(
        io::stdout(),
        DisableBracketedPaste,
        LeaveAlternateScreen,
        ResetColor,
        Show
    );
    let _ = disable_raw_mode();
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When it is no terminal, or is gone.
    pub(super) fn take() -> io::Result<Self> {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let previous = panic::take_hook();
            panic::set_hook(Box::new(move |info| {
                // Only the thread that draws holds the terminal; the message must land on the normal screen.
                if std::thread::current().name() == Some("main") {
                    give_back();
                }
                previous(info);
            }));
        });
        take()?;
        let collected = Collected::default();
        let terminal =
            Terminal::new(CrosstermBackend::new(collected.clone())).inspect_err(|_| give_back())?;
        Ok(Self {
            collected,
            terminal,
        })
    }

    /// Draws one frame and sends it in one write.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(super) fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.terminal.draw(view)?;
        let mut bytes = self.collected.0.borrow_mut();
        let mut out = io::stdout().lock();
        out.write_all(&bytes)?;
        out.flush()?;
        bytes.clear();
        Ok(())
    }

    /// Columns and rows now.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(super) fn size(&self) -> io::Result<(u16, u16)> {
        let size = self.terminal.size()?;
        Ok((size.width, size.height))
    }

    /// Forgets what is on the screen, so that the next frame paints all of it. Unlike ratatui's `clear` this asks the terminal
    /// nothing and so waits for nothing.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(super) fn repaint(&mut self) -> io::Result<()> {
        let (width, height) = self.size()?;
        self.terminal.resize(Rect::new(0, 0, width, height))
    }

    /// Gives the terminal back, stops the process as Ctrl-Z does, and takes the terminal again when it goes on.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        give_back();
        signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
        take()?;
        self.repaint()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}
