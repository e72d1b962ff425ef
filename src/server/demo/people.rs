//! Made-up people and their phones.

use fastrand::Rng;

use crate::domain::phone::PhoneNumber;

/// Phones that can be handed out; with more people than that they are shared.
const PHONES: u32 = 10_000;

const FIRST: [&str; 36] = [
    "Agus", "Bambang", "Budi", "Citra", "Dewi", "Dwi", "Eko", "Endang", "Fitri", "Galuh", "Hadi",
    "Hendra", "Indah", "Joko", "Kartika", "Lukman", "Maya", "Nugroho", "Oktavia", "Purwanto",
    "Ratna", "Retno", "Rina", "Siti", "Slamet", "Sri", "Sulastri", "Suyanto", "Tri", "Umi",
    "Wahyu", "Wati", "Yuni", "Yusuf", "Zainal", "Zulaikha",
];

const LAST: [&str; 32] = [
    "Anggraini",
    "Cahyono",
    "Firmansyah",
    "Handayani",
    "Hartono",
    "Hidayat",
    "Kurniawan",
    "Kusuma",
    "Lestari",
    "Mahendra",
    "Maharani",
    "Mulyani",
    "Nugraha",
    "Permatasari",
    "Prasetyo",
    "Pratiwi",
    "Purnomo",
    "Rahayu",
    "Rahmawati",
    "Santoso",
    "Saputra",
    "Setiawan",
    "Sulistyo",
    "Suryanto",
    "Susanti",
    "Susilo",
    "Utami",
    "Utomo",
    "Wahyuni",
    "Wibowo",
    "Widodo",
    "Wulandari",
];

/// A name, at most 20 characters.
pub fn name(rng: &mut Rng) -> String {
    format!("{} {}", pick(rng, &FIRST), pick(rng, &LAST))
}

/// One of a list; nothing of an empty one.
pub fn pick<'a>(rng: &mut Rng, list: &[&'a str]) -> &'a str {
    rng.choice(list).copied().unwrap_or_default()
}

/// Why nothing arrives at a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreachable {
    /// TP-ST of the network's report.
    pub code: u16,
    /// As the journal writes it.
    pub text: &'static str,
}

/// Phones of a few heads of satker are wrong or always off: a supervisor of the demonstration finds them.
pub fn unreachable(phone: &PhoneNumber) -> Option<Unreachable> {
    /// Satker have six phones each, the first one that of the head.
    const EVERY: u32 = 6 * 83;
    const FIRST: u32 = 6 * 4 + 1;
    let digits = phone.as_str().get("+628120000".len()..)?;
    let number: u32 = digits.parse().ok()?;
    if number % EVERY != FIRST {
        return None;
    }
    let (code, text) = match number / EVERY % 2 {
        0 => (70, "TP-ST 70"),
        _ => (67, "TP-ST 67"),
    };
    Some(Unreachable { code, text })
}

/// The nth of the phones that no gateway may send to.
pub fn phone(n: u32) -> Option<PhoneNumber> {
    let text = format!("+628120000{:04}", n % PHONES);
    PhoneNumber::parse(&text).ok().map(|(phone, _)| phone)
}
