//! Forms: a letter to register, the end of a letter, a reason.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::refusal::Refusal;
use crate::{
    ask::{
        AnswerInbox, AssignInbox, Audience, Broadcast, BroadcastReport, DraftSms, EndLetter,
        EndPreview, HoldSending, LetterPreview, MoveLetter, NewLetter, PreviewBroadcast,
        PreviewEnd, PreviewLetter, RegisterLetter, Request, SettleSms, SmsChoice,
    },
    domain::sms::SmsState,
    domain::{
        id::{AgendaNo, InboxId, SatkerCode, SmsId},
        letter::LetterState,
    },
    locale::Say,
};

pub mod area;
pub mod deadline;
pub mod field;
pub mod register;
pub mod view;

pub use deadline::DeadlineTask;
pub use field::{Field, Kind, Label, Picker, Reading};

use super::Many;

/// Fields to fill in, and what saving them does.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent facts about a form"
)]
pub struct Form {
    /// Tells its answers from those of other forms.
    pub number: u64,
    /// What saving does.
    pub purpose: Purpose,
    /// The fields in their order.
    pub fields: Vec<Field>,
    /// The field being typed into.
    pub focus: usize,
    /// The office is asked to save.
    pub saving: bool,
    /// Saving was tried, so every problem is shown.
    pub tried: bool,
    /// What the office says is wrong, by field.
    pub problems: Vec<Refusal>,
    /// Something was typed since the form was opened or its draft kept.
    pub dirty: bool,
    /// Esc was pressed once, and what was typed would be lost.
    pub leaving: bool,
    pub(in crate::tui) turn: crate::tui::widget::turn::Turn,
}

/// Requests, each with the letter it is about.
pub type Requests = Vec<(Option<AgendaNo>, Request)>;

/// What saving a form does.
#[derive(Debug)]
pub enum Purpose {
    /// Registers a letter.
    Register(Box<Registration>),
    /// Ends letters.
    End {
        /// `completed`, `returned`, `rejected` or `void`.
        to: LetterState,
        /// Which.
        letters: Vec<AgendaNo>,
        /// What it would give for the first of them.
        preview: Option<EndPreview>,
    },
    /// Moves letters on inside the office.
    Move {
        /// `dispositioned` or `waiting`.
        to: LetterState,
        /// Which.
        letters: Vec<AgendaNo>,
    },
    /// Rejects messages.
    RejectSms(Many),
    /// Stops all sending.
    Hold,
    /// Announces something to many.
    Broadcast {
        /// By which a repeated request is recognised.
        key: String,
        /// What it would be.
        report: Option<Box<BroadcastReport>>,
    },
    /// Decides what became of messages.
    SettleSms(Vec<SmsId>),
    /// Records or decides something about deadlines.
    Deadline {
        /// What.
        task: DeadlineTask,
        /// The person has seen that the date is more than a year away.
        far_seen: bool,
    },
    /// Answers a conversation.
    AnswerInbox {
        /// Up to this message.
        id: InboxId,
        /// To whom, as people write it.
        to: String,
        /// By which a repeated request is recognised.
        key: String,
    },
    /// Gives a conversation to a section.
    AssignInbox(InboxId),
    /// Writes a free message.
    DraftSms {
        /// To an official of the satker with this code and name, or to a phone.
        satker: Option<(SatkerCode, String)>,
        /// By which a repeated request is recognised.
        key: String,
    },
}

/// A letter being registered.
#[derive(Debug, Default)]
pub struct Registration {
    /// Module id.
    pub module: String,
    /// By which a repeated request is recognised.
    pub key: String,
    /// What registering would give.
    pub preview: LetterPreview,
    /// The person has seen that sender and number exist already.
    pub duplicate_seen: bool,
    /// The draft of last time was put in.
    pub restored: bool,
}

impl Form {
    pub(in crate::tui) fn new(number: u64, purpose: Purpose, fields: Vec<Field>) -> Self {
        Self {
            number,
            purpose,
            fields,
            focus: 0,
            saving: false,
            tried: false,
            problems: Vec::new(),
            dirty: false,
            leaving: false,
            turn: crate::tui::widget::turn::Turn::default(),
        }
    }

    /// The title.
    pub fn title(&self) -> Say {
        let letters = |id: &'static str, letters: &[AgendaNo]| match letters {
            [one] => Say::new(id).with("which", one.to_string()),
            many => Say::new(id).with("which", Say::new("letters-count").with("n", many.len())),
        };
        let messages = |id: &'static str, ids: &[SmsId]| match ids {
            [one] => Say::new(id).with("which", one.to_string()),
            many => Say::new(id).with("which", Say::new("sms-count").with("n", many.len())),
        };
        match &self.purpose {
            Purpose::Register(_) => Say::new("form-register"),
            Purpose::End {
                to, letters: which, ..
            } => letters(
                match to {
                    LetterState::Returned => "form-return",
                    LetterState::Rejected => "form-reject",
                    LetterState::Void => "form-void",
                    _ => "form-complete",
                },
                which,
            ),
            Purpose::Move {
                to: LetterState::Dispositioned,
                letters: which,
            } => letters("form-dispose", which),
            Purpose::Move { letters: which, .. } => letters("form-wait", which),
            Purpose::RejectSms(Many::Ids(ids)) => messages("form-reject-sms", ids),
            Purpose::RejectSms(many) => {
                let count = Say::new("sms-count").with("n", many.count());
                Say::new("form-reject-sms").with("which", count)
            }
            Purpose::Hold => Say::new("form-hold"),
            Purpose::Broadcast { .. } => Say::new("form-broadcast"),
            Purpose::SettleSms(ids) => messages("form-settle-sms", ids),
            Purpose::AnswerInbox { to, .. } => {
                Say::new("form-answer-inbox").with("to", to.as_str())
            }
            Purpose::AssignInbox(_) => Say::new("form-assign-inbox"),
            Purpose::DraftSms {
                satker: Some((code, name)),
                ..
            } => Say::new("form-draft-sms-to").with("which", format!("{code} {name}")),
            Purpose::DraftSms { satker: None, .. } => Say::new("form-draft-sms"),
            Purpose::Deadline { task, .. } => task.title(),
        }
    }

    /// Whether it takes the whole screen.
    pub const fn is_page(&self) -> bool {
        matches!(self.purpose, Purpose::Register(_))
    }

    /// The field being typed into.
    pub fn focused(&self) -> Option<&Field> {
        self.fields.get(self.focus)
    }

    /// The field being typed into.
    pub(in crate::tui) fn focused_mut(&mut self) -> Option<&mut Field> {
        self.fields.get_mut(self.focus)
    }

    /// The field with this id.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// The value of a field; empty when there is no such field.
    pub fn value(&self, id: &str) -> String {
        self.field(id).map(Field::value).unwrap_or_default()
    }

    /// What is wrong with a field, in the words of the office or of the field itself. Nothing is said of a field that the person
    /// has not come to yet.
    pub fn problem(&self, field: &Field, today: NaiveDate) -> Option<Problem> {
        if !self.tried && !field.touched {
            return None;
        }
        if let Reading::Bad(words) = field.reading(today) {
            return Some(Problem::Words(words));
        }
        if let Some(refusal) = self
            .problems
            .iter()
            .find(|refusal| concerns(refusal, &field.id))
        {
            // Emptiness is only held against a field once saving was tried.
            if self.tried || !field.value().is_empty() {
                return Some(Problem::Refusal(refusal.clone()));
            }
        }
        (self.tried && field.required && field.value().is_empty()).then_some(Problem::Required)
    }

    /// The first field that cannot be saved as it is.
    pub fn first_problem(&self, today: NaiveDate) -> Option<usize> {
        self.fields.iter().position(|field| {
            matches!(field.reading(today), Reading::Bad(_))
                || (field.required && field.value().is_empty())
        })
    }

    /// What was typed, for the draft on the server. Empty fields are left out.
    pub fn draft_values(&self) -> BTreeMap<String, String> {
        let mut values: BTreeMap<String, String> = self
            .fields
            .iter()
            .filter(|field| !field.typed().is_empty())
            .map(|field| (field.id.clone(), field.typed()))
            .collect();
        if let Purpose::Register(registration) = &self.purpose {
            values.insert("_key".to_owned(), registration.key.clone());
        }
        values
    }

    /// The question about what saving would give, where there is one.
    pub fn preview_request(&self) -> Option<Request> {
        match &self.purpose {
            Purpose::Register(registration) => Some(Request::PreviewLetter(PreviewLetter {
                letter: self.new_letter(registration),
            })),
            Purpose::End { to, letters, .. } => letters.first().map(|agenda| {
                Request::PreviewEnd(PreviewEnd {
                    end: self.end(*to, *agenda),
                })
            }),
            Purpose::Broadcast { .. } => Some(Request::PreviewBroadcast(PreviewBroadcast {
                audience: self.audience(),
                text: self.value("text"),
            })),
            _ => None,
        }
    }

    /// Who gets the announcement.
    fn audience(&self) -> Audience {
        let list = |text: String| -> Vec<String> {
            let parts = text.split([',', ';']).map(str::trim);
            parts
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect()
        };
        Audience {
            codes: crate::ask::codes_of(&self.value("codes")),
            regions: list(self.value("region")),
            module: Some(self.value("module")).filter(|module| !module.is_empty()),
            role: crate::domain::satker::ContactRole::parse(&self.value("role")),
        }
    }

    /// What saving asks of the office; each with the letter it is about, when there are several.
    ///
    /// # Errors
    /// The id of the field that keeps it from being asked.
    pub fn requests(&self, today: NaiveDate) -> Result<Requests, &'static str> {
        let note = || Some(self.value("note")).filter(|note| !note.trim().is_empty());
        Ok(match &self.purpose {
            Purpose::Deadline { task, far_seen } => {
                vec![(None, task.request(self, today, *far_seen)?)]
            }
            Purpose::Register(registration) => vec![(
                None,
                Request::RegisterLetter(RegisterLetter {
                    letter: self.new_letter(registration),
                    duplicate_seen: registration.duplicate_seen,
                    key: Some(registration.key.clone()),
                }),
            )],
            Purpose::End { to, letters, .. } => letters
                .iter()
                .map(|agenda| (Some(*agenda), Request::EndLetter(self.end(*to, *agenda))))
                .collect(),
            Purpose::Move { to, letters } => letters
                .iter()
                .map(|agenda| {
                    let request = MoveLetter {
                        agenda: *agenda,
                        to: *to,
                        section: Some(self.value("section")).filter(|section| !section.is_empty()),
                        note: note(),
                    };
                    (Some(*agenda), Request::MoveLetter(request))
                })
                .collect(),
            // Many messages are rejected in pieces, after the form is closed.
            Purpose::RejectSms(_) => Vec::new(),
            Purpose::Hold => vec![(
                None,
                Request::HoldSending(HoldSending {
                    reason: self.value("note"),
                }),
            )],
            Purpose::SettleSms(ids) => {
                let state = if self.value("outcome") == "failed" {
                    SmsState::Failed
                } else {
                    SmsState::Sent
                };
                vec![(
                    None,
                    Request::SettleSms(SettleSms {
                        which: SmsChoice::Ids(ids.clone()),
                        state,
                    }),
                )]
            }
            Purpose::Broadcast { key, .. } => vec![(
                None,
                Request::Broadcast(Broadcast {
                    audience: self.audience(),
                    text: self.value("text"),
                    key: Some(key.clone()),
                }),
            )],
            Purpose::AnswerInbox { id, key, .. } => vec![(
                None,
                Request::AnswerInbox(AnswerInbox {
                    id: *id,
                    text: self.value("text"),
                    key: Some(key.clone()),
                }),
            )],
            Purpose::AssignInbox(id) => vec![(
                None,
                Request::AssignInbox(AssignInbox {
                    id: *id,
                    section: self.value("section"),
                }),
            )],
            Purpose::DraftSms { satker, key } => {
                let role = crate::domain::satker::ContactRole::parse(&self.value("role"));
                vec![(
                    None,
                    Request::DraftSms(DraftSms {
                        to: satker.is_none().then(|| self.value("to")),
                        satker: satker.as_ref().map(|(code, _)| *code),
                        role: satker.as_ref().and(role),
                        text: self.value("text"),
                        key: Some(key.clone()),
                    }),
                )]
            }
        })
    }

    fn end(&self, to: LetterState, agenda: AgendaNo) -> EndLetter {
        let fields = self
            .fields
            .iter()
            .filter(|field| field.of_module && !field.value().is_empty())
            .map(|field| (field.id.clone(), field.value()))
            .collect();
        EndLetter {
            agenda,
            to,
            note: self.value("note"),
            fields,
        }
    }

    fn new_letter(&self, registration: &Registration) -> NewLetter {
        let sender = self.fields.iter().find_map(|field| match &field.kind {
            Kind::Satker(picker) => Some(picker),
            _ => None,
        });
        let fields = self
            .fields
            .iter()
            .filter(|field| field.of_module && !field.value().is_empty())
            .map(|field| (field.id.clone(), field.value()))
            .collect();
        NewLetter {
            module: registration.module.clone(),
            service: self.value("service"),
            satker: sender
                .and_then(Picker::code)
                .map(|code| code.to_string())
                .unwrap_or_default(),
            sender: sender.map(Picker::other_sender).unwrap_or_default(),
            number: self.value("number"),
            date: self.value("date"),
            subject: self.value("subject"),
            attachments: self.value("attachments"),
            urgency: crate::domain::letter::Urgency::parse(&self.value("urgency"))
                .unwrap_or_default(),
            security: crate::domain::letter::Security::parse(&self.value("security"))
                .unwrap_or_default(),
            channel: crate::domain::letter::Channel::parse(&self.value("channel"))
                .unwrap_or_default(),
            bringer: self.value("bringer"),
            bringer_phone: self.value("bringer_phone"),
            note: self.value("note"),
            fields,
            previous: self.value("previous"),
        }
    }

    /// Ids of the fields, to tell which of a refusal's fields is on this form.
    pub fn ids(&self) -> BTreeSet<&str> {
        self.fields.iter().map(|field| field.id.as_str()).collect()
    }
}

/// Whether a refusal is about this field. A reason is typed into the field that elsewhere takes a remark.
pub fn concerns(refusal: &Refusal, field: &str) -> bool {
    match refusal.field.as_deref() {
        Some("reason") => matches!(field, "note" | "reason"),
        Some(named) => named == field,
        None => false,
    }
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Nothing typed, and something is wanted.
    Required,
    /// The field itself says so.
    Words(crate::domain::lang::Words),
    /// The office says so.
    Refusal(Refusal),
}
