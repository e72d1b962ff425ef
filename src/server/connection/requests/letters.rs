//! Letters.

use super::{changes, looks};
use crate::ask::{
    EndLetter, LetterEnd, ListLetters, MoveLetter, PreviewEnd, PreviewLetter, RegisterLetter,
    Registered, ShowLetter,
};
use crate::domain::access::Actor;
use crate::domain::fact::Fact;
use crate::domain::id::AgendaNo;
use crate::domain::refusal::Refusal;
use crate::server::letters::Entered;
use crate::server::office::Office;

looks! {
    ListLetters, |ask, office, _, now| office.list_letters(&ask, now);
    ShowLetter, |ask, office, who, now| office.show_letter(ask.agenda, who, now);
    PreviewLetter, |ask, office, who, now| office.preview_letter(&ask.letter, who, now);
    PreviewEnd, |ask, office, _, now| office.preview_end(&ask.end, now);
}

changes! {
    MoveLetter => AgendaNo,
        |ask, office, who, now| office.move_letter(&ask, who, now),
        |agenda, office, now| office.letter_row(agenda, now);
    EndLetter => Entered,
        |ask, office, who, now| office.end_letter(&ask, who, now),
        |entered, office, now| Ok(LetterEnd {
            letter: office.letter_row(entered.agenda, now)?,
            sms: entered.sms,
            no_sms: entered.no_sms,
        });
}

impl super::Change for RegisterLetter {
    type Made = Entered;

    fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    fn again(about: &str, office: &Office) -> Result<Entered, Refusal> {
        let agenda: AgendaNo = about.parse().map_err(|_| Refusal::new("key-reused"))?;
        let sms = office.store.index().sms_of_letter(agenda).first().copied();
        Ok(Entered {
            agenda,
            sms,
            no_sms: None,
            duplicate: None,
        })
    }

    fn decide(
        self,
        office: &Office,
        who: &Actor,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<(Vec<Fact>, Entered), Refusal> {
        office.register(&self, who, now)
    }

    fn told(
        entered: Entered,
        office: &Office,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<Registered, Refusal> {
        Ok(Registered {
            letter: office.letter_row(entered.agenda, now)?,
            duplicate_of: entered.duplicate,
            sms: entered.sms,
        })
    }
}
