//! From a due date to the mornings on which reminders go out.

use super::{DayCount, Obligation};
use crate::domain::calendar::Calendar;
use chrono::{Days, NaiveDate};

/// One morning on which the people of a satker are reminded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// The offset of the rule: −7, 0, 1. With the obligation and the phone it identifies a reminder, so it is sent once.
    pub offset: i32,
    /// Working day on which it is sent.
    pub date: NaiveDate,
    /// Real calendar distance from the due date to `date`: −8 where −7 fell on a holiday.
    pub distance: i64,
}

impl Reminder {
    /// `H-8`, `H`, `H+3`: what `{h}` shows.
    pub fn label(&self) -> String {
        distance_label(self.distance)
    }
}

/// `H-8`, `H`, `H+3`.
pub fn distance_label(distance: i64) -> String {
    match distance {
        0 => "H".to_owned(),
        d => format!("H{d:+}"),
    }
}

/// The reminders of a due date, earliest first, at most one a day.
///
/// A reminder before the due date that falls on a day without service goes out on the previous working day. A late one goes out on
/// the *next* working day, because a text that says "late" must not leave before the due date has passed.
/// Of two that meet on one day the first stays, whose text already shows the real distance.
pub fn reminders(obligation: &Obligation, due: NaiveDate, calendar: &Calendar) -> Vec<Reminder> {
    let mut found: Vec<Reminder> = Vec::with_capacity(obligation.remind.offsets.len());
    for &offset in &obligation.remind.offsets {
        let Some(date) = send_date(obligation.remind.count, offset, due, calendar) else {
            continue;
        };
        if found.iter().all(|other| other.date != date) {
            found.push(Reminder {
                offset,
                date,
                distance: (date - due).num_days(),
            });
        }
    }
    found.sort_by_key(|reminder| reminder.date);
    found
}

fn send_date(
    count: DayCount,
    offset: i32,
    due: NaiveDate,
    calendar: &Calendar,
) -> Option<NaiveDate> {
    let date = match count {
        DayCount::Working if offset != 0 => calendar.add_working_days(due, offset),
        DayCount::Working | DayCount::Calendar => shift_days(due, offset)?,
    };
    Some(if offset > 0 {
        calendar.at_or_after(date)
    } else {
        calendar.at_or_before(date)
    })
}

fn shift_days(date: NaiveDate, days: i32) -> Option<NaiveDate> {
    date.checked_add_signed(chrono::TimeDelta::days(i64::from(days)))
}

/// How late something is on `today`, in the days in which the rule counts: what `{lambat}` shows. Zero until the due date has passed.
pub fn days_late(
    obligation: &Obligation,
    due: NaiveDate,
    today: NaiveDate,
    calendar: &Calendar,
) -> i64 {
    let days = match obligation.remind.count {
        DayCount::Working => calendar.working_days_between(due, today),
        DayCount::Calendar => (today - due).num_days(),
    };
    days.max(0)
}

/// Late reminders after the last offset of the rule, up to and including `until`; empty when the rule does not repeat.
/// Their offsets are the calendar distances, which no earlier reminder can have.
pub fn late_repeats(
    obligation: &Obligation,
    due: NaiveDate,
    calendar: &Calendar,
    until: NaiveDate,
) -> Vec<Reminder> {
    let Some(repeat) = obligation.remind.then_every else {
        return Vec::new();
    };
    let mut last = reminders(obligation, due, calendar)
        .last()
        .map_or(due, |reminder| reminder.date)
        .max(due);
    let mut found = Vec::new();
    loop {
        let next = match repeat.count {
            DayCount::Working => {
                calendar.add_working_days(last, i32::try_from(repeat.days).unwrap_or(i32::MAX))
            }
            DayCount::Calendar => {
                let Some(next) = last.checked_add_days(Days::new(u64::from(repeat.days))) else {
                    break;
                };
                calendar.at_or_after(next)
            }
        };
        if next > until || next <= last {
            break;
        }
        let distance = (next - due).num_days();
        found.push(Reminder {
            offset: i32::try_from(distance).unwrap_or(i32::MAX),
            date: next,
            distance,
        });
        last = next;
    }
    found
}
