use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::domain::fact::Fact;
use crate::domain::refusal::Refusal;
use crate::home::Home;
use crate::journal::{Journal, Manifest, Snapshot, read_all};

fn draft(n: u64) -> Fact {
    Fact::DraftKept {
        user: "budi".to_owned(),
        form: format!("register/{n}"),
        values: BTreeMap::from([("perihal".to_owned(), format!("surat ke-{n}"))]),
    }
}

fn at(n: u64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(i64::try_from(n).unwrap())
}

/// A home with commands of one to three facts in several segments; how many facts there are.
fn office(dir: &Path, commands: u64, segments: u64) -> (Home, u64) {
    let home = Home::at(dir);
    fs::write(home.settings_file(), "[office]\nname = \"KPPN Madiun\"\n").unwrap();
    fs::create_dir(home.folder("modules")).unwrap();
    fs::write(home.folder("modules").join("x.toml"), "# kosong\n").unwrap();
    fs::create_dir_all(home.folder("locales/en")).unwrap();
    fs::write(home.folder("locales/en").join("own.ftl"), "# none\n").unwrap();
    let (mut journal, _) = Journal::open(&home.journal(), 0, |_, _| {}).unwrap();
    for n in 1..=commands {
        let facts = (0..=n % 3).map(|more| draft(n * 10 + more)).collect();
        journal.append(at(n), "budi", None, facts).unwrap();
        journal.commit().unwrap();
        if n % (commands / segments) == 0 {
            journal.next_segment().unwrap();
        }
    }
    let seq = journal.seq();
    (home, seq)
}

fn backup(home: &Home, file: &Path) -> Made {
    let source = Source {
        home,
        journal: &Snapshot::of(&home.journal()).unwrap(),
        office: "KPPN Madiun",
        now: at(1_000_000),
    };
    make(&source, file, &mut || {}).unwrap()
}

/// Number and hash of every fact.
fn facts(home: &Home) -> Vec<(u64, String)> {
    let mut facts = Vec::new();
    read_all(&home.journal(), |entry, hash| {
        facts.push((entry.seq, hash));
    })
    .unwrap();
    facts
}

#[test]
fn a_backup_gives_the_same_office_again() {
    let folder = tempfile::tempdir().unwrap();
    let (home, seq) = office(&folder.path().join(fs_dir(folder.path(), "a")), 40, 4);
    let file = folder.path().join("b.tar");
    let made = backup(&home, &file);
    assert_eq!((made.whole.seq, made.whole.segments), (seq, 5));
    let whole = verify(&file).unwrap();
    assert_eq!(whole, made.whole);
    assert_eq!(verify_bytes(&fs::read(&file).unwrap()).unwrap(), whole);
    let new = Home::at(folder.path().join("new"));
    let restored = restore(&file, &new, None).unwrap();
    assert_eq!((restored.seq, restored.free.len()), (seq, 0));
    assert_eq!(facts(&new), facts(&home));
    for name in ["sipintar.toml", "modules/x.toml", "locales/en/own.ftl"] {
        let read = |home: &Home| fs::read(home.dir().join(name)).unwrap();
        assert_eq!(read(&new), read(&home));
    }
    assert_eq!(
        Manifest::read(&new.journal()).unwrap(),
        Manifest::read(&home.journal()).unwrap()
    );
    // Neither a file nor a home is ever written over.
    let refused = restore(&file, &home, None).unwrap_err();
    assert_eq!(refused.code, "home-not-empty");
    let source = Source {
        home: &home,
        journal: &Snapshot::of(&home.journal()).unwrap(),
        office: "x",
        now: at(1),
    };
    assert_eq!(
        make(&source, &file, &mut || {}).unwrap_err().code,
        "backup-exists"
    );
    // And the restored one can be written on.
    let (mut journal, torn) = Journal::open(&new.journal(), 0, |_, _| {}).unwrap();
    assert_eq!((journal.seq(), torn), (seq, 0));
    journal
        .append(at(100), "budi", None, vec![draft(1)])
        .unwrap();
    journal.commit().unwrap();
}

fn fs_dir(parent: &Path, name: &str) -> String {
    fs::create_dir(parent.join(name)).unwrap();
    name.to_owned()
}

#[test]
fn every_backup_made_while_segments_close_and_are_compressed_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::at(folder.path().join(fs_dir(folder.path(), "a")));
    let (mut journal, _) = Journal::open(&home.journal(), 0, |_, _| {}).unwrap();
    let reader = journal.reader();
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            // A thousand segments at the most: on a slow machine the backups would never get to their end.
            for n in 1..=5_000 {
                if ended.load(Ordering::Relaxed) {
                    break;
                }
                let facts = (0..=n % 3).map(|more| draft(n * 10 + more)).collect();
                journal.append(at(n), "budi", None, facts).unwrap();
                journal.commit().unwrap();
                if n % 5 == 0 {
                    journal.next_segment().unwrap();
                }
            }
        });
        let mut last = 0;
        // Also where an assertion fails: else nobody would ever hear of it.
        let ends = Ends(&ended);
        for round in 0..12 {
            // With the server's knowledge, and from the files alone.
            let snapshot = if round % 2 == 0 {
                reader.snapshot()
            } else {
                Snapshot::of(&home.journal()).unwrap()
            };
            let source = Source {
                home: &home,
                journal: &snapshot,
                office: "x",
                now: at(round),
            };
            let file = folder.path().join(format!("{round}.tar"));
            let made = make(&source, &file, &mut std::thread::yield_now).unwrap();
            assert_eq!(verify(&file).unwrap(), made.whole);
            assert!(made.whole.seq >= last, "{} {last}", made.whole.seq);
            last = made.whole.seq;
        }
        drop(ends);
        writing.join().unwrap();
    });
}

/// Ends the work of another thread with its own end.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn damage_in_a_closed_segment_is_not_copied() {
    let folder = tempfile::tempdir().unwrap();
    let (home, _) = office(&folder.path().join(fs_dir(folder.path(), "a")), 40, 4);
    let packed = home.journal().join("00000002.jsonl.gz");
    let mut bytes = fs::read(&packed).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&packed, bytes).unwrap();
    let source = Source {
        home: &home,
        journal: &Snapshot::of(&home.journal()).unwrap(),
        office: "x",
        now: at(1),
    };
    let file = folder.path().join("b.tar");
    let refused = make(&source, &file, &mut || {}).unwrap_err();
    assert_eq!(refused.args.get("file").unwrap(), "00000002.jsonl.gz");
    assert!(!file.exists() && !unfinished(&file).exists());
}

#[test]
fn a_file_whose_name_no_backup_may_hold_is_left_out_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let (home, _) = office(&folder.path().join(fs_dir(folder.path(), "a")), 12, 2);
    let odd = ["modules/a\\b.toml", "modules/a\nb.toml"];
    for name in odd {
        fs::write(home.dir().join(name), "# x\n").unwrap();
    }
    let file = folder.path().join("b.tar");
    let mut made = backup(&home, &file);
    made.left_out.sort();
    assert_eq!(made.left_out, [odd[1], odd[0]]);
    assert_eq!(verify(&file).unwrap(), made.whole);
}

#[test]
fn a_backup_that_is_bad_when_read_again_never_gets_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let (home, _) = office(&folder.path().join(fs_dir(folder.path(), "a")), 12, 2);
    let file = folder.path().join("b.tar");
    let source = Source {
        home: &home,
        journal: &Snapshot::of(&home.journal()).unwrap(),
        office: "x",
        now: at(1),
    };
    // As a bad disk does it, again and again while it is being written and read.
    let mut spoil = || {
        assert!(!file.exists());
        let other = fs::OpenOptions::new().write(true).open(unfinished(&file));
        let mut other = other.unwrap();
        if other.metadata().unwrap().len() > 600 {
            std::io::Seek::seek(&mut other, std::io::SeekFrom::Start(520)).unwrap();
            other.write_all(b"!").unwrap();
        }
    };
    make(&source, &file, &mut spoil).unwrap_err();
    assert!(!file.exists() && !unfinished(&file).exists());
}

#[test]
fn a_backup_that_was_cut_or_changed_anywhere_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (home, _) = office(&folder.path().join(fs_dir(folder.path(), "a")), 12, 2);
    let file = folder.path().join("b.tar");
    backup(&home, &file);
    let whole = fs::read(&file).unwrap();
    let content: Vec<std::ops::Range<usize>> = {
        let mut archive = tar::Archive::new(whole.as_slice());
        let entries = archive.entries().unwrap();
        entries
            .map(|entry| {
                let entry = entry.unwrap();
                let from = usize::try_from(entry.raw_file_position()).unwrap();
                from..from + usize::try_from(entry.size()).unwrap()
            })
            .collect()
    };
    let end = content.last().unwrap().end;
    let mut random = fastrand::Rng::with_seed(9);
    for _ in 0..60 {
        let cut = random.usize(..end);
        assert!(verify_bytes(&whole[..cut]).is_err(), "cut at {cut}");
        let member = &content[random.usize(..content.len())];
        if !member.is_empty() {
            let mut changed = whole.clone();
            let byte = random.usize(member.clone());
            changed[byte] ^= 1 << random.u8(..8);
            assert!(verify_bytes(&changed).is_err(), "changed at {byte}");
        }
    }
    fs::write(&file, &whole[..end - 700]).unwrap();
    let new = Home::at(folder.path().join("new"));
    restore(&file, &new, None).unwrap_err();
    assert_eq!(fs::read_dir(new.dir()).unwrap().count(), 0);
}

/// A backup in which one member more stands before the manifest.
fn with_member(whole: &[u8], add: impl FnOnce(&mut tar::Builder<Vec<u8>>)) -> Vec<u8> {
    let mut archive = tar::Archive::new(whole);
    let mut out = tar::Builder::new(Vec::new());
    let mut add = Some(add);
    for entry in archive.entries().unwrap() {
        let entry = entry.unwrap();
        if entry.path_bytes().as_ref() == b"manifest"
            && let Some(add) = add.take()
        {
            add(&mut out);
        }
        out.append(&entry.header().clone(), entry).unwrap();
    }
    out.into_inner().unwrap()
}

fn header(kind: tar::EntryType, name: &[u8], size: u64) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    let ustar = header.as_ustar_mut().unwrap();
    ustar.name[..name.len()].copy_from_slice(name);
    header.set_entry_type(kind);
    header.set_mode(0o777);
    header.set_size(size);
    header.set_cksum();
    header
}

#[test]
fn what_a_stranger_put_into_a_backup_is_refused_and_never_reaches_the_disk() {
    use tar::EntryType as Kind;
    let folder = tempfile::tempdir().unwrap();
    let (home, _) = office(&folder.path().join(fs_dir(folder.path(), "a")), 12, 2);
    let file = folder.path().join("b.tar");
    backup(&home, &file);
    let whole = fs::read(&file).unwrap();
    let bomb = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let zeros = vec![b' '; 1 << 20];
        for _ in 0..64 {
            encoder.write_all(&zeros).unwrap();
        }
        encoder.finish().unwrap()
    };
    let cases: [(&str, Kind, &[u8], &[u8]); 13] = [
        ("name", Kind::Regular, b"../evil", b"x"),
        ("name", Kind::Regular, b"/tmp/evil", b"x"),
        ("name", Kind::Regular, b"modules/../../evil.toml", b"x"),
        ("name", Kind::Regular, b"store/db", b"x"),
        ("kind", Kind::Symlink, b"themes", b""),
        ("kind", Kind::Link, b"holidays.csv", b""),
        ("kind", Kind::Char, b"holidays.csv", b""),
        ("kind", Kind::Fifo, b"holidays.csv", b""),
        ("kind", Kind::Directory, b"modules/", b""),
        ("kind", Kind::GNULongName, b"././@LongLink", b"/tmp/evil\0"),
        ("twice", Kind::Regular, b"sipintar.toml", b"x"),
        ("unlisted", Kind::Regular, b"holidays.csv", b"x"),
        ("order", Kind::Regular, b"journal/00000009.jsonl.gz", b"x"),
    ];
    let refused = |bytes: &[u8]| {
        fs::write(&file, bytes).unwrap();
        let verified = verify(&file).unwrap_err();
        let new = Home::at(folder.path().join("new"));
        assert_eq!(restore(&file, &new, None).unwrap_err(), verified);
        assert_eq!(fs::read_dir(new.dir()).unwrap().count(), 0, "{verified}");
        verified
    };
    for (what, kind, name, content) in cases {
        let evil = with_member(&whole, |out| {
            out.append(&header(kind, name, content.len() as u64), content)
                .unwrap();
        });
        let refusal = refused(&evil);
        assert_eq!(
            refusal.args.get("what").map(String::as_str),
            Some(what),
            "{refusal}"
        );
    }
    // The last segment has no lines, so that another one may not follow; a bomb is one line too long.
    let mut archive = tar::Builder::new(Vec::new());
    archive
        .append(
            &header(
                Kind::Regular,
                b"journal/00000001.jsonl.gz",
                bomb.len() as u64,
            ),
            bomb.as_slice(),
        )
        .unwrap();
    let refusal = refused(&archive.into_inner().unwrap());
    assert_eq!(refusal.code, "backup-damaged");
    assert_eq!(refusal.args.get("fault").unwrap(), "too-long");
    // Sizes that lie.
    let lie = with_member(&whole, |out| {
        let header = header(Kind::Regular, b"holidays.csv", u64::MAX >> 20);
        out.get_mut().write_all(header.as_bytes()).unwrap();
    });
    refused(&lie);
    refused(b"");
    refused(&vec![b'x'; 5000]);
    assert!(!folder.path().join("evil").exists());
}

#[test]
fn a_point_in_time_is_the_end_of_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let (home, seq) = office(&folder.path().join(fs_dir(folder.path(), "a")), 40, 4);
    let file = folder.path().join("b.tar");
    backup(&home, &file);
    let all = facts(&home);
    let mut ends = Vec::new();
    read_all(&home.journal(), |entry, _| {
        if entry.rest == 0 {
            ends.push((entry.seq, entry.time));
        }
    })
    .unwrap();
    for until in (1..=seq).step_by(7).chain([2, seq, seq + 9]) {
        let wanted = ends.iter().rev().find(|(end, _)| *end <= until).copied();
        let new = Home::at(folder.path().join(format!("seq-{until}")));
        let restored = restore(&file, &new, Some(Until::Seq(until)));
        let Some((wanted, time)) = wanted else {
            assert_eq!(restored.unwrap_err().code, "until-too-early");
            continue;
        };
        assert_eq!(restored.unwrap().seq, wanted);
        assert_eq!(facts(&new), all[..usize::try_from(wanted).unwrap()]);
        let (journal, torn) = Journal::open(&new.journal(), 0, |_, _| {}).unwrap();
        assert_eq!((journal.seq(), torn), (wanted, 0));
        let new = Home::at(folder.path().join(format!("time-{until}")));
        let restored = restore(&file, &new, Some(Until::Time(time))).unwrap();
        assert_eq!(restored.seq, wanted);
    }
}

/// Rewrites the whole journal with one fact changed, with its chain, manifest and anchor.
fn rewrite(home: &Home, new: &Home, changed: u64) {
    let (mut journal, _) = Journal::open(&new.journal(), 0, |_, _| {}).unwrap();
    let mut group = Vec::new();
    read_all(&home.journal(), |entry, _| {
        let fact = if entry.seq == changed {
            draft(0)
        } else {
            entry.fact.clone()
        };
        group.push(fact);
        if entry.rest == 0 {
            let facts = std::mem::take(&mut group);
            journal
                .append(entry.time, &entry.actor, None, facts)
                .unwrap();
            journal.commit().unwrap();
            if entry.seq % 10 == 0 {
                journal.next_segment().unwrap();
            }
        }
    })
    .unwrap();
}

#[test]
fn a_history_that_was_rewritten_with_its_chain_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (home, seq) = office(&folder.path().join(fs_dir(folder.path(), "a")), 40, 4);
    let file = folder.path().join("b.tar");
    backup(&home, &file);
    let manifest = folder.path().join("manifest");
    fs::copy(Manifest::path(&home.journal()), &manifest).unwrap();
    let line = folder.path().join("line");
    let head = facts(&home).pop().unwrap();
    fs::write(
        &line,
        format!("rantai berakhir dengan {} {}\n", head.0, head.1),
    )
    .unwrap();
    for known in [&file, &manifest, &line] {
        let (tail, _) = against(&home.journal(), known).unwrap();
        assert_eq!(tail.seq, seq, "{}", known.display());
    }
    let forged = Home::at(folder.path().join(fs_dir(folder.path(), "forged")));
    rewrite(&home, &forged, 30);
    assert_eq!(facts(&forged).len() as u64, seq);
    let found = against(&forged.journal(), &file).unwrap_err();
    assert_eq!(found.code, "history-rewritten");
    assert_eq!(
        (
            found.args.get("seq").unwrap().as_str(),
            found.args.get("same").unwrap().as_str()
        ),
        ("30", "29")
    );
    for known in [&manifest, &line] {
        let found = against(&forged.journal(), known).unwrap_err();
        assert_eq!(found.code, "history-rewritten", "{}", known.display());
    }
    // A journal that ends earlier, and one that went on.
    let short = Home::at(folder.path().join("short"));
    restore(&file, &short, Some(Until::Seq(20))).unwrap();
    for known in [&file, &manifest, &line] {
        assert_eq!(
            against(&short.journal(), known).unwrap_err().code,
            "journal-short"
        );
    }
    let early = folder.path().join("early.tar");
    backup(&short, &early);
    against(&home.journal(), &early).unwrap();
    fs::write(&line, "nothing").unwrap();
    assert_eq!(
        against(&home.journal(), &line).unwrap_err().code,
        "against-nothing"
    );
}

#[test]
fn what_stands_outside_the_damage_is_saved() {
    let mut random = fastrand::Rng::with_seed(4);
    for round in 0..40 {
        let folder = tempfile::tempdir().unwrap();
        let (home, seq) = office(&folder.path().join(fs_dir(folder.path(), "a")), 60, 4);
        let before: BTreeMap<u64, Fact> = entries(&home);
        // As a disk does it: some bytes of a file, or the rest of it, or all of it.
        let mut files: Vec<_> = fs::read_dir(home.journal())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| !path.ends_with("manifest"))
            .collect();
        files.sort();
        // Uncompressed segments, so that the damage has a size.
        for path in &files {
            if path.extension().is_some_and(|end| end == "gz") && round % 4 != 0 {
                let mut plain = Vec::new();
                let packed = fs::File::open(path).unwrap();
                std::io::copy(&mut flate2::read::MultiGzDecoder::new(packed), &mut plain).unwrap();
                fs::write(path.with_extension(""), plain).unwrap();
                fs::remove_file(path).unwrap();
            }
        }
        let mut files: Vec<_> = fs::read_dir(home.journal())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| !path.ends_with("manifest") && fs::metadata(path).unwrap().len() > 0)
            .collect();
        files.sort();
        let path = &files[random.usize(..files.len())];
        let mut bytes = fs::read(path).unwrap();
        let place = random.usize(..bytes.len());
        let mut touched = 0..0;
        match round % 4 {
            // One byte, to something that may still be read.
            1 => {
                bytes[place] ^= 1;
                touched = place..place + 1;
            }
            2 => {
                let end = (place + 300).min(bytes.len());
                bytes[place..end].fill(0);
                touched = place..end;
            }
            3 => {
                touched = place..bytes.len();
                bytes.truncate(place);
            }
            _ => bytes.truncate(place),
        }
        fs::write(path, &bytes).unwrap();
        let new = Home::at(folder.path().join("new"));
        let done = match repair(
            &home,
            &new,
            "budi",
            at(9999),
            |scratch| {
                assert!(scratch.starts_with(new.dir()));
                Ok(|_: &_, _: &str| true)
            },
            |done| format!("{done:?}"),
        ) {
            Ok(done) => done,
            // The change of one byte in the last line of all may go unseen, as may the end of the open segment.
            Err(refusal) => {
                assert_eq!(refusal.code, "repair-none", "round {round}");
                continue;
            }
        };
        // Nothing may be lost at all: the check of a compressed file behind its last line.
        assert!(new.dir().join("repair.txt").exists());
        let saved = entries(&new);
        // What waits may have left already.
        assert!(matches!(
            saved.values().last(),
            Some(Fact::SendingHeld { .. })
        ));
        let kept: Vec<Fact> = saved
            .into_values()
            .filter(|fact| {
                !matches!(
                    fact,
                    Fact::JournalRepaired { .. } | Fact::SendingHeld { .. }
                )
            })
            .collect();
        let is_lost = |seq: u64| {
            done.lost
                .iter()
                .any(|lost| (lost.from..=lost.to).contains(&seq))
        };
        let expected: Vec<Fact> = before
            .iter()
            .filter(|(seq, _)| !is_lost(**seq))
            .map(|(_, fact)| fact.clone())
            .collect();
        assert_eq!(kept, expected, "round {round}: {:?}", done.lost);
        // No more is lost than the damage touched, and the line beside it.
        let lost: u64 = done.lost.iter().map(|lost| lost.to + 1 - lost.from).sum();
        if round % 4 != 0 {
            let lines = touched.len() / 150 + 3;
            let lines = if round % 4 == 3 { 400 } else { lines };
            assert!(
                lost <= lines as u64,
                "round {round}: {lost} of {seq}, {touched:?}"
            );
        }
        let (journal, _) = Journal::open(&new.journal(), 0, |_, _| {}).unwrap();
        assert_eq!(journal.seq(), done.seq);
    }
}

fn entries(home: &Home) -> BTreeMap<u64, Fact> {
    let mut all = BTreeMap::new();
    read_all(&home.journal(), |entry, _| {
        all.insert(entry.seq, entry.fact.clone());
    })
    .unwrap();
    all
}

#[test]
fn no_backup_goes_into_the_folders_of_the_server_by_whatever_way() {
    let folder = tempfile::tempdir().unwrap();
    let (home, _) = office(&folder.path().join(fs_dir(folder.path(), "a")), 4, 2);
    fs::create_dir(home.store()).unwrap();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(home.dir(), &link).unwrap();
    let source = Source {
        home: &home,
        journal: &Snapshot::of(&home.journal()).unwrap(),
        office: "KPPN Madiun",
        now: at(1),
    };
    for place in [
        home.journal(),
        home.store(),
        home.dir().join("backups/../store"),
        home.dir().join("modules/../journal/."),
        link.join("journal"),
        link.join("store/deep"),
    ] {
        let refused = make(&source, &place.join("b.tar"), &mut || {});
        assert_eq!(refused.unwrap_err().code, "backup-place", "{place:?}");
        let refused = super::folder(&home, &place, None);
        assert_eq!(refused.unwrap_err().code, "backup-place", "{place:?}");
    }
    let made = fs::read_dir(home.store()).unwrap().count();
    assert_eq!(made, 0);
    super::folder(&home, Path::new("journal-copies"), None).unwrap();
}

#[test]
fn what_stands_behind_the_end_of_a_backup_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (home, _) = office(&folder.path().join(fs_dir(folder.path(), "a")), 4, 2);
    let file = folder.path().join("b.tar");
    backup(&home, &file);
    let whole = fs::read(&file).unwrap();
    // As `tar` fills up its block.
    let filled = [whole.as_slice(), &[0; 20 * 512]].concat();
    verify_bytes(&filled).unwrap();
    for more in [&b"x"[..], b"\0\0\0x", &vec![0; 2 << 20], &whole] {
        let refusal = verify_bytes(&[whole.as_slice(), more].concat()).unwrap_err();
        assert_eq!(refusal.args["what"], "after-end", "{} bytes", more.len());
    }
    fs::write(&file, [whole.as_slice(), b"tail"].concat()).unwrap();
    let new = Home::at(folder.path().join("new"));
    assert_eq!(restore(&file, &new, None).unwrap_err().code, "backup-bad");
    assert!(!new.journal().exists());
}

#[test]
fn a_backup_of_very_many_files_is_refused_and_none_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let (home, _) = office(&folder.path().join(fs_dir(folder.path(), "a")), 4, 2);
    for n in 0..name::FILES_MAX {
        fs::write(home.folder("modules").join(format!("m{n:05}.toml")), "").unwrap();
    }
    let file = folder.path().join("b.tar");
    let made = backup(&home, &file);
    assert!(!made.left_out.is_empty());
    let mut archive = tar::Builder::new(Vec::new());
    for n in 0..=name::FILES_MAX {
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(tar::EntryType::Regular);
        header.set_size(0);
        let member = format!("modules/m{n:05}.toml");
        archive.append_data(&mut header, member, &b""[..]).unwrap();
    }
    let refusal = verify_bytes(&archive.into_inner().unwrap()).unwrap_err();
    assert_eq!(refusal.args["what"], "many");
}

#[test]
fn a_restored_home_is_open_to_desks_but_for_settings_with_a_secret() {
    use std::os::unix::fs::PermissionsExt as _;
    for (settings, mode) in [
        ("[office]\nname = \"KPPN Madiun\"\n", 0o644),
        (
            "[[modem]]\nname = \"m\"\nkind = \"serial\"\nport = \"/dev/x\"\npin = \"1234\"\n",
            0o600,
        ),
        ("# pin = \"1234\"\n", 0o600),
        ("tidak dapat dibaca", 0o600),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (home, _) = office(&folder.path().join(fs_dir(folder.path(), "a")), 4, 2);
        fs::write(home.settings_file(), settings).unwrap();
        let file = folder.path().join("b.tar");
        backup(&home, &file);
        let new = Home::at(folder.path().join("new"));
        restore(&file, &new, None).unwrap();
        let mode_of = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode_of(&new.settings_file()), mode, "{settings}");
        assert_eq!(mode_of(&new.folder("modules")), 0o755);
        assert_eq!(mode_of(&new.folder("modules").join("x.toml")), 0o644);
        assert_eq!(mode_of(&new.folder("locales/en").join("own.ftl")), 0o644);
        assert_eq!(mode_of(&new.journal()), 0o700);
    }
}

/// An office of one segment, with one line of it changed by `change`; what came of a repair.
fn repaired(change: impl Fn(&mut Vec<String>)) -> Result<Repaired, Refusal> {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::at(folder.path().join("a"));
    let (mut journal, _) = Journal::open(&home.journal(), 0, |_, _| {}).unwrap();
    for n in 1..=9 {
        journal.append(at(n), "budi", None, vec![draft(n)]).unwrap();
        journal.commit().unwrap();
    }
    drop(journal);
    let segment = home.journal().join("00000001.jsonl");
    let text = fs::read_to_string(&segment).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    change(&mut lines);
    fs::write(&segment, lines.join("\n") + "\n").unwrap();
    let new = Home::at(folder.path().join("new"));
    let judge = |_: &Path| Ok(|_: &_, _: &str| true);
    let done = repair(&home, &new, "budi", at(99), judge, |_| String::new())?;
    read_all(&new.journal(), |_, _| {}).unwrap();
    Ok(done)
}

#[test]
fn a_repair_names_the_line_that_is_damaged() {
    for line in 1..=9_u64 {
        let at = usize::try_from(line).unwrap() - 1;
        for kind in ["no entry", "cut", "changed"] {
            let done = repaired(|lines| {
                let text = &mut lines[at];
                *text = match kind {
                    "no entry" => format!("#{text}"),
                    "cut" => text.chars().take(40).collect(),
                    _ => text.replace("surat ke", "surat KE"),
                };
            });
            // Of the last line of all nobody knows that it was changed, and of the one before it which of the two was.
            if kind == "changed" && line >= 8 {
                continue;
            }
            // Without an anchor nobody knows either that there was a ninth.
            if line == 9 {
                assert!(done.is_err() || done.is_ok_and(|done| done.lost.len() <= 1));
                continue;
            }
            let lost = done.unwrap().lost;
            assert_eq!(lost.len(), 1, "{line} {kind}: {lost:?}");
            let found = (lost[0].from, lost[0].to, lost[0].line);
            assert_eq!(found, (line, line, line), "{kind}");
        }
    }
}

#[test]
fn a_line_that_stands_there_twice_can_be_repaired() {
    for at in [0, 3, 8] {
        let done = repaired(|lines| lines.insert(at, lines[at].clone())).unwrap();
        assert!(done.lost.is_empty(), "{done:?}");
        // All that was there, and that sending is held.
        assert_eq!(done.seq, 10, "line {at}");
    }
    assert_eq!(repaired(|_| {}).unwrap_err().code, "repair-none");
}

#[test]
fn a_pipe_is_no_backup_and_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("b.tar");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
    assert_eq!(verify(&pipe).unwrap_err().code, "file-bad");
    let link = folder.path().join("link");
    std::os::unix::fs::symlink("b2.tar", &link).unwrap();
    fs::write(folder.path().join("b2.tar"), "").unwrap();
    assert_eq!(verify(&link).unwrap_err().code, "backup-bad");
}
