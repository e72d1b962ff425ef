//! What the office allows and what follows from it, asked over the socket.

use std::collections::BTreeMap;

use sipintar::ask::{
    ConfirmSms, DraftSms, EditSms, EndLetter, ImportSatker, LetterEnd, ListSms, MoveLetter,
    NewLetter, RegisterLetter, Registered, RejectSms, Sheet, ShowLetter, ShowSms, SmsChoice,
    UndoSms,
};
use sipintar::domain::id::{AgendaNo, SmsId};
use sipintar::domain::letter::LetterState;
use sipintar::domain::refusal::Refusal;
use sipintar::domain::sms::{SmsKind, SmsState};

use crate::support::{ALWAYS, SATKER, Server};

/// A Tuesday morning.
const TUESDAY: &str = "2026-11-24T08:00:00+07:00";

fn office(settings: &str, clock: &str) -> Server {
    let server = Server::start_at(settings, Some(clock));
    let mut lines = SATKER
        .lines()
        .map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let columns = lines.next().unwrap();
    let sheet = Sheet {
        columns,
        rows: (2..).zip(lines).collect(),
    };
    server
        .ask(ImportSatker {
            sheet,
            dry_run: false,
        })
        .unwrap();
    server
}

fn letter(service: (&str, &str), satker: &str, fields: &[(&str, &str)]) -> NewLetter {
    NewLetter {
        module: service.0.to_owned(),
        service: service.1.to_owned(),
        satker: satker.to_owned(),
        fields: fields
            .iter()
            .map(|(id, value)| ((*id).to_owned(), (*value).to_owned()))
            .collect(),
        ..NewLetter::default()
    }
}

fn lpj(satker: &str) -> NewLetter {
    letter(("lpj", "lpj"), satker, &[("periode", "10-2026")])
}

fn register(server: &Server, letter: NewLetter) -> Result<Registered, Refusal> {
    server.ask(RegisterLetter {
        letter,
        duplicate_seen: false,
        key: None,
    })
}

fn end(
    server: &Server,
    agenda: AgendaNo,
    to: LetterState,
    note: &str,
) -> Result<LetterEnd, Refusal> {
    server.ask(EndLetter {
        agenda,
        to,
        note: note.to_owned(),
        fields: BTreeMap::new(),
    })
}

fn moved(server: &Server, agenda: AgendaNo, to: LetterState) -> Result<LetterState, Refusal> {
    server
        .ask(MoveLetter {
            agenda,
            to,
            section: None,
            note: None,
        })
        .map(|row| row.state)
}

fn code<T: std::fmt::Debug>(result: Result<T, Refusal>) -> String {
    result.unwrap_err().code
}

fn draft(server: &Server, kind_text: &str) -> SmsId {
    let ask = DraftSms {
        to: None,
        satker: Some("411201".parse().unwrap()),
        role: None,
        text: kind_text.to_owned(),
        key: None,
    };
    server.ask(ask).unwrap().id
}

fn one(id: SmsId) -> SmsChoice {
    SmsChoice::Ids(vec![id])
}

#[test]
fn a_letter_goes_only_where_its_state_allows() {
    let server = office(ALWAYS, TUESDAY);
    let agenda = register(&server, lpj("411201")).unwrap().letter.agenda;
    assert_eq!(
        code(moved(&server, agenda, LetterState::HandedOver)),
        "letter-state"
    );
    assert_eq!(
        moved(&server, agenda, LetterState::InProgress),
        Ok(LetterState::InProgress)
    );
    assert_eq!(
        moved(&server, agenda, LetterState::Waiting),
        Ok(LetterState::Waiting)
    );
    assert_eq!(
        moved(&server, agenda, LetterState::InProgress),
        Ok(LetterState::InProgress)
    );
    assert_eq!(
        code(moved(&server, agenda, LetterState::Completed)),
        "bad-state"
    );
    assert_eq!(
        end(&server, agenda, LetterState::Completed, "")
            .unwrap()
            .letter
            .state,
        LetterState::Completed
    );
    assert_eq!(
        code(end(&server, agenda, LetterState::Completed, "")),
        "letter-state"
    );
    assert_eq!(
        moved(&server, agenda, LetterState::HandedOver),
        Ok(LetterState::HandedOver)
    );
    let shown = server.ask(ShowLetter { agenda }).unwrap();
    assert_eq!(shown.letter.stops.len(), 1);
    assert!(shown.letter.stops[0].to.is_some());
    assert_eq!(shown.may_become, [LetterState::Void]);
}

#[test]
fn a_returned_letter_needs_a_reason_and_tells_it() {
    let server = office(ALWAYS, TUESDAY);
    let agenda = register(&server, lpj("411201")).unwrap().letter.agenda;
    assert_eq!(
        code(end(&server, agenda, LetterState::Returned, "  ")),
        "reason-missing"
    );
    let ended = end(
        &server,
        agenda,
        LetterState::Returned,
        "rekening koran \u{1b}[2J belum ada",
    )
    .unwrap();
    let text = server
        .ask(ShowSms {
            id: ended.sms.unwrap(),
        })
        .unwrap()
        .row
        .text;
    assert!(
        text.contains("LPJ Okt 2026 dikembalikan: rekening koran") && !text.contains('\u{1b}'),
        "{text}"
    );
    // It comes again under a new number, linked to the old one.
    let again = NewLetter {
        previous: agenda.short(),
        ..lpj("411201")
    };
    let second = register(&server, again).unwrap().letter.agenda;
    assert_eq!(
        server
            .ask(ShowLetter { agenda: second })
            .unwrap()
            .letter
            .previous,
        Some(agenda)
    );
}

#[test]
fn what_a_void_letter_had_drafted_is_withdrawn() {
    let server = office(ALWAYS, TUESDAY);
    let agenda = register(&server, lpj("411201")).unwrap().letter.agenda;
    let notice = end(&server, agenda, LetterState::Completed, "")
        .unwrap()
        .sms
        .unwrap();
    end(&server, agenda, LetterState::Void, "salah satker").unwrap();
    assert_eq!(
        server.ask(ShowSms { id: notice }).unwrap().row.state,
        SmsState::Withdrawn
    );
    assert_eq!(
        server
            .ask(ConfirmSms { which: one(notice) })
            .unwrap()
            .refused[0]
            .1
            .code,
        "sms-state"
    );
}

#[test]
fn the_same_sender_and_number_needs_a_second_look() {
    let mut server = office(ALWAYS, TUESDAY);
    let numbered = || NewLetter {
        number: "S-12/2026".to_owned(),
        ..lpj("411201")
    };
    let first = register(&server, numbered()).unwrap().letter.agenda;
    let spaced = NewLetter {
        number: "s-12 /2026".to_owned(),
        ..lpj("411201")
    };
    let refusal = register(&server, spaced.clone()).unwrap_err();
    assert_eq!(
        (refusal.code.as_str(), refusal.args["agenda"].as_str()),
        ("duplicate", first.to_string().as_str())
    );
    let seen = server
        .ask(RegisterLetter {
            letter: spaced,
            duplicate_seen: true,
            key: None,
        })
        .unwrap();
    assert_eq!(seen.duplicate_of, Some(first));
    // The second was a mistake: the first still tells that a third one is its copy, also when all is read anew.
    let second = seen.letter.agenda;
    end(&server, second, LetterState::Void, "salah catat").unwrap();
    let again = register(&server, numbered()).unwrap_err();
    assert_eq!(again.args["agenda"], first.to_string());
    server.kill();
    server.restart_at(Some(TUESDAY));
    let refusal = register(&server, numbered()).unwrap_err();
    assert_eq!(refusal.args["agenda"], first.to_string());
    end(&server, first, LetterState::Void, "salah catat").unwrap();
    assert!(register(&server, numbered()).is_ok());
    // Another sender may use the same number.
    register(
        &server,
        NewLetter {
            number: "S-12/2026".to_owned(),
            ..lpj("411902")
        },
    )
    .unwrap();
}

#[test]
fn a_unit_that_is_closed_gets_no_sms_and_the_desk_is_told_why() {
    let server = office(ALWAYS, TUESDAY);
    let agenda = register(&server, lpj("411907")).unwrap().letter.agenda;
    let ended = end(&server, agenda, LetterState::Completed, "").unwrap();
    assert_eq!(
        (ended.sms, ended.no_sms.unwrap().code.as_str()),
        (None, "satker-inactive")
    );
}

#[test]
fn a_target_follows_norm_service_hours_and_holidays() {
    // 24 December 2026 is cuti bersama and 25 December Christmas; then comes a weekend.
    let server = office(ALWAYS, "2026-12-23T14:00:00+07:00");
    let surat = letter(("lainnya", "koreksi"), "411201", &[]);
    let preview = server
        .ask(sipintar::ask::PreviewLetter { letter: surat })
        .unwrap();
    assert_eq!(
        preview.target.unwrap().to_rfc3339(),
        "2026-12-28T15:00:00+07:00"
    );
}

#[test]
fn a_broadcast_policy_needs_two_different_persons() {
    let server = office(
        &format!("{ALWAYS}confirm = {{ free = \"two-person\" }}\n"),
        TUESDAY,
    );
    let id = draft(&server, "Pengumuman");
    assert_eq!(
        server
            .ask(ConfirmSms { which: one(id) })
            .unwrap()
            .second_needed,
        [id]
    );
    let again = server.ask(ConfirmSms { which: one(id) }).unwrap();
    assert_eq!(again.refused[0].1.code, "same-person");
    assert_eq!(
        server.ask(ShowSms { id }).unwrap().row.state,
        SmsState::Waiting
    );
    // A changed wording has been confirmed by nobody.
    server
        .ask(EditSms {
            id,
            text: "Pengumuman baru".to_owned(),
        })
        .unwrap();
    assert_eq!(
        server
            .ask(ConfirmSms { which: one(id) })
            .unwrap()
            .second_needed,
        [id]
    );
}

#[test]
fn outside_the_window_a_message_waits_and_can_be_taken_back() {
    // A Sunday.
    let server = office("[sms]\nundo_seconds = 0\n", "2026-11-22T10:00:00+07:00");
    let id = draft(&server, "Besok saja");
    assert_eq!(
        server.ask(ConfirmSms { which: one(id) }).unwrap().done,
        [id]
    );
    let shown = server.ask(ShowSms { id }).unwrap();
    let waits = shown.waits.unwrap();
    assert_eq!(
        (
            shown.row.state,
            waits.code.as_str(),
            waits.args["opens"].as_str()
        ),
        (SmsState::Queued, "waits-window", "23-11-2026 08.00")
    );
    assert_eq!(server.ask(UndoSms { which: one(id) }).unwrap().done, [id]);
    let undone = server.ask(ShowSms { id }).unwrap().row;
    assert_eq!(
        (undone.state, undone.confirmed_by),
        (SmsState::Waiting, None)
    );
    assert_eq!(
        code(server.ask(RejectSms {
            which: one(id),
            reason: String::new()
        })),
        "reason-missing"
    );
    server
        .ask(RejectSms {
            which: one(id),
            reason: "tidak perlu".to_owned(),
        })
        .unwrap();
    assert_eq!(
        server.ask(ShowSms { id }).unwrap().row.state,
        SmsState::Rejected
    );
}

#[test]
fn a_long_text_goes_in_parts_and_all_of_them_are_delivered() {
    let server = office(ALWAYS, TUESDAY);
    let id = draft(&server, &"Mohon perhatian. ".repeat(20));
    let parts = server.ask(ShowSms { id }).unwrap().row.parts;
    assert_eq!(parts, 3);
    server
        .ask(ConfirmSms {
            which: SmsChoice::All {
                kind: Some(SmsKind::Free),
            },
        })
        .unwrap();
    let all = ListSms {
        limit: 10,
        ..ListSms::default()
    };
    server.wait_for("delivery", all, |page| {
        page.counts[&SmsState::Delivered] == 1
    });
    let sms = server.ask(ShowSms { id }).unwrap().sms;
    assert_eq!(sms.part_states.len(), 3);
    assert_eq!(sms.attempts, 1);
}

#[test]
fn curly_quotes_do_not_double_the_price() {
    let server = office(ALWAYS, TUESDAY);
    let id = draft(&server, "\u{201c}Segera\u{201d} \u{2013} terima kasih");
    let row = server.ask(ShowSms { id }).unwrap().row;
    assert_eq!(row.text, "\"Segera\" - terima kasih");
}
