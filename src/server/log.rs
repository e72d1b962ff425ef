//! The log: what happened, for whoever looks after the machine. One line an event, whatever strangers put into it; no telephone number
//! and no text of a message; of many like lines only so many; and never more than a set size on the disk.
//!
//! `SIPINTAR_LOG` sets the level (`debug`, `sipintar=trace,info` …); without it, `info`.

mod files;
mod flood;
mod line;

use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tracing::{Event, Level, Subscriber};
use tracing_appender::non_blocking::{NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::home::Home;
use files::Files;
use flood::{Flood, Verdict};

/// Lines that wait for a slow disk; more are dropped rather than held in memory.
const WAITING: usize = 4096;

/// The running log; what was left out is counted in it when it is dropped.
pub struct Log {
    lines: Lines<NonBlocking>,
    /// Writes what waits when dropped, which comes after the line above.
    _writing: WorkerGuard,
}

impl Drop for Log {
    fn drop(&mut self) {
        self.lines.locked().close();
    }
}

/// Starts the log in `log/` of this home. Without a folder that can be written the server runs without a log rather than not at all.
/// In the `background` nobody reads the standard error, and a panic is told to the log alone.
pub fn start(home: &Home, background: bool) -> Option<Log> {
    home.create_log().ok()?;
    let (out, writing) = NonBlockingBuilder::default()
        .buffered_lines_limit(WAITING)
        .thread_name("log")
        .finish(Files::new(home.log()));
    let lines = Lines::new(out);
    let filter = EnvFilter::try_from_env("SIPINTAR_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,sled=warn"));
    let started = tracing_subscriber::registry()
        .with(lines.clone().with_filter(filter))
        .try_init();
    started.ok()?;
    tell_panics(background);
    Some(Log {
        lines,
        _writing: writing,
    })
}

/// A panic is an event like others: one line, limited in number. `serve.err` would grow with each.
fn tell_panics(background: bool) {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let said = panic.payload_as_str().unwrap_or("?");
        let place = panic.location().map(ToString::to_string);
        let thread = std::thread::current().name().unwrap_or("?").to_owned();
        tracing::error!(said, place, thread, "a panic");
        if !background {
            before(panic);
        }
    }));
}

/// Makes a line of each event and writes it, unless there were too many like it.
struct Lines<W> {
    inner: Arc<Mutex<Inner<W>>>,
}

impl<W> Clone for Lines<W> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
        }
    }
}

struct Inner<W> {
    out: W,
    flood: Flood,
}

impl<W: Write> Lines<W> {
    fn new(out: W) -> Self {
        Self {
            inner: Arc::new(Mutex::new(Inner {
                out,
                flood: Flood::default(),
            })),
        }
    }

    fn locked(&self) -> MutexGuard<'_, Inner<W>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W: Write> Inner<W> {
    /// Says what was left out of rows that are over.
    fn settle(&mut self, over: Vec<flood::LeftOut>) {
        for row in over {
            self.write(&line::left_out(&row.head, row.count));
        }
    }

    fn close(&mut self) {
        let over = self.flood.close();
        self.settle(over);
    }

    fn write(&mut self, line: &str) {
        // A full disk must not stop the office, and there is nowhere to complain.
        let _ = self.out.write_all(line.as_bytes());
    }
}

impl<S: Subscriber, W: Write + Send + 'static> Layer<S> for Lines<W> {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let (head, line) = line::of(event);
        let mut inner = self.locked();
        // Whoever asked for more than the usual level wants all of it.
        if *metadata.level() > Level::INFO {
            return inner.write(&line);
        }
        let now = Instant::now();
        let over = inner.flood.over(now);
        inner.settle(over);
        if inner.flood.met(metadata.callsite(), &head, now) == Verdict::Write {
            inner.write(&line);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What is written while this runs, without the times.
    fn written(run: impl FnOnce()) -> Vec<String> {
        let page = Page::default();
        let lines = Lines::new(page.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines.clone()), run);
        lines.locked().close();
        let text = String::from_utf8(page.0.lock().unwrap().clone()).unwrap();
        text.lines()
            .map(|line| line.split_once(' ').unwrap().1.trim_start().to_owned())
            .collect()
    }

    #[test]
    fn an_event_is_one_line_whatever_strangers_put_into_it() {
        let version =
            "1\n2026-11-24T08:00:00Z ERROR sipintar: forged\r\u{1b}[2J\u{85}\u{2028}\u{202e}";
        let lines = written(|| {
            tracing::info!(client = version, protocol = 7, "a client speaks");
            tracing::info!(client = %version, "{version}");
        });
        assert_eq!(lines.len(), 2, "{lines:?}");
        let shown = "\"1\\u{a}2026-11-24T08:00:00Z ERROR sipintar: forged\\u{d}\\u{1b}[2J\\u{85}\\u{2028}\\u{202e}\"";
        assert_eq!(
            lines[0],
            format!("INFO sipintar::server::log::tests: a client speaks client={shown} protocol=7")
        );
        assert!(lines[1].ends_with(&format!("client={shown}")), "{lines:?}");
        assert!(
            lines
                .iter()
                .all(|line| !line.contains(|c: char| c.is_control() || c == '\u{202e}'))
        );
    }

    #[test]
    fn a_value_cannot_pass_for_another_field() {
        let lines = written(|| tracing::warn!(name = "x\" user=root", "met"));
        assert!(
            lines[0].ends_with("met name=\"x\\\" user=root\""),
            "{lines:?}"
        );
    }

    #[test]
    fn no_telephone_number_stands_in_a_line() {
        let lines = written(|| {
            let refusal =
                crate::domain::refusal::Refusal::new("opted-out").with("phone", "+6281234567890");
            tracing::warn!(%refusal, "for 0812-3456-7890");
        });
        for digits in ["34567", "3456"] {
            assert!(!lines[0].contains(digits), "{lines:?}");
        }
    }

    #[test]
    fn a_long_value_is_cut() {
        let lines = written(|| tracing::warn!(text = "x".repeat(1 << 20), "met"));
        assert!(lines[0].len() < 1000, "{}", lines[0].len());
        assert!(lines[0].ends_with('…'), "{lines:?}");
    }

    #[test]
    fn of_a_flood_so_many_lines_are_written_and_the_rest_is_counted() {
        let lines = written(|| {
            for n in 0..10_000 {
                tracing::warn!(n, "a stranger");
            }
            tracing::warn!("another matter");
        });
        assert_eq!(lines.len() as u64, flood::MOST + 2, "{lines:?}");
        let left_out = 10_000 - flood::MOST;
        assert!(
            lines
                .last()
                .unwrap()
                .ends_with(&format!(": {left_out} similar lines left out: a stranger")),
            "{lines:?}"
        );
    }
}
