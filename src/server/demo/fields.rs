//! Made-up values for the fields of a service, and the subject of the letter.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, Months, NaiveDate};
use fastrand::Rng;

use super::people::{self, pick};
use crate::domain::lang::Lang;
use crate::domain::module::{Event, Field, FieldType, Service};
use crate::domain::period::{Period, PeriodKind};

/// What the values of one letter agree on.
pub struct Story {
    /// The day that the field belongs to: of reception, or of completion.
    pub day: NaiveDate,
    /// Month that the papers are about.
    pub month: Period,
    /// Rupiah.
    pub amount: i64,
    /// A number to build other numbers from.
    pub number: u32,
    /// The person whom the papers are about.
    pub person: String,
    /// The satker has a revenue treasurer, who sends papers too.
    pub revenue_treasurer: bool,
}

/// What is noted with an event on a day.
pub fn event_values(rng: &mut Rng, event: &Event, day: NaiveDate) -> BTreeMap<String, String> {
    let story = Story {
        day,
        month: Period::containing(PeriodKind::Month, day),
        amount: rng.i64(20_000..2_000_000) * 1000,
        number: rng.u32(1..100_000),
        person: people::name(rng),
        revenue_treasurer: false,
    };
    event
        .fields
        .iter()
        .filter_map(|field| Some((field.id.clone(), story.value(rng, field)?)))
        .collect()
}

impl Story {
    /// The story of papers of a service that come in on a day.
    pub fn new(rng: &mut Rng, service: &Service, day: NaiveDate, revenue_treasurer: bool) -> Self {
        let month = Period::containing(PeriodKind::Month, day);
        let month = match service.id.as_str() {
            "lpj" | "rekonsiliasi" | "capaian-output" | "saldo-rekening" | "uang-makan"
            | "lembur" => month.previous(),
            "gaji-induk" => month.next(),
            _ => month,
        };
        let thousands = match service.id.as_str() {
            "gaji-induk" => rng.i64(60_000..900_000),
            "spm-ls-kontraktual" | "kontrak" | "addendum" => rng.i64(20_000..2_000_000),
            "persetujuan-up" | "spm-up" => rng.i64(1..20) * 10_000,
            _ => rng.i64(1_500..180_000),
        };
        Self {
            day,
            month,
            amount: thousands * 1000 + rng.i64(0..4) * 250,
            number: rng.u32(1..100_000),
            person: people::name(rng),
            revenue_treasurer,
        }
    }

    /// A value that the field accepts, in the form that is stored; none when it is left empty.
    pub fn value(&self, rng: &mut Rng, field: &Field) -> Option<String> {
        if !field.required && rng.u8(..10) < 2 {
            return None;
        }
        let stored = |typed: &str| {
            let value = field.parse(typed, self.day).ok();
            value.filter(|value| !value.is_empty())
        };
        stored(&self.typed(rng, field)).or_else(|| stored(&self.plain(field)))
    }

    /// What a person would type, knowing what the field is for.
    fn typed(&self, rng: &mut Rng, field: &Field) -> String {
        match field.kind {
            FieldType::Text => self.text(rng, &field.id),
            FieldType::Month => self.month.to_string(),
            FieldType::Date => self.date(rng, &field.id).to_string(),
            FieldType::Rupiah => self.rupiah(rng, &field.id).to_string(),
            FieldType::Number => match field.id.as_str() {
                "jumlah_pegawai" => rng.u32(4..160),
                "persen_up" => rng.u32(50..101),
                _ => rng.u32(1..6),
            }
            .to_string(),
            FieldType::Bool => {
                let usual = if field.id == "utang" { "tidak" } else { "ya" };
                usual.to_owned()
            }
            FieldType::Choice => match field.id.as_str() {
                "triwulan" => self.day.month().div_ceil(3).to_string(),
                "status_rekon" => pick(
                    rng,
                    &["shr", "shr", "shr", "todo", "tdk-rupiah", "belum-tutup"],
                )
                .to_owned(),
                "jenis_bendahara" if self.revenue_treasurer && rng.bool() => {
                    "penerimaan".to_owned()
                }
                "jenis_bendahara" => "pengeluaran".to_owned(),
                // Mostly the usual answer, which stands first.
                _ if rng.bool() => self.plain(field),
                _ => {
                    let choice = rng.choice(&field.choices);
                    choice.map(|choice| choice.id.clone()).unwrap_or_default()
                }
            },
            FieldType::Phone => self.plain(field),
        }
    }

    /// Something of the right type for any field.
    fn plain(&self, field: &Field) -> String {
        match field.kind {
            FieldType::Text => "Contoh".chars().take(field.max).collect(),
            FieldType::Month => self.month.to_string(),
            FieldType::Date => self.day.to_string(),
            FieldType::Rupiah => self.amount.to_string(),
            FieldType::Number => "1".to_owned(),
            FieldType::Bool => "ya".to_owned(),
            FieldType::Choice => {
                let first = field.choices.first();
                first.map(|choice| choice.id.clone()).unwrap_or_default()
            }
            FieldType::Phone => {
                let phone = people::phone(self.number);
                phone
                    .map(|phone| phone.as_str().to_owned())
                    .unwrap_or_default()
            }
        }
    }

    fn rupiah(&self, rng: &mut Rng, id: &str) -> i64 {
        let withheld = self.amount * 8 / 100;
        match id {
            "potongan" => withheld,
            "nilai_bersih" => self.amount - withheld,
            "uang_muka" => self.amount / 5,
            "retensi" => self.amount / 20,
            "saldo_kas" => rng.i64(0..400) * 5000,
            "sisa_tup" | "nilai_tdk" => self.amount / 50,
            "jumlah_utang" | "selisih" => 0,
            _ => self.amount,
        }
    }

    fn date(&self, rng: &mut Rng, id: &str) -> NaiveDate {
        let few = Days::new(u64::from(rng.u8(1..5)));
        let date = match id {
            "tanggal_cair" => self.day.checked_add_days(few),
            "tmt" => self
                .day
                .with_day(1)
                .and_then(|first| first.checked_add_months(Months::new(2))),
            "selesai_kontrak" => self.day.checked_add_months(Months::new(2)),
            "per_tanggal" => self.day.with_day(1).and_then(|first| first.pred_opt()),
            "tanggal_surat" | "tanggal_shr" => Some(self.day),
            _ => self.day.checked_sub_days(few),
        };
        date.unwrap_or(self.day)
    }

    fn text(&self, rng: &mut Rng, id: &str) -> String {
        let (n, year) = (self.number, self.day.year());
        match id {
            "nomor_spm" => format!("{n:05}T"),
            "sp2d" | "sp2d_pengganti" => format!(
                "{:02}1311{:010}",
                year % 100,
                rng.u64(1_300_000_000..1_310_000_000)
            )
            .chars()
            .take(15)
            .collect(),
            "nrk" | "nrs" => format!("{:08}", 10_000_000 + u64::from(n) * 37),
            "nomor_kontrak" => format!("SPK-{n}/PPK/{year}"),
            "nomor_addendum" => format!("ADD-1/SPK-{n}/{year}"),
            "nomor_surat" => format!("S-{n}/KPN.00/{year}"),
            "nomor_sk" => format!("SK-{n}/{year}"),
            "nomor_skpp" => format!("SKPP-{n}/{year}"),
            "nomor_ralat" => format!("SRPR-{n}/{year}"),
            "nomor_shr" => format!("SHR-{n}/{year}"),
            "nama" | "nama_penerima" | "pelapor" => self.person.clone(),
            "nama_supplier" | "penyedia" => format!(
                "{} Contoh {} {}",
                pick(rng, &["CV", "PT", "UD"]),
                pick(rng, &["Maju", "Jaya", "Makmur", "Sentosa", "Karya"]),
                n % 100
            ),
            "bank" => pick(
                rng,
                &["Bank Contoh", "Bank Contoh Daerah", "Bank Contoh Syariah"],
            )
            .to_owned(),
            "rekening" | "rekening_baru" | "rekening_lama" => {
                format!("00{:010}", u64::from(n) * 7919)
            }
            "npwp" => format!("00{:014}", u64::from(n) * 104_729),
            "nip" => format!("1980010120{n:08}"),
            "ntpn" => format!("{:016X}", u64::from(n) * 15_485_863),
            "pangkat" => pick(
                rng,
                &[
                    "Penata Muda (III/a)",
                    "Penata (III/c)",
                    "Pembina (IV/a)",
                    "Pengatur (II/c)",
                ],
            )
            .to_owned(),
            "tujuan" => pick(rng, &["Taspen", "Satker baru", "Asabri"]).to_owned(),
            "pekerjaan" => pick(
                rng,
                &[
                    "Pemeliharaan gedung kantor",
                    "Pengadaan alat pengolah data",
                    "Jasa kebersihan",
                    "Rehabilitasi ruang layanan",
                ],
            )
            .to_owned(),
            "cara_bayar" => {
                pick(rng, &["Sekaligus", "Termin bulanan", "Termin tiga kali"]).to_owned()
            }
            "akun" => pick(rng, &["523111", "532111", "522141", "533111"]).to_owned(),
            "data_diminta" => pick(
                rng,
                &[
                    "Realisasi per akun",
                    "Pagu dan realisasi per jenis belanja",
                    "Rincian SP2D",
                ],
            )
            .to_owned(),
            "data_dikoreksi" => {
                pick(rng, &["Akun belanja", "Uraian pembayaran", "Kode output"]).to_owned()
            }
            "perubahan" => pick(rng, &["Nomor rekening", "Alamat", "Nama bank"]).to_owned(),
            "jenis_revisi" => pick(
                rng,
                &["Pergeseran anggaran", "Ralat administrasi", "Buka blokir"],
            )
            .to_owned(),
            "kewajiban" => {
                pick(rng, &["Pendaftaran data kontrak", "RPD harian", "SPM GUP"]).to_owned()
            }
            "alasan_penutupan" => "Pekerjaan selesai".to_owned(),
            "isi" => pick(
                rng,
                &[
                    "Antrean loket terlalu lama",
                    "Telepon layanan sulit dihubungi",
                    "Jawaban surat belum diterima",
                ],
            )
            .to_owned(),
            "tempat" => pick(rng, &["Aula KPPN", "Ruang rapat satker", "Daring"]).to_owned(),
            "topik" => pick(
                rng,
                &[
                    "Kendala rekonsiliasi",
                    "Pengisian capaian output",
                    "Pendaftaran supplier",
                    "Revisi Halaman III DIPA",
                ],
            )
            .to_owned(),
            _ => "Contoh".to_owned(),
        }
    }

    /// Perihal of the letter, at most 200 characters.
    pub fn subject(&self, rng: &mut Rng, service: &Service) -> String {
        let name = service.name.id.as_str();
        let month = self.month.display(Lang::Id);
        let subject = match service.id.as_str() {
            "lpj" => format!("Penyampaian {name} bulan {month}"),
            "rekonsiliasi" | "capaian-output" | "saldo-rekening" => {
                format!("{name} periode {month}")
            }
            "spm" => format!("SPM LS Nomor {:05}T", self.number),
            "surat-umum" => pick(
                rng,
                &[
                    "Undangan sosialisasi pelaksanaan anggaran",
                    "Permohonan narasumber bimbingan teknis SAKTI",
                    "Pemberitahuan pergantian pejabat perbendaharaan",
                    "Permohonan penjelasan penolakan SPM",
                    "Pemberitahuan perubahan alamat kantor",
                    "Ucapan terima kasih atas layanan",
                ],
            )
            .to_owned(),
            "skpp" => format!("Permohonan pengesahan SKPP a.n. {}", self.person),
            "kontrak" | "addendum" | "penutupan-kontrak" => format!("{name} SPK-{}", self.number),
            id if id.starts_with("gaji")
                || service.fields.iter().any(|field| field.id == "bulan") =>
            {
                format!("{name} {month}")
            }
            id if id.starts_with("persetujuan") => format!(
                "Permohonan {}",
                name.to_lowercase()
                    .replace(" up", " UP")
                    .replace(" tup", " TUP")
            ),
            _ if service.fields.iter().any(|field| field.id == "nomor_spm") => {
                format!("{name} Nomor {:05}T", self.number)
            }
            _ => name.to_owned(),
        };
        subject.chars().take(200).collect()
    }
}
