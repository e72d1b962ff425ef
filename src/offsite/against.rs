//! A journal held against what is known of it from elsewhere: a history that was rewritten, with a new chain, shows only there.

use std::collections::BTreeMap;
use std::io::{BufRead as _, Read as _};
use std::path::Path;

use chrono::{DateTime, Utc};

use super::name::Name;
use super::read::{self, Sink};
use crate::domain::fact::Fact;
use crate::domain::refusal::Refusal;
use crate::domain::when::Zone;
use crate::journal::{self, Anchor, Entry, Known, Line, Manifest, Tail};

/// Largest list of heads that is read, in bytes.
const LIST_MAX: u64 = 64 << 20;

/// Hashes that wait between the two that are compared.
const AHEAD: usize = 4096;

/// Where a journal is another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The last fact that is known to be the same; 0 when none is.
    pub same: u64,
    /// The first fact that is known to be another.
    pub differs: u64,
    /// File of that fact.
    pub file: String,
    /// Line in it, from 1.
    pub line: u64,
}

/// What the office's own `repair` did to a journal: from there on numbers and hashes are others than before.
#[derive(Debug, Clone, Default)]
struct Seams {
    /// The first one: its number, what was lost, when and by whom.
    first: Option<(u64, u64, u64, DateTime<Utc>, String)>,
    count: u64,
}

impl Seams {
    fn note(&mut self, entry: &Entry) {
        if let Fact::JournalRepaired {
            lost_from,
            lost_to,
            at,
            by,
            ..
        } = &entry.fact
        {
            self.count += 1;
            self.first
                .get_or_insert_with(|| (entry.seq, *lost_from, *lost_to, *at, by.clone()));
        }
    }

    /// The difference in words: a repair explains what differs from its fact on, and nothing before it.
    fn explain(self, found: Difference) -> Refusal {
        match self.first {
            Some((seam, from, to, at, by)) if found.differs >= seam => {
                let at = Zone::default().local(at);
                Refusal::new("history-repaired")
                    .with("same", found.same)
                    .with("seq", seam)
                    .with("file", found.file)
                    .with("line", found.line)
                    .with("from", from)
                    .with("to", to)
                    .with("count", self.count)
                    .with("at", at.format("%d-%m-%Y %H.%M"))
                    .with("by", by)
            }
            _ => found.into(),
        }
    }
}

impl From<Difference> for Refusal {
    fn from(found: Difference) -> Self {
        Self::new("history-rewritten")
            .with("same", found.same)
            .with("seq", found.differs)
            .with("file", found.file)
            .with("line", found.line)
    }
}

/// Reads the journal in `dir` wholly and compares it with `file`: a backup, a manifest or an anchor of a journal, or text with numbers and
/// hashes of facts. Where the journal ends, and how many facts could be compared.
///
/// # Errors
/// `history-rewritten` with the first fact that is another; `history-repaired` when a repair of this journal explains it; `journal-short` when it ends before one that is known; `against-nothing` when the
/// file says nothing of a journal; what is wrong with the journal.
pub fn against(dir: &Path, file: &Path) -> Result<(Tail, u64), Refusal> {
    let mut input = read::open(file)?;
    let start = input.fill_buf().map_err(|error| {
        Refusal::new("file-bad")
            .with("file", file.display())
            .with("line", "")
            .with("cause", error)
    })?;
    // The mark of `tar`.
    if start.get(257..262) == Some(b"ustar") {
        return against_backup(dir, input);
    }
    let mut bytes = Vec::new();
    input
        .take(LIST_MAX)
        .read_to_end(&mut bytes)
        .map_err(|error| Refusal::new("internal").with("cause", error))?;
    let heads = heads(&bytes);
    if heads.is_empty() {
        return Err(Refusal::new("against-nothing").with("file", file.display()));
    }
    let mut by_number: BTreeMap<u64, Vec<&Tail>> = BTreeMap::new();
    for head in &heads {
        by_number.entry(head.seq).or_default().push(head);
    }
    let mut known = Known::new(heads.iter().cloned());
    let mut same = 0;
    let mut differs = None;
    let mut seams = Seams::default();
    let found = journal::read_all(dir, |entry, hash| {
        known.meet(&entry, &hash);
        seams.note(&entry);
        for head in by_number.get(&entry.seq).into_iter().flatten() {
            if head.hash == hash {
                same = entry.seq;
            } else {
                differs = differs.or(Some(entry.seq));
            }
        }
    })?;
    if let Some(differs) = differs {
        let (file, line) = found.place(differs);
        let same = if same < differs { same } else { 0 };
        return Err(seams.explain(Difference {
            same,
            differs,
            file,
            line,
        }));
    }
    known.check(&found)?;
    Ok((found.tail().clone(), heads.len() as u64))
}

/// Every number of a fact with its hash that the text knows.
fn heads(bytes: &[u8]) -> Vec<Tail> {
    if let Ok(manifest) = Manifest::parse(bytes) {
        return manifest.rows.iter().map(journal::Row::tail).collect();
    }
    let text = String::from_utf8_lossy(bytes);
    if let Some(anchor) = Anchor::parse(&text) {
        return vec![anchor.tail()];
    }
    // A line of `verify`, in words or in JSON, or what somebody wrote down: the number stands before the hash.
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let mut number = None;
    let mut found = Vec::new();
    for word in words {
        if word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            found.extend(number.take().map(|seq| Tail {
                seq,
                hash: word.to_ascii_lowercase(),
            }));
        } else if let Ok(seq) = word.parse() {
            number = Some(seq).filter(|seq| *seq > 0);
        }
    }
    found.sort_by_key(|tail| tail.seq);
    found
}

struct Hashes(crossbeam_channel::Sender<(u64, String)>);

impl Sink for Hashes {
    fn begin(&mut self, _: &Name) -> Result<Option<std::fs::File>, Refusal> {
        Ok(None)
    }

    fn line(&mut self, _: u32, line: &Line<'_>) -> Result<(), Refusal> {
        // The journal was shorter, or had its difference already; the backup is read to its end all the same.
        let _ = self.0.send((line.entry.seq, line.hash.clone()));
        Ok(())
    }
}

/// Both are read side by side, line by line.
fn against_backup(dir: &Path, input: impl std::io::Read + Send) -> Result<(Tail, u64), Refusal> {
    let (send, hashes) = crossbeam_channel::bounded(AHEAD);
    std::thread::scope(|scope| {
        let backup = scope.spawn(move || read::read(input, &mut Hashes(send)));
        let mut compared = 0;
        let mut differs = None;
        let mut seams = Seams::default();
        let read = journal::read_all(dir, |entry, hash| {
            seams.note(&entry);
            if differs.is_some() {
                return;
            }
            match hashes.recv() {
                Ok((seq, other)) if seq == entry.seq && other == hash => compared = seq,
                Ok(_) => differs = Some(entry.seq),
                // The backup ends here; the journal went on.
                Err(_) => {}
            }
        });
        drop(hashes);
        let whole = backup
            .join()
            .map_err(|_| Refusal::new("internal").with("cause", "panic"))??;
        let found = read?;
        if let Some(differs) = differs {
            let (file, line) = found.place(differs);
            let same = compared;
            return Err(seams.explain(Difference {
                same,
                differs,
                file,
                line,
            }));
        }
        if found.tail().seq < whole.seq {
            return Err(Refusal::new("journal-short")
                .with("seq", found.tail().seq)
                .with("known", whole.seq));
        }
        Ok((found.tail().clone(), compared))
    })
}
