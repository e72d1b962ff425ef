//! Conversations: a person reads what came in, answers, gives it to a section, lays it aside.

use super::bench::*;
use crate::{
    ask::{Conversation, ConversationLine, ConversationPage, ConversationRow, Reply, Request},
    domain::{
        id::InboxId,
        inbox::{InboxMessage, InboxState},
        sms::SmsState,
    },
    tui::state::Ticket,
};

fn row(open: u32) -> ConversationRow {
    ConversationRow {
        last: InboxId(9),
        from: "+6281234567890".into(),
        shown: "0812-3456-7890".into(),
        satker: vec!["MTsN Ngawi".into()],
        name: Some("Sri Utami".into()),
        text: "Mohon info kapan \u{1b}[2Jrekonsiliasi dibuka".into(),
        time: now(),
        open,
        messages: 3,
        section: None,
        opted_out: false,
        answerable: true,
    }
}

pub(super) fn inbox(open: u32) -> Bench {
    let mut bench = Bench::new();
    bench.keys("I");
    bench.one_asked("ListConversations");
    bench.answer(
        Ticket::Inbox,
        Reply::ListConversations(ConversationPage {
            rows: vec![row(open)],
            total: 1,
            offset: 0,
            open: u64::from(open > 0),
        }),
    );
    let message = InboxMessage {
        id: InboxId(9),
        from: "+6281234567890".into(),
        satker: None,
        text: "Mohon info kapan \u{1b}[2Jrekonsiliasi dibuka".into(),
        received: now().to_utc(),
        sent: None,
        modem: "m".into(),
        keyword: None,
        answered_by: None,
        state: InboxState::Open,
        reply: None,
        note: None,
        agenda: None,
        section: None,
        handled_by: None,
        handled: None,
    };
    let (ticket, _) = bench.one_asked("ShowConversation");
    bench.answer(
        ticket,
        Reply::ShowConversation(Conversation {
            row: row(open),
            lines: vec![
                ConversationLine::Out(Box::new(sms_row(3, SmsState::Delivered))),
                ConversationLine::In(Box::new(message)),
            ],
        }),
    );
    bench
}

#[test]
fn both_sides_of_a_conversation_are_shown_and_answered() {
    let mut bench = inbox(2);
    bench.shows("*2");
    bench.shows("Mohon info kapan");
    bench.shows("Sri Utami, MTsN Ngawi");
    let screen = bench.screen();
    assert!(
        !screen.chars().any(|c| c.is_control() && c != '\n'),
        "{screen}"
    );
    bench.keys("a");
    bench.shows("0812-3456-7890");
    bench.typed("Buka tanggal 1.");
    bench.keys("ctrl-s");
    let (ticket, Request::AnswerInbox(answer)) = bench.one_asked("AnswerInbox") else {
        panic!()
    };
    assert_eq!(answer.id, InboxId(9));
    assert!(
        answer.text.ends_with(": Buka tanggal 1."),
        "{}",
        answer.text
    );
    assert!(answer.key.is_some());
    bench.answer(ticket, Reply::AnswerInbox(sms_row(8, SmsState::Queued)));
    assert!(bench.state.popups.is_empty());
}

#[test]
fn what_is_written_is_not_thrown_away_by_one_esc_nor_by_a_template() {
    let mut bench = inbox(1);
    bench.keys("a");
    bench.typed("Kata saya");
    bench.keys("esc");
    assert_eq!(bench.state.popups.len(), 1);
    bench.keys("shift-tab down");
    bench.keys("ctrl-s");
    let (_, Request::AnswerInbox(answer)) = bench.one_asked("AnswerInbox") else {
        panic!()
    };
    assert!(answer.text.ends_with("Kata saya"), "{}", answer.text);
}

#[test]
fn a_conversation_is_given_to_a_section_or_laid_aside_while_something_waits() {
    let mut bench = inbox(1);
    bench.keys("d ctrl-s");
    assert!(matches!(
        bench.one_asked("AssignInbox").1,
        Request::AssignInbox(ask) if ask.id == InboxId(9) && !ask.section.is_empty()
    ));
    let mut bench = inbox(1);
    bench.keys("s");
    assert!(matches!(
        bench.one_asked("DoneInbox").1,
        Request::DoneInbox(ask) if ask.id == InboxId(9)
    ));
    let mut bench = inbox(0);
    bench.keys("s");
    assert!(bench.take_asked("DoneInbox").is_empty());
    // Only what waits, at one key.
    bench.keys("f");
    let (_, Request::ListConversations(ask)) = bench.one_asked("ListConversations") else {
        panic!()
    };
    assert!(ask.open);
}

#[test]
fn every_screen_says_that_a_flood_waits_and_beranda_leads_to_it() {
    let mut bench = Bench::letters();
    let mut some = overview(crate::domain::access::Role::Desk);
    (some.overdue, some.due_today, some.trouble) = (vec![], vec![], vec![]);
    let flood = crate::domain::refusal::Refusal::new("flood")
        .with("n", 285)
        .with("since", "24-11-2026 09.00")
        .with("cost", "Rp99.750");
    some.warnings.push(flood);
    bench.answer(Ticket::Overview, Reply::GetOverview(some));
    bench.shows("BANJIR SMS 285");
    // Warnings come first.
    bench.keys("B");
    bench.shows("285 SMS sejak 24-11-2026 09.00 menunggu petugas, senilai Rp99.750");
    bench.keys("enter");
    bench.one_asked("ListConversations");
}
