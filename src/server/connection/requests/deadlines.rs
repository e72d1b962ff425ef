//! Deadlines, and the calendar that they hang on.

use super::{changes, looks};
use crate::ask::{
    AddDeadline, CountDeadlines, DeadlineRows, DeadlinesMovedCount, Done, ExemptDeadline, GiveDate,
    HolidayReport, ImportHolidays, ListCalendar, ListDates, ListDeadlines, MeetDeadline,
    MoveDeadline, OverrideCalendar, RecordEvent, RemindDeadline, RemindersDrafted, ReopenDeadline,
    ShowDeadline,
};
use crate::domain::access::Actor;
use crate::domain::id::{ObligationId, SmsId};
use crate::domain::refusal::Refusal;
use crate::domain::request_key::RequestKey;
use crate::server::connection::Shared;
use crate::server::daily;
use crate::server::deadlines::Recorded;

/// Rows told after many deadlines were added.
const SHOWN: usize = 1_000;

looks! {
    ListCalendar, |ask, office, _, _| Ok(office.list_calendar(&ask));
    ListDeadlines, |ask, office, _, now| office.list_deadlines(&ask, now);
    CountDeadlines, |ask, office, _, now| Ok(office.count_deadlines(&ask.query, now));
    ShowDeadline, |ask, office, who, now| office.show_deadline(ask.id, who, now);
    ListDates, |_ask, office, _, _| Ok(office.list_dates());
}

changes! {
    RecordEvent => Recorded,
        |ask, office, who, now| office.record_event(&ask, who, now),
        |recorded, office, now| office.event_outcome(recorded, now);
    MeetDeadline => Vec<ObligationId>,
        |ask, office, who, now| Ok((office.meet_deadlines(&ask, who, now)?.0, ask.ids)),
        |ids, office, now| Ok(DeadlineRows { rows: office.deadline_rows(&ids, now)? });
    ExemptDeadline => Vec<ObligationId>,
        |ask, office, who, now| Ok((office.exempt_deadlines(&ask, who, now)?.0, ask.ids)),
        |ids, office, now| Ok(DeadlineRows { rows: office.deadline_rows(&ids, now)? });
    ReopenDeadline => Vec<ObligationId>,
        |ask, office, who, now| Ok((office.reopen_deadlines(&ask, who, now)?.0, ask.ids)),
        |ids, office, now| Ok(DeadlineRows { rows: office.deadline_rows(&ids, now)? });
    MoveDeadline => ObligationId,
        |ask, office, who, now| Ok((office.move_deadline(&ask, who, now)?.0, ask.id)),
        |id, office, now| Ok(DeadlineRows { rows: office.deadline_rows(&[id], now)? });
    RemindDeadline => Vec<SmsId>,
        |ask, office, who, now| office.remind_now(ask.id, who, now),
        |sms, _, _| Ok(RemindersDrafted { sms });
    AddDeadline => Vec<ObligationId>,
        |ask, office, who, now| office.add_deadline(&ask, who, now),
        |ids, office, now| {
            let shown: Vec<_> = ids.into_iter().take(SHOWN).collect();
            Ok(DeadlineRows { rows: office.deadline_rows(&shown, now)? })
        };
}

impl super::Steps for OverrideCalendar {
    fn run(self, shared: &Shared, who: &Actor, _: Option<RequestKey>) -> Result<Done, Refusal> {
        daily::override_calendar(shared, self, who)
    }
}

impl super::Steps for ImportHolidays {
    fn run(
        self,
        shared: &Shared,
        who: &Actor,
        _: Option<RequestKey>,
    ) -> Result<HolidayReport, Refusal> {
        daily::import_holidays(shared, self, who)
    }
}

impl super::Steps for GiveDate {
    fn run(
        self,
        shared: &Shared,
        who: &Actor,
        _: Option<RequestKey>,
    ) -> Result<DeadlinesMovedCount, Refusal> {
        daily::give_date(shared, self, who.clone())
    }
}
