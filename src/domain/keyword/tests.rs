use proptest::prelude::*;

use super::*;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
}

fn vocabulary() -> &'static Vocabulary {
    static VOCABULARY: std::sync::LazyLock<Vocabulary> =
        std::sync::LazyLock::new(|| Vocabulary::new(&Modules::builtin().unwrap()));
    &VOCABULARY
}

/// What a text is, in a few words.
fn read(text: &str) -> String {
    let code = |code: &CodeArg| match code {
        CodeArg::None => "-".to_owned(),
        CodeArg::Code(code) => code.to_string(),
        CodeArg::Bad(text) => format!("bad {text}"),
    };
    let agenda = |agenda: &AgendaArg| match agenda {
        AgendaArg::None => "-".to_owned(),
        AgendaArg::Agenda(agenda) => agenda.to_string(),
        AgendaArg::Bad(text) => format!("bad {text}"),
    };
    match vocabulary().parse(text, today()) {
        Parsed::Nothing => "nothing".to_owned(),
        Parsed::Courtesy => "courtesy".to_owned(),
        Parsed::Unknown => "unknown".to_owned(),
        Parsed::Nearly { word, keyword } => format!("{word} is nearly {keyword}"),
        Parsed::Known {
            keyword,
            request,
            chatty,
        } => {
            let said = match request {
                Request::Ask {
                    code: of,
                    expense,
                    agenda: which,
                    ..
                } => {
                    let expense = expense.map(|expense| format!(" {expense}"));
                    let which = match which {
                        AgendaArg::None => String::new(),
                        which => format!(" {}", agenda(&which)),
                    };
                    format!("{}{}{which}", code(&of), expense.unwrap_or_default())
                }
                Request::Status { agenda: which } => agenda(&which),
                Request::Schedule { code: of } => code(&of),
                Request::Plan {
                    code: of,
                    date,
                    amount,
                } => format!(
                    "{} {} {}",
                    code(&of),
                    date.map_or("-".to_owned(), |date| date.to_string()),
                    amount.map_or("-".to_owned(), |amount| amount.0.to_string())
                ),
                Request::Rate {
                    value,
                    agenda: which,
                    comment,
                } => format!(
                    "{} {} [{comment}]",
                    value.map_or("-".to_owned(), |value| value.to_string()),
                    agenda(&which)
                ),
                Request::Suggest { text } => format!("[{text}]"),
                Request::Help { about } => about.unwrap_or_default(),
                Request::Stop | Request::Start => String::new(),
            };
            let talk = if chatty { " +talk" } else { "" };
            format!("{keyword}: {said}{talk}").trim_end().to_owned()
        }
    }
}

#[test]
fn texts_are_read_as_they_were_meant() {
    let cases = [
        // The documented cases.
        ("PAGU 411902", "PAGU: 411902"),
        ("pagu#411902#52", "PAGU: 411902 52"),
        ("  \"Lpj\" ", "LPJ: -"),
        ("LPJ", "LPJ: -"),
        ("LPJ 41190", "LPJ: bad 41190"),
        ("LPJ 999999", "LPJ: 999999"),
        ("status agd 123", "STATUS: AGD-00123/2026"),
        ("STATUS AGD-00123/2025", "STATUS: AGD-00123/2025"),
        ("NILAI 5", "NILAI: 5 - []"),
        ("NILAI 6", "NILAI: - - []"),
        (
            "Nilai 4 AGD-00123 pelayanan cepat",
            "NILAI: 4 AGD-00123/2026 [pelayanan cepat]",
        ),
        ("LPH 411902", "LPH is nearly LPJ"),
        ("Terima kasih", "courtesy"),
        (
            "RPD 411902 05122026 6500000000",
            "RPD: 411902 2026-12-05 6500000000",
        ),
        (
            "rpd#411902#05/12/2026#6.500.000.000",
            "RPD: 411902 2026-12-05 6500000000",
        ),
        ("RPD 411902 31022026 1", "RPD: 411902 - 1"),
        ("", "nothing"),
        ("👍🙏", "nothing"),
        // Separators, quotes, case.
        ("PAGU*411902*52", "PAGU: 411902 52"),
        ("Pagu, 411902. 53", "PAGU: 411902 53"),
        ("PAGU\n411902\n", "PAGU: 411902"),
        ("“pagu 411902”", "PAGU: 411902"),
        ("PAGU411902", "PAGU: 411902"),
        ("LPJ-411902", "LPJ: 411902"),
        ("lpj: 411902", "LPJ: 411902"),
        ("LPJ 411902?", "LPJ: 411902"),
        ("PAGU 025.01.411901", "PAGU: 411901"),
        ("pagu 52", "PAGU: - 52"),
        ("PAGU satker 411902 belanja 51", "PAGU: 411902 51"),
        // Aliases.
        ("serapan 411902", "PAGU: 411902"),
        ("REALISASI", "PAGU: -"),
        ("supplier 411902", "KONTRAK: 411902"),
        ("shr", "BAR: -"),
        ("GUP 411902", "UP: 411902"),
        ("ptup 411902", "TUP: 411902"),
        ("cek 123", "STATUS: AGD-00123/2026"),
        ("KEWAJIBAN 411902", "JADWAL: 411902"),
        ("agenda 411902", "JADWAL: 411902"),
        ("agenda AGD-00123", "STATUS: AGD-00123/2026"),
        ("agenda agd 123", "STATUS: AGD-00123/2026"),
        ("rating 3", "NILAI: 3 - []"),
        ("?", "BANTUAN:"),
        ("help lpj", "BANTUAN: LPJ"),
        ("Info", "BANTUAN:"),
        ("STOP", "BERHENTI:"),
        ("start", "MULAI:"),
        // Agenda numbers.
        ("STATUS", "STATUS: -"),
        ("STATUS nomor AGD-7", "STATUS: AGD-00007/2026"),
        ("STATUS SKPP-12", "STATUS: SKPP-00012/2026"),
        (
            "status agd-00123 pak mohon dicek",
            "STATUS: AGD-00123/2026 +talk",
        ),
        ("STATUS abc", "STATUS: bad abc"),
        ("SKPP 411902", "SKPP: 411902"),
        ("SKPP 12", "SKPP: - SKPP-00012/2026"),
        ("SKPP-00012", "SKPP: - SKPP-00012/2026"),
        // Ratings.
        ("NILAI", "NILAI: - - []"),
        ("NILAI lima", "NILAI: - - []"),
        (
            "NILAI 5 terima kasih, cepat!",
            "NILAI: 5 - [terima kasih, cepat!]",
        ),
        (
            "nilai 2 123 antre 2 jam",
            "NILAI: 2 AGD-00123/2026 [antre 2 jam]",
        ),
        ("nilai5", "NILAI: 5 - []"),
        ("nilai 4.5", "NILAI: - - []"),
        // Free text.
        (
            "SARAN Parkir sempit, mohon diperluas.",
            "SARAN: [Parkir sempit, mohon diperluas.]",
        ),
        (
            "aduan: petugas \"X\" tidak ramah",
            "ADUAN: [petugas \"X\" tidak ramah]",
        ),
        ("pengaduan", "ADUAN: []"),
        ("GAJI pegawai kami belum masuk", "GAJI: - +talk"),
        ("Mulai besok kantor kami libur", "unknown"),
        ("Stop dulu ya pak", "unknown"),
        ("Mohon jadwal rekonsiliasi bulan ini", "unknown"),
        // Plans.
        ("RPD 05122026 1,5jt", "RPD: - 2026-12-05 1500000"),
        (
            "RPD 411902 5-12-2026 6,5 M",
            "RPD: 411902 2026-12-05 6500000000",
        ),
        ("RPD 411902 05122026", "RPD: 411902 2026-12-05 -"),
        ("RPD 411902 05122026 0", "RPD: 411902 2026-12-05 -"),
        ("RPD", "RPD: - - -"),
        // One slip of the finger, and nothing more.
        ("PAGI", "unknown"),
        ("Selamat siang, terima kasih pak", "courtesy"),
        ("halo", "unknown"),
        ("PAHU 411902", "PAHU is nearly PAGU"),
        ("GAIJ", "GAIJ is nearly GAJI"),
        ("pagar kantor kami rusak", "unknown"),
        ("TUPP", "TUPP is nearly TUP"),
        ("ok siap pak", "courtesy"),
        ("ok tapi kapan", "unknown"),
        ("Baik pak, terima kasih 🙏", "courtesy"),
        ("...", "nothing"),
        ("!!!???", "nothing"),
        ("\u{1b}[2J\u{1b}[31m", "unknown"),
    ];
    for (text, expected) in cases {
        assert_eq!(read(text), expected, "{text:?}");
    }
}

#[test]
fn a_slip_that_could_be_two_keywords_is_not_guessed() {
    // Between GUP and TUP.
    assert_eq!(read("LUP 411902"), "unknown");
    assert_eq!(read("PUP 411902"), "unknown");
}

#[test]
fn every_keyword_is_found_by_each_of_its_spellings() {
    let modules = Modules::builtin().unwrap();
    let vocabulary = Vocabulary::new(&modules);
    for module in modules.iter() {
        for keyword in &module.keywords {
            assert!(
                vocabulary.main(&keyword.to_lowercase()).is_some(),
                "{keyword}"
            );
            assert!(
                !RESERVED.iter().any(|(word, _)| word == keyword),
                "{keyword} belongs to the office"
            );
        }
    }
    assert_eq!(vocabulary.main("ptup"), Some("TUP"));
    assert!(vocabulary.takes_code("jadwal") && !vocabulary.takes_code("NILAI"));
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,200}|[a-zA-Z#*., 0-9\\n/\"-]{0,80}|(LPJ|nilai|RPD|status|skpp|pagu|agenda)[ #-]?[0-9a-z ./,-]{0,40}") {
        let _ = vocabulary().parse(&text, today());
    }

    #[test]
    fn separators_do_not_matter(first in "[ #*,.\n]{1,3}", second in "[ #*,.\n]{1,3}") {
        // A comma or dot counts as long as it does not stand between digits.
        prop_assume!(second.chars().any(|c| !matches!(c, ',' | '.')) || second.len() > 1);
        prop_assert_eq!(read(&format!("pagu{first}411902{second}52")), "PAGU: 411902 52");
    }
}
