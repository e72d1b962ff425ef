#![allow(clippy::unwrap_used)]

use super::*;

fn field(kind: FieldType) -> Field {
    Field {
        id: "uji".into(),
        label: Words::same("Uji"),
        kind,
        when: When::Register,
        required: true,
        choices: [
            "nama-tidak-sesuai",
            "nomor-rekening-salah",
            "rekening-tutup",
        ]
        .map(|id| Choice {
            id: id.into(),
            label: Words::same(id.replace('-', " ")),
        })
        .to_vec(),
        max: 15,
        mask: false,
        placeholder: None,
        blank: None,
    }
}

#[test]
fn each_type_stores_one_form_and_shows_it_for_people() {
    let today = "2026-11-24".parse().unwrap();
    let cases = [
        (FieldType::Month, "Nov 2026", "2026-11", "Nov 2026"),
        (FieldType::Month, "11-2026", "2026-11", "Nov 2026"),
        (FieldType::Date, "besok", "2026-11-25", "25-11-2026"),
        (FieldType::Rupiah, "1,5jt", "1500000", "Rp1.500.000"),
        (FieldType::Number, "0042", "42", "42"),
        (FieldType::Number, "1.250", "1250", "1250"),
        (FieldType::Bool, "Y", "ya", "ya"),
        (FieldType::Bool, "tidak", "tidak", "tidak"),
        (
            FieldType::Choice,
            "NAMA-TIDAK-SESUAI",
            "nama-tidak-sesuai",
            "nama tidak sesuai",
        ),
        (FieldType::Choice, "rek", "rekening-tutup", "rekening tutup"),
        (
            FieldType::Phone,
            "0812-0000-0101",
            "+6281200000101",
            "0812-0000-0101",
        ),
        (FieldType::Text, " teks ", "teks", "teks"),
    ];
    for (kind, typed, stored, shown) in cases {
        let field = field(kind);
        assert_eq!(field.parse(typed, today).as_deref(), Ok(stored), "{typed}");
        assert_eq!(field.display(stored, Lang::Id), shown);
        assert_eq!(
            field.parse(stored, today).as_deref(),
            Ok(stored),
            "stored forms are read back"
        );
    }
}

#[test]
fn what_a_type_does_not_accept_is_told() {
    let today = "2026-11-24".parse().unwrap();
    let cases = [
        (FieldType::Month, "2026-Q4", "bukan bulan"),
        (FieldType::Date, "31-11-2026", "tidak punya tanggal 31"),
        (FieldType::Rupiah, "banyak", "bukan jumlah"),
        (FieldType::Number, "-1", "bukan bilangan"),
        (FieldType::Bool, "mungkin", "ya atau tidak"),
        (FieldType::Choice, "n", "bukan pilihan"),
        (FieldType::Phone, "0351-462123", "telepon kabel"),
        (FieldType::Text, "enam belas huruf", "paling banyak 15"),
        (FieldType::Text, "a\u{1b}[2Jb", "karakter kendali"),
        (FieldType::Text, "", "wajib"),
    ];
    for (kind, typed, expected) in cases {
        let problem = field(kind).parse(typed, today).unwrap_err();
        assert!(problem.what.id.contains(expected), "{typed:?}: {problem}");
    }
    let optional = Field {
        required: false,
        ..field(FieldType::Date)
    };
    assert_eq!(optional.parse("  ", today).as_deref(), Ok(""));
}

#[test]
fn a_masked_field_shows_four_characters_and_fills_no_text() {
    let account = Field {
        mask: true,
        ..field(FieldType::Text)
    };
    assert_eq!(account.display("1234567890", Lang::Id), "••••••7890");
    assert!(!account.fills("uji") && field(FieldType::Text).fills("uji"));
}
