//! What a workbook unpacks to, counted by unpacking it. What its directory says of sizes is its maker's word.

use std::io::{self, Cursor, Read};

use zip::ZipArchive;

use super::xlsx::bad;
use crate::domain::refusal::Refusal;

/// Most bytes of all parts of a workbook together, unpacked. A full table of 20,000 rows and 60 columns has a fifth of it.
pub const UNPACKED_MAX: u64 = 256 << 20;

/// Unpacks everything once, into nothing.
///
/// # Errors
/// `sheet-bad` when it is no archive, `sheet-unpacks` when more comes out than [`UNPACKED_MAX`].
pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(bad)?;
    let mut left = UNPACKED_MAX;
    for index in 0..archive.len() {
        // What cannot be unpacked here (a password, an unknown method, a damaged part) nobody else can unpack either.
        let Ok(part) = archive.by_index(index) else {
            continue;
        };
        let mut counted = part.take(left + 1);
        // A part that breaks off has given what it had.
        let _ = io::copy(&mut counted, &mut io::sink());
        left = counted
            .limit()
            .checked_sub(1)
            .ok_or_else(|| Refusal::new("sheet-unpacks").with("max", UNPACKED_MAX >> 20))?;
    }
    Ok(())
}
