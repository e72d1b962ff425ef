//! Files with mistakes, and what is told about them.

use super::*;

/// Breaks the good module in one place and expects one problem, on the line of the replacement, with this in its text.
fn check(old: &str, new: &str, key: &str, expected: &str, nearest: Option<&str>) {
    assert!(GOOD.contains(old), "{old}");
    let text = GOOD.replacen(old, new, 1);
    let line = 1 + GOOD.split(old).next().unwrap().matches('\n').count();
    let problems = load(&text).map(|_| ()).expect_err(new);
    let first = &problems[0];
    assert_eq!(
        (first.file.as_str(), first.line, first.key.as_str()),
        ("uji.toml", line, key),
        "{}",
        told(&problems)
    );
    assert!(first.what.id.contains(expected), "{}", told(&problems));
    assert_eq!(first.nearest.as_deref(), nearest, "{}", told(&problems));
}

#[test]
fn the_module_that_the_next_test_breaks_is_good() {
    assert!(
        load(GOOD).is_ok(),
        "{}",
        told(&load(GOOD).map(|_| ()).unwrap_err())
    );
}

#[test]
fn a_mistake_is_told_with_line_key_and_nearest_spelling() {
    check(
        "keyword = \"UJI\"",
        "keywrd = \"UJI\"",
        "keywrd",
        "tidak dikenal",
        Some("keyword"),
    );
    check(
        "section = \"UMUM\"",
        "section = \"umum\"",
        "section",
        "huruf besar",
        None,
    );
    check(
        "type = \"month\"",
        "type = \"mnth\"",
        "service[0].fields[0].type",
        "salah satu",
        Some("month"),
    );
    check(
        "fulfils = \"tugas\"",
        "fulfils = \"tgas\"",
        "service[0].fulfils",
        "tidak ada",
        Some("tugas"),
    );
    check(
        "{periode} selesai",
        "{priode} selesai",
        "service[0].sms.completed",
        "{priode}",
        Some("{periode}"),
    );
    check(
        "{periode} selesai",
        "{rekening} selesai",
        "service[0].sms.completed",
        "{rekening}",
        None,
    );
    check(
        "{periode} selesai",
        "{persen} selesai",
        "service[0].sms.completed",
        "tidak akan terisi",
        None,
    );
    check(
        "{periode} selesai",
        "“{periode}” selesai",
        "service[0].sms.completed",
        "alfabet SMS",
        None,
    );
    check(
        "selesai.\"",
        "selesai {tgl\"",
        "service[0].sms.completed",
        "kurung",
        None,
    );
    check(
        "mask = true",
        "mask = true, as = \"nomor\"",
        "service[0].fields[1].as",
        "data pribadi",
        None,
    );
    check(
        "id = \"rekening\"",
        "id = \"periode\"",
        "service[0].fields[1].id",
        "dua kali",
        None,
    );
    check(
        "day = 10",
        "day = 40",
        "obligation[0].due.day",
        "di luar 1 sampai 31",
        None,
    );
    check(
        "day = 10",
        "dy = 10",
        "obligation[0].due.dy",
        "tidak dikenal",
        Some("day"),
    );
    check(
        "previous-working-day",
        "previous-workingday",
        "obligation[0].due.shift",
        "salah satu",
        Some("previous-working-day"),
    );
    check(
        "after = \"period-end\"",
        "after = \"event\"",
        "obligation[0].due.after",
        "salah satu",
        None,
    );
    check(
        "[\"kpa\"]",
        "[\"kpk\"]",
        "obligation[0].remind.to[0]",
        "salah satu",
        Some("kpa"),
    );
    check(
        "2026-01-01",
        "\"2026-01-01\"",
        "obligation[0].valid.from",
        "tanpa tanda kutip",
        None,
    );
    check(
        "every = \"month\"",
        "every = \"monthly\"",
        "obligation[0].every",
        "salah satu",
        Some("month"),
    );
    check(
        "{tgl} ({h})\"",
        "{lambat}\"",
        "obligation[0].sms.before",
        "tidak akan terisi",
        None,
    );
}

#[test]
fn what_is_missing_is_told_at_the_table_that_lacks_it() {
    let problems = load(&GOOD.replace("valid = { from = 2026-01-01 }\n", ""))
        .map(|_| ())
        .unwrap_err();
    assert_eq!(
        (problems[0].line, problems[0].key.as_str()),
        (17, "obligation[0].valid"),
        "{}",
        told(&problems)
    );
    let problems = load(&GOOD.replace("sms.day = \"{kantor}: {satker} {periode} {tgl}\"\n", ""))
        .map(|_| ())
        .unwrap_err();
    assert!(
        problems[0].what.id.contains("teks day"),
        "{}",
        told(&problems)
    );
}

#[test]
fn a_text_longer_than_one_sms_is_refused_unless_it_says_so() {
    let long = "kata ".repeat(40);
    let text = GOOD.replace("{periode} selesai.", &long);
    let problems = load(&text).map(|_| ()).unwrap_err();
    assert!(
        problems[0].what.id.contains("melebihi 160"),
        "{}",
        told(&problems)
    );
    let text = GOOD.replace(
        "\"{kantor}: {satker} {periode} selesai.\"",
        &format!("{{ text = \"{{kantor}}: {long}\", long = true }}"),
    );
    assert!(load(&text).is_ok());
}

#[test]
fn validities_that_share_a_day_are_refused_and_neighbours_are_not() {
    let rule = GOOD.get(GOOD.find("[[obligation]]").unwrap()..).unwrap();
    let problems = load(&format!("{GOOD}\n{rule}")).map(|_| ()).unwrap_err();
    assert!(
        problems[0].what.id.contains("bertumpuk"),
        "{}",
        told(&problems)
    );
    let older = rule.replace(
        "{ from = 2026-01-01 }",
        "{ from = 2025-01-01, until = 2025-12-31 }",
    );
    let modules = load(&format!("{GOOD}\n{older}")).unwrap();
    assert_eq!(modules.obligations().count(), 2);
}

#[test]
fn a_circular_chain_is_refused() {
    let rule = |id: &str, after: &str| {
        format!(
            "[[obligation]]\nid = \"{id}\"\nname = \"{id}\"\nsource = \"uji\"\nvalid = {{ from = 2026-01-01 }}\nevery = \"month\"\n\
             due = {{ working_days = 2, after = \"{after}\" }}\nremind = {{ offsets = [0], to = [\"kpa\"] }}\nsms.day = \"{{kantor}}: hari ini\"\n"
        )
    };
    let text = format!("{GOOD}\n{}{}", rule("a", "b"), rule("b", "a"));
    let problems = load(&text).map(|_| ()).unwrap_err();
    assert!(
        problems
            .iter()
            .all(|problem| problem.what.id.contains("melingkar"))
            && problems.len() == 2,
        "{}",
        told(&problems)
    );
    assert!(load(&format!("{GOOD}\n{}{}", rule("a", "b"), rule("b", "tugas"))).is_ok());
}

#[test]
fn names_used_twice_are_refused_across_files() {
    let problems = Modules::with_overrides(vec![Source::new(
        "uji.toml",
        GOOD.replace("\"UJI\"", "\"LPJ\"")
            .replace("\"tugas\"", "\"lpj\""),
    )])
    .map(|_| ())
    .unwrap_err();
    let all = told(&problems);
    assert!(
        all.contains("kata kunci LPJ sudah ada di lpj.toml"),
        "{all}"
    );
    assert!(all.contains("kewajiban lpj sudah ada di lpj.toml"), "{all}");
}

#[test]
fn rubbish_is_refused_without_harm() {
    for text in [
        "",
        "\0\0",
        "= = =",
        "[[service]]\n[[service",
        "id = [[[[[[",
        "service = 3",
        "\u{feff}id = 1",
        &"[".repeat(100_000),
    ] {
        let problems = load(text).map(|_| ()).unwrap_err();
        assert!(
            !problems.is_empty() && problems.len() <= 150,
            "{}",
            problems.len()
        );
    }
    let problems = load(&"a".repeat(2_000_000)).map(|_| ()).unwrap_err();
    assert!(problems[0].what.id.contains("1 MB"));
}

#[test]
fn an_event_that_no_module_has_meets_nothing_and_is_refused() {
    check(
        "every = \"month\"",
        "met_by = [\"sp2d-gupp\"]\nevery = \"month\"",
        "obligation[0].met_by[0]",
        "peristiwa ini tidak ada",
        None,
    );
}
