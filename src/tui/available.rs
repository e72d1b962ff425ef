//! Why an action cannot be done now. The server enforces; the desk says it beforehand, in help, palette and message line.

use super::{
    action::{Action, Context},
    popup::Popup,
    screen::{letters::LettersScreen, sms::Chosen},
    state::{LinkState, Place, State},
    update::{deadline_fits, letters_fit, sms_offered},
};
use crate::{ask::RequestName, domain::access::Role, locale::Say};

impl Action {
    /// Why it cannot be done now; `None` when it can.
    pub fn unavailable(self, state: &State) -> Option<Say> {
        if !matches!(
            state.popups.last(),
            None | Some(Popup::Help(_) | Popup::Palette(_))
        ) {
            return None;
        }
        if let Some(tab) = self.module_tab() {
            return (tab >= state.modules.len()).then(|| Say::new("no-such-tab"));
        }
        if let Some(asks) = self.asks() {
            match state.role() {
                Some(role) if role < asks.needs() && !matches!(self, Self::LoadDemo) => {
                    let needs = Say::new(format!("user-{}", asks.needs().as_str()));
                    return Some(Say::new("role-too-low").with("needs", needs));
                }
                None if state.link == LinkState::Up => return None,
                _ => {}
            }
            if state.link != LinkState::Up {
                return Some(Say::new("not-connected"));
            }
        }
        match (self, state.place) {
            (Self::LoadDemo, _) => demo(state),
            (Self::HoldSending, _) => cannot_resume(state),
            (Self::MoveDown | Self::MoveUp | Self::Open, _)
            | (Self::NextFilter | Self::PreviousFilter, Place::Inbox) => None,
            (_, Place::Letters(tab)) => {
                self.unavailable_for_letters(state, state.letters.get(tab)?)
            }
            (_, Place::Sms) => self.unavailable_for_sms(state),
            (Self::AnswerInbox | Self::DoneInbox | Self::AssignInbox, Place::Inbox) => {
                self.unavailable_for_inbox(state)
            }
            (_, Place::Deadlines) => self.unavailable_for_deadlines(state),
            (
                Self::SatkerLetters
                | Self::SatkerSms
                | Self::SatkerDeadlines
                | Self::RecordEvent
                | Self::DraftSms,
                Place::Satker,
            ) => state
                .satker
                .list
                .selected()
                .is_none()
                .then(|| Say::new("nothing-selected")),
            (Self::Mark | Self::MarkAll | Self::ClearMarks, _) => Some(Say::new("no-marks-here")),
            (Self::Sort, _) => Some(Say::new("no-sort-here")),
            (Self::NextFilter | Self::PreviousFilter, _) => Some(Say::new("no-filter-here")),
            (Self::Find, Place::Home) => Some(Say::new("no-find-here")),
            _ => None,
        }
    }

    /// The request that changes something and that this leads to: its row in the table says who may. None for what only shows.
    const fn asks(self) -> Option<RequestName> {
        Some(match self {
            Self::RegisterLetter => RequestName::RegisterLetter,
            Self::CompleteLetter | Self::ReturnLetter | Self::RejectLetter | Self::VoidLetter => {
                RequestName::EndLetter
            }
            Self::StartLetter
            | Self::WaitLetter
            | Self::ResumeLetter
            | Self::HandOverLetter
            | Self::DisposeLetter => RequestName::MoveLetter,
            Self::ConfirmSms | Self::ConfirmShown => RequestName::ConfirmSms,
            Self::EditSms => RequestName::EditSms,
            Self::RejectSms => RequestName::RejectSms,
            Self::WithdrawSms => RequestName::WithdrawSms,
            Self::UndoSms => RequestName::UndoSms,
            Self::ResendSms => RequestName::ResendSms,
            Self::SettleSms => RequestName::SettleSms,
            Self::Broadcast => RequestName::Broadcast,
            Self::DraftSms => RequestName::DraftSms,
            Self::MeetDeadline => RequestName::MeetDeadline,
            Self::ExemptDeadline => RequestName::ExemptDeadline,
            Self::ReopenDeadline => RequestName::ReopenDeadline,
            Self::MoveDeadline => RequestName::MoveDeadline,
            Self::RemindDeadline => RequestName::RemindDeadline,
            Self::RecordEvent => RequestName::RecordEvent,
            Self::AddDeadline => RequestName::AddDeadline,
            Self::GiveDate => RequestName::GiveDate,
            Self::AnswerInbox => RequestName::AnswerInbox,
            Self::DoneInbox => RequestName::DoneInbox,
            Self::AssignInbox => RequestName::AssignInbox,
            Self::HoldSending => RequestName::HoldSending,
            Self::LoadDemo => RequestName::LoadDemo,
            _ => return None,
        })
    }

    fn unavailable_for_letters(self, state: &State, screen: &LettersScreen) -> Option<Say> {
        match self {
            Self::RegisterLetter => {
                let module = screen.module.as_deref().and_then(|id| state.module(id));
                return match module {
                    None => Some(Say::new("choose-module-first")),
                    Some(module) if module.services.is_empty() => {
                        Some(Say::new("no-services-here"))
                    }
                    Some(_) if no_satker(state) => Some(Say::new("import-first")),
                    Some(module) => not_my_section(state, &module.section),
                };
            }
            Self::ClearMarks if screen.marks.is_empty() => return Some(Say::new("nothing-marked")),
            Self::LetterSms | Self::Mark | Self::MarkAll if screen.list.selected().is_none() => {
                return Some(Say::new("nothing-selected"));
            }
            _ => {}
        }
        if !self.contexts().contains(&Context::Letters)
            || matches!(self, Self::LetterSms | Self::ModuleDeadlines)
        {
            return None;
        }
        let chosen = screen.chosen();
        let Some(first) = chosen.first() else {
            return Some(Say::new("nothing-selected"));
        };
        if !chosen.iter().any(|row| letters_fit(self, row.state)) {
            let letter_state =
                Say::new(format!("letter-{}", first.state.as_str().replace('_', "-")));
            return Some(Say::new("letter-state-wrong").with("state", letter_state));
        }
        if matches!(self, Self::CompleteLetter)
            && chosen.iter().any(|row| row.service != first.service)
        {
            return Some(Say::new("one-service-only"));
        }
        let owner = state
            .module(&first.module)
            .map_or(first.section.as_str(), |module| module.section.as_str());
        not_my_section(state, owner)
    }

    fn unavailable_for_deadlines(self, state: &State) -> Option<Say> {
        let screen = &state.deadlines;
        match self {
            Self::Sort => return Some(Say::new("no-sort-here")),
            Self::ClearMarks if screen.marks.is_empty() => {
                return Some(Say::new("nothing-marked"));
            }
            Self::Mark | Self::MarkAll if screen.month.is_some() => {
                return Some(Say::new("no-marks-here"));
            }
            Self::Mark | Self::MarkAll if screen.list.selected().is_none() => {
                return Some(Say::new("nothing-selected"));
            }
            Self::NextFilter | Self::PreviousFilter if screen.month.is_some() => {
                return Some(Say::new("no-filter-here"));
            }
            Self::RecordEvent | Self::AddDeadline if no_satker(state) => {
                return Some(Say::new("import-first"));
            }
            _ => {}
        }
        let of_a_row = matches!(
            self,
            Self::MeetDeadline
                | Self::ExemptDeadline
                | Self::ReopenDeadline
                | Self::MoveDeadline
                | Self::RemindDeadline
                | Self::DeadlineSms
                | Self::DeadlineLetter
        );
        if !of_a_row {
            return None;
        }
        let chosen = screen.chosen();
        let Some(first) = chosen.first() else {
            return Some(Say::new("nothing-selected"));
        };
        if matches!(self, Self::DeadlineSms | Self::DeadlineLetter) {
            return None;
        }
        if matches!(self, Self::MoveDeadline | Self::RemindDeadline) && chosen.len() > 1 {
            return Some(Say::new("one-deadline-only"));
        }
        if !chosen.iter().any(|row| deadline_fits(self, &row.state)) {
            let state = Say::new(format!("deadline-state-{}", first.state));
            return Some(Say::new("deadline-state-wrong").with("state", state));
        }
        not_my_section(state, &first.section)
    }

    fn unavailable_for_inbox(self, state: &State) -> Option<Say> {
        let Some(row) = state.inbox.list.selected() else {
            return Some(Say::new("nothing-selected"));
        };
        match self {
            Self::AnswerInbox if !row.answerable => Some(Say::new("inbox-no-number")),
            Self::DoneInbox | Self::AssignInbox if row.open == 0 => {
                Some(Say::new("inbox-nothing-open"))
            }
            _ => None,
        }
    }

    fn unavailable_for_sms(self, state: &State) -> Option<Say> {
        match self {
            Self::DraftSms => return None,
            Self::NumberSms => {
                let contact = state.sms.of_contacts() && state.sms.repairs.list.total > 0;
                let any = contact || state.sms.row().is_some();
                return (!any).then(|| Say::new("nothing-selected"));
            }
            Self::Broadcast => {
                return if state.role() == Some(Role::Section) {
                    Some(Say::new("role-section-only"))
                } else {
                    no_satker(state).then(|| Say::new("import-first"))
                };
            }
            Self::ClearMarks if state.sms.marked() == 0 => {
                return Some(Say::new("nothing-marked"));
            }
            Self::Mark | Self::MarkAll if state.sms.of_contacts() => {
                return Some(Say::new("no-marks-here"));
            }
            Self::Sort if state.sms.of_contacts() => return Some(Say::new("no-sort-here")),
            Self::Mark if state.sms.row().is_none() => {
                return Some(Say::new("nothing-selected"));
            }
            Self::MarkAll if state.sms.found == 0 => {
                return Some(Say::new("nothing-selected"));
            }
            _ => {}
        }
        if !self.contexts().contains(&Context::Sms) {
            return None;
        }
        if self == Self::UndoSms && !state.sms.confirmed.is_empty() {
            return None;
        }
        if state.sms.of_contacts() {
            return Some(Say::new("repair-no-sms"));
        }
        let chosen = if self == Self::ConfirmShown {
            Chosen::Found(Box::new(state.sms.filter()), state.sms.found)
        } else {
            state.sms.chosen()
        };
        match sms_offered(self, &chosen) {
            Ok(()) => None,
            Err(None) => Some(Say::new("nothing-selected")),
            Err(Some(now)) => {
                let now = Say::new(format!("sms-{}", now.as_str()));
                Some(Say::new("sms-state-wrong").with("state", now))
            }
        }
    }
}

fn demo(state: &State) -> Option<Say> {
    match &state.overview {
        Some(overview) if overview.actor.role != Role::Admin => Some(Say::new("demo-admin-only")),
        Some(overview) if overview.store.satker > 0 || overview.store.letters > 0 => {
            Some(Say::new("demo-not-empty"))
        }
        _ => None,
    }
}

/// Whoever pulled the brake may release it, and every supervisor.
fn cannot_resume(state: &State) -> Option<Say> {
    let overview = state.overview.as_ref()?;
    let held = overview.held.as_ref()?;
    let may = held.by == overview.actor.user || overview.actor.role >= Role::Supervisor;
    (!may).then(|| Say::new("held-by-other").with("who", held.by.as_str()))
}

fn no_satker(state: &State) -> bool {
    state
        .overview
        .as_ref()
        .is_some_and(|overview| overview.store.satker == 0)
}

/// The role `section` works on the modules of its section only.
fn not_my_section(state: &State, section: &str) -> Option<Say> {
    let actor = &state.overview.as_ref()?.actor;
    (actor.role == Role::Section && !actor.may_touch(section))
        .then(|| Say::new("not-my-section").with("section", section))
}
