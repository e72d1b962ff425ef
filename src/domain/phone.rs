//! Mobile numbers of Indonesia, in the one form that is stored.

use super::lang::Lang;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::LazyLock;

/// A mobile number in the form `+628…`. Never write it to a log: use [`PhoneNumber::masked`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PhoneNumber(String);

/// What had to be mended before a typed number was a number; worth a line in an import report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repair {
    /// `812…`: a spreadsheet had dropped the leading zero.
    ZeroRestored,
    /// `+620812…`: the trunk zero had been kept after the country code.
    TrunkZeroDropped,
    /// `81200000101.0`: a spreadsheet had made a decimal number of it.
    DecimalsDropped,
}

/// Why a text is not a mobile number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PhoneProblem {
    /// Nothing typed.
    Empty,
    /// Signs that no number has.
    NotDigits,
    /// A landline, which cannot receive SMS; the area code's place, where known.
    Landline(Option<&'static str>),
    /// `0800`–`0809`: free and service numbers.
    ServiceNumber,
    /// Another country's number.
    Foreign,
    /// Fewer than ten digits with the leading zero.
    TooShort,
    /// More than thirteen digits with the leading zero.
    TooLong,
    /// Rounded by a spreadsheet (`8.12E+10`): the last digits are lost.
    Rounded,
}

/// A text that is not a mobile number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadPhone {
    /// As typed, at most 40 characters, without control characters.
    pub typed: String,
    /// Why.
    pub problem: PhoneProblem,
}

impl BadPhone {
    /// What is wrong and what to do, in one sentence.
    pub fn explain(&self, lang: Lang) -> String {
        let typed = &self.typed;
        let id = lang == Lang::Id;
        match self.problem {
            PhoneProblem::Empty if id => "Nomor HP kosong".into(),
            PhoneProblem::Empty => "The phone number is empty".into(),
            PhoneProblem::NotDigits if id => {
                format!("\"{typed}\" memuat tanda yang bukan angka. Contoh: 0812-3456-7890")
            }
            PhoneProblem::NotDigits => {
                format!("\"{typed}\" has signs that are not digits. Example: 0812-3456-7890")
            }
            PhoneProblem::Landline(place) => match (place, id) {
                (Some(place), true) => format!(
                    "{typed} adalah telepon kabel ({place}) dan tidak dapat menerima SMS. Mohon isi nomor HP"
                ),
                (Some(place), false) => format!(
                    "{typed} is a landline ({place}) and cannot receive SMS. Enter a mobile number"
                ),
                (None, true) => format!(
                    "{typed} adalah telepon kabel dan tidak dapat menerima SMS. Mohon isi nomor HP"
                ),
                (None, false) => {
                    format!("{typed} is a landline and cannot receive SMS. Enter a mobile number")
                }
            },
            PhoneProblem::ServiceNumber if id => {
                format!("{typed} adalah nomor layanan (0800-0809), bukan nomor HP")
            }
            PhoneProblem::ServiceNumber => {
                format!("{typed} is a service number (0800-0809), not a mobile number")
            }
            PhoneProblem::Foreign if id => {
                format!("{typed} bukan nomor Indonesia. Nomor HP dimulai dengan 08 atau +628")
            }
            PhoneProblem::Foreign => {
                format!("{typed} is not an Indonesian number. Mobile numbers begin with 08 or +628")
            }
            PhoneProblem::TooShort if id => {
                format!("{typed} terlalu pendek; nomor HP terdiri dari 10 sampai 13 angka")
            }
            PhoneProblem::TooShort => {
                format!("{typed} is too short; a mobile number has 10 to 13 digits")
            }
            PhoneProblem::TooLong if id => {
                format!("{typed} terlalu panjang; nomor HP terdiri dari 10 sampai 13 angka")
            }
            PhoneProblem::TooLong => {
                format!("{typed} is too long; a mobile number has 10 to 13 digits")
            }
            PhoneProblem::Rounded if id => format!(
                "{typed} sudah dibulatkan oleh lembar kerja. Ubah kolomnya menjadi teks lalu isi ulang"
            ),
            PhoneProblem::Rounded => format!(
                "{typed} was rounded by the spreadsheet. Make the column text and enter it again"
            ),
        }
    }
}

impl fmt::Display for BadPhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.explain(Lang::Id))
    }
}

impl std::error::Error for BadPhone {}

/// Area codes of the offices' region and the large cities, for a message that convinces.
const AREA_CODES: [(&str, &str); 8] = [
    ("0351", "Madiun, Magetan, Ngawi"),
    ("0352", "Ponorogo"),
    ("0357", "Pacitan"),
    ("021", "Jakarta"),
    ("022", "Bandung"),
    ("024", "Semarang"),
    ("031", "Surabaya"),
    ("0751", "Padang"),
];

/// Prefix and operator, in the order of the file.
static OPERATORS: LazyLock<Vec<([u8; 4], &'static str)>> = LazyLock::new(|| {
    include_str!("../../data/operators.csv")
        .lines()
        .filter_map(|line| {
            let mut cells = line.split(',');
            let prefix = cells.next()?.as_bytes().try_into().ok()?;
            Some((prefix, cells.next()?))
        })
        .collect()
});

/// The operator that this prefix (`0812`) was first given to, `-` where it is none of a mobile network. Numbers can be carried elsewhere:
/// for statistics, never to decide whether to send.
pub fn operator_of(prefix: [u8; 4]) -> &'static str {
    OPERATORS
        .iter()
        .find(|(known, _)| *known == prefix)
        .map_or("-", |(_, operator)| operator)
}

/// The operators by name, each once.
pub fn operators() -> Vec<&'static str> {
    let mut names: Vec<&str> = OPERATORS.iter().map(|(_, name)| *name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

impl PhoneNumber {
    /// Reads a number in any usual spelling: `0812…`, `+62812…`, `62812…`, `0062812…`, `812…`, with blanks, dots, dashes or brackets.
    /// Says which repair was made, if one was.
    ///
    /// # Errors
    /// [`BadPhone`] names what kind of text it is instead.
    pub fn parse(text: &str) -> Result<(Self, Option<Repair>), BadPhone> {
        read(text).map_err(|problem| BadPhone {
            typed: text
                .trim()
                .chars()
                .filter(|c| !c.is_control())
                .take(40)
                .collect(),
            problem,
        })
    }

    /// The canonical form `+628…`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// With the leading zero, digits only: `081234567890`.
    pub fn local(&self) -> String {
        format!("0{}", self.0.get(3..).unwrap_or_default())
    }

    /// For people: `0812-3456-7890`.
    pub fn display(&self) -> String {
        let local = self.local();
        let mut out = String::with_capacity(local.len() + 3);
        for (n, digit) in local.chars().enumerate() {
            if n > 0 && n % 4 == 0 && local.len() - n > 1 {
                out.push('-');
            }
            out.push(digit);
        }
        out
    }

    /// For logs: `0812-xxxx-x890`, enough to recognise and too little to dial.
    pub fn masked(&self) -> String {
        let shown = self.display();
        let digits = shown.chars().filter(char::is_ascii_digit).count();
        let mut seen = 0;
        shown
            .chars()
            .map(|c| {
                seen += usize::from(c.is_ascii_digit());
                if c.is_ascii_digit() && seen > 4 && seen + 3 <= digits {
                    'x'
                } else {
                    c
                }
            })
            .collect()
    }

    /// The operator its prefix was first given to; for statistics, never to decide whether to send.
    pub fn operator(&self) -> Option<&'static str> {
        let prefix = self.local().as_bytes().get(..4)?.try_into().ok()?;
        Some(operator_of(prefix)).filter(|name| *name != "-")
    }

    /// `0812-0000-xxxx`: numbers of samples and demonstrations, which a real gateway must refuse.
    pub fn is_fictitious(&self) -> bool {
        self.0.starts_with("+628120000")
    }
}

fn read(text: &str) -> Result<(PhoneNumber, Option<Repair>), PhoneProblem> {
    if text.len() > 200 {
        return Err(PhoneProblem::TooLong);
    }
    let mut text = text.trim().trim_start_matches('\'');
    let mut repair = None;
    let lower = text.to_ascii_lowercase();
    if lower.contains("e+")
        && lower
            .bytes()
            .all(|b| b.is_ascii_digit() || b".,e+".contains(&b))
    {
        return Err(PhoneProblem::Rounded);
    }
    if let Some((whole, decimals)) = text.rsplit_once(['.', ','])
        && matches!(decimals, "0" | "00")
        && whole.bytes().all(|b| b.is_ascii_digit())
    {
        text = whole;
        repair = Some(Repair::DecimalsDropped);
    }
    let plus = text.starts_with('+') || text.starts_with("(+");
    let mut digits = String::with_capacity(text.len());
    for (n, c) in text.chars().enumerate() {
        match c {
            '0'..='9' => digits.push(c),
            '+' if n <= 1 && digits.is_empty() => {}
            ' ' | '\u{a0}' | '.' | '-' | '(' | ')' | '/' | '‐' | '‑' | '–' => {}
            _ => return Err(PhoneProblem::NotDigits),
        }
    }
    if digits.is_empty() {
        return Err(if text.is_empty() {
            PhoneProblem::Empty
        } else {
            PhoneProblem::NotDigits
        });
    }
    let national = if let Some(rest) = digits
        .strip_prefix("0062")
        .or_else(|| digits.strip_prefix("62"))
    {
        match rest.strip_prefix('0') {
            Some(rest) => {
                repair = Some(Repair::TrunkZeroDropped);
                rest
            }
            None => rest,
        }
    } else if plus || digits.starts_with("00") {
        return Err(PhoneProblem::Foreign);
    } else if let Some(rest) = digits.strip_prefix('0') {
        rest
    } else {
        if digits.starts_with('8') {
            repair = repair.or(Some(Repair::ZeroRestored));
        }
        digits.as_str()
    };
    check(national)?;
    Ok((PhoneNumber(format!("+62{national}")), repair))
}

/// `national` is the number without country code and without leading zero.
fn check(national: &str) -> Result<(), PhoneProblem> {
    if national.starts_with("80") {
        return Err(PhoneProblem::ServiceNumber);
    }
    if !national.starts_with('8') {
        let local = format!("0{national}");
        let place = AREA_CODES
            .iter()
            .find(|(code, _)| local.starts_with(code))
            .map(|(_, place)| *place);
        let landline = (7..=12).contains(&national.len()) && !national.starts_with(['0', '1']);
        return Err(if landline {
            PhoneProblem::Landline(place)
        } else if national.len() < 7 {
            PhoneProblem::TooShort
        } else {
            PhoneProblem::Foreign
        });
    }
    match national.len() {
        0..=8 => Err(PhoneProblem::TooShort),
        9..=12 => Ok(()),
        _ => Err(PhoneProblem::TooLong),
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({})", self.masked())
    }
}

impl std::borrow::Borrow<str> for PhoneNumber {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<PhoneNumber> for String {
    fn from(phone: PhoneNumber) -> Self {
        phone.0
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = BadPhone;
    fn try_from(text: String) -> Result<Self, BadPhone> {
        Self::parse(&text).map(|(phone, _)| phone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_usual_spelling_is_the_same_number() {
        use Repair::{DecimalsDropped, TrunkZeroDropped, ZeroRestored};
        let cases = [
            ("081234567890", None),
            ("0812-3456-7890", None),
            ("+62 812 3456 7890", None),
            ("(+62) 812.3456.7890", None),
            ("6281234567890", None),
            ("006281234567890", None),
            ("'081234567890", None),
            ("81234567890", Some(ZeroRestored)),
            ("+62081234567890", Some(TrunkZeroDropped)),
            ("62081234567890", Some(TrunkZeroDropped)),
            ("(+62) 0812 3456 7890", Some(TrunkZeroDropped)),
            ("81234567890.0", Some(DecimalsDropped)),
            ("6281234567890.0", Some(DecimalsDropped)),
        ];
        for (text, repair) in cases {
            let (phone, made) =
                PhoneNumber::parse(text).unwrap_or_else(|bad| panic!("{text}: {bad}"));
            assert_eq!((phone.as_str(), made), ("+6281234567890", repair), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_mobile_number_is_told_apart() {
        let cases = [
            (
                "0351-462123",
                PhoneProblem::Landline(Some("Madiun, Magetan, Ngawi")),
            ),
            ("(0352) 481234", PhoneProblem::Landline(Some("Ponorogo"))),
            (
                "+62 351 462123",
                PhoneProblem::Landline(Some("Madiun, Magetan, Ngawi")),
            ),
            ("021-5551234", PhoneProblem::Landline(Some("Jakarta"))),
            ("0771-123456", PhoneProblem::Landline(None)),
            ("0800-1234567", PhoneProblem::ServiceNumber),
            ("0809 123 456", PhoneProblem::ServiceNumber),
            ("081234567", PhoneProblem::TooShort),
            ("08123456789012", PhoneProblem::TooLong),
            ("+1 202 555 0100", PhoneProblem::Foreign),
            ("0812-ABC-7890", PhoneProblem::NotDigits),
            ("8.12E+10", PhoneProblem::Rounded),
            ("", PhoneProblem::Empty),
            ("  ", PhoneProblem::Empty),
            ("-", PhoneProblem::NotDigits),
            ("110", PhoneProblem::TooShort),
        ];
        for (text, problem) in cases {
            assert_eq!(
                PhoneNumber::parse(text).map_err(|bad| bad.problem),
                Err(problem),
                "{text}"
            );
        }
        assert!(
            PhoneNumber::parse("0351462123")
                .unwrap_err()
                .to_string()
                .contains("telepon kabel")
        );
    }

    #[test]
    fn a_number_is_shown_in_fours_and_masked_in_logs() {
        let cases = [
            ("081234567890", "0812-3456-7890", "0812-xxxx-x890"),
            ("0811234567", "0811-2345-67", "0811-xxx5-67"),
            ("0812345678901", "0812-3456-78901", "0812-xxxx-xx901"),
        ];
        for (text, shown, masked) in cases {
            let (phone, _) = PhoneNumber::parse(text).unwrap();
            assert_eq!(phone.display(), shown);
            assert_eq!(phone.masked(), masked);
            assert!(!format!("{phone:?}").contains(phone.as_str()));
        }
    }

    #[test]
    fn prefixes_name_their_first_operator() {
        for (text, operator) in [
            ("081234567890", Some("Telkomsel")),
            ("085612345678", Some("Indosat")),
            ("089512345678", Some("Tri")),
            ("087812345678", Some("XL")),
            ("083812345678", Some("Axis")),
            ("088912345678", Some("Smartfren")),
            ("082412345678", None),
        ] {
            assert_eq!(
                PhoneNumber::parse(text).unwrap().0.operator(),
                operator,
                "{text}"
            );
        }
    }

    #[test]
    fn sample_numbers_are_recognised() {
        assert!(
            PhoneNumber::parse("0812-0000-0101")
                .unwrap()
                .0
                .is_fictitious()
        );
        assert!(
            !PhoneNumber::parse("0812-0001-0101")
                .unwrap()
                .0
                .is_fictitious()
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_reading_twice_changes_nothing(text in "\\PC{0,30}|[+0-9 .()-]{0,18}") {
            if let Ok((phone, _)) = PhoneNumber::parse(&text) {
                prop_assert_eq!(PhoneNumber::parse(phone.as_str()), Ok((phone.clone(), None)));
                prop_assert_eq!(PhoneNumber::parse(&phone.display()), Ok((phone.clone(), None)));
            }
        }
    }
}
