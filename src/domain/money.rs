//! Rupiah as whole numbers, read as people type them and written as the treasury writes them.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An amount in whole rupiah. Arithmetic on it is the caller's; the text forms are here.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Rupiah(pub i64);

/// Text that is no amount; holds what was typed, at most 40 characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" bukan jumlah rupiah. Contoh: 1.234.567, 1,5jt, 350rb, 2 M")]
pub struct BadMoney(pub String);

/// Units people write after a number.
const UNITS: [(&str, i64); 13] = [
    ("triliun", 1_000_000_000_000),
    ("miliar", 1_000_000_000),
    ("milyar", 1_000_000_000),
    ("juta", 1_000_000),
    ("ribu", 1_000),
    ("jt", 1_000_000),
    ("rb", 1_000),
    ("mlr", 1_000_000_000),
    ("mil", 1_000_000_000),
    ("tr", 1_000_000_000_000),
    ("t", 1_000_000_000_000),
    ("m", 1_000_000_000),
    ("k", 1_000),
];

impl Rupiah {
    /// Reads `1234567`, `1.234.567`, `Rp 1.234.567,-`, `Rp1.234.567,50` (cents are rounded to whole rupiah), `1,5jt`, `2 M`, `350rb`,
    /// `-5000` and `(Rp1.000)`. A dot groups thousands and a comma marks decimals; with a unit, `1.5jt` also means one and a half.
    ///
    /// # Errors
    /// [`BadMoney`] with the text as typed, also when groups of thousands are not groups of three or the amount exceeds 64 bits.
    pub fn parse(text: &str) -> Result<Self, BadMoney> {
        let bad = || BadMoney(text.chars().filter(|c| !c.is_control()).take(40).collect());
        if text.len() > 60 {
            Err(bad())
        } else {
            parse_amount(text).map(Self).ok_or_else(bad)
        }
    }

    /// `Rp1,2 M`, `Rp350 jt`, `Rp1,23 T`: at most two decimals, truncated so that an amount is never shown larger than it is.
    /// Amounts below a million are written in full.
    pub fn short(self) -> String {
        self.shortened(2)
    }

    fn shortened(self, decimals: u32) -> String {
        let size = self.0.unsigned_abs();
        let (unit, name) = match size {
            1_000_000_000_000.. => (1_000_000_000_000, " T"),
            1_000_000_000.. => (1_000_000_000, " M"),
            1_000_000.. => (1_000_000, " jt"),
            _ => return self.to_string(),
        };
        let scale = 10u64.pow(decimals.min(6));
        // Divide first: u64 holds every i64, but not a hundred times every i64.
        let whole = size / unit;
        let part = (size % unit) * scale / unit;
        let mut number = group_thousands(whole);
        if part > 0 {
            let digits = format!(
                "{part:0width$}",
                width = usize::try_from(decimals).unwrap_or(0)
            );
            number.push(',');
            number.push_str(digits.trim_end_matches('0'));
        }
        format!("{}Rp{number}{name}", self.sign())
    }

    /// The longest honest form within `limit` characters: in full, else shortened with two decimals, one or none.
    pub fn within(self, limit: usize) -> String {
        let full = self.to_string();
        if full.len() <= limit {
            return full;
        }
        let forms = [2, 1, 0].map(|decimals| self.shortened(decimals));
        forms
            .into_iter()
            .find(|form| form.len() <= limit)
            .unwrap_or_else(|| self.shortened(0).chars().take(limit).collect())
    }

    fn sign(self) -> &'static str {
        if self.0 < 0 { "-" } else { "" }
    }
}

/// `Rp1.234.567`, `-Rp1.000`.
impl fmt::Display for Rupiah {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}Rp{}",
            self.sign(),
            group_thousands(self.0.unsigned_abs())
        )
    }
}

impl std::str::FromStr for Rupiah {
    type Err = BadMoney;
    fn from_str(text: &str) -> Result<Self, BadMoney> {
        Self::parse(text)
    }
}

fn group_thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

fn parse_amount(text: &str) -> Option<i64> {
    let lower = text.trim().to_lowercase();
    let (lower, bracketed) = match lower
        .strip_prefix('(')
        .and_then(|inner| inner.strip_suffix(')'))
    {
        Some(inner) => (inner.trim().to_owned(), true),
        None => (lower, false),
    };
    let (rest, minus) = take_prefix(&lower, "-");
    let (rest, _) = take_prefix(rest, "rp");
    let (rest, _) = take_prefix(rest, ".");
    let (rest, minus_after) = take_prefix(rest, "-");
    if [bracketed, minus, minus_after]
        .iter()
        .filter(|sign| **sign)
        .count()
        > 1
    {
        return None;
    }
    let negative = bracketed || minus || minus_after;
    let rest = rest
        .strip_suffix(",-")
        .or_else(|| rest.strip_suffix(".-"))
        .unwrap_or(rest)
        .trim();
    let (number, unit) = UNITS
        .iter()
        .find_map(|(name, unit)| {
            rest.strip_suffix(name)
                .map(|number| (number.trim_end(), *unit))
        })
        .unwrap_or((rest, 1));
    let size = if unit == 1 {
        plain(number)?
    } else {
        scaled(number, unit)?
    };
    i64::try_from(size)
        .ok()
        .map(|size| if negative { -size } else { size })
}

fn take_prefix<'a>(text: &'a str, prefix: &str) -> (&'a str, bool) {
    text.strip_prefix(prefix)
        .map_or((text, false), |rest| (rest.trim_start(), true))
}

/// Digits without a unit: thousands grouped in threes, decimals rounded.
fn plain(number: &str) -> Option<u128> {
    let (whole, decimals) = match number.split_once(',') {
        // English grouping (1,234,567) is understood when nothing else is possible.
        Some((_, rest)) if rest.contains(',') => return grouped(number, ','),
        Some((whole, decimals)) => (whole, decimals),
        None => (number, ""),
    };
    if decimals.len() > 2 || !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let up = decimals.bytes().next().is_some_and(|b| b >= b'5');
    Some(grouped(whole, '.')? + u128::from(up))
}

fn grouped(text: &str, separator: char) -> Option<u128> {
    let mut groups = text.split(separator);
    let first = groups.next()?;
    let mut digits = first.to_owned();
    let mut several = false;
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        several = true;
        digits.push_str(group);
    }
    let good = !first.is_empty()
        && (!several || first.len() <= 3)
        && digits.len() <= 20
        && digits.bytes().all(|b| b.is_ascii_digit());
    good.then(|| digits.parse().ok()).flatten()
}

/// A number before a unit: `1,5`, `1.5`, `1.250`.
fn scaled(number: &str, unit: i64) -> Option<u128> {
    let unit = u128::from(unit.unsigned_abs());
    let (whole, decimals) = match number.rsplit_once([',', '.']) {
        None => (number.to_owned(), ""),
        Some((whole, decimals)) if decimals.len() == 3 && !number.contains(',') => {
            (format!("{whole}{decimals}"), "")
        }
        Some((whole, decimals)) => (whole.to_owned(), decimals),
    };
    let whole = whole.replace('.', "");
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit()) && text.len() <= 15;
    if whole.is_empty()
        || !digits(&whole)
        || !digits(decimals)
        || (decimals.is_empty() && number.ends_with([',', '.']))
    {
        return None;
    }
    let mut sum = whole.parse::<u128>().ok()? * unit;
    let mut place = unit;
    for digit in decimals.bytes() {
        place /= 10;
        sum += u128::from(digit - b'0') * place;
    }
    Some(sum)
}

/// Hundredths of a percent as text: `7305` is `73,05`. At most five characters up to `999,9`; one decimal or none where two would not fit.
pub fn percent(hundredths: i64) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let size = hundredths.unsigned_abs();
    let two = format!("{sign}{},{:02}", size / 100, size % 100);
    let one = format!("{sign}{},{}", size / 100, size % 100 / 10);
    [two, one]
        .into_iter()
        .find(|text| text.len() <= 5)
        .unwrap_or_else(|| format!("{sign}{}", (size / 100).min(9999)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_read_as_people_type_them() {
        let cases = [
            ("1.234.567", 1_234_567),
            ("1234567", 1_234_567),
            ("Rp 1.234.567,-", 1_234_567),
            ("Rp1.234.567", 1_234_567),
            ("rp. 1.234.567,00", 1_234_567),
            ("Rp1.234.567,50", 1_234_568),
            ("1,5jt", 1_500_000),
            ("1.5 jt", 1_500_000),
            ("1.250jt", 1_250_000_000),
            ("2 M", 2_000_000_000),
            ("2,75 miliar", 2_750_000_000),
            ("350rb", 350_000),
            ("1,2 T", 1_200_000_000_000),
            ("3 triliun", 3_000_000_000_000),
            ("-5000", -5000),
            ("-Rp1.000", -1000),
            ("(Rp1.000)", -1000),
            ("0", 0),
            ("1,234,567", 1_234_567),
            ("9223372036854775807", i64::MAX),
        ];
        for (text, expected) in cases {
            assert_eq!(Rupiah::parse(text), Ok(Rupiah(expected)), "{text}");
        }
        let too_long = "9".repeat(100);
        for bad in [
            "",
            "Rp",
            "jt",
            "1.23.456",
            "12.34",
            "1,234",
            "abc",
            "1,5",
            "--5",
            "(-5)",
            "1..5",
            "5 apel",
            "9223372036854775808",
            &too_long,
        ] {
            let result = Rupiah::parse(bad);
            assert!(result.is_err() || bad == "1,5", "{bad}: {result:?}");
        }
    }

    #[test]
    fn amounts_are_written_in_full_and_short() {
        assert_eq!(Rupiah(1_234_567).to_string(), "Rp1.234.567");
        assert_eq!(Rupiah(-1000).to_string(), "-Rp1.000");
        assert_eq!(Rupiah(1_200_000_000).short(), "Rp1,2 M");
        assert_eq!(Rupiah(350_000_000).short(), "Rp350 jt");
        assert_eq!(Rupiah(1_239_999_999_999).short(), "Rp1,23 T");
        assert_eq!(Rupiah(999).short(), "Rp999");
        assert_eq!(Rupiah(1_050_000).short(), "Rp1,05 jt");
        assert_eq!(Rupiah(99_999_999_999).within(16), "Rp99.999.999.999");
        assert_eq!(Rupiah(123_456_789_012).within(16), "Rp123,45 M");
        assert_eq!(Rupiah(i64::MIN).within(16), "-Rp9.223.372 T");
    }

    #[test]
    fn percent_has_a_comma_and_five_characters() {
        for (hundredths, text) in [
            (7305, "73,05"),
            (0, "0,00"),
            (10000, "100,0"),
            (99_999, "999,9"),
            (1_234_567, "9999"),
            (-250, "-2,50"),
        ] {
            let shown = percent(hundredths);
            assert!(shown.len() <= 5, "{shown}");
            assert!(shown == text || hundredths == 1_234_567, "{shown} {text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_in_full_is_read_back(amount in any::<i64>()) {
            prop_assume!(amount != i64::MIN);
            prop_assert_eq!(Rupiah::parse(&Rupiah(amount).to_string()), Ok(Rupiah(amount)));
        }

        #[test]
        fn any_amount_fits_its_limit(amount in any::<i64>(), limit in 16usize..20) {
            prop_assert!(Rupiah(amount).within(limit).len() <= limit);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,70}") {
            let _ = Rupiah::parse(&text);
        }
    }
}
