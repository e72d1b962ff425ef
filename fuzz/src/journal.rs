//! The folder of a journal that somebody or something was at: files cut, changed, doubled, packed, exchanged, gone.
//!
//! Whatever was done: looking changes nothing, what is taken up goes on where it ended and can be read again, every byte of a file that was
//! there is there afterwards, and a journal whose manifest is whole has all that the manifest says.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use sipintar::domain::fact::Fact;
use sipintar::domain::id::SmsId;
use sipintar::domain::refusal::Refusal;
use sipintar::journal::{
    Anchor, Entry, FIRST_HASH, Found, Journal, JournalError, Known, Manifest, Row, examine,
    read_all,
};
use sipintar::locale::{LANGS, Locale};

/// The files that are meddled with. The first four are there at the beginning.
const NAMES: [&str; 8] = [
    "manifest",
    "00000001.jsonl",
    "00000002.jsonl",
    "00000003.jsonl",
    "00000001.jsonl.gz",
    "00000002.jsonl.gz",
    "00000003.jsonl.gz",
    "00000004.jsonl",
];

/// Facts in each of the two closed segments, and in the open one.
const FACTS: u64 = 4;

static LOCALES: OnceLock<[Locale; 2]> = OnceLock::new();

type Files = BTreeMap<String, Vec<u8>>;

/// Pieces of four octets: what is done, to which file, where, and with what. Those after a piece of kind 7 are the text of a manifest or an
/// anchor whose digest is right, whatever it says.
pub fn run(data: &[u8]) {
    let mut files = whole();
    let mut rest = data;
    while let [what, file, at, with, more @ ..] = rest {
        rest = more;
        if what % 8 == 7 {
            if with.is_multiple_of(2) {
                files.insert("manifest".to_owned(), digested(rest));
            } else {
                anchor(rest);
            }
            break;
        }
        meddle(&mut files, *what, *file, *at, *with);
    }
    thread_local! {
        static FOLDER: OnceCell<tempfile::TempDir> = const { OnceCell::new() };
    }
    FOLDER.with(|folder| {
        let dir = folder
            .get_or_init(|| tempfile::tempdir().expect("a folder"))
            .path();
        lay(dir, &files);
        holds(dir, &files);
    });
}

/// A journal of three segments.
fn whole() -> Files {
    let mut files = Files::new();
    let mut rows: Vec<Row> = Vec::new();
    let mut prev = FIRST_HASH.to_owned();
    let mut first_hash = String::new();
    for segment in 1..=3_u32 {
        let mut text = Vec::new();
        let first = u64::from(segment - 1) * FACTS + 1;
        for seq in first..first + FACTS {
            let line = serde_json::to_vec(&entry(seq, &prev)).expect("a fact can be written");
            prev = hash(&line);
            if seq == 1 {
                first_hash.clone_from(&prev);
            }
            text.extend(line);
            text.push(b'\n');
        }
        if segment < 3 {
            rows.push(Row {
                segment,
                first,
                last: first + FACTS - 1,
                hash: prev.clone(),
                time: time(),
                bytes: text.len() as u64,
                sha256: hash(&text),
                gz: None,
            });
        }
        files.insert(format!("{segment:08}.jsonl"), text);
    }
    let manifest = Manifest {
        journal: first_hash,
        rows,
    };
    files.insert("manifest".to_owned(), manifest.to_text().expect("plain"));
    files
}

/// Two facts belong together here and there, so that there are groups to be torn.
fn entry(seq: u64, prev: &str) -> Entry {
    Entry {
        seq,
        time: time(),
        actor: "sistem".to_owned(),
        begins: seq % 2 == 1,
        rest: u32::from(seq % 4 == 3),
        key: None,
        fact: fact(seq),
        prev: prev.to_owned(),
    }
}

fn fact(seq: u64) -> Fact {
    Fact::SmsSent {
        id: SmsId(seq),
        at: time(),
    }
}

fn time() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH
}

fn hash(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn meddle(files: &mut Files, what: u8, file: u8, at: u8, with: u8) {
    let name = NAMES[usize::from(file) % NAMES.len()];
    let other = NAMES[usize::from(with) % NAMES.len()];
    let Some(mut bytes) = files.get(name).cloned() else {
        return;
    };
    let place = bytes.len() * usize::from(at) / 255;
    match what % 8 {
        0 => {
            files.remove(name);
            return;
        }
        1 => bytes.truncate(place),
        2 => {
            if let Some(byte) = bytes.get_mut(place) {
                *byte ^= with;
            }
        }
        3 => bytes.insert(place, with),
        4 => bytes.truncate(lines(&bytes, at)),
        5 => {
            // A copy under the name of another.
            files.insert(other.to_owned(), bytes);
            return;
        }
        _ => {
            // Packed or unpacked beside itself, as a copy of the folder at another time has it.
            let (plain, packed) = (name.trim_end_matches(".gz"), format!("{name}.gz"));
            if plain == name && name != "manifest" {
                let mut out =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                out.write_all(&bytes).expect("memory");
                files.insert(packed, out.finish().expect("memory"));
            }
            if with.is_multiple_of(2) {
                files.remove(name);
            }
            return;
        }
    }
    files.insert(name.to_owned(), bytes);
}

/// Where so many lines end.
fn lines(bytes: &[u8], count: u8) -> usize {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .take(usize::from(count) % 5)
        .map(<[u8]>::len)
        .sum()
}

/// A manifest of any rows whose digest is right.
fn digested(text: &[u8]) -> Vec<u8> {
    let mut text = text.to_vec();
    if text.last() != Some(&b'\n') {
        text.push(b'\n');
    }
    let foot = format!("{{\"sha256\":\"{}\"}}\n", hash(&text));
    text.extend(foot.into_bytes());
    if let Ok(manifest) = Manifest::parse(&text) {
        let again = Manifest::parse(&manifest.to_text().expect("plain")).expect("as read");
        assert_eq!(again, manifest);
        let _ = manifest.tail();
    }
    text
}

/// An anchor is what was written, or none.
fn anchor(text: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal.anchor");
    let line = [hash(text).as_bytes(), b" ", text, b"\n"].concat();
    fs::write(&path, line).expect("a file");
    if let Some(anchor) = Anchor::read(&path).expect("a disk that works") {
        anchor.write(&path).expect("a disk that works");
        assert_eq!(Anchor::read(&path).expect("a disk"), Some(anchor.clone()));
        let _ = Known::new([anchor.tail()]).after();
    }
}

fn lay(dir: &Path, files: &Files) {
    for entry in fs::read_dir(dir).expect("a folder") {
        fs::remove_file(entry.expect("a file").path()).expect("a file");
    }
    for (name, bytes) in files {
        fs::write(dir.join(name), bytes).expect("a file");
    }
}

/// What lies in the folder, unpacked; the lock is no part of the journal.
fn found(dir: &Path) -> Files {
    fs::read_dir(dir)
        .expect("a folder")
        .map(|entry| {
            let path = entry.expect("a file").path();
            let name = path.file_name().expect("a name").to_string_lossy();
            (name.into_owned(), fs::read(&path).expect("a file"))
        })
        .filter(|(name, bytes)| !(bytes.is_empty() && name.contains("lock")))
        .collect()
}

fn holds(dir: &Path, files: &Files) {
    let mut hashes: Vec<String> = Vec::new();
    let looked = examine(dir, 0, |entry, hash| {
        assert_eq!(entry.seq, hashes.len() as u64 + 1);
        hashes.push(hash);
    });
    assert_eq!(found(dir), *files, "looking changes nothing");
    match looked {
        Err(error) => {
            told(error);
            // A quick look may not notice what only reading everything does, but it changes nothing either.
            if let Err(error) = examine(dir, 3 * FACTS, |_, _| {}) {
                told(error);
            }
            assert_eq!(found(dir), *files, "looking changes nothing");
        }
        Ok(looked) => {
            assert_eq!(looked.tail().seq, hashes.len() as u64);
            if let Ok(manifest) = Manifest::parse(files.get("manifest").map_or(&[], Vec::as_slice))
            {
                assert!(
                    looked.tail().seq >= manifest.tail().seq,
                    "all that is closed"
                );
            }
            taken_up(dir, files, looked, &hashes);
        }
    }
}

fn taken_up(dir: &Path, files: &Files, looked: Found, hashes: &[String]) {
    let tail = looked.tail().clone();
    let (mut journal, _) = looked.take_up().expect("what can be read can be taken up");
    assert_eq!(journal.tail(), tail);
    journal
        .append(time(), "sistem", None, vec![fact(1)])
        .expect("a disk that works");
    journal.commit().expect("a disk that works");
    drop(journal);
    let mut again = Vec::new();
    read_all(dir, |_, hash| again.push(hash)).expect("what was written can be read");
    assert_eq!(again.len(), hashes.len() + 1);
    assert!(again.starts_with(hashes));
    let (journal, cut) = Journal::open(dir, 0, |_, _| {}).expect("and opened");
    assert_eq!((journal.seq(), cut), (again.len() as u64, 0));
    drop(journal);
    // Nothing that was there is lost: as it was, at the beginning of a file, as the end that was cut off, or packed.
    let after: Vec<Vec<u8>> = found(dir)
        .into_values()
        .flat_map(|bytes| [unpacked(&bytes), bytes])
        .collect();
    for (name, bytes) in files.iter().filter(|(name, _)| *name != "manifest") {
        let kept = [bytes.clone(), unpacked(bytes)].into_iter().any(|bytes| {
            let torn = (0..=bytes.len()).rev().find(|at| {
                after.iter().any(|file| file.starts_with(&bytes[..*at]))
                    && (*at == bytes.len() || after.iter().any(|file| *file == bytes[*at..]))
            });
            torn.is_some()
        });
        assert!(kept, "{name} is gone");
    }
}

fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    // What is not packed, or is damaged, gives what it has.
    let _ = flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut out);
    out
}

/// Where it is and what it is, in both languages.
fn told(error: JournalError) {
    let refusal = Refusal::from(error);
    for locale in LOCALES.get_or_init(|| LANGS.map(Locale::built_in)) {
        assert!(locale.has(&format!("error-{}", refusal.code)), "{refusal}");
        let words = locale.refusal(&refusal);
        assert!(
            !words.chars().any(|c| c.is_control() && c != '\n'),
            "{words:?}"
        );
    }
}
