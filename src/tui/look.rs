//! How the desk looks and speaks: theme, keymap and language, with the small words that every screen needs.

use chrono::{DateTime, FixedOffset, NaiveDate};
use ratatui::style::Style;

use super::{
    action::{Action, Context},
    keymap::Keymap,
    theme::{Role, Theme},
};
use crate::domain::refusal::Refusal;
use crate::{
    domain::{
        lang::{Lang, Words},
        letter::LetterState,
        satker::ContactRole,
        sms::{SmsKind, SmsState},
        when,
    },
    locale::{Arg, Locale, Say},
};

/// A text of ours, or a refusal of the office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A text of the locale files.
    Say(Say),
    /// A refusal in the words of the locale files.
    Refusal(Refusal),
}

/// Everything that drawing needs beside the state.
#[derive(Debug)]
pub struct Look {
    /// Roles to looks, and frame characters.
    pub theme: Theme,
    /// Keys to actions.
    pub keymap: Keymap,
    /// Texts.
    pub locale: Locale,
}

impl Look {
    /// The look of a role.
    pub fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// The language of the screen.
    pub const fn lang(&self) -> Lang {
        self.locale.lang()
    }

    /// A text by id.
    pub fn text(&self, id: &str) -> String {
        self.locale.text(id)
    }

    /// The state of a modem. A gateway is away or wrong in other ways than a modem at a port.
    pub fn modem_state(&self, kind: &str, state: &str) -> String {
        super::text::clean(&self.locale.modem_state(kind, state))
    }

    /// A text of ours, or a refusal, in words.
    pub fn said(&self, said: &Said) -> String {
        match said {
            Said::Say(say) => self.say(say),
            Said::Refusal(refusal) => self.refusal(refusal),
        }
    }

    /// A text by id with values.
    pub fn with(&self, id: &str, args: &[(&'static str, Arg)]) -> String {
        self.locale.with(id, args)
    }

    /// A chosen text.
    pub fn say(&self, say: &Say) -> String {
        self.locale.say(say)
    }

    /// Words of a data file.
    pub fn words<'w>(&self, words: &'w Words) -> &'w str {
        words.get(self.lang())
    }

    /// The first key of an action, for hints and sentences.
    pub fn key(&self, context: Context, action: Action) -> Option<String> {
        self.keymap.key(context, action)
    }

    /// A refusal in words; a code without words is shown as it is.
    pub fn refusal(&self, refusal: &Refusal) -> String {
        self.locale.refusal(refusal)
    }

    /// State of a letter.
    pub fn letter_state(&self, state: LetterState) -> String {
        self.text(&format!("letter-{}", state.as_str().replace('_', "-")))
    }

    /// State of a message.
    pub fn sms_state(&self, state: SmsState) -> String {
        self.text(&format!("sms-{}", state.as_str()))
    }

    /// Kind of a message.
    pub fn sms_kind(&self, kind: SmsKind) -> String {
        self.text(&format!("kind-{}", kind.as_str()))
    }

    /// Capacity of an official.
    pub fn role(&self, role: ContactRole) -> String {
        match role {
            // Other programmes name their own.
            ContactRole::Other(_) => role.as_str().replace('-', " "),
            _ => self.text(&format!("role-{}", role.as_str())),
        }
    }

    /// `24-11 08.05`, with the year when it is not this one.
    pub fn moment(&self, at: DateTime<FixedOffset>, now: DateTime<FixedOffset>) -> String {
        use chrono::Datelike;
        let (date, time) = (at.date_naive(), when::clock(at.time()));
        if date.year() == now.year() {
            format!("{:02}-{:02} {time}", date.day(), date.month())
        } else {
            format!(
                "{:02}-{:02}-{:02} {time}",
                date.day(),
                date.month(),
                date.year() % 100
            )
        }
    }

    /// `24-11-2026`.
    pub fn date(&self, date: NaiveDate) -> String {
        when::short(date)
    }

    /// `Sel 24-11-2026 08.05`.
    pub fn clock(&self, now: DateTime<FixedOffset>) -> String {
        use chrono::Datelike;
        let day: String = when::day_name(now.weekday(), self.lang())
            .chars()
            .take(3)
            .collect();
        format!(
            "{day} {} {}",
            when::short(now.date_naive()),
            when::clock(now.time())
        )
    }

    /// How late: `TERLAMBAT 3 hari`, `TERLAMBAT 2 jam`.
    pub fn late(&self, target: DateTime<FixedOffset>, now: DateTime<FixedOffset>) -> String {
        let late = now - target;
        let days = (now.date_naive() - target.date_naive()).num_days();
        if days > 0 {
            self.with("late-days", &[("n", days.into())])
        } else if late.num_hours() > 0 {
            self.with("late-hours", &[("n", late.num_hours().into())])
        } else {
            self.with("late-minutes", &[("n", late.num_minutes().max(1).into())])
        }
    }
}
