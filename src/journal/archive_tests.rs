//! What a copy, a disk or a stranger can do to the folder of a journal. Nothing of it may cost a fact, and nothing may go unnoticed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::fs;

use super::folder::segment_path;
use super::*;

fn gz(dir: &Path, number: u32) -> PathBuf {
    segment_path(dir, number).with_extension("jsonl.gz")
}

fn append(journal: &mut Journal, facts: u64) {
    let before = journal.seq();
    let facts = (0..facts)
        .map(|n| Fact::DemoLoaded { seed: before + n })
        .collect();
    journal
        .append(DateTime::UNIX_EPOCH, "sari", None, facts)
        .unwrap();
    journal.commit().unwrap();
}

/// A journal with this many closed, compressed segments of two facts, and one fact in the open one.
fn journal(closed: u32) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(dir.path(), 0, |_, _| {}).unwrap();
    for _ in 0..closed {
        append(&mut journal, 2);
        journal.next_segment().unwrap();
    }
    append(&mut journal, 1);
    drop(journal);
    assert!((1..=closed).all(|n| gz(dir.path(), n).exists()));
    dir
}

fn seqs(dir: &Path) -> Result<Vec<u64>, JournalError> {
    let mut seen = Vec::new();
    read_all(dir, |entry, _| seen.push(entry.seq))?;
    Ok(seen)
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// All files with their contents.
fn contents(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let read = |name: String| {
        let bytes = fs::read(dir.join(&name)).unwrap();
        (name, bytes)
    };
    names(dir).into_iter().map(read).collect()
}

/// Opening is refused, and nothing was touched.
fn refused(dir: &Path) -> JournalError {
    let before = contents(dir);
    let error = Journal::open(dir, 0, |_, _| {}).unwrap_err();
    assert!(contents(dir) == before, "files were changed: {error}");
    assert!(read_all(dir, |_, _| {}).is_err());
    error
}

#[test]
fn a_stale_plain_copy_beside_the_compressed_segment_is_set_aside() {
    // Copied while segment 3 was open, and again after it was closed: the copy has both files.
    let dir = journal(2);
    let stale = fs::read(segment_path(dir.path(), 3)).unwrap();
    let (mut writer, _) = Journal::open(dir.path(), 0, |_, _| {}).unwrap();
    append(&mut writer, 3);
    writer.next_segment().unwrap();
    append(&mut writer, 1);
    drop(writer);
    for manifest in [true, false] {
        fs::write(segment_path(dir.path(), 3), &stale).unwrap();
        if !manifest {
            fs::remove_file(Manifest::path(dir.path())).unwrap();
        }
        assert_eq!(seqs(dir.path()).unwrap(), (1..=9).collect::<Vec<_>>());
        let (_, remarks) = examine(dir.path(), 0, |_, _| {})
            .unwrap()
            .take_up()
            .unwrap();
        let Some(Remark::SetAside { file, now }) = remarks.first() else {
            panic!("{remarks:?}");
        };
        assert_eq!(file, "00000003.jsonl");
        assert_eq!(fs::read(dir.path().join(now)).unwrap(), stale);
        assert!(gz(dir.path(), 3).exists());
        assert_eq!(seqs(dir.path()).unwrap(), (1..=9).collect::<Vec<_>>());
    }
}

#[test]
fn an_older_compressed_copy_of_the_open_segment_does_not_win() {
    let dir = journal(1);
    let plain = segment_path(dir.path(), 2);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    io::copy(&mut fs::File::open(&plain).unwrap(), &mut packed).unwrap();
    let (mut writer, _) = Journal::open(dir.path(), 0, |_, _| {}).unwrap();
    append(&mut writer, 1);
    drop(writer);
    fs::write(gz(dir.path(), 2), packed.finish().unwrap()).unwrap();
    let (writer, _) = Journal::open(dir.path(), 0, |_, _| {}).unwrap();
    assert_eq!(writer.seq(), 4);
}

#[test]
fn two_files_that_do_not_continue_each_other_are_named_and_left_alone() {
    let dir = journal(1);
    let other = tempfile::tempdir().unwrap();
    fs::copy(gz(dir.path(), 1), gz(other.path(), 1)).unwrap();
    let (mut writer, _) = Journal::open(other.path(), 0, |_, _| {}).unwrap();
    append(&mut writer, 2);
    writer.next_segment().unwrap();
    drop(writer);
    fs::copy(gz(other.path(), 2), gz(dir.path(), 2)).unwrap();
    assert!(matches!(
        refused(dir.path()),
        JournalError::Doubled { segment, other } if segment == "00000002.jsonl.gz" && other == "00000002.jsonl"
    ));
}

#[test]
fn a_power_cut_while_a_segment_is_compressed_is_finished_later() {
    let dir = journal(1);
    let mut plain = Vec::new();
    io::copy(
        &mut flate2::read::MultiGzDecoder::new(fs::File::open(gz(dir.path(), 1)).unwrap()),
        &mut plain,
    )
    .unwrap();
    fs::write(segment_path(dir.path(), 1), &plain).unwrap();
    // The manifest does not know of the compressed file yet.
    let mut manifest = Manifest::read(dir.path()).unwrap().unwrap();
    manifest.rows[0].gz = None;
    manifest.write(dir.path()).unwrap();
    fs::write(dir.path().join("00000001.jsonl.gz.new"), "half").unwrap();
    drop(Journal::open(dir.path(), 0, |_, _| {}).unwrap());
    assert!(!segment_path(dir.path(), 1).exists());
    assert!(
        Manifest::read(dir.path()).unwrap().unwrap().rows[0]
            .gz
            .is_some()
    );
    assert_eq!(seqs(dir.path()).unwrap(), [1, 2, 3]);
}

#[test]
fn damage_in_a_closed_segment_is_named_at_the_start() {
    let cut = |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() - 7);
    let empty = |bytes: &mut Vec<u8>| bytes.clear();
    for (what, act) in [("cut", &cut as &dyn Fn(&mut Vec<u8>)), ("emptied", &empty)] {
        let dir = journal(4);
        let path = gz(dir.path(), 3);
        let mut bytes = fs::read(&path).unwrap();
        act(&mut bytes);
        fs::write(&path, bytes).unwrap();
        // As the server does, which needs nothing of the closed segments.
        let error = examine(dir.path(), 8, |_, _| {}).unwrap_err();
        assert!(
            matches!(&error, JournalError::Damaged { segment, .. } if segment == "00000003.jsonl.gz"),
            "{what}: {error}"
        );
        refused(dir.path());
    }
}

#[test]
fn a_changed_byte_of_a_closed_segment_is_found_by_the_whole_check() {
    let dir = journal(4);
    let path = gz(dir.path(), 3);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(&path, bytes).unwrap();
    let error = read_all(dir.path(), |_, _| {}).unwrap_err();
    assert!(
        matches!(&error, JournalError::Damaged { segment, .. } if segment == "00000003.jsonl.gz"),
        "{error}"
    );
}

#[test]
fn a_closed_segment_of_another_content_is_not_the_one_that_was_listed() {
    // Well-formed and of one chain in itself, as a person could make it who computes the hashes anew.
    let dir = journal(1);
    let forged = tempfile::tempdir().unwrap();
    let (mut writer, _) = Journal::open(forged.path(), 0, |_, _| {}).unwrap();
    let facts = vec![Fact::DemoLoaded { seed: 8 }, Fact::DemoLoaded { seed: 9 }];
    writer
        .append(DateTime::UNIX_EPOCH, "sari", None, facts)
        .unwrap();
    writer.commit().unwrap();
    writer.next_segment().unwrap();
    drop(writer);
    fs::copy(gz(forged.path(), 1), gz(dir.path(), 1)).unwrap();
    let error = read_all(dir.path(), |_, _| {}).unwrap_err();
    assert!(
        matches!(&error, JournalError::Damaged { segment, .. } if segment.starts_with("00000001")),
        "{error}"
    );
}

#[test]
fn a_missing_segment_is_named_with_its_facts() {
    for (gone, first, last) in [(1, 1, Some(2)), (3, 5, Some(6)), (5, 9, None)] {
        let dir = journal(4);
        let path = if gone == 5 {
            segment_path(dir.path(), gone)
        } else {
            gz(dir.path(), gone)
        };
        fs::remove_file(path).unwrap();
        match refused(dir.path()) {
            JournalError::Missing {
                segment,
                first: f,
                last: l,
            } => {
                assert_eq!(segment, format!("{gone:08}.jsonl"));
                assert_eq!((f, l), (first, last));
            }
            other => panic!("{other}"),
        }
    }
}

#[test]
fn a_journal_without_a_manifest_is_read_whole_and_gets_one() {
    let dir = journal(3);
    let whole = Manifest::read(dir.path()).unwrap().unwrap();
    fs::remove_file(Manifest::path(dir.path())).unwrap();
    drop(Journal::open(dir.path(), 6, |_, _| {}).unwrap());
    assert_eq!(Manifest::read(dir.path()).unwrap().unwrap(), whole);
    // A damaged one is kept for a look.
    fs::write(Manifest::path(dir.path()), "{\"manifest\":1,").unwrap();
    let (journal, remarks) = examine(dir.path(), 6, |_, _| {})
        .unwrap()
        .take_up()
        .unwrap();
    drop(journal);
    assert_eq!(remarks, [Remark::ManifestMade]);
    assert_eq!(Manifest::read(dir.path()).unwrap().unwrap(), whole);
    assert!(
        names(dir.path())
            .iter()
            .any(|name| name.starts_with("manifest.bad-"))
    );
}

#[test]
fn a_changed_byte_of_the_manifest_is_found() {
    let dir = journal(2);
    let text = fs::read(Manifest::path(dir.path())).unwrap();
    for at in 0..text.len() {
        let mut changed = text.clone();
        changed[at] ^= 1;
        assert!(Manifest::parse(&changed).is_err(), "byte {at}");
        assert!(Manifest::parse(&text[..at]).is_err(), "cut at {at}");
    }
    // One that counts so far that nobody can count on, whatever its digest says.
    let mut endless = Manifest::parse(&text).unwrap();
    endless.rows.last_mut().unwrap().last = u64::MAX;
    assert!(Manifest::parse(&endless.to_text().unwrap()).is_err());
    // An older manifest, as a copy may bring it, knows fewer segments: the others are read.
    let mut older = Manifest::parse(&text).unwrap();
    older.rows.pop();
    older.write(dir.path()).unwrap();
    assert_eq!(seqs(dir.path()).unwrap(), [1, 2, 3, 4, 5]);
}

#[test]
fn nobody_else_writes_a_journal_that_is_open() {
    let dir = journal(1);
    let (mut writer, _) = Journal::open(dir.path(), 0, |_, _| {}).unwrap();
    assert!(matches!(
        Journal::open(dir.path(), 0, |_, _| {}),
        Err(JournalError::Busy)
    ));
    append(&mut writer, 1);
    // Reading is free.
    assert_eq!(seqs(dir.path()).unwrap().len(), 4);
    drop(writer);
    Journal::open(dir.path(), 0, |_, _| {}).unwrap();
}

#[test]
fn what_could_not_be_read_again_is_not_written() {
    let dir = journal(1);
    let (mut writer, _) = Journal::open(dir.path(), 0, |_, _| {}).unwrap();
    let draft = |length: usize| Fact::DraftKept {
        user: "sari".to_owned(),
        form: "f".to_owned(),
        values: [("v".to_owned(), "x".repeat(length))].into(),
    };
    let max = usize::try_from(LINE_MAX).unwrap();
    let at = DateTime::UNIX_EPOCH;
    append(&mut writer, 1);
    let facts = vec![Fact::DemoLoaded { seed: 1 }, draft(max)];
    assert!(matches!(
        writer.append(at, "sari", None, facts),
        Err(JournalError::TooLong { .. })
    ));
    // The longest that is taken can be read.
    let longest = match writer.append(at, "sari", None, vec![draft(max)]) {
        Err(JournalError::TooLong { bytes }) => 2 * max - usize::try_from(bytes).unwrap(),
        other => panic!("{other:?}"),
    };
    assert!(
        writer
            .append(at, "sari", None, vec![draft(longest + 1)])
            .is_err()
    );
    writer
        .append(at, "sari", None, vec![draft(longest)])
        .unwrap();
    writer.commit().unwrap();
    drop(writer);
    assert_eq!(seqs(dir.path()).unwrap(), [1, 2, 3, 4, 5]);
    Journal::open(dir.path(), 0, |_, _| {}).unwrap();
}

#[test]
fn an_unsynced_write_is_cut_off_and_kept_whatever_piece_of_it_is_missing() {
    let dir = journal(0);
    let path = segment_path(dir.path(), 1);
    let synced = fs::read(&path).unwrap();
    let (mut writer, _) = Journal::open(dir.path(), 0, |_, _| {}).unwrap();
    append(&mut writer, 3);
    drop(writer);
    let whole = fs::read(&path).unwrap();
    for from in (synced.len()..whole.len()).step_by(7) {
        for length in [1, 9, 100, whole.len()] {
            let to = (from + length).min(whole.len());
            let mut torn = whole.clone();
            torn[from..to].fill(0);
            fs::write(&path, &torn).unwrap();
            let (writer, cut) = Journal::open(dir.path(), 0, |_, _| {}).unwrap();
            assert_eq!(writer.seq(), 1, "zeros from {from} to {to}");
            assert_eq!(cut, (whole.len() - synced.len()) as u64);
            drop(writer);
            assert_eq!(fs::read(&path).unwrap(), synced);
            let kept = names(dir.path())
                .into_iter()
                .find(|name| name.contains(".torn-"))
                .unwrap();
            assert_eq!(
                fs::read(dir.path().join(&kept)).unwrap(),
                torn[synced.len()..]
            );
            fs::remove_file(dir.path().join(kept)).unwrap();
        }
    }
}

#[test]
fn zeros_in_what_was_on_disk_before_a_later_write_are_damage() {
    let dir = journal(0);
    let (mut writer, _) = Journal::open(dir.path(), 0, |_, _| {}).unwrap();
    append(&mut writer, 1);
    append(&mut writer, 1);
    drop(writer);
    let path = segment_path(dir.path(), 1);
    let whole = fs::read(&path).unwrap();
    let ends: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] == b'\n').collect();
    for at in 0..ends[1] {
        let mut bad = whole.clone();
        bad[at] = 0;
        fs::write(&path, &bad).unwrap();
        assert!(
            matches!(refused(dir.path()), JournalError::Damaged { line, .. } if line > 0),
            "byte {at}"
        );
    }
}

#[test]
fn a_segment_that_was_just_begun_is_no_loss() {
    // The power went after the next segment's file was made, and before the manifest knew of it.
    let dir = journal(0);
    fs::write(segment_path(dir.path(), 2), "").unwrap();
    let (mut writer, _) = Journal::open(dir.path(), 0, |_, _| {}).unwrap();
    append(&mut writer, 1);
    writer.next_segment().unwrap();
    append(&mut writer, 1);
    drop(writer);
    assert_eq!(seqs(dir.path()).unwrap(), [1, 2, 3]);
}

#[test]
fn a_segment_that_cannot_be_compressed_or_listed_stops_nothing() {
    let dir = journal(1);
    // A folder in the way of the compressed file: as good as a full disk, and root cannot write over it either.
    fs::create_dir(dir.path().join("00000002.jsonl.gz.new")).unwrap();
    fs::create_dir(dir.path().join("manifest.new")).unwrap();
    let (mut writer, _) = Journal::open(dir.path(), 0, |_, _| {}).unwrap();
    assert!(writer.next_segment().is_err());
    append(&mut writer, 1);
    fs::remove_dir(dir.path().join("manifest.new")).unwrap();
    writer.next_segment().unwrap();
    append(&mut writer, 1);
    drop(writer);
    let (writer, _) = Journal::open(dir.path(), 0, |_, _| {}).unwrap();
    assert_eq!(writer.seq(), 5);
    drop(writer);
    assert!(segment_path(dir.path(), 2).exists());
    fs::remove_dir(dir.path().join("00000002.jsonl.gz.new")).unwrap();
    drop(Journal::open(dir.path(), 0, |_, _| {}).unwrap());
    assert!(gz(dir.path(), 2).exists());
    assert_eq!(seqs(dir.path()).unwrap(), [1, 2, 3, 4, 5]);
}

#[test]
fn a_link_in_a_segments_place_is_not_followed() {
    let dir = journal(1);
    let path = segment_path(dir.path(), 2);
    let elsewhere = tempfile::tempdir().unwrap();
    let target = elsewhere.path().join("file");
    fs::rename(&path, &target).unwrap();
    std::os::unix::fs::symlink(&target, &path).unwrap();
    assert!(matches!(
        examine(dir.path(), 0, |_, _| {}).unwrap_err(),
        JournalError::Damaged {
            fault: Fault::NotFile,
            ..
        }
    ));
}
