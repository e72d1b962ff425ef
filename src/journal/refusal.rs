//! What is wrong with a journal, as a refusal: what happened, and which way out there is, is said by the client in its language.

use super::{Fault, JournalError, Remark};
use crate::domain::refusal::Refusal;

impl From<JournalError> for Refusal {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Busy => Self::new("journal-busy"),
            JournalError::Damaged {
                segment,
                line,
                fault,
            } => {
                let line = if line == 0 {
                    String::new()
                } else {
                    line.to_string()
                };
                let cause = match &fault {
                    Fault::NotEntry(cause) | Fault::Unpack(cause) => cause.clone(),
                    Fault::Number { found, after } => format!("{after} → {found}"),
                    _ => String::new(),
                };
                Self::new("journal-damaged")
                    .with("file", segment)
                    .with("line", line)
                    .with("fault", fault.code())
                    .with("cause", cause)
            }
            JournalError::Missing {
                segment,
                first,
                last,
            } => Self::new("journal-missing")
                .with("file", segment)
                .with("first", first)
                .with("last", last.map(|n| n.to_string()).unwrap_or_default()),
            JournalError::Doubled { segment, other } => Self::new("journal-doubled")
                .with("file", segment)
                .with("other", other),
            JournalError::BadManifest { line, what } => Self::new("journal-damaged")
                .with("file", "manifest")
                .with("line", line)
                .with("fault", "not-entry")
                .with("cause", what),
            JournalError::Short { seq, known } => Self::new("journal-short")
                .with("seq", seq)
                .with("known", known),
            JournalError::Foreign {
                segment,
                line,
                seq,
                last,
            } => Self::new("journal-foreign")
                .with("file", segment)
                .with("line", line)
                .with("seq", seq)
                .with("last", last),
            JournalError::TooLong { bytes } => Self::new("fact-too-long")
                .with("bytes", bytes)
                .with("max", super::LINE_MAX),
            JournalError::Io { path, source }
                if source.kind() == std::io::ErrorKind::PermissionDenied =>
            {
                Self::new("journal-closed").with("file", path.display())
            }
            error @ JournalError::Io { .. } => Self::new("journal-failed").with("cause", error),
        }
    }
}

impl From<Remark> for Refusal {
    fn from(remark: Remark) -> Self {
        match remark {
            Remark::SetAside { file, now } => Self::new("journal-set-aside")
                .with("file", file)
                .with("now", now),
            Remark::Torn { bytes, now } => Self::new("journal-torn")
                .with("bytes", bytes)
                .with("now", now),
            Remark::ManifestMade => Self::new("journal-manifest-made"),
            Remark::ManifestUnwritten(cause) => {
                Self::new("journal-manifest-unwritten").with("cause", cause)
            }
        }
    }
}
