//! The placeholders, their limits and how a value that is too long is cut.

use crate::domain::gsm_text::{clean, cut, septets};
use crate::domain::lang::Lang;
use crate::domain::money::{Rupiah, percent};
use crate::domain::period::Period;
use crate::domain::when;
use chrono::NaiveDate;

/// What may stand in one place of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placeholder {
    /// Septets at most.
    pub max: usize,
    /// How a value is written and cut.
    pub kind: Kind,
}

/// How a value is written and, when too long, cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name or label: cut off at the limit.
    Name,
    /// A reason: cut, and marked with `..` as unfinished.
    Reason,
    /// A number of a paper, which a cut would make another number: marked with `..`.
    Number,
    /// Rupiah, from digits or any written amount: shortened to `Rp1,2 M`.
    Amount,
    /// Hundredths of a percent or text with a comma.
    Percent,
    /// A date, from `2026-11-24`: `24-11-2026`.
    Date,
    /// A period, from `2026-11`: `Nov 2026`.
    Period,
    /// An agenda number: loses `/2026` when too long.
    Agenda,
}

/// Name, limit and kind of every standard placeholder, by name.
pub(super) const NAMES: [(&str, usize, Kind); 36] = [
    ("agenda", 10, Kind::Agenda),
    ("alasan", 40, Kind::Reason),
    ("bagian", 14, Kind::Name),
    ("bulan", 8, Kind::Period),
    ("h", 4, Kind::Name),
    ("item", 16, Kind::Name),
    ("jam", 5, Kind::Name),
    ("jb", 2, Kind::Name),
    ("jml", 16, Kind::Amount),
    ("kantor", 11, Kind::Name),
    ("kode", 6, Kind::Name),
    ("kontrak", 20, Kind::Number),
    ("kunci", 10, Kind::Name),
    ("lambat", 3, Kind::Name),
    ("lap", 24, Kind::Name),
    ("layanan", 15, Kind::Name),
    ("n", 2, Kind::Name),
    ("nama", 20, Kind::Name),
    ("nilai", 1, Kind::Name),
    ("nomor", 23, Kind::Number),
    ("nrk", 15, Kind::Number),
    ("pagu", 17, Kind::Amount),
    ("periode", 8, Kind::Period),
    ("persen", 5, Kind::Percent),
    ("pesan", 116, Kind::Reason),
    ("real", 17, Kind::Amount),
    ("satker", 20, Kind::Name),
    ("sisa", 17, Kind::Amount),
    ("sp2d", 15, Kind::Number),
    ("spm", 6, Kind::Number),
    ("status", 19, Kind::Name),
    ("target", 5, Kind::Percent),
    ("tgl", 10, Kind::Date),
    ("tgl2", 10, Kind::Date),
    ("x", 12, Kind::Name),
    ("tahap", 12, Kind::Name),
];

/// A standard placeholder by name.
pub fn standard(name: &str) -> Option<Placeholder> {
    NAMES
        .iter()
        .find(|(known, ..)| *known == name)
        .map(|(_, max, kind)| Placeholder {
            max: *max,
            kind: *kind,
        })
}

impl Placeholder {
    /// A value as it goes into the text: clean, written as its kind demands, never more septets than the limit.
    pub fn fit(self, value: &str) -> String {
        let value = clean(value);
        let written = match self.kind {
            Kind::Amount => Rupiah::parse(&value).map_or(value, |amount| amount.within(self.max)),
            Kind::Date => value.parse::<NaiveDate>().map_or(value, when::short),
            Kind::Period => Period::parse(&value).map_or(value, |period| period.display(Lang::Id)),
            Kind::Percent if self.size(&value) > self.max => {
                match value.replace(',', ".").parse::<f64>() {
                    #[expect(
                        clippy::cast_possible_truncation,
                        reason = "saturates, and a percentage is far from the ends"
                    )]
                    Ok(number) => percent((number * 100.0).round() as i64),
                    Err(_) => value,
                }
            }
            Kind::Agenda if self.size(&value) > self.max => value
                .split_once('/')
                .map_or_else(|| value.clone(), |(number, _)| number.to_owned()),
            Kind::Name | Kind::Reason | Kind::Number | Kind::Percent | Kind::Agenda => value,
        };
        if self.size(&written) <= self.max {
            return written;
        }
        match self.kind {
            Kind::Reason | Kind::Number if self.max > 4 => {
                format!("{}..", cut(&written, self.max - 2).trim_end())
            }
            _ => cut(&written, self.max).trim_end().to_owned(),
        }
    }

    #[expect(
        clippy::unused_self,
        reason = "reads as a question about the value at this place"
    )]
    fn size(self, value: &str) -> usize {
        septets(value).unwrap_or(usize::MAX)
    }
}
