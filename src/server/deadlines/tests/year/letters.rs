//! Letters that fulfil something, on their way through the office.

use super::{
    About, BTreeMap, BTreeSet, Days, EndLetter, Fate, LetterState, MoveLetter, NewLetter, Paper,
    RegisterLetter, World, dice, sari,
};

impl World {
    pub(super) fn registers(&mut self, label: &str) {
        let owed = self.oracle.find(label);
        let satker = owed.satker.clone();
        let (id, treasurer) = (owed.rule.id, owed.treasurer);
        let (period, number) = match &owed.about {
            About::Event(_, _, _, number) => (String::new(), number.clone()),
            about => (about.label(), String::new()),
        };
        let (module, service): (&str, &'static str) = match id {
            "lpj" => ("lpj", "lpj"),
            "gaji" => ("gaji", "gaji-induk"),
            "rekon" => ("bar", "rekonsiliasi"),
            "caput" => ("lainnya", "capaian-output"),
            "kontrak" => ("komitmen", "kontrak"),
            "retur" => ("retur", "ralat"),
            _ => ("up-tup", "spm-gup"),
        };
        let mut fields: BTreeMap<String, String> = BTreeMap::new();
        let mut put = |name: &str, value: &str| {
            fields.insert(name.to_owned(), value.to_owned());
        };
        match id {
            "gaji" => {
                put("bulan", &period);
                put("nomor_spm", "00123A");
            }
            "kontrak" => put("nomor_kontrak", &number.to_lowercase()),
            "retur" => put("sp2d", &number),
            "gup" => {
                put("nomor_spm", "00123A");
                put("nilai", "5000000");
            }
            _ => put("periode", &period),
        }
        // Nothing said means the treasurer for expenditure.
        if let Some(treasurer) = treasurer
            && (treasurer == "penerimaan" || dice(label, 2) == 0)
        {
            put("jenis_bendahara", treasurer);
        }
        let ask = RegisterLetter {
            letter: NewLetter {
                module: module.to_owned(),
                service: service.to_owned(),
                satker: satker.clone(),
                fields,
                ..NewLetter::default()
            },
            duplicate_seen: false,
            key: None,
        };
        let entered = self
            .rig
            .does(&sari(), |office, who, now| office.register(&ask, who, now))
            .unwrap();
        let name = format!("{label} {}", self.today);
        let fate = match dice(&format!("fate {name}"), 10) {
            0 | 1 => Fate::Return,
            2 => Fate::Wait,
            _ => Fate::Complete,
        };
        // The papers of one replacement of the advance are about all that is owed of that kind.
        let labels: Vec<String> = if service == "spm-gup" {
            self.advances(&satker)
        } else {
            vec![label.to_owned()]
        };
        for label in &labels {
            self.oracle.find(label).here = true;
        }
        let ready = self.today + Days::new(dice(&format!("ready {name}"), 5));
        self.papers.push(Paper {
            agenda: entered.agenda,
            labels,
            satker,
            service,
            ready,
            fate,
        });
        self.drafts(Vec::new(), false);
    }

    /// Open deadlines about the next replacement of the advance.
    pub(super) fn advances(&self, satker: &str) -> Vec<String> {
        let all = self.oracle.owed.iter();
        all.filter(|owed| {
            owed.open
                && owed.satker == satker
                && ["gup", "up-pemberitahuan"].contains(&owed.rule.id)
        })
        .map(super::super::oracle::Owed::label)
        .collect()
    }

    pub(super) fn ends(&mut self, paper: &Paper, to: LetterState) {
        let today = self.today;
        let number = format!("{:015}", paper.agenda.serial);
        let mut fields: BTreeMap<String, String> = BTreeMap::new();
        if to == LetterState::Completed {
            let known: &[(&str, &str)] = match paper.service {
                "gaji-induk" => &[("sp2d", "1"), ("nilai_bersih", "1000000")],
                "kontrak" => &[("nrk", "77")],
                "ralat" => &[("nilai", "500000")],
                "spm-gup" => &[("sp2d", &number)],
                _ => &[],
            };
            let pairs = known.iter();
            fields.extend(pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        }
        let ask = EndLetter {
            agenda: paper.agenda,
            to,
            note: if to == LetterState::Completed {
                String::new()
            } else {
                "belum lengkap".to_owned()
            },
            fields,
        };
        self.rig
            .does(&sari(), |office, who, now| {
                office.end_letter(&ask, who, now)
            })
            .unwrap();
        let mut wishes = Vec::new();
        if to == LetterState::Completed {
            // Whoever was exempted or became inactive meanwhile owed it no more.
            let mut gone: Vec<String> = paper.labels.clone();
            let from = self.oracle.owed.len();
            if paper.service == "spm-gup" {
                gone.extend(self.advances(&paper.satker));
                gone.sort();
                gone.dedup();
                let about = About::Event("sp2d-gup", today, 5_000_000, number);
                for id in ["gup", "up-pemberitahuan"] {
                    self.oracle.owe(id, &paper.satker, None, about.clone());
                }
            }
            wishes.extend(self.over(&gone));
            wishes.extend(self.oracle.at_once(from, today));
        } else {
            for label in &paper.labels {
                self.oracle.find(label).here = false;
                let again = today + Days::new(3);
                self.plans.insert(label.clone(), again);
            }
        }
        self.drafts(wishes, false);
    }

    pub(super) fn moves(&mut self, paper: &Paper, to: LetterState) {
        let ask = MoveLetter {
            agenda: paper.agenda,
            to,
            section: None,
            note: None,
        };
        self.rig
            .does(&sari(), |office, who, now| {
                office.move_letter(&ask, who, now)
            })
            .unwrap();
        for label in &paper.labels {
            let owed = self.oracle.find(label);
            owed.here = owed.open && to != LetterState::Waiting;
        }
    }

    /// What people of the office and of the satker do on a day.
    pub(super) fn work(&mut self) {
        let today = self.today;
        for mut paper in std::mem::take(&mut self.papers) {
            if paper.ready > today {
                self.papers.push(paper);
                continue;
            }
            match paper.fate {
                Fate::Complete => self.ends(&paper, LetterState::Completed),
                Fate::Return => self.ends(&paper, LetterState::Returned),
                Fate::Wait => {
                    self.moves(&paper, LetterState::Waiting);
                    paper.fate = Fate::Complete;
                    paper.ready = today + Days::new(4);
                    self.papers.push(paper);
                }
            }
        }
        let lying: BTreeSet<String> = self
            .papers
            .iter()
            .flat_map(|paper| paper.labels.clone())
            .collect();
        let mut due: Vec<String> = Vec::new();
        for owed in self.oracle.owed.iter().filter(|owed| owed.open) {
            let label = owed.label();
            let plan = *self.plans.entry(label.clone()).or_insert_with(|| {
                let name = format!("plan {label}");
                // Some are a month early, half are late, and a few never come.
                let shift = match dice(&name, 20) {
                    0 => -40,
                    1..=9 => -(i64::try_from(dice(&format!("{name}/early"), 10)).unwrap()),
                    10..=18 => i64::try_from(dice(&format!("{name}/late"), 14)).unwrap() + 1,
                    _ => 3_000,
                };
                owed.due + chrono::TimeDelta::days(shift)
            });
            if plan <= today && !lying.contains(&label) {
                due.push(label);
            }
        }
        for label in due {
            let owed = self.oracle.find(&label);
            let (open, here, id) = (owed.open, owed.here, owed.rule.id);
            if !open || here {
                continue;
            }
            match id {
                "lpj" | "gaji" | "rekon" | "caput" | "kontrak" | "retur" | "gup" => {
                    self.registers(&label);
                }
                "up-pemberitahuan" => {}
                _ if dice(&format!("exempt {label}"), 10) == 0 => self.exempt(&label),
                _ => self.meet(&label),
            }
        }
        let active: Vec<String> = self
            .oracle
            .units
            .iter()
            .filter(|(_, unit)| unit.active)
            .map(|(code, _)| code.clone())
            .collect();
        for code in active {
            let name = format!("{code} {today}");
            let ago = |most: u64| today - Days::new(dice(&format!("ago {name}"), most));
            let number = format!("{}{}", &code[3..], today.format("%y%m%d"));
            match dice(&format!("event {name}"), 60) {
                0 => self.event(
                    &code,
                    "contract-signed",
                    ago(9),
                    0,
                    &format!("KTR-{number}"),
                ),
                1 => self.event(&code, "bast", ago(30), 0, &format!("BAST-{number}")),
                2 => self.event(&code, "retur-notified", ago(5), 0, &number),
                3 => self.event(&code, "sp2d-tup", ago(4), 0, &number),
                4 => {
                    let value = [1, 20, 600, 2_000][usize::try_from(dice(&name, 4)).unwrap()];
                    let on = today + Days::new(2 + dice(&format!("pay {name}"), 12));
                    self.event(&code, "payment-planned", on, value * 1_000_000_000, "");
                }
                5 => {
                    let on = today + Days::new(25 + dice(&format!("sk {name}"), 30));
                    self.event(&code, "sk-effective", on, 0, &format!("Pegawai {number}"));
                }
                _ => {}
            }
        }
    }
}
