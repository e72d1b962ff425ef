//! Lines that others write: requests on the socket, fault plans, and a journal that somebody touched.

use std::cell::OnceCell;
use std::io::Cursor;

use sipintar::journal::{Found, Journal, JournalError, read_all};
use sipintar::modem::simulator::Fault;
use sipintar::protocol::{ClientLine, LineError, LineReader, ServerLine};

/// The first octet chooses who reads.
pub fn run(data: &[u8]) {
    let Some((&what, rest)) = data.split_first() else {
        return;
    };
    match what % 4 {
        0 => socket::<ClientLine>(rest),
        1 => socket::<ServerLine>(rest),
        2 => {
            if let Ok(text) = std::str::from_utf8(rest) {
                let _ = text.parse::<Fault>();
            }
        }
        _ => journal(rest),
    }
}

fn socket<T: serde::de::DeserializeOwned>(bytes: &[u8]) {
    let mut reader = LineReader::new(Cursor::new(bytes), 512);
    loop {
        match reader.read::<T>() {
            Ok(_) | Err(LineError::Bad(_)) => {}
            Err(_) => return,
        }
    }
}

/// A journal is read to its end, or refused with its segment and line; a torn end is cut, once.
fn journal(bytes: &[u8]) {
    thread_local! {
        static FOLDER: OnceCell<tempfile::TempDir> = const { OnceCell::new() };
    }
    FOLDER.with(|folder| {
        let dir = folder
            .get_or_init(|| tempfile::tempdir().expect("a folder"))
            .path();
        let segment = dir.join("00000001.jsonl");
        std::fs::write(&segment, bytes).expect("a file");
        let mut entries = 0_u64;
        let read: Result<Found, JournalError> = read_all(dir, |entry, _| {
            entries += 1;
            assert_eq!(entry.seq, entries);
        });
        match read {
            Err(JournalError::Damaged { segment, line, .. }) => {
                assert!(segment.starts_with("00000001") && line > 0);
                assert!(Journal::open(dir, 0, |_, _| {}).is_err());
            }
            Err(error) => panic!("{error}"),
            Ok(found) => {
                assert_eq!(found.tail().seq, entries);
                let (opened, _) =
                    Journal::open(dir, 0, |_, _| {}).expect("what can be read can be opened");
                assert_eq!(opened.seq(), entries);
                drop(opened);
                let (_, cut) = Journal::open(dir, 0, |_, _| {}).expect("and again");
                assert_eq!(cut, 0);
            }
        }
    });
}
