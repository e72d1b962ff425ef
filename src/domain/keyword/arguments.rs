//! What stands behind a keyword.

use chrono::{Datelike, NaiveDate};

use super::words::{Token, after, beginning};
use super::{AgendaArg, CodeArg, Subject};
use crate::domain::id::{AgendaNo, SatkerCode};
use crate::domain::money::Rupiah;

/// Words that may stand before an argument and say nothing.
const FILLERS: [&str; 11] = [
    "satker",
    "kode",
    "kodesatker",
    "untuk",
    "belanja",
    "agenda",
    "nomor",
    "no",
    "tgl",
    "tanggal",
    "jenis",
];

fn skip_fillers<'a, 'b>(mut rest: &'a [Token<'b>]) -> &'a [Token<'b>] {
    while let Some((first, more)) = rest.split_first()
        && FILLERS
            .iter()
            .any(|filler| first.text.eq_ignore_ascii_case(filler))
    {
        rest = more;
    }
    rest
}

/// A satker code and what follows it. Words without a digit are no code: then it was left out.
pub(super) fn code<'a, 'b>(rest: &'a [Token<'b>]) -> (CodeArg, &'a [Token<'b>]) {
    let rest = skip_fillers(rest);
    let Some((first, more)) = rest.split_first() else {
        return (CodeArg::None, rest);
    };
    if !first.has_digit() {
        return (CodeArg::None, rest);
    }
    // The full address of a satker ends in its code: 025.01.411901.
    let last = first.text.rsplit('.').next().unwrap_or(first.text);
    match SatkerCode::parse(last) {
        Ok(code) => (CodeArg::Code(code), more),
        Err(_) => (CodeArg::Bad(beginning(first.text, 12).to_owned()), more),
    }
}

/// What a question about a satker names.
pub(super) struct Ask<'a, 'b> {
    pub code: CodeArg,
    pub expense: Option<String>,
    pub agenda: AgendaArg,
    pub rest: &'a [Token<'b>],
}

pub(super) fn ask<'a, 'b>(
    subject: Subject,
    rest: &'a [Token<'b>],
    today: NaiveDate,
) -> Ask<'a, 'b> {
    let mut ask = Ask {
        code: CodeArg::None,
        expense: None,
        agenda: AgendaArg::None,
        rest: skip_fillers(rest),
    };
    if subject == Subject::Skpp
        && let Some((first, more)) = ask.rest.split_first()
        && first.has_digit()
        && SatkerCode::parse(first.text).is_err()
    {
        // Behind SKPP a number alone is one of its own book.
        let text = if first.text.starts_with(|c: char| c.is_ascii_digit()) {
            format!("SKPP-{}", first.text)
        } else {
            first.text.to_owned()
        };
        ask.agenda = read_agenda(&text, today);
        ask.rest = more;
        return ask;
    }
    let is_expense = |token: &Token<'_>| token.is_digits() && token.text.len() == 2;
    if subject == Subject::Budget
        && let Some((first, more)) = ask.rest.split_first()
        && is_expense(first)
    {
        ask.expense = Some(first.text.to_owned());
        ask.rest = more;
    }
    (ask.code, ask.rest) = code(ask.rest);
    ask.rest = skip_fillers(ask.rest);
    if subject == Subject::Budget
        && ask.expense.is_none()
        && let Some((first, more)) = ask.rest.split_first()
        && is_expense(first)
    {
        ask.expense = Some(first.text.to_owned());
        ask.rest = more;
    }
    ask
}

fn read_agenda(text: &str, today: NaiveDate) -> AgendaArg {
    let year = u16::try_from(today.year()).unwrap_or(0);
    match AgendaNo::parse(text, year) {
        Ok(agenda) => AgendaArg::Agenda(agenda),
        Err(_) => AgendaArg::Bad(beginning(text, 12).to_owned()),
    }
}

/// An agenda number and what follows it: `123`, `AGD-00123`, `agd 123`, `AGD-00123/2025`.
pub(super) fn agenda<'a, 'b>(
    rest: &'a [Token<'b>],
    today: NaiveDate,
) -> (AgendaArg, &'a [Token<'b>]) {
    let rest = skip_fillers(rest);
    match rest {
        [] => (AgendaArg::None, rest),
        [book, number, more @ ..]
            if is_book(book.text) && number.text.starts_with(|c: char| c.is_ascii_digit()) =>
        {
            let text = format!("{}{}", book.text.trim_end_matches('-'), number.text);
            (read_agenda(&text, today), more)
        }
        [one, more @ ..] => (read_agenda(one.text, today), more),
    }
}

fn is_book(text: &str) -> bool {
    let letters = text.trim_end_matches('-');
    (1..=6).contains(&letters.len()) && letters.bytes().all(|b| b.is_ascii_alphabetic())
}

/// Whether what stands behind a keyword begins with the letters of a book and was read whole.
pub(super) fn names_book(left: usize, text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    left == 0 && text.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// 1 to 5, of which agenda, and what else was written.
pub(super) fn rating(
    rest: &[Token<'_>],
    text: &str,
    today: NaiveDate,
) -> (Option<u8>, AgendaArg, String) {
    let value = rest.first().and_then(|first| match first.text {
        "1" => Some(1),
        "2" => Some(2),
        "3" => Some(3),
        "4" => Some(4),
        "5" => Some(5),
        _ => None,
    });
    let rest = rest.get(1..).unwrap_or_default();
    let named = skip_fillers(rest);
    let looks_like_one = match named {
        [book, number, ..] if is_book(book.text) => {
            number.text.starts_with(|c: char| c.is_ascii_digit())
                && (book.text.eq_ignore_ascii_case("agd") || book.text.eq_ignore_ascii_case("skpp"))
        }
        _ => false,
    } || named.first().is_some_and(|first| {
        first.has_digit() && matches!(read_agenda(first.text, today), AgendaArg::Agenda(_))
    });
    let (agenda, rest) = if looks_like_one {
        agenda(rest, today)
    } else {
        (AgendaArg::None, rest)
    };
    (value, agenda, after(rest.first(), text).to_owned())
}

/// Code, date and amount of a plan.
pub(super) fn plan(rest: &[Token<'_>]) -> (CodeArg, Option<NaiveDate>, Option<Rupiah>) {
    let rest = skip_fillers(rest);
    // A phone of one satker may leave the code out: then the date comes first.
    let (code, rest) = match rest.first() {
        Some(first) if date(first.text).is_some() => (CodeArg::None, rest),
        _ => code(rest),
    };
    let rest = skip_fillers(rest);
    let (day, rest) = match rest.split_first() {
        Some((first, more)) => (date(first.text), more),
        None => (None, rest),
    };
    let amount: Vec<&str> = rest.iter().map(|token| token.text).collect();
    let amount = Rupiah::parse(&amount.join(" ")).ok();
    (code, day, amount.filter(|amount| amount.0 > 0))
}

/// `05122026`, `05-12-2026`, `05/12/2026`, `5.12.2026`.
fn date(text: &str) -> Option<NaiveDate> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let (day, month, year) = match parts.as_slice() {
        [one] if one.len() == 8 && one.is_ascii() => (one.get(..2)?, one.get(2..4)?, one.get(4..)?),
        [day, month, year] if year.len() == 4 => (*day, *month, *year),
        _ => return None,
    };
    let number = |text: &str| {
        let good = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        good.then(|| text.parse::<u32>().ok()).flatten()
    };
    let year = i32::try_from(number(year)?).ok()?;
    NaiveDate::from_ymd_opt(year, number(month)?, number(day)?)
        .filter(|_| (1990..=2100).contains(&year))
}
