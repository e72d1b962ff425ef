//! How much work comes in on which day, and of which kind.

use chrono::{Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime};
use fastrand::Rng;

use super::minutes_of;
use super::unit::Unit;
use crate::domain::module::{Module, Modules, Service};
use crate::domain::service_clock::ServiceClock;

/// A service with its share of the work.
pub struct Kind<'a> {
    pub module: &'a Module,
    pub service: &'a Service,
    weight: u64,
    season: Season,
}

/// When papers of a kind come in.
#[derive(Clone, Copy)]
enum Season {
    /// All year.
    Even,
    /// Mostly on these days of the month; the later half of them is the busier one.
    Days(u32, u32),
    /// Only in these months.
    Months(&'static [u32]),
    /// In the first ten working days or so of a quarter.
    Quarter,
    /// Little in January and more every month, as spending does.
    Spending,
}

/// Share of a day in season, in hundredths, of the services that come most.
const SHARES: [(&str, &str, u64, Season); 39] = [
    ("lpj", "lpj", 1400, Season::Days(3, 10)),
    ("gaji", "gaji-induk", 1300, Season::Days(2, 14)),
    ("gaji", "gaji-susulan", 50, Season::Even),
    ("gaji", "kekurangan-gaji", 80, Season::Even),
    ("gaji", "gaji-terusan", 8, Season::Even),
    ("gaji", "thr", 900, Season::Months(&[3])),
    ("gaji", "gaji-13", 900, Season::Months(&[6])),
    ("gaji", "pppk", 200, Season::Days(1, 8)),
    ("gaji", "ppnpn", 500, Season::Days(21, 26)),
    ("gaji", "uang-makan", 500, Season::Days(1, 12)),
    ("gaji", "lembur", 150, Season::Days(1, 15)),
    ("gaji", "tukin", 500, Season::Days(1, 12)),
    ("bar", "rekonsiliasi", 900, Season::Days(8, 17)),
    ("lainnya", "spm", 800, Season::Spending),
    ("lainnya", "rpd", 100, Season::Spending),
    ("lainnya", "surat-umum", 330, Season::Even),
    ("lainnya", "revisi-dipa", 60, Season::Even),
    ("lainnya", "halaman-iii", 600, Season::Quarter),
    ("lainnya", "capaian-output", 500, Season::Days(1, 8)),
    ("lainnya", "saldo-rekening", 350, Season::Days(1, 10)),
    ("lainnya", "koreksi", 60, Season::Even),
    ("lainnya", "konfirmasi-setoran", 60, Season::Even),
    ("komitmen", "supplier", 200, Season::Even),
    ("komitmen", "perubahan-supplier", 50, Season::Even),
    ("komitmen", "kontrak", 160, Season::Even),
    ("komitmen", "addendum", 40, Season::Even),
    ("komitmen", "spm-ls-kontraktual", 420, Season::Spending),
    ("up-tup", "persetujuan-up", 250, Season::Months(&[1])),
    ("up-tup", "spm-up", 250, Season::Months(&[1, 2])),
    ("up-tup", "spm-gup", 350, Season::Even),
    ("up-tup", "persetujuan-tup", 50, Season::Even),
    ("up-tup", "spm-tup", 45, Season::Even),
    ("up-tup", "spm-ptup", 40, Season::Even),
    ("up-tup", "gup-nihil", 200, Season::Months(&[12])),
    ("retur", "pemberitahuan", 80, Season::Even),
    ("retur", "ralat", 70, Season::Even),
    ("skpp", "skpp", 90, Season::Even),
    ("pagu", "permintaan-data", 50, Season::Even),
    ("pagu", "pagu-minus", 15, Season::Even),
];

/// Share of a service that [`SHARES`] does not name.
const RARE: u64 = 8;

/// Every service that a satker can ask for.
pub fn kinds(modules: &Modules) -> Vec<Kind<'_>> {
    modules
        .iter()
        .filter(|module| module.participant.kind == "satker")
        .flat_map(|module| module.services.iter().map(move |service| (module, service)))
        .map(|(module, service)| {
            let share = SHARES
                .iter()
                .find(|(m, s, ..)| *m == module.id && *s == service.id);
            let (weight, season) = share.map_or((RARE, Season::Even), |(_, _, weight, season)| {
                (*weight, *season)
            });
            Kind {
                module,
                service,
                weight,
                season,
            }
        })
        .collect()
}

/// The weight of each kind on a day.
pub fn weights(kinds: &[Kind<'_>], date: NaiveDate) -> Vec<u64> {
    kinds
        .iter()
        .map(|kind| kind.weight * percent(kind.season, date))
        .collect()
}

fn percent(season: Season, date: NaiveDate) -> u64 {
    let (month, day) = (date.month(), date.day());
    match season {
        Season::Even => 100,
        Season::Days(from, to) if day < from || day > to => 2,
        Season::Days(from, to) if day < from.midpoint(to) => 60,
        Season::Days(..) => 130,
        Season::Months(months) if months.contains(&month) => 100,
        Season::Months(_) => 0,
        Season::Quarter if month % 3 == 1 && day <= 15 => 100,
        Season::Quarter => 1,
        Season::Spending => 50 + 8 * u64::from(month),
    }
}

/// A kind by its weight.
pub fn draw(rng: &mut Rng, weights: &[u64]) -> usize {
    let mut left = rng.u64(..weights.iter().sum::<u64>().max(1));
    for (index, weight) in weights.iter().enumerate() {
        if left < *weight {
            return index;
        }
        left -= weight;
    }
    0
}

/// A working day and what comes in on it.
#[derive(Debug)]
pub struct WorkDay {
    pub date: NaiveDate,
    /// Reception ends then: at closing, today at the present minute.
    pub until: NaiveTime,
    pub letters: u32,
}

/// The working days of the year that ends at `now`, oldest first, with `letters` spread over them.
pub fn days(
    kinds: &[Kind<'_>],
    clock: &ServiceClock<'_>,
    now: NaiveDateTime,
    letters: u32,
) -> Vec<WorkDay> {
    let (open, close) = (clock.hours.open, clock.hours.close);
    let whole = minutes_of(open, close).max(1);
    let start = now.date().checked_sub_months(Months::new(12));
    let weighed: Vec<(NaiveDate, NaiveTime, u64)> = start
        .unwrap_or(now.date())
        .iter_days()
        .skip(1)
        .take_while(|date| *date <= now.date())
        .filter(|date| clock.calendar.is_working_day(*date))
        .zip(0u64..)
        .filter_map(|(date, nth)| {
            let until = if date == now.date() {
                now.time().clamp(open, close)
            } else {
                close
            };
            // The office's work grows by a quarter in a year.
            let grown = 1000 + nth;
            let weight = weights(kinds, date).iter().sum::<u64>() * grown / 1000
                * minutes_of(open, until)
                / whole;
            (weight > 0).then_some((date, until, weight))
        })
        .collect();
    let sum: u64 = weighed.iter().map(|(.., weight)| weight).sum();
    let mut so_far = 0;
    let mut given = 0;
    weighed
        .into_iter()
        .map(|(date, until, weight)| {
            so_far += weight;
            let wanted = u64::from(letters) * so_far / sum.max(1);
            let today = u32::try_from(wanted - given).unwrap_or_default();
            given = wanted;
            WorkDay {
                date,
                until,
                letters: today,
            }
        })
        .collect()
}

/// Whose turn it is: every satker sends its monthly papers before any sends them twice.
pub struct Turns {
    order: Vec<usize>,
    next: Vec<usize>,
}

impl Turns {
    pub fn new(rng: &mut Rng, satker: u32, kinds: usize) -> Self {
        let mut order: Vec<usize> = (0..satker)
            .filter_map(|n| usize::try_from(n).ok())
            .collect();
        rng.shuffle(&mut order);
        let next = (0..kinds)
            .map(|_| rng.usize(..order.len().max(1)))
            .collect();
        Self { order, next }
    }

    /// The next active satker for a kind. (An inactive one sends nothing.)
    pub fn next(&mut self, kind: usize, units: &[Unit]) -> usize {
        let Some(turn) = self.next.get_mut(kind) else {
            return 0;
        };
        let mut index = 0;
        for _ in 0..self.order.len() {
            *turn = (*turn + 1) % self.order.len();
            index = self.order.get(*turn).copied().unwrap_or_default();
            if units.get(index).is_some_and(|unit| unit.active) {
                break;
            }
        }
        index
    }
}
