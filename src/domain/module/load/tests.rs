#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

mod refusals;

use super::*;
use crate::domain::calendar::Calendar;
use crate::domain::module::{Filling, Notice, SERVICE_CONTEXT};
use crate::domain::period::Period;
use crate::domain::rule::{Basis, SATKER_ROLES};
use crate::domain::service_clock::Norm;
use std::collections::{BTreeMap, BTreeSet};

const NAGARI: &str = include_str!("../../../../modules/contoh/nagari-mandiri-pangan.toml");

/// A small module that is right; the tests below break it in one place.
const GOOD: &str = r#"id = "uji"
tab = "Uji"
name = "Modul uji"
section = "UMUM"
keyword = "UJI"

[[service]]
id = "satu"
name = { id = "Satu", en = "One" }
fulfils = "tugas"
fields = [
  { id = "periode", label = "Periode", type = "month", required = true },
  { id = "rekening", label = "Rekening", type = "text", mask = true },
]
sms.completed = "{kantor}: {satker} {periode} selesai."

[[obligation]]
id = "tugas"
name = "Tugas"
source = "uji"
valid = { from = 2026-01-01 }
every = "month"
due = { day = 10, after = "period-end", shift = "previous-working-day" }
remind = { offsets = [-1, 0], to = ["kpa"] }
sms.before = "{kantor}: {satker} {periode} {tgl} ({h})"
sms.day = "{kantor}: {satker} {periode} {tgl}"
"#;

fn builtin() -> Modules {
    Modules::builtin().unwrap_or_else(|problems| panic!("{}", told(&problems)))
}

fn told(problems: &[ModuleProblem]) -> String {
    problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

fn load(text: &str) -> Result<Modules, Vec<ModuleProblem>> {
    Modules::load(vec![Source::new("uji.toml", text)])
}

#[test]
fn the_nine_modules_load_in_the_order_of_the_tabs() {
    let modules = builtin();
    let ids: Vec<&str> = modules.iter().map(|module| module.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "pagu", "lpj", "komitmen", "gaji", "retur", "bar", "up-tup", "skpp", "lainnya"
        ]
    );
    for module in modules.iter() {
        assert!(!module.services.is_empty(), "{}", module.id);
        assert!(!module.keywords.is_empty(), "{}", module.id);
    }
}

#[test]
fn every_obligation_and_event_of_the_office_is_there() {
    let modules = builtin();
    let rules: BTreeSet<&str> = modules.obligations().map(|rule| rule.id.as_str()).collect();
    let expected = "lpj kontrak tagihan gup ptup setor-tup up-pemberitahuan rpd gaji ppnpn rekon retur caput dipa3 saldo spm-kirim skpp \
                    akhir-tahun lainnya";
    assert_eq!(rules, expected.split_whitespace().collect());
    let events: BTreeSet<&str> = modules.events().map(|event| event.id.as_str()).collect();
    let expected = "contract-signed bast sp2d-up sp2d-gup sp2d-tup retur-notified payment-planned spm-approved sk-effective";
    assert_eq!(events, expected.split_whitespace().collect());
    for rule in modules.obligations() {
        assert!(
            rule.remind
                .to
                .iter()
                .all(|role| SATKER_ROLES.contains(&role.as_str())),
            "{}",
            rule.id
        );
    }
}

#[test]
fn every_service_tells_its_end_unless_it_has_no_satker_to_tell() {
    for module in builtin().iter() {
        for service in &module.services {
            let silent = service.id == "undangan";
            assert_eq!(
                service.sms.completed.is_none(),
                silent,
                "{}/{}",
                module.id,
                service.id
            );
            assert_eq!(
                service.sms.returned.is_none(),
                silent,
                "{}/{}",
                module.id,
                service.id
            );
            assert_eq!(
                service.sms.rejected.is_none(),
                silent,
                "{}/{}",
                module.id,
                service.id
            );
        }
    }
}

#[test]
fn norms_and_owners_are_those_of_the_published_list() {
    let modules = builtin();
    let cases = [
        ("komitmen", "supplier", "PD", Norm::WorkingDays(1)),
        ("komitmen", "kontrak", "PD", Norm::WorkingDays(1)),
        ("up-tup", "persetujuan-tup", "MSKI", Norm::WorkingDays(1)),
        ("up-tup", "spm-gup", "PD", Norm::Hours(1)),
        ("skpp", "skpp", "PD", Norm::WorkingDays(1)),
        ("retur", "pemberitahuan", "BANK", Norm::WorkingDays(2)),
        ("retur", "ralat", "BANK", Norm::WorkingDays(2)),
        ("lainnya", "buka-rekening", "BANK", Norm::WorkingDays(5)),
        ("lainnya", "bpn", "VERA", Norm::WorkingDays(2)),
        ("lainnya", "dak-fisik", "PD", Norm::WorkingDays(7)),
        ("gaji", "gaji-induk", "PD", Norm::WorkingDays(5)),
        ("lpj", "lpj", "VERA", Norm::None),
    ];
    for (module, service, section, norm) in cases {
        let service = modules.service(module, service).unwrap();
        assert_eq!(
            (service.section.as_str(), service.norm),
            (section, norm),
            "{module}/{}",
            service.id
        );
    }
    assert_eq!(modules.service("skpp", "skpp").unwrap().series, "SKPP");
}

#[test]
fn no_text_of_the_office_exceeds_one_sms_and_every_text_names_its_sender() {
    let modules = builtin();
    let mut texts: Vec<_> = modules
        .iter()
        .flat_map(|module| module.templates())
        .collect();
    texts.extend(
        modules
            .texts()
            .iter()
            // Words for a state stand inside other texts.
            .filter(|text| !text.id.starts_with("keadaan-"))
            .map(|text| (text.id.clone(), &text.template)),
    );
    assert!(texts.len() > 150, "{}", texts.len());
    for (place, template) in texts {
        assert!(template.max_len() <= 160 && !template.is_long(), "{place}");
        let sender =
            template.text().starts_with("{kantor}") || template.text().starts_with("SI PINTAR:");
        assert!(sender, "{place}: {}", template.text());
    }
}

#[test]
fn lengths_are_those_measured_when_the_wording_was_written() {
    let modules = builtin();
    let lpj = modules.obligations().find(|rule| rule.id == "lpj").unwrap();
    let retur = modules
        .obligations()
        .find(|rule| rule.id == "retur")
        .unwrap();
    let length =
        |template: &Option<crate::domain::template::Template>| template.as_ref().unwrap().max_len();
    assert_eq!(
        [
            length(&lpj.texts.before),
            length(&lpj.texts.day),
            length(&lpj.texts.late)
        ],
        [140, 147, 149]
    );
    assert_eq!(
        [
            length(&retur.texts.before),
            length(&retur.texts.day),
            length(&retur.texts.late)
        ],
        [159, 152, 146]
    );
    let office = |id: &str| modules.texts().get(id).unwrap().template.max_len();
    assert_eq!(
        [
            office("terima"),
            office("tolak-umum"),
            office("ringkasan"),
            office("internal")
        ],
        [138, 154, 158, 128]
    );
    assert_eq!(
        length(
            &modules
                .service("retur", "pemberitahuan")
                .unwrap()
                .sms
                .completed
        ),
        160
    );
}

#[test]
fn a_longer_office_name_is_checked_against_every_text() {
    let modules = builtin();
    assert!(modules.check_office_name("KPPN Madiun").is_empty());
    let tight = modules.check_office_name("KPPN Pematang Siantar");
    assert!(
        tight.iter().any(
            |(place, septets)| place.contains("retur.toml service pemberitahuan")
                && *septets == 170
        ),
        "{tight:?}"
    );
    // One character more spoils only the texts that were full.
    let full = modules.check_office_name("KPPN Madiun2");
    assert!(!full.is_empty() && full.len() < tight.len());
    assert!(full.iter().all(|(_, septets)| *septets == 161), "{full:?}");
}

#[test]
fn every_notice_of_every_service_can_be_filled_with_the_longest_values() {
    let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
    let long = "Kementerian “Contoh” [Panjang] sekali \u{1b}[31m– sampai tidak muat \u{1f600} dalam satu SMS ".repeat(4);
    let context: BTreeMap<String, String> = SERVICE_CONTEXT
        .iter()
        .map(|name| match *name {
            "kantor" => ("kantor".to_owned(), "KPPN Madiun".to_owned()),
            "tgl" => ("tgl".to_owned(), "2026-11-24".to_owned()),
            name => (name.to_owned(), long.clone()),
        })
        .collect();
    for module in builtin().iter() {
        for service in &module.services {
            let fields: BTreeMap<String, String> = service
                .fields
                .iter()
                .map(|field| {
                    let value = match field.kind {
                        crate::domain::module::FieldType::Rupiah => "999999999999999".to_owned(),
                        crate::domain::module::FieldType::Month => "2026-11".to_owned(),
                        crate::domain::module::FieldType::Date => "2026-11-24".to_owned(),
                        crate::domain::module::FieldType::Choice => field.choices[0].id.clone(),
                        _ => long.clone(),
                    };
                    (field.id.clone(), value)
                })
                .collect();
            let filling = Filling {
                context: &context,
                fields: &fields,
                due_of: &|_| Some(today),
                event_date: None,
            };
            for notice in [
                Notice::Received,
                Notice::Completed,
                Notice::Returned,
                Notice::Rejected,
            ] {
                let Some(text) = service.notice(notice, &filling) else {
                    continue;
                };
                let text = text.unwrap_or_else(|error| {
                    panic!("{}/{} {notice:?}: {error}", module.id, service.id)
                });
                assert!(
                    crate::domain::gsm_text::septets(&text).unwrap() <= 160,
                    "{text}"
                );
                assert!(!text.chars().any(char::is_control), "{text}");
            }
        }
    }
}

#[test]
fn a_completed_gup_tells_when_the_next_one_falls_due() {
    let modules = builtin();
    let service = modules.service("up-tup", "spm-gup").unwrap();
    assert!(modules.starts(service, "gup"));
    assert!(!modules.starts(modules.service("lpj", "lpj").unwrap(), "lpj"));
    let of = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    };
    let context = of(&[
        ("kantor", "KPPN Madiun"),
        ("satker", "PN Madiun"),
        ("tgl", "2026-11-24"),
    ]);
    let fields = of(&[
        ("sp2d", "261234567890123"),
        ("nilai", "45000000"),
        ("nomor_spm", "00012T"),
    ]);
    let due = modules
        .due(
            "gup",
            &Basis::event("2026-11-24".parse().unwrap()),
            &Calendar::builtin(),
        )
        .unwrap()
        .1
        .date;
    let filling = Filling {
        context: &context,
        fields: &fields,
        due_of: &|id| (id == "gup").then_some(due),
        event_date: None,
    };
    assert_eq!(
        service
            .notice(Notice::Completed, &filling)
            .unwrap()
            .unwrap(),
        "KPPN Madiun: Yth. KPA PN Madiun, SP2D GUP 261234567890123 Rp45.000.000 terbit 24-11-2026. GUP berikutnya paling lambat 23-12-2026."
    );
}

#[test]
fn a_reminder_without_details_still_reads_well() {
    let modules = builtin();
    let rule = modules
        .obligations()
        .find(|rule| rule.id == "ptup")
        .unwrap();
    let event = modules.event("sp2d-tup").unwrap();
    let context: BTreeMap<String, String> = [
        ("kantor", "KPPN Madiun"),
        ("satker", "PN Madiun"),
        ("tgl", "2026-12-23"),
        ("h", "H-7"),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_owned(), v.to_owned()))
    .collect();
    let filling = Filling {
        context: &context,
        fields: &BTreeMap::new(),
        due_of: &|_| None,
        event_date: None,
    };
    assert_eq!(
        rule.reminder_text(-7, Some(event), &filling)
            .unwrap()
            .unwrap(),
        "KPPN Madiun: Yth. KPA PN Madiun, PTUP atas TUP berjalan jatuh tempo 23-12-2026 (H-7). Mohon SPM PTUP disampaikan tepat waktu."
    );
    let retur = modules
        .obligations()
        .find(|rule| rule.id == "retur")
        .unwrap();
    let text = retur
        .reminder_text(-3, Some(modules.event("retur-notified").unwrap()), &filling)
        .unwrap()
        .unwrap();
    assert!(
        text.contains("ralat retur SP2D terkait paling lambat 23-12-2026"),
        "{text}"
    );
}

#[test]
fn the_example_of_another_programme_loads_beside_the_nine() {
    let modules = Modules::with_overrides(vec![Source::new("nagari-mandiri-pangan.toml", NAGARI)])
        .unwrap_or_else(|p| panic!("{}", told(&p)));
    let nagari = modules.module("nmp").unwrap();
    assert_eq!(modules.iter().count(), 10);
    assert_eq!(nagari.stages.len(), 4);
    assert_eq!(
        (nagari.sender.as_deref(), nagari.participant.kind.as_str()),
        (Some("NMP"), "nagari")
    );
    assert_eq!(
        modules
            .by_keyword("nagari")
            .map(|module| module.id.as_str()),
        Some("nmp")
    );
    let year = Basis::period(Period::year(2026).unwrap());
    let (_, due) = modules
        .due("nmp-tonggak", &year, &Calendar::builtin())
        .unwrap();
    assert_eq!(due.date.to_string(), "2026-12-31");
}

#[test]
fn a_file_of_the_same_name_replaces_a_module_and_a_new_name_adds_one() {
    let skpp = BUILT_IN
        .iter()
        .find(|(file, _)| *file == "skpp.toml")
        .unwrap()
        .1
        .replace("norm = { working_days = 1 }", "norm = { working_days = 3 }");
    let modules = Modules::with_overrides(vec![
        Source::new("/rumah/modules/skpp.toml", skpp),
        Source::new("uji.toml", GOOD),
    ])
    .unwrap();
    assert_eq!(
        modules.service("skpp", "skpp").unwrap().norm,
        Norm::WorkingDays(3)
    );
    let ids: Vec<&str> = modules.iter().map(|module| module.id.as_str()).collect();
    assert_eq!(ids.get(7..), Some(["skpp", "lainnya", "uji"].as_slice()));
}

#[test]
fn an_unknown_module_or_service_names_the_nearest() {
    let modules = builtin();
    assert_eq!(
        modules.module("komitmn").unwrap_err().nearest.as_deref(),
        Some("komitmen")
    );
    assert_eq!(
        modules
            .service("gaji", "gaji-indk")
            .unwrap_err()
            .to_string(),
        "layanan \"gaji-indk\" tidak dikenal. Maksud Anda gaji-induk?"
    );
    assert_eq!(
        modules
            .event("contrac-signed")
            .unwrap_err()
            .nearest
            .as_deref(),
        Some("contract-signed")
    );
    assert_eq!(
        modules
            .service("lpj", "lpj")
            .unwrap()
            .field("priode")
            .unwrap_err()
            .nearest
            .as_deref(),
        Some("periode")
    );
    assert_eq!(modules.module("xyzzy").unwrap_err().nearest, None);
}

#[test]
fn a_report_that_goes_back_after_its_day_is_not_asked_for_before_it() {
    let modules = builtin();
    let service = modules.module("lpj").unwrap().service("lpj").unwrap();
    let context: BTreeMap<String, String> = [
        ("kantor", "KPPN Madiun"),
        ("satker", "PN Madiun"),
        ("alasan", "saldo tidak cocok"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let fields = BTreeMap::from([("periode".to_owned(), "2026-10".to_owned())]);
    let text = |notice: Notice, today: &str| {
        let filling = Filling {
            context: &context,
            fields: &fields,
            due_of: &|_| Some("2026-11-10".parse().unwrap()),
            event_date: Some(today.parse().unwrap()),
        };
        service.notice(notice, &filling).unwrap().unwrap()
    };
    for notice in [Notice::Returned, Notice::Rejected] {
        assert_eq!(
            text(notice, "2026-11-10"),
            "KPPN Madiun: Yth. KPA PN Madiun, LPJ Okt 2026 dikembalikan: saldo tidak cocok. Mohon perbaiki sebelum 10-11-2026."
        );
        assert_eq!(
            text(notice, "2026-11-11"),
            "KPPN Madiun: Yth. KPA PN Madiun, LPJ Okt 2026 dikembalikan: saldo tidak cocok. Mohon segera perbaiki; batas 10-11-2026 lewat."
        );
    }
}
