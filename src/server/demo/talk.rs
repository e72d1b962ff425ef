//! What people write to an office by SMS, and what it answers by hand.

use fastrand::Rng;

use super::people::pick;
use crate::domain::id::{AgendaNo, SatkerCode};

/// A question with a keyword. Who asks about a letter names it.
pub fn question(rng: &mut Rng, code: SatkerCode, letter: Option<AgendaNo>) -> String {
    const FORMS: [&str; 20] = [
        "PAGU {kode}",
        "pagu {kode}",
        "PAGU#{kode}#52",
        "Realisasi {kode}",
        "pagu {kode} 51",
        "LPJ {kode}",
        "lpj {kode}",
        "Lpj#{kode}",
        "JADWAL {kode}",
        "jadwal {kode}",
        "GAJI {kode}",
        "UP {kode}",
        "GUP {kode}",
        "TUP {kode}",
        "KONTRAK {kode}",
        "RETUR {kode}",
        "Rekon {kode}",
        "SKPP {kode}",
        "BANTUAN",
        "BANTUAN LPJ",
    ];
    match letter {
        Some(letter) if rng.u8(..10) < 4 => {
            let form = pick(rng, &["STATUS {agenda}", "status {agenda}", "CEK {agenda}"]);
            form.replace("{agenda}", &letter.short())
        }
        // Typed in a hurry.
        _ if rng.u8(..100) < 5 => {
            pick(rng, &["LPH {kode}", "jadwl {kode}"]).replace("{kode}", code.as_str())
        }
        _ => pick(rng, &FORMS).replace("{kode}", code.as_str()),
    }
}

/// A rating near the target of 4.5, now and then with a word.
pub fn rating(rng: &mut Rng, letter: AgendaNo) -> String {
    let value = match rng.u8(..100) {
        0 => 1,
        1..3 => 2,
        3..10 => 3,
        10..37 => 4,
        _ => 5,
    };
    let keyword = pick(rng, &["NILAI", "NILAI", "Nilai", "nilai"]);
    let words = match value {
        _ if rng.u8(..100) >= 25 => "",
        5 => pick(
            rng,
            &[
                " pelayanan cepat",
                " petugas ramah, terima kasih",
                " sangat membantu",
                " SMS pengingatnya berguna",
            ],
        ),
        4 => pick(rng, &[" cukup cepat", " loket agak antre", " sudah baik"]),
        _ => pick(rng, &[" terlalu lama menunggu", " mohon loket ditambah"]),
    };
    format!("{keyword} {value} {}{words}", letter.short())
}

/// What no keyword matches, and what a person made of it.
pub struct Talk {
    /// What was written.
    pub text: &'static str,
    /// What a clerk answered; none lays it aside.
    pub answer: Option<&'static str>,
    /// The module whose section deals with it.
    pub module: &'static str,
}

const fn talk(module: &'static str, text: &'static str, answer: Option<&'static str>) -> Talk {
    Talk {
        text,
        answer,
        module,
    }
}

/// Conversations that a person has dealt with.
pub const DEALT_WITH: [Talk; 10] = [
    talk(
        "lainnya",
        "Petugas loket hari Jumat melayani sampai jam berapa?",
        Some("Loket hari Jumat melayani sampai pukul 15.00, istirahat 11.30-13.00."),
    ),
    talk(
        "skpp",
        "Selamat pagi, apakah berkas pensiun pegawai kami sudah bisa diambil?",
        Some("Berkas dapat diambil di front office dengan membawa tanda terima."),
    ),
    talk(
        "lainnya",
        "Nomor HP kepala kantor kami ganti mulai minggu depan, ke mana melapornya?",
        Some("Mohon kirim surat perubahan data pejabat ke front office."),
    ),
    talk(
        "komitmen",
        "Alamat supplier kami keliru satu huruf, apa perlu surat baru?",
        Some("Perlu surat ralat, contoh formatnya tersedia di front office."),
    ),
    talk(
        "lpj",
        "Aplikasi kami error sejak kemarin, apakah batas laporan bisa diundur?",
        Some("Batas waktu tetap. Mohon hubungi seksi terkait bila aplikasi masih error."),
    ),
    talk("lainnya", "Maaf salah kirim, tidak jadi bertanya", None),
    talk(
        "gaji",
        "Apa susulan untuk pegawai baru bisa digabung bulan depan?",
        Some("Bisa, ajukan bersama gaji induk sebelum tanggal 15."),
    ),
    talk(
        "lainnya",
        "Ini nomor baru saya, mohon disimpan ya pak",
        None,
    ),
    talk(
        "up-tup",
        "Mohon contoh surat pernyataan untuk tambahan uang persediaan",
        Some("Contoh surat kami kirim lewat email satker."),
    ),
    talk(
        "lainnya",
        "Undangan sudah kami terima, kami hadir dua orang",
        None,
    ),
];

/// Conversations that wait.
pub const WAITING: [Talk; 6] = [
    talk(
        "bar",
        "Mohon info kapan rekonsiliasi bulan ini dibuka, terima kasih",
        None,
    ),
    talk(
        "komitmen",
        "Kami belum menerima nomor pencatatan yang dijanjikan kemarin, mohon dicek",
        None,
    ),
    talk(
        "lainnya",
        "Apakah hari Senin ada sosialisasi langkah akhir tahun di aula?",
        None,
    ),
    talk(
        "retur",
        "Rekening penerima ditutup bank, apa cukup ganti nama bank saja?",
        None,
    ),
    talk(
        "gaji",
        "Potongan iuran pegawai kami bulan ini berbeda, mohon penjelasan",
        None,
    ),
    talk(
        "lainnya",
        "Boleh minta nomor WA petugas yang piket hari ini?",
        None,
    ),
];

/// Complaints and suggestions.
pub const COMPLAINTS: [&str; 4] = [
    "ADUAN antrean loket tadi pagi lebih dari satu jam, mohon ditambah petugas",
    "SARAN mohon jadwal sosialisasi dikirim seminggu sebelumnya",
    "ADUAN berkas kami dikembalikan dua kali dengan alasan berbeda",
    "saran ruang tunggu ditambah colokan listrik",
];

/// What machines send: the sender and the text.
pub const MACHINES: [(&str, &str); 4] = [
    ("TELKOMSEL", "Paket data 10GB cuma 50rb! Hub *363#"),
    ("3636", "Sisa pulsa Anda 120.450, berlaku s.d. 31-12"),
    (
        "INFO BMKG",
        "Waspada hujan lebat di wilayah Madiun sore hari",
    ),
    ("99888", "Selamat! Nomor Anda terpilih, klik tautan ini"),
];
