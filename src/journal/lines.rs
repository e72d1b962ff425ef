//! Lines of a journal from any source, one at a time: an archive, a segment, a copy. Nothing is kept but the line at hand, so that what
//! a stranger made takes no more memory than [`LINE_MAX`].

use std::io::{self, BufRead, Read as _};

use super::{Entry, Fault, JournalError, LINE_MAX, Tail, hash_of, read};

/// Lines that follow on each other.
pub struct Lines<R> {
    input: R,
    name: String,
    line: Vec<u8>,
    number: u64,
    at: u64,
    tail: Tail,
    rest: u32,
}

/// One line, and what was read of it.
#[derive(Debug)]
pub struct Line<'a> {
    /// What it says.
    pub entry: Entry,
    /// As it is written, without its line feed.
    pub text: &'a [u8],
    /// Its hash.
    pub hash: String,
    /// Where it ends in its source, in bytes with the line feed.
    pub end: u64,
}

impl Line<'_> {
    /// Whether the facts of a command end with it.
    pub fn ends_group(&self) -> bool {
        self.entry.rest == 0
    }
}

impl<R: BufRead> Lines<R> {
    /// Lines of this source, called `name` in errors, of which the first must follow on `after`.
    pub fn new(input: R, name: &str, after: Tail) -> Self {
        Self {
            input,
            name: name.to_owned(),
            line: Vec::new(),
            number: 0,
            at: 0,
            tail: after,
            rest: 0,
        }
    }

    /// Where the chain stands after what was read.
    pub fn tail(&self) -> &Tail {
        &self.tail
    }

    /// The next line; none at the end.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] where a line is none, does not follow, or the end is in the middle of a command.
    #[expect(
        clippy::should_implement_trait,
        reason = "a line lends from its reader, which an iterator cannot say"
    )]
    pub fn next(&mut self) -> Result<Option<Line<'_>>, JournalError> {
        let name = self.name.clone();
        let damaged = move |line: u64, fault: Fault| JournalError::Damaged {
            segment: name,
            line,
            fault,
        };
        self.line.clear();
        let read = (&mut self.input)
            .take(LINE_MAX)
            .read_until(b'\n', &mut self.line);
        let length = match read {
            Ok(length) => length as u64,
            Err(error) => return Err(damaged(self.number + 1, Fault::Unpack(error.to_string()))),
        };
        if length == 0 {
            if self.rest != 0 {
                return Err(damaged(self.number, Fault::GroupCut));
            }
            return Ok(None);
        }
        self.number += 1;
        self.at += length;
        if self.line.pop_if(|byte| *byte == b'\n').is_none() {
            let fault = if length >= LINE_MAX {
                Fault::TooLong
            } else {
                Fault::NoEnd
            };
            return Err(damaged(self.number, fault));
        }
        let entry = match read::parse(&self.line, Some(&self.tail)) {
            Ok(entry) => entry,
            Err(fault) => return Err(damaged(self.number, fault)),
        };
        self.rest = entry.rest;
        self.tail = Tail {
            seq: entry.seq,
            hash: hash_of(&self.line),
        };
        Ok(Some(Line {
            entry,
            text: &self.line,
            hash: self.tail.hash.clone(),
            end: self.at,
        }))
    }
}

/// Reads a line of any kind up to its end, at most [`LINE_MAX`] bytes of it: `None` at the end, else whether it has an end.
pub(super) fn any_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Option<bool>> {
    line.clear();
    let length = input.take(LINE_MAX).read_until(b'\n', line)?;
    if length == 0 {
        return Ok(None);
    }
    Ok(Some(line.pop_if(|byte| *byte == b'\n').is_some()))
}
