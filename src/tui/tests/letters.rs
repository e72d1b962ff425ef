//! Conversations about letters: registering, ending, marking, finding.

use std::collections::BTreeMap;

use super::bench::*;
use crate::domain::refusal::Refusal;
use crate::{
    ask::{
        Draft, EndPreview, LetterEnd, LetterPreview, Notice, Registered, Reply, Request,
        SatkerPage, Topic,
    },
    domain::{access::Role, letter::LetterState},
    tui::{
        popup::Popup,
        state::{Effect, Msg, Place, Ticket},
    },
};

/// The number of the form on top.
fn form_number(bench: &Bench) -> u64 {
    match bench.state.popups.last() {
        Some(Popup::Form(form)) => form.number,
        other => panic!("no form is open but {other:?}"),
    }
}

fn candidates(bench: &mut Bench, rows: &[(&str, &str)]) {
    let number = form_number(bench);
    let rows: Vec<_> = rows
        .iter()
        .map(|(code, name)| satker_row(code, name))
        .collect();
    let page = SatkerPage {
        total: rows.len() as u64,
        rows,
        offset: 0,
    };
    bench.answer(Ticket::Candidates(number), Reply::ListSatker(page));
}

fn preview(bench: &mut Bench, preview: LetterPreview) {
    let number = form_number(bench);
    bench.answer(Ticket::Preview(number), Reply::PreviewLetter(preview));
}

/// A form with satker, period and number filled in.
fn filled() -> Bench {
    let mut bench = Bench::letters();
    bench.keys("n");
    bench.typed("411902");
    candidates(&mut bench, &[("411902", "Kemenag Kota Madiun")]);
    bench.typed("10-2026");
    bench.keys("tab");
    bench.typed("S-12/2026");
    bench
}

#[test]
fn six_digits_choose_the_satker_and_typing_goes_on() {
    let mut bench = filled();
    bench.keys("ctrl-s");
    let (_, request) = bench.one_asked("RegisterLetter");
    let Request::RegisterLetter(register) = request else {
        panic!()
    };
    assert_eq!(register.letter.satker, "411902");
    assert_eq!(register.letter.number, "S-12/2026");
    assert_eq!(
        register.letter.fields,
        BTreeMap::from([("periode".to_owned(), "10-2026".to_owned())])
    );
    assert!(register.key.is_some() && !register.duplicate_seen);
}

#[test]
fn part_of_a_name_offers_candidates_and_enter_takes_one() {
    let mut bench = Bench::letters();
    bench.keys("n");
    bench.typed("kem");
    candidates(
        &mut bench,
        &[
            ("411902", "Kemenag Kota Madiun"),
            ("411903", "Kemenag Ngawi"),
        ],
    );
    bench.shows("411903 Kemenag Ngawi");
    bench.shows("Bukan satker: \"kem\"");
    bench.keys("down enter");
    bench.shows("411903  Kemenag Ngawi");
    bench.keys("ctrl-s");
    bench.shows("wajib diisi");
    assert_eq!(bench.said(), "Belum lengkap: lihat isian yang ditunjuk");
}

#[test]
fn a_sender_without_a_code_is_taken_by_name() {
    let mut bench = Bench::letters();
    bench.keys("n");
    bench.typed("Bank Jatim");
    candidates(&mut bench, &[]);
    bench.keys("enter");
    bench.typed("10-2026");
    bench.keys("ctrl-s");
    let (_, Request::RegisterLetter(register)) = bench.one_asked("RegisterLetter") else {
        panic!()
    };
    assert_eq!(
        (
            register.letter.sender.as_str(),
            register.letter.satker.as_str()
        ),
        ("Bank Jatim", "")
    );
}

#[test]
fn a_bad_value_is_explained_under_its_field_while_it_is_typed() {
    let mut bench = filled();
    bench.keys("tab");
    bench.typed("31-2");
    bench.shows("Februari 2026 tidak punya tanggal 31");
    bench.keys("ctrl-u");
    bench.typed("besok");
    bench.shows("Rabu, 25 November 2026");
}

#[test]
fn the_target_and_the_receipt_are_shown_before_saving() {
    let mut bench = filled();
    let target = Some(time("2026-11-26T15:00:00+07:00"));
    preview(
        &mut bench,
        LetterPreview {
            target,
            subject: "LPJ Bendahara Okt 2026".into(),
            ..Default::default()
        },
    );
    bench.shows("Target selesai: Kam 26-11-2026 15.00");
    bench.shows("Perihal");
    bench.shows("LPJ Bendahara Okt 2026");
}

#[test]
fn the_same_sender_and_number_need_a_second_save() {
    let mut bench = filled();
    let duplicate = Some(agenda(77));
    preview(
        &mut bench,
        LetterPreview {
            duplicate,
            ..Default::default()
        },
    );
    bench.shows("Sama dengan AGD-00077/2026");
    bench.keys("ctrl-s");
    assert!(bench.take_asked("RegisterLetter").is_empty());
    bench.keys("ctrl-s");
    let (_, Request::RegisterLetter(register)) = bench.one_asked("RegisterLetter") else {
        panic!()
    };
    assert!(register.duplicate_seen);
}

#[test]
fn another_number_takes_the_second_look_back() {
    let mut bench = filled();
    preview(
        &mut bench,
        LetterPreview {
            duplicate: Some(agenda(77)),
            ..Default::default()
        },
    );
    bench.keys("ctrl-s x ctrl-s");
    assert!(
        bench.take_asked("RegisterLetter").is_empty(),
        "a changed number is looked at anew"
    );
}

#[test]
fn a_registered_letter_stands_on_top_and_its_draft_is_dropped() {
    let mut bench = filled();
    bench.keys("ctrl-s");
    bench.shows("Menunggu server");
    bench.keys("ctrl-s");
    let (ticket, _) = bench.one_asked("RegisterLetter");
    let letter = letter_row(131, LetterState::Received);
    bench.answer(
        ticket,
        Reply::RegisterLetter(Registered {
            letter,
            duplicate_of: None,
            sms: None,
        }),
    );
    assert!(bench.state.popups.is_empty());
    assert_eq!(bench.said(), "AGD-00131 tercatat");
    bench.one_asked("DropDraft");
    bench.one_asked("ListLetters");
    assert_eq!(bench.state.letters[1].list.cursor, 0);
}

#[test]
fn a_refused_letter_keeps_its_form_and_shows_where() {
    let mut bench = filled();
    bench.keys("ctrl-s");
    let (ticket, _) = bench.one_asked("RegisterLetter");
    bench.refuse(ticket, Refusal::new("text-empty").on("number"));
    assert_eq!(bench.state.popups.len(), 1);
    bench.shows(&format!(
        "^ {}",
        bench
            .look
            .locale
            .text("error-text-empty")
            .chars()
            .take(20)
            .collect::<String>()
    ));
    bench.shows(">Nomor surat");
    bench.keys("ctrl-s");
    bench.one_asked("RegisterLetter");
}

#[test]
fn esc_keeps_the_letter_as_a_draft_and_it_comes_back() {
    let mut bench = filled();
    bench.keys("esc");
    let kept = bench.take_asked("KeepDraft");
    let Some((_, Request::KeepDraft(kept))) = kept.into_iter().next_back() else {
        panic!()
    };
    assert_eq!(kept.form, "register/lpj");
    assert_eq!(kept.values["number"], "S-12/2026");
    assert!(bench.state.popups.is_empty());

    bench.asked.clear();
    bench.keys("n");
    let (ticket, _) = bench.one_asked("GetDraft");
    bench.answer(
        ticket,
        Reply::GetDraft(Draft {
            values: Some(kept.values.clone()),
        }),
    );
    bench.shows("S-12/2026");
    bench.shows("411902  Kemenag Kota Madiun");
    bench.shows("Konsep terakhir dibuka lagi");
    bench.keys("ctrl-s");
    let (_, Request::RegisterLetter(register)) = bench.one_asked("RegisterLetter") else {
        panic!()
    };
    assert_eq!(
        register.key.as_ref(),
        Some(&kept.values["_key"]),
        "the same letter keeps its key"
    );
}

#[test]
fn a_draft_that_comes_late_does_not_overwrite_typing() {
    let mut bench = Bench::letters();
    bench.keys("n");
    let (ticket, _) = bench.one_asked("GetDraft");
    bench.typed("41");
    let values = BTreeMap::from([("number".to_owned(), "OLD".to_owned())]);
    bench.answer(
        ticket,
        Reply::GetDraft(Draft {
            values: Some(values),
        }),
    );
    assert!(!bench.screen().contains("OLD"));
}

#[test]
fn a_pause_in_typing_keeps_the_form_on_the_server() {
    let mut bench = filled();
    assert!(
        bench
            .wanted
            .iter()
            .any(|effect| matches!(effect, Effect::TellPause))
    );
    bench.asked.clear();
    bench.tell(Msg::Paused);
    bench.one_asked("KeepDraft");
    bench.tell(Msg::Paused);
    assert!(
        bench.take_asked("KeepDraft").is_empty(),
        "nothing new, nothing to keep"
    );
}

#[test]
fn a_pasted_line_break_does_not_submit() {
    let mut bench = filled();
    bench.tell(Msg::Paste("/KPN\nbaris dua\n".into()));
    assert!(bench.take_asked("RegisterLetter").is_empty());
    bench.shows("S-12/2026/KPN baris dua");
}

#[test]
fn no_sms_is_promised_to_a_phone_that_wants_none() {
    let mut bench = Bench::letters();
    bench.keys("s");
    let (ticket, _) = bench.one_asked("PreviewEnd");
    let notice = crate::ask::TextPreview {
        text: "KPPN Madiun: LPJ selesai".into(),
        encoding: crate::domain::sms::Encoding::Gsm7,
        parts: 1,
        to: Some(("Budi Santoso".into(), phone(123))),
        opted_out: true,
    };
    bench.answer(
        ticket,
        Reply::PreviewEnd(EndPreview {
            problems: vec![],
            notice: Some(notice),
        }),
    );
    bench.shows("Tanpa SMS: Budi Santoso (0812-0000-0123) tidak mau menerima notifikasi");
    let screen = bench.screen();
    assert!(
        !screen.contains("SMS untuk") && !screen.contains("LPJ selesai"),
        "{screen}"
    );
}

#[test]
fn completing_shows_the_notice_and_says_what_was_drafted() {
    let mut bench = Bench::letters();
    bench.keys("s");
    let (ticket, _) = bench.one_asked("PreviewEnd");
    let Reply::ShowSms(detail) =
        sms_detail(&sms_row(7, crate::domain::sms::SmsState::Waiting), None)
    else {
        panic!()
    };
    let notice = crate::ask::TextPreview {
        text: detail.row.text.clone(),
        encoding: detail.row.encoding,
        parts: 1,
        to: Some(("Budi Santoso".into(), phone(123))),
        opted_out: false,
    };
    bench.answer(
        ticket,
        Reply::PreviewEnd(EndPreview {
            problems: vec![],
            notice: Some(notice),
        }),
    );
    bench.shows("SMS untuk Budi Santoso (0812-0000-0123)  128 huruf, 1 SMS, GSM-7");
    bench.keys("ctrl-s");
    let (ticket, Request::EndLetter(end)) = bench.one_asked("EndLetter") else {
        panic!()
    };
    assert_eq!((end.agenda, end.to), (agenda(130), LetterState::Completed));
    let letter = letter_row(130, LetterState::Completed);
    let sms = Some(crate::domain::id::SmsId(9));
    bench.answer(
        ticket,
        Reply::EndLetter(LetterEnd {
            letter,
            sms,
            no_sms: None,
        }),
    );
    assert_eq!(
        bench.said(),
        "AGD-00130 selesai. S-000009 menunggu konfirmasi"
    );
}

#[test]
fn returning_wants_a_reason() {
    let mut bench = Bench::letters();
    bench.keys("k ctrl-s");
    assert!(bench.take_asked("EndLetter").is_empty());
    bench.typed("lampiran kurang");
    bench.keys("esc");
    assert_eq!(
        bench.state.popups.len(),
        1,
        "Esc does not throw typed text away at once"
    );
    bench.keys("ctrl-s");
    let (_, Request::EndLetter(end)) = bench.one_asked("EndLetter") else {
        panic!()
    };
    assert_eq!(
        (end.to, end.note.as_str()),
        (LetterState::Returned, "lampiran kurang")
    );
}

#[test]
fn an_action_that_does_not_fit_the_state_says_why() {
    let mut bench = Bench::letters();
    bench.keys("l");
    assert_eq!(bench.said(), "kini: Diterima");
    bench.keys("down l");
    let (_, Request::MoveLetter(moved)) = bench.one_asked("MoveLetter") else {
        panic!()
    };
    assert_eq!(
        (moved.agenda, moved.to),
        (agenda(129), LetterState::InProgress)
    );
}

#[test]
fn marked_letters_are_moved_together_after_a_question() {
    let mut bench = Bench::letters();
    bench.keys("space down space p");
    bench.shows("Mulai proses: 2 surat?");
    bench.keys("enter");
    assert!(bench.take_asked("MoveLetter").is_empty());
    bench.keys("y");
    let asked = bench.take_asked("MoveLetter");
    assert_eq!(asked.len(), 2);
    for (ticket, _) in asked {
        bench.answer(
            ticket,
            Reply::MoveLetter(letter_row(130, LetterState::InProgress)),
        );
    }
    assert_eq!(bench.said(), "2 surat diproses");
    assert!(bench.state.letters[1].marks.is_empty());
}

#[test]
fn a_viewer_may_look_but_not_touch() {
    let mut bench = Bench::with(
        look("default", "mono", crate::domain::lang::Lang::Id),
        Role::Viewer,
    );
    bench.keys("2");
    bench.answer(Ticket::Letters(1), letter_page(letters()));
    bench.keys("n");
    assert!(bench.state.popups.is_empty());
    assert_eq!(bench.said(), "perlu peran seksi");
    bench.keys("enter");
    bench.one_asked("ShowLetter");
    bench.keys("?");
    bench.shows("(perlu peran seksi)");
}

#[test]
fn what_another_desk_registers_appears_by_itself() {
    let mut bench = Bench::letters();
    bench.tell(Msg::Notice(Notice {
        seq: 2,
        topics: vec![Topic::Letters],
    }));
    bench.one_asked("ListLetters");
    bench.one_asked("GetOverview");
    let mut rows = letters();
    rows.insert(0, letter_row(131, LetterState::Received));
    bench.answer(Ticket::Letters(1), letter_page(rows));
    bench.shows("AGD-00131");
    let selected = bench.state.letters[1].list.selected().map(|row| row.agenda);
    assert_eq!(
        selected,
        Some(agenda(130)),
        "the cursor stays on the letter it was on"
    );
}

#[test]
fn finding_asks_with_each_letter_but_never_twice_at_once() {
    let mut bench = Bench::letters();
    bench.keys("/");
    bench.typed("lpj");
    let (ticket, Request::ListLetters(first)) = bench.one_asked("ListLetters") else {
        panic!()
    };
    assert_eq!(first.find.as_deref(), Some("l"));
    bench.answer(ticket, letter_page(vec![]));
    let (ticket, Request::ListLetters(last)) = bench.one_asked("ListLetters") else {
        panic!()
    };
    assert_eq!(last.find.as_deref(), Some("lpj"));
    bench.answer(ticket, letter_page(vec![]));
    bench.shows("Tidak ada yang cocok");
    bench.keys("enter n");
    assert!(
        matches!(bench.state.popups.last(), Some(Popup::Form(_))),
        "after Enter letters are commands again"
    );
    bench.keys("esc esc");
    let (_, Request::ListLetters(all)) = bench.one_asked("ListLetters") else {
        panic!()
    };
    assert_eq!(all.find, None);
}

#[test]
fn a_row_of_home_opens_where_it_is_dealt_with() {
    let mut bench = Bench::new();
    bench.keys("down down down enter");
    assert_eq!(bench.state.place, Place::Letters(1));
    let (_, Request::ListLetters(list)) = bench.one_asked("ListLetters") else {
        panic!()
    };
    assert_eq!(list.find.as_deref(), Some("AGD-00090/2026"));
    bench.keys("B down enter");
    assert_eq!(
        bench.state.place,
        Place::Letters(bench.state.modules.len()),
        "all modules"
    );
    bench.keys("esc");
    assert_eq!(bench.state.place, Place::Home);
}

#[test]
fn the_palette_finds_a_command_and_does_it() {
    let mut bench = Bench::letters();
    bench.keys(":");
    bench.typed("catat");
    bench.keys("enter");
    bench.shows("Catat surat: LPJ Bendahara");
}

#[test]
fn caps_lock_is_suspected() {
    let mut bench = Bench::letters();
    bench.keys("N");
    assert_eq!(
        bench.said(),
        "Tombol N tidak dipakai di sini. Caps Lock menyala?"
    );
}

#[test]
fn a_sequence_shows_what_can_follow() {
    let mut bench = Bench::with(
        look("vim", "mono", crate::domain::lang::Lang::Id),
        Role::Admin,
    );
    bench.keys("g");
    bench.shows("Jejak");
    bench.keys("s");
    assert_eq!(bench.state.place, Place::Sms);
}

#[test]
fn leaving_asks_and_enter_is_not_yes() {
    let mut bench = Bench::new();
    bench.keys("q enter q");
    assert!(
        !bench
            .wanted
            .iter()
            .any(|effect| matches!(effect, Effect::Quit))
    );
    bench.keys("y");
    assert!(
        bench
            .wanted
            .iter()
            .any(|effect| matches!(effect, Effect::Quit))
    );
}
