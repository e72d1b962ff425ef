//! `pdu`: the codec by hand, for diagnosis and for comparison with other programs.

use std::io::{self, BufRead, Read, Write};

use super::{Call, Outcome};
use crate::gsm::diagnose;

/// Longest line that is looked at; a PDU is shorter than 400 digits.
const LINE_MAX: u64 = 64 << 10;

pub(super) fn run(call: &mut Call) -> Outcome {
    let mut input = io::stdin().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.by_ref().take(LINE_MAX).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        if line.last() != Some(&b'\n') && line.len() as u64 == LINE_MAX {
            input.skip_until(b'\n')?;
        }
        let text = String::from_utf8_lossy(&line);
        let answer = diagnose::answer(text.trim());
        call.object(&answer)?;
        // Whoever asks line by line waits for each answer.
        call.out.flush()?;
    }
}
