//! A letter or submission on its way through the office.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::id::{AgendaNo, SatkerCode};
use super::phone::PhoneNumber;

/// Where a letter stands. `received → dispositioned → in_progress ⇄ waiting → completed → handed_over`, with four side exits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterState {
    /// Diterima front office.
    Received,
    /// Didisposisi.
    Dispositioned,
    /// Diproses seksi.
    InProgress,
    /// Menunggu kelengkapan; the service clock stands still.
    Waiting,
    /// Selesai.
    Completed,
    /// Diserahkan: fetched or sent.
    HandedOver,
    /// Dikembalikan for repair; a resubmission is a new agenda number.
    Returned,
    /// Ditolak.
    Rejected,
    /// Batal: entered by mistake.
    Void,
}

impl LetterState {
    /// All states, in the order of a letter's life.
    pub const ALL: [Self; 9] = [
        Self::Received,
        Self::Dispositioned,
        Self::InProgress,
        Self::Waiting,
        Self::Completed,
        Self::HandedOver,
        Self::Returned,
        Self::Rejected,
        Self::Void,
    ];

    /// The written form, as used on the command line and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Dispositioned => "dispositioned",
            Self::InProgress => "in_progress",
            Self::Waiting => "waiting",
            Self::Completed => "completed",
            Self::HandedOver => "handed_over",
            Self::Returned => "returned",
            Self::Rejected => "rejected",
            Self::Void => "void",
        }
    }

    /// Reads the written form; case and `-` for `_` do not matter.
    pub fn parse(text: &str) -> Option<Self> {
        let wanted = text.trim().to_ascii_lowercase().replace('-', "_");
        Self::ALL.into_iter().find(|state| state.as_str() == wanted)
    }

    /// Whether the office still owes an answer.
    pub fn is_open(self) -> bool {
        matches!(
            self,
            Self::Received | Self::Dispositioned | Self::InProgress | Self::Waiting
        )
    }

    /// Whether a letter in this state may go to that one.
    pub fn may_become(self, next: Self) -> bool {
        use LetterState::{
            Completed, Dispositioned, HandedOver, InProgress, Received, Rejected, Returned, Void,
            Waiting,
        };
        match next {
            Received => false,
            Dispositioned => matches!(self, Received | Dispositioned | InProgress),
            InProgress => matches!(self, Received | Dispositioned | Waiting),
            Waiting => matches!(self, Received | Dispositioned | InProgress),
            Completed | Returned | Rejected => self.is_open(),
            HandedOver => matches!(self, Completed | Returned | Rejected),
            Void => !matches!(self, Void),
        }
    }
}

/// Who sent a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    /// A work unit.
    Satker(SatkerCode),
    /// Anyone else (a bank, the Kanwil, a citizen), up to 100 characters.
    Other(String),
}

impl Sender {
    /// The code, where the sender is a work unit.
    pub fn satker(&self) -> Option<SatkerCode> {
        match self {
            Self::Satker(code) => Some(*code),
            Self::Other(_) => None,
        }
    }
}

/// Written forms of a small choice, for command line, JSON and forms.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// All values, the usual one first.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The written form.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Reads the written form; case does not matter.
            pub fn parse(text: &str) -> Option<Self> {
                let wanted = text.trim().to_lowercase();
                Self::ALL.iter().copied().find(|value| value.as_str() == wanted)
            }
        }
    };
}

choice!(
    /// Sifat: urgency as printed on the letter.
    Urgency {
        /// Biasa.
        #[default]
        Biasa = "biasa",
        /// Segera.
        Segera = "segera",
        /// Sangat segera.
        SangatSegera = "sangat-segera",
    }
);
choice!(
    /// Klasifikasi keamanan. The subject of a `rahasia` letter never enters an SMS.
    Security {
        /// Biasa or terbuka.
        #[default]
        Biasa = "biasa",
        /// Terbatas.
        Terbatas = "terbatas",
        /// Rahasia.
        Rahasia = "rahasia",
    }
);
choice!(
    /// Kanal: the way by which the letter came in.
    Channel {
        /// The counter.
        #[default]
        Loket = "loket",
        /// The satker's financial application.
        Sakti = "sakti",
        /// E-mail.
        Email = "email",
        /// Post.
        Pos = "pos",
        /// An SMS to the office.
        Sms = "sms",
    }
);

/// A span in which the office waited for the satker, so that the service clock stood still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// When the waiting began.
    pub from: DateTime<Utc>,
    /// When it ended; none while it lasts.
    pub to: Option<DateTime<Utc>>,
}

/// One step of a letter's life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The state reached.
    pub state: LetterState,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: String,
    /// Reason or remark, if any.
    pub note: Option<String>,
}

/// A registered letter. All texts are free of control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Its number in the agenda book.
    pub agenda: AgendaNo,
    /// Module id, for example `lpj`.
    pub module: String,
    /// Service id inside the module.
    pub service: String,
    /// Who sent it.
    pub sender: Sender,
    /// Nomor surat as printed by the sender, up to 50 characters.
    pub number: Option<String>,
    /// Date on the letter.
    pub date: Option<NaiveDate>,
    /// Perihal, up to 200 characters.
    pub subject: String,
    /// Lampiran, as written ("satu berkas"), up to 40 characters.
    pub attachments: Option<String>,
    /// Sifat.
    pub urgency: Urgency,
    /// Klasifikasi keamanan.
    pub security: Security,
    /// Kanal.
    pub channel: Channel,
    /// Name of the person who brought it.
    pub bringer: Option<String>,
    /// Phone of the person who brought it.
    pub bringer_phone: Option<PhoneNumber>,
    /// Remark of the desk, up to 300 characters.
    pub note: Option<String>,
    /// The module's own fields: id → canonical value.
    pub fields: BTreeMap<String, String>,
    /// The section that works on it.
    pub section: String,
    /// The agenda number that this one replaces, when it was returned and comes again.
    pub previous: Option<AgendaNo>,
    /// Received at, set by the machine.
    pub received: DateTime<Utc>,
    /// Promised completion by norm, service hours, holidays and stops; none for a service without a norm.
    pub target: Option<DateTime<Utc>>,
    /// When it reached an end (completed, returned, rejected or void).
    pub completed: Option<DateTime<Utc>>,
    /// Present state.
    pub state: LetterState,
    /// Spans of waiting for the satker.
    pub stops: Vec<Stop>,
    /// All steps, oldest first.
    pub history: Vec<Step>,
}

impl Letter {
    /// Whether the promised time has passed: still open after it, or ended after it. A letter that waits for the satker is not
    /// overdue, since its clock stands still.
    pub fn overdue(&self, now: DateTime<Utc>) -> bool {
        match (self.target, self.state) {
            (None, _) | (_, LetterState::Waiting | LetterState::Void) => false,
            (Some(target), state) if state.is_open() => now > target,
            (Some(target), _) => self.completed.is_some_and(|end| end > target),
        }
    }

    /// Who registered it.
    pub fn registered_by(&self) -> &str {
        self.history.first().map_or("", |step| step.by.as_str())
    }
}
