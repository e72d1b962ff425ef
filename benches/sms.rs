//! The codec and the texts, which must cost nothing beside a modem.

#![allow(clippy::unwrap_used, missing_docs, reason = "benchmarks")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Duration;

use divan::Bencher;
use sipintar::domain::template::Template;
use sipintar::gsm::pdu::{Submit, Validity};
use sipintar::gsm::segment::ReferenceWidth;
use sipintar::gsm::{measure, split};

const ONE: &str = "KPPN Madiun: Yth. KPA PN Madiun, LPJ Bendahara Okt 2026 telah diterima lengkap dan benar tgl 24-11-2026. Terima kasih.";
const UCS2: &str = "Yth. KPA PN Madiun, LPJ Bendahara — Okt 2026 — sudah kami terima.";

fn main() {
    divan::main();
}

/// Split, encode each part as it goes to the modem, and decode it again.
fn there_and_back(text: &str) {
    for segment in split(text, 7, ReferenceWidth::Bits8).unwrap() {
        let validity = Validity::at_least(Duration::from_hours(24));
        let tpdu = Submit::encode("+6281200000102", &segment, true, Some(validity), 0).unwrap();
        black_box(Submit::decode(black_box(&tpdu)).unwrap());
    }
}

#[divan::bench]
fn encode_and_decode_one_sms() {
    there_and_back(black_box(ONE));
}

#[divan::bench]
fn encode_and_decode_one_sms_in_ucs2() {
    there_and_back(black_box(UCS2));
}

#[divan::bench]
fn encode_and_decode_three_parts(bencher: Bencher<'_, '_>) {
    let text = ONE.repeat(3);
    bencher.bench_local(|| there_and_back(black_box(&text)));
}

#[divan::bench]
fn measure_while_typing() {
    black_box(measure(black_box(ONE)));
}

#[divan::bench]
fn render_a_template(bencher: Bencher<'_, '_>) {
    let template = Template::parse(
        "{kantor}: Yth. KPA {satker}, LPJ Bendahara {periode} telah diterima lengkap dan benar tgl {tgl}. Terima kasih.",
        &BTreeMap::new(),
        false,
    )
    .unwrap();
    let value = |name: &str| {
        Some(
            match name {
                "kantor" => "KPPN Madiun",
                "satker" => "PN Madiun",
                "periode" => "2026-10",
                _ => "2026-11-24",
            }
            .to_owned(),
        )
    };
    bencher.bench_local(|| black_box(&template).render(&value).unwrap());
}
