//! A desk on a bench: keys go in by their keymap, requests come out, answers are given by hand.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use ratatui::{Terminal, backend::TestBackend};

use crate::domain::refusal::Refusal;
use crate::{
    ask::{
        LetterDetail, LetterPage, LetterRow, ModemRow, ModuleCounts, Overview, Reply, Request,
        SatkerDetail, SatkerRow, SmsDetail, SmsPage, SmsRow, StoreCounts,
    },
    domain::{
        access::{Actor, Role},
        id::{AgendaNo, SatkerCode, SmsId},
        lang::Lang,
        letter::{Channel, Letter, LetterState, Security, Sender, Step, Urgency},
        module::Modules,
        phone::PhoneNumber,
        satker::{BudgetRow, ContactRole, Official, Satker},
        sms::{ConfirmPolicy, Encoding, Sms, SmsKind, SmsState, SmsStep},
    },
    locale::Locale,
    tui::{
        keymap::Keymap,
        keys,
        look::Look,
        state::{Effect, Msg, State, Ticket},
        theme::Theme,
        update, view,
    },
};

pub(super) fn time(text: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(text).unwrap()
}

pub(super) fn now() -> DateTime<FixedOffset> {
    time("2026-11-24T08:05:00+07:00")
}

pub(super) fn look(keymap: &str, theme: &str, lang: Lang) -> Look {
    Look {
        theme: Theme::built_in(theme).unwrap(),
        keymap: Keymap::built_in(keymap).unwrap(),
        locale: Locale::built_in(lang),
    }
}

pub(super) fn phone(last: u16) -> PhoneNumber {
    PhoneNumber::parse(&format!("0812-0000-{last:04}"))
        .unwrap()
        .0
}

pub(super) fn code(text: &str) -> SatkerCode {
    SatkerCode::parse(text).unwrap()
}

pub(super) fn agenda(serial: u32) -> AgendaNo {
    AgendaNo::parse(&serial.to_string(), 2026).unwrap()
}

pub(super) fn letter_row(serial: u32, state: LetterState) -> LetterRow {
    LetterRow {
        agenda: agenda(serial),
        module: "lpj".into(),
        service: "lpj".into(),
        satker: Some(code("411902")),
        sender: "Kemenag Kota Madiun".into(),
        number: Some(format!("S-{serial}/LPJ/2026")),
        subject: "LPJ Bendahara Okt 2026".into(),
        state,
        received: time("2026-11-20T09:30:00+07:00"),
        target: Some(time("2026-11-25T15:00:00+07:00")),
        completed: None,
        overdue: false,
        section: "VERA".into(),
        fields: BTreeMap::from([("periode".to_owned(), "2026-10".to_owned())]),
    }
}

/// Letters as a morning has them, newest first.
pub(super) fn letters() -> Vec<LetterRow> {
    let mut rows: Vec<LetterRow> = (1..=30)
        .rev()
        .map(|n| letter_row(100 + n, LetterState::Received))
        .collect();
    rows[1].state = LetterState::Waiting;
    rows[2].overdue = true;
    rows[2].target = Some(time("2026-11-21T15:00:00+07:00"));
    rows[2].sender = "Pengadilan Negeri Kota Madiun dengan nama panjang".into();
    rows[3].state = LetterState::InProgress;
    rows[4].target = Some(time("2026-11-24T15:00:00+07:00"));
    rows
}

pub(super) fn letter_page(rows: Vec<LetterRow>) -> Reply {
    Reply::ListLetters(LetterPage {
        total: rows.len() as u64,
        rows,
        offset: 0,
    })
}

pub(super) fn sms_row(id: u64, state: SmsState) -> SmsRow {
    SmsRow {
        id: SmsId(id),
        state,
        kind: SmsKind::Completed,
        to: phone(123),
        satker: Some(code("411902")),
        satker_name: Some("Kemenag Kota Madiun".into()),
        role: Some(ContactRole::Kpa),
        text: "KPPN Madiun: Yth. KPA Kemenag Kota Madiun, LPJ Bendahara Okt 2026 telah diterima lengkap dan benar tgl 24-11-2026. Terima kasih.".into(),
        encoding: Encoding::Gsm7,
        parts: 1,
        created: time("2026-11-24T08:01:00+07:00"),
        created_by: "sari".into(),
        confirmed_by: None,
        confirmations_needed: 1,
        not_before: None,
        attempts: 0,
        modem: None,
        sent: None,
        delivered: None,
        error: None,
        letter: Some(agenda(123)),
        deadline: None,
    }
}

pub(super) fn sms_page(rows: Vec<SmsRow>) -> Reply {
    let counts = BTreeMap::from([
        (SmsState::Waiting, 12),
        (SmsState::Uncertain, 1),
        (SmsState::Delivered, 340),
    ]);
    Reply::ListSms(SmsPage {
        total: rows.len() as u64,
        rows,
        offset: 0,
        counts,
    })
}

pub(super) fn sms_detail(row: &SmsRow, drafted_text: Option<&str>) -> Reply {
    let utc = |at: DateTime<FixedOffset>| at.to_utc();
    let sms = Sms {
        id: row.id,
        kind: row.kind,
        to: row.to.clone(),
        satker: row.satker,
        role: row.role,
        text: row.text.clone(),
        drafted_text: drafted_text.map(str::to_owned),
        encoding: row.encoding,
        parts: row.parts,
        letter: row.letter,
        deadline: None,
        reminds: Vec::new(),
        alert: None,
        announcement: None,
        expires: None,
        created: utc(row.created),
        created_by: row.created_by.clone(),
        policy: ConfirmPolicy::Manual,
        confirmed_by: vec![],
        confirmed: None,
        not_before: None,
        attempts: 0,
        modem: None,
        sent: None,
        delivered: None,
        error: None,
        part_states: vec![],
        state: row.state,
        history: vec![SmsStep {
            state: row.state,
            at: utc(row.created),
            by: "sari".into(),
            note: None,
        }],
    };
    Reply::ShowSms(SmsDetail {
        row: row.clone(),
        sms,
        name: Some("Budi Santoso".into()),
        satker_full_name: Some("Kantor Kementerian Agama Kota Madiun".into()),
        waits: None,
    })
}

pub(super) fn satker() -> Satker {
    Satker {
        kind: crate::domain::satker::satker_kind(),
        code: code("411902"),
        name: "Kantor Kementerian Agama Kota Madiun".into(),
        short_name: "Kemenag Kota Madiun".into(),
        ministry_code: "025".into(),
        ministry: "Kementerian Agama".into(),
        echelon: "01".into(),
        region: "Kota Madiun".into(),
        authority: "KD".into(),
        officials: vec![
            Official {
                role: ContactRole::Kpa,
                name: "Budi Santoso".into(),
                phone: Some(phone(123)),
            },
            Official {
                role: ContactRole::Bendahara,
                name: "Wahyu Prasetyo".into(),
                phone: None,
            },
        ],
        revenue_treasurer: true,
        email: Some("satker411902@contoh.test".into()),
        active: true,
        progress: None,
    }
}

pub(super) fn satker_row(code_text: &str, name: &str) -> SatkerRow {
    SatkerRow {
        kind: crate::domain::satker::satker_kind(),
        code: code(code_text),
        name: name.into(),
        short_name: name.into(),
        region: "Kota Madiun".into(),
        ministry: "Kementerian Agama".into(),
        kpa: Some("Budi Santoso".into()),
        kpa_phone: Some(phone(123)),
        active: true,
        open_letters: 2,
    }
}

pub(super) fn satker_detail() -> Reply {
    let budget = BudgetRow {
        satker: code("411902"),
        year: 2026,
        expense: "51".into(),
        description: "Pegawai".into(),
        as_of: chrono::NaiveDate::from_ymd_opt(2026, 10, 31).unwrap(),
        pagu: 5_360_267_000,
        blocked: 0,
        planned: 0,
        spent: 4_796_117_946,
        committed: 0,
        left: 564_149_054,
        percent: 8948,
    };
    Reply::ShowSatker(SatkerDetail {
        deadlines: Vec::new(),
        repairs: Vec::new(),
        programme: None,
        satker: satker(),
        letters: vec![letter_row(123, LetterState::Received)],
        sms: vec![sms_row(7, SmsState::Waiting)],
        budget: vec![budget],
    })
}

pub(super) fn letter_detail(row: &LetterRow) -> Reply {
    let letter = Letter {
        agenda: row.agenda,
        module: row.module.clone(),
        service: row.service.clone(),
        sender: Sender::Satker(code("411902")),
        number: row.number.clone(),
        date: chrono::NaiveDate::from_ymd_opt(2026, 11, 19),
        subject: row.subject.clone(),
        attachments: Some("satu berkas".into()),
        urgency: Urgency::Segera,
        security: Security::Biasa,
        channel: Channel::Loket,
        bringer: Some("Umi".into()),
        bringer_phone: Some(phone(9)),
        note: None,
        fields: row.fields.clone(),
        section: row.section.clone(),
        previous: None,
        received: row.received.to_utc(),
        target: row.target.map(|at| at.to_utc()),
        completed: None,
        state: row.state,
        stops: vec![],
        history: vec![Step {
            state: LetterState::Received,
            at: row.received.to_utc(),
            by: "sari".into(),
            note: None,
        }],
    };
    Reply::ShowLetter(LetterDetail {
        row: row.clone(),
        letter,
        satker_record: Some(satker()),
        sms: vec![sms_row(7, SmsState::Waiting)],
        may_become: vec![],
    })
}

pub(super) fn overview(role: Role) -> Overview {
    let mut overdue = letter_row(90, LetterState::Received);
    overdue.overdue = true;
    overdue.target = Some(time("2026-11-21T15:00:00+07:00"));
    let mut due = letter_row(99, LetterState::InProgress);
    due.target = Some(time("2026-11-24T15:00:00+07:00"));
    let mut uncertain = sms_row(3, SmsState::Uncertain);
    uncertain.error = Some("modem diam setelah teks diserahkan".into());
    Overview {
        deadlines: crate::ask::OwedCounts::default(),
        actor: Actor {
            user: "sari".into(),
            role,
            section: None,
        },
        office: "KPPN Madiun".into(),
        clock: now(),
        clock_shifted: false,
        zone: "WIB".into(),
        seq: 1000,
        store: StoreCounts {
            letters: 6000,
            sms: 900,
            deadlines: 0,
            satker: 500,
        },
        demo: false,
        modems: vec![ModemRow {
            name: "simulasi".into(),
            kind: "simulated".into(),
            state: "ready".into(),
            operator: Some("SIMULASI".into()),
            signal: Some(80),
            port: None,
            detail: None,
        }],
        sms: BTreeMap::from([
            (SmsState::Waiting, 12),
            (SmsState::Queued, 3),
            (SmsState::Uncertain, 1),
        ]),
        unread: 2,
        modules: BTreeMap::from([(
            "lpj".to_owned(),
            ModuleCounts {
                owed: 0,
                late: 0,
                open: 30,
                overdue: 1,
            },
        )]),
        overdue: vec![overdue],
        due_today: vec![due],
        trouble_total: 1,
        overdue_total: 14,
        due_today_total: 1,
        registered_today: 7,
        ended_today: 3,
        trouble: vec![uncertain],
        hold: None,
        held: None,
        handed_back: 0,
        repairs: 0,
        rated: None,
        warnings: vec![Refusal::new("simulated-modem")],
    }
}

/// The desk with its look, what it has asked, and what it wanted from outside.
pub(super) struct Bench {
    pub(super) state: State,
    pub(super) look: Look,
    pub(super) asked: Vec<(Ticket, Request)>,
    pub(super) wanted: Vec<Effect>,
}

impl Bench {
    /// A desk that has just been connected, on Beranda.
    pub(super) fn new() -> Self {
        Self::with(look("default", "mono", Lang::Id), Role::Admin)
    }

    pub(super) fn with(look: Look, role: Role) -> Self {
        let state = State::new((80, 24), now(), 1);
        let mut bench = Self {
            state,
            look,
            asked: Vec::new(),
            wanted: Vec::new(),
        };
        bench.tell(Msg::Up);
        bench.answer(Ticket::Overview, Reply::GetOverview(overview(role)));
        let modules = Modules::builtin().unwrap();
        let effects =
            update::tests_set_modules(&mut bench.state, modules.iter().cloned().collect());
        bench.note(effects);
        bench.asked.clear();
        bench
    }

    /// The desk with the letters of the LPJ tab.
    pub(super) fn letters() -> Self {
        let mut bench = Self::new();
        bench.keys("2");
        bench.answer(Ticket::Letters(1), letter_page(letters()));
        bench.asked.clear();
        bench
    }

    /// The desk with three waiting messages.
    pub(super) fn sms() -> Self {
        let mut bench = Self::new();
        bench.keys("M");
        let rows: Vec<SmsRow> = (7..10).map(|id| sms_row(id, SmsState::Waiting)).collect();
        bench.answer(Ticket::Sms, sms_page(rows.clone()));
        bench.answer(Ticket::SmsDetail, sms_detail(&rows[0], None));
        bench.asked.clear();
        bench
    }

    fn note(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Ask(ticket, request) => self.asked.push((ticket, request)),
                other => self.wanted.push(other),
            }
        }
    }

    pub(super) fn tell(&mut self, msg: Msg) {
        let effects = update(&mut self.state, msg);
        self.note(effects);
    }

    pub(super) fn answer(&mut self, ticket: Ticket, reply: Reply) {
        self.tell(Msg::Answer(ticket, Ok(Box::new(reply))));
    }

    pub(super) fn refuse(&mut self, ticket: Ticket, refusal: Refusal) {
        self.tell(Msg::Answer(ticket, Err(refusal)));
    }

    /// Presses keys, in keymap spelling, separated by blanks.
    pub(super) fn keys(&mut self, keys: &str) {
        for key in keys.split(' ') {
            if let Some(msg) = keys::press(&mut self.state, &self.look, key.parse().unwrap()) {
                self.tell(msg);
            }
        }
    }

    /// Types text, letter by letter.
    pub(super) fn typed(&mut self, text: &str) {
        for c in text.chars() {
            let key = crate::tui::key::Key::char(c);
            if let Some(msg) = keys::press(&mut self.state, &self.look, key) {
                self.tell(msg);
            }
        }
    }

    /// What was asked with this name, and forgets it.
    pub(super) fn take_asked(&mut self, name: &str) -> Vec<(Ticket, Request)> {
        let all = std::mem::take(&mut self.asked);
        let (found, rest) = all
            .into_iter()
            .partition(|(_, request)| request.name() == name);
        self.asked = rest;
        found
    }

    /// The one request of this name.
    pub(super) fn one_asked(&mut self, name: &str) -> (Ticket, Request) {
        let mut found = self.take_asked(name);
        assert_eq!(
            found.len(),
            1,
            "{name} was asked {} times; open: {:?}",
            found.len(),
            self.asked
        );
        found.remove(0)
    }

    /// The screen as text.
    pub(super) fn screen(&self) -> String {
        self.screen_of(self.state.size.0, self.state.size.1)
    }

    pub(super) fn screen_of(&self, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal
            .draw(|frame| view::draw(frame, &self.state, &self.look))
            .unwrap();
        let buffer = terminal.backend().buffer().clone();
        let mut lines = Vec::new();
        for y in 0..height {
            let line: String = (0..width).map(|x| buffer[(x, y)].symbol()).collect();
            lines.push(line.trim_end().to_owned());
        }
        lines.join("\n")
    }

    /// The message line in words.
    pub(super) fn said(&self) -> String {
        match &self.state.message {
            Some(message) => match &message.say {
                crate::tui::look::Said::Say(say) => self.look.say(say),
                crate::tui::look::Said::Refusal(refusal) => self.look.refusal(refusal),
            },
            None => String::new(),
        }
    }

    /// Fails with the whole screen when the words are not on it.
    pub(super) fn shows(&self, words: &str) {
        let screen = self.screen();
        assert!(
            screen.contains(words),
            "the screen does not show `{words}`:\n{screen}"
        );
    }
}
