#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

fn parse(text: &str) -> Result<Template, TemplateProblem> {
    Template::parse(text, &BTreeMap::new(), false)
}

fn render(text: &str, values: &[(&str, &str)]) -> Result<String, RenderError> {
    let value = |name: &str| {
        values
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned())
    };
    parse(text).unwrap().render(&value)
}

#[test]
fn values_are_written_and_cut_as_their_kind_demands() {
    let cases = [
        ("{jml}", "99999999999", "Rp99.999.999.999"),
        ("{jml}", "123456789012", "Rp123,45 M"),
        ("{jml}", "Rp 1.500.000,-", "Rp1.500.000"),
        ("{tgl}", "2026-11-24", "24-11-2026"),
        ("{tgl}", "24-11-2026", "24-11-2026"),
        ("{periode}", "2026-12", "Des 2026"),
        ("{persen}", "73,05", "73,05"),
        ("{persen}", "100,00", "100,0"),
        (
            "{satker}",
            "Pengadilan Negeri Kota Madiun",
            "Pengadilan Negeri Ko",
        ),
        (
            "{alasan}",
            "dokumen pendukung belum lengkap dan belum ditandatangani",
            "dokumen pendukung belum lengkap dan be..",
        ),
        (
            "{nomor}",
            "S-810/KPN.0801/2024/LAMPIRAN/IV",
            "S-810/KPN.0801/2024/L..",
        ),
        ("{agenda}", "AGD-00123/2026", "AGD-00123"),
        ("{agenda}", "SKPP-00123", "SKPP-00123"),
        ("{item2}", "LPJ", "LPJ"),
    ];
    for (text, value, expected) in cases {
        let name = parse(text).unwrap().placeholders()[0].to_owned();
        assert_eq!(
            render(text, &[(name.as_str(), value)]).as_deref(),
            Ok(expected),
            "{text} {value}"
        );
    }
}

#[test]
fn a_value_is_never_read_as_a_template() {
    assert_eq!(
        render("{satker}!", &[("satker", "{kode}"), ("kode", "411902")]).as_deref(),
        Ok("{kode}!")
    );
}

#[test]
fn an_empty_value_takes_its_blank_along() {
    assert_eq!(
        render(
            "SP2D {sp2d} {jml} paling",
            &[("sp2d", "terkait"), ("jml", "")]
        )
        .as_deref(),
        Ok("SP2D terkait paling")
    );
}

#[test]
fn a_missing_value_is_named() {
    assert_eq!(
        render("{satker} {kode}", &[("satker", "x")]),
        Err(RenderError::Missing("kode".into()))
    );
}

#[test]
fn a_longer_office_name_stands_in_full_where_there_is_room() {
    let office = [("kantor", "KPPN Pematang Siantar")];
    assert_eq!(
        render("{kantor}: ya", &office).as_deref(),
        Ok("KPPN Pematang Siantar: ya")
    );
    let full = format!("{{kantor}}: {}", "a".repeat(147));
    assert_eq!(
        render(&full, &office),
        Ok(format!("KPPN Pemata: {}", "a".repeat(147)))
    );
}

#[test]
fn what_is_no_template_is_refused_with_the_reason() {
    let cases = [
        ("", TemplateProblem::Empty),
        (
            "{satkr}",
            TemplateProblem::UnknownPlaceholder {
                name: "satkr".into(),
                nearest: Some("satker".into()),
            },
        ),
        ("a } b", TemplateProblem::Brace),
        ("a {satker", TemplateProblem::Brace),
        ("a – b", TemplateProblem::NotGsm('–')),
        ("a\nb", TemplateProblem::NotGsm('\n')),
    ];
    for (text, problem) in cases {
        assert_eq!(parse(text), Err(problem), "{text}");
    }
    assert_eq!(
        parse(&"a".repeat(161)),
        Err(TemplateProblem::TooLong {
            septets: 161,
            limit: 160
        })
    );
    assert_eq!(
        parse(&"[".repeat(81)),
        Err(TemplateProblem::TooLong {
            septets: 162,
            limit: 160
        })
    );
    assert!(Template::parse(&"a".repeat(161), &BTreeMap::new(), true).is_ok());
}

proptest! {
    #[test]
    fn whatever_strangers_write_the_text_fits_one_sms(values in proptest::collection::vec("\\PC{0,60}|[\\[\\]{}€^]{0,60}|[\u{0}-\u{1f}]{0,9}|[0-9]{0,25}", 4)) {
        let text = "KPPN: {satker} {alasan} {jml} {nomor} selesai sampai batas akhir, mohon maklum";
        let template = parse(text).unwrap();
        let names = template.placeholders();
        let rendered = template.render(&|name| names.iter().position(|n| *n == name).map(|n| values[n].clone())).unwrap();
        let size = septets(&rendered);
        prop_assert!(size.is_ok_and(|n| n <= template.max_len()), "{size:?} {rendered}");
        prop_assert!(!rendered.chars().any(char::is_control));
    }

    #[test]
    fn every_standard_placeholder_keeps_its_limit(value in "\\PC{0,80}") {
        for (name, max, _) in placeholder::NAMES {
            let fitted = standard(name).unwrap().fit(&value);
            prop_assert!(septets(&fitted).is_ok_and(|n| n <= max), "{name}: {fitted}");
        }
    }
}
