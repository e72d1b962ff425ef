//! What phones ask and what they are told, decision by decision.

use chrono::TimeDelta;

use crate::ask::{
    AnswerInbox, AssignInbox, DoneInbox, EndLetter, GetSatisfaction, ListConversations, NewLetter,
    Rated, RegisterLetter, ShowConversation, SmsChoice,
};
use crate::domain::access::{Actor, Role};
use crate::domain::fact::Fact;
use crate::domain::id::{AgendaNo, InboxId, SatkerCode};
use crate::domain::inbox::{InboxMessage, InboxState};
use crate::domain::letter::LetterState;
use crate::domain::period::Period;
use crate::domain::phone::PhoneNumber;
use crate::domain::satker::BudgetRow;
use crate::domain::sms::{ConfirmPolicy, Sms, SmsKind, SmsState};
use crate::server::rig::{Rig, actor, sari, wati};

mod flood;

/// KPA of 411902 alone.
const ONE: &str = "081234567801";
/// KPA of 411902 and 411903.
const TWO: &str = "081234567802";
/// On nobody's list.
const STRANGER: &str = "081234567809";

fn rig() -> Rig {
    with("")
}

fn with(settings: &str) -> Rig {
    let mut rig = Rig::new(settings);
    rig.satker("411902", "MTsN Ngawi", "Ngawi", Some(ONE));
    rig.satker("411903", "KUA Paron", "Ngawi", Some(TWO));
    rig.satker("411904", "KUA Kendal", "Ngawi", Some(TWO));
    for (expense, pagu, spent) in [("51", 1_000_000_000, 730_500_000), ("52", 500_000_000, 1)] {
        let row = BudgetRow {
            satker: code("411902"),
            year: 2026,
            expense: expense.to_owned(),
            description: String::new(),
            as_of: "2026-10-31".parse().unwrap(),
            pagu,
            blocked: 0,
            planned: 0,
            spent,
            committed: 0,
            left: pagu - spent,
            percent: 0,
        };
        rig.write("sari", vec![Fact::BudgetSaved { row }]);
    }
    rig
}

fn code(text: &str) -> SatkerCode {
    SatkerCode::parse(text).unwrap()
}

impl Rig {
    /// A phone writes, three minutes after what was before.
    fn hears(&mut self, from: &str, text: &str) -> (InboxMessage, Option<Sms>) {
        self.later(TimeDelta::minutes(3));
        self.hears_now(from, text)
    }

    fn hears_now(&mut self, from: &str, text: &str) -> (InboxMessage, Option<Sms>) {
        let (facts, id) = self
            .office
            .incoming(from, text, None, "m", self.now)
            .unwrap();
        let drafted = facts.iter().find_map(|fact| match fact {
            Fact::SmsDrafted { sms } => Some(sms.id),
            _ => None,
        });
        self.write("sistem", facts);
        let message = self.message(id.unwrap());
        let drafted = drafted.map(|id| self.office.sms(id).unwrap());
        (message, drafted)
    }

    fn message(&self, id: InboxId) -> InboxMessage {
        self.office.store.inbox(id).unwrap().unwrap()
    }

    /// What a phone is told, without the office's name; empty for silence.
    fn told(&mut self, from: &str, text: &str) -> String {
        let (_, sms) = self.hears(from, text);
        let text = sms.map(|sms| sms.text).unwrap_or_default();
        text.strip_prefix("KPPN Madiun: ")
            .unwrap_or(&text)
            .to_owned()
    }

    fn registers(
        &mut self,
        service: (&str, &str),
        satker: &str,
        fields: &[(&str, &str)],
    ) -> AgendaNo {
        let ask = RegisterLetter {
            letter: NewLetter {
                module: service.0.to_owned(),
                service: service.1.to_owned(),
                satker: satker.to_owned(),
                bringer_phone: STRANGER.to_owned(),
                fields: owned(fields),
                ..NewLetter::default()
            },
            duplicate_seen: false,
            key: None,
        };
        self.does(&sari(), |office, who, now| office.register(&ask, who, now))
            .unwrap()
            .agenda
    }

    fn completes(&mut self, agenda: AgendaNo, fields: &[(&str, &str)]) {
        let ask = EndLetter {
            agenda,
            to: LetterState::Completed,
            note: String::new(),
            fields: owned(fields),
        };
        self.does(&sari(), |office, who, now| {
            office.end_letter(&ask, who, now)
        })
        .unwrap();
    }

    /// Everything that waits is confirmed and accepted by the network.
    fn sends_all(&mut self) {
        let ids: Vec<_> = [SmsState::Waiting, SmsState::Queued]
            .iter()
            .flat_map(|state| {
                let index = self.office.store.index();
                index.messages().in_state(*state).collect::<Vec<_>>()
            })
            .collect();
        for id in ids {
            let at = self.now;
            let sending = Fact::SmsSending {
                id,
                modem: "m".to_owned(),
                at,
            };
            self.write("sistem", vec![sending, Fact::SmsSent { id, at }]);
        }
    }
}

fn owned(fields: &[(&str, &str)]) -> std::collections::BTreeMap<String, String> {
    fields
        .iter()
        .map(|(id, value)| ((*id).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn a_phone_is_told_what_it_may_know_and_how_to_ask_for_it() {
    let mut rig = rig();
    let cases = [
        (
            ONE,
            "PAGU 411902",
            "411902 s.d. 31-10-2026: Pagu Rp1.500.000.000, Realisasi Rp730.500.001 (48,70%), Sisa Rp769.499.999. Rinci: PAGU 411902 52",
        ),
        (
            ONE,
            "pagu#411902#52",
            "411902 belanja 52 s.d. 31-10-2026: Pagu Rp500.000.000, Realisasi Rp1 (0,00%), Sisa Rp499.999.999.",
        ),
        (
            ONE,
            "PAGU 411902 57",
            "Data PAGU untuk MTsN Ngawi belum tersedia. Data terakhir dimuat 31-10-2026. Mohon hubungi KPPN.",
        ),
        (
            ONE,
            "  \"Lpj\" ",
            "MTsN Ngawi LPJ Okt 2026: BELUM diterima, jatuh tempo 10-11-2026. Mohon segera disampaikan.",
        ),
        (
            TWO,
            "LPJ",
            "Nomor Anda terdaftar untuk 2 satker. Sertakan kode satker. Contoh: LPJ 411903",
        ),
        (
            ONE,
            "LPJ 41190",
            "Kode satker 41190 tidak ditemukan. Kode satker terdiri dari 6 angka. Contoh: LPJ 411792",
        ),
        (
            ONE,
            "LPJ 999999",
            "Kode satker 999999 tidak ditemukan. Kode satker terdiri dari 6 angka. Contoh: LPJ 411792",
        ),
        (
            ONE,
            "LPJ 411903",
            "Nomor Anda tidak terdaftar untuk satker 411903. Mohon hubungi front office KPPN.",
        ),
        (
            STRANGER,
            "LPJ 411902",
            "Nomor Anda belum terdaftar. Mohon KPA menyampaikan nomor pejabat perbendaharaan ke KPPN melalui front office.",
        ),
        (
            STRANGER,
            "LPJ 999999",
            "Nomor Anda belum terdaftar. Mohon KPA menyampaikan nomor pejabat perbendaharaan ke KPPN melalui front office.",
        ),
        (
            ONE,
            "status agd 123",
            "Nomor agenda AGD-00123 tidak ditemukan atau bukan milik satker Anda. Contoh: STATUS AGD-00123",
        ),
        (
            ONE,
            "NILAI 6",
            "Nilai harus angka 1 sampai 5. Contoh: NILAI 5 AGD-00123",
        ),
        (
            ONE,
            "LPH 411902",
            "Kata \"LPH\" tidak dikenal. Maksud Anda LPJ? Contoh: LPJ 411902. Ketik BANTUAN untuk daftar.",
        ),
        (ONE, "Terima kasih", ""),
        (ONE, "🙏👍", ""),
        (
            ONE,
            "RPD 411902 31022026 1",
            "Format tanggal salah. Ketik ddmmyyyy, contoh 5 Desember 2026 = 05122026.",
        ),
        (
            ONE,
            "GAJI",
            "MTsN Ngawi Gaji Induk Des 2026: BELUM diterima. Batas SPM 13-11-2026.",
        ),
        (
            ONE,
            "RETUR",
            "MTsN Ngawi: tidak ada retur SP2D yang belum diselesaikan per 24-11-2026.",
        ),
        (
            ONE,
            "UP",
            "Data UP untuk MTsN Ngawi belum tersedia. Data terakhir dimuat 31-10-2026. Mohon hubungi KPPN.",
        ),
        (
            ONE,
            "SKPP 411902",
            "Data SKPP untuk MTsN Ngawi belum tersedia. Data terakhir dimuat 31-10-2026. Mohon hubungi KPPN.",
        ),
        (
            ONE,
            "KONTRAK",
            "MTsN Ngawi: 0 kontrak terdaftar, 0 dalam proses, 0 menunggu didaftarkan (terdekat -).",
        ),
        (
            ONE,
            "JADWAL",
            "MTsN Ngawi: tidak ada kewajiban yang tercatat belum dipenuhi per 24-11-2026.",
        ),
        (
            TWO,
            "bantuan lpj",
            "Format: LPJ kodesatker, contoh LPJ 411903. Balasan dikirim ke nomor terdaftar. Layanan gratis, pulsa SMS normal.",
        ),
        (
            TWO,
            "bantuan nilai",
            "Format: NILAI 1-5 nomor agenda, contoh NILAI 5 AGD-00123 (1=sangat tidak puas, 5=sangat puas). Layanan gratis, pulsa SMS normal.",
        ),
        (
            STRANGER,
            "STATUS 77",
            "Nomor Anda belum terdaftar. Mohon KPA menyampaikan nomor pejabat perbendaharaan ke KPPN melalui front office.",
        ),
    ];
    for (from, text, expected) in cases {
        assert_eq!(rig.told(from, text), expected, "{text:?}");
    }
    let (help, sms) = rig.hears(STRANGER, "?");
    assert_eq!(help.keyword.as_deref(), Some("BANTUAN"));
    let sms = sms.unwrap();
    assert!(
        sms.text.starts_with("KPPN Madiun. Ketik: PAGU"),
        "{}",
        sms.text
    );
    assert_eq!(
        (sms.kind, sms.state, sms.parts),
        (SmsKind::Reply, SmsState::Queued, 1)
    );
}

#[test]
fn a_letter_is_known_to_its_satker_and_to_whoever_brought_it() {
    let mut rig = rig();
    let agenda = rig.registers(("lpj", "lpj"), "411902", &[("periode", "10-2026")]);
    let ask = format!("STATUS {}", agenda.short());
    let told = rig.told(ONE, &ask);
    assert!(
        told.starts_with("AGD-00001 LPJ Bendahara MTsN Ngawi: Didisposisi sejak 24-11-2026"),
        "{told}"
    );
    assert_eq!(rig.told(STRANGER, &ask), told);
    assert!(
        rig.told(TWO, &ask)
            .contains("tidak ditemukan atau bukan milik")
    );
    assert!(rig.told(ONE, "STATUS AGD-00001/2025").contains("AGD-00001"));
    assert!(
        rig.told(ONE, "LPJ")
            .starts_with("MTsN Ngawi LPJ Okt 2026: sudah diterima 24-11-2026."),
        "it is here"
    );
    rig.completes(agenda, &[]);
    let told = rig.told(ONE, &ask);
    assert!(told.contains("SELESAI 24-11-2026"), "{told}");
    // The next one is due on the tenth of December.
    assert!(
        rig.told(ONE, "lpj 411902")
            .ends_with("LPJ berikutnya jatuh tempo 10-12-2026.")
    );
}

#[test]
fn machines_the_office_itself_and_repetitions_are_not_answered() {
    let mut rig = with("[inbox]\nown_numbers = [\"0812-3456-7888\"]\n");
    for (from, text, note) in [
        ("TELKOMSEL", "PAGU 411902", "machine"),
        ("3636", "Paket data Anda hampir habis", "machine"),
        ("+6581234567", "hi", "machine"),
        ("081234567888", "PAGU", "own"),
        (ONE, "KPPN Madiun: Format tidak dikenal.", "own"),
        (ONE, "kppn madiun. Ketik: PAGU", "own"),
        (ONE, "", "empty"),
        (ONE, "\u{1b}\u{7}", "empty"),
        (ONE, "ok siap pak", "courtesy"),
    ] {
        let (message, sms) = rig.hears(from, text);
        assert_eq!(
            (message.state, message.note.as_deref(), sms),
            (InboxState::Ignored, Some(note), None),
            "{from} {text}"
        );
    }
    let (first, _) = rig.hears(ONE, "LPJ");
    assert_eq!(first.state, InboxState::Answered);
    rig.later(TimeDelta::seconds(119));
    let (again, sms) = rig.hears_now(ONE, "LPJ");
    assert_eq!((again.note.as_deref(), sms), (Some("repeat"), None));
    rig.later(TimeDelta::minutes(2));
    assert!(rig.hears_now(ONE, "LPJ").1.is_some());
    // A person abroad: only a person can answer.
    let (abroad, sms) = rig.hears("+12025550100", "Mohon informasi rekening kas negara");
    assert_eq!((abroad.state, sms), (InboxState::Open, None));
}

#[test]
fn what_no_keyword_matches_goes_to_a_person_and_is_told_so_once_a_day() {
    let mut rig = rig();
    let (first, sms) = rig.hears(ONE, "Mohon info kapan rekonsiliasi dibuka lagi");
    assert_eq!(
        (first.state, first.reply.as_deref()),
        (InboxState::Open, Some("e01"))
    );
    assert!(sms.unwrap().text.ends_with("Contoh: PAGU 411902"));
    let (second, sms) = rig.hears(ONE, "Halo apakah ada orang di sana");
    assert_eq!((second.state, sms), (InboxState::Open, None));
    rig.later(TimeDelta::days(1));
    assert!(
        rig.hears(ONE, "Hari ini saya bertanya lagi pak")
            .1
            .is_some()
    );
    // Being told so is no answer: a person still reads it.
    let (short, sms) = rig.hears(TWO, "apa ini");
    assert_eq!(short.answered_by, None);
    assert_eq!((short.state, sms.is_some()), (InboxState::Open, true));
    assert_eq!(rig.hears(TWO, "apa itu").0.state, InboxState::Open);
    // Talk behind a keyword is answered and read.
    let (talk, sms) = rig.hears(TWO, "GAJI pegawai kami belum masuk");
    assert_eq!((talk.state, sms.is_some()), (InboxState::Open, true));
}

#[test]
fn a_phone_is_answered_twenty_times_a_day_then_told_once_then_not_at_all() {
    let mut rig = with("[inbox]\ndaily_limit = 3\n");
    for at in 0..3 {
        assert!(
            rig.told(ONE, &format!("PAGU 411902 5{at}"))
                .contains("411902")
                || at == 0
        );
    }
    assert_eq!(
        rig.told(ONE, "LPJ"),
        "Batas 3 permintaan per hari tercapai. Silakan coba besok atau hubungi front office KPPN."
    );
    let (silent, sms) = rig.hears(ONE, "BAR");
    assert_eq!(
        (silent.state, silent.note.as_deref(), sms),
        (InboxState::Ignored, Some("limit"), None)
    );
    assert!(
        rig.told(TWO, "LPJ 411903").starts_with("KUA Paron"),
        "others are answered"
    );
    rig.later(TimeDelta::days(1));
    assert!(rig.told(ONE, "BAR").starts_with("MTsN Ngawi rekonsiliasi"));
}

#[test]
fn plans_suggestions_and_complaints_are_registered() {
    let mut rig = rig();
    assert_eq!(
        rig.told(ONE, "RPD 411902 07122026 6500000000"),
        "Rencana SPM Rp6.500.000.000 cair 07-12-2026 satker 411902 dicatat. Tetap rekam Renkas di SAKTI s.d. 02-12-2026."
    );
    let (again, _) = rig.hears(ONE, "rpd#411902#07/12/2026#6.500.000.000");
    let letter = rig.office.letter(again.agenda.unwrap()).unwrap();
    assert_eq!((letter.service.as_str(), letter.agenda.serial), ("rpd", 1));
    assert_eq!(letter.fields["tanggal_cair"], "2026-12-07");
    assert!(
        rig.told(ONE, "RPD 411902 07122026")
            .starts_with("Jumlah rupiah salah")
    );

    let told = rig.told(
        STRANGER,
        "ADUAN Antrean loket lama sekali, mohon ditambah petugas",
    );
    assert_eq!(
        told,
        "Terima kasih. Pesan Anda dicatat dengan nomor AGD-00002 dan ditindaklanjuti paling lambat 01-12-2026."
    );
    let letter = rig
        .office
        .letter("AGD-00002/2026".parse().unwrap())
        .unwrap();
    assert_eq!(
        letter.fields["isi"],
        "Antrean loket lama sekali, mohon ditambah petugas"
    );
    assert_eq!(letter.section, "UMUM");
    assert!(rig.told(STRANGER, "STATUS AGD-00002").contains("Diterima"));
    assert!(
        rig.told(STRANGER, "SARAN")
            .starts_with("Format: SARAN isi pesan")
    );
    // Whatever a complaint says, it is registered.
    let nasty = format!("SARAN =HYPERLINK(\"x\") {} \u{1b}[2J", "é".repeat(900));
    assert!(rig.told(STRANGER, &nasty).starts_with("Terima kasih."));
}

#[test]
fn who_stops_the_notices_still_gets_answers() {
    let mut rig = rig();
    let phone = PhoneNumber::parse(ONE).unwrap().0;
    assert!(
        rig.told(STRANGER, "STOP")
            .starts_with("Nomor Anda belum terdaftar")
    );
    assert!(
        rig.told(ONE, "berhenti")
            .starts_with("Notifikasi ke nomor ini dihentikan")
    );
    assert!(rig.office.opted_out(&phone));
    // Nor does the desk promise one before it ends a letter.
    let agenda = rig.registers(("lpj", "lpj"), "411902", &[("periode", "10-2026")]);
    let promised = |rig: &Rig| {
        let ask = EndLetter {
            agenda,
            to: LetterState::Completed,
            note: String::new(),
            fields: owned(&[]),
        };
        let preview = rig.office.preview_end(&ask, rig.now).unwrap();
        !preview.notice.unwrap().opted_out
    };
    assert!(!promised(&rig));
    assert!(rig.told(ONE, "LPJ").starts_with("MTsN Ngawi"));
    assert_eq!(
        rig.told(ONE, "MULAI"),
        "Notifikasi ke nomor ini aktif untuk 1 satker. Ketik BANTUAN untuk daftar layanan."
    );
    assert!(!rig.office.opted_out(&phone) && promised(&rig));
    let mut strict = with("[inbox]\nopt_out = false\n");
    let (message, sms) = strict.hears(ONE, "STOP");
    assert_eq!((message.state, sms), (InboxState::Open, None));
}

#[test]
fn who_stopped_the_notices_gets_none_of_them_whoever_drafted_it() {
    let mut rig = with("[survey]\nshare = 0\n");
    let of_kind = |rig: &Rig, kind: SmsKind| {
        let index = rig.office.store.index();
        let all: Vec<_> = index
            .sms()
            .iter()
            .filter(|sms| sms.kind == kind)
            .map(|sms| sms.id)
            .collect();
        all
    };
    let first = rig.registers(("lpj", "lpj"), "411902", &[("periode", "09-2026")]);
    rig.completes(first, &[]);
    let [waiting] = of_kind(&rig, SmsKind::Completed)[..] else {
        panic!("one notice is drafted");
    };
    rig.told(ONE, "BERHENTI");
    // What was drafted before cannot be confirmed any more.
    let which = SmsChoice::Ids(vec![waiting]);
    let outcome = rig
        .does(&sari(), |office, who, now| {
            office.confirm(&which, false, who, now)
        })
        .unwrap();
    assert_eq!(outcome.refused[0].1.code, "opted-out");
    // Nothing new is drafted, and the desk is told why.
    let second = rig.registers(("lpj", "lpj"), "411902", &[("periode", "10-2026")]);
    let ask = EndLetter {
        agenda: second,
        to: LetterState::Completed,
        note: String::new(),
        fields: owned(&[]),
    };
    let entered = rig
        .does(&sari(), |office, who, now| {
            office.end_letter(&ask, who, now)
        })
        .unwrap();
    assert_eq!(entered.no_sms.unwrap().code, "opted-out");
    assert_eq!(of_kind(&rig, SmsKind::Completed), [waiting]);
    // A person may still write by hand.
    let free = rig.drafts(&sari(), ONE, "Mohon hubungi loket");
    let outcome = rig
        .does(&sari(), |office, who, now| {
            office.confirm(&SmsChoice::Ids(vec![free]), false, who, now)
        })
        .unwrap();
    assert_eq!(outcome.done, [free]);
}

#[test]
fn a_service_is_rated_once_by_each_phone_that_was_told_of_it() {
    let mut rig = with("[survey]\nshare = 100\n[sms]\nworking_days_only = false\n");
    assert_eq!(
        rig.told(ONE, "NILAI 5"),
        "Nomor agenda - tidak ditemukan atau bukan milik satker Anda. Contoh: STATUS AGD-00123"
    );
    let first = rig.registers(("lpj", "lpj"), "411902", &[("periode", "09-2026")]);
    let second = rig.registers(("lpj", "lpj"), "411902", &[("periode", "10-2026")]);
    rig.completes(first, &[]);
    rig.later(TimeDelta::minutes(1));
    rig.completes(second, &[]);
    let surveys = {
        let index = rig.office.store.index();
        index
            .sms()
            .iter()
            .filter(|sms| sms.kind == SmsKind::Survey)
            .count()
    };
    assert_eq!(surveys, 2);
    rig.sends_all();
    assert!(
        rig.told(TWO, "NILAI 5 AGD-00001")
            .contains("tidak ditemukan")
    );
    assert_eq!(
        rig.told(ONE, "NILAI 5"),
        "Terima kasih, nilai 5 untuk AGD-00002 telah dicatat. Saran dapat dikirim: SARAN isi pesan"
    );
    assert_eq!(
        rig.told(ONE, "NILAI 4 AGD-00002"),
        "Layanan AGD-00002 sudah dinilai. Terima kasih atas partisipasi Anda."
    );
    assert!(
        rig.told(ONE, "nilai 3 agd 1 antre lama")
            .contains("nilai 3 untuk AGD-00001")
    );
    assert!(rig.told(ONE, "NILAI 2").contains("sudah dinilai"));
    let seen = rig
        .office
        .satisfaction(&GetSatisfaction::default())
        .unwrap();
    assert_eq!((seen.all.n, seen.all.mean, seen.asked), (2, None, 2));
    assert_eq!(seen.comments[0].text, "antre lama");
    rig.later(TimeDelta::days(8));
    let third = rig.registers(("lpj", "lpj"), "411902", &[("periode", "11-2026")]);
    rig.completes(third, &[]);
    rig.sends_all();
    rig.later(TimeDelta::days(8));
    assert!(
        rig.told(ONE, "NILAI 5").contains("tidak ditemukan"),
        "too late"
    );
}

#[test]
fn an_answer_waits_for_a_person_where_the_settings_say_so() {
    let mut rig = with("[sms.confirm]\nreply = \"manual\"\n");
    let (message, sms) = rig.hears(ONE, "LPJ");
    let sms = sms.unwrap();
    assert_eq!(
        (sms.state, sms.policy),
        (SmsState::Waiting, ConfirmPolicy::Manual)
    );
    assert_eq!(message.state, InboxState::Answered);
}

#[test]
fn a_conversation_is_answered_given_to_a_section_and_laid_aside() {
    let mut rig = rig();
    rig.hears(ONE, "Mohon info kapan rekonsiliasi dibuka lagi");
    let (last, _) = rig.hears(ONE, "Terus terang kami bingung dengan aplikasi ini");
    rig.hears(TWO, "LPJ 411903");
    let ask = ListConversations {
        limit: 10,
        ..ListConversations::default()
    };
    let page = rig.office.list_conversations(&ask).unwrap();
    assert_eq!((page.total, page.open), (2, 1));
    assert_eq!((page.rows[0].open, page.rows[0].last), (2, last.id));
    assert_eq!(page.rows[0].name.as_deref(), Some("KPA MTsN Ngawi"));

    let assign = |section: &str| AssignInbox {
        id: last.id,
        section: section.to_owned(),
    };
    let bad = rig.does(&sari(), |office, who, now| {
        office.assign_inbox(&assign("XYZ"), who, now)
    });
    assert_eq!(bad.unwrap_err().code, "section-unknown");
    rig.does(&sari(), |office, who, now| {
        office.assign_inbox(&assign("vera"), who, now)
    })
    .unwrap();
    // What comes after goes the same way, and clerks of other sections keep away from it.
    let (next, _) = rig.hears(ONE, "Apakah ada kabar mengenai hal tersebut");
    assert_eq!(next.section.as_deref(), Some("VERA"));
    let clerk = Actor {
        section: Some("BANK".to_owned()),
        ..actor("budi", Role::Section)
    };
    let answer = AnswerInbox {
        id: next.id,
        text: "KPPN Madiun: Rekonsiliasi dibuka tanggal 1.".to_owned(),
        key: None,
    };
    let refused = rig.does(&clerk, |office, who, now| {
        office.answer_inbox(&answer, who, now)
    });
    assert_eq!(refused.unwrap_err().code, "forbidden-section");
    let id = rig
        .does(&sari(), |office, who, now| {
            office.answer_inbox(&answer, who, now)
        })
        .unwrap();
    let sms = rig.office.sms(id).unwrap();
    assert_eq!(
        (sms.kind, sms.created_by.as_str()),
        (SmsKind::Reply, "sari")
    );
    assert!(sms.not_before > Some(rig.now), "it can be taken back");
    let shown = rig
        .office
        .show_conversation(&ShowConversation { id: last.id })
        .unwrap();
    assert_eq!((shown.row.open, shown.lines.len()), (0, 5));
    let settled = rig.does(&sari(), |office, who, now| {
        office.done_inbox(&DoneInbox { id: last.id }, who, now)
    });
    assert_eq!(settled.unwrap_err().code, "inbox-settled");
    let (more, _) = rig.hears(ONE, "Satu pertanyaan lagi boleh ya pak");
    rig.does(&sari(), |office, who, now| {
        office.done_inbox(&DoneInbox { id: more.id }, who, now)
    })
    .unwrap();
    let message = rig.message(more.id);
    assert_eq!(
        (message.state, message.handled_by.as_deref()),
        (InboxState::Done, Some("sari"))
    );
}

#[test]
fn no_text_of_any_phone_is_lost_or_reveals_another_satker() {
    let mut rig = rig();
    rig.registers(("skpp", "skpp"), "411903", &[("nama", "Rahasia Sekali")]);
    let long = "x".repeat(20_000);
    let texts = [
        "PAGU 411903",
        "pagu 411903 51",
        "SKPP 411903",
        "SKPP-00001",
        "STATUS SKPP-1",
        "JADWAL 411903",
        "UP 411903",
        "NILAI 5 SKPP-00001",
        "STATUS 1",
        "NILAI 5 1",
        "LPJ '; DROP TABLE",
        "PAGU 411902 411903",
        "💥",
        "\u{202e}PAGU",
        "PAGU\u{0}411903",
        "status ../../etc/passwd",
        "PAGU ４１１９０３",
        "RPD 411903 07122026 1",
        &long,
        "SARAN \u{1b}]0;x\u{7}",
        "=cmd|'/c calc'!A1",
        "STATUS AGD-99999999999999999999",
        "NILAI 5 AGD-00000",
    ];
    for text in texts {
        let before = rig.office.store.index().inbox().all().len();
        let (_, sms) = rig.hears(ONE, text);
        let told = sms.map(|sms| sms.text).unwrap_or_default();
        assert!(
            !told.contains("Paron") && !told.contains("Rahasia"),
            "{text:?}: {told}"
        );
        assert!(!told.chars().any(char::is_control), "{text:?}");
        assert_eq!(
            rig.office.store.index().inbox().all().len(),
            before + 1,
            "{text:?}"
        );
    }
}

#[test]
fn the_same_message_twice_from_the_network_is_kept_once() {
    let mut rig = rig();
    let sent = Some(rig.now);
    let (facts, id) = rig.office.incoming(ONE, "LPJ", sent, "m", rig.now).unwrap();
    rig.write("sistem", facts);
    assert_eq!(id, Some(InboxId(1)));
    rig.later(TimeDelta::hours(5));
    let (facts, id) = rig.office.incoming(ONE, "LPJ", sent, "n", rig.now).unwrap();
    assert!(facts.is_empty() && id.is_none());
}

#[test]
fn the_index_is_the_mean_and_hidden_below_five() {
    let mut rig = rig();
    for (n, value) in [5, 4, 5, 5, 4].into_iter().enumerate() {
        let agenda = rig.registers(
            ("lpj", "lpj"),
            "411902",
            &[("periode", "09-2026"), ("jenis_bendahara", "pengeluaran")],
        );
        let rating = crate::domain::inbox::Rating {
            agenda,
            phone: PhoneNumber::parse(ONE).unwrap().0,
            value,
            comment: None,
            at: rig.now,
            message: None,
        };
        rig.write("sistem", vec![Fact::ServiceRated { rating }]);
        let seen = rig
            .office
            .satisfaction(&GetSatisfaction::default())
            .unwrap();
        assert_eq!(seen.all.mean, (n == 4).then_some(460));
    }
    // Beranda has the same for the quarter.
    let rated = |at| rig.office.overview(0, &wati(), at).unwrap().rated;
    let quarter = Period::parse("2026-Q4").unwrap();
    let expected = Rated {
        period: quarter,
        n: 5,
        mean: Some(460),
        target: 450,
    };
    assert_eq!(rated(rig.now), Some(expected));
    assert_eq!(rated(rig.now + TimeDelta::days(60)), None);
    let seen = rig
        .office
        .satisfaction(&GetSatisfaction::default())
        .unwrap();
    assert_eq!(
        (
            seen.target,
            seen.modules[0].name.as_str(),
            seen.sections[0].name.as_str()
        ),
        (450, "lpj", "VERA")
    );
}

#[test]
fn a_phone_that_asked_too_much_may_still_stop_the_notices() {
    let mut rig = with("[inbox]\ndaily_limit = 2\n");
    let phone = PhoneNumber::parse(ONE).unwrap().0;
    for text in ["PAGU", "LPJ", "RETUR", "UP"] {
        rig.told(ONE, text);
    }
    assert!(rig.told(ONE, "BERHENTI").starts_with("Notifikasi"));
    assert!(rig.office.opted_out(&phone));
    // Once is enough, and the limit holds for everything else.
    assert_eq!(rig.told(ONE, "BERHENTI"), "");
    assert_eq!(rig.told(ONE, "MULAI"), "");
    assert!(rig.office.opted_out(&phone));
}

#[test]
fn whoever_changes_their_mind_twice_in_two_minutes_has_the_last_word() {
    let mut rig = rig();
    let phone = PhoneNumber::parse(ONE).unwrap().0;
    rig.told(ONE, "BERHENTI");
    rig.hears_now(ONE, "MULAI");
    assert!(!rig.office.opted_out(&phone));
    let (message, sms) = rig.hears_now(ONE, "BERHENTI");
    assert_eq!((message.state, message.note), (InboxState::Answered, None));
    assert!(sms.is_some() && rig.office.opted_out(&phone));
    // Said again, it changes nothing.
    let (message, sms) = rig.hears_now(ONE, "BERHENTI");
    assert_eq!((message.note.as_deref(), sms), (Some("repeat"), None));
}
