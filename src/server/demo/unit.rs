//! Made-up satker of Madiun and around, with officials and budgets.

use chrono::{Datelike, NaiveDate};
use fastrand::Rng;

use super::people;
use crate::domain::id::SatkerCode;
use crate::domain::phone::PhoneNumber;
use crate::domain::satker::{BudgetRow, ContactRole, Official, Satker};

/// What the making of letters needs of a satker.
pub struct Unit {
    pub code: SatkerCode,
    pub short_name: String,
    pub active: bool,
    /// The head, with the phone that messages go to.
    pub kpa: (String, Option<PhoneNumber>),
    /// Whether a revenue treasurer sends an LPJ too.
    pub revenue_treasurer: bool,
    family: Family,
}

/// What a unit spends its budget on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    /// Salaries, goods, capital.
    Office,
    /// The same and social aid.
    Social,
    /// A local body that spends central funds: no salaries.
    Local,
}

/// Code of the first satker; the others follow.
const FIRST_CODE: u32 = 411_201;

/// A unit that stands once in every region. `{}` is the region.
struct Once {
    ministry: (&'static str, &'static str),
    echelon: &'static str,
    name: &'static str,
    short: &'static str,
    authority: &'static str,
    family: Family,
}

const fn once(
    ministry: (&'static str, &'static str),
    echelon: &'static str,
    name: &'static str,
    short: &'static str,
) -> Once {
    Once {
        ministry,
        echelon,
        name,
        short,
        authority: "KD",
        family: Family::Office,
    }
}

const fn local(mut unit: Once, authority: &'static str) -> Once {
    unit.authority = authority;
    unit.family = Family::Local;
    unit
}

const fn social(mut unit: Once) -> Once {
    unit.family = Family::Social;
    unit
}

const MA: (&str, &str) = ("005", "Mahkamah Agung");
const KEJAKSAAN: (&str, &str) = ("006", "Kejaksaan");
const KEMHAN: (&str, &str) = ("012", "Kementerian Pertahanan");
const KEMENKEU: (&str, &str) = ("015", "Kementerian Keuangan");
const KEMENTAN: (&str, &str) = ("018", "Kementerian Pertanian");
const KEMENHUB: (&str, &str) = ("022", "Kementerian Perhubungan");
const KEMENKES: (&str, &str) = ("024", "Kementerian Kesehatan");
const KEMENAG: (&str, &str) = ("025", "Kementerian Agama");
const KEMNAKER: (&str, &str) = ("026", "Kementerian Ketenagakerjaan");
const KEMENSOS: (&str, &str) = ("027", "Kementerian Sosial");
const PU: (&str, &str) = ("033", "Kementerian Pekerjaan Umum");
const BPS: (&str, &str) = ("054", "Badan Pusat Statistik");
const ATR: (&str, &str) = ("056", "Kementerian ATR/BPN");
const POLRI: (&str, &str) = ("060", "Kepolisian Negara RI");
const BNN: (&str, &str) = ("066", "Badan Narkotika Nasional");
const KPU: (&str, &str) = ("076", "Komisi Pemilihan Umum");
const BAWASLU: (&str, &str) = ("115", "Badan Pengawas Pemilihan Umum");
const IMIPAS: (&str, &str) = ("138", "Kementerian Imigrasi dan Pemasyarakatan");
const DIKTI: (&str, &str) = ("139", "Kementerian Pendidikan Tinggi, Sains, dan Teknologi");

/// Short names leave 11 of 20 characters for the region.
const ONCE: [Once; 26] = [
    once(MA, "01", "Pengadilan Negeri {}", "PN {}"),
    once(KEJAKSAAN, "01", "Kejaksaan Negeri {}", "Kejari {}"),
    social(once(
        KEMENAG,
        "01",
        "Kantor Kementerian Agama {}",
        "Kemenag {}",
    )),
    once(BPS, "01", "BPS {}", "BPS {}"),
    once(POLRI, "01", "Polres Contoh {}", "Polres {}"),
    once(
        KEMENKEU,
        "04",
        "Kantor Pelayanan Pajak Pratama Contoh {}",
        "KPP {}",
    ),
    once(MA, "01", "Pengadilan Agama {}", "PA {}"),
    once(KPU, "01", "KPU {}", "KPU {}"),
    local(
        once(KEMENTAN, "03", "Dinas Pertanian {} (TP)", "Distan {}"),
        "TP",
    ),
    once(KEMHAN, "22", "Satuan Angkatan Darat Contoh {}", "Sat AD {}"),
    once(DIKTI, "03", "Politeknik Negeri Contoh {}", "Poltek {}"),
    once(ATR, "01", "Kantor Pertanahan {}", "Kantah {}"),
    once(IMIPAS, "05", "Lembaga Pemasyarakatan Contoh {}", "Lapas {}"),
    once(
        KEMENAG,
        "04",
        "Institut Agama Islam Negeri Contoh {}",
        "IAIN {}",
    ),
    once(BAWASLU, "01", "Bawaslu {}", "Bawaslu {}"),
    local(
        once(KEMENSOS, "04", "Dinas Sosial {} (TP)", "Dinsos {}"),
        "TP",
    ),
    once(KEMNAKER, "13", "Loka Latihan Kerja Contoh {}", "LLK {}"),
    once(
        KEMENKEU,
        "09",
        "Kantor Pelayanan Kekayaan Negara dan Lelang Contoh {}",
        "KPKNL {}",
    ),
    once(PU, "04", "Satker Pelaksanaan Jalan Contoh {}", "PJN {}"),
    once(BNN, "01", "BNN {}", "BNN {}"),
    local(
        once(KEMENKES, "03", "Dinas Kesehatan {} (DK)", "Dinkes {}"),
        "DK",
    ),
    once(
        KEMENHUB,
        "04",
        "Unit Penyelenggara Perkeretaapian Contoh {}",
        "UPKA {}",
    ),
    once(KEMHAN, "24", "Satuan Angkatan Udara Contoh {}", "Sat AU {}"),
    social(once(
        KEMENSOS,
        "04",
        "Balai Rehabilitasi Sosial Contoh {}",
        "BRS {}",
    )),
    once(KEMENKEU, "05", "Kantor Bea dan Cukai Contoh {}", "KPPBC {}"),
    once(
        KEMENHUB,
        "12",
        "Politeknik Transportasi Contoh {}",
        "Poltrans {}",
    ),
];

/// Full and short names of the regions.
const REGIONS: [(&str, &str); 5] = [
    ("Kota Madiun", "Kota Madiun"),
    ("Kab. Madiun", "Kab Madiun"),
    ("Kab. Ngawi", "Ngawi"),
    ("Kab. Magetan", "Magetan"),
    ("Kab. Ponorogo", "Ponorogo"),
];

/// Units of which there may be any number: up to 7 characters, so that three digits and the region still fit.
const NUMBERED: [((&str, &str), &str, &str, &str); 12] = [
    (KEMENAG, "04", "Madrasah Aliyah Negeri Contoh", "MAN"),
    (KEMENAG, "04", "Madrasah Tsanawiyah Negeri Contoh", "MTsN"),
    (KEMENAG, "04", "Madrasah Ibtidaiyah Negeri Contoh", "MIN"),
    (KEMENAG, "03", "Kantor Urusan Agama Contoh", "KUA"),
    (POLRI, "01", "Polsek Contoh", "Polsek"),
    (KEMHAN, "22", "Koramil Contoh", "Koramil"),
    (KEMENTAN, "04", "Balai Penyuluhan Pertanian Contoh", "BPP"),
    (KEMENKES, "05", "Balai Kesehatan Contoh", "Balkes"),
    (PU, "06", "Balai Pengelola Irigasi Contoh", "BPI"),
    (KEMENHUB, "03", "Unit Penguji Kendaraan Contoh", "UPK"),
    (BPS, "01", "Loka Statistik Contoh", "Lokstat"),
    (IMIPAS, "05", "Balai Pemasyarakatan Contoh", "Bapas"),
];

/// What a unit is, before it has people.
struct Description {
    ministry: (&'static str, &'static str),
    echelon: &'static str,
    name: String,
    short_name: String,
    region: &'static str,
    authority: &'static str,
    family: Family,
}

/// The nth unit; every index gives another short name of at most 20 characters, up to [`super::MOST_SATKER`].
fn describe(index: usize) -> Option<Description> {
    let round = index / ONCE.len();
    if round < REGIONS.len() {
        let unit = ONCE.get(index % ONCE.len())?;
        // A step aside each round: the first few units are of every kind and of every region.
        let (region, short) = REGIONS.get((index + round) % REGIONS.len())?;
        let full = region.replace("Kab.", "Kabupaten");
        return Some(Description {
            ministry: unit.ministry,
            echelon: unit.echelon,
            name: unit.name.replace("{}", &full),
            short_name: unit.short.replace("{}", short),
            region,
            authority: unit.authority,
            family: unit.family,
        });
    }
    let index = index - ONCE.len() * REGIONS.len();
    let (ministry, echelon, name, short) = *NUMBERED.get(index % NUMBERED.len())?;
    let turn = index / NUMBERED.len();
    // The town itself is Madiun here, so that the short name has one word for a region.
    let (region, town) = *REGIONS.get(1 + turn % 4)?;
    let town = town.trim_start_matches("Kab ");
    let number = 1 + turn / 4;
    Some(Description {
        ministry,
        echelon,
        name: format!("{name} {number} {town}"),
        short_name: format!("{short} {number} {town}"),
        region,
        authority: "KD",
        family: Family::Office,
    })
}

/// The nth satker. Some are odd on purpose, so that a demonstration meets what an office meets: a treasurer without phone, an
/// inactive unit, a head who also heads the unit before (`neighbour`).
pub fn satker(rng: &mut Rng, index: u32, neighbour: Option<&Unit>) -> Option<(Satker, Unit)> {
    let about = describe(usize::try_from(index).ok()?)?;
    let code = SatkerCode::parse(&(FIRST_CODE + index).to_string()).ok()?;
    let oddity = index % 120;
    let mut next_phone = index.wrapping_mul(6);
    let mut official = |rng: &mut Rng, role| {
        next_phone += 1;
        Official {
            role,
            name: people::name(rng),
            phone: people::phone(next_phone),
        }
    };
    let mut kpa = official(rng, ContactRole::Kpa);
    if let Some(neighbour) = neighbour.filter(|_| oddity == 9) {
        (kpa.name, kpa.phone) = neighbour.kpa.clone();
    }
    let mut treasurer = official(rng, ContactRole::Bendahara);
    if oddity == 13 {
        treasurer.phone = None;
    }
    let mut officials = vec![
        kpa.clone(),
        official(rng, ContactRole::Ppk),
        official(rng, ContactRole::Ppspm),
        treasurer,
    ];
    let revenue_treasurer = about.family != Family::Local && rng.u8(..10) < 3;
    if revenue_treasurer {
        officials.push(official(rng, ContactRole::BendaharaPenerimaan));
    }
    if about.family != Family::Local && rng.bool() {
        officials.push(official(rng, ContactRole::Ppabp));
    }
    let active = oddity != 17;
    let unit = Unit {
        code,
        short_name: about.short_name.clone(),
        active,
        kpa: (kpa.name, kpa.phone),
        revenue_treasurer,
        family: about.family,
    };
    let satker = Satker {
        code,
        kind: crate::domain::satker::satker_kind(),
        name: about.name,
        short_name: about.short_name,
        ministry_code: about.ministry.0.to_owned(),
        ministry: about.ministry.1.to_owned(),
        echelon: about.echelon.to_owned(),
        region: about.region.to_owned(),
        authority: about.authority.to_owned(),
        officials,
        revenue_treasurer,
        email: Some(format!("satker{code}@contoh.test")),
        active,
        progress: None,
    };
    Some((satker, unit))
}

/// The budget of the nth satker at the end of the month before `today`.
pub fn budget(rng: &mut Rng, unit: &Unit, index: usize, today: NaiveDate) -> Vec<BudgetRow> {
    let Some(as_of) = today.with_day(1).and_then(|first| first.pred_opt()) else {
        return Vec::new();
    };
    let months = i64::from(as_of.month());
    let expenses: &[(&str, &str)] = &[
        ("51", "Belanja Pegawai"),
        ("52", "Belanja Barang"),
        ("53", "Belanja Modal"),
        ("57", "Belanja Bantuan Sosial"),
    ];
    expenses
        .iter()
        .filter(|(expense, _)| match *expense {
            "51" => unit.family != Family::Local,
            "57" => unit.family == Family::Social,
            _ => true,
        })
        .map(|(expense, description)| {
            let (pagu, pace, low) = match *expense {
                "51" => (rng.i64(900_000..6_000_000), rng.i64(98..106), 0),
                "52" => (rng.i64(400_000..3_500_000), rng.i64(84..101), 8),
                "53" => (rng.i64(60_000..900_000), rng.i64(65..98), 15),
                _ => (rng.i64(200_000..2_000_000), rng.i64(80..100), 8),
            };
            let pagu = pagu * 1000;
            let planned = (pagu * months / 12).min(pagu) / 1000 * 1000;
            let pace = if rng.i64(0..100) < low {
                pace / 2
            } else {
                pace
            };
            let mut spent = (planned * pace / 100).min(pagu) - rng.i64(0..1000);
            if *expense == "51" && index % 50 == 6 {
                spent = pagu + pagu / 100 + rng.i64(0..1_000_000);
            }
            let spent = spent.max(0);
            let blocked = if *expense != "51" && rng.u8(..10) < 2 {
                pagu * 3 / 100
            } else {
                0
            };
            let free = (pagu - spent - blocked).max(0);
            let committed = match *expense {
                "52" | "53" => free * rng.i64(10..60) / 100,
                _ => 0,
            };
            BudgetRow {
                satker: unit.code,
                year: u16::try_from(as_of.year()).unwrap_or_default(),
                expense: (*expense).to_owned(),
                description: (*description).to_owned(),
                as_of,
                pagu,
                blocked,
                planned,
                spent,
                committed,
                left: pagu - spent,
                percent: i64::try_from(i128::from(spent) * 10_000 / i128::from(pagu.max(1)))
                    .unwrap_or(0),
            }
        })
        .collect()
}
