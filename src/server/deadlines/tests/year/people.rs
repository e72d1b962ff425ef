//! What people enter: what is met or exempt, what happened, who holds an office.

use super::{
    About, BTreeMap, ExemptDeadline, MeetDeadline, NaiveDate, RecordEvent, SatkerCode, World, day,
    sari, wati,
};

impl World {
    pub(super) fn meet(&mut self, label: &str) {
        let ask = MeetDeadline {
            ids: vec![self.id(label)],
            date: None,
        };
        self.rig
            .does(&wati(), |office, who, now| {
                office.meet_deadlines(&ask, who, now)
            })
            .unwrap();
        let wishes = self.over(&[label.to_owned()]);
        self.drafts(wishes, false);
    }

    pub(super) fn exempt(&mut self, label: &str) {
        let ask = ExemptDeadline {
            ids: vec![self.id(label)],
            reason: "tidak ada transaksi".to_owned(),
        };
        self.rig
            .does(&wati(), |office, who, now| {
                office.exempt_deadlines(&ask, who, now)
            })
            .unwrap();
        let wishes = self.over(&[label.to_owned()]);
        self.drafts(wishes, false);
    }

    /// An event that somebody records, and the deadlines that the table says it starts.
    pub(super) fn event(
        &mut self,
        satker: &str,
        event: &'static str,
        on: NaiveDate,
        value: i64,
        number: &str,
    ) {
        let mut fields = BTreeMap::new();
        let mut put = |name: &str, value: String| {
            fields.insert(name.to_owned(), value);
        };
        let starts: &[&str] = match event {
            "contract-signed" => &["kontrak"],
            "bast" => &["tagihan"],
            "retur-notified" => &["retur"],
            "sp2d-tup" => &["ptup", "setor-tup"],
            "sp2d-up" => &["gup", "up-pemberitahuan"],
            "payment-planned" => &["rpd"],
            "sk-effective" => &["skpp"],
            _ => &[],
        };
        match event {
            "contract-signed" | "bast" => put("nomor_kontrak", number.to_owned()),
            "payment-planned" => put("nilai", value.to_string()),
            "sk-effective" => put("nama", number.to_owned()),
            "sp2d-tup" => {
                put("sp2d", number.to_owned());
                put("nilai", "1500000".to_owned());
            }
            _ => put("sp2d", number.to_owned()),
        }
        let ask = RecordEvent {
            satker: SatkerCode::parse(satker).unwrap(),
            event: event.to_owned(),
            date: on,
            fields,
            far_seen: false,
        };
        let record = |world: &mut Self| {
            world.rig.does(&sari(), |office, who, now| {
                office.record_event(&ask, who, now)
            })
        };
        // Two payments of one day differ by what they pay.
        let number = if event == "payment-planned" {
            value.to_string()
        } else {
            number.to_owned()
        };
        let about = About::Event(event, on, value, number);
        let from = self.oracle.owed.len();
        for id in starts {
            self.oracle.owe(id, satker, None, about.clone());
        }
        if self.oracle.owed.len() == from {
            // Below the table nothing is owed; and a day that the clock shows twice brings nothing new.
            match record(self) {
                Ok(recorded) => assert!(recorded.opened.iter().all(|deadline| deadline.known)),
                Err(refusal) => assert_eq!(refusal.code, "deadline-no-date"),
            }
            return;
        }
        record(self).unwrap();
        let wishes = self.oracle.at_once(from, self.today);
        self.drafts(wishes, false);
        // The same once more changes nothing.
        let before = self.rig.facts();
        assert!(
            record(self)
                .unwrap()
                .opened
                .iter()
                .all(|deadline| deadline.known)
        );
        assert_eq!(self.rig.facts(), before);
    }

    pub(super) fn people_change(&mut self) {
        if self.today == day("2026-05-20") {
            self.satker(10, true);
            self.rig.runs();
            self.oracle.open(self.today);
            let wishes = self.oracle.morning(self.today);
            self.drafts(wishes, true);
        }
        if self.today == day("2026-06-09") {
            self.satker(9, false);
            let open = self.oracle.owed.iter();
            let gone: Vec<String> = open
                .filter(|owed| owed.open && owed.satker == "411009")
                .map(super::super::oracle::Owed::label)
                .collect();
            assert!(!gone.is_empty());
            self.rig.runs();
            let mut wishes = self.over(&gone);
            self.oracle.open(self.today);
            wishes.extend(self.oracle.morning(self.today));
            self.drafts(wishes, false);
            self.papers.retain(|paper| paper.satker != "411009");
        }
    }
}
