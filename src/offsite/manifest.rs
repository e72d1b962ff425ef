//! The manifest of a backup: its members with size and digest, and where the journal in it ends. One JSON object a line, and last the digest
//! of the lines above.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::journal::{Tail, hash_of};

/// Form of the backup.
const FORM: u32 = 1;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whole {
    /// Form of the backup.
    pub backup: u32,
    /// Version of the program that made it.
    pub version: String,
    /// Name of the office.
    pub office: String,
    /// When it was made.
    pub made: DateTime<Utc>,
    /// Hash of the journal's first line, which names it; empty for an empty journal.
    pub journal: String,
    /// Number of the last fact, which is also how many there are.
    pub seq: u64,
    /// Hash of its line: the head of the chain.
    pub hash: String,
    /// When it was written.
    pub time: Option<DateTime<Utc>>,
    /// Segments of the journal.
    pub segments: u32,
}

impl Whole {
    /// What is known of a backup that is being made.
    pub fn new(office: &str, made: DateTime<Utc>, journal: &str, tail: &Tail) -> Self {
        Self {
            backup: FORM,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            office: office.to_owned(),
            made,
            journal: journal.to_owned(),
            seq: tail.seq,
            hash: tail.hash.clone(),
            time: None,
            segments: 0,
        }
    }

    /// Where the journal in it ends.
    pub fn tail(&self) -> Tail {
        Tail {
            seq: self.seq,
            hash: self.hash.clone(),
        }
    }
}

/// A member of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its size, in bytes.
    pub bytes: u64,
    /// SHA-256 of its contents as they lie in the backup.
    pub sha256: String,
}

#[derive(Serialize, Deserialize)]
struct Foot {
    sha256: String,
}

/// The text of a manifest.
///
/// # Errors
/// None in practice: the lines are plain structs.
pub fn to_text(whole: &Whole, members: &[Member]) -> std::io::Result<Vec<u8>> {
    let mut text = serde_json::to_vec(whole)?;
    text.push(b'\n');
    for member in members {
        serde_json::to_writer(&mut text, member)?;
        text.push(b'\n');
    }
    let foot = Foot {
        sha256: hash_of(&text),
    };
    serde_json::to_writer(&mut text, &foot)?;
    text.push(b'\n');
    Ok(text)
}

/// Reads the text of a manifest.
///
/// # Errors
/// What is wrong, in a word: `cut`, `form`, `digest`, `entry`.
pub fn parse(text: &[u8]) -> Result<(Whole, Vec<Member>), &'static str> {
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let ([head, members @ ..], true) = (lines.as_slice(), text.ends_with(b"\n")) else {
        return Err("cut");
    };
    let Some((foot, members)) = members.split_last() else {
        return Err("cut");
    };
    let foot_line: Foot = serde_json::from_slice(foot).map_err(|_| "cut")?;
    let above = text.len().saturating_sub(foot.len());
    if text.get(..above).map(hash_of) != Some(foot_line.sha256) {
        return Err("digest");
    }
    let whole: Whole = serde_json::from_slice(head).map_err(|_| "form")?;
    if whole.backup != FORM {
        return Err("form");
    }
    let members = members
        .iter()
        .map(|line| serde_json::from_slice(line).map_err(|_| "entry"))
        .collect::<Result<_, _>>()?;
    Ok((whole, members))
}
