#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::fs;

use super::folder::segment_path;
use super::*;

fn fact(n: u64) -> Fact {
    Fact::DemoLoaded { seed: n }
}

fn write(dir: &Path, commands: &[u64]) -> Vec<u64> {
    let mut seen = Vec::new();
    let (mut journal, _) = Journal::open(dir, 0, |entry, _| seen.push(entry.seq)).unwrap();
    for facts in commands {
        journal
            .append(
                DateTime::UNIX_EPOCH,
                "sari",
                None,
                (0..*facts).map(fact).collect(),
            )
            .unwrap();
        journal.commit().unwrap();
    }
    seen
}

fn read(dir: &Path) -> Result<(Vec<u64>, u64), JournalError> {
    let mut seen = Vec::new();
    let (_, cut) = Journal::open(dir, 0, |entry, _| seen.push(entry.seq))?;
    Ok((seen, cut))
}

fn segment(dir: &Path) -> PathBuf {
    segment_path(dir, 1)
}

#[test]
fn what_was_written_reads_back_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    assert!(write(dir.path(), &[1, 2, 1]).is_empty());
    assert_eq!(write(dir.path(), &[1]), [1, 2, 3, 4]);
    assert_eq!(read_all(dir.path(), |_, _| {}).unwrap().tail().seq, 5);
    let mut newest = Vec::new();
    read_backwards(dir.path(), 5, |entry| {
        newest.push(entry.seq);
        newest.len() < 3
    })
    .unwrap();
    assert_eq!(newest, [4, 3, 2]);
}

#[test]
fn a_journal_cut_at_any_byte_loses_only_whole_commands_at_its_end() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &[1, 3, 1]);
    let whole = fs::read(segment(dir.path())).unwrap();
    let ends: Vec<usize> = whole
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .map(|(at, _)| at + 1)
        .collect();
    for length in 0..whole.len() {
        fs::write(segment(dir.path()), &whole[..length]).unwrap();
        let (seen, cut) = read(dir.path()).unwrap();
        let commands = [ends[0], ends[3], ends[4]];
        let kept = commands.iter().filter(|end| **end <= length).count();
        assert_eq!(seen.len(), [0, 1, 4, 5][kept], "cut at {length}");
        assert_eq!(
            usize::try_from(cut).unwrap(),
            length - commands[..kept].last().copied().unwrap_or(0),
            "cut at {length}"
        );
        // The next command goes on from there.
        write(dir.path(), &[1]);
        assert_eq!(
            read(dir.path()).unwrap(),
            ((1..=seen.len() as u64 + 1).collect(), 0)
        );
    }
}

#[test]
fn any_changed_byte_before_the_last_line_is_found() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &[1, 1, 1]);
    let whole = fs::read(segment(dir.path())).unwrap();
    let last_line = whole[..whole.len() - 1]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .unwrap();
    for at in 0..last_line {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(segment(dir.path()), &changed).unwrap();
        match read(dir.path()) {
            Err(JournalError::Damaged { segment, line, .. }) => {
                assert_eq!(segment, "00000001.jsonl");
                assert!(line > 0);
            }
            other => panic!("byte {at} of {last_line}: {other:?}"),
        }
    }
}

#[test]
fn a_missing_segment_is_named() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &[1]);
    fs::rename(segment(dir.path()), segment_path(dir.path(), 3)).unwrap();
    match read(dir.path()) {
        Err(JournalError::Missing { segment, first, .. }) => {
            assert_eq!((segment.as_str(), first), ("00000001.jsonl", 1));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn closed_segments_are_compressed_and_still_read() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &[2]);
    let (mut journal, _) = Journal::open(dir.path(), 0, |_, _| {}).unwrap();
    journal.next_segment().unwrap();
    drop(journal);
    let (mut journal, _) = Journal::open(dir.path(), 0, |_, _| {}).unwrap();
    journal
        .append(DateTime::UNIX_EPOCH, "sari", Some("k"), vec![fact(9)])
        .unwrap();
    journal.commit().unwrap();
    drop(journal);
    assert_eq!(read(dir.path()).unwrap(), (vec![1, 2, 3], 0));
    assert!(dir.path().join("00000001.jsonl.gz").exists());
    assert!(!segment(dir.path()).exists());
    // Only what is asked for is handed over.
    let mut seen = Vec::new();
    Journal::open(dir.path(), 2, |entry, _| seen.push(entry.seq)).unwrap();
    assert_eq!(seen, [3]);
    // A damaged compressed segment is damage.
    let path = dir.path().join("00000001.jsonl.gz");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    fs::write(&path, bytes).unwrap();
    assert!(matches!(
        read_all(dir.path(), |_, _| {}),
        Err(JournalError::Damaged { .. })
    ));
}
