use super::*;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_default()
}

fn working_days_of(calendar: &Calendar, year: i32) -> i64 {
    calendar.working_days_between(
        day(&format!("{}-12-31", year - 1)),
        day(&format!("{year}-12-31")),
    )
}

#[test]
fn the_built_in_list_gives_the_known_number_of_working_days() {
    let calendar = Calendar::builtin();
    assert_eq!(calendar.holidays().count(), 79);
    assert_eq!(
        calendar.years_covered().into_iter().collect::<Vec<_>>(),
        [2025, 2026, 2027]
    );
    for (year, expected) in [(2025, 237), (2026, 240), (2027, 242)] {
        assert_eq!(working_days_of(&calendar, year), expected, "{year}");
    }
}

#[test]
fn counting_starts_after_the_day_itself_in_both_directions() {
    let calendar = Calendar::builtin();
    let cases = [
        ("2026-03-13", 5, "2026-03-27"),
        ("2026-12-21", 5, "2026-12-30"),
        ("2027-03-05", 5, "2027-03-22"),
        ("2026-12-21", 7, "2027-01-04"),
        ("2026-05-12", 7, "2026-05-25"),
        ("2026-03-26", -3, "2026-03-16"),
        ("2026-11-24", 0, "2026-11-24"),
        ("2026-11-22", 0, "2026-11-22"),
        ("2026-11-22", 1, "2026-11-23"),
        ("2026-11-22", -1, "2026-11-20"),
    ];
    for (from, n, expected) in cases {
        assert_eq!(
            calendar.add_working_days(day(from), n),
            day(expected),
            "{from} {n:+}"
        );
    }
}

#[test]
fn the_office_may_close_a_working_day_and_open_a_holiday() {
    let mut calendar = Calendar::builtin();
    let (tuesday, christmas, saturday) = (day("2026-11-24"), day("2026-12-25"), day("2026-12-26"));
    calendar.set_override(
        tuesday,
        Some(Override {
            kind: OverrideKind::Closed,
            reason: "Banjir".into(),
        }),
    );
    calendar.set_override(
        christmas,
        Some(Override {
            kind: OverrideKind::Opened,
            reason: "Akhir tahun".into(),
        }),
    );
    calendar.set_override(
        saturday,
        Some(Override {
            kind: OverrideKind::Opened,
            reason: "Akhir tahun".into(),
        }),
    );
    assert!(
        !calendar.is_working_day(tuesday)
            && calendar.is_working_day(christmas)
            && calendar.is_working_day(saturday)
    );
    assert_eq!(calendar.name_of(tuesday), Some("Banjir"));
    assert_eq!(calendar.name_of(christmas), Some("Akhir tahun"));
    assert_eq!(working_days_of(&calendar, 2026), 241);
    calendar.set_override(christmas, None);
    assert!(!calendar.is_working_day(christmas));
}

#[test]
fn a_calendar_closed_for_years_ends_the_search() {
    let mut calendar = Calendar::default();
    let first = day("2026-01-01");
    for n in 0..1000 {
        let closed = Override {
            kind: OverrideKind::Closed,
            reason: "tutup".into(),
        };
        calendar.set_override(first + chrono::TimeDelta::days(n), Some(closed));
    }
    assert_eq!(calendar.add_working_days(first, 5), first);
    assert_eq!(calendar.next_working_day(NaiveDate::MAX), NaiveDate::MAX);
}

#[test]
fn a_corrected_list_shows_what_would_change() {
    let old = parse_holidays(
        "date,kind,name\n2027-03-10,libur,Idul Fitri\n2027-03-12,cuti_bersama,Cuti\n",
    )
    .unwrap();
    let new = parse_holidays("2027-03-11,libur,Idul Fitri\n2027-03-12,libur,Cuti\n").unwrap();
    let changes = compare(&old, &new);
    assert!(matches!(
        changes.as_slice(),
        [
            HolidayChange::Removed { .. },
            HolidayChange::Added { .. },
            HolidayChange::Changed { .. }
        ]
    ));
    assert!(compare(&old, &old).is_empty());
}

#[test]
fn a_bad_line_is_named_with_what_is_expected() {
    let cases = [
        ("date,kind,name\n2026-13-01,libur,X\n", 2, "bukan tanggal"),
        (
            "date,kind,name\n2026-01-01,pesta,X\n",
            2,
            "libur atau cuti_bersama",
        ),
        ("date,kind,name\n2026-01-01,libur,\n", 2, "kosong"),
        (
            "2026-01-01,libur,A\n2026-01-01,cuti_bersama,B\n",
            2,
            "dua kali",
        ),
        ("", 1, "tidak ada"),
        (
            "date,kind,name\n\n\n2026-01-01,libur,A\n1026-01-01,libur,B\n",
            5,
            "bukan tanggal",
        ),
    ];
    for (text, line, what) in cases {
        let bad = parse_holidays(text).unwrap_err();
        assert_eq!(bad.line, line, "{text:?}: {bad}");
        assert!(bad.what.contains(what), "{text:?}: {bad}");
    }
    assert_eq!(
        parse_holidays("\u{feff}tanggal;jenis;nama\r\n25-12-2026;Cuti Bersama;Natal\r\n")
            .unwrap()
            .len(),
        1
    );
}

proptest! {
    #[test]
    fn adding_and_counting_working_days_agree(start in 0i64..1000, n in -200i32..200) {
        let calendar = Calendar::builtin();
        let from = day("2025-01-01") + chrono::TimeDelta::days(start);
        let to = calendar.add_working_days(from, n);
        prop_assert_eq!(calendar.working_days_between(from, to), i64::from(n));
        prop_assert!(n == 0 || calendar.is_working_day(to));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        let _ = parse_holidays(&text);
    }
}
