//! CSV as spreadsheets write it, read by the crate of that name. Here is what that does not tell: which row of the sheet it is, blank ones
//! counted, and a quotation mark that is never closed, which swallows the rest of the table.

use csv::{Reader, ReaderBuilder, StringRecord};

/// A quotation mark that opens in this row, from 1, and is never closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NeverClosed {
    /// The row.
    pub row: u32,
}

/// The rows of a text that are not blank, each with its number as a spreadsheet shows it.
#[derive(Debug)]
pub struct Rows<'t> {
    text: &'t str,
    separator: u8,
    reader: Reader<&'t [u8]>,
    row: u32,
}

impl<'t> Rows<'t> {
    /// Commas, semicolons or tabs, whichever the first row has most of; Excel's line `sep=;` is obeyed and skipped. A byte-order mark is
    /// skipped too.
    pub fn of(text: &'t str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (separator, text, row) = match said(text) {
            Some((separator, rest)) => (separator, rest, 2),
            None => (guessed(text), text, 1),
        };
        Self {
            text,
            separator,
            reader: ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(separator)
                .from_reader(text.as_bytes()),
            row,
        }
    }

    fn at(&self) -> usize {
        usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX)
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<(u32, StringRecord), NeverClosed>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at();
        let mut record = StringRecord::new();
        // A text in memory is read without fail.
        if !matches!(self.reader.read_record(&mut record), Ok(true)) {
            return None;
        }
        let end = self.at();
        let mut read = self.text.get(start..end).unwrap_or_default();
        // The second half of the end of the row before.
        if self
            .text
            .get(..start)
            .is_some_and(|before| before.ends_with('\r'))
        {
            read = read.strip_prefix('\n').unwrap_or(read);
        }
        let content = read.trim_start_matches(['\r', '\n']);
        let blank = read.get(..read.len() - content.len()).unwrap_or_default();
        let row = self.row.saturating_add(ends(blank));
        self.row = row.saturating_add(1);
        if end >= self.text.len() && is_open(content, self.separator) {
            return Some(Err(NeverClosed { row }));
        }
        Some(Ok((row, record)))
    }
}

/// Ends of lines: `\r\n` is one.
fn ends(text: &str) -> u32 {
    let single = text.replace("\r\n", "\n");
    u32::try_from(single.len()).unwrap_or(u32::MAX)
}

/// Whether a row ends within quotation marks. Only at the start of a cell does one open: `2" pipe` is plain text.
fn is_open(row: &str, separator: u8) -> bool {
    let (mut inside, mut starts) = (false, true);
    let mut bytes = row.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' if inside => inside = bytes.next_if_eq(&b'"').is_some(),
            _ if inside => {}
            b'"' if starts => (inside, starts) = (true, false),
            _ => starts = byte == separator,
        }
    }
    inside
}

/// What Excel's first line says, and the rest of the text.
fn said(text: &str) -> Option<(u8, &str)> {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let separator = first.trim_end_matches('\r').strip_prefix("sep=")?;
    match separator.as_bytes() {
        [one] if one.is_ascii() && *one != b'"' => Some((*one, rest)),
        _ => None,
    }
}

/// Of equal counts the comma wins, as the usual one.
fn guessed(text: &str) -> u8 {
    let header = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("");
    let mut quoted = false;
    let mut counts = [(b'\t', 0), (b';', 0), (b',', 0)];
    for byte in header.bytes() {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(one, _)| !quoted && *one == byte) {
            *count += 1;
        }
    }
    let best = counts.into_iter().max_by_key(|(_, count)| *count);
    best.map_or(b',', |(separator, _)| separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
        Rows::of(text)
            .map(|row| row.unwrap())
            .map(|(row, cells)| (row, cells.iter().map(str::to_owned).collect()))
            .collect()
    }

    #[test]
    fn rows_have_the_numbers_of_a_spreadsheet() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a;b", "", "", "1;\"x\ny\"", "2;3", ""].join(end);
            let numbers: Vec<u32> = rows(&text).into_iter().map(|(row, _)| row).collect();
            assert_eq!(numbers, [1, 4, 5], "{text:?}");
        }
        assert_eq!(
            rows("sep=;\r\na;b\r\n")[0],
            (2, vec!["a".into(), "b".into()])
        );
        assert_eq!(rows("\u{feff}a,b")[0], (1, vec!["a".into(), "b".into()]));
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_is_told_with_its_row() {
        for text in [
            "a,b\n\n1,\"x\n2,3\n",
            "a,b\n\n1,\"x\"\"",
            "a,b\n\n\"1,2",
            "a,b\n\n1,\"",
        ] {
            let told = Rows::of(text).find_map(Result::err);
            assert_eq!(told, Some(NeverClosed { row: 3 }), "{text:?}");
        }
        for text in [
            "a,2\" pipe\n",
            "a,\"x\"\n",
            "a,\"\"",
            "a,\"x\"\"y\"",
            "a,\"x\"y\"z\n",
        ] {
            assert!(Rows::of(text).all(|row| row.is_ok()), "{text:?}");
        }
    }
}
