//! Files that are given as a backup: one of the program's own that something was done to, and any bytes.
//!
//! A file that is called whole gives a whole home; of any other nothing is left behind. Whatever it is, nothing outside the new home changes.

use std::cell::OnceCell;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use chrono::DateTime;
use sipintar::domain::fact::Fact;
use sipintar::domain::id::SmsId;
use sipintar::domain::refusal::Refusal;
use sipintar::home::Home;
use sipintar::journal::{Journal, Snapshot, read_all};
use sipintar::locale::{LANGS, Locale};
use sipintar::offsite::{Source, make, restore, verify, verify_bytes};

/// Blocks of a tar file.
const BLOCK: usize = 512;

/// The first octet says whether the rest is the file itself, or what is done to a good one in pieces of five octets.
pub fn run(data: &[u8]) {
    let Some((&what, rest)) = data.split_first() else {
        return;
    };
    let mut bytes = if what & 1 == 0 {
        rest.to_vec()
    } else {
        let mut bytes = whole().to_vec();
        for piece in rest.chunks_exact(5).take(20) {
            if let &[kind, high, low, with, length] = piece {
                let at = usize::from(u16::from_be_bytes([high, low])) % (bytes.len() + 1);
                meddle(&mut bytes, kind, at, with, usize::from(length));
            }
        }
        bytes
    };
    if what & 2 != 0 {
        sum_up(&mut bytes);
    }
    thread_local! {
        static FOLDER: OnceCell<tempfile::TempDir> = const { OnceCell::new() };
    }
    FOLDER.with(|folder| {
        let dir = folder
            .get_or_init(|| tempfile::tempdir().expect("a folder"))
            .path();
        holds(dir, &bytes);
    });
}

/// A backup of a small office with two segments and files of a person's.
fn whole() -> &'static [u8] {
    static WHOLE: OnceLock<Vec<u8>> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::at(folder.path().join("home"));
        home.create().expect("a home");
        fs::write(home.settings_file(), "[office]\nname = \"KPPN Contoh\"\n").expect("a file");
        let (mut journal, _) =
            Journal::open(&home.journal(), 0, |_, _| {}).expect("an empty journal");
        for number in 1..=6 {
            let fact = Fact::SmsSent {
                id: SmsId(number),
                at: DateTime::UNIX_EPOCH,
            };
            journal
                .append(DateTime::UNIX_EPOCH, "sistem", None, vec![fact])
                .expect("a disk that works");
            journal.commit().expect("a disk that works");
        }
        drop(journal);
        let file = folder.path().join("b.tar");
        let source = Source {
            home: &home,
            journal: &Snapshot::of(&home.journal()).expect("a journal"),
            office: "KPPN Contoh",
            now: DateTime::UNIX_EPOCH,
        };
        make(&source, &file, &mut || {}).expect("a backup");
        fs::read(&file).expect("a backup")
    })
}

fn meddle(bytes: &mut Vec<u8>, kind: u8, at: usize, with: u8, length: usize) {
    let block = at / BLOCK * BLOCK;
    let end = (at + length).min(bytes.len());
    match kind % 7 {
        0 => bytes.truncate(at),
        1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= with;
            }
        }
        2 => bytes.insert(at, with),
        3 => drop(bytes.drain(at..end)),
        4 => {
            // Blocks twice, and somewhere else.
            let end = (block + BLOCK * (length % 8 + 1)).min(bytes.len());
            let copy = bytes[block..end].to_vec();
            let to = (usize::from(with) * BLOCK).min(bytes.len());
            bytes.splice(to..to, copy);
        }
        5 => bytes[at..end].fill(with),
        _ => bytes.extend(std::iter::repeat_n(with, length * 8)),
    }
}

/// Puts the sums of all headers right, as whoever makes a tar file can.
fn sum_up(bytes: &mut [u8]) {
    for header in bytes.chunks_exact_mut(BLOCK) {
        if header[257..262] == *b"ustar" {
            header[148..156].fill(b' ');
            let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
            header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        }
    }
}

fn holds(dir: &Path, bytes: &[u8]) {
    let file = dir.join("b.tar");
    let home = Home::at(dir.join("home"));
    let _ = fs::remove_dir_all(home.dir());
    fs::write(&file, bytes).expect("a file");
    let looked = verify_bytes(bytes);
    assert_eq!(verify(&file).is_ok(), looked.is_ok());
    let restored = restore(&file, &home, None);
    match looked {
        Ok(whole) => {
            let restored = restored.expect("what is whole can be restored");
            assert_eq!((restored.seq, &restored.hash), (whole.seq, &whole.hash));
            let mut last = (0, whole.hash.clone());
            read_all(&home.journal(), |entry, hash| {
                last = (entry.seq, hash);
            })
            .expect("a whole journal");
            assert_eq!(last.0, whole.seq);
            if last.0 > 0 {
                assert_eq!(last.1, whole.hash);
            }
            let (journal, cut) = Journal::open(&home.journal(), 0, |_, _| {}).expect("a journal");
            assert_eq!((journal.seq(), cut), (whole.seq, 0));
        }
        Err(refusal) => {
            words(&refusal);
            words(&restored.expect_err("what is not whole is not restored"));
            let left = fs::read_dir(home.dir()).map_or(0, Iterator::count);
            assert_eq!(left, 0, "nothing is left behind");
        }
    }
    let mut names: Vec<_> = fs::read_dir(dir)
        .expect("a folder")
        .map(|entry| entry.expect("a file").file_name())
        .collect();
    names.sort();
    names.retain(|name| name != "home");
    assert_eq!(names, ["b.tar"], "nothing outside the home");
    assert_eq!(fs::read(&file).expect("the backup"), bytes);
}

fn words(refusal: &Refusal) {
    static LOCALES: OnceLock<[Locale; 2]> = OnceLock::new();
    for locale in LOCALES.get_or_init(|| LANGS.map(Locale::built_in)) {
        assert!(locale.has(&format!("error-{}", refusal.code)), "{refusal}");
        let text = locale.refusal(refusal);
        assert!(
            !text.chars().any(|c| c != '\n' && c.is_control()),
            "{text:?}"
        );
    }
}
