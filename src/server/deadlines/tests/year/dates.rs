//! The calendar, and dates given by letter.

use super::{
    About, AddDeadline, Fact, GiveDate, Holiday, HolidayKind, MoveDeadline, Told, World, day, wati,
};

impl World {
    pub(super) fn recompute(&mut self) {
        let moved = self.oracle.recompute();
        let mut wishes = self.taken_back(&moved);
        // What was written anew this moment counts as told for the run that follows.
        for wish in &wishes {
            let (today, owed) = (self.today, self.oracle.find(&wish.label));
            owed.told.push(Told {
                phone: wish.phone.clone(),
                offset: wish.offset,
                named: owed.due,
                day: today,
            });
        }
        self.oracle.open(self.today);
        wishes.extend(self.oracle.morning(self.today));
        self.drafts(wishes, false);
    }

    /// The calendar of the office: one day closed or opened, and the national list corrected.
    pub(super) fn calendar(&mut self) {
        let mut decides = |date: &str, open: bool| {
            let date = day(date);
            self.oracle.working.decide(date, open);
            self.rig.recomputes(Fact::CalendarOverridden {
                date,
                open,
                reason: "keputusan kantor".to_owned(),
            });
            true
        };
        let changed = match self.today.to_string().as_str() {
            "2026-07-07" | "2026-07-09" => decides("2026-07-10", false),
            "2026-07-08" => decides("2026-07-10", true),
            "2026-10-12" => decides("2026-10-10", true),
            "2026-11-06" => decides("2026-11-07", true),
            _ => false,
        };
        if changed {
            self.recompute();
        }
        if self.today == day("2026-05-04") {
            let date = day("2026-05-08");
            let mut holidays: Vec<Holiday> =
                self.rig.office.calendar().holidays().cloned().collect();
            holidays.push(Holiday {
                date,
                kind: HolidayKind::Libur,
                name: "Hari libur susulan".to_owned(),
            });
            self.oracle.working.holiday(date);
            self.rig.recomputes(Fact::HolidaysReplaced { holidays });
            self.recompute();
        }
        let gives: &[(&str, &str, Option<&str>, &str)] = match self.today.to_string().as_str() {
            "2026-02-16" => &[("rekon", "2026-01", None, "2026-02-24")],
            "2026-06-12" => &[("rekon", "2026-05", None, "2026-06-15")],
            "2026-06-22" => &[("ppnpn", "2026-06", None, "2026-06-24")],
            "2026-10-20" => &[
                ("akhir-tahun", "2026", Some("data-kontrak"), "2026-12-04"),
                ("akhir-tahun", "2026", Some("spm-gup"), "2026-12-20"),
            ],
            _ => &[],
        };
        for (obligation, period, item, date) in gives {
            let ask = GiveDate {
                obligation: (*obligation).to_owned(),
                period: crate::domain::period::Period::parse(period).unwrap(),
                item: item.map(str::to_owned),
                date: Some(day(date)),
                note: "S-1/2026".to_owned(),
                far_seen: false,
            };
            self.rig
                .does(&wati(), |office, who, _| {
                    Ok((office.give_date(&ask, who)?, ()))
                })
                .unwrap();
            let name = item.map_or_else(|| (*period).to_owned(), |item| format!("{period} {item}"));
            self.oracle.letters.insert((obligation, name), day(date));
            self.rig
                .does(&wati(), |office, who, now| {
                    Ok((office.recompute_deadlines("letter", who, now)?, ()))
                })
                .unwrap();
            self.rig.runs();
            self.recompute();
        }
        if self.today == day("2026-09-01") {
            let ask = AddDeadline {
                obligation: "lainnya".to_owned(),
                name: "Laporan uji".to_owned(),
                date: day("2026-09-20"),
                satker: Vec::new(),
                far_seen: false,
            };
            self.rig
                .does(&wati(), |office, who, now| {
                    office.add_deadline(&ask, who, now)
                })
                .unwrap();
            let active: Vec<String> = self
                .oracle
                .units
                .iter()
                .filter(|(_, unit)| unit.active)
                .map(|(code, _)| code.clone())
                .collect();
            for code in active {
                let about = About::ByHand("Laporan uji".to_owned(), day("2026-09-20"));
                self.oracle.owe("lainnya", &code, None, about);
            }
        }
        // An extension that was granted: it is told anew.
        if self.today == day("2026-06-10") {
            let open = self.oracle.owed.iter();
            let extended: Vec<String> = open
                .filter(|owed| owed.open && !owed.fixed && owed.rule.id == "lpj")
                .filter(|owed| owed.due == self.today)
                .map(super::super::oracle::Owed::label)
                .take(6)
                .collect();
            assert!(!extended.is_empty());
            for label in extended {
                let ask = MoveDeadline {
                    id: self.id(&label),
                    date: day("2026-06-22"),
                    reason: "perpanjangan".to_owned(),
                };
                self.rig
                    .does(&wati(), |office, who, now| {
                        office.move_deadline(&ask, who, now)
                    })
                    .unwrap();
                let owed = self.oracle.find(&label);
                (owed.due, owed.fixed) = (day("2026-06-22"), true);
                let wishes = self.taken_back(std::slice::from_ref(&label));
                self.drafts(wishes, false);
            }
        }
    }
}
