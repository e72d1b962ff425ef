use super::*;
use crate::server::rig::Rig;

fn office() -> Office {
    let mut rig = Rig::new("");
    rig.write("budi", vec![held(rig.now)]);
    let (office, mut journal, folder) = rig.apart();
    journal.commit().unwrap();
    office.copies.of_journal(journal.reader());
    // The folder stays as long as the office of the test.
    std::mem::forget(folder);
    office
}

fn held(at: DateTime<Utc>) -> Fact {
    Fact::SendingHeld {
        at,
        by: "budi".to_owned(),
        reason: "uji".to_owned(),
    }
}

fn made(file: &Path, time: DateTime<Utc>, seq: u64) -> MadeRow {
    MadeRow {
        file: file.to_path_buf(),
        bytes: fs::metadata(file).map_or(0, |file| file.len()),
        time,
        seq,
    }
}

#[test]
fn a_newest_backup_that_is_old_is_told_once_something_was_written_since() {
    let office = office();
    let now = office.clock.now();
    let began = now - TimeDelta::hours(2);
    office.copies.began.set(began).unwrap();
    office.copies.first.set(now - TimeDelta::hours(30)).unwrap();
    let told = |last: Option<(TimeDelta, u64)>| {
        let last = last.map(|(age, seq)| made(Path::new("b.tar"), now - age, seq));
        office.copies.change(|kept| kept.last = last);
        let warnings = office.copies_warnings();
        let of_age = |warning: &&Refusal| warning.code == "backup-old";
        warnings
            .iter()
            .find(of_age)
            .map(|found| found.args["last"].is_empty())
    };
    // A fresh home has two days.
    assert_eq!(told(None), None);
    assert_eq!(told(Some((TimeDelta::hours(47), 0))), None);
    assert_eq!(told(Some((TimeDelta::hours(49), 0))), Some(false));
    assert_eq!(told(Some((TimeDelta::hours(49), 1))), None);
}

#[test]
fn an_office_that_never_had_a_backup_is_told_so_after_two_days() {
    let office = office();
    let now = office.clock.now();
    office.copies.first.set(now - TimeDelta::hours(49)).unwrap();
    office
        .copies
        .began
        .set(now - TimeDelta::minutes(1))
        .unwrap();
    // What a standstill missed is made up for first.
    assert!(office.copies_warnings().is_empty());
    assert!(is_old(
        now,
        now - TimeDelta::hours(49),
        now - TimeDelta::hours(2)
    ));
    assert!(!is_old(
        now,
        now - TimeDelta::hours(47),
        now - TimeDelta::hours(2)
    ));
}

#[test]
fn without_room_those_go_first_that_the_next_one_makes_superfluous_but_never_the_newest() {
    let office = office();
    let now = office.clock.now();
    let folder = tempfile::tempdir().unwrap();
    let times: Vec<_> = (1..=40)
        .rev()
        .map(|day| now - TimeDelta::days(day))
        .collect();
    let rows: Vec<_> = times
        .iter()
        .map(|time| {
            let file = folder.path().join(format!("{}.tar", time.timestamp()));
            fs::write(&file, "lama").unwrap();
            made(&file, *time, 1)
        })
        .collect();
    office.copies.change(|kept| {
        kept.made = rows;
        retire(&office, kept, None);
    });
    let before = office.copies.kept().made;
    // The newest is no backup: nothing goes.
    assert!(!make_room(&office, now, &|| {}));
    assert_eq!(office.copies.kept().made, before);
    let newest = &before.last().unwrap().file;
    fs::remove_file(newest).unwrap();
    let source = offsite::Source {
        home: &office.copies.home,
        journal: &office.copies.reader().unwrap().snapshot(),
        office: "KPPN Madiun",
        now,
    };
    offsite::make(&source, newest, &mut || {}).unwrap();
    assert!(make_room(&office, now, &|| {}));
    let after = office.copies.kept().made;
    assert!(after.len() < before.len() && newest.exists());
    assert_eq!(after.last().map(|row| &row.file), Some(newest));
    let files = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, after.len());
}
