//! What was drafted against what should have been, and what is open at the end of a day.

use super::{
    BTreeMap, BTreeSet, Cause, ConfirmPolicy, DeadlineState, Message, NaiveDate, NaiveTime,
    ObligationId, RECORDED, SmsId, SmsKind, SmsState, Told, Wish, World,
};

impl World {
    pub(super) fn label_of(&mut self, id: ObligationId) -> String {
        if let Some(label) = self.labels.get(&id) {
            return label.clone();
        }
        let deadline = self.rig.office.deadline(id).unwrap();
        let terms = &deadline.terms;
        let about = match (&terms.event, terms.period, &terms.item) {
            (Some(event), ..) => {
                let number = ["nomor_kontrak", "sp2d", "nama", "nilai"]
                    .iter()
                    .find_map(|field| terms.fields.get(*field))
                    .cloned()
                    .unwrap_or_default();
                format!("{}@{} {number}", event.event, event.date)
            }
            (None, Some(period), Some(item)) => format!("{period} {item}"),
            (None, Some(period), None) => period.to_string(),
            (None, None, item) => item.clone().unwrap_or_default(),
        };
        let label = format!(
            "{} {} {about}",
            terms.obligation,
            String::from(deadline.owner)
        );
        assert!(
            self.ids.insert(label.clone(), id).is_none(),
            "{label} twice"
        );
        self.labels.insert(id, label.clone());
        label
    }

    /// The new messages are exactly these reminders. `whole`: of one run, so that digests are as full as they may be.
    pub(super) fn drafts(&mut self, mut wishes: Vec<Wish>, whole: bool) {
        let today = self.today;
        let count = self.rig.office.store.index().sms().len() as u64;
        let mut found: Vec<Wish> = Vec::new();
        // Per satker and phone: bundles and messages that speak of what is to come.
        let mut coming: BTreeMap<(String, String), (BTreeSet<String>, usize)> = BTreeMap::new();
        for id in self.seen_sms + 1..=count {
            let sms = self.rig.office.sms(SmsId(id)).unwrap();
            if sms.kind != SmsKind::Reminder {
                continue;
            }
            let phone = sms.to.as_str().to_owned();
            let satker = sms.satker.unwrap().to_string();
            let mut topics = Vec::new();
            let mut bundles = BTreeSet::new();
            let mut distances = BTreeSet::new();
            let mut sanction = false;
            for reminded in &sms.reminds {
                let label = self.label_of(reminded.deadline);
                let offset = match reminded.cause {
                    Cause::Offset(offset) => i64::from(offset),
                    Cause::Recorded => RECORDED,
                    Cause::ByHand => panic!("nobody asked"),
                };
                let owed = self.oracle.find(&label);
                assert!(owed.open, "{label} is over and reminded of on {today}");
                assert_eq!(owed.satker, satker);
                bundles.insert(format!("{} {}", owed.rule.id, owed.about.label()));
                let distance = (today - owed.due).num_days();
                distances.insert((distance, owed.due));
                sanction |= owed.rule.sanction && distance > 0;
                topics.push((label.clone(), offset));
                found.push(Wish {
                    phone: phone.clone(),
                    label,
                    offset,
                });
            }
            let latest = distances.iter().next_back().unwrap().0;
            if latest > 0 {
                assert_eq!(bundles.len(), 1, "late ones stand alone: {}", sms.text);
                self.late += 1;
            } else {
                assert!((1..=3).contains(&bundles.len()), "{}", sms.text);
                self.digests += usize::from(bundles.len() > 1);
                let place = coming.entry((satker.clone(), phone.clone())).or_default();
                place.1 += 1;
                for bundle in &bundles {
                    assert!(place.0.insert(bundle.clone()), "told twice: {bundle}");
                }
            }
            self.reads_right(&sms.text, &distances, bundles.len(), &topics[0].0);
            // What threatens waits for two persons, the rest goes by the office's policy.
            if sanction {
                assert_eq!(sms.policy, ConfirmPolicy::TwoPerson, "{}", sms.text);
                assert_eq!((sms.state, sms.not_before), (SmsState::Waiting, None));
            } else {
                assert_eq!(sms.policy, ConfirmPolicy::Auto);
                assert_eq!(sms.state, SmsState::Queued);
            }
            let end = today.and_time(NaiveTime::from_hms_opt(15, 0, 0).unwrap());
            assert_eq!(sms.expires, Some(self.rig.office.zone().instant(end)));
            assert_eq!(sms.parts, 1, "{}", sms.text);
            self.drafted += 1;
            self.alive.push(Message {
                id: SmsId(id),
                phone,
                satker,
                topics,
                day: today,
            });
        }
        self.seen_sms = count;
        if whole {
            for (place, (bundles, messages)) in coming {
                assert_eq!(messages, bundles.len().div_ceil(3), "{place:?} on {today}");
            }
        }
        found.sort();
        wishes.sort();
        if found != wishes {
            let missing: Vec<_> = wishes.iter().filter(|wish| !found.contains(wish)).collect();
            let needless: Vec<_> = found.iter().filter(|wish| !wishes.contains(wish)).collect();
            panic!(
                "{today} {}: missing {missing:#?} needless {needless:#?}, {} wanted, {} found",
                self.rig.now,
                wishes.len(),
                found.len()
            );
        }
        for wish in wishes {
            let owed = self.oracle.find(&wish.label);
            owed.told.push(Told {
                phone: wish.phone,
                offset: wish.offset,
                named: owed.due,
                day: today,
            });
        }
    }

    /// The text tells the real distance and the date that counts.
    pub(super) fn reads_right(
        &mut self,
        text: &str,
        distances: &BTreeSet<(i64, NaiveDate)>,
        bundles: usize,
        label: &str,
    ) {
        if bundles > 1 {
            for (_, due) in distances {
                assert!(text.contains(&due.format("%d-%m-%Y").to_string()), "{text}");
            }
            return;
        }
        let (distance, due) = *distances.iter().next().unwrap();
        assert_eq!(distances.len(), 1, "{text}");
        let place = self.oracle.places[label];
        let owed = &self.oracle.owed[place];
        match distance {
            ..0 => {
                assert!(
                    text.contains(&format!("(H{distance})")),
                    "{distance}: {text}"
                );
                assert!(text.contains(&due.format("%d-%m-%Y").to_string()), "{text}");
            }
            0 => assert!(
                (text.contains("HARI INI") || text.contains(", per "))
                    && !text.contains("terlambat "),
                "{text}"
            ),
            1.. => {
                let late = self.oracle.late(owed, self.today);
                assert!(!text.contains("HARI INI") && !text.contains("(H"), "{text}");
                for word in ["terlambat ", "lewat ", "diajukan "] {
                    if let Some((_, rest)) = text.split_once(word)
                        && rest.starts_with(|c: char| c.is_ascii_digit())
                    {
                        assert!(rest.starts_with(&format!("{late} hari")), "{late}: {text}");
                    }
                }
            }
        }
    }

    /// These deadlines are over or have another date: what waits about them is withdrawn, and digests are written anew for the rest.
    pub(super) fn taken_back(&mut self, gone: &[String]) -> Vec<Wish> {
        let mut wishes = Vec::new();
        let alive = std::mem::take(&mut self.alive);
        for message in alive {
            let touched = message.topics.iter().any(|(label, _)| gone.contains(label));
            let sms = self.rig.office.sms(message.id).unwrap();
            if !touched {
                assert!(
                    matches!(sms.state, SmsState::Waiting | SmsState::Queued),
                    "{} on {}: {:?}",
                    message.topics[0].0,
                    self.today,
                    sms.state
                );
                self.alive.push(message);
                continue;
            }
            assert_eq!(sms.state, SmsState::Withdrawn, "{}", sms.text);
            let steps = sms.history.iter();
            let times = steps
                .filter(|step| step.state == SmsState::Withdrawn)
                .count();
            assert_eq!(times, 1, "withdrawn once");
            for (label, offset) in message.topics {
                let over = gone.contains(&label);
                let owed = self.oracle.find(&label);
                owed.told.retain(|told| {
                    !(told.phone == message.phone
                        && told.offset == offset
                        && told.day == message.day)
                });
                if !over && owed.open {
                    self.rewritten += 1;
                    wishes.push(Wish {
                        phone: message.phone.clone(),
                        label,
                        offset,
                    });
                }
            }
            let _ = message.satker;
        }
        wishes
    }

    /// These deadlines are fulfilled or need not be.
    pub(super) fn over(&mut self, gone: &[String]) -> Vec<Wish> {
        for label in gone {
            let owed = self.oracle.find(label);
            owed.open = false;
            owed.here = false;
        }
        self.taken_back(gone)
    }

    pub(super) fn id(&mut self, label: &str) -> ObligationId {
        let all = self.rig.office.store.index().deadlines().all().len() as u64;
        for id in self.named + 1..=all {
            self.label_of(ObligationId(id));
        }
        self.named = all;
        self.ids[label]
    }

    /// All that is open has the date that it should have, and nobody owes anything else.
    pub(super) fn balance(&mut self) {
        if let Some(label) = self
            .oracle
            .owed
            .last()
            .map(super::super::oracle::Owed::label)
        {
            self.id(&label);
        }
        let index = self.rig.office.store.index();
        let deadlines = index.deadlines();
        let mut wanted: BTreeMap<String, (NaiveDate, bool, bool)> = BTreeMap::new();
        for owed in &self.oracle.owed {
            wanted.insert(owed.label(), (owed.due, owed.estimate, owed.open));
        }
        for entry in deadlines.all() {
            let open = entry.state == DeadlineState::Open;
            let label = &self.labels[&entry.id];
            let found = (entry.due, entry.estimate, open);
            let should = wanted.remove(label);
            if open || should.is_some_and(|(_, _, open)| open) {
                assert_eq!(Some(found), should, "{label} on {}", self.today);
            } else {
                assert!(should.is_some(), "{label} on {}", self.today);
            }
        }
        assert!(wanted.is_empty(), "on {}: {wanted:?}", self.today);
        assert_eq!(deadlines.last_run(), self.oracle.last_run);
    }
}
